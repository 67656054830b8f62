//! What only PayTR does, over stored replies: no network, no clock.

mod callback;
mod conformance;

use http::Response;
use paystatus_core::{Ask, Body, Discrepancy, Error, ErrorKind, Expected, Lookup, Money, Payment, Provider};
use paystatus_paytr::{BaseUrl, Details, PayTr, interpret};

const ORDER: &str = "ORD20261121";
const NO_SUCCESS: &str = "merchant_oid ile basarili odeme bulunamadi";

fn account() -> PayTr {
    PayTr::new("123456", "canary-paytr-key", "canary-paytr-salt")
}

/// A success in its fewest words, with these fields beside.
fn success(more: &str) -> String {
    format!(
        r#"{{"status":"success","payment_amount":"149.90","payment_total":"164.89","currency":"TL",{more}}}"#
    )
}

fn refusal(code: &str, message: &str) -> String {
    format!(r#"{{"status":"error","err_no":"{code}","err_msg":"{message}"}}"#)
}

fn ask(body: &str) -> Result<Payment<Details>, Error> {
    interpret(&account(), &Lookup::order(ORDER), &Response::new(Body::from(body.to_owned())))
}

#[test]
fn the_request_is_the_documented_one() {
    let account = account().with_base_url(BaseUrl::parse("https://pay.example.com/tr").unwrap());
    for lookup in [Lookup::order(ORDER), Lookup::payment(ORDER)] {
        let request = account.request(&Ask::about(&lookup)).unwrap();
        assert_eq!(request.method(), "POST");
        assert_eq!(request.uri(), "https://pay.example.com/tr/odeme/durum-sorgu");
        assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
        let body = "merchant_id=123456&merchant_oid=ORD20261121&paytr_token=SGOpCoHDPK091zNd50zN8B9JcZj7hOvtBKv63DB9vR8%3D";
        assert_eq!(std::str::from_utf8(request.body().as_bytes()).unwrap(), body);
        assert!(!format!("{request:?} {account:?}").contains("canary"));
    }
}

#[test]
fn an_orders_number_is_of_letters_and_digits() {
    let kind =
        |id: &str| account().request(&Ask::about(&Lookup::order(id))).map_err(|error| error.kind()).err();
    for id in ["ORD-1", "ORD 1", "ORD&merchant_id=9", "Ö1", &"x".repeat(65)] {
        assert_eq!(kind(id), Some(ErrorKind::InvalidLookup), "{id}");
    }
    assert_eq!((kind(&"x".repeat(64)), kind("1")), (None, None));
}

#[test]
fn unusable_settings_are_named() {
    for (account, field) in [
        (PayTr::new("", "k", "s"), "`merchant_id`"),
        (PayTr::new("12\n34", "k", "s"), "`merchant_id`"),
        (PayTr::new("123456", " ", "canary"), "`merchant_key`"),
        (PayTr::new("123456", "canary", ""), "`merchant_salt`"),
    ] {
        let error = account.request(&Ask::about(&Lookup::order(ORDER))).unwrap_err();
        assert!(error.kind() == ErrorKind::Config && error.message().contains(field), "{error}");
    }
}

#[test]
fn amounts_have_a_dot_or_a_comma_and_are_never_guessed() {
    let with = |amount: &str| ask(&success(r#""returns":[]"#).replace(r#""164.89""#, amount));
    for (amount, money) in [
        (r#""10,8""#, "10.8 TRY"),
        (r#""10.80""#, "10.80 TRY"),
        (r#""1500""#, "1500 TRY"),
        ("10.8", "10.8 TRY"),
        ("1500", "1500 TRY"),
    ] {
        assert_eq!(with(amount).unwrap().amount().unwrap().to_string(), money, "{amount}");
    }
    for amount in [
        r#""1.500""#,
        r#""1,500""#,
        r#""1.234,56""#,
        r#""1,234.56""#,
        r#""10,""#,
        r#"",5""#,
        r#""1e2""#,
        r#""-1""#,
        r#""10,8 TL""#,
        "1.500",
        "null",
        "true",
        "[]",
    ] {
        assert_eq!(with(amount).unwrap_err().kind(), ErrorKind::InvalidReply, "{amount}");
    }
}

#[test]
fn lira_are_called_tl_and_there_are_four_other_currencies() {
    let with = |currency: &str| ask(&success(r#""returns":[]"#).replace(r#""TL""#, currency));
    for (word, code) in
        [("TL", "TRY"), ("TRY", "TRY"), ("USD", "USD"), ("EUR", "EUR"), ("GBP", "GBP"), ("RUB", "RUB")]
    {
        assert_eq!(with(&format!(r#""{word}""#)).unwrap().amount().unwrap().currency().as_str(), code);
    }
    for word in [r#""tl""#, r#""JPY""#, r#""""#, "949"] {
        assert_eq!(with(word).unwrap_err().kind(), ErrorKind::InvalidReply, "{word}");
    }
    assert_eq!(with("null").unwrap().amount(), None);
}

#[test]
fn refunds_come_in_several_forms() {
    let returned =
        |returns: &str| ask(&success(&format!(r#""returns":{returns}"#))).map(|payment| payment.returned());
    let lira = |amount| Some(Money::parse(amount, "TRY").unwrap());
    for nothing in ["[]", "{}", r#""""#, "null"] {
        assert_eq!(returned(nothing).unwrap(), lira("0"), "{nothing}");
    }
    for (returns, sum) in [
        (r#"[{"return_amount":"1.50"},{"return_amount":"2,5"}]"#, lira("4")),
        (r#"{"return_amount":"1.50","extra":{"return_amount":"9"}}"#, lira("1.50")),
        (r#"{"a":{"return_amount":"1.50"},"b":{"return_amount":2}}"#, lira("3.50")),
        (r#"[{"refund_amount":"5000"}]"#, None),
        (r#"{"refund_amount":"5000"}"#, None),
        (r#"[{"return_amount":null}]"#, None),
        (r#"[[{"return_amount":"1.50"}]]"#, None),
    ] {
        assert_eq!(returned(returns).unwrap(), sum, "{returns}");
    }
    for odd in [
        "7",
        "true",
        r#""none""#,
        r#"[{"return_amount":"-1.50"}]"#,
        r#"[{"return_amount":-1}]"#,
        r#"[{"return_amount":"1.500"}]"#,
        r#"{"a":{"return_amount":"1"},"a":{}}"#,
    ] {
        assert_eq!(returned(odd).unwrap_err().kind(), ErrorKind::InvalidReply, "{odd}");
    }
}

#[test]
fn test_money_never_verifies_unless_it_is_allowed() {
    let expected = Expected::new(Money::parse("164.89", "TRY").unwrap());
    for flag in ["1", r#""1""#, "true", r#""""#, "null", r#""no""#, "[]"] {
        let payment = ask(&success(&format!(r#""test_mode":{flag}"#))).unwrap();
        assert_eq!(payment.test_mode(), Some(true), "{flag}");
        let refused = payment.clone().verify(&expected).unwrap_err();
        assert!(matches!(refused.discrepancies(), [Discrepancy::TestMode]), "{refused}");
        assert!(payment.verify(&expected.clone().allowing_test_money()).is_ok());
    }
    for flag in [r#""test_mode":0"#, r#""test_mode":"0""#, r#""returns":[]"#] {
        assert!(ask(&success(flag)).unwrap().verify(&expected).is_ok(), "{flag}");
    }
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<PayTr>(json);
    let whole = r#"{"merchant_id":"123456","merchant_key":"canary","merchant_salt":"canary","base_url":"https://pay.example.com"}"#;
    assert!(!format!("{:?}", read(whole).unwrap()).contains("canary"));
    assert!(read(r#"{"merchant_id":"123456","merchant_key":"canary"}"#).is_err());
    assert!(read(&whole.replace("base_url", "url")).is_err());
}
