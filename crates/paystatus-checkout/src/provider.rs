use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, By, CallbackSecrets, Covers, Error, Facts, Provider, Refusal, Said,
    SignsCallbacks,
    Tells::{Amount, Attempts, Holds, PartRefunds, Reference, Refunds},
    WaitPlan,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details,
    error::{self, ERRORS},
    reply, request,
    status::STATUSES,
};

/// What is known about Checkout.com.
///
/// It limits requests without saying how many (<https://www.checkout.com/docs>, read 2026-11).
pub static FACTS: Facts = Facts::new("checkout", "Checkout.com", STATUSES, ERRORS)
    .asked_by(&[By::Payment, By::Order])
    .telling(&[Holds, PartRefunds, Refunds, Attempts, Amount, Reference])
    .but_not(
        "chargebacks; why a payment was declined; test money, only the key and the host tell; \
         the amounts of all but one of an order's attempts",
    )
    .waiting_by(WaitPlan::of_seconds(2, 60, 900))
    .calling_back(Covers::Body)
    .with_request_id_header("cko-request-id")
    .judging_by(&["status", "to", "approved", "captured", "refunded", "left", "link", "source", "asked"]);

/// An account of Checkout.com.
///
/// It is its own configuration form: `base_url` (each merchant has a host, whose name begins with the first eight
/// characters of the client id, without `cli_`), `secret_key` (`sk_…` live, `sk_sbox_…` test), and for webhooks
/// `signature_key` (one or a list; `callback_secret` is another name for it) and `callback_authorization`.
/// An order is named by the merchant's own reference.
///
/// ```
/// use paystatus_checkout::{Ask, BaseUrl, Checkout, Lookup, Provider};
///
/// let account = Checkout::new(BaseUrl::parse("https://vkuhvk4v.api.checkout.com")?, "<secret key>");
/// let request = account.request(&Ask::about(&Lookup::payment("pay_mbabizu24mvu3mela5njyhpit4")))?;
/// assert_eq!(request.uri().path(), "/payments/pay_mbabizu24mvu3mela5njyhpit4");
/// let request = account.request(&Ask::about(&Lookup::order("ORD-5023-4E89")))?;
/// assert_eq!(request.uri().query(), Some("reference=ORD-5023-4E89&limit=100"));
/// # Ok::<(), paystatus_checkout::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkout {
    pub(crate) base_url: BaseUrl,
    pub(crate) secret_key: SecretString,
    /// The dashboard calls it the workflow's signature key.
    #[serde(default, rename = "signature_key", alias = "callback_secret")]
    pub(crate) callback_secret: CallbackSecrets,
    pub(crate) callback_authorization: Option<SecretString>,
}

impl Checkout {
    /// Names where the merchant's API is, and its secret key.
    ///
    /// ```
    /// use paystatus_checkout::{BaseUrl, Checkout, Provider};
    ///
    /// let account = Checkout::new(BaseUrl::parse("https://vkuhvk4v.api.checkout.com")?, "canary");
    /// assert_eq!(account.base_url().to_string(), "https://vkuhvk4v.api.checkout.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// # Ok::<(), paystatus_checkout::Error>(())
    /// ```
    pub fn new(base_url: BaseUrl, secret_key: impl Into<SecretString>) -> Self {
        Self {
            base_url,
            secret_key: secret_key.into(),
            callback_secret: CallbackSecrets::default(),
            callback_authorization: None,
        }
    }
}

impl Provider for Checkout {
    /// Nothing where a list says that there are payments and shows none.
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
        reply::read(self, ask, text)
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }

    fn callbacks(&self) -> Option<&dyn SignsCallbacks> {
        Some(self)
    }
}
