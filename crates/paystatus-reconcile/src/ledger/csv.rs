//! CSV of which nothing gets lost: a quote that is not closed makes a bad row of one line, whatever it swallowed.

use std::{borrow::Cow, io::Read, ops::RangeInclusive};

use super::cells::{Cells, Why, glance};
use crate::{
    Columns, Error,
    columns::{Column, Names},
    source::Source,
};

/// Where in a record each column is.
type Places = [Option<usize>; Column::ALL.len()];

pub(super) struct Csv {
    delimiter: u8,
    places: Places,
    /// How many cells a record has; those at the end may have no name in the header.
    cells: RangeInclusive<usize>,
    record: Record,
}

impl Csv {
    /// Reads the header.
    pub(super) fn begin<R: Read>(source: &mut Source<R>, columns: &Columns) -> Result<Self, Error> {
        let refuse = |why: String| Err(Error::ledger(format!("the ledger{why}")));
        let mut delimiter = None;
        loop {
            if !source.next_row()? {
                return refuse(" is empty: it needs a header".to_owned());
            }
            let line = source.newest_line();
            match separator(line) {
                Some(named) => delimiter = Some(named),
                None if line.trim_ascii().is_empty() => {}
                None => break,
            }
        }
        let delimiter = delimiter.unwrap_or_else(|| usual_delimiter(source.newest_line()));
        let any = 0..=usize::MAX;
        let mut csv = Self { delimiter, places: Places::default(), cells: any, record: Record::default() };
        if let Err(why) = csv.read(source)? {
            return refuse(format!("'s header: {why}"));
        }
        let name = |cell| String::from_utf8_lossy(cell).trim().to_owned();
        let header: Vec<String> = csv.record.cells().map(name).collect();
        match places(&header, columns) {
            Ok(places) => csv.places = places,
            Err(why) => return refuse(format!("'s header {why}")),
        }
        let named = header.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        csv.cells = named..=header.len();
        Ok(csv)
    }

    /// The cells of the row that the source is at: nothing if all are empty.
    pub(super) fn cells<R: Read>(
        &mut self,
        source: &mut Source<R>,
    ) -> Result<Result<Option<Cells<'_>>, Why>, Error> {
        Ok(match self.read(source)? {
            Err(why) => Err(why),
            // A spreadsheet's empty rows are rows of empty cells.
            Ok(()) if self.record.cells().all(is_blank) => Ok(None),
            Ok(()) => self.found().map(Some),
        })
    }

    /// Reads a record, which may be longer than a line. One that is none ends with its first line all the same: what a
    /// quote that is not closed makes part of it are rows of their own.
    fn read<R: Read>(&mut self, source: &mut Source<R>) -> Result<Result<(), Why>, Error> {
        self.record.clear();
        let why = loop {
            match self.record.read(source.newest_line(), self.delimiter) {
                Line::Ends => match self.miscounted() {
                    None => return Ok(Ok(())),
                    Some(why) => break why,
                },
                Line::Breaks => {
                    let cell = self.record.ends.len();
                    if let Some(column) = self.column(cell) {
                        break format!(
                            "`{column}` has a quote that its line does not close: \
                             close it, or take the line break out of it"
                        );
                    }
                    if cell >= *self.cells.end() || !source.lengthen()? {
                        break "a quote is not closed".to_owned();
                    }
                }
                Line::HasTextBehindQuote => {
                    break "has text behind a closing quote: write a quote inside a cell twice".to_owned();
                }
            }
        };
        let (first, last) = (source.first(), source.last());
        source.shorten();
        Ok(Err(match last > first {
            true => format!("{why} (its quotes make lines {first} to {last} one row)"),
            false => why,
        }))
    }

    fn column(&self, place: usize) -> Option<Column> {
        Column::ALL.into_iter().find(|&column| self.places[column as usize] == Some(place))
    }

    /// Says so if the record has more or fewer cells than the header.
    fn miscounted(&self) -> Option<Why> {
        let (fewest, most) = (*self.cells.start(), *self.cells.end());
        let has = self.record.ends.len();
        if has < fewest && !self.record.cells().all(is_blank) {
            return Some(format!("has {has} cells where the header has {fewest}: is one missing?"));
        }
        if has <= most || self.record.cells().skip(most).all(is_blank) {
            return None;
        }
        let delimiter = match self.delimiter {
            b',' => "comma".to_owned(),
            b';' => "semicolon".to_owned(),
            b'\t' => "tab".to_owned(),
            other => format!("`{}`", char::from(other)),
        };
        let remedy = format!("is a {delimiter} inside a cell not quoted?");
        Some(format!("has {has} cells where the header has {most}: {remedy}"))
    }

    /// The cells of our columns.
    fn found(&self) -> Result<Cells<'_>, Why> {
        let mut cells = Cells::default();
        for column in Column::ALL {
            let Some(cell) = self.places[column as usize].and_then(|place| self.record.cell(place)) else {
                continue;
            };
            let text = std::str::from_utf8(cell)
                .map_err(|_| format!("`{column}` is not UTF-8 text: save the ledger as UTF-8"))?
                .trim();
            cells[column as usize] = Some(Cow::Borrowed(text)).filter(|text| !text.is_empty());
        }
        Ok(cells)
    }
}

fn is_blank(cell: &[u8]) -> bool {
    cell.trim_ascii().is_empty()
}

