use std::{
    collections::{BTreeMap, HashMap},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use paystatus::{Accounts, Error as NoAnswer, ErrorKind as NoAnswerKind, Payment, StatusClient};
use serde_json::Value;
use tokio::{
    sync::watch,
    task::{Id, JoinSet},
    time::{Instant, sleep_until, timeout},
};

use crate::{
    Error, EventKind, State, Watcher,
    event::{Body, payment_object},
    health::News,
    known::{Known, Trouble},
    life::{Happened, Step},
    moment::{Micros, SECOND, duration, micros},
    store::{Change, Claimed, Claims, Damaged, Finish, Stored, Wanted},
    watcher::LATE,
};

/// Slots reach no further ahead, so that a crash costs no more of the pace.
const HORIZON: Micros = SECOND;
/// How long the first slot may be put off because the store answers slowly.
const FURTHEST_AHEAD: Duration = Duration::from_secs(5);
/// How often is looked for what other processes added.
const LOOK: Duration = Duration::from_secs(1);
/// Results are kept at once, but not more often than this, unless there are so many.
const KEPT_EVERY: Duration = Duration::from_millis(5);
const KEPT_AT_ONCE: usize = 256;
/// How often is looked for watches that nobody asks about, so long after their deadline, and how many at once.
const SWEPT_EVERY: Duration = Duration::from_secs(10);
const OVERDUE: Micros = 60 * SECOND;
const SWEPT_AT_ONCE: u32 = 200;
/// The pauses after an error of the store.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long a worker that is to stop tries to keep its last results.
const LAST_RESULTS: Duration = Duration::from_secs(10);

/// A worker of a [`Watcher`]: takes due watches, asks about them, and keeps what came of it.
///
/// What it was asked to do survives its end at any moment: what it had leased is due again when the lease runs out.
#[must_use = "a worker does nothing until it runs"]
#[derive(Clone, Debug)]
pub struct Worker {
    watcher: Watcher,
    lease: Duration,
    max_in_flight: u32,
    is_until_idle: bool,
}

/// What a worker has done so far.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Progress {
    /// How many asks came back, with an answer or an error.
    pub asked: u64,
    /// How many payments were decided.
    pub decided: u64,
    /// How many decided payments changed.
    pub changed: u64,
    /// How many watches expired.
    pub expired: u64,
    /// How many watches failed.
    pub failed: u64,
    /// How many asks are on their way.
    pub in_flight: usize,
    /// How long the store took to give out watches, the last time that it gave some.
    pub claim_took: Duration,
    /// Why the store can't be used at the moment; the worker goes on by itself when it can.
    pub trouble: Option<Error>,
}

impl Worker {
    pub(crate) fn new(watcher: Watcher) -> Self {
        Self { watcher, lease: Duration::from_secs(60), max_in_flight: 16, is_until_idle: false }
    }

    /// Sets how long a watch is this worker's alone, a minute unless it is set: at least a second.
    ///
    /// So long the watches of a worker that crashed are not asked about; an ask that takes half of it is cut
    /// off.
    pub fn with_lease(self, lease: Duration) -> Self {
        Self { lease: lease.max(Duration::from_secs(1)), ..self }
    }

    /// Sets how many asks of one account are on their way at once, 16 unless it is set.
    pub fn with_max_in_flight(self, max_in_flight: u32) -> Self {
        Self { max_in_flight: max_in_flight.max(1), ..self }
    }

    /// Ends when no watch of the accounts is open any more.
    pub fn until_idle(self) -> Self {
        Self { is_until_idle: true, ..self }
    }

