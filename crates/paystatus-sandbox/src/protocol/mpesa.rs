//! M-Pesa Express (Safaricom Daraja). Sources: Safaricom's page "M-Pesa Express Query" as copied in public
//! repositories, its npm `mpesa-node` 0.1.3, `Ghostscypher/php-mpesa` 05d51be `mpesa_endpoints.md`, replies recorded
//! in public test suites. Read 2026-11.
//!
//! A state is the `ResultCode`; `500.001.1001` is a prompt that is still on the phone, said in an HTTP 500.
//! Its callbacks are unsigned and so are not sent.

use axum::http::Method;
use base64::{Engine, prelude::BASE64_STANDARD};

use super::{Answer, Asked, Currency, Protocol, Tokens, ids, web};
use crate::{NewPayment, Payment, Provider, Reply, json::Object, request::Request, seeded_id};

const CONSUMER_KEY: &str = "your_consumer_key";
const CONSUMER_SECRET: &str = "your_consumer_secret";
const SHORT_CODE: &str = "174379";
const PASSKEY: &str = "canary-mpesa-passkey";

const BEING_PROCESSED: &str = "500.001.1001";

impl Provider {
    /// M-Pesa Express, mobile money in Kenya.
    pub const MPESA: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "mpesa",
    states: &[
        "0",
        "4999",
        BEING_PROCESSED,
        "1032",
        "1",
        "2001",
        "1037",
        "1019",
        "1001",
        "1025",
        "9999",
        "17",
        "26",
        "2028",
    ],
    paid: "0",
    open: "4999",
    seed: |provider, state| NewPayment::new(provider, id(state), state).with_alias(seeded_id(state)),
    samples: || vec![NewPayment::new(Provider::MPESA, "ws_CO_13012021093521236557", "0")],
    default_amount: "80",
    currency: Currency::Fixed("KES"),
    has_reference: false,
    settings: &[
        ("consumer_key", CONSUMER_KEY),
        ("consumer_secret", CONSUMER_SECRET),
        ("short_code", SHORT_CODE),
        ("passkey", PASSKEY),
    ],
    tokens: Some(&Tokens {
        method: Method::GET,
        path: "/oauth/v1/generate",
        read: credentials,
        // How long it lives is a text.
        reply: |issued| {
            let body = Object::new()
                .text("access_token", &issued.token)
                .text("expires_in", &issued.lifetime.to_string());
            Reply::json(200, &body)
        },
        prefix: "sandboxMpesaToken",
        lifetime: 3599,
    }),
    read,
    answer,
    not_found: |_| invalid_id(),
    error,
    ..Protocol::PLAIN
};

/// A time and the phone number of Safaricom's own samples.
fn id(state: &str) -> String {
    format!("ws_CO_010120261200{}708374149", ids::of(state, 5, |letter| letter.is_ascii_digit()))
}

fn credentials(request: &Request<'_>) -> Result<(), Reply> {
    let basic = request.basic();
    let given = basic.as_ref().map(|(key, secret)| (key.as_str(), secret.as_str()));
    if given != Some((CONSUMER_KEY, CONSUMER_SECRET)) {
        return Err(refusal(400, "400.008.01", "Invalid Authentication passed"));
    }
    match request.parameter("grant_type").as_deref() {
        Some("client_credentials") => Ok(()),
        _ => Err(refusal(400, "400.008.02", "Invalid grant type passed")),
    }
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    if request.path != "/mpesa/stkpushquery/v1/query" {
        return Err(web::no_such_path());
    }
    web::check_method(request, &Method::POST)?;
    let Some(token) = request.authorization("Bearer") else {
        return Err(refusal(404, "404.001.04", "Invalid Authentication Header"));
    };
    if !request.takes(&token) {
        return Err(invalid_token());
    }
    if request.content_type().as_deref() != Some("application/json") {
        return Err(refusal(400, "400.002.05", "Invalid Request Payload"));
    }
    let body = request.json();
    let field = |name: &str| body.get_text(name).filter(|text| !text.is_empty());
    let invalid = |name: &str| refusal(400, "400.002.02", &format!("Bad Request - Invalid {name}"));
    let short_code = field("BusinessShortCode").ok_or_else(|| invalid("BusinessShortCode"))?;
    let password = field("Password").ok_or_else(|| invalid("Password"))?;
    let timestamp = field("Timestamp").filter(|text| is_time(text)).ok_or_else(|| invalid("Timestamp"))?;
    let id = field("CheckoutRequestID").ok_or_else(invalid_id)?;
    if short_code != SHORT_CODE {
        return Err(refusal(500, BEING_PROCESSED, "Merchant does not exist"));
    }
    if password != BASE64_STANDARD.encode(format!("{SHORT_CODE}{PASSKEY}{timestamp}")) {
        return Err(refusal(500, BEING_PROCESSED, "[MerchantValidate] - Wrong credentials"));
    }
    Ok(Asked::Payment(id))
}

