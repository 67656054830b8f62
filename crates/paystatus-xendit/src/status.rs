use paystatus_core::{Finality::*, Funds, Judgement, Pending, Returned, Row, Source, Status};

const INVOICES: Source = Source::new("https://docs.xendit.co/xeninvoice/statuses", "2026-11");
const LATE: Source = Source::new("https://github.com/ProgrammerZamanNow/qna/issues/736", "2026-11");
const REQUESTS: Source = Source::new("https://docs.xendit.co/apidocs/get-payment-request", "2026-11");
const SDK: Source = Source::new("https://www.npmjs.com/package/xendit-node/v/7.0.0", "2026-11");

const ACTION: Status = Status::Pending(Pending::ActionRequired);

/// The status table, in upper case, case sensitive: `status`; what it is the status of, an `invoice` or a payment request
/// in the words of version `v2` or `v3`; and how much of an invoice's amount was paid, `-` where that is not told.
///
/// Words of other resources stand in no row: `UNPAID`, `ACTIVE`, `STOPPED`, `VERIFIED`, `INACTIVE`.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    // A day later the money has reached the balance, with some channels.
    Row::new(&["PAID|SETTLED", "invoice", "-|all|more"], Status::Paid, Final, Funds::Taken, INVOICES),
    Row::new(&["PAID|SETTLED", "invoice", "part"], Status::PartlyPaid, Open, Funds::Taken, INVOICES),
    Row::new(&["PAID|SETTLED", "invoice", "none"], Status::Unknown, Open, Funds::Unknown, INVOICES),
    Row::new(&["PENDING", "invoice", "-|none"], ACTION, Open, Funds::NotTaken, INVOICES),
    // "Can no longer be paid", but a code was paid after it.
    Row::new(&["EXPIRED", "invoice"], Status::Expired, Provisional, Funds::Unknown, LATE),
    Row::new(&["SUCCEEDED", "v2|v3"], Status::Paid, Final, Funds::Taken, REQUESTS),
    Row::new(&["AUTHORIZED", "v3"], Status::Authorized, Open, Funds::Held, REQUESTS),
    Row::new(&["AWAITING_CAPTURE", "v2"], Status::Authorized, Open, Funds::Held, SDK),
    Row::new(&["REQUIRES_ACTION", "v2|v3"], ACTION, Open, Funds::NotTaken, REQUESTS),
    // A code that can be used again: it stays so however often it is paid.
    Row::new(&["ACCEPTING_PAYMENTS", "v3"], ACTION, Open, Funds::Unknown, REQUESTS),
    Row::new(&["PENDING", "v2"], Status::Pending(Pending::Processing), Open, Funds::Unknown, SDK),
    Row::new(&["FAILED", "v2|v3"], Status::Failed, Provisional, Funds::Unknown, REQUESTS),
    Row::new(&["CANCELED", "v2|v3"], Status::Canceled, Final, Funds::NotTaken, REQUESTS),
    Row::new(&["EXPIRED", "v2|v3"], Status::Expired, Provisional, Funds::Unknown, REQUESTS),
    Row::new(&["VOIDED", "v2"], Status::Returned(Returned::Voided), Final, Funds::Returned, SDK),
];

pub(crate) fn judge(word: &str, of: &'static str, paid: Option<&'static str>) -> Judgement {
    Row::judge(STATUSES, &[Some(word), Some(of), paid])
}
