//! Square, Payments API v2. Sources: npm `square` 46.0.0 (types, `wrapper/WebhooksHelper.js`);
//! developer.squareup.com, `payments-api/additional-payment-considerations`, `reference/square/refunds-api`,
//! `take-payments/house-accounts`. Read 2026-11.
//!
//! A state is a payment's status. Beside it stand amounts in minor units: `refunded=250`, `tip=200`, `total=0`,
//! `approved=800`, with `refund_currency=CAD` for a refund in another currency; `source=CASH` for another source than
//! a card, `source=null` for none; and `details=AUTHORIZED` for what the card's or wallet's own status is.

use axum::http::Method;

use super::{Amount, Answer, Asked, Callback, Currency, Event, Protocol, ids, sign, web};
use crate::{
    NewPayment, Payment, Provider, Reply,
    json::{self, Object},
    request::Request,
};

const ACCESS_TOKEN: &str = "EAAA_your_access_token";
const CALLBACK_SECRET: &str = "your_signature_key";

impl Provider {
    /// Square, cards and points of sale.
    pub const SQUARE: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "square",
    states: &[
        "COMPLETED",
        "COMPLETED tip=200",
        "COMPLETED approved=800",
        "COMPLETED approved=0",
        "COMPLETED refunded=250",
        "COMPLETED refunded=1000",
        "COMPLETED refunded=1100",
        "COMPLETED refunded=250 refund_currency=CAD",
        "COMPLETED total=0",
        "COMPLETED source=WALLET",
        "COMPLETED source=WALLET details=AUTHORIZED",
        "COMPLETED source=BANK_ACCOUNT",
        "COMPLETED source=BUY_NOW_PAY_LATER",
        "COMPLETED source=CASH",
        "COMPLETED source=CASH refunded=1000",
        "COMPLETED source=EXTERNAL",
        "COMPLETED source=SQUARE_ACCOUNT",
        "COMPLETED source=OTHER",
        "COMPLETED source=null",
        "COMPLETED details=AUTHORIZED",
        "APPROVED",
        "APPROVED source=CASH",
        "PENDING source=BANK_ACCOUNT",
        "CANCELED",
        "FAILED",
        "FAILED source=BANK_ACCOUNT",
    ],
    paid: "COMPLETED",
    open: "PENDING source=BANK_ACCOUNT",
    seed: |provider, state| {
        let id = ids::of(state, 29, |letter| letter.is_ascii_alphanumeric());
        NewPayment::new(provider, id, state).with_reference(ids::of(state, 6, |it| it.is_ascii_digit()))
    },
    samples,
    amount: Amount::MinorUnits,
    default_amount: "1000",
    currency: Currency::Default("USD"),
    settings: &[("access_token", ACCESS_TOKEN), ("callback_secret", CALLBACK_SECRET)],
    read,
    answer,
    not_found,
    error,
    callback: Some(callback),
    ..Protocol::PLAIN
};

/// The documented example, and one in a currency without minor units.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str| NewPayment::new(Provider::SQUARE, id, "COMPLETED");
    vec![
        new("bP9mAsEMYPUGjjGNaNO5ZDVyLhSZY").with_reference("6735"),
        new("SandboxYen00000000000000000000").with_amount("500").with_currency("JPY"),
    ]
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let ["v2", "payments", id] = segments.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
        let (path, method) = (request.path, request.method);
        let detail = format!("API endpoint for URL path `{path}` and HTTP method `{method}` is not found.");
        return Err(refusal(404, "INVALID_REQUEST_ERROR", "NOT_FOUND", &detail));
    };
    web::check_method(request, &Method::GET)?;
    if request.authorization("Bearer").as_deref() != Some(ACCESS_TOKEN) {
        return Err(unauthorized());
    }
    Ok(Asked::Payment(id.to_owned()))
}

fn unauthorized() -> Reply {
    let detail = "This request could not be authorized.";
    refusal(401, "AUTHENTICATION_ERROR", "UNAUTHORIZED", detail)
}

