use http::{HeaderValue, Request, header::CONTENT_TYPE};
use paystatus_core::{Body, By, Error, Lookup, credential};
use serde_json::json;

use crate::{Akurateco, sign};

/// The most attempts of an order that one status request can be answered with
/// (<https://docs.akurateco.com>, Get Transaction Status by `order_id`, read 2026-11).
const MOST_ATTEMPTS: u8 = 100;

/// `POST /api/v1/payment/status` with the merchant's key, one id and the hash over it.
pub(crate) fn build(account: &Akurateco, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let id = if lookup.by() == By::Order { lookup.any_id()? } else { lookup.payment_id()? };
    let merchant_key = credential::text("merchant_key", &account.merchant_key)?;
    let hash = sign::hash(account.digest, id, credential::text("password", &account.password)?);
    let body = if lookup.by() == By::Order {
        // Without `size` only the most recent attempt is answered, and an earlier one that is settled is missed.
        json!({ "merchant_key": merchant_key, "order_id": id, "size": MOST_ATTEMPTS, "hash": hash })
    } else {
        json!({ "merchant_key": merchant_key, "payment_id": id, "hash": hash })
    };
    let body = Body::from(body.to_string());
    let mut request = account.base_url.join("/api/v1/payment/status").post(body)?;
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(request)
}