    /// Works until it is told to stop; then what is on its way is finished, and the rest is given back.
    ///
    /// `see` is shown the progress whenever there is some.
    ///
    /// # Errors
    /// Only if the last results could not be kept within ten seconds after it was told to stop: they are asked for
    /// again. Errors of the store before that are in the progress, and the worker goes on when the store is back.
    ///
    /// ```
    /// # use paystatus::{Accounts, Money};
    /// # use paystatus_testkit::FakeClient;
    /// # use paystatus_watch::{Sqlite, Watch, Watcher};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let mut accounts = Accounts::default();
    /// # accounts.insert("shop", FakeClient::new("acme").paid("pay_001", Money::parse("50.00", "EUR")?));
    /// # let watcher = Watcher::new(Sqlite::open(folder.path().join("x.db")).await?, accounts).await?;
    /// # watcher.add(Watch::new("shop", "pay_001")).await?;
    /// let stop = std::future::pending(); // or Ctrl-C
    /// let done = watcher.worker().until_idle().run(stop, |progress| assert!(progress.trouble.is_none())).await?;
    /// assert_eq!((done.asked, done.decided), (1, 1));
    /// # Ok(()) }
    /// ```
    pub async fn run(
        self,
        stop: impl Future<Output = ()>,
        mut see: impl FnMut(&Progress),
    ) -> Result<Progress, Error> {
        let mut stop = pin!(stop);
        let mut run = Run::new(self);
        let mut stopped_at = None;
        loop {
            while let Some(done) = run.asks.try_join_next_with_id() {
                run.came(done);
            }
            run.keep(stopped_at.is_some()).await;
            let is_done = run.asks.is_empty() && run.results.is_empty();
            match stopped_at {
                Some(_) if is_done => break,
                Some(at) if Instant::now() >= at + run.worker.lease + LAST_RESULTS => {
                    return Err(run.trouble("the last results could not be kept, and are asked for again"));
                }
                Some(at) if run.asks.is_empty() && Instant::now() >= at + LAST_RESULTS => {
                    return Err(run.trouble("the last results could not be kept, and are asked for again"));
                }
                Some(_) => {}
                None => {
                    run.claim().await;
                    run.sweep().await;
                    if run.worker.is_until_idle && run.is_idle().await {
                        break;
                    }
                }
            }
            see(&run.progress());
            let wake_at = run.wake_at(stopped_at.is_some());
            let watcher = run.worker.watcher.clone();
            tokio::select! {
                Some(done) = run.asks.join_next_with_id(), if !run.asks.is_empty() => run.came(done),
                () = sleep_until(wake_at) => {}
                () = watcher.news.notified(), if stopped_at.is_none() => run.next_claim = Instant::now(),
                () = watcher.store.changed(), if stopped_at.is_none() => run.next_claim = Instant::now(),
                () = &mut stop, if stopped_at.is_none() => {
                    stopped_at = Some(Instant::now());
                    run.stopped.send_replace(true);
                }
            }
        }
        see(&run.progress());
        Ok(run.progress())
    }
}

/// A worker at work.
struct Run {
    worker: Worker,
    asks: JoinSet<Asked>,
    /// Of which account each ask on its way is.
    of_account: HashMap<Id, String>,
    in_flight: HashMap<String, u32>,
    stopped: watch::Sender<bool>,
    results: Vec<Finish>,
    news: BTreeMap<String, News>,
    /// The first of the results came then.
    since: Instant,
    next_claim: Instant,
    next_sweep: Instant,
    /// The last claim may have given less than there was.
    is_hungry: bool,
    /// The last claim gave nothing.
    is_quiet: bool,
    /// How long the store took to answer of late.
    ahead: Duration,
    /// After an error of the store: when to try again, and how long to pause if that fails too.
    pause: Duration,
    resume_at: Instant,
    progress: Progress,
}

/// What came of a claimed watch.
struct Asked {
    claimed: Claimed,
    outcome: Outcome,
    /// By the store's clock.
    at: Micros,
}

enum Outcome {
    Answer(Box<Result<Payment<Value>, NoAnswer>>),
    /// It was not its turn after all: it is due as it was.
    GivenBack,
    /// It may not be asked about any more.
    TimeIsUp,
}

