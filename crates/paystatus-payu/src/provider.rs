use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, By, Error, Facts, Provider, Refusal, Said, SignsCallbacks,
    Tells::{Amount, Holds, Reference},
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

/// What is known about PayU India.
///
/// It publishes no limit. Everything is an HTTP 200 (<https://docs.payu.in>, read 2026-11).
pub static FACTS: Facts = Facts::new("payu", "PayU India", STATUSES, ERRORS)
    .asked_by(&[By::Payment, By::Order])
    .telling(&[Holds, Amount, Reference])
    .but_not(
        "refunds and chargebacks: what was given back stays a success; a lasting failure, because PayU asks the \
         bank again and a txnid may be used again; test money, only the host tells",
    )
    .waiting_by(WaitPlan::of_seconds(10, 60, 1800))
    .calling_back(callback::COVERS)
    .answering_with_200()
    .judging_by(&["status", "unmappedstatus", "amount"]);

/// An account of PayU India.
///
/// It is its own configuration form: `merchant_key`, `salt`, which signs requests and callbacks,
/// and `base_url` where it is not `https://info.payu.in`: for tests `https://test.payu.in`, with another key and salt.
/// An order is named by the merchant's own txnid.
///
/// ```
/// use paystatus_payu::{Ask, Lookup, PayU, Provider};
///
/// let account = PayU::new("PkEy77", "<salt>");
/// let request = account.request(&Ask::about(&Lookup::order("order-8123")))?;
/// assert_eq!(request.uri(), "https://info.payu.in/merchant/postservice.php?form=2");
/// let body = request.body().as_bytes();
/// assert!(body.starts_with(b"key=PkEy77&command=verify_payment&var1=order-8123&hash="));
/// # Ok::<(), paystatus_payu::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayU {
    pub(crate) merchant_key: SecretString,
    pub(crate) salt: SecretString,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service("info.payu.in")
}

impl PayU {
    /// Names an account's key and salt.
    ///
    /// ```
    /// use paystatus_payu::{PayU, Provider};
    ///
    /// let account = PayU::new("PkEy77", "canary");
    /// assert_eq!(account.base_url().to_string(), "https://info.payu.in");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(merchant_key: impl Into<SecretString>, salt: impl Into<SecretString>) -> Self {
        Self { merchant_key: merchant_key.into(), salt: salt.into(), base_url: hosted() }
    }

    /// Asks another host, such as `https://test.payu.in` or the sandbox.
    ///
    /// ```
    /// use paystatus_payu::{BaseUrl, PayU, Provider};
    ///
    /// let account = PayU::new("PkEy77", "<salt>").with_base_url(BaseUrl::parse("https://test.payu.in")?);
    /// assert_eq!(account.base_url().to_string(), "https://test.payu.in");
    /// # Ok::<(), paystatus_payu::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for PayU {
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
