//! Callbacks: a genuine one by a vector that the official SDK accepts, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};
use paystatus_cashfree::Cashfree;
use paystatus_core::{Callback, Covers, Lookup, NotGenuine, Notification, SignsCallbacks};

const SECRET: &str = "cfsk_canary_secret";
const TIME: &str = "1746427759733";
const BODY: &str = r#"{"data":{"order":{"order_id":"order_OFR_2","order_amount":170.00,"order_currency":"INR","order_tags":null},"payment":{"cf_payment_id":"1453002795","payment_status":"SUCCESS","payment_amount":170.00,"payment_currency":"INR"}},"event_time":"2025-01-15T12:20:30+05:30","type":"PAYMENT_SUCCESS_WEBHOOK"}"#;
const SIGNATURE: &str = "dEAA32jLTUMQmb/QxTuY5y6aNaiD8hyX0+ak+cgo4MA=";

/// When the vector was signed.
fn signed_at() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(1_746_427_759_733)
}

fn verify_at(
    secret: &str,
    headers: &[(&'static str, &str)],
    body: &[u8],
    received_at: SystemTime,
) -> Result<Notification, NotGenuine> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, HeaderValue::from_str(value).unwrap());
    }
    Cashfree::new("id", secret).verify_callback(&Callback::new(&map, body, received_at))
}

fn verify(secret: &str, headers: &[(&'static str, &str)], body: &[u8]) -> Result<Notification, NotGenuine> {
    verify_at(secret, headers, body, signed_at())
}

const HEADERS: [(&str, &str); 2] = [("x-webhook-signature", SIGNATURE), ("x-webhook-timestamp", TIME)];

#[test]
fn the_vector_is_genuine_and_the_same_is_made_by_signing() {
    let notification = verify(SECRET, &HEADERS, BODY.as_bytes()).unwrap();
    assert_eq!(notification.payments(), [Lookup::order("order_OFR_2")]);
    assert_eq!((notification.covers(), notification.matched_secret()), (Covers::Body, 0));
    let made = Cashfree::new("id", SECRET).sign_callback(BODY.as_bytes(), signed_at()).unwrap();
    let headers = [("x-webhook-timestamp", TIME.to_owned()), ("x-webhook-signature", SIGNATURE.to_owned())];
    assert_eq!((made.headers.as_slice(), made.body), (&headers[..], BODY.as_bytes().to_vec()));
    assert_eq!(Cashfree::new("id", SECRET).signed_with(), "`client_secret`");
}

#[test]
fn the_key_of_a_replay_is_made_of_what_was_signed() {
    let of =
        |id| verify(SECRET, &[HEADERS[0], HEADERS[1], ("x-idempotency-key", id)], BODY.as_bytes()).unwrap();
    assert_eq!(of("1").deduplication_key(), of("2").deduplication_key());
    // Sent again with a new time it is the same event.
    let later = signed_at() + Duration::from_secs(120);
    let made = Cashfree::new("id", SECRET).sign_callback(BODY.as_bytes(), later).unwrap();
    let headers = [(made.headers[0].0, &*made.headers[0].1), (made.headers[1].0, &*made.headers[1].1)];
    let again = verify_at(SECRET, &headers, &made.body, later).unwrap();
    assert_eq!(again.deduplication_key(), of("1").deduplication_key());
}

#[test]
fn a_time_too_far_from_the_arrival_is_stale_and_still_names_the_order() {
    let five_minutes = Duration::from_secs(300);
    for received in [signed_at() + five_minutes, signed_at() - five_minutes] {
        assert!(verify_at(SECRET, &HEADERS, BODY.as_bytes(), received).is_ok());
    }
    let second = Duration::from_secs(1);
    for received in [signed_at() + five_minutes + second, signed_at() - five_minutes - second] {
        let verdict = verify_at(SECRET, &HEADERS, BODY.as_bytes(), received);
        let payments = vec![Lookup::order("order_OFR_2")];
        assert_eq!(verdict, Err(NotGenuine::Stale { by: five_minutes + second, payments }));
    }
}

#[test]
fn another_secret_header_or_body_is_refused() {
    let body = BODY.as_bytes();
    assert_eq!(verify("other", &HEADERS, body), Err(NotGenuine::BadSignature));
    assert_eq!(verify(" ", &HEADERS, body), Err(NotGenuine::NoSecret));
    for signature in ["", "=", "zz", &SIGNATURE.to_lowercase(), &SIGNATURE[1..]] {
        let headers = [("x-webhook-signature", signature), HEADERS[1]];
        assert_eq!(verify(SECRET, &headers, body), Err(NotGenuine::BadSignature), "{signature}");
    }
    let other_time = [HEADERS[0], ("x-webhook-timestamp", "1746427759734")];
    assert_eq!(verify(SECRET, &other_time, body), Err(NotGenuine::BadSignature));
    for time in ["", "now", "-1", "1746427759.733", "99999999999999999999"] {
        let verdict = verify(SECRET, &[HEADERS[0], ("x-webhook-timestamp", time)], body);
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{time}: {verdict:?}");
    }
    for headers in [vec![], vec![HEADERS[0]], vec![HEADERS[1]], [HEADERS, HEADERS].concat()] {
        assert!(matches!(verify(SECRET, &headers, body), Err(NotGenuine::Malformed(_))));
    }
    // A digit can move from the time to the body without another signature: then there is no event.
    let shifted = [HEADERS[0], ("x-webhook-timestamp", &TIME[..12])];
    let verdict = verify(SECRET, &shifted, format!("3{BODY}").as_bytes());
    assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{verdict:?}");
    // Written again without its zeros it is another body.
    assert_eq!(
        verify(SECRET, &HEADERS, BODY.replace("170.00", "170").as_bytes()),
        Err(NotGenuine::BadSignature)
    );
    for index in 0..body.len() * 8 {
        let mut changed = body.to_vec();
        changed[index / 8] ^= 1 << (index % 8);
        assert_eq!(verify(SECRET, &HEADERS, &changed), Err(NotGenuine::BadSignature), "bit {index}");
    }
}

#[test]
fn an_event_names_its_order_if_it_is_about_one() {
    let account = Cashfree::new("id", SECRET);
    for (body, order) in [
        (
            r#"{"data":{"order":{"order_id":"o-1"},"payment":{}},"type":"PAYMENT_FAILED_WEBHOOK"}"#,
            Ok(Some("o-1")),
        ),
        (r#"{"data":{"refund":{"order_id":"o-1"}},"type":"REFUND_STATUS_WEBHOOK"}"#, Ok(Some("o-1"))),
        (r#"{"data":{"test_object":{}},"type":"WEBHOOK"}"#, Ok(None)),
        (r#"{"data":{"order":{"order_id":7}}}"#, Ok(None)),
        ("{}", Ok(None)),
        (r#"{"data":{"order":{"order_id":".."}}}"#, Err(())),
        ("[]", Err(())),
        ("{", Err(())),
    ] {
        let made = account.sign_callback(body.as_bytes(), signed_at()).unwrap();
        let headers = [(made.headers[0].0, &*made.headers[0].1), (made.headers[1].0, &*made.headers[1].1)];
        let verdict = verify(SECRET, &headers, &made.body);
        match (&verdict, order) {
            (Ok(notification), Ok(order)) => {
                assert_eq!(notification.payments(), order.map(Lookup::order).as_slice(), "{body}");
            }
            _ => assert!(
                matches!(verdict, Err(NotGenuine::Malformed(_))) && order.is_err(),
                "{body}: {verdict:?}"
            ),
        }
    }
}
