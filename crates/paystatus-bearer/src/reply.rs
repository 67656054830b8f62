use paystatus_core::{Answer, Currency, Error, ErrorKind, Money, Number, Refusal, Snapshot, Timestamp, json};
use serde::{Deserialize, Serialize};

use crate::{error, status};

/// What the API says about a payment.
///
/// ```
/// use paystatus_bearer::{BaseUrl, Bearer, Body, Lookup, Provider, interpret};
///
/// let account = Bearer::new(BaseUrl::parse("https://pay.example.com")?, "<access token>");
/// let reply = r#"{"id":"pay_001","status":"succeeded","amount":5000,"currency":"USD"}"#;
/// let payment = interpret(&account, &Lookup::from("pay_001"), &http::Response::new(Body::from(reply)))?;
/// assert_eq!(payment.details().amount.unwrap().to_string(), "5000"); // as it was written, in minor units
/// assert_eq!(payment.amount().unwrap().to_string(), "50.00 USD");
/// # Ok::<(), paystatus_bearer::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// The payment's id.
    pub id: String,
    /// `pending`, `succeeded`, `failed`, `canceled`, or a word that is not documented.
    pub status: String,
    /// In whole minor units: 5000 for fifty dollars. [`Snapshot::amount`] has it in major units.
    pub amount: Option<Number>,
    /// The amount's ISO 4217 code.
    #[serde(default, deserialize_with = "json::text")]
    pub currency: Option<String>,
    /// The merchant's own order or invoice.
    #[serde(default, deserialize_with = "json::text")]
    pub reference: Option<String>,
    /// When the payment last changed, in ISO 8601.
    #[serde(default, deserialize_with = "json::text")]
    pub updated_at: Option<String>,
}

/// An answer needs the payment's id, its status, and an amount that can be read where there is one.
pub(crate) fn read(text: &str) -> Result<Answer<Details>, Refusal> {
    let details: Details = json::object(text).map_err(|why| error::stated(text).or(why))?;
    let amount = match details.amount {
        Some(units) => Some(charged(units, details.currency.as_deref())?),
        None => None,
    };
    let snapshot = Snapshot::new(&*details.id, status::judge(&details.status), &*details.status)
        .with_amount(amount)
        .with_reference(details.reference.clone())
        .with_updated_at(details.updated_at.clone().map(Timestamp::stated));
    Ok(Answer::Payment(snapshot, details))
}

/// Minor units mean nothing without a currency that has them.
fn charged(units: Number, currency: Option<&str>) -> Result<Money, Error> {
    let refuse = |why: &'static str| Error::new(ErrorKind::InvalidReply, why);
    let value = units.value();
    // 50.00 may well be meant as fifty, not as fifty cents: only a plain whole number is in minor units.
    if value.scale() > 0 {
        return Err(refuse("the reply has an amount that is not a whole number of minor units"));
    }
    if value.is_sign_negative() && !value.is_zero() {
        return Err(refuse("the reply has a negative amount"));
    }
    let currency =
        currency.ok_or_else(|| refuse("the reply has an amount in minor units and no currency"))?;
    let currency = currency.parse::<Currency>().ok();
    currency
        .and_then(|currency| Money::from_minor(value.trunc().mantissa(), currency))
        .ok_or_else(|| refuse("the reply has an amount in a currency without an ISO 4217 minor unit"))
}
