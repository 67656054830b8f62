use std::time::SystemTime;

use paystatus_core::{
    Callback, CallbackSecrets, Covers, Error, Lookup, NotGenuine, Notification, SignedCallback,
    SignsCallbacks, json,
};
use secrecy::SecretString;
use serde_json::Value;
use subtle::ConstantTimeEq;

use crate::Flutterwave;

const HASH: &str = "verif-hash";

/// `verif-hash` is the merchant's secret hash itself, in clear
/// (<https://developer.flutterwave.com/docs/webhooks>, read 2026-11).
///
/// **It signs nothing**, neither the body nor a time: whoever saw one callback can forge any. So what comes out
/// is no more than a reason to ask. An event about no transaction, such as a test, names nothing to ask about.
///
/// ```
/// use paystatus_flutterwave::{Callback, Covers, Flutterwave, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = Flutterwave::new("<secret key>").with_callback_secrets(["canary-hash".into()]);
/// let now = SystemTime::now();
/// let event = br#"{"event":"charge.completed","data":{"id":288200108,"tx_ref":"o-1","status":"failed"}}"#;
/// let signed = account.sign_callback(event, now)?;
/// assert_eq!(signed.headers, [("verif-hash", "canary-hash".to_owned())]);
/// let mut headers = http::HeaderMap::new();
/// for (name, value) in &signed.headers {
///     headers.insert(*name, value.parse().unwrap());
/// }
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!((notification.payments()[0].id(), notification.covers()), ("288200108", Covers::Nothing));
/// # Ok::<(), paystatus_flutterwave::Error>(())
/// ```
impl SignsCallbacks for Flutterwave {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let text = callback.text()?;
        let given = callback.header(HASH, "it needs one header `verif-hash`")?.as_bytes();
        let matched = self.callback_secret.matching(|hash| given.ct_eq(hash.trim().as_bytes()).into())?;
        let event: Value =
            json::object(text).map_err(|_| NotGenuine::Malformed("the body is not an event"))?;
        // Older callbacks are flat.
        let data = if event["data"].is_object() { &event["data"] } else { &event };
        let text = |name: &str| match &data[name] {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let id = text("id").filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())).map(Lookup::payment);
        // Transfers and the like have numbers of their own, which may be some transaction's, too.
        let is_charge = event["event"].as_str().is_none_or(|name| name.starts_with("charge."));
        let about = id.or_else(|| text("tx_ref").or_else(|| text("txRef")).map(Lookup::order));
        let about = about.filter(|_| is_charge);
        let key = format!(
            "{} {}",
            about.as_ref().map(Lookup::id).unwrap_or_default(),
            text("status").unwrap_or_default()
        );
        Notification::new(about, Covers::Nothing, matched, key)
    }

    fn sign_callback(&self, body: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
        let hash = self.callback_secret.newest()?.trim().to_owned();
        Ok(SignedCallback::new(vec![(HASH, hash)], body.to_vec()))
    }

    fn signed_with(&self) -> &'static str {
        "`webhook_hash`"
    }
}

impl Flutterwave {
    /// Sets the secret hashes that callbacks may carry, newest first: several while one takes the place of another.
    ///
    /// ```
    /// use paystatus_flutterwave::{Flutterwave, SignsCallbacks};
    /// use std::time::SystemTime;
    ///
    /// let account = Flutterwave::new("<secret key>");
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_err()); // nothing to sign with yet
    /// let account = account.with_callback_secrets(["new".into(), "old".into()]);
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_ok());
    /// ```
    #[must_use]
    pub fn with_callback_secrets(self, secrets: impl IntoIterator<Item = SecretString>) -> Self {
        Self { callback_secret: CallbackSecrets::new(secrets), ..self }
    }
}
