use paystatus_core::{Answer, Error, ErrorKind, Money, Number, Refusal, Snapshot, Timestamp, json};
use serde::{Deserialize, Serialize};

use crate::status;

/// What Resmic says about a session (<https://docs.resmic.com/resmic-pro>, read 2026-11).
///
/// ```
/// use paystatus_resmic::{Body, Lookup, Resmic, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{"status":200,"success":true,"data":{
///     "session_id": "s-1", "payment_status": "Completed", "amount": "35.10", "is_coupon_applied": true
/// }}"#));
/// let payment = interpret(&Resmic::new("<api key>", "<user id>"), &Lookup::payment("s-1"), &reply)?;
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
    pub amount: Option<Number>,
    /// Tells whether a coupon lowered the price.
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

/// An answer needs HTTP 200, which the facts say, *and* a body that says 200 *and* success.
pub(crate) fn read(text: &str) -> Result<Answer<Details>, Refusal> {
    #[derive(Deserialize)]
    struct Reply {
        status: i64,
        success: bool,
        #[serde(deserialize_with = "json::nested")]
        data: Details,
    }

    let Reply { status, success, data } = json::object(text)?;
    if status != 200 || !success {
        let why = "the reply is no plain success: its HTTP status, its `status` and its `success` disagree";
        return Err(Error::new(ErrorKind::InvalidReply, why).into());
    }
    let listed = Money::charged(data.amount, Some("USD"))?;
    let snapshot =
        Snapshot::new(&*data.session_id, status::judge(&data.payment_status), &*data.payment_status)
            .with_amount(listed.filter(|_| data.is_coupon_applied != Some(true)))
            .with_created_at(data.created_at_utc.clone().map(Timestamp::inferred_utc));
    Ok(Answer::Payment(snapshot, data))
}
