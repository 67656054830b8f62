use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use paystatus_core::{
    Callback, Covers, Error, Lookup, NotGenuine, Notification, SignedCallback, SignsCallbacks, credential,
    hex, json,
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::Cashfree;

const SIGNATURE: &str = "x-webhook-signature";
const TIME: &str = "x-webhook-timestamp";

/// None is documented: retries come for ten minutes and more.
const TOLERANCE: Duration = Duration::from_secs(300);

/// `x-webhook-signature` is the HMAC-SHA256 of `x-webhook-timestamp` and the raw body, with nothing between the two,
/// in Base64, keyed with the client secret
/// (<https://www.cashfree.com/docs/api-reference/payments/latest/payments/webhooks>, and npm `cashfree-pg` 6.0.6,
/// read 2026-11).
///
/// `x-idempotency-key` is not signed: the deduplication key is a digest of the body, which is.
/// An event names its order. One without an order is genuine and names nothing to ask about.
///
/// ```
/// use paystatus_cashfree::{Callback, Cashfree, Covers, Lookup, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = Cashfree::new("<client id>", "canary");
/// let now = SystemTime::now();
/// let event = br#"{"data":{"order":{"order_id":"order_8123"}},"type":"PAYMENT_SUCCESS_WEBHOOK"}"#;
/// let signed = account.sign_callback(event, now)?;
/// let mut headers = http::HeaderMap::new();
/// for (name, value) in &signed.headers {
///     headers.insert(*name, value.parse().unwrap());
/// }
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!(notification.payments(), [Lookup::order("order_8123")]);
/// assert_eq!(notification.covers(), Covers::Body);
/// # Ok::<(), paystatus_cashfree::Error>(())
/// ```
impl SignsCallbacks for Cashfree {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let body = callback.bounded_body()?;
        let signature = callback.header(SIGNATURE, "it needs one header `x-webhook-signature`")?;
        let time = callback.header(TIME, "it needs one header `x-webhook-timestamp`")?;
        let malformed = NotGenuine::Malformed("`x-webhook-timestamp` is not milliseconds");
        let is_number = !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit());
        let stated = is_number.then(|| time.parse().ok()).flatten().map(Duration::from_millis);
        let stated = stated.and_then(|since| UNIX_EPOCH.checked_add(since)).ok_or(malformed)?;
        let secret =
            credential::text("client_secret", &self.client_secret).map_err(|_| NotGenuine::NoSecret)?;
        let signature = BASE64_STANDARD.decode(signature).map_err(|_| NotGenuine::BadSignature)?;
        let mac = mac(secret, time, body).ok_or(NotGenuine::NoSecret)?;
        mac.verify_slice(&signature).map_err(|_| NotGenuine::BadSignature)?;
        let event: Value =
            json::object(callback.text()?).map_err(|_| NotGenuine::Malformed("the body is not an event"))?;
        let named = ["order", "refund"].iter().find_map(|about| event["data"][about]["order_id"].as_str());
        let key = hex::encode(&Sha256::digest(body));
        let notification = Notification::new(named.map(Lookup::order), Covers::Body, 0, key)?;
        let tolerance = self.callback_tolerance.unwrap_or(TOLERANCE);
        notification.unless_stale(stated, callback.received_at(), tolerance)
    }

    fn sign_callback(&self, body: &[u8], at: SystemTime) -> Result<SignedCallback, Error> {
        let time = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis().to_string();
        let mac = mac(credential::text("client_secret", &self.client_secret)?, &time, body);
        let signature = mac.map(|mac| BASE64_STANDARD.encode(mac.finalize().into_bytes()));
        let headers = vec![(TIME, time), (SIGNATURE, signature.unwrap_or_default())];
        Ok(SignedCallback::new(headers, body.to_vec()))
    }

    fn signed_with(&self) -> &'static str {
        "`client_secret`"
    }
}

/// HMAC takes keys of any length, so there always is one.
fn mac(secret: &str, time: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    Some(mac.chain_update(time).chain_update(body))
}

impl Cashfree {
    /// Sets how far the time of a webhook may be from its arrival, in either direction; five minutes unless set.
    ///
    /// Retries come 2, 10 and 30 minutes later, and may carry their first time.
    ///
    /// ```
    /// use paystatus_cashfree::{Callback, Cashfree, NotGenuine, SignsCallbacks};
    /// use std::time::{Duration, SystemTime};
    ///
    /// let account = Cashfree::new("<client id>", "canary").with_callback_tolerance(Duration::from_secs(60));
    /// let now = SystemTime::now();
    /// let signed = account.sign_callback(br#"{"data":{"order":{"order_id":"order_8123"}}}"#, now)?;
    /// let mut headers = http::HeaderMap::new();
    /// for (name, value) in &signed.headers {
    ///     headers.insert(*name, value.parse().unwrap());
    /// }
    /// let late = Callback::new(&headers, &signed.body, now + Duration::from_secs(90));
    /// assert!(matches!(account.verify_callback(&late), Err(NotGenuine::Stale { .. })));
    /// # Ok::<(), paystatus_cashfree::Error>(())
    /// ```
    #[must_use]
    pub fn with_callback_tolerance(self, callback_tolerance: Duration) -> Self {
        Self { callback_tolerance: Some(callback_tolerance), ..self }
    }
}
