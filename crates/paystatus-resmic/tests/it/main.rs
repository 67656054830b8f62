//! What only Resmic does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod callback;
mod conformance;

use http::{Response, StatusCode};
use paystatus_core::{Ask, Body, Error, ErrorKind, Finality, Lookup, Payment, Provider, Status, interpret};
use paystatus_resmic::{Details, Resmic};

const ID: &str = "899e9dde-fda9-4386-9620-065756016805";
const COMPLETED: &str = include_str!("../fixtures/completed.json");

fn account() -> Resmic {
    Resmic::new("canary-key", "canary-user")
}

fn ask(id: &str, http: u16, body: &str) -> Result<Payment<Details>, Error> {
    let mut reply = Response::new(Body::from(body.to_owned()));
    *reply.status_mut() = StatusCode::from_u16(http).unwrap();
    interpret(&account(), &Lookup::payment(id), &reply)
}

/// A success whose `data` carries these fields beside the id.
fn session(fields: &str) -> Result<Payment<Details>, Error> {
    ask(ID, 200, &format!(r#"{{"status":200,"success":true,"data":{{"session_id":"{ID}",{fields}}}}}"#))
}

#[track_caller]
fn fails(result: Result<Payment<Details>, Error>, kind: ErrorKind, http: u16) {
    let error = result.unwrap_err();
    assert_eq!(
        (error.kind(), error.http_status(), error.provider()),
        (kind, Some(http), Some("resmic")),
        "{error}"
    );
}

#[test]
fn the_request_is_the_documented_one() {
    let request = account().request(&Ask::about(&Lookup::from(ID))).unwrap();
    assert_eq!(request.method(), "GET");
    assert_eq!(
        request.uri().to_string(),
        format!("https://api.resmic.com/api/v1/makepayment/payment-status?session_id={ID}")
    );
    assert_eq!(request.headers()["x-api-key"], "canary-key");
    assert_eq!(request.headers()["x-user-id"], "canary-user");
    assert!(request.headers().values().all(|value| value.is_sensitive()));
    assert!(request.body().as_bytes().is_empty());
    assert!(!format!("{request:?} {:?}", account()).contains("canary"));
}

#[test]
fn an_id_stays_one_query_value() {
    let request = account().request(&Ask::about(&Lookup::from("a&x=1#../\n é"))).unwrap();
    assert_eq!(request.uri().query(), Some("session_id=a%26x%3D1%23..%2F%0A%20%C3%A9"));
    assert_eq!(
        account().request(&Ask::about(&Lookup::order("o"))).unwrap_err().kind(),
        ErrorKind::Unsupported
    );
    assert_eq!(
        account().request(&Ask::about(&Lookup::from(""))).unwrap_err().kind(),
        ErrorKind::InvalidLookup
    );
}

#[test]
fn the_documented_sample_is_paid() {
    let payment = ask(ID, 200, COMPLETED).unwrap();
    assert!(payment.is_paid() && payment.is_final());
    assert_eq!(payment.amount().unwrap().to_string(), "100 USD");
    assert_eq!(payment.created_at().unwrap().to_utc().as_deref(), Some("2025-02-21T23:00:13.633Z"));
    assert_eq!(payment.updated_at(), None);
    assert_eq!(payment.details().updated_at.as_deref(), Some("2025-02-22T04:31:08.132Z"));
    assert_eq!(payment.provider_status(), "Completed");
}

#[test]
fn a_coupon_hides_what_was_charged() {
    let fields = r#""payment_status":"Completed","amount":"35.10","is_coupon_applied":"#;
    let with = session(&format!("{fields}true")).unwrap();
    assert_eq!((with.amount(), with.details().amount.unwrap().to_string().as_str()), (None, "35.10"));
    let without = session(&format!("{fields}false")).unwrap();
    assert_eq!(without.amount().unwrap().to_string(), "35.10 USD");
}

#[test]
fn nulls_and_unknown_fields_are_nothing_and_unknown_words_are_kept() {
    let payment =
        session(r#""payment_status":"completed","updated_at":null,"amount":null,"token":["DAI"]"#).unwrap();
    assert_eq!((payment.status(), payment.finality()), (Status::Unknown, Finality::Open));
    assert_eq!((payment.provider_status(), payment.amount()), ("completed", None));
}

#[test]
fn a_success_that_is_not_whole_is_no_answer() {
    let data = format!(r#"{{"session_id":"{ID}","payment_status":"Completed"}}"#);
    for (http, body) in [
        (200, format!(r#"{{"status":400,"success":true,"data":{data}}}"#)),
        (200, format!(r#"{{"status":200,"success":false,"data":{data}}}"#)),
        (200, format!(r#"{{"status":"200","success":true,"data":{data}}}"#)),
        (200, format!(r#"{{"status":200,"success":"true","data":{data}}}"#)),
        (201, format!(r#"{{"status":200,"success":true,"data":{data}}}"#)),
        (200, format!(r#"{{"success":true,"data":{data}}}"#)),
        (200, r#"{"status":200,"success":true,"data":null}"#.into()),
        (200, r#"{"status":200,"success":true,"data":["Completed"]}"#.into()),
        (200, r#"{"status":200,"success":true}"#.into()),
        (200, r#"{"status":400,"success":false,"message":"Session not found"}"#.into()),
        (200, "<html>".into()),
        (204, String::new()),
    ] {
        fails(ask(ID, http, &body), ErrorKind::InvalidReply, http);
    }
    for fields in [
        r#""payment_status":null"#,
        r#""payment_status":1"#,
        r#""amount":"100""#,
        r#""payment_status":"Completed","amount":"-1""#,
        r#""payment_status":"Completed","amount":"1_000""#,
        r#""payment_status":"Completed","payment_status":"Completed""#,
    ] {
        fails(session(fields), ErrorKind::InvalidReply, 200);
    }
}

#[test]
fn an_error_says_what_to_check() {
    let error = ask(ID, 403, r#"{"error":"Invalid User ID"}"#).unwrap_err();
    assert!(error.to_string().contains("`user_id`"), "{error}");
    assert_eq!(error.provider_message(), Some("Invalid User ID"));
}

#[test]
fn a_session_that_the_server_knows_and_refuses_is_no_wrong_base_url_and_none_that_does_not_exist() {
    for message in ["Session expired", "Session already initiated"] {
        let body = format!(r#"{{"status":400,"success":false,"message":"{message}"}}"#);
        let error = ask(ID, 404, &body).unwrap_err();
        assert_eq!((error.kind(), error.provider_message()), (ErrorKind::Rejected, Some(message)));
        assert!(!error.message().contains("base URL") && error.message().contains("dashboard"), "{error}");
        assert!(!error.is_retryable());
    }
    let error = ask(ID, 404, r#"{"message":"no such route"}"#).unwrap_err();
    assert!(error.message().contains("base URL"), "{error}");
}
