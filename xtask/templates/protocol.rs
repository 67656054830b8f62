//! Acme.
// FILL IN: the source, address and month; write this from the provider's documents, not from the crate: it is the second opinion.

use axum::http::Method;

use super::{Amount, Answer, Asked, Currency, Protocol, web};
use crate::{Payment, Provider, Reply, json::Object, request::Request};

impl Provider {
    /// Acme.
    pub const ACME: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "acme",
    // FILL IN: every word, and which is plainly paid and which still open.
    states: &["open", "FILL IN"],
    paid: "FILL IN",
    open: "open",
    amount: Amount::Number,
    currency: Currency::Default("USD"),
    has_reference: false,
    settings: &[("access_token", "sandbox-token")], //~~ bearer
    settings: &[("user", "sandbox-user"), ("password", "sandbox-password")], //~~ basic
    settings: &[("api_key", "sandbox-key"), ("api_secret", "sandbox-secret")], //~~ headers
    settings: &[("api_key", "sandbox-key"), ("signing_secret", "sandbox-secret")], //~~ signed
    read,
    answer,
    not_found,
    ..Protocol::PLAIN
};

// FILL IN: path, method, and that the credentials are those of `settings`.
fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let ["v1", "payments", id] = segments.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
        return Err(web::no_such_path());
    };
    web::check_method(request, &Method::GET)?;
    Ok(Asked::Payment(id.to_owned()))
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    Answer::ok(
        Object::new()
            .text("id", payment.id())
            .text("status", payment.state())
            .number("amount", payment.amount())
            .text("currency", payment.currency()),
    )
}

// FILL IN: what an unknown payment looks like, and in `error` every other documented error.
fn not_found(asked: &Asked) -> Reply {
    let message = format!("there is no payment {}", asked.id());
    Reply::json(404, &Object::new().text("error", "not_found").text("message", &message))
}
