use paystatus_core::{
    ErrorKind::{NotFound, RateLimited, Unauthorized},
    ErrorRow, Said,
    Says::Code,
    Source, json,
};
use serde::Deserialize;

const DOCS: Source = Source::new("https://docs.tosspayments.com/reference/error-codes", "2026-11");
const FORUM: Source = Source::new("https://techchat.tosspayments.com", "2026-11");

const KEY: &str = "the credentials were refused: check that `secret_key` is a secret key, and no client key";

/// The error table, before the one that all providers share.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(
        404..=404,
        Code("NOT_FOUND_PAYMENT|NOT_FOUND"),
        NotFound,
        "there is no such payment: check the id, and that it is one of this key's mode, live or test",
        DOCS,
    ),
    ErrorRow::new(400..=400, Code("INVALID_API_KEY"), Unauthorized, KEY, DOCS),
    ErrorRow::new(401..=401, Code("UNAUTHORIZED_KEY"), Unauthorized, KEY, DOCS),
    ErrorRow::new(403..=403, Code("INCORRECT_BASIC_AUTH_FORMAT"), Unauthorized, KEY, DOCS),
    ErrorRow::new(
        403..=403,
        Code("FORBIDDEN_CONSECUTIVE_REQUEST"),
        RateLimited,
        "the same payment was asked about too soon: ask again later",
        FORUM,
    ),
];

/// What `{"code", "message"}` says, which newer interfaces put under `error`.
pub(crate) fn said(text: &str) -> Said {
    #[derive(Deserialize)]
    struct Reply {
        #[serde(default, deserialize_with = "json::optional")]
        error: Option<Box<Reply>>,
        #[serde(default, deserialize_with = "json::text")]
        code: Option<String>,
        #[serde(default, deserialize_with = "json::text")]
        message: Option<String>,
    }
    let Ok(reply) = json::object::<Reply>(text) else { return Said::nothing() };
    let said = reply.error.as_deref().unwrap_or(&reply);
    Said::new(said.code.clone(), said.message.clone())
}
