//! What only this provider does, over stored replies: no network, no clock.

mod callback;
mod conformance;

use http::Response;
use paystatus_core::{BaseUrl, Body, Error, ErrorKind, Lookup, Payment, Provider};
use paystatus_payu::{Ask, Details, PayU, interpret};

const ID: &str = "403993715521889530";
const TXNID: &str = "7fa6c478";
const VERIFIED: &str = include_str!("../fixtures/verified.json");

/// The vector of the documentation's rule.
const HASH: &str = "6db962c35591b6277edd01aa44a9c1017d9db41a18a9a90300795415a29ce15e15db01650e492363d12fdc0a5f241efe61e7635698aa4a0e16f30455e826e75d";

fn account() -> PayU {
    PayU::new("PkEy77", "canary_salt_7Qe1")
}

/// A transaction in its fewest words, with these fields beside.
fn details(status: &str, unmapped: &str, more: &str) -> String {
    format!(
        r#"{{"mihpayid":{ID},"txnid":"{TXNID}","addedon":"2020-10-26 14:12:13","status":"{status}",
            "unmappedstatus":{unmapped},{more}}}"#
    )
}

/// As it is told by PayU's id.
fn flat(details: &str) -> String {
    format!(r#"{{"status":1,"msg":"Transaction Fetched Successfully","transaction_details":{details}}}"#)
}

/// As it is told by the merchant's id.
fn by_order(status: &str) -> String {
    VERIFIED.replace("\"success\"", status)
}

fn ask(lookup: Lookup, body: &str) -> Result<Payment<Details>, Error> {
    interpret(&account(), &lookup, &Response::new(Body::from(body.to_owned())))
}

#[test]
fn the_requests_are_the_documented_ones() {
    let request = account().request(&Ask::about(&Lookup::order("order-8123"))).unwrap();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "https://info.payu.in/merchant/postservice.php?form=2");
    assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
    let body = format!("key=PkEy77&command=verify_payment&var1=order-8123&hash={HASH}");
    assert_eq!(std::str::from_utf8(request.body().as_bytes()).unwrap(), body);
    assert!(!format!("{request:?}").contains("6db962c3"));

    let account = account().with_base_url(BaseUrl::parse("https://pay.example.com/in").unwrap());
    let request = account.request(&Ask::about(&Lookup::payment("25779819010"))).unwrap();
    assert_eq!(request.uri(), "https://pay.example.com/in/merchant/postservice.php?form=2");
    assert!(
        request.body().as_bytes().starts_with(b"key=PkEy77&command=check_payment&var1=25779819010&hash=")
    );
}

#[test]
fn the_hash_is_over_the_text_and_the_form_over_its_encoding() {
    let request = account().request(&Ask::about(&Lookup::order("a&b=c+d é"))).unwrap();
    let body = std::str::from_utf8(request.body().as_bytes()).unwrap();
    // The hash of `PkEy77|verify_payment|a&b=c+d é|canary_salt_7Qe1`, by another program.
    let hash = "7d31c82aa9bdd7dc74fab52e0dd0ddde123d534a973ee54ccf9a13c463acdf199b5455aeb916db307b44bd51c8001e6c614086b2883b80dc6d8cb998e5017f00";
    assert_eq!(body, format!("key=PkEy77&command=verify_payment&var1=a%26b%3Dc%2Bd+%C3%A9&hash={hash}"));
}

