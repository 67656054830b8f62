use paystatus_core::{Answer, Error, ErrorKind, Lookup, Personal, Refusal, Said, Snapshot, json};
use serde::{Deserialize, Serialize};

use crate::{
    error::{self, STILL_PROCESSED},
    status::{self, BEING_PROCESSED},
};

/// What M-Pesa says about a prompt (<https://developer.safaricom.co.ke>, M-Pesa Express Query, read 2026-11).
///
/// It serializes with M-Pesa's own names.
///
/// ```
/// use paystatus_mpesa::{Body, Lookup, MPesa, interpret};
///
/// let account = MPesa::new("<consumer key>", "<consumer secret>", "174379", "<passkey>");
/// let reply = http::Response::new(Body::from(r#"{
///     "ResponseCode": "0", "ResponseDescription": "The service request has been accepted successfully",
///     "MerchantRequestID": "22205-34066-1", "CheckoutRequestID": "ws_CO_13012021093521236557",
///     "ResultCode": "0", "ResultDesc": "The service request is processed successfully."
/// }"#));
/// let payment = interpret(&account, &Lookup::from("ws_CO_13012021093521236557"), &reply)?;
/// assert!(payment.is_paid() && payment.amount().is_none());
/// assert_eq!(payment.details().merchant_request_id.as_deref(), Some("22205-34066-1"));
/// # Ok::<(), paystatus_mpesa::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// `0` where the query was accepted, which says nothing about the payment.
    #[serde(rename = "ResponseCode", default, deserialize_with = "json::text")]
    pub response_code: Option<String>,
    /// The same in words.
    #[serde(rename = "ResponseDescription", default, deserialize_with = "json::text")]
    pub response_description: Option<String>,
    /// Safaricom's own id of the request, and not the merchant's reference.
    #[serde(rename = "MerchantRequestID", default, deserialize_with = "json::text")]
    pub merchant_request_id: Option<String>,
    /// The prompt's id, which may end in the payer's phone number.
    #[serde(rename = "CheckoutRequestID", default)]
    pub checkout_request_id: Option<Personal<String>>,
    /// How the prompt ended; `4999` while it has not.
    #[serde(rename = "ResultCode", default, deserialize_with = "json::text")]
    pub result_code: Option<String>,
    /// The same in words.
    #[serde(rename = "ResultDesc", default, deserialize_with = "json::text")]
    pub result_desc: Option<String>,
    /// `500.001.1001` in the other form of a prompt that has not ended.
    #[serde(rename = "errorCode", default, deserialize_with = "json::text")]
    pub error_code: Option<String>,
    /// The same in words.
    #[serde(rename = "errorMessage", default, deserialize_with = "json::text")]
    pub error_message: Option<String>,
}

/// An answer needs an accepted query, the prompt's id and a result that is a number.
pub(crate) fn read(lookup: &Lookup, text: &str) -> Result<Answer<Details>, Refusal> {
    let details: Details = json::object(text).map_err(|why| error::said(text).or(why))?;
    let said = error::said(text);
    if STILL_PROCESSED.is_said_by(&said) {
        // It names no id.
        let snapshot = Snapshot::new(lookup.id(), status::judge(BEING_PROCESSED), BEING_PROCESSED)
            .with_reason(details.error_message.clone());
        return Ok(Answer::Payment(snapshot, details));
    }
    if said.code.is_some() {
        return Err(said.into());
    }
    let lacking = |field: &str| Error::new(ErrorKind::InvalidReply, format!("the reply lacks `{field}`"));
    let response = details.response_code.as_deref().ok_or_else(|| lacking("ResponseCode"))?;
    if response != "0" {
        return Err(Said::new(Some(response.to_owned()), details.response_description.clone()).into());
    }
    let id = details.checkout_request_id.as_ref().ok_or_else(|| lacking("CheckoutRequestID"))?;
    let code = details.result_code.as_deref().ok_or_else(|| lacking("ResultCode"))?;
    if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        let why = "the reply has a `ResultCode` that is not a number";
        return Err(Error::new(ErrorKind::InvalidReply, why).into());
    }
    let snapshot =
        Snapshot::new(id.expose(), status::judge(code), code).with_reason(details.result_desc.clone());
    Ok(Answer::Payment(snapshot, details))
}
