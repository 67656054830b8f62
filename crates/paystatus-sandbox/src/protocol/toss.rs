//! Toss Payments. Sources: docs.tosspayments.com, `reference`, `reference/error-codes`, `guides/webhook`,
//! `guides/learn/virtual-account-webhook`, `guides/international/api-guide`; the vendor's forum, techchat.tosspayments.com;
//! tosspayments/tosspayments-java-sdk. Read 2026-11.
//!
//! A state is a payment's status. Beside it stand `virtual=true` for a virtual account, with `refund=PENDING` for how its
//! refund stands; `approved=null`, `balance=10000` or `null`, `amount=0`, `cancel=IN_PROGRESS` for how its cancellation stands,
//! and `cancels=null` for none.

use axum::http::Method;

use super::{Amount, Answer, Asked, Callback, Currency, Event, Protocol, ids, web};
use crate::{
    NewPayment, Payment, Provider, Reply,
    json::{self, Object},
    request::Request,
};

const SECRET_KEY: &str = "live_sk_sandbox0123456789";
/// Every payment has one of its own; here they are all the same.
const SECRET: &str = "ps_sandbox0123456789";

impl Provider {
    /// Toss Payments, a Korean payment gateway.
    pub const TOSS: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "toss",
    states: &[
        "DONE",
        "DONE virtual=true",
        "DONE balance=null",
        "DONE balance=10000",
        "DONE approved=null",
        "DONE amount=0",
        "READY",
        "IN_PROGRESS",
        "WAITING_FOR_DEPOSIT",
        "PARTIAL_CANCELED balance=10000",
        "PARTIAL_CANCELED balance=10000 virtual=true",
        "PARTIAL_CANCELED balance=15000",
        "PARTIAL_CANCELED balance=0",
        "CANCELED",
        "CANCELED balance=null",
        "CANCELED balance=10000",
        "CANCELED cancel=IN_PROGRESS",
        "CANCELED cancels=null",
        "CANCELED virtual=true refund=COMPLETED",
        "CANCELED virtual=true refund=PENDING",
        "CANCELED virtual=true refund=FAILED",
        "CANCELED virtual=true approved=null",
        "ABORTED",
        "EXPIRED",
    ],
    paid: "DONE",
    open: "WAITING_FOR_DEPOSIT",
    seed,
    samples,
    amount: Amount::Number,
    default_amount: "15000",
    currency: Currency::Default("KRW"),
    settings: &[("secret_key", SECRET_KEY), ("callback_secret", SECRET)],
    read,
    answer,
    not_found: |_| refusal(404, "NOT_FOUND_PAYMENT", "존재하지 않는 결제 입니다."),
    error,
    callback: Some(callback),
    ..Protocol::PLAIN
};

fn seed(provider: Provider, state: &str) -> NewPayment {
    NewPayment::new(provider, ids::of(state, 52, |letter| letter.is_ascii_alphanumeric()), state)
}

/// The documented example, and other currencies, the one that counts millionths among them.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str, amount: &str, currency: &str| {
        NewPayment::new(Provider::TOSS, id, "DONE").with_amount(amount).with_currency(currency)
    };
    vec![
        new("tgen-sandbox-payment-key", "15000", "KRW").with_reference("a4CWyWY5m89PNh7xJwhk1"),
        new("sandboxUsd", "726.24", "USD"),
        new("sandboxMusd", "181560000", "MUSD"),
        new("sandboxJpy", "1500", "JPY"),
    ]
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let asked = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["v1", "payments", "orders", id] => Asked::Order(id.to_owned()),
        ["v1", "payments", id] => Asked::Payment(id.to_owned()),
        _ => return Err(web::no_such_path()),
    };
    web::check_method(request, &Method::GET)?;
    let Some((key, password)) = request.basic() else {
        return Err(match request.header("authorization") {
            Some(_) => refusal(
                403,
                "INCORRECT_BASIC_AUTH_FORMAT",
                "잘못된 요청입니다. ':' 를 포함해 인코딩해주세요.",
            ),
            None => unauthorized(),
        });
    };
    if key.contains("ck_") {
        return Err(refusal(400, "INVALID_API_KEY", "잘못된 시크릿키 연동 정보 입니다."));
    }
    if key != SECRET_KEY || !password.is_empty() {
        return Err(unauthorized());
    }
    Ok(asked)
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let (word, amount) = (payment.word(), payment.extra("amount").unwrap_or(payment.amount()));
    let is_approved =
        matches!(word, "DONE" | "PARTIAL_CANCELED" | "CANCELED") && payment.extra("approved") != Some("null");
    let is_back = word == "CANCELED" && is_approved;
    let balance = payment.extra("balance").unwrap_or(if is_back { "0" } else { amount });
    let failure = match word {
        "ABORTED" => Object::new()
            .text("code", "COMMON_ERROR")
            .text("message", "일시적인 오류가 발생했습니다. 잠시 후 다시 시도해주세요.")
            .to_string(),
        _ => "null".to_owned(),
    };
    let receipt = Object::new().text("url", "https://dashboard.tosspayments.com/receipt/redirection");
    let is_virtual = word == "WAITING_FOR_DEPOSIT" || payment.extra("virtual") == Some("true");
    let body = Object::new()
        .text("mId", "tosspayments")
        .text("version", "2022-11-16")
        .text("lastTransactionKey", &ids::of(payment.state(), 32, |letter| letter.is_ascii_uppercase()))
        .text("paymentKey", payment.id())
        .text_or_null("orderId", payment.reference())
        .text("orderName", "T-shirt")
        .text("currency", payment.currency())
        .text("method", if is_virtual { "가상계좌" } else { "카드" })
        .text("status", word)
        .text("requestedAt", "2022-01-01T11:31:29+09:00")
        .text_or_null("approvedAt", is_approved.then_some("2022-01-01T11:31:51+09:00"))
        .raw("card", if is_virtual { "null".to_owned() } else { card(amount) })
        .raw("virtualAccount", if is_virtual { virtual_account(payment) } else { "null".to_owned() })
        .raw("cancels", cancels(payment, is_approved))
        .text("secret", SECRET)
        .text("type", "NORMAL")
        .raw("failure", failure)
        .object("receipt", &receipt)
        .number("totalAmount", amount);
    Answer::ok(match balance {
        "null" => body.raw("balanceAmount", "null".to_owned()),
        balance => body.number("balanceAmount", balance),
    })
}

