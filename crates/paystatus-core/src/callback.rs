use std::{
    borrow::Cow,
    collections::HashSet,
    time::{Duration, SystemTime},
};

use http::HeaderMap;
use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de};

use crate::{Error, ErrorKind, Lookup, credential};

/// The largest callback that is looked at, in bytes.
const MAX_BODY: usize = 64 << 10;

/// A callback as it arrived: raw headers, raw bytes, and when.
///
/// The bytes must be the very ones that were received: a body that was parsed and written again has another signature.
///
/// ```
/// use paystatus_core::Callback;
/// use std::time::SystemTime;
///
/// let headers = http::HeaderMap::new();
/// let callback = Callback::new(&headers, b"{}", SystemTime::now());
/// assert_eq!(callback.body(), b"{}");
/// ```
#[derive(Clone, Copy)]
pub struct Callback<'a> {
    headers: &'a HeaderMap,
    body: &'a [u8],
    received_at: SystemTime,
    url: Option<&'a str>,
    certificate: Option<&'a [u8]>,
}

/// What a genuine callback says: which payment to ask about. It never says that a payment is paid.
///
/// ```
/// use paystatus_core::{Covers, Lookup, Notification};
///
/// let notification = Notification::new([Lookup::payment("pay_001")], Covers::Body, 0, "key")?;
/// assert_eq!(notification.payments()[0].id(), "pay_001");
/// assert_eq!(notification.covers().as_str(), "body");
/// # Ok::<(), paystatus_core::NotGenuine>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notification {
    payments: Vec<Lookup>,
    covers: Covers,
    matched_secret: usize,
    key: String,
}

/// What a callback's signature covers.
///
/// ```
/// use paystatus_core::{Covers, Lookup, Notification};
///
/// let notification = Notification::new([Lookup::payment("pay_001")], Covers::Fields(&["id", "amount"]), 0, "key")?;
/// // Nobody signed a state here; and whatever was signed may be old: ask.
/// assert_eq!(notification.covers().as_str(), "fields");
/// # Ok::<(), paystatus_core::NotGenuine>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Covers {
    /// The whole body: nobody but the provider wrote any of it.
    Body,
    /// These fields, by the provider's own names; status and everything else may be anybody's words.
    ///
    /// It can prove less than it seems to.
    /// Where a provider hashes fields one after the other with nothing between them,
    /// characters can be moved from one field to its neighbour without breaking the hash:
    /// then only the text of all fields together is proven, and no field by itself.
    /// Where the payer's browser is given the same hash, it is no secret either.
    /// So ask about the payment, and compare amount and reference with your own order.
    Fields(&'static [&'static str]),
    /// Nothing: a constant text that whoever saw one callback can send with another.
    Nothing,
}

impl Covers {
    /// The word for it in JSON: `"body"`, `"fields"` or `"nothing"`.
    ///
    /// ```
    /// assert_eq!(paystatus_core::Covers::Fields(&["id"]).as_str(), "fields");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Fields(_) => "fields",
            Self::Nothing => "nothing",
        }
    }
}

/// Why a callback is not to be acted upon.
///
/// ```
/// use paystatus_core::{CallbackSecrets, Lookup, NotGenuine};
/// use std::time::Duration;
///
/// assert_eq!(CallbackSecrets::default().matching(|_| true), Err(NotGenuine::NoSecret));
/// let late = NotGenuine::Stale { by: Duration::from_secs(900), payments: vec![Lookup::payment("pay_001")] };
/// assert_eq!(late.to_string(), "the callback is 900 s away from the time that it says, more than is tolerated");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotGenuine {
    /// The signature is not that of any of the secrets.
    ///
    /// *Usual cause:* another secret, or a body that was changed on its way through a framework.
    /// *What to do:* check what [`SignsCallbacks::signed_with`] names, and verify the raw bytes.
    #[error("the signature is not that of any of the secrets")]
    BadSignature,
    /// The signature is genuine, and its time is too far from the time of arrival.
    ///
    /// *Usual cause:* a late retry, a replay, or a clock that is wrong. *What to do:* ask for the payment's status.
    #[error("the callback is {} s away from the time that it says, more than is tolerated", .by.as_secs())]
    Stale {
        /// How far apart the two times are.
        by: Duration,
        /// The payments to ask about: the body is genuine, only late.
        payments: Vec<Lookup>,
    },
    /// It does not have the documented form.
    ///
    /// *Usual cause:* somebody else's request. *What to do:* nothing.
    #[error("the callback is malformed: {0}")]
    Malformed(&'static str),
    /// There is no secret to verify with: a defect of the configuration, not of the callback.
    ///
    /// *What to do:* set what [`SignsCallbacks::signed_with`] names; the provider has it.
    #[error("there is no usable secret to verify with: ask the provider for it")]
    NoSecret,
    /// The provider signs nothing: whatever arrives is only a reason to ask.
    #[error("this provider does not sign callbacks: ask for the status instead")]
    Unsigned,
}

