use paystatus_core::{
    Answer, Error, ErrorKind, Lookup, Money, Number, Personal, Refusal, Snapshot, Status, json,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::{UpiTranzact, error, status};

/// What UPITranzact says about an order (<https://upitranzact-docs.readme.io>, read 2026-11).
///
/// ```
/// use paystatus_upitranzact::{Body, Lookup, Provider, UpiTranzact, interpret};
///
/// let account = UpiTranzact::new("<merchant id>", "<public key>", "<secret key>");
/// let reply = http::Response::new(Body::from(r#"{"status":true,"statusCode":200,"txnStatus":"SUCCESS","data":{
///     "order_id": "order-1", "amount": "1.08"
/// }}"#));
/// let payment = interpret(&account, &Lookup::order("order-1"), &reply)?;
/// assert_eq!(payment.details().txn_status.as_deref(), Some("SUCCESS"));
/// assert_eq!(payment.details().status_code, Some(200));
/// # Ok::<(), paystatus_upitranzact::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// Tells whether the reply is a success, which a payment need not be.
    pub status: bool,
    /// Like an HTTP status; 200 in a success, and in most of what is not one.
    #[serde(rename = "statusCode", default, deserialize_with = "json::lenient")]
    pub status_code: Option<u16>,
    /// `SUCCESS`, `PENDING`, `FAIL`, `REJECT`, or a word that is not documented; older replies have none.
    #[serde(rename = "txnStatus", default, deserialize_with = "stated")]
    pub txn_status: Option<String>,
    /// A text for people.
    #[serde(default, deserialize_with = "json::text")]
    pub msg: Option<String>,
    /// The payment, where there is one.
    #[serde(default, deserialize_with = "json::optional")]
    pub data: Option<Data>,
}

/// The payment in a reply.
///
/// ```
/// use paystatus_upitranzact::{Body, Lookup, Provider, UpiTranzact, interpret};
///
/// let account = UpiTranzact::new("<merchant id>", "<public key>", "<secret key>");
/// let reply = http::Response::new(Body::from(r#"{"status":true,"statusCode":200,"txnStatus":"SUCCESS","data":{
///     "order_id": "order-1", "amount": "1.08", "vpa": "payer@example.invalid"
/// }}"#));
/// let payment = interpret(&account, &Lookup::order("order-1"), &reply)?;
/// let data = payment.details().data.as_ref().unwrap();
/// assert_eq!(data.amount.unwrap().to_string(), "1.08");
/// let address = data.vpa.as_ref().unwrap();
/// assert_eq!(address.expose(), "payer@example.invalid"); // shown only where it is asked for by name
/// # Ok::<(), paystatus_upitranzact::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Data {
    /// The merchant's own order id.
    pub order_id: Option<String>,
    /// In rupees.
    pub amount: Option<Number>,
    /// The bank's transaction reference, twelve digits; a number would have lost its leading zeros.
    #[serde(rename = "UTR", default, deserialize_with = "json::lenient")]
    pub utr: Option<String>,
    /// `SUCCESS`, in some replies; anything else is kept as it was written.
    #[serde(default, deserialize_with = "verbatim")]
    pub status: Option<String>,
    /// UPITranzact's own id, in some replies.
    #[serde(default, deserialize_with = "json::text")]
    pub transaction_id: Option<String>,
    /// The payer's UPI address.
    #[serde(default, deserialize_with = "json::text")]
    pub vpa: Option<Personal<String>>,
}

/// A success must name the order that was asked for and its amount; other answers may leave `data` out.
pub(crate) fn read(account: &UpiTranzact, lookup: &Lookup, text: &str) -> Result<Answer<Details>, Refusal> {
    let details: Details = json::object(text)?;
    let data = details.data.as_ref();
    let order_id = data.and_then(|data| data.order_id.clone());
    if order_id.as_ref().is_none_or(|answered| answered == lookup.id()) {
        error::refuse_stated(&details)?;
    }
    let amount = Money::charged(data.and_then(|data| data.amount), Some("INR"))?;
    if status::claims_success(&details) && (order_id.is_none() || amount.is_none()) {
        let why = "the reply is a success that lacks `order_id` or `amount` in its `data`";
        return Err(Error::new(ErrorKind::InvalidReply, why).into());
    }
    // The most telling words: not every reply has a word for the status.
    let status = data.and_then(|data| data.status.as_ref());
    let words = details.txn_status.as_ref().or(status).or(details.msg.as_ref());
    let words = words.cloned().unwrap_or_else(|| details.status.to_string());
    let judgement = status::judge(account, &details);
    let is_paid = judgement.meaning().status == Status::Paid;
    let snapshot = Snapshot::new(order_id.as_deref().unwrap_or(lookup.id()), judgement, words)
        .with_amount(amount)
        .with_reference(order_id)
        .with_reason(details.msg.clone().filter(|_| !is_paid));
    Ok(Answer::Payment(snapshot, details))
}

/// A key that may be absent, and is a string where it is not: null is no word.
fn stated<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}

/// A string, or the text of any other value, null included, so that it is not taken for absent.
fn verbatim<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?.get();
    Ok(Some(serde_json::from_str(raw).unwrap_or_else(|_| raw.to_owned())))
}
