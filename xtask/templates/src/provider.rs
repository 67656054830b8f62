use http::Request;
use paystatus_core::{Answer, Ask, BaseUrl, Body, Error, Facts, Provider, Refusal, Said, Tells};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details,
    error::{self, ERRORS},
    reply, request,
    status::STATUSES,
};

/// What is known about Acme.
// FILL IN: what it tells and cannot tell, its documented pace and wait plan, how it compares ids, its callbacks.
pub static FACTS: Facts = Facts::new("acme", "Acme", STATUSES, ERRORS)
    .telling(&[Tells::Amount])
    .but_not("FILL IN");

/// An account of the provider Acme.
///
/// It is its own configuration form: `base_url` and `access_token`. //~~ bearer
/// It is its own configuration form: `base_url`, `user` and `password`. //~~ basic
/// It is its own configuration form: `base_url`, `api_key` and `api_secret`. //~~ headers
/// It is its own configuration form: `base_url`, `api_key` and `signing_secret`. //~~ signed
///
/// ```
/// use paystatus_acme::{Acme, Ask, BaseUrl, Lookup, Provider};
///
/// let base_url = BaseUrl::parse("https://pay.example.com")?;
/// let account = Acme::new(base_url, "<access token>"); //~~ bearer
/// let account = Acme::new(base_url, "<user>", "<password>"); //~~ basic
/// let account = Acme::new(base_url, "<api key>", "<api secret>"); //~~ headers
/// let account = Acme::new(base_url, "<api key>", "<signing secret>"); //~~ signed
/// let request = account.request(&Ask::about(&Lookup::from("pay_001")))?;
/// assert_eq!(request.uri(), "https://pay.example.com/v1/payments/pay_001");
/// # Ok::<(), paystatus_acme::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acme {
    pub(crate) base_url: BaseUrl,
    pub(crate) access_token: SecretString, //~~ bearer
    pub(crate) user: SecretString, //~~ basic
    pub(crate) password: SecretString, //~~ basic
    pub(crate) api_key: SecretString, //~~ headers signed
    pub(crate) api_secret: SecretString, //~~ headers
    pub(crate) signing_secret: SecretString, //~~ signed
}

impl Acme {
    /// Names where the API is and an account's access token. //~~ bearer
    /// Names where the API is and the two halves of an account's Basic credentials. //~~ basic
    /// Names where the API is and the two keys of an account. //~~ headers
    /// Names where the API is, an account's key, and the secret that its requests are signed with. //~~ signed
    pub fn new(base_url: BaseUrl, access_token: impl Into<SecretString>) -> Self { //~~ bearer
        Self { base_url, access_token: access_token.into() } //~~ bearer
    } //~~ bearer
    pub fn new(base_url: BaseUrl, user: impl Into<SecretString>, password: impl Into<SecretString>) -> Self { //~~ basic
        Self { base_url, user: user.into(), password: password.into() } //~~ basic
    } //~~ basic
    pub fn new(base_url: BaseUrl, api_key: impl Into<SecretString>, api_secret: impl Into<SecretString>) -> Self { //~~ headers
        Self { base_url, api_key: api_key.into(), api_secret: api_secret.into() } //~~ headers
    } //~~ headers
    pub fn new(base_url: BaseUrl, api_key: impl Into<SecretString>, signing_secret: impl Into<SecretString>) -> Self { //~~ signed
        Self { base_url, api_key: api_key.into(), signing_secret: signing_secret.into() } //~~ signed
    } //~~ signed
}

impl Provider for Acme {
    type Details = Details;

    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn request(&self, ask: &Ask<'_>) -> Result<Request<Body>, Error> {
        request::build(self, ask.lookup())
    }

    fn read(&self, _: &Ask<'_>, text: &str) -> Result<Answer<Details>, Refusal> {
        reply::read(text)
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }
}
