use paystatus_core::{Finality::*, Funds, Pending, Returned, Row, Source, Status};

const DOCS: Source = Source::new("https://paytmpayments.com/docs/api/v3/transaction-status-api", "2026-11");
const RELEASE: Source = Source::new("https://developer.paytm.com/docs/api/v2/release-api", "2026-11");
const SDK: Source = Source::new("https://www.npmjs.com/package/paytm-pg-node-sdk/v/1.0.6", "2026-11");
/// A contradiction, or a word that nobody has documented here: read with care.
const ASSUMED: Source =
    Source::new("assumed, beside https://paytmpayments.com/docs/api/v3/transaction-status-api", "2026-11");

/// The status table. The words are case sensitive: `resultStatus`; `resultCode`; `txnType`; whether a `preAuthId` or a
/// `blockedAmount` shows a hold, except for a capture's; whether a `subsId` shows a mandate, except for a debit's;
/// whether `txnAmount` is `zero`; and how much of it `refundAmt` is, or that this is not told.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    Row::new(&["TXN_SUCCESS", "01|1", "SALE|CAPTURE|SUBSCRIPTION_DEBIT|-", "-", "-", "charged", "none|part|-"], Status::Paid, Final, Funds::Taken, DOCS),
    Row::new(&["TXN_SUCCESS", "01|1", "SALE|CAPTURE|SUBSCRIPTION_DEBIT|-", "-", "-", "charged", "all"], Status::Returned(Returned::Refunded), Final, Funds::Returned, DOCS),
    Row::new(&["TXN_SUCCESS", "01|1", "SALE|CAPTURE|SUBSCRIPTION_DEBIT|-", "-", "-"], Status::Unknown, Open, Funds::Unknown, ASSUMED),
    // What was not captured is released, too; which leg is shown, nobody says.
    Row::new(&["TXN_SUCCESS", "01|1", "RELEASE"], Status::Returned(Returned::Voided), Provisional, Funds::Unknown, RELEASE),
    Row::new(&["TXN_SUCCESS", "*", "PREAUTH"], Status::Authorized, Open, Funds::Held, SDK),
    Row::new(&["TXN_SUCCESS", "*", "*", "a hold"], Status::Authorized, Open, Funds::Held, SDK),
    // Another type, such as a mandate's, or another code, such as a refund's.
    Row::new(&["TXN_SUCCESS"], Status::Unknown, Open, Funds::Unknown, ASSUMED),
    Row::new(&["PENDING"], Status::Pending(Pending::Processing), Open, Funds::Unknown, DOCS),
    // The same checkout may try again; and what was deducted all the same, the bank tells within 48 hours.
    Row::new(&["TXN_FAILURE"], Status::Failed, Provisional, Funds::Unknown, DOCS),
];
