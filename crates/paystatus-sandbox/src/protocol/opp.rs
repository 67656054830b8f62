//! Open Payment Platform, ACI's gateway of many brands. Sources: hyperpay.docs.oppwa.com (`/reference/resultCodes`,
//! `/tutorials/reporting/transaction`, `/tutorials/webhooks`); docs.cardcorp.com (captures, reversals, queries);
//! support.peachpayments.com, article 47001098831; `Catalystpay-LTD/gateway-php-sdk` 8a0c428; probes of the test host.
//! Read 2026-11. That a query with linked transactions is answered with a list is assumed.
//!
//! A state is a record's `result.code`. Beside it stand `type=PA` for another type than `DB`, `amount=0` or `amount=none`,
//! `http=400`, and `then=CP:60.00,RF@1:20.00` for what is linked to it, in order: a type, `@` and the number of the record
//! that it names (the payment is 0, and named unless another is), and `:` and what differs: an amount, or a code.
//! A payment whose id has a `.` is a checkout: it has no record while its code is one of `000.200`.

use axum::http::Method;
use ring::aead;

use super::{Amount, Answer, Asked, Attempt, Callback, Currency, Event, Protocol, ids, sign, web};
use crate::{
    NewPayment, Payment, Provider, Reply,
    json::{self, Object},
    request::Request,
};

const TOKEN: &str = "your_access_token";
const ENTITY: &str = "8a8294174b7ecb28014b9699220015ca";
/// The key of callbacks, in hexadecimal.
const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

impl Provider {
    /// Open Payment Platform, the gateway of many brands.
    pub const OPP: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "opp",
    states: &[
        "000.000.000",
        "000.100.110",
        "000.000.000 amount=0",
        "000.000.000 amount=none",
        "000.000.000 then=RF:800.100.152",
        "000.000.000 then=RF:20.00",
        "000.000.000 then=RF:20.00,RF:72.00",
        "000.000.000 then=RF:none",
        "000.000.000 then=RV",
        "000.000.000 then=RV:20.00",
        "000.000.000 then=CB:000.100.203",
        "000.000.000 then=CB,CR:000.100.105",
        "000.000.000 type=PA",
        "000.000.000 type=PA then=RV:20.00",
        "000.000.000 type=PA then=RV",
        "000.000.000 type=PA then=CP:800.100.152",
        "000.000.000 type=PA then=CP:60.00",
        "000.000.000 type=PA then=CP:60.00,CP:32.00,RV@2",
        "000.000.000 type=PA then=CP:60.00,RV@1",
        "000.000.000 type=PA then=CP:60.00,RF@1:20.00",
        "000.000.000 type=PA then=CP:60.00,RF@1:60.00",
        "000.400.000",
        "000.400.020 type=PA then=CP:92.00",
        "000.400.040 type=PA",
        "000.400.050",
        "000.400.070",
        "000.400.100",
        "000.400.030",
        "000.100.203",
        "800.400.500",
        "100.396.101",
        "100.396.104",
        "100.396.103",
        "100.395.101",
        "800.100.192",
        "800.110.100",
        "800.100.152",
        "800.100.152 http=400",
        "000.000.000 type=3D",
        "000.400.110",
        "700.300.999",
    ],
    paid: "000.000.000",
    open: "800.400.500",
    seed,
    samples,
    default_amount: "92.00",
    amount: Amount::Text,
    currency: Currency::Default("SAR"),
    settings: &[("access_token", TOKEN), ("entity_id", ENTITY), ("callback_secret", KEY)],
    read,
    answer,
    list,
    not_found,
    error,
    callback: Some(callback),
    ..Protocol::PLAIN
};

/// 32 hexadecimal digits that depend on the seed alone.
fn hex(seed: &str) -> String {
    ids::of(seed, 32, |letter| matches!(letter, '0'..='9' | 'a'..='f'))
}

fn seed(provider: Provider, state: &str) -> NewPayment {
    NewPayment::new(provider, hex(state), state)
}

