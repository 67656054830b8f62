//! PayU India. Sources: docs.payu.in (`reference/verify_payment_api`, `check_payment_api`, `payment-state-explanations`,
//! `docs/webhook-events-and-sample-payloads`, `docs/error-handling`); npm `payu-websdk` 1.3.1;
//! github.com/payu-intrepos/web-sdk-php bf647ea. Read 2026-11.
//!
//! A state is a transaction's status and its unmapped status. Beside them stand `net=0` or `null` of what left the
//! payer's instrument, `amt=0` or `null`, `disc=100.00`, and `charges=0.25` that the payer bears, which a callback signs.
//! The reference is the merchant's txnid. Everything is an HTTP 200.

use axum::http::Method;
use sha2::{Digest, Sha512};

use super::{Answer, Asked, Callback, Currency, Event, Protocol, ids, sign, web};
use crate::{NewPayment, Payment, Provider, Reply, json::Object, request::Request};

const KEY: &str = "SdBxKy";
const SALT: &str = "your_salt";

impl Provider {
    /// PayU India, a payment gateway.
    pub const PAYU: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "payu",
    states: &[
        "success captured",
        "success captured net=0",
        "success captured net=null",
        "success captured net=null amt=0",
        "success captured disc=100.00 net=9900.00",
        "success captured charges=0.25",
        "success auth",
        "success",
        "success settled",
        "pending initiated",
        "pending in progress",
        "failure autoRefund",
        "failure bounced",
        "failure userCancelled",
        "failure dropped",
        "failure failed",
        "failure",
    ],
    paid: "success captured",
    open: "pending in progress",
    seed: |provider, state| NewPayment::new(provider, payu_id(state), state),
    samples,
    default_amount: "10.00",
    currency: Currency::Fixed("INR"),
    settings: &[("merchant_key", KEY), ("salt", SALT)],
    read,
    answer,
    not_found,
    callback: Some(callback),
    ..Protocol::PLAIN
};

/// Eleven digits, as on the live host.
fn payu_id(seed: &str) -> String {
    format!("2{}", ids::of(seed, 10, |letter| letter.is_ascii_digit()))
}

/// The documented example, whose id is of the test host; and a txnid that was used again after a failure.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str, state: &str| NewPayment::new(Provider::PAYU, id, state);
    vec![
        new("403993715521889530", "success captured").with_reference("7fa6c478"),
        new("25779819001", "failure dropped").with_reference("used-again"),
        new("25779819002", "success captured").with_reference("used-again"),
    ]
}

fn sha512(text: &str) -> String {
    sign::hex(&Sha512::digest(text))
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    if request.path != "/merchant/postservice.php" {
        return Err(web::no_such_path());
    }
    web::check_method(request, &Method::POST)?;
    if request.parameter("form").as_deref() != Some("2") {
        let php = "a:2:{s:6:\"status\";i:0;s:3:\"msg\";s:17:\"Parameter missing\";}";
        return Err(Reply::of_content(200, "text/html; charset=UTF-8", php));
    }
    let fields = ["key", "command", "var1", "hash"].map(|name| request.field(name).unwrap_or_default());
    let [key, command, var1, hash] = &fields;
    if fields.iter().any(String::is_empty) {
        return Err(refusal("Parameter missing"));
    }
    if key != KEY || *hash != sha512(&format!("{key}|{command}|{var1}|{SALT}")) {
        return Err(refusal("Invalid Hash."));
    }
    match &**command {
        "verify_payment" => Ok(Asked::Order(var1.clone())),
        "check_payment" => Ok(Asked::Payment(var1.clone())),
        _ => Err(refusal("Invalid command")),
    }
}

/// Several bars in `var1` would ask about several orders, which the sandbox does not do.
fn answer(asked: &Asked, payment: &Payment) -> Answer {
    let details = details(payment, matches!(asked, Asked::Order(_)));
    Answer::ok(match asked {
        Asked::Order(txnid) => Object::new()
            .number("status", "1")
            .text("msg", "1 out of 1 Transactions Fetched Successfully")
            .object("transaction_details", &Object::new().object(txnid, &details)),
        _ => Object::new()
            .number("status", "1")
            .text("msg", "Transaction Fetched Successfully")
            .object("transaction_details", &details),
    })
}

