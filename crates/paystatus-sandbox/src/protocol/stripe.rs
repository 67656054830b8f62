//! Stripe: PaymentIntents and Checkout Sessions. Sources: the types and `Webhooks.js` of the official SDK, npm `stripe`
//! 23.1.0 (API 2026-10-28.endive); docs.stripe.com, `payments/multicapture`, `checkout/fulfillment`. Read 2026-11.
//!
//! A state is a PaymentIntent's status, or a Checkout Session's `status` and `payment_status` with `intent=` for the
//! status of its PaymentIntent, `none` where there is none. Beside it stand, in minor units where they are amounts:
//! `refunded=200` and `disputed=true` of the charge, `charge=pending`, `failed`, `uncaptured` or `null`, `received=500`,
//! `remaining=700` of a bank transfer, `error=card_declined`, `reason=expired` of a cancellation, `hold=released`;
//! of a session `recovery=true`, `mode=subscription`, `total=0`, `expanded=false` for an expansion
//! that was not done; and of both `livemode=false`.

use std::time::UNIX_EPOCH;

use axum::http::Method;

use super::{Amount, Answer, Asked, Callback, Currency, Event, Protocol, ids, sign};
use crate::{NewPayment, Payment, Provider, Reply, json::Object, request::Request};

const SECRET_KEY: &str = "sk_live_sandbox";
const CALLBACK_SECRET: &str = "whsec_sandbox";
const CONNECTED: &str = "acct_sandbox";
const VERSION: &str = "2026-10-28.endive";
const CREATED: &str = "1680800504";

impl Provider {
    /// Stripe, cards and local methods worldwide.
    pub const STRIPE: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "stripe",
    states: &[
        "succeeded",
        "succeeded livemode=false",
        "succeeded refunded=200",
        "succeeded refunded=1099",
        "succeeded disputed=true",
        "succeeded charge=pending",
        "succeeded charge=failed",
        "succeeded charge=uncaptured",
        "succeeded charge=null",
        "succeeded received=0",
        "requires_capture",
        "requires_capture received=500",
        "processing",
        "requires_action",
        "requires_action remaining=700",
        "requires_action remaining=1099",
        "requires_action remaining=null",
        "requires_payment_method",
        "requires_payment_method error=card_declined",
        "requires_confirmation",
        "canceled",
        "canceled hold=released",
        "canceled reason=expired",
        "canceled received=500",
        "requires_source",
        "complete paid intent=succeeded",
        "complete paid intent=succeeded refunded=200",
        "complete paid intent=succeeded refunded=1099",
        "complete paid intent=succeeded disputed=true",
        "complete paid intent=succeeded livemode=false",
        "complete paid intent=succeeded expanded=false",
        "complete paid intent=processing",
        "complete paid intent=none",
        "complete paid intent=none mode=subscription",
        "complete paid intent=none mode=subscription total=0",
        "complete no_payment_required intent=none",
        "complete no_payment_required intent=none mode=setup",
        "complete unpaid intent=none",
        "complete unpaid intent=processing",
        "complete unpaid intent=requires_capture",
        "complete unpaid intent=requires_action remaining=700",
        "complete unpaid intent=requires_payment_method error=payment_intent_payment_attempt_failed",
        "open unpaid intent=none",
        "open unpaid intent=requires_payment_method error=card_declined",
        "expired unpaid intent=none",
        "expired unpaid intent=canceled",
        "expired unpaid intent=none recovery=true",
    ],
    paid: "succeeded",
    open: "requires_action",
    seed,
    samples,
    amount: Amount::MinorUnits,
    default_amount: "1099",
    currency: Currency::Default("EUR"),
    settings: &[("secret_key", SECRET_KEY), ("callback_secret", CALLBACK_SECRET)],
    read,
    answer,
    not_found,
    error: |status| Some(error(status)),
    callback: Some(callback),
    ..Protocol::PLAIN
};

fn seed(provider: Provider, state: &str) -> NewPayment {
    let id = match state.contains(" intent=") {
        true => format!("cs_live_a1{}", alphanumeric(state, 56)),
        false => format!("pi_3{}", alphanumeric(state, 23)),
    };
    NewPayment::new(provider, id, state)
}

