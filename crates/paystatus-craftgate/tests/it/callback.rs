//! Callbacks: a genuine one by a vector that the official SDK agrees with, and every way of not being genuine.

use std::time::SystemTime;

use http::{HeaderMap, HeaderValue};
use paystatus_core::{Callback, Covers, Lookup, NotGenuine, Notification, SignsCallbacks};
use paystatus_craftgate::{Craftgate, FACTS};

use crate::account;

const BODY: &str = r#"{"eventType":"API_AUTH","eventTime":"2021-12-08T16:16:40.466","eventTimestamp":1638969400,"status":"SUCCESS","payloadId":"5"}"#;
const SIGNATURE: &str = "lhZxStgP/s9Sq8/z4id6DzFdy66bEObfLXmsqzFlk9U=";

fn verify(account: &Craftgate, signatures: &[&str], body: &str) -> Result<Notification, NotGenuine> {
    let mut headers = HeaderMap::new();
    for signature in signatures {
        headers.append("x-cg-signature-v3", HeaderValue::from_str(signature).unwrap());
    }
    // However early or late: nobody knows in which unit its time is.
    account.verify_callback(&Callback::new(&headers, body.as_bytes(), SystemTime::UNIX_EPOCH))
}

/// Verifies what is signed as it is.
fn genuine(body: &str) -> Result<Notification, NotGenuine> {
    let made = account().sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    verify(&account(), &[&made.headers[0].1], body)
}

#[test]
fn the_vector_is_genuine_and_the_same_is_made_by_signing() {
    let notification = verify(&account(), &[SIGNATURE], BODY).unwrap();
    assert_eq!(notification.payments(), [Lookup::payment("5")]);
    assert_eq!((notification.covers(), notification.matched_secret()), (FACTS.callbacks.unwrap(), 0));
    assert!(matches!(notification.covers(), Covers::Fields(fields) if !fields.contains(&"eventTime")));
    let made = account().sign_callback(BODY.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    let header = ("x-cg-signature-v3", SIGNATURE.to_owned());
    assert_eq!((made.headers, made.body), (vec![header], BODY.as_bytes().to_vec()));
}

#[test]
fn the_key_of_a_replay_is_made_of_what_was_signed() {
    let key = |body: &str| genuine(body).unwrap().deduplication_key().to_owned();
    let reordered =
        r#"{"payloadId":5,"status":"SUCCESS","eventTimestamp":"1638969400","eventType":"API_AUTH"}"#;
    assert_eq!(key(BODY), key(reordered));
    assert_eq!(key(BODY), key(&BODY.replace("2021-12-08", "2022-12-08")));
    for (from, to) in [("1638969400", "1638969401"), ("SUCCESS", "FAILURE"), (r#""5""#, r#""6""#)] {
        assert_ne!(key(BODY), key(&BODY.replace(from, to)), "{to}");
    }
}

#[test]
fn another_key_header_or_field_is_refused() {
    let with = |keys: &[&str]| account().with_callback_secrets(keys.iter().map(|&key| key.into()));
    let old = verify(&with(&["new", "canary-hook-key"]), &[SIGNATURE], BODY).unwrap();
    assert_eq!(old.matched_secret(), 1);
    assert_eq!(verify(&with(&["canary-secret-key"]), &[SIGNATURE], BODY), Err(NotGenuine::BadSignature));
    assert_eq!(verify(&with(&[]), &[SIGNATURE], BODY), Err(NotGenuine::NoSecret));
    for header in ["", "zz", &SIGNATURE[4..], &SIGNATURE.to_uppercase(), &SIGNATURE.replace('=', "")] {
        assert_eq!(verify(&account(), &[header], BODY), Err(NotGenuine::BadSignature), "{header}");
    }
    for headers in [&[][..], &[SIGNATURE, SIGNATURE]] {
        assert!(matches!(verify(&account(), headers, BODY), Err(NotGenuine::Malformed(_))));
    }
    for (from, to) in [
        ("API_AUTH", "THREEDS_VERIFY"),
        ("1638969400", "1638969401"),
        ("SUCCESS", "FAILURE"),
        (r#""5""#, r#""6""#),
    ] {
        let changed = BODY.replace(from, to);
        assert_eq!(verify(&account(), &[SIGNATURE], &changed), Err(NotGenuine::BadSignature), "{to}");
    }
}

#[test]
fn an_event_names_its_payment_if_it_is_about_one() {
    for (kind, names) in [
        ("API_AUTH", true),
        ("API_VERIFY_AND_AUTH", true),
        ("THREEDS_VERIFY", true),
        ("CHECKOUTFORM_AUTH", false),
        ("REFUND", false),
        ("REFUND_TX", false),
        ("AUTOPILOT", false),
        ("MULTI_PAYMENT_COMPLETED", false),
        ("api_auth", false),
    ] {
        let notification = genuine(&BODY.replace("API_AUTH", kind)).unwrap();
        assert_eq!(notification.payments() == [Lookup::payment("5")], names, "{kind}");
        assert_eq!(notification.payments().is_empty(), !names, "{kind}");
    }
    for nobody in [r#""""#, r#""..""#, "null", "[5]"] {
        let verdict = genuine(&BODY.replace(r#""5""#, nobody));
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{nobody}: {verdict:?}");
    }
    for body in ["", "[]", "{}", &BODY.replace("eventType", "type"), &BODY.replace("\"status\"", "\"state\"")]
    {
        assert!(matches!(verify(&account(), &[SIGNATURE], body), Err(NotGenuine::Malformed(_))), "{body}");
        assert!(account().sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).is_err());
    }
}