fn details(payment: &Payment, by_order: bool) -> Object {
    let (status, unmapped) = words(payment);
    let amount = payment.amount();
    let net = payment.extra("net").unwrap_or(if status == "success" { amount } else { "0.00" });
    let is_over = status == "success";
    let number = |body: Object, name: &str, value: &str| match value {
        "null" => body.text_or_null(name, None),
        value => body.number(name, value),
    };
    let text = |body: Object, name: &str, value: &str| match value {
        "null" => body.text_or_null(name, None),
        value => body.text(name, value),
    };
    let amt = payment.extra("amt").or(payment.extra("net").filter(|net| *net == "9900.00")).unwrap_or(amount);
    let mut body = match by_order {
        true => Object::new().text("mihpayid", payment.id()),
        // A number, however long.
        false => Object::new().number("mihpayid", payment.id()),
    };
    body = body.text("request_id", "").text("bank_ref_num", "721522");
    body = text(body, "amt", amt)
        .text("transaction_amount", if payment.extra("disc").is_some() { "10000.00" } else { amount })
        .text("txnid", payment.reference().unwrap_or_default())
        .text("additional_charges", payment.extra("charges").unwrap_or("0.00"))
        .text("productinfo", "Test")
        .text("firstname", "John")
        .text("bankcode", "CC")
        .text("udf1", "");
    body = match status {
        "failure" => body
            .text("field9", "OTP/ATM page expired due to no user action")
            .text("error_code", "E1602")
            .text("error_Message", "Bank was unable to authenticate."),
        _ => body.text("field9", "No Error").text("error_code", "E000").text("error_Message", "NO ERROR"),
    };
    body = number(body.text("addedon", "2020-10-26 14:12:13"), "net_amount_debit", net)
        .text("disc", payment.extra("disc").unwrap_or("0.00"))
        .text("mode", "CC")
        .text("card_no", "512345XXXXXX2346")
        .text("name_on_card", "Test")
        .text("status", status);
    body = match unmapped {
        "" => body.text_or_null("unmappedstatus", None),
        unmapped => body.text("unmappedstatus", unmapped),
    };
    body.text("Settled_At", if is_over { "2020-10-27 14:12:13" } else { "0000-00-00 00:00:00" })
}

/// `failure` and `dropped` of `failure dropped`.
fn words(payment: &Payment) -> (&str, &str) {
    payment.word().split_once(' ').unwrap_or((payment.word(), ""))
}

fn not_found(asked: &Asked) -> Reply {
    let Asked::Order(txnid) = asked else { return refusal("Transaction not exists") };
    let nothing = Object::new().text("mihpayid", "Not Found").text("status", "Not Found");
    let body = Object::new()
        .number("status", "0")
        .text("msg", "0 out of 1 Transactions Fetched Successfully")
        .object("transaction_details", &Object::new().object(txnid, &nothing));
    Reply::json(200, &body)
}

fn refusal(msg: &str) -> Reply {
    Reply::json(200, &Object::new().number("status", "0").text("msg", msg))
}

/// The form that the payer's browser carries back, too: PayU's id and the unmapped status are not signed.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let payment = event.payment;
    let (status, unmapped) = words(payment);
    if !matches!(status, "success" | "failure") {
        return None;
    }
    let (txnid, amount) = (payment.reference().unwrap_or_default(), payment.amount());
    let mut fields = vec![
        ("mihpayid", payment.id()),
        ("mode", "CC"),
        ("status", status),
        ("unmappedstatus", unmapped),
        ("key", KEY),
        ("txnid", txnid),
        ("amount", amount),
        ("productinfo", "Test"),
        ("firstname", "John"),
        ("email", "payer@example.com"),
        ("udf1", ""),
        ("udf2", ""),
        ("udf3", ""),
        ("udf4", ""),
        ("udf5", ""),
        ("net_amount_debit", amount),
    ];
    if let Some(charges) = payment.extra("charges") {
        fields.push(("additionalCharges", charges));
    }
    let hash = reverse_hash(SALT, &fields);
    fields.push(("hash", &hash));
    Some(Callback::form(fields))
}

