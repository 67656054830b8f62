use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use paystatus_core::{
    Callback, CallbackSecrets, Covers, Error, Lookup, NotGenuine, Notification, SignedCallback,
    SignsCallbacks, hex, json,
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::MercadoPago;

const SIGNATURE: &str = "x-signature";
const REQUEST_ID: &str = "x-request-id";

/// What the signature covers: not the body.
pub(crate) const SIGNED: Covers = Covers::Fields(&["data.id", "x-request-id", "ts"]);

/// No tolerance is documented: late retries carry a time of their own.
const TOLERANCE: Duration = Duration::from_secs(600);

/// `x-signature` has a time and, as `v1`, the HMAC-SHA256 of the id in the called URL's query, of `x-request-id`
/// and of the time, in hex (<https://github.com/mercadopago/devsite-docs>, `guides/notifications/webhooks.en.md`,
/// read 2026-11). **The body is not signed**: the payment is the one in the query, and a body about another is refused.
///
/// So the callback needs the [URL](Callback::at_url) that was called, with its query.
/// Only the type `payment` names one. The deduplication key is the body's `id`, which nobody signed.
///
/// ```
/// use paystatus_mercadopago::{Callback, MercadoPago, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = MercadoPago::new("<access token>").with_callback_secrets(["canary".into()]);
/// let now = SystemTime::now();
/// let event = br#"{"id":112233,"type":"payment","data":{"id":"3506756222"}}"#;
/// let signed = account.sign_callback(event, now)?;
/// let mut headers = http::HeaderMap::new();
/// for (name, value) in &signed.headers {
///     headers.insert(*name, value.parse().unwrap());
/// }
///
/// let callback = Callback::new(&headers, &signed.body, now);
/// assert!(account.verify_callback(&callback).is_err()); // without the URL
/// let callback = callback.at_url("https://shop.example/hook?data.id=3506756222&type=payment");
/// assert_eq!(account.verify_callback(&callback).unwrap().payments()[0].id(), "3506756222");
/// # Ok::<(), paystatus_mercadopago::Error>(())
/// ```
impl SignsCallbacks for MercadoPago {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let malformed = |why| Err(NotGenuine::Malformed(why));
        let header = callback.header(SIGNATURE, "it needs one header `x-signature`")?;
        let Some(url) = callback.url() else {
            return malformed("it is verified with the URL that was called, which was not given");
        };
        let (Ok(id), Ok(asked)) = (parameter(url, "data.id"), parameter(url, "type")) else {
            return malformed("the query of the URL says it twice");
        };
        let parts = |name: &'static str| {
            let pairs = header.split(',').filter_map(|part| part.trim().split_once('='));
            pairs.filter_map(move |(key, value)| (key == name).then_some(value))
        };
        let mut times = parts("ts");
        let (Some(time), None) = (times.next(), times.next()) else {
            return malformed("`x-signature` has no time");
        };
        let Some(stated) = instant(time) else { return malformed("the time is not in whole seconds") };
        let request_id = callback.header(REQUEST_ID, "").ok().filter(|id| !id.is_empty());
        let manifest = manifest(id.as_deref(), request_id, time);
        let signatures: Vec<_> = parts("v1").filter_map(hex::decode).collect();
        let is_signed = |secret: &str| {
            let mac = mac(secret, &manifest);
            mac.is_some_and(|mac| signatures.iter().any(|one| mac.clone().verify_slice(one).is_ok()))
        };
        let matched = self.callback_secret.matching(is_signed)?;
        let Ok(event) = json::object::<Value>(callback.text()?) else {
            return malformed("the body is not an event");
        };
        let named = text(&event["data"]["id"]);
        if named.as_deref().is_some_and(|named| id.as_deref() != Some(named)) {
            return malformed("the body, which is not signed, is about something else than the signed query");
        }
        let types = [text(&event["type"]), asked];
        let is_payment =
            types.iter().any(Option::is_some) && types.iter().flatten().all(|one| one == "payment");
        let payment = id.filter(|_| is_payment).map(Lookup::payment);
        let key = text(&event["id"]).unwrap_or(manifest);
        let notification = Notification::new(payment, SIGNED, matched, key)?;
        let tolerance = self.callback_tolerance.unwrap_or(TOLERANCE);
        notification.unless_stale(stated, callback.received_at(), tolerance)
    }

    /// For a URL whose query names the body's payment.
    fn sign_callback(&self, body: &[u8], at: SystemTime) -> Result<SignedCallback, Error> {
        let event: Option<Value> = std::str::from_utf8(body).ok().and_then(|text| json::object(text).ok());
        let id = event.as_ref().and_then(|event| text(&event["data"]["id"]));
        let time = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis().to_string();
        let request_id = hex::encode(&Sha256::digest(body)[..16]);
        let manifest = manifest(id.as_deref(), Some(&request_id), &time);
        let mac = mac(self.callback_secret.newest()?, &manifest);
        let signature = mac.map(|mac| hex::encode(&mac.finalize().into_bytes())).unwrap_or_default();
        let headers = vec![(SIGNATURE, format!("ts={time},v1={signature}")), (REQUEST_ID, request_id)];
        Ok(SignedCallback::new(headers, body.to_vec()))
    }
}

