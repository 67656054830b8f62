//! `paystatus reconcile`: ledgers in, findings out.

use std::{fs, path::Path};

use paystatus_sandbox::{Provider, Reply, Sandbox};
use serde_json::{Value, json};

use crate::{code, command, configured, named, run, run_with_input, stderr, stdout};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/ledger.csv");

/// Every finding, by its name.
const FINDINGS: [&str; 12] = [
    "match",
    "status_differs",
    "amount_differs",
    "currency_differs",
    "reference_differs",
    "missing_at_provider",
    "refund_not_in_ledger",
    "chargeback_not_in_ledger",
    "still_open",
    "duplicate_in_ledger",
    "paid_twice",
    "unverifiable",
];

/// Three rows that match, and nothing else.
pub(crate) const MATCHING: &str = "account,payment_id,amount,currency,reference\n\
    bearer,pay_001,50.00,USD,order_12345\n\
    akurateco,sandbox-settled,100,USD,order-sandbox-settled\n\
    commitup,sandbox-sale-success,100.50,TRY,order-sandbox-sale-success\n";

/// A folder with a ledger in it, in which commands run.
pub(crate) struct Books(tempfile::TempDir);

impl Books {
    pub(crate) fn new(name: &str, ledger: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), ledger).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// With a sandbox of its own.
    pub(crate) fn reconcile(&self, arguments: &[&str]) -> std::process::Output {
        let arguments = [&["--sandbox", "reconcile"], arguments].concat();
        command(&arguments).current_dir(self.path()).output().unwrap()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// What is in the folder.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// The rows and the summary that a command printed with `--json`.
#[track_caller]
pub(crate) fn lines(output: &std::process::Output) -> (Vec<Value>, Value) {
    let text = stdout(output);
    let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.pop().unwrap_or_else(|| panic!("{}", stderr(output)));
    assert!(last["summary"].is_object(), "{last}");
    (lines, last["summary"].clone())
}

pub(crate) fn findings(rows: &[Value]) -> Vec<(u64, &str)> {
    rows.iter().map(|row| (row["row"].as_u64().unwrap(), row["finding"].as_str().unwrap())).collect()
}

#[test]
fn the_example_shows_every_finding() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal").to_str().unwrap().to_owned();
    let output = run(&["--sandbox", "--json", "reconcile", EXAMPLE, "--journal", &journal]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    let (rows, summary) = lines(&output);
    assert_eq!(
        findings(&rows),
        [
            (2, "match"),
            (3, "match"),
            (4, "match"),
            (5, "match"),
            (6, "match"),
            (7, "match"),
            (8, "status_differs"),
            (9, "amount_differs"),
            (10, "currency_differs"),
            (11, "reference_differs"),
            (12, "missing_at_provider"),
            (13, "refund_not_in_ledger"),
            (14, "chargeback_not_in_ledger"),
            (15, "still_open"),
            (16, "duplicate_in_ledger"),
            (17, "paid_twice"),
            (18, "unverifiable"),
            (19, "unverifiable"),
            (20, "unverifiable"),
        ]
    );
    for finding in FINDINGS {
        assert!(rows.iter().any(|row| row["finding"] == finding), "{finding}");
    }
    assert_eq!((&rows[7]["difference"], &rows[7]["value_at_risk"]), (&json!("-0.01"), &json!("0.01")));
    assert_eq!((&rows[14]["other_row"], &rows[15]["other_row"]), (&json!(2), &json!(4)));
    let why: Vec<_> = rows[16..].iter().map(|row| row["why"].as_str().unwrap()).collect();
    assert_eq!(why, ["amount_not_reported", "unknown_status", "unknown_account"]);
    assert_eq!(
        (&summary["outcome"], &summary["rows"], &summary["bad_rows"]),
        (&json!("differences"), &json!(19), &json!(0))
    );
    let at_risk = summary["value_at_risk"].as_array().unwrap();
    assert!(at_risk.contains(&json!({ "currency": "QAR", "amount": "0.01" })), "{at_risk:?}");
    assert!(stderr(&output).contains("there is no account \"bank-transfer\""), "{}", stderr(&output));

    let output = run(&["--sandbox", "reconcile", EXAMPLE, "--journal", &journal]);
    let text = stdout(&output);
    assert_eq!(code(&output), 1);
    for finding in FINDINGS {
        assert!(text.contains(&finding.replace('_', " ")), "{finding}: {text}");
    }
    assert!(text.contains("of all rows, 6 agree, 9 differ and 4 are undecided"), "{text}");
    assert!(!Path::new(&journal).exists());

    let books = Books::new("ledger.csv", &fs::read_to_string(EXAMPLE).unwrap());
    assert_eq!(code(&books.reconcile(&["ledger.csv"])), 1);
    assert_eq!(books.files(), ["ledger.csv"], "a sandbox that is gone is not asked again");
}

#[test]
fn a_ledger_is_csv_or_json_lines_from_a_file_or_standard_input() {
    let as_lines = concat!(
        r#"{"account":"bearer","payment_id":"pay_001","amount":50.00,"currency":"USD"}"#,
        "\n",
        r#"{"account":"upitranzact","order_id":"sandbox-success","amount":"100","currency":"INR"}"#,
    );
    for (name, ledger, flags) in [
        ("ledger.csv", MATCHING, &[][..]),
        ("ledger.jsonl", as_lines, &[]),
        ("ledger.dat", MATCHING, &["--format", "csv"]),
        ("ledger.dat", as_lines, &["--format", "jsonl"]),
    ] {
        let books = Books::new(name, ledger);
        let output = books.reconcile(&[&[name], flags].concat());
        assert_eq!(code(&output), 0, "{name} {flags:?}: {}{}", stdout(&output), stderr(&output));
        assert!(stdout(&output).contains(" agree with the providers."));
        assert_eq!(books.files(), [name], "the journal is gone");
    }
    for (ledger, format) in [(MATCHING, "csv"), (as_lines, "jsonl")] {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal").to_str().unwrap().to_owned();
        let arguments = ["--sandbox", "--json", "reconcile", "-", "--format", format, "--journal", &journal];
        let output = run_with_input(&arguments, ledger.as_bytes());
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        assert!(lines(&output).0.iter().all(|row| row["finding"] == "match"));
    }
}

#[test]
fn a_ledger_may_be_in_words_of_its_own() {
    let ledger = "Kennung;Summe;Zustand;Beleg\npay_001;5000;Bezahlt;intern-1\nsandbox-failed;5000;offen?;2\n";
    let books = Books::new("ledger.csv", ledger);
    let flags = [
        "ledger.csv",
        "--map",
        "payment_id=Kennung",
        "--map",
        "amount=Summe",
        "--map",
        "status=Zustand",
        "--map",
        "reference=",
        "--map-status",
        "bezahlt=paid",
        "--map-status",
        "offen?=failed",
        "--minor-units",
        "--account",
        "bearer",
        "--currency",
        "USD",
    ];
    let output = books.reconcile(&flags);
    assert_eq!(code(&output), 0, "{}{}", stdout(&output), stderr(&output));
    let with_reference = flags.map(|flag| if flag == "reference=" { "reference=Beleg" } else { flag });
    let output = books.reconcile(&with_reference);
    assert_eq!(code(&output), 1);
    assert!(stdout(&output).contains("reference differs"), "{}", stdout(&output));
}

#[test]
fn a_bad_row_is_named_and_the_rest_goes_on() {
    let ledger = format!("{MATCHING}bearer,pay_001,3;50,USD,\nbearer,sandbox-failed,50.00,USD,\n");
    let books = Books::new("ledger.csv", &ledger);
    let output = books.reconcile(&["ledger.csv"]);
    assert_eq!(code(&output), 2);
    let text = stdout(&output);
    assert!(text.contains("1 row of the ledger can't be read:\n  line 5: `amount` is \"3;50\""), "{text}");
    assert!(text.contains("3 agree, 1 differs and 0 are undecided"), "{text}");
    let output = books.reconcile(&["--json", "ledger.csv"]);
    let (rows, summary) = lines(&output);
    assert_eq!((code(&output), rows.len()), (2, 4));
    assert_eq!((&summary["outcome"], &summary["bad_rows"]), (&json!("unreadable"), &json!(1)));
    assert_eq!(summary["first_bad_rows"][0]["row"], 5);
}

#[test]
fn strict_asks_nothing_if_a_row_is_bad() {
    let sandbox = Sandbox::start_blocking(0).unwrap();
    let books =
        Books::new("ledger.csv", &format!("{MATCHING}bearer,,1,USD,\n{}", "bearer,,1,USD,\n".repeat(3)));
    let config = configured(books.path(), &sandbox, "[accounts.bearer]", "[accounts.bearer]");
    let output = command(&["--config", &config, "reconcile", "ledger.csv", "--strict"])
        .current_dir(books.path())
        .output()
        .unwrap();
    assert_eq!((code(&output), stdout(&output)), (2, String::new()));
    let said = stderr(&output);
    assert!(said.contains("4 rows of the ledger can't be read, and nothing was asked: line 5: "), "{said}");
    assert!(said.contains("; line 7: ") && said.ends_with("; …\n"), "{said}");
    assert!(Provider::ALL.iter().all(|&provider| sandbox.requests(provider) == 0));
    assert_eq!(books.files(), ["ledger.csv", "paystatus.toml"]);
    let books = Books::new("ledger.csv", MATCHING);
    assert_eq!(code(&books.reconcile(&["ledger.csv", "--strict"])), 0);
}

#[test]
fn the_code_tells_what_it_comes_to() {
    for (row, expected) in [
        ("bearer,pay_001,paid", 0),
        ("bearer,sandbox-failed,declined", 0),
        ("bearer,sandbox-failed,paid", 1),
        ("bearer,no-such-payment,paid", 1),
        ("bearer,sandbox-pending,paid", 3),
        // A final failure of one provider is a match; what another one may still change is not.
        ("resmic,sandbox-failed,failed", 3),
        ("akurateco,sandbox-chargeback,charged_back", 3),
        ("resmic,sandbox-failed,paid", 1),
        ("commitup,sandbox-untyped-success,paid", 3),
        ("no-such-account,x,paid", 3),
        ("bearer,sandbox-failed,who knows", 2),
    ] {
        let ledger = format!("account,payment_id,status\nbearer,sandbox-succeeded,\n{row}\n");
        let output = Books::new("ledger.csv", &ledger).reconcile(&["ledger.csv"]);
        assert_eq!(code(&output), expected, "{row}: {}{}", stdout(&output), stderr(&output));
    }
    let output = Books::new("ledger.csv", "account,payment_id\n").reconcile(&["ledger.csv"]);
    assert_eq!(code(&output), 2);
    assert!(stdout(&output).contains("nothing to compare"));
    let output = Books::new("ledger.csv", "account,payment_id\n").reconcile(&["--json", "ledger.csv"]);
    assert_eq!((code(&output), &lines(&output).1["outcome"]), (2, &json!("match")));
    assert_eq!(stderr(&output), "the ledger has no rows: there was nothing to compare\n");
}

#[test]
fn a_payment_that_is_not_found_is_not_said_to_be_unpaid() {
    // Unknown, unpaid and on its way are one answer of this provider.
    let books = Books::new("ledger.csv", "account,order_id\nupitranzact,sandbox-u4\n");
    let output = books.reconcile(&["--json", "ledger.csv"]);
    let (rows, _) = lines(&output);
    assert_eq!((code(&output), &rows[0]["finding"]), (1, &json!("missing_at_provider")));
    let action = rows[0]["action"].as_str().unwrap();
    assert!(!action.contains("never paid") && action.contains("cancel nothing because of it"), "{action}");
}

#[test]
fn usage_errors_name_the_remedy_and_leave_every_file_as_it_was() {
    let books = Books::new("ledger.csv", MATCHING);
    fs::write(books.path().join("ledger.xls"), "x").unwrap();
    for (arguments, telling) in [
        (vec!["nowhere.csv"], "nowhere.csv"),
        (vec!["ledger.xls"], "--format csv or --format jsonl"),
        (vec!["-"], "--format csv or --format jsonl"),
        (vec!["ledger.csv", "--out", "ledger.csv"], "--out and the ledger are one file"),
        (vec!["ledger.csv", "--report", "./ledger.csv"], "--report and the ledger are one file"),
        (vec!["ledger.csv", "--journal", "ledger.csv"], "the journal and the ledger are one file"),
        (vec!["ledger.csv", "--out", "x.csv", "--report", "./x.csv"], "--report and --out are one file"),
        (vec!["ledger.csv", "--out", "x.csv", "--journal", "x.csv"], "--out and the journal are one file"),
        (vec!["ledger.csv", "--out", "x.tsv"], ".csv, or .jsonl"),
        (vec!["ledger.csv", "--out", "nowhere/x.csv"], "nowhere/x.csv can't be written"),
        (vec!["ledger.csv", "--journal", "nowhere/x"], "; name another with --journal"),
        (vec!["ledger.csv", "--report", "."], "no ordinary file"),
        (vec!["ledger.csv", "--map", "amount"], "amount=Total"),
        (vec!["ledger.csv", "--map", "amuont=Total"], "a ledger has no column `amuont`"),
        (vec!["ledger.csv", "--map", "amount=Total"], "\"Total\""),
        (vec!["ledger.csv", "--map-status", "bezahlt=gut"], "bezahlt=paid"),
        (vec!["ledger.csv", "--currency", "$"], "letters"),
        (vec!["ledger.csv", "--journal", "ledger.xls"], "ledger.xls"),
    ] {
        let output = books.reconcile(&arguments);
        assert_eq!((code(&output), stdout(&output)), (2, String::new()), "{arguments:?}");
        let said = stderr(&output);
        assert!(said.contains(telling) && !said.contains(".paystatus-"), "{arguments:?}: {said}");
        let output = books.reconcile(&[&["--json"], arguments.as_slice()].concat());
        let line: Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!((code(&output), &line["error"]["kind"]), (2, &json!("config")), "{arguments:?}");
        assert_eq!(books.files(), ["ledger.csv", "ledger.xls"], "{arguments:?}");
        assert_eq!((books.read("ledger.csv").as_str(), books.read("ledger.xls").as_str()), (MATCHING, "x"));
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_ordinary_file_is_neither_waited_for_nor_written() {
    let books = Books::new("ledger.csv", MATCHING);
    let pipe = books.path().join("pipe.csv");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for (arguments, telling) in [
        (
            &["ledger.csv", "--journal", "pipe.csv"][..],
            "it is no ordinary file; name another with --journal\n",
        ),
        (
            &["ledger.csv", "--resume", "--journal", "pipe.csv"],
            "it is no ordinary file; name another with --journal\n",
        ),
        (&["ledger.csv", "--out", "pipe.csv"], "pipe.csv can't be written: it is no ordinary file\n"),
        (&["ledger.csv", "--report", "pipe.csv"], "pipe.csv can't be written: it is no ordinary file\n"),
        (&["/dev/zero", "--format", "csv", "--journal", "journal"], "line 1: it is longer than 1 MiB\n"),
    ] {
        let output = books.reconcile(arguments);
        assert_eq!((code(&output), stdout(&output)), (2, String::new()), "{arguments:?}");
        assert!(stderr(&output).ends_with(telling), "{arguments:?}: {}", stderr(&output));
        assert_eq!(books.files(), ["ledger.csv", "pipe.csv"], "{arguments:?}");
    }
    // A ledger may well come through a pipe, and is read as it comes.
    let writer = std::thread::spawn(move || fs::write(pipe, MATCHING).unwrap());
    let output = books.reconcile(&["pipe.csv"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    writer.join().unwrap();
}

#[test]
fn a_ledger_that_ends_in_a_row_without_end_leaves_nothing_behind() {
    let ledger = format!("{MATCHING}bearer,{}", "x".repeat(2 << 20));
    let books = Books::new("ledger.csv", &ledger);
    let output = books.reconcile(&["ledger.csv"]);
    assert_eq!((code(&output), stdout(&output)), (2, String::new()));
    assert!(stderr(&output).contains("it is longer than 1 MiB"), "{}", stderr(&output));
    assert_eq!(books.files(), ["ledger.csv"]);
}

#[cfg(unix)]
#[test]
fn a_ledger_on_standard_input_is_not_written_over() {
    let books = Books::new("ledger.csv", MATCHING);
    let ledger = fs::File::open(books.path().join("ledger.csv")).unwrap();
    let output = command(&["--sandbox", "reconcile", "-", "--format", "csv", "--out", "ledger.csv"])
        .current_dir(books.path())
        .stdin(ledger)
        .output()
        .unwrap();
    if cfg!(target_os = "linux") {
        assert_eq!(code(&output), 2, "{}", stdout(&output));
        assert_eq!(books.read("ledger.csv"), MATCHING);
    }
}

#[test]
fn findings_go_to_files_with_every_value_made_harmless() {
    let ledger = "account,payment_id,reference\nbearer,pay_001,\"=HYPERLINK(\"\"x\"\")\"\n<blink>,@x,-1\n";
    let books = Books::new("ledger.csv", ledger);
    fs::write(books.path().join("out.csv"), "old").unwrap();
    let output = books.reconcile(&["--json", "ledger.csv", "--out", "out.csv", "--report", "report.html"]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert_eq!(stdout(&output).lines().count(), 1, "the rows are in the file");
    let csv = books.read("out.csv");
    assert_eq!(csv.lines().count(), 3, "{csv}");
    assert!(csv.starts_with("row,account,") && csv.contains("\"'=HYPERLINK(\"\"x\"\")\""), "{csv}");
    assert!(csv.contains("\n3,<blink>,,'@x,") && csv.contains(",'-1,"), "{csv}");
    let page = books.read("report.html");
    assert!(page.contains("&lt;blink&gt;") && !page.contains("<blink>"));
    assert_eq!(books.files(), ["ledger.csv", "out.csv", "report.html"]);

    let output = books.reconcile(&["ledger.csv", "--out", "out.jsonl"]);
    assert_eq!(code(&output), 1);
    let rows: Vec<Value> =
        books.read("out.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(findings(&rows), [(2, "reference_differs"), (3, "unverifiable")]);
    assert_eq!(rows[0]["ledger"]["reference"], "=HYPERLINK(\"x\")");
}

#[test]
fn what_turns_letters_around_is_visible_in_csv_and_exact_in_json_lines() {
    let ledger = json!({ "account": "nowhere", "payment_id": "a\u{202e}b\u{7}c\nd" }).to_string();
    let books = Books::new("ledger.jsonl", &ledger);
    let output = books.reconcile(&["ledger.jsonl", "--out", "out.csv"]);
    assert_eq!(code(&output), 3, "{}", stderr(&output));
    assert!(books.read("out.csv").contains("\n1,nowhere,,a\u{fffd}b\u{fffd}c d,payment,"));
    assert_eq!(code(&books.reconcile(&["ledger.jsonl", "--out", "out.jsonl"])), 3);
    let row: Value = serde_json::from_str(&books.read("out.jsonl")).unwrap();
    assert_eq!(row["asked_id"], "a\u{202e}b\u{7}c\nd");
}

#[test]
fn a_page_that_is_too_small_for_every_row_says_where_they_are() {
    let ledger = "account,payment_id\n".to_owned() + &"nowhere,x\n".repeat(5_001);
    let books = Books::new("ledger.csv", &ledger);
    let hint =
        "report.html shows the first 5,000 of 5,001 rows that do not match; --out FILE writes every row\n";
    let output = books.reconcile(&["ledger.csv", "--report", "report.html"]);
    assert!(stderr(&output).ends_with(hint), "{}", stderr(&output));
    assert!(books.read("report.html").contains("<code>--out FILE</code> writes every row"));
    let output = books.reconcile(&["ledger.csv", "--report", "report.html", "--out", "out.csv"]);
    assert!(!stderr(&output).contains("report.html"), "{}", stderr(&output));
}

#[test]
fn bad_rows_are_named_a_few_for_people_and_many_for_programs() {
    let ledger = "account,payment_id,amount,currency\n".to_owned() + &"bearer,x,much,USD\n".repeat(1_200);
    let books = Books::new("ledger.csv", &ledger);
    let (_, summary) = lines(&books.reconcile(&["--json", "ledger.csv"]));
    let named = summary["first_bad_rows"].as_array().unwrap();
    assert_eq!(
        (&summary["bad_rows"], named.len(), &named[999]["row"]),
        (&json!(1_200), 1_000, &json!(1_001))
    );
    let text = stdout(&books.reconcile(&["ledger.csv"]));
    assert_eq!(text.matches("\n  line ").count(), 10, "{text}");
    assert!(text.contains("\n  … and 1,190 more: --json names the first 1,000\n"), "{text}");
    let ledger = "account,payment_id,amount,currency\n".to_owned() + &"bearer,x,much,USD\n".repeat(12);
    let text = stdout(&Books::new("ledger.csv", &ledger).reconcile(&["ledger.csv"]));
    assert!(text.contains("\n  … and 2 more: --json names all\n"), "{text}");
}

#[test]
fn a_journal_that_cannot_be_beside_the_ledger_may_be_elsewhere() {
    let books = Books::new("ledger.csv", MATCHING);
    fs::create_dir(books.path().join("ledger.csv.sandbox.journal")).unwrap();
    let output = books.reconcile(&["ledger.csv"]);
    assert_eq!(code(&output), 2);
    let said = stderr(&output);
    assert!(said.contains("the journal ledger.csv.sandbox.journal: can't be written: "), "{said}");
    assert!(said.ends_with("; name another with --journal\n"), "{said}");
    assert_eq!(code(&books.reconcile(&["ledger.csv", "--journal", "elsewhere"])), 0);
    if cfg!(target_os = "linux") {
        // As a shell's `<(…)` names it.
        let arguments = ["--sandbox", "reconcile", "/dev/fd/0", "--format", "csv"];
        let output = run_with_input(&arguments, MATCHING.as_bytes());
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).ends_with("; name another with --journal\n"), "{}", stderr(&output));
    }
}

#[test]
fn only_the_ledgers_accounts_are_opened_and_one_that_cannot_be_ends_it() {
    let sandbox = Sandbox::start_blocking(0).unwrap();
    let books = Books::new("ledger.csv", MATCHING);
    let token = "access_token = \"your_access_token\"";
    let config = configured(books.path(), &sandbox, token, "access_token = { env = \"PAYSTATUS_NOT_SET\" }");
    let reconcile = |ledger| {
        command(&["--config", &config, "reconcile", ledger]).current_dir(books.path()).output().unwrap()
    };
    let output = reconcile("ledger.csv");
    assert_eq!((code(&output), stdout(&output)), (2, String::new()));
    assert!(stderr(&output).contains("`PAYSTATUS_NOT_SET`"), "{}", stderr(&output));
    assert!(Provider::ALL.iter().all(|&provider| sandbox.requests(provider) == 0));
    fs::write(books.path().join("other.csv"), "account,payment_id\nakurateco,sandbox-settled\n").unwrap();
    assert_eq!(code(&reconcile("other.csv")), 0);
    fs::write(books.path().join("typo.csv"), "account,payment_id\nakurateko,sandbox-settled\n").unwrap();
    let output = reconcile("typo.csv");
    assert_eq!(code(&output), 3);
    assert!(stderr(&output).contains("did you mean `akurateco`?"), "{}", stderr(&output));
    let files = ["ledger.csv", "other.csv", "paystatus.toml", "typo.csv", "typo.csv.journal"];
    assert_eq!(books.files(), files, "the typo may be corrected");
}

#[test]
fn a_provider_that_does_not_answer_is_no_difference() {
    let sandbox = Sandbox::start_blocking(0).unwrap();
    sandbox.set_provider_reply(named("bearer"), Reply::new(401)).unwrap();
    let mut ledger = "account,payment_id\nakurateco,sandbox-settled\n".to_owned();
    for row in 0..40 {
        ledger += &format!("bearer,pay_{row}\n");
    }
    let books = Books::new("ledger.csv", &ledger);
    let config = configured(books.path(), &sandbox, "[accounts.bearer]", "[accounts.bearer]");
    let output = command(&["--config", &config, "--json", "reconcile", "ledger.csv"])
        .current_dir(books.path())
        .output()
        .unwrap();
    let (rows, summary) = lines(&output);
    assert_eq!((code(&output), &summary["outcome"]), (3, &json!("undecided")));
    assert!(
        rows[1..]
            .iter()
            .all(|row| row["finding"] == "unverifiable" && row["error"]["kind"] == "unauthorized")
    );
    assert!(sandbox.requests(named("bearer")) < 20, "an account that is refused is not asked 40 times");
}

#[test]
fn an_order_that_was_paid_before_its_last_attempt_failed_is_no_failed_order() {
    let books = Books::new("ledger.csv", "account,order_id,status\nakurateco,order-1234,failed\n");
    let output = books.reconcile(&["--json", "ledger.csv"]);
    let (rows, _) = lines(&output);
    assert_eq!((code(&output), rows[0]["finding"].as_str()), (1, Some("status_differs")), "{rows:?}");
}