/// `salt|status||||||udf5|udf4|udf3|udf2|udf1|email|firstname|productinfo|amount|txnid|key`,
/// with the charges before it where there are any.
fn reverse_hash(salt: &str, fields: &[(&str, &str)]) -> String {
    let field = |wanted: &str| fields.iter().find(|(name, _)| *name == wanted).map_or("", |(_, value)| value);
    let names = [
        "udf5",
        "udf4",
        "udf3",
        "udf2",
        "udf1",
        "email",
        "firstname",
        "productinfo",
        "amount",
        "txnid",
        "key",
    ];
    let text = format!("{salt}|{}||||||{}", field("status"), names.map(field).join("|"));
    match field("additionalCharges") {
        "" => sha512(&text),
        charges => sha512(&format!("{charges}|{text}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeded_id;

    use super::super::lab::{Got, JSON, Lab, form};

    const PATH: &str = "/merchant/postservice.php?form=2";

    fn hashed(command: &str, var1: &str) -> String {
        sha512(&format!("{KEY}|{command}|{var1}|{SALT}"))
    }

    fn body(key: &str, command: &str, var1: &str, hash: &str) -> String {
        format!("key={key}&command={command}&var1={var1}&hash={hash}")
    }

    #[track_caller]
    fn ask(lab: &Lab, command: &str, var1: &str) -> Got {
        lab.send("POST", PATH, &[], &body(KEY, command, var1, &hashed(command, var1)))
    }

    fn refused(msg: &str) -> String {
        format!(r#"{{"status":0,"msg":"{msg}"}}"#)
    }

    #[test]
    fn the_documented_hash() {
        assert_eq!(
            sha512("PkEy77|verify_payment|order-8123|canary_salt_7Qe1"),
            "6db962c35591b6277edd01aa44a9c1017d9db41a18a9a90300795415a29ce15e15db01650e492363d12fdc0a5f241efe61e7635698aa4a0e16f30455e826e75d"
        );
    }

    #[test]
    fn the_documented_samples() {
        let lab = Lab::of(Provider::PAYU);
        ask(&lab, "verify_payment", "7fa6c478").is(
            200,
            JSON,
            r#"{"status":1,"msg":"1 out of 1 Transactions Fetched Successfully","transaction_details":{"7fa6c478":{"mihpayid":"403993715521889530","request_id":"","bank_ref_num":"721522","amt":"10.00","transaction_amount":"10.00","txnid":"7fa6c478","additional_charges":"0.00","productinfo":"Test","firstname":"John","bankcode":"CC","udf1":"","field9":"No Error","error_code":"E000","error_Message":"NO ERROR","addedon":"2020-10-26 14:12:13","net_amount_debit":10.00,"disc":"0.00","mode":"CC","card_no":"512345XXXXXX2346","name_on_card":"Test","status":"success","unmappedstatus":"captured","Settled_At":"2020-10-27 14:12:13"}}}"#,
        );
        let flat = ask(&lab, "check_payment", "403993715521889530");
        assert!(
            flat.body.starts_with(
                r#"{"status":1,"msg":"Transaction Fetched Successfully","transaction_details":{"mihpayid":403993715521889530,"#
            ),
            "{}",
            flat.body
        );
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::PAYU);
        for (state, fields) in [
            ("success captured net=0", r#""net_amount_debit":0,"#),
            ("success captured net=null", r#""net_amount_debit":null,"#),
            ("success captured net=null amt=0", r#""amt":"0","#),
            (
                "success captured disc=100.00 net=9900.00",
                r#""amt":"9900.00","transaction_amount":"10000.00""#,
            ),
            ("success auth", r#""status":"success","unmappedstatus":"auth""#),
            ("success", r#""status":"success","unmappedstatus":null"#),
            ("pending in progress", r#""status":"pending","unmappedstatus":"in progress""#),
            ("failure dropped", r#""error_Message":"Bank was unable to authenticate.""#),
            ("failure autoRefund", r#""status":"failure","unmappedstatus":"autoRefund""#),
        ] {
            let payment = lab.sandbox.payment(Provider::PAYU, &seeded_id(state)).unwrap();
            for got in [
                ask(&lab, "check_payment", payment.id()),
                ask(&lab, "verify_payment", payment.reference().unwrap()),
            ] {
                assert!(got.status == 200 && got.body.contains(fields), "{state}: {}", got.body);
            }
        }
        let latest = ask(&lab, "verify_payment", "used-again");
        assert!(latest.body.contains(r#""used-again":{"mihpayid":"25779819002""#), "{}", latest.body);
    }

    #[test]
    fn errors_are_inside_of_a_success() {
        let lab = Lab::of(Provider::PAYU);
        let hash = hashed("verify_payment", "7fa6c478");
        let right = body(KEY, "verify_payment", "7fa6c478", &hash);
        for wrong in [
            body("other", "verify_payment", "7fa6c478", &hash),
            body(KEY, "verify_payment", "7fa6c479", &hash),
            body(KEY, "check_payment", "7fa6c478", &hash),
            body(KEY, "verify_payment", "7fa6c478", &hash.to_uppercase()),
        ] {
            lab.send("POST", PATH, &[], &wrong).is(200, JSON, &refused("Invalid Hash."));
        }
        lab.send("POST", PATH, &[], "key=SdBxKy").is(200, JSON, &refused("Parameter missing"));
        ask(&lab, "cancel_refund", "1").is(200, JSON, &refused("Invalid command"));
        let none = r#"{"status":0,"msg":"0 out of 1 Transactions Fetched Successfully","transaction_details":{"nobody":{"mihpayid":"Not Found","status":"Not Found"}}}"#;
        ask(&lab, "verify_payment", "nobody").is(200, JSON, none);
        ask(&lab, "check_payment", "1").is(200, JSON, &refused("Transaction not exists"));
        let php = lab.send("POST", "/merchant/postservice.php", &[], &right);
        assert!(php.body.starts_with("a:2:{"), "{}", php.body);
        lab.get(PATH, &[]).is_page(405);
        lab.send("POST", "/merchant/other.php", &[], &right).is_page(404);
    }

    #[test]
    fn callbacks_are_forms_with_the_reverse_hash() {
        let vector = [
            ("status", "success"),
            ("key", "PkEy77"),
            ("txnid", "order-8123"),
            ("amount", "10.50"),
            ("productinfo", "Test item"),
            ("firstname", "Asha"),
            ("email", "asha@example.com"),
            ("udf1", "x1"),
        ];
        assert_eq!(
            reverse_hash("canary_salt_7Qe1", &vector),
            "c886fb7656d6090507337ccc4829908b87e5e1783faba94b8eccf0dea10439f805667293685cf33c63e82025a39bc5a045cd8d38970b29cf0dd6beb80d5ae0f9"
        );
        let with_charges: Vec<_> = vector.into_iter().chain([("additionalCharges", "0.25")]).collect();
        assert_eq!(
            reverse_hash("canary_salt_7Qe1", &with_charges),
            "5afb315569982b9929d0b10a74a8ed3d6fab5aaa079af6f376233dd3501085187d5e84dd755c4c13e70c0137822f8275aa2478c50dd8e7b8b059165a7c849eac"
        );
        let lab = Lab::of(Provider::PAYU);
        for (state, status) in [
            ("success captured charges=0.25", Some("success")),
            ("failure dropped", Some("failure")),
            ("pending in progress", None),
        ] {
            let new = NewPayment::new(Provider::PAYU, "7", state).with_reference("order-1");
            let callback = lab.callback(new);
            assert_eq!(callback.is_some(), status.is_some(), "{state}");
            let (Some(callback), Some(status)) = (callback, status) else { continue };
            let fields = form(&callback.body);
            let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let field =
                |wanted: &str| fields.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
            assert_eq!((field("status"), field("txnid")), (Some(status), Some("order-1")));
            assert_eq!(field("hash"), Some(&*reverse_hash(SALT, &fields)));
        }
    }
}
