use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use paystatus_core::{
    Error, ErrorKind, Finality, Funds, Lookup, Meaning, Money, Payment, Pending, Snapshot, Status,
    StatusClient, WaitPlan, async_trait,
};
use serde_json::Value;

/// A [`StatusClient`] that answers what it was told to: for the tests of those who use one.
///
/// Each method that adds an answer adds one about one payment.
/// The answers come in the order in which they were added, and the last one comes again and again.
/// About any other payment the answer is [`ErrorKind::NotFound`].
///
/// ```
/// use paystatus_core::{ErrorKind, Lookup, Money, StatusClient};
/// use paystatus_testkit::FakeClient;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), paystatus_core::Error> {
/// let price = Money::parse("50.00", "USD")?;
/// let client = FakeClient::new("acme").pending("pay_001").unavailable("pay_001").paid("pay_001", price);
///
/// let lookup = Lookup::payment("pay_001");
/// assert!(!client.status(&lookup).await?.is_final());
/// assert_eq!(client.status(&lookup).await.unwrap_err().kind(), ErrorKind::Unavailable);
/// assert_eq!(client.status(&lookup).await?.amount(), Some(price));
/// assert!(client.status(&lookup).await?.is_paid());
/// assert_eq!(client.asked().len(), 4);
/// # Ok(()) }
/// ```
pub struct FakeClient {
    provider: &'static str,
    wait_plan: WaitPlan,
    script: HashMap<Lookup, Vec<Scripted>>,
    asked: Mutex<Vec<Lookup>>,
}

enum Scripted {
    Payment(Box<Payment<Value>>),
    /// An error can't be copied, so it is made anew each time.
    Error(Box<dyn Fn() -> Error + Send + Sync>),
}

impl FakeClient {
    /// Names the provider that the client speaks for; the client knows no payment until an answer is added.
    ///
    /// ```
    /// use paystatus_core::{ErrorKind, Lookup, StatusClient};
    /// use paystatus_testkit::FakeClient;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), paystatus_core::Error> {
    /// let client = FakeClient::new("acme");
    /// let error = client.status(&Lookup::payment("pay_001")).await.unwrap_err();
    /// assert_eq!((error.provider(), error.kind()), (Some("acme"), ErrorKind::NotFound));
    /// # Ok(()) }
    /// ```
    pub fn new(provider: &'static str) -> Self {
        Self { provider, wait_plan: WaitPlan::default(), script: HashMap::new(), asked: Mutex::default() }
    }

    /// Sets how to wait for a payment, for tests of code that waits.
    ///
    /// ```
    /// use paystatus_core::{StatusClient, WaitPlan};
    /// use paystatus_testkit::FakeClient;
    /// use std::time::Duration;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let [second, minute] = [1, 60].map(Duration::from_secs);
    /// let client = FakeClient::new("acme").with_wait_plan(WaitPlan::new(second, second, minute));
    /// assert_eq!(client.wait_plan().total(), minute);
    /// # }
    /// ```
    #[must_use]
    pub fn with_wait_plan(self, wait_plan: WaitPlan) -> Self {
        Self { wait_plan, ..self }
    }

    /// Adds any payment as an answer.
    ///
    /// ```
    /// use paystatus_core::{Lookup, Meaning, Payment, Snapshot, StatusClient};
    /// use paystatus_testkit::FakeClient;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), paystatus_core::Error> {
    /// let order = Lookup::order("order-1234");
    /// let strange = Payment::new(&order, Snapshot::new("pay_001", Meaning::UNKNOWN, "ON_HOLD"), serde_json::Value::Null);
    /// let client = FakeClient::new("acme").answering(order.clone(), strange);
    /// assert_eq!(client.status(&order).await?.provider_status(), "ON_HOLD");
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn answering(self, lookup: impl Into<Lookup>, payment: Payment<Value>) -> Self {
        self.then(lookup.into(), Scripted::Payment(Box::new(payment)))
    }

    /// Adds any error as an answer; the error is made anew for each request, because an error can't be copied.
    ///
    /// ```
    /// use paystatus_core::{Error, ErrorKind, Lookup, StatusClient};
    /// use paystatus_testkit::FakeClient;
    /// use std::time::Duration;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let busy = || Error::new(ErrorKind::RateLimited, "too many").with_retry_after(Duration::from_secs(9));
    /// let client = FakeClient::new("acme").failing("pay_001", busy);
    /// let error = client.status(&Lookup::payment("pay_001")).await.unwrap_err();
    /// assert_eq!((error.provider(), error.retry_after()), (Some("acme"), Some(Duration::from_secs(9))));
    /// # }
    /// ```
    #[must_use]
    pub fn failing(
        self,
        lookup: impl Into<Lookup>,
        error: impl Fn() -> Error + Send + Sync + 'static,
    ) -> Self {
        self.then(lookup.into(), Scripted::Error(Box::new(error)))
    }

    /// Adds the answer that the payment is paid, finally, with this amount.
    ///
    /// ```
    /// use paystatus_core::{Lookup, Money, StatusClient};
    /// use paystatus_testkit::FakeClient;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), paystatus_core::Error> {
    /// let client = FakeClient::new("acme").paid("pay_001", Money::parse("50.00", "USD")?);
    /// assert!(client.status(&Lookup::payment("pay_001")).await?.is_paid());
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn paid(self, lookup: impl Into<Lookup>, amount: Money) -> Self {
        self.stands(lookup, "paid", Meaning::new(Status::Paid, Finality::Final, Funds::Taken), Some(amount))
    }

