use paystatus_core::{
    Answer, Error, ErrorKind, Lookup, Number, Personal, Refusal, Row, Snapshot, Timestamp, json,
};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::value::RawValue;

use crate::{
    error,
    request::{self, BY_PAYMENT, BY_REFERENCE},
    status::STATUSES,
    transactions,
};

/// What MyFatoorah says about an invoice (<https://docs.myfatoorah.com/docs/get-payment-status>, read 2026-11).
///
/// Every kind of id is answered with the same whole invoice, all attempts to pay it included.
///
/// ```
/// use paystatus_myfatoorah::{Body, Lookup, MyFatoorah, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{"IsSuccess": true, "Data": {
///     "InvoiceId": 915102, "InvoiceStatus": "Paid", "CustomerReference": "order_1", "CustomerName": "canary",
///     "InvoiceTransactions": [{"PaymentId": "100202120965964751", "TransactionStatus": "Succss",
///         "TransationValue": "12,345.000", "Currency": "KD"}]
/// }}"#));
/// let account = MyFatoorah::new("<token>");
/// let payment = interpret(&account, &Lookup::payment("915102"), &reply)?;
/// assert_eq!(payment.amount().unwrap().to_string(), "12345.000 KWD");
/// let details = payment.details();
/// assert_eq!(details.invoice_transactions[0].transaction_status, "Succss");
/// assert!(!format!("{details:?}").contains("canary"));
/// # Ok::<(), paystatus_myfatoorah::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "PascalCase"))]
#[non_exhaustive]
pub struct Details {
    /// The invoice's number.
    #[serde(deserialize_with = "id")]
    pub invoice_id: String,
    /// `Pending`, `Paid`, `Canceled`, `DuplicatePayment`, or a word that is not documented.
    pub invoice_status: String,
    /// The merchant's own reference.
    #[serde(default, deserialize_with = "json::text")]
    pub customer_reference: Option<String>,
    /// When it was made, without a zone.
    #[serde(default, deserialize_with = "json::text")]
    pub created_date: Option<String>,
    /// The day on which it ends, in words; the invoice stays `Pending` all the same.
    #[serde(default, deserialize_with = "json::text")]
    pub expiry_date: Option<String>,
    /// The payer's name.
    #[serde(default, deserialize_with = "json::text")]
    pub customer_name: Option<Personal<String>>,
    /// Every attempt to pay it.
    #[serde(default, deserialize_with = "json::list")]
    pub invoice_transactions: Vec<Transaction>,
}

/// One attempt to pay an invoice.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "PascalCase"))]
#[non_exhaustive]
pub struct Transaction {
    /// `Succss`, so misspelt; `Failed`, `InProgress`, `Canceled`, `Authorize`, or a word that is not documented.
    pub transaction_status: String,
    /// When it was, without a zone.
    #[serde(default, deserialize_with = "json::text")]
    pub transaction_date: Option<String>,
    /// Its id, with which it can be asked for.
    #[serde(default, deserialize_with = "json::text")]
    pub payment_id: Option<String>,
    /// Its amount in `currency`, which MyFatoorah writes with commas, in a field whose name is misspelt.
    #[serde(default, rename(deserialize = "TransationValue"), deserialize_with = "grouped")]
    pub transaction_value: Option<Number>,
    /// The amount's currency in MyFatoorah's own words, such as `KD`.
    #[serde(default, deserialize_with = "json::text")]
    pub currency: Option<String>,
    /// Why it failed.
    #[serde(default, deserialize_with = "json::text")]
    pub error: Option<String>,
}

/// What says that it is no success is a refusal, whatever the HTTP status.
pub(crate) fn read(lookup: &Lookup, text: &str) -> Result<Answer<Details>, Refusal> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Reply<'a> {
        is_success: bool,
        #[serde(borrow, default)]
        data: Option<&'a RawValue>,
    }
    let Reply { is_success, data } = json::object(text)?;
    if !is_success {
        return Err(error::said(text).into());
    }
    let details: Details = json::object(data.map_or("null", RawValue::get))?;
    let transactions = &details.invoice_transactions;
    let is_asked = |one: &&Transaction| one.payment_id.as_deref() == Some(lookup.id());
    let asked: Vec<_> = transactions.iter().filter(is_asked).collect();
    // A cancellation that releases a hold goes before in the table, and any other is a failure.
    let has_failed = asked.iter().all(|one| matches!(&*one.transaction_status, "Failed" | "Canceled"));
    let reference = details.customer_reference.as_deref();
    let invoice = &*details.invoice_id;
    let (id, is_about, by) = match request::key_type(lookup)? {
        BY_PAYMENT => (lookup.id(), !asked.is_empty(), has_failed.then_some("by a payment that failed")),
        BY_REFERENCE => (invoice, reference == Some(lookup.id()), Some("by order")),
        // Core compares the invoice's number.
        _ => (invoice, true, None),
    };
    if !is_about {
        let why = "the reply is about another payment or reference than the one asked for";
        return Err(Error::new(ErrorKind::Mismatch, why).into());
    }
    let evidence = [Some(&*details.invoice_status), Some(transactions::come_to(transactions)), by];
    let snapshot = Snapshot::new(id, Row::judge(STATUSES, &evidence), &*details.invoice_status)
        .with_amount(transactions::amount(transactions)?)
        .with_reference(details.customer_reference.clone())
        .with_reason(asked.first().and_then(|one| one.error.clone()))
        .with_created_at(details.created_date.clone().map(Timestamp::opaque));
    Ok(Answer::Payment(snapshot, details))
}

/// A number, or a text of one.
fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    json::text(deserializer)?.ok_or_else(|| D::Error::custom("paystatus: has an `InvoiceId` that is none"))
}

/// An amount as a number, or as a text with commas between thousands or without any.
fn grouped<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Number>, D::Error> {
    let Some(raw) = Option::<&RawValue>::deserialize(deserializer)? else { return Ok(None) };
    let read = match raw.get().strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(text) => ungrouped(text),
        None => json::from_str(raw.get()).ok(),
    };
    let read = read.filter(|number| !number.value().is_sign_negative() || number.value().is_zero());
    read.map(Some)
        .ok_or_else(|| D::Error::custom("paystatus: has an amount that is not an exact decimal number"))
}

fn ungrouped(text: &str) -> Option<Number> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let (first, groups) = whole.split_once(',').unwrap_or((whole, ""));
    let is_grouped = (1..=3).contains(&first.len()) && groups.split(',').all(|group| group.len() == 3);
    let is_plain = !text.starts_with('-') && !text.contains(['e', 'E']) && !fraction.contains(',');
    (is_plain && (first == whole || is_grouped)).then(|| Number::parse(&text.replace(',', "")))?
}
