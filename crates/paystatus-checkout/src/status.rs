use paystatus_core::{Finality::*, Funds, Judgement, Pending, Returned, Row, Source, Status, share};

use crate::{Balances, Details};

/// The SDKs' words; the vendor's documentation, of one payment and of a list.
const SDK: Source = Source::new("https://github.com/checkout/checkout-sdk-net, PaymentStatus.cs", "2026-11");
const BALANCES: Source =
    Source::new("https://github.com/checkout/checkout-sdk-net, PaymentResponseBalances.cs", "2026-11");
const DETAILS: Source = Source::new("https://www.checkout.com/docs, get-payment-details", "2026-11");
const LIST: Source = Source::new("https://www.checkout.com/docs, get-a-list-of-payments", "2026-11");
const DEFERRED: Source = Source::new("https://github.com/juspay/hyperswitch/issues/442", "2026-11");
const ASSUMED: Source = Source::new("assumed: a voucher or a transfer may come late", "2026-11");

const REFUNDED: Status = Status::Returned(Returned::Refunded);
/// The words that say that money was captured.
pub(crate) const TAKEN: [&str; 4] = ["Captured", "Partially Captured", "Partially Refunded", "Refunded"];

/// The status table. The words are case sensitive, with their blank: `status`; `payout` where money goes to a
/// destination; the flag `approved`; `some` or `none` of the balance `total_captured`; `total_refunded` compared
/// with it; `some` or `none` of `available_to_capture`; `redirect` where the payer has one; `card` or `other` for
/// the source; and how the payment was asked for, `-` by its own id. What is not told is `-`.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    // Money that goes out: its words `Paid` and `Returned` mean the opposite.
    Row::new(&["*", "payout"], Status::Unknown, Open, Funds::Unknown, SDK),
    Row::new(&["Requested|Paid|Returned|Active"], Status::Unknown, Open, Funds::Unknown, SDK),
    Row::new(&["Captured|Partially Captured|Partially Refunded|Refunded", "-", "false"], Status::Unknown, Open, Funds::Unknown, DETAILS),
    Row::new(&["Captured|Partially Captured|Partially Refunded|Refunded", "-", "*", "none"], Status::Unknown, Open, Funds::Unknown, BALANCES),
    Row::new(&["Captured|Partially Refunded", "-", "*", "*", "-|none|part"], Status::Paid, Final, Funds::Taken, BALANCES),
    Row::new(&["Partially Captured", "-", "*", "*", "-|none|part", "none"], Status::Paid, Final, Funds::Taken, BALANCES),
    // What the rest of an order's list would say, nobody knows.
    Row::new(&["*", "-", "*", "*", "*", "*", "*", "*", "by a part of its order's list"], Status::Unknown, Open, Funds::Unknown, LIST),
    Row::new(&["Refunded", "-", "*", "*", "none|part"], Status::Unknown, Open, Funds::Unknown, BALANCES),
    // The rest can still be captured.
    Row::new(&["Captured|Partially Captured|Partially Refunded|Refunded", "-", "*", "*", "all|more", "some"], REFUNDED, Provisional, Funds::Returned, BALANCES),
    Row::new(&["Captured|Partially Captured|Partially Refunded|Refunded", "-", "*", "*", "all|more"], REFUNDED, Final, Funds::Returned, BALANCES),
    Row::new(&["Refunded", "-", "*", "*", "-", "some"], REFUNDED, Provisional, Funds::Returned, BALANCES),
    Row::new(&["Refunded", "-", "*", "*", "-"], REFUNDED, Final, Funds::Returned, SDK),
    Row::new(&["Partially Captured", "-", "*", "*", "-|none|part", "some|-"], Status::PartlyPaid, Open, Funds::Taken, BALANCES),
    // An automatic capture comes seconds to days later, and may fail.
    Row::new(&["Authorized"], Status::Authorized, Open, Funds::Held, DEFERRED),
    // An amount of 0.
    Row::new(&["Card Verified"], Status::Unknown, Provisional, Funds::NotTaken, SDK),
    Row::new(&["Voided|Declined|Canceled|Expired", "-", "*", "some"], Status::Unknown, Open, Funds::Unknown, BALANCES),
    Row::new(&["Voided"], Status::Returned(Returned::Voided), Final, Funds::Returned, DETAILS),
    Row::new(&["Pending", "-", "*", "*", "*", "*", "redirect"], Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken, DETAILS),
    Row::new(&["Pending"], Status::Pending(Pending::Processing), Open, Funds::Unknown, DETAILS),
    // A recurring charge that was declined will be tried again.
    Row::new(&["Retry Scheduled"], Status::Pending(Pending::Processing), Open, Funds::NotTaken, SDK),
    // Another attempt of the same order may follow.
    Row::new(&["Declined", "-", "*", "*", "*", "*", "*", "*", "by order"], Status::Failed, Provisional, Funds::Unknown, LIST),
    Row::new(&["Canceled", "-", "*", "*", "*", "*", "*", "*", "by order"], Status::Canceled, Provisional, Funds::Unknown, LIST),
    Row::new(&["Expired", "-", "*", "*", "*", "*", "*", "*", "by order"], Status::Expired, Provisional, Funds::Unknown, LIST),
    Row::new(&["Declined"], Status::Failed, Final, Funds::NotTaken, DETAILS),
    Row::new(&["Canceled"], Status::Canceled, Final, Funds::NotTaken, SDK),
    Row::new(&["Expired", "-", "*", "*", "*", "*", "*", "other"], Status::Expired, Provisional, Funds::NotTaken, ASSUMED),
    Row::new(&["Expired"], Status::Expired, Final, Funds::NotTaken, SDK),
];

/// How a payment was asked for that was not asked for by its own id: by its order's reference.
pub(crate) const BY_ORDER: Option<&str> = Some("by order");
/// By its order's reference, with a list that says that it is not whole.
pub(crate) const IN_PART: Option<&str> = Some("by a part of its order's list");

/// Judges a payment; nothing where a list says that there are some and shows none.
pub(crate) fn judge(payment: Option<&Details>, asked: Option<&str>) -> Judgement {
    let Some(payment) = payment else {
        return Row::judge(STATUSES, &[None, None, None, None, None, None, None, None, asked]);
    };
    let Balances { total_captured: captured, available_to_capture, total_refunded, .. } =
        payment.balances.unwrap_or_default();
    let some = |units| if units > 0 { "some" } else { "none" };
    let payout = (payment.source.is_none() && payment.destination.is_some()).then_some("payout");
    let approved = payment.approved.map(|flag| if flag { "true" } else { "false" });
    let returned = captured.zip(total_refunded).map(|(captured, returned)| share(returned, captured));
    let (captured, capturable) = (captured.map(some), available_to_capture.map(some));
    let redirect = payment.has_redirect().then_some("redirect");
    let kind = payment.source.as_ref().and_then(|source| source.kind.as_deref());
    let source = kind.map(|kind| if kind == "card" { "card" } else { "other" });
    let word = Some(&*payment.status);
    Row::judge(STATUSES, &[word, payout, approved, captured, returned, capturable, redirect, source, asked])
}
