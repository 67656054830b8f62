use http::{HeaderValue, Request};
use paystatus_core::{Body, Error, ErrorKind, Lookup, credential};

use crate::Stripe;

/// What replies are read by: an account's own version may be too old for the expansion.
const VERSION: HeaderValue = HeaderValue::from_static("2026-10-28.endive");

/// A PaymentIntent or a Checkout Session, told apart by the id's prefix, with the charge that shows refunds and disputes.
pub(crate) fn build(account: &Stripe, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let id = lookup.payment_id()?;
    let (path, expanded) = if id.starts_with("pi_") {
        ("/v1/payment_intents", "latest_charge")
    } else if id.starts_with("cs_") {
        ("/v1/checkout/sessions", "payment_intent.latest_charge")
    } else {
        let why = "the payment id is neither a PaymentIntent's (`pi_…`) nor a Checkout Session's (`cs_…`)";
        return Err(Error::new(ErrorKind::InvalidLookup, why));
    };
    let mut request = account.base_url.join(path).segment(id)?.query("expand[]", expanded).get()?;
    let headers = request.headers_mut();
    headers.insert("authorization", credential::header("secret_key", "Bearer ", &account.secret_key)?);
    headers.insert("stripe-version", VERSION);
    if let Some(connected) = &account.stripe_account {
        headers
            .insert("stripe-account", credential::header("stripe_account", "", &connected.as_str().into())?);
    }
    Ok(request)
}
