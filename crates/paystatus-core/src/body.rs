use std::fmt;

use bytes::Bytes;

/// The bytes of a request or a reply; its `Debug` shows how many there are and nothing else.
///
/// ```
/// use paystatus_core::Body;
/// let body = Body::from("{\"hash\":\"canary\"}");
/// assert_eq!(format!("{body:?}"), "Body(17 bytes)");
/// assert_eq!(body.as_bytes().len(), 17);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Body(Bytes);

impl Body {
    /// No bytes.
    pub const fn empty() -> Self {
        Self(Bytes::new())
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, without a copy.
    pub fn into_bytes(self) -> Bytes {
        self.0
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.0.len())
    }
}
