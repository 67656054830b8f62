//! What only a generic bearer-token API does, over stored replies: no network, no clock.
#![expect(clippy::unwrap_used, reason = "a test's helper may fail the test")]

mod conformance;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use http::{Response, StatusCode};
use paystatus_bearer::{Ask, Bearer, Details, interpret};
use paystatus_core::{
    BaseUrl, Body, Error, ErrorKind, Expected, Finality, Lookup, Money, Payment, Provider, Status, Zone,
};

const ID: &str = "pay_001";
const SUCCEEDED: &str = include_str!("../fixtures/succeeded.json");
const NOT_FOUND: &str = include_str!("../fixtures/not_found.json");

fn base() -> BaseUrl {
    BaseUrl::parse("https://pay.example.com/api").unwrap()
}

fn account() -> Bearer {
    Bearer::new(base(), "canary-token")
}

fn ask(id: &str, http: u16, body: &str) -> Result<Payment<Details>, Error> {
    let mut reply = Response::new(Body::from(body.to_owned()));
    *reply.status_mut() = StatusCode::from_u16(http).unwrap();
    interpret(&account(), &Lookup::payment(id), &reply)
}

/// A payment that succeeded, with these fields beside.
fn succeeded(fields: &str) -> Result<Payment<Details>, Error> {
    ask(ID, 200, &format!(r#"{{"id":"{ID}","status":"succeeded",{fields}}}"#))
}

#[track_caller]
fn fails(result: Result<Payment<Details>, Error>, kind: ErrorKind, http: u16) {
    let error = result.unwrap_err();
    assert_eq!(
        (error.kind(), error.http_status(), error.provider()),
        (kind, Some(http), Some("bearer")),
        "{error}"
    );
}

#[test]
fn the_request_is_the_documented_one() {
    let request = account().request(&Ask::about(&Lookup::from(ID))).unwrap();
    assert_eq!(request.method(), "GET");
    assert_eq!(request.uri(), "https://pay.example.com/api/v1/payments/pay_001/status");
    assert_eq!(request.headers()["authorization"], "Bearer canary-token");
    assert!(request.headers()["authorization"].is_sensitive());
    assert_eq!(request.headers().len(), 1);
    assert!(request.body().as_bytes().is_empty());
    assert!(!format!("{request:?} {:?}", account()).contains("canary"));
}

#[test]
fn an_id_stays_one_segment() {
    for (id, path) in [
        ("../x", "/api/v1/payments/..%2Fx/status"),
        ("a/b", "/api/v1/payments/a%2Fb/status"),
        ("a?b#c", "/api/v1/payments/a%3Fb%23c/status"),
        ("%2e%2e", "/api/v1/payments/%252e%252e/status"),
        (" \n\\é", "/api/v1/payments/%20%0A%5C%C3%A9/status"),
        ("{payment_id}", "/api/v1/payments/%7Bpayment_id%7D/status"),
    ] {
        let request = account().request(&Ask::about(&Lookup::from(id))).unwrap();
        assert_eq!((request.uri().path(), request.uri().query()), (path, None));
    }
    for id in ["", ".", ".."] {
        assert_eq!(
            account().request(&Ask::about(&Lookup::from(id))).unwrap_err().kind(),
            ErrorKind::InvalidLookup
        );
    }
    assert_eq!(
        account().request(&Ask::about(&Lookup::order("o"))).unwrap_err().kind(),
        ErrorKind::Unsupported
    );
}

#[test]
fn the_path_can_be_another() {
    let uri = |path| {
        account()
            .with_path(path)
            .unwrap()
            .request(&Ask::about(&Lookup::from("a/b")))
            .unwrap()
            .uri()
            .to_string()
    };
    assert_eq!(uri("/{payment_id}"), "https://pay.example.com/api/a%2Fb");
    assert_eq!(uri("/v2/payment/{payment_id}/"), "https://pay.example.com/api/v2/payment/a%2Fb/");
    let error = account().with_path("/v2/payment").unwrap_err();
    assert!(error.kind() == ErrorKind::Config && error.message().contains("`path`"), "{error}");
}

#[test]
fn a_source_of_tokens_is_asked_once_a_request() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let account = Bearer::with_tokens(base(), move || {
        Ok(format!("canary-{}", count.fetch_add(1, Ordering::Relaxed)).into())
    });
    assert!(!format!("{account:?}").contains("canary"));
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    for turn in 0..3 {
        let request = account.clone().request(&Ask::about(&Lookup::from(ID))).unwrap();
        assert_eq!(request.headers()["authorization"], format!("Bearer canary-{turn}"));
        assert!(request.headers()["authorization"].is_sensitive());
    }
    assert!(account.request(&Ask::about(&Lookup::from(""))).is_err());
    assert_eq!(asked.load(Ordering::Relaxed), 3);
}

#[test]
fn a_token_that_is_not_there_or_not_one_sends_nothing() {
    let none = Bearer::with_tokens(base(), || Err(Error::new(ErrorKind::Unavailable, "the vault is sealed")));
    let error = none.request(&Ask::about(&Lookup::from(ID))).unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Unavailable, "the vault is sealed"));
    for token in ["", "canary\n", "canary-é"] {
        for account in [Bearer::new(base(), token), Bearer::with_tokens(base(), move || Ok(token.into()))] {
            let error = account.request(&Ask::about(&Lookup::from(ID))).unwrap_err();
            assert!(
                error.kind() == ErrorKind::Config && error.message().contains("`access_token`"),
                "{error}"
            );
            assert!(!format!("{error:?}").contains("canary"));
        }
    }
}

