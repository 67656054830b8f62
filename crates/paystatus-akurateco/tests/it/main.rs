//! What only Akurateco does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;

use http::{Response, StatusCode};
use paystatus_akurateco::{Akurateco, Ask, Details, Digest, interpret};
use paystatus_core::{
    BaseUrl, Body, Error, ErrorKind, Expected, Finality, Funds, Lookup, MayChargeAgain, Money, Payment,
    Pending, Provider, Status, Zone,
};

const ID: &str = "24f7401c-fc47-11ec-8d07-0242ac120015";
const ORDER: &str = "f0a51dfa-fc43-11ec-8128-0242ac120004-1";
const SETTLED: &str = include_str!("../fixtures/settled.json");
const DECLINED: &str = include_str!("../fixtures/declined.json");
const INVALID_HASH: &str = include_str!("../fixtures/invalid_hash.json");

fn account() -> Akurateco {
    Akurateco::new(BaseUrl::parse("https://checkout.example.com/pay").unwrap(), "canary-key", "test-password")
}

fn ask(lookup: &Lookup, http: u16, body: &str) -> Result<Payment<Details>, Error> {
    let mut reply = Response::new(Body::from(body.to_owned()));
    *reply.status_mut() = StatusCode::from_u16(http).unwrap();
    interpret(&account(), lookup, &reply)
}

fn by_payment(id: &str, body: &str) -> Result<Payment<Details>, Error> {
    ask(&Lookup::payment(id), 200, body)
}

fn by_order(number: &str, body: &str) -> Result<Payment<Details>, Error> {
    ask(&Lookup::order(number), 200, body)
}

