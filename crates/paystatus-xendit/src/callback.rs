use std::time::SystemTime;

use paystatus_core::{
    Callback, CallbackSecrets, Covers, Error, Lookup, NotGenuine, Notification, SignedCallback,
    SignsCallbacks, hex, json,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{
    Xendit,
    request::{REQUEST, is_invoice},
};

const TOKEN: &str = "x-callback-token";

/// `x-callback-token` is the account's fixed verification token in clear
/// (<https://docs.xendit.co/webhook/getting-started>, read 2026-11): **it signs nothing**.
/// Whoever has seen one callback can send any other, so all that one gives is a payment to ask about.
///
/// The deduplication key is `webhook-id`, which a retry repeats, and where it is missing a digest of the body.
/// An event about something else is genuine and names nothing to ask about; what is signed by
/// `X-Callback-Signature` belongs to another product and is refused.
///
/// ```
/// use paystatus_xendit::{Callback, Covers, SignsCallbacks, Xendit};
/// use std::time::SystemTime;
///
/// let account = Xendit::new("<secret key>").with_callback_secrets(["canary-token".into()]);
/// let now = SystemTime::now();
/// let event = br#"{"id":"62efe4c33e45294d63f585f2","external_id":"order-1234","status":"PAID"}"#;
/// let signed = account.sign_callback(event, now)?;
/// let mut headers = http::HeaderMap::new();
/// for (name, value) in &signed.headers {
///     headers.insert(*name, value.parse().unwrap());
/// }
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!(notification.payments()[0].id(), "62efe4c33e45294d63f585f2");
/// assert_eq!(notification.covers(), Covers::Nothing);
/// # Ok::<(), paystatus_xendit::Error>(())
/// ```
impl SignsCallbacks for Xendit {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        if callback.header("x-callback-signature", "").is_ok() {
            return Err(NotGenuine::Malformed("it has `X-Callback-Signature`, which is another product's"));
        }
        let token = callback.header(TOKEN, "it needs one header `x-callback-token`")?;
        let matched = self.callback_secret.matching(|own| own.as_bytes().ct_eq(token.as_bytes()).into())?;
        let text = callback.text()?;
        let event: Value =
            json::object(text).map_err(|_| NotGenuine::Malformed("the body is not an event"))?;
        let id = match event.get("event") {
            Some(_) => event["data"]["payment_request_id"].as_str().filter(|id| id.starts_with(REQUEST)),
            None => event["id"].as_str().filter(|id| is_invoice(id)),
        };
        let key = match callback.header("webhook-id", "") {
            Ok(id) if !id.is_empty() => id.to_owned(),
            _ => hex::encode(&Sha256::digest(text)),
        };
        Notification::new(id.map(Lookup::payment), Covers::Nothing, matched, key)
    }

    fn sign_callback(&self, body: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
        let token = self.callback_secret.newest()?.to_owned();
        Ok(SignedCallback::new(vec![(TOKEN, token)], body.to_vec()))
    }
}

impl Xendit {
    /// Sets the verification tokens that callbacks may carry, newest first:
    /// several while one takes the place of another.
    ///
    /// ```
    /// use paystatus_xendit::{SignsCallbacks, Xendit};
    /// use std::time::SystemTime;
    ///
    /// let account = Xendit::new("<secret key>");
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_err()); // no token yet
    /// let account = account.with_callback_secrets(["new".into(), "old".into()]);
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_ok());
    /// ```
    #[must_use]
    pub fn with_callback_secrets(self, secrets: impl IntoIterator<Item = secrecy::SecretString>) -> Self {
        Self { callback_secret: CallbackSecrets::new(secrets), ..self }
    }
}
