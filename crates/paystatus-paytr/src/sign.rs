use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use paystatus_core::{Error, ErrorKind, credential};
use sha2::Sha256;

use crate::PayTr;

/// PayTR signs one text, which has the account's salt in it: HMAC-SHA256, keyed with the account's key.
pub(crate) struct Signed(Hmac<Sha256>);

/// Signs what stands before the salt, the salt, and what stands behind it, with nothing between them.
pub(crate) fn over(account: &PayTr, before: &str, behind: &str) -> Result<Signed, Error> {
    let key = credential::text("merchant_key", &account.merchant_key)?;
    let salt = credential::text("merchant_salt", &account.merchant_salt)?;
    // HMAC takes keys of any length, so there always is one.
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes())
        .map_err(|_| Error::new(ErrorKind::Config, "`merchant_key` can't sign"))?;
    Ok(Signed(mac.chain_update(before).chain_update(salt).chain_update(behind)))
}

impl Signed {
    /// As PayTR writes it.
    pub(crate) fn to_base64(&self) -> String {
        BASE64_STANDARD.encode(self.0.clone().finalize().into_bytes())
    }

    /// Compares in a time that does not depend on where the two differ.
    pub(crate) fn is(&self, base64: &str) -> bool {
        BASE64_STANDARD.decode(base64).is_ok_and(|stated| self.0.clone().verify_slice(&stated).is_ok())
    }
}
