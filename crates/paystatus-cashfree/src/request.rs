use http::Request;
use paystatus_core::{Body, Error, Lookup, credential};

use crate::Cashfree;

/// What replies are read by, unless the account says otherwise.
const VERSION: &str = "2025-01-01";

/// `GET /pg/orders/{order_id}/payments`: an order's name is the only one that can be asked for.
pub(crate) fn build(account: &Cashfree, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let mut request =
        account.base_url.join("/pg/orders").segment(lookup.any_id()?)?.path("/payments").get()?;
    let version = account.api_version.as_deref().unwrap_or(VERSION);
    let headers = request.headers_mut();
    headers.insert("x-client-id", credential::header("client_id", "", &account.client_id)?);
    headers.insert("x-client-secret", credential::header("client_secret", "", &account.client_secret)?);
    headers.insert("x-api-version", credential::header("api_version", "", &version.into())?);
    Ok(request)
}
