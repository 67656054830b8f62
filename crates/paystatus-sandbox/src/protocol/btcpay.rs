//! BTCPay Server, Greenfield API. Sources: `btcpayserver/btcpayserver` 2.4.1, commit 03345c28
//! (`swagger.template.invoices.json`, `swagger.template.webhooks.json`, `InvoiceWatcher.cs`, `WebhookSender.cs`).
//! Read 2026-11.
//!
//! A state is both words, `Expired/PaidLate`, of which the second may be left out; `paid=` says what was paid
//! where it is not plain, and `paid=untold` is a server before 2.1.2.

use std::time::UNIX_EPOCH;

use axum::http::Method;

use super::{Answer, Asked, Callback, Currency, Event, Protocol, ids, sign, web};
use crate::{NewPayment, Payment, Provider, Reply, json::Object, request::Request, seeded_id};

const STORE: &str = "9CiNzKoANXxmk5ayZngSXrHTiVvvgCrwrpFQd4m2K776";
const API_KEY: &str = "your_greenfield_api_key";
const CALLBACK_SECRET: &str = "whsec_test_123";

impl Provider {
    /// BTCPay Server, a self-hosted Bitcoin and Lightning checkout.
    pub const BTCPAY: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "btcpay",
    states: &[
        "New/None",
        "New/PaidPartial paid=40.00",
        "New/PaidPartial paid=0.00",
        "Processing/None",
        "Processing/PaidOver paid=101.00",
        "Settled/None",
        "Settled/None paid=99.00",
        "Settled/None paid=untold",
        "Settled/None paid=0.00",
        "Settled/PaidOver paid=101.00",
        "Settled/Marked",
        "Settled/Marked paid=99.00",
        "Settled/Marked paid=0.00",
        "Expired/None",
        "Expired/PaidPartial paid=40.00",
        "Expired/PaidPartial paid=0.00",
        "Expired/PaidLate",
        "Expired/PaidLate paid=0.00",
        "Expired/PaidOver paid=101.00",
        "Expired/PaidOver paid=0.00",
        "Invalid/None",
        "Invalid/PaidPartial paid=40.00",
        "Invalid/PaidLate",
        "Invalid/PaidOver paid=101.00",
        "Invalid/Invalid",
        "Invalid/Marked",
        "Settled/PaidPartial",
    ],
    paid: "Settled/None",
    open: "New/None",
    seed: |provider, state| NewPayment::new(provider, id(state), state).with_alias(seeded_id(state)),
    samples,
    currency: Currency::Default("EUR"),
    settings: &[("store_id", STORE), ("api_key", API_KEY), ("callback_secret", CALLBACK_SECRET)],
    read,
    answer,
    not_found,
    error,
    callback: Some(callback),
    ..Protocol::PLAIN
};

/// Base58 of sixteen bytes.
fn id(seed: &str) -> String {
    ids::of(seed, 22, |letter| letter.is_ascii_alphanumeric() && !"0OIl".contains(letter))
}

/// The documented example, an order with two invoices, one that was paid twice, and another currency.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str, state: &str| NewPayment::new(Provider::BTCPAY, id, state);
    vec![
        new("UKdYkTDWbsaJKfGPsXmUYy", "Settled/None").with_amount("10.50").with_reference("order-1234"),
        new("sandbox-attempt-1", "Expired/None").with_reference("sandbox-order"),
        new("sandbox-attempt-2", "Settled/None").with_reference("sandbox-order"),
        new("sandbox-twice-1", "Settled/None").with_reference("sandbox-paid-twice"),
        new("sandbox-twice-2", "Settled/None").with_reference("sandbox-paid-twice"),
        new("sandbox-settled-btc", "Settled/None").with_amount("0.00150000").with_currency("BTC"),
    ]
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let (store, asked) = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["api", "v1", "stores", store, "invoices"] if !store.is_empty() => (store, None),
        ["api", "v1", "stores", store, "invoices", id] if !store.is_empty() && !id.is_empty() => {
            (store, Some(Asked::Payment(id.to_owned())))
        }
        _ => return Err(web::no_such_path()),
    };
    web::check_method(request, &Method::GET)?;
    // The word is `token`, and not `Bearer`.
    if request.authorization("token").as_deref() != Some(API_KEY) {
        return Err(unauthenticated());
    }
    if store != STORE {
        return Err(missing_permission());
    }
    let of_order = || Asked::Attempts(request.parameter("orderId").unwrap_or_default(), usize::MAX);
    Ok(asked.unwrap_or_else(of_order))
}

