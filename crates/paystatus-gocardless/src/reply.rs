use std::collections::BTreeMap;

use paystatus_core::{
    Answer, Currency, Error, ErrorKind, Money, Personal, Refusal, Returned, Snapshot, Status, Timestamp, json,
};
use serde::{Deserialize, Serialize};

use crate::{GoCardless, status};

/// What GoCardless says about a payment. Amounts are in minor units
/// (<https://www.npmjs.com/package/gocardless-nodejs/v/10.1.2>, types, read 2026-11).
///
/// ```
/// use paystatus_gocardless::{Body, GoCardless, Lookup, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{"payments": {
///     "id": "PM000ABC123", "amount": 1050, "amount_refunded": 0, "currency": "GBP", "status": "submitted",
///     "description": "canary"
/// }}"#));
/// let payment = interpret(&GoCardless::new("<access token>"), &Lookup::payment("PM000ABC123"), &reply)?;
/// assert_eq!((payment.details().amount, payment.details().status.as_str()), (Some(1050), "submitted"));
/// assert!(!format!("{payment:?}").contains("canary"));
/// # Ok::<(), paystatus_gocardless::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// `PM…`.
    pub id: String,
    /// `submitted`, `confirmed`, `paid_out`, `failed`, … or a word that is not documented.
    pub status: String,
    /// What is debited, in the payer's currency.
    pub amount: Option<u64>,
    /// What was given back.
    pub amount_refunded: Option<u64>,
    /// The currency's code.
    pub currency: Option<String>,
    /// The day on which the payer is debited.
    #[serde(default, deserialize_with = "json::text")]
    pub charge_date: Option<String>,
    /// When it was made.
    #[serde(default, deserialize_with = "json::text")]
    pub created_at: Option<String>,
    /// Whether GoCardless tries again by itself after a failure.
    #[serde(default, deserialize_with = "json::lenient")]
    pub retry_if_possible: Option<bool>,
    /// Such as `bacs`, `sepa_core` or `faster_payments`.
    #[serde(default, deserialize_with = "json::text")]
    pub scheme: Option<String>,
    /// What it is for.
    #[serde(default, deserialize_with = "json::text")]
    pub description: Option<Personal<String>>,
    /// The text on the payer's bank statement.
    #[serde(default, deserialize_with = "json::text")]
    pub reference: Option<Personal<String>>,
    /// The merchant's own key and value pairs.
    #[serde(default, deserialize_with = "json::lenient")]
    pub metadata: Option<Personal<BTreeMap<String, String>>>,
}

/// One payment stands under the plural.
#[derive(Deserialize)]
struct Reply {
    #[serde(deserialize_with = "json::nested")]
    payments: Details,
}

pub(crate) fn read(account: &GoCardless, text: &str) -> Result<Answer<Details>, Refusal> {
    let Reply { payments: payment } = json::object(text)?;
    let judgement = status::judge(&payment);
    let money = |units| Money::charged_in_minor(units, payment.currency.as_deref(), Currency::minor_digits);
    let status = judgement.meaning().status;
    // Before money came, the amount is what was asked.
    let is_charged = matches!(status, Status::Paid | Status::Returned(_));
    if payment.amount.is_none() && is_charged && status != Status::Returned(Returned::ChargedBack) {
        return Err(
            Error::new(ErrorKind::InvalidReply, "the reply about a paid payment has no amount").into()
        );
    }
    let reference = match &account.reference_metadata {
        Some(key) => payment.metadata.as_ref().and_then(|metadata| metadata.expose().get(key)),
        None => payment.reference.as_ref().map(Personal::expose),
    };
    let snapshot = Snapshot::new(&*payment.id, judgement, &*payment.status)
        .with_amount(money(payment.amount)?.filter(|_| is_charged))
        .with_returned(money(payment.amount_refunded)?)
        .with_reference(reference.cloned())
        .with_created_at(payment.created_at.as_deref().map(Timestamp::stated));
    Ok(Answer::Payment(snapshot, payment))
}
