use base64::{Engine, prelude::BASE64_STANDARD};
use http::Request;
use paystatus_core::{Body, By, Error, ErrorKind, Lookup, credential};

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
    let key_id = credential::text("key_id", &account.key_id)?;
    if key_id.contains(':') {
        let why = "`key_id` contains a colon, which would end it: give it without the key secret";
        return Err(Error::new(ErrorKind::Config, why));
    }
    let key_secret = credential::text("key_secret", &account.key_secret)?;
    let basic = BASE64_STANDARD.encode(format!("{key_id}:{key_secret}")).into();
    request.headers_mut().insert("authorization", credential::header("key_secret", "Basic ", &basic)?);
    Ok(request)
}
