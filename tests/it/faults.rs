//! What goes wrong on the way or with the provider, made by the sandbox and met by configured clients.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use paystatus::{ErrorKind, Finality, Payment, Status, StatusClient, Wait, WaitPlan, Waited};
use paystatus_sandbox::{Fault, Provider, Sandbox};

use crate::{UNPACED, account, open, paid};

const ONCE: &str = "pace = 'unlimited'\nmax_attempts = 1";

/// An account that has an access token already, where it needs one, so that its next request is about a payment.
async fn warm(sandbox: &Sandbox, provider: Provider, settings: &str) -> Box<dyn StatusClient> {
    let client = account(sandbox, provider.name(), settings);
    assert!(client.status(&paid(sandbox, provider).into()).await.unwrap().is_paid(), "{provider}");
    client
}

/// Asks every 10 ms; nothing here takes nearly as long as the plan.
fn quick() -> WaitPlan {
    let pause = Duration::from_millis(10);
    WaitPlan::new(pause, pause, Duration::from_secs(20))
}

#[tokio::test]
async fn two_errors_of_a_server_are_overcome() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.inject(Provider::BEARER, None, Fault::status(503).times(2)).unwrap();
    let payment = account(&sandbox, "bearer", UNPACED).status(&"pay_001".into()).await.unwrap();
    assert!(payment.is_paid());
    assert_eq!(sandbox.requests(Provider::BEARER), 3);
}

#[tokio::test]
async fn a_limit_beyond_the_timeout_comes_back_at_once_with_the_time() {
    let sandbox = Sandbox::start().await.unwrap();
    for &provider in Provider::ALL {
        let id = paid(&sandbox, provider);
        for fault in [Fault::status(429).with_retry_after(60), Fault::status(429).with_retry_after_date(60)] {
            sandbox.clear_faults(provider, None).unwrap();
            let client = warm(&sandbox, provider, UNPACED).await;
            sandbox.inject(provider, None, fault).unwrap();
            let (asked, begun) = (sandbox.requests(provider), Instant::now());
            let error = client.status(&id.as_str().into()).await.unwrap_err();
            assert!(begun.elapsed() < Duration::from_secs(60), "the limit was waited for");
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 1), "{provider}");
            assert_eq!(error.retry_after(), Some(Duration::from_secs(60)), "{provider}");
            assert_eq!(sandbox.requests(provider), asked + 1);
        }
    }
}

#[tokio::test]
async fn silence_is_a_timeout_within_the_account_s_own() {
    let sandbox = Sandbox::start().await.unwrap();
    let sandbox = &sandbox;
    let ask = |provider: Provider| {
        let id = paid(sandbox, provider);
        async move {
            let client = account(sandbox, provider.name(), &format!("{UNPACED}\ntimeout = '2s'"));
            // A busy machine may need longer than that for an access token and a first answer.
            while !client.status(&id.as_str().into()).await.is_ok_and(|payment| payment.is_paid()) {}
            sandbox.inject(provider, Some(&id), Fault::hang()).unwrap();
            let begun = Instant::now();
            let error = client.status(&id.as_str().into()).await.unwrap_err();
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1), "{provider}");
            assert!(begun.elapsed() >= Duration::from_secs(2), "{:?}", begun.elapsed());
        }
    };
    // Some side by side, and each with time enough to send its one request.
    let asks = stream::iter(Provider::ALL.iter().copied().map(ask));
    asks.buffer_unordered(8).collect::<()>().await;
}

#[tokio::test]
async fn a_reply_that_comes_late_is_waited_for() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.inject(Provider::BEARER, Some("pay_001"), Fault::delay(Duration::from_millis(80))).unwrap();
    let begun = Instant::now();
    assert!(account(&sandbox, "bearer", ONCE).status(&"pay_001".into()).await.unwrap().is_paid());
    assert!(begun.elapsed() >= Duration::from_millis(80));
}

#[tokio::test]
async fn a_connection_that_breaks_is_transport_and_overcome() {
    let sandbox = Sandbox::start().await.unwrap();
    for &provider in Provider::ALL {
        let id = paid(&sandbox, provider);
        let client = account(&sandbox, provider.name(), ONCE);
        // All but the first on a connection that was used before.
        for fault in
            [Fault::cut(9), Fault::reset(), Fault::cut(0), Fault::reset_after(0), Fault::reset_after(9)]
        {
            let asked = sandbox.requests(provider);
            sandbox.inject(provider, Some(&id), fault.clone().times(1)).unwrap();
            let error = client.status(&id.as_str().into()).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.is_retryable()),
                (ErrorKind::Transport, true),
                "{provider} {fault:?}"
            );
            // The next check takes another connection.
            assert!(client.status(&id.as_str().into()).await.unwrap().is_paid());
            assert_eq!(sandbox.requests(provider), asked + 2, "{provider} {fault:?}");
        }
    }
    // And an account that may ask again does.
    let client = account(&sandbox, "bearer", UNPACED);
    assert!(client.status(&"pay_001".into()).await.unwrap().is_paid());
    let asked = sandbox.requests(Provider::BEARER);
    sandbox.inject(Provider::BEARER, Some("pay_001"), Fault::reset().times(1)).unwrap();
    assert!(client.status(&"pay_001".into()).await.unwrap().is_paid());
    assert_eq!(sandbox.requests(Provider::BEARER), asked + 2);
}

