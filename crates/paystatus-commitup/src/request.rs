use http::Request;
use paystatus_core::{Body, Error, Lookup, credential};

use crate::CommitUp;

/// `GET /api/payment/{paymentId}` with the two credential headers.
pub(crate) fn build(account: &CommitUp, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let mut request = account.base_url.join("/api/payment").segment(lookup.payment_id()?)?.get()?;
    let headers = request.headers_mut();
    headers.insert("x-api-key", credential::header("api_key", "", &account.api_key)?);
    headers.insert("x-api-secret", credential::header("api_secret", "", &account.api_secret)?);
    Ok(request)
}
