use paystatus_core::{
    Answer, By, Currency, Error, ErrorKind, Lookup, Money, Number, Personal, Refusal, Snapshot, Status,
    Timestamp, json,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{error, status};

/// What Paystack says about a transaction. Amounts are in minor units
/// (<https://github.com/PaystackOSS/openapi>, `dist/paystack.yaml`, read 2026-11).
///
/// An `authorization_code` can be charged again: nothing of the authorization is kept.
///
/// ```
/// use paystatus_paystack::{Body, Lookup, Paystack, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{"status": true, "message": "Verification successful", "data": {
///     "id": 4099260516, "domain": "live", "status": "abandoned", "reference": "re4lyvq3s3", "amount": 40333,
///     "currency": "NGN", "ip_address": "canary"
/// }}"#));
/// let payment = interpret(&Paystack::new("<secret key>"), &Lookup::order("re4lyvq3s3"), &reply)?;
/// let details = payment.details();
/// assert_eq!((details.id, &*details.status, details.domain.as_deref()), (4099260516, "abandoned", Some("live")));
/// assert!(!format!("{details:?}").contains("canary"));
/// # Ok::<(), paystatus_paystack::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// Paystack's own number.
    pub id: u64,
    /// `success`, `abandoned`, `ongoing`, `pending`, `failed`, `reversed`, … or a word that is not documented.
    pub status: String,
    /// The merchant's reference, or Paystack's where the merchant gave none.
    pub reference: String,
    /// What the payer is charged, with a fee where the payer bears it.
    pub amount: Number,
    /// What the merchant asked for.
    pub requested_amount: Option<Number>,
    /// The currency's code.
    pub currency: String,
    /// `live` or `test`.
    pub domain: Option<String>,
    /// Such as `card`, `bank_transfer`, `ussd`, `mobile_money`.
    #[serde(default, deserialize_with = "json::text")]
    pub channel: Option<String>,
    /// What the bank said, in a few words.
    #[serde(default, deserialize_with = "json::text")]
    pub gateway_response: Option<String>,
    /// What Paystack keeps.
    #[serde(default, deserialize_with = "json::lenient")]
    pub fees: Option<Number>,
    /// When it was made.
    #[serde(default, deserialize_with = "json::text")]
    pub created_at: Option<String>,
    /// When it was paid.
    #[serde(default, deserialize_with = "json::text")]
    pub paid_at: Option<String>,
    #[serde(default, rename = "createdAt", deserialize_with = "json::text", skip_serializing)]
    made_at: Option<String>,
    #[serde(default, rename = "paidAt", deserialize_with = "json::text", skip_serializing)]
    charged_at: Option<String>,
    /// The payer's address on the internet.
    #[serde(default, deserialize_with = "json::text")]
    pub ip_address: Option<Personal<String>>,
    /// The payer, as JSON.
    pub customer: Option<Personal<Box<RawValue>>>,
    /// The merchant's own data, as JSON.
    pub metadata: Option<Personal<Box<RawValue>>>,
}

/// The outer `status` says only that the request worked.
pub(crate) fn read(lookup: &Lookup, text: &str) -> Result<Answer<Details>, Refusal> {
    #[derive(Deserialize)]
    struct Reply {
        #[serde(deserialize_with = "json::nested")]
        data: Details,
    }

    if is_refused(text)? {
        return Err(error::said(text).into());
    }
    let Reply { data } = json::object(text)?;
    // Another transaction's id may look like the reference that was asked for.
    if lookup.by() == By::Order && data.reference != lookup.id() {
        let why = "the reply is about another reference than the one asked for";
        return Err(Error::new(ErrorKind::Mismatch, why).into());
    }
    let amount = units(data.amount)?;
    let requested = data.requested_amount.map(units).transpose()?;
    let judgement = status::judge(&data.status, amount, requested);
    let mode = data.domain.as_deref().filter(|domain| ["test", "live"].contains(domain));
    let has_ended = matches!(judgement.meaning().status, Status::Failed | Status::Returned(_));
    let reason = data.gateway_response.clone().filter(|_| has_ended);
    let time = |one: &Option<String>, other: &Option<String>| {
        one.as_ref().or(other.as_ref()).map(|time| Timestamp::stated(time.as_str()))
    };
    let snapshot = Snapshot::new(data.id.to_string(), judgement, &*data.status)
        .with_amount(Money::charged_in_minor(Some(amount), Some(&data.currency), decimals)?)
        .with_reference(Some(data.reference.clone()))
        .with_reason(reason)
        .with_test_mode(mode.map(|mode| mode == "test"))
        .with_created_at(time(&data.created_at, &data.made_at))
        .with_updated_at(time(&data.paid_at, &data.charged_at));
    Ok(Answer::Payment(snapshot, data))
}

/// Tells whether the reply states that the request was refused.
fn is_refused(text: &str) -> Result<bool, Error> {
    #[derive(Deserialize)]
    struct Envelope {
        status: bool,
    }

    json::object(text).map(|Envelope { status }| !status)
}

/// Whole minor units, as a number or a text.
fn units(amount: Number) -> Result<u64, Error> {
    let whole = Some(amount.value()).filter(|amount| amount.fract().is_zero());
    let why = "the reply has an amount that is not in whole minor units";
    whole.and_then(|amount| amount.try_into().ok()).ok_or_else(|| Error::new(ErrorKind::InvalidReply, why))
}

/// How many decimals an amount's minor units are: two for the currencies that have none by ISO 4217, too
/// (the vendor's plugin <https://wordpress.org/plugins/woo-paystack/>, read 2026-11).
fn decimals(currency: &Currency) -> Option<u32> {
    match currency.as_str() {
        "XOF" | "RWF" => Some(2),
        _ => currency.minor_digits(),
    }
}
