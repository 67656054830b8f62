use std::time::Duration;

use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, CallbackSecrets, Covers, Error, Facts, Provider, Refusal, Said,
    SignsCallbacks, Tells,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details, callback,
    error::{self, ERRORS},
    reply, request,
    status::STATUSES,
};

/// What is known about CommitUp.
pub static FACTS: Facts =
    Facts::new("commitup", "CommitUp, KuikPOS, PayPorter (Turkish cards)", STATUSES, ERRORS)
        .telling(&[Tells::Amount, Tells::Reference, Tells::Refunds])
        .but_not("a pre-authorization from a sale, unless `require_transaction_type` is set")
        .calling_back(Covers::Body)
        .judging_by(&["status", "transactionType", "parentPaymentId", "require_transaction_type"]);

/// A CommitUp virtual POS account (PayPorter, KuikPOS).
///
/// It is its own configuration form: `base_url`, `api_key`, `api_secret`, `callback_secret` (one or a list)
/// for callbacks,
/// and `require_transaction_type = true` for whoever uses pre-authorizations.
///
/// ```
/// use paystatus_commitup::{Ask, BaseUrl, CommitUp, Lookup, Provider};
///
/// let base = BaseUrl::parse("https://pos.example.com")?;
/// let account = CommitUp::new(base, "<api key>", "<api secret>").requiring_transaction_type();
/// let request = account.request(&Ask::about(&Lookup::from("123e4567-e89b-12d3-a456-426614174000")))?;
/// assert_eq!(request.uri().path(), "/api/payment/123e4567-e89b-12d3-a456-426614174000");
/// # Ok::<(), paystatus_commitup::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitUp {
    pub(crate) base_url: BaseUrl,
    pub(crate) api_key: SecretString,
    pub(crate) api_secret: SecretString,
    #[serde(default)]
    pub(crate) require_transaction_type: bool,
    #[serde(default)]
    pub(crate) callback_secret: CallbackSecrets,
    #[serde(skip, default = "tolerance")]
    pub(crate) callback_tolerance: Duration,
}

fn tolerance() -> Duration {
    callback::TOLERANCE
}

impl CommitUp {
    /// Names the installation, each has its own address, and the two credentials of an account there.
    ///
    /// ```
    /// use paystatus_commitup::{BaseUrl, CommitUp, Provider};
    ///
    /// let account = CommitUp::new(BaseUrl::parse("https://pos.example.com")?, "<api key>", "<api secret>");
    /// assert_eq!(account.base_url().to_string(), "https://pos.example.com");
    /// # Ok::<(), paystatus_commitup::Error>(())
    /// ```
    pub fn new(
        base_url: BaseUrl,
        api_key: impl Into<SecretString>,
        api_secret: impl Into<SecretString>,
    ) -> Self {
        let (api_key, api_secret) = (api_key.into(), api_secret.into());
        Self {
            base_url,
            api_key,
            api_secret,
            require_transaction_type: false,
            callback_secret: CallbackSecrets::default(),
            callback_tolerance: tolerance(),
        }
    }

    /// Takes `SUCCESS` for paid only where the reply says that it is about a sale.
    ///
    /// Everyone who uses pre-authorizations needs this: those show a plain `SUCCESS` too,
    /// with money that is only held.
    /// A `SUCCESS` without a transaction type is then unknown.
    ///
    /// ```
    /// use paystatus_commitup::{BaseUrl, Body, CommitUp, Lookup, Provider, Status, interpret};
    ///
    /// let account = CommitUp::new(BaseUrl::parse("https://pos.example.com")?, "<api key>", "<api secret>");
    /// let untyped = http::Response::new(Body::from(r#"{"paymentId":"p-1","status":"SUCCESS"}"#));
    /// assert!(interpret(&account, &Lookup::from("p-1"), &untyped)?.is_paid());
    /// let strict = account.requiring_transaction_type();
    /// assert_eq!(interpret(&strict, &Lookup::from("p-1"), &untyped)?.status(), Status::Unknown);
    /// # Ok::<(), paystatus_commitup::Error>(())
    /// ```
    #[must_use]
    pub fn requiring_transaction_type(self) -> Self {
        Self { require_transaction_type: true, ..self }
    }
}

impl Provider for CommitUp {
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
