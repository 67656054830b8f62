//! What only this provider does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;

use http::Response;
use paystatus_core::{
    Ask, BaseUrl, Body, Error, ErrorKind, Expected, Lookup, Money, Payment, Provider, Token,
};
use paystatus_phonepe::{Details, PhonePe, interpret};
use std::time::SystemTime;

const ID: &str = "order-1234";

fn account() -> PhonePe {
    PhonePe::new("canary-client", "canary-secret").with_webhook("hookuser", "canary-hook")
}

/// An order in its fewest words, with these fields beside or instead.
fn order(state: &str, more: &str) -> String {
    let amount = if more.starts_with(r#""amount":"#) { "" } else { r#""amount":1000,"# };
    format!(
        r#"{{"orderId":"OMO2403282020198641071317","state":"{state}",{amount}"expireAt":1711867462542,{more}}}"#
    )
}

/// Attempts in these states, `-` for one without.
fn attempts(states: &[&str]) -> String {
    let one = |state: &&str| {
        let state = if *state == "-" { String::new() } else { format!(r#""state":"{state}","#) };
        format!(r#"{{"transactionId":"OM1",{state}"timestamp":1711694662542,"amount":1000}}"#)
    };
    format!(r#""paymentDetails":[{}]"#, states.iter().map(one).collect::<Vec<_>>().join(","))
}

fn ask(body: &str) -> Result<Payment<Details>, Error> {
    interpret(&account(), &Lookup::order(ID), &Response::new(Body::from(body.to_owned())))
}

#[test]
fn the_request_is_the_documented_one() {
    let account = account().with_merchant_id("canary-merchant");
    let token = Token::new("eyJ.canary");
    for lookup in [Lookup::payment("a/1?b"), Lookup::order("a/1?b")] {
        let request = account.request(&Ask::about(&lookup).with_token(Some(&token))).unwrap();
        assert_eq!((request.method().as_str(), request.body().as_bytes()), ("GET", &b""[..]));
        assert_eq!(
            request.uri(),
            "https://api.phonepe.com/apis/pg/checkout/v2/order/a%2F1%3Fb/status?details=true&errorContext=true"
        );
        assert_eq!(request.headers()["authorization"], "O-Bearer eyJ.canary");
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(request.headers()["x-merchant-id"], "canary-merchant");
        assert!(!format!("{request:?} {account:?}").contains("canary"));
        assert_eq!(account.request(&Ask::about(&lookup)).unwrap_err().kind(), ErrorKind::Config);
    }
}

#[test]
fn the_request_for_a_token_is_the_documented_one() {
    let request = |account: &PhonePe| account.tokens().unwrap().request(SystemTime::UNIX_EPOCH).unwrap();
    let live = request(&PhonePe::new("client 1", "a&b").with_client_version("3"));
    assert_eq!(live.method(), "POST");
    assert_eq!(live.uri(), "https://api.phonepe.com/apis/identity-manager/v1/oauth/token");
    assert_eq!(live.headers()["content-type"], "application/x-www-form-urlencoded");
    let form = "client_id=client+1&client_version=3&client_secret=a%26b&grant_type=client_credentials";
    assert_eq!(String::from_utf8_lossy(live.body().as_bytes()), form);
    assert!(!format!("{live:?}").contains("a%26b"));
    let url = |text| BaseUrl::parse(text).unwrap();
    let test = account().with_base_url(url("https://api-preprod.phonepe.com/apis/pg-sandbox"));
    assert_eq!(request(&test).uri(), "https://api-preprod.phonepe.com/apis/pg-sandbox/v1/oauth/token");
    let own = test.with_auth_base_url(url("https://id.example.com"));
    assert_eq!(request(&own).uri(), "https://id.example.com/v1/oauth/token");
}

#[test]
fn a_token_ends_when_the_reply_says_and_never_without_a_word() {
    let account = account();
    let read = |body: &str| account.tokens().unwrap().read(SystemTime::UNIX_EPOCH, body);
    let body =
        r#"{"access_token":"eyJ.canary","expires_in":null,"expires_at":1706697605,"session_expires_at":1}"#;
    let token = read(body).unwrap();
    let at = |seconds| SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
    assert!(token.is_fresh(at(1_706_697_605 - 61)) && !token.is_fresh(at(1_706_697_605 - 59)));
    for unsaid in ["null", r#""soon""#] {
        assert!(read(&body.replace("1706697605", unsaid)).is_err(), "{unsaid}");
    }
}

#[test]
fn the_reply_need_not_repeat_the_merchants_id_and_must_not_repeat_another() {
    let named = |id: &str| ask(&order("COMPLETED", &format!(r#""merchantOrderId":{id}"#)));
    for id in ["null", r#""order-1234""#] {
        assert_eq!(named(id).unwrap().id(), ID);
    }
    for id in [r#""order-1235""#, r#""ORDER-1234""#, r#""""#] {
        assert_eq!(named(id).unwrap_err().kind(), ErrorKind::Mismatch, "{id}");
    }
    assert_eq!(named("1234").unwrap_err().kind(), ErrorKind::InvalidReply);
}

#[test]
fn what_was_paid_is_the_sum_of_what_was_completed() {
    let paid = |details: &str| {
        let payment = ask(&order("COMPLETED", &format!(r#""paymentDetails":[{details}]"#)))?;
        Ok::<_, Error>(payment.amount().map(|money| money.to_string()))
    };
    let one = |state: &str, amount: &str| format!(r#"{{"state":"{state}","amount":{amount}}}"#);
    for (details, amount) in [
        (String::new(), Some("10.00 INR")),
        (one("COMPLETED", "700"), Some("7.00 INR")),
        (one("COMPLETED", r#""700""#), Some("7.00 INR")),
        (
            [one("COMPLETED", "700"), one("FAILED", "1000"), one("COMPLETED", "300")].join(","),
            Some("10.00 INR"),
        ),
        ([one("COMPLETED", "700"), one("COMPLETED", "null")].join(","), None),
        // Its parts are no payments beside it.
        (
            r#"{"state":"COMPLETED","amount":1000,"splitInstruments":[{"amount":600},{"amount":400}]}"#
                .into(),
            Some("10.00 INR"),
        ),
        (one("COMPLETED", "1000").replace('}', r#","payableAmount":900,"feeAmount":5}"#), Some("10.00 INR")),
    ] {
        assert_eq!(paid(&details).unwrap().as_deref(), amount, "{details}");
    }
    for unreadable in ["7.5", "-1", r#""7.00""#, "true", r#""seven""#, "18446744073709551616"] {
        let error = paid(&one("COMPLETED", unreadable)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidReply, "{unreadable}");
        let error = ask(&order("PENDING", &format!(r#""payableAmount":1,"amount":{unreadable}"#)).replacen(
            r#""amount":1000,"#,
            "",
            1,
        ));
        assert_eq!(error.unwrap_err().kind(), ErrorKind::InvalidReply, "{unreadable}");
    }
}

#[test]
fn an_order_that_was_paid_twice_does_not_verify() {
    let expected = Expected::new(Money::parse("10.00", "INR").unwrap());
    assert!(ask(&order("COMPLETED", &attempts(&["COMPLETED"]))).unwrap().verify(&expected).is_ok());
    let twice = ask(&order("COMPLETED", &attempts(&["COMPLETED", "COMPLETED"]))).unwrap();
    assert!(twice.verify(&expected).is_err());
}

#[test]
fn what_decides_is_of_its_type_or_no_reply() {
    for strange in [
        r#""paymentDetails":{}"#,
        r#""paymentDetails":[null]"#,
        r#""paymentDetails":[{"state":1}]"#,
        r#""paymentFlow":"PENNY_DROP""#,
    ] {
        assert_eq!(
            ask(&order("COMPLETED", strange)).unwrap_err().kind(),
            ErrorKind::InvalidReply,
            "{strange}"
        );
    }
}

#[test]
fn it_is_its_own_configuration() {
    let read = |more: &str| {
        serde_json::from_str::<PhonePe>(&format!(r#"{{"client_id":"c","client_secret":"canary"{more}}}"#))
    };
    let all = r#","client_version":"2","merchant_id":"M","webhook_username":"u","webhook_password":"canary",
        "base_url":"https://pay.example.com","auth_base_url":"https://id.example.com""#;
    let account = read(all).unwrap();
    assert!(!format!("{account:?}").contains("canary"));
    assert_eq!(account.tokens().unwrap().base_url().to_string(), "https://id.example.com");
    let alone = read(r#","base_url":"https://pay.example.com""#).unwrap();
    assert_eq!(alone.tokens().unwrap().base_url(), alone.base_url());
    assert!(read("").is_ok() && read(r#","secret":"canary""#).is_err());
    assert!(serde_json::from_str::<PhonePe>(r#"{"client_id":"c"}"#).is_err());
}
