//! Paytm Payment Gateway. Sources: paytmpayments.com/docs and developer.paytm.com/docs (`api/v3/transaction-status-api`,
//! `checksum`, `api/v2/capture-api`, `api/v2/release-api`, `payment-status`); npm `paytmchecksum` 1.5.1 and
//! `paytm-pg-node-sdk` 1.0.6; paytm/paytm-agent-skills c68e0b2. Read 2026-11.
//!
//! A state is a `resultStatus`. Beside it stand `resultCode=402`, `txnType=CAPTURE`, `refundAmt=50.00` (`none` for none),
//! `txnAmount=0.00`, `preAuthId=1`, `blockedAmount=40.00`, `subsId=7`, and `signature=none` or `signature=wrong` for the
//! reply's.

use aes::Aes128;
use axum::http::Method;
use base64::{Engine, prelude::BASE64_STANDARD};
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use sha2::{Digest, Sha256};

use super::{Amount, Answer, Asked, Callback, Currency, Event, Protocol, sign, web};
use crate::{NewPayment, Payment, Provider, Reply, json::Object, request::Request};

const MERCHANT_ID: &str = "SANDBO00000000000001";
const MERCHANT_KEY: &str = "sandboxkey#12345";
const IV: &[u8; 16] = b"@@@@&&&&####$$$$";
/// Any four characters are salt.
const SALT: &str = "c2Fs";

impl Provider {
    /// Paytm Payment Gateway, India.
    pub const PAYTM: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "paytm",
    states: &[
        "TXN_SUCCESS",
        "TXN_SUCCESS resultCode=1 refundAmt=none",
        "TXN_SUCCESS resultCode=10",
        "TXN_SUCCESS refundAmt=50.00",
        "TXN_SUCCESS refundAmt=100.00",
        "TXN_SUCCESS refundAmt=200.00",
        "TXN_SUCCESS txnAmount=0.00",
        "TXN_SUCCESS txnType=CAPTURE preAuthId=1",
        "TXN_SUCCESS txnType=RELEASE preAuthId=1",
        "TXN_SUCCESS txnType=PREAUTH",
        "TXN_SUCCESS blockedAmount=100.00",
        "TXN_SUCCESS txnType=WITHDRAW",
        "TXN_SUCCESS subsId=7",
        "PENDING",
        "PENDING resultCode=400 signature=none",
        "TXN_FAILURE",
    ],
    paid: "TXN_SUCCESS",
    open: "PENDING",
    amount: Amount::Text,
    default_amount: "100.00",
    currency: Currency::Fixed("INR"),
    has_reference: false,
    settings: &[("merchant_id", MERCHANT_ID), ("merchant_key", MERCHANT_KEY)],
    samples,
    read,
    answer,
    seal,
    not_found: |_| refusal("NO_RECORD_FOUND", "331", "No Record Found"),
    callback: Some(callback),
    ..Protocol::PLAIN
};

/// The documented order, and a payment by a mandate.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str, state: &str| NewPayment::new(Provider::PAYTM, id, state);
    vec![
        new("ORDERID_98765", "TXN_SUCCESS"),
        new("ORDERID_debit", "TXN_SUCCESS txnType=SUBSCRIPTION_DEBIT subsId=7"),
    ]
}

/// The hash of a text and its salt, encrypted with the merchant's key.
fn checksum(key: &str, text: &str, salt: &str) -> String {
    let hash = format!("{}{salt}", sign::hex(&Sha256::digest(format!("{text}|{salt}"))));
    // Only a key of another length is no key, and there is none here.
    let Ok(cipher) = cbc::Encryptor::<Aes128>::new_from_slices(key.as_bytes(), IV) else {
        return String::new();
    };
    BASE64_STANDARD.encode(cipher.encrypt_padded_vec::<Pkcs7>(hash.as_bytes()))
}

