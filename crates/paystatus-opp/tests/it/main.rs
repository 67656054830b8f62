//! What only this provider does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;
mod linked;

use std::slice::from_ref;

use http::Response;
use paystatus_core::{
    BaseUrl, Body, Error, ErrorKind, Expected, Finality, Funds, Lookup, Money, Payment, Provider, Returned,
    Status,
};
use paystatus_opp::{Ask, Details, Opp, interpret};

const ID: &str = "8ac7a4a277bb37680177ca9e266d3192";
const CHECKOUT: &str = "8AC7A4.prod01-vm-tx08";
const ORDER: &str = "order-1";
const ENTITY: &str = "8a8294174b7ecb28014b9699220015ca";

fn account() -> Opp {
    Opp::new("canary-token", ENTITY)
}

/// A record, in its fewest words, with these fields beside.
fn record(id: &str, kind: &str, code: &str, more: &str) -> String {
    format!(
        r#"{{"id":"{id}","paymentType":"{kind}","result":{{"code":"{code}"}},{more}"timestamp":"2026-02-22 16:41:39+0000"}}"#
    )
}

/// A record with money and the order's reference.
fn money(id: &str, kind: &str, code: &str, amount: &str) -> String {
    let more = format!(r#""amount":"{amount}","currency":"SAR","merchantTransactionId":"{ORDER}","#);
    record(id, kind, code, &more)
}

/// A record that is linked to another.
fn linked(id: &str, kind: &str, amount: &str, to: &str) -> String {
    record(
        id,
        kind,
        "000.000.000",
        &format!(r#""amount":"{amount}","currency":"SAR","referencedId":"{to}","#),
    )
}

fn list(records: &[String]) -> String {
    format!(r#"{{"result":{{"code":"000.000.100"}},"pages":1,"records":[{}]}}"#, records.join(","))
}

/// A reply without a record.
fn stated(code: &str) -> String {
    format!(r#"{{"result":{{"code":"{code}","description":"as the code says"}},"ndc":"ndc"}}"#)
}

fn answered(http: u16, lookup: Lookup, body: &str) -> Result<Payment<Option<Details>>, Error> {
    let mut reply = Response::new(Body::from(body.to_owned()));
    *reply.status_mut() = http.try_into().unwrap();
    interpret(&account(), &lookup, &reply)
}

fn ask(lookup: Lookup, body: &str) -> Result<Payment<Option<Details>>, Error> {
    answered(200, lookup, body)
}

#[test]
fn the_requests_are_the_documented_ones() {
    let account = account().with_base_url(BaseUrl::parse("https://eu-test.oppwa.com/x").unwrap());
    for (lookup, path) in [
        (Lookup::payment(ID), format!("/v3/query/{ID}?entityId={ENTITY}&includeLinkedTransactions=true")),
        (Lookup::payment(CHECKOUT), format!("/v1/checkouts/{CHECKOUT}/payment?entityId={ENTITY}")),
        (
            Lookup::order("a&b=c/d"),
            format!("/v3/query?merchantTransactionId=a%26b%3Dc%2Fd&entityId={ENTITY}"),
        ),
        (Lookup::order("order.1"), format!("/v3/query?merchantTransactionId=order.1&entityId={ENTITY}")),
    ] {
        let request = account.request(&Ask::about(&lookup)).unwrap();
        assert_eq!((request.method().as_str(), request.body().as_bytes()), ("GET", &b""[..]));
        assert_eq!(request.uri().to_string(), format!("https://eu-test.oppwa.com/x{path}"));
        assert_eq!(request.headers()["authorization"], "Bearer canary-token");
        assert!(!format!("{request:?} {account:?}").contains("canary"));
    }
    for id in ["a/b", "../x", "a?b", "a b", "8ac7%2e"] {
        let error = account.request(&Ask::about(&Lookup::payment(id))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidLookup, "{id}");
    }
    let blank = Opp::new("canary", " ").request(&Ask::about(&Lookup::payment(ID))).unwrap_err();
    assert_eq!(blank.kind(), ErrorKind::Config);
    assert!(blank.message().contains("`entity_id`"));
}

#[test]
fn the_documented_expression_of_success_is_not_that_of_paid() {
    for code in [
        "000.000.100",
        "000.100.105",
        "000.300.100",
        "000.310.100",
        "000.400.110",
        "000.400.120",
        "000.600.001",
    ] {
        let payment = ask(Lookup::payment(ID), &money(ID, "DB", code, "92.00")).unwrap();
        assert_eq!((payment.status(), payment.finality()), (Status::Unknown, Finality::Open), "{code}");
    }
}

#[test]
fn every_form_is_read_on_every_path() {
    let paid = money(ID, "DB", "000.000.000", "92.00");
    let older = list(from_ref(&paid)).replace("records", "payments");
    for body in
        [&paid, &list(from_ref(&paid)), &older, &older.replace(r#""result":{"code":"000.000.100"},"#, "")]
    {
        for lookup in [Lookup::payment(ID), Lookup::payment(CHECKOUT), Lookup::order(ORDER)] {
            let payment = ask(lookup.clone(), body).unwrap();
            assert_eq!((payment.id(), payment.is_paid()), (ID, true), "{lookup:?} {body}");
            assert!(payment.verify(&Expected::new(Money::parse("92", "SAR").unwrap())).is_ok(), "{lookup:?}");
        }
    }
}

#[test]
fn the_time_is_the_payments_and_not_the_replys() {
    let paid = money(ID, "DB", "000.000.000", "92.00");
    let time = |lookup, body: &str| ask(lookup, body).unwrap().created_at().and_then(|time| time.to_utc());
    assert_eq!(time(Lookup::payment(ID), &paid).as_deref(), Some("2026-02-22T16:41:39Z"));
    assert_eq!(
        time(Lookup::payment(ID), &paid.replace(":39+", ":39.250+")).as_deref(),
        Some("2026-02-22T16:41:39.25Z")
    );
    assert_eq!(time(Lookup::payment(CHECKOUT), &paid), None);
}

#[test]
fn a_part_of_a_list_and_a_list_of_something_else_are_unreadable() {
    let whole = list(&[money(ID, "DB", "000.000.000", "92.00")]);
    for body in [
        whole.replace(r#""pages":1"#, r#""pages":2"#),
        whole.replace(r#""pages":1"#, r#""pages":"2""#),
        whole.replace(r#""pages":1"#, r#""pages":"one""#),
        whole.replace("000.000.100", "000.000.000"),
        whole.replace("000.000.100", "000.200.000"),
        whole.replace(r#""pages":1"#, r#""payments":[]"#),
        whole.replace(r#""records":["#, r#""records":[7,"#),
        whole.replace(
            r#""records":["#,
            &format!(r#""records":[{},"#, money(ID, "DB", "800.100.152", "92.00")),
        ),
        whole.replace(r#""code":"000.000.000""#, r#""code":7"#),
        whole.replace(r#""result":{"code":"000.000.000"}"#, r#""result":null"#),
        r#"{"result":{"code":"000.000.100"},"records":null}"#.to_owned(),
        "{}".to_owned(),
    ] {
        for lookup in [Lookup::payment(ID), Lookup::order(ORDER)] {
            assert_eq!(ask(lookup, &body).unwrap_err().kind(), ErrorKind::InvalidReply, "{body}");
        }
    }
}

#[test]
fn another_payment_is_a_mismatch_except_in_a_checkout() {
    let other = money("8ac7a4a277bb37680177ca9e266d3193", "DB", "000.000.000", "92.00");
    for body in [&other, &list(from_ref(&other))] {
        assert_eq!(ask(Lookup::payment(ID), body).unwrap_err().kind(), ErrorKind::Mismatch);
        assert_eq!(ask(Lookup::order("order-2"), body).unwrap_err().kind(), ErrorKind::Mismatch);
        assert!(ask(Lookup::payment(CHECKOUT), body).unwrap().is_paid());
    }
}

#[test]
fn a_session_that_is_over_says_nothing_about_the_payment() {
    let over = answered(400, Lookup::payment(CHECKOUT), &stated("200.300.404")).unwrap_err();
    assert_eq!(over.kind(), ErrorKind::NotFound);
    assert!(
        over.message().contains("ask by reference or payment id")
            && over.message().contains("not \"unpaid\"")
    );
    // A session is no answer to the question about a payment.
    for lookup in [Lookup::payment(ID), Lookup::order(ORDER)] {
        assert_eq!(ask(lookup, &stated("000.200.000")).unwrap_err().kind(), ErrorKind::InvalidReply);
    }
    for code in ["000.200.0", "000.200.00x", "000.000.000", "000.000.100"] {
        assert_eq!(
            ask(Lookup::payment(CHECKOUT), &stated(code)).unwrap_err().kind(),
            ErrorKind::InvalidReply,
            "{code}"
        );
    }
}

#[test]
fn an_http_400_is_an_answer_only_where_it_is_a_record_of_a_failure() {
    let refused = answered(400, Lookup::payment(ID), &record(ID, "DB", "800.100.152", "")).unwrap();
    assert_eq!(
        (refused.status(), refused.finality(), refused.funds()),
        (Status::Failed, Finality::Final, Funds::NotTaken)
    );
    let expired = answered(400, Lookup::order(ORDER), &money(ID, "DB", "100.396.103", "92.00")).unwrap();
    assert_eq!((expired.status(), expired.finality()), (Status::Expired, Finality::Provisional));
    let trick =
        r#"{"id":"x","result":{"code":"000.000.000","description":"A record of a payment that failed "}}"#;
    for body in [
        money(ID, "DB", "000.000.000", "92.00"),
        money(ID, "DB", "800.400.500", "92.00"),
        money(ID, "RF", "800.100.152", "92.00"),
        stated("800.100.152"),
        trick.to_owned(),
        trick.replace(r#""x""#, &format!(r#""{ID}","paymentType":"DB""#)),
    ] {
        assert_eq!(
            answered(400, Lookup::payment(ID), &body).unwrap_err().kind(),
            ErrorKind::Rejected,
            "{body}"
        );
    }
    for http in [404, 409, 500] {
        assert!(answered(http, Lookup::payment(ID), &record(ID, "DB", "800.100.152", "")).is_err(), "{http}");
    }
    let other =
        answered(400, Lookup::payment(CHECKOUT.replace('.', "")), &record(ID, "DB", "800.100.152", ""));
    assert_eq!(other.unwrap_err().kind(), ErrorKind::Mismatch);
}

#[test]
fn by_reference_or_checkout_no_failure_is_final() {
    for (code, status) in
        [("800.100.152", Status::Failed), ("800.100.192", Status::Failed), ("100.396.101", Status::Canceled)]
    {
        for lookup in [Lookup::order(ORDER), Lookup::payment(CHECKOUT)] {
            let payment = ask(lookup, &money(ID, "DB", code, "92.00")).unwrap();
            let seen = (payment.status(), payment.finality(), payment.funds());
            assert_eq!(seen, (status, Finality::Provisional, Funds::Unknown), "{code}");
        }
    }
    let deleted = ask(Lookup::payment(CHECKOUT), &stated("000.200.102")).unwrap();
    assert_eq!(
        (deleted.status(), deleted.finality(), deleted.id()),
        (Status::Canceled, Finality::Final, CHECKOUT)
    );
}

#[test]
fn a_reference_without_an_attempt_is_unknown() {
    let body = list(&[linked("r", "RF", "20.00", ID), record("s", "3D", "000.000.000", "")]);
    let payment = ask(Lookup::order(ORDER), &body).unwrap();
    assert_eq!((payment.status(), payment.id(), payment.is_final()), (Status::Unknown, ORDER, false));
    assert!(payment.details().is_none());
    for kind in ["RF", "RV", "CB", "CR", "CD", "RC", "3D", "??"] {
        let payment = ask(Lookup::payment(ID), &money(ID, kind, "000.000.000", "92.00")).unwrap();
        assert_eq!((payment.status(), payment.funds()), (Status::Unknown, Funds::Unknown), "{kind}");
    }
}

#[test]
fn the_newest_of_equals_speaks_and_two_paid_attempts_add_up() {
    let at = |id: &str, code: &str, time: &str| money(id, "DB", code, "92.00").replace("16:41:39", time);
    let [old, new] = [at("a", "800.100.152", "16:41:39"), at("b", "800.100.153", "16:41:40")];
    for records in [[old.clone(), new.clone()], [new, old.clone()]] {
        assert_eq!(ask(Lookup::order(ORDER), &list(&records)).unwrap().id(), "b");
    }
    let paid = |id: &str| at(id, "000.000.000", "16:50:00");
    let once = ask(Lookup::order(ORDER), &list(&[old, paid("c")])).unwrap();
    let expected = Expected::new(Money::parse("92.00", "SAR").unwrap());
    assert!(once.verify(&expected).is_ok());
    let twice = ask(Lookup::order(ORDER), &list(&[paid("c"), paid("d")])).unwrap();
    assert_eq!(twice.amount().unwrap().to_string(), "184.00 SAR");
    assert!(twice.verify(&expected).is_err());
}

#[test]
fn test_money_is_told() {
    let verdict = |code: &str| {
        let payment = ask(Lookup::payment(ID), &money(ID, "DB", code, "92.00")).unwrap();
        assert!(payment.is_paid());
        (payment.test_mode(), payment.verify(&Expected::paid()).is_ok())
    };
    assert_eq!(verdict("000.000.000"), (None, true));
    for code in ["000.100.110", "000.100.111", "000.100.112"] {
        assert_eq!(verdict(code), (Some(true), false), "{code}");
    }
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<Opp>(json);
    for name in ["callback_secret", "webhook_key"] {
        let account = read(&format!(
            r#"{{"access_token":"canary","entity_id":"e","{name}":["canary"],"base_url":"https://eu-test.oppwa.com"}}"#
        ));
        assert!(!format!("{:?}", account.unwrap()).contains("canary"));
    }
    assert!(read(r#"{"access_token":"canary","entity_id":"e"}"#).is_ok());
    assert!(read(r#"{"access_token":"canary"}"#).is_err());
    assert!(read(r#"{"access_token":"canary","entity_id":"e","token":"canary"}"#).is_err());
}

/// What is returned, for short.
const REFUNDED: Status = Status::Returned(Returned::Refunded);
