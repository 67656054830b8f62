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

/// What is known about Square.
///
/// It publishes no limits; payments by bank account take about three days
/// (<https://squareup.com/help/us/en/article/7166>, read 2026-11).
pub static FACTS: Facts = Facts::new("square", "Square", STATUSES, ERRORS)
    .telling(&[Holds, PartRefunds, Refunds, Amount, Reference])
    .but_not(
        "disputes, and bank transfers that come back within 60 days: paid means that the money was collected; \
         the other payments of an order; test money, only the host tells",
    )
    .waiting_by(WaitPlan::of_seconds(2, 60, 600))
    .calling_back(Covers::Body)
    .judging_by(&["status", "source", "count_recorded", "details.status", "refunded_money"]);

/// A Square seller's account.
///
/// It is its own configuration form: `access_token` (with the permission PAYMENTS_READ), and where they are needed
/// `count_recorded`, `callback_secret` (one or a list; `signature_key` is another name for it) and `notification_url`
/// for webhooks, and `base_url` (`https://connect.squareupsandbox.com` for tests).
///
/// ```
/// use paystatus_square::{Ask, Lookup, Provider, Square};
///
/// let account = Square::new("<access token>");
/// let request = account.request(&Ask::about(&Lookup::payment("bP9mAsEMYPUGjjGNaNO5ZDVyLhSZY")))?;
/// assert_eq!(request.uri(), "https://connect.squareup.com/v2/payments/bP9mAsEMYPUGjjGNaNO5ZDVyLhSZY");
/// assert_eq!(request.headers()["square-version"], "2026-09-16");
/// # Ok::<(), paystatus_square::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Square {
    pub(crate) access_token: SecretString,
    #[serde(default)]
    pub(crate) count_recorded: bool,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
    /// The dashboard calls it the subscription's signature key.
    #[serde(default, alias = "signature_key")]
    pub(crate) callback_secret: CallbackSecrets,
    pub(crate) notification_url: Option<String>,
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service("connect.squareup.com")
}

impl Square {
    /// Names the access token of a seller.
    ///
    /// ```
    /// use paystatus_square::{Provider, Square};
    ///
    /// let account = Square::new("canary");
    /// assert_eq!(account.base_url().to_string(), "https://connect.squareup.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(access_token: impl Into<SecretString>) -> Self {
        Self {
            access_token: access_token.into(),
            count_recorded: false,
            base_url: hosted(),
            callback_secret: CallbackSecrets::default(),
            notification_url: None,
        }
    }

    /// Counts what the seller wrote down, payments in cash and by other means, as paid.
    /// Square moved no money for them, and whoever has the access token can write such a payment.
    ///
    /// ```
    /// use paystatus_square::{Body, Lookup, Square, interpret};
    ///
    /// let reply = r#"{"payment":{"id":"p1","status":"COMPLETED","source_type":"CASH","total_money":{"amount":1000,"currency":"USD"}}}"#;
    /// let reply = http::Response::new(Body::from(reply));
    /// let (account, lookup) = (Square::new("<access token>"), Lookup::payment("p1"));
    /// assert!(!interpret(&account, &lookup, &reply)?.is_paid());
    /// assert!(interpret(&account.counting_recorded(), &lookup, &reply)?.is_paid());
    /// # Ok::<(), paystatus_square::Error>(())
    /// ```
    #[must_use]
    pub fn counting_recorded(self) -> Self {
        Self { count_recorded: true, ..self }
    }

    /// Asks another host, such as that for tests.
    ///
    /// ```
    /// use paystatus_square::{BaseUrl, Provider, Square};
    ///
    /// let tests = BaseUrl::parse("https://connect.squareupsandbox.com")?;
    /// let account = Square::new("<access token>").with_base_url(tests);
    /// assert_eq!(account.base_url().to_string(), "https://connect.squareupsandbox.com");
    /// # Ok::<(), paystatus_square::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for Square {
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
