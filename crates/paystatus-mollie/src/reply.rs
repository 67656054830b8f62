use paystatus_core::{Answer, Error, Money, Number, Personal, Refusal, Snapshot, Status, Timestamp, json};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::value::RawValue;

use crate::{
    Mollie, error,
    status::{self, Sums},
};

/// What Mollie says about a payment (<https://github.com/mollie/openapi>, `specs.yaml`, read 2026-11).
///
/// ```
/// use paystatus_mollie::{Body, Lookup, Mollie, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "resource": "payment", "id": "tr_5B8cwPMGnU", "mode": "live", "status": "open",
///     "amount": {"value": "10.00", "currency": "EUR"}, "description": "canary"
/// }"#));
/// let payment = interpret(&Mollie::new("<api key>"), &Lookup::payment("tr_5B8cwPMGnU"), &reply)?;
/// let details = payment.details();
/// assert_eq!((&*details.status, details.mode.as_deref()), ("open", Some("live")));
/// assert!(!format!("{details:?}").contains("canary"));
/// # Ok::<(), paystatus_mollie::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Details {
    /// `tr_…`.
    pub id: String,
    /// `live` or `test`.
    pub mode: Option<String>,
    /// `open`, `pending`, `authorized`, `paid`, `canceled`, `expired`, `failed`, or a word that is not documented.
    pub status: String,
    /// What is to be paid.
    #[serde(default, deserialize_with = "json::optional")]
    pub amount: Option<Sum>,
    /// What was captured of it.
    #[serde(default, deserialize_with = "json::optional")]
    pub amount_captured: Option<Sum>,
    /// What was given back.
    #[serde(default, deserialize_with = "json::optional")]
    pub amount_refunded: Option<Sum>,
    /// What the payer's bank took back.
    #[serde(default, deserialize_with = "json::optional")]
    pub amount_charged_back: Option<Sum>,
    /// Such as `ideal`, `creditcard`, `banktransfer`; nothing before the payer has chosen.
    pub method: Option<String>,
    /// Why it failed.
    #[serde(default, deserialize_with = "json::lenient_object")]
    pub status_reason: Option<StatusReason>,
    /// When it was made.
    #[serde(default, deserialize_with = "json::text")]
    pub created_at: Option<String>,
    /// When it was paid.
    #[serde(default, deserialize_with = "json::text")]
    pub paid_at: Option<String>,
    /// When it was canceled.
    #[serde(default, deserialize_with = "json::text")]
    pub canceled_at: Option<String>,
    /// When it expired.
    #[serde(default, deserialize_with = "json::text")]
    pub expired_at: Option<String>,
    /// When it failed.
    #[serde(default, deserialize_with = "json::text")]
    pub failed_at: Option<String>,
    /// Until when it can be paid.
    #[serde(default, deserialize_with = "json::text")]
    pub expires_at: Option<String>,
    /// What the payer was told that it is for.
    #[serde(default, deserialize_with = "json::text")]
    pub description: Option<Personal<String>>,
    /// The merchant's own data, as JSON.
    pub metadata: Option<Personal<Box<RawValue>>>,
    /// What is known of the payer: a name, an account, digits of a card; as JSON.
    pub details: Option<Personal<Box<RawValue>>>,
}

/// An amount of money, in major units.
///
/// ```
/// use paystatus_mollie::{Body, Lookup, Mollie, interpret};
///
/// let reply = r#"{"id": "tr_1", "status": "paid", "amount": {"value": "500", "currency": "JPY"}}"#;
/// let reply = http::Response::new(Body::from(reply));
/// let payment = interpret(&Mollie::new("<api key>"), &Lookup::payment("tr_1"), &reply)?;
/// let amount = payment.details().amount.as_ref().unwrap();
/// assert_eq!(amount.value.unwrap().to_string(), "500");
/// assert_eq!(amount.currency.as_deref(), Some("JPY"));
/// # Ok::<(), paystatus_mollie::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Sum {
    /// How much.
    pub value: Option<Number>,
    /// The currency's code.
    pub currency: Option<String>,
}

