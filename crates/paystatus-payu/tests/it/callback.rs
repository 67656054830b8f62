//! Callbacks: genuine ones by vectors that the official SDK agrees with, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use paystatus_core::{Callback, ErrorKind, Lookup, NotGenuine, Notification, SignsCallbacks};
use paystatus_payu::PayU;

use crate::account;

const FORM: &str = "status=success&key=PkEy77&txnid=order-8123&amount=10.50&productinfo=Test+item&firstname=Asha&email=asha%40example.com&udf1=x1&udf2=&udf3=&udf4=&udf5=&mihpayid=25779819010";
const HASH: &str = "c886fb7656d6090507337ccc4829908b87e5e1783faba94b8eccf0dea10439f805667293685cf33c63e82025a39bc5a045cd8d38970b29cf0dd6beb80d5ae0f9";
const WITH_CHARGES: &str = "5afb315569982b9929d0b10a74a8ed3d6fab5aaa079af6f376233dd3501085187d5e84dd755c4c13e70c0137822f8275aa2478c50dd8e7b8b059165a7c849eac";

fn verify(account: &PayU, body: &str) -> Result<Notification, NotGenuine> {
    let headers = HeaderMap::new();
    // However late: no time is signed.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    account.verify_callback(&Callback::new(&headers, body.as_bytes(), now))
}

fn signed(form: &str, hash: &str) -> String {
    format!("{form}&hash={hash}")
}

#[test]
fn the_vectors_are_genuine_and_the_same_are_made_by_signing() {
    let with_charges = format!("{FORM}&additionalCharges=0.25");
    for (form, hash) in [(FORM, HASH), (&with_charges, WITH_CHARGES)] {
        for given in [hash.to_owned(), hash.to_uppercase()] {
            let notification = verify(&account(), &signed(form, &given)).unwrap();
            assert_eq!(notification.payments(), [Lookup::order("order-8123")]);
            assert_eq!((notification.covers().as_str(), notification.matched_secret()), ("fields", 0));
            assert_eq!(notification.deduplication_key(), hash);
        }
        let made = account().sign_callback(form.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!((made.headers.len(), std::str::from_utf8(&made.body)), (0, Ok(&*signed(form, hash))));
    }
    // The order of the fields is nobody's concern, and absent ones are empty.
    let turned = format!("hash={HASH}&{}", FORM.replace("&udf2=&udf3=&udf4=&udf5=", ""));
    assert!(verify(&account(), &turned).is_ok());
}

#[test]
fn what_is_signed_cannot_be_changed_and_the_rest_can() {
    for (from, to) in [
        ("status=success", "status=failure"),
        ("order-8123", "order-8124"),
        ("amount=10.50", "amount=1.00"),
        ("Test+item", "Test%2Bitem"),
        ("Asha", "asha"),
        ("x1", "x2"),
        ("udf5=", "udf5=x"),
        ("key=PkEy77", "key=PkEy78"),
        ("key=PkEy77&", ""),
        ("&mihpayid", "&additionalCharges=0.25&mihpayid"),
    ] {
        let verdict = verify(&account(), &signed(&FORM.replace(from, to), HASH));
        assert_eq!(verdict, Err(NotGenuine::BadSignature), "{to}");
    }
    let genuine = verify(&account(), &signed(FORM, HASH)).unwrap();
    for (from, to) in [
        ("mihpayid=25779819010", "mihpayid=25779819011"),
        ("mihpayid", "unmappedstatus=auth&net_amount_debit=0&mihpayid"),
    ] {
        // So a replay has the same key, whatever was put into it.
        let changed = verify(&account(), &signed(&FORM.replace(from, to), HASH)).unwrap();
        assert_eq!(changed.deduplication_key(), genuine.deduplication_key());
    }
}

#[test]
fn a_bar_shifts_nothing_into_the_txnid() {
    let shifted =
        FORM.replace("amount=10.50", "amount=").replace("txnid=order-8123", "txnid=10.50%7Corder-8123");
    let shifted =
        shifted.replace("productinfo=Test+item", "productinfo=").replace("firstname=Asha", "firstname=");
    let made = account().sign_callback(shifted.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    let verdict = verify(&account(), std::str::from_utf8(&made.body).unwrap());
    assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{verdict:?}");
}

#[test]
fn another_salt_hash_or_form_is_refused() {
    let body = signed(FORM, HASH);
    assert_eq!(verify(&PayU::new("PkEy77", "other"), &body), Err(NotGenuine::BadSignature));
    let other = verify(&PayU::new("PkEy78", "canary_salt_7Qe1"), &body);
    assert!(matches!(other, Err(NotGenuine::Malformed(_))), "{other:?}");
    assert_eq!(verify(&PayU::new("PkEy77", " "), &body), Err(NotGenuine::NoSecret));
    for hash in ["zz", &HASH[2..], &format!("{HASH}00"), WITH_CHARGES] {
        assert_eq!(verify(&account(), &signed(FORM, hash)), Err(NotGenuine::BadSignature), "{hash}");
    }
    let twice = signed(&signed(FORM, HASH), HASH);
    let no_order = signed(&FORM.replace("txnid=order-8123", "txnid="), HASH);
    for body in
        [FORM, &signed(FORM, ""), &twice, &no_order, &format!("{body}&txnid=order-8124"), "", "%ff=%ff"]
    {
        let verdict = verify(&account(), body);
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{body}: {verdict:?}");
    }
}

#[test]
fn refunds_and_disputes_are_told_unsigned() {
    for body in [r#"{"action":"refund","status":"success"}"#, "[]", " {"] {
        assert_eq!(verify(&account(), body), Err(NotGenuine::Unsigned), "{body}");
        let error = account().sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected);
    }
}
