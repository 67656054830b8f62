//! What came of asking about a row, and how the journal keeps it.

use std::time::SystemTime;

use jiff::Timestamp;
use paystatus::{Error, ErrorKind, Lookup, Payment, Snapshot};
use serde::{Deserialize, Serialize};

use crate::Entry;

/// The payment, or why nothing was learned about it.
pub(crate) type Learned = Result<Payment<()>, Unanswered>;

/// Why nothing was learned about a row's payment.
///
/// ```
/// use paystatus::{Error, ErrorKind, Lookup, Payment};
/// use paystatus_reconcile::{Checked, Entry};
///
/// let entry = Entry::new(2, "shop", Lookup::payment("pay_001"));
/// let late = Error::new(ErrorKind::Timeout, "no whole answer came in time");
/// let checked = Checked::of(entry, "acme", Err::<Payment<()>, _>(late));
/// let why = checked.unanswered().unwrap();
/// assert_eq!((why.kind, why.is_retryable), (Some(ErrorKind::Timeout), true));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Unanswered {
    /// The error's kind; nothing if the row's account is not configured.
    pub kind: Option<ErrorKind>,
    /// The error's message.
    pub message: String,
    /// The cause may go away by itself.
    #[serde(default)]
    pub is_retryable: bool,
}

/// What may come of asking again; the numbers are those of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnotherTry {
    Useless = 0,
    /// The cause may go away by itself.
    Useful = 1,
    /// Somebody has to correct the configuration first.
    UsefulOnceMended = 2,
}

impl Unanswered {
    pub(crate) fn of(error: &Error) -> Self {
        let (kind, message) = (Some(error.kind()), error.to_string());
        Self { kind, message, is_retryable: error.is_retryable() }
    }

    pub(crate) fn no_account(name: &str) -> Self {
        let message = format!("there is no account {name:?} in the configuration");
        Self { kind: None, message, is_retryable: false }
    }
}

/// Takes what the comparison needs; the provider's own reply is nobody's business here.
pub(crate) fn learned<D>(result: Result<Payment<D>, Error>) -> Learned {
    match result {
        Ok(payment) => Ok(put_together(
            payment.asked(),
            payment.snapshot().clone(),
            payment.attempts().to_vec(),
            payment.is_about_another(),
        )),
        Err(error) => Err(Unanswered::of(&error)),
    }
}

fn put_together(
    asked: &Lookup,
    telling: Snapshot,
    attempts: Vec<Snapshot>,
    is_about_another: bool,
) -> Payment<()> {
    let payment = Payment::new(asked, telling, ()).with_attempts(attempts);
    if is_about_another { payment.about_another() } else { payment }
}

/// Whether asking again may teach what this does not.
pub(crate) fn another_try(learned: &Learned) -> AnotherTry {
    match learned {
        Ok(_) => AnotherTry::Useless,
        Err(why) => match why.kind {
            _ if why.is_retryable => AnotherTry::Useful,
            None | Some(ErrorKind::Unauthorized) => AnotherTry::UsefulOnceMended,
            // It would be but for something on this side, such as a certificate that is not trusted.
            Some(kind) if kind.is_retryable() => AnotherTry::UsefulOnceMended,
            Some(_) => AnotherTry::Useless,
        },
    }
}

/// A payment as the journal has it, beside the lookup.
#[derive(Serialize, Deserialize)]
struct Kept<One, Many> {
    telling: One,
    attempts: Many,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_about_another: bool,
}

pub(crate) fn to_journal(learned: &Learned) -> String {
    let kept = learned.as_ref().map(|payment| Kept {
        telling: payment.snapshot(),
        attempts: payment.attempts(),
        is_about_another: payment.is_about_another(),
    });
    serde_json::to_string(&kept).unwrap_or_default()
}

pub(crate) fn from_journal(asked: &Lookup, text: &str) -> serde_json::Result<Learned> {
    let kept: Result<Kept<Snapshot, Vec<Snapshot>>, Unanswered> = serde_json::from_str(text)?;
    Ok(kept.map(|kept| put_together(asked, kept.telling, kept.attempts, kept.is_about_another)))
}

/// Now, to the millisecond.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::try_from(SystemTime::now()).unwrap_or_default();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or_default()
}

/// The reference of a payment that is paid: the provider's, or the books' where it reports none.
pub(crate) fn paid_reference<'a>(entry: &'a Entry, learned: &'a Learned) -> Option<&'a str> {
    let said = learned.as_ref().ok().filter(|said| said.is_paid())?;
    said.reference().or(entry.reference())
}
