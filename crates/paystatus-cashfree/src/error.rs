use paystatus_core::{
    ErrorKind::{NotFound, RateLimited, Unauthorized},
    ErrorRow, Said,
    Says::{Anything, Code},
    Source, json,
};

const ERROR_DOCS: Source =
    Source::new("https://www.cashfree.com/docs/api-reference/payments/latest/errors", "2026-11");
const LIMITS: Source =
    Source::new("https://www.cashfree.com/docs/api-reference/payments/latest/rate-limits", "2026-11");

const NO_ORDER: &str = "there is no such order: check that it is your own order id, and whether the keys are of the \
                        same environment, production or sandbox";
const KEYS: &str = "the credentials were refused: check `client_id` and `client_secret`, and whether they are of \
                    the same environment as `base_url`, production or sandbox";
const TOO_MANY: &str = "too many requests: ask again when `x-ratelimit-retry` says";

/// The error table, before the one that all providers share.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(401..=401, Anything, Unauthorized, KEYS, ERROR_DOCS),
    ErrorRow::new(404..=404, Code("*_not_found"), NotFound, NO_ORDER, ERROR_DOCS),
    ErrorRow::new(429..=429, Anything, RateLimited, TOO_MANY, LIMITS),
];

/// What `{"message", "code", "type"}` says.
pub(crate) fn said(text: &str) -> Said {
    let [code, message] = json::texts(text, ["code", "message"]).unwrap_or_default();
    Said::new(code, message)
}
