//! Xendit. Sources: npm `xendit-node` 7.0.0; docs.xendit.co (`/apidocs/get-payment-request`,
//! `/apidocs/payment-webhook-notification`, `/xeninvoice/statuses`, `/webhook/getting-started`); docsv2.xendit.co
//! (`/docs/error-scenarios`); developers.xendit.co (`/api-reference`). Read 2026-11.
//! What a rate limit says is assumed.
//!
//! A state is a status. An invoice's (`PAID`, `SETTLED`, or with `of=invoice` beside it) has an id of 24 hexadecimal
//! digits, and any other is a payment request's, with `pr-`. Beside it stand `paid=5000` or `paid=none` for an invoice's
//! `paid_amount`, `capture=MANUAL`, and `url=staging` for a test invoice.
//! A payment request is answered in the third version's words, and under the older path in the second's.

use axum::http::Method;

use super::{Amount, Answer, Asked, Attempt, Callback, Currency, Event, Protocol, ids, web};
use crate::{
    NewPayment, Payment, Provider, Reply,
    json::{self, Object},
    request::Request,
};

const SECRET_KEY: &str = "xnd_production_sandbox";
const CALLBACK_TOKEN: &str = "your_verification_token";
const VERSION: &str = "2024-11-11";
/// The second version's view of a payment request.
const OLDER: &str = "payment request, version 2";

impl Provider {
    /// Xendit, a payment gateway in Southeast Asia.
    pub const XENDIT: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "xendit",
    states: &[
        "SUCCEEDED",
        "SUCCEEDED capture=MANUAL",
        "REQUIRES_ACTION",
        "ACCEPTING_PAYMENTS",
        "AUTHORIZED",
        "AWAITING_CAPTURE",
        "PENDING",
        "FAILED",
        "CANCELED",
        "EXPIRED",
        "VOIDED",
        "UNKNOWN",
        "PAID",
        "PAID paid=none",
        "PAID paid=0",
        "PAID paid=5000",
        "PAID url=staging",
        "SETTLED",
        "PENDING of=invoice",
        "EXPIRED of=invoice",
        "UNPAID of=invoice",
    ],
    paid: "SUCCEEDED",
    open: "REQUIRES_ACTION",
    seed,
    samples,
    amount: Amount::Number,
    default_amount: "10000.01",
    currency: Currency::Default("IDR"),
    settings: &[("secret_key", SECRET_KEY), ("callback_secret", CALLBACK_TOKEN)],
    read,
    answer,
    list,
    not_found,
    error: |status| match status {
        400 => Some(refusal(400, "API_VALIDATION_ERROR", "There was an error with the format submitted.")),
        401 => Some(refusal(401, "INVALID_API_KEY", "API key is not authorized for this API service")),
        403 => Some(refusal(403, "REQUEST_FORBIDDEN_ERROR", "API key in use does not have the permission.")),
        404 => Some(refusal(404, "DATA_NOT_FOUND", "The requested data does not exist.")),
        429 => Some(refusal(429, "RATE_LIMIT_EXCEEDED", "Too many requests.")),
        500..=599 => Some(refusal(status, "SERVER_ERROR", "Something went wrong.")),
        _ => None,
    },
    callback: Some(callback),
    ..Protocol::PLAIN
};

fn hex(seed: &str, length: usize) -> String {
    ids::of(seed, length, |letter| matches!(letter, '0'..='9' | 'a'..='f'))
}

fn request_id(seed: &str) -> String {
    let part = |name: &str, length| hex(&format!("{seed} {name}"), length);
    format!("pr-{}-{}-{}-{}-{}", part("a", 8), part("b", 4), part("c", 4), part("d", 4), part("e", 12))
}

fn is_invoice_state(state: &str) -> bool {
    state.starts_with("PAID") || state.starts_with("SETTLED") || state.contains("of=invoice")
}

