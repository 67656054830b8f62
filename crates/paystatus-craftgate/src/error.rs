use paystatus_core::{ErrorKind::NotFound, ErrorRow, Said, Says::Something, Source, json};
use serde::{Deserialize, Serialize};

const DOCS: Source = Source::new("https://developer.craftgate.io/en/api", "2026-11");

/// Also for a search that finds nothing.
pub(crate) const NO_PAYMENT: &str =
    "there is no such payment: check the id, and that it is one of this merchant's, live or sandbox";

/// The error table, before the one that all providers share. That Craftgate says it with a 404 is assumed:
/// it publishes no code for a missing payment.
pub(crate) const ERRORS: &[ErrorRow] = &[ErrorRow::new(404..=404, Something, NotFound, NO_PAYMENT, DOCS)];

/// Why a payment failed, or what a refusal states.
///
/// ```
/// use paystatus_craftgate::Failure;
/// let failure: Failure = serde_json::from_str(r#"{"errorCode": 10051}"#).unwrap();
/// assert_eq!((failure.error_code.as_deref(), failure.error_group), (Some("10051"), None));
/// ```
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Failure {
    /// Above 10000 it is a bank's answer.
    #[serde(deserialize_with = "json::text")]
    pub error_code: Option<String>,
    /// In a sentence.
    #[serde(deserialize_with = "json::text")]
    pub error_description: Option<String>,
    /// In a word, such as `NOT_SUFFICIENT_FUNDS`.
    #[serde(deserialize_with = "json::text")]
    pub error_group: Option<String>,
}

/// What `{"errors": {…}}` says: the group stands before the sentence.
pub(crate) fn said(text: &str) -> Said {
    #[derive(Deserialize)]
    struct Reply {
        #[serde(default, deserialize_with = "json::optional")]
        errors: Option<Failure>,
    }
    let Ok(Reply { errors: Some(failure) }) = json::object(text) else { return Said::nothing() };
    let texts: Vec<_> = [failure.error_group, failure.error_description].into_iter().flatten().collect();
    Said::new(failure.error_code, Some(texts.join(": ")))
}
