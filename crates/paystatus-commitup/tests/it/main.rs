//! What only CommitUp does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;

use http::{Response, StatusCode};
use paystatus_commitup::{Ask, CommitUp, Details, interpret};
use paystatus_core::{
    BaseUrl, Body, Error, ErrorKind, Expected, Finality, Funds, Lookup, Money, Payment, Provider, Returned,
    Status, Zone,
};

const ID: &str = "123e4567-e89b-12d3-a456-426614174000";
const SUCCESS: &str = include_str!("../fixtures/success.json");
const REFUND: &str = include_str!("../fixtures/refund.json");

fn account() -> CommitUp {
    CommitUp::new(BaseUrl::parse("https://pos.example.com/v2").unwrap(), "canary-key", "canary-secret")
}

fn reply(http: u16, body: &str) -> Response<Body> {
    let mut reply = Response::new(Body::from(body.to_owned()));
    *reply.status_mut() = StatusCode::from_u16(http).unwrap();
    reply
}

fn ask(id: &str, http: u16, body: &str) -> Result<Payment<Details>, Error> {
    interpret(&account(), &Lookup::payment(id), &reply(http, body))
}

/// A record that carries these fields beside the id.
fn record(fields: &str) -> Result<Payment<Details>, Error> {
    ask(ID, 200, &format!(r#"{{"paymentId":"{ID}",{fields}}}"#))
}

#[track_caller]
fn fails(result: Result<Payment<Details>, Error>, kind: ErrorKind, http: u16) {
    let error = result.unwrap_err();
    assert_eq!(
        (error.kind(), error.http_status(), error.provider()),
        (kind, Some(http), Some("commitup")),
        "{error}"
    );
}

#[test]
fn the_request_is_the_documented_one() {
    let request = account().request(&Ask::about(&Lookup::from(ID))).unwrap();
    assert_eq!(request.method(), "GET");
    assert_eq!(request.uri().to_string(), format!("https://pos.example.com/v2/api/payment/{ID}"));
    assert_eq!(request.headers()["X-API-KEY"], "canary-key");
    assert_eq!(request.headers()["X-API-SECRET"], "canary-secret");
    assert!(request.headers().values().all(|value| value.is_sensitive()));
    assert!(request.body().as_bytes().is_empty());
    assert!(!format!("{request:?} {:?}", account()).contains("canary"));
}

#[test]
fn an_id_stays_one_segment() {
    let request = account().request(&Ask::about(&Lookup::from("a/../b?c#d\n é%2e"))).unwrap();
    assert_eq!(request.uri().path(), "/v2/api/payment/a%2F..%2Fb%3Fc%23d%0A%20%C3%A9%252e");
    assert_eq!(
        account().request(&Ask::about(&Lookup::order("o"))).unwrap_err().kind(),
        ErrorKind::Unsupported
    );
    for id in ["", ".", ".."] {
        assert_eq!(
            account().request(&Ask::about(&Lookup::from(id))).unwrap_err().kind(),
            ErrorKind::InvalidLookup
        );
    }
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<CommitUp>(json);
    let plain = r#""base_url":"https://pos.example.com","api_key":"canary","api_secret":"canary""#;
    let account = read(&format!("{{{plain}}}")).unwrap();
    assert!(interpret(&account, &Lookup::from(ID), &reply(200, SUCCESS)).unwrap().is_paid());
    let strict = read(&format!(r#"{{{plain},"require_transaction_type":true}}"#)).unwrap();
    assert_eq!(
        interpret(&strict, &Lookup::from(ID), &reply(200, SUCCESS)).unwrap().status(),
        Status::Unknown
    );
    assert!(read(&format!(r#"{{{plain},"require_type":true}}"#)).is_err());
    assert!(read(r#"{"api_key":"canary","api_secret":"canary"}"#).is_err());
}

#[test]
fn unusable_credentials_are_found_before_anything_is_sent() {
    for (key, secret, field) in [("", "s", "`api_key`"), ("k", "canary\n", "`api_secret`")] {
        let account = CommitUp::new(BaseUrl::parse("https://pos.example.com").unwrap(), key, secret);
        let error = account.request(&Ask::about(&Lookup::from(ID))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains(field) && !format!("{error:?}").contains("canary"), "{error}");
    }
}

#[test]
fn the_documented_sample_is_paid() {
    let payment = ask(ID, 200, SUCCESS).unwrap();
    assert!(payment.is_paid() && payment.is_final());
    assert_eq!(payment.funds(), Funds::Taken);
    assert_eq!(payment.amount().unwrap().to_string(), "100.50 TRY");
    assert_eq!(payment.created_at().unwrap().to_utc().as_deref(), Some("2023-05-01T14:30:00Z"));
    assert_eq!((payment.provider_status(), payment.reference()), ("SUCCESS", Some("ORD-12345")));
    assert_eq!(payment.reason(), None);
    let details = payment.details();
    assert_eq!(details.merchant_commission.unwrap().to_string(), "2.50");
    assert_eq!((details.installment_count, details.dom_int.as_deref()), (Some(1), Some("DOM")));
    assert_eq!(details.pan.as_ref().unwrap().expose(), "411111******1111");
    let expected = Expected::new(Money::parse("100.50", "TRY").unwrap()).with_reference("ORD-12345");
    assert!(payment.verify(&expected).is_ok());
}

#[test]
fn personal_data_shows_nowhere_and_the_rest_in_commitups_own_names() {
    let payment = ask(ID, 200, SUCCESS).unwrap();
    let json = serde_json::to_string(&payment).unwrap();
    for shown in [&format!("{payment:?}"), &json] {
        for personal in ["John", "411111", "CUST"] {
            assert!(!shown.contains(personal), "{shown}");
        }
    }
    for name in
        [r#""domInt":"DOM""#, r#""amount":"100.50""#, r#""pan":"[redacted]""#, r#""cardSubType":null"#]
    {
        assert!(json.contains(name), "{name}: {json}");
    }
}

#[test]
fn a_pre_authorization_looks_like_a_payment_unless_the_type_is_required() {
    let strict = account().requiring_transaction_type();
    let ask = |fields: &str| {
        let body = format!(r#"{{"paymentId":"{ID}","orderId":"o",{fields}}}"#);
        interpret(&strict, &Lookup::from(ID), &reply(200, &body)).unwrap()
    };
    assert_eq!(ask(r#""status":"SUCCESS""#).status(), Status::Unknown);
    assert_eq!(ask(r#""status":"SUCCESS","transactionType":null"#).status(), Status::Unknown);
    assert_eq!(ask(r#""status":"SUCCESS","transactionType":"PREAUTH""#).status(), Status::Unknown);
    assert!(ask(r#""status":"SUCCESS","transactionType":"SALE""#).is_paid());
    assert!(ask(r#""status":"CAPTURED""#).is_paid());
    assert_eq!(ask(r#""status":"FAILED""#).status(), Status::Failed);
}

#[test]
fn a_refund_is_a_record_of_its_own() {
    let refund = ask("refund-0001", 200, REFUND).unwrap();
    assert_eq!(refund.status(), Status::Returned(Returned::Refunded));
    assert_eq!((refund.finality(), refund.funds()), (Finality::Final, Funds::Unknown));
    assert_eq!((refund.provider_status(), refund.reason()), ("SUCCESS", Some("Successful")));
    assert_eq!(refund.amount().unwrap().to_string(), "40.00 TRY");
    assert_eq!(refund.details().parent_payment_id.as_deref(), Some(ID));
    assert_eq!(refund.details().transaction_type.as_deref(), Some("REFUND"));
    // Without its type it could be anything.
    for fields in [
        r#""status":"SUCCESS","parentPaymentId":"p""#,
        r#""status":"SUCCESS","parentPaymentId":"""#,
        r#""status":"FAILED","parentPaymentId":"p","transactionType":null"#,
        r#""status":"ENROLLED","parentPaymentId":"p""#,
    ] {
        let child = record(fields).unwrap();
        assert_eq!((child.status(), child.finality()), (Status::Unknown, Finality::Open), "{fields}");
    }
    assert!(record(r#""status":"SUCCESS","parentPaymentId":null"#).unwrap().is_paid());
}

#[test]
fn a_captures_amount_is_not_told() {
    let captured = record(r#""status":"CAPTURED","amount":100.50,"currency":"TRY""#).unwrap();
    assert!(captured.is_paid());
    assert_eq!(captured.amount(), None);
    assert_eq!(captured.details().amount.unwrap().to_string(), "100.50");
    let expected = Expected::new(Money::parse("100.50", "TRY").unwrap());
    assert_eq!(captured.verify(&expected).unwrap_err().to_string(), "amount not reported");
    fails(record(r#""status":"CAPTURED","amount":-1,"currency":"TRY""#), ErrorKind::InvalidReply, 200);
}

#[test]
fn amounts_are_exact_and_need_a_currency() {
    for (fields, amount) in [
        (r#""amount":100.10,"currency":"TRY""#, Some("100.10 TRY")),
        (r#""amount":"100.10","currency":"try""#, Some("100.10 TRY")),
        (r#""amount":0.1,"currency":"TRY""#, Some("0.1 TRY")),
        (r#""amount":9007199254740993.01,"currency":"TRY""#, Some("9007199254740993.01 TRY")),
        (r#""amount":1e2,"currency":"TRY""#, Some("100 TRY")),
        (r#""amount":100.10"#, None),
        (r#""amount":100.10,"currency":null"#, None),
        (r#""amount":null,"currency":"TRY""#, None),
        (r#""currency":"TRY""#, None),
    ] {
        let payment = record(&format!(r#""status":"SUCCESS",{fields}"#)).unwrap();
        assert_eq!(payment.amount().map(|money| money.to_string()).as_deref(), amount, "{fields}");
        assert_eq!(payment.details().amount.is_some(), fields.contains('1') || fields.contains('9'));
    }
    for fields in [
        r#""amount":-1,"currency":"TRY""#,
        r#""amount":"1_000","currency":"TRY""#,
        r#""amount":"","currency":"TRY""#,
        r#""amount":{},"currency":"TRY""#,
        r#""amount":1,"currency":"""#,
        r#""amount":1,"currency":"T1Y""#,
        r#""amount":1,"currency":949"#,
        r#""currency":"TURKISHLIRA""#,
    ] {
        fails(record(&format!(r#""status":"SUCCESS",{fields}"#)), ErrorKind::InvalidReply, 200);
    }
}

#[test]
fn dates_without_a_zone_are_text() {
    for (date, zone, utc) in [
        ("2023-05-01T14:30:00.123Z", Zone::Stated, Some("2023-05-01T14:30:00.123Z")),
        ("2023-05-01T14:30:00+03:00", Zone::Stated, Some("2023-05-01T11:30:00Z")),
        ("2023-05-01T14:30:00", Zone::None, None),
        ("soon", Zone::None, None),
    ] {
        let payment = record(&format!(r#""status":"SUCCESS","paymentDate":"{date}""#)).unwrap();
        let created = payment.created_at().unwrap();
        assert_eq!((created.raw(), created.zone(), created.to_utc().as_deref()), (date, zone, utc));
    }
}

#[test]
fn odd_information_is_left_out_and_unknown_words_are_kept() {
    let payment = record(
        r#""status":"success","orderId":7,"merchantCommission":"free","installmentCount":"many",
           "paymentDate":null,"pan":{},"cardHolderName":[],"resultMessage":"why","new":[{"a":1}]"#,
    )
    .unwrap();
    assert_eq!((payment.status(), payment.finality()), (Status::Unknown, Finality::Open));
    assert_eq!((payment.provider_status(), payment.reference()), ("success", Some("7")));
    assert_eq!((payment.reason(), payment.created_at()), (Some("why"), None));
    let details = payment.details();
    assert!(details.merchant_commission.is_none() && details.installment_count.is_none());
    assert!(details.pan.is_none() && details.card_holder_name.is_none());
}

#[test]
fn a_success_that_is_not_whole_is_no_answer() {
    for body in [
        "",
        "<html>",
        "null",
        "\"SUCCESS\"",
        "{}",
        r#"{"status":"SUCCESS"}"#,
        &format!(r#"{{"paymentId":"{ID}"}}"#),
        &format!(r#"{{"data":{SUCCESS}}}"#),
        &format!(r#"["{ID}","SUCCESS"]"#),
        &format!("[{SUCCESS}]"),
        &SUCCESS[..200],
        &format!("\u{feff}{SUCCESS}"),
        &"[".repeat(100_000),
    ] {
        fails(ask(ID, 200, body), ErrorKind::InvalidReply, 200);
    }
    fails(ask(ID, 204, ""), ErrorKind::InvalidReply, 204);
    for fields in [
        r#""status":null"#,
        r#""status":1"#,
        r#""status":"FAILED","status":"SUCCESS""#,
        r#""status":"SUCCESS","transactionType":1"#,
        r#""status":"SUCCESS","transactionType":["SALE"]"#,
        r#""status":"SUCCESS","transactionType":"REFUND","transactionType":"SALE""#,
        r#""status":"SUCCESS","parentPaymentId":{}"#,
    ] {
        fails(record(fields), ErrorKind::InvalidReply, 200);
    }
}

#[test]
fn only_a_message_in_text_is_an_error_of_commitups_own() {
    for body in [r#"{"message":null}"#, r#"{"message":404}"#, r#"["Payment not found"]"#, SUCCESS] {
        fails(ask(ID, 404, body), ErrorKind::Rejected, 404);
    }
    let error = ask(ID, 404, r#"{"message":"canary not found"}"#).unwrap_err();
    assert_eq!(error.provider_message(), Some("canary not found"));
    assert!(!format!("{error} {error:?}").contains("canary"));
}

#[test]
fn an_error_stated_in_a_success_is_a_refusal() {
    fails(ask("p", 200, r#"{"message":"Payment is locked"}"#), ErrorKind::Rejected, 200);
    fails(ask("p", 200, r#"{"paymentId":"p","message":"no status"}"#), ErrorKind::InvalidReply, 200);
    fails(ask("p", 200, r#"{"message":7}"#), ErrorKind::InvalidReply, 200);
}
