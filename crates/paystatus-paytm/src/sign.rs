use aes::Aes128;
use base64::{Engine, prelude::BASE64_STANDARD};
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use paystatus_core::{Error, ErrorKind, credential, hex};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::Paytm;

const IV: [u8; 16] = *b"@@@@&&&&####$$$$";

/// The merchant's key, with which texts are signed.
pub(crate) struct Key([u8; 16]);

impl Key {
    pub(crate) fn of(account: &Paytm) -> Result<Self, Error> {
        let key = credential::text("merchant_key", &account.merchant_key)?.as_bytes().try_into();
        let refuse =
            |_| Error::new(ErrorKind::Config, "`merchant_key` has not 16 bytes: copy it as it stands");
        key.map(Self).map_err(refuse)
    }

    /// The SHA-256 of the text and a salt of four characters, with the salt behind it, encrypted with the key.
    pub(crate) fn sign(&self, text: &str, salt: &str) -> String {
        let cipher = cbc::Encryptor::<Aes128>::new(&self.0.into(), &IV.into());
        BASE64_STANDARD.encode(cipher.encrypt_padded_vec::<Pkcs7>(hash(text, salt).as_bytes()))
    }

    /// Tells whether a text has this signature, which brings its own salt.
    pub(crate) fn has_signed(&self, text: &str, signature: &str) -> bool {
        let decrypted = || {
            let encrypted = BASE64_STANDARD.decode(signature).ok()?;
            let cipher = cbc::Decryptor::<Aes128>::new(&self.0.into(), &IV.into());
            String::from_utf8(cipher.decrypt_padded_vec::<Pkcs7>(&encrypted).ok()?).ok()
        };
        decrypted().is_some_and(|stated| {
            let salt = stated.len().checked_sub(4).and_then(|end| stated.get(end..));
            salt.is_some_and(|salt| hash(text, salt).as_bytes().ct_eq(stated.as_bytes()).into())
        })
    }
}

fn hash(text: &str, salt: &str) -> String {
    format!("{}{salt}", hex::encode(&Sha256::digest(format!("{text}|{salt}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_are_made_and_verified() {
        let key = Key::of(&Paytm::new("mid", "canarykey#123456")).unwrap();
        for (text, signature) in [
            (
                r#"{"mid":"INTEGR00000000000001","orderId":"ORDERID_98765"}"#,
                "w0l5yiyPHvU6qZtraL/mf4RVxq5wwvdEpB6tU6Qv6G/Ir2c8v2YXTiwDKgbBid6AKtcbA0lBWnS5VmZFZk0kh8OZUrmCXU826z7bajR4HzM=",
            ),
            (
                "|INR|INTEGR00000000000001|ORDERID_98765|01|TXN_SUCCESS|1.00",
                "mx+6Uo9TyzChWoPReYei0J1ztqbpjoUFe2LPcw91tutgVMscrLYHDDpPPEJURdhTrq88qTpNxB0GAF28p+Xe8vYL9e3WLKWhn0CuziK/2OM=",
            ),
        ] {
            assert_eq!(key.sign(text, "c2Fs"), signature);
            assert!(key.has_signed(text, signature) && key.has_signed(text, &key.sign(text, "1a2b")));
            assert!(!key.has_signed(&text.replace('1', "2"), signature));
            assert!(!key.has_signed(text, &key.sign(text, "").replace('=', "")));
        }
        for odd in ["", "=", "x", "d3Jvbmc=", "AAAAAAAAAAAAAAAAAAAAAA=="] {
            assert!(!key.has_signed("", odd), "{odd}");
        }
    }
}