impl NotGenuine {
    /// The word for it in JSON: `"bad_signature"`, `"stale"`, `"malformed"`, `"no_secret"` or `"unsigned"`.
    ///
    /// ```
    /// assert_eq!(paystatus_core::NotGenuine::BadSignature.as_str(), "bad_signature");
    /// ```
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::BadSignature => "bad_signature",
            Self::Stale { .. } => "stale",
            Self::Malformed(_) => "malformed",
            Self::NoSecret => "no_secret",
            Self::Unsigned => "unsigned",
        }
    }
}

/// A provider that signs its callbacks.
///
/// A provider without this trait has no signed callbacks, and the compiler says so.
///
/// ```
/// use paystatus_core::{Callback, Covers, Error, Lookup, NotGenuine, Notification, SignedCallback, SignsCallbacks};
/// use std::time::SystemTime;
///
/// /// A double for a receiver's tests: genuine is what says so.
/// struct Double;
///
/// impl SignsCallbacks for Double {
///     fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
///         let (signature, id) = (callback.header("x-signature", "it has no signature")?, callback.text()?);
///         match signature {
///             "genuine" => Notification::new([Lookup::payment(id)], Covers::Body, 0, id),
///             _ => Err(NotGenuine::BadSignature),
///         }
///     }
///
///     fn sign_callback(&self, body: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
///         Ok(SignedCallback::new(vec![("x-signature", "genuine".to_owned())], body.to_vec()))
///     }
/// }
///
/// let signed = Double.sign_callback(b"pay_001", SystemTime::now())?;
/// let mut headers = http::HeaderMap::new();
/// headers.insert(signed.headers[0].0, signed.headers[0].1.parse().unwrap());
/// let callback = Callback::new(&headers, &signed.body, SystemTime::now());
/// assert_eq!(Double.verify_callback(&callback).unwrap().payments()[0].id(), "pay_001");
/// # Ok::<(), paystatus_core::Error>(())
/// ```
pub trait SignsCallbacks: Send + Sync {
    /// Verifies a callback, over its raw bytes.
    ///
    /// # Errors
    /// [`NotGenuine`], telling a wrong signature from a late or malformed callback.
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine>;

    /// Signs a callback as the provider would, with the first secret: for tests.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] without a usable secret, [`ErrorKind::Rejected`] for a body that can't be signed.
    fn sign_callback(&self, body: &[u8], at: SystemTime) -> Result<SignedCallback, Error>;

    /// Names the account's settings that a signature depends on, for messages.
    ///
    /// It is `callback_secret`, except with providers that sign with something else.
    fn signed_with(&self) -> &'static str {
        "`callback_secret`"
    }
}

