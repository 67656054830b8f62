use std::fmt;

use jiff::Timestamp;
use paystatus::{Error, ErrorKind, Field, Finality, Money, Payment};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;

use crate::{
    Entry, Finding, Standing, Sum, Why,
    answer::{Answer, Reported, Unanswered, now},
};

/// A row of the ledger beside what its provider says: the finding, what to do, and the evidence.
///
/// `Serialize` writes one flat object: the row, whom was asked about what and when, the finding with its own facts,
/// further findings, the value at risk, what to do, and under `ledger`, `reported` and `error` what each side said.
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
        let mut findings = match &answer {
            Some(answer) => compare(&entry, answer),
            // A duplicate is not asked about; whatever else was not is not known.
            None if about_other_rows.is_none() => vec![Finding::Unverifiable(Why::NotAsked)],
            None => vec![],
        };
        findings.extend(about_other_rows);
        findings.sort_by_key(|finding| finding.gravity());
        if findings.is_empty() {
            findings.push(Finding::Match);
        }
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
    /// nothing for a match, for a row without an amount, and where neither side counts any money.
    pub fn value_at_risk(&self) -> Option<Money> {
        let reported = self.reported().map(|said| said.status);
        let at_stake = [Some(self.entry.standing()), reported].contains(&Some(Standing::Paid));
        match self.finding() {
            Finding::Match => None,
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
                let moved = self.reported().is_some_and(|said| said.status.moved_money());
                let what = if moved { "find out what was given back" } else { "nothing was charged" };
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
                "the provider does not know this payment: look whether the id and the account are right; \
                 if they are, it was never paid"
                    .to_owned()
            }
            Finding::RefundNotInLedger => format!("book the refund, and do not deliver{again}"),
            // A chargeback has a term: this is nothing to wait with.
            Finding::ChargebackNotInLedger => {
                "book the chargeback, and answer it in the provider's dashboard in time".to_owned()
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

/// The finding that a row and its answer come to, whatever other rows say.
pub(crate) fn alone(entry: &Entry, answer: &Answer) -> Finding {
    compare(entry, answer).into_iter().min_by_key(|finding| finding.gravity()).unwrap_or(Finding::Match)
}

/// What a row and its answer say about each other: nothing if they agree.
fn compare(entry: &Entry, answer: &Answer) -> Vec<Finding> {
    match answer {
        Answer::Nothing(Unanswered { kind: Some(ErrorKind::NotFound), .. }) => {
            vec![Finding::MissingAtProvider]
        }
        Answer::Nothing(Unanswered { kind: Some(kind), .. }) => {
            vec![Finding::Unverifiable(Why::CouldNotAsk(*kind))]
        }
        Answer::Nothing(_) => vec![Finding::Unverifiable(Why::UnknownAccount)],
        Answer::Payment(said) => {
            let unconfirmed = entry.reference().is_none() || said.reference.is_none();
            if said.is_about_another && unconfirmed {
                return vec![Finding::Unverifiable(Why::AnotherPayment)];
            }
            [status(entry, said), amount(entry, said), reference(entry, said)].into_iter().flatten().collect()
        }
    }
}

fn status(entry: &Entry, said: &Reported) -> Option<Finding> {
    let booked = entry.standing();
    if said.status == Standing::Unknown {
        return Some(Finding::Unverifiable(Why::UnknownStatus));
    }
    if said.finality == Finality::Open {
        return Some(Finding::StillOpen);
    }
    if booked.agrees_with(said.status) {
        return None;
    }
    Some(match (booked, said.status) {
        (_, Standing::ChargedBack) => Finding::ChargebackNotInLedger,
        (_, Standing::Refunded) | (Standing::Paid, Standing::Voided | Standing::Reversed) => {
            Finding::RefundNotInLedger
        }
        _ => Finding::StatusDiffers,
    })
}

fn amount(entry: &Entry, said: &Reported) -> Option<Finding> {
    let currency = entry.currency()?;
    let Some(reported) = said.amount else { return not_reported(said, Field::Amount) };
    if reported.currency() != currency {
        return Some(Finding::CurrencyDiffers);
    }
    let booked = entry.amount().filter(|&booked| booked != reported)?;
    Some(Finding::AmountDiffers { by: difference(reported, booked) })
}

/// Nothing where it has more digits than an exact decimal.
fn difference(reported: Money, booked: Money) -> Option<Money> {
    let (mut sum, mut less) = (Sum::default(), booked);
    less = Money::new(-less.amount(), less.currency());
    sum.add(reported);
    sum.add(less);
    sum.to_money(booked.currency())
}

fn reference(entry: &Entry, said: &Reported) -> Option<Finding> {
    let booked = entry.reference()?;
    let Some(reported) = &said.reference else { return not_reported(said, Field::Reference) };
    (booked != reported).then_some(Finding::ReferenceDiffers)
}

/// What the ledger names must have been reported, unless no money moved: then nothing hangs on it.
fn not_reported(said: &Reported, field: Field) -> Option<Finding> {
    said.status.moved_money().then_some(Finding::Unverifiable(Why::NotReported(field)))
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
            funds: paystatus::Funds,
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
mod tests {
    use paystatus::{Error, Funds, Lookup};

    use super::*;

    fn money(amount: &str, currency: &str) -> Money {
        Money::parse(amount, currency).unwrap()
    }

    fn entry() -> Entry {
        Entry::new(2, "shop", Lookup::payment("p"))
            .with_amount(money("50.00", "USD"))
            .with_reference("order-1")
    }

    fn said(status: Standing, finality: Finality) -> Reported {
        Reported {
            payment_id: "p".into(),
            is_about_another: false,
            status,
            finality,
            funds: Funds::Unknown,
            provider_status: "word".into(),
            amount: Some(money("50.00", "USD")),
            reference: Some("order-1".into()),
            reason: None,
            updated_at: None,
        }
    }

    fn paid() -> Reported {
        said(Standing::Paid, Finality::Final)
    }

    fn check(entry: Entry, said: Reported) -> Checked {
        Checked::new(entry, Some("acme".into()), None, Some(Answer::Payment(Box::new(said))), None)
    }

    #[track_caller]
    fn finds(entry: Entry, said: Reported, finding: Finding, further: &[Finding], at_risk: Option<&str>) {
        let checked = check(entry, said);
        assert_eq!((checked.finding(), checked.further_findings()), (finding, further));
        assert_eq!(checked.value_at_risk().map(|money| money.to_string()).as_deref(), at_risk);
        let changes_nothing = checked.action() == "nothing to do";
        assert_eq!(changes_nothing, finding == Finding::Match, "{}", checked.action());
    }

    #[test]
    fn every_status_in_the_books_meets_every_status_at_the_provider() {
        use Finding::{
            ChargebackNotInLedger as Chargeback, RefundNotInLedger as Refund, StatusDiffers as Differs, *,
        };
        use Standing::*;

        let provider = [Paid, Failed, Canceled, Expired, Refunded, Voided, Reversed, ChargedBack];
        let rows: [(Option<Standing>, [Finding; 8]); 11] = [
            (None, [Match, Differs, Differs, Differs, Refund, Refund, Refund, Chargeback]),
            (Some(Paid), [Match, Differs, Differs, Differs, Refund, Refund, Refund, Chargeback]),
            (Some(Pending), [Differs, Differs, Differs, Differs, Refund, Differs, Differs, Chargeback]),
            (Some(Authorized), [Differs, Differs, Differs, Differs, Refund, Differs, Differs, Chargeback]),
            (Some(Failed), [Differs, Match, Match, Match, Refund, Differs, Differs, Chargeback]),
            (Some(Canceled), [Differs, Match, Match, Match, Refund, Differs, Differs, Chargeback]),
            (Some(Expired), [Differs, Match, Match, Match, Refund, Differs, Differs, Chargeback]),
            (Some(Refunded), [Differs, Differs, Differs, Differs, Match, Match, Match, Chargeback]),
            (Some(Voided), [Differs, Differs, Differs, Differs, Match, Match, Match, Chargeback]),
            (Some(Reversed), [Differs, Differs, Differs, Differs, Match, Match, Match, Chargeback]),
            (Some(ChargedBack), [Differs, Differs, Differs, Differs, Refund, Differs, Differs, Match]),
        ];
        for (booked, findings) in rows {
            for (status, finding) in provider.into_iter().zip(findings) {
                let entry = booked.map_or_else(entry, |booked| entry().with_status(booked));
                let found = check(entry.clone(), said(status, Finality::Final)).finding();
                assert_eq!(found, finding, "{booked:?}, {status:?}");
                let counts_money = booked.is_none_or(|booked| booked == Paid) || status == Paid;
                let at_risk = check(entry, said(status, Finality::Final)).value_at_risk().is_some();
                let expected = finding == Chargeback || (finding != Match && counts_money);
                assert_eq!(at_risk, expected, "{booked:?}, {status:?}");
            }
        }
    }

    #[test]
    fn what_to_do_about_an_amount_depends_on_whether_it_was_charged() {
        let check = |booked, status, amount| {
            let reported = Reported { amount: Some(money(amount, "USD")), ..said(status, Finality::Final) };
            let checked = check(entry().with_status(booked), reported);
            (checked.action(), checked.value_at_risk().map(|money| money.to_string()))
        };
        let (failed, refunded) = (Standing::Failed, Standing::Refunded);
        let (action, at_risk) = check(failed, failed, "40.00");
        assert_eq!((&*action, at_risk), ("nothing was charged: correct the amount in the ledger", None));
        let (action, at_risk) = check(refunded, refunded, "60.00");
        let expected = "find out what was given back: correct the amount in the ledger";
        assert_eq!((&*action, at_risk), (expected, None));
        let (_, at_risk) = check(refunded, Standing::ChargedBack, "50.00");
        assert_eq!(at_risk.as_deref(), Some("50.00 USD"));
    }

    #[test]
    fn what_is_open_is_neither_a_match_nor_a_difference() {
        for booked in [Standing::Paid, Standing::Pending, Standing::Authorized, Standing::Failed] {
            for status in [Standing::Pending, Standing::Authorized] {
                let found = check(entry().with_status(booked), said(status, Finality::Open)).finding();
                assert_eq!(found, Finding::StillOpen, "{booked:?}, {status:?}");
            }
            let unknown = check(entry().with_status(booked), said(Standing::Unknown, Finality::Open));
            assert_eq!(unknown.finding(), Finding::Unverifiable(Why::UnknownStatus));
        }
    }

    #[test]
    fn money_is_compared_to_the_last_digit_and_with_its_currency() {
        let amount = |amount, currency| Reported { amount: Some(money(amount, currency)), ..paid() };
        finds(entry(), amount("50.0", "USD"), Finding::Match, &[], None);
        let short = Finding::AmountDiffers { by: Some(money("-0.01", "USD")) };
        finds(entry(), amount("49.99", "USD"), short, &[], Some("0.01 USD"));
        let over = Finding::AmountDiffers { by: Some(money("0.001", "USD")) };
        finds(entry(), amount("50.001", "USD"), over, &[], Some("0.001 USD"));
        finds(entry(), amount("50.00", "EUR"), Finding::CurrencyDiffers, &[], Some("50.00 USD"));
        let long = Finding::AmountDiffers { by: None };
        let most = "9999999999999999999999999999";
        finds(entry(), amount(most, "USD"), long, &[], Some("50.00 USD"));
        let bare = Entry::new(2, "shop", Lookup::payment("p")).with_currency("EUR".parse().unwrap());
        finds(bare.clone(), amount("1", "EUR"), Finding::Match, &[], None);
        finds(bare, amount("1", "USD"), Finding::CurrencyDiffers, &[], Some("1 USD"));
    }

    #[test]
    fn what_the_ledger_names_must_have_been_reported() {
        let silent = || Reported { amount: None, reference: None, ..paid() };
        let (amount, reference) = (
            Finding::Unverifiable(Why::NotReported(Field::Amount)),
            Finding::Unverifiable(Why::NotReported(Field::Reference)),
        );
        finds(entry(), silent(), amount, &[reference], Some("50.00 USD"));
        let bare = Entry::new(2, "shop", Lookup::payment("p"));
        finds(bare, silent(), Finding::Match, &[], None);
        // Nothing hangs on the amount of a payment that took no money.
        let failed = Reported { status: Standing::Failed, ..silent() };
        finds(entry().with_status(Standing::Failed), failed, Finding::Match, &[], None);
    }

    #[test]
    fn the_gravest_finding_comes_first_and_none_is_lost() {
        let reported = Reported {
            status: Standing::Failed,
            reference: Some("order-2".into()),
            amount: Some(money("40", "USD")),
            ..paid()
        };
        let further =
            [Finding::AmountDiffers { by: Some(money("-10.00", "USD")) }, Finding::ReferenceDiffers];
        finds(entry(), reported, Finding::StatusDiffers, &further, Some("50.00 USD"));
    }

    #[test]
    fn an_answer_about_another_payment_counts_only_with_the_reference() {
        let another = || Reported { payment_id: "q".into(), is_about_another: true, ..paid() };
        finds(entry(), another(), Finding::Match, &[], None);
        let unverifiable = Finding::Unverifiable(Why::AnotherPayment);
        let unreferenced = Entry::new(2, "shop", Lookup::payment("p")).with_amount(money("50.00", "USD"));
        finds(unreferenced, another(), unverifiable, &[], Some("50.00 USD"));
        let silent = Reported { reference: None, ..another() };
        finds(entry(), silent, unverifiable, &[], Some("50.00 USD"));
        let other = Reported { reference: Some("order-2".into()), ..another() };
        finds(entry(), other, Finding::ReferenceDiffers, &[], Some("50.00 USD"));
    }

    #[test]
    fn no_answer_is_never_a_match_and_only_not_found_is_a_difference() {
        for kind in [
            ErrorKind::InvalidLookup,
            ErrorKind::Unauthorized,
            ErrorKind::RateLimited,
            ErrorKind::Unavailable,
            ErrorKind::Timeout,
            ErrorKind::Transport,
            ErrorKind::InvalidReply,
            ErrorKind::Mismatch,
            ErrorKind::Rejected,
            ErrorKind::Unsupported,
        ] {
            let checked = Checked::of(entry(), "acme", Err(Error::new(kind, "canary")));
            assert_eq!(checked.finding(), Finding::Unverifiable(Why::CouldNotAsk(kind)));
            assert_eq!(checked.value_at_risk(), Some(money("50.00", "USD")));
        }
        let missing = Checked::of(entry(), "acme", Err(Error::new(ErrorKind::NotFound, "no such payment")));
        assert_eq!(missing.finding(), Finding::MissingAtProvider);
        let unasked = Checked::new(entry(), None, None, Some(Answer::no_account("shop")), None);
        assert_eq!(unasked.finding(), Finding::Unverifiable(Why::UnknownAccount));
        let not_yet = Checked::new(entry(), None, None, None, None);
        assert_eq!(not_yet.finding(), Finding::Unverifiable(Why::NotAsked));
    }

    #[test]
    fn what_to_do_depends_on_when_and_how_sure() {
        let refunded = Reported {
            updated_at: Some("2026-11-20T10:00:00Z".into()),
            ..said(Standing::Refunded, Finality::Final)
        };
        let as_of = |time: &str| entry().with_as_of(time.parse().unwrap());
        let later = check(as_of("2026-11-20T09:00:00Z"), refunded.clone()).action();
        assert_eq!(later, "book the refund, and do not deliver; it changed after the ledger's date");
        let before = check(as_of("2026-11-20T11:00:00Z"), refunded).action();
        assert_eq!(before, "book the refund, and do not deliver");
        let perhaps = check(entry(), said(Standing::Failed, Finality::Provisional)).action();
        assert!(
            perhaps.ends_with("ask again tomorrow first: this provider can change its mind"),
            "{perhaps}"
        );
    }

    #[test]
    fn the_json_object_has_every_key_whatever_the_finding() {
        let keys = |checked: &Checked| {
            let object = serde_json::to_value(checked).unwrap();
            object.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
        };
        let paid = check(entry(), paid());
        let failed = Checked::of(entry(), "acme", Err(Error::new(ErrorKind::Timeout, "no answer")));
        assert_eq!(keys(&paid), keys(&failed));
        let object = serde_json::to_value(&failed).unwrap();
        assert_eq!((&object["finding"], &object["why"]), (&"unverifiable".into(), &"could_not_ask".into()));
        assert_eq!(object["error"]["kind"], "timeout");
        assert_eq!(object["ledger"]["amount"], "50.00");
    }

    #[test]
    fn an_answer_survives_the_journal() {
        let refused = Answer::refused(&Error::new(ErrorKind::RateLimited, "later"));
        let full = Reported { is_about_another: true, reason: Some("\"why\"".into()), ..paid() };
        let bare = Reported { amount: None, reference: None, ..paid() };
        for answer in [
            Answer::Payment(Box::new(full)),
            Answer::Payment(Box::new(bare)),
            refused,
            Answer::no_account("x"),
        ] {
            let text = serde_json::to_string(&answer).unwrap();
            assert_eq!(serde_json::from_str::<Answer>(&text).unwrap(), answer, "{text}");
        }
    }
}
