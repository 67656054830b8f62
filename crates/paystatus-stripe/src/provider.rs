use std::time::Duration;

use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, CallbackSecrets, Covers, Error, Facts, Pace, Provider, Refusal, Said,
    SignsCallbacks, Tells::*, WaitPlan,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{Details, error, reply, request, status::STATUSES};

/// What is known about Stripe.
///
/// At most 25 requests a second and endpoint (<https://docs.stripe.com/rate-limits>, read 2026-11).
pub static FACTS: Facts = Facts::new("stripe", "Stripe", STATUSES, error::ERRORS)
    .telling(&[Holds, PartRefunds, Refunds, Chargebacks, Amount, Reference, TestMode])
    .but_not("how a dispute ended; refunds of a subscription's first payment; which payment an order has")
    .paced(Pace::per_second(25))
    .waiting_by(WaitPlan::of_seconds(2, 60, 900))
    .calling_back(Covers::Body)
    .with_no_retry_header("stripe-should-retry", "false")
    .judging_by(&[
        "status",
        "latest_charge",
        "amount_received",
        "beside",
        "session",
        "payment_status",
        "more",
    ]);

/// A Stripe account.
///
/// It is its own configuration form: `secret_key`, and where they are needed `stripe_account` (`acct_…`),
/// `reference_metadata_key` (`order_id` unless set), `callback_secret` (one or a list, `whsec_…`) for webhooks
/// and `base_url`. The key decides between test and live.
///
/// ```
/// use paystatus_stripe::{Ask, Lookup, Provider, Stripe};
///
/// let account = Stripe::new("<secret key>");
/// let request = account.request(&Ask::about(&Lookup::payment("pi_3MtwBwLkdIwHu7ix28a3tqPa")))?;
/// assert_eq!(request.uri().path(), "/v1/payment_intents/pi_3MtwBwLkdIwHu7ix28a3tqPa");
/// let request = account.request(&Ask::about(&Lookup::payment("cs_live_a1")))?;
/// assert_eq!(request.uri().path(), "/v1/checkout/sessions/cs_live_a1");
/// assert!(account.request(&Ask::about(&Lookup::payment("ch_3Mtw"))).is_err());
/// # Ok::<(), paystatus_stripe::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stripe {
    pub(crate) secret_key: SecretString,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
    pub(crate) stripe_account: Option<String>,
    pub(crate) reference_metadata_key: Option<String>,
    #[serde(default)]
    pub(crate) callback_secret: CallbackSecrets,
    #[serde(skip)]
    pub(crate) callback_tolerance: Option<Duration>,
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service("api.stripe.com")
}

impl Stripe {
    /// Names the secret key, which needs read access to PaymentIntents, Charges and Checkout Sessions.
    ///
    /// ```
    /// use paystatus_stripe::{Provider, Stripe};
    ///
    /// let account = Stripe::new("canary");
    /// assert_eq!(account.base_url().to_string(), "https://api.stripe.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(secret_key: impl Into<SecretString>) -> Self {
        Self {
            secret_key: secret_key.into(),
            base_url: hosted(),
            stripe_account: None,
            reference_metadata_key: None,
            callback_secret: CallbackSecrets::default(),
            callback_tolerance: None,
        }
    }

    /// Asks another host, such as the sandbox.
    ///
    /// ```
    /// use paystatus_stripe::{BaseUrl, Provider, Stripe};
    ///
    /// let account = Stripe::new("<secret key>").with_base_url(BaseUrl::parse("http://127.0.0.1:8080/stripe")?);
    /// assert_eq!(account.base_url().to_string(), "http://127.0.0.1:8080/stripe");
    /// # Ok::<(), paystatus_stripe::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }

    /// Asks about the payments of a connected account (`acct_…`).
    ///
    /// ```
    /// use paystatus_stripe::{Ask, Lookup, Provider, Stripe};
    ///
    /// let account = Stripe::new("<secret key>").with_stripe_account("acct_1");
    /// let request = account.request(&Ask::about(&Lookup::payment("pi_3Mtw")))?;
    /// assert_eq!(request.headers()["stripe-account"], "acct_1");
    /// # Ok::<(), paystatus_stripe::Error>(())
    /// ```
    #[must_use]
    pub fn with_stripe_account(self, stripe_account: impl Into<String>) -> Self {
        Self { stripe_account: Some(stripe_account.into()), ..self }
    }

    /// Reads the merchant's reference from another key of the metadata than `order_id`.
    ///
    /// ```
    /// use paystatus_stripe::{Body, Lookup, Stripe, interpret};
    ///
    /// let account = Stripe::new("<secret key>").with_reference_metadata_key("invoice");
    /// let reply = http::Response::new(Body::from(
    ///     r#"{"id":"pi_3Mtw","object":"payment_intent","status":"processing","metadata":{"order_id":"6735","invoice":"2026-7"}}"#,
    /// ));
    /// let payment = interpret(&account, &Lookup::payment("pi_3Mtw"), &reply)?;
    /// assert_eq!(payment.reference(), Some("2026-7"));
    /// # Ok::<(), paystatus_stripe::Error>(())
    /// ```
    #[must_use]
    pub fn with_reference_metadata_key(self, key: impl Into<String>) -> Self {
        Self { reference_metadata_key: Some(key.into()), ..self }
    }
}

impl Provider for Stripe {
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
        reply::read(self, text)
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }

    fn callbacks(&self) -> Option<&dyn SignsCallbacks> {
        Some(self)
    }
}