/// The salt is in the signature, behind the hash.
fn is_signed(text: &str, signature: &str) -> bool {
    let salt = || {
        let encrypted = BASE64_STANDARD.decode(signature).ok()?;
        let cipher = cbc::Decryptor::<Aes128>::new_from_slices(MERCHANT_KEY.as_bytes(), IV).ok()?;
        let hash = String::from_utf8(cipher.decrypt_padded_vec::<Pkcs7>(&encrypted).ok()?).ok()?;
        Some(hash.get(hash.len().checked_sub(4)?..)?.to_owned())
    };
    salt().is_some_and(|salt| checksum(MERCHANT_KEY, text, &salt) == signature)
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    if request.path != "/v3/order/status" {
        return Err(web::no_such_path());
    }
    web::check_method(request, &Method::POST)?;
    let json = request.json();
    let (head, body) = (json.inner("head").unwrap_or_default(), json.inner("body").unwrap_or_default());
    if body.get_text("mid").as_deref() != Some(MERCHANT_ID) {
        return Err(refusal("TXN_FAILURE", "335", "Mid is invalid"));
    }
    // More in the head than the signature gives a checksum error, too.
    let is_alone = head.fields().count() == 1;
    let signature = head.get_text("signature").filter(|_| is_alone).unwrap_or_default();
    if !is_signed(json.get("body").unwrap_or_default(), &signature) {
        return Err(refusal("TXN_FAILURE", "2005", "Checksum provided is invalid"));
    }
    let fits = |order: &String| {
        let is_plain = |letter: u8| letter.is_ascii_alphanumeric() || b"@-_.".contains(&letter);
        (1..=50).contains(&order.len()) && order.bytes().all(is_plain)
    };
    let order = body.get_text("orderId").filter(fits);
    order.map(Asked::Payment).ok_or_else(|| refusal("TXN_FAILURE", "334", "Invalid Order ID"))
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let status = payment.word();
    let (code, message) = match status {
        "TXN_SUCCESS" => ("01", "Txn Success"),
        "PENDING" => (
            "402",
            "Looks like the payment is not complete. Please wait while we confirm the status with your bank.",
        ),
        "TXN_FAILURE" => ("227", "Your payment has been declined by your bank."),
        _ => ("", ""),
    };
    let result = Object::new()
        .text("resultStatus", status)
        .text("resultCode", payment.extra("resultCode").unwrap_or(code))
        .text("resultMsg", message);
    let mut body = Object::new()
        .object("resultInfo", &result)
        .text("txnId", "20190220111212800110168328900332000")
        .text("bankTxnId", "777001248121249")
        .text("orderId", payment.id())
        .text("txnAmount", payment.extra("txnAmount").unwrap_or(payment.amount()))
        .text("txnType", payment.extra("txnType").unwrap_or("SALE"))
        .text("gatewayName", "HDFC")
        .text("bankName", "HSBC")
        .text("mid", MERCHANT_ID)
        .text("paymentMode", "CC");
    if let Some(refunded) =
        Some(payment.extra("refundAmt").unwrap_or("0.00")).filter(|amount| *amount != "none")
    {
        body = body.text("refundAmt", refunded);
    }
    body = body.text("txnDate", "2019-02-20 12:35:20.0");
    for name in ["preAuthId", "blockedAmount", "subsId"] {
        if let Some(value) = payment.extra(name) {
            body = body.text(name, value);
        }
    }
    let mut head = head();
    match payment.extra("signature") {
        Some("none") => {}
        Some(_) => head = head.text("signature", "d3Jvbmc="),
        // It is put in when the body is what it will be.
        None => head = head.text("signature", ""),
    }
    Answer::ok(Object::new().object("head", &head).object("body", &body))
}

fn head() -> Object {
    Object::new().text("responseTimestamp", "1553496322922").text("version", "v1").text("clientId", "C11")
}

/// The signature is over the body's text as it is sent.
fn seal(reply: &mut Object) {
    let is_to_be_signed = |head: &Object| head.get_text("signature").as_deref() == Some("");
    if let (Some(head), Some(body)) = (reply.inner("head").filter(is_to_be_signed), reply.get("body")) {
        let head = head.text("signature", &checksum(MERCHANT_KEY, body, SALT));
        reply.merge(&Object::new().object("head", &head));
    }
}

