use std::time::SystemTime;

use hmac::Mac;
use paystatus_core::{
    Callback, CallbackSecrets, Covers, Error, ErrorKind, Lookup, NotGenuine, Notification, SignedCallback,
    SignsCallbacks, credential, hex, json,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{Iyzico, sign};

const SIGNATURE: &str = "x-iyz-signature-v3";
#[rustfmt::skip]
pub(crate) const COVERS: Covers =
    Covers::Fields(&["iyziEventType", "paymentId", "iyziPaymentId", "token", "paymentConversationId", "status"]);

/// `X-IYZ-SIGNATURE-V3` is the HMAC-SHA256 of a few fields in hex, keyed with the secret key
/// (<https://docs.iyzico.com/en/advanced/webhook>, read 2026-11).
///
/// iyzico sends it only after its support enabled it. Neither a time nor `iyziReferenceCode` nor the amount is signed,
/// and nothing stands between the fields: ask for the status, and compare amount and reference.
/// The deduplication key is a digest of what was signed.
///
/// ```
/// use paystatus_iyzico::{Callback, Iyzico, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = Iyzico::new("<api key>", "canary");
/// let now = SystemTime::now();
/// let event = br#"{"iyziEventType":"API_AUTH","paymentId":25236546,"paymentConversationId":"order-1","status":"SUCCESS"}"#;
/// let signed = account.sign_callback(event, now)?;
/// let mut headers = http::HeaderMap::new();
/// for (name, value) in &signed.headers {
///     headers.insert(*name, value.parse().unwrap());
/// }
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!(notification.payments()[0].id(), "25236546");
/// assert_eq!(notification.covers().as_str(), "fields");
/// # Ok::<(), paystatus_iyzico::Error>(())
/// ```
impl SignsCallbacks for Iyzico {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let signature = callback.header(SIGNATURE, "it needs one header `X-IYZ-SIGNATURE-V3`")?;
        let event: Event = json::object(callback.text()?)
            .map_err(|_| NotGenuine::Malformed("the body is not an event about a payment"))?;
        let signature = hex::decode(signature).ok_or(NotGenuine::BadSignature)?;
        let signed = event.signed();
        let is_signed = |secret: &str| {
            sign::mac(secret, &[secret, &signed]).is_some_and(|mac| mac.verify_slice(&signature).is_ok())
        };
        let matched = CallbackSecrets::new([self.secret_key.clone()]).matching(is_signed)?;
        let payment = Lookup::payment(event.payment_id());
        Notification::new([payment], COVERS, matched, hex::encode(&Sha256::digest(signed)))
    }

    fn sign_callback(&self, body: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
        let secret = credential::text("secret_key", &self.secret_key)?;
        let event = std::str::from_utf8(body).ok().and_then(|text| json::object::<Event>(text).ok());
        let event = event.ok_or_else(|| {
            Error::new(ErrorKind::Rejected, "the body is not an event about a payment, and can't be signed")
        })?;
        let mac = sign::mac(secret, &[secret, &event.signed()]);
        let signature = mac.map(|mac| hex::encode(&mac.finalize().into_bytes())).unwrap_or_default();
        Ok(SignedCallback::new(vec![(SIGNATURE, signature)], body.to_vec()))
    }

    fn signed_with(&self) -> &'static str {
        "`secret_key`"
    }
}

/// What is signed of an event.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    iyzi_event_type: String,
    #[serde(default, deserialize_with = "json::text")]
    payment_id: Option<String>,
    #[serde(default, deserialize_with = "json::text")]
    iyzi_payment_id: Option<String>,
    token: Option<String>,
    #[serde(default, deserialize_with = "json::text")]
    payment_conversation_id: Option<String>,
    status: String,
}

impl Event {
    /// A payment through a form has a token, and its id has another name.
    fn payment_id(&self) -> &str {
        let is_hosted = self.token.as_ref().is_some_and(|token| !token.is_empty());
        let id = if is_hosted { &self.iyzi_payment_id } else { &self.payment_id };
        id.as_deref().unwrap_or_default()
    }

    fn signed(&self) -> String {
        let token = self.token.as_deref().unwrap_or_default();
        let conversation = self.payment_conversation_id.as_deref().unwrap_or_default();
        [&self.iyzi_event_type, self.payment_id(), token, conversation, &self.status].concat()
    }
}
