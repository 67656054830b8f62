use paystatus_core::{
    ErrorKind::{NotFound, Rejected, Unauthorized},
    ErrorRow, Said,
    Says::Message,
    Source, json,
};
use serde::Deserialize;

const SERVER: Source = Source::new("https://github.com/0xResmic/Resmic-PRO", "2026-11");

/// The error table, before the one that all providers share.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(
        401..=401,
        Message("API key is missing"),
        Unauthorized,
        "no API key arrived: check `api_key`",
        SERVER,
    ),
    ErrorRow::new(
        403..=403,
        Message("API KEY is wrong"),
        Unauthorized,
        "the API key is wrong: check `api_key`",
        SERVER,
    ),
    ErrorRow::new(
        403..=403,
        Message("Invalid User ID"),
        Unauthorized,
        "the user id is wrong: check `user_id`",
        SERVER,
    ),
    ErrorRow::new(
        403..=403,
        Message("API is not active"),
        Unauthorized,
        "the API key is switched off: activate it in the dashboard",
        SERVER,
    ),
    // The body of this one says 400.
    ErrorRow::new(
        404..=404,
        Message("Session not found"),
        NotFound,
        "there is no such session: check the id, and that it belongs to this account",
        SERVER,
    ),
    // These two have the same form and are about a session that there is: neither tells whether it was paid.
    ErrorRow::new(
        404..=404,
        Message("Session expired"),
        Rejected,
        "the session has expired, and this does not tell whether it was paid: look in the dashboard and at the chain",
        SERVER,
    ),
    ErrorRow::new(
        404..=404,
        Message("Session already initiated"),
        Rejected,
        "the session is begun already, and this does not tell whether it was paid: look in the dashboard and at the chain",
        SERVER,
    ),
];

/// What an error says.
pub(crate) fn said(text: &str) -> Said {
    #[derive(Deserialize)]
    struct Reply {
        error: Option<String>,
        message: Option<String>,
    }
    let read = |Reply { error, message }| Said::new(None, error.or(message));
    json::object(text).map(read).unwrap_or_default()
}
