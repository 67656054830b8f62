//! Callbacks: genuine ones, signed with the key of the fixtures' certificate, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName};
use paystatus_core::{Callback, Covers, ErrorKind, NotGenuine, Notification, SignsCallbacks};
use paystatus_paypal::{Paypal, Resource};

const CERTIFICATE: &[u8] = include_bytes!("../fixtures/certificate.pem");
const ANOTHER_CERTIFICATE: &[u8] = include_bytes!("../fixtures/another_certificate.pem");
const WEBHOOK: &str = "1JE4291016473214C";
const ID: &str = "69cd13f0-d67a-11e5-baa3-778b53f4ae55";
const TIME: &str = "2026-03-01T10:05:02Z";

// Bodies with their signatures.
const CAPTURE: (&str, &str) = (
    r#"{"id":"WH-Canary-1","event_type":"PAYMENT.CAPTURE.COMPLETED","resource_type":"capture","resource":{"id":"3C679366HH908993F","supplementary_data":{"related_ids":{"order_id":"5O190127TN364715T"}}}}"#,
    "OrXRCPiV9cLxmb6TkJBppNkHeg9DHYfq5f4zcmIw1p9k9+J7Rza1r1TKB/0ALXY3E3gPFf+V+J04G9XWwwwDYr7lFpk7Jw6E7Ffd3QA7LGDmGfCoGeB234G7CIgPbQTo1nk1pLhoUMZAzkxw1Go2uerTjey0GJumwAadwb69pRtXAh5EEEdy1iQoVAzuTq43tQvH4kGQbZtYTNq5SnftRsmHMzojYxLDf18mz78qryj/piamtGooQQcrnqKC/XxL+PmaMbHVp29qkxZjjFBT+zkpHivumMnMBjOr49m4V5Mj51MKEA0FCajDvsvkgawYltQiPvMpCE68x5iAE5MIqA==",
);
const ORDER: (&str, &str) = (
    r#"{"id":"WH-Canary-2","event_type":"CHECKOUT.ORDER.APPROVED","resource_type":"checkout-order","resource":{"id":"5O190127TN364715T","status":"APPROVED"}}"#,
    "lQvuFFR9sxmTCfa2CWQe2O7rYx36WuKG1tSPznSvIa3lkM3qdYZtSAGeaHp5EgTMAw+H97jpW930jZigyrjc0/95ui4QOexldrMku10Ug0+7KJR2ALuAFagpM+G3VmWGdBdLJpK0gabIy4nhjdYjD3EYv/qXqHbghrIBw77gNcixXFg9cZjJlQ4x6lKBtLlFPpbeJQHA3NHvzWuNdOQ/+0R9tpq5ZzXzkFm2QAyXtP3ndgnojXDg3jCrviTdUg8LSS2IKfkdjRPXuEk37lDQ+w0gWoxveU08zjADB5OpAI3ukpfioiSQTpROcHkyb/y0/JfTCsG71JY0fvkJkMDGeQ==",
);
const REFUND: (&str, &str) = (
    r#"{"id":"WH-Canary-3","event_type":"PAYMENT.CAPTURE.REFUNDED","resource_type":"refund","resource":{"id":"1JU08902781691411","supplementary_data":{"related_ids":{"capture_id":"3C679366HH908993F"}}}}"#,
    "aDadFxBd76LxELoUKejxV8LkDIIicl8dsFqzOM6zdp1XuhrUgWHzmnHyRQ0kNv5Km5aVYfzzkSeM3HfCtN6yEyc2b8JC6quscfUPp79G0uqf45Uq7TveCUFbfxhVxxLBnNjaR03gbBgkbqbyGg7yo4X0KlOa1UKPLdPJLhoTfs+i2su/2rizFQLftfOvxORRT8o40FoTrsbGv4B4kuBxznotJw/jaueYcVzZC87OJFhwZFnMeqQ0FV9soNxxbNDsEST0uCpooF/Yd6lm3q9A2CKAKasKTqWTAhlD+gZnTZocOpiHW4HnOzEzC9fRJZKOiLNgk97Yz1AYAT8QViKnxg==",
);
const DISPUTE: (&str, &str) = (
    r#"{"id":"WH-Canary-4","event_type":"CUSTOMER.DISPUTE.CREATED","resource_type":"dispute","resource":{"dispute_id":"PP-D-1"}}"#,
    "GwWnaaY7wJE5QRIeYKawxFRufMHywkRGtrjcUN45rx1Ej1yxQcuyYZ+taEVjpk20XwAgdKoUf3rgcDa7o0KtcA5bCh9MioNo8wPDyuupsaWGmyL80NXxQv+muIq/ouBVqskOkqTyck2sO4Oz13HgQWCTpr43SKjA5YV/ZJHP/yktfOBSdo2t160g4qN0tcoLPW3VWs0x+dwnIKYe6fvwrWKt58Y15FvLlku1/Bd/tCHbHZbEmkgltvlxjydrP+Qh8UKJmtkjd6GT33M6+VRXh5K2w2mmYi2s8LNVFRgDhkrZridRvg/T8LdKPuNVW3B8wkqNx75FG2HM/E2s1gBiWg==",
);
const NO_ID: (&str, &str) = (
    r#"{"event_type":"PAYMENT.CAPTURE.COMPLETED"}"#,
    "VcshyTw4uTCvGeSRxYLk8iiqzJ9ssMbxCHweszHTfiYQdE+2QxMv1n8rCFkHSMzG+mpFm219KVivyaNLyaRBKJ6NnO4SM70s5OJCwoHnEcsQT/wNZsH4pQSCVR9bAliK3+5rQlX5g5X6Jwwy79u04t38OK/NONxKaiIUMDp8Aa8IbadUcW4TCXYajh4asp3ZTMc/UFDClvaifPSX3EmNUSdWTBTkaTknx3e4ySn7rLaZaD+ap6s6HkHJrpha1Pgk0e11wWCFCGIPdAQB3w3flWZWNgZSNFznPRe67vNgBBuCEkkX4wDhcZbWBnO8bbDunN7WxKIJOnSwE8UYzUImxw==",
);

