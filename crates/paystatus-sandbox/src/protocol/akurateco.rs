//! Akurateco Checkout. Source: Checkout documentation 6.6.2, Check Status, Get Transaction Status by `order_id` and
//! Callback pages (docs.akurateco.com and the pages of its brands). Read 2026-11.

use std::ops::RangeInclusive;

use axum::http::Method;
use md5::Md5;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

use super::{Answer, Asked, Callback, Event, Protocol, sign::hex, web};
use crate::{
    NewPayment, Payment, Provider, Reply,
    json::{Object, unquote},
    request::Request,
};

const MERCHANT_KEY: &str = "xxxxx-xxxxx-xxxxx";
const PASSWORD: &str = "test-password";

/// The inner digests of the hash, which a merchant chooses for an account.
const DIGESTS: &[&str] = &["md5", "sha256"];

const PATH: &str = "/api/v1/payment/status";
const BLANK: &str = "This value should not be blank.";

/// How many attempts of an order one request can ask for.
const SIZES: RangeInclusive<usize> = 1..=100;

impl Provider {
    /// Akurateco Checkout, the white-label gateway behind many brands.
    pub const AKURATECO: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "akurateco",
    states: &[
        "prepare",
        "3ds",
        "redirect",
        "pending",
        "settled",
        "decline",
        "refund",
        "void",
        "reversal",
        "chargeback",
    ],
    paid: "settled",
    open: "3ds",
    samples,
    settings: &[("merchant_key", MERCHANT_KEY), ("password", PASSWORD)],
    read,
    answer,
    not_found,
    error,
    callback: Some(callback),
    digests: DIGESTS,
    ..Protocol::PLAIN
};

/// The documented examples, one of which cascaded; an order with two attempts; and other currencies.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str, state: &str| NewPayment::new(Provider::AKURATECO, id, state);
    let described = |payment: NewPayment, date: &str, description: &str, email: &str| {
        payment.with_currency("QAR").with_overrides(
            Object::new()
                .text("date", date)
                .object("order", &Object::new().text("description", description))
                .object("customer", &Object::new().text("email", email)),
        )
    };
    let settled = "24f7401c-fc47-11ec-8d07-0242ac120015";
    let of_the_first_order =
        |new: NewPayment| new.with_amount("3.01").with_reference("f0a51dfa-fc43-11ec-8128-0242ac120004-1");
    let of_the_second_order = |new: NewPayment| new.with_amount("0.19").with_reference("order-1234");
    vec![
        of_the_first_order(new("63c781cc-de3d-11eb-a1f1-0242ac130006", "decline"))
            .with_currency("QAR")
            .cascading_to(settled),
        described(
            of_the_first_order(new(settled, "settled")),
            "2022-07-05 09:45:03",
            "bloodline",
            "success@gmail.com",
        ),
        described(
            of_the_second_order(new("dc66cdd8-d702-11ea-9a2f-0242c0a87002", "settled")),
            "2020-08-05 07:41:10",
            "Very important gift",
            "payer@example.com",
        ),
        described(
            of_the_second_order(new("03e46e96-de42-11eb-aea7-0242ac140002", "decline")),
            "2021-07-06 10:07:47",
            "Important gift",
            "test@mail.com",
        ),
        new("sandbox-pending-btc", "pending").with_amount("0.00150000").with_currency("BTC"),
        new("sandbox-settled-jpy", "settled").with_currency("JPY"),
        new("sandbox-attempt-1", "decline").with_reference("sandbox-order"),
        new("sandbox-attempt-2", "settled").with_reference("sandbox-order"),
    ]
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    if request.path != PATH {
        return Err(web::no_such_path());
    }
    web::check_method(request, &Method::POST)?;
    if request.content_type().as_deref() != Some("application/json") {
        return Err(refusal("Content-Type: must be application/json."));
    }
    let Ok(body) = Object::parse(request.body) else {
        return Err(refusal("The request body is not valid JSON."));
    };
    let field = |name| body.get_text(name).filter(|text| !text.is_empty());
    let Some(merchant_key) = field("merchant_key") else {
        return Err(refusal(&format!("merchant_key: {BLANK}")));
    };
    if merchant_key != MERCHANT_KEY {
        return Err(refusal("merchant_key: Merchant key is not valid."));
    }
    let (id, asked) = match (field("payment_id"), field("order_id")) {
        (Some(id), _) => (id.clone(), Asked::Payment(id)),
        (None, Some(order)) => (order.clone(), by_order(order, body.get("size"))?),
        (None, None) => return Err(refusal(&format!("payment_id: {BLANK}"))),
    };
    let Some(hash) = field("hash") else {
        return Err(refusal(&format!("hash: {BLANK}")));
    };
    let is_valid = DIGESTS.iter().any(|digest| status_hash(&id, PASSWORD, digest) == hash);
    if is_valid { Ok(asked) } else { Err(invalid_hash()) }
}

