use hmac::{Hmac, KeyInit, Mac};
use paystatus_core::{
    Callback, CallbackSecrets, Covers, Error, Lookup, NotGenuine, Notification, SignedCallback,
    SignsCallbacks, hex, json,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::time::SystemTime;

use crate::GoCardless;

const SIGNATURE: &str = "webhook-signature";

/// `Webhook-Signature` is the HMAC-SHA256 of the raw body, in hex, keyed with the webhook endpoint's secret
/// (<https://developer.gocardless.com>, webhooks, and npm `gocardless-nodejs` 10.1.2, read 2026-11).
///
/// One callback carries up to hundreds of events: all payments in it are named, each of them once,
/// and none where its events are about mandates, payouts or refunds.
/// There is no time in it, so an old callback can be sent again.
/// The deduplication key is the event's id, or a digest of all events' ids: a delivery has an id of its own.
///
/// ```
/// use paystatus_gocardless::{Callback, Covers, GoCardless, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = GoCardless::new("<access token>").with_callback_secrets(["canary".into()]);
/// let now = SystemTime::now();
/// let body = br#"{"events":[{"id":"EV123","resource_type":"payments","links":{"payment":"PM000ABC123"}}]}"#;
/// let signed = account.sign_callback(body, now)?;
/// let mut headers = http::HeaderMap::new();
/// for (name, value) in &signed.headers {
///     headers.insert(*name, value.parse().unwrap());
/// }
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!(notification.payments()[0].id(), "PM000ABC123");
/// assert_eq!((notification.deduplication_key(), notification.covers()), ("EV123", Covers::Body));
/// # Ok::<(), paystatus_gocardless::Error>(())
/// ```
impl SignsCallbacks for GoCardless {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let body = callback.bounded_body()?;
        let signature = callback.header(SIGNATURE, "it needs one header `Webhook-Signature`")?;
        let signature = hex::decode(signature).ok_or(NotGenuine::BadSignature)?;
        let is_signed =
            |secret: &str| mac(secret, body).is_some_and(|mac| mac.verify_slice(&signature).is_ok());
        let matched = self.callback_secret.matching(is_signed)?;
        let Events { events } = json::object(callback.text()?)
            .map_err(|_| NotGenuine::Malformed("the body is not a list of events"))?;
        let mut payments: Vec<Lookup> = Vec::new();
        for event in events.iter().filter(|event| event.resource_type == "payments") {
            let payment = event.links.as_ref().and_then(|links| links.payment.as_deref());
            let payment = payment.ok_or(NotGenuine::Malformed("an event names no payment"))?;
            if payments.iter().all(|known| known.id() != payment) {
                payments.push(Lookup::payment(payment));
            }
        }
        let ids: Vec<_> = events.iter().map(|event| event.id.as_str()).collect();
        let key = match ids[..] {
            [] => hex::encode(&Sha256::digest(body)),
            [id] => id.to_owned(),
            _ => hex::encode(&Sha256::digest(ids.join("\n"))),
        };
        Notification::new(payments, Covers::Body, matched, key)
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
struct Events {
    #[serde(deserialize_with = "json::list")]
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    id: String,
    resource_type: String,
    #[serde(default, deserialize_with = "json::optional")]
    links: Option<Links>,
}

#[derive(Deserialize)]
struct Links {
    #[serde(default, deserialize_with = "json::lenient")]
    payment: Option<String>,
}

impl GoCardless {
    /// Sets the secrets that webhooks may be signed with, newest first: several while one takes the place of another.
    /// Each webhook endpoint has its own.
    ///
    /// ```
    /// use paystatus_gocardless::{GoCardless, SignsCallbacks};
    /// use std::time::SystemTime;
    ///
    /// let account = GoCardless::new("<access token>");
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_err()); // nothing to sign with yet
    /// let account = account.with_callback_secrets(["new".into(), "old".into()]);
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_ok());
    /// ```
    #[must_use]
    pub fn with_callback_secrets(self, secrets: impl IntoIterator<Item = secrecy::SecretString>) -> Self {
        Self { callback_secret: CallbackSecrets::new(secrets), ..self }
    }
}