/// The documented example; checkouts; and orders with several attempts, the oldest first.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str, state: &str| NewPayment::new(Provider::OPP, id, state);
    let mut samples = vec![
        new("8ac7a4a277bb37680177ca9e266d3192", "000.000.000").with_reference("order-1"),
        new("8AC7A4.prod01-vm-tx01", "000.200.100"),
        new("8AC7A4.prod01-vm-tx02", "000.200.000"),
        new("8AC7A4.prod01-vm-tx03", "000.200.102"),
        // The session is over, and nobody says how it went.
        new("8AC7A4.prod01-vm-tx04", "200.300.404"),
        new("8AC7A4.prod01-vm-tx05", "800.100.152"),
        new("8AC7A4.prod01-vm-tx06", "800.100.192"),
        new("8AC7A4.prod01-vm-tx07", "100.396.101"),
        new("8AC7A4.prod01-vm-tx08", "000.000.000"),
    ];
    for (order, states) in [
        ("order-paid", &["800.100.152", "000.000.000"][..]),
        ("order-twice", &["000.000.000", "000.000.000"]),
        ("order-failed", &["800.100.152", "100.396.101", "800.100.192"]),
        ("order-canceled", &["800.100.152", "100.396.101"]),
        ("order-held", &["800.100.152", "000.000.000 type=PA"]),
    ] {
        let attempts = states.iter().enumerate();
        samples.extend(attempts.map(|(index, state)| {
            new(&hex(&format!("{order} {index}")), state)
                .with_reference(order)
                .with_overrides(Object::new().text("timestamp", &format!("2026-02-22 16:4{index}:39+0000")))
        }));
    }
    samples
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let asked = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["v3", "query", id] if !id.is_empty() => Asked::Payment(id.to_owned()),
        ["v1", "checkouts", id, "payment"] if !id.is_empty() => Asked::Payment(id.to_owned()),
        ["v3", "query"] => match request.parameter("merchantTransactionId") {
            Some(reference) => Asked::Attempts(reference, usize::MAX),
            None => return Err(refusal(400, "200.300.404", "invalid or missing parameter")),
        },
        _ => return Err(web::no_such_path()),
    };
    web::check_method(request, &Method::GET)?;
    if request.authorization("Bearer").is_none_or(|token| token != TOKEN) {
        return Err(refusal(401, "800.900.300", "invalid authentication information"));
    }
    match request.parameter("entityId") {
        Some(entity) if entity == ENTITY => Ok(asked),
        Some(entity) if is_id(&entity) => Err(not_found(&asked)),
        // What is none of a channel's ids.
        _ => Err(refusal(403, "800.900.300", "invalid authentication information")),
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|digit| digit.is_ascii_hexdigit())
}

fn result(code: &str, description: &str) -> Object {
    Object::new().text("code", code).text("description", description)
}

fn description(code: &str) -> &'static str {
    match code {
        "000.000.000" => "Transaction succeeded",
        "000.200.100" => "successfully created checkout",
        "000.200.000" => "transaction pending",
        "800.100.152" => "transaction declined by authorization system",
        _ => "as the code says",
    }
}

/// One record: what a payment's own and the linked ones have in common.
fn record(id: &str, kind: &str, code: &str) -> Object {
    Object::new().text("id", id).text("paymentType", kind).object("result", &result(code, description(code)))
}

fn end(object: Object) -> Object {
    object.text("buildNumber", "sandbox").text("timestamp", "2026-02-22 16:41:39+0000").text("ndc", "sandbox")
}

fn own(payment: &Payment) -> Object {
    let (code, kind) = (payment.word(), payment.extra("type").unwrap_or("DB"));
    let id = payment.id();
    // A checkout's payment has an id of its own.
    let id = if id.contains('.') { hex(id) } else { id.to_owned() };
    let mut object = record(&id, kind, code).text("paymentBrand", "MASTER");
    // What was declined has no amount.
    let amount = payment.extra("amount").unwrap_or(payment.amount());
    if amount != "none" && !code.starts_with("800.") {
        object = object.text("amount", amount).text("currency", payment.currency());
    }
    if let Some(reference) = payment.reference() {
        object = object.text("merchantTransactionId", reference);
    }
    let card = Object::new()
        .text("bin", "411111")
        .text("last4Digits", "1111")
        .text("holder", "A. Payer")
        .text("expiryMonth", "05")
        .text("expiryYear", "2030");
    let customer = Object::new().text("givenName", "A.").text("email", "payer@example.com");
    end(object
        .text("descriptor", "1454.0556.1631")
        .object("resultDetails", &Object::new().text("AcquirerResponse", "00"))
        .object("card", &card)
        .object("customer", &customer)
        .object("customParameters", &Object::new())
        .object("risk", &Object::new().text("score", "0")))
}