/// Currencies whose minor units differ from ISO 4217's, a currency without any, and the documentation's id.
fn samples() -> Vec<NewPayment> {
    let new =
        |id: &str, currency: &str| NewPayment::new(Provider::STRIPE, id, "succeeded").with_currency(currency);
    vec![
        new("pi_3MtwBwLkdIwHu7ix28a3tqPa", "USD").with_amount("2000").with_reference("6735"),
        new("pi_sandbox_isk", "ISK"),
        new("pi_sandbox_mga", "MGA"),
        new("pi_sandbox_jpy", "JPY"),
        new("pi_sandbox_kwd", "KWD"),
    ]
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    authorize(request)?;
    let segments = request.segments();
    let (id, is_session) = match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["v1", "payment_intents", id] if !id.is_empty() => (id, false),
        ["v1", "checkout", "sessions", id] if !id.is_empty() => (id, true),
        _ => return Err(no_such_address(request)),
    };
    if request.method != Method::GET {
        return Err(no_such_address(request));
    }
    let query = request.query.unwrap_or_default();
    let pairs = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name.starts_with("expand["));
    let expanded: Vec<_> = pairs.map(|(_, value)| value.into_owned()).collect();
    let known: &[&str] = match is_session {
        true => &["payment_intent", "payment_intent.latest_charge"],
        false => &["latest_charge"],
    };
    if let Some(other) = expanded.iter().find(|name| !known.contains(&&***name)) {
        let message = format!("This property cannot be expanded ({other}).");
        return Err(refusal(400, None, &message, None));
    }
    let is_other = if is_session { id.starts_with("pi_") } else { id.starts_with("cs_") };
    if is_other {
        return Err(no_such(id, is_session));
    }
    Ok(match (is_session, expanded.iter().any(|name| name.ends_with("latest_charge")), expanded.is_empty()) {
        (_, true, _) => Asked::Payment(id.to_owned()),
        (true, false, false) => Asked::Part("intent expanded", id.to_owned()),
        _ => Asked::Part("nothing expanded", id.to_owned()),
    })
}

/// The key is a bearer token, or the name of Basic credentials.
fn authorize(request: &Request<'_>) -> Result<(), Reply> {
    let key = request.authorization("Bearer").or_else(|| request.basic().map(|(name, _)| name));
    let Some(key) = key.filter(|key| !key.is_empty()) else {
        let message = "You did not provide an API key. You need to provide your API key in the Authorization header, \
                       using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').";
        return Err(refusal(401, None, message, None));
    };
    if key != SECRET_KEY {
        let shown: String = key.chars().take(8).collect();
        return Err(refusal(401, None, &format!("Invalid API Key provided: {shown}***"), None));
    }
    match request.header("stripe-version") {
        Some(version) if !version.starts_with("20") => {
            return Err(refusal(400, None, &format!("Invalid Stripe API version: {version}"), None));
        }
        _ => {}
    }
    match request.header("stripe-account") {
        Some(account) if account != CONNECTED => {
            let message = format!(
                "The provided key 'sk_live_***' does not have access to account '{account}' (or that account does \
                 not exist). Application access may have been revoked."
            );
            Err(refusal(403, Some("account_invalid"), &message, None))
        }
        _ => Ok(()),
    }
}

fn answer(asked: &Asked, payment: &Payment) -> Answer {
    let (charge, inner) = match asked {
        Asked::Part("nothing expanded", _) => (false, false),
        Asked::Part(..) => (false, true),
        _ => (true, payment.extra("expanded") != Some("false")),
    };
    Answer::ok(match payment.extra("intent") {
        None => {
            let metadata = Object::new().text("order_id", payment.reference().unwrap_or_default());
            intent(payment, payment.id(), payment.word(), charge).object("metadata", &metadata)
        }
        Some(status) => session(payment, status, inner, charge),
    })
}

