use std::{borrow::Cow, fmt, sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};

use crate::visible;

/// Why a payment's status could not be learned.
///
/// One pointer wide; a clone is the same error for another check that the same reply failed. What went wrong is told by [`kind`](Self::kind) and the predicates;
/// the message is for the person who reads it at night and never contains a credential, a body or personal data.
///
/// ```
/// use paystatus_core::{Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::Unavailable, "the provider answered that it cannot").with_provider("acme");
/// assert!(error.is_retryable());
/// assert_eq!(error.to_string(), "acme: the provider answered that it cannot");
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    retryable: bool,
    retry_after: Option<Duration>,
    provider: Option<&'static str>,
    http_status: Option<u16>,
    provider_code: Option<String>,
    provider_message: Option<String>,
    request_id: Option<String>,
    attempts: u32,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// The kind of an [`Error`].
///
/// ```
/// use paystatus_core::ErrorKind;
///
/// assert!(ErrorKind::Timeout.is_retryable());
/// assert!(!ErrorKind::Unauthorized.is_retryable());
/// assert_eq!(serde_json::to_value(ErrorKind::NotFound)?, "not_found");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The configuration is unusable; nothing was sent.
    /// *Usual cause:* a missing or malformed setting. *What to do:* correct the setting that the message names.
    Config,
    /// The identifier can't be one of a payment; nothing was sent.
    /// *Usual cause:* an empty field. *What to do:* look where the identifier came from.
    InvalidLookup,
    /// The provider refused the credentials (HTTP 401 or 403).
    /// *Usual cause:* a wrong, revoked or test key. *What to do:* check the account's credentials.
    Unauthorized,
    /// The provider says that it has no such payment.
    /// *Usual cause:* the question came too early, or the payment is another account's.
    /// *What to do:* ask again later before giving up.
    NotFound,
    /// The provider, or the account's own pace, allows no request now.
    /// *Usual cause:* several programs share a key. *What to do:* ask again after [`Error::retry_after`].
    RateLimited,
    /// The provider answered that it cannot answer (HTTP 5xx).
    /// *Usual cause:* an outage. *What to do:* ask again later.
    Unavailable,
    /// No whole answer came in time.
    /// *Usual cause:* a slow provider or network. *What to do:* ask again later.
    Timeout,
    /// No whole answer came: the connection was refused, reset or cut, or TLS failed.
    /// *Usual cause:* the network, or the host name. *What to do:* ask again later; check the base URL.
    Transport,
    /// The reply has a status of success (HTTP 2xx), and its content could not be read.
    /// *Usual cause:* a proxy in between, or a changed API. *What to do:* check the base URL; report it.
    InvalidReply,
    /// The answer can be read, and is about another payment.
    /// *Usual cause:* a caching proxy. *What to do:* never use it; report it to the provider.
    Mismatch,
    /// The provider refused this very request.
    /// *Usual cause:* a wrong base URL or a malformed request. *What to do:* what the message says.
    Rejected,
    /// The provider can't be asked that way.
    /// *Usual cause:* a lookup by order. *What to do:* ask by payment id.
    Unsupported,
}

impl ErrorKind {
    /// The kind as one word in snake case, as it stands in JSON.
    ///
    /// ```
    /// assert_eq!(paystatus_core::ErrorKind::InvalidLookup.as_str(), "invalid_lookup");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::InvalidLookup => "invalid_lookup",
            Self::Unauthorized => "unauthorized",
            Self::NotFound => "not_found",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::Transport => "transport",
            Self::InvalidReply => "invalid_reply",
            Self::Mismatch => "mismatch",
            Self::Rejected => "rejected",
            Self::Unsupported => "unsupported",
        }
    }

    /// Tells whether errors of this kind may go away by themselves.
    ///
    /// ```
    /// use paystatus_core::ErrorKind;
    /// assert!(ErrorKind::Unavailable.is_retryable());
    /// assert!(!ErrorKind::Config.is_retryable());
    /// ```
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::RateLimited | Self::Unavailable | Self::Timeout | Self::Transport)
    }
}

