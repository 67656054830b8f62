use paystatus_sandbox::{NewPayment, Provider, seeded_id};

use crate::lab::{Got, JSON, Lab};

const KEY: (&str, &str) = ("X-API-KEY", "your_api_key_here");
const SECRET: (&str, &str) = ("X-API-SECRET", "your_api_secret_here");

#[track_caller]
fn ask(lab: &Lab, id: &str) -> Got {
    lab.get(&format!("/commitup/api/payment/{id}"), &[KEY, SECRET])
}

/// The reply, where `tail` is what follows the customer.
fn reply(id: &str, order: &str, status: &str, tail: &str) -> String {
    let (code, message) = match status {
        "SUCCESS" | "CAPTURED" => ("SUCCESS", "Successful"),
        other => (other, "Not successful"),
    };
    format!(
        r#"{{"paymentId":"{id}","orderId":"{order}","amount":100.50,"installmentCount":1,"currency":"TRY","merchantCommission":2.50,"status":"{status}","paymentDate":"2023-05-01T14:30:00Z","cardHolderName":"John Doe","pan":"411111******1111","domInt":"DOM","cardScheme":"VISA","cardType":"CREDIT","loyaltyCode":"GOLD123","externalTransactionId":"EXT123456789","authCode":"AUTH987654","resultCode":"{code}","resultMessage":"{message}","customerId":"CUST-12345"{tail}}}"#
    )
}

/// Asks for a seeded payment.
#[track_caller]
fn check(lab: &Lab, id: &str, status: &str, tail: &str) {
    ask(lab, id).is(200, JSON, &reply(id, &format!("order-{id}"), status, tail));
}

#[test]
fn the_documented_sample() {
    ask(&Lab::new(), "123e4567-e89b-12d3-a456-426614174000").is(
        200,
        JSON,
        r#"{"paymentId":"123e4567-e89b-12d3-a456-426614174000","orderId":"ORD-12345","amount":100.50,"installmentCount":1,"currency":"TRY","merchantCommission":2.50,"status":"SUCCESS","paymentDate":"2023-05-01T14:30:00Z","cardHolderName":"John Doe","pan":"411111******1111","domInt":"DOM","cardScheme":"VISA","cardType":"CREDIT","loyaltyCode":"GOLD123","externalTransactionId":"EXT123456789","authCode":"AUTH987654","resultCode":"SUCCESS","resultMessage":"Successful","customerId":"CUST-12345"}"#,
    );
}

#[test]
fn every_state() {
    let lab = Lab::new();
    let sale = r#","transactionType":"SALE""#;
    let pre_auth = r#","transactionType":"PRE_AUTH""#;
    let refund = r#","transactionType":"REFUND","parentPaymentId":"sandbox-sale-success""#;
    let cancel = r#","transactionType":"CANCEL","parentPaymentId":"sandbox-sale-success""#;
    for status in ["SUCCESS", "CAPTURED", "ENROLLED", "FAILED", "CANCELLED"] {
        check(&lab, &seeded_id(status), status, "");
        check(&lab, &seeded_id(&format!("SALE {status}")), status, sale);
    }
    for status in ["SUCCESS", "CAPTURED"] {
        check(&lab, &seeded_id(&format!("PRE_AUTH {status}")), status, pre_auth);
        check(&lab, &seeded_id(&format!("REFUND {status}")), status, refund);
        check(&lab, &seeded_id(&format!("CANCEL {status}")), status, cancel);
    }
    check(&lab, "sandbox-refund-failed", "FAILED", refund);
    check(&lab, "sandbox-cancel-failed", "FAILED", cancel);
    check(&lab, "sandbox-refund-pending-approval", "PENDING_APPROVAL", refund);
    check(&lab, "sandbox-refund-rejected", "REJECTED", refund);
    check(&lab, "sandbox-untyped-success", "SUCCESS", r#","parentPaymentId":"sandbox-sale-success""#);
    assert_eq!(lab.ids(Provider::Commitup).len(), 22);

    lab.sandbox.set_state(Provider::Commitup, "sandbox-failed", "SALE PROCESSING").unwrap();
    check(&lab, "sandbox-failed", "PROCESSING", sale);
}

#[test]
fn errors() {
    let lab = Lab::new();
    let path = "/commitup/api/payment/sandbox-success";
    let refused = r#"{"message":"Invalid API credentials"}"#;
    for headers in [
        &[][..],
        &[KEY],
        &[SECRET],
        &[KEY, ("x-api-secret", "your_api_key_here")],
        &[("x-api-key", "wrong"), SECRET],
    ] {
        lab.get(path, headers).is(401, JSON, refused);
    }
    ask(&lab, "nobody").is(404, JSON, r#"{"message":"Payment not found"}"#);
    ask(&lab, "a/b").is_page(404);
    ask(&lab, "").is_page(404);
    let got = lab.send("POST", path, &[KEY, SECRET], "");
    got.is_page(405);
    assert_eq!(got.header("allow"), "GET");
}

#[test]
fn an_id_is_one_path_segment() {
    let lab = Lab::new();
    for (id, segment) in [
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("100%", "100%25"),
        ("%2F", "%252F"),
        ("a?b#c", "a%3Fb%23c"),
        ("ödeme", "%C3%B6deme"),
        ("a+b", "a+b"),
        ("reply", "reply"),
    ] {
        let new = NewPayment::new(Provider::Commitup, id, "SUCCESS").with_reference("R");
        lab.sandbox.create(new).unwrap();
        ask(&lab, segment).is(200, JSON, &reply(id, "R", "SUCCESS", ""));
    }
}