const INTENT: &str = r#"{"id":"","object":"payment_intent","amount":0,"amount_capturable":0,"amount_details":{"tip":{}},"amount_received":0,"application":null,"application_fee_amount":null,"automatic_payment_methods":{"allow_redirects":"always","enabled":true},"canceled_at":null,"cancellation_reason":null,"capture_method":"automatic_async","client_secret":"","confirmation_method":"automatic","created":0,"currency":"","customer":null,"customer_account":null,"description":"Sandbox payment","excluded_payment_method_types":null,"last_payment_error":null,"latest_charge":null,"livemode":true,"metadata":{},"next_action":null,"on_behalf_of":null,"payment_method":"pm_sandbox","payment_method_configuration_details":null,"payment_method_options":{},"payment_method_types":["card"],"processing":null,"receipt_email":"payer@example.com","review":null,"setup_future_usage":null,"shipping":null,"source":null,"statement_descriptor":null,"statement_descriptor_suffix":null,"status":"","transfer_data":null,"transfer_group":null}"#;

const CHARGE: &str = r#"{"id":"","object":"charge","amount":0,"amount_captured":0,"amount_refunded":0,"application":null,"application_fee":null,"application_fee_amount":null,"balance_transaction":"txn_sandbox","billing_details":{"address":{"city":null,"country":null,"line1":null,"line2":null,"postal_code":null,"state":null},"email":"payer@example.com","name":"John Doe","phone":null,"tax_id":null},"calculated_statement_descriptor":"SANDBOX","captured":true,"created":0,"currency":"","customer":null,"description":"Sandbox payment","disputed":false,"failure_balance_transaction":null,"failure_code":null,"failure_message":null,"fraud_details":{},"livemode":true,"metadata":{},"on_behalf_of":null,"outcome":{"advice_code":null,"network_advice_code":null,"network_decline_code":null,"network_status":"approved_by_network","reason":null,"risk_level":"normal","seller_message":"Payment complete.","type":"authorized"},"paid":true,"payment_intent":"","payment_method":"pm_sandbox","payment_method_details":{"card":{"brand":"visa","country":"US","exp_month":4,"exp_year":2030,"funding":"credit","last4":"4242","network":"visa"},"type":"card"},"radar_options":{},"receipt_email":"payer@example.com","receipt_number":null,"receipt_url":"https://pay.example.com/receipts/sandbox","refunded":false,"review":null,"shipping":null,"source":null,"source_transfer":null,"statement_descriptor":null,"statement_descriptor_suffix":null,"status":"succeeded","transfer_data":null,"transfer_group":null}"#;

const SESSION: &str = r#"{"id":"","object":"checkout.session","adaptive_pricing":null,"after_expiration":null,"allow_promotion_codes":null,"amount_subtotal":0,"amount_total":0,"automatic_tax":{"enabled":false,"liability":null,"provider":null,"status":null},"billing_address_collection":null,"cancel_url":"https://shop.example.com/cancel","client_reference_id":null,"client_secret":null,"collected_information":null,"consent":null,"consent_collection":null,"created":0,"currency":"","currency_conversion":null,"custom_fields":[],"custom_text":{"after_submit":null,"shipping_address":null,"submit":null,"terms_of_service_acceptance":null},"customer":null,"customer_creation":"if_required","customer_details":{"address":null,"email":"payer@example.com","name":"John Doe","phone":null,"tax_exempt":"none","tax_ids":[]},"customer_email":null,"discounts":[],"expires_at":0,"invoice":null,"invoice_creation":null,"livemode":true,"locale":null,"metadata":{},"mode":"payment","origin_context":null,"payment_intent":null,"payment_link":null,"payment_method_collection":"if_required","payment_method_configuration_details":null,"payment_method_options":{},"payment_method_types":["card"],"payment_status":"","permissions":null,"phone_number_collection":{"enabled":false},"recovered_from":null,"saved_payment_method_options":null,"setup_intent":null,"shipping_address_collection":null,"shipping_cost":null,"shipping_options":[],"status":"","submit_type":null,"subscription":null,"success_url":"https://shop.example.com/success","total_details":{"amount_discount":0,"amount_shipping":0,"amount_tax":0},"ui_mode":"hosted","url":null,"wallet_options":null}"#;

