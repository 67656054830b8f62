//! Callbacks: a genuine one by a vector that the official SDK accepts, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};
use paystatus_core::{Callback, Covers, Lookup, NotGenuine, Notification, SignsCallbacks};
use paystatus_square::Square;

const SECRET: &str = "canary_signature_key_1";
const URL: &str = "https://shop.example/hooks/square";
const BODY: &str = r#"{"merchant_id":"MLCANARY1","type":"payment.updated","event_id":"13b867cf-db3d-4b1c-90b6-2f32a9d78124","created_at":"2026-03-01T10:05:02Z","data":{"type":"payment","id":"bP9mAsEMYPUGjjGNaNO5ZDVyLhSZY","object":{"payment":{"id":"bP9mAsEMYPUGjjGNaNO5ZDVyLhSZY","status":"COMPLETED"}}}}"#;
const SIGNATURE: &str = "VhcX3beZFnknrZZYgNL6JlMFkurom8h1Wuk6AZGqb0k=";

fn account(secrets: &[&str]) -> Square {
    Square::new("canary").with_callback_secrets(secrets.iter().map(|&secret| secret.into()))
}

fn subscribed() -> Square {
    account(&[SECRET]).with_notification_url(URL)
}

fn verify_at(
    account: &Square,
    url: Option<&str>,
    signatures: &[&str],
    body: &[u8],
) -> Result<Notification, NotGenuine> {
    let mut map = HeaderMap::new();
    for value in signatures {
        map.append("x-square-hmacsha256-signature", HeaderValue::from_str(value).unwrap());
    }
    // However late: no time is signed.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    let callback = Callback::new(&map, body, now);
    account.verify_callback(&url.map_or(callback, |url| callback.at_url(url)))
}

fn verify(account: &Square, signatures: &[&str], body: &[u8]) -> Result<Notification, NotGenuine> {
    verify_at(account, None, signatures, body)
}

#[test]
fn the_vector_is_genuine_and_the_same_is_made_by_signing() {
    let notification = verify(&subscribed(), &[SIGNATURE], BODY.as_bytes()).unwrap();
    assert_eq!(notification.payments(), [Lookup::payment("bP9mAsEMYPUGjjGNaNO5ZDVyLhSZY")]);
    assert_eq!((notification.covers(), notification.matched_secret()), (Covers::Body, 0));
    assert_eq!(notification.deduplication_key(), "13b867cf-db3d-4b1c-90b6-2f32a9d78124");
    let made = subscribed().sign_callback(BODY.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    let header = ("x-square-hmacsha256-signature", SIGNATURE.to_owned());
    assert_eq!((made.headers, made.body), (vec![header], BODY.as_bytes().to_vec()));
}

#[test]
fn the_url_is_the_subscriptions_to_the_letter() {
    let body = BODY.as_bytes();
    for url in [
        "https://shop.example/hooks/square/",
        "http://shop.example/hooks/square",
        "",
        "https://SHOP.example/hooks/square",
    ] {
        let other = account(&[SECRET]).with_notification_url(url);
        assert_eq!(verify(&other, &[SIGNATURE], body), Err(NotGenuine::BadSignature), "{url}");
        // What stands in the account goes before what a server sees.
        assert_eq!(verify_at(&other, Some(URL), &[SIGNATURE], body), Err(NotGenuine::BadSignature), "{url}");
        assert!(verify_at(&subscribed(), Some(url), &[SIGNATURE], body).is_ok(), "{url}");
    }
    assert!(verify_at(&account(&[SECRET]), Some(URL), &[SIGNATURE], body).is_ok());
    assert_eq!(verify(&account(&[SECRET]), &[SIGNATURE], body), Err(NotGenuine::NoSecret));
    assert_eq!(subscribed().signed_with(), "`callback_secret` and `notification_url`");
}

#[test]
fn another_secret_header_or_body_is_refused() {
    let body = BODY.as_bytes();
    let both = account(&["new", SECRET]).with_notification_url(URL);
    assert_eq!(verify(&both, &[SIGNATURE], body).unwrap().matched_secret(), 1);
    let other = account(&["canary"]).with_notification_url(URL);
    assert_eq!(verify(&other, &[SIGNATURE], body), Err(NotGenuine::BadSignature));
    assert_eq!(
        verify(&account(&[]).with_notification_url(URL), &[SIGNATURE], body),
        Err(NotGenuine::NoSecret)
    );
    for header in ["", "=", "zz", &SIGNATURE[1..], &SIGNATURE.to_lowercase(), SIGNATURE.trim_end_matches('=')]
    {
        assert_eq!(verify(&subscribed(), &[header], body), Err(NotGenuine::BadSignature), "{header}");
    }
    for signatures in [vec![], vec![SIGNATURE, SIGNATURE]] {
        assert!(matches!(verify(&subscribed(), &signatures, body), Err(NotGenuine::Malformed(_))));
    }
    for index in 0..body.len() * 8 {
        let mut changed = body.to_vec();
        changed[index / 8] ^= 1 << (index % 8);
        let verdict = verify(&subscribed(), &[SIGNATURE], &changed);
        assert_eq!(verdict, Err(NotGenuine::BadSignature), "bit {index}");
    }
}

#[test]
fn an_event_names_its_payment_if_it_is_about_one() {
    for (kind, object, payment) in [
        ("payment.created", r#"{"payment":{"id":"p1"}}"#, Some("p1")),
        ("refund.updated", r#"{"refund":{"id":"r1","payment_id":"p1"}}"#, Some("p1")),
        ("dispute.created", r#"{"dispute":{"id":"d1","disputed_payment":{"payment_id":"p1"}}}"#, Some("p1")),
        ("customer.updated", r#"{"customer":{"id":"c1"},"payment":{"id":"p1"}}"#, None),
        ("refund.updated", r#"{"payment":{"id":"p1"}}"#, None),
        ("payment.updated", "null", None),
    ] {
        let body = format!(r#"{{"type":"{kind}","event_id":"e1","data":{{"object":{object}}}}}"#);
        let made = subscribed().sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
        let notification = verify(&subscribed(), &[&made.headers[0].1], &made.body).unwrap();
        assert_eq!(notification.payments(), payment.map(Lookup::payment).as_slice(), "{body}");
    }
    for body in [r#"{"type":"payment.updated"}"#, r#"{"type":"payment.updated","event_id":7}"#, "[]", "{"] {
        let made = subscribed().sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
        let verdict = verify(&subscribed(), &[&made.headers[0].1], &made.body);
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{body}: {verdict:?}");
    }
}
