//! `paystatus judge`, and `check --record`: stored replies, and what they mean.

use std::{fs, path::PathBuf};

use serde_json::Value;

use crate::{code, line, run, run_with_input, stderr, stdout};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).unwrap();
        self.path(name).to_str().unwrap().to_owned()
    }
}

const SUCCEEDED: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSet-Cookie: canary\r\n\r\n\
    {\"id\":\"pay_001\",\"status\":\"succeeded\",\"amount\":5000,\"currency\":\"USD\",\"reference\":\"order_12345\"}";

#[test]
fn a_reply_that_curl_printed_is_judged_and_explained() {
    let folder = Folder::new();
    let file = folder.file("reply", SUCCEEDED);
    for (arguments, expected, told) in [
        (vec![], 0, "fits the row: succeeded"),
        (vec!["pay_001"], 0, "paid  50.00 USD"),
        (vec!["pay_002"], 4, "about another payment"),
        (vec!["pay_001", "--expect-amount", "50", "--expect-currency", "USD"], 0, "as expected      yes"),
        (vec!["--expect-amount", "49", "--expect-currency", "USD"], 5, "overpaid by 1.00 USD"),
        (vec!["--expect-at-least", "49", "--expect-currency", "USD"], 0, "as expected      yes"),
        (vec!["--expect-reference", "order_12345", "--expect-final"], 0, "as expected      yes"),
        (vec!["--order"], 2, "<ID>"),
    ] {
        let output = run(&[&["judge", "bearer", &file], arguments.as_slice()].concat());
        assert_eq!(code(&output), expected, "{arguments:?}: {}{}", stdout(&output), stderr(&output));
        let said = stdout(&output) + &stderr(&output);
        assert!(said.contains(told) && !said.contains("canary"), "{arguments:?}: {said}");
    }
    let output = run_with_input(&["--json", "judge", "bearer", "-"], SUCCEEDED.as_bytes());
    let line = line(&output);
    assert_eq!(
        (code(&output), &line["account"], line["provider"].as_str()),
        (0, &Value::Null, Some("bearer"))
    );
    assert_eq!((line["asked_id"].as_str(), line["payment_id"].as_str()), (Some("pay_001"), Some("pay_001")));
}

#[test]
fn what_is_stored_is_judged_by_its_http_status_too() {
    let folder = Folder::new();
    for (head, kind) in [
        ("HTTP/1.1 401 Unauthorized", "unauthorized"),
        ("HTTP/2 503", "unavailable"),
        ("HTTP/1.1 302 Found", "rejected"),
        ("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 59", "rate_limited"),
        ("HTTP/1.1 200 OK\r\nX: ", "invalid_reply"),
    ] {
        let file = folder.file("reply", &format!("{head}\r\n\r\n<html>canary</html>"));
        let output = run(&["--json", "judge", "bearer", &file]);
        let line = line(&output);
        assert_eq!((code(&output), line["error"]["kind"].as_str()), (4, Some(kind)));
        assert_eq!(line["error"]["retry_after"].as_u64(), (kind == "rate_limited").then_some(59));
        assert!(line["asked_id"].is_null() && !line.to_string().contains("canary"));
        let output = run(&["judge", "bearer", &file]);
        let said = stderr(&output);
        assert!(
            said.contains("the reply does not tell the status") && said.contains("does not mean"),
            "{said}"
        );
    }
}

#[test]
fn what_can_not_be_judged_ends_with_2_and_says_why() {
    let folder = Folder::new();
    let reply = folder.file("reply", SUCCEEDED);
    let body = folder.file("body", "{\"id\":\"pay_001\"}");
    let recorded = folder.file("recorded", &format!("# provider: resmic\n{SUCCEEDED}"));
    for (arguments, told) in [
        (["bearr", &*reply], "did you mean `bearer`?"),
        (["bearer", &*body], "`curl -i`"),
        (["bearer", &*recorded], "is a reply of resmic, not of bearer"),
        (["bearer", "nowhere"], "nowhere can't be read"),
    ] {
        let output = run(&[&["judge"], &arguments[..]].concat());
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(stderr(&output).contains(told), "{arguments:?}: {}", stderr(&output));
    }
    #[cfg(unix)]
    assert!(
        stderr(&run(&["judge", "bearer", "/dev/zero"])).contains("is larger than 65 MiB, and no reply is")
    );
}

#[test]
fn a_recording_is_written_over_no_file_but_an_earlier_one() {
    let folder = Folder::new();
    let record = |path: &str| run(&["--sandbox", "check", "bearer", "pay_001", "--record", path]);
    let foreign = folder.file("foreign", "precious\n");
    let output = record(&foreign);
    assert_eq!((code(&output), stdout(&output).as_str()), (2, ""), "nothing was asked");
    assert!(stderr(&output).contains("it is there already"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(&foreign).unwrap(), "precious\n");
    assert_eq!(code(&record(folder.0.path().to_str().unwrap())), 2);

    let path = folder.path("own");
    for _ in 0..2 {
        assert_eq!(code(&record(path.to_str().unwrap())), 0);
        let text = fs::read_to_string(&path).unwrap();
        let head = "\n# provider: bearer\n# asked by payment: \"pay_001\"\nHTTP/1.1 200\n";
        assert!(
            text.starts_with("# A reply that `paystatus check --record` wrote") && text.contains(head),
            "{text}"
        );
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let many =
        run_with_input(&["--sandbox", "check", "bearer", "-", "--record", path.to_str().unwrap()], b"x\n");
    assert_eq!(code(&many), 2, "{}", stderr(&many));
}

#[test]
fn without_a_reply_there_is_nothing_to_record() {
    let folder = Folder::new();
    let account = "[accounts.shop]\nprovider = 'bearer'\nbase_url = 'http://127.0.0.1:1'\naccess_token = 't'\n\
        max_attempts = 1\n";
    let (config, path) = (folder.file("paystatus.toml", account), folder.path("reply"));
    let arguments = ["--config", &config, "check", "shop", "pay_001", "--record", path.to_str().unwrap()];
    let output = run(&arguments);
    assert_eq!(code(&output), 4);
    assert!(stderr(&output).contains("no reply came") && !path.exists(), "{}", stderr(&output));
}

#[test]
fn an_orders_attempts_are_kept_and_listed() {
    let folder = Folder::new();
    let path = folder.path("reply");
    let order = ["akurateco", "order-1234", "--order"];
    let asked = run(&[&["--sandbox", "check"], &order[..], &["--record", path.to_str().unwrap()]].concat());
    assert!(stdout(&asked).contains("\n  other attempt    "), "{}", stdout(&asked));
    let judged = run(&["--json", "judge", "akurateco", path.to_str().unwrap()]);
    let told = line(&judged);
    assert_eq!((code(&judged), told["attempts"].as_array().unwrap().len()), (0, 1));
    assert_eq!(told["asked_id"], "order-1234");
    // Whoever has lost what was asked is told the same: the attempts name their order.
    let text = fs::read_to_string(&path).unwrap();
    let anonymous = folder.file(
        "anonymous",
        text.split_once("\nHTTP").map(|(_, rest)| format!("HTTP{rest}")).unwrap().as_str(),
    );
    assert_eq!(line(&run(&["--json", "judge", "akurateco", &anonymous])), told);
}