fn sample(json: &str) -> Object {
    Object::parse(json.as_bytes()).unwrap_or_default()
}

fn is_live(payment: &Payment) -> bool {
    payment.extra("livemode") != Some("false")
}

/// So many letters and digits, which depend on the seed alone.
fn alphanumeric(seed: &str, length: usize) -> String {
    ids::of(seed, length, |letter| letter.is_ascii_alphanumeric())
}

/// The charge's id, which depends on its PaymentIntent's alone.
fn charge_id(intent: &str) -> String {
    format!("ch_3{}", alphanumeric(intent, 23))
}

fn intent(payment: &Payment, id: &str, status: &str, with_charge: bool) -> Object {
    let (amount, currency) = (payment.amount(), payment.currency().to_lowercase());
    let received = payment.extra("received").unwrap_or(if status == "succeeded" { amount } else { "0" });
    let mut body = sample(INTENT)
        .text("id", id)
        .number("amount", amount)
        .number("amount_received", received)
        .text("client_secret", &format!("{id}_secret_sandbox"))
        .number("created", CREATED)
        .text("currency", &currency)
        .flag("livemode", is_live(payment))
        .text("status", status);
    match status {
        "requires_capture" => {
            body = body.text("capture_method", "manual").number("amount_capturable", amount)
        }
        "canceled" => {
            let reason = payment.extra("reason").unwrap_or("abandoned");
            body = body.number("canceled_at", CREATED).text("cancellation_reason", reason);
        }
        "requires_action" => body = body.object("next_action", &next_action(payment, &currency)),
        _ => {}
    }
    if let Some(code) = payment.extra("error") {
        let failure = Object::new()
            .text("charge", &charge_id(id))
            .text("code", code)
            .text("decline_code", "insufficient_funds")
            .text("message", "Your card has insufficient funds.")
            .text("type", "card_error");
        body = body.object("last_payment_error", &failure).raw("payment_method", "null".to_owned());
    }
    let was_charged = matches!(status, "succeeded" | "requires_capture" | "processing")
        || received != "0"
        || payment.extra("hold").is_some();
    if !was_charged || payment.extra("charge") == Some("null") {
        body
    } else if with_charge {
        body.object("latest_charge", &charge(payment, id, status, received))
    } else {
        body.text("latest_charge", &charge_id(id))
    }
}

fn next_action(payment: &Payment, currency: &str) -> Object {
    let Some(remaining) = payment.extra("remaining") else {
        let url = "https://pay.example.com/authenticate/sandbox";
        let redirect = Object::new().text("return_url", "https://shop.example.com/return").text("url", url);
        return Object::new().object("redirect_to_url", &redirect).text("type", "redirect_to_url");
    };
    let transfer = Object::new()
        .raw("amount_remaining", remaining.to_owned())
        .text("currency", currency)
        .raw("financial_addresses", "[]".to_owned())
        .text("hosted_instructions_url", "https://pay.example.com/bank_transfers/sandbox")
        .text("reference", "SANDBOX")
        .text("type", "eu_bank_transfer");
    let kind = "display_bank_transfer_instructions";
    Object::new().object(kind, &transfer).text("type", kind)
}

fn charge(payment: &Payment, intent: &str, status: &str, received: &str) -> Object {
    let amount = payment.amount();
    let (state, is_captured) = match payment.extra("charge") {
        Some("uncaptured") => ("succeeded", false),
        Some(other) => (other, other == "succeeded"),
        None if status == "processing" => ("pending", false),
        None => ("succeeded", received != "0"),
    };
    // A hold that is released looks like a refund.
    let released = payment.extra("hold").map(|_| amount);
    let refunded = released.or(payment.extra("refunded")).unwrap_or("0");
    let captured = if is_captured { received } else { "0" };
    let body = sample(CHARGE)
        .text("id", &charge_id(intent))
        .number("amount", amount)
        .number("amount_captured", captured)
        .number("amount_refunded", refunded)
        .flag("captured", is_captured)
        .number("created", CREATED)
        .text("currency", &payment.currency().to_lowercase())
        .flag("disputed", payment.extra("disputed") == Some("true"))
        .flag("livemode", is_live(payment))
        .flag("paid", state == "succeeded")
        .text("payment_intent", intent)
        .flag("refunded", refunded != "0" && (released.is_some() || refunded == captured))
        .text("status", state);
    match state {
        "failed" => {
            body.text("failure_code", "card_declined").text("failure_message", "Your card was declined.")
        }
        _ => body,
    }
}