/// A callback that was signed: what to send. Its `Debug` shows neither signature nor body.
///
/// ```
/// use paystatus_core::SignedCallback;
///
/// let signed = SignedCallback::new(vec![("x-signature", "canary".to_owned())], b"{}".to_vec());
/// assert_eq!(format!("{signed:?}"), "SignedCallback(1 headers, 2 bytes)");
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedCallback {
    /// The headers that carry the signature.
    pub headers: Vec<(&'static str, String)>,
    /// The body, with the signature in it where the provider puts it there.
    pub body: Vec<u8>,
}

impl SignedCallback {
    /// Puts headers and body together.
    pub fn new(headers: Vec<(&'static str, String)>, body: Vec<u8>) -> Self {
        Self { headers, body }
    }
}

impl std::fmt::Debug for SignedCallback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignedCallback({} headers, {} bytes)", self.headers.len(), self.body.len())
    }
}

impl<'a> Callback<'a> {
    /// Takes a callback as it arrived.
    ///
    /// ```
    /// use paystatus_core::Callback;
    /// use std::time::SystemTime;
    /// let headers = http::HeaderMap::new();
    /// assert_eq!(Callback::new(&headers, b"{}", SystemTime::UNIX_EPOCH).received_at(), SystemTime::UNIX_EPOCH);
    /// ```
    pub fn new(headers: &'a HeaderMap, body: &'a [u8], received_at: SystemTime) -> Self {
        Self { headers, body, received_at, url: None, certificate: None }
    }

    /// Adds the whole URL that was called, as the provider has it, for providers that sign it or its query.
    ///
    /// ```
    /// use paystatus_core::Callback;
    /// use std::time::SystemTime;
    /// let headers = http::HeaderMap::new();
    /// let callback = Callback::new(&headers, b"{}", SystemTime::now()).at_url("https://shop.example/hook?id=7");
    /// assert_eq!(callback.url(), Some("https://shop.example/hook?id=7"));
    /// ```
    #[must_use]
    pub fn at_url(self, url: &'a str) -> Self {
        Self { url: Some(url), ..self }
    }

    /// Adds the certificate that the provider signs with, in PEM or DER, for providers that sign by one:
    /// fetched and checked by the caller, never from an address that a callback names unchecked.
    ///
    /// ```
    /// use paystatus_core::Callback;
    /// use std::time::SystemTime;
    /// let headers = http::HeaderMap::new();
    /// let callback = Callback::new(&headers, b"{}", SystemTime::now()).with_certificate(b"-----BEGIN");
    /// assert!(callback.certificate().is_some());
    /// ```
    #[must_use]
    pub fn with_certificate(self, certificate: &'a [u8]) -> Self {
        Self { certificate: Some(certificate), ..self }
    }

    /// The URL that was called, if the caller said it.
    pub fn url(&self) -> Option<&'a str> {
        self.url
    }

    /// The certificate that the provider signs with, if the caller brought it.
    pub fn certificate(&self) -> Option<&'a [u8]> {
        self.certificate
    }

    /// The raw bytes.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// When it arrived.
    pub fn received_at(&self) -> SystemTime {
        self.received_at
    }

    /// For providers: a header that must be there once.
    ///
    /// # Errors
    /// [`NotGenuine::Malformed`] with the reason that is given.
    pub fn header(&self, name: &str, missing: &'static str) -> Result<&'a str, NotGenuine> {
        let mut values = self.headers.get_all(name).iter();
        match (values.next().map(http::HeaderValue::to_str), values.next()) {
            (Some(Ok(value)), None) => Ok(value.trim()),
            _ => Err(NotGenuine::Malformed(missing)),
        }
    }

    /// For providers: the body, if it is not too large to be a callback.
    ///
    /// # Errors
    /// [`NotGenuine::Malformed`] over 64 KiB.
    pub fn bounded_body(&self) -> Result<&'a [u8], NotGenuine> {
        if self.body.len() > MAX_BODY {
            return Err(NotGenuine::Malformed("the body is larger than any callback"));
        }
        Ok(self.body)
    }

    /// For providers: the body as text, if it is that and not too large.
    ///
    /// # Errors
    /// [`NotGenuine::Malformed`] over 64 KiB, and for anything but UTF-8.
    pub fn text(&self) -> Result<&'a str, NotGenuine> {
        std::str::from_utf8(self.bounded_body()?)
            .map_err(|_| NotGenuine::Malformed("the body is not UTF-8 text"))
    }

    /// For providers: the fields of a form-encoded body, decoded, in their order; each name is there once.
    ///
    /// # Errors
    /// [`NotGenuine::Malformed`] for a field that is there twice, and for what is not UTF-8 text or too large.
    ///
    /// ```
    /// use paystatus_core::Callback;
    /// use std::time::SystemTime;
    /// let headers = http::HeaderMap::new();
    /// let form = |body| Callback::new(&headers, body, SystemTime::UNIX_EPOCH).form();
    /// assert_eq!(form(b"id=a%2B1&note=b+c").unwrap()[1], ("note".to_owned(), "b c".to_owned()));
    /// assert!(form(b"id=1&%69d=2").is_err());
    /// assert!(form(b"id=%ff").is_err());
    /// ```
    pub fn form(&self) -> Result<Vec<(String, String)>, NotGenuine> {
        let decoded = |text: &str| {
            let spaced = text.replace('+', " ");
            let text = percent_decode_str(&spaced).decode_utf8().map(Cow::into_owned);
            text.map_err(|_| NotGenuine::Malformed("a field of the form is not UTF-8 text"))
        };
        let (mut fields, mut names) = (Vec::new(), HashSet::new());
        for pair in self.text()?.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name)?, decoded(value)?);
            if !names.insert(name.clone()) {
                return Err(NotGenuine::Malformed("a field of the form is there twice"));
            }
            fields.push((name, value));
        }
        Ok(fields)
    }
}

