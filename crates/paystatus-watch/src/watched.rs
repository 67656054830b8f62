use std::time::SystemTime;

use paystatus::{Lookup, Snapshot};
use serde::{Serialize, Serializer, ser::SerializeStruct};
use serde_json::Value;

use crate::{
    State,
    moment::{to_system_time, written},
    store::Stored,
};

/// What became of adding a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Added {
    /// The watch's key.
    pub key: String,
    /// Where the watch stands.
    pub state: State,
    /// It was not there before.
    pub is_new: bool,
}

impl Serialize for Added {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Added", 3)?;
        object.serialize_field("key", &self.key)?;
        object.serialize_field("state", &self.state)?;
        object.serialize_field("added", &self.is_new)?;
        object.end()
    }
}

/// Which watches are listed: all of them, unless something is named.
///
/// ```
/// use paystatus_watch::{Filter, State};
/// let open_ones_of_the_shop = Filter::default().in_state(State::Open).of_account("shop");
/// assert_ne!(open_ones_of_the_shop, Filter::default());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub(crate) state: Option<State>,
    pub(crate) account: Option<String>,
}

impl Filter {
    /// Only those that stand so.
    #[must_use]
    pub fn in_state(self, state: State) -> Self {
        Self { state: Some(state), ..self }
    }

    /// Only those of an account.
    #[must_use]
    pub fn of_account(self, account: impl Into<String>) -> Self {
        Self { account: Some(account.into()), ..self }
    }
}

/// A watch as it is in the store: what was wanted, where it stands, what was learned.
///
/// As JSON it is one object: `key`, `account`, `id`, `by`, `state`, `asks`, `added_at`, `deadline`, `decided_at`,
/// `ended_at`, `next_at`, `last` (the payment as it was last seen), `error` (of the latest ask, if it failed),
/// `expected` and `metadata`.
#[derive(Clone, Debug, PartialEq)]
pub struct Watched(pub(crate) Stored);

impl Watched {
    /// The caller's name for it.
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// The account that is asked.
    pub fn account(&self) -> &str {
        &self.0.account
    }

    /// What is asked about.
    pub fn lookup(&self) -> &Lookup {
        &self.0.lookup
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        self.0.life.state
    }

    /// How often it was asked about.
    pub fn asks(&self) -> u32 {
        self.0.life.asks
    }

    /// The payment as it was last seen, or as it was decided.
    pub fn last(&self) -> Option<&Snapshot> {
        self.0.life.known.last.as_ref().map(|kept| kept.snapshot())
    }

    /// Why the latest ask taught nothing, if it did not: for people.
    pub fn trouble(&self) -> Option<&str> {
        self.0.life.known.error.as_ref().map(|trouble| trouble.message.as_str())
    }

    /// When it is asked about next; nothing once it has ended.
    pub fn next_at(&self) -> Option<SystemTime> {
        self.0.next_at.map(to_system_time)
    }

    /// When it expires if nothing is decided.
    pub fn deadline_at(&self) -> SystemTime {
        to_system_time(self.0.life.deadline_at)
    }

    /// What the caller attached.
    pub fn metadata(&self) -> Option<&Value> {
        self.0.terms.metadata.as_ref()
    }
}

impl Serialize for Watched {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Stored { key, account, lookup, terms, life, next_at, .. } = &self.0;
        let mut object = serializer.serialize_struct("Watched", 15)?;
        object.serialize_field("key", key)?;
        object.serialize_field("account", account)?;
        object.serialize_field("id", lookup.id())?;
        object.serialize_field("by", lookup.by().as_str())?;
        object.serialize_field("state", &life.state)?;
        object.serialize_field("asks", &life.asks)?;
        object.serialize_field("added_at", &written(life.added_at))?;
        object.serialize_field("deadline", &written(life.deadline_at))?;
        object.serialize_field("decided_at", &life.decided_at.map(written))?;
        object.serialize_field("ended_at", &life.ended_at.map(written))?;
        object.serialize_field("next_at", &next_at.map(written))?;
        object.serialize_field("last", &self.last())?;
        object.serialize_field("error", &life.known.error)?;
        object.serialize_field("expected", &terms.expected)?;
        object.serialize_field("metadata", &terms.metadata)?;
        object.end()
    }
}
