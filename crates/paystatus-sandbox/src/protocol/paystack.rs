//! Paystack. Sources: the vendor's OpenAPI, github.com/PaystackOSS/openapi; its documentation's samples,
//! github.com/PaystackOSS/doc-code-snippets; "Verify Payments". Read 2026-11.
//!
//! A state is a transaction's status. Beside it stand amounts in minor units: `requested=30050` or `null` for what the
//! merchant asked for, which is the amount unless it is said, and `amount=0`; and `domain=test`.
//! A transaction has Paystack's number for an id, and the merchant's reference.

use axum::http::Method;

use super::{Amount, Answer, Asked, Callback, Currency, Event, Protocol, ids, sign, web};
use crate::{NewPayment, Payment, Provider, Reply, json::Object, request::Request, seeded_id};

const SECRET_KEY: &str = "sk_live_sandbox";

impl Provider {
    /// Paystack, African payments.
    pub const PAYSTACK: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "paystack",
    states: &[
        "success",
        "success requested=30050",
        "success requested=50000",
        "success requested=null",
        "success amount=0",
        "success domain=test",
        "abandoned",
        "ongoing",
        "pending",
        "processing",
        "queued",
        "failed",
        "reversed",
        "send_otp",
    ],
    paid: "success",
    open: "pending",
    // Short, so that a test can add digits and still has a number of 64 bits.
    seed: |provider, state| {
        let id = ids::of(state, 4, |letter| letter.is_ascii_digit() && letter != '0');
        NewPayment::new(provider, id, state).with_reference(seeded_id(state))
    },
    samples,
    amount: Amount::MinorUnits,
    default_amount: "40333",
    currency: Currency::Default("NGN"),
    settings: &[("secret_key", SECRET_KEY)],
    read,
    answer,
    not_found,
    error,
    callback: Some(callback),
    ..Protocol::PLAIN
};

/// The documented example; a reference of digits; and a currency of which minor units are counted that it has not.
fn samples() -> Vec<NewPayment> {
    let new =
        |id: &str, state: &str, of: &str| NewPayment::new(Provider::PAYSTACK, id, state).with_reference(of);
    vec![
        new("4099260516", "success requested=30050 domain=test", "re4lyvq3s3"),
        new("4099260517", "success", "834915094"),
        new("4099260518", "success", "sandbox-francs").with_amount("100000").with_currency("XOF"),
    ]
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let asked = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["transaction", "verify", reference] if !reference.is_empty() => Asked::Order(reference.to_owned()),
        ["transaction", "verify" | "", ..] => Asked::Payment(String::new()),
        ["transaction", id] => Asked::Payment(id.to_owned()),
        _ => return Err(web::no_such_path()),
    };
    web::check_method(request, &Method::GET)?;
    match request.authorization("Bearer").as_deref() {
        Some(SECRET_KEY) => {}
        Some(_) => return Err(refusal(401, "Invalid key", "validation_error", "invalid_Key")),
        None => {
            let message = "No Authorization Header was found";
            return Err(refusal(401, message, "validation_error", "missing_auth"));
        }
    }
    match &asked {
        Asked::Payment(id) if id.is_empty() || !id.bytes().all(|letter| letter.is_ascii_digit()) => {
            let message = "Transaction ID should be numeric.";
            Err(refusal(400, message, "validation_error", "invalid_params"))
        }
        _ => Ok(asked),
    }
}

