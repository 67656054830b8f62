//! PhonePe Payment Gateway, Checkout v2. Sources: developer.phonepe.com (`order-status`, `authorization`, `webhook` of
//! `payment-gateway/website-integration/standard-checkout/api-integration/api-reference`); npm `pg-sdk-node` 2.0.2 and
//! its tests in PhonePe/phonepe-pg-sdk-node 2e3877e. Read 2026-11.
//!
//! A state is the order's. Beside it stand `attempts=FAILED,COMPLETED`, the oldest first, of which `stateless` has no
//! state and `none` stands for an empty list; `flow=PENNY_DROP` for a mandate's set-up; `amount=0`; and `named=yes`
//! where the reply repeats the merchant's id, as only the SDK's types say that it does.

use axum::http::Method;
use sha2::{Digest, Sha256};

use super::{Amount, Answer, Asked, Callback, Currency, Event, Protocol, Tokens, sign, web};
use crate::{
    NewPayment, Payment, Provider, Reply,
    json::{self, Object},
    request::Request,
};

const CLIENT_ID: &str = "your_client_id";
const CLIENT_SECRET: &str = "your_client_secret";
const CLIENT_VERSION: &str = "1";
const USERNAME: &str = "hookuser";
const PASSWORD: &str = "Canary1234";

impl Provider {
    /// PhonePe, an Indian payment gateway.
    pub const PHONEPE: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "phonepe",
    states: &[
        "COMPLETED",
        "COMPLETED named=yes",
        "COMPLETED attempts=FAILED,COMPLETED",
        "COMPLETED attempts=COMPLETED,COMPLETED",
        "COMPLETED attempts=none",
        "COMPLETED attempts=stateless",
        "COMPLETED attempts=FAILED",
        "COMPLETED attempts=PENDING",
        "COMPLETED flow=PENNY_DROP",
        "COMPLETED amount=0",
        "PENDING",
        "PENDING attempts=FAILED,FAILED",
        "PENDING attempts=FAILED,PENDING",
        "PENDING attempts=COMPLETED",
        "PENDING attempts=stateless",
        "FAILED",
        "FAILED attempts=none",
        "FAILED attempts=FAILED,PENDING",
        "FAILED attempts=COMPLETED",
        "FAILED attempts=stateless",
        "NOTIFICATION_IN_PROGRESS",
        "NOTIFIED",
    ],
    paid: "COMPLETED",
    open: "PENDING",
    samples: || vec![NewPayment::new(Provider::PHONEPE, "order-1711694662", "COMPLETED")],
    amount: Amount::MinorUnits,
    default_amount: "1000",
    currency: Currency::Fixed("INR"),
    has_reference: false,
    settings: &[
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("client_version", CLIENT_VERSION),
        ("webhook_username", USERNAME),
        ("webhook_password", PASSWORD),
    ],
    tokens: Some(&Tokens {
        method: Method::POST,
        path: "/v1/oauth/token",
        read: credentials,
        // Only the time of its end says how long it lives.
        reply: |issued| {
            let now = issued.at.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
            let end = (now + u64::from(issued.lifetime)).to_string();
            let body = Object::new()
                .text("access_token", &issued.token)
                .text("encrypted_access_token", "sandbox-encrypted")
                .raw("expires_in", "null".to_owned())
                .number("issued_at", &now.to_string())
                .number("expires_at", &end)
                .number("session_expires_at", &end)
                .text("token_type", "O-Bearer");
            Reply::json(200, &body)
        },
        prefix: "sandboxPhonePeToken",
        lifetime: 3600,
    }),
    read,
    answer,
    not_found: |_| refusal(400, "INVALID_MERCHANT_ORDER_ID", "No entry found for given merchant order id"),
    error,
    callback: Some(callback),
    ..Protocol::PLAIN
};

