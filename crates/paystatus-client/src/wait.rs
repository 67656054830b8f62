use std::{fmt, future::IntoFuture, sync::Arc, time::Duration};

use futures_util::{Stream, future::BoxFuture, stream};
use paystatus_core::{Error, ErrorKind, Finality, Lookup, Payment, StatusClient, WaitPlan};
use serde_json::Value;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::WaitTicket;

/// How long the last ask of a wait may take, which is made when the time runs out.
const LAST_ASK: Duration = Duration::from_secs(2);

/// How a wait ended.
///
/// ```no_run
/// # async fn example(client: &dyn paystatus_core::StatusClient) -> Result<(), paystatus_core::Error> {
/// use paystatus_client::{Wait, Waited};
///
/// match Wait::new(client, "pay_001").await? {
///     Waited::Final(payment) => assert!(payment.is_final()),
///     Waited::Provisional(payment) => println!("{:?} for now: ask again tomorrow", payment.status()),
///     Waited::TimedOut { last, asked, next_allowed, .. } => {
///         println!("{asked} asks, last seen {last:?}, ask again in {next_allowed:?}")
///     }
///     open => println!("{open:?}"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Waited<D> {
    /// The payment changes no more without a new act of the merchant or a bank.
    Final(Payment<D>),
    /// The payment is not open any more, but this provider is known to change its mind: ask again later.
    Provisional(Payment<D>),
    /// The payment is still open, and it is what [`Wait::until`] waited for.
    Open(Payment<D>),
    /// The time ran out, or the plan's asks were used up.
    TimedOut {
        /// The payment as it was last seen; nothing if it never was.
        last: Option<Payment<D>>,
        /// The error of the latest ask that failed, if one did.
        error: Option<Error>,
        /// How many asks were made.
        asked: u32,
        /// How long to pause before asking again, by the plan and by the provider's `Retry-After`.
        next_allowed: Duration,
    },
}

/// A wait for one payment, to be configured and then awaited.
///
/// It asks again and again, by a plan. An ask is one whole check, with its own timeout and retries.
/// Errors that may go away do not end a wait, and a payment once seen is never lost.
/// The last ask is made when the time runs out, and may take two seconds;
/// where `Retry-After` lies beyond that, the wait ends at once.
///
/// ```
/// use paystatus_client::{Wait, Waited};
/// use paystatus_core::{Error, Finality, Funds, Lookup, Meaning, Payment, Snapshot, Status, StatusClient, async_trait};
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
///         Ok(Payment::new(lookup, Snapshot::new("p", paid, "settled"), Value::Null))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let waited = Wait::new(&Settled, "p").with_timeout(Duration::from_secs(60)).await.unwrap();
/// assert!(matches!(waited, Waited::Final(payment) if payment.is_paid()));
/// # }
/// ```
#[must_use = "a wait does nothing until it is awaited or started"]
pub struct Wait<'a, D> {
    terms: Terms<'a, D>,
    timeout: Duration,
}

/// What is waited for, and how.
struct Terms<'a, D> {
    client: Arc<dyn Asks<D> + 'a>,
    lookup: Lookup,
    plan: WaitPlan,
}

impl<D> Terms<'_, D> {
    /// Asks once, and tells whether that was for the last time; no answer comes back if the ask was cut off.
    async fn ask(&self, deadline: Instant) -> (Option<Result<Payment<D>, Error>>, bool) {
        let now = Instant::now();
        let is_last = now >= deadline;
        let cut = if is_last { now + LAST_ASK } else { deadline };
        (timeout_at(cut, self.client.ask(&self.lookup)).await.ok(), is_last)
    }
}

/// A wait that was started: it can be asked for its end, followed, saved and dropped.
///
/// What it knows survives every future that is dropped on the way, so it can stand in a `select!`.
///
/// ```no_run
/// # async fn example(client: &dyn paystatus_core::StatusClient) -> Result<(), paystatus_core::Error> {
/// use paystatus_client::Wait;
/// use std::{pin::pin, time::Duration};
///
/// let mut waiting = Wait::new(client, "pay_001").start();
/// let mut shutdown = pin!(tokio::time::sleep(Duration::from_secs(30)));
/// tokio::select! {
///     ended = waiting.finish() => println!("{:?}", ended?),
///     () = &mut shutdown => println!("go on later: {:?}", waiting.ticket()), // nothing that was learned is lost
/// }
/// # Ok(())
/// # }
/// ```
pub struct Waiting<'a, D> {
    terms: Terms<'a, D>,
    start: Instant,
    next: Instant,
    /// How long the whole wait is; 31 days are less than what is room for.
    total_ms: u32,
    asked: u32,
    last: Option<Payment<D>>,
    error: Option<Error>,
}

