//! Craftgate. Sources: developer.craftgate.io (`api`, `api/payment/retrieve-payment`, `api/payment-reports`,
//! `webhook/transaction-webhook`, `error-groups`); npm `@craftgate/craftgate` 1.0.65,
//! craftgate/craftgate-java-client dcd4b8d. Read 2026-11.
//!
//! A state is a payment's status. Beside it stand `phase`, `refund` for the refund status and `refunds` for what was
//! given back (all three `null` where they are), `refundable` for what is left, and `paid` for another charged price.
//! The reference is the conversation id, and the external id too; one conversation has more than its list shows.

use axum::http::Method;
use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};

use super::{Amount, Answer, Asked, Attempt, Callback, Currency, Event, Protocol, ids, web};
use crate::{
    NewPayment, Payment, Provider, Reply,
    json::{self, Object},
    request::Request,
    seeded_id,
};

const API_KEY: &str = "your_api_key";
const SECRET_KEY: &str = "your_secret_key";
const HOOK_KEY: &str = "your_hook_key";

/// The conversation whose list leaves payments out.
const IN_PART: &str = "order-sandbox-in-part";

impl Provider {
    /// Craftgate, a Turkish payment orchestration.
    pub const CRAFTGATE: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "craftgate",
    states: &[
        "SUCCESS",
        "SUCCESS phase=POST_AUTH",
        "SUCCESS refund=null refunds=null",
        "SUCCESS refund=NOT_REFUNDED",
        "SUCCESS refund=PARTIAL_REFUNDED refunds=30",
        "SUCCESS refund=PARTIAL_REFUNDED refunds=null refundable=80",
        "SUCCESS refund=PARTIAL_REFUNDED",
        "SUCCESS refund=FULLY_REFUNDED refunds=110",
        "SUCCESS refund=FULLY_REFUNDED refunds=null",
        "SUCCESS refunds=110",
        "SUCCESS refund=ON_HOLD",
        "SUCCESS phase=PRE_AUTH",
        "SUCCESS phase=PRE_AUTH refund=FULLY_REFUNDED refunds=110",
        "SUCCESS phase=PRE_AUTH refund=ON_HOLD",
        "SUCCESS phase=null",
        "SUCCESS paid=0",
        "FAILURE",
        "INIT_THREEDS",
        "CALLBACK_THREEDS",
        "WAITING",
    ],
    paid: "SUCCESS",
    open: "INIT_THREEDS",
    seed: |provider, state| NewPayment::new(provider, id(state), state).with_alias(seeded_id(state)),
    samples,
    amount: Amount::Number,
    default_amount: "110.00000000",
    currency: Currency::Default("TRY"),
    settings: &[("api_key", API_KEY), ("secret_key", SECRET_KEY), ("callback_secret", HOOK_KEY)],
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
    format!("1{}", ids::of(seed, 7, |letter| letter.is_ascii_digit()))
}

/// The documented example; and conversations with several payments, the oldest first, which has the lowest number.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str, state: &str| NewPayment::new(Provider::CRAFTGATE, id, state);
    let mut samples = vec![
        new("5", "SUCCESS refund=PARTIAL_REFUNDED refunds=30").with_reference("456d1297"),
        new("6", "FAILURE").with_reference("456d1298"),
    ];
    let conversations = [
        ("order-sandbox-second", &["FAILURE", "SUCCESS"][..]),
        ("order-sandbox-twice", &["SUCCESS", "FAILURE", "SUCCESS"]),
        ("order-sandbox-retried", &["FAILURE", "INIT_THREEDS"]),
        ("order-sandbox-refused", &["FAILURE", "FAILURE"]),
        ("order-sandbox-back", &["FAILURE", "SUCCESS refund=FULLY_REFUNDED refunds=110"]),
        (IN_PART, &["FAILURE", "SUCCESS refund=FULLY_REFUNDED refunds=110"]),
    ];
    for (conversation, (reference, states)) in conversations.iter().enumerate() {
        for (attempt, state) in states.iter().enumerate() {
            samples.push(new(&format!("20{conversation}{attempt}"), state).with_reference(*reference));
        }
    }
    samples
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let id = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["payment-reporting", "v1", "payments"] => None,
        ["payment-reporting", "v1", "payments", id] if !id.is_empty() => Some(id),
        _ => return Err(web::no_such_path()),
    };
    web::check_method(request, &Method::GET)?;
    authenticate(request)?;
    if let Some(id) = id {
        return Ok(Asked::Payment(id.to_owned()));
    }
    let conversation = request.parameter("conversationId").or_else(|| request.parameter("externalId"));
    match conversation.filter(|text| !text.is_empty()) {
        Some(reference) => Ok(Asked::Attempts(reference, 25)),
        // Without a filter the search lists everything, which is of no use here.
        None => Err(refusal(422, "1", "invalid request", "VALIDATION")),
    }
}

