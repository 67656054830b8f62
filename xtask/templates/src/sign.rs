use hmac::{Hmac, KeyInit, Mac};
use paystatus_core::{Error, credential, hex};
use secrecy::SecretString;
use sha2::Sha256;

use crate::Acme;

// FILL IN: what is signed, in which order, with which hash, and the documented example in its test.
/// The HMAC-SHA256 of the id in hex, keyed with the secret's own bytes.
pub(crate) fn signature(account: &Acme, id: &str) -> Result<SecretString, Error> {
    let secret = credential::text("signing_secret", &account.signing_secret)?;
    // HMAC takes keys of any length, so there always is one.
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map(|mac| mac.chain_update(id));
    Ok(mac.map(|mac| hex::encode(&mac.finalize().into_bytes())).unwrap_or_default().into())
}

#[cfg(test)]
mod tests {
    use paystatus_core::BaseUrl;
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn the_id_and_the_secret_make_the_signature() {
        let base_url = BaseUrl::parse("https://pay.example.com").unwrap();
        let sign = |secret: &str, id| signature(&Acme::new(base_url.clone(), "key", secret), id).unwrap();
        // RFC 4231, test case 2.
        let known = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(sign("Jefe", "what do ya want for nothing?").expose_secret(), known);
        assert_ne!(sign("Jefe", "pay_001").expose_secret(), sign("Jefe", "pay_002").expose_secret());
    }
}
