use std::fmt;

use paystatus::{ErrorKind, Field, Money};
use serde::{Serialize, Serializer, ser::SerializeStruct};

/// What comparing one row of the ledger with the provider's answer found.
///
/// ```
/// use paystatus::Money;
/// use paystatus_reconcile::Finding;
///
/// let short = Finding::AmountDiffers { by: Some(Money::parse("-0.01", "QAR")?) };
/// assert_eq!(short.to_string(), "0.01 QAR less was charged than the ledger says");
/// assert_eq!(serde_json::to_value(short).unwrap()["difference"], "-0.01");
/// assert!(short.is_difference());
/// # Ok::<(), paystatus::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// The books and the provider agree in everything that the ledger names.
    Match,
    /// They disagree about where the payment stands.
    StatusDiffers,
    /// They disagree about the amount.
    AmountDiffers {
        /// What the merchant keeps by the provider, less what the books say: negative if less was charged.
        /// Nothing if the difference has more digits than an exact decimal, of which no real amount comes near.
        by: Option<Money>,
    },
    /// A part of it was given back, and the books have more than what is left.
    PartlyReturned {
        /// How much of what is booked was given back; nothing for more digits than an exact decimal has.
        by: Option<Money>,
    },
    /// They disagree about the currency.
    CurrencyDiffers,
    /// The payment carries another reference.
    ReferenceDiffers,
    /// The provider does not know the payment: unless the id or the account is wrong, it may not have been begun, or be
    /// on its way.
    MissingAtProvider,
    /// The money was given back, and the books do not say so.
    RefundNotInLedger,
    /// The payer's bank took the money back, and the books do not say so.
    ChargebackNotInLedger,
    /// The provider may still change its answer: it has not decided yet, or it agrees with the books and is known to
    /// change its mind.
    StillOpen,
    /// Another row is about the same payment.
    DuplicateInLedger {
        /// The row that is about it too.
        row: u64,
    },
    /// Another payment for the same reference is paid, too.
    PaidTwice {
        /// The earlier row with that payment; nothing if it is another attempt of the row's own order.
        row: Option<u64>,
    },
    /// It is test money.
    TestMode,
    /// It can't be told whether the books are right: neither a match nor a difference.
    Unverifiable(Why),
}

/// Why a row is neither a match nor a difference.
///
/// ```
/// use paystatus::{ErrorKind, Field};
/// use paystatus_reconcile::{Finding, Why};
///
/// let finding = Finding::Unverifiable(Why::NotReported(Field::Amount));
/// assert_eq!(serde_json::to_value(finding).unwrap()["why"], "amount_not_reported");
/// assert!(!finding.is_difference());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// The provider could not be asked, or its answer could not be read.
    CouldNotAsk(ErrorKind),
    /// The reconciliation ended before it came to the row.
    NotAsked,
    /// The row's account is not in the configuration.
    UnknownAccount,
    /// The provider's word for the status is in no table.
    UnknownStatus,
    /// The answer is about another payment than the one asked for, and no reference says that it is the same order.
    AnotherPayment,
    /// The ledger names something that the provider does not report.
    NotReported(Field),
}

impl Finding {
    /// What kind of finding it is, without its own facts.
    ///
    /// ```
    /// use paystatus_reconcile::{Finding, FindingKind};
    /// assert_eq!(Finding::PaidTwice { row: Some(2) }.kind(), FindingKind::PaidTwice);
    /// ```
    pub fn kind(self) -> FindingKind {
        match self {
            Self::Match => FindingKind::Match,
            Self::StatusDiffers => FindingKind::StatusDiffers,
            Self::AmountDiffers { .. } => FindingKind::AmountDiffers,
            Self::PartlyReturned { .. } => FindingKind::PartlyReturned,
            Self::CurrencyDiffers => FindingKind::CurrencyDiffers,
            Self::ReferenceDiffers => FindingKind::ReferenceDiffers,
            Self::MissingAtProvider => FindingKind::MissingAtProvider,
            Self::RefundNotInLedger => FindingKind::RefundNotInLedger,
            Self::ChargebackNotInLedger => FindingKind::ChargebackNotInLedger,
            Self::StillOpen => FindingKind::StillOpen,
            Self::DuplicateInLedger { .. } => FindingKind::DuplicateInLedger,
            Self::PaidTwice { .. } => FindingKind::PaidTwice,
            Self::TestMode => FindingKind::TestMode,
            Self::Unverifiable(_) => FindingKind::Unverifiable,
        }
    }

