//! `paystatus callback`: what is signed, and what is said of what arrives.

use std::path::Path;

use serde_json::Value;

use crate::{code, command, line, run, stderr, stdout};

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
        (
            &headers,
            now,
            0,
            r#"true null [{"by":"payment","id":"123e4567-e89b-12d3-a456-426614174000"}] "body" 1"#,
        ),
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
            ["genuine", "reason", "payments", "covers", "matched_secret"].map(|key| line[key].to_string());
        assert_eq!((code(&output), said.join(" ").as_str()), (code_expected, expected), "{text} {at}");
        assert_eq!((line["account"].as_str(), line["provider"].as_str()), (Some("cards"), Some("commitup")));
        assert_eq!(line.as_object().unwrap().len(), 7);
    }
    let form = b"id=pay-1&order_number=DEP-123&order_amount=100.00&order_currency=USD&order_description=Test+deposit\
        &hash=65bc088322dd30aa959df1b049d96a8a3592d2dc";
    let (code_of, line) = verified(&config, "checkout", folder.path(), "", form, now);
    assert_eq!((code_of, line["covers"].as_str()), (0, Some("fields")));
    assert_eq!(line["payments"][0]["id"], "pay-1");
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
