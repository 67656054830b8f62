use base64::{Engine, prelude::BASE64_STANDARD}; //~~ basic
use http::Request;
use http::header::AUTHORIZATION; //~~ bearer basic
use paystatus_core::{Body, Error, Lookup, credential};
use paystatus_core::ErrorKind; //~~ basic

use crate::Acme;
use crate::sign; //~~ signed

// FILL IN: the path, the method, and the header names.
/// `GET /v1/payments/{id}` with the account's credentials.
pub(crate) fn build(account: &Acme, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let id = lookup.payment_id()?;
    let mut request = account.base_url.join("/v1/payments").segment(id)?.get()?;
    let headers = request.headers_mut();
    headers.insert(AUTHORIZATION, credential::header("access_token", "Bearer ", &account.access_token)?); //~~ bearer
    headers.insert(AUTHORIZATION, credential::header("password", "Basic ", &credentials(account)?.into())?); //~~ basic
    headers.insert("x-api-key", credential::header("api_key", "", &account.api_key)?); //~~ headers signed
    headers.insert("x-api-secret", credential::header("api_secret", "", &account.api_secret)?); //~~ headers
    headers.insert("x-signature", credential::header("signing_secret", "", &sign::signature(account, id)?)?); //~~ signed
    Ok(request)
}
 //~~ basic
fn credentials(account: &Acme) -> Result<String, Error> { //~~ basic
    let user = credential::text("user", &account.user)?; //~~ basic
    let password = credential::text("password", &account.password)?; //~~ basic
    if user.contains(':') { //~~ basic
        return Err(Error::new(ErrorKind::Config, "`user` contains a colon, which would end it")); //~~ basic
    } //~~ basic
    Ok(BASE64_STANDARD.encode(format!("{user}:{password}"))) //~~ basic
} //~~ basic
