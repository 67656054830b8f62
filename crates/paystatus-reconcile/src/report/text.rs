//! Values as they may stand in the page.

use std::fmt::{self, Write};

use paystatus::visible;

/// Text from the ledger or a provider, safe between tags and within a quoted attribute: markup is escaped,
/// what could hide or turn letters around is replaced, and a long text is cut.
#[derive(Clone, Copy)]
pub(super) struct Text<'a>(pub(super) &'a str);

/// No id, reference or message that a person would read is longer.
const LONGEST: usize = 500;

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, c) in self.0.chars().enumerate() {
            if at == LONGEST {
                return f.write_char('…');
            }
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => f.write_char(visible(c))?,
            }
        }
        Ok(())
    }
}

/// An exact number with its digits in threes; a machine finds the number itself in `value`.
pub(super) fn number(exact: &str) -> String {
    if !exact.ends_with(|c: char| c.is_ascii_digit()) {
        // A sum that is too large says so in words.
        return Text(exact).to_string();
    }
    let (sign, digits) = exact.strip_prefix('-').map_or(("", exact), |digits| ("\u{2212}", digits));
    let (whole, fraction) = digits.find('.').map_or((digits, ""), |point| digits.split_at(point));
    let exact = Text(exact);
    format!(r#"<data value="{exact}">{sign}{}{fraction}</data>"#, in_threes(whole))
}

/// A number of rows, its digits in threes.
pub(super) fn count(rows: u64) -> String {
    in_threes(&rows.to_string())
}

/// A number of rows with the word.
pub(super) fn rows(rows: u64) -> String {
    format!("{} {}", count(rows), if rows == 1 { "row" } else { "rows" })
}

/// A narrow space, which every country can read: a comma is a decimal point in half of them.
fn in_threes(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// A name in snake case as words: `paid_twice` is “paid twice”.
pub(super) fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// A name in snake case as a title: `paid_twice` is “Paid twice”.
pub(super) fn title(name: &str) -> String {
    let mut words = words(name);
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn shows(text: &str, html: &str) {
        assert_eq!(Text(text).to_string(), html);
    }

    #[test]
    fn markup_is_escaped() {
        shows("<script>alert('1')</script>", "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;");
        shows("a\" onclick=\"b & c", "a&quot; onclick=&quot;b &amp; c");
        shows("تجربة 支付", "تجربة 支付");
    }

    #[test]
    fn what_hides_or_turns_letters_around_is_replaced() {
        shows("a\u{202e}b\u{2066}c\u{200f}d\u{61c}e", "a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e");
        shows("order\u{200b}-1\u{feff}\u{7}\u{1b}[2J", "order\u{fffd}-1\u{fffd}\u{fffd}\u{fffd}[2J");
        shows("two\nlines", "two lines");
    }

    #[test]
    fn a_long_text_is_cut() {
        let shown = Text(&"ä".repeat(LONGEST + 1)).to_string();
        assert_eq!(shown, format!("{}…", "ä".repeat(LONGEST)));
        shows(&"ä".repeat(LONGEST), &"ä".repeat(LONGEST));
    }

    #[test]
    fn digits_stand_in_threes_beside_the_exact_number() {
        for (exact, shown) in [
            ("0", "0"),
            ("999.00", "999.00"),
            ("1000.5", "1\u{202f}000.5"),
            ("-123456.789", "\u{2212}123\u{202f}456.789"),
            ("9999999999999999999999999999.01", &format!("9{}.01", "\u{202f}999".repeat(9))),
        ] {
            assert_eq!(number(exact), format!(r#"<data value="{exact}">{shown}</data>"#));
        }
        assert_eq!(number("too large to add up"), "too large to add up");
        assert_eq!((rows(1), rows(12_000)), ("1 row".into(), "12\u{202f}000 rows".into()));
    }
}
