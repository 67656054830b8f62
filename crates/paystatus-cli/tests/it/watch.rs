//! `paystatus watch`: the contract of its commands.

use std::{collections::BTreeMap, path::Path, process::Output};

use serde_json::{Value, json};

use crate::{code, command, line, stderr, stdout};

/// Runs in a folder of its own, against the sandbox.
fn watch(folder: &Path, arguments: &[&str]) -> Output {
    let arguments = [&["--sandbox", "--json", "watch"], arguments].concat();
    command(&arguments).current_dir(folder).env_remove("PAYSTATUS_STORE").output().unwrap()
}

fn watch_with_input(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let file = folder.join("input");
    std::fs::write(&file, input).unwrap();
    let arguments = [&["--sandbox", "--json", "watch"], arguments].concat();
    let mut command = command(&arguments);
    command.current_dir(folder).env_remove("PAYSTATUS_STORE").stdin(std::fs::File::open(file).unwrap());
    command.output().unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_payment_is_added_worked_off_told_shown_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let watch = |arguments: &[&str]| watch(folder.path(), arguments);
    let add = ["add", "bearer", "sandbox-succeeded", "--key", "order-1", "--metadata", r#"{"basket":7}"#];
    let expecting =
        ["--expect-amount", "50.00", "--expect-currency", "USD", "--until", "final", "--deadline", "7d"];
    let add = [&add[..], &expecting].concat();
    for is_new in [true, false] {
        let added = watch(&add);
        assert_eq!(code(&added), 0, "{}", stderr(&added));
        assert_eq!(line(&added), json!({ "key": "order-1", "state": "open", "added": is_new }));
    }
    let other = watch(&["add", "bearer", "sandbox-succeeded", "--key", "order-1"]);
    assert_eq!((code(&other), line(&other)["error"]["kind"].as_str()), (2, Some("conflict")));

    let ran = watch(&["run", "--until-idle"]);
    assert_eq!((code(&ran), line(&ran)["decided"].as_u64()), (0, Some(1)), "{}", stderr(&ran));
    let event = line(&watch(&["events"]));
    assert_eq!(
        (&event["type"], &event["number"], &event["key"]),
        (&json!("payment.decided"), &json!(1), &json!("order-1"))
    );
    assert_eq!((&event["metadata"], &event["error"]), (&json!({ "basket": 7 }), &Value::Null));
    // The payment is what `check --json` prints about it.
    let options = ["--expect-amount", "50.00", "--expect-currency", "USD"];
    let check = [&["--sandbox", "--json", "check", "bearer", "sandbox-succeeded"][..], &options].concat();
    assert_eq!(event["payment"], line(&command(&check).output().unwrap()));
    assert_eq!(event["payment"]["verdict"]["as_expected"], true);

    let cursor = event["cursor"].as_str().unwrap();
    assert!(lines(&watch(&["events", "--after", cursor])).is_empty());
    assert_eq!(code(&watch(&["events", "--after", "99"])), 2, "the cursor of another store");
    let shown = line(&watch(&["show", "order-1"]));
    assert_eq!(
        (&shown["state"], &shown["asks"], &shown["events"]),
        (&json!("decided"), &json!(1), &json!([event]))
    );
    assert_eq!(line(&watch(&["cancel", "order-1"])), json!({ "key": "order-1", "state": "decided" }));
    assert_eq!(line(&watch(&["prune", "--older", "90d"])), json!({ "removed": 0 }));
    assert_eq!(lines(&watch(&["list", "--state", "decided", "--account", "bearer"])).len(), 1);
    assert!(lines(&watch(&["list", "--state", "open"])).is_empty());
}

#[test]
fn many_are_added_from_csv_or_json_lines_and_again_without_harm() {
    let folder = tempfile::tempdir().unwrap();
    let tomorrow = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    let csv = format!(
        "key,account,id,by,amount,currency,reference,deadline,metadata\n\
               k1,bearer,sandbox-succeeded,,50.00,USD,order-sandbox-succeeded,3d,\"{{\"\"n\"\":1}}\"\n\
               ,akurateco,order-1234,order,,,,{tomorrow},\n"
    );
    let json = "{\"account\":\"bearer\",\"id\":\"sandbox-failed\",\"amount\":10.10,\"currency\":\"USD\",\"metadata\":[1]}\n\n\
                {\"account\":\"bearer\",\"id\":\"sandbox-pending\",\"key\":null,\"amount\":\"7\",\"currency\":\"USD\",\"deadline\":\"1s\"}\n";
    for is_new in [true, false] {
        let mut seen = BTreeMap::new();
        for input in [&*csv, json] {
            let added = watch_with_input(folder.path(), &["add", "-"], input);
            assert_eq!(code(&added), 0, "{}", stdout(&added));
            for line in lines(&added) {
                assert_eq!((&line["state"], &line["added"]), (&json!("open"), &json!(is_new)));
                seen.insert(line["key"].as_str().unwrap().to_owned(), ());
            }
        }
        let keys: Vec<_> = seen.into_keys().collect();
        assert_eq!(keys, ["akurateco/order-1234", "bearer/sandbox-failed", "bearer/sandbox-pending", "k1"]);
    }
    let shown = line(&watch(folder.path(), &["show", "bearer/sandbox-failed"]));
    assert_eq!(shown["expected"], json!({ "amount": "10.10", "currency": "USD" }));
    assert_eq!(code(&watch(folder.path(), &["run", "--until-idle"])), 0);
    let told: BTreeMap<_, _> = lines(&watch(folder.path(), &["events"]))
        .into_iter()
        .map(|event| {
            (
                event["key"].as_str().unwrap().to_owned(),
                (event["type"].clone(), event["payment"]["verdict"]["as_expected"].clone()),
            )
        })
        .collect();
    assert_eq!(told["k1"], (json!("payment.decided"), json!(true)));
    assert_eq!(told["akurateco/order-1234"], (json!("payment.decided"), Value::Null));
    assert_eq!(told["bearer/sandbox-failed"], (json!("payment.decided"), json!(false)));
    assert_eq!(told["bearer/sandbox-pending"], (json!("watch.expired"), json!(false)));
}

#[test]
fn what_is_wrong_with_a_row_is_told_with_its_line_and_the_rest_is_added() {
    let folder = tempfile::tempdir().unwrap();
    let long = format!("k9,bearer,x,,,,{}\n", "\"\"\"x\"\"\"".replace('x', &"x".repeat(4097)));
    let csv = "key,account,id,by,amount,currency,metadata\n\
         k1,bearer,sandbox-succeeded,,,,\n\
         k2,nobody,x,,,,\n\
         k3,bearer,,,,,\n\
         k4,bearer,..,,,,\n\
         k5,bearer,x,both,,,\n\
         k6,bearer,x,,1,,\n\
         k7,bearer,x,,,,{\n\
         k1,bearer,sandbox-failed,,,,\n\
         k8,bearer,x,order,,,\n"
        .to_owned()
        + &long;
    let output = watch_with_input(folder.path(), &["add", "-"], &csv);
    assert_eq!(code(&output), 2);
    let lines = lines(&output);
    let (good, bad): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line["error"].is_null());
    assert_eq!(good, [json!({ "key": "k1", "state": "open", "added": true })]);
    let mut told: Vec<_> = bad.iter().map(|line| line["error"]["message"].as_str().unwrap()).collect();
    told.sort_by_key(|message| message.split([' ', ':']).nth(1).unwrap().parse::<u32>().unwrap());
    for (message, begin) in told.iter().zip([
        "line 3: watch `k2`: there is no account \"nobody\"",
        "line 4: `id` is missing",
        "line 5: watch `k4`: the payment id is a relative path segment",
        "line 6: `by` must be payment or order",
        "line 7: `amount` and `currency` come together",
        "line 8: `metadata` must be JSON",
        "line 9: watch `k1`: there is another watch of this key",
        "line 10: watch `k8`: this provider can only be asked by payment id",
        "line 11: watch `k9`: the metadata has 4099 bytes of JSON and may have 4096",
    ]) {
        assert!(message.starts_with(begin), "{message}");
    }
    assert_eq!(told.len(), 9, "{told:?}");
    for (input, why) in [
        ("key,account,id,amout\n", "the header has a column \"amout\""),
        ("key,account\n", "the header lacks `id`"),
    ] {
        let output = watch_with_input(folder.path(), &["add", "-"], input);
        assert_eq!(code(&output), 2);
        assert!(line(&output)["error"]["message"].as_str().unwrap().starts_with(why));
    }
}

