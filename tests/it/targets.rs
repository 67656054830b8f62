//! What must hold for every input that fuzzing comes up with: run by `fuzz.rs` with generated inputs on every test,
//! and by `fuzz/` for as long as one likes.
//!
//! Every result is checked against a second reading of the same bytes, which shares no code with the providers.

use std::{
    collections::BTreeMap,
    str::FromStr,
    time::{Duration, SystemTime},
};

use bigdecimal::BigDecimal;
use http::{HeaderMap, HeaderValue, Response};
use md5::Md5;
use paystatus::{
    BaseUrl, Body, By, Callback, Covers, Expected, Finality, Funds, Lookup, Money, NotGenuine, Notification,
    Payment, Pending, Provider, Returned, SignsCallbacks, Status, akurateco::Akurateco, bearer::Bearer,
    commitup::CommitUp, resmic::Resmic, upitranzact::UpiTranzact,
};
use serde_json::value::RawValue;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// A target: its name, and what it does with an input.
pub(crate) type Target = (&'static str, fn(&[u8]));

/// Every target.
pub(crate) const TARGETS: &[Target] = &[
    ("akurateco_reply", akurateco_reply),
    ("bearer_reply", bearer_reply),
    ("commitup_reply", commitup_reply),
    ("resmic_reply", resmic_reply),
    ("upitranzact_reply", upitranzact_reply),
    ("reply_headers", reply_headers),
    ("akurateco_callback", akurateco_callback),
    ("commitup_callback", commitup_callback),
    ("resmic_callback", resmic_callback),
];

/// Runs a target by its name.
pub(crate) fn run(name: &str, input: &[u8]) {
    match TARGETS.iter().find(|(known, _)| *known == name) {
        Some((_, target)) => target(input),
        None => panic!("there is no target {name}"),
    }
}

type Fields<'a> = BTreeMap<String, &'a RawValue>;
type Axes = (Status, Finality, Funds);

const UNKNOWN: Axes = (Status::Unknown, Finality::Open, Funds::Unknown);
const PAID: Axes = (Status::Paid, Finality::Final, Funds::Taken);
const OVER: Axes = (Status::Failed, Finality::Final, Funds::NotTaken);
const REFUSED: Axes = (Status::Failed, Finality::Final, Funds::Taken);
const PROCESSING: Axes = (Status::Pending(Pending::Processing), Finality::Open, Funds::Unknown);

fn resmic_reply(body: &[u8]) {
    let (text, account) = (text(body), Resmic::new("key", "user"));
    let named = field(text, "data").and_then(|data| field(data.get(), "session_id")).and_then(word);
    let asked = lookups(named, None);
    for (lookup, payment) in answers(&account, &asked, body) {
        let reply = fields(text);
        let data = fields(reply["data"].get());
        assert_eq!((reply["status"].get(), reply["success"].get()), ("200", "true"));
        let id = word(data["session_id"]).unwrap_or_default();
        assert!(id.eq_ignore_ascii_case(lookup.id()) && id == payment.id());
        let said = word(data["payment_status"]).unwrap_or_else(|| panic!("no word for the status"));
        let expected = match said.as_str() {
            "Completed" => PAID,
            "Failed" => (Status::Failed, Finality::Provisional, Funds::Unknown),
            "initiated" => (Status::Pending(Pending::Created), Finality::Open, Funds::Unknown),
            _ => UNKNOWN,
        };
        assert_eq!((axes(&payment), payment.provider_status()), (expected, said.as_str()));
        let has_coupon = data.get("is_coupon_applied").is_some_and(|raw| raw.get() == "true");
        let listed = data.get("amount").filter(|_| !has_coupon).and_then(|raw| number(raw));
        assert_eq!(charged(&payment), listed.map(|amount| (amount, "USD".to_owned())));
    }
}

fn bearer_reply(body: &[u8]) {
    let (text, account) = (text(body), Bearer::new(base(), "token"));
    let named = field(text, "id").and_then(word);
    for (lookup, payment) in answers(&account, &lookups(named, None), body) {
        let reply = fields(text);
        assert_eq!(word(reply["id"]).as_deref(), Some(lookup.id()));
        assert_eq!(payment.id(), lookup.id());
        let said = word(reply["status"]).unwrap_or_else(|| panic!("no word for the status"));
        let expected = match said.as_str() {
            "pending" => PROCESSING,
            "succeeded" => PAID,
            "failed" => OVER,
            "canceled" => (Status::Canceled, Finality::Final, Funds::NotTaken),
            _ => UNKNOWN,
        };
        assert_eq!((axes(&payment), payment.provider_status()), (expected, said.as_str()));
        let minor = payment.amount().and_then(Money::to_minor).map(BigDecimal::from);
        assert_eq!(minor, reply.get("amount").and_then(|raw| number(raw)));
        let currency = reply.get("currency").and_then(|raw| word(raw)).unwrap_or_default();
        assert!(
            payment.amount().is_none_or(|money| money.currency().as_str() == currency.to_ascii_uppercase())
        );
    }
}

fn commitup_reply(body: &[u8]) {
    let (text, account) = (text(body), CommitUp::new(base(), "key", "secret"));
    let asked = lookups(field(text, "paymentId").and_then(word), None);
    for (account, is_strict) in [(account.clone(), false), (account.requiring_transaction_type(), true)] {
        for (lookup, payment) in answers(&account, &asked, body) {
            let reply = fields(text);
            assert_eq!(word(reply["paymentId"]).as_deref(), Some(lookup.id()));
            let said = word(reply["status"]).unwrap_or_else(|| panic!("no word for the status"));
            let kind = reply.get("transactionType").and_then(|raw| word(raw));
            let has_parent = reply.get("parentPaymentId").is_some_and(|raw| raw.get() != "null");
            let expected = match (said.as_str(), kind.as_deref()) {
                (_, None) if has_parent => UNKNOWN,
                ("SUCCESS", None) if is_strict => UNKNOWN,
                ("SUCCESS", None | Some("SALE")) => PAID,
                ("SUCCESS", Some("REFUND")) => {
                    (Status::Returned(Returned::Refunded), Finality::Final, Funds::Unknown)
                }
                ("SUCCESS", Some("CANCEL")) => {
                    (Status::Returned(Returned::Voided), Finality::Final, Funds::Returned)
                }
                ("CAPTURED", Some("REFUND" | "CANCEL")) => UNKNOWN,
                ("CAPTURED", _) => PAID,
                ("ENROLLED", _) => {
                    (Status::Pending(Pending::ActionRequired), Finality::Open, Funds::NotTaken)
                }
                ("PENDING_APPROVAL", Some("REFUND")) => {
                    (Status::Pending(Pending::Processing), Finality::Open, Funds::Taken)
                }
                ("REJECTED", Some("REFUND")) | ("FAILED", Some("REFUND" | "CANCEL")) => REFUSED,
                ("FAILED", None | Some("SALE")) => OVER,
                ("CANCELLED", None | Some("SALE")) => (Status::Canceled, Finality::Final, Funds::Unknown),
                _ => UNKNOWN,
            };
            assert_eq!((axes(&payment), payment.provider_status()), (expected, said.as_str()));
            let amount = reply.get("amount").and_then(|raw| number(raw)).filter(|_| said != "CAPTURED");
            let currency = reply.get("currency").and_then(|raw| word(raw));
            let currency = currency.map(|code| code.to_ascii_uppercase());
            assert_eq!(charged(&payment), amount.zip(currency));
        }
    }
}

fn upitranzact_reply(body: &[u8]) {
    let (text, account) = (text(body), UpiTranzact::new("merchant", "public", "secret"));
    let named = field(text, "data").and_then(|data| field(data.get(), "order_id")).and_then(word);
    let asked = lookups(named.clone(), named);
    for (account, is_strict) in [(account.clone(), false), (account.requiring_txn_status(), true)] {
        for (lookup, payment) in answers(&account, &asked, body) {
            let reply = fields(text);
            let data = reply.get("data").filter(|raw| raw.get().starts_with('{'));
            let data = data.map(|raw| fields(raw.get())).unwrap_or_default();
            let is_success = reply["status"].get() == "true"
                && reply.get("statusCode").is_some_and(|raw| raw.get() == "200");
            let says = reply.get("txnStatus").and_then(|raw| word(raw));
            let status = data.get("status");
            let is_confirmed = status.and_then(|raw| word(raw)).is_some_and(|word| word == "SUCCESS");
            let utr = data.get("UTR").and_then(|raw| word(raw)).unwrap_or_default();
            let has_utr = utr.len() == 12 && utr.bytes().all(|byte| byte.is_ascii_digit());
            let is_paid = is_success
                && (status.is_none() || is_confirmed)
                && match says.as_deref() {
                    Some(word) => word == "SUCCESS",
                    None => !is_strict && (has_utr || is_confirmed),
                };
            assert_eq!(payment.is_paid(), is_paid);
            assert_eq!(payment.is_final(), is_paid, "nothing but a success is final");
            if payment.status() == Status::Failed {
                assert!(matches!(says.as_deref(), Some("FAIL" | "REJECT")));
            }
            let order = data.get("order_id").and_then(|raw| word(raw));
            assert!(order.as_deref().map_or(!is_paid, |order| order == lookup.id()));
            let amount = data.get("amount").and_then(|raw| number(raw));
            assert!(amount.is_some() || !is_paid);
            assert_eq!(charged(&payment), amount.map(|amount| (amount, "INR".to_owned())));
        }
    }
}

fn akurateco_reply(body: &[u8]) {
    let (text, account) = (text(body), Akurateco::new(base(), "key", "password"));
    let attempts: Vec<&str> = match text.trim_ascii_start().starts_with('[') {
        true => {
            let listed: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
            listed.into_iter().map(RawValue::get).collect()
        }
        false => vec![text],
    };
    let order_number = |attempt: &str| {
        let number = field(field(attempt, "order")?.get(), "number")?;
        let is_number = number.get().starts_with(|first: char| first == '-' || first.is_ascii_digit());
        word(number).or_else(|| is_number.then(|| number.get().to_owned()))
    };
    let first = attempts.first();
    let named = first.and_then(|attempt| field(attempt, "payment_id")).and_then(word);
    let asked = lookups(named, first.and_then(|attempt| order_number(attempt)));
    for (lookup, payment) in answers(&account, &asked, body) {
        let said = |attempt: &&str| {
            let said = field(attempt, "status").and_then(word);
            said.unwrap_or_else(|| panic!("no word for the status")).to_ascii_lowercase()
        };
        let words: Vec<String> = attempts.iter().map(said).collect();
        let first = |wanted: &str| words.iter().position(|word| word == wanted);
        let telling = first("settled").or_else(|| first("pending")).unwrap_or(0);
        let attempt = fields(attempts[telling]);
        assert_eq!(word(attempt["payment_id"]).as_deref(), Some(payment.id()));
        let by_order = lookup.by() == By::Order;
        let numbers: Vec<_> = attempts.iter().filter_map(|attempt| order_number(attempt)).collect();
        assert!(!by_order || numbers.iter().all(|number| number == lookup.id()));
        let is_asked = match by_order {
            true => order_number(attempts[telling]).is_some(),
            false => payment.id() == lookup.id(),
        };
        assert_eq!(payment.is_about_another(), !is_asked);
        let only_declines = words.iter().all(|word| word == "decline");
        let expected = match words[telling].as_str() {
            "settled" => PAID,
            "decline" if is_asked && !by_order && only_declines => OVER,
            "decline" => (Status::Failed, Finality::Provisional, Funds::Unknown),
            "refund" => (Status::Returned(Returned::Refunded), Finality::Final, Funds::Returned),
            "void" => (Status::Returned(Returned::Voided), Finality::Final, Funds::Returned),
            "reversal" => (Status::Returned(Returned::Reversed), Finality::Final, Funds::Returned),
            "chargeback" => (Status::Returned(Returned::ChargedBack), Finality::Provisional, Funds::Returned),
            "3ds" | "redirect" => (Status::Pending(Pending::ActionRequired), Finality::Open, Funds::NotTaken),
            "prepare" => (Status::Pending(Pending::Indeterminate), Finality::Open, Funds::Unknown),
            "pending" if payment.status() == Status::Authorized => {
                assert!(field(attempt["order"].get(), "currency").is_some());
                (Status::Authorized, Finality::Open, Funds::Held)
            }
            "pending" => PROCESSING,
            _ => UNKNOWN,
        };
        assert_eq!(axes(&payment), expected);
        let order = attempt.get("order").filter(|raw| raw.get().starts_with('{'));
        let order = order.map(|raw| fields(raw.get())).unwrap_or_default();
        let currency = order.get("currency").and_then(|raw| word(raw)).map(|code| code.to_ascii_uppercase());
        assert_eq!(charged(&payment), order.get("amount").and_then(|raw| number(raw)).zip(currency));
    }
}

/// `Retry-After` in the first line, `Date` in the second.
fn reply_headers(input: &[u8]) {
    let mut lines = input.splitn(2, |&byte| byte == b'\n');
    let mut reply = Response::new(Body::empty());
    *reply.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
    for (name, value) in [("retry-after", lines.next()), ("date", lines.next())] {
        if let Ok(value) = HeaderValue::from_bytes(value.unwrap_or_default()) {
            reply.headers_mut().insert(name, value);
        }
    }
    let result = Bearer::new(base(), "token").interpret(&Lookup::payment("pay-1"), &reply);
    let error = result.err().unwrap_or_else(|| panic!("a refusal is no answer"));
    assert!(error.is_retryable());
    let value = reply.headers().get("retry-after").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if let Ok(seconds) = value.trim().parse::<u32>().map(u64::from)
        && !value.contains('+')
    {
        assert_eq!(error.retry_after(), Some(Duration::from_secs(seconds)));
    }
}

const SECRETS: [&str; 2] = ["new-secret", "old-secret"];
const RECEIVED: u64 = 1_715_150_400;

/// The signature in the first line, the body after it.
fn resmic_callback(input: &[u8]) {
    let account = Resmic::new("key", "user").with_callback_secrets(SECRETS.map(Into::into));
    let (signature, body) = line(input);
    let macs = SECRETS.map(|secret| hmac_sha256(secret, body));
    for stated in [signature, macs[signature.len() % 2].as_bytes()] {
        let headers = headers(&[("x-signature", stated)]);
        let session = field(text(body), "session_id").and_then(word);
        let expected = matching(header(&headers, "x-signature"), &macs);
        let verdict = account.verify_callback(&Callback::new(&headers, body, received()));
        check_callback(&verdict, expected, session, Covers::Body);
    }
}

/// The time in the first line, the signature in the second, the body after them.
fn commitup_callback(input: &[u8]) {
    let account = CommitUp::new(base(), "key", "secret").with_callback_secrets(SECRETS.map(Into::into));
    let (time, rest) = line(input);
    let (signature, body) = line(rest);
    let stated_time = std::str::from_utf8(time).map(str::trim).unwrap_or_default();
    let message = [stated_time.as_bytes(), b":", body].concat();
    let macs = SECRETS.map(|secret| hmac_sha256(secret, &message));
    for stated in [signature, macs[signature.len() % 2].as_bytes()] {
        let headers = headers(&[("x-request-time", time), ("x-request-signature", stated)]);
        let has_time = header(&headers, "x-request-time") == stated_time;
        let millis = stated_time.parse::<u64>().ok().filter(|_| !stated_time.contains('+') && has_time);
        let is_near = millis.is_some_and(|millis| millis.abs_diff(RECEIVED * 1000) <= 300_000);
        let expected = matching(header(&headers, "x-request-signature"), &macs).filter(|_| millis.is_some());
        let flat = field(text(body), "paymentId").and_then(word);
        let wrapped = || field(field(text(body), "data")?.get(), "paymentId").and_then(word);
        let verdict = account.verify_callback(&Callback::new(&headers, body, received()));
        let payment = flat.or_else(wrapped);
        if matches!(verdict, Err(NotGenuine::Stale { .. })) {
            assert!(expected.is_some() && !is_near && payment.is_some());
        } else {
            assert!(verdict.is_err() || is_near);
            check_callback(&verdict, expected, payment, Covers::Body);
        }
    }
}

/// The body; the hash is in it.
fn akurateco_callback(body: &[u8]) {
    let account = Akurateco::new(base(), "key", "test-password");
    let verify = |body: &[u8]| account.verify_callback(&Callback::new(&HeaderMap::new(), body, received()));
    for body in [body.to_vec(), signed_for_akurateco(text(body)).into_bytes()] {
        let verdict = verify(&body);
        let read = akurateco_fields(text(&body));
        let hash = akurateco_hash(&read);
        let is_signed = !body.is_empty() && read[5].eq_ignore_ascii_case(&hash);
        let id = Some(read[0].clone()).filter(|id| !id.is_empty());
        check_callback(&verdict, is_signed.then_some(0), id, Covers::IdentityAndAmount);
    }
}

const SIGNED: [&str; 6] =
    ["id", "order_number", "order_amount", "order_currency", "order_description", "hash"];

fn akurateco_fields(text: &str) -> [String; 6] {
    if text.starts_with('{') {
        let fields: Fields<'_> = serde_json::from_str(text).unwrap_or_default();
        let read = |raw: &&RawValue| match raw.get() {
            "null" => String::new(),
            other => word(raw).unwrap_or_else(|| other.to_owned()),
        };
        return SIGNED.map(|name| fields.get(name).map(read).unwrap_or_default());
    }
    let pairs: Vec<_> = form_urlencoded::parse(text.as_bytes()).collect();
    SIGNED.map(|name| {
        pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.to_string()).unwrap_or_default()
    })
}

