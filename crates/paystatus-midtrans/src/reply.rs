use paystatus_core::{
    Answer, By, Error, ErrorKind, Lookup, Money, Number, Personal, Refusal, Row, Snapshot, Timestamp, json,
    share,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::{error, status::STATUSES};

/// How far clocks in Jakarta, by which Midtrans counts, are ahead of UTC: seven hours.
const JAKARTA: i16 = 7 * 60;

/// What Midtrans says about a transaction. Amounts are in major units
/// (<https://docs.midtrans.com/docs/get-status-api-requests>, read 2026-11).
///
/// The `signature_key` of a reply is left out: it is the very value that makes a callback genuine.
///
/// ```
/// use paystatus_midtrans::{Body, Lookup, Midtrans, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "status_code": "200", "transaction_id": "57d5293c-e65f-4a29-95e4-5959c3fa335b", "order_id": "Postman-1578568851",
///     "transaction_status": "settlement", "fraud_status": "accept", "gross_amount": "10000.00", "currency": "IDR",
///     "payment_type": "credit_card", "masked_card": "canary"
/// }"#));
/// let account = Midtrans::new("Mid-server-0123456789");
/// let payment = interpret(&account, &Lookup::order("Postman-1578568851"), &reply)?;
/// assert_eq!(payment.amount().unwrap().to_string(), "10000.00 IDR");
/// let details = payment.details();
/// assert_eq!(details.payment_type.as_deref(), Some("credit_card"));
/// assert!(!format!("{details:?}").contains("canary"));
/// # Ok::<(), paystatus_midtrans::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// `settlement`, `capture`, `authorize`, `pending`, `deny`, `cancel`, `expire`, `failure`, `refund`,
    /// `partial_refund`, `chargeback`, `partial_chargeback`, or a word that is not documented.
    pub transaction_status: String,
    /// `accept`, `challenge` or `deny`: what the fraud detection says.
    pub fraud_status: Option<String>,
    /// The API's own status, whatever HTTP says.
    #[serde(default, deserialize_with = "as_written")]
    pub status_code: Option<String>,
    /// Midtrans' own id, a UUID.
    pub transaction_id: Option<String>,
    /// The merchant's order.
    pub order_id: Option<String>,
    /// What was charged, refunds included; of a hold that was captured in part it may be all that was held.
    pub gross_amount: Option<Number>,
    /// The amount's currency; older replies have none, and mean rupiahs.
    pub currency: Option<String>,
    /// What was given back or charged back, as it is written.
    #[serde(default, deserialize_with = "json::text")]
    pub refund_amount: Option<String>,
    /// How it was paid, such as `credit_card`, `bank_transfer`, `gopay`.
    pub payment_type: Option<String>,
    /// The chain of shops where it is paid, such as `indomaret`.
    pub store: Option<String>,
    /// When it began, by the clocks of Jakarta.
    #[serde(default, deserialize_with = "json::text")]
    pub transaction_time: Option<String>,
    /// When it settled, by the clocks of Jakarta.
    #[serde(default, deserialize_with = "json::text")]
    pub settlement_time: Option<String>,
    /// When it expires, by the clocks of Jakarta.
    #[serde(default, deserialize_with = "json::text")]
    pub expiry_time: Option<String>,
    /// What the status code means, or why a card was denied.
    #[serde(default, deserialize_with = "json::text")]
    pub status_message: Option<String>,
    /// The card's number, masked.
    #[serde(default, deserialize_with = "json::text")]
    pub masked_card: Option<Personal<String>>,
    /// The virtual account of a bank whose settlements can be reversed.
    #[serde(default, deserialize_with = "json::text")]
    pub permata_va_number: Option<Personal<String>>,
    /// The bank's approval.
    #[serde(default, deserialize_with = "json::text")]
    pub approval_code: Option<Personal<String>>,
}

/// A transaction, unless the body states an error: 407 is the status of one that expired.
pub(crate) fn read(lookup: &Lookup, text: &str) -> Result<Answer<Details>, Refusal> {
    let said = error::said(text);
    let stated = said.code.as_deref().and_then(|code| code.trim().parse::<u32>().ok());
    if let Some(code) = stated.filter(|&code| code >= 400 && code != 407) {
        return Err(said.as_http(code.try_into().unwrap_or(u16::MAX)).into());
    }
    let details: Details = json::object(text)?;
    let (by_order, id) = match lookup.by() {
        By::Order if details.order_id.as_deref() != Some(lookup.id()) => {
            let why = "the reply is about another order than the one asked for";
            return Err(Error::new(ErrorKind::Mismatch, why).into());
        }
        By::Order => (Some("by order"), details.transaction_id.as_deref().or(details.order_id.as_deref())),
        _ => (None, details.transaction_id.as_deref()),
    };
    let id = id.ok_or_else(|| invalid("the reply lacks the field `transaction_id`"))?;
    let money = |amount| Money::charged(amount, Some(details.currency.as_deref().unwrap_or("IDR")));
    let amount = money(details.gross_amount)?;
    let returned = details.refund_amount.as_deref().and_then(Number::parse);
    let returned = returned.filter(|number| !number.value().is_sign_negative());
    let is_zero = details.gross_amount.is_some_and(|amount| amount.value().is_zero());
    let is_contradicted = is_zero || details.status_code.as_deref().is_some_and(|code| code != "200");
    let evidence = [
        Some(&*details.transaction_status),
        details.fraud_status.as_deref(),
        is_contradicted.then_some("contradicted"),
        details.is_reversible().then_some("reversible"),
        returned.zip(details.gross_amount).map(|(part, whole)| share(part.value(), whole.value())),
        by_order,
    ];
    let snapshot = Snapshot::new(id, Row::judge(STATUSES, &evidence), &*details.transaction_status)
        .with_amount(amount)
        .with_returned(money(returned)?)
        .with_reference(details.order_id.clone())
        .with_created_at(details.transaction_time.clone().map(in_jakarta))
        .with_updated_at(details.settlement_time.clone().map(in_jakarta));
    if snapshot.is_paid() && details.refund_amount.is_some() && returned.is_none() {
        return Err(invalid("the reply has a `refund_amount` that is no amount").into());
    }
    Ok(Answer::Payment(snapshot, details))
}

fn invalid(why: &'static str) -> Error {
    Error::new(ErrorKind::InvalidReply, why)
}

fn in_jakarta(time: String) -> Timestamp {
    Timestamp::inferred_ahead(time, JAKARTA)
}

impl Details {
    /// Tells whether the bank may reverse a settlement within minutes.
    fn is_reversible(&self) -> bool {
        let store = self.store.as_deref().unwrap_or_default();
        match self.payment_type.as_deref() {
            Some("echannel") => true,
            Some("bank_transfer") => self.permata_va_number.is_some(),
            Some("cstore") => matches!(store, "" | "indomaret"),
            _ => false,
        }
    }
}

/// A text or a number, or whatever else is there.
fn as_written<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let raw = Option::<&RawValue>::deserialize(deserializer)?;
    Ok(raw.map(|raw| raw.get().trim_matches('"').to_owned()))
}