#[test]
fn what_would_ask_about_something_else_is_refused() {
    for lookup in [
        Lookup::order("order-1|order-2"),
        Lookup::payment("order-1"),
        Lookup::payment("-1"),
        Lookup::payment("1|2"),
        Lookup::payment("4.03e17"),
    ] {
        let error = account().request(&Ask::about(&lookup)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidLookup, "{lookup:?}");
    }
    let where_payers_pay = account().with_base_url(BaseUrl::parse("https://secure.payu.in").unwrap());
    let error = where_payers_pay.request(&Ask::about(&Lookup::payment(ID))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
}

#[test]
fn the_documented_sample() {
    let payment = ask(Lookup::order(TXNID), VERIFIED).unwrap();
    assert_eq!((payment.id(), payment.reference()), (ID, Some(TXNID)));
    assert_eq!(payment.amount().unwrap().to_string(), "10 INR");
    assert_eq!((payment.returned(), payment.test_mode(), payment.reason()), (None, None, None));
    // Nobody says of which zone.
    let begun = payment.created_at().unwrap();
    assert_eq!((begun.raw(), begun.to_utc()), ("2020-10-26 14:12:13", None));
    let never = VERIFIED.replace("2020-10-26 14:12:13", "0000-00-00 00:00:00");
    assert!(ask(Lookup::order(TXNID), &never).unwrap().created_at().is_none());
}

#[test]
fn an_answer_is_about_what_was_asked_for() {
    let kind = |lookup: Lookup, body: &str| ask(lookup, body).unwrap_err().kind();
    for body in [
        VERIFIED.replace(r#"{"7fa6c478":"#, r#"{"other":"#),
        VERIFIED.replace(r#""txnid":"7fa6c478""#, r#""txnid":"other""#),
        VERIFIED.replace(r#""txnid":"7fa6c478","#, ""),
    ] {
        assert_ne!(body, VERIFIED);
        assert_eq!(kind(Lookup::order(TXNID), &body), ErrorKind::Mismatch, "{body}");
    }
    // An order that is called like PayU's id of another.
    let other = VERIFIED.replace(r#"{"7fa6c478":"#, &format!(r#"{{"{ID}":"#));
    assert_eq!(kind(Lookup::order(ID), &other), ErrorKind::Mismatch);
    // Entries of other orders beside it do not count.
    let beside = VERIFIED.replace(
        r#""transaction_details":{"#,
        r#""transaction_details":{"other":{"status":"failure","txnid":"other"},"#,
    );
    assert!(ask(Lookup::order(TXNID), &beside).unwrap().is_paid());
    let twice = VERIFIED.replace(r#"{"7fa6c478":"#, r#"{"7fa6c478":{"status":"failure"},"7fa6c478":"#);
    assert_eq!(kind(Lookup::order(TXNID), &twice), ErrorKind::InvalidReply);
    // The two answers have different forms.
    assert_eq!(kind(Lookup::payment(ID), VERIFIED), ErrorKind::InvalidReply);
    let captured = flat(&details("success", r#""captured""#, r#""amt":"10.00""#));
    assert!(ask(Lookup::payment(ID), &captured).unwrap().is_paid());
    assert_eq!(kind(Lookup::order(TXNID), &captured), ErrorKind::Mismatch);
}

#[test]
fn what_is_not_there_is_not_found_if_it_is_what_was_asked_for() {
    let nothing = r#"{"mihpayid":"Not Found","status":"Not Found"}"#;
    let said = |outer: &str, details: &str| {
        let msg = "0 out of 1 Transactions Fetched Successfully";
        format!(r#"{{"status":{outer},"msg":"{msg}","transaction_details":{details}}}"#)
    };
    for outer in ["0", "1", r#""0""#] {
        let named = |txnid: &str| said(outer, &format!(r#"{{"{txnid}":{nothing}}}"#));
        for (lookup, body, kind) in [
            (Lookup::order(TXNID), named(TXNID), ErrorKind::NotFound),
            (Lookup::payment(ID), said(outer, nothing), ErrorKind::NotFound),
            (Lookup::order(TXNID), named("another"), ErrorKind::Mismatch),
        ] {
            assert_eq!(ask(lookup, &body).unwrap_err().kind(), kind, "{body}");
        }
    }
}

#[test]
fn an_id_beyond_what_a_float_holds_is_compared_by_its_digits() {
    let captured = flat(&details("success", r#""captured""#, r#""amt":"10.00""#));
    for neighbour in ["403993715521889531", "403993715521889529"] {
        let error = ask(Lookup::payment(neighbour), &captured).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Mismatch);
    }
    assert!(ask(Lookup::payment(ID), &captured.replace(ID, &format!("\"{ID}\""))).unwrap().is_paid());
    for (id, kind) in [
        ("4.0399371552188953e17", ErrorKind::Mismatch),
        ("null", ErrorKind::InvalidReply),
        ("true", ErrorKind::InvalidReply),
    ] {
        assert_eq!(ask(Lookup::payment(ID), &captured.replace(ID, id)).unwrap_err().kind(), kind, "{id}");
    }
    let odd = VERIFIED.replace(&format!("\"{ID}\""), "\"Not Found\"");
    assert_eq!(ask(Lookup::order(TXNID), &odd).unwrap_err().kind(), ErrorKind::InvalidReply);
}

#[test]
fn a_transaction_is_one_only_where_the_envelope_says_so() {
    for (status, kind) in [
        (r#""status":"1""#, None),
        (r#""status":0"#, Some(ErrorKind::Rejected)),
        (r#""status":"2""#, Some(ErrorKind::Rejected)),
        (r#""status":null"#, Some(ErrorKind::InvalidReply)),
        (r#""status":true"#, Some(ErrorKind::InvalidReply)),
    ] {
        let body = VERIFIED.replacen(r#""status":1"#, status, 1);
        let found = ask(Lookup::order(TXNID), &body).err().map(|error| error.kind());
        assert_eq!(found, kind, "{status}");
    }
    for details in ["[]", "null", "7", r#""x""#] {
        let body = flat(details);
        assert_eq!(
            ask(Lookup::order(TXNID), &body).unwrap_err().kind(),
            ErrorKind::InvalidReply,
            "{details}"
        );
    }
}

#[test]
fn what_left_the_payers_instrument_counts() {
    for (amounts, amount) in [
        (r#""net_amount_debit":9900,"amt":"9950.00","transaction_amount":"10000.00""#, Some("9900 INR")),
        (r#""net_amount_debit":"9900.50""#, Some("9900.50 INR")),
        (r#""net_amount_debit":"","amt":"9950.00","transaction_amount":"10000.00""#, Some("9950.00 INR")),
        (r#""net_amount_debit":"-1""#, None),
        (r#""net_amount_debit":"9,900.00""#, None),
        (r#""net_amount_debit":[10]"#, None),
        (r#""net_amount_debit":"","amt":"""#, None),
    ] {
        let reading = ask(Lookup::payment(ID), &flat(&details("success", r#""captured""#, amounts)));
        match (reading, amount) {
            (Ok(payment), Some(amount)) => assert_eq!(payment.amount().unwrap().to_string(), amount),
            (reading, _) => {
                assert_eq!(
                    reading.err().map(|error| error.kind()),
                    Some(ErrorKind::InvalidReply),
                    "{amounts}"
                );
                assert_eq!(amount, None);
            }
        }
    }
}

#[test]
fn no_error_is_no_reason() {
    for (texts, reason) in [
        (r#""field9":"No Error","error_Message":"NO ERROR""#, None),
        (r#""field9":"","error_Message":"Bank down""#, Some("Bank down")),
        (r#""field9":"no error","error_Message":"Bank down""#, Some("Bank down")),
        (r#""field9":"Expired","error_Message":"Bank down""#, Some("Expired")),
        (r#""amt":"1""#, None),
    ] {
        let payment = ask(Lookup::payment(ID), &flat(&details("failure", "null", texts))).unwrap();
        assert_eq!(payment.reason(), reason, "{texts}");
    }
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<PayU>(json);
    let account = read(r#"{"merchant_key":"canary","salt":"canary","base_url":"https://pay.example.com"}"#);
    assert!(!format!("{:?}", account.unwrap()).contains("canary"));
    assert!(read(r#"{"merchant_key":"canary","salt":"canary"}"#).is_ok());
    assert!(read(r#"{"merchant_key":"canary"}"#).is_err());
    assert!(read(r#"{"merchant_key":"canary","salt":"canary","key":"canary"}"#).is_err());
}