fn session(payment: &Payment, intent_status: &str, with_intent: bool, with_charge: bool) -> Object {
    let (status, payment_status) = payment.word().split_once(' ').unwrap_or((payment.word(), "unpaid"));
    let total = payment.extra("total").unwrap_or(match payment_status {
        "no_payment_required" => "0",
        _ => payment.amount(),
    });
    let mode = payment.extra("mode").unwrap_or("payment");
    let id = payment.id();
    let mut body = sample(SESSION)
        .text("id", id)
        .number("amount_subtotal", total)
        .number("amount_total", total)
        .text_or_null("client_reference_id", payment.reference())
        .number("created", CREATED)
        .text("currency", &payment.currency().to_lowercase())
        .number("expires_at", "1680886904")
        .flag("livemode", is_live(payment))
        .text("mode", mode)
        .text("payment_status", payment_status)
        .text("status", status);
    if status == "open" {
        body = body.text("url", &format!("https://pay.example.com/c/pay/{id}"));
    }
    if payment.extra("recovery") == Some("true") {
        let recovery = Object::new()
            .flag("allow_promotion_codes", false)
            .flag("enabled", true)
            .number("expires_at", "1683478904")
            .text("url", "https://pay.example.com/c/recover/sandbox");
        body = body.object("after_expiration", &Object::new().object("recovery", &recovery));
    }
    let own = |prefix: &str| format!("{prefix}{}", alphanumeric(id, 24));
    match mode {
        "subscription" => body = body.text("subscription", &own("sub_")),
        "setup" => body = body.text("setup_intent", &own("seti_")),
        _ => {}
    }
    match (intent_status, with_intent) {
        ("none", _) => body,
        (_, false) => body.text("payment_intent", &own("pi_")),
        (_, true) => body.object("payment_intent", &intent(payment, &own("pi_"), intent_status, with_charge)),
    }
}

fn not_found(asked: &Asked) -> Reply {
    no_such(asked.id(), asked.id().starts_with("cs_"))
}

fn no_such(id: &str, is_session: bool) -> Reply {
    let (noun, param) =
        if is_session { ("checkout.session", "session") } else { ("payment_intent", "intent") };
    refusal(404, Some("resource_missing"), &format!("No such {noun}: '{id}'"), Some(param))
}

fn no_such_address(request: &Request<'_>) -> Reply {
    let message = format!(
        "Unrecognized request URL ({}: {}). If you are trying to list objects, remove the trailing slash. If you are \
         trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code.",
        request.method, request.path
    );
    refusal(404, None, &message, None)
}

fn error(status: u16) -> Reply {
    match status {
        401 => refusal(401, None, "Invalid API Key provided: sk_live_***", None),
        403 => {
            let message =
                "The provided key 'rk_live_***' does not have the required permissions for this endpoint.";
            refusal(403, None, message, None)
        }
        404 => no_such("pi_sandbox", false),
        409 => {
            let message = "This object cannot be accessed right now because another API request or Stripe process is \
                           currently accessing it.";
            refusal(409, Some("lock_timeout"), message, None)
        }
        429 => refusal(429, Some("rate_limit"), "Request rate limit exceeded.", None)
            .with_header("stripe-rate-limited-reason", "endpoint-rate"),
        400..=499 => refusal(status, None, "Invalid request.", None),
        _ => stated(status, "api_error", None, "An unknown error occurred.", None),
    }
}

fn refusal(status: u16, code: Option<&str>, message: &str, param: Option<&str>) -> Reply {
    stated(status, "invalid_request_error", code, message, param)
}

