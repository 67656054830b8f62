use paystatus_core::{
    Answer, By, Error, ErrorKind, Lookup, Money, Number, Personal, Refusal, Said, Snapshot, Timestamp, json,
};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::value::RawValue;

use crate::{
    error::{self, NOT_FOUND},
    status,
};

/// What PayU says about a transaction, which is one attempt to pay. Amounts are in rupees
/// (<https://docs.payu.in/reference/verify_payment_api>, read 2026-11).
///
/// ```
/// use paystatus_payu::{Body, Lookup, PayU, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{"status": 1, "msg": "1 out of 1 Transactions Fetched Successfully",
///     "transaction_details": {"order-8123": {
///         "mihpayid": "25779819010", "txnid": "order-8123", "status": "success", "unmappedstatus": "captured",
///         "net_amount_debit": 10, "amt": "10.00", "firstname": "canary"
/// }}}"#));
/// let payment = interpret(&PayU::new("<merchant key>", "<salt>"), &Lookup::order("order-8123"), &reply)?;
/// assert_eq!((payment.id(), payment.amount().unwrap().to_string().as_str()), ("25779819010", "10 INR"));
/// assert_eq!(payment.details().unmappedstatus.as_deref(), Some("captured"));
/// assert!(!format!("{payment:?}").contains("canary"));
/// # Ok::<(), paystatus_payu::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// PayU's id, a number.
    #[serde(default, deserialize_with = "json::text")]
    pub mihpayid: Option<String>,
    /// The merchant's own id, which may be used again until it was successful.
    #[serde(default, deserialize_with = "json::text")]
    pub txnid: Option<String>,
    /// `success`, `pending` or `failure`: half of what there is to know.
    pub status: String,
    /// `captured`, `auth`, `dropped`, …: the other half.
    #[serde(default, deserialize_with = "json::text")]
    pub unmappedstatus: Option<String>,
    /// What left the payer's instrument.
    #[serde(default, deserialize_with = "filled")]
    pub net_amount_debit: Option<Number>,
    /// What is to be paid, discounts taken off.
    #[serde(default, deserialize_with = "filled")]
    pub amt: Option<Number>,
    /// What the merchant asked for, before discounts and charges.
    #[serde(default, deserialize_with = "json::lenient")]
    pub transaction_amount: Option<Number>,
    /// The discount of an offer.
    #[serde(default, deserialize_with = "json::lenient")]
    pub disc: Option<Number>,
    /// What the payer bears on top.
    #[serde(default, deserialize_with = "json::lenient")]
    pub additional_charges: Option<Number>,
    /// When it was begun, in India's time as it seems.
    #[serde(default, deserialize_with = "json::text")]
    pub addedon: Option<String>,
    /// `CC`, `UPI`, …
    #[serde(default, deserialize_with = "json::text")]
    pub mode: Option<String>,
    /// `E000`, or why it failed.
    #[serde(default, deserialize_with = "json::text")]
    pub error_code: Option<String>,
    /// Why it failed, in words.
    #[serde(default, rename = "error_Message", deserialize_with = "json::text")]
    pub error_message: Option<String>,
    /// Why it failed, in other words.
    #[serde(default, deserialize_with = "json::text")]
    pub field9: Option<String>,
    /// The bank's reference.
    #[serde(default, deserialize_with = "json::text")]
    pub bank_ref_num: Option<Personal<String>>,
    /// The payer's name.
    #[serde(default, deserialize_with = "json::text")]
    pub firstname: Option<Personal<String>>,
    /// The card's number, masked.
    #[serde(default, deserialize_with = "json::text")]
    pub card_no: Option<Personal<String>>,
}

/// An amount; an empty text is none.
fn filled<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Number>, D::Error> {
    match Option::<&RawValue>::deserialize(deserializer)?.map(RawValue::get) {
        None | Some("\"\"") => Ok(None),
        Some(raw) => serde_json::from_str(raw).map(Some).map_err(D::Error::custom),
    }
}

/// A transaction: by order the one under that name, by payment the only one.
pub(crate) fn read(lookup: &Lookup, text: &str) -> Result<Answer<Details>, Refusal> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(default, deserialize_with = "json::text")]
        status: Option<String>,
        #[serde(default, borrow)]
        transaction_details: Option<&'a RawValue>,
    }
    #[derive(Deserialize)]
    struct Standing {
        #[serde(default, deserialize_with = "json::text")]
        status: Option<String>,
    }
    let invalid = |why: &'static str| Error::new(ErrorKind::InvalidReply, why);
    let mismatch =
        || Error::new(ErrorKind::Mismatch, "the reply is about another txnid than the one asked for");
    let Envelope { status, transaction_details } = json::object(text)?;
    let details = transaction_details.map(RawValue::get).filter(|text| text.starts_with('{'));
    let details = match (details, lookup.by()) {
        (Some(text), By::Order) => {
            let listed = json::members(text)?;
            match listed.iter().find(|(txnid, _)| txnid == lookup.id()) {
                // Not even that there is none is about the order.
                None if !listed.is_empty() => return Err(mismatch().into()),
                own => own.map(|(_, text)| *text),
            }
        }
        (details, _) => details,
    };
    let standing = details.map(json::object::<Standing>).transpose()?.and_then(|standing| standing.status);
    if standing.as_deref() == Some(NOT_FOUND) {
        return Err(Said::new(Some(NOT_FOUND.to_owned()), error::said(text).message).into());
    }
    match status.as_deref() {
        Some("1") => {}
        Some(_) => return Err(error::said(text).or(invalid("the reply tells neither a transaction nor why"))),
        None => return Err(invalid("the reply lacks the field `status`").into()),
    }
    let details: Details = match (details, transaction_details) {
        (Some(text), _) => json::object(text)?,
        (None, Some(some)) if some.get().starts_with('{') => return Err(mismatch().into()),
        (None, _) => return Err(invalid("the reply lacks the field `transaction_details`").into()),
    };
    if lookup.by() == By::Order {
        if details.txnid.as_deref() != Some(lookup.id()) {
            return Err(mismatch().into());
        }
        if !details.mihpayid.as_ref().is_some_and(|id| id.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(invalid("the reply has no number in the field `mihpayid`").into());
        }
    }
    Ok(Answer::Payment(details.snapshot()?, details))
}

impl Details {
    fn snapshot(&self) -> Result<Snapshot, Error> {
        let invalid = |why: &'static str| Error::new(ErrorKind::InvalidReply, why);
        let id = self.mihpayid.as_deref().ok_or_else(|| invalid("the reply lacks the field `mihpayid`"))?;
        let amount = Money::charged(self.net_amount_debit.or(self.amt), Some("INR"))?;
        if amount.is_none() && self.status == "success" {
            return Err(invalid("the reply tells a success without an amount"));
        }
        let words = [Some(&self.status), self.unmappedstatus.as_ref()];
        let words: Vec<_> = words.into_iter().flatten().map(String::as_str).collect();
        let is_telling = |text: &&String| !text.trim().is_empty() && !text.eq_ignore_ascii_case("no error");
        let reason =
            self.field9.as_ref().filter(is_telling).or(self.error_message.as_ref().filter(is_telling));
        let begun = self.addedon.clone().filter(|time| !time.starts_with("0000"));
        Ok(Snapshot::new(id, status::judge(self, amount), words.join("/"))
            .with_amount(amount)
            .with_reference(self.txnid.clone())
            .with_reason(reason.cloned())
            .with_created_at(begun.map(Timestamp::stated)))
    }
}
