//! What only Midtrans does, over stored replies: no network, no clock.

mod callback;
mod conformance;

use http::Response;
use paystatus_core::{
    Ask, BaseUrl, Body, Discrepancy, Error, ErrorKind, Expected, Lookup, Money, Payment, Provider,
};
use paystatus_midtrans::{Details, Midtrans, interpret};

const ID: &str = "57d5293c-e65f-4a29-95e4-5959c3fa335b";
const ORDER: &str = "Postman-1578568851";
const KEY: &str = "SB-Mid-server-canary0123456789";

/// A transaction of 10,000 rupiahs in its fewest words, with more behind.
fn transaction(status: &str, code: &str, more: &str) -> String {
    format!(
        r#"{{"status_code":"{code}","transaction_id":"{ID}","order_id":"{ORDER}","transaction_status":"{status}",
            "gross_amount":"10000.00","currency":"IDR"{more}}}"#
    )
}

fn error(code: &str) -> String {
    format!(r#"{{"status_code":"{code}","status_message":"x","id":"c7a6a0a4-0000-4000-8000-000000000000"}}"#)
}

fn ask(lookup: Lookup, body: &str) -> Result<Payment<Details>, Error> {
    interpret(&Midtrans::new(KEY), &lookup, &Response::new(Body::from(body.to_owned())))
}

#[test]
fn the_request_is_the_documented_one() {
    let account = Midtrans::new(KEY).with_base_url(BaseUrl::parse("https://pay.example.com/id").unwrap());
    for (lookup, path) in [
        (Lookup::payment(ID), "57d5293c-e65f-4a29-95e4-5959c3fa335b"),
        (Lookup::order(ORDER), "Postman-1578568851"),
        (Lookup::order("2020/01#7"), "2020%2F01%237"),
    ] {
        let request = account.request(&Ask::about(&lookup)).unwrap();
        assert_eq!((request.method().as_str(), request.body().as_bytes()), ("GET", &b""[..]));
        assert_eq!(request.uri().to_string(), format!("https://pay.example.com/id/v2/{path}/status"));
        let basic = "Basic U0ItTWlkLXNlcnZlci1jYW5hcnkwMTIzNDU2Nzg5Og==";
        assert_eq!(request.headers()["authorization"], basic);
        assert_eq!(request.headers()["accept"], "application/json");
        assert!(!format!("{request:?} {account:?}").contains("U0It"));
    }
}

#[test]
fn a_key_of_another_kind_is_refused_before_it_is_sent() {
    let tests = BaseUrl::parse("https://api.sandbox.midtrans.com").unwrap();
    let kind = |account: Midtrans| {
        let refused = account.request(&Ask::about(&Lookup::order(ORDER))).err();
        refused.inspect(|error| assert!(!format!("{error:?}").contains("canary"))).map(|error| error.kind())
    };
    for key in [KEY, "Mid-client-canary", "SB-Mid-client-canary", "", "canary:canary"] {
        assert_eq!(kind(Midtrans::new(key)), Some(ErrorKind::Config), "{key}");
    }
    assert_eq!(
        kind(Midtrans::new("SB-Mid-client-canary").with_base_url(tests.clone())),
        Some(ErrorKind::Config)
    );
    assert_eq!(kind(Midtrans::new(KEY).with_base_url(tests)), None);
    assert_eq!(kind(Midtrans::new("Mid-server-canary")), None);
}

#[test]
fn a_reply_repeats_what_was_asked() {
    let body = transaction("settlement", "200", "");
    for lookup in [Lookup::payment(ID), Lookup::order(ORDER)] {
        let payment = ask(lookup, &body).unwrap();
        assert_eq!((payment.id(), payment.reference()), (ID, Some(ORDER)));
    }
    // One path serves both names: the other one is not what was asked for.
    for lookup in
        [Lookup::payment(ORDER), Lookup::order(ID), Lookup::order("Postman"), Lookup::payment("57d5293c")]
    {
        assert_eq!(ask(lookup.clone(), &body).unwrap_err().kind(), ErrorKind::Mismatch, "{lookup:?}");
    }
    let unnamed = body.replace(r#""order_id""#, r#""order""#);
    assert_eq!(ask(Lookup::order(ORDER), &unnamed).unwrap_err().kind(), ErrorKind::Mismatch);
    assert!(ask(Lookup::payment(ID), &unnamed).unwrap().is_paid());
    let nameless = body.replace(r#""transaction_id""#, r#""id""#);
    assert_eq!(ask(Lookup::payment(ID), &nameless).unwrap_err().kind(), ErrorKind::InvalidReply);
    assert_eq!(ask(Lookup::order(ORDER), &nameless).unwrap().id(), ORDER);
}

#[test]
fn times_are_jakartas() {
    let times = r#","transaction_time":"2020-01-09 18:27:19","settlement_time":"2020-01-10 06:15:31""#;
    let payment = ask(Lookup::payment(ID), &transaction("settlement", "200", times)).unwrap();
    let utc = |time: Option<&paystatus_core::Timestamp>| time.and_then(|time| time.to_utc());
    assert_eq!(utc(payment.created_at()).as_deref(), Some("2020-01-09T11:27:19Z"));
    assert_eq!(utc(payment.updated_at()).as_deref(), Some("2020-01-09T23:15:31Z"));
}

#[test]
fn what_came_back_is_not_what_was_paid() {
    let expected = Expected::new(Money::parse("10000", "IDR").unwrap());
    let verdict = |status: &str, more: &str| {
        ask(Lookup::payment(ID), &transaction(status, "200", more)).unwrap().verify(&expected)
    };
    assert!(verdict("settlement", "").is_ok());
    let part = verdict("partial_refund", r#","refund_amount":"2500.00""#).unwrap_err();
    assert!(matches!(part.discrepancies(), [Discrepancy::PartlyReturned { .. }]), "{part}");
    // A settlement may be reversed: who asks for what is final is told so.
    let bill = transaction("settlement", "200", r#","payment_type":"echannel""#);
    let payment = ask(Lookup::payment(ID), &bill).unwrap();
    assert!(payment.clone().verify(&expected).is_ok());
    assert!(payment.verify(&expected.clone().and_final()).is_err());
    for unreadable in [r#""x""#, r#""-1""#, r#""""#] {
        let body = transaction("settlement", "200", &format!(r#","refund_amount":{unreadable}"#));
        assert_eq!(
            ask(Lookup::payment(ID), &body).unwrap_err().kind(),
            ErrorKind::InvalidReply,
            "{unreadable}"
        );
    }
}

#[test]
fn the_words_that_decide_are_texts() {
    for odd in [r#""fraud_status":7"#, r#""fraud_status":["accept"]"#, r#""payment_type":{}"#, r#""store":1"#]
    {
        let body = transaction("capture", "200", &format!(",{odd}"));
        assert_eq!(ask(Lookup::payment(ID), &body).unwrap_err().kind(), ErrorKind::InvalidReply, "{odd}");
    }
    for (code, is_paid) in [("200", true), ("null", true), ("201", false), (r#""""#, false), ("{}", false)] {
        let body = transaction("settlement", "200", "").replace(r#""200""#, code);
        assert_eq!(ask(Lookup::payment(ID), &body).unwrap().is_paid(), is_paid, "{code}");
    }
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<Midtrans>(json);
    let whole = r#"{"server_key":"canary","base_url":"https://pay.example.com"}"#;
    assert!(!format!("{:?}", read(whole).unwrap()).contains("canary"));
    assert!(read("{}").is_err());
    assert!(read(&whole.replace("base_url", "url")).is_err());
}