impl Error {
    /// Makes an error of a kind; the message is lower-case, without a full stop, and says what to do.
    ///
    /// ```
    /// use paystatus_core::{Error, ErrorKind};
    /// let error = Error::new(ErrorKind::Config, "`api_key` is missing: give the account's key");
    /// assert_eq!(error.to_string(), "`api_key` is missing: give the account's key");
    /// ```
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            retryable: kind.is_retryable(),
            retry_after: None,
            provider: None,
            http_status: None,
            provider_code: None,
            provider_message: None,
            request_id: None,
            attempts: 0,
            source: None,
        }))
    }

    /// What kind of error it is.
    ///
    /// ```
    /// use paystatus_core::{ErrorKind, Lookup};
    /// assert_eq!(Lookup::payment("").payment_id().unwrap_err().kind(), ErrorKind::InvalidLookup);
    /// ```
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Tells whether asking again, unchanged, may succeed.
    ///
    /// ```
    /// use paystatus_core::{Error, ErrorKind};
    /// let error = Error::new(ErrorKind::Timeout, "no answer within 10 s");
    /// assert!(error.is_retryable());
    /// assert!(!error.permanent().is_retryable());
    /// ```
    pub fn is_retryable(&self) -> bool {
        self.0.retryable
    }

    /// How long to wait before asking again, where the provider or the pace says.
    ///
    /// ```
    /// use paystatus_core::{Error, ErrorKind};
    /// use std::time::Duration;
    /// let error = Error::new(ErrorKind::RateLimited, "too many requests").with_retry_after(Duration::from_secs(30));
    /// assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    /// ```
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The provider that was asked.
    ///
    /// ```
    /// use paystatus_core::{Error, ErrorKind};
    /// let error = Error::new(ErrorKind::NotFound, "there is no such payment").with_provider("acme");
    /// assert_eq!(error.provider(), Some("acme"));
    /// ```
    pub fn provider(&self) -> Option<&'static str> {
        self.0.provider
    }

    /// The HTTP status of the reply, if there was one.
    ///
    /// ```
    /// use paystatus_core::{Error, ErrorKind};
    /// let error = Error::new(ErrorKind::NotFound, "there is no such payment").with_http_status(404);
    /// assert_eq!(error.http_status(), Some(404));
    /// ```
    pub fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// The provider's own error code, if it gave one; cleaned and at most 200 characters.
    ///
    /// ```
    /// use paystatus_core::{Error, ErrorKind};
    /// let error = Error::new(ErrorKind::Rejected, "refused").with_provider_words(Some("E42"), None);
    /// assert_eq!(error.provider_code(), Some("E42"));
    /// ```
    pub fn provider_code(&self) -> Option<&str> {
        self.0.provider_code.as_deref()
    }

    /// The provider's own error text, if it gave one; cleaned and at most 200 characters.
    ///
    /// Remote text: it is in neither `Display` nor `Debug`, because a server may echo what it was sent.
    ///
    /// ```
    /// use paystatus_core::{Error, ErrorKind};
    /// let error = Error::new(ErrorKind::Rejected, "refused").with_provider_words(None, Some("unknown merchant"));
    /// assert_eq!(error.provider_message(), Some("unknown merchant"));
    /// assert_eq!(error.to_string(), "refused");
    /// ```
    pub fn provider_message(&self) -> Option<&str> {
        self.0.provider_message.as_deref()
    }

    /// The provider's own number of the request, for its support, if it gave one; cleaned and at most 200 characters.
    ///
    /// ```
    /// use paystatus_core::{Error, ErrorKind};
    /// let error = Error::new(ErrorKind::Rejected, "refused").with_request_id(Some("req_7"));
    /// assert_eq!(error.request_id(), Some("req_7"));
    /// ```
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How many requests were sent before giving up; 0 if nothing was sent.
    ///
    /// ```
    /// use paystatus_core::{Error, ErrorKind};
    /// let error = Error::new(ErrorKind::Unavailable, "the provider is down").with_attempts(3);
    /// assert_eq!(error.attempts(), 3);
    /// ```
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Says that asking again, unchanged, can't succeed.
    #[must_use]
    pub fn permanent(mut self) -> Self {
        self.0.retryable = false;
        self
    }

    /// The same with another kind and another message.
    pub(crate) fn of_kind(mut self, kind: ErrorKind, message: &'static str) -> Self {
        (self.0.kind, self.0.message, self.0.retryable) = (kind, message.into(), kind.is_retryable());
        self
    }

    /// Adds how long to wait before asking again.
    #[must_use]
    pub fn with_retry_after(mut self, delay: Duration) -> Self {
        self.0.retry_after = Some(delay);
        self
    }

    /// Adds the provider's name.
    #[must_use]
    pub fn with_provider(mut self, name: &'static str) -> Self {
        self.0.provider = Some(name);
        self
    }

    /// Adds the HTTP status of the reply.
    #[must_use]
    pub fn with_http_status(mut self, status: u16) -> Self {
        self.0.http_status = Some(status);
        self
    }

    /// Adds where the error comes from: a provider's reply.
    #[must_use]
    pub(crate) fn in_reply(self, provider: &'static str, reply: &http::Response<crate::Body>) -> Self {
        self.with_provider(provider).with_http_status(reply.status().as_u16())
    }

    /// Adds the provider's own code and text, cleaned and cut to 200 characters each.
    #[must_use]
    pub fn with_provider_words(mut self, code: Option<&str>, message: Option<&str>) -> Self {
        self.0.provider_code = code.map(cleaned);
        self.0.provider_message = message.map(cleaned);
        self
    }

    /// Adds the provider's own number of the request, cleaned and cut to 200 characters.
    #[must_use]
    pub fn with_request_id(mut self, id: Option<&str>) -> Self {
        self.0.request_id = id.map(cleaned);
        self
    }

    /// Adds how many requests were sent.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Adds the error that caused this one; it must not contain credentials, bodies or a URL's query.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into().into());
        self
    }

    /// The message alone, without the provider's name.
    ///
    /// ```
    /// use paystatus_core::{Error, ErrorKind};
    /// let error = Error::new(ErrorKind::NotFound, "there is no such payment").with_provider("acme");
    /// assert_eq!(error.message(), "there is no such payment");
    /// assert_eq!(error.to_string(), "acme: there is no such payment");
    /// ```
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