fn money(units: &str, currency: &str) -> Object {
    Object::new().number("amount", units).text("currency", currency)
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let (word, currency) = (payment.word(), payment.currency());
    let amount = payment.extra("total").unwrap_or(payment.amount());
    let tip = payment.extra("tip").unwrap_or("0");
    let total =
        amount.parse::<u64>().ok().zip(tip.parse().ok()).and_then(|(one, other)| one.checked_add(other));
    let total = total.map_or_else(|| amount.to_owned(), |total| total.to_string());
    let mut reply = Object::new()
        .text("id", payment.id())
        .text("created_at", "2021-10-13T19:34:33.524Z")
        .text("updated_at", "2021-10-13T19:34:37.261Z")
        .object("amount_money", &money(amount, currency));
    if tip != "0" {
        reply = reply.object("tip_money", &money(tip, currency));
    }
    reply = reply.object("total_money", &money(&total, currency));
    if word == "COMPLETED" || word == "APPROVED" {
        let approved = payment.extra("approved").unwrap_or(&total);
        reply = reply.object("approved_money", &money(approved, currency));
    }
    if let Some(refunded) = payment.extra("refunded") {
        let currency = payment.extra("refund_currency").unwrap_or(currency);
        reply = reply
            .object("refunded_money", &money(refunded, currency))
            .raw("refund_ids", r#"["bP9mAsEMYPUGjjGNaNO5ZDVyLhSZY_refund"]"#.to_owned());
    }
    reply = reply
        .text("status", word)
        .text("delay_action", "CANCEL")
        .text("delayed_until", "2021-10-20T19:34:33.524Z");
    let source = payment.extra("source").unwrap_or("CARD");
    if source != "null" {
        reply = reply.text("source_type", source);
    }
    let own = payment.extra("details").unwrap_or(match word {
        "COMPLETED" => "CAPTURED",
        "APPROVED" => "AUTHORIZED",
        "CANCELED" => "VOIDED",
        other => other,
    });
    let declined = Object::new()
        .text("category", "PAYMENT_METHOD_ERROR")
        .text("code", "INSUFFICIENT_FUNDS")
        .text("detail", "Insufficient funds");
    let errors = if word == "FAILED" { json::array([&declined]) } else { "[]".to_owned() };
    let card = Object::new().text("card_brand", "VISA").text("last_4", "1111");
    reply = match source {
        "CARD" => {
            let details = Object::new().text("status", own).object("card", &card);
            reply.object("card_details", &details.text("entry_method", "KEYED").raw("errors", errors))
        }
        "WALLET" => {
            let details = Object::new().text("status", own).text("brand", "CASH_APP");
            reply.object("wallet_details", &details.raw("errors", errors))
        }
        "BANK_ACCOUNT" => {
            let details = Object::new().text("bank_name", "A Bank").text("transfer_type", "ACH");
            reply.object("bank_account_details", &details.raw("errors", errors))
        }
        "BUY_NOW_PAY_LATER" => {
            reply.object("buy_now_pay_later_details", &Object::new().text("brand", "AFTERPAY"))
        }
        "CASH" => reply
            .object("cash_details", &Object::new().object("buyer_supplied_money", &money(&total, currency))),
        "EXTERNAL" => {
            reply.object("external_details", &Object::new().text("type", "CHECK").text("source", "A Bank"))
        }
        _ => reply,
    };
    reply = reply.text("location_id", "L88917AVBK2S5").text("order_id", "d7eKah653Z579f3gVtjlxpSlmUcZY");
    if let Some(reference) = payment.reference() {
        reply = reply.text("reference_id", reference);
    }
    reply = reply.text("receipt_url", "https://squareup.com/receipt/preview/sandbox");
    Answer::ok(Object::new().object("payment", &reply))
}

fn not_found(asked: &Asked) -> Reply {
    let detail = format!("Could not find payment with id: {}", asked.id());
    refusal(404, "INVALID_REQUEST_ERROR", "NOT_FOUND", &detail)
}

fn error(status: u16) -> Option<Reply> {
    let (category, code, detail) = match status {
        400 => ("INVALID_REQUEST_ERROR", "BAD_REQUEST", "The request is malformed."),
        401 => return Some(unauthorized()),
        403 => ("AUTHENTICATION_ERROR", "INSUFFICIENT_SCOPES", "The merchant has not given PAYMENTS_READ."),
        404 => ("INVALID_REQUEST_ERROR", "NOT_FOUND", "Could not find payment with id: x"),
        429 => ("RATE_LIMIT_ERROR", "RATE_LIMITED", "Your application is sending too many requests."),
        500 => ("API_ERROR", "INTERNAL_SERVER_ERROR", "An internal error has occurred."),
        503 => ("API_ERROR", "SERVICE_UNAVAILABLE", "Square is temporarily unavailable."),
        _ => return None,
    };
    Some(refusal(status, category, code, detail))
}

fn refusal(status: u16, category: &str, code: &str, detail: &str) -> Reply {
    let error = Object::new().text("category", category).text("code", code).text("detail", detail);
    Reply::json(status, &Object::new().raw("errors", json::array([&error])))
}

/// An event about the payment, or about its refund; signed together with the URL.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let payment = event.payment;
    let whole = event.reply.inner("payment")?;
    let (kind, about, id, object) = match payment.extra("refunded") {
        Some(_) => {
            let refund = Object::new().text("id", "sandbox_refund").text("payment_id", payment.id());
            ("refund.updated", "refund", "sandbox_refund", refund.text("status", "COMPLETED"))
        }
        None => ("payment.updated", "payment", payment.id(), whole),
    };
    let data = Object::new()
        .text("type", about)
        .text("id", id)
        .object("object", &Object::new().object(about, &object));
    let body = Object::new()
        .text("merchant_id", "MLSANDBOX")
        .text("type", kind)
        .text("event_id", &format!("00000000-0000-4000-8000-{:012}", event.number))
        .text("created_at", "2021-10-13T19:34:38Z")
        .object("data", &data)
        .to_string();
    let signature = sign::hmac_sha256_base64(CALLBACK_SECRET, &format!("{}{body}", event.url));
    Some(Callback::json(body).with_header("x-square-hmacsha256-signature", signature))
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

    fn refused(category: &str, code: &str, detail: &str) -> String {
        format!(r#"{{"errors":[{{"category":"{category}","code":"{code}","detail":"{detail}"}}]}}"#)
    }

    #[test]
    fn the_documented_sample() {
        ask(&Lab::of(Provider::SQUARE), "/v2/payments/bP9mAsEMYPUGjjGNaNO5ZDVyLhSZY").is(
            200,
            JSON,
            r#"{"payment":{"id":"bP9mAsEMYPUGjjGNaNO5ZDVyLhSZY","created_at":"2021-10-13T19:34:33.524Z","updated_at":"2021-10-13T19:34:37.261Z","amount_money":{"amount":1000,"currency":"USD"},"total_money":{"amount":1000,"currency":"USD"},"approved_money":{"amount":1000,"currency":"USD"},"status":"COMPLETED","delay_action":"CANCEL","delayed_until":"2021-10-20T19:34:33.524Z","source_type":"CARD","card_details":{"status":"CAPTURED","card":{"card_brand":"VISA","last_4":"1111"},"entry_method":"KEYED","errors":[]},"location_id":"L88917AVBK2S5","order_id":"d7eKah653Z579f3gVtjlxpSlmUcZY","reference_id":"6735","receipt_url":"https://squareup.com/receipt/preview/sandbox"}}"#,
        );
    }

    #[test]
    fn every_state_shows_what_it_is_made_of() {
        let lab = Lab::of(Provider::SQUARE);
        for (state, fields) in [
            ("COMPLETED tip=200", r#""total_money":{"amount":1200,"currency":"USD"}"#),
            ("COMPLETED approved=800", r#""approved_money":{"amount":800,"currency":"USD"}"#),
            ("COMPLETED refunded=250", r#""refunded_money":{"amount":250,"currency":"USD"}"#),
            ("COMPLETED refunded=250 refund_currency=CAD", r#"{"amount":250,"currency":"CAD"}"#),
            ("COMPLETED total=0", r#""total_money":{"amount":0,"#),
            ("COMPLETED source=WALLET", r#""wallet_details":{"status":"CAPTURED""#),
            ("COMPLETED source=CASH", r#""source_type":"CASH","cash_details""#),
            ("COMPLETED source=null", r#""delayed_until":"2021-10-20T19:34:33.524Z","location_id""#),
            ("COMPLETED details=AUTHORIZED", r#""card_details":{"status":"AUTHORIZED""#),
            ("APPROVED", r#""status":"APPROVED""#),
            ("FAILED", r#""errors":[{"category":"PAYMENT_METHOD_ERROR","code":"INSUFFICIENT_FUNDS""#),
        ] {
            let payment = lab.sandbox.payment(Provider::SQUARE, &seeded_id(state)).unwrap();
            let got = ask(&lab, &format!("/v2/payments/{}", payment.id()));
            assert!(got.status == 200 && got.body.contains(fields), "{state}: {}", got.body);
        }
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::SQUARE);
        let path = "/v2/payments/bP9mAsEMYPUGjjGNaNO5ZDVyLhSZY";
        let refusal =
            refused("AUTHENTICATION_ERROR", "UNAUTHORIZED", "This request could not be authorized.");
        lab.get(path, &[]).is(401, JSON, &refusal);
        for header in ["Bearer", "Bearer other", ACCESS_TOKEN] {
            lab.get(path, &[("authorization", header)]).is(401, JSON, &refusal);
        }
        ask(&lab, "/v2/payments/x").is(
            404,
            JSON,
            &refused("INVALID_REQUEST_ERROR", "NOT_FOUND", "Could not find payment with id: x"),
        );
        // Ids are case sensitive.
        assert_eq!(ask(&lab, &path.to_lowercase()).status, 404);
        ask(&lab, "/v2/payment").is(
            404,
            JSON,
            &refused(
                "INVALID_REQUEST_ERROR",
                "NOT_FOUND",
                "API endpoint for URL path `/v2/payment` and HTTP method `GET` is not found.",
            ),
        );
        lab.send("DELETE", path, &[], "").is_page(405);
    }

    #[test]
    fn the_signature_is_the_one_that_the_official_sdk_accepts() {
        let body = r#"{"merchant_id":"MLCANARY1","type":"payment.updated","event_id":"13b867cf-db3d-4b1c-90b6-2f32a9d78124","created_at":"2026-03-01T10:05:02Z","data":{"type":"payment","id":"bP9mAsEMYPUGjjGNaNO5ZDVyLhSZY","object":{"payment":{"id":"bP9mAsEMYPUGjjGNaNO5ZDVyLhSZY","status":"COMPLETED"}}}}"#;
        let signed = |url: &str| sign::hmac_sha256_base64("canary_signature_key_1", &format!("{url}{body}"));
        assert_eq!(
            signed("https://shop.example/hooks/square"),
            "VhcX3beZFnknrZZYgNL6JlMFkurom8h1Wuk6AZGqb0k="
        );
        assert_ne!(signed("https://shop.example/hooks/square/"), signed("https://shop.example/hooks/square"));
    }

    #[test]
    fn callbacks_are_events_about_the_payment_or_its_refund() {
        let lab = Lab::of(Provider::SQUARE);
        for (state, about) in [
            ("COMPLETED", r#""object":{"payment":{"id":"p1""#),
            ("FAILED", r#""type":"payment.updated""#),
            (
                "COMPLETED refunded=250",
                r#""object":{"refund":{"id":"sandbox_refund","payment_id":"p1","status":"COMPLETED"}}"#,
            ),
        ] {
            let callback = lab.callback(NewPayment::new(Provider::SQUARE, "p1", state)).unwrap();
            assert!(callback.body.contains(about), "{}", callback.body);
            let signed = format!("http://shop.example/hook{}", callback.body);
            let signature = sign::hmac_sha256_base64(CALLBACK_SECRET, &signed);
            assert_eq!(callback.header("x-square-hmacsha256-signature"), signature);
        }
    }
}
