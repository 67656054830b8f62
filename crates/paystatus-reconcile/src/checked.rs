use std::fmt;

use jiff::Timestamp;
use paystatus::{Error, ErrorKind, Field, Finality, Funds, Money, Payment};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;

use crate::{
    Entry, Finding, Standing, Why,
    answer::{Answer, Reported, Unanswered, now},
    compare::{agrees_so_far, findings},
};

/// A row of the ledger beside what its provider says: the finding, what to do, and the evidence.
///
/// `Serialize` writes one flat object: the row, whom was asked about what and when, the finding with its own facts,
/// further findings, the value at risk, what to do, and under `ledger`, `reported` and `error` what each side said.
///
/// ```
/// use paystatus::{Error, ErrorKind, Lookup};
/// use paystatus_reconcile::{Checked, Entry, Finding};
///
/// let entry = Entry::new(2, "shop", Lookup::payment("pay_001"));
/// let checked = Checked::of(entry, "acme", Err(Error::new(ErrorKind::NotFound, "there is no such payment")));
/// assert_eq!(checked.finding(), Finding::MissingAtProvider);
/// assert_eq!(checked.to_string(), "row 2, shop pay_001: the provider does not know the payment");
/// ```
#[derive(Clone, Debug)]
pub struct Checked {
    entry: Entry,
    provider: Option<String>,
    asked_at: Option<Timestamp>,
    answer: Option<Answer>,
    /// By gravity; never empty.
    findings: Vec<Finding>,
}

impl Checked {
    /// Compares one row with what its provider, by name, has just answered; what other rows say is not known here.
    ///
    /// ```
    /// use paystatus::{Finality, Funds, Lookup, Meaning, Money, Payment, Status};
    /// use paystatus_reconcile::{Checked, Entry, Finding};
    ///
    /// let asked = Lookup::payment("pay_001");
    /// let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// let payment = Payment::new(&asked, "pay_001", paid, "settled", ())
    ///     .with_amount(Some(Money::parse("49.00", "USD")?));
    /// let entry = Entry::new(2, "shop", asked).with_amount(Money::parse("50.00", "USD")?);
    ///
    /// let checked = Checked::of(entry, "acme", Ok(payment.erase()));
    /// assert_eq!(checked.finding(), Finding::AmountDiffers { by: Some(Money::parse("-1.00", "USD")?) });
    /// assert_eq!(checked.value_at_risk(), Some(Money::parse("1.00", "USD")?));
    /// # Ok::<(), paystatus::Error>(())
    /// ```
    pub fn of(entry: Entry, provider: &str, result: Result<Payment<Value>, Error>) -> Self {
        Self::new(entry, Some(provider.to_owned()), Some(now()), Some(Answer::of(result)), None)
    }

    /// Compares a row with its answer; what other rows say is added by whoever knows them.
    pub(crate) fn new(
        entry: Entry,
        provider: Option<String>,
        asked_at: Option<Timestamp>,
        answer: Option<Answer>,
        about_other_rows: Option<Finding>,
    ) -> Self {
        let findings = findings(&entry, answer.as_ref(), about_other_rows);
        Self { entry, provider, asked_at, answer, findings }
    }

    /// The row.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The name of the provider that was asked; nothing if none was.
    pub fn provider(&self) -> Option<&str> {
        self.provider.as_deref()
    }

    /// When the answer came, in RFC 3339; nothing if nobody was asked.
    pub fn asked_at(&self) -> Option<String> {
        self.asked_at.filter(|_| self.provider.is_some()).map(|instant| format!("{instant:.3}"))
    }

    /// What the provider said, if it said something about the payment.
    pub fn reported(&self) -> Option<&Reported> {
        self.answer.as_ref().and_then(Answer::payment)
    }

    /// Why nothing was learned, if nothing was.
    pub fn unanswered(&self) -> Option<&Unanswered> {
        match &self.answer {
            Some(Answer::Nothing(why)) => Some(why),
            _ => None,
        }
    }

    /// The finding that the row is filed under: the gravest.
    pub fn finding(&self) -> Finding {
        self.findings[0]
    }

    /// What else was found.
    pub fn further_findings(&self) -> &[Finding] {
        &self.findings[1..]
    }

    /// The amount that the row is about: that in the books, or what was reported where they have none.
    pub fn amount(&self) -> Option<Money> {
        self.entry.amount().or_else(|| self.reported()?.amount)
    }

