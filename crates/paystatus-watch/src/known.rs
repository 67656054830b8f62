//! What a watch has learned so far, as it is kept in the store.

use paystatus::{Error, Finality, Funds, Lookup, Money, Payment, Snapshot, Status};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What has been learned about a watch's payment; the provider's own reply is not in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Known {
    /// Who was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) provider: Option<String>,
    /// The payment as it was last seen; once it is decided, as it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last: Option<Kept>,
    /// Why the latest ask taught nothing, if it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<Trouble>,
    /// What takes a decision back and was said once: it counts when it is said again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) doubt: Option<Kept>,
}

/// A payment without the provider's own reply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    telling: Snapshot,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attempts: Vec<Snapshot>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_about_another: bool,
}

impl Kept {
    pub(crate) fn of(payment: &Payment<Value>) -> Self {
        Self {
            telling: payment.snapshot().clone(),
            attempts: payment.attempts().to_vec(),
            is_about_another: payment.is_about_another(),
        }
    }

    pub(crate) fn snapshot(&self) -> &Snapshot {
        &self.telling
    }

    /// The payment again, with no details.
    pub(crate) fn payment(&self, asked: &Lookup) -> Payment<Value> {
        let payment = Payment::new(asked, self.telling.clone(), Value::Null);
        let payment = payment.with_attempts(self.attempts.clone());
        if self.is_about_another { payment.about_another() } else { payment }
    }
}

/// How a later answer relates to a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Later {
    /// It says the same.
    Same,
    /// It is not decided, or is dated before the decision: an older answer.
    Older,
    /// It takes something back and is not dated later: it may be an older answer.
    Doubtful,
    Newer,
}

impl Later {
    pub(crate) fn of(decided: &Snapshot, answer: &Snapshot) -> Self {
        if standing(decided) == standing(answer) {
            return Self::Same;
        }
        let dates = [decided, answer].map(|said| said.updated_at().and_then(|time| time.instant()));
        let [before, after] = dates;
        let order = before.zip(after).map(|(before, after)| after.cmp(&before));
        match order {
            _ if answer.finality() == Finality::Open => Self::Older,
            Some(std::cmp::Ordering::Less) => Self::Older,
            Some(std::cmp::Ordering::Greater) => Self::Newer,
            _ if takes_back(decided, answer) => Self::Doubtful,
            _ => Self::Newer,
        }
    }
}

/// Any of these that changes is a change of the payment.
pub(crate) fn standing(said: &Snapshot) -> (&str, Status, Finality, Funds, Option<Money>, Option<Money>) {
    (said.id(), said.status(), said.finality(), said.funds(), said.amount(), said.returned())
}

/// Tells whether an answer is about an earlier stage of a payment's life than the decision.
fn takes_back(decided: &Snapshot, answer: &Snapshot) -> bool {
    let (before, after) = (stage(decided.status()), stage(answer.status()));
    let is_less_final = decided.status() == answer.status()
        && decided.finality() == Finality::Final
        && answer.finality() != Finality::Final;
    let returned = |said: &Snapshot| said.returned().map(|money| money.amount()).unwrap_or_default();
    after < before || is_less_final || (after == before && returned(answer) < returned(decided))
}

fn stage(status: Status) -> u8 {
    match status {
        Status::Failed | Status::Canceled | Status::Expired => 1,
        Status::Authorized => 2,
        Status::PartlyPaid => 3,
        Status::Paid => 4,
        Status::Returned(_) => 5,
        _ => 0,
    }
}

/// Why an ask taught nothing, in the words of `check --json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trouble {
    pub(crate) kind: String,
    pub(crate) message: String,
    pub(crate) http_status: Option<u16>,
    pub(crate) retryable: bool,
    /// In seconds.
    pub(crate) retry_after: Option<u64>,
    pub(crate) attempts: u32,
}

impl Trouble {
    pub(crate) fn of(error: &Error) -> Self {
        Self {
            kind: error.kind().as_str().to_owned(),
            message: error.message().to_owned(),
            http_status: error.http_status(),
            retryable: error.is_retryable(),
            retry_after: error
                .retry_after()
                .map(|delay| delay.as_secs() + u64::from(delay.subsec_nanos() > 0)),
            attempts: error.attempts(),
        }
    }

    /// What is in the store about the watch can't be read.
    pub(crate) fn damaged(what: &str) -> Self {
        Self {
            kind: "damaged".to_owned(),
            message: format!("what the store has of this watch can't be read: {what}"),
            http_status: None,
            retryable: false,
            retry_after: None,
            attempts: 0,
        }
    }
}
