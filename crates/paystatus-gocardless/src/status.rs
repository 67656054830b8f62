use paystatus_core::{Finality::*, Funds, Judgement, Pending, Returned, Row, Source, Status, share};

use crate::Details;

/// The official SDK's whole list of words.
const SDK: Source = Source::new("https://www.npmjs.com/package/gocardless-nodejs/v/10.1.2", "2026-11");
const STATUSES_OF_PAYMENTS: Source =
    Source::new("https://support.gocardless.com, Overview of payment statuses", "2026-11");

const REFUNDED: Status = Status::Returned(Returned::Refunded);
const CHARGED_BACK: Status = Status::Returned(Returned::ChargedBack);
const ACTION: Status = Status::Pending(Pending::ActionRequired);

/// The status table. The words are case sensitive: `status`, `amount_refunded` compared with the amount
/// (`none` where it is not told), and `zero` for an amount of 0.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    Row::new(&["confirmed|paid_out", "*", "zero"], Status::Unknown, Open, Funds::Unknown, SDK),
    // A refund can bounce.
    Row::new(&["confirmed|paid_out", "all|more"], REFUNDED, Provisional, Funds::Returned, SDK),
    Row::new(&["pending_customer_approval"], ACTION, Open, Funds::NotTaken, SDK),
    Row::new(&["pending_submission"], Status::Pending(Pending::Created), Open, Funds::NotTaken, SDK),
    // The banks have it, for days.
    Row::new(&["submitted"], Status::Pending(Pending::Processing), Open, Funds::Unknown, STATUSES_OF_PAYMENTS),
    // The banks let the time for an error pass; a late failure still makes `failed` of it.
    Row::new(&["confirmed"], Status::Paid, Provisional, Funds::Taken, STATUSES_OF_PAYMENTS),
    Row::new(&["paid_out"], Status::Paid, Final, Funds::Taken, STATUSES_OF_PAYMENTS),
    // The same payment can be collected again, by hand or by itself.
    Row::new(&["failed"], Status::Failed, Provisional, Funds::NotTaken, STATUSES_OF_PAYMENTS),
    Row::new(&["cancelled"], Status::Canceled, Final, Funds::NotTaken, SDK),
    Row::new(&["customer_approval_denied"], Status::Failed, Final, Funds::NotTaken, SDK),
    // A chargeback can be cancelled.
    Row::new(&["charged_back"], CHARGED_BACK, Provisional, Funds::Returned, STATUSES_OF_PAYMENTS),
];

pub(crate) fn judge(payment: &Details) -> Judgement {
    let refunded = share(payment.amount_refunded.unwrap_or(0), payment.amount.unwrap_or(0));
    let zero = (payment.amount == Some(0)).then_some("zero");
    Row::judge(STATUSES, &[Some(&payment.status), Some(refunded), zero])
}
