use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, By, CallbackSecrets, Error, Facts, Provider, Refusal, Said, SignsCallbacks,
    Tells::*, WaitPlan,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details, callback,
    error::{self, ERRORS},
    reply, request,
    status::{EVIDENCE, STATUSES},
};

/// What is known about Craftgate.
///
/// No limit is documented.
pub static FACTS: Facts = Facts::new("craftgate", "Craftgate", STATUSES, ERRORS)
    .asked_by(&[By::Payment, By::Order])
    .telling(&[Holds, PartRefunds, Refunds, Attempts, Amount, Reference])
    .but_not("chargebacks; test money, only the host tells; an order's total: expect an amount")
    .waiting_by(WaitPlan::of_seconds(5, 60, 900))
    .calling_back(callback::COVERS)
    .judging_by(EVIDENCE);

/// A Craftgate merchant.
///
/// It is its own configuration form: `api_key`, `secret_key`, and where they are needed `callback_secret`
/// (the hook key: one or a list), `order_by` and `base_url`, which is signed too and must be the one that Craftgate sees.
///
/// ```
/// use paystatus_craftgate::{Ask, Craftgate, Lookup, Provider};
///
/// let account = Craftgate::new("<api key>", "<secret key>");
/// let request = account.request(&Ask::about(&Lookup::from("5")))?;
/// assert_eq!(request.uri(), "https://api.craftgate.io/payment-reporting/v1/payments/5");
/// # Ok::<(), paystatus_craftgate::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Craftgate {
    pub(crate) api_key: SecretString,
    pub(crate) secret_key: SecretString,
    #[serde(default)]
    pub(crate) order_by: OrderBy,
    #[serde(default = "live")]
    pub(crate) base_url: BaseUrl,
    /// The panel calls it the merchant hook key.
    #[serde(default)]
    pub(crate) callback_secret: CallbackSecrets,
}

/// By which of the merchant's own two references an order is asked for.
///
/// ```
/// use paystatus_craftgate::OrderBy;
/// assert_eq!(OrderBy::default(), OrderBy::ConversationId);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OrderBy {
    /// `conversationId`.
    #[default]
    ConversationId,
    /// `externalId`.
    ExternalId,
}

fn live() -> BaseUrl {
    BaseUrl::of_service("api.craftgate.io")
}

impl Craftgate {
    /// Names the two keys of a merchant.
    ///
    /// ```
    /// use paystatus_craftgate::{Craftgate, Provider};
    ///
    /// let account = Craftgate::new("canary", "canary");
    /// assert_eq!(account.base_url().to_string(), "https://api.craftgate.io");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(api_key: impl Into<SecretString>, secret_key: impl Into<SecretString>) -> Self {
        Self {
            api_key: api_key.into(),
            secret_key: secret_key.into(),
            order_by: OrderBy::default(),
            base_url: live(),
            callback_secret: CallbackSecrets::default(),
        }
    }

    /// Asks for orders by another of the merchant's references.
    ///
    /// ```
    /// use paystatus_craftgate::{Ask, Craftgate, Lookup, OrderBy, Provider};
    ///
    /// let account = Craftgate::new("<api key>", "<secret key>").with_order_by(OrderBy::ExternalId);
    /// let request = account.request(&Ask::about(&Lookup::order("ext-1")))?;
    /// assert_eq!(request.uri().query(), Some("externalId=ext-1&page=0&size=25"));
    /// # Ok::<(), paystatus_craftgate::Error>(())
    /// ```
    #[must_use]
    pub fn with_order_by(self, order_by: OrderBy) -> Self {
        Self { order_by, ..self }
    }

    /// Asks another host: Craftgate's test host, or the sandbox of these crates.
    ///
    /// ```
    /// use paystatus_craftgate::{BaseUrl, Craftgate, Provider};
    ///
    /// let test = BaseUrl::parse("https://sandbox-api.craftgate.io")?;
    /// let account = Craftgate::new("<api key>", "<secret key>").with_base_url(test);
    /// assert_eq!(account.base_url().to_string(), "https://sandbox-api.craftgate.io");
    /// # Ok::<(), paystatus_craftgate::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for Craftgate {
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
        reply::read(ask.lookup(), self.order_by, text)
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }

    fn callbacks(&self) -> Option<&dyn SignsCallbacks> {
        Some(self)
    }
}
