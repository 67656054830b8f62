//! Callbacks: a genuine one by a vector that the official SDK accepts, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};
use paystatus_core::{Callback, Covers, Lookup, NotGenuine, Notification, SignsCallbacks};
use paystatus_mollie::Mollie;

const SECRET: &str = "canary_signing_secret_1";
const BODY: &str = r#"{"resource":"event","id":"event_Canary8WHrp5isUdRub9CJyH","type":"payment.paid","entityId":"tr_5B8cwPMGnU6qLbRvo7qEZo","createdAt":"2024-06-10T14:23:45+00:00"}"#;
const SIGNATURE: &str = "9b19ae82dcd75c199641fa9632d80588b0b4507644586906aafa3d80e8415f9e";

fn account(secrets: &[&str]) -> Mollie {
    Mollie::new("live_canary").with_callback_secrets(secrets.iter().map(|&secret| secret.into()))
}

fn verify(account: &Mollie, signatures: &[&str], body: &[u8]) -> Result<Notification, NotGenuine> {
    let mut map = HeaderMap::new();
    for value in signatures {
        map.append("x-mollie-signature", HeaderValue::from_str(value).unwrap());
    }
    // However late: no time is signed.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    account.verify_callback(&Callback::new(&map, body, now))
}

#[test]
fn the_vector_is_genuine_and_the_same_is_made_by_signing() {
    let prefixed = format!("sha256={SIGNATURE}");
    for signature in [SIGNATURE, &prefixed, &SIGNATURE.to_uppercase()] {
        let notification = verify(&account(&[SECRET]), &[signature], BODY.as_bytes()).unwrap();
        assert_eq!(notification.payments(), [Lookup::payment("tr_5B8cwPMGnU6qLbRvo7qEZo")]);
        assert_eq!((notification.covers(), notification.matched_secret()), (Covers::Body, 0));
        assert_eq!(notification.deduplication_key(), "event_Canary8WHrp5isUdRub9CJyH");
    }
    let made = account(&[SECRET]).sign_callback(BODY.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    assert_eq!((made.headers, made.body), (vec![("x-mollie-signature", prefixed)], BODY.as_bytes().to_vec()));
}

#[test]
fn one_of_several_signatures_and_of_several_secrets_is_enough() {
    let body = BODY.as_bytes();
    let other = "0".repeat(64);
    assert_eq!(verify(&account(&["new", SECRET]), &[SIGNATURE], body).unwrap().matched_secret(), 1);
    for signatures in
        [vec![&*other, SIGNATURE], vec![SIGNATURE, SIGNATURE], vec![&format!("{other}, {SIGNATURE}")]]
    {
        assert!(verify(&account(&[SECRET]), &signatures, body).is_ok(), "{signatures:?}");
    }
    assert_eq!(verify(&account(&[SECRET]), &[&other, "zz"], body), Err(NotGenuine::BadSignature));
}

#[test]
fn another_secret_header_or_body_is_refused() {
    let body = BODY.as_bytes();
    assert_eq!(verify(&account(&["live_canary"]), &[SIGNATURE], body), Err(NotGenuine::BadSignature));
    assert_eq!(verify(&account(&[]), &[SIGNATURE], body), Err(NotGenuine::NoSecret));
    for header in
        ["", "zz", "sha256=", &SIGNATURE[2..], &format!("{SIGNATURE}00"), &format!("sha1={SIGNATURE}")]
    {
        let verdict = verify(&account(&[SECRET]), &[header], body);
        assert_eq!(verdict, Err(NotGenuine::BadSignature), "{header}");
    }
    for index in 0..body.len() * 8 {
        let mut changed = body.to_vec();
        changed[index / 8] ^= 1 << (index % 8);
        let verdict = verify(&account(&[SECRET]), &[SIGNATURE], &changed);
        assert_eq!(verdict, Err(NotGenuine::BadSignature), "bit {index}");
    }
}

#[test]
fn without_a_signature_only_an_account_without_secrets_takes_a_hint() {
    // A secret that can't be used is one, too.
    for secret in [SECRET, ""] {
        for body in [BODY, "id=tr_1"] {
            let verdict = verify(&account(&[secret]), &[], body.as_bytes());
            assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{body}: {verdict:?}");
        }
    }
    let hint = verify(&account(&[]), &[], b"id=tr_5B8cwPMGnU").unwrap();
    assert_eq!((hint.payments(), hint.covers()), (&[Lookup::payment("tr_5B8cwPMGnU")][..], Covers::Nothing));
    for body in
        [BODY, "", "id=", "id=tr_", "id=ord_1", "id=tr_1&id=tr_2", "id=tr_1%2F", "id=tr_1/..", "order=tr_1"]
    {
        let verdict = verify(&account(&[]), &[], body.as_bytes());
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{body}: {verdict:?}");
    }
}

#[test]
fn an_event_names_its_payment_if_it_is_about_one() {
    let account = account(&[SECRET]);
    for (body, payment) in [
        (r#"{"id":"event_1","type":"payment.paid","entityId":"tr_1"}"#, Ok(Some("tr_1"))),
        (
            r#"{"id":"event_1","type":"refund.refunded","entityId":"re_1","_embedded":{"entity":{"id":"re_1","paymentId":"tr_1"}}}"#,
            Ok(Some("tr_1")),
        ),
        (
            r#"{"id":"event_1","type":"chargeback.received","entityId":"chb_1","_embedded":{"entity":{"paymentId":"tr_1"}}}"#,
            Ok(Some("tr_1")),
        ),
        (
            r#"{"id":"event_1","type":"capture.failed","_embedded":{"entity":{"paymentId":"tr_1"}}}"#,
            Ok(Some("tr_1")),
        ),
        (
            r#"{"id":"event_1","type":"payout.completed","entityId":"stl_1","_embedded":{"entity":{"paymentId":"tr_1"}}}"#,
            Ok(None),
        ),
        (r#"{"id":"event_1","type":"refund.failed","entityId":"re_1"}"#, Ok(None)),
        (r#"{"id":"event_1","type":"payment-link.paid","entityId":"pl_1"}"#, Ok(None)),
        (r#"{"id":"event_1"}"#, Ok(None)),
        (r#"{"type":"payment.paid","entityId":"tr_1"}"#, Err(())),
        (r#"{"id":7,"type":"payment.paid","entityId":"tr_1"}"#, Err(())),
        ("[]", Err(())),
        ("id=tr_1", Err(())),
    ] {
        let made = account.sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
        let verdict = verify(&account, &[&made.headers[0].1], &made.body);
        match (&verdict, payment) {
            (Ok(notification), Ok(payment)) => {
                let payments: Vec<_> = payment.map(Lookup::payment).into_iter().collect();
                assert_eq!(notification.payments(), payments, "{body}");
            }
            _ => assert!(
                matches!(verdict, Err(NotGenuine::Malformed(_))) && payment.is_err(),
                "{body}: {verdict:?}"
            ),
        }
    }
}
