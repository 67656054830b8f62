//! What only UPITranzact does, over stored replies: no network, no clock.
#![expect(clippy::unwrap_used, reason = "a test's helper may fail the test")]

mod conformance;

use std::time::Duration;

use http::{Response, StatusCode};
use paystatus_core::{
    Ask, Body, Error, ErrorKind, Expected, Finality, Funds, Lookup, MayChargeAgain, Money, Payment, Pending,
    Provider, Status, interpret,
};
use paystatus_upitranzact::{Details, Encoding, UpiTranzact};

const ID: &str = "uptz_2848129210ud13";
const SUCCESS: &str = include_str!("../fixtures/success.json");
const SUCCESS_WITH_UTR: &str = include_str!("../fixtures/success_with_utr.json");
const SUCCESS_WITH_STATUS: &str = include_str!("../fixtures/success_with_status.json");
const PENDING: &str = include_str!("../fixtures/pending.json");
fn account() -> UpiTranzact {
    UpiTranzact::new("canary-merchant", "canary-public", "canary-secret")
}

fn reply(http: u16, body: &str) -> Response<Body> {
    let mut reply = Response::new(Body::from(body.to_owned()));
    *reply.status_mut() = StatusCode::from_u16(http).unwrap();
    reply
}

fn ask(id: &str, http: u16, body: &str) -> Result<Payment<Details>, Error> {
    interpret(&account(), &Lookup::order(id), &reply(http, body))
}

/// A reply of HTTP 200 with these fields.
fn says(fields: &str) -> Result<Payment<Details>, Error> {
    ask(ID, 200, &format!("{{{fields}}}"))
}

/// The newest success with this in the place of its `data`.
fn success_of(data: &str) -> Result<Payment<Details>, Error> {
    says(&format!(
        r#""status":true,"statusCode":200,"txnStatus":"SUCCESS","msg":"Payment successful","data":{data}"#
    ))
}

#[track_caller]
fn fails(result: Result<Payment<Details>, Error>, kind: ErrorKind, http: u16) {
    let error = result.unwrap_err();
    assert_eq!(
        (error.kind(), error.http_status(), error.provider()),
        (kind, Some(http), Some("upitranzact")),
        "{error}"
    );
}

