//! `paystatus reconcile`, ended in the middle: by a kill, by an interruption, by an impatient person.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use paystatus_reconcile::{Columns, Format, Ledger, Reconciliation};
use paystatus_sandbox::{Fault, NewPayment, Provider, Sandbox};
use serde_json::Value;

use crate::{code, command, configured, named, stderr, stdout};

const ASKED: [Provider; 2] = [Provider::ALL[0], Provider::ALL[1]];

/// How many rows each account has.
const ROWS: usize = 160;

/// A ledger over two accounts of a sandbox that takes its time.
struct Slow {
    sandbox: Sandbox,
    folder: tempfile::TempDir,
    config: String,
}

impl Slow {
    fn new(fault: Fault) -> Self {
        let sandbox = Sandbox::start_blocking(0).unwrap();
        let mut ledger = "account,payment_id,amount,currency\n".to_owned();
        for row in 0..ROWS {
            for provider in ASKED {
                let (id, is_missing) = (format!("pay-{row}"), row % 10 == 7);
                if !is_missing {
                    sandbox.create(NewPayment::new(provider, &*id, provider.paid_state())).unwrap();
                }
                let amount = if provider == named("bearer") { "50.00" } else { "99.00" };
                ledger += &format!("{},{id},{amount},USD\n", provider.name());
            }
        }
        for provider in ASKED {
            sandbox.inject(provider, None, fault.clone()).unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ledger.csv"), ledger).unwrap();
        let config = configured(folder.path(), &sandbox, "[accounts.bearer]", "[accounts.bearer]");
        Self { sandbox, folder, config }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let arguments = [&["--config", &self.config, "reconcile", "ledger.csv"], arguments].concat();
        let mut command = command(&arguments);
        command.current_dir(self.folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn requests(&self) -> u64 {
        ASKED.iter().map(|&provider| self.sandbox.requests(provider)).sum()
    }

    /// Waits until so many requests were sent.
    fn sent(&self, requests: u64) {
        let begun = Instant::now();
        while self.requests() < requests {
            assert!(begun.elapsed() < Duration::from_secs(120), "{} of {requests}", self.requests());
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// How many requests were sent, once those of a process that is gone have all come in.
    fn settled(&self) -> u64 {
        loop {
            let before = self.requests();
            std::thread::sleep(Duration::from_millis(600));
            if self.requests() == before {
                return before;
            }
        }
    }

    /// How many rows the journal says are finished.
    fn finished(&self) -> u64 {
        let ledger = fs::File::open(self.path("ledger.csv")).unwrap();
        let ledger = Ledger::read(ledger, Format::Csv, &Columns::default()).unwrap();
        Reconciliation::resume(&self.path("ledger.csv.journal"), ledger).unwrap().finished()
    }
}

/// Every row of a file of findings, but for when it was asked.
fn rows(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().map(|line| {
        let mut row: Value = serde_json::from_str(line).unwrap();
        assert!(row["asked_at"].take().is_string());
        row
    });
    rows.collect()
}

fn interrupt(child: &Child) {
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
}

#[test]
fn a_run_that_is_killed_again_and_again_loses_and_repeats_nothing() {
    let slow = Slow::new(Fault::delay(Duration::from_millis(50)));
    let all = (ROWS * ASKED.len()) as u64;
    let output = slow.command(&["--out", "whole.jsonl", "--journal", "whole.journal"]).output().unwrap();
    assert_eq!((code(&output), slow.requests()), (1, all), "{}", stderr(&output));
    let whole = rows(&slow.path("whole.jsonl"));
    assert_eq!(whole.len() as u64, all);

    let mut finished = 0;
    for (kill, resume, after) in [(1, &[][..], 1), (2, &["--resume"], 60), (3, &["--resume"], 110)] {
        let before = slow.settled();
        let mut child = slow.command(&[&["--out", "out.jsonl"], resume].concat()).spawn().unwrap();
        slow.sent(before + after);
        child.kill().unwrap();
        child.wait().unwrap();
        let sent = slow.settled() - before;
        let now = slow.finished();
        // How many of the last answers a kill takes is the machine's business.
        assert!(
            (finished..=finished + sent).contains(&now) && now < all,
            "kill {kill}: {now} after {finished}"
        );
        assert!(!slow.path("out.jsonl").exists(), "kill {kill}: the output is written at the end");
        finished = now;
    }
    assert!(finished > 0);
    let before = slow.settled();
    let output = slow.command(&["--out", "out.jsonl", "--resume"]).output().unwrap();
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert_eq!(slow.requests() - before, all - finished, "a finished row is not asked about again");
    assert_eq!(rows(&slow.path("out.jsonl")), whole);
    assert!(!slow.path("ledger.csv.journal").exists());
}

#[test]
fn an_interruption_finishes_what_is_on_its_way_and_says_how_to_go_on() {
    let slow = Slow::new(Fault::delay(Duration::from_millis(30)));
    fs::write(slow.path("out.csv"), "old").unwrap();
    let child = slow.command(&["--json", "--out", "out.csv", "--map", "reference="]).spawn().unwrap();
    slow.sent(50);
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    let (sent, all) = (slow.requests(), (ROWS * ASKED.len()) as u64);
    let line: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let summary = serde_json::json!({ "outcome": "interrupted", "rows": all, "finished": sent });
    assert_eq!(line["summary"], summary, "what was on its way is finished");
    let said = stderr(&output);
    assert!(said.contains(&format!("interrupted: {sent} of {all} rows are finished")), "{said}");
    assert!(said.contains("to continue: ") && said.ends_with(" --resume\n"), "{said}");
    assert_eq!(fs::read_to_string(slow.path("out.csv")).unwrap(), "old");

    let output = slow.command(&["--out", "out.csv", "--map", "reference=", "--resume"]).output().unwrap();
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert_eq!(slow.requests(), all, "every row was asked about once");
    assert_eq!(fs::read_to_string(slow.path("out.csv")).unwrap().lines().count() as u64, all + 1);
}

#[test]
fn a_second_interruption_ends_it_at_once() {
    let slow = Slow::new(Fault::hang());
    let mut child = slow.command(&[]).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    slow.sent(1);
    let second = slow.command(&["--resume"]).output().unwrap();
    assert_eq!(code(&second), 2);
    assert!(
        stderr(&second).contains("another reconciliation of this ledger is running"),
        "{}",
        stderr(&second)
    );
    interrupt(&child);
    assert!(said.next().unwrap().unwrap().starts_with("stopping: "));
    let begun = Instant::now();
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(4));
    assert!(begun.elapsed() < Duration::from_secs(60));
    assert!(said.next().unwrap().unwrap().starts_with("interrupted: 0 of 320 rows are finished"));
    assert!(slow.path("ledger.csv.journal").exists());
}

#[test]
fn a_disk_that_is_full_in_the_middle_keeps_what_came_and_says_how_to_go_on() {
    let slow = Slow::new(Fault::delay(Duration::from_millis(5)));
    let whole = slow.command(&["--json"]);
    // No file may be larger than so many blocks of 512 bytes; who writes on gets an error.
    let with_room_for = |blocks: u32| {
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\""), "sh"])
            .arg(whole.get_program())
            .args(whole.get_args())
            .current_dir(slow.folder.path());
        command.output().unwrap()
    };
    let error_of = |output: &std::process::Output| {
        let line: Value = serde_json::from_str(&stdout(output)).unwrap();
        assert_eq!(
            (code(output), &line["error"]["kind"]),
            (4, &Value::from("storage")),
            "{}",
            stderr(output)
        );
        line["error"]["message"].as_str().unwrap().to_owned()
    };
    let output = with_room_for(8);
    assert!(error_of(&output).starts_with("the journal ledger.csv.journal: can't be "));
    assert_eq!((stderr(&output).as_str(), slow.requests()), ("no provider was asked\n", 0));
    assert!(!slow.path("ledger.csv.journal").exists());
    // Enough for the ledger, and not for the answers.
    let output = (1..).map(|times| with_room_for(100 * times)).find(|_| slow.requests() > 0).unwrap();
    let message = error_of(&output);
    assert!(message.starts_with("the journal ledger.csv.journal: can't be "), "{message}");
    let said = stderr(&output);
    assert!(said.contains("what was learned is kept in ledger.csv.journal\nto continue: "), "{said}");
    assert!(said.ends_with(" --resume\n"), "{said}");
    let (before, finished) = (slow.settled(), slow.finished());
    assert!(finished < before, "{finished} of {before}");
    let output = slow.command(&["--resume"]).output().unwrap();
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert_eq!(slow.requests() - before, (ROWS * ASKED.len()) as u64 - finished);
}
