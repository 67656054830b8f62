use http::{HeaderValue, Request, header::AUTHORIZATION};
use paystatus_core::{Body, Error, Lookup, credential};

use crate::Square;

/// What replies are read by: an application's own version may be older.
const VERSION: HeaderValue = HeaderValue::from_static("2026-09-16");

/// `GET /v2/payments/{id}`, which tells refunds too.
pub(crate) fn build(account: &Square, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let mut request = account.base_url.join("/v2/payments").segment(lookup.payment_id()?)?.get()?;
    let headers = request.headers_mut();
    headers.insert(AUTHORIZATION, credential::header("access_token", "Bearer ", &account.access_token)?);
    headers.insert("square-version", VERSION);
    Ok(request)
}
