use paystatus_core::{Meaning, Row};

/// The status table. The words are case sensitive.
///
/// No word is listed before it was read in the provider's documents: until then, every answer is unknown. A row is
/// `Row::new("settled", Status::Paid, Final, Funds::Taken, DOCS)`, and its source
/// `const DOCS: Source = Source::new("https://…", "2026-11")`.
pub(crate) const STATUSES: &[Row<&str>] = &[];

pub(crate) fn meaning(word: &str) -> Meaning {
    Row::find(STATUSES, |listed| *listed == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_other_word_is_unknown() {
        for word in ["", " ", "some-word-of-tomorrow"] {
            assert_eq!(meaning(word), Meaning::UNKNOWN, "{word}");
        }
    }
}
