use std::{fmt, sync::Arc, time::Duration};

use paystatus_core::{BaseUrl, Error, ErrorKind};

use crate::{
    connections::Connections,
    tls::{self, Tls},
};

/// The connections that one or several clients use: build it once and share it; a clone is cheap.
///
/// The HTTP client inside is configured here and nowhere else, because what this crate promises depends on it:
/// no redirect is followed, nothing compressed is accepted, and no plain http, nor anything to a loopback host,
/// goes through a proxy. Other hosts are reached through the proxy that the environment names (`HTTPS_PROXY`, `NO_PROXY`), if it does.
///
/// The connections have a thread of their own, which ends with the last clone:
/// whatever a server sends, it does not keep the caller's thread busy.
///
/// ```
/// use paystatus_client::Transport;
/// use std::time::Duration;
///
/// let transport = Transport::builder().with_connect_timeout(Duration::from_secs(1)).build()?;
/// assert_eq!(format!("{transport:?}"), "Transport");
/// # Ok::<(), paystatus_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Transport {
    remote: reqwest::Client,
    direct: reqwest::Client,
    connections: Arc<Connections>,
}

/// Configures a [`Transport`].
///
/// ```
/// use paystatus_client::Transport;
/// use std::time::Duration;
///
/// let transport = Transport::builder()
///     .with_connect_timeout(Duration::from_secs(1))
///     .with_user_agent("shop/2.1")
///     .with_proxy("http://proxy.example:3128")
///     .build()?;
/// assert_eq!(format!("{transport:?}"), "Transport"); // nothing of a proxy's password
/// # Ok::<(), paystatus_core::Error>(())
/// ```
#[derive(Clone)]
pub struct TransportBuilder {
    connect_timeout: Duration,
    user_agent: String,
    proxy: Option<String>,
    pub(crate) tls: Tls,
}

impl Transport {
    /// A transport with the defaults: 3 s to connect, the platform's certificates.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the machine has no certificates to check servers with, or lends no thread.
    ///
    /// ```
    /// use paystatus_client::Transport;
    /// let transport = Transport::new()?; // its clones have the same connections
    /// assert_eq!(format!("{transport:?}"), "Transport");
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn new() -> Result<Self, Error> {
        Self::builder().build()
    }

    /// Starts to configure a transport.
    ///
    /// ```
    /// use paystatus_client::Transport;
    /// assert!(Transport::builder().build().is_ok());
    /// ```
    pub fn builder() -> TransportBuilder {
        TransportBuilder {
            connect_timeout: Duration::from_secs(3),
            user_agent: concat!("paystatus/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxy: None,
            tls: Tls::default(),
        }
    }

    /// Where every request is to run.
    pub(crate) fn connections(&self) -> &Arc<Connections> {
        &self.connections
    }

    /// The HTTP client for a provider, if this build can speak to it at all.
    pub(crate) fn to(&self, base_url: &BaseUrl) -> Result<reqwest::Client, Error> {
        if base_url.is_https() && !tls::IS_THERE {
            let why = "`base_url` is https, and this build has no TLS: \
                       turn on the feature `rustls`, `rustls-ring` or `native-tls`";
            return Err(Error::new(ErrorKind::Config, why));
        }
        // A proxy would read what goes over plain http, credentials included.
        let direct = base_url.is_loopback() || !base_url.is_https();
        Ok(if direct { self.direct.clone() } else { self.remote.clone() })
    }
}

impl TransportBuilder {
    /// Sets how long connecting may take, TLS included: from 1 ms.
    ///
    /// ```
    /// use paystatus_client::Transport;
    /// use std::time::Duration;
    /// assert!(Transport::builder().with_connect_timeout(Duration::from_millis(500)).build().is_ok());
    /// assert!(Transport::builder().with_connect_timeout(Duration::ZERO).build().is_err());
    /// ```
    #[must_use]
    pub fn with_connect_timeout(self, connect_timeout: Duration) -> Self {
        Self { connect_timeout, ..self }
    }

