use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::SerializeStruct};

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
    /// Some money has arrived, less than was asked for.
    PartlyPaid,
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
    /// The status as one word in snake case: `"pending"`, `"authorized"`, `"partly_paid"`, `"paid"`, `"failed"`,
    /// `"canceled"`, `"expired"`, `"returned"` or `"unknown"`.
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
            Status::PartlyPaid => "partly_paid",
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

    /// Every status that there is.
    const ALL: [Self; 15] = [
        Self::Pending(Pending::Created),
        Self::Pending(Pending::ActionRequired),
        Self::Pending(Pending::Processing),
        Self::Pending(Pending::Indeterminate),
        Self::Authorized,
        Self::PartlyPaid,
        Self::Paid,
        Self::Failed,
        Self::Canceled,
        Self::Expired,
        Self::Returned(Returned::Voided),
        Self::Returned(Returned::Reversed),
        Self::Returned(Returned::Refunded),
        Self::Returned(Returned::ChargedBack),
        Self::Unknown,
    ];
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

/// Writes `status`, `detail`, `finality`, `funds`, and `may_charge_again`, which follows from them.
impl Serialize for Meaning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Meaning", 5)?;
        object.serialize_field("status", self.status.as_str())?;
        object.serialize_field("detail", &self.status.detail())?;
        object.serialize_field("finality", &self.finality)?;
        object.serialize_field("funds", &self.funds)?;
        object.serialize_field("may_charge_again", &self.may_charge_again())?;
        object.end()
    }
}

impl<'de> Deserialize<'de> for Meaning {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Axes {
            status: String,
            detail: Option<String>,
            finality: Finality,
            funds: Funds,
        }
        let Axes { status, detail, finality, funds } = Axes::deserialize(deserializer)?;
        let named = |known: &&Status| known.as_str() == status && known.detail() == detail.as_deref();
        let status = Status::ALL.iter().find(named);
        let status = status.ok_or_else(|| D::Error::custom("`status` and `detail` name no status"))?;
        Ok(Self::new(*status, finality, funds))
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