/// With `size` the answer is a list of attempts, without it the most recent one.
fn by_order(order: String, size: Option<&str>) -> Result<Asked, Reply> {
    let Some(size) = size else { return Ok(Asked::Order(order)) };
    match serde_json::from_str(size) {
        Ok(size) if SIZES.contains(&size) => Ok(Asked::Attempts(order, size)),
        _ => Err(refusal("size: This value should be a whole number from 1 to 100.")),
    }
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let order = Object::new()
        .text("number", payment.reference().unwrap_or_default())
        .text("amount", payment.amount())
        .text("currency", payment.currency())
        .text("description", "Sandbox payment");
    let customer = Object::new().text("name", "John Doe").text("email", "payer@example.com");
    let mut body = Object::new()
        .text("payment_id", payment.id())
        .text("date", "2026-01-15 10:00:00")
        .text("status", payment.state());
    if payment.state() == "decline" {
        body = body.text("reason", "Declined by processing");
    }
    Answer::ok(body.object("order", &order).object("customer", &customer))
}

/// An unknown payment and a wrong hash are one answer.
fn not_found(_: &Asked) -> Reply {
    invalid_hash()
}

/// One form, documented with one HTTP status.
fn error(status: u16) -> Option<Reply> {
    (status == 400).then(invalid_hash)
}

fn invalid_hash() -> Reply {
    refusal("hash: Hash is not valid.")
}

fn refusal(message: &str) -> Reply {
    let error = Object::new().number("error_code", "100000").text("error_message", message);
    let body = Object::new()
        .number("error_code", "0")
        .text("error_message", "Request data is invalid.")
        .raw("errors", format!("[{error}]"));
    Reply::json(400, &body)
}

/// The fields that are signed and those that are not, which are more interesting to a merchant who believes them.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let state = event.payment.state();
    let (kind, status) = match state {
        "prepare" => ("sale", "waiting"),
        // A step on the way succeeds by itself: `success` alone says nothing about the money.
        "3ds" | "redirect" => (state, "success"),
        // A hold is reported as a sale, too.
        "pending" | "settled" => ("sale", "success"),
        "decline" => ("sale", "fail"),
        "refund" | "void" | "reversal" | "chargeback" => (state, "success"),
        _ => ("sale", "undefined"),
    };
    let order = event.reply.inner("order").unwrap_or_default();
    // A number counts as it is written, and what is not there is empty.
    let field = |name| {
        let json = order.get(name).filter(|&json| json != "null").unwrap_or_default();
        unquote(json).unwrap_or_else(|| json.to_owned())
    };
    let signed = [
        ("id", event.payment.id().to_owned()),
        ("order_number", field("number")),
        ("order_amount", field("amount")),
        ("order_currency", field("currency")),
        ("order_description", field("description")),
    ];
    let hash = callback_hash(signed.each_ref().map(|(_, value)| &**value), PASSWORD, event.digest);
    let signed = signed.each_ref().map(|(name, value)| (*name, &**value));
    let rest = [("order_status", state), ("type", kind), ("status", status), ("hash", &*hash)];
    Some(Callback::form(signed.into_iter().chain(rest)))
}

