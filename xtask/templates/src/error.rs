use http::Response;
use paystatus_core::{
    Body, Error,
    json,
    reply::{self, ErrorRow, Said},
};
use serde::Deserialize;

/// The error table, before the one that all providers share. A row names its source as those of `status.rs` do.
pub(crate) const ERRORS: &[ErrorRow] = &[];

/// The error that a reply other than a 2xx stands for.
pub(crate) fn read(reply: &Response<Body>) -> Error {
    #[derive(Deserialize)]
    struct Reply {
        #[serde(default, deserialize_with = "json::text")]
        error: Option<String>,
        #[serde(default, deserialize_with = "json::text")]
        message: Option<String>,
    }
    let said = reply::said(reply).map(|Reply { error, message }| Said::new(error, message));
    reply::error(reply, ERRORS, &said.unwrap_or_default())
}