/// By its id, or by its state where it is known under a plain name.
fn is_invoice(payment: &Payment) -> bool {
    let has_form = payment.id().len() == 24 && payment.id().bytes().all(|digit| digit.is_ascii_hexdigit());
    has_form || (!payment.id().starts_with("pr-") && is_invoice_state(payment.state()))
}

fn seed(provider: Provider, state: &str) -> NewPayment {
    let id = if is_invoice_state(state) { hex(state, 24) } else { request_id(state) };
    NewPayment::new(provider, id, state)
}

/// The documented examples, and invoices with the same `external_id`, the oldest first.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str, state: &str| NewPayment::new(Provider::XENDIT, id, state);
    let mut samples = vec![
        new("62efe4c33e45294d63f585f2", "PAID").with_amount("2000000").with_reference("order-1234"),
        new("pr-90392f42-d98a-49ef-a7f3-abcefa512345", "SUCCEEDED").with_reference("order-1234"),
    ];
    for (order, states) in [
        ("order-paid", &["EXPIRED of=invoice", "PAID"][..]),
        ("order-twice", &["PAID", "SETTLED"]),
        ("order-expired", &["EXPIRED of=invoice", "EXPIRED of=invoice"]),
    ] {
        let attempts = states.iter().enumerate();
        samples.extend(attempts.map(|(index, state)| {
            let created = format!("2020-01-13T02:3{index}:49.827Z");
            new(&hex(&format!("{order} {index}"), 24), state)
                .with_reference(order)
                .with_overrides(Object::new().text("created", &created))
        }));
    }
    samples
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let invoices = |id: &str| !id.is_empty() && !id.starts_with("pr-");
    let asked = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["v2", "invoices"] => {
            let limit = request.parameter("limit").and_then(|limit| limit.parse().ok()).unwrap_or(10);
            Asked::Attempts(request.parameter("external_id").unwrap_or_default(), limit)
        }
        ["v2", "invoices", id] if invoices(id) => Asked::Payment(id.to_owned()),
        ["v3", "payment_requests", id] if !id.is_empty() => Asked::Payment(id.to_owned()),
        ["payment_requests", id] if !id.is_empty() => Asked::Part(OLDER, id.to_owned()),
        _ => return Err(refusal(404, "DATA_NOT_FOUND", "The requested path does not exist.")),
    };
    web::check_method(request, &Method::GET)?;
    if request.basic().is_none_or(|(key, password)| key != SECRET_KEY || !password.is_empty()) {
        return Err(refusal(401, "INVALID_API_KEY", "API key is not authorized for this API service"));
    }
    let is_new = segments[0] == "v3";
    if is_new && request.header("api-version").is_none_or(|version| version != VERSION) {
        return Err(refusal(400, "API_VALIDATION_ERROR", "The header api-version is required."));
    }
    if matches!(&asked, Asked::Attempts(_, limit) if !(1..=100).contains(limit)) {
        return Err(refusal(400, "API_VALIDATION_ERROR", "limit must be from 1 to 100"));
    }
    Ok(asked)
}

fn answer(asked: &Asked, payment: &Payment) -> Answer {
    Answer::ok(match asked {
        Asked::Part(..) => older(payment),
        _ if is_invoice(payment) => invoice(payment),
        _ => newer(payment),
    })
}

fn invoice(payment: &Payment) -> Object {
    let word = payment.word();
    let is_paid = matches!(word, "PAID" | "SETTLED");
    let host = if payment.extra("url") == Some("staging") { "checkout-staging" } else { "checkout" };
    let mut object = Object::new()
        .text("id", payment.id())
        .text_or_null("external_id", payment.reference())
        .text("user_id", "5848fdf860053555135587e7")
        .text("status", word)
        .text("merchant_name", "Shop")
        .number("amount", payment.amount());
    let paid = payment.extra("paid").unwrap_or(payment.amount());
    if is_paid && paid != "none" {
        object = object.number("paid_amount", paid);
    }
    if is_paid {
        object = object
            .text("paid_at", "2020-01-14T02:32:50.912Z")
            .text("payment_method", "RETAIL_OUTLET")
            .text("payment_channel", "ALFAMART")
            .text("payment_destination", "TEST815");
    }
    // What the official SDK requires to be there.
    for kind in ["banks", "retail_outlets", "ewallets", "qr_codes", "direct_debits", "paylaters"] {
        object = object.raw(&format!("available_{kind}"), "[]".to_owned());
    }
    object
        .flag("should_send_email", false)
        .text("payer_email", "payer@example.com")
        .text("expiry_date", "2020-01-15T02:32:49.827Z")
        .text("invoice_url", &format!("https://{host}.xendit.co/web/{}", payment.id()))
        .text("created", "2020-01-13T02:32:49.827Z")
        .text("updated", "2020-01-14T02:32:50.912Z")
        .text("currency", payment.currency())
}

