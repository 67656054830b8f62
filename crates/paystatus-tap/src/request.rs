use http::{HeaderValue, Request};
use paystatus_core::{Body, Error, ErrorKind, credential};

use crate::Tap;

pub(crate) const CHARGE: &str = "charge";
pub(crate) const AUTHORIZE: &str = "authorize";

/// What an id is of: a pre-authorization, or else a charge.
pub(crate) fn kind(id: &str) -> &'static str {
    if id.starts_with("auth_") { AUTHORIZE } else { CHARGE }
}

/// `GET /v2/charges/{id}`, or `GET /v2/authorize/{id}` for a pre-authorization.
pub(crate) fn build(account: &Tap, id: &str) -> Result<Request<Body>, Error> {
    if credential::text("secret_key", &account.secret_key)?.starts_with("pk_") {
        let why = "`secret_key` is a public key, which can't ask: give the one that begins with `sk_`";
        return Err(Error::new(ErrorKind::Config, why));
    }
    let path = if kind(id) == AUTHORIZE { "/v2/authorize" } else { "/v2/charges" };
    let mut request = account.base_url.join(path).segment(id)?.get()?;
    let headers = request.headers_mut();
    headers.insert("authorization", credential::header("secret_key", "Bearer ", &account.secret_key)?);
    headers.insert("accept", HeaderValue::from_static("application/json"));
    Ok(request)
}
