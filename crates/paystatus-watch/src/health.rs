//! Whether an account can be asked, as a pure state machine: one that can't slows down nobody but itself.

use paystatus::{Error, ErrorKind};

use crate::{
    EventKind,
    known::Trouble,
    moment::{Micros, SECOND, micros},
};

/// The pauses between two looks whether refused credentials are good again: five asks in the first hour, two in each later one.
const AFTER_REFUSAL: [Micros; 4] = [60 * SECOND, 240 * SECOND, 900 * SECOND, 1800 * SECOND];
/// The pauses between two looks whether a provider is up again.
const AFTER_OUTAGE: [Micros; 6] =
    [5 * SECOND, 15 * SECOND, 30 * SECOND, 60 * SECOND, 120 * SECOND, 300 * SECOND];
/// After so many failures in a row an account is blocked; single payments may fail for reasons of their own.
const REFUSALS: u32 = 3;
const OUTAGES: u32 = 8;
/// The same for an account that never answered.
const OUTAGES_AT_FIRST: u32 = 3;
/// The pause after "too many requests" without a time.
const SOME_SILENCE: Micros = 10 * SECOND;
/// One absurd header can't close an account for ever.
const LONGEST_SILENCE: Micros = 3600 * SECOND;

/// Why an account can't be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Its credentials are refused, or can't be used.
    Refused,
    /// Nobody answers.
    Down,
}

impl Cause {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Down => "down",
        }
    }

    pub(crate) fn read(word: &str) -> Self {
        if word == "refused" { Self::Refused } else { Self::Down }
    }
}

/// How an account does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Health {
    /// It has answered once.
    pub(crate) is_proven: bool,
    /// How many asks in a row failed for a reason of the account's.
    pub(crate) failures: u32,
    pub(crate) blocked: Option<Cause>,
    /// How many looks since it was blocked found it no better.
    pub(crate) probes: u32,
}

/// What a few asks, one after the other, told about their account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct News {
    /// One of them was the look whether the account does better, after which nobody else looks before it came back.
    pub(crate) is_probe: bool,
    /// One of them was answered.
    pub(crate) answered: bool,
    /// How many failed after the last that was answered.
    pub(crate) failures: u32,
    pub(crate) cause: Option<Cause>,
    pub(crate) error: Option<Trouble>,
    /// The provider asked for silence.
    pub(crate) silence: Micros,
}

impl News {
    pub(crate) fn add(&mut self, result: Result<(), &Error>) {
        let error = match result {
            Ok(()) => return self.answer(),
            Err(error) => error,
        };
        let cause = match error.kind() {
            ErrorKind::NotFound | ErrorKind::InvalidLookup | ErrorKind::Unsupported | ErrorKind::Mismatch => {
                return self.answer();
            }
            ErrorKind::RateLimited => {
                let silence = error.retry_after().map_or(SOME_SILENCE, micros);
                self.silence = self.silence.max(silence.min(LONGEST_SILENCE));
                return;
            }
            // It may be this one payment, or the address: neither a proof nor a failure of the account.
            ErrorKind::Rejected => return,
            ErrorKind::Unauthorized | ErrorKind::Config => Cause::Refused,
            _ => Cause::Down,
        };
        self.failures += 1;
        (self.cause, self.error) = (Some(cause), Some(Trouble::of(error)));
    }

    fn answer(&mut self) {
        *self = Self { answered: true, failures: 0, cause: None, error: None, ..*self };
    }

    /// Tells whether there is nothing to say about an account that does well.
    pub(crate) fn is_good(&self) -> bool {
        !self.is_probe && self.failures == 0 && self.silence == 0
    }
}

impl Health {
    /// Whether it does well: others are asked one at a time.
    pub(crate) fn is_good(&self) -> bool {
        self.is_proven && self.blocked.is_none()
    }

