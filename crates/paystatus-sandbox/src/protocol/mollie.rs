//! Mollie, Payments API v2. Sources: github.com/mollie/openapi (`specs.yaml`); npm `@mollie/api-client` 4.6.0 and
//! `mollie-api-typescript` 1.12.28; docs.mollie.com, `status-change`, `reference/webhooks`, `reference/handling-errors`.
//! Read 2026-11.
//!
//! A state is a payment's status. Beside it stand sums in major units: `refunded=2.50`, `charged_back=10.00`,
//! `captured=8.00`, with `refund_currency=USD` for a refund in another currency; `amount=0.00` for a payment that only
//! sets up a mandate; and `method=banktransfer`. An expired payment without a method never got as far as that.

use axum::http::Method;

use super::{Amount, Answer, Asked, Callback, Currency, Event, Protocol, ids, sign, web};
use crate::{NewPayment, Payment, Provider, Reply, json::Object, request::Request};

const API_KEY: &str = "access_sandboxsandboxsandboxsandboxs";
const CALLBACK_SECRET: &str = "your_webhook_signing_secret";

impl Provider {
    /// Mollie, European payments.
    pub const MOLLIE: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "mollie",
    states: &[
        "open",
        "pending",
        "authorized",
        "authorized captured=0.00",
        "authorized captured=4.00",
        "paid",
        "paid refunded=2.50",
        "paid refunded=10.00",
        "paid refunded=11.00",
        "paid refunded=2.50 refund_currency=USD",
        "paid charged_back=4.00",
        "paid charged_back=10.00",
        "paid refunded=6.00 charged_back=4.00",
        "paid captured=8.00",
        "paid captured=8.00 refunded=8.00",
        "paid captured=0.00",
        "paid amount=0.00",
        "canceled",
        "canceled captured=4.00",
        "expired",
        "expired method=banktransfer",
        "expired captured=4.00",
        "failed",
        "failed captured=4.00",
        "charged_back",
    ],
    paid: "paid",
    open: "open",
    seed,
    samples,
    amount: Amount::Text,
    default_amount: "10.00",
    currency: Currency::Default("EUR"),
    settings: &[("api_key", API_KEY), ("callback_secret", CALLBACK_SECRET)],
    read,
    answer,
    not_found,
    error,
    content_type: "application/hal+json",
    callback: Some(callback),
    ..Protocol::PLAIN
};

fn seed(provider: Provider, state: &str) -> NewPayment {
    let id = ids::of(state, 22, |letter| letter.is_ascii_alphanumeric());
    NewPayment::new(provider, format!("tr_{id}"), state).with_reference(format!("order-{}", &id[..8]))
}

