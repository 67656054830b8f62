use http::Request;
use paystatus_core::{Body, By, Error, ErrorKind, Lookup, credential};

use crate::Flutterwave;

/// `GET /v3/transactions/{id}/verify`, or by the merchant's reference `…/verify_by_reference?tx_ref={reference}`.
pub(crate) fn build(account: &Flutterwave, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let id = lookup.any_id()?;
    let endpoint = match lookup.by() {
        By::Order => account.base_url.join("/v3/transactions/verify_by_reference").query("tx_ref", id),
        _ if id.bytes().all(|byte| byte.is_ascii_digit()) => {
            account.base_url.join("/v3/transactions").segment(id)?.path("/verify")
        }
        _ => {
            let why = "the payment id is not a number: ask by order with the merchant's own reference";
            return Err(Error::new(ErrorKind::InvalidLookup, why));
        }
    };
    let mut request = endpoint.get()?;
    let bearer = credential::header("secret_key", "Bearer ", &account.secret_key)?;
    request.headers_mut().insert("authorization", bearer);
    Ok(request)
}
