//! Callbacks: genuine ones by the documented vector, and every way of not being genuine.

use std::time::SystemTime;

use http::HeaderMap;
use paystatus_akurateco::{Akurateco, BaseUrl, Digest};
use paystatus_core::{Callback, Covers, NotGenuine, Notification, SignsCallbacks};

const FORM: &str = "id=pay-1&order_number=DEP-123&order_amount=100.00&order_currency=USD\
    &order_description=Test+deposit&order_status=settled&type=sale&status=success\
    &hash=65bc088322dd30aa959df1b049d96a8a3592d2dc";
const JSON: &str = r#"{"id":"pay-1","order_number":"DEP-123","order_amount":"100.00","order_currency":"USD","order_description":"Test deposit","type":"sale","status":"success","hash":"65bc088322dd30aa959df1b049d96a8a3592d2dc"}"#;

fn account(password: &str) -> Akurateco {
    Akurateco::new(BaseUrl::parse("https://checkout.example.com").unwrap(), "key", password)
}

fn verify_as(account: &Akurateco, body: &[u8]) -> Result<Notification, NotGenuine> {
    account.verify_callback(&Callback::new(&HeaderMap::new(), body, SystemTime::UNIX_EPOCH))
}

fn verify(body: &str) -> Result<Notification, NotGenuine> {
    verify_as(&account("test-password"), body.as_bytes())
}

#[track_caller]
fn malformed(body: &str) {
    let verdict = verify(body);
    assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{body}: {verdict:?}");
}

#[test]
fn the_documented_vector_is_genuine_as_a_form_and_as_json() {
    for body in [
        FORM.to_owned(),
        JSON.to_owned(),
        FORM.replace("Test+deposit", "Test%20deposit").replace("hash=65bc", "hash=65BC"),
        FORM.replace("id=pay-1", "%69d=pay%2D1"),
        JSON.replace("\"100.00\"", "100.00"),
        JSON.replace("Test", "\\u0054est"),
    ] {
        let notification = verify(&body).unwrap_or_else(|why| panic!("{body}: {why}"));
        assert_eq!(notification.payments()[0].id(), "pay-1");
        assert!(matches!(notification.covers(), Covers::Fields(["id", ..])));
    }
}

#[test]
fn the_hash_covers_identity_and_amount_and_nothing_else() {
    for unsigned in
        [("status=success", "status=fail"), ("type=sale", "type=refund"), ("order_status=settled&", "")]
    {
        assert!(verify(&FORM.replace(unsigned.0, unsigned.1)).is_ok(), "{unsigned:?}");
    }
    for signed in [
        ("pay-1", "pay-2"),
        ("DEP-123", "DEP-124"),
        ("100.00", "100.0"),
        ("100.00", "1.00"),
        ("=USD", "=EUR"),
        ("Test+deposit", "Test++deposit"),
        ("65bc", "65bd"),
        ("&hash=65bc088322dd30aa959df1b049d96a8a3592d2dc", ""),
        ("hash=65bc088322dd30aa959df1b049d96a8a3592d2dc", "hash="),
        ("hash=65bc", "hash=zzbc"),
    ] {
        assert_eq!(verify(&FORM.replace(signed.0, signed.1)), Err(NotGenuine::BadSignature), "{signed:?}");
    }
    assert_eq!(verify(&JSON.replace("\"100.00\"", "100.0")), Err(NotGenuine::BadSignature));
}

#[test]
fn upper_case_is_asciis_in_callbacks() {
    let account = account("pässword");
    let signed = account.sign_callback("id=é".as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    assert!(verify_as(&account, &signed.body).is_ok());
    let upper = String::from_utf8(signed.body).unwrap().replace('é', "É");
    assert_eq!(verify_as(&account, upper.as_bytes()), Err(NotGenuine::BadSignature));
}

#[test]
fn a_signed_field_that_is_repeated_is_malformed() {
    for field in ["id=pay-1", "order_amount=1", "hash=65", "%69d=x"] {
        malformed(&format!("{FORM}&{field}"));
    }
    malformed(&JSON.replace("\"type\"", "\"id\""));
    assert!(verify(&format!("{FORM}&status=again&status=again")).is_ok());
}

#[test]
fn what_is_not_a_callback_is_malformed() {
    malformed(&JSON.replace("\"pay-1\"", "[\"pay-1\"]"));
    malformed(&JSON.replace("\"100.00\"", "true"));
    malformed("{");
    malformed(&"&".repeat(300));
    malformed(&"x".repeat(1_100_000));
    malformed(&FORM.replace("Test", "%ff"));
    assert!(matches!(verify_as(&account("p"), b"id=\xff"), Err(NotGenuine::Malformed(_))));
    assert_eq!(verify(""), Err(NotGenuine::BadSignature));
}

#[test]
fn an_id_that_nobody_can_be_asked_about_is_malformed_however_it_is_signed() {
    let account = account("test-password");
    let long = format!("&id={}", "x".repeat(256));
    for id in ["", "&id=", "&id=.", "&id=..", "&id=%2e%2E", &long] {
        let body = format!("order_number=DEP-123{id}");
        let signed = account.sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
        let verdict = verify_as(&account, &signed.body);
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{body}: {verdict:?}");
    }
}

#[test]
fn both_digests_sign_and_only_their_own_verifies() {
    let (md5, sha256) = (account("p"), account("p").with_digest(Digest::Sha256));
    for body in ["id=pay-1&order_amount=1", r#"{"id":"pay-1","order_amount":1.50}"#] {
        let signed = sha256.sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
        assert!(verify_as(&sha256, &signed.body).is_ok());
        assert_eq!(verify_as(&md5, &signed.body), Err(NotGenuine::BadSignature));
        assert!(md5.sign_callback(&signed.body, SystemTime::UNIX_EPOCH).is_err(), "it is signed already");
    }
    assert_eq!(verify_as(&account(""), FORM.as_bytes()), Err(NotGenuine::NoSecret));
    // There is no `callback_secret` here, so no message may name one.
    assert_eq!(account("").signed_with(), "`password` and `digest`");
    assert!(!NotGenuine::NoSecret.to_string().contains("callback_secret"));
    assert_eq!(verify_as(&account("other"), FORM.as_bytes()), Err(NotGenuine::BadSignature));
}

#[test]
fn the_deduplication_key_is_made_of_what_was_signed() {
    let key = |body: &str| verify(body).unwrap().deduplication_key().to_owned();
    assert_eq!(key(FORM), key(JSON));
    assert_eq!(key(FORM), key(&FORM.replace("status=success", "status=fail")));
}
