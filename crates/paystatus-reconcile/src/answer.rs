use std::time::SystemTime;

use jiff::Timestamp;
use paystatus::{Error, ErrorKind, Finality, Funds, Money, Payment};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Entry, Standing, entry::money};

/// What came of asking about a row: only what the comparison needs and the report shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    Payment(Box<Reported>),
    Nothing(Unanswered),
}

/// What a provider said about a row's payment.
///
/// ```
/// use paystatus::{Finality, Funds, Lookup, Meaning, Payment, Status};
/// use paystatus_reconcile::{Checked, Entry, Standing};
///
/// let asked = Lookup::payment("pay_001");
/// let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
/// let payment = Payment::new(&asked, "pay_001", paid, "settled", ()).erase();
/// let checked = Checked::of(Entry::new(2, "shop", asked), "acme", Ok(payment));
/// let reported = checked.reported().unwrap();
/// assert_eq!((reported.status, reported.provider_status.as_str()), (Standing::Paid, "settled"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reported {
    /// The id that was answered.
    pub payment_id: String,
    /// The answer is about another payment of the same order than the one asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_about_another: bool,
    /// Where the payment stands.
    pub status: Standing,
    /// Whether asking again can change the answer.
    pub finality: Finality,
    /// Where the money is.
    pub funds: Funds,
    /// The provider's own words for the status: remote text.
    pub provider_status: String,
    /// What was charged, if it was reported.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "money")]
    pub amount: Option<Money>,
    /// The merchant's own reference, if it was reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The provider's reason: remote text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When the payment last changed, in RFC 3339, if the instant is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
}

/// Why nothing was learned about a row's payment.
///
/// ```
/// use paystatus::{Error, ErrorKind, Lookup};
/// use paystatus_reconcile::{Checked, Entry};
///
/// let entry = Entry::new(2, "shop", Lookup::payment("pay_001"));
/// let checked = Checked::of(entry, "acme", Err(Error::new(ErrorKind::Timeout, "no whole answer came in time")));
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

impl Answer {
    pub(crate) fn of(result: Result<Payment<Value>, Error>) -> Self {
        match result {
            Ok(payment) => Self::Payment(Box::new(Reported {
                payment_id: payment.id().to_owned(),
                is_about_another: payment.is_about_another(),
                status: payment.status().into(),
                finality: payment.finality(),
                funds: payment.funds(),
                provider_status: payment.provider_status().to_owned(),
                amount: payment.amount(),
                // An empty reference names no order; as one it would make strangers' payments one purchase.
                reference: payment.reference().filter(|text| !text.trim().is_empty()).map(str::to_owned),
                reason: payment.reason().map(str::to_owned),
                updated_at: payment.updated_at().and_then(|time| time.to_utc()),
            })),
            Err(error) => Self::refused(&error),
        }
    }

    pub(crate) fn refused(error: &Error) -> Self {
        let (kind, message) = (Some(error.kind()), error.to_string());
        Self::Nothing(Unanswered { kind, message, is_retryable: error.is_retryable() })
    }

    pub(crate) fn no_account(name: &str) -> Self {
        let message = format!("there is no account {name:?} in the configuration");
        Self::Nothing(Unanswered { kind: None, message, is_retryable: false })
    }

    /// Whether asking again may teach what this does not.
    pub(crate) fn another_try(&self) -> AnotherTry {
        match self {
            Self::Payment(_) => AnotherTry::Useless,
            Self::Nothing(why) => match why.kind {
                _ if why.is_retryable => AnotherTry::Useful,
                None | Some(ErrorKind::Unauthorized) => AnotherTry::UsefulOnceMended,
                // It would be but for something on this side, such as a certificate that is not trusted.
                Some(kind) if kind.is_retryable() => AnotherTry::UsefulOnceMended,
                Some(_) => AnotherTry::Useless,
            },
        }
    }

    pub(crate) fn payment(&self) -> Option<&Reported> {
        match self {
            Self::Payment(reported) => Some(reported),
            Self::Nothing(_) => None,
        }
    }
}

/// Now, to the millisecond.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::try_from(SystemTime::now()).unwrap_or_default();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or_default()
}

/// The reference of a payment that is paid: the provider's, or the books' where it reports none.
pub(crate) fn paid_reference<'a>(entry: &'a Entry, answer: &'a Answer) -> Option<&'a str> {
    let said = answer.payment().filter(|said| said.status == Standing::Paid)?;
    said.reference.as_deref().or(entry.reference())
}
