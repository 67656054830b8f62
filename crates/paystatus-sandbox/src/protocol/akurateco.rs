//! Akurateco Checkout. Source: Checkout documentation 6.6.2, Check Status page (docs.akurateco.com and the
//! pages of its brands). Read 2026-11.

use std::fmt::Write;

use axum::http::Method;
use md5::Md5;
use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::{Amount, Answer, Asked, Currency, Protocol, web};
use crate::{
    Payment, Reply,
    credentials::{AKURATECO_MERCHANT_KEY, AKURATECO_PASSWORD},
    json::Object,
    request::Request,
};

const PATH: &str = "/api/v1/payment/status";
const BLANK: &str = "This value should not be blank.";

pub(super) static PROTOCOL: Protocol = Protocol {
    states: &[
        "prepare",
        "3ds",
        "redirect",
        "pending",
        "settled",
        "decline",
        "refund",
        "void",
        "reversal",
        "chargeback",
    ],
    amount: Amount::Text,
    default_amount: "100.00",
    currency: Currency::Default("USD"),
    has_reference: true,
    content_type: "application/json",
    read,
    answer,
    not_found,
};

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    if request.path != PATH {
        return Err(web::no_such_path());
    }
    web::check_method(request, &Method::POST)?;
    if request.content_type().as_deref() != Some("application/json") {
        return Err(refusal("Content-Type: must be application/json."));
    }
    let Ok(body) = Object::parse(request.body) else {
        return Err(refusal("The request body is not valid JSON."));
    };
    let field = |name| body.get_text(name).filter(|text| !text.is_empty());
    let Some(merchant_key) = field("merchant_key") else {
        return Err(refusal(&format!("merchant_key: {BLANK}")));
    };
    if merchant_key != AKURATECO_MERCHANT_KEY {
        return Err(refusal("merchant_key: Merchant key is not valid."));
    }
    let (id, asked) = match (field("payment_id"), field("order_id")) {
        (Some(id), _) => (id.clone(), Asked::Payment(id)),
        (None, Some(order)) => (order.clone(), Asked::Order(order)),
        (None, None) => return Err(refusal(&format!("payment_id: {BLANK}"))),
    };
    let Some(hash) = field("hash") else {
        return Err(refusal(&format!("hash: {BLANK}")));
    };
    let valid = [Inner::Md5, Inner::Sha256].map(|inner| status_hash(&id, AKURATECO_PASSWORD, inner));
    if valid.contains(&hash) { Ok(asked) } else { Err(invalid_hash()) }
}

fn answer(payment: &Payment) -> Answer {
    let order = Object::new()
        .text("number", payment.reference().unwrap_or_default())
        .text("amount", payment.amount())
        .text("currency", payment.currency())
        .text("description", "Sandbox payment");
    let customer = Object::new().text("name", "John Doe").text("email", "payer@example.com");
    let mut body = Object::new()
        .text("payment_id", payment.id())
        .text("date", "2026-01-15 10:00:00")
        .text("status", payment.state());
    if payment.state() == "decline" {
        body = body.text("reason", "Declined by processing");
    }
    Answer::ok(body.object("order", &order).object("customer", &customer))
}

/// An unknown payment and a wrong hash are one answer.
fn not_found(_: &Asked) -> Reply {
    invalid_hash()
}

fn invalid_hash() -> Reply {
    refusal("hash: Hash is not valid.")
}

fn refusal(message: &str) -> Reply {
    let error = Object::new().number("error_code", "100000").text("error_message", message);
    let body = Object::new()
        .number("error_code", "0")
        .text("error_message", "Request data is invalid.")
        .raw("errors", format!("[{error}]"));
    Reply::json(400, &body)
}

enum Inner {
    Md5,
    Sha256,
}

/// SHA-1 over the lower-case hexadecimal of the inner digest over the upper-cased id and password.
fn status_hash(id: &str, password: &str, inner: Inner) -> String {
    let text = format!("{id}{password}").to_uppercase();
    let inner = match inner {
        Inner::Md5 => hex(&Md5::digest(text)),
        Inner::Sha256 => hex(&Sha256::digest(text)),
    };
    hex(&Sha1::digest(inner))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_hashes_are_the_documented_ones() {
        let md5 = |id| status_hash(id, "test-password", Inner::Md5);
        assert_eq!(md5("pay-1"), "9979ef69cd2d66a3607a6031abee0d2471708023");
        assert_eq!(md5("DEP-123"), "fd217fefd8b53e884a56a63d3da73833f1845067");
        assert_eq!(
            status_hash("63c781cc-de3d-11eb-a1f1-0242ac130006", "secret-pass", Inner::Sha256),
            "73941ef5af4291f1c608535ee4efccd3f731011a"
        );
    }
}
