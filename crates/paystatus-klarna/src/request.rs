use http::{
    HeaderValue, Request,
    header::{ACCEPT, AUTHORIZATION},
};
use paystatus_core::{Body, Error, Lookup, credential};

use crate::Klarna;

/// `GET /ordermanagement/v1/orders/{order_id}` with user name and password as Basic credentials.
pub(crate) fn build(account: &Klarna, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let endpoint = account.base_url.join("/ordermanagement/v1/orders");
    let mut request = endpoint.segment(lookup.payment_id()?)?.get()?;
    let basic = credential::basic(("username", &account.username), Some(("password", &account.password)))?;
    request.headers_mut().insert(AUTHORIZATION, basic);
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    Ok(request)
}