/// The two words and what was paid.
fn parts(payment: &Payment) -> (&str, &str, Option<&str>) {
    let (status, additional) = payment.word().split_once('/').unwrap_or((payment.word(), "None"));
    let plain = match (status, additional) {
        ("New" | "Expired" | "Invalid", "None") => "0.00",
        _ => payment.amount(),
    };
    (status, additional, Some(payment.extra("paid").unwrap_or(plain)).filter(|paid| *paid != "untold"))
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let (status, additional, paid) = parts(payment);
    let mut body =
        Object::new().text("id", payment.id()).text("storeId", STORE).text("amount", payment.amount());
    if let Some(paid) = paid {
        body = body.text("paidAmount", paid);
    }
    let metadata = Object::new()
        .text("orderId", payment.reference().unwrap_or_default())
        .text("buyerName", "John Doe")
        .text("buyerEmail", "payer@example.com");
    let checkout = Object::new()
        .text("speedPolicy", "MediumSpeed")
        .raw("paymentMethods", r#"["BTC-CHAIN","BTC-LN"]"#.to_owned())
        .number("expirationMinutes", "15")
        .number("monitoringMinutes", "1440")
        .number("paymentTolerance", "0.0")
        .text_or_null("redirectURL", None)
        .flag("redirectAutomatically", false)
        .text_or_null("defaultLanguage", None);
    let by_hand = match status {
        "New" | "Processing" | "Expired" | "Invalid" => r#"["Settled","Invalid"]"#,
        _ => "[]",
    };
    Answer::ok(
        body.text("checkoutLink", &format!("https://btcpay.example.com/i/{}", payment.id()))
            .text("status", status)
            .text("additionalStatus", additional)
            .number("monitoringExpiration", "1767312900")
            .number("expirationTime", "1767226500")
            .number("createdTime", "1767225600")
            .raw("availableStatusesForManualMarking", by_hand.to_owned())
            .flag("archived", false)
            .text("type", "Standard")
            .text("currency", payment.currency())
            .object("metadata", &metadata)
            .object("checkout", &checkout)
            .object("receipt", &Object::new().flag("enabled", true).flag("showQR", true)),
    )
}

/// An order without an invoice is an empty list.
fn not_found(asked: &Asked) -> Reply {
    match asked {
        Asked::Attempts(..) => Reply::of_content(200, "application/json", "[]"),
        _ => invoice_not_found(),
    }
}

fn error(status: u16) -> Option<Reply> {
    match status {
        401 => Some(unauthenticated()),
        403 => Some(missing_permission()),
        404 => Some(invoice_not_found()),
        422 => {
            let field = Object::new().text("path", "orderId").text("message", "The field is invalid.");
            Some(Reply::of_content(422, "application/json", format!("[{field}]")))
        }
        _ => None,
    }
}

fn invoice_not_found() -> Reply {
    refusal(404, "invoice-not-found", "The invoice was not found")
}

fn unauthenticated() -> Reply {
    refusal(401, "unauthenticated", "Authentication is required for accessing this endpoint")
}

fn missing_permission() -> Reply {
    let permission = "btcpay.store.canviewinvoices";
    let message =
        format!("Insufficient API Permissions. Please use an API key with permission: {permission}");
    let body = Object::new()
        .text("missingPermission", permission)
        .text("code", "missing-permission")
        .text("message", &message);
    Reply::json(403, &body)
}

fn refusal(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, &Object::new().text("code", code).text("message", message))
}

