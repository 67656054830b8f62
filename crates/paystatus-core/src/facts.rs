use std::ops::RangeInclusive;

use crate::{By, Covers, ErrorRow, Ids, Pace, Row, WaitPlan};

/// What is known about a provider, as data: the tables that judge its replies, how it can be asked,
/// what it tells and what it can't, and how fast it may be asked.
///
/// Whoever wants to know something *about* a provider reads it here: the command, the documentation's tables,
/// the tests that all providers share.
///
/// ```
/// use paystatus_core::{By, Facts, Finality, Funds, Pace, Row, Source, Status, Tells};
///
/// const DOCS: Source = Source::new("https://example.com/docs/status", "2026-11");
/// const STATUSES: &[Row] = &[Row::new(&["settled"], Status::Paid, Finality::Final, Funds::Taken, DOCS)];
///
/// static FACTS: Facts = Facts::new("acme", "Acme Pay", STATUSES, &[])
///     .asked_by(&[By::Payment, By::Order])
///     .telling(&[Tells::Amount, Tells::Refunds])
///     .but_not("chargebacks: a payment that was charged back stays settled")
///     .paced(Pace::per_minute(15));
/// assert_eq!(FACTS.name, "acme");
/// assert!(FACTS.tells(Tells::Refunds) && !FACTS.tells(Tells::Chargebacks));
/// assert_eq!(FACTS.pace.unwrap().to_string(), "15/min");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Facts {
    /// The provider's one name: of its crate, its feature and its configuration value.
    pub name: &'static str,
    /// The name that it has in the world.
    pub title: &'static str,
    /// The one status table.
    pub statuses: &'static [Row],
    /// The one error table, before the rows that all providers share.
    pub errors: &'static [ErrorRow],
    /// What the words of the evidence in the status table are called.
    pub evidence: &'static [&'static str],
    /// By what it can be asked.
    pub asked_by: &'static [By],
    /// What a reply can tell.
    pub tells: &'static [Tells],
    /// What no reply tells, in words that complete "it cannot tell …".
    pub cannot_tell: &'static str,
    /// How fast one account may ask, where a limit is known.
    pub pace: Option<Pace>,
    /// How to wait for one of its payments.
    pub wait_plan: WaitPlan,
    /// What its callbacks prove; nothing where it sends none, or none that is documented.
    pub callbacks: Option<Covers>,
    /// How the id in an answer is compared with the one that was asked for.
    pub ids: Ids,
    /// The HTTP statuses of an answer: other successes are no answer.
    pub answers: RangeInclusive<u16>,
    /// Another header than `Retry-After` in which it tells how many seconds to wait.
    pub retry_header: Option<&'static str>,
    /// The header with which it forbids to ask again, and that header's value.
    pub no_retry_header: Option<(&'static str, &'static str)>,
    /// The header in which it numbers every request that reached it.
    pub request_id_header: Option<&'static str>,
}

/// What a reply of a provider can tell beside whether it was paid.
///
/// ```
/// use paystatus_core::Tells;
/// assert_eq!(Tells::PartRefunds.as_str(), "part refunds");
/// assert_eq!(Tells::ALL.len(), 8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Tells {
    /// That money is held and not taken.
    Holds,
    /// How much of a payment was given back.
    PartRefunds,
    /// That a payment was given back.
    Refunds,
    /// That the payer's bank took it back.
    Chargebacks,
    /// Each attempt to pay an order.
    Attempts,
    /// What was charged.
    Amount,
    /// The merchant's own reference.
    Reference,
    /// Whether it is test money.
    TestMode,
}

impl Tells {
    /// All that there is to tell, in the order of tables.
    pub const ALL: &'static [Self] = &[
        Self::Holds,
        Self::PartRefunds,
        Self::Refunds,
        Self::Chargebacks,
        Self::Attempts,
        Self::Amount,
        Self::Reference,
        Self::TestMode,
    ];

    /// Its name in a table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::PartRefunds => "part refunds",
            Self::Refunds => "refunds",
            Self::Chargebacks => "chargebacks",
            Self::Attempts => "attempts",
            Self::Amount => "amount",
            Self::Reference => "reference",
            Self::TestMode => "test mode",
        }
    }
}