/// What a wait asks: any client.
pub(crate) trait Asks<D>: Send + Sync {
    /// The name of the provider that is asked.
    fn provider(&self) -> &'static str;

    /// Asks once, when the account's pace allows it. The future is boxed, so that a wait that sleeps does not hold its size.
    fn ask<'b>(&'b self, lookup: &'b Lookup) -> BoxFuture<'b, Result<Payment<D>, Error>>;

    /// Tells whether this is what is waited for.
    fn is_met(&self, payment: &Payment<D>) -> bool {
        payment.finality() != Finality::Open
    }
}

impl Asks<Value> for &dyn StatusClient {
    fn provider(&self) -> &'static str {
        (**self).provider()
    }

    fn ask<'b>(&'b self, lookup: &'b Lookup) -> BoxFuture<'b, Result<Payment<Value>, Error>> {
        self.status_in_turn(lookup)
    }
}

/// A client, and what to wait for.
struct Until<'a, D, F> {
    client: Arc<dyn Asks<D> + 'a>,
    until: F,
}

impl<D, F: Fn(&Payment<D>) -> bool + Send + Sync> Asks<D> for Until<'_, D, F> {
    fn provider(&self) -> &'static str {
        self.client.provider()
    }

    fn ask<'b>(&'b self, lookup: &'b Lookup) -> BoxFuture<'b, Result<Payment<D>, Error>> {
        self.client.ask(lookup)
    }

    fn is_met(&self, payment: &Payment<D>) -> bool {
        (self.until)(payment)
    }
}

impl<'a> Wait<'a, Value> {
    /// Waits through any client, by its provider's plan; [`Client::wait`](crate::Client::wait) does it with typed details.
    pub fn new(client: &'a dyn StatusClient, lookup: impl Into<Lookup>) -> Self {
        Self::over(Arc::new(client), lookup.into(), client.wait_plan())
    }
}

