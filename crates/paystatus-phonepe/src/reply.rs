use paystatus_core::{
    Answer, Currency, Error, ErrorKind, Lookup, Money, Number, Refusal, Snapshot, Timestamp, json,
};
use serde::{Deserialize, Serialize};

use crate::{error, status};

/// What PhonePe says about an order. Amounts are in paise
/// (<https://developer.phonepe.com/payment-gateway>, standard checkout, order status, read 2026-11).
///
/// ```
/// use paystatus_phonepe::{Body, Lookup, PhonePe, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "orderId": "OMO2403282020198641071317", "state": "COMPLETED", "amount": 1000, "paymentDetails": [{
///         "transactionId": "OM2403282020198651071949", "state": "COMPLETED", "amount": 1000
///     }]
/// }"#));
/// let payment = interpret(&PhonePe::new("<client id>", "<client secret>"), &Lookup::order("order-1234"), &reply)?;
/// assert_eq!((payment.id(), payment.amount().unwrap().to_string().as_str()), ("order-1234", "10.00 INR"));
/// assert_eq!(payment.details().payment_details.as_ref().unwrap().len(), 1);
/// # Ok::<(), paystatus_phonepe::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Details {
    /// `PENDING`, `COMPLETED`, `FAILED`, or a word that is not documented.
    pub state: String,
    /// PhonePe's own id.
    #[serde(default, deserialize_with = "json::text")]
    pub order_id: Option<String>,
    /// The merchant's own id; the documented samples don't repeat it.
    pub merchant_order_id: Option<String>,
    /// What was ordered.
    pub amount: Option<Number>,
    /// What the payer pays of it, after offers.
    #[serde(default, deserialize_with = "json::lenient")]
    pub payable_amount: Option<Number>,
    /// The fee.
    #[serde(default, deserialize_with = "json::lenient")]
    pub fee_amount: Option<Number>,
    /// When the order ends, in Unix milliseconds.
    #[serde(default, deserialize_with = "json::lenient")]
    pub expire_at: Option<i64>,
    /// Why it failed, in a word.
    #[serde(default, deserialize_with = "json::text")]
    pub error_code: Option<String>,
    /// Why it failed, and where.
    #[serde(default, deserialize_with = "json::lenient_object")]
    pub error_context: Option<ErrorContext>,
    /// How it is paid.
    #[serde(default, deserialize_with = "json::optional")]
    pub payment_flow: Option<PaymentFlow>,
    /// The attempts to pay it.
    #[serde(default, deserialize_with = "json::optional_list")]
    pub payment_details: Option<Vec<Attempt>>,
    /// An error's, of which there should be none beside a state.
    #[serde(default, skip_serializing, deserialize_with = "json::text")]
    code: Option<String>,
}

/// One attempt to pay an order.
///
/// ```
/// use paystatus_phonepe::Attempt;
/// let attempt: Attempt = serde_json::from_str(r#"{"state": "FAILED", "amount": 1000}"#).unwrap();
/// assert_eq!((attempt.state.as_deref(), attempt.amount.unwrap().to_string().as_str()), (Some("FAILED"), "1000"));
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Attempt {
    /// PhonePe's own id of it.
    #[serde(default, deserialize_with = "json::text")]
    pub transaction_id: Option<String>,
    /// The same words as an order's.
    pub state: Option<String>,
    /// What was to be paid by it, its parts together.
    pub amount: Option<Number>,
    /// When it was made, in Unix milliseconds.
    #[serde(default, deserialize_with = "json::lenient")]
    pub timestamp: Option<i64>,
}

/// Why an order failed.
///
/// ```
/// use paystatus_phonepe::ErrorContext;
/// let text = r#"{"source": "CUSTOMER", "stage": null, "description": "Wrong MPIN was entered"}"#;
/// let context: ErrorContext = serde_json::from_str(text).unwrap();
/// assert_eq!((context.source.as_deref(), context.stage), (Some("CUSTOMER"), None));
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct ErrorContext {
    /// Whose doing it was, such as `CUSTOMER`.
    #[serde(default, deserialize_with = "json::text")]
    pub source: Option<String>,
    /// Such as `AUTHENTICATION`.
    #[serde(default, deserialize_with = "json::text")]
    pub stage: Option<String>,
    /// The same in a sentence.
    #[serde(default, deserialize_with = "json::text")]
    pub description: Option<String>,
}

