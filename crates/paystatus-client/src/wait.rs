use std::time::Duration;

use paystatus_core::{Error, ErrorKind, Finality, Lookup, Payment, StatusClient, WaitPlan};
use serde_json::Value;
use tokio::time::{Instant, sleep_until, timeout_at};

/// How long a payment may be unknown to the provider before a wait takes that for an answer.
const NOT_FOUND_GRACE: Duration = Duration::from_secs(60);

/// How long the last ask of a wait may take, which is made when the time runs out.
const LAST_ASK: Duration = Duration::from_secs(2);

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
/// The last ask is made when the time runs out, and it may take two seconds.
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
    let mut asks = 0;
    let mut last: Option<Payment<Value>> = None;
    let mut last_error: Option<Error> = None;
    loop {
        let is_last = Instant::now() >= deadline;
        let asked = client.status(lookup);
        let cut = if is_last { Instant::now() + LAST_ASK } else { deadline };
        let result = timeout_at(cut, asked).await;
        asks += 1;
        let mut pause = plan.pause(asks, start.elapsed());
        match result {
            Ok(Ok(payment)) if payment.finality() != Finality::Open => return Ok(Waited::Settled(payment)),
            Ok(Ok(payment)) => last = Some(payment),
            Ok(Err(error)) if ends_a_wait(&error, start.elapsed()) => return Err(error),
            Ok(Err(error)) => {
                pause = pause.max(error.retry_after().unwrap_or_default());
                last_error = Some(error);
            }
            // What was learned before the last ask was cut says more than that it was cut.
            Err(_) => {
                let cut = || {
                    Error::new(ErrorKind::Timeout, "no whole answer came before the wait ran out")
                        .with_attempts(1)
                };
                last_error = Some(last_error.unwrap_or_else(cut));
            }
        }
        if is_last || Instant::now() >= deadline {
            return match (last, last_error) {
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

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use paystatus_core::{Funds, Meaning, Pending, Status, async_trait};

    use super::*;

    /// Answers by the seconds since the start of the wait.
    struct Scripted<F>(F, Instant, Mutex<Vec<u64>>);

    #[async_trait]
    impl<F: Fn(u64) -> Result<Meaning, ErrorKind> + Send + Sync> StatusClient for Scripted<F> {
        fn provider(&self) -> &'static str {
            "scripted"
        }

        async fn status(&self, lookup: &Lookup) -> Result<Payment<Value>, Error> {
            let second = self.1.elapsed().as_secs();
            self.2.lock().unwrap().push(second);
            if second == 1000 {
                std::future::pending::<()>().await;
            }
            let meaning = (self.0)(second).map_err(|kind| Error::new(kind, "scripted"))?;
            Ok(Payment::new(lookup, "p", meaning, "word", Value::Null))
        }
    }

    const OPEN: Meaning = Meaning::new(Status::Pending(Pending::Processing), Finality::Open, Funds::Unknown);
    const PAID: Meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    const FAILED: Meaning = Meaning::new(Status::Failed, Finality::Provisional, Funds::Unknown);

    /// How a wait of so many seconds ends, and at which seconds it asked.
    async fn run(
        seconds: u64,
        script: impl Fn(u64) -> Result<Meaning, ErrorKind> + Send + Sync,
    ) -> (Result<Waited, ErrorKind>, Vec<u64>) {
        let client = Scripted(script, Instant::now(), Mutex::default());
        let waited = wait(&client, &Lookup::payment("p"), Duration::from_secs(seconds)).await;
        (waited.map_err(|error| error.kind()), client.2.into_inner().unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_when_the_payment_is_not_open() {
        let (waited, asked) = run(300, |second| Ok(if second < 9 { OPEN } else { PAID })).await;
        assert!(matches!(waited, Ok(Waited::Settled(payment)) if payment.is_paid()));
        assert_eq!(asked, [0, 2, 5, 9]);
        let (waited, _) = run(300, |_| Ok(FAILED)).await;
        assert!(
            matches!(waited, Ok(Waited::Settled(payment)) if payment.finality() == Finality::Provisional)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn it_asks_a_last_time_when_the_time_runs_out() {
        let (waited, asked) = run(6, |second| Ok(if second < 6 { OPEN } else { PAID })).await;
        assert!(matches!(waited, Ok(Waited::Settled(_))));
        assert_eq!(asked.last(), Some(&6));
        let (waited, _) = run(6, |_| Ok(OPEN)).await;
        assert!(matches!(waited, Ok(Waited::RanOut(_))));
    }

    #[tokio::test(start_paused = true)]
    async fn passing_errors_do_not_end_it_and_do_not_lose_the_payment() {
        use ErrorKind::*;
        for kind in [RateLimited, Unavailable, Timeout, Transport, InvalidReply, Mismatch, NotFound] {
            let (waited, _) = run(300, |second| if second < 20 { Err(kind) } else { Ok(PAID) }).await;
            assert!(matches!(waited, Ok(Waited::Settled(_))), "{kind:?}");
            let (waited, _) = run(30, |second| if second == 0 { Ok(OPEN) } else { Err(kind) }).await;
            assert!(matches!(waited, Ok(Waited::RanOut(payment)) if !payment.is_final()), "{kind:?}");
            let (waited, _) = run(30, |_| Err(kind)).await;
            assert_eq!(waited.unwrap_err(), kind);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn lasting_errors_end_it() {
        use ErrorKind::*;
        for kind in [Config, InvalidLookup, Rejected, Unauthorized, Unsupported] {
            let (waited, asked) = run(300, |_| Err(kind)).await;
            assert_eq!((waited.unwrap_err(), asked.len()), (kind, 1));
        }
        let (waited, asked) = run(3000, |_| Err(NotFound)).await;
        assert_eq!(waited.unwrap_err(), NotFound);
        assert!((60..120).contains(asked.last().unwrap()), "{asked:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_ask_is_cut_and_the_error_before_it_comes_back() {
        let start = Instant::now();
        let script = |second| if second == 1000 { Ok(OPEN) } else { Err(ErrorKind::Unavailable) };
        // It hangs in second 1000, which is when the wait runs out.
        let client = Scripted(script, start - Duration::from_secs(995), Mutex::default());
        let waited = wait(&client, &Lookup::payment("p"), Duration::from_secs(5)).await;
        assert_eq!(waited.unwrap_err().kind(), ErrorKind::Unavailable);
        assert_eq!(start.elapsed(), Duration::from_secs(7));
    }

    #[tokio::test(start_paused = true)]
    async fn a_check_that_hangs_is_cut_when_the_time_runs_out() {
        let start = Instant::now();
        let client = Scripted(|_| Ok(OPEN), start - Duration::from_secs(1000), Mutex::default());
        let waited = wait(&client, &Lookup::payment("p"), Duration::from_secs(5)).await;
        assert_eq!(waited.unwrap_err().kind(), ErrorKind::Timeout);
        assert_eq!(start.elapsed(), Duration::from_secs(5));
    }
}
