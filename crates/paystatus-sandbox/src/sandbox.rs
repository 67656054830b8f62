use std::{
    fmt, io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
    thread::{self, JoinHandle},
};

use axum::Router;
use tokio::{runtime, sync::oneshot};

use crate::{
    Error, NewPayment, Overrides, Payment, Provider, SentCallback, accounts, clock, delivery,
    server::{self, Server},
    store::Store,
    wire::{Listener, Wire},
};

mod faults;

/// A running sandbox: its server listens on 127.0.0.1 only, and stops when this is dropped.
///
/// The server has a thread and a runtime of its own.
/// So one sandbox can serve tests that each have their own runtime, tests with a paused clock, and blocking code.
///
/// ```
/// use paystatus_sandbox::{Provider, Sandbox};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::start().await?;
/// assert!(sandbox.address().ip().is_loopback());
/// sandbox.set_state(Provider::BEARER, "pay_001", "failed")?;
/// assert_eq!(sandbox.requests(Provider::BEARER), 0);
/// # Ok(())
/// # }
/// ```
pub struct Sandbox {
    address: SocketAddr,
    pub(crate) store: Arc<Store>,
    // Dropping the sender is what stops the server.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts a sandbox on a free port.
    ///
    /// # Errors
    /// No port or no thread is to be had.
    ///
    /// ```
    /// # use paystatus_sandbox::Sandbox;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// assert_ne!(Sandbox::start().await?.address(), Sandbox::start().await?.address());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn start() -> io::Result<Self> {
        Self::start_blocking(0)
    }

    /// Starts a sandbox on this port.
    ///
    /// # Errors
    /// The port is taken or not allowed, or no thread is to be had.
    ///
    /// ```
    /// # use paystatus_sandbox::Sandbox;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let sandbox = Sandbox::start().await?;
    /// assert!(Sandbox::start_on(sandbox.address().port()).await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn start_on(port: u16) -> io::Result<Self> {
        Self::start_blocking(port)
    }

    /// Starts a sandbox on this port, or on a free one for 0, where there is no runtime.
    ///
    /// # Errors
    /// The port is taken or not allowed, or no thread is to be had.
    ///
    /// ```
    /// use paystatus_sandbox::Sandbox;
    ///
    /// assert_ne!(Sandbox::start_blocking(0)?.address().port(), 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn start_blocking(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _entered = runtime.enter();
            Listener(tokio::net::TcpListener::from_std(listener)?)
        };

        let (store, queues, timers) = Store::seeded();
        let store = Arc::new(store);
        for queued in queues {
            let book = Arc::clone(&store);
            runtime.spawn(delivery::deliver(queued, move |sent| book.record(sent)));
        }
        let book = Arc::clone(&store);
        runtime.spawn(clock::keep_time(timers, move |at, turn| book.end_turn(at, turn)));
        let server = Arc::new(Server { store: Arc::clone(&store), address });
        let router = Router::new().fallback(server::handle).with_state(server);
        let service = router.into_make_service_with_connect_info::<Wire>();
        let (stop, stopped) = oneshot::channel::<()>();
        // The runtime ends with the thread, and with it every open connection and every callback under way.
        let thread = thread::Builder::new().name("paystatus-sandbox".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = axum::serve(listener, service) => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self { address, store, stop: Some(stop), thread: Some(thread) })
    }

    /// Where the sandbox listens.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// assert_eq!(sandbox.address().ip().to_string(), "127.0.0.1");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL of a provider: what takes the place of its host.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::Provider;
    ///
    /// let url = sandbox.base_url(Provider::BEARER);
    /// assert_eq!(url, format!("http://{}/bearer", sandbox.address()));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn base_url(&self, provider: Provider) -> String {
        accounts::base_url(self.address, provider)
    }

    /// The configuration of one ready account per provider, named after it, as TOML.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// assert!(sandbox.accounts_toml().contains("[accounts.bearer]\nprovider = \"bearer\"\n"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn accounts_toml(&self) -> String {
        accounts::toml(self.address)
    }

    /// Creates a payment and gives it back with what was filled in.
    ///
    /// # Errors
    /// The id exists already, or a value is none that the provider could answer.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::{NewPayment, Provider};
    ///
    /// let payment = sandbox.create(NewPayment::new(Provider::BEARER, "s-1", "something_new"))?;
    /// assert_eq!(payment.amount(), "5000");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn create(&self, new: NewPayment) -> Result<Payment, Error> {
        self.store.create(new)
    }

    /// Moves a payment to another state.
    ///
    /// # Errors
    /// There is no such payment, or the state is empty.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::Provider;
    ///
    /// let payment = sandbox.set_state(Provider::BEARER, "sandbox-pending", "succeeded")?;
    /// assert_eq!(payment.state(), "succeeded");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_state(
        &self,
        provider: Provider,
        id: &str,
        state: impl Into<String>,
    ) -> Result<Payment, Error> {
        self.store.change(provider, id, Some(state.into()), None)
    }

    /// Merges other raw fields over a payment's reply than before.
    ///
    /// # Errors
    /// There is no such payment.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::{Overrides, Provider};
    ///
    /// let odd = Overrides::new().without("amount");
    /// assert!(sandbox.set_overrides(Provider::BEARER, "sandbox-succeeded", odd).is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_overrides(
        &self,
        provider: Provider,
        id: &str,
        overrides: Overrides,
    ) -> Result<Payment, Error> {
        self.store.change(provider, id, None, Some(overrides))
    }

    /// Every payment, in the order of creation: the seeded ones first.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// assert!(sandbox.payments().iter().any(|payment| payment.id() == "pay_001"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn payments(&self) -> Vec<Payment> {
        self.store.payments()
    }

    /// One payment, if there is such a one.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::Provider;
    ///
    /// assert!(sandbox.payment(Provider::BEARER, "sandbox-canceled").is_some());
    /// assert!(sandbox.payment(Provider::BEARER, "pay_999").is_none());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn payment(&self, provider: Provider, id: &str) -> Option<Payment> {
        self.store.payment(provider, id).ok()
    }

    /// Sends a signed callback to this URL whenever a payment of the provider is created or comes to another state.
    ///
    /// It is sent in the background, once, with five seconds for the answer; see [`callbacks`](Self::callbacks).
    /// A provider's callbacks are sent one after the other, in the order of their events.
    ///
    /// # Errors
    /// The provider sends no callbacks, or the URL is not plain HTTP to this machine:
    /// an address in 127.0.0.0/8, `[::1]` or `localhost`.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::Provider;
    ///
    /// let provider = *Provider::ALL.iter().find(|provider| provider.sends_callbacks()).unwrap();
    /// assert!(sandbox.set_callback_url(provider, "http://127.0.0.1:9000/hook").is_ok());
    /// let error = sandbox.set_callback_url(provider, "https://shop.example/hook").unwrap_err();
    /// assert_eq!(error.field(), "url");
    /// let error = sandbox.set_callback_url(Provider::BEARER, "http://127.0.0.1:9000/hook").unwrap_err();
    /// assert_eq!(error.field(), "provider");
    /// assert!(error.allowed().contains(&provider.to_string()));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_callback_url(&self, provider: Provider, url: impl Into<String>) -> Result<(), Error> {
        self.store.set_callback(provider, url.into(), None)
    }

    /// As [`set_callback_url`](Self::set_callback_url), with one of the provider's [digests](Provider::digests) in the
    /// signature.
    ///
    /// # Errors
    /// As there, and if the provider knows no such digest.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::Provider;
    ///
    /// let url = "http://localhost:9000/hook";
    /// for &provider in Provider::ALL {
    ///     for digest in provider.digests() {
    ///         assert!(sandbox.set_callback_url_with_digest(provider, url, digest).is_ok());
    ///     }
    /// }
    /// assert!(sandbox.set_callback_url_with_digest(Provider::BEARER, url, "sha256").is_err());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_callback_url_with_digest(
        &self,
        provider: Provider,
        url: impl Into<String>,
        digest: &str,
    ) -> Result<(), Error> {
        self.store.set_callback(provider, url.into(), Some(digest))
    }

    /// Sends no callbacks about what happens to a provider's payments from now on.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::{NewPayment, Provider};
    ///
    /// let provider = *Provider::ALL.iter().find(|provider| provider.sends_callbacks()).unwrap();
    /// sandbox.set_callback_url(provider, "http://127.0.0.1:9000/hook")?;
    /// sandbox.clear_callback_url(provider);
    /// sandbox.create(NewPayment::new(provider, "new", provider.paid_state()))?;
    /// assert!(sandbox.callbacks().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn clear_callback_url(&self, provider: Provider) {
        self.store.clear_callback(provider);
    }

    /// Every callback that was sent, in the order in which they were answered or given up.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// assert!(sandbox.callbacks().is_empty());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn callbacks(&self) -> Vec<SentCallback> {
        self.store.callbacks()
    }

    /// How many requests a provider was sent so far, refused ones included, [those for an access
    /// token](Self::token_requests) not.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::Provider;
    ///
    /// assert_eq!(sandbox.requests(Provider::BEARER), 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn requests(&self, provider: Provider) -> u64 {
        self.store.requests(provider)
    }

    /// How many requests for an access token a provider was sent so far, refused ones included.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::Provider;
    ///
    /// for &provider in Provider::ALL {
    ///     assert_eq!(sandbox.token_requests(provider), 0);
    /// }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn token_requests(&self, provider: Provider) -> u64 {
        self.store.token_requests(provider)
    }

    /// Takes none of the access tokens any more that a provider has handed out so far.
    ///
    /// # Errors
    /// The provider hands out no access tokens.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::Provider;
    ///
    /// for &provider in Provider::ALL {
    ///     assert_eq!(sandbox.revoke_tokens(provider).is_ok(), provider.issues_tokens());
    /// }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn revoke_tokens(&self, provider: Provider) -> Result<(), Error> {
        self.store.revoke_tokens(provider)
    }

    /// Sets how many seconds the access tokens live that a provider hands out from now on; 0 is no time at all.
    ///
    /// The reply that hands a token out says so, too.
    ///
    /// # Errors
    /// The provider hands out no access tokens.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::Provider;
    ///
    /// for &provider in Provider::ALL {
    ///     assert_eq!(sandbox.set_token_lifetime(provider, 5).is_ok(), provider.issues_tokens());
    /// }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_token_lifetime(&self, provider: Provider, seconds: u32) -> Result<(), Error> {
        self.store.set_token_lifetime(provider, seconds)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A server that panicked has nothing left to say here.
            drop(thread.join());
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}
