use serde::{Deserialize, Serialize};

/// Where a payment stands, in one vocabulary for all providers.
///
/// ```
/// use paystatus_core::{Pending, Status};
/// assert_eq!(Status::Pending(Pending::ActionRequired).as_str(), "pending");
/// assert_eq!(Status::Pending(Pending::ActionRequired).detail(), Some("action_required"));
/// assert_eq!(Status::Paid.detail(), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// Begun and not decided.
    Pending(Pending),
    /// Reserved on the payer's side and not taken: capture it, or let it lapse.
    Authorized,
    /// The provider says that the money was taken.
    Paid,
    /// Refused, or broken off by the provider.
    Failed,
    /// Called off by the payer or the merchant.
    Canceled,
    /// Ran out of time.
    Expired,
    /// Was paid, or held, and was given back.
    Returned(Returned),
    /// The provider used a word that is not in its status table: ask a person, never guess.
    Unknown,
}

/// What a pending payment waits for.
///
/// ```
/// use paystatus_core::{Pending, Status};
///
/// let status = Status::Pending(Pending::ActionRequired);
/// assert_eq!((status.as_str(), status.detail()), ("pending", Some("action_required")));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Pending {
    /// Exists; nobody has begun to pay.
    Created,
    /// The payer must act: 3-D Secure, a redirect, an approval.
    ActionRequired,
    /// The provider or a bank is at work.
    Processing,
    /// The provider's answer fits more than one of these, or a payment that it does not know.
    Indeterminate,
}

/// How money went back.
///
/// ```
/// use paystatus_core::{Returned, Status};
///
/// let status = Status::Returned(Returned::ChargedBack);
/// assert_eq!((status.as_str(), status.detail()), ("returned", Some("charged_back")));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Returned {
    /// The merchant took it back before settlement.
    Voided,
    /// The hold or the transfer was undone.
    Reversed,
    /// The merchant paid it back, in whole or in part.
    Refunded,
    /// The payer's bank took it back.
    ChargedBack,
}

/// Whether asking again can change the answer.
///
/// ```
/// use paystatus_core::{Finality, Meaning};
///
/// assert_eq!(Meaning::UNKNOWN.finality, Finality::Open); // what nobody listed is asked about again
/// assert_eq!(serde_json::to_value(Finality::Provisional)?, "provisional");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Finality {
    /// Keep asking.
    Open,
    /// Stop waiting, but this provider is known to change its mind: ask again later.
    Provisional,
    /// No change without a new act of the merchant or a bank.
    Final,
}

/// Where the payer's money is.
///
/// ```
/// use paystatus_core::{Finality, Funds, MayChargeAgain, Meaning, Status};
///
/// let held = Meaning::new(Status::Authorized, Finality::Open, Funds::Held);
/// assert_eq!(held.may_charge_again(), MayChargeAgain::No);
/// assert_eq!(serde_json::to_value(Funds::NotTaken)?, "not_taken");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Funds {
    /// With the payer, untouched.
    NotTaken,
    /// Reserved with the payer's bank.
    Held,
    /// With the merchant or the provider.
    Taken,
    /// Given back or released.
    Returned,
    /// The provider does not say.
    Unknown,
}

/// Whether a new charge for the same purchase risks charging twice.
///
/// ```
/// use paystatus_core::{Finality, Funds, MayChargeAgain, Meaning, Status};
///
/// let failed = |finality, funds| Meaning::new(Status::Failed, finality, funds).may_charge_again();
/// assert_eq!(failed(Finality::Final, Funds::NotTaken), MayChargeAgain::Yes);
/// assert_eq!(failed(Finality::Provisional, Funds::NotTaken), MayChargeAgain::Unknown);
/// assert_eq!(failed(Finality::Final, Funds::Taken), MayChargeAgain::No);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MayChargeAgain {
    /// Final, and the money is with the payer.
    Yes,
    /// Still open, or the money is taken or held.
    No,
    /// Provisional, or nobody says where the money is: look before you charge.
    Unknown,
}

impl Status {
    /// The status as one word in snake case: `"pending"`, `"authorized"`, `"paid"`, `"failed"`, `"canceled"`,
    /// `"expired"`, `"returned"` or `"unknown"`.
    ///
    /// ```
    /// use paystatus_core::{Pending, Status};
    /// assert_eq!(Status::Paid.as_str(), "paid");
    /// assert_eq!(Status::Pending(Pending::Created).as_str(), "pending");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Pending(_) => "pending",
            Status::Authorized => "authorized",
            Status::Paid => "paid",
            Status::Failed => "failed",
            Status::Canceled => "canceled",
            Status::Expired => "expired",
            Status::Returned(_) => "returned",
            Status::Unknown => "unknown",
        }
    }

    /// What a pending payment waits for, or how money was returned, as one word in snake case.
    ///
    /// ```
    /// use paystatus_core::{Returned, Status};
    /// assert_eq!(Status::Returned(Returned::ChargedBack).detail(), Some("charged_back"));
    /// assert_eq!(Status::Paid.detail(), None);
    /// ```
    pub fn detail(self) -> Option<&'static str> {
        Some(match self {
            Status::Pending(Pending::Created) => "created",
            Status::Pending(Pending::ActionRequired) => "action_required",
            Status::Pending(Pending::Processing) => "processing",
            Status::Pending(Pending::Indeterminate) => "indeterminate",
            Status::Returned(Returned::Voided) => "voided",
            Status::Returned(Returned::Reversed) => "reversed",
            Status::Returned(Returned::Refunded) => "refunded",
            Status::Returned(Returned::ChargedBack) => "charged_back",
            _ => return None,
        })
    }
}

