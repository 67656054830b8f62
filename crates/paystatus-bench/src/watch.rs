use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use paystatus::{Accounts, WaitPlan};
use paystatus_watch::{Progress, Watch, Watcher};
use serde::Serialize;
use tokio_postgres::NoTls;

use crate::{
    Failure, Options, Print,
    bulk::{check_many, id},
    case::{self, Bearer},
    line, resident,
    rounds::{median, round},
    runtime,
    server::Server,
};

const OPEN: &str = r#"{"id":"pay_00000000","status":"pending","amount":5000,"currency":"USD","reference":"order_12345","updated_at":"2025-09-18T20:42:00Z"}"#;
const PAID: &str = r#"{"id":"pay_00000000","status":"succeeded","amount":5000,"currency":"USD","reference":"order_12345","updated_at":"2025-09-18T20:42:00Z"}"#;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// A watch is due again after that, which is sooner than anybody gets round to it.
const AGAIN: Duration = Duration::from_millis(10);
/// So many asks of a worker are on their way: while it waits for the store, the others are answered.
const IN_FLIGHT: u32 = 256;
/// So many watches are handed to the store at once.
const ADDED_AT_ONCE: u32 = 1000;
/// The first round does not count.
const WARM_UP: usize = 1;

#[derive(Serialize)]
struct Line {
    bench: &'static str,
    store: &'static str,
    open: u32,
    workers: u32,
    /// What else goes on in the store.
    beside: Option<&'static str>,
    adds_per_s: f64,
    asks_per_s: f64,
    decisions_per_s: f64,
    checks_per_s: f64,
    ratio: f64,
    claim_ms: f64,
    rss_mb: f64,
}

/// A file, and PostgreSQL where a server is named: a database that has no watches yet.
pub(crate) fn run(options: &Options, print: Print<'_>) -> Result<(), Failure> {
    for open in options.size([10_000, 1_000_000], [200, 400]) {
        let folder = tempfile::tempdir()?;
        let store = format!("sqlite:{}", folder.path().join("paystatus.db").display());
        Subject::new(options, "sqlite", store, open)?.measure(print)?;
    }
    let Some(url) = &options.store else { return Ok(()) };
    for open in options.size([10_000, 1_000_000], [200, 400]) {
        let mut subject = Subject::new(options, "postgres", url.clone(), open)?;
        subject.measure(print)?;
        let runtime = runtime()?;
        let (client, connection) = runtime.block_on(tokio_postgres::connect(url, NoTls))?;
        let connection = thread::spawn(move || crate::runtime().map(|runtime| runtime.block_on(connection)));
        // It sees the store as it is now, so that nothing that changes from now on can be cleared away.
        let hold = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM paystatus.account";
        runtime.block_on(client.batch_execute(hold))?;
        let since = Instant::now();
        while since.elapsed() < Duration::from_secs(options.size(60, 0)) {
            subject.round(1)?;
        }
        print(line(&subject.line(1, Some("open_transaction"))?)?);
        runtime.block_on(client.batch_execute("COMMIT"))?;
        runtime.block_on(client.batch_execute("VACUUM (ANALYZE) paystatus.watch"))?;
        print(line(&subject.line(1, Some("after_vacuum"))?)?);
        runtime.block_on(client.batch_execute("DROP SCHEMA paystatus CASCADE"))?;
        drop(client);
        connection.join().map_err(|_| "the connection to PostgreSQL failed")???;
    }
    Ok(())
}

/// A store with watches that are open for long, and some that are due all the time.
struct Subject<'a> {
    options: &'a Options,
    name: &'static str,
    store: String,
    open: u32,
    adds_per_s: f64,
    is_asked: Server,
    decides: Server,
    /// The next id that no watch has.
    next: u32,
}

/// What a round of asks and of decisions came to.
#[derive(Clone, Copy)]
struct Round {
    asks_per_s: f64,
    checks_per_s: f64,
    decisions_per_s: f64,
}

#[derive(Default)]
struct Seen {
    claims: Vec<f64>,
    most_bytes: u64,
}

impl<'a> Subject<'a> {
    fn new(options: &'a Options, name: &'static str, store: String, open: u32) -> Result<Self, Failure> {
        let server = |reply| Server::echoing(reply, "pay_00000000", "/v1/payments/");
        let (is_asked, decides) = (server(OPEN)?, server(PAID)?);
        let mut subject = Self { options, name, store, open, adds_per_s: 0.0, is_asked, decides, next: 0 };
        let began = Instant::now();
        let rest = open - subject.due();
        subject.add(rest, DAY)?;
        subject.adds_per_s = f64::from(rest) / began.elapsed().as_secs_f64();
        Ok(subject)
    }

    /// How many are due all the time.
    fn due(&self) -> u32 {
        self.options.size(10_000, 100).min(self.open / 2)
    }

    fn measure(&mut self, print: Print<'_>) -> Result<(), Failure> {
        for workers in [1, 2, 4] {
            print(line(&self.line(workers, None)?)?);
        }
        Ok(())
    }

