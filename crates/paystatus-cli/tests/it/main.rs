//! The command as its users run it: what it prints and with which code it ends.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod reconcile;
#[cfg(unix)]
mod reconcile_interrupted;
mod reconcile_resumed;

use std::{
    path::Path,
    process::{Command, Output},
};

use paystatus_sandbox::{Fault, Reply, Sandbox};
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

const PAID: [(&str, &str); 5] = [
    ("akurateco", "sandbox-settled"),
    ("bearer", "sandbox-succeeded"),
    ("commitup", "sandbox-sale-success"),
    ("resmic", "sandbox-completed"),
    ("upitranzact", "sandbox-success"),
];

#[test]
fn a_paid_payment_of_each_provider_ends_with_0_and_the_contracts_fields() {
    for (account, id) in PAID {
        let output = run(&["--sandbox", "--json", "check", account, id]);
        assert_eq!(code(&output), 0);
        let line = line(&output);
        let mut keys: Vec<_> = line.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(
            keys,
            [
                "account",
                "amount",
                "asked_id",
                "created_at",
                "currency",
                "detail",
                "details",
                "finality",
                "funds",
                "may_charge_again",
                "payment_id",
                "provider",
                "provider_status",
                "reason",
                "reference",
                "status",
                "updated_at",
                "verdict",
            ]
        );
        for (key, value) in [
            ("account", account),
            ("provider", account),
            ("payment_id", id),
            ("asked_id", id),
            ("status", "paid"),
            ("finality", "final"),
            ("funds", "taken"),
            ("may_charge_again", "no"),
        ] {
            assert_eq!(line[key], value, "{account} {key}");
        }
        assert!(line["amount"].is_string() && line["currency"].is_string() && line["verdict"].is_null());
    }
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
        top.contains("Exit codes of `check` and `wait`: 0 paid") && top.contains("codes of their own"),
        "{top}"
    );
    assert!(top.contains("1 decided for good, and not paid") && top.contains("3 may still change"), "{top}");
    let verify = text(&["callback", "verify", "--help"]);
    assert!(verify.contains("Exit codes: 0 genuine; 1 not genuine, or stale"), "{verify}");
}

#[test]
fn an_error_has_its_own_object() {
    let sandbox = Sandbox::start_blocking(0).unwrap();
    sandbox.set_provider_reply("resmic".parse().unwrap(), Reply::rate_limited(59)).unwrap();
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
        let own = sandbox.base_url("bearer".parse().unwrap());
        let config = configured(folder.path(), &sandbox, &own, url);
        let output = run(&["--config", &config, "check", "bearer", "pay_001"]);
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains("`base_url`") && !stderr(&output).contains("canary"));
    }
    assert_eq!(sandbox.requests("bearer".parse().unwrap()), 0);
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
    let output = run(&["--sandbox", "--json", "wait", "bearer", "sandbox-pending", "--timeout", "50ms"]);
    assert_eq!((code(&output), line(&output)["status"].as_str()), (3, Some("pending")));
    let output = run(&["--sandbox", "--json", "wait", "bearer", "no-such-payment", "--timeout", "50ms"]);
    assert_eq!((code(&output), line(&output)["error"]["kind"].as_str()), (4, Some("not_found")));
}

