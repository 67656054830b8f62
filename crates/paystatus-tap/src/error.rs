use paystatus_core::{
    Error,
    ErrorKind::{NotFound, Rejected, Unauthorized},
    ErrorRow, Said,
    Says::{Anything, Something},
    Source, json,
};
use serde::Deserialize;
use serde_json::Value;

const DOCS: Source = Source::new("https://developers.tap.company/reference/charge-response-codes", "2026-11");

const ID: &str = "Tap refused the request: the id may have another form than Tap's";
const KEY: &str = "the credentials were refused: check `secret_key`";
const NO_CHARGE: &str =
    "there is no such charge: check the id, and that it was made with this key's mode, live or test";

/// The error table, before the one that all providers share.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(400..=400, Something, Rejected, ID, DOCS),
    ErrorRow::new(401..=401, Anything, Unauthorized, KEY, DOCS),
    ErrorRow::new(404..=404, Something, NotFound, NO_CHARGE, DOCS),
];

pub(crate) fn said(text: &str) -> Said {
    stated(text).unwrap_or_default()
}

/// What the first of `{"errors": [{"code", "description"}]}` says; its code may be absent.
pub(crate) fn stated(text: &str) -> Result<Said, Error> {
    #[derive(Deserialize)]
    struct Reply {
        errors: Option<Value>,
    }
    let Reply { errors } = json::object(text)?;
    let Some(errors) = errors.filter(|errors| errors.as_array().is_none_or(|list| !list.is_empty())) else {
        return Ok(Said::nothing());
    };
    let word = |name: &str| match &errors[0][name] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    // Whatever form they have, they are errors.
    Ok(Said::new(word("code"), word("description").or_else(|| Some("errors".to_owned()))))
}
