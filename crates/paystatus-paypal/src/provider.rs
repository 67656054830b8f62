use std::time::Duration;

use http::Request;
#[cfg(feature = "callbacks")]
use paystatus_core::SignsCallbacks;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, Covers, Error, Facts, FetchesTokens, Provider, Refusal, Said, Tells::*,
    WaitPlan,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{Details, error, reply, request, status::STATUSES};

/// What is known about PayPal.
///
/// Whether callbacks are among it depends on the feature `callbacks`.
pub static FACTS: Facts = if cfg!(feature = "callbacks") { KNOWN.calling_back(Covers::Body) } else { KNOWN };

const KNOWN: Facts = Facts::new("paypal", "PayPal (wallet, cards, local methods)", STATUSES, error::ERRORS)
    .telling(&[Holds, PartRefunds, Refunds, Chargebacks, Amount, Reference])
    .but_not(
        "an open dispute from a partial refund; what was given back of one capture that is asked about by its own id",
    )
    .waiting_by(WaitPlan::of_seconds(5, 60, 900))
    .judging_by(&["status", "of", "beside", "order"]);

/// A PayPal account: a REST app's two credentials.
///
/// It is its own configuration form: `client_id`, `client_secret`, `resource = "order"` or `"capture"`,
/// `webhook_id` for callbacks, and `base_url` where it is not `https://api-m.paypal.com`.
///
/// ```
/// use paystatus_paypal::{Ask, Lookup, Paypal, Provider};
/// use paystatus_core::Token;
///
/// let account = Paypal::new("<client id>", "<client secret>");
/// let (lookup, token) = (Lookup::from("5O190127TN364715T"), Token::new("<access token>"));
/// let request = account.request(&Ask::about(&lookup).with_token(Some(&token)))?;
/// assert_eq!(request.uri(), "https://api-m.paypal.com/v2/checkout/orders/5O190127TN364715T");
/// # Ok::<(), paystatus_paypal::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paypal {
    pub(crate) client_id: String,
    pub(crate) client_secret: SecretString,
    #[serde(default)]
    pub(crate) resource: Resource,
    #[serde(default)]
    #[cfg_attr(not(feature = "callbacks"), expect(dead_code, reason = "only callbacks are signed with it"))]
    pub(crate) webhook_id: Option<String>,
    #[serde(skip, default = "tolerance")]
    #[cfg_attr(not(feature = "callbacks"), expect(dead_code, reason = "only callbacks have a time"))]
    pub(crate) callback_tolerance: Duration,
    #[serde(default = "live")]
    pub(crate) base_url: BaseUrl,
}

/// What a payment id names: both kinds have 17 letters and digits and can't be told apart.
///
/// ```
/// use paystatus_paypal::{Ask, Lookup, Paypal, Provider, Resource};
/// use paystatus_core::Token;
///
/// let account = Paypal::new("<client id>", "<client secret>").asking_about(Resource::Capture);
/// let (lookup, token) = (Lookup::from("3C679366HH908993F"), Token::new("<access token>"));
/// let request = account.request(&Ask::about(&lookup).with_token(Some(&token)))?;
/// assert_eq!(request.uri().path(), "/v2/payments/captures/3C679366HH908993F");
/// # Ok::<(), paystatus_paypal::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Resource {
    /// An order, with all its authorizations, captures and refunds.
    #[default]
    Order,
    /// One capture; what was refunded of it is not told.
    Capture,
}

fn live() -> BaseUrl {
    BaseUrl::of_service("api-m.paypal.com")
}

/// PayPal names none: five minutes are what is usual.
fn tolerance() -> Duration {
    Duration::from_secs(300)
}

impl Paypal {
    /// Names the two credentials of a live REST app; ids are those of orders.
    ///
    /// ```
    /// use paystatus_paypal::{Paypal, Provider};
    ///
    /// let account = Paypal::new("<client id>", "canary");
    /// assert_eq!(account.base_url().to_string(), "https://api-m.paypal.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(client_id: impl Into<String>, client_secret: impl Into<SecretString>) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            resource: Resource::default(),
            webhook_id: None,
            callback_tolerance: tolerance(),
            base_url: live(),
        }
    }

    /// Says what ids name: orders unless it is set.
    #[must_use]
    pub fn asking_about(self, resource: Resource) -> Self {
        Self { resource, ..self }
    }

    /// Asks another host, for tokens too: PayPal's test host, or the sandbox of these crates.
    ///
    /// ```
    /// use paystatus_paypal::{BaseUrl, Paypal, Provider};
    ///
    /// let test = BaseUrl::parse("https://api-m.sandbox.paypal.com")?;
    /// let account = Paypal::new("<client id>", "<client secret>").with_base_url(test);
    /// assert_eq!(account.base_url().to_string(), "https://api-m.sandbox.paypal.com");
    /// # Ok::<(), paystatus_paypal::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for Paypal {
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

    fn read(&self, _: &Ask<'_>, text: &str) -> Result<Answer<Details>, Refusal> {
        reply::read(self.resource, text)
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }

    fn tokens(&self) -> Option<&dyn FetchesTokens> {
        Some(self)
    }

    #[cfg(feature = "callbacks")]
    fn callbacks(&self) -> Option<&dyn SignsCallbacks> {
        Some(self)
    }
}
