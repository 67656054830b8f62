//! Mercado Pago, the Payments API. Sources: npm `mercadopago` 3.6.1; mercadopago.com.{mx,br,pe,cl} `/developers/en/docs`
//! (`checkout-api-payments/response-handling/query-results`, `zero-dollar-auth/api-responses`, chargebacks) and
//! `/reference` (`_payments_payment_id/put`, error codes); `mercadopago/devsite-docs`,
//! `guides/notifications/webhooks.en.md`; developers.mercadolibre.cl `/en_us/payment-handling`. Read 2026-11.
//! What follows a partial capture is assumed.
//!
//! A state is a status and its detail: `approved accredited`. Beside them stand `refunded=700` or `refunded=none`,
//! `captured=false`, `type=card_validation` for another `operation_type`, `amount=0`, and `live=false` for test money.

use std::time::UNIX_EPOCH;

use axum::http::Method;

use super::{Amount, Answer, Asked, Attempt, Callback, Currency, Event, Protocol, ids, sign, web};
use crate::{
    NewPayment, Payment, Provider, Reply,
    json::{self, Object},
    request::Request,
};

const ACCESS_TOKEN: &str = "APP_USR-sandbox";
const CALLBACK_SECRET: &str = "your_webhook_secret";

impl Provider {
    /// Mercado Pago, a payment provider in Latin America.
    pub const MERCADOPAGO: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "mercadopago",
    states: &[
        "approved accredited",
        "approved accredited live=false",
        "approved accredited type=card_validation",
        "approved accredited amount=0",
        "approved accredited captured=false",
        "approved pending_capture",
        "approved partially_refunded refunded=700",
        "approved partially_refunded refunded=0",
        "approved partially_refunded refunded=none",
        "approved partially_refunded refunded=3500",
        "approved accredited refunded=none",
        "authorized pending_capture",
        "pending pending_waiting_payment",
        "pending pending_waiting_transfer",
        "pending pending_challenge",
        "pending pending_contingency",
        "in_process offline_process",
        "in_process pending_contingency",
        "in_process pending_review_manual",
        "in_process deferred_retry",
        "in_mediation pending",
        "rejected cc_rejected_insufficient_amount",
        "cancelled expired",
        "canceled expired",
        "cancelled by_collector",
        "canceled by_payer",
        "refunded refunded",
        "refunded by_admin",
        "charged_back settled",
        "charged_back in_process",
        "charged_back reimbursed",
        "processed accredited",
    ],
    paid: "approved accredited",
    open: "pending pending_waiting_payment",
    seed,
    samples,
    amount: Amount::Number,
    default_amount: "3500",
    currency: Currency::Default("ARS"),
    settings: &[("access_token", ACCESS_TOKEN), ("callback_secret", CALLBACK_SECRET)],
    read,
    answer,
    list,
    not_found,
    error,
    callback: Some(callback),
    ..Protocol::PLAIN
};

/// Ten digits, the first of them not zero.
fn number(seed: &str) -> String {
    format!("3{}", ids::of(seed, 9, |letter| letter.is_ascii_digit()))
}

fn seed(provider: Provider, state: &str) -> NewPayment {
    NewPayment::new(provider, number(state), state)
}

