//! What only this provider does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;

use http::Response;
use paystatus_core::{
    BaseUrl, Body, Error, ErrorKind, Expected, Lookup, MayChargeAgain, Money, Payment, Provider,
};
use paystatus_gocardless::{Ask, Details, GoCardless, interpret};

const ID: &str = "PM000ABC123";

fn account() -> GoCardless {
    GoCardless::new("canary-token")
}

/// A payment in its fewest words, with these fields beside.
fn payment(status: &str, more: &str) -> String {
    format!(
        r#"{{"payments":{{"id":"{ID}","created_at":"2026-01-05T10:00:00.123Z","amount":1050,"currency":"GBP",
            "status":"{status}","reference":"WINEBOX001","metadata":{{"order_id":"order-1234"}},{more}}}}}"#
    )
}

fn ask(account: &GoCardless, body: &str) -> Result<Payment<Details>, Error> {
    interpret(account, &Lookup::payment(ID), &Response::new(Body::from(body.to_owned())))
}

#[test]
fn the_request_is_the_documented_one() {
    let account = account().with_base_url(BaseUrl::parse("https://pay.example.com/debits").unwrap());
    let request = account.request(&Ask::about(&Lookup::from(ID))).unwrap();
    assert_eq!((request.method().as_str(), request.body().as_bytes()), ("GET", &b""[..]));
    assert_eq!(request.uri().to_string(), format!("https://pay.example.com/debits/payments/{ID}"));
    let headers: Vec<_> =
        request.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    assert_eq!(
        headers,
        [
            ("authorization", "Bearer canary-token"),
            ("gocardless-version", "2015-07-06"),
            ("accept", "application/json")
        ]
    );
    assert!(!format!("{request:?} {account:?}").contains("canary"));
}

#[test]
fn only_a_payment_can_be_asked_about() {
    for id in ["BRQ000123", "SB000123", "MD000123", "pm000ABC123", "xPM1", "1"] {
        let error = account().request(&Ask::about(&Lookup::from(id))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidLookup, "{id}");
    }
    let error = account().request(&Ask::about(&Lookup::order("order-1234"))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn a_reply_is_one_payment_under_the_plural() {
    let whole = payment("paid_out", r#""amount_refunded":0"#);
    let inner = whole.trim_start_matches(r#"{"payments":"#).trim_end_matches('}').to_owned() + "}";
    for body in [
        "{}".to_owned(),
        r#"{"payments":null}"#.to_owned(),
        r#"{"payments":[]}"#.to_owned(),
        format!(r#"{{"payments":[{inner}]}}"#),
        inner,
        r#"{"error":{"type":"gocardless","message":"no"}}"#.to_owned(),
    ] {
        assert_eq!(ask(&account(), &body).unwrap_err().kind(), ErrorKind::InvalidReply, "{body}");
    }
    assert!(ask(&account(), &whole).unwrap().is_paid());
}

#[test]
fn a_failed_payment_may_still_be_collected() {
    for more in [r#""retry_if_possible":false"#, r#""retry_if_possible":true"#] {
        let failed = ask(&account(), &payment("failed", more)).unwrap();
        assert_eq!(failed.may_charge_again(), MayChargeAgain::Unknown, "{more}");
    }
}

#[test]
fn amounts_are_minor_units_of_what_was_debited() {
    let expected = Expected::new(Money::parse("10.50", "GBP").unwrap());
    let fx = r#""amount_refunded":0,"fx":{"fx_currency":"EUR","fx_amount":1168}"#;
    assert!(ask(&account(), &payment("paid_out", fx)).unwrap().verify(&expected).is_ok());
    let confirmed = ask(&account(), &payment("confirmed", fx)).unwrap();
    assert!(confirmed.clone().verify(&expected).is_ok());
    assert!(confirmed.verify(&expected.clone().and_final()).is_err());
    let part = ask(&account(), &payment("paid_out", r#""amount_refunded":1"#)).unwrap();
    assert!(part.verify(&expected).is_err());
    for amount in ["-1", "1.5", "\"200\"", "{}"] {
        let body = payment("paid_out", &format!(r#""amount_refunded":{amount}"#));
        assert_eq!(ask(&account(), &body).unwrap_err().kind(), ErrorKind::InvalidReply, "{amount}");
    }
}

#[test]
fn the_reference_is_on_the_statement_or_under_the_named_key() {
    let reference =
        |account: &GoCardless, body: &str| ask(account, body).unwrap().reference().map(str::to_owned);
    let body = payment("submitted", r#""scheme":"bacs""#);
    assert_eq!(reference(&account(), &body).as_deref(), Some("WINEBOX001"));
    assert_eq!(reference(&account(), &body.replace(r#""WINEBOX001""#, "null")), None);
    let named = account().with_reference_metadata("order_id");
    assert_eq!(reference(&named, &body).as_deref(), Some("order-1234"));
    // The statement's text is no order number.
    assert_eq!(reference(&named, &body.replace("order_id", "other")), None);
    assert_eq!(reference(&named, &body.replace(r#"{"order_id":"order-1234"}"#, "7")), None);
}

#[test]
fn an_error_is_read_in_each_of_its_forms() {
    let code = |body: &str| account().said(body).code;
    let two = r#"{"error":{"type":"invalid_api_usage","errors":[{"reason":"other"},{"reason":"resource_not_found"}]}}"#;
    assert_eq!(code(two).as_deref(), Some("resource_not_found"));
    assert_eq!(code(r#"{"error":{"type":"gocardless","errors":[]}}"#).as_deref(), Some("gocardless"));
    assert_eq!(account().said(r#"{"error":"bad gateway"}"#).message.as_deref(), Some("bad gateway"));
    for body in [
        "",
        "<html>",
        "{}",
        r#"{"error":7.5e}"#,
        r#"{"error":null}"#,
        r#"{"error":{"errors":["resource_not_found"]}}"#,
    ] {
        assert_eq!(code(body), None, "{body}");
    }
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<GoCardless>(json);
    for name in ["callback_secret", "webhook_secret"] {
        let account = read(&format!(
            r#"{{"access_token":"canary","reference_metadata":"order_id","{name}":["canary"],"base_url":"https://pay.example.com"}}"#
        ));
        assert!(!format!("{:?}", account.unwrap()).contains("canary"));
    }
    assert!(read(r#"{"access_token":"canary"}"#).is_ok());
    assert!(read("{}").is_err());
    assert!(read(r#"{"access_token":"canary","token":"canary"}"#).is_err());
}
