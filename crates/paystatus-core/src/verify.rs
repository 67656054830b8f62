mod written;

use std::fmt;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{Currency, Money, Payment};

/// What the merchant expects a payment to be; only what is named here is checked, and all of it must be reported.
///
/// ```
/// use paystatus_core::{Expected, Finality, Funds, Lookup, Meaning, Money, Payment, Snapshot, Status};
///
/// let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
/// let payment = Payment::new(&Lookup::payment("p"), Snapshot::new("p", paid, "settled").with_amount(Some(Money::parse("3.00", "QAR")?)), ());
///
/// let no = payment.verify(&Expected::new(Money::parse("3.01", "QAR")?)).unwrap_err();
/// assert_eq!(no.to_string(), "underpaid by 0.01 QAR");
///
/// let paid = no.into_payment().verify(&Expected::at_least(Money::parse("2.50", "QAR")?)).unwrap();
/// assert_eq!(paid.payment().id(), "p");
/// # Ok::<(), paystatus_core::Error>(())
/// ```
///
/// It can be written down, such as `{"amount":"3.01","currency":"QAR","reference":"order-1"}`, and read back:
/// the keys are `amount` or `at_least` with `currency`, `reference`, `final` and `allow_test`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    amount: Option<(Money, Overpayment)>,
    reference: Option<String>,
    finality: Demand,
    test_money: Demand,
}

/// What an expectation asks of something that most of them leave alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Demand {
    #[default]
    Usual,
    Special,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Overpayment {
    Refused,
    Welcome,
}

impl Expected {
    /// Expects that it is paid, in real money, and says nothing about how much and for what.
    ///
    /// ```
    /// use paystatus_core::Expected;
    /// # use paystatus_core::{Finality, Funds, Lookup, Payment, Row, Snapshot, Source, Status};
    /// # const SEEN: Source = Source::new("https://example.com/docs", "2026-11");
    /// # const TABLE: &[Row] = &[Row::new(&["settled"], Status::Paid, Finality::Final, Funds::Taken, SEEN)];
    /// # let settled = Snapshot::new("p", Row::judge(TABLE, &[Some("settled")]), "settled");
    /// let test = Payment::new(&Lookup::payment("p"), settled.with_test_mode(Some(true)), ());
    /// assert_eq!(test.clone().verify(&Expected::paid()).unwrap_err().to_string(), "paid in test money");
    /// assert!(test.verify(&Expected::paid().allowing_test_money()).is_ok());
    /// ```
    pub fn paid() -> Self {
        Self { amount: None, reference: None, finality: Demand::Usual, test_money: Demand::Usual }
    }

    /// Expects exactly this amount in this currency.
    ///
    /// ```
    /// use paystatus_core::{Expected, Money};
    /// # use paystatus_core::{Finality, Funds, Lookup, Meaning, Payment, Snapshot, Status};
    /// # let meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&Lookup::payment("p"), Snapshot::new("p", meaning, "settled").with_amount(Some(Money::parse("3.02", "QAR")?)), ());
    /// let no = payment.verify(&Expected::new(Money::parse("3.01", "QAR")?)).unwrap_err();
    /// assert_eq!(no.to_string(), "overpaid by 0.01 QAR");
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn new(amount: Money) -> Self {
        Self { amount: Some((amount, Overpayment::Refused)), ..Self::paid() }
    }

    /// Expects at least this amount in this currency.
    ///
    /// ```
    /// use paystatus_core::{Expected, Money};
    /// # use paystatus_core::{Finality, Funds, Lookup, Meaning, Payment, Snapshot, Status};
    /// # let meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&Lookup::payment("p"), Snapshot::new("p", meaning, "settled").with_amount(Some(Money::parse("3.02", "QAR")?)), ());
    /// assert!(payment.verify(&Expected::at_least(Money::parse("3.01", "QAR")?)).is_ok()); // 3.02 QAR were charged
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn at_least(amount: Money) -> Self {
        Self { amount: Some((amount, Overpayment::Welcome)), ..Self::paid() }
    }

