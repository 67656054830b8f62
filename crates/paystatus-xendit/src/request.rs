use http::{HeaderValue, Request};
use paystatus_core::{Body, By, Error, ErrorKind, Lookup, credential};
use secrecy::ExposeSecret;

use crate::{Version, Xendit};

/// What replies about payment requests are read by, in their third version.
const VERSION: HeaderValue = HeaderValue::from_static("2024-11-11");

/// What the ids of payment requests begin with.
pub(crate) const REQUEST: &str = "pr-";

/// Tells an invoice's id: 24 hexadecimal digits.
pub(crate) fn is_invoice(id: &str) -> bool {
    id.len() == 24 && id.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// An invoice or a payment request, told apart by the id's form, or every invoice with a reference.
pub(crate) fn build(account: &Xendit, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let id = lookup.any_id()?;
    let is_request = lookup.by() == By::Payment && id.starts_with(REQUEST);
    let is_newer = is_request && account.payment_requests == Version::V3;
    let endpoint = match lookup.by() {
        By::Order => account.base_url.join("/v2/invoices").query("external_id", id).query("limit", "100"),
        _ if is_invoice(id) => account.base_url.join("/v2/invoices").segment(id)?,
        _ if is_newer => account.base_url.join("/v3/payment_requests").segment(id)?,
        _ if is_request => account.base_url.join("/payment_requests").segment(id)?,
        _ => {
            let why = "the payment id is neither an invoice's (24 hexadecimal digits) nor a payment request's (`pr-…`)";
            return Err(Error::new(ErrorKind::InvalidLookup, why));
        }
    };
    if account.secret_key.expose_secret().trim_start().starts_with("xnd_public_") {
        let why = "`secret_key` is a public key, which can ask nothing: it begins with `xnd_production_` or `xnd_development_`";
        return Err(Error::new(ErrorKind::Config, why));
    }
    let mut request = endpoint.get()?;
    let headers = request.headers_mut();
    headers.insert("authorization", credential::basic(("secret_key", &account.secret_key), None)?);
    if is_newer {
        headers.insert("api-version", VERSION);
    }
    if let Some(user) = &account.for_user_id {
        headers.insert("for-user-id", credential::header("for_user_id", "", &user.as_str().into())?);
    }
    Ok(request)
}
