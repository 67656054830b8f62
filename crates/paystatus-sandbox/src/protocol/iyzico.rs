//! iyzico. Sources: docs.iyzico.com (`advanced/reporting-service`, `advanced/webhook`, `add-ons/error-codes`,
//! `getting-started/preliminaries/authentication/hmacsha256-auth`); npm `iyzipay` 2.0.69, iyzico/iyzipay-php 168839f,
//! iyzico/iyzipay-java 85a63a2; productdevbook/kasapay 0f0005a. Read 2026-11.
//!
//! A state is the number `paymentStatus`. Beside it stand `phase`, `fraud`, `refund` for the refund status (all three
//! `null` where they are), `refunds` and `cancels` for what was given back that way, `refunded-in` for another
//! currency, `paid` for another charged price, `created` for the time, and `token` for a payment through a form.
//! The reference is the merchant's conversation id; one conversation has an empty report.

use axum::http::Method;
use base64::{Engine, prelude::BASE64_STANDARD};

use super::{Amount, Answer, Asked, Attempt, Callback, Currency, Event, Protocol, ids, sign, web};
use crate::{
    NewPayment, Payment, Provider, Reply,
    json::{self, Object},
    request::Request,
    seeded_id,
};

const API_KEY: &str = "your_api_key";
const SECRET_KEY: &str = "your_secret_key";

/// A conversation whose report is a success without payments.
const EMPTY: &str = "order-sandbox-empty";

impl Provider {
    /// iyzico, a Turkish payment institution.
    pub const IYZICO: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "iyzico",
    states: &[
        "1",
        "1 phase=POST_AUTH",
        "1 refund=null",
        "1 refund=PARTIALLY_REFUNDED refunds=20",
        "1 refund=PARTIALLY_REFUNDED",
        "1 refund=PARTIALLY_REFUNDED refunds=20 refunded-in=EUR",
        "1 refund=TOTALLY_REFUNDED refunds=50",
        "1 refund=REFUNDED",
        "1 refunds=50",
        "1 refund=TOTALLY_REFUNDED cancels=50",
        "1 cancels=50",
        "1 refund=CANCELED",
        "1 refund=ON_HOLD",
        "1 phase=PRE_AUTH",
        "1 phase=PRE_AUTH fraud=-1",
        "1 phase=PRE_AUTH refund=TOTALLY_REFUNDED refunds=50",
        "1 phase=null",
        "1 fraud=null",
        "1 fraud=0",
        "1 fraud=-1",
        "1 paid=0",
        "1 token=e828c62d-fd12-4b1a-ad5a-380f15fe6596",
        "0",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
    ],
    paid: "1",
    open: "2",
    seed: |provider, state| NewPayment::new(provider, id(state), state).with_alias(seeded_id(state)),
    samples,
    amount: Amount::Number,
    default_amount: "50",
    currency: Currency::Default("TRY"),
    settings: &[("api_key", API_KEY), ("secret_key", SECRET_KEY)],
    read,
    answer,
    list,
    not_found,
    error,
    callback: Some(callback),
    ..Protocol::PLAIN
};

/// A number of eight digits.
fn id(seed: &str) -> String {
    format!("2{}", ids::of(seed, 7, |letter| letter.is_ascii_digit()))
}

/// The documented example; and conversations with several payments, the oldest first.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str, state: &str| NewPayment::new(Provider::IYZICO, id, state);
    let mut samples =
        vec![new("25236546", "1 refund=PARTIALLY_REFUNDED refunds=20").with_reference("123321")];
    for (reference, states) in [
        ("order-sandbox-second", &["0", "1"][..]),
        ("order-sandbox-twice", &["1", "0", "1"]),
        ("order-sandbox-retried", &["0", "2"]),
        ("order-sandbox-refused", &["0", "0"]),
        ("order-sandbox-back", &["0", "1 refund=TOTALLY_REFUNDED refunds=50"]),
    ] {
        for (index, state) in states.iter().enumerate() {
            let state = format!("{state} created=2025-08-28T15:2{index}:03Z");
            samples.push(new(&id(&format!("{reference} {index}")), &state).with_reference(reference));
        }
    }
    samples
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    if request.path != "/v2/reporting/payment/details" {
        return Err(web::no_such_path());
    }
    web::check_method(request, &Method::GET)?;
    authenticate(request)?;
    match (request.parameter("paymentId"), request.parameter("paymentConversationId")) {
        (Some(id), None) if !id.is_empty() => Ok(Asked::Payment(id)),
        (None, Some(order)) if !order.is_empty() => Ok(Asked::Attempts(order, usize::MAX)),
        _ => Err(refusal(422, "11", "Invalid request")),
    }
}