#[test]
fn ten_thousand_are_added_in_one_go() {
    let folder = tempfile::tempdir().unwrap();
    let rows: String = (0..10_000).map(|row| format!("bearer,pay-{row}\n")).collect();
    let output = watch_with_input(folder.path(), &["add", "-"], &format!("account,id\n{rows}"));
    assert_eq!((code(&output), lines(&output).len()), (0, 10_000));
    assert_eq!(lines(&watch(folder.path(), &["list", "--state", "open"])).len(), 10_000);
}

#[test]
fn usage_ends_with_2_and_a_store_out_of_reach_with_4() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("letter.txt"), "Dear customer").unwrap();
    for (arguments, expected, telling) in [
        (vec!["add"], 2, "<ACCOUNT>"),
        (vec!["add", "bearer"], 2, "give ACCOUNT and ID"),
        (vec!["add", "-", "--key", "k"], 2, "--key is about one payment"),
        (vec!["add", "bearer", "x", "--deadline", "soon"], 2, "3d"),
        (vec!["add", "bearer", "x", "--deadline", "2020-01-01T00:00:00Z"], 2, "the deadline is in the past"),
        (vec!["add", "bearer", "x", "--metadata", "{"], 2, "write JSON"),
        (vec!["add", "bearer", "x", "--until", "paid"], 2, "decided, final"),
        (vec!["add", "beare", "x"], 2, "did you mean `bearer`?"),
        (vec!["list", "--state", "lost"], 2, "one of open, decided"),
        (vec!["prune"], 2, "--older"),
        (vec!["list", "--store", "paystatus.db"], 2, "the store must be `sqlite:FILE`"),
        (vec!["list", "--store", "sqlite:letter.txt"], 2, "is not a store of paystatus"),
        (vec!["run", "--store", "sqlite:letter.txt"], 2, "is not a store of paystatus"),
        (vec!["list", "--store", "sqlite:no-such-folder/x.db"], 4, "is not there"),
        (vec!["add", "bearer", "x", "--store", "sqlite:no-such-folder/x.db"], 4, "can't be made"),
        (vec!["events", "--store", "sqlite:nothing.db"], 4, "is not there"),
    ] {
        let output = watch(folder.path(), &arguments);
        let said = line(&output)["error"]["message"].as_str().unwrap().to_owned();
        assert_eq!(code(&output), expected, "{arguments:?}: {said}");
        assert!(said.contains(telling), "{arguments:?}: {said}");
    }
    assert_eq!(std::fs::read(folder.path().join("letter.txt")).unwrap(), b"Dear customer");
    assert!(!folder.path().join("nothing.db").exists(), "who only looks makes no store");
    watch(folder.path(), &["add", "bearer", "x"]);
    for command in ["show", "cancel"] {
        let output = watch(folder.path(), &[command, "nobody"]);
        assert_eq!(code(&output), 2);
        assert!(line(&output)["error"]["message"].as_str().unwrap().contains("there is no watch \"nobody\""));
    }
}

