use std::time::SystemTime;

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use paystatus_core::{
    Callback, CallbackSecrets, Covers, Error, ErrorKind, Lookup, NotGenuine, Notification, SignedCallback,
    SignsCallbacks, hex, json,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::Craftgate;

/// The documentation names the value only; the name is assumed.
const SIGNATURE: &str = "x-cg-signature-v3";
pub(crate) const COVERS: Covers = Covers::Fields(&["eventType", "eventTimestamp", "status", "payloadId"]);

/// `x-cg-signature-v3` is the HMAC-SHA256 of four fields in Base64, keyed with the merchant's hook key
/// (<https://developer.craftgate.io/en/webhook/transaction-webhook>, read 2026-11).
///
/// Its time may be in seconds or in milliseconds, so no callback is too old: ask for the status.
/// An event about something else than a payment is genuine and names nothing to ask about:
/// a refund has an id of its own, and a form's success has only the form's token.
/// Nothing stands between the fields; the deduplication key is a digest of all of them.
///
/// ```
/// use paystatus_craftgate::{Callback, Craftgate, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = Craftgate::new("<api key>", "<secret key>").with_callback_secrets(["canary".into()]);
/// let now = SystemTime::now();
/// let event = br#"{"eventType":"API_AUTH","eventTimestamp":1638969400,"status":"SUCCESS","payloadId":"5"}"#;
/// let signed = account.sign_callback(event, now)?;
/// let mut headers = http::HeaderMap::new();
/// for (name, value) in &signed.headers {
///     headers.insert(*name, value.parse().unwrap());
/// }
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!(notification.payments()[0].id(), "5");
/// assert_eq!(notification.covers().as_str(), "fields");
/// # Ok::<(), paystatus_craftgate::Error>(())
/// ```
impl SignsCallbacks for Craftgate {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let signature = callback.header(SIGNATURE, "it needs one header `x-cg-signature-v3`")?;
        let event: Event =
            json::object(callback.text()?).map_err(|_| NotGenuine::Malformed("the body is not an event"))?;
        let signature = BASE64_STANDARD.decode(signature).map_err(|_| NotGenuine::BadSignature)?;
        let signed = event.signed();
        let is_signed = |key: &str| mac(key, &signed).is_some_and(|mac| mac.verify_slice(&signature).is_ok());
        let matched = self.callback_secret.matching(is_signed)?;
        let is_payment = matches!(&*event.event_type, "API_AUTH" | "API_VERIFY_AND_AUTH" | "THREEDS_VERIFY");
        let payment = is_payment.then(|| Lookup::payment(event.payload_id.unwrap_or_default()));
        Notification::new(payment, COVERS, matched, hex::encode(&Sha256::digest(signed)))
    }

    fn sign_callback(&self, body: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
        let key = self.callback_secret.newest()?;
        let event: Event = json::object(std::str::from_utf8(body).unwrap_or_default())
            .map_err(|_| Error::new(ErrorKind::Rejected, "the body is not an event, and can't be signed"))?;
        let mac = mac(key, &event.signed()).map(|mac| BASE64_STANDARD.encode(mac.finalize().into_bytes()));
        Ok(SignedCallback::new(vec![(SIGNATURE, mac.unwrap_or_default())], body.to_vec()))
    }
}

/// HMAC takes keys of any length, so there always is one.
fn mac(key: &str, text: &str) -> Option<Hmac<Sha256>> {
    Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok().map(|mac| mac.chain_update(text))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_type: String,
    #[serde(default, deserialize_with = "json::text")]
    event_timestamp: Option<String>,
    status: String,
    #[serde(default, deserialize_with = "json::text")]
    payload_id: Option<String>,
}

impl Event {
    fn signed(&self) -> String {
        let time = self.event_timestamp.as_deref().unwrap_or_default();
        let payload = self.payload_id.as_deref().unwrap_or_default();
        [&self.event_type, time, &self.status, payload].concat()
    }
}

impl Craftgate {
    /// Sets the merchant's hook keys, newest first: several while one takes the place of another.
    ///
    /// ```
    /// use paystatus_craftgate::{Craftgate, SignsCallbacks};
    /// use std::time::SystemTime;
    ///
    /// let event = br#"{"eventType":"API_AUTH","eventTimestamp":1638969400,"status":"SUCCESS","payloadId":"5"}"#;
    /// let account = Craftgate::new("<api key>", "<secret key>");
    /// assert!(account.sign_callback(event, SystemTime::now()).is_err()); // nothing to sign with yet
    /// let account = account.with_callback_secrets(["new".into(), "old".into()]);
    /// assert!(account.sign_callback(event, SystemTime::now()).is_ok());
    /// ```
    #[must_use]
    pub fn with_callback_secrets(self, keys: impl IntoIterator<Item = secrecy::SecretString>) -> Self {
        Self { callback_secret: CallbackSecrets::new(keys), ..self }
    }
}