/// The signature is over what was sent: the random text of the token, the path without its query, and the body.
fn authenticate(request: &Request<'_>) -> Result<(), Reply> {
    let header = request.header("authorization");
    let token = header.as_deref().and_then(|header| header.strip_prefix("IYZWSv2 "));
    let decoded = token.and_then(|token| BASE64_STANDARD.decode(token.trim()).ok());
    let Some(decoded) = decoded.and_then(|bytes| String::from_utf8(bytes).ok()) else {
        let body = Object::new()
            .number("status", "401")
            .text("errorCode", "5")
            .text("errorMessage", "Authentication failed!")
            .number("systemTime", "1753183509796")
            .text("locale", "tr");
        return Err(Reply::json(401, &body));
    };
    let field = |name: &str| decoded.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix(':'));
    let random = field("randomKey").unwrap_or_default();
    if field("apiKey") != Some(API_KEY) {
        return Err(refusal(401, "1001", "api bilgileri bulunamadı"));
    }
    let message = format!("{random}{}{}", request.path, String::from_utf8_lossy(request.body));
    let is_signed = field("signature") == Some(&*sign::hmac_sha256(SECRET_KEY, &message));
    // The header may be left out; where it is not, it says the same.
    let is_said_twice = request.header("x-iyzi-rnd").is_none_or(|header| header == random);
    if random.is_empty() || !is_signed || !is_said_twice {
        return Err(refusal(200, "1000", "Geçersiz imza"));
    }
    Ok(())
}

fn answer(asked: &Asked, payment: &Payment) -> Answer {
    let entry = entry(payment);
    Answer::ok(match asked {
        Asked::Attempts(..) => entry,
        _ => report(&json::array([&entry])),
    })
}

/// A field that is left out of a state has its usual value, and `null` is null.
fn word<'a>(payment: &'a Payment, key: &str, usual: &'a str) -> Option<&'a str> {
    Some(payment.extra(key).unwrap_or(usual)).filter(|word| *word != "null")
}

fn entry(payment: &Payment) -> Object {
    let created = payment.extra("created").unwrap_or("2025-08-28T15:19:03Z");
    let paid = payment.extra("paid").unwrap_or(payment.amount());
    let currency = payment.extra("refunded-in").unwrap_or(payment.currency());
    // What failed is listed as well, and was not given back.
    let given_back = |price: &str, id: &'static str, conversation: &str| {
        let one = |id: &str, price: &str, status: &str| {
            Object::new()
                .number(id, "1")
                .text(conversation, "r")
                .number("refundPrice", price)
                .number("refundStatus", status)
                .text("createdDate", "2025-08-28T15:20:00Z")
                .text("currencyCode", currency)
        };
        json::array([&one(id, price, "1"), &one(id, "7", "0").text("errorCode", "10051")])
    };
    let none = || "[]".to_owned();
    let refunds = payment
        .extra("refunds")
        .map_or_else(none, |price| given_back(price, "refundTxId", "refundConversationId"));
    let cancels = payment
        .extra("cancels")
        .map_or_else(none, |price| given_back(price, "refundId", "cancelConversationId"));
    let item = Object::new()
        .number("paymentTransactionId", "27225634")
        .number("transactionStatus", "2")
        .number("price", "1")
        .number("paidPrice", paid)
        .raw("refunds", refunds);
    let fraud = word(payment, "fraud", "1").unwrap_or("null");
    Object::new()
        .number("paymentId", payment.id())
        .number("paymentStatus", payment.word())
        .text_or_null("paymentRefundStatus", word(payment, "refund", "NOT_REFUNDED"))
        .number("price", "1")
        .number("paidPrice", paid)
        .number("installment", "1")
        .text_or_null("paymentConversationId", payment.reference())
        .raw("fraudStatus", fraud.to_owned())
        .text("cardType", "CREDIT_CARD")
        .text("cardAssociation", "MASTER_CARD")
        .text("binNumber", "552608")
        .text("lastFourDigits", "0006")
        .text("basketId", "16733998")
        .text("currency", payment.currency())
        .text("authCode", "185027")
        .flag("threeDS", false)
        .text_or_null("phase", word(payment, "phase", "AUTH"))
        .text("hostReference", "mock00007iyzihostrfn")
        .text("createdDate", created)
        .raw("cancels", cancels)
        .raw("itemTransactions", json::array([&item]))
}

