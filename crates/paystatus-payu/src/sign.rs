use sha2::{Digest, Sha512};

/// The SHA-512 of these, with a bar between each and the next
/// (<https://docs.payu.in/reference/addl-info-general-apis>, read 2026-11).
pub(crate) fn sha512(parts: &[&str]) -> [u8; 64] {
    Sha512::digest(parts.join("|")).into()
}
