use http::{Request, header::AUTHORIZATION};
use paystatus_core::{Ask, Body, Error, ErrorKind, credential};

use crate::{Paypal, Resource};

/// `GET /v2/checkout/orders/{id}` or `/v2/payments/captures/{id}` with the access token.
pub(crate) fn build(account: &Paypal, ask: &Ask<'_>) -> Result<Request<Body>, Error> {
    let path = match account.resource {
        Resource::Order => "/v2/checkout/orders",
        Resource::Capture => "/v2/payments/captures",
    };
    let mut request = account.base_url.join(path).segment(ask.lookup().payment_id()?)?.get()?;
    let token = ask.token().ok_or_else(|| {
        Error::new(
            ErrorKind::Config,
            "the request needs an access token: go through `Check`, which fetches one",
        )
    })?;
    request.headers_mut().insert(AUTHORIZATION, credential::header("access_token", "Bearer ", token.text())?);
    Ok(request)
}
