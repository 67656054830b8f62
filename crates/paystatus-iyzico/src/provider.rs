use std::time::Duration;

use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, By, Error, Facts, Pace, Provider, Refusal, Said, SignsCallbacks, Tells::*,
    WaitPlan,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details, callback,
    error::{self, ERRORS},
    reply, request,
    status::{EVIDENCE, STATUSES},
};

/// What is known about iyzico.
///
/// 50 result queries a minute are documented
/// (<https://docs.iyzico.com/en/getting-started/preliminaries/limiters>, read 2026-11).
pub static FACTS: Facts = Facts::new("iyzico", "iyzico", STATUSES, ERRORS)
    .asked_by(&[By::Payment, By::Order])
    .telling(&[Holds, PartRefunds, Refunds, Attempts, Amount, Reference])
    .but_not("chargebacks; test money, only host and keys tell; payments of more than two years ago")
    .paced(Pace::per_minute(50))
    .waiting_by(WaitPlan::of_seconds(5, 60, 1800).starting_after(Duration::from_secs(5)))
    .calling_back(callback::COVERS)
    .judging_by(EVIDENCE);

/// An iyzico merchant.
///
/// It is its own configuration form: `api_key`, `secret_key`, which signs requests and callbacks,
/// and `base_url` where it is not `https://api.iyzipay.com`.
/// An order is named by the conversation id of its payments (`paymentConversationId`).
///
/// ```
/// use paystatus_iyzico::{Ask, Iyzico, Lookup, Provider};
///
/// let account = Iyzico::new("<api key>", "<secret key>");
/// let request = account.request(&Ask::about(&Lookup::from("25236546")))?;
/// assert_eq!(request.uri(), "https://api.iyzipay.com/v2/reporting/payment/details?paymentId=25236546");
/// # Ok::<(), paystatus_iyzico::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Iyzico {
    pub(crate) api_key: SecretString,
    pub(crate) secret_key: SecretString,
    #[serde(default = "live")]
    pub(crate) base_url: BaseUrl,
}

fn live() -> BaseUrl {
    BaseUrl::of_service("api.iyzipay.com")
}

impl Iyzico {
    /// Names the two keys of a merchant.
    ///
    /// ```
    /// use paystatus_iyzico::{Iyzico, Provider};
    ///
    /// let account = Iyzico::new("canary", "canary");
    /// assert_eq!(account.base_url().to_string(), "https://api.iyzipay.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(api_key: impl Into<SecretString>, secret_key: impl Into<SecretString>) -> Self {
        Self { api_key: api_key.into(), secret_key: secret_key.into(), base_url: live() }
    }

    /// Asks another host: iyzico's test host, or the sandbox of these crates.
    ///
    /// ```
    /// use paystatus_iyzico::{BaseUrl, Iyzico, Provider};
    ///
    /// let test = BaseUrl::parse("https://sandbox-api.iyzipay.com")?;
    /// let account = Iyzico::new("<api key>", "<secret key>").with_base_url(test);
    /// assert_eq!(account.base_url().to_string(), "https://sandbox-api.iyzipay.com");
    /// # Ok::<(), paystatus_iyzico::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for Iyzico {
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

    fn callbacks(&self) -> Option<&dyn SignsCallbacks> {
        Some(self)
    }
}
