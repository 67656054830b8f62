use paystatus_core::{Finality::*, Funds, Meaning, Pending, Returned, Row, Source, Status};

const SEED: Source = Source::new("CommitUp API documentation, Get Payment Status", "2026-11");
const DOCS: Source = Source::new("https://github.com/commitup/api-doc-v2", "2026-11");

/// What a row asks of the record's type; `None` is a reply that does not tell it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Type {
    /// Nothing.
    Any,
    /// One of these.
    Of(&'static [Option<&'static str>]),
    /// None, and the account does not insist on one.
    NoneIfAllowed,
    /// None, though the record has a parent.
    NoneBesideParent,
}
use Type::{Any, NoneBesideParent, NoneIfAllowed, Of};

const SALE: Option<&str> = Some("SALE");
const REFUND: Option<&str> = Some("REFUND");
const CANCEL: Option<&str> = Some("CANCEL");
const ANY_WORD: &str = "*";

/// The status table: the first row that applies counts. The words are case sensitive.
pub(crate) const STATUSES: &[Row<(&str, Type)>] = &[
    // A refund or a cancellation, and nobody knows which.
    Row::new((ANY_WORD, NoneBesideParent), Status::Unknown, Open, Funds::Unknown, DOCS),
    Row::new(("SUCCESS", Of(&[SALE])), Status::Paid, Final, Funds::Taken, DOCS),
    // A pre-authorization shows the same: see `require_transaction_type`.
    Row::new(("SUCCESS", NoneIfAllowed), Status::Paid, Final, Funds::Taken, SEED),
    // It can be a partial one, and the parent may stay paid.
    Row::new(("SUCCESS", Of(&[REFUND])), Status::Returned(Returned::Refunded), Final, Funds::Unknown, DOCS),
    // The whole amount, on the same day.
    Row::new(("SUCCESS", Of(&[CANCEL])), Status::Returned(Returned::Voided), Final, Funds::Returned, DOCS),
    // What a pre-authorization's type is called is not documented.
    Row::new(("SUCCESS", Any), Status::Unknown, Open, Funds::Unknown, DOCS),
    Row::new(("CAPTURED", Of(&[REFUND, CANCEL])), Status::Unknown, Open, Funds::Unknown, DOCS),
    Row::new(("CAPTURED", Any), Status::Paid, Final, Funds::Taken, DOCS),
    // Stays for ever if the payer leaves 3-D Secure.
    Row::new(("ENROLLED", Any), Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken, SEED),
    // Not given back yet.
    Row::new(
        ("PENDING_APPROVAL", Of(&[REFUND])),
        Status::Pending(Pending::Processing),
        Open,
        Funds::Taken,
        DOCS,
    ),
    // The refund was refused: the parent stays paid.
    Row::new(("REJECTED", Of(&[REFUND])), Status::Failed, Final, Funds::Taken, DOCS),
    Row::new(("FAILED", Of(&[SALE, None])), Status::Failed, Final, Funds::NotTaken, SEED),
    // The parent stays as it was.
    Row::new(("FAILED", Of(&[REFUND, CANCEL])), Status::Failed, Final, Funds::Taken, DOCS),
    Row::new(("CANCELLED", Of(&[SALE, None])), Status::Canceled, Final, Funds::Unknown, SEED),
];

/// What a reply says for the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evidence<'a> {
    pub(crate) status: &'a str,
    pub(crate) transaction_type: Option<&'a str>,
    pub(crate) has_parent: bool,
    pub(crate) type_required: bool,
}

pub(crate) fn meaning(said: Evidence<'_>) -> Meaning {
    let is_untyped = said.transaction_type.is_none();
    Row::find(STATUSES, |(word, kind)| {
        (*word == ANY_WORD || *word == said.status)
            && match kind {
                Any => true,
                Of(types) => types.contains(&said.transaction_type),
                NoneIfAllowed => is_untyped && !said.type_required,
                NoneBesideParent => is_untyped && said.has_parent,
            }
    })
}

