use http::{HeaderValue, Request, header::CONTENT_TYPE};
use paystatus_core::{Body, By, Error, Lookup, credential};
use serde_json::json;

use crate::{Akurateco, sign};

/// `POST /api/v1/payment/status` with the merchant's key, one id and the hash over it.
pub(crate) fn build(account: &Akurateco, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let (name, id) = match lookup.by() {
        By::Order => ("order_id", lookup.any_id()?),
        _ => ("payment_id", lookup.payment_id()?),
    };
    let merchant_key = credential::text("merchant_key", &account.merchant_key)?;
    let password = credential::text("password", &account.password)?;
    let hash = sign::hash(account.digest, id, password);
    let body = json!({ "merchant_key": merchant_key, name: id, "hash": hash }).to_string();
    let mut request = account.base_url.join("/api/v1/payment/status").post(Body::from(body))?;
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(request)
}
