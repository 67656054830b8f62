//! Reduces a record and what is linked to it to the words that the status table judges, and to the money.

use paystatus_core::Money;

use crate::{
    Details,
    status::{REVIEWED, SUCCEEDED, is_one_of},
};

/// The records that belong to an attempt, or to a capture that was asked for by its own id:
/// those whose chain of references leads to it.
pub(crate) fn to<'a>(own: &Details, records: &'a [Details]) -> Vec<&'a Details> {
    records.iter().filter(|record| !record.is_attempt() && leads(record, own, records)).collect()
}

fn leads(record: &Details, own: &Details, records: &[Details]) -> bool {
    let mut next = record;
    // No chain is longer than the list, and one that is a circle ends too.
    for _ in records {
        let Some(id) = next.referenced_id.as_deref() else { return false };
        if id == own.id {
            return true;
        }
        // What gives money back and names the hold is taken to be about the capture that was asked for.
        if own.is("CP") && own.referenced_id.as_deref() == Some(id) {
            return record.is("RF") || record.is("CB") || record.is("CR");
        }
        match records.iter().find(|other| other.id == id) {
            Some(other) if !(other.is_attempt() || own.is("CP") && other.is("CP")) => next = other,
            _ => return false,
        }
    }
    false
}

/// What was seen of an attempt: the code that decides, what came after it, and the money.
pub(crate) struct Seen<'a> {
    pub(crate) code: &'a str,
    pub(crate) after: Option<&'static str>,
    pub(crate) is_test: bool,
    pub(crate) amount: Option<Money>,
    pub(crate) returned: Option<Money>,
}

impl<'a> Seen<'a> {
    pub(crate) fn of(own: &'a Details, linked: &[&'a Details]) -> Self {
        let of = |kind: &'static str| linked.iter().copied().filter(move |one| one.is(kind) && counts(one));
        let has = |kind: &'static str| of(kind).next().is_some();
        let (gone, live): (Vec<_>, Vec<_>) = of("CP").partition(|one| of("RV").any(|void| void.names(one)));
        let is_of_gone = |one: &&Details| gone.iter().any(|capture| one.names(capture));
        let voids: Vec<_> = of("RV").filter(|one| !is_of_gone(one)).collect();
        let mut refunds: Vec<_> = of("RF").filter(|one| !is_of_gone(one)).collect();

        let (is_hold, whole) = (own.is("PA"), own.money());
        let voided = sum(&voids, whole);
        let is_all = |(whole, part): (Money, Money)| part.amount() >= whole.amount();
        let is_void = !voids.is_empty()
            && (voids.iter().any(|one| one.amount.is_none()) || whole.zip(voided).is_some_and(is_all));
        // A hold is nothing that was charged; and what was reversed in part counts as refunded.
        let amount = if is_hold { sum(&live, whole).filter(|_| !live.is_empty()) } else { whole };
        refunds.extend(voids.iter().filter(|_| !is_hold));
        let returned = sum(&refunds, amount).filter(|_| !is_hold || !live.is_empty());
        let is_refunded = !refunds.is_empty() && amount.zip(returned).is_some_and(is_all);

        let is_success = is_one_of(&own.result.code, SUCCEEDED);
        let after = match own.payment_type.as_str() {
            // Money that moved after a failure is nothing that a row knows.
            _ if !is_success => (!live.is_empty() || has("RF") || has("CB")).then_some("money moved"),
            _ if has("CB") && has("CR") => Some("charged back and represented"),
            _ if has("CB") => Some("charged back"),
            "DB" if is_void => Some("reversed"),
            "PA" if live.is_empty() && !gone.is_empty() => Some("reversed, and nobody says how far"),
            "PA" if live.is_empty() && is_void => Some("voided"),
            "PA" if live.is_empty() => (!refunds.is_empty()).then_some("refunded without a capture"),
            _ if !is_hold && (is_void || (!voids.is_empty() && whole.zip(voided).is_none())) => {
                Some("reversed, and nobody says how far")
            }
            _ if is_refunded => Some("refunded"),
            _ => is_hold.then_some("captured"),
        };
        let mut codes = [own].into_iter().chain(live).map(|one| &*one.result.code);
        Self {
            is_test: codes.clone().any(|code| is_one_of(code, "000.100.11[0-2]")),
            code: codes.find(|code| is_success && is_one_of(code, REVIEWED)).unwrap_or(&own.result.code),
            after,
            // Where nobody knows what came back, nobody knows what is left.
            amount: amount.filter(|_| refunds.is_empty() || returned.is_some() || after == Some("reversed")),
            returned: if after == Some("reversed") { amount } else { returned.filter(|_| is_success) },
        }
    }
}

/// A linked record counts only if it succeeded itself.
fn counts(record: &Details) -> bool {
    let code = record.result.code.as_str();
    let is_back = record.is("CB") && is_one_of(code, "000.100.2");
    let is_again = record.is("CR") && code == "000.100.105";
    (is_one_of(code, SUCCEEDED) || is_back || is_again) && !record.is_zero()
}

/// The sum of records in the currency of the whole; nothing if one of them is not known. No records are zero of the whole.
fn sum(records: &[&Details], whole: Option<Money>) -> Option<Money> {
    let first = whole.or_else(|| records.first()?.money())?;
    records.iter().try_fold(first.saturating_sub(first)?, |sum, record| sum.checked_add(record.money()?))
}
