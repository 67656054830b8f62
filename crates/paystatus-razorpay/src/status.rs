use paystatus_core::{Finality::*, Funds, Judgement, Pending, Returned, Row, Source, Status, share};

use crate::Details;

/// The vendor's documentation: `api/payments`, `api/orders`.
const DOCS: Source = Source::new("https://github.com/razorpay/markdown-docs", "2026-11");
const LATE: Source =
    Source::new("https://github.com/razorpay/markdown-docs, payments/payments/late-authorisation", "2026-11");
const SDK: Source = Source::new("https://www.npmjs.com/package/razorpay/v/2.9.8", "2026-11");
const PLUGIN: Source = Source::new("https://github.com/razorpay/razorpay-woocommerce", "2026-11");

const REFUNDED: Status = Status::Returned(Returned::Refunded);

/// The status table. The words are case sensitive: `status`; the flag `captured`; `amount_refunded` compared with
/// the amount, or not told; `refund_status`; `zero` for an amount of 0; `method`; and how the payment was asked for,
/// `-` by its own id.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    // Samples of mandates.
    Row::new(&["captured", "*", "*", "*", "zero"], Status::Unknown, Open, Funds::Unknown, DOCS),
    Row::new(&["captured", "false"], Status::Unknown, Open, Funds::Unknown, DOCS),
    Row::new(&["captured", "*", "-|none|part", "full"], Status::Unknown, Open, Funds::Unknown, DOCS),
    Row::new(&["captured", "*", "-|none", "partial"], Status::Unknown, Open, Funds::Unknown, DOCS),
    Row::new(&["captured", "true|-", "none|part"], Status::Paid, Final, Funds::Taken, DOCS),
    Row::new(&["captured", "true|-", "-"], Status::Paid, Final, Funds::Taken, SDK),
    // What the rest of an order's list would say, nobody knows.
    Row::new(&["*", "*", "*", "*", "*", "*", "by a part of its order's list"], Status::Unknown, Open, Funds::Unknown, DOCS),
    // Another attempt of the same order may follow.
    Row::new(&["captured", "true|-", "all", "*", "*", "*", "by order"], REFUNDED, Provisional, Funds::Returned, DOCS),
    Row::new(&["refunded", "*", "all|-", "*", "*", "*", "by order"], REFUNDED, Provisional, Funds::Returned, DOCS),
    Row::new(&["captured", "true|-", "all"], REFUNDED, Final, Funds::Returned, DOCS),
    Row::new(&["refunded", "*", "all|-"], REFUNDED, Final, Funds::Returned, DOCS),
    Row::new(&["refunded"], Status::Unknown, Open, Funds::Unknown, DOCS),
    Row::new(&["*", "*", "more"], Status::Unknown, Open, Funds::Unknown, DOCS),
    // The payer is debited and the merchant has nothing: without a capture it goes back after some days.
    Row::new(&["authorized"], Status::Authorized, Open, Funds::Held, DOCS),
    // The bank has not answered.
    Row::new(&["created"], Status::Pending(Pending::Processing), Open, Funds::Unknown, DOCS),
    // Cash on delivery.
    Row::new(&["pending", "*", "*", "*", "*", "cod"], Status::Pending(Pending::Created), Open, Funds::NotTaken, PLUGIN),
    // A time-out fails after 10 minutes, and then the bank is asked for three days.
    Row::new(&["failed"], Status::Failed, Provisional, Funds::Unknown, LATE),
    // Nobody tried, or the only attempt is in `created`, which lists may leave out.
    Row::new(&["-", "*", "*", "*", "*", "*", "by order"], Status::Pending(Pending::Created), Open, Funds::Unknown, DOCS),
];

/// How a payment was asked for: by its own id, or by its order's.
#[derive(Clone, Copy)]
pub(crate) enum Asked {
    Payment,
    Order,
    /// The list says that it is not whole.
    PartOfOrder,
}

pub(crate) fn judge(payment: Option<&Details>, asked: Asked) -> Judgement {
    let asked = match asked {
        Asked::Payment => None,
        Asked::Order => Some("by order"),
        Asked::PartOfOrder => Some("by a part of its order's list"),
    };
    let Some(payment) = payment else {
        return Row::judge(STATUSES, &[None, None, None, None, None, None, asked]);
    };
    let captured = payment.captured.map(|flag| if flag { "true" } else { "false" });
    let refunded = payment.amount_refunded.map(|refunded| share(refunded, payment.amount));
    let zero = (payment.amount == 0).then_some("zero");
    let (refund_status, method) = (payment.refund_status.as_deref(), payment.method.as_deref());
    Row::judge(STATUSES, &[Some(&payment.status), captured, refunded, refund_status, zero, method, asked])
}
