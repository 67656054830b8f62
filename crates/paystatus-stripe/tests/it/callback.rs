//! Callbacks: a genuine one by a vector that the official SDK accepts, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};
use paystatus_core::{Callback, Covers, Lookup, NotGenuine, Notification, SignsCallbacks};
use paystatus_stripe::Stripe;

const SECRET: &str = "whsec_canary_made_up_1";
const BODY: &str = r#"{"id":"evt_1Canary","object":"event","type":"payment_intent.succeeded","livemode":false,"created":1700000000,"data":{"object":{"id":"pi_3MtwBwLkdIwHu7ix28a3tqPa","object":"payment_intent","status":"succeeded"}}}"#;
const SIGNATURE: &str = "792eb636a2633e277b97eee65e2cf322464b640fa935e2a29c4c45f51cbbf02c";

fn account(secrets: &[&str]) -> Stripe {
    Stripe::new("key").with_callback_secrets(secrets.iter().map(|&secret| secret.into()))
}

/// When a callback arrives, in seconds after the time that the vector states.
fn at(offset: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000_u64.checked_add_signed(offset).unwrap())
}

fn verify(account: &Stripe, header: &str, body: &[u8], offset: i64) -> Result<Notification, NotGenuine> {
    let mut headers = HeaderMap::new();
    headers.insert("stripe-signature", HeaderValue::from_str(header).unwrap());
    account.verify_callback(&Callback::new(&headers, body, at(offset)))
}

fn check(header: &str) -> Result<Notification, NotGenuine> {
    verify(&account(&[SECRET]), header, BODY.as_bytes(), 0)
}

#[test]
fn the_vector_is_genuine_and_the_same_is_made_by_signing() {
    let header = format!("t=1700000000,v1={SIGNATURE}");
    let notification = check(&header).unwrap();
    assert_eq!(notification.payments(), [Lookup::payment("pi_3MtwBwLkdIwHu7ix28a3tqPa")]);
    assert_eq!((notification.covers(), notification.matched_secret()), (Covers::Body, 0));
    assert_eq!(notification.deduplication_key(), "evt_1Canary");
    assert_eq!(check(&header), Ok(notification)); // sent again: the same key
    let signed = account(&[SECRET]).sign_callback(BODY.as_bytes(), at(0)).unwrap();
    assert_eq!((signed.headers, signed.body), (vec![("stripe-signature", header)], BODY.as_bytes().to_vec()));
}

#[test]
fn any_of_several_signatures_may_match_and_other_schemes_prove_nothing() {
    let other = "0".repeat(64);
    for header in [
        format!("t=1700000000,v1={other},v1={SIGNATURE}"),
        format!("t=1700000000,v1={SIGNATURE},v1={other},v0={other}"),
        format!("t=1700000000,v1={}", SIGNATURE.to_uppercase()),
        format!("v1={SIGNATURE}, t=1700000000"),
        format!("t=1700000000,v1=zz,v1={SIGNATURE}"),
    ] {
        assert!(check(&header).is_ok(), "{header}");
    }
    for header in [
        format!("t=1700000000,v0={SIGNATURE}"),
        format!("t=1700000000,v1={other}"),
        format!("t=1700000000,v1={}", &SIGNATURE[2..]),
        format!("t=1700000001,v1={SIGNATURE}"),
        format!("t=01700000000,v1={SIGNATURE}"),
        format!("t=1700000001,t=1700000000,v1={SIGNATURE}"),
        "t=1700000000,v1=".to_owned(),
        "t=1700000000".to_owned(),
    ] {
        assert_eq!(check(&header), Err(NotGenuine::BadSignature), "{header}");
    }
    for header in ["", "nonsense", &format!("v1={SIGNATURE}"), &format!("t=,v1={SIGNATURE}"), "t=-1", "t=1e9"]
    {
        assert!(matches!(check(header), Err(NotGenuine::Malformed(_))), "{header}");
    }
}

#[test]
fn another_secret_or_another_body_is_refused() {
    let header = format!("t=1700000000,v1={SIGNATURE}");
    let body = BODY.as_bytes();
    assert_eq!(verify(&account(&["new", SECRET]), &header, body, 0).unwrap().matched_secret(), 1);
    assert_eq!(verify(&account(&["canary_made_up_1"]), &header, body, 0), Err(NotGenuine::BadSignature));
    assert_eq!(verify(&account(&[]), &header, body, 0), Err(NotGenuine::NoSecret));
    for index in 0..body.len() * 8 {
        let mut changed = body.to_vec();
        changed[index / 8] ^= 1 << (index % 8);
        let verdict = verify(&account(&[SECRET]), &header, &changed, 0);
        assert_eq!(verdict, Err(NotGenuine::BadSignature), "bit {index}");
    }
}

#[test]
fn a_time_too_far_away_in_either_direction_is_stale() {
    let header = format!("t=1700000000,v1={SIGNATURE}");
    for (offset, stale) in [(300, false), (301, true), (-300, false), (-301, true), (3 * 86_400, true)] {
        let verdict = verify(&account(&[SECRET]), &header, BODY.as_bytes(), offset);
        match &verdict {
            Err(NotGenuine::Stale { by, payments }) => {
                assert_eq!((by.as_secs(), payments.len()), (offset.unsigned_abs(), 1));
            }
            _ => assert!(verdict.is_ok() && !stale, "{offset}: {verdict:?}"),
        }
        assert_eq!(verdict.is_err(), stale, "{offset}");
    }
    let forged = format!("t=1700000000,v1={}", "0".repeat(64));
    let verdict = verify(&account(&[SECRET]), &forged, BODY.as_bytes(), 3 * 86_400);
    assert_eq!(verdict, Err(NotGenuine::BadSignature));
}

#[test]
fn an_event_names_its_payment_if_it_is_about_one() {
    let account = account(&[SECRET]);
    for (object, payment) in [
        (r#"{"id":"cs_live_a1","object":"checkout.session","payment_intent":"pi_1"}"#, Some("cs_live_a1")),
        (r#"{"id":"ch_1","object":"charge","payment_intent":"pi_1"}"#, Some("pi_1")),
        (r#"{"id":"du_1","object":"dispute","payment_intent":{"id":"pi_1"}}"#, Some("pi_1")),
        (r#"{"id":"re_1","object":"refund","payment_intent":null}"#, None),
        (r#"{"id":"cus_1","object":"customer"}"#, None),
        ("[]", None),
    ] {
        let body = format!(r#"{{"id":"evt_1","data":{{"object":{object}}}}}"#);
        let signed = account.sign_callback(body.as_bytes(), at(0)).unwrap();
        let notification = verify(&account, &signed.headers[0].1, &signed.body, 0).unwrap();
        let payments: Vec<_> = payment.map(Lookup::payment).into_iter().collect();
        assert_eq!(notification.payments(), payments, "{object}");
    }
    for body in ["", "[]", "{", r#"{"data":{}}"#, r#"{"id":7}"#] {
        let signed = account.sign_callback(body.as_bytes(), at(0)).unwrap();
        let verdict = verify(&account, &signed.headers[0].1, &signed.body, 0);
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{body}: {verdict:?}");
    }
}
