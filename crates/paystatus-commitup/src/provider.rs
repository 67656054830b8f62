use std::time::Duration;

use http::{Request, Response};
use paystatus_core::{BaseUrl, Body, CallbackSecrets, Error, Lookup, Payment, Provider};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{Details, callback, reply, request};

/// A CommitUp virtual POS account (PayPorter, KuikPOS).
///
/// It is its own configuration form: `base_url`, `api_key`, `api_secret`, `callback_secret` (one or a list)
/// for callbacks,
/// and `require_transaction_type = true` for whoever uses pre-authorizations.
///
/// ```
/// use paystatus_commitup::{BaseUrl, CommitUp, Provider};
///
/// let base = BaseUrl::parse("https://pos.example.com")?;
/// let account = CommitUp::new(base, "<api key>", "<api secret>").requiring_transaction_type();
/// let request = account.request(&"123e4567-e89b-12d3-a456-426614174000".into())?;
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
    /// let account = CommitUp::new(BaseUrl::parse("https://pos.example.com")?, "<api key>", "canary");
    /// assert_eq!(account.base_url().to_string(), "https://pos.example.com");
    /// assert!(!format!("{account:?}").contains("canary"));
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
    /// use paystatus_commitup::{BaseUrl, Body, CommitUp, Provider, Status};
    ///
    /// let account = CommitUp::new(BaseUrl::parse("https://pos.example.com")?, "<api key>", "<api secret>");
    /// let untyped = http::Response::new(Body::from(r#"{"paymentId":"p-1","status":"SUCCESS"}"#));
    /// assert!(account.interpret(&"p-1".into(), &untyped)?.is_paid());
    /// let strict = account.requiring_transaction_type();
    /// assert_eq!(strict.interpret(&"p-1".into(), &untyped)?.status(), Status::Unknown);
    /// # Ok::<(), paystatus_commitup::Error>(())
    /// ```
    #[must_use]
    pub fn requiring_transaction_type(self) -> Self {
        Self { require_transaction_type: true, ..self }
    }
}

impl Provider for CommitUp {
    type Details = Details;

    fn name(&self) -> &'static str {
        "commitup"
    }

    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn request(&self, lookup: &Lookup) -> Result<Request<Body>, Error> {
        request::build(self, lookup)
    }

    fn interpret(&self, lookup: &Lookup, reply: &Response<Body>) -> Result<Payment<Details>, Error> {
        reply::read(self, lookup, reply).map_err(|error| error.in_reply(self.name(), reply))
    }
}