    /// Expects this reference of the merchant's, to the letter, and says nothing about the amount.
    ///
    /// A blank text is no reference: it comes from an unset variable or an empty field, and no payment verifies by it
    /// ([`Discrepancy::BlankReference`]).
    ///
    /// ```
    /// use paystatus_core::Expected;
    /// # use paystatus_core::{Finality, Funds, Lookup, Meaning, Payment, Snapshot, Status};
    /// # let meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&Lookup::payment("p"), Snapshot::new("p", meaning, "settled").with_reference(Some("order-1".to_owned())), ());
    /// assert!(payment.clone().verify(&Expected::reference("order-1")).is_ok());
    /// assert!(payment.clone().verify(&Expected::reference("ORDER-1")).is_err());
    /// assert!(payment.verify(&Expected::reference("")).is_err());
    /// ```
    pub fn reference(reference: impl Into<String>) -> Self {
        Self { reference: Some(reference.into()), ..Self::paid() }
    }

    /// Expects this reference of the merchant's too, to the letter; a blank one as in [`reference`](Self::reference).
    ///
    /// ```
    /// use paystatus_core::{Expected, Money};
    /// # use paystatus_core::{Finality, Funds, Lookup, Meaning, Payment, Snapshot, Status};
    /// # let meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&Lookup::payment("p"), Snapshot::new("p", meaning, "settled").with_amount(Some(Money::parse("3.01", "QAR")?)), ());
    /// let expected = Expected::new(Money::parse("3.01", "QAR")?).with_reference("order-1");
    /// assert_eq!(payment.verify(&expected).unwrap_err().to_string(), "reference not reported");
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_reference(self, reference: impl Into<String>) -> Self {
        Self { reference: Some(reference.into()), ..self }
    }

    /// Expects that the provider is not known to change its mind any more.
    ///
    /// ```
    /// use paystatus_core::Expected;
    /// # use paystatus_core::{Finality, Funds, Lookup, Payment, Row, Snapshot, Source, Status};
    /// # const SEEN: Source = Source::new("https://example.com/docs", "2026-11");
    /// # const TABLE: &[Row] = &[Row::new(&["settling"], Status::Paid, Finality::Provisional, Funds::Taken, SEEN)];
    /// # let settling = Snapshot::new("p", Row::judge(TABLE, &[Some("settling")]), "settling");
    /// let settling = Payment::new(&Lookup::payment("p"), settling, ());
    /// assert!(settling.clone().verify(&Expected::paid()).is_ok());
    /// assert_eq!(settling.verify(&Expected::paid().and_final()).unwrap_err().to_string(), "paid, but not finally");
    /// ```
    #[must_use]
    pub fn and_final(self) -> Self {
        Self { finality: Demand::Special, ..self }
    }

    /// Takes test money for money: for tests of a shop, never for a shop.
    ///
    /// ```
    /// use paystatus_core::Expected;
    /// assert_ne!(Expected::paid().allowing_test_money(), Expected::paid());
    /// ```
    #[must_use]
    pub fn allowing_test_money(self) -> Self {
        Self { test_money: Demand::Special, ..self }
    }
}

/// One way in which a payment is not as expected.
///
/// ```
/// use paystatus_core::{Discrepancy, Money};
///
/// let short = Discrepancy::Underpaid { by: Money::parse("0.01", "QAR")? };
/// assert_eq!(short.to_string(), "underpaid by 0.01 QAR");
/// assert_eq!(serde_json::to_string(&short).unwrap(), r#"{"kind":"underpaid","by":"0.01"}"#);
/// # Ok::<(), paystatus_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Discrepancy {
    /// Its status is not paid.
    NotPaid,
    /// Less was charged than expected.
    Underpaid {
        /// The difference.
        by: Money,
    },
    /// More was charged than expected.
    Overpaid {
        /// The difference.
        by: Money,
    },
    /// Enough was charged, and some of it was given back.
    PartlyReturned {
        /// What was given back.
        by: Money,
    },
    /// Several attempts of one order are paid, and fewer of them would have been enough.
    PaidTwice,
    /// It was paid in test money, and nobody allowed that.
    TestMode,
    /// It is paid, and the provider is known to change its mind about that.
    NotFinal,
    /// It was charged in another currency.
    WrongCurrency {
        /// The currency expected.
        expected: Currency,
        /// The currency reported.
        reported: Currency,
    },
    /// It carries another reference.
    WrongReference {
        /// The reference expected.
        expected: String,
        /// The reference reported.
        reported: String,
    },
    /// The reference that was expected is blank, which proves nothing: a mistake of whoever expected it.
    BlankReference,
    /// The answer is about another payment than the one asked for, and no reference says that it is the same order.
    AnotherPayment,
    /// The provider did not report what was to be checked.
    NotReported(Field),
}