/// The whole URL is signed, decoded, and neither the path nor the query by itself.
fn authenticate(request: &Request<'_>) -> Result<(), Reply> {
    let header = |name: &str| request.header(name).unwrap_or_default().into_owned();
    let (random, version) = (header("x-rnd-key"), header("x-auth-version"));
    let url = request.url();
    let url = percent_decode_str(&url).decode_utf8_lossy();
    let body = String::from_utf8_lossy(request.body);
    let right = signature(&format!("{url}{API_KEY}{SECRET_KEY}{random}{body}"));
    let is_known = header("x-api-key") == API_KEY && matches!(&*version, "v1" | "1");
    if !is_known || random.is_empty() || header("x-signature") != right {
        return Err(refusal(401, "0", "Yetkisiz erişim", "AUTHENTICATION"));
    }
    Ok(())
}

fn signature(text: &str) -> String {
    BASE64_STANDARD.encode(Sha256::digest(text))
}

fn answer(asked: &Asked, payment: &Payment) -> Answer {
    let told = told(payment);
    Answer::ok(match asked {
        Asked::Attempts(..) => told,
        _ => Object::new().object("data", &told),
    })
}

/// A field that is left out of a state has its usual value, and `null` is null.
fn word<'a>(payment: &'a Payment, key: &str, usual: &'a str) -> Option<&'a str> {
    Some(payment.extra(key).unwrap_or(usual)).filter(|word| *word != "null")
}

fn told(payment: &Payment) -> Object {
    let paid = payment.extra("paid").unwrap_or(payment.amount());
    let failure = Object::new()
        .text("errorCode", "10051")
        .text("errorDescription", "Kart limiti yetersiz, yetersiz bakiye")
        .text("errorGroup", "NOT_SUFFICIENT_FUNDS");
    let error = if payment.word() == "FAILURE" { failure.to_string() } else { "null".to_owned() };
    // Neither a refund that failed nor one that waits was given back.
    let refund = |id: &str, price: &str, status: &str| {
        Object::new()
            .number("id", id)
            .text("createdDate", "2021-11-16T10:00:00")
            .text("status", status)
            .text("refundDestinationType", "PROVIDER")
            .number("refundPrice", price)
            .number("refundBankPrice", price)
            .number("refundWalletPrice", "0")
            .number("paymentId", payment.id())
            .raw("error", "null".to_owned())
    };
    let refunds = match payment.extra("refunds") {
        None => "[]".to_owned(),
        Some("null") => "null".to_owned(),
        Some(price) => json::array([
            &refund("9", price, "SUCCESS"),
            &refund("10", "7", "FAILURE"),
            &refund("11", "7", "WAITING"),
        ]),
    };
    Object::new()
        .number("id", payment.id())
        .text("createdDate", "2021-11-15T14:07:18")
        .number("price", "100.00000000")
        .number("paidPrice", paid)
        .number("walletPrice", "0")
        .text("currency", payment.currency())
        .number("installment", "1")
        .text_or_null("conversationId", payment.reference())
        .text_or_null("externalId", payment.reference())
        .text("paymentType", "CARD_PAYMENT")
        .text("paymentProvider", "BANK")
        .text("paymentSource", "API")
        .text("paymentGroup", "PRODUCT")
        .text("paymentStatus", payment.word())
        .text_or_null("paymentPhase", word(payment, "phase", "AUTH"))
        .flag("isThreeDS", true)
        .text("binNumber", "52586400")
        .text("lastFourDigits", "0001")
        .text("cardHolderName", "A. Payer")
        .raw("fraudAction", "null".to_owned())
        .raw("paymentError", error)
        .number("retryCount", "0")
        .raw("refundablePrice", payment.extra("refundable").unwrap_or("null").to_owned())
        .text_or_null("refundStatus", word(payment, "refund", "NO_REFUND"))
        .raw("refunds", refunds)
}

