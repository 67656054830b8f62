use paystatus_core::{ErrorKind, ErrorRow, Said, Says, Source, json};
use serde_json::Value;

const DOCS: Source = Source::new("https://docs.myfatoorah.com/docs/get-payment-status", "2026-11");
const KEYS: Source = Source::new("https://docs.myfatoorah.com/docs/api-key", "2026-11");
/// What the gateway in front answers was not seen.
const ASSUMED: Source = Source::new("assumed, beside https://docs.myfatoorah.com/docs/api-key", "2026-11");

const NO_DATA: &str = "there is no such invoice or payment: check the id, and the country of the account";
const TOKEN: &str = "the token was refused: check `api_token`, and that `base_url` is of its country";

/// How a page is called that is nobody's JSON.
const PAGE: &str = "an HTML page";

/// The error table, before the one that all providers share.
#[rustfmt::skip]
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(200..=299, Says::Message("No data match*"), ErrorKind::NotFound, NO_DATA, DOCS),
    ErrorRow::new(400..=400, Says::Message("No data match*"), ErrorKind::NotFound, NO_DATA, DOCS),
    ErrorRow::new(401..=401, Says::Anything, ErrorKind::Unauthorized, TOKEN, KEYS),
    ErrorRow::new(403..=403, Says::Message(PAGE), ErrorKind::Rejected, "the provider's front gateway blocks this address: ask the provider to allow it", ASSUMED),
    ErrorRow::new(403..=403, Says::Anything, ErrorKind::Unauthorized, TOKEN, KEYS),
];

/// What `{"IsSuccess": false, "Message", "ValidationErrors": [{"Name", "Error"}]}` says: the message and the first error.
pub(crate) fn said(text: &str) -> Said {
    if text.trim_start().starts_with('<') {
        return Said::new(None, Some(PAGE.to_owned()));
    }
    let reply: Value = json::object(text).unwrap_or_default();
    let words = [&reply["Message"], &reply["ValidationErrors"][0]["Error"]].map(|words| words.as_str());
    let words: Vec<_> = words.into_iter().flatten().filter(|words| !words.trim().is_empty()).collect();
    Said::new(None, Some(words.join(": ")))
}