#[tokio::test]
async fn half_a_body_is_an_invalid_reply() {
    let sandbox = Sandbox::start().await.unwrap();
    for &provider in Provider::ALL {
        let id = paid(&sandbox, provider);
        let client = warm(&sandbox, provider, UNPACED).await;
        sandbox.inject(provider, Some(&id), Fault::malformed()).unwrap();
        let error = client.status(&id.as_str().into()).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidReply, 1), "{provider}");
    }
}

#[tokio::test]
async fn a_payment_that_is_not_found_at_first_is_waited_for() {
    let sandbox = Sandbox::start().await.unwrap();
    for &provider in Provider::ALL {
        let id = paid(&sandbox, provider);
        sandbox.inject(provider, Some(&id), Fault::not_found().times(2)).unwrap();
        let client = account(&sandbox, provider.name(), UNPACED);
        match Wait::new(&*client, id.as_str()).with_plan(quick()).await {
            Ok(waited) => {
                assert!(matches!(waited, Waited::Final(payment) if payment.is_paid()), "{provider}");
                assert_eq!(sandbox.requests(provider), 3);
            }
            // Where the provider says the same of a wrong password, no waiting cures it.
            Err(error) => assert_eq!(error.kind(), ErrorKind::Rejected, "{provider}"),
        }
    }
    // Without a grace it is an answer.
    sandbox.inject(Provider::BEARER, Some("pay_001"), Fault::not_found().times(2)).unwrap();
    let client = account(&sandbox, "bearer", UNPACED);
    let plan = quick().with_not_found_grace(Duration::ZERO);
    let error = Wait::new(&*client, "pay_001").with_plan(plan).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_payment_that_settles_after_some_asks_or_some_time_ends_the_wait() {
    let sandbox = Sandbox::start().await.unwrap();
    for &provider in Provider::ALL {
        let (id, state) = (open(&sandbox, provider), provider.paid_state());
        sandbox.inject(provider, Some(&id), Fault::none().times(3)).unwrap();
        sandbox.inject(provider, Some(&id), Fault::state(state)).unwrap();
        let client = account(&sandbox, provider.name(), UNPACED);
        let waited = Wait::new(&*client, id.as_str()).with_plan(quick()).await.unwrap();
        assert!(matches!(waited, Waited::Final(payment) if payment.is_paid()), "{provider}");
        assert_eq!(sandbox.requests(provider), 4);
    }

    let provider = Provider::BEARER;
    let (id, asked) = ("sandbox-canceled", sandbox.requests(provider));
    let client = account(&sandbox, provider.name(), UNPACED);
    sandbox.set_state(provider, id, provider.open_state()).unwrap();
    // Its time begins here, so the account is open before.
    sandbox.inject(provider, Some(id), Fault::none().lasting(Duration::from_secs(3))).unwrap();
    sandbox.inject(provider, Some(id), Fault::state("canceled")).unwrap();
    let waited = Wait::new(&*client, id).with_plan(quick()).await.unwrap();
    assert!(matches!(waited, Waited::Final(payment) if payment.status() == Status::Canceled));
    assert!(sandbox.requests(provider) > asked + 1);
}

#[tokio::test]
async fn a_late_success_is_seen_by_those_who_wait_for_what_is_final() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut seen = 0;
    for &provider in Provider::ALL {
        let id = open(&sandbox, provider);
        let client = account(&sandbox, provider.name(), UNPACED);
        for failed in provider.states() {
            let asked = sandbox.requests(provider);
            sandbox.script(provider, &id, [*failed, *failed, provider.paid_state()]).unwrap();
            let payment = client.status(&id.as_str().into()).await;
            let is_failure = |payment: &Payment<_>| {
                (payment.status(), payment.finality()) == (Status::Failed, Finality::Provisional)
            };
            if !payment.is_ok_and(|payment| is_failure(&payment)) {
                sandbox.clear_faults(provider, Some(&id)).unwrap();
                continue;
            }
            let waited = Wait::new(&*client, id.as_str()).with_plan(quick()).await.unwrap();
            assert!(matches!(waited, Waited::Provisional(payment) if payment.status() == Status::Failed));
            assert_eq!(sandbox.requests(provider), asked + 2);
            let wait =
                Wait::new(&*client, id.as_str()).with_plan(quick()).until(|payment| payment.is_final());
            assert!(matches!(wait.await.unwrap(), Waited::Final(payment) if payment.is_paid()), "{provider}");
            seen += 1;
        }
    }
    assert!(seen > 2, "only {seen} words are provisional failures");
}

#[tokio::test]
async fn whatever_may_go_away_does_not_end_a_wait() {
    let sandbox = Sandbox::start().await.unwrap();
    let (id, state) = ("sandbox-pending", Provider::BEARER.paid_state());
    for fault in [
        Fault::status(503),
        Fault::reset(),
        Fault::cut(20),
        Fault::malformed(),
        Fault::status(408),
        Fault::not_found(),
        Fault::state("odd word"),
        Fault::status(500).and(Fault::reset_after(3)),
    ] {
        sandbox.inject(Provider::BEARER, Some(id), fault.times(1)).unwrap();
    }
    sandbox.inject(Provider::BEARER, Some(id), Fault::state(state)).unwrap();
    let client = account(&sandbox, "bearer", ONCE);
    let waited = Wait::new(&*client, id).with_plan(quick()).await.unwrap();
    assert!(matches!(waited, Waited::Final(payment) if payment.is_paid()));
    assert_eq!(sandbox.requests(Provider::BEARER), 9);
}
