//! Callbacks: a genuine one by a vector that the vendor's library agrees with, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};
use paystatus_core::{Callback, Covers, ErrorKind, Lookup, NotGenuine, Notification, SignsCallbacks};
use paystatus_nowpayments::NowPayments;

const SECRET: &str = "ipn_secret_123";
const BODY: &str = r#"{"payment_id":5077125051,"payment_status":"finished","pay_amount":155.38559757,"order_id":"order/é","fee":{"depositFee":0.098,"currency":"btc"}}"#;
const SIGNATURE: &str = "3db97c68f7ffe4b75f38c92b336fe0eeb648daf622f7f52ca63686e7ffa2a330c273579d18ce576a110435e2d4e56ac42a4b80b97068cdad005783f3cb2770db";

fn account(secrets: &[&str]) -> NowPayments {
    NowPayments::new("key").with_callback_secrets(secrets.iter().map(|&secret| secret.into()))
}

fn verify(account: &NowPayments, signatures: &[&str], body: &[u8]) -> Result<Notification, NotGenuine> {
    let headers = signatures.iter().filter_map(|signature| HeaderValue::from_str(signature).ok());
    let headers: HeaderMap = headers.fold(HeaderMap::new(), |mut map, value| {
        map.append("x-nowpayments-sig", value);
        map
    });
    // However late: no time is signed.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    account.verify_callback(&Callback::new(&headers, body, now))
}

/// What a body is signed with.
fn signature(body: &str) -> String {
    let signed = account(&[SECRET]).sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH);
    signed.map(|signed| signed.headers[0].1.clone()).unwrap_or_default()
}

fn learned(body: &str) -> Result<Notification, NotGenuine> {
    verify(&account(&[SECRET]), &[&signature(body)], body.as_bytes())
}

#[test]
fn the_vector_is_genuine_and_the_same_is_made_by_signing() {
    let notification = verify(&account(&[SECRET]), &[SIGNATURE], BODY.as_bytes()).unwrap();
    assert_eq!(notification.payments(), [Lookup::payment("5077125051")]);
    assert_eq!((notification.covers(), notification.matched_secret()), (Covers::Body, 0));
    assert!(verify(&account(&[" ipn_secret_123 "]), &[&SIGNATURE.to_uppercase()], BODY.as_bytes()).is_ok());
    assert_eq!(signature(BODY), SIGNATURE);
}

