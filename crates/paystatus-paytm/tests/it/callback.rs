//! Callbacks: the vectors of both forms, which `paytmchecksum` takes, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use paystatus_core::{Callback, Covers, ErrorKind, NotGenuine, Notification, SignsCallbacks};
use paystatus_paytm::Paytm;

use crate::{KEY, MID};

const JSON: &str = r#"{"head":{"signature":"9UjOOQW7NQYqXIFuq+Lfxi4pxetOAsxG/m8ALwvB5ObsVCyH5NaZDmKgi+tEpUGgHSqJfXgeTQ1iemLkvbmoOhMPeG7p9JY2SggOyweZ2qw="},"body":{"mid":"INTEGR00000000000001","orderId":"ORDERID_98765","txnAmount":"1.00","status":"TXN_SUCCESS"}}"#;
const FORM: &str = "BANKTXNID=&CURRENCY=INR&MID=INTEGR00000000000001&ORDERID=ORDERID_98765&RESPCODE=01&STATUS=TXN_SUCCESS\
    &TXNAMOUNT=1.00&CHECKSUMHASH=mx%2B6Uo9TyzChWoPReYei0J1ztqbpjoUFe2LPcw91tutgVMscrLYHDDpPPEJURdhTrq88qTpNxB0GAF28p%2BXe8vYL9e3WLKWhn0CuziK%2F2OM%3D";

fn verify_as(account: &Paytm, body: &[u8]) -> Result<Notification, NotGenuine> {
    // However late: no time is signed.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    account.verify_callback(&Callback::new(&HeaderMap::new(), body, now))
}

fn verify(body: &str) -> Result<Notification, NotGenuine> {
    verify_as(&Paytm::new(MID, KEY), body.as_bytes())
}

#[track_caller]
fn malformed(body: &str) {
    let verdict = verify(body);
    assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{body}: {verdict:?}");
}

#[test]
fn the_vectors_are_genuine_and_the_same_is_made_by_signing() {
    let keys = [JSON, FORM].map(|body| {
        let notification = verify(body).unwrap();
        assert_eq!(notification.payments()[0].id(), "ORDERID_98765");
        assert_eq!(notification.covers() == Covers::Body, body == JSON);
        notification.deduplication_key().to_owned()
    });
    assert_eq!(keys[0], keys[1]);
    // Whatever the order of the fields: their names' is signed.
    let (first, rest) = FORM.split_once('&').unwrap();
    assert_eq!(verify(&format!("{rest}&{first}")).unwrap().deduplication_key(), keys[0]);
    let (form, _) = FORM.split_once("&CHECKSUMHASH").unwrap();
    let (_, body) = JSON.split_once("},").unwrap();
    for (unsigned, whole) in [(form.to_owned(), FORM), (format!("{{{body}"), JSON)] {
        let made = Paytm::new(MID, KEY).sign_callback(unsigned.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(String::from_utf8(made.body).unwrap(), whole);
    }
}

#[test]
fn what_is_signed_may_not_change() {
    for (body, from, to) in [
        (JSON, "ORDERID_98765", "ORDERID_98766"),
        (JSON, "TXN_SUCCESS", "TXN_FAILURE"),
        (JSON, "\"1.00\"", "\"2.00\""),
        (JSON, r#""body":{"#, r#""body":{ "#),
        (JSON, r#""signature":"9"#, r#""signature":"8"#),
        (JSON, r#""head":{"signature""#, r#""head":{"other""#),
        (FORM, "ORDERID_98765", "ORDERID_98766"),
        (FORM, "TXN_SUCCESS", "TXN_FAILURE"),
        (FORM, "1.00", "2.00"),
        (FORM, "RESPCODE=01&", ""),
        (FORM, "&CHECKSUMHASH", "&NEW=1&CHECKSUMHASH"),
        (FORM, "CHECKSUMHASH=mx", "CHECKSUMHASH=nx"),
        (FORM, "&CHECKSUMHASH", "&OTHER"),
    ] {
        assert_eq!(verify(&body.replace(from, to)), Err(NotGenuine::BadSignature), "{from} {to}");
    }
    for account in [Paytm::new(MID, "anotherkey#12345"), Paytm::new(MID, "short")] {
        for body in [JSON, FORM] {
            let verdict = verify_as(&account, body.as_bytes()).unwrap_err();
            assert!(matches!(verdict, NotGenuine::BadSignature | NotGenuine::NoSecret), "{verdict}");
        }
    }
}

/// The values stand one after the other with `|` between them, so that one with a `|` reads like two.
#[test]
fn no_value_of_a_form_is_two() {
    malformed(&FORM.replace("RESPCODE=01&STATUS=TXN_SUCCESS", "RESPCODE=01|TXN_SUCCESS"));
    malformed(&FORM.replace("BANKTXNID=&CURRENCY=INR", "BANKTXNID=|INR"));
    // Names are not signed: the order's would be another field's value.
    malformed(
        &FORM
            .replace("&MID=", "&ORDERIC=")
            .replace("&ORDERID=", "&ORDERIE=")
            .replace("&ORDERIC=", "&ORDERID="),
    );
}

#[test]
fn what_is_not_a_callback_is_malformed() {
    for body in [
        "",
        "{",
        r#"{"head":{"signature":"x"}}"#,
        r#"{"head":{"signature":"x"},"body":{}}"#,
        r#"{"head":{"signature":7},"body":{"orderId":"o-1"}}"#,
        r#"{"head":{"signature":"x"},"body":{"orderId":"o-1","orderId":"o-2"}}"#,
        r#"{"head":{"signature":"x"},"head":{"signature":"x"},"body":{"orderId":"o-1"}}"#,
        &format!("{FORM}&STATUS=TXN_SUCCESS"),
        &FORM.replace("INTEGR00000000000001", "INTEGR00000000000002"),
        &"x".repeat(70_000),
    ] {
        malformed(body);
    }
    let account = Paytm::new(MID, KEY);
    for body in
        [r#"{"body":{"orderId":"..","status":"TXN_SUCCESS"}}"#, "MID=INTEGR00000000000001&STATUS=TXN_SUCCESS"]
    {
        let made = account.sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
        assert!(matches!(verify_as(&account, &made.body), Err(NotGenuine::Malformed(_))), "{body}");
    }
    let error = account.sign_callback(b"x", SystemTime::UNIX_EPOCH).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rejected);
}