/// The payment's own record and those that are linked to it, in order.
fn records(payment: &Payment) -> Vec<Object> {
    let mut records = vec![own(payment)];
    let then = payment.extra("then").unwrap_or_default();
    for (index, step) in then.split(',').filter(|step| !step.is_empty()).enumerate() {
        let (step, differs) = step.split_once(':').unwrap_or((step, ""));
        let (kind, named) = step.split_once('@').unwrap_or((step, "0"));
        let named = named.parse().ok().and_then(|index: usize| records.get(index));
        let named = named.unwrap_or(&records[0]);
        let is_code = differs.split('.').count() == 3;
        let code = if is_code { differs } else { "000.000.000" };
        let mut object = record(&hex(&format!("{} {index}", payment.id())), kind, code);
        object = object.text("referencedId", &named.get_text("id").unwrap_or_default());
        let amount = match differs {
            "none" => None,
            amount if !is_code && !amount.is_empty() => Some(amount.to_owned()),
            _ => named.get_text("amount"),
        };
        if let Some(amount) = amount {
            object = object.text("amount", &amount).text("currency", payment.currency());
        }
        records.push(object.text("timestamp", &format!("2026-02-22 17:0{index}:00+0000")));
    }
    records
}

fn in_list(records: &[Object]) -> Object {
    Object::new()
        .object("result", &result("000.000.100", "successful request"))
        .number("pages", "1")
        .raw("records", json::array(records))
        .text("ndc", "sandbox")
}

fn answer(asked: &Asked, payment: &Payment) -> Answer {
    let code = payment.word();
    if payment.id().contains('.') {
        if code == "200.300.404" {
            return Answer::of(
                400,
                end(Object::new().object("result", &result(code, "invalid or missing parameter"))),
            );
        }
        if code.starts_with("000.200.") {
            return Answer::ok(end(Object::new().object("result", &result(code, description(code)))));
        }
    }
    let records = records(payment);
    match (&records[..], payment.extra("http")) {
        (_, Some("400")) => Answer::of(400, records[0].clone()),
        ([own], _) => Answer::ok(own.clone()),
        // By reference, each record by itself: the list puts them together.
        ([own, ..], _) if matches!(asked, Asked::Attempts(..)) => Answer::ok(own.clone()),
        _ => Answer::ok(in_list(&records)),
    }
}

/// Every attempt, and what is linked to it and carries the reference of the attempt: refunds, in this sandbox.
fn list(attempts: &[Attempt]) -> String {
    // A checkout without a payment is not listed.
    let made = attempts.iter().filter(|attempt| attempt.reply.get("id").is_some());
    let all = made.flat_map(|Attempt { payment, reply }| {
        let linked = records(payment).into_iter().skip(1);
        let is_listed = |record: &Object| record.get_text("paymentType").as_deref() == Some("RF");
        [reply.clone()].into_iter().chain(linked.filter(is_listed))
    });
    in_list(&all.collect::<Vec<_>>()).to_string()
}

fn not_found(asked: &Asked) -> Reply {
    match asked {
        Asked::Payment(id) if id.contains('.') => refusal(400, "200.300.404", "invalid or missing parameter"),
        _ => refusal(404, "700.400.580", "cannot find transaction"),
    }
}

fn error(status: u16) -> Option<Reply> {
    match status {
        400 => Some(refusal(400, "200.300.404", "invalid or missing parameter")),
        401 | 403 => Some(refusal(status, "800.900.300", "invalid authentication information")),
        404 => Some(refusal(404, "700.400.580", "cannot find transaction")),
        429 => Some(refusal(429, "800.120.100", "Rejected by Throttling.")),
        500..=599 => Some(refusal(status, "800.800.800", "The payment system is currently unavailable")),
        _ => None,
    }
}

fn refusal(status: u16, code: &str, description: &str) -> Reply {
    Reply::json(status, &end(Object::new().object("result", &result(code, description))))
}