impl Facts {
    /// Names the provider and its two tables.
    pub const fn new(
        name: &'static str,
        title: &'static str,
        statuses: &'static [Row],
        errors: &'static [ErrorRow],
    ) -> Self {
        Self {
            name,
            title,
            statuses,
            errors,
            evidence: &["status"],
            asked_by: &[By::Payment],
            tells: &[],
            cannot_tell: "",
            pace: None,
            wait_plan: WaitPlan::DEFAULT,
            callbacks: None,
            ids: Ids::Exact,
            answers: 200..=299,
            retry_header: None,
            no_retry_header: None,
            request_id_header: None,
        }
    }

    /// Says what the words of the evidence are called, in the order in which rows have them:
    /// `status` alone unless it is said.
    #[must_use]
    pub const fn judging_by(self, evidence: &'static [&'static str]) -> Self {
        Self { evidence, ..self }
    }

    /// Says by what it can be asked; by payment alone unless it is said.
    #[must_use]
    pub const fn asked_by(self, asked_by: &'static [By]) -> Self {
        Self { asked_by, ..self }
    }

    /// Says what a reply can tell.
    #[must_use]
    pub const fn telling(self, tells: &'static [Tells]) -> Self {
        Self { tells, ..self }
    }

    /// Says what no reply tells, in words that complete "it cannot tell …".
    #[must_use]
    pub const fn but_not(self, cannot_tell: &'static str) -> Self {
        Self { cannot_tell, ..self }
    }

    /// Says how fast one account may ask.
    ///
    /// # Panics
    /// For a pace out of range: at compile time, where facts are written.
    #[must_use]
    pub const fn paced(self, pace: Pace) -> Self {
        assert!(pace.fault().is_none(), "the pace is out of range");
        Self { pace: Some(pace), ..self }
    }

    /// Says how to wait for one of its payments.
    ///
    /// # Panics
    /// For a plan without a pause or an end: at compile time, where facts are written.
    #[must_use]
    pub const fn waiting_by(self, wait_plan: WaitPlan) -> Self {
        assert!(wait_plan.fault().is_none(), "the plan is without a pause or an end");
        Self { wait_plan, ..self }
    }

    /// Says what its callbacks prove.
    #[must_use]
    pub const fn calling_back(self, covers: Covers) -> Self {
        Self { callbacks: Some(covers), ..self }
    }

    /// Says how the id in an answer is compared with the one that was asked for: to the letter unless it is said.
    #[must_use]
    pub const fn with_ids(self, ids: Ids) -> Self {
        Self { ids, ..self }
    }

    /// Says that only HTTP 200 is an answer, and no other success.
    #[must_use]
    pub const fn answering_with_200(self) -> Self {
        Self { answers: 200..=200, ..self }
    }

    /// Names another header than `Retry-After` in which it tells how many seconds to wait.
    #[must_use]
    pub const fn with_retry_header(self, name: &'static str) -> Self {
        Self { retry_header: Some(name), ..self }
    }

    /// Names the header with which it forbids to ask again: an error that comes with this value is for good.
    #[must_use]
    pub const fn with_no_retry_header(self, name: &'static str, value: &'static str) -> Self {
        Self { no_retry_header: Some((name, value)), ..self }
    }

    /// Names the header in which it numbers every request that reached it: [`Says::WithRequestId`](crate::Says)
    /// tells its own replies from a proxy's by it, and errors keep the number for the provider's support.
    #[must_use]
    pub const fn with_request_id_header(self, name: &'static str) -> Self {
        Self { request_id_header: Some(name), ..self }
    }

    /// Tells whether a reply can tell this.
    pub fn tells(&self, what: Tells) -> bool {
        self.tells.contains(&what)
    }
}
