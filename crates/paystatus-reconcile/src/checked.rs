use std::fmt;

use jiff::Timestamp;
use paystatus::{Currency, Error, ErrorKind, Field, Finality, Funds, Money, Payment};
use serde::{Serialize, Serializer};

use crate::{
    Entry, Finding, Standing, Sum, Why,
    compare::{agrees_so_far, findings},
    entry::Said,
    learned::{Learned, Unanswered, learned, now},
};

/// A row of the ledger beside what its provider says: the finding, what to do, and the evidence.
///
/// `Serialize` writes one flat object: the row, whom was asked about what and when, the finding with its own facts,
/// further findings, the value at risk, what to do, and under `ledger`, `reported` and `error` what each side said.
/// `reported` is the payment as it serializes everywhere, without its details.
///
/// ```
/// use paystatus::{Error, ErrorKind, Lookup, Payment};
/// use paystatus_reconcile::{Checked, Entry, Finding};
///
/// let entry = Entry::new(2, "shop", Lookup::payment("pay_001"));
/// let lost = Error::new(ErrorKind::NotFound, "there is no such payment");
/// let checked = Checked::of(entry, "acme", Err::<Payment<()>, _>(lost));
/// assert_eq!(checked.finding(), Finding::MissingAtProvider);
/// assert_eq!(checked.to_string(), "row 2, shop pay_001: the provider does not know the payment");
/// ```
#[derive(Clone, Debug)]
pub struct Checked {
    entry: Entry,
    provider: Option<String>,
    asked_at: Option<Timestamp>,
    learned: Option<Learned>,
    /// By gravity; never empty.
    findings: Vec<Finding>,
}

impl Checked {
    /// Compares one row with what its provider, by name, has just answered; what other rows say is not known here.
    ///
    /// ```
    /// use paystatus::{Finality, Funds, Lookup, Meaning, Money, Payment, Snapshot, Status};
    /// use paystatus_reconcile::{Checked, Entry, Finding};
    ///
    /// let asked = Lookup::payment("pay_001");
    /// let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// let payment = Payment::new(&asked, Snapshot::new("pay_001", paid, "settled").with_amount(Some(Money::parse("49.00", "USD")?)), ());
    /// let entry = Entry::new(2, "shop", asked).with_amount(Money::parse("50.00", "USD")?);
    ///
    /// let checked = Checked::of(entry, "acme", Ok(payment));
    /// assert_eq!(checked.finding(), Finding::AmountDiffers { by: Some(Money::parse("-1.00", "USD")?) });
    /// assert_eq!(checked.value_at_risk(), Some(Money::parse("1.00", "USD")?));
    /// # Ok::<(), paystatus::Error>(())
    /// ```
    pub fn of<D>(entry: Entry, provider: &str, result: Result<Payment<D>, Error>) -> Self {
        Self::new(entry, Some(provider.to_owned()), Some(now()), Some(learned(result)), None)
    }

