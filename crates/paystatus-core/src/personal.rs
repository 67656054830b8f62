use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// What stands in the place of everything that must not be shown.
pub(crate) const REDACTED: &str = "[redacted]";

/// A personal datum or a secret out of a reply: kept, and shown only where it is asked for by name.
///
/// `Debug` and `Serialize` give `[redacted]`; [`expose`](Self::expose) gives the value.
///
/// ```
/// use paystatus_core::Personal;
///
/// let name = Personal::new("Ada".to_owned());
/// assert_eq!(format!("{name:?}"), "[redacted]");
/// assert_eq!(serde_json::to_string(&name)?, "\"[redacted]\"");
/// assert_eq!(name.expose(), "Ada");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself: mind where it goes.
    ///
    /// ```
    /// use paystatus_core::Personal;
    /// assert_eq!(Personal::new("Ada").expose(), &"Ada");
    /// ```
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for Personal<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl<T> Serialize for Personal<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(REDACTED)
    }
}
