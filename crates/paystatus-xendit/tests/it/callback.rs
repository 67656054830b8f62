//! Callbacks: a constant token, which signs nothing, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};
use paystatus_core::{Callback, Covers, Lookup, NotGenuine, Notification, SignsCallbacks};
use paystatus_xendit::Xendit;

use crate::{INVOICE, REQUEST, account, invoice};

const TOKEN: (&str, &str) = ("x-callback-token", "canary-token");

fn verify(
    account: &Xendit,
    headers: &[(&'static str, &str)],
    body: &str,
) -> Result<Notification, NotGenuine> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, HeaderValue::from_str(value).unwrap());
    }
    // However late: no time is signed.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    account.verify_callback(&Callback::new(&map, body.as_bytes(), now))
}

fn with(tokens: &[&str]) -> Xendit {
    account().with_callback_secrets(tokens.iter().map(|&token| token.into()))
}

#[test]
fn the_token_is_compared_and_covers_nothing() {
    let body = invoice(INVOICE, "PAID", "");
    let notification = verify(&with(&["canary-token"]), &[TOKEN], &body).unwrap();
    assert_eq!(notification.payments(), [Lookup::payment(INVOICE)]);
    assert_eq!((notification.covers(), notification.matched_secret()), (Covers::Nothing, 0));
    assert_eq!(verify(&with(&["new", "canary-token"]), &[TOKEN], &body).unwrap().matched_secret(), 1);
    let made = with(&["canary-token"]).sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    assert_eq!(made.headers, [(TOKEN.0, TOKEN.1.to_owned())]);
    assert_eq!(verify(&with(&["other"]), &[TOKEN], &body), Err(NotGenuine::BadSignature));
    assert_eq!(verify(&with(&[]), &[TOKEN], &body), Err(NotGenuine::NoSecret));
    for wrong in ["", "canary", "canary-token2", "CANARY-TOKEN"] {
        let verdict = verify(&with(&["canary-token"]), &[(TOKEN.0, wrong)], &body);
        assert_eq!(verdict, Err(NotGenuine::BadSignature), "{wrong}");
    }
    let signed = ("x-callback-signature", "c2lnbmF0dXJl");
    for headers in [vec![], vec![TOKEN, TOKEN], vec![signed], vec![TOKEN, signed]] {
        assert!(matches!(verify(&with(&["canary-token"]), &headers, &body), Err(NotGenuine::Malformed(_))));
    }
}

#[test]
fn a_retry_has_the_same_key() {
    let key = |id: &str, body: &str| {
        let verified = verify(&with(&["canary-token"]), &[TOKEN, ("webhook-id", id)], body);
        verified.unwrap().deduplication_key().to_owned()
    };
    let (paid, settled) = (invoice(INVOICE, "PAID", ""), invoice(INVOICE, "SETTLED", ""));
    assert_eq!(key("event-1", &paid), "event-1");
    assert_ne!(key("event-1", &paid), key("event-2", &settled));
    // Without an id it is made of the body.
    assert_eq!(key("", &paid), key("", &paid));
    assert_ne!(key("", &paid), key("", &settled));
}

#[test]
fn an_event_names_its_payment_if_it_is_about_one() {
    let named =
        |body: &str| verify(&with(&["canary-token"]), &[TOKEN], body).map(|event| event.payments().to_vec());
    let v3 = format!(
        r#"{{"event":"payment.capture","data":{{"payment_id":"py-1","payment_request_id":"{REQUEST}","status":"SUCCEEDED"}}}}"#
    );
    assert_eq!(named(&v3), Ok(vec![Lookup::payment(REQUEST)]));
    let v2 =
        format!(r#"{{"event":"payment.succeeded","data":{{"id":"py-1","payment_request_id":"{REQUEST}"}}}}"#);
    assert_eq!(named(&v2), Ok(vec![Lookup::payment(REQUEST)]));
    for nobody in [
        "{}",
        r#"{"id":"py-1"}"#,
        r#"{"id":7}"#,
        r#"{"event":"payment_token.activation","data":{"payment_token_id":"pt-1"}}"#,
        r#"{"event":"payment.capture","data":{"payment_request_id":null}}"#,
        r#"{"event":"payment.capture","data":{"payment_request_id":"../x"}}"#,
        r#"{"event":"payment.capture"}"#,
    ] {
        assert_eq!(named(nobody), Ok(vec![]), "{nobody}");
    }
    for bad in ["", "[]", "null", "{", r#"{"id":1,"id":2}{"#] {
        assert!(matches!(named(bad), Err(NotGenuine::Malformed(_))), "{bad}");
    }
}
