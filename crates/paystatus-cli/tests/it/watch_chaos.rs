//! Three workers of the real command, killed at random: nothing is lost, and nothing is decided twice or wrongly.
//!
//! In PostgreSQL the server crashes too, the connections to it are cut, and a worker's clock is an hour off; in a file
//! the machine's clock is everybody's. `PAYSTATUS_CHAOS_SECONDS=60` lets it go on for that long, with more payments.

#[path = "../../../paystatus-watch/src/store/postgres/server.rs"]
mod server;

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write,
    io,
    net::{Shutdown, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use paystatus_sandbox::{NewPayment, Sandbox};
use serde_json::Value;

use self::server::Server;
use crate::{code, command, named, stderr, stdout};

/// Each account has a sandbox of its own, which counts what it was asked.
const ACCOUNTS: [&str; 4] = ["a", "b", "c", "d"];
/// How a payment ends, by its number: its state at the provider, and what the event must say.
const ENDS: [(&str, &str); 3] = [("succeeded", "paid"), ("failed", "failed"), ("canceled", "canceled")];
/// An account's pace, in asks a minute.
const PACE: u64 = 3000;
/// On a busy machine some asks arrive together that were sent apart.
const TOGETHER: Duration = Duration::from_secs(2);
const WORKERS: usize = 3;
const MOST_PAYMENTS: u64 = 20_000;

#[test]
fn nothing_is_lost_or_decided_twice_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let commands =
        Commands { folder: folder.path(), store: "sqlite:paystatus.db".to_owned(), faketime: None };
    chaos("SQLite", &commands, &mut |_| {});
}

#[test]
fn nothing_is_lost_or_decided_twice_in_postgresql() {
    let Some(mut server) = Server::start() else { return };
    let proxy = Proxy::start(server.folder().join(".s.PGSQL.5432"));
    let folder = tempfile::tempdir().unwrap();
    let store = format!("postgres://postgres@127.0.0.1:{}/postgres", proxy.port);
    let commands = Commands { folder: folder.path(), store, faketime: faketime() };
    chaos("PostgreSQL", &commands, &mut |kills| match kills {
        kills if kills % 20 == 10 => server.crash(),
        kills if kills % 5 == 0 => proxy.cut(),
        _ => {}
    });
}

/// Always the same choices.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Passes bytes on to a socket, and can cut all connections at once.
struct Proxy {
    port: u16,
    open: Arc<Mutex<Vec<(TcpStream, UnixStream)>>>,
}

impl Proxy {
    fn start(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, open) = (listener.local_addr().unwrap().port(), Arc::<Mutex<Vec<_>>>::default());
        let all = Arc::clone(&open);
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                // While the server is away a connection ends at once.
                let Ok(far) = UnixStream::connect(&socket) else { continue };
                let (mut from_near, mut to_near) = (near.try_clone().unwrap(), near.try_clone().unwrap());
                let (mut from_far, mut to_far) = (far.try_clone().unwrap(), far.try_clone().unwrap());
                thread::spawn(move || {
                    let _ = io::copy(&mut from_near, &mut to_far);
                    let _ = to_far.shutdown(Shutdown::Both);
                });
                thread::spawn(move || {
                    let _ = io::copy(&mut from_far, &mut to_near);
                    let _ = to_near.shutdown(Shutdown::Both);
                });
                all.lock().unwrap().push((near, far));
            }
        });
        Self { port, open }
    }

    fn cut(&self) {
        for (near, far) in self.open.lock().unwrap().drain(..) {
            let _ = (near.shutdown(Shutdown::Both), far.shutdown(Shutdown::Both));
        }
    }
}

/// The library that shows a program another time.
///
/// # Panics
/// If there is none and `CI` is set.
fn faketime() -> Option<PathBuf> {
    let folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"];
    let found = folders.map(|folder| Path::new(folder).join("faketime/libfaketime.so.1"));
    let found = found.into_iter().find(|library| library.is_file());
    assert!(
        found.is_some() || env::var_os("CI").is_none(),
        "it is not installed: `apt-get install faketime`"
    );
    found
}

/// The command, in a folder and with a store.
struct Commands<'a> {
    folder: &'a Path,
    store: String,
    faketime: Option<PathBuf>,
}

impl Commands<'_> {
    fn watch(&self, arguments: &[&str]) -> Command {
        let mut command = command(&[&["--json", "watch"], arguments].concat());
        command.current_dir(self.folder).env("PAYSTATUS_STORE", &self.store).stdin(Stdio::null());
        command
    }

    /// The first worker's clock is wrong.
    fn worker(&self, number: usize) -> Child {
        let mut worker = self.watch(&["run", "--lease", "2s"]);
        if let (0, Some(library)) = (number, &self.faketime) {
            worker.env("LD_PRELOAD", library).env("FAKETIME", "+1h").env("DONT_FAKE_MONOTONIC", "1");
        }
        worker.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    fn configure(&self, sandboxes: &[Sandbox]) {
        let mut all = String::new();
        for (account, sandbox) in ACCOUNTS.iter().zip(sandboxes) {
            let toml = sandbox.accounts_toml();
            let begin = toml.find("[accounts.bearer]").unwrap();
            let keys = toml[begin..].split_once('\n').unwrap().1;
            let keys = keys.split("\n[").next().unwrap();
            writeln!(all, "[accounts.{account}]\npace = \"{PACE}/min\"\n{keys}").unwrap();
        }
        std::fs::write(self.folder.join("paystatus.toml"), all).unwrap();
    }
}

