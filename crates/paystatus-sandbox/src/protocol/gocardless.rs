//! GoCardless. Sources: npm `gocardless-nodejs` 10.1.2 (types, errors, webhooks); github.com/gocardless/gocardless-pro-java,
//! `resources/Payment.java`; developer.gocardless.com, webhooks; support.gocardless.com, "Overview of payment statuses".
//! Read 2026-11.
//!
//! A state is a payment's status. Beside it stand `refunded=200` in minor units or `null`, `amount=0`,
//! and `retry=true` for a failure that GoCardless tries to collect again by itself.

use axum::http::Method;

use super::{Amount, Answer, Asked, Callback, Currency, Event, Protocol, ids, sign, web};
use crate::{
    NewPayment, Payment, Provider, Reply,
    json::{self, Object},
    request::Request,
};

const ACCESS_TOKEN: &str = "sandbox_your_access_token";
const CALLBACK_SECRET: &str = "your_webhook_endpoint_secret";
const VERSION: &str = "2015-07-06";

impl Provider {
    /// GoCardless, bank debits and instant bank payments.
    pub const GOCARDLESS: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "gocardless",
    states: &[
        "paid_out",
        "paid_out refunded=200",
        "paid_out refunded=1050",
        "paid_out refunded=1100",
        "paid_out refunded=null",
        "paid_out amount=0",
        "confirmed",
        "confirmed refunded=200",
        "confirmed refunded=1050",
        "confirmed amount=0",
        "pending_customer_approval",
        "pending_submission",
        "submitted",
        "failed",
        "failed retry=true",
        "failed refunded=200",
        "cancelled",
        "customer_approval_denied",
        "charged_back",
    ],
    paid: "paid_out",
    open: "submitted",
    seed,
    samples,
    amount: Amount::MinorUnits,
    default_amount: "1050",
    currency: Currency::Default("GBP"),
    settings: &[("access_token", ACCESS_TOKEN), ("callback_secret", CALLBACK_SECRET)],
    read,
    answer,
    not_found: |_| refusal(404, "invalid_api_usage", "resource_not_found", "Resource not found"),
    error,
    callback: Some(callback),
    ..Protocol::PLAIN
};

/// An id of its resource: two letters, and letters and digits in upper case.
fn id_of(resource: &str, seed: &str) -> String {
    let fits = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit();
    format!("{resource}{}", ids::of(seed, 11, fits))
}

fn seed(provider: Provider, state: &str) -> NewPayment {
    NewPayment::new(provider, id_of("PM", state), state)
}

fn samples() -> Vec<NewPayment> {
    let new = |id: &str| NewPayment::new(Provider::GOCARDLESS, id, "paid_out");
    let unnamed = Object::new().object("payments", &Object::new().text_or_null("reference", None));
    vec![
        new("PM000ABC123").with_reference("WINEBOX001"),
        new("PM000NOREF1").with_overrides(unnamed),
        new("PM000AUD123").with_currency("AUD"),
    ]
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let ["payments", id] = segments.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
        return Err(web::no_such_path());
    };
    web::check_method(request, &Method::GET)?;
    match request.authorization("Bearer") {
        Some(token) if token == ACCESS_TOKEN => {}
        _ => return Err(unauthorized()),
    }
    let usage = |reason, message| Err(refusal(400, "invalid_api_usage", reason, message));
    match request.header("gocardless-version").as_deref() {
        Some(VERSION) => Ok(Asked::Payment(id.to_owned())),
        Some(_) => usage("version_not_found", "Version not found"),
        None => usage("missing_version_header", "Missing GoCardless-Version header"),
    }
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let refunded = payment.extra("refunded").unwrap_or("0");
    let mut links = Object::new().text("mandate", &id_of("MD", "mandate")).text("creditor", "CR123");
    if payment.word() == "paid_out" {
        links = links.text("payout", &id_of("PO", "payout"));
    }
    // The price in the payout's currency is another amount.
    let fx = Object::new().text("fx_currency", "EUR").number("fx_amount", "1168");
    let metadata = Object::new().text("order_id", payment.reference().unwrap_or_default());
    let body = Object::new()
        .text("id", payment.id())
        .text("created_at", "2026-01-05T10:00:00.123Z")
        .text("charge_date", "2026-01-12")
        .number("amount", payment.extra("amount").unwrap_or(payment.amount()))
        .raw("amount_refunded", refunded.to_owned())
        .text("currency", payment.currency())
        .text("description", "Order 1234")
        .text("status", payment.word())
        .text_or_null("reference", payment.reference())
        .object("metadata", &metadata)
        .flag("retry_if_possible", payment.extra("retry") == Some("true"))
        .text("scheme", "bacs")
        .object("fx", &fx)
        .object("links", &links);
    Answer::ok(Object::new().object("payments", &body))
}

