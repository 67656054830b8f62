use std::cmp::Reverse;

use paystatus_core::{
    Answer, Error, ErrorKind, Lookup, Money, Number, Personal, Refusal, Snapshot, Status, Timestamp, json,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{error, status};

/// What Cashfree says about one attempt to pay an order
/// (<https://www.cashfree.com/docs/api-reference/payments/latest/payments/get-payments-for-an-order>, read 2026-11).
///
/// ```
/// use paystatus_cashfree::{Body, Cashfree, Lookup, interpret};
///
/// let reply = http::Response::new(Body::from(r#"[{
///     "cf_payment_id": "12376123", "order_id": "order_8123", "payment_status": "SUCCESS", "is_captured": true,
///     "payment_amount": 10.01, "payment_currency": "INR", "bank_reference": "canary"
/// }]"#));
/// let payment = interpret(&Cashfree::new("<client id>", "<client secret>"), &Lookup::order("order_8123"), &reply)?;
/// let details = payment.details().as_ref().unwrap();
/// assert_eq!((details.cf_payment_id.as_deref(), &*details.payment_status), (Some("12376123"), "SUCCESS"));
/// assert!(!format!("{details:?}").contains("canary"));
/// # Ok::<(), paystatus_cashfree::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// The merchant's own name for the order.
    pub order_id: String,
    /// Cashfree's own name for the attempt; a number in old versions.
    #[serde(default, deserialize_with = "json::text")]
    pub cf_payment_id: Option<String>,
    /// `SUCCESS`, `FAILED`, `PENDING`, … or a word that is not documented.
    pub payment_status: String,
    /// Whether the money is the merchant's: false for a hold.
    pub is_captured: Option<bool>,
    /// What was done with a hold.
    #[serde(default, deserialize_with = "json::optional")]
    pub authorization: Option<Authorization>,
    /// Such as `upi`, `credit_card`, `net_banking`; `cash_on_delivery` for what is paid at the door.
    pub payment_group: Option<String>,
    /// What the payer paid, with an offer or a surcharge.
    pub payment_amount: Option<Number>,
    /// The currency that it was paid in.
    pub payment_currency: Option<String>,
    /// What was ordered.
    #[serde(default, deserialize_with = "json::lenient")]
    pub order_amount: Option<Number>,
    /// The order's currency.
    #[serde(default, deserialize_with = "json::text")]
    pub order_currency: Option<String>,
    /// When the attempt began.
    #[serde(default, deserialize_with = "json::text")]
    pub payment_time: Option<String>,
    /// When it ended.
    #[serde(default, deserialize_with = "json::text")]
    pub payment_completion_time: Option<String>,
    /// What happened, in a sentence.
    #[serde(default, deserialize_with = "json::text")]
    pub payment_message: Option<String>,
    /// Why it failed.
    #[serde(default, deserialize_with = "json::lenient_object")]
    pub error_details: Option<ErrorDetails>,
    /// How it was paid, as JSON: a card's digits, a UPI address, a telephone number.
    pub payment_method: Option<Personal<Box<RawValue>>>,
    /// The bank's own name for it.
    #[serde(default, deserialize_with = "json::text")]
    pub bank_reference: Option<Personal<String>>,
    /// The bank's code for what it approved.
    #[serde(default, deserialize_with = "json::text")]
    pub auth_id: Option<Personal<String>>,
}

/// What was done with a hold.
///
/// ```
/// use paystatus_cashfree::{Body, Cashfree, Lookup, interpret};
///
/// let reply = http::Response::new(Body::from(r#"[{
///     "order_id": "order_8123", "payment_status": "SUCCESS", "is_captured": true,
///     "authorization": {"action": "CAPTURE", "status": "SUCCESS", "captured_amount": 1}
/// }]"#));
/// let payment = interpret(&Cashfree::new("<client id>", "<client secret>"), &Lookup::order("order_8123"), &reply)?;
/// let authorization = payment.details().as_ref().unwrap().authorization.as_ref().unwrap();
/// assert_eq!(authorization.action.as_deref(), Some("CAPTURE"));
/// assert_eq!(authorization.captured_amount.unwrap().to_string(), "1");
/// # Ok::<(), paystatus_cashfree::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Authorization {
    /// `CAPTURE` or `VOID`; nothing while it is only held.
    pub action: Option<String>,
    /// How that went: `SUCCESS` or `PENDING`.
    pub status: Option<String>,
    /// What was captured.
    pub captured_amount: Option<Number>,
}

