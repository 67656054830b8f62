use paystatus_core::{Answer, Money, Number, Personal, Refusal, Snapshot, Status, Timestamp, json};
use serde::{Deserialize, Serialize};

use crate::{CommitUp, error, status};

/// What CommitUp says about a payment, a refund or a cancellation: each is a record with its own id
/// (<https://github.com/commitup/api-doc-v2>, read 2026-11).
///
/// It serializes with CommitUp's own names.
///
/// ```
/// use paystatus_commitup::{BaseUrl, Body, CommitUp, Lookup, Provider, interpret};
///
/// let account = CommitUp::new(BaseUrl::parse("https://pos.example.com")?, "<api key>", "<api secret>");
/// let reply = http::Response::new(Body::from(r#"{
///     "paymentId": "r-1", "status": "SUCCESS", "transactionType": "REFUND", "parentPaymentId": "p-1",
///     "amount": 40.00, "currency": "TRY", "cardHolderName": "A. Payer"
/// }"#));
/// let refund = interpret(&account, &Lookup::from("r-1"), &reply)?;
/// assert_eq!(refund.details().parent_payment_id.as_deref(), Some("p-1"));
/// let holder = refund.details().card_holder_name.as_ref().unwrap();
/// assert_eq!(holder.expose(), "A. Payer"); // shown only where it is asked for by name
/// # Ok::<(), paystatus_commitup::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Details {
    /// The record's id: an opaque text, a UUID in most examples.
    pub payment_id: String,
    /// `SUCCESS`, `FAILED`, `ENROLLED`, … or a word that is not documented: read it together with the type.
    pub status: String,
    /// `SALE`, `REFUND`, `CANCEL`, or a type that is not documented; some installations leave it out.
    pub transaction_type: Option<String>,
    /// The payment that this record gives back, if it is a refund or a cancellation.
    pub parent_payment_id: Option<String>,
    /// The merchant's own reference.
    #[serde(default, deserialize_with = "json::text")]
    pub order_id: Option<String>,
    /// The record's amount; what was authorized, perhaps, if the status is `CAPTURED`.
    pub amount: Option<Number>,
    /// The currency's code.
    pub currency: Option<String>,
    /// In how many installments the payer pays.
    #[serde(default, deserialize_with = "json::lenient")]
    pub installment_count: Option<u32>,
    /// What the merchant pays for the transaction.
    #[serde(default, deserialize_with = "json::lenient")]
    pub merchant_commission: Option<Number>,
    /// When the record was made, as it was written.
    #[serde(default, deserialize_with = "json::text")]
    pub payment_date: Option<String>,
    /// Who holds the card.
    #[serde(default, deserialize_with = "json::text")]
    pub card_holder_name: Option<Personal<String>>,
    /// The card's number, masked.
    #[serde(default, deserialize_with = "json::text")]
    pub pan: Option<Personal<String>>,
    /// `DOM` for a domestic card, `INT` for a foreign one.
    #[serde(default, deserialize_with = "json::text")]
    pub dom_int: Option<String>,
    /// Such as `VISA`.
    #[serde(default, deserialize_with = "json::text")]
    pub card_scheme: Option<String>,
    /// Such as `CREDIT` or `DEBIT`.
    #[serde(default, deserialize_with = "json::text")]
    pub card_type: Option<String>,
    /// A finer type of the card.
    #[serde(default, deserialize_with = "json::text")]
    pub card_sub_type: Option<String>,
    /// The loyalty program, if the card has one.
    #[serde(default, deserialize_with = "json::text")]
    pub loyalty_code: Option<String>,
    /// The acquirer's id of the transaction.
    #[serde(default, deserialize_with = "json::text")]
    pub external_transaction_id: Option<String>,
    /// The acquirer's authorization code.
    #[serde(default, deserialize_with = "json::text")]
    pub auth_code: Option<String>,
    /// The acquirer's result, as a code.
    #[serde(default, deserialize_with = "json::text")]
    pub result_code: Option<String>,
    /// The acquirer's result, in words.
    #[serde(default, deserialize_with = "json::text")]
    pub result_message: Option<String>,
    /// The merchant's id of the customer.
    #[serde(default, deserialize_with = "json::text")]
    pub customer_id: Option<Personal<String>>,
}

/// An answer needs a record's id and its status.
pub(crate) fn read(account: &CommitUp, text: &str) -> Result<Answer<Details>, Refusal> {
    let details: Details = json::object(text).map_err(|why| error::said(text).or(why))?;
    // A record without a currency has a number, not money: it stays in the details.
    let amount = Money::charged(details.amount, details.currency.as_deref())?
        .filter(|_| status::tells_what_was_charged(&details.status));
    let judgement = status::judge(account, &details);
    let is_paid = judgement.meaning().status == Status::Paid;
    let snapshot = Snapshot::new(&*details.payment_id, judgement, &*details.status)
        .with_amount(amount)
        .with_reference(details.order_id.clone())
        .with_reason(details.result_message.clone().filter(|_| !is_paid))
        .with_created_at(details.payment_date.clone().map(Timestamp::stated));
    Ok(Answer::Payment(snapshot, details))
}