/// A field of a payment that an expectation can name.
///
/// ```
/// use paystatus_core::{Discrepancy, Field};
/// assert_eq!(Discrepancy::NotReported(Field::Amount).to_string(), "amount not reported");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Field {
    /// What was charged.
    Amount,
    /// The merchant's own reference.
    Reference,
}

/// A payment that is paid, as expected: [`Payment::verify`] is its only source, so it can't be made up.
///
/// Functions that hand out goods take this type.
///
/// ```
/// use paystatus_core::{Expected, Finality, Funds, Lookup, Meaning, Money, Paid, Payment, Snapshot, Status};
///
/// fn hand_out<D>(paid: &Paid<D>) -> String {
///     format!("shipped for {}", paid.payment().id())
/// }
///
/// let meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
/// let price = Money::parse("3.01", "QAR")?;
/// let payment = Payment::new(&Lookup::payment("p"), Snapshot::new("p", meaning, "settled").with_amount(Some(price)), ());
/// assert_eq!(hand_out(&payment.verify(&Expected::new(price)).unwrap()), "shipped for p");
/// # Ok::<(), paystatus_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Paid<D>(Payment<D>);

impl<D> Paid<D> {
    /// The payment.
    pub fn payment(&self) -> &Payment<D> {
        &self.0
    }

    /// The payment, by value.
    pub fn into_payment(self) -> Payment<D> {
        self.0
    }
}

/// A payment that is not as expected, with every discrepancy.
///
/// ```
/// use paystatus_core::{Discrepancy, Expected, Lookup, Meaning, Payment, Snapshot};
///
/// let payment = Payment::new(&Lookup::payment("p"), Snapshot::new("p", Meaning::UNKNOWN, "on hold"), ());
/// let no = payment.verify(&Expected::reference("order-1")).unwrap_err();
/// assert_eq!(no.to_string(), "not paid; reference not reported");
/// assert_eq!(no.discrepancies()[0], Discrepancy::NotPaid);
/// assert_eq!(no.payment().provider_status(), "on hold");
/// ```
#[derive(Clone, Debug)]
pub struct Unverified<D> {
    payment: Payment<D>,
    discrepancies: Vec<Discrepancy>,
}

impl<D> Unverified<D> {
    /// The payment.
    pub fn payment(&self) -> &Payment<D> {
        &self.payment
    }

    /// The payment, by value.
    pub fn into_payment(self) -> Payment<D> {
        self.payment
    }

    /// What is not as expected; never empty.
    pub fn discrepancies(&self) -> &[Discrepancy] {
        &self.discrepancies
    }
}

impl<D> Payment<D> {
    /// Checks that the payment is paid and as expected, exactly.
    ///
    /// # Errors
    /// [`Unverified`], with the payment and *all* discrepancies: what was expected and not reported is one of them.
    ///
    /// ```
    /// use paystatus_core::{Expected, Finality, Funds, Lookup, Meaning, Money, Payment, Snapshot, Status};
    ///
    /// let meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// let payment = Payment::new(&Lookup::payment("p"), Snapshot::new("p", meaning, "settled").with_amount(Some(Money::parse("3.01", "QAR")?)).with_reference(Some("order-1".to_owned())), ());
    ///
    /// let expected = Expected::new(Money::parse("3.01", "QAR")?);
    /// assert!(payment.clone().verify(&expected.clone().with_reference("order-1")).is_ok());
    /// assert!(payment.verify(&expected.with_reference("order-2")).is_err());
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn verify(self, expected: &Expected) -> Result<Paid<D>, Box<Unverified<D>>> {
        let mut found = Vec::new();
        if !self.is_paid() {
            found.push(Discrepancy::NotPaid);
        } else if expected.finality == Demand::Special && !self.is_final() {
            found.push(Discrepancy::NotFinal);
        }
        if self.test_mode() == Some(true) && expected.test_money == Demand::Usual {
            found.push(Discrepancy::TestMode);
        }
        if let Some((amount, overpayment)) = expected.amount {
            compare(amount, &self, overpayment, &mut found);
        }
        if self.is_paid_twice(expected.amount.map(|(amount, _)| amount)) {
            found.push(Discrepancy::PaidTwice);
        }
        match (&expected.reference, self.reference()) {
            (None, _) if self.is_about_another() => found.push(Discrepancy::AnotherPayment),
            (None, _) => {}
            (Some(expected), _) if expected.trim().is_empty() => found.push(Discrepancy::BlankReference),
            (Some(_), None) => found.push(Discrepancy::NotReported(Field::Reference)),
            (Some(expected), Some(reported)) if expected != reported => {
                found.push(Discrepancy::WrongReference {
                    expected: expected.clone(),
                    reported: reported.to_owned(),
                })
            }
            (Some(_), Some(_)) => {}
        }
        if found.is_empty() {
            Ok(Paid(self))
        } else {
            Err(Box::new(Unverified { payment: self, discrepancies: found }))
        }
    }
}