    /// Its name in snake case, as it stands in every output.
    ///
    /// ```
    /// assert_eq!(paystatus_reconcile::Finding::StillOpen.as_str(), "still_open");
    /// ```
    pub fn as_str(self) -> &'static str {
        self.kind().as_str()
    }

    /// Tells whether the books and the provider are known to disagree.
    ///
    /// ```
    /// use paystatus_reconcile::Finding;
    /// assert!(Finding::MissingAtProvider.is_difference());
    /// assert!(!Finding::StillOpen.is_difference());
    /// ```
    pub fn is_difference(self) -> bool {
        self.kind().is_difference()
    }

    /// Which of several findings about one row it is filed under: the lowest.
    pub(crate) fn gravity(self) -> impl Ord {
        // That something was not reported is only said where nothing else is.
        (matches!(self, Self::Unverifiable(Why::NotReported(_))), self.kind())
    }
}

/// The kind of a [`Finding`], without its own facts: what rows are counted by.
///
/// The kinds are in the order in which a row is filed under one of several, the gravest first.
///
/// ```
/// use paystatus_reconcile::FindingKind;
///
/// assert_eq!(FindingKind::PaidTwice.as_str(), "paid_twice");
/// assert!(FindingKind::PaidTwice.is_difference());
/// assert!(FindingKind::StatusDiffers < FindingKind::Match);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FindingKind {
    /// Another row is about the same payment.
    DuplicateInLedger,
    /// The provider does not know the payment.
    MissingAtProvider,
    /// It can't be told whether the books are right.
    Unverifiable,
    /// It is test money.
    TestMode,
    /// The payer's bank took the money back, and the books do not say so.
    ChargebackNotInLedger,
    /// The money was given back, and the books do not say so.
    RefundNotInLedger,
    /// The provider may still change its answer.
    StillOpen,
    /// Another payment for the same reference is paid, too.
    PaidTwice,
    /// The two disagree about where the payment stands.
    StatusDiffers,
    /// They disagree about the currency.
    CurrencyDiffers,
    /// A part of it was given back, and the books do not say so.
    PartlyReturned,
    /// They disagree about the amount.
    AmountDiffers,
    /// The payment carries another reference.
    ReferenceDiffers,
    /// The books and the provider agree in everything that the ledger names.
    Match,
}

impl FindingKind {
    /// Its name in snake case, as it stands in every output.
    ///
    /// ```
    /// assert_eq!(paystatus_reconcile::FindingKind::StillOpen.as_str(), "still_open");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DuplicateInLedger => "duplicate_in_ledger",
            Self::MissingAtProvider => "missing_at_provider",
            Self::Unverifiable => "unverifiable",
            Self::TestMode => "test_mode",
            Self::ChargebackNotInLedger => "chargeback_not_in_ledger",
            Self::RefundNotInLedger => "refund_not_in_ledger",
            Self::StillOpen => "still_open",
            Self::PaidTwice => "paid_twice",
            Self::StatusDiffers => "status_differs",
            Self::CurrencyDiffers => "currency_differs",
            Self::PartlyReturned => "partly_returned",
            Self::AmountDiffers => "amount_differs",
            Self::ReferenceDiffers => "reference_differs",
            Self::Match => "match",
        }
    }

    /// Tells whether the books and the provider are known to disagree.
    ///
    /// ```
    /// use paystatus_reconcile::FindingKind;
    /// assert!(FindingKind::AmountDiffers.is_difference());
    /// assert!(!FindingKind::Unverifiable.is_difference());
    /// ```
    pub fn is_difference(self) -> bool {
        !matches!(self, Self::Match | Self::StillOpen | Self::Unverifiable)
    }
}

