use http::{HeaderValue, Request};
use paystatus_core::{Ask, Body, Error, ErrorKind, hex};
use serde_json::json;

use crate::{Paytm, sign::Key};

/// `POST /v3/order/status`: the head has the signature over the very text of the body, and nothing else.
pub(crate) fn build(account: &Paytm, ask: &Ask<'_>) -> Result<Request<Body>, Error> {
    let order = ask.lookup().any_id()?;
    let fits = |letter: u8| letter.is_ascii_alphanumeric() || b"@-_.".contains(&letter);
    if order.len() > 50 || !order.bytes().all(fits) {
        return Err(Error::new(ErrorKind::InvalidLookup, "an order has 1 to 50 letters, digits and `@-_.`"));
    }
    if account.merchant_id.trim().is_empty() {
        return Err(Error::new(ErrorKind::Config, "`merchant_id` is empty or only spaces"));
    }
    let body = json!({ "mid": account.merchant_id, "orderId": order }).to_string();
    let signature = Key::of(account)?.sign(&body, &hex::encode(&ask.nonce()[..2]));
    let text = format!(r#"{{"head":{{"signature":"{signature}"}},"body":{body}}}"#);
    let mut request = account.base_url.join("/v3/order/status").post(Body::from(text))?;
    request.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    Ok(request)
}
