//! Razorpay. Sources: the vendor's documentation, github.com/razorpay/markdown-docs (`api/payments`, `api/orders`,
//! `payments/payments/late-authorisation`, `webhooks`); npm `razorpay` 2.9.8; razorpay/razorpay-woocommerce.
//! Read 2026-11.
//!
//! A state is a payment's status. Beside it stand `refunded=700` in minor units or `null`, `refund_status=full`,
//! `captured=false` or `null`, `method=cod`, and `amount=0` for a mandate.
//! The reference is the id of the order that a payment belongs to; there is one order that nobody tried to pay.

use axum::http::Method;

use super::{Amount, Answer, Asked, Attempt, Callback, Currency, Event, Protocol, ids, sign, web};
use crate::{
    NewPayment, Payment, Provider, Reply,
    json::{self, Object},
    request::Request,
};

const KEY_ID: &str = "rzp_live_sandbox";
const KEY_SECRET: &str = "your_key_secret";
const CALLBACK_SECRET: &str = "your_webhook_secret";

/// The order that nobody tried to pay.
const EMPTY: &str = "order_SandboxEmpty00";
/// The order whose list leaves payments out, as no list was ever seen to do.
const IN_PART: &str = "order_SandboxInPart0";

impl Provider {
    /// Razorpay, an Indian payment gateway.
    pub const RAZORPAY: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "razorpay",
    states: &[
        "captured",
        "captured refunded=700",
        "captured refunded=2100",
        "captured refunded=null",
        "captured refunded=2200",
        "captured captured=null",
        "captured captured=false",
        "captured refund_status=full",
        "captured refund_status=partial",
        "captured amount=0 method=emandate",
        "refunded",
        "refunded refunded=700",
        "refunded refunded=null",
        "authorized",
        "authorized captured=true",
        "created",
        "pending method=cod",
        "pending",
        "failed",
    ],
    paid: "captured",
    open: "created",
    seed,
    samples,
    amount: Amount::MinorUnits,
    default_amount: "2100",
    currency: Currency::Default("INR"),
    settings: &[("key_id", KEY_ID), ("key_secret", KEY_SECRET), ("callback_secret", CALLBACK_SECRET)],
    read,
    answer,
    list,
    not_found,
    error,
    callback: Some(callback),
    ..Protocol::PLAIN
};

/// So many letters and digits, which depend on the seed alone.
fn alphanumeric(seed: &str, length: usize) -> String {
    ids::of(seed, length, |letter| letter.is_ascii_alphanumeric())
}

fn order_id(seed: &str) -> String {
    format!("order_{}", alphanumeric(seed, 14))
}

fn seed(provider: Provider, state: &str) -> NewPayment {
    let id = format!("pay_{}", alphanumeric(state, 14));
    NewPayment::new(provider, id, state).with_reference(order_id(state))
}

