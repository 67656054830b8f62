//! Callbacks: genuine ones by the documented vectors, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};
use paystatus_commitup::{BaseUrl, CommitUp};
use paystatus_core::{Callback, Covers, NotGenuine, Notification, SignsCallbacks};

const SECRET: &str = "whsec_test_123";
const TIME: &str = "1715150400000";
const BODY: &str = r#"{"paymentId":"123e4567-e89b-12d3-a456-426614174000","orderId":"ORD-12345","amount":100.50,"currency":"TRY","status":"SUCCESS","transactionType":"SALE"}"#;
const SIGNATURE: &str = "899b414fb0f52caf961e7b2f115edbd211dc05d0bd8aceeea3f916263d2a1d8a";

fn account(secrets: &[&str]) -> CommitUp {
    let base = BaseUrl::parse("https://pos.example.com").unwrap();
    CommitUp::new(base, "key", "secret").with_callback_secrets(secrets.iter().map(|&secret| secret.into()))
}

/// When a callback arrives, in milliseconds after the time that it states.
fn at(offset: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(1_715_150_400_000_u64.checked_add_signed(offset).unwrap())
}

fn verify(
    account: &CommitUp,
    headers: &[(&'static str, &str)],
    body: &[u8],
    received_at: SystemTime,
) -> Result<Notification, NotGenuine> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, HeaderValue::from_str(value).unwrap());
    }
    account.verify_callback(&Callback::new(&map, body, received_at))
}

fn signed(time: &'static str, signature: &str) -> [(&'static str, String); 2] {
    [("x-request-time", time.to_owned()), ("x-request-signature", signature.to_owned())]
}

fn check(signature: &str, body: &str, offset: i64) -> Result<Notification, NotGenuine> {
    let headers = signed(TIME, signature);
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    verify(&account(&[SECRET]), &headers, body.as_bytes(), at(offset))
}

#[test]
fn the_documented_vectors_are_genuine_and_the_raw_bytes_matter() {
    let notification = check(SIGNATURE, BODY, 0).unwrap();
    assert_eq!(notification.payments()[0].id(), "123e4567-e89b-12d3-a456-426614174000");
    assert_eq!((notification.covers(), notification.matched_secret()), (Covers::Body, 0));
    assert!(check(&SIGNATURE.to_uppercase(), BODY, 0).is_ok());
    let shorter = BODY.replace("100.50", "100.5");
    assert_eq!(check(SIGNATURE, &shorter, 0), Err(NotGenuine::BadSignature));
    assert!(check("8843a1a895b195561cc7b2b8694293360c455576d97360dfe5a18a3757349148", &shorter, 0).is_ok());
}

#[test]
fn a_time_too_far_away_in_either_direction_is_stale_and_no_bad_signature() {
    for (offset, stale) in
        [(300_000, false), (300_001, true), (-300_000, false), (-300_001, true), (48 * 3_600_000, true)]
    {
        let verdict = check(SIGNATURE, BODY, offset);
        assert_eq!(matches!(verdict, Err(NotGenuine::Stale { .. })), stale, "{offset}: {verdict:?}");
        assert_eq!(verdict.is_ok(), !stale);
    }
    let forged = SIGNATURE.replace('8', "9");
    assert_eq!(check(&forged, BODY, 48 * 3_600_000), Err(NotGenuine::BadSignature));
    let patient = account(&[SECRET]).with_callback_tolerance(Duration::from_secs(48 * 3600));
    let headers = [("x-request-time", TIME), ("x-request-signature", SIGNATURE)];
    assert!(verify(&patient, &headers, BODY.as_bytes(), at(47 * 3_600_000)).is_ok());
}

