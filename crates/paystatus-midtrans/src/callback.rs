use std::time::SystemTime;

use paystatus_core::{
    Callback, Covers, Error, ErrorKind, Lookup, NotGenuine, Notification, Number, SignedCallback,
    SignsCallbacks, credential, hex, json,
};
use serde::Deserialize;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use crate::Midtrans;

/// What the signature covers: neither the transaction, nor its status, nor what the fraud detection says.
pub(crate) const SIGNED: &[&str] = &["order_id", "status_code", "gross_amount"];

/// `signature_key` is the SHA-512, in hex, of `order_id`, `status_code`, `gross_amount` and the server key with nothing
/// between them (<https://docs.midtrans.com/docs/https-notification-webhooks>, read 2026-11).
///
/// The code 200 belongs to `capture`, `settlement`, `authorize`, `cancel` and `refund` alike,
/// so a genuine callback proves no status; and there is no time in it, so an old one can be sent again.
/// The deduplication key is made of what is signed: it is the same for callbacks about several states of an order.
///
/// ```
/// use paystatus_midtrans::{Callback, Covers, Midtrans, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = Midtrans::new("canary");
/// let now = SystemTime::now();
/// let signed = account.sign_callback(br#"{"order_id":"o-1","status_code":"200","gross_amount":"10000.00"}"#, now)?;
/// let headers = http::HeaderMap::new();
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!(notification.payments()[0].id(), "o-1");
/// assert!(matches!(notification.covers(), Covers::Fields(["order_id", "status_code", "gross_amount"])));
/// # Ok::<(), paystatus_midtrans::Error>(())
/// ```
impl SignsCallbacks for Midtrans {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let Fields { order_id, status_code, gross_amount, signature_key } = Fields::read(callback.text()?)
            .ok_or(NotGenuine::Malformed("the body is not a status with its signed fields as texts"))?;
        let key = credential::text("server_key", &self.server_key).map_err(|_| NotGenuine::NoSecret)?;
        let signed = format!("{order_id}{status_code}{gross_amount}");
        let stated = hex::decode(&signature_key).ok_or(NotGenuine::BadSignature)?;
        if !bool::from(signature(&signed, key).ct_eq(stated.as_slice())) {
            return Err(NotGenuine::BadSignature);
        }
        // Else a digit could be moved between two fields that are signed without anything between them.
        let is_code = status_code.len() == 3 && status_code.starts_with(|digit| matches!(digit, '2'..='5'));
        if !is_code || Number::parse(&gross_amount).is_none() {
            return Err(NotGenuine::Malformed("a signed field is not written as documented"));
        }
        let key = hex::encode(&Sha256::digest(signed));
        // By the one name that is signed.
        Notification::new([Lookup::order(order_id)], Covers::Fields(SIGNED), 0, key)
    }

    fn sign_callback(&self, body: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
        let refuse =
            || Error::new(ErrorKind::Rejected, "only a status with its signed fields as texts can be signed");
        let text = std::str::from_utf8(body).map_err(|_| refuse())?.trim();
        let fields =
            Fields::read(text).filter(|fields| fields.signature_key.is_empty()).ok_or_else(refuse)?;
        let key = credential::text("server_key", &self.server_key)?;
        let signed = format!("{}{}{}", fields.order_id, fields.status_code, fields.gross_amount);
        let signature = hex::encode(&signature(&signed, key));
        let body = format!(r#"{},"signature_key":"{signature}"}}"#, text.strip_suffix('}').unwrap_or(text));
        Ok(SignedCallback::new(vec![("content-type", "application/json".to_owned())], body.into_bytes()))
    }

    fn signed_with(&self) -> &'static str {
        "`server_key`"
    }
}

fn signature(signed: &str, key: &str) -> [u8; 64] {
    Sha512::digest(format!("{signed}{key}")).into()
}

#[derive(Deserialize)]
struct Fields {
    order_id: String,
    status_code: String,
    gross_amount: String,
    #[serde(default)]
    signature_key: String,
}

impl Fields {
    fn read(text: &str) -> Option<Self> {
        json::object(text).ok()
    }
}