fn answer(asked: &Asked, payment: &Payment) -> Answer {
    let word = payment.word();
    let amount = payment.extra("amount").unwrap_or(payment.amount());
    let is_charged = word == "success" || word == "reversed";
    let time = |is_told: bool| is_told.then_some("2024-08-22T09:15:02.000Z");
    let response = match word {
        "success" => "Successful",
        "failed" => "Declined",
        "reversed" => "Reversed",
        _ => "The transaction was not completed",
    };
    let log = Object::new().number("attempts", "1").number("errors", "0").flag("success", is_charged);
    let authorization = match is_charged {
        true => Object::new()
            .text("authorization_code", "AUTH_x")
            .text("bin", "408408")
            .text("last4", "4081")
            .text_or_null("account_name", None),
        false => Object::new(),
    };
    let customer = Object::new()
        .number("id", "1")
        .text_or_null("first_name", None)
        .text_or_null("last_name", None)
        .text("email", "a@example.com")
        .text("customer_code", "CUS_x")
        .text_or_null("phone", None);
    let null = || "null".to_owned();
    let mut data = Object::new()
        .number("id", payment.id())
        .text("domain", payment.extra("domain").unwrap_or("live"))
        .text("status", word)
        .text("reference", payment.reference().unwrap_or_default())
        .raw("receipt_number", null())
        .number("amount", amount)
        .raw("message", null())
        .text("gateway_response", response)
        .text_or_null("paid_at", time(is_charged))
        .text("created_at", "2024-08-22T09:14:24.000Z")
        .text("channel", "card")
        .text("currency", payment.currency())
        .text("ip_address", "192.0.2.33")
        .text("metadata", "")
        .object("log", &log)
        .raw("fees", if is_charged { "10283".to_owned() } else { null() })
        .raw("fees_split", null())
        .object("authorization", &authorization)
        .object("customer", &customer)
        .raw("plan", null())
        .object("split", &Object::new())
        .raw("order_id", null())
        .text_or_null("paidAt", time(is_charged))
        .text("createdAt", "2024-08-22T09:14:24.000Z")
        .raw("requested_amount", payment.extra("requested").unwrap_or(amount).to_owned())
        .raw("source", null());
    if let Asked::Order(_) = asked {
        data = data
            .text("transaction_date", "2024-08-22T09:14:24.000Z")
            .object("plan_object", &Object::new())
            .object("subaccount", &Object::new());
    }
    let message = match asked {
        Asked::Order(_) => "Verification successful",
        _ => "Transaction retrieved",
    };
    Answer::ok(Object::new().flag("status", true).text("message", message).object("data", &data))
}

fn not_found(asked: &Asked) -> Reply {
    match asked {
        Asked::Order(_) => {
            refusal(400, "Transaction reference not found.", "validation_error", "transaction_not_found")
        }
        _ => refusal(404, "Transaction not found", "validation_error", "not_found"),
    }
}

fn error(status: u16) -> Option<Reply> {
    match status {
        400 | 404 => {
            let message = "Transaction reference not found.";
            Some(refusal(status, message, "validation_error", "transaction_not_found"))
        }
        401 => Some(refusal(401, "Invalid key", "validation_error", "invalid_Key")),
        403 => Some(refusal(403, "Your IP address is not allowed", "validation_error", "access_denied")),
        429 => Some(refusal(429, "Too many requests", "api_error", "rate_limited")),
        500..=504 => Some(refusal(status, "An error occurred", "api_error", "unknown")),
        _ => None,
    }
}

fn refusal(status: u16, message: &str, kind: &str, code: &str) -> Reply {
    let next = Object::new().text("nextStep", "Check what you have sent and try again");
    let body = Object::new()
        .flag("status", false)
        .text("message", message)
        .object("meta", &next)
        .text("type", kind)
        .text("code", code);
    Reply::json(status, &body)
}