/// `acquireStatus` is between Toss and the card company.
fn card(amount: &str) -> String {
    Object::new()
        .number("amount", amount)
        .text("number", "00000000****000*")
        .text("cardType", "신용")
        .text("acquireStatus", "READY")
        .to_string()
}

fn virtual_account(payment: &Payment) -> String {
    Object::new()
        .text("accountNumber", "X0000000000000")
        .text("dueDate", "2022-01-08T23:59:59")
        .flag("expired", false)
        .text(
            "settlementStatus",
            if payment.word() == "WAITING_FOR_DEPOSIT" { "INCOMPLETED" } else { "COMPLETED" },
        )
        .text("refundStatus", payment.extra("refund").unwrap_or("NONE"))
        .to_string()
}

fn cancels(payment: &Payment, is_approved: bool) -> String {
    let is_cancelled = matches!(payment.word(), "CANCELED" | "PARTIAL_CANCELED");
    if !is_cancelled || !is_approved || payment.extra("cancels") == Some("null") {
        return "null".to_owned();
    }
    let (amount, left) = match payment.word() {
        "PARTIAL_CANCELED" => ("5000", "10000"),
        _ => (payment.amount(), "0"),
    };
    let cancel = Object::new()
        .number("cancelAmount", amount)
        .text("cancelReason", "고객 변심")
        .number("refundableAmount", left)
        .text("cancelStatus", payment.extra("cancel").unwrap_or("DONE"))
        .text("canceledAt", "2022-01-02T11:31:51+09:00")
        .text("transactionKey", "090A796806E726BBB929F4A2CA7DB9A7");
    json::array([&cancel])
}

fn unauthorized() -> Reply {
    refusal(401, "UNAUTHORIZED_KEY", "인증되지 않은 시크릿 키 혹은 클라이언트 키 입니다.")
}

fn error(status: u16) -> Option<Reply> {
    Some(match status {
        400 => refusal(400, "INVALID_REQUEST", "잘못된 요청입니다."),
        401 => unauthorized(),
        403 => refusal(403, "FORBIDDEN_REQUEST", "허용되지 않은 요청입니다."),
        404 => refusal(404, "NOT_FOUND_PAYMENT", "존재하지 않는 결제 입니다."),
        500 => refusal(
            500,
            "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING",
            "결제가 완료되지 않았어요. 다시 시도해주세요.",
        ),
        _ => return None,
    })
}

fn refusal(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, &Object::new().text("code", code).text("message", message))
}

