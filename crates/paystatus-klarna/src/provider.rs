use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, Error, Facts, Pace, Provider, Refusal, Said, Tells::*, WaitPlan,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details,
    error::{self, ERRORS},
    reply, request,
    status::STATUSES,
};

/// What is known about Klarna.
///
/// A merchant may ask 200 times a second, and 50 times in the playground, of which some are used; a review of fraud
/// takes up to 24 hours (<https://docs.klarna.com/api-reference/rate-limit>,
/// <https://docs.klarna.com/order-management/pending-orders>, read 2026-11).
pub static FACTS: Facts = Facts::new("klarna", "Klarna", STATUSES, ERRORS)
    .telling(&[Holds, PartRefunds, Refunds, Amount, Reference])
    .but_not(
        "disputes and late reversals, which are settled elsewhere; test money, only the base URL tells; \
         when the merchant will capture",
    )
    .paced(Pace::per_second(20))
    .waiting_by(WaitPlan::of_seconds(5, 600, 86_400).with_growth_percent(200))
    .judging_by(&[
        "status",
        "fraud_status",
        "captured_amount",
        "refunded_amount",
        "remaining_authorized_amount",
        "order_amount",
    ]);

/// A Klarna account, asked by its Order Management API.
///
/// It is its own configuration form: `base_url`, `username` (`K123456_…` or `PK…`) and `password`.
/// Each region has a base URL of its own: `https://api.klarna.com` in Europe, `https://api-na.klarna.com` in North America,
/// `https://api-oc.klarna.com` in Oceania; for tests `https://api.playground.klarna.com` and so on.
///
/// ```
/// use paystatus_klarna::{Ask, BaseUrl, Klarna, Lookup, Provider};
///
/// let account = Klarna::new(BaseUrl::parse("https://api.klarna.com")?, "<user name>", "<password>");
/// let request = account.request(&Ask::about(&Lookup::payment("f3392f8b-6116-4073-ab96-e330819e2c07")))?;
/// assert_eq!(request.uri().path(), "/ordermanagement/v1/orders/f3392f8b-6116-4073-ab96-e330819e2c07");
/// # Ok::<(), paystatus_klarna::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Klarna {
    pub(crate) base_url: BaseUrl,
    pub(crate) username: SecretString,
    pub(crate) password: SecretString,
}

impl Klarna {
    /// Names the base URL of the merchant's region, and the two halves of an account's Basic credentials.
    ///
    /// ```
    /// use paystatus_klarna::{BaseUrl, Klarna, Provider};
    ///
    /// let account = Klarna::new(BaseUrl::parse("https://api-na.klarna.com")?, "K123456_1", "canary");
    /// assert_eq!(account.base_url().to_string(), "https://api-na.klarna.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// # Ok::<(), paystatus_klarna::Error>(())
    /// ```
    pub fn new(
        base_url: BaseUrl,
        username: impl Into<SecretString>,
        password: impl Into<SecretString>,
    ) -> Self {
        Self { base_url, username: username.into(), password: password.into() }
    }
}

impl Provider for Klarna {
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
        reply::read(text)
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }
}
