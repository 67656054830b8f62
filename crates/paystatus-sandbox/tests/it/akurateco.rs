use md5::Md5;
use paystatus_sandbox::{NewPayment, Provider, Reply};
use sha1::{Digest, Sha1};
use sha2::Sha256;

use crate::lab::{Got, JSON, Lab};

const PATH: &str = "/akurateco/api/v1/payment/status";
const ASKED: &str = "63c781cc-de3d-11eb-a1f1-0242ac130006";
const SETTLED: &str = r#"{"payment_id":"24f7401c-fc47-11ec-8d07-0242ac120015","date":"2022-07-05 09:45:03","status":"settled","order":{"number":"f0a51dfa-fc43-11ec-8128-0242ac120004-1","amount":"3.01","currency":"QAR","description":"bloodline"},"customer":{"name":"John Doe","email":"success@gmail.com"}}"#;
const DECLINED: &str = r#"{"payment_id":"03e46e96-de42-11eb-aea7-0242ac140002","date":"2021-07-06 10:07:47","status":"decline","reason":"Declined by processing","order":{"number":"order-1234","amount":"0.19","currency":"QAR","description":"Important gift"},"customer":{"name":"John Doe","email":"test@mail.com"}}"#;

const GIFT: &str = r#"{"payment_id":"dc66cdd8-d702-11ea-9a2f-0242c0a87002","date":"2020-08-05 07:41:10","status":"settled","order":{"number":"order-1234","amount":"0.19","currency":"QAR","description":"Very important gift"},"customer":{"name":"John Doe","email":"payer@example.com"}}"#;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn md5_hash(id: &str) -> String {
    hex(&Sha1::digest(hex(&Md5::digest(format!("{id}test-password").to_uppercase()))))
}

fn sha256_hash(id: &str) -> String {
    hex(&Sha1::digest(hex(&Sha256::digest(format!("{id}test-password").to_uppercase()))))
}

#[track_caller]
fn send(lab: &Lab, body: &str) -> Got {
    lab.send("POST", PATH, &[("content-type", JSON)], body)
}

