use paystatus_core::{Answer, Number, Money, Refusal, Snapshot, json};
use serde::{Deserialize, Serialize};

use crate::status;

/// What Acme says about a payment.
// FILL IN: the fields, and whether the amount counts minor units.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// The payment's id.
    pub id: String,
    /// The status in the provider's own words.
    pub status: String,
    /// The amount in major units.
    pub amount: Option<Number>,
    /// The amount's ISO 4217 code.
    pub currency: Option<String>,
}

/// An answer needs the payment's id, its status, and an amount that can be read where there is one.
pub(crate) fn read(text: &str) -> Result<Answer<Details>, Refusal> {
    // FILL IN: whether errors come in a success too; then state them: `.map_err(|why| error::said(text).or(why))?`.
    let details: Details = json::object(text)?;
    let amount = Money::charged(details.amount, details.currency.as_deref())?;
    let snapshot = Snapshot::new(&*details.id, status::judge(&details.status), &*details.status);
    Ok(Answer::Payment(snapshot.with_amount(amount), details))
}
