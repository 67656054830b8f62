//! The generic REST payments API. Source: the documentation template's page "Check payment status", which is the
//! whole contract. Read 2026-11.

use axum::http::Method;

use super::{Amount, Answer, Asked, Protocol, web};
use crate::{NewPayment, Payment, Provider, Reply, json::Object, request::Request};

const ACCESS_TOKEN: &str = "your_access_token";

impl Provider {
    /// A generic REST payments API with a bearer token.
    pub const BEARER: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "bearer",
    states: &["pending", "succeeded", "failed", "canceled"],
    paid: "succeeded",
    open: "pending",
    samples,
    amount: Amount::MinorUnits,
    default_amount: "5000",
    settings: &[("access_token", ACCESS_TOKEN)],
    read,
    answer,
    not_found,
    error,
    ..Protocol::PLAIN
};

/// The documented example, and a currency with other minor units.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str, state: &str| NewPayment::new(Provider::BEARER, id, state);
    vec![
        new("pay_001", "succeeded").with_reference("order_12345"),
        new("sandbox-succeeded-kwd", "succeeded").with_currency("KWD"),
    ]
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let id = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["v1", "payments", id, "status"] if !id.is_empty() => id.to_owned(),
        _ => return Err(web::no_such_path()),
    };
    web::check_method(request, &Method::GET)?;
    if request.authorization("Bearer").as_deref() != Some(ACCESS_TOKEN) {
        return Err(unauthorized());
    }
    Ok(Asked::Payment(id))
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
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
    refusal(404, "not_found", &format!("Payment with ID {} could not be found.", asked.id()))
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

#[cfg(test)]
mod tests {
    use super::*;

    use super::super::lab::{Got, JSON, Lab};

    const TOKEN: (&str, &str) = ("Authorization", "Bearer your_access_token");

    #[track_caller]
    fn ask(lab: &Lab, id: &str) -> Got {
        lab.get(&format!("/v1/payments/{id}/status"), &[TOKEN])
    }

    fn reply(id: &str, word: &str, currency: &str, reference: &str) -> String {
        format!(
            r#"{{"id":"{id}","status":"{word}","amount":5000,"currency":"{currency}","reference":"{reference}","updated_at":"2025-09-18T20:42:00Z"}}"#
        )
    }

    #[test]
    fn the_documented_sample() {
        ask(&Lab::of(Provider::BEARER), "pay_001").is(
            200,
            JSON,
            r#"{"id":"pay_001","status":"succeeded","amount":5000,"currency":"USD","reference":"order_12345","updated_at":"2025-09-18T20:42:00Z"}"#,
        );
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::BEARER);
        for word in ["pending", "succeeded", "failed", "canceled"] {
            let id = format!("sandbox-{word}");
            ask(&lab, &id).is(200, JSON, &reply(&id, word, "USD", &format!("order-{id}")));
        }
        let id = "sandbox-succeeded-kwd";
        ask(&lab, id).is(200, JSON, &reply(id, "succeeded", "KWD", &format!("order-{id}")));
        assert_eq!(lab.ids().len(), 6);

        lab.set_state("pay_001", "in review");
        ask(&lab, "pay_001").is(200, JSON, &reply("pay_001", "in review", "USD", "order_12345"));
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::BEARER);
        ask(&lab, "pay_999").is(
            404,
            JSON,
            r#"{"error":"not_found","message":"Payment with ID pay_999 could not be found."}"#,
        );
        let path = "/v1/payments/pay_001/status";
        let refused = r#"{"error":"unauthorized","message":"Invalid or missing access token."}"#;
        lab.get(path, &[]).is(401, JSON, refused);
        for token in [
            "Bearer",
            "Bearer wrong",
            "Bearer YOUR_ACCESS_TOKEN",
            "Basic your_access_token",
            "your_access_token",
        ] {
            lab.get(path, &[("authorization", token)]).is(401, JSON, refused);
        }
        for wrong in ["", "/v1/payments/pay_001", "/v1/payments//status", "/v1/payments/a/b/status"] {
            lab.get(wrong, &[TOKEN]).is_page(404);
        }
        lab.send("DELETE", path, &[TOKEN], "").is_page(405);
    }

    #[test]
    fn an_id_is_one_path_segment() {
        let lab = Lab::of(Provider::BEARER);
        for (id, segment) in [
            ("../x", "..%2Fx"),
            ("a/b", "a%2fb"),
            ("a?b", "a%3Fb"),
            ("100%", "100%25"),
            ("ü 1", "%C3%BC%201"),
            ("status", "status"),
        ] {
            lab.create(NewPayment::new(Provider::BEARER, id, "succeeded").with_reference("R"));
            ask(&lab, segment).is(200, JSON, &reply(id, "succeeded", "USD", "R"));
        }
        assert_eq!(ask(&lab, "%FF").status, 404);
    }
}
