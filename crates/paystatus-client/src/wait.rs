use std::time::Duration;

use paystatus_core::{Error, ErrorKind, Finality, Lookup, Payment, StatusClient, WaitPlan};
use serde_json::Value;
use tokio::time::{Instant, sleep_until, timeout_at};

/// How long a payment may be unknown to the provider before a wait takes that for an answer.
const NOT_FOUND_GRACE: Duration = Duration::from_secs(60);

/// How a wait ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum Waited {
    /// The payment is final or provisional: it is not open any more.
    Settled(Payment<Value>),
    /// The time ran out; the payment as it was last seen is kept.
    RanOut(Payment<Value>),
}

/// Asks until a payment is not open any more, or the time runs out.
///
/// Errors that may go away do not end the wait, and a payment once seen is never lost.
/// The last ask is made when the time runs out, and it may take as long as any check.
///
/// # Errors
/// An error that asking again can't cure (credentials, configuration, lookup) ends the wait at once,
/// "not found" after a minute; if no payment was seen when the time runs out, the last error comes back.
///
/// ```
/// use paystatus_client::{Waited, wait};
/// use paystatus_core::{Error, Finality, Funds, Lookup, Meaning, Payment, Status, StatusClient, async_trait};
/// use serde_json::Value;
/// use std::time::Duration;
///
/// struct Settled;
///
/// #[async_trait]
/// impl StatusClient for Settled {
///     fn provider(&self) -> &'static str { "acme" }
///     async fn status(&self, lookup: &Lookup) -> Result<Payment<Value>, Error> {
///         let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
///         Ok(Payment::new(lookup, "p", paid, "settled", Value::Null))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let waited = wait(&Settled, &Lookup::payment("p"), Duration::from_secs(60)).await.unwrap();
/// assert!(matches!(waited, Waited::Settled(payment) if payment.is_paid()));
/// # }
/// ```
pub async fn wait(client: &dyn StatusClient, lookup: &Lookup, timeout: Duration) -> Result<Waited, Error> {
    let plan: WaitPlan = client.wait_plan();
    let start = Instant::now();
    let Some(deadline) = start.checked_add(timeout) else {
        return Err(Error::new(ErrorKind::Config, "the wait's timeout is too long"));
    };
    let mut delays = plan.delays();
    let mut last: Option<Payment<Value>> = None;
    loop {
        let is_last = Instant::now() >= deadline;
        let asked = client.status(lookup);
        let result = if is_last { Ok(asked.await) } else { timeout_at(deadline, asked).await };
        let mut pause = delays.next().unwrap_or_default();
        let error = match result {
            Ok(Ok(payment)) if payment.finality() != Finality::Open => return Ok(Waited::Settled(payment)),
            Ok(Ok(payment)) => {
                last = Some(payment);
                None
            }
            Ok(Err(error)) if ends_a_wait(&error, start.elapsed()) => return Err(error),
            Ok(Err(error)) => {
                pause = pause.max(error.retry_after().unwrap_or_default());
                Some(error)
            }
            Err(_) => Some(Error::new(ErrorKind::Timeout, "no whole answer came before the wait ran out")),
        };
        if is_last || Instant::now() >= deadline {
            return match (last, error) {
                (Some(payment), _) => Ok(Waited::RanOut(payment)),
                (None, Some(error)) => Err(error),
                (None, None) => Err(Error::new(ErrorKind::Timeout, "the wait ran out")),
            };
        }
        let next = Instant::now().checked_add(pause).unwrap_or(deadline);
        sleep_until(next.min(deadline)).await;
    }
}

fn ends_a_wait(error: &Error, waited: Duration) -> bool {
    match error.kind() {
        ErrorKind::Config
        | ErrorKind::InvalidLookup
        | ErrorKind::Rejected
        | ErrorKind::Unauthorized
        | ErrorKind::Unsupported => true,
        ErrorKind::NotFound => waited >= NOT_FOUND_GRACE,
        ErrorKind::Transport => !error.is_retryable(),
        _ => false,
    }
}
