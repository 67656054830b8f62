use paystatus_core::{ErrorKind::NotFound, ErrorRow, Said, Says::Code, Source, json};
use serde::Deserialize;

const SDK: Source = Source::new("https://www.npmjs.com/package/gocardless-nodejs/v/10.1.2", "2026-11");

const RESOURCE_NOT_FOUND: &str = "resource_not_found";

/// The error table, before the one that all providers share. The codes are the reasons that an error lists.
pub(crate) const ERRORS: &[ErrorRow] = &[ErrorRow::new(
    404..=404,
    Code(RESOURCE_NOT_FOUND),
    NotFound,
    "there is no such payment: check the id, and that the access token is of its merchant and mode",
    SDK,
)];

/// What `{"error": {"message", "type", "errors": [{"reason"}]}}` says; a proxy in front writes `{"error": "text"}`.
pub(crate) fn said(text: &str) -> Said {
    #[derive(Deserialize)]
    struct Reply {
        #[serde(deserialize_with = "json::nested")]
        error: Stated,
    }
    #[derive(Deserialize)]
    struct Stated {
        #[serde(default, deserialize_with = "json::text")]
        message: Option<String>,
        #[serde(default, rename = "type", deserialize_with = "json::text")]
        kind: Option<String>,
        #[serde(default, deserialize_with = "json::list")]
        errors: Vec<Reason>,
    }
    #[derive(Deserialize)]
    struct Reason {
        #[serde(default, deserialize_with = "json::text")]
        reason: Option<String>,
    }
    #[derive(Deserialize)]
    struct Plain {
        #[serde(default, deserialize_with = "json::text")]
        error: Option<String>,
    }
    let Ok(Reply { error: Stated { message, kind, errors } }) = json::object(text) else {
        return json::object(text).map(|Plain { error }| Said::new(None, error)).unwrap_or_default();
    };
    let reasons: Vec<_> = errors.into_iter().filter_map(|error| error.reason).collect();
    let telling = reasons.iter().find(|reason| *reason == RESOURCE_NOT_FOUND).or(reasons.first());
    Said::new(telling.cloned().or(kind), message)
}
