use http::{HeaderValue, Request};
use paystatus_core::{Body, Error, Lookup, credential};
use serde_json::Value;

use crate::{Encoding, UpiTranzact};

/// `POST /v1/payments/checkPaymentStatus` with `mid` and `order_id`, and the two keys as Basic credentials.
pub(crate) fn build(account: &UpiTranzact, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let order_id = lookup.any_id()?;
    let fields = [("mid", credential::text("merchant_id", &account.merchant_id)?), ("order_id", order_id)];
    let (content_type, body) = match account.encoding {
        Encoding::Json => ("application/json", Value::from_iter(fields).to_string()),
        Encoding::Form => (
            "application/x-www-form-urlencoded",
            form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish(),
        ),
    };
    let mut request = account.base_url.join("/v1/payments/checkPaymentStatus").post(Body::from(body))?;
    let keys = (("public_key", &account.public_key), Some(("secret_key", &account.secret_key)));
    request.headers_mut().insert("authorization", credential::basic(keys.0, keys.1)?);
    request.headers_mut().insert("content-type", HeaderValue::from_static(content_type));
    Ok(request)
}
