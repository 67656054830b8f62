//! What is not an answer never says that a payment failed.

use paystatus::{Error, ErrorKind, Lookup};
use paystatus_sandbox::{Reply, Sandbox};

use crate::{UNPACED, account};

const PROVIDERS: [&str; 5] = ["akurateco", "bearer", "commitup", "resmic", "upitranzact"];

/// An id that is paid in the sandbox.
fn paid(provider: &str) -> &'static str {
    match provider {
        "akurateco" => "sandbox-settled",
        "bearer" => "sandbox-succeeded",
        "commitup" => "sandbox-sale-success",
        "resmic" => "sandbox-completed",
        _ => "sandbox-success",
    }
}

async fn fails(sandbox: &Sandbox, provider: &str, settings: &str, lookup: Lookup) -> Error {
    let client = account(sandbox, provider, &format!("{UNPACED}\nmax_attempts = 1\n{settings}"));
    client.status(&lookup).await.err().unwrap_or_else(|| panic!("{provider} answered"))
}

#[tokio::test]
async fn an_unknown_payment_is_not_found() {
    let sandbox = Sandbox::start().await.unwrap();
    for (provider, kind) in [
        ("akurateco", ErrorKind::Rejected),
        ("bearer", ErrorKind::NotFound),
        ("commitup", ErrorKind::NotFound),
        ("resmic", ErrorKind::NotFound),
        ("upitranzact", ErrorKind::NotFound),
    ] {
        let error = fails(&sandbox, provider, "", "no-such-payment".into()).await;
        assert_eq!((error.kind(), error.attempts(), error.provider()), (kind, 1, Some(provider)), "{error}");
    }
    for id in ["sandbox-u4", "sandbox-u4-200"] {
        assert_eq!(fails(&sandbox, "upitranzact", "", id.into()).await.kind(), ErrorKind::NotFound);
    }
    let error = fails(&sandbox, "akurateco", "", "no-such-payment".into()).await;
    assert!(error.message().contains("password") && error.message().contains("payment"), "{error}");
}

#[tokio::test]
async fn wrong_credentials_are_unauthorized_and_not_shown() {
    let sandbox = Sandbox::start().await.unwrap();
    for (provider, key, kind) in [
        ("akurateco", "password", ErrorKind::Rejected),
        ("bearer", "access_token", ErrorKind::Unauthorized),
        ("commitup", "api_key", ErrorKind::Unauthorized),
        ("commitup", "api_secret", ErrorKind::Unauthorized),
        ("resmic", "api_key", ErrorKind::Unauthorized),
        ("resmic", "user_id", ErrorKind::Unauthorized),
        ("upitranzact", "public_key", ErrorKind::Unauthorized),
        ("upitranzact", "secret_key", ErrorKind::Unauthorized),
    ] {
        let toml: String = sandbox
            .accounts_toml()
            .lines()
            .map(|line| {
                if line.starts_with(&format!("{key} =")) {
                    format!("{key} = 'canary'\n")
                } else {
                    format!("{line}\n")
                }
            })
            .collect();
        let client = paystatus::Configuration::from_toml(&toml).unwrap().open(provider).unwrap();
        let error = client.status(&paid(provider).into()).await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (kind, false), "{provider} {key}: {error}");
        assert!(!format!("{error:?} {error}").contains("canary"));
    }
}

#[tokio::test]
async fn every_provider_shares_the_error_table() {
    let sandbox = Sandbox::start().await.unwrap();
    for provider in PROVIDERS {
        for (status, kind, retryable) in [
            (401, ErrorKind::Unauthorized, false),
            (403, ErrorKind::Unauthorized, false),
            (404, ErrorKind::Rejected, false),
            (408, ErrorKind::Timeout, true),
            (409, ErrorKind::Rejected, false),
            (429, ErrorKind::RateLimited, true),
            (500, ErrorKind::Unavailable, true),
            (503, ErrorKind::Unavailable, true),
            (302, ErrorKind::Rejected, false),
            (204, ErrorKind::InvalidReply, false),
            (200, ErrorKind::InvalidReply, false),
        ] {
            let reply =
                Reply::new(status).with_header("content-type", "text/html").with_body("<html>canary</html>");
            sandbox.set_provider_reply(provider.parse().unwrap(), reply).unwrap();
            let error = fails(&sandbox, provider, "", paid(provider).into()).await;
            assert_eq!(
                (error.kind(), error.is_retryable()),
                (kind, retryable),
                "{provider} {status}: {error}"
            );
            assert_eq!(error.http_status(), Some(status));
            assert!(!format!("{error:?} {error}").contains("canary"));
        }
    }
}

