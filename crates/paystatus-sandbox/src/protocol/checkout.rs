//! Checkout.com. Sources: official SDKs npm `checkout-sdk-node` 5.2.1, PyPI `checkout-sdk` 4.8.1,
//! github.com/checkout/checkout-sdk-net cc9c5e0; www.checkout.com/docs, `payments/manage-payments`,
//! `resources/calculating-the-amount`, `developer-resources/webhooks`, `workflows`. Read 2026-11.
//!
//! A state is a payment's status. Beside it stand, in minor units, `captured=4000`, `capturable=2540`, `refunded=1540`
//! and `voided=0` of the balances; `balances=null`; `approved=false`; `redirect=true` while the payer must act;
//! `source=multibanco`, and `source=none` for a payout, which has a destination; `disputed=true` for a dispute,
//! which only its event shows. A list has no balances.

use axum::http::Method;

use super::{Amount, Answer, Asked, Attempt, Callback, Currency, Event, Protocol, ids, sign, web};
use crate::{
    NewPayment, Payment, Provider, Reply,
    json::{self, Object},
    request::Request,
};

const SECRET_KEY: &str = "sk_sbox_sandboxsandboxsandboxsandbo";
const SIGNATURE_KEY: &str = "your_signature_key";

/// The reference whose list leaves attempts out.
const IN_PART: &str = "order-in-part";

impl Provider {
    /// Checkout.com: cards and local methods for large merchants.
    pub const CHECKOUT: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "checkout",
    states: &[
        "Captured",
        "Captured refunded=6540",
        "Captured refunded=6600",
        "Captured captured=0",
        "Captured approved=false",
        "Captured balances=null",
        "Captured refunded=6540 capturable=1000",
        "Captured disputed=true",
        "Partially Captured captured=4000 capturable=2540",
        "Partially Captured captured=4000 capturable=0 voided=2540",
        "Partially Captured balances=null",
        "Partially Refunded refunded=1540",
        "Refunded",
        "Refunded refunded=1540",
        "Refunded balances=null",
        "Refunded balances={\"available_to_capture\":1000}",
        "Authorized",
        "Authorized capturable=0",
        "Card Verified",
        "Voided",
        "Voided captured=6540",
        "Pending",
        "Pending redirect=true",
        "Retry Scheduled",
        "Declined",
        "Declined captured=6540",
        "Canceled",
        "Expired",
        "Expired source=multibanco",
        "Requested",
        "Paid source=none",
    ],
    paid: "Captured",
    open: "Pending redirect=true",
    seed,
    samples,
    amount: Amount::MinorUnits,
    default_amount: "6540",
    currency: Currency::Default("USD"),
    settings: &[("secret_key", SECRET_KEY), ("signature_key", SIGNATURE_KEY)],
    read,
    answer,
    list,
    not_found,
    error,
    callback: Some(callback),
    ..Protocol::PLAIN
};

/// A payment's or an event's id has 26 letters of base 32.
fn base_32(seed: &str) -> String {
    ids::of(seed, 26, |letter| letter.is_ascii_lowercase() || ('2'..='7').contains(&letter))
}

fn seed(provider: Provider, state: &str) -> NewPayment {
    NewPayment::new(provider, format!("pay_{}", base_32(state)), state)
}

