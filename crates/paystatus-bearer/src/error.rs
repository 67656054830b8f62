use paystatus_core::{
    ErrorKind::{NotFound, Unauthorized},
    ErrorRow, Said,
    Says::{Anything, Code},
    Source, json,
};

const SEED: Source = Source::new("Payments API documentation, Check payment status", "2026-11");

/// The error table, before the one that all providers share. The code is the body's `error`.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(
        401..=401,
        Anything,
        Unauthorized,
        "the access token is missing, wrong or expired: check `access_token`, or supply fresh ones from a source",
        SEED,
    ),
    ErrorRow::new(
        404..=404,
        Code("not_found"),
        NotFound,
        "there is no such payment: check the id, and that it belongs to this account",
        SEED,
    ),
];

/// What an error says.
pub(crate) fn said(text: &str) -> Said {
    let [code, message] = json::texts(text, ["error", "message"]).unwrap_or_default();
    Said::new(code, message)
}

/// What a success states instead of a payment: only what has a code is an error.
pub(crate) fn stated(text: &str) -> Said {
    Some(said(text)).filter(|said| said.code.is_some()).unwrap_or_default()
}
