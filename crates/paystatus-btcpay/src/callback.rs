use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use paystatus_core::{
    Callback, CallbackSecrets, Covers, Error, Lookup, NotGenuine, Notification, SignedCallback,
    SignsCallbacks, hex, json,
};
use serde::Deserialize;
use sha2::Sha256;

use crate::BtcPay;

const SIGNATURE: &str = "btcpay-sig";

/// BTCPay Server names none: five minutes are what is usual.
pub(crate) const TOLERANCE: Duration = Duration::from_secs(300);

/// `BTCPay-Sig` is `sha256=` and the HMAC-SHA256 of the raw body in hex, keyed with the secret's own bytes
/// (<https://github.com/btcpayserver/btcpayserver> 2.4.1 03345c28, `WebhookSender.cs`, read 2026-11).
///
/// The time that counts is the body's own `timestamp`.
///
/// ```
/// use paystatus_btcpay::{BaseUrl, BtcPay, Callback, Covers, SignsCallbacks};
/// use std::time::{Duration, SystemTime};
///
/// let account = BtcPay::new(BaseUrl::parse("https://pay.example.com")?, "<store id>", "<api key>")
///     .with_callback_secrets(["whsec".into()]);
/// let body = br#"{"deliveryId":"D1","type":"InvoiceSettled","timestamp":1767225600,"invoiceId":"i-1"}"#;
/// let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_601);
/// let signed = account.sign_callback(body, now)?;
/// let mut headers = http::HeaderMap::new();
/// headers.insert("btcpay-sig", signed.headers[0].1.parse().unwrap());
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!((notification.payments()[0].id(), notification.covers()), ("i-1", Covers::Body));
/// # Ok::<(), paystatus_btcpay::Error>(())
/// ```
impl SignsCallbacks for BtcPay {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let body = callback.bounded_body()?;
        let signature = callback.header(SIGNATURE, "it needs one header `BTCPay-Sig`")?;
        let signature = signature
            .strip_prefix("sha256=")
            .ok_or(NotGenuine::Malformed("`BTCPay-Sig` does not begin with `sha256=`"))?;
        let signature = hex::decode(signature).ok_or(NotGenuine::BadSignature)?;
        let is_signed =
            |secret: &str| mac(secret, body).is_some_and(|mac| mac.verify_slice(&signature).is_ok());
        let matched = self.callback_secret.matching(is_signed)?;
        let event: Event = json::object(callback.text()?).map_err(|_| {
            NotGenuine::Malformed("the body is not an event with `type`, `timestamp` and `deliveryId`")
        })?;
        let stated = UNIX_EPOCH
            .checked_add(Duration::from_secs(event.timestamp))
            .ok_or(NotGenuine::Malformed("`timestamp` is not a time"))?;
        let payment = event.invoice()?.map(Lookup::payment);
        let key = event.original_delivery_id.unwrap_or(event.delivery_id);
        let notification = Notification::new(payment, Covers::Body, matched, key)?;
        notification.unless_stale(stated, callback.received_at(), self.callback_tolerance)
    }

    fn sign_callback(&self, body: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
        let mac =
            mac(self.callback_secret.newest()?, body).map(|mac| hex::encode(&mac.finalize().into_bytes()));
        let signature = format!("sha256={}", mac.unwrap_or_default());
        Ok(SignedCallback::new(vec![(SIGNATURE, signature)], body.to_vec()))
    }
}

/// HMAC takes keys of any length, so there always is one.
fn mac(secret: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    Some(Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?.chain_update(body))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    delivery_id: String,
    original_delivery_id: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    timestamp: u64,
    invoice_id: Option<String>,
}

impl Event {
    /// The invoice that an `Invoice…` event is about; other events are about none.
    fn invoice(&self) -> Result<Option<String>, NotGenuine> {
        if !self.kind.starts_with("Invoice") {
            return Ok(None);
        }
        self.invoice_id.clone().map(Some).ok_or(NotGenuine::Malformed("the body has no `invoiceId`"))
    }
}

impl BtcPay {
    /// Sets the secrets that callbacks may be signed with, newest first: several while one takes the place of another.
    ///
    /// ```
    /// use paystatus_btcpay::{BaseUrl, BtcPay, SignsCallbacks};
    /// use std::time::SystemTime;
    ///
    /// let account = BtcPay::new(BaseUrl::parse("https://pay.example.com")?, "<store id>", "<api key>");
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_err()); // nothing to sign with yet
    /// let account = account.with_callback_secrets(["new".into(), "old".into()]);
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_ok());
    /// # Ok::<(), paystatus_btcpay::Error>(())
    /// ```
    #[must_use]
    pub fn with_callback_secrets(self, secrets: impl IntoIterator<Item = secrecy::SecretString>) -> Self {
        Self { callback_secret: CallbackSecrets::new(secrets), ..self }
    }

    /// Sets how far the time of a callback may be from its arrival, in either direction; five minutes unless set.
    ///
    /// The server tries again for an hour, perhaps with the first time in the body:
    /// a late callback is [`NotGenuine::Stale`] and names whom to ask about.
    ///
    /// ```
    /// use paystatus_btcpay::{BaseUrl, BtcPay, Callback, SignsCallbacks};
    /// use std::time::{Duration, SystemTime};
    ///
    /// let account = BtcPay::new(BaseUrl::parse("https://pay.example.com")?, "<store id>", "<api key>")
    ///     .with_callback_secrets(["whsec".into()])
    ///     .with_callback_tolerance(Duration::from_secs(4000));
    /// let body = br#"{"deliveryId":"D1","type":"InvoiceSettled","timestamp":1767225600,"invoiceId":"i-1"}"#;
    /// let an_hour_later = SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_229_200);
    /// let signed = account.sign_callback(body, an_hour_later)?;
    /// let mut headers = http::HeaderMap::new();
    /// headers.insert("btcpay-sig", signed.headers[0].1.parse().unwrap());
    /// assert!(account.verify_callback(&Callback::new(&headers, &signed.body, an_hour_later)).is_ok());
    /// # Ok::<(), paystatus_btcpay::Error>(())
    /// ```
    #[must_use]
    pub fn with_callback_tolerance(self, callback_tolerance: Duration) -> Self {
        Self { callback_tolerance, ..self }
    }
}
