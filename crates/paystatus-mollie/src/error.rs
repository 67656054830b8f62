use paystatus_core::{
    ErrorKind::{NotFound, Unauthorized},
    ErrorRow, Said,
    Says::{Anything, Something},
    Source, json,
};
use serde::Deserialize;

const DOCS: Source = Source::new("https://docs.mollie.com/reference/handling-errors", "2026-11");

const KEY: &str = "the key was refused: check `api_key`";
const RIGHTS: &str = "the key may not read payments: check the rights of the access token";
const NO_PAYMENT: &str = "there is no such payment for this key: check the id, and that the key is of the payment's \
                          own profile and mode, live or test";

/// The error table, before the one that all providers share.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(401..=401, Anything, Unauthorized, KEY, DOCS),
    ErrorRow::new(403..=403, Anything, Unauthorized, RIGHTS, DOCS),
    // An unknown id, another profile's, one of the other mode: all alike.
    ErrorRow::new(404..=404, Something, NotFound, NO_PAYMENT, DOCS),
    ErrorRow::new(410..=410, Something, NotFound, "the payment was deleted", DOCS),
];

/// What `{"status", "title", "detail"}` says: with less it is somebody else's error.
pub(crate) fn said(text: &str) -> Said {
    #[derive(Deserialize)]
    struct Reply {
        #[serde(rename = "status")]
        _status: u16,
        title: String,
        detail: String,
    }
    let stated = json::object(text).map(|Reply { title, detail, .. }| Said::new(Some(title), Some(detail)));
    stated.unwrap_or_default()
}
