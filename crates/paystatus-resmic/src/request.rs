use http::Request;
use paystatus_core::{Body, Error, Lookup, credential};

use crate::Resmic;

/// `GET /api/v1/makepayment/payment-status?session_id=…` with the two credential headers.
pub(crate) fn build(account: &Resmic, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let session_id = lookup.payment_id()?;
    let path = "/api/v1/makepayment/payment-status";
    let mut request = account.base_url.join(path).query("session_id", session_id).get()?;
    let headers = request.headers_mut();
    headers.insert("x-api-key", credential::header("api_key", "", &account.api_key)?);
    headers.insert("x-user-id", credential::header("user_id", "", &account.user_id)?);
    Ok(request)
}
