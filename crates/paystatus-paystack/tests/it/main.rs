//! What only this provider does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;

use http::Response;
use paystatus_core::{
    BaseUrl, Body, Discrepancy, Error, ErrorKind, Expected, Lookup, Money, Payment, Provider,
};
use paystatus_paystack::{Ask, Details, Paystack, interpret};

const REFERENCE: &str = "re4lyvq3s3";
const ID: &str = "4099260516";

/// A transaction with this word and this amount, with these fields beside.
fn transaction(status: &str, amount: &str, more: &str) -> String {
    format!(
        r#"{{"status":true,"message":"Verification successful","data":{{"id":{ID},"domain":"live","status":"{status}",
            "reference":"{REFERENCE}","amount":{amount},"currency":"NGN","metadata":"","plan":{{}},
            "createdAt":"2024-08-22T09:14:24.000Z","paidAt":"2024-08-22T09:15:02.000Z"{more}}}}}"#
    )
}

fn ask(lookup: Lookup, body: &str) -> Result<Payment<Details>, Error> {
    interpret(&Paystack::new("sk_live_canary"), &lookup, &Response::new(Body::from(body.to_owned())))
}

#[test]
fn the_request_is_the_documented_one() {
    let account =
        Paystack::new("sk_live_canary").with_base_url(BaseUrl::parse("https://pay.example.com/ng").unwrap());
    for (lookup, path) in [
        (Lookup::order(REFERENCE), "/transaction/verify/re4lyvq3s3"),
        (Lookup::order("a=b.c-1"), "/transaction/verify/a%3Db.c-1"),
        // A reference of digits stays one.
        (Lookup::order("834915094"), "/transaction/verify/834915094"),
        (Lookup::payment(ID), "/transaction/4099260516"),
    ] {
        let request = account.request(&Ask::about(&lookup)).unwrap();
        assert_eq!((request.method().as_str(), request.body().as_bytes()), ("GET", &b""[..]));
        assert_eq!(request.uri().to_string(), format!("https://pay.example.com/ng{path}"));
        assert_eq!(request.headers()["authorization"], "Bearer sk_live_canary");
        assert_eq!(request.headers().len(), 1);
        assert!(!format!("{request:?} {account:?}").contains("canary"));
    }
}

#[test]
fn a_payment_is_a_number_and_never_sent_as_a_reference() {
    let account = Paystack::new("sk_live_canary");
    for id in [REFERENCE, "-1", "1.0", "1e3", "+1", "verify", "99999999999999999999"] {
        let error = account.request(&Ask::about(&Lookup::payment(id))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidLookup, "{id}");
        assert!(error.message().contains("by order"), "{error}");
    }
}

#[test]
fn a_public_key_is_refused_before_anything_is_sent() {
    let account = Paystack::new("pk_live_canary");
    let error = account.request(&Ask::about(&Lookup::order(REFERENCE))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("`secret_key`") && !format!("{error:?}").contains("canary"));
}

#[test]
fn another_reference_or_id_is_no_answer() {
    let body = transaction("success", "40333", "");
    assert!(ask(Lookup::order(REFERENCE), &body).is_ok() && ask(Lookup::payment(ID), &body).is_ok());
    // The id of the answer, as a reference of somebody's: it is another transaction's.
    for lookup in [
        Lookup::order(ID),
        Lookup::order("RE4LYVQ3S3"),
        Lookup::payment("4099260517"),
        Lookup::payment(REFERENCE),
    ] {
        assert_eq!(ask(lookup.clone(), &body).unwrap_err().kind(), ErrorKind::Mismatch, "{lookup:?}");
    }
}

#[test]
fn the_outer_status_is_not_the_payments() {
    let abandoned = ask(Lookup::order(REFERENCE), &transaction("abandoned", "40333", "")).unwrap();
    assert!(!abandoned.is_paid() && !abandoned.is_final());
}