/// The payment's latest record, encrypted with AES-256-GCM; a checkout without a payment is nothing to tell.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let record = match event.payment.extra("then") {
        Some(_) => records(event.payment).pop()?,
        None => event.reply.clone(),
    };
    record.get("id")?;
    let text = Object::new().text("type", "PAYMENT").text("action", "CREATED").object("payload", &record);
    let mut vector = [0; 12];
    vector[4..].copy_from_slice(&event.number.to_be_bytes());
    let (body, tag) = encrypt(vector, &text.to_string())?;
    let headers = vec![
        ("content-type", "text/plain".to_owned()),
        ("x-initialization-vector", sign::hex(&vector).to_uppercase()),
        ("x-authentication-tag", tag),
    ];
    Some(Callback { headers, query: String::new(), body })
}

/// The ciphertext and its tag, in hexadecimal.
fn encrypt(vector: [u8; 12], text: &str) -> Option<(String, String)> {
    let byte = |index: usize| u8::from_str_radix(KEY.get(index..index + 2)?, 16).ok();
    let key: Vec<u8> = (0..KEY.len()).step_by(2).filter_map(byte).collect();
    let key = aead::LessSafeKey::new(aead::UnboundKey::new(&aead::AES_256_GCM, &key).ok()?);
    let mut bytes = text.as_bytes().to_vec();
    let nonce = aead::Nonce::assume_unique_for_key(vector);
    let tag = key.seal_in_place_separate_tag(nonce, aead::Aad::empty(), &mut bytes).ok()?;
    Some((sign::hex(&bytes).to_uppercase(), sign::hex(tag.as_ref()).to_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeded_id;

    use super::super::lab::{Got, JSON, Lab};

    const SAMPLE: &str = "8ac7a4a277bb37680177ca9e266d3192";

    #[track_caller]
    fn ask(lab: &Lab, path: &str) -> Got {
        let sign = if path.contains('?') { '&' } else { '?' };
        lab.get(&format!("{path}{sign}entityId={ENTITY}"), &[("authorization", &format!("Bearer {TOKEN}"))])
    }

    fn refused(code: &str, description: &str) -> String {
        format!(
            r#"{{"result":{{"code":"{code}","description":"{description}"}},"buildNumber":"sandbox","timestamp":"2026-02-22 16:41:39+0000","ndc":"sandbox"}}"#
        )
    }

    #[test]
    fn the_documented_sample() {
        ask(&Lab::of(Provider::OPP), &format!("/v3/query/{SAMPLE}?includeLinkedTransactions=true")).is(
            200,
            JSON,
            r#"{"id":"8ac7a4a277bb37680177ca9e266d3192","paymentType":"DB","result":{"code":"000.000.000","description":"Transaction succeeded"},"paymentBrand":"MASTER","amount":"92.00","currency":"SAR","merchantTransactionId":"order-1","descriptor":"1454.0556.1631","resultDetails":{"AcquirerResponse":"00"},"card":{"bin":"411111","last4Digits":"1111","holder":"A. Payer","expiryMonth":"05","expiryYear":"2030"},"customer":{"givenName":"A.","email":"payer@example.com"},"customParameters":{},"risk":{"score":"0"},"buildNumber":"sandbox","timestamp":"2026-02-22 16:41:39+0000","ndc":"sandbox"}"#,
        );
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::OPP);
        for state in PROTOCOL.states {
            let payment = lab.sandbox.payment(Provider::OPP, &seeded_id(state)).unwrap();
            let got = ask(&lab, &format!("/v3/query/{}", payment.id()));
            let code = format!(r#""result":{{"code":"{}""#, payment.word());
            assert_eq!(got.status, if state.contains("http=400") { 400 } else { 200 }, "{state}");
            assert!(got.body.contains(&code) && got.body.contains(payment.id()), "{state}: {}", got.body);
            assert_eq!(got.body.contains(r#""records":["#), state.contains("then="), "{state}: {}", got.body);
        }
        let captured = ask(&lab, "/v3/query/sandbox-000-000-000-type-pa-then-cp-60-00-rf-1-20-00").body;
        let [_, capture, refund] = captured.split(r#"{"id":"#).collect::<Vec<_>>()[1..] else {
            panic!("{captured}")
        };
        assert!(capture.contains(r#""paymentType":"CP""#) && capture.contains(r#""amount":"60.00""#));
        let id = capture.split('"').nth(1).unwrap();
        assert!(refund.contains(&format!(r#""referencedId":"{id}","amount":"20.00""#)), "{refund}");
    }

    #[test]
    fn a_checkout_has_a_payment_a_session_or_neither() {
        let lab = Lab::of(Provider::OPP);
        let ask = |number: u8| ask(&lab, &format!("/v1/checkouts/8AC7A4.prod01-vm-tx0{number}/payment"));
        ask(2).is(200, JSON, &refused("000.200.000", "transaction pending"));
        ask(4).is(400, JSON, &refused("200.300.404", "invalid or missing parameter"));
        ask(9).is(400, JSON, &refused("200.300.404", "invalid or missing parameter"));
        let paid = ask(8).body;
        assert!(paid.starts_with(&format!(r#"{{"id":"{}","#, hex("8AC7A4.prod01-vm-tx08"))), "{paid}");
    }

    #[test]
    fn an_order_lists_its_attempts() {
        let lab = Lab::of(Provider::OPP);
        let got = ask(&lab, "/v3/query?merchantTransactionId=order-twice");
        assert!(got.body.starts_with(
            r#"{"result":{"code":"000.000.100","description":"successful request"},"pages":1,"#
        ));
        assert_eq!(got.body.matches(r#""merchantTransactionId":"order-twice""#).count(), 2, "{}", got.body);
        let missing = refused("700.400.580", "cannot find transaction");
        ask(&lab, "/v3/query?merchantTransactionId=order-none").is(404, JSON, &missing);
        ask(&lab, "/v3/query").is(400, JSON, &refused("200.300.404", "invalid or missing parameter"));
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::OPP);
        let path = format!("/v3/query/{SAMPLE}?entityId={ENTITY}");
        let unauthorized = refused("800.900.300", "invalid authentication information");
        for authorization in ["", "Bearer", "Bearer wrong", &sign::basic("x", TOKEN)] {
            lab.get(&path, &[("authorization", authorization)]).is(401, JSON, &unauthorized);
        }
        lab.get(&path, &[]).is(401, JSON, &unauthorized);
        let right = format!("Bearer {TOKEN}");
        let headers: &[(&str, &str)] = &[("authorization", &right)];
        lab.get(&format!("/v3/query/{SAMPLE}"), headers).is(403, JSON, &unauthorized);
        let missing = refused("700.400.580", "cannot find transaction");
        lab.get(&path.replace(ENTITY, &hex("other")), headers).is(404, JSON, &missing);
        ask(&lab, "/v3/query/00000000000000000000000000000000").is(404, JSON, &missing);
        lab.send("DELETE", &path, headers, "").is_page(405);
        ask(&lab, "/v4/query").is_page(404);
    }

    #[test]
    fn the_vector_of_encryption() {
        let text = r#"{"type":"PAYMENT","payload":{"id":"8ac7a4a277bb37680177ca9e266d3192","paymentType":"DB","result":{"code":"000.000.000"}}}"#;
        let vector = std::array::from_fn(|index| 0xa0 + u8::try_from(index).unwrap());
        let (body, tag) = encrypt(vector, text).unwrap();
        assert_eq!(
            body,
            "9D3A085435AE20854035C68A4A3F8E8A52807B60F3CE2E03FD6A04BC04891C65F04C65C7CE41645C6BFD36FF3E18E1CA702D7E7853E72D1D20676E6C9246E1838585B74D1C8794818D8F9A76FB9AB5CAA82991868183BB56CC075BE9C4F639B6B5FF09C86CCAEAB9A4F93660B5A6DD18147E519EEE17E64152"
        );
        assert_eq!(tag, "3FA8778EF8A0B6858223F60D0EB58938");
    }

    #[test]
    fn callbacks_are_encrypted_records() {
        let lab = Lab::of(Provider::OPP);
        let callback = |id: &str, state: &str| lab.callback(NewPayment::new(Provider::OPP, id, state));
        let sent = callback("a", "000.000.000").unwrap();
        assert!(sent.body.bytes().all(|digit| digit.is_ascii_hexdigit()));
        assert_eq!(sent.header("x-initialization-vector"), "000000000000000000000001");
        assert_eq!(sent.header("x-authentication-tag").len(), 32);
        assert!(callback("a", "000.000.000 then=RF:20.00").unwrap().body.len() < sent.body.len());
        assert!(callback("a.b", "000.200.000").is_none());
    }
}