fn akurateco_hash(read: &[String; 6]) -> String {
    let signed = format!("{}test-password", read[..5].concat()).to_ascii_uppercase();
    hex(&Sha1::digest(hex(&Md5::digest(signed))))
}

/// The same callback with a hash that is right, if it has none.
fn signed_for_akurateco(text: &str) -> String {
    let hash = akurateco_hash(&akurateco_fields(text));
    match text.strip_suffix('}') {
        Some(start) if text.starts_with('{') => format!(r#"{start},"hash":"{hash}"}}"#),
        _ => format!("{text}&hash={hash}"),
    }
}

/// A callback is genuine only if its signature is that of a secret, and it names a payment.
fn check_callback(
    verdict: &Result<Notification, NotGenuine>,
    matched: Option<usize>,
    payment: Option<String>,
    covers: Covers,
) {
    match (verdict, matched) {
        (Ok(notification), Some(matched)) => {
            assert_eq!(notification.payment().any_id().ok(), payment.as_deref());
            assert_eq!((notification.covers(), notification.matched_secret()), (covers, matched));
            assert!(!format!("{notification:?}").contains(SECRETS[matched]));
        }
        (Ok(_), None) => panic!("a callback that nobody signed is taken for genuine"),
        (Err(NotGenuine::BadSignature), Some(_)) => panic!("a signature that is right is taken for wrong"),
        (Err(_), _) => {}
    }
}

fn matching(stated: &str, macs: &[String; 2]) -> Option<usize> {
    macs.iter().position(|mac| mac.eq_ignore_ascii_case(stated))
}

/// RFC 2104, written out.
fn hmac_sha256(secret: &str, message: &[u8]) -> String {
    let mut key = [0; 64];
    key[..secret.len()].copy_from_slice(secret.as_bytes());
    let inner = Sha256::digest([&key.map(|byte| byte ^ 0x36), message].concat());
    hex(&Sha256::digest([key.map(|byte| byte ^ 0x5c).as_slice(), &inner].concat()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn line(input: &[u8]) -> (&[u8], &[u8]) {
    let end = input.iter().position(|&byte| byte == b'\n').unwrap_or(input.len());
    (&input[..end], input.get(end + 1..).unwrap_or_default())
}

fn headers(values: &[(&'static str, &[u8])]) -> HeaderMap {
    let valid = |value: &[u8]| HeaderValue::from_bytes(value).ok();
    values.iter().filter_map(|(name, value)| Some(((*name).parse().ok()?, valid(value)?))).collect()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim()
}

fn received() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(RECEIVED)
}

fn base() -> BaseUrl {
    BaseUrl::of_service("pay.example.com")
}

/// What is asked: fixed ids, and those that the reply names, so that not every answer is about another payment.
fn lookups(payment: Option<String>, order: Option<String>) -> Vec<Lookup> {
    let fixed = [Lookup::payment("pay-1"), Lookup::order("order-1")];
    fixed.into_iter().chain(payment.map(Lookup::payment)).chain(order.map(Lookup::order)).collect()
}

/// The payments that a body is read as; it is never one with another status than a success.
fn answers<P: Provider>(provider: &P, lookups: &[Lookup], body: &[u8]) -> Vec<(Lookup, Payment<P::Details>)> {
    const ERRORS: [u16; 8] = [302, 400, 401, 403, 404, 409, 429, 503];
    let mut reply = Response::new(Body::from(body.to_vec()));
    let mut answers = Vec::new();
    for lookup in lookups {
        match provider.interpret(lookup, &reply) {
            Ok(payment) => {
                check_laws::<P>(&payment);
                answers.push((lookup.clone(), payment));
            }
            Err(error) => {
                assert_eq!((error.provider(), error.http_status()), (Some(provider.name()), Some(200)));
                assert_eq!(error.is_retryable(), error.kind().is_retryable());
                assert!(error.provider_message().is_none_or(|words| words.chars().count() <= 200));
            }
        }
    }
    let status = ERRORS[body.len() % ERRORS.len()];
    *reply.status_mut() = http::StatusCode::from_u16(status).unwrap_or_default();
    for lookup in lookups {
        let error = provider.interpret(lookup, &reply).err();
        let error = error.unwrap_or_else(|| panic!("HTTP {status} is taken for an answer"));
        assert_eq!(error.http_status(), Some(status));
    }
    answers
}

/// What holds for every payment, whatever the provider.
fn check_laws<P: Provider>(payment: &Payment<P::Details>) {
    assert!(payment.amount().is_none_or(|money| !money.to_string().starts_with('-')));
    assert_eq!(payment.is_paid(), axes(payment) == PAID);
    let json = serde_json::to_value(payment).unwrap_or_default();
    assert_eq!(json["provider_status"], payment.provider_status());
    assert_eq!(json["payment_id"], payment.id());
    let amount = payment.amount();
    let expected = amount.map(Expected::new).unwrap_or_else(|| Expected::reference("other"));
    let is_as_expected = payment.is_paid() && !payment.is_about_another() && amount.is_some();
    assert_eq!(payment.clone().verify(&expected).is_ok(), is_as_expected);
    let reference = payment.reference().unwrap_or("none");
    let with_reference = expected.clone().with_reference(reference);
    let is_referenced = payment.is_paid() && payment.reference().is_some();
    assert_eq!(payment.clone().verify(&with_reference).is_ok(), is_referenced);
    let other = expected.with_reference(format!("{reference}-"));
    assert!(payment.clone().verify(&other).is_err());
}

fn axes<D>(payment: &Payment<D>) -> Axes {
    (payment.status(), payment.finality(), payment.funds())
}

fn charged<D>(payment: &Payment<D>) -> Option<(BigDecimal, String)> {
    let money = payment.amount()?;
    let amount = BigDecimal::from_str(&money.amount().to_string()).ok()?;
    Some((amount, money.currency().as_str().to_owned()))
}

fn text(body: &[u8]) -> &str {
    std::str::from_utf8(body).unwrap_or_default()
}

/// The fields of an object that was read as one.
fn fields(text: &str) -> Fields<'_> {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("what is no JSON object was read: {error}"))
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a RawValue> {
    serde_json::from_str::<Fields<'a>>(text).ok()?.get(name).copied()
}

fn word(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

/// A number or a text with a number in it.
fn number(raw: &RawValue) -> Option<BigDecimal> {
    match word(raw) {
        Some(text) => BigDecimal::from_str(&text).ok(),
        None => BigDecimal::from_str(raw.get()).ok(),
    }
}
