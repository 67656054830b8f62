use paystatus_core::{Finality::*, Funds, Judgement, Pending, Returned, Row, Source, Status};

const SDK: Source = Source::new("npm @paypal/paypal-server-sdk 2.5.0, models", "2026-11");
const ORDERS: Source = Source::new(
    "https://github.com/paypal/paypal-rest-api-specifications ec4d8f3, checkout_orders_v2.json",
    "2026-11",
);
const PAYMENTS: Source = Source::new(
    "https://github.com/paypal/paypal-rest-api-specifications ec4d8f3, payments_payment_v2.json",
    "2026-11",
);
const DISPUTE: Source = Source::new("https://github.com/paypal/Checkout-NodeJS-SDK/issues/31", "2026-11");
const DECLINES: Source =
    Source::new("https://github.com/woocommerce/woocommerce-paypal-payments/issues/88", "2026-11");

/// The status table, in upper case, case sensitive: a status word, what it is the word of, what stands beside it,
/// and the order's own word.
///
/// The first row that any of an order's captures fits decides, without captures any of its authorizations,
/// and the order's own word only where there is neither. A word that is in no row decides before all: it is unknown.
/// All captures that took money have one word together: that of the least refunded one, a partly refunded one first.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    Row::new(&["COMPLETED|PARTIALLY_REFUNDED|REFUNDED", "capture", "wholly refunded"], Status::Returned(Returned::Refunded), Final, Funds::Returned, PAYMENTS),
    // Another unit or an open authorization may still be captured.
    Row::new(&["COMPLETED|PARTIALLY_REFUNDED|REFUNDED", "capture", "refunded so far"], Status::Returned(Returned::Refunded), Provisional, Funds::Returned, PAYMENTS),
    // An open dispute reads so too.
    Row::new(&["PARTIALLY_REFUNDED", "capture", "every unit"], Status::Paid, Provisional, Funds::Taken, DISPUTE),
    Row::new(&["COMPLETED", "capture", "every unit"], Status::Paid, Final, Funds::Taken, PAYMENTS),
    Row::new(&["COMPLETED|PARTIALLY_REFUNDED|REFUNDED", "capture", "in part"], Status::PartlyPaid, Open, Funds::Taken, ORDERS),
    Row::new(&["PENDING", "capture", "CHARGEBACK"], Status::Returned(Returned::ChargedBack), Provisional, Funds::Unknown, PAYMENTS),
    Row::new(&["PENDING", "capture", "REFUNDED"], Status::Returned(Returned::Refunded), Provisional, Funds::Unknown, PAYMENTS),
    // Days, with ECHECK and reviews; or the merchant must accept it. The reason is kept.
    Row::new(&["PENDING", "capture"], Status::Pending(Pending::Processing), Open, Funds::Unknown, PAYMENTS),
    // The next capture of the hold may succeed.
    Row::new(&["DECLINED|FAILED", "capture", "authorized"], Status::Authorized, Open, Funds::Held, PAYMENTS),
    Row::new(&["DECLINED|FAILED", "capture", "captured"], Status::Unknown, Open, Funds::Unknown, PAYMENTS),
    Row::new(&["FAILED", "capture"], Status::Failed, Provisional, Funds::Unknown, PAYMENTS),
    // Asked about by itself: its order may get another one.
    Row::new(&["DECLINED", "capture", "alone"], Status::Failed, Provisional, Funds::NotTaken, PAYMENTS),
    // An order is "completed" whether it was captured or declined.
    Row::new(&["DECLINED", "capture", "-", "COMPLETED"], Status::Failed, Final, Funds::NotTaken, DECLINES),
    Row::new(&["DECLINED", "capture"], Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken, DECLINES),
    Row::new(&["CREATED", "authorization"], Status::Authorized, Open, Funds::Held, PAYMENTS),
    Row::new(&["PENDING", "authorization"], Status::Pending(Pending::Processing), Open, Funds::Held, PAYMENTS),
    // Captured, and the capture is not shown.
    Row::new(&["CAPTURED|PARTIALLY_CAPTURED", "authorization"], Status::Unknown, Open, Funds::Unknown, PAYMENTS),
    Row::new(&["VOIDED", "authorization"], Status::Returned(Returned::Voided), Final, Funds::Returned, PAYMENTS),
    Row::new(&["DENIED", "authorization"], Status::Failed, Final, Funds::NotTaken, PAYMENTS),
    Row::new(&["CREATED", "order"], Status::Pending(Pending::Created), Open, Funds::NotTaken, SDK),
    // APPROVED: the payer agreed, and the merchant must capture.
    Row::new(&["PAYER_ACTION_REQUIRED|APPROVED", "order"], Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken, SDK),
    Row::new(&["SAVED", "order"], Status::Pending(Pending::Processing), Open, Funds::NotTaken, SDK),
    Row::new(&["VOIDED", "order"], Status::Canceled, Final, Funds::NotTaken, SDK),
    // Says that it was authorized, captured or declined, and not which.
    Row::new(&["COMPLETED", "order"], Status::Unknown, Open, Funds::Unknown, ORDERS),
];

/// What a reply is reduced to, once for each word that may decide: in the order of the table's columns.
pub(crate) type Evidence<'a> = [Option<&'a str>; 4];

/// The evidence that decides, and what it means.
pub(crate) fn judge<'a>(seen: &[Evidence<'a>]) -> (Evidence<'a>, Judgement) {
    let judged = seen.iter().map(|evidence| (*evidence, Row::judge(STATUSES, evidence)));
    // A word in no row has no place, which comes before all places.
    let place = |(_, judgement): &(Evidence<'a>, Judgement)| {
        judgement.row().and_then(|row| STATUSES.iter().position(|other| std::ptr::eq(other, row)))
    };
    judged.min_by_key(place).unwrap_or(([None; 4], Judgement::UNKNOWN))
}