/// Why a payment failed.
///
/// ```
/// use paystatus_mollie::{Body, Lookup, Mollie, interpret};
///
/// let reply = r#"{"id": "tr_1", "status": "failed", "statusReason": {"code": "insufficient_funds"}}"#;
/// let reply = http::Response::new(Body::from(reply));
/// let payment = interpret(&Mollie::new("<api key>"), &Lookup::payment("tr_1"), &reply)?;
/// let reason = payment.details().status_reason.as_ref().unwrap();
/// assert_eq!(reason.code.as_deref(), Some("insufficient_funds"));
/// # Ok::<(), paystatus_mollie::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct StatusReason {
    /// Such as `insufficient_funds`.
    pub code: Option<String>,
    /// The same in a sentence.
    pub message: Option<String>,
}

pub(crate) fn read(account: &Mollie, text: &str) -> Result<Answer<Details>, Refusal> {
    let details: Details = json::object(text).map_err(|why| error::said(text).or(why))?;
    let sums = details.sums()?;
    let judgement = status::judge(&details, &sums);
    let charged = match (judgement.meaning().status, &*details.status) {
        // Nothing was captured of it.
        (Status::Unknown, "paid") => sums.captured.or(sums.amount),
        _ => sums.charged(),
    };
    // Before the money came nothing can go back.
    let tells = matches!(judgement.meaning().status, Status::Paid | Status::PartlyPaid | Status::Returned(_));
    let reason = details.status_reason.as_ref().and_then(|reason| reason.code.clone());
    let mode = details.mode.as_deref().filter(|mode| ["test", "live"].contains(mode));
    let snapshot = Snapshot::new(&*details.id, judgement, &*details.status)
        .with_amount(charged)
        .with_returned(sums.returned.filter(|_| tells))
        .with_reference(details.reference(account.reference_metadata_key.as_deref().unwrap_or("order_id")))
        .with_reason(reason)
        .with_test_mode(mode.map(|mode| mode == "test"))
        .with_created_at(details.created_at.clone().map(Timestamp::stated))
        .with_updated_at(details.updated_at());
    Ok(Answer::Payment(snapshot, details))
}

fn money(sum: &Option<Sum>) -> Result<Option<Money>, Error> {
    sum.as_ref().map_or(Ok(None), |sum| Money::charged(sum.value, sum.currency.as_deref()))
}

impl Details {
    fn sums(&self) -> Result<Sums, Error> {
        let amount = money(&self.amount)?;
        let nothing = amount.and_then(|amount| amount.saturating_sub(amount));
        // Nothing for a sum that is there and can't be set against the amount.
        let beside = |sum: &Option<Sum>| match sum {
            Some(_) => {
                let is_like = |it: &Money| amount.is_some_and(|amount| amount.currency() == it.currency());
                Ok(money(sum)?.filter(is_like))
            }
            None => Ok(nothing),
        };
        let (refunded, charged_back) = (beside(&self.amount_refunded)?, beside(&self.amount_charged_back)?);
        let returned = refunded.zip(charged_back).and_then(|(one, other)| one.checked_add(other));
        let returned = beside(&self.amount_captured)?.and(returned);
        Ok(Sums { amount, captured: money(&self.amount_captured)?, charged_back, returned })
    }

    /// The merchant's own data may be an object, a text with an object in it, or a text.
    fn reference(&self, key: &str) -> Option<String> {
        #[derive(Deserialize)]
        #[serde(transparent)]
        struct Text(#[serde(deserialize_with = "json::text")] Option<String>);

        let metadata = self.metadata.as_ref()?.expose().get();
        let text = serde_json::from_str::<String>(metadata).ok();
        let Ok(members) = json::members(text.as_deref().unwrap_or(metadata)) else {
            // A text that is an object which can't be told is no reference.
            return text.filter(|text| json::object::<IgnoredAny>(text).is_err());
        };
        let (_, value) = members.into_iter().find(|(name, _)| name == key)?;
        json::from_str::<Text>(value).ok()?.0
    }

    /// The newest of its times.
    fn updated_at(&self) -> Option<Timestamp> {
        let times = [&self.created_at, &self.paid_at, &self.canceled_at, &self.expired_at, &self.failed_at];
        let times = times.into_iter().flatten().map(|time| Timestamp::stated(time.as_str()));
        times.max_by_key(Timestamp::instant)
    }
}
