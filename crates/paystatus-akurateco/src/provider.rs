use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, By, Covers, Error, Facts, Ids, Provider, Refusal, Said, SignsCallbacks, Tells,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details, Digest,
    callback::SIGNED,
    error::{self, ERRORS},
    reply, request,
    status::STATUSES,
};

/// What is known about Akurateco Checkout.
pub static FACTS: Facts = Facts::new("akurateco", "Akurateco Checkout and its many brands", STATUSES, ERRORS)
    .asked_by(&[By::Payment, By::Order])
    .telling(&[
        Tells::Holds,
        Tells::Refunds,
        Tells::Chargebacks,
        Tells::Attempts,
        Tells::Amount,
        Tells::Reference,
    ])
    .but_not(
        "an unknown payment from a wrong password: one error for both; \
         a reply may be about a later attempt of the order, so expect a reference",
    )
    .calling_back(Covers::Fields(SIGNED))
    .with_ids(Ids::Cascading)
    .judging_by(&["status", "currency", "asked"]);

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
/// use paystatus_akurateco::{Akurateco, Ask, BaseUrl, Lookup, Provider};
///
/// let base = BaseUrl::parse("https://checkout.example.com")?;
/// let account = Akurateco::new(base, "<merchant key>", "<password>");
/// let request = account.request(&Ask::about(&Lookup::order("order-1234")))?;
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
    /// let account = Akurateco::new(BaseUrl::parse("https://checkout.example.com")?, "<merchant key>", "<password>");
    /// assert_eq!(account.base_url().to_string(), "https://checkout.example.com");
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
    /// use paystatus_akurateco::{Akurateco, Ask, BaseUrl, Digest, Lookup, Provider};
    ///
    /// let account = Akurateco::new(BaseUrl::parse("https://checkout.example.com")?, "<merchant key>", "<password>");
    /// let lookup = Lookup::order("order-1234");
    /// let with_md5 = account.request(&Ask::about(&lookup))?;
    /// let with_sha256 = account.with_digest(Digest::Sha256).request(&Ask::about(&lookup))?;
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
