//! CommitUp. Sources: CommitUp documentation, Get Payment Status page; its public API document, version 2, for
//! `transactionType`, `parentPaymentId` and the webhook. Read 2026-11.
//!
//! A state is the transaction type and the status, `REFUND PENDING_APPROVAL`; a status alone is a reply without
//! `transactionType`, as the older documentation has it. `untyped` before a status is a refund's or a
//! cancellation's record that names its parent and not its type.

use std::time::UNIX_EPOCH;

use axum::http::Method;

use super::{Amount, Answer, Asked, Callback, Currency, Event, Protocol, sign, web};
use crate::{NewPayment, Payment, Provider, Reply, json::Object, request::Request};

const API_KEY: &str = "your_api_key_here";
const API_SECRET: &str = "your_api_secret_here";
const CALLBACK_SECRET: &str = "whsec_test_123";

impl Provider {
    /// CommitUp, a Turkish card gateway.
    pub const COMMITUP: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "commitup",
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
    paid: "SALE SUCCESS",
    open: "SALE ENROLLED",
    samples,
    amount: Amount::Number,
    default_amount: "100.50",
    currency: Currency::Default("TRY"),
    settings: &[("api_key", API_KEY), ("api_secret", API_SECRET), ("callback_secret", CALLBACK_SECRET)],
    read,
    answer,
    not_found,
    error,
    callback: Some(callback),
    ..Protocol::PLAIN
};

/// The documented example.
fn samples() -> Vec<NewPayment> {
    let id = "123e4567-e89b-12d3-a456-426614174000";
    vec![NewPayment::new(Provider::COMMITUP, id, "SUCCESS").with_reference("ORD-12345")]
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let id = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["api", "payment", id] if !id.is_empty() => id.to_owned(),
        _ => return Err(web::no_such_path()),
    };
    web::check_method(request, &Method::GET)?;
    let key = request.header("x-api-key");
    let secret = request.header("x-api-secret");
    if (key.as_deref(), secret.as_deref()) != (Some(API_KEY), Some(API_SECRET)) {
        return Err(invalid_credentials());
    }
    Ok(Asked::Payment(id))
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
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
    let signature = sign::hmac_sha256(CALLBACK_SECRET, &format!("{time}:{body}"));
    let callback = Callback::json(body)
        .with_header("x-request-time", time)
        .with_header("x-request-signature", signature)
        .with_header("x-event-id", format!("sandbox-event-{}", event.number))
        .with_header("x-event-type", "payment.status_changed");
    Some(callback)
}

