use std::collections::BTreeMap;

use paystatus_core::{ErrorKind::Rejected, ErrorRow, Said, Says, Source, json};
use serde::{Deserialize, Deserializer, de::IgnoredAny};
use serde_json::value::RawValue;

const DOCS: Source = Source::new("https://docs.akurateco.com", "2026-11");

/// What an unknown payment, a wrong password and a wrong digest are all answered with.
const HASH: &str = "Hash is not valid.";

/// The error table, before the one that all providers share.
pub(crate) const ERRORS: &[ErrorRow] = &[
    // Documented as HTTP 400, but not bound to it.
    ErrorRow::new(
        0..=u16::MAX,
        Says::Message(HASH),
        Rejected,
        "\"hash is not valid\", which has two causes that cannot be told apart: \
         this account has no such payment, or `password` or `digest` is wrong; check the id first",
        DOCS,
    ),
    ErrorRow::new(
        400..=400,
        Says::Something,
        Rejected,
        "the request's data is invalid: check the id and `merchant_key`",
        DOCS,
    ),
    // The provider's own words: no reason to doubt the base URL.
    ErrorRow::new(404..=404, Says::Something, Rejected, "the provider refused this request", DOCS),
];

/// The form of every error, whatever the HTTP status.
#[derive(Deserialize)]
struct Reply {
    #[serde(default, deserialize_with = "json::text")]
    error_code: Option<String>,
    #[serde(default, deserialize_with = "json::text")]
    error_message: Option<String>,
    #[serde(default, deserialize_with = "entries")]
    errors: Vec<Entry>,
    #[serde(default)]
    status: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default, deserialize_with = "json::text")]
    error_code: Option<String>,
    #[serde(default, deserialize_with = "json::text")]
    error_message: Option<String>,
}

/// A list, or an object with the list's indices as keys, which is how PHP writes a list with gaps;
/// a member that is no entry is left out.
fn entries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Entry>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?.get();
    let listed = if raw.starts_with('[') {
        serde_json::from_str::<Vec<&RawValue>>(raw).unwrap_or_default()
    } else {
        let keyed = serde_json::from_str::<BTreeMap<String, &RawValue>>(raw).unwrap_or_default();
        keyed.into_values().collect()
    };
    Ok(listed.into_iter().filter_map(|entry| json::object(entry.get()).ok()).collect())
}

/// What an error says.
pub(crate) fn said(text: &str) -> Said {
    json::object(text).map(telling).unwrap_or_default()
}

/// What a success states instead of a payment: nothing where a status is told, which would be an answer.
pub(crate) fn in_success(text: &str) -> Said {
    let reply = json::object(text).ok().filter(|reply: &Reply| reply.status.is_none());
    reply.map(telling).unwrap_or_default()
}

/// The entry of an error that tells most: the one about the hash, else the first one with a text, else the error's own
/// code and text.
fn telling(Reply { error_code, error_message, errors, .. }: Reply) -> Said {
    let mut entries = errors;
    entries.retain(|entry| entry.error_message.is_some());
    entries.push(Entry { error_code, error_message });
    let is_hash = |entry: &Entry| {
        let text = entry.error_message.as_deref().unwrap_or_default();
        text.to_ascii_lowercase().contains("hash is not valid")
    };
    match entries.iter().position(is_hash) {
        Some(hash) => Said::new(entries.swap_remove(hash).error_code, Some(HASH.to_owned())),
        None => {
            let first = entries.swap_remove(0);
            Said::new(first.error_code, first.error_message)
        }
    }
}
