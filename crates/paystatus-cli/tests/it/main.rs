//! The command as its users run it: what it prints and with which code it ends.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod bulk;
mod callbacks;
mod every_provider;
mod judge;
mod reconcile;
#[cfg(unix)]
mod reconcile_interrupted;
mod reconcile_resumed;
mod watch;
#[cfg(unix)]
mod watch_chaos;

use std::{
    path::Path,
    process::{Command, Output},
};

use paystatus_sandbox::{Fault, Provider, Sandbox, seeded_id};
use serde_json::Value;

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paystatus"));
    command.args(arguments).env_remove("PAYSTATUS_CONFIG").env("XDG_CONFIG_HOME", "/nonexistent");
    command
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The one JSON line that a command printed, and nothing else.
#[track_caller]
fn line(output: &Output) -> Value {
    let text = stdout(output);
    assert_eq!(text.matches('\n').count(), 1, "{text}{}", stderr(output));
    serde_json::from_str(&text).unwrap()
}

/// A configuration file for a running sandbox, with one account's keys changed.
fn configured(folder: &Path, sandbox: &Sandbox, from: &str, to: &str) -> String {
    let path = folder.join("paystatus.toml");
    let toml = sandbox.accounts_toml();
    assert!(toml.contains(from), "{from}");
    std::fs::write(&path, toml.replace(from, to)).unwrap();
    path.to_str().unwrap().to_owned()
}

fn named(provider: &str) -> Provider {
    Provider::named(provider).unwrap()
}

/// The account of each provider in a sandbox, and the id of a payment there that is paid.
fn paid() -> impl Iterator<Item = (&'static str, String)> {
    let sandbox = Sandbox::start_blocking(0).unwrap();
    // Some crates ask about no id but one in the provider's own form.
    Provider::ALL.iter().map(move |&provider| {
        let payment = sandbox.payment(provider, &seeded_id(provider.paid_state())).unwrap();
        (provider.name(), payment.id().to_owned())
    })
}

#[test]
fn the_code_tells_where_the_payment_stands() {
    for (account, id, expected) in [
        ("resmic", "sandbox-failed", 3),
        ("resmic", "sandbox-initiated", 3),
        ("upitranzact", "sandbox-u5", 3),
        ("upitranzact", "sandbox-fail", 3),
        ("upitranzact", "sandbox-reject", 3),
        ("akurateco", "sandbox-pending", 3),
        ("akurateco", "sandbox-decline", 1),
        ("akurateco", "sandbox-refund", 1),
        ("akurateco", "sandbox-chargeback", 3),
        ("commitup", "sandbox-pre-auth-success", 3),
        ("commitup", "sandbox-refund-rejected", 1),
        ("bearer", "sandbox-pending", 3),
        ("bearer", "sandbox-canceled", 1),
        ("bearer", "no-such-payment", 4),
        ("akurateco", "no-such-payment", 4),
        ("bearer", "..", 4),
    ] {
        for json in [true, false] {
            let flags: &[&str] = if json { &["--sandbox", "--json"] } else { &["--sandbox"] };
            let output = run(&[flags, &["check", account, id]].concat());
            assert_eq!(code(&output), expected, "{account} {id}: {}{}", stdout(&output), stderr(&output));
        }
    }
    let output = run(&["--sandbox", "check", "akurateco", "order-1234", "--order"]);
    assert_eq!(code(&output), 0, "{}", stdout(&output)); // settled, and then another attempt was declined
    let output = run(&["--sandbox", "--json", "check", "--order", "akurateco", "order-sandbox-decline"]);
    assert_eq!((code(&output), line(&output)["finality"].as_str()), (3, Some("provisional")));
    let output = run(&["--sandbox", "--json", "check", "--order", "bearer", "order"]);
    assert_eq!((code(&output), line(&output)["error"]["kind"].as_str()), (4, Some("unsupported")));
}

