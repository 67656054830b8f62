use std::{fmt, sync::Arc};

use paystatus_core::{Error, ErrorKind, Lookup, Payment, Provider, StatusClient, WaitPlan, async_trait};
use serde_json::Value;
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

use crate::{Settings, Transport, exchange::exchange, pacer::Pacer, retry::Retries};

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

struct Account<P> {
    provider: P,
    settings: Settings,
    http: reqwest::Client,
    pacer: Pacer,
    in_flight: Semaphore,
}

impl<P: Provider> Client<P> {
    /// Makes a client with the default settings and its own connections.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the provider's base URL needs TLS that this build lacks,
    /// or the machine has no certificates to check servers with.
    pub fn new(provider: P) -> Result<Self, Error> {
        Self::with(provider, Settings::default(), &Transport::new()?)
    }

    /// Makes a client with these settings over connections that several clients may share.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] as [`new`](Self::new), and for settings out of range.
    pub fn with(provider: P, settings: Settings, transport: &Transport) -> Result<Self, Error> {
        let name = provider.name();
        settings.check().map_err(|error| error.with_provider(name))?;
        let http = transport.to(provider.base_url()).map_err(|error| error.with_provider(name))?;
        let pacer = Pacer::new(settings.pace(provider.limits()));
        let in_flight = Semaphore::new(settings.max_in_flight);
        Ok(Self { account: Arc::new(Account { provider, settings, http, pacer, in_flight }) })
    }

    /// The provider that is asked.
    pub fn provider(&self) -> &P {
        &self.account.provider
    }

    /// Asks for a payment, by its id or by a [`Lookup`].
    ///
    /// What may go away by itself is tried again within the account's timeout.
    /// Dropping the future cancels the request.
    ///
    /// # Errors
    /// Every [`ErrorKind`]: none of them says that the payment failed.
    pub async fn status(&self, lookup: impl Into<Lookup>) -> Result<Payment<P::Details>, Error> {
        let (lookup, account) = (lookup.into(), &*self.account);
        let deadline = Instant::now() + account.settings.timeout();
        let mut retries = Retries::new(deadline, account.settings.max_attempts);
        let mut sent = 0;
        loop {
            let error = match account.attempt(&lookup, deadline, &mut sent).await {
                Ok(payment) => return Ok(payment),
                Err(error) => error.with_provider(account.provider.name()).with_attempts(sent),
            };
            retries.pause_after(error).await?;
        }
    }
}

const IN_FLIGHT: &str = "too many requests were in flight to send this one in time";

impl<P: Provider> Account<P> {
    /// One request and its reply, counted once it is about to be sent.
    async fn attempt(
        &self,
        lookup: &Lookup,
        deadline: Instant,
        attempts: &mut u32,
    ) -> Result<Payment<P::Details>, Error> {
        lookup.any_id()?;
        let request = self.provider.request(lookup)?;
        if !self.provider.base_url().covers(request.uri()) {
            return Err(Error::new(
                ErrorKind::Config,
                "the provider asks outside of its base URL, which is a defect",
            ));
        }
        let _place = timeout_at(deadline, self.in_flight.acquire())
            .await
            .map_err(|_| Error::new(ErrorKind::Timeout, IN_FLIGHT))?;
        if Instant::now() >= deadline {
            return Err(Error::new(ErrorKind::Timeout, IN_FLIGHT));
        }
        self.pacer.turn(deadline).await.map_err(|too_late| {
            Error::new(
                ErrorKind::RateLimited,
                "the account's pace allows the next request only after the timeout",
            )
            .with_retry_after(too_late.0)
        })?;
        *attempts += 1;
        let reply = timeout_at(deadline, exchange(&self.http, request, self.settings.max_body))
            .await
            .map_err(|_| Error::new(ErrorKind::Timeout, "no whole answer came in time"))??;
        let result = self.provider.interpret(lookup, &reply);
        if let Err(error) = &result
            && error.kind() == ErrorKind::RateLimited
        {
            self.pacer.hold(error.retry_after().unwrap_or_default());
        }
        result
    }
}

impl<P> Clone for Client<P> {
    fn clone(&self) -> Self {
        Self { account: Arc::clone(&self.account) }
    }
}

impl<P: Provider> fmt::Debug for Client<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("provider", &self.account.provider.name())
            .field("settings", &self.account.settings)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl<P: Provider> StatusClient for Client<P> {
    fn provider(&self) -> &'static str {
        self.account.provider.name()
    }

    async fn status(&self, lookup: &Lookup) -> Result<Payment<Value>, Error> {
        self.status(lookup).await.map(Payment::erase)
    }

    fn wait_plan(&self) -> WaitPlan {
        self.account.provider.wait_plan()
    }
}
