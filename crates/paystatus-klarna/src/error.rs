use paystatus_core::{ErrorKind::NotFound, ErrorRow, Said, Says::Code, Source, json};
use serde::Deserialize;

const API: Source =
    Source::new("https://github.com/api-evangelist/klarna, openapi/klarna-orders-api-openapi.yml", "2026-11");

/// The error table, before the one that all providers share.
pub(crate) const ERRORS: &[ErrorRow] = &[ErrorRow::new(
    404..=404,
    Code("NO_SUCH_ORDER|NOT_FOUND"),
    NotFound,
    "there is no such order: check that the id is an order's, and that the base URL is its region's",
    API,
)];

/// What `{"error_code", "error_messages": ["…"]}` says.
pub(crate) fn said(text: &str) -> Said {
    #[derive(Deserialize)]
    struct Reply {
        #[serde(default, deserialize_with = "json::text")]
        error_code: Option<String>,
        #[serde(default, deserialize_with = "json::lenient")]
        error_messages: Option<Vec<String>>,
    }
    let read = |Reply { error_code, error_messages }| {
        Said::new(error_code, error_messages.map(|messages| messages.join("; ")))
    };
    json::object(text).map(read).unwrap_or_default()
}
