use http::Response;
use paystatus_core::{
    Body, Error,
    ErrorKind::NotFound,
    Source, json,
    reply::{self, ErrorRow, Said, Says::Something},
};
use serde::Deserialize;

const DOCS: Source = Source::new("https://github.com/commitup/api-doc-v2", "2026-11");

/// The error table, before the one that all providers share, which has the 401 of wrong credentials.
pub(crate) const ERRORS: &[ErrorRow] = &[
    // All that is documented of error bodies is that they carry a `message`; a proxy's page has none.
    ErrorRow::new(
        404..=404,
        Something,
        NotFound,
        "there is no such payment: check the id, and that it belongs to this account",
        DOCS,
    ),
];

/// The error that a reply other than a success stands for.
pub(crate) fn read(reply: &Response<Body>) -> Error {
    #[derive(Deserialize)]
    struct Reply {
        #[serde(default, deserialize_with = "json::lenient")]
        message: Option<String>,
    }
    let said = reply::said(reply).map(|Reply { message }| Said::new(None, message));
    reply::error(reply, ERRORS, &said.unwrap_or_default())
}
