//! PayPal, Orders v2. Sources: official SDK npm `@paypal/paypal-server-sdk` 2.5.0; `checkout_orders_v2.json`,
//! `payments_payment_v2.json`, `notifications_webhooks_v1.json` of `paypal/paypal-rest-api-specifications` ec4d8f3.
//! Read 2026-11.
//!
//! A state is the order's word and what happened: `captures=`, `authorizations=` and `refunds=` are lists of
//! words, each with an amount and a reason where they are not plain: `captures=COMPLETED:80.00,PENDING:20.00:ECHECK`.
//! A slash begins the next part of the order (purchase unit), and `-` is a part to which nothing happened.
//!
//! Its certificate and the key to it are made up, and published here: callbacks prove nothing but that a
//! receiver can check them. The certificate is served under the path of `PAYPAL-CERT-URL`.

use std::fmt::Write;

use axum::http::Method;
use base64::{Engine, prelude::BASE64_STANDARD};
use ring::{rand::SystemRandom, signature};

use super::{Answer, Asked, Body, Callback, Currency, Event, Protocol, Tokens, ids, web};
use crate::{
    NewPayment, Payment, Provider, Reply,
    json::{self, Object},
    request::Request,
    seeded_id,
};

const CLIENT_ID: &str = "your_client_id";
const CLIENT_SECRET: &str = "your_client_secret";
const WEBHOOK_ID: &str = "1JE4291016473214C";

const CERTIFICATE: &str = include_str!("paypal/certificate.pem");
const KEY: &[u8] = include_bytes!("paypal/key.der");
const CERTIFICATE_PATH: &str = "/v1/notifications/certs/CERT-paystatus-sandbox";

const TIME: &str = "2026-03-01T10:05:00Z";

