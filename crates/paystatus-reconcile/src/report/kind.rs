//! The three things that a finding can mean for the books.

use crate::FindingKind;

/// Whether the books and the provider agree, differ, or can't be told to do either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Match,
    Difference,
    Undecided,
}

impl Kind {
    pub(super) fn of(finding: FindingKind) -> Self {
        match finding {
            FindingKind::Match => Self::Match,
            finding if finding.is_difference() => Self::Difference,
            _ => Self::Undecided,
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
