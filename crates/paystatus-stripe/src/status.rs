use paystatus_core::{Finality::*, Funds, Judgement, Pending, Returned, Row, Source, Status};

use crate::{PaymentIntent, Session};

/// The types of API 2026-10-28.endive.
const SDK: Source = Source::new("https://www.npmjs.com/package/stripe/v/23.1.0", "2026-11");
const MULTICAPTURE: Source = Source::new("https://docs.stripe.com/payments/multicapture", "2026-11");
const FULFILLMENT: Source = Source::new("https://docs.stripe.com/checkout/fulfillment", "2026-11");

/// The words of an intent that was never paid, or of none.
const NEVER: &str = "-|requires_payment_method|requires_confirmation|canceled";
/// The words of a session that its intent decides, or of none.
const ANY: &str = "-|open|complete|expired";
const UNPAID: &str = "-|unpaid";
const PAID: &str = "-|unpaid|paid";
/// What a session says whose money has not come.
const DUE: &str = "unpaid|no_payment_required";
const FREE: &str = "no_payment_required";
const REFUNDED: Status = Status::Returned(Returned::Refunded);
const DISPUTED: Status = Status::Returned(Returned::ChargedBack);
const ACTION: Status = Status::Pending(Pending::ActionRequired);
const PROCESSING: Status = Status::Pending(Pending::Processing);

/// The status table. The words are case sensitive: the intent's `status`; what its charge and its `amount_received` show;
/// what stands beside it; and of a session its `status`, its `payment_status`, and what else decides.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    Row::new(&["not expanded"], Status::Unknown, Open, Funds::Unknown, SDK),
    // A session whose intent was never paid.
    Row::new(&[NEVER, "*", "-|nothing", "*", "open", DUE], ACTION, Open, Funds::NotTaken, SDK),
    // A copy of it can still be paid.
    Row::new(&[NEVER, "*", "-|nothing", "*", "expired", DUE, "recovery"], Status::Expired, Provisional, Funds::NotTaken, SDK),
    Row::new(&[NEVER, "*", "-|nothing", "*", "expired", DUE], Status::Expired, Final, Funds::NotTaken, SDK),
    // A delayed method failed.
    Row::new(&["requires_payment_method", "*", "*", "*", "complete", DUE], Status::Failed, Provisional, Funds::NotTaken, FULFILLMENT),
    Row::new(&["-", "*", "*", "*", "complete", "unpaid"], PROCESSING, Open, Funds::Unknown, FULFILLMENT),
    // All of it taken off, a trial, a card that is only saved.
    Row::new(&["*", "*", "-|nothing", "*", "open|complete|expired", FREE], Status::Unknown, Provisional, Funds::NotTaken, SDK),
    // Refunds don't show here.
    Row::new(&["-", "*", "*", "*", "complete", "paid", "subscription"], Status::Paid, Provisional, Funds::Taken, SDK),
    Row::new(&["-", "*", "*", "*", "complete", "paid", "free subscription"], Status::Unknown, Provisional, Funds::NotTaken, SDK),
    // An intent, a session's too.
    Row::new(&["succeeded", "whole", "something", "*", ANY, PAID], Status::Paid, Final, Funds::Taken, SDK),
    Row::new(&["succeeded", "refunded", "*", "*", ANY, PAID], REFUNDED, Final, Funds::Returned, SDK),
    // It stays so after a dispute that was won.
    Row::new(&["succeeded", "disputed", "*", "*", ANY, PAID], DISPUTED, Provisional, Funds::Unknown, SDK),
    Row::new(&["succeeded"], Status::Unknown, Open, Funds::Unknown, SDK),
    Row::new(&["*", "*", "*", "*", "*", "paid"], Status::Unknown, Open, Funds::Unknown, FULFILLMENT),
    Row::new(&["requires_capture", "*", "nothing", "*", ANY, UNPAID], Status::Authorized, Open, Funds::Held, SDK),
    Row::new(&["requires_capture", "*", "something", "*", ANY, UNPAID], Status::PartlyPaid, Open, Funds::Taken, MULTICAPTURE),
    // Bank debits take days.
    Row::new(&["processing", "*", "*", "*", ANY, UNPAID], PROCESSING, Open, Funds::Unknown, SDK),
    Row::new(&["requires_action", "*", "*", "part of a bank transfer", ANY, UNPAID], Status::PartlyPaid, Open, Funds::Taken, SDK),
    Row::new(&["requires_action", "*", "*", "*", ANY, UNPAID], ACTION, Open, Funds::NotTaken, SDK),
    // One attempt failed; the next may not.
    Row::new(&["requires_payment_method", "*", "*", "last_payment_error", ANY, UNPAID], ACTION, Open, Funds::NotTaken, SDK),
    Row::new(&["requires_payment_method|requires_confirmation", "*", "*", "*", ANY, UNPAID], Status::Pending(Pending::Created), Open, Funds::NotTaken, SDK),
    // A hold that was released then reads `refunded`, and nothing was.
    Row::new(&["canceled", "*", "nothing", "expired", ANY, UNPAID], Status::Expired, Final, Funds::NotTaken, SDK),
    Row::new(&["canceled", "*", "nothing", "*", ANY, UNPAID], Status::Canceled, Final, Funds::NotTaken, SDK),
    Row::new(&["canceled"], Status::Unknown, Open, Funds::Unknown, SDK),
];

pub(crate) fn judge(intent: Option<&PaymentIntent>, session: Option<&Session>) -> Judgement {
    let [status, charge, received, beside] = match intent {
        Some(intent) => [Some(&*intent.status), charge(intent), Some(received(intent)), beside(intent)],
        None => [session.and_then(|it| it.payment_intent.as_ref()).map(|_| "not expanded"), None, None, None],
    };
    let [session, payment_status, more] =
        session.map_or([None; 3], |it| [Some(&*it.status), Some(&*it.payment_status), more(it)]);
    Row::judge(STATUSES, &[status, charge, received, beside, session, payment_status, more])
}

/// What the charge shows, if it is there and tells all of it.
fn charge(intent: &PaymentIntent) -> Option<&'static str> {
    let charge = intent.charge()?;
    if charge.refunded == Some(true) {
        return Some("refunded");
    } else if charge.disputed == Some(true) {
        return Some("disputed");
    }
    let is_told = charge.refunded.is_some() && charge.disputed.is_some();
    let is_taken = charge.status.as_deref() == Some("succeeded") && charge.captured == Some(true);
    (is_told && is_taken && charge.amount_refunded? < charge.amount_captured?).then_some("whole")
}

fn received(intent: &PaymentIntent) -> &'static str {
    match intent.amount_received {
        None => "not told",
        Some(0) => "nothing",
        Some(_) => "something",
    }
}

/// What stands beside the word and decides together with it.
fn beside(intent: &PaymentIntent) -> Option<&str> {
    match &*intent.status {
        "requires_action" => intent.transferred().map(|_| "part of a bank transfer"),
        "requires_payment_method" => intent.last_payment_error.as_ref().map(|_| "last_payment_error"),
        _ => intent.cancellation_reason.as_deref(),
    }
}

fn more(session: &Session) -> Option<&'static str> {
    match (&*session.status, session.mode.as_deref(), session.amount_total) {
        ("expired", ..) => session.can_be_recovered().then_some("recovery"),
        (_, Some("subscription"), Some(0)) => Some("free subscription"),
        (_, Some("subscription"), Some(_)) => Some("subscription"),
        _ => None,
    }
}
