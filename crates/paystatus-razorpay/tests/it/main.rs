//! What only this provider does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;

use http::Response;
use paystatus_core::{
    BaseUrl, Body, Discrepancy, Error, ErrorKind, Expected, Lookup, Money, Payment, Provider,
};
use paystatus_razorpay::{Ask, Details, Razorpay, interpret};

const ID: &str = "pay_MT48CvBhIC98MQ";
const ORDER: &str = "order_MT47xgV5ApouIB";

fn account() -> Razorpay {
    Razorpay::new("rzp_test_1DP5mmOlF5G5ag", "canary-rzp-secret")
}

/// A payment of the order, in its fewest words, with these fields beside.
fn payment(id: &str, status: &str, more: &str) -> String {
    format!(
        r#"{{"id":"{id}","entity":"payment","amount":2100,"currency":"INR","status":"{status}","order_id":"{ORDER}",
            "notes":[],"created_at":1692696719,{more}}}"#
    )
}

/// The payments of the order, of which the list says that there are so many.
fn order(count: usize, payments: &[String]) -> String {
    format!(r#"{{"entity":"collection","count":{count},"items":[{}]}}"#, payments.join(","))
}

fn ask(lookup: Lookup, body: &str) -> Result<Payment<Option<Details>>, Error> {
    interpret(&account(), &lookup, &Response::new(Body::from(body.to_owned())))
}

#[test]
fn the_request_is_the_documented_one() {
    let account = account().with_base_url(BaseUrl::parse("https://pay.example.com/in").unwrap());
    let request = account.request(&Ask::about(&Lookup::from(ID))).unwrap();
    assert_eq!((request.method().as_str(), request.body().as_bytes()), ("GET", &b""[..]));
    assert_eq!(request.uri().to_string(), format!("https://pay.example.com/in/v1/payments/{ID}"));
    let basic = "Basic cnpwX3Rlc3RfMURQNW1tT2xGNUc1YWc6Y2FuYXJ5LXJ6cC1zZWNyZXQ=";
    assert_eq!(request.headers()["authorization"], basic);
    assert!(!format!("{request:?} {account:?}").contains("cnpw"));
    let request = account.request(&Ask::about(&Lookup::order(ORDER))).unwrap();
    assert_eq!(request.uri().to_string(), format!("https://pay.example.com/in/v1/orders/{ORDER}/payments"));
    assert_eq!(request.headers()["authorization"], basic);
}

#[test]
fn a_colon_in_the_key_id_is_refused() {
    let account = Razorpay::new("rzp_test:canary", "canary");
    let error = account.request(&Ask::about(&Lookup::from(ID))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("`key_id`") && !format!("{error:?}").contains("canary"));
}

#[test]
fn an_order_lists_no_payment_of_another() {
    let own = payment("pay_1", "failed", r#""captured":false"#);
    let paid = payment("pay_2", "captured", r#""captured":true,"amount_refunded":0"#);
    for other in [paid.replace(ORDER, "order_other"), paid.replace(&format!(r#""{ORDER}""#), "null")] {
        for list in [vec![other.clone()], vec![own.clone(), other.clone()], vec![other, own.clone()]] {
            let error = ask(Lookup::order(ORDER), &order(list.len(), &list)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Mismatch);
        }
    }
    let error = ask(Lookup::order(ORDER), &paid).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidReply);
}

#[test]
fn the_newest_of_equals_speaks_whatever_the_lists_order() {
    let failed = |id: &str, at: &str| payment(id, "failed", r#""captured":false"#).replace("1692696719", at);
    let [old, new] = [failed("pay_old", "1692696719"), failed("pay_new", "1692696800")];
    for list in [[old.clone(), new.clone()], [new, old]] {
        let payment = ask(Lookup::order(ORDER), &order(2, &list)).unwrap();
        assert_eq!((payment.id(), payment.attempts()[0].id()), ("pay_new", "pay_old"));
        assert_eq!(payment.details().as_ref().unwrap().id, "pay_new");
    }
    assert!(ask(Lookup::order(ORDER), &order(0, &[])).unwrap().details().is_none());
}

#[test]
fn of_paid_attempts_of_one_moment_the_last_in_the_list_speaks() {
    let paid = |id: &str| payment(id, "captured", r#""captured":true,"amount_refunded":0"#);
    let untimed = |id: &str| paid(id).replace(r#""created_at":1692696719,"#, "");
    for list in [[paid("pay_1"), paid("pay_2")], [untimed("pay_1"), untimed("pay_2")]] {
        let payment = ask(Lookup::order(ORDER), &order(2, &list)).unwrap();
        assert_eq!(payment.id(), "pay_2");
        assert_eq!(payment.amount().unwrap().to_string(), "42.00 INR");
    }
}

#[test]
fn a_list_that_is_not_there_is_not_an_empty_one() {
    for body in [
        r#"{"entity":"collection","count":0,"items":null}"#,
        r#"{"entity":"collection","count":2,"items":null}"#,
        r#"{"entity":"collection","count":0}"#,
        r#"{"entity":"collection","items":[]}"#,
    ] {
        assert_eq!(ask(Lookup::order(ORDER), body).unwrap_err().kind(), ErrorKind::InvalidReply, "{body}");
    }
}

#[test]
fn an_order_that_was_paid_twice_does_not_verify() {
    let paid = |id: &str| payment(id, "captured", r#""captured":true,"amount_refunded":0"#);
    let expected = Expected::new(Money::parse("21.00", "INR").unwrap());
    let verdict = |body: &str| ask(Lookup::order(ORDER), body).unwrap().verify(&expected);
    assert!(verdict(&order(1, &[paid("pay_1")])).is_ok());
    let twice = verdict(&order(2, &[paid("pay_1"), paid("pay_2")])).unwrap_err();
    let found = twice.discrepancies();
    assert!(found.iter().any(|one| matches!(one, Discrepancy::PaidTwice)), "{found:?}");
    // A late second success was given back: it counts for nothing.
    let back =
        payment("pay_2", "refunded", r#""captured":true,"amount_refunded":2100,"refund_status":"full""#);
    assert!(verdict(&order(2, &[back, paid("pay_1")])).is_ok());
}

#[test]
fn amounts_are_in_the_minor_units_of_iso_4217() {
    let with = |amount: &str, currency: &str| {
        let body = payment(ID, "captured", r#""captured":true,"amount_refunded":0"#);
        let body = body.replace("2100", amount).replace("INR", currency);
        ask(Lookup::payment(ID), &body)
    };
    for (amount, currency, money) in
        [("2100", "INR", "21.00 INR"), ("2100", "KWD", "2.100 KWD"), ("2100", "JPY", "2100 JPY")]
    {
        assert_eq!(with(amount, currency).unwrap().amount().unwrap().to_string(), money);
    }
    for amount in ["21.5", "-2100", "\"2100\""] {
        assert_eq!(with(amount, "INR").unwrap_err().kind(), ErrorKind::InvalidReply, "{amount}");
    }
}

#[test]
fn notes_are_a_list_when_they_are_empty() {
    let read = |notes: &str| {
        let body = payment(ID, "created", r#""captured":false"#).replace(r#""notes":[]"#, notes);
        let payment = ask(Lookup::payment(ID), &body).unwrap();
        let notes = payment.details().as_ref().unwrap().notes.as_ref();
        notes.map(|notes| notes.expose().get("table").cloned().unwrap_or_default())
    };
    assert_eq!(read(r#""notes":{"table":"7"}"#).as_deref(), Some("7"));
    assert_eq!(read(r#""notes":{}"#).as_deref(), Some(""));
    assert_eq!((read(r#""notes":[]"#), read(r#""notes":null"#), read(r#""notes":7"#)), (None, None, None));
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<Razorpay>(json);
    for name in ["callback_secret", "webhook_secret"] {
        let account = read(&format!(
            r#"{{"key_id":"canary","key_secret":"canary","{name}":["canary"],"base_url":"https://pay.example.com"}}"#
        ));
        assert!(!format!("{:?}", account.unwrap()).contains("canary"));
    }
    assert!(read(r#"{"key_id":"canary","key_secret":"canary"}"#).is_ok());
    assert!(read(r#"{"key_id":"canary"}"#).is_err());
    assert!(read(r#"{"key_id":"canary","key_secret":"canary","secret":"canary"}"#).is_err());
}
