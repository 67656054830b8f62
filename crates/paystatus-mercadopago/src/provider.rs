use std::time::Duration;

use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, By, CallbackSecrets, Error, Facts, Provider, Refusal, Said, SignsCallbacks,
    Tells, WaitPlan,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details,
    callback::SIGNED,
    error::{self, ERRORS},
    reply, request,
    status::STATUSES,
};

/// What is known about Mercado Pago.
///
/// Nobody says how fast it may be asked. Pix and tickets stay open for minutes to 30 days, so a wait that runs out is
/// normal; a search is behind, for hours as some say (<https://github.com/mercadopago/sdk-nodejs/issues/180>, read 2026-11).
pub static FACTS: Facts = Facts::new("mercadopago", "Mercado Pago", STATUSES, ERRORS)
    .asked_by(&[By::Payment, By::Order])
    .telling(Tells::ALL)
    .but_not(
        "how a dispute is going; refunds that are still in process; \
         test users' payments, which production tokens take and show as live",
    )
    .waiting_by(WaitPlan::of_seconds(5, 60, 900).with_not_found_grace(Duration::from_secs(900)))
    .calling_back(SIGNED)
    .judging_by(&["status", "status_detail", "operation", "refunded", "captured", "asked"]);

/// A Mercado Pago account.
///
/// It is its own configuration form: `access_token` (`APP_USR-…` or `TEST-…`), and where they are needed
/// `callback_secret` (one or a list; `webhook_secret` is another name for it) for webhooks and `base_url`.
/// An order is the merchant's own `external_reference`, of which every payment is looked at.
///
/// ```
/// use paystatus_mercadopago::{Ask, Lookup, MercadoPago, Provider};
///
/// let account = MercadoPago::new("<access token>");
/// let request = account.request(&Ask::about(&Lookup::payment("3506756222")))?;
/// assert_eq!(request.uri(), "https://api.mercadopago.com/v1/payments/3506756222");
/// let request = account.request(&Ask::about(&Lookup::order("order-1234")))?;
/// assert_eq!(request.uri().path(), "/v1/payments/search");
/// # Ok::<(), paystatus_mercadopago::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MercadoPago {
    pub(crate) access_token: SecretString,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
    #[serde(default, alias = "webhook_secret")]
    pub(crate) callback_secret: CallbackSecrets,
    #[serde(skip)]
    pub(crate) callback_tolerance: Option<Duration>,
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service("api.mercadopago.com")
}

impl MercadoPago {
    /// Names the access token of an account.
    ///
    /// ```
    /// use paystatus_mercadopago::{MercadoPago, Provider};
    ///
    /// let account = MercadoPago::new("canary");
    /// assert_eq!(account.base_url().to_string(), "https://api.mercadopago.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(access_token: impl Into<SecretString>) -> Self {
        Self {
            access_token: access_token.into(),
            base_url: hosted(),
            callback_secret: CallbackSecrets::default(),
            callback_tolerance: None,
        }
    }

    /// Asks another host, such as the sandbox.
    ///
    /// ```
    /// use paystatus_mercadopago::{BaseUrl, MercadoPago, Provider};
    ///
    /// let sandbox = BaseUrl::parse("http://127.0.0.1:8080/mercadopago")?;
    /// let account = MercadoPago::new("<access token>").with_base_url(sandbox);
    /// assert_eq!(account.base_url().to_string(), "http://127.0.0.1:8080/mercadopago");
    /// # Ok::<(), paystatus_mercadopago::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for MercadoPago {
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

    fn read(&self, ask: &Ask<'_>, text: &str) -> Result<Answer<Details>, Refusal> {
        reply::read(ask.lookup(), text)
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }

    fn callbacks(&self) -> Option<&dyn SignsCallbacks> {
        Some(self)
    }
}