/// The documented example; orders with several attempts, the oldest first; and currencies with a table of their own.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str, state: &str| NewPayment::new(Provider::CHECKOUT, id, state);
    let mut samples = vec![
        new("pay_mbabizu24mvu3mela5njyhpit4", "Captured").with_reference("ORD-5023-4E89"),
        new("pay_sandboxclpaaaaaaaaaaaaaaaa", "Captured").with_currency("CLP").with_amount("654000"),
        new("pay_sandboxisketaaaaaaaaaaaaaa", "Captured").with_currency("ISK"),
        new("pay_sandboxkwdaaaaaaaaaaaaaaaa", "Captured").with_currency("KWD"),
        new("pay_sandboxclfaaaaaaaaaaaaaaaa", "Captured").with_currency("CLF"),
    ];
    for (order, states) in [
        ("order-paid", &["Declined", "Captured"][..]),
        ("order-twice", &["Captured", "Declined", "Captured"]),
        ("order-back", &["Refunded", "Declined"]),
        ("order-held", &["Declined", "Authorized"]),
        ("order-failed", &["Declined", "Expired"]),
        (IN_PART, &["Declined"]),
    ] {
        samples.extend(states.iter().enumerate().map(|(index, state)| {
            let id = format!("pay_{}", base_32(&format!("{order} {index}")));
            let at = Object::new().text("requested_on", &format!("2022-04-21T13:4{index}:44.3167397Z"));
            new(&id, state).with_reference(order).with_overrides(at)
        }));
    }
    samples
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let id = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["payments"] => None,
        ["payments", id] if !id.is_empty() => Some(id.to_owned()),
        _ => return Err(web::no_such_path()),
    };
    web::check_method(request, &Method::GET)?;
    if request.authorization("Bearer").as_deref() != Some(SECRET_KEY) {
        return Err(empty(401));
    }
    if let Some(id) = id {
        return Ok(Asked::Payment(id));
    }
    let limit = request.parameter("limit").map_or(Ok(10), |limit| limit.parse::<usize>());
    match (request.parameter("reference"), limit) {
        (Some(reference), Ok(limit @ 1..=100)) if !reference.is_empty() => {
            Ok(Asked::Attempts(reference, limit))
        }
        (Some(reference), _) if !reference.is_empty() => Err(refusal("limit_invalid")),
        _ => Err(refusal("reference_required")),
    }
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let (word, amount) = (payment.word(), payment.amount());
    let is_verification = word == "Card Verified";
    let taken = match word {
        "Captured" | "Partially Captured" | "Partially Refunded" | "Refunded" => amount,
        _ => "0",
    };
    let captured = payment.extra("captured").unwrap_or(taken);
    let capturable = payment.extra("capturable").unwrap_or(if word == "Authorized" { amount } else { "0" });
    let refunded = payment.extra("refunded").unwrap_or(if word == "Refunded" { captured } else { "0" });
    let voided = payment.extra("voided").unwrap_or(if word == "Voided" { amount } else { "0" });
    let is_approved = !matches!(word, "Pending" | "Declined" | "Canceled" | "Expired" | "Retry Scheduled");
    let asked = if is_verification { "0" } else { amount };
    let mut body = Object::new()
        .text("id", payment.id())
        .text("requested_on", "2022-04-21T13:39:44.3167397Z")
        .text("expires_on", "2022-05-21T13:40:25.1077817Z");
    let person = Object::new()
        .text("type", "card")
        .text("name", "John Doe")
        .text("bin", "424242")
        .text("last4", "4242")
        .text("fingerprint", "F639CAB2745BEE4140BF86DF6B6D6E255C5945AAC3788D923FA047EA4C208622");
    body = match payment.extra("source") {
        Some("none") => body.object("destination", &person),
        Some(kind) => body.object("source", &Object::new().text("type", kind)),
        None => body.object("source", &person),
    };
    body = body
        .number("amount", asked)
        .text("currency", payment.currency())
        .text("payment_type", "Regular")
        .text_or_null("reference", payment.reference())
        .flag("approved", payment.extra("approved").map_or(is_approved, |flag| flag == "true"))
        .text("status", word);
    body = match payment.extra("balances") {
        Some(other) => body.raw("balances", other.to_owned()),
        None => body.object(
            "balances",
            &Object::new()
                .number("total_authorized", if is_approved { asked } else { "0" })
                .number("total_voided", voided)
                .number("available_to_void", capturable)
                .number("total_captured", captured)
                .number("available_to_capture", capturable)
                .number("total_refunded", refunded)
                .number("available_to_refund", if refunded == "0" { captured } else { "0" }),
        ),
    };
    if word == "Retry Scheduled" {
        body = body.object("retry", &Object::new().text("next_attempt_on", "2022-04-22T13:39:44Z"));
    }
    let link = |path: &str| Object::new().text("href", &format!("https://api.checkout.com/payments/{path}"));
    let mut links = Object::new()
        .object("self", &link(payment.id()))
        .object("actions", &link(&format!("{}/actions", payment.id())));
    if payment.extra("redirect") == Some("true") {
        links = links.object("redirect", &link("redirect"));
    }
    Answer::ok(
        body.object("risk", &Object::new().flag("flagged", false))
            .object("customer", &Object::new().text("email", "payer@example.com").text("name", "John Doe"))
            .object("metadata", &Object::new())
            .object("_links", &links),
    )
}

fn list(attempts: &[Attempt]) -> String {
    let left_out = attempts.iter().filter(|attempt| attempt.payment.reference() == Some(IN_PART)).count();
    let items = attempts.iter().map(|attempt| {
        let mut item = attempt.reply.clone();
        item.remove("balances");
        item
    });
    let items: Vec<_> = items.collect();
    collection(&items, items.len() + left_out)
}