/// `YYYYMMDDHHmmss`: it is compared with the password's, and not with a clock.
fn is_time(text: &str) -> bool {
    let number = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u32>().ok());
    let within = |part: Option<u32>, range: std::ops::RangeInclusive<u32>| {
        part.is_some_and(|part| range.contains(&part))
    };
    text.len() == 14
        && text.bytes().all(|digit| digit.is_ascii_digit())
        && within(number(4, 6), 1..=12)
        && within(number(6, 8), 1..=31)
        && within(number(8, 10), 0..=23)
        && within(number(10, 12), 0..=59)
        && within(number(12, 14), 0..=59)
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    let code = payment.state();
    if code == BEING_PROCESSED {
        return Answer::of(500, said(BEING_PROCESSED, "The transaction is being processed"));
    }
    let words = match code {
        "0" => "The service request is processed successfully.",
        "4999" => "The transaction is still under processing",
        "1032" => "Request cancelled by user",
        "1" => "The balance is insufficient for the transaction.",
        "2001" => "The initiator information is invalid.",
        "1037" => "DS timeout user cannot be reached",
        "1019" => "Transaction has expired",
        "1001" => "Unable to lock subscriber, a transaction is already in process for the current subscriber",
        "1025" | "9999" => "An error occurred while sending a push request",
        "17" => "Rule limited",
        "26" => "System busy. Try again in few minutes.",
        _ => "Request failed",
    };
    Answer::ok(
        Object::new()
            .text("ResponseCode", "0")
            .text("ResponseDescription", "The service request has been accepted successfully")
            .text("MerchantRequestID", "22205-34066-1")
            .text("CheckoutRequestID", payment.id())
            .text("ResultCode", code)
            .text("ResultDesc", words),
    )
}

/// A refused token is a 404, and a prompt that is not there a 400.
fn error(status: u16) -> Option<Reply> {
    match status {
        400 => Some(invalid_id()),
        404 => Some(invalid_token()),
        429 => {
            let detail = Object::new().text("errorcode", "policies.ratelimit.SpikeArrestViolation");
            let fault = Object::new().text("faultstring", "Spike arrest violation").object("detail", &detail);
            Some(Reply::json(429, &Object::new().object("fault", &fault)))
        }
        500 => Some(refusal(500, BEING_PROCESSED, "Unable to lock subscriber")),
        503 => Some(refusal(503, "500.003.02", "Error Occured: Spike Arrest Violation")),
        _ => None,
    }
}

fn invalid_id() -> Reply {
    refusal(400, "400.002.02", "Bad Request - Invalid CheckoutRequestID")
}

fn invalid_token() -> Reply {
    refusal(404, "404.001.03", "Invalid Access Token")
}

fn refusal(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, &said(code, message))
}

