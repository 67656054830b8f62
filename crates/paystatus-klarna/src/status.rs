use paystatus_core::{Finality::*, Funds, Judgement, Pending, Returned, Row, Source, Status, share};

use crate::Details;

/// The OpenAPI of the Order Management API.
const API: Source =
    Source::new("https://github.com/api-evangelist/klarna, openapi/klarna-orders-api-openapi.yml", "2026-11");
const MANAGING: Source = Source::new(
    "https://docs.klarna.com/payments/after-payments/order-management/manage-orders-with-the-api",
    "2026-11",
);
const PENDING: Source = Source::new("https://docs.klarna.com/order-management/pending-orders", "2026-11");
/// What the sums say where nobody says what the word means.
const SUMS: Source = Source::new("assumed: the sums decide", "2026-11");

/// The words beside which no captured money contradicts the verdict.
const GOOD: &str = "-|ACCEPTED";
const SOME: &str = "part|all|more";
const REFUNDED: Status = Status::Returned(Returned::Refunded);

/// The status table. The words are case sensitive: `status`; `fraud_status`; `captured_amount` compared with
/// `order_amount`; `refunded_amount` compared with `captured_amount`; `remaining` where more can still be captured;
/// and `zero` for an `order_amount` of 0. Sums that are absent count as 0.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    // Money and verdict contradict each other.
    Row::new(&["*", "PENDING|REJECTED", SOME], Status::Unknown, Open, Funds::Unknown, API),
    // The rest can still be captured.
    Row::new(&["PART_CAPTURED|AUTHORIZED", GOOD, SOME, "all|more"], REFUNDED, Provisional, Funds::Returned, API),
    Row::new(&["CAPTURED|CANCELLED|EXPIRED|CLOSED", GOOD, SOME, "all|more", "remaining"], REFUNDED, Provisional, Funds::Returned, API),
    Row::new(&["CAPTURED|CANCELLED|EXPIRED|CLOSED", GOOD, SOME, "all|more"], REFUNDED, Final, Funds::Returned, API),
    Row::new(&["CAPTURED", GOOD, SOME], Status::Paid, Final, Funds::Taken, MANAGING),
    Row::new(&["PART_CAPTURED", GOOD, "part"], Status::PartlyPaid, Open, Funds::Taken, MANAGING),
    Row::new(&["CLOSED|EXPIRED", GOOD, "all"], Status::Paid, Final, Funds::Taken, SUMS),
    // The rest can never be captured.
    Row::new(&["CLOSED|EXPIRED", GOOD, "part"], Status::PartlyPaid, Final, Funds::Taken, SUMS),
    // The checkout succeeded, and no money moved: capturing is the merchant's own act.
    Row::new(&["AUTHORIZED", GOOD, "none", "*", "*", "-"], Status::Authorized, Open, Funds::Held, MANAGING),
    // It is reviewed by hand, for up to a day.
    Row::new(&["AUTHORIZED", "PENDING", "none"], Status::Pending(Pending::Processing), Open, Funds::Unknown, PENDING),
    // The merchant must cancel it.
    Row::new(&["AUTHORIZED", "REJECTED", "none"], Status::Failed, Provisional, Funds::NotTaken, PENDING),
    Row::new(&["CANCELLED", "*", "none"], Status::Canceled, Final, Funds::NotTaken, MANAGING),
    Row::new(&["EXPIRED", "*", "none"], Status::Expired, Final, Funds::NotTaken, MANAGING),
    Row::new(&["CLOSED", "*", "none"], Status::Canceled, Provisional, Funds::NotTaken, SUMS),
];

pub(crate) fn judge(order: &Details) -> Judgement {
    let [whole, captured, refunded, remaining] =
        [order.order_amount, order.captured_amount, order.refunded_amount, order.remaining_authorized_amount]
            .map(Option::unwrap_or_default);
    let remaining = (remaining > 0).then_some("remaining");
    let zero = (whole == 0).then_some("zero");
    let (captured, refunded) = (share(captured, whole), share(refunded, captured));
    let fraud_status = order.fraud_status.as_deref();
    Row::judge(
        STATUSES,
        &[Some(&order.status), fraud_status, Some(captured), Some(refunded), remaining, zero],
    )
}
