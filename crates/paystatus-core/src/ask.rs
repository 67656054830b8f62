use std::{
    fmt,
    time::{Duration, SystemTime},
};

use secrecy::{ExposeSecret, SecretString};

use crate::Lookup;

/// Everything that a request may need beside the account's configuration: what is asked about,
/// the access token, the time, and a number used once.
///
/// A provider reads no clock and draws no random number, so that its requests can be repeated and tested;
/// [`Check`](crate::Check) fills this in.
///
/// ```
/// use paystatus_core::{Ask, Lookup};
/// use std::time::SystemTime;
///
/// let lookup = Lookup::payment("pay_001");
/// let ask = Ask::about(&lookup).at(SystemTime::UNIX_EPOCH).with_nonce([7; 16]);
/// assert_eq!((ask.lookup().id(), ask.now()), ("pay_001", SystemTime::UNIX_EPOCH));
/// assert!(ask.token().is_none()); // only providers that fetch tokens are given one
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Ask<'a> {
    lookup: &'a Lookup,
    token: Option<&'a Token>,
    now: SystemTime,
    nonce: [u8; 16],
    earlier: Option<&'a str>,
}

impl<'a> Ask<'a> {
    /// Asks about a payment, at the beginning of the Unix epoch and with a nonce of zeros until they are set:
    /// what providers that sign nothing never look at.
    pub fn about(lookup: &'a Lookup) -> Self {
        Self { lookup, token: None, now: SystemTime::UNIX_EPOCH, nonce: [0; 16], earlier: None }
    }

    /// Sets the time, which some signatures contain.
    #[must_use]
    pub fn at(self, now: SystemTime) -> Self {
        Self { now, ..self }
    }

    /// Sets sixteen random bytes, which some signatures contain.
    #[must_use]
    pub fn with_nonce(self, nonce: [u8; 16]) -> Self {
        Self { nonce, ..self }
    }

    /// Sets the access token, for a provider that [fetches one](crate::Provider::tokens).
    #[must_use]
    pub fn with_token(self, token: Option<&'a Token>) -> Self {
        Self { token, ..self }
    }

    /// Sets the reply that led to this second request: see [`Answer::Another`](crate::Answer::Another).
    #[must_use]
    pub fn after(self, earlier: Option<&'a str>) -> Self {
        Self { earlier, ..self }
    }

    /// What is asked about.
    pub fn lookup(&self) -> &'a Lookup {
        self.lookup
    }

    /// The access token, if the provider fetches one.
    pub fn token(&self) -> Option<&'a Token> {
        self.token
    }

    /// The time of the request.
    pub fn now(&self) -> SystemTime {
        self.now
    }

    /// Sixteen bytes that no other request has.
    pub fn nonce(&self) -> [u8; 16] {
        self.nonce
    }

    /// The text of the first reply, if this is about the second.
    pub fn earlier(&self) -> Option<&'a str> {
        self.earlier
    }
}

impl<'a> From<&'a Lookup> for Ask<'a> {
    fn from(lookup: &'a Lookup) -> Self {
        Self::about(lookup)
    }
}

/// An access token that a provider gave for a while. Its `Debug` shows neither the token nor its length.
///
/// ```
/// use paystatus_core::Token;
/// use std::time::{Duration, SystemTime};
///
/// let now = SystemTime::UNIX_EPOCH;
/// let hour = Token::new("canary").until(now + Duration::from_secs(3600));
/// assert!(hour.is_fresh(now));
/// assert!(!hour.is_fresh(now + Duration::from_secs(3541))); // it is renewed a minute early
/// assert!(Token::new("canary").is_fresh(now)); // nobody said when it ends
/// assert!(!format!("{hour:?}").contains("canary"));
/// ```
#[derive(Clone)]
pub struct Token {
    text: SecretString,
    end: Option<SystemTime>,
}

impl Token {
    /// How long before its end a token is renewed.
    const MARGIN: Duration = Duration::from_secs(60);

    /// Takes a token's text.
    pub fn new(text: impl Into<SecretString>) -> Self {
        Self { text: text.into(), end: None }
    }

    /// Sets when it ends; nothing where nobody said so: then it is kept until it is refused.
    #[must_use]
    pub fn until(self, end: impl Into<Option<SystemTime>>) -> Self {
        Self { end: end.into(), ..self }
    }

    /// The text, to be put into a request.
    pub fn text(&self) -> &SecretString {
        &self.text
    }

    /// Tells whether it can be kept for another request: until a minute before its end.
    pub fn is_fresh(&self, now: SystemTime) -> bool {
        self.end.is_none_or(|end| now.checked_add(Self::MARGIN).is_some_and(|soon| soon < end))
    }

    /// Tells whether it can stand in a header: it is not empty, and of visible ASCII characters only.
    pub(crate) fn is_one_word(&self) -> bool {
        let text = self.text.expose_secret();
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
    }

    /// Tells whether two are the same token.
    pub fn is(&self, other: &Self) -> bool {
        self.text.expose_secret() == other.text.expose_secret()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("end", &self.end).finish_non_exhaustive()
    }
}
