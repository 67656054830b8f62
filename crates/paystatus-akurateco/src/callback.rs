use std::time::SystemTime;

use paystatus_core::{
    Callback, Covers, Error, ErrorKind, Lookup, NotGenuine, Notification, SignedCallback, SignsCallbacks,
    credential, hex, json,
};
use percent_encoding::percent_decode_str;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

use crate::{Akurateco, sign};

/// What the hash covers, in the order in which it does, and the hash itself.
const NAMES: [&str; 6] =
    ["id", "order_number", "order_amount", "order_currency", "order_description", "hash"];

/// What the hash covers.
pub(crate) const SIGNED: &[&str] = NAMES.as_slice().split_at(5).0;

/// How many fields a callback may have.
const MAX_FIELDS: usize = 200;

/// `hash` is built like a request's, over five fields and the account's password
/// (<https://docs.akurateco.com>, Callback, read 2026-11).
///
/// It covers which payment it is and its amount, and *not* `status`, `type` or `order_status`;
/// and the payer's browser gets the same hash in the return URL.
/// So a genuine callback proves that this payment exists with this amount: ask for its status.
///
/// ```
/// use paystatus_akurateco::{Akurateco, BaseUrl, Callback, Covers, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = Akurateco::new(BaseUrl::parse("https://checkout.example.com")?, "<merchant key>", "test-password");
/// let body = b"id=pay-1&order_number=DEP-123&order_amount=100.00&order_currency=USD\
///     &order_description=Test+deposit&status=settled&hash=65bc088322dd30aa959df1b049d96a8a3592d2dc";
///
/// let headers = http::HeaderMap::new();
/// let notification = account.verify_callback(&Callback::new(&headers, body, SystemTime::now())).unwrap();
/// assert_eq!(notification.payments()[0].id(), "pay-1");
/// assert!(matches!(notification.covers(), Covers::Fields(["id", ..])));
/// # Ok::<(), paystatus_akurateco::Error>(())
/// ```
impl SignsCallbacks for Akurateco {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let Fields { id, signed, hash } = Fields::read(callback.text()?)?;
        let password = credential::text("password", &self.password).map_err(|_| NotGenuine::NoSecret)?;
        let expected = self.callback_hash(&signed, password);
        let stated = hex::decode(&hash).ok_or(NotGenuine::BadSignature)?;
        if !bool::from(expected.ct_eq(stated.as_slice())) {
            return Err(NotGenuine::BadSignature);
        }
        // Callbacks that differ in the case of letters only have the same hash, and so must have the same key.
        let key = hex::encode(&Sha256::digest(signed.to_ascii_uppercase()));
        Notification::new([Lookup::payment(id)], Covers::Fields(SIGNED), 0, key)
    }

    fn sign_callback(&self, body: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
        let refuse =
            |why: &str| Error::new(ErrorKind::Rejected, format!("the callback can't be signed: {why}"));
        let text = std::str::from_utf8(body).map_err(|_| refuse("it is not text"))?.trim();
        let Fields { signed, hash, .. } = Fields::read(text).map_err(|why| refuse(&why.to_string()))?;
        if !hash.is_empty() {
            return Err(refuse("it has a `hash` already"));
        }
        let hash = hex::encode(&self.callback_hash(&signed, credential::text("password", &self.password)?));
        let (content_type, body) = match text.strip_suffix('}') {
            Some(fields) if is_json(text) => ("application/json", format!(r#"{fields},"hash":"{hash}"}}"#)),
            _ => ("application/x-www-form-urlencoded", format!("{text}&hash={hash}")),
        };
        Ok(SignedCallback::new(vec![("content-type", content_type.to_owned())], body.into_bytes()))
    }

    fn signed_with(&self) -> &'static str {
        "`password` and `digest`"
    }
}

impl Akurateco {
    fn callback_hash(&self, signed: &str, password: &str) -> [u8; 20] {
        sign::over(self.digest, &format!("{signed}{password}").to_ascii_uppercase())
    }
}

fn is_json(text: &str) -> bool {
    text.starts_with('{')
}

/// What must be decoded before the hash can be checked, and nothing else.
struct Fields {
    id: String,
    /// The signed fields, one after the other.
    signed: String,
    hash: String,
}

impl Fields {
    fn read(text: &str) -> Result<Self, NotGenuine> {
        let [id, number, amount, currency, description, hash] = match is_json(text) {
            true => in_json(text)?,
            false => in_form(text)?,
        };
        let signed = format!("{id}{number}{amount}{currency}{description}");
        Ok(Self { id, signed, hash })
    }
}

/// The fields of a form, each once at most; one that is absent is empty.
fn in_form(text: &str) -> Result<[String; 6], NotGenuine> {
    let mut values: [Option<String>; 6] = Default::default();
    for (index, pair) in text.split('&').enumerate() {
        if index == MAX_FIELDS {
            return Err(NotGenuine::Malformed("it has more fields than any callback"));
        }
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let Some(place) = NAMES.iter().position(|known| decoded(name).as_deref() == Some(*known)) else {
            continue;
        };
        let value = decoded(value).ok_or(NotGenuine::Malformed("a signed field is not UTF-8 text"))?;
        if values[place].replace(value).is_some() {
            return Err(NotGenuine::Malformed("a signed field is there twice"));
        }
    }
    Ok(values.map(Option::unwrap_or_default))
}

fn decoded(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// The fields of a flat object; a number counts as the text that it was written as.
fn in_json(text: &str) -> Result<[String; 6], NotGenuine> {
    let fields = json::members(text)
        .map_err(|_| NotGenuine::Malformed("it is not a flat JSON object with each field once"))?;
    let mut values: [String; 6] = Default::default();
    for (value, wanted) in values.iter_mut().zip(NAMES) {
        *value = match fields.iter().find(|(name, _)| name == wanted).map(|(_, raw)| *raw) {
            None | Some("null") => String::new(),
            Some(number) if number.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => number.to_owned(),
            Some(text) => serde_json::from_str(text)
                .map_err(|_| NotGenuine::Malformed("a signed field is neither a text nor a number"))?,
        };
    }
    Ok(values)
}
