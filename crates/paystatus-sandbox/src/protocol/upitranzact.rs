//! UPITranzact. Sources: UPITranzact documentation, Payment Status page, older and newer; the vendor's public
//! clients for `FAIL` and `REJECT`. Read 2026-11.
//!
//! The documentation changed its success reply twice and its "not found" once, so a state here is the shape of
//! a reply:
//! - `U1` and `U2`: success without `txnStatus`, as the oldest and the next documentation had it;
//! - `SUCCESS` (also `U3`): the newest;
//! - `U4`, `U4-200`: "not found", with HTTP 404 and with HTTP 200;
//! - `U5`: "not found" that is `PENDING`;
//! - any other word: that `txnStatus`.

use axum::http::Method;

use super::{Amount, Answer, Asked, Currency, Protocol, web};
use crate::{NewPayment, Payment, Provider, Reply, json::Object, request::Request};

const PATH: &str = "/v1/payments/checkPaymentStatus";
const INVALID: &str = "Missing required parameters or invalid data";
const UNAUTHORIZED: &str = "Invalid or missing Authorization Basic Auth";

const MERCHANT_ID: &str = "ABC";
const PUBLIC_KEY: &str = "your_public_key";
const SECRET_KEY: &str = "your_secret_key";

impl Provider {
    /// UPITranzact, UPI collection in India.
    pub const UPITRANZACT: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "upitranzact",
    states: &["U1", "U2", "SUCCESS", "U4", "U4-200", "U5", "PENDING", "FAIL", "REJECT"],
    paid: "SUCCESS",
    open: "PENDING",
    samples,
    amount: Amount::Number,
    default_amount: "100",
    currency: Currency::Fixed("INR"),
    has_reference: false,
    settings: &[("merchant_id", MERCHANT_ID), ("public_key", PUBLIC_KEY), ("secret_key", SECRET_KEY)],
    read,
    answer,
    not_found,
    error,
    ..Protocol::PLAIN
};

/// The documented examples; only a payment address that could be somebody's is replaced.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str, state: &str, amount: &str| {
        NewPayment::new(Provider::UPITRANZACT, id, state).with_amount(amount)
    };
    vec![
        new("utz_xxxxxxx", "U1", "1"),
        new("bd79da4cc3ff1", "U1", "1"),
        new("bd79da4cccff1", "U1", "1"),
        new("uptz_2848129210ud13", "SUCCESS", "1.08"),
        new("sandbox-success-decimal", "SUCCESS", "1.08"),
    ]
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    if request.path != PATH {
        return Err(web::no_such_path());
    }
    web::check_method(request, &Method::POST)?;
    if !is_authorized(request) {
        return Err(refusal(401, UNAUTHORIZED));
    }
    let (mid, order_id) = match request.content_type().as_deref() {
        Some("application/json") => {
            let body = request.json();
            (body.get_text("mid"), body.get_text("order_id"))
        }
        Some("application/x-www-form-urlencoded") => (request.field("mid"), request.field("order_id")),
        _ => (None, None),
    };
    match (mid, order_id) {
        (Some(mid), Some(order_id)) if mid == MERCHANT_ID && !order_id.is_empty() => {
            Ok(Asked::Payment(order_id))
        }
        _ => Err(refusal(400, INVALID)),
    }
}

fn is_authorized(request: &Request<'_>) -> bool {
    request.basic().is_some_and(|(key, secret)| key == PUBLIC_KEY && secret == SECRET_KEY)
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let (id, amount) = (payment.id(), payment.amount());
    match payment.state() {
        "U1" => {
            let data =
                Object::new().number("amount", amount).text("UTR", "502002472504").text("order_id", id);
            Answer::ok(envelope(true, 200).text("msg", "Transaction is successful").object("data", &data))
        }
        "U2" => {
            let data = Object::new()
                .text("order_id", id)
                .number("amount", amount)
                .text("vpa", "payer@example")
                .text("status", "SUCCESS")
                .text("transaction_id", "TXN123456789");
            Answer::ok(envelope(true, 200).text("msg", "Payment successful").object("data", &data))
        }
        "U3" | "SUCCESS" => {
            let data =
                Object::new().number("amount", amount).text("UTR", "523504870405").text("order_id", id);
            let head = envelope(true, 200).text("txnStatus", "SUCCESS").text("msg", "Payment successful");
            Answer::ok(head.object("data", &data))
        }
        "U4" => Answer::of(404, failure(404, "Transaction not found")),
        "U4-200" => Answer::ok(failure(404, "Transaction not found")),
        "U5" => Answer::ok(transaction("PENDING", "Transaction not found")),
        "PENDING" => Answer::ok(transaction("PENDING", "Payment pending")),
        // The vendor's Android client, the only source that shows these two, has them with `status` true.
        "FAIL" => Answer::ok(envelope(true, 200).text("txnStatus", "FAIL").text("msg", "Payment failed")),
        "REJECT" => {
            Answer::ok(envelope(true, 200).text("txnStatus", "REJECT").text("msg", "Payment rejected"))
        }
        word => Answer::ok(transaction(word, "Payment status")),
    }
}

