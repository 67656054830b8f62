use std::{fmt, time::SystemTime};

use paystatus::{Discrepancy, Expected, Payment};
use serde::{Deserialize, Serialize, Serializer, ser::SerializeStruct};
use serde_json::{Value, json};

use crate::{
    known::Trouble,
    moment::{Micros, to_system_time, written},
};

/// A payment in an event that is larger than this loses the provider's own details.
const MOST_PAYMENT: usize = 64 << 10;

/// Something that happened to a watch or an account, told at least once and in the order of its watch.
///
/// Its [`id`](Self::id) is the same each time that it is told: who keeps the ids acts once.
/// As JSON it is one object: `cursor`, `event_id`, `key`, `account`, `number`, `type`, `at`, `payment`, `error` and
/// `metadata`.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub(crate) cursor: String,
    pub(crate) id: String,
    pub(crate) key: Option<String>,
    pub(crate) account: String,
    pub(crate) number: u32,
    pub(crate) kind: EventKind,
    pub(crate) at: Micros,
    pub(crate) body: Body,
}

/// What an event is about.
///
/// ```
/// use paystatus_watch::EventKind;
/// assert_eq!(EventKind::Decided.as_str(), "payment.decided");
/// assert_eq!("payment.decided".parse(), Ok(EventKind::Decided));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// The payment is decided: once for each watch.
    Decided,
    /// A payment that was decided stands otherwise now: a late success, a refund, a chargeback.
    Changed,
    /// The deadline came, and nothing was decided.
    Expired,
    /// It can't be learned: a person's case.
    Failed,
    /// An account can't be asked: its credentials are refused, or its provider is down.
    Blocked,
    /// An account that was blocked answers again.
    Recovered,
}

impl EventKind {
    const ALL: [Self; 6] =
        [Self::Decided, Self::Changed, Self::Expired, Self::Failed, Self::Blocked, Self::Recovered];

    /// The kind as it stands in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Decided => "payment.decided",
            Self::Changed => "payment.changed",
            Self::Expired => "watch.expired",
            Self::Failed => "watch.failed",
            Self::Blocked => "account.blocked",
            Self::Recovered => "account.recovered",
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for EventKind {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or(())
    }
}

/// What an event tells beside its envelope.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Body {
    #[serde(default)]
    pub(crate) payment: Option<Value>,
    #[serde(default)]
    pub(crate) error: Option<Trouble>,
    #[serde(default)]
    pub(crate) metadata: Option<Value>,
}

impl Event {
    /// Where the next event begins, for [`Watcher::events_after`](crate::Watcher::events_after).
    pub fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The event's id: random, the same each time that the event is told.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key of the watch; nothing for an account's event.
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// The account.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The event's number among those of its watch, or of its account, counted from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// What it is about.
    pub fn kind(&self) -> EventKind {
        self.kind
    }

    /// When it was recorded, by the store's clock.
    pub fn at(&self) -> SystemTime {
        to_system_time(self.at)
    }

    /// The payment as `paystatus check --json` prints it, where one was seen; an expired watch's has no `details`.
    pub fn payment(&self) -> Option<&Value> {
        self.body.payment.as_ref()
    }

    /// Why nothing was learned, for an event that has no decision: its kind as one word, as `check --json` has it.
    pub fn error_kind(&self) -> Option<&str> {
        self.body.error.as_ref().map(|trouble| trouble.kind.as_str())
    }

    /// The same in words, for people.
    pub fn error_message(&self) -> Option<&str> {
        self.body.error.as_ref().map(|trouble| trouble.message.as_str())
    }

    /// The metadata of the watch.
    pub fn metadata(&self) -> Option<&Value> {
        self.body.metadata.as_ref()
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Event", 10)?;
        object.serialize_field("cursor", &self.cursor)?;
        object.serialize_field("event_id", &self.id)?;
        object.serialize_field("key", &self.key)?;
        object.serialize_field("account", &self.account)?;
        object.serialize_field("number", &self.number)?;
        object.serialize_field("type", self.kind.as_str())?;
        object.serialize_field("at", &written(self.at))?;
        object.serialize_field("payment", &self.body.payment)?;
        object.serialize_field("error", &self.body.error)?;
        object.serialize_field("metadata", &self.body.metadata)?;
        object.end()
    }
}

/// A payment as the command's contract has it.
pub(crate) fn payment_object(
    account: &str,
    provider: &str,
    payment: Payment<Value>,
    expected: Option<&Expected>,
    allows_test_money: bool,
) -> Value {
    let (payment, found) = verified(payment, expected, allows_test_money);
    let verdict = found.map(|found| match found.as_slice() {
        [] => json!({ "as_expected": true }),
        found => json!({ "as_expected": false, "discrepancies": found }),
    });
    #[derive(Serialize)]
    struct Line<'a> {
        account: &'a str,
        provider: &'a str,
        #[serde(flatten)]
        payment: &'a Payment<Value>,
        verdict: Option<Value>,
    }
    let mut object = json!(Line { account, provider, payment: &payment, verdict });
    if object.to_string().len() > MOST_PAYMENT {
        object["details"] = Value::Null;
    }
    object
}

/// What is not as expected; nothing where nothing was expected, and no test money is in the way.
fn verified(
    payment: Payment<Value>,
    expected: Option<&Expected>,
    allows_test_money: bool,
) -> (Payment<Value>, Option<Vec<Discrepancy>>) {
    let mut demanded = expected.cloned().unwrap_or_else(Expected::paid);
    if allows_test_money {
        demanded = demanded.allowing_test_money();
    }
    let (payment, found) = match payment.verify(&demanded) {
        Ok(paid) => (paid.into_payment(), Vec::new()),
        Err(no) => {
            let found = no.discrepancies().to_vec();
            (no.into_payment(), found)
        }
    };
    let counts =
        |one: &Discrepancy| expected.is_some() || (payment.is_paid() && *one == Discrepancy::TestMode);
    let found: Vec<_> = found.into_iter().filter(counts).collect();
    let is_told = expected.is_some() || !found.is_empty();
    (payment, is_told.then_some(found))
}
