//! Midtrans, its Core API version 2. Sources: docs.midtrans.com (`/docs/transaction-status-cycle`,
//! `/docs/get-status-api-requests`, `/reference/get-transaction-status-card`, `/reference/status-codes`); npm
//! `midtrans-client` 1.4.3; rizdaprasetya/mt-alt-doc 017e954; Midtrans/midtrans-php, its issues. Read 2026-11.
//!
//! A state is a `transaction_status`. Beside it stand `fraud=challenge` (`none` for none), `type=echannel`,
//! `store=indomaret`, `va=permata`, `refund=2500.00`, `gross=0.00`, and `code=201` for the body's `status_code`.

use axum::http::Method;
use sha2::{Digest, Sha512};

use super::{Amount, Answer, Asked, Callback, Currency, Protocol, ids, sign, web};
use crate::{NewPayment, Payment, Provider, Reply, json::Object, request::Request};

const SERVER_KEY: &str = "SB-Mid-server-sandbox0123456789";

const REFUSED_KEY: &str = "Transaction cannot be authorized with the current client/server key.";
const NO_TRANSACTION: &str = "Transaction doesn't exist.";

impl Provider {
    /// Midtrans, a payment gateway in Indonesia.
    pub const MIDTRANS: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "midtrans",
    states: &[
        "settlement",
        "settlement type=echannel fraud=none",
        "settlement type=bank_transfer va=permata",
        "settlement type=bank_transfer",
        "settlement type=cstore store=indomaret",
        "settlement type=cstore store=alfamart",
        "settlement fraud=deny",
        "settlement gross=0.00",
        "settlement code=201",
        "settlement refund=10000.00",
        "capture",
        "capture fraud=challenge",
        "capture fraud=none",
        "authorize",
        "pending type=bank_transfer",
        "deny",
        "cancel",
        "expire",
        "failure",
        "refund refund=10000.00",
        "partial_refund refund=2500.00",
        "partial_refund refund=10000.00",
        "chargeback refund=10000.00",
        "partial_chargeback refund=2500.00",
        "partial_chargeback",
    ],
    paid: "settlement",
    open: "pending type=bank_transfer",
    seed,
    samples,
    amount: Amount::Text,
    default_amount: "10000.00",
    currency: Currency::Default("IDR"),
    settings: &[("server_key", SERVER_KEY)],
    read,
    answer,
    seal,
    not_found: |_| refusal("404", NO_TRANSACTION),
    error,
    callback: Some(|event| Some(Callback::json(event.reply.to_string()))),
    ..Protocol::PLAIN
};

/// A transaction's id is a UUID; the merchant's order stands beside it.
fn seed(provider: Provider, state: &str) -> NewPayment {
    let hex = ids::of(state, 32, |letter| matches!(letter, '0'..='9' | 'a'..='f'));
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    NewPayment::new(provider, parts.join("-"), state).with_reference(format!("order-{}", &hex[..12]))
}

