use http::{Request, header::AUTHORIZATION};
use paystatus_core::{Body, By, Error, ErrorKind, Lookup, credential};

use crate::Toss;

/// `GET /v1/payments/{paymentKey}`, or `GET /v1/payments/orders/{orderId}`,
/// with the secret key as the name of Basic credentials that have no password.
pub(crate) fn build(account: &Toss, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let id = lookup.any_id()?;
    let payments = match lookup.by() {
        By::Order => account.base_url.join("/v1/payments/orders"),
        _ => account.base_url.join("/v1/payments"),
    };
    let mut request = payments.segment(id)?.get()?;
    let key = credential::text("secret_key", &account.secret_key)?;
    if key.split('_').nth(1).is_some_and(|kind| kind.ends_with("ck")) {
        let why = "`secret_key` is a client key, which may ask about nothing: give the secret key (`…_sk_…` or `…_gsk_…`)";
        return Err(Error::new(ErrorKind::Config, why));
    }
    let basic = credential::basic(("secret_key", &account.secret_key), None)?;
    request.headers_mut().insert(AUTHORIZATION, basic);
    Ok(request)
}
