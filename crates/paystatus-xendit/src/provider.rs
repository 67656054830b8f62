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

/// What is known about Xendit.
///
/// Nobody says how fast it may be asked; an invoice stays open for a day unless it says otherwise.
pub static FACTS: Facts = Facts::new("xendit", "Xendit", STATUSES, ERRORS)
    .asked_by(&[By::Payment, By::Order])
    .telling(&[Tells::Holds, Tells::Attempts, Tells::Amount, Tells::Reference, Tells::TestMode])
    .but_not(
        "refunds and chargebacks, which change no status; a payment request by its reference; \
         the amount of a capture by hand; how often a reusable code was paid",
    )
    .waiting_by(WaitPlan::of_seconds(5, 60, 900))
    .calling_back(Covers::Nothing)
    .judging_by(&["status", "of", "paid_amount"]);

/// A Xendit account.
///
/// It is its own configuration form: `secret_key` (`xnd_production_…` or `xnd_development_…`, which decides between live
/// and test), and where they are needed `payment_requests` (`"v3"`, or `"v2"` for the older Payments API),
/// `for_user_id` (a sub-account), `callback_secret` (one or a list; `callback_token` is another name for it) for
/// callbacks and `base_url`.
/// A payment id is an invoice's or a payment request's; an order is the `external_id` of invoices.
///
/// ```
/// use paystatus_xendit::{Ask, Lookup, Provider, Xendit};
///
/// let account = Xendit::new("<secret key>");
/// let uri = |lookup: Lookup| Ok::<_, paystatus_xendit::Error>(account.request(&Ask::about(&lookup))?.uri().to_string());
/// assert_eq!(
///     uri(Lookup::payment("62efe4c33e45294d63f585f2"))?,
///     "https://api.xendit.co/v2/invoices/62efe4c33e45294d63f585f2",
/// );
/// assert_eq!(uri(Lookup::payment("pr-1"))?, "https://api.xendit.co/v3/payment_requests/pr-1");
/// assert_eq!(
///     uri(Lookup::order("order-1234"))?,
///     "https://api.xendit.co/v2/invoices?external_id=order-1234&limit=100",
/// );
/// assert!(uri(Lookup::payment("py-1")).is_err());
/// # Ok::<(), paystatus_xendit::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Xendit {
    pub(crate) secret_key: SecretString,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
    pub(crate) for_user_id: Option<String>,
    #[serde(default)]
    pub(crate) payment_requests: Version,
    /// The dashboard calls it the verification token.
    #[serde(default, alias = "callback_token")]
    pub(crate) callback_secret: CallbackSecrets,
}

/// Which version of the Payments API is asked about payment requests.
///
/// ```
/// use paystatus_xendit::Version;
///
/// let configured: Version = serde_json::from_str(r#""v2""#).unwrap(); // payment_requests = "v2"
/// assert_eq!(configured, Version::V2);
/// assert_eq!(Version::default(), Version::V3);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Version {
    /// The older one, which the official SDK asks.
    V2,
    /// The present one.
    #[default]
    V3,
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service("api.xendit.co")
}

impl Xendit {
    /// Names the secret key, which needs the right to read invoices and payments.
    ///
    /// ```
    /// use paystatus_xendit::{Provider, Xendit};
    ///
    /// let account = Xendit::new("canary");
    /// assert_eq!(account.base_url().to_string(), "https://api.xendit.co");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(secret_key: impl Into<SecretString>) -> Self {
        Self {
            secret_key: secret_key.into(),
            base_url: hosted(),
            for_user_id: None,
            payment_requests: Version::default(),
            callback_secret: CallbackSecrets::default(),
        }
    }

    /// Asks another host, such as the sandbox.
    ///
    /// ```
    /// use paystatus_xendit::{BaseUrl, Provider, Xendit};
    ///
    /// let account = Xendit::new("<secret key>").with_base_url(BaseUrl::parse("http://127.0.0.1:8080/xendit")?);
    /// assert_eq!(account.base_url().to_string(), "http://127.0.0.1:8080/xendit");
    /// # Ok::<(), paystatus_xendit::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }

    /// Asks about the payments of a sub-account.
    ///
    /// ```
    /// use paystatus_xendit::{Ask, Lookup, Provider, Xendit};
    ///
    /// let account = Xendit::new("<secret key>").with_for_user_id("5848fdf860053555135587e7");
    /// let request = account.request(&Ask::about(&Lookup::payment("pr-1")))?;
    /// assert_eq!(request.headers()["for-user-id"], "5848fdf860053555135587e7");
    /// # Ok::<(), paystatus_xendit::Error>(())
    /// ```
    #[must_use]
    pub fn with_for_user_id(self, for_user_id: impl Into<String>) -> Self {
        Self { for_user_id: Some(for_user_id.into()), ..self }
    }

    /// Asks about payment requests in another version of the Payments API than the third.
    ///
    /// ```
    /// use paystatus_xendit::{Ask, Lookup, Provider, Version, Xendit};
    ///
    /// let account = Xendit::new("<secret key>").with_payment_requests(Version::V2);
    /// let request = account.request(&Ask::about(&Lookup::payment("pr-1")))?;
    /// assert_eq!(request.uri().path(), "/payment_requests/pr-1");
    /// # Ok::<(), paystatus_xendit::Error>(())
    /// ```
    #[must_use]
    pub fn with_payment_requests(self, payment_requests: Version) -> Self {
        Self { payment_requests, ..self }
    }
}

impl Provider for Xendit {
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
        reply::read(self, ask.lookup(), text)
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }

    fn callbacks(&self) -> Option<&dyn SignsCallbacks> {
        Some(self)
    }
}