fn list(attempts: &[Attempt]) -> String {
    let left_out = attempts.iter().filter(|attempt| attempt.payment.reference() == Some(IN_PART)).count();
    let items = json::array(attempts.iter().map(|attempt| &attempt.reply));
    page(items, attempts.len() + left_out)
}

fn page(items: String, total: usize) -> String {
    let page = Object::new()
        .raw("items", items)
        .number("page", "0")
        .number("size", "25")
        .number("totalSize", &total.to_string());
    Object::new().object("data", &page).to_string()
}

fn not_found(asked: &Asked) -> Reply {
    match asked {
        Asked::Attempts(..) => Reply::of_content(200, "application/json", page("[]".to_owned(), 0)),
        _ => refusal(404, "2", "Ödeme bulunamadı", "NOT_FOUND"),
    }
}

fn error(status: u16) -> Option<Reply> {
    match status {
        401 | 403 => Some(refusal(status, "0", "Yetkisiz erişim", "AUTHENTICATION")),
        404 => Some(refusal(404, "2", "Ödeme bulunamadı", "NOT_FOUND")),
        422 => Some(refusal(422, "1", "invalid request", "VALIDATION")),
        500 => Some(refusal(500, "3", "Sistem hatası", "SYSTEM_ERROR")),
        _ => None,
    }
}

fn refusal(status: u16, code: &str, description: &str, group: &str) -> Reply {
    let errors =
        Object::new().text("errorCode", code).text("errorDescription", description).text("errorGroup", group);
    Reply::json(status, &Object::new().object("errors", &errors))
}

fn callback(event: &Event<'_>) -> Option<Callback> {
    let payment = event.payment;
    let (kind, status, id) = match payment.word() {
        "SUCCESS" if payment.extra("refunds").is_some_and(|price| price != "null") => {
            ("REFUND", "SUCCESS", "9")
        }
        "SUCCESS" => ("API_AUTH", "SUCCESS", payment.id()),
        "FAILURE" => ("API_AUTH", "FAILURE", payment.id()),
        "CALLBACK_THREEDS" => ("THREEDS_VERIFY", "SUCCESS", payment.id()),
        _ => return None,
    };
    let seconds = event.at.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs().to_string();
    let body = Object::new()
        .text("eventType", kind)
        .text("eventTime", "2021-12-08T16:16:40.466")
        .number("eventTimestamp", &seconds)
        .text("status", status)
        .text("payloadId", id);
    let signature = hook_signature(HOOK_KEY, &format!("{kind}{seconds}{status}{id}"));
    Some(Callback::json(body.to_string()).with_header("x-cg-signature-v3", signature))
}

fn hook_signature(key: &str, text: &str) -> String {
    // A key of any length is a key, so there always is a result.
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes());
    mac.map_or_else(
        |_| String::new(),
        |mac| BASE64_STANDARD.encode(mac.chain_update(text).finalize().into_bytes()),
    )
}

#[cfg(test)]
mod tests {
    use super::{
        super::lab::{Got, JSON, Lab},
        *,
    };

    const PATH: &str = "/payment-reporting/v1/payments";

