use paystatus_core::{
    ErrorKind::{NotFound, Unauthorized},
    ErrorRow, Said,
    Says::{Anything, Code, Message},
    Source, json,
};

const SPEC: Source = Source::new("https://github.com/PaystackOSS/openapi", "2026-11");
const SAMPLES: Source = Source::new("https://github.com/PaystackOSS/doc-code-snippets", "2026-11");

const KEY: &str = "the key was refused: check `secret_key`";
const NO_PAYMENT: &str = "there is no such transaction: check the reference, and that it is of this key's mode, live \
                          or test; a number of the provider's own is asked for by payment, a reference by order";

/// The error table, before the one that all providers share. Older errors have no code.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(401..=401, Anything, Unauthorized, KEY, SPEC),
    ErrorRow::new(403..=403, Anything, Unauthorized, KEY, SPEC),
    ErrorRow::new(400..=400, Message("Invalid key*"), Unauthorized, KEY, SAMPLES),
    // HTTP 400 or 404.
    ErrorRow::new(400..=404, Code("transaction_not_found|not_found"), NotFound, NO_PAYMENT, SAMPLES),
    ErrorRow::new(400..=404, Message("Transaction reference not found*"), NotFound, NO_PAYMENT, SAMPLES),
    ErrorRow::new(400..=404, Message("Transaction not found*"), NotFound, NO_PAYMENT, SAMPLES),
    ErrorRow::new(400..=404, Message("Entity not found*"), NotFound, NO_PAYMENT, SAMPLES),
];

/// What `{"status": false, "message", "code"}` says.
pub(crate) fn said(text: &str) -> Said {
    let [code, message] = json::texts(text, ["code", "message"]).unwrap_or_default();
    Said::new(code, message)
}
