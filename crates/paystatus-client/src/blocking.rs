use std::fmt;

use futures_util::{StreamExt, stream};
use paystatus_core::{Error, ErrorKind, Lookup, Payment, Provider};
use tokio::runtime::{Handle, Runtime};

use crate::{Checked, Client, Settings, Transport, Wait, Waited};

/// A [`Client`] for programs without an async runtime: the same provider, settings and behaviour.
///
/// It brings a small runtime of its own, which runs on the threads that call it.
///
/// ```no_run
/// # fn example<P: paystatus_core::Provider + 'static>(provider: P) -> Result<(), paystatus_core::Error> {
/// use paystatus_client::BlockingClient;
/// use std::time::Duration;
///
/// let client = BlockingClient::new(provider)?;
/// println!("{:?}", client.status("pay_001")?.status());
/// println!("{:?}", client.finish(client.client().wait("pay_001").with_timeout(Duration::from_secs(60)))?);
/// # Ok(())
/// # }
/// ```
pub struct BlockingClient<P> {
    client: Client<P>,
    /// It is there until the client is dropped.
    runtime: Option<Runtime>,
}

impl<P: Provider> BlockingClient<P> {
    /// Makes a client with the default settings and its own connections.
    ///
    /// # Errors
    /// As [`Client::new`], and [`ErrorKind::Config`] if the system lends no runtime.
    ///
    /// ```no_run
    /// # fn example<P: paystatus_core::Provider>(provider: P) -> Result<(), paystatus_core::Error> {
    /// use paystatus_client::BlockingClient;
    ///
    /// let client = BlockingClient::new(provider)?;
    /// assert!(client.client().provider().base_url().is_https());
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(provider: P) -> Result<Self, Error> {
        Self::with(provider, Settings::default(), &Transport::new()?)
    }

    /// Makes a client with these settings over connections that several clients may share.
    ///
    /// # Errors
    /// As [`Client::with`], and [`ErrorKind::Config`] if the system lends no runtime.
    ///
    /// ```no_run
    /// # fn example<P: paystatus_core::Provider>(provider: P) -> Result<(), paystatus_core::Error> {
    /// use paystatus_client::{BlockingClient, Settings, Transport};
    ///
    /// let once = Settings::default().with_max_attempts(1);
    /// let client = BlockingClient::with(provider, once, &Transport::new()?)?;
    /// assert!(client.status("pay_001").is_ok_and(|payment| payment.asked().id() == "pay_001"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with(provider: P, settings: Settings, transport: &Transport) -> Result<Self, Error> {
        let client = Client::with(provider, settings, transport)?;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
                Error::new(ErrorKind::Config, "the system does not let a runtime start").with_source(error)
            })?;
        Ok(Self { client, runtime: Some(runtime) })
    }

    /// The client underneath, to configure a wait with.
    ///
    /// ```no_run
    /// # fn example<P: paystatus_core::Provider + 'static>(
    /// #     client: paystatus_client::BlockingClient<P>,
    /// # ) -> Result<(), paystatus_core::Error> {
    /// let wait = client.client().wait("pay_001");
    /// let waited = client.finish(wait)?;
    /// println!("{waited:?}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn client(&self) -> &Client<P> {
        &self.client
    }

    /// Asks for a payment, as [`Client::status`].
    ///
    /// # Errors
    /// As [`Client::status`], and [`ErrorKind::Config`] inside of an async runtime, which it would block.
    ///
    /// ```no_run
    /// # fn example<P: paystatus_core::Provider + 'static>(
    /// #     client: paystatus_client::BlockingClient<P>,
    /// # ) -> Result<(), paystatus_core::Error> {
    /// match client.status("pay_001") {
    ///     Ok(payment) => assert_eq!(payment.asked().id(), "pay_001"),
    ///     Err(error) => println!("nothing is known: {error}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn status(&self, lookup: impl Into<Lookup>) -> Result<Payment<P::Details>, Error> {
        self.run(self.client.status(lookup))?
    }

    /// Runs a wait to its end.
    ///
    /// # Errors
    /// The errors of a [`Wait`], and [`ErrorKind::Config`] inside of an async runtime, which it would block.
    ///
    /// ```no_run
    /// # fn example<P: paystatus_core::Provider + 'static>(
    /// #     client: paystatus_client::BlockingClient<P>,
    /// # ) -> Result<(), paystatus_core::Error> {
    /// use paystatus_client::Waited;
    /// use std::time::Duration;
    ///
    /// let wait = client.client().wait("pay_001").with_timeout(Duration::from_secs(60));
    /// if let Waited::Final(payment) = client.finish(wait)? {
    ///     assert!(payment.is_final());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn finish<'a, D: Send + 'a>(&self, wait: Wait<'a, D>) -> Result<Waited<D>, Error> {
        self.run(async { wait.await })?
    }

    /// Asks for many payments, as [`Client::check_many`].
    ///
    /// # Errors
    /// [`ErrorKind::Config`] inside of an async runtime, which it would block.
    ///
    /// ```no_run
    /// # fn example<P: paystatus_core::Provider + 'static>(
    /// #     client: paystatus_client::BlockingClient<P>,
    /// # ) -> Result<(), paystatus_core::Error> {
    /// use paystatus_core::Lookup;
    ///
    /// let ids = ["pay_001", "pay_002"];
    /// let answers = client.check_many(ids.map(Lookup::payment))?;
    /// assert_eq!(answers.count(), ids.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn check_many<'a>(
        &'a self,
        lookups: impl IntoIterator<Item = Lookup> + 'a,
    ) -> Result<impl Iterator<Item = Checked<P::Details>> + 'a, Error> {
        self.run(async {})?;
        let mut answers = Box::pin(self.client.check_many(stream::iter(lookups)));
        Ok(std::iter::from_fn(move || self.run(answers.next()).ok().flatten()))
    }

    fn run<F: Future>(&self, future: F) -> Result<F::Output, Error> {
        match &self.runtime {
            Some(runtime) if Handle::try_current().is_err() => Ok(runtime.block_on(future)),
            _ => {
                let why = "a blocking client would block the async runtime that it was called in: use `Client` there";
                Err(Error::new(ErrorKind::Config, why))
            }
        }
    }
}

impl<P> Drop for BlockingClient<P> {
    fn drop(&mut self) {
        // A runtime that is dropped inside of another one panics, unless it ends in the background.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl<P: Provider> fmt::Debug for BlockingClient<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BlockingClient").field(&self.client).finish()
    }
}
