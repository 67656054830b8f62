//! Callbacks: genuine ones by a vector, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use paystatus_core::{Callback, Covers, ErrorKind, Lookup, NotGenuine, Notification, SignsCallbacks};
use paystatus_midtrans::Midtrans;

use crate::KEY;

const BODY: &str = r#"{"transaction_time":"2020-01-09 18:27:19","transaction_status":"settlement","transaction_id":"57d5293c-e65f-4a29-95e4-5959c3fa335b","status_code":"200","order_id":"Postman-1578568851","gross_amount":"10000.00","fraud_status":"accept","signature_key":"d9ec8b164692656cc02bed990a472a1cc74ab59ed78f4b12e064ebba8acce231c510110e2789d8ebdc8ba960dc0ce31056dea854886b51576cfe54f4e15e89ed"}"#;

fn verify_as(key: &str, body: &[u8]) -> Result<Notification, NotGenuine> {
    // However late: no time is signed.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    Midtrans::new(key).verify_callback(&Callback::new(&HeaderMap::new(), body, now))
}

fn verify(body: &str) -> Result<Notification, NotGenuine> {
    verify_as(KEY, body.as_bytes())
}

#[test]
fn the_vector_is_genuine_and_the_same_is_made_by_signing() {
    let notification = verify(BODY).unwrap();
    assert_eq!(notification.payments(), [Lookup::order("Postman-1578568851")]);
    assert!(matches!(notification.covers(), Covers::Fields(["order_id", "status_code", "gross_amount"])));
    let (unsigned, signature) = BODY.split_once(r#","signature_key":""#).unwrap();
    let capitals = format!(r#"{unsigned},"signature_key":"{}"#, signature.to_uppercase());
    assert!(verify(&capitals).is_ok());
    let made =
        Midtrans::new(KEY).sign_callback(format!("{unsigned}}}").as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    assert_eq!(String::from_utf8(made.body).unwrap(), BODY);
    let error = Midtrans::new(KEY).sign_callback(BODY.as_bytes(), SystemTime::UNIX_EPOCH).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
}

#[test]
fn what_is_not_signed_may_change_and_what_is_may_not() {
    let key = |body: &str| verify(body).unwrap().deduplication_key().to_owned();
    // The word, too: a genuine callback proves no status.
    for (from, to) in
        [("settlement", "refund"), ("accept", "deny"), ("57d5293c", "57d5293d"), ("18:27", "18:28")]
    {
        let changed = BODY.replace(from, to);
        assert_eq!(key(&changed), key(BODY));
        assert_eq!(verify(&changed).unwrap().payments(), [Lookup::order("Postman-1578568851")]);
    }
    for (from, to) in [
        ("Postman-1578568851", "Postman-1578568852"),
        ("\"200\"", "\"201\""),
        ("10000.00", "10000.0"),
        ("10000.00", "1000.00"),
        ("d9ec8b16", "d9ec8b17"),
        ("d9ec8b16", "zzec8b16"),
        ("\"d9ec8b16", "\""),
        ("signature_key", "signature"),
    ] {
        assert_eq!(verify(&BODY.replace(from, to)), Err(NotGenuine::BadSignature), "{from} {to}");
    }
}

#[test]
fn another_key_is_another_secret() {
    assert_eq!(verify_as("Mid-server-another", BODY.as_bytes()), Err(NotGenuine::BadSignature));
    assert_eq!(verify_as(" ", BODY.as_bytes()), Err(NotGenuine::NoSecret));
}

/// Nothing stands between the signed fields: a digit that moves leaves the signature, and the key of a replay, as they are.
#[test]
fn a_digit_that_moves_makes_no_other_event() {
    let moved = BODY.replace("Postman-1578568851", "Postman-157856885").replace("\"200\"", "\"1200\"");
    let verdict = verify(&moved);
    assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{verdict:?}");
    let moved = BODY.replace("Postman-1578568851", "Postman-15785688512").replace("\"200\"", "\"001\"");
    let moved = moved.replace("10000.00", "0000.00");
    assert!(matches!(verify(&moved), Err(NotGenuine::Malformed(_))));
}

#[test]
fn what_is_not_a_status_is_malformed() {
    for body in [
        "",
        "[]",
        "{}",
        &BODY.replace("\"200\"", "200"),
        &BODY.replace("\"Postman-1578568851\"", "null"),
        &BODY.replace("\"transaction_id\"", "\"order_id\""),
        &format!("{{{}", BODY),
        &"x".repeat(70_000),
    ] {
        let verdict = verify(body);
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{body}: {verdict:?}");
    }
    let unaskable = br#"{"order_id":"..","status_code":"200","gross_amount":"1.00"}"#;
    let made = Midtrans::new(KEY).sign_callback(unaskable, SystemTime::UNIX_EPOCH).unwrap();
    assert!(matches!(verify_as(KEY, &made.body), Err(NotGenuine::Malformed(_))));
}
