//! Callbacks as a merchant receives them: over a socket, and verified with digests that are computed here again.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::mpsc,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode, Uri},
};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use paystatus_sandbox::{Digest, NewPayment, Overrides, Provider, Sandbox, SentCallback, credentials};
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

use crate::lab::{JSON, Lab};

const PATIENCE: Duration = Duration::from_secs(10);
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

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

impl Hit {
    #[track_caller]
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The form's fields, in order.
    fn form(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hmac(secret: &str, message: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(message.as_bytes());
    hex(&mac.finalize().into_bytes())
}

fn akurateco(signed: &[&str], digest: Digest) -> String {
    let text = (signed.concat() + credentials::AKURATECO_PASSWORD).to_ascii_uppercase();
    let inner = if digest == Digest::Md5 { hex(&Md5::digest(text)) } else { hex(&Sha256::digest(text)) };
    hex(&Sha1::digest(inner))
}

#[test]
fn the_digests_of_these_tests_are_the_documented_ones() {
    assert_eq!(
        hmac(
            "whsec_test_123",
            r#"1715150400000:{"paymentId":"123e4567-e89b-12d3-a456-426614174000","orderId":"ORD-12345","amount":100.50,"currency":"TRY","status":"SUCCESS","transactionType":"SALE"}"#
        ),
        "899b414fb0f52caf961e7b2f115edbd211dc05d0bd8aceeea3f916263d2a1d8a"
    );
    assert_eq!(
        hmac(
            "11111111-2222-4333-8444-555555555555",
            r#"{"session_id":"591abe63-aa61-411d-a419-0b546729bbd0","amount":"20","blockchain":"Sepolia","token":"DAI","from_wallet_address":"0x056397760b973BfB921Bc10Be9DA5034B1e921d7","transaction_hash":"0xa43df332c8d376fc14ffc992c4b87e04a5707a3bc7a92ec4eef7b90c66388db2","txTime":"Mar 5, 2025, 03:36","status":true}"#
        ),
        "cc01241c8e50087b638196b3ab87f72b8c4fa2e9ac21c2e436201f853d58f8ec"
    );
    let signed = ["pay-1", "DEP-123", "100.00", "USD", "Test deposit"];
    assert_eq!(akurateco(&signed, Digest::Md5), "65bc088322dd30aa959df1b049d96a8a3592d2dc");
}

#[test]
fn resmic_tells_of_an_end_only() {
    let (receiver, lab) = (Receiver::start(), Lab::new());
    lab.sandbox.set_callback_url(Provider::Resmic, receiver.url()).unwrap();
    let new = NewPayment::new(Provider::Resmic, "s-1", "initiated").with_amount("35.10");
    lab.sandbox.create(new).unwrap();
    for state in ["Completed", "SomethingNew", "Failed"] {
        lab.sandbox.set_state(Provider::Resmic, "s-1", state).unwrap();
    }
    let (completed, failed) = (receiver.next(), receiver.next());
    for hit in [&completed, &failed] {
        assert_eq!(hit.header("content-type"), JSON);
        assert_eq!(hit.header("x-signature"), hmac(credentials::RESMIC_CALLBACK_SECRET, &hit.body));
    }
    let body = completed.json();
    assert_eq!(
        (&body["session_id"], &body["amount"], &body["status"]),
        (&json!("s-1"), &json!("35.10"), &json!(true))
    );
    for field in ["blockchain", "token", "from_wallet_address", "transaction_hash", "txTime"] {
        assert!(body[field].is_string(), "{field}");
    }
    assert_eq!(failed.json(), json!({"session_id": "s-1", "txTime": "Jan 15, 2026, 10:01", "status": false}));
    let states: Vec<_> =
        sent(&lab.sandbox, 2).iter().map(|sent| (sent.state().to_owned(), sent.status())).collect();
    assert_eq!(states, [("Completed".to_owned(), Some(200)), ("Failed".to_owned(), Some(200))]);
}

#[test]
fn commitup_sends_its_reply_with_the_time() {
    let (receiver, lab) = (Receiver::start(), Lab::new());
    lab.sandbox.set_callback_url(Provider::Commitup, receiver.url()).unwrap();
    let odd = Overrides::from_json(r#"{"amount":100.5}"#).unwrap();
    let new = NewPayment::new(Provider::Commitup, "c-1", "SALE ENROLLED").with_reference("ORD-1");
    lab.sandbox.create(new.with_overrides(odd)).unwrap();
    lab.sandbox.set_state(Provider::Commitup, "c-1", "SALE SUCCESS").unwrap();
    let hits = [receiver.next(), receiver.next()];
    for (hit, status) in hits.iter().zip(["ENROLLED", "SUCCESS"]) {
        assert_eq!(hit.header("content-type"), JSON);
        assert_eq!(hit.header("x-event-type"), "payment.status_changed");
        let time = hit.header("x-request-time");
        let signature = hmac(credentials::COMMITUP_CALLBACK_SECRET, &format!("{time}:{}", hit.body));
        assert_eq!(hit.header("x-request-signature"), signature);
        let stated = UNIX_EPOCH + Duration::from_millis(time.parse().unwrap());
        assert!(SystemTime::now().duration_since(stated).unwrap() < PATIENCE);
        assert_eq!(hit.json()["status"], status);
        assert!(
            hit.body.starts_with(r#"{"paymentId":"c-1","orderId":"ORD-1","amount":100.5,"#),
            "{}",
            hit.body
        );
    }
    assert_ne!(hits[0].header("x-event-id"), hits[1].header("x-event-id"));
    let key = [("x-api-key", "your_api_key_here"), ("x-api-secret", "your_api_secret_here")];
    assert_eq!(lab.get("/commitup/api/payment/c-1", &key).body, hits[1].body);
}

#[test]
fn akurateco_sends_a_form_with_its_hash() {
    let (receiver, lab) = (Receiver::start(), Lab::new());
    lab.sandbox.set_callback_url(Provider::Akurateco, receiver.url()).unwrap();
    let described = Overrides::from_json(r#"{"order":{"description":"Test deposit"}}"#).unwrap();
    let new = NewPayment::new(Provider::Akurateco, "pay-1", "prepare").with_reference("DEP-123");
    lab.sandbox.create(new.with_overrides(described)).unwrap();
    let events = [
        ("prepare", "sale", "waiting"),
        ("3ds", "3ds", "success"),
        ("settled", "sale", "success"),
        ("decline", "sale", "fail"),
        ("refund", "refund", "success"),
        ("SomethingNew", "sale", "undefined"),
    ];
    for (state, ..) in &events[1..] {
        lab.sandbox.set_state(Provider::Akurateco, "pay-1", *state).unwrap();
    }
    for (state, kind, status) in events {
        let hit = receiver.next();
        assert_eq!(hit.header("content-type"), FORM);
        let expected = [
            ("id", "pay-1"),
            ("order_number", "DEP-123"),
            ("order_amount", "100.00"),
            ("order_currency", "USD"),
            ("order_description", "Test deposit"),
            ("order_status", state),
            ("type", kind),
            ("status", status),
            // The documented vector: it covers neither of the three fields above.
            ("hash", "65bc088322dd30aa959df1b049d96a8a3592d2dc"),
        ];
        assert_eq!(hit.form(), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    lab.sandbox.set_callback_url_with_digest(Provider::Akurateco, receiver.url(), Digest::Sha256).unwrap();
    // What is no text counts as it is written, and what is not there is empty.
    let odd = Overrides::from_json(r#"{"order":{"amount":1.50,"currency":null}}"#).unwrap();
    let odd = NewPayment::new(Provider::Akurateco, "ümlaut & more", "settled")
        .with_reference("ö+1")
        .with_overrides(odd.without("order.description"));
    lab.sandbox.create(odd).unwrap();
    let hit = receiver.next();
    let hash = akurateco(&["ümlaut & more", "ö+1", "1.50"], Digest::Sha256);
    assert_eq!(hit.form()[0].1, "ümlaut & more");
    assert_eq!(hit.form()[8], ("hash".to_owned(), hash));
}

#[test]
fn the_control_interface_sets_and_tells() {
    let (receiver, lab) = (Receiver::start(), Lab::new());
    let url = receiver.url();
    let set = |provider: &str, body: &str| {
        let got = lab.control("PUT", &format!("/providers/{provider}/callback"), body);
        (got.status, got.body)
    };
    assert_eq!(set("resmic", &format!(r#"{{"url":"{url}"}}"#)).0, 204);
    assert_eq!(set("akurateco", &format!(r#"{{"url":"{url}","digest":"sha256"}}"#)).0, 204);
    assert_eq!(lab.control("GET", "/callbacks", "").body, "[]");

    let created = r#"{"provider":"resmic","id":"s-1","state":"Completed"}"#;
    assert_eq!(lab.control("POST", "/payments", created).status, 201);
    assert_eq!(receiver.next().json()["session_id"], "s-1");
    sent(&lab.sandbox, 1);
    let moved = r#"{"state":"settled"}"#;
    assert_eq!(lab.control("PATCH", "/payments/akurateco/sandbox-pending", moved).status, 200);
    let hash = akurateco(
        &["sandbox-pending", "order-sandbox-pending", "100.00", "USD", "Sandbox payment"],
        Digest::Sha256,
    );
    assert_eq!(receiver.next().form()[8].1, hash);
    sent(&lab.sandbox, 2);
    let listed: Value = serde_json::from_str(&lab.control("GET", "/callbacks", "").body).unwrap();
    assert_eq!(
        listed[1],
        json!({"provider": "akurateco", "payment_id": "sandbox-pending", "state": "settled", "url": url,
            "status": 200, "error": null})
    );

    // Neither the state that it has nor other overrides move a payment; and a URL can be taken back.
    let same = r#"{"state":"settled","overrides":{"date":null}}"#;
    assert_eq!(lab.control("PATCH", "/payments/akurateco/sandbox-pending", same).status, 200);
    assert_eq!(lab.control("DELETE", "/providers/akurateco/callback", "").status, 204);
    assert_eq!(
        lab.control("PATCH", "/payments/akurateco/sandbox-pending", r#"{"state":"void"}"#).status,
        200
    );
    assert_eq!(lab.control("PATCH", "/payments/resmic/s-1", r#"{"state":"Failed"}"#).status, 200);
    assert_eq!(receiver.next().json()["status"], false);
    assert_eq!(sent(&lab.sandbox, 3).len(), 3);
}

#[test]
fn what_leads_elsewhere_is_refused() {
    let lab = Lab::new();
    let refused = |provider: &str, body: &str, status: u16, field: &str, message: &str| {
        let got = lab.control("PUT", &format!("/providers/{provider}/callback"), body);
        let error: Value = serde_json::from_str(&got.body).unwrap();
        assert_eq!((got.status, error["field"].as_str()), (status, Some(field)), "{}", got.body);
        assert!(error["error"].as_str().unwrap().contains(message), "{}", got.body);
    };
    let local = r#"{"url":"http://127.0.0.1:9000/hook"}"#;
    refused("resmic", r#"{"url":"https://127.0.0.1/hook"}"#, 400, "url", "plain http");
    refused("resmic", r#"{"url":"http://shop.example/hook"}"#, 400, "url", "this machine");
    refused("resmic", r#"{"url":"http://127.0.0.1@192.0.2.1/hook"}"#, 400, "url", "this machine");
    refused("resmic", r#"{"url":"hook"}"#, 400, "url", "is not a URL");
    refused("resmic", r#"{"url":7}"#, 400, "url", "must be a string");
    refused("resmic", "{}", 400, "url", "is missing");
    refused("resmic", "", 400, "body", "a JSON object");
    refused("resmic", r#"{"uri":"x"}"#, 400, "uri", "unknown field (allowed: url, digest)");
    refused("upitranzact", local, 400, "provider", "(allowed: resmic, akurateco, commitup)");
    refused("bearer", local, 400, "provider", "bearer has no signed callbacks");
    refused("stripe", local, 404, "provider", "unknown provider");
    let digest = r#"{"url":"http://127.0.0.1:9000/hook","digest":"sha1"}"#;
    refused("akurateco", digest, 400, "digest", "(allowed: md5, sha256)");
    refused("commitup", &digest.replace("sha1", "md5"), 400, "digest", "knows no other");
    for (method, path) in [("POST", "/callbacks"), ("GET", "/providers/resmic/callback")] {
        assert_eq!(lab.control(method, path, "").status, 405);
    }

    // After all that nobody is told anything.
    for provider in [Provider::Resmic, Provider::Upitranzact, Provider::Bearer] {
        lab.sandbox.create(NewPayment::new(provider, "new", "Completed")).unwrap();
    }
    assert_eq!(lab.sandbox.callbacks(), []);
}

#[test]
fn providers_without_signatures_send_nothing() {
    let (receiver, lab) = (Receiver::start(), Lab::new());
    for &provider in Provider::ALL {
        let is_signing = lab.sandbox.set_callback_url(provider, receiver.url()).is_ok();
        assert_eq!(is_signing, !matches!(provider, Provider::Upitranzact | Provider::Bearer), "{provider}");
    }
    lab.sandbox.set_state(Provider::Bearer, "pay_001", "failed").unwrap();
    lab.sandbox.create(NewPayment::new(Provider::Upitranzact, "u-1", "SUCCESS")).unwrap();
    lab.sandbox.set_state(Provider::Resmic, "sandbox-initiated", "Completed").unwrap();
    assert_eq!(receiver.next().json()["session_id"], "sandbox-initiated");
    assert_eq!(sent(&lab.sandbox, 1).len(), 1);
    assert!(receiver.hits.try_recv().is_err());
}

#[test]
fn redirects_are_not_followed_and_a_receiver_that_is_down_disturbs_nothing() {
    let (receiver, lab) = (Receiver::start(), Lab::new());
    let down = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    lab.sandbox.set_callback_url(Provider::Commitup, format!("http://{down}/hook")).unwrap();
    lab.sandbox.set_callback_url(Provider::Resmic, format!("http://{}/moved", receiver.address)).unwrap();
    lab.sandbox.set_state(Provider::Commitup, "sandbox-enrolled", "SUCCESS").unwrap();
    let first = &sent(&lab.sandbox, 1)[0];
    assert_eq!((first.payment_id(), first.status()), ("sandbox-enrolled", None));
    assert!(first.error().unwrap().starts_with("can't connect: "), "{first:?}");

    lab.sandbox.set_state(Provider::Resmic, "sandbox-initiated", "Completed").unwrap();
    assert_eq!(sent(&lab.sandbox, 2)[1].status(), Some(307));
    receiver.next();
    assert!(receiver.hits.try_recv().is_err());
    // A name is as good as an address.
    let named = receiver.url().replace("127.0.0.1", "localhost");
    lab.sandbox.set_callback_url(Provider::Commitup, named).unwrap();
    lab.sandbox.set_state(Provider::Commitup, "sandbox-enrolled", "FAILED").unwrap();
    assert_eq!(receiver.next().json()["status"], "FAILED");
    assert_eq!(sent(&lab.sandbox, 3)[2].status(), Some(200));
}

#[test]
fn dropping_ends_a_callback_that_is_under_way() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let sandbox = Sandbox::start_blocking(0).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    sandbox.set_callback_url(Provider::Resmic, url).unwrap();
    for state in ["Completed", "Failed"] {
        sandbox.set_state(Provider::Resmic, "sandbox-initiated", state).unwrap();
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
