use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, By, CallbackSecrets, Covers, Error, Facts, Provider, Refusal, Said,
    SignsCallbacks,
    Tells::{Amount, Reference},
    WaitPlan,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details,
    error::{self, ERRORS},
    reply, request,
    status::STATUSES,
};

/// What is known about Flutterwave.
///
/// Asking about one transaction is not limited (<https://developer.flutterwave.com>, `rate-limiting`, read 2026-11).
pub static FACTS: Facts = Facts::new("flutterwave", "Flutterwave", STATUSES, ERRORS)
    .asked_by(&[By::Payment, By::Order])
    .telling(&[Amount, Reference])
    .but_not(
        "refunds and chargebacks: what was given back stays successful; holds; a lasting failure, because \
         late successes happen; live money, only most of the test money tells itself",
    )
    .waiting_by(WaitPlan::of_seconds(5, 60, 900))
    .calling_back(Covers::Nothing)
    .judging_by(&["status", "charge_type", "charged_amount"]);

/// An account of Flutterwave, version 3 of its API.
///
/// It is its own configuration form: `secret_key` (`FLWSECK-…-X` or `FLWSECK_TEST-…-X`, which decides between live and
/// test), and where they are needed `webhook_hash` (one or a list; `callback_secret` is another name for it) for
/// callbacks, and `base_url`. An order is named by the merchant's own reference, `tx_ref`.
///
/// ```
/// use paystatus_flutterwave::{Ask, Flutterwave, Lookup, Provider};
///
/// let account = Flutterwave::new("<secret key>");
/// let request = account.request(&Ask::about(&Lookup::payment("288200108")))?;
/// assert_eq!(request.uri(), "https://api.flutterwave.com/v3/transactions/288200108/verify");
/// let request = account.request(&Ask::about(&Lookup::order("order 7")))?;
/// assert_eq!(request.uri().query(), Some("tx_ref=order%207"));
/// # Ok::<(), paystatus_flutterwave::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flutterwave {
    pub(crate) secret_key: SecretString,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
    /// The dashboard calls it the secret hash.
    #[serde(default, rename = "webhook_hash", alias = "callback_secret")]
    pub(crate) callback_secret: CallbackSecrets,
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service("api.flutterwave.com")
}

impl Flutterwave {
    /// Names an account's secret key.
    ///
    /// ```
    /// use paystatus_flutterwave::{Flutterwave, Provider};
    ///
    /// let account = Flutterwave::new("canary");
    /// assert_eq!(account.base_url().to_string(), "https://api.flutterwave.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(secret_key: impl Into<SecretString>) -> Self {
        Self {
            secret_key: secret_key.into(),
            base_url: hosted(),
            callback_secret: CallbackSecrets::default(),
        }
    }

    /// Asks another host, such as the sandbox.
    ///
    /// ```
    /// use paystatus_flutterwave::{BaseUrl, Flutterwave, Provider};
    ///
    /// let sandbox = BaseUrl::parse("http://127.0.0.1:8080/flutterwave")?;
    /// let account = Flutterwave::new("<secret key>").with_base_url(sandbox);
    /// assert_eq!(account.base_url().to_string(), "http://127.0.0.1:8080/flutterwave");
    /// # Ok::<(), paystatus_flutterwave::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for Flutterwave {
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