fn credentials(request: &Request<'_>) -> Result<(), Reply> {
    let field = |name: &str| request.field(name).unwrap_or_default();
    let is_form = request.content_type().as_deref() == Some("application/x-www-form-urlencoded");
    if !is_form || field("grant_type") != "client_credentials" {
        return Err(refusal(400, "BAD_REQUEST", "Bad Request - Api Mapping Not Found"));
    }
    let given = [field("client_id"), field("client_secret"), field("client_version")];
    if given != [CLIENT_ID, CLIENT_SECRET, CLIENT_VERSION] {
        return Err(refusal(401, "INVALID_CLIENT", "Client not found"));
    }
    Ok(())
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let ["checkout", "v2", "order", id, "status"] =
        segments.iter().map(String::as_str).collect::<Vec<_>>()[..]
    else {
        return Err(web::no_such_path());
    };
    web::check_method(request, &Method::GET)?;
    // Its own scheme, and not `Bearer`.
    let token = request.header("authorization").unwrap_or_default();
    if !token.strip_prefix("O-Bearer ").is_some_and(|token| request.takes(token)) {
        return Err(unauthorized(401));
    }
    Ok(Asked::Payment(id.to_owned()))
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    Answer::ok(order(payment))
}

fn order(payment: &Payment) -> Object {
    let amount = payment.extra("amount").unwrap_or(payment.amount());
    let usual = match payment.word() {
        "COMPLETED" => "COMPLETED",
        "FAILED" => "FAILED",
        _ => "none",
    };
    let attempts = payment.extra("attempts").unwrap_or(usual);
    let attempts = attempts.split(',').filter(|state| *state != "none").enumerate();
    let attempts: Vec<_> = attempts.map(|(index, state)| attempt(index, state, amount)).collect();
    let mut order = Object::new();
    if payment.extra("named").is_some() {
        order = order.text("merchantId", "SANDBOXMERCHANT").text("merchantOrderId", payment.id());
    }
    order = order
        .text("orderId", "OMO2403282020198641071317")
        .text("state", payment.word())
        .number("amount", amount)
        .number("payableAmount", amount)
        .number("feeAmount", "0")
        .number("expireAt", "1711867462542")
        .object("metaInfo", &Object::new().text("udf1", ""));
    if let Some(flow) = payment.extra("flow") {
        order = order.object("paymentFlow", &Object::new().text("authWorkflowType", flow));
    }
    if payment.word() == "FAILED" {
        order = failure(order);
    }
    // The newest comes first.
    order.raw("paymentDetails", json::array(attempts.iter().rev()))
}

fn failure(object: Object) -> Object {
    let context = Object::new()
        .text("errorCode", "INVALID_MPIN")
        .text("detailedErrorCode", "ZM")
        .text("source", "CUSTOMER")
        .text("stage", "AUTHENTICATION")
        .text("description", "Wrong MPIN was entered");
    object.text("errorCode", "INVALID_MPIN").text("detailedErrorCode", "ZM").object("errorContext", &context)
}

fn attempt(index: usize, state: &str, amount: &str) -> Object {
    let rail = Object::new()
        .text("type", "UPI")
        .text("utr", "455069731511")
        .text("upiTransactionId", "sandbox-upi-transaction")
        .text("vpa", "12****78@example");
    let instrument = Object::new()
        .text("type", "ACCOUNT")
        .text("maskedAccountNumber", "******1234")
        .text("accountType", "SAVINGS");
    // Parts of the attempt, and nothing beside it.
    let part = Object::new()
        .object("instrument", &Object::new().text("type", "ACCOUNT"))
        .object("rail", &Object::new().text("type", "UPI"))
        .number("amount", amount);
    let attempt = Object::new()
        .text("transactionId", &format!("OM240328202019865107194{index}"))
        .text("paymentMode", "UPI_QR")
        .number("timestamp", &format!("17116946{index}2542"))
        .number("amount", amount)
        .number("payableAmount", amount)
        .number("feeAmount", "0");
    let attempt = match state {
        "stateless" => attempt,
        "FAILED" => failure(attempt.text("state", state)),
        _ => attempt.text("state", state),
    };
    attempt
        .object("rail", &rail)
        .object("instrument", &instrument)
        .raw("splitInstruments", json::array([&part]))
}

