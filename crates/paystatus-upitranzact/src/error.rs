use paystatus_core::{ErrorKind, ErrorRow, Refusal, Said, Says, Source, json};
use serde::Deserialize;

use crate::Details;

const SEED: Source = Source::new("UPITranzact documentation, Payment Status", "2026-11");

/// The error table, before the one that all providers share. The code is the body's `statusCode`.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(
        400..=400,
        Says::Anything,
        ErrorKind::Rejected,
        "a field is missing or invalid: check `merchant_id` and the order id, or try the other `encoding`",
        SEED,
    ),
    ErrorRow::new(
        401..=401,
        Says::Anything,
        ErrorKind::Unauthorized,
        "the keys were refused: check `public_key` and `secret_key`",
        SEED,
    ),
    ErrorRow::new(
        404..=404,
        Says::Code("404"),
        ErrorKind::NotFound,
        "there is no such order, or nobody has begun to pay it: ask again later before giving up",
        SEED,
    ),
    ErrorRow::new(
        409..=409,
        Says::Anything,
        ErrorKind::Rejected,
        "the request conflicts with the state of the order: look it up in the dashboard",
        SEED,
    ),
];

/// What an error says.
pub(crate) fn said(text: &str) -> Said {
    #[derive(Deserialize)]
    struct Envelope {
        status: bool,
        #[serde(rename = "statusCode")]
        status_code: u16,
        #[serde(default, deserialize_with = "json::text")]
        msg: Option<String>,
    }
    let envelope = json::object(text).ok().filter(|envelope: &Envelope| !envelope.status);
    let said = envelope.map(|said| Said::new(Some(said.status_code.to_string()), said.msg));
    said.unwrap_or_default()
}

/// Refuses a success that states an error in its `statusCode`, as if that were the HTTP status.
pub(crate) fn refuse_stated(details: &Details) -> Result<(), Refusal> {
    match (details.status, &details.txn_status, details.status_code) {
        (false, None, Some(code @ (400 | 401 | 404 | 409 | 429 | 500..=599))) => {
            Err(Said::new(Some(code.to_string()), details.msg.clone()).as_http(code).into())
        }
        _ => Ok(()),
    }
}
