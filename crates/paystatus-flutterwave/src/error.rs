use paystatus_core::{
    Error,
    ErrorKind::{NotFound, Unauthorized},
    ErrorRow, Said,
    Says::{Anything, Message},
    Source, json,
};
use serde::Deserialize;

const DOCS: Source = Source::new("https://developer.flutterwave.com/docs/errors", "2026-11");

const NONE: &str =
    "there is no such transaction: check the id or the reference, and that it is one of this key's mode";
const KEY: &str = "the credentials were refused: check `secret_key`";

/// The error table, before the one that all providers share.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(100..=499, Message("No transaction was found*"), NotFound, NONE, DOCS),
    ErrorRow::new(401..=401, Anything, Unauthorized, KEY, DOCS),
];

pub(crate) fn said(text: &str) -> Said {
    stated(text).unwrap_or_default()
}

/// What the envelope says, unless it says `success`.
pub(crate) fn stated(text: &str) -> Result<Said, Error> {
    #[derive(Deserialize)]
    struct Envelope {
        status: String,
        #[serde(default, deserialize_with = "json::text")]
        message: Option<String>,
    }
    let Envelope { status, message } = json::object(text)?;
    Ok(if status == "success" { Said::nothing() } else { Said::new(Some(status), message) })
}
