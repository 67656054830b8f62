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
use base64::{Engine, prelude::BASE64_STANDARD};

use super::{Amount, Answer, Asked, Currency, Protocol, web};
use crate::{
    Payment, Reply,
    credentials::{UPITRANZACT_MERCHANT_ID, UPITRANZACT_PUBLIC_KEY, UPITRANZACT_SECRET_KEY},
    json::Object,
    request::{Request, form_field},
};

const PATH: &str = "/v1/payments/checkPaymentStatus";
const INVALID: &str = "Missing required parameters or invalid data";
const UNAUTHORIZED: &str = "Invalid or missing Authorization Basic Auth";

pub(super) static PROTOCOL: Protocol = Protocol {
    states: &["U1", "U2", "SUCCESS", "U4", "U4-200", "U5", "PENDING", "FAIL", "REJECT"],
    amount: Amount::Number,
    default_amount: "100",
    currency: Currency::Fixed("INR"),
    has_reference: false,
    content_type: "application/json",
    read,
    answer,
    not_found,
    error,
    callback: None,
};

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
            let body = Object::parse(request.body).unwrap_or_default();
            (body.get_text("mid"), body.get_text("order_id"))
        }
        Some("application/x-www-form-urlencoded") => {
            (form_field(request.body, "mid"), form_field(request.body, "order_id"))
        }
        _ => (None, None),
    };
    match (mid, order_id) {
        (Some(mid), Some(order_id)) if mid == UPITRANZACT_MERCHANT_ID && !order_id.is_empty() => {
            Ok(Asked::Payment(order_id))
        }
        _ => Err(refusal(400, INVALID)),
    }
}

fn is_authorized(request: &Request<'_>) -> bool {
    let Some(given) = request.authorization("Basic") else { return false };
    let expected = format!("{UPITRANZACT_PUBLIC_KEY}:{UPITRANZACT_SECRET_KEY}");
    BASE64_STANDARD.decode(given).is_ok_and(|given| given == expected.as_bytes())
}

fn answer(payment: &Payment) -> Answer {
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
        "U4" => Answer { status: 404, body: failure(404, "Transaction not found") },
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