#[test]
fn a_fee_that_the_payer_bears_is_in_the_amount() {
    let body = transaction("success", "40333", r#","requested_amount":30050"#);
    let verdict = |expected| ask(Lookup::order(REFERENCE), &body).unwrap().verify(&expected);
    let price = Money::parse("300.50", "NGN").unwrap();
    let over = verdict(Expected::new(price)).unwrap_err();
    assert!(matches!(over.discrepancies(), [Discrepancy::Overpaid { by }] if by.to_string() == "102.83 NGN"));
    assert!(verdict(Expected::at_least(price)).is_ok());
}

#[test]
fn minor_units_are_hundredths_of_francs_too() {
    for (currency, money) in [
        ("NGN", "10.00 NGN"),
        ("GHS", "10.00 GHS"),
        ("ZAR", "10.00 ZAR"),
        ("KES", "10.00 KES"),
        ("USD", "10.00 USD"),
        ("EGP", "10.00 EGP"),
        ("XOF", "10.00 XOF"),
        ("RWF", "10.00 RWF"),
    ] {
        let body = transaction("success", "1000", "").replace("NGN", currency);
        assert_eq!(ask(Lookup::order(REFERENCE), &body).unwrap().amount().unwrap().to_string(), money);
    }
}

#[test]
fn amounts_are_whole_or_the_reply_is_invalid() {
    for amount in ["40333.5", "-40333", "\"40333.5\"", "\"\"", "\"1_000\"", "null", "true"] {
        let error = ask(Lookup::order(REFERENCE), &transaction("success", amount, "")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidReply, "{amount}");
        let requested = format!(r#","requested_amount":{amount}"#);
        let read = ask(Lookup::order(REFERENCE), &transaction("success", "40333", &requested));
        assert_eq!(read.is_ok(), amount == "null", "{amount}");
    }
    let text = ask(Lookup::order(REFERENCE), &transaction("success", "\"40333\"", "")).unwrap();
    assert_eq!(text.amount().unwrap().to_string(), "403.33 NGN");
}

#[test]
fn fields_whose_types_wander_void_nothing() {
    for more in [
        r#","requested_amount":null,"log":null,"receipt_number":7,"authorization":{},"split":null,"subaccount":null"#,
        r#","customer":null,"receipt_number":"7","authorization":null,"gateway_response":null,"fees":"many""#,
        r#","customer":[],"channel":{},"ip_address":7"#,
    ] {
        assert!(ask(Lookup::order(REFERENCE), &transaction("success", "40333", more)).unwrap().is_paid());
    }
    for metadata in ["null", "{}", r#"{"a":[1]}"#, r#""{}""#, "7"] {
        let body = transaction("success", "40333", "")
            .replace(r#""metadata":"""#, &format!(r#""metadata":{metadata}"#));
        assert!(ask(Lookup::order(REFERENCE), &body).unwrap().is_paid(), "{metadata}");
    }
}

#[test]
fn only_its_two_words_tell_the_mode() {
    for (domain, told) in
        [(r#""test""#, Some(true)), (r#""live""#, Some(false)), (r#""Test""#, None), ("null", None)]
    {
        let body = transaction("success", "40333", "").replace(r#""live""#, domain);
        let paid = ask(Lookup::order(REFERENCE), &body).unwrap();
        assert_eq!(paid.test_mode(), told, "{domain}");
        assert_eq!(paid.verify(&Expected::paid()).is_err(), told == Some(true), "{domain}");
    }
}

#[test]
fn times_have_two_spellings_that_may_stand_together() {
    let both = r#","created_at":"2024-08-22T09:14:25.000Z","paid_at":"2024-08-22T09:15:03.000Z""#;
    for (more, made, paid) in
        [("", "24", "02"), (both, "25", "03"), (r#","created_at":null,"paid_at":null"#, "24", "02")]
    {
        let payment = ask(Lookup::order(REFERENCE), &transaction("success", "40333", more)).unwrap();
        assert_eq!(payment.created_at().unwrap().raw(), format!("2024-08-22T09:14:{made}.000Z"));
        assert_eq!(payment.updated_at().unwrap().raw(), format!("2024-08-22T09:15:{paid}.000Z"));
    }
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<Paystack>(json);
    let account = read(r#"{"secret_key":"canary","base_url":"https://pay.example.com"}"#);
    assert!(!format!("{:?}", account.unwrap()).contains("canary"));
    assert!(read(r#"{"secret_key":"canary"}"#).is_ok());
    assert!(read(r#"{}"#).is_err());
    assert!(read(r#"{"secret_key":"canary","public_key":"canary"}"#).is_err());
}
