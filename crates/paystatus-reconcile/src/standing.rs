use paystatus::{Returned, Status};
use serde::{Deserialize, Serialize};

/// Where a payment stands, in one word: the language in which a ledger and a provider are compared.
///
/// ```
/// use paystatus_reconcile::Standing;
///
/// assert_eq!(Standing::read(" Settled "), Some(Standing::Paid));
/// assert_eq!(Standing::read("chargeback"), Some(Standing::ChargedBack));
/// assert_eq!(Standing::read("bezahlt"), None); // a ledger in other words needs a mapping
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Standing {
    /// Not decided yet.
    Pending,
    /// Money is reserved, not taken.
    Authorized,
    /// Some money has arrived, and less than was asked.
    PartlyPaid,
    /// Money was taken.
    Paid,
    /// It was refused, and nothing was taken.
    Failed,
    /// It was called off before money was taken.
    Canceled,
    /// Its time ran out before money was taken.
    Expired,
    /// Money was given back.
    Refunded,
    /// It was called off after money was taken or reserved.
    Voided,
    /// It was undone after money was taken or reserved.
    Reversed,
    /// The payer's bank took the money back.
    ChargedBack,
    /// The provider's word is in no table.
    Unknown,
}

/// The words that ledgers use, without what may stand between their parts.
const WORDS: &[(&str, Standing)] = &[
    ("pending", Standing::Pending),
    ("open", Standing::Pending),
    ("processing", Standing::Pending),
    ("inprogress", Standing::Pending),
    ("authorized", Standing::Authorized),
    ("authorised", Standing::Authorized),
    ("partlypaid", Standing::PartlyPaid),
    ("partiallypaid", Standing::PartlyPaid),
    ("underpaid", Standing::PartlyPaid),
    ("paid", Standing::Paid),
    ("captured", Standing::Paid),
    ("complete", Standing::Paid),
    ("completed", Standing::Paid),
    ("settled", Standing::Paid),
    ("succeeded", Standing::Paid),
    ("success", Standing::Paid),
    ("successful", Standing::Paid),
    ("failed", Standing::Failed),
    ("declined", Standing::Failed),
    ("rejected", Standing::Failed),
    ("canceled", Standing::Canceled),
    ("cancelled", Standing::Canceled),
    ("expired", Standing::Expired),
    ("refunded", Standing::Refunded),
    ("refund", Standing::Refunded),
    ("returned", Standing::Refunded),
    ("voided", Standing::Voided),
    ("void", Standing::Voided),
    ("reversed", Standing::Reversed),
    ("reversal", Standing::Reversed),
    ("chargedback", Standing::ChargedBack),
    ("chargeback", Standing::ChargedBack),
];

impl Standing {
    /// Reads a ledger's word, whatever its case, and with a space, a hyphen, an underscore or nothing between its parts;
    /// nothing if it is none of those that ledgers usually have.
    ///
    /// ```
    /// use paystatus_reconcile::Standing;
    /// assert_eq!(Standing::read("REFUND"), Some(Standing::Refunded));
    /// assert_eq!(Standing::read("Charged-back"), Some(Standing::ChargedBack));
    /// assert_eq!(Standing::read("partially_refunded"), None); // a part is neither paid nor refunded
    /// ```
    pub fn read(word: &str) -> Option<Self> {
        let key = Self::key(word);
        WORDS.iter().find(|(known, _)| *known == key).map(|&(_, standing)| standing)
    }

    /// A word as it is compared.
    pub(crate) fn key(word: &str) -> String {
        let between = |c: char| c.is_whitespace() || c == '-' || c == '_';
        word.to_lowercase().replace(between, "")
    }

    /// Its name in snake case.
    ///
    /// ```
    /// assert_eq!(paystatus_reconcile::Standing::ChargedBack.as_str(), "charged_back");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Authorized => "authorized",
            Self::PartlyPaid => "partly_paid",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
            Self::Refunded => "refunded",
            Self::Voided => "voided",
            Self::Reversed => "reversed",
            Self::ChargedBack => "charged_back",
            Self::Unknown => "unknown",
        }
    }

    /// Tells whether two words mean the same for the money: a payment that was refused and one that was
    /// called off both took none, and a refund and a reversal both gave it back.
    ///
    /// ```
    /// use paystatus_reconcile::Standing;
    /// assert!(Standing::Failed.agrees_with(Standing::Expired));
    /// assert!(!Standing::Refunded.agrees_with(Standing::ChargedBack));
    /// ```
    pub fn agrees_with(self, other: Self) -> bool {
        let money = |standing| match standing {
            Self::Canceled | Self::Expired => Self::Failed,
            Self::Voided | Self::Reversed => Self::Refunded,
            standing => standing,
        };
        self != Self::Unknown && money(self) == money(other)
    }

    /// Tells whether money moved at some time, wherever it is now.
    pub(crate) fn moved_money(self) -> bool {
        self.counts_money()
            || matches!(self, Self::Refunded | Self::Voided | Self::Reversed | Self::ChargedBack)
    }

    /// Tells whether the merchant has money of it, all or some.
    pub(crate) fn counts_money(self) -> bool {
        matches!(self, Self::Paid | Self::PartlyPaid)
    }
}

impl From<Status> for Standing {
    fn from(status: Status) -> Self {
        match status {
            Status::Pending(_) => Self::Pending,
            Status::Authorized => Self::Authorized,
            Status::PartlyPaid => Self::PartlyPaid,
            Status::Paid => Self::Paid,
            Status::Failed => Self::Failed,
            Status::Canceled => Self::Canceled,
            Status::Expired => Self::Expired,
            Status::Returned(Returned::Refunded) => Self::Refunded,
            Status::Returned(Returned::Voided) => Self::Voided,
            Status::Returned(Returned::Reversed) => Self::Reversed,
            Status::Returned(Returned::ChargedBack) => Self::ChargedBack,
            // A way to give money back that is newer than this crate is none that it may call a match.
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_whatever_its_case() {
        for &(word, standing) in WORDS {
            assert_eq!(Standing::read(word), Some(standing), "{word}");
            assert_eq!(Standing::read(&format!(" {} ", word.to_uppercase())), Some(standing), "{word}");
        }
        for word in ["CHARGED-BACK", "Charged  Back", "charged\u{a0}back", "chargedback", "charge back"] {
            assert_eq!(Standing::read(word), Some(Standing::ChargedBack), "{word}");
        }
        assert_eq!(Standing::read("Complete"), Some(Standing::Paid));
        assert_eq!(Standing::read("in-progress"), Some(Standing::Pending));
        for other in ["partially_refunded", "partial refund", "-", "", "paid?", "unknown", "nicht bezahlt"] {
            assert_eq!(Standing::read(other), None, "{other}");
        }
    }

    #[test]
    fn an_unknown_word_agrees_with_nothing() {
        assert!(!Standing::Unknown.agrees_with(Standing::Unknown));
    }

    #[test]
    fn names_are_those_of_json() {
        for &(_, standing) in WORDS {
            assert_eq!(serde_json::to_value(standing).unwrap(), standing.as_str());
        }
    }
}
