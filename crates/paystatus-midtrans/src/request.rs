use http::{HeaderValue, Request};
use paystatus_core::{Body, Error, ErrorKind, Lookup, credential};

use crate::Midtrans;

pub(crate) const LIVE: &str = "api.midtrans.com";

/// `GET /v2/{order_id or transaction_id}/status`, with the server key as Basic credentials without a password.
pub(crate) fn build(account: &Midtrans, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let refuse = |why| Err(Error::new(ErrorKind::Config, why));
    let key = credential::text("server_key", &account.server_key)?;
    if key.contains("Mid-client-") {
        return refuse("`server_key` is a client key: take the server key, which stands beside it");
    }
    if key.starts_with("SB-") && account.base_url.host().to_string() == LIVE {
        return refuse(
            "`server_key` is one of tests, and `base_url` is the live host: set that of tests, too",
        );
    }
    let mut request = account.base_url.join("/v2").segment(lookup.any_id()?)?.path("/status").get()?;
    let headers = request.headers_mut();
    headers.insert("authorization", credential::basic(("server_key", &account.server_key), None)?);
    headers.insert("accept", HeaderValue::from_static("application/json"));
    Ok(request)
}
