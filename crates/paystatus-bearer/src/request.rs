use http::{Request, header::AUTHORIZATION};
use paystatus_core::{Body, Error, Lookup};

use crate::Bearer;

/// `GET /v1/payments/{payment_id}/status`, or at the account's own path, with the token of this moment.
pub(crate) fn build(account: &Bearer, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let endpoint = account.base_url.join("").path(&account.path.before);
    let endpoint = endpoint.segment(lookup.payment_id()?)?.path(&account.path.after);
    let mut request = endpoint.get()?;
    request.headers_mut().insert(AUTHORIZATION, account.access_token.header()?);
    Ok(request)
}
