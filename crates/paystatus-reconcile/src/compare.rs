//! What one row and its answer say about each other: pure functions, one for each thing that a ledger can name.

use std::cmp::Ordering;

use paystatus::{Discrepancy, ErrorKind, Expected, Field, Finality, Money, Payment};

use crate::{
    Entry, Finding, Standing, Sum, Why,
    learned::{Learned, Unanswered},
};

/// The finding that a row and its answer come to, whatever other rows say.
pub(crate) fn alone(entry: &Entry, learned: &Learned) -> Finding {
    findings(entry, Some(learned), None)[0]
}

/// What was found about a row, the gravest finding first; never empty.
pub(crate) fn findings(
    entry: &Entry,
    learned: Option<&Learned>,
    about_other_rows: Option<Finding>,
) -> Vec<Finding> {
    let mut findings = match learned {
        Some(Ok(said)) => compare(entry, said),
        Some(Err(why)) => vec![nothing(why)],
        // A duplicate is not asked about; whatever else was not is not known.
        None if about_other_rows.is_none() => vec![Finding::Unverifiable(Why::NotAsked)],
        None => vec![],
    };
    findings.extend(about_other_rows);
    findings.sort_by_key(|finding| finding.gravity());
    // It comes last, because somebody has to see what differs already, and instead of a match, because the provider may
    // still say something else.
    if let Some(Ok(said)) = learned
        && agrees_so_far(entry, said)
    {
        findings.push(Finding::StillOpen);
    }
    if findings.is_empty() {
        findings.push(Finding::Match);
    }
    findings
}

/// Tells whether the two sides agree about the status, and the provider is known to change its mind about it.
pub(crate) fn agrees_so_far(entry: &Entry, said: &Payment<()>) -> bool {
    said.finality() == Finality::Provisional && entry.standing().agrees_with(said.status().into())
}

fn nothing(why: &Unanswered) -> Finding {
    match why.kind {
        Some(ErrorKind::NotFound) => Finding::MissingAtProvider,
        Some(kind) => Finding::Unverifiable(Why::CouldNotAsk(kind)),
        None => Finding::Unverifiable(Why::UnknownAccount),
    }
}

/// What a row and its payment disagree about, or can't be told to agree about.
fn compare(entry: &Entry, said: &Payment<()>) -> Vec<Finding> {
    let unconfirmed = entry.reference().is_none() || said.reference().is_none();
    if said.is_about_another() && unconfirmed {
        return vec![Finding::Unverifiable(Why::AnotherPayment)];
    }
    let mut findings = amount(entry, said);
    findings.extend(status(entry, said));
    findings.extend(reference(entry, said));
    findings.extend(test_money(entry, said));
    findings.extend(paid_twice(entry, said));
    findings
}

fn status(entry: &Entry, said: &Payment<()>) -> Option<Finding> {
    let (booked, reported) = (entry.standing(), Standing::from(said.status()));
    if reported == Standing::Unknown {
        return Some(Finding::Unverifiable(Why::UnknownStatus));
    }
    if said.finality() == Finality::Open {
        return Some(Finding::StillOpen);
    }
    if booked.agrees_with(reported) {
        return None;
    }
    Some(match (booked, reported) {
        (_, Standing::ChargedBack) => Finding::ChargebackNotInLedger,
        (_, Standing::Refunded) => Finding::RefundNotInLedger,
        (booked, Standing::Voided | Standing::Reversed) if booked.counts_money() => {
            Finding::RefundNotInLedger
        }
        _ => Finding::StatusDiffers,
    })
}

/// Compares what the merchant keeps where both sides count money, and else what was charged.
fn amount(entry: &Entry, said: &Payment<()>) -> Vec<Finding> {
    let Some(currency) = entry.currency() else { return vec![] };
    let Some(charged) = said.amount() else {
        return not_reported(said, Field::Amount).into_iter().collect();
    };
    if charged.currency() != currency {
        return vec![Finding::CurrencyDiffers];
    }
    let Some(booked) = entry.amount() else { return vec![] };
    let counts = entry.standing().counts_money() && Standing::from(said.status()).counts_money();
    let kept = match said.returned().filter(|_| counts) {
        Some(returned) => difference(charged, returned),
        None => Some(charged),
    };
    let Some(kept) = kept else { return vec![Finding::AmountDiffers { by: None }] };
    match kept.amount().cmp(&booked.amount()) {
        Ordering::Equal => vec![],
        Ordering::Greater => vec![Finding::AmountDiffers { by: difference(kept, booked) }],
        // Too little was charged, or some of it was given back, or both.
        Ordering::Less => {
            let (mut findings, mut most) = (vec![], booked);
            if charged.amount() < booked.amount() {
                findings.push(Finding::AmountDiffers { by: difference(charged, booked) });
                most = charged;
            }
            if kept != charged {
                findings.push(Finding::PartlyReturned { by: difference(most, kept) });
            }
            findings
        }
    }
}

/// Nothing where it has more digits than an exact decimal.
fn difference(one: Money, other: Money) -> Option<Money> {
    let mut sum = Sum::default();
    sum.add(one);
    sum.add(Money::new(-other.amount(), other.currency()));
    sum.to_money(one.currency())
}

fn reference(entry: &Entry, said: &Payment<()>) -> Option<Finding> {
    let booked = entry.reference()?;
    let Some(reported) = said.reference() else { return not_reported(said, Field::Reference) };
    (booked != reported).then_some(Finding::ReferenceDiffers)
}

/// What the ledger names must have been reported, unless no money moved: then nothing hangs on it.
fn not_reported(said: &Payment<()>, field: Field) -> Option<Finding> {
    Standing::from(said.status()).moved_money().then_some(Finding::Unverifiable(Why::NotReported(field)))
}

fn test_money(entry: &Entry, said: &Payment<()>) -> Option<Finding> {
    let counts = entry.standing().counts_money() || Standing::from(said.status()).counts_money();
    let is_test = said.test_mode() == Some(true) && !entry.allows_test_money();
    (counts && is_test).then_some(Finding::TestMode)
}

/// Several attempts of the order are paid, and fewer would have been enough.
fn paid_twice(entry: &Entry, said: &Payment<()>) -> Option<Finding> {
    if said.attempts().is_empty() {
        return None;
    }
    let expected = entry.amount().map_or_else(Expected::paid, Expected::new);
    let no = said.clone().verify(&expected).err()?;
    let twice = no.discrepancies().contains(&Discrepancy::PaidTwice);
    twice.then_some(Finding::PaidTwice { row: None })
}
