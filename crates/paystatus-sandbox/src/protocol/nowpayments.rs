//! NOWPayments. Sources: the vendor's Postman documentation, documenter.getpostman.com/view/7907941/2s93JqTRWN;
//! github.com/NowPaymentsIO/nowpayments-sdk-nodejs, 0.2.1; nowpayments.zendesk.com, articles 18395434917149 (statuses)
//! and 21395546303389 (IPN). Read 2026-11.
//!
//! A state is a payment's status. Beside it stand `paid=5` for `actually_paid`, which is 12 where a payment is paid,
//! or `null`, and `parent=5592161154` and `origin=REPEATED` of one more deposit to the same address.
//! What is asked in coins is always 11.8.

use axum::http::Method;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha512;

use super::{Amount, Answer, Asked, Callback, Currency, Event, Protocol, ids, sign, web};
use crate::{
    NewPayment, Payment, Provider, Reply,
    json::{self, Object},
    request::Request,
};

const API_KEY: &str = "SANDBOX-SANDBOX-SANDBOX-SANDBOX";
const IPN_SECRET: &str = "your_ipn_secret";

impl Provider {
    /// NOWPayments, a gateway for crypto currencies.
    pub const NOWPAYMENTS: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "nowpayments",
    states: &[
        "finished",
        "finished paid=11.8",
        "finished paid=11.7",
        "finished paid=0",
        "finished paid=null",
        "finished parent=5592161154",
        "finished origin=REPEATED",
        "finished parent=5592161154 origin=REPEATED",
        "waiting",
        "confirming",
        "confirmed",
        "sending",
        "partially_paid paid=5",
        "failed",
        "refunded",
        "expired",
        "expired paid=5",
        "cancelled paid=5",
        "canceled paid=5",
        "wrong_asset_confirmed",
    ],
    paid: "finished",
    open: "waiting",
    seed,
    samples,
    amount: Amount::Number,
    default_amount: "1",
    currency: Currency::Default("USD"),
    settings: &[("api_key", API_KEY), ("callback_secret", IPN_SECRET)],
    read,
    answer,
    not_found,
    error: |status| Some(error(status)),
    callback: Some(callback),
    ..Protocol::PLAIN
};

/// A whole number, and a short one, so that a test can add digits to it.
fn seed(provider: Provider, state: &str) -> NewPayment {
    let id = format!("5{}", ids::of(state, 4, |letter| letter.is_ascii_digit()));
    NewPayment::new(provider, id, state)
}

/// The documented example, one without a reference, and a price in what is no currency.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str| NewPayment::new(Provider::NOWPAYMENTS, id, "finished");
    vec![
        new("4249365965").with_reference("order-1234"),
        new("4249365966").with_overrides(Object::new().text_or_null("order_id", None)),
        new("4249365967").with_currency("USDTTRC20"),
        new("4249365968").with_amount("1e-7").with_currency("BTC"),
    ]
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let ["v1", "payment", id] = segments.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
        return Err(web::express_cannot(request));
    };
    web::check_method(request, &Method::GET)?;
    match request.header("x-api-key").as_deref() {
        Some(API_KEY) => Ok(Asked::Payment(id.to_owned())),
        Some(_) => Err(error(403)),
        None => Err(error(401)),
    }
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let paid = payment.extra("paid").unwrap_or(match payment.word() {
        "waiting" | "expired" => "0",
        _ => "12",
    });
    let mut body = Object::new()
        .number("payment_id", payment.id())
        .text_or_null("invoice_id", None)
        .text("payment_status", payment.word())
        .text("pay_address", "TSandboxSandboxSandboxSandboxSandb")
        .text_or_null("payin_extra_id", None)
        .number("price_amount", payment.amount())
        .text("price_currency", &payment.currency().to_lowercase())
        .number("pay_amount", "11.8")
        .raw("actually_paid", paid.to_owned())
        .text("pay_currency", "trx")
        .text_or_null("order_id", payment.reference())
        .text_or_null("order_description", None)
        .number("purchase_id", "5312822613")
        .number("outcome_amount", "11.8405")
        .text("outcome_currency", "trx")
        .text_or_null("payout_hash", None)
        .text_or_null("payin_hash", None)
        .text("created_at", "2023-07-28T15:06:09.932Z")
        .text("updated_at", "2023-07-28T15:09:40.535Z")
        .text("type", "crypto2crypto")
        .raw("payment_extra_ids", "[5513339153]".to_owned());
    if let Some(parent) = payment.extra("parent") {
        body = body.number("parent_payment_id", parent);
    }
    if let Some(origin) = payment.extra("origin") {
        body = body.text("origin_type", origin);
    }
    Answer::ok(body)
}

fn not_found(asked: &Asked) -> Reply {
    if asked.id().bytes().all(|letter| letter.is_ascii_digit()) { error(404) } else { error(400) }
}

fn error(status: u16) -> Reply {
    let (code, message) = match status {
        400 => ("INVALID_REQUEST_PARAMS", "Payment id must be a number"),
        401 => ("AUTH_REQUIRED", "Authorization header is empty (Bearer JWTtoken is required)"),
        403 => ("INVALID_API_KEY", "Invalid api key"),
        404 => ("NOT_FOUND", "Payment not found"),
        429 => ("TOO_MANY_REQUESTS", "Too many requests"),
        502 | 520 => return web::page(status),
        500..=599 => ("INTERNAL_ERROR", "Internal server error"),
        _ => ("BAD_REQUEST", "Bad request"),
    };
    let body = Object::new()
        .flag("status", false)
        .number("statusCode", &status.to_string())
        .text("code", code)
        .text("message", message);
    Reply::json(status, &body)
}

