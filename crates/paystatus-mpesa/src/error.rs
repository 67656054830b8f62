use paystatus_core::{
    ErrorKind::{NotFound, RateLimited, Rejected, Unauthorized, Unavailable},
    ErrorRow, Said,
    Says::{self, Anything, Both, Code},
    Source, json,
};
use serde_json::Value;

use crate::status::BEING_PROCESSED;

const DARAJA: Source =
    Source::new("https://developer.safaricom.co.ke, M-Pesa Express Query, as copied in public", "2026-11");
const RECORDED: Source = Source::new("replies recorded in public test suites", "2026-11");
const ENDPOINTS: Source =
    Source::new("https://github.com/Ghostscypher/php-mpesa 05d51be, mpesa_endpoints.md", "2026-11");

/// What an HTTP 500 says that is an answer: the prompt is still on the phone.
pub(crate) const STILL_PROCESSED: Says = Both(BEING_PROCESSED, "The transaction is being processed");

/// The error table, before the one that all providers share. The code is `errorCode`,
/// or the last word of the gateway's own `errorcode`.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::answer(500..=500, STILL_PROCESSED, DARAJA),
    ErrorRow::new(
        400..=400,
        Both("400.002.02|400.002.03", "*Invalid CheckoutRequestID"),
        NotFound,
        "there is no such prompt, or it is another short code's, or too old: check the id and `short_code`",
        RECORDED,
    ),
    // As HTTP 404, 400 or 401: an expired token, and not a payment that is not there.
    ErrorRow::refused_token(
        0..=u16::MAX,
        Code("404.001.03|400.003.01"),
        "the access token was refused: check `consumer_key` and `consumer_secret`, and that the app may use M-Pesa Express",
        RECORDED,
    ),
    ErrorRow::new(
        0..=u16::MAX,
        Code("404.001.04|400.008.01"),
        Unauthorized,
        "the credentials were refused: check `consumer_key` and `consumer_secret`",
        ENDPOINTS,
    ),
    ErrorRow::new(
        0..=u16::MAX,
        Both(BEING_PROCESSED, "*Wrong credentials"),
        Unauthorized,
        "`passkey` is wrong, or belongs to another short code",
        RECORDED,
    ),
    ErrorRow::new(
        0..=u16::MAX,
        Both(BEING_PROCESSED, "*Merchant does not exist"),
        Unauthorized,
        "there is no merchant with this `short_code`",
        RECORDED,
    ),
    ErrorRow::new(
        0..=u16::MAX,
        Code("500.003.02|500.003.03|SpikeArrestViolation|QuotaViolation"),
        RateLimited,
        "too many requests: ask again later, and less often",
        ENDPOINTS,
    ),
    ErrorRow::refused_token(
        401..=401,
        Anything,
        "the credentials were refused: check `consumer_key` and `consumer_secret`",
        ENDPOINTS,
    ),
    ErrorRow::new(
        403..=403,
        Anything,
        Unauthorized,
        "the app may not ask this: check its products",
        ENDPOINTS,
    ),
    ErrorRow::new(429..=429, Anything, RateLimited, "too many requests: ask again later", ENDPOINTS),
    ErrorRow::new(500..=599, Anything, Unavailable, "M-Pesa cannot answer now: ask again later", ENDPOINTS),
    ErrorRow::new(404..=404, Anything, Rejected, "there is no such address: check the base URL", ENDPOINTS),
    ErrorRow::new(400..=400, Anything, Rejected, "M-Pesa refused this request: check the id", ENDPOINTS),
];

/// What an error says, in Daraja's form or in that of its gateway.
pub(crate) fn said(text: &str) -> Said {
    let Ok([code, message]) = json::texts(text, ["errorCode", "errorMessage"]) else {
        return Said::nothing();
    };
    let reply: Value = json::object(text).unwrap_or_default();
    let fault = &reply["fault"];
    // `policies.ratelimit.SpikeArrestViolation`
    let last = fault["detail"]["errorcode"].as_str().and_then(|code| code.rsplit('.').next());
    let told = fault["faultstring"].as_str();
    Said::new(code.or(last.map(str::to_owned)), message.or(told.map(str::to_owned)))
}