impl Why {
    /// Its name in snake case.
    ///
    /// ```
    /// assert_eq!(paystatus_reconcile::Why::UnknownStatus.as_str(), "unknown_status");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CouldNotAsk(_) => "could_not_ask",
            Self::NotAsked => "not_asked",
            Self::UnknownAccount => "unknown_account",
            Self::UnknownStatus => "unknown_status",
            Self::AnotherPayment => "another_payment",
            Self::NotReported(Field::Amount) => "amount_not_reported",
            Self::NotReported(_) => "reference_not_reported",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Match => f.write_str("the ledger and the provider agree"),
            Self::StatusDiffers => f.write_str("the provider says something else about the status"),
            Self::AmountDiffers { by: None } => {
                f.write_str("another amount was charged than the ledger says")
            }
            Self::AmountDiffers { by: Some(by) } => {
                let amount = by.amount();
                let (size, word) =
                    if amount.is_sign_negative() { (-amount, "less") } else { (amount, "more") };
                let size = Money::new(size, by.currency());
                write!(f, "{size} {word} was charged than the ledger says")
            }
            Self::PartlyReturned { by: Some(by) } => {
                write!(f, "{by} of it was given back, and the ledger does not say so")
            }
            Self::PartlyReturned { by: None } => {
                f.write_str("a part of it was given back, and the ledger does not say so")
            }
            Self::CurrencyDiffers => f.write_str("it was charged in another currency"),
            Self::ReferenceDiffers => f.write_str("the payment carries another reference"),
            Self::MissingAtProvider => f.write_str("the provider does not know the payment"),
            Self::RefundNotInLedger => {
                f.write_str("the money was given back, and the ledger does not say so")
            }
            Self::ChargebackNotInLedger => {
                f.write_str("the payer's bank took the money back, and the ledger does not say so")
            }
            Self::StillOpen => f.write_str("the provider may still change its answer"),
            Self::DuplicateInLedger { row } => write!(f, "row {row} is about the same payment"),
            Self::PaidTwice { row: Some(row) } => {
                write!(f, "row {row} is another paid payment for the same reference")
            }
            Self::PaidTwice { row: None } => f.write_str("several attempts of the order are paid"),
            Self::TestMode => f.write_str("it is test money"),
            Self::Unverifiable(why) => why.fmt(f),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CouldNotAsk(kind) => {
                write!(f, "the provider could not be asked ({})", kind.as_str().replace('_', " "))
            }
            Self::NotAsked => f.write_str("the provider was not asked"),
            Self::UnknownAccount => f.write_str("the account is not configured"),
            Self::UnknownStatus => f.write_str("the provider's word for the status is not known"),
            Self::AnotherPayment => f.write_str("the answer is about another payment than the one asked for"),
            Self::NotReported(field) => {
                let field = match field {
                    Field::Amount => "amount",
                    Field::Reference => "reference",
                    _ => "value",
                };
                write!(f, "the provider does not report the {field}")
            }
        }
    }
}

impl Finding {
    /// How much more the merchant keeps than is booked, where that is the finding.
    pub(crate) fn difference(self) -> Option<Money> {
        match self {
            Self::AmountDiffers { by } => by,
            Self::PartlyReturned { by } => by.map(|by| Money::new(-by.amount(), by.currency())),
            _ => None,
        }
    }

    /// The other row that it is about.
    pub(crate) fn other_row(self) -> Option<u64> {
        match self {
            Self::DuplicateInLedger { row } => Some(row),
            Self::PaidTwice { row } => row,
            _ => None,
        }
    }

    /// Why nothing can be told.
    pub(crate) fn why(self) -> Option<Why> {
        match self {
            Self::Unverifiable(why) => Some(why),
            _ => None,
        }
    }
}

impl Serialize for FindingKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Finding", 4)?;
        object.serialize_field("finding", self.as_str())?;
        object.serialize_field("difference", &self.difference().map(|by| by.amount().to_string()))?;
        object.serialize_field("other_row", &self.other_row())?;
        object.serialize_field("why", &self.why().map(Why::as_str))?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_no_difference() {
        for why in [
            Why::CouldNotAsk(ErrorKind::Unauthorized),
            Why::UnknownAccount,
            Why::UnknownStatus,
            Why::AnotherPayment,
            Why::NotReported(Field::Reference),
        ] {
            assert!(!Finding::Unverifiable(why).is_difference(), "{why:?}");
        }
    }

    #[test]
    fn a_finding_says_what_it_found() {
        let more = Finding::AmountDiffers { by: Money::parse("2.50", "USD").ok() };
        assert_eq!(more.to_string(), "2.50 USD more was charged than the ledger says");
        let twice = serde_json::to_string(&Finding::PaidTwice { row: Some(4) }).unwrap();
        assert_eq!(twice, r#"{"finding":"paid_twice","difference":null,"other_row":4,"why":null}"#);
        let part = Finding::PartlyReturned { by: Money::parse("20.00", "USD").ok() };
        assert_eq!(part.to_string(), "20.00 USD of it was given back, and the ledger does not say so");
        let part = serde_json::to_value(part).unwrap();
        assert_eq!((&part["finding"], &part["difference"]), (&"partly_returned".into(), &"-20.00".into()));
        let kind = ErrorKind::RateLimited;
        let limited = Finding::Unverifiable(Why::CouldNotAsk(kind));
        assert_eq!(limited.to_string(), "the provider could not be asked (rate limited)");
    }
}
