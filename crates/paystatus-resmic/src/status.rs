use paystatus_core::{Finality::*, Funds, Meaning, Pending, Row, Source, Status};

const SEED: Source = Source::new("Resmic API documentation, Order Status", "2026-11");
const SERVER: Source = Source::new("https://github.com/0xResmic/Resmic-PRO", "2026-11");

/// The status table. The words are case sensitive.
pub(crate) const STATUSES: &[Row<&str>] = &[
    Row::new("Completed", Status::Paid, Final, Funds::Taken, SEED),
    // Also written when the sweep fails after the customer paid; it can still become `Completed`.
    Row::new("Failed", Status::Failed, Provisional, Funds::Unknown, SERVER),
    // A session keeps this word for ever if nobody pays.
    Row::new("initiated", Status::Pending(Pending::Created), Open, Funds::Unknown, SEED),
];

pub(crate) fn meaning(word: &str) -> Meaning {
    Row::find(STATUSES, |listed| *listed == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_row_by_row() {
        let expected = [
            ("Completed", Meaning::new(Status::Paid, Final, Funds::Taken)),
            ("Failed", Meaning::new(Status::Failed, Provisional, Funds::Unknown)),
            ("initiated", Meaning::new(Status::Pending(Pending::Created), Open, Funds::Unknown)),
        ];
        assert_eq!(STATUSES.len(), expected.len());
        for (word, means) in expected {
            assert_eq!(meaning(word), means, "{word}");
        }
    }

    #[test]
    fn any_other_word_is_unknown_another_case_included() {
        for word in ["", "completed", "COMPLETED", " Completed", "failed", "Initiated", "PENDING_APPROVAL"] {
            assert_eq!(meaning(word), Meaning::UNKNOWN, "{word}");
        }
    }
}
