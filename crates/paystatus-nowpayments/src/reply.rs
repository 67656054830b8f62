use paystatus_core::{
    Answer, Error, ErrorKind, Lookup, Money, Number, Personal, Refusal, Snapshot, Status, Timestamp, json,
};
use serde::{Deserialize, Serialize};
use serde::{Deserializer, de::Error as _};
use serde_json::value::RawValue;

use crate::{error, status};

/// What NOWPayments says about a payment
/// (<https://documenter.getpostman.com/view/7907941/2s93JqTRWN>, read 2026-11).
///
/// ```
/// use paystatus_nowpayments::{Body, Lookup, NowPayments, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "payment_id": 4249365965, "payment_status": "finished", "price_amount": 1, "price_currency": "usd",
///     "pay_amount": 11.8, "actually_paid": 12, "pay_currency": "trx", "pay_address": "canary"
/// }"#));
/// let payment = interpret(&NowPayments::new("<API key>"), &Lookup::payment("4249365965"), &reply)?;
/// assert_eq!(payment.amount().unwrap().to_string(), "1 USD");
/// assert_eq!(payment.details().actually_paid.unwrap().to_string(), "12");
/// assert!(!format!("{payment:?}").contains("canary"));
/// # Ok::<(), paystatus_nowpayments::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// The payment's id, a whole number.
    #[serde(default, deserialize_with = "id")]
    pub payment_id: Option<String>,
    /// `waiting`, `confirming`, `confirmed`, `sending`, `partially_paid`, `finished`, `failed`, `refunded`, `expired`,
    /// or a word that is not documented.
    pub payment_status: String,
    /// The payment whose address was paid to once more.
    #[serde(default, deserialize_with = "id")]
    pub parent_payment_id: Option<String>,
    /// Such as `REPEATED`, for a payment to an address of another.
    pub origin_type: Option<String>,
    /// The price, of which a payment that has a parent shows the parent's.
    pub price_amount: Option<Number>,
    /// The price's currency, in lower case.
    #[serde(default, deserialize_with = "json::text")]
    pub price_currency: Option<String>,
    /// What was asked in coins.
    pub pay_amount: Option<Number>,
    /// What came, in coins.
    pub actually_paid: Option<Number>,
    /// The coin and its network, which is no currency's code: `trx`, `usdttrc20`.
    #[serde(default, deserialize_with = "json::text")]
    pub pay_currency: Option<String>,
    /// What the merchant's wallet gets after fees, in `outcome_currency`.
    #[serde(default, deserialize_with = "json::lenient")]
    pub outcome_amount: Option<Number>,
    /// The coin that the merchant's wallet gets.
    #[serde(default, deserialize_with = "json::text")]
    pub outcome_currency: Option<String>,
    /// The merchant's own order number.
    #[serde(default, deserialize_with = "json::text")]
    pub order_id: Option<String>,
    /// What groups several payments of one order.
    #[serde(default, deserialize_with = "json::text")]
    pub purchase_id: Option<String>,
    /// The invoice that it pays.
    #[serde(default, deserialize_with = "json::text")]
    pub invoice_id: Option<String>,
    /// When it was made.
    #[serde(default, deserialize_with = "json::text")]
    pub created_at: Option<String>,
    /// When it last changed.
    #[serde(default, deserialize_with = "json::text")]
    pub updated_at: Option<String>,
    /// What it is for.
    #[serde(default, deserialize_with = "json::text")]
    pub order_description: Option<Personal<String>>,
    /// The address that is paid to.
    #[serde(default, deserialize_with = "json::text")]
    pub pay_address: Option<Personal<String>>,
    /// The transaction that paid.
    #[serde(default, deserialize_with = "json::text")]
    pub payin_hash: Option<Personal<String>>,
}

/// A whole number or a string; what is neither is an error, because it decides.
pub(crate) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let Some(raw) = Option::<&RawValue>::deserialize(deserializer)? else { return Ok(None) };
    let id = json::text(raw).map_err(|_| D::Error::custom(NO_ID))?;
    id.map(Some).ok_or_else(|| D::Error::custom(NO_ID))
}

const NO_ID: &str = "paystatus: has an id that is neither a number nor a string";

/// Tells whether two are the same whole number.
fn are_same(asked: &str, answered: &str) -> bool {
    let is_number = answered.bytes().all(|digit| digit.is_ascii_digit());
    is_number && asked.trim_start_matches('0') == answered.trim_start_matches('0')
}

pub(crate) fn read(lookup: &Lookup, text: &str) -> Result<Answer<Details>, Refusal> {
    let read: Result<Details, _> = json::object(text);
    let lacks_id = |payment: &Details| payment.payment_id.is_none();
    if let (true, Some(said)) = (read.as_ref().map_or(true, lacks_id), error::stated(text)) {
        return Err(said.into());
    }
    let payment = read?;
    let invalid = |why: &'static str| Error::new(ErrorKind::InvalidReply, why);
    let id =
        payment.payment_id.as_deref().ok_or_else(|| invalid("the reply lacks the field `payment_id`"))?;
    let amounts = [payment.price_amount, payment.pay_amount, payment.actually_paid];
    let is_negative = |amount: &Number| amount.value().is_sign_negative() && !amount.value().is_zero();
    if amounts.iter().flatten().any(is_negative) {
        return Err(invalid("the reply has a negative amount").into());
    }
    let judgement = status::judge(&payment);
    let amount = price(&payment).filter(|_| judgement.meaning().status == Status::Paid);
    let id = if are_same(lookup.id(), id) { lookup.id() } else { id };
    let snapshot = Snapshot::new(id, judgement, &*payment.payment_status)
        .with_amount(amount)
        .with_reference(payment.order_id.clone())
        .with_created_at(payment.created_at.as_deref().map(Timestamp::stated))
        .with_updated_at(payment.updated_at.as_deref().map(Timestamp::stated));
    Ok(Answer::Payment(snapshot, payment))
}

/// The price, if what was asked in coins came; where less was let through, nobody knows what it was worth.
fn price(payment: &Details) -> Option<Money> {
    let (asked, paid) = payment.pay_amount.zip(payment.actually_paid)?;
    let is_met = !asked.value().is_zero() && paid.value() >= asked.value();
    let currency = payment.price_currency.as_deref()?.parse().ok()?;
    Some(Money::new(payment.price_amount?.value(), currency)).filter(|_| is_met)
}
