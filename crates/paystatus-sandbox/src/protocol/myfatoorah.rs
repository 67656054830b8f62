//! MyFatoorah, version 2 of its API. Sources: docs.myfatoorah.com (`/docs/payment-inquiry`, `/docs/get-payment-status`,
//! `/docs/update-payment-status-guidelines`, `/docs/webhook-v1`, `/docs/webhook-v2-payment-status-data-model`); the
//! official PHP library `my-fatoorah/library` 2.2 (b5f87fa); live replies in public repositories. Read 2026-11.
//!
//! A state is an invoice's status. Beside it stand its transactions, the oldest first, `tx=Failed,Succss` (`tx=none`
//! for none; a paid invoice has one that succeeded), and `value=0.000` for another amount of theirs.
//! An id of up to 14 digits is an invoice's, whose transactions have PaymentIds made of it; a longer one is a PaymentId
//! itself, of the last transaction of an invoice that is made of it.

use axum::http::Method;

use super::{Amount, Answer, Asked, Callback, Currency, Event, Protocol, ids, sign, web};
use crate::{NewPayment, Payment, Provider, Reply, json, json::Object, request::Request};

const API_TOKEN: &str = "sandbox-myfatoorah-token";
const WEBHOOK_SECRET: &str = "sandbox-myfatoorah-webhook";

/// The documented invoice and its transaction's PaymentId.
const DOCUMENTED: (&str, &str) = ("915102", "100202120965964751");

impl Provider {
    /// MyFatoorah, an invoice-based gateway of the Gulf, Jordan and Egypt.
    pub const MYFATOORAH: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "myfatoorah",
    states: &[
        "Paid",
        "Paid tx=Failed,Authorize,Success",
        "Paid tx=Succss,Refunded",
        "Paid tx=Succss value=0.000",
        "Paid tx=none",
        "DuplicatePayment tx=Succss,Succss",
        "Pending tx=Succss",
        "Pending tx=Authorize",
        "Pending tx=Authorize,Canceled",
        "Pending tx=Canceled,Failed",
        "Pending tx=Failed,InProgress",
        "Pending",
        "Canceled",
        "Canceled tx=Failed,Canceled",
        "Canceled tx=Authorize,Canceled",
        "Expired",
    ],
    paid: "Paid",
    open: "Pending",
    seed,
    samples,
    amount: Amount::Text,
    default_amount: "12345.000",
    currency: Currency::Default("KWD"),
    settings: &[("api_token", API_TOKEN), ("callback_secret", WEBHOOK_SECRET)],
    read,
    answer,
    not_found: |_| refusal(400, "No data match the provided values"),
    callback: Some(callback),
    ..Protocol::PLAIN
};

fn digits(seed: &str, length: usize) -> String {
    ids::of(seed, length, |letter| letter.is_ascii_digit())
}

fn seed(provider: Provider, state: &str) -> NewPayment {
    NewPayment::new(provider, format!("7{}", digits(state, 5)), state)
        .with_reference(format!("order-{}", digits(state, 8)))
}

