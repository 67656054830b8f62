use paystatus_core::{Finality::*, Funds, Judgement, Pending, Returned, Row, Source, Status};

const DOCS: Source = Source::new("https://developer.craftgate.io/en/api/payment/retrieve-payment", "2026-11");
/// The models of payments and refunds.
const SDK: Source = Source::new("https://github.com/craftgate/craftgate-java-client dcd4b8d", "2026-11");

const REFUNDED: Status = Status::Returned(Returned::Refunded);
const VOIDED: Status = Status::Returned(Returned::Voided);
const ACTION: Status = Status::Pending(Pending::ActionRequired);
const PROCESSING: Status = Status::Pending(Pending::Processing);

/// The status table: `paymentStatus`; `zero` for a charged price of 0; the phase; the refund status; what was given
/// back compared with the charged price, `-` where it can't be; and how the payment was asked for, `-` by its own id.
/// The words are case sensitive.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    Row::new(&["SUCCESS", "zero"], Status::Unknown, Open, Funds::Unknown, SDK),
    Row::new(&["SUCCESS", "-", "PRE_AUTH", "FULLY_REFUNDED"], VOIDED, Final, Funds::Returned, SDK),
    // The success is that of the hold.
    Row::new(&["SUCCESS", "-", "PRE_AUTH", "NO_REFUND|NOT_REFUNDED|PARTIAL_REFUNDED|-"], Status::Authorized, Open, Funds::Held, DOCS),
    Row::new(&["SUCCESS", "-", "AUTH|POST_AUTH", "FULLY_REFUNDED"], REFUNDED, Final, Funds::Returned, SDK),
    Row::new(&["SUCCESS", "-", "AUTH|POST_AUTH", "*", "all|more"], REFUNDED, Final, Funds::Returned, SDK),
    Row::new(&["SUCCESS", "-", "AUTH|POST_AUTH", "NO_REFUND|NOT_REFUNDED|PARTIAL_REFUNDED|-"], Status::Paid, Final, Funds::Taken, DOCS),
    // Another phase, another refund status, or no phase.
    Row::new(&["SUCCESS"], Status::Unknown, Open, Funds::Unknown, DOCS),
    // The form lets the payer try again: another payment of the same conversation.
    Row::new(&["FAILURE", "*", "*", "*", "*", "by order"], Status::Failed, Provisional, Funds::NotTaken, DOCS),
    Row::new(&["FAILURE"], Status::Failed, Final, Funds::NotTaken, DOCS),
    Row::new(&["INIT_THREEDS"], ACTION, Open, Funds::NotTaken, SDK),
    // The payer was verified, and the merchant must still complete it.
    Row::new(&["CALLBACK_THREEDS"], PROCESSING, Open, Funds::NotTaken, SDK),
    // A transfer, a deposit, a purchase on account.
    Row::new(&["WAITING"], PROCESSING, Open, Funds::Unknown, SDK),
];

/// What the words of a row are called.
pub(crate) const EVIDENCE: &[&str] = &["status", "paidPrice", "phase", "refund", "returned", "asked"];

/// Judges by the words that the table's rows have, in their order.
pub(crate) fn judge(words: [Option<&str>; 6]) -> Judgement {
    Row::judge(STATUSES, &words)
}
