use paystatus_core::{
    Answer, Error, ErrorKind, Lookup, Money, Number, Personal, Refusal, Row, Said, Snapshot, Timestamp, json,
    share,
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::value::RawValue;

use crate::{Paytm, error::ERRORS, sign::Key, status::STATUSES};

/// What Paytm says about an order. Amounts are in rupees
/// (<https://developer.paytm.com/docs/api/v3/transaction-status-api>, read 2026-11).
///
/// ```
/// use paystatus_paytm::{Body, Lookup, Paytm, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{"body": {
///     "resultInfo": {"resultStatus": "PENDING", "resultCode": "402", "resultMsg": "Not complete"},
///     "orderId": "ORDERID_98765", "txnAmount": "100.00", "bankTxnId": "canary"
/// }}"#));
/// let account = Paytm::new("INTEGR00000000000001", "<16 bytes, key>>");
/// let payment = interpret(&account, &Lookup::order("ORDERID_98765"), &reply)?;
/// let details = payment.details();
/// assert_eq!(details.result_info.result_code.as_deref(), Some("402"));
/// assert!(!format!("{details:?}").contains("canary"));
/// # Ok::<(), paystatus_paytm::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "camelCase"))]
#[non_exhaustive]
pub struct Details {
    /// The outcome, of the payment or of the query.
    #[serde(deserialize_with = "json::nested")]
    pub result_info: ResultInfo,
    /// The merchant's order; an error does not name it.
    pub order_id: Option<String>,
    /// The merchant.
    pub mid: Option<String>,
    /// Paytm's own id.
    #[serde(default, deserialize_with = "json::text")]
    pub txn_id: Option<String>,
    /// The bank's own id.
    #[serde(default, deserialize_with = "json::text")]
    pub bank_txn_id: Option<Personal<String>>,
    /// What was charged.
    #[serde(default, deserialize_with = "amount")]
    pub txn_amount: Option<Number>,
    /// What was given back.
    #[serde(default, deserialize_with = "amount")]
    pub refund_amt: Option<Number>,
    /// `SALE`, `PREAUTH`, `CAPTURE`, `RELEASE`, or a word that may be anything's but a payment's.
    pub txn_type: Option<String>,
    /// A hold's id, if it is neither empty nor 0.
    #[serde(default, deserialize_with = "set")]
    pub pre_auth_id: Option<String>,
    /// What is held, if it is neither empty nor 0.
    #[serde(default, deserialize_with = "set")]
    pub blocked_amount: Option<String>,
    /// A mandate's id, if it is neither empty nor 0.
    #[serde(default, deserialize_with = "set")]
    pub subs_id: Option<String>,
    /// When it was, in Indian time.
    #[serde(default, deserialize_with = "json::text")]
    pub txn_date: Option<String>,
}

/// The outcome of a payment, or of a query that failed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "camelCase"))]
#[non_exhaustive]
pub struct ResultInfo {
    /// `TXN_SUCCESS`, `PENDING`, `TXN_FAILURE`, `NO_RECORD_FOUND`, or a word that is not documented.
    pub result_status: String,
    /// Such as `01`, `227`, `402`.
    #[serde(default, deserialize_with = "json::text")]
    pub result_code: Option<String>,
    /// The code in a sentence.
    #[serde(default, deserialize_with = "json::text")]
    pub result_msg: Option<String>,
}

/// The signature in the head, and the text of the body that it is over, as it came.
pub(crate) fn parts(text: &str) -> Result<(Option<String>, &str), Error> {
    #[derive(Deserialize)]
    struct Parts<'a> {
        #[serde(default, deserialize_with = "json::optional")]
        head: Option<Head>,
        #[serde(borrow)]
        body: &'a RawValue,
    }
    #[derive(Deserialize)]
    struct Head {
        signature: Option<String>,
    }
    let Parts { head, body } = json::object(text)?;
    Ok((head.and_then(|head| head.signature), body.get()))
}

