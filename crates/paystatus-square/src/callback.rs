use std::time::SystemTime;

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use paystatus_core::{
    Callback, CallbackSecrets, Covers, Error, ErrorKind, Lookup, NotGenuine, Notification, SignedCallback,
    SignsCallbacks, json,
};
use serde_json::Value;
use sha2::Sha256;

use crate::Square;

const SIGNATURE: &str = "x-square-hmacsha256-signature";

/// `x-square-hmacsha256-signature` is the HMAC-SHA256 of the notification URL and the raw body, in Base64, keyed with
/// the subscription's signature key
/// (<https://www.npmjs.com/package/square/v/46.0.0>, `wrapper/WebhooksHelper.js`, read 2026-11).
///
/// The URL is the subscription's to the letter, and not what a server behind a proxy sees: it stands in the account,
/// and where it does not the [callback's own](Callback::at_url) is taken.
/// No time is signed: an old event can be sent again.
/// An event about something else than a payment is genuine and names nothing to ask about.
///
/// ```
/// use paystatus_square::{Callback, Covers, SignsCallbacks, Square};
/// use std::time::SystemTime;
///
/// let account = Square::new("<access token>")
///     .with_callback_secrets(["canary".into()])
///     .with_notification_url("https://shop.example/hooks/square");
/// let now = SystemTime::now();
/// let event = br#"{"type":"payment.updated","event_id":"e-1","data":{"object":{"payment":{"id":"bP9mAsEMYPUG"}}}}"#;
/// let signed = account.sign_callback(event, now)?;
/// let mut headers = http::HeaderMap::new();
/// for (name, value) in &signed.headers {
///     headers.insert(*name, value.parse().unwrap());
/// }
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!((notification.payments()[0].id(), notification.covers()), ("bP9mAsEMYPUG", Covers::Body));
/// assert_eq!(notification.deduplication_key(), "e-1");
/// # Ok::<(), paystatus_square::Error>(())
/// ```
impl SignsCallbacks for Square {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let body = callback.bounded_body()?;
        let missing = "it needs one header `x-square-hmacsha256-signature`";
        let signature = callback.header(SIGNATURE, missing)?;
        let url = self.notification_url.as_deref().or(callback.url()).ok_or(NotGenuine::NoSecret)?;
        let signature = BASE64_STANDARD.decode(signature).unwrap_or_default();
        let is_signed =
            |secret: &str| mac(secret, url, body).is_some_and(|mac| mac.verify_slice(&signature).is_ok());
        let matched = self.callback_secret.matching(is_signed)?;
        let event: Value =
            json::object(callback.text()?).map_err(|_| NotGenuine::Malformed("the body is not an event"))?;
        let id = event["event_id"].as_str().ok_or(NotGenuine::Malformed("the event has no `event_id`"))?;
        Notification::new(payment(&event).map(Lookup::payment), Covers::Body, matched, id)
    }

    fn sign_callback(&self, body: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
        let why = "`notification_url` is missing: it is signed, together with the body";
        let url = self.notification_url.as_deref().ok_or_else(|| Error::new(ErrorKind::Config, why))?;
        let mac = mac(self.callback_secret.newest()?, url, body);
        let signature = mac.map(|mac| BASE64_STANDARD.encode(mac.finalize().into_bytes()));
        Ok(SignedCallback::new(vec![(SIGNATURE, signature.unwrap_or_default())], body.to_vec()))
    }

    fn signed_with(&self) -> &'static str {
        "`callback_secret` and `notification_url`"
    }
}

/// HMAC takes keys of any length, so there always is one.
fn mac(secret: &str, url: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    Some(mac.chain_update(url).chain_update(body))
}

/// The payment that an event is about, or whose refund or dispute it is about.
fn payment(event: &Value) -> Option<&str> {
    let object = &event["data"]["object"];
    let id = match event["type"].as_str()?.split('.').next()? {
        "payment" => &object["payment"]["id"],
        "refund" => &object["refund"]["payment_id"],
        "dispute" => &object["dispute"]["disputed_payment"]["payment_id"],
        _ => return None,
    };
    id.as_str()
}

impl Square {
    /// Sets the signature keys of the webhook's subscription, newest first:
    /// several while one takes the place of another.
    ///
    /// ```
    /// use paystatus_square::{SignsCallbacks, Square};
    /// use std::time::SystemTime;
    ///
    /// let account = Square::new("<access token>").with_notification_url("https://shop.example/hooks/square");
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_err()); // nothing to sign with yet
    /// let account = account.with_callback_secrets(["new".into(), "old".into()]);
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_ok());
    /// ```
    #[must_use]
    pub fn with_callback_secrets(self, secrets: impl IntoIterator<Item = secrecy::SecretString>) -> Self {
        Self { callback_secret: CallbackSecrets::new(secrets), ..self }
    }

    /// Sets the URL that the webhook's subscription names, to the letter, which is signed.
    ///
    /// ```
    /// use paystatus_square::{SignsCallbacks, Square};
    /// use std::time::SystemTime;
    ///
    /// let account = Square::new("<access token>").with_callback_secrets(["canary".into()]);
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_err());
    /// let account = account.with_notification_url("https://shop.example/hooks/square");
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_ok());
    /// ```
    #[must_use]
    pub fn with_notification_url(self, url: impl Into<String>) -> Self {
        Self { notification_url: Some(url.into()), ..self }
    }
}
