//! Klarna, the Order Management API. Sources: its OpenAPI (github.com/api-evangelist/klarna,
//! `openapi/klarna-orders-api-openapi.yml`); docs.klarna.com, `api/api-urls`, `order-management/pending-orders`,
//! `payments/after-payments/order-management/manage-orders-with-the-api`; klarna/kco_rest_php; kco_rest_dotnet.
//! Read 2026-11.
//!
//! A state is an order's status. Beside it stand `fraud=PENDING` or `null`, and in minor units `captured=4000`,
//! `refunded=2500` or `null`, `remaining=6000` of what can still be captured, and `amount=0` for the set-up of a subscription.

use axum::http::Method;

use super::{Amount, Answer, Asked, Currency, Protocol, ids, web};
use crate::{
    NewPayment, Payment, Provider, Reply,
    json::{self, Object},
    request::Request,
};

const USERNAME: &str = "K000000_sandbox";
const PASSWORD: &str = "your_password";
const CORRELATION_ID: &str = "66782175-ae05-44fc-9eb3-eeceadbad271";

impl Provider {
    /// Klarna, pay later and in parts.
    pub const KLARNA: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "klarna",
    states: &[
        "CAPTURED",
        "CAPTURED refunded=2500",
        "CAPTURED refunded=10000",
        "CAPTURED refunded=null",
        "CAPTURED captured=6000",
        "CAPTURED captured=6000 refunded=6000 remaining=4000",
        "CAPTURED captured=0",
        "CAPTURED fraud=null",
        "CAPTURED fraud=PENDING",
        "CAPTURED fraud=STOPPED",
        "PART_CAPTURED captured=4000",
        "PART_CAPTURED captured=4000 refunded=1000",
        "PART_CAPTURED captured=4000 refunded=4000",
        "PART_CAPTURED captured=0",
        "PART_CAPTURED captured=10000",
        "AUTHORIZED",
        "AUTHORIZED fraud=null",
        "AUTHORIZED fraud=PENDING",
        "AUTHORIZED fraud=REJECTED",
        "AUTHORIZED fraud=STOPPED",
        "AUTHORIZED amount=0",
        "CANCELLED",
        "CANCELLED captured=10000",
        "EXPIRED",
        "EXPIRED captured=10000",
        "EXPIRED captured=4000",
        "EXPIRED captured=4000 refunded=4000",
        "CLOSED",
        "CLOSED captured=10000",
        "CLOSED captured=4000",
        "CLOSED captured=11000",
    ],
    paid: "CAPTURED",
    open: "AUTHORIZED",
    seed,
    samples,
    amount: Amount::MinorUnits,
    default_amount: "10000",
    currency: Currency::Default("EUR"),
    settings: &[("username", USERNAME), ("password", PASSWORD)],
    read,
    answer,
    not_found: |_| refusal(404, "NO_SUCH_ORDER", "The order was not found."),
    error,
    ..Protocol::PLAIN
};

