use std::sync::LazyLock;

use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, By, Covers, Error, Facts, FetchesTokens, Provider, Refusal, Said,
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

/// What is known about PhonePe.
///
/// No limit is published; an order ends after an hour at most
/// (<https://developer.phonepe.com/payment-gateway>, standard checkout, read 2026-11).
pub static FACTS: Facts = Facts::new("phonepe", "PhonePe", STATUSES, ERRORS)
    .asked_by(&[By::Payment, By::Order])
    .telling(&[Amount, Reference])
    .but_not("refunds, a refunded order stays completed; chargebacks; test money, only the host tells")
    .waiting_by(WaitPlan::of_seconds(5, 60, 3900))
    .calling_back(Covers::Nothing)
    .judging_by(&["state", "no payment", "attempts"]);

static LIVE_TOKENS: LazyLock<BaseUrl> =
    LazyLock::new(|| BaseUrl::of_service("api.phonepe.com/apis/identity-manager"));

/// A client of PhonePe's Checkout v2.
///
/// It is its own configuration form: `client_id`, `client_secret`, and where they are needed `client_version` (`1`),
/// `merchant_id` (for partners), `webhook_username` and `webhook_password` for callbacks, `base_url` and
/// `auth_base_url`; where only the first of these two is set, tokens are fetched there too.
///
/// A payment and an order are asked for by the same name, the merchant's own order id.
///
/// ```
/// use paystatus_core::Token;
/// use paystatus_phonepe::{Ask, Lookup, PhonePe, Provider};
///
/// let account = PhonePe::new("<client id>", "<client secret>");
/// let (lookup, token) = (Lookup::order("order-1234"), Token::new("<access token>"));
/// let request = account.request(&Ask::about(&lookup).with_token(Some(&token)))?;
/// assert_eq!(request.uri().path(), "/apis/pg/checkout/v2/order/order-1234/status");
/// # Ok::<(), paystatus_phonepe::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhonePe {
    pub(crate) client_id: SecretString,
    pub(crate) client_secret: SecretString,
    #[serde(default = "first")]
    pub(crate) client_version: String,
    pub(crate) merchant_id: Option<SecretString>,
    #[serde(default = "live")]
    pub(crate) base_url: BaseUrl,
    pub(crate) auth_base_url: Option<BaseUrl>,
    pub(crate) webhook_username: Option<SecretString>,
    pub(crate) webhook_password: Option<SecretString>,
}

fn first() -> String {
    "1".to_owned()
}

fn live() -> BaseUrl {
    BaseUrl::of_service("api.phonepe.com/apis/pg")
}

impl PhonePe {
    /// Names the two credentials of a client.
    ///
    /// ```
    /// use paystatus_phonepe::{PhonePe, Provider};
    ///
    /// let account = PhonePe::new("<client id>", "canary");
    /// assert_eq!(account.base_url().to_string(), "https://api.phonepe.com/apis/pg");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(client_id: impl Into<SecretString>, client_secret: impl Into<SecretString>) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            client_version: first(),
            merchant_id: None,
            base_url: live(),
            auth_base_url: None,
            webhook_username: None,
            webhook_password: None,
        }
    }

    /// Names another version of the client than `1`, as it came with the credentials.
    ///
    /// ```
    /// use paystatus_phonepe::{PhonePe, Provider};
    /// use std::time::SystemTime;
    ///
    /// let account = PhonePe::new("<client id>", "<client secret>").with_client_version("3");
    /// let request = account.tokens().unwrap().request(SystemTime::now())?;
    /// assert!(String::from_utf8_lossy(request.body().as_bytes()).contains("&client_version=3&"));
    /// # Ok::<(), paystatus_phonepe::Error>(())
    /// ```
    #[must_use]
    pub fn with_client_version(self, client_version: impl Into<String>) -> Self {
        Self { client_version: client_version.into(), ..self }
    }

    /// Names the merchant that a partner asks for.
    ///
    /// ```
    /// use paystatus_core::Token;
    /// use paystatus_phonepe::{Ask, Lookup, PhonePe, Provider};
    ///
    /// let account = PhonePe::new("<client id>", "<client secret>").with_merchant_id("M-1");
    /// let (lookup, token) = (Lookup::order("order-1234"), Token::new("<access token>"));
    /// let request = account.request(&Ask::about(&lookup).with_token(Some(&token)))?;
    /// assert_eq!(request.headers()["x-merchant-id"], "M-1");
    /// # Ok::<(), paystatus_phonepe::Error>(())
    /// ```
    #[must_use]
    pub fn with_merchant_id(self, merchant_id: impl Into<SecretString>) -> Self {
        Self { merchant_id: Some(merchant_id.into()), ..self }
    }

    /// Asks another host, for tokens too unless [they have their own](Self::with_auth_base_url):
    /// PhonePe's test host, or the sandbox of these crates.
    ///
    /// ```
    /// use paystatus_phonepe::{BaseUrl, PhonePe, Provider};
    ///
    /// let test = BaseUrl::parse("https://api-preprod.phonepe.com/apis/pg-sandbox")?;
    /// let account = PhonePe::new("<client id>", "<client secret>").with_base_url(test.clone());
    /// assert_eq!((account.base_url(), account.tokens().unwrap().base_url()), (&test, &test));
    /// # Ok::<(), paystatus_phonepe::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }

    /// Fetches tokens from another host.
    ///
    /// ```
    /// use paystatus_phonepe::{BaseUrl, PhonePe, Provider};
    ///
    /// let tokens = BaseUrl::parse("https://id.example.com")?;
    /// let account = PhonePe::new("<client id>", "<client secret>").with_auth_base_url(tokens.clone());
    /// assert_eq!(account.tokens().unwrap().base_url(), &tokens);
    /// # Ok::<(), paystatus_phonepe::Error>(())
    /// ```
    #[must_use]
    pub fn with_auth_base_url(self, auth_base_url: BaseUrl) -> Self {
        Self { auth_base_url: Some(auth_base_url), ..self }
    }

    pub(crate) fn auth_base_url(&self) -> &BaseUrl {
        let usual = if self.base_url == live() { &LIVE_TOKENS } else { &self.base_url };
        self.auth_base_url.as_ref().unwrap_or(usual)
    }
}

impl Provider for PhonePe {
    type Details = Details;

    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn request(&self, ask: &Ask<'_>) -> Result<Request<Body>, Error> {
        request::build(self, ask)
    }

    fn read(&self, ask: &Ask<'_>, text: &str) -> Result<Answer<Details>, Refusal> {
        reply::read(ask.lookup(), text)
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }

    fn tokens(&self) -> Option<&dyn FetchesTokens> {
        Some(self)
    }

    fn callbacks(&self) -> Option<&dyn SignsCallbacks> {
        Some(self)
    }
}
