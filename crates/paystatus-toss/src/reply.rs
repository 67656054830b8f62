use paystatus_core::{
    Answer, By, Error, ErrorKind, Funds, Lookup, Money, Number, Personal, Refusal, Snapshot, Status,
    Timestamp, json,
};
use serde::{Deserialize, Deserializer, Serialize};

use crate::{error, status};

/// What Toss Payments says about a payment. Amounts are in major units, except those in `MUSD`, a millionth of a dollar
/// (<https://docs.tosspayments.com/reference>, read 2026-11).
///
/// Card, account, telephone number and receipts are not read at all.
///
/// ```
/// use paystatus_toss::{Body, Lookup, Toss, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "paymentKey": "key-1", "orderId": "order-1234", "status": "WAITING_FOR_DEPOSIT", "approvedAt": null,
///     "totalAmount": 15000, "currency": "KRW", "secret": "canary",
///     "virtualAccount": {"accountNumber": "canary", "refundStatus": "NONE"}
/// }"#));
/// let payment = interpret(&Toss::new("<secret key>"), &Lookup::payment("key-1"), &reply)?;
/// assert_eq!((payment.details().status.as_str(), payment.reference()), ("WAITING_FOR_DEPOSIT", Some("order-1234")));
/// assert!(!format!("{payment:?}").contains("canary"));
/// assert_eq!(payment.details().secret.as_ref().unwrap().expose(), "canary"); // for its callbacks
/// # Ok::<(), paystatus_toss::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Details {
    /// Toss' own key of the payment.
    pub payment_key: String,
    /// The merchant's own id of the order.
    #[serde(default, deserialize_with = "json::text")]
    pub order_id: Option<String>,
    /// `READY`, `IN_PROGRESS`, `WAITING_FOR_DEPOSIT`, `DONE`, `PARTIAL_CANCELED`, `CANCELED`, `ABORTED`, `EXPIRED`,
    /// or a word that is not documented.
    pub status: String,
    /// What is charged, whatever is cancelled later.
    pub total_amount: Option<Number>,
    /// What is left of it.
    pub balance_amount: Option<Number>,
    /// The currency's code.
    pub currency: Option<String>,
    /// When it was asked for.
    #[serde(default, deserialize_with = "json::text")]
    pub requested_at: Option<String>,
    /// When it was approved: null (`Some(None)`) before that, and nothing where it is not told.
    #[serde(default, deserialize_with = "told")]
    pub approved_at: Option<Option<String>>,
    /// The virtual account that it is paid to.
    #[serde(default, deserialize_with = "json::optional")]
    pub virtual_account: Option<VirtualAccount>,
    /// What was cancelled, which is how Toss calls refunds.
    #[serde(default, deserialize_with = "json::list")]
    pub cancels: Vec<Cancel>,
    /// Why it was aborted.
    #[serde(default, deserialize_with = "json::lenient_object")]
    pub failure: Option<Failure>,
    /// What proves a callback about this payment.
    #[serde(default, deserialize_with = "json::text")]
    pub secret: Option<Personal<String>>,
    /// What it is for.
    #[serde(default, deserialize_with = "json::text")]
    pub order_name: Option<Personal<String>>,
}

/// A virtual account, without its number and its owner.
///
/// ```
/// use paystatus_toss::{Body, Lookup, Toss, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "paymentKey": "key-1", "status": "WAITING_FOR_DEPOSIT", "virtualAccount": {"dueDate": "2022-01-08T23:59:59"}
/// }"#));
/// let payment = interpret(&Toss::new("<secret key>"), &Lookup::payment("key-1"), &reply)?;
/// let account = payment.details().virtual_account.as_ref().unwrap();
/// assert_eq!(account.due_date.as_deref(), Some("2022-01-08T23:59:59"));
/// # Ok::<(), paystatus_toss::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VirtualAccount {
    /// `NONE`, `PENDING`, `FAILED`, `PARTIAL_FAILED` or `COMPLETED`.
    pub refund_status: Option<String>,
    /// Until when it takes a deposit, in a zone that is not stated.
    #[serde(default, deserialize_with = "json::text")]
    pub due_date: Option<String>,
}

