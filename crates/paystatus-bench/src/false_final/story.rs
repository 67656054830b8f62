use std::time::Duration;

use paystatus_core::{Finality::*, Funds, Meaning, Pending, Returned, Status};

use crate::{false_final::END, random::Random};

/// What becomes of one payment, and what stands in the way of learning it: drawn once, the same for every policy.
#[derive(Clone, Debug)]
pub(super) struct Story {
    /// Before this the provider knows of no such payment.
    appears: f64,
    /// From when on the provider says what, in order; the first from 0 s on.
    says: Vec<(f64, Word)>,
    /// From when to when it says something else.
    troubles: Vec<(f64, f64, Trouble)>,
    truth: Truth,
    /// Where the chances of single asks begin.
    pub(super) seed: u64,
}

/// What became of the money by the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    Paid,
    Failed,
    /// Nobody decided anything: the payer can still come back.
    Open,
}

/// A word of the provider's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Pending,
    Authorized,
    Paid,
    /// Final, as the provider's table says.
    Declined,
    Canceled,
    Voided,
    /// Known to become a success now and then.
    ProbablyFailed,
    /// In nobody's table.
    Unheard,
}

impl Word {
    /// The row of the status table: what a provider crate makes of it.
    pub(super) fn means(self) -> (&'static str, Meaning) {
        match self {
            Self::Pending => {
                ("pending", Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown))
            }
            Self::Authorized => ("authorized", Meaning::new(Status::Authorized, Open, Funds::Held)),
            Self::Paid => ("paid", Meaning::new(Status::Paid, Final, Funds::Taken)),
            Self::Declined => ("declined", Meaning::new(Status::Failed, Final, Funds::NotTaken)),
            Self::Canceled => ("canceled", Meaning::new(Status::Canceled, Final, Funds::NotTaken)),
            Self::Voided => {
                ("voided", Meaning::new(Status::Returned(Returned::Voided), Final, Funds::Returned))
            }
            Self::ProbablyFailed => ("failed", Meaning::new(Status::Failed, Provisional, Funds::Unknown)),
            Self::Unheard => ("in_review_2", Meaning::UNKNOWN),
        }
    }
}

/// What keeps an ask from its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// HTTP 5xx.
    Unavailable,
    /// HTTP 401: a key is being replaced.
    Unauthorized,
    /// HTTP 429, with how long it will take.
    Limited,
    /// The connection breaks.
    Broken,
    /// No answer comes.
    Silent,
}

impl Story {
    pub(super) fn draw(random: &mut Random) -> Self {
        let appears = if random.percent(15) { random.spread(1.0, 90.0) } else { 0.0 };
        let decided = appears + random.spread(2.0, 1_800.0);
        let later = decided + random.spread(30.0, 6.0 * 3600.0);
        let (says, truth) = plot(random.unit() * 100.0, decided, later);
        let says = [(0.0, Word::Pending)].into_iter().chain(says).collect();
        let troubles = (0..random.next() % 4).map(|_| trouble(random)).collect();
        Self { appears, says, troubles, truth, seed: random.next() }
    }

    pub(super) fn truth(&self) -> Truth {
        self.truth
    }

    /// Tells whether the provider says something final before the end.
    pub(super) fn becomes_final(&self) -> bool {
        self.says.iter().any(|(_, word)| word.means().1.finality == Final)
    }

    pub(super) fn is_known(&self, at: f64) -> bool {
        at >= self.appears
    }

    pub(super) fn says(&self, at: f64) -> Word {
        self.says.iter().rfind(|(from, _)| *from <= at).map_or(Word::Pending, |(_, word)| *word)
    }

    /// What is in the way at that time, and for how long.
    pub(super) fn trouble(&self, at: f64) -> Option<(Trouble, Duration)> {
        let found = self.troubles.iter().find(|(from, to, _)| (*from..*to).contains(&at));
        found.map(|(_, to, trouble)| (*trouble, Duration::from_secs_f64(to - at)))
    }
}

/// What the provider says and when, and how it ends: so many in a hundred each.
fn plot(percent: f64, decided: f64, later: f64) -> (Vec<(f64, Word)>, Truth) {
    use Word::{Authorized, Canceled, Declined, Paid, ProbablyFailed, Unheard, Voided};
    debug_assert!(later < END.as_secs_f64());
    match percent {
        ..58.0 => (vec![(decided, Paid)], Truth::Paid),
        ..68.0 => (vec![(decided, Declined)], Truth::Failed),
        ..72.0 => (vec![(decided, Canceled)], Truth::Failed),
        // Late success.
        ..78.0 => (vec![(decided, ProbablyFailed), (later, Paid)], Truth::Paid),
        // It did fail, and the provider never says so for good.
        ..82.0 => (vec![(decided, ProbablyFailed)], Truth::Failed),
        ..86.0 => (vec![(decided, Unheard), (later, Paid)], Truth::Paid),
        ..88.0 => (vec![(decided, Unheard), (later, Declined)], Truth::Failed),
        // The money came, and no word for it is known.
        ..89.0 => (vec![(decided, Unheard)], Truth::Paid),
        ..93.0 => (vec![(decided, Authorized), (later, Paid)], Truth::Paid),
        ..96.0 => (vec![(decided, Authorized), (later, Voided)], Truth::Failed),
        // The payer went away.
        _ => (vec![], Truth::Open),
    }
}

/// One trouble, anywhere in the first hour and rather early.
fn trouble(random: &mut Random) -> (f64, f64, Trouble) {
    let from = random.spread(1.0, 3_600.0) - 1.0;
    let (lasts, trouble) = match random.next() % 5 {
        0 => (random.spread(5.0, 600.0), Trouble::Unavailable),
        1 => (60.0, Trouble::Unauthorized),
        2 => (random.spread(5.0, 300.0), Trouble::Limited),
        3 => (random.spread(2.0, 60.0), Trouble::Broken),
        _ => (random.spread(5.0, 120.0), Trouble::Silent),
    };
    (from, from + lasts, trouble)
}