fn not_found(_: &Asked) -> Reply {
    refusal(404, "Transaction not found")
}

/// The documented codes, which say how an error looks and not what it says.
fn error(status: u16) -> Option<Reply> {
    match status {
        400 => Some(refusal(400, INVALID)),
        401 => Some(refusal(401, UNAUTHORIZED)),
        404 => Some(refusal(404, "Transaction not found")),
        409 | 500 => Some(refusal(status, web::reason(status))),
        _ => None,
    }
}

fn envelope(status: bool, code: u16) -> Object {
    Object::new().flag("status", status).number("statusCode", &code.to_string())
}

fn transaction(word: &str, msg: &str) -> Object {
    envelope(false, 200).text("txnStatus", word).text("msg", msg)
}

fn failure(code: u16, msg: &str) -> Object {
    envelope(false, code).text("msg", msg)
}

fn refusal(code: u16, msg: &str) -> Reply {
    Reply::json(code, &failure(code, msg))
}

#[cfg(test)]
mod tests {
    use super::*;

    use super::super::lab::{Got, JSON, Lab};

    const FORM: &str = "application/x-www-form-urlencoded";
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
        let lab = Lab::of(Provider::UPITRANZACT);
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
        let lab = Lab::of(Provider::UPITRANZACT);
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
        assert_eq!(lab.ids().len(), 14);
        lab.set_state("sandbox-fail", "U3");
        check(
            &lab,
            "sandbox-fail",
            200,
            r#"{"status":true,"statusCode":200,"txnStatus":"SUCCESS","msg":"Payment successful","data":{"amount":100,"UTR":"523504870405","order_id":"sandbox-fail"}}"#,
        );
        check(&lab, "nobody", 404, not_found);

        lab.set_state("sandbox-pending", "success");
        check(
            &lab,
            "sandbox-pending",
            200,
            r#"{"status":false,"statusCode":200,"txnStatus":"success","msg":"Payment status"}"#,
        );
    }

    #[test]
    fn credentials() {
        let lab = Lab::of(Provider::UPITRANZACT);
        let body = r#"{"mid":"ABC","order_id":"utz_xxxxxxx"}"#;
        let refused =
            r#"{"status":false,"statusCode":401,"msg":"Invalid or missing Authorization Basic Auth"}"#;
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
        let lab = Lab::of(Provider::UPITRANZACT);
        let refused =
            r#"{"status":false,"statusCode":400,"msg":"Missing required parameters or invalid data"}"#;
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

        lab.get("/v1/payments/other", &[]).is_page(404);
        let got = lab.get(PATH, &[("authorization", BASIC)]);
        got.is_page(405);
        assert_eq!(got.header("allow"), "POST");
    }

    #[test]
    fn ids_and_amounts_are_taken_literally() {
        let lab = Lab::of(Provider::UPITRANZACT);
        let id = "a/b&c=ü \"%41";
        lab.create(NewPayment::new(Provider::UPITRANZACT, id, "SUCCESS").with_amount("0.100"));
        let expected = r#"{"status":true,"statusCode":200,"txnStatus":"SUCCESS","msg":"Payment successful","data":{"amount":0.100,"UTR":"523504870405","order_id":"a/b&c=ü \"%41"}}"#;
        let form = "mid=ABC&order_id=a%2Fb%26c%3D%C3%BC+%22%2541";
        send(&lab, JSON, r#"{"mid":"ABC","order_id":"a/b&c=ü \"%41"}"#).is(200, JSON, expected);
        send(&lab, FORM, form).is(200, JSON, expected);
    }
}
