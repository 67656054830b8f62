use http::Request;
use paystatus_core::{Body, By, Error, Lookup, credential};

use crate::Razorpay;

/// `GET /v1/payments/{id}`, or `GET /v1/orders/{id}/payments` for every attempt of an order,
/// with key id and key secret as Basic credentials.
pub(crate) fn build(account: &Razorpay, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let id = lookup.any_id()?;
    let endpoint = match lookup.by() {
        By::Order => account.base_url.join("/v1/orders").segment(id)?.path("/payments"),
        _ => account.base_url.join("/v1/payments").segment(id)?,
    };
    let mut request = endpoint.get()?;
    let basic = credential::basic(("key_id", &account.key_id), Some(("key_secret", &account.key_secret)))?;
    request.headers_mut().insert("authorization", basic);
    Ok(request)
}