/// The reply with a fee, signed over the same with its keys sorted at every level.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let fee = Object::new()
        .text("currency", "trx")
        .number("depositFee", "0.098")
        .number("withdrawalFee", "0")
        .number("serviceFee", "0");
    let body = event.reply.clone().number("actually_paid_at_fiat", "0").object("fee", &fee).to_string();
    let signature = hmac_sha512(IPN_SECRET, &sorted(&body));
    Some(Callback::json(body).with_header("x-nowpayments-sig", signature))
}

fn hmac_sha512(secret: &str, message: &str) -> String {
    // A key of any length is a key, so there always is a result.
    let mac = Hmac::<Sha512>::new_from_slice(secret.as_bytes());
    mac.map_or_else(|_| String::new(), |mac| sign::hex(&mac.chain_update(message).finalize().into_bytes()))
}

/// The same JSON with the keys of every object in order; a list stays as it is, as the vendor's library has it.
fn sorted(text: &str) -> String {
    let Ok(object) = Object::parse(text.as_bytes()) else {
        return json::unquote(text).map_or_else(|| text.to_owned(), |text| json::quote(&text));
    };
    let mut fields: Vec<_> = object.fields().collect();
    fields.sort_unstable();
    fields.into_iter().fold(Object::new(), |sofar, (name, value)| sofar.raw(name, sorted(value))).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeded_id;

    use super::super::lab::{Got, JSON, Lab};

    #[track_caller]
    fn ask(lab: &Lab, path: &str) -> Got {
        lab.get(path, &[("x-api-key", API_KEY)])
    }

    #[test]
    fn the_documented_sample() {
        ask(&Lab::of(Provider::NOWPAYMENTS), "/v1/payment/4249365965").is(
            200,
            JSON,
            r#"{"payment_id":4249365965,"invoice_id":null,"payment_status":"finished","pay_address":"TSandboxSandboxSandboxSandboxSandb","payin_extra_id":null,"price_amount":1,"price_currency":"usd","pay_amount":11.8,"actually_paid":12,"pay_currency":"trx","order_id":"order-1234","order_description":null,"purchase_id":5312822613,"outcome_amount":11.8405,"outcome_currency":"trx","payout_hash":null,"payin_hash":null,"created_at":"2023-07-28T15:06:09.932Z","updated_at":"2023-07-28T15:09:40.535Z","type":"crypto2crypto","payment_extra_ids":[5513339153]}"#,
        );
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::NOWPAYMENTS);
        for (state, fields) in [
            ("finished paid=11.7", r#""pay_amount":11.8,"actually_paid":11.7,"#),
            ("finished paid=null", r#""actually_paid":null,"#),
            (
                "finished parent=5592161154 origin=REPEATED",
                r#","parent_payment_id":5592161154,"origin_type":"REPEATED"}"#.trim_start_matches(",\""),
            ),
            ("waiting", r#""actually_paid":0,"#),
            ("partially_paid paid=5", r#""actually_paid":5,"#),
            ("expired", r#""payment_status":"expired""#),
        ] {
            let payment = lab.sandbox.payment(Provider::NOWPAYMENTS, &seeded_id(state)).unwrap();
            let got = ask(&lab, &format!("/v1/payment/{}", payment.id()));
            assert!(got.status == 200 && got.body.contains(fields), "{state}: {}", got.body);
            assert!(got.body.starts_with(&format!(r#"{{"payment_id":{},"#, payment.id())), "{}", got.body);
        }
    }

    #[test]
    fn what_is_refused() {
        let lab = Lab::of(Provider::NOWPAYMENTS);
        let refused = |status: u16, code: &str, message: &str| {
            format!(r#"{{"status":false,"statusCode":{status},"code":"{code}","message":"{message}"}}"#)
        };
        ask(&lab, "/v1/payment/1").is(404, JSON, &refused(404, "NOT_FOUND", "Payment not found"));
        let no_number = refused(400, "INVALID_REQUEST_PARAMS", "Payment id must be a number");
        ask(&lab, "/v1/payment/x").is(400, JSON, &no_number);
        let wrong = refused(403, "INVALID_API_KEY", "Invalid api key");
        lab.get("/v1/payment/4249365965", &[("x-api-key", "other")]).is(403, JSON, &wrong);
        assert_eq!(lab.get("/v1/payment/4249365965", &[]).status, 401);
        assert_eq!(ask(&lab, "/v1/payments/4249365965").status, 404);
        lab.send("POST", "/v1/payment/4249365965", &[], "").is_page(405);
    }

    #[test]
    fn callbacks_are_signed_over_sorted_keys() {
        // What the vendor's library accepts.
        let body = r#"{"payment_id":5077125051,"payment_status":"finished","pay_amount":155.38559757,"order_id":"order/é","fee":{"depositFee":0.098,"currency":"btc"}}"#;
        let text = r#"{"fee":{"currency":"btc","depositFee":0.098},"order_id":"order/é","pay_amount":155.38559757,"payment_id":5077125051,"payment_status":"finished"}"#;
        assert_eq!(sorted(body), text);
        assert_eq!(
            hmac_sha512("ipn_secret_123", text),
            "3db97c68f7ffe4b75f38c92b336fe0eeb648daf622f7f52ca63686e7ffa2a330c273579d18ce576a110435e2d4e56ac42a4b80b97068cdad005783f3cb2770db"
        );
        let lab = Lab::of(Provider::NOWPAYMENTS);
        let sent = lab.callback(NewPayment::new(Provider::NOWPAYMENTS, "7", "finished")).unwrap();
        assert!(
            sent.body.starts_with(r#"{"payment_id":7,"#) && sent.body.contains(r#""fee":{"#),
            "{}",
            sent.body
        );
        assert_eq!(sent.header("x-nowpayments-sig"), hmac_sha512(IPN_SECRET, &sorted(&sent.body)));
    }
}
