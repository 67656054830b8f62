//! What holds for each provider, whichever there are.

use std::collections::BTreeSet;

use paystatus::Tells;
use paystatus_sandbox::{Fault, Provider, Sandbox, seeded_id};
use serde_json::Value;

use crate::{code, configured, line, paid, run, stderr, stdout};

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_paid_payment_ends_with_0_and_the_contracts_fields() {
    for (account, id) in paid() {
        let output = run(&["--sandbox", "--json", "check", account, &id]);
        assert_eq!(code(&output), 0, "{account}: {}", stdout(&output));
        let line = line(&output);
        let mut keys: Vec<_> = line.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(
            keys,
            [
                "account",
                "amount",
                "asked_id",
                "attempts",
                "because",
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
                "returned",
                "status",
                "test_mode",
                "updated_at",
                "verdict",
            ]
        );
        for (key, value) in [
            ("account", account),
            ("provider", account),
            ("asked_id", &*id),
            ("status", "paid"),
            ("funds", "taken"),
            ("may_charge_again", "no"),
        ] {
            assert_eq!(line[key], value, "{account} {key}");
        }
        let tells_amount =
            paystatus::providers().iter().any(|facts| facts.name == account && facts.tells(Tells::Amount));
        assert_eq!(
            (line["amount"].is_string(), line["currency"].is_string()),
            (tells_amount, tells_amount),
            "{account}"
        );
        assert!(line["verdict"].is_null() && line["attempts"].is_null(), "{account}");
        for key in ["evidence", "source", "read"] {
            assert!(line["because"][key].is_string(), "{account}: {key}");
        }
        assert_ne!(
            line["test_mode"],
            Value::Bool(true),
            "{account}: a payment of a sandbox is as a live one"
        );
        let output = run(&["--sandbox", "check", account, &id, "--explain"]);
        let because = line["because"]["evidence"].as_str().unwrap();
        assert!(stdout(&output).contains(&format!("fits the row: {because}")), "{}", stdout(&output));
    }
}

/// A sandbox, and a file with its accounts.
fn sandbox() -> (Sandbox, tempfile::TempDir, String) {
    let (sandbox, folder) = (Sandbox::start_blocking(0).unwrap(), tempfile::tempdir().unwrap());
    let config = configured(folder.path(), &sandbox, "[accounts.", "[accounts.");
    (sandbox, folder, config)
}

#[test]
fn the_code_is_what_the_object_says() {
    let (_sandbox, _folder, config) = sandbox();
    for &provider in Provider::ALL {
        for state in provider.states() {
            let output = run(&["--config", &config, "--json", "check", provider.name(), &seeded_id(state)]);
            let line = line(&output);
            let expected = match (line["status"].as_str(), line["finality"].as_str()) {
                (None, _) => 4,
                (Some("paid"), _) if line["test_mode"] == true => 5,
                (Some("paid"), _) => 0,
                (Some("authorized" | "partly_paid" | "unknown" | "pending"), _) => 3,
                (_, Some("final")) => 1,
                _ => 3,
            };
            assert_eq!(code(&output), expected, "{provider} {state}: {line}");
        }
    }
}

#[test]
fn a_recording_is_judged_as_the_reply_was_and_holds_nothing_else() {
    let (sandbox, folder, config) = sandbox();
    let file = folder.path().join("reply.http");
    let path = file.to_str().unwrap();
    let without = |mut line: Value| {
        line["account"].take();
        line["error"]["attempts"].take();
        line
    };
    for &provider in Provider::ALL {
        let name = provider.name();
        let own = |state: &str| sandbox.payment(provider, &seeded_id(state)).unwrap().id().to_owned();
        // Of digits, because some providers count their payments.
        let nobodys = format!("{}404404404", own(provider.paid_state()));
        for id in &provider.states().iter().map(|state| own(state)).chain([nobodys]).collect::<Vec<_>>() {
            let asked = run(&["--config", &config, "--json", "check", name, id, "--record", path]);
            let text = std::fs::read_to_string(&file).unwrap();
            let secrets = ["key", "secret", "token", "password"];
            let is_secret = |key: &str| secrets.iter().any(|word| key.contains(word));
            let settings =
                provider.settings().iter().filter(|(key, value)| is_secret(key) && value.len() >= 8);
            for (key, value) in settings {
                assert!(!text.contains(value), "{name} {id}: {key} is in {text}");
            }
            let judged = run(&["--json", "judge", name, path]);
            assert_eq!(code(&judged), code(&asked), "{name} {id}: {}{}", stdout(&judged), stderr(&judged));
            assert_eq!(without(line(&judged)), without(line(&asked)), "{name} {id}: {text}");
        }
    }
}

