use std::time::{SystemTime, UNIX_EPOCH};

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{AeadInOut, array::Array},
};
use paystatus_core::{
    Callback, CallbackSecrets, Covers, Error, ErrorKind, Lookup, NotGenuine, Notification, SignedCallback,
    SignsCallbacks, hex, json,
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::Opp;

const VECTOR: &str = "x-initialization-vector";
const TAG: &str = "x-authentication-tag";

/// A webhook is JSON that is encrypted with AES-256-GCM: initialization vector and authentication tag stand in headers,
/// the ciphertext in hex is the body, or the body's `encryptedBody`
/// (<https://hyperpay.docs.oppwa.com/tutorials/webhooks>, read 2026-11).
///
/// There is no time in it, so an old webhook can be sent again.
/// An event about something else than a payment is genuine and names nothing to ask about.
///
/// ```
/// use paystatus_opp::{Callback, Covers, Opp, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = Opp::new("<access token>", "<entity id>").with_callback_secrets(["0f".repeat(32).into()]);
/// let now = SystemTime::now();
/// let event = br#"{"type":"PAYMENT","payload":{"id":"8ac7a4a277bb37680177ca9e266d3192","paymentType":"DB","result":{"code":"000.000.000"}}}"#;
/// let signed = account.sign_callback(event, now)?;
/// let mut headers = http::HeaderMap::new();
/// for (name, value) in &signed.headers {
///     headers.insert(*name, value.parse().unwrap());
/// }
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!(notification.payments()[0].id(), "8ac7a4a277bb37680177ca9e266d3192");
/// assert_eq!(notification.covers(), Covers::Body);
/// # Ok::<(), paystatus_opp::Error>(())
/// ```
impl SignsCallbacks for Opp {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let vector = callback.header(VECTOR, "it needs one header `X-Initialization-Vector`")?;
        let tag = callback.header(TAG, "it needs one header `X-Authentication-Tag`")?;
        let ciphertext = ciphertext(callback.text()?)?;
        let (vector, tag) = (hex::decode(vector), hex::decode(tag));
        let (vector, tag) = vector.zip(tag).ok_or(NotGenuine::BadSignature)?;
        let (mut plain, mut has_key) = (None, false);
        let opens = |secret: &str| {
            let Some(cipher) = cipher(secret) else { return false };
            has_key = true;
            let opened = open(&cipher, &vector, &tag, &ciphertext);
            let is_opened = opened.is_some();
            plain = plain.take().or(opened);
            is_opened
        };
        let matched = match self.callback_secret.matching(opens) {
            Err(NotGenuine::BadSignature) if !has_key => Err(NotGenuine::NoSecret),
            matched => matched,
        }?;
        let plain = plain.unwrap_or_default();
        let malformed = NotGenuine::Malformed("what is encrypted is no event");
        let text = std::str::from_utf8(&plain).map_err(|_| malformed.clone())?;
        let event: Value = json::object(text).map_err(|_| malformed.clone())?;
        if event["type"] != "PAYMENT" {
            return Notification::new([], Covers::Body, matched, hex::encode(&Sha256::digest(&plain)));
        }
        let record = &event["payload"];
        let own = record["id"].as_str().zip(record["result"]["code"].as_str());
        let (id, code) = own.ok_or(malformed)?;
        let about = match record["paymentType"].as_str() {
            Some("CP" | "RF" | "RV" | "CB" | "CR") => record["referencedId"].as_str().unwrap_or(id),
            _ => id,
        };
        Notification::new([Lookup::payment(about)], Covers::Body, matched, format!("{id} {code}"))
    }

    fn sign_callback(&self, body: &[u8], at: SystemTime) -> Result<SignedCallback, Error> {
        let why = "`callback_secret` is not a webhook's key, which has 64 hexadecimal digits";
        let cipher =
            cipher(self.callback_secret.newest()?).ok_or_else(|| Error::new(ErrorKind::Config, why))?;
        // For tests: the same event at the same time looks the same.
        let seconds = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let digest = Sha256::digest([body, &seconds.to_be_bytes()].concat());
        let mut vector = [0; 12];
        vector.copy_from_slice(&digest[..12]);
        let mut bytes = body.to_vec();
        let tag = cipher.encrypt_inout_detached(&Array(vector), b"", bytes.as_mut_slice().into());
        let tag =
            tag.map_err(|_| Error::new(ErrorKind::Rejected, "the body is too large to be encrypted"))?;
        let headers = vec![(VECTOR, hex::encode(&vector)), (TAG, hex::encode(&tag))];
        Ok(SignedCallback::new(headers, hex::encode(&bytes).into_bytes()))
    }
}

/// The body's bytes, in whichever of its two forms.
fn ciphertext(text: &str) -> Result<Vec<u8>, NotGenuine> {
    let wrapped: Option<Value> = json::object(text).ok();
    let digits = wrapped.as_ref().map_or(Some(text), |wrapped| wrapped["encryptedBody"].as_str());
    let malformed = NotGenuine::Malformed("the body is not in hexadecimal");
    digits.and_then(|digits| hex::decode(digits.trim())).ok_or(malformed)
}

fn cipher(key: &str) -> Option<Aes256Gcm> {
    Aes256Gcm::new_from_slice(&hex::decode(key.trim())?).ok()
}

/// The plain text, if the tag says that nobody else wrote it.
fn open(cipher: &Aes256Gcm, vector: &[u8], tag: &[u8], ciphertext: &[u8]) -> Option<Vec<u8>> {
    let (vector, tag) = (Array::try_from(vector).ok()?, Array::try_from(tag).ok()?);
    let mut bytes = ciphertext.to_vec();
    cipher.decrypt_inout_detached(&vector, b"", bytes.as_mut_slice().into(), &tag).ok()?;
    Some(bytes)
}

impl Opp {
    /// Sets the keys that webhooks may be encrypted with, newest first: 64 hexadecimal digits each.
    ///
    /// ```
    /// use paystatus_opp::{Opp, SignsCallbacks};
    /// use std::time::SystemTime;
    ///
    /// let account = Opp::new("<access token>", "<entity id>");
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_err()); // nothing to encrypt with yet
    /// let account = account.with_callback_secrets(["0f".repeat(32).into()]);
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_ok());
    /// ```
    #[must_use]
    pub fn with_callback_secrets(self, secrets: impl IntoIterator<Item = secrecy::SecretString>) -> Self {
        Self { callback_secret: CallbackSecrets::new(secrets), ..self }
    }
}