/// Nothing is signed: the payment's own secret stands in the body. A deposit has another form, which names the order alone.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let body = Object::new();
    let created_at = "2022-01-01T11:31:51.000000";
    let is_virtual = event.reply.get("virtualAccount").is_some_and(|account| account != "null");
    let body = match event.payment.word() {
        "DONE" | "WAITING_FOR_DEPOSIT" | "CANCELED" if is_virtual => body
            .text("createdAt", created_at)
            .text("secret", &event.reply.get_text("secret")?)
            .text("status", &event.reply.get_text("status")?)
            .text("transactionKey", &event.reply.get_text("lastTransactionKey")?)
            .text("orderId", &event.reply.get_text("orderId")?),
        _ => body
            .text("eventType", "PAYMENT_STATUS_CHANGED")
            .text("createdAt", created_at)
            .object("data", event.reply),
    };
    Some(Callback::json(body.to_string()))
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_STANDARD};

    use super::*;
    use crate::seeded_id;

    use super::super::{
        lab::{Got, JSON, Lab},
        sign,
    };

    const SAMPLE: &str = "/v1/payments/tgen-sandbox-payment-key";

    #[track_caller]
    fn ask(lab: &Lab, path: &str) -> Got {
        lab.get(path, &[("authorization", &sign::basic(SECRET_KEY, ""))])
    }

    #[test]
    fn the_documented_sample() {
        assert_eq!(sign::basic("test_sk_canary0123456789", ""), "Basic dGVzdF9za19jYW5hcnkwMTIzNDU2Nzg5Og==");
        let lab = Lab::of(Provider::TOSS);
        let got = ask(&lab, SAMPLE);
        let parts = [
            r#""paymentKey":"tgen-sandbox-payment-key","orderId":"a4CWyWY5m89PNh7xJwhk1","orderName":"T-shirt","currency":"KRW","method":"카드","status":"DONE","requestedAt":"2022-01-01T11:31:29+09:00","approvedAt":"2022-01-01T11:31:51+09:00","card":{"amount":15000,"#,
            r#""virtualAccount":null,"cancels":null,"secret":"ps_sandbox0123456789","type":"NORMAL","failure":null,"#,
            r#""totalAmount":15000,"balanceAmount":15000}"#,
        ];
        assert!(parts.iter().all(|part| got.body.contains(part)), "{}", got.body);
        ask(&lab, "/v1/payments/orders/a4CWyWY5m89PNh7xJwhk1").is(200, JSON, &got.body);
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::TOSS);
        for (state, fields) in [
            ("DONE balance=null", r#""totalAmount":15000,"balanceAmount":null"#),
            ("DONE virtual=true", r#""refundStatus":"NONE"},"cancels":null"#),
            (
                "DONE approved=null",
                r#""status":"DONE","requestedAt":"2022-01-01T11:31:29+09:00","approvedAt":null"#,
            ),
            ("READY", r#""approvedAt":null"#),
            ("WAITING_FOR_DEPOSIT", r#""settlementStatus":"INCOMPLETED","refundStatus":"NONE"}"#),
            ("PARTIAL_CANCELED balance=10000", r#""cancels":[{"cancelAmount":5000,"#),
            ("PARTIAL_CANCELED balance=10000", r#""totalAmount":15000,"balanceAmount":10000"#),
            ("CANCELED", r#""totalAmount":15000,"balanceAmount":0"#),
            ("CANCELED cancel=IN_PROGRESS", r#""cancelStatus":"IN_PROGRESS""#),
            ("CANCELED virtual=true refund=PENDING", r#""refundStatus":"PENDING""#),
            ("CANCELED virtual=true approved=null", r#""cancels":null,"#),
            ("ABORTED", r#""failure":{"code":"COMMON_ERROR","#),
        ] {
            let payment = lab.sandbox.payment(Provider::TOSS, &seeded_id(state)).unwrap();
            let got = ask(&lab, &format!("/v1/payments/{}", payment.id()));
            assert!(got.status == 200 && got.body.contains(fields), "{state}: {}", got.body);
        }
    }

    #[test]
    fn what_is_refused() {
        let lab = Lab::of(Provider::TOSS);
        let unknown = r#"{"code":"NOT_FOUND_PAYMENT","message":"존재하지 않는 결제 입니다."}"#;
        ask(&lab, "/v1/payments/nothing").is(404, JSON, unknown);
        ask(&lab, "/v1/payments/orders/nothing").is(404, JSON, unknown);
        let code = |authorization: &str| {
            let got = lab.get(SAMPLE, &[("authorization", authorization)]);
            (got.status, got.body.split('"').nth(3).unwrap_or_default().to_owned())
        };
        let without_colon = format!("Basic {}", BASE64_STANDARD.encode(SECRET_KEY));
        for (authorization, status, word) in [
            (&*sign::basic("live_sk_other", ""), 401, "UNAUTHORIZED_KEY"),
            (&*sign::basic(SECRET_KEY, "password"), 401, "UNAUTHORIZED_KEY"),
            (&*sign::basic("live_ck_sandbox", ""), 400, "INVALID_API_KEY"),
            (&without_colon, 403, "INCORRECT_BASIC_AUTH_FORMAT"),
        ] {
            assert_eq!(code(authorization), (status, word.to_owned()));
        }
        assert_eq!(lab.get(SAMPLE, &[]).status, 401);
        ask(&lab, "/v2/payments/nothing").is_page(404);
        lab.send("POST", SAMPLE, &[], "").is_page(405);
    }

    #[test]
    fn callbacks_carry_the_payments_secret() {
        let lab = Lab::of(Provider::TOSS);
        let body = |state: &str| {
            let new = NewPayment::new(Provider::TOSS, "key-1", state).with_reference("order-1");
            lab.callback(new).unwrap().body
        };
        let changed = body("DONE");
        assert!(changed.starts_with(r#"{"eventType":"PAYMENT_STATUS_CHANGED","createdAt":"#), "{changed}");
        assert!(changed.contains(r#""paymentKey":"key-1""#) && changed.contains(SECRET));
        let deposit = body("DONE virtual=true");
        assert!(deposit.contains(r#""secret":"ps_sandbox0123456789","status":"DONE","transactionKey":""#));
        assert!(deposit.ends_with(r#""orderId":"order-1"}"#) && !deposit.contains("key-1"), "{deposit}");
    }
}
