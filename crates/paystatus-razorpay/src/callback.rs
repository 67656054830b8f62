use std::time::SystemTime;

use hmac::{Hmac, KeyInit, Mac};
use paystatus_core::{
    Callback, CallbackSecrets, Covers, Error, Lookup, NotGenuine, Notification, SignedCallback,
    SignsCallbacks, hex, json,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::Razorpay;

const SIGNATURE: &str = "x-razorpay-signature";

/// `X-Razorpay-Signature` is the HMAC-SHA256 of the raw body, in hex, keyed with the webhook's own secret
/// (<https://github.com/razorpay/markdown-docs>, `webhooks`, read 2026-11).
///
/// There is no time in it, so an old webhook can be sent again; and `x-razorpay-event-id` is not signed:
/// the deduplication key is a digest of the body, which is.
/// An event about something else than a payment is genuine and names nothing to ask about.
///
/// ```
/// use paystatus_razorpay::{Callback, Covers, Razorpay, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = Razorpay::new("<key id>", "<key secret>").with_callback_secrets(["canary".into()]);
/// let now = SystemTime::now();
/// let event = br#"{"event":"payment.captured","payload":{"payment":{"entity":{"id":"pay_MT48CvBhIC98MQ"}}}}"#;
/// let signed = account.sign_callback(event, now)?;
/// let mut headers = http::HeaderMap::new();
/// for (name, value) in &signed.headers {
///     headers.insert(*name, value.parse().unwrap());
/// }
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!(notification.payments()[0].id(), "pay_MT48CvBhIC98MQ");
/// assert_eq!(notification.covers(), Covers::Body);
/// # Ok::<(), paystatus_razorpay::Error>(())
/// ```
impl SignsCallbacks for Razorpay {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let body = callback.bounded_body()?;
        let signature = callback.header(SIGNATURE, "it needs one header `X-Razorpay-Signature`")?;
        let signature = hex::decode(signature).ok_or(NotGenuine::BadSignature)?;
        let is_signed =
            |secret: &str| mac(secret, body).is_some_and(|mac| mac.verify_slice(&signature).is_ok());
        let matched = self.callback_secret.matching(is_signed)?;
        let Event { payload } =
            json::object(callback.text()?).map_err(|_| NotGenuine::Malformed("the body is not an event"))?;
        let payment = payload.payment.map(|payment| Lookup::payment(payment.entity.id));
        Notification::new(payment, Covers::Body, matched, hex::encode(&Sha256::digest(body)))
    }

    fn sign_callback(&self, body: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
        let mac = mac(self.callback_secret.newest()?, body);
        let signature = mac.map(|mac| hex::encode(&mac.finalize().into_bytes())).unwrap_or_default();
        Ok(SignedCallback::new(vec![(SIGNATURE, signature)], body.to_vec()))
    }
}

/// HMAC takes keys of any length, so there always is one.
fn mac(secret: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok().map(|mac| mac.chain_update(body))
}

#[derive(Deserialize)]
struct Event {
    #[serde(deserialize_with = "json::nested")]
    payload: Payload,
}

#[derive(Deserialize)]
struct Payload {
    #[serde(default, deserialize_with = "json::optional")]
    payment: Option<About>,
}

#[derive(Deserialize)]
struct About {
    #[serde(deserialize_with = "json::nested")]
    entity: Named,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

impl Razorpay {
    /// Sets the secrets that webhooks may be signed with, newest first: several while one takes the place of another.
    /// They are others than the key secret.
    ///
    /// ```
    /// use paystatus_razorpay::{Razorpay, SignsCallbacks};
    /// use std::time::SystemTime;
    ///
    /// let account = Razorpay::new("<key id>", "<key secret>");
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_err()); // nothing to sign with yet
    /// let account = account.with_callback_secrets(["new".into(), "old".into()]);
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_ok());
    /// ```
    #[must_use]
    pub fn with_callback_secrets(self, secrets: impl IntoIterator<Item = secrecy::SecretString>) -> Self {
        Self { callback_secret: CallbackSecrets::new(secrets), ..self }
    }
}
