//! Cashfree Payments, PG API. Sources: cashfree.com/docs, `api-reference/payments/latest/payments`, `…/webhooks`,
//! `…/errors`, `payments/online/resources/payment-lifecycle`, `payments/features/pre-authorisation`; npm `cashfree-pg`
//! 6.0.6. Read 2026-11.
//!
//! A payment is one attempt to pay an order, and only the order can be asked for; an order that was given no name has
//! its payment's. A state is a payment's status. Beside it stand `captured=false` or `null`; `capture=PENDING` or
//! `void=SUCCESS` for what became of a hold, with `captured_amount=1`; `amount=0`; and `group=cash_on_delivery`.
//! There is one order that nobody tried to pay.

use std::time::UNIX_EPOCH;

use axum::http::Method;

use super::{Amount, Answer, Asked, Callback, Currency, Event, Protocol, ids, sign, web};
use crate::{NewPayment, Payment, Provider, Reply, json::Object, request::Request};

const CLIENT_ID: &str = "your_app_id";
const CLIENT_SECRET: &str = "your_client_secret";
const VERSIONS: [&str; 4] = ["2022-09-01", "2023-08-01", "2025-01-01", "2026-01-01"];

/// The order that nobody tried to pay.
const EMPTY: &str = "order_sandbox_empty";

impl Provider {
    /// Cashfree Payments, an Indian payment gateway.
    pub const CASHFREE: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "cashfree",
    states: &[
        "SUCCESS",
        "SUCCESS amount=0",
        "SUCCESS capture=SUCCESS captured_amount=1",
        "SUCCESS capture=SUCCESS captured_amount=0",
        "SUCCESS capture=SUCCESS",
        "SUCCESS captured=false",
        "SUCCESS captured=false capture=PENDING",
        "SUCCESS captured=false capture=SUCCESS",
        "SUCCESS captured=false void=PENDING",
        "SUCCESS captured=false void=SUCCESS",
        "SUCCESS captured=null",
        "SUCCESS group=cash_on_delivery",
        "VOID",
        "VOID captured=true",
        "FLAGGED",
        "PENDING",
        "INCOMPLETE",
        "NOT_ATTEMPTED",
        "FAILED",
        "USER_DROPPED",
        "CANCELLED",
    ],
    paid: "SUCCESS",
    open: "PENDING",
    samples,
    amount: Amount::Number,
    default_amount: "10.01",
    currency: Currency::Default("INR"),
    is_named_by_order: true,
    settings: &[("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET)],
    read,
    answer,
    not_found,
    error,
    callback: Some(callback),
    ..Protocol::PLAIN
};

/// The documented example; an order in another currency; and orders with several attempts, the oldest first.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str, state: &str, order: &str| {
        NewPayment::new(Provider::CASHFREE, id, state).with_reference(order)
    };
    let mut samples = vec![
        new("12376123", "SUCCESS", "order_8123"),
        new("12376124", "SUCCESS", "order_sandbox_yen").with_amount("500").with_currency("JPY"),
    ];
    let cash = "SUCCESS group=cash_on_delivery";
    for (order, states) in [
        ("order_sandbox_late", &["FAILED", "USER_DROPPED", "SUCCESS"][..]),
        ("order_sandbox_twice", &["SUCCESS", "FAILED", "SUCCESS"]),
        ("order_sandbox_advance", &["SUCCESS", cash]),
        ("order_sandbox_captured_advance", &["SUCCESS capture=SUCCESS captured_amount=1", cash]),
        ("order_sandbox_held", &["FAILED", "SUCCESS captured=false"]),
        ("order_sandbox_open", &["FAILED", "PENDING"]),
        ("order_sandbox_voided", &["VOID", "FAILED"]),
        ("order_sandbox_given_up", &["FAILED", "CANCELLED"]),
    ] {
        samples.extend(states.iter().enumerate().map(|(index, state)| {
            let time = format!("2021-07-23T12:1{index}:06+05:30");
            let id = ids::of(&format!("{order} {index}"), 10, |letter| letter.is_ascii_digit());
            new(&id, state, order).with_overrides(Object::new().text("payment_time", &time))
        }));
    }
    samples
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let ["pg", "orders", order, "payments"] = segments.iter().map(String::as_str).collect::<Vec<_>>()[..]
    else {
        return Err(bad_url());
    };
    web::check_method(request, &Method::GET)?;
    let version = request.header("x-api-version").unwrap_or_default();
    if version.is_empty() {
        let message = "version is missing in the request";
        return Err(refusal(400, message, "version_missing", "invalid_request_error"));
    }
    if !VERSIONS.contains(&&*version) {
        return Err(refusal(400, "invalid version", "version_invalid", "invalid_request_error"));
    }
    let id = request.header("x-client-id");
    let secret = request.header("x-client-secret");
    if id.as_deref() != Some(CLIENT_ID) || secret.as_deref() != Some(CLIENT_SECRET) {
        return Err(unauthorized());
    }
    Ok(Asked::Attempts(order.to_owned(), usize::MAX))
}

