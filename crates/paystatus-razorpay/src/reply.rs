use std::{cmp::Reverse, collections::BTreeMap};

use paystatus_core::{
    Answer, By, Currency, Error, ErrorKind, Lookup, Money, Personal, Refusal, Snapshot, Timestamp, json,
};
use serde::{Deserialize, Serialize};

use crate::{
    error,
    status::{self, Asked},
};

/// What Razorpay says about one payment, which is one attempt to pay an order. Amounts are in minor units
/// (<https://github.com/razorpay/markdown-docs>, `api/payments`, read 2026-11).
///
/// ```
/// use paystatus_razorpay::{Body, Lookup, Razorpay, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "id": "pay_MT48CvBhIC98MQ", "amount": 2100, "currency": "INR", "status": "captured",
///     "amount_refunded": 0, "notes": [], "email": "canary@example.invalid"
/// }"#));
/// let account = Razorpay::new("<key id>", "<key secret>");
/// let payment = interpret(&account, &Lookup::payment("pay_MT48CvBhIC98MQ"), &reply)?;
/// let details = payment.details().as_ref().unwrap();
/// assert_eq!((details.amount, details.status.as_str()), (2100, "captured"));
/// assert!(!format!("{details:?}").contains("canary"));
/// # Ok::<(), paystatus_razorpay::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// `pay_…`.
    pub id: String,
    /// The payment's amount, a fee that the payer bears included.
    pub amount: u64,
    /// The currency's code.
    pub currency: String,
    /// `created`, `authorized`, `captured`, `refunded`, `failed`, or a word that is not documented.
    pub status: String,
    /// Whether the merchant took the money; it is not to be relied on before a capture.
    pub captured: Option<bool>,
    /// What was given back.
    pub amount_refunded: Option<u64>,
    /// `partial` or `full`.
    pub refund_status: Option<String>,
    /// The order that it pays.
    pub order_id: Option<String>,
    /// The invoice that it pays.
    #[serde(default, deserialize_with = "json::text")]
    pub invoice_id: Option<String>,
    /// Such as `card`, `netbanking`, `upi`, `wallet`; `cod` for cash on delivery.
    pub method: Option<String>,
    /// Whether it is paid with a foreign card or currency.
    #[serde(default, deserialize_with = "json::lenient")]
    pub international: Option<bool>,
    /// What Razorpay keeps, its tax included.
    #[serde(default, deserialize_with = "json::lenient")]
    pub fee: Option<u64>,
    /// The tax on the fee.
    #[serde(default, deserialize_with = "json::lenient")]
    pub tax: Option<u64>,
    /// When it was made, in Unix seconds.
    #[serde(default, deserialize_with = "json::lenient")]
    pub created_at: Option<i64>,
    /// Why it failed: nearly always `BAD_REQUEST_ERROR`.
    #[serde(default, deserialize_with = "json::text")]
    pub error_code: Option<String>,
    /// Why it failed, in a sentence.
    #[serde(default, deserialize_with = "json::text")]
    pub error_description: Option<String>,
    /// Why it failed, in a word.
    #[serde(default, deserialize_with = "json::text")]
    pub error_reason: Option<String>,
    /// Where it failed.
    #[serde(default, deserialize_with = "json::text")]
    pub error_source: Option<String>,
    /// At which step it failed.
    #[serde(default, deserialize_with = "json::text")]
    pub error_step: Option<String>,
    /// What it is for.
    #[serde(default, deserialize_with = "json::text")]
    pub description: Option<Personal<String>>,
    /// The payer's e-mail address.
    #[serde(default, deserialize_with = "json::text")]
    pub email: Option<Personal<String>>,
    /// The payer's telephone number.
    #[serde(default, deserialize_with = "json::text")]
    pub contact: Option<Personal<String>>,
    /// The payer's UPI address.
    #[serde(default, deserialize_with = "json::text")]
    pub vpa: Option<Personal<String>>,
    /// The merchant's own key and value pairs; none where they are written as an empty list.
    #[serde(default, deserialize_with = "json::lenient")]
    pub notes: Option<Personal<BTreeMap<String, String>>>,
}

/// The payments of an order.
#[derive(Deserialize)]
struct Collection {
    count: u64,
    #[serde(deserialize_with = "json::optional_list")]
    items: Option<Vec<Details>>,
}

/// A payment, or every attempt of an order, of which the newest goes first.
pub(crate) fn read(lookup: &Lookup, text: &str) -> Result<Answer<Option<Details>>, Refusal> {
    let stated = |why| error::said(text).or(why);
    if lookup.by() != By::Order {
        let payment: Details = json::object(text).map_err(stated)?;
        return Ok(Answer::Payment(payment.snapshot(Asked::Payment)?, Some(payment)));
    }
    let Collection { count, items } = json::object(text).map_err(stated)?;
    let mut payments =
        items.ok_or_else(|| Error::new(ErrorKind::InvalidReply, "the reply has null for `items`"))?;
    if payments.iter().any(|payment| payment.order_id.as_deref() != Some(lookup.id())) {
        let why = "the reply lists a payment of another order than the one asked for";
        return Err(Error::new(ErrorKind::Mismatch, why).into());
    }
    let is_whole = u64::try_from(payments.len()).is_ok_and(|listed| count <= listed);
    let asked = if is_whole { Asked::Order } else { Asked::PartOfOrder };
    if payments.is_empty() {
        let words = format!("{count} payments");
        return Ok(Answer::Payment(Snapshot::new(lookup.id(), status::judge(None, asked), words), None));
    }
    // The newest first; of payments of one moment, or without one, the last in the list.
    payments.reverse();
    payments.sort_by_key(|payment| Reverse(payment.created_at));
    let attempts = payments.into_iter().map(|payment| Ok((payment.snapshot(asked)?, Some(payment))));
    Ok(Answer::Attempts(attempts.collect::<Result<_, Error>>()?))
}

impl Details {
    fn snapshot(&self, asked: Asked) -> Result<Snapshot, Error> {
        let money = |units| Money::charged_in_minor(units, Some(&self.currency), Currency::minor_digits);
        Ok(Snapshot::new(&*self.id, status::judge(Some(self), asked), &*self.status)
            .with_amount(money(Some(self.amount))?)
            .with_returned(money(self.amount_refunded)?)
            .with_reference(self.order_id.clone())
            .with_reason(self.error_description.clone())
            .with_created_at(self.created_at.map(Timestamp::unix)))
    }
}
