//! PayTR. Sources: dev.paytr.com (`/durum-sorgu`, `/hata-kodlari`, `/iframe-api/iframe-api-2-adim`) and copies of its
//! pages in public repositories; PyPI `paytr-python` 0.3.0. Read 2026-11.
//!
//! A state is the word that a status query answers, `success`, or what the query does not tell apart:
//! `waiting`, `refused` and `abandoned` are one answer, code 004.
//! Beside `success` stand `test_mode=1`, `total=0`, `err_no=009`, `returned=50.00`, `completed=no` for a refund that is
//! under way, and `returned=untold` for one whose amount is not there. `form=object` writes the refunds as an object of
//! entries, `form=entry` as one entry.

use axum::http::Method;

use super::{Amount, Answer, Asked, Callback, Currency, Event, Protocol, ids, sign, web};
use crate::{NewPayment, Payment, Provider, Reply, json::Object, request::Request};

const MERCHANT_ID: &str = "123456";
const MERCHANT_KEY: &str = "sandbox-paytr-key";
const MERCHANT_SALT: &str = "sandbox-paytr-salt";

/// The order exists, and no attempt to pay it has succeeded.
const NO_SUCCESS: &str = "merchant_oid ile basarili odeme bulunamadi";
const NO_ORDER: &str = "merchant_oid ile islem bulunamadi";

impl Provider {
    /// PayTR, a Turkish payment gateway.
    pub const PAYTR: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "paytr",
    states: &[
        "success",
        "success test_mode=1",
        "success total=0",
        "success err_no=009",
        "success returned=untold",
        "success returned=50.00",
        "success returned=164.89",
        "success returned=200.00 form=object",
        "success returned=164.89 completed=no form=entry",
        "waiting",
        "refused",
        "abandoned",
    ],
    paid: "success",
    open: "waiting",
    seed,
    samples,
    amount: Amount::Text,
    default_amount: "164.89",
    currency: Currency::Default("TRY"),
    has_reference: false,
    settings: &[
        ("merchant_id", MERCHANT_ID),
        ("merchant_key", MERCHANT_KEY),
        ("merchant_salt", MERCHANT_SALT),
    ],
    read,
    answer,
    not_found,
    callback: Some(callback),
    ..Protocol::PLAIN
};

/// An order's number is of letters and digits.
fn seed(provider: Provider, state: &str) -> NewPayment {
    let id = ids::of(state, 12, |letter| letter.is_ascii_alphanumeric());
    NewPayment::new(provider, format!("ORD{id}"), state)
}

/// The order of the documented vectors, and one in another currency with the documentation's decimal comma.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str| NewPayment::new(Provider::PAYTR, id, "success");
    vec![
        new("ORD20261121"),
        new("ORD20261122")
            .with_currency("EUR")
            .with_overrides(Object::new().text("payment_total", "10,8").raw("returns", "\"\"".to_owned())),
    ]
}

/// What PayTR signs, with the salt where it belongs: the whole text is the caller's.
fn signature(text: &str) -> String {
    sign::hmac_sha256_base64(MERCHANT_KEY, text)
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    if request.path != "/odeme/durum-sorgu" {
        return Err(web::no_such_path());
    }
    web::check_method(request, &Method::POST)?;
    let is_form = request.content_type().as_deref() == Some("application/x-www-form-urlencoded");
    let field = |name| request.field(name).filter(|text| is_form && !text.is_empty());
    if field("merchant_id").as_deref() != Some(MERCHANT_ID) {
        return Err(refusal("001", "Gecersiz istek veya magaza aktif degil"));
    }
    let Some(order) = field("merchant_oid") else {
        return Err(refusal("002", "merchant_oid gonderilmedi"));
    };
    let expected = signature(&format!("{MERCHANT_ID}{order}{MERCHANT_SALT}"));
    if field("paytr_token") != Some(expected) {
        return Err(refusal("003", "paytr_token gonderilmedi veya gecersiz"));
    }
    Ok(Asked::Payment(order))
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let word = payment.word();
    if let "waiting" | "refused" | "abandoned" = word {
        return Answer::ok(stated("004", NO_SUCCESS));
    }
    let currency = if payment.currency() == "TRY" { "TL" } else { payment.currency() };
    let mut body = Object::new()
        .text("status", word)
        .text("net_tutar", "161.00")
        .text("kesinti_tutari", "3.89")
        .text("payment_amount", "149.90")
        .text("payment_total", payment.extra("total").unwrap_or(payment.amount()))
        .text("payment_date", "2026-01-01 23:59:59")
        .text("currency", currency)
        .text("taksit", "3")
        .text("kart_marka", "BONUS")
        .text("masked_pan", "411111AAA1111")
        .text("auth_code", "123456")
        .text("auth_date", "01.01.2026 12:00:00")
        .text("odeme_tipi", "KART")
        .text("test_mode", payment.extra("test_mode").unwrap_or("0"))
        .raw("returns", returns(payment));
    if let Some(code) = payment.extra("err_no") {
        body = body.text("err_no", code);
    }
    Answer::ok(body)
}