/// An answer about a payment; a query that failed has the word of a payment that did.
pub(crate) fn read(account: &Paytm, lookup: &Lookup, text: &str) -> Result<Answer<Details>, Refusal> {
    let (signature, body) = parts(text)?;
    let details: Details = json::object(body)?;
    let said = details.said();
    let status = details.result_info.result_status.as_str();
    let is_success = status == "TXN_SUCCESS";
    let order = details.order_id.as_deref().filter(|order| is_success || !order.is_empty());
    let is_listed = ERRORS.iter().any(|row| row.says.is_said_by(&said));
    if is_listed || matches!(status, "F" | "U") || status == "TXN_FAILURE" && order.is_none() {
        return Err(said.into());
    }
    // Whoever judges a stored reply has no account: then nobody can tell whose the signature is.
    let has_key = !account.merchant_key.expose_secret().is_empty();
    match signature.filter(|_| has_key) {
        Some(signature) if !Key::of(account)?.has_signed(body, &signature) => {
            return Err(invalid("the reply's signature is not that of `merchant_key`").into());
        }
        None if is_success && has_key && account.require_reply_signature => {
            return Err(invalid("the reply has no signature").into());
        }
        _ => {}
    }
    if is_success && (order.is_none() || details.txn_amount.is_none()) {
        return Err(invalid("the reply lacks the field `orderId` or `txnAmount`").into());
    }
    if has_key && details.mid.as_ref().is_some_and(|mid| *mid != account.merchant_id) {
        return Err(Error::new(ErrorKind::Mismatch, "the reply is about another merchant").into());
    }
    let snapshot = details.snapshot(order.unwrap_or(lookup.id()))?;
    Ok(Answer::Payment(snapshot, details))
}

fn invalid(why: &'static str) -> Error {
    Error::new(ErrorKind::InvalidReply, why)
}

impl Details {
    /// What it says of an error.
    pub(crate) fn said(&self) -> Said {
        let ResultInfo { result_status, result_code, result_msg } = &self.result_info;
        let code =
            if result_status == "NO_RECORD_FOUND" { Some(result_status) } else { result_code.as_ref() };
        Said::new(code.cloned(), result_msg.clone())
    }

    fn snapshot(&self, order: &str) -> Result<Snapshot, Error> {
        let money = |amount| Money::charged(amount, Some("INR"));
        let (amount, returned) = (money(self.txn_amount)?, money(self.refund_amt)?);
        let ResultInfo { result_status, result_code, result_msg } = &self.result_info;
        let kind = self.txn_type.as_deref().filter(|kind| !kind.is_empty());
        let is_held = self.pre_auth_id.is_some() || self.blocked_amount.is_some();
        let evidence = [
            Some(&**result_status),
            result_code.as_deref(),
            kind,
            (is_held && kind != Some("CAPTURE")).then_some("a hold"),
            (self.subs_id.is_some() && kind != Some("SUBSCRIPTION_DEBIT")).then_some("a mandate"),
            amount.map(|amount| if amount.amount().is_zero() { "zero" } else { "charged" }),
            returned.zip(amount).map(|(returned, amount)| share(returned.amount(), amount.amount())),
        ];
        let snapshot = Snapshot::new(order, Row::judge(STATUSES, &evidence), &**result_status)
            .with_amount(amount)
            .with_returned(returned)
            .with_reference(self.order_id.clone())
            .with_created_at(self.txn_date.clone().map(|date| Timestamp::inferred_ahead(date, 330)));
        Ok(snapshot.with_reason(result_msg.clone().filter(|_| result_status == "TXN_FAILURE")))
    }
}

/// An amount; an empty text is none.
fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Number>, D::Error> {
    let raw = Option::<&RawValue>::deserialize(deserializer)?.map(RawValue::get);
    let number = raw.filter(|raw| *raw != r#""""#).map(json::from_str).transpose();
    number.map_err(|_| D::Error::custom("paystatus: has an amount that is not an exact decimal number"))
}

/// Whatever is there, unless it is null, empty or 0.
fn set<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let raw = Option::<&RawValue>::deserialize(deserializer)?.map(|raw| raw.get().trim_matches('"'));
    let is_zero = |text: &str| Number::parse(text).is_some_and(|number| number.value().is_zero());
    Ok(raw.filter(|text| !text.trim().is_empty() && !is_zero(text)).map(str::to_owned))
}
