use std::time::SystemTime;

use hmac::{Hmac, KeyInit, Mac};
use paystatus_core::{
    Callback, CallbackSecrets, Covers, Error, Lookup, NotGenuine, Notification, SignedCallback,
    SignsCallbacks, credential, hex, json,
};
use secrecy::SecretString;
use serde_json::Value;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::Checkout;

const SIGNATURE: &str = "cko-signature";
const AUTHORIZATION: &str = "authorization";

/// `Cko-Signature` is the HMAC-SHA256 of the raw body, in hex, keyed with the signature key of the workflow
/// (<https://www.checkout.com/docs>, `set-up-your-webhook-receiver`, read 2026-11).
///
/// There is no time in it, so an old webhook can be sent again: deduplicate on the event's id.
/// An event about something else than a payment is genuine and names nothing to ask about.
/// If `callback_authorization` is set, the header `Authorization` must be that text too.
///
/// ```
/// use paystatus_checkout::{BaseUrl, Callback, Checkout, Covers, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let base_url = BaseUrl::parse("https://vkuhvk4v.api.checkout.com")?;
/// let account = Checkout::new(base_url, "<secret key>").with_callback_secrets(["canary".into()]);
/// let now = SystemTime::now();
/// let event = br#"{"id":"evt_1","type":"payment_captured","data":{"id":"pay_1"}}"#;
/// let signed = account.sign_callback(event, now)?;
/// let mut headers = http::HeaderMap::new();
/// for (name, value) in &signed.headers {
///     headers.insert(*name, value.parse().unwrap());
/// }
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!((notification.payments()[0].id(), notification.covers()), ("pay_1", Covers::Body));
/// assert_eq!(notification.deduplication_key(), "evt_1");
/// # Ok::<(), paystatus_checkout::Error>(())
/// ```
impl SignsCallbacks for Checkout {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let body = callback.bounded_body()?;
        let signature = callback.header(SIGNATURE, "it needs one header `Cko-Signature`")?;
        let signature = hex::decode(signature).ok_or(NotGenuine::BadSignature)?;
        let is_signed =
            |secret: &str| mac(secret, body).is_some_and(|mac| mac.verify_slice(&signature).is_ok());
        let matched = self.callback_secret.matching(is_signed)?;
        if let Some(expected) = &self.callback_authorization {
            let expected = credential::text("callback_authorization", expected);
            let expected = expected.map_err(|_| NotGenuine::NoSecret)?;
            let given = callback.header(AUTHORIZATION, "it needs one header `Authorization`")?;
            if !bool::from(given.as_bytes().ct_eq(expected.trim().as_bytes())) {
                return Err(NotGenuine::BadSignature);
            }
        }
        let malformed = NotGenuine::Malformed("the body is not an event");
        let event: Value = json::object(callback.text()?).map_err(|_| malformed.clone())?;
        let (Some(id), Some(kind)) = (event["id"].as_str(), event["type"].as_str()) else {
            return Err(malformed);
        };
        // A dispute has an id of its own.
        let named = if kind.starts_with("dispute_") { "payment_id" } else { "id" };
        let payment = event["data"][named].as_str().filter(|id| id.starts_with("pay_")).map(Lookup::payment);
        if payment.is_none() && kind.starts_with("payment_") {
            return Err(NotGenuine::Malformed("the event names no payment"));
        }
        Notification::new(payment, Covers::Body, matched, id)
    }

    fn sign_callback(&self, body: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
        let mac = mac(self.callback_secret.newest()?, body);
        let signature = mac.map(|mac| hex::encode(&mac.finalize().into_bytes())).unwrap_or_default();
        let mut headers = vec![(SIGNATURE, signature)];
        if let Some(text) = &self.callback_authorization {
            headers.push((AUTHORIZATION, credential::text("callback_authorization", text)?.to_owned()));
        }
        Ok(SignedCallback::new(headers, body.to_vec()))
    }

    fn signed_with(&self) -> &'static str {
        "`signature_key`, and `callback_authorization` where it is set"
    }
}

/// HMAC takes keys of any length, so there always is one.
fn mac(secret: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok().map(|mac| mac.chain_update(body))
}

impl Checkout {
    /// Sets the signature keys of the workflows that send webhooks, newest first:
    /// several while one takes the place of another.
    ///
    /// ```
    /// use paystatus_checkout::{BaseUrl, Checkout, SignsCallbacks};
    /// use std::time::SystemTime;
    ///
    /// let account = Checkout::new(BaseUrl::parse("https://vkuhvk4v.api.checkout.com")?, "<secret key>");
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_err()); // nothing to sign with yet
    /// let account = account.with_callback_secrets(["new".into(), "old".into()]);
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_ok());
    /// # Ok::<(), paystatus_checkout::Error>(())
    /// ```
    #[must_use]
    pub fn with_callback_secrets(self, secrets: impl IntoIterator<Item = SecretString>) -> Self {
        Self { callback_secret: CallbackSecrets::new(secrets), ..self }
    }

    /// Sets the text that a workflow sends as the header `Authorization`, where the merchant chose one.
    ///
    /// ```
    /// use paystatus_checkout::{BaseUrl, Checkout, SignsCallbacks};
    /// use std::time::SystemTime;
    ///
    /// let account = Checkout::new(BaseUrl::parse("https://vkuhvk4v.api.checkout.com")?, "<secret key>")
    ///     .with_callback_secrets(["<signature key>".into()])
    ///     .with_callback_authorization("<authorization>");
    /// let signed = account.sign_callback(b"{}", SystemTime::now())?;
    /// assert_eq!(signed.headers[1], ("authorization", "<authorization>".to_owned()));
    /// # Ok::<(), paystatus_checkout::Error>(())
    /// ```
    #[must_use]
    pub fn with_callback_authorization(self, text: impl Into<SecretString>) -> Self {
        Self { callback_authorization: Some(text.into()), ..self }
    }
}
