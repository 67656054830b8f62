use std::time::Duration;

use paystatus_core::{By, Error, ErrorKind, Lookup, WaitPlan};
use serde::{Deserialize, Serialize};

/// The form of the tickets that this version writes and reads.
const VERSION: u32 = 1;

/// A ticket is a wait that was saved, to be resumed in another process: see [`Wait::resume`](crate::Wait::resume).
///
/// It holds no credential and no payment; a ticket that is not consistent can't be read.
///
/// ```
/// use paystatus_client::WaitTicket;
///
/// let ticket = r#"{"version":1,"provider":"acme","by":"payment","id":"p","asked":2,"elapsed_ms":9000,"pause_ms":4000,
///     "timeout_ms":60000,"plan":{"start_ms":0,"first_ms":2000,"growth_percent":150,"longest_ms":30000,"total_ms":300000,
///     "most_asks":null,"not_found_grace_ms":60000,"tiers":[]}}"#;
/// let saved: WaitTicket = serde_json::from_str(ticket)?; // where the process before left it
/// assert_eq!((saved.provider(), saved.lookup().id(), saved.asked()), ("acme", "p", 2));
/// assert!(serde_json::from_str::<WaitTicket>(&ticket.replace("9000", "90000")).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct WaitTicket(Parts);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    version: u32,
    provider: String,
    by: Named,
    id: String,
    asked: u32,
    elapsed_ms: u64,
    pause_ms: u64,
    timeout_ms: u64,
    plan: WaitPlan,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Named {
    Payment,
    Order,
}

impl WaitTicket {
    pub(crate) fn new(
        provider: &str,
        lookup: &Lookup,
        plan: WaitPlan,
        timeout: Duration,
        elapsed: Duration,
        pause: Duration,
        asked: u32,
    ) -> Self {
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self(Parts {
            version: VERSION,
            provider: provider.to_owned(),
            by: if lookup.by() == By::Order { Named::Order } else { Named::Payment },
            id: lookup.id().to_owned(),
            asked,
            elapsed_ms: millis(elapsed.min(timeout)),
            pause_ms: millis(pause),
            timeout_ms: millis(timeout),
            plan,
        })
    }

    /// The provider that is waited for.
    pub fn provider(&self) -> &str {
        &self.0.provider
    }

    /// What is waited for.
    pub fn lookup(&self) -> Lookup {
        match self.0.by {
            Named::Payment => Lookup::payment(&self.0.id),
            Named::Order => Lookup::order(&self.0.id),
        }
    }

    /// How many asks were made.
    pub fn asked(&self) -> u32 {
        self.0.asked
    }

    pub(crate) fn plan(&self) -> WaitPlan {
        self.0.plan
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_millis(self.0.timeout_ms)
    }

    pub(crate) fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.elapsed_ms)
    }

    pub(crate) fn pause(&self) -> Duration {
        Duration::from_millis(self.0.pause_ms)
    }

    pub(crate) fn is_for(&self, provider: &str) -> Result<(), Error> {
        if self.0.provider == provider {
            return Ok(());
        }
        let why = format!("the ticket is for a wait at `{}`, not at `{provider}`", self.0.provider);
        Err(Error::new(ErrorKind::Config, why))
    }
}

impl TryFrom<Parts> for WaitTicket {
    type Error = Error;

    fn try_from(parts: Parts) -> Result<Self, Error> {
        const LONGEST_MS: u64 = 31 * 24 * 3600 * 1000;
        let refuse = |why: &'static str| Err(Error::new(ErrorKind::Config, why));
        if parts.version != VERSION {
            return refuse("the ticket has a version that this version of paystatus does not know");
        }
        if !(1..=LONGEST_MS).contains(&parts.timeout_ms) {
            return refuse("the ticket's wait is not from 1 ms to 31 days long");
        }
        if parts.elapsed_ms > parts.timeout_ms {
            return refuse("the ticket says that more time was waited than the whole wait has");
        }
        if parts.pause_ms > LONGEST_MS {
            return refuse("the ticket says that the next pause is longer than any wait");
        }
        if u64::from(parts.asked.saturating_sub(1)) * 10 > parts.elapsed_ms {
            return refuse("the ticket counts more asks than any plan makes in that time");
        }
        if parts.plan.most_asks().is_some_and(|most| parts.asked >= most) {
            return refuse("the ticket counts all asks that its plan allows");
        }
        let ticket = Self(parts);
        ticket.lookup().any_id()?;
        Ok(ticket)
    }
}

impl From<WaitTicket> for Parts {
    fn from(ticket: WaitTicket) -> Self {
        ticket.0
    }
}