/// What a spreadsheet's `sep=;` before the header says.
fn separator(line: &[u8]) -> Option<u8> {
    let line = line.strip_suffix(b"\n")?;
    let bare = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match bare.split_at_checked(4)? {
        (sep, &[named]) if sep.eq_ignore_ascii_case(b"sep=") => {
            (named == b'\t' || named.is_ascii_punctuation() && named != b'"').then_some(named)
        }
        _ => None,
    }
}

/// Of comma, semicolon and tab the one that the header has most of.
fn usual_delimiter(header: &[u8]) -> u8 {
    let count = |delimiter: u8| header.iter().filter(|&&byte| byte == delimiter).count();
    // The last of equals is the greatest.
    [b'\t', b';', b','].into_iter().max_by_key(|&delimiter| count(delimiter)).unwrap_or(b',')
}

/// Finds every column in the header.
fn places(header: &[String], columns: &Columns) -> Result<Places, Why> {
    let names = columns.names();
    let header_names: Vec<_> = header.iter().map(|name| Names::key(name)).collect();
    let mut places = Places::default();
    for column in Column::ALL {
        let Some(name) = columns.name(column) else { continue };
        let mut found = (0..header.len()).filter(|&place| names.has(column, &header_names[place]));
        places[column as usize] = found.next();
        if found.next().is_some() {
            return Err(format!("has the column {name:?} twice"));
        }
        if places[column as usize].is_none() && columns.is_renamed(column) {
            return Err(format!("has no column {name:?} for `{column}`: it has {}", listed(header)));
        }
    }
    let has = |column: Column| places[column as usize].is_some();
    let (missing, remedy) = if !has(Column::Account) && columns.account.is_none() {
        let remedy =
            "add the column, say what it is called here (such as account=NAME), or give one for all rows";
        ("`account`", remedy)
    } else if !has(Column::PaymentId) && !has(Column::OrderId) {
        let remedy = "add one of them, or say what it is called here (such as payment_id=NAME)";
        ("`payment_id` or `order_id`", remedy)
    } else if has(Column::Amount) && !has(Column::Currency) && columns.currency.is_none() {
        let remedy =
            "add the column, say what it is called here (such as currency=NAME), or give one for all rows";
        ("`currency`, and an amount without one can't be compared", remedy)
    } else {
        return Ok(places);
    };
    Err(format!("lacks {missing}: it has {}; {remedy}", listed(header)))
}

/// The header's names, not more of them than a message has room for.
fn listed(header: &[String]) -> String {
    const MOST: usize = 12;
    let named: Vec<_> = header.iter().filter(|name| !name.is_empty()).collect();
    let shown: Vec<_> =
        named.iter().take(MOST).map(|name| glance(name).replace(char::is_control, " ")).collect();
    match named.len().checked_sub(MOST) {
        None | Some(0) => shown.join(", "),
        Some(more) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// One record's cells behind one another, without the quotes around them.
///
/// The csv crate reads whatever it is given, and takes text behind a closing quote for a part of the cell: so a quote
/// that was never meant as one would end, silently, at some later row's. The tests compare the two.
#[derive(Default)]
struct Record {
    text: Vec<u8>,
    ends: Vec<usize>,
    at: At,
}

/// Where in a cell the reader is.
#[derive(Clone, Copy, Default)]
enum At {
    /// Nothing but space was there yet, or nothing at all.
    #[default]
    Beginning,
    /// In a cell without quotes, or whose quotes are text because they are not around it.
    Bare,
    Quoted,
    /// Behind a quote that ends the cell, unless another one follows.
    Quote,
    /// In the space behind a quoted cell.
    Closed,
}

enum Line {
    /// The record is whole.
    Ends,
    /// The line ends inside quotes.
    Breaks,
    HasTextBehindQuote,
}

impl Record {
    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.at = At::Beginning;
    }

    /// Reads a line, which ends with a line feed.
    fn read(&mut self, line: &[u8], delimiter: u8) -> Line {
        for &byte in line {
            self.at = match (self.at, byte) {
                (At::Quoted, b'"') => At::Quote,
                (At::Quote, b'"') => self.push(byte, At::Quoted),
                (At::Quoted, _) => self.push(byte, At::Quoted),
                (_, b'\n') => self.end(),
                (_, _) if byte == delimiter => self.end(),
                (At::Beginning, b'"') => {
                    self.text.truncate(self.ends.last().copied().unwrap_or(0));
                    At::Quoted
                }
                (At::Beginning, b' ' | b'\t') => self.push(byte, At::Beginning),
                (At::Beginning | At::Bare, _) => self.push(byte, At::Bare),
                (At::Quote | At::Closed, b' ' | b'\t') => At::Closed,
                (At::Quote | At::Closed, _) => return Line::HasTextBehindQuote,
            };
        }
        if matches!(self.at, At::Quoted) { Line::Breaks } else { Line::Ends }
    }

    fn push(&mut self, byte: u8, at: At) -> At {
        self.text.push(byte);
        at
    }

    fn end(&mut self) -> At {
        self.ends.push(self.text.len());
        At::Beginning
    }

    fn cell(&self, place: usize) -> Option<&[u8]> {
        let end = *self.ends.get(place)?;
        let begin = if place == 0 { 0 } else { self.ends[place - 1] };
        Some(&self.text[begin..end])
    }

    fn cells(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).filter_map(|place| self.cell(place))
    }
}