    /// Adds the answer that the payment is pending, and that no more is known about it.
    ///
    /// ```
    /// use paystatus_core::{Finality, Lookup, StatusClient};
    /// use paystatus_testkit::FakeClient;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), paystatus_core::Error> {
    /// let client = FakeClient::new("acme").pending("pay_001");
    /// assert_eq!(client.status(&Lookup::payment("pay_001")).await?.finality(), Finality::Open);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn pending(self, lookup: impl Into<Lookup>) -> Self {
        let meaning = Meaning::new(Status::Pending(Pending::Processing), Finality::Open, Funds::Unknown);
        self.stands(lookup, "pending", meaning, None)
    }

    /// Adds the answer that the payment failed, though the provider may change its mind.
    ///
    /// ```
    /// use paystatus_core::{Lookup, MayChargeAgain, StatusClient};
    /// use paystatus_testkit::FakeClient;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), paystatus_core::Error> {
    /// let client = FakeClient::new("acme").failed("pay_001");
    /// let payment = client.status(&Lookup::payment("pay_001")).await?;
    /// assert_eq!(payment.may_charge_again(), MayChargeAgain::Unknown);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn failed(self, lookup: impl Into<Lookup>) -> Self {
        let meaning = Meaning::new(Status::Failed, Finality::Provisional, Funds::Unknown);
        self.stands(lookup, "failed", meaning, None)
    }

    /// Adds the error [`ErrorKind::NotFound`], as for a payment that is asked about too early.
    ///
    /// ```
    /// use paystatus_core::{ErrorKind, Lookup, StatusClient};
    /// use paystatus_testkit::FakeClient;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), paystatus_core::Error> {
    /// let client = FakeClient::new("acme").not_found("pay_001").pending("pay_001");
    /// let lookup = Lookup::payment("pay_001");
    /// assert_eq!(client.status(&lookup).await.unwrap_err().kind(), ErrorKind::NotFound);
    /// assert!(client.status(&lookup).await.is_ok());
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn not_found(self, lookup: impl Into<Lookup>) -> Self {
        self.failing(lookup, unknown)
    }

    /// Adds the error [`ErrorKind::Unavailable`], as during an outage.
    ///
    /// ```
    /// use paystatus_core::{Lookup, StatusClient};
    /// use paystatus_testkit::FakeClient;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), paystatus_core::Error> {
    /// let client = FakeClient::new("acme").unavailable("pay_001");
    /// assert!(client.status(&Lookup::payment("pay_001")).await.unwrap_err().is_retryable());
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn unavailable(self, lookup: impl Into<Lookup>) -> Self {
        self.failing(lookup, || {
            Error::new(ErrorKind::Unavailable, "the provider answered that it cannot answer now")
                .with_http_status(503)
        })
    }

    /// What was asked so far, in order.
    ///
    /// ```
    /// use paystatus_core::{Lookup, StatusClient};
    /// use paystatus_testkit::FakeClient;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), paystatus_core::Error> {
    /// let client = FakeClient::new("acme").pending("pay_001");
    /// let lookup = Lookup::payment("pay_001");
    /// client.status(&lookup).await?;
    /// assert_eq!(client.asked(), [lookup]);
    /// # Ok(()) }
    /// ```
    pub fn asked(&self) -> Vec<Lookup> {
        self.log().clone()
    }

    fn stands(self, lookup: impl Into<Lookup>, word: &str, meaning: Meaning, amount: Option<Money>) -> Self {
        let lookup = lookup.into();
        let payment =
            Payment::new(&lookup, Snapshot::new(lookup.id(), meaning, word).with_amount(amount), Value::Null);
        self.answering(lookup, payment)
    }

    fn then(mut self, lookup: Lookup, answer: Scripted) -> Self {
        self.script.entry(lookup).or_default().push(answer);
        self
    }

    fn log(&self) -> MutexGuard<'_, Vec<Lookup>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unknown() -> Error {
    Error::new(ErrorKind::NotFound, "there is no such payment").with_http_status(404)
}

#[async_trait]
impl StatusClient for FakeClient {
    fn provider(&self) -> &'static str {
        self.provider
    }

    async fn status(&self, lookup: &Lookup) -> Result<Payment<Value>, Error> {
        let turn = {
            let mut log = self.log();
            log.push(lookup.clone());
            log.iter().filter(|asked| *asked == lookup).count() - 1
        };
        let answers = self.script.get(lookup).map(Vec::as_slice).unwrap_or_default();
        match answers.get(turn).or(answers.last()) {
            Some(Scripted::Payment(payment)) => Ok((**payment).clone()),
            Some(Scripted::Error(error)) => Err(error().with_provider(self.provider).with_attempts(1)),
            None => Err(unknown().with_provider(self.provider).with_attempts(1)),
        }
    }

    fn wait_plan(&self) -> WaitPlan {
        self.wait_plan
    }
}

impl fmt::Debug for FakeClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { provider, script, asked, .. } = self;
        f.debug_struct("FakeClient")
            .field("provider", provider)
            .field("knows", &script.keys())
            .field("asked", asked)
            .finish_non_exhaustive()
    }
}
