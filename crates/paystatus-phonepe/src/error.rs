use paystatus_core::{ErrorKind::*, ErrorRow, Said, Says::Code, Source, json};

const DOCS: Source = Source::new("https://developer.phonepe.com/payment-gateway, order-status", "2026-11");
const TOKENS: Source = Source::new("https://developer.phonepe.com/payment-gateway, authorization", "2026-11");
const SDK: Source = Source::new("https://github.com/PhonePe/phonepe-pg-sdk-node 2e3877e, tests", "2026-11");

const CLIENT: &str =
    "the credentials were refused: check `client_id`, `client_secret`, `client_version` and the base URL";
const NO_ORDER: &str =
    "there is no such order: check the merchant's order id, and that it is one of this client's";

/// The error table, before the one that all providers share.
#[rustfmt::skip]
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(0..=499, Code("INVALID_MERCHANT_ORDER_ID"), NotFound, NO_ORDER, DOCS),
    ErrorRow::new(0..=499, Code("MERCHANT_ORDER_MAPPING_NOT_FOUND"), NotFound, NO_ORDER, SDK),
    ErrorRow::new(400..=401, Code("INVALID_CLIENT"), Unauthorized, CLIENT, TOKENS),
    ErrorRow::refused_token(401..=401, Code("AUTHORIZATION_FAILED"), CLIENT, DOCS),
    ErrorRow::new(403..=403, Code("FORBIDDEN"), Unauthorized, CLIENT, DOCS),
    ErrorRow::new(0..=400, Code("BAD_REQUEST|INVALID_TRANSACTION_ID"), Rejected, "PhonePe refused this request", DOCS),
    ErrorRow::new(500..=500, Code("INTERNAL_SERVER_ERROR"), Unavailable, "PhonePe cannot answer now: ask again later", DOCS),
];

/// What `{"code", "message"}` says, or `{"errorCode", "message"}`.
pub(crate) fn said(text: &str) -> Said {
    let [code, error_code, message] = json::texts(text, ["code", "errorCode", "message"]).unwrap_or_default();
    Said::new(code.or(error_code), message)
}

/// What a success states, if its code is one of the table: the older API's successes have codes too.
pub(crate) fn stated(text: &str) -> Option<Said> {
    let said = said(text);
    ERRORS.iter().any(|row| row.says.is_said_by(&said)).then_some(said)
}