impl Provider {
    /// PayPal: wallet, cards and local methods.
    pub const PAYPAL: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "paypal",
    states: &[
        "CREATED",
        "SAVED",
        "APPROVED",
        "PAYER_ACTION_REQUIRED",
        "VOIDED",
        "COMPLETED",
        "COMPLETED captures=COMPLETED",
        "COMPLETED captures=COMPLETED:80.00/COMPLETED:20.00",
        "COMPLETED captures=DECLINED,COMPLETED",
        "COMPLETED captures=PARTIALLY_REFUNDED refunds=COMPLETED:20.00",
        "COMPLETED captures=PARTIALLY_REFUNDED",
        "COMPLETED captures=REFUNDED refunds=COMPLETED",
        "COMPLETED captures=REFUNDED",
        "COMPLETED captures=REFUNDED:50.00 refunds=COMPLETED:50.00 authorizations=PARTIALLY_CAPTURED",
        "APPROVED captures=COMPLETED:80.00/-",
        "COMPLETED captures=COMPLETED:80.00,PENDING:20.00:ECHECK",
        "COMPLETED captures=COMPLETED:50.00 authorizations=PARTIALLY_CAPTURED",
        "COMPLETED captures=PENDING",
        "COMPLETED captures=PENDING:100.00:ECHECK",
        "COMPLETED captures=PENDING:100.00:PENDING_REVIEW",
        "COMPLETED captures=PENDING:100.00:CHARGEBACK",
        "COMPLETED captures=PENDING:100.00:REFUNDED",
        "COMPLETED captures=DECLINED authorizations=CREATED",
        "COMPLETED captures=DECLINED authorizations=CAPTURED",
        "COMPLETED captures=DECLINED",
        "APPROVED captures=DECLINED",
        "COMPLETED captures=FAILED",
        "COMPLETED captures=REVERSED",
        "COMPLETED authorizations=CREATED",
        "COMPLETED authorizations=PENDING",
        "COMPLETED authorizations=DENIED",
        "COMPLETED authorizations=VOIDED",
        "COMPLETED authorizations=CAPTURED",
        "COMPLETED authorizations=EXPIRED",
    ],
    paid: "COMPLETED captures=COMPLETED",
    open: "APPROVED",
    seed: |provider, state| NewPayment::new(provider, id(state), state).with_alias(seeded_id(state)),
    samples,
    currency: Currency::Default("EUR"),
    settings: &[("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET), ("webhook_id", WEBHOOK_ID)],
    tokens: Some(&Tokens {
        method: Method::POST,
        path: "/v1/oauth2/token",
        read: credentials,
        reply: |issued| {
            let body = Object::new()
                .text(
                    "scope",
                    "https://uri.paypal.com/services/payments/payment https://api.paypal.com/v1/payments/.*",
                )
                .text("access_token", &issued.token)
                .text("token_type", "Bearer")
                .text("app_id", "APP-80W284485P519543T")
                .number("expires_in", &issued.lifetime.to_string())
                .text("nonce", "2026-03-01T10:00:00Zsandbox");
            Reply::json(200, &body)
        },
        prefix: "A21AAsandbox",
        lifetime: 31_668,
    }),
    read,
    answer,
    not_found: |_| resource_not_found(),
    error,
    callback: Some(callback),
    ..Protocol::PLAIN
};

fn id(seed: &str) -> String {
    ids::of(seed, 17, |letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
}

/// The documented example, and a currency without decimals.
fn samples() -> Vec<NewPayment> {
    let new = |id: &str| NewPayment::new(Provider::PAYPAL, id, "COMPLETED captures=COMPLETED");
    vec![
        new("5O190127TN364715T").with_reference("6735"),
        new("sandbox-completed-jpy").with_amount("500").with_currency("JPY"),
    ]
}

fn credentials(request: &Request<'_>) -> Result<(), Reply> {
    let refuse = |status, error, description| {
        Err(Reply::json(status, &Object::new().text("error", error).text("error_description", description)))
    };
    let basic = request.basic();
    let given = basic.as_ref().map(|(id, secret)| (id.as_str(), secret.as_str()));
    if given != Some((CLIENT_ID, CLIENT_SECRET)) {
        return refuse(401, "invalid_client", "Client Authentication failed");
    }
    if request.content_type().as_deref() != Some("application/x-www-form-urlencoded") {
        return refuse(
            415,
            "unsupported_media_type",
            "The content type is not application/x-www-form-urlencoded",
        );
    }
    match request.field("grant_type").as_deref() {
        Some("client_credentials") => Ok(()),
        _ => refuse(400, "unsupported_grant_type", "Grant Type is NULL"),
    }
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    let segments = request.segments();
    let asked = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["v2", "checkout", "orders", id] if !id.is_empty() => Asked::Payment(id.to_owned()),
        // One capture by its own id, which the sandbox takes to be that of its order.
        ["v2", "payments", "captures", id] if !id.is_empty() => Asked::Part("capture", id.to_owned()),
        _ if request.path == CERTIFICATE_PATH => {
            return Err(Reply::of_content(200, "application/x-pem-file", CERTIFICATE));
        }
        _ => return Err(web::no_such_path()),
    };
    web::check_method(request, &Method::GET)?;
    let Some(token) = request.authorization("Bearer") else { return Err(authentication_failure()) };
    if request.takes(&token) {
        return Ok(asked);
    }
    let body = Object::new()
        .text("error", "invalid_token")
        .text("error_description", "The token passed in was not found in the system");
    Err(Reply::json(401, &body))
}

/// One of the payments of a part: its word, its amount and its reason.
type Entry<'a> = (&'a str, &'a str, Option<&'a str>);

/// What happened to each part of an order, by the name of the list.
fn entries<'a>(payment: &'a Payment, list: &str) -> Vec<Vec<Entry<'a>>> {
    let Some(units) = payment.extra(list) else { return Vec::new() };
    let entry = |text: &'a str| {
        let mut parts = text.splitn(3, ':');
        (parts.next().unwrap_or_default(), parts.next().unwrap_or(payment.amount()), parts.next())
    };
    units.split('/').map(|unit| unit.split(',').filter(|text| *text != "-").map(entry).collect()).collect()
}

fn money(payment: &Payment, value: &str) -> Object {
    Object::new().text("currency_code", payment.currency()).text("value", value)
}

fn link(href: &str, rel: &str) -> String {
    let link = Object::new()
        .text("href", &format!("https://api-m.paypal.com/{href}"))
        .text("rel", rel)
        .text("method", "GET");
    format!("[{link}]")
}

