use paystatus_core::{
    ErrorKind::{NotFound, Unauthorized, Unavailable},
    ErrorRow, Said,
    Says::{Anything, Code, Something},
    Source, json,
};
use serde_json::Value;

const DOCS: Source = Source::new("https://www.mercadopago.com.br/developers, error codes", "2026-11");
const SDK: Source = Source::new("https://www.npmjs.com/package/mercadopago/v/3.6.1", "2026-11");

const NO_PAYMENT: &str =
    "there is no such payment: check the id, and that it is one of this token's seller and mode";
const TOKEN: &str = "the access token was refused: check `access_token`";
const ANOTHER: &str = "the payment is another seller's, or the token lacks a right: check `access_token`";
const BUSY: &str = "the provider answered that it cannot answer now";

/// The error table, before the one that all providers share.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(404..=404, Code("not_found|2000"), NotFound, NO_PAYMENT, DOCS),
    ErrorRow::new(401..=401, Something, Unauthorized, TOKEN, DOCS),
    ErrorRow::new(403..=403, Something, Unauthorized, ANOTHER, DOCS),
    // The payment is locked, or something behind the provider failed: asked again it may answer.
    ErrorRow::new(423..=424, Anything, Unavailable, BUSY, SDK),
];

/// What `{"message", "error", "cause"}` says: the word, or the number of the first cause where that tells more.
pub(crate) fn said(text: &str) -> Said {
    let Ok([error, message]) = json::texts(text, ["error", "message"]) else { return Said::nothing() };
    let reply: Value = json::object(text).unwrap_or_default();
    let cause = &reply["cause"];
    // A list of causes, one of them, or only a text.
    let code = match cause.get(0).unwrap_or(cause).get("code") {
        Some(Value::Number(code)) => Some(code.to_string()),
        Some(Value::String(code)) => Some(code.clone()),
        _ => None,
    };
    let is_telling = error.as_deref() == Some("not_found");
    Said::new(if is_telling { error } else { code.or(error) }, message)
}
