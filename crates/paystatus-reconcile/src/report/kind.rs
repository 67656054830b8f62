//! The three things that a finding can mean for the books.

use crate::{Finding, Why};

/// Whether the books and the provider agree, differ, or can't be told to do either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Match,
    Difference,
    Undecided,
}

impl Kind {
    /// The kind of a finding by its name, which is all that totals have.
    pub(super) fn of(finding: &str) -> Self {
        // Why a row is unverifiable is not in the name: any reason will do.
        let unverifiable = Finding::Unverifiable(Why::UnknownStatus).as_str();
        if finding == Finding::Match.as_str() {
            Self::Match
        } else if finding == Finding::StillOpen.as_str() || finding == unverifiable {
            Self::Undecided
        } else {
            Self::Difference
        }
    }

    /// Its class in the style sheet.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Difference => "difference",
            Self::Undecided => "undecided",
        }
    }

    /// What tells it apart for whoever does not see the colour.
    pub(super) fn mark(self) -> &'static str {
        match self {
            Self::Match => "✓",
            Self::Difference => "≠",
            Self::Undecided => "?",
        }
    }

    /// What a number of rows do.
    pub(super) fn verb(self, rows: u64) -> &'static str {
        match (self, rows) {
            (Self::Match, 1) => "agrees",
            (Self::Match, _) => "agree",
            (Self::Difference, 1) => "differs",
            (Self::Difference, _) => "differ",
            (Self::Undecided, 1) => "is undecided",
            (Self::Undecided, _) => "are undecided",
        }
    }
}

#[cfg(test)]
mod tests {
    use paystatus::{ErrorKind, Money};

    use super::*;

    #[test]
    fn a_name_tells_what_its_finding_tells() {
        let by = Money::parse("0.01", "USD").unwrap();
        for finding in [
            Finding::Match,
            Finding::StatusDiffers,
            Finding::AmountDiffers { by: Some(by) },
            Finding::MissingAtProvider,
            Finding::PaidTwice { row: 2 },
            Finding::StillOpen,
            Finding::Unverifiable(Why::CouldNotAsk(ErrorKind::Timeout)),
        ] {
            let kind = Kind::of(finding.as_str());
            assert_eq!(kind == Kind::Difference, finding.is_difference(), "{finding:?}");
            assert_eq!(kind == Kind::Match, finding == Finding::Match, "{finding:?}");
        }
    }
}
