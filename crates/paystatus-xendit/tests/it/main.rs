//! What only this provider does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;

use http::Response;
use paystatus_core::{
    Ask, BaseUrl, Body, Discrepancy, Error, ErrorKind, Expected, Finality, Lookup, Money, Payment, Provider,
    Status,
};
use paystatus_xendit::{Details, Version, Xendit, interpret};

const INVOICE: &str = "62efe4c33e45294d63f585f2";
const REQUEST: &str = "pr-90392f42-d98a-49ef-a7f3-abcefa512345";
const ORDER: &str = "order-1234";

fn account() -> Xendit {
    Xendit::new("xnd_production_canary")
}

/// An invoice in its fewest words, with these fields beside.
fn invoice(id: &str, status: &str, more: &str) -> String {
    format!(
        r#"{{"id":"{id}","external_id":"{ORDER}","status":"{status}","amount":10000.01,"currency":"IDR",{more}"created":"2020-01-13T02:32:49.827Z"}}"#
    )
}

/// A payment request in its third version, with these fields beside.
fn request(status: &str, more: &str) -> String {
    format!(
        r#"{{"payment_request_id":"{REQUEST}","reference_id":"{ORDER}","status":"{status}","request_amount":10000.01,"currency":"IDR",{more}"created":"2021-12-31T23:59:59Z"}}"#
    )
}

fn list(invoices: &[String]) -> String {
    format!("[{}]", invoices.join(","))
}

fn ask_of(account: &Xendit, lookup: Lookup, body: &str) -> Result<Payment<Details>, Error> {
    interpret(account, &lookup, &Response::new(Body::from(body.to_owned())))
}

fn ask(lookup: Lookup, body: &str) -> Result<Payment<Details>, Error> {
    ask_of(&account(), lookup, body)
}

#[test]
fn the_requests_are_the_documented_ones() {
    let account = Xendit::new("xnd_development_canary0123456789")
        .with_base_url(BaseUrl::parse("https://pay.example.com/id").unwrap());
    let older = account.clone().with_payment_requests(Version::V2).with_for_user_id("5848");
    for (account, lookup, path) in [
        (&account, Lookup::payment(INVOICE), format!("/v2/invoices/{INVOICE}")),
        (&account, Lookup::payment(REQUEST), format!("/v3/payment_requests/{REQUEST}")),
        (&older, Lookup::payment(REQUEST), format!("/payment_requests/{REQUEST}")),
        (&account, Lookup::order("a&b=c"), "/v2/invoices?external_id=a%26b%3Dc&limit=100".to_owned()),
        (&account, Lookup::order(REQUEST), format!("/v2/invoices?external_id={REQUEST}&limit=100")),
    ] {
        let request = account.request(&Ask::about(&lookup)).unwrap();
        assert_eq!((request.method().as_str(), request.body().as_bytes()), ("GET", &b""[..]));
        assert_eq!(request.uri().to_string(), format!("https://pay.example.com/id{path}"));
        assert_eq!(request.headers()["authorization"], "Basic eG5kX2RldmVsb3BtZW50X2NhbmFyeTAxMjM0NTY3ODk6");
        let version = request.headers().get("api-version").map(|version| version.to_str().unwrap());
        assert_eq!(version, path.starts_with("/v3").then_some("2024-11-11"), "{path}");
        assert_eq!(request.headers().contains_key("for-user-id"), path.starts_with("/payment_requests"));
        assert!(!format!("{request:?} {account:?}").contains("canary"));
    }
}

#[test]
fn other_ids_and_a_public_key_send_nothing() {
    let kind =
        |account: Xendit, id: &str| account.request(&Ask::about(&Lookup::payment(id))).unwrap_err().kind();
    for id in ["py-1402feb0", "ps-1", "ewc_1", ORDER, &INVOICE[1..], &INVOICE.replace('6', "g"), "PR-1"] {
        assert_eq!(kind(account(), id), ErrorKind::InvalidLookup, "{id}");
    }
    assert_eq!(kind(Xendit::new("xnd_public_production_canary"), INVOICE), ErrorKind::Config);
    assert_eq!(kind(account().with_for_user_id("a\nb"), INVOICE), ErrorKind::Config);
}

