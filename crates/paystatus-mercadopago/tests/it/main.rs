//! What only this provider does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;

use http::Response;
use paystatus_core::{
    Ask, BaseUrl, Body, Discrepancy, Error, ErrorKind, Expected, Finality, Funds, Lookup, Money, Payment,
    Provider, Status,
};
use paystatus_mercadopago::{Details, MercadoPago, interpret};

const ID: &str = "3506756222";
const ORDER: &str = "order-1234";

fn account() -> MercadoPago {
    MercadoPago::new("APP_USR-canary")
}

/// A payment of the order, in its fewest words, with these fields beside.
fn payment(id: &str, status: &str, detail: &str, more: &str) -> String {
    format!(
        r#"{{"id":{id},"status":"{status}","status_detail":"{detail}","transaction_amount":3500,"currency_id":"ARS","external_reference":"{ORDER}",{more}"date_created":"2018-03-05T10:06:54.000-04:00"}}"#
    )
}

fn approved(id: &str) -> String {
    payment(id, "approved", "accredited", r#""transaction_amount_refunded":0,"#)
}

fn found(payments: &[String]) -> String {
    format!(
        r#"{{"paging":{{"total":{},"limit":30,"offset":0}},"results":[{}]}}"#,
        payments.len(),
        payments.join(",")
    )
}

fn ask(lookup: Lookup, body: &str) -> Result<Payment<Details>, Error> {
    interpret(&account(), &lookup, &Response::new(Body::from(body.to_owned())))
}

#[test]
fn the_requests_are_the_documented_ones() {
    let account = account().with_base_url(BaseUrl::parse("https://pay.example.com/mp").unwrap());
    for (lookup, path) in [
        (Lookup::payment(ID), format!("/v1/payments/{ID}")),
        (
            Lookup::order("a&b=c"),
            "/v1/payments/search?external_reference=a%26b%3Dc&sort=date_created&criteria=desc".to_owned(),
        ),
    ] {
        let request = account.request(&Ask::about(&lookup)).unwrap();
        assert_eq!((request.method().as_str(), request.body().as_bytes()), ("GET", &b""[..]));
        assert_eq!(request.uri().to_string(), format!("https://pay.example.com/mp{path}"));
        assert_eq!(request.headers()["authorization"], "Bearer APP_USR-canary");
        assert!(!format!("{request:?} {account:?}").contains("canary"));
    }
    for id in ["search", "x1", "1x", "-1", "1.0", "1/2", "order-1234"] {
        let error = account.request(&Ask::about(&Lookup::payment(id))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidLookup, "{id}");
    }
}

#[test]
fn the_amount_is_the_sale_and_neither_the_interest_nor_the_fees() {
    let more = r#""transaction_details":{"total_paid_amount":3987.2,"net_received_amount":3318.21},"transaction_amount_refunded":0,"#;
    let paid = ask(Lookup::payment(ID), &payment(ID, "approved", "accredited", more)).unwrap();
    assert_eq!(paid.amount().unwrap().to_string(), "3500 ARS");
    assert_eq!(paid.returned().unwrap().to_string(), "0 ARS");
    assert!(paid.verify(&Expected::new(Money::parse("3500.00", "ARS").unwrap())).is_ok());
}

#[test]
fn a_refund_that_is_not_told_leaves_no_amount() {
    let seen = |more: &str| {
        let body = payment(ID, "approved", "partially_refunded", more);
        let payment = ask(Lookup::payment(ID), &body).unwrap();
        let text = |money: Option<Money>| money.map(|money| money.amount().to_string());
        (payment.is_paid(), text(payment.amount()), text(payment.returned()))
    };
    let told = (true, Some("3500".to_owned()), Some("700".to_owned()));
    assert_eq!(seen(r#""transaction_amount_refunded":700,"#), told);
    assert_eq!(seen(r#""transaction_amount_refunded":"700","#), told);
    for more in [r#""transaction_amount_refunded":0,"#, r#""transaction_amount_refunded":null,"#, ""] {
        assert_eq!(seen(more), (true, None, None), "{more}");
    }
    for refunded in ["3500", "3500.00", "3501"] {
        assert!(!seen(&format!(r#""transaction_amount_refunded":{refunded},"#)).0, "{refunded}");
    }
    let negative = payment(ID, "approved", "accredited", r#""transaction_amount_refunded":-1,"#);
    assert_eq!(ask(Lookup::payment(ID), &negative).unwrap_err().kind(), ErrorKind::InvalidReply);
}

#[test]
fn what_decides_is_read_strictly() {
    for more in [r#""captured":"false","#, r#""live_mode":0,"#, r#""operation_type":7,"#] {
        let body = payment(ID, "approved", "accredited", more);
        assert_eq!(ask(Lookup::payment(ID), &body).unwrap_err().kind(), ErrorKind::InvalidReply, "{more}");
    }
    for (id, kind) in [
        ("null", ErrorKind::InvalidReply),
        ("true", ErrorKind::InvalidReply),
        ("3506756223", ErrorKind::Mismatch),
        ("3506756222.0", ErrorKind::Mismatch),
        ("\"\"", ErrorKind::Mismatch),
    ] {
        assert_eq!(ask(Lookup::payment(ID), &approved(id)).unwrap_err().kind(), kind, "{id}");
    }
    assert!(ask(Lookup::payment(ID), &approved("\"3506756222\"")).unwrap().is_paid());
}

#[test]
fn a_detail_that_is_not_listed_approves_nothing() {
    for detail in ["", "Accredited", "accredited_soon"] {
        let payment = ask(Lookup::payment(ID), &payment(ID, "approved", detail, "")).unwrap();
        assert_eq!((payment.status(), payment.finality()), (Status::Unknown, Finality::Open), "{detail}");
    }
}

#[test]
fn a_reference_is_compared_with_every_payment_that_is_found() {
    let other = approved("1").replace(ORDER, "order-12345");
    let own = payment("2", "rejected", "cc_rejected_other_reason", "");
    let rejected = ask(Lookup::order(ORDER), &found(&[other.clone(), own])).unwrap();
    assert_eq!(
        (rejected.id(), rejected.status(), rejected.finality()),
        ("2", Status::Failed, Finality::Provisional)
    );
    assert_eq!((rejected.funds(), rejected.attempts().len()), (Funds::Unknown, 0));
    for others in [other.clone(), other.replace(r#""order-12345""#, "null")] {
        assert_eq!(ask(Lookup::order(ORDER), &found(&[others])).unwrap_err().kind(), ErrorKind::Mismatch);
    }
    assert_eq!(ask(Lookup::order(ORDER), &found(&[])).unwrap_err().kind(), ErrorKind::NotFound);
    for body in ["{}", "[]", r#"{"results":null}"#, r#"{"results":[null]}"#, r#"{"results":[[]]}"#] {
        assert_eq!(ask(Lookup::order(ORDER), body).unwrap_err().kind(), ErrorKind::InvalidReply, "{body}");
    }
}

#[test]
fn a_search_that_is_refused_in_a_success_is_refused() {
    let refused = r#"{"message":"Invalid parameter","error":"bad_request","status":400,"cause":[]}"#;
    let error = ask(Lookup::order(ORDER), refused).unwrap_err();
    assert_eq!((error.kind(), error.provider_code()), (ErrorKind::Rejected, Some("bad_request")));
}

#[test]
fn an_order_that_was_paid_twice_does_not_verify() {
    let expected = Expected::new(Money::parse("3500", "ARS").unwrap());
    let verdict =
        |payments: &[String]| ask(Lookup::order(ORDER), &found(payments)).unwrap().verify(&expected);
    // The first one found is not the one that counts.
    assert!(verdict(&[payment("2", "rejected", "x", ""), approved("1")]).is_ok());
    let twice = verdict(&[approved("1"), approved("2")]).unwrap_err();
    assert!(twice.discrepancies().contains(&Discrepancy::PaidTwice), "{twice}");
}

#[test]
fn disputed_money_ranks_after_paid_and_before_all_else() {
    let disputed = payment("1", "in_mediation", "pending", "");
    let pending = payment("2", "pending", "pending_waiting_payment", "");
    let held = payment("3", "authorized", "pending_capture", "");
    let chosen = |payments: &[String]| ask(Lookup::order(ORDER), &found(payments)).unwrap().id().to_owned();
    assert_eq!(chosen(&[held.clone(), pending.clone(), disputed.clone()]), "1");
    assert_eq!(chosen(&[held, pending, disputed, approved("4")]), "4");
}

#[test]
fn a_search_that_shows_a_part_ends_nothing() {
    let refunded = payment("1", "refunded", "refunded", r#""transaction_amount_refunded":3500,"#);
    let finality = |payment: &str, total: &str| {
        let body = found(&[payment.to_owned()]).replace(r#""total":1"#, &format!(r#""total":{total}"#));
        ask(Lookup::order(ORDER), &body).unwrap().finality()
    };
    assert_eq!(finality(&refunded, "1"), Finality::Final);
    assert_eq!(finality(&refunded, "31"), Finality::Provisional);
    assert_eq!(finality(&approved("1"), "31"), Finality::Final);
}

#[test]
fn the_newest_of_equals_speaks() {
    let at = |id: &str, time: &str| payment(id, "rejected", "x", "").replace("10:06:54.000-04:00", time);
    // The later one in time, which reads earlier.
    let [old, new] = [at("1", "10:06:54.000-04:00"), at("2", "09:06:54.000-06:00")];
    for payments in [[old.clone(), new.clone()], [new, old]] {
        assert_eq!(ask(Lookup::order(ORDER), &found(&payments)).unwrap().id(), "2");
    }
}

#[test]
fn only_false_says_something_about_test_money() {
    let test = |more: &str| {
        let paid = ask(Lookup::payment(ID), &payment(ID, "approved", "accredited", more)).unwrap();
        (paid.test_mode(), paid.verify(&Expected::paid()).is_ok())
    };
    assert_eq!(test(r#""live_mode":false,"#), (Some(true), false));
    for more in [r#""live_mode":true,"#, r#""live_mode":null,"#, ""] {
        assert_eq!(test(more), (None, true), "{more}");
    }
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<MercadoPago>(json);
    for name in ["callback_secret", "webhook_secret"] {
        let account = read(&format!(
            r#"{{"access_token":"canary","{name}":["canary"],"base_url":"https://pay.example.com"}}"#
        ));
        assert!(!format!("{:?}", account.unwrap()).contains("canary"));
    }
    assert!(read(r#"{"access_token":"canary"}"#).is_ok());
    assert!(read("{}").is_err());
    assert!(read(r#"{"access_token":"canary","token":"canary"}"#).is_err());
}
