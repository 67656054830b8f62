use std::{fmt, sync::Arc, time::Duration};

use paystatus_core::{BaseUrl, Error, ErrorKind};

use crate::{
    connections::Connections,
    exchange::Route,
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
/// ```no_run
/// # fn example<P: paystatus_core::Provider>(shop: P, other: P) -> Result<(), paystatus_core::Error> {
/// use paystatus_client::{Client, Settings, Transport};
/// use std::time::Duration;
///
/// let transport = Transport::builder().with_connect_timeout(Duration::from_secs(1)).build()?;
/// let shop = Client::with(shop, Settings::default(), &transport)?;
/// let other = Client::with(other, Settings::default(), &transport)?; // over the same connections
/// # Ok(())
/// # }
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
/// let builder = Transport::builder()
///     .with_connect_timeout(Duration::from_secs(1))
///     .with_user_agent("shop/2.1")
///     .with_proxy("http://proxy.example:3128");
/// assert!(builder.clone().build().is_ok());
/// // What is out of range is refused here, and not by each step:
/// assert!(builder.with_connect_timeout(Duration::ZERO).build().is_err());
/// ```
#[derive(Clone)]
pub struct TransportBuilder {
    connect_timeout: Duration,
    user_agent: String,
    proxy: Option<String>,
    tls: Tls,
}

impl Transport {
    /// A transport with the defaults: 3 s to connect, the platform's certificates.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the machine has no certificates to check servers with, or lends no thread.
    pub fn new() -> Result<Self, Error> {
        Self::builder().build()
    }

    /// Starts to configure a transport.
    pub fn builder() -> TransportBuilder {
        TransportBuilder {
            connect_timeout: Duration::from_secs(3),
            user_agent: concat!("paystatus/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxy: None,
            tls: Tls::default(),
        }
    }

    /// The way to a base URL, if this build can speak to it at all.
    pub(crate) fn route(&self, base_url: &BaseUrl) -> Result<Route, Error> {
        if base_url.is_https() && !tls::IS_THERE {
            let why = "`base_url` is https, and this build has no TLS: \
                       turn on the feature `rustls`, `rustls-ring` or `native-tls`";
            return Err(Error::new(ErrorKind::Config, why));
        }
        // A proxy would read what goes over plain http, credentials included.
        let direct = base_url.is_loopback() || !base_url.is_https();
        let client = if direct { self.direct.clone() } else { self.remote.clone() };
        Route::new(client, base_url, Arc::clone(&self.connections))
    }
}

impl TransportBuilder {
    /// Sets how long connecting may take, TLS included: from 1 ms.
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
    #[must_use]
    pub fn with_proxy(self, url: impl Into<String>) -> Self {
        Self { proxy: Some(url.into()), ..self }
    }

    /// Trusts these certificates (PEM, one or several) beside the platform's.
    ///
    /// ```
    /// use paystatus_client::Transport;
    /// use paystatus_core::ErrorKind;
    ///
    /// let pem = "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n";
    /// let error = Transport::builder().with_root_certificates(pem).build().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Config);
    /// ```
    #[cfg(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"))]
    #[must_use]
    pub fn with_root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.tls.root_certificates.push(pem.into());
        self
    }

    /// Shows this certificate and private key (PEM, one after the other) to servers that ask for one.
    ///
    /// ```
    /// use paystatus_client::Transport;
    /// use paystatus_core::ErrorKind;
    ///
    /// let error = Transport::builder().with_client_certificate("no key in here").build().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Config);
    /// ```
    #[cfg(any(feature = "rustls", feature = "rustls-ring"))]
    #[must_use]
    pub fn with_client_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.tls.client_certificate = Some(pem.into());
        self
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
        builder.build().map_err(|error| tls::not_set_up(error.without_url()))
    }
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