/// The hash of a status request: the identifier and the password in upper case, whatever the alphabet.
fn status_hash(id: &str, password: &str, digest: &str) -> String {
    hash(&format!("{id}{password}").to_uppercase(), digest)
}

/// The hash of a callback: the signed fields in their order and the password, and only ASCII in upper case.
fn callback_hash(signed: [&str; 5], password: &str, digest: &str) -> String {
    hash(&(signed.concat() + password).to_ascii_uppercase(), digest)
}

/// SHA-1 over the lower-case hexadecimal of the inner digest.
fn hash(text: &str, digest: &str) -> String {
    let inner = match digest {
        "sha256" => hex(&Sha256::digest(text)),
        _ => hex(&Md5::digest(text)),
    };
    hex(&Sha1::digest(inner))
}

#[cfg(test)]
mod tests {
    use super::super::lab::{Got, JSON, Lab, form};
    use super::*;
    use crate::Overrides;

    const PATH: &str = "/api/v1/payment/status";
    const ASKED: &str = "63c781cc-de3d-11eb-a1f1-0242ac130006";
    const SETTLED: &str = r#"{"payment_id":"24f7401c-fc47-11ec-8d07-0242ac120015","date":"2022-07-05 09:45:03","status":"settled","order":{"number":"f0a51dfa-fc43-11ec-8128-0242ac120004-1","amount":"3.01","currency":"QAR","description":"bloodline"},"customer":{"name":"John Doe","email":"success@gmail.com"}}"#;
    const DECLINED: &str = r#"{"payment_id":"03e46e96-de42-11eb-aea7-0242ac140002","date":"2021-07-06 10:07:47","status":"decline","reason":"Declined by processing","order":{"number":"order-1234","amount":"0.19","currency":"QAR","description":"Important gift"},"customer":{"name":"John Doe","email":"test@mail.com"}}"#;

    const GIFT: &str = r#"{"payment_id":"dc66cdd8-d702-11ea-9a2f-0242c0a87002","date":"2020-08-05 07:41:10","status":"settled","order":{"number":"order-1234","amount":"0.19","currency":"QAR","description":"Very important gift"},"customer":{"name":"John Doe","email":"payer@example.com"}}"#;

    fn status_hash_by(digest: &str, id: &str) -> String {
        status_hash(id, "test-password", digest)
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
        for hash in [status_hash_by("md5", id), status_hash_by("sha256", id)] {
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
        let lab = Lab::of(Provider::AKURATECO);
        // The example asks for one payment and shows another one: it cascaded.
        check(&lab, "payment_id", ASKED, SETTLED);
        check(&lab, "payment_id", "24f7401c-fc47-11ec-8d07-0242ac120015", SETTLED);
        check(&lab, "payment_id", "03e46e96-de42-11eb-aea7-0242ac140002", DECLINED);
        check(&lab, "payment_id", "dc66cdd8-d702-11ea-9a2f-0242c0a87002", GIFT);
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::AKURATECO);
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
        check_plain(
            &lab,
            "sandbox-pending-btc",
            "\"pending\"",
            "order-sandbox-pending-btc",
            "0.00150000",
            "BTC",
        );
        check_plain(&lab, "sandbox-settled-jpy", "\"settled\"", "order-sandbox-settled-jpy", "100.00", "JPY");
        check_plain(&lab, "sandbox-attempt-1", declined, "sandbox-order", "100.00", "USD");
        check_plain(&lab, "sandbox-attempt-2", "\"settled\"", "sandbox-order", "100.00", "USD");
        assert_eq!(lab.ids().len(), 18);

        lab.set_state("sandbox-void", "SETTLED");
        check_plain(&lab, "sandbox-void", "\"SETTLED\"", "order-sandbox-void", "100.00", "USD");
    }

