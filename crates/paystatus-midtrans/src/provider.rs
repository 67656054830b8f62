use std::time::Duration;

use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, By, Covers, Error, Facts, Provider, Refusal, Said, SignsCallbacks, Tells,
    WaitPlan,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details,
    callback::SIGNED,
    error::{self, ERRORS},
    reply, request,
    status::STATUSES,
};

/// What is known about Midtrans.
///
/// No limit is documented for status requests. A page on which nobody has chosen a method yet is not found,
/// and appears later (<https://docs.midtrans.com/docs/get-status-api-requests>, read 2026-11).
pub static FACTS: Facts = Facts::new("midtrans", "Midtrans (Indonesia)", STATUSES, ERRORS)
    .asked_by(&[By::Payment, By::Order])
    .telling(&[
        Tells::Holds,
        Tells::PartRefunds,
        Tells::Refunds,
        Tells::Chargebacks,
        Tells::Amount,
        Tells::Reference,
    ])
    .but_not(
        "what was captured of a hold: compare it with what you captured; test money, only host and key tell; \
         an order's earlier transactions",
    )
    .waiting_by(WaitPlan::of_seconds(5, 60, 900).with_not_found_grace(Duration::from_secs(900)))
    .calling_back(Covers::Fields(SIGNED))
    .judging_by(&["transaction_status", "fraud_status", "contradiction", "method", "refund_amount", "asked"]);

/// A Midtrans account.
///
/// It is its own configuration form: `server_key` (`Mid-server-…`, of tests usually `SB-Mid-server-…`), and `base_url`
/// where it differs. A payment is named by Midtrans' transaction id, an order by the merchant's own `order_id`.
///
/// ```
/// use paystatus_midtrans::{Ask, Lookup, Midtrans, Provider};
///
/// let account = Midtrans::new("Mid-server-0123456789");
/// let request = account.request(&Ask::about(&Lookup::order("order/1")))?;
/// assert_eq!(request.uri(), "https://api.midtrans.com/v2/order%2F1/status");
/// # Ok::<(), paystatus_midtrans::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Midtrans {
    pub(crate) server_key: SecretString,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service(request::LIVE)
}

impl Midtrans {
    /// Names an account's server key.
    ///
    /// ```
    /// use paystatus_midtrans::{Midtrans, Provider};
    ///
    /// let account = Midtrans::new("canary");
    /// assert_eq!(account.base_url().to_string(), "https://api.midtrans.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(server_key: impl Into<SecretString>) -> Self {
        Self { server_key: server_key.into(), base_url: hosted() }
    }

    /// Asks another host, such as `https://api.sandbox.midtrans.com` for tests, which have a key of their own.
    ///
    /// ```
    /// use paystatus_midtrans::{BaseUrl, Midtrans, Provider};
    ///
    /// let tests = BaseUrl::parse("https://api.sandbox.midtrans.com")?;
    /// let account = Midtrans::new("SB-Mid-server-0123456789").with_base_url(tests);
    /// assert_eq!(account.base_url().to_string(), "https://api.sandbox.midtrans.com");
    /// # Ok::<(), paystatus_midtrans::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for Midtrans {
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
