use paystatus_core::{ErrorKind::NotFound, ErrorRow, Said, Says::Something, Source, json};
use serde::Deserialize;

const POSTMAN: Source = Source::new("https://documenter.getpostman.com/view/7907941/2s93JqTRWN", "2026-11");

/// The error table, before the one that all providers share.
pub(crate) const ERRORS: &[ErrorRow] = &[ErrorRow::new(
    404..=404,
    Something,
    NotFound,
    "there is no such payment: check the id, and that this API key made it",
    POSTMAN,
)];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    status: bool,
    status_code: u16,
    #[serde(default, deserialize_with = "json::text")]
    code: Option<String>,
    #[serde(default, deserialize_with = "json::text")]
    message: Option<String>,
}

fn envelope(text: &str) -> Option<Envelope> {
    json::object(text).ok().filter(|envelope: &Envelope| !envelope.status)
}

/// What `{"status": false, "statusCode", "code", "message"}` says: a proxy's body in another form says nothing.
pub(crate) fn said(text: &str) -> Said {
    let said = |it: Envelope| Said::new(it.code.or(Some(it.status_code.to_string())), it.message);
    envelope(text).map(said).unwrap_or_default()
}

/// An error that a success states, with the HTTP status that it should have had.
pub(crate) fn stated(text: &str) -> Option<Said> {
    envelope(text).map(|envelope| said(text).as_http(envelope.status_code))
}
