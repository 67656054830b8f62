//! Callbacks as a merchant receives them, over a socket; what each says and how it is signed is tested beside its protocol.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode, Uri},
};
use paystatus_sandbox::{NewPayment, Provider, Sandbox, SentCallback, seeded_id};
use serde_json::{Value, json};

use crate::lab::{Lab, sending};

const PATIENCE: Duration = Duration::from_secs(10);

/// A merchant's server: it answers 200 at `/hook`, redirects at `/moved`, and passes on what it got.
struct Receiver {
    address: String,
    hits: mpsc::Receiver<Hit>,
    _stop: tokio::sync::oneshot::Sender<()>,
}

struct Hit {
    headers: HeaderMap,
    body: String,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, hits) = mpsc::channel();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let receive = move |uri: Uri, headers: HeaderMap, body: Bytes| async move {
            sender.send(Hit { headers, body: String::from_utf8(body.to_vec()).unwrap() }).unwrap();
            match uri.path() {
                "/hook" => (StatusCode::OK, [("location", "/")]),
                _ => (StatusCode::TEMPORARY_REDIRECT, [("location", "/hook")]),
            }
        };
        let router = Router::new().fallback(axum::routing::post(receive));
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    _ = axum::serve(listener, router) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { address, hits, _stop: stop }
    }

    fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    #[track_caller]
    fn next(&self) -> Hit {
        self.hits.recv_timeout(PATIENCE).unwrap()
    }
}

/// Waits until so many callbacks are through.
#[track_caller]
fn sent(sandbox: &Sandbox, count: usize) -> Vec<SentCallback> {
    let begun = Instant::now();
    while sandbox.callbacks().len() < count {
        assert!(begun.elapsed() < PATIENCE, "{:?}", sandbox.callbacks());
        thread::sleep(Duration::from_millis(2));
    }
    sandbox.callbacks()
}

/// A provider that sends callbacks, and its seeded payment that is not paid yet.
fn open() -> (Provider, String) {
    let provider = sending();
    (provider, seeded_id(provider.open_state()))
}

#[test]
fn a_payment_that_is_created_or_moved_is_told_with_the_providers_headers() {
    let (receiver, lab) = (Receiver::start(), Lab::new());
    for &provider in Provider::ALL.iter().filter(|provider| provider.sends_callbacks()) {
        lab.sandbox.set_callback_url(provider, receiver.url()).unwrap();
        let told = lab.sandbox.callbacks().len();
        lab.sandbox.create(NewPayment::new(provider, "new", provider.paid_state())).unwrap();
        let hit = receiver.next();
        assert!(hit.headers.contains_key("content-type"), "{provider}");
        assert!(!hit.body.is_empty(), "{provider}");
        let sent = &sent(&lab.sandbox, told + 1)[told];
        assert_eq!((sent.provider(), sent.payment_id(), sent.status()), (provider, "new", Some(200)));
        lab.sandbox.clear_callback_url(provider);
    }
}