#[test]
fn the_store_comes_from_the_environment_too_and_people_are_told_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let told = |arguments: &[&str]| {
        let mut command = command(&[&["--sandbox", "watch"], arguments].concat());
        let output =
            command.current_dir(folder.path()).env("PAYSTATUS_STORE", "sqlite:own.db").output().unwrap();
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        stdout(&output)
    };
    assert_eq!(told(&["add", "bearer", "sandbox-failed"]), "bearer/sandbox-failed  open  added\n");
    assert!(folder.path().join("own.db").exists());
    assert_eq!(told(&["list"]), "bearer/sandbox-failed  open  bearer sandbox-failed  not asked yet\n");
    assert_eq!(told(&["run", "--until-idle"]), "1 asks: 1 decided, 0 changed, 0 expired, 0 failed\n");
    let event = told(&["events", "--limit", "1"]);
    assert!(event.ends_with("payment.decided    bearer/sandbox-failed  failed  50.00 USD\n"), "{event}");
    assert!(told(&["show", "bearer/sandbox-failed"]).contains("decided_at"));
    assert_eq!(told(&["prune", "--older", "1d"]), "0 removed\n");
}

#[test]
fn no_credential_is_in_the_store() {
    let sandbox = paystatus_sandbox::Sandbox::start_blocking(0).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("paystatus.toml");
    std::fs::write(&config, sandbox.accounts_toml()).unwrap();
    let mut input = "account,id\n".to_owned();
    for (account, id) in crate::paid() {
        input += &format!("{account},{id}\n");
    }
    let rows = folder.path().join("rows.csv");
    std::fs::write(&rows, input).unwrap();
    let run = |arguments: &[&str]| {
        let mut command =
            command(&[&["--config", config.to_str().unwrap(), "--json", "watch"], arguments].concat());
        command.current_dir(folder.path()).env_remove("PAYSTATUS_STORE");
        command.stdin(std::fs::File::open(&rows).unwrap()).output().unwrap()
    };
    assert_eq!(code(&run(&["add", "-"])), 0);
    let ran = run(&["run", "--until-idle"]);
    let providers = paystatus_sandbox::Provider::ALL;
    assert_eq!(line(&ran)["decided"], providers.len(), "{}", stderr(&ran));
    let mut kept = Vec::new();
    for file in ["paystatus.db", "paystatus.db-wal"] {
        kept.extend(std::fs::read(folder.path().join(file)).unwrap_or_default());
    }
    let kept = String::from_utf8_lossy(&kept).into_owned() + &stdout(&run(&["events"]));
    assert!(kept.contains("payment.decided"));
    let public = ["encoding", "digest", "path", "base_url"];
    for (provider, (key, value)) in providers
        .iter()
        .flat_map(|provider| provider.settings().iter().map(move |setting| (provider, setting)))
    {
        // Who an account belongs to is told by some replies, and is no secret.
        let is_secret = ["key", "secret", "token", "password"].iter().any(|word| key.contains(word));
        if is_secret && !public.contains(key) && value.len() >= 8 {
            assert!(!kept.contains(value), "{}: {key}", provider.name());
        }
    }
}