/// An attempt of `order-1`.
fn attempt(id: &str, status: &str) -> String {
    format!(r#"{{"payment_id":"{id}","status":"{status}","order":{{"number":"order-1"}}}}"#)
}

/// A payment `p` with this word and these fields in its order.
fn order(status: &str, fields: &str) -> Result<Payment<Details>, Error> {
    by_payment("p", &format!(r#"{{"payment_id":"p","status":"{status}","order":{{{fields}}}}}"#))
}

#[track_caller]
fn fails(result: Result<Payment<Details>, Error>, kind: ErrorKind, http: u16) {
    let error = result.unwrap_err();
    assert_eq!(
        (error.kind(), error.http_status(), error.provider()),
        (kind, Some(http), Some("akurateco")),
        "{error}"
    );
}

#[test]
fn the_request_is_the_documented_one() {
    let sha256 = account().with_digest(Digest::Sha256);
    for (account, lookup, name, hash) in [
        (account(), Lookup::payment("pay-1"), "payment_id", "9979ef69cd2d66a3607a6031abee0d2471708023"),
        (account(), Lookup::order("DEP-123"), "order_id", "fd217fefd8b53e884a56a63d3da73833f1845067"),
        (sha256, Lookup::payment("pay-1"), "payment_id", "06ddcbb8bb537ded603c4daadfe7f20e46234857"),
    ] {
        let request = account.request(&Ask::about(&lookup)).unwrap();
        assert_eq!(request.method(), "POST");
        assert_eq!(request.uri(), "https://checkout.example.com/pay/api/v1/payment/status");
        assert_eq!(request.headers()["content-type"], "application/json");
        let sent: serde_json::Value = serde_json::from_slice(request.body().as_bytes()).unwrap();
        let mut documented =
            serde_json::json!({ "merchant_key": "canary-key", name: lookup.id(), "hash": hash });
        if name == "order_id" {
            // Otherwise only the order's most recent attempt would be answered.
            documented["size"] = 100.into();
        }
        assert_eq!(sent, documented);
        let shown = format!("{request:?} {account:?}");
        for secret in ["canary", "password\"", "test-password", hash] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[test]
fn an_id_stays_one_json_string() {
    let id = "\",\"x\":\"\\\n é";
    let request = account().request(&Ask::about(&Lookup::from(id))).unwrap();
    let sent: serde_json::Value = serde_json::from_slice(request.body().as_bytes()).unwrap();
    assert_eq!((sent["payment_id"].as_str(), sent.as_object().unwrap().len()), (Some(id), 3));
    for lookup in [Lookup::payment(""), Lookup::order(""), Lookup::order("x".repeat(256))] {
        assert_eq!(account().request(&Ask::about(&lookup)).unwrap_err().kind(), ErrorKind::InvalidLookup);
    }
}

#[test]
fn it_is_its_own_configuration() {
    let hash = |json: &str| {
        let account: Akurateco = serde_json::from_str(json).ok()?;
        let request =
            account.request(&Ask::about(&Lookup::from("63c781cc-de3d-11eb-a1f1-0242ac130006"))).unwrap();
        let sent: serde_json::Value = serde_json::from_slice(request.body().as_bytes()).unwrap();
        sent["hash"].as_str().map(str::to_owned)
    };
    let plain = r#""base_url":"https://checkout.example.com","merchant_key":"k","password":"secret-pass""#;
    let sha256 = hash(&format!(r#"{{{plain},"digest":"sha256"}}"#)).unwrap();
    assert_eq!(sha256, "73941ef5af4291f1c608535ee4efccd3f731011a");
    let md5 = hash(&format!("{{{plain}}}"));
    assert!(md5.is_some() && md5 == hash(&format!(r#"{{{plain},"digest":"md5"}}"#)));
    for wrong in [r#""digest":"sha1""#, r#""digest":"MD5""#, r#""digset":"md5""#] {
        assert_eq!(hash(&format!("{{{plain},{wrong}}}")), None, "{wrong}");
    }
    assert_eq!(hash(r#"{"merchant_key":"k","password":"p"}"#), None);
}

#[test]
fn unusable_credentials_are_found_before_anything_is_sent() {
    for (key, password, field) in [("", "p", "`merchant_key`"), ("k", "canary\n", "`password`")] {
        let account = Akurateco::new(BaseUrl::parse("https://checkout.example.com").unwrap(), key, password);
        let error = account.request(&Ask::about(&Lookup::from(ID))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().contains(field) && !format!("{error:?}").contains("canary"), "{error}");
    }
}

#[test]
fn the_settled_sample_is_paid() {
    let expected = Expected::new(Money::parse("3.01", "QAR").unwrap());
    for payment in [by_payment(ID, SETTLED).unwrap(), by_order(ORDER, SETTLED).unwrap()] {
        assert!(payment.is_paid() && payment.is_final() && !payment.is_about_another());
        assert_eq!((payment.id(), payment.reference()), (ID, Some(ORDER)));
        assert_eq!(payment.amount().unwrap().to_string(), "3.01 QAR");
        let created = payment.created_at().unwrap();
        assert_eq!((created.zone(), created.raw()), (Zone::Inferred, "2022-07-05 09:45:03"));
        assert_eq!(created.to_utc().as_deref(), Some("2022-07-05T09:45:03Z"));
        assert_eq!((payment.provider_status(), payment.reason()), ("settled", None));
        assert!(payment.verify(&expected).is_ok());
    }
}

#[test]
fn a_decline_is_final_only_about_the_payment_that_was_asked_for() {
    let id = "03e46e96-de42-11eb-aea7-0242ac140002";
    let asked = by_payment(id, DECLINED).unwrap();
    assert_eq!(
        (asked.status(), asked.finality(), asked.funds()),
        (Status::Failed, Finality::Final, Funds::NotTaken)
    );
    assert_eq!(
        (asked.reason(), asked.may_charge_again()),
        (Some("Declined by processing"), MayChargeAgain::Yes)
    );
    for open in [
        by_order("order-1234", DECLINED).unwrap(),
        by_payment(ID, DECLINED).unwrap(),
        by_payment(&id.to_uppercase(), DECLINED).unwrap(),
    ] {
        assert_eq!((open.status(), open.finality()), (Status::Failed, Finality::Provisional));
        assert_eq!((open.funds(), open.may_charge_again()), (Funds::Unknown, MayChargeAgain::Unknown));
    }
}

#[test]
fn a_cascaded_answer_verifies_only_with_its_reference() {
    let expected = Expected::new(Money::parse("3.01", "QAR").unwrap());
    let payment = by_payment("an-earlier-attempt", SETTLED).unwrap();
    assert!(payment.is_paid() && payment.is_about_another());
    assert_eq!((payment.id(), payment.asked().id()), (ID, "an-earlier-attempt"));
    let payment = payment.verify(&expected).unwrap_err().into_payment();
    let payment = payment.verify(&expected.clone().with_reference("other")).unwrap_err().into_payment();
    assert!(payment.verify(&expected.with_reference(ORDER)).is_ok());
    assert!(by_payment(&ID.to_uppercase(), SETTLED).unwrap().is_about_another());
}

#[test]
fn an_answer_about_another_order_is_a_mismatch() {
    fails(by_order("order-1", SETTLED), ErrorKind::Mismatch, 200);
    fails(by_order(&ORDER.to_uppercase(), SETTLED), ErrorKind::Mismatch, 200);
    let other = attempt("p", "decline");
    for list in [format!("[{SETTLED},{other}]"), format!("[{other},{SETTLED}]")] {
        fails(by_order(ORDER, &list), ErrorKind::Mismatch, 200);
    }
    // An answer that names no order may be about any.
    for body in [
        r#"{"payment_id":"p","status":"settled"}"#,
        r#"{"payment_id":"p","status":"settled","order":null}"#,
        r#"{"payment_id":"p","status":"settled","order":{"number":null}}"#,
    ] {
        let payment = by_order("order-1", body).unwrap();
        assert!(payment.is_paid() && payment.is_about_another(), "{body}");
        assert!(payment.verify(&Expected::reference("order-1")).is_err());
    }
}

#[test]
fn the_others_of_an_orders_attempts_are_kept_in_their_order() {
    for (words, id, others) in [
        (&["settled"][..], "0", &[][..]),
        (&["decline", "settled", "pending"], "1", &["0", "2"]),
        (&["decline", "3ds", "refund"], "1", &["0", "2"]),
    ] {
        let list: Vec<_> = words.iter().enumerate().map(|(i, word)| attempt(&i.to_string(), word)).collect();
        let list = format!(" [{}]", list.join(","));
        let payment = by_order("order-1", &list).unwrap();
        let rest: Vec<_> = payment.attempts().iter().map(|other| other.id()).collect();
        assert_eq!((payment.id(), rest.as_slice()), (id, others), "{words:?}");
        assert_eq!(payment.details().payment_id, id, "the details are those of the attempt that tells");
        assert!(!by_payment(id, &list).unwrap().is_about_another(), "{words:?}");
        assert!(by_payment("9", &list).unwrap().is_about_another(), "{words:?}");
    }
}

#[test]
fn a_pending_attempt_speaks_before_others_that_wait() {
    let paying_in = |currency: &str, id: &str, status: &str| {
        attempt(id, status).replace(r#""number""#, &format!(r#""currency":"{currency}","number""#))
    };
    for (words, id, others) in [
        (["redirect", "pending", "decline"], "1", ["0", "2"]),
        (["decline", "3ds", "PENDING"], "2", ["0", "1"]),
        (["prepare", "pending", "pending"], "1", ["0", "2"]),
        (["pending", "settled", "redirect"], "1", ["0", "2"]),
    ] {
        for currency in ["BTC", "QAR"] {
            let list = words.iter().enumerate();
            let list: Vec<_> = list.map(|(i, word)| paying_in(currency, &i.to_string(), word)).collect();
            let payment = by_order("order-1", &format!("[{}]", list.join(","))).unwrap();
            let rest: Vec<_> = payment.attempts().iter().map(|other| other.id()).collect();
            assert_eq!((payment.id(), rest.as_slice()), (id, &others[..]), "{words:?} {currency}");
        }
    }
}

#[test]
fn amounts_are_exact_and_fit_their_currency() {
    for (fields, amount) in [
        (r#""amount":"123","currency":"QAR""#, Some("123 QAR")),
        (r#""amount":3.01,"currency":"qar""#, Some("3.01 QAR")),
        (r#""amount":"1.234","currency":"KWD""#, Some("1.234 KWD")),
        (r#""amount":"100.00","currency":"JPY""#, Some("100.00 JPY")),
        (r#""amount":"0.00012345","currency":"BTC""#, Some("0.00012345 BTC")),
        (r#""amount":"5.5","currency":"USDT""#, Some("5.5 USDT")),
        (r#""amount":"3.01""#, None),
        (r#""amount":"3.01","currency":null"#, None),
        (r#""amount":null,"currency":"QAR""#, None),
        (r#""currency":"QAR""#, None),
        ("", None),
    ] {
        let payment = order("settled", fields).unwrap();
        assert_eq!(payment.amount().map(|money| money.to_string()).as_deref(), amount, "{fields}");
    }
    assert_eq!(
        order("settled", r#""amount":"3.01""#)
            .unwrap()
            .details()
            .order
            .as_ref()
            .unwrap()
            .amount
            .unwrap()
            .to_string(),
        "3.01"
    );
    for fields in [
        r#""amount":"100.50","currency":"JPY""#,
        r#""amount":"0.001","currency":"QAR""#,
        r#""amount":"-1","currency":"QAR""#,
        r#""amount":"3,01","currency":"QAR""#,
        r#""amount":"","currency":"QAR""#,
        r#""amount":["3.01"],"currency":"QAR""#,
        r#""amount":"3.01","currency":"""#,
        r#""amount":"3.01","currency":"Q1R""#,
        r#""amount":"3.01","currency":634"#,
        r#""currency":"SEVENUP""#,
        r#""amount":"1","amount":"2","currency":"QAR""#,
    ] {
        fails(order("settled", fields), ErrorKind::InvalidReply, 200);
    }
}

#[test]
fn a_hold_needs_a_currency_that_cards_have() {
    let pending = |fields: &str| order("pending", fields).unwrap();
    assert_eq!(pending(r#""amount":"1","currency":"qar""#).status(), Status::Authorized);
    assert_eq!(pending(r#""currency":"qar""#).funds(), Funds::Held);
    for fields in [r#""amount":"1","currency":"BTC""#, r#""amount":"1""#, r#""currency":null"#, ""] {
        assert_eq!(pending(fields).status(), Status::Pending(Pending::Processing), "{fields}");
    }
}

#[test]
fn the_schedule_is_read_under_each_of_its_names() {
    for name in ["schedule_id", "shedule_id", "shedule_id "] {
        let payment =
            by_payment("p", &format!(r#"{{"payment_id":"p","status":"settled","{name}":"s-1"}}"#)).unwrap();
        assert_eq!(payment.details().schedule_id.as_deref(), Some("s-1"), "{name:?}");
        let json = serde_json::to_value(payment.details()).unwrap();
        assert_eq!(
            (&json["schedule_id"], json.get("shedule_id"), json.get("misspelled")),
            (&"s-1".into(), None, None)
        );
    }
    let all = r#"{"payment_id":"p","status":"settled","shedule_id ":"3","shedule_id":"2","schedule_id":"1"}"#;
    assert_eq!(by_payment("p", all).unwrap().details().schedule_id.as_deref(), Some("1"));
}

#[test]
fn personal_data_and_tokens_show_nowhere() {
    let body = r#"{"payment_id":"p","status":"settled","recurring_token":"canary","card_token":"canary",
        "digital_wallet":"canary","extended_data":{"pan":"canary"},
        "customer":{"name":"canary","email":"canary"}}"#;
    for body in [body.to_owned(), format!("[{body},{}]", attempt("q", "settled"))] {
        let payment = by_payment("p", &body).unwrap();
        for shown in [format!("{payment:?}"), serde_json::to_string(&payment).unwrap()] {
            assert!(shown.contains("[redacted]") && !shown.contains("canary"), "{shown}");
        }
    }
    let payment = by_payment("p", body).unwrap();
    let customer = payment.details().customer.as_ref().unwrap();
    assert_eq!(customer.email.as_ref().unwrap().expose(), "canary");
    assert_eq!(payment.details().card_token.as_ref().unwrap().expose(), "canary");
}

#[test]
fn odd_information_is_left_out_and_unknown_words_are_kept() {
    for customer in ["null", "[]", r#"["John"]"#, r#""John""#, "7", "{}", r#"{"name":{},"email":7}"#] {
        let body =
            format!(r#"{{"payment_id":"p","status":"new","date":[],"reason":7,"customer":{customer}}}"#);
        let payment = by_payment("p", &body).unwrap();
        assert_eq!((payment.status(), payment.finality()), (Status::Unknown, Finality::Open));
        assert_eq!((payment.provider_status(), payment.reason()), ("new", Some("7")));
        assert_eq!(
            (payment.created_at(), payment.details().customer.is_some()),
            (None, customer.starts_with('{'))
        );
    }
    assert_eq!(order("settled", r#""number":1234,"description":{}"#).unwrap().reference(), Some("1234"));
}

#[test]
fn a_success_that_is_not_whole_is_no_answer() {
    for body in [
        "",
        "<html>",
        "null",
        "{}",
        "[]",
        "[null]",
        r#"[["p","settled"]]"#,
        r#"["settled"]"#,
        &format!("[{SETTLED},{{}}]"),
        &format!("[{SETTLED}"),
        &format!("{SETTLED}{SETTLED}"),
        &SETTLED[..100],
        r#"{"status":"settled"}"#,
        r#"{"payment_id":"p"}"#,
        r#"{"payment_id":null,"status":"settled"}"#,
        r#"{"payment_id":"p","status":null}"#,
        r#"{"payment_id":"p","status":1}"#,
        r#"{"payment_id":"p","status":"decline","status":"settled"}"#,
        r#"{"payment_id":"p","status":"settled","order":["order-1","3.01","QAR"]}"#,
        r#"{"payment_id":"p","status":"settled","order":"order-1"}"#,
        &"[".repeat(100_000),
    ] {
        fails(by_payment("p", body), ErrorKind::InvalidReply, 200);
    }
    fails(ask(&ID.into(), 204, ""), ErrorKind::InvalidReply, 204);
}

#[test]
fn an_invalid_hash_is_told_by_its_words_whatever_the_http_status() {
    for http in [200, 400, 401, 404, 500] {
        fails(ask(&ID.into(), http, INVALID_HASH), ErrorKind::Rejected, http);
    }
    let error = r#"{"error_code":0,"error_message":"Request data is invalid.","errors":[]}"#;
    let advice = |http, body| ask(&ID.into(), http, body).unwrap_err().message().to_owned();
    assert!(advice(404, "<html>").contains("base URL") && !advice(404, error).contains("base URL"));
}

#[test]
fn an_invalid_hash_names_both_its_causes() {
    for (body, code) in [
        (INVALID_HASH, Some("100000")),
        (r#"{"error_code":7,"error_message":"HASH IS NOT VALID"}"#, Some("7")),
        (
            r#"{"error_message":"x",
                "errors":[{"error_message":"y"},{"error_message":"hash: hash is not valid!"}]}"#,
            None,
        ),
    ] {
        let error = ask(&ID.into(), 400, body).unwrap_err();
        for cause in ["no such payment", "`password`", "`digest`"] {
            assert!(error.message().contains(cause), "{error}");
        }
        assert_eq!((error.provider_message(), error.provider_code()), (Some("Hash is not valid."), code));
        assert!(!error.is_retryable());
    }
}

#[test]
fn the_entry_that_tells_most_is_passed_on() {
    for (body, code, message) in [
        (
            r#"{"error_code":0,"error_message":"top","errors":[{"error_code":1,"error_message":"first"}]}"#,
            Some("1"),
            Some("first"),
        ),
        (
            r#"{"error_code":0,"error_message":"top","errors":[{"error_code":1},null]}"#,
            Some("0"),
            Some("top"),
        ),
        (r#"{"error_code":0,"error_message":"top","errors":{"a":"b"}}"#, Some("0"), Some("top")),
        (r#"{"error_code":"E0"}"#, Some("E0"), None),
        ("[]", None, None),
    ] {
        let error = ask(&ID.into(), 400, body).unwrap_err();
        assert_eq!((error.provider_code(), error.provider_message()), (code, message), "{body}");
        assert!(!format!("{error:?}").contains("first"));
    }
}

#[test]
fn an_error_beside_a_status_is_an_answer_and_one_without_is_not() {
    let with = r#"{"payment_id":"p","status":"settled","error_code":0,"error_message":"note"}"#;
    assert!(by_payment("p", with).unwrap().is_paid());
    fails(by_payment("p", r#"{"payment_id":"p","error_code":0}"#), ErrorKind::Rejected, 200);
    fails(
        by_payment("p", r#"{"payment_id":"p","status":null,"error_message":"no"}"#),
        ErrorKind::Rejected,
        200,
    );
    fails(by_payment("p", r#"{"status":"error","error_message":"no"}"#), ErrorKind::InvalidReply, 200);
    fails(by_payment("p", r#"{"payment_id":"p","error_code":null}"#), ErrorKind::InvalidReply, 200);
}

#[test]
fn attempts_of_two_orders_are_a_mismatch_however_they_were_asked_for() {
    let foreign = r#"{"payment_id":"b","status":"settled","order":{"number":"order-2"}}"#;
    let list = format!("[{},{foreign}]", attempt("a", "decline"));
    fails(by_payment("a", &list), ErrorKind::Mismatch, 200);
    fails(by_order("order-1", &list), ErrorKind::Mismatch, 200);
}

#[test]
fn the_invalid_hash_is_found_in_a_keyed_list_too() {
    let entry = r#"{"error_code":100000,"error_message":"hash: Hash is not valid."}"#;
    for errors in
        [format!(r#"{{"1":{entry}}}"#), format!(r#"["odd",{entry}]"#), format!(r#"{{"0":null,"3":{entry}}}"#)]
    {
        let body =
            format!(r#"{{"error_code":0,"error_message":"Request data is invalid.","errors":{errors}}}"#);
        let error = ask(&"a".into(), 400, &body).unwrap_err();
        assert!(
            error.kind() == ErrorKind::Rejected && error.message().contains("password"),
            "{errors}: {error}"
        );
    }
}
