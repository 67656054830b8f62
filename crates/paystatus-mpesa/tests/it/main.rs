//! What only M-Pesa Express does, over stored replies: no network, no clock.
#![expect(clippy::unwrap_used, reason = "a test's helper may fail the test")]

mod conformance;

use std::time::{Duration, SystemTime};

use conformance::error;
use http::Response;
use paystatus_core::{
    Ask, BaseUrl, Body, Check, Discrepancy, Error, ErrorKind, Expected, Lookup, Money, Payment, Provider,
    Token, WaitPlan, interpret,
};
use paystatus_mpesa::{Details, FACTS, MPesa};
use serde_json::{Value, json};

const ID: &str = "ws_CO_13012021093521236557";
const BEING_PROCESSED: &str = include_str!("../fixtures/being_processed.json");
const NOT_FOUND: &str = include_str!("../fixtures/not_found.json");

fn account() -> MPesa {
    MPesa::new("canary-key", "canary-secret", "174379", "canary-passkey")
}

/// 2026-01-01 12:00:00 in Nairobi.
fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_258_000)
}

fn query(response: &str, id: &str, result: &str) -> String {
    format!(
        r#"{{"ResponseCode":{response},"CheckoutRequestID":{id},"ResultCode":{result},"ResultDesc":"…"}}"#
    )
}

fn ask(http: u16, body: &str) -> Result<Payment<Details>, Error> {
    let mut reply = Response::new(Body::from(body.to_owned()));
    *reply.status_mut() = http.try_into().unwrap();
    interpret(&account(), &Lookup::payment(ID), &reply)
}

#[track_caller]
fn fails(http: u16, body: &str, kind: ErrorKind) {
    let error = ask(http, body).unwrap_err();
    assert_eq!((error.kind(), error.http_status()), (kind, Some(http)), "{body}: {error}");
}

#[test]
fn the_token_is_asked_for_with_the_two_keys() {
    let lookup = Lookup::payment(ID);
    let account = account().with_base_url(BaseUrl::parse("https://sandbox.safaricom.co.ke").unwrap());
    let request = Check::new(&account, &lookup).next(noon(), [0; 16]).unwrap();
    assert_eq!(request.method(), "GET");
    assert_eq!(
        request.uri(),
        "https://sandbox.safaricom.co.ke/oauth/v1/generate?grant_type=client_credentials"
    );
    assert_eq!(request.headers()["authorization"], "Basic Y2FuYXJ5LWtleTpjYW5hcnktc2VjcmV0");
    assert!(request.headers()["authorization"].is_sensitive() && request.body().as_bytes().is_empty());
    let error = MPesa::new("a:b", "s", "174379", "p").tokens().unwrap().request(noon()).unwrap_err();
    assert!(error.kind() == ErrorKind::Config && error.message().contains("`consumer_key`"), "{error}");
}

#[test]
fn a_lifetime_is_a_text_or_a_number() {
    for lifetime in [r#""3599""#, "3599"] {
        let reply = format!(r#"{{"access_token":"t","expires_in":{lifetime}}}"#);
        let token = account().tokens().unwrap().read(noon(), &reply).unwrap();
        assert!(token.is_fresh(noon() + Duration::from_secs(3538)));
        assert!(!token.is_fresh(noon() + Duration::from_secs(3539)));
    }
}

#[test]
fn the_query_has_the_time_of_nairobi_and_a_password_made_of_it() {
    let (lookup, token) = (Lookup::payment(ID), Token::new("t"));
    let ask = Ask::about(&lookup).at(noon()).with_token(Some(&token));
    let account = MPesa::new("k", "s", "174379", "canary-mpesa-passkey");
    let request = account.request(&ask).unwrap();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "https://api.safaricom.co.ke/mpesa/stkpushquery/v1/query");
    assert_eq!(request.headers()["authorization"], "Bearer t");
    assert!(request.headers()["authorization"].is_sensitive());
    assert_eq!(request.headers()["content-type"], "application/json");
    let body: Value = serde_json::from_slice(request.body().as_bytes()).unwrap();
    let expected = json!({
        "BusinessShortCode": "174379",
        "Password": "MTc0Mzc5Y2FuYXJ5LW1wZXNhLXBhc3NrZXkyMDI2MDEwMTEyMDAwMA==",
        "Timestamp": "20260101120000",
        "CheckoutRequestID": ID,
    });
    assert_eq!(body, expected);
    assert_eq!(account.request(&Ask::about(&lookup)).unwrap_err().kind(), ErrorKind::Config);
    let order = Lookup::order("AccountReference");
    let by_order = account.request(&Ask::about(&order).with_token(Some(&token)));
    assert_eq!(by_order.unwrap_err().kind(), ErrorKind::Unsupported);
}

#[test]
fn a_short_code_is_five_to_seven_digits() {
    let (lookup, token) = (Lookup::payment(ID), Token::new("t"));
    let ask = Ask::about(&lookup).with_token(Some(&token));
    for (short_code, is_one) in [
        ("12345", true),
        ("1234567", true),
        ("1234", false),
        ("12345678", false),
        ("17437a", false),
        ("", false),
    ] {
        let request = MPesa::new("k", "s", short_code, "p").request(&ask);
        assert_eq!(request.is_ok(), is_one, "{short_code}");
        assert!(request.err().is_none_or(|error| error.message().contains("`short_code`")));
    }
    assert!(MPesa::new("k", "s", "174379", " ").request(&ask).unwrap_err().message().contains("`passkey`"));
}