impl std::fmt::Debug for Callback<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Callback({} bytes)", self.body.len())
    }
}

/// Without the key, which may be the callback's own text.
impl std::fmt::Debug for Notification {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { payments, covers, matched_secret, .. } = self;
        let mut shown = f.debug_struct("Notification");
        shown.field("payments", payments).field("covers", covers).field("matched_secret", matched_secret);
        shown.finish_non_exhaustive()
    }
}

impl Notification {
    /// For providers: states what was learned.
    ///
    /// # Errors
    /// [`NotGenuine::Malformed`] if nobody can be asked about a payment, because its id is none, signed or not:
    /// empty, `.`, `..` or longer than 255 bytes.
    ///
    /// ```
    /// use paystatus_core::{Covers, Lookup, NotGenuine, Notification};
    /// let nobody = Notification::new([Lookup::payment("..")], Covers::Body, 0, "key");
    /// assert!(matches!(nobody, Err(NotGenuine::Malformed(_))));
    /// ```
    pub fn new(
        payments: impl IntoIterator<Item = Lookup>,
        covers: Covers,
        matched_secret: usize,
        key: impl Into<String>,
    ) -> Result<Self, NotGenuine> {
        let payments: Vec<_> = payments.into_iter().collect();
        if payments.iter().any(|payment| payment.any_id().is_err()) {
            return Err(NotGenuine::Malformed("the id in it is none that can be asked about"));
        }
        Ok(Self { payments, covers, matched_secret, key: key.into() })
    }

    /// For providers: tells a callback whose time is too far from its arrival, in either direction, from one that is not.
    ///
    /// # Errors
    /// [`NotGenuine::Stale`], with the payments to ask about.
    ///
    /// ```
    /// use paystatus_core::{Covers, Lookup, NotGenuine, Notification};
    /// use std::time::{Duration, SystemTime};
    ///
    /// let minute = Duration::from_secs(60);
    /// let (stated, arrival) = (SystemTime::UNIX_EPOCH + minute, SystemTime::UNIX_EPOCH);
    /// let notification = Notification::new([Lookup::payment("pay_001")], Covers::Body, 0, "evt_7")?;
    /// assert!(notification.clone().unless_stale(stated, arrival, minute).is_ok());
    /// let stale = notification.unless_stale(stated, arrival, minute / 2);
    /// assert!(matches!(stale, Err(NotGenuine::Stale { by, .. }) if by == minute));
    /// # Ok::<(), NotGenuine>(())
    /// ```
    pub fn unless_stale(
        self,
        stated: SystemTime,
        arrival: SystemTime,
        tolerance: Duration,
    ) -> Result<Self, NotGenuine> {
        let by = stated.duration_since(arrival).unwrap_or_else(|early| early.duration());
        if by > tolerance { Err(NotGenuine::Stale { by, payments: self.payments }) } else { Ok(self) }
    }

