//! Callbacks: a genuine one by a vector that the official SDK agrees with, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};
use paystatus_core::{Callback, Covers, Lookup, NotGenuine, Notification, SignsCallbacks};
use paystatus_gocardless::GoCardless;

const SECRET: &str = "whsec_test_123";
const BODY: &str = r#"{"events":[{"id":"EV123","resource_type":"payments","action":"confirmed","links":{"payment":"PM000ABC123"}},{"id":"EV124","resource_type":"mandates","action":"submitted","links":{"mandate":"MD000ABC123"}}],"meta":{"webhook_id":"WB123"}}"#;
const SIGNATURE: &str = "2d378b42de096c1af4f7f1e5513b620c40880789c33f170d384d897d1cf89f6b";

fn account(secrets: &[&str]) -> GoCardless {
    GoCardless::new("token").with_callback_secrets(secrets.iter().map(|&secret| secret.into()))
}

fn verify(account: &GoCardless, signatures: &[&str], body: &[u8]) -> Result<Notification, NotGenuine> {
    let mut headers = HeaderMap::new();
    for signature in signatures {
        headers.append("webhook-signature", HeaderValue::from_str(signature).unwrap());
    }
    // However late: no time is signed.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    account.verify_callback(&Callback::new(&headers, body, now))
}

/// What is learned from a body that is signed.
fn learned(body: &str) -> Result<Notification, NotGenuine> {
    let account = account(&[SECRET]);
    let made = account.sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    verify(&account, &[&made.headers[0].1], &made.body)
}

#[test]
fn the_vector_is_genuine_and_the_same_is_made_by_signing() {
    let notification = verify(&account(&[SECRET]), &[SIGNATURE], BODY.as_bytes()).unwrap();
    assert_eq!(notification.payments(), [Lookup::payment("PM000ABC123")]);
    assert_eq!((notification.covers(), notification.matched_secret()), (Covers::Body, 0));
    assert!(verify(&account(&[SECRET]), &[&SIGNATURE.to_uppercase()], BODY.as_bytes()).is_ok());
    let made = account(&[SECRET]).sign_callback(BODY.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    let header = ("webhook-signature", SIGNATURE.to_owned());
    assert_eq!((made.headers, made.body), (vec![header], BODY.as_bytes().to_vec()));
}

#[test]
fn another_secret_header_or_body_is_refused() {
    let body = BODY.as_bytes();
    assert_eq!(verify(&account(&["new", SECRET]), &[SIGNATURE], body).unwrap().matched_secret(), 1);
    assert_eq!(verify(&account(&["token"]), &[SIGNATURE], body), Err(NotGenuine::BadSignature));
    assert_eq!(verify(&account(&[]), &[SIGNATURE], body), Err(NotGenuine::NoSecret));
    for header in ["", "zz", &SIGNATURE[2..], &format!("{SIGNATURE}00"), &"0".repeat(64)] {
        assert_eq!(verify(&account(&[SECRET]), &[header], body), Err(NotGenuine::BadSignature), "{header}");
    }
    for headers in [&[][..], &[SIGNATURE, SIGNATURE]] {
        assert!(matches!(verify(&account(&[SECRET]), headers, body), Err(NotGenuine::Malformed(_))));
    }
    for index in 0..body.len() * 8 {
        let mut changed = body.to_vec();
        changed[index / 8] ^= 1 << (index % 8);
        let verdict = verify(&account(&[SECRET]), &[SIGNATURE], &changed);
        assert_eq!(verdict, Err(NotGenuine::BadSignature), "bit {index}");
    }
}

#[test]
fn every_payment_of_a_batch_is_named_once() {
    let event = |number: usize| {
        format!(
            r#"{{"id":"EV{number}","resource_type":"payments","action":"confirmed","links":{{"payment":"PM{}"}}}}"#,
            number / 2
        )
    };
    let events: Vec<_> = (0..500).map(event).collect();
    let notification =
        learned(&format!(r#"{{"events":[{}],"meta":{{"webhook_id":"WB1"}}}}"#, events.join(","))).unwrap();
    let expected: Vec<_> = (0..250).map(|number| Lookup::payment(format!("PM{number}"))).collect();
    assert_eq!(notification.payments(), expected);
}

#[test]
fn an_event_names_its_payment_if_it_is_about_one() {
    for (events, payments) in [
        (r#"{"id":"EV1","resource_type":"refunds","links":{"refund":"RF1","payment":"PM1"}}"#, Some(vec![])),
        (
            r#"{"id":"EV1","resource_type":"payouts","links":{"payment":7}},{"id":"EV2","resource_type":"x"}"#,
            Some(vec![]),
        ),
        ("", Some(vec![])),
        (
            r#"{"id":"EV1","resource_type":"payments","links":{"payment":"PM1","mandate":"MD1"}}"#,
            Some(vec!["PM1"]),
        ),
        (r#"{"id":"EV1","resource_type":"payments","links":{"payment":".."}}"#, None),
        (r#"{"id":"EV1","resource_type":"payments","links":{"payment":7}}"#, None),
        (r#"{"id":"EV1","resource_type":"payments","links":{}}"#, None),
        (r#"{"id":"EV1","resource_type":"payments"}"#, None),
        (r#"{"resource_type":"payments","links":{"payment":"PM1"}}"#, None),
        (r#"{"id":"EV1","links":{"payment":"PM1"}}"#, None),
        (r#"["EV1","payments"]"#, None),
    ] {
        let verdict = learned(&format!(r#"{{"events":[{events}]}}"#));
        match payments {
            Some(payments) => {
                let payments: Vec<_> = payments.into_iter().map(Lookup::payment).collect();
                assert_eq!(verdict.unwrap().payments(), payments, "{events}");
            }
            None => assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{events}: {verdict:?}"),
        }
    }
    for body in ["{}", "[]", "7", r#"{"events":{}}"#, r#"{"events":[],"events":[]}"#] {
        assert!(matches!(learned(body), Err(NotGenuine::Malformed(_))), "{body}");
    }
}

#[test]
fn the_key_of_a_replay_is_made_of_the_events() {
    let key = |body: &str| learned(body).unwrap().deduplication_key().to_owned();
    assert_eq!(key(BODY), key(&BODY.replace("WB123", "WB124")));
    assert_ne!(key(BODY), key(&BODY.replace("EV124", "EV125")));
    let one = r#"{"events":[{"id":"EV123","resource_type":"payments","links":{"payment":"PM1"}}]}"#;
    assert_eq!(key(one), "EV123");
    assert_ne!(
        key(r#"{"events":[],"meta":{"webhook_id":"WB1"}}"#),
        key(r#"{"events":[],"meta":{"webhook_id":"WB2"}}"#)
    );
}
