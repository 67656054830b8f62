//! What only this provider does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;

use http::Response;
use paystatus_core::{
    BaseUrl, Body, Discrepancy, Error, ErrorKind, Expected, Lookup, Money, Payment, Provider,
};
use paystatus_tap::{Ask, Details, Tap, interpret};

const ID: &str = "chg_TS03A2220231551Ha3j1408926";
const AUTH: &str = "auth_TS03A2220231551Ha3j1408926";

/// An object in its fewest words, with these fields beside.
fn object(id: &str, kind: &str, status: &str, more: &str) -> String {
    format!(
        r#"{{"id":"{id}","object":"{kind}","status":"{status}","amount":10.0,"currency":"AED",
            "reference":{{"order":"ord_0001"}}{more}}}"#
    )
}

fn ask(body: &str) -> Result<Payment<Details>, Error> {
    interpret(&Tap::new("canary"), &Lookup::payment(ID), &Response::new(Body::from(body.to_owned())))
}

#[test]
fn the_request_is_the_documented_one() {
    let account =
        Tap::new("canary-key").with_base_url(BaseUrl::parse("https://pay.example.com/tap").unwrap());
    for (id, path) in [
        (ID, "/tap/v2/charges/chg_TS03A2220231551Ha3j1408926"),
        (AUTH, "/tap/v2/authorize/auth_TS03A2220231551Ha3j1408926"),
        ("re_1", "/tap/v2/charges/re_1"),
        ("auth/../x", "/tap/v2/charges/auth%2F..%2Fx"),
    ] {
        let request = account.request(&Ask::about(&Lookup::from(id))).unwrap();
        assert_eq!((request.method().as_str(), request.body().as_bytes()), ("GET", &b""[..]));
        assert_eq!((request.uri().path(), request.uri().query()), (path, None));
        assert_eq!(request.headers()["authorization"], "Bearer canary-key");
        assert!(request.headers()["authorization"].is_sensitive());
        assert_eq!(request.headers()["accept"], "application/json");
    }
    let error = account.request(&Ask::about(&Lookup::order("ord_0001"))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn a_public_key_cannot_ask() {
    let error = Tap::new("pk_test_canary").request(&Ask::about(&Lookup::from(ID))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("`secret_key`") && !format!("{error:?}").contains("canary"));
}

#[test]
fn what_decides_is_read_strictly() {
    let whole = object(
        ID,
        "charge",
        "CAPTURED",
        r#","live_mode":false,"auto_reversed":false,"response":{"code":"000"}"#,
    );
    assert!(ask(&whole).unwrap().is_paid());
    for (from, to, kind) in [
        (r#""live_mode":false"#, r#""live_mode":"false""#, Some(ErrorKind::InvalidReply)),
        (r#""auto_reversed":false"#, r#""auto_reversed":"true""#, Some(ErrorKind::InvalidReply)),
        (r#""object":"charge""#, r#""object":7"#, Some(ErrorKind::InvalidReply)),
        (r#"{"code":"000"}"#, r#""000""#, Some(ErrorKind::InvalidReply)),
        (r#""amount":10.0"#, r#""amount":-10.0"#, Some(ErrorKind::InvalidReply)),
        // A code that is no text is another one, and an object that is not told is of no kind.
        (r#""code":"000""#, r#""code":0"#, None),
        (r#""code":"000""#, r#""code":false"#, None),
        (r#""code":"000""#, r#""code":"""#, None),
        (r#""object":"charge""#, r#""object":null"#, None),
        (r#""object":"charge","#, "", None),
        (r#""object":"charge""#, r#""object":"Charge""#, None),
    ] {
        let changed = whole.replace(from, to);
        assert_ne!(changed, whole);
        match (ask(&changed), kind) {
            (Ok(payment), None) => assert_eq!(payment.status().as_str(), "unknown", "{to}"),
            (reading, kind) => assert_eq!(reading.err().map(|error| error.kind()), kind, "{to}"),
        }
    }
}

#[test]
fn errors_that_are_there_twice_are_no_success() {
    let twice = object(ID, "charge", "CAPTURED", r#","errors":[],"errors":[{"code":"1"}]"#);
    assert_eq!(ask(&twice).unwrap_err().kind(), ErrorKind::InvalidReply);
}

#[test]
fn amounts_are_in_major_units_as_number_or_text() {
    for (amount, currency, money) in
        [("4.123", "OMR", "4.123 OMR"), (r#""1.5""#, "KWD", "1.5 KWD"), ("10", "AED", "10 AED")]
    {
        let body = object(ID, "charge", "CAPTURED", "").replace("10.0", amount).replace("AED", currency);
        assert_eq!(ask(&body).unwrap().amount().unwrap().to_string(), money);
    }
    // What the payer saw is not what was charged.
    let selected = object(ID, "charge", "CAPTURED", r#","selected_amount":1.0,"selected_currency":"KWD""#);
    assert_eq!(ask(&selected).unwrap().amount().unwrap().to_string(), "10.0 AED");
}

#[test]
fn test_money_does_not_verify() {
    let expected = Expected::new(Money::parse("10", "AED").unwrap()).with_reference("ord_0001");
    let verdict = |live: &str| ask(&object(ID, "charge", "CAPTURED", live)).unwrap().verify(&expected);
    assert!(verdict(r#","live_mode":true"#).is_ok());
    let refused = verdict(r#","live_mode":false"#).unwrap_err();
    assert!(refused.discrepancies().iter().any(|one| matches!(one, Discrepancy::TestMode)));
}

#[test]
fn times_are_milliseconds_as_text_or_number() {
    for (created, utc) in [
        (r#""1692028310505""#, Some("2023-08-14T15:51:50.505Z")),
        ("1692028310000", Some("2023-08-14T15:51:50Z")),
        (r#""yesterday""#, None),
    ] {
        let body = object(ID, "charge", "INITIATED", &format!(r#","transaction":{{"created":{created}}}"#));
        assert_eq!(ask(&body).unwrap().created_at().unwrap().to_utc().as_deref(), utc, "{created}");
    }
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<Tap>(json);
    let account = read(r#"{"secret_key":"canary","base_url":"https://pay.example.com"}"#).unwrap();
    assert!(!format!("{account:?}").contains("canary"));
    assert!(read(r#"{"secret_key":"canary"}"#).is_ok());
    assert!(read("{}").is_err());
    assert!(read(r#"{"secret_key":"canary","public_key":"canary"}"#).is_err());
}
