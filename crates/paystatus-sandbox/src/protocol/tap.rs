//! Tap Payments. Sources: developers.tap.company (`/reference/retrieve-a-charges`, `/reference/charge-response-codes`,
//! `/docs/refunds`, `/docs/webhook`); official SDKs github.com/Tap-Payments/goSellSDK-Android ce1491b,
//! gosell-sdk-php d3537b1, Tap-WooCommerce-V2 44d94c1; the vendor's SDK for Laravel. Read 2026-11.
//!
//! A state is the status of a charge, or with `kind=authorize` of a pre-authorization. Beside it stand
//! `auto_reversed=true`, `code=100` or `null` of the response, `amount=0`, `object=refund` or `null`,
//! and `live=false`.

use axum::http::Method;

use super::{Amount, Answer, Asked, Callback, Currency, Event, Protocol, ids, sign, web};
use crate::{NewPayment, Payment, Provider, Reply, json::Object, request::Request};

const SECRET_KEY: &str = "sk_live_sandbox";

impl Provider {
    /// Tap Payments, a gateway of the Gulf and Egypt.
    pub const TAP: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "tap",
    states: &[
        "CAPTURED",
        "CAPTURED live=false",
        "CAPTURED auto_reversed=true",
        "CAPTURED code=100",
        "CAPTURED code=null",
        "CAPTURED amount=0",
        "CAPTURED object=refund",
        "CAPTURED object=null",
        "CAPTURED kind=authorize",
        "AUTHORIZED kind=authorize",
        "VOID kind=authorize",
        "INITIATED",
        "IN_PROGRESS",
        "ABANDONED",
        "CANCELLED",
        "FAILED",
        "DECLINED",
        "RESTRICTED",
        "TIMEDOUT",
        "UNKNOWN",
        "VALID",
    ],
    paid: "CAPTURED",
    open: "INITIATED",
    seed,
    samples,
    amount: Amount::Number,
    default_amount: "10.0",
    currency: Currency::Default("AED"),
    settings: &[("secret_key", SECRET_KEY)],
    read,
    answer,
    not_found: |_| refusal(404, "1121", "Charge not found"),
    error,
    callback: Some(callback),
    ..Protocol::PLAIN
};

fn seed(provider: Provider, state: &str) -> NewPayment {
    let prefix = if state.contains("kind=authorize") { "auth" } else { "chg" };
    let id = format!("{prefix}_TS03A{}", ids::of(state, 20, |letter| letter.is_ascii_alphanumeric()));
    NewPayment::new(provider, id, state)
}

/// The documented example, and currencies with three decimals.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str| NewPayment::new(Provider::TAP, id, "CAPTURED");
    vec![
        NewPayment::new(Provider::TAP, "chg_TS03A2220231551Ha3j1408926", "CAPTURED live=false")
            .with_reference("ord_0001"),
        new("chg_TS03A0000000000Kwd0000000").with_amount("1.5").with_currency("KWD"),
        new("chg_TS03A0000000000Omr0000000").with_amount("4.123").with_currency("OMR"),
    ]
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let (id, is_charge) = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["v2", "charges", id] if !id.is_empty() => (id, true),
        ["v2", "authorize", id] if !id.is_empty() => (id, false),
        _ => return Err(web::no_such_path()),
    };
    web::check_method(request, &Method::GET)?;
    match request.authorization("Bearer").as_deref() {
        Some(SECRET_KEY) => {}
        Some(key) if key.starts_with("pk_") => {
            return Err(refusal(403, "1105", "Public key is not allowed here"));
        }
        _ => return Err(refusal(401, "2107", "Unauthorized. API key is invalid")),
    }
    if id.starts_with("auth_") == is_charge {
        return Err(refusal(404, "1121", "Charge not found"));
    }
    Ok(Asked::Payment(id.to_owned()))
}

fn is_authorize(payment: &Payment) -> bool {
    payment.extra("kind") == Some("authorize")
}

