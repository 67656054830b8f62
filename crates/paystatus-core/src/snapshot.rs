use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::SerializeStruct};

use crate::{Because, Finality, Funds, Judgement, MayChargeAgain, Meaning, Money, Status, Timestamp};

/// What a provider said about one attempt to pay, every fact once.
///
/// It serializes as one flat object, the form of the command's `--json`, and is read back from it:
/// money as decimal strings, times in UTC where the instant is known, and null for what is not reported.
///
/// ```
/// use paystatus_core::{Finality, Funds, MayChargeAgain, Money, Row, Snapshot, Source, Status};
///
/// const SEEN: Source = Source::new("https://example.com/docs/status", "2026-11");
/// const TABLE: &[Row] = &[Row::new(&["settled"], Status::Paid, Finality::Final, Funds::Taken, SEEN)];
///
/// let snapshot = Snapshot::new("pay_001", Row::judge(TABLE, &[Some("settled")]), "settled")
///     .with_amount(Some(Money::parse("50.00", "USD")?))
///     .with_returned(Some(Money::parse("20.00", "USD")?));
/// assert!(snapshot.is_paid() && snapshot.is_final());
/// assert_eq!(snapshot.may_charge_again(), MayChargeAgain::No);
/// assert_eq!(snapshot.because().unwrap().evidence(), "settled");
///
/// let kept = serde_json::to_string(&snapshot).unwrap();
/// assert_eq!(serde_json::from_str::<Snapshot>(&kept).unwrap(), snapshot);
/// # Ok::<(), paystatus_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    #[serde(with = "shared")]
    payment_id: Arc<str>,
    #[serde(flatten)]
    meaning: Meaning,
    provider_status: Box<str>,
    #[serde(flatten)]
    money: Charged,
    reference: Option<Box<str>>,
    reason: Option<Box<str>>,
    test_mode: Option<bool>,
    #[serde(with = "in_utc")]
    created_at: Option<Timestamp>,
    #[serde(with = "in_utc")]
    updated_at: Option<Timestamp>,
    because: Option<Because>,
}

impl Snapshot {
    /// For providers: states the id that was answered, what the words mean, and the words.
    #[inline]
    pub fn new(
        payment_id: impl AsRef<str>,
        judgement: impl Into<Judgement>,
        provider_status: impl AsRef<str>,
    ) -> Self {
        let judgement = judgement.into();
        Self {
            payment_id: payment_id.as_ref().into(),
            meaning: judgement.meaning(),
            provider_status: provider_status.as_ref().into(),
            money: Charged { amount: None, returned: None },
            reference: None,
            reason: None,
            test_mode: None,
            created_at: None,
            updated_at: None,
            because: judgement.row().map(Because::from),
        }
    }

    /// For providers: adds what was charged, refunds not taken off, where it was reported.
    #[must_use]
    #[inline]
    pub fn with_amount(mut self, amount: Option<Money>) -> Self {
        self.money.amount = amount;
        self
    }

    /// For providers: adds what has been given back so far, in the amount's currency.
    /// Zero says that the provider told so; nothing, that it does not tell.
    #[must_use]
    #[inline]
    pub fn with_returned(mut self, returned: Option<Money>) -> Self {
        self.money.returned = returned;
        self
    }

    /// For providers: adds the merchant's own reference; an empty one is none.
    #[must_use]
    #[inline]
    pub fn with_reference(mut self, reference: Option<String>) -> Self {
        let reference = reference.filter(|text| !text.trim().is_empty());
        self.reference = reference.map(Into::into);
        self
    }

    /// For providers: adds why the payment stands as it does.
    #[must_use]
    #[inline]
    pub fn with_reason(mut self, reason: Option<String>) -> Self {
        self.reason = reason.map(Into::into);
        self
    }

    /// For providers: adds whether the reply says that this is test money.
    #[must_use]
    #[inline]
    pub fn with_test_mode(mut self, test_mode: Option<bool>) -> Self {
        self.test_mode = test_mode;
        self
    }

    /// For providers: adds when the payment was made.
    #[must_use]
    #[inline]
    pub fn with_created_at(mut self, created_at: Option<Timestamp>) -> Self {
        self.created_at = created_at;
        self
    }

    /// For providers: adds when the payment last changed.
    #[must_use]
    #[inline]
    pub fn with_updated_at(mut self, updated_at: Option<Timestamp>) -> Self {
        self.updated_at = updated_at;
        self
    }

    /// The id of the payment that was answered.
    pub fn id(&self) -> &str {
        &self.payment_id
    }

    /// The three axes together: where the payment stands, whether that can change, and where the money is.
    pub fn meaning(&self) -> Meaning {
        self.meaning
    }

    /// Where the payment stands.
    pub fn status(&self) -> Status {
        self.meaning.status
    }

    /// Whether asking again can change the answer.
    pub fn finality(&self) -> Finality {
        self.meaning.finality
    }

    /// Where the money is.
    pub fn funds(&self) -> Funds {
        self.meaning.funds
    }

    /// Tells whether the provider says that the money was taken: [`Payment::verify`](crate::Payment::verify)
    /// checks whether it is the right money.
    pub fn is_paid(&self) -> bool {
        self.meaning.status == Status::Paid
    }

    /// Tells whether asking again changes nothing without a new act of the merchant or a bank.
    pub fn is_final(&self) -> bool {
        self.meaning.finality == Finality::Final
    }

    /// Whether a new charge for the same purchase risks charging twice.
    pub fn may_charge_again(&self) -> MayChargeAgain {
        self.meaning.may_charge_again()
    }

