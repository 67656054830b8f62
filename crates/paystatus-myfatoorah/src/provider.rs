use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, By, CallbackSecrets, Covers, Error, Facts, Provider, Refusal, Said,
    SignsCallbacks, Tells, WaitPlan,
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

/// What is known about MyFatoorah.
///
/// The inquiry is limited without a figure; an invoice stays payable for days
/// (<https://docs.myfatoorah.com/docs/payment-inquiry>, read 2026-11).
pub static FACTS: Facts = Facts::new("myfatoorah", "MyFatoorah (Gulf, Jordan, Egypt)", STATUSES, ERRORS)
    .asked_by(&[By::Payment, By::Order])
    .telling(&[Tells::Holds, Tells::Amount, Tells::Reference])
    .but_not(
        "refunds and disputes; that an invoice expired or can't be paid any more: it stays `Pending`; \
         test money, only host and token tell",
    )
    .waiting_by(WaitPlan::of_seconds(10, 60, 1800))
    .calling_back(Covers::Fields(SIGNED))
    .judging_by(&["InvoiceStatus", "InvoiceTransactions", "asked"]);

/// A MyFatoorah account.
///
/// It is its own configuration form: `api_token`, and where they are needed `base_url`, because a token works in its own
/// country only, and `callback_secret` (one or a list; `webhook_secret` is another name for it) for webhooks.
/// A payment is named by an InvoiceId, or by a PaymentId of 15 digits or more; an order by its CustomerReference.
///
/// ```
/// use paystatus_myfatoorah::{Ask, Lookup, MyFatoorah, Provider};
///
/// let account = MyFatoorah::new("<token>");
/// let request = account.request(&Ask::about(&Lookup::payment("915102")))?;
/// assert_eq!(request.uri(), "https://api.myfatoorah.com/v2/GetPaymentStatus");
/// assert_eq!(request.body().as_bytes(), br#"{"Key":"915102","KeyType":"InvoiceId"}"#);
/// # Ok::<(), paystatus_myfatoorah::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MyFatoorah {
    pub(crate) api_token: SecretString,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
    #[serde(default, alias = "webhook_secret")]
    pub(crate) callback_secret: CallbackSecrets,
}

/// The host of Kuwait, Bahrain, Jordan and Oman.
fn hosted() -> BaseUrl {
    BaseUrl::of_service("api.myfatoorah.com")
}

impl MyFatoorah {
    /// Names an account's token, of Kuwait, Bahrain, Jordan or Oman.
    ///
    /// ```
    /// use paystatus_myfatoorah::{MyFatoorah, Provider};
    ///
    /// let account = MyFatoorah::new("canary");
    /// assert_eq!(account.base_url().to_string(), "https://api.myfatoorah.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(api_token: impl Into<SecretString>) -> Self {
        Self { api_token: api_token.into(), base_url: hosted(), callback_secret: CallbackSecrets::default() }
    }

    /// Asks another host: that of the token's country (`api-ae`, `api-sa`, `api-qa` or `api-eg` in the place of `api`),
    /// of tests (`apitest`), or the sandbox.
    ///
    /// ```
    /// use paystatus_myfatoorah::{BaseUrl, MyFatoorah, Provider};
    ///
    /// let account = MyFatoorah::new("<token>").with_base_url(BaseUrl::parse("https://api-qa.myfatoorah.com")?);
    /// assert_eq!(account.base_url().to_string(), "https://api-qa.myfatoorah.com");
    /// # Ok::<(), paystatus_myfatoorah::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for MyFatoorah {
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
