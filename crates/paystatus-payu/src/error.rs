use paystatus_core::{
    ErrorKind::{NotFound, RateLimited, Unauthorized},
    ErrorRow, Said,
    Says::{Code, Message},
    Source, json,
};

const VERIFY: Source = Source::new("https://docs.payu.in/reference/verify_payment_api", "2026-11");
const CHECK: Source = Source::new("https://docs.payu.in/reference/check_payment_api", "2026-11");
const ERRORS_PAGE: Source = Source::new("https://docs.payu.in/docs/error-handling", "2026-11");

const NONE: &str = "there is no such transaction: check the id or the txnid, and that it is one of this host's, live or test";
const HASH: &str =
    "the hash was refused: check `merchant_key` and `salt`, and that they are this host's, live or test";
const LIMIT: &str = "too many requests: ask again later";

/// What stands in the place of a transaction that is not there.
pub(crate) const NOT_FOUND: &str = "Not Found";

/// The error table, before the one that all providers share: every error is inside of an HTTP 200.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(200..=200, Message("Invalid Hash*"), Unauthorized, HASH, ERRORS_PAGE),
    ErrorRow::new(200..=200, Code(NOT_FOUND), NotFound, NONE, VERIFY),
    ErrorRow::new(200..=200, Message("Transaction not exists*"), NotFound, NONE, CHECK),
    ErrorRow::new(200..=200, Message("Invalid TXN ID*"), NotFound, NONE, CHECK),
    ErrorRow::new(200..=200, Message("Requests limit reached*"), RateLimited, LIMIT, ERRORS_PAGE),
];

/// What `{"status": 0, "msg"}` says.
pub(crate) fn said(text: &str) -> Said {
    let [message] = json::texts(text, ["msg"]).unwrap_or_default();
    Said::new(None, message)
}
