/// Why a reconciliation could not begin, or did not come to its end.
///
/// That a provider could not be asked about a row is none of these: it is the row's finding.
/// The message says what to do, and never contains a credential.
///
/// ```
/// use paystatus_reconcile::{Columns, ErrorKind, Format, Ledger};
///
/// let error = Ledger::read("account\nshop\n".as_bytes(), Format::Csv, &Columns::default()).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Ledger);
/// assert!(error.to_string().starts_with("the ledger's header lacks `payment_id` or `order_id`"));
/// ```
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: String,
}

/// The kind of an [`Error`].
///
/// ```
/// use paystatus_reconcile::{Columns, ErrorKind};
///
/// let error = Columns::default().with_name("amuont", "Total").unwrap_err();
/// assert_eq!(error.kind().as_str(), "ledger");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The ledger can't be read, or not in this way; no provider was asked.
    /// *Usual cause:* a column has another name. *What to do:* what the message says.
    Ledger,
    /// The journal is refused and stays as it is; no provider was asked.
    /// *Usual cause:* it is in use, or is the run of another ledger, of other servers, or no journal at all.
    /// *What to do:* give what belongs together, or another file.
    Journal,
    /// An account turned out not to be usable; what had come is kept.
    /// *Usual cause:* a secret that can't be fetched any more. *What to do:* correct the account, then resume.
    Account,
    /// What is on the disk can't be read, or not be written to its end; what had come is kept as far as it was written.
    /// *Usual cause:* a full disk. *What to do:* make room, then resume.
    Storage,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    pub(crate) fn ledger(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Ledger, message)
    }

    /// What went wrong, for programs.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl ErrorKind {
    /// The kind as one word in snake case, as it stands in JSON.
    ///
    /// ```
    /// assert_eq!(paystatus_reconcile::ErrorKind::Storage.as_str(), "storage");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ledger => "ledger",
            Self::Journal => "journal",
            Self::Account => "account",
            Self::Storage => "storage",
        }
    }
}