/// What the response says for a word: its code and its text.
fn response(word: &str) -> (&'static str, &'static str) {
    match word {
        "CAPTURED" => ("000", "Captured"),
        "AUTHORIZED" => ("001", "Authorized"),
        "INITIATED" => ("100", "Initiated"),
        "IN_PROGRESS" => ("200", "In Progress"),
        "ABANDONED" => ("301", "Abandoned"),
        "CANCELLED" => ("302", "Cancelled"),
        "VOID" => ("401", "Void"),
        "FAILED" => ("405", "Failed"),
        "RESTRICTED" => ("506", "Restricted"),
        "DECLINED" => ("507", "Declined, Insufficient Funds"),
        "TIMEDOUT" => ("801", "Timed Out"),
        _ => ("901", "Unknown"),
    }
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let word = payment.word();
    let amount = payment.extra("amount").unwrap_or(payment.amount());
    let (code, message) = response(word);
    let response = match payment.extra("code") {
        Some("null") => Object::new().text_or_null("code", None),
        other => Object::new().text("code", other.unwrap_or(code)),
    };
    let kind = if is_authorize(payment) { "authorize" } else { "charge" };
    let object = payment.extra("object").unwrap_or(kind);
    let expiry = Object::new().number("period", "30").text("type", "MINUTE");
    let mut transaction = Object::new()
        .text("authorization_id", "030982")
        .text("timezone", "UTC+03:00")
        .text("created", "1692028310505")
        .object("expiry", &expiry)
        .flag("asynchronous", word == "IN_PROGRESS")
        .number("amount", amount)
        .text("currency", payment.currency());
    if word == "INITIATED" {
        transaction = transaction.text("url", "https://checkout.beta.tap.company/?mode=page&token=sandbox");
    }
    let reference = Object::new()
        .text("track", "tck_TS01")
        .text("payment", "2214231551089588145")
        .text("gateway", "123456789012345")
        .text("acquirer", "322612030982")
        .text("transaction", "txn_0001")
        .text("order", payment.reference().unwrap_or_default());
    let phone = Object::new().text("country_code", "971").text("number", "500000000");
    let customer = Object::new()
        .text("id", "cus_1")
        .text("first_name", "John")
        .text("email", "payer@example.com")
        .object("phone", &phone);
    let activity = Object::new()
        .text("id", "activity_1")
        .text("object", "activity")
        .number("created", "1692028310505")
        .text("status", "INITIATED")
        .text("currency", payment.currency())
        .number("amount", amount)
        .text("remarks", "charge - created");
    let card = Object::new().text("first_six", "411111").text("last_four", "1111");
    let merchant = Object::new().text("country", "AE").text("currency", "AED").text("id", "14583257");
    Answer::ok(
        Object::new()
            .text("id", payment.id())
            .text_or_null("object", Some(object).filter(|object| *object != "null"))
            .flag("live_mode", payment.extra("live") != Some("false"))
            .text("api_version", "V2")
            .text("status", word)
            .number("amount", amount)
            .text("currency", payment.currency())
            .flag("threeDSecure", true)
            .object("order", &Object::new().text("id", "ord_lWdQ2923"))
            .object("transaction", &transaction)
            .object("reference", &reference)
            .object("response", &response.text("message", message))
            .object("card", &card)
            .object("customer", &customer)
            .object("merchant", &merchant)
            .object("source", &Object::new().text("payment_method", "VISA").text("id", "tok_1"))
            .raw("activities", format!("[{activity}]"))
            .flag("auto_reversed", payment.extra("auto_reversed") == Some("true")),
    )
}

fn error(status: u16) -> Option<Reply> {
    let description = match status {
        400 => "Bad Request",
        401 => "Unauthorized. API key is invalid",
        402 => "Request failed",
        403 => "Forbidden",
        404 => "Charge not found",
        409 => "Conflict",
        429 => "Too many requests",
        500 | 502..=504 => "Something went wrong on our end",
        _ => return None,
    };
    Some(refusal(status, "1100", description))
}

fn refusal(status: u16, code: &str, description: &str) -> Reply {
    let error = Object::new().text("code", code).text("description", description);
    Reply::json(status, &Object::new().raw("errors", format!("[{error}]")))
}

/// The whole object; the hash covers seven of its fields, the amount with the decimals of its currency.
fn callback(event: &Event<'_>) -> Option<Callback> {
    if event.payment.word() == "INITIATED" {
        return None;
    }
    let hash = sign::hmac_sha256(SECRET_KEY, &hashed(event.reply));
    Some(Callback::json(event.reply.to_string()).with_header("hashstring", hash))
}

fn hashed(object: &Object) -> String {
    let text = |object: &Object, name: &str| {
        let written = object.get(name).filter(|written| *written != "null").unwrap_or_default();
        object.get_text(name).unwrap_or_else(|| written.to_owned())
    };
    let inner = |name: &str| object.inner(name).unwrap_or_default();
    let currency = text(object, "currency");
    let amount = with_decimals(&text(object, "amount"), &currency);
    let (reference, transaction) = (inner("reference"), inner("transaction"));
    [
        ("x_id", text(object, "id")),
        ("x_amount", amount),
        ("x_currency", currency),
        ("x_gateway_reference", text(&reference, "gateway")),
        ("x_payment_reference", text(&reference, "payment")),
        ("x_status", text(object, "status")),
        ("x_created", text(&transaction, "created")),
    ]
    .map(|(name, value)| format!("{name}{value}"))
    .concat()
}

