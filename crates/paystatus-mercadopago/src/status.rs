use paystatus_core::{Finality::*, Funds, Judgement, Pending, Returned, Row, Source, Status, share};

use crate::Details;

/// The vendor's documentation, `/developers/en/docs`: query results, Zero Dollar Auth, chargebacks.
const DOCS: Source = Source::new("https://www.mercadopago.com.mx/developers, query-results", "2026-11");
const ZERO: Source = Source::new("https://www.mercadopago.com.br/developers, zero-dollar-auth", "2026-11");
const BACK: Source = Source::new("https://www.mercadopago.com.br/developers, chargebacks", "2026-11");
const SEARCH: Source = Source::new("https://developers.mercadolibre.cl/en_us/payment-handling", "2026-11");

const ACTION: Status = Status::Pending(Pending::ActionRequired);
const PROCESSING: Status = Status::Pending(Pending::Processing);
const REFUNDED: Status = Status::Returned(Returned::Refunded);
const CHARGED_BACK: Status = Status::Returned(Returned::ChargedBack);

const WAITING: &str = "pending_waiting_payment|pending_waiting_transfer|pending_challenge";
const REVIEWED: &str = "offline_process|pending_contingency|pending_review_manual|deferred_retry";

/// The status table, in lower case, case sensitive: `status`; `status_detail`; `card_validation` or `zero` where no money
/// was asked for; `transaction_amount_refunded` compared with the amount, `-` where it is not told; `not captured`;
/// and how the payment was asked for, `-` by its own id.
///
/// The words of the Orders API (`processed`, `action_required`) stand in no row.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    // A check of the card.
    Row::new(&["approved|authorized", "*", "card_validation|zero"], Status::Unknown, Open, Funds::NotTaken, ZERO),
    Row::new(&["authorized"], Status::Authorized, Open, Funds::Held, DOCS),
    Row::new(&["approved", "pending_capture"], Status::Authorized, Open, Funds::Held, DOCS),
    Row::new(&["approved", "*", "*", "*", "not captured"], Status::Authorized, Open, Funds::Held, DOCS),
    Row::new(&["approved", "*", "*", "all|more"], REFUNDED, Final, Funds::Returned, DOCS),
    // Nobody says how much came back: it has no amount.
    Row::new(&["approved", "partially_refunded", "*", "none|-"], Status::Paid, Final, Funds::Taken, DOCS),
    Row::new(&["approved", "accredited|partially_refunded"], Status::Paid, Final, Funds::Taken, DOCS),
    Row::new(&["pending", WAITING], ACTION, Open, Funds::NotTaken, DOCS),
    Row::new(&["pending"], PROCESSING, Open, Funds::Unknown, DOCS),
    // Up to two working days.
    Row::new(&["in_process", REVIEWED], PROCESSING, Open, Funds::Unknown, DOCS),
    // The payer disputes what was taken: it ends as approved or as refunded.
    Row::new(&["in_mediation"], Status::Unknown, Open, Funds::Taken, DOCS),
    // A new attempt is a new payment with the same reference.
    Row::new(&["rejected", "*", "*", "*", "*", "by order"], Status::Failed, Provisional, Funds::Unknown, SEARCH),
    Row::new(&["cancelled|canceled", "expired", "*", "*", "*", "by order"], Status::Expired, Provisional, Funds::Unknown, SEARCH),
    Row::new(&["cancelled|canceled", "*", "*", "*", "*", "by order"], Status::Canceled, Provisional, Funds::Unknown, SEARCH),
    Row::new(&["rejected"], Status::Failed, Final, Funds::NotTaken, DOCS),
    // 30 days pending.
    Row::new(&["cancelled|canceled", "expired"], Status::Expired, Final, Funds::NotTaken, DOCS),
    Row::new(&["cancelled|canceled"], Status::Canceled, Final, Funds::NotTaken, DOCS),
    Row::new(&["refunded", "refunded|by_admin"], REFUNDED, Final, Funds::Returned, DOCS),
    // The seller lost.
    Row::new(&["charged_back", "settled"], CHARGED_BACK, Final, Funds::Returned, BACK),
    Row::new(&["charged_back"], CHARGED_BACK, Provisional, Funds::Unknown, BACK),
];

pub(crate) fn judge(payment: &Details, by_order: bool) -> Judgement {
    let is_zero = payment.transaction_amount.is_some_and(|amount| amount.value().is_zero());
    let kind = match payment.operation_type.as_deref() {
        Some("card_validation") => Some("card_validation"),
        _ => is_zero.then_some("zero"),
    };
    let captured = (payment.captured == Some(false)).then_some("not captured");
    let (detail, asked) = (payment.status_detail.as_deref(), by_order.then_some("by order"));
    Row::judge(STATUSES, &[Some(&payment.status), detail, kind, refunded(payment), captured, asked])
}

/// How much was given back; some of it where the amount is not told.
pub(crate) fn refunded(payment: &Details) -> Option<&'static str> {
    let refunded = payment.transaction_amount_refunded?.value();
    let whole = payment.transaction_amount.map(|amount| amount.value());
    Some(match whole {
        Some(whole) => share(refunded, whole),
        None if refunded.is_zero() => "none",
        None => "part",
    })
}
