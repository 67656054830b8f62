use http::Response;
use paystatus_core::{Body, Error, Exact, Lookup, Money, Payment, json, reply};
use serde::{Deserialize, Serialize};

use crate::{error, status};

/// What Acme says about a payment.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// The payment's id.
    pub id: String,
    /// The status in the provider's own words.
    pub status: String,
    /// The amount in major units.
    #[serde(default)]
    pub amount: Option<Exact>,
    /// The amount's ISO 4217 code.
    #[serde(default)]
    pub currency: Option<String>,
}

/// An answer needs a 2xx, the payment that was asked for, and an amount that can be read where there is one.
pub(crate) fn read(lookup: &Lookup, reply: &Response<Body>) -> Result<Payment<Details>, Error> {
    if !reply.status().is_success() {
        return Err(error::read(reply));
    }
    let details: Details = json::object(reply::text(reply)?)?;
    lookup.confirm(&details.id)?;
    let amount = Money::charged(details.amount, details.currency.as_deref())?;
    let meaning = status::meaning(&details.status);
    let (id, word) = (details.id.clone(), details.status.clone());
    Ok(Payment::new(lookup, id, meaning, word, details).with_amount(amount))
}