fn said(code: &str, message: &str) -> Object {
    Object::new().text("requestId", "11728-2929992-1").text("errorCode", code).text("errorMessage", message)
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            lab::{Got, JSON, Lab},
            sign,
        },
        *,
    };

    const PATH: &str = "/mpesa/stkpushquery/v1/query";
    /// The documented vector.
    const PASSWORD: &str = "MTc0Mzc5Y2FuYXJ5LW1wZXNhLXBhc3NrZXkyMDI2MDEwMTEyMDAwMA==";

    fn token(lab: &Lab) -> String {
        let basic = sign::basic(CONSUMER_KEY, CONSUMER_SECRET);
        let got = lab.get("/oauth/v1/generate?grant_type=client_credentials", &[("authorization", &basic)]);
        assert!(got.status == 200 && got.body.ends_with(r#","expires_in":"3599"}"#), "{}", got.body);
        format!("Bearer {}", Object::parse(got.body.as_bytes()).unwrap().get_text("access_token").unwrap())
    }

    fn body(id: &str) -> String {
        format!(
            r#"{{"BusinessShortCode":"174379","Password":"{PASSWORD}","Timestamp":"20260101120000","CheckoutRequestID":"{id}"}}"#
        )
    }

    fn query(lab: &Lab, body: &str) -> Got {
        lab.send("POST", PATH, &[("authorization", &token(lab)), ("content-type", JSON)], body)
    }

    #[test]
    fn the_documented_sample() {
        query(&Lab::of(Provider::MPESA), &body("ws_CO_13012021093521236557")).is(
            200,
            JSON,
            r#"{"ResponseCode":"0","ResponseDescription":"The service request has been accepted successfully","MerchantRequestID":"22205-34066-1","CheckoutRequestID":"ws_CO_13012021093521236557","ResultCode":"0","ResultDesc":"The service request is processed successfully."}"#,
        );
    }

    #[test]
    fn every_state_is_its_result_and_one_is_an_http_500() {
        let lab = Lab::of(Provider::MPESA);
        for state in Provider::MPESA.states() {
            let got = query(&lab, &body(&seeded_id(state)));
            let told = Object::parse(got.body.as_bytes()).unwrap();
            let (status, field) =
                if *state == BEING_PROCESSED { (500, "errorCode") } else { (200, "ResultCode") };
            assert_eq!((got.status, told.get_text(field).as_deref()), (status, Some(*state)));
        }
        query(&lab, &body("sandbox-500-001-1001")).is(
            500,
            JSON,
            r#"{"requestId":"11728-2929992-1","errorCode":"500.001.1001","errorMessage":"The transaction is being processed"}"#,
        );
    }

    #[test]
    fn wrong_keys_get_no_token() {
        let lab = Lab::of(Provider::MPESA);
        let path = "/oauth/v1/generate?grant_type=client_credentials";
        for basic in
            [sign::basic(CONSUMER_KEY, "wrong"), sign::basic("wrong", CONSUMER_SECRET), "Basic".to_owned()]
        {
            let got = lab.get(path, &[("authorization", &basic)]);
            assert!(got.status == 400 && got.body.contains("400.008.01"), "{}", got.body);
        }
        let basic = sign::basic(CONSUMER_KEY, CONSUMER_SECRET);
        let got = lab.get("/oauth/v1/generate", &[("authorization", &basic)]);
        assert!(got.status == 400 && got.body.contains("400.008.02"), "{}", got.body);
    }

    #[test]
    fn a_refused_token_is_a_404_and_an_unknown_prompt_a_400() {
        let lab = Lab::of(Provider::MPESA);
        let right = body("ws_CO_13012021093521236557");
        let refused = r#"{"requestId":"11728-2929992-1","errorCode":"404.001.03","errorMessage":"Invalid Access Token"}"#;
        lab.send("POST", PATH, &[("authorization", "Bearer old"), ("content-type", JSON)], &right)
            .is(404, JSON, refused);
        let without = lab.send("POST", PATH, &[("content-type", JSON)], &right);
        assert!(without.status == 404 && without.body.contains("404.001.04"), "{}", without.body);
        query(&lab, &body("ws_CO_nobody")).is(
            400,
            JSON,
            r#"{"requestId":"11728-2929992-1","errorCode":"400.002.02","errorMessage":"Bad Request - Invalid CheckoutRequestID"}"#,
        );
        lab.get(PATH, &[]).is_page(405);
    }

    #[test]
    fn the_password_must_be_that_of_code_passkey_and_time() {
        let lab = Lab::of(Provider::MPESA);
        let right = body("ws_CO_13012021093521236557");
        for (from, to, status, says) in [
            ("20260101120000", "20260101120001", 500, "[MerchantValidate] - Wrong credentials"),
            ("174379", "174378", 500, "Merchant does not exist"),
            ("20260101120000", "2026-01-01", 400, "Invalid Timestamp"),
            ("20260101120000", "20261301120000", 400, "Invalid Timestamp"),
            (PASSWORD, "", 400, "Invalid Password"),
            ("ws_CO_13012021093521236557", "", 400, "Invalid CheckoutRequestID"),
        ] {
            let got = query(&lab, &right.replacen(from, to, 1));
            assert!(got.status == status && got.body.contains(says), "{to}: {} {}", got.status, got.body);
        }
    }
}
