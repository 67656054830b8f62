//! What only this provider does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;

use http::Response;
use paystatus_core::{
    Ask, BaseUrl, Body, Discrepancy, Error, ErrorKind, Expected, Finality, Lookup, Money, Payment, Provider,
};
use paystatus_craftgate::{Craftgate, Details, OrderBy, interpret};

const ID: &str = "5";
const ORDER: &str = "order-1";

fn account() -> Craftgate {
    Craftgate::new("canary-api-key", "canary-secret-key").with_callback_secrets(["canary-hook-key".into()])
}

/// A payment of the order, in its fewest words, with these fields beside or instead.
fn payment(id: &str, status: &str, more: &str) -> String {
    let mut fields = String::new();
    for (name, usual) in [
        ("id", id.to_owned()),
        ("paymentStatus", format!("{status:?}")),
        ("conversationId", format!("{ORDER:?}")),
        ("externalId", r#""ext-1""#.to_owned()),
        ("price", "100.00000000".to_owned()),
        ("paidPrice", "110.00000000".to_owned()),
        ("currency", r#""TRY""#.to_owned()),
        ("createdDate", r#""2021-11-15T14:07:18""#.to_owned()),
    ] {
        if !more.contains(&format!("{name:?}:")) {
            fields += &format!("{name:?}:{usual},");
        }
    }
    format!("{{{}}}", format!("{fields}{more}").trim_end_matches(','))
}

fn one(status: &str, more: &str) -> String {
    format!(r#"{{"data":{}}}"#, payment(ID, status, more))
}

/// A page of a search that says that there are so many.
fn list(payments: &[String], total: usize) -> String {
    format!(r#"{{"data":{{"items":[{}],"page":0,"size":25,"totalSize":{total}}}}}"#, payments.join(","))
}

fn refund(price: &str, status: &str) -> String {
    format!(r#"{{"status":"{status}","refundDestinationType":"WALLET","refundPrice":{price}}}"#)
}

fn ask(lookup: Lookup, body: &str) -> Result<Payment<Details>, Error> {
    interpret(&account(), &lookup, &Response::new(Body::from(body.to_owned())))
}

/// Asks by id about a payment that is good, but for these fields.
fn good(more: &str) -> Result<Payment<Details>, Error> {
    ask(Lookup::payment(ID), &one("SUCCESS", &format!(r#""paymentPhase":"AUTH",{more}"#)))
}

#[test]
fn the_request_is_the_documented_one() {
    let account = account().with_base_url(BaseUrl::parse("https://pay.example.com/tr").unwrap());
    let (by_id, by_order) = (Lookup::from(ID), Lookup::order("order 1/ä+&size=1"));
    let request = account.request(&Ask::about(&by_id).with_nonce([0x17; 16])).unwrap();
    assert_eq!((request.method().as_str(), request.body().as_bytes()), ("GET", &b""[..]));
    assert_eq!(request.uri(), "https://pay.example.com/tr/payment-reporting/v1/payments/5");
    let headers = request.headers();
    for (name, value) in [
        ("x-api-key", "canary-api-key"),
        ("x-rnd-key", "17171717171717171717171717171717"),
        ("x-auth-version", "v1"),
        ("accept", "application/json"),
        ("content-type", "application/json"),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
    assert!(headers["x-signature"].is_sensitive() && headers["x-api-key"].is_sensitive());
    assert!(!format!("{request:?} {account:?}").contains("canary"));
    let signature = headers["x-signature"].clone();
    let request = account.request(&Ask::about(&by_order).with_nonce([0x17; 16])).unwrap();
    let query = "conversationId=order%201%2F%C3%A4%2B%26size%3D1&page=0&size=25";
    assert_eq!(
        request.uri().to_string(),
        format!("https://pay.example.com/tr/payment-reporting/v1/payments?{query}")
    );
    // The whole URL is signed, and the random text.
    assert_ne!(request.headers()["x-signature"], signature);
    let request = account.request(&Ask::about(&by_id).with_nonce([0x18; 16])).unwrap();
    assert_ne!(request.headers()["x-signature"], signature);
}

#[test]
fn an_order_is_named_by_one_of_two_references() {
    let account = account().with_order_by(OrderBy::ExternalId);
    let lookup = Lookup::order("ext-1");
    let request = account.request(&Ask::about(&lookup)).unwrap();
    assert_eq!(request.uri().query(), Some("externalId=ext-1&page=0&size=25"));
    let body = list(&[payment("1", "FAILURE", "")], 1);
    let told = interpret(&account, &lookup, &Response::new(Body::from(body.clone()))).unwrap();
    assert_eq!((told.id(), told.reference()), ("1", Some("ext-1")));
    // The other reference is not the one that was asked for.
    assert_eq!(ask(lookup, &body).unwrap_err().kind(), ErrorKind::Mismatch);
}

#[test]
fn a_list_counts_only_where_it_is_about_what_was_asked() {
    let paid = r#""paymentPhase":"AUTH","refundStatus":"NO_REFUND""#;
    let stranger = payment("7", "SUCCESS", &format!(r#"{paid},"conversationId":"order-2""#));
    let nameless = payment("8", "SUCCESS", &format!(r#"{paid},"conversationId":null"#));
    let (order, own) = (Lookup::order(ORDER), payment("5", "FAILURE", ""));
    let told = ask(order.clone(), &list(&[stranger.clone(), own.clone(), nameless.clone()], 3)).unwrap();
    assert_eq!((told.id(), told.is_paid(), told.attempts().len()), ("5", false, 0));
    for (items, total, kind) in [
        (&[stranger, nameless][..], 2, ErrorKind::Mismatch),
        (&[own.clone(), own.clone()], 2, ErrorKind::InvalidReply),
        (&[], 0, ErrorKind::NotFound),
        (&[], 3, ErrorKind::InvalidReply),
    ] {
        assert_eq!(ask(order.clone(), &list(items, total)).unwrap_err().kind(), kind);
    }
    let itemless = r#"{"data":{"items":null,"page":0,"size":25,"totalSize":0}}"#;
    assert_eq!(ask(order.clone(), itemless).unwrap_err().kind(), ErrorKind::InvalidReply);
    assert_eq!(ask(order, &one("FAILURE", "")).unwrap_err().kind(), ErrorKind::InvalidReply);
    assert_eq!(ask(Lookup::payment("6"), &one("FAILURE", "")).unwrap_err().kind(), ErrorKind::Mismatch);
}

#[test]
fn a_list_that_may_not_be_whole_is_never_final_without_a_paid_one() {
    let back = r#""paymentPhase":"AUTH","refundStatus":"FULLY_REFUNDED""#;
    let payments: Vec<_> = (1..=25).map(|id| payment(&id.to_string(), "SUCCESS", back)).collect();
    let finality = |body: &str| ask(Lookup::order(ORDER), body).unwrap().finality();
    let unsaid = |body: String| body.replace(r#","totalSize":25"#, "");
    assert_eq!(finality(&list(&payments, 25)), Finality::Final);
    assert_eq!(finality(&list(&payments, 26)), Finality::Provisional);
    assert_eq!(finality(&unsaid(list(&payments, 25))), Finality::Provisional);
    assert_eq!(finality(&unsaid(list(&payments[1..], 25))), Finality::Final);
}

#[test]
fn an_order_that_was_paid_twice_does_not_verify_and_its_parts_do_together() {
    let paid = r#""paymentPhase":"AUTH","refundStatus":"NO_REFUND""#;
    let told =
        ask(Lookup::order(ORDER), &list(&["1", "2"].map(|id| payment(id, "SUCCESS", paid)), 2)).unwrap();
    let no = told.clone().verify(&Expected::new(Money::parse("110", "TRY").unwrap())).unwrap_err();
    assert!(no.discrepancies().iter().any(|one| matches!(one, Discrepancy::PaidTwice)));
    assert!(told.verify(&Expected::new(Money::parse("220", "TRY").unwrap())).is_ok());
}

#[test]
fn the_basket_is_not_what_was_paid() {
    let paid = Expected::new(Money::parse("110", "TRY").unwrap());
    let basket = Expected::new(Money::parse("100", "TRY").unwrap());
    assert!(good("").unwrap().verify(&paid).is_ok());
    assert!(good("").unwrap().verify(&basket).is_err());
    for absent in [r#""paidPrice":null"#, r#""currency":null"#] {
        let payment = good(absent).unwrap();
        assert!(payment.is_paid() && payment.amount().is_none() && payment.verify(&paid).is_err());
    }
    for refused in [r#""paidPrice":110.005"#, r#""paidPrice":-1"#, r#""paidPrice":true"#] {
        assert_eq!(good(refused).unwrap_err().kind(), ErrorKind::InvalidReply, "{refused}");
    }
    // Three decimals, and none.
    for (price, currency) in [("1.005", "KWD"), ("110.00000000", "JPY")] {
        let payment = good(&format!(r#""paidPrice":{price},"currency":"{currency}""#)).unwrap();
        assert_eq!(payment.amount().unwrap(), Money::parse(price, currency).unwrap());
    }
}

#[test]
fn what_decides_is_text_or_no_reply() {
    for strange in [r#""refundStatus":true"#, r#""refundStatus":1"#, r#""refunds":{}"#, r#""refunds":[null]"#]
    {
        assert_eq!(good(strange).unwrap_err().kind(), ErrorKind::InvalidReply, "{strange}");
    }
    let phase = one("SUCCESS", r#""paymentPhase":1"#);
    assert_eq!(ask(Lookup::payment(ID), &phase).unwrap_err().kind(), ErrorKind::InvalidReply);
}

#[test]
fn only_what_was_given_back_counts() {
    let told = |refunds: &[String]| {
        let payment =
            good(&format!(r#""refundStatus":"NO_REFUND","refunds":[{}]"#, refunds.join(","))).unwrap();
        let text = |money: Option<Money>| money.map(|money| money.amount().normalize().to_string());
        (payment.is_paid(), text(payment.amount()), text(payment.returned()))
    };
    let some = |text: &str| Some(text.to_owned());
    let parts = [
        refund("0.00", "SUCCESS"),
        refund("30", "SUCCESS"),
        refund("110", "FAILURE"),
        refund("110", "WAITING"),
    ];
    assert_eq!(told(&parts), (true, some("110"), some("30")));
    assert_eq!(told(&[]), (true, some("110"), some("0")));
    // What is left can't be told.
    assert_eq!(told(&[refund("null", "SUCCESS")]), (true, None, None));
    let negative = format!(r#""refunds":[{}]"#, refund("-1", "SUCCESS"));
    assert_eq!(good(&negative).unwrap_err().kind(), ErrorKind::InvalidReply);
    // Less than nothing is left, or more than there was.
    for refundable in ["-1", "111"] {
        let part = format!(r#""refundStatus":"PARTIAL_REFUNDED","refundablePrice":{refundable}"#);
        assert_eq!(good(&part).unwrap_err().kind(), ErrorKind::InvalidReply, "{refundable}");
    }
}

#[test]
fn an_error_says_its_code_and_its_group() {
    let body = r#"{"errors":{"errorCode":"10051","errorDescription":"Limit yetersiz","errorGroup":"NOT_SUFFICIENT_FUNDS"}}"#;
    let error = ask(Lookup::payment(ID), body).unwrap_err();
    assert_eq!(error.provider_code(), Some("10051"));
    assert_eq!(error.provider_message(), Some("NOT_SUFFICIENT_FUNDS: Limit yetersiz"));
}

#[test]
fn it_is_its_own_configuration() {
    let read = |more: &str| {
        serde_json::from_str::<Craftgate>(&format!(r#"{{"api_key":"canary","secret_key":"canary"{more}}}"#))
    };
    let account = read(r#","callback_secret":["canary"],"base_url":"https://pay.example.com""#).unwrap();
    assert!(!format!("{account:?}").contains("canary"));
    let lookup = Lookup::order("o");
    for (order_by, name) in [("conversation_id", "conversationId"), ("external_id", "externalId")] {
        let account = read(&format!(r#","order_by":"{order_by}""#)).unwrap();
        let request = account.request(&Ask::about(&lookup)).unwrap();
        assert!(request.uri().query().unwrap().starts_with(&format!("{name}=o&")));
    }
    assert!(read(r#","order_by":"order""#).is_err());
    assert!(read(r#","secret":"canary""#).is_err());
    assert!(serde_json::from_str::<Craftgate>(r#"{"api_key":"canary"}"#).is_err());
}
