//! Callbacks: a genuine one by a vector that the official SDK agrees with, and every way of not being genuine.

use std::time::SystemTime;

use http::{HeaderMap, HeaderValue};
use paystatus_core::{Callback, Covers, Lookup, NotGenuine, Notification, SignsCallbacks};
use paystatus_phonepe::{FACTS, PhonePe};

const BODY: &str = r#"{"event":"checkout.order.completed","payload":{"merchantId":"M","merchantOrderId":"order-1234","orderId":"OMO1","state":"COMPLETED"}}"#;
const CONSTANT: &str = "baa23a4201b4f43612911a65c4db144840eda55d0b8a788a232818ef6e7a1e96";

fn account() -> PhonePe {
    PhonePe::new("client", "secret").with_webhook("hookuser", "Canary1234")
}

fn verify(account: &PhonePe, constants: &[&str], body: &str) -> Result<Notification, NotGenuine> {
    let mut headers = HeaderMap::new();
    for constant in constants {
        headers.append("authorization", HeaderValue::from_str(constant).unwrap());
    }
    account.verify_callback(&Callback::new(&headers, body.as_bytes(), SystemTime::UNIX_EPOCH))
}

#[test]
fn the_vector_is_genuine_and_the_same_is_made_by_signing() {
    let notification = verify(&account(), &[CONSTANT], BODY).unwrap();
    assert_eq!(notification.payments(), [Lookup::payment("order-1234")]);
    assert_eq!((notification.covers(), notification.matched_secret()), (Covers::Nothing, 0));
    assert_eq!(FACTS.callbacks, Some(Covers::Nothing));
    assert!(verify(&account(), &[&CONSTANT.to_uppercase()], BODY).is_ok());
    let made = account().sign_callback(BODY.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    let header = ("authorization", CONSTANT.to_owned());
    assert_eq!((made.headers, made.body), (vec![header], BODY.as_bytes().to_vec()));
}

#[test]
fn the_key_is_the_same_for_a_replay_alone() {
    let key = |body: &str| verify(&account(), &[CONSTANT], body).unwrap().deduplication_key().to_owned();
    assert_eq!(key(BODY), key(BODY));
    // Whoever saw one callback can write another one: it is a reason to ask, and has a key of its own.
    assert_ne!(key(BODY), key(&BODY.replace("order-1234", "order-1235")));
}

#[test]
fn another_constant_or_none_is_refused() {
    let other = PhonePe::new("client", "secret").with_webhook("hookuser", "Canary1235");
    assert_eq!(verify(&other, &[CONSTANT], BODY), Err(NotGenuine::BadSignature));
    for none in [
        PhonePe::new("client", "secret"),
        PhonePe::new("client", "secret").with_webhook("hookuser", ""),
        PhonePe::new("client", "secret").with_webhook(" ", "Canary1234"),
    ] {
        assert_eq!(verify(&none, &[CONSTANT], BODY), Err(NotGenuine::NoSecret));
        assert!(none.sign_callback(BODY.as_bytes(), SystemTime::UNIX_EPOCH).is_err());
    }
    let basic = format!("Basic {CONSTANT}");
    for header in ["", "zz", &CONSTANT[2..], &format!("{CONSTANT}00"), &"0".repeat(64), &basic] {
        assert_eq!(verify(&account(), &[header], BODY), Err(NotGenuine::BadSignature), "{header}");
    }
    for headers in [&[][..], &[CONSTANT, CONSTANT]] {
        assert!(matches!(verify(&account(), headers, BODY), Err(NotGenuine::Malformed(_))));
    }
}

#[test]
fn an_event_names_its_order_if_it_is_about_one() {
    for (body, order) in [
        (r#"{"type":"CHECKOUT_ORDER_COMPLETED","payload":{"merchantOrderId":"o-1"}}"#, Ok(Some("o-1"))),
        (
            r#"{"event":"pg.refund.completed","payload":{"merchantRefundId":"r-1","originalMerchantOrderId":"o-1"}}"#,
            Ok(Some("o-1")),
        ),
        (r#"{"event":"subscription.paused","payload":{"merchantSubscriptionId":"s-1"}}"#, Ok(None)),
        (r#"{"payload":{"merchantOrderId":".."}}"#, Err(())),
        (r#"{"payload":{"merchantOrderId":7}}"#, Err(())),
        (r#"{"payload":[]}"#, Err(())),
        ("{}", Err(())),
        ("[]", Err(())),
        ("", Err(())),
    ] {
        let verdict = verify(&account(), &[CONSTANT], body);
        match (&verdict, order) {
            (Ok(notification), Ok(order)) => {
                let orders: Vec<_> = order.map(Lookup::payment).into_iter().collect();
                assert_eq!(notification.payments(), orders, "{body}");
            }
            _ => assert!(
                matches!(verdict, Err(NotGenuine::Malformed(_))) && order.is_err(),
                "{body}: {verdict:?}"
            ),
        }
    }
}
