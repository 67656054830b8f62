use std::time::Duration;

use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, CallbackSecrets, Covers, Error, Facts, Pace, Provider, Refusal, Said,
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

/// What is known about GoCardless.
///
/// 1000 requests a minute are allowed, of which half are used; a debit takes two to six working days
/// (<https://developer.gocardless.com>, <https://support.gocardless.com>, read 2026-11).
pub static FACTS: Facts = Facts::new("gocardless", "GoCardless", STATUSES, ERRORS)
    .telling(&[PartRefunds, Refunds, Chargebacks, Amount, Reference])
    .but_not(
        "why it failed; whether a failed payment will be tried again; test money, only the access token tells; \
         how the payer's bank will think of it later: ask again about confirmed payments for two weeks",
    )
    .paced(Pace::per_minute(500))
    .waiting_by(
        WaitPlan::of_seconds(10, 3_600, 864_000)
            .starting_after(Duration::from_secs(10))
            .with_growth_percent(200),
    )
    .calling_back(Covers::Body)
    .judging_by(&["status", "amount_refunded", "amount"]);

/// A GoCardless account.
///
/// It is its own configuration form: `access_token`, and where they are needed `reference_metadata`
/// (the key of the metadata that holds the merchant's order number), `callback_secret`
/// (one or a list; `webhook_secret` is another name for it) for webhooks and `base_url`.
///
/// ```
/// use paystatus_gocardless::{Ask, GoCardless, Lookup, Provider};
///
/// let account = GoCardless::new("<access token>");
/// let request = account.request(&Ask::about(&Lookup::payment("PM000ABC123")))?;
/// assert_eq!(request.uri(), "https://api.gocardless.com/payments/PM000ABC123");
/// assert!(account.request(&Ask::about(&Lookup::payment("BRQ000123"))).is_err()); // a billing request is no payment
/// # Ok::<(), paystatus_gocardless::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoCardless {
    pub(crate) access_token: SecretString,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
    pub(crate) reference_metadata: Option<String>,
    /// The dashboard calls it the webhook endpoint's secret.
    #[serde(default, alias = "webhook_secret")]
    pub(crate) callback_secret: CallbackSecrets,
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service("api.gocardless.com")
}

impl GoCardless {
    /// Names the access token, for which read access is enough.
    ///
    /// ```
    /// use paystatus_gocardless::{GoCardless, Provider};
    ///
    /// let account = GoCardless::new("canary");
    /// assert_eq!(account.base_url().to_string(), "https://api.gocardless.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(access_token: impl Into<SecretString>) -> Self {
        Self {
            access_token: access_token.into(),
            base_url: hosted(),
            reference_metadata: None,
            callback_secret: CallbackSecrets::default(),
        }
    }

    /// Asks another host: GoCardless' own for tests, `https://api-sandbox.gocardless.com`, or a sandbox.
    ///
    /// ```
    /// use paystatus_gocardless::{BaseUrl, GoCardless, Provider};
    ///
    /// let tests = BaseUrl::parse("https://api-sandbox.gocardless.com")?;
    /// let account = GoCardless::new("<access token>").with_base_url(tests);
    /// assert_eq!(account.base_url().to_string(), "https://api-sandbox.gocardless.com");
    /// # Ok::<(), paystatus_gocardless::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }

    /// Reads the merchant's reference from this key of the metadata, and not from the text on the bank statement.
    ///
    /// ```
    /// use paystatus_gocardless::{Body, GoCardless, Lookup, interpret};
    ///
    /// let reply = http::Response::new(Body::from(r#"{"payments": {
    ///     "id": "PM1", "status": "submitted", "reference": "WINEBOX001", "metadata": {"order_id": "order-1234"}
    /// }}"#));
    /// let account = GoCardless::new("<access token>").with_reference_metadata("order_id");
    /// let payment = interpret(&account, &Lookup::payment("PM1"), &reply)?;
    /// assert_eq!(payment.reference(), Some("order-1234"));
    /// # Ok::<(), paystatus_gocardless::Error>(())
    /// ```
    #[must_use]
    pub fn with_reference_metadata(self, key: impl Into<String>) -> Self {
        Self { reference_metadata: Some(key.into()), ..self }
    }
}

impl Provider for GoCardless {
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
