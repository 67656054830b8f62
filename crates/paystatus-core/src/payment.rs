use serde::{Serialize, Serializer, ser::SerializeStruct};
use serde_json::Value;

use crate::{Finality, Funds, Lookup, MayChargeAgain, Meaning, Money, Status, Timestamp};

/// What a provider said about one payment.
///
/// `Serialize` writes one flat object: ids, the three axes, the provider's words, money as a decimal string,
/// times in UTC where the instant is known, and the provider's own details with personal data redacted.
///
/// ```
/// use paystatus_core::{Finality, Funds, Lookup, MayChargeAgain, Meaning, Money, Payment, Status};
///
/// let meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
/// let payment = Payment::new(&Lookup::payment("pay_001"), "pay_001", meaning, "succeeded", ())
///     .with_amount(Some(Money::parse("50.00", "USD")?));
/// assert!(payment.is_paid() && payment.is_final());
/// assert_eq!(payment.may_charge_again(), MayChargeAgain::No);
/// assert_eq!(serde_json::to_value(&payment).unwrap()["amount"], "50.00");
/// # Ok::<(), paystatus_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Payment<D> {
    id: String,
    asked: Lookup,
    is_another: bool,
    meaning: Meaning,
    provider_status: String,
    amount: Option<Money>,
    reference: Option<String>,
    reason: Option<String>,
    created_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    details: D,
}

impl<D> Payment<D> {
    /// For providers: states what was asked, the id that was answered, what the words mean, and the words.
    pub fn new(
        asked: &Lookup,
        answered_id: impl Into<String>,
        meaning: Meaning,
        provider_status: impl Into<String>,
        details: D,
    ) -> Self {
        Self {
            id: answered_id.into(),
            asked: asked.clone(),
            is_another: false,
            meaning,
            provider_status: provider_status.into(),
            amount: None,
            reference: None,
            reason: None,
            created_at: None,
            updated_at: None,
            details,
        }
    }

    /// For providers: says that the answer is about another payment of the same order (cascading),
    /// so that it verifies only together with the merchant's reference.
    #[must_use]
    pub fn about_another(self) -> Self {
        Self { is_another: true, ..self }
    }

    /// For providers: adds what was charged, where it was reported.
    #[must_use]
    pub fn with_amount(self, amount: Option<Money>) -> Self {
        Self { amount, ..self }
    }

    /// For providers: adds the merchant's own reference; a blank one counts as not reported.
    #[must_use]
    pub fn with_reference(self, reference: Option<String>) -> Self {
        let reference = reference.filter(|reference| !reference.trim().is_empty());
        Self { reference, ..self }
    }

    /// For providers: adds why the payment stands as it does.
    #[must_use]
    pub fn with_reason(self, reason: Option<String>) -> Self {
        Self { reason, ..self }
    }

    /// For providers: adds when the payment was made.
    #[must_use]
    pub fn with_created_at(self, created_at: Option<Timestamp>) -> Self {
        Self { created_at, ..self }
    }

    /// For providers: adds when the payment last changed.
    #[must_use]
    pub fn with_updated_at(self, updated_at: Option<Timestamp>) -> Self {
        Self { updated_at, ..self }
    }

