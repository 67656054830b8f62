//! What only this provider does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;

use http::Response;
use paystatus_core::{
    Ask, BaseUrl, Body, Discrepancy, Error, ErrorKind, Expected, Lookup, Money, Payment, Provider,
};
use paystatus_iyzico::{Details, Iyzico, interpret};

const ID: &str = "25236546";
const ORDER: &str = "order-1";
/// What the suite's two keys make of the suite's nonce is a secret as well.
const TOKEN: &str = "YXBpS2V5OmNhbmFyeS1hcGkta2V5";

fn account() -> Iyzico {
    Iyzico::new("canary-api-key", "canary-secret-key")
}

/// A payment of the conversation, in its fewest words, with these fields beside or instead.
fn entry(id: &str, status: &str, more: &str) -> String {
    let mut fields = String::new();
    for (name, usual) in [
        ("paymentId", format!(r#""{id}""#)),
        ("paymentStatus", status.to_owned()),
        ("paymentConversationId", format!("{ORDER:?}")),
        ("paidPrice", "50".to_owned()),
        ("price", "1".to_owned()),
        ("currency", r#""TRY""#.to_owned()),
        ("createdDate", r#""2025-08-28T15:19:03Z""#.to_owned()),
    ] {
        if !more.contains(&format!("{name:?}:")) {
            fields += &format!("{name:?}:{usual},");
        }
    }
    let fields = format!("{fields}{more}");
    format!("{{{}}}", fields.trim_end_matches(','))
}

fn report(entries: &[String]) -> String {
    format!(r#"{{"status":"success","payments":[{}]}}"#, entries.join(","))
}

/// A refund or a cancel.
fn back(price: &str, status: &str, currency: &str) -> String {
    format!(r#"{{"refundPrice":{price},"refundStatus":{status},"currencyCode":"{currency}"}}"#)
}

fn ask(lookup: Lookup, body: &str) -> Result<Payment<Details>, Error> {
    interpret(&account(), &lookup, &Response::new(Body::from(body.to_owned())))
}

/// Asks by id about a payment that is good, but for these fields.
fn good(more: &str) -> Result<Payment<Details>, Error> {
    let more = format!(r#""phase":"AUTH","fraudStatus":1,{more}"#);
    ask(Lookup::payment(ID), &report(&[entry(ID, "1", &more)]))
}

#[test]
fn the_request_is_the_documented_one() {
    let account = account().with_base_url(BaseUrl::parse("https://pay.example.com/tr").unwrap());
    let (by_id, by_order) = (Lookup::from(ID), Lookup::order("order 1/ä&paymentId=2"));
    let request = account.request(&Ask::about(&by_id).with_nonce([0x17; 16])).unwrap();
    assert_eq!((request.method().as_str(), request.body().as_bytes()), ("GET", &b""[..]));
    assert_eq!(request.uri(), "https://pay.example.com/tr/v2/reporting/payment/details?paymentId=25236546");
    assert_eq!(request.headers()["x-iyzi-rnd"], "1717171717171717171717");
    assert_eq!(request.headers()["accept"], "application/json");
    let token = request.headers()["authorization"].clone();
    assert!(token.to_str().unwrap().starts_with(&format!("IYZWSv2 {TOKEN}")) && token.is_sensitive());
    assert!(!format!("{request:?} {account:?}").contains("canary"));
    let request = account.request(&Ask::about(&by_order).with_nonce([0x17; 16])).unwrap();
    let query = "paymentConversationId=order%201%2F%C3%A4%26paymentId%3D2";
    assert_eq!(
        request.uri().to_string(),
        format!("https://pay.example.com/tr/v2/reporting/payment/details?{query}")
    );
    // Neither the query nor the base URL's own path is signed.
    assert_eq!(request.headers()["authorization"], token);
    let request = account.request(&Ask::about(&by_id).with_nonce([0x18; 16])).unwrap();
    assert_ne!(request.headers()["authorization"], token);
}

#[test]
fn a_report_counts_only_where_it_is_about_what_was_asked() {
    let paid = r#""phase":"AUTH","fraudStatus":1"#;
    let other_order = format!(r#"{paid},"paymentConversationId":"order-2""#);
    let (own, other) = (entry(ID, "0", ""), entry("7", "1", &other_order));
    let both = report(&[other.clone(), own]);
    for lookup in [Lookup::payment(ID), Lookup::order(ORDER)] {
        let payment = ask(lookup.clone(), &both).unwrap();
        assert_eq!((payment.id(), payment.is_paid(), payment.attempts().len()), (ID, false, 0), "{lookup:?}");
        for strangers in [
            report(std::slice::from_ref(&other)),
            report(&[entry("8", "1", &format!(r#"{paid},"paymentConversationId":null"#))]),
        ] {
            assert_eq!(ask(lookup.clone(), &strangers).unwrap_err().kind(), ErrorKind::Mismatch);
        }
        // One payment that is listed twice would be two.
        let twice = entry(ID, "1", paid);
        let error = ask(lookup, &report(&[twice.clone(), twice])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidReply);
    }
}

#[test]
fn the_newest_of_equals_speaks_whatever_the_lists_order() {
    let at = |id: &str, time: &str| entry(id, "0", &format!(r#""createdDate":{time}"#));
    let [old, new, never] =
        [at("1", r#""2025-08-28T15:19:03Z""#), at("2", r#""2025-08-28T15:20:03Z""#), at("3", "null")];
    for list in [[&old, &new, &never], [&never, &old, &new], [&new, &never, &old]] {
        let payment = ask(Lookup::order(ORDER), &report(&list.map(Clone::clone))).unwrap();
        assert_eq!((payment.id(), payment.details().payment_id.as_deref()), ("2", Some("2")));
    }
}

#[test]
fn a_conversation_that_was_paid_twice_does_not_verify() {
    let paid = r#""phase":"AUTH","fraudStatus":1"#;
    let body = report(&[entry("1", "1", paid), entry("2", "1", paid)]);
    let expected = Expected::new(Money::parse("50", "TRY").unwrap());
    let no = ask(Lookup::order(ORDER), &body).unwrap().verify(&expected).unwrap_err();
    assert!(no.discrepancies().iter().any(|one| matches!(one, Discrepancy::PaidTwice)));
}

#[test]
fn the_basket_is_not_what_was_paid() {
    let basket = Expected::new(Money::parse("1", "TRY").unwrap());
    let charged = Expected::new(Money::parse("50", "TRY").unwrap());
    assert!(good(r#""price":1"#).unwrap().verify(&charged).is_ok());
    assert!(good(r#""price":1"#).unwrap().verify(&basket).is_err());
    // Without what was charged, the basket does not take its place.
    for absent in [r#""paidPrice":null"#, r#""currency":null"#] {
        let payment = good(absent).unwrap();
        assert!(payment.is_paid() && payment.amount().is_none() && payment.verify(&charged).is_err());
    }
}

#[test]
fn numbers_come_as_texts_too() {
    let more = r#""paymentId":25236546,"phase":"AUTH","fraudStatus":"1","paidPrice":"50.00000000","paymentConversationId":7"#;
    let payment = ask(Lookup::payment(ID), &report(&[entry(ID, r#""1""#, more)])).unwrap();
    assert_eq!((payment.id(), payment.reference()), (ID, Some("7")));
    assert_eq!(payment.amount().unwrap(), Money::parse("50", "TRY").unwrap());
    let body = report(&[entry(ID, "1", &more.replace("25236546", "25236547"))]);
    assert_eq!(ask(Lookup::payment(ID), &body).unwrap_err().kind(), ErrorKind::Mismatch);
}

#[test]
fn a_status_is_a_whole_number_and_nothing_else() {
    for status in ["1.0", "1.5", r#""1.0""#, r#"" 1""#, r#""paid""#, r#""""#, "true", "null", "[1]", "{}"] {
        let more = r#""phase":"AUTH","fraudStatus":1"#;
        let error = ask(Lookup::payment(ID), &report(&[entry(ID, status, more)])).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidReply, "{status}");
    }
    // What else decides is of its type as well, or decides for nothing.
    for strange in [r#""paymentRefundStatus":true"#, r#""paymentRefundStatus":{}"#, r#""paidPrice":true"#] {
        assert_eq!(good(strange).unwrap_err().kind(), ErrorKind::InvalidReply, "{strange}");
    }
}

#[test]
fn only_what_was_given_back_counts() {
    let told = |lists: &str| {
        let payment = good(lists).unwrap();
        let text = |money: Option<Money>| money.map(|money| money.amount().to_string());
        (payment.is_paid(), text(payment.amount()), text(payment.returned()))
    };
    let items = |refunds: &[String]| format!(r#""itemTransactions":[{{"refunds":[{}]}}]"#, refunds.join(","));
    let some = |text: &str| Some(text.to_owned());
    let (whole, zero) = (some("50"), some("0"));
    assert_eq!(told(&items(&[])), (true, whole.clone(), zero.clone()));
    assert_eq!(told(r#""cancels":[]"#), (true, whole.clone(), zero.clone()));
    assert_eq!(told(r#""itemTransactions":[{}]"#), (true, whole.clone(), None));
    assert_eq!(told(r#""paymentRefundStatus":"NOT_REFUNDED""#), (true, whole.clone(), zero.clone()));
    let parts = [back("20", "1", "TRY"), back("29.99", r#""1""#, "try"), back("50", "0", "TRY")];
    assert_eq!(told(&items(&parts)), (true, whole.clone(), some("49.99")));
    let both = format!(r#"{},"cancels":[{}]"#, items(&parts), back("0.01", "1", "TRY"));
    assert_eq!(told(&both), (false, whole, some("50.00")));
    // What is left can't be told.
    for part in [back("20", "1", "EUR"), back("null", "1", "TRY")] {
        assert_eq!(told(&items(&[part])), (true, None, None));
    }
    assert_eq!(good(&items(&[back("-1", "1", "TRY")])).unwrap_err().kind(), ErrorKind::InvalidReply);
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<Iyzico>(json);
    let account = read(r#"{"api_key":"canary","secret_key":"canary","base_url":"https://pay.example.com"}"#);
    assert!(!format!("{:?}", account.unwrap()).contains("canary"));
    assert!(read(r#"{"api_key":"canary","secret_key":"canary"}"#).is_ok());
    assert!(read(r#"{"api_key":"canary"}"#).is_err());
    assert!(read(r#"{"api_key":"canary","secret_key":"canary","secret":"canary"}"#).is_err());
}