impl Run {
    fn new(worker: Worker) -> Self {
        let now = Instant::now();
        Self {
            worker,
            asks: JoinSet::new(),
            of_account: HashMap::new(),
            in_flight: HashMap::new(),
            stopped: watch::Sender::new(false),
            results: Vec::new(),
            news: BTreeMap::new(),
            since: now,
            next_claim: now,
            next_sweep: now,
            is_hungry: false,
            is_quiet: false,
            ahead: Duration::ZERO,
            pause: FIRST_PAUSE,
            resume_at: now,
            progress: Progress::default(),
        }
    }

    fn progress(&self) -> Progress {
        Progress { in_flight: self.asks.len(), ..self.progress.clone() }
    }

    fn trouble(&self, what: &str) -> Error {
        match &self.progress.trouble {
            Some(error) => Error::new(error.kind(), format!("{error}; {what}")),
            None => Error::new(crate::ErrorKind::Unavailable, what),
        }
    }

    /// Takes due watches, and begins to ask about each when its slot comes.
    async fn claim(&mut self) {
        let asked_at = Instant::now();
        if asked_at < self.next_claim.max(self.resume_at) {
            return;
        }
        let most = self.worker.max_in_flight;
        let names = self.worker.watcher.accounts.names();
        let room = names.map(|name| (name, most - self.in_flight.get(name).copied().unwrap_or(0).min(most)));
        let accounts: Vec<_> =
            room.filter(|(_, room)| *room > 0).map(|(name, room)| (name.to_owned(), room)).collect();
        let rooms: HashMap<_, _> = accounts.iter().cloned().collect();
        self.is_hungry = accounts.len() < self.worker.watcher.accounts.names().count();
        let (lease, ahead) = (micros(self.worker.lease), micros(self.ahead));
        let wanted = Wanted { accounts, lease, ahead, horizon: HORIZON.min(lease / 4) };
        let claims = self.worker.watcher.store.claim(wanted).await;
        let Some(claims) = self.heard(claims) else { return };
        let took = asked_at.elapsed();
        // As slow as the slowest of late, so that slots are not over when they arrive.
        self.ahead = took.max(self.ahead - self.ahead / 8).min(FURTHEST_AHEAD).min(self.worker.lease / 4);
        self.is_quiet = claims.rows.is_empty();
        if !self.is_quiet {
            self.progress.claim_took = took;
        }
        let mut given = HashMap::<&str, u32>::new();
        for claimed in &claims.rows {
            let given = given.entry(&claimed.account).or_default();
            *given += 1;
            // An account that is looked at has more to ask about if it does well.
            self.is_hungry |= claimed.is_probe || rooms.get(&claimed.account) == Some(given);
        }
        self.next_claim = match claims.next_in {
            _ if !self.is_quiet => Instant::now(),
            next_in => Instant::now() + next_in.map_or(LOOK, |next_in| duration(next_in).min(LOOK)),
        };
        self.ask_about(claims);
    }

    fn ask_about(&mut self, claims: Claims) {
        let received_at = Instant::now();
        for claimed in claims.rows {
            let account = claimed.account.clone();
            let clock = Clock { store: claims.now, here: received_at };
            let asking = ask(
                Arc::clone(&self.worker.watcher.accounts),
                claimed,
                clock,
                self.worker.lease / 2,
                self.stopped.subscribe(),
            );
            let id = self.asks.spawn(asking).id();
            *self.in_flight.entry(account.clone()).or_default() += 1;
            self.of_account.insert(id, account);
        }
    }

    /// Takes what nobody asks about to its end.
    async fn sweep(&mut self) {
        if Instant::now() < self.next_sweep.max(self.resume_at) {
            return;
        }
        let lease = micros(self.worker.lease);
        let overdue = self.worker.watcher.store.overdue(OVERDUE, lease, SWEPT_AT_ONCE).await;
        let Some(overdue) = self.heard(overdue) else { return };
        let is_more = overdue.rows.len() == SWEPT_AT_ONCE as usize;
        self.next_sweep = Instant::now() + if is_more { Duration::ZERO } else { SWEPT_EVERY };
        for claimed in overdue.rows {
            self.conclude(Asked { claimed, outcome: Outcome::TimeIsUp, at: overdue.now });
        }
    }

