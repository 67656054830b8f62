use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, By, Covers, Error, Facts, Provider, Refusal, Said, SignsCallbacks, Tells,
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

/// What is known about Paytm.
///
/// It limits requests without saying how many; nearly all that is pending ends within ten minutes
/// (<https://developer.paytm.com/docs/payment-status>, read 2026-11).
pub static FACTS: Facts = Facts::new("paytm", "Paytm Payment Gateway (India)", STATUSES, ERRORS)
    .asked_by(&[By::Order, By::Payment])
    .telling(&[Tells::Holds, Tells::PartRefunds, Tells::Refunds, Tells::Amount, Tells::Reference])
    .but_not("a lasting failure, because the same checkout may try again; disputes; test money, only the host tells")
    .waiting_by(WaitPlan::of_seconds(5, 60, 900))
    .calling_back(Covers::Body)
    .judging_by(&["resultStatus", "resultCode", "txnType", "hold", "mandate", "txnAmount", "refundAmt"]);

/// A Paytm account.
///
/// It is its own configuration form: `merchant_id`, `merchant_key` (16 bytes), and where they differ from the defaults
/// `base_url` and `require_reply_signature` (`true`).
/// A payment is named by `orderId`, the merchant's own: by payment and by order are the same question.
///
/// ```
/// use paystatus_paytm::{Ask, Lookup, Paytm, Provider};
///
/// let account = Paytm::new("INTEGR00000000000001", "<16 bytes, key>>");
/// let request = account.request(&Ask::about(&Lookup::order("ORDERID_98765")))?;
/// assert_eq!(request.uri(), "https://secure.paytmpayments.com/v3/order/status");
/// # Ok::<(), paystatus_paytm::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paytm {
    pub(crate) merchant_id: String,
    pub(crate) merchant_key: SecretString,
    #[serde(default = "yes")]
    pub(crate) require_reply_signature: bool,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
}

fn yes() -> bool {
    true
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service("secure.paytmpayments.com")
}

impl Paytm {
    /// Names a merchant and the merchant's key.
    ///
    /// ```
    /// use paystatus_paytm::{Paytm, Provider};
    ///
    /// let account = Paytm::new("INTEGR00000000000001", "canarykey#123456");
    /// assert_eq!(account.base_url().to_string(), "https://secure.paytmpayments.com");
    /// assert!(!format!("{account:?}").contains("canary"));
    /// ```
    pub fn new(merchant_id: impl Into<String>, merchant_key: impl Into<SecretString>) -> Self {
        Self {
            merchant_id: merchant_id.into(),
            merchant_key: merchant_key.into(),
            require_reply_signature: yes(),
            base_url: hosted(),
        }
    }

    /// Takes a success without a signature, too; one that is wrong is never taken.
    ///
    /// ```
    /// use paystatus_paytm::{Body, Lookup, Paytm, interpret};
    ///
    /// let reply = http::Response::new(Body::from(r#"{"body": {"orderId": "o-1", "txnAmount": "1.00",
    ///     "resultInfo": {"resultStatus": "TXN_SUCCESS", "resultCode": "01"}}}"#));
    /// let account = Paytm::new("INTEGR00000000000001", "<16 bytes, key>>");
    /// assert!(interpret(&account, &Lookup::order("o-1"), &reply).is_err());
    /// assert!(interpret(&account.taking_unsigned_replies(), &Lookup::order("o-1"), &reply)?.is_paid());
    /// # Ok::<(), paystatus_paytm::Error>(())
    /// ```
    #[must_use]
    pub fn taking_unsigned_replies(self) -> Self {
        Self { require_reply_signature: false, ..self }
    }

    /// Asks another host, such as `https://securestage.paytmpayments.com` for tests, or the sandbox.
    ///
    /// ```
    /// use paystatus_paytm::{BaseUrl, Paytm, Provider};
    ///
    /// let staging = BaseUrl::parse("https://securestage.paytmpayments.com")?;
    /// let account = Paytm::new("INTEGR00000000000001", "<16 bytes, key>>").with_base_url(staging);
    /// assert_eq!(account.base_url().to_string(), "https://securestage.paytmpayments.com");
    /// # Ok::<(), paystatus_paytm::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }
}

impl Provider for Paytm {
    type Details = Details;

    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn request(&self, ask: &Ask<'_>) -> Result<Request<Body>, Error> {
        request::build(self, ask)
    }

    fn read(&self, ask: &Ask<'_>, text: &str) -> Result<Answer<Details>, Refusal> {
        reply::read(self, ask.lookup(), text)
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }

    fn callbacks(&self) -> Option<&dyn SignsCallbacks> {
        Some(self)
    }
}
