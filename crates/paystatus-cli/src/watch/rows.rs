//! Many watches from CSV with a header, or JSON lines.

use std::io::{BufRead, Lines};

use paystatus::{Currency, Error, Expected, Lookup, Money, Number};
use paystatus_watch::Watch;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    args::{Add, Deadline, deadline},
    files::config,
};

const COLUMNS: [&str; 9] =
    ["key", "account", "id", "by", "amount", "currency", "reference", "deadline", "metadata"];

/// The longest line that is looked at, in bytes: no row comes near.
const LONGEST_LINE: usize = 64 << 10;

/// Watches with the number of their line, or why a line is none.
pub(super) struct Rows<'a, R: BufRead> {
    lines: Source<R>,
    add: &'a Add,
    is_over: bool,
}

enum Source<R: BufRead> {
    Csv { records: Box<csv::StringRecordsIntoIter<R>>, columns: Vec<usize> },
    Json { lines: Lines<R>, line: u64 },
}

/// A row in words; what is empty is absent.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Row<'a> {
    key: Option<String>,
    account: Option<String>,
    id: Option<String>,
    by: Option<String>,
    #[serde(borrow)]
    amount: Option<&'a RawValue>,
    currency: Option<String>,
    reference: Option<String>,
    deadline: Option<String>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
}

/// A row with its amount and metadata as text.
#[derive(Default)]
struct Words {
    key: Option<String>,
    account: Option<String>,
    id: Option<String>,
    by: Option<String>,
    amount: Option<String>,
    currency: Option<String>,
    reference: Option<String>,
    deadline: Option<String>,
    metadata: Option<String>,
}

/// What the options say about every watch.
pub(super) fn defaults(add: &Add, watch: Watch) -> Watch {
    let watch = watch.until(add.until()).following_for(add.follow.unwrap_or_default());
    match add.deadline {
        Some(deadline) => with_deadline(watch, deadline),
        None => watch,
    }
}

fn with_deadline(watch: Watch, deadline: Deadline) -> Watch {
    match deadline {
        Deadline::After(after) => watch.with_deadline(after),
        Deadline::At(at) => watch.with_deadline_at(at),
    }
}

/// Begins to read; a first line that begins with `{` is one of JSON lines.
pub(super) fn read<R: BufRead>(mut input: R, add: &Add) -> Result<Rows<'_, R>, Error> {
    let unreadable = |error: &dyn std::fmt::Display| config(format!("standard input can't be read: {error}"));
    let is_json = loop {
        let piece = input.fill_buf().map_err(|error| unreadable(&error))?;
        match piece.iter().position(|byte| !byte.is_ascii_whitespace()) {
            Some(at) => break piece[at] == b'{',
            None if piece.is_empty() => break true, // nothing at all
            None => {
                let length = piece.len();
                input.consume(length);
            }
        }
    };
    let lines = if is_json {
        Source::Json { lines: input.lines(), line: 0 }
    } else {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(input);
        let header = reader.headers().map_err(|error| unreadable(&error))?.clone();
        let column = |name: &str| {
            COLUMNS.iter().position(|column| *column == name).ok_or_else(|| {
                config(format!("the header has a column {name:?}, and may have {}", COLUMNS.join(", ")))
            })
        };
        let columns: Vec<_> = header.iter().map(column).collect::<Result<_, _>>()?;
        for needed in ["account", "id"] {
            if !header.iter().any(|name| name == needed) {
                return Err(config(format!("the header lacks `{needed}`")));
            }
        }
        Source::Csv { records: Box::new(reader.into_records()), columns }
    };
    Ok(Rows { lines, add, is_over: false })
}