fn account() -> Paypal {
    crate::account().with_webhook_id(WEBHOOK)
}

/// When a callback arrives, in seconds after the time that it states.
fn at(offset: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_772_359_502_u64.checked_add_signed(offset).unwrap())
}

fn headers(signature: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("paypal-transmission-id", ID),
        ("paypal-transmission-time", TIME),
        ("paypal-transmission-sig", signature),
        ("paypal-cert-url", "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-1d93a270"),
        ("paypal-auth-algo", "SHA256withRSA"),
    ] {
        headers.insert(HeaderName::from_static(name), value.parse().unwrap());
    }
    headers
}

fn verify(
    account: &Paypal,
    (body, signature): (&str, &str),
    offset: i64,
) -> Result<Notification, NotGenuine> {
    let headers = headers(signature);
    let callback = Callback::new(&headers, body.as_bytes(), at(offset));
    account.verify_callback(&callback.with_certificate(CERTIFICATE))
}

#[test]
fn a_genuine_callback_names_the_order() {
    for (signed, order, key) in [
        (CAPTURE, Some("5O190127TN364715T"), "WH-Canary-1"),
        (ORDER, Some("5O190127TN364715T"), "WH-Canary-2"),
        (REFUND, None, "WH-Canary-3"),
        (DISPUTE, None, "WH-Canary-4"),
    ] {
        let notification = verify(&account(), signed, 0).unwrap();
        assert_eq!(notification.payments().first().map(|payment| payment.id()), order, "{key}");
        assert_eq!((notification.covers(), notification.deduplication_key()), (Covers::Body, key));
    }
}

#[test]
fn an_account_of_captures_is_told_the_capture() {
    let account = account().asking_about(Resource::Capture);
    for (signed, capture) in [
        (CAPTURE, Some("3C679366HH908993F")),
        (ORDER, None),
        (REFUND, Some("3C679366HH908993F")),
        (DISPUTE, None),
    ] {
        let notification = verify(&account, signed, 0).unwrap();
        assert_eq!(notification.payments().first().map(|payment| payment.id()), capture);
    }
}

#[test]
fn a_time_too_far_away_in_either_direction_is_stale_and_still_names_the_order() {
    for (offset, is_stale) in [(300, false), (301, true), (-300, false), (-301, true), (3 * 86_400, true)] {
        let verdict = verify(&account(), CAPTURE, offset);
        let names_it = |verdict: &Result<Notification, NotGenuine>| match verdict {
            Err(NotGenuine::Stale { payments, .. }) => payments[0].id() == "5O190127TN364715T",
            _ => false,
        };
        assert_eq!((verdict.is_ok(), names_it(&verdict)), (!is_stale, is_stale), "{offset}: {verdict:?}");
    }
    assert_eq!(verify(&account(), (CAPTURE.0, ORDER.1), 3 * 86_400), Err(NotGenuine::BadSignature));
    let patient = account().with_callback_tolerance(Duration::from_secs(3 * 86_400));
    assert!(verify(&patient, CAPTURE, 3 * 86_400).is_ok());
}

#[test]
fn any_changed_byte_fails() {
    let headers = headers(CAPTURE.1);
    for index in 0..CAPTURE.0.len() {
        let mut body = CAPTURE.0.as_bytes().to_vec();
        body[index] ^= 1;
        let callback = Callback::new(&headers, &body, at(0)).with_certificate(CERTIFICATE);
        assert_eq!(account().verify_callback(&callback), Err(NotGenuine::BadSignature), "byte {index}");
    }
}