/// Why an attempt failed.
///
/// ```
/// use paystatus_cashfree::{Body, Cashfree, Lookup, interpret};
///
/// let reply = http::Response::new(Body::from(r#"[{
///     "order_id": "order_8123", "payment_status": "FAILED", "error_details": {"error_code": "TRANSACTION_DECLINED"}
/// }]"#));
/// let payment = interpret(&Cashfree::new("<client id>", "<client secret>"), &Lookup::order("order_8123"), &reply)?;
/// let why = payment.details().as_ref().unwrap().error_details.as_ref().unwrap();
/// assert_eq!(why.error_code.as_deref(), Some("TRANSACTION_DECLINED"));
/// # Ok::<(), paystatus_cashfree::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct ErrorDetails {
    /// Such as `TRANSACTION_DECLINED`.
    #[serde(default, deserialize_with = "json::text")]
    pub error_code: Option<String>,
    /// The same in a sentence.
    #[serde(default, deserialize_with = "json::text")]
    pub error_description: Option<String>,
    /// Such as `bank_rejected`.
    #[serde(default, deserialize_with = "json::text")]
    pub error_reason: Option<String>,
    /// Such as `bank`.
    #[serde(default, deserialize_with = "json::text")]
    pub error_source: Option<String>,
}

/// Every attempt of an order: the list is in no known order.
pub(crate) fn read(lookup: &Lookup, text: &str) -> Result<Answer<Option<Details>>, Refusal> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Listed(#[serde(deserialize_with = "json::list")] Vec<Details>);

    if !text.trim_ascii_start().starts_with('[') {
        let why = Error::new(ErrorKind::InvalidReply, "the reply is not a list of payments");
        return Err(error::said(text).or(why));
    }
    let Listed(mut attempts) = json::from_str(text)?;
    if attempts.is_empty() {
        let nothing = Snapshot::new(lookup.id(), status::judge_nothing(), "no payments");
        return Ok(Answer::Payment(nothing, None));
    }
    attempts.sort_by_key(|attempt| Reverse(attempt.begun().and_then(|time| time.instant())));
    let is_cash = |it: &Details| {
        it.payment_status == "SUCCESS" && it.payment_group.as_deref() == Some("cash_on_delivery")
    };
    let cash = attempts.iter().any(is_cash);
    let mut attempts = attempts
        .into_iter()
        .map(|attempt| Ok((attempt.snapshot(cash)?, Some(attempt))))
        .collect::<Result<Vec<_>, Error>>()?;
    // What was paid in part adds up, too: the newest tells all of it.
    let is_advance = |snapshot: &Snapshot| snapshot.status() == Status::PartlyPaid;
    let advances = || attempts.iter().map(|(snapshot, _)| snapshot).filter(|snapshot| is_advance(snapshot));
    let sum = advances().map(Snapshot::amount).reduce(|sum, next| sum?.checked_add(next?));
    if let (Some(sum), Some((newest, _))) = (sum, attempts.iter_mut().find(|(it, _)| is_advance(it))) {
        *newest = newest.clone().with_amount(sum);
    }
    // A failure speaks before one who left.
    attempts.sort_by_key(|(snapshot, _)| snapshot.status() == Status::Canceled);
    Ok(Answer::Attempts(attempts))
}

impl Details {
    /// What was captured of a hold, or else what was paid.
    pub(crate) fn charged(&self) -> Option<Number> {
        match &self.authorization {
            Some(it)
                if (it.action.as_deref(), it.status.as_deref()) == (Some("CAPTURE"), Some("SUCCESS")) =>
            {
                it.captured_amount
            }
            _ => self.payment_amount,
        }
    }

    fn begun(&self) -> Option<Timestamp> {
        self.payment_time.clone().map(Timestamp::stated)
    }

    fn snapshot(&self, cash: bool) -> Result<Snapshot, Error> {
        let judgement = status::judge(self, cash);
        let described = self.error_details.as_ref().and_then(|error| error.error_description.clone());
        let reason = described.or_else(|| self.payment_message.clone());
        let has_failed = matches!(judgement.meaning().status, Status::Failed | Status::Canceled);
        Ok(Snapshot::new(&*self.order_id, judgement, &*self.payment_status)
            .with_amount(Money::charged(self.charged(), self.payment_currency.as_deref())?)
            .with_reference(Some(self.order_id.clone()))
            .with_reason(reason.filter(|_| has_failed))
            .with_created_at(self.begun())
            .with_updated_at(self.payment_completion_time.clone().map(Timestamp::stated)))
    }
}