fn newer(payment: &Payment) -> Object {
    let object = Object::new()
        .text("payment_request_id", payment.id())
        .text_or_null("reference_id", payment.reference())
        .text("business_id", "5f27a14a9bf05c73dd040bc8")
        .text("type", "PAY")
        .text("country", "ID")
        .text("currency", payment.currency())
        .number("request_amount", payment.amount());
    common(object, payment)
        .text("channel_code", "CARDS")
        .text("latest_payment_id", "py-1402feb0-bb79-47ae-9d1e-e69394d3949c")
        .object("channel_properties", &Object::new())
        .raw("actions", "[]".to_owned())
}

fn older(payment: &Payment) -> Object {
    let method = Object::new().text("id", "pm-6ff0b6f2-f5de-457f-b08f-bc98fbae485a").text("type", "EWALLET");
    let object = Object::new()
        .text("id", payment.id())
        .text_or_null("reference_id", payment.reference())
        .text("business_id", "5f27a14a9bf05c73dd040bc8")
        .text("currency", payment.currency())
        .number("amount", payment.amount())
        .text("country", "ID");
    common(object, payment).object("payment_method", &method)
}

fn common(object: Object, payment: &Payment) -> Object {
    let failure = (payment.word() == "FAILED").then_some("INSUFFICIENT_BALANCE");
    let manual = matches!(payment.word(), "AUTHORIZED" | "AWAITING_CAPTURE" | "VOIDED");
    object
        .text(
            "capture_method",
            payment.extra("capture").unwrap_or(if manual { "MANUAL" } else { "AUTOMATIC" }),
        )
        .text("status", payment.word())
        .text_or_null("failure_code", failure)
        .text("created", "2021-12-31T23:59:59Z")
        .text("updated", "2021-12-31T23:59:59Z")
}

/// Payment requests can't be found by reference.
fn list(attempts: &[Attempt]) -> String {
    let invoices = attempts.iter().filter(|attempt| is_invoice(&attempt.payment));
    json::array(invoices.map(|attempt| &attempt.reply))
}

fn not_found(asked: &Asked) -> Reply {
    match asked {
        Asked::Attempts(..) => Reply::of_content(200, "application/json", "[]"),
        Asked::Payment(id) if !id.starts_with("pr-") => {
            refusal(404, "INVOICE_NOT_FOUND_ERROR", "Could not find invoice")
        }
        _ => refusal(404, "DATA_NOT_FOUND", "The requested data does not exist."),
    }
}

fn refusal(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, &Object::new().text("error_code", code).text("message", message))
}

