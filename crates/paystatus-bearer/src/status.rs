use paystatus_core::{Finality::*, Funds, Meaning, Pending, Row, Source, Status};

const SEED: Source = Source::new("Payments API documentation, Check payment status", "2026-11");

/// The status table. The words are case sensitive.
pub(crate) const STATUSES: &[Row<&str>] = &[
    Row::new("pending", Status::Pending(Pending::Processing), Open, Funds::Unknown, SEED),
    // A payment keeps this word when its money is given back: this API has no word for a refund.
    Row::new("succeeded", Status::Paid, Final, Funds::Taken, SEED),
    Row::new("failed", Status::Failed, Final, Funds::NotTaken, SEED),
    Row::new("canceled", Status::Canceled, Final, Funds::NotTaken, SEED),
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
            ("pending", Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown)),
            ("succeeded", Meaning::new(Status::Paid, Final, Funds::Taken)),
            ("failed", Meaning::new(Status::Failed, Final, Funds::NotTaken)),
            ("canceled", Meaning::new(Status::Canceled, Final, Funds::NotTaken)),
        ];
        assert_eq!(STATUSES.len(), expected.len());
        for (word, means) in expected {
            assert_eq!(meaning(word), means, "{word}");
        }
    }

    #[test]
    fn any_other_word_is_unknown_another_case_and_spelling_included() {
        for word in ["", "Succeeded", "SUCCEEDED", " succeeded", "success", "paid", "cancelled", "refunded"] {
            assert_eq!(meaning(word), Meaning::UNKNOWN, "{word}");
        }
    }
}
