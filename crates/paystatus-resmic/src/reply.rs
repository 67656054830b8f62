use http::{Response, StatusCode};
use paystatus_core::{Body, Error, ErrorKind, Exact, Lookup, Money, Payment, Timestamp, json, reply};
use serde::{Deserialize, Serialize};

use crate::{error, status};

/// What Resmic says about a session (<https://docs.resmic.com/resmic-pro>, read 2026-11).
///
/// ```
/// use paystatus_resmic::{Body, Provider, Resmic};
///
/// let reply = http::Response::new(Body::from(r#"{"status":200,"success":true,"data":{
///     "session_id": "s-1", "payment_status": "Completed", "amount": "35.10", "is_coupon_applied": true
/// }}"#));
/// let payment = Resmic::new("<api key>", "<user id>").interpret(&"s-1".into(), &reply)?;
/// assert_eq!(payment.amount(), None); // a coupon was applied: what was charged is not reported
/// assert_eq!(payment.details().amount.unwrap().to_string(), "35.10"); // the list price
/// # Ok::<(), paystatus_resmic::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// The session's id, a UUID in practice.
    pub session_id: String,
    /// `Completed`, `Failed`, `initiated`, or a word that is not documented.
    pub payment_status: String,
    /// The list price in US dollars *before* a coupon: not what was charged if one was applied.
    #[serde(default)]
    pub amount: Option<Exact>,
    /// Tells whether a coupon lowered the price.
    #[serde(default)]
    pub is_coupon_applied: Option<bool>,
    /// When the session was made, in UTC.
    #[serde(default, deserialize_with = "json::text")]
    pub created_at_utc: Option<String>,
    /// Ends in `Z` and is a local time all the same: text, never to be computed with.
    #[serde(default, deserialize_with = "json::text")]
    pub updated_at: Option<String>,
    /// A wallet of the payment: the documents disagree whether the payer's or the merchant's.
    #[serde(default, deserialize_with = "json::text")]
    pub wallet_address: Option<String>,
}

/// An answer needs HTTP 200 *and* a body that says 200 *and* success *and* the session that was asked for.
pub(crate) fn read(lookup: &Lookup, reply: &Response<Body>) -> Result<Payment<Details>, Error> {
    #[derive(Deserialize)]
    struct Reply {
        status: i64,
        success: bool,
        #[serde(deserialize_with = "json::nested")]
        data: Details,
    }

    if !reply.status().is_success() {
        return Err(error::read(reply));
    }
    let Reply { status, success, data } = json::object(reply::text(reply)?)?;
    if reply.status() != StatusCode::OK || status != 200 || !success {
        let why = "the reply is no plain success: its HTTP status, its `status` and its `success` disagree";
        return Err(Error::new(ErrorKind::InvalidReply, why));
    }
    lookup.confirm_ignoring_case(&data.session_id)?;

    let listed = Money::charged(data.amount, Some("USD"))?;
    let charged = listed.filter(|_| data.is_coupon_applied != Some(true));
    let created_at = data.created_at_utc.clone().map(Timestamp::inferred_utc);
    let meaning = status::meaning(&data.payment_status);
    let (id, word) = (data.session_id.clone(), data.payment_status.clone());
    Ok(Payment::new(lookup, id, meaning, word, data).with_amount(charged).with_created_at(created_at))
}