    /// How it does after some news, how long it must not be asked, and the event that tells people.
    pub(crate) fn after(self, news: &News) -> (Self, Micros, Option<EventKind>) {
        let mut health = self;
        // What was on its way when the account was blocked says nothing new.
        if self.blocked.is_some() && !news.is_probe {
            return (self, news.silence, None);
        }
        let mut event = None;
        if news.answered {
            health = Self { is_proven: true, ..Self::default() };
            event = self.blocked.map(|_| EventKind::Recovered);
        }
        health.failures = health.failures.saturating_add(news.failures);
        let (Some(cause), true) = (news.cause, news.failures > 0) else {
            return (health, news.silence, event);
        };
        let most = match cause {
            Cause::Refused if health.is_proven => REFUSALS,
            Cause::Refused => 1,
            Cause::Down if health.is_proven => OUTAGES,
            Cause::Down => OUTAGES_AT_FIRST,
        };
        let pauses: &[Micros] = if cause == Cause::Refused { &AFTER_REFUSAL } else { &AFTER_OUTAGE };
        let pause = pauses[(health.probes as usize).min(pauses.len() - 1)];
        if health.blocked.is_none() && health.failures < most {
            // One that never answered is looked at one by one, with pauses.
            let pause = if health.is_proven { 0 } else { pause };
            return (health, news.silence.max(pause), event);
        }
        if health.blocked.is_none() {
            // Blocked again before anybody heard that it had recovered is blocked all the time.
            event = if event.is_some() { None } else { Some(EventKind::Blocked) };
        }
        health.blocked = Some(cause);
        health.probes = health.probes.saturating_add(1);
        (health, news.silence.max(pause), event)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn news(is_probe: bool, kinds: &[Option<ErrorKind>]) -> News {
        let mut news = News { is_probe, ..News::default() };
        for kind in kinds {
            match kind {
                None => news.add(Ok(())),
                Some(kind) => news.add(Err(&Error::new(*kind, "scripted"))),
            }
        }
        news
    }

    const REFUSED: Option<ErrorKind> = Some(ErrorKind::Unauthorized);
    const DOWN: Option<ErrorKind> = Some(ErrorKind::Unavailable);

    fn proven() -> Health {
        Health::default().after(&news(true, &[None])).0
    }

    #[test]
    fn refused_credentials_cost_a_handful_of_asks_in_an_hour_and_one_event() {
        let (mut health, mut now, mut asks, mut events) = (Health::default(), 0, 0, Vec::new());
        while now < 3600 * SECOND {
            let (after, pause, event) = health.after(&news(true, &[REFUSED]));
            assert!(pause > 0 && !after.is_good());
            (health, now, asks) = (after, now + pause, asks + 1);
            events.extend(event);
        }
        assert_eq!((asks, events), (5, vec![EventKind::Blocked]));
        let (health, pause, event) = health.after(&news(true, &[None]));
        assert_eq!((health, pause, event), (proven(), 0, Some(EventKind::Recovered)));
    }

    #[test]
    fn one_payment_that_is_refused_or_fails_blocks_nobody() {
        let mut health = proven();
        for kind in [REFUSED, DOWN] {
            for _ in 0..50 {
                health = health.after(&news(false, &[kind])).0;
                health = health.after(&news(false, &[None])).0;
            }
            assert!(health.is_good() && health.failures == 0);
        }
    }

    #[test]
    fn an_outage_is_told_once_and_looked_at_with_growing_pauses() {
        let (mut health, mut events, mut pauses) = (proven(), Vec::new(), Vec::new());
        for index in 0..20 {
            let (after, pause, event) = health.after(&news(index >= 8, &[DOWN]));
            health = after;
            events.extend(event);
            pauses.push(pause / SECOND);
        }
        assert_eq!(events, [EventKind::Blocked]);
        assert_eq!(pauses[6..15], [0, 5, 15, 30, 60, 120, 300, 300, 300]);
    }

    #[test]
    fn what_was_on_its_way_when_an_account_was_blocked_changes_nothing() {
        let (blocked, ..) = proven().after(&news(false, &[REFUSED, REFUSED, REFUSED]));
        assert_eq!(blocked.blocked, Some(Cause::Refused));
        for late in [news(false, &[REFUSED; 9]), news(false, &[None])] {
            assert_eq!(blocked.after(&late), (blocked, 0, None));
        }
    }

    #[test]
    fn a_limit_is_a_pause_and_no_failure() {
        let mut limited = News::default();
        let error = |seconds| {
            Error::new(ErrorKind::RateLimited, "busy").with_retry_after(Duration::from_secs(seconds))
        };
        limited.add(Err(&error(59)));
        assert_eq!(proven().after(&limited), (proven(), 59 * SECOND, None));
        limited.add(Err(&error(u64::MAX)));
        assert_eq!(limited.silence, LONGEST_SILENCE);
    }
}
