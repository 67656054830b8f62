use paystatus_core::{
    ErrorKind::{NotFound, RateLimited, Rejected, Unauthorized, Unavailable},
    ErrorRow, Said,
    Says::{Anything, Message},
    Source, json,
};
use serde::Deserialize;

const DOCS: Source = Source::new("https://github.com/razorpay/markdown-docs", "2026-11");
const PRISM: Source = Source::new("https://github.com/juspay/hyperswitch-prism", "2026-11");

const NO_PAYMENT: &str =
    "there is no such payment or order: check the id, and that it is one of this key's mode, live or test";
const KEYS: &str = "the credentials were refused: check `key_id` and `key_secret`";
const NO_ADDRESS: &str = "The requested URL was not found on the server.";
const ADDRESS: &str = "there is no such address: check the base URL";

/// The error table, before the one that all providers share. One code stands for nearly everything:
/// only the texts tell what happened.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(400..=400, Message("The id provided does not exist"), NotFound, NO_PAYMENT, DOCS),
    ErrorRow::new(400..=400, Message("The id provided does not exist."), NotFound, NO_PAYMENT, DOCS),
    ErrorRow::new(
        400..=400,
        Message("*is not a valid id"),
        Rejected,
        "the id is not one of Razorpay's",
        DOCS,
    ),
    ErrorRow::new(401..=401, Anything, Unauthorized, KEYS, DOCS),
    ErrorRow::new(400..=400, Message("Authentication failed"), Unauthorized, KEYS, DOCS),
    ErrorRow::new(400..=400, Message("The api key provided is invalid"), Unauthorized, KEYS, DOCS),
    ErrorRow::new(400..=400, Message(NO_ADDRESS), Rejected, ADDRESS, DOCS),
    ErrorRow::new(404..=404, Message(NO_ADDRESS), Rejected, ADDRESS, DOCS),
    ErrorRow::new(404..=404, Message("no Route matched with those values"), Rejected, ADDRESS, DOCS),
    ErrorRow::new(429..=429, Anything, RateLimited, "too many requests: ask again later", DOCS),
    // `SERVER_ERROR`, `GATEWAY_ERROR`; 500, 502 and 504 were reported.
    ErrorRow::new(500..=599, Anything, Unavailable, "the provider answered that it cannot answer now", PRISM),
];

/// What `{"error": {"code", "description"}}` says, or the `{"message"}` of the host before it.
pub(crate) fn said(text: &str) -> Said {
    #[derive(Deserialize)]
    struct Reply {
        #[serde(default, deserialize_with = "json::optional")]
        error: Option<Stated>,
        #[serde(default, deserialize_with = "json::text")]
        message: Option<String>,
    }
    #[derive(Deserialize)]
    struct Stated {
        #[serde(default, deserialize_with = "json::text")]
        code: Option<String>,
        #[serde(default, deserialize_with = "json::text")]
        description: Option<String>,
    }
    match json::object(text) {
        Ok(Reply { error: Some(Stated { code, description }), .. }) => Said::new(code, description),
        Ok(Reply { message, .. }) => Said::new(None, message),
        Err(_) => Said::nothing(),
    }
}
