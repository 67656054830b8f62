//! CommitUp. Sources: CommitUp documentation, Get Payment Status page; its public API document, version 2, for
//! `transactionType`, `parentPaymentId` and the webhook. Read 2026-11.
//!
//! A state is the transaction type and the status, `REFUND PENDING_APPROVAL`; a status alone is a reply without
//! `transactionType`, as the older documentation has it. `untyped` before a status is a refund's or a
//! cancellation's record that names its parent and not its type.

use std::time::UNIX_EPOCH;

use axum::http::Method;

use super::{Amount, Answer, Asked, Callback, Currency, Event, Protocol, sign, web};
use crate::{
    Payment, Reply,
    credentials::{COMMITUP_API_KEY, COMMITUP_API_SECRET, COMMITUP_CALLBACK_SECRET},
    json::Object,
    request::Request,
};

pub(super) static PROTOCOL: Protocol = Protocol {
    states: &[
        "SALE SUCCESS",
        "SUCCESS",
        "REFUND SUCCESS",
        "CANCEL SUCCESS",
        "PRE_AUTH SUCCESS",
        "untyped SUCCESS",
        "SALE CAPTURED",
        "CAPTURED",
        "REFUND CAPTURED",
        "CANCEL CAPTURED",
        "PRE_AUTH CAPTURED",
        "SALE ENROLLED",
        "ENROLLED",
        "REFUND PENDING_APPROVAL",
        "REFUND REJECTED",
        "SALE FAILED",
        "FAILED",
        "REFUND FAILED",
        "CANCEL FAILED",
        "SALE CANCELLED",
        "CANCELLED",
    ],
    amount: Amount::Number,
    default_amount: "100.50",
    currency: Currency::Default("TRY"),
    has_reference: true,
    content_type: "application/json",
    read,
    answer,
    not_found,
    error,
    callback: Some(callback),
};

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let id = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["api", "payment", id] if !id.is_empty() => id.to_owned(),
        _ => return Err(web::no_such_path()),
    };
    web::check_method(request, &Method::GET)?;
    let key = request.header("x-api-key");
    let secret = request.header("x-api-secret");
    if (key.as_deref(), secret.as_deref()) != (Some(COMMITUP_API_KEY), Some(COMMITUP_API_SECRET)) {
        return Err(invalid_credentials());
    }
    Ok(Asked::Payment(id))
}

fn answer(payment: &Payment) -> Answer {
    let (kind, status) = match payment.state().split_once(' ') {
        Some((kind, status)) => (Some(kind), status),
        None => (None, payment.state()),
    };
    let (code, text) = match status {
        "SUCCESS" | "CAPTURED" => ("SUCCESS", "Successful"),
        other => (other, "Not successful"),
    };
    let mut body = Object::new()
        .text("paymentId", payment.id())
        .text("orderId", payment.reference().unwrap_or_default())
        .number("amount", payment.amount())
        .number("installmentCount", "1")
        .text("currency", payment.currency())
        .number("merchantCommission", "2.50")
        .text("status", status)
        .text("paymentDate", "2023-05-01T14:30:00Z")
        .text("cardHolderName", "John Doe")
        .text("pan", "411111******1111")
        .text("domInt", "DOM")
        .text("cardScheme", "VISA")
        .text("cardType", "CREDIT")
        .text("loyaltyCode", "GOLD123")
        .text("externalTransactionId", "EXT123456789")
        .text("authCode", "AUTH987654")
        .text("resultCode", code)
        .text("resultMessage", text)
        .text("customerId", "CUST-12345");
    if let Some(kind) = kind.filter(|&kind| kind != "untyped") {
        body = body.text("transactionType", kind);
    }
    if let Some("REFUND" | "CANCEL" | "untyped") = kind {
        body = body.text("parentPaymentId", "sandbox-sale-success");
    }
    Answer::ok(body)
}

fn not_found(_: &Asked) -> Reply {
    message(404, "Payment not found")
}

/// The form is documented without the texts; what is above 500 comes from servers in front.
fn error(status: u16) -> Option<Reply> {
    match status {
        401 => Some(invalid_credentials()),
        404 => Some(message(404, "Payment not found")),
        400..=500 => Some(message(status, web::reason(status))),
        _ => None,
    }
}

fn invalid_credentials() -> Reply {
    message(401, "Invalid API credentials")
}

/// The reply itself; the event's id and type stand in headers that are not signed.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let time = event.at.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis().to_string();
    let body = event.reply.to_string();
    let signature = sign::hmac_sha256(COMMITUP_CALLBACK_SECRET, &format!("{time}:{body}"));
    let headers = vec![
        ("content-type", "application/json".to_owned()),
        ("x-request-time", time),
        ("x-request-signature", signature),
        ("x-event-id", format!("sandbox-event-{}", event.number)),
        ("x-event-type", "payment.status_changed".to_owned()),
    ];
    Some(Callback { headers, body })
}

/// Error bodies carry `message`; nothing else about them is documented.
fn message(status: u16, text: &str) -> Reply {
    Reply::json(status, &Object::new().text("message", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_the_documented_ones() {
        let body = r#"{"paymentId":"123e4567-e89b-12d3-a456-426614174000","orderId":"ORD-12345","amount":100.50,"currency":"TRY","status":"SUCCESS","transactionType":"SALE"}"#;
        let signature = |body: &str| sign::hmac_sha256("whsec_test_123", &format!("1715150400000:{body}"));
        assert_eq!(signature(body), "899b414fb0f52caf961e7b2f115edbd211dc05d0bd8aceeea3f916263d2a1d8a");
        assert_eq!(
            signature(&body.replace("100.50", "100.5")),
            "8843a1a895b195561cc7b2b8694293360c455576d97360dfe5a18a3757349148"
        );
    }
}