/// `10` dirhams are `10.00`, and `1.5` dinars `1.500`.
fn with_decimals(amount: &str, currency: &str) -> String {
    if amount.is_empty() {
        return String::new();
    }
    let decimals = if matches!(currency, "KWD" | "BHD" | "OMR" | "JOD") { 3 } else { 2 };
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    format!("{whole}.{fraction:0<decimals$.decimals$}")
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
        ask(&Lab::of(Provider::TAP), "/v2/charges/chg_TS03A2220231551Ha3j1408926").is(
            200,
            JSON,
            r#"{"id":"chg_TS03A2220231551Ha3j1408926","object":"charge","live_mode":false,"api_version":"V2","status":"CAPTURED","amount":10.0,"currency":"AED","threeDSecure":true,"order":{"id":"ord_lWdQ2923"},"transaction":{"authorization_id":"030982","timezone":"UTC+03:00","created":"1692028310505","expiry":{"period":30,"type":"MINUTE"},"asynchronous":false,"amount":10.0,"currency":"AED"},"reference":{"track":"tck_TS01","payment":"2214231551089588145","gateway":"123456789012345","acquirer":"322612030982","transaction":"txn_0001","order":"ord_0001"},"response":{"code":"000","message":"Captured"},"card":{"first_six":"411111","last_four":"1111"},"customer":{"id":"cus_1","first_name":"John","email":"payer@example.com","phone":{"country_code":"971","number":"500000000"}},"merchant":{"country":"AE","currency":"AED","id":"14583257"},"source":{"payment_method":"VISA","id":"tok_1"},"activities":[{"id":"activity_1","object":"activity","created":1692028310505,"status":"INITIATED","currency":"AED","amount":10.0,"remarks":"charge - created"}],"auto_reversed":false}"#,
        );
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::TAP);
        for (state, fields) in [
            ("CAPTURED live=false", r#""object":"charge","live_mode":false"#),
            ("CAPTURED auto_reversed=true", r#""auto_reversed":true"#),
            ("CAPTURED code=100", r#""response":{"code":"100","message":"Captured"}"#),
            ("CAPTURED code=null", r#""response":{"code":null"#),
            ("CAPTURED amount=0", r#""amount":0,"#),
            ("CAPTURED object=refund", r#""object":"refund""#),
            ("CAPTURED object=null", r#""object":null"#),
            ("CAPTURED kind=authorize", r#""object":"authorize","#),
            ("AUTHORIZED kind=authorize", r#""status":"AUTHORIZED""#),
            ("INITIATED", r#""url":"https://"#),
            ("IN_PROGRESS", r#""asynchronous":true"#),
            ("DECLINED", r#""response":{"code":"507""#),
        ] {
            let payment = lab.sandbox.payment(Provider::TAP, &seeded_id(state)).unwrap();
            let path = if is_authorize(&payment) { "authorize" } else { "charges" };
            let got = ask(&lab, &format!("/v2/{path}/{}", payment.id()));
            assert!(got.status == 200 && got.body.contains(fields), "{state}: {}", got.body);
        }
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::TAP);
        let path = "/v2/charges/chg_TS03A2220231551Ha3j1408926";
        let not_found = r#"{"errors":[{"code":"1121","description":"Charge not found"}]}"#;
        ask(&lab, "/v2/charges/chg_nobody").is(404, JSON, not_found);
        ask(&lab, &path.replace("charges", "authorize")).is(404, JSON, not_found);
        for (authorization, status) in [("", 401), ("Bearer sk_test_other", 401), ("Bearer pk_test_x", 403)] {
            let got = lab.get(path, &[("authorization", authorization)]);
            assert_eq!(got.status, status, "{authorization}");
            assert!(got.body.starts_with(r#"{"errors":[{"code":""#), "{}", got.body);
        }
        lab.send("POST", path, &[], "").is_page(405);
        ask(&lab, "/v2/refunds/re_1").is_page(404);
    }

    /// The documented rule, with its two examples.
    #[test]
    fn hashes_have_the_amount_with_its_currencys_decimals() {
        let hash = |id: &str, amount: &str, currency: &str, gateway: &str, payment: &str| {
            let object = Object::new()
                .text("id", id)
                .number("amount", amount)
                .text("currency", currency)
                .text("status", "CAPTURED")
                .object("reference", &Object::new().text("gateway", gateway).text("payment", payment))
                .object("transaction", &Object::new().text("created", "1692028310505"));
            sign::hmac_sha256("sk_test_canary0123456789abcdefAB", &hashed(&object))
        };
        assert_eq!(
            hash("chg_TS03A2220231551Ha3j1408926", "4.123", "KWD", "gw", "py"),
            "71ab12b4cbbe6e9dbedbfc9a2d9449fc919bbc511113c5b3c0287d8b6cf6e5d5"
        );
        assert_eq!(
            hash("chg_1", "10.0", "AED", "123456789012345", "2214231551089588145"),
            "dae4dffd49662150516c916617441fd9d3b086bc2f8d1d5c9dcfbe1a2e10e3bc"
        );
        for (amount, currency, written) in [
            ("10", "AED", "10.00"),
            ("10.5", "SAR", "10.50"),
            ("1.5", "KWD", "1.500"),
            ("4.123", "OMR", "4.123"),
            ("", "AED", ""),
        ] {
            assert_eq!(with_decimals(amount, currency), written);
        }
    }

    #[test]
    fn callbacks_are_the_whole_object() {
        let lab = Lab::of(Provider::TAP);
        let callback = lab.callback(NewPayment::new(Provider::TAP, "chg_1", "DECLINED")).unwrap();
        assert!(callback.body.starts_with(r#"{"id":"chg_1","object":"charge","#), "{}", callback.body);
        assert_eq!(callback.header("hashstring").len(), 64);
        assert!(lab.callback(NewPayment::new(Provider::TAP, "chg_1", "INITIATED")).is_none());
    }
}