#[test]
fn the_control_interface_sets_and_tells() {
    let (receiver, lab) = (Receiver::start(), Lab::new());
    let (url, (provider, id)) = (receiver.url(), open());
    let set = |body: &str| lab.control("PUT", &format!("/providers/{provider}/callback"), body).status;
    let move_to = |state: &str, rest: &str| {
        let body = format!(r#"{{"state":"{state}"{rest}}}"#);
        assert_eq!(lab.control("PATCH", &format!("/payments/{provider}/{id}"), &body).status, 200);
    };
    assert_eq!(set(&format!(r#"{{"url":"{url}"}}"#)), 204);
    for digest in provider.digests() {
        assert_eq!(set(&format!(r#"{{"url":"{url}","digest":"{digest}"}}"#)), 204);
    }
    assert_eq!(lab.control("GET", "/callbacks", "").body, "[]");

    let paid = provider.paid_state();
    let created = format!(r#"{{"provider":"{provider}","id":"s-1","state":"{paid}"}}"#);
    assert_eq!(lab.control("POST", "/payments", &created).status, 201);
    assert!(receiver.next().body.contains("s-1"));
    sent(&lab.sandbox, 1);
    move_to(paid, "");
    let payment = lab.sandbox.payment(provider, &id).unwrap();
    assert!(receiver.next().body.contains(payment.id()));
    sent(&lab.sandbox, 2);
    let listed: Value = serde_json::from_str(&lab.control("GET", "/callbacks", "").body).unwrap();
    assert_eq!(
        listed[1],
        json!({"provider": provider.name(), "payment_id": payment.id(), "state": paid, "url": url,
            "status": 200, "error": null})
    );

    // Neither the state that it has nor other overrides move a payment; and a URL can be taken back.
    move_to(paid, r#","overrides":{"date":null}"#);
    assert_eq!(lab.control("DELETE", &format!("/providers/{provider}/callback"), "").status, 204);
    move_to(provider.open_state(), "");
    assert_eq!(set(&format!(r#"{{"url":"{url}"}}"#)), 204);
    move_to(paid, "");
    assert!(receiver.next().body.contains(payment.id()));
    assert_eq!(sent(&lab.sandbox, 3).len(), 3);
}

#[test]
fn what_leads_elsewhere_is_refused() {
    let (lab, provider) = (Lab::new(), sending().name());
    let refused = |provider: &str, body: &str, status: u16, field: &str, message: &str| {
        let got = lab.control("PUT", &format!("/providers/{provider}/callback"), body);
        let error: Value = serde_json::from_str(&got.body).unwrap();
        assert_eq!((got.status, error["field"].as_str()), (status, Some(field)), "{}", got.body);
        assert!(error["error"].as_str().unwrap().contains(message), "{}", got.body);
    };
    let local = r#"{"url":"http://127.0.0.1:9000/hook"}"#;
    refused(provider, r#"{"url":"https://127.0.0.1/hook"}"#, 400, "url", "plain http");
    refused(provider, r#"{"url":"http://shop.example/hook"}"#, 400, "url", "this machine");
    refused(provider, r#"{"url":"http://127.0.0.1@192.0.2.1/hook"}"#, 400, "url", "this machine");
    refused(provider, r#"{"url":"hook"}"#, 400, "url", "is not a URL");
    refused(provider, r#"{"url":7}"#, 400, "url", "must be a string");
    refused(provider, "{}", 400, "url", "is missing");
    refused(provider, "", 400, "body", "a JSON object");
    refused(provider, r#"{"uri":"x"}"#, 400, "uri", "unknown field (allowed: url, digest)");
    refused("bearer", local, 400, "provider", "bearer sends no callbacks (allowed: ");
    refused("nobody", local, 404, "provider", "unknown provider");
    for &provider in Provider::ALL.iter().filter(|provider| provider.sends_callbacks()) {
        let allowed = match provider.digests() {
            [] => String::new(),
            digests => format!(" (allowed: {})", digests.join(", ")),
        };
        let digest = r#"{"url":"http://127.0.0.1:9000/hook","digest":"none"}"#;
        let message = format!("{provider} knows no digest \"none\"{allowed}");
        refused(provider.name(), digest, 400, "digest", &message);
    }
    for (method, path) in
        [("POST", "/callbacks".to_owned()), ("GET", format!("/providers/{provider}/callback"))]
    {
        assert_eq!(lab.control(method, &path, "").status, 405);
    }

    // After all that nobody is told anything.
    for &provider in Provider::ALL {
        lab.sandbox.create(NewPayment::new(provider, "new", provider.paid_state())).unwrap();
    }
    assert_eq!(lab.sandbox.callbacks(), []);
}

#[test]
fn providers_without_callbacks_send_nothing() {
    let (receiver, lab) = (Receiver::start(), Lab::new());
    for &provider in Provider::ALL.iter().filter(|provider| !provider.sends_callbacks()) {
        let error = lab.sandbox.set_callback_url(provider, receiver.url()).unwrap_err();
        assert_eq!(error.field(), "provider", "{provider}");
        lab.sandbox.create(NewPayment::new(provider, "new", provider.paid_state())).unwrap();
    }
    let provider = sending();
    lab.sandbox.set_callback_url(provider, receiver.url()).unwrap();
    lab.sandbox.create(NewPayment::new(provider, "new", provider.paid_state())).unwrap();
    receiver.next();
    assert_eq!(sent(&lab.sandbox, 1).len(), 1);
    assert!(receiver.hits.try_recv().is_err());
}

#[test]
fn redirects_are_not_followed_and_a_receiver_that_is_down_disturbs_nothing() {
    let (receiver, lab, (provider, id)) = (Receiver::start(), Lab::new(), open());
    let down = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let move_to = |state| lab.sandbox.set_state(provider, &id, state).unwrap();
    lab.sandbox.set_callback_url(provider, format!("http://{down}/hook")).unwrap();
    move_to(provider.paid_state());
    let first = &sent(&lab.sandbox, 1)[0];
    assert_eq!((first.state(), first.status()), (provider.paid_state(), None));
    assert!(first.error().unwrap().starts_with("can't connect: "), "{first:?}");

    lab.sandbox.clear_callback_url(provider);
    move_to(provider.open_state());
    lab.sandbox.set_callback_url(provider, format!("http://{}/moved", receiver.address)).unwrap();
    move_to(provider.paid_state());
    assert_eq!(sent(&lab.sandbox, 2)[1].status(), Some(307));
    receiver.next();
    assert!(receiver.hits.try_recv().is_err());

    lab.sandbox.clear_callback_url(provider);
    move_to(provider.open_state());
    // A name is as good as an address.
    let named = receiver.url().replace("127.0.0.1", "localhost");
    lab.sandbox.set_callback_url(provider, named).unwrap();
    move_to(provider.paid_state());
    receiver.next();
    assert_eq!(sent(&lab.sandbox, 3)[2].status(), Some(200));
}

#[test]
fn dropping_ends_a_callback_that_is_under_way() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let sandbox = Sandbox::start_blocking(0).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let provider = sending();
    sandbox.set_callback_url(provider, url).unwrap();
    for id in ["one", "two"] {
        sandbox.create(NewPayment::new(provider, id, provider.paid_state())).unwrap();
    }
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut start = [0; 6];
    stream.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"POST /");

    let begun = Instant::now();
    drop(sandbox);
    assert!(begun.elapsed() < PATIENCE);
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    // The connection is gone, and the second callback never begins.
    assert!(
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").and_then(|()| stream.read_exact(&mut start)).is_err()
    );
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err());
}