    /// The id of the payment that was answered.
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&"pay_001".into(), "pay_001", paid, "succeeded", "visa");
    /// assert_eq!(payment.id(), "pay_001");
    /// ```
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What was asked.
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&"pay_001".into(), "pay_001", paid, "succeeded", "visa");
    /// assert_eq!(payment.asked(), &Lookup::payment("pay_001"));
    /// ```
    pub fn asked(&self) -> &Lookup {
        &self.asked
    }

    /// Tells whether the answer is about another payment than the one asked for (cascading).
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&"pay_001".into(), "pay_001", paid, "succeeded", "visa");
    /// assert!(!payment.is_about_another());
    /// assert!(payment.about_another().is_about_another());
    /// ```
    pub fn is_about_another(&self) -> bool {
        self.is_another
    }

    /// Where the payment stands.
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&"pay_001".into(), "pay_001", paid, "succeeded", "visa");
    /// assert_eq!(payment.status(), Status::Paid);
    /// ```
    pub fn status(&self) -> Status {
        self.meaning.status
    }

    /// Whether asking again can change the answer.
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&"pay_001".into(), "pay_001", paid, "succeeded", "visa");
    /// assert_eq!(payment.finality(), Finality::Final);
    /// ```
    pub fn finality(&self) -> Finality {
        self.meaning.finality
    }

    /// Where the money is.
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&"pay_001".into(), "pay_001", paid, "succeeded", "visa");
    /// assert_eq!(payment.funds(), Funds::Taken);
    /// ```
    pub fn funds(&self) -> Funds {
        self.meaning.funds
    }

    /// The provider's own words for the status, verbatim: remote text.
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&"pay_001".into(), "pay_001", paid, "succeeded", "visa");
    /// assert_eq!(payment.provider_status(), "succeeded"); // the provider's word
    /// assert_eq!(payment.status().as_str(), "paid"); // ours
    /// ```
    pub fn provider_status(&self) -> &str {
        &self.provider_status
    }

    /// What was charged; nothing if the provider did not report it.
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&"pay_001".into(), "pay_001", paid, "succeeded", "visa")
    /// #     .with_amount(Some(Money::parse("50.00", "USD")?));
    /// assert_eq!(payment.amount(), Some(Money::parse("50", "USD")?));
    /// assert_eq!(payment.with_amount(None).amount(), None); // not reported
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn amount(&self) -> Option<Money> {
        self.amount
    }

    /// The merchant's own reference, such as an order number; nothing if the provider reported none, or a blank one.
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&"pay_001".into(), "pay_001", paid, "succeeded", "visa")
    /// #     .with_reference(Some("order-1234".to_owned()));
    /// assert_eq!(payment.reference(), Some("order-1234"));
    /// ```
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// The provider's reason, such as why it was declined: remote text.
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&"pay_001".into(), "pay_001", paid, "succeeded", "visa")
    /// #     .with_reason(Some("insufficient funds".to_owned()));
    /// assert_eq!(payment.reason(), Some("insufficient funds"));
    /// ```
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// When the payment was made.
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&"pay_001".into(), "pay_001", paid, "succeeded", "visa")
    /// #     .with_created_at(Some(paystatus_core::Timestamp::stated("2026-11-20T09:00:00+05:30")));
    /// let created = payment.created_at().unwrap();
    /// assert_eq!(created.raw(), "2026-11-20T09:00:00+05:30");
    /// assert_eq!(created.to_utc().as_deref(), Some("2026-11-20T03:30:00Z"));
    /// ```
    pub fn created_at(&self) -> Option<&Timestamp> {
        self.created_at.as_ref()
    }

    /// When the payment last changed.
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&"pay_001".into(), "pay_001", paid, "succeeded", "visa")
    /// #     .with_updated_at(Some(paystatus_core::Timestamp::stated("2026-11-20 09:00:00")));
    /// let updated = payment.updated_at().unwrap();
    /// assert_eq!((updated.raw(), updated.to_utc()), ("2026-11-20 09:00:00", None)); // no zone, no instant
    /// ```
    pub fn updated_at(&self) -> Option<&Timestamp> {
        self.updated_at.as_ref()
    }

    /// The provider's own reply.
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&"pay_001".into(), "pay_001", paid, "succeeded", "visa");
    /// assert_eq!(payment.details(), &"visa"); // a provider's own type
    /// ```
    pub fn details(&self) -> &D {
        &self.details
    }

    /// Tells whether the provider says that the money was taken.
    ///
    /// Before goods leave the house, [`verify`](Self::verify) amount and reference too.
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&"pay_001".into(), "pay_001", paid, "succeeded", "visa");
    /// assert!(payment.is_paid());
    /// ```
    pub fn is_paid(&self) -> bool {
        self.meaning.status == Status::Paid
    }

    /// Tells whether only a new act of the merchant or a bank can change the answer.
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&"pay_001".into(), "pay_001", paid, "succeeded", "visa");
    /// assert!(payment.is_final());
    /// ```
    pub fn is_final(&self) -> bool {
        self.meaning.finality == Finality::Final
    }

    /// Whether a new charge for the same purchase risks charging twice.
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&"pay_001".into(), "pay_001", paid, "succeeded", "visa");
    /// assert_eq!(payment.may_charge_again(), MayChargeAgain::No);
    /// ```
    pub fn may_charge_again(&self) -> MayChargeAgain {
        self.meaning.may_charge_again()
    }
}

