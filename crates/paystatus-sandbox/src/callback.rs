use std::net::IpAddr;

use reqwest::Url;
use serde::Serialize;

use crate::{Error, Payment, Provider};

/// A callback that was sent, and what came of it.
///
/// ```
/// use paystatus_sandbox::{NewPayment, Provider, Sandbox};
///
/// let sandbox = Sandbox::start_blocking(0)?;
/// let provider = *Provider::ALL.iter().find(|provider| provider.sends_callbacks()).unwrap();
/// // Nobody listens on port 1.
/// sandbox.set_callback_url(provider, "http://127.0.0.1:1/hook")?;
/// let paid = sandbox.create(NewPayment::new(provider, "new", provider.paid_state()))?;
/// while sandbox.callbacks().is_empty() {
///     std::thread::yield_now();
/// }
/// let sent = &sandbox.callbacks()[0];
/// assert_eq!(sent.provider(), provider);
/// assert_eq!((sent.payment_id(), sent.state()), ("new", paid.state()));
/// assert_eq!((sent.url(), sent.status()), ("http://127.0.0.1:1/hook", None));
/// assert!(sent.error().is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SentCallback {
    provider: Provider,
    payment_id: String,
    state: String,
    url: String,
    status: Option<u16>,
    error: Option<String>,
}

impl SentCallback {
    pub(crate) fn new(payment: &Payment, url: &str, outcome: Result<u16, String>) -> Self {
        let (status, error) = match outcome {
            Ok(status) => (Some(status), None),
            Err(error) => (None, Some(error)),
        };
        Self {
            provider: payment.provider(),
            payment_id: payment.id().to_owned(),
            state: payment.state().to_owned(),
            url: url.to_owned(),
            status,
            error,
        }
    }

    /// Whose callback it was; see [`SentCallback`] for an example of them all.
    pub fn provider(&self) -> Provider {
        self.provider
    }

    /// The payment that it was about.
    pub fn payment_id(&self) -> &str {
        &self.payment_id
    }

    /// The state that the payment had come to.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// Where it was sent, as it was set.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The HTTP status of the receiver's answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// Why there was no answer.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }
}

/// Where a provider's callbacks go.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) url: String,
    /// One of the provider's digests, or nothing.
    pub(crate) digest: &'static str,
}

impl Target {
    /// Refuses a provider that sends nothing, a digest that it does not know, and a URL that leads away from this
    /// machine.
    pub(crate) fn new(provider: Provider, url: String, digest: Option<&str>) -> Result<Self, Error> {
        if !provider.sends_callbacks() {
            let sending = Provider::ALL.iter().filter(|other| other.sends_callbacks());
            return Err(
                Error::invalid("provider", format!("{provider} sends no callbacks")).allowing(sending)
            );
        }
        let digests = provider.digests();
        let digest = match digest {
            None => digests.first().copied().unwrap_or_default(),
            Some(name) => digests.iter().copied().find(|digest| *digest == name).ok_or_else(|| {
                Error::invalid("digest", format!("{provider} knows no digest {name:?}")).allowing(digests)
            })?,
        };
        check_url(&url)?;
        Ok(Self { url, digest })
    }
}

/// The sandbox sends to this machine only: a test that is set up wrongly must not reach a real shop.
fn check_url(text: &str) -> Result<(), Error> {
    let refuse = |why: &str| Err(Error::invalid("url", why));
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(error) => return refuse(&format!("is not a URL such as http://127.0.0.1:9000/hook: {error}")),
    };
    if url.scheme() != "http" {
        return refuse("must be plain http: callbacks stay on this machine");
    }
    if !leads_to_this_machine(&url) {
        return refuse("must lead to this machine: 127.0.0.1, [::1] or localhost");
    }
    Ok(())
}

/// Tells whether the host of a URL is a loopback address or `localhost`.
pub(crate) fn leads_to_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let is_loopback = |address: IpAddr| address.is_loopback();
    host == "localhost" || host.trim_matches(['[', ']']).parse().is_ok_and(is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_lead_to_this_machine() {
        for good in [
            "http://127.0.0.1:9000/hook",
            "http://127.9.8.7",
            "http://[::1]:9000/hook?a=b",
            "http://localhost:9000",
            "HTTP://LOCALHOST/",
        ] {
            assert_eq!(check_url(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "hook",
            "/hook",
            "127.0.0.1:9000/hook",
            "https://127.0.0.1/",
            "ftp://127.0.0.1/",
            "file:///etc/hosts",
            "http://",
            "http://127.0.0.1:99999/",
            "http://10.0.0.1/",
            "http://0.0.0.0/",
            "http://128.0.0.1/",
            "http://[::]/",
            "http://[::2]/",
            "http://shop.example/",
            "http://localhost.example/",
            "http://127.0.0.1.example/",
            "http://127.0.0.1@shop.example/",
            "http://shop.example/#@127.0.0.1",
        ] {
            assert_eq!(
                check_url(bad).map_err(|error| error.field().to_owned()),
                Err("url".to_owned()),
                "{bad}"
            );
        }
    }
}
