//! What holds for each provider of the build, whichever they are.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use paystatus::{
    Body, Callback, Configuration, ErrorKind, Facts, Lookup, NotGenuine, http, judge, keys, providers,
};

/// An account with nothing but what it can't do without.
fn account(facts: &Facts, more: &str) -> String {
    let keys = keys(facts.name).unwrap();
    let lines = keys.required().iter().map(|key| format!("{key} = 'https://pay.example.com'\n"));
    format!("[accounts.shop]\nprovider = '{}'\n{}{more}\n", facts.name, lines.collect::<String>())
}

#[test]
fn an_account_needs_the_keys_that_are_told_and_no_others() {
    for facts in providers() {
        let whole = account(facts, "");
        let open = |text: &str| Configuration::from_toml(text).unwrap().open("shop");
        assert_eq!(open(&whole).unwrap().provider(), facts.name);
        let known = keys(facts.name).unwrap();
        assert!(!known.required().is_empty(), "{}", facts.name);
        for key in known.required() {
            let without: String = whole
                .lines()
                .filter(|line| !line.starts_with(&format!("{key} =")))
                .collect::<Vec<_>>()
                .join("\n");
            let error = open(&without).err().unwrap().to_string();
            assert_eq!(error, format!("account `shop`: the key `{key}` is missing"), "{}", facts.name);
        }
        for key in known.required().iter().chain(known.optional()) {
            let error = open(&account(facts, &format!("{key}_ = 'canary'"))).err().unwrap().to_string();
            let expected = format!("account `shop`: unknown key `{key}_`: did you mean `{key}`?");
            assert_eq!(error, expected, "{}", facts.name);
        }
    }
}

#[test]
fn test_money_counts_only_where_an_account_says_so() {
    for facts in providers() {
        for (more, expected) in [("", false), ("allow_test = false", false), ("allow_test = true", true)] {
            let client = Configuration::from_toml(&account(facts, more)).unwrap().open("shop").unwrap();
            assert_eq!(client.allows_test_money(), expected, "{} {more}", facts.name);
        }
    }
}

#[test]
fn callbacks_are_verified_where_the_facts_say_that_there_are_some() {
    for facts in providers() {
        let configuration = Configuration::from_toml(&account(facts, "")).unwrap();
        assert_eq!(configuration.facts("shop").unwrap().name, facts.name);
        let callbacks = configuration.callbacks("shop").unwrap();
        assert_eq!(callbacks.is_some(), facts.callbacks.is_some(), "{}", facts.name);
        if let Some(callbacks) = callbacks {
            let headers = http::HeaderMap::new();
            let nothing = Callback::new(&headers, b"a=b", std::time::SystemTime::UNIX_EPOCH);
            let refused = callbacks.verify_callback(&nothing).unwrap_err();
            assert_ne!(refused, NotGenuine::Unsigned, "{}", facts.name);
            assert!(callbacks.signed_with().starts_with('`'), "{}", facts.name);
        }
    }
}

#[test]
fn a_stored_reply_is_judged_without_an_account() {
    for facts in providers() {
        for (status, text, kind) in [
            (503, "<html>", ErrorKind::Unavailable),
            (429, "", ErrorKind::RateLimited),
            (200, "<html>", ErrorKind::InvalidReply),
        ] {
            let mut reply = http::Response::new(Body::from(text));
            *reply.status_mut() = http::StatusCode::from_u16(status).unwrap();
            for asked in [None, Some(&Lookup::payment("p-1"))] {
                let error = judge(facts.name, asked, &reply).unwrap_err();
                assert_eq!((error.kind(), error.provider()), (kind, Some(facts.name)), "{status}");
            }
        }
    }
    let error = judge("nobody", None, &http::Response::new(Body::empty())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
}

/// A server of one reply, and how often its bytes were seen.
#[tokio::test]
async fn an_observer_sees_what_came() {
    let app = axum::Router::new().fallback(|| async { (http::StatusCode::IM_A_TEAPOT, "seen") });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let mut observed = 0;
    for facts in providers() {
        let text = account(facts, "").replace("base_url = 'https://pay.example.com'\n", "");
        let text = format!("{text}base_url = '{url}'\nmax_attempts = 1\n");
        let seen = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&seen);
        let configuration = Configuration::from_toml(&text).unwrap().observed_by(move |reply| {
            assert_eq!((reply.status().as_u16(), reply.body().as_bytes()), (418, &b"seen"[..]));
            counter.fetch_add(1, Ordering::Relaxed);
        });
        let client = configuration.open("shop").unwrap();
        let refused = client.status(&Lookup::payment("p-1")).await.unwrap_err();
        // Nothing is sent about an id of another form, and a provider whose access token does not come
        // has no reply about a payment.
        let may_be_seen = usize::from(refused.kind() == ErrorKind::Rejected);
        let seen = seen.load(Ordering::Relaxed);
        assert!(seen <= may_be_seen, "{}: {refused}", facts.name);
        observed += seen;
    }
    assert!(observed > 0 || providers().is_empty());
}
