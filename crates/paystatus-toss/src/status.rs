use paystatus_core::{By, Finality::*, Funds, Judgement, Pending, Returned, Row, Source, Status, share};

use crate::Details;

const DOCS: Source = Source::new("https://docs.tosspayments.com/reference", "2026-11");
const FLOW: Source = Source::new("https://docs.tosspayments.com/guides/learn/transaction-flow", "2026-11");
/// A bank can take a deposit back.
const VIRTUAL: Source =
    Source::new("https://docs.tosspayments.com/guides/learn/virtual-account-webhook", "2026-11");

const CREATED: Status = Status::Pending(Pending::Created);
const PROCESSING: Status = Status::Pending(Pending::Processing);
const ACTION: Status = Status::Pending(Pending::ActionRequired);
const REFUNDED: Status = Status::Returned(Returned::Refunded);

/// The status table. The words are case sensitive: `status`; `approvedAt`, which is `set` or `null`; `balanceAmount`
/// compared with `totalAmount`; `charged` where that is above 0; `virtual` where there is a `virtualAccount`;
/// `given back` where every cancellation is done and no refund to a virtual account is under way;
/// and how the payment was asked for, `-` by its own key.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    Row::new(&["DONE", "set", "all|-", "charged", "-"], Status::Paid, Final, Funds::Taken, DOCS),
    // The word can return to `WAITING_FOR_DEPOSIT`.
    Row::new(&["DONE", "set", "all|-", "charged", "virtual"], Status::Paid, Provisional, Funds::Taken, VIRTUAL),
    Row::new(&["DONE"], Status::Unknown, Open, Funds::Unknown, DOCS),
    Row::new(&["READY"], CREATED, Open, Funds::NotTaken, DOCS),
    // The payer is authenticated and the merchant's own confirmation is still missing: there is no hold.
    Row::new(&["IN_PROGRESS"], PROCESSING, Open, Funds::Unknown, FLOW),
    Row::new(&["WAITING_FOR_DEPOSIT"], ACTION, Open, Funds::NotTaken, DOCS),
    Row::new(&["PARTIAL_CANCELED", "*", "part", "charged", "-"], Status::Paid, Final, Funds::Taken, DOCS),
    Row::new(&["PARTIAL_CANCELED", "*", "part", "charged", "virtual"], Status::Paid, Provisional, Funds::Taken, VIRTUAL),
    Row::new(&["PARTIAL_CANCELED"], Status::Unknown, Open, Funds::Unknown, DOCS),
    // A virtual account before any deposit.
    Row::new(&["CANCELED", "null"], Status::Canceled, Final, Funds::NotTaken, DOCS),
    Row::new(&["CANCELED", "set", "none|-", "*", "*", "given back"], REFUNDED, Final, Funds::Returned, DOCS),
    // Virtual accounts are paid back two days later, and some methods abroad by and by.
    Row::new(&["CANCELED", "set"], REFUNDED, Provisional, Funds::Unknown, VIRTUAL),
    // A `DONE` for the same order was seen shortly before.
    Row::new(&["ABORTED"], Status::Failed, Provisional, Funds::Unknown, DOCS),
    Row::new(&["EXPIRED", "*", "*", "*", "*", "*", "-"], Status::Expired, Final, Funds::NotTaken, DOCS),
    // The order may have another attempt.
    Row::new(&["EXPIRED", "*", "*", "*", "*", "*", "by order"], Status::Expired, Provisional, Funds::Unknown, DOCS),
];

pub(crate) fn judge(payment: &Details, by: By) -> Judgement {
    let approved = payment.approved_at.as_ref().map(|at| match at.as_deref() {
        None => "null",
        Some(at) if at.trim().is_empty() => "blank",
        Some(_) => "set",
    });
    let total = payment.total_amount.map(paystatus_core::Number::value).unwrap_or_default();
    let balance = payment.balance_amount.map(|balance| share(balance.value(), total));
    let charged = (!total.is_zero()).then_some("charged");
    let is_virtual = payment.virtual_account.as_ref().map(|_| "virtual");
    let asked = (by == By::Order).then_some("by order");
    Row::judge(
        STATUSES,
        &[Some(&payment.status), approved, balance, charged, is_virtual, given_back(payment), asked],
    )
}

/// Every cancellation is done, of which there is one at least; and a virtual account was paid back.
fn given_back(payment: &Details) -> Option<&'static str> {
    let is_done = payment.cancels.iter().all(|cancel| cancel.cancel_status.as_deref() == Some("DONE"));
    let refund = payment.virtual_account.as_ref().and_then(|account| account.refund_status.as_deref());
    let is_back = matches!(refund, None | Some("NONE" | "COMPLETED"));
    (is_done && is_back && !payment.cancels.is_empty()).then_some("given back")
}