    /// The payments to ask about: one with most providers, several where events come in batches,
    /// none where an event is about something else.
    pub fn payments(&self) -> &[Lookup] {
        &self.payments
    }

    /// What the signature covered.
    pub fn covers(&self) -> Covers {
        self.covers
    }

    /// Which of the secrets matched, counted from 0: once no callback matches the old one, it can go.
    pub fn matched_secret(&self) -> usize {
        self.matched_secret
    }

    /// A key made of what was signed and nothing else: the same for a callback that is sent again.
    ///
    /// It is for doing a thing once, not for asking once:
    /// where the signature covers no status, two callbacks about different states have the same key.
    ///
    /// ```
    /// use paystatus_core::{Covers, Lookup, Notification};
    /// let notification = Notification::new([Lookup::payment("pay_001")], Covers::Body, 1, "evt_7")?;
    /// assert_eq!(notification.deduplication_key(), "evt_7");
    /// assert_eq!(notification.matched_secret(), 1); // the older of two
    /// # Ok::<(), paystatus_core::NotGenuine>(())
    /// ```
    pub fn deduplication_key(&self) -> &str {
        &self.key
    }
}

/// The secrets that callbacks may be signed with, newest first: several while one takes the place of another.
///
/// It is read from a configuration as one secret or a list of them.
///
/// ```
/// use paystatus_core::CallbackSecrets;
///
/// let secrets = CallbackSecrets::new(["new".into(), "old".into()]);
/// assert_eq!(secrets.matching(|secret| secret == "old"), Ok(1));
/// assert!(secrets.matching(|secret| secret == "other").is_err());
/// ```
#[derive(Clone, Debug, Default)]
pub struct CallbackSecrets(Vec<SecretString>);

impl CallbackSecrets {
    /// Takes one or several secrets, newest first.
    ///
    /// ```
    /// use paystatus_core::CallbackSecrets;
    /// assert_eq!(CallbackSecrets::new(["new".into(), "old".into()]).newest()?, "new");
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn new(secrets: impl IntoIterator<Item = SecretString>) -> Self {
        Self(secrets.into_iter().collect())
    }

    /// For providers: the index of the first secret that a signature matches; every secret is tried.
    ///
    /// # Errors
    /// [`NotGenuine::BadSignature`] if none matches, [`NotGenuine::NoSecret`] if there is none that is usable.
    pub fn matching(&self, mut matches: impl FnMut(&str) -> bool) -> Result<usize, NotGenuine> {
        let mut result = Err(NotGenuine::NoSecret);
        for (index, secret) in self.0.iter().enumerate() {
            let Ok(secret) = credential::text("callback_secret", secret) else { continue };
            let is_match = matches(secret);
            result = match result {
                Ok(first) => Ok(first),
                Err(_) if is_match => Ok(index),
                Err(_) => Err(NotGenuine::BadSignature),
            };
        }
        result
    }

    /// For providers: the newest secret, to sign with.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if there is none, or it is not usable.
    pub fn newest(&self) -> Result<&str, Error> {
        let newest = self.0.first().ok_or_else(|| {
            Error::new(
                ErrorKind::Config,
                "`callback_secret` is missing: it verifies callbacks, ask the provider for it",
            )
        })?;
        credential::text("callback_secret", newest)
    }
}

impl<'de> Deserialize<'de> for CallbackSecrets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = CallbackSecrets;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a secret, or a list of secrets")
            }

            fn visit_str<E: de::Error>(self, secret: &str) -> Result<CallbackSecrets, E> {
                Ok(CallbackSecrets::new([secret.into()]))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<CallbackSecrets, A::Error> {
                let mut secrets = Vec::new();
                while let Some(secret) = list.next_element()? {
                    secrets.push(secret);
                }
                Ok(CallbackSecrets(secrets))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}
