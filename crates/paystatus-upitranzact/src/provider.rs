use std::time::Duration;

use http::Request;
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, By, Error, Facts, Provider, Refusal, Said, Tells, WaitPlan,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{
    Details,
    error::{self, ERRORS},
    reply, request,
    status::STATUSES,
};

/// What is known about UPITranzact.
///
/// From 5 s, the pace of the vendor's own Android client, growing to 60 s between asks, for five minutes
/// (<https://github.com/upitranzact/android-sdk>, read 2026-11).
/// An order appears when the payer scans: until then "not found" is no answer.
pub static FACTS: Facts = Facts::new("upitranzact", "UPITranzact (UPI, India)", STATUSES, ERRORS)
    .asked_by(&[By::Order, By::Payment])
    .telling(&[Tells::Amount, Tells::Reference])
    .but_not("an unknown order from an unpaid one; a lasting failure, because late credits happen; refunds")
    .waiting_by(WaitPlan::of_seconds(5, 60, 300).with_not_found_grace(Duration::from_secs(300)))
    .judging_by(&["txnStatus", "envelope", "proof", "msg"]);

/// A UPITranzact merchant account.
///
/// It is its own configuration form: `merchant_id`, `public_key`, `secret_key`, and where they differ from the
/// defaults `base_url` (`https://api.upitranzact.com`), `encoding` (`"json"` or `"form"`) and `require_txn_status`.
/// The merchant's order id is the only name an order has: [`Lookup::payment`](paystatus_core::Lookup::payment) and [`Lookup::order`](paystatus_core::Lookup::order)
/// ask the same.
///
/// ```
/// use paystatus_upitranzact::{Ask, Encoding, Lookup, Provider, UpiTranzact};
///
/// let account = UpiTranzact::new("<merchant id>", "<public key>", "<secret key>").with_encoding(Encoding::Form);
/// let request = account.request(&Ask::about(&Lookup::order("bd79da4cc3ff1")))?;
/// assert_eq!(request.uri(), "https://api.upitranzact.com/v1/payments/checkPaymentStatus");
/// assert_eq!(request.body().as_bytes(), b"mid=%3Cmerchant+id%3E&order_id=bd79da4cc3ff1");
/// # Ok::<(), paystatus_upitranzact::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpiTranzact {
    pub(crate) merchant_id: SecretString,
    pub(crate) public_key: SecretString,
    pub(crate) secret_key: SecretString,
    #[serde(default = "hosted")]
    pub(crate) base_url: BaseUrl,
    #[serde(default)]
    pub(crate) encoding: Encoding,
    #[serde(default)]
    pub(crate) require_txn_status: bool,
}

/// How a request's two fields are written: the documentation shows both.
///
/// ```
/// use paystatus_upitranzact::Encoding;
///
/// let configured: Encoding = serde_json::from_str(r#""form""#).unwrap(); // encoding = "form"
/// assert_eq!(configured, Encoding::Form);
/// assert_eq!(Encoding::default(), Encoding::Json);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Encoding {
    /// As a JSON object: what the documentation's own sample and most of the vendor's clients send.
    #[default]
    Json,
    /// As a form: what the documentation's table of headers names, and the vendor's Android client sends.
    Form,
}

fn hosted() -> BaseUrl {
    BaseUrl::of_service("api.upitranzact.com")
}

impl UpiTranzact {
    /// Names the three credentials of an account on the hosted service, `https://api.upitranzact.com`.
    ///
    /// ```
    /// use paystatus_upitranzact::{Provider, UpiTranzact};
    ///
    /// let account = UpiTranzact::new("<merchant id>", "<public key>", "<secret key>");
    /// assert_eq!(account.base_url().to_string(), "https://api.upitranzact.com");
    /// ```
    pub fn new(
        merchant_id: impl Into<SecretString>,
        public_key: impl Into<SecretString>,
        secret_key: impl Into<SecretString>,
    ) -> Self {
        Self {
            merchant_id: merchant_id.into(),
            public_key: public_key.into(),
            secret_key: secret_key.into(),
            base_url: hosted(),
            encoding: Encoding::default(),
            require_txn_status: false,
        }
    }

    /// Asks another host, such as the sandbox.
    ///
    /// ```
    /// use paystatus_upitranzact::{BaseUrl, Provider, UpiTranzact};
    ///
    /// let sandbox = BaseUrl::parse("http://127.0.0.1:8080/upitranzact")?;
    /// let account = UpiTranzact::new("<merchant id>", "<public key>", "<secret key>").with_base_url(sandbox);
    /// assert_eq!(account.base_url().to_string(), "http://127.0.0.1:8080/upitranzact");
    /// # Ok::<(), paystatus_upitranzact::Error>(())
    /// ```
    #[must_use]
    pub fn with_base_url(self, base_url: BaseUrl) -> Self {
        Self { base_url, ..self }
    }

    /// Writes requests another way than as JSON.
    ///
    /// ```
    /// use paystatus_upitranzact::{Ask, Encoding, Lookup, Provider, UpiTranzact};
    ///
    /// let account = UpiTranzact::new("ABC", "<public key>", "<secret key>");
    /// let lookup = Lookup::order("order-1");
    /// assert_eq!(account.request(&Ask::about(&lookup))?.headers()["content-type"], "application/json");
    /// let form = account.with_encoding(Encoding::Form).request(&Ask::about(&lookup))?;
    /// assert_eq!(form.body().as_bytes(), b"mid=ABC&order_id=order-1");
    /// # Ok::<(), paystatus_upitranzact::Error>(())
    /// ```
    #[must_use]
    pub fn with_encoding(self, encoding: Encoding) -> Self {
        Self { encoding, ..self }
    }

    /// Takes older successes, which have no `txnStatus`, for unknown instead of paid.
    ///
    /// ```
    /// use paystatus_upitranzact::{Body, Lookup, Provider, Status, UpiTranzact, interpret};
    ///
    /// let older = http::Response::new(Body::from(
    ///     r#"{"status":true,"statusCode":200,"data":{"order_id":"order-1","amount":1.08,"status":"SUCCESS"}}"#,
    /// ));
    /// let account = UpiTranzact::new("<merchant id>", "<public key>", "<secret key>");
    /// assert!(interpret(&account, &Lookup::order("order-1"), &older)?.is_paid());
    /// let strict = account.requiring_txn_status();
    /// assert_eq!(interpret(&strict, &Lookup::order("order-1"), &older)?.status(), Status::Unknown);
    /// # Ok::<(), paystatus_upitranzact::Error>(())
    /// ```
    #[must_use]
    pub fn requiring_txn_status(self) -> Self {
        Self { require_txn_status: true, ..self }
    }
}

impl Provider for UpiTranzact {
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
        reply::read(self, ask.lookup(), text)
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }
}
