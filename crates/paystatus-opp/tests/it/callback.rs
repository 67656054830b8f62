//! Callbacks: a genuine one by a vector that an official SDK decrypts, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};
use paystatus_core::{Callback, Covers, ErrorKind, Lookup, NotGenuine, Notification, SignsCallbacks};
use paystatus_opp::Opp;

use crate::ID;

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const VECTOR: &str = "a0a1a2a3a4a5a6a7a8a9aaab";
const TAG: &str = "3FA8778EF8A0B6858223F60D0EB58938";
const BODY: &str = "9D3A085435AE20854035C68A4A3F8E8A52807B60F3CE2E03FD6A04BC04891C65F04C65C7CE41645C6BFD36FF3E18E1CA702D7E7853E72D1D20676E6C9246E1838585B74D1C8794818D8F9A76FB9AB5CAA82991868183BB56CC075BE9C4F639B6B5FF09C86CCAEAB9A4F93660B5A6DD18147E519EEE17E64152";

fn account(keys: &[&str]) -> Opp {
    Opp::new("token", "entity").with_callback_secrets(keys.iter().map(|&key| key.into()))
}

fn verify(account: &Opp, headers: &[(&'static str, &str)], body: &str) -> Result<Notification, NotGenuine> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, HeaderValue::from_str(value).unwrap());
    }
    // However late: no time is signed.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    account.verify_callback(&Callback::new(&map, body.as_bytes(), now))
}

fn headers<'a>(vector: &'a str, tag: &'a str) -> [(&'static str, &'a str); 2] {
    [("x-initialization-vector", vector), ("x-authentication-tag", tag)]
}

/// What is said of an event that is encrypted with the right key.
fn event(text: &str) -> Result<Notification, NotGenuine> {
    let signed = account(&[KEY]).sign_callback(text.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    let [(_, vector), (_, tag)] = &signed.headers[..] else { panic!() };
    verify(&account(&[KEY]), &headers(vector, tag), std::str::from_utf8(&signed.body).unwrap())
}

#[test]
fn the_vector_is_genuine_in_both_forms() {
    let wrapped = format!(r#"{{"encryptedBody":"{BODY}"}}"#);
    for body in [BODY, &BODY.to_lowercase(), &format!("{BODY}\n"), &wrapped] {
        let notification = verify(&account(&[KEY]), &headers(VECTOR, TAG), body).unwrap();
        assert_eq!(notification.payments(), [Lookup::payment(ID)]);
        assert_eq!((notification.covers(), notification.matched_secret()), (Covers::Body, 0));
        assert_eq!(notification.deduplication_key(), format!("{ID} 000.000.000"));
    }
    let second = verify(&account(&[&"ab".repeat(32), KEY]), &headers(VECTOR, TAG), BODY).unwrap();
    assert_eq!(second.matched_secret(), 1);
}

#[test]
fn a_replay_has_the_same_key_and_another_state_another_one() {
    let payment = |code: &str, more: &str| {
        let text = format!(
            r#"{{"type":"PAYMENT",{more}"payload":{{"id":"{ID}","paymentType":"DB","result":{{"code":"{code}"}}}}}}"#
        );
        event(&text).unwrap().deduplication_key().to_owned()
    };
    assert_eq!(payment("000.000.000", ""), payment("000.000.000", r#""action":"UPDATED","#));
    assert_ne!(payment("000.000.000", ""), payment("800.100.152", ""));
}

#[test]
fn another_key_vector_tag_or_body_is_refused() {
    let right = headers(VECTOR, TAG);
    assert_eq!(verify(&account(&[&"ab".repeat(32)]), &right, BODY), Err(NotGenuine::BadSignature));
    assert_eq!(verify(&account(&[]), &right, BODY), Err(NotGenuine::NoSecret));
    // No key at all, which is a mistake of the configuration.
    assert_eq!(verify(&account(&["canary"]), &right, BODY), Err(NotGenuine::NoSecret));
    assert_eq!(verify(&account(&[&KEY[2..]]), &right, BODY), Err(NotGenuine::NoSecret));
    for wrong in ["", "zz", "00", &VECTOR[2..], &VECTOR.replace("a0", "a1"), &format!("{VECTOR}00")] {
        assert_eq!(
            verify(&account(&[KEY]), &headers(wrong, TAG), BODY),
            Err(NotGenuine::BadSignature),
            "{wrong}"
        );
    }
    for wrong in ["", "zz", "00", &TAG[2..], &TAG[..24], &TAG.replace("3F", "3E"), &format!("{TAG}00")] {
        assert_eq!(
            verify(&account(&[KEY]), &headers(VECTOR, wrong), BODY),
            Err(NotGenuine::BadSignature),
            "{wrong}"
        );
    }
    for headers in [
        vec![],
        vec![right[0]],
        vec![right[1]],
        vec![right[0], right[0], right[1]],
        vec![right[0], right[1], right[1]],
    ] {
        assert!(matches!(verify(&account(&[KEY]), &headers, BODY), Err(NotGenuine::Malformed(_))));
    }
    for body in ["", "{}", "zz", &BODY[1..], r#"{"encryptedBody":7}"#] {
        let verdict = verify(&account(&[KEY]), &right, body);
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_) | NotGenuine::BadSignature)), "{body}");
    }
    for index in 0..BODY.len() {
        let digit = if &BODY[index..=index] == "0" { "1" } else { "0" };
        let changed = format!("{}{digit}{}", &BODY[..index], &BODY[index + 1..]);
        assert_eq!(
            verify(&account(&[KEY]), &right, &changed),
            Err(NotGenuine::BadSignature),
            "digit {index}"
        );
    }
}

#[test]
fn an_event_names_the_payment_that_it_is_about() {
    let linked = |kind: &str| {
        format!(
            r#"{{"type":"PAYMENT","payload":{{"id":"r1","referencedId":"{ID}","paymentType":"{kind}","result":{{"code":"000.000.000"}}}}}}"#
        )
    };
    for kind in ["CP", "RF", "RV", "CB", "CR"] {
        assert_eq!(event(&linked(kind)).unwrap().payments(), [Lookup::payment(ID)], "{kind}");
    }
    for kind in ["DB", "PA", "3D"] {
        assert_eq!(event(&linked(kind)).unwrap().payments(), [Lookup::payment("r1")], "{kind}");
    }
    for other in [
        r#"{"type":"REGISTRATION","payload":{"id":"x"}}"#,
        r#"{"type":"test"}"#,
        r#"{"type":"SCHEDULE","payload":7}"#,
        "{}",
    ] {
        assert_eq!(event(other).unwrap().payments(), [], "{other}");
    }
    for bad in [
        "",
        "[]",
        "ok",
        r#"{"type":"PAYMENT"}"#,
        r#"{"type":"PAYMENT","payload":{"id":7,"result":{"code":"000.000.000"}}}"#,
        r#"{"type":"PAYMENT","payload":{"id":"..","result":{"code":"000.000.000"}}}"#,
        r#"{"type":"PAYMENT","payload":{"id":"a","result":{"code":null}}}"#,
    ] {
        assert!(matches!(event(bad), Err(NotGenuine::Malformed(_))), "{bad}");
    }
}

#[test]
fn a_key_that_is_none_signs_nothing() {
    let error = account(&["canary"]).sign_callback(b"{}", SystemTime::UNIX_EPOCH).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(!format!("{error:?}").contains("canary"));
}
