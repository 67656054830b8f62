use std::time::Duration;

use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, By, CallbackSecrets, Covers, Error, Facts, Ids, Provider, Refusal, Said,
    SignsCallbacks, Tells, WaitPlan,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details,
    error::{self, ERRORS},
    reply,
    request::{self, CHECKOUT},
    status::STATUSES,
};

const MINUTE: u64 = 60;

/// What is known about Open Payment Platform.
///
/// One payment, and one reference, may be asked about twice a minute
/// (<https://support.peachpayments.com>, article 47001220495, read 2026-11), however many others are.
/// A session ends within 30 minutes; some banks take days.
pub static FACTS: Facts = Facts::new("opp", "Open Payment Platform (HyperPay, Peach Payments and others)", STATUSES, ERRORS)
    .asked_by(&[By::Payment, By::Order])
    .telling(Tells::ALL)
    .but_not(
        "anything about payments of another channel; an abandoned checkout from a paid one once its session is over; \
         by reference captures and refunds that have a reference of their own",
    )
    .waiting_by(
        WaitPlan::of_seconds(30, 60, 3 * 24 * 60 * MINUTE)
            .with_tier(Duration::from_secs(35 * MINUTE), Duration::from_secs(60 * MINUTE)),
    )
    .calling_back(Covers::Body)
    .with_ids(Ids::BesideSessions(CHECKOUT))
    .judging_by(&["result.code", "paymentType", "linked records", "amount", "asked"]);

/// A channel of an account at one of the many brands of Open Payment Platform.
///
/// It is its own configuration form: `access_token`, `entity_id` (the channel), and where they are needed `base_url`,
/// which is the live European platform's unless set, and `callback_secret` (one or a list; `webhook_key` is another
/// name for it) for webhooks.
///
/// A payment id is that of a payment or of a checkout (with a `.` in it); an order is the merchant's reference.
/// **A checkout suits one question, right after the payer came back**: it ends with the payment's success, and then
/// looks like one that was abandoned. Keep the id of the payment that is answered, or ask by reference.
///
/// ```
/// use paystatus_opp::{Ask, Lookup, Opp, Provider};
///
/// let account = Opp::new("<access token>", "8a8294174b7ecb28014b9699220015ca");
/// let path = |lookup: Lookup| Ok::<_, paystatus_opp::Error>(account.request(&Ask::about(&lookup))?.uri().path().to_owned());
/// let id = "8ac7a4a277bb37680177ca9e266d3192";
/// assert_eq!(path(Lookup::payment(id))?, "/v3/query/8ac7a4a277bb37680177ca9e266d3192");
/// assert_eq!(path(Lookup::payment("8AC7A4.prod01-vm-tx08"))?, "/v1/checkouts/8AC7A4.prod01-vm-tx08/payment");
/// assert_eq!(path(Lookup::order("order-1"))?, "/v3/query");
/// # Ok::<(), paystatus_opp::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opp {
    pub(crate) access_token: SecretString,
    pub(crate) entity_id: String,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
    /// The administration calls it the webhook's key.
    #[serde(default, alias = "webhook_key")]
    pub(crate) callback_secret: CallbackSecrets,
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service("eu-prod.oppwa.com")
}

impl Opp {
    /// Names the access token and the entity id of the channel: payments of another channel can't be seen.
    ///
    /// ```
    /// use paystatus_opp::{Opp, Provider};
    ///
    /// let account = Opp::new("canary", "8a8294174b7ecb28014b9699220015ca");
    /// assert_eq!(account.base_url().to_string(), "https://eu-prod.oppwa.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(access_token: impl Into<SecretString>, entity_id: impl Into<String>) -> Self {
        Self {
            access_token: access_token.into(),
            entity_id: entity_id.into(),
            base_url: hosted(),
            callback_secret: CallbackSecrets::default(),
        }
    }

    /// Asks another host, such as `https://eu-test.oppwa.com` or the sandbox.
    ///
    /// ```
    /// use paystatus_opp::{BaseUrl, Opp, Provider};
    ///
    /// let account = Opp::new("<access token>", "<entity id>");
    /// let account = account.with_base_url(BaseUrl::parse("https://eu-test.oppwa.com")?);
    /// assert_eq!(account.base_url().to_string(), "https://eu-test.oppwa.com");
    /// # Ok::<(), paystatus_opp::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for Opp {
    /// Nothing where a checkout has no payment yet, or a reference no attempt.
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
        reply::read(ask.lookup(), text)
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }

    fn callbacks(&self) -> Option<&dyn SignsCallbacks> {
        Some(self)
    }
}