fn capture(payment: &Payment, id: &str, (word, amount, reason): Entry<'_>) -> Object {
    let mut capture = Object::new().text("id", id).text("status", word);
    if let Some(reason) = reason {
        capture = capture.object("status_details", &Object::new().text("reason", reason));
    }
    let protection = Object::new()
        .text("status", "ELIGIBLE")
        .raw("dispute_categories", r#"["ITEM_NOT_RECEIVED","UNAUTHORIZED_TRANSACTION"]"#.to_owned());
    capture
        .object("amount", &money(payment, amount))
        .flag("final_capture", true)
        .text("disbursement_mode", "INSTANT")
        .object("seller_protection", &protection)
        .text("custom_id", payment.reference().unwrap_or_default())
        .text("create_time", TIME)
        .text("update_time", TIME)
        .raw("links", link(&format!("v2/payments/captures/{id}"), "self"))
}

fn authorization(payment: &Payment, id: &str, (word, amount, _): Entry<'_>) -> Object {
    Object::new()
        .text("id", id)
        .text("status", word)
        .object("amount", &money(payment, amount))
        .text("expiration_time", "2026-03-30T10:00:00Z")
        .text("create_time", TIME)
        .text("update_time", TIME)
        .raw("links", link(&format!("v2/payments/authorizations/{id}"), "self"))
}

fn refund(payment: &Payment, id: &str, (word, amount, _): Entry<'_>) -> Object {
    Object::new()
        .text("id", id)
        .text("status", word)
        .object("amount", &money(payment, amount))
        .text("create_time", TIME)
        .text("update_time", TIME)
        .raw("links", link(&format!("v2/payments/refunds/{id}"), "self"))
}

/// The id of the capture, authorization or refund that is the so-and-so-many-th of an order.
fn part_id(payment: &Payment, list: &str, unit: usize, index: usize) -> String {
    if (list, unit, index, payment.id()) == ("captures", 0, 0, "5O190127TN364715T") {
        return "3C679366HH908993F".to_owned();
    }
    id(&format!("{} {list} {unit} {index}", payment.id()))
}

fn answer(asked: &Asked, payment: &Payment) -> Answer {
    if let Asked::Part(..) = asked {
        let captures = entries(payment, "captures");
        return match captures.iter().flatten().next() {
            Some(entry) => Answer::ok(capture(payment, payment.id(), *entry)),
            None => Answer { status: 404, body: Body::Object(resource_is_missing()) },
        };
    }
    type Write = fn(&Payment, &str, Entry<'_>) -> Object;
    let lists: [(&str, Write); 3] =
        [("authorizations", authorization), ("captures", capture), ("refunds", refund)];
    let lists = lists.map(|(name, write)| (name, entries(payment, name), write));
    let count = lists.iter().map(|(_, units, _)| units.len()).max().unwrap_or(0).max(1);
    let unit = |index: usize| {
        let payee =
            Object::new().text("email_address", "merchant@example.com").text("merchant_id", "9CUN42NZU2XVS");
        let mut unit = Object::new()
            .text(
                "reference_id",
                if count == 1 { "default" } else { ["first", "second", "third"][index.min(2)] },
            )
            .object("amount", &money(payment, payment.amount()))
            .object("payee", &payee)
            .text("custom_id", payment.reference().unwrap_or_default())
            .object("shipping", &Object::new().object("name", &Object::new().text("full_name", "John Doe")));
        let mut payments = Object::new();
        for (name, units, write) in &lists {
            let Some(entries) = units.get(index).filter(|entries| !entries.is_empty()) else { continue };
            let written: Vec<_> = entries
                .iter()
                .enumerate()
                .map(|(place, entry)| write(payment, &part_id(payment, name, index, place), *entry))
                .collect();
            payments = payments.raw(name, json::array(&written));
        }
        if payments.fields().next().is_some() {
            unit = unit.object("payments", &payments);
        }
        unit
    };
    let units: Vec<_> = (0..count).map(unit).collect();
    let name = Object::new().text("given_name", "John").text("surname", "Doe");
    let wallet = Object::new()
        .text("email_address", "payer@example.com")
        .text("account_id", "QYR5Z8XDVJNXQ")
        .text("account_status", "VERIFIED")
        .object("name", &name)
        .object("address", &Object::new().text("country_code", "DE"));
    let payer = Object::new()
        .object("name", &name)
        .text("email_address", "payer@example.com")
        .text("payer_id", "QYR5Z8XDVJNXQ")
        .object("address", &Object::new().text("country_code", "DE"));
    let intent = if payment.extra("authorizations").is_some() { "AUTHORIZE" } else { "CAPTURE" };
    Answer::ok(
        Object::new()
            .text("id", payment.id())
            .text("intent", intent)
            .text("status", payment.word())
            .raw("purchase_units", json::array(&units))
            .object("payer", &payer)
            .object("payment_source", &Object::new().object("paypal", &wallet))
            .text("create_time", "2026-03-01T10:00:00Z")
            .text("update_time", TIME)
            .raw("links", link(&format!("v2/checkout/orders/{}", payment.id()), "self")),
    )
}

fn error(status: u16) -> Option<Reply> {
    let reply = |name, message| Some(Reply::json(status, &said(name, message)));
    match status {
        400 => reply(
            "INVALID_REQUEST",
            "Request is not well-formed, syntactically incorrect, or violates schema.",
        ),
        401 => Some(authentication_failure()),
        403 => reply("NOT_AUTHORIZED", "Authorization failed due to insufficient permissions."),
        404 => Some(resource_not_found()),
        422 => reply(
            "UNPROCESSABLE_ENTITY",
            "The requested action could not be performed, semantically incorrect, or failed business validation.",
        ),
        429 => reply("RATE_LIMIT_REACHED", "Too many requests. Blocked due to rate limiting."),
        500 => reply("INTERNAL_SERVER_ERROR", "An internal server error has occurred."),
        503 => reply("SERVICE_UNAVAILABLE", "Service Unavailable."),
        _ => None,
    }
}

fn authentication_failure() -> Reply {
    let message =
        "Authentication failed due to invalid authentication credentials or a missing Authorization header.";
    Reply::json(401, &said("AUTHENTICATION_FAILURE", message))
}

fn resource_not_found() -> Reply {
    Reply::json(404, &resource_is_missing())
}

fn resource_is_missing() -> Object {
    let issue = Object::new().text("issue", "INVALID_RESOURCE_ID").text(
        "description",
        "Specified resource ID does not exist. Please check the resource ID and try again.",
    );
    let mut body = said("RESOURCE_NOT_FOUND", "The specified resource does not exist.");
    body.merge(&Object::new().raw("details", format!("[{issue}]")));
    body
}

fn said(name: &str, message: &str) -> Object {
    Object::new()
        .text("name", name)
        .text("message", message)
        .text("debug_id", "90957fca61718")
        .raw("links", "[]".to_owned())
}

/// What the first capture or hold came to, or the order.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let payment = event.payment;
    let first = |list: &str| entries(payment, list).into_iter().flatten().next();
    let related = Object::new().object("related_ids", &Object::new().text("order_id", payment.id()));
    let (kind, resource_type, resource) = if let Some(entry) = first("captures") {
        let kind = match entry.0 {
            "PARTIALLY_REFUNDED" => "REFUNDED",
            "FAILED" => "DECLINED",
            word => word,
        };
        let resource = capture(payment, &part_id(payment, "captures", 0, 0), entry);
        (format!("PAYMENT.CAPTURE.{kind}"), "capture", resource.object("supplementary_data", &related))
    } else if let Some(entry) = first("authorizations") {
        let resource = authorization(payment, &part_id(payment, "authorizations", 0, 0), entry);
        let kind = format!("PAYMENT.AUTHORIZATION.{}", entry.0);
        (kind, "authorization", resource.object("supplementary_data", &related))
    } else {
        (format!("CHECKOUT.ORDER.{}", payment.word()), "checkout-order", event.reply.clone())
    };
    let time = jiff::Timestamp::try_from(event.at).ok()?.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let body = Object::new()
        .text("id", &format!("WH-sandbox-{}", event.number))
        .text("event_version", "1.0")
        .text("create_time", &time)
        .text("resource_type", resource_type)
        .text("resource_version", "2.0")
        .text("event_type", &kind)
        .text("summary", "An event of the sandbox")
        .object("resource", &resource)
        .raw("links", "[]".to_owned())
        .to_string();
    let transmission = ids::of(&format!("transmission {}", event.number), 32, |digit| {
        digit.is_ascii_digit() || ('a'..='f').contains(&digit)
    });
    let signature = sign(&signed(&transmission, &time, &body))?;
    let callback = Callback::json(body)
        .with_header("paypal-transmission-id", transmission)
        .with_header("paypal-transmission-time", time)
        .with_header("paypal-transmission-sig", signature)
        .with_header("paypal-cert-url", format!("https://api.sandbox.paypal.com{CERTIFICATE_PATH}"))
        .with_header("paypal-auth-algo", "SHA256withRSA");
    Some(callback)
}

/// The text that is signed.
fn signed(transmission: &str, time: &str, body: &str) -> String {
    let mut text = format!("{transmission}|{time}|{WEBHOOK_ID}|");
    // Writing to a string cannot fail.
    let _ = write!(text, "{}", crc_32(body.as_bytes()));
    text
}

/// RSA PKCS#1 v1.5 with SHA-256, in base64.
fn sign(text: &str) -> Option<String> {
    let key = signature::RsaKeyPair::from_pkcs8(KEY).ok()?;
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&signature::RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).ok()?;
    Some(BASE64_STANDARD.encode(signature))
}

