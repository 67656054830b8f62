use paystatus_core::{Finality::*, Funds, Judgement, Number, Pending, Row, Source, Status, share};

use crate::Details;

const DOCS: Source =
    Source::new("https://developer.flutterwave.com/docs/transaction-verification", "2026-11");
const SDK: Source =
    Source::new("https://github.com/Flutterwave/Node-v3, documentation/transactions.md", "2026-11");
const HOLDS: Source = Source::new("https://developer.flutterwave.com/v3.0/docs/preauthorization", "2026-11");
const OTP: Source = Source::new("https://github.com/Flutterwave/AndroidSDK/issues/60", "2026-11");
const ASSUMED: Source = Source::new("assumed: a bank transfer that was short", "2026-11");

/// The status table. The words are in lower case, exactly: `data.status`; `preauth` for a pre-authorization;
/// and `charged_amount` compared with `amount`, `some` where there is nothing to compare it with, `none` where it is 0
/// or neither tells of money, and `-` where only the amount is told.
///
/// `success` (the envelope's word), `completed` and `cancelled` (those of redirects and refunds), `succeeded`
/// (version 4's) and `voided` are left out deliberately.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    // Held for a week, captured, captured in part or voided: all look alike.
    Row::new(&["successful", "preauth"], Status::Unknown, Open, Funds::Unknown, HOLDS),
    Row::new(&["successful", "-", "none"], Status::Unknown, Open, Funds::Unknown, DOCS),
    Row::new(&["successful", "-", "part"], Status::PartlyPaid, Open, Funds::Taken, ASSUMED),
    // More: the fee is on top where the payer bears it.
    Row::new(&["successful", "-", "all|more|some|-"], Status::Paid, Final, Funds::Taken, DOCS),
    Row::new(&["pending"], Status::Pending(Pending::Processing), Open, Funds::Unknown, DOCS),
    // The payer must type a password; it is no success.
    Row::new(&["success-pending-validation"], Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken, OTP),
    // Asynchronous methods succeed late, and the payer may try again with the same reference.
    Row::new(&["failed"], Status::Failed, Provisional, Funds::Unknown, SDK),
];

pub(crate) fn judge(details: &Details) -> Judgement {
    let (charged, amount) = (details.charged_amount.map(Number::value), details.amount.map(Number::value));
    let charged = match (charged, amount) {
        (Some(charged), _) if charged.is_zero() => Some("none"),
        (Some(charged), Some(amount)) => Some(share(charged, amount)),
        (Some(_), None) => Some("some"),
        (None, Some(amount)) if !amount.is_zero() => None,
        (None, _) => Some("none"),
    };
    let preauth = details.is_preauthorized().then_some("preauth");
    Row::judge(STATUSES, &[Some(&details.status), preauth, charged])
}