fn bad_url() -> Reply {
    let message = "bad URL, please check API documentation";
    refusal(404, message, "request_failed", "invalid_request_error")
}

fn unauthorized() -> Reply {
    refusal(401, "authentication Failed", "request_failed", "authentication_error")
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let word = payment.word();
    let amount = payment.extra("amount").unwrap_or(payment.amount());
    let captured = payment.extra("captured").unwrap_or(if word == "SUCCESS" { "true" } else { "false" });
    let action = [("CAPTURE", payment.extra("capture")), ("VOID", payment.extra("void"))];
    let authorization = action.into_iter().find_map(|(action, status)| Some((action, status?)));
    let authorization = authorization.map(|(action, status)| {
        let authorization = Object::new().text("action", action).text("status", status);
        match payment.extra("captured_amount") {
            Some(captured) => authorization.number("captured_amount", captured),
            None => authorization,
        }
        .text("action_time", "2021-07-23T12:19:00")
    });
    let error = (word == "FAILED").then(|| {
        Object::new()
            .text("error_code", "TRANSACTION_DECLINED")
            .text("error_description", "The bank declined the transaction")
            .text("error_reason", "bank_rejected")
            .text("error_source", "bank")
    });
    let or_null = |object: Option<Object>| object.map_or_else(|| "null".to_owned(), |it| it.to_string());
    let is_over = !["PENDING", "NOT_ATTEMPTED", "INCOMPLETE", "FLAGGED"].contains(&word);
    let (group, method) = match payment.extra("group") {
        Some(group) => (group, Object::new().object("cod", &Object::new())),
        None => {
            let upi = Object::new().text("channel", "collect").text("upi_id", "payer@example");
            ("upi", Object::new().object("upi", &upi))
        }
    };
    let id = Some(payment.id()).filter(|id| id.bytes().all(|letter| letter.is_ascii_digit()));
    let id =
        id.map_or_else(|| ids::of(payment.id(), 10, |letter| letter.is_ascii_digit()), ToOwned::to_owned);
    let message = match word {
        "SUCCESS" => "Transaction successful",
        "PENDING" => "Transaction is pending",
        _ => "Transaction was not successful",
    };
    Answer::ok(
        Object::new()
            .text("cf_payment_id", &id)
            .text("order_id", payment.reference().unwrap_or(payment.id()))
            .text("entity", "payment")
            .raw("error_details", or_null(error))
            .raw("is_captured", captured.to_owned())
            .number("order_amount", amount)
            .text("order_currency", payment.currency())
            .text("payment_group", group)
            .text("payment_currency", payment.currency())
            .number("payment_amount", amount)
            .text("payment_time", "2021-07-23T12:15:06+05:30")
            .text_or_null("payment_completion_time", is_over.then_some("2021-07-23T12:18:59+05:30"))
            .text("payment_status", word)
            .text("payment_message", message)
            .text_or_null("bank_reference", is_over.then_some("P78112898712"))
            .text_or_null("auth_id", is_over.then_some("A898101"))
            .raw("authorization", or_null(authorization))
            .object("payment_method", &method)
            .object("international_payment", &Object::new().flag("international", false)),
    )
}

fn not_found(asked: &Asked) -> Reply {
    if asked.id() == EMPTY {
        return Reply::of_content(200, "application/json", "[]".to_owned());
    }
    refusal(404, "Order Reference Id does not exist", "order_not_found", "invalid_request_error")
}