fn callback(event: &Event<'_>) -> Option<Callback> {
    let (status, additional, _) = parts(event.payment);
    let kind = match (status, additional) {
        ("New", "None") => "InvoiceCreated",
        ("New", _) | ("Expired", "PaidLate") => "InvoiceReceivedPayment",
        ("Processing", _) => "InvoiceProcessing",
        ("Settled", _) => "InvoiceSettled",
        ("Expired", _) => "InvoiceExpired",
        ("Invalid", _) => "InvoiceInvalid",
        _ => return None,
    };
    let delivery =
        ids::of(&format!("delivery {}", event.number), 22, |letter| letter.is_ascii_alphanumeric());
    let seconds = event.at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let body = Object::new()
        .text("deliveryId", &delivery)
        .text("webhookId", "sandboxwebhook")
        .text("originalDeliveryId", &delivery)
        .flag("isRedelivery", false)
        .text("type", kind)
        .number("timestamp", &seconds.to_string())
        .text("storeId", STORE)
        .text("invoiceId", event.payment.id())
        .object("metadata", &event.reply.inner("metadata").unwrap_or_default())
        .to_string();
    let signature = format!("sha256={}", sign::hmac_sha256(CALLBACK_SECRET, &body));
    Some(Callback::json(body).with_header("btcpay-sig", signature))
}

#[cfg(test)]
mod tests {
    use super::{
        super::lab::{Got, JSON, Lab},
        *,
    };

    const TOKEN: (&str, &str) = ("Authorization", "token your_greenfield_api_key");

    #[track_caller]
    fn ask(lab: &Lab, id: &str) -> Got {
        lab.get(&format!("/api/v1/stores/{STORE}/invoices/{id}"), &[TOKEN])
    }

    fn object(got: &Got) -> Object {
        Object::parse(got.body.as_bytes()).unwrap()
    }

    #[test]
    fn the_documented_sample() {
        let got = ask(&Lab::of(Provider::BTCPAY), "UKdYkTDWbsaJKfGPsXmUYy");
        assert_eq!((got.status, got.header("content-type")), (200, JSON));
        assert!(
            got.body.starts_with(
                r#"{"id":"UKdYkTDWbsaJKfGPsXmUYy","storeId":"9CiNzKoANXxmk5ayZngSXrHTiVvvgCrwrpFQd4m2K776","amount":"10.50","paidAmount":"10.50","#
            ),
            "{}",
            got.body
        );
        let object = object(&got);
        assert_eq!(object.inner("metadata").unwrap().get_text("orderId").as_deref(), Some("order-1234"));
        assert_eq!(object.get("createdTime"), Some("1767225600"));
    }

    #[test]
    fn every_state_tells_its_two_words_and_what_was_paid() {
        let lab = Lab::of(Provider::BTCPAY);
        for (state, status, additional, paid) in [
            ("New/None", "New", "None", Some("0.00")),
            ("New/PaidPartial paid=40.00", "New", "PaidPartial", Some("40.00")),
            ("Settled/None", "Settled", "None", Some("100.00")),
            ("Settled/None paid=untold", "Settled", "None", None),
            ("Expired/PaidLate", "Expired", "PaidLate", Some("100.00")),
            ("Expired/None", "Expired", "None", Some("0.00")),
            ("Invalid/Marked", "Invalid", "Marked", Some("100.00")),
        ] {
            let got = object(&ask(&lab, &seeded_id(state)));
            let told = (got.get_text("status"), got.get_text("additionalStatus"), got.get_text("paidAmount"));
            assert_eq!(
                told,
                (Some(status.into()), Some(additional.into()), paid.map(str::to_owned)),
                "{state}"
            );
        }
        lab.set_state("UKdYkTDWbsaJKfGPsXmUYy", "in review");
        let got = object(&ask(&lab, "UKdYkTDWbsaJKfGPsXmUYy"));
        assert_eq!(
            (got.get_text("status").as_deref(), got.get_text("additionalStatus").as_deref()),
            (Some("in review"), Some("None"))
        );
    }

