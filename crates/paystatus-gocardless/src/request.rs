use http::{
    HeaderValue, Request,
    header::{ACCEPT, AUTHORIZATION},
};
use paystatus_core::{Body, Error, ErrorKind, Lookup, credential};

use crate::GoCardless;

/// The only version that there is, and no request is answered without it.
const VERSION: HeaderValue = HeaderValue::from_static("2015-07-06");

/// `GET /payments/{id}` with the access token and the API's version.
pub(crate) fn build(account: &GoCardless, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let id = lookup.payment_id()?;
    if !id.starts_with("PM") {
        let why = "the payment id does not begin with `PM`: billing requests, subscriptions and mandates are no payments";
        return Err(Error::new(ErrorKind::InvalidLookup, why));
    }
    let mut request = account.base_url.join("/payments").segment(id)?.get()?;
    let headers = request.headers_mut();
    headers.insert(AUTHORIZATION, credential::header("access_token", "Bearer ", &account.access_token)?);
    headers.insert("gocardless-version", VERSION);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    Ok(request)
}
