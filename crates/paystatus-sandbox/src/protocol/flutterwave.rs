//! Flutterwave, version 3 of its API. Sources: npm `flutterwave-node-v3` 1.4.1; github.com/Flutterwave/Node-v3 537f9f4
//! (`documentation/transactions.md`); developer.flutterwave.com (`/docs/transaction-verification`, `/docs/errors`,
//! `/docs/webhooks`, `/v3.0/docs/preauthorization`). Read 2026-11.
//!
//! A state is a transaction's status. Beside it stand `charged=101.4` of what the payer was charged, or `null`;
//! `amount=0` of what was asked for; `mock=true` for test money; `preauth=flw_ref` or `charge_type`, which tell a
//! pre-authorization.

use axum::http::Method;

use super::{Amount, Answer, Asked, Callback, Currency, Event, Protocol, ids, web};
use crate::{NewPayment, Payment, Provider, Reply, json::Object, request::Request};

const SECRET_KEY: &str = "FLWSECK-sandbox-X";
const WEBHOOK_HASH: &str = "your_webhook_hash";

impl Provider {
    /// Flutterwave: collections in some thirty African countries.
    pub const FLUTTERWAVE: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "flutterwave",
    states: &[
        "successful",
        "successful charged=101.4",
        "successful charged=99.99",
        "successful charged=0",
        "successful charged=null",
        "successful charged=null amount=0",
        "successful mock=true",
        "successful preauth=flw_ref",
        "successful preauth=charge_type",
        "pending",
        "success-pending-validation",
        "failed",
        "cancelled",
    ],
    paid: "successful",
    open: "pending",
    seed: |provider, state| NewPayment::new(provider, transaction_id(state), state),
    samples,
    amount: Amount::Number,
    default_amount: "100",
    currency: Currency::Default("NGN"),
    settings: &[("secret_key", SECRET_KEY), ("webhook_hash", WEBHOOK_HASH)],
    read,
    answer,
    not_found,
    error,
    callback: Some(callback),
    ..Protocol::PLAIN
};

fn transaction_id(seed: &str) -> String {
    format!("2{}", ids::of(seed, 8, |letter| letter.is_ascii_digit()))
}

