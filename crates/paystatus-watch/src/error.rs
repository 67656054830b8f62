/// Why something could not be done with watches: nothing of this is about a payment.
///
/// The message names what was refused or what is wrong, says what to do, and never contains a credential.
///
/// ```
/// use paystatus::{Accounts, Lookup};
/// use paystatus_watch::{ErrorKind, Sqlite, Watch, Watcher};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// let watcher = Watcher::new(Sqlite::open(folder.path().join("paystatus.db")).await?, Accounts::default()).await?;
/// let error = watcher.add(Watch::new("shop", Lookup::payment("pay_001"))).await.unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Refused);
/// assert_eq!(error.to_string(), "watch `shop/pay_001`: there is no account \"shop\": the configuration has no accounts");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

/// The kind of an [`Error`].
///
/// ```
/// assert_eq!(paystatus_watch::ErrorKind::Unavailable.as_str(), "unavailable");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// What was given can't be used; nothing was added or changed.
    /// *Usual cause:* an unknown account, an empty id, a deadline in the past. *What to do:* what the message says.
    Refused,
    /// The key is that of another watch, which stays as it is.
    /// *Usual cause:* an order number that is used twice. *What to do:* give each payment a key of its own.
    Conflict,
    /// The store is not one that this program can use, and it was left as it was.
    /// *Usual cause:* another program's file, or a newer paystatus. *What to do:* what the message says.
    Unusable,
    /// The store can't be reached or written now; the watches in it are safe.
    /// *Usual cause:* a full disk, a file system that is gone. *What to do:* mend it; a worker goes on by itself.
    Unavailable,
}

impl ErrorKind {
    /// The kind as one word in snake case, as it stands in JSON.
    ///
    /// ```
    /// assert_eq!(paystatus_watch::ErrorKind::Refused.as_str(), "refused");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Conflict => "conflict",
            Self::Unusable => "unusable",
            Self::Unavailable => "unavailable",
        }
    }
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Refused, message)
    }

    /// What went wrong, for programs.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}