    /// Takes what came of an ask.
    fn came(&mut self, done: Result<(Id, Asked), tokio::task::JoinError>) {
        let id = match &done {
            Ok((id, _)) => *id,
            Err(error) => error.id(),
        };
        if let Some(account) = self.of_account.remove(&id)
            && let Some(in_flight) = self.in_flight.get_mut(&account)
        {
            *in_flight = in_flight.saturating_sub(1);
        }
        // An ask that panicked is made again when its lease runs out.
        if let Ok((_, asked)) = done {
            self.conclude(asked);
        }
    }

    fn conclude(&mut self, asked: Asked) {
        let Asked { claimed, outcome, at } = asked;
        let news = self.news.entry(claimed.account.clone()).or_default();
        news.is_probe |= claimed.is_probe;
        if let Outcome::Answer(answer) = &outcome {
            self.progress.asked += 1;
            news.add(answer.as_ref().as_ref().map(drop));
        }
        if news.is_good() && claimed.health.is_good() && claimed.health.failures == 0 {
            self.news.remove(&claimed.account);
        }
        let client = self.worker.watcher.accounts.get(&claimed.account).ok();
        let change = match (&claimed.stored, &outcome) {
            (Err(damaged), _) => Some(failed(damaged)),
            (Ok(_), Outcome::GivenBack) => None,
            (Ok(stored), Outcome::Answer(answer)) => {
                let happened = match &**answer {
                    Ok(payment) => Happened::Answered(payment),
                    Err(error) => Happened::Erred(error),
                };
                Some(changed(stored, client, happened, at))
            }
            (Ok(stored), Outcome::TimeIsUp) => Some(changed(stored, client, Happened::Nothing, at)),
        };
        match change.as_ref().and_then(|change| change.event.as_ref()).map(|(kind, _)| kind) {
            Some(EventKind::Decided) => self.progress.decided += 1,
            Some(EventKind::Changed) => self.progress.changed += 1,
            Some(EventKind::Expired) => self.progress.expired += 1,
            Some(EventKind::Failed) => self.progress.failed += 1,
            _ => {}
        }
        if self.results.is_empty() {
            self.since = Instant::now();
        }
        self.results.push(Finish { id: claimed.id, fence: claimed.fence, change });
    }

    /// Keeps the results in the store, if it is time.
    async fn keep(&mut self, is_stopping: bool) {
        let now = Instant::now();
        let is_time = self.results.len() >= KEPT_AT_ONCE
            || now >= self.since + KEPT_EVERY
            || (is_stopping && self.asks.is_empty());
        if self.results.is_empty() || !is_time || now < self.resume_at {
            return;
        }
        // Sent again as it is if the outcome is not known: what was kept then is refused by its fence.
        let (results, news) = (self.results.clone(), self.news.clone().into_iter().collect());
        let kept = self.worker.watcher.store.finish(results, news).await;
        if self.heard(kept).is_some() {
            self.results.clear();
            self.news.clear();
            if self.is_hungry {
                self.next_claim = Instant::now();
            }
            self.worker.watcher.news.notify_waiters();
        }
    }

    async fn is_idle(&mut self) -> bool {
        if !self.is_quiet || !self.asks.is_empty() || !self.results.is_empty() {
            return false;
        }
        let open = self.worker.watcher.open_count().await;
        self.heard(open) == Some(0)
    }

    /// What the store answered; after an error it is left alone for a while.
    fn heard<T>(&mut self, answer: Result<T, Error>) -> Option<T> {
        match answer {
            Ok(answer) => {
                (self.progress.trouble, self.pause) = (None, FIRST_PAUSE);
                Some(answer)
            }
            Err(error) => {
                self.progress.trouble = Some(error);
                self.resume_at = Instant::now() + self.pause;
                self.pause = (self.pause * 2).min(LONGEST_PAUSE);
                None
            }
        }
    }

