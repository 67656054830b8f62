//! The generic REST payments API. Source: the documentation template's page "Check payment status", which is the
//! whole contract. Read 2026-11.

use axum::http::Method;

use super::{Amount, Answer, Asked, Currency, Protocol, web};
use crate::{Payment, Reply, credentials::BEARER_ACCESS_TOKEN, json::Object, request::Request};

pub(super) static PROTOCOL: Protocol = Protocol {
    states: &["pending", "succeeded", "failed", "canceled"],
    amount: Amount::MinorUnits,
    default_amount: "5000",
    currency: Currency::Default("USD"),
    has_reference: true,
    content_type: "application/json",
    read,
    answer,
    not_found,
    error,
    callback: None,
};

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let id = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["v1", "payments", id, "status"] if !id.is_empty() => id.to_owned(),
        _ => return Err(web::no_such_path()),
    };
    web::check_method(request, &Method::GET)?;
    if request.authorization("Bearer").as_deref() != Some(BEARER_ACCESS_TOKEN) {
        return Err(unauthorized());
    }
    Ok(Asked::Payment(id))
}

fn answer(payment: &Payment) -> Answer {
    Answer::ok(
        Object::new()
            .text("id", payment.id())
            .text("status", payment.state())
            .number("amount", payment.amount())
            .text("currency", payment.currency())
            .text("reference", payment.reference().unwrap_or_default())
            .text("updated_at", "2025-09-18T20:42:00Z"),
    )
}

fn not_found(asked: &Asked) -> Reply {
    let (Asked::Payment(id) | Asked::Order(id) | Asked::Attempts(id, _)) = asked;
    refusal(404, "not_found", &format!("Payment with ID {id} could not be found."))
}

/// The documented two.
fn error(status: u16) -> Option<Reply> {
    match status {
        401 => Some(unauthorized()),
        404 => Some(refusal(404, "not_found", "Payment could not be found.")),
        _ => None,
    }
}

fn unauthorized() -> Reply {
    refusal(401, "unauthorized", "Invalid or missing access token.")
}

fn refusal(status: u16, error: &str, message: &str) -> Reply {
    Reply::json(status, &Object::new().text("error", error).text("message", message))
}