/// The documented invoice, a part that was captured of what was held, one attempt that failed, and a currency by its label.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str, state: &str| NewPayment::new(Provider::MYFATOORAH, id, state);
    let part = |status: &str, value: &str, second: u8| {
        Object::new()
            .text("TransactionDate", &format!("2021-07-28T13:27:{second}.000"))
            .text("PaymentId", &format!("1002021209659600{second}"))
            .text("TransactionStatus", status)
            .text("TransationValue", value)
            .text("Currency", "SR")
    };
    let captured = json::array(&[part("Succss", "2.000", 40), part("Authorize", "40.000", 33)]);
    vec![
        new(DOCUMENTED.0, "Paid").with_reference("order_1"),
        new("915103", "Paid").with_reference("order_2").with_overrides(
            Object::new().object("Data", &Object::new().raw("InvoiceTransactions", captured)),
        ),
        new("100702120965964752", "Pending tx=Succss,Failed").with_reference("order_3"),
        new("100702120965964753", "Pending tx=InProgress,Failed").with_reference("order_4"),
        new("915104", "Paid").with_currency("SAR").with_reference("order_5"),
    ]
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    if request.path != "/v2/GetPaymentStatus" {
        return Err(web::no_such_path());
    }
    web::check_method(request, &Method::POST)?;
    if request.authorization("Bearer").as_deref() != Some(API_TOKEN) {
        return Err(Reply::of_content(401, "application/json", String::new()));
    }
    if request.content_type().as_deref() != Some("application/json") {
        return Err(web::page(415));
    }
    let body = request.json();
    let (Some(key), Some(kind)) = (body.get_text("Key"), body.get_text("KeyType")) else {
        return Err(invalid("Key", "The Key field is required."));
    };
    // What is asked for as the wrong kind is simply not there.
    let none = || refusal(400, "No data match the provided values");
    match kind.as_str() {
        "InvoiceId" if key.len() < 15 => Ok(Asked::Payment(key)),
        "PaymentId" if key == DOCUMENTED.1 => Ok(Asked::Payment(DOCUMENTED.0.to_owned())),
        "PaymentId" if key.len() >= 15 => Ok(Asked::Payment(invoice_of(&key).unwrap_or(key))),
        "CustomerReference" => Ok(Asked::Order(key)),
        "InvoiceId" | "PaymentId" => Err(none()),
        _ => Err(invalid("KeyType", "The KeyType is not valid.")),
    }
}

/// The PaymentId of a transaction of an invoice: 18 digits.
fn payment_id(invoice: &str, index: usize) -> String {
    if invoice == DOCUMENTED.0 { DOCUMENTED.1.to_owned() } else { format!("1002{invoice:0>13}{index}") }
}

/// The invoice of which such a PaymentId was made.
fn invoice_of(payment_id: &str) -> Option<String> {
    let invoice = payment_id.strip_prefix("1002").filter(|_| payment_id.len() == 18)?;
    Some(invoice.get(..13)?.trim_start_matches('0').to_owned())
}

fn label(currency: &str) -> &str {
    match currency {
        "KWD" => "KD",
        "SAR" => "SR",
        other => other,
    }
}

/// With commas between thousands.
fn grouped(amount: &str) -> String {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, "000"));
    let mut text = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{text}.{fraction}")
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let word = payment.word();
    let plain = if let "Paid" | "DuplicatePayment" = word { "Succss" } else { "none" };
    let words: Vec<_> =
        payment.extra("tx").unwrap_or(plain).split(',').filter(|word| *word != "none").collect();
    // A PaymentId is asked about: its invoice has another number.
    let invoice =
        if payment.id().len() < 15 { payment.id() } else { payment.id().get(5..14).unwrap_or_default() };
    let invoice = invoice.trim_start_matches('0');
    let currency = label(payment.currency());
    let amount = payment.extra("value").unwrap_or(payment.amount());
    let transactions: Vec<_> = words
        .iter()
        .enumerate()
        .map(|(index, status)| {
            let is_last = index + 1 == words.len();
            let id = match payment.id() {
                id if id.len() >= 15 && is_last => id.to_owned(),
                _ => payment_id(invoice, index),
            };
            transaction(status, &id, index, &grouped(amount), currency)
        })
        .collect();
    let data = Object::new()
        .number("InvoiceId", invoice)
        .text("InvoiceStatus", word)
        .text("InvoiceReference", "2021005465")
        .text_or_null("CustomerReference", payment.reference())
        .text("CreatedDate", "2021-07-28T13:25:06.153")
        .text("ExpiryDate", "July 31, 2021")
        .text("ExpiryTime", "13:25:06.153")
        .number("InvoiceValue", payment.amount())
        .text_or_null("Comments", None)
        .text("CustomerName", "A Payer")
        .text("CustomerMobile", "+96500000000")
        .text_or_null("CustomerEmail", None)
        .text_or_null("UserDefinedField", None)
        .text("InvoiceDisplayValue", &format!("{} {currency}", grouped(payment.amount())))
        .number("DueDeposit", "12330.1")
        .text("DepositStatus", "Not Deposited")
        .raw("InvoiceItems", "[]".to_owned())
        .raw("InvoiceTransactions", json::array(&transactions))
        .raw("Suppliers", "[]".to_owned());
    let reply =
        Object::new().flag("IsSuccess", true).text("Message", "").raw("ValidationErrors", "null".to_owned());
    Answer::ok(reply.object("Data", &data))
}

