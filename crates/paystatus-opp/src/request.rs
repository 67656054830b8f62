use http::Request;
use paystatus_core::{Body, By, Error, ErrorKind, Lookup, credential};

use crate::Opp;

/// What stands in the id of a checkout, such as `8AC7A4.prod01-vm-tx08`, and in no payment's.
pub(crate) const CHECKOUT: &str = ".";

/// `GET /v3/query/{id}` with what is linked to the payment, `/v3/query?merchantTransactionId=…` for every attempt
/// with a reference, or `/v1/checkouts/{id}/payment`.
pub(crate) fn build(account: &Opp, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let id = lookup.any_id()?;
    let is_plain = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'.' | b'-' | b'_');
    if lookup.by() == By::Payment && !id.bytes().all(is_plain) {
        let why =
            "the payment id is neither a payment's (32 hexadecimal digits) nor a checkout's (with a `.`)";
        return Err(Error::new(ErrorKind::InvalidLookup, why));
    }
    let secret = account.entity_id.as_str().into();
    let entity_id = credential::text("entity_id", &secret)?;
    let endpoint = match lookup.by() {
        By::Order => account.base_url.join("/v3/query").query("merchantTransactionId", id),
        _ if id.contains(CHECKOUT) => account.base_url.join("/v1/checkouts").segment(id)?.path("/payment"),
        _ => account.base_url.join("/v3/query").segment(id)?,
    };
    let endpoint = endpoint.query("entityId", entity_id);
    let endpoint = match lookup.by() {
        By::Payment if !id.contains(CHECKOUT) => endpoint.query("includeLinkedTransactions", "true"),
        _ => endpoint,
    };
    let mut request = endpoint.get()?;
    let token = credential::header("access_token", "Bearer ", &account.access_token)?;
    request.headers_mut().insert("authorization", token);
    Ok(request)
}
