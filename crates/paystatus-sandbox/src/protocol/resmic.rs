//! Resmic Pro. Sources: Resmic documentation, Order Status page; the middleware of its public self-hosted
//! backend for the errors, which the page does not list, and for the webhook. Read 2026-11.

use axum::http::Method;

use super::{Amount, Answer, Asked, Callback, Currency, Event, Protocol, sign, web};
use crate::{
    Payment, Reply,
    credentials::{RESMIC_API_KEY, RESMIC_CALLBACK_SECRET, RESMIC_INACTIVE_API_KEY, RESMIC_USER_ID},
    json::Object,
    request::Request,
};

const JSON: &str = "application/json; charset=utf-8";
const PATH: &str = "/api/v1/makepayment/payment-status";

pub(super) static PROTOCOL: Protocol = Protocol {
    states: &["Completed", "Failed", "initiated"],
    amount: Amount::Text,
    default_amount: "100",
    currency: Currency::Fixed("USD"),
    has_reference: false,
    content_type: JSON,
    read,
    answer,
    not_found,
    error,
    callback: Some(callback),
};

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    if request.path != PATH || request.method != Method::GET {
        return Err(web::express_cannot(request));
    }
    let Some(key) = request.header("x-api-key").filter(|key| !key.is_empty()) else {
        return Err(refusal(401, "API key is missing"));
    };
    if key == RESMIC_INACTIVE_API_KEY {
        return Err(refusal(403, "API is not active"));
    }
    if key != RESMIC_API_KEY {
        return Err(refusal(403, "API KEY is wrong"));
    }
    if request.header("x-user-id").as_deref() != Some(RESMIC_USER_ID) {
        return Err(refusal(403, "Invalid User ID"));
    }
    // Without the parameter no session is found either.
    Ok(Asked::Payment(request.parameter("session_id").unwrap_or_default()))
}

fn answer(payment: &Payment) -> Answer {
    // Nothing has touched a session yet that was only initiated; nulls like this one do occur.
    // Otherwise the time is local, 5 h 30 m ahead of UTC, and still ends in `Z`, as in the documented sample.
    let updated_at = (payment.state() != "initiated").then_some("2026-01-15T15:31:00.000Z");
    let data = Object::new()
        .text("session_id", payment.id())
        .text("created_at_utc", "2026-01-15T10:00:00.000Z")
        .text_or_null("updated_at", updated_at)
        .text("amount", payment.amount())
        .text("payment_status", payment.state())
        .text("wallet_address", "0x000000000000000000000000000000000000dEaD")
        .flag("is_coupon_applied", false);
    Answer::ok(envelope(200, true, "Session reterived").object("data", &data))
}

fn not_found(_: &Asked) -> Reply {
    session_not_found()
}

/// HTTP says 404 and the body 400: so does the provider.
fn session_not_found() -> Reply {
    Reply::of_content(404, JSON, envelope(400, false, "Session not found").to_string())
}

/// The ones that the public backend has.
fn error(status: u16) -> Option<Reply> {
    match status {
        401 => Some(refusal(401, "API key is missing")),
        403 => Some(refusal(403, "API KEY is wrong")),
        404 => Some(session_not_found()),
        429 => Some(Reply::rate_limited(59)),
        500 => {
            let body = envelope(500, false, "Something went wrong").to_string();
            Some(Reply::of_content(500, JSON, body))
        }
        _ => None,
    }
}

/// Only an end is told, and a failure without an amount.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let session = Object::new().text("session_id", event.payment.id());
    // The time is opaque text: the provider's own can read `24:36`.
    let body = match event.payment.state() {
        "Completed" => {
            let data = event.reply.inner("data").unwrap_or_default();
            let amount = data.get("amount").unwrap_or("null");
            session
                .raw("amount", amount.to_owned())
                .text("blockchain", "Sepolia")
                .text("token", "DAI")
                .text("from_wallet_address", "0x000000000000000000000000000000000000dEaD")
                .text("transaction_hash", &format!("0x{}", "0".repeat(64)))
                .text("txTime", "Jan 15, 2026, 10:01")
                .flag("status", true)
        }
        "Failed" => session.text("txTime", "Jan 15, 2026, 10:01").flag("status", false),
        _ => return None,
    };
    let body = body.to_string();
    let signature = sign::hmac_sha256(RESMIC_CALLBACK_SECRET, &body);
    let headers = vec![("content-type", "application/json".to_owned()), ("x-signature", signature)];
    Some(Callback { headers, body })
}

fn envelope(status: u16, success: bool, message: &str) -> Object {
    Object::new().number("status", &status.to_string()).flag("success", success).text("message", message)
}

fn refusal(status: u16, error: &str) -> Reply {
    Reply::of_content(status, JSON, Object::new().text("error", error).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_documented_one() {
        let body = r#"{"session_id":"591abe63-aa61-411d-a419-0b546729bbd0","amount":"20","blockchain":"Sepolia","token":"DAI","from_wallet_address":"0x056397760b973BfB921Bc10Be9DA5034B1e921d7","transaction_hash":"0xa43df332c8d376fc14ffc992c4b87e04a5707a3bc7a92ec4eef7b90c66388db2","txTime":"Mar 5, 2025, 03:36","status":true}"#;
        assert_eq!(
            sign::hmac_sha256("11111111-2222-4333-8444-555555555555", body),
            "cc01241c8e50087b638196b3ab87f72b8c4fa2e9ac21c2e436201f853d58f8ec"
        );
    }
}
