use paystatus_core::{
    ErrorKind::{NotFound, Rejected, Unauthorized},
    ErrorRow, Said,
    Says::Code,
    Source, json,
};

const DOCS: Source = Source::new("https://docsv2.xendit.co/docs/error-scenarios", "2026-11");

const NO_PAYMENT: &str =
    "there is no such payment: check the id, and that it is one of this key's mode, test or live";
const KEYS: &str = "the credentials were refused: check `secret_key`, its rights, and `for_user_id`";
const INVALID: &str = "the provider refused this request: check the id's form, and `payment_requests`";

const NO_RIGHT: &str = "REQUEST_FORBIDDEN_ERROR|ACCESS_SUSPENDED|ACCOUNT_ACCESS_BLOCKED";

/// The error table, before the one that all providers share.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(404..=404, Code("*NOT_FOUND|*NOT_FOUND_ERROR"), NotFound, NO_PAYMENT, DOCS),
    ErrorRow::new(401..=401, Code("INVALID_API_KEY"), Unauthorized, KEYS, DOCS),
    ErrorRow::new(403..=403, Code(NO_RIGHT), Unauthorized, KEYS, DOCS),
    ErrorRow::new(400..=400, Code("API_VALIDATION_ERROR"), Rejected, INVALID, DOCS),
];

/// What `{"error_code", "message"}` says.
pub(crate) fn said(text: &str) -> Said {
    let [code, message] = json::texts(text, ["error_code", "message"]).unwrap_or_default();
    Said::new(code, message)
}