    /// Sets the `User-Agent` header.
    ///
    /// ```
    /// use paystatus_client::Transport;
    /// assert!(Transport::builder().with_user_agent("shop/2.1").build().is_ok());
    /// assert!(Transport::builder().with_user_agent("two\nlines").build().is_err());
    /// ```
    #[must_use]
    pub fn with_user_agent(self, user_agent: impl Into<String>) -> Self {
        Self { user_agent: user_agent.into(), ..self }
    }

    /// Reaches every host over HTTPS, loopback excepted, through this proxy, whatever the environment says.
    ///
    /// ```
    /// use paystatus_client::Transport;
    /// assert!(Transport::builder().with_proxy("http://proxy.example:3128").build().is_ok());
    /// assert!(Transport::builder().with_proxy("http://").build().is_err());
    /// ```
    #[must_use]
    pub fn with_proxy(self, url: impl Into<String>) -> Self {
        Self { proxy: Some(url.into()), ..self }
    }

    /// Builds the transport.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for an unusable proxy, certificate or user agent, on a machine without certificates,
    /// and if the system lends no thread.
    ///
    /// ```
    /// use paystatus_client::Transport;
    /// use paystatus_core::ErrorKind;
    ///
    /// let error = Transport::builder().with_proxy("not a URL").build().unwrap_err();
    /// assert_eq!((error.kind(), error.message()), (ErrorKind::Config, "the proxy's URL is not usable"));
    /// ```
    pub fn build(self) -> Result<Transport, Error> {
        if self.connect_timeout < Duration::from_millis(1) {
            return Err(Error::new(ErrorKind::Config, "`connect_timeout` must be at least 1 ms"));
        }
        let direct = self.client(reqwest::ClientBuilder::no_proxy)?;
        let names_a_proxy = self.proxy.is_some()
            || ["http_proxy", "https_proxy", "all_proxy"].iter().any(|name| {
                [name.to_string(), name.to_uppercase()].iter().any(|name| std::env::var_os(name).is_some())
            });
        let remote = match (&self.proxy, names_a_proxy) {
            (None, false) => direct.clone(),
            (None, true) => self.client(|builder| builder)?,
            (Some(url), _) => {
                // The URL may contain a password: the cause is not passed on.
                let proxy = reqwest::Proxy::all(url.as_str())
                    .map_err(|_| Error::new(ErrorKind::Config, "the proxy's URL is not usable"))?;
                self.client(|builder| builder.proxy(proxy))?
            }
        };
        Ok(Transport { remote, direct, connections: Arc::new(Connections::new()?) })
    }

    fn client(
        &self,
        proxies: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Result<reqwest::Client, Error> {
        // Every switch that another crate's features could turn on is set, so that no build changes what is promised.
        let builder = reqwest::Client::builder()
            .connect_timeout(self.connect_timeout)
            .connection_verbose(false)
            .http1_only()
            .no_brotli()
            .no_deflate()
            .no_gzip()
            .no_hickory_dns()
            .no_zstd()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .tcp_nodelay(true)
            .user_agent(&self.user_agent);
        let builder = proxies(self.tls.configure(builder)?);
        builder.build().map_err(|error| not_set_up(error.without_url()))
    }
}

pub(crate) fn not_set_up(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    let why = "the HTTP client could not be set up: check that the user agent has printable characters only, \
               and that this machine has root certificates (on Debian, the package `ca-certificates`)";
    Error::new(ErrorKind::Config, why).with_source(cause)
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transport")
    }
}

impl fmt::Debug for TransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TransportBuilder")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(builder: TransportBuilder) {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }

    #[test]
    fn unusable_settings_are_refused_without_being_shown() {
        refused(Transport::builder().with_proxy("http://canary:canary@[x"));
        refused(Transport::builder().with_user_agent("canary\r\n"));
        refused(Transport::builder().with_connect_timeout(Duration::ZERO));
        #[cfg(any(feature = "rustls", feature = "rustls-ring"))]
        refused(Transport::builder().with_client_certificate("canary"));
        #[cfg(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"))]
        refused(Transport::builder().with_root_certificates("canary"));
    }
}
