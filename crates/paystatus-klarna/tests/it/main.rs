//! What only this provider does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod conformance;

use http::Response;
use paystatus_core::{BaseUrl, Body, Error, ErrorKind, Expected, Lookup, Money, Payment, Provider};
use paystatus_klarna::{Ask, Details, Klarna, interpret};

const ID: &str = "f3392f8b-6116-4073-ab96-e330819e2c07";

fn account() -> Klarna {
    Klarna::new(BaseUrl::parse("https://api.klarna.com").unwrap(), "canary-user", "canary-password")
}

/// An order with this `fraud_status` as JSON, with these sums, and with these fields behind.
fn order(status: &str, fraud: &str, amount: u64, captured: u64, refunded: u64, more: &str) -> String {
    format!(
        r#"{{"order_id":"{ID}","status":"{status}","fraud_status":{fraud},"order_amount":{amount},
            "captured_amount":{captured},"refunded_amount":{refunded},"purchase_currency":"EUR",
            "merchant_reference1":"order-1234","created_at":"2026-01-05T10:25:40Z"{more}}}"#
    )
}

fn ask(body: &str) -> Result<Payment<Details>, Error> {
    interpret(&account(), &Lookup::payment(ID), &Response::new(Body::from(body.to_owned())))
}

#[test]
fn the_request_is_the_documented_one() {
    let base_url = BaseUrl::parse("https://api-na.playground.klarna.com").unwrap();
    let account = Klarna::new(base_url, "K123456_1", "canary-password");
    let request = account.request(&Ask::about(&Lookup::from(ID))).unwrap();
    assert_eq!((request.method().as_str(), request.body().as_bytes()), ("GET", &b""[..]));
    let address = format!("https://api-na.playground.klarna.com/ordermanagement/v1/orders/{ID}");
    assert_eq!(request.uri().to_string(), address);
    assert_eq!(request.headers()["authorization"], "Basic SzEyMzQ1Nl8xOmNhbmFyeS1wYXNzd29yZA==");
    assert_eq!(request.headers()["accept"], "application/json");
    assert_eq!(request.headers().len(), 2);
    assert!(!format!("{request:?} {account:?}").contains("SzEy"));
}

#[test]
fn there_is_no_lookup_by_order_and_no_colon_in_the_user_name() {
    let error = account().request(&Ask::about(&Lookup::order("order-1234"))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let account = Klarna::new(BaseUrl::parse("https://api.klarna.com").unwrap(), "K1:canary", "canary");
    let error = account.request(&Ask::about(&Lookup::from(ID))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("`username`") && !format!("{error:?}").contains("canary"));
}

#[test]
fn an_authorized_order_verifies_nothing() {
    let expected = Expected::new(Money::parse("100.00", "EUR").unwrap());
    let verifies = |body: &str| ask(body).unwrap().verify(&expected).is_ok();
    assert!(verifies(&order("CAPTURED", r#""ACCEPTED""#, 10000, 10000, 0, "")));
    assert!(!verifies(&order("AUTHORIZED", r#""ACCEPTED""#, 10000, 0, 0, "")));
    // What was captured counts, and not what was ordered.
    assert!(!verifies(&order("CAPTURED", r#""ACCEPTED""#, 10000, 9999, 0, "")));
    assert!(!verifies(&order("CAPTURED", r#""ACCEPTED""#, 10000, 10000, 1, "")));
}

#[test]
fn every_sum_that_decides_is_an_integer() {
    let good = order("CAPTURED", r#""ACCEPTED""#, 10000, 10000, 0, r#","remaining_authorized_amount":0"#);
    assert!(ask(&good).unwrap().is_paid());
    for field in ["order_amount", "captured_amount", "refunded_amount", "remaining_authorized_amount"] {
        for value in ["-1", "1.5", "\"10000\"", "{}", "true"] {
            let (before, after) = good.split_once(&format!(r#""{field}":"#)).unwrap();
            let after = after.trim_start_matches(|letter: char| letter.is_ascii_digit());
            let body = format!(r#"{before}"{field}":{value}{after}"#);
            assert_eq!(ask(&body).unwrap_err().kind(), ErrorKind::InvalidReply, "{body}");
        }
    }
    for fraud in ["7", "false", "[]"] {
        let body = order("AUTHORIZED", fraud, 10000, 0, 0, "");
        assert_eq!(ask(&body).unwrap_err().kind(), ErrorKind::InvalidReply, "{body}");
    }
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<Klarna>(json);
    let whole = r#"{"base_url":"https://api-oc.klarna.com","username":"K1","password":"canary"}"#;
    assert!(!format!("{:?}", read(whole).unwrap()).contains("canary"));
    assert!(read(r#"{"username":"K1","password":"canary"}"#).is_err());
    assert!(read(&whole.replace('}', r#","region":"eu"}"#)).is_err());
}