#[test]
fn codes_are_texts_or_whole_numbers() {
    let id = &format!("{ID:?}");
    for (response, result) in [(r#""0""#, r#""0""#), ("0", "0"), (r#""0""#, "0")] {
        assert!(ask(200, &query(response, id, result)).unwrap().is_paid());
    }
    for result in [r#""0.0""#, "0.0", "-0", "0e0", r#"" 0""#, r#""""#, "null", "true", "[0]", r#""zero""#] {
        fails(200, &query("0", id, result), ErrorKind::InvalidReply);
    }
    for response in ["null", "true", "{}"] {
        fails(200, &query(response, id, "0"), ErrorKind::InvalidReply);
    }
    for response in ["1", r#""1""#, "-1", r#""00""#, "0.0"] {
        fails(200, &query(response, id, "0"), ErrorKind::Rejected);
    }
    for id in ["null", "7", r#""""#] {
        assert!(ask(200, &query("0", id, "0")).is_err(), "{id}");
    }
    fails(200, &query("0", r#""ws_CO_another""#, "0"), ErrorKind::Mismatch);
}

#[test]
fn the_500_is_an_answer_with_this_status_code_and_text_only() {
    let payment = ask(500, BEING_PROCESSED).unwrap();
    assert_eq!((payment.id(), payment.provider_status()), (ID, "500.001.1001"));
    assert_eq!(payment.reason(), Some("The transaction is being processed"));
    fails(400, BEING_PROCESSED, ErrorKind::Rejected);
    fails(503, BEING_PROCESSED, ErrorKind::Unavailable);
    fails(404, BEING_PROCESSED, ErrorKind::Rejected);
    for (code, message) in [
        ("500.001.1001", "The transaction is being processed now"),
        ("500.001.1001", "The transaction"),
        ("500.001.1001", ""),
        ("500.001.1000", "The transaction is being processed"),
    ] {
        fails(500, &error(code, message), ErrorKind::Unavailable);
    }
}

#[test]
fn an_error_in_a_success_is_that_error() {
    fails(200, &error("404.001.03", "Invalid Access Token"), ErrorKind::Unauthorized);
    fails(200, &error("500.003.02", "Spike Arrest"), ErrorKind::RateLimited);
    fails(200, &error("400.002.02", "Bad Request - Invalid CheckoutRequestID"), ErrorKind::Rejected);
    let both = query("0", &format!("{ID:?}"), "0").replacen('{', r#"{"errorCode":"500.001.1001","#, 1);
    fails(200, &both, ErrorKind::Rejected);
}

#[test]
fn an_id_with_a_phone_number_is_shown_only_where_it_was_asked_for() {
    let payment = ask(200, &query("0", &format!("{ID:?}"), "0")).unwrap();
    assert!(!format!("{:?}", payment.details()).contains(ID));
    assert!(!serde_json::to_string(payment.details()).unwrap().contains(ID));
    assert_eq!(payment.details().checkout_request_id.as_ref().unwrap().expose(), ID);
    let error = ask(200, &query("0", r#""ws_CO_canary""#, "0")).unwrap_err();
    assert!(!format!("{error:?}").contains("ws_CO"), "{error:?}");
}

#[test]
fn no_expectation_passes() {
    let paid = || ask(200, &query("0", &format!("{ID:?}"), "0")).unwrap();
    let expected = Expected::new(Money::parse("80", "KES").unwrap());
    let unverified = paid().verify(&expected).unwrap_err();
    assert!(
        unverified.discrepancies().iter().any(|one| matches!(one, Discrepancy::NotReported(_))),
        "{unverified}"
    );
    assert!(paid().verify(&Expected::paid()).is_ok());
}

#[test]
fn the_plan_lets_the_payer_answer_first() {
    let plan: WaitPlan = FACTS.wait_plan;
    let pauses: Vec<_> = (1..6).map(|asks| plan.pause(asks, Duration::ZERO).as_secs()).collect();
    assert_eq!((plan.start().as_secs(), pauses), (10, vec![10, 20, 40, 60, 60]));
    assert_eq!(plan.total(), Duration::from_secs(600));
}

#[test]
fn the_configuration_form_has_the_same_settings() {
    let read = |text: &str| serde_json::from_str::<MPesa>(text);
    let required =
        r#""consumer_key":"k","consumer_secret":"canary","short_code":"174379","passkey":"canary""#;
    let base_url = read(&format!("{{{required}}}")).unwrap().base_url().to_string();
    assert_eq!(base_url, "https://api.safaricom.co.ke");
    for (text, named) in [
        (format!(r#"{{{required},"till":"x"}}"#), "`till`"),
        (r#"{"consumer_key":"k"}"#.to_owned(), "`consumer_secret`"),
    ] {
        let error = read(&text).unwrap_err().to_string();
        assert!(error.contains(named) && !error.contains("canary"), "{error}");
    }
}
