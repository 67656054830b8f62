//! `paystatus check ACCOUNT -`: many ids, one line for each.

use serde_json::Value;

use crate::{code, line, run_with_input, stderr, stdout};

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
