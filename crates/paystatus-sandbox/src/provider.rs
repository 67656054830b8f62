use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use serde::{Serialize, Serializer};

use crate::{Error, protocol::Protocol};

/// A payment provider whose protocol the sandbox speaks.
///
/// Tests of every provider iterate over [`Provider::ALL`]; one of them is found by its [name](Self::named) or is a
/// constant, such as [`Provider::BEARER`].
///
/// ```
/// use paystatus_sandbox::Provider;
///
/// assert_eq!(Provider::named("bearer"), Some(Provider::BEARER));
/// assert_eq!("bearer".parse(), Ok(Provider::BEARER));
/// assert_eq!(Provider::BEARER.to_string(), "bearer");
/// ```
#[derive(Clone, Copy)]
pub struct Provider(pub(crate) &'static Protocol);

impl Provider {
    /// The provider of this name, if the sandbox speaks its protocol.
    ///
    /// ```
    /// use paystatus_sandbox::Provider;
    ///
    /// for provider in Provider::ALL {
    ///     assert_eq!(Provider::named(provider.name()), Some(*provider));
    /// }
    /// assert_eq!(Provider::named("nobody"), None);
    /// ```
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|provider| provider.name() == name)
    }

    /// The name, which is also the path prefix and the name of the ready account.
    ///
    /// ```
    /// use paystatus_sandbox::Provider;
    ///
    /// assert_eq!(Provider::BEARER.name(), "bearer");
    /// ```
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The states that the sandbox knows and has a seeded payment for, in the provider's own words.
    ///
    /// Any other word can be a payment's state too: it is answered as the provider's status word.
    ///
    /// ```
    /// use paystatus_sandbox::{Provider, Sandbox, seeded_id};
    ///
    /// assert_eq!(Provider::BEARER.states(), ["pending", "succeeded", "failed", "canceled"]);
    /// let sandbox = Sandbox::start_blocking(0)?;
    /// for &provider in Provider::ALL {
    ///     for state in provider.states() {
    ///         assert_eq!(sandbox.payment(provider, &seeded_id(state)).unwrap().state(), *state);
    ///     }
    /// }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn states(self) -> &'static [&'static str] {
        self.0.states
    }

    /// The state of a payment that was plainly paid, one of [`states`](Self::states).
    ///
    /// ```
    /// use paystatus_sandbox::Provider;
    ///
    /// assert_eq!(Provider::BEARER.paid_state(), "succeeded");
    /// ```
    pub fn paid_state(self) -> &'static str {
        self.0.paid
    }

    /// The state of a payment that can still be paid, one of [`states`](Self::states).
    ///
    /// ```
    /// use paystatus_sandbox::Provider;
    ///
    /// assert_eq!(Provider::BEARER.open_state(), "pending");
    /// ```
    pub fn open_state(self) -> &'static str {
        self.0.open
    }

    /// The keys and values of the ready account beside its base URL: the credentials, fixed and obviously fake.
    ///
    /// ```
    /// use paystatus_sandbox::Provider;
    ///
    /// assert_eq!(Provider::BEARER.settings(), [("access_token", "your_access_token")]);
    /// ```
    pub fn settings(self) -> &'static [(&'static str, &'static str)] {
        self.0.settings
    }

    /// One of the [`settings`](Self::settings).
    ///
    /// # Panics
    /// The ready account has no such key.
    ///
    /// ```
    /// use paystatus_sandbox::Provider;
    ///
    /// assert_eq!(Provider::BEARER.setting("access_token"), "your_access_token");
    /// ```
    pub fn setting(self, key: &str) -> &'static str {
        // This is for tests: a mistyped key must not become an odd credential.
        match self.settings().iter().find(|(name, _)| *name == key) {
            Some((_, value)) => value,
            None => panic!("the sandbox's account of {self} has no {key:?}"),
        }
    }

    /// Tells whether the provider has to be asked for an access token first.
    ///
    /// ```
    /// use paystatus_sandbox::Provider;
    ///
    /// assert!(!Provider::BEARER.issues_tokens());
    /// ```
    pub fn issues_tokens(self) -> bool {
        self.0.tokens.is_some()
    }

    /// Tells whether the sandbox sends callbacks for this provider.
    ///
    /// ```
    /// use paystatus_sandbox::Provider;
    ///
    /// assert!(!Provider::BEARER.sends_callbacks());
    /// assert!(Provider::ALL.iter().any(|provider| provider.sends_callbacks()));
    /// ```
    pub fn sends_callbacks(self) -> bool {
        self.0.callback.is_some()
    }

    /// The digests that a merchant can choose among for the signature of callbacks, the default first; none where
    /// there is no choice.
    ///
    /// ```
    /// use paystatus_sandbox::Provider;
    ///
    /// assert!(Provider::BEARER.digests().is_empty());
    /// ```
    pub fn digests(self) -> &'static [&'static str] {
        self.0.digests
    }
}

impl PartialEq for Provider {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Provider {}

impl PartialOrd for Provider {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Provider {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name().cmp(other.name())
    }
}

impl Hash for Provider {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Provider").field(&self.name()).finish()
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Provider {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl FromStr for Provider {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::named(text).ok_or_else(|| {
            Error::invalid("provider", format!("unknown provider {text:?}")).allowing(Self::ALL)
        })
    }
}
