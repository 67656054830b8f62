use paystatus_core::{Finality::*, Funds, Judgement, Pending, Returned, Row, Source, Status};

/// The report's page, and the SDKs where they name more.
const DOCS: Source = Source::new("https://docs.iyzico.com/en/advanced/reporting-service", "2026-11");
const PEER: Source =
    Source::new("https://github.com/productdevbook/kasapay 0f0005a, specs/iyzico", "2026-11");
const RETRIEVE: Source = Source::new("https://docs.iyzico.com/en/payment-methods, retrieve", "2026-11");

const REFUNDED: Status = Status::Returned(Returned::Refunded);
const VOIDED: Status = Status::Returned(Returned::Voided);
const ACTION: Status = Status::Pending(Pending::ActionRequired);
const PROCESSING: Status = Status::Pending(Pending::Processing);

/// The status table: `paymentStatus`; `zero` for a charged price of 0; what was given back compared with that price,
/// `-` where it can't be; the refund status without blanks around it; `canceled` where a cancel succeeded; the phase;
/// `fraudStatus`; and how the payment was asked for, `-` by its own id.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    Row::new(&["1", "zero"], Status::Unknown, Open, Funds::Unknown, DOCS),
    Row::new(&["1", "-", "*", "TOTALLY_REFUNDED|REFUNDED", "canceled"], VOIDED, Final, Funds::Returned, DOCS),
    Row::new(&["1", "-", "all|more", "*", "canceled"], VOIDED, Final, Funds::Returned, DOCS),
    Row::new(&["1", "-", "*", "TOTALLY_REFUNDED|REFUNDED"], REFUNDED, Final, Funds::Returned, DOCS),
    Row::new(&["1", "-", "all|more"], REFUNDED, Final, Funds::Returned, DOCS),
    Row::new(&["1", "-", "*", "CANCELED"], VOIDED, Final, Funds::Returned, PEER),
    // Rejected in review: the money goes back later.
    Row::new(&["1", "-", "*", "*", "*", "*", "-1"], Status::Failed, Provisional, Funds::Unknown, DOCS),
    Row::new(&["1", "-", "-|none", "NOT_REFUNDED|-", "-", "PRE_AUTH"], Status::Authorized, Open, Funds::Held, DOCS),
    Row::new(&["1", "-", "*", "NOT_REFUNDED|PARTIALLY_REFUNDED|-", "*", "AUTH|POST_AUTH", "1"], Status::Paid, Final, Funds::Taken, DOCS),
    // In review: nothing is to be shipped before it ends in 1.
    Row::new(&["1", "-", "*", "*", "*", "*", "0"], PROCESSING, Open, Funds::Unknown, DOCS),
    // Another phase, another refund status, or no word about one of the things that decide.
    Row::new(&["1"], Status::Unknown, Open, Funds::Unknown, DOCS),
    // Another attempt of the same conversation may follow.
    Row::new(&["0", "*", "*", "*", "*", "*", "*", "by order"], Status::Failed, Provisional, Funds::NotTaken, DOCS),
    Row::new(&["0"], Status::Failed, Final, Funds::NotTaken, DOCS),
    // One page calls it a failure as well: the payer is with the bank, and can come back and pay.
    Row::new(&["2"], ACTION, Open, Funds::NotTaken, RETRIEVE),
    // The bank answered, and the merchant must still complete it.
    Row::new(&["3"], PROCESSING, Open, Funds::NotTaken, RETRIEVE),
    Row::new(&["4|5|6|9"], ACTION, Open, Funds::Unknown, DOCS),
    // A bank transfer, which can take days.
    Row::new(&["8"], ACTION, Open, Funds::NotTaken, DOCS),
];

/// What the words of a row are called.
#[rustfmt::skip]
pub(crate) const EVIDENCE: &[&str] = &["paymentStatus", "paidPrice", "returned", "refund", "cancels", "phase", "fraudStatus", "asked"];

/// Judges by the words that the table's rows have, in their order.
pub(crate) fn judge(words: [Option<&str>; 8]) -> Judgement {
    Row::judge(STATUSES, &words)
}