    /// Compares a row with its answer; what other rows say is added by whoever knows them.
    pub(crate) fn new(
        entry: Entry,
        provider: Option<String>,
        asked_at: Option<Timestamp>,
        learned: Option<Learned>,
        about_other_rows: Option<Finding>,
    ) -> Self {
        let findings = findings(&entry, learned.as_ref(), about_other_rows);
        Self { entry, provider, asked_at, learned, findings }
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
    ///
    /// ```
    /// use paystatus::{Finality, Funds, Lookup, Meaning, Payment, Snapshot, Status};
    /// use paystatus_reconcile::{Checked, Entry};
    ///
    /// let asked = Lookup::payment("pay_001");
    /// let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// let payment = Payment::new(&asked, Snapshot::new("pay_001", paid, "settled"), ());
    /// let checked = Checked::of(Entry::new(2, "shop", asked), "acme", Ok(payment));
    /// assert_eq!(checked.reported().unwrap().provider_status(), "settled");
    /// ```
    pub fn reported(&self) -> Option<&Payment<()>> {
        self.learned.as_ref()?.as_ref().ok()
    }

    /// Where the payment stands by the provider, in the word that is compared with the ledger's.
    pub fn reported_standing(&self) -> Option<Standing> {
        self.reported().map(|said| said.status().into())
    }

    /// Why nothing was learned, if nothing was.
    pub fn unanswered(&self) -> Option<&Unanswered> {
        self.learned.as_ref()?.as_ref().err()
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
        self.entry.amount().or_else(|| self.reported()?.amount())
    }

    /// How much money the books and the provider do not agree about, or can't be told to agree about;
    /// nothing where they agree, if only so far, for a row without an amount, and where neither side counts any money.
    pub fn value_at_risk(&self) -> Option<Money> {
        let sides = [Some(self.entry.standing()), self.reported_standing()];
        let at_stake = sides.into_iter().flatten().any(Standing::counts_money);
        match self.finding() {
            Finding::Match => None,
            Finding::StillOpen if self.agrees_so_far() => None,
            Finding::AmountDiffers { .. }
            | Finding::PartlyReturned { .. }
            | Finding::PaidTwice { row: None }
                if at_stake =>
            {
                self.difference().or(self.amount())
            }
            // Whatever the books say, a bank took it.
            Finding::ChargebackNotInLedger => self.amount(),
            _ => self.amount().filter(|_| at_stake),
        }
    }

    /// How far what the merchant keeps is from what is booked, either way.
    fn difference(&self) -> Option<Money> {
        let mut parts = self.findings.iter().filter_map(|finding| finding.difference()).peekable();
        let currency = parts.peek()?.currency();
        let mut sum = Sum::default();
        parts.for_each(|part| sum.add(part));
        sum.to_money(currency).map(|sum| Money::new(sum.amount().abs(), currency))
    }

    /// Says in plain words what to do, for whoever keeps the books.
    pub fn action(&self) -> String {
        let Self { entry, .. } = self;
        let counted = entry.standing() == Standing::Paid;
        let again = if self.reported().is_some_and(|said| said.finality() == Finality::Provisional) {
            ", but ask again tomorrow first: this provider can change its mind"
        } else if self.changed_since() {
            "; it changed after the ledger's date"
        } else {
            ""
        };
        match self.finding() {
            Finding::Match => "nothing to do".to_owned(),
            Finding::StatusDiffers => {
                let reported = self.reported_standing();
                let said = reported.map_or("unknown", Standing::as_str).replace('_', " ");
                let booked = entry.standing().as_str().replace('_', " ");
                match (counted, reported) {
                    (true, _) => format!(
                        "do not count it as paid: the provider says {said}; correct the ledger{again}"
                    ),
                    (false, Some(reported)) if reported.counts_money() => format!(
                        "money was taken for a payment that the ledger has as {booked}: \
                         deliver or refund it, and correct the ledger{again}"
                    ),
                    (false, _) => format!("correct the ledger from {booked} to {said}{again}"),
                }
            }
            Finding::AmountDiffers { .. } | Finding::CurrencyDiffers if !self.is_reported_paid() => {
                let moved = self.reported_standing().is_some_and(Standing::moved_money);
                let what = match self.reported().map(|said| (said.finality(), said.funds())) {
                    Some(_) if moved => "find out what was given back",
                    Some((Finality::Final, Funds::NotTaken)) => "nothing was charged",
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
            Finding::PartlyReturned { .. } => {
                format!("book what was given back, or find out why it was{again}")
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
            Finding::PaidTwice { row: None } => {
                "look at the order's payments in the provider's dashboard: if they are for one purchase, refund \
                 what is too much"
                    .to_owned()
            }
            Finding::TestMode => {
                "do not count it as paid and deliver nothing for it, unless the account is one for tests".to_owned()
            }
            Finding::PaidTwice { row: Some(row) } => {
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
        self.reported_standing().is_some_and(Standing::counts_money)
    }

    fn what_differs(&self) -> &'static str {
        if self.finding() == Finding::CurrencyDiffers { "currency" } else { "amount" }
    }

    /// Tells whether the provider changed the payment after the time for which the row was right.
    fn changed_since(&self) -> bool {
        let changed = self.reported().and_then(|said| said.updated_at()?.to_utc());
        let changed = changed.and_then(|changed| changed.parse::<Timestamp>().ok());
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
        struct Flat<'a> {
            row: u64,
            account: &'a str,
            provider: Option<&'a str>,
            asked_id: &'a str,
            asked_by: &'static str,
            asked_at: Option<String>,
            #[serde(flatten)]
            finding: Finding,
            further_findings: &'a [Finding],
            value_at_risk: Option<String>,
            currency: Option<Currency>,
            action: String,
            ledger: &'a Said,
            reported: Option<&'a Payment<()>>,
            error: Option<&'a Unanswered>,
        }

        let (entry, at_risk) = (&self.entry, self.value_at_risk());
        let flat = Flat {
            row: entry.row(),
            account: entry.account(),
            provider: self.provider(),
            asked_id: entry.lookup().id(),
            asked_by: entry.lookup().by().as_str(),
            asked_at: self.asked_at(),
            finding: self.finding(),
            further_findings: self.further_findings(),
            value_at_risk: at_risk.map(|money| money.amount().to_string()),
            currency: at_risk.or(self.amount()).map(Money::currency),
            action: self.action(),
            ledger: entry.said(),
            reported: self.reported(),
            error: self.unanswered(),
        };
        flat.serialize(serializer)
    }
}

#[cfg(test)]
mod tests;
