use paystatus_core::{Answer, Error, Money, Number, Personal, Refusal, Said, Snapshot, Timestamp, json};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    error,
    request::{AUTHORIZE, kind},
    status,
};

/// What Tap says about a charge or a pre-authorization, which is one attempt to pay
/// (<https://developers.tap.company/reference/retrieve-a-charges>, read 2026-11).
///
/// ```
/// use paystatus_tap::{Body, Lookup, Tap, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{
///     "id": "chg_TS03A2220231551Ha3j1408926", "object": "charge", "live_mode": true, "status": "CAPTURED",
///     "amount": 10.0, "currency": "AED", "response": { "code": "000", "message": "Captured" },
///     "customer": { "first_name": "canary" }
/// }"#));
/// let payment = interpret(&Tap::new("<secret key>"), &Lookup::from("chg_TS03A2220231551Ha3j1408926"), &reply)?;
/// let details = payment.details();
/// assert_eq!((payment.is_paid(), details.object.as_deref()), (true, Some("charge")));
/// assert!(!format!("{details:?}").contains("canary"));
/// # Ok::<(), paystatus_tap::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// `chg_…` or `auth_…`.
    pub id: String,
    /// `charge` or `authorize`.
    pub object: Option<String>,
    /// Whether it is real money.
    pub live_mode: Option<bool>,
    /// `CAPTURED`, `INITIATED`, … in upper case.
    pub status: String,
    /// What was asked for and, of a charge, taken: in major units.
    pub amount: Option<Number>,
    /// The currency's code.
    pub currency: Option<String>,
    /// When it was made, and until when it can be paid.
    #[serde(default, deserialize_with = "json::optional")]
    pub transaction: Option<Transaction>,
    /// Names that others gave it.
    #[serde(default, deserialize_with = "json::optional")]
    pub reference: Option<Reference>,
    /// What came of it.
    #[serde(default, deserialize_with = "json::optional")]
    pub response: Option<Response>,
    /// Whether Tap undid it by itself.
    pub auto_reversed: Option<bool>,
    /// The card.
    #[serde(default, deserialize_with = "json::lenient")]
    pub card: Option<Personal<Value>>,
    /// Who pays.
    #[serde(default, deserialize_with = "json::lenient")]
    pub customer: Option<Personal<Value>>,
    /// Where the receipt goes.
    #[serde(default, deserialize_with = "json::lenient")]
    pub receipt: Option<Personal<Value>>,
}

/// When a charge was made.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Transaction {
    /// In milliseconds since 1970 began in UTC, as text or as a number.
    #[serde(default, deserialize_with = "json::text")]
    pub created: Option<String>,
}

/// Names that others gave a charge.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Reference {
    /// The merchant's order.
    #[serde(default, deserialize_with = "json::text")]
    pub order: Option<String>,
    /// The merchant's second name for it.
    #[serde(default, deserialize_with = "json::text")]
    pub transaction: Option<String>,
    /// The gateway's.
    #[serde(default, deserialize_with = "json::text")]
    pub gateway: Option<String>,
    /// The payment network's.
    #[serde(default, deserialize_with = "json::text")]
    pub payment: Option<String>,
}

/// What came of a charge.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Response {
    /// `000` for a success, as text.
    pub code: Option<Value>,
    /// What that means.
    #[serde(default, deserialize_with = "json::text")]
    pub message: Option<String>,
}

/// What was asked about is told by the id's prefix; a success that states errors is none.
pub(crate) fn read(id: &str, text: &str) -> Result<Answer<Details>, Refusal> {
    let said = error::stated(text)?;
    if said != Said::nothing() {
        return Err(said.into());
    }
    let details: Details = json::object(text)?;
    Ok(Answer::Payment(details.snapshot(kind(id))?, details))
}

impl Details {
    fn snapshot(&self, asked: &'static str) -> Result<Snapshot, Error> {
        let amount = Money::charged(self.amount, self.currency.as_deref())?;
        let is_captured = self.status == "CAPTURED";
        // What was captured of a pre-authorization only its charge tells.
        let is_told = !(is_captured && self.object.as_deref() == Some(AUTHORIZE));
        let reason = self.response.as_ref().and_then(|response| response.message.clone());
        let created = self.transaction.as_ref().and_then(|transaction| transaction.created.as_deref());
        let created =
            created.map(|text| text.parse().map_or_else(|_| Timestamp::opaque(text), Timestamp::unix_millis));
        Ok(Snapshot::new(&*self.id, status::judge(self, asked), &*self.status)
            .with_amount(amount.filter(|_| is_told))
            .with_reference(self.reference.as_ref().and_then(|reference| reference.order.clone()))
            .with_reason(reason.filter(|_| !is_captured))
            .with_test_mode(self.live_mode.map(|is_live| !is_live))
            .with_created_at(created))
    }
}
