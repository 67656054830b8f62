use paystatus::{Error, ErrorKind};
use paystatus_reconcile::ErrorKind as Kind;
use serde_json::json;

use crate::output::{Output, clean, complain};

/// Why a reconciliation ends before its verdict.
pub(super) enum Failure {
    /// What was asked for can't be done, and no provider was asked.
    Refused(Error),
    /// It can't go on, whatever was asked before.
    Ended(paystatus_reconcile::Error),
    /// The findings can't be written.
    Unwritten(String),
}

impl Failure {
    /// Says it, without a word about what was asked before.
    pub(super) fn tell(&self, output: &Output) {
        let (kind, message) = match self {
            Self::Refused(error) => (error.kind().as_str(), error.message().to_owned()),
            Self::Ended(error) => (error.kind().as_str(), error.to_string()),
            Self::Unwritten(message) => (Kind::Storage.as_str(), message.clone()),
        };
        if output.json {
            output.line(&json!({ "error": { "kind": kind, "message": message } }));
        } else {
            complain(&format!("paystatus: {}", clean(&message)));
        }
    }

    /// Adds a remedy to what is refused.
    pub(super) fn with(self, remedy: &str) -> Self {
        match self {
            Self::Refused(error) => {
                Self::Refused(Error::new(error.kind(), format!("{}{remedy}", error.message())))
            }
            other => other,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<paystatus_reconcile::Error> for Failure {
    fn from(error: paystatus_reconcile::Error) -> Self {
        match error.kind() {
            Kind::Ledger | Kind::Journal => Self::Refused(Error::new(ErrorKind::Config, error.to_string())),
            _ => Self::Ended(error),
        }
    }
}