#[test]
fn what_is_no_answer_is_recorded_without_its_page() {
    let (sandbox, folder, config) = sandbox();
    let file = folder.path().join("reply.http");
    for &provider in Provider::ALL {
        let (name, id) = (provider.name(), seeded_id(provider.paid_state()));
        let id = sandbox.payment(provider, &id).unwrap().id().to_owned();
        sandbox.inject(provider, Some(&id), Fault::malformed()).unwrap();
        let output = run(&["--config", &config, "check", name, &id, "--record", file.to_str().unwrap()]);
        assert_eq!(code(&output), 4, "{name}");
        let judged = run(&["--json", "judge", name, file.to_str().unwrap()]);
        let told = line(&judged);
        assert_eq!(
            (code(&judged), told["error"]["kind"].as_str()),
            (4, Some("invalid_reply")),
            "{name}: {told}"
        );
    }
}

#[test]
fn the_demo_has_a_row_for_each_and_all_of_them_on_request() {
    let output = run(&["demo"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    for provider in Provider::ALL {
        assert!(stdout(&output).contains(&format!("\n {provider} ")), "{}", stdout(&output));
    }
    let example = stdout(&output);
    let example = example.lines().find_map(|line| line.strip_prefix("Ask yourself: paystatus ")).unwrap();
    assert_eq!(code(&run(&example.split(' ').collect::<Vec<_>>())), 0, "{example}");

    let few = lines(&stdout(&run(&["--json", "demo"])));
    assert_eq!(few.len(), Provider::ALL.len());
    let told: BTreeSet<_> = few
        .iter()
        .map(|line| [&line["status"], &line["finality"], &line["funds"]].map(Value::to_string))
        .collect();
    assert!(told.len() > 3, "each teaches something else: {told:?}");
    let all = lines(&stdout(&run(&["--json", "demo", "--all"])));
    assert_eq!(all.len(), Provider::ALL.iter().map(|provider| provider.states().len()).sum::<usize>());
}

#[test]
fn the_providers_are_listed_with_the_keys_that_accounts_need() {
    let output = run(&["--json", "providers"]);
    assert_eq!(code(&output), 0);
    let listed = lines(&stdout(&output));
    let names: Vec<_> = listed.iter().map(|line| line["provider"].as_str().unwrap()).collect();
    assert!(names.iter().copied().eq(Provider::ALL.iter().map(|provider| provider.name())), "{names:?}");
    for (line, provider) in listed.iter().zip(Provider::ALL) {
        let texts = |list: &Value| -> Vec<String> {
            list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
        };
        let (needed, optional) = (texts(&line["keys"]), texts(&line["options"]));
        let known: Vec<_> = needed.iter().chain(&optional).map(String::as_str).collect();
        for (key, _) in provider.settings() {
            assert!(known.contains(key), "{provider}: {key}");
        }
        let given = |key: &str| key == "base_url" || provider.settings().iter().any(|(own, _)| *own == key);
        assert!(needed.iter().all(|key| given(key)), "{provider}: {needed:?}");
        assert!(!texts(&line["asked_by"]).is_empty() && line["title"].is_string(), "{provider}");
        assert!(!line["cannot_tell"].as_str().unwrap().is_empty(), "{provider}");
        assert_eq!(line["callbacks"].is_string(), provider.sends_callbacks(), "{provider}");
    }
    let text = stdout(&run(&["providers"]));
    assert!(names.iter().all(|name| text.contains(&format!("{name}:"))), "{text}");
}