impl<D: Serialize> Payment<D> {
    /// The same payment with its details as plain JSON, personal data redacted: what every [`StatusClient`] returns.
    ///
    /// [`StatusClient`]: crate::StatusClient
    ///
    /// ```
    /// # use paystatus_core::*;
    /// # let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let payment = Payment::new(&"pay_001".into(), "pay_001", paid, "succeeded", "visa");
    /// assert_eq!(payment.erase().details(), "visa"); // as a `serde_json::Value`
    /// ```
    pub fn erase(self) -> Payment<Value> {
        let details = serde_json::to_value(&self.details).unwrap_or_default();
        Payment {
            id: self.id,
            asked: self.asked,
            is_another: self.is_another,
            meaning: self.meaning,
            provider_status: self.provider_status,
            amount: self.amount,
            reference: self.reference,
            reason: self.reason,
            created_at: self.created_at,
            updated_at: self.updated_at,
            details,
        }
    }
}

impl<D: Serialize> Serialize for Payment<D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Payment", 15)?;
        object.serialize_field("payment_id", &self.id)?;
        object.serialize_field("asked_id", self.asked.id())?;
        object.serialize_field("status", self.status().as_str())?;
        object.serialize_field("detail", &self.status().detail())?;
        object.serialize_field("finality", &self.finality())?;
        object.serialize_field("funds", &self.funds())?;
        object.serialize_field("may_charge_again", &self.may_charge_again())?;
        object.serialize_field("provider_status", &self.provider_status)?;
        object.serialize_field("amount", &self.amount.map(|money| money.amount().to_string()))?;
        object.serialize_field("currency", &self.amount.map(Money::currency))?;
        object.serialize_field("reference", &self.reference)?;
        object.serialize_field("reason", &self.reason)?;
        object.serialize_field("created_at", &self.created_at.as_ref().and_then(Timestamp::to_utc))?;
        object.serialize_field("updated_at", &self.updated_at.as_ref().and_then(Timestamp::to_utc))?;
        object.serialize_field("details", &self.details)?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Pending, Personal};

    #[test]
    fn it_serializes_as_the_command_line_contract_says() {
        let meaning = Meaning::new(Status::Pending(Pending::ActionRequired), Finality::Open, Funds::NotTaken);
        let payment = Payment::new(&Lookup::order("o-1"), "p-1", meaning, "3ds", Personal::new("canary"))
            .with_amount(Some(Money::parse("50.00", "USD").unwrap()))
            .with_created_at(Some(Timestamp::stated("2025-02-21T23:00:13.633Z")))
            .with_updated_at(Some(Timestamp::opaque("2025-02-22T04:31:08.132Z")));
        let expected = serde_json::json!({
            "payment_id": "p-1", "asked_id": "o-1", "status": "pending", "detail": "action_required",
            "finality": "open", "funds": "not_taken", "may_charge_again": "no", "provider_status": "3ds",
            "amount": "50.00", "currency": "USD", "reference": null, "reason": null,
            "created_at": "2025-02-21T23:00:13.633Z", "updated_at": null, "details": "[redacted]",
        });
        assert_eq!(serde_json::to_value(&payment).unwrap(), expected);
        assert_eq!(serde_json::to_value(payment.erase()).unwrap(), expected);
    }
}
