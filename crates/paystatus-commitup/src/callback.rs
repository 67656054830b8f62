use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use paystatus_core::{
    Callback, CallbackSecrets, Covers, Error, Lookup, NotGenuine, Notification, SignedCallback,
    SignsCallbacks, hex, json,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::CommitUp;

const TIME: &str = "x-request-time";
const SIGNATURE: &str = "x-request-signature";

/// What the documentation recommends (<https://github.com/commitup/api-doc-v2>, read 2026-11).
pub(crate) const TOLERANCE: Duration = Duration::from_secs(300);

/// `x-request-signature` is the HMAC-SHA256 of `x-request-time`, a colon and the raw body, in hex,
/// keyed with the secret's own bytes (<https://github.com/commitup/api-doc-v2>, read 2026-11).
///
/// `x-event-id` and `x-event-type` are *not* signed: nothing here looks at them, and nobody should route by them.
///
/// ```
/// use paystatus_commitup::{BaseUrl, Callback, CommitUp, Covers, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = CommitUp::new(BaseUrl::parse("https://pos.example.com")?, "<api key>", "<api secret>")
///     .with_callback_secrets(["whsec".into()]);
/// let now = SystemTime::now();
/// let signed = account.sign_callback(br#"{"paymentId":"p-1","status":"SUCCESS"}"#, now)?;
/// let mut headers = http::HeaderMap::new();
/// for (name, value) in &signed.headers {
///     headers.insert(*name, value.parse().unwrap());
/// }
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!((notification.payments()[0].id(), notification.covers()), ("p-1", Covers::Body));
/// # Ok::<(), paystatus_commitup::Error>(())
/// ```
impl SignsCallbacks for CommitUp {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let body = callback.bounded_body()?;
        let time = callback.header(TIME, "it needs one header `x-request-time`")?;
        let stated =
            stated_time(time).ok_or(NotGenuine::Malformed("`x-request-time` is not milliseconds"))?;
        let signature = callback.header(SIGNATURE, "it needs one header `x-request-signature`")?;
        let signature = hex::decode(signature).ok_or(NotGenuine::BadSignature)?;
        let is_signed =
            |secret: &str| mac(secret, time, body).is_some_and(|mac| mac.verify_slice(&signature).is_ok());
        let matched = self.callback_secret.matching(is_signed)?;
        let payment_id =
            payment_id(callback.text()?).ok_or(NotGenuine::Malformed("the body has no `paymentId`"))?;
        let key = hex::encode(&Sha256::digest(body));
        let notification = Notification::new([Lookup::payment(payment_id)], Covers::Body, matched, key)?;
        notification.unless_stale(stated, callback.received_at(), self.callback_tolerance)
    }

    fn sign_callback(&self, body: &[u8], at: SystemTime) -> Result<SignedCallback, Error> {
        let time = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis().to_string();
        let mac = mac(self.callback_secret.newest()?, &time, body);
        let signature = mac.map(|mac| hex::encode(&mac.finalize().into_bytes())).unwrap_or_default();
        Ok(SignedCallback::new(vec![(TIME, time), (SIGNATURE, signature)], body.to_vec()))
    }
}

/// HMAC takes keys of any length, so there always is one.
fn mac(secret: &str, time: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    Some(mac.chain_update(time).chain_update(b":").chain_update(body))
}

/// Unix time in milliseconds, digits only.
fn stated_time(text: &str) -> Option<SystemTime> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let millis = digits.then(|| text.parse().ok()).flatten()?;
    UNIX_EPOCH.checked_add(Duration::from_millis(millis))
}

/// The payment that a body is about: the flat reply, or an older form that wraps it in `data`.
fn payment_id(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        payment_id: Option<String>,
        #[serde(default, deserialize_with = "json::optional")]
        data: Option<Wrapped>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wrapped {
        payment_id: String,
    }

    let body: Body = json::object(text).ok()?;
    body.payment_id.or(body.data.map(|data| data.payment_id))
}

impl CommitUp {
    /// Sets the secrets that callbacks may be signed with, newest first: several while one takes the place of another.
    ///
    /// ```
    /// use paystatus_commitup::{BaseUrl, CommitUp, SignsCallbacks};
    /// use std::time::SystemTime;
    ///
    /// let account = CommitUp::new(BaseUrl::parse("https://pos.example.com")?, "<api key>", "<api secret>");
    /// let body = br#"{"paymentId":"p-1"}"#;
    /// assert!(account.sign_callback(body, SystemTime::now()).is_err()); // nothing to sign with yet
    /// let account = account.with_callback_secrets(["new".into(), "old".into()]);
    /// assert!(account.sign_callback(body, SystemTime::now()).is_ok());
    /// # Ok::<(), paystatus_commitup::Error>(())
    /// ```
    #[must_use]
    pub fn with_callback_secrets(self, secrets: impl IntoIterator<Item = secrecy::SecretString>) -> Self {
        Self { callback_secret: CallbackSecrets::new(secrets), ..self }
    }

    /// Sets how far the time of a callback may be from its arrival, in either direction; five minutes unless set.
    ///
    /// Retries run for up to 48 hours and may carry their first time.
    ///
    /// ```
    /// use paystatus_commitup::{BaseUrl, Callback, CommitUp, NotGenuine, SignsCallbacks};
    /// use std::time::{Duration, SystemTime};
    ///
    /// let account = CommitUp::new(BaseUrl::parse("https://pos.example.com")?, "<api key>", "<api secret>")
    ///     .with_callback_secrets(["whsec".into()])
    ///     .with_callback_tolerance(Duration::from_secs(60));
    /// let now = SystemTime::now();
    /// let signed = account.sign_callback(br#"{"paymentId":"p-1"}"#, now)?;
    /// let mut headers = http::HeaderMap::new();
    /// for (name, value) in &signed.headers {
    ///     headers.insert(*name, value.parse().unwrap());
    /// }
    /// let late = Callback::new(&headers, &signed.body, now + Duration::from_secs(90));
    /// assert!(matches!(account.verify_callback(&late), Err(NotGenuine::Stale { .. })));
    /// # Ok::<(), paystatus_commitup::Error>(())
    /// ```
    #[must_use]
    pub fn with_callback_tolerance(self, callback_tolerance: Duration) -> Self {
        Self { callback_tolerance, ..self }
    }
}
