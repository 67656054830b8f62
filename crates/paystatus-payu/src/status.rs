use paystatus_core::{Finality::*, Funds, Judgement, Money, Pending, Returned, Row, Source, Status};

use crate::Details;

const STATES: Source = Source::new("https://docs.payu.in/reference/payment-state-explanations", "2026-11");
const VERIFY: Source = Source::new("https://docs.payu.in/reference/verify_payment_api", "2026-11");

/// The status table. The words are case sensitive: `status` and `unmappedstatus`; and `zero` where nothing left the
/// payer's instrument.
///
/// No failure is final: PayU asks the bank again, and a txnid is only barred from reuse once it was successful.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    // A mandate or an account was checked, and nothing debited.
    Row::new(&["success", "captured", "zero"], Status::Unknown, Open, Funds::Unknown, VERIFY),
    Row::new(&["success", "captured"], Status::Paid, Final, Funds::Taken, STATES),
    Row::new(&["success", "auth"], Status::Authorized, Open, Funds::Held, STATES),
    Row::new(&["success"], Status::Unknown, Open, Funds::Unknown, STATES),
    Row::new(&["pending", "initiated"], Status::Pending(Pending::Created), Open, Funds::Unknown, STATES),
    Row::new(&["pending"], Status::Pending(Pending::Processing), Open, Funds::Unknown, STATES),
    // A late success, whose refund PayU has begun: it can fail.
    Row::new(&["failure", "autoRefund"], Status::Returned(Returned::Reversed), Provisional, Funds::Unknown, STATES),
    // The payer never pressed "pay", or called it off.
    Row::new(&["failure", "bounced|userCancelled"], Status::Canceled, Provisional, Funds::Unknown, STATES),
    // `dropped`: no word came from the bank.
    Row::new(&["failure"], Status::Failed, Provisional, Funds::Unknown, STATES),
];

pub(crate) fn judge(details: &Details, amount: Option<Money>) -> Judgement {
    let zero = amount.filter(|amount| amount.amount().is_zero()).map(|_| "zero");
    Row::judge(STATUSES, &[Some(&details.status), details.unmappedstatus.as_deref(), zero])
}