fn list(attempts: &[Attempt]) -> String {
    report(&json::array(attempts.iter().map(|attempt| &attempt.reply))).to_string()
}

fn report(payments: &str) -> Object {
    Object::new()
        .text("status", "success")
        .text("locale", "en")
        .number("systemTime", "1756383869332")
        .text("conversationId", "123")
        .raw("payments", payments.to_owned())
}

fn not_found(asked: &Asked) -> Reply {
    match asked {
        Asked::Attempts(order, _) if order == EMPTY => Reply::json(200, &report("[]")),
        _ => refusal(200, "5087", "Üye işyerine ait ödeme kaydı bulunamadı"),
    }
}

fn error(status: u16) -> Option<Reply> {
    match status {
        401 => Some(refusal(401, "1001", "api bilgileri bulunamadı")),
        404 => Some(refusal(404, "5087", "Üye işyerine ait ödeme kaydı bulunamadı")),
        // This one is a number.
        429 => {
            let body = Object::new()
                .text("status", "failure")
                .number("errorCode", "50000")
                .text("errorMessage", "Request Limit Exceeded");
            Some(Reply::json(429, &body))
        }
        400..=499 => Some(refusal(status, "11", "Invalid request")),
        500 => Some(refusal(500, "1", "Sistem hatası")),
        _ => None,
    }
}

fn refusal(status: u16, code: &str, message: &str) -> Reply {
    let body = Object::new()
        .text("status", "failure")
        .text("errorCode", code)
        .text("errorMessage", message)
        .text("locale", "tr")
        .number("systemTime", "1781209773486");
    Reply::json(status, &body)
}

/// The amount, the reference code and the time are not signed.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let payment = event.payment;
    let status = match payment.word() {
        "0" => "FAILURE",
        "1" => "SUCCESS",
        "2" => "INIT_THREEDS",
        "3" => "CALLBACK_THREEDS",
        "4" => "BKM_POS_SELECTED",
        "6" => "INIT_APM",
        "8" => "INIT_BANK_TRANSFER",
        "9" => "INIT_CONTACTLESS",
        _ => return None,
    };
    let (id, order) = (payment.id(), payment.reference().unwrap_or_default());
    let millis = event.at.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_millis().to_string();
    let body = Object::new().text("paymentConversationId", order).number("merchantId", "3407562");
    let (body, signed) = match payment.extra("token") {
        Some(token) => (
            body.text("token", token)
                .text("status", status)
                .text("iyziReferenceCode", &format!("sandbox-event-{}", event.number))
                .text("iyziEventType", "CHECKOUT_FORM_AUTH")
                .number("iyziEventTime", &millis)
                .number("iyziPaymentId", id),
            format!("{SECRET_KEY}CHECKOUT_FORM_AUTH{id}{token}{order}{status}"),
        ),
        None => (
            body.number("paymentId", id)
                .text("status", status)
                .text("iyziReferenceCode", &format!("sandbox-event-{}", event.number))
                .text("iyziEventType", "API_AUTH")
                .number("iyziEventTime", &millis),
            format!("{SECRET_KEY}API_AUTH{id}{order}{status}"),
        ),
    };
    let signature = sign::hmac_sha256(SECRET_KEY, &signed);
    Some(Callback::json(body.to_string()).with_header("x-iyz-signature-v3", signature))
}

