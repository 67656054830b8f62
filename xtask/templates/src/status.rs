use paystatus_core::{Finality::*, Funds, Judgement, Row, Source, Status};

// FILL IN: where the words were read, and when.
const DOCS: Source = Source::new("FILL IN", "2026-11");

/// The status table. The words are case sensitive.
// FILL IN: no word is listed before it was read in the provider's documents; every other answer is unknown.
pub(crate) const STATUSES: &[Row] = &[Row::new(&["FILL IN"], Status::Paid, Final, Funds::Taken, DOCS)];

pub(crate) fn judge(word: &str) -> Judgement {
    Row::judge(STATUSES, &[Some(word)])
}