/// What each sandbox was asked so far, now and then.
struct Asks<'a> {
    sandboxes: &'a [Sandbox],
    seen: Vec<(Instant, Vec<u64>)>,
}

impl Asks<'_> {
    fn look(&mut self) {
        let counts = self.sandboxes.iter().map(|sandbox| sandbox.requests(named("bearer"))).collect();
        self.seen.push((Instant::now(), counts));
    }

    /// Between any two looks no account was asked more than its pace allows; asks of killed workers count.
    fn assert_paced(&self) {
        for (index, (since, before)) in self.seen.iter().enumerate() {
            for (until, after) in &self.seen[index..] {
                let most = (*until - *since + TOGETHER).as_millis() as u64 * PACE / 60_000;
                let most_asked =
                    before.iter().zip(after).map(|(before, after)| after - before).max().unwrap();
                assert!(most_asked <= most, "{most_asked} asks in {:?}", *until - *since);
            }
        }
    }
}

#[expect(clippy::print_stdout, reason = "the figures of a long run are for people")]
fn chaos(store: &str, commands: &Commands<'_>, after_each: &mut dyn FnMut(u64)) {
    let seconds = env::var("PAYSTATUS_CHAOS_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let payments = (50 * seconds).min(MOST_PAYMENTS);
    let sandboxes = ACCOUNTS.map(|_| Sandbox::start_blocking(0).unwrap());
    commands.configure(&sandboxes);
    let (mut rows, mut expected) = ("account,id\n".to_owned(), BTreeMap::new());
    for number in 0..payments {
        let (id, (state, status)) = (format!("pay-{number}"), ENDS[number as usize % ENDS.len()]);
        let account = number as usize / ENDS.len() % ACCOUNTS.len();
        let (sandbox, account) = (&sandboxes[account], ACCOUNTS[account]);
        sandbox.create(NewPayment::new(named("bearer"), &*id, "pending")).unwrap();
        // Some are decided at once, some after one or two asks more.
        let life = &["pending", "pending", state][2 - number as usize % 3..];
        sandbox.script(named("bearer"), &id, life.iter().copied()).unwrap();
        writeln!(rows, "{account},{id}").unwrap();
        expected.insert(format!("{account}/{id}"), status);
    }
    std::fs::write(commands.folder.join("rows.csv"), rows).unwrap();
    let mut add = commands.watch(&["add", "-"]);
    let added = add.stdin(std::fs::File::open(commands.folder.join("rows.csv")).unwrap()).output().unwrap();
    assert_eq!(code(&added), 0, "{}", stderr(&added));

    let mut asks = Asks { sandboxes: &sandboxes, seen: Vec::new() };
    let (began, mut dice, mut kills) = (Instant::now(), Dice(1), 0);
    let mut workers: Vec<_> = (0..WORKERS).map(|number| commands.worker(number)).collect();
    while began.elapsed() < Duration::from_secs(seconds) {
        asks.look();
        thread::sleep(Duration::from_millis(100 + dice.below(400)));
        let number = dice.below(WORKERS as u64) as usize;
        workers[number].kill().unwrap();
        workers[number].wait().unwrap();
        workers[number] = commands.worker(number);
        kills += 1;
        after_each(kills);
    }
    let last = commands.watch(&["run", "--until-idle", "--lease", "2s"]).output().unwrap();
    assert_eq!(code(&last), 0, "{}", stderr(&last));
    asks.look();
    for worker in &mut workers {
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
    let took = began.elapsed();

    let events = commands.watch(&["events"]).output().unwrap();
    let (mut decided, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for event in stdout(&events).lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        assert_eq!(
            (event["type"].as_str(), event["number"].as_u64()),
            (Some("payment.decided"), Some(1)),
            "{event}"
        );
        let (key, status) = (event["key"].as_str().unwrap(), event["payment"]["status"].as_str().unwrap());
        assert_eq!(expected.get(key), Some(&status), "a wrong decision: {event}");
        assert!(decided.insert(key.to_owned()), "decided twice: {event}");
        assert!(
            ids.insert(event["event_id"].as_str().unwrap().to_owned()),
            "the id of another event: {event}"
        );
    }
    assert_eq!(decided.len(), expected.len(), "some were lost");
    asks.assert_paced();
    let asked: u64 = sandboxes.iter().map(|sandbox| sandbox.requests(named("bearer"))).sum();
    println!(
        "{store}: {payments} payments, {kills} kills, {asked} asks in {took:.1?}: none lost, none decided twice"
    );
}
