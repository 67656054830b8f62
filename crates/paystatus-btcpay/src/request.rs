use http::{
    HeaderValue, Request,
    header::{ACCEPT, AUTHORIZATION},
};
use paystatus_core::{Body, By, Error, ErrorKind, Lookup, credential};

use crate::BtcPay;

/// `GET /api/v1/stores/{storeId}/invoices/{invoiceId}`, or all invoices of an order, archived ones included.
///
/// Without `includeArchived`, which only server and client know, a paid invoice that was archived is not there.
pub(crate) fn build(account: &BtcPay, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let id = lookup.any_id()?;
    let store_id = credential::text("store_id", &account.store_id.as_str().into())?.to_owned();
    let store = account.base_url.join("/api/v1/stores").segment(&store_id);
    let store = store.map_err(|_| Error::new(ErrorKind::Config, "`store_id` is `.` or `..`"))?;
    let invoices = store.path("/invoices");
    let endpoint = match lookup.by() {
        By::Order => invoices.query("orderId", id).query("includeArchived", "true"),
        _ => invoices.segment(lookup.payment_id()?)?,
    };
    let mut request = endpoint.get()?;
    let headers = request.headers_mut();
    headers.insert(AUTHORIZATION, credential::header("api_key", "token ", &account.api_key)?);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    Ok(request)
}