fn collection(items: &[Object], total_count: usize) -> String {
    Object::new()
        .number("limit", "100")
        .number("skip", "0")
        .number("total_count", &total_count.to_string())
        .raw("data", json::array(items))
        .to_string()
}

fn not_found(asked: &Asked) -> Reply {
    match asked {
        Asked::Attempts(..) => Reply::of_content(200, "application/json", collection(&[], 0)),
        _ => empty(404),
    }
}

fn error(status: u16) -> Option<Reply> {
    match status {
        422 => Some(refusal("request_invalid")),
        401 | 403 | 429 => Some(empty(status)),
        _ => None,
    }
}

/// An error without a body: the request's id is in a header.
fn empty(status: u16) -> Reply {
    Reply::new(status).with_header("cko-request-id", "0HL80RJLS76I7")
}

fn refusal(code: &str) -> Reply {
    let body = Object::new()
        .text("request_id", "0HL80RJLS76I7")
        .text("error_type", "request_invalid")
        .raw("error_codes", format!("[{}]", json::quote(code)));
    Reply::json(422, &body).with_header("cko-request-id", "0HL80RJLS76I7")
}

/// An event of a workflow; a dispute's own id is another than the payment's.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let payment = event.payment;
    let kind = match payment.word() {
        _ if payment.extra("disputed") == Some("true") => "dispute_received",
        "Captured" | "Partially Captured" => "payment_captured",
        "Refunded" | "Partially Refunded" => "payment_refunded",
        "Authorized" => "payment_approved",
        "Voided" => "payment_voided",
        "Declined" => "payment_declined",
        "Canceled" => "payment_canceled",
        "Expired" => "payment_expired",
        "Pending" => "payment_pending",
        "Card Verified" => "card_verified",
        "Retry Scheduled" => "payment_retry_scheduled",
        _ => return None,
    };
    let time = "2026-03-01T10:05:01Z";
    let data = Object::new()
        .text("action_id", &format!("act_{}", base_32(&format!("action {}", event.number))))
        .text_or_null("reference", payment.reference())
        .number("amount", payment.amount())
        .text("processed_on", time)
        .text("currency", payment.currency());
    let data = match kind {
        "dispute_received" => {
            data.text("id", &format!("dsp_{}", base_32(payment.id()))).text("payment_id", payment.id())
        }
        _ => data.text("id", payment.id()),
    };
    let body = Object::new()
        .text("id", &format!("evt_{}", base_32(&format!("event {}", event.number))))
        .text("type", kind)
        .text("version", "1.0.4")
        .text("created_on", "2026-03-01T10:05:02Z")
        .object("data", &data)
        .to_string();
    let signature = sign::hmac_sha256(SIGNATURE_KEY, &body);
    Some(Callback::json(body).with_header("cko-signature", signature))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeded_id;

    use super::super::lab::{Got, JSON, Lab};

    #[track_caller]
    fn ask(lab: &Lab, path: &str) -> Got {
        lab.get(path, &[("authorization", &format!("Bearer {SECRET_KEY}"))])
    }

    #[test]
    fn the_documented_sample() {
        let got = ask(&Lab::of(Provider::CHECKOUT), "/payments/pay_mbabizu24mvu3mela5njyhpit4");
        assert_eq!((got.status, got.header("content-type")), (200, JSON));
        for fields in [
            r#"{"id":"pay_mbabizu24mvu3mela5njyhpit4","requested_on":"2022-04-21T13:39:44.3167397Z","#,
            r#""amount":6540,"currency":"USD","payment_type":"Regular","reference":"ORD-5023-4E89","approved":true,"status":"Captured","balances":{"total_authorized":6540,"total_voided":0,"available_to_void":0,"total_captured":6540,"available_to_capture":0,"total_refunded":0,"available_to_refund":6540}"#,
        ] {
            assert!(got.body.contains(fields), "{}", got.body);
        }
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::CHECKOUT);
        for (state, fields) in [
            (
                "Captured refunded=6600",
                r#""total_captured":6540,"available_to_capture":0,"total_refunded":6600"#,
            ),
            ("Captured captured=0", r#""total_captured":0"#),
            ("Captured approved=false", r#""approved":false,"status":"Captured""#),
            ("Captured balances=null", r#""balances":null"#),
            (
                "Partially Captured captured=4000 capturable=2540",
                r#""status":"Partially Captured","balances":{"total_authorized":6540,"total_voided":0,"available_to_void":2540,"total_captured":4000,"available_to_capture":2540"#,
            ),
            ("Partially Refunded refunded=1540", r#""total_refunded":1540"#),
            ("Refunded", r#""total_refunded":6540"#),
            ("Authorized", r#""total_captured":0,"available_to_capture":6540"#),
            ("Card Verified", r#""amount":0"#),
            ("Pending redirect=true", r#""approved":false,"status":"Pending""#),
            ("Pending redirect=true", r#""redirect":{"href":"#),
            ("Retry Scheduled", r#""retry":{"next_attempt_on":"#),
            ("Expired source=multibanco", r#""source":{"type":"multibanco"}"#),
            ("Paid source=none", r#""destination":{"type":"card""#),
        ] {
            let payment = lab.sandbox.payment(Provider::CHECKOUT, &seeded_id(state)).unwrap();
            let got = ask(&lab, &format!("/payments/{}", payment.id()));
            assert!(got.status == 200 && got.body.contains(fields), "{state}: {}", got.body);
        }
    }

    #[test]
    fn a_list_has_the_newest_first_and_no_balances() {
        let lab = Lab::of(Provider::CHECKOUT);
        let got = ask(&lab, "/payments?reference=order-paid&limit=100");
        assert!(got.body.starts_with(r#"{"limit":100,"skip":0,"total_count":2,"data":[{"id":"pay_"#));
        let (newest, oldest) = (got.body.find("\"Captured\""), got.body.find("\"Declined\""));
        assert!(newest.is_some() && newest < oldest && !got.body.contains("balances"), "{}", got.body);
        assert!(ask(&lab, &format!("/payments?reference={IN_PART}")).body.contains(r#""total_count":2"#));
        let none = r#"{"limit":100,"skip":0,"total_count":0,"data":[]}"#;
        ask(&lab, "/payments?reference=nobody").is(200, JSON, none);
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::CHECKOUT);
        let path = "/payments/pay_mbabizu24mvu3mela5njyhpit4";
        for authorization in ["", SECRET_KEY, "Bearer sk_other", "Basic c2s6"] {
            let got = lab.get(path, &[("authorization", authorization)]);
            assert_eq!((got.status, &*got.body), (401, ""), "{authorization}");
            assert!(!got.header("cko-request-id").is_empty());
        }
        let got = ask(&lab, "/payments/pay_00000000000000000000000000");
        assert_eq!((got.status, &*got.body, got.header("cko-request-id")), (404, "", "0HL80RJLS76I7"));
        for (query, code) in [("", "reference_required"), ("?reference=a&limit=101", "limit_invalid")] {
            let refused = format!(
                r#"{{"request_id":"0HL80RJLS76I7","error_type":"request_invalid","error_codes":["{code}"]}}"#
            );
            ask(&lab, &format!("/payments{query}")).is(422, JSON, &refused);
        }
        ask(&lab, "/payments/a/b").is_page(404);
        lab.send("DELETE", path, &[], "").is_page(405);
    }

    #[test]
    fn the_signature_is_the_documented_one() {
        let body = r#"{"id":"evt_canary2u2vkzhxjxcwo3tqk","type":"payment_captured","version":"1.0.4","created_on":"2026-03-01T10:05:02Z","data":{"action_id":"act_canaryaaaaaaaaaaaaaaaaaaaa","reference":"ORD-5023-4E89","amount":6540,"processed_on":"2026-03-01T10:05:01Z","currency":"USD","id":"pay_mbabizu24mvu3mela5njyhpit4"}}"#;
        let signature = "e05aa637a6d32fc54a67cac08e52a544436dc95fd571d1a9a645e8ca2eb02e8a";
        assert_eq!(sign::hmac_sha256("canary_signature_key_2", body), signature);
    }

    #[test]
    fn callbacks_are_events_with_the_payments_id() {
        let lab = Lab::of(Provider::CHECKOUT);
        for (state, kind, id) in [
            ("Captured", "payment_captured", r#""id":"pay_1"}"#),
            ("Authorized", "payment_approved", r#""id":"pay_1"}"#),
            ("Captured disputed=true", "dispute_received", r#""payment_id":"pay_1"}"#),
        ] {
            let callback = lab.callback(NewPayment::new(Provider::CHECKOUT, "pay_1", state)).unwrap();
            assert!(callback.body.contains(&format!(r#""type":"{kind}""#)), "{}", callback.body);
            assert!(callback.body.contains(id), "{}", callback.body);
            assert_eq!(callback.header("cko-signature"), sign::hmac_sha256(SIGNATURE_KEY, &callback.body));
        }
        assert!(lab.callback(NewPayment::new(Provider::CHECKOUT, "pay_1", "Requested")).is_none());
    }
}