#[test]
fn an_expectation_decides_between_0_and_5() {
    let id = "24f7401c-fc47-11ec-8d07-0242ac120015";
    let order = "f0a51dfa-fc43-11ec-8128-0242ac120004-1";
    for (expectation, expected, verdict) in [
        (vec!["--expect-amount", "3.01", "--expect-currency", "QAR"], 0, r#"{"as_expected":true}"#),
        (
            vec!["--expect-amount", "3.010", "--expect-currency", "qar", "--expect-reference", order],
            0,
            r#"{"as_expected":true}"#,
        ),
        (vec!["--expect-reference", order], 0, r#"{"as_expected":true}"#),
        (
            vec!["--expect-amount", "3.02", "--expect-currency", "QAR"],
            5,
            r#"{"as_expected":false,"discrepancies":[{"by":"0.01","kind":"underpaid"}]}"#,
        ),
        (
            vec!["--expect-amount", "3.01", "--expect-currency", "USD", "--expect-reference", "x"],
            5,
            r#"{"as_expected":false,"discrepancies":[{"expected":"USD","kind":"wrong_currency","reported":"QAR"},{"expected":"x","kind":"wrong_reference","reported":"f0a51dfa-fc43-11ec-8128-0242ac120004-1"}]}"#,
        ),
    ] {
        let output =
            run(&[&["--sandbox", "--json", "check", "akurateco", id], expectation.as_slice()].concat());
        assert_eq!(code(&output), expected);
        assert_eq!(line(&output)["verdict"].to_string(), verdict);
    }
    let unpaid = ["--sandbox", "--json", "check", "bearer", "sandbox-failed", "--expect-reference", "x"];
    let output = run(&unpaid);
    assert_eq!(code(&output), 1);
    assert_eq!(line(&output)["verdict"]["discrepancies"][0]["kind"], "not_paid");
    let cascaded = ["--sandbox", "check", "akurateco", "63c781cc-de3d-11eb-a1f1-0242ac130006"];
    let amount = ["--expect-amount", "3.01", "--expect-currency", "QAR"];
    assert_eq!(code(&run(&[&cascaded[..], &amount].concat())), 5);
    assert_eq!(code(&run(&[&cascaded[..], &amount, &["--expect-reference", order]].concat())), 0);
}

#[test]
fn a_met_expectation_is_said_to_people_too() {
    let check = ["--sandbox", "check", "bearer", "pay_001"];
    let output = run(&[&check[..], &["--expect-reference", "order_12345"]].concat());
    assert_eq!(code(&output), 0);
    assert!(stdout(&output).ends_with("\n  as expected      yes\n"), "{}", stdout(&output));
    assert!(!stdout(&run(&check)).contains("as expected"));
}

#[test]
fn a_blank_text_counts_as_nothing_and_is_named() {
    let id = ["--sandbox", "check", "bearer", "pay_001"];
    for (arguments, named) in [
        ([&id[..], &["--expect-reference", ""]].concat(), "--expect-reference"),
        ([&id[..], &["--expect-reference", " \t"]].concat(), "--expect-reference"),
        (vec!["--sandbox", "wait", "bearer", "pay_001", "--expect-reference="], "--expect-reference"),
        (vec!["--sandbox", "check", "bearer", ""], "<ID>"),
        (vec!["--sandbox", "check", "bearer", " "], "<ID>"),
        (vec!["--sandbox", "wait", "bearer", ""], "<ID>"),
        (vec!["--sandbox", "check", "", "pay_001"], "<ACCOUNT>"),
        (vec!["--sandbox", "callback", "verify", "", "--headers", "h", "--body", "b"], "<ACCOUNT>"),
        (vec!["--sandbox", "callback", "sign", "", "--body", "b"], "<ACCOUNT>"),
        (vec!["--sandbox", "reconcile", "ledger.csv", "--account", ""], "--account"),
    ] {
        let output = run(&arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {}", stdout(&output));
        let said = stderr(&output);
        assert!(said.contains(named) && said.contains("a variable of the shell"), "{arguments:?}: {said}");
    }
    assert_eq!(code(&run(&["--config", "", "check", "bearer", "pay_001"])), 2);
}

#[test]
fn help_says_what_its_exit_codes_are_about() {
    let text = |arguments: &[&str]| stdout(&run(arguments)).split_whitespace().collect::<Vec<_>>().join(" ");
    let top = text(&["--help"]);
    assert!(
        top.contains("Exit codes of `check`, `wait` and `judge`: 0 paid")
            && top.contains("codes of their own"),
        "{top}"
    );
    assert!(top.contains("1 decided for good, and not paid") && top.contains("3 may still change"), "{top}");
    let verify = text(&["callback", "verify", "--help"]);
    assert!(verify.contains("Exit codes: 0 genuine; 1 not genuine, or stale"), "{verify}");
}

#[test]
fn an_error_has_its_own_object() {
    let sandbox = Sandbox::start_blocking(0).unwrap();
    sandbox.inject(named("resmic"), None, Fault::status(429).with_retry_after(59)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = configured(folder.path(), &sandbox, "[accounts.resmic]", "[accounts.shop]");
    let output = run(&["--config", &config, "--json", "check", "shop", "sandbox-completed"]);
    assert_eq!(code(&output), 4);
    let line = line(&output);
    for (key, value) in [("account", "shop"), ("provider", "resmic"), ("asked_id", "sandbox-completed")] {
        assert_eq!(line[key], value);
    }
    let mut error = line["error"].clone();
    assert!(error["message"].take().as_str().unwrap().contains("too many requests"));
    assert_eq!(
        error,
        serde_json::json!({ "kind": "rate_limited", "message": null, "http_status": 429, "retryable": true,
            "retry_after": 59, "attempts": 1 })
    );
    let output = run(&["--config", &config, "check", "shop", "sandbox-completed"]);
    assert!(stderr(&output).contains("ask again in 59 s") && stdout(&output).is_empty());
    assert!(stderr(&output).contains("does not mean that the payment failed"));
}

#[test]
fn usage_and_configuration_errors_end_with_2_and_name_what_is_wrong() {
    for (arguments, telling) in [
        (vec!["check"], "<ACCOUNT> <ID>"),
        (vec!["frobnicate"], "frobnicate"),
        (vec!["--sandbox", "check", "resmik", "x"], "did you mean `resmic`?"),
        (vec!["--sandbox", "check", "bearer", "x", "--expect-amount", "1"], "--expect-currency"),
        (
            vec!["--sandbox", "check", "bearer", "x", "--expect-amount", "1_0", "--expect-currency", "USD"],
            "3.01",
        ),
        (
            vec!["--sandbox", "check", "bearer", "x", "--expect-amount", "1", "--expect-currency", "$"],
            "letters",
        ),
        (vec!["--sandbox", "wait", "bearer", "x", "--timeout", "5"], "30s"),
        (vec!["--sandbox", "--config", "x", "check", "bearer", "x"], "cannot be used with"),
        (vec!["--config", "/nonexistent/x.toml", "check", "bearer", "x"], "/nonexistent/x.toml"),
        (vec!["check", "bearer", "x"], "--sandbox"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let output = command(&arguments).current_dir(folder.path()).output().unwrap();
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(stdout(&output).is_empty() && stderr(&output).contains(telling), "{}", stderr(&output));
        let json = [&["--json"], arguments.as_slice()].concat();
        let output = command(&json).current_dir(folder.path()).output().unwrap();
        assert_eq!((code(&output), line(&output)["error"]["kind"].as_str()), (2, Some("config")));
        assert!(line(&output)["error"]["message"].as_str().unwrap().contains(telling), "{}", stdout(&output));
    }
}

#[test]
fn a_broken_account_ends_with_2_sends_nothing_and_shows_no_secret() {
    let sandbox = Sandbox::start_blocking(0).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let token = "access_token = \"your_access_token\"";
    for (to, telling) in [
        ("access_token = \"canary\\n\"", "`access_token`"),
        ("access_token = \"\"", "`access_token`"),
        ("access_tokn = \"canary\"", "did you mean `access_token`?"),
        ("access_token = { env = \"PAYSTATUS_NOT_SET\" }", "`PAYSTATUS_NOT_SET`"),
        ("access_token = { file = \"nowhere\" }", "nowhere"),
        ("access_token = canary", "line "),
        ("access_token = \"canary\"\npath = \"/x\"", "`path`"),
        ("access_token = \"canary\"\ntimeout = \"ten\"", "`timeout`"),
    ] {
        let config = configured(folder.path(), &sandbox, token, to);
        for flags in [&["--config", &config][..], &["--json", "--config", &config]] {
            let output = run(&[flags, &["check", "bearer", "pay_001"]].concat());
            let said = stdout(&output) + &stderr(&output);
            assert_eq!(code(&output), 2, "{to}: {said}");
            assert!(said.contains(telling) && !said.contains("canary"), "{to}: {said}");
        }
    }
    for url in ["http://pay.example.com", "ftp://pay.example.com", "https://canary:canary@pay.example.com"] {
        let own = sandbox.base_url(named("bearer"));
        let config = configured(folder.path(), &sandbox, &own, url);
        let output = run(&["--config", &config, "check", "bearer", "pay_001"]);
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains("`base_url`") && !stderr(&output).contains("canary"));
    }
    assert_eq!(sandbox.requests(named("bearer")), 0);
}

#[test]
fn secrets_come_from_the_environment_and_from_files() {
    let sandbox = Sandbox::start_blocking(0).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("token"), "your_access_token\n").unwrap();
    for to in ["access_token = { env = \"TEST_TOKEN\" }", "access_token = { file = \"token\" }"] {
        let config = configured(folder.path(), &sandbox, "access_token = \"your_access_token\"", to);
        for (variable, arguments) in [("OTHER", &["--config", &config][..]), ("PAYSTATUS_CONFIG", &[])] {
            let mut command = command(&[arguments, &["check", "bearer", "pay_001"]].concat());
            let output =
                command.env("TEST_TOKEN", "your_access_token").env(variable, &config).output().unwrap();
            assert_eq!(code(&output), 0, "{}", stderr(&output));
        }
    }
    let output = command(&["check", "bearer", "pay_001"]).current_dir(folder.path()).output().unwrap();
    assert_eq!(code(&output), 0, "./paystatus.toml is found: {}", stderr(&output));
}

#[cfg(unix)]
#[test]
fn configuration_and_secret_may_come_from_a_stream_and_from_no_device() {
    let sandbox = Sandbox::start_blocking(0).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let token = "access_token = \"your_access_token\"";
    let config = configured(folder.path(), &sandbox, token, "access_token = { file = \"/dev/stdin\" }");
    let output = run_with_input(&["--config", &config, "check", "bearer", "pay_001"], b"your_access_token\n");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let toml = sandbox.accounts_toml();
    let output = run_with_input(&["--config", "/dev/stdin", "check", "bearer", "pay_001"], toml.as_bytes());
    assert_eq!(code(&output), 0, "{}", stderr(&output));

    let config = configured(folder.path(), &sandbox, token, "access_token = { file = \"/dev/zero\" }");
    for config in [config.as_str(), "/dev/zero"] {
        let output = run(&["--config", config, "check", "bearer", "pay_001"]);
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains("is no ordinary file"), "{}", stderr(&output));
    }
}

#[test]
fn wait_ends_when_the_payment_is_decided_or_the_time_runs_out() {
    let output = run(&["--sandbox", "--json", "wait", "bearer", "sandbox-succeeded", "--timeout", "1m"]);
    assert_eq!((code(&output), line(&output)["status"].as_str()), (0, Some("paid")));
    let output = run(&["--sandbox", "--json", "wait", "bearer", "sandbox-pending", "--timeout", "5s"]);
    assert_eq!((code(&output), line(&output)["status"].as_str()), (3, Some("pending")));
    let output = run(&["--sandbox", "--json", "wait", "bearer", "no-such-payment", "--timeout", "5s"]);
    assert_eq!((code(&output), line(&output)["error"]["kind"].as_str()), (4, Some("not_found")));
}

#[cfg(unix)]
#[test]
fn an_interrupted_wait_says_that_nothing_was_learned() {
    use std::{process::Stdio, time::Duration};
    let sandbox = Sandbox::start_blocking(0).unwrap();
    sandbox.inject(named("bearer"), None, Fault::hang()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = configured(folder.path(), &sandbox, "[accounts.bearer]", "[accounts.bearer]");
    let wait = ["--config", &config, "--json", "wait", "bearer", "pay_001", "--timeout", "1h"];
    let child = command(&wait).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = std::time::Instant::now();
    while sandbox.requests(named("bearer")) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(20), "nothing was asked");
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    let message = line(&output)["error"]["message"].as_str().unwrap().to_owned();
    assert_eq!(message, "the wait was interrupted before anything was learned");
}

#[test]
fn remote_text_cannot_move_the_terminal() {
    let sandbox = Sandbox::start_blocking(0).unwrap();
    sandbox.set_state(named("bearer"), "pay_001", "\u{1b}[2Jpaid\u{202e}").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = configured(folder.path(), &sandbox, "[accounts.bearer]", "[accounts.shop]");
    let output = run(&["--config", &config, "check", "shop", "pay_001"]);
    assert_eq!(code(&output), 3);
    assert!(!stdout(&output).contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn the_sandbox_writes_over_no_file_but_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("accounts.toml");
    let arguments = ["sandbox", "--config-out", path.to_str().unwrap()];
    for foreign in ["[accounts.live]\n", "# Written by hand\n"] {
        std::fs::write(&path, foreign).unwrap();
        let output = run(&arguments);
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains("is not what is written here"), "{}", stderr(&output));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), foreign);
    }
    let output = run(&["sandbox", "--config-out", folder.path().to_str().unwrap()]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("is not what is written here"), "{}", stderr(&output));

    std::fs::remove_file(&path).unwrap();
    for before in ["new", "its own", "empty"] {
        if before == "empty" {
            std::fs::write(&path, "").unwrap();
        }
        let mut child = command(&arguments).stdout(std::process::Stdio::piped()).spawn().unwrap();
        // The file is written before the address is printed.
        let mut address = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut address)
            .unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let address = address.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
        assert!(std::fs::read_to_string(&path).unwrap().contains(address), "{before}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_cannot_be_written_is_no_success() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output =
        command(&["--sandbox", "--json", "check", "bearer", "pay_001"]).stdout(full).output().unwrap();
    assert_eq!(code(&output), 4);
    assert!(stderr(&output).contains("could not be written"));
}

/// Runs with these lines on standard input.
fn run_with_input(arguments: &[&str], input: &[u8]) -> Output {
    use std::{io::Write, process::Stdio};
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}