#[cfg(test)]
mod tests {
    use super::{
        super::lab::{Got, JSON, Lab},
        *,
    };

    const PATH: &str = "/v2/reporting/payment/details";

    fn token(key: &str, secret: &str, message: &str) -> String {
        let signature = sign::hmac_sha256(secret, &format!("rnd123{message}"));
        let token = format!("apiKey:{key}&randomKey:rnd123&signature:{signature}");
        format!("IYZWSv2 {}", BASE64_STANDARD.encode(token))
    }

    fn ask(lab: &Lab, query: &str) -> Got {
        lab.get(&format!("{PATH}?{query}"), &[("authorization", &token(API_KEY, SECRET_KEY, PATH))])
    }

    #[test]
    fn the_documented_sample() {
        ask(&Lab::of(Provider::IYZICO), "paymentId=25236546").is(
            200,
            JSON,
            r#"{"status":"success","locale":"en","systemTime":1756383869332,"conversationId":"123","payments":[{"paymentId":25236546,"paymentStatus":1,"paymentRefundStatus":"PARTIALLY_REFUNDED","price":1,"paidPrice":50,"installment":1,"paymentConversationId":"123321","fraudStatus":1,"cardType":"CREDIT_CARD","cardAssociation":"MASTER_CARD","binNumber":"552608","lastFourDigits":"0006","basketId":"16733998","currency":"TRY","authCode":"185027","threeDS":false,"phase":"AUTH","hostReference":"mock00007iyzihostrfn","createdDate":"2025-08-28T15:19:03Z","cancels":[],"itemTransactions":[{"paymentTransactionId":27225634,"transactionStatus":2,"price":1,"paidPrice":50,"refunds":[{"refundTxId":1,"refundConversationId":"r","refundPrice":20,"refundStatus":1,"createdDate":"2025-08-28T15:20:00Z","currencyCode":"TRY"},{"refundTxId":1,"refundConversationId":"r","refundPrice":7,"refundStatus":0,"createdDate":"2025-08-28T15:20:00Z","currencyCode":"TRY","errorCode":"10051"}]}]}]}"#,
        );
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::IYZICO);
        for (state, fields) in [
            ("1", r#""paymentStatus":1,"paymentRefundStatus":"NOT_REFUNDED""#),
            ("1 phase=PRE_AUTH", r#""phase":"PRE_AUTH""#),
            ("1 phase=null", r#""phase":null"#),
            ("1 refund=null", r#""paymentRefundStatus":null"#),
            ("1 fraud=-1", r#""fraudStatus":-1"#),
            ("1 fraud=null", r#""fraudStatus":null"#),
            ("1 paid=0", r#""paidPrice":0"#),
            ("1 cancels=50", r#""cancels":[{"refundId":1,"cancelConversationId":"r","refundPrice":50"#),
            ("1 refund=PARTIALLY_REFUNDED refunds=20 refunded-in=EUR", r#""currencyCode":"EUR""#),
            ("8", r#""paymentStatus":8"#),
        ] {
            let got = ask(&lab, &format!("paymentId={}", seeded_id(state)));
            assert!(got.status == 200 && got.body.contains(fields), "{state}: {}", got.body);
        }
    }

    #[test]
    fn a_conversation_has_several_payments_or_none() {
        let lab = Lab::of(Provider::IYZICO);
        let got = ask(&lab, "paymentConversationId=order-sandbox-twice");
        assert_eq!(got.body.matches(r#""paymentConversationId":"order-sandbox-twice""#).count(), 3);
        assert!(got.body.contains(r#""createdDate":"2025-08-28T15:22:03Z""#), "{}", got.body);
        let none = r#"{"status":"success","locale":"en","systemTime":1756383869332,"conversationId":"123","payments":[]}"#;
        ask(&lab, &format!("paymentConversationId={EMPTY}")).is(200, JSON, none);
        let got = ask(&lab, "paymentConversationId=nobody");
        assert!(got.status == 200 && got.body.contains(r#""errorCode":"5087""#), "{}", got.body);
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::IYZICO);
        for query in ["", "paymentId=", "paymentId=25236546&paymentConversationId=123321", "id=25236546"] {
            let got = ask(&lab, query);
            assert!(got.status == 422 && got.body.contains(r#""errorCode":"11""#), "{query}: {}", got.body);
        }
        for (authorization, status, code) in [
            (token("wrong", SECRET_KEY, PATH), 401, r#""errorCode":"1001""#),
            (token(API_KEY, "wrong", PATH), 200, r#""errorCode":"1000""#),
            (token(API_KEY, SECRET_KEY, &format!("{PATH}?paymentId=25236546")), 200, r#""errorCode":"1000""#),
            (token(API_KEY, SECRET_KEY, &format!("{PATH}{{}}")), 200, r#""errorCode":"1000""#),
            ("Basic eDp5".to_owned(), 401, r#"{"status":401,"errorCode":"5""#),
        ] {
            let got = lab.get(&format!("{PATH}?paymentId=25236546"), &[("authorization", &authorization)]);
            assert!(got.status == status && got.body.contains(code), "{authorization}: {}", got.body);
        }
        lab.send("DELETE", PATH, &[], "").is_page(405);
        lab.get("/payment/detail", &[]).is_page(404);
    }

    #[test]
    fn the_signature_is_over_what_was_sent() {
        let lab = Lab::of(Provider::IYZICO);
        let authorization = token(API_KEY, SECRET_KEY, &format!("{PATH}{{}}"));
        let headers = [("authorization", &*authorization), ("x-iyzi-rnd", "rnd123")];
        assert_eq!(lab.send("GET", &format!("{PATH}?paymentId=25236546"), &headers, "{}").status, 200);
        let other = [headers[0], ("x-iyzi-rnd", "rnd124")];
        let got = lab.send("GET", &format!("{PATH}?paymentId=25236546"), &other, "{}");
        assert!(got.body.contains(r#""errorCode":"1000""#), "{}", got.body);
    }

    #[test]
    fn signatures_are_those_of_the_vectors() {
        for (message, signature) in [
            (format!("1763728000123{PATH}"), "e6737573990313b09e3926f020942514e5a1825b66af9c8e258aab977f65cc52"),
            (
                r#"1763728000123/payment/detail{"locale":"en","paymentId":"25236546"}"#.to_owned(),
                "ec37806104b64c872746df050b2505374acf062b934ab61e598ef407f974b4a3",
            ),
            (
                "canary-secret-keyAPI_AUTH25236546order-1SUCCESS".to_owned(),
                "9e5e8ab6eea0bbe0e2380bab68321f2d519cc0b3f60fdd64d41de85ed4cf0d30",
            ),
            (
                "canary-secret-keyCHECKOUT_FORM_AUTH25236546e828c62d-fd12-4b1a-ad5a-380f15fe6596order-1SUCCESS"
                    .to_owned(),
                "42a038719fda46680850baa15c8642b37f155adf79a185dcb4f535a36eb2dec0",
            ),
        ] {
            assert_eq!(sign::hmac_sha256("canary-secret-key", &message), signature, "{message}");
        }
    }

    #[test]
    fn callbacks_are_signed_in_one_of_two_forms() {
        let lab = Lab::of(Provider::IYZICO);
        let new =
            |state: &str| NewPayment::new(Provider::IYZICO, "25236546", state).with_reference("order-1");
        let direct = lab.callback(new("1")).unwrap();
        let signature = sign::hmac_sha256(SECRET_KEY, &format!("{SECRET_KEY}API_AUTH25236546order-1SUCCESS"));
        assert_eq!(direct.header("x-iyz-signature-v3"), signature);
        assert!(direct.body.contains(r#""paymentId":25236546,"status":"SUCCESS""#), "{}", direct.body);
        let hosted = lab.callback(new("0 token=t-1")).unwrap();
        let signed = format!("{SECRET_KEY}CHECKOUT_FORM_AUTH25236546t-1order-1FAILURE");
        assert_eq!(hosted.header("x-iyz-signature-v3"), sign::hmac_sha256(SECRET_KEY, &signed));
        assert!(hosted.body.contains(r#""iyziPaymentId":25236546"#), "{}", hosted.body);
        assert!(lab.callback(new("7")).is_none());
    }
}