/// The documented example; and orders with several payments, the oldest first.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str, state: &str| NewPayment::new(Provider::MERCADOPAGO, id, state);
    let mut samples = vec![new("3506756222", "approved accredited").with_reference("order-1234")];
    for (order, states) in [
        ("order-paid", &["rejected cc_rejected_other_reason", "approved accredited"][..]),
        ("order-twice", &["approved accredited", "approved accredited"]),
        ("order-rejected", &["rejected cc_rejected_other_reason", "rejected cc_rejected_high_risk"]),
        ("order-canceled", &["cancelled by_collector"]),
        ("order-expired", &["cancelled expired"]),
        ("order-mediation", &["in_mediation pending", "pending pending_waiting_payment"]),
    ] {
        let attempts = states.iter().enumerate();
        samples.extend(attempts.map(|(index, state)| {
            let created = format!("2018-03-05T10:0{index}:54.000-04:00");
            new(&number(&format!("{order} {index}")), state)
                .with_reference(order)
                .with_overrides(Object::new().text("date_created", &created))
        }));
    }
    samples
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let asked = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["v1", "payments", "search"] => {
            let limit = request.parameter("limit").and_then(|limit| limit.parse().ok()).unwrap_or(30);
            Asked::Attempts(request.parameter("external_reference").unwrap_or_default(), limit)
        }
        ["v1", "payments", id] if !id.is_empty() => Asked::Payment(id.to_owned()),
        _ => return Err(stated(404, "not_found", "Si quieres conocer los recursos de la API", None)),
    };
    web::check_method(request, &Method::GET)?;
    match request.authorization("Bearer") {
        Some(token) if token == ACCESS_TOKEN => Ok(asked),
        Some(_) => Err(stated(401, "unauthorized", "invalid access token", None)),
        None => Err(stated(401, "unauthorized", "Must provide your access token to proceed", Some("5"))),
    }
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let (status, detail) = payment.word().split_once(' ').unwrap_or((payment.word(), ""));
    let amount = payment.extra("amount").unwrap_or(payment.amount());
    let refunded = payment.extra("refunded").unwrap_or(if status == "refunded" { amount } else { "0" });
    let is_taken = matches!(status, "approved" | "refunded" | "in_mediation" | "charged_back");
    let approved = is_taken.then_some("2018-03-05T10:06:55.000-04:00");
    let captured = payment.extra("captured") != Some("false") && detail != "pending_capture";
    let mut object = Object::new()
        .number("id", payment.id())
        .text("date_created", "2018-03-05T10:06:54.000-04:00")
        .text_or_null("date_approved", approved)
        .text("date_last_updated", "2018-03-05T10:06:55.000-04:00")
        .text_or_null("date_of_expiration", None)
        .text("operation_type", payment.extra("type").unwrap_or("regular_payment"))
        .text("payment_method_id", "amex")
        .text("payment_type_id", "credit_card")
        .text("status", status)
        .text("status_detail", detail)
        .text("currency_id", payment.currency())
        .flag("live_mode", payment.extra("live") != Some("false"))
        .text_or_null("external_reference", payment.reference())
        .number("transaction_amount", amount);
    if refunded != "none" {
        object = object.number("transaction_amount_refunded", refunded);
    }
    // With the payer's interest, and after the fees: neither is what the sale was about.
    let details = Object::new()
        .number("net_received_amount", "3318.21")
        .number("total_paid_amount", "3987.2")
        .number("overpaid_amount", "0");
    let fee =
        Object::new().text("type", "financing_fee").number("amount", "487.2").text("fee_payer", "payer");
    let payer = Object::new().text("email", "payer@example.com").text("first_name", "A.");
    Answer::ok(
        object
            .number("coupon_amount", "0")
            .object("transaction_details", &details)
            .raw("fee_details", json::array([&fee]))
            .flag("captured", captured)
            .raw("refunds", "[]".to_owned())
            .object("payer", &payer)
            .object("card", &Object::new().text("last_four_digits", "0000")),
    )
}

/// The ids are strings here.
fn list(attempts: &[Attempt]) -> String {
    let results = attempts.iter().map(|attempt| attempt.reply.clone().text("id", attempt.payment.id()));
    found(&results.collect::<Vec<_>>())
}

fn found(results: &[Object]) -> String {
    let paging =
        Object::new().number("total", &results.len().to_string()).number("limit", "30").number("offset", "0");
    Object::new().object("paging", &paging).raw("results", json::array(results)).to_string()
}

fn not_found(asked: &Asked) -> Reply {
    match asked {
        Asked::Attempts(..) => Reply::of_content(200, "application/json", found(&[])),
        _ => stated(404, "not_found", "Payment not found", Some("2000")),
    }
}

