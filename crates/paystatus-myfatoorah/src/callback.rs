use std::time::SystemTime;

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use paystatus_core::{
    Callback, CallbackSecrets, Covers, Error, ErrorKind, Lookup, NotGenuine, Notification, SignedCallback,
    SignsCallbacks, hex, json,
};
use sha2::{Digest, Sha256};

use crate::MyFatoorah;

const SIGNATURE: &str = "myfatoorah-signature";

/// What the signature of an event of version 2 covers, in its order; the amount is not among them.
#[rustfmt::skip]
pub(crate) const SIGNED: &[&str] =
    &["Invoice.Id", "Invoice.Status", "Transaction.Status", "Transaction.PaymentId", "Invoice.ExternalIdentifier"];

const MALFORMED: NotGenuine =
    NotGenuine::Malformed("the body is no event of which the signature is documented");

/// `MyFatoorah-Signature` is an HMAC-SHA256 in base64, keyed with the webhook's secret: over five fields of an event of
/// version 2, or over all fields of the `Data` of version 1
/// (<https://docs.myfatoorah.com/docs/webhook-v2-payment-status-data-model>, read 2026-11).
///
/// No time is signed, so an old webhook can be sent again; nor is `Event.Reference`:
/// the deduplication key is a digest of what is. Events come in any order, and a success overrides a failure.
///
/// ```
/// use paystatus_myfatoorah::{Callback, Covers, MyFatoorah, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = MyFatoorah::new("<token>").with_callback_secrets(["canary".into()]);
/// let now = SystemTime::now();
/// let event = br#"{"Event":{"Code":1},"Data":{"Invoice":{"Id":"915102","Status":"PAID"},"Transaction":{"Status":"SUCCESS"}}}"#;
/// let signed = account.sign_callback(event, now)?;
/// let mut headers = http::HeaderMap::new();
/// for (name, value) in &signed.headers {
///     headers.insert(*name, value.parse().unwrap());
/// }
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!(notification.payments()[0].id(), "915102");
/// assert!(matches!(notification.covers(), Covers::Fields(["Invoice.Id", ..])));
/// # Ok::<(), paystatus_myfatoorah::Error>(())
/// ```
impl SignsCallbacks for MyFatoorah {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let signature = callback.header(SIGNATURE, "it needs one header `MyFatoorah-Signature`")?;
        let (text, covers, id) = signed(callback.text()?).ok_or(MALFORMED)?;
        let signature = BASE64_STANDARD.decode(signature).map_err(|_| NotGenuine::BadSignature)?;
        let is_signed =
            |secret: &str| mac(secret, &text).is_some_and(|mac| mac.verify_slice(&signature).is_ok());
        let matched = self.callback_secret.matching(is_signed)?;
        let key = hex::encode(&Sha256::digest(text));
        Notification::new(id.map(Lookup::payment), Covers::Fields(covers), matched, key)
    }

    fn sign_callback(&self, body: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
        let refuse = || Error::new(ErrorKind::Rejected, "only an event of a documented form can be signed");
        let (text, ..) = std::str::from_utf8(body).ok().and_then(signed).ok_or_else(refuse)?;
        let mac = mac(self.callback_secret.newest()?, &text);
        let signature =
            mac.map(|mac| BASE64_STANDARD.encode(mac.finalize().into_bytes())).unwrap_or_default();
        Ok(SignedCallback::new(vec![(SIGNATURE, signature)], body.to_vec()))
    }
}

/// HMAC takes keys of any length, so there always is one.
fn mac(secret: &str, text: &str) -> Option<Hmac<Sha256>> {
    Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok().map(|mac| mac.chain_update(text))
}

/// The text that an event signs, what that covers, and whom it is about.
type Signed = (String, &'static [&'static str], Option<String>);

fn signed(body: &str) -> Option<Signed> {
    let parts = json::members(body).ok()?;
    let part = |wanted| find(&parts, wanted).unwrap_or("null");
    let mut data = json::members(part("Data")).ok()?;
    let (fields, covers) = match json::members(part("Event")) {
        // Version 2: some fields of the parts, in a fixed order; one that is not there is empty.
        Ok(event) if find(&event, "Code") == Some("1") => {
            let field = |path: &&'static str| {
                let (part, name) = path.split_once('.')?;
                let part = json::members(find(&data, part)?).ok()?;
                find(&part, name)
            };
            let fields = SIGNED.iter().map(|path| ((*path).to_owned(), field(path).unwrap_or("null")));
            (fields.collect(), SIGNED)
        }
        // Version 1: all fields in the order of their names without regard to case, but for one of a refund.
        Err(_) if part("EventType").parse::<u32>().is_ok() => {
            data.retain(|(name, _)| part("EventType") != "2" || name != "GatewayReference");
            data.sort_by_key(|(name, _)| name.to_ascii_lowercase());
            (data, &["Data"][..])
        }
        _ => return None,
    };
    let fields = fields.into_iter().map(|(name, raw)| Some((name, text(raw)?)));
    let fields: Vec<(String, String)> = fields.collect::<Option<_>>()?;
    let named = |wanted: &&str| fields.iter().find(|(name, text)| name == wanted && !text.is_empty());
    let names = ["Invoice.Id", "InvoiceId", "Transaction.PaymentId", "PaymentId"];
    let id = names.iter().find_map(named).map(|(_, id)| id.clone());
    let pairs: Vec<_> = fields.iter().map(|(name, text)| format!("{name}={text}")).collect();
    Some((pairs.join(","), covers, id))
}

fn find<'a>(members: &[(String, &'a str)], wanted: &str) -> Option<&'a str> {
    members.iter().find(|(name, _)| name == wanted).map(|(_, raw)| *raw)
}

/// A text, a number as it is written, or nothing for null.
fn text(raw: &str) -> Option<String> {
    match raw.as_bytes().first() {
        Some(b'"') => serde_json::from_str(raw).ok(),
        Some(b'-' | b'0'..=b'9') => Some(raw.to_owned()),
        _ => (raw == "null").then(String::new),
    }
}

impl MyFatoorah {
    /// Sets the secrets that webhooks may be signed with, newest first: several while one takes the place of another.
    ///
    /// ```
    /// use paystatus_myfatoorah::{MyFatoorah, SignsCallbacks};
    /// use std::time::SystemTime;
    ///
    /// let event = br#"{"EventType":1,"Data":{"InvoiceId":586170}}"#;
    /// let account = MyFatoorah::new("<token>");
    /// assert!(account.sign_callback(event, SystemTime::now()).is_err()); // nothing to sign with yet
    /// let account = account.with_callback_secrets(["new".into(), "old".into()]);
    /// assert!(account.sign_callback(event, SystemTime::now()).is_ok());
    /// ```
    #[must_use]
    pub fn with_callback_secrets(self, secrets: impl IntoIterator<Item = secrecy::SecretString>) -> Self {
        Self { callback_secret: CallbackSecrets::new(secrets), ..self }
    }
}
