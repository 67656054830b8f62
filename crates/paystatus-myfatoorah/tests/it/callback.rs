//! Callbacks: the vectors of both versions, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};
use paystatus_core::{Callback, Covers, ErrorKind, Lookup, NotGenuine, Notification, SignsCallbacks};
use paystatus_myfatoorah::MyFatoorah;

const SECRET: &str = "canary-mf-webhook";
const V2: &str = r#"{"Event":{"Code":1,"Name":"PAYMENT_STATUS_CHANGED","Reference":"WR-1"},"Data":{"Invoice":{"Id":"915102","Status":"PAID","ExternalIdentifier":"order_1"},"Transaction":{"Id":"7","Status":"SUCCESS","PaymentId":"100202120965964751"},"Amount":{"ValueInBaseCurrency":"1"}}}"#;
const V2_SIGNATURE: &str = "Szj8vUouhAZ18C91pQkVE1qG4PEqXbq6e47gyR+slrQ=";
const V1: &str = r#"{"EventType":1,"Event":"TransactionsStatusChanged","DateTime":"04032021211615","Data":{"InvoiceId":586170,"InvoiceReference":"2021000184","CreatedDate":"04032021211555","CustomerEmail":null,"TransactionStatus":"SUCCESS","PaymentId":"100202106359084366"}}"#;
const V1_SIGNATURE: &str = "zjxDBrz8w3X/gpsZ1Kw4xL/9Sbx9PBKbqco38cErTzk=";

fn account(secrets: &[&str]) -> MyFatoorah {
    MyFatoorah::new("token").with_callback_secrets(secrets.iter().map(|&secret| secret.into()))
}

fn verify_as(account: &MyFatoorah, signatures: &[&str], body: &str) -> Result<Notification, NotGenuine> {
    let mut headers = HeaderMap::new();
    for signature in signatures {
        headers.append("myfatoorah-signature", HeaderValue::from_str(signature).unwrap());
    }
    // However late: no time is signed.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    account.verify_callback(&Callback::new(&headers, body.as_bytes(), now))
}

fn verify(signature: &str, body: &str) -> Result<Notification, NotGenuine> {
    verify_as(&account(&[SECRET]), &[signature], body)
}

#[test]
fn the_vectors_are_genuine_and_the_same_is_made_by_signing() {
    for (body, signature, id) in [(V2, V2_SIGNATURE, "915102"), (V1, V1_SIGNATURE, "586170")] {
        let notification = verify(signature, body).unwrap();
        assert_eq!(notification.payments(), [Lookup::payment(id)]);
        let covers = notification.covers();
        assert!(matches!(covers, Covers::Fields(["Invoice.Id", ..] | ["Data"])), "{covers:?}");
        let made = account(&[SECRET]).sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(made.headers, [("myfatoorah-signature", signature.to_owned())]);
        assert_eq!(made.body, body.as_bytes());
    }
}