#[tokio::test]
async fn a_server_error_with_a_success_inside_is_an_error() {
    let sandbox = Sandbox::start().await.unwrap();
    for provider in PROVIDERS {
        let name = provider.parse().unwrap();
        let body = r#"{"status":true,"statusCode":200,"txnStatus":"SUCCESS","data":{"order_id":"sandbox-success","amount":1}}"#;
        sandbox.set_provider_reply(name, Reply::new(500).with_body(body)).unwrap();
        assert_eq!(fails(&sandbox, provider, "", paid(provider).into()).await.kind(), ErrorKind::Unavailable);
    }
}

#[tokio::test]
async fn an_unusable_id_or_credential_sends_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    for provider in PROVIDERS {
        for id in ["", ".", "..", &"x".repeat(256)] {
            let error = fails(&sandbox, provider, "", id.into()).await;
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidLookup, 0), "{provider} {id:?}");
        }
        let name = provider.parse().unwrap();
        assert_eq!(sandbox.requests(name), 0);
    }
    for provider in ["bearer", "commitup", "resmic"] {
        let error = fails(&sandbox, provider, "", Lookup::order("order")).await;
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Unsupported, 0), "{provider}");
    }
    let toml = sandbox.accounts_toml().replace("your_access_token", "canary\\ntoken");
    let client = paystatus::Configuration::from_toml(&toml).unwrap().open("bearer").unwrap();
    let error = client.status(&"pay_001".into()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("`access_token`") && !error.message().contains("canary"), "{error}");
    assert_eq!(sandbox.requests("bearer".parse().unwrap()), 0);
}

#[tokio::test]
async fn an_id_with_every_kind_of_character_is_asked_as_it_is() {
    let sandbox = Sandbox::start().await.unwrap();
    let id = "a/../b?c=d&e#f%2e%2e +\"\\\u{e9}\u{1f980}\n;@:=";
    for provider in PROVIDERS {
        let new = paystatus_sandbox::NewPayment::new(provider.parse().unwrap(), id, state(provider));
        sandbox.create(new).unwrap();
        let payment = account(&sandbox, provider, UNPACED).status(&id.into()).await.unwrap();
        assert_eq!((payment.id(), payment.is_paid()), (id, true), "{provider}");
    }
}

fn state(provider: &str) -> &'static str {
    match provider {
        "akurateco" => "settled",
        "bearer" => "succeeded",
        "commitup" => "SALE SUCCESS",
        "resmic" => "Completed",
        _ => "SUCCESS",
    }
}

#[tokio::test]
async fn what_the_provider_limits_comes_back_at_once_with_the_time() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_provider_reply("resmic".parse().unwrap(), Reply::rate_limited(59)).unwrap();
    let client = account(&sandbox, "resmic", UNPACED);
    for attempts in [1, 0] {
        let error = client.status(&"sandbox-completed".into()).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, attempts));
        assert!(error.retry_after().is_some_and(|delay| delay.as_secs_f64() > 50.0));
    }
    assert_eq!(sandbox.requests("resmic".parse().unwrap()), 1);
}

#[tokio::test]
async fn the_accounts_pace_is_kept_by_all_its_checks() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = account(&sandbox, "resmic", "timeout = '2s'");
    for _ in 0..15 {
        client.status(&"sandbox-completed".into()).await.unwrap();
    }
    let error = client.status(&"sandbox-completed".into()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 0));
    assert!(error.retry_after().is_some());
    assert_eq!(sandbox.requests("resmic".parse().unwrap()), 15);
}
