use http::{Request, header::AUTHORIZATION};
use paystatus_core::{Body, By, Error, ErrorKind, Lookup, credential};

use crate::Paystack;

/// `GET /transaction/verify/{reference}`, or `GET /transaction/{id}` for Paystack's own number.
/// A reference may be a number, too, so neither is ever taken for the other.
pub(crate) fn build(account: &Paystack, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let id = lookup.any_id()?;
    let is_number = id.bytes().all(|byte| byte.is_ascii_digit()) && id.parse::<u64>().is_ok();
    let endpoint = match lookup.by() {
        By::Order => account.base_url.join("/transaction/verify").segment(id)?,
        _ if is_number => account.base_url.join("/transaction").segment(id)?,
        _ => {
            let why = "the payment id is not one of the provider's numbers: ask for a reference by order";
            return Err(Error::new(ErrorKind::InvalidLookup, why));
        }
    };
    account.secret()?;
    let mut request = endpoint.get()?;
    let authorization = credential::header("secret_key", "Bearer ", &account.secret_key)?;
    request.headers_mut().insert(AUTHORIZATION, authorization);
    Ok(request)
}

impl Paystack {
    /// The secret key's text, if it is one.
    pub(crate) fn secret(&self) -> Result<&str, Error> {
        let text = credential::text("secret_key", &self.secret_key)?;
        if text.starts_with("pk_") {
            let why = "`secret_key` is a public key (`pk_…`): take the secret one (`sk_…`)";
            return Err(Error::new(ErrorKind::Config, why));
        }
        Ok(text)
    }
}
