//! Callbacks: a genuine one by a vector that the official SDK agrees with, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};
use paystatus_core::{Callback, Covers, Lookup, NotGenuine, Notification, SignsCallbacks};
use paystatus_razorpay::Razorpay;

const SECRET: &str = "whsec_canary_rzp";
const BODY: &str = r#"{"entity":"event","account_id":"acc_BFQ7uQEaa7j2z7","event":"payment.captured","contains":["payment"],"payload":{"payment":{"entity":{"id":"pay_MT48CvBhIC98MQ","entity":"payment","amount":2100,"currency":"INR","status":"captured","order_id":"order_MT47xgV5ApouIB","captured":true}}},"created_at":1692696730}"#;
const SIGNATURE: &str = "e759839d5ae56a4fba8e5757083b3215729c9c11ef8bb16d90601687c9d1ff6d";

fn account(secrets: &[&str]) -> Razorpay {
    Razorpay::new("id", "key-secret").with_callback_secrets(secrets.iter().map(|&secret| secret.into()))
}

fn verify(
    account: &Razorpay,
    headers: &[(&'static str, &str)],
    body: &[u8],
) -> Result<Notification, NotGenuine> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, HeaderValue::from_str(value).unwrap());
    }
    // However late: no time is signed.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    account.verify_callback(&Callback::new(&map, body, now))
}

#[test]
fn the_vector_is_genuine_and_the_same_is_made_by_signing() {
    let signed = [("x-razorpay-signature", SIGNATURE)];
    let notification = verify(&account(&[SECRET]), &signed, BODY.as_bytes()).unwrap();
    assert_eq!(notification.payments(), [Lookup::payment("pay_MT48CvBhIC98MQ")]);
    assert_eq!((notification.covers(), notification.matched_secret()), (Covers::Body, 0));
    let capitals = SIGNATURE.to_uppercase();
    assert!(verify(&account(&[SECRET]), &[("x-razorpay-signature", &capitals)], BODY.as_bytes()).is_ok());
    let made = account(&[SECRET]).sign_callback(BODY.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    let header = ("x-razorpay-signature", SIGNATURE.to_owned());
    assert_eq!((made.headers, made.body), (vec![header], BODY.as_bytes().to_vec()));
}

#[test]
fn the_key_of_a_replay_is_made_of_what_was_signed() {
    let signature = ("x-razorpay-signature", SIGNATURE);
    let of =
        |id| verify(&account(&[SECRET]), &[signature, ("x-razorpay-event-id", id)], BODY.as_bytes()).unwrap();
    assert_eq!(of("evt_1").deduplication_key(), of("evt_2").deduplication_key());
    let other = BODY.replace("1692696730", "1692696731");
    let made = account(&[SECRET]).sign_callback(other.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    let made =
        verify(&account(&[SECRET]), &[("x-razorpay-signature", &made.headers[0].1)], &made.body).unwrap();
    assert_ne!(made.deduplication_key(), of("evt_1").deduplication_key());
}

#[test]
fn another_secret_header_or_body_is_refused() {
    let signed = [("x-razorpay-signature", SIGNATURE)];
    let body = BODY.as_bytes();
    assert_eq!(verify(&account(&["new", SECRET]), &signed, body).unwrap().matched_secret(), 1);
    assert_eq!(verify(&account(&["key-secret"]), &signed, body), Err(NotGenuine::BadSignature));
    assert_eq!(verify(&account(&[]), &signed, body), Err(NotGenuine::NoSecret));
    for header in ["", "zz", &SIGNATURE[2..], &format!("{SIGNATURE}00"), &"0".repeat(64)] {
        let verdict = verify(&account(&[SECRET]), &[("x-razorpay-signature", header)], body);
        assert_eq!(verdict, Err(NotGenuine::BadSignature), "{header}");
    }
    for headers in [vec![], vec![signed[0], signed[0]]] {
        assert!(matches!(verify(&account(&[SECRET]), &headers, body), Err(NotGenuine::Malformed(_))));
    }
    for index in 0..body.len() * 8 {
        let mut changed = body.to_vec();
        changed[index / 8] ^= 1 << (index % 8);
        assert_eq!(
            verify(&account(&[SECRET]), &signed, &changed),
            Err(NotGenuine::BadSignature),
            "bit {index}"
        );
    }
}

#[test]
fn an_event_names_its_payment_if_it_is_about_one() {
    let account = account(&[SECRET]);
    for (body, payment) in [
        (
            r#"{"payload":{"payment":{"entity":{"id":"pay_1"}},"refund":{"entity":{"id":"rfnd_1"}}}}"#,
            Ok(Some("pay_1")),
        ),
        (r#"{"payload":{"order":{"entity":{"id":"order_1"}}}}"#, Ok(None)),
        (r#"{"payload":{}}"#, Ok(None)),
        (r#"{"payload":{"payment":{"entity":{"id":".."}}}}"#, Err(())),
        (r#"{"payload":{"payment":{"entity":{"id":7}}}}"#, Err(())),
        (r#"{"payload":7}"#, Err(())),
        ("{}", Err(())),
        ("[]", Err(())),
    ] {
        let made = account.sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
        let verdict = verify(&account, &[("x-razorpay-signature", &made.headers[0].1)], &made.body);
        match (&verdict, payment) {
            (Ok(notification), Ok(payment)) => {
                let payments: Vec<_> = payment.map(Lookup::payment).into_iter().collect();
                assert_eq!(notification.payments(), payments, "{body}");
            }
            _ => assert!(
                matches!(verdict, Err(NotGenuine::Malformed(_))) && payment.is_err(),
                "{body}: {verdict:?}"
            ),
        }
    }
}
