use paystatus_sandbox::{NewPayment, Provider};

use crate::lab::{Got, JSON, Lab};

const FORM: &str = "application/x-www-form-urlencoded";
const PATH: &str = "/upitranzact/v1/payments/checkPaymentStatus";
const BASIC: &str = "Basic eW91cl9wdWJsaWNfa2V5OnlvdXJfc2VjcmV0X2tleQ==";

#[track_caller]
fn send(lab: &Lab, content_type: &str, body: &str) -> Got {
    lab.send("POST", PATH, &[("authorization", BASIC), ("content-type", content_type)], body)
}

/// Asks in both encodings, which must be answered alike.
#[track_caller]
fn check(lab: &Lab, id: &str, status: u16, body: &str) {
    send(lab, JSON, &format!(r#"{{"mid":"ABC","order_id":"{id}"}}"#)).is(status, JSON, body);
    send(lab, FORM, &format!("mid=ABC&order_id={id}")).is(status, JSON, body);
}

#[track_caller]
fn check_ok(lab: &Lab, id: &str, body: &str) {
    check(lab, id, 200, body);
}

#[test]
fn the_documented_samples() {
    let lab = Lab::new();
    check_ok(
        &lab,
        "utz_xxxxxxx",
        r#"{"status":true,"statusCode":200,"msg":"Transaction is successful","data":{"amount":1,"UTR":"502002472504","order_id":"utz_xxxxxxx"}}"#,
    );
    check_ok(
        &lab,
        "bd79da4cccff1",
        r#"{"status":true,"statusCode":200,"msg":"Transaction is successful","data":{"amount":1,"UTR":"502002472504","order_id":"bd79da4cccff1"}}"#,
    );
    check_ok(
        &lab,
        "bd79da4cc3ff1",
        r#"{"status":true,"statusCode":200,"msg":"Transaction is successful","data":{"amount":1,"UTR":"502002472504","order_id":"bd79da4cc3ff1"}}"#,
    );
    check_ok(
        &lab,
        "uptz_2848129210ud13",
        r#"{"status":true,"statusCode":200,"txnStatus":"SUCCESS","msg":"Payment successful","data":{"amount":1.08,"UTR":"523504870405","order_id":"uptz_2848129210ud13"}}"#,
    );
}

#[test]
fn every_state() {
    let lab = Lab::new();
    let not_found = r#"{"status":false,"statusCode":404,"msg":"Transaction not found"}"#;
    check(
        &lab,
        "sandbox-u1",
        200,
        r#"{"status":true,"statusCode":200,"msg":"Transaction is successful","data":{"amount":100,"UTR":"502002472504","order_id":"sandbox-u1"}}"#,
    );
    check(
        &lab,
        "sandbox-u2",
        200,
        r#"{"status":true,"statusCode":200,"msg":"Payment successful","data":{"order_id":"sandbox-u2","amount":100,"vpa":"payer@example","status":"SUCCESS","transaction_id":"TXN123456789"}}"#,
    );
    check(
        &lab,
        "sandbox-success",
        200,
        r#"{"status":true,"statusCode":200,"txnStatus":"SUCCESS","msg":"Payment successful","data":{"amount":100,"UTR":"523504870405","order_id":"sandbox-success"}}"#,
    );
    check(
        &lab,
        "sandbox-success-decimal",
        200,
        r#"{"status":true,"statusCode":200,"txnStatus":"SUCCESS","msg":"Payment successful","data":{"amount":1.08,"UTR":"523504870405","order_id":"sandbox-success-decimal"}}"#,
    );
    check(&lab, "sandbox-u4", 404, not_found);
    check(&lab, "sandbox-u4-200", 200, not_found);
    check(
        &lab,
        "sandbox-u5",
        200,
        r#"{"status":false,"statusCode":200,"txnStatus":"PENDING","msg":"Transaction not found"}"#,
    );
    check(
        &lab,
        "sandbox-pending",
        200,
        r#"{"status":false,"statusCode":200,"txnStatus":"PENDING","msg":"Payment pending"}"#,
    );
    check(
        &lab,
        "sandbox-fail",
        200,
        r#"{"status":true,"statusCode":200,"txnStatus":"FAIL","msg":"Payment failed"}"#,
    );
    check(
        &lab,
        "sandbox-reject",
        200,
        r#"{"status":true,"statusCode":200,"txnStatus":"REJECT","msg":"Payment rejected"}"#,
    );
    assert_eq!(lab.ids(Provider::Upitranzact).len(), 14);
    lab.sandbox.set_state(Provider::Upitranzact, "sandbox-fail", "U3").unwrap();
    check(
        &lab,
        "sandbox-fail",
        200,
        r#"{"status":true,"statusCode":200,"txnStatus":"SUCCESS","msg":"Payment successful","data":{"amount":100,"UTR":"523504870405","order_id":"sandbox-fail"}}"#,
    );
    check(&lab, "nobody", 404, not_found);

    lab.sandbox.set_state(Provider::Upitranzact, "sandbox-pending", "success").unwrap();
    check(
        &lab,
        "sandbox-pending",
        200,
        r#"{"status":false,"statusCode":200,"txnStatus":"success","msg":"Payment status"}"#,
    );
}

#[test]
fn credentials() {
    let lab = Lab::new();
    let body = r#"{"mid":"ABC","order_id":"utz_xxxxxxx"}"#;
    let refused = r#"{"status":false,"statusCode":401,"msg":"Invalid or missing Authorization Basic Auth"}"#;
    lab.send("POST", PATH, &[("content-type", JSON)], body).is(401, JSON, refused);
    // The placeholder itself, a wrong secret (`your_public_key:wrong`), another scheme, no Base64.
    for authorization in [
        "Basic base64(public_key:secret_key)",
        "Basic eW91cl9wdWJsaWNfa2V5Ondyb25n",
        "Bearer eW91cl9wdWJsaWNfa2V5OnlvdXJfc2VjcmV0X2tleQ==",
        "Basic",
        "",
    ] {
        let headers = [("authorization", authorization), ("content-type", JSON)];
        lab.send("POST", PATH, &headers, body).is(401, JSON, refused);
    }
    let lower = BASIC.replace("Basic", "basic");
    let got = lab.send("POST", PATH, &[("authorization", &lower), ("content-type", JSON)], body);
    assert_eq!(got.status, 200);
}

#[test]
fn bad_requests() {
    let lab = Lab::new();
    let refused = r#"{"status":false,"statusCode":400,"msg":"Missing required parameters or invalid data"}"#;
    for (content_type, body) in [
        (JSON, r#"{"mid":"ABC"}"#),
        (JSON, r#"{"order_id":"utz_xxxxxxx"}"#),
        (JSON, r#"{"mid":"Your Merchant ID","order_id":"utz_xxxxxxx"}"#),
        (JSON, r#"{"mid":"ABC","order_id":""}"#),
        (JSON, r#"{"mid":"ABC","order_id":7}"#),
        (JSON, "mid=ABC&order_id=utz_xxxxxxx"),
        (JSON, ""),
        (FORM, r#"{"mid":"ABC","order_id":"utz_xxxxxxx"}"#),
        (FORM, "mid=ABC"),
        ("text/plain", r#"{"mid":"ABC","order_id":"utz_xxxxxxx"}"#),
    ] {
        send(&lab, content_type, body).is(400, JSON, refused);
    }
    let got = send(&lab, "application/json; charset=utf-8", r#"{"mid":"ABC","order_id":"utz_xxxxxxx"}"#);
    assert_eq!(got.status, 200);

    lab.get("/upitranzact/v1/payments/other", &[]).is_page(404);
    let got = lab.get(PATH, &[("authorization", BASIC)]);
    got.is_page(405);
    assert_eq!(got.header("allow"), "POST");
}

#[test]
fn ids_and_amounts_are_taken_literally() {
    let lab = Lab::new();
    let id = "a/b&c=ü \"%41";
    lab.sandbox.create(NewPayment::new(Provider::Upitranzact, id, "SUCCESS").with_amount("0.100")).unwrap();
    let expected = r#"{"status":true,"statusCode":200,"txnStatus":"SUCCESS","msg":"Payment successful","data":{"amount":0.100,"UTR":"523504870405","order_id":"a/b&c=ü \"%41"}}"#;
    let form = "mid=ABC&order_id=a%2Fb%26c%3D%C3%BC+%22%2541";
    send(&lab, JSON, r#"{"mid":"ABC","order_id":"a/b&c=ü \"%41"}"#).is(200, JSON, expected);
    send(&lab, FORM, form).is(200, JSON, expected);
}