fn error(status: u16) -> Option<Reply> {
    match status {
        400 => Some(refusal(400, "BAD_REQUEST", "Bad Request - Api Mapping Not Found")),
        401 => Some(unauthorized(401)),
        403 => Some(refusal(403, "FORBIDDEN", "Forbidden")),
        404 | 417 => Some(refusal(status, "INVALID_MERCHANT_ORDER_ID", "No entry found")),
        429 => Some(refusal(429, "TOO_MANY_REQUESTS", "Too many requests")),
        500 => {
            Some(refusal(500, "INTERNAL_SERVER_ERROR", "There is an error trying to process your request"))
        }
        _ => None,
    }
}

fn unauthorized(status: u16) -> Reply {
    refusal(status, "AUTHORIZATION_FAILED", "Authorization failed")
}

fn refusal(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, &Object::new().text("code", code).text("message", message))
}

/// What is sent in the place of a signature is the same for every event.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let payment = event.payment;
    let kind = match payment.word() {
        "COMPLETED" => "checkout.order.completed",
        "FAILED" => "checkout.order.failed",
        _ => return None,
    };
    let mut payload =
        Object::new().text("merchantId", "SANDBOXMERCHANT").text("merchantOrderId", payment.id());
    payload.merge(event.reply);
    let body = Object::new().text("event", kind).object("payload", &payload);
    Some(Callback::json(body.to_string()).with_header("authorization", authorization(USERNAME, PASSWORD)))
}

fn authorization(username: &str, password: &str) -> String {
    sign::hex(&Sha256::digest(format!("{username}:{password}")))
}

#[cfg(test)]
mod tests {
    use super::{
        super::lab::{Got, JSON, Lab},
        *,
    };
    use crate::seeded_id;

    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