fn stated(status: u16, kind: &str, code: Option<&str>, message: &str, param: Option<&str>) -> Reply {
    let mut error = Object::new();
    if let Some(code) = code {
        let page = format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-"));
        error = error.text("code", code).text("doc_url", &page);
    }
    error = error.text("message", message);
    if let Some(param) = param {
        error = error.text("param", param);
    }
    Reply::json(status, &Object::new().object("error", &error.text("type", kind)))
}

/// The event and the object that it is about: the payment, or its charge where that is what changed.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let payment = event.payment;
    let time = event.at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().to_string();
    let (kind, object) = about(payment, event.reply)?;
    let body = Object::new()
        .text("id", &format!("evt_sandbox{}", event.number))
        .text("object", "event")
        .text("api_version", VERSION)
        .number("created", &time)
        .object("data", &Object::new().object("object", &object))
        .flag("livemode", is_live(payment))
        .number("pending_webhooks", "1")
        .object("request", &sample(r#"{"id":null,"idempotency_key":null}"#))
        .text("type", kind)
        .to_string();
    let signature = sign::hmac_sha256(CALLBACK_SECRET, &format!("{time}.{body}"));
    Some(Callback::json(body).with_header("stripe-signature", format!("t={time},v1={signature}")))
}

fn about(payment: &Payment, reply: &Object) -> Option<(&'static str, Object)> {
    let parent = reply.inner("payment_intent").unwrap_or_else(|| reply.clone());
    let charge = parent.inner("latest_charge");
    if let Some(charge) = &charge {
        if payment.extra("disputed").is_some() {
            let dispute = Object::new()
                .text("id", "du_sandbox")
                .text("object", "dispute")
                .number("amount", payment.amount())
                .text("charge", &charge.get_text("id").unwrap_or_default())
                .text("currency", &payment.currency().to_lowercase())
                .text("payment_intent", &parent.get_text("id").unwrap_or_default())
                .text("reason", "general")
                .text("status", "needs_response");
            return Some(("charge.dispute.created", dispute));
        }
        if payment.extra("refunded").is_some() {
            return Some(("charge.refunded", charge.clone()));
        }
    }
    // Nothing is expanded in an event.
    let fold = |object: &Object, name: &str| match object.inner(name).and_then(|inner| inner.get_text("id")) {
        Some(id) => object.clone().text(name, &id),
        None => object.clone(),
    };
    if payment.extra("intent").is_some() {
        let kind = match payment.word() {
            "open unpaid" => return None,
            "expired unpaid" => "checkout.session.expired",
            "complete unpaid" if payment.extra("error").is_some() => "checkout.session.async_payment_failed",
            _ => "checkout.session.completed",
        };
        return Some((kind, fold(reply, "payment_intent")));
    }
    let kind = match payment.word() {
        "succeeded" => "payment_intent.succeeded",
        "processing" => "payment_intent.processing",
        "canceled" => "payment_intent.canceled",
        "requires_capture" => "payment_intent.amount_capturable_updated",
        "requires_action" if payment.extra("remaining").is_some() => "payment_intent.partially_funded",
        "requires_action" => "payment_intent.requires_action",
        "requires_payment_method" if payment.extra("error").is_some() => "payment_intent.payment_failed",
        _ => "payment_intent.created",
    };
    Some((kind, fold(reply, "latest_charge")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seeded_id;

    use super::super::lab::{Got, JSON, Lab};

    const KEY: (&str, &str) = ("Authorization", "Bearer sk_live_sandbox");

    #[track_caller]
    fn ask(lab: &Lab, path: &str) -> Got {
        lab.get(path, &[KEY, ("Stripe-Version", VERSION)])
    }

    /// What is answered about a seeded state, expanded as a merchant's client asks.
    #[track_caller]
    fn seeded(lab: &Lab, state: &str) -> Object {
        let payment = lab.sandbox.payment(Provider::STRIPE, &seeded_id(state)).unwrap();
        let path = match payment.id() {
            id if id.starts_with("cs_") => {
                format!("/v1/checkout/sessions/{id}?expand%5B%5D=payment_intent.latest_charge")
            }
            id => format!("/v1/payment_intents/{id}?expand[0]=latest_charge"),
        };
        let got = ask(lab, &path);
        assert_eq!((got.status, got.header("content-type")), (200, JSON), "{}", got.body);
        Object::parse(got.body.as_bytes()).unwrap()
    }

    #[track_caller]
    fn has(object: &Object, fields: &[(&str, &str)]) {
        for (name, json) in fields {
            assert_eq!(object.get(name), Some(*json), "{name} in {object}");
        }
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::STRIPE);
        for state in PROTOCOL.states {
            let body = seeded(&lab, state);
            match state.split_once(" intent=") {
                None => has(&body, &[("object", r#""payment_intent""#)]),
                Some(_) => has(&body, &[("object", r#""checkout.session""#)]),
            }
        }
        assert_eq!(lab.ids().len(), PROTOCOL.states.len() + 5);
    }

    #[test]
    fn what_was_charged_stands_in_the_charge() {
        let lab = Lab::of(Provider::STRIPE);
        let of = |state: &str| {
            let body = seeded(&lab, state);
            (body.clone(), body.inner("latest_charge"))
        };
        let (body, charge) = of("succeeded");
        has(&body, &[("amount_received", "1099"), ("currency", r#""eur""#), ("livemode", "true")]);
        let whole = [
            ("captured", "true"),
            ("amount_captured", "1099"),
            ("amount_refunded", "0"),
            ("refunded", "false"),
        ];
        has(&charge.unwrap(), &[&whole[..], &[("disputed", "false"), ("status", r#""succeeded""#)]].concat());
        has(&of("succeeded refunded=200").1.unwrap(), &[("amount_refunded", "200"), ("refunded", "false")]);
        has(&of("succeeded refunded=1099").1.unwrap(), &[("amount_refunded", "1099"), ("refunded", "true")]);
        has(&of("succeeded disputed=true").1.unwrap(), &[("disputed", "true"), ("refunded", "false")]);
        has(&of("succeeded livemode=false").0, &[("livemode", "false")]);
        has(&of("succeeded charge=null").0, &[("latest_charge", "null"), ("amount_received", "1099")]);
        let (body, charge) = of("canceled hold=released");
        has(&body, &[("amount_received", "0"), ("status", r#""canceled""#)]);
        has(&charge.unwrap(), &[("captured", "false"), ("refunded", "true")]);
        has(&of("requires_capture").1.unwrap(), &[("captured", "false"), ("amount_captured", "0")]);
        assert!(of("requires_payment_method error=card_declined").1.is_none());
    }

    #[test]
    fn nothing_is_expanded_unless_it_is_asked_for() {
        let lab = Lab::of(Provider::STRIPE);
        let intent = "pi_3MtwBwLkdIwHu7ix28a3tqPa";
        let plain = ask(&lab, &format!("/v1/payment_intents/{intent}"));
        let plain = Object::parse(plain.body.as_bytes()).unwrap();
        assert!(plain.get_text("latest_charge").unwrap().starts_with("ch_3"), "{plain}");
        let session =
            lab.sandbox.payment(Provider::STRIPE, "sandbox-complete-paid-intent-succeeded").unwrap();
        let path = format!("/v1/checkout/sessions/{}", session.id());
        let body = |query: &str| Object::parse(ask(&lab, &format!("{path}{query}")).body.as_bytes()).unwrap();
        assert!(body("").get_text("payment_intent").unwrap().starts_with("pi_"));
        let inner = body("?expand[]=payment_intent").inner("payment_intent").unwrap();
        assert!(inner.get_text("latest_charge").is_some() && inner.inner("latest_charge").is_none());
        let message = r#"{"error":{"message":"This property cannot be expanded (charge).","type":"invalid_request_error"}}"#;
        ask(&lab, &format!("/v1/payment_intents/{intent}?expand[]=charge")).is(400, JSON, message);
    }

    #[test]
    fn errors() {
        let lab = Lab::of(Provider::STRIPE);
        let missing = r#"{"error":{"code":"resource_missing","doc_url":"https://stripe.com/docs/error-codes/resource-missing","message":"No such payment_intent: 'pi_x'","param":"intent","type":"invalid_request_error"}}"#;
        ask(&lab, "/v1/payment_intents/pi_x").is(404, JSON, missing);
        let missing = ask(&lab, "/v1/checkout/sessions/cs_live_x");
        assert!(missing.status == 404 && missing.body.contains("No such checkout.session: 'cs_live_x'"));
        assert_eq!(ask(&lab, "/v1/checkout/sessions/pi_3MtwBwLkdIwHu7ix28a3tqPa").status, 404);
        let path = "/v1/payment_intents/pi_3MtwBwLkdIwHu7ix28a3tqPa";
        for (headers, status, text) in [
            (&[][..], 401, "You did not provide an API key."),
            (&[("authorization", "Bearer sk_live_wrong_key")], 401, "Invalid API Key provided: sk_live_***"),
            (&[KEY, ("stripe-account", "acct_other")], 403, "does not have access to account 'acct_other'"),
            (&[KEY, ("stripe-account", CONNECTED)], 200, r#""status":"succeeded""#),
            (&[KEY, ("stripe-version", "latest")], 400, "Invalid Stripe API version: latest"),
            (&[("authorization", &sign::basic(SECRET_KEY, ""))], 200, r#""status":"succeeded""#),
        ] {
            let got = lab.get(path, headers);
            assert!(got.status == status && got.body.contains(text), "{}: {}", got.status, got.body);
        }
        for (method, path) in [("POST", path), ("GET", "/v1/payment_intents/"), ("GET", "/v1/charges/ch_1")] {
            let got = lab.send(method, path, &[KEY], "");
            assert!(got.status == 404 && got.body.contains("Unrecognized request URL"), "{}", got.body);
        }
    }

    #[test]
    fn the_signature_is_the_one_that_the_official_sdk_accepts() {
        let body = r#"{"id":"evt_1Canary","object":"event","type":"payment_intent.succeeded","livemode":false,"created":1700000000,"data":{"object":{"id":"pi_3MtwBwLkdIwHu7ix28a3tqPa","object":"payment_intent","status":"succeeded"}}}"#;
        assert_eq!(
            sign::hmac_sha256("whsec_canary_made_up_1", &format!("1700000000.{body}")),
            "792eb636a2633e277b97eee65e2cf322464b640fa935e2a29c4c45f51cbbf02c"
        );
    }

    #[test]
    fn callbacks_are_about_what_changed() {
        let lab = Lab::of(Provider::STRIPE);
        for (state, kind, object) in [
            ("succeeded", "payment_intent.succeeded", r#""object":{"id":"pi_1","object":"payment_intent""#),
            ("succeeded refunded=200", "charge.refunded", r#""payment_intent":"pi_1""#),
            ("succeeded disputed=true", "charge.dispute.created", r#""payment_intent":"pi_1""#),
            (
                "requires_payment_method error=card_declined",
                "payment_intent.payment_failed",
                r#""id":"pi_1""#,
            ),
            (
                "complete paid intent=succeeded",
                "checkout.session.completed",
                r#""object":"checkout.session""#,
            ),
            ("expired unpaid intent=none", "checkout.session.expired", r#""payment_intent":null"#),
        ] {
            let callback = lab.callback(NewPayment::new(Provider::STRIPE, "pi_1", state)).unwrap();
            assert!(callback.body.contains(&format!(r#""type":"{kind}""#)), "{}", callback.body);
            assert!(callback.body.contains(object), "{}", callback.body);
            assert!(!callback.body.contains(r#""latest_charge":{"#), "{}", callback.body);
            let (time, signature) = callback.header("stripe-signature").split_once(",v1=").unwrap();
            let time = time.strip_prefix("t=").unwrap();
            assert_eq!(signature, sign::hmac_sha256(CALLBACK_SECRET, &format!("{time}.{}", callback.body)));
        }
        assert!(lab.callback(NewPayment::new(Provider::STRIPE, "cs_1", "open unpaid intent=none")).is_none());
    }
}