fn transaction(status: &str, id: &str, index: usize, value: &str, currency: &str) -> Object {
    let is_failed = status == "Failed";
    Object::new()
        .text("TransactionDate", &format!("2021-07-28T13:{}:33.367", 27 + index))
        .text("PaymentGateway", "KNET")
        .text("ReferenceId", "120910000653")
        .text("TrackId", "28-07-2021_754431")
        .text("TransactionId", "202120965959207")
        .text("PaymentId", id)
        .text("AuthorizationId", "B77780")
        .text("TransactionStatus", status)
        .text("TransationValue", value)
        .text("CustomerServiceCharge", "0.000")
        .text("DueValue", value)
        .text("PaidCurrency", currency)
        .text("PaidCurrencyValue", value)
        .text("Currency", currency)
        .text_or_null("Error", is_failed.then_some("Declined"))
        .text_or_null("CardNumber", None)
        .text("ErrorCode", if is_failed { "MF002" } else { "" })
}

fn refusal(status: u16, message: &str) -> Reply {
    Reply::json(status, &stated(message, "null".to_owned()))
}

fn invalid(name: &str, error: &str) -> Reply {
    let errors = json::array(&[Object::new().text("Name", name).text("Error", error)]);
    Reply::json(400, &stated("Invalid data", errors))
}

fn stated(message: &str, errors: String) -> Object {
    Object::new()
        .flag("IsSuccess", false)
        .text("Message", message)
        .raw("ValidationErrors", errors)
        .raw("Data", "null".to_owned())
}

