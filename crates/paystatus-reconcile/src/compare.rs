//! What one row and its answer say about each other: pure functions, one for each thing that a ledger can name.

use paystatus::{ErrorKind, Field, Finality, Money};

use crate::{
    Entry, Finding, Standing, Sum, Why,
    answer::{Answer, Reported, Unanswered},
};

/// The finding that a row and its answer come to, whatever other rows say.
pub(crate) fn alone(entry: &Entry, answer: &Answer) -> Finding {
    findings(entry, Some(answer), None)[0]
}

/// What was found about a row, the gravest finding first; never empty.
pub(crate) fn findings(
    entry: &Entry,
    answer: Option<&Answer>,
    about_other_rows: Option<Finding>,
) -> Vec<Finding> {
    let mut findings = match answer {
        Some(answer) => compare(entry, answer),
        // A duplicate is not asked about; whatever else was not is not known.
        None if about_other_rows.is_none() => vec![Finding::Unverifiable(Why::NotAsked)],
        None => vec![],
    };
    findings.extend(about_other_rows);
    findings.sort_by_key(|finding| finding.gravity());
    // It comes last, because somebody has to see what differs already, and instead of a match, because the provider may
    // still say something else.
    if answer.and_then(Answer::payment).is_some_and(|said| agrees_so_far(entry, said)) {
        findings.push(Finding::StillOpen);
    }
    if findings.is_empty() {
        findings.push(Finding::Match);
    }
    findings
}

/// Tells whether the two sides agree about the status, and the provider is known to change its mind about it.
pub(crate) fn agrees_so_far(entry: &Entry, said: &Reported) -> bool {
    said.finality == Finality::Provisional && entry.standing().agrees_with(said.status)
}

/// What a row and its answer disagree about, or can't be told to agree about.
fn compare(entry: &Entry, answer: &Answer) -> Vec<Finding> {
    match answer {
        Answer::Nothing(Unanswered { kind: Some(ErrorKind::NotFound), .. }) => {
            vec![Finding::MissingAtProvider]
        }
        Answer::Nothing(Unanswered { kind: Some(kind), .. }) => {
            vec![Finding::Unverifiable(Why::CouldNotAsk(*kind))]
        }
        Answer::Nothing(_) => vec![Finding::Unverifiable(Why::UnknownAccount)],
        Answer::Payment(said) => {
            let unconfirmed = entry.reference().is_none() || said.reference.is_none();
            if said.is_about_another && unconfirmed {
                return vec![Finding::Unverifiable(Why::AnotherPayment)];
            }
            [status(entry, said), amount(entry, said), reference(entry, said)].into_iter().flatten().collect()
        }
    }
}

fn status(entry: &Entry, said: &Reported) -> Option<Finding> {
    let booked = entry.standing();
    if said.status == Standing::Unknown {
        return Some(Finding::Unverifiable(Why::UnknownStatus));
    }
    if said.finality == Finality::Open {
        return Some(Finding::StillOpen);
    }
    if booked.agrees_with(said.status) {
        return None;
    }
    Some(match (booked, said.status) {
        (_, Standing::ChargedBack) => Finding::ChargebackNotInLedger,
        (_, Standing::Refunded) | (Standing::Paid, Standing::Voided | Standing::Reversed) => {
            Finding::RefundNotInLedger
        }
        _ => Finding::StatusDiffers,
    })
}

fn amount(entry: &Entry, said: &Reported) -> Option<Finding> {
    let currency = entry.currency()?;
    let Some(reported) = said.amount else { return not_reported(said, Field::Amount) };
    if reported.currency() != currency {
        return Some(Finding::CurrencyDiffers);
    }
    let booked = entry.amount().filter(|&booked| booked != reported)?;
    Some(Finding::AmountDiffers { by: difference(reported, booked) })
}

/// Nothing where it has more digits than an exact decimal.
fn difference(reported: Money, booked: Money) -> Option<Money> {
    let (mut sum, mut less) = (Sum::default(), booked);
    less = Money::new(-less.amount(), less.currency());
    sum.add(reported);
    sum.add(less);
    sum.to_money(booked.currency())
}

fn reference(entry: &Entry, said: &Reported) -> Option<Finding> {
    let booked = entry.reference()?;
    let Some(reported) = &said.reference else { return not_reported(said, Field::Reference) };
    (booked != reported).then_some(Finding::ReferenceDiffers)
}

/// What the ledger names must have been reported, unless no money moved: then nothing hangs on it.
fn not_reported(said: &Reported, field: Field) -> Option<Finding> {
    said.status.moved_money().then_some(Finding::Unverifiable(Why::NotReported(field)))
}
