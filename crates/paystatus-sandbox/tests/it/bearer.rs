use paystatus_sandbox::{NewPayment, Provider};

use crate::lab::{Got, JSON, Lab};

const TOKEN: (&str, &str) = ("Authorization", "Bearer your_access_token");

#[track_caller]
fn ask(lab: &Lab, id: &str) -> Got {
    lab.get(&format!("/bearer/v1/payments/{id}/status"), &[TOKEN])
}

fn reply(id: &str, word: &str, currency: &str, reference: &str) -> String {
    format!(
        r#"{{"id":"{id}","status":"{word}","amount":5000,"currency":"{currency}","reference":"{reference}","updated_at":"2025-09-18T20:42:00Z"}}"#
    )
}

#[test]
fn the_documented_sample() {
    ask(&Lab::new(), "pay_001").is(
        200,
        JSON,
        r#"{"id":"pay_001","status":"succeeded","amount":5000,"currency":"USD","reference":"order_12345","updated_at":"2025-09-18T20:42:00Z"}"#,
    );
}

#[test]
fn every_state() {
    let lab = Lab::new();
    for word in ["pending", "succeeded", "failed", "canceled"] {
        let id = format!("sandbox-{word}");
        ask(&lab, &id).is(200, JSON, &reply(&id, word, "USD", &format!("order-{id}")));
    }
    let id = "sandbox-succeeded-kwd";
    ask(&lab, id).is(200, JSON, &reply(id, "succeeded", "KWD", &format!("order-{id}")));
    assert_eq!(lab.ids(Provider::Bearer).len(), 6);

    lab.sandbox.set_state(Provider::Bearer, "pay_001", "in review").unwrap();
    ask(&lab, "pay_001").is(200, JSON, &reply("pay_001", "in review", "USD", "order_12345"));
}

#[test]
fn errors() {
    let lab = Lab::new();
    ask(&lab, "pay_999").is(
        404,
        JSON,
        r#"{"error":"not_found","message":"Payment with ID pay_999 could not be found."}"#,
    );
    let path = "/bearer/v1/payments/pay_001/status";
    let refused = r#"{"error":"unauthorized","message":"Invalid or missing access token."}"#;
    lab.get(path, &[]).is(401, JSON, refused);
    for token in
        ["Bearer", "Bearer wrong", "Bearer YOUR_ACCESS_TOKEN", "Basic your_access_token", "your_access_token"]
    {
        lab.get(path, &[("authorization", token)]).is(401, JSON, refused);
    }
    for wrong in ["", "/v1/payments/pay_001", "/v1/payments//status", "/v1/payments/a/b/status"] {
        lab.get(&format!("/bearer{wrong}"), &[TOKEN]).is_page(404);
    }
    lab.send("DELETE", path, &[TOKEN], "").is_page(405);
}

#[test]
fn an_id_is_one_path_segment() {
    let lab = Lab::new();
    for (id, segment) in [
        ("../x", "..%2Fx"),
        ("a/b", "a%2fb"),
        ("a?b", "a%3Fb"),
        ("100%", "100%25"),
        ("ü 1", "%C3%BC%201"),
        ("status", "status"),
    ] {
        lab.sandbox.create(NewPayment::new(Provider::Bearer, id, "succeeded").with_reference("R")).unwrap();
        ask(&lab, segment).is(200, JSON, &reply(id, "succeeded", "USD", "R"));
    }
    assert_eq!(ask(&lab, "%FF").status, 404);
}
