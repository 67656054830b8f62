//! What only this provider does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;

use http::Response;
use paystatus_core::{BaseUrl, Body, Error, ErrorKind, Expected, Lookup, Money, Payment, Provider, Status};
use paystatus_square::{Ask, Details, Square, interpret};

const ID: &str = "bP9mAsEMYPUGjjGNaNO5ZDVyLhSZY";

/// A payment of 10.00 USD with this word, with these fields beside.
fn payment(status: &str, more: &str) -> String {
    format!(
        r#"{{"payment":{{"id":"{ID}","created_at":"2021-10-13T19:34:33.524Z","updated_at":"2021-10-13T19:34:37.261Z",
            "amount_money":{{"amount":1000,"currency":"USD"}},"total_money":{{"amount":1000,"currency":"USD"}},
            "status":"{status}","reference_id":"6735"{more}}}}}"#
    )
}

/// The same by card, which has its own status.
fn card(status: &str, own: &str, more: &str) -> String {
    payment(status, &format!(r#","source_type":"CARD","card_details":{{"status":"{own}"}}{more}"#))
}

fn ask_as(account: &Square, body: &str) -> Result<Payment<Details>, Error> {
    interpret(account, &Lookup::payment(ID), &Response::new(Body::from(body.to_owned())))
}

fn ask(body: &str) -> Result<Payment<Details>, Error> {
    ask_as(&Square::new("canary"), body)
}

#[test]
fn the_request_is_the_documented_one() {
    let account = Square::new("canary").with_base_url(BaseUrl::parse("https://pay.example.com/us").unwrap());
    let request = account.request(&Ask::about(&Lookup::from(ID))).unwrap();
    assert_eq!((request.method().as_str(), request.body().as_bytes()), ("GET", &b""[..]));
    assert_eq!(request.uri().to_string(), format!("https://pay.example.com/us/v2/payments/{ID}"));
    assert_eq!(request.headers()["authorization"], "Bearer canary");
    assert_eq!(request.headers()["square-version"], "2026-09-16");
    assert_eq!(request.headers().len(), 2);
    assert!(!format!("{request:?} {account:?}").contains("canary"));
    let error = account.request(&Ask::about(&Lookup::order("6735"))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn an_id_of_another_case_is_another_payment() {
    let reply = Response::new(Body::from(card("COMPLETED", "CAPTURED", "")));
    let lookup = Lookup::payment(ID.to_lowercase());
    let error = interpret(&Square::new("canary"), &lookup, &reply).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Mismatch);
}

#[test]
fn what_the_seller_wrote_down_counts_only_where_that_is_wanted() {
    let counting = Square::new("canary").counting_recorded();
    for source in ["CASH", "EXTERNAL"] {
        let body = payment("COMPLETED", &format!(r#","source_type":"{source}""#));
        assert!(ask_as(&counting, &body).unwrap().is_paid() && !ask(&body).unwrap().is_paid());
        let back = body.replace(
            r#""reference_id""#,
            r#""refunded_money":{"amount":1000,"currency":"USD"},"reference_id""#,
        );
        assert!(matches!(ask_as(&counting, &back).unwrap().status(), Status::Returned(_)));
        let approved = body.replace("COMPLETED", "APPROVED");
        assert_eq!(ask_as(&counting, &approved).unwrap().status(), Status::Unknown);
    }
    // Bought on credit.
    let house = payment("COMPLETED", r#","source_type":"SQUARE_ACCOUNT""#);
    assert_eq!(ask_as(&counting, &house).unwrap().status(), Status::Unknown);
}

#[test]
fn the_tip_is_charged_too() {
    let body = card("COMPLETED", "CAPTURED", "")
        .replace(r#""total_money":{"amount":1000"#, r#""total_money":{"amount":1200"#);
    let paid = ask(&body).unwrap();
    assert_eq!(paid.amount().unwrap().to_string(), "12.00 USD");
    assert!(paid.clone().verify(&Expected::new(Money::parse("10.00", "USD").unwrap())).is_err());
    assert!(paid.verify(&Expected::at_least(Money::parse("10.00", "USD").unwrap())).is_ok());
}

#[test]
fn a_sum_is_whole_or_the_reply_is_invalid() {
    let sums = [
        r#"{"amount":"1000","currency":"USD"}"#,
        r#"{"amount":1000.5,"currency":"USD"}"#,
        r#"{"amount":-1000,"currency":"USD"}"#,
        r#"{"amount":1000}"#,
        r#"{"amount":null,"currency":"USD"}"#,
        r#"{"currency":"USD"}"#,
        r#"{"amount":1000,"currency":"UNKNOWN_CURRENCY"}"#,
        "1000",
    ];
    for sum in sums {
        for field in ["total_money", "refunded_money"] {
            let body = card("COMPLETED", "CAPTURED", r#","refunded_money":{"amount":1000,"currency":"USD"}"#);
            let whole = format!(r#""{field}":{{"amount":1000,"currency":"USD"}}"#);
            assert!(body.contains(&whole));
            let error = ask(&body.replace(&whole, &format!(r#""{field}":{sum}"#))).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidReply, "{field} {sum}");
        }
    }
    let without = card("COMPLETED", "CAPTURED", "").replace("total_money", "other_money");
    assert_eq!(ask(&without).unwrap_err().kind(), ErrorKind::InvalidReply);
    let pending = payment("PENDING", "").replace("total_money", "other_money");
    assert_eq!(ask(&pending).unwrap().amount(), None);
}

#[test]
fn amounts_are_in_the_minor_units_of_iso_4217() {
    for (currency, money) in [("JPY", "1000 JPY"), ("KWD", "1.000 KWD"), ("CAD", "10.00 CAD")] {
        let body = card("COMPLETED", "CAPTURED", "").replace("USD", currency);
        assert_eq!(ask(&body).unwrap().amount().unwrap().to_string(), money);
    }
}

#[test]
fn errors_in_the_place_of_a_payment_are_a_refusal_however_little_they_say() {
    for errors in [
        r#"{"errors":[{"category":"API_ERROR","code":"INTERNAL_SERVER_ERROR"}]}"#,
        r#"{"errors":[{"category":"API_ERROR"}],"payment":null}"#,
    ] {
        assert_eq!(ask(errors).unwrap_err().kind(), ErrorKind::Rejected, "{errors}");
    }
    assert_eq!(ask(r#"{"errors":[]}"#).unwrap_err().kind(), ErrorKind::InvalidReply);
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<Square>(json);
    for secret in [r#""callback_secret":["canary","canary"]"#, r#""signature_key":"canary""#] {
        let account = read(&format!(
            r#"{{"access_token":"canary","count_recorded":true,{secret},"notification_url":"https://shop.example","base_url":"https://pay.example.com"}}"#
        ));
        assert!(!format!("{:?}", account.unwrap()).contains("canary"));
    }
    assert!(read(r#"{"access_token":"canary"}"#).is_ok());
    assert!(read(r#"{}"#).is_err());
    assert!(read(r#"{"access_token":"canary","token":"canary"}"#).is_err());
}