/// The documented example; and what a payer leaves who tries again, the older transaction first.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str, state: &str| NewPayment::new(Provider::FLUTTERWAVE, id, state);
    vec![
        new("288200108", "successful").with_reference("LiveCardTest"),
        new("288200201", "failed").with_reference("tried-again"),
        new("288200202", "successful").with_reference("tried-again"),
        new("288200301", "successful").with_currency("UGX").with_amount("5000"),
    ]
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let id = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["v3", "transactions", "verify_by_reference"] => None,
        ["v3", "transactions", id, "verify"] if !id.is_empty() => Some(id.to_owned()),
        _ => return Err(web::no_such_path()),
    };
    web::check_method(request, &Method::GET)?;
    match request.authorization("Bearer").as_deref() {
        Some(SECRET_KEY) => {}
        None => return Err(refusal(401, "Authorization required")),
        Some(_) => return Err(refusal(401, "Invalid authorization key")),
    }
    match (id, request.parameter("tx_ref").filter(|reference| !reference.is_empty())) {
        (Some(id), _) => Ok(Asked::Payment(id)),
        (None, Some(reference)) => Ok(Asked::Order(reference)),
        (None, None) => Err(refusal(400, "tx_ref is required")),
    }
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let word = payment.word();
    let amount = payment.extra("amount").unwrap_or(payment.amount());
    let charged = payment.extra("charged").unwrap_or(amount);
    let is_over = matches!(word, "successful" | "success");
    let flw_ref = match (payment.extra("preauth"), payment.extra("mock"), is_over) {
        (Some("flw_ref"), ..) => "FLW-PREAUTH-M03K-cdc24d740fb18c24e5ee277f1f942d58",
        (_, Some("true"), _) => "FLW-MOCK-43419d1f509f3b4d4b31e3cf3a2d6a1b",
        (.., false) => "N/A",
        _ => "FLW275407301",
    };
    let mut data = Object::new()
        .number("id", payment.id())
        .text("tx_ref", payment.reference().unwrap_or_default())
        .text("flw_ref", flw_ref)
        .text("device_fingerprint", "N/A")
        .number("amount", amount)
        .text("currency", payment.currency());
    data = match charged {
        "null" => data.text_or_null("charged_amount", None),
        charged => data.number("charged_amount", charged),
    };
    if payment.extra("preauth") == Some("charge_type") {
        data = data.text("charge_type", "preauth");
    }
    let settled = |data: Object, name: &str, value: &str| match is_over {
        true => data.number(name, value),
        false => data.text_or_null(name, None),
    };
    let response = match word {
        "failed" => Some("Insufficient Funds"),
        _ if is_over => Some("Approved by Financial Institution"),
        _ => None,
    };
    let card = Object::new()
        .text("first_6digits", "232343")
        .text("last_4digits", "4567")
        .text("token", "flw-t1nf-sandbox")
        .text("expiry", "02/23");
    let customer = Object::new()
        .number("id", "1")
        .text("name", "John Doe")
        .text("phone_number", "N/A")
        .text("email", "payer@example.com")
        .text("created_at", "2020-07-15T14:31:15.000Z");
    data = settled(data, "app_fee", "1.4")
        .number("merchant_fee", "0")
        .text_or_null("processor_response", response)
        .text("auth_model", "PIN")
        .text("ip", "192.0.2.3")
        .text("narration", "CARD Transaction ")
        .text("status", word)
        .text("payment_type", "card")
        .text("created_at", "2020-07-15T14:31:16.000Z")
        .number("account_id", "17321")
        .object("card", &card)
        .text_or_null("meta", None);
    data = settled(data, "amount_settled", "98.6").object("customer", &customer);
    Answer::ok(
        Object::new()
            .text("status", "success")
            .text("message", "Transaction fetched successfully")
            .object("data", &data),
    )
}

fn not_found(_: &Asked) -> Reply {
    refusal(400, "No transaction was found for this id")
}

fn error(status: u16) -> Option<Reply> {
    match status {
        400 => Some(refusal(400, "Bad request")),
        401 => Some(refusal(401, "Invalid authorization key")),
        403 => Some(refusal(403, "Unauthorized")),
        _ => None,
    }
}

fn refusal(status: u16, message: &str) -> Reply {
    let body = Object::new().text("status", "error").text("message", message).text_or_null("data", None);
    Reply::json(status, &body)
}