/// The documented example; orders with several attempts, the oldest first; and other currencies.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str, state: &str| NewPayment::new(Provider::RAZORPAY, id, state);
    let attempts = |order: &str, states: &[&str]| -> Vec<_> {
        let number = |(index, state): (usize, &&str)| {
            let id = format!("pay_{}", alphanumeric(&format!("{order} {index}"), 14));
            let at = (1_692_696_719 + 60 * index).to_string();
            new(&id, state).with_reference(order).with_overrides(Object::new().number("created_at", &at))
        };
        states.iter().enumerate().map(number).collect()
    };
    let mut samples = vec![
        new("pay_MT48CvBhIC98MQ", "captured").with_reference("order_MT47xgV5ApouIB"),
        new("pay_SandboxKwd0000", "captured").with_currency("KWD").with_reference("order_SandboxKwd0000"),
        new("pay_SandboxJpy0000", "captured").with_currency("JPY").with_reference("order_SandboxJpy0000"),
    ];
    for (order, states) in [
        ("order_SandboxPaid000", &["failed", "captured"][..]),
        ("order_SandboxTwice00", &["captured", "failed", "captured"]),
        ("order_SandboxLate000", &["captured", "refunded"]),
        ("order_SandboxHeld000", &["failed", "authorized"]),
        ("order_SandboxOpen000", &["failed", "created"]),
        ("order_SandboxFailed0", &["failed", "failed"]),
        ("order_SandboxBack000", &["failed", "refunded"]),
        (IN_PART, &["failed"]),
    ] {
        samples.extend(attempts(order, states));
    }
    samples
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let asked = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["v1", "payments", id] if !id.is_empty() => Asked::Payment(id.to_owned()),
        ["v1", "orders", id, "payments"] if !id.is_empty() => Asked::Attempts(id.to_owned(), usize::MAX),
        _ => return Err(refusal(400, "The requested URL was not found on the server.")),
    };
    web::check_method(request, &Method::GET)?;
    // The scheme's name is taken in this spelling only.
    let is_basic = request.header("authorization").is_some_and(|header| header.starts_with("Basic "));
    match request.basic().filter(|_| is_basic) {
        Some((id, secret)) if id == KEY_ID && secret == KEY_SECRET => Ok(asked),
        _ => Err(refusal(401, "Authentication failed")),
    }
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let status = payment.word();
    let amount = payment.extra("amount").unwrap_or(payment.amount());
    let plain = if status == "refunded" { amount } else { "0" };
    let refunded = payment.extra("refunded").unwrap_or(plain);
    let refund_status = payment.extra("refund_status").or(match refunded {
        "0" | "null" => None,
        all if all == amount => Some("full"),
        _ => Some("partial"),
    });
    let captured = payment.extra("captured").unwrap_or(match status {
        "captured" | "refunded" => "true",
        _ => "false",
    });
    let failure = |text: &'static str| (status == "failed").then_some(text);
    Answer::ok(
        Object::new()
            .text("id", payment.id())
            .text("entity", "payment")
            .number("amount", amount)
            .text("currency", payment.currency())
            .text("status", status)
            .text_or_null("order_id", payment.reference())
            .text_or_null("invoice_id", None)
            .flag("international", false)
            .text("method", payment.extra("method").unwrap_or("netbanking"))
            .raw("amount_refunded", refunded.to_owned())
            .text_or_null("refund_status", refund_status)
            .raw("captured", captured.to_owned())
            .text("description", "#MT47")
            .text_or_null("card_id", None)
            .text("bank", "ICIC")
            .text_or_null("wallet", None)
            .text_or_null("vpa", None)
            .text("email", "payer@example.com")
            .text("contact", "+910000000000")
            .raw("notes", "[]".to_owned())
            .number("fee", "50")
            .number("tax", "8")
            .text_or_null("error_code", failure("BAD_REQUEST_ERROR"))
            .text_or_null(
                "error_description",
                failure("Your payment has been cancelled. Try again or complete the payment later."),
            )
            .text_or_null("error_source", failure("customer"))
            .text_or_null("error_step", failure("payment_authentication"))
            .text_or_null("error_reason", failure("payment_cancelled"))
            .object("acquirer_data", &Object::new().text("bank_transaction_id", "6951370"))
            .number("created_at", "1692696719"),
    )
}

fn list(attempts: &[Attempt]) -> String {
    let items: Vec<_> = attempts.iter().map(|attempt| attempt.reply.clone()).collect();
    let left_out = attempts.iter().filter(|attempt| attempt.payment.reference() == Some(IN_PART)).count();
    collection(&items, items.len() + left_out)
}

fn collection(items: &[Object], count: usize) -> String {
    Object::new()
        .text("entity", "collection")
        .number("count", &count.to_string())
        .raw("items", json::array(items))
        .to_string()
}

/// The id's form is checked first: a prefix and 14 letters and digits.
fn not_found(asked: &Asked) -> Reply {
    let (id, prefix) = match asked {
        Asked::Attempts(id, _) if id == EMPTY => {
            return Reply::of_content(200, "application/json", collection(&[], 0));
        }
        Asked::Attempts(id, _) => (id, "order_"),
        Asked::Payment(id) | Asked::Order(id) | Asked::Either(id) | Asked::Part(_, id) => (id, "pay_"),
    };
    let has_form = |rest: &str| rest.len() == 14 && rest.bytes().all(|letter| letter.is_ascii_alphanumeric());
    if id.strip_prefix(prefix).is_some_and(has_form) {
        refusal(400, "The id provided does not exist")
    } else {
        refusal(400, &format!("{id} is not a valid id"))
    }
}

fn error(status: u16) -> Option<Reply> {
    let server = |code: &str, description: &str| Some(stated(status, code, description));
    match status {
        401 => Some(refusal(401, "Authentication failed")),
        400..=499 => Some(refusal(status, "The id provided does not exist")),
        500 => server("SERVER_ERROR", "We are facing some trouble completing your request at the moment."),
        502 | 504 => {
            server("GATEWAY_ERROR", "Payment processing failed due to error at bank or wallet gateway")
        }
        _ => None,
    }
}

