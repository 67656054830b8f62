use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, By, Covers, Error, Facts, Provider, Refusal, Said, SignsCallbacks, Tells::*,
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

/// What is known about Paystack.
///
/// It documents no limit for this request, and announces successes only
/// (<https://github.com/PaystackOSS/openapi>, read 2026-11).
pub static FACTS: Facts = Facts::new("paystack", "Paystack", STATUSES, ERRORS)
    .asked_by(&[By::Order, By::Payment])
    .telling(&[Refunds, Amount, Reference, TestMode])
    .but_not(
        "a refund from a chargeback: both are `reversed`; how much came back, and whether a part did; an open \
         dispute; a lasting failure, because the payer may try again",
    )
    .waiting_by(WaitPlan::of_seconds(5, 60, 900))
    .calling_back(Covers::Body)
    .judging_by(&["status", "amount"]);

/// A Paystack account.
///
/// It is its own configuration form: `secret_key` (`sk_live_…` or `sk_test_…`, which decides between live and test,
/// and signs the webhooks, too), and where it is needed `base_url`.
/// By order is asked with the merchant's reference, by payment with Paystack's own number.
///
/// ```
/// use paystatus_paystack::{Ask, Lookup, Paystack, Provider};
///
/// let account = Paystack::new("<secret key>");
/// let request = account.request(&Ask::about(&Lookup::order("re4lyvq3s3")))?;
/// assert_eq!(request.uri(), "https://api.paystack.co/transaction/verify/re4lyvq3s3");
/// let request = account.request(&Ask::about(&Lookup::payment("4099260516")))?;
/// assert_eq!(request.uri(), "https://api.paystack.co/transaction/4099260516");
/// assert!(account.request(&Ask::about(&Lookup::payment("re4lyvq3s3"))).is_err());
/// assert!(Paystack::new("pk_live_1").request(&Ask::about(&Lookup::order("re4lyvq3s3"))).is_err());
/// # Ok::<(), paystatus_paystack::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paystack {
    pub(crate) secret_key: SecretString,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service("api.paystack.co")
}

impl Paystack {
    /// Names the secret key of an integration.
    ///
    /// ```
    /// use paystatus_paystack::{Paystack, Provider};
    ///
    /// let account = Paystack::new("canary");
    /// assert_eq!(account.base_url().to_string(), "https://api.paystack.co");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(secret_key: impl Into<SecretString>) -> Self {
        Self { secret_key: secret_key.into(), base_url: hosted() }
    }

    /// Asks another host, such as the sandbox.
    ///
    /// ```
    /// use paystatus_paystack::{BaseUrl, Paystack, Provider};
    ///
    /// let account = Paystack::new("<secret key>").with_base_url(BaseUrl::parse("http://127.0.0.1:8080/paystack")?);
    /// assert_eq!(account.base_url().to_string(), "http://127.0.0.1:8080/paystack");
    /// # Ok::<(), paystatus_paystack::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for Paystack {
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
