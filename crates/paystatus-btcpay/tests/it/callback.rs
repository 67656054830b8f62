//! Callbacks: genuine ones by the official verifier's vector, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};
use paystatus_btcpay::BtcPay;
use paystatus_core::{Callback, Covers, NotGenuine, Notification, SignsCallbacks};

const SECRET: &str = "whsec_test_123";
const BODY: &str = r#"{"deliveryId":"D1","originalDeliveryId":"D1","isRedelivery":false,"type":"InvoiceSettled","timestamp":1767225600,"storeId":"S1","invoiceId":"UKdYkTDWbsaJKfGPsXmUYy"}"#;
const SIGNATURE: &str = "sha256=57dc4c8911518b5c16fdfb2f12728a3549f660b5b19dd4f76f0a9d921e85ebd1";

fn account(secrets: &[&str]) -> BtcPay {
    crate::account().with_callback_secrets(secrets.iter().map(|&secret| secret.into()))
}

/// When a callback arrives, in seconds after the time in its body.
fn at(offset: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600_u64.checked_add_signed(offset).unwrap())
}

fn verify(
    account: &BtcPay,
    signatures: &[&str],
    body: &[u8],
    offset: i64,
) -> Result<Notification, NotGenuine> {
    let mut headers = HeaderMap::new();
    for signature in signatures {
        headers.append("BTCPay-Sig", HeaderValue::from_str(signature).unwrap());
    }
    account.verify_callback(&Callback::new(&headers, body, at(offset)))
}

/// A body that the account has signed.
fn signed(body: &str) -> Result<Notification, NotGenuine> {
    let account = account(&[SECRET]);
    let signed = account.sign_callback(body.as_bytes(), at(0)).unwrap();
    verify(&account, &[&signed.headers[0].1], &signed.body, 0)
}

#[test]
fn the_vector_is_genuine_and_is_what_would_be_signed() {
    let notification = verify(&account(&[SECRET]), &[SIGNATURE], BODY.as_bytes(), 0).unwrap();
    assert_eq!(notification.payments()[0].id(), "UKdYkTDWbsaJKfGPsXmUYy");
    assert_eq!((notification.covers(), notification.deduplication_key()), (Covers::Body, "D1"));
    let signed = account(&[SECRET]).sign_callback(BODY.as_bytes(), at(0)).unwrap();
    assert_eq!((signed.headers, signed.body), (vec![("btcpay-sig", SIGNATURE.to_owned())], BODY.into()));
}

#[test]
fn a_secret_may_take_the_place_of_another() {
    let notification = verify(&account(&["new", SECRET]), &[SIGNATURE], BODY.as_bytes(), 0).unwrap();
    assert_eq!(notification.matched_secret(), 1);
    for (secrets, verdict) in [
        (&["new"][..], NotGenuine::BadSignature),
        (&[], NotGenuine::NoSecret),
        (&[" "], NotGenuine::NoSecret),
    ] {
        assert_eq!(verify(&account(secrets), &[SIGNATURE], BODY.as_bytes(), 0), Err(verdict));
    }
}

#[test]
fn a_time_too_far_away_in_either_direction_is_stale_and_still_names_the_invoice() {
    for (offset, is_stale) in [(300, false), (301, true), (-300, false), (-301, true), (3600, true)] {
        let verdict = verify(&account(&[SECRET]), &[SIGNATURE], BODY.as_bytes(), offset);
        let names_it = match &verdict {
            Err(NotGenuine::Stale { payments, .. }) => payments[0].id() == "UKdYkTDWbsaJKfGPsXmUYy",
            _ => false,
        };
        assert_eq!((verdict.is_ok(), names_it), (!is_stale, is_stale), "{offset}: {verdict:?}");
    }
    let forged = SIGNATURE.replace("57dc", "57dd");
    assert_eq!(verify(&account(&[SECRET]), &[&forged], BODY.as_bytes(), 3600), Err(NotGenuine::BadSignature));
}

#[test]
fn any_flipped_bit_fails() {
    for index in 0..BODY.len() * 8 {
        let mut body = BODY.as_bytes().to_vec();
        body[index / 8] ^= 1 << (index % 8);
        let verdict = verify(&account(&[SECRET]), &[SIGNATURE], &body, 0);
        assert_eq!(verdict, Err(NotGenuine::BadSignature), "bit {index}");
    }
}

#[test]
fn a_header_that_is_missing_repeated_or_of_another_form_is_refused() {
    let hex = SIGNATURE.strip_prefix("sha256=").unwrap();
    for signatures in [&[][..], &[SIGNATURE, SIGNATURE], &[hex], &["sha1=00"]] {
        let verdict = verify(&account(&[SECRET]), signatures, BODY.as_bytes(), 0);
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{signatures:?}");
    }
    for signature in ["sha256=", "sha256=00", "sha256=zz"] {
        let verdict = verify(&account(&[SECRET]), &[signature], BODY.as_bytes(), 0);
        assert_eq!(verdict, Err(NotGenuine::BadSignature), "{signature}");
    }
}

#[test]
fn a_redelivery_has_the_key_of_the_first_delivery() {
    let again = BODY.replacen("D1", "D2", 1).replace("false", "true");
    assert_eq!(signed(&again).unwrap().deduplication_key(), "D1");
    let old = BODY.replace(r#""originalDeliveryId":"D1","#, "");
    assert_eq!(signed(&old).unwrap().deduplication_key(), "D1");
}

#[test]
fn an_event_about_something_else_names_no_invoice() {
    for kind in ["PaymentRequestCreated", "PayoutApproved", "SubscriberCreated"] {
        assert_eq!(signed(&BODY.replace("InvoiceSettled", kind)).unwrap().payments(), []);
    }
}

#[test]
fn what_is_no_event_is_malformed() {
    for body in [
        "",
        "[]",
        "{}",
        &BODY.replace(r#","invoiceId":"UKdYkTDWbsaJKfGPsXmUYy""#, ""),
        &BODY.replace("UKdYkTDWbsaJKfGPsXmUYy", ".."),
        &BODY.replace("1767225600", "-1"),
        &BODY.replace("1767225600", r#""1767225600""#),
        &BODY.replace("1767225600", "18446744073709551615"),
        &BODY.replace(r#""type":"InvoiceSettled","#, ""),
    ] {
        assert!(matches!(signed(body), Err(NotGenuine::Malformed(_))), "{body}");
    }
}
