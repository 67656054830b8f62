use paystatus_core::{Finality::*, Funds, Judgement, Pending, Returned, Row, Source, Status};

use crate::Details;

const PAYMENTS: Source = Source::new(
    "https://www.cashfree.com/docs/api-reference/payments/latest/payments/get-payments-for-an-order",
    "2026-11",
);
const HOLDS: Source =
    Source::new("https://www.cashfree.com/docs/payments/features/pre-authorisation", "2026-11");
const CASH: Source = Source::new("https://www.cashfree.com/docs/payments/checkout/cod", "2026-11");
const STATUS: Source = Source::new("https://docs.cashfree.com/docs/payment-statuses", "2026-11");
const LIFECYCLE: Source =
    Source::new("https://www.cashfree.com/docs/payments/online/resources/payment-lifecycle", "2026-11");

const VOIDED: Status = Status::Returned(Returned::Voided);

/// The status table, of one attempt. The words are case sensitive: `payment_status`; the flag `is_captured`; what was
/// done with a hold, and how that went; `zero` for an amount of 0; `payment_group`; and what stands beside the attempt
/// in its order. An order that nobody tried to pay has no word.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    // To be paid at the door.
    Row::new(&["SUCCESS", "*", "*", "*", "*", "cash_on_delivery"], Status::Pending(Pending::Created), Open, Funds::NotTaken, CASH),
    Row::new(&["SUCCESS", "true", "-", "*", "zero"], Status::Unknown, Open, Funds::Unknown, PAYMENTS),
    Row::new(&["SUCCESS", "true", "CAPTURE", "SUCCESS", "zero"], Status::Unknown, Open, Funds::Unknown, HOLDS),
    // The advance on an order whose rest is to be paid at the door.
    Row::new(&["SUCCESS", "true", "-", "*", "*", "*", "cash on delivery"], Status::PartlyPaid, Open, Funds::Taken, CASH),
    Row::new(&["SUCCESS", "true", "CAPTURE", "SUCCESS", "*", "*", "cash on delivery"], Status::PartlyPaid, Open, Funds::Taken, CASH),
    Row::new(&["SUCCESS", "true", "-"], Status::Paid, Final, Funds::Taken, PAYMENTS),
    Row::new(&["SUCCESS", "true", "CAPTURE", "SUCCESS"], Status::Paid, Final, Funds::Taken, HOLDS),
    // Released after seven days.
    Row::new(&["SUCCESS", "false", "-"], Status::Authorized, Open, Funds::Held, HOLDS),
    Row::new(&["SUCCESS", "*", "CAPTURE|VOID", "PENDING"], Status::Authorized, Open, Funds::Held, HOLDS),
    Row::new(&["VOID", "-|false"], VOIDED, Final, Funds::Returned, HOLDS),
    Row::new(&["SUCCESS", "-|false", "VOID", "SUCCESS"], VOIDED, Final, Funds::Returned, HOLDS),
    Row::new(&["SUCCESS|VOID"], Status::Unknown, Open, Funds::Unknown, HOLDS),
    // Paid, and kept back by the risk system.
    Row::new(&["FLAGGED"], Status::Pending(Pending::Processing), Open, Funds::Held, STATUS),
    Row::new(&["PENDING|INCOMPLETE"], Status::Pending(Pending::Processing), Open, Funds::Unknown, STATUS),
    // No word from the bank yet.
    Row::new(&["NOT_ATTEMPTED"], Status::Pending(Pending::Created), Open, Funds::Unknown, STATUS),
    // The vendor calls it transitional.
    Row::new(&["FAILED"], Status::Failed, Provisional, Funds::Unknown, LIFECYCLE),
    // The payer left; or a success came too late and is being reversed.
    Row::new(&["USER_DROPPED|CANCELLED"], Status::Canceled, Provisional, Funds::Unknown, STATUS),
    Row::new(&["-"], Status::Pending(Pending::Created), Open, Funds::NotTaken, PAYMENTS),
];

/// Judges one attempt; `beside` tells whether cash on delivery stands beside it in its order.
pub(crate) fn judge(attempt: &Details, beside: bool) -> Judgement {
    let authorization = attempt.authorization.as_ref();
    let [action, done] = authorization.map_or([None; 2], |it| [it.action.as_deref(), it.status.as_deref()]);
    let captured = attempt.is_captured.map(|flag| if flag { "true" } else { "false" });
    let zero = attempt.charged().filter(|amount| amount.value().is_zero()).map(|_| "zero");
    let (status, group) = (attempt.payment_status.as_str(), attempt.payment_group.as_deref());
    let beside = beside.then_some("cash on delivery");
    Row::judge(STATUSES, &[Some(status), captured, action, done, zero, group, beside])
}

/// Judges an order that nobody tried to pay.
pub(crate) fn judge_nothing() -> Judgement {
    Row::judge(STATUSES, &[None])
}
