use std::{borrow::Cow, fmt, sync::Arc};

use http::HeaderValue;
use paystatus_core::{Error, credential};
use secrecy::SecretString;
use serde::Deserialize;

/// An access token, or where to get one.
#[derive(Clone, Deserialize)]
#[serde(from = "SecretString")]
pub(crate) enum AccessToken {
    Fixed(SecretString),
    Source(Arc<dyn Fn() -> Result<SecretString, Error> + Send + Sync>),
}

impl AccessToken {
    pub(crate) fn source(source: impl Fn() -> Result<SecretString, Error> + Send + Sync + 'static) -> Self {
        Self::Source(Arc::new(source))
    }

    /// The token of this moment as the value of `Authorization`.
    pub(crate) fn header(&self) -> Result<HeaderValue, Error> {
        let token = match self {
            Self::Fixed(token) => Cow::Borrowed(token),
            Self::Source(source) => Cow::Owned(source()?),
        };
        credential::header("access_token", "Bearer ", &token)
    }
}

impl From<SecretString> for AccessToken {
    fn from(token: SecretString) -> Self {
        Self::Fixed(token)
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fixed(_) => "[redacted]",
            Self::Source(_) => "[from a source]",
        })
    }
}