#[test]
fn every_signed_part_counts() {
    for (name, value) in [
        ("paypal-transmission-id", "69cd13f0-d67a-11e5-baa3-778b53f4ae56"),
        ("paypal-transmission-time", "2026-03-01T10:05:03Z"),
        ("paypal-transmission-sig", ORDER.1),
        ("paypal-transmission-sig", "AAAA"),
        ("paypal-transmission-sig", "no base64"),
        ("paypal-transmission-sig", ""),
    ] {
        let mut headers = headers(CAPTURE.1);
        headers.insert(name, value.parse().unwrap());
        let callback = Callback::new(&headers, CAPTURE.0.as_bytes(), at(0)).with_certificate(CERTIFICATE);
        assert_eq!(account().verify_callback(&callback), Err(NotGenuine::BadSignature), "{name}: {value}");
    }
    // The event's id is not the webhook's.
    let mistaken = crate::account().with_webhook_id("WH-Canary-1");
    assert_eq!(verify(&mistaken, CAPTURE, 0), Err(NotGenuine::BadSignature));
}

#[test]
fn another_certificate_is_another_key_and_none_is_none() {
    let headers = headers(CAPTURE.1);
    let callback = Callback::new(&headers, CAPTURE.0.as_bytes(), at(0));
    let with = |certificate| account().verify_callback(&callback.with_certificate(certificate));
    assert_eq!(with(ANOTHER_CERTIFICATE), Err(NotGenuine::BadSignature));
    for unreadable in [&b""[..], b"-----BEGIN CERTIFICATE-----", b"canary"] {
        assert_eq!(with(unreadable), Err(NotGenuine::NoSecret));
    }
    let chain = [CERTIFICATE, ANOTHER_CERTIFICATE].concat();
    assert!(with(&chain).is_ok()); // the first of a chain signs
    assert_eq!(account().verify_callback(&callback), Err(NotGenuine::NoSecret));
    for account in [crate::account(), crate::account().with_webhook_id(" ")] {
        assert_eq!(verify(&account, CAPTURE, 0), Err(NotGenuine::NoSecret));
    }
}

#[test]
fn a_header_that_is_missing_or_another_algorithm_is_malformed() {
    let whole = headers(CAPTURE.1);
    let malformed = |headers: &HeaderMap| {
        let callback = Callback::new(headers, CAPTURE.0.as_bytes(), at(0)).with_certificate(CERTIFICATE);
        matches!(account().verify_callback(&callback), Err(NotGenuine::Malformed(_)))
    };
    for name in
        ["paypal-transmission-id", "paypal-transmission-time", "paypal-transmission-sig", "paypal-auth-algo"]
    {
        let mut headers = whole.clone();
        headers.remove(name);
        assert!(malformed(&headers), "{name}");
    }
    for (name, value) in [
        ("paypal-auth-algo", "SHA1withRSA"),
        ("paypal-auth-algo", "none"),
        ("paypal-transmission-time", "1772359502"),
        ("paypal-transmission-time", "2026-03-01 10:05:02"),
    ] {
        let mut headers = whole.clone();
        headers.insert(name, value.parse().unwrap());
        assert!(malformed(&headers), "{name}: {value}");
    }
    assert!(matches!(verify(&account(), NO_ID, 0), Err(NotGenuine::Malformed(_))));
}

#[test]
fn only_paypals_own_addresses_have_its_certificate() {
    let is_paypals = |url: &str| {
        let mut headers = HeaderMap::new();
        headers.insert("paypal-cert-url", url.parse().unwrap());
        Paypal::certificate_url(&Callback::new(&headers, b"", at(0))).is_ok()
    };
    assert!(is_paypals("https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42"));
    for url in [
        "http://api.paypal.com/v1/notifications/certs/CERT",
        "https://api.paypal.com.evil.example/v1/notifications/certs/CERT",
        "https://evil-paypal.com/v1/notifications/certs/CERT",
        "https://evil.example/?.paypal.com",
        "https://evil.example#.paypal.com",
        "https://evil.example/.paypal.com",
        "https://evil.example\\.paypal.com",
        "https://user@api.paypal.com/certs",
        "https://api.paypal.com@evil.example/certs",
        "https://api.paypal.com:8443/certs",
        "//api.paypal.com/certs",
        "",
    ] {
        assert!(!is_paypals(url), "{url}");
    }
}

#[test]
fn nobody_but_paypal_signs() {
    let error = account().sign_callback(b"{}", at(0)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(account().signed_with(), "`webhook_id` and PayPal's certificate");
}