impl<D> Payment<D> {
    /// Tells whether several attempts are paid and one fewer would have been enough.
    /// Parts of one order can be told from a second payment only by the amount that was due.
    fn is_paid_twice(&self, due: Option<Money>) -> bool {
        let others: Vec<_> = self.attempts().iter().filter(|other| other.is_paid()).collect();
        if !self.is_paid() || others.is_empty() {
            return false;
        }
        let (Some(due), Some(sum)) = (due, self.amount()) else { return true };
        let of_others = others.iter().map(|other| other.amount()).collect::<Option<Vec<_>>>();
        let Some(mut parts) = of_others else { return true };
        parts.push(parts.iter().try_fold(sum, |rest, part| rest.saturating_sub(*part)).unwrap_or(sum));
        let least = parts.into_iter().min_by_key(|part| part.amount());
        let rest = least.and_then(|least| sum.saturating_sub(least));
        rest.is_none_or(|rest| rest.currency() == due.currency() && rest.amount() >= due.amount())
    }
}

/// Compares what the merchant keeps: what was charged, less what was given back.
fn compare<D>(expected: Money, payment: &Payment<D>, overpayment: Overpayment, found: &mut Vec<Discrepancy>) {
    let Some(charged) = payment.amount() else {
        return found.push(Discrepancy::NotReported(Field::Amount));
    };
    let currency = expected.currency();
    if charged.currency() != currency {
        return found.push(Discrepancy::WrongCurrency { expected: currency, reported: charged.currency() });
    }
    let (due, got) = (expected.amount(), charged.amount());
    let returned = payment.returned().map_or(Decimal::ZERO, Money::amount);
    let difference = |by: Decimal| Money::new(by, currency);
    if got < due {
        found.push(Discrepancy::Underpaid { by: difference(due.saturating_sub(got)) });
    }
    let kept = got.saturating_sub(returned);
    if !returned.is_zero() && kept < due {
        found.push(Discrepancy::PartlyReturned { by: difference(returned) });
    }
    if kept > due && overpayment == Overpayment::Refused {
        found.push(Discrepancy::Overpaid { by: difference(kept.saturating_sub(due)) });
    }
}

impl Discrepancy {
    /// Its name in snake case, as it stands in JSON.
    ///
    /// ```
    /// assert_eq!(paystatus_core::Discrepancy::NotPaid.as_str(), "not_paid");
    /// ```
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NotPaid => "not_paid",
            Self::Underpaid { .. } => "underpaid",
            Self::Overpaid { .. } => "overpaid",
            Self::PartlyReturned { .. } => "partly_returned",
            Self::PaidTwice => "paid_twice",
            Self::TestMode => "test_mode",
            Self::NotFinal => "not_final",
            Self::WrongCurrency { .. } => "wrong_currency",
            Self::WrongReference { .. } => "wrong_reference",
            Self::BlankReference => "blank_reference",
            Self::AnotherPayment => "another_payment",
            Self::NotReported(_) => "not_reported",
        }
    }
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPaid => f.write_str("not paid"),
            Self::Underpaid { by } => write!(f, "underpaid by {by}"),
            Self::Overpaid { by } => write!(f, "overpaid by {by}"),
            Self::PartlyReturned { by } => write!(f, "{by} of it returned"),
            Self::PaidTwice => f.write_str("paid twice: several attempts of the order are paid"),
            Self::TestMode => f.write_str("paid in test money"),
            Self::NotFinal => f.write_str("paid, but not finally"),
            Self::WrongCurrency { expected, reported } => write!(f, "in {reported} instead of {expected}"),
            Self::WrongReference { expected, reported } => {
                write!(f, "for reference {reported:?} instead of {expected:?}")
            }
            Self::BlankReference => f.write_str("the expected reference is blank, which proves nothing"),
            Self::AnotherPayment => {
                f.write_str("about another payment than the one asked for: expect a reference too")
            }
            Self::NotReported(Field::Amount) => f.write_str("amount not reported"),
            Self::NotReported(Field::Reference) => f.write_str("reference not reported"),
        }
    }
}