impl<'a, D: 'a> Wait<'a, D> {
    pub(crate) fn over(client: Arc<dyn Asks<D> + 'a>, lookup: Lookup, plan: WaitPlan) -> Self {
        Self { terms: Terms { client, lookup, plan }, timeout: plan.total() }
    }

    /// Sets how long to wait in all, instead of the plan's total; at most 31 days.
    ///
    /// ```no_run
    /// # async fn example(client: &dyn paystatus_core::StatusClient) -> Result<(), paystatus_core::Error> {
    /// use paystatus_client::Wait;
    /// use std::time::Duration;
    ///
    /// // A page that somebody looks at: after 90 s it says "we will write to you".
    /// let waited = Wait::new(client, "pay_001").with_timeout(Duration::from_secs(90)).await?;
    /// println!("{waited:?}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Sets another plan than the provider's, its total included; one that can't be used ends the wait before it asks.
    ///
    /// ```no_run
    /// # async fn example(client: &dyn paystatus_core::StatusClient) -> Result<(), paystatus_core::Error> {
    /// use paystatus_client::Wait;
    /// use paystatus_core::WaitPlan;
    /// use std::time::Duration;
    ///
    /// let [minute, hour] = [60, 3600].map(Duration::from_secs);
    /// let every_minute = WaitPlan::new(minute, minute, hour).with_most_asks(30);
    /// let waited = Wait::new(client, "pay_001").with_plan(every_minute).await?;
    /// println!("{waited:?}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_plan(self, plan: WaitPlan) -> Self {
        Self { terms: Terms { plan, ..self.terms }, timeout: plan.total() }
    }

    /// Waits for something else than that the payment is not open any more, such as an authorization.
    ///
    /// A payment that is final ends every wait.
    ///
    /// ```no_run
    /// # async fn example(client: &dyn paystatus_core::StatusClient) -> Result<(), paystatus_core::Error> {
    /// use paystatus_client::{Wait, Waited};
    /// use paystatus_core::Status;
    ///
    /// let wait = Wait::new(client, "pay_001").until(|payment| payment.status() == Status::Authorized);
    /// if let Waited::Open(payment) = wait.await? {
    ///     assert_eq!(payment.status(), Status::Authorized); // held, and still to be captured
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn until(self, until: impl Fn(&Payment<D>) -> bool + Send + Sync + 'a) -> Self {
        let client = Arc::new(Until { client: self.terms.client, until });
        Self { terms: Terms { client, ..self.terms }, ..self }
    }

    /// Starts the clock, without asking yet.
    pub fn start(self) -> Waiting<'a, D> {
        let now = Instant::now();
        let first = now + self.terms.plan.start();
        self.resumed(Duration::ZERO, first, 0)
    }

    /// Goes on where a ticket says that another process stopped.
    ///
    /// The time in between does not count: only time spent waiting does.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a ticket of another provider.
    ///
    /// ```no_run
    /// # async fn example(client: &dyn paystatus_core::StatusClient) -> Result<(), paystatus_core::Error> {
    /// use paystatus_client::Wait;
    ///
    /// let ticket = Wait::new(client, "pay_001").start().ticket();
    /// let resumed = Wait::new(client, ticket.lookup()).resume(&ticket)?;
    /// assert_eq!(resumed.asked(), ticket.asked());
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume(self, ticket: &WaitTicket) -> Result<Waiting<'a, D>, Error> {
        let (elapsed, pause) = (ticket.elapsed(), ticket.pause());
        ticket.is_for(self.terms.client.provider())?;
        let terms = Terms { lookup: ticket.lookup(), plan: ticket.plan(), ..self.terms };
        let wait = Self { terms, timeout: ticket.timeout() };
        Ok(wait.resumed(elapsed, Instant::now() + pause, ticket.asked()))
    }

    /// Follows the payment: each time that what is known of it changes it comes out, the last time when the wait ends.
    ///
    /// An error that asking again can't cure comes out last; a wait that runs out just ends.
    ///
    /// ```no_run
    /// # async fn example(client: &dyn paystatus_core::StatusClient) -> Result<(), paystatus_core::Error> {
    /// use futures_util::StreamExt;
    /// use paystatus_client::Wait;
    ///
    /// let mut changes = std::pin::pin!(Wait::new(client, "pay_001").changes());
    /// while let Some(change) = changes.next().await {
    ///     println!("{:?}", change?.status());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn changes(self) -> impl Stream<Item = Result<Payment<D>, Error>> + Send + 'a
    where
        D: Clone + Send + Sync,
    {
        stream::unfold(Some((self.start(), None)), |state| async move {
            let (mut waiting, mut shown) = state?;
            loop {
                let end = waiting.step().await;
                let news = waiting.last.as_ref().filter(|payment| shown.as_ref() != Some(&standing(payment)));
                match (end, news) {
                    (Some(Err(error)), _) => return Some((Err(error), None)),
                    (Some(Ok(_)), None) => return None,
                    (None, None) => continue,
                    (end, Some(payment)) => {
                        let payment = payment.clone();
                        shown = Some(standing(&payment));
                        return Some((Ok(payment), end.is_none().then_some((waiting, shown))));
                    }
                }
            }
        })
    }

    fn resumed(self, elapsed: Duration, next: Instant, asked: u32) -> Waiting<'a, D> {
        let now = Instant::now();
        let total = self.timeout.min(LONGEST);
        // A machine that has just been started may have no name for a time before that.
        let (start, total) = match now.checked_sub(elapsed) {
            Some(start) => (start, total),
            None => (now, total.saturating_sub(elapsed)),
        };
        let total_ms = u32::try_from(total.as_millis()).unwrap_or(u32::MAX);
        Waiting { terms: self.terms, start, next, total_ms, asked, last: None, error: None }
    }
}

/// No wait is longer, so that no clock runs over.
const LONGEST: Duration = Duration::from_secs(31 * 24 * 3600);

/// The parts of a payment of which any that changes counts as a change of the payment.
fn standing<D>(payment: &Payment<D>) -> (String, paystatus_core::Status, Finality, String) {
    (payment.id().to_owned(), payment.status(), payment.finality(), payment.provider_status().to_owned())
}

impl<'a, D: Send + 'a> IntoFuture for Wait<'a, D> {
    type Output = Result<Waited<D>, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        // Started outside of the future, so that the future holds the wait once.
        let mut waiting = self.start();
        Box::pin(async move {
            // As `finish` does, without the room that a future inside of another one takes.
            loop {
                if let Some(end) = waiting.step().await {
                    return end.map(|how| waiting.ended(how));
                }
            }
        })
    }
}

