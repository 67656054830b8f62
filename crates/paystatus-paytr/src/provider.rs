use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, By, Covers, Error, Facts, Provider, Refusal, Said, SignsCallbacks, Tells,
    WaitPlan,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details,
    callback::SIGNED,
    error::{self, ERRORS},
    reply, request,
    status::STATUSES,
};

/// What is known about PayTR.
///
/// No limit is documented; its page of payment lives for half an hour (<https://dev.paytr.com>, read 2026-11).
pub static FACTS: Facts = Facts::new("paytr", "PayTR (Turkey)", STATUSES, ERRORS)
    .asked_by(&[By::Order, By::Payment])
    .telling(&[Tells::PartRefunds, Tells::Refunds, Tells::Amount, Tells::TestMode])
    .but_not(
        "a failure: waiting, refused and abandoned orders are one answer; which order a reply is about; \
         pre-authorizations; chargebacks",
    )
    .waiting_by(WaitPlan::of_seconds(10, 60, 2700))
    .calling_back(Covers::Fields(SIGNED))
    .judging_by(&["status", "payment_total", "err_no", "err_msg", "returns", "date_completed"]);

/// A PayTR account.
///
/// It is its own configuration form: `merchant_id`, `merchant_key`, `merchant_salt`, and `base_url` where it differs.
/// A payment is named by `merchant_oid`, the merchant's own order number: by payment and by order are the same question.
///
/// ```
/// use paystatus_paytr::{Ask, Lookup, PayTr, Provider};
///
/// let account = PayTr::new("123456", "<merchant key>", "<merchant salt>");
/// let request = account.request(&Ask::about(&Lookup::order("ORD20261121")))?;
/// assert_eq!(request.uri(), "https://www.paytr.com/odeme/durum-sorgu");
/// # Ok::<(), paystatus_paytr::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayTr {
    pub(crate) merchant_id: String,
    pub(crate) merchant_key: SecretString,
    pub(crate) merchant_salt: SecretString,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service("www.paytr.com")
}

impl PayTr {
    /// Names an account's number and its two secrets.
    ///
    /// ```
    /// use paystatus_paytr::{PayTr, Provider};
    ///
    /// let account = PayTr::new("123456", "canary", "canary");
    /// assert_eq!(account.base_url().to_string(), "https://www.paytr.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(
        merchant_id: impl Into<String>,
        merchant_key: impl Into<SecretString>,
        merchant_salt: impl Into<SecretString>,
    ) -> Self {
        Self {
            merchant_id: merchant_id.into(),
            merchant_key: merchant_key.into(),
            merchant_salt: merchant_salt.into(),
            base_url: hosted(),
        }
    }

    /// Asks another host, such as the sandbox: PayTR itself has one for live and test payments.
    ///
    /// ```
    /// use paystatus_paytr::{BaseUrl, PayTr, Provider};
    ///
    /// let sandbox = BaseUrl::parse("http://127.0.0.1:8080/paytr")?;
    /// let account = PayTr::new("123456", "<merchant key>", "<merchant salt>").with_base_url(sandbox);
    /// assert_eq!(account.base_url().to_string(), "http://127.0.0.1:8080/paytr");
    /// # Ok::<(), paystatus_paytr::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for PayTr {
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