fn error(status: u16) -> Option<Reply> {
    let (error, message, code) = match status {
        400 => ("bad_request", "Invalid parameter", Some("1")),
        401 => ("unauthorized", "invalid access token", None),
        403 => ("forbidden", "The caller is not authorized to access this resource", Some("4")),
        404 => ("not_found", "Payment not found", Some("2000")),
        423 => ("locked", "The resource is locked", None),
        424 => ("failed_dependency", "A dependency failed", None),
        429 => ("too_many_requests", "Too many requests", None),
        500..=599 => ("internal_error", "Internal error", None),
        _ => return None,
    };
    Some(stated(status, error, message, code))
}

fn stated(status: u16, error: &str, message: &str, code: Option<&str>) -> Reply {
    let cause = code.map(|code| Object::new().number("code", code).text("description", message));
    let object = Object::new()
        .text("message", message)
        .text("error", error)
        .number("status", &status.to_string())
        .raw("cause", json::array(cause.iter()));
    Reply::json(status, &object)
}

/// The signature covers the id in the query, the request's id and the time, and not the body.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let id = event.payment.id();
    let body = Object::new()
        .number("id", &(112_233 + event.number).to_string())
        .flag("live_mode", true)
        .text("type", "payment")
        .text("action", "payment.updated")
        .text("api_version", "v1")
        .text("date_created", "2018-03-05T10:06:55.000-04:00")
        .number("user_id", "44444")
        .object("data", &Object::new().text("id", id));
    let request_id = format!("sandbox-request-{}", event.number);
    let time = event.at.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis().to_string();
    let mut callback = Callback::json(body.to_string())
        .with_header(
            "x-signature",
            format!("ts={time},v1={}", signature(CALLBACK_SECRET, id, &request_id, &time)),
        )
        .with_header("x-request-id", request_id);
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("data.id", id).finish();
    callback.query = format!("{query}&type=payment");
    Some(callback)
}

