use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize, Serializer, ser::SerializeStruct};

use crate::{Finality, Funds, Meaning, Status};

/// Where a fact about a provider was read, and when.
///
/// ```
/// use paystatus_core::Source;
/// const SEEN: Source = Source::new("https://example.com/docs/status", "2026-11");
/// assert_eq!(SEEN.read, "2026-11");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Source {
    /// The document or program: a URL, or a title where it has none.
    pub place: &'static str,
    /// The month it was read, as `YYYY-MM`.
    pub read: &'static str,
}

impl Source {
    /// Names a document and the month (`YYYY-MM`) in which it was read.
    pub const fn new(place: &'static str, read: &'static str) -> Self {
        Self { place, read }
    }
}

/// One row of a provider's status table: evidence, what it means, and where that was read.
///
/// The evidence is the reply reduced to a few words, always in the same order: the provider's status word first,
/// and behind it what else decides, such as the record's type.
/// A row says what each of them must be: a word, several with `|` between them, `-` for one that is absent,
/// or `*` for any, and any are those that it leaves out at its end. Words are compared to the letter.
///
/// ```
/// use paystatus_core::{Finality, Funds, Row, Source, Status};
///
/// const SEEN: Source = Source::new("https://example.com/docs/status", "2026-11");
/// const TABLE: &[Row] = &[
///     Row::new(&["settled", "sale|-"], Status::Paid, Finality::Final, Funds::Taken, SEEN),
///     Row::new(&["declined"], Status::Failed, Finality::Final, Funds::NotTaken, SEEN),
/// ];
///
/// assert_eq!(Row::judge(TABLE, &[Some("settled"), None]).meaning().status, Status::Paid);
/// assert_eq!(Row::judge(TABLE, &[Some("settled"), Some("preauth")]).meaning().status, Status::Unknown);
/// assert_eq!(Row::judge(TABLE, &[Some("declined"), Some("sale")]).meaning().status, Status::Failed);
/// assert_eq!(Row::judge(TABLE, &[Some("setled"), None]).row(), None); // what no row lists is unknown, and open
/// ```
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row {
    /// What the evidence must be.
    pub when: &'static [&'static str],
    /// What it then means.
    pub means: Meaning,
    /// Where that was read.
    pub source: Source,
}

impl Row {
    /// Writes a row.
    pub const fn new(
        when: &'static [&'static str],
        status: Status,
        finality: Finality,
        funds: Funds,
        source: Source,
    ) -> Self {
        Self { when, means: Meaning::new(status, finality, funds), source }
    }

    /// Finds the first row that the evidence fits; without one it means [`Meaning::UNKNOWN`].
    pub fn judge(table: &'static [Self], evidence: &[Option<&str>]) -> Judgement {
        let row = table.iter().find(|row| row.fits(evidence));
        Judgement { means: row.map_or(Meaning::UNKNOWN, |row| row.means), row }
    }

    fn fits(&self, evidence: &[Option<&str>]) -> bool {
        let seen = evidence.iter().copied().chain(std::iter::repeat(None));
        self.when.iter().zip(seen).all(|(wanted, seen)| match (*wanted, seen) {
            ("*", _) | ("-", None) => true,
            (_, None) => is_among(wanted, "-"),
            (_, Some("-" | "*")) => false,
            (_, Some(seen)) => is_among(wanted, seen),
        })
    }
}

/// Tells whether a word is one of several with `|` between them, to which a shorter list needs no look.
fn is_among(wanted: &str, word: &str) -> bool {
    (wanted == word && !word.contains('|'))
        || (wanted.len() > word.len() && wanted.split('|').any(|one| one == word))
}

/// What a provider's words mean, and the row that says so.
///
/// ```
/// use paystatus_core::{Finality, Funds, Judgement, Row, Source, Status};
///
/// const SEEN: Source = Source::new("https://example.com/docs/status", "2026-11");
/// const TABLE: &[Row] = &[Row::new(&["settled"], Status::Paid, Finality::Final, Funds::Taken, SEEN)];
/// let judgement = Row::judge(TABLE, &[Some("settled")]);
/// assert_eq!((judgement.meaning().status, judgement.row()), (Status::Paid, Some(&TABLE[0])));
///
/// let bounced = judgement.with_finality(Finality::Provisional); // beside something that the row does not see
/// assert_eq!(bounced.meaning().finality, Finality::Provisional);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    means: Meaning,
    row: Option<&'static Row>,
}

/// A meaning that no row states: for doubles in tests.
impl From<Meaning> for Judgement {
    fn from(means: Meaning) -> Self {
        Self { means, row: None }
    }
}

impl Judgement {
    /// What no row lists: unknown, open, funds unknown.
    pub const UNKNOWN: Self = Self { means: Meaning::UNKNOWN, row: None };

    /// What the words mean.
    pub fn meaning(self) -> Meaning {
        self.means
    }

    /// The row that says so; none for words that no row lists.
    pub fn row(self) -> Option<&'static Row> {
        self.row
    }

    /// Says that this is less or more final than the row has it, because of what else the reply shows.
    #[must_use]
    pub fn with_finality(self, finality: Finality) -> Self {
        Self { means: Meaning { finality, ..self.means }, ..self }
    }
}