/// An event with the transaction, or with its refund, whose amount is a text; only these are told.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let payment = event.payment;
    let (kind, data) = match payment.word() {
        "success" => ("charge.success", event.reply.inner("data")?),
        "reversed" => {
            let refund = Object::new()
                .text("status", "processed")
                .text("transaction_reference", payment.reference().unwrap_or_default())
                .text("amount", payment.amount())
                .text("currency", payment.currency())
                .number("id", &event.number.to_string());
            ("refund.processed", refund)
        }
        _ => return None,
    };
    let body = Object::new().text("event", kind).object("data", &data).to_string();
    let signature = sign::hmac_sha512(SECRET_KEY, &body);
    Some(Callback::json(body).with_header("x-paystack-signature", signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    use super::super::lab::{Got, JSON, Lab};

    #[track_caller]
    fn ask(lab: &Lab, path: &str) -> Got {
        lab.get(path, &[("authorization", &format!("Bearer {SECRET_KEY}"))])
    }

    fn refused(message: &str, code: &str) -> String {
        format!(
            r#"{{"status":false,"message":"{message}","meta":{{"nextStep":"Check what you have sent and try again"}},"type":"validation_error","code":"{code}"}}"#
        )
    }

    #[test]
    fn the_documented_sample() {
        ask(&Lab::of(Provider::PAYSTACK), "/transaction/verify/re4lyvq3s3").is(
            200,
            JSON,
            r#"{"status":true,"message":"Verification successful","data":{"id":4099260516,"domain":"test","status":"success","reference":"re4lyvq3s3","receipt_number":null,"amount":40333,"message":null,"gateway_response":"Successful","paid_at":"2024-08-22T09:15:02.000Z","created_at":"2024-08-22T09:14:24.000Z","channel":"card","currency":"NGN","ip_address":"192.0.2.33","metadata":"","log":{"attempts":1,"errors":0,"success":true},"fees":10283,"fees_split":null,"authorization":{"authorization_code":"AUTH_x","bin":"408408","last4":"4081","account_name":null},"customer":{"id":1,"first_name":null,"last_name":null,"email":"a@example.com","customer_code":"CUS_x","phone":null},"plan":null,"split":{},"order_id":null,"paidAt":"2024-08-22T09:15:02.000Z","createdAt":"2024-08-22T09:14:24.000Z","requested_amount":30050,"source":null,"transaction_date":"2024-08-22T09:14:24.000Z","plan_object":{},"subaccount":{}}}"#,
        );
    }

    #[test]
    fn every_state_by_reference_and_by_id() {
        let lab = Lab::of(Provider::PAYSTACK);
        for (state, fields) in [
            ("success", r#""requested_amount":40333"#),
            ("success requested=50000", r#""requested_amount":50000"#),
            ("success requested=null", r#""requested_amount":null"#),
            ("success amount=0", r#""amount":0,"#),
            ("success domain=test", r#""domain":"test""#),
            ("abandoned", r#""paid_at":null"#),
            ("failed", r#""gateway_response":"Declined""#),
            ("reversed", r#""status":"reversed""#),
        ] {
            let payment = lab.sandbox.payment(Provider::PAYSTACK, &seeded_id(state)).unwrap();
            let reference = payment.reference().unwrap();
            for path in [format!("/transaction/verify/{reference}"), format!("/transaction/{}", payment.id())]
            {
                let got = ask(&lab, &path);
                assert!(got.status == 200 && got.body.contains(fields), "{state}: {}", got.body);
                assert!(got.body.contains(&format!(r#""id":{},"#, payment.id())), "{}", got.body);
            }
        }
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::PAYSTACK);
        let path = "/transaction/verify/re4lyvq3s3";
        for key in ["Bearer", "Bearer sk_test_other", SECRET_KEY] {
            assert_eq!(lab.get(path, &[("authorization", key)]).status, 401);
        }
        let wrong = [("authorization", "Bearer sk_test_other")];
        lab.get(path, &wrong).is(401, JSON, &refused("Invalid key", "invalid_Key"));
        ask(&lab, "/transaction/verify/none").is(
            400,
            JSON,
            &refused("Transaction reference not found.", "transaction_not_found"),
        );
        ask(&lab, "/transaction/1").is(404, JSON, &refused("Transaction not found", "not_found"));
        for path in ["/transaction/verify/", "/transaction/verify", "/transaction/", "/transaction/a1"] {
            ask(&lab, path).is(400, JSON, &refused("Transaction ID should be numeric.", "invalid_params"));
        }
        ask(&lab, "/refund/1").is_page(404);
        lab.send("DELETE", path, &[], "").is_page(405);
    }

    #[test]
    fn the_signature_is_the_documented_one() {
        let body = r#"{"event":"charge.success","data":{"id":4099260516,"domain":"live","status":"success","reference":"re4lyvq3s3","amount":40333,"currency":"NGN"}}"#;
        assert_eq!(
            sign::hmac_sha512("sk_test_canary0123456789", body),
            "246cc7297c620d140b0598e12c55d502726ee3124bfab3fd25a92460fd028acf4a3aa9c3382b1ac482e1877977aaed3bda2fad496aa7435971732bfba779f032"
        );
    }

    #[test]
    fn callbacks_tell_successes_and_refunds() {
        let lab = Lab::of(Provider::PAYSTACK);
        for (state, about) in [
            ("success", Some(r#"{"event":"charge.success","data":{"id":7,"domain":"live""#)),
            ("reversed", Some(r#""transaction_reference":"order-7","amount":"40333""#)),
            ("failed", None),
            ("abandoned", None),
        ] {
            let callback = lab.callback(NewPayment::new(Provider::PAYSTACK, "7", state));
            assert_eq!(callback.is_some(), about.is_some(), "{state}");
            let (Some(callback), Some(about)) = (callback, about) else { continue };
            assert!(callback.body.contains(about), "{}", callback.body);
            let signature = sign::hmac_sha512(SECRET_KEY, &callback.body);
            assert_eq!(callback.header("x-paystack-signature"), signature);
        }
    }
}
