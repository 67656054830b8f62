use paystatus_core::{Finality::*, Funds, Judgement, Money, Pending, Returned, Row, Source, Status, share};

use crate::Details;

/// The API's description, `specs.yaml`.
const SPEC: Source = Source::new("https://github.com/mollie/openapi", "2026-11");
const DOCS: Source = Source::new("https://docs.mollie.com/docs/status-change", "2026-11");

/// What was never captured.
const NEVER: &str = "-|nothing";
const CHARGED_BACK: Status = Status::Returned(Returned::ChargedBack);

/// The status table. The words are case sensitive: `status`; whether something was captured, where the reply tells;
/// what came back by refunds and chargebacks, compared with what was charged; whether a part of it was charged back;
/// `zero` for an amount of 0; and `method`.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    Row::new(&["*", "*", "another currency"], Status::Unknown, Open, Funds::Unknown, SPEC),
    // A first payment for nothing, which sets up a mandate.
    Row::new(&["paid", NEVER, "*", "*", "zero"], Status::Unknown, Provisional, Funds::NotTaken, SPEC),
    Row::new(&["paid", "nothing"], Status::Unknown, Open, Funds::Unknown, SPEC),
    // The word stays after refunds and chargebacks.
    Row::new(&["paid", "*", "none|part", "-"], Status::Paid, Final, Funds::Taken, SPEC),
    // A chargeback can be reversed.
    Row::new(&["paid", "*", "none|part", "charged back"], Status::Paid, Provisional, Funds::Taken, SPEC),
    // Refunds may exceed the payment.
    Row::new(&["paid", "*", "all|more", "-"], Status::Returned(Returned::Refunded), Final, Funds::Returned, SPEC),
    Row::new(&["paid", "*", "all|more", "charged back"], CHARGED_BACK, Provisional, Funds::Returned, SPEC),
    Row::new(&["authorized", NEVER], Status::Authorized, Open, Funds::Held, DOCS),
    // The rest is still held.
    Row::new(&["authorized", "something"], Status::PartlyPaid, Open, Funds::Taken, SPEC),
    // Not begun, or a bank transfer is awaited.
    Row::new(&["open"], Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken, DOCS),
    // A direct debit takes days.
    Row::new(&["pending"], Status::Pending(Pending::Processing), Open, Funds::Unknown, DOCS),
    Row::new(&["canceled", NEVER], Status::Canceled, Final, Funds::NotTaken, DOCS),
    // A transfer may be on its way.
    Row::new(&["expired", NEVER, "*", "*", "*", "banktransfer"], Status::Expired, Provisional, Funds::Unknown, DOCS),
    Row::new(&["expired", NEVER], Status::Expired, Final, Funds::NotTaken, DOCS),
    // The payer was offered other methods before.
    Row::new(&["failed", NEVER], Status::Failed, Final, Funds::NotTaken, DOCS),
    Row::new(&["canceled|expired|failed", "something"], Status::Unknown, Open, Funds::Unknown, SPEC),
];

/// The sums of a payment, each in its own currency.
pub(crate) struct Sums {
    pub(crate) amount: Option<Money>,
    pub(crate) captured: Option<Money>,
    pub(crate) charged_back: Option<Money>,
    /// By refunds and chargebacks together; nothing if one of the sums can't be set against the amount.
    pub(crate) returned: Option<Money>,
}

impl Sums {
    /// What was captured, where that is told and is something; else the amount.
    pub(crate) fn charged(&self) -> Option<Money> {
        self.captured.filter(|captured| !captured.amount().is_zero()).or(self.amount)
    }
}

pub(crate) fn judge(payment: &Details, sums: &Sums) -> Judgement {
    let is_zero = |money: Money| money.amount().is_zero();
    let something = |money| if is_zero(money) { "nothing" } else { "something" };
    let returned = match (sums.amount, sums.returned) {
        (None, _) => None,
        (Some(_), None) => Some("another currency"),
        (Some(amount), Some(returned)) => {
            Some(share(returned.amount(), sums.captured.unwrap_or(amount).amount()))
        }
    };
    let charged_back = sums.charged_back.filter(|sum| !is_zero(*sum)).map(|_| "charged back");
    let zero = sums.amount.filter(|amount| is_zero(*amount)).map(|_| "zero");
    let (status, captured) = (Some(payment.status.as_str()), sums.captured.map(something));
    Row::judge(STATUSES, &[status, captured, returned, charged_back, zero, payment.method.as_deref()])
}
