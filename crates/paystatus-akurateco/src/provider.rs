use http::{Request, Response};
use paystatus_core::{BaseUrl, Body, Error, Lookup, Payment, Provider};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{Details, Digest, reply, request};

/// A merchant's account at one of the many brands of Akurateco Checkout.
///
/// It is its own configuration form: `base_url`, `merchant_key`, `password`,
/// and `digest = "sha256"` where the account's hashes are not built with MD5.
///
/// **Whoever reads one logged status request can void the payment**: its hash is also that of a void
/// or a retry of the same payment, and it never changes.
/// So nothing here shows body or hash; see that no proxy in between stores them.
///
/// ```
/// use paystatus_akurateco::{Akurateco, BaseUrl, Lookup, Provider};
///
/// let base = BaseUrl::parse("https://checkout.example.com")?;
/// let account = Akurateco::new(base, "<merchant key>", "<password>");
/// let request = account.request(&Lookup::order("order-1234"))?;
/// assert_eq!(request.uri().path(), "/api/v1/payment/status");
/// # Ok::<(), paystatus_akurateco::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Akurateco {
    pub(crate) base_url: BaseUrl,
    pub(crate) merchant_key: SecretString,
    pub(crate) password: SecretString,
    #[serde(default)]
    pub(crate) digest: Digest,
}

impl Akurateco {
    /// Names the brand's checkout host, each brand has its own, and the two credentials of an account there.
    ///
    /// ```
    /// use paystatus_akurateco::{Akurateco, BaseUrl, Provider};
    ///
    /// let account = Akurateco::new(BaseUrl::parse("https://checkout.example.com")?, "<merchant key>", "canary");
    /// assert_eq!(account.base_url().to_string(), "https://checkout.example.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// # Ok::<(), paystatus_akurateco::Error>(())
    /// ```
    pub fn new(
        base_url: BaseUrl,
        merchant_key: impl Into<SecretString>,
        password: impl Into<SecretString>,
    ) -> Self {
        let (merchant_key, password) = (merchant_key.into(), password.into());
        Self { base_url, merchant_key, password, digest: Digest::default() }
    }

    /// Builds hashes with another inner digest than MD5, as the account is set up.
    ///
    /// ```
    /// use paystatus_akurateco::{Akurateco, BaseUrl, Digest, Lookup, Provider};
    ///
    /// let account = Akurateco::new(BaseUrl::parse("https://checkout.example.com")?, "<merchant key>", "<password>");
    /// let lookup = Lookup::order("order-1234");
    /// let with_md5 = account.request(&lookup)?;
    /// let with_sha256 = account.with_digest(Digest::Sha256).request(&lookup)?;
    /// assert_ne!(with_md5.body(), with_sha256.body()); // another hash of the same question
    /// # Ok::<(), paystatus_akurateco::Error>(())
    /// ```
    #[must_use]
    pub fn with_digest(self, digest: Digest) -> Self {
        Self { digest, ..self }
    }
}

impl Provider for Akurateco {
    type Details = Details;

    fn name(&self) -> &'static str {
        "akurateco"
    }

    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn request(&self, lookup: &Lookup) -> Result<Request<Body>, Error> {
        request::build(self, lookup)
    }

    /// Reads a reply, one about a *later* payment of the same order too (cascading):
    /// [`Payment::is_about_another`] tells, and only an expected reference then verifies it.
    fn interpret(&self, lookup: &Lookup, reply: &Response<Body>) -> Result<Payment<Details>, Error> {
        reply::read(lookup, reply).map_err(|error| error.in_reply(self.name(), reply))
    }
}