fn lookup(field: &str, id: &str, hash: &str) -> String {
    let id = id.replace('"', "\\\"");
    format!(r#"{{"merchant_key":"xxxxx-xxxxx-xxxxx","{field}":"{id}","hash":"{hash}"}}"#)
}

/// Asks by payment or by order with either digest, which must be answered alike.
#[track_caller]
fn check(lab: &Lab, field: &str, id: &str, body: &str) {
    for hash in [md5_hash(id), sha256_hash(id)] {
        send(lab, &lookup(field, id, &hash)).is(200, JSON, body);
    }
}

fn refusal(message: &str) -> String {
    format!(
        r#"{{"error_code":0,"error_message":"Request data is invalid.","errors":[{{"error_code":100000,"error_message":"{message}"}}]}}"#
    )
}

#[track_caller]
fn check_refusal(lab: &Lab, body: &str, message: &str) {
    send(lab, body).is(400, JSON, &refusal(message));
}

fn reply(id: &str, word: &str, order: &str, amount: &str, currency: &str) -> String {
    format!(
        r#"{{"payment_id":"{id}","date":"2026-01-15 10:00:00","status":{word},"order":{{"number":"{order}","amount":"{amount}","currency":"{currency}","description":"Sandbox payment"}},"customer":{{"name":"John Doe","email":"payer@example.com"}}}}"#
    )
}

/// Asks for a payment that has nothing special about it.
#[track_caller]
fn check_plain(lab: &Lab, id: &str, word: &str, order: &str, amount: &str, currency: &str) {
    check(lab, "payment_id", id, &reply(id, word, order, amount, currency));
}

#[test]
fn the_documented_samples() {
    let lab = Lab::new();
    // The example asks for one payment and shows another one: it cascaded.
    check(&lab, "payment_id", ASKED, SETTLED);
    check(&lab, "payment_id", "24f7401c-fc47-11ec-8d07-0242ac120015", SETTLED);
    check(&lab, "payment_id", "03e46e96-de42-11eb-aea7-0242ac140002", DECLINED);
    check(&lab, "payment_id", "dc66cdd8-d702-11ea-9a2f-0242c0a87002", GIFT);
}

#[test]
fn every_state() {
    let lab = Lab::new();
    for word in
        ["prepare", "3ds", "redirect", "pending", "settled", "refund", "void", "reversal", "chargeback"]
    {
        let (id, order) = (format!("sandbox-{word}"), format!("order-sandbox-{word}"));
        let expected = reply(&id, &format!("\"{word}\""), &order, "100.00", "USD");
        check(&lab, "payment_id", &id, &expected);
        check(&lab, "order_id", &order, &expected);
    }
    let declined = r#""decline","reason":"Declined by processing""#;
    check_plain(&lab, "sandbox-decline", declined, "order-sandbox-decline", "100.00", "USD");
    check_plain(&lab, "sandbox-pending-btc", "\"pending\"", "order-sandbox-pending-btc", "0.00150000", "BTC");
    check_plain(&lab, "sandbox-settled-jpy", "\"settled\"", "order-sandbox-settled-jpy", "100.00", "JPY");
    check_plain(&lab, "sandbox-attempt-1", declined, "sandbox-order", "100.00", "USD");
    check_plain(&lab, "sandbox-attempt-2", "\"settled\"", "sandbox-order", "100.00", "USD");
    assert_eq!(lab.ids(Provider::Akurateco).len(), 18);

    lab.sandbox.set_state(Provider::Akurateco, "sandbox-void", "SETTLED").unwrap();
    check_plain(&lab, "sandbox-void", "\"SETTLED\"", "order-sandbox-void", "100.00", "USD");
}

#[test]
fn an_order_alone_answers_its_latest_attempt() {
    let lab = Lab::new();
    check(&lab, "order_id", "order-1234", DECLINED);
    check(&lab, "order_id", "f0a51dfa-fc43-11ec-8128-0242ac120004-1", SETTLED);
    let second = reply("sandbox-attempt-2", "\"settled\"", "sandbox-order", "100.00", "USD");
    check(&lab, "order_id", "sandbox-order", &second);
    let third = NewPayment::new(Provider::Akurateco, "third", "void").with_reference("sandbox-order");
    lab.sandbox.create(third).unwrap();
    check(&lab, "order_id", "sandbox-order", &reply("third", "\"void\"", "sandbox-order", "100.00", "USD"));
}

#[test]
fn size_lists_an_orders_attempts_newest_first() {
    let lab = Lab::new();
    let list = |order: &str, size: &str| {
        let asked = lookup("order_id", order, &md5_hash(order));
        send(&lab, &asked.replacen('}', &format!(r#","size":{size}}}"#), 1))
    };
    list("order-1234", "100").is(200, JSON, &format!("[{DECLINED},{GIFT}]"));
    list("order-1234", "2").is(200, JSON, &format!("[{DECLINED},{GIFT}]"));
    list("order-1234", "1").is(200, JSON, &format!("[{DECLINED}]"));
    // One attempt is a list too, and one that cascaded stands for itself among the others.
    let void = reply("sandbox-void", "\"void\"", "order-sandbox-void", "100.00", "USD");
    list("order-sandbox-void", "100").is(200, JSON, &format!("[{void}]"));
    let cascaded = list("f0a51dfa-fc43-11ec-8128-0242ac120004-1", "100").body;
    assert!(cascaded.starts_with(&format!("[{SETTLED},{{\"payment_id\":\"{ASKED}\"")), "{cascaded}");

    for size in ["0", "101", "-1", "1.5", "\"10\"", "null", "true", "[1]"] {
        list("order-1234", size).is(
            400,
            JSON,
            &refusal("size: This value should be a whole number from 1 to 100."),
        );
    }
    list("nobody", "100").is(400, JSON, &refusal("hash: Hash is not valid."));
    // The hash is over the order's id alone, and a payment has no list.
    let by_payment = lookup("payment_id", ASKED, &md5_hash(ASKED));
    send(&lab, &by_payment.replacen('}', r#","size":7}"#, 1)).is(200, JSON, SETTLED);
}

#[test]
fn a_fault_of_the_latest_attempt_is_the_orders() {
    let lab = Lab::new();
    let declined = "03e46e96-de42-11eb-aea7-0242ac140002";
    lab.sandbox.script(Provider::Akurateco, declined, ["3ds", "void"]).unwrap();
    let asked = lookup("order_id", "order-1234", &md5_hash("order-1234"));
    for word in ["3ds", "void"] {
        let got = send(&lab, &asked.replacen('}', r#","size":100}"#, 1));
        assert!(got.body.contains(&format!(r#""status":"{word}""#)), "{}", got.body);
        assert!(got.body.contains(r#""status":"settled""#), "{}", got.body);
    }
}

#[test]
fn the_published_hashes() {
    let lab = Lab::new();
    let new = NewPayment::new(Provider::Akurateco, "pay-1", "settled").with_reference("DEP-123");
    lab.sandbox.create(new).unwrap();
    let expected = reply("pay-1", "\"settled\"", "DEP-123", "100.00", "USD");
    for (field, id, hash) in [
        ("payment_id", "pay-1", "9979ef69cd2d66a3607a6031abee0d2471708023"),
        ("order_id", "DEP-123", "fd217fefd8b53e884a56a63d3da73833f1845067"),
    ] {
        send(&lab, &lookup(field, id, hash)).is(200, JSON, &expected);
    }
}

#[test]
fn an_id_is_upper_cased_by_unicode() {
    let lab = Lab::new();
    let id = "straße/ü \"1";
    lab.sandbox.create(NewPayment::new(Provider::Akurateco, id, "settled").with_reference("o")).unwrap();
    check(&lab, "payment_id", id, &reply("straße/ü \\\"1", "\"settled\"", "o", "100.00", "USD"));
}

#[test]
fn a_wrong_hash_and_an_unknown_payment_are_one_error() {
    let lab = Lab::new();
    let invalid = "hash: Hash is not valid.";
    check_refusal(&lab, &lookup("payment_id", ASKED, "{{operation_hash}}"), invalid);
    check_refusal(&lab, &lookup("payment_id", ASKED, &md5_hash(ASKED).to_uppercase()), invalid);
    check_refusal(&lab, &lookup("payment_id", "nobody", &md5_hash("nobody")), invalid);
    check_refusal(&lab, &lookup("order_id", "nobody", &sha256_hash("nobody")), invalid);
    // A payment is not found by order, nor an order by payment.
    check_refusal(&lab, &lookup("order_id", ASKED, &md5_hash(ASKED)), invalid);
    check_refusal(&lab, &lookup("payment_id", "order-1234", &md5_hash("order-1234")), invalid);
}

#[test]
fn bad_requests() {
    let lab = Lab::new();
    let good = lookup("payment_id", ASKED, &md5_hash(ASKED));
    check_refusal(&lab, "", "The request body is not valid JSON.");
    check_refusal(&lab, "[]", "The request body is not valid JSON.");
    check_refusal(&lab, "{}", "merchant_key: This value should not be blank.");
    check_refusal(&lab, &good.replace("xxxxx-", "yyyyy-"), "merchant_key: Merchant key is not valid.");
    check_refusal(&lab, &good.replace("payment_id", "id"), "payment_id: This value should not be blank.");
    check_refusal(
        &lab,
        &good.replace(&format!("\"{ASKED}\""), "7"),
        "payment_id: This value should not be blank.",
    );
    check_refusal(&lab, &good.replace("hash", "hsh"), "hash: This value should not be blank.");

    // What curl sends with `--data-raw` alone.
    for headers in [&[][..], &[("content-type", "application/x-www-form-urlencoded")]] {
        let got = lab.send("POST", PATH, headers, &good);
        got.is(400, JSON, &refusal("Content-Type: must be application/json."));
    }
    lab.get("/akurateco/api/v1/payment", &[]).is_page(404);
    lab.get(PATH, &[("content-type", JSON)]).is_page(405);
}

#[test]
fn a_canned_reply_stands_for_payment_and_order() {
    let lab = Lab::new();
    let array = Reply::new(200).with_header("content-type", JSON).with_body(format!("[{SETTLED}]"));
    let id = "24f7401c-fc47-11ec-8d07-0242ac120015";
    lab.sandbox.set_reply(Provider::Akurateco, id, array).unwrap();
    check(&lab, "order_id", "f0a51dfa-fc43-11ec-8128-0242ac120004-1", &format!("[{SETTLED}]"));
    check(&lab, "payment_id", ASKED, &format!("[{SETTLED}]"));
}