    /// When there is something to do if nothing comes before.
    fn wake_at(&self, is_stopping: bool) -> Instant {
        let results = (!self.results.is_empty()).then(|| self.since + KEPT_EVERY);
        let work = (!is_stopping).then(|| self.next_claim.min(self.next_sweep));
        let wake_at = results.into_iter().chain(work).min();
        wake_at.unwrap_or_else(|| Instant::now() + LOOK).max(self.resume_at)
    }
}

/// The store's clock, and what it was here when it was read.
#[derive(Clone, Copy)]
struct Clock {
    store: Micros,
    here: Instant,
}

impl Clock {
    fn now(self) -> Micros {
        self.store.saturating_add(micros(self.here.elapsed()))
    }
}

/// Waits for the slot and asks, unless the worker stops before, or the slot is over.
async fn ask(
    accounts: Arc<Accounts>,
    claimed: Claimed,
    clock: Clock,
    longest: Duration,
    mut stopped: watch::Receiver<bool>,
) -> Asked {
    let slot = clock.here + duration(claimed.ask_in);
    let without = |claimed, outcome| Asked { claimed, outcome, at: clock.now() };
    tokio::select! {
        biased;
        () = sleep_until(slot) => {}
        _ = stopped.wait_for(|is_stopped| *is_stopped) => return without(claimed, Outcome::GivenBack),
    }
    let (Ok(stored), Ok(client)) = (&claimed.stored, accounts.get(&claimed.account)) else {
        return without(claimed, Outcome::GivenBack);
    };
    let plan = stored.terms.plan.unwrap_or_else(|| client.wait_plan());
    if !stored.life.may_ask(&plan) {
        return without(claimed, Outcome::TimeIsUp);
    }
    if client.pace().is_some() && slot.elapsed() > LATE {
        return without(claimed, Outcome::GivenBack);
    }
    let cut = || NoAnswer::new(NoAnswerKind::Timeout, "no whole answer came within the worker's lease");
    let answer = timeout(longest, client.status_once(&stored.lookup)).await.unwrap_or_else(|_| Err(cut()));
    Asked { claimed, outcome: Outcome::Answer(Box::new(answer)), at: clock.now() }
}

/// What changes of a watch after what happened to it.
fn changed(stored: &Stored, client: Option<&dyn StatusClient>, happened: Happened<'_>, at: Micros) -> Change {
    let Stored { account, lookup, terms, life, .. } = stored;
    let plan = terms.plan.or_else(|| client.map(StatusClient::wait_plan)).unwrap_or_default();
    let Step { mut life, next_at, event } = life.step(terms, &plan, happened, at);
    if let (Happened::Answered(_), Some(client)) = (happened, client) {
        life.known.provider = Some(client.provider().to_owned());
    }
    let event = event.map(|kind| {
        let told = match (kind, happened) {
            (EventKind::Decided | EventKind::Changed, Happened::Answered(payment)) => Some(payment.clone()),
            _ => life.known.last.as_ref().map(|kept| kept.payment(lookup)),
        };
        let allows_test_money = client.is_some_and(StatusClient::allows_test_money);
        let provider = life.known.provider.as_deref().unwrap_or_default();
        let payment = told.map(|payment| {
            payment_object(account, provider, payment, terms.expected.as_ref(), allows_test_money)
        });
        (kind, Body { payment, error: life.known.error.clone(), metadata: terms.metadata.clone() })
    });
    Change {
        state: life.state,
        asks: life.asks,
        known: serde_json::to_string(&life.known).unwrap_or_default(),
        next_in: next_at.map(|next_at| (next_at - at).max(0)),
        event,
    }
}

/// What becomes of a watch that can't be read: a person's case, unless it was decided before.
fn failed(damaged: &Damaged) -> Change {
    let error = Some(Trouble::damaged(&damaged.why));
    let known = Known { error: error.clone(), ..Known::default() };
    let is_open = damaged.state == State::Open;
    Change {
        state: if is_open { State::Failed } else { damaged.state },
        asks: 0,
        known: serde_json::to_string(&known).unwrap_or_default(),
        next_in: None,
        event: is_open.then(|| (EventKind::Failed, Body { error, ..Body::default() })),
    }
}

#[cfg(test)]
mod tests;
