use http::Request;
use paystatus_core::{Body, Error, ErrorKind, Lookup, credential};

use crate::NowPayments;

/// `GET /v1/payment/{payment_id}` with the API key in its own header.
pub(crate) fn build(account: &NowPayments, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let id = lookup.payment_id()?;
    if id.len() > 20 || !id.bytes().all(|digit| digit.is_ascii_digit()) {
        let why =
            "the payment id is no whole number of at most 20 digits: an invoice and an order have other ids";
        return Err(Error::new(ErrorKind::InvalidLookup, why));
    }
    let mut request = account.base_url.join("/v1/payment").segment(id)?.get()?;
    request.headers_mut().insert("x-api-key", credential::header("api_key", "", &account.api_key)?);
    Ok(request)
}
