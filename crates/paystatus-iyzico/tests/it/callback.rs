//! Callbacks: genuine ones by vectors in both forms, and every way of not being genuine.

use std::time::SystemTime;

use http::{HeaderMap, HeaderValue};
use paystatus_core::{Callback, Covers, Lookup, NotGenuine, Notification, SignsCallbacks};
use paystatus_iyzico::{FACTS, Iyzico};

use crate::account;

const DIRECT: &str = r#"{"paymentConversationId":"order-1","merchantId":3407562,"paymentId":25236546,"status":"SUCCESS","iyziReferenceCode":"canary-reference","iyziEventType":"API_AUTH","iyziEventTime":1763728000123}"#;
const DIRECT_SIGNATURE: &str = "9e5e8ab6eea0bbe0e2380bab68321f2d519cc0b3f60fdd64d41de85ed4cf0d30";
const HOSTED: &str = r#"{"paymentConversationId":"order-1","merchantId":3407562,"token":"e828c62d-fd12-4b1a-ad5a-380f15fe6596","status":"SUCCESS","iyziReferenceCode":"canary-reference","iyziEventType":"CHECKOUT_FORM_AUTH","iyziEventTime":1763728000123,"iyziPaymentId":25236546}"#;
const HOSTED_SIGNATURE: &str = "42a038719fda46680850baa15c8642b37f155adf79a185dcb4f535a36eb2dec0";

fn verify(account: &Iyzico, signatures: &[&str], body: &str) -> Result<Notification, NotGenuine> {
    let mut headers = HeaderMap::new();
    for signature in signatures {
        headers.append("x-iyz-signature-v3", HeaderValue::from_str(signature).unwrap());
    }
    // However late: no time is signed.
    account.verify_callback(&Callback::new(&headers, body.as_bytes(), SystemTime::UNIX_EPOCH))
}

#[test]
fn the_vectors_are_genuine_and_the_same_is_made_by_signing() {
    for (body, signature) in [(DIRECT, DIRECT_SIGNATURE), (HOSTED, HOSTED_SIGNATURE)] {
        for signature in [signature.to_owned(), signature.to_uppercase()] {
            let notification = verify(&account(), &[&signature], body).unwrap();
            assert_eq!(notification.payments(), [Lookup::payment("25236546")]);
            assert_eq!((notification.covers(), notification.matched_secret()), (FACTS.callbacks.unwrap(), 0));
            assert!(matches!(notification.covers(), Covers::Fields(fields) if !fields.contains(&"price")));
        }
        let made = account().sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
        let header = ("x-iyz-signature-v3", signature.to_owned());
        assert_eq!((made.headers, made.body), (vec![header], body.as_bytes().to_vec()));
    }
}

#[test]
fn the_key_of_a_replay_is_made_of_what_was_signed() {
    let key = |body: &str| {
        let notification = verify(&account(), &[DIRECT_SIGNATURE], body).unwrap();
        notification.deduplication_key().to_owned()
    };
    // Anybody can write another reference, and other spaces.
    assert_eq!(key(DIRECT), key(&DIRECT.replace("canary-reference", "another").replace(',', ", ")));
    // Moved from one field to its neighbour, the signature is still right: it is the same event.
    let moved = DIRECT.replace("25236546", "2523654").replace("order-1", "6order-1");
    assert_eq!(key(DIRECT), key(&moved));
    let failed = DIRECT.replace("SUCCESS", "FAILURE");
    let made = account().sign_callback(failed.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    let failed = verify(&account(), &[&made.headers[0].1], &failed).unwrap();
    assert_ne!(key(DIRECT), failed.deduplication_key());
}

#[test]
fn another_secret_header_or_field_is_refused() {
    let other = Iyzico::new("canary-api-key", "another");
    assert_eq!(verify(&other, &[DIRECT_SIGNATURE], DIRECT), Err(NotGenuine::BadSignature));
    let none = Iyzico::new("canary-api-key", " ");
    assert_eq!(verify(&none, &[DIRECT_SIGNATURE], DIRECT), Err(NotGenuine::NoSecret));
    assert!(none.sign_callback(DIRECT.as_bytes(), SystemTime::UNIX_EPOCH).is_err());
    let truncated = &DIRECT_SIGNATURE[2..];
    for header in ["", "zz", truncated, HOSTED_SIGNATURE, &"0".repeat(64)] {
        assert_eq!(verify(&account(), &[header], DIRECT), Err(NotGenuine::BadSignature), "{header}");
    }
    for headers in [&[][..], &[DIRECT_SIGNATURE, DIRECT_SIGNATURE]] {
        assert!(matches!(verify(&account(), headers, DIRECT), Err(NotGenuine::Malformed(_))));
    }
    for (from, to) in [
        ("25236546", "25236547"),
        ("SUCCESS", "FAILURE"),
        ("order-1", "order-2"),
        ("API_AUTH", "API_REFUND"),
        (r#""order-1""#, "null"),
    ] {
        let changed = DIRECT.replace(from, to);
        assert_eq!(verify(&account(), &[DIRECT_SIGNATURE], &changed), Err(NotGenuine::BadSignature), "{to}");
    }
    // A token makes it the other form, where the id has another name.
    let with_token = DIRECT.replace(r#""status""#, r#""token":"t","status""#);
    assert_eq!(verify(&account(), &[DIRECT_SIGNATURE], &with_token), Err(NotGenuine::BadSignature));
}

#[test]
fn what_is_no_event_about_a_payment_is_malformed() {
    let without = |field: &str| DIRECT.replace(&format!(r#""{field}":"#), r#""other":"#);
    for body in [without("iyziEventType"), without("status"), "[]".into(), String::new(), "{}".into()] {
        let verdict = verify(&account(), &[DIRECT_SIGNATURE], &body);
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{body}: {verdict:?}");
        assert!(account().sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).is_err());
    }
    let nobody = without("paymentId");
    let made = account().sign_callback(nobody.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    let verdict = verify(&account(), &[&made.headers[0].1], &nobody);
    assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{verdict:?}");
}
