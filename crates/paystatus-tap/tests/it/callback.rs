//! Callbacks: genuine ones by the documented rule, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};
use paystatus_core::{Callback, ErrorKind, Lookup, NotGenuine, Notification, SignsCallbacks};
use paystatus_tap::Tap;

const KEY: &str = "sk_test_canary0123456789abcdefAB";
const OMANI: &str = r#"{"id":"chg_TS03A2220231551Ha3j1408926","amount":4.123,"currency":"KWD","reference":{"gateway":"gw","payment":"py","order":"o-1"},"status":"CAPTURED","live_mode":true,"transaction":{"created":"1692028310505"}}"#;
const OF_OMANI: &str = "71ab12b4cbbe6e9dbedbfc9a2d9449fc919bbc511113c5b3c0287d8b6cf6e5d5";
const DIRHAMS: &str = r#"{"id":"chg_1","amount":10.0,"currency":"AED","reference":{"gateway":"123456789012345","payment":"2214231551089588145"},"status":"CAPTURED","transaction":{"created":1692028310505}}"#;
const OF_DIRHAMS: &str = "dae4dffd49662150516c916617441fd9d3b086bc2f8d1d5c9dcfbe1a2e10e3bc";

fn verify(key: &str, signatures: &[&str], body: &str) -> Result<Notification, NotGenuine> {
    let mut headers = HeaderMap::new();
    for signature in signatures {
        headers.append("hashstring", HeaderValue::from_str(signature).unwrap());
    }
    // However late: no time is signed that says when it was sent.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    Tap::new(key).verify_callback(&Callback::new(&headers, body.as_bytes(), now))
}

#[test]
fn the_vectors_are_genuine_and_the_same_are_made_by_signing() {
    for (body, signature, id) in
        [(OMANI, OF_OMANI, "chg_TS03A2220231551Ha3j1408926"), (DIRHAMS, OF_DIRHAMS, "chg_1")]
    {
        for signature in [signature.to_owned(), signature.to_uppercase()] {
            let notification = verify(KEY, &[&signature], body).unwrap();
            assert_eq!(notification.payments(), [Lookup::payment(id)]);
            assert_eq!((notification.covers().as_str(), notification.matched_secret()), ("fields", 0));
            assert_eq!(notification.deduplication_key(), format!("{id} CAPTURED"));
        }
        let made = Tap::new(KEY).sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(made.headers, [("hashstring", signature.to_owned())]);
        assert_eq!(made.body, body.as_bytes());
    }
}

#[test]
fn the_amount_is_signed_with_its_currencys_decimals_whatever_the_json_says() {
    for amount in ["10.0", "10", "10.00", "1e1", r#""10.000""#] {
        assert!(verify(KEY, &[OF_DIRHAMS], &DIRHAMS.replace("10.0", amount)).is_ok(), "{amount}");
    }
    for amount in ["10.01", "100", "null", "-10"] {
        let verdict = verify(KEY, &[OF_DIRHAMS], &DIRHAMS.replace("10.0", amount));
        assert_eq!(verdict, Err(NotGenuine::BadSignature), "{amount}");
    }
    for (amount, currency) in [("10.001", "AED"), ("4.1234", "KWD"), ("true", "AED")] {
        let body = DIRHAMS.replace("10.0", amount).replace("AED", currency);
        assert!(matches!(verify(KEY, &[OF_DIRHAMS], &body), Err(NotGenuine::Malformed(_))), "{amount}");
    }
}

#[test]
fn what_is_signed_cannot_be_changed_and_the_rest_can() {
    for (from, to) in [
        (r#""id":"chg_TS"#, r#""id":"chg_TT"#),
        ("4.123", "4.124"),
        ("KWD", "BHD"),
        (r#""gw""#, r#""g""#),
        (r#""py""#, "null"),
        ("CAPTURED", "DECLINED"),
        ("1692028310505", "1692028310506"),
    ] {
        assert_eq!(
            verify(KEY, &[OF_OMANI], &OMANI.replace(from, to)),
            Err(NotGenuine::BadSignature),
            "{from}"
        );
    }
    let genuine = verify(KEY, &[OF_OMANI], OMANI).unwrap();
    for (from, to) in [(r#""o-1""#, r#""o-2""#), (r#""live_mode":true"#, r#""live_mode":false"#)] {
        let changed = verify(KEY, &[OF_OMANI], &OMANI.replace(from, to)).unwrap();
        assert_eq!(changed.deduplication_key(), genuine.deduplication_key());
    }
}

#[test]
fn another_key_header_or_form_is_refused() {
    assert_eq!(verify("sk_test_other", &[OF_OMANI], OMANI), Err(NotGenuine::BadSignature));
    assert_eq!(verify(" ", &[OF_OMANI], OMANI), Err(NotGenuine::NoSecret));
    for signature in ["", "zz", &OF_OMANI[2..], &format!("{OF_OMANI}00"), OF_DIRHAMS] {
        assert_eq!(verify(KEY, &[signature], OMANI), Err(NotGenuine::BadSignature), "{signature}");
    }
    for signatures in [&[][..], &[OF_OMANI, OF_OMANI]] {
        assert!(matches!(verify(KEY, signatures, OMANI), Err(NotGenuine::Malformed(_))));
    }
    for body in [
        "",
        "[]",
        "{}",
        r#"{"id":7}"#,
        &OMANI[1..],
        &OMANI.replace(r#""status""#, r#""id":"chg_2","status""#),
    ] {
        assert!(matches!(verify(KEY, &[OF_OMANI], body), Err(NotGenuine::Malformed(_))), "{body}");
        let error = Tap::new(KEY).sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected);
    }
}

#[test]
fn what_is_missing_is_signed_as_nothing() {
    let bare = r#"{"id":"chg_1"}"#;
    let made = Tap::new(KEY).sign_callback(bare.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    let empty =
        r#"{"id":"chg_1","amount":null,"currency":null,"reference":null,"status":null,"transaction":{}}"#;
    assert!(verify(KEY, &[&made.headers[0].1], empty).is_ok());
}
