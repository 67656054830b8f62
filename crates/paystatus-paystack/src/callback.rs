use std::time::SystemTime;

use hmac::{Hmac, KeyInit, Mac};
use paystatus_core::{
    Callback, Covers, Error, Lookup, NotGenuine, Notification, SignedCallback, SignsCallbacks, hex, json,
};
use serde_json::Value;
use sha2::{Digest, Sha512};

use crate::Paystack;

const SIGNATURE: &str = "x-paystack-signature";

/// `x-paystack-signature` is the HMAC-SHA512 of the raw body, in hex, keyed with the secret key itself
/// (<https://github.com/PaystackOSS/doc-code-snippets>, read 2026-11).
///
/// No time is signed: an old event can be sent again, and has the same deduplication key, its name and its object's id.
/// An event about something else than a payment is genuine and names nothing to ask about.
///
/// ```
/// use paystatus_paystack::{Callback, Covers, Lookup, Paystack, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = Paystack::new("canary");
/// let now = SystemTime::now();
/// let event = br#"{"event":"charge.success","data":{"id":4099260516,"reference":"re4lyvq3s3"}}"#;
/// let signed = account.sign_callback(event, now)?;
/// let mut headers = http::HeaderMap::new();
/// for (name, value) in &signed.headers {
///     headers.insert(*name, value.parse().unwrap());
/// }
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!(notification.payments(), [Lookup::order("re4lyvq3s3")]);
/// assert_eq!(notification.covers(), Covers::Body);
/// # Ok::<(), paystatus_paystack::Error>(())
/// ```
impl SignsCallbacks for Paystack {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let body = callback.bounded_body()?;
        let signature = callback.header(SIGNATURE, "it needs one header `x-paystack-signature`")?;
        let signature = hex::decode(signature).ok_or(NotGenuine::BadSignature)?;
        let secret = self.secret().map_err(|_| NotGenuine::NoSecret)?;
        let mac = mac(secret, body).ok_or(NotGenuine::NoSecret)?;
        mac.verify_slice(&signature).map_err(|_| NotGenuine::BadSignature)?;
        let event: Value =
            json::object(callback.text()?).map_err(|_| NotGenuine::Malformed("the body is not an event"))?;
        let name = event["event"].as_str().ok_or(NotGenuine::Malformed("the event has no name"))?;
        let data = &event["data"];
        let key = match text(&data["id"]) {
            Some(id) => format!("{name} {id}"),
            None => hex::encode(&Sha512::digest(body)),
        };
        Notification::new(payment(name, data), Covers::Body, 0, key)
    }

    fn sign_callback(&self, body: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
        let mac = mac(self.secret()?, body);
        let signature = mac.map(|mac| hex::encode(&mac.finalize().into_bytes())).unwrap_or_default();
        Ok(SignedCallback::new(vec![(SIGNATURE, signature)], body.to_vec()))
    }

    fn signed_with(&self) -> &'static str {
        "`secret_key`"
    }
}

/// HMAC takes keys of any length, so there always is one.
fn mac(secret: &str, body: &[u8]) -> Option<Hmac<Sha512>> {
    Hmac::<Sha512>::new_from_slice(secret.as_bytes()).ok().map(|mac| mac.chain_update(body))
}

/// The transaction that an event is about, mostly by its reference.
fn payment(event: &str, data: &Value) -> Option<Lookup> {
    let reference = match event {
        "charge.success" => &data["reference"],
        "charge.dispute.create" | "charge.dispute.remind" | "charge.dispute.resolve" => {
            &data["transaction"]["reference"]
        }
        "bank.transfer.rejected" => {
            return text(&data["bank_transfer"]["transaction_id"]).map(Lookup::payment);
        }
        _ if event.starts_with("refund.") => &data["transaction_reference"],
        _ => return None,
    };
    reference.as_str().map(Lookup::order)
}

/// An id, which is a number or a text.
fn text(id: &Value) -> Option<String> {
    id.as_u64().map(|id| id.to_string()).or_else(|| id.as_str().map(ToOwned::to_owned))
}