#[test]
fn the_configuration_form_has_the_same_settings() {
    let read = |text: &str| serde_json::from_str::<Bearer>(text);
    let required = r#""access_token":"canary","base_url":"https://pay.example.com""#;
    let uri =
        |text: &str| read(text).unwrap().request(&Ask::about(&Lookup::from(ID))).unwrap().uri().to_string();
    assert_eq!(uri(&format!("{{{required}}}")), "https://pay.example.com/v1/payments/pay_001/status");
    assert_eq!(
        uri(&format!(r#"{{{required},"path":"/p/{{payment_id}}"}}"#)),
        "https://pay.example.com/p/pay_001"
    );
    for (text, why) in [
        (r#"{"access_token":"canary"}"#.to_owned(), "`base_url`"),
        (r#"{"base_url":"https://pay.example.com"}"#.to_owned(), "`access_token`"),
        (format!(r#"{{{required},"path":"/p"}}"#), "`path`"),
        (format!(r#"{{{required},"token":"x"}}"#), "`token`"),
    ] {
        let error = read(&text).unwrap_err().to_string();
        assert!(error.contains(why) && !error.contains("canary"), "{error}");
    }
}

#[test]
fn the_documented_sample_is_paid() {
    let payment = ask(ID, 200, SUCCEEDED).unwrap();
    assert!(payment.is_paid() && payment.is_final());
    assert_eq!((payment.id(), payment.provider_status()), (ID, "succeeded"));
    assert_eq!(payment.amount().unwrap().to_string(), "50.00 USD");
    assert_eq!(payment.updated_at().unwrap().to_utc().as_deref(), Some("2025-09-18T20:42:00Z"));
    assert_eq!(payment.updated_at().unwrap().zone(), Zone::Stated);
    let expected = Expected::new(Money::parse("50", "USD").unwrap()).with_reference("order_12345");
    assert!(payment.verify(&expected).is_ok());
}

#[test]
fn any_2xx_is_read() {
    assert!(ask(ID, 201, SUCCEEDED).unwrap().is_paid());
    assert!(ask(ID, 299, SUCCEEDED).unwrap().is_paid());
}

#[test]
fn minor_units_are_read_by_the_currencys_exponent() {
    for (amount, currency, read) in [
        ("5000", "USD", "50.00 USD"),
        ("5000", "JPY", "5000 JPY"),
        ("5000", "KWD", "5.000 KWD"),
        ("5000", "CLF", "0.5000 CLF"),
        (r#""5000""#, "USD", "50.00 USD"),
        ("5e3", "usd", "50.00 USD"),
        ("1", "USD", "0.01 USD"),
        ("0", "USD", "0.00 USD"),
        ("-0", "USD", "0.00 USD"),
        ("1234567890123456789012345678", "USD", "12345678901234567890123456.78 USD"),
    ] {
        let payment = succeeded(&format!(r#""amount":{amount},"currency":"{currency}""#)).unwrap();
        assert_eq!(payment.amount().unwrap().to_string(), read);
    }
}

#[test]
fn an_amount_that_is_not_whole_minor_units_is_no_answer() {
    for fields in [
        r#""amount":50.5,"currency":"USD""#,
        r#""amount":50.00,"currency":"USD""#,
        r#""amount":"5000.0","currency":"USD""#,
        r#""amount":"50.01","currency":"USD""#,
        r#""amount":5e-1,"currency":"USD""#,
        r#""amount":-1,"currency":"USD""#,
        r#""amount":"-5000","currency":"USD""#,
        r#""amount":"5,000","currency":"USD""#,
        r#""amount":"5_000","currency":"USD""#,
        r#""amount":"","currency":"USD""#,
        r#""amount":true,"currency":"USD""#,
        r#""amount":{"value":5000},"currency":"USD""#,
        r#""amount":12345678901234567890123456789,"currency":"USD""#,
        r#""amount":5000"#,
        r#""amount":5000,"currency":null"#,
        r#""amount":5000,"currency":"""#,
        r#""amount":5000,"currency":"US$""#,
        r#""amount":5000,"currency":" USD""#,
        r#""amount":5000,"currency":"USDT""#,
        r#""amount":5000,"currency":"XAU""#,
        r#""amount":5000,"currency":840"#,
        r#""amount":5000,"currency":["USD"]"#,
    ] {
        fails(succeeded(fields), ErrorKind::InvalidReply, 200);
    }
}

#[test]
fn nulls_and_unknown_fields_are_nothing_and_unknown_words_are_kept() {
    let payment = ask(ID, 200, &format!(r#"{{"id":"{ID}","status":"refunded","new":[{{}}]}}"#)).unwrap();
    assert_eq!((payment.status(), payment.finality()), (Status::Unknown, Finality::Open));
    assert_eq!(payment.provider_status(), "refunded");
    let nulls = r#""amount":null,"currency":null,"reference":null,"updated_at":null"#;
    for payment in [payment, succeeded(nulls).unwrap()] {
        assert_eq!((payment.amount(), payment.reference(), payment.updated_at()), (None, None, None));
    }
    let odd = succeeded(r#""currency":"US$","reference":12345,"updated_at":"yesterday""#).unwrap();
    assert_eq!((odd.amount(), odd.reference()), (None, Some("12345")));
    let updated_at = odd.updated_at().unwrap();
    assert_eq!((updated_at.raw(), updated_at.zone(), updated_at.to_utc()), ("yesterday", Zone::None, None));
}

#[test]
fn an_error_says_what_to_check_and_not_what_the_server_wrote() {
    let error =
        ask(ID, 401, r#"{"error":"unauthorized","message":"Invalid or missing access token."}"#).unwrap_err();
    assert!(error.to_string().contains("`access_token`"), "{error}");
    assert_eq!(error.provider_code(), Some("unauthorized"));
    let error = ask(ID, 404, NOT_FOUND).unwrap_err();
    assert_eq!(error.provider_message(), Some("Payment with ID pay_999 could not be found."));
    assert!(!error.to_string().contains("pay_999"));
    // Another form than the documented one is no word of the API's.
    fails(ask(ID, 404, r#"{"error":{"code":"not_found"}}"#), ErrorKind::Rejected, 404);
}
