use paystatus_core::{ErrorRow, Said, json};
use serde::Deserialize;

/// The error table, before the one that all providers share.
// FILL IN: above all what says "no such payment"; without a row that is a rejected request, which ends a wait at once.
pub(crate) const ERRORS: &[ErrorRow] = &[];

/// What an error says.
// FILL IN: the fields' names.
pub(crate) fn said(text: &str) -> Said {
    #[derive(Deserialize)]
    struct Reply {
        #[serde(default, deserialize_with = "json::text")]
        error: Option<String>,
        #[serde(default, deserialize_with = "json::text")]
        message: Option<String>,
    }
    let read = |Reply { error, message }| Said::new(error, message);
    json::object(text).map(read).unwrap_or_default()
}
