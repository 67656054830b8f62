//! Ids that look like a provider's own, the same ones every time.

use sha2::{Digest, Sha256};

/// So many ASCII characters that fit, which depend on the seed alone.
pub(super) fn of(seed: &str, length: usize, fits: fn(char) -> bool) -> String {
    let bytes = (0_u32..).flat_map(|block| Sha256::digest(format!("{seed}/{block}")));
    bytes.map(|byte| char::from(byte % 128)).filter(|letter| fits(*letter)).take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_their_length_and_letters_and_depend_on_the_seed() {
        let id = |seed| of(seed, 50, |letter| letter.is_ascii_alphanumeric());
        assert_eq!(id("captured"), id("captured"));
        assert_ne!(id("captured"), id("failed"));
        assert_eq!(id("captured").len(), 50);
        assert!(id("captured").chars().all(|letter| letter.is_ascii_alphanumeric()));
        assert!(of("x", 17, |letter| letter.is_ascii_digit()).parse::<u64>().is_ok());
    }
}