#[test]
fn the_time_is_signed_and_must_be_digits() {
    for time in ["1715150400001", "01715150400000", "1715150400000 0"] {
        let headers = [("x-request-time", time), ("x-request-signature", SIGNATURE)];
        let verdict = verify(&account(&[SECRET]), &headers, BODY.as_bytes(), at(0));
        assert!(matches!(verdict, Err(NotGenuine::BadSignature | NotGenuine::Malformed(_))), "{time}");
    }
    for time in ["", "-1", "+1715150400000", "1.7e12", "0x10", "99999999999999999999999999"] {
        let headers = [("x-request-time", time), ("x-request-signature", SIGNATURE)];
        let verdict = verify(&account(&[SECRET]), &headers, BODY.as_bytes(), at(0));
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{time}: {verdict:?}");
    }
}

#[test]
fn a_header_that_is_missing_or_repeated_is_malformed() {
    let (time, signature) = (("x-request-time", TIME), ("x-request-signature", SIGNATURE));
    for headers in
        [vec![], vec![time], vec![signature], vec![time, time, signature], vec![time, signature, signature]]
    {
        let verdict = verify(&account(&[SECRET]), &headers, BODY.as_bytes(), at(0));
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{headers:?}");
    }
}

#[test]
fn any_flipped_bit_fails() {
    for index in 0..BODY.len() * 8 {
        let mut body = BODY.as_bytes().to_vec();
        body[index / 8] ^= 1 << (index % 8);
        let headers = [("x-request-time", TIME), ("x-request-signature", SIGNATURE)];
        let verdict = verify(&account(&[SECRET]), &headers, &body, at(0));
        assert_eq!(verdict, Err(NotGenuine::BadSignature), "bit {index}");
    }
}

#[test]
fn unsigned_headers_and_other_secrets_decide_nothing() {
    let headers = [
        ("x-request-time", TIME),
        ("x-request-signature", SIGNATURE),
        ("x-event-id", "another"),
        ("x-event-type", "payment.refunded"),
    ];
    let notification = verify(&account(&["new", SECRET]), &headers, BODY.as_bytes(), at(0)).unwrap();
    assert_eq!(notification.matched_secret(), 1);
    assert_eq!(notification.deduplication_key(), check(SIGNATURE, BODY, 0).unwrap().deduplication_key());
    assert_eq!(verify(&account(&["x"]), &headers, BODY.as_bytes(), at(0)), Err(NotGenuine::BadSignature));
    assert_eq!(verify(&account(&[]), &headers, BODY.as_bytes(), at(0)), Err(NotGenuine::NoSecret));
}

#[test]
fn the_older_form_wraps_the_payment() {
    let account = account(&[SECRET]);
    for (body, id) in [
        (r#"{"paymentId":"p-1"}"#, Some("p-1")),
        (r#"{"event":"payment.status_changed","data":{"paymentId":"p-2"}}"#, Some("p-2")),
        (r#"{"data":["p-3"]}"#, None),
        (r#"{"data":{}}"#, None),
        (r#"{"paymentId":7}"#, None),
        ("[]", None),
    ] {
        let signed = account.sign_callback(body.as_bytes(), at(0)).unwrap();
        let headers: Vec<_> = signed.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let verdict = verify(&account, &headers, &signed.body, at(0));
        assert_eq!(verdict.as_ref().ok().map(|notification| notification.payments()[0].id()), id, "{body}");
        assert!(id.is_some() || matches!(verdict, Err(NotGenuine::Malformed(_))), "{body}: {verdict:?}");
    }
}

#[test]
fn an_id_that_nobody_can_be_asked_about_is_malformed_however_it_is_signed() {
    let account = account(&[SECRET]);
    for id in ["", ".", "..", &"x".repeat(256)] {
        for body in [format!(r#"{{"paymentId":"{id}"}}"#), format!(r#"{{"data":{{"paymentId":"{id}"}}}}"#)] {
            let signed = account.sign_callback(body.as_bytes(), at(0)).unwrap();
            let headers: Vec<_> =
                signed.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            // Late or not: a stale callback says whom to ask about, too.
            for offset in [0, 48 * 3_600_000] {
                let verdict = verify(&account, &headers, &signed.body, at(offset));
                assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{body} {offset}: {verdict:?}");
            }
        }
    }
}
