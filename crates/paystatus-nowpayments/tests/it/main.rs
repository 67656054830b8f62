//! What only this provider does, over stored replies: no network, no clock.

mod callback;
mod conformance;

use http::Response;
use paystatus_core::{BaseUrl, Body, Error, ErrorKind, Expected, Lookup, Money, Payment, Provider};
use paystatus_nowpayments::{Ask, Details, NowPayments, interpret};

const ID: &str = "4249365965";

/// A payment with these amounts in coins as JSON, and with these fields behind.
fn payment(status: &str, asked: &str, paid: &str, more: &str) -> String {
    format!(
        r#"{{"payment_id":{ID},"payment_status":"{status}","price_amount":1,"price_currency":"usd","pay_amount":{asked},
            "actually_paid":{paid},"pay_currency":"usdttrc20","order_id":"order-1234",
            "created_at":"2023-07-28T15:06:09.932Z","updated_at":"2023-07-28T15:09:40.535Z"{more}}}"#
    )
}

fn ask(id: &str, body: &str) -> Result<Payment<Details>, Error> {
    let reply = Response::new(Body::from(body.to_owned()));
    interpret(&NowPayments::new("canary-key"), &Lookup::payment(id), &reply)
}

#[test]
fn the_request_is_the_documented_one() {
    let base_url = BaseUrl::parse("https://api-sandbox.nowpayments.io").unwrap();
    let account = NowPayments::new("canary-key").with_base_url(base_url);
    let request = account.request(&Ask::about(&Lookup::from(ID))).unwrap();
    assert_eq!((request.method().as_str(), request.body().as_bytes()), ("GET", &b""[..]));
    assert_eq!(request.uri().to_string(), format!("https://api-sandbox.nowpayments.io/v1/payment/{ID}"));
    assert_eq!(
        (request.headers().len(), &request.headers()["x-api-key"]),
        (1, &"canary-key".parse().unwrap())
    );
    assert!(!format!("{request:?} {account:?}").contains("canary"));
}

#[test]
fn only_a_whole_number_of_a_payment_can_be_asked_about() {
    let kind =
        |lookup: Lookup| NowPayments::new("key").request(&Ask::about(&lookup)).err().map(|it| it.kind());
    for id in ["1", "00012", "12345678901234567890"] {
        assert_eq!(kind(Lookup::payment(id)), None, "{id}");
    }
    for id in ["123456789012345678901", "-1", "1.0", "1e3", "0x1", "order-1234", "\u{661}", "1 "] {
        assert_eq!(kind(Lookup::payment(id)), Some(ErrorKind::InvalidLookup), "{id}");
    }
    assert_eq!(kind(Lookup::order("1")), Some(ErrorKind::Unsupported));
}

#[test]
fn ids_are_compared_as_numbers() {
    let body = |id: &str| payment("finished", "11.8", "12", "").replace(ID, id);
    for (asked, answered) in [(ID, ID), (ID, "\"4249365965\""), ("007", "7"), ("7", "\"007\"")] {
        assert_eq!(ask(asked, &body(answered)).unwrap().id(), asked, "{answered}");
    }
    for answered in ["4249365966", "\"\"", "\" 4249365965\"", "42493659650e-1", "4249365965.0", "-4249365965"]
    {
        assert_eq!(ask(ID, &body(answered)).unwrap_err().kind(), ErrorKind::Mismatch, "{answered}");
    }
    for answered in ["null", "true", "[4249365965]", "{}"] {
        assert_eq!(ask(ID, &body(answered)).unwrap_err().kind(), ErrorKind::InvalidReply, "{answered}");
    }
}

#[test]
fn what_makes_a_child_is_never_overlooked() {
    for more in [
        r#","parent_payment_id":{}"#,
        r#","parent_payment_id":true"#,
        r#","parent_payment_id":[5592161154]"#,
        r#","origin_type":7"#,
        r#","origin_type":{"x":1}"#,
    ] {
        let error = ask(ID, &payment("finished", "11.8", "12", more)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidReply, "{more}");
    }
    for more in [r#","parent_payment_id":0"#, r#","parent_payment_id":"""#, r#","origin_type":"""#] {
        assert!(!ask(ID, &payment("finished", "11.8", "12", more)).unwrap().is_paid(), "{more}");
    }
}

#[test]
fn a_payment_below_its_quote_verifies_no_price() {
    let expected = Expected::new(Money::parse("1", "USD").unwrap());
    let verifies = |asked: &str, paid: &str, more: &str| {
        ask(ID, &payment("finished", asked, paid, more)).unwrap().verify(&expected).is_ok()
    };
    assert!(verifies("11.8", "12", "") && verifies("1e-7", "0.0000001", ""));
    assert!(!verifies("11.8", "11.799999999999999999", ""));
    assert!(!verifies("11.8", "12", r#","parent_payment_id":5592161154"#));
    // What came is an amount of a coin, and no money.
    let paid = ask(ID, &payment("finished", "1", "1", "").replace(r#""price_amount":1,"#, "")).unwrap();
    assert!(paid.is_paid() && paid.verify(&expected).is_err());
}

#[test]
fn amounts_are_exact_and_never_negative() {
    for (from, to) in [
        (r#""price_amount":1"#, r#""price_amount":-1"#),
        (r#""pay_amount":11.8"#, r#""pay_amount":"-11.8""#),
        (r#""actually_paid":12"#, r#""actually_paid":-12"#),
        (r#""actually_paid":12"#, r#""actually_paid":"12,0""#),
        (r#""pay_amount":11.8"#, r#""pay_amount":true"#),
    ] {
        let body = payment("finished", "11.8", "12", "").replace(from, to);
        assert_eq!(ask(ID, &body).unwrap_err().kind(), ErrorKind::InvalidReply, "{to}");
    }
}

#[test]
fn an_envelope_beside_a_payment_is_a_payment() {
    let body = payment("waiting", "11.8", "0", r#","status":false,"statusCode":404"#);
    assert_eq!(ask(ID, &body).unwrap().provider_status(), "waiting");
    for body in
        [r#"{"status":true,"statusCode":404}"#, r#"{"status":false}"#, r#"{"status":false,"statusCode":"x"}"#]
    {
        assert_eq!(ask(ID, body).unwrap_err().kind(), ErrorKind::InvalidReply, "{body}");
    }
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<NowPayments>(json);
    for name in ["callback_secret", "ipn_secret"] {
        let account = read(&format!(
            r#"{{"api_key":"canary","{name}":"canary","base_url":"https://pay.example.com"}}"#
        ));
        assert!(!format!("{:?}", account.unwrap()).contains("canary"));
    }
    assert!(read(r#"{"api_key":"canary"}"#).is_ok());
    assert!(read("{}").is_err());
    assert!(read(r#"{"api_key":"canary","secret":"canary"}"#).is_err());
}
