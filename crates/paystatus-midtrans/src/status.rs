use paystatus_core::{Finality::*, Funds, Pending, Returned, Row, Source, Status};

const CYCLE: Source = Source::new("https://docs.midtrans.com/docs/transaction-status-cycle", "2026-11");
const CARD: Source =
    Source::new("https://docs.midtrans.com/reference/get-transaction-status-card", "2026-11");
/// A contradiction, or what is not told: read with care.
const ASSUMED: Source =
    Source::new("assumed, beside https://docs.midtrans.com/docs/transaction-status-cycle", "2026-11");

/// The status table. The words are case sensitive: `transaction_status`; `fraud_status`; whether a `gross_amount` of 0 or
/// a `status_code` other than 200 contradicts it; whether the payer's bank may reverse it within minutes, by the method;
/// how much of `gross_amount` the `refund_amount` is; and how it was asked for, `-` by its own id.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    // A person must approve it, else it is canceled within a day.
    Row::new(&["capture", "challenge"], Status::Authorized, Open, Funds::Held, CYCLE),
    Row::new(&["settlement|capture", "*", "contradicted"], Status::Unknown, Open, Funds::Unknown, ASSUMED),
    // Nothing of it is left, which has words of its own.
    Row::new(&["settlement|capture", "*", "*", "*", "all|more"], Status::Unknown, Open, Funds::Unknown, ASSUMED),
    // The word then becomes `deny`.
    Row::new(&["settlement", "accept|-", "*", "reversible"], Status::Paid, Provisional, Funds::Taken, CYCLE),
    Row::new(&["settlement", "accept|-"], Status::Paid, Final, Funds::Taken, CYCLE),
    // It settles on the next day, and the merchant can still cancel it.
    Row::new(&["capture", "accept"], Status::Paid, Final, Funds::Taken, CARD),
    Row::new(&["capture|settlement"], Status::Unknown, Open, Funds::Unknown, ASSUMED),
    Row::new(&["authorize"], Status::Authorized, Open, Funds::Held, CYCLE),
    Row::new(&["pending"], Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken, CYCLE),
    // An order can be used again.
    Row::new(&["deny", "*", "*", "*", "*", "by order"], Status::Failed, Provisional, Funds::Unknown, CYCLE),
    Row::new(&["deny"], Status::Failed, Final, Funds::NotTaken, CYCLE),
    Row::new(&["cancel", "*", "*", "*", "*", "by order"], Status::Canceled, Provisional, Funds::Unknown, CYCLE),
    Row::new(&["cancel"], Status::Canceled, Final, Funds::NotTaken, CYCLE),
    Row::new(&["expire", "*", "*", "*", "*", "by order"], Status::Expired, Provisional, Funds::Unknown, CYCLE),
    Row::new(&["expire"], Status::Expired, Final, Funds::NotTaken, CYCLE),
    // The bank did not answer.
    Row::new(&["failure"], Status::Failed, Provisional, Funds::Unknown, CYCLE),
    Row::new(&["partial_refund", "*", "*", "*", "part"], Status::Paid, Final, Funds::Taken, CYCLE),
    Row::new(&["partial_refund"], Status::Unknown, Open, Funds::Unknown, ASSUMED),
    Row::new(&["refund"], Status::Returned(Returned::Refunded), Final, Funds::Returned, CYCLE),
    // It can become a chargeback of all.
    Row::new(&["partial_chargeback", "*", "*", "*", "part"], Status::Paid, Provisional, Funds::Taken, CYCLE),
    Row::new(&["partial_chargeback"], Status::Unknown, Open, Funds::Taken, ASSUMED),
    Row::new(&["chargeback"], Status::Returned(Returned::ChargedBack), Provisional, Funds::Returned, CYCLE),
];