    /// How much money the books and the provider do not agree about, or can't be told to agree about;
    /// nothing where they agree, if only so far, for a row without an amount, and where neither side counts any money.
    pub fn value_at_risk(&self) -> Option<Money> {
        let reported = self.reported().map(|said| said.status);
        let at_stake = [Some(self.entry.standing()), reported].contains(&Some(Standing::Paid));
        match self.finding() {
            Finding::Match => None,
            Finding::StillOpen if self.agrees_so_far() => None,
            Finding::AmountDiffers { by: Some(by) } if at_stake => {
                Some(Money::new(by.amount().abs(), by.currency()))
            }
            // Whatever the books say, a bank took it.
            Finding::ChargebackNotInLedger => self.amount(),
            _ => self.amount().filter(|_| at_stake),
        }
    }

    /// Says in plain words what to do, for whoever keeps the books.
    pub fn action(&self) -> String {
        let Self { entry, .. } = self;
        let counted = entry.standing() == Standing::Paid;
        let again = if self.reported().is_some_and(|said| said.finality == Finality::Provisional) {
            ", but ask again tomorrow first: this provider can change its mind"
        } else if self.changed_since() {
            "; it changed after the ledger's date"
        } else {
            ""
        };
        match self.finding() {
            Finding::Match => "nothing to do".to_owned(),
            Finding::StatusDiffers => {
                let said = self.reported().map_or("unknown", |said| said.status.as_str()).replace('_', " ");
                let booked = entry.standing().as_str().replace('_', " ");
                match (counted, self.reported().map(|said| said.status)) {
                    (true, _) => format!(
                        "do not count it as paid: the provider says {said}; correct the ledger{again}"
                    ),
                    (false, Some(Standing::Paid)) => format!(
                        "money was taken for a payment that the ledger has as {booked}: \
                         deliver or refund it, and correct the ledger{again}"
                    ),
                    (false, _) => format!("correct the ledger from {booked} to {said}{again}"),
                }
            }
            Finding::AmountDiffers { .. } | Finding::CurrencyDiffers if !self.is_reported_paid() => {
                let what = match self.reported().map(|said| (said.status.moved_money(), said.finality, said.funds)) {
                    Some((true, ..)) => "find out what was given back",
                    Some((false, Finality::Final, Funds::NotTaken)) => "nothing was charged",
                    _ => "find out whether anything was charged",
                };
                format!("{what}: correct the {} in the ledger", self.what_differs())
            }
            Finding::AmountDiffers { by: Some(by) } if by.amount().is_sign_negative() => {
                "less was charged than booked: find out who paid less and why, then collect the rest \
                 or correct the ledger"
                    .to_owned()
            }
            Finding::AmountDiffers { by: Some(_) } => {
                "more was charged than booked: correct the ledger, or refund what is too much".to_owned()
            }
            Finding::AmountDiffers { by: None } => {
                "compare the two amounts: they differ by more digits than can be counted exactly".to_owned()
            }
            Finding::CurrencyDiffers => "the amounts can't be compared: correct the currency in the ledger, \
                 or find out why it was charged in another"
                .to_owned(),
            Finding::ReferenceDiffers => {
                "the money belongs to another order: find the order that the provider names before \
                 delivering this one"
                    .to_owned()
            }
            Finding::MissingAtProvider => {
                "look whether the id and the account are right, and reconcile it again later: that the provider \
                 does not know the payment proves nothing, since some say so while it is on its way; cancel \
                 nothing because of it"
                    .to_owned()
            }
            Finding::RefundNotInLedger => format!("book the refund, and do not deliver{again}"),
            // A chargeback has a term: this is nothing to wait with.
            Finding::ChargebackNotInLedger => {
                "book the chargeback, and answer it in the provider's dashboard in time".to_owned()
            }
            Finding::StillOpen if self.agrees_so_far() => {
                "reconcile it again later: the two sides agree so far, but this provider can change its mind"
                    .to_owned()
            }
            Finding::StillOpen if counted => {
                "do not count it as paid yet: reconcile it again later".to_owned()
            }
            Finding::StillOpen => "reconcile it again later".to_owned(),
            Finding::DuplicateInLedger { row } => {
                format!("rows {row} and {} are about one payment: keep the one that is right", entry.row())
            }
            Finding::PaidTwice { row } => {
                format!("look at row {row} too: if both are for one purchase, refund one of the two payments")
            }
            Finding::Unverifiable(why) => self.remedy(why),
        }
    }

