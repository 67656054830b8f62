use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, By, CallbackSecrets, Covers, Error, Facts, Provider, Refusal, Said,
    SignsCallbacks, Tells, WaitPlan,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details,
    error::{self, ERRORS},
    reply, request,
    status::STATUSES,
};

/// What is known about Razorpay.
///
/// It limits requests without saying how many; a payment leaves `created` by ten minutes
/// (<https://github.com/razorpay/markdown-docs>, read 2026-11).
pub static FACTS: Facts = Facts::new("razorpay", "Razorpay", STATUSES, ERRORS)
    .asked_by(&[By::Payment, By::Order])
    .telling(&[
        Tells::Holds,
        Tells::PartRefunds,
        Tells::Refunds,
        Tells::Attempts,
        Tells::Amount,
        Tells::Reference,
    ])
    .but_not(
        "a lasting failure, because late authorizations happen; chargebacks; test money, only the key tells; \
         an order's total: expect an amount",
    )
    .waiting_by(WaitPlan::of_seconds(5, 60, 900))
    .calling_back(Covers::Body)
    .judging_by(&["status", "captured", "amount_refunded", "refund_status", "amount", "method", "asked"]);

/// A Razorpay account.
///
/// It is its own configuration form: `key_id` (`rzp_live_…` or `rzp_test_…`, which decides between live and test),
/// `key_secret`, and where they are needed `callback_secret` (one or a list; `webhook_secret` is another name for it)
/// for webhooks and `base_url`.
/// An order is named by Razorpay's own order id (`order_…`), which the merchant stores.
///
/// ```
/// use paystatus_razorpay::{Ask, Lookup, Provider, Razorpay};
///
/// let account = Razorpay::new("rzp_live_1", "<key secret>");
/// let request = account.request(&Ask::about(&Lookup::payment("pay_MT48CvBhIC98MQ")))?;
/// assert_eq!(request.uri(), "https://api.razorpay.com/v1/payments/pay_MT48CvBhIC98MQ");
/// let request = account.request(&Ask::about(&Lookup::order("order_MT47xgV5ApouIB")))?;
/// assert_eq!(request.uri(), "https://api.razorpay.com/v1/orders/order_MT47xgV5ApouIB/payments");
/// # Ok::<(), paystatus_razorpay::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Razorpay {
    pub(crate) key_id: SecretString,
    pub(crate) key_secret: SecretString,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
    /// The dashboard calls it the webhook's secret.
    #[serde(default, alias = "webhook_secret")]
    pub(crate) callback_secret: CallbackSecrets,
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service("api.razorpay.com")
}

impl Razorpay {
    /// Names the two credentials of an account.
    ///
    /// ```
    /// use paystatus_razorpay::{Provider, Razorpay};
    ///
    /// let account = Razorpay::new("rzp_live_1", "canary");
    /// assert_eq!(account.base_url().to_string(), "https://api.razorpay.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(key_id: impl Into<SecretString>, key_secret: impl Into<SecretString>) -> Self {
        Self {
            key_id: key_id.into(),
            key_secret: key_secret.into(),
            base_url: hosted(),
            callback_secret: CallbackSecrets::default(),
        }
    }

    /// Asks another host, such as the sandbox.
    ///
    /// ```
    /// use paystatus_razorpay::{BaseUrl, Provider, Razorpay};
    ///
    /// let sandbox = BaseUrl::parse("http://127.0.0.1:8080/razorpay")?;
    /// let account = Razorpay::new("rzp_live_1", "<key secret>").with_base_url(sandbox);
    /// assert_eq!(account.base_url().to_string(), "http://127.0.0.1:8080/razorpay");
    /// # Ok::<(), paystatus_razorpay::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for Razorpay {
    /// Nothing where an order has no payment yet.
    type Details = Option<Details>;

    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn request(&self, ask: &Ask<'_>) -> Result<Request<Body>, Error> {
        request::build(self, ask.lookup())
    }

    fn read(&self, ask: &Ask<'_>, text: &str) -> Result<Answer<Option<Details>>, Refusal> {
        reply::read(ask.lookup(), text)
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }

    fn callbacks(&self) -> Option<&dyn SignsCallbacks> {
        Some(self)
    }
}