fn refusal(status: u16, description: &str) -> Reply {
    stated(status, "BAD_REQUEST_ERROR", description)
}

fn stated(status: u16, code: &str, description: &str) -> Reply {
    let error = Object::new()
        .text("code", code)
        .text("description", description)
        .text("source", "business")
        .text("step", "payment_initiation")
        .text("reason", "input_validation_failed")
        .object("metadata", &Object::new());
    Reply::json(status, &Object::new().object("error", &error))
}

/// The event with the whole payment; its id stands in a header that is not signed.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let (word, refunded) = (event.payment.word(), event.payment.extra("refunded"));
    let kind = match word {
        "captured" if refunded.is_some() => "refund.processed",
        "captured" | "authorized" | "failed" | "pending" => word,
        "refunded" => "refund.processed",
        _ => return None,
    };
    let kind = if kind.contains('.') { kind.to_owned() } else { format!("payment.{kind}") };
    let time = event.at.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs().to_string();
    let payload = Object::new().object("payment", &Object::new().object("entity", event.reply));
    let body = Object::new()
        .text("entity", "event")
        .text("account_id", "acc_Sandbox0000000")
        .text("event", &kind)
        .raw("contains", r#"["payment"]"#.to_owned())
        .object("payload", &payload)
        .number("created_at", &time)
        .to_string();
    let signature = sign::hmac_sha256(CALLBACK_SECRET, &body);
    let callback = Callback::json(body)
        .with_header("x-razorpay-signature", signature)
        .with_header("x-razorpay-event-id", format!("sandbox-event-{}", event.number));
    Some(callback)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeded_id;

    use super::super::lab::{Got, JSON, Lab};

    #[track_caller]
    fn ask(lab: &Lab, path: &str) -> Got {
        lab.get(path, &[("authorization", &sign::basic(KEY_ID, KEY_SECRET))])
    }

    fn refused(description: &str) -> String {
        format!(
            r#"{{"error":{{"code":"BAD_REQUEST_ERROR","description":"{description}","source":"business","step":"payment_initiation","reason":"input_validation_failed","metadata":{{}}}}}}"#
        )
    }

    #[test]
    fn the_documented_sample() {
        ask(&Lab::of(Provider::RAZORPAY), "/v1/payments/pay_MT48CvBhIC98MQ").is(
            200,
            JSON,
            r##"{"id":"pay_MT48CvBhIC98MQ","entity":"payment","amount":2100,"currency":"INR","status":"captured","order_id":"order_MT47xgV5ApouIB","invoice_id":null,"international":false,"method":"netbanking","amount_refunded":0,"refund_status":null,"captured":true,"description":"#MT47","card_id":null,"bank":"ICIC","wallet":null,"vpa":null,"email":"payer@example.com","contact":"+910000000000","notes":[],"fee":50,"tax":8,"error_code":null,"error_description":null,"error_source":null,"error_step":null,"error_reason":null,"acquirer_data":{"bank_transaction_id":"6951370"},"created_at":1692696719}"##,
        );
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::RAZORPAY);
        for (state, fields) in [
            ("captured", r#""amount_refunded":0,"refund_status":null,"captured":true"#),
            ("captured refunded=700", r#""amount_refunded":700,"refund_status":"partial","captured":true"#),
            ("captured refunded=2100", r#""amount_refunded":2100,"refund_status":"full","captured":true"#),
            ("captured refunded=null", r#""amount_refunded":null,"refund_status":null,"captured":true"#),
            ("captured captured=null", r#""refund_status":null,"captured":null"#),
            ("captured captured=false", r#""refund_status":null,"captured":false"#),
            ("captured refund_status=full", r#""amount_refunded":0,"refund_status":"full""#),
            ("captured amount=0 method=emandate", r#""amount":0,"#),
            ("refunded", r#""amount_refunded":2100,"refund_status":"full","captured":true"#),
            ("refunded refunded=null", r#""amount_refunded":null,"refund_status":null"#),
            ("authorized", r#""status":"authorized""#),
            ("created", r#""captured":false"#),
            ("pending method=cod", r#""method":"cod""#),
            ("failed", r#""error_reason":"payment_cancelled""#),
        ] {
            let payment = lab.sandbox.payment(Provider::RAZORPAY, &seeded_id(state)).unwrap();
            for id in [payment.id(), &seeded_id(state)] {
                let got = ask(&lab, &format!("/v1/payments/{id}"));
                assert!(got.status == 200 && got.body.contains(fields), "{state}: {}", got.body);
                assert!(got.body.starts_with(&format!(r#"{{"id":"{id}","#)), "{}", got.body);
            }
        }
    }

    #[test]
    fn an_order_lists_its_payments() {
        let lab = Lab::of(Provider::RAZORPAY);
        let got = ask(&lab, "/v1/orders/order_SandboxTwice00/payments");
        assert!(
            got.body.starts_with(r#"{"entity":"collection","count":3,"items":[{"id":"pay_"#),
            "{}",
            got.body
        );
        assert_eq!(got.body.matches(r#""order_id":"order_SandboxTwice00""#).count(), 3);
        assert!(got.body.contains(r#""created_at":1692696839"#), "{}", got.body);
        let in_part = ask(&lab, &format!("/v1/orders/{IN_PART}/payments"));
        assert!(in_part.body.starts_with(r#"{"entity":"collection","count":2,"items":[{"id":"pay_"#));
        assert_eq!(in_part.body.matches(r#""id":"pay_"#).count(), 1);
        let empty = r#"{"entity":"collection","count":0,"items":[]}"#;
        ask(&lab, &format!("/v1/orders/{EMPTY}/payments")).is(200, JSON, empty);
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::RAZORPAY);
        let path = "/v1/payments/pay_MT48CvBhIC98MQ";
        let right = sign::basic(KEY_ID, KEY_SECRET);
        for authorization in [
            "",
            "Basic",
            &sign::basic(KEY_ID, "wrong"),
            &sign::basic("wrong", KEY_SECRET),
            &right.to_lowercase(),
        ] {
            let got = lab.get(path, &[("authorization", authorization)]);
            got.is(401, JSON, &refused("Authentication failed"));
        }
        lab.get(path, &[]).is(401, JSON, &refused("Authentication failed"));
        lab.get(path, &[("authorization", &right.replace("Basic", "basic"))]).is(
            401,
            JSON,
            &refused("Authentication failed"),
        );
        ask(&lab, "/v1/payments/pay_00000000000000").is(
            400,
            JSON,
            &refused("The id provided does not exist"),
        );
        ask(&lab, "/v1/orders/order_00000000000000/payments").is(
            400,
            JSON,
            &refused("The id provided does not exist"),
        );
        ask(&lab, "/v1/payments/x").is(400, JSON, &refused("x is not a valid id"));
        ask(&lab, "/v1/refunds/x").is(400, JSON, &refused("The requested URL was not found on the server."));
        lab.send("DELETE", path, &[("authorization", &right)], "").is_page(405);
    }

    #[test]
    fn the_signature_is_the_one_that_the_official_sdk_makes() {
        let body = r#"{"entity":"event","account_id":"acc_BFQ7uQEaa7j2z7","event":"payment.captured","contains":["payment"],"payload":{"payment":{"entity":{"id":"pay_MT48CvBhIC98MQ","entity":"payment","amount":2100,"currency":"INR","status":"captured","order_id":"order_MT47xgV5ApouIB","captured":true}}},"created_at":1692696730}"#;
        assert_eq!(
            sign::hmac_sha256("whsec_canary_rzp", body),
            "e759839d5ae56a4fba8e5757083b3215729c9c11ef8bb16d90601687c9d1ff6d"
        );
    }

    #[test]
    fn callbacks_are_events_with_the_payment() {
        let lab = Lab::of(Provider::RAZORPAY);
        for (state, kind) in [
            ("captured", Some("payment.captured")),
            ("captured refunded=700", Some("refund.processed")),
            ("refunded", Some("refund.processed")),
            ("failed", Some("payment.failed")),
            ("created", None),
        ] {
            let callback = lab.callback(NewPayment::new(Provider::RAZORPAY, "pay_1", state));
            assert_eq!(callback.is_some(), kind.is_some(), "{state}");
            let (Some(callback), Some(kind)) = (callback, kind) else { continue };
            assert!(callback.body.contains(&format!(r#""event":"{kind}""#)), "{}", callback.body);
            assert!(
                callback.body.contains(r#""payload":{"payment":{"entity":{"id":"pay_1""#),
                "{}",
                callback.body
            );
            let signature = sign::hmac_sha256(CALLBACK_SECRET, &callback.body);
            assert_eq!(callback.header("x-razorpay-signature"), signature);
        }
    }
}
