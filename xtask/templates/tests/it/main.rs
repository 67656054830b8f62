//! What only Acme does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod conformance;

use paystatus_acme::{Acme, BaseUrl};
use paystatus_core::{Ask, ErrorKind, Lookup, Provider};

fn account() -> Acme {
    let base_url = BaseUrl::parse("https://pay.example.com").unwrap();
    Acme::new(base_url, "canary-token") //~~ bearer
    Acme::new(base_url, "canary-user", "canary-password") //~~ basic
    Acme::new(base_url, "canary-key", "canary-secret") //~~ headers signed
}

#[test]
fn the_request_is_the_documented_one() {
    let request = account().request(&Ask::about(&Lookup::from("pay_001"))).unwrap();
    assert_eq!(request.method(), "GET");
    assert_eq!(request.uri(), "https://pay.example.com/v1/payments/pay_001");
    assert_eq!(request.headers()["authorization"], "Bearer canary-token"); //~~ bearer
    assert_eq!(request.headers()["authorization"], "Basic Y2FuYXJ5LXVzZXI6Y2FuYXJ5LXBhc3N3b3Jk"); //~~ basic
    assert_eq!(request.headers()["x-api-key"], "canary-key"); //~~ headers signed
    assert_eq!(request.headers()["x-api-secret"], "canary-secret"); //~~ headers
    assert_eq!(request.headers()["x-signature"].len(), 64); //~~ signed
    assert!(request.headers().values().all(|value| value.is_sensitive()));
    assert!(request.body().as_bytes().is_empty());
}

#[test]
fn there_is_no_lookup_by_order() {
    let error = account().request(&Ask::about(&Lookup::order("o-1"))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}