fn error(status: u16) -> Option<Reply> {
    match status {
        400 => Some(refusal(400, "order_id : invalid value", "order_id_invalid", "invalid_request_error")),
        401 => Some(unauthorized()),
        404 => {
            let message = "Order Reference Id does not exist";
            Some(refusal(404, message, "order_not_found", "invalid_request_error"))
        }
        429 => Some(refusal(429, "Too many requests from IP", "request_failed", "rate_limit_error")),
        500 | 502 => Some(refusal(status, "internal Server Error", "request_failed", "api_error")),
        _ => None,
    }
}

fn refusal(status: u16, message: &str, code: &str, kind: &str) -> Reply {
    let body = Object::new().text("message", message).text("code", code).text("type", kind);
    Reply::json(status, &body)
}

/// An event with the attempt, signed together with a time in milliseconds; nothing for what is still under way.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let kind = match event.payment.word() {
        "SUCCESS" => "PAYMENT_SUCCESS_WEBHOOK",
        "FAILED" => "PAYMENT_FAILED_WEBHOOK",
        "USER_DROPPED" => "PAYMENT_USER_DROPPED_WEBHOOK",
        _ => return None,
    };
    let reply = event.reply;
    let field = |name: &str| reply.get(name).unwrap_or("null").to_owned();
    let order = Object::new()
        .raw("order_id", field("order_id"))
        .raw("order_amount", field("order_amount"))
        .raw("order_currency", field("order_currency"))
        .raw("order_tags", "null".to_owned());
    let payment = Object::new()
        .raw("cf_payment_id", field("cf_payment_id"))
        .raw("payment_status", field("payment_status"))
        .raw("payment_amount", field("payment_amount"))
        .raw("payment_currency", field("payment_currency"));
    let body = Object::new()
        .object("data", &Object::new().object("order", &order).object("payment", &payment))
        .text("event_time", "2021-07-23T12:19:00+05:30")
        .text("type", kind)
        .to_string();
    let time = event.at.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis().to_string();
    let signature = sign::hmac_sha256_base64(CLIENT_SECRET, &format!("{time}{body}"));
    let callback = Callback::json(body)
        .with_header("x-webhook-signature", signature)
        .with_header("x-webhook-timestamp", time)
        .with_header("x-webhook-version", "2025-01-01")
        .with_header("x-webhook-attempt", "1")
        .with_header("x-idempotency-key", format!("sandbox-event-{}", event.number));
    Some(callback)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeded_id;

    use super::super::lab::{Got, Headers, JSON, Lab};

    const ACCOUNT: Headers<'static> =
        &[("x-client-id", CLIENT_ID), ("x-client-secret", CLIENT_SECRET), ("x-api-version", "2025-01-01")];

    #[track_caller]
    fn ask(lab: &Lab, order: &str) -> Got {
        lab.get(&format!("/pg/orders/{order}/payments"), ACCOUNT)
    }

    fn refused(message: &str, code: &str, kind: &str) -> String {
        format!(r#"{{"message":"{message}","code":"{code}","type":"{kind}"}}"#)
    }

    #[test]
    fn the_documented_sample() {
        ask(&Lab::of(Provider::CASHFREE), "order_8123").is(
            200,
            JSON,
            r#"[{"cf_payment_id":"12376123","order_id":"order_8123","entity":"payment","error_details":null,"is_captured":true,"order_amount":10.01,"order_currency":"INR","payment_group":"upi","payment_currency":"INR","payment_amount":10.01,"payment_time":"2021-07-23T12:15:06+05:30","payment_completion_time":"2021-07-23T12:18:59+05:30","payment_status":"SUCCESS","payment_message":"Transaction successful","bank_reference":"P78112898712","auth_id":"A898101","authorization":null,"payment_method":{"upi":{"channel":"collect","upi_id":"payer@example"}},"international_payment":{"international":false}}]"#,
        );
    }

    #[test]
    fn every_state_shows_what_it_is_made_of() {
        let lab = Lab::of(Provider::CASHFREE);
        for (state, fields) in [
            (
                "SUCCESS capture=SUCCESS captured_amount=1",
                r#""authorization":{"action":"CAPTURE","status":"SUCCESS","captured_amount":1,"action_time""#,
            ),
            ("SUCCESS captured=false", r#""is_captured":false"#),
            ("SUCCESS captured=null", r#""is_captured":null"#),
            ("SUCCESS captured=false void=PENDING", r#"{"action":"VOID","status":"PENDING""#),
            ("SUCCESS group=cash_on_delivery", r#""payment_group":"cash_on_delivery""#),
            ("SUCCESS amount=0", r#""payment_amount":0,"#),
            ("PENDING", r#""payment_completion_time":null"#),
            ("FAILED", r#""error_code":"TRANSACTION_DECLINED""#),
        ] {
            let order = seeded_id(state);
            let got = ask(&lab, &order);
            assert!(got.status == 200 && got.body.contains(fields), "{state}: {}", got.body);
            assert!(got.body.contains(&format!(r#""order_id":"{order}""#)), "{}", got.body);
        }
    }

    #[test]
    fn an_order_lists_its_attempts() {
        let lab = Lab::of(Provider::CASHFREE);
        let got = ask(&lab, "order_sandbox_twice");
        assert_eq!(got.body.matches(r#""order_id":"order_sandbox_twice""#).count(), 3);
        assert!(got.body.contains(r#""payment_time":"2021-07-23T12:12:06+05:30""#), "{}", got.body);
        ask(&lab, EMPTY).is(200, JSON, "[]");
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::CASHFREE);
        let path = "/pg/orders/order_8123/payments";
        let [id, secret, version] = [ACCOUNT[0], ACCOUNT[1], ACCOUNT[2]];
        let refusal = refused("authentication Failed", "request_failed", "authentication_error");
        for headers in [
            &[version][..],
            &[version, id],
            &[version, secret],
            &[version, id, ("x-client-secret", "other")],
            &[version, ("x-client-id", "other"), secret],
        ] {
            lab.get(path, headers).is(401, JSON, &refusal);
        }
        let no_version =
            refused("version is missing in the request", "version_missing", "invalid_request_error");
        lab.get(path, &[id, secret]).is(400, JSON, &no_version);
        assert_eq!(lab.get(path, &[id, secret, ("x-api-version", "1")]).status, 400);
        ask(&lab, "order_none").is(
            404,
            JSON,
            &refused("Order Reference Id does not exist", "order_not_found", "invalid_request_error"),
        );
        lab.get("/pg/order/order_8123", ACCOUNT).is(
            404,
            JSON,
            &refused("bad URL, please check API documentation", "request_failed", "invalid_request_error"),
        );
        lab.send("DELETE", path, ACCOUNT, "").is_page(405);
    }

    #[test]
    fn the_signature_is_the_one_that_the_official_sdk_accepts() {
        let body = r#"{"data":{"order":{"order_id":"order_OFR_2","order_amount":170.00,"order_currency":"INR","order_tags":null},"payment":{"cf_payment_id":"1453002795","payment_status":"SUCCESS","payment_amount":170.00,"payment_currency":"INR"}},"event_time":"2025-01-15T12:20:30+05:30","type":"PAYMENT_SUCCESS_WEBHOOK"}"#;
        assert_eq!(
            sign::hmac_sha256_base64("cfsk_canary_secret", &format!("1746427759733{body}")),
            "dEAA32jLTUMQmb/QxTuY5y6aNaiD8hyX0+ak+cgo4MA="
        );
    }

    #[test]
    fn callbacks_are_events_with_the_order() {
        let lab = Lab::of(Provider::CASHFREE);
        for (state, kind) in [
            ("SUCCESS", Some("PAYMENT_SUCCESS_WEBHOOK")),
            ("FAILED", Some("PAYMENT_FAILED_WEBHOOK")),
            ("USER_DROPPED", Some("PAYMENT_USER_DROPPED_WEBHOOK")),
            ("PENDING", None),
        ] {
            let callback = lab.callback(NewPayment::new(Provider::CASHFREE, "o-1", state));
            assert_eq!(callback.is_some(), kind.is_some(), "{state}");
            let (Some(callback), Some(kind)) = (callback, kind) else { continue };
            assert!(callback.body.contains(&format!(r#""type":"{kind}""#)), "{}", callback.body);
            assert!(callback.body.starts_with(r#"{"data":{"order":{"order_id":"o-1","order_amount":10.01,"#));
            let signed = format!("{}{}", callback.header("x-webhook-timestamp"), callback.body);
            let signature = sign::hmac_sha256_base64(CLIENT_SECRET, &signed);
            assert_eq!(callback.header("x-webhook-signature"), signature);
        }
    }
}
