use http::{Request, header::AUTHORIZATION};
use paystatus_core::{Body, Error, ErrorKind, Lookup, credential};
use secrecy::ExposeSecret;

use crate::Mollie;

/// `GET /v2/payments/{id}`, which tells refunds and chargebacks too.
pub(crate) fn build(account: &Mollie, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let id = lookup.payment_id()?;
    if !id.starts_with("tr_") {
        let why =
            "the payment id is not a payment's (`tr_…`): an order, a payment link or a refund has other ids";
        return Err(Error::new(ErrorKind::InvalidLookup, why));
    }
    let endpoint = account.base_url.join("/v2/payments").segment(id)?;
    let endpoint = match account.testmode {
        false => endpoint,
        true if account.api_key.expose_secret().starts_with("access_") => endpoint.query("testmode", "true"),
        true => {
            let why =
                "`testmode` is for organisation tokens (`access_…`) only: any other `api_key` is of one mode";
            return Err(Error::new(ErrorKind::Config, why));
        }
    };
    let mut request = endpoint.get()?;
    let authorization = credential::header("api_key", "Bearer ", &account.api_key)?;
    request.headers_mut().insert(AUTHORIZATION, authorization);
    Ok(request)
}
