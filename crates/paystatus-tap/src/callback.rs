use std::time::SystemTime;

use hmac::{Hmac, KeyInit, Mac};
use paystatus_core::{
    Callback, Covers, Error, ErrorKind, Lookup, NotGenuine, Notification, Number, SignedCallback,
    SignsCallbacks, credential, hex, json,
};
use serde::Deserialize;
use sha2::Sha256;

use crate::{
    Tap,
    reply::{Reference, Transaction},
};

const SIGNATURE: &str = "hashstring";
pub(crate) const COVERS: Covers = Covers::Fields(&[
    "id",
    "amount",
    "currency",
    "reference.gateway",
    "reference.payment",
    "status",
    "transaction.created",
]);

/// `hashstring` is the HMAC-SHA256 of seven fields of the object, in hex, keyed with the secret key
/// (<https://developers.tap.company/docs/webhook>, read 2026-11): each with its name before it, nothing between them,
/// and the amount with the decimals of its currency, whatever the JSON says.
///
/// The merchant's order and `live_mode` are not signed, nor is a time:
/// the deduplication key is made of the id and the status.
///
/// ```
/// use paystatus_tap::{Callback, SignsCallbacks, Tap};
/// use std::time::SystemTime;
///
/// let account = Tap::new("canary");
/// let now = SystemTime::now();
/// let signed = account.sign_callback(br#"{"id":"chg_1","status":"CAPTURED","amount":10.0,"currency":"AED"}"#, now)?;
/// let mut headers = http::HeaderMap::new();
/// for (name, value) in &signed.headers {
///     headers.insert(*name, value.parse().unwrap());
/// }
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!(notification.payments()[0].id(), "chg_1");
/// assert_eq!(notification.covers().as_str(), "fields");
/// # Ok::<(), paystatus_tap::Error>(())
/// ```
impl SignsCallbacks for Tap {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let signature = callback.header(SIGNATURE, "it needs one header `hashstring`")?;
        let key = credential::text("secret_key", &self.secret_key).map_err(|_| NotGenuine::NoSecret)?;
        let object: Object = json::object(callback.text()?).map_err(|_| MALFORMED)?;
        let signature = hex::decode(signature).ok_or(NotGenuine::BadSignature)?;
        let mac = object.mac(key).ok_or(MALFORMED)?;
        mac.verify_slice(&signature).map_err(|_| NotGenuine::BadSignature)?;
        let key = format!("{} {}", object.id, object.status.unwrap_or_default());
        Notification::new([Lookup::payment(object.id)], COVERS, 0, key)
    }

    fn sign_callback(&self, body: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
        let unsignable =
            || Error::new(ErrorKind::Rejected, "the body is not an object with an id and an amount");
        let object = std::str::from_utf8(body).ok().and_then(|text| json::object::<Object>(text).ok());
        let mac = object.and_then(|object| {
            credential::text("secret_key", &self.secret_key).map(|key| object.mac(key)).transpose()
        });
        let mac = mac.ok_or_else(unsignable)??;
        let signature = hex::encode(&mac.finalize().into_bytes());
        Ok(SignedCallback::new(vec![(SIGNATURE, signature)], body.to_vec()))
    }

    fn signed_with(&self) -> &'static str {
        "`secret_key`"
    }
}

const MALFORMED: NotGenuine = NotGenuine::Malformed("the body is not an object with an id and an amount");

/// The signed fields.
#[derive(Deserialize)]
struct Object {
    id: String,
    amount: Option<Number>,
    currency: Option<String>,
    #[serde(default, deserialize_with = "json::optional")]
    reference: Option<Reference>,
    status: Option<String>,
    #[serde(default, deserialize_with = "json::optional")]
    transaction: Option<Transaction>,
}

impl Object {
    /// HMAC takes keys of any length; nothing for an amount that is finer than its currency.
    fn mac(&self, key: &str) -> Option<Hmac<Sha256>> {
        let currency = self.currency.as_deref().unwrap_or_default();
        let digits = if matches!(currency, "KWD" | "BHD" | "OMR" | "JOD") { 3 } else { 2 };
        let amount = match self.amount.map(Number::value) {
            Some(amount) if amount.normalize().scale() > digits => return None,
            Some(amount) => format!("{amount:.*}", digits as usize),
            None => String::new(),
        };
        let reference = self.reference.as_ref();
        let gateway = reference.and_then(|reference| reference.gateway.as_deref());
        let payment = reference.and_then(|reference| reference.payment.as_deref());
        let created = self.transaction.as_ref().and_then(|transaction| transaction.created.as_deref());
        let text = format!(
            "x_id{}x_amount{amount}x_currency{currency}x_gateway_reference{}x_payment_reference{}x_status{}x_created{}",
            self.id,
            gateway.unwrap_or_default(),
            payment.unwrap_or_default(),
            self.status.as_deref().unwrap_or_default(),
            created.unwrap_or_default(),
        );
        Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok().map(|mac| mac.chain_update(text))
    }
}
