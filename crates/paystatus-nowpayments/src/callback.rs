use std::time::SystemTime;

use hmac::{Hmac, KeyInit, Mac};
use paystatus_core::{
    Callback, CallbackSecrets, Covers, Error, ErrorKind, Lookup, NotGenuine, Notification, SignedCallback,
    SignsCallbacks, hex, json,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256, Sha512};

use crate::{NowPayments, reply};

const SIGNATURE: &str = "x-nowpayments-sig";

/// `x-nowpayments-sig` is the HMAC-SHA512, in hex, of the body written once more with its keys sorted at every level
/// and without white space, keyed with the IPN secret
/// (<https://documenter.getpostman.com/view/7907941/2s93JqTRWN>, read 2026-11).
///
/// The vendor's documentation and its library write lists in two ways, and each is taken.
/// There is no time in it, so an old callback can be sent again.
/// One more deposit to an address names the payment that the address was made for: ask about that one.
/// A callback about a payout or a subscription is genuine and names nothing to ask about.
///
/// ```
/// use paystatus_nowpayments::{Callback, Covers, NowPayments, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = NowPayments::new("<API key>").with_callback_secrets(["canary".into()]);
/// let now = SystemTime::now();
/// let signed = account.sign_callback(br#"{"payment_status":"finished","payment_id":4249365965}"#, now)?;
/// let mut headers = http::HeaderMap::new();
/// for (name, value) in &signed.headers {
///     headers.insert(*name, value.parse().unwrap());
/// }
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!(notification.payments()[0].id(), "4249365965");
/// assert_eq!(notification.covers(), Covers::Body);
/// # Ok::<(), paystatus_nowpayments::Error>(())
/// ```
impl SignsCallbacks for NowPayments {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        const MALFORMED: NotGenuine = NotGenuine::Malformed("the body is not an object about a payment");
        let text = callback.text()?;
        let signature = callback.header(SIGNATURE, "it needs one header `x-nowpayments-sig`")?;
        let signature = hex::decode(signature).ok_or(NotGenuine::BadSignature)?;
        let written = [Lists::Kept, Lists::Numbered].map(|lists| sorted(text, lists));
        let [Some(kept), Some(numbered)] = &written else { return Err(MALFORMED) };
        let is_of = |secret: &str, text: &str| {
            mac(secret, text).is_some_and(|mac| mac.verify_slice(&signature).is_ok())
        };
        let matched =
            self.callback_secret.matching(|secret| is_of(secret, kept) || is_of(secret, numbered))?;
        let event: Event = json::object(text).map_err(|_| MALFORMED)?;
        let payment = event.parent_payment_id.or(event.payment_id.clone());
        if payment.as_ref().is_some_and(|id| !id.bytes().all(|digit| digit.is_ascii_digit())) {
            return Err(MALFORMED);
        }
        let digest = || hex::encode(&Sha256::digest(kept));
        let key = match event.payment_id {
            Some(id) => {
                let status = event.payment_status.unwrap_or_default();
                format!("{id}:{status}:{}", event.updated_at.unwrap_or_else(digest))
            }
            None => digest(),
        };
        Notification::new(payment.map(Lookup::payment), Covers::Body, matched, key)
    }

    fn sign_callback(&self, body: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
        let secret = self.callback_secret.newest()?;
        let text = std::str::from_utf8(body).ok().and_then(|text| sorted(text, Lists::Kept));
        let text = text.ok_or_else(|| {
            Error::new(ErrorKind::Rejected, "the callback can't be signed: it is not a JSON object")
        })?;
        let mac = mac(secret, &text).map(|mac| hex::encode(&mac.finalize().into_bytes()));
        Ok(SignedCallback::new(vec![(SIGNATURE, mac.unwrap_or_default())], body.to_vec()))
    }
}

/// HMAC takes keys of any length, so there always is one.
fn mac(secret: &str, text: &str) -> Option<Hmac<Sha512>> {
    Hmac::<Sha512>::new_from_slice(secret.trim().as_bytes()).ok().map(|mac| mac.chain_update(text))
}

#[derive(Deserialize)]
struct Event {
    #[serde(default, deserialize_with = "reply::id")]
    payment_id: Option<String>,
    #[serde(default, deserialize_with = "reply::id")]
    parent_payment_id: Option<String>,
    #[serde(default, deserialize_with = "json::text")]
    payment_status: Option<String>,
    #[serde(default, deserialize_with = "json::text")]
    updated_at: Option<String>,
}

/// How a list is written.
#[derive(Clone, Copy)]
enum Lists {
    Kept,
    /// As the object that a list is in JavaScript: `{"0":7}`.
    Numbered,
}

/// The text of an object as JavaScript writes it once its keys are sorted, numbers to the letter;
/// nothing for another text, and for an object that has a key twice.
fn sorted(text: &str, lists: Lists) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    json::fields(text).ok().and_then(|_| write(text.trim(), lists, &mut out))?;
    Some(out)
}

fn write(json: &str, lists: Lists, out: &mut String) -> Option<()> {
    let fields = match (json.as_bytes().first()?, lists) {
        (b'{', _) => {
            let mut fields = json::fields(json).ok()?;
            fields.sort_by_cached_key(|(name, _)| place(name));
            fields
        }
        (b'[', Lists::Kept) => {
            return between(['[', ']'], members(json)?, out, |member, out| write(member, lists, out));
        }
        (b'[', Lists::Numbered) => members(json)?
            .into_iter()
            .enumerate()
            .map(|(index, member)| (index.to_string(), member))
            .collect(),
        (b'"', _) => {
            out.push_str(&serde_json::to_string(&serde_json::from_str::<String>(json).ok()?).ok()?);
            return Some(());
        }
        _ => {
            out.push_str(json);
            return Some(());
        }
    };
    between(['{', '}'], fields, out, |(name, value), out| {
        out.push_str(&serde_json::to_string(&name).ok()?);
        out.push(':');
        write(value, lists, out)
    })
}

fn members(json: &str) -> Option<Vec<&str>> {
    let members: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    Some(members.into_iter().map(RawValue::get).collect())
}

/// Writes items with commas between them and brackets around them.
fn between<T>(
    [open, close]: [char; 2],
    items: Vec<T>,
    out: &mut String,
    item: impl Fn(T, &mut String) -> Option<()>,
) -> Option<()> {
    out.push(open);
    for (index, each) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        item(each, out)?;
    }
    out.push(close);
    Some(())
}

/// Where a key stands in JavaScript: whole numbers come first, and others are compared by their UTF-16 units.
fn place(name: &str) -> (u32, Vec<u16>) {
    let number = name.parse::<u32>().ok().filter(|number| number.to_string() == name);
    (number.unwrap_or(u32::MAX), name.encode_utf16().collect())
}

impl NowPayments {
    /// Sets the IPN secrets that callbacks may be signed with, newest first: several while one takes the place of another.
    ///
    /// ```
    /// use paystatus_nowpayments::{NowPayments, SignsCallbacks};
    /// use std::time::SystemTime;
    ///
    /// let account = NowPayments::new("<API key>");
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_err()); // nothing to sign with yet
    /// let account = account.with_callback_secrets(["new".into(), "old".into()]);
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_ok());
    /// ```
    #[must_use]
    pub fn with_callback_secrets(self, secrets: impl IntoIterator<Item = secrecy::SecretString>) -> Self {
        Self { callback_secret: CallbackSecrets::new(secrets), ..self }
    }
}
