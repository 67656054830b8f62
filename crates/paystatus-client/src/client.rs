use std::{fmt, sync::Arc};

use futures_util::{Stream, StreamExt, future::BoxFuture};
use paystatus_core::{Error, Lookup, Pace, Payment, Provider, StatusClient, WaitPlan, async_trait};
use serde_json::Value;

use crate::{
    Settings, Transport, Wait,
    account::{Account, Begin},
    wait::Asks,
};

/// Asks one account of one provider over HTTP.
///
/// A clone is cheap and shares the account's pace and connections.
///
/// ```no_run
/// # async fn example<P: paystatus_core::Provider>(provider: P) -> Result<(), paystatus_core::Error> {
/// use paystatus_client::Client;
///
/// let client = Client::new(provider)?;
/// let payment = client.status("pay_001").await?;
/// println!("{:?}, {:?}", payment.status(), payment.amount());
/// # Ok(())
/// # }
/// ```
pub struct Client<P> {
    account: Arc<Account<P>>,
}

impl<P: Provider> Client<P> {
    /// Makes a client with the default settings and its own connections.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](paystatus_core::ErrorKind::Config) if the provider's base URL needs TLS that this build lacks,
    /// or the machine has no certificates to check servers with.
    ///
    /// ```no_run
    /// # fn example<P: paystatus_core::Provider>(provider: P) -> Result<(), paystatus_core::Error> {
    /// use paystatus_client::Client;
    ///
    /// let client = Client::new(provider)?;
    /// let same = client.clone(); // shares the connections and the account's pace
    /// assert!(std::ptr::eq(client.provider(), same.provider()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(provider: P) -> Result<Self, Error> {
        Self::with(provider, Settings::default(), &Transport::new()?)
    }

    /// Makes a client with these settings over connections that several clients may share.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](paystatus_core::ErrorKind::Config) as [`new`](Self::new), and for settings out of range.
    ///
    /// ```no_run
    /// # fn example<P: paystatus_core::Provider>(shop: P, other: P) -> Result<(), paystatus_core::Error> {
    /// use paystatus_client::{Client, Settings, Transport};
    /// use std::time::Duration;
    ///
    /// let transport = Transport::new()?;
    /// let quick = Settings::default().with_timeout(Duration::from_secs(3)).with_max_attempts(1);
    /// let shop = Client::with(shop, quick, &transport)?;
    /// let other = Client::with(other, Settings::default(), &transport)?;
    ///
    /// assert_eq!(shop.provider().facts().name, other.provider().facts().name);
    /// # Ok(())
    /// # }
    /// ```
    pub fn with(provider: P, settings: Settings, transport: &Transport) -> Result<Self, Error> {
        let name = provider.facts().name;
        let account =
            Account::new(provider, settings, transport).map_err(|error| error.with_provider(name))?;
        Ok(Self { account: Arc::new(account) })
    }

    /// The provider that is asked.
    ///
    /// ```no_run
    /// # async fn example<P: paystatus_core::Provider>(client: paystatus_client::Client<P>) -> Result<(), paystatus_core::Error> {
    /// assert!(client.provider().base_url().is_https());
    /// assert_eq!(client.provider().facts().name, "acme");
    /// # Ok(())
    /// # }
    /// ```
    pub fn provider(&self) -> &P {
        &self.account.provider
    }

    /// Asks for a payment, by its id or by a [`Lookup`].
    ///
    /// An error that may go away by itself leads to another attempt, within the account's timeout.
    /// Dropping the future cancels the request.
    ///
    /// # Errors
    /// Every [`ErrorKind`](paystatus_core::ErrorKind): none of them says that the payment failed.
    ///
    /// ```no_run
    /// # async fn example<P: paystatus_core::Provider>(client: paystatus_client::Client<P>) -> Result<(), paystatus_core::Error> {
    /// use paystatus_core::{ErrorKind, Lookup};
    ///
    /// match client.status("pay_001").await {
    ///     Ok(payment) if payment.is_paid() => println!("paid: now verify the amount"),
    ///     Ok(payment) => println!("{:?}, {:?}", payment.status(), payment.finality()),
    ///     Err(error) if error.is_retryable() => println!("nothing is known yet, ask again: {error}"),
    ///     Err(error) => println!("somebody has to look: {error}"),
    /// }
    /// if let Err(error) = client.status(Lookup::order("order-1234")).await {
    ///     assert_eq!(error.kind(), ErrorKind::Unsupported); // where the provider knows no orders
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn status(&self, lookup: impl Into<Lookup>) -> Result<Payment<P::Details>, Error> {
        self.account.check(&lookup.into(), Begin::AtOnce).await
    }

    /// As [`status`](Self::status), for many checks, and for those that can wait:
    /// the timeout begins only when the account's pace lets this check send its request, which is called its turn.
    ///
    /// A provider that answers HTTP 429 may ask for silence.
    /// A check waits for its end if that is at most five minutes away; else [`ErrorKind::RateLimited`](paystatus_core::ErrorKind::RateLimited) comes back at once,
    /// with the time in [`Error::retry_after`]. An account is silent for an hour at most, whatever the provider asks for.
    ///
    /// # Errors
    /// As [`status`](Self::status).
    ///
    /// ```no_run
    /// # async fn example<P: paystatus_core::Provider>(client: paystatus_client::Client<P>) -> Result<(), paystatus_core::Error> {
    /// // The hundredth of a hundred checks is not late before it begins.
    /// let payment = client.status_in_turn("pay_001").await?;
    /// assert_eq!(payment.asked().id(), "pay_001");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn status_in_turn(&self, lookup: impl Into<Lookup>) -> Result<Payment<P::Details>, Error> {
        self.account.check(&lookup.into(), Begin::InTurn).await
    }

    /// Waits for a payment by the provider's plan: configure the wait, then await it.
    ///
    /// ```no_run
    /// # async fn example<P: paystatus_core::Provider + 'static>(
    /// #     client: paystatus_client::Client<P>,
    /// # ) -> Result<(), paystatus_core::Error> {
    /// use paystatus_client::Waited;
    /// use std::time::Duration;
    ///
    /// match client.wait("pay_001").with_timeout(Duration::from_secs(60)).await? {
    ///     Waited::Final(payment) => println!("decided: {:?}", payment.status()),
    ///     Waited::TimedOut { asked, .. } => println!("nothing is decided after {asked} asks"),
    ///     _ => println!("ask again later"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn wait(&self, lookup: impl Into<Lookup>) -> Wait<'static, P::Details>
    where
        P: 'static,
    {
        let facts = self.account.provider.facts();
        let account: Arc<Account<P>> = Arc::clone(&self.account);
        Wait::over(account, lookup.into(), facts.wait_plan)
    }

    /// Asks for many payments, each with its own outcome, in the order in which the answers come.
    ///
    /// At most [`Settings::with_max_in_flight`] requests are under way at once, each sent when the account's pace allows it.
    /// Memory stays the same however long the stream is, and dropping the stream cancels what is under way.
    ///
    /// ```no_run
    /// # async fn example<P: paystatus_core::Provider>(client: paystatus_client::Client<P>) {
    /// use futures_util::{StreamExt, stream};
    /// use paystatus_core::Lookup;
    ///
    /// let ids = stream::iter(["pay_001", "pay_002"]).map(Lookup::payment);
    /// let mut answers = std::pin::pin!(client.check_many(ids));
    /// while let Some((lookup, result)) = answers.next().await {
    ///     match result {
    ///         Ok(payment) => println!("{}: {:?}", lookup.id(), payment.status()),
    ///         Err(error) => println!("{}: {error}", lookup.id()),
    ///     }
    /// }
    /// # }
    /// ```
    pub fn check_many(&self, lookups: impl Stream<Item = Lookup>) -> impl Stream<Item = Checked<P::Details>> {
        lookups
            .map(|lookup| self.checked(lookup))
            .buffer_unordered(self.account.shared.settings.max_in_flight)
    }

    /// As [`check_many`](Self::check_many), in the order of the lookups: one slow answer holds up those behind it.
    ///
    /// ```no_run
    /// # async fn example<P: paystatus_core::Provider>(client: paystatus_client::Client<P>) -> Result<(), paystatus_core::Error> {
    /// use futures_util::{StreamExt, stream};
    /// use paystatus_core::Lookup;
    ///
    /// let ids = ["pay_001", "pay_002"];
    /// let answers: Vec<_> = client.check_many_in_order(stream::iter(ids).map(Lookup::payment)).collect().await;
    /// for (id, (lookup, _)) in ids.iter().zip(&answers) {
    ///     assert_eq!(lookup.id(), *id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn check_many_in_order(
        &self,
        lookups: impl Stream<Item = Lookup>,
    ) -> impl Stream<Item = Checked<P::Details>> {
        lookups.map(|lookup| self.checked(lookup)).buffered(self.account.shared.settings.max_in_flight)
    }

    async fn checked(&self, lookup: Lookup) -> Checked<P::Details> {
        let result = self.status_in_turn(&lookup).await;
        (lookup, result)
    }
}