    fn token(lab: &Lab) -> String {
        let body = format!(
            "client_id={CLIENT_ID}&client_version=1&client_secret={CLIENT_SECRET}&grant_type=client_credentials"
        );
        let got = lab.send("POST", "/v1/oauth/token", &[FORM], &body);
        assert!(got.status == 200 && got.body.contains(r#""expires_in":null,"#), "{}", got.body);
        format!("O-Bearer {}", Object::parse(got.body.as_bytes()).unwrap().get_text("access_token").unwrap())
    }

    fn ask(lab: &Lab, id: &str) -> Got {
        let path = format!("/checkout/v2/order/{id}/status?details=true&errorContext=true");
        lab.get(&path, &[("authorization", &token(lab))])
    }

    #[test]
    fn the_documented_sample() {
        ask(&Lab::of(Provider::PHONEPE), "order-1711694662").is(
            200,
            JSON,
            r#"{"orderId":"OMO2403282020198641071317","state":"COMPLETED","amount":1000,"payableAmount":1000,"feeAmount":0,"expireAt":1711867462542,"metaInfo":{"udf1":""},"paymentDetails":[{"transactionId":"OM2403282020198651071940","paymentMode":"UPI_QR","timestamp":1711694602542,"amount":1000,"payableAmount":1000,"feeAmount":0,"state":"COMPLETED","rail":{"type":"UPI","utr":"455069731511","upiTransactionId":"sandbox-upi-transaction","vpa":"12****78@example"},"instrument":{"type":"ACCOUNT","maskedAccountNumber":"******1234","accountType":"SAVINGS"},"splitInstruments":[{"instrument":{"type":"ACCOUNT"},"rail":{"type":"UPI"},"amount":1000}]}]}"#,
        );
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::PHONEPE);
        for (state, fields) in [
            ("COMPLETED named=yes", r#""merchantOrderId":"sandbox-completed-named-yes","orderId""#),
            ("COMPLETED attempts=none", r#""paymentDetails":[]}"#),
            ("COMPLETED attempts=stateless", r#""feeAmount":0,"rail":"#),
            ("COMPLETED flow=PENNY_DROP", r#""paymentFlow":{"authWorkflowType":"PENNY_DROP"}"#),
            ("COMPLETED amount=0", r#""state":"COMPLETED","amount":0,"#),
            ("PENDING", r#""paymentDetails":[]}"#),
            ("FAILED", r#""errorCode":"INVALID_MPIN","detailedErrorCode":"ZM","errorContext":{"#),
            ("NOTIFIED", r#""state":"NOTIFIED""#),
        ] {
            let got = ask(&lab, &seeded_id(state));
            assert!(got.status == 200 && got.body.contains(fields), "{state}: {}", got.body);
        }
        let got = ask(&lab, &seeded_id("FAILED attempts=FAILED,PENDING"));
        let place = |fields: &str| got.body.find(fields).unwrap();
        assert!(
            place(r#""state":"PENDING""#)
                < place(
                    r#""state":"FAILED","errorCode":"INVALID_MPIN","detailedErrorCode":"ZM","errorContext""#
                )
        );
    }

    #[test]
    fn a_token_needs_the_right_client_in_a_form() {
        let lab = Lab::of(Provider::PHONEPE);
        let right = format!(
            "client_id={CLIENT_ID}&client_version=1&client_secret={CLIENT_SECRET}&grant_type=client_credentials"
        );
        for (from, to, status, code) in [
            (CLIENT_SECRET, "wrong", 401, "INVALID_CLIENT"),
            (CLIENT_ID, "wrong", 401, "INVALID_CLIENT"),
            ("client_version=1", "client_version=2", 401, "INVALID_CLIENT"),
            ("client_credentials", "password", 400, "BAD_REQUEST"),
        ] {
            let got = lab.send("POST", "/v1/oauth/token", &[FORM], &right.replace(from, to));
            assert!(got.status == status && got.body.contains(code), "{to}: {}", got.body);
        }
        let without = lab.send("POST", "/v1/oauth/token", &[("content-type", JSON)], &right);
        assert_eq!(without.status, 400);
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::PHONEPE);
        let path = "/checkout/v2/order/order-1711694662/status";
        let bearer = token(&lab).replace("O-Bearer", "Bearer");
        for authorization in ["", "O-Bearer old", "O-Bearer", &bearer] {
            let got = lab.get(path, &[("authorization", authorization)]);
            got.is(401, JSON, r#"{"code":"AUTHORIZATION_FAILED","message":"Authorization failed"}"#);
        }
        ask(&lab, "nobody").is(
            400,
            JSON,
            r#"{"code":"INVALID_MERCHANT_ORDER_ID","message":"No entry found for given merchant order id"}"#,
        );
        lab.send("POST", path, &[], "").is_page(405);
        lab.get("/checkout/v2/order/order-1711694662", &[]).is_page(404);
    }

    #[test]
    fn callbacks_carry_a_constant() {
        let lab = Lab::of(Provider::PHONEPE);
        let constant = "baa23a4201b4f43612911a65c4db144840eda55d0b8a788a232818ef6e7a1e96";
        for (state, kind) in [("COMPLETED", "checkout.order.completed"), ("FAILED", "checkout.order.failed")]
        {
            let callback = lab.callback(NewPayment::new(Provider::PHONEPE, "order-7", state)).unwrap();
            assert_eq!(callback.header("authorization"), constant);
            let begins = format!(
                r#"{{"event":"{kind}","payload":{{"merchantId":"SANDBOXMERCHANT","merchantOrderId":"order-7","#
            );
            assert!(callback.body.starts_with(&begins), "{}", callback.body);
        }
        assert!(lab.callback(NewPayment::new(Provider::PHONEPE, "order-7", "PENDING")).is_none());
    }
}
