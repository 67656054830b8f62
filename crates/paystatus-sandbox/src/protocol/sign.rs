//! The digests that providers sign with, written as they write them.

use std::fmt::Write;

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha512};

/// The HMAC-SHA256 of a message in hexadecimal, keyed with the secret's own bytes.
pub(super) fn hmac_sha256(secret: &str, message: &str) -> String {
    hex(&hmac_sha256_bytes(secret, message))
}

/// The HMAC-SHA512 in hexadecimal.
pub(super) fn hmac_sha512(secret: &str, message: &str) -> String {
    let mac = Hmac::<Sha512>::new_from_slice(secret.as_bytes());
    mac.map_or_else(|_| String::new(), |mac| hex(&mac.chain_update(message).finalize().into_bytes()))
}

/// The HMAC-SHA256 in Base64.
pub(super) fn hmac_sha256_base64(secret: &str, message: &str) -> String {
    BASE64_STANDARD.encode(hmac_sha256_bytes(secret, message))
}

fn hmac_sha256_bytes(secret: &str, message: &str) -> Vec<u8> {
    // A key of any length is a key, so there always is a result.
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
    mac.map_or_else(|_| Vec::new(), |mac| mac.chain_update(message).finalize().into_bytes().to_vec())
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What an `Authorization` header says for a name and a password, for tests.
#[cfg(test)]
pub(super) fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}")))
}