impl<P: Provider> Asks<P::Details> for Account<P> {
    fn provider(&self) -> &'static str {
        self.provider.facts().name
    }

    fn ask<'b>(&'b self, lookup: &'b Lookup) -> BoxFuture<'b, Result<Payment<P::Details>, Error>> {
        Box::pin(self.check(lookup, Begin::InTurn))
    }
}

/// A lookup, and the payment or the error that asking for it gave.
///
/// ```
/// use paystatus_client::Checked;
/// use paystatus_core::{Error, ErrorKind, Lookup};
///
/// fn is_worth_another_try<D>((_, result): &Checked<D>) -> bool {
///     result.as_ref().is_err_and(Error::is_retryable)
/// }
///
/// let down: Checked<()> = (Lookup::payment("pay_001"), Err(Error::new(ErrorKind::Unavailable, "down")));
/// assert!(is_worth_another_try(&down));
/// ```
pub type Checked<D> = (Lookup, Result<Payment<D>, Error>);

impl<P> Clone for Client<P> {
    fn clone(&self) -> Self {
        Self { account: Arc::clone(&self.account) }
    }
}

impl<P: Provider> fmt::Debug for Client<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("provider", &self.account.provider.facts().name)
            .field("settings", &self.account.shared.settings)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl<P: Provider> StatusClient for Client<P> {
    fn provider(&self) -> &'static str {
        self.account.provider.facts().name
    }

    async fn status(&self, lookup: &Lookup) -> Result<Payment<Value>, Error> {
        self.status(lookup).await.map(Payment::erase)
    }

    async fn status_in_turn(&self, lookup: &Lookup) -> Result<Payment<Value>, Error> {
        self.status_in_turn(lookup).await.map(Payment::erase)
    }

    async fn status_once(&self, lookup: &Lookup) -> Result<Payment<Value>, Error> {
        self.account.check(lookup, Begin::InTurnOnce).await.map(Payment::erase)
    }

    fn can_ask(&self, lookup: &Lookup) -> Result<(), Error> {
        self.account.can_ask(lookup)
    }

    fn pace(&self) -> Option<Pace> {
        self.account.pace()
    }

    fn server(&self) -> Option<String> {
        Some(self.account.provider.base_url().to_string())
    }

    fn wait_plan(&self) -> WaitPlan {
        self.account.provider.facts().wait_plan
    }

    fn allows_test_money(&self) -> bool {
        self.account.shared.settings.allows_test_money
    }
}