/// The checksum of ISO 3309, as gzip has it.
fn crc_32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            let is_odd = crc & 1 == 1;
            crc >>= 1;
            if is_odd {
                crc ^= 0xedb8_8320;
            }
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            lab::{Got, JSON, Lab},
            sign::basic,
        },
        *,
    };

    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
    const GRANT: &str = "grant_type=client_credentials";

    fn token(lab: &Lab) -> String {
        let basic = basic(CLIENT_ID, CLIENT_SECRET);
        let got = lab.send("POST", "/v1/oauth2/token", &[("authorization", &basic), FORM], GRANT);
        assert!(got.status == 200 && got.body.contains(r#""expires_in":31668,"#), "{}", got.body);
        format!("Bearer {}", Object::parse(got.body.as_bytes()).unwrap().get_text("access_token").unwrap())
    }

    fn ask(lab: &Lab, id: &str) -> Got {
        lab.get(&format!("/v2/checkout/orders/{id}"), &[("authorization", &token(lab))])
    }

    #[test]
    fn the_documented_sample() {
        let got = ask(&Lab::of(Provider::PAYPAL), "5O190127TN364715T");
        assert_eq!((got.status, got.header("content-type")), (200, JSON));
        assert!(
            got.body.starts_with(
                r#"{"id":"5O190127TN364715T","intent":"CAPTURE","status":"COMPLETED","purchase_units":[{"reference_id":"default","amount":{"currency_code":"EUR","value":"100.00"},"#
            ),
            "{}",
            got.body
        );
        for part in [
            r#""custom_id":"6735""#,
            r#""captures":[{"id":"3C679366HH908993F","status":"COMPLETED","amount":{"currency_code":"EUR","value":"100.00"},"final_capture":true,"#,
            r#""create_time":"2026-03-01T10:00:00Z""#,
        ] {
            assert!(got.body.contains(part), "{part} in {}", got.body);
        }
    }

    #[test]
    fn every_state_tells_its_words() {
        let lab = Lab::of(Provider::PAYPAL);
        for state in Provider::PAYPAL.states() {
            let got = ask(&lab, &seeded_id(state));
            assert_eq!(got.status, 200);
            let words = state.split([' ', '=', ',', '/', ':']).filter(|word| *word != "-");
            for word in words.filter(|word| !word.starts_with(char::is_numeric)) {
                assert!(got.body.contains(&format!("{word:?}")), "{word} of {state} in {}", got.body);
            }
            assert_eq!(got.body.contains("\"payments\""), state.contains('='), "{state}");
        }
        let units = ask(&lab, &seeded_id("APPROVED captures=COMPLETED:80.00/-")).body;
        assert_eq!((units.matches("reference_id").count(), units.matches("\"payments\"").count()), (2, 1));
        lab.set_state("5O190127TN364715T", "in review");
        assert!(ask(&lab, "5O190127TN364715T").body.contains(r#""status":"in review","#));
    }

    #[test]
    fn a_capture_is_asked_for_by_its_orders_id() {
        let lab = Lab::of(Provider::PAYPAL);
        let token = token(&lab);
        let capture =
            |id: &str| lab.get(&format!("/v2/payments/captures/{id}"), &[("authorization", &token)]);
        let got = capture("5O190127TN364715T");
        assert!(
            got.body.starts_with(r#"{"id":"5O190127TN364715T","status":"COMPLETED","amount":{"#),
            "{}",
            got.body
        );
        let got = capture("sandbox-created");
        assert!(got.status == 404 && got.body.contains("RESOURCE_NOT_FOUND"), "{}", got.body);
        assert_eq!(capture("nobody").status, 404);
    }

    #[test]
    fn wrong_credentials_get_no_token() {
        let lab = Lab::of(Provider::PAYPAL);
        let send = |basic: &str, kind: &str, body: &str| {
            lab.send("POST", "/v1/oauth2/token", &[("authorization", basic), ("content-type", kind)], body)
        };
        let refused = r#"{"error":"invalid_client","error_description":"Client Authentication failed"}"#;
        for wrong in [basic(CLIENT_ID, "wrong"), basic("wrong", CLIENT_SECRET), "Basic".to_owned()] {
            send(&wrong, FORM.1, GRANT).is(401, JSON, refused);
        }
        let right = basic(CLIENT_ID, CLIENT_SECRET);
        assert_eq!(send(&right, JSON, GRANT).status, 415);
        assert_eq!(send(&right, FORM.1, "grant_type=password").status, 400);
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::PAYPAL);
        let got = ask(&lab, "nobody");
        let start = r#"{"name":"RESOURCE_NOT_FOUND","message":"The specified resource does not exist.","debug_id":"90957fca61718","#;
        assert!(
            got.status == 404 && got.body.starts_with(start) && got.body.contains("INVALID_RESOURCE_ID"),
            "{}",
            got.body
        );
        let path = "/v2/checkout/orders/5O190127TN364715T";
        let refused = lab.get(path, &[("authorization", "Bearer old")]);
        assert!(refused.status == 401 && refused.body.contains("invalid_token"), "{}", refused.body);
        let without = lab.get(path, &[]);
        assert!(without.status == 401 && without.body.contains("AUTHENTICATION_FAILURE"), "{}", without.body);
        lab.send("DELETE", path, &[], "").is_page(405);
    }

    #[test]
    fn the_signed_text_is_the_documented_one() {
        let body = r#"{"id":"WH-Canary-1","event_type":"PAYMENT.CAPTURE.COMPLETED","resource_type":"capture","resource":{"id":"3C679366HH908993F","supplementary_data":{"related_ids":{"order_id":"5O190127TN364715T"}}}}"#;
        assert_eq!(
            signed("69cd13f0-d67a-11e5-baa3-778b53f4ae55", "2026-03-01T10:05:02Z", body),
            "69cd13f0-d67a-11e5-baa3-778b53f4ae55|2026-03-01T10:05:02Z|1JE4291016473214C|804849414"
        );
    }

    #[test]
    fn callbacks_name_the_order_and_are_signed_with_the_certificates_key() {
        let lab = Lab::of(Provider::PAYPAL);
        lab.get(CERTIFICATE_PATH, &[]).is(200, "application/x-pem-file", CERTIFICATE);
        for (state, kind, order) in [
            ("COMPLETED captures=COMPLETED", "PAYMENT.CAPTURE.COMPLETED", r#""order_id":"o-1""#),
            ("COMPLETED captures=DECLINED", "PAYMENT.CAPTURE.DECLINED", r#""order_id":"o-1""#),
            ("COMPLETED authorizations=VOIDED", "PAYMENT.AUTHORIZATION.VOIDED", r#""order_id":"o-1""#),
            ("APPROVED", "CHECKOUT.ORDER.APPROVED", r#""resource":{"id":"o-1""#),
        ] {
            let callback = lab.callback(NewPayment::new(Provider::PAYPAL, "o-1", state)).unwrap();
            assert!(callback.body.contains(&format!(r#""event_type":"{kind}""#)), "{}", callback.body);
            assert!(callback.body.contains(order), "{}", callback.body);
            let text = signed(
                callback.header("paypal-transmission-id"),
                callback.header("paypal-transmission-time"),
                &callback.body,
            );
            let signature = BASE64_STANDARD.decode(callback.header("paypal-transmission-sig")).unwrap();
            let key = signature::RsaKeyPair::from_pkcs8(KEY).unwrap();
            let public =
                signature::UnparsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA256, key.public());
            assert!(public.verify(text.as_bytes(), &signature).is_ok(), "{state}");
            // The certificate has this key: its modulus stands in it, byte for byte.
            let der = BASE64_STANDARD
                .decode(CERTIFICATE.lines().filter(|line| !line.starts_with('-')).collect::<String>());
            assert!(
                der.unwrap().windows(key.public().as_ref().len()).any(|part| part == key.public().as_ref())
            );
        }
    }
}
