use std::time::{Duration, SystemTime};

use paystatus::{Expected, Lookup, WaitPlan};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Error,
    moment::{Micros, micros, of_system_time},
};

/// How long is looked for a decision if nobody says otherwise: three days.
const DEADLINE: Duration = Duration::from_secs(3 * 24 * 3600);
/// The longest deadline and the longest follow.
const LONGEST: Duration = Duration::from_secs(10 * 366 * 24 * 3600);
/// The longest key, and account's name, in bytes.
const LONGEST_NAME: usize = 512;
/// The largest metadata, in bytes of JSON.
pub(crate) const MOST_METADATA: usize = 4096;

/// A payment to be watched until it is decided, and how.
///
/// ```
/// use paystatus::{Expected, Lookup, Money};
/// use paystatus_watch::{Until, Watch};
/// use std::time::Duration;
///
/// const DAY: Duration = Duration::from_secs(24 * 3600);
/// let watch = Watch::new("shop", Lookup::order("order-1234"))
///     .with_key("order-1234")
///     .expecting(Expected::new(Money::parse("50.00", "EUR")?))
///     .with_deadline(14 * DAY) // a bank debit takes its time
///     .until(Until::Final)
///     .following_for(60 * DAY) // and may be charged back
///     .with_metadata(serde_json::json!({ "basket": 7 }));
/// assert_eq!((watch.key(), watch.account(), watch.lookup().id()), ("order-1234", "shop", "order-1234"));
/// # Ok::<(), paystatus::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Watch {
    key: String,
    account: String,
    lookup: Lookup,
    pub(crate) terms: Terms,
}

/// What ends the search for a decision.
///
/// ```
/// use paystatus_watch::Until;
/// assert_eq!(serde_json::to_value(Until::default())?, "decided");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Until {
    /// The payment is not open any more; a provider that is known to change its mind may still do so.
    #[default]
    Decided,
    /// The payment changes no more without a new act of the merchant or a bank.
    Final,
}

/// Everything of a watch beside its key and whom it asks about: what the store keeps as it was given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Terms {
    pub(crate) deadline: Deadline,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) until: Until,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) follow_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expected: Option<Expected>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) plan: Option<WaitPlan>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) metadata: Option<Value>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Deadline {
    /// So long after it was added.
    AfterMs(u64),
    /// Milliseconds since 1970.
    AtMs(i64),
}

impl Terms {
    pub(crate) fn deadline_at(&self, added_at: Micros) -> Micros {
        match self.deadline {
            Deadline::AfterMs(after) => added_at.saturating_add(micros(Duration::from_millis(after))),
            Deadline::AtMs(at) => at.saturating_mul(1000),
        }
    }

    pub(crate) fn follow(&self) -> Micros {
        micros(Duration::from_millis(self.follow_ms))
    }
}

impl Watch {
    /// Watches a payment of an account for three days; its key is `ACCOUNT/ID` unless it is given another.
    ///
    /// ```
    /// use paystatus_watch::Watch;
    /// assert_eq!(Watch::new("shop", "pay_001").key(), "shop/pay_001");
    /// ```
    pub fn new(account: impl Into<String>, lookup: impl Into<Lookup>) -> Self {
        let (account, lookup) = (account.into(), lookup.into());
        let terms = Terms {
            deadline: Deadline::AfterMs(millis(DEADLINE)),
            until: Until::default(),
            follow_ms: 0,
            expected: None,
            plan: None,
            metadata: None,
        };
        Self { key: format!("{account}/{}", lookup.id()), account, lookup, terms }
    }

    /// Gives it a key of the caller's, such as the order's number: two watches never have the same one.
    #[must_use]
    pub fn with_key(self, key: impl Into<String>) -> Self {
        Self { key: key.into(), ..self }
    }

    /// Says what the payment should be: events carry the verdict.
    #[must_use]
    pub fn expecting(mut self, expected: Expected) -> Self {
        self.terms.expected = Some(expected);
        self
    }

