/// A character as it may be shown to people: what moves a cursor, turns letters around or can't be seen becomes
/// [`char::REPLACEMENT_CHARACTER`], since two ids that differ must not look alike; a new line becomes a space.
///
/// ```
/// use paystatus_core::visible;
///
/// let shown: String = "pay\u{202e}100\u{1b}[2J\nend".chars().map(visible).collect();
/// assert_eq!(shown, "pay\u{fffd}100\u{fffd}[2J end");
/// ```
pub fn visible(c: char) -> char {
    match c {
        '\n' => ' ',
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' => {
            char::REPLACEMENT_CHARACTER
        }
        '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => char::REPLACEMENT_CHARACTER,
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}
