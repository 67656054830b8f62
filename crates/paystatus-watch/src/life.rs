//! The life of a watch, as a pure state machine: stores and workers only drive it.

use std::{fmt, time::Duration};

use paystatus::{Error, ErrorKind, Finality, Payment, WaitPlan};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    EventKind, Until,
    known::{Kept, Known, Later, Trouble},
    moment::{Micros, SECOND, duration, micros},
    watch::Terms,
};

/// Beyond its plan's total time a watch pauses for a twentieth of its age, but not longer than this.
const LONGEST_PAUSE: Micros = 6 * 3600 * SECOND;

/// Where a watch stands.
///
/// ```
/// use paystatus_watch::State;
/// assert_eq!(State::Expired.as_str(), "expired");
/// assert_eq!("expired".parse(), Ok(State::Expired));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum State {
    /// Nothing is decided.
    Open,
    /// The payment is decided, whatever became of it; it may be looked at further.
    Decided,
    /// The deadline came, and nothing was decided: nobody knows that the payment failed.
    Expired,
    /// It can't be learned: the provider refuses the very question. A person's case.
    Failed,
    /// Somebody called it off.
    Canceled,
}

impl State {
    /// Every state that there is.
    pub const ALL: &'static [Self] =
        &[Self::Open, Self::Decided, Self::Expired, Self::Failed, Self::Canceled];

    /// The state as one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Decided => "decided",
            Self::Expired => "expired",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for State {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|state| state.as_str() == word).ok_or(())
    }
}

/// Where a watch stands in its life, by the store's clock.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Life {
    pub(crate) state: State,
    /// How many asks were answered or failed; those that its account's trouble prevented are not counted.
    pub(crate) asks: u32,
    pub(crate) added_at: Micros,
    pub(crate) deadline_at: Micros,
    pub(crate) decided_at: Option<Micros>,
    /// From then on nothing happens any more.
    pub(crate) ended_at: Option<Micros>,
    pub(crate) known: Known,
}

/// What may happen to a watch.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Happened<'a> {
    Answered(&'a Payment<Value>),
    Erred(&'a Error),
    /// Time went by, and it was not asked.
    Nothing,
    Canceled,
}

/// What comes of it: at most one event, and when to ask next; a watch that has ended is due no more.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) life: Life,
    pub(crate) next_at: Option<Micros>,
    pub(crate) event: Option<EventKind>,
}

impl Life {
    /// When a new watch is due for the first time.
    pub(crate) fn first_at(added_at: Micros, deadline_at: Micros, start: Micros) -> Micros {
        added_at.saturating_add(start).min(deadline_at)
    }

    pub(crate) fn new(added_at: Micros, deadline_at: Micros) -> Self {
        Self {
            state: State::Open,
            asks: 0,
            added_at,
            deadline_at,
            decided_at: None,
            ended_at: None,
            known: Known::default(),
        }
    }

    /// Tells whether the plan lets it be asked about once more.
    pub(crate) fn may_ask(&self, plan: &WaitPlan) -> bool {
        self.ended_at.is_none() && plan.most_asks().is_none_or(|most| self.asks < most)
    }

    /// What comes of what happened. Nothing happens to a watch that has ended.
    pub(crate) fn step(&self, terms: &Terms, plan: &WaitPlan, happened: Happened<'_>, now: Micros) -> Step {
        let mut life = self.clone();
        if self.ended_at.is_some() {
            return Step { life, next_at: None, event: None };
        }
        let event = match happened {
            Happened::Answered(payment) => life.answered(terms, payment, now),
            Happened::Erred(error) => life.erred(plan, error, now),
            Happened::Nothing => None,
            Happened::Canceled => life.end(State::Canceled, now),
        };
        let last_event = life.time_is_up(terms, now);
        let event = event.or(last_event);
        let next_at = life.next_at(terms, plan, happened, now);
        Step { life, next_at, event }
    }