/// With the account's verification token in clear: it signs nothing.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let body = if is_invoice(event.payment) {
        matches!(event.payment.word(), "PAID" | "SETTLED" | "EXPIRED").then(|| event.reply.clone())?
    } else {
        let name = match event.payment.word() {
            "SUCCEEDED" => "payment.capture",
            "AUTHORIZED" => "payment.authorization",
            "FAILED" => "payment.failure",
            "EXPIRED" => "payment_request.expiry",
            _ => return None,
        };
        let data = Object::new()
            .text("payment_id", "py-1402feb0-bb79-47ae-9d1e-e69394d3949c")
            .text("payment_request_id", event.payment.id())
            .text_or_null("reference_id", event.payment.reference())
            .number("request_amount", event.payment.amount())
            .text("currency", event.payment.currency())
            .text("status", event.payment.word());
        Object::new()
            .text("event", name)
            .text("business_id", "5f27a14a9bf05c73dd040bc8")
            .text("created", "2021-12-31T23:59:59Z")
            .object("data", &data)
    };
    let callback = Callback::json(body.to_string())
        .with_header("x-callback-token", CALLBACK_TOKEN)
        .with_header("webhook-id", format!("sandbox-event-{}", event.number));
    Some(callback)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeded_id;

    use super::super::{
        lab::{Got, JSON, Lab},
        sign,
    };

    const VERSIONED: (&str, &str) = ("api-version", VERSION);

    #[track_caller]
    fn ask(lab: &Lab, path: &str) -> Got {
        lab.get(path, &[("authorization", &sign::basic(SECRET_KEY, "")), VERSIONED])
    }

    fn refused(code: &str, message: &str) -> String {
        format!(r#"{{"error_code":"{code}","message":"{message}"}}"#)
    }

    #[test]
    fn the_documented_samples() {
        let lab = Lab::of(Provider::XENDIT);
        ask(&lab, "/v2/invoices/62efe4c33e45294d63f585f2").is(
            200,
            JSON,
            r#"{"id":"62efe4c33e45294d63f585f2","external_id":"order-1234","user_id":"5848fdf860053555135587e7","status":"PAID","merchant_name":"Shop","amount":2000000,"paid_amount":2000000,"paid_at":"2020-01-14T02:32:50.912Z","payment_method":"RETAIL_OUTLET","payment_channel":"ALFAMART","payment_destination":"TEST815","available_banks":[],"available_retail_outlets":[],"available_ewallets":[],"available_qr_codes":[],"available_direct_debits":[],"available_paylaters":[],"should_send_email":false,"payer_email":"payer@example.com","expiry_date":"2020-01-15T02:32:49.827Z","invoice_url":"https://checkout.xendit.co/web/62efe4c33e45294d63f585f2","created":"2020-01-13T02:32:49.827Z","updated":"2020-01-14T02:32:50.912Z","currency":"IDR"}"#,
        );
        ask(&lab, "/v3/payment_requests/pr-90392f42-d98a-49ef-a7f3-abcefa512345").is(
            200,
            JSON,
            r#"{"payment_request_id":"pr-90392f42-d98a-49ef-a7f3-abcefa512345","reference_id":"order-1234","business_id":"5f27a14a9bf05c73dd040bc8","type":"PAY","country":"ID","currency":"IDR","request_amount":10000.01,"capture_method":"AUTOMATIC","status":"SUCCEEDED","failure_code":null,"created":"2021-12-31T23:59:59Z","updated":"2021-12-31T23:59:59Z","channel_code":"CARDS","latest_payment_id":"py-1402feb0-bb79-47ae-9d1e-e69394d3949c","channel_properties":{},"actions":[]}"#,
        );
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::XENDIT);
        for state in PROTOCOL.states {
            let payment = lab.sandbox.payment(Provider::XENDIT, &seeded_id(state)).unwrap();
            let (id, status) = (payment.id(), format!(r#""status":"{}""#, payment.word()));
            let paths = match is_invoice(&payment) {
                true => vec![format!("/v2/invoices/{id}")],
                false => vec![format!("/v3/payment_requests/{id}"), format!("/payment_requests/{id}")],
            };
            for path in paths {
                let got = ask(&lab, &path);
                assert!(got.status == 200 && got.body.contains(&status), "{path}: {}", got.body);
                assert!(got.body.contains(&format!(r#"id":"{id}""#)), "{path}: {}", got.body);
            }
        }
        let invoice = |alias: &str| ask(&lab, &format!("/v2/invoices/{alias}")).body;
        assert!(invoice("sandbox-paid-paid-5000").contains(r#""amount":10000.01,"paid_amount":5000,"#));
        assert!(!invoice("sandbox-paid-paid-none").contains("paid_amount"));
        assert!(!invoice("sandbox-pending-of-invoice").contains("paid_"));
        assert!(invoice("sandbox-paid-url-staging").contains("https://checkout-staging.xendit.co/web/"));
    }

    #[test]
    fn a_reference_lists_invoices_only() {
        let lab = Lab::of(Provider::XENDIT);
        let twice = ask(&lab, "/v2/invoices?external_id=order-twice&limit=100");
        assert!(twice.body.starts_with(r#"[{"id":""#), "{}", twice.body);
        assert_eq!(twice.body.matches(r#""external_id":"order-twice""#).count(), 2);
        let one = ask(&lab, "/v2/invoices?external_id=order-1234&limit=100");
        assert_eq!(one.body.matches("order-1234").count(), 1, "{}", one.body);
        ask(&lab, "/v2/invoices?external_id=order-none").is(200, JSON, "[]");
        let got = ask(&lab, "/v2/invoices?external_id=order-twice&limit=101");
        got.is(400, JSON, &refused("API_VALIDATION_ERROR", "limit must be from 1 to 100"));
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::XENDIT);
        let path = "/v3/payment_requests/pr-90392f42-d98a-49ef-a7f3-abcefa512345";
        let unauthorized = refused("INVALID_API_KEY", "API key is not authorized for this API service");
        let right = sign::basic(SECRET_KEY, "");
        for authorization in
            ["", "Basic", &sign::basic(SECRET_KEY, "x"), &sign::basic("wrong", ""), "Bearer x"]
        {
            lab.get(path, &[("authorization", authorization), VERSIONED]).is(401, JSON, &unauthorized);
        }
        let unversioned = refused("API_VALIDATION_ERROR", "The header api-version is required.");
        lab.get(path, &[("authorization", &right)]).is(400, JSON, &unversioned);
        lab.get(path, &[("authorization", &right), ("api-version", "2022-01-01")]).is(
            400,
            JSON,
            &unversioned,
        );
        let missing = refused("DATA_NOT_FOUND", "The requested data does not exist.");
        ask(&lab, "/v3/payment_requests/pr-0").is(404, JSON, &missing);
        ask(&lab, "/payment_requests/pr-0").is(404, JSON, &missing);
        let missing = refused("INVOICE_NOT_FOUND_ERROR", "Could not find invoice");
        ask(&lab, "/v2/invoices/000000000000000000000000").is(404, JSON, &missing);
        lab.send("POST", path, &[("authorization", &right)], "").is_page(405);
    }

    #[test]
    fn callbacks_carry_the_token_in_clear() {
        let lab = Lab::of(Provider::XENDIT);
        for (id, state, says) in [
            ("62efe4c33e45294d63f585f3", "PAID", Some(r#"{"id":"62efe4c33e45294d63f585f3","external_id":"#)),
            ("62efe4c33e45294d63f585f3", "PENDING of=invoice", None),
            ("pr-1", "SUCCEEDED", Some(r#"{"event":"payment.capture","business_id":"#)),
            ("pr-1", "FAILED", Some(r#"{"event":"payment.failure","#)),
            ("pr-1", "REQUIRES_ACTION", None),
        ] {
            let callback = lab.callback(NewPayment::new(Provider::XENDIT, id, state));
            assert_eq!(callback.is_some(), says.is_some(), "{state}");
            let (Some(callback), Some(says)) = (callback, says) else { continue };
            assert!(callback.body.starts_with(says) && callback.body.contains(id), "{}", callback.body);
            assert_eq!(callback.header("x-callback-token"), CALLBACK_TOKEN);
            assert_eq!(callback.header("webhook-id"), "sandbox-event-1");
        }
    }

    #[test]
    fn the_vector_of_credentials() {
        let vector = "Basic eG5kX2RldmVsb3BtZW50X2NhbmFyeTAxMjM0NTY3ODk6";
        assert_eq!(sign::basic("xnd_development_canary0123456789", ""), vector);
    }
}
