use std::time::SystemTime;

use hmac::{Hmac, KeyInit, Mac};
use paystatus_core::{
    Callback, CallbackSecrets, Covers, Error, Lookup, NotGenuine, Notification, SignedCallback,
    SignsCallbacks, hex, json,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::Resmic;

const SIGNATURE: &str = "x-signature";

/// `X-Signature` is the HMAC-SHA256 of the raw body in hex, keyed with the secret's own bytes
/// (<https://docs.resmic.com/resmic-pro>, webhooks, read 2026-11).
///
/// It has no time and no event id, so a callback can be replayed for ever: ask for the status, and fulfil once.
///
/// ```
/// use paystatus_resmic::{Callback, Covers, Resmic, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = Resmic::new("<api key>", "<user id>").with_callback_secrets(["new".into(), "old".into()]);
/// let signed = account.sign_callback(br#"{"session_id":"s-1","status":true}"#, SystemTime::now())?;
/// let mut headers = http::HeaderMap::new();
/// headers.insert("x-signature", signed.headers[0].1.parse().unwrap());
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, SystemTime::now())).unwrap();
/// assert_eq!((notification.payments()[0].id(), notification.covers()), ("s-1", Covers::Body));
/// assert_eq!(notification.matched_secret(), 0);
/// # Ok::<(), paystatus_resmic::Error>(())
/// ```
impl SignsCallbacks for Resmic {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let body = callback.bounded_body()?;
        let signature = callback.header(SIGNATURE, "it needs one header `X-Signature`")?;
        let signature = hex::decode(signature).ok_or(NotGenuine::BadSignature)?;
        let is_signed =
            |secret: &str| mac(secret, body).is_some_and(|mac| mac.verify_slice(&signature).is_ok());
        let matched = self.callback_secret.matching(is_signed)?;

        #[derive(Deserialize)]
        struct Session {
            session_id: String,
        }
        let Session { session_id } = json::object(callback.text()?)
            .map_err(|_| NotGenuine::Malformed("the body has no `session_id`"))?;
        let key = hex::encode(&Sha256::digest(body));
        Notification::new([Lookup::payment(session_id)], Covers::Body, matched, key)
    }

    fn sign_callback(&self, body: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
        let mac =
            mac(self.callback_secret.newest()?, body).map(|mac| hex::encode(&mac.finalize().into_bytes()));
        Ok(SignedCallback::new(vec![(SIGNATURE, mac.unwrap_or_default())], body.to_vec()))
    }
}

/// HMAC takes keys of any length, so there always is one.
fn mac(secret: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    Some(Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?.chain_update(body))
}

impl Resmic {
    /// Sets the secrets that callbacks may be signed with, newest first: several while one takes the place of another.
    ///
    /// ```
    /// use paystatus_resmic::{Resmic, SignsCallbacks};
    /// use std::time::SystemTime;
    ///
    /// let account = Resmic::new("<api key>", "<user id>");
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_err()); // nothing to sign with yet
    /// let account = account.with_callback_secrets(["new".into(), "old".into()]);
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_ok());
    /// ```
    #[must_use]
    pub fn with_callback_secrets(self, secrets: impl IntoIterator<Item = secrecy::SecretString>) -> Self {
        Self { callback_secret: CallbackSecrets::new(secrets), ..self }
    }

    /// The session that a customer comes back with, out of the query of the redirect or cancel URL, or the whole URL.
    ///
    /// The parameter is appended blindly and signed by nobody: it says whom to ask about, and nothing else,
    /// whichever of the two URLs was hit.
    ///
    /// ```
    /// use paystatus_resmic::Resmic;
    ///
    /// let id = "899e9dde-fda9-4386-9620-065756016805";
    /// let url = format!("https://shop.example/paid?order=7?session_id={id}");
    /// assert_eq!(Resmic::redirected_session(&url).unwrap().id(), id);
    /// assert_eq!(Resmic::redirected_session("https://shop.example/paid?session_id=../x"), None);
    /// ```
    pub fn redirected_session(url: &str) -> Option<Lookup> {
        let (_, id) = url.rsplit_once("session_id=")?;
        let is_uuid = id.len() == 36
            && id.bytes().enumerate().all(|(index, byte)| match index {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        is_uuid.then(|| Lookup::payment(id))
    }
}