    #[test]
    fn an_orders_invoices_are_a_list_newest_first() {
        let lab = Lab::of(Provider::BTCPAY);
        let list = |order: &str| {
            lab.get(
                &format!("/api/v1/stores/{STORE}/invoices?orderId={order}&includeArchived=true"),
                &[TOKEN],
            )
        };
        let got = list("sandbox-order");
        let (first, second) =
            (got.body.find("sandbox-attempt-2").unwrap(), got.body.find("sandbox-attempt-1").unwrap());
        assert!(got.body.starts_with('[') && first < second, "{}", got.body);
        list("nobody").is(200, JSON, "[]");
        lab.get(&format!("/api/v1/stores/{STORE}/invoices"), &[TOKEN]).is(200, JSON, "[]");
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::BTCPAY);
        let path = format!("/api/v1/stores/{STORE}/invoices/UKdYkTDWbsaJKfGPsXmUYy");
        ask(&lab, "nobody").is(
            404,
            JSON,
            r#"{"code":"invoice-not-found","message":"The invoice was not found"}"#,
        );
        let refused = r#"{"code":"unauthenticated","message":"Authentication is required for accessing this endpoint"}"#;
        for credentials in ["Bearer your_greenfield_api_key", "token wrong", "token", ""] {
            lab.get(&path, &[("authorization", credentials)]).is(401, JSON, refused);
        }
        let other = lab.get("/api/v1/stores/another/invoices/UKdYkTDWbsaJKfGPsXmUYy", &[TOKEN]);
        assert!(
            other.status == 403 && other.body.contains(r#""code":"missing-permission""#),
            "{}",
            other.body
        );
        lab.send("DELETE", &path, &[TOKEN], "").is_page(405);
        lab.get("/api/v1/invoices/UKdYkTDWbsaJKfGPsXmUYy", &[TOKEN]).is_page(404);
    }

    #[test]
    fn signatures_are_the_documented_ones() {
        let body = r#"{"deliveryId":"D1","originalDeliveryId":"D1","isRedelivery":false,"type":"InvoiceSettled","timestamp":1767225600,"storeId":"S1","invoiceId":"UKdYkTDWbsaJKfGPsXmUYy"}"#;
        assert_eq!(
            sign::hmac_sha256(CALLBACK_SECRET, body),
            "57dc4c8911518b5c16fdfb2f12728a3549f660b5b19dd4f76f0a9d921e85ebd1"
        );
    }

    #[test]
    fn callbacks_name_the_invoice_and_are_signed() {
        let lab = Lab::of(Provider::BTCPAY);
        for (state, kind) in [
            ("New/None", "InvoiceCreated"),
            ("Processing/None", "InvoiceProcessing"),
            ("Settled/None", "InvoiceSettled"),
            ("Expired/PaidLate", "InvoiceReceivedPayment"),
            ("Expired/None", "InvoiceExpired"),
            ("Invalid/None", "InvoiceInvalid"),
        ] {
            let callback = lab.callback(NewPayment::new(Provider::BTCPAY, "i-1", state)).unwrap();
            let event = Object::parse(callback.body.as_bytes()).unwrap();
            assert_eq!(event.get_text("type").as_deref(), Some(kind));
            assert_eq!(event.get_text("invoiceId").as_deref(), Some("i-1"));
            let signature = format!("sha256={}", sign::hmac_sha256(CALLBACK_SECRET, &callback.body));
            assert_eq!(callback.header("btcpay-sig"), signature);
        }
        assert!(lab.callback(NewPayment::new(Provider::BTCPAY, "i-1", "in review")).is_none());
    }
}
