use http::Response;
use paystatus_core::{
    Body, Error, ErrorKind, Source, json,
    reply::{self, ErrorRow, Said, Says},
};
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

/// The error that a reply other than a 2xx stands for.
pub(crate) fn read(reply: &Response<Body>) -> Error {
    #[derive(Deserialize)]
    struct Envelope {
        status: bool,
        #[serde(rename = "statusCode")]
        status_code: u16,
        #[serde(default, deserialize_with = "json::text")]
        msg: Option<String>,
    }
    let envelope = reply::said::<Envelope>(reply).filter(|envelope| !envelope.status);
    let said = envelope.map(|said| Said::new(Some(said.status_code.to_string()), said.msg));
    reply::error(reply, ERRORS, &said.unwrap_or_default())
}

/// Refuses a 2xx that states an error in its `statusCode`, as if that were the HTTP status.
pub(crate) fn refuse_stated(details: &Details, reply: &Response<Body>) -> Result<(), Error> {
    match (details.status, &details.txn_status, details.status_code) {
        (false, None, Some(code @ (400 | 401 | 404 | 409 | 429 | 500..=599))) => {
            let said = Said::new(Some(code.to_string()), details.msg.clone());
            Err(reply::error_as(code, reply, ERRORS, &said))
        }
        _ => Ok(()),
    }
}
