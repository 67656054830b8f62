//! Akurateco Checkout. Source: Checkout documentation 6.6.2, Check Status, Get Transaction Status by `order_id` and
//! Callback pages (docs.akurateco.com and the pages of its brands). Read 2026-11.

use std::ops::RangeInclusive;

use axum::http::Method;
use md5::Md5;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

use super::{Amount, Answer, Asked, Callback, Currency, Event, Protocol, sign::hex, web};
use crate::{
    Digest, Payment, Reply,
    credentials::{AKURATECO_MERCHANT_KEY, AKURATECO_PASSWORD},
    json::{Object, unquote},
    request::Request,
};

const PATH: &str = "/api/v1/payment/status";
const BLANK: &str = "This value should not be blank.";

/// How many attempts of an order one request can ask for.
const SIZES: RangeInclusive<usize> = 1..=100;

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
    error,
    callback: Some(callback),
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
        (None, Some(order)) => (order.clone(), by_order(order, body.get("size"))?),
        (None, None) => return Err(refusal(&format!("payment_id: {BLANK}"))),
    };
    let Some(hash) = field("hash") else {
        return Err(refusal(&format!("hash: {BLANK}")));
    };
    let valid = Digest::ALL.map(|digest| status_hash(&id, AKURATECO_PASSWORD, digest));
    if valid.contains(&hash) { Ok(asked) } else { Err(invalid_hash()) }
}

/// With `size` the answer is a list of attempts, without it the most recent one.
fn by_order(order: String, size: Option<&str>) -> Result<Asked, Reply> {
    let Some(size) = size else { return Ok(Asked::Order(order)) };
    match serde_json::from_str(size) {
        Ok(size) if SIZES.contains(&size) => Ok(Asked::Attempts(order, size)),
        _ => Err(refusal("size: This value should be a whole number from 1 to 100.")),
    }
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

/// One form, documented with one HTTP status.
fn error(status: u16) -> Option<Reply> {
    (status == 400).then(invalid_hash)
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

/// The fields that are signed and those that are not, which are more interesting to a merchant who believes them.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let state = event.payment.state();
    let (kind, status) = match state {
        "prepare" => ("sale", "waiting"),
        // A step on the way succeeds by itself: `success` alone says nothing about the money.
        "3ds" | "redirect" => (state, "success"),
        // A hold is reported as a sale, too.
        "pending" | "settled" => ("sale", "success"),
        "decline" => ("sale", "fail"),
        "refund" | "void" | "reversal" | "chargeback" => (state, "success"),
        _ => ("sale", "undefined"),
    };
    let order = event.reply.inner("order").unwrap_or_default();
    // A number counts as it is written, and what is not there is empty.
    let field = |name| {
        let json = order.get(name).filter(|&json| json != "null").unwrap_or_default();
        unquote(json).unwrap_or_else(|| json.to_owned())
    };
    let signed = [
        ("id", event.payment.id().to_owned()),
        ("order_number", field("number")),
        ("order_amount", field("amount")),
        ("order_currency", field("currency")),
        ("order_description", field("description")),
    ];
    let hash = callback_hash(signed.each_ref().map(|(_, value)| &**value), AKURATECO_PASSWORD, event.digest);
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(signed)
        .extend_pairs([("order_status", state), ("type", kind), ("status", status), ("hash", &hash)])
        .finish();
    let content_type = "application/x-www-form-urlencoded; charset=utf-8".to_owned();
    Some(Callback { headers: vec![("content-type", content_type)], body })
}

/// The hash of a status request: the identifier and the password in upper case, whatever the alphabet.
fn status_hash(id: &str, password: &str, digest: Digest) -> String {
    hash(&format!("{id}{password}").to_uppercase(), digest)
}

/// The hash of a callback: the signed fields in their order and the password, and only ASCII in upper case.
fn callback_hash(signed: [&str; 5], password: &str, digest: Digest) -> String {
    hash(&(signed.concat() + password).to_ascii_uppercase(), digest)
}

/// SHA-1 over the lower-case hexadecimal of the inner digest.
fn hash(text: &str, digest: Digest) -> String {
    let inner = match digest {
        Digest::Md5 => hex(&Md5::digest(text)),
        Digest::Sha256 => hex(&Sha256::digest(text)),
    };
    hex(&Sha1::digest(inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_hashes_are_the_documented_ones() {
        let md5 = |id| status_hash(id, "test-password", Digest::Md5);
        assert_eq!(md5("pay-1"), "9979ef69cd2d66a3607a6031abee0d2471708023");
        assert_eq!(md5("DEP-123"), "fd217fefd8b53e884a56a63d3da73833f1845067");
        assert_eq!(
            status_hash("63c781cc-de3d-11eb-a1f1-0242ac130006", "secret-pass", Digest::Sha256),
            "73941ef5af4291f1c608535ee4efccd3f731011a"
        );
    }

    #[test]
    fn the_callback_hash_is_the_documented_one() {
        let signed = ["pay-1", "DEP-123", "100.00", "USD", "Test deposit"];
        let hash = callback_hash(signed, "test-password", Digest::Md5);
        assert_eq!(hash, "65bc088322dd30aa959df1b049d96a8a3592d2dc");
    }
}
