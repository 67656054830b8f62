use std::time::Duration;

use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, By, CallbackSecrets, Covers, Error, Facts, Pace, Provider, Refusal, Said,
    SignsCallbacks, Tells, WaitPlan,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details, callback,
    error::{self, ERRORS},
    reply, request,
    status::STATUSES,
};

/// What is known about BTCPay Server.
///
/// No limit is documented, and the server is the merchant's own: 60 requests a minute are kind to it.
/// An invoice is watched for 15 minutes and then for a day.
pub static FACTS: Facts =
    Facts::new("btcpay", "BTCPay Server (Bitcoin, Lightning, self-hosted)", STATUSES, ERRORS)
        .asked_by(&[By::Payment, By::Order])
        .telling(&[Tells::Attempts, Tells::Amount, Tells::Reference])
        .but_not("refunds: an invoice that was refunded stays `Settled`; test coins from money")
        .calling_back(Covers::Body)
        .paced(Pace::per_minute(60))
        .waiting_by(WaitPlan::of_seconds(5, 60, 87_300).with_growth_percent(200))
        .judging_by(&["status", "additionalStatus", "paidAmount"]);

/// A store on a BTCPay Server.
///
/// It is its own configuration form: `base_url`, `store_id`, `api_key`,
/// and `callback_secret` (one or a list) for callbacks.
///
/// ```
/// use paystatus_btcpay::{Ask, BaseUrl, BtcPay, Lookup, Provider};
///
/// let server = BaseUrl::parse("https://pay.example.com/btcpay")?;
/// let account = BtcPay::new(server, "<store id>", "<api key>");
/// let request = account.request(&Ask::about(&Lookup::from("UKdYkTDWbsaJKfGPsXmUYy")))?;
/// assert_eq!(request.uri().path(), "/btcpay/api/v1/stores/%3Cstore%20id%3E/invoices/UKdYkTDWbsaJKfGPsXmUYy");
/// # Ok::<(), paystatus_btcpay::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BtcPay {
    pub(crate) base_url: BaseUrl,
    pub(crate) store_id: String,
    pub(crate) api_key: SecretString,
    #[serde(default)]
    pub(crate) callback_secret: CallbackSecrets,
    #[serde(skip, default = "tolerance")]
    pub(crate) callback_tolerance: Duration,
}

fn tolerance() -> Duration {
    callback::TOLERANCE
}

impl BtcPay {
    /// Names the server, the store, and an API key, which needs `btcpay.store.canviewinvoices` and nothing more.
    ///
    /// ```
    /// use paystatus_btcpay::{BaseUrl, BtcPay, Provider};
    ///
    /// let account = BtcPay::new(BaseUrl::parse("https://pay.example.com")?, "<store id>", "canary");
    /// assert_eq!(account.base_url().to_string(), "https://pay.example.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// # Ok::<(), paystatus_btcpay::Error>(())
    /// ```
    pub fn new(base_url: BaseUrl, store_id: impl Into<String>, api_key: impl Into<SecretString>) -> Self {
        Self {
            base_url,
            store_id: store_id.into(),
            api_key: api_key.into(),
            callback_secret: CallbackSecrets::default(),
            callback_tolerance: tolerance(),
        }
    }
}

impl Provider for BtcPay {
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
        reply::read(&self.store_id, ask.lookup(), text)
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }

    fn callbacks(&self) -> Option<&dyn SignsCallbacks> {
        Some(self)
    }
}
