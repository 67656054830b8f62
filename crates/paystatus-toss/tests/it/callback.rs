//! Callbacks: each kind with its payment's secret, and every way of not having it.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use paystatus_core::{Callback, Covers, ErrorKind, Lookup, NotGenuine, Notification, SignsCallbacks};
use paystatus_toss::Toss;

const DEPOSIT: &str = r#"{"createdAt":"2022-01-01T00:00:00.000000","secret":"ps_canary","status":"DONE","transactionKey":"9FF15E1A29D0E77C218F57262BFA4986","orderId":"order-1234"}"#;
const CHANGED: &str = r#"{"eventType":"PAYMENT_STATUS_CHANGED","createdAt":"2022-01-01T00:00:00.000000","data":{"paymentKey":"key-1","orderId":"order-1234","lastTransactionKey":"B7103F","status":"DONE","secret":"ps_canary","totalAmount":15000.10}}"#;

fn verify(secrets: &[&str], body: &str) -> Result<Notification, NotGenuine> {
    let account = Toss::new("live_sk_1").with_callback_secrets(secrets.iter().map(|&secret| secret.into()));
    // However late: the time that is stated has no zone.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    account.verify_callback(&Callback::new(&HeaderMap::new(), body.as_bytes(), now))
}

#[test]
fn the_payments_own_secret_is_the_proof() {
    let deposit = verify(&["ps_canary"], DEPOSIT).unwrap();
    assert_eq!(deposit.payments(), [Lookup::order("order-1234")]);
    assert_eq!((deposit.covers(), deposit.matched_secret()), (Covers::Nothing, 0));
    let changed = verify(&["ps_other", "ps_canary"], CHANGED).unwrap();
    assert_eq!((changed.payments(), changed.matched_secret()), (&[Lookup::payment("key-1")][..], 1));
    for body in [DEPOSIT, CHANGED] {
        assert_eq!(verify(&["ps_canarY"], body), Err(NotGenuine::BadSignature));
        assert_eq!(verify(&[], body), Err(NotGenuine::NoSecret));
        for other in [r#""ps_canarY""#, r#""ps_canary\u0000""#, r#""ps_canar""#, r#""""#, "null"] {
            let verdict = verify(&["ps_canary"], &body.replace(r#""ps_canary""#, other));
            assert_eq!(verdict, Err(NotGenuine::BadSignature), "{other}");
        }
        let none = body.replace(r#""secret""#, r#""other""#);
        assert_eq!(verify(&["ps_canary"], &none), Err(NotGenuine::BadSignature));
    }
    // The secret stands where the event's own kind has it.
    let beside = CHANGED.replace(r#""secret":"ps_canary","#, "").replace('{', r#"{"secret":"ps_canary","#);
    let beside = beside.replacen(r#""data":{"secret":"ps_canary","#, r#""data":{"#, 1);
    assert_eq!(verify(&["ps_canary"], &beside), Err(NotGenuine::BadSignature));
}

#[test]
fn what_is_no_event_is_malformed() {
    for body in [
        "",
        "[]",
        "7",
        r#"{"secret":7}"#,
        r#"{"data":"ps_canary"}"#,
        r#"{"data":["ps_canary"]}"#,
        r#"{"secret":"ps_canary"}"#,
        r#"{"secret":"ps_canary","orderId":".."}"#,
        r#"{"data":{"secret":"ps_canary"}}"#,
        r#"{"secret":"ps_other","secret":"ps_canary","orderId":"order-1234"}"#,
        r#"{"data":{"secret":"ps_canary","secret":"ps_canary","paymentKey":"key-1"}}"#,
    ] {
        assert!(matches!(verify(&["ps_canary"], body), Err(NotGenuine::Malformed(_))), "{body}");
    }
}

#[test]
fn the_key_of_a_replay_is_its_transaction_and_its_status() {
    let key = |body: &str| verify(&["ps_canary"], body).unwrap().deduplication_key().to_owned();
    assert_eq!(key(DEPOSIT), "9FF15E1A29D0E77C218F57262BFA4986:DONE");
    assert_eq!(key(CHANGED), "B7103F:DONE");
    assert_eq!(key(DEPOSIT), key(&DEPOSIT.replace("2022-01-01", "2022-01-02")));
    let taken_back = DEPOSIT.replace("DONE", "WAITING_FOR_DEPOSIT");
    assert_ne!(key(DEPOSIT), key(&taken_back));
    assert_eq!(key(&CHANGED.replace(r#""B7103F""#, "null")), "key-1:DONE");
}

#[test]
fn signing_puts_the_secret_where_it_belongs() {
    let account = Toss::new("live_sk_1").with_callback_secrets([r#"ps_"canary"#.into()]);
    for body in [DEPOSIT, CHANGED] {
        let unsigned = body.replace(r#""secret":"ps_canary","#, "");
        let signed = account.sign_callback(unsigned.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
        let text = std::str::from_utf8(&signed.body).unwrap();
        assert!(verify(&[r#"ps_"canary"#], text).is_ok(), "{text}");
        assert!(verify(&["ps_canary"], text).is_err());
        assert_eq!(text.contains("15000.10"), body == CHANGED, "{text}");
        let error = account.sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected);
    }
    assert!(account.sign_callback(b"[]", SystemTime::UNIX_EPOCH).is_err());
    assert!(account.sign_callback(b"\xff", SystemTime::UNIX_EPOCH).is_err());
}