fn signature(secret: &str, id: &str, request_id: &str, time: &str) -> String {
    sign::hmac_sha256(secret, &format!("id:{};request-id:{request_id};ts:{time};", id.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeded_id;

    use super::super::lab::{Got, JSON, Lab};

    #[track_caller]
    fn ask(lab: &Lab, path: &str) -> Got {
        lab.get(path, &[("authorization", &format!("Bearer {ACCESS_TOKEN}"))])
    }

    #[test]
    fn the_documented_sample() {
        ask(&Lab::of(Provider::MERCADOPAGO), "/v1/payments/3506756222").is(
            200,
            JSON,
            r#"{"id":3506756222,"date_created":"2018-03-05T10:06:54.000-04:00","date_approved":"2018-03-05T10:06:55.000-04:00","date_last_updated":"2018-03-05T10:06:55.000-04:00","date_of_expiration":null,"operation_type":"regular_payment","payment_method_id":"amex","payment_type_id":"credit_card","status":"approved","status_detail":"accredited","currency_id":"ARS","live_mode":true,"external_reference":"order-1234","transaction_amount":3500,"transaction_amount_refunded":0,"coupon_amount":0,"transaction_details":{"net_received_amount":3318.21,"total_paid_amount":3987.2,"overpaid_amount":0},"fee_details":[{"type":"financing_fee","amount":487.2,"fee_payer":"payer"}],"captured":true,"refunds":[],"payer":{"email":"payer@example.com","first_name":"A."},"card":{"last_four_digits":"0000"}}"#,
        );
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::MERCADOPAGO);
        for state in PROTOCOL.states {
            let payment = lab.sandbox.payment(Provider::MERCADOPAGO, &seeded_id(state)).unwrap();
            let got = ask(&lab, &format!("/v1/payments/{}", payment.id()));
            let (status, detail) = payment.word().split_once(' ').unwrap();
            let words = format!(r#""status":"{status}","status_detail":"{detail}""#);
            assert!(got.status == 200 && got.body.contains(&words), "{state}: {}", got.body);
            assert!(got.body.starts_with(&format!(r#"{{"id":{},"#, payment.id())), "{}", got.body);
        }
        for (alias, fields) in [
            ("sandbox-approved-accredited-captured-false", r#""captured":false"#),
            ("sandbox-approved-accredited-live-false", r#""live_mode":false"#),
            (
                "sandbox-approved-accredited-amount-0",
                r#""transaction_amount":0,"transaction_amount_refunded":0"#,
            ),
            ("sandbox-refunded-refunded", r#""transaction_amount":3500,"transaction_amount_refunded":3500"#),
            ("sandbox-pending-pending-challenge", r#""date_approved":null"#),
        ] {
            let got = ask(&lab, &format!("/v1/payments/{alias}"));
            assert!(got.body.contains(fields), "{alias}: {}", got.body);
        }
    }

    #[test]
    fn a_search_lists_the_payments_of_an_order() {
        let lab = Lab::of(Provider::MERCADOPAGO);
        let search = |order: &str| {
            let query = "sort=date_created&criteria=desc";
            ask(&lab, &format!("/v1/payments/search?external_reference={order}&{query}"))
        };
        let twice = search("order-twice");
        assert!(twice.body.starts_with(r#"{"paging":{"total":2,"limit":30,"offset":0},"results":[{"id":"3"#));
        assert_eq!(twice.body.matches(r#""external_reference":"order-twice""#).count(), 2, "{}", twice.body);
        let empty = r#"{"paging":{"total":0,"limit":30,"offset":0},"results":[]}"#;
        search("order-none").is(200, JSON, empty);
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::MERCADOPAGO);
        let path = "/v1/payments/3506756222";
        let wrong = r#"{"message":"invalid access token","error":"unauthorized","status":401,"cause":[]}"#;
        lab.get(path, &[("authorization", "Bearer wrong")]).is(401, JSON, wrong);
        let none = r#"{"message":"Must provide your access token to proceed","error":"unauthorized","status":401,"cause":[{"code":5,"description":"Must provide your access token to proceed"}]}"#;
        lab.get(path, &[]).is(401, JSON, none);
        lab.get(&format!("{path}?access_token={ACCESS_TOKEN}"), &[]).is(401, JSON, none);
        let missing = r#"{"message":"Payment not found","error":"not_found","status":404,"cause":[{"code":2000,"description":"Payment not found"}]}"#;
        ask(&lab, "/v1/payments/1").is(404, JSON, missing);
        lab.send("PUT", path, &[("authorization", &format!("Bearer {ACCESS_TOKEN}"))], "").is_page(405);
    }

    #[test]
    fn the_vector_of_the_signature() {
        assert_eq!(
            signature(
                "canary-webhook-secret",
                "3506756222",
                "bb56a2f1-6aae-46ac-982e-9dcd3581d08e",
                "1742505638683"
            ),
            "8d8b7a755a2973aa7c529375486d596e3d92c5c371d263ae86ade3cd61ba5621"
        );
    }

    #[test]
    fn callbacks_sign_the_query_and_not_the_body() {
        let lab = Lab::of(Provider::MERCADOPAGO);
        let sent = lab.callback(NewPayment::new(Provider::MERCADOPAGO, "7", "approved accredited")).unwrap();
        assert_eq!(sent.query, "data.id=7&type=payment");
        assert!(sent.body.contains(r#""type":"payment","#) && sent.body.ends_with(r#""data":{"id":"7"}}"#));
        let header = sent.header("x-signature");
        let (time, v1) = header.strip_prefix("ts=").unwrap().split_once(",v1=").unwrap();
        assert_eq!((time.len(), sent.header("x-request-id")), (13, "sandbox-request-1"));
        assert_eq!(v1, signature(CALLBACK_SECRET, "7", "sandbox-request-1", time));
    }
}