    /// The provider's own words for the status, verbatim: remote text.
    pub fn provider_status(&self) -> &str {
        &self.provider_status
    }

    /// What was charged, refunds not taken off; nothing if the provider did not report it.
    pub fn amount(&self) -> Option<Money> {
        self.money.amount
    }

    /// What has been given back so far: zero says that the provider told so, nothing that it does not tell.
    pub fn returned(&self) -> Option<Money> {
        self.money.returned
    }

    /// The merchant's own reference, such as an order number; never empty.
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// The provider's reason, such as why it was declined: remote text.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Whether this is test money, where the reply tells.
    pub fn test_mode(&self) -> Option<bool> {
        self.test_mode
    }

    /// When the payment was made.
    pub fn created_at(&self) -> Option<&Timestamp> {
        self.created_at.as_ref()
    }

    /// When the payment last changed.
    pub fn updated_at(&self) -> Option<&Timestamp> {
        self.updated_at.as_ref()
    }

    /// The row of the provider's status table that judged it; nothing for words that no row lists.
    pub fn because(&self) -> Option<&Because> {
        self.because.as_ref()
    }

    /// Has its id in common with what was asked, if it is the same: such a pair is kept for as long as somebody waits.
    #[inline]
    pub(crate) fn sharing(mut self, id: &Arc<str>) -> Self {
        if self.payment_id == *id {
            self.payment_id = Arc::clone(id);
        }
        self
    }

    pub(crate) fn with_finality(mut self, finality: Finality) -> Self {
        self.meaning.finality = finality;
        self
    }
}

/// What was charged and what was given back: `amount`, `currency` and `returned`, decimal strings in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Charged {
    amount: Option<Money>,
    returned: Option<Money>,
}

impl Serialize for Charged {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = |money: Option<Money>| money.map(|money| money.amount().to_string());
        let mut object = serializer.serialize_struct("Charged", 3)?;
        object.serialize_field("amount", &written(self.amount))?;
        object.serialize_field("currency", &self.amount.or(self.returned).map(Money::currency))?;
        object.serialize_field("returned", &written(self.returned))?;
        object.end()
    }
}

impl<'de> Deserialize<'de> for Charged {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Written {
            amount: Option<String>,
            currency: Option<String>,
            returned: Option<String>,
        }
        let Written { amount, currency, returned } = Written::deserialize(deserializer)?;
        let money = |amount: Option<String>| match (amount, &currency) {
            (None, _) => Ok(None),
            (Some(amount), Some(currency)) => {
                Money::parse(&amount, currency).map(Some).map_err(D::Error::custom)
            }
            (Some(_), None) => Err(D::Error::custom("an amount needs a `currency`")),
        };
        Ok(Self { amount: money(amount)?, returned: money(returned)? })
    }
}

/// A text that others have, too.
mod shared {
    use super::{Arc, Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
        String::deserialize(deserializer).map(Arc::from)
    }
}

/// A time in UTC, or null where the instant is not known.
mod in_utc {
    use super::{Deserialize, Deserializer, Serialize, Serializer, Timestamp};

    pub(super) fn serialize<S: Serializer>(
        time: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        time.as_ref().and_then(Timestamp::to_utc).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        Ok(Option::<String>::deserialize(deserializer)?.map(Timestamp::stated))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Funds, Pending, Row, Source};

    const DOCS: Source = Source::new("https://example.com/docs", "2026-11");
    const TABLE: &[Row] = &[Row::new(
        &["3ds", "sale|-"],
        Status::Pending(Pending::ActionRequired),
        Finality::Open,
        Funds::NotTaken,
        DOCS,
    )];

    #[test]
    fn it_serializes_as_the_command_line_contract_says_and_is_read_back() {
        let snapshot = Snapshot::new("p-1", Row::judge(TABLE, &[Some("3ds"), None]), "3ds")
            .with_amount(Some(Money::parse("50.00", "USD").unwrap()))
            .with_returned(Some(Money::parse("0.00", "USD").unwrap()))
            .with_test_mode(Some(true))
            .with_created_at(Some(Timestamp::stated("2025-02-21T23:00:13.633Z")))
            .with_updated_at(Some(Timestamp::opaque("2025-02-22T04:31:08.132Z")));
        let expected = serde_json::json!({
            "payment_id": "p-1", "status": "pending", "detail": "action_required",
            "finality": "open", "funds": "not_taken", "may_charge_again": "no", "provider_status": "3ds",
            "amount": "50.00", "currency": "USD", "returned": "0.00", "reference": null, "reason": null,
            "test_mode": true, "created_at": "2025-02-21T23:00:13.633Z", "updated_at": null,
            "because": {"evidence": "3ds, sale|-", "source": "https://example.com/docs", "read": "2026-11"},
        });
        assert_eq!(serde_json::to_value(&snapshot).unwrap(), expected);
        let read: Snapshot = serde_json::from_value(expected.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), expected);
    }

    #[test]
    fn what_is_no_snapshot_is_not_read() {
        let snapshot = Snapshot::new("p-1", Judgement::UNKNOWN, "odd");
        let whole = serde_json::to_value(&snapshot).unwrap();
        for (field, value) in [("status", "gone"), ("detail", "created"), ("amount", "1.00"), ("funds", "")] {
            let mut other = whole.clone();
            other[field] = value.into();
            assert!(serde_json::from_value::<Snapshot>(other).is_err(), "{field}");
        }
    }
}