/// What is signed: a pair that is missing is left out with its semicolon.
fn manifest(id: Option<&str>, request_id: Option<&str>, time: &str) -> String {
    let id = id.map(|id| format!("id:{};", id.to_lowercase())).unwrap_or_default();
    let request_id = request_id.map(|id| format!("request-id:{id};")).unwrap_or_default();
    format!("{id}{request_id}ts:{time};")
}

/// HMAC takes keys of any length, so there always is one.
fn mac(secret: &str, manifest: &str) -> Option<Hmac<Sha256>> {
    Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok().map(|mac| mac.chain_update(manifest))
}

/// Milliseconds, or in older callbacks seconds: 12 digits or more are milliseconds.
fn instant(time: &str) -> Option<SystemTime> {
    let is_number = time.bytes().all(|digit| digit.is_ascii_digit());
    let number = time.parse().ok().filter(|_| is_number)?;
    let since = if time.len() >= 12 { Duration::from_millis(number) } else { Duration::from_secs(number) };
    UNIX_EPOCH.checked_add(since)
}

/// A parameter of the URL's query that may be there once.
fn parameter(url: &str, name: &str) -> Result<Option<String>, ()> {
    let query = url.split('#').next().and_then(|url| url.split_once('?')).map_or("", |(_, query)| query);
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    let value = values.next().map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty());
    if values.next().is_some() { Err(()) } else { Ok(value) }
}

/// A text, or a number.
fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|number| number.to_string()))
}

impl MercadoPago {
    /// Sets the secrets that webhooks may be signed with, newest first: several while one takes the place of another.
    ///
    /// ```
    /// use paystatus_mercadopago::{MercadoPago, SignsCallbacks};
    /// use std::time::SystemTime;
    ///
    /// let account = MercadoPago::new("<access token>");
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_err()); // nothing to sign with yet
    /// let account = account.with_callback_secrets(["new".into(), "old".into()]);
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_ok());
    /// ```
    #[must_use]
    pub fn with_callback_secrets(self, secrets: impl IntoIterator<Item = secrecy::SecretString>) -> Self {
        Self { callback_secret: CallbackSecrets::new(secrets), ..self }
    }

    /// Sets how far the time of a webhook may be from its arrival, in either direction; ten minutes unless set.
    ///
    /// ```
    /// use paystatus_mercadopago::{Callback, MercadoPago, NotGenuine, SignsCallbacks};
    /// use std::time::{Duration, SystemTime};
    ///
    /// let account = MercadoPago::new("<access token>")
    ///     .with_callback_secrets(["canary".into()])
    ///     .with_callback_tolerance(Duration::from_secs(60));
    /// let now = SystemTime::now();
    /// let signed = account.sign_callback(br#"{"id":1,"type":"payment","data":{"id":"7"}}"#, now)?;
    /// let mut headers = http::HeaderMap::new();
    /// for (name, value) in &signed.headers {
    ///     headers.insert(*name, value.parse().unwrap());
    /// }
    /// let late = Callback::new(&headers, &signed.body, now + Duration::from_secs(90));
    /// let late = late.at_url("https://shop.example/hook?data.id=7&type=payment");
    /// assert!(matches!(account.verify_callback(&late), Err(NotGenuine::Stale { .. })));
    /// # Ok::<(), paystatus_mercadopago::Error>(())
    /// ```
    #[must_use]
    pub fn with_callback_tolerance(self, callback_tolerance: Duration) -> Self {
        Self { callback_tolerance: Some(callback_tolerance), ..self }
    }
}
