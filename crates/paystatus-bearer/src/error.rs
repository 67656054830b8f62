use http::Response;
use paystatus_core::{
    Body, Error,
    ErrorKind::{NotFound, Unauthorized},
    Source, json,
    reply::{
        self, ErrorRow, Said,
        Says::{Anything, Code},
    },
};
use serde::Deserialize;

const SEED: Source = Source::new("Payments API documentation, Check payment status", "2026-11");

/// The error table, before the one that all providers share. The code is the body's `error`.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(
        401..=401,
        Anything,
        Unauthorized,
        "the access token is missing, wrong or expired: check `access_token`, or supply fresh ones from a source",
        SEED,
    ),
    ErrorRow::new(
        404..=404,
        Code("not_found"),
        NotFound,
        "there is no such payment: check the id, and that it belongs to this account",
        SEED,
    ),
];

/// The error that a reply other than a 2xx stands for.
pub(crate) fn read(reply: &Response<Body>) -> Error {
    reply::error(reply, ERRORS, &said(reply).unwrap_or_default())
}

/// The error that a 2xx states in its body instead of a payment.
pub(crate) fn stated(reply: &Response<Body>) -> Option<Error> {
    let said = said(reply).filter(|said| said.code.is_some())?;
    Some(reply::error(reply, ERRORS, &said))
}

fn said(reply: &Response<Body>) -> Option<Said> {
    #[derive(Deserialize)]
    struct Reply {
        #[serde(default, deserialize_with = "json::text")]
        error: Option<String>,
        #[serde(default, deserialize_with = "json::text")]
        message: Option<String>,
    }
    reply::said(reply).map(|Reply { error, message }| Said::new(error, message))
}
