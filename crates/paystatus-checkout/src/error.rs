use paystatus_core::{
    ErrorKind::{NotFound, Unauthorized},
    ErrorRow, Said,
    Says::{Anything, Code, WithRequestId},
    Source, json,
};
use serde::Deserialize;

const SDK: Source = Source::new("https://www.npmjs.com/package/checkout-sdk-node/v/5.2.1", "2026-11");
const LIST: Source = Source::new("https://www.checkout.com/docs, get-a-list-of-payments", "2026-11");

const KEY: &str =
    "the credentials were refused: check `secret_key`, and that `base_url` is its host, live or test";
const NO_PAYMENT: &str =
    "there is no such payment: check the id, and that `base_url` is this merchant's, live or test";
const NO_ORDER: &str = "no payment has this reference: a fresh one can be missing for seconds";

/// A reference that no payment has: a list that says so.
pub(crate) const NO_PAYMENTS: &str = "total_count 0";

/// The error table, before the one that all providers share. Most errors have no body:
/// a 404 is Checkout.com's own if it has the header `Cko-Request-Id`.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(200..=200, Code(NO_PAYMENTS), NotFound, NO_ORDER, LIST),
    ErrorRow::new(401..=401, Anything, Unauthorized, KEY, SDK),
    ErrorRow::new(404..=404, WithRequestId, NotFound, NO_PAYMENT, SDK),
];

/// What `{"error_type", "error_codes"}` says.
pub(crate) fn said(text: &str) -> Said {
    #[derive(Deserialize)]
    struct Reply {
        #[serde(default, deserialize_with = "json::text")]
        error_type: Option<String>,
        #[serde(default, deserialize_with = "json::lenient")]
        error_codes: Option<Vec<String>>,
    }
    let read =
        |Reply { error_type, error_codes }| Said::new(error_codes.map(|codes| codes.join(", ")), error_type);
    json::object(text).map(read).unwrap_or_default()
}