/// One cancellation.
///
/// ```
/// use paystatus_toss::{Body, Lookup, Toss, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "paymentKey": "key-1", "status": "PARTIAL_CANCELED", "cancels": [{"cancelStatus": "DONE", "cancelAmount": 5000}]
/// }"#));
/// let payment = interpret(&Toss::new("<secret key>"), &Lookup::payment("key-1"), &reply)?;
/// assert_eq!(payment.details().cancels[0].cancel_amount.unwrap().to_string(), "5000");
/// # Ok::<(), paystatus_toss::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Cancel {
    /// `DONE`, or another word while it is under way.
    pub cancel_status: Option<String>,
    /// What was cancelled.
    #[serde(default, deserialize_with = "json::lenient")]
    pub cancel_amount: Option<Number>,
    /// When it was cancelled.
    #[serde(default, deserialize_with = "json::text")]
    pub canceled_at: Option<String>,
}

/// Why a payment was aborted.
///
/// ```
/// use paystatus_toss::{Body, Lookup, Toss, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "paymentKey": "key-1", "status": "ABORTED", "failure": {"code": "COMMON_ERROR"}
/// }"#));
/// let payment = interpret(&Toss::new("<secret key>"), &Lookup::payment("key-1"), &reply)?;
/// assert_eq!(payment.details().failure.as_ref().unwrap().code.as_deref(), Some("COMMON_ERROR"));
/// # Ok::<(), paystatus_toss::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Failure {
    /// Such as `COMMON_ERROR`.
    pub code: Option<String>,
    /// A sentence in the language of the reply.
    pub message: Option<String>,
}

/// Tells a field that is null from one that is absent.
fn told<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

pub(crate) fn read(lookup: &Lookup, text: &str) -> Result<Answer<Details>, Refusal> {
    let payment: Details = json::object(text).map_err(|why| error::said(text).or(why))?;
    match (lookup.by(), payment.order_id.as_deref()) {
        (By::Order, None) => {
            return Err(Error::new(ErrorKind::InvalidReply, "the reply does not name its order").into());
        }
        // Another payment's key may look like the order that was asked for.
        (By::Order, Some(order)) if order != lookup.id() => {
            let why = "the reply is about another order than the one asked for";
            return Err(Error::new(ErrorKind::Mismatch, why).into());
        }
        _ => {}
    }
    let money = |amount| charged(amount, payment.currency.as_deref());
    let (total, balance) = (money(payment.total_amount)?, money(payment.balance_amount)?);
    let judgement = status::judge(&payment, lookup.by());
    let returned = match (judgement.meaning().status, judgement.meaning().funds) {
        (Status::Paid, _) => total.zip(balance).and_then(|(total, balance)| total.saturating_sub(balance)),
        (Status::Returned(_), Funds::Returned) => total,
        _ => None,
    };
    let snapshot = Snapshot::new(&*payment.payment_key, judgement, &*payment.status)
        .with_amount(total)
        .with_returned(returned)
        .with_reference(payment.order_id.clone())
        .with_reason(payment.failure.as_ref().and_then(|failure| failure.code.clone()))
        .with_created_at(payment.requested_at.as_deref().map(Timestamp::stated));
    Ok(Answer::Payment(snapshot, payment))
}

/// An amount in major units; `MUSD` becomes dollars, of which it is a millionth.
fn charged(amount: Option<Number>, currency: Option<&str>) -> Result<Option<Money>, Error> {
    let Some(money) = Money::charged(amount, currency)?.filter(|money| money.currency().as_str() == "MUSD")
    else {
        return Money::charged(amount, currency);
    };
    let mut dollars = money.amount();
    dollars
        .set_scale(dollars.scale() + 6)
        .map_err(|_| Error::new(ErrorKind::InvalidReply, "the reply has an amount with too many decimals"))?;
    Ok(Some(Money::new(dollars.normalize(), "USD".parse()?)))
}