/// Of failures too; nothing is signed: the merchant's hash stands there in clear.
fn callback(event: &Event<'_>) -> Option<Callback> {
    if !matches!(event.payment.word(), "successful" | "failed") {
        return None;
    }
    let body = Object::new()
        .text("event", "charge.completed")
        .object("data", &event.reply.inner("data").unwrap_or_default())
        .text("event.type", "CARD_TRANSACTION");
    Some(Callback::json(body.to_string()).with_header("verif-hash", WEBHOOK_HASH))
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

    fn refused(message: &str) -> String {
        format!(r#"{{"status":"error","message":"{message}","data":null}}"#)
    }

    #[test]
    fn the_documented_sample() {
        let body = r#"{"status":"success","message":"Transaction fetched successfully","data":{"id":288200108,"tx_ref":"LiveCardTest","flw_ref":"FLW275407301","device_fingerprint":"N/A","amount":100,"currency":"NGN","charged_amount":100,"app_fee":1.4,"merchant_fee":0,"processor_response":"Approved by Financial Institution","auth_model":"PIN","ip":"192.0.2.3","narration":"CARD Transaction ","status":"successful","payment_type":"card","created_at":"2020-07-15T14:31:16.000Z","account_id":17321,"card":{"first_6digits":"232343","last_4digits":"4567","token":"flw-t1nf-sandbox","expiry":"02/23"},"meta":null,"amount_settled":98.6,"customer":{"id":1,"name":"John Doe","phone_number":"N/A","email":"payer@example.com","created_at":"2020-07-15T14:31:15.000Z"}}}"#;
        let lab = Lab::of(Provider::FLUTTERWAVE);
        ask(&lab, "/v3/transactions/288200108/verify").is(200, JSON, body);
        ask(&lab, "/v3/transactions/verify_by_reference?tx_ref=LiveCardTest").is(200, JSON, body);
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::FLUTTERWAVE);
        for (state, fields) in [
            ("successful charged=101.4", r#""amount":100,"currency":"NGN","charged_amount":101.4,"#),
            ("successful charged=0", r#""charged_amount":0,"#),
            ("successful charged=null", r#""amount":100,"currency":"NGN","charged_amount":null,"#),
            ("successful charged=null amount=0", r#""amount":0,"currency":"NGN","charged_amount":null,"#),
            ("successful mock=true", r#""flw_ref":"FLW-MOCK-"#),
            ("successful preauth=flw_ref", r#""flw_ref":"FLW-PREAUTH-"#),
            ("successful preauth=charge_type", r#""charge_type":"preauth""#),
            ("pending", r#""app_fee":null,"merchant_fee":0,"processor_response":null"#),
            ("success-pending-validation", r#""status":"success-pending-validation""#),
            ("failed", r#""flw_ref":"N/A""#),
        ] {
            let payment = lab.sandbox.payment(Provider::FLUTTERWAVE, &seeded_id(state)).unwrap();
            let got = ask(&lab, &format!("/v3/transactions/{}/verify", payment.id()));
            assert!(got.status == 200 && got.body.contains(fields), "{state}: {}", got.body);
            assert!(got.body.contains(&format!(r#""data":{{"id":{},"#, payment.id())), "{}", got.body);
        }
    }

    #[test]
    fn a_reference_is_answered_with_the_latest_transaction() {
        let got =
            ask(&Lab::of(Provider::FLUTTERWAVE), "/v3/transactions/verify_by_reference?tx_ref=tried-again");
        assert!(got.body.contains(r#""id":288200202,"tx_ref":"tried-again""#), "{}", got.body);
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::FLUTTERWAVE);
        let path = "/v3/transactions/288200108/verify";
        lab.get(path, &[]).is(401, JSON, &refused("Authorization required"));
        let other = lab.get(path, &[("authorization", "Bearer FLWSECK-other-X")]);
        other.is(401, JSON, &refused("Invalid authorization key"));
        let not_found = refused("No transaction was found for this id");
        ask(&lab, "/v3/transactions/1/verify").is(400, JSON, &not_found);
        ask(&lab, "/v3/transactions/verify_by_reference?tx_ref=nobody").is(400, JSON, &not_found);
        ask(&lab, "/v3/transactions/verify_by_reference").is(400, JSON, &refused("tx_ref is required"));
        ask(&lab, "/v3/transactions/288200108").is_page(404);
        lab.send("POST", path, &[], "").is_page(405);
    }

    #[test]
    fn callbacks_carry_the_hash_in_clear() {
        let lab = Lab::of(Provider::FLUTTERWAVE);
        for (state, status) in
            [("successful", Some("successful")), ("failed", Some("failed")), ("pending", None)]
        {
            let callback = lab.callback(NewPayment::new(Provider::FLUTTERWAVE, "7", state));
            assert_eq!(callback.is_some(), status.is_some(), "{state}");
            let (Some(callback), Some(status)) = (callback, status) else { continue };
            assert!(callback.body.starts_with(r#"{"event":"charge.completed","data":{"id":7,"#));
            assert!(callback.body.contains(&format!(r#""status":"{status}""#)));
            assert_eq!(callback.header("verif-hash"), WEBHOOK_HASH);
        }
    }
}