fn unauthorized() -> Reply {
    refusal(401, "invalid_api_usage", "access_token_not_found", "The access token you've used is not valid")
}

fn error(status: u16) -> Option<Reply> {
    Some(match status {
        401 => unauthorized(),
        403 => refusal(403, "invalid_api_usage", "forbidden", "You do not have permission to do this"),
        409 => refusal(409, "invalid_state", "invalid_state", "The resource is in another state"),
        422 => refusal(422, "validation_failed", "validation_failed", "Validation failed"),
        429 => refusal(429, "invalid_api_usage", "rate_limit_exceeded", "Rate limit exceeded"),
        500 => refusal(500, "gocardless", "internal_server_error", "Internal server error"),
        _ => return None,
    })
}

fn refusal(status: u16, kind: &str, reason: &str, message: &str) -> Reply {
    let error = Object::new().text("reason", reason).text("message", message);
    let body = Object::new()
        .text("message", message)
        .text("documentation_url", "https://developer.gocardless.com/api-reference")
        .text("type", kind)
        .number("code", &status.to_string())
        .text("request_id", "00000000-0000-4000-8000-000000000000")
        .raw("errors", json::array([&error]));
    Reply::json(status, &Object::new().object("error", &body))
}

/// The signed body with the event of the payment, and with one of its mandate, because events come in batches.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let payment = event.reply.inner("payments")?;
    let action = match event.payment.word() {
        word if event.payment.extra("refunded").is_none() => word,
        _ => "refunded",
    };
    let of = |number: u64, resource: &str, action: &str, links: Object| {
        Object::new()
            .text("id", &format!("EV{number:09}"))
            .text("created_at", "2026-01-12T10:00:00.000Z")
            .text("resource_type", resource)
            .text("action", action)
            .object("links", &links)
            .object("details", &Object::new().text("origin", "gocardless").text("cause", action))
    };
    let id = payment.get_text("id")?;
    let paid = of(2 * event.number, "payments", action, Object::new().text("payment", &id));
    let mandate = Object::new().text("mandate", &id_of("MD", "mandate"));
    let events = [paid, of(2 * event.number + 1, "mandates", "active", mandate)];
    let meta = Object::new().text("webhook_id", &format!("WB{:09}", event.number));
    let body = Object::new().raw("events", json::array(&events)).object("meta", &meta).to_string();
    let signature = sign::hmac_sha256(CALLBACK_SECRET, &body);
    Some(Callback::json(body).with_header("webhook-signature", signature))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeded_id;

    use super::super::lab::{Got, JSON, Lab};

    fn bearer() -> String {
        format!("Bearer {ACCESS_TOKEN}")
    }

    #[track_caller]
    fn ask(lab: &Lab, path: &str) -> Got {
        lab.get(path, &[("authorization", &bearer()), ("gocardless-version", VERSION)])
    }

    fn refused(status: u16, reason: &str, message: &str) -> String {
        format!(
            r#"{{"error":{{"message":"{message}","documentation_url":"https://developer.gocardless.com/api-reference","type":"invalid_api_usage","code":{status},"request_id":"00000000-0000-4000-8000-000000000000","errors":[{{"reason":"{reason}","message":"{message}"}}]}}}}"#
        )
    }

    #[test]
    fn the_documented_sample() {
        let got = ask(&Lab::of(Provider::GOCARDLESS), "/payments/PM000ABC123");
        let sample = r#"{"payments":{"id":"PM000ABC123","created_at":"2026-01-05T10:00:00.123Z","charge_date":"2026-01-12","amount":1050,"amount_refunded":0,"currency":"GBP","description":"Order 1234","status":"paid_out","reference":"WINEBOX001","metadata":{"order_id":"WINEBOX001"},"retry_if_possible":false,"scheme":"bacs","fx":{"fx_currency":"EUR","fx_amount":1168},"links":{"mandate":"MD"#;
        assert!(got.status == 200 && got.body.starts_with(sample), "{}", got.body);
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::GOCARDLESS);
        for state in PROTOCOL.states {
            let payment = lab.sandbox.payment(Provider::GOCARDLESS, &seeded_id(state)).unwrap();
            let got = ask(&lab, &format!("/payments/{}", payment.id()));
            let words = format!(r#""status":"{}","#, payment.word());
            let refunded = format!(r#""amount_refunded":{},"#, payment.extra("refunded").unwrap_or("0"));
            assert!(got.body.contains(&words) && got.body.contains(&refunded), "{state}: {}", got.body);
        }
    }

    #[test]
    fn what_is_refused() {
        let lab = Lab::of(Provider::GOCARDLESS);
        let path = "/payments/PM000ABC123";
        ask(&lab, "/payments/PM000XYZ999").is(
            404,
            JSON,
            &refused(404, "resource_not_found", "Resource not found"),
        );
        let wrong = refused(401, "access_token_not_found", "The access token you've used is not valid");
        lab.get(path, &[("gocardless-version", VERSION)]).is(401, JSON, &wrong);
        lab.get(path, &[("authorization", "Bearer other"), ("gocardless-version", VERSION)])
            .is(401, JSON, &wrong);
        let unversioned = refused(400, "missing_version_header", "Missing GoCardless-Version header");
        lab.get(path, &[("authorization", &bearer())]).is(400, JSON, &unversioned);
        let version = refused(400, "version_not_found", "Version not found");
        lab.get(path, &[("authorization", &bearer()), ("gocardless-version", "2014-11-03")])
            .is(400, JSON, &version);
        lab.get("/v1/payments/PM000ABC123", &[]).is_page(404);
        lab.send("POST", path, &[], "").is_page(405);
    }

    #[test]
    fn callbacks_carry_several_events_and_are_signed() {
        // What the official verifier accepts.
        let body = r#"{"events":[{"id":"EV123","resource_type":"payments","action":"confirmed","links":{"payment":"PM000ABC123"}},{"id":"EV124","resource_type":"mandates","action":"submitted","links":{"mandate":"MD000ABC123"}}],"meta":{"webhook_id":"WB123"}}"#;
        let signature = "2d378b42de096c1af4f7f1e5513b620c40880789c33f170d384d897d1cf89f6b";
        assert_eq!(sign::hmac_sha256("whsec_test_123", body), signature);
        let lab = Lab::of(Provider::GOCARDLESS);
        let sent = lab.callback(NewPayment::new(Provider::GOCARDLESS, "PM1", "failed")).unwrap();
        assert!(
            sent.body.contains(r#""resource_type":"payments","action":"failed","links":{"payment":"PM1"}"#)
        );
        assert!(sent.body.contains(r#""resource_type":"mandates""#), "{}", sent.body);
        let header = ("webhook-signature", sign::hmac_sha256(CALLBACK_SECRET, &sent.body));
        assert!(sent.headers.contains(&header), "{:?}", sent.headers);
    }
}
