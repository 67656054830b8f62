use http::Request;
use paystatus_core::{Body, By, Endpoint, Error, ErrorKind, Lookup, credential};

use crate::Checkout;

/// `GET /payments/{id}`, or `GET /payments?reference={reference}` for every attempt of an order, the newest first.
pub(crate) fn build(account: &Checkout, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let (id, list) = (lookup.any_id()?, account.base_url.join("/payments"));
    if lookup.by() == By::Order {
        // An order has fewer attempts than a list has room for.
        return signed(account, list.query("reference", id).query("limit", "100"));
    }
    // A session (`sid_…`) answers about another id than its own, and only for a quarter of an hour.
    if !id.starts_with("pay_") {
        let why = "the payment id does not begin with `pay_`: give the payment's own id, not a session's";
        return Err(Error::new(ErrorKind::InvalidLookup, why));
    }
    signed(account, list.segment(id)?)
}

fn signed(account: &Checkout, endpoint: Endpoint) -> Result<Request<Body>, Error> {
    let mut request = endpoint.get()?;
    let bearer = credential::header("secret_key", "Bearer ", &account.secret_key)?;
    request.headers_mut().insert("authorization", bearer);
    Ok(request)
}
