//! Callbacks: a genuine one by a vector, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};
use paystatus_core::{Callback, Covers, Lookup, NotGenuine, Notification, SignsCallbacks};
use paystatus_paystack::Paystack;

const SECRET: &str = "sk_test_canary0123456789";
const BODY: &str = r#"{"event":"charge.success","data":{"id":4099260516,"domain":"live","status":"success","reference":"re4lyvq3s3","amount":40333,"currency":"NGN"}}"#;
const SIGNATURE: &str = "246cc7297c620d140b0598e12c55d502726ee3124bfab3fd25a92460fd028acf4a3aa9c3382b1ac482e1877977aaed3bda2fad496aa7435971732bfba779f032";

fn verify(secret: &str, signatures: &[&str], body: &[u8]) -> Result<Notification, NotGenuine> {
    let mut map = HeaderMap::new();
    for value in signatures {
        map.append("x-paystack-signature", HeaderValue::from_str(value).unwrap());
    }
    // However late: no time is signed.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    Paystack::new(secret).verify_callback(&Callback::new(&map, body, now))
}

/// What an event says that is genuine.
fn genuine(body: &str) -> Result<Notification, NotGenuine> {
    let made = Paystack::new(SECRET).sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    verify(SECRET, &[&made.headers[0].1], &made.body)
}

#[test]
fn the_vector_is_genuine_and_the_same_is_made_by_signing() {
    for signature in [SIGNATURE, &SIGNATURE.to_uppercase()] {
        let notification = verify(SECRET, &[signature], BODY.as_bytes()).unwrap();
        assert_eq!(notification.payments(), [Lookup::order("re4lyvq3s3")]);
        assert_eq!((notification.covers(), notification.matched_secret()), (Covers::Body, 0));
        assert_eq!(notification.deduplication_key(), "charge.success 4099260516");
    }
    let made = Paystack::new(SECRET).sign_callback(BODY.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    let header = ("x-paystack-signature", SIGNATURE.to_owned());
    assert_eq!((made.headers, made.body), (vec![header], BODY.as_bytes().to_vec()));
    assert_eq!(Paystack::new(SECRET).signed_with(), "`secret_key`");
}

#[test]
fn another_secret_header_or_body_is_refused() {
    let body = BODY.as_bytes();
    assert_eq!(verify("sk_test_other", &[SIGNATURE], body), Err(NotGenuine::BadSignature));
    for secret in ["", "pk_test_canary0123456789"] {
        assert_eq!(verify(secret, &[SIGNATURE], body), Err(NotGenuine::NoSecret));
    }
    // Of SHA-256 it would be half as long.
    for header in ["", "zz", &SIGNATURE[..64], &SIGNATURE[2..], &format!("{SIGNATURE}00"), &"0".repeat(128)] {
        assert_eq!(verify(SECRET, &[header], body), Err(NotGenuine::BadSignature), "{header}");
    }
    for signatures in [vec![], vec![SIGNATURE, SIGNATURE]] {
        assert!(matches!(verify(SECRET, &signatures, body), Err(NotGenuine::Malformed(_))));
    }
    // Written again with a space it is another body.
    assert_eq!(
        verify(SECRET, &[SIGNATURE], BODY.replace(':', ": ").as_bytes()),
        Err(NotGenuine::BadSignature)
    );
    for index in 0..body.len() * 8 {
        let mut changed = body.to_vec();
        changed[index / 8] ^= 1 << (index % 8);
        assert_eq!(verify(SECRET, &[SIGNATURE], &changed), Err(NotGenuine::BadSignature), "bit {index}");
    }
}

#[test]
fn an_event_names_its_transaction_if_it_is_about_one() {
    let order = |reference: &str| Some(Lookup::order(reference));
    for (body, payment) in [
        (r#"{"event":"charge.success","data":{"id":1,"reference":"r-1"}}"#, order("r-1")),
        (
            r#"{"event":"charge.dispute.create","data":{"id":1,"transaction":{"id":2,"reference":"r-1"}}}"#,
            order("r-1"),
        ),
        (r#"{"event":"charge.dispute.remind","data":{"transaction":{"reference":"r-1"}}}"#, order("r-1")),
        (r#"{"event":"charge.dispute.resolve","data":{"transaction":{"reference":"r-1"}}}"#, order("r-1")),
        (
            r#"{"event":"refund.processed","data":{"transaction_reference":"r-1","amount":"10000"}}"#,
            order("r-1"),
        ),
        (r#"{"event":"refund.failed","data":{"transaction_reference":"r-1"}}"#, order("r-1")),
        (
            r#"{"event":"bank.transfer.rejected","data":{"bank_transfer":{"transaction_id":4099260516}}}"#,
            Some(Lookup::payment("4099260516")),
        ),
        (r#"{"event":"transfer.success","data":{"id":1,"reference":"r-1"}}"#, None),
        (r#"{"event":"subscription.create","data":{"reference":"r-1"}}"#, None),
        (r#"{"event":"customeridentification.failed","data":{}}"#, None),
        (r#"{"event":"charge.success","data":{"reference":7}}"#, None),
        (r#"{"event":"charge.success"}"#, None),
    ] {
        assert_eq!(genuine(body).unwrap().payments(), payment.as_slice(), "{body}");
    }
    for body in ["{}", r#"{"event":7}"#, r#"{"event":"charge.success","data":{"reference":".."}}"#, "[]", "{"]
    {
        assert!(matches!(genuine(body), Err(NotGenuine::Malformed(_))), "{body}");
    }
}

#[test]
fn the_key_of_a_replay_is_the_events_name_and_its_objects_id() {
    let key = |body: &str| genuine(body).unwrap().deduplication_key().to_owned();
    let charge = r#"{"event":"charge.success","data":{"id":1,"reference":"r-1"}}"#;
    assert_eq!(key(charge), key(&charge.replace(':', ": ")));
    assert_ne!(key(charge), key(&charge.replace(":1,", ":2,")));
    assert_ne!(key(charge), key(&charge.replace("charge.success", "refund.failed")));
    let without = r#"{"event":"refund.failed","data":{"transaction_reference":"r-1"}}"#;
    assert_eq!(key(without), key(without));
    assert_ne!(key(without), key(&without.replace("r-1", "r-2")));
}