/// Error bodies carry `message`; nothing else about them is documented.
fn message(status: u16, text: &str) -> Reply {
    Reply::json(status, &Object::new().text("message", text))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::{Overrides, seeded_id};

    use super::super::lab::{Got, JSON, Lab};

    const KEY: (&str, &str) = ("X-API-KEY", "your_api_key_here");
    const SECRET: (&str, &str) = ("X-API-SECRET", "your_api_secret_here");

    #[track_caller]
    fn ask(lab: &Lab, id: &str) -> Got {
        lab.get(&format!("/api/payment/{id}"), &[KEY, SECRET])
    }

    /// The reply, where `tail` is what follows the customer.
    fn reply(id: &str, order: &str, status: &str, tail: &str) -> String {
        let (code, message) = match status {
            "SUCCESS" | "CAPTURED" => ("SUCCESS", "Successful"),
            other => (other, "Not successful"),
        };
        format!(
            r#"{{"paymentId":"{id}","orderId":"{order}","amount":100.50,"installmentCount":1,"currency":"TRY","merchantCommission":2.50,"status":"{status}","paymentDate":"2023-05-01T14:30:00Z","cardHolderName":"John Doe","pan":"411111******1111","domInt":"DOM","cardScheme":"VISA","cardType":"CREDIT","loyaltyCode":"GOLD123","externalTransactionId":"EXT123456789","authCode":"AUTH987654","resultCode":"{code}","resultMessage":"{message}","customerId":"CUST-12345"{tail}}}"#
        )
    }

    /// Asks for a seeded payment.
    #[track_caller]
    fn check(lab: &Lab, id: &str, status: &str, tail: &str) {
        ask(lab, id).is(200, JSON, &reply(id, &format!("order-{id}"), status, tail));
    }

    #[test]
    fn the_documented_sample() {
        ask(&Lab::of(Provider::COMMITUP), "123e4567-e89b-12d3-a456-426614174000").is(
            200,
            JSON,
            r#"{"paymentId":"123e4567-e89b-12d3-a456-426614174000","orderId":"ORD-12345","amount":100.50,"installmentCount":1,"currency":"TRY","merchantCommission":2.50,"status":"SUCCESS","paymentDate":"2023-05-01T14:30:00Z","cardHolderName":"John Doe","pan":"411111******1111","domInt":"DOM","cardScheme":"VISA","cardType":"CREDIT","loyaltyCode":"GOLD123","externalTransactionId":"EXT123456789","authCode":"AUTH987654","resultCode":"SUCCESS","resultMessage":"Successful","customerId":"CUST-12345"}"#,
        );
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::COMMITUP);
        let sale = r#","transactionType":"SALE""#;
        let pre_auth = r#","transactionType":"PRE_AUTH""#;
        let refund = r#","transactionType":"REFUND","parentPaymentId":"sandbox-sale-success""#;
        let cancel = r#","transactionType":"CANCEL","parentPaymentId":"sandbox-sale-success""#;
        for status in ["SUCCESS", "CAPTURED", "ENROLLED", "FAILED", "CANCELLED"] {
            check(&lab, &seeded_id(status), status, "");
            check(&lab, &seeded_id(&format!("SALE {status}")), status, sale);
        }
        for status in ["SUCCESS", "CAPTURED"] {
            check(&lab, &seeded_id(&format!("PRE_AUTH {status}")), status, pre_auth);
            check(&lab, &seeded_id(&format!("REFUND {status}")), status, refund);
            check(&lab, &seeded_id(&format!("CANCEL {status}")), status, cancel);
        }
        check(&lab, "sandbox-refund-failed", "FAILED", refund);
        check(&lab, "sandbox-cancel-failed", "FAILED", cancel);
        check(&lab, "sandbox-refund-pending-approval", "PENDING_APPROVAL", refund);
        check(&lab, "sandbox-refund-rejected", "REJECTED", refund);
        check(&lab, "sandbox-untyped-success", "SUCCESS", r#","parentPaymentId":"sandbox-sale-success""#);
        assert_eq!(lab.ids().len(), 22);

        lab.set_state("sandbox-failed", "SALE PROCESSING");
        check(&lab, "sandbox-failed", "PROCESSING", sale);
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::COMMITUP);
        let path = "/api/payment/sandbox-success";
        let refused = r#"{"message":"Invalid API credentials"}"#;
        for headers in [
            &[][..],
            &[KEY],
            &[SECRET],
            &[KEY, ("x-api-secret", "your_api_key_here")],
            &[("x-api-key", "wrong"), SECRET],
        ] {
            lab.get(path, headers).is(401, JSON, refused);
        }
        ask(&lab, "nobody").is(404, JSON, r#"{"message":"Payment not found"}"#);
        ask(&lab, "a/b").is_page(404);
        ask(&lab, "").is_page(404);
        let got = lab.send("POST", path, &[KEY, SECRET], "");
        got.is_page(405);
        assert_eq!(got.header("allow"), "GET");
    }

    #[test]
    fn an_id_is_one_path_segment() {
        let lab = Lab::of(Provider::COMMITUP);
        for (id, segment) in [
            ("a/b", "a%2Fb"),
            ("a b", "a%20b"),
            ("100%", "100%25"),
            ("%2F", "%252F"),
            ("a?b#c", "a%3Fb%23c"),
            ("ödeme", "%C3%B6deme"),
            ("a+b", "a+b"),
            ("reply", "reply"),
        ] {
            let new = NewPayment::new(Provider::COMMITUP, id, "SUCCESS").with_reference("R");
            lab.create(new);
            ask(&lab, segment).is(200, JSON, &reply(id, "R", "SUCCESS", ""));
        }
    }

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

    #[test]
    fn callbacks_are_the_reply_with_the_time() {
        let lab = Lab::of(Provider::COMMITUP);
        let odd = Overrides::from_json(r#"{"amount":100.5}"#).unwrap();
        let new = NewPayment::new(Provider::COMMITUP, "c-1", "SALE SUCCESS").with_reference("ORD-1");
        let callback = lab.callback(new.clone().with_overrides(odd.clone())).unwrap();
        assert_eq!(callback.header("content-type"), JSON);
        assert_eq!(callback.header("x-event-type"), "payment.status_changed");
        assert_eq!(callback.header("x-event-id"), "sandbox-event-1");
        let time = callback.header("x-request-time");
        let signature = sign::hmac_sha256("whsec_test_123", &format!("{time}:{}", callback.body));
        assert_eq!(callback.header("x-request-signature"), signature);
        let stated = UNIX_EPOCH + Duration::from_millis(time.parse().unwrap());
        assert!(SystemTime::now().duration_since(stated).unwrap() < Duration::from_secs(10));
        assert!(callback.body.starts_with(r#"{"paymentId":"c-1","orderId":"ORD-1","amount":100.5,"#));
        lab.create(new.with_overrides(odd));
        assert_eq!(ask(&lab, "c-1").body, callback.body);
    }
}