#[test]
fn the_request_is_the_documented_one() {
    let account = UpiTranzact::new("ABC", "your_public_key", "your_secret_key");
    let request = account.request(&Ask::about(&Lookup::from("bd79da4cc3ff1"))).unwrap();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "https://api.upitranzact.com/v1/payments/checkPaymentStatus");
    assert_eq!(request.headers()["authorization"], "Basic eW91cl9wdWJsaWNfa2V5OnlvdXJfc2VjcmV0X2tleQ==");
    assert!(request.headers()["authorization"].is_sensitive());
    assert_eq!(request.headers()["content-type"], "application/json");
    assert_eq!(request.headers().len(), 2);
    assert_eq!(request.body().as_bytes(), br#"{"mid":"ABC","order_id":"bd79da4cc3ff1"}"#);

    let form =
        account.with_encoding(Encoding::Form).request(&Ask::about(&Lookup::order("bd79da4cc3ff1"))).unwrap();
    assert_eq!(form.headers()["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(form.body().as_bytes(), b"mid=ABC&order_id=bd79da4cc3ff1");
}

#[test]
fn nothing_shows_the_credentials() {
    for encoding in [Encoding::Json, Encoding::Form] {
        let account = account().with_encoding(encoding);
        let request = account.request(&Ask::about(&Lookup::from(ID))).unwrap();
        let shown = format!("{request:?} {account:?}");
        assert!(!shown.contains("canary") && !shown.contains("Y2FuYXJ5"), "{shown}");
    }
}

#[test]
fn an_id_stays_one_field() {
    let id = "a&x=1\"},\n é%";
    let json = account().request(&Ask::about(&Lookup::from(id))).unwrap();
    let fields: serde_json::Value = serde_json::from_slice(json.body().as_bytes()).unwrap();
    assert_eq!(fields, serde_json::json!({"mid": "canary-merchant", "order_id": id}));
    let form = account().with_encoding(Encoding::Form).request(&Ask::about(&Lookup::from(id))).unwrap();
    assert_eq!(form.body().as_bytes(), b"mid=canary-merchant&order_id=a%26x%3D1%22%7D%2C%0A+%C3%A9%25");
    for id in ["", ".", ".."] {
        assert_eq!(
            account().request(&Ask::about(&Lookup::from(id))).unwrap_err().kind(),
            ErrorKind::InvalidLookup
        );
    }
}

#[test]
fn unusable_credentials_are_named_and_not_shown() {
    for (account, field) in [
        (UpiTranzact::new("", "p", "s"), "`merchant_id`"),
        (UpiTranzact::new("canary\n", "p", "s"), "`merchant_id`"),
        (UpiTranzact::new("m", "", "s"), "`public_key`"),
        (UpiTranzact::new("m", "canary:canary", "s"), "`public_key`"),
        (UpiTranzact::new("m", "p", ""), "`secret_key`"),
        (UpiTranzact::new("m", "p", "canary\r"), "`secret_key`"),
    ] {
        let error = account.request(&Ask::about(&Lookup::from(ID))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.message().starts_with(field), "{error}");
        assert!(!format!("{error:?}").contains("canary"));
    }
    // A colon in the secret key ends nothing.
    assert!(UpiTranzact::new("m", "p", "s:s").request(&Ask::about(&Lookup::from(ID))).is_ok());
}

#[test]
fn the_configuration_form_has_the_same_settings() {
    let required = r#""merchant_id":"m","public_key":"p","secret_key":"s""#;
    let read = |more: &str| serde_json::from_str::<UpiTranzact>(&format!("{{{required}{more}}}"));
    let encoding = |account: UpiTranzact| {
        account.request(&Ask::about(&Lookup::from(ID))).unwrap().headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(read("").unwrap().base_url().to_string(), "https://api.upitranzact.com");
    assert_eq!(encoding(read("").unwrap()), "application/json");
    assert_eq!(encoding(read(r#","encoding":"form""#).unwrap()), "application/x-www-form-urlencoded");
    assert!(read(r#","encoding":"xml""#).is_err());
    assert!(read(r#","mid":"m""#).is_err());
    assert!(serde_json::from_str::<UpiTranzact>(r#"{"merchant_id":"m","public_key":"p"}"#).is_err());

    let strict = read(r#","require_txn_status":true,"base_url":"https://pay.example.com/upi""#).unwrap();
    assert_eq!(strict.base_url().to_string(), "https://pay.example.com/upi");
    let old = interpret(&strict, &Lookup::from("utz_xxxxxxx"), &reply(200, SUCCESS_WITH_UTR)).unwrap();
    assert_eq!(old.status(), Status::Unknown);
}

#[test]
fn the_wait_begins_at_five_seconds_and_ends_in_minutes() {
    let plan = account().facts().wait_plan;
    let pause = |asks| plan.pause(asks, Duration::ZERO);
    assert_eq!((pause(1), pause(20)), (Duration::from_secs(5), Duration::from_secs(60)));
    assert_eq!(plan.not_found_grace(), plan.total(), "the payer may not have scanned yet");
    assert_eq!(plan.total(), Duration::from_secs(300));
}

#[test]
fn the_newest_success_is_paid_in_exact_rupees() {
    for lookup in [Lookup::payment(ID), Lookup::order(ID)] {
        let payment = interpret(&account(), &lookup, &reply(200, SUCCESS)).unwrap();
        assert!(payment.is_paid() && payment.is_final());
        assert_eq!((payment.id(), payment.reference()), (ID, Some(ID)));
        assert_eq!((payment.provider_status(), payment.reason()), ("SUCCESS", None));
        assert_eq!(payment.details().data.as_ref().unwrap().utr.as_deref(), Some("523504870405"));
        let expected = Expected::new(Money::parse("1.08", "INR").unwrap()).with_reference(ID);
        assert!(payment.verify(&expected).is_ok());
    }
}

#[test]
fn the_older_successes_are_paid_unless_the_account_is_strict() {
    for (id, body, words, amount) in [
        ("utz_xxxxxxx", SUCCESS_WITH_UTR, "Transaction is successful", "1 INR"),
        ("bd79da4cc3ff1", SUCCESS_WITH_STATUS, "SUCCESS", "200 INR"),
    ] {
        let payment = ask(id, 200, body).unwrap();
        assert!(payment.is_paid() && payment.is_final());
        assert_eq!(payment.provider_status(), words);
        assert_eq!(payment.amount().unwrap().to_string(), amount);
        let strict =
            interpret(&account().requiring_txn_status(), &Lookup::from(id), &reply(200, body)).unwrap();
        assert_eq!((strict.status(), strict.finality()), (Status::Unknown, Finality::Open));
        assert!(strict.reason().unwrap().ends_with("successful"));
    }
    let strict =
        interpret(&account().requiring_txn_status(), &Lookup::from(ID), &reply(200, SUCCESS)).unwrap();
    assert!(strict.is_paid());
}

#[test]
fn the_payers_address_is_kept_and_not_shown() {
    let payment = ask("bd79da4cc3ff1", 200, SUCCESS_WITH_STATUS).unwrap();
    let vpa = payment.details().data.as_ref().unwrap().vpa.clone().unwrap();
    assert_eq!(vpa.expose(), "canary@example.invalid");
    let json = serde_json::to_string(&payment).unwrap();
    assert!(!format!("{payment:?} {json}").contains("canary"));
}

#[test]
fn pending_needs_no_data_and_may_be_an_order_that_is_not_known() {
    let payment = ask(ID, 200, PENDING).unwrap();
    assert_eq!(payment.status(), Status::Pending(Pending::Indeterminate));
    assert_eq!((payment.id(), payment.reference(), payment.amount()), (ID, None, None));
    assert_eq!((payment.provider_status(), payment.reason()), ("PENDING", Some("Transaction not found")));
    let payment =
        says(r#""status":false,"statusCode":200,"txnStatus":"PENDING","msg":"In process""#).unwrap();
    assert_eq!(payment.status(), Status::Pending(Pending::Processing));
    assert_eq!(payment.may_charge_again(), MayChargeAgain::No);
}

#[test]
fn fail_and_reject_are_provisional_with_and_without_success() {
    for success in [true, false] {
        for (word, funds) in [("FAIL", Funds::Unknown), ("REJECT", Funds::NotTaken)] {
            let payment =
                says(&format!(r#""status":{success},"statusCode":200,"txnStatus":"{word}","msg":"why""#))
                    .unwrap();
            assert_eq!(
                (payment.status(), payment.finality(), payment.funds()),
                (Status::Failed, Finality::Provisional, funds)
            );
            assert_eq!((payment.provider_status(), payment.reason()), (word, Some("why")));
            assert_eq!(payment.may_charge_again(), MayChargeAgain::Unknown);
        }
    }
}

#[test]
fn a_null_data_status_is_present_and_so_no_success() {
    let data = r#"{"order_id":"bd79da4cc3ff1","amount":1,"UTR":"502002472504","status":null}"#;
    for word in ["", r#","txnStatus":"SUCCESS""#] {
        let reply = format!(r#"{{"status":true,"statusCode":200{word},"data":{data}}}"#);
        assert_eq!(ask("bd79da4cc3ff1", 200, &reply).unwrap().status(), Status::Unknown, "{reply}");
    }
}

#[test]
fn what_is_not_listed_is_unknown_with_its_words() {
    let data = format!(r#""data":{{"order_id":"{ID}","amount":"1.08"}}"#);
    for (fields, words) in [
        (
            format!(r#""status":true,"statusCode":200,"msg":"Payment successful",{data}"#),
            "Payment successful",
        ),
        (format!(r#""status":true,"statusCode":200,{data}"#), "true"),
        (format!(r#""status":false,"statusCode":200,"txnStatus":"SUCCESS",{data}"#), "SUCCESS"),
        (format!(r#""status":true,"statusCode":404,"txnStatus":"SUCCESS",{data}"#), "SUCCESS"),
        (r#""status":true,"txnStatus":"success""#.into(), "success"),
        (r#""status":true"#.into(), "true"),
        (r#""status":false,"statusCode":200,"msg":"Hm""#.into(), "Hm"),
        (r#""status":false,"statusCode":403"#.into(), "false"),
        (r#""status":false,"statusCode":"404","msg":null,"data":null,"more":[{}]"#.into(), "false"),
        (r#""status":false,"statusCode":200,"data":{"status":["FAIL"]}"#.into(), r#"["FAIL"]"#),
    ] {
        let payment = says(&fields).unwrap();
        assert_eq!((payment.status(), payment.finality()), (Status::Unknown, Finality::Open), "{fields}");
        assert_eq!((payment.provider_status(), payment.funds()), (words, Funds::Unknown));
    }
}

#[test]
fn a_reply_about_another_order_is_a_mismatch_whatever_it_says() {
    fails(ask("uptz_2848129210UD13", 200, SUCCESS), ErrorKind::Mismatch, 200);
    for head in [
        r#""status":true,"statusCode":200"#,
        r#""status":false,"statusCode":200,"txnStatus":"PENDING""#,
        r#""status":false,"statusCode":200,"txnStatus":"FAIL""#,
        r#""status":false,"statusCode":200,"txnStatus":"NEW""#,
        r#""status":false,"statusCode":404"#,
    ] {
        fails(
            says(&format!(r#"{head},"data":{{"order_id":"another","amount":1}}"#)),
            ErrorKind::Mismatch,
            200,
        );
    }
}

#[test]
fn a_success_that_is_not_whole_is_no_answer() {
    for data in [
        "null".into(),
        "[]".into(),
        "true".into(),
        "{}".into(),
        format!(r#"["{ID}",1.08]"#),
        r#"{"amount":1.08,"UTR":"523504870405"}"#.into(),
        r#"{"amount":1.08,"order_id":null}"#.into(),
        r#"{"amount":1.08,"order_id":1}"#.into(),
        format!(r#"{{"order_id":"{ID}"}}"#),
        format!(r#"{{"order_id":"{ID}","order_id":"{ID}","amount":1}}"#),
        format!(r#"{{"order_id":"{ID}","amount":null}}"#),
        format!(r#"{{"order_id":"{ID}","amount":"1,08"}}"#),
        format!(r#"{{"order_id":"{ID}","amount":"₹1"}}"#),
        format!(r#"{{"order_id":"{ID}","amount":-1.08}}"#),
        format!(r#"{{"order_id":"{ID}","amount":true}}"#),
    ] {
        fails(success_of(&data), ErrorKind::InvalidReply, 200);
    }
    for fields in [
        r#""status":true,"statusCode":200,"txnStatus":"SUCCESS""#,
        r#""status":true,"statusCode":200,"msg":"Payment successful""#,
        r#""status":"true","statusCode":200,"txnStatus":"PENDING""#,
        r#""status":"false","statusCode":404"#,
        r#""status":1,"statusCode":200"#,
        r#""status":null,"statusCode":404"#,
        r#""statusCode":404,"msg":"Transaction not found""#,
        r#""status":false,"statusCode":200,"txnStatus":null"#,
        r#""status":false,"statusCode":404,"txnStatus":null"#,
        r#""status":false,"statusCode":200,"txnStatus":1"#,
        r#""status":false,"statusCode":200,"txnStatus":["PENDING"]"#,
        r#""status":false,"status":false"#,
        r#""status":false,"statusCode":200,"txnStatus":"FAIL","data":{"amount":"x"}"#,
    ] {
        fails(says(fields), ErrorKind::InvalidReply, 200);
    }
    for (http, body) in [(200, "<html>"), (200, "[true,200]"), (200, "null"), (204, ""), (200, "\u{feff}{}")]
    {
        fails(ask(ID, http, body), ErrorKind::InvalidReply, http);
    }
}

#[test]
fn amounts_are_read_as_numbers_and_as_text() {
    for (amount, read) in [
        ("1.08", "1.08"),
        (r#""1.08""#, "1.08"),
        ("1.10", "1.10"),
        ("2e2", "200"),
        ("0", "0"),
        (r#""1""#, "1"),
    ] {
        let payment = success_of(&format!(r#"{{"order_id":"{ID}","amount":{amount}}}"#)).unwrap();
        assert!(payment.is_paid());
        assert_eq!(payment.amount().unwrap().to_string(), format!("{read} INR"));
    }
}

#[test]
fn a_success_with_any_2xx_is_one() {
    assert!(ask(ID, 201, SUCCESS).unwrap().is_paid());
    assert!(ask(ID, 202, PENDING).is_ok());
}

#[test]
fn an_error_is_the_same_in_an_http_status_and_in_a_success() {
    for (code, kind) in
        [(404, ErrorKind::NotFound), (429, ErrorKind::RateLimited), (503, ErrorKind::Unavailable)]
    {
        let envelope = format!(r#"{{"status":false,"statusCode":{code},"msg":"canary"}}"#);
        for http in [200, code] {
            let error = ask(ID, http, &envelope).unwrap_err();
            assert_eq!((error.kind(), error.http_status()), (kind, Some(http)), "{code} in {http}");
            let code = code.to_string();
            assert_eq!((error.provider_code(), error.provider_message()), (Some(&*code), Some("canary")));
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
    }
    for not_its_own in [
        r#"{"message":"no route"}"#,
        r#"{"status":true,"statusCode":404,"msg":"Transaction not found"}"#,
        r#"{"status":"false","statusCode":404,"msg":"Transaction not found"}"#,
    ] {
        fails(ask(ID, 404, not_its_own), ErrorKind::Rejected, 404);
    }
    let error = ask(ID, 401, "").unwrap_err();
    assert!(error.to_string().contains("`public_key`"), "{error}");
}
