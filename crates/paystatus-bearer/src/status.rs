use paystatus_core::{Finality::*, Funds, Judgement, Pending, Row, Source, Status};

const SEED: Source = Source::new("Payments API documentation, Check payment status", "2026-11");

/// The status table. The words are case sensitive.
pub(crate) const STATUSES: &[Row] = &[
    Row::new(&["pending"], Status::Pending(Pending::Processing), Open, Funds::Unknown, SEED),
    // Stays when the money is given back: a refund has no word here.
    Row::new(&["succeeded"], Status::Paid, Final, Funds::Taken, SEED),
    Row::new(&["failed"], Status::Failed, Final, Funds::NotTaken, SEED),
    Row::new(&["canceled"], Status::Canceled, Final, Funds::NotTaken, SEED),
];

pub(crate) fn judge(word: &str) -> Judgement {
    Row::judge(STATUSES, &[Some(word)])
}
