use std::time::SystemTime;

use http::HeaderMap;
use paystatus_core::{
    Callback, Covers, Error, ErrorKind, Lookup, NotGenuine, Notification, SignedCallback, SignsCallbacks,
    credential, hex,
};
use subtle::ConstantTimeEq;

use crate::{PayU, sign};

/// The fields of a webhook that are signed, in their order: five empty ones stand behind the first,
/// and the charges, where there are any, before all.
#[rustfmt::skip]
const SIGNED: [&str; 13] = [
    "status", "udf5", "udf4", "udf3", "udf2", "udf1", "email", "firstname", "productinfo", "amount", "txnid", "key", "additionalCharges",
];
pub(crate) const COVERS: Covers = Covers::Fields(&SIGNED);

/// A webhook is a form with a `hash` in it: the SHA-512 in hex of the salt and eleven fields, the last of them the
/// merchant's key, with bars between them, and before all the charges on top where there are any
/// (<https://docs.payu.in/docs/webhook-events-and-sample-payloads>, npm `payu-websdk` 1.3.1, read 2026-11).
///
/// PayU's own id, `unmappedstatus`, what was debited and the time are not covered, and a bar in a field can be shifted
/// into its neighbour: it names the order, and decides nothing. The deduplication key is made of what was signed.
/// Refunds and disputes are told in JSON, which nobody signs.
///
/// ```
/// use paystatus_payu::{Callback, Lookup, PayU, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = PayU::new("PkEy77", "canary");
/// let now = SystemTime::now();
/// let signed = account.sign_callback(b"status=success&key=PkEy77&txnid=order-8123&amount=10.50", now)?;
/// let headers = http::HeaderMap::new();
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!(notification.payments(), [Lookup::order("order-8123")]);
/// assert_eq!(notification.covers().as_str(), "fields");
/// # Ok::<(), paystatus_payu::Error>(())
/// ```
impl SignsCallbacks for PayU {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        if callback.text()?.trim_start().starts_with(['{', '[']) {
            return Err(NotGenuine::Unsigned);
        }
        let fields = callback.form()?;
        let missing = NotGenuine::Malformed("it needs the fields `hash` and `txnid`");
        let (given, txnid) = field(&fields, "hash").zip(field(&fields, "txnid")).ok_or(missing)?;
        let expected = self.hash(&fields).map_err(|_| NotGenuine::NoSecret)?;
        let is_signed = hex::decode(given).is_some_and(|given| expected.as_slice().ct_eq(&given).into());
        let is_ours = credential::text("merchant_key", &self.merchant_key).ok() == field(&fields, "key");
        if !is_signed {
            return Err(NotGenuine::BadSignature);
        }
        if !is_ours {
            return Err(NotGenuine::Malformed("its `key` is not `merchant_key`"));
        }
        if txnid.contains('|') {
            return Err(NotGenuine::Malformed("the txnid has a bar, which none can have"));
        }
        Notification::new([Lookup::order(txnid)], COVERS, 0, hex::encode(&expected))
    }

    fn sign_callback(&self, body: &[u8], at: SystemTime) -> Result<SignedCallback, Error> {
        let headers = HeaderMap::new();
        let callback = Callback::new(&headers, body, at);
        let text = callback.text().ok().filter(|text| !text.trim_start().starts_with(['{', '[']));
        let fields = text.and_then(|_| callback.form().ok());
        let fields = fields.filter(|fields| field(fields, "hash").is_none());
        let unsignable = || Error::new(ErrorKind::Rejected, "the body is not a form without a `hash`");
        let hash = hex::encode(&self.hash(&fields.ok_or_else(unsignable)?)?);
        Ok(SignedCallback::new(Vec::new(), [body, b"&hash=", hash.as_bytes()].concat()))
    }

    fn signed_with(&self) -> &'static str {
        "`merchant_key` and `salt`"
    }
}

/// The value of a field, if it is not empty.
fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let value = fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
    value.filter(|value| !value.is_empty())
}

impl PayU {
    fn hash(&self, fields: &[(String, String)]) -> Result<[u8; 64], Error> {
        let salt = credential::text("salt", &self.salt)?;
        let value = |name| field(fields, name).unwrap_or_default();
        let [status, others @ .., charges] = SIGNED;
        let charges = field(fields, charges).into_iter();
        let parts = charges.chain([salt, value(status), "", "", "", "", ""]).chain(others.map(value));
        Ok(sign::sha512(&parts.collect::<Vec<_>>()))
    }
}
