//! What only this provider does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;

use http::Response;
use paystatus_core::{
    BaseUrl, Body, Discrepancy, Error, ErrorKind, Expected, Lookup, Money, Payment, Provider, Status,
};
use paystatus_mollie::{Ask, Details, Mollie, interpret};

const ID: &str = "tr_5B8cwPMGnU6qLbRvo7qEZo";

/// A payment of 10.00 EUR with this word, with these fields beside.
fn payment(status: &str, more: &str) -> String {
    format!(
        r#"{{"resource":"payment","id":"{ID}","mode":"live","amount":{{"value":"10.00","currency":"EUR"}},
            "metadata":{{"order_id":"12345"}},"status":"{status}","createdAt":"2024-03-20T09:13:37+00:00",
            "paidAt":"2024-03-20T10:14:37+01:00"{more}}}"#
    )
}

fn ask(body: &str) -> Result<Payment<Details>, Error> {
    interpret(&Mollie::new("live_canary"), &Lookup::payment(ID), &Response::new(Body::from(body.to_owned())))
}

#[test]
fn the_request_is_the_documented_one() {
    let account =
        Mollie::new("live_canary").with_base_url(BaseUrl::parse("https://pay.example.com/eu").unwrap());
    let request = account.request(&Ask::about(&Lookup::from(ID))).unwrap();
    assert_eq!((request.method().as_str(), request.body().as_bytes()), ("GET", &b""[..]));
    assert_eq!(request.uri().to_string(), format!("https://pay.example.com/eu/v2/payments/{ID}"));
    assert_eq!(request.headers()["authorization"], "Bearer live_canary");
    assert_eq!(request.headers().len(), 1);
    assert!(!format!("{request:?} {account:?}").contains("canary"));
}

#[test]
fn only_an_organisations_token_asks_for_test_payments() {
    let ask = |key: &str| Mollie::new(key).in_testmode().request(&Ask::about(&Lookup::from(ID)));
    let request = ask("access_canary").unwrap();
    assert_eq!(request.uri().to_string(), format!("https://api.mollie.com/v2/payments/{ID}?testmode=true"));
    for key in ["live_canary", "test_canary"] {
        let error = ask(key).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains("`testmode`") && !format!("{error:?}").contains("canary"));
    }
}

#[test]
fn other_ids_than_a_payments_are_refused_before_anything_is_sent() {
    let ask = |lookup: Lookup| Mollie::new("live_canary").request(&Ask::about(&lookup)).unwrap_err().kind();
    for id in ["ord_pbjz8x", "pl_4Y0eZitmBnQ6IDoMqZQKh", "re_4qqhO89gsT", "TR_1", "5B8cwPMGnU", ""] {
        assert_eq!(ask(Lookup::payment(id)), ErrorKind::InvalidLookup, "{id}");
    }
    assert_eq!(ask(Lookup::order("12345")), ErrorKind::Unsupported);
}