impl<D> Waiting<'_, D> {
    /// Asks until the wait ends; it can be dropped and called again.
    ///
    /// # Errors
    /// An error that asking again can't cure (credentials, configuration, lookup) ends the wait at once;
    /// so does a plan that [can't be used](WaitPlan::check).
    /// [`ErrorKind::NotFound`] ends it only after the plan's grace
    /// ([`WaitPlan::with_not_found_grace`]): the time in which a new payment may not be known yet.
    ///
    /// ```no_run
    /// # async fn example(client: &dyn paystatus_core::StatusClient) -> Result<(), paystatus_core::Error> {
    /// use paystatus_client::Wait;
    ///
    /// let mut waiting = Wait::new(client, "pay_001").start();
    /// let waited = waiting.finish().await?;
    /// println!("{waited:?} after {} asks", waiting.asked());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn finish(&mut self) -> Result<Waited<D>, Error> {
        loop {
            if let Some(end) = self.step().await {
                return end.map(|how| self.ended(how));
            }
        }
    }

    /// The payment as it was last seen.
    pub fn last(&self) -> Option<&Payment<D>> {
        self.last.as_ref()
    }

    /// How many asks were answered or failed so far.
    pub fn asked(&self) -> u32 {
        self.asked
    }

    /// A ticket: what another process needs to go on with this wait. The payment that was last seen is not in it.
    ///
    /// ```no_run
    /// # async fn example(client: &dyn paystatus_core::StatusClient) -> Result<(), paystatus_core::Error> {
    /// use paystatus_client::Wait;
    ///
    /// let saved = Wait::new(client, "pay_001").start().ticket();
    /// assert_eq!((saved.provider(), saved.lookup().id()), (client.provider(), "pay_001"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn ticket(&self) -> WaitTicket {
        let now = Instant::now();
        WaitTicket::new(
            self.terms.client.provider(),
            &self.terms.lookup,
            self.terms.plan,
            Duration::from_millis(self.total_ms.into()),
            now.saturating_duration_since(self.start),
            self.next.saturating_duration_since(now),
            self.asked,
        )
    }

    /// Sleeps until the next ask, asks, and tells whether the wait is over.
    ///
    /// Nothing changes before the ask is answered, so that dropping the future loses nothing.
    async fn step(&mut self) -> Option<Result<End, Error>> {
        if let Err(error) = self.terms.plan.check() {
            return Some(Err(error));
        }
        sleep_until(self.next.min(self.deadline())).await;
        // Boxed, so that a wait that sleeps holds nothing of what asking needs.
        let (answer, is_last) = Box::pin(self.terms.ask(self.deadline())).await;
        self.asked += 1;
        let now = Instant::now();
        let mut pause = self.terms.plan.pause(self.asked, now - self.start);
        let mut retry_after = Duration::ZERO;
        match answer {
            Some(Ok(payment)) => {
                let end = self.terms.client.is_met(&payment) || payment.is_final();
                self.error = None;
                self.last = Some(payment);
                if end {
                    return Some(Ok(End::Met));
                }
            }
            Some(Err(error)) if self.is_lasting(&error, now - self.start) => return Some(Err(error)),
            Some(Err(error)) => {
                retry_after = error.retry_after().unwrap_or_default();
                pause = pause.max(retry_after);
                self.error = Some(error);
            }
            // The error of an earlier ask says more than that this one was cut off.
            None => {
                let cut = || {
                    Error::new(ErrorKind::Timeout, "no whole answer came before the wait ran out")
                        .with_attempts(1)
                };
                self.error = Some(self.error.take().unwrap_or_else(cut));
            }
        }
        self.next = now.checked_add(pause).unwrap_or(now + LONGEST);
        let is_used_up = self.terms.plan.most_asks().is_some_and(|most| self.asked >= most);
        let left = self.deadline().saturating_duration_since(now);
        (is_last || is_used_up || retry_after > left || left.is_zero()).then_some(Ok(End::TimedOut))
    }

    fn deadline(&self) -> Instant {
        self.start + Duration::from_millis(self.total_ms.into())
    }

    fn is_lasting(&self, error: &Error, elapsed: Duration) -> bool {
        match error.kind() {
            ErrorKind::Config
            | ErrorKind::InvalidLookup
            | ErrorKind::Rejected
            | ErrorKind::Unauthorized
            | ErrorKind::Unsupported => true,
            ErrorKind::NotFound => self.last.is_none() && elapsed > self.terms.plan.not_found_grace(),
            ErrorKind::Transport => !error.is_retryable(),
            _ => false,
        }
    }

    fn ended(&mut self, how: End) -> Waited<D> {
        match (how, self.last.take()) {
            (End::Met, Some(payment)) => match payment.finality() {
                Finality::Final => Waited::Final(payment),
                Finality::Provisional => Waited::Provisional(payment),
                _ => Waited::Open(payment),
            },
            (_, last) => Waited::TimedOut {
                last,
                error: self.error.take(),
                asked: self.asked,
                next_allowed: self.next.saturating_duration_since(Instant::now()),
            },
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Met,
    TimedOut,
}

impl<D> fmt::Debug for Wait<'_, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("provider", &self.terms.client.provider())
            .field("lookup", &self.terms.lookup)
            .field("plan", &self.terms.plan)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl<D> fmt::Debug for Waiting<'_, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting")
            .field("provider", &self.terms.client.provider())
            .field("lookup", &self.terms.lookup)
            .field("asked", &self.asked)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