/// A UUID that depends on the seed alone.
fn uuid(seed: &str) -> String {
    let digits = ids::of(seed, 32, |letter| letter.is_ascii_digit() || ('a'..='f').contains(&letter));
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

fn seed(provider: Provider, state: &str) -> NewPayment {
    NewPayment::new(provider, uuid(state), state)
}

/// The documented example, and other currencies; one of them in lower case, as some examples are.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str, currency: &str| {
        NewPayment::new(Provider::KLARNA, id, "CAPTURED").with_currency(currency).with_reference("order-1234")
    };
    vec![
        new("f3392f8b-6116-4073-ab96-e330819e2c07", "EUR"),
        new(&uuid("dollars"), "usd"),
        new(&uuid("crowns"), "SEK"),
    ]
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let ["ordermanagement", "v1", "orders", id] = segments.iter().map(String::as_str).collect::<Vec<_>>()[..]
    else {
        return Err(web::no_such_path());
    };
    web::check_method(request, &Method::GET)?;
    match request.basic() {
        Some((name, password)) if name == USERNAME && password == PASSWORD => {
            Ok(Asked::Payment(id.to_owned()))
        }
        _ => Err(unauthorized()),
    }
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let amount = payment.extra("amount").unwrap_or(payment.amount());
    let (is_captured, is_open) = (payment.word() == "CAPTURED", payment.word() == "AUTHORIZED");
    let captured = payment.extra("captured").unwrap_or(if is_captured { amount } else { "0" });
    let refunded = payment.extra("refunded").unwrap_or("0");
    let remaining = payment.extra("remaining").unwrap_or(match payment.word() {
        "PART_CAPTURED" => "6000",
        _ if is_open => amount,
        _ => "0",
    });
    let fraud = Some(payment.extra("fraud").unwrap_or("ACCEPTED")).filter(|word| *word != "null");
    let capture = Object::new()
        .text("capture_id", "4ba29b50-be7b-44f5-a492-113e6a865e22")
        .text("klarna_reference", "K4MADNY-1")
        .number("captured_amount", captured)
        .raw("refunded_amount", refunded.to_owned())
        .text("captured_at", "2026-01-06T09:00:00.000Z")
        .raw("order_lines", "[]".to_owned());
    let refund = Object::new()
        .text("refund_id", "86a2f2b9-76f0-4d8b-b0a5-8ca4d3d2f7a1")
        .raw("refunded_amount", refunded.to_owned())
        .text("refunded_at", "2026-01-07T09:00:00.000Z");
    let captures = (captured != "0").then_some(&capture);
    let refunds = (!matches!(refunded, "0" | "null")).then_some(&refund);
    let address = Object::new()
        .text("given_name", "Jane")
        .text("family_name", "Doe")
        .text("email", "payer@example.com")
        .text("country", "DE");
    let customer = Object::new()
        .text_or_null("date_of_birth", None)
        .text_or_null("national_identification_number", None);
    let method = Object::new().text("type", "INVOICE").text("description", "Pay later");
    Answer::ok(
        Object::new()
            .text("order_id", payment.id())
            .text("status", payment.word())
            .text_or_null("fraud_status", fraud)
            .number("order_amount", amount)
            .number("original_order_amount", amount)
            .number("captured_amount", captured)
            .raw("refunded_amount", refunded.to_owned())
            .number("remaining_authorized_amount", remaining)
            .text("purchase_currency", payment.currency())
            .text("purchase_country", "DE")
            .text("locale", "en-DE")
            .text("klarna_reference", "K4MADNY")
            .text_or_null("merchant_reference1", payment.reference())
            .text_or_null("merchant_reference2", None)
            .text("created_at", "2026-01-05T10:25:40.000Z")
            .text("expires_at", "2026-02-02T10:25:40.000Z")
            .object("customer", &customer)
            .object("billing_address", &address)
            .object("shipping_address", &address)
            .raw("order_lines", "[]".to_owned())
            .raw("captures", json::array(captures))
            .raw("refunds", json::array(refunds))
            .object("initial_payment_method", &method),
    )
}

/// Nothing stands in it.
fn unauthorized() -> Reply {
    Reply::of_content(401, "application/json", String::new())
}

fn error(status: u16) -> Option<Reply> {
    Some(match status {
        401 => return None,
        403 => refusal(403, "NOT_ALLOWED", "You are not allowed to read this order."),
        404 => refusal(404, "NO_SUCH_ORDER", "The order was not found."),
        429 => refusal(429, "TOO_MANY_REQUESTS", "Too many requests."),
        400..=499 => refusal(status, "BAD_VALUE", "Bad value."),
        500 => refusal(500, "INTERNAL_SERVER_ERROR", "Internal server error."),
        _ => return None,
    })
}

