use paystatus_core::{ErrorKind, ErrorRow, Said, Says, Source, json};

use crate::{Details, reply};

const DOCS: Source = Source::new("https://paytmpayments.com/docs/api/v3/transaction-status-api", "2026-11");
/// A copy of the vendor's table of codes in third-party code, and the vendor's own for agents.
const CODES: Source = Source::new("https://github.com/paytm/paytm-agent-skills", "2026-11");

/// The error table, before the one that all providers share: every error comes in a success of HTTP,
/// with the word of a payment that failed.
#[rustfmt::skip]
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(200..=299, Says::Code("NO_RECORD_FOUND|331|334"), ErrorKind::NotFound, "there is no such order: check its id, and that it is one of this merchant", DOCS),
    ErrorRow::new(200..=299, Says::Code("330|2005"), ErrorKind::Unauthorized, "the signature was refused: check `merchant_key`, and that it is the one of this host", CODES),
    ErrorRow::new(200..=299, Says::Code("335"), ErrorKind::Unauthorized, "the merchant is not known: check `merchant_id`, and that it is one of this host", CODES),
    ErrorRow::new(200..=299, Says::Code("501|900"), ErrorKind::Unavailable, "the provider answered that it cannot answer now", CODES),
];

/// What `{"body": {"resultInfo": {"resultStatus", "resultCode", "resultMsg"}}}` says.
pub(crate) fn said(text: &str) -> Said {
    let details = reply::parts(text).and_then(|(_, body)| json::object::<Details>(body));
    details.map(|details| details.said()).unwrap_or_default()
}