impl<R: BufRead> Rows<'_, R> {
    /// Tells whether the input is read to its end.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    fn words(&mut self) -> Option<(u64, Result<Words, String>)> {
        match &mut self.lines {
            Source::Csv { records, columns } => {
                let record = records.next()?;
                let record = match record {
                    Ok(record) => record,
                    Err(error) => {
                        let line = error.position().map_or(0, csv::Position::line);
                        return Some((line, Err("it can't be read as CSV in UTF-8".to_owned())));
                    }
                };
                let line = record.position().map_or(0, csv::Position::line);
                if record.len() > columns.len() {
                    return Some((line, Err("it has more values than the header has columns".to_owned())));
                }
                let mut cells: [Option<String>; COLUMNS.len()] = Default::default();
                for (value, column) in record.iter().zip(columns.iter()) {
                    cells[*column] = Some(value.to_owned()).filter(|value| !value.is_empty());
                }
                let [key, account, id, by, amount, currency, reference, deadline, metadata] = cells;
                Some((
                    line,
                    Ok(Words { key, account, id, by, amount, currency, reference, deadline, metadata }),
                ))
            }
            Source::Json { lines, line } => loop {
                let text = lines.next()?;
                *line += 1;
                match text {
                    Ok(text) if text.trim().is_empty() => {}
                    Ok(text) => return Some((*line, words(&text))),
                    Err(error) => return Some((*line, Err(format!("it can't be read: {error}")))),
                }
            },
        }
    }
}

fn words(text: &str) -> Result<Words, String> {
    if text.len() > LONGEST_LINE {
        return Err("it is far too long".to_owned());
    }
    let row: Row<'_> = serde_json::from_str(text)
        .map_err(|_| format!("it is no JSON object of the keys {}, each a text", COLUMNS.join(", ")))?;
    let raw = |value: Option<&'_ RawValue>| {
        value.map(RawValue::get).filter(|text| *text != "null").map(ToOwned::to_owned)
    };
    let amount = raw(row.amount).map(|text| serde_json::from_str(&text).unwrap_or(text));
    let metadata = raw(row.metadata);
    let Row { key, account, id, by, currency, reference, deadline, .. } = row;
    Ok(Words { key, account, id, by, amount, currency, reference, deadline, metadata })
}

impl<R: BufRead> Iterator for Rows<'_, R> {
    type Item = Result<(u64, Watch), String>;

    fn next(&mut self) -> Option<Self::Item> {
        let Some((line, words)) = self.words() else {
            self.is_over = true;
            return None;
        };
        let watch = words.and_then(|words| watch(words, self.add));
        Some(watch.map(|watch| (line, watch)).map_err(|why| format!("line {line}: {why}")))
    }
}

fn watch(words: Words, add: &Add) -> Result<Watch, String> {
    let Words { key, account, id, by, amount, currency, reference, deadline: until, metadata } = words;
    let account = account.ok_or("`account` is missing")?;
    let id = id.ok_or("`id` is missing")?;
    let lookup = match by.as_deref() {
        None | Some("payment") => Lookup::payment(id),
        Some("order") => Lookup::order(id),
        Some(_) => return Err("`by` must be payment or order".to_owned()),
    };
    let mut watch = defaults(add, Watch::new(account, lookup));
    if let Some(key) = key {
        watch = watch.with_key(key);
    }
    let money = match (amount, currency) {
        (None, None) => None,
        (Some(amount), Some(currency)) => {
            let number = Number::parse(&amount).filter(|number| !number.value().is_sign_negative());
            let number = number.ok_or("`amount` must be a plain decimal number, such as 3.01")?;
            let currency: Currency =
                currency.parse().map_err(|error: Error| format!("`currency`: {}", error.message()))?;
            Some(Money::new(number.value(), currency))
        }
        _ => return Err("`amount` and `currency` come together".to_owned()),
    };
    let expected = match (money.map(Expected::new), reference) {
        (Some(expected), Some(reference)) => Some(expected.with_reference(reference)),
        (None, Some(reference)) => Some(Expected::reference(reference)),
        (expected, None) => expected,
    };
    if let Some(expected) = expected {
        watch = watch.expecting(expected);
    }
    if let Some(text) = until {
        watch = with_deadline(watch, deadline(&text).map_err(|why| format!("`deadline`: {why}"))?);
    }
    if let Some(text) = metadata {
        watch = watch.with_metadata(serde_json::from_str(&text).map_err(|_| "`metadata` must be JSON")?);
    }
    Ok(watch)
}
