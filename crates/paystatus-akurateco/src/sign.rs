use md5::Md5;
use paystatus_core::hex;
use serde::Deserialize;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;

/// The inner digest of an account's hashes; the outer one is always SHA-1
/// (<https://docs.akurateco.com>, read 2026-11).
///
/// ```
/// use paystatus_akurateco::Digest;
///
/// let configured: Digest = serde_json::from_str(r#""sha256""#).unwrap(); // digest = "sha256"
/// assert_eq!(configured, Digest::Sha256);
/// assert_eq!(Digest::default(), Digest::Md5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Digest {
    /// MD5, what an account has unless it was set up otherwise.
    #[default]
    Md5,
    /// SHA-256.
    Sha256,
}

/// A request's hash, in hex: over the id and the password, nothing between the two.
pub(crate) fn hash(digest: Digest, id: &str, password: &str) -> String {
    hex::encode(&over(digest, &format!("{id}{password}").to_uppercase()))
}

/// `SHA1(hex(digest(text)))`, lower-case hex; the caller has upper-cased the text, as requests and callbacks
/// do in different ways.
pub(crate) fn over(digest: Digest, text: &str) -> [u8; 20] {
    let inner = match digest {
        Digest::Md5 => hex::encode(&Md5::digest(text)),
        Digest::Sha256 => hex::encode(&Sha256::digest(text)),
    };
    Sha1::digest(inner).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors() {
        for (id, password, digest, expected) in [
            ("pay-1", "test-password", Digest::Md5, "9979ef69cd2d66a3607a6031abee0d2471708023"),
            ("DEP-123", "test-password", Digest::Md5, "fd217fefd8b53e884a56a63d3da73833f1845067"),
            (
                "63c781cc-de3d-11eb-a1f1-0242ac130006",
                "secret-pass",
                Digest::Sha256,
                "73941ef5af4291f1c608535ee4efccd3f731011a",
            ),
        ] {
            assert_eq!(hash(digest, id, password), expected, "{id}");
        }
    }

    #[test]
    fn upper_case_is_unicodes() {
        assert_eq!(hash(Digest::Md5, "é", "ß"), hash(Digest::Md5, "É", "SS"));
        assert_ne!(hash(Digest::Md5, "a", "b"), hash(Digest::Sha256, "a", "b"));
    }
}