    fn remedy(&self, why: Why) -> String {
        let account = self.entry.account();
        match why {
            Why::CouldNotAsk(ErrorKind::Unauthorized) => format!(
                "check the credentials of account `{account}`, then reconcile this row again; \
                 nothing is known about the payment"
            ),
            Why::CouldNotAsk(ErrorKind::InvalidLookup | ErrorKind::Unsupported) => {
                "correct the id in the ledger: this provider can't be asked about it".to_owned()
            }
            Why::CouldNotAsk(_) if self.unanswered().is_some_and(|why| why.is_retryable) => {
                "reconcile this row again later; nothing is known about the payment".to_owned()
            }
            Why::CouldNotAsk(_) => {
                "look at the error and at the provider's dashboard; nothing is known about the payment"
                    .to_owned()
            }
            Why::NotAsked => "continue the reconciliation: it ended before this row".to_owned(),
            Why::UnknownAccount => {
                format!("add the account `{account}` to the configuration, or correct its name in the ledger")
            }
            Why::UnknownStatus => {
                "look the payment up in the provider's dashboard, and report the new word to paystatus"
                    .to_owned()
            }
            Why::AnotherPayment => {
                "add the reference to the ledger: without it nobody can tell whether the answer is about \
                 the same order"
                    .to_owned()
            }
            Why::NotReported(field) => {
                let field = if field == Field::Amount { "amount" } else { "reference" };
                format!("compare the {field} in the provider's dashboard: its status reply does not have it")
            }
        }
    }

    fn agrees_so_far(&self) -> bool {
        self.reported().is_some_and(|said| agrees_so_far(&self.entry, said))
    }

    fn is_reported_paid(&self) -> bool {
        self.reported().is_some_and(|said| said.status == Standing::Paid)
    }

    fn what_differs(&self) -> &'static str {
        if self.finding() == Finding::CurrencyDiffers { "currency" } else { "amount" }
    }

    /// Tells whether the provider changed the payment after the time for which the row was right.
    fn changed_since(&self) -> bool {
        let changed = self.reported().and_then(|said| said.updated_at.as_deref()?.parse::<Timestamp>().ok());
        changed.zip(self.entry.said().as_of).is_some_and(|(changed, as_of)| changed > as_of)
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { entry, .. } = self;
        write!(f, "row {}, {} {}: {}", entry.row(), entry.account(), entry.lookup().id(), self.finding())
    }
}

impl Serialize for Checked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Booked<'a> {
            status: Option<Standing>,
            amount: Option<String>,
            currency: Option<String>,
            reference: Option<&'a str>,
            as_of: Option<String>,
        }

        #[derive(Serialize)]
        struct Said<'a> {
            payment_id: &'a str,
            status: Standing,
            finality: Finality,
            funds: Funds,
            provider_status: &'a str,
            amount: Option<String>,
            currency: Option<String>,
            reference: Option<&'a str>,
            reason: Option<&'a str>,
            updated_at: Option<&'a str>,
        }

        let amount = |money: Option<Money>| money.map(|money| money.amount().to_string());
        let currency = |money: Option<Money>| money.map(|money| money.currency().to_string());
        let Self { entry, .. } = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("row", &entry.row())?;
        map.serialize_entry("account", entry.account())?;
        map.serialize_entry("provider", &self.provider)?;
        map.serialize_entry("asked_id", entry.lookup().id())?;
        map.serialize_entry("asked_by", if entry.is_by_order() { "order" } else { "payment" })?;
        map.serialize_entry("asked_at", &self.asked_at())?;
        map.serialize_entry("finding", &self.finding().as_str())?;
        map.serialize_entry("difference", &amount(self.finding().difference()))?;
        map.serialize_entry("other_row", &self.finding().other_row())?;
        map.serialize_entry("why", &self.finding().why().map(Why::as_str))?;
        map.serialize_entry("further_findings", self.further_findings())?;
        map.serialize_entry("value_at_risk", &amount(self.value_at_risk()))?;
        map.serialize_entry("currency", &currency(self.value_at_risk().or(self.amount())))?;
        map.serialize_entry("action", &self.action())?;
        let booked = Booked {
            status: entry.status(),
            amount: amount(entry.amount()),
            currency: entry.currency().map(|code| code.to_string()),
            reference: entry.reference(),
            as_of: entry.as_of(),
        };
        map.serialize_entry("ledger", &booked)?;
        let said = self.reported().map(|said| Said {
            payment_id: &said.payment_id,
            status: said.status,
            finality: said.finality,
            funds: said.funds,
            provider_status: &said.provider_status,
            amount: amount(said.amount),
            currency: currency(said.amount),
            reference: said.reference.as_deref(),
            reason: said.reason.as_deref(),
            updated_at: said.updated_at.as_deref(),
        });
        map.serialize_entry("reported", &said)?;
        map.serialize_entry("error", &self.unanswered())?;
        map.end()
    }
}

#[cfg(test)]
mod tests;