/// How much of a whole a part is, as a word of evidence: `none`, `part`, `all` or `more`.
///
/// ```
/// use paystatus_core::share;
/// assert_eq!([0, 1, 50, 51].map(|returned| share(returned, 50)), ["none", "part", "all", "more"]);
/// assert_eq!(share(0, 0), "none");
/// ```
pub fn share<A: PartialOrd + Default>(part: A, whole: A) -> &'static str {
    if part == A::default() {
        "none"
    } else if part < whole {
        "part"
    } else if part == whole {
        "all"
    } else {
        "more"
    }
}

/// Why a payment is judged as it is: the row of the provider's status table, for a person who doubts it.
///
/// ```
/// use paystatus_core::{Because, Finality, Funds, Row, Source, Status};
///
/// const SEEN: Source = Source::new("https://example.com/docs/status", "2026-11");
/// static TABLE: &[Row] = &[Row::new(&["settled", "sale|-"], Status::Paid, Finality::Final, Funds::Taken, SEEN)];
/// let because = Because::from(&TABLE[0]);
/// assert_eq!(because.to_string(), "settled, sale|- (https://example.com/docs/status, read 2026-11)");
/// ```
#[derive(Clone, Debug)]
pub struct Because(Why);

/// A row, or what was kept of one in a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Kept")]
enum Why {
    Row(&'static Row),
    Kept(Box<Kept>),
}

#[derive(Clone, Debug, Deserialize)]
struct Kept {
    evidence: String,
    source: String,
    read: String,
}

impl From<Kept> for Why {
    fn from(kept: Kept) -> Self {
        Self::Kept(Box::new(kept))
    }
}

impl Because {
    /// What the reply said, as the row has it.
    pub fn evidence(&self) -> Cow<'_, str> {
        match &self.0 {
            Why::Row(row) if row.when.len() == 1 => row.when[0].into(),
            Why::Row(row) => row.when.join(", ").into(),
            Why::Kept(kept) => kept.evidence.as_str().into(),
        }
    }

    /// The document or program where that was read.
    pub fn source(&self) -> &str {
        match &self.0 {
            Why::Row(row) => row.source.place,
            Why::Kept(kept) => &kept.source,
        }
    }

    /// The month in which it was read, as `YYYY-MM`.
    pub fn read(&self) -> &str {
        match &self.0 {
            Why::Row(row) => row.source.read,
            Why::Kept(kept) => &kept.read,
        }
    }
}

impl From<&'static Row> for Because {
    fn from(row: &'static Row) -> Self {
        Self(Why::Row(row))
    }
}

impl PartialEq for Because {
    fn eq(&self, other: &Self) -> bool {
        (self.evidence(), self.source(), self.read()) == (other.evidence(), other.source(), other.read())
    }
}

impl Eq for Because {}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, read {})", self.evidence(), self.source(), self.read())
    }
}

impl Serialize for Because {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Because", 3)?;
        object.serialize_field("evidence", &self.evidence())?;
        object.serialize_field("source", self.source())?;
        object.serialize_field("read", self.read())?;
        object.end()
    }
}

impl<'de> Deserialize<'de> for Because {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Why::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCS: Source = Source::new("docs", "2026-11");
    const TABLE: &[Row] = &[
        Row::new(&["PAID", "-"], Status::Paid, Finality::Final, Funds::Taken, DOCS),
        Row::new(&["PAID|OK", "SALE|-"], Status::Authorized, Finality::Open, Funds::Held, DOCS),
        Row::new(&["*", "VOID"], Status::Canceled, Finality::Final, Funds::NotTaken, DOCS),
    ];

    #[track_caller]
    fn judged(evidence: &[Option<&str>], row: Option<usize>) {
        let judgement = Row::judge(TABLE, evidence);
        assert_eq!(judgement.row(), row.map(|row| &TABLE[row]), "{evidence:?}");
        assert_eq!(judgement.meaning(), row.map_or(Meaning::UNKNOWN, |row| TABLE[row].means));
    }

    #[test]
    fn the_first_row_that_fits_judges() {
        judged(&[Some("PAID"), None], Some(0));
        judged(&[Some("PAID")], Some(0));
        judged(&[Some("PAID"), Some("SALE")], Some(1));
        judged(&[Some("OK"), None], Some(1));
        judged(&[Some("anything"), Some("VOID"), Some("more")], Some(2));
        judged(&[None, Some("VOID")], Some(2));
    }

    #[test]
    fn remote_words_are_never_patterns() {
        for word in ["-", "*", "PAID|OK", "paid", " PAID", "", "|"] {
            judged(&[Some(word), None], None);
            judged(&[Some("PAID"), Some(word)], None);
        }
        judged(&[], None);
    }

    #[test]
    fn a_reason_survives_a_file() {
        let because = Because::from(&TABLE[1]);
        let kept = serde_json::to_string(&because).unwrap();
        assert_eq!(kept, r#"{"evidence":"PAID|OK, SALE|-","source":"docs","read":"2026-11"}"#);
        assert_eq!(serde_json::from_str::<Because>(&kept).unwrap(), because);
    }
}
