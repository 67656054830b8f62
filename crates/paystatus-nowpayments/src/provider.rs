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

/// What is known about NOWPayments.
///
/// No limit is documented, and once a second is assumed to be within it; a payment waits for up to seven days
/// (<https://nowpayments.zendesk.com>, article 18395434917149, read 2026-11).
pub static FACTS: Facts = Facts::new("nowpayments", "NOWPayments", STATUSES, ERRORS)
    .telling(&[Refunds, Amount, Reference])
    .but_not(
        "how much was given back; what less than the quote was worth; test money, only the base URL tells; \
         for certain whether it is one more deposit to an address: ask only about payments that you made",
    )
    .paced(Pace::per_minute(60))
    .waiting_by(
        WaitPlan::of_seconds(20, 120, 7_200).starting_after(Duration::from_secs(20)).with_growth_percent(200),
    )
    .calling_back(Covers::Body)
    .judging_by(&["payment_status", "parent_payment_id", "actually_paid"]);

/// An account of NOWPayments.
///
/// It is its own configuration form: `api_key`, which must be the one that made the payments,
/// and where they are needed `callback_secret` (one or a list; `ipn_secret` is another name for it) for callbacks
/// and `base_url`.
///
/// ```
/// use paystatus_nowpayments::{Ask, Lookup, NowPayments, Provider};
///
/// let account = NowPayments::new("<API key>");
/// let request = account.request(&Ask::about(&Lookup::payment("4249365965")))?;
/// assert_eq!(request.uri(), "https://api.nowpayments.io/v1/payment/4249365965");
/// assert!(account.request(&Ask::about(&Lookup::payment("order-1234"))).is_err()); // ids are whole numbers
/// # Ok::<(), paystatus_nowpayments::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NowPayments {
    pub(crate) api_key: SecretString,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
    /// The dashboard calls it the IPN secret.
    #[serde(default, alias = "ipn_secret")]
    pub(crate) callback_secret: CallbackSecrets,
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service("api.nowpayments.io")
}

impl NowPayments {
    /// Names the API key that made the payments.
    ///
    /// ```
    /// use paystatus_nowpayments::{NowPayments, Provider};
    ///
    /// let account = NowPayments::new("canary");
    /// assert_eq!(account.base_url().to_string(), "https://api.nowpayments.io");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(api_key: impl Into<SecretString>) -> Self {
        Self { api_key: api_key.into(), base_url: hosted(), callback_secret: CallbackSecrets::default() }
    }

    /// Asks another host: NOWPayments' own for tests, `https://api-sandbox.nowpayments.io`, or a sandbox.
    ///
    /// ```
    /// use paystatus_nowpayments::{BaseUrl, NowPayments, Provider};
    ///
    /// let tests = BaseUrl::parse("https://api-sandbox.nowpayments.io")?;
    /// let account = NowPayments::new("<API key>").with_base_url(tests);
    /// assert_eq!(account.base_url().to_string(), "https://api-sandbox.nowpayments.io");
    /// # Ok::<(), paystatus_nowpayments::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for NowPayments {
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
