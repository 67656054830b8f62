use paystatus_core::{Finality::*, Funds, Judgement, Pending, Row, Source, Status};

const SEED: Source = Source::new("Resmic API documentation, Order Status", "2026-11");
const SERVER: Source = Source::new("https://github.com/0xResmic/Resmic-PRO", "2026-11");

/// The status table. The words are case sensitive.
pub(crate) const STATUSES: &[Row] = &[
    Row::new(&["Completed"], Status::Paid, Final, Funds::Taken, SEED),
    // Also written when the sweep fails after the customer paid; it can still become `Completed`.
    Row::new(&["Failed"], Status::Failed, Provisional, Funds::Unknown, SERVER),
    // Stays for ever if nobody pays.
    Row::new(&["initiated"], Status::Pending(Pending::Created), Open, Funds::Unknown, SEED),
];

pub(crate) fn judge(word: &str) -> Judgement {
    Row::judge(STATUSES, &[Some(word)])
}
