use http::{HeaderValue, Request};
use paystatus_core::{Body, By, Error, ErrorKind, Lookup, credential};
use serde_json::json;

use crate::MyFatoorah;

/// An attempt to pay an invoice.
pub(crate) const BY_PAYMENT: &str = "PaymentId";
/// The merchant's own reference, of the last invoice that was made with it.
pub(crate) const BY_REFERENCE: &str = "CustomerReference";

/// What an id names: a number of 15 digits or more is a PaymentId, a shorter one an InvoiceId.
pub(crate) fn key_type(lookup: &Lookup) -> Result<&'static str, Error> {
    let id = lookup.any_id()?;
    match lookup.by() {
        By::Order => Ok(BY_REFERENCE),
        _ if !id.bytes().all(|letter| letter.is_ascii_digit()) => {
            let why = "MyFatoorah's ids are numbers: an InvoiceId, or a PaymentId of 15 digits or more";
            Err(Error::new(ErrorKind::InvalidLookup, why))
        }
        _ => Ok(if id.len() < 15 { "InvoiceId" } else { BY_PAYMENT }),
    }
}

/// `POST /v2/GetPaymentStatus`, which only reads.
pub(crate) fn build(account: &MyFatoorah, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let body = json!({ "Key": lookup.any_id()?, "KeyType": key_type(lookup)? });
    let mut request = account.base_url.join("/v2/GetPaymentStatus").post(Body::from(body.to_string()))?;
    let headers = request.headers_mut();
    headers.insert("authorization", credential::header("api_token", "Bearer ", &account.api_token)?);
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    Ok(request)
}
