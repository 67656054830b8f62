//! Three workers of the real command, killed at random: nothing is lost, and nothing is decided twice.
//!
//! `PAYSTATUS_CHAOS_SECONDS=60` lets it go on for that long, with as many more payments;
//! `PAYSTATUS_CHAOS_STORE=postgres:URL` keeps them in an empty database.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use paystatus_sandbox::{NewPayment, Sandbox};
use serde_json::Value;

use crate::{code, command, named, stderr, stdout};

const ACCOUNTS: [&str; 4] = ["a", "b", "c", "d"];
/// How a payment ends, by its number: its state at the provider, and what the event must say.
const ENDS: [(&str, &str); 3] = [("succeeded", "paid"), ("failed", "failed"), ("canceled", "canceled")];
/// An account's pace, in asks a minute.
const PACE: u64 = 3000;
const WORKERS: usize = 3;

/// Always the same choices.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn configured(folder: &Path, sandbox: &Sandbox) {
    let toml = sandbox.accounts_toml();
    let begin = toml.find("[accounts.bearer]").unwrap();
    let keys = toml[begin..].split_once('\n').unwrap().1;
    let keys = keys.split("\n[").next().unwrap();
    let mut all = String::new();
    for account in ACCOUNTS {
        writeln!(all, "[accounts.{account}]\npace = \"{PACE}/min\"\n{keys}").unwrap();
    }
    std::fs::write(folder.join("paystatus.toml"), all).unwrap();
}

fn watch(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = command(&[&["--json", "watch"], arguments].concat());
    command.current_dir(folder).env_remove("PAYSTATUS_STORE").stdin(Stdio::null());
    if let Ok(store) = std::env::var("PAYSTATUS_CHAOS_STORE") {
        command.env("PAYSTATUS_STORE", store);
    }
    command
}

fn worker(folder: &Path) -> Child {
    let mut worker = watch(folder, &["run", "--lease", "2s"]);
    worker.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures of a long run are for people")]
fn nothing_is_lost_and_nothing_is_decided_twice_however_many_workers_are_killed() {
    let seconds =
        std::env::var("PAYSTATUS_CHAOS_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let payments = 50 * seconds;
    let sandbox = Sandbox::start_blocking(0).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    configured(folder, &sandbox);
    let (mut rows, mut expected) = ("account,id\n".to_owned(), BTreeMap::new());
    for number in 0..payments {
        let (id, (state, status)) = (format!("pay-{number}"), ENDS[number as usize % ENDS.len()]);
        let account = ACCOUNTS[number as usize / ENDS.len() % ACCOUNTS.len()];
        sandbox.create(NewPayment::new(named("bearer"), &*id, "pending")).unwrap();
        // Some are decided at once, some after one or two asks more.
        let life = &["pending", "pending", state][2 - number as usize % 3..];
        sandbox.script(named("bearer"), &id, life.iter().copied()).unwrap();
        writeln!(rows, "{account},{id}").unwrap();
        expected.insert(format!("{account}/{id}"), status);
    }
    std::fs::write(folder.join("rows.csv"), rows).unwrap();
    let mut add = watch(folder, &["add", "-"]);
    let added = add.stdin(std::fs::File::open(folder.join("rows.csv")).unwrap()).output().unwrap();
    assert_eq!(code(&added), 0, "{}", stderr(&added));

    let (began, mut dice, mut kills) = (Instant::now(), Dice(1), 0);
    let mut workers: Vec<_> = (0..WORKERS).map(|_| worker(folder)).collect();
    while began.elapsed() < Duration::from_secs(seconds) {
        std::thread::sleep(Duration::from_millis(100 + dice.below(400)));
        let victim = &mut workers[dice.below(WORKERS as u64) as usize];
        victim.kill().unwrap();
        victim.wait().unwrap();
        *victim = worker(folder);
        kills += 1;
    }
    let last = watch(folder, &["run", "--until-idle", "--lease", "2s"]).output().unwrap();
    assert_eq!(code(&last), 0, "{}", stderr(&last));
    for worker in &mut workers {
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
    let took = began.elapsed();

    let events = watch(folder, &["events"]).output().unwrap();
    let (mut decided, mut ids) = (BTreeMap::new(), BTreeSet::new());
    for event in stdout(&events).lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        assert_eq!(
            (event["type"].as_str(), event["number"].as_u64()),
            (Some("payment.decided"), Some(1)),
            "{event}"
        );
        let (key, status) = (event["key"].as_str().unwrap(), event["payment"]["status"].as_str().unwrap());
        assert_eq!(expected.get(key), Some(&status), "a wrong decision: {event}");
        assert_eq!(decided.insert(key.to_owned(), ()), None, "decided twice: {event}");
        assert!(
            ids.insert(event["event_id"].as_str().unwrap().to_owned()),
            "the id of another event: {event}"
        );
    }
    assert_eq!(decided.len(), expected.len(), "some were lost");
    // The asks of workers that were killed count.
    let (asks, most) = (sandbox.requests(named("bearer")), took.as_millis() as u64 * PACE / 60_000 + 1);
    assert!(asks <= most * ACCOUNTS.len() as u64, "{asks} asks in {took:?}");
    println!("{payments} payments, {kills} kills, {asks} asks in {took:.1?}: none lost, none decided twice");
}