/// How an order is paid.
///
/// ```
/// use paystatus_phonepe::PaymentFlow;
/// let flow: PaymentFlow = serde_json::from_str(r#"{"authWorkflowType": "PENNY_DROP"}"#).unwrap();
/// assert_eq!(flow.auth_workflow_type.as_deref(), Some("PENNY_DROP"));
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PaymentFlow {
    /// `PENNY_DROP` for a mandate's set-up, whose two rupees are given back.
    #[serde(default, deserialize_with = "json::text")]
    pub auth_workflow_type: Option<String>,
}

/// The order is named as it was asked for, because the reply need not repeat its name.
pub(crate) fn read(lookup: &Lookup, text: &str) -> Result<Answer<Details>, Refusal> {
    let order: Details =
        json::object(text).map_err(|why| error::stated(text).map_or_else(|| why.into(), Refusal::from))?;
    if let (Some(_), Some(said)) = (&order.code, error::stated(text)) {
        return Err(said.into());
    }
    if order.merchant_order_id.as_deref().is_some_and(|id| id != lookup.id()) {
        return Err(Error::new(ErrorKind::Mismatch, "the reply is about another order").into());
    }
    Ok(Answer::Payment(order.snapshot(lookup)?, order))
}

impl Details {
    fn snapshot(&self, lookup: &Lookup) -> Result<Snapshot, Error> {
        let states: Vec<_> = self.payment_details.iter().flatten().map(|one| one.state.as_deref()).collect();
        let units = self.paid()?;
        let is_penny_drop = |flow: &PaymentFlow| flow.auth_workflow_type.as_deref() == Some("PENNY_DROP");
        let penny_drop = self.payment_flow.as_ref().filter(|flow| is_penny_drop(flow)).map(|_| "penny drop");
        // Nothing was paid, or nothing was ordered, whatever an attempt says.
        let is_zero = units == Some(0) || self.amount.is_some_and(|amount| amount.value().is_zero());
        let nothing = penny_drop.or(is_zero.then_some("zero"));
        let judgement = status::judge([Some(&self.state), nothing, Some(status::together(&states))]);
        let why = self.error_context.as_ref().and_then(|context| context.description.as_ref());
        let at = self.completed().filter_map(|attempt| attempt.timestamp).max();
        Ok(Snapshot::new(lookup.id(), judgement, &*self.state)
            .with_amount(Money::charged_in_minor(units, Some("INR"), Currency::minor_digits)?)
            .with_reference(Some(lookup.id().to_owned()))
            .with_reason(why.or(self.error_code.as_ref()).cloned())
            .with_created_at(at.map(Timestamp::unix_millis)))
    }

    fn completed(&self) -> impl Iterator<Item = &Attempt> {
        let attempts = self.payment_details.iter().flatten();
        attempts.filter(|attempt| attempt.state.as_deref() == Some("COMPLETED"))
    }

    /// The sum of what the completed attempts paid, in paise; without one, what was ordered.
    fn paid(&self) -> Result<Option<u64>, Error> {
        let ordered = self.amount.map(paise).transpose()?;
        let paid = self.completed().map(|attempt| attempt.amount.map(paise).transpose());
        let paid = paid.collect::<Result<Vec<_>, _>>()?;
        let sum = paid.iter().try_fold(0_u64, |sum, amount| sum.checked_add((*amount)?));
        Ok(if paid.is_empty() { ordered } else { sum })
    }
}

/// A whole number of them, as a number or as text.
fn paise(amount: Number) -> Result<u64, Error> {
    let unreadable = |_| Error::new(ErrorKind::InvalidReply, "an amount in the reply is no number of paise");
    amount.to_string().parse().map_err(unreadable)
}
