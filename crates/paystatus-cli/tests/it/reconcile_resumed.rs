//! `paystatus reconcile --resume`, and the journal that it goes on with.

use std::fs;

use paystatus_reconcile::{Columns, Format, Ledger, Reconciliation};
use paystatus_sandbox::{Provider, Reply, Sandbox};
use serde_json::{Value, json};

use crate::{
    code, command, configured, named,
    reconcile::{Books, MATCHING, findings, lines},
    stderr,
};

fn ledger(text: &'static str) -> Ledger<&'static [u8]> {
    Ledger::read(text.as_bytes(), Format::Csv, &Columns::default()).unwrap()
}

#[test]
fn a_journal_that_was_left_over_is_said_to_be() {
    let books = Books::new("ledger.csv", MATCHING);
    let output = books.reconcile(&["ledger.csv", "--resume"]);
    assert_eq!(code(&output), 0);
    assert!(
        stderr(&output).contains("there is no journal ledger.csv.sandbox.journal to go on with"),
        "{}",
        stderr(&output)
    );
    let journal = books.path().join("ledger.csv.sandbox.journal");
    drop(Reconciliation::begin(&journal, ledger(MATCHING)).unwrap());
    let output = books.reconcile(&["ledger.csv"]);
    assert_eq!(code(&output), 0);
    assert!(stderr(&output).contains("--resume would have continued it"), "{}", stderr(&output));
    drop(Reconciliation::begin(&journal, ledger("account,payment_id\nx,y\n")).unwrap());
    let output = books.reconcile(&["ledger.csv", "--resume"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("the ledger is not the one"), "{}", stderr(&output));
    assert!(journal.exists(), "somebody else's run is not thrown away");
}

#[test]
fn a_sandbox_does_not_go_on_with_the_run_of_real_accounts() {
    let books = Books::new("ledger.csv", MATCHING);
    for (arguments, real, own) in [
        (&["ledger.csv", "--resume"][..], "ledger.csv.journal", "ledger.csv.sandbox.journal"),
        (
            &["-", "--format", "csv", "--resume"],
            "paystatus-reconcile.journal",
            "paystatus-reconcile.sandbox.journal",
        ),
    ] {
        let journal = books.path().join(real);
        drop(Reconciliation::begin(&journal, ledger(MATCHING)).unwrap());
        let output = command(&[&["--sandbox", "reconcile"], arguments].concat())
            .current_dir(books.path())
            .stdin(fs::File::open(books.path().join("ledger.csv")).unwrap())
            .output()
            .unwrap();
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        let said = format!("there is no journal {own} to go on with");
        assert!(stderr(&output).contains(&said), "{}", stderr(&output));
        assert!(journal.exists());
        fs::remove_file(journal).unwrap();
        assert_eq!(books.files(), ["ledger.csv"]);
    }
}

#[test]
fn answers_of_another_server_are_not_taken_over() {
    let (staging, live) = (Sandbox::start_blocking(0).unwrap(), Sandbox::start_blocking(0).unwrap());
    let books = Books::new("ledger.csv", MATCHING);
    let reconcile = |server: &[&str]| {
        let arguments = [server, &["reconcile", "ledger.csv", "--resume", "--journal", "journal"]].concat();
        command(&arguments).current_dir(books.path()).output().unwrap()
    };
    // One account can't be asked, so that the journal stays.
    staging.set_provider_reply(named("commitup"), Reply::new(401)).unwrap();
    let config = configured(books.path(), &staging, "[accounts.bearer]", "[accounts.bearer]");
    assert_eq!(code(&reconcile(&["--config", &config])), 3);

    let config = configured(books.path(), &live, "[accounts.bearer]", "[accounts.bearer]");
    for (server, now) in [
        (&["--config", config.as_str()][..], live.base_url(named("akurateco"))),
        (&["--sandbox"], "the sandbox of --sandbox".to_owned()),
    ] {
        let output = reconcile(server);
        assert_eq!(code(&output), 2);
        let said = stderr(&output);
        let told = format!(
            "asked akurateco at {} about account `akurateco`, which is akurateco at {now} now: ",
            staging.base_url(named("akurateco"))
        );
        assert!(said.contains(&told), "{said}");
        assert!(Provider::ALL.iter().all(|&provider| live.requests(provider) == 0));
        assert!(books.path().join("journal").exists());
    }
}

#[test]
fn rows_that_could_not_be_asked_about_are_asked_about_alone_later() {
    let sandbox = Sandbox::start_blocking(0).unwrap();
    let books = Books::new("ledger.csv", MATCHING);
    let reconcile = |config: &str, arguments: &[&str]| {
        let arguments = [&["--config", config, "--json", "reconcile", "ledger.csv"], arguments].concat();
        command(&arguments).current_dir(books.path()).output().unwrap()
    };
    let requests = || Provider::ALL.iter().map(|&provider| sandbox.requests(provider)).sum::<u64>();
    let rows = || {
        let text = books.read("out.jsonl");
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>()
    };
    let out = ["--out", "out.jsonl"];

    let config = configured(books.path(), &sandbox, "[accounts.akurateco]", "[accounts.later]");
    sandbox.set_provider_reply(named("commitup"), Reply::new(401)).unwrap();
    let output = reconcile(&config, &out);
    assert_eq!(code(&output), 3, "{}", stderr(&output));
    assert_eq!(lines(&output).1["to_ask_again"], 2);
    assert_eq!(findings(&rows()), [(2, "match"), (3, "unverifiable"), (4, "unverifiable")]);
    assert_eq!(requests(), 2);
    let said = stderr(&output);
    let kept = "2 rows could not be asked about; what was learned is kept in ledger.csv.journal: ";
    assert!(said.contains(kept) && said.ends_with(" --resume asks only about them\n"), "{said}");

    sandbox.clear_provider_reply(named("commitup")).unwrap();
    let config = configured(books.path(), &sandbox, "[accounts.akurateco]", "[accounts.akurateco]");
    let before = requests();
    let output = reconcile(&config, &[&out[..], &["--resume"]].concat());
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!((requests() - before, &lines(&output).1["to_ask_again"]), (2, &json!(0)));
    assert_eq!(findings(&rows()), [(2, "match"), (3, "match"), (4, "match")]);
    assert_eq!(books.files(), ["ledger.csv", "out.jsonl", "paystatus.toml"]);
}

#[test]
fn no_credential_and_no_personal_datum_is_in_anything_that_is_written() {
    let sandbox = Sandbox::start_blocking(0).unwrap();
    let mut text =
        "account,payment_id\nnowhere,pay_001\nakurateco,24f7401c-fc47-11ec-8d07-0242ac120015\n".to_owned();
    for (account, id) in crate::paid() {
        text += &format!("{account},{id}\n{account},no-such-payment\n");
    }
    let books = Books::new("ledger.csv", &text);
    let config = configured(books.path(), &sandbox, "[accounts.bearer]", "[accounts.bearer]");
    let mut said = Vec::new();
    for (fault, out) in [(None, "out.csv"), (Some(401), "out.jsonl")] {
        for &provider in fault.iter().flat_map(|_| Provider::ALL) {
            sandbox.set_provider_reply(provider, Reply::new(401)).unwrap();
        }
        for form in [&["--config", &config][..], &["--config", &config, "--json"]] {
            let arguments = ["reconcile", "ledger.csv", "--out", out, "--report", "report.html"];
            let output = command(&[form, &arguments].concat()).current_dir(books.path()).output().unwrap();
            assert!([1, 3].contains(&code(&output)), "{}", stderr(&output));
            said.extend([output.stdout, output.stderr]);
        }
    }
    fs::remove_file(&config).unwrap();
    let files = books.files();
    // What could not be asked keeps the journal.
    assert_eq!(files, ["ledger.csv", "ledger.csv.journal", "out.csv", "out.jsonl", "report.html"]);
    said.extend(files.iter().map(|file| fs::read(books.path().join(file)).unwrap()));
    let settings = Provider::ALL.iter().flat_map(|provider| provider.settings());
    // A short one may be a part of any word.
    let credentials = settings.map(|(_, value)| *value).filter(|value| value.len() >= 8);
    let secrets: Vec<_> = credentials.chain(["success@gmail.com"]).collect();
    for text in said.iter().map(|bytes| String::from_utf8_lossy(bytes)) {
        for secret in &secrets {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
}
