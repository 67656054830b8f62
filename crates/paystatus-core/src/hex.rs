//! Hexadecimal text, as signatures are written.

/// Writes bytes in lower case.
///
/// ```
/// assert_eq!(paystatus_core::hex::encode(&[0x0f, 0xa0]), "0fa0");
/// ```
pub fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

/// Reads bytes in either case; nothing for any other text.
///
/// ```
/// use paystatus_core::hex;
/// assert_eq!(hex::decode("0fA0"), Some(vec![0x0f, 0xa0]));
/// assert_eq!(hex::decode("0f a0"), None);
/// assert_eq!(hex::decode("0fa"), None);
/// ```
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some((digit(pair[0])? << 4) | digit(*pair.get(1)?)?)).collect()
}