/// What one row of a provider's status table says: the three axes together.
///
/// ```
/// use paystatus_core::{Finality, Funds, MayChargeAgain, Meaning, Status};
///
/// let refused_refund = Meaning::new(Status::Failed, Finality::Final, Funds::Taken);
/// assert_eq!(refused_refund.may_charge_again(), MayChargeAgain::No);
/// assert_eq!(Meaning::UNKNOWN.finality, Finality::Open);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Meaning {
    /// Where the payment stands.
    pub status: Status,
    /// Whether asking again can change that.
    pub finality: Finality,
    /// Where the money is.
    pub funds: Funds,
}

impl Meaning {
    /// What every word means that no table lists: unknown, open, funds unknown.
    pub const UNKNOWN: Self = Self::new(Status::Unknown, Finality::Open, Funds::Unknown);

    /// Puts the three axes together.
    pub const fn new(status: Status, finality: Finality, funds: Funds) -> Self {
        Self { status, finality, funds }
    }

    /// Whether a new charge for the same purchase risks charging twice.
    pub fn may_charge_again(self) -> MayChargeAgain {
        match (self.finality, self.funds) {
            (Finality::Open, _) | (_, Funds::Taken | Funds::Held) => MayChargeAgain::No,
            (Finality::Provisional, _) | (_, Funds::Unknown) => MayChargeAgain::Unknown,
            (Finality::Final, Funds::NotTaken | Funds::Returned) => MayChargeAgain::Yes,
        }
    }
}

/// Where a fact about a provider was read, and when.
///
/// ```
/// use paystatus_core::Source;
/// const SEEN: Source = Source::new("https://example.com/docs/status", "2026-11");
/// assert_eq!(SEEN.read, "2026-11");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Source {
    /// The document or program: a URL, or a title where it has none.
    pub place: &'static str,
    /// The month it was read, as `YYYY-MM`.
    pub read: &'static str,
}

impl Source {
    /// Names a document and the month (`YYYY-MM`) in which it was read.
    pub const fn new(place: &'static str, read: &'static str) -> Self {
        Self { place, read }
    }
}

/// One row of a provider's status table: evidence, meaning, and where that was read.
///
/// ```
/// use paystatus_core::{Finality, Funds, Meaning, Row, Source, Status};
///
/// const SEEN: Source = Source::new("https://example.com/docs/status", "2026-11");
/// const TABLE: &[Row<&str>] = &[Row::new("settled", Status::Paid, Finality::Final, Funds::Taken, SEEN)];
///
/// assert_eq!(Row::find(TABLE, |word| *word == "settled").status, Status::Paid);
/// assert_eq!(Row::find(TABLE, |word| *word == "setled"), Meaning::UNKNOWN);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Row<W> {
    /// What the reply must say.
    pub when: W,
    /// What it then means.
    pub means: Meaning,
    /// Where that was read.
    pub source: Source,
}

impl<W> Row<W> {
    /// Writes a row.
    pub const fn new(when: W, status: Status, finality: Finality, funds: Funds, source: Source) -> Self {
        Self { when, means: Meaning::new(status, finality, funds), source }
    }

    /// The meaning of the first row that matches, or [`Meaning::UNKNOWN`].
    pub fn find(table: &[Self], mut matches: impl FnMut(&W) -> bool) -> Meaning {
        table.iter().find(|row| matches(&row.when)).map_or(Meaning::UNKNOWN, |row| row.means)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charging_again_is_decided_by_finality_and_funds_alone() {
        use {Finality::*, Funds::*};
        let expected = [
            (Open, [(NotTaken, "no"), (Held, "no"), (Taken, "no"), (Returned, "no"), (Unknown, "no")]),
            (
                Provisional,
                [
                    (NotTaken, "unknown"),
                    (Held, "no"),
                    (Taken, "no"),
                    (Returned, "unknown"),
                    (Unknown, "unknown"),
                ],
            ),
            (
                Final,
                [(NotTaken, "yes"), (Held, "no"), (Taken, "no"), (Returned, "yes"), (Unknown, "unknown")],
            ),
        ];
        for (finality, row) in expected {
            for (funds, answer) in row {
                let meaning = Meaning::new(Status::Failed, finality, funds);
                let said = serde_json::to_value(meaning.may_charge_again()).unwrap();
                assert_eq!(said, answer, "{finality:?} {funds:?}");
            }
        }
    }
}
