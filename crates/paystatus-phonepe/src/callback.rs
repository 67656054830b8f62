use std::time::SystemTime;

use paystatus_core::{
    Callback, Covers, Error, ErrorKind, Lookup, NotGenuine, Notification, SignedCallback, SignsCallbacks,
    credential, hex, json,
};
use secrecy::SecretString;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::PhonePe;

/// `Authorization` is the SHA-256 of the user name, a colon and the password of the dashboard, in hex: a constant
/// (<https://developer.phonepe.com/payment-gateway>, standard checkout, api-reference/webhook, read 2026-11).
///
/// It covers nothing of the body: whoever saw one callback can write any other, so a callback is a reason to ask
/// and no more. The deduplication key is a digest of the body. An event that is about no order names nothing to ask about.
///
/// ```
/// use paystatus_phonepe::{Callback, Covers, PhonePe, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = PhonePe::new("<client id>", "<client secret>").with_webhook("hookuser", "canary");
/// let now = SystemTime::now();
/// let event = br#"{"event":"checkout.order.completed","payload":{"merchantOrderId":"order-1234"}}"#;
/// let signed = account.sign_callback(event, now)?;
/// let mut headers = http::HeaderMap::new();
/// for (name, value) in &signed.headers {
///     headers.insert(*name, value.parse().unwrap());
/// }
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!(notification.payments()[0].id(), "order-1234");
/// assert_eq!(notification.covers(), Covers::Nothing);
/// # Ok::<(), paystatus_phonepe::Error>(())
/// ```
impl SignsCallbacks for PhonePe {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let constant = self.constant().map_err(|_| NotGenuine::NoSecret)?;
        let given = callback.header("authorization", "it needs one header `Authorization`")?;
        let given = hex::decode(given).ok_or(NotGenuine::BadSignature)?;
        if !bool::from(given.ct_eq(&constant)) {
            return Err(NotGenuine::BadSignature);
        }
        let Event { payload } =
            json::object(callback.text()?).map_err(|_| NotGenuine::Malformed("the body is not an event"))?;
        // A refund has an order's id under another name.
        let order = payload.merchant_order_id.or(payload.original_merchant_order_id);
        let key = hex::encode(&Sha256::digest(callback.body()));
        Notification::new(order.map(Lookup::payment), Covers::Nothing, 0, key)
    }

    fn sign_callback(&self, body: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
        let constant = hex::encode(&self.constant()?);
        Ok(SignedCallback::new(vec![("authorization", constant)], body.to_vec()))
    }

    fn signed_with(&self) -> &'static str {
        "`webhook_username` and `webhook_password`"
    }
}

#[derive(Deserialize)]
struct Event {
    #[serde(deserialize_with = "json::nested")]
    payload: Payload,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    merchant_order_id: Option<String>,
    original_merchant_order_id: Option<String>,
}

impl PhonePe {
    fn constant(&self) -> Result<Vec<u8>, Error> {
        let (Some(username), Some(password)) = (&self.webhook_username, &self.webhook_password) else {
            let why = "`webhook_username` and `webhook_password` are missing: they stand in the dashboard";
            return Err(Error::new(ErrorKind::Config, why));
        };
        let username = credential::text("webhook_username", username)?;
        let password = credential::text("webhook_password", password)?;
        Ok(Sha256::digest(format!("{username}:{password}")).to_vec())
    }

    /// Sets the user name and the password that the dashboard has for webhooks.
    ///
    /// ```
    /// use paystatus_phonepe::{PhonePe, SignsCallbacks};
    /// use std::time::SystemTime;
    ///
    /// let account = PhonePe::new("<client id>", "<client secret>");
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_err()); // nothing to sign with yet
    /// let account = account.with_webhook("hookuser", "canary");
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_ok());
    /// ```
    #[must_use]
    pub fn with_webhook(self, username: impl Into<SecretString>, password: impl Into<SecretString>) -> Self {
        Self { webhook_username: Some(username.into()), webhook_password: Some(password.into()), ..self }
    }
}
