use http::{HeaderValue, Request};
use paystatus_core::{Body, Error, ErrorKind, Lookup, credential};

use crate::{PayTr, sign};

/// The longest order number.
const MAX_ORDER: usize = 64;

/// `POST /odeme/durum-sorgu`, a form of `merchant_id`, `merchant_oid` and `paytr_token`: key and salt are never sent.
pub(crate) fn build(account: &PayTr, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let order = lookup.any_id()?;
    if !is_order(order) {
        let why = "PayTR's orders have numbers of 1 to 64 ASCII letters and digits";
        return Err(Error::new(ErrorKind::InvalidLookup, why));
    }
    let merchant = account.merchant_id.as_str();
    credential::text("merchant_id", &merchant.into())?;
    let token = sign::over(account, &format!("{merchant}{order}"), "")?.to_base64();
    let fields = [("merchant_id", merchant), ("merchant_oid", order), ("paytr_token", &token)];
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let mut request = account.base_url.join("/odeme/durum-sorgu").post(Body::from(body))?;
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert("content-type", form);
    Ok(request)
}

/// Tells whether it can be the number of an order.
pub(crate) fn is_order(text: &str) -> bool {
    (1..=MAX_ORDER).contains(&text.len()) && text.bytes().all(|letter| letter.is_ascii_alphanumeric())
}
