//! Callbacks: the vectors, of which the first is accepted by `paytr-python`, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use paystatus_core::{Callback, Covers, ErrorKind, NotGenuine, Notification, SignsCallbacks};
use paystatus_paytr::PayTr;

use crate::account;

const FORM: &str = "merchant_oid=ORD20261121&status=success&total_amount=16489\
    &hash=b4532mVTy9FN4dOdi6fPlxmdj9ku1emIgjfbYWrFTeE%3D&payment_type=card&currency=TL&test_mode=0";
const OF_A_LINK: &str = "callback_id=cb1&merchant_oid=ORD20261121&status=success&total_amount=16489\
    &hash=a3SyZWWw2yT8S5ueRDJBZMK2hJo%2Fbe14mQULZ8opfa8%3D";

fn verify_as(account: &PayTr, body: &[u8]) -> Result<Notification, NotGenuine> {
    // However late: no time is signed.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    account.verify_callback(&Callback::new(&HeaderMap::new(), body, now))
}

fn verify(body: &str) -> Result<Notification, NotGenuine> {
    verify_as(&account(), body.as_bytes())
}

#[test]
fn the_vectors_are_genuine_and_the_same_is_made_by_signing() {
    for body in [FORM, OF_A_LINK] {
        let notification = verify(body).unwrap();
        assert_eq!(notification.payments()[0].id(), "ORD20261121");
        assert!(matches!(notification.covers(), Covers::Fields(["merchant_oid", ..])));
    }
    let unsigned = "merchant_oid=ORD20261121&status=success&total_amount=16489";
    let made = account().sign_callback(unsigned.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    let hash = "&hash=b4532mVTy9FN4dOdi6fPlxmdj9ku1emIgjfbYWrFTeE%3D";
    assert_eq!(String::from_utf8(made.body).unwrap(), format!("{unsigned}{hash}"));
    let error = account().sign_callback(FORM.as_bytes(), SystemTime::UNIX_EPOCH).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
}

#[test]
fn what_is_not_signed_may_change_and_what_is_may_not() {
    let key = |body: &str| verify(body).unwrap().deduplication_key().to_owned();
    for (from, to) in
        [("currency=TL", "currency=USD"), ("test_mode=0", "test_mode=1"), ("&payment_type=card", "")]
    {
        assert_eq!(key(&FORM.replace(from, to)), key(FORM));
    }
    for (from, to) in [
        ("ORD20261121", "ORD20261122"),
        ("=success", "=failed"),
        ("16489", "16488"),
        ("hash=b4", "hash=b5"),
        ("hash=b4532mVTy9FN4dOdi6fPlxmdj9ku1emIgjfbYWrFTeE%3D", "hash="),
        ("hash=b4532mVTy9FN4dOdi6fPlxmdj9ku1emIgjfbYWrFTeE%3D&", ""),
        ("merchant_oid=ORD20261121&", ""),
        ("merchant_oid", "callback_id=cb1&merchant_oid"),
    ] {
        assert_eq!(verify(&FORM.replace(from, to)), Err(NotGenuine::BadSignature), "{from} {to}");
    }
    assert_eq!(verify(&OF_A_LINK.replace("callback_id=cb1&", "")), Err(NotGenuine::BadSignature));
}

#[test]
fn another_account_is_another_secret() {
    for (account, verdict) in [
        (PayTr::new("123456", "another", "canary-paytr-salt"), NotGenuine::BadSignature),
        (PayTr::new("123456", "canary-paytr-key", "another"), NotGenuine::BadSignature),
        (PayTr::new("123456", "", "canary-paytr-salt"), NotGenuine::NoSecret),
        (PayTr::new("123456", "canary-paytr-key", " "), NotGenuine::NoSecret),
    ] {
        assert_eq!(verify_as(&account, FORM.as_bytes()), Err(verdict));
    }
}

/// Nothing stands between the signed fields: a character that moves leaves the hash as it is.
#[test]
fn no_character_moves_between_signed_fields() {
    for body in [
        FORM.replace("status=success&total_amount=16489", "status=success1&total_amount=6489"),
        FORM.replace("status=success&total_amount=16489", "status=succes&total_amount=s16489"),
        FORM.replace("status=success&total_amount=16489", "status=&total_amount=success16489"),
    ] {
        assert!(matches!(verify(&body), Err(NotGenuine::Malformed(_))), "{body}");
    }
}

#[test]
fn what_is_not_a_callback_is_malformed() {
    for body in [
        format!("{FORM}&status=success"),
        format!("{FORM}&%68ash=x"),
        FORM.replace("card", "%ff"),
        "x".repeat(1_100_000),
    ] {
        assert!(matches!(verify(&body), Err(NotGenuine::Malformed(_))), "{body}");
    }
    let sign = |body: &str| account().sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap().body;
    for order in ["", "..", "ORD-1"] {
        let signed = sign(&format!("merchant_oid={order}&status=success&total_amount=1"));
        assert!(matches!(verify_as(&account(), &signed), Err(NotGenuine::Malformed(_))), "{order}");
    }
    assert_eq!(verify(""), Err(NotGenuine::BadSignature));
}