    fn answered(&mut self, terms: &Terms, payment: &Payment<Value>, now: Micros) -> Option<EventKind> {
        self.asks = self.asks.saturating_add(1);
        self.known.error = None;
        if self.state == State::Open {
            self.known.last = Some(Kept::of(payment));
            let is_decided = match terms.until {
                Until::Decided => payment.finality() != Finality::Open,
                Until::Final => payment.is_final(),
            };
            return is_decided.then(|| {
                (self.state, self.decided_at) = (State::Decided, Some(now));
                EventKind::Decided
            });
        }
        let Some(decided) = &self.known.last else { return None };
        let is_news = match Later::of(decided.snapshot(), payment.snapshot()) {
            Later::Same => {
                self.known.doubt = None;
                false
            }
            Later::Older => false,
            Later::Newer => true,
            Later::Doubtful => {
                let said_before = self.known.doubt.as_ref().map(|doubt| Later::of(doubt.snapshot(), payment));
                said_before == Some(Later::Same)
            }
        };
        if is_news {
            (self.known.last, self.known.doubt) = (Some(Kept::of(payment)), None);
            return Some(EventKind::Changed);
        }
        if Later::of(decided.snapshot(), payment) == Later::Doubtful {
            self.known.doubt = Some(Kept::of(payment));
        }
        None
    }

    fn erred(&mut self, plan: &WaitPlan, error: &Error, now: Micros) -> Option<EventKind> {
        self.known.error = Some(Trouble::of(error));
        let is_lasting = match error.kind() {
            ErrorKind::Rejected | ErrorKind::InvalidLookup | ErrorKind::Unsupported => true,
            ErrorKind::NotFound => {
                self.known.last.is_none() && duration(now - self.added_at) > plan.not_found_grace()
            }
            // The account's business: the watch was not asked about.
            ErrorKind::Unauthorized | ErrorKind::Config => return None,
            _ => false,
        };
        self.asks = self.asks.saturating_add(1);
        if is_lasting { self.end(State::Failed, now) } else { None }
    }

    /// Ends it; a decision stays a decision.
    fn end(&mut self, state: State, now: Micros) -> Option<EventKind> {
        self.ended_at = Some(now);
        if self.state != State::Open {
            return None;
        }
        self.state = state;
        match state {
            State::Expired => Some(EventKind::Expired),
            State::Failed => Some(EventKind::Failed),
            _ => None,
        }
    }

    fn time_is_up(&mut self, terms: &Terms, now: Micros) -> Option<EventKind> {
        (self.ended_at.is_none() && now >= self.end_at(terms)).then(|| self.end(State::Expired, now))?
    }

    /// When it ends if nothing else happens.
    fn end_at(&self, terms: &Terms) -> Micros {
        self.decided_at.map_or(self.deadline_at, |at| at.saturating_add(terms.follow()))
    }

    fn next_at(&self, terms: &Terms, plan: &WaitPlan, happened: Happened<'_>, now: Micros) -> Option<Micros> {
        if self.ended_at.is_some() {
            return None;
        }
        let end = self.end_at(terms);
        if !self.may_ask(plan) {
            return Some(end);
        }
        let retry_after = match happened {
            Happened::Erred(error) => error.retry_after().map_or(0, micros),
            _ => 0,
        };
        Some(now.saturating_add(self.pause(plan, now).max(retry_after)).min(end))
    }

    /// As the plan says, while it says something about an undecided payment; seldom after that.
    fn pause(&self, plan: &WaitPlan, now: Micros) -> Micros {
        let age = (now - self.added_at).max(0);
        if self.state == State::Open && duration(age) <= plan.total() {
            return micros(plan.pause(self.asks.max(1), duration(age)));
        }
        let slowest = micros(plan.pause(u32::MAX, plan.total().max(Duration::from_millis(1))));
        slowest.max((age / 20).min(LONGEST_PAUSE))
    }
}

#[cfg(test)]
mod tests;