#[test]
fn what_is_not_signed_may_change_and_what_is_may_not() {
    let key = |signature: &str, body: &str| verify(signature, body).unwrap().deduplication_key().to_owned();
    for (from, to) in [("WR-1", "WR-2"), (r#""1"}}"#, r#""2"}}"#), (r#""Id":"7""#, r#""Id":"8""#)] {
        assert_eq!(key(V2_SIGNATURE, &V2.replace(from, to)), key(V2_SIGNATURE, V2));
    }
    assert_eq!(key(V1_SIGNATURE, &V1.replace("04032021211615", "05032021211615")), key(V1_SIGNATURE, V1));
    assert_ne!(key(V1_SIGNATURE, V1), key(V2_SIGNATURE, V2));
    for (signature, body, from, to) in [
        (V2_SIGNATURE, V2, "915102", "915103"),
        (V2_SIGNATURE, V2, "PAID", "PENDING"),
        (V2_SIGNATURE, V2, "SUCCESS", "FAILED"),
        (V2_SIGNATURE, V2, "100202120965964751", "100202120965964752"),
        (V2_SIGNATURE, V2, "order_1", "order_2"),
        (V2_SIGNATURE, V2, r#","ExternalIdentifier":"order_1""#, ""),
        (V1_SIGNATURE, V1, "586170", "586171"),
        (V1_SIGNATURE, V1, "null", r#""x""#),
        (V1_SIGNATURE, V1, "SUCCESS", "FAILED"),
        (V1_SIGNATURE, V1, r#","PaymentId""#, r#","New":1,"PaymentId""#),
    ] {
        assert_eq!(verify(signature, &body.replace(from, to)), Err(NotGenuine::BadSignature), "{from} {to}");
    }
}

#[test]
fn another_secret_or_header_is_refused() {
    assert_eq!(verify_as(&account(&["new", SECRET]), &[V2_SIGNATURE], V2).unwrap().matched_secret(), 1);
    assert_eq!(verify_as(&account(&["token"]), &[V2_SIGNATURE], V2), Err(NotGenuine::BadSignature));
    assert_eq!(verify_as(&account(&[]), &[V2_SIGNATURE], V2), Err(NotGenuine::NoSecret));
    for signature in ["", "=", "x", &V2_SIGNATURE[..20], V1_SIGNATURE, &V2_SIGNATURE.to_lowercase()] {
        assert_eq!(verify(signature, V2), Err(NotGenuine::BadSignature), "{signature}");
    }
    for signatures in [&[][..], &[V2_SIGNATURE, V2_SIGNATURE]] {
        let verdict = verify_as(&account(&[SECRET]), signatures, V2);
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{verdict:?}");
    }
}

#[test]
fn an_event_names_its_invoice_else_its_payment_else_nobody() {
    let account = account(&[SECRET]);
    for (body, id) in [
        (r#"{"Event":{"Code":1},"Data":{"Invoice":{"Id":7},"Transaction":{"PaymentId":null}}}"#, Some("7")),
        (
            r#"{"Event":{"Code":1},"Data":{"Transaction":{"PaymentId":"100202106359084366"}}}"#,
            Some("100202106359084366"),
        ),
        (r#"{"Event":{"Code":1},"Data":{}}"#, None),
        (
            r#"{"EventType":1,"Data":{"InvoiceId":null,"PaymentId":"100202106359084366"}}"#,
            Some("100202106359084366"),
        ),
        (r#"{"EventType":3,"Data":{"DepositReference":"2021"}}"#, None),
    ] {
        let made = account.sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
        let notification = verify_as(&account, &[&made.headers[0].1], body).unwrap();
        assert_eq!(notification.payments().first().map(Lookup::id), id, "{body}");
    }
    let refund = r#"{"EventType":2,"Data":{"RefundId":1,"GatewayReference":"x"}}"#;
    let made = account.sign_callback(refund.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    assert!(verify_as(&account, &[&made.headers[0].1], &refund.replace("\"x\"", "\"y\"")).is_ok());
}

#[test]
fn what_is_not_an_event_is_malformed() {
    for body in [
        "",
        "[]",
        r#"{"Data":{}}"#,
        r#"{"EventType":1}"#,
        r#"{"EventType":1,"Data":[]}"#,
        r#"{"EventType":1,"Data":{"InvoiceId":[7]}}"#,
        r#"{"EventType":1,"Data":{"InvoiceId":7,"InvoiceId":8}}"#,
        r#"{"Event":{"Code":2},"EventType":1,"Data":{}}"#,
        r#"{"Event":{"Code":1},"Event":{"Code":1},"Data":{}}"#,
        r#"{"Event":{"Code":1},"Data":{"Invoice":{"Id":{}}}}"#,
    ] {
        let verdict = verify(V1_SIGNATURE, body);
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{body}: {verdict:?}");
        let error = account(&[SECRET]).sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected);
    }
}
