//! What must hold for every input that fuzzing comes up with, whichever provider reads it: run by `fuzz.rs` with
//! generated inputs on every test, and by `fuzz/` for as long as one likes.

use std::{
    iter,
    sync::LazyLock,
    time::{Duration, SystemTime},
};

use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use paystatus::{
    Body, Callback, Configuration, Covers, Expected, Facts, Finality, Lookup, Meaning, NotGenuine, Payment,
    SignsCallbacks, judge,
};
use serde_json::Value;

/// A target: its name, and what it does with an input.
pub(crate) type Target = (&'static str, fn(&[u8]));

/// Every target.
pub(crate) const TARGETS: &[Target] =
    &[("reply", reply), ("reply_headers", reply_headers), ("callback", callback)];

/// Runs a target by its name.
pub(crate) fn run(name: &str, input: &[u8]) {
    match TARGETS.iter().find(|(known, _)| *known == name) {
        Some((_, target)) => target(input),
        None => panic!("there is no target {name}"),
    }
}

/// Chooses by the first byte.
fn chosen<'a, T>(all: &'a [T], input: &'a [u8]) -> (&'a T, &'a [u8]) {
    let (first, rest) = input.split_first().unwrap_or((&0, &[]));
    (&all[usize::from(*first) % all.len()], rest)
}

/// The body of a reply, of the provider that the first byte chooses.
fn reply(input: &[u8]) {
    const ERRORS: [u16; 8] = [302, 400, 401, 403, 404, 409, 429, 503];
    let (facts, body) = chosen(paystatus::providers(), input);
    let of = |http| {
        let mut reply = Response::new(Body::from(body.to_vec()));
        *reply.status_mut() = StatusCode::from_u16(http).unwrap_or_default();
        reply
    };
    let error = ERRORS[body.len() % ERRORS.len()];
    let lookups = [Lookup::payment("pay-1"), Lookup::order("order-1")];
    let can_be_asked = |lookup: &Lookup| facts.asked_by.contains(&lookup.by());
    for asked in iter::once(None).chain(lookups.into_iter().filter(can_be_asked).map(Some)) {
        match judge(facts.name, asked.as_ref(), &of(200)) {
            Ok(payment) => {
                check_laws(facts, &payment);
                assert!(asked.as_ref().is_none_or(|asked| payment.asked() == asked));
            }
            Err(error) => {
                assert_eq!((error.provider(), error.http_status()), (Some(facts.name), Some(200)));
                assert!(error.provider_message().is_none_or(|words| words.chars().count() <= 200));
                let shown = format!("{error} {error:?}");
                assert!(shown.len() < 2_000, "{shown}");
            }
        }
        if let Ok(payment) = judge(facts.name, asked.as_ref(), &of(error)) {
            let is_named = |row: &&paystatus_core::ErrorRow| {
                row.http.contains(&error) && row.means == paystatus_core::Stands::Answer
            };
            assert!(facts.errors.iter().find(is_named).is_some(), "HTTP {error} is taken for an answer");
            check_laws(facts, &payment);
        }
    }
}

/// What holds for every payment, whatever the provider.
fn check_laws(facts: &Facts, payment: &Payment<Value>) {
    let snapshots = || payment.attempts().iter().chain([payment.snapshot()]);
    for said in snapshots() {
        for money in [said.amount(), said.returned()].into_iter().flatten() {
            assert!(!money.amount().is_sign_negative(), "{money}");
        }
        // Only a row of the table gives a status, and nothing but a row is final.
        let Some(because) = said.because() else {
            assert_eq!((said.status(), said.finality()), (Meaning::UNKNOWN.status, Finality::Open));
            continue;
        };
        let row = facts.statuses.iter().find(|row| row.when.join(", ") == because.evidence());
        let means = row.unwrap_or_else(|| panic!("{} has no row {because}", facts.name)).means;
        assert!(said.finality() != Finality::Final || means.finality == Finality::Final, "{because}");
        assert_eq!(said.is_paid(), means.status == paystatus::Status::Paid, "{because}");
    }
    let json = serde_json::to_value(payment).unwrap_or_default();
    assert_eq!(json["provider_status"], payment.provider_status());
    assert_eq!(json["payment_id"], payment.id());
    verifies(payment);
}

/// A payment verifies as what it is, and as nothing else.
fn verifies(payment: &Payment<Value>) {
    let is_whole = payment.returned().is_none_or(|returned| returned.amount().is_zero())
        && payment.attempts().iter().all(|other| !other.is_paid())
        && payment.test_mode() != Some(true);
    let verifies = |expected: &Expected| payment.clone().verify(expected).is_ok();
    let amount = payment.amount();
    let expected = amount.map(Expected::new).unwrap_or_else(|| Expected::reference("other"));
    let is_as_expected = payment.is_paid() && !payment.is_about_another() && amount.is_some();
    assert!(!verifies(&expected) || is_as_expected);
    assert!(verifies(&expected) || !is_as_expected || !is_whole);
    let reference = payment.reference().unwrap_or("none");
    let with_reference = expected.clone().with_reference(reference);
    let is_referenced = payment.is_paid() && payment.reference().is_some();
    assert!(!verifies(&with_reference) || is_referenced);
    assert!(verifies(&with_reference) || !is_referenced || !is_whole);
    assert!(!verifies(&expected.with_reference(format!("{reference}-"))));
}