/// The event of version 2 about the last transaction; its words are spelt otherwise than those of the inquiry.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let data = event.reply.inner("Data")?;
    let text = |field: &str| data.get_text(field).unwrap_or_default();
    let transactions: Vec<_> = serde_json::from_str::<Vec<Object>>(data.get("InvoiceTransactions")?).ok()?;
    let last = transactions.last()?;
    let paid = |object: &Object, field: &str| object.get_text(field).unwrap_or_default();
    let status = match paid(last, "TransactionStatus").as_str() {
        "Succss" | "Success" => "SUCCESS".to_owned(),
        other => other.to_ascii_uppercase(),
    };
    let invoice = Object::new()
        .text("Id", data.get("InvoiceId")?)
        .text("Status", &text("InvoiceStatus").to_ascii_uppercase())
        .text("Reference", &text("InvoiceReference"))
        .text("ExternalIdentifier", &text("CustomerReference"));
    let transaction = Object::new()
        .text("Id", &paid(last, "TransactionId"))
        .text("Status", &status)
        .text("PaymentMethod", &paid(last, "PaymentGateway"))
        .text("PaymentId", &paid(last, "PaymentId"));
    let signed = format!(
        "Invoice.Id={},Invoice.Status={},Transaction.Status={status},Transaction.PaymentId={},Invoice.ExternalIdentifier={}",
        paid(&invoice, "Id"),
        paid(&invoice, "Status"),
        paid(&transaction, "PaymentId"),
        paid(&invoice, "ExternalIdentifier"),
    );
    let about = Object::new()
        .number("Code", "1")
        .text("Name", "PAYMENT_STATUS_CHANGED")
        .text("CountryIsoCode", "KWT")
        .text("CreationDate", "2026-01-01T00:00:00.0000000Z")
        .text("Reference", &format!("WR-{}", event.number));
    let data = Object::new().object("Invoice", &invoice).object("Transaction", &transaction);
    let body = Object::new().object("Event", &about).object("Data", &data).to_string();
    let signature = sign::hmac_sha256_base64(WEBHOOK_SECRET, &signed);
    Some(Callback::json(body).with_header("myfatoorah-signature", signature))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeded_id;

    use super::super::lab::{Got, JSON, Lab};

    #[track_caller]
    fn ask(lab: &Lab, kind: &str, key: &str) -> Got {
        let authorization = format!("Bearer {API_TOKEN}");
        let body = format!(r#"{{"Key":"{key}","KeyType":"{kind}"}}"#);
        let headers = [("authorization", &*authorization), ("content-type", JSON)];
        lab.send("POST", "/v2/GetPaymentStatus", &headers, &body)
    }

    const NO_DATA: &str = r#"{"IsSuccess":false,"Message":"No data match the provided values","ValidationErrors":null,"Data":null}"#;

    #[test]
    fn the_documented_sample_by_every_kind_of_key() {
        let lab = Lab::of(Provider::MYFATOORAH);
        let [kinds, keys] =
            [["InvoiceId", "PaymentId", "CustomerReference"], ["915102", "100202120965964751", "order_1"]];
        for (kind, key) in kinds.into_iter().zip(keys) {
            ask(&lab, kind, key).is(
                200,
                JSON,
                r#"{"IsSuccess":true,"Message":"","ValidationErrors":null,"Data":{"InvoiceId":915102,"InvoiceStatus":"Paid","InvoiceReference":"2021005465","CustomerReference":"order_1","CreatedDate":"2021-07-28T13:25:06.153","ExpiryDate":"July 31, 2021","ExpiryTime":"13:25:06.153","InvoiceValue":12345.000,"Comments":null,"CustomerName":"A Payer","CustomerMobile":"+96500000000","CustomerEmail":null,"UserDefinedField":null,"InvoiceDisplayValue":"12,345.000 KD","DueDeposit":12330.1,"DepositStatus":"Not Deposited","InvoiceItems":[],"InvoiceTransactions":[{"TransactionDate":"2021-07-28T13:27:33.367","PaymentGateway":"KNET","ReferenceId":"120910000653","TrackId":"28-07-2021_754431","TransactionId":"202120965959207","PaymentId":"100202120965964751","AuthorizationId":"B77780","TransactionStatus":"Succss","TransationValue":"12,345.000","CustomerServiceCharge":"0.000","DueValue":"12,345.000","PaidCurrency":"KD","PaidCurrencyValue":"12,345.000","Currency":"KD","Error":null,"CardNumber":null,"ErrorCode":""}],"Suppliers":[]}}"#,
            );
            for wrong in kinds.into_iter().filter(|other| *other != kind) {
                ask(&lab, wrong, key).is(400, JSON, NO_DATA);
            }
        }
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::MYFATOORAH);
        for &state in PROTOCOL.states {
            let invoice = lab.sandbox.payment(Provider::MYFATOORAH, &seeded_id(state)).unwrap();
            let got = ask(&lab, "InvoiceId", invoice.id());
            let status = format!(r#""InvoiceStatus":"{}""#, invoice.word());
            assert!(got.status == 200 && got.body.contains(&status), "{state}: {}", got.body);
            for (index, word) in invoice.extra("tx").unwrap_or("none").split(',').enumerate() {
                let transaction = format!(r#""TransactionStatus":"{word}""#);
                assert_eq!(got.body.contains(&transaction), word != "none", "{state}: {}", got.body);
                if word != "none" {
                    assert_eq!(ask(&lab, "PaymentId", &payment_id(invoice.id(), index)).body, got.body);
                }
            }
        }
        let failed = ask(&lab, "PaymentId", "100702120965964753");
        assert!(failed.body.contains(
            r#""PaymentId":"100702120965964753","AuthorizationId":"B77780","TransactionStatus":"Failed""#
        ));
        let part = ask(&lab, "InvoiceId", "915103");
        assert!(part.body.contains(r#""TransationValue":"2.000","Currency":"SR""#), "{}", part.body);
        assert_eq!(
            ["1", "750", "1234.5", "900719925474099"].map(grouped),
            ["1.000", "750.000", "1,234.5", "900,719,925,474,099.000"]
        );
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::MYFATOORAH);
        for (kind, key) in
            [("InvoiceId", "1"), ("PaymentId", "100202120965964759"), ("CustomerReference", "none")]
        {
            ask(&lab, kind, key).is(400, JSON, NO_DATA);
        }
        let required = r#"{"IsSuccess":false,"Message":"Invalid data","ValidationErrors":[{"Name":"Key","Error":"The Key field is required."}],"Data":null}"#;
        let right = format!("Bearer {API_TOKEN}");
        let headers = [("authorization", &*right), ("content-type", JSON)];
        lab.send("POST", "/v2/GetPaymentStatus", &headers, r#"{"Key":915102,"KeyType":"InvoiceId"}"#)
            .is(400, JSON, required);
        assert!(ask(&lab, "invoiceid", "915102").body.contains("The KeyType is not valid."));
        for headers in [&[][..], &[("authorization", "Bearer x"), ("content-type", JSON)]] {
            lab.send("POST", "/v2/GetPaymentStatus", headers, "{}").is(401, JSON, "");
        }
        lab.send("POST", "/v2/GetPaymentStatus", &[("authorization", &right)], "{}").is_page(415);
        lab.get("/v2/GetPaymentStatus", &[]).is_page(405);
        lab.get("/v3/payments/1", &[]).is_page(404);
    }

    #[test]
    fn the_documented_vectors() {
        let sign = |text| sign::hmac_sha256_base64("canary-mf-webhook", text);
        let text = "Invoice.Id=915102,Invoice.Status=PAID,Transaction.Status=SUCCESS,\
            Transaction.PaymentId=100202120965964751,Invoice.ExternalIdentifier=order_1";
        assert_eq!(sign(text), "Szj8vUouhAZ18C91pQkVE1qG4PEqXbq6e47gyR+slrQ=");
        let text = "CreatedDate=04032021211555,CustomerEmail=,InvoiceId=586170,InvoiceReference=2021000184,\
            PaymentId=100202106359084366,TransactionStatus=SUCCESS";
        assert_eq!(sign(text), "zjxDBrz8w3X/gpsZ1Kw4xL/9Sbx9PBKbqco38cErTzk=");
    }

    #[test]
    fn callbacks_are_about_the_last_transaction() {
        let lab = Lab::of(Provider::MYFATOORAH);
        let new = |state| NewPayment::new(Provider::MYFATOORAH, "915102", state).with_reference("order_1");
        assert!(lab.callback(new("Pending")).is_none());
        for (state, invoice, transaction) in
            [("Paid", "PAID", "SUCCESS"), ("Pending tx=Succss,Failed", "PENDING", "FAILED")]
        {
            let callback = lab.callback(new(state)).unwrap();
            let signed = format!(
                "Invoice.Id=915102,Invoice.Status={invoice},Transaction.Status={transaction},\
                 Transaction.PaymentId=100202120965964751,Invoice.ExternalIdentifier=order_1"
            );
            let signature = sign::hmac_sha256_base64(WEBHOOK_SECRET, &signed);
            assert_eq!(callback.header("myfatoorah-signature"), signature);
            assert!(callback.body.contains(&format!(r#""Status":"{transaction}""#)), "{}", callback.body);
        }
    }
}