#[test]
fn what_counts_is_the_body_in_order() {
    for same in [
        r#" { "fee" : { "currency":"btc", "depositFee":0.098 }, "order_id":"order\/\u00e9", "pay_amount":155.38559757, "payment_id":5077125051, "payment_status":"finished" } "#.to_owned(),
        BODY.replace("finished", "\\u0066inished").replace("currency", "\\u0063urrency"),
    ] {
        assert!(verify(&account(&[SECRET]), &[SIGNATURE], same.as_bytes()).is_ok(), "{same}");
    }
    for other in [
        BODY.replace("0.098", "0.0980"),
        BODY.replace("155.38559757", "1.5538559757e2"),
        BODY.replace("5077125051", "\"5077125051\""),
        BODY.replace(r#""currency":"btc""#, r#""currency":"btc","x":null"#),
        BODY.replace("finished", "Finished"),
    ] {
        let verdict = verify(&account(&[SECRET]), &[SIGNATURE], other.as_bytes());
        assert_eq!(verdict, Err(NotGenuine::BadSignature), "{other}");
    }
    for twice in [
        BODY.replacen('{', r#"{"payment_id":1,"#, 1),
        BODY.replace(r#""currency""#, r#""currency":"btc","currency""#),
        BODY.replace(r#""currency""#, r#""currency":"btc","\u0063urrency""#),
    ] {
        let verdict = verify(&account(&[SECRET]), &[SIGNATURE], twice.as_bytes());
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{twice}");
    }
}

#[test]
fn a_list_is_signed_in_either_way() {
    // The same bytes are signed where the list was written as an object.
    let list = r#"{"payment_id":7,"payment_extra_ids":[{"b":1,"a":[]},8],"z":"\n"}"#;
    let object = r#"{"payment_id":7,"payment_extra_ids":{"0":{"a":{},"b":1},"1":8},"z":"\n"}"#;
    assert_ne!(signature(list), signature(object));
    for signature in [signature(list), signature(object)] {
        assert!(verify(&account(&[SECRET]), &[&signature], list.as_bytes()).is_ok());
    }
    // JavaScript has whole numbers first, and in their order.
    let numbers = r#"{"a":1,"10":2,"9":3,"01":4,"B":5}"#;
    assert_eq!(signature(numbers), signature(r#"{"9":3,"10":2,"01":4,"B":5,"a":1}"#));
    assert_eq!(learned(numbers).unwrap().payments(), []);
}

#[test]
fn another_secret_header_or_body_is_refused() {
    let body = BODY.as_bytes();
    assert_eq!(verify(&account(&["new", SECRET]), &[SIGNATURE], body).unwrap().matched_secret(), 1);
    assert_eq!(verify(&account(&["key"]), &[SIGNATURE], body), Err(NotGenuine::BadSignature));
    assert_eq!(verify(&account(&[]), &[SIGNATURE], body), Err(NotGenuine::NoSecret));
    for header in ["", "zz", &SIGNATURE[2..], &format!("{SIGNATURE}00"), &"0".repeat(128)] {
        assert_eq!(verify(&account(&[SECRET]), &[header], body), Err(NotGenuine::BadSignature), "{header}");
    }
    for headers in [&[][..], &[SIGNATURE, SIGNATURE]] {
        assert!(matches!(verify(&account(&[SECRET]), headers, body), Err(NotGenuine::Malformed(_))));
    }
    for index in 0..body.len() * 8 {
        let mut changed = body.to_vec();
        changed[index / 8] ^= 1 << (index % 8);
        assert!(verify(&account(&[SECRET]), &[SIGNATURE], &changed).is_err(), "bit {index}");
    }
    for body in ["", "[]", "7", "{", "{} {}", "\u{feff}{}"] {
        let verdict = verify(&account(&[SECRET]), &[SIGNATURE], body.as_bytes());
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{body}");
        let error = account(&[SECRET]).sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected);
    }
}

#[test]
fn a_child_is_a_reason_to_ask_about_its_parent() {
    for (body, asked) in [
        (r#"{"payment_id":7}"#, Ok(Some("7"))),
        (r#"{"payment_id":"7"}"#, Ok(Some("7"))),
        (r#"{"payment_id":7,"parent_payment_id":null}"#, Ok(Some("7"))),
        (r#"{"payment_id":7,"parent_payment_id":5592161154}"#, Ok(Some("5592161154"))),
        (r#"{"id":7,"batch_withdrawal_id":"8","status":"FINISHED"}"#, Ok(None)),
        (r#"{"payment_id":7.5}"#, Err(())),
        (r#"{"payment_id":".."}"#, Err(())),
        (r#"{"payment_id":""}"#, Err(())),
        (r#"{"payment_id":[7]}"#, Err(())),
        (r#"{"payment_id":7,"parent_payment_id":{}}"#, Err(())),
    ] {
        match (learned(body), asked) {
            (Ok(notification), Ok(asked)) => {
                let asked: Vec<_> = asked.map(Lookup::payment).into_iter().collect();
                assert_eq!(notification.payments(), asked, "{body}");
            }
            (verdict, asked) => {
                assert!(
                    matches!(verdict, Err(NotGenuine::Malformed(_))) && asked.is_err(),
                    "{body}: {verdict:?}"
                );
            }
        }
    }
}

#[test]
fn the_key_of_a_replay_is_its_payment_its_status_and_its_time() {
    let key = |body: &str| learned(body).unwrap().deduplication_key().to_owned();
    let body =
        r#"{"payment_id":7,"payment_status":"finished","updated_at":"2023-07-28T15:09:40.535Z","fee":1}"#;
    assert_eq!(key(body), "7:finished:2023-07-28T15:09:40.535Z");
    assert_eq!(key(body), key(&body.replace(r#""fee":1"#, r#""fee":2"#)));
    assert_ne!(key(body), key(&body.replace("finished", "sending")));
    assert_eq!(key(BODY), key(&BODY.replace(',', " , ")));
    assert_ne!(key(BODY), key(&BODY.replace("0.098", "0.1")));
    assert_ne!(key(r#"{"id":"7"}"#), key(r#"{"id":"8"}"#));
}
