use paystatus_core::{Finality::*, Funds, Judgement, Pending, Returned, Row, Source, Status, share};

use crate::{Details, Square};

/// The types of API 2026-09-16.
const SDK: Source = Source::new("https://www.npmjs.com/package/square/v/46.0.0", "2026-11");
const CONSIDERATIONS: Source = Source::new(
    "https://developer.squareup.com/docs/payments-api/additional-payment-considerations",
    "2026-11",
);
const HOUSE: Source =
    Source::new("https://developer.squareup.com/docs/payments-api/take-payments/house-accounts", "2026-11");
const REFUNDS: Source = Source::new("https://developer.squareup.com/reference/square/refunds-api", "2026-11");
const ACH: Source = Source::new("https://squareup.com/help/us/en/article/7166", "2026-11");

/// What the seller wrote down.
const RECORDED: &str = "CASH|EXTERNAL";
/// What moves money, and what the seller wrote down where that counts.
const KNOWN: &str = "CARD|BANK_ACCOUNT|WALLET|BUY_NOW_PAY_LATER|CASH|EXTERNAL";

/// The status table. The words are case sensitive: `status`; `source_type`, or where it is absent the source whose
/// details there are; whether recorded payments count; the card's or wallet's own status, unless it is `CAPTURED`;
/// and what came back, compared with what was charged, or `zero` for a total of 0.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    // Square moved no money.
    Row::new(&["COMPLETED", RECORDED, "-"], Status::Unknown, Provisional, Funds::Unknown, CONSIDERATIONS),
    // Bought on credit, and invoiced later.
    Row::new(&["COMPLETED", "SQUARE_ACCOUNT"], Status::Unknown, Provisional, Funds::Unknown, HOUSE),
    Row::new(&["COMPLETED", KNOWN, "*", "-", "zero"], Status::Unknown, Provisional, Funds::NotTaken, SDK),
    // The word stays after refunds.
    Row::new(&["COMPLETED", KNOWN, "*", "-", "none|part"], Status::Paid, Final, Funds::Taken, SDK),
    Row::new(&["COMPLETED", KNOWN, "*", "-", "all|more"], Status::Returned(Returned::Refunded), Final, Funds::Returned, REFUNDS),
    Row::new(&["COMPLETED"], Status::Unknown, Open, Funds::Unknown, SDK),
    Row::new(&["APPROVED", "CASH|EXTERNAL|SQUARE_ACCOUNT"], Status::Unknown, Open, Funds::Unknown, SDK),
    // Until `delayed_until`, and then mostly canceled.
    Row::new(&["APPROVED"], Status::Authorized, Open, Funds::Held, SDK),
    Row::new(&["PENDING"], Status::Pending(Pending::Processing), Open, Funds::Unknown, ACH),
    // A hold that was let go.
    Row::new(&["CANCELED"], Status::Canceled, Final, Funds::NotTaken, SDK),
    Row::new(&["FAILED"], Status::Failed, Final, Funds::NotTaken, SDK),
];

pub(crate) fn judge(account: &Square, payment: &Details) -> Judgement {
    let own = [&payment.card_details, &payment.wallet_details].into_iter().flatten();
    let own = own.filter_map(|details| details.status.as_deref()).find(|status| *status != "CAPTURED");
    let counted = account.count_recorded.then_some("count_recorded");
    Row::judge(STATUSES, &[Some(&payment.status), payment.source(), counted, own, returned(payment)])
}

fn returned(payment: &Details) -> Option<&'static str> {
    let (total, charged) = (payment.total_money.as_ref()?, payment.charged()?);
    match &payment.refunded_money {
        _ if total.amount == 0 => Some("zero"),
        _ if charged.amount == 0 => Some("nothing approved"),
        _ if payment.approved_money.as_ref().is_some_and(|approved| approved.currency != total.currency) => {
            Some("another currency")
        }
        None => Some("none"),
        Some(refunded) if refunded.currency != total.currency => Some("another currency"),
        Some(refunded) => Some(share(refunded.amount, charged.amount)),
    }
}
