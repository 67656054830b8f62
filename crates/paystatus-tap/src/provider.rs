use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, Error, Facts, Provider, Refusal, Said, SignsCallbacks,
    Tells::{Amount, Holds, Reference, TestMode},
    WaitPlan,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details, callback,
    error::{self, ERRORS},
    reply, request,
    status::STATUSES,
};

/// What is known about Tap Payments.
///
/// It publishes no limit; a charge can be paid for half an hour unless the merchant says otherwise
/// (<https://developers.tap.company/reference/charges>, read 2026-11).
pub static FACTS: Facts = Facts::new("tap", "Tap Payments", STATUSES, ERRORS)
    .telling(&[Holds, Amount, Reference, TestMode])
    .but_not(
        "refunds: a charge that was given back stays captured; chargebacks; what was captured of a \
         pre-authorization; the payer's next try, which is another charge",
    )
    .waiting_by(WaitPlan::of_seconds(5, 30, 2100))
    .calling_back(callback::COVERS)
    .judging_by(&["status", "object", "amount", "response.code", "auto_reversed"]);

/// An account of Tap Payments.
///
/// It is its own configuration form: `secret_key` (`sk_live_…` or `sk_test_…`, which decides between live and test),
/// and `base_url` where it is not `https://api.tap.company`. The secret key verifies callbacks, too.
///
/// ```
/// use paystatus_tap::{Ask, Lookup, Provider, Tap};
///
/// let account = Tap::new("<secret key>");
/// let request = account.request(&Ask::about(&Lookup::from("chg_TS03A2220231551Ha3j1408926")))?;
/// assert_eq!(request.uri(), "https://api.tap.company/v2/charges/chg_TS03A2220231551Ha3j1408926");
/// let request = account.request(&Ask::about(&Lookup::from("auth_TS03A2220231551Ha3j1408926")))?;
/// assert_eq!(request.uri().path(), "/v2/authorize/auth_TS03A2220231551Ha3j1408926");
/// # Ok::<(), paystatus_tap::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tap {
    pub(crate) secret_key: SecretString,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service("api.tap.company")
}

impl Tap {
    /// Names an account's secret key; a public one (`pk_…`) can't ask.
    ///
    /// ```
    /// use paystatus_tap::{Provider, Tap};
    ///
    /// let account = Tap::new("canary");
    /// assert_eq!(account.base_url().to_string(), "https://api.tap.company");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(secret_key: impl Into<SecretString>) -> Self {
        Self { secret_key: secret_key.into(), base_url: hosted() }
    }

    /// Asks another host, such as the sandbox.
    ///
    /// ```
    /// use paystatus_tap::{BaseUrl, Provider, Tap};
    ///
    /// let sandbox = BaseUrl::parse("http://127.0.0.1:8080/tap")?;
    /// let account = Tap::new("<secret key>").with_base_url(sandbox);
    /// assert_eq!(account.base_url().to_string(), "http://127.0.0.1:8080/tap");
    /// # Ok::<(), paystatus_tap::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for Tap {
    type Details = Details;

    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn request(&self, ask: &Ask<'_>) -> Result<Request<Body>, Error> {
        request::build(self, ask.lookup().payment_id()?)
    }

    fn read(&self, ask: &Ask<'_>, text: &str) -> Result<Answer<Details>, Refusal> {
        reply::read(ask.lookup().id(), text)
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }

    fn callbacks(&self) -> Option<&dyn SignsCallbacks> {
        Some(self)
    }
}
