use std::{fmt, str::FromStr};

use serde::Serialize;

use crate::{Error, protocol};

/// A payment provider whose protocol the sandbox speaks.
///
/// ```
/// use paystatus_sandbox::Provider;
///
/// assert_eq!("commitup".parse(), Ok(Provider::Commitup));
/// assert_eq!(Provider::Upitranzact.to_string(), "upitranzact");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Provider {
    /// Resmic Pro, a crypto checkout.
    Resmic,
    /// UPITranzact, UPI collection in India.
    Upitranzact,
    /// Akurateco Checkout, the white-label gateway behind many brands.
    Akurateco,
    /// CommitUp, a Turkish card gateway.
    Commitup,
    /// A generic REST payments API with a bearer token.
    Bearer,
}

impl Provider {
    /// Every provider, in the order in which the sandbox lists them.
    ///
    /// ```
    /// use paystatus_sandbox::Provider;
    ///
    /// assert_eq!(Provider::ALL.len(), 5);
    /// ```
    pub const ALL: &'static [Self] =
        &[Self::Resmic, Self::Upitranzact, Self::Akurateco, Self::Commitup, Self::Bearer];

    /// The name, which is also the path prefix and the name of the ready account.
    ///
    /// ```
    /// use paystatus_sandbox::Provider;
    ///
    /// assert_eq!(Provider::Resmic.name(), "resmic");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Resmic => "resmic",
            Self::Upitranzact => "upitranzact",
            Self::Akurateco => "akurateco",
            Self::Commitup => "commitup",
            Self::Bearer => "bearer",
        }
    }

    /// The states that the sandbox knows and has a seeded payment for, in the provider's own words.
    ///
    /// Any other word can be a payment's state too: it is answered as the provider's status word.
    ///
    /// ```
    /// use paystatus_sandbox::Provider;
    ///
    /// assert_eq!(Provider::Resmic.states(), ["Completed", "Failed", "initiated"]);
    /// ```
    pub fn states(self) -> &'static [&'static str] {
        protocol::of(self).states
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Provider {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.iter().copied().find(|provider| provider.name() == text).ok_or_else(|| {
            Error::invalid("provider", format!("unknown provider {text:?}")).allowing(Self::ALL)
        })
    }
}
