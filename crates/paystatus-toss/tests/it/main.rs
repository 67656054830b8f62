//! What only this provider does, over stored replies: no network, no clock.

mod callback;
mod conformance;

use http::Response;
use paystatus_core::{BaseUrl, Body, Error, ErrorKind, Expected, Lookup, Money, Payment, Provider};
use paystatus_toss::{Ask, Details, Toss, interpret};

const KEY: &str = "tgen-sandbox-payment-key";
const ORDER: &str = "a4CWyWY5m89PNh7xJwhk1";
/// What a payment to a virtual account has beside.
const VIRTUAL: &str = r#","virtualAccount":{"accountNumber":"X","dueDate":"2022-01-08T23:59:59","expired":false,"settlementStatus":"COMPLETED","refundStatus":"NONE"}"#;

/// An approved payment in its fewest words, with these fields behind.
fn payment(status: &str, total: u64, more: &str) -> String {
    format!(
        r#"{{"paymentKey":"{KEY}","orderId":"{ORDER}","currency":"KRW","status":"{status}",
            "requestedAt":"2022-01-01T11:31:29+09:00","approvedAt":"2022-01-01T11:31:51+09:00","totalAmount":{total}{more}}}"#
    )
}

/// A payment that was wholly cancelled, with these changes.
fn canceled(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(include_str!("../fixtures/canceled.json").to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

fn ask(lookup: Lookup, body: &str) -> Result<Payment<Details>, Error> {
    let account = Toss::new("test_sk_canary0123456789");
    interpret(&account, &lookup, &Response::new(Body::from(body.to_owned())))
}

#[test]
fn the_request_is_the_documented_one() {
    let base_url = BaseUrl::parse("https://pay.example.com/kr").unwrap();
    let account = Toss::new("test_sk_canary0123456789").with_base_url(base_url);
    for (lookup, path) in [
        (Lookup::payment(KEY), format!("/kr/v1/payments/{KEY}")),
        (Lookup::order(ORDER), format!("/kr/v1/payments/orders/{ORDER}")),
        (Lookup::payment("orders/x"), "/kr/v1/payments/orders%2Fx".to_owned()),
    ] {
        let request = account.request(&Ask::about(&lookup)).unwrap();
        assert_eq!((request.method().as_str(), request.body().as_bytes()), ("GET", &b""[..]));
        assert_eq!(request.uri().to_string(), format!("https://pay.example.com{path}"));
        // The colon behind the key is part of it.
        assert_eq!(request.headers()["authorization"], "Basic dGVzdF9za19jYW5hcnkwMTIzNDU2Nzg5Og==");
        assert!(!format!("{request:?} {account:?}").contains("dGVz"));
    }
}

#[test]
fn a_client_key_is_refused() {
    for (key, is_taken) in [
        ("test_sk_canary", true),
        ("live_gsk_canary", true),
        ("live_sk_ck_canary", true),
        ("test_ck_canary", false),
        ("live_ck_canary", false),
        ("test_gck_canary", false),
    ] {
        let request = Toss::new(key).request(&Ask::about(&Lookup::payment(KEY)));
        assert_eq!(request.is_ok(), is_taken, "{key}");
        if let Err(error) = request {
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.message().contains("`secret_key`") && !format!("{error:?}").contains("canary"));
        }
    }
}

#[test]
fn an_order_is_answered_with_its_own_payment() {
    let done = payment("DONE", 15000, "");
    assert_eq!(ask(Lookup::order(ORDER), &done).unwrap().id(), KEY);
    let kind = |lookup, body: &str| ask(lookup, body).unwrap_err().kind();
    assert_eq!(kind(Lookup::order("order-2"), &done), ErrorKind::Mismatch);
    assert_eq!(kind(Lookup::payment("key-2"), &done), ErrorKind::Mismatch);
    // The key of another order's payment may look like the id of the order.
    assert_eq!(kind(Lookup::order(KEY), &done), ErrorKind::Mismatch);
    let unnamed = done.replace(&format!(r#""{ORDER}""#), "null");
    assert_eq!(kind(Lookup::order(ORDER), &unnamed), ErrorKind::InvalidReply);
    assert!(ask(Lookup::payment(KEY), &unnamed).unwrap().is_paid());
}

#[test]
fn amounts_are_exact_in_major_units_and_in_millionths() {
    let amount = |amount: &str, currency: &str| {
        let body = payment("DONE", 15000, "").replace("15000", amount).replace("KRW", currency);
        ask(Lookup::payment(KEY), &body).map(|payment| payment.amount().unwrap().to_string())
    };
    for (written, currency, money) in [
        ("15000", "KRW", "15000 KRW"),
        ("726.24", "USD", "726.24 USD"),
        ("1500", "JPY", "1500 JPY"),
        ("181560000", "MUSD", "181.56 USD"),
        ("1", "musd", "0.000001 USD"),
        ("9007199254740993", "MUSD", "9007199254.740993 USD"),
    ] {
        assert_eq!(amount(written, currency).unwrap(), money);
    }
    for (written, currency) in [("-1", "KRW"), ("1e-25", "MUSD"), ("\"x\"", "KRW")] {
        assert_eq!(amount(written, currency).unwrap_err().kind(), ErrorKind::InvalidReply, "{written}");
    }
    let negative = payment("PARTIAL_CANCELED", 15000, r#","balanceAmount":-1"#);
    assert_eq!(ask(Lookup::payment(KEY), &negative).unwrap_err().kind(), ErrorKind::InvalidReply);
    let expected = Expected::new(Money::parse("181.56", "USD").unwrap());
    let paid = payment("DONE", 181_560_000, r#","balanceAmount":181560000"#).replace("KRW", "MUSD");
    assert!(ask(Lookup::payment(KEY), &paid).unwrap().verify(&expected).is_ok());
}

#[test]
fn the_language_of_the_reply_decides_nothing() {
    for method in ["카드", "CARD", "가상계좌", "VIRTUAL_ACCOUNT"] {
        let body = payment("DONE", 15000, &format!(r#","method":"{method}","virtualAccount":null"#));
        assert!(ask(Lookup::payment(KEY), &body).unwrap().is_final(), "{method}");
    }
}

#[test]
fn what_decides_has_its_documented_type() {
    for more in [
        r#","cancels":{}"#,
        r#","cancels":[["DONE"]]"#,
        r#","virtualAccount":"X""#,
        r#","virtualAccount":{"refundStatus":7}"#,
        r#","cancels":[{"cancelStatus":true}]"#,
    ] {
        let error = ask(Lookup::payment(KEY), &payment("DONE", 15000, more)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidReply, "{more}");
    }
    let error =
        ask(Lookup::payment(KEY), &payment("DONE", 1, "").replace(r#""2022-01-01T11:31:51+09:00""#, "7"));
    assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidReply);
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<Toss>(json);
    let whole =
        r#"{"secret_key":"canary","callback_secret":["canary"],"base_url":"https://pay.example.com"}"#;
    assert!(!format!("{:?}", read(whole).unwrap()).contains("canary"));
    assert!(read(r#"{"secret_key":"canary"}"#).is_ok());
    assert!(read("{}").is_err());
    assert!(read(r#"{"secret_key":"canary","client_key":"canary"}"#).is_err());
}