/// What tells of an error has no more than its result.
fn refusal(status: &str, code: &str, message: &str) -> Reply {
    let result =
        Object::new().text("resultStatus", status).text("resultCode", code).text("resultMsg", message);
    let body = Object::new().object("resultInfo", &result);
    Reply::json(200, &Object::new().object("head", &head()).object("body", &body))
}

/// The newer form, in JSON, which is signed as a reply is.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let reply = event.reply.inner("body")?;
    let result = reply.inner("resultInfo")?;
    let text = |object: &Object, name: &str| object.get_text(name).unwrap_or_default();
    let body = Object::new()
        .text("mid", &text(&reply, "mid"))
        .text("orderId", &text(&reply, "orderId"))
        .text("txnId", &text(&reply, "txnId"))
        .text("txnAmount", &text(&reply, "txnAmount"))
        .text("currency", "INR")
        .text("status", &text(&result, "resultStatus"))
        .text("respCode", &text(&result, "resultCode"))
        .text("respMsg", &text(&result, "resultMsg"))
        .to_string();
    let head = Object::new().text("signature", &checksum(MERCHANT_KEY, &body, SALT));
    Some(Callback::json(Object::new().object("head", &head).raw("body", body).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeded_id;

    use super::super::lab::{Got, JSON, Lab};

    #[track_caller]
    fn send(lab: &Lab, body: &str, signature: &str) -> Got {
        let text = format!(r#"{{"head":{{"signature":"{signature}"}},"body":{body}}}"#);
        lab.send("POST", "/v3/order/status", &[("content-type", JSON)], &text)
    }

    #[track_caller]
    fn ask(lab: &Lab, order: &str) -> Got {
        let body = format!(r#"{{"mid":"{MERCHANT_ID}","orderId":"{order}"}}"#);
        send(lab, &body, &checksum(MERCHANT_KEY, &body, "1a2b"))
    }

    fn refused(status: &str, code: &str, message: &str) -> String {
        format!(
            r#"{{"head":{{"responseTimestamp":"1553496322922","version":"v1","clientId":"C11"}},"body":{{"resultInfo":{{"resultStatus":"{status}","resultCode":"{code}","resultMsg":"{message}"}}}}}}"#
        )
    }

    #[test]
    fn the_documented_vectors() {
        for (text, signature) in [
            (
                r#"{"mid":"INTEGR00000000000001","orderId":"ORDERID_98765"}"#,
                "w0l5yiyPHvU6qZtraL/mf4RVxq5wwvdEpB6tU6Qv6G/Ir2c8v2YXTiwDKgbBid6AKtcbA0lBWnS5VmZFZk0kh8OZUrmCXU826z7bajR4HzM=",
            ),
            (
                r#"{"mid":"INTEGR00000000000001","orderId":"ORDERID_98765","txnAmount":"1.00","status":"TXN_SUCCESS"}"#,
                "9UjOOQW7NQYqXIFuq+Lfxi4pxetOAsxG/m8ALwvB5ObsVCyH5NaZDmKgi+tEpUGgHSqJfXgeTQ1iemLkvbmoOhMPeG7p9JY2SggOyweZ2qw=",
            ),
            (
                "|INR|INTEGR00000000000001|ORDERID_98765|01|TXN_SUCCESS|1.00",
                "mx+6Uo9TyzChWoPReYei0J1ztqbpjoUFe2LPcw91tutgVMscrLYHDDpPPEJURdhTrq88qTpNxB0GAF28p+Xe8vYL9e3WLKWhn0CuziK/2OM=",
            ),
        ] {
            assert_eq!(checksum("canarykey#123456", text, SALT), signature, "{text}");
        }
    }

    #[test]
    fn a_success_is_signed_as_it_is_sent_whatever_was_overridden() {
        let lab = Lab::of(Provider::PAYTM);
        for new in [
            NewPayment::new(Provider::PAYTM, "ORDERID_98764", "TXN_SUCCESS"),
            NewPayment::new(Provider::PAYTM, "ORDERID_98766", "TXN_SUCCESS")
                .with_overrides(Object::new().object("body", &Object::new().text("txnAmount", "1.00"))),
        ] {
            let order = lab.create(new).id().to_owned();
            let got = Object::parse(ask(&lab, &order).body.as_bytes()).unwrap();
            let signature = got.inner("head").unwrap().get_text("signature").unwrap();
            assert_eq!(signature, checksum(MERCHANT_KEY, got.get("body").unwrap(), SALT));
        }
        let got = ask(&lab, "ORDERID_98765");
        let body = r#""body":{"resultInfo":{"resultStatus":"TXN_SUCCESS","resultCode":"01","resultMsg":"Txn Success"},"txnId":"20190220111212800110168328900332000","bankTxnId":"777001248121249","orderId":"ORDERID_98765","txnAmount":"100.00","txnType":"SALE","gatewayName":"HDFC","bankName":"HSBC","mid":"SANDBO00000000000001","paymentMode":"CC","refundAmt":"0.00","txnDate":"2019-02-20 12:35:20.0"}}"#;
        assert!(got.status == 200 && got.body.ends_with(body), "{}", got.body);
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::PAYTM);
        for &state in PROTOCOL.states {
            let payment = lab.sandbox.payment(Provider::PAYTM, &seeded_id(state)).unwrap();
            let got = ask(&lab, payment.id());
            for (name, value) in state.split(' ').skip(1).filter_map(|extra| extra.split_once('=')) {
                let field = format!(r#""{name}":"{value}""#);
                assert_eq!(got.body.contains(&field), value != "none", "{state}: {}", got.body);
            }
            let word = format!(r#""resultStatus":"{}""#, payment.word());
            assert!(got.status == 200 && got.body.contains(&word), "{state}: {}", got.body);
            assert_eq!(got.body.contains(r#""signature":"#), !state.contains("signature=none"), "{state}");
        }
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::PAYTM);
        ask(&lab, "none").is(200, JSON, &refused("NO_RECORD_FOUND", "331", "No Record Found"));
        ask(&lab, "a/b").is(200, JSON, &refused("TXN_FAILURE", "334", "Invalid Order ID"));
        let wrong = refused("TXN_FAILURE", "2005", "Checksum provided is invalid");
        let body = format!(r#"{{"mid":"{MERCHANT_ID}","orderId":"none"}}"#);
        let right = checksum(MERCHANT_KEY, &body, "1a2b");
        for signature in ["", "x", &checksum("anotherkey#12345", &body, "1a2b"), &right[..64]] {
            send(&lab, &body, signature).is(200, JSON, &wrong);
        }
        // The signature is over the text: the same with a space has another one.
        send(&lab, &body.replace(':', ": "), &right).is(200, JSON, &wrong);
        send(&lab, &body, &format!(r#"{right}","version":"v1"#)).is(200, JSON, &wrong);
        send(&lab, "{}", "").is(200, JSON, &refused("TXN_FAILURE", "335", "Mid is invalid"));
        lab.get("/v3/order/status", &[]).is_page(405);
        lab.get("/order/status", &[]).is_page(404);
    }

    #[test]
    fn callbacks_are_signed_as_replies_are() {
        let lab = Lab::of(Provider::PAYTM);
        for (state, code) in [("TXN_SUCCESS", "01"), ("TXN_FAILURE", "227"), ("PENDING", "402")] {
            let callback = lab.callback(NewPayment::new(Provider::PAYTM, "o-1", state)).unwrap();
            let sent = Object::parse(callback.body.as_bytes()).unwrap();
            let body = sent.get("body").unwrap();
            assert!(body.contains(&format!(r#""status":"{state}","respCode":"{code}""#)), "{body}");
            let signature = sent.inner("head").unwrap().get_text("signature").unwrap();
            assert!(is_signed(body, &signature));
        }
    }
}
