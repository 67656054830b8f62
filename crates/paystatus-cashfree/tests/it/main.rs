//! What only this provider does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;

use std::time::Duration;

use http::Response;
use paystatus_cashfree::{Ask, Cashfree, Details, interpret};
use paystatus_core::{
    BaseUrl, Body, Discrepancy, Error, ErrorKind, Expected, Lookup, Money, Payment, Provider,
};

const ORDER: &str = "order_8123";
const TIME: &str = "2021-07-23T12:15:06+05:30";

fn account() -> Cashfree {
    Cashfree::new("canary-id", "canary-secret")
}

/// An attempt to pay 170.00 INR for the order with this word, with these fields beside.
fn attempt(status: &str, more: &str) -> String {
    format!(
        r#"{{"cf_payment_id":12376123,"order_id":"{ORDER}","order_amount":10.01,"order_currency":"INR",
            "payment_amount":170.00,"payment_currency":"INR","payment_time":"{TIME}","payment_status":"{status}",{more}}}"#
    )
}

/// The same, begun at another time.
fn at(time: &str, attempt: &str) -> String {
    attempt.replace(TIME, time)
}

fn order(attempts: &[String]) -> String {
    format!("[{}]", attempts.join(","))
}

fn ask(lookup: Lookup, body: &str) -> Result<Payment<Option<Details>>, Error> {
    interpret(&account(), &lookup, &Response::new(Body::from(body.to_owned())))
}

#[test]
fn the_request_is_the_documented_one() {
    let account = account().with_base_url(BaseUrl::parse("https://pay.example.com/in").unwrap());
    for lookup in [Lookup::order(ORDER), Lookup::payment(ORDER)] {
        let request = account.request(&Ask::about(&lookup)).unwrap();
        assert_eq!((request.method().as_str(), request.body().as_bytes()), ("GET", &b""[..]));
        assert_eq!(
            request.uri().to_string(),
            format!("https://pay.example.com/in/pg/orders/{ORDER}/payments")
        );
        assert_eq!(request.headers()["x-client-id"], "canary-id");
        assert_eq!(request.headers()["x-client-secret"], "canary-secret");
        assert_eq!(request.headers()["x-api-version"], "2025-01-01");
        assert_eq!(request.headers().len(), 3);
        assert!(!format!("{request:?} {account:?}").contains("canary"));
    }
    let error = account.with_api_version("2025\n").request(&Ask::about(&Lookup::order(ORDER))).unwrap_err();
    assert!(error.kind() == ErrorKind::Config && error.message().contains("`api_version`"));
}

#[test]
fn an_order_lists_no_attempt_of_another() {
    let own = attempt("FAILED", r#""is_captured":false"#);
    let other = attempt("SUCCESS", r#""is_captured":true"#).replace(ORDER, "order_8124");
    for lookup in [Lookup::order(ORDER), Lookup::payment(ORDER)] {
        for list in [vec![other.clone()], vec![own.clone(), other.clone()], vec![other.clone(), own.clone()]]
        {
            assert_eq!(ask(lookup.clone(), &order(&list)).unwrap_err().kind(), ErrorKind::Mismatch);
        }
    }
}

#[test]
fn the_details_are_of_the_attempt_that_speaks() {
    let paid = attempt("SUCCESS", r#""is_captured":true"#).replace("12376123", r#""77""#);
    let failed = at("2021-07-23T12:30:06+05:30", &attempt("FAILED", r#""is_captured":false"#));
    for list in [[paid.clone(), failed.clone()], [failed, paid]] {
        let payment = ask(Lookup::order(ORDER), &order(&list)).unwrap();
        assert_eq!(payment.details().as_ref().unwrap().cf_payment_id.as_deref(), Some("77"));
        assert_eq!(payment.attempts().len(), 1);
    }
    assert!(ask(Lookup::order(ORDER), "[]").unwrap().details().is_none());
    let single = ask(Lookup::order(ORDER), &order(&[attempt("PENDING", r#""is_captured":false"#)])).unwrap();
    assert_eq!(single.details().as_ref().unwrap().cf_payment_id.as_deref(), Some("12376123"));
}

#[test]
fn an_order_that_was_paid_twice_does_not_verify() {
    let paid = || attempt("SUCCESS", r#""is_captured":true"#);
    let expected = Expected::new(Money::parse("170", "INR").unwrap());
    let verdict = |body: &str| ask(Lookup::order(ORDER), body).unwrap().verify(&expected);
    assert!(verdict(&order(&[paid()])).is_ok());
    let twice = verdict(&order(&[paid(), paid()])).unwrap_err();
    assert!(twice.discrepancies().iter().any(|one| matches!(one, Discrepancy::PaidTwice)));
}

#[test]
fn amounts_are_exact() {
    let with = |amount: &str| {
        let body = order(&[attempt("SUCCESS", r#""is_captured":true"#)]).replace("170.00", amount);
        ask(Lookup::order(ORDER), &body)
    };
    for (amount, money) in
        [("170.00", "170.00 INR"), ("1", "1 INR"), ("0.1", "0.1 INR"), ("\"10.01\"", "10.01 INR")]
    {
        assert_eq!(with(amount).unwrap().amount().unwrap().to_string(), money);
    }
    for amount in ["-1", "\"1,00\"", "true"] {
        assert_eq!(with(amount).unwrap_err().kind(), ErrorKind::InvalidReply, "{amount}");
    }
}

#[test]
fn what_decides_is_read_strictly() {
    for more in [
        r#""is_captured":"true""#,
        r#""is_captured":1"#,
        r#""is_captured":true,"payment_group":7"#,
        r#""is_captured":true,"authorization":"CAPTURE""#,
        r#""is_captured":true,"authorization":{"action":7}"#,
        r#""is_captured":true,"authorization":{"action":"CAPTURE","status":true}"#,
        r#""is_captured":true,"authorization":{"action":"CAPTURE","status":"SUCCESS","captured_amount":-1}"#,
        r#""is_captured":true,"is_captured":true"#,
    ] {
        let error = ask(Lookup::order(ORDER), &order(&[attempt("SUCCESS", more)])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidReply, "{more}");
    }
}

#[test]
fn its_own_header_says_when_to_ask_again() {
    let reply = |headers: &[(&'static str, &'static str)]| {
        let mut reply = Response::new(Body::from(
            r#"{"message":"slow down","code":"request_failed","type":"rate_limit_error"}"#,
        ));
        *reply.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
        for (name, value) in headers {
            reply.headers_mut().insert(*name, value.parse().unwrap());
        }
        interpret(&account(), &Lookup::order(ORDER), &reply).unwrap_err()
    };
    let error = reply(&[("x-ratelimit-retry", "7"), ("retry-after", "60")]);
    assert_eq!((error.kind(), error.retry_after()), (ErrorKind::RateLimited, Some(Duration::from_secs(7))));
    assert_eq!(reply(&[]).retry_after(), None);
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<Cashfree>(json);
    let account = read(
        r#"{"client_id":"canary","client_secret":"canary","api_version":"2026-01-01","base_url":"https://sandbox.cashfree.com"}"#,
    );
    assert!(!format!("{:?}", account.unwrap()).contains("canary"));
    assert!(read(r#"{"client_id":"canary","client_secret":"canary"}"#).is_ok());
    assert!(read(r#"{"client_id":"canary"}"#).is_err());
    assert!(read(r#"{"client_id":"canary","client_secret":"canary","secret":"canary"}"#).is_err());
}
