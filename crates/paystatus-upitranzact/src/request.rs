use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderValue, Request};
use paystatus_core::{Body, Error, ErrorKind, Lookup, credential};
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
    request.headers_mut().insert("authorization", authorization(account)?);
    request.headers_mut().insert("content-type", HeaderValue::from_static(content_type));
    Ok(request)
}

fn authorization(account: &UpiTranzact) -> Result<HeaderValue, Error> {
    let public_key = credential::text("public_key", &account.public_key)?;
    let secret_key = credential::text("secret_key", &account.secret_key)?;
    if public_key.contains(':') {
        let why = "`public_key` contains a colon, which would end it: give it without the secret key";
        return Err(Error::new(ErrorKind::Config, why));
    }
    let encoded = BASE64_STANDARD.encode(format!("{public_key}:{secret_key}"));
    credential::header("secret_key", "Basic ", &encoded.into())
}
