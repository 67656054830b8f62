use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, CallbackSecrets, Covers, Error, Facts, Provider, Refusal, Said,
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

/// What is known about Mollie.
///
/// It limits requests without saying how many. A payment that is paid at once ends within 15 minutes, as `expiresAt`
/// says; transfers and debits take days (<https://docs.mollie.com/docs/status-change>, read 2026-11).
pub static FACTS: Facts = Facts::new("mollie", "Mollie", STATUSES, ERRORS)
    .telling(&[Holds, PartRefunds, Refunds, Chargebacks, Amount, Reference, TestMode])
    .but_not(
        "whether another payment of the same order was paid: an answer is about this payment alone; \
         a transfer that comes after the payment expired",
    )
    .waiting_by(WaitPlan::of_seconds(3, 60, 960))
    .calling_back(Covers::Body)
    .judging_by(&["status", "amountCaptured", "given back", "amountChargedBack", "amount", "method"]);

/// A Mollie account.
///
/// It is its own configuration form: `api_key` (`live_…` or `test_…`, which decides between the two, or an organisation's
/// token, `access_…`), and where they are needed `testmode` (for such a token only), `reference_metadata_key`
/// (`order_id` unless set), `callback_secret` (one or a list; `webhook_secrets` is another name for it) for webhooks,
/// and `base_url`.
///
/// ```
/// use paystatus_mollie::{Ask, Lookup, Mollie, Provider};
///
/// let account = Mollie::new("<api key>");
/// let request = account.request(&Ask::about(&Lookup::payment("tr_5B8cwPMGnU6qLbRvo7qEZo")))?;
/// assert_eq!(request.uri(), "https://api.mollie.com/v2/payments/tr_5B8cwPMGnU6qLbRvo7qEZo");
/// assert!(account.request(&Ask::about(&Lookup::payment("ord_pbjz8x"))).is_err());
/// # Ok::<(), paystatus_mollie::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mollie {
    pub(crate) api_key: SecretString,
    #[serde(default)]
    pub(crate) testmode: bool,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
    pub(crate) reference_metadata_key: Option<String>,
    #[serde(default, alias = "webhook_secrets")]
    pub(crate) callback_secret: CallbackSecrets,
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service("api.mollie.com")
}

impl Mollie {
    /// Names the key of a profile, or an organisation's token.
    ///
    /// ```
    /// use paystatus_mollie::{Mollie, Provider};
    ///
    /// let account = Mollie::new("canary");
    /// assert_eq!(account.base_url().to_string(), "https://api.mollie.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(api_key: impl Into<SecretString>) -> Self {
        Self {
            api_key: api_key.into(),
            testmode: false,
            base_url: hosted(),
            reference_metadata_key: None,
            callback_secret: CallbackSecrets::default(),
        }
    }

    /// Asks about test payments with an organisation's token: any other key is of one mode.
    ///
    /// ```
    /// use paystatus_mollie::{Ask, Lookup, Mollie, Provider};
    ///
    /// let lookup = Lookup::payment("tr_1");
    /// assert!(Mollie::new("live_1").in_testmode().request(&Ask::about(&lookup)).is_err());
    /// let request = Mollie::new("access_1").in_testmode().request(&Ask::about(&lookup))?;
    /// assert_eq!(request.uri().query(), Some("testmode=true"));
    /// # Ok::<(), paystatus_mollie::Error>(())
    /// ```
    #[must_use]
    pub fn in_testmode(self) -> Self {
        Self { testmode: true, ..self }
    }

    /// Asks another host, such as the sandbox.
    ///
    /// ```
    /// use paystatus_mollie::{BaseUrl, Mollie, Provider};
    ///
    /// let account = Mollie::new("<api key>").with_base_url(BaseUrl::parse("http://127.0.0.1:8080/mollie")?);
    /// assert_eq!(account.base_url().to_string(), "http://127.0.0.1:8080/mollie");
    /// # Ok::<(), paystatus_mollie::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }

    /// Reads the merchant's reference from another key of the metadata than `order_id`.
    ///
    /// ```
    /// use paystatus_mollie::{Body, Lookup, Mollie, interpret};
    ///
    /// let account = Mollie::new("<api key>").with_reference_metadata_key("invoice");
    /// let reply = r#"{"id":"tr_1","status":"open","metadata":{"order_id":"12345","invoice":20267}}"#;
    /// let payment = interpret(&account, &Lookup::payment("tr_1"), &http::Response::new(Body::from(reply)))?;
    /// assert_eq!(payment.reference(), Some("20267"));
    /// # Ok::<(), paystatus_mollie::Error>(())
    /// ```
    #[must_use]
    pub fn with_reference_metadata_key(self, key: impl Into<String>) -> Self {
        Self { reference_metadata_key: Some(key.into()), ..self }
    }
}

impl Provider for Mollie {
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
