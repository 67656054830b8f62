use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The HMAC-SHA256 of all these texts, one after the other with nothing between them, keyed with the secret's own bytes.
pub(crate) fn mac(secret: &str, texts: &[&str]) -> Option<Hmac<Sha256>> {
    // HMAC takes keys of any length, so there always is one.
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    Some(texts.iter().fold(mac, |mac, text| mac.chain_update(text)))
}