/// `Retry-After` in the first line, `Date` in the second.
fn reply_headers(input: &[u8]) {
    let mut lines = input.splitn(2, |&byte| byte == b'\n');
    let mut reply = Response::new(Body::empty());
    *reply.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    for (name, value) in [("retry-after", lines.next()), ("date", lines.next())] {
        if let Ok(value) = HeaderValue::from_bytes(value.unwrap_or_default()) {
            reply.headers_mut().insert(name, value);
        }
    }
    let error = judge("bearer", Some(&Lookup::payment("pay-1")), &reply).err();
    let error = error.unwrap_or_else(|| panic!("a refusal is no answer"));
    assert!(error.is_retryable());
    let value = reply.headers().get("retry-after").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if let Ok(seconds) = value.trim().parse::<u32>().map(u64::from)
        && !value.contains('+')
    {
        assert_eq!(error.retry_after(), Some(Duration::from_secs(seconds)));
    }
}

type Signs = Box<dyn SignsCallbacks>;

/// A secret that nobody who writes an input knows.
const SECRET: &str = "neither-a-seed-nor-a-dictionary-has-this-secret";

/// Every provider that signs callbacks, with one secret for all that it may be signed with.
pub(crate) static SIGNING: LazyLock<Vec<(&'static str, Signs)>> = LazyLock::new(|| {
    let signing = paystatus::providers().iter().filter(|facts| facts.callbacks.is_some());
    signing.filter_map(|facts| Some((facts.name, signs(facts.name, SECRET)?))).collect()
});

/// An account with this secret under every key that takes a text.
pub(crate) fn signs(provider: &str, secret: &str) -> Option<Signs> {
    let keys = paystatus::keys(provider).ok()?;
    let opened = |settings: &str| {
        let toml = format!("[accounts.shop]\nprovider = '{provider}'\n{settings}");
        Configuration::from_toml(&toml).ok()?.callbacks("shop").ok()?
    };
    let set = |key: &str| match key {
        "base_url" => "base_url = 'https://pay.example.com'\n".to_owned(),
        key => format!("{key} = '{secret}'\n"),
    };
    let mut settings: String = keys.required().iter().map(|key| set(key)).collect();
    for key in keys.optional() {
        let more = format!("{settings}{}", set(key));
        if opened(&more).is_some() {
            settings = more;
        }
    }
    opened(&settings)
}

const RECEIVED: Duration = Duration::from_secs(1_715_150_400);

/// Headers in lines, an empty line, and the body, for the provider that the first byte chooses.
///
/// What comes from outside is never genuine, because nobody outside knows the secret; the same body is once it is
/// signed, and not any more once a byte of it is another.
fn callback(input: &[u8]) {
    let ((name, account), input) = chosen(&SIGNING, input);
    let (headers, body) = split(input);
    let received = SystemTime::UNIX_EPOCH + RECEIVED;
    if account.verify_callback(&Callback::new(&headers, body, received)).is_ok() {
        panic!("{name} takes a callback that nobody signed for genuine");
    }
    let Ok(signed) = account.sign_callback(body, received) else { return };
    let mut headers = headers;
    for (name, value) in &signed.headers {
        let value = HeaderValue::from_str(value).unwrap_or_else(|_| panic!("{name} is no header"));
        headers.insert(HeaderName::from_static(name), value);
    }
    match account.verify_callback(&Callback::new(&headers, &signed.body, received)) {
        Ok(notification) => {
            assert!(notification.payments().iter().all(|payment| payment.any_id().is_ok()));
            assert!(!format!("{notification:?}").contains(SECRET));
            let mut other = signed.body.clone();
            if let Some(byte) = other.get_mut(input.len() % signed.body.len().max(1)) {
                *byte ^= 1;
            }
            let verdict = account.verify_callback(&Callback::new(&headers, &other, received));
            let is_covered = notification.covers() == Covers::Body && other != signed.body;
            assert!(!is_covered || verdict.is_err(), "{name} takes a changed body for genuine");
        }
        Err(NotGenuine::BadSignature) => panic!("{name} takes its own signature for a wrong one"),
        Err(_) => {}
    }
}

fn split(input: &[u8]) -> (HeaderMap, &[u8]) {
    let (mut headers, mut rest) = (HeaderMap::new(), input);
    while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
        let line = rest[..end].trim_ascii();
        rest = &rest[end + 1..];
        if line.is_empty() {
            return (headers, rest);
        }
        let Some(colon) = line.iter().position(|&byte| byte == b':') else { continue };
        let name = HeaderName::from_bytes(&line[..colon]);
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.insert(name, value);
        }
    }
    (headers, rest)
}