fn returns(payment: &Payment) -> String {
    let Some(returned) = payment.extra("returned") else { return "[]".to_owned() };
    let is_completed = payment.extra("completed") != Some("no");
    let mut entry = Object::new();
    if returned != "untold" {
        entry = entry.text("return_amount", returned);
    }
    let entry = entry
        .text("return_date", "2026-01-02 10:00:00")
        .text("return_type", "")
        .text("date_completed", if is_completed { "2026-01-02 10:01:00" } else { "" })
        .text("return_auth_code", "")
        .text("return_ref_num", "")
        .text("reference_no", "111")
        .text("return_source", "");
    match payment.extra("form") {
        Some("object") => Object::new().object("0", &entry).to_string(),
        Some("entry") => entry.to_string(),
        _ => format!("[{entry}]"),
    }
}

fn not_found(_: &Asked) -> Reply {
    refusal("004", NO_ORDER)
}

fn refusal(code: &str, message: &str) -> Reply {
    Reply::json(200, &stated(code, message))
}

fn stated(code: &str, message: &str) -> Object {
    Object::new().text("status", "error").text("err_no", code).text("err_msg", message)
}

/// A form about a payment that succeeded or was refused; the amount is in hundredths.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let status = match event.payment.word() {
        "success" => "success",
        "refused" => "failed",
        _ => return None,
    };
    let order = event.payment.id();
    let (whole, part) = event.payment.amount().split_once('.').unwrap_or((event.payment.amount(), ""));
    let total = format!("{whole}{part:0<2}");
    let hash = signature(&format!("{order}{MERCHANT_SALT}{status}{total}"));
    let mut fields = vec![
        ("merchant_oid", order),
        ("status", status),
        ("total_amount", &total),
        ("hash", &hash),
        ("payment_type", "card"),
        ("payment_amount", &total),
        ("currency", if event.payment.currency() == "TRY" { "TL" } else { event.payment.currency() }),
        ("test_mode", event.payment.extra("test_mode").unwrap_or("0")),
    ];
    if status == "failed" {
        fields.extend([("failed_reason_code", "10"), ("failed_reason_msg", "3D Secure zorunlu")]);
    }
    Some(Callback::form(fields))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeded_id;

    use super::super::lab::{Got, JSON, Lab, form};

    const FORM: &[(&str, &str)] = &[("content-type", "application/x-www-form-urlencoded")];

    fn body(order: &str, token: &str) -> String {
        let fields = [("merchant_id", MERCHANT_ID), ("merchant_oid", order), ("paytr_token", token)];
        form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
    }

    #[track_caller]
    fn ask(lab: &Lab, order: &str) -> Got {
        let token = signature(&format!("{MERCHANT_ID}{order}{MERCHANT_SALT}"));
        lab.send("POST", "/odeme/durum-sorgu", FORM, &body(order, &token))
    }

    fn refused(code: &str, message: &str) -> String {
        format!(r#"{{"status":"error","err_no":"{code}","err_msg":"{message}"}}"#)
    }

    #[test]
    fn the_documented_vectors() {
        let sign = |text: &str| sign::hmac_sha256_base64("canary-paytr-key", text);
        for (text, signature) in [
            ("123456ORD20261121canary-paytr-salt", "SGOpCoHDPK091zNd50zN8B9JcZj7hOvtBKv63DB9vR8="),
            ("ORD20261121canary-paytr-saltsuccess16489", "b4532mVTy9FN4dOdi6fPlxmdj9ku1emIgjfbYWrFTeE="),
            ("cb1ORD20261121canary-paytr-saltsuccess16489", "a3SyZWWw2yT8S5ueRDJBZMK2hJo/be14mQULZ8opfa8="),
        ] {
            assert_eq!(sign(text), signature);
        }
    }

    #[test]
    fn the_documented_sample() {
        ask(&Lab::of(Provider::PAYTR), "ORD20261121").is(
            200,
            JSON,
            r#"{"status":"success","net_tutar":"161.00","kesinti_tutari":"3.89","payment_amount":"149.90","payment_total":"164.89","payment_date":"2026-01-01 23:59:59","currency":"TL","taksit":"3","kart_marka":"BONUS","masked_pan":"411111AAA1111","auth_code":"123456","auth_date":"01.01.2026 12:00:00","odeme_tipi":"KART","test_mode":"0","returns":[]}"#,
        );
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::PAYTR);
        for (state, fields) in [
            ("success", r#""test_mode":"0","returns":[]}"#),
            ("success test_mode=1", r#""test_mode":"1""#),
            ("success total=0", r#""payment_total":"0""#),
            ("success err_no=009", r#""err_no":"009""#),
            ("success returned=untold", r#""returns":[{"return_date":"#),
            ("success returned=50.00", r#""returns":[{"return_amount":"50.00""#),
            ("success returned=200.00 form=object", r#""returns":{"0":{"return_amount":"200.00""#),
            (
                "success returned=164.89 completed=no form=entry",
                r#""returns":{"return_amount":"164.89","return_date":"2026-01-02 10:00:00","return_type":"","date_completed":"","#,
            ),
            ("waiting", NO_SUCCESS),
            ("refused", NO_SUCCESS),
            ("abandoned", NO_SUCCESS),
        ] {
            let payment = lab.sandbox.payment(Provider::PAYTR, &seeded_id(state)).unwrap();
            let got = ask(&lab, payment.id());
            assert!(got.status == 200 && got.body.contains(fields), "{state}: {}", got.body);
        }
        assert!(ask(&lab, "ORD20261122").body.contains(r#""payment_total":"10,8""#));
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::PAYTR);
        ask(&lab, "ORDunknown").is(200, JSON, &refused("004", NO_ORDER));
        let wrong = refused("003", "paytr_token gonderilmedi veya gecersiz");
        let send = |headers, body: &str| lab.send("POST", "/odeme/durum-sorgu", headers, body);
        for token in ["", "x", &signature("ORD20261121")] {
            send(FORM, &body("ORD20261121", token)).is(200, JSON, &wrong);
        }
        send(FORM, &body("", "x")).is(200, JSON, &refused("002", "merchant_oid gonderilmedi"));
        let inactive = refused("001", "Gecersiz istek veya magaza aktif degil");
        send(FORM, "merchant_oid=ORD20261121").is(200, JSON, &inactive);
        send(&[("content-type", JSON)], &body("ORD20261121", "x")).is(200, JSON, &inactive);
        lab.get("/odeme/durum-sorgu", &[]).is_page(405);
        lab.get("/odeme", &[]).is_page(404);
    }

    #[test]
    fn callbacks_are_forms_in_hundredths() {
        let lab = Lab::of(Provider::PAYTR);
        for (state, amount, status) in [
            ("success", "164.89", Some(("success", "16489"))),
            ("refused", "10.8", Some(("failed", "1080"))),
            ("waiting", "10", None),
        ] {
            let new = NewPayment::new(Provider::PAYTR, "ORD1", state).with_amount(amount);
            let callback = lab.callback(new).map(|callback| form(&callback.body));
            assert_eq!(callback.is_some(), status.is_some(), "{state}");
            let (Some(fields), Some((status, total))) = (callback, status) else { continue };
            let hash = signature(&format!("ORD1{MERCHANT_SALT}{status}{total}"));
            let expected = [
                ("merchant_oid", "ORD1"),
                ("status", status),
                ("total_amount", total),
                ("hash", &hash),
                ("payment_type", "card"),
            ];
            for (field, expected) in fields.iter().zip(expected) {
                assert_eq!((field.0.as_str(), field.1.as_str()), expected);
            }
        }
    }
}
