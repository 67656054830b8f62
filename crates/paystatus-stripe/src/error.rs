use paystatus_core::{
    ErrorKind::{NotFound, RateLimited, Rejected, Unauthorized, Unavailable},
    ErrorRow, Said,
    Says::{Anything, Code, Something},
    Source, json,
};
use serde::Deserialize;

const SDK: Source = Source::new("https://www.npmjs.com/package/stripe/v/23.1.0", "2026-11");
const LIMITS: Source = Source::new("https://docs.stripe.com/rate-limits", "2026-11");

const KEY: &str = "the key was refused: check `secret_key`, and that it was not rolled";
const RIGHTS: &str = "the key may not read this: a restricted key needs read access to PaymentIntents, Charges \
                      and Checkout Sessions; check `stripe_account` too";
const NO_PAYMENT: &str = "there is no such payment: check the id and the account, and whether one of payment and key \
                          is a test one";
const REFUSED: &str = "the provider refused this request";
const TOO_MANY: &str = "too many requests: ask again later";
const IN_THE_WAY: &str = "another request is in the way: ask again";

/// The error table, before the one that all providers share.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(401..=401, Anything, Unauthorized, KEY, SDK),
    ErrorRow::new(403..=403, Anything, Unauthorized, RIGHTS, SDK),
    // In the other mode there may be one: the provider's message then says so.
    ErrorRow::new(404..=404, Code("resource_missing"), NotFound, NO_PAYMENT, SDK),
    ErrorRow::new(404..=404, Something, Rejected, REFUSED, SDK),
    ErrorRow::new(429..=429, Anything, RateLimited, TOO_MANY, LIMITS),
    ErrorRow::new(400..=400, Code("rate_limit"), RateLimited, TOO_MANY, LIMITS),
    ErrorRow::new(409..=409, Anything, Unavailable, IN_THE_WAY, SDK),
];

/// What `{"error": {…}}` says.
pub(crate) fn said(text: &str) -> Said {
    #[derive(Deserialize)]
    struct Reply {
        error: Stated,
    }
    #[derive(Deserialize)]
    struct Stated {
        r#type: Option<String>,
        code: Option<String>,
        message: Option<String>,
    }
    let stated =
        json::object(text).map(|Reply { error }| Said::new(error.code.or(error.r#type), error.message));
    stated.unwrap_or_default()
}
