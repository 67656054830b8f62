use http::Request;
use paystatus_core::{Answer, Ask, BaseUrl, Body, Error, Facts, Provider, Refusal, Said, Tells};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details,
    access_token::AccessToken,
    error::{self, ERRORS},
    path::Path,
    reply, request,
    status::STATUSES,
};

/// What is known about such APIs.
pub static FACTS: Facts = Facts::new("bearer", "any REST API with a bearer token", STATUSES, ERRORS)
    .telling(&[Tells::Amount, Tells::Reference])
    .but_not("refunds: a payment that was given back stays `succeeded`");

/// An account of a REST payments API that is asked with a bearer token.
///
/// It is its own configuration form: `access_token`, `base_url`, and `path` where it is not
/// `/v1/payments/{payment_id}/status`.
///
/// ```
/// use paystatus_bearer::{Ask, BaseUrl, Bearer, Lookup, Provider};
///
/// let base_url = BaseUrl::parse("https://pay.example.com")?;
/// let account = Bearer::new(base_url, "<access token>").with_path("/api/payment/{payment_id}")?;
/// assert_eq!(account.request(&Ask::about(&Lookup::from("pay_001")))?.uri(), "https://pay.example.com/api/payment/pay_001");
/// # Ok::<(), paystatus_bearer::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bearer {
    pub(crate) base_url: BaseUrl,
    pub(crate) access_token: AccessToken,
    #[serde(default)]
    pub(crate) path: Path,
}

impl Bearer {
    /// Names where the API is and a token that does not change.
    ///
    /// ```
    /// use paystatus_bearer::{Ask, BaseUrl, Bearer, Lookup, Provider};
    ///
    /// let account = Bearer::new(BaseUrl::parse("https://pay.example.com")?, "<access token>");
    /// assert_eq!(account.request(&Ask::about(&Lookup::from("pay_001")))?.uri(), "https://pay.example.com/v1/payments/pay_001/status");
    /// # Ok::<(), paystatus_bearer::Error>(())
    /// ```
    pub fn new(base_url: BaseUrl, access_token: impl Into<SecretString>) -> Self {
        Self { base_url, access_token: AccessToken::Fixed(access_token.into()), path: Path::default() }
    }

    /// Names where the API is and a source of tokens, which is asked once for every request:
    /// for tokens that expire.
    ///
    /// The source gives the token that it has at hand and renews it elsewhere, because nothing else happens
    /// while it runs; its errors come back from [`Provider::request`] as they are.
    ///
    /// ```
    /// use std::sync::{Arc, RwLock};
    /// use paystatus_bearer::{Ask, BaseUrl, Bearer, Error, ErrorKind, Lookup, Provider};
    ///
    /// let newest = Arc::new(RwLock::new("token-1".to_owned()));
    /// let read = newest.clone();
    /// let account = Bearer::with_tokens(BaseUrl::parse("https://pay.example.com")?, move || {
    ///     let token = read.read().map_err(|_| Error::new(ErrorKind::Config, "no access token is at hand"))?;
    ///     Ok(token.clone().into())
    /// });
    /// assert_eq!(account.request(&Ask::about(&Lookup::from("pay_001")))?.headers()["authorization"], "Bearer token-1");
    /// *newest.write().unwrap() = "token-2".to_owned();
    /// assert_eq!(account.request(&Ask::about(&Lookup::from("pay_001")))?.headers()["authorization"], "Bearer token-2");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn with_tokens(
        base_url: BaseUrl,
        source: impl Fn() -> Result<SecretString, Error> + Send + Sync + 'static,
    ) -> Self {
        Self { base_url, access_token: AccessToken::source(source), path: Path::default() }
    }

    /// Asks at another path; `{payment_id}` stands in it once, as a whole segment.
    ///
    /// # Errors
    /// [`Config`](paystatus_core::ErrorKind::Config) if the path does not begin with `/`, has the placeholder
    /// not once or not as a whole segment, or has `.`, `..`, empty segments or characters that need encoding.
    ///
    /// ```
    /// use paystatus_bearer::{Ask, BaseUrl, Bearer, Lookup, Provider};
    ///
    /// let account = || Ok(Bearer::new(BaseUrl::parse("https://pay.example.com")?, "<access token>"));
    /// let moved = account()?.with_path("/pay/{payment_id}/state")?;
    /// assert_eq!(moved.request(&Ask::about(&Lookup::from("pay_001")))?.uri().path(), "/pay/pay_001/state");
    /// assert!(account()?.with_path("/pay/{id}").is_err());
    /// # Ok::<(), paystatus_bearer::Error>(())
    /// ```
    pub fn with_path(self, path: &str) -> Result<Self, Error> {
        Ok(Self { path: Path::parse(path)?, ..self })
    }
}

impl Provider for Bearer {
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