    /// Asks with a signature over this text in the place of the path.
    fn ask_signed(lab: &Lab, path: &str, decoded: &str, key: &str, secret: &str) -> Got {
        let url = format!("http://{}/craftgate{decoded}", lab.sandbox.address());
        let signature = signature(&format!("{url}{key}{secret}rand-2010"));
        let headers = [
            ("x-api-key", key),
            ("x-rnd-key", "rand-2010"),
            ("x-auth-version", "v1"),
            ("x-signature", &*signature),
        ];
        lab.get(path, &headers)
    }

    fn ask(lab: &Lab, path: &str) -> Got {
        ask_signed(lab, path, path, API_KEY, SECRET_KEY)
    }

    #[test]
    fn the_documented_sample() {
        ask(&Lab::of(Provider::CRAFTGATE), &format!("{PATH}/5")).is(
            200,
            JSON,
            r#"{"data":{"id":5,"createdDate":"2021-11-15T14:07:18","price":100.00000000,"paidPrice":110.00000000,"walletPrice":0,"currency":"TRY","installment":1,"conversationId":"456d1297","externalId":"456d1297","paymentType":"CARD_PAYMENT","paymentProvider":"BANK","paymentSource":"API","paymentGroup":"PRODUCT","paymentStatus":"SUCCESS","paymentPhase":"AUTH","isThreeDS":true,"binNumber":"52586400","lastFourDigits":"0001","cardHolderName":"A. Payer","fraudAction":null,"paymentError":null,"retryCount":0,"refundablePrice":null,"refundStatus":"PARTIAL_REFUNDED","refunds":[{"id":9,"createdDate":"2021-11-16T10:00:00","status":"SUCCESS","refundDestinationType":"PROVIDER","refundPrice":30,"refundBankPrice":30,"refundWalletPrice":0,"paymentId":5,"error":null},{"id":10,"createdDate":"2021-11-16T10:00:00","status":"FAILURE","refundDestinationType":"PROVIDER","refundPrice":7,"refundBankPrice":7,"refundWalletPrice":0,"paymentId":5,"error":null},{"id":11,"createdDate":"2021-11-16T10:00:00","status":"WAITING","refundDestinationType":"PROVIDER","refundPrice":7,"refundBankPrice":7,"refundWalletPrice":0,"paymentId":5,"error":null}]}}"#,
        );
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::CRAFTGATE);
        for (state, fields) in [
            ("SUCCESS", r#""paymentStatus":"SUCCESS","paymentPhase":"AUTH""#),
            ("SUCCESS phase=PRE_AUTH", r#""paymentPhase":"PRE_AUTH""#),
            ("SUCCESS phase=null", r#""paymentPhase":null"#),
            ("SUCCESS refund=null refunds=null", r#""refundStatus":null,"refunds":null"#),
            (
                "SUCCESS refund=PARTIAL_REFUNDED refunds=null refundable=80",
                r#""refundablePrice":80,"refundStatus":"PARTIAL_REFUNDED","refunds":null"#,
            ),
            ("SUCCESS paid=0", r#""paidPrice":0,"#),
            ("FAILURE", r#""errorGroup":"NOT_SUFFICIENT_FUNDS""#),
            ("WAITING", r#""paymentStatus":"WAITING""#),
        ] {
            let got = ask(&lab, &format!("{PATH}/{}", seeded_id(state)));
            assert!(got.status == 200 && got.body.contains(fields), "{state}: {}", got.body);
        }
    }

    #[test]
    fn a_search_lists_a_conversation() {
        let lab = Lab::of(Provider::CRAFTGATE);
        for name in ["conversationId", "externalId"] {
            let got = ask(&lab, &format!("{PATH}?{name}=order-sandbox-twice&page=0&size=25"));
            assert_eq!(got.body.matches(r#""conversationId":"order-sandbox-twice""#).count(), 3);
            assert!(got.body.ends_with(r#"],"page":0,"size":25,"totalSize":3}}"#), "{}", got.body);
        }
        let got = ask(&lab, &format!("{PATH}?conversationId={IN_PART}&page=0&size=25"));
        assert!(got.body.ends_with(r#""totalSize":4}}"#), "{}", got.body);
        let nobody = ask(&lab, &format!("{PATH}?conversationId=nobody&page=0&size=25"));
        nobody.is(200, JSON, r#"{"data":{"items":[],"page":0,"size":25,"totalSize":0}}"#);
    }

    #[test]
    fn the_url_is_signed_whole_and_decoded() {
        let lab = Lab::of(Provider::CRAFTGATE);
        let query = "conversationId=order%201%2F%C3%A4&page=0&size=25";
        let decoded = format!("{PATH}?conversationId=order 1/ä&page=0&size=25");
        let got = ask_signed(&lab, &format!("{PATH}?{query}"), &decoded, API_KEY, SECRET_KEY);
        assert_eq!(got.status, 200, "{}", got.body);
        for (decoded, key, secret) in [
            (&*format!("{PATH}?{query}"), API_KEY, SECRET_KEY),
            (PATH, API_KEY, SECRET_KEY),
            (&*decoded, "wrong", SECRET_KEY),
            (&*decoded, API_KEY, "wrong"),
        ] {
            let got = ask_signed(&lab, &format!("{PATH}?{query}"), decoded, key, secret);
            assert!(got.status == 401 && got.body.starts_with(r#"{"errors":{"#), "{}", got.body);
        }
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::CRAFTGATE);
        assert_eq!(ask(&lab, &format!("{PATH}/7")).status, 404);
        assert_eq!(ask(&lab, PATH).status, 422);
        assert_eq!(lab.get(&format!("{PATH}/5"), &[]).status, 401);
        lab.get("/payment/v1/card-payments/5", &[]).is_page(404);
        lab.send("DELETE", PATH, &[], "").is_page(405);
    }

    #[test]
    fn signatures_are_those_of_the_vectors() {
        for (text, right) in [
            (
                "http://api.craftgate.io/onboarding/v1/membersapi-keysecret-keyrand-2010",
                "lecLrGZXo5u+Oq3V33vIqtbLU2fopbiH78kq6wjWNDQ=",
            ),
            (
                "https://api.craftgate.io/payment-reporting/v1/payments/5canary-api-keycanary-secret-keyrand-2010",
                "Lz08nhHl6lXyWK8aikg2K62ifOb5/Z7K09xEcPZ/37Q=",
            ),
        ] {
            assert_eq!(signature(text), right);
        }
        let hook = hook_signature("canary-hook-key", "API_AUTH1638969400SUCCESS5");
        assert_eq!(hook, "lhZxStgP/s9Sq8/z4id6DzFdy66bEObfLXmsqzFlk9U=");
    }

    #[test]
    fn callbacks_name_a_payment_or_a_refund() {
        let lab = Lab::of(Provider::CRAFTGATE);
        for (state, kind, id) in [
            ("SUCCESS", "API_AUTH", "5"),
            ("FAILURE", "API_AUTH", "5"),
            ("CALLBACK_THREEDS", "THREEDS_VERIFY", "5"),
            ("SUCCESS refund=FULLY_REFUNDED refunds=110", "REFUND", "9"),
        ] {
            let callback = lab.callback(NewPayment::new(Provider::CRAFTGATE, "5", state)).unwrap();
            let body = Object::parse(callback.body.as_bytes()).unwrap();
            let told = |name: &str| body.get_text(name).unwrap();
            assert_eq!((told("eventType").as_str(), told("payloadId").as_str()), (kind, id), "{state}");
            let time = body.get("eventTimestamp").unwrap();
            let signed = hook_signature(HOOK_KEY, &format!("{kind}{time}{}{id}", told("status")));
            assert_eq!(callback.header("x-cg-signature-v3"), signed);
        }
        assert!(lab.callback(NewPayment::new(Provider::CRAFTGATE, "5", "WAITING")).is_none());
    }
}