    fn line(&mut self, workers: u32, beside: Option<&'static str>) -> Result<Line, Failure> {
        let (mut rounds, mut seen) = (Vec::new(), Seen::default());
        for number in 0..self.options.size(3, 1) + WARM_UP {
            let (round, of_round) = self.round(workers)?;
            if number >= WARM_UP {
                rounds.push(round);
                seen.claims.extend(of_round.claims);
                seen.most_bytes = seen.most_bytes.max(of_round.most_bytes);
            }
        }
        let of = |figure: fn(&Round) -> f64| median(rounds.iter().map(figure).collect());
        let (asks, checks) = (of(|round| round.asks_per_s), of(|round| round.checks_per_s));
        #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
        let rss_mb = round(seen.most_bytes as f64 / f64::from(1 << 20), 1);
        Ok(Line {
            bench: "watch",
            store: self.name,
            open: self.open,
            workers,
            beside,
            adds_per_s: round(self.adds_per_s, 0),
            asks_per_s: round(asks, 0),
            decisions_per_s: round(of(|round| round.decisions_per_s), 0),
            checks_per_s: round(checks, 0),
            ratio: round(asks / checks, 3),
            claim_ms: round(median(seen.claims), 2),
            rss_mb,
        })
    }

    /// Watches that are due at once are asked about for as long as there were so many asks, then as many checks are
    /// made without a store, and then all of these watches are decided.
    fn round(&mut self, workers: u32) -> Result<(Round, Seen), Failure> {
        let due = self.due();
        self.add(due, Duration::ZERO)?;
        let per_s = |began: Instant, count: u64| {
            #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
            let count = count as f64;
            count / began.elapsed().as_secs_f64()
        };
        let began = Instant::now();
        let (asked, seen) = self.work(workers, &self.is_asked, due.into(), |progress| progress.asked)?;
        let asks_per_s = per_s(began, asked);
        let client = case::client::<Bearer>(&self.is_asked.url())?;
        let began = Instant::now();
        runtime()?.block_on(check_many(&client, due, |_| Ok(())))?;
        let checks_per_s = per_s(began, due.into());
        let began = Instant::now();
        let (decided, _) = self.work(workers, &self.decides, due.into(), |progress| progress.decided)?;
        let decisions_per_s = per_s(began, decided);
        Ok((Round { asks_per_s, checks_per_s, decisions_per_s }, seen))
    }

    fn watcher(&self, server: &Server) -> Result<(tokio::runtime::Runtime, Watcher), Failure> {
        let mut accounts = Accounts::default();
        accounts.insert("shop", case::client::<Bearer>(&server.url())?);
        let runtime = runtime()?;
        let watcher = runtime
            .block_on(async { Watcher::new(paystatus_watch::open(&self.store).await?, accounts).await })?;
        Ok((runtime, watcher))
    }

    /// Adds watches that are due after that, and again all the time.
    fn add(&mut self, count: u32, start: Duration) -> Result<(), Failure> {
        let (runtime, watcher) = self.watcher(&self.is_asked)?;
        let plan = WaitPlan::new(AGAIN, AGAIN, 7 * DAY).starting_after(start);
        let until = self.next + count;
        while self.next < until {
            let page = self.next..until.min(self.next + ADDED_AT_ONCE);
            self.next = page.end;
            let watches = page.map(|number| Watch::new("shop", id(number)).with_plan(plan));
            for added in runtime.block_on(watcher.add_all(watches))? {
                if !added?.is_new {
                    return Err("the store has watches already".into());
                }
            }
        }
        Ok(())
    }

    /// Lets workers, each a thread with a connection of its own, do so much together; tells how much they did.
    fn work(
        &self,
        workers: u32,
        server: &Server,
        enough: u64,
        done: fn(&Progress) -> u64,
    ) -> Result<(u64, Seen), Failure> {
        let sum = Arc::new(AtomicU64::new(0));
        let each: Vec<_> = thread::scope(|scope| {
            let work = || {
                scope.spawn(|| -> Result<Seen, Failure> {
                    let (runtime, watcher) = self.watcher(server)?;
                    let seen = RefCell::new(Seen::default());
                    let mut before = Progress::default();
                    let see = |progress: &Progress| {
                        sum.fetch_add(done(progress) - done(&before), Ordering::Relaxed);
                        let mut seen = seen.borrow_mut();
                        if progress.claim_took != before.claim_took {
                            seen.claims.push(progress.claim_took.as_secs_f64() * 1000.0);
                            seen.most_bytes = seen.most_bytes.max(resident::bytes().unwrap_or(0));
                        }
                        before = progress.clone();
                    };
                    let is_enough = async {
                        while sum.load(Ordering::Relaxed) < enough {
                            tokio::time::sleep(Duration::from_millis(1)).await;
                        }
                    };
                    let worker = watcher.worker().with_max_in_flight(IN_FLIGHT);
                    runtime.block_on(worker.run(is_enough, see))?;
                    Ok(seen.into_inner())
                })
            };
            let threads: Vec<_> = (0..workers).map(|_| work()).collect();
            threads.into_iter().map(thread::ScopedJoinHandle::join).collect()
        });
        let mut all = Seen::default();
        for seen in each {
            let seen = seen.map_err(|_| "a worker failed")??;
            all.claims.extend(seen.claims);
            all.most_bytes = all.most_bytes.max(seen.most_bytes);
        }
        Ok((sum.load(Ordering::Relaxed), all))
    }
}
