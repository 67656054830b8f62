use paystatus_core::{Finality::*, Funds, Judgement, Pending, Returned, Row, Source, Status};

use crate::Details;

const DOCS: Source =
    Source::new("https://nowpayments.zendesk.com, article 18395434917149, payment statuses", "2026-11");
const POSTMAN: Source = Source::new("https://documenter.getpostman.com/view/7907941/2s93JqTRWN", "2026-11");
const SDK: Source = Source::new("https://github.com/NowPaymentsIO/nowpayments-sdk-nodejs", "2026-11");

const CREATED: Status = Status::Pending(Pending::Created);
const PROCESSING: Status = Status::Pending(Pending::Processing);
const REFUNDED: Status = Status::Returned(Returned::Refunded);

/// The status table. The words are case sensitive: `payment_status`; `child` for one more deposit to an address;
/// and `something` where `actually_paid` is above 0.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    Row::new(&["waiting"], CREATED, Open, Funds::NotTaken, DOCS),
    // Seen, confirmed, and being forwarded: it is not the merchant's yet.
    Row::new(&["confirming|confirmed|sending"], PROCESSING, Open, Funds::Unknown, DOCS),
    Row::new(&["finished", "-", "something"], Status::Paid, Final, Funds::Taken, DOCS),
    // A deposit of any size is `finished` by default: the vendor itself warns never to ship on it.
    Row::new(&["finished", "child"], Status::PartlyPaid, Provisional, Funds::Taken, POSTMAN),
    Row::new(&["finished"], Status::Unknown, Open, Funds::Unknown, DOCS),
    // The money was forwarded; another payment of the same purchase, a child or a person can complete it.
    Row::new(&["partially_paid"], Status::PartlyPaid, Provisional, Funds::Taken, DOCS),
    // Usually below the coin's minimum: the deposit stays with the provider.
    Row::new(&["failed"], Status::Failed, Provisional, Funds::Unknown, DOCS),
    Row::new(&["refunded"], REFUNDED, Final, Funds::Returned, DOCS),
    Row::new(&["expired", "*", "something"], Status::Expired, Provisional, Funds::Unknown, DOCS),
    // A deposit in a wrong network is not seen.
    Row::new(&["expired"], Status::Expired, Provisional, Funds::NotTaken, DOCS),
    // A person's label on a partly paid one, by which nothing is sent back.
    Row::new(&["cancelled|canceled"], Status::Canceled, Provisional, Funds::Taken, SDK),
];

pub(crate) fn judge(payment: &Details) -> Judgement {
    let is_child = payment.parent_payment_id.is_some() || payment.origin_type.is_some();
    let is_paid = payment.actually_paid.is_some_and(|paid| !paid.value().is_zero());
    let child = is_child.then_some("child");
    Row::judge(STATUSES, &[Some(&payment.payment_status), child, is_paid.then_some("something")])
}