/// The documented transaction, and an order that was used again after it expired.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str, state: &str| NewPayment::new(Provider::MIDTRANS, id, state);
    vec![
        new("57d5293c-e65f-4a29-95e4-5959c3fa335b", "settlement").with_reference("Postman-1578568851"),
        new("00000000-0000-4000-8000-000000000001", "expire").with_reference("order/used#again"),
        new("00000000-0000-4000-8000-000000000002", "settlement").with_reference("order/used#again"),
    ]
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let name = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["v2", name, "status"] if !name.is_empty() => name.to_owned(),
        _ => return Err(web::no_such_path()),
    };
    web::check_method(request, &Method::GET)?;
    if request.basic() != Some((SERVER_KEY.to_owned(), String::new())) {
        return Err(refusal("401", REFUSED_KEY));
    }
    Ok(Asked::Either(name))
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let word = payment.word();
    let code = match word {
        "pending" => "201",
        "deny" | "failure" => "202",
        "expire" => "407",
        _ => "200",
    };
    let kind = payment.extra("type").unwrap_or("credit_card");
    let mut body = Object::new();
    if kind == "credit_card" {
        body = body.text("masked_card", "48111111-1114").text("bank", "bni");
    }
    body = body
        .text("transaction_time", "2020-01-09 18:27:19")
        .text("gross_amount", payment.extra("gross").unwrap_or(payment.amount()))
        .text("currency", payment.currency())
        .text("order_id", payment.reference().unwrap_or_default())
        .text("payment_type", kind)
        .text("signature_key", "")
        .text("status_code", payment.extra("code").unwrap_or(code))
        .text("transaction_id", payment.id())
        .text("transaction_status", word);
    if let Some(fraud) = Some(payment.extra("fraud").unwrap_or("accept")).filter(|fraud| *fraud != "none") {
        body = body.text("fraud_status", fraud);
    }
    if let "settlement" | "refund" | "partial_refund" | "chargeback" | "partial_chargeback" = word {
        body = body.text("settlement_time", "2020-01-10 16:15:31");
    }
    match (kind, payment.extra("va")) {
        ("bank_transfer", Some("permata")) => body = body.text("permata_va_number", "850003072869607"),
        ("bank_transfer", _) => {
            body = body.raw("va_numbers", r#"[{"bank":"bca","va_number":"0000000000000"}]"#.to_owned());
        }
        _ => {}
    }
    if let Some(store) = payment.extra("store") {
        body = body.text("store", store);
    }
    if let Some(refunded) = payment.extra("refund") {
        let refund = Object::new()
            .number("refund_chargeback_id", "1")
            .text("refund_amount", refunded)
            .text("created_at", "2020-01-11 10:00:00")
            .text("refund_key", "sandbox-refund");
        body = body.text("refund_amount", refunded).raw("refunds", format!("[{refund}]"));
    }
    let found = "Success, transaction is found";
    Answer::ok(body.text("status_message", found).text("merchant_id", "M004123"))
}

/// The status reply has the very value that authenticates a callback.
fn seal(reply: &mut Object) {
    let text = |name| reply.get_text(name).unwrap_or_default();
    let signature = signature(&text("order_id"), &text("status_code"), &text("gross_amount"), SERVER_KEY);
    reply.merge(&Object::new().text("signature_key", &signature));
}

fn signature(order: &str, code: &str, gross: &str, key: &str) -> String {
    sign::hex(&Sha512::digest(format!("{order}{code}{gross}{key}")))
}

/// What HTTP says is a success: the body has the API's own status.
fn refusal(code: &str, message: &str) -> Reply {
    let body = Object::new().text("status_code", code).text("status_message", message);
    Reply::json(200, &body.text("id", "c7a6a0a4-0000-4000-8000-000000000000"))
}

