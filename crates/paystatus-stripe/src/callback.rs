use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use paystatus_core::{
    Callback, CallbackSecrets, Covers, Error, Lookup, NotGenuine, Notification, SignedCallback,
    SignsCallbacks, hex, json,
};
use serde_json::Value;
use sha2::Sha256;

use crate::Stripe;

const SIGNATURE: &str = "stripe-signature";

/// What the official SDK tolerates (<https://www.npmjs.com/package/stripe/v/23.1.0>, `Webhooks.js`, read 2026-11).
const TOLERANCE: Duration = Duration::from_secs(300);

/// `Stripe-Signature` has a time in Unix seconds and signatures; one that begins with `v1=` is the HMAC-SHA256
/// of the time, a point and the raw body, in hex, keyed with the whole secret, `whsec_` included
/// (<https://www.npmjs.com/package/stripe/v/23.1.0>, `Webhooks.js`, read 2026-11). While a secret takes the place
/// of another there are several.
///
/// An event about another object than a payment, such as a customer, is genuine and names nothing to ask about.
///
/// ```
/// use paystatus_stripe::{Callback, Covers, SignsCallbacks, Stripe};
/// use std::time::SystemTime;
///
/// let account = Stripe::new("<secret key>").with_callback_secrets(["whsec_canary".into()]);
/// let now = SystemTime::now();
/// let event = br#"{"id":"evt_1","data":{"object":{"id":"pi_3Mtw","object":"payment_intent"}}}"#;
/// let signed = account.sign_callback(event, now)?;
/// let mut headers = http::HeaderMap::new();
/// for (name, value) in &signed.headers {
///     headers.insert(*name, value.parse().unwrap());
/// }
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!((notification.payments()[0].id(), notification.covers()), ("pi_3Mtw", Covers::Body));
/// assert_eq!(notification.deduplication_key(), "evt_1");
/// # Ok::<(), paystatus_stripe::Error>(())
/// ```
impl SignsCallbacks for Stripe {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let body = callback.bounded_body()?;
        let header = callback.header(SIGNATURE, "it needs one header `Stripe-Signature`")?;
        let malformed = NotGenuine::Malformed("`Stripe-Signature` has no time in whole seconds");
        let time = parts(header, "t").next().ok_or(malformed.clone())?;
        let stated = time.parse().ok().and_then(|time| UNIX_EPOCH.checked_add(Duration::from_secs(time)));
        let stated = stated.ok_or(malformed)?;
        let signatures: Vec<_> = parts(header, "v1").filter_map(hex::decode).collect();
        let is_signed = |secret: &str| {
            let mac = mac(secret, time, body);
            mac.is_some_and(|mac| signatures.iter().any(|one| mac.clone().verify_slice(one).is_ok()))
        };
        let matched = self.callback_secret.matching(is_signed)?;
        let event: Value =
            json::object(callback.text()?).map_err(|_| NotGenuine::Malformed("the body is not an event"))?;
        let id = event["id"].as_str().ok_or(NotGenuine::Malformed("the event has no id"))?;
        let payment = payment(&event["data"]["object"]).map(Lookup::payment);
        let notification = Notification::new(payment, Covers::Body, matched, id)?;
        let tolerance = self.callback_tolerance.unwrap_or(TOLERANCE);
        notification.unless_stale(stated, callback.received_at(), tolerance)
    }

    fn sign_callback(&self, body: &[u8], at: SystemTime) -> Result<SignedCallback, Error> {
        let time = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().to_string();
        let mac = mac(self.callback_secret.newest()?, &time, body);
        let signature = mac.map(|mac| hex::encode(&mac.finalize().into_bytes())).unwrap_or_default();
        Ok(SignedCallback::new(vec![(SIGNATURE, format!("t={time},v1={signature}"))], body.to_vec()))
    }
}

/// The parts of the header with this name; those of other schemes, such as `v0`, prove nothing.
fn parts<'a>(header: &'a str, name: &'static str) -> impl Iterator<Item = &'a str> {
    let pairs = header.split(',').filter_map(|part| part.trim().split_once('='));
    pairs.filter_map(move |(key, value)| (key == name).then_some(value))
}

/// HMAC takes keys of any length, so there always is one.
fn mac(secret: &str, time: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    Some(mac.chain_update(time).chain_update(b".").chain_update(body))
}

/// The payment that an event's object is, or belongs to.
fn payment(object: &Value) -> Option<&str> {
    match object["object"].as_str() {
        Some("payment_intent" | "checkout.session") => object["id"].as_str(),
        _ => object["payment_intent"].as_str().or_else(|| object["payment_intent"]["id"].as_str()),
    }
}

impl Stripe {
    /// Sets the secrets (`whsec_…`) that webhooks may be signed with, newest first:
    /// several while one takes the place of another, or for several endpoints.
    ///
    /// ```
    /// use paystatus_stripe::{SignsCallbacks, Stripe};
    /// use std::time::SystemTime;
    ///
    /// let account = Stripe::new("<secret key>");
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_err()); // nothing to sign with yet
    /// let account = account.with_callback_secrets(["whsec_new".into(), "whsec_old".into()]);
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_ok());
    /// ```
    #[must_use]
    pub fn with_callback_secrets(self, secrets: impl IntoIterator<Item = secrecy::SecretString>) -> Self {
        Self { callback_secret: CallbackSecrets::new(secrets), ..self }
    }

    /// Sets how far the time of a webhook may be from its arrival, in either direction; five minutes unless set.
    ///
    /// ```
    /// use paystatus_stripe::{Callback, NotGenuine, SignsCallbacks, Stripe};
    /// use std::time::{Duration, SystemTime};
    ///
    /// let account = Stripe::new("<secret key>")
    ///     .with_callback_secrets(["whsec_canary".into()])
    ///     .with_callback_tolerance(Duration::from_secs(60));
    /// let now = SystemTime::now();
    /// let signed = account.sign_callback(br#"{"id":"evt_1","data":{"object":{}}}"#, now)?;
    /// let mut headers = http::HeaderMap::new();
    /// headers.insert(signed.headers[0].0, signed.headers[0].1.parse().unwrap());
    /// let late = Callback::new(&headers, &signed.body, now + Duration::from_secs(90));
    /// assert!(matches!(account.verify_callback(&late), Err(NotGenuine::Stale { .. })));
    /// # Ok::<(), paystatus_stripe::Error>(())
    /// ```
    #[must_use]
    pub fn with_callback_tolerance(self, callback_tolerance: Duration) -> Self {
        Self { callback_tolerance: Some(callback_tolerance), ..self }
    }
}
