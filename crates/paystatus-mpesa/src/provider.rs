use std::time::Duration;

use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, Error, Facts, FetchesTokens, Pace, Provider, Refusal, Said, WaitPlan,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details,
    error::{self, ERRORS},
    reply, request,
    status::STATUSES,
};

/// What is known about M-Pesa Express.
///
/// No limit is published, and the test host refuses more than a few requests a minute: 20 are assumed.
pub static FACTS: Facts = Facts::new("mpesa", "M-Pesa Express (Safaricom Daraja, Kenya)", STATUSES, ERRORS)
    .but_not(
        "what was paid, by whom and for what: neither amount nor reference nor receipt; nor a later reversal",
    )
    .paced(Pace::per_minute(20))
    .waiting_by(
        WaitPlan::of_seconds(10, 60, 600).starting_after(Duration::from_secs(10)).with_growth_percent(200),
    );

/// A short code (paybill or till) on Safaricom's Daraja.
///
/// It is its own configuration form: `consumer_key`, `consumer_secret`, `short_code`, `passkey`,
/// and `base_url` where it is not `https://api.safaricom.co.ke`.
///
/// **No amount is ever reported**, so an expected amount never verifies:
/// keep which `CheckoutRequestID` belongs to which order and amount when the prompt is sent.
///
/// ```
/// use paystatus_core::Token;
/// use paystatus_mpesa::{Ask, Lookup, MPesa, Provider};
///
/// let account = MPesa::new("<consumer key>", "<consumer secret>", "174379", "<passkey>");
/// let (lookup, token) = (Lookup::from("ws_CO_13012021093521236557"), Token::new("<access token>"));
/// let request = account.request(&Ask::about(&lookup).with_token(Some(&token)))?;
/// assert_eq!(request.uri(), "https://api.safaricom.co.ke/mpesa/stkpushquery/v1/query");
/// # Ok::<(), paystatus_mpesa::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MPesa {
    pub(crate) consumer_key: SecretString,
    pub(crate) consumer_secret: SecretString,
    pub(crate) short_code: String,
    pub(crate) passkey: SecretString,
    #[serde(default = "live")]
    pub(crate) base_url: BaseUrl,
}

fn live() -> BaseUrl {
    BaseUrl::of_service("api.safaricom.co.ke")
}

impl MPesa {
    /// Names the app's two keys, the short code that the prompt was sent for, and its passkey.
    ///
    /// ```
    /// use paystatus_mpesa::{MPesa, Provider};
    ///
    /// let account = MPesa::new("canary", "canary", "174379", "canary");
    /// assert_eq!(account.base_url().to_string(), "https://api.safaricom.co.ke");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(
        consumer_key: impl Into<SecretString>,
        consumer_secret: impl Into<SecretString>,
        short_code: impl Into<String>,
        passkey: impl Into<SecretString>,
    ) -> Self {
        Self {
            consumer_key: consumer_key.into(),
            consumer_secret: consumer_secret.into(),
            short_code: short_code.into(),
            passkey: passkey.into(),
            base_url: live(),
        }
    }

    /// Asks another host, for tokens too: Safaricom's test host, or the sandbox of these crates.
    ///
    /// ```
    /// use paystatus_mpesa::{BaseUrl, MPesa, Provider};
    ///
    /// let test = BaseUrl::parse("https://sandbox.safaricom.co.ke")?;
    /// let account = MPesa::new("<key>", "<secret>", "174379", "<passkey>").with_base_url(test);
    /// assert_eq!(account.base_url().to_string(), "https://sandbox.safaricom.co.ke");
    /// # Ok::<(), paystatus_mpesa::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for MPesa {
    type Details = Details;

    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn request(&self, ask: &Ask<'_>) -> Result<Request<Body>, Error> {
        request::build(self, ask)
    }

    fn read(&self, ask: &Ask<'_>, text: &str) -> Result<Answer<Details>, Refusal> {
        reply::read(ask.lookup(), text)
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }

    fn tokens(&self) -> Option<&dyn FetchesTokens> {
        Some(self)
    }
}
