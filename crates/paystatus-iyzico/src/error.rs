use paystatus_core::{ErrorKind::*, ErrorRow, Said, Says::Code, Source, json};

const CODES: Source = Source::new("https://docs.iyzico.com/en/add-ons/error-codes", "2026-11");
const LIMITS: Source =
    Source::new("https://docs.iyzico.com/en/getting-started/preliminaries/limiters", "2026-11");
const PEER: Source =
    Source::new("https://github.com/productdevbook/kasapay 0f0005a, specs/iyzico", "2026-11");

const KEYS: &str = "the credentials were refused: check `api_key` and `secret_key`, \
                    and that the base URL is that of the keys, live or sandbox";
/// Also for a report about no payment.
pub(crate) const NO_PAYMENT: &str = "there is no such payment: check the id and the account; reports reach back two years, \
                          and say nothing about whether an older payment was paid";

/// The error table, before the one that all providers share: the code rules whatever the HTTP status is, below 500.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(0..=499, Code("1000|1001|1007|1009"), Unauthorized, KEYS, CODES),
    // Its `status` is the number 401.
    ErrorRow::new(0..=499, Code("5"), Unauthorized, KEYS, PEER),
    ErrorRow::new(0..=499, Code("5087"), NotFound, NO_PAYMENT, PEER),
    ErrorRow::new(0..=499, Code("50000"), RateLimited, "too many requests: ask again later", LIMITS),
    ErrorRow::new(0..=499, Code("1|2"), Unavailable, "iyzico cannot answer now: ask again later", CODES),
];

/// What `{"errorCode", "errorMessage"}` says; the code is a string or a number.
pub(crate) fn said(text: &str) -> Said {
    let [code, message] = json::texts(text, ["errorCode", "errorMessage"]).unwrap_or_default();
    Said::new(code, message)
}
