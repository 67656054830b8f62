//! One span per check, for operators; the README documents its fields.

use http::Response;
use paystatus_core::{BaseUrl, Body, Error, Lookup, Status};
use tracing::{Span, field::Empty};

/// The span of one check.
pub(crate) fn check(provider: &'static str, lookup: &Lookup, base_url: &BaseUrl) -> Span {
    tracing::info_span!(
        "paystatus.check",
        otel.kind = "client",
        paystatus.provider = provider,
        paystatus.asked_id = lookup.id(),
        paystatus.outcome = Empty,
        paystatus.attempts = Empty,
        http.response.status_code = Empty,
        error.type = Empty,
        server.address = %base_url.host(),
        url.scheme = base_url.scheme(),
    )
}

/// Notes the HTTP status of the latest reply.
pub(crate) fn reply(reply: &Response<Body>) {
    Span::current().record("http.response.status_code", reply.status().as_u16());
}

/// Notes how a check ended, and says so in one event.
pub(crate) fn outcome(span: &Span, result: Result<Status, &Error>, attempts: u32) {
    let outcome = match result {
        Ok(status) => status.as_str(),
        Err(error) => {
            span.record("error.type", error.kind().as_str());
            "error"
        }
    };
    span.record("paystatus.outcome", outcome);
    span.record("paystatus.attempts", attempts);
    span.in_scope(|| tracing::debug!(outcome, attempts, "checked a payment's status"));
}
