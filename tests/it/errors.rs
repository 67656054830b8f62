//! What is not an answer never says that a payment failed.

use std::time::Duration;

use paystatus::{By, Configuration, Error, ErrorKind, Lookup};
use paystatus_core::Says;
use paystatus_sandbox::{Fault, NewPayment, Provider, Reply, Sandbox};

use crate::{UNPACED, account, facts, paid};

async fn fails(sandbox: &Sandbox, provider: Provider, lookup: impl Into<Lookup>) -> Error {
    let client = account(sandbox, provider.name(), &format!("{UNPACED}\nmax_attempts = 1"));
    client.status(&lookup.into()).await.err().unwrap_or_else(|| panic!("{provider} answered"))
}

#[tokio::test]
async fn an_unknown_payment_is_never_one_that_failed() {
    let sandbox = Sandbox::start().await.unwrap();
    for &provider in Provider::ALL {
        // Of digits, because some providers count their payments.
        let unknown = format!("{}404404404", paid(&sandbox, provider));
        let error = fails(&sandbox, provider, unknown).await;
        // Some providers answer a wrong password in the same words.
        assert!(matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Rejected), "{error}");
        let attempts = 1 + u32::from(provider.issues_tokens());
        assert_eq!((error.attempts(), error.provider()), (attempts, Some(provider.name())), "{error}");
    }
}

#[tokio::test]
async fn wrong_credentials_are_refused_and_not_shown() {
    let sandbox = Sandbox::start().await.unwrap();
    for &provider in Provider::ALL {
        let mut refused = 0;
        for (key, value) in provider.settings() {
            let (right, wrong) = (format!("{key} = \"{value}\""), format!("{key} = 'canary'"));
            let toml = sandbox.accounts_toml().replace(&right, &wrong);
            assert!(toml.contains(&wrong), "{provider} has no {key} as it is expected: {toml}");
            let answer = match Configuration::from_toml(&toml).unwrap().open(provider.name()) {
                Ok(client) => client.status(&paid(&sandbox, provider).into()).await,
                Err(error) => Err(error),
            };
            // The secret of callbacks is none of a status call's.
            let Err(error) = answer else { continue };
            let kinds = [ErrorKind::Unauthorized, ErrorKind::Rejected, ErrorKind::Config];
            assert!(kinds.contains(&error.kind()) && !error.is_retryable(), "{provider} {key}: {error}");
            assert!(!format!("{error:?} {error}").contains("canary"));
            refused += usize::from(error.kind() != ErrorKind::Config);
        }
        assert!(refused > 0, "{provider} takes any credentials");
    }
}

#[tokio::test]
async fn every_provider_shares_the_error_table() {
    let sandbox = Sandbox::start().await.unwrap();
    for &provider in Provider::ALL {
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
            let own = |says| matches!(says, Says::Anything);
            let mut rows = facts(provider).errors.iter();
            if rows.any(|row| row.http.contains(&status) && own(row.says)) {
                continue;
            }
            let reply =
                Reply::new(status).with_header("content-type", "text/html").with_body("<html>canary</html>");
            sandbox.set_provider_reply(provider, reply).unwrap();
            let error = fails(&sandbox, provider, paid(&sandbox, provider)).await;
            let found = (error.kind(), error.is_retryable(), error.http_status());
            assert_eq!(found, (kind, retryable, Some(status)), "{provider} {status}: {error}");
            assert!(!format!("{error:?} {error}").contains("canary"));
        }
    }
}

#[tokio::test]
async fn a_server_error_with_a_success_inside_is_an_error() {
    let sandbox = Sandbox::start().await.unwrap();
    for &provider in Provider::ALL {
        let id = paid(&sandbox, provider);
        for body in crate::replies::of(&sandbox, provider, [Lookup::payment(&id)]).await {
            sandbox.set_reply(provider, &id, Reply::new(500).with_body(body)).unwrap();
            let error = fails(&sandbox, provider, id.as_str()).await;
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{provider}");
        }
    }
}

#[tokio::test]
async fn an_unusable_id_sends_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    for &provider in Provider::ALL {
        for id in ["", ".", "..", &"x".repeat(256)] {
            let error = fails(&sandbox, provider, id).await;
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidLookup, 0), "{provider} {id:?}");
        }
        if !facts(provider).asked_by.contains(&By::Order) {
            let error = fails(&sandbox, provider, Lookup::order("order")).await;
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::Unsupported, 0), "{provider}");
        }
        assert_eq!((sandbox.requests(provider), sandbox.token_requests(provider)), (0, 0), "{provider}");
    }
}

#[tokio::test]
async fn an_id_with_every_kind_of_character_is_asked_as_it_is_or_not_at_all() {
    let sandbox = Sandbox::start().await.unwrap();
    for &provider in Provider::ALL {
        // Where ids have a form, that is how they begin.
        let begin = paid(&sandbox, provider);
        let id = format!("{begin}/../b?c=d&e#f%2e%2e +\"\\\u{e9}\u{1f980}\n;@:=");
        sandbox.create(NewPayment::new(provider, &id, provider.paid_state())).unwrap();
        match account(&sandbox, provider.name(), UNPACED).status(&id.as_str().into()).await {
            Ok(payment) => assert_eq!((payment.id(), payment.is_paid()), (&*id, true), "{provider}"),
            Err(error) => {
                assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidLookup, 0), "{provider}");
            }
        }
    }
}

#[tokio::test]
async fn what_the_provider_limits_comes_back_at_once_with_the_time() {
    let sandbox = Sandbox::start().await.unwrap();
    for &provider in Provider::ALL {
        let id = paid(&sandbox, provider);
        let client = account(&sandbox, provider.name(), UNPACED);
        client.status(&id.as_str().into()).await.unwrap();
        let before = sandbox.requests(provider);
        sandbox.inject(provider, None, Fault::status(429).with_retry_after(59)).unwrap();
        for attempts in [1, 0] {
            let error = client.status(&id.as_str().into()).await.unwrap_err();
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, attempts), "{provider}");
            assert!(error.retry_after().is_some_and(|delay| delay > Duration::from_secs(50)), "{provider}");
        }
        assert_eq!(sandbox.requests(provider), before + 1, "{provider}");
    }
}

#[tokio::test]
async fn the_accounts_pace_is_kept_by_all_its_checks() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = account(&sandbox, "bearer", "timeout = '2s'\npace = '15/min'");
    for _ in 0..15 {
        client.status(&"pay_001".into()).await.unwrap();
    }
    let error = client.status(&"pay_001".into()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 0));
    assert!(error.retry_after().is_some());
    assert_eq!(sandbox.requests(Provider::BEARER), 15);
}