/// Remote text on one line, at most 200 characters of it.
fn cleaned(text: &str) -> String {
    text.chars().map(visible).take(200).collect()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(provider) = self.0.provider {
            write!(f, "{provider}: ")?;
        }
        f.write_str(&self.0.message)?;
        match self.0.http_status {
            Some(status) => write!(f, " (HTTP {status})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, message, retryable, retry_after, provider, http_status, attempts, source, .. } =
            &*self.0;
        f.debug_struct("Error")
            .field("kind", kind)
            .field("message", message)
            .field("retryable", retryable)
            .field("retry_after", retry_after)
            .field("provider", provider)
            .field("http_status", http_status)
            .field("attempts", attempts)
            .field("source", source)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_one_pointer_wide_and_can_travel() {
        fn travels<T: Send + Sync + std::error::Error + 'static>() {}
        travels::<Error>();
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn remote_words_are_kept_but_never_shown() {
        let error = Error::new(ErrorKind::Rejected, "refused")
            .with_http_status(400)
            .with_provider_words(Some("E1\n"), Some(&format!("canary-words\u{1b}[31m{}", "x".repeat(900))));
        assert_eq!(error.provider_code(), Some("E1 "));
        assert_eq!(error.provider_message().map(|text| text.chars().count()), Some(200));
        assert!(!error.provider_message().unwrap().contains('\u{1b}'));
        for shown in [error.to_string(), format!("{error:?}"), format!("{error:#?}")] {
            assert!(!shown.contains("canary"), "{shown}");
        }
        assert_eq!(error.to_string(), "refused (HTTP 400)");
    }

    #[test]
    fn the_words_in_json_are_those_of_as_str() {
        use ErrorKind::*;
        for kind in [
            Config,
            InvalidLookup,
            Unauthorized,
            NotFound,
            RateLimited,
            Unavailable,
            Timeout,
            Transport,
            InvalidReply,
            Mismatch,
            Rejected,
            Unsupported,
        ] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
