use http::{
    HeaderValue, Request,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use paystatus_core::{Ask, Body, Error, ErrorKind, credential};

use crate::PhonePe;

/// `GET /checkout/v2/order/{id}/status` with every attempt, and why one failed.
pub(crate) fn build(account: &PhonePe, ask: &Ask<'_>) -> Result<Request<Body>, Error> {
    let order = account.base_url.join("/checkout/v2/order").segment(ask.lookup().any_id()?)?.path("/status");
    let mut request = order.query("details", "true").query("errorContext", "true").get()?;
    let why = "the request needs an access token: go through `Check`, which fetches one";
    let token = ask.token().ok_or_else(|| Error::new(ErrorKind::Config, why))?;
    let headers = request.headers_mut();
    headers.insert(AUTHORIZATION, credential::header("access_token", "O-Bearer ", token.text())?);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(merchant) = &account.merchant_id {
        headers.insert("x-merchant-id", credential::header("merchant_id", "", merchant)?);
    }
    Ok(request)
}