fn refusal(status: u16, code: &str, message: &str) -> Reply {
    let body = Object::new()
        .text("error_code", code)
        .raw("error_messages", format!("[{}]", json::quote(message)))
        .text("correlation_id", CORRELATION_ID);
    Reply::json(status, &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeded_id;

    use super::super::{
        lab::{Got, JSON, Lab},
        sign,
    };

    const SAMPLE: &str = "/ordermanagement/v1/orders/f3392f8b-6116-4073-ab96-e330819e2c07";

    #[track_caller]
    fn ask(lab: &Lab, path: &str) -> Got {
        lab.get(path, &[("authorization", &sign::basic(USERNAME, PASSWORD))])
    }

    #[test]
    fn the_documented_sample() {
        ask(&Lab::of(Provider::KLARNA), SAMPLE).is(
            200,
            JSON,
            r#"{"order_id":"f3392f8b-6116-4073-ab96-e330819e2c07","status":"CAPTURED","fraud_status":"ACCEPTED","order_amount":10000,"original_order_amount":10000,"captured_amount":10000,"refunded_amount":0,"remaining_authorized_amount":0,"purchase_currency":"EUR","purchase_country":"DE","locale":"en-DE","klarna_reference":"K4MADNY","merchant_reference1":"order-1234","merchant_reference2":null,"created_at":"2026-01-05T10:25:40.000Z","expires_at":"2026-02-02T10:25:40.000Z","customer":{"date_of_birth":null,"national_identification_number":null},"billing_address":{"given_name":"Jane","family_name":"Doe","email":"payer@example.com","country":"DE"},"shipping_address":{"given_name":"Jane","family_name":"Doe","email":"payer@example.com","country":"DE"},"order_lines":[],"captures":[{"capture_id":"4ba29b50-be7b-44f5-a492-113e6a865e22","klarna_reference":"K4MADNY-1","captured_amount":10000,"refunded_amount":0,"captured_at":"2026-01-06T09:00:00.000Z","order_lines":[]}],"refunds":[],"initial_payment_method":{"type":"INVOICE","description":"Pay later"}}"#,
        );
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::KLARNA);
        for (state, fields) in [
            (
                "CAPTURED refunded=2500",
                r#""captured_amount":10000,"refunded_amount":2500,"remaining_authorized_amount":0,"#,
            ),
            ("CAPTURED refunded=null", r#""refunded_amount":null,"#),
            (
                "CAPTURED captured=6000",
                r#""order_amount":10000,"original_order_amount":10000,"captured_amount":6000,"#,
            ),
            ("CAPTURED fraud=null", r#""status":"CAPTURED","fraud_status":null,"#),
            (
                "PART_CAPTURED captured=4000",
                r#""captured_amount":4000,"refunded_amount":0,"remaining_authorized_amount":6000,"#,
            ),
            (
                "AUTHORIZED",
                r#""fraud_status":"ACCEPTED","order_amount":10000,"original_order_amount":10000,"captured_amount":0,"refunded_amount":0,"remaining_authorized_amount":10000,"#,
            ),
            ("AUTHORIZED fraud=PENDING", r#""status":"AUTHORIZED","fraud_status":"PENDING","#),
            ("AUTHORIZED amount=0", r#""order_amount":0,"#),
            ("CANCELLED", r#""captured_amount":0,"refunded_amount":0,"remaining_authorized_amount":0,"#),
            ("CLOSED captured=4000", r#""status":"CLOSED""#),
        ] {
            let payment = lab.sandbox.payment(Provider::KLARNA, &seeded_id(state)).unwrap();
            let got = ask(&lab, &format!("/ordermanagement/v1/orders/{}", payment.id()));
            assert!(got.status == 200 && got.body.contains(fields), "{state}: {}", got.body);
        }
        for state in PROTOCOL.states {
            let payment = lab.sandbox.payment(Provider::KLARNA, &seeded_id(state)).unwrap();
            assert_eq!((payment.id().len(), payment.id().matches('-').count()), (36, 4));
        }
    }

    #[test]
    fn what_is_refused() {
        let lab = Lab::of(Provider::KLARNA);
        ask(&lab, "/ordermanagement/v1/orders/66782175-ae05-44fc-9eb3-eeceadbad271").is(
            404,
            JSON,
            r#"{"error_code":"NO_SUCH_ORDER","error_messages":["The order was not found."],"correlation_id":"66782175-ae05-44fc-9eb3-eeceadbad271"}"#,
        );
        lab.get(SAMPLE, &[]).is(401, JSON, "");
        lab.get(SAMPLE, &[("authorization", &sign::basic(USERNAME, "other"))]).is(401, JSON, "");
        ask(&lab, "/checkout/v3/orders/f3392f8b-6116-4073-ab96-e330819e2c07").is_page(404);
        lab.send("POST", SAMPLE, &[], "").is_page(405);
    }
}
