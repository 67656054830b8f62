use std::time::Duration;

use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, By, Covers, Error, Facts, Pace, Provider, Refusal, Said, SignsCallbacks,
    Tells::*, WaitPlan,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details,
    error::{self, ERRORS},
    reply, request,
    status::STATUSES,
};

/// What is known about Cashfree Payments.
///
/// At most 100 requests a minute and account
/// (<https://www.cashfree.com/docs/api-reference/payments/latest/rate-limits>, read 2026-11).
pub static FACTS: Facts = Facts::new("cashfree", "Cashfree Payments (India)", STATUSES, ERRORS)
    .asked_by(&[By::Order, By::Payment])
    .telling(&[Holds, Attempts, Amount, Reference])
    .but_not(
        "refunds and disputes: a payment that was given back stays `SUCCESS`; a lasting failure, because an order \
         takes further attempts; test money, only the host tells",
    )
    .paced(Pace::per_minute(100))
    .waiting_by(WaitPlan::of_seconds(5, 60, 1200))
    .calling_back(Covers::Body)
    .with_retry_header("x-ratelimit-retry")
    .judging_by(&[
        "payment_status",
        "is_captured",
        "authorization.action",
        "authorization.status",
        "amount",
        "payment_group",
        "beside it",
    ]);

/// A Cashfree Payments account.
///
/// It is its own configuration form: `client_id` and `client_secret`, which signs the webhooks, too, and where they are
/// needed `api_version` (`2025-01-01` unless set) and `base_url` (`https://sandbox.cashfree.com` for tests).
/// The merchant's own order id is the only name that can be asked for: by payment and by order is the same.
///
/// ```
/// use paystatus_cashfree::{Ask, Cashfree, Lookup, Provider};
///
/// let account = Cashfree::new("<client id>", "<client secret>");
/// for lookup in [Lookup::order("order_8123"), Lookup::payment("order_8123")] {
///     let request = account.request(&Ask::about(&lookup))?;
///     assert_eq!(request.uri(), "https://api.cashfree.com/pg/orders/order_8123/payments");
/// }
/// # Ok::<(), paystatus_cashfree::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cashfree {
    pub(crate) client_id: SecretString,
    pub(crate) client_secret: SecretString,
    pub(crate) api_version: Option<String>,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
    #[serde(skip)]
    pub(crate) callback_tolerance: Option<Duration>,
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service("api.cashfree.com")
}

impl Cashfree {
    /// Names the two credentials of an account; the client id is also called the app id.
    ///
    /// ```
    /// use paystatus_cashfree::{Cashfree, Provider};
    ///
    /// let account = Cashfree::new("canary", "canary");
    /// assert_eq!(account.base_url().to_string(), "https://api.cashfree.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(client_id: impl Into<SecretString>, client_secret: impl Into<SecretString>) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            api_version: None,
            base_url: hosted(),
            callback_tolerance: None,
        }
    }

    /// Asks by another version of the API: `2022-09-01`, `2023-08-01` and `2026-01-01` answer alike.
    ///
    /// ```
    /// use paystatus_cashfree::{Ask, Cashfree, Lookup, Provider};
    ///
    /// let account = Cashfree::new("<client id>", "<client secret>").with_api_version("2026-01-01");
    /// let request = account.request(&Ask::about(&Lookup::order("order_8123")))?;
    /// assert_eq!(request.headers()["x-api-version"], "2026-01-01");
    /// # Ok::<(), paystatus_cashfree::Error>(())
    /// ```
    #[must_use]
    pub fn with_api_version(self, api_version: impl Into<String>) -> Self {
        Self { api_version: Some(api_version.into()), ..self }
    }

    /// Asks another host, such as that for tests, which takes other credentials.
    ///
    /// ```
    /// use paystatus_cashfree::{BaseUrl, Cashfree, Provider};
    ///
    /// let tests = BaseUrl::parse("https://sandbox.cashfree.com")?;
    /// let account = Cashfree::new("<client id>", "<client secret>").with_base_url(tests);
    /// assert_eq!(account.base_url().to_string(), "https://sandbox.cashfree.com");
    /// # Ok::<(), paystatus_cashfree::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for Cashfree {
    /// Nothing where nobody tried to pay the order yet.
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
