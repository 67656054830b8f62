use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, By, CallbackSecrets, Covers, Error, Facts, Provider, Refusal, Said,
    SignsCallbacks, Tells::*, WaitPlan,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details,
    error::{self, ERRORS},
    reply, request,
    status::STATUSES,
};

/// What is known about Toss Payments.
///
/// It limits requests about the same payment without saying how many; a payment that nobody confirms ends by 30 minutes
/// (<https://docs.tosspayments.com/guides/learn/transaction-flow>, <https://techchat.tosspayments.com>, read 2026-11).
pub static FACTS: Facts = Facts::new("toss", "Toss Payments", STATUSES, ERRORS)
    .asked_by(&[By::Payment, By::Order])
    .telling(&[PartRefunds, Refunds, Amount, Reference])
    .but_not(
        "chargebacks; test money, only the secret key tells; by order, a failure that lasts; \
         whether the bank takes a deposit to a virtual account back later",
    )
    .waiting_by(WaitPlan::of_seconds(5, 60, 900))
    .calling_back(Covers::Nothing)
    .judging_by(&[
        "status",
        "approvedAt",
        "balanceAmount",
        "totalAmount",
        "virtualAccount",
        "cancels",
        "asked",
    ]);

/// An account of Toss Payments.
///
/// It is its own configuration form: `secret_key` (`live_sk_…`, `test_sk_…`, `live_gsk_…` or `test_gsk_…`, which decides
/// between live and test), and where they are needed `callback_secret` (the secret of one payment, or a list)
/// for webhooks and `base_url`.
///
/// ```
/// use paystatus_toss::{Ask, Lookup, Provider, Toss};
///
/// let account = Toss::new("live_sk_1");
/// let request = account.request(&Ask::about(&Lookup::payment("tgen-sandbox-payment-key")))?;
/// assert_eq!(request.uri().path(), "/v1/payments/tgen-sandbox-payment-key");
/// let request = account.request(&Ask::about(&Lookup::order("a4CWyWY5m89PNh7xJwhk1")))?;
/// assert_eq!(request.uri(), "https://api.tosspayments.com/v1/payments/orders/a4CWyWY5m89PNh7xJwhk1");
/// # Ok::<(), paystatus_toss::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Toss {
    pub(crate) secret_key: SecretString,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
    #[serde(default)]
    pub(crate) callback_secret: CallbackSecrets,
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service("api.tosspayments.com")
}

impl Toss {
    /// Names the secret key; a client key (`…_ck_…`) is refused before anything is sent.
    ///
    /// ```
    /// use paystatus_toss::{Ask, Lookup, Provider, Toss};
    ///
    /// let account = Toss::new("live_sk_canary");
    /// assert_eq!(account.base_url().to_string(), "https://api.tosspayments.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// assert!(Toss::new("live_ck_1").request(&Ask::about(&Lookup::payment("key-1"))).is_err());
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
    /// use paystatus_toss::{BaseUrl, Provider, Toss};
    ///
    /// let account = Toss::new("<secret key>").with_base_url(BaseUrl::parse("http://127.0.0.1:8080/toss")?);
    /// assert_eq!(account.base_url().to_string(), "http://127.0.0.1:8080/toss");
    /// # Ok::<(), paystatus_toss::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for Toss {
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