impl Serialize for Discrepancy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", self.as_str())?;
        match self {
            Self::Underpaid { by } | Self::Overpaid { by } | Self::PartlyReturned { by } => {
                map.serialize_entry("by", &by.amount().to_string())?
            }
            Self::WrongCurrency { expected, reported } => {
                map.serialize_entry("expected", expected)?;
                map.serialize_entry("reported", reported)?;
            }
            Self::WrongReference { expected, reported } => {
                map.serialize_entry("expected", expected)?;
                map.serialize_entry("reported", reported)?;
            }
            Self::NotReported(field) => map.serialize_entry("field", field)?,
            Self::NotPaid
            | Self::PaidTwice
            | Self::TestMode
            | Self::NotFinal
            | Self::BlankReference
            | Self::AnotherPayment => {}
        }
        map.end()
    }
}

impl<D> fmt::Display for Unverified<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, discrepancy) in self.discrepancies.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{discrepancy}")?;
        }
        Ok(())
    }
}

impl<D: fmt::Debug> std::error::Error for Unverified<D> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Finality, Funds, Lookup, Meaning, Snapshot, Status};

    fn money(amount: &str, currency: &str) -> Money {
        Money::parse(amount, currency).unwrap()
    }

    fn about(snapshot: Snapshot) -> Payment<()> {
        Payment::new(&Lookup::payment("p"), snapshot, ())
    }

    fn snapshot(status: Status) -> Snapshot {
        Snapshot::new("p", Meaning::new(status, Finality::Final, Funds::Taken), "word")
    }

    fn payment(status: Status) -> Payment<()> {
        about(snapshot(status))
    }

    fn paid_snapshot() -> Snapshot {
        snapshot(Status::Paid).with_amount(Some(money("3.01", "QAR"))).with_reference(Some("order-1".into()))
    }

    fn paid() -> Payment<()> {
        about(paid_snapshot())
    }

    #[track_caller]
    fn finds(payment: Payment<()>, expected: &Expected, discrepancies: &[&str]) {
        let found = match payment.verify(expected) {
            Ok(_) => vec![],
            Err(no) => no.discrepancies().iter().map(|one| serde_json::to_string(one).unwrap()).collect(),
        };
        assert_eq!(found, discrepancies);
    }

    #[test]
    fn what_is_as_expected_is_paid() {
        finds(paid(), &Expected::new(money("3.01", "QAR")), &[]);
        finds(paid(), &Expected::new(money("3.010", "qar")).with_reference("order-1"), &[]);
        finds(paid(), &Expected::reference("order-1"), &[]);
        finds(paid(), &Expected::at_least(money("3", "QAR")), &[]);
    }

    #[test]
    fn every_difference_is_told() {
        finds(paid(), &Expected::new(money("3.02", "QAR")), &[r#"{"kind":"underpaid","by":"0.01"}"#]);
        finds(paid(), &Expected::at_least(money("3.02", "QAR")), &[r#"{"kind":"underpaid","by":"0.01"}"#]);
        finds(paid(), &Expected::new(money("3", "QAR")), &[r#"{"kind":"overpaid","by":"0.01"}"#]);
        finds(
            paid(),
            &Expected::new(money("3.01", "USD")).with_reference("order-2"),
            &[
                r#"{"kind":"wrong_currency","expected":"USD","reported":"QAR"}"#,
                r#"{"kind":"wrong_reference","expected":"order-2","reported":"order-1"}"#,
            ],
        );
    }

    #[test]
    fn what_was_expected_and_not_reported_fails() {
        finds(
            payment(Status::Paid),
            &Expected::new(money("1", "QAR")).with_reference("order-1"),
            &[
                r#"{"kind":"not_reported","field":"amount"}"#,
                r#"{"kind":"not_reported","field":"reference"}"#,
            ],
        );
    }

    #[test]
    fn nothing_but_paid_is_paid() {
        for status in [Status::Authorized, Status::Failed, Status::Canceled, Status::Expired, Status::Unknown]
        {
            finds(payment(status), &Expected::paid(), &[r#"{"kind":"not_paid"}"#]);
        }
    }

    #[test]
    fn another_payment_verifies_only_with_its_reference() {
        let amount = Expected::new(money("3.01", "QAR"));
        finds(paid().about_another(), &amount, &[r#"{"kind":"another_payment"}"#]);
        finds(paid().about_another(), &amount.clone().with_reference("order-1"), &[]);
        finds(
            payment(Status::Paid).about_another(),
            &Expected::reference("order-1"),
            &[r#"{"kind":"not_reported","field":"reference"}"#],
        );
    }

    #[test]
    fn what_the_merchant_keeps_is_compared() {
        let with = |returned: &str| about(paid_snapshot().with_returned(Some(money(returned, "QAR"))));
        let due = |amount: &str| Expected::new(money(amount, "QAR"));
        finds(with("0.00"), &due("3.01"), &[]);
        finds(with("1.01"), &due("3.01"), &[r#"{"kind":"partly_returned","by":"1.01"}"#]);
        finds(
            with("1.01"),
            &Expected::at_least(money("3.01", "QAR")),
            &[r#"{"kind":"partly_returned","by":"1.01"}"#],
        );
        // Too much was charged, and the rest was given back.
        finds(with("1.01"), &due("2"), &[]);
        finds(with("1.01"), &due("1.50"), &[r#"{"kind":"overpaid","by":"0.50"}"#]);
        finds(
            with("1.01"),
            &due("4"),
            &[r#"{"kind":"underpaid","by":"0.99"}"#, r#"{"kind":"partly_returned","by":"1.01"}"#],
        );
    }

    #[test]
    fn test_money_and_a_provisional_word_need_to_be_welcome() {
        let test = || about(paid_snapshot().with_test_mode(Some(true)));
        finds(test(), &Expected::paid(), &[r#"{"kind":"test_mode"}"#]);
        finds(test(), &Expected::paid().allowing_test_money(), &[]);
        finds(about(paid_snapshot().with_test_mode(Some(false))), &Expected::paid(), &[]);
        let settling = || about(paid_snapshot().with_finality(Finality::Provisional));
        finds(settling(), &Expected::paid(), &[]);
        finds(settling(), &Expected::paid().and_final(), &[r#"{"kind":"not_final"}"#]);
    }

    #[test]
    fn parts_of_an_order_verify_together_and_an_order_paid_twice_does_not() {
        let paid = |amounts: &[&str]| {
            let attempt = |amount: &&str| snapshot(Status::Paid).with_amount(Some(money(amount, "QAR")));
            let (_, telling, others) = crate::attempts::choose(amounts.iter().map(attempt).collect());
            about(telling).with_attempts(others)
        };
        let due = Expected::new(money("3", "QAR"));
        finds(paid(&["1", "2"]), &due, &[]);
        let twice = [r#"{"kind":"overpaid","by":"3"}"#, r#"{"kind":"paid_twice"}"#];
        finds(paid(&["3", "3"]), &due, &twice);
        finds(paid(&["3", "3"]), &Expected::at_least(money("3", "QAR")), &twice[1..]);
        finds(paid(&["2", "1.50"]), &due, &[r#"{"kind":"overpaid","by":"0.50"}"#]);
        // Nothing tells parts from a second payment.
        finds(paid(&["1", "2"]), &Expected::paid(), &twice[1..]);
        finds(paid(&["3"]), &Expected::paid(), &[]);
    }

    #[test]
    fn a_blank_reference_proves_nothing_on_either_side() {
        let amount = Expected::new(money("3.01", "QAR"));
        for blank in ["", " ", "\t\u{a0}\n"] {
            let reported = about(paid_snapshot().with_reference(Some(blank.to_owned())));
            assert_eq!(reported.reference(), None);
            let not_reported = r#"{"kind":"not_reported","field":"reference"}"#;
            finds(reported.clone(), &Expected::reference("order-1"), &[not_reported]);
            for payment in [reported.clone(), reported.about_another(), paid(), paid().about_another()] {
                finds(payment.clone(), &Expected::reference(blank), &[r#"{"kind":"blank_reference"}"#]);
                finds(payment, &amount.clone().with_reference(blank), &[r#"{"kind":"blank_reference"}"#]);
            }
        }
    }
}