/// Tells whether the reply's amount is what was taken: a capture may show what was authorized.
pub(crate) fn tells_what_was_charged(word: &str) -> bool {
    word != "CAPTURED"
}

#[cfg(test)]
mod tests {
    use super::*;

    const OTHER: Option<&str> = Some("PREAUTH");
    const UNKNOWN: Meaning = Meaning::UNKNOWN;

    fn said<'a>(status: &'a str, transaction_type: Option<&'a str>) -> Evidence<'a> {
        Evidence { status, transaction_type, has_parent: false, type_required: false }
    }

    const fn means(status: Status, finality: paystatus_core::Finality, funds: Funds) -> Meaning {
        Meaning::new(status, finality, funds)
    }

    #[test]
    fn the_table_row_by_row() {
        let paid = means(Status::Paid, Final, Funds::Taken);
        let refunded = means(Status::Returned(Returned::Refunded), Final, Funds::Unknown);
        let voided = means(Status::Returned(Returned::Voided), Final, Funds::Returned);
        let enrolled = means(Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken);
        let waiting = means(Status::Pending(Pending::Processing), Open, Funds::Taken);
        let refused = means(Status::Failed, Final, Funds::Taken);
        let failed = means(Status::Failed, Final, Funds::NotTaken);
        let canceled = means(Status::Canceled, Final, Funds::Unknown);
        // By type: SALE, none, REFUND, CANCEL, any other.
        let types = [SALE, None, REFUND, CANCEL, OTHER];
        assert_eq!(STATUSES.len(), 14);
        for (word, row) in [
            ("SUCCESS", [paid, paid, refunded, voided, UNKNOWN]),
            ("CAPTURED", [paid, paid, UNKNOWN, UNKNOWN, paid]),
            ("ENROLLED", [enrolled; 5]),
            ("PENDING_APPROVAL", [UNKNOWN, UNKNOWN, waiting, UNKNOWN, UNKNOWN]),
            ("REJECTED", [UNKNOWN, UNKNOWN, refused, UNKNOWN, UNKNOWN]),
            ("FAILED", [failed, failed, refused, refused, UNKNOWN]),
            ("CANCELLED", [canceled, canceled, UNKNOWN, UNKNOWN, UNKNOWN]),
        ] {
            for (kind, expected) in types.into_iter().zip(row) {
                assert_eq!(meaning(said(word, kind)), expected, "{word} {kind:?}");
                // A parent changes nothing where the type is told, and everything where it is not.
                let child = meaning(Evidence { has_parent: true, ..said(word, kind) });
                assert_eq!(
                    child,
                    if kind.is_none() { UNKNOWN } else { expected },
                    "{word} {kind:?} of a parent"
                );
                // Insisting on a type changes an untyped success and nothing else.
                let strict = meaning(Evidence { type_required: true, ..said(word, kind) });
                let is_changed = word == "SUCCESS" && kind.is_none();
                assert_eq!(strict, if is_changed { UNKNOWN } else { expected }, "{word} {kind:?} strictly");
            }
        }
    }

    #[test]
    fn any_other_word_is_unknown_another_case_included() {
        for word in
            ["", "*", "success", "Success", " SUCCESS", "CANCELED", "PENDING", "REFUNDED", "AUTHORIZED"]
        {
            for kind in [SALE, None, REFUND, CANCEL, OTHER] {
                assert_eq!(meaning(said(word, kind)), UNKNOWN, "{word} {kind:?}");
            }
        }
        for kind in ["", "sale", "Sale", "SALE ", "VOID"] {
            for word in ["SUCCESS", "FAILED", "CANCELLED", "REJECTED"] {
                assert_eq!(meaning(said(word, Some(kind))), UNKNOWN, "{word} {kind}");
            }
        }
    }

    #[test]
    fn only_a_captures_amount_is_doubtful() {
        assert!(!tells_what_was_charged("CAPTURED"));
        assert!(tells_what_was_charged("SUCCESS") && tells_what_was_charged("captured"));
    }
}
