use std::time::SystemTime;

use hmac::{Hmac, KeyInit, Mac};
use paystatus_core::{
    Callback, CallbackSecrets, Covers, Error, Lookup, NotGenuine, Notification, SignedCallback,
    SignsCallbacks, hex, json,
};
use serde_json::Value;
use sha2::Sha256;

use crate::Mollie;

const SIGNATURE: &str = "x-mollie-signature";
const NO_SIGNATURE: NotGenuine = NotGenuine::Malformed("it needs a header `X-Mollie-Signature`");

/// `X-Mollie-Signature` of a next-generation webhook is the HMAC-SHA256 of the raw body, in hex, with or without
/// `sha256=` before it, keyed with the signing secret
/// (<https://www.npmjs.com/package/mollie-api-typescript/v/1.12.28>, `signature_validator.ts`, read 2026-11).
/// While a secret takes the place of another there may be several. No time is signed: an old event can be sent again.
///
/// A classic webhook is one form field, `id`, and unsigned: it is taken only by an account without secrets,
/// as a hint that [covers nothing](Covers::Nothing).
/// An event about something else than a payment is genuine and names nothing to ask about.
///
/// ```
/// use paystatus_mollie::{Callback, Covers, Mollie, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = Mollie::new("<api key>").with_callback_secrets(["canary".into()]);
/// let now = SystemTime::now();
/// let event = br#"{"resource":"event","id":"event_1","type":"payment.paid","entityId":"tr_5B8cwPMGnU"}"#;
/// let signed = account.sign_callback(event, now)?;
/// let mut headers = http::HeaderMap::new();
/// for (name, value) in &signed.headers {
///     headers.insert(*name, value.parse().unwrap());
/// }
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!((notification.payments()[0].id(), notification.covers()), ("tr_5B8cwPMGnU", Covers::Body));
/// assert_eq!(notification.deduplication_key(), "event_1");
///
/// headers.clear();
/// let classic = Callback::new(&headers, b"id=tr_5B8cwPMGnU", now);
/// assert!(account.verify_callback(&classic).is_err());
/// let hint = Mollie::new("<api key>").verify_callback(&classic).unwrap();
/// assert_eq!((hint.payments()[0].id(), hint.covers()), ("tr_5B8cwPMGnU", Covers::Nothing));
/// # Ok::<(), paystatus_mollie::Error>(())
/// ```
impl SignsCallbacks for Mollie {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let body = callback.bounded_body()?;
        let mut given = callback.headers(SIGNATURE).flat_map(|header| header.split(',')).peekable();
        if given.peek().is_none() {
            let is_classic = self.callback_secret.is_empty();
            return if is_classic { classic(callback.text()?) } else { Err(NO_SIGNATURE) };
        }
        let given = given.map(str::trim).map(|one| one.strip_prefix("sha256=").unwrap_or(one));
        let signatures: Vec<_> = given.filter_map(hex::decode).collect();
        let is_signed = |secret: &str| {
            let mac = mac(secret, body);
            mac.is_some_and(|mac| signatures.iter().any(|one| mac.clone().verify_slice(one).is_ok()))
        };
        let matched = self.callback_secret.matching(is_signed)?;
        let event: Value =
            json::object(callback.text()?).map_err(|_| NotGenuine::Malformed("the body is not an event"))?;
        let id = event["id"].as_str().ok_or(NotGenuine::Malformed("the event has no id"))?;
        Notification::new(payment(&event).map(Lookup::payment), Covers::Body, matched, id)
    }

    fn sign_callback(&self, body: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
        let mac = mac(self.callback_secret.newest()?, body);
        let signature = mac.map(|mac| hex::encode(&mac.finalize().into_bytes())).unwrap_or_default();
        Ok(SignedCallback::new(vec![(SIGNATURE, format!("sha256={signature}"))], body.to_vec()))
    }
}

/// HMAC takes keys of any length, so there always is one.
fn mac(secret: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok().map(|mac| mac.chain_update(body))
}

/// A form with one field `id`, which anybody can send: two of them would be two payments in one hint.
fn classic(body: &str) -> Result<Notification, NotGenuine> {
    let ids: Vec<_> = body.split('&').filter_map(|field| field.strip_prefix("id=")).collect();
    match ids[..] {
        [id] if is_payment(id) => Notification::new([Lookup::payment(id)], Covers::Nothing, 0, id),
        _ => Err(NotGenuine::Malformed("without a signature it needs one field `id`, a payment's")),
    }
}

/// A payment's id, which has no character that a form would encode.
fn is_payment(id: &str) -> bool {
    let rest = id.strip_prefix("tr_").unwrap_or_default();
    !rest.is_empty() && rest.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
}

/// The payment itself, or the one that a refund, a chargeback or a capture belongs to.
fn payment(event: &Value) -> Option<&str> {
    let is_part = |kind: &str| ["refund.", "chargeback.", "capture."].iter().any(|it| kind.starts_with(it));
    let is_part = event["type"].as_str().is_some_and(is_part);
    let of_part = event["_embedded"]["entity"]["paymentId"].as_str().filter(|_| is_part);
    [event["entityId"].as_str(), of_part].into_iter().flatten().find(|id| id.starts_with("tr_"))
}

impl Mollie {
    /// Sets the signing secrets that webhooks may be signed with, newest first:
    /// several while one takes the place of another.
    ///
    /// ```
    /// use paystatus_mollie::{Mollie, SignsCallbacks};
    /// use std::time::SystemTime;
    ///
    /// let account = Mollie::new("<api key>");
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_err()); // nothing to sign with yet
    /// let account = account.with_callback_secrets(["new".into(), "old".into()]);
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_ok());
    /// ```
    #[must_use]
    pub fn with_callback_secrets(self, secrets: impl IntoIterator<Item = secrecy::SecretString>) -> Self {
        Self { callback_secret: CallbackSecrets::new(secrets), ..self }
    }
}