    /// Attaches up to 4 KiB of JSON that come back with each event: a reference, never personal data.
    #[must_use]
    pub fn with_metadata(mut self, metadata: Value) -> Self {
        self.terms.metadata = Some(metadata).filter(|metadata| !metadata.is_null());
        self
    }

    /// Looks for a decision so long from the time on at which it is added; then the watch expires, undecided.
    #[must_use]
    pub fn with_deadline(mut self, after: Duration) -> Self {
        self.terms.deadline = Deadline::AfterMs(millis(after));
        self
    }

    /// Looks for a decision until then.
    ///
    /// ```
    /// use paystatus_watch::Watch;
    /// use std::time::{Duration, SystemTime};
    ///
    /// let tomorrow = SystemTime::now() + Duration::from_secs(24 * 3600);
    /// let watch = Watch::new("shop", "pay_001").with_deadline_at(tomorrow);
    /// assert_ne!(watch, Watch::new("shop", "pay_001"));
    /// ```
    #[must_use]
    pub fn with_deadline_at(mut self, at: SystemTime) -> Self {
        self.terms.deadline = Deadline::AtMs(of_system_time(at).div_euclid(1000));
        self
    }

    /// Says what ends the search for a decision.
    #[must_use]
    pub fn until(mut self, until: Until) -> Self {
        self.terms.until = until;
        self
    }

    /// Looks on for so long after the decision, for a late success, a refund or a chargeback: seldom,
    /// at the slowest pace of the plan.
    #[must_use]
    pub fn following_for(mut self, follow: Duration) -> Self {
        self.terms.follow_ms = millis(follow);
        self
    }

    /// Asks by another plan than the provider's own. What comes after the plan's total time is asked seldom,
    /// down to every six hours.
    #[must_use]
    pub fn with_plan(mut self, plan: WaitPlan) -> Self {
        self.terms.plan = Some(plan);
        self
    }

    /// The caller's name for it.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The account that is asked.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// What is asked about.
    pub fn lookup(&self) -> &Lookup {
        &self.lookup
    }

    /// What is wrong with it whatever the store and the accounts are.
    pub(crate) fn check(&self) -> Result<(), String> {
        name("the key", &self.key)?;
        name("the account", &self.account)?;
        self.lookup.any_id().map_err(|error| error.message().to_owned())?;
        if let Deadline::AfterMs(after) = self.terms.deadline
            && (after == 0 || after > millis(LONGEST))
        {
            return Err("the deadline must be from 1 ms to ten years after it is added".to_owned());
        }
        if self.terms.follow_ms > millis(LONGEST) {
            return Err("`follow` must be at most ten years".to_owned());
        }
        if let Some(plan) = &self.terms.plan {
            plan.check().map_err(|error| error.message().to_owned())?;
        }
        if let Some(metadata) = &self.terms.metadata {
            let size = metadata.to_string().len();
            if size > MOST_METADATA {
                return Err(format!(
                    "the metadata has {size} bytes of JSON and may have {MOST_METADATA}: \
                     keep a reference there, and the rest with you"
                ));
            }
        }
        Ok(())
    }

    /// The deadline by the store's clock, unless it is over.
    pub(crate) fn deadline_at(&self, now: Micros) -> Result<Micros, Error> {
        let at = self.terms.deadline_at(now);
        if at > now && at <= now.saturating_add(micros(LONGEST)) {
            return Ok(at);
        }
        let why = if at <= now { "is in the past" } else { "is more than ten years away" };
        Err(self.refused(&format!("the deadline {why}")))
    }

    pub(crate) fn refused(&self, why: &str) -> Error {
        let shown: String = self.key.chars().take(100).map(paystatus::visible).collect();
        Error::refused(format!("watch `{shown}`: {why}"))
    }
}

fn name(what: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err(format!("{what} is blank: is a variable or a column empty?"));
    }
    if text.len() > LONGEST_NAME {
        return Err(format!("{what} is longer than {LONGEST_NAME} bytes"));
    }
    if text.chars().any(char::is_control) {
        return Err(format!("{what} has a control character, such as a line break"));
    }
    Ok(())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
