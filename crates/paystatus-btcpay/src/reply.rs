use std::cmp::Reverse;

use paystatus_core::{
    Answer, By, Error, ErrorKind, Funds, Lookup, Money, Number, Refusal, Said, Snapshot, Status, Timestamp,
    json,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    error::{self, NO_INVOICES},
    status,
};

/// What BTCPay Server says about an invoice
/// (<https://docs.btcpayserver.org/API/Greenfield/v1/>, Invoices, read 2026-11).
///
/// It serializes with BTCPay's own names.
///
/// ```
/// use paystatus_btcpay::{BaseUrl, Body, BtcPay, Lookup, interpret};
///
/// let account = BtcPay::new(BaseUrl::parse("https://pay.example.com")?, "<store id>", "<api key>");
/// let reply = http::Response::new(Body::from(r#"{
///     "id": "UKdYkTDWbsaJKfGPsXmUYy", "status": "Settled", "additionalStatus": "None",
///     "amount": "10.50", "paidAmount": "10.50", "currency": "EUR", "createdTime": 1767225600,
///     "metadata": { "orderId": "order-1234", "buyerEmail": "canary" }
/// }"#));
/// let payment = interpret(&account, &Lookup::from("UKdYkTDWbsaJKfGPsXmUYy"), &reply)?;
/// assert_eq!((payment.is_paid(), payment.reference()), (true, Some("order-1234")));
/// assert_eq!(payment.details().additional_status, "None");
/// # Ok::<(), paystatus_btcpay::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Details {
    /// The invoice's id, case sensitive.
    pub id: String,
    /// The store's id.
    #[serde(default, deserialize_with = "json::text")]
    pub store_id: Option<String>,
    /// `New`, `Processing`, `Settled`, `Expired` or `Invalid`: half of what there is to know.
    pub status: String,
    /// `None`, `PaidPartial`, `PaidLate`, `PaidOver` or `Marked`: the other half.
    pub additional_status: String,
    /// What was asked for, which is not what was paid.
    pub amount: Option<Number>,
    /// What was paid, unconfirmed money included; older servers do not tell.
    pub paid_amount: Option<Number>,
    /// The code of both: ISO 4217, or a coin's.
    pub currency: Option<String>,
    /// `Standard`, or `TopUp` for any amount.
    #[serde(default, rename = "type", deserialize_with = "json::text")]
    pub kind: Option<String>,
    /// Whether lists leave it out.
    #[serde(default, deserialize_with = "json::lenient")]
    pub archived: Option<bool>,
    /// When it was made, in Unix seconds.
    #[serde(default, deserialize_with = "json::lenient")]
    pub created_time: Option<i64>,
    /// Until when it can be paid, in Unix seconds.
    #[serde(default, deserialize_with = "json::lenient")]
    pub expiration_time: Option<i64>,
    /// Until when late money is watched for, in Unix seconds.
    #[serde(default, deserialize_with = "json::lenient")]
    pub monitoring_expiration: Option<i64>,
    /// The merchant's own fields, of which only the order is kept: the others are about the buyer.
    #[serde(default, deserialize_with = "json::optional")]
    pub metadata: Option<Metadata>,
}

/// The merchant's own fields.
///
/// ```
/// use paystatus_btcpay::{BaseUrl, Body, BtcPay, Lookup, interpret};
///
/// let account = BtcPay::new(BaseUrl::parse("https://pay.example.com")?, "<store id>", "<api key>");
/// let reply = http::Response::new(Body::from(
///     r#"{"id":"i-1","status":"New","additionalStatus":"None","metadata":{"orderId":1234,"buyerName":"canary"}}"#,
/// ));
/// let payment = interpret(&account, &Lookup::from("i-1"), &reply)?;
/// let metadata = payment.details().metadata.as_ref().unwrap();
/// assert_eq!(metadata.order_id.as_deref(), Some("1234")); // some plugins write a number
/// # Ok::<(), paystatus_btcpay::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Metadata {
    /// The merchant's own order.
    #[serde(default, deserialize_with = "json::text")]
    pub order_id: Option<String>,
}

/// One invoice; or by order a list of them, which are its attempts.
pub(crate) fn read(store_id: &str, lookup: &Lookup, text: &str) -> Result<Answer<Details>, Refusal> {
    if lookup.by() != By::Order {
        let details: Details = json::object(text).map_err(|why| error::said(text).or(why))?;
        return Ok(Answer::Payment(snapshot(store_id, &details)?, details));
    }
    let listed: Vec<&RawValue> = json::from_str(text).map_err(|why| error::said(text).or(why))?;
    if listed.is_empty() {
        return Err(Said::new(Some(NO_INVOICES.to_owned()), None).into());
    }
    let mut attempts = Vec::with_capacity(listed.len());
    for invoice in listed {
        let details: Details = json::object(invoice.get())?;
        if details.order_id() != Some(lookup.id()) {
            let why = "the reply lists an invoice of another order than the one asked for";
            return Err(Error::new(ErrorKind::Mismatch, why).into());
        }
        attempts.push((snapshot(store_id, &details)?, details));
    }
    // The newest first, which the server's order is already; of equals it stays.
    attempts.sort_by_key(|(_, details)| Reverse(details.created_time));
    Ok(Answer::Attempts(attempts))
}

fn snapshot(store_id: &str, details: &Details) -> Result<Snapshot, Error> {
    // An account without a store asks nobody, and reads what another one was answered.
    let is_another = |other: &str| !store_id.is_empty() && other != store_id;
    if details.store_id.as_deref().is_some_and(is_another) {
        return Err(Error::new(ErrorKind::Mismatch, "the reply is about an invoice of another store"));
    }
    let currency = details.currency.as_deref();
    Money::charged(details.amount, currency)?;
    let paid = Money::charged(details.paid_amount, currency)?;
    let judgement = status::judge(details);
    let meaning = judgement.meaning();
    let has_money = match meaning.status {
        Status::Paid | Status::PartlyPaid => true,
        status => status == Status::Expired && meaning.funds == Funds::Taken,
    };
    let words = format!("{}/{}", details.status, details.additional_status);
    Ok(Snapshot::new(&*details.id, judgement, words)
        .with_amount(paid.filter(|paid| has_money && !paid.amount().is_zero()))
        .with_reference(details.order_id().map(str::to_owned))
        .with_created_at(details.created_time.map(Timestamp::unix)))
}

impl Details {
    fn order_id(&self) -> Option<&str> {
        self.metadata.as_ref()?.order_id.as_deref()
    }
}