#[test]
fn what_was_paid_is_the_amount_and_not_what_was_asked() {
    let amount = |more: &str| {
        let payment = ask(Lookup::payment(INVOICE), &invoice(INVOICE, "PAID", more)).unwrap();
        (payment.status(), payment.amount().map(|money| money.to_string()))
    };
    assert_eq!(amount(r#""paid_amount":10000.01,"#), (Status::Paid, Some("10000.01 IDR".to_owned())));
    assert_eq!(amount(r#""paid_amount":"10001","#), (Status::Paid, Some("10001 IDR".to_owned())));
    assert_eq!(amount(""), (Status::Paid, None));
    assert_eq!(amount(r#""paid_amount":10000,"#), (Status::PartlyPaid, Some("10000 IDR".to_owned())));
    assert_eq!(amount(r#""paid_amount":0.00,"#).0, Status::Unknown);
    for amount in ["-1", "\"\"", "{}", "1e"] {
        let body = invoice(INVOICE, "PAID", &format!(r#""paid_amount":{amount},"#));
        assert_eq!(
            ask(Lookup::payment(INVOICE), &body).unwrap_err().kind(),
            ErrorKind::InvalidReply,
            "{amount}"
        );
    }
    // Money before the status says so: nobody knows.
    let early = ask(Lookup::payment(INVOICE), &invoice(INVOICE, "PENDING", r#""paid_amount":10,"#)).unwrap();
    assert_eq!(early.status(), Status::Unknown);
}

#[test]
fn what_is_captured_by_hand_has_no_amount() {
    let amount = |status: &str, how: &str| {
        let body = request(status, &format!(r#""capture_method":{how},"#));
        ask(Lookup::payment(REQUEST), &body).unwrap().amount().map(|money| money.to_string())
    };
    assert_eq!(amount("SUCCEEDED", r#""AUTOMATIC""#).as_deref(), Some("10000.01 IDR"));
    assert_eq!(amount("SUCCEEDED", "null").as_deref(), Some("10000.01 IDR"));
    assert_eq!(amount("SUCCEEDED", r#""MANUAL""#), None);
    assert_eq!(amount("AUTHORIZED", r#""AUTOMATIC""#), None);
    let strange = request("SUCCEEDED", r#""capture_method":7,"#);
    assert_eq!(ask(Lookup::payment(REQUEST), &strange).unwrap_err().kind(), ErrorKind::InvalidReply);
}

#[test]
fn each_version_has_its_own_words_and_id() {
    let older = account().with_payment_requests(Version::V2);
    let in_v2 = |status: &str| {
        request(status, "").replace("payment_request_id", "id").replace("request_amount", "amount")
    };
    let known = |account: &Xendit, body: &str| {
        ask_of(account, Lookup::payment(REQUEST), body).unwrap().because().is_some()
    };
    for (word, v2, v3) in [
        ("AUTHORIZED", false, true),
        ("ACCEPTING_PAYMENTS", false, true),
        ("AWAITING_CAPTURE", true, false),
        ("PENDING", true, false),
        ("VOIDED", true, false),
        ("SUCCEEDED", true, true),
        ("PAID", false, false),
        ("SETTLED", false, false),
        ("UNKNOWN", false, false),
        ("UNKNOWN_ENUM_VALUE", false, false),
        ("succeeded", false, false),
    ] {
        assert_eq!((known(&older, &in_v2(word)), known(&account(), &request(word, ""))), (v2, v3), "{word}");
    }
    let kind =
        |account: &Xendit, body: &str| ask_of(account, Lookup::payment(REQUEST), body).unwrap_err().kind();
    assert_eq!(kind(&account(), &in_v2("SUCCEEDED")), ErrorKind::InvalidReply);
    assert_eq!(kind(&older, &request("SUCCEEDED", "")), ErrorKind::InvalidReply);
    assert_eq!(kind(&account(), &request("SUCCEEDED", "").replace("pr-9", "pr-8")), ErrorKind::Mismatch);
}

#[test]
fn a_reference_is_compared_with_every_invoice_of_the_list() {
    let other = invoice("a", "PAID", r#""paid_amount":10000.01,"#).replace(ORDER, "order-12345");
    let own = invoice(INVOICE, "EXPIRED", "");
    let payment = ask(Lookup::order(ORDER), &list(&[other.clone(), own])).unwrap();
    assert_eq!(
        (payment.id(), payment.status(), payment.finality()),
        (INVOICE, Status::Expired, Finality::Provisional)
    );
    assert!(payment.attempts().is_empty());
    for others in [other.clone(), other.replace(r#""order-12345""#, "null")] {
        assert_eq!(ask(Lookup::order(ORDER), &list(&[others])).unwrap_err().kind(), ErrorKind::Mismatch);
    }
    for body in ["{}", "null", "[null]", "[[]]", r#"{"invoices":[]}"#] {
        assert_eq!(ask(Lookup::order(ORDER), body).unwrap_err().kind(), ErrorKind::InvalidReply, "{body}");
    }
}

#[test]
fn a_reference_that_was_paid_twice_does_not_verify() {
    let paid = |id: &str| invoice(id, "SETTLED", r#""paid_amount":10000.01,"#);
    let expected = Expected::new(Money::parse("10000.01", "IDR").unwrap());
    let verdict = |invoices: &[String]| ask(Lookup::order(ORDER), &list(invoices)).unwrap().verify(&expected);
    // The first of the list is not the one that counts.
    assert!(verdict(&[invoice("b", "EXPIRED", ""), paid("a")]).is_ok());
    let twice = verdict(&[paid("a"), paid("b")]).unwrap_err();
    assert!(twice.discrepancies().contains(&Discrepancy::PaidTwice), "{twice}");
}

#[test]
fn the_newest_of_equals_speaks() {
    let at = |id: &str, time: &str| invoice(id, "EXPIRED", "").replace("02:32:49", time);
    let [old, new] = [at("old", "02:32:49"), at("new", "03:32:49")];
    for invoices in [[old.clone(), new.clone()], [new, old]] {
        assert_eq!(ask(Lookup::order(ORDER), &list(&invoices)).unwrap().id(), "new");
    }
}

#[test]
fn test_money_is_told_by_the_key_and_by_the_address() {
    let url = |host: &str| format!(r#""invoice_url":"https://{host}/web/{INVOICE}","#);
    let test = |key: &str, more: &str| {
        let body = invoice(INVOICE, "PAID", more);
        ask_of(&Xendit::new(key), Lookup::payment(INVOICE), &body).unwrap().test_mode()
    };
    assert_eq!(test("xnd_production_canary", &url("checkout.xendit.co")), None);
    assert_eq!(test("xnd_production_canary", &url("checkout-staging.xendit.co")), Some(true));
    assert_eq!(test("xnd_development_canary", ""), Some(true));
    let of_request =
        ask_of(&Xendit::new("xnd_development_canary"), Lookup::payment(REQUEST), &request("SUCCEEDED", ""));
    assert!(of_request.unwrap().verify(&Expected::paid()).is_err());
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<Xendit>(json);
    for name in ["callback_secret", "callback_token"] {
        let account = read(&format!(
            r#"{{"secret_key":"canary","{name}":["canary"],"payment_requests":"v2","for_user_id":"u","base_url":"https://pay.example.com"}}"#
        ));
        assert!(!format!("{:?}", account.unwrap()).contains("canary"));
    }
    assert!(read(r#"{"secret_key":"canary"}"#).is_ok());
    assert!(read(r#"{"secret_key":"canary","payment_requests":"v1"}"#).is_err());
    assert!(read(r#"{"secret_key":"canary","key":"canary"}"#).is_err());
}