/// With an HTTP status of its own, which goes beside the one in the body.
fn error(status: u16) -> Option<Reply> {
    let message = match status {
        401 => REFUSED_KEY,
        404 => NO_TRANSACTION,
        _ => web::reason(status),
    };
    let body = Object::new().text("status_code", &status.to_string()).text("status_message", message);
    Some(Reply::json(status, &body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeded_id;

    use super::super::lab::{Got, JSON, Lab};

    #[track_caller]
    fn ask(lab: &Lab, path: &str) -> Got {
        lab.get(path, &[("authorization", &sign::basic(SERVER_KEY, ""))])
    }

    fn refused(code: &str, message: &str) -> String {
        format!(
            r#"{{"status_code":"{code}","status_message":"{message}","id":"c7a6a0a4-0000-4000-8000-000000000000"}}"#
        )
    }

    #[test]
    fn the_documented_vectors() {
        let key = "SB-Mid-server-canary0123456789";
        assert_eq!(sign::basic(key, ""), "Basic U0ItTWlkLXNlcnZlci1jYW5hcnkwMTIzNDU2Nzg5Og==");
        assert_eq!(
            signature("Postman-1578568851", "200", "10000.00", key),
            "d9ec8b164692656cc02bed990a472a1cc74ab59ed78f4b12e064ebba8acce231c510110e2789d8ebdc8ba960dc0ce31056dea854886b51576cfe54f4e15e89ed"
        );
    }

    #[test]
    fn the_documented_sample_by_either_name() {
        let lab = Lab::of(Provider::MIDTRANS);
        let signature = signature("Postman-1578568851", "200", "10000.00", SERVER_KEY);
        for name in ["57d5293c-e65f-4a29-95e4-5959c3fa335b", "Postman-1578568851"] {
            ask(&lab, &format!("/v2/{name}/status")).is(
                200,
                JSON,
                &format!(
                    r#"{{"masked_card":"48111111-1114","bank":"bni","transaction_time":"2020-01-09 18:27:19","gross_amount":"10000.00","currency":"IDR","order_id":"Postman-1578568851","payment_type":"credit_card","signature_key":"{signature}","status_code":"200","transaction_id":"57d5293c-e65f-4a29-95e4-5959c3fa335b","transaction_status":"settlement","fraud_status":"accept","settlement_time":"2020-01-10 16:15:31","status_message":"Success, transaction is found","merchant_id":"M004123"}}"#
                ),
            );
        }
    }

    #[test]
    fn an_order_that_was_used_again_is_answered_with_its_last_transaction() {
        let lab = Lab::of(Provider::MIDTRANS);
        let got = ask(&lab, "/v2/order%2Fused%23again/status");
        assert!(got.body.contains(r#""transaction_status":"settlement""#), "{}", got.body);
        let got = ask(&lab, "/v2/00000000-0000-4000-8000-000000000001/status");
        assert!(got.body.contains(r#""status_code":"407","#) && got.status == 200, "{}", got.body);
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::MIDTRANS);
        for &state in PROTOCOL.states {
            let payment = lab.sandbox.payment(Provider::MIDTRANS, &seeded_id(state)).unwrap();
            let got = ask(&lab, &format!("/v2/{}/status", payment.id()));
            let word = format!(r#""transaction_status":"{}""#, payment.word());
            assert!(got.status == 200 && got.body.contains(&word), "{state}: {}", got.body);
            for (name, value) in state.split(' ').skip(1).filter_map(|extra| extra.split_once('=')) {
                let field = match name {
                    "fraud" => "fraud_status",
                    "type" => "payment_type",
                    "refund" => "refund_amount",
                    "gross" => "gross_amount",
                    "code" => "status_code",
                    "va" => "permata_va_number",
                    other => other,
                };
                let is_there = got.body.contains(&format!(r#""{field}":"#));
                assert_eq!(is_there, value != "none", "{state}: {}", got.body);
            }
        }
    }

    #[test]
    fn errors_come_in_successes() {
        let lab = Lab::of(Provider::MIDTRANS);
        ask(&lab, "/v2/none/status").is(200, JSON, &refused("404", "Transaction doesn't exist."));
        let refused = refused("401", "Transaction cannot be authorized with the current client/server key.");
        let path = "/v2/Postman-1578568851/status";
        for authorization in ["", "Basic", &sign::basic(SERVER_KEY, "x"), &sign::basic("wrong", "")] {
            lab.get(path, &[("authorization", authorization)]).is(200, JSON, &refused);
        }
        lab.get(path, &[]).is(200, JSON, &refused);
        ask(&lab, "/v2/order/used/status").is_page(404);
        lab.send("POST", path, &[], "").is_page(405);
    }

    #[test]
    fn callbacks_are_status_replies() {
        let lab = Lab::of(Provider::MIDTRANS);
        for (state, code) in [("settlement", "200"), ("pending", "201"), ("expire", "407")] {
            let new = NewPayment::new(Provider::MIDTRANS, "t-1", state).with_reference("o-1");
            let body = Object::parse(lab.callback(new).unwrap().body.as_bytes()).unwrap();
            let signed = signature("o-1", code, "10000.00", SERVER_KEY);
            assert_eq!(body.get_text("signature_key").as_deref(), Some(&*signed));
            assert_eq!(body.get_text("transaction_status").as_deref(), Some(state));
        }
    }
}
