use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{Currency, Money, Payment};

/// What the merchant expects a payment to be; only what is named here is checked, and all of it must be reported.
///
/// ```
/// use paystatus_core::{Expected, Finality, Funds, Lookup, Meaning, Money, Payment, Status};
///
/// let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
/// let payment = Payment::new(&Lookup::payment("p"), "p", paid, "settled", ())
///     .with_amount(Some(Money::parse("3.00", "QAR")?));
///
/// let no = payment.verify(&Expected::new(Money::parse("3.01", "QAR")?)).unwrap_err();
/// assert_eq!(no.to_string(), "underpaid by 0.01 QAR");
///
/// let paid = no.into_payment().verify(&Expected::at_least(Money::parse("2.50", "QAR")?)).unwrap();
/// assert_eq!(paid.payment().id(), "p");
/// # Ok::<(), paystatus_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    amount: Option<(Money, Overpayment)>,
    reference: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Overpayment {
    Refused,
    Welcome,
}

impl Expected {
    /// Expects exactly this amount in this currency.
    ///
    /// ```
    /// use paystatus_core::{Expected, Money};
    /// # use paystatus_core::{Finality, Funds, Lookup, Meaning, Payment, Status};
    /// # let meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&Lookup::payment("p"), "p", meaning, "settled", ())
    /// #     .with_amount(Some(Money::parse("3.02", "QAR")?));
    /// let no = payment.verify(&Expected::new(Money::parse("3.01", "QAR")?)).unwrap_err();
    /// assert_eq!(no.to_string(), "overpaid by 0.01 QAR");
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn new(amount: Money) -> Self {
        Self { amount: Some((amount, Overpayment::Refused)), reference: None }
    }

    /// Expects at least this amount in this currency.
    ///
    /// ```
    /// use paystatus_core::{Expected, Money};
    /// # use paystatus_core::{Finality, Funds, Lookup, Meaning, Payment, Status};
    /// # let meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&Lookup::payment("p"), "p", meaning, "settled", ())
    /// #     .with_amount(Some(Money::parse("3.02", "QAR")?));
    /// assert!(payment.verify(&Expected::at_least(Money::parse("3.01", "QAR")?)).is_ok()); // 3.02 QAR were charged
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn at_least(amount: Money) -> Self {
        Self { amount: Some((amount, Overpayment::Welcome)), reference: None }
    }

    /// Expects this reference of the merchant's, to the letter, and says nothing about the amount.
    ///
    /// A blank text is no reference: it comes from an unset variable or an empty field, and no payment verifies by it
    /// ([`Discrepancy::BlankReference`]).
    ///
    /// ```
    /// use paystatus_core::Expected;
    /// # use paystatus_core::{Finality, Funds, Lookup, Meaning, Payment, Status};
    /// # let meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&Lookup::payment("p"), "p", meaning, "settled", ())
    /// #     .with_reference(Some("order-1".to_owned()));
    /// assert!(payment.clone().verify(&Expected::reference("order-1")).is_ok());
    /// assert!(payment.clone().verify(&Expected::reference("ORDER-1")).is_err());
    /// assert!(payment.verify(&Expected::reference("")).is_err());
    /// ```
    pub fn reference(reference: impl Into<String>) -> Self {
        Self { amount: None, reference: Some(reference.into()) }
    }

    /// Expects this reference of the merchant's too, to the letter; a blank one as in [`reference`](Self::reference).
    ///
    /// ```
    /// use paystatus_core::{Expected, Money};
    /// # use paystatus_core::{Finality, Funds, Lookup, Meaning, Payment, Status};
    /// # let meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&Lookup::payment("p"), "p", meaning, "settled", ())
    /// #     .with_amount(Some(Money::parse("3.01", "QAR")?));
    /// let expected = Expected::new(Money::parse("3.01", "QAR")?).with_reference("order-1");
    /// assert_eq!(payment.verify(&expected).unwrap_err().to_string(), "reference not reported");
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_reference(self, reference: impl Into<String>) -> Self {
        Self { reference: Some(reference.into()), ..self }
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
/// use paystatus_core::{Expected, Finality, Funds, Lookup, Meaning, Money, Paid, Payment, Status};
///
/// fn hand_out<D>(paid: &Paid<D>) -> String {
///     format!("shipped for {}", paid.payment().id())
/// }
///
/// let meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
/// let price = Money::parse("3.01", "QAR")?;
/// let payment = Payment::new(&Lookup::payment("p"), "p", meaning, "settled", ()).with_amount(Some(price));
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
/// use paystatus_core::{Discrepancy, Expected, Lookup, Meaning, Payment};
///
/// let payment = Payment::new(&Lookup::payment("p"), "p", Meaning::UNKNOWN, "on hold", ());
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
    /// use paystatus_core::{Expected, Finality, Funds, Lookup, Meaning, Money, Payment, Status};
    ///
    /// let meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// let payment = Payment::new(&Lookup::payment("p"), "p", meaning, "settled", ())
    ///     .with_amount(Some(Money::parse("3.01", "QAR")?))
    ///     .with_reference(Some("order-1".to_owned()));
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
        }
        if let Some((amount, overpayment)) = expected.amount {
            found.extend(compare(amount, self.amount(), overpayment));
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

fn compare(expected: Money, reported: Option<Money>, overpayment: Overpayment) -> Option<Discrepancy> {
    let Some(reported) = reported else { return Some(Discrepancy::NotReported(Field::Amount)) };
    let currency = expected.currency();
    if reported.currency() != currency {
        return Some(Discrepancy::WrongCurrency { expected: currency, reported: reported.currency() });
    }
    let (due, got) = (expected.amount(), reported.amount());
    if got < due {
        Some(Discrepancy::Underpaid { by: Money::new(due.saturating_sub(got), currency) })
    } else if got > due && overpayment == Overpayment::Refused {
        Some(Discrepancy::Overpaid { by: Money::new(got.saturating_sub(due), currency) })
    } else {
        None
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
            Self::Underpaid { by } | Self::Overpaid { by } => {
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
            Self::NotPaid | Self::BlankReference | Self::AnotherPayment => {}
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
    use crate::{Finality, Funds, Lookup, Meaning, Status};

    fn money(amount: &str, currency: &str) -> Money {
        Money::parse(amount, currency).unwrap()
    }

    fn payment(status: Status) -> Payment<()> {
        let meaning = Meaning::new(status, Finality::Final, Funds::Taken);
        Payment::new(&Lookup::payment("p"), "p", meaning, "word", ())
    }

    fn paid() -> Payment<()> {
        payment(Status::Paid).with_amount(Some(money("3.01", "QAR"))).with_reference(Some("order-1".into()))
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
            finds(payment(status), &Expected { amount: None, reference: None }, &[r#"{"kind":"not_paid"}"#]);
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
    fn a_blank_reference_proves_nothing_on_either_side() {
        let amount = Expected::new(money("3.01", "QAR"));
        for blank in ["", " ", "\t\u{a0}\n"] {
            let reported = paid().with_reference(Some(blank.to_owned()));
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