    #[test]
    fn an_order_alone_answers_its_latest_attempt() {
        let lab = Lab::of(Provider::AKURATECO);
        check(&lab, "order_id", "order-1234", DECLINED);
        check(&lab, "order_id", "f0a51dfa-fc43-11ec-8128-0242ac120004-1", SETTLED);
        let second = reply("sandbox-attempt-2", "\"settled\"", "sandbox-order", "100.00", "USD");
        check(&lab, "order_id", "sandbox-order", &second);
        let third = NewPayment::new(Provider::AKURATECO, "third", "void").with_reference("sandbox-order");
        lab.create(third);
        check(
            &lab,
            "order_id",
            "sandbox-order",
            &reply("third", "\"void\"", "sandbox-order", "100.00", "USD"),
        );
    }

    #[test]
    fn size_lists_an_orders_attempts_newest_first() {
        let lab = Lab::of(Provider::AKURATECO);
        let list = |order: &str, size: &str| {
            let asked = lookup("order_id", order, &status_hash_by("md5", order));
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
        let by_payment = lookup("payment_id", ASKED, &status_hash_by("md5", ASKED));
        send(&lab, &by_payment.replacen('}', r#","size":7}"#, 1)).is(200, JSON, SETTLED);
    }

    #[test]
    fn a_fault_of_the_latest_attempt_is_the_orders() {
        let lab = Lab::of(Provider::AKURATECO);
        let declined = "03e46e96-de42-11eb-aea7-0242ac140002";
        lab.sandbox.script(Provider::AKURATECO, declined, ["3ds", "void"]).unwrap();
        let asked = lookup("order_id", "order-1234", &status_hash_by("md5", "order-1234"));
        for word in ["3ds", "void"] {
            let got = send(&lab, &asked.replacen('}', r#","size":100}"#, 1));
            assert!(got.body.contains(&format!(r#""status":"{word}""#)), "{}", got.body);
            assert!(got.body.contains(r#""status":"settled""#), "{}", got.body);
        }
    }

    #[test]
    fn the_published_hashes() {
        let lab = Lab::of(Provider::AKURATECO);
        let new = NewPayment::new(Provider::AKURATECO, "pay-1", "settled").with_reference("DEP-123");
        lab.create(new);
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
        let lab = Lab::of(Provider::AKURATECO);
        let id = "straße/ü \"1";
        lab.create(NewPayment::new(Provider::AKURATECO, id, "settled").with_reference("o"));
        check(&lab, "payment_id", id, &reply("straße/ü \\\"1", "\"settled\"", "o", "100.00", "USD"));
    }

    #[test]
    fn a_wrong_hash_and_an_unknown_payment_are_one_error() {
        let lab = Lab::of(Provider::AKURATECO);
        let invalid = "hash: Hash is not valid.";
        check_refusal(&lab, &lookup("payment_id", ASKED, "{{operation_hash}}"), invalid);
        check_refusal(
            &lab,
            &lookup("payment_id", ASKED, &status_hash_by("md5", ASKED).to_uppercase()),
            invalid,
        );
        check_refusal(&lab, &lookup("payment_id", "nobody", &status_hash_by("md5", "nobody")), invalid);
        check_refusal(&lab, &lookup("order_id", "nobody", &status_hash_by("sha256", "nobody")), invalid);
        // A payment is not found by order, nor an order by payment.
        check_refusal(&lab, &lookup("order_id", ASKED, &status_hash_by("md5", ASKED)), invalid);
        check_refusal(
            &lab,
            &lookup("payment_id", "order-1234", &status_hash_by("md5", "order-1234")),
            invalid,
        );
    }

    #[test]
    fn bad_requests() {
        let lab = Lab::of(Provider::AKURATECO);
        let good = lookup("payment_id", ASKED, &status_hash_by("md5", ASKED));
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
        lab.get("/api/v1/payment", &[]).is_page(404);
        lab.get(PATH, &[("content-type", JSON)]).is_page(405);
    }

    #[test]
    fn a_canned_reply_stands_for_payment_and_order() {
        let lab = Lab::of(Provider::AKURATECO);
        let array = Reply::new(200).with_header("content-type", JSON).with_body(format!("[{SETTLED}]"));
        let id = "24f7401c-fc47-11ec-8d07-0242ac120015";
        lab.sandbox.set_reply(Provider::AKURATECO, id, array).unwrap();
        check(&lab, "order_id", "f0a51dfa-fc43-11ec-8128-0242ac120004-1", &format!("[{SETTLED}]"));
        check(&lab, "payment_id", ASKED, &format!("[{SETTLED}]"));
    }

    #[test]
    fn status_hashes_are_the_documented_ones() {
        let md5 = |id| status_hash(id, "test-password", "md5");
        assert_eq!(md5("pay-1"), "9979ef69cd2d66a3607a6031abee0d2471708023");
        assert_eq!(md5("DEP-123"), "fd217fefd8b53e884a56a63d3da73833f1845067");
        assert_eq!(
            status_hash("63c781cc-de3d-11eb-a1f1-0242ac130006", "secret-pass", "sha256"),
            "73941ef5af4291f1c608535ee4efccd3f731011a"
        );
    }

    #[test]
    fn the_callback_hash_is_the_documented_one() {
        let signed = ["pay-1", "DEP-123", "100.00", "USD", "Test deposit"];
        let hash = callback_hash(signed, "test-password", "md5");
        assert_eq!(hash, "65bc088322dd30aa959df1b049d96a8a3592d2dc");
    }

    #[test]
    fn callbacks_are_forms_with_a_hash() {
        let lab = Lab::of(Provider::AKURATECO);
        let described = Overrides::from_json(r#"{"order":{"description":"Test deposit"}}"#).unwrap();
        for (state, kind, status) in [
            ("prepare", "sale", "waiting"),
            ("3ds", "3ds", "success"),
            ("settled", "sale", "success"),
            ("decline", "sale", "fail"),
            ("refund", "refund", "success"),
            ("SomethingNew", "sale", "undefined"),
        ] {
            let new = NewPayment::new(Provider::AKURATECO, "pay-1", state).with_reference("DEP-123");
            let callback = lab.callback(new.with_overrides(described.clone())).unwrap();
            assert_eq!(callback.header("content-type"), "application/x-www-form-urlencoded; charset=utf-8");
            let expected = [
                ("id", "pay-1"),
                ("order_number", "DEP-123"),
                ("order_amount", "100.00"),
                ("order_currency", "USD"),
                ("order_description", "Test deposit"),
                ("order_status", state),
                ("type", kind),
                ("status", status),
                // The documented vector: it covers neither of the three fields above.
                ("hash", "65bc088322dd30aa959df1b049d96a8a3592d2dc"),
            ];
            let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
            assert_eq!(form(&callback.body), expected);
        }

        // What is no text counts as it is written, and what is not there is empty.
        let odd = Overrides::from_json(r#"{"order":{"amount":1.50,"currency":null}}"#).unwrap();
        let odd = NewPayment::new(Provider::AKURATECO, "ümlaut & more", "settled")
            .with_reference("ö+1")
            .with_overrides(odd.without("order.description"));
        let sent = form(&lab.callback_with("sha256", odd).unwrap().body);
        let hash = callback_hash(["ümlaut & more", "ö+1", "1.50", "", ""], "test-password", "sha256");
        assert_eq!(sent[0].1, "ümlaut & more");
        assert_eq!(sent[8], ("hash".to_owned(), hash));
    }
}