#[cfg(unix)]
#[test]
fn an_interrupted_wait_says_that_nothing_was_learned() {
    use std::{process::Stdio, time::Duration};
    let sandbox = Sandbox::start_blocking(0).unwrap();
    sandbox.inject("bearer".parse().unwrap(), None, Fault::hang()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = configured(folder.path(), &sandbox, "[accounts.bearer]", "[accounts.bearer]");
    let wait = ["--config", &config, "--json", "wait", "bearer", "pay_001", "--timeout", "1h"];
    let child = command(&wait).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = std::time::Instant::now();
    while sandbox.requests("bearer".parse().unwrap()) == 0 {
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
fn the_demo_answers_for_five_providers() {
    let output = run(&["demo"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    for (provider, _) in PAID {
        assert!(stdout(&output).contains(provider));
    }
    let output = run(&["--json", "demo"]);
    let lines: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let statuses: Vec<_> = lines.iter().map(|line| line["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["paid", "pending", "authorized", "failed", "failed"]);
}

#[test]
fn the_providers_list_agrees_with_what_accounts_need() {
    let output = run(&["--json", "providers"]);
    assert_eq!(code(&output), 0);
    let folder = tempfile::tempdir().unwrap();
    let mut names = Vec::new();
    for line in stdout(&output).lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let name = line["provider"].as_str().unwrap();
        let mut toml = format!("[accounts.shop]\nprovider = \"{name}\"\n");
        for key in line["keys"].as_array().unwrap() {
            let value = if key == "base_url" { "http://127.0.0.1:9" } else { "x" };
            toml += &format!("{} = \"{value}\"\n", key.as_str().unwrap());
        }
        let path = folder.path().join("shop.toml");
        std::fs::write(&path, format!("{toml}max_attempts = 1\n")).unwrap();
        // An id that can't be asked about: the account opens, and nothing is sent.
        let output = run(&["--config", path.to_str().unwrap(), "--json", "check", "shop", ".."]);
        assert_eq!(code(&output), 4, "{name}: {}", stdout(&output));
        names.push(name.to_owned());

        // The refusal of an unknown key names every known one: the provider's, then the client's.
        std::fs::write(&path, format!("{toml}zzzzzzzzzzzzzzzzzzzzzzzz = 1\n")).unwrap();
        let refused = run(&["--config", path.to_str().unwrap(), "--json", "check", "shop", ".."]);
        let refused = self::line(&refused)["error"]["message"].as_str().unwrap().to_owned();
        let mut known: Vec<_> = refused.split('`').skip(5).step_by(2).collect();
        known.truncate(known.iter().position(|key| *key == "timeout").unwrap());
        known.sort_unstable();
        let lists = [&line["keys"], &line["options"]].map(|list| list.as_array().unwrap().iter());
        let mut listed: Vec<_> = lists.into_iter().flatten().map(|key| key.as_str().unwrap()).collect();
        listed.sort_unstable();
        assert_eq!(listed, known, "{name}: {refused}");
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/providers/");
        let page = std::fs::read_to_string(format!("{page}{name}.md")).unwrap();
        for key in listed {
            assert!(page.contains(&format!("\n| `{key}` |")), "docs/providers/{name}.md lacks `{key}`");
        }
    }
    assert_eq!(names, PAID.map(|(name, _)| name));
}

#[test]
fn remote_text_cannot_move_the_terminal() {
    let sandbox = Sandbox::start_blocking(0).unwrap();
    sandbox.set_state("bearer".parse().unwrap(), "pay_001", "\u{1b}[2Jpaid\u{202e}").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = configured(folder.path(), &sandbox, "[accounts.bearer]", "[accounts.shop]");
    let output = run(&["--config", &config, "check", "shop", "pay_001"]);
    assert_eq!(code(&output), 3);
    assert!(!stdout(&output).contains(['\u{1b}', '\u{202e}']));
}

/// Runs `callback verify` and gives its code and its JSON line.
fn verified(
    config: &str,
    account: &str,
    folder: &Path,
    headers: &str,
    body: &[u8],
    at: &str,
) -> (i32, Value) {
    let (header_file, body_file) = (folder.join("headers"), folder.join("body"));
    std::fs::write(&header_file, headers).unwrap();
    std::fs::write(&body_file, body).unwrap();
    let output = run(&[
        "--config",
        config,
        "--json",
        "callback",
        "verify",
        account,
        "--headers",
        header_file.to_str().unwrap(),
        "--body",
        body_file.to_str().unwrap(),
        "--received-at",
        at,
    ]);
    (code(&output), line(&output))
}

#[test]
fn callbacks_are_verified_with_the_accounts_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("paystatus.toml");
    std::fs::write(
        &config,
        "[accounts.cards]\nprovider = 'commitup'\nbase_url = 'https://pos.example.com'\napi_key = 'k'\napi_secret = 's'\n\
         callback_secret = ['new', { env = 'TEST_SECRET' }]\n\
         [accounts.checkout]\nprovider = 'akurateco'\nbase_url = 'https://checkout.example.com'\nmerchant_key = 'm'\n\
         password = 'test-password'\n\
         [accounts.upi]\nprovider = 'upitranzact'\nmerchant_id = 'm'\npublic_key = 'p'\nsecret_key = 's'\n\
         [accounts.bare]\nprovider = 'resmic'\napi_key = 'k'\nuser_id = 'u'\n",
    )
    .unwrap();
    // The environment of the process that runs this test is left alone: the variable is set for the command only.
    let config = config.to_str().unwrap().replace('\\', "/");
    let body = br#"{"paymentId":"123e4567-e89b-12d3-a456-426614174000","orderId":"ORD-12345","amount":100.50,"currency":"TRY","status":"SUCCESS","transactionType":"SALE"}"#;
    let signature = "899b414fb0f52caf961e7b2f115edbd211dc05d0bd8aceeea3f916263d2a1d8a";
    let headers = format!("X-Request-Time: 1715150400000\nX-Request-Signature: {signature}\n\n");
    let now = "2024-05-08T06:40:00Z";
    for (text, at, code_expected, expected) in [
        (&headers, now, 0, r#"true null "123e4567-e89b-12d3-a456-426614174000" "body" 1"#),
        (&headers, "2024-05-08T06:46:00Z", 1, r#"false "stale" null "nothing" null"#),
        (&headers, "2024-05-08T06:34:00Z", 1, r#"false "stale" null "nothing" null"#),
        (&headers.replace("899b", "899c"), now, 1, r#"false "bad_signature" null "nothing" null"#),
        (&String::new(), now, 1, r#"false "malformed" null "nothing" null"#),
    ] {
        let (header_file, body_file) = (folder.path().join("headers"), folder.path().join("body"));
        std::fs::write(&header_file, text).unwrap();
        std::fs::write(&body_file, body).unwrap();
        let mut command = command(&[
            "--config",
            &config,
            "--json",
            "callback",
            "verify",
            "cards",
            "--headers",
            header_file.to_str().unwrap(),
            "--body",
            body_file.to_str().unwrap(),
            "--received-at",
            at,
        ]);
        let output = command.env("TEST_SECRET", "whsec_test_123").output().unwrap();
        let line = line(&output);
        let said =
            ["genuine", "reason", "payment_id", "covers", "matched_secret"].map(|key| line[key].to_string());
        assert_eq!((code(&output), said.join(" ").as_str()), (code_expected, expected), "{text} {at}");
        assert_eq!((line["account"].as_str(), line["provider"].as_str()), (Some("cards"), Some("commitup")));
        assert_eq!(line.as_object().unwrap().len(), 7);
    }
    let form = b"id=pay-1&order_number=DEP-123&order_amount=100.00&order_currency=USD&order_description=Test+deposit\
        &hash=65bc088322dd30aa959df1b049d96a8a3592d2dc";
    let (code_of, line) = verified(&config, "checkout", folder.path(), "", form, now);
    assert_eq!((code_of, line["covers"].as_str()), (0, Some("identity_and_amount")));
    let (code_of, line) = verified(&config, "upi", folder.path(), "", b"{}", now);
    assert_eq!(
        (code_of, line["reason"].as_str(), &line["genuine"]),
        (1, Some("unsigned"), &Value::Bool(false))
    );
    let (code_of, line) = verified(&config, "bare", folder.path(), "x-signature: 00\n", b"{}", now);
    assert_eq!(code_of, 2);
    assert!(line["error"]["message"].as_str().unwrap().contains("`callback_secret`"));
    let (code_of, line) = verified(&config, "checkout", folder.path(), "no colon\n", b"", now);
    assert_eq!(code_of, 2);
    assert!(line["error"]["message"].as_str().unwrap().contains("line 1"));
}

#[test]
fn people_are_told_which_secret_matched_and_which_keys_to_look_at() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let config = |cards: &str, password: &str| {
        let text = format!(
            "[accounts.cards]\nprovider = 'commitup'\nbase_url = 'https://pos.example.com'\napi_key = 'k'\n\
             api_secret = 's'\ncallback_secret = {cards}\n[accounts.checkout]\nprovider = 'akurateco'\n\
             base_url = 'https://c.example.com'\nmerchant_key = 'm'\npassword = '{password}'\n"
        );
        std::fs::write(file("paystatus.toml"), text).unwrap();
    };
    let callback = |command: &str, account: &str, options: &[&str]| {
        run(&[&["--config", &file("paystatus.toml"), "callback", command, account], options].concat())
    };
    let (headers, body, signed) = (file("headers"), file("body"), file("signed"));
    let verify = |account: &str| callback("verify", account, &["--headers", &headers, "--body", &signed]);
    for (account, text) in [("cards", r#"{"paymentId":"p-1"}"#), ("checkout", "id=p-1&order_amount=1.00")] {
        config("'old'", "old");
        std::fs::write(&body, text).unwrap();
        let options = ["--body", &body, "--headers-out", &headers, "--body-out", &signed];
        assert_eq!(code(&callback("sign", account, &options)), 0);
        assert!(stdout(&verify(account)).contains("it was made with the account's newest secret"));

        config("'new'", "new");
        let output = verify(account);
        let keys = if account == "cards" { "`callback_secret`" } else { "`password` and `digest`" };
        assert_eq!(code(&output), 1);
        assert!(
            stdout(&output).contains(&format!("check {keys} of account `{account}`")),
            "{}",
            stdout(&output)
        );

        config("''", "");
        let output = verify(account);
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains(&format!("{keys} is missing")), "{}", stderr(&output));
    }
    config("['new', 'older', 'old']", "x");
    std::fs::write(&signed, r#"{"paymentId":"p-1"}"#).unwrap();
    std::fs::write(&body, r#"{"paymentId":"p-1"}"#).unwrap();
    config("'old'", "x");
    assert_eq!(code(&callback("sign", "cards", &["--body", &body, "--headers-out", &headers])), 0);
    config("['new', 'older', 'old']", "x");
    assert!(stdout(&verify("cards")).contains("an older secret of the account, number 3 of its list"));
}

#[cfg(unix)]
#[test]
fn a_callback_without_an_end_is_not_read_to_its_end() {
    let headers = |path: &str| {
        run(&["--sandbox", "callback", "verify", "resmic", "--headers", path, "--body", "/dev/null"])
    };
    let body = |path: &str| {
        run(&["--sandbox", "callback", "verify", "resmic", "--headers", "/dev/null", "--body", path])
    };
    let sign = run(&["--sandbox", "callback", "sign", "resmic", "--body", "/dev/zero"]);
    for output in [headers("/dev/zero"), body("/dev/zero"), sign] {
        assert_eq!(code(&output), 2);
        assert!(stderr(&output).contains("/dev/zero is larger than 1 MiB"), "{}", stderr(&output));
    }
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
        assert!(stderr(&output).contains("no sandbox wrote it"), "{}", stderr(&output));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), foreign);
    }
    let output = run(&["sandbox", "--config-out", folder.path().to_str().unwrap()]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("no sandbox wrote it"), "{}", stderr(&output));

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

#[test]
fn what_sign_signs_verify_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(
        file("paystatus.toml"),
        "[accounts.commitup]\nprovider = 'commitup'\nbase_url = 'https://pos.example.com'\napi_key = 'k'\n\
         api_secret = 's'\ncallback_secret = 'c'\n[accounts.resmic]\nprovider = 'resmic'\napi_key = 'k'\nuser_id = 'u'\n\
         callback_secret = 'c'\n[accounts.akurateco]\nprovider = 'akurateco'\nbase_url = 'https://c.example.com'\n\
         merchant_key = 'm'\npassword = 'p'\ndigest = 'sha256'\n",
    )
    .unwrap();
    for (account, body) in [
        ("commitup", r#"{"paymentId":"p-1"}"#),
        ("resmic", r#"{"session_id":"p-1"}"#),
        ("akurateco", "id=p-1&order_amount=1.00"),
    ] {
        std::fs::write(file("body"), body).unwrap();
        let config = file("paystatus.toml");
        let signed = run(&[
            "--config",
            &config,
            "callback",
            "sign",
            account,
            "--body",
            &file("body"),
            "--headers-out",
            &file("headers"),
            "--body-out",
            &file("signed"),
        ]);
        assert_eq!(code(&signed), 0, "{}", stderr(&signed));
        let verified = run(&[
            "--config",
            &config,
            "callback",
            "verify",
            account,
            "--headers",
            &file("headers"),
            "--body",
            &file("signed"),
        ]);
        assert_eq!(code(&verified), 0, "{account}: {}{}", stdout(&verified), stderr(&verified));
        assert!(stdout(&verified).contains("p-1"));
    }
}

#[test]
fn a_wrong_signature_names_the_settings_to_check() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    for (account, headers, body, settings) in [
        ("akurateco", "", "id=p-1&hash=00", "`password` and `digest`"),
        ("resmic", "x-signature: 00\n", "{}", "`callback_secret`"),
    ] {
        std::fs::write(file("headers"), headers).unwrap();
        std::fs::write(file("body"), body).unwrap();
        let (headers, body) = (file("headers"), file("body"));
        let arguments = ["--sandbox", "callback", "verify", account, "--headers", &headers, "--body", &body];
        let text = stdout(&run(&arguments));
        assert!(text.contains("not genuine") && text.contains(&format!("check {settings}")), "{text}");
        assert_eq!(text.contains("callback_secret"), settings.contains("callback_secret"), "{text}");
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

#[test]
fn many_ids_come_from_standard_input_and_each_has_its_own_line() {
    let ids = "sandbox-succeeded\n\n  sandbox-pending \r\nno-such-payment\n..\nsandbox-failed";
    let output = run_with_input(&["--sandbox", "check", "bearer", "-"], ids.as_bytes());
    assert_eq!(code(&output), 4, "{}", stderr(&output));
    let mut seen: Vec<_> = stdout(&output)
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            let what = line["status"].as_str().or(line["error"]["kind"].as_str()).unwrap().to_owned();
            (line["asked_id"].as_str().unwrap().to_owned(), what)
        })
        .collect();
    seen.sort();
    let expected = [
        ("..", "invalid_lookup"),
        ("no-such-payment", "not_found"),
        ("sandbox-failed", "failed"),
        ("sandbox-pending", "pending"),
        ("sandbox-succeeded", "paid"),
    ];
    assert_eq!(seen, expected.map(|(id, what)| (id.to_owned(), what.to_owned())));
    for (ids, expected) in [
        ("sandbox-succeeded\n", 0),
        ("sandbox-failed\nsandbox-succeeded", 1),
        ("sandbox-pending\nsandbox-failed", 3),
    ] {
        assert_eq!(
            code(&run_with_input(&["--sandbox", "--json", "check", "bearer", "-"], ids.as_bytes())),
            expected
        );
    }
    let output = run_with_input(&["--sandbox", "check", "bearer", "-"], b"\xff\nsandbox-succeeded\n");
    assert_eq!((code(&output), stdout(&output).lines().count()), (4, 2));
    let output = run_with_input(&["--sandbox", "check", "bearer", "-", "--expect-reference", "x"], b"");
    assert_eq!(code(&output), 2);
}

#[test]
fn asking_about_nothing_is_no_success() {
    for input in ["", "\n \r\n\t\n"] {
        let output = run_with_input(&["--sandbox", "check", "bearer", "-"], input.as_bytes());
        assert_eq!(code(&output), 2, "{input:?}");
        let message = line(&output)["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.starts_with("standard input had no id, so nothing was asked"), "{message}");
    }
}

#[test]
fn a_line_that_is_far_too_long_is_refused_without_being_kept() {
    let mut input = vec![b'x'; 64 << 20];
    input.extend(b"\nsandbox-succeeded");
    let output = run_with_input(&["--sandbox", "check", "bearer", "-"], &input);
    let lines: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [refused, paid] = lines.as_slice() else { panic!("{lines:?}") };
    let message = refused["error"]["message"].as_str().unwrap();
    assert_eq!((code(&output), paid["status"].as_str()), (4, Some("paid")));
    assert!(message.contains("far too long"), "{message}");
}
