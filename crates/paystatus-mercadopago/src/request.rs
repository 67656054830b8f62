use http::Request;
use paystatus_core::{Body, By, Error, ErrorKind, Lookup, credential};

use crate::MercadoPago;

/// `GET /v1/payments/{id}`, or a search for every payment with a reference, the newest first.
pub(crate) fn build(account: &MercadoPago, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let id = lookup.any_id()?;
    let endpoint = match lookup.by() {
        By::Order => {
            let search = account.base_url.join("/v1/payments/search").query("external_reference", id);
            search.query("sort", "date_created").query("criteria", "desc")
        }
        _ if id.bytes().all(|digit| digit.is_ascii_digit()) => {
            account.base_url.join("/v1/payments").segment(id)?
        }
        _ => {
            let why = "the payment id is not a number, as the ids of this provider's payments are";
            return Err(Error::new(ErrorKind::InvalidLookup, why));
        }
    };
    let mut request = endpoint.get()?;
    let token = credential::header("access_token", "Bearer ", &account.access_token)?;
    request.headers_mut().insert("authorization", token);
    Ok(request)
}