#[test]
fn a_sum_that_can_not_be_set_against_the_amount_is_no_proof() {
    for field in ["amountRefunded", "amountChargedBack", "amountCaptured"] {
        for sum in
            [r#"{"value":"0.00","currency":"USD"}"#, r#"{"value":"2.00"}"#, r#"{"currency":"EUR"}"#, "{}"]
        {
            let paid = ask(&payment("paid", &format!(r#","{field}":{sum}"#))).unwrap();
            assert_eq!((paid.status(), paid.is_final()), (Status::Unknown, false), "{field} {sum}");
        }
        for sum in [
            r#""2.00""#,
            "2",
            r#"{"value":"-2.00","currency":"EUR"}"#,
            r#"{"value":"2,00","currency":"EUR"}"#,
        ] {
            let error = ask(&payment("paid", &format!(r#","{field}":{sum}"#))).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidReply, "{field} {sum}");
        }
        assert!(ask(&payment("paid", &format!(r#","{field}":null"#))).unwrap().is_paid(), "{field}");
    }
}

#[test]
fn an_amount_without_decimals_is_whole() {
    let yen = payment("paid", "").replace("10.00", "500").replace("EUR", "JPY");
    assert_eq!(ask(&yen).unwrap().amount().unwrap().to_string(), "500 JPY");
}

#[test]
fn the_price_is_not_paid_where_only_a_part_was_captured() {
    let in_part = payment("paid", r#","amountCaptured":{"value":"8.00","currency":"EUR"}"#);
    let refused = ask(&in_part).unwrap().verify(&Expected::new(Money::parse("10.00", "EUR").unwrap()));
    let refused = refused.unwrap_err();
    assert!(
        matches!(refused.discrepancies(), [Discrepancy::Underpaid { by }] if by.to_string() == "2.00 EUR")
    );
}

#[test]
fn the_reference_is_in_whatever_the_metadata_are() {
    for (metadata, reference) in [
        (r#"{"order_id":"12345","other":[]}"#, Some("12345")),
        (r#"{"order_id":12345678901234567890123}"#, Some("12345678901234567890123")),
        (r#"{"order_id":["12345"]}"#, None),
        (r#"{"order_id":null}"#, None),
        (r#"{"other":"12345"}"#, None),
        (r#""12345""#, Some("12345")),
        (r#""{\"order_id\":\"12345\"}""#, Some("12345")),
        (r#""{\"order_id\":12345}""#, Some("12345")),
        (r#""{\"other\":12345}""#, None),
        (r#""{12345""#, Some("{12345")),
        // Nobody knows which of the two it is.
        (r#"{"order_id":"12345","order_id":"12346"}"#, None),
        (r#""{\"order_id\":\"12345\",\"order_id\":\"12346\"}""#, None),
        (r#""""#, None),
        (r#"["12345"]"#, None),
        ("null", None),
        ("12345", None),
        ("true", None),
    ] {
        let body = payment("paid", "").replace(r#"{"order_id":"12345"}"#, metadata);
        assert_eq!(ask(&body).unwrap().reference(), reference, "{metadata}");
    }
    assert_eq!(ask(&format!(r#"{{"id":"{ID}","status":"open"}}"#)).unwrap().reference(), None);
}

#[test]
fn only_its_two_words_tell_the_mode() {
    for (mode, told) in
        [(r#""test""#, Some(true)), (r#""live""#, Some(false)), (r#""TEST""#, None), ("null", None)]
    {
        let body = payment("paid", "").replace(r#""live""#, mode);
        let paid = ask(&body).unwrap();
        assert_eq!(paid.test_mode(), told, "{mode}");
        assert_eq!(paid.verify(&Expected::paid()).is_err(), told == Some(true), "{mode}");
    }
}

#[test]
fn the_newest_time_is_of_the_last_change() {
    let body = payment("failed", r#","failedAt":"2024-03-20T09:14:38+00:00""#);
    let failed = ask(&body).unwrap();
    assert_eq!(failed.updated_at().unwrap().raw(), "2024-03-20T09:14:38+00:00");
    let only_made =
        ask(&format!(r#"{{"id":"{ID}","status":"open","createdAt":"2024-03-20T09:13:37+00:00"}}"#));
    assert_eq!(only_made.unwrap().updated_at().unwrap().raw(), "2024-03-20T09:13:37+00:00");
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<Mollie>(json);
    for secrets in [r#""callback_secret":"canary""#, r#""webhook_secrets":["canary","canary"]"#] {
        let account = read(&format!(
            r#"{{"api_key":"canary","testmode":true,"reference_metadata_key":"invoice",{secrets},"base_url":"https://pay.example.com"}}"#
        ));
        assert!(!format!("{:?}", account.unwrap()).contains("canary"));
    }
    assert!(read(r#"{"api_key":"canary"}"#).is_ok());
    assert!(read(r#"{}"#).is_err());
    assert!(read(r#"{"api_key":"canary","key":"canary"}"#).is_err());
}