/// The documented payment; one without decimals; one in test mode; and the other forms of the merchant's own data.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str| NewPayment::new(Provider::MOLLIE, id, "paid");
    let with =
        |id: &str, name: &str, json: &str| new(id).with_overrides(Object::new().raw(name, json.to_owned()));
    vec![
        new("tr_5B8cwPMGnU6qLbRvo7qEZo").with_reference("12345"),
        new("tr_SandboxYen").with_amount("500").with_currency("JPY"),
        with("tr_SandboxTestMode", "mode", r#""test""#),
        with("tr_SandboxTextMetadata", "metadata", r#""12346""#),
        with("tr_SandboxJsonMetadata", "metadata", r#""{\"order_id\":12347}""#),
        with("tr_SandboxNoMetadata", "metadata", "null"),
    ]
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let ["v2", "payments", id] = segments.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
        return Err(refusal(404, "The requested resource does not exist"));
    };
    web::check_method(request, &Method::GET)?;
    if request.authorization("Bearer").as_deref() != Some(API_KEY) {
        return Err(refusal(401, "Missing authentication, or failed to authenticate"));
    }
    // It is an organisation's token, which may ask for both modes; here a payment's own mode goes first.
    if request.parameter("testmode").is_some_and(|mode| mode != "true" && mode != "false") {
        return Err(refusal(400, "Invalid testmode"));
    }
    Ok(Asked::Payment(id.to_owned()))
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let (word, currency) = (payment.word(), payment.currency());
    let amount = payment.extra("amount").unwrap_or(payment.amount());
    let money = |value: &str, currency: &str| Object::new().text("value", value).text("currency", currency);
    let refunded = payment.extra("refunded").unwrap_or("0.00");
    let method = payment.extra("method").or((word != "expired" && word != "open").then_some("ideal"));
    let mut reply = Object::new()
        .text("resource", "payment")
        .text("id", payment.id())
        .text("mode", "live")
        .object("amount", &money(amount, currency))
        .text("description", "Order #12345")
        .text_or_null("method", method)
        .text("sequenceType", "oneoff")
        .object("metadata", &Object::new().text("order_id", payment.reference().unwrap_or_default()))
        .text("profileId", "pfl_QkEhN94Ba")
        .text("status", word)
        .text("createdAt", "2024-03-20T09:13:37+00:00");
    let ended = match word {
        "paid" => Some("paidAt"),
        "canceled" => Some("canceledAt"),
        "expired" => Some("expiredAt"),
        "failed" => Some("failedAt"),
        _ => None,
    };
    if let Some(ended) = ended {
        reply = reply.text(ended, "2024-03-20T09:14:37+00:00");
    }
    if word == "open" {
        reply = reply.flag("isCancelable", true).text("expiresAt", "2024-03-20T09:28:37+00:00");
    }
    if word == "failed" {
        let reason = Object::new().text("code", "insufficient_funds").text("message", "Not enough money");
        reply = reply.object("statusReason", &reason);
    }
    if let Some(captured) = payment.extra("captured") {
        reply = reply.text("captureMode", "manual").object("amountCaptured", &money(captured, currency));
    }
    if word == "paid" {
        let of_refund = payment.extra("refund_currency").unwrap_or(currency);
        reply = reply
            .object("amountRefunded", &money(refunded, of_refund))
            .object("amountRemaining", &money("35.00", currency))
            .object("settlementAmount", &money("9.99", "EUR"))
            .object("details", &Object::new().text("consumerName", "A Payer"));
    }
    if let Some(charged_back) = payment.extra("charged_back") {
        reply = reply.object("amountChargedBack", &money(charged_back, currency));
    }
    let link = |href: String, kind: &str| Object::new().text("href", &href).text("type", kind);
    let own = format!("https://api.mollie.com/v2/payments/{}", payment.id());
    let dashboard = format!("https://www.mollie.com/dashboard/org_1/payments/{}", payment.id());
    let links = Object::new()
        .object("self", &link(own, "application/hal+json"))
        .object("dashboard", &link(dashboard, "text/html"));
    Answer::ok(reply.object("_links", &links))
}

fn not_found(asked: &Asked) -> Reply {
    refusal(404, &format!("No payment exists with token {}.", asked.id()))
}

fn error(status: u16) -> Option<Reply> {
    let detail = match status {
        400 => "The id is invalid",
        401 => "Missing authentication, or failed to authenticate",
        403 => "The access token lacks the scope payments.read",
        404 => "No payment exists with token tr_x.",
        410 => "The payment was deleted",
        422 => "The request has a field that can't be processed",
        429 => "Too many requests",
        500 | 503 => "The service is temporarily unavailable or under maintenance",
        _ => return None,
    };
    Some(refusal(status, detail))
}

fn refusal(status: u16, detail: &str) -> Reply {
    let title = if status == 401 { "Unauthorized Request" } else { web::reason(status) };
    let documentation = Object::new()
        .text("href", "https://docs.mollie.com/reference/handling-errors")
        .text("type", "text/html");
    let body = Object::new()
        .number("status", &status.to_string())
        .text("title", title)
        .text("detail", detail)
        .object("_links", &Object::new().object("documentation", &documentation));
    Reply::of_content(status, "application/hal+json", body.to_string())
}

/// A next-generation event with the payment, its refund or its chargeback in it; none for an open payment.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let payment = event.payment;
    let (kind, entity) = match payment.word() {
        "paid" if payment.extra("charged_back").is_some() => ("chargeback.received", Some("chb_sandbox")),
        "paid" if payment.extra("refunded").is_some() => ("refund.refunded", Some("re_sandbox")),
        "authorized" if payment.extra("captured").is_some() => ("capture.succeeded", Some("cpt_sandbox")),
        "paid" => ("payment.paid", None),
        "authorized" => ("payment.authorized", None),
        "canceled" => ("payment.canceled", None),
        "expired" => ("payment.expired", None),
        "failed" => ("payment.failed", None),
        _ => return None,
    };
    let embedded = entity.map(|id| Object::new().text("id", id).text("paymentId", payment.id()));
    let embedded = embedded.as_ref().unwrap_or(event.reply);
    let body = Object::new()
        .text("resource", "event")
        .text("id", &format!("event_Sandbox{}", event.number))
        .text("type", kind)
        .text("entityId", entity.unwrap_or(payment.id()))
        .text("createdAt", "2024-03-20T09:14:38+00:00")
        .object("_embedded", &Object::new().object("entity", embedded))
        .to_string();
    let signature = sign::hmac_sha256(CALLBACK_SECRET, &body);
    Some(Callback::json(body).with_header("x-mollie-signature", format!("sha256={signature}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeded_id;

    use super::super::lab::{Got, Lab};

    const HAL: &str = "application/hal+json";

    #[track_caller]
    fn ask(lab: &Lab, path: &str) -> Got {
        lab.get(path, &[("authorization", &format!("Bearer {API_KEY}"))])
    }

    fn refused(status: u16, title: &str, detail: &str) -> String {
        format!(
            r#"{{"status":{status},"title":"{title}","detail":"{detail}","_links":{{"documentation":{{"href":"https://docs.mollie.com/reference/handling-errors","type":"text/html"}}}}}}"#
        )
    }

    #[test]
    fn the_documented_sample() {
        ask(&Lab::of(Provider::MOLLIE), "/v2/payments/tr_5B8cwPMGnU6qLbRvo7qEZo").is(
            200,
            HAL,
            r##"{"resource":"payment","id":"tr_5B8cwPMGnU6qLbRvo7qEZo","mode":"live","amount":{"value":"10.00","currency":"EUR"},"description":"Order #12345","method":"ideal","sequenceType":"oneoff","metadata":{"order_id":"12345"},"profileId":"pfl_QkEhN94Ba","status":"paid","createdAt":"2024-03-20T09:13:37+00:00","paidAt":"2024-03-20T09:14:37+00:00","amountRefunded":{"value":"0.00","currency":"EUR"},"amountRemaining":{"value":"35.00","currency":"EUR"},"settlementAmount":{"value":"9.99","currency":"EUR"},"details":{"consumerName":"A Payer"},"_links":{"self":{"href":"https://api.mollie.com/v2/payments/tr_5B8cwPMGnU6qLbRvo7qEZo","type":"application/hal+json"},"dashboard":{"href":"https://www.mollie.com/dashboard/org_1/payments/tr_5B8cwPMGnU6qLbRvo7qEZo","type":"text/html"}}}"##,
        );
    }

    #[test]
    fn every_state_shows_what_it_is_made_of() {
        let lab = Lab::of(Provider::MOLLIE);
        for (state, fields) in [
            ("open", r#""isCancelable":true"#),
            ("paid refunded=2.50", r#""amountRefunded":{"value":"2.50","currency":"EUR"}"#),
            (
                "paid refunded=2.50 refund_currency=USD",
                r#""amountRefunded":{"value":"2.50","currency":"USD"}"#,
            ),
            ("paid charged_back=10.00", r#""amountChargedBack":{"value":"10.00","currency":"EUR"}"#),
            ("paid captured=8.00", r#""amountCaptured":{"value":"8.00","currency":"EUR"}"#),
            ("paid amount=0.00", r#""amount":{"value":"0.00","currency":"EUR"}"#),
            ("authorized captured=4.00", r#""status":"authorized""#),
            ("expired", r#""method":null"#),
            ("expired method=banktransfer", r#""method":"banktransfer""#),
            ("failed", r#""statusReason":{"code":"insufficient_funds""#),
        ] {
            let payment = lab.sandbox.payment(Provider::MOLLIE, &seeded_id(state)).unwrap();
            let got = ask(&lab, &format!("/v2/payments/{}", payment.id()));
            assert!(got.status == 200 && got.body.contains(fields), "{state}: {}", got.body);
        }
        assert!(ask(&lab, "/v2/payments/tr_SandboxTestMode").body.contains(r#""mode":"test""#));
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::MOLLIE);
        let path = "/v2/payments/tr_5B8cwPMGnU6qLbRvo7qEZo";
        let refusal =
            refused(401, "Unauthorized Request", "Missing authentication, or failed to authenticate");
        lab.get(path, &[]).is(401, HAL, &refusal);
        for header in ["Bearer", "Bearer live_other", API_KEY, "Basic bGl2ZQ=="] {
            lab.get(path, &[("authorization", header)]).is(401, HAL, &refusal);
        }
        let no_payment = refused(404, "Not Found", "No payment exists with token tr_x.");
        ask(&lab, "/v2/payments/tr_x").is(404, HAL, &no_payment);
        assert_eq!(ask(&lab, &format!("{path}?testmode=1")).status, 400);
        assert_eq!(ask(&lab, &format!("{path}?testmode=true")).status, 200);
        assert_eq!(ask(&lab, "/v1/payments/tr_x").status, 404);
        lab.send("DELETE", path, &[], "").is_page(405);
    }

    #[test]
    fn the_signature_is_the_one_that_the_official_sdk_accepts() {
        let body = r#"{"resource":"event","id":"event_Canary8WHrp5isUdRub9CJyH","type":"payment.paid","entityId":"tr_5B8cwPMGnU6qLbRvo7qEZo","createdAt":"2024-06-10T14:23:45+00:00"}"#;
        assert_eq!(
            sign::hmac_sha256("canary_signing_secret_1", body),
            "9b19ae82dcd75c199641fa9632d80588b0b4507644586906aafa3d80e8415f9e"
        );
    }

    #[test]
    fn callbacks_are_events_about_the_payment_or_a_part_of_it() {
        let lab = Lab::of(Provider::MOLLIE);
        for (state, about) in [
            ("paid", Some(r#""type":"payment.paid","entityId":"tr_1""#)),
            ("paid refunded=2.50", Some(r#""type":"refund.refunded","entityId":"re_sandbox""#)),
            ("paid charged_back=10.00", Some(r#""entity":{"id":"chb_sandbox","paymentId":"tr_1"}"#)),
            ("authorized captured=4.00", Some(r#""type":"capture.succeeded""#)),
            ("failed", Some(r#""type":"payment.failed""#)),
            ("open", None),
            ("pending", None),
        ] {
            let callback = lab.callback(NewPayment::new(Provider::MOLLIE, "tr_1", state));
            assert_eq!(callback.is_some(), about.is_some(), "{state}");
            let (Some(callback), Some(about)) = (callback, about) else { continue };
            assert!(callback.body.contains(about), "{}", callback.body);
            let signature = format!("sha256={}", sign::hmac_sha256(CALLBACK_SECRET, &callback.body));
            assert_eq!(callback.header("x-mollie-signature"), signature);
        }
    }
}