#[test]
fn reconcile_hands_over_what_is_still_open() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = "account,payment_id,amount,currency,reference\n\
        bearer,sandbox-succeeded,50.00,USD,\n\
        bearer,sandbox-pending,50.00,USD,order-sandbox-pending\n";
    std::fs::write(folder.path().join("ledger.csv"), ledger).unwrap();
    for told in
        ["1 row still open and watched, 1 of them from now on", "1 row still open and watched, 0 of them"]
    {
        let arguments =
            ["--sandbox", "--json", "reconcile", "ledger.csv", "--watch-open", "--store", "sqlite:own.db"];
        let output = command(&arguments).current_dir(folder.path()).output().unwrap();
        assert_eq!(code(&output), 3, "{}", stderr(&output));
        assert!(stderr(&output).contains(told), "{}", stderr(&output));
    }
    let listed = line(&watch(folder.path(), &["list", "--store", "sqlite:own.db"]));
    assert_eq!((&listed["key"], &listed["state"]), (&json!("bearer/sandbox-pending"), &json!("open")));
    let expected = json!({ "amount": "50.00", "currency": "USD", "reference": "order-sandbox-pending" });
    assert_eq!(listed["expected"], expected);
    let arguments = ["--sandbox", "reconcile", "ledger.csv", "--watch-open", "--store", "sqlite:ledger.csv"];
    let output = command(&arguments).current_dir(folder.path()).output().unwrap();
    assert_eq!(code(&output), 2, "nothing is asked without the store");
    assert!(stderr(&output).contains("is not a store of paystatus"), "{}", stderr(&output));
}

#[cfg(unix)]
#[test]
fn an_interrupted_worker_finishes_what_is_on_its_way_and_leaves_nothing_leased() {
    use std::time::{Duration, Instant};

    use paystatus_sandbox::{Fault, Sandbox};

    let sandbox = Sandbox::start_blocking(0).unwrap();
    let bearer = crate::named("bearer");
    sandbox.inject(bearer, None, Fault::delay(Duration::from_millis(700))).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let config =
        crate::configured(folder, &sandbox, "[accounts.bearer]", "[accounts.bearer]\npace = \"60/min\"");
    let watch = |arguments: &[&str]| {
        let mut command = command(&[&["--config", &config, "--json", "watch"], arguments].concat());
        command.current_dir(folder).env_remove("PAYSTATUS_STORE");
        command
    };
    let ids = ["sandbox-succeeded", "sandbox-failed", "sandbox-canceled", "pay_001"];
    for id in ids {
        assert_eq!(code(&watch(&["add", "bearer", id]).output().unwrap()), 0);
    }
    let mut worker = watch(&["run"]);
    worker.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let worker = worker.spawn().unwrap();
    let began = Instant::now();
    while sandbox.requests(bearer) == 0 {
        assert!(began.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(5));
    }
    let interrupted = std::process::Command::new("kill").args(["-INT", &worker.id().to_string()]).status();
    assert!(interrupted.unwrap().success());
    let done = worker.wait_with_output().unwrap();
    assert_eq!(code(&done), 0, "{}", stderr(&done));
    assert!(stderr(&done).contains("stopping: what is on its way is waited for"), "{}", stderr(&done));
    // What was asked was kept, and the rest is not held back by a lease of a minute.
    let decided = line(&done)["decided"].as_u64().unwrap();
    assert_eq!(decided, sandbox.requests(bearer));
    assert!(decided < ids.len() as u64);
    let rest = watch(&["run", "--until-idle"]).output().unwrap();
    assert_eq!(line(&rest)["decided"], ids.len() as u64 - decided);
    assert!(began.elapsed() < Duration::from_secs(55), "{:?}", began.elapsed());
}
