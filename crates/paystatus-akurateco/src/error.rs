use std::collections::BTreeMap;

use paystatus_core::{ErrorKind::Rejected, ErrorRow, Said, Says, Source, json};
use serde_json::value::RawValue;

const DOCS: Source = Source::new("https://docs.akurateco.com", "2026-11");

/// What an unknown payment, a wrong password and a wrong digest are all answered with.
const HASH: &str = "Hash is not valid.";

const UNKNOWN_OR_WRONG: &str = "\"hash is not valid\", which has two causes that cannot be told apart: \
                                this account has no such payment, or `password` or `digest` is wrong; check the id first";
const INVALID: &str = "the request's data is invalid: check the id and `merchant_key`";
const REFUSED: &str = "the provider refused this request";

/// The error table, before the one that all providers share.
pub(crate) const ERRORS: &[ErrorRow] = &[
    // Documented as HTTP 400, but not bound to it.
    ErrorRow::new(0..=u16::MAX, Says::Message(HASH), Rejected, UNKNOWN_OR_WRONG, DOCS),
    ErrorRow::new(400..=400, Says::Something, Rejected, INVALID, DOCS),
    // The provider's own words: no reason to doubt the base URL.
    ErrorRow::new(404..=404, Says::Something, Rejected, REFUSED, DOCS),
];

/// What an error says, whatever the HTTP status: the entry that tells most, which is the one about the hash,
/// else the first one with a text, else the error's own code and text.
pub(crate) fn said(text: &str) -> Said {
    let words = |text| json::texts(text, ["error_code", "error_message"]).ok();
    let listed = member(text, "errors").map(entries).unwrap_or_default();
    let mut entries: Vec<_> =
        listed.into_iter().filter_map(words).filter(|[_, told]| told.is_some()).collect();
    entries.extend(words(text));
    let is_hash = |[_, told]: &[Option<String>; 2]| {
        told.as_ref().is_some_and(|told| told.to_ascii_lowercase().contains("hash is not valid"))
    };
    let hash = entries.iter().position(is_hash);
    let Some([code, told]) = entries.into_iter().nth(hash.unwrap_or(0)) else { return Said::nothing() };
    Said::new(code, if hash.is_some() { Some(HASH.to_owned()) } else { told })
}

/// What a success states instead of a payment: nothing where a status is told, which would be an answer.
pub(crate) fn in_success(text: &str) -> Said {
    let is_answer = member(text, "status").is_some_and(|status| status != "null");
    if is_answer { Said::nothing() } else { said(text) }
}

fn member<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    json::members(text).ok()?.into_iter().find(|(known, _)| known == name).map(|(_, raw)| raw)
}

/// A list, or an object with the list's indices as keys, which is how PHP writes a list with gaps.
fn entries(raw: &str) -> Vec<&str> {
    let listed: Vec<&RawValue> = if raw.starts_with('[') {
        serde_json::from_str(raw).unwrap_or_default()
    } else {
        serde_json::from_str::<BTreeMap<String, _>>(raw).unwrap_or_default().into_values().collect()
    };
    listed.into_iter().map(RawValue::get).collect()
}
