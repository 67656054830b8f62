use paystatus_core::{ErrorKind, ErrorRow, Said, Says, Source, json};

const DOCS: Source = Source::new("https://docs.midtrans.com/reference/status-codes", "2026-11");

/// In any HTTP status: the body has the API's own.
const ANY: std::ops::RangeInclusive<u16> = 100..=999;

/// The error table, before the one that all providers share: the body's `status_code` tells, whatever HTTP says.
#[rustfmt::skip]
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(ANY, Says::Code("404"), ErrorKind::NotFound, "there is no such transaction, or nobody has chosen a method yet: check the id, and the key's environment", DOCS),
    ErrorRow::new(ANY, Says::Code("401|402|410"), ErrorKind::Unauthorized, "the credentials were refused: check `server_key`, and that `base_url` is of its environment", DOCS),
    ErrorRow::new(ANY, Says::Code("429"), ErrorKind::RateLimited, "too many requests: ask again later", DOCS),
    ErrorRow::new(ANY, Says::Code("500|501|502|503|504|505|900"), ErrorKind::Unavailable, "the provider answered that it cannot answer now", DOCS),
    // 408 is no time-out here, and 403 no lack of rights.
    ErrorRow::new(ANY, Says::Code("400|403|405|406|408|409|411|412|413"), ErrorKind::Rejected, "the provider refused this request", DOCS),
];

/// What `{"status_code", "status_message"}` says.
pub(crate) fn said(text: &str) -> Said {
    let [code, message] = json::texts(text, ["status_code", "status_message"]).unwrap_or_default();
    Said::new(code, message)
}
