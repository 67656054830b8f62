use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, CallbackSecrets, Covers, Error, Facts, Ids, Pace, Provider, Refusal, Said,
    SignsCallbacks, Tells,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details,
    error::{self, ERRORS},
    reply, request,
    status::STATUSES,
};

/// What is known about Resmic Pro.
///
/// At most 15 requests a minute: the lower end of what the public server allows a key
/// (<https://github.com/0xResmic/Resmic-PRO>, read 2026-11).
pub static FACTS: Facts = Facts::new("resmic", "Resmic Pro (crypto)", STATUSES, ERRORS)
    .telling(&[Tells::Amount])
    .but_not(
        "whether its word is true: a payer's browser can set it; test coins from money; what was charged after a coupon",
    )
    .calling_back(Covers::Body)
    .paced(Pace::per_minute(15))
    .with_ids(Ids::IgnoringCase)
    .answering_with_200();

/// A Resmic Pro account.
///
/// It is its own configuration form: `api_key`, `user_id`, `callback_secret` (one or a list) for callbacks,
/// and `base_url` where it is not `https://api.resmic.com`.
///
/// ```
/// use paystatus_resmic::{Ask, BaseUrl, Lookup, Provider, Resmic};
///
/// let own_host = BaseUrl::parse("https://pay.example.com/resmic")?;
/// let resmic = Resmic::new("<api key>", "<user id>").with_base_url(own_host);
/// let request = resmic.request(&Ask::about(&Lookup::from("899e9dde-fda9-4386-9620-065756016805")))?;
/// assert_eq!(request.uri().host(), Some("pay.example.com"));
/// # Ok::<(), paystatus_resmic::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resmic {
    pub(crate) api_key: SecretString,
    pub(crate) user_id: SecretString,
    #[serde(default)]
    pub(crate) callback_secret: CallbackSecrets,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service("api.resmic.com")
}

impl Resmic {
    /// Names the two credentials of an account on the hosted service, `https://api.resmic.com`.
    ///
    /// ```
    /// use paystatus_resmic::{Provider, Resmic};
    ///
    /// let account = Resmic::new("<api key>", "<user id>");
    /// assert_eq!(account.base_url().to_string(), "https://api.resmic.com");
    /// ```
    pub fn new(api_key: impl Into<SecretString>, user_id: impl Into<SecretString>) -> Self {
        Self {
            api_key: api_key.into(),
            user_id: user_id.into(),
            callback_secret: CallbackSecrets::default(),
            base_url: hosted(),
        }
    }

    /// Asks another host: a self-hosted backend, or the sandbox.
    ///
    /// ```
    /// use paystatus_resmic::{BaseUrl, Provider, Resmic};
    ///
    /// let sandbox = BaseUrl::parse("http://127.0.0.1:8080/resmic")?;
    /// let account = Resmic::new("<api key>", "<user id>").with_base_url(sandbox);
    /// assert_eq!(account.base_url().to_string(), "http://127.0.0.1:8080/resmic");
    /// # Ok::<(), paystatus_resmic::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for Resmic {
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

    fn callbacks(&self) -> Option<&dyn SignsCallbacks> {
        Some(self)
    }
}
