//! Callbacks: a genuine one by the documented rule, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};
use paystatus_checkout::Checkout;
use paystatus_core::{Callback, Covers, Lookup, NotGenuine, Notification, SignsCallbacks};

const KEY: &str = "canary_signature_key_2";
const BODY: &str = r#"{"id":"evt_canary2u2vkzhxjxcwo3tqk","type":"payment_captured","version":"1.0.4","created_on":"2026-03-01T10:05:02Z","data":{"action_id":"act_canaryaaaaaaaaaaaaaaaaaaaa","reference":"ORD-5023-4E89","amount":6540,"processed_on":"2026-03-01T10:05:01Z","currency":"USD","id":"pay_mbabizu24mvu3mela5njyhpit4"}}"#;
const SIGNATURE: &str = "e05aa637a6d32fc54a67cac08e52a544436dc95fd571d1a9a645e8ca2eb02e8a";
const SIGNED: (&str, &str) = ("cko-signature", SIGNATURE);

fn account(keys: &[&str]) -> Checkout {
    crate::account().with_callback_secrets(keys.iter().map(|&key| key.into()))
}

fn verify(
    account: &Checkout,
    headers: &[(&'static str, &str)],
    body: &[u8],
) -> Result<Notification, NotGenuine> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, HeaderValue::from_str(value).unwrap());
    }
    // However late: no time is signed.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    account.verify_callback(&Callback::new(&map, body, now))
}

#[test]
fn the_vector_is_genuine_and_the_same_is_made_by_signing() {
    let notification = verify(&account(&[KEY]), &[SIGNED], BODY.as_bytes()).unwrap();
    assert_eq!(notification.payments(), [Lookup::payment("pay_mbabizu24mvu3mela5njyhpit4")]);
    assert_eq!((notification.covers(), notification.matched_secret()), (Covers::Body, 0));
    assert_eq!(notification.deduplication_key(), "evt_canary2u2vkzhxjxcwo3tqk");
    let again = verify(&account(&[KEY]), &[("cko-signature", &SIGNATURE.to_uppercase())], BODY.as_bytes());
    assert_eq!(again.unwrap().deduplication_key(), notification.deduplication_key());
    let made = account(&[KEY]).sign_callback(BODY.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    let header = ("cko-signature", SIGNATURE.to_owned());
    assert_eq!((made.headers, made.body), (vec![header], BODY.as_bytes().to_vec()));
}

#[test]
fn another_key_header_or_body_is_refused() {
    let body = BODY.as_bytes();
    assert_eq!(verify(&account(&["new", KEY]), &[SIGNED], body).unwrap().matched_secret(), 1);
    assert_eq!(verify(&account(&["canary-secret-key"]), &[SIGNED], body), Err(NotGenuine::BadSignature));
    assert_eq!(verify(&account(&[]), &[SIGNED], body), Err(NotGenuine::NoSecret));
    for header in ["", "zz", &SIGNATURE[2..], &format!("{SIGNATURE}00"), &"0".repeat(64)] {
        let verdict = verify(&account(&[KEY]), &[("cko-signature", header)], body);
        assert_eq!(verdict, Err(NotGenuine::BadSignature), "{header}");
    }
    for headers in [vec![], vec![SIGNED, SIGNED]] {
        assert!(matches!(verify(&account(&[KEY]), &headers, body), Err(NotGenuine::Malformed(_))));
    }
    for index in 0..body.len() * 8 {
        let mut changed = body.to_vec();
        changed[index / 8] ^= 1 << (index % 8);
        assert_eq!(
            verify(&account(&[KEY]), &[SIGNED], &changed),
            Err(NotGenuine::BadSignature),
            "bit {index}"
        );
    }
}

#[test]
fn the_merchants_own_header_counts_where_it_is_set() {
    let account = account(&[KEY]).with_callback_authorization("canary-authorization");
    let own = |text| ("authorization", text);
    assert!(verify(&account, &[SIGNED, own("canary-authorization")], BODY.as_bytes()).is_ok());
    for other in ["canary-Authorization", "canary", "", "Bearer canary-authorization"] {
        let verdict = verify(&account, &[SIGNED, own(other)], BODY.as_bytes());
        assert_eq!(verdict, Err(NotGenuine::BadSignature), "{other}");
    }
    let twice = [SIGNED, own("canary-authorization"), own("canary-authorization")];
    for headers in [&twice[..1], &twice] {
        let verdict = verify(&account, headers, BODY.as_bytes());
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{verdict:?}");
    }
    let blank = account.with_callback_authorization(" ");
    assert_eq!(verify(&blank, &[SIGNED, own("")], BODY.as_bytes()), Err(NotGenuine::NoSecret));
}

#[test]
fn an_event_names_its_payment_if_it_is_about_one() {
    let account = account(&[KEY]);
    for (body, payment) in [
        (r#"{"id":"evt_1","type":"payment_approved","data":{"id":"pay_1"}}"#, Ok(Some("pay_1"))),
        (
            r#"{"id":"evt_1","type":"dispute_received","data":{"id":"dsp_1","payment_id":"pay_1"}}"#,
            Ok(Some("pay_1")),
        ),
        (r#"{"id":"evt_1","type":"dispute_received","data":{"id":"pay_1"}}"#, Ok(None)),
        (r#"{"id":"evt_1","type":"card_verified","data":{"id":"src_1"}}"#, Ok(None)),
        (r#"{"id":"evt_1","type":"report_generated","data":{}}"#, Ok(None)),
        (r#"{"id":"evt_1","type":"payment_approved","data":{"id":7}}"#, Err(())),
        (r#"{"id":"evt_1","type":"payment_approved","data":{"id":"src_1"}}"#, Err(())),
        (r#"{"id":"evt_1","type":"payment_approved"}"#, Err(())),
        (r#"{"type":"payment_approved","data":{"id":"pay_1"}}"#, Err(())),
        // One event is known to arrive like this.
        (r#"{"id":"evt_1","type":"authentication_failed","data":{"id":"pay_1",}"#, Err(())),
        ("[]", Err(())),
    ] {
        let made = account.sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
        let verdict = verify(&account, &[("cko-signature", &made.headers[0].1)], &made.body);
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
