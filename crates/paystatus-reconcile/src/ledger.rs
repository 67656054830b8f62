use std::{
    borrow::Cow,
    collections::HashMap,
    fmt,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use paystatus::{Error, ErrorKind, Exact, Lookup, Money};
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

use crate::{BadRow, Columns, Entry, columns::Column, source::Source};

/// How a ledger is laid out.
///
/// ```
/// use paystatus_reconcile::Format;
/// assert_eq!(Format::of("books/2026-11.csv".as_ref()), Some(Format::Csv));
/// assert_eq!(Format::of("books/2026-11.JSONL".as_ref()), Some(Format::JsonLines));
/// assert_eq!(Format::of("books/2026-11.xlsx".as_ref()), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// A header, then a row a record, separated by commas, semicolons or tabs.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

impl Format {
    /// The format that a file's extension stands for.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_lowercase().as_str() {
            "csv" | "tsv" | "txt" => Some(Self::Csv),
            "jsonl" | "ndjson" | "json" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

/// A ledger, read row by row: memory does not grow with its length.
///
/// ```
/// use paystatus_reconcile::{Columns, Format, Ledger};
///
/// let text = r#"{"account":"shop","payment_id":"pay_001","amount":50.10,"currency":"USD"}"#;
/// let mut rows = Ledger::read(text.as_bytes(), Format::JsonLines, &Columns::default())?;
/// let entry = rows.next().unwrap()?.unwrap();
/// assert_eq!(entry.amount().unwrap().to_string(), "50.10 USD");
/// assert!(rows.next().is_none());
/// # Ok::<(), paystatus::Error>(())
/// ```
pub struct Ledger<R> {
    columns: Columns,
    rows: Rows<R>,
}

enum Rows<R> {
    Csv { reader: Box<csv::Reader<Source<R>>>, places: Box<Places>, record: csv::ByteRecord },
    JsonLines { source: BufReader<Source<R>>, row: u64, line: Vec<u8> },
}

/// Where in a record each column is.
type Places = [Option<usize>; Column::ALL.len()];

/// One row's cells by column: `None` for a column that is not there or empty.
type Cells<'a> = [Option<Cow<'a, str>>; Column::ALL.len()];

impl<R: Read> Ledger<R> {
    /// Begins to read a ledger.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if it can't be read, or lacks a column that there must be.
    pub fn read(ledger: R, format: Format, columns: &Columns) -> Result<Self, Error> {
        let mut source = Source::new(ledger);
        source.skip_byte_order_mark().map_err(|error| unreadable(&error, 1))?;
        let rows = match format {
            Format::JsonLines => Rows::JsonLines { source: BufReader::new(source), row: 0, line: Vec::new() },
            Format::Csv => {
                let delimiter = source.delimiter().map_err(|error| unreadable(&error, 1))?;
                let mut reader =
                    csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(source);
                let header = reader.byte_headers().map_err(|error| csv_unreadable(&error, 1))?.clone();
                reader.get_ref().next_row();
                let places = places(&header, columns)?;
                Rows::Csv {
                    reader: Box::new(reader),
                    places: Box::new(places),
                    record: csv::ByteRecord::new(),
                }
            }
        };
        Ok(Self { columns: columns.clone(), rows })
    }

    /// What tells this ledger, and how it is read, from any other: only known once all of it was read.
    pub(crate) fn digest(&self) -> String {
        let source = match &self.rows {
            Rows::Csv { reader, .. } => reader.get_ref(),
            Rows::JsonLines { source, .. } => source.get_ref(),
        };
        source.digest(&format!("{:?}", self.columns))
    }

    pub(crate) fn columns(&self) -> &Columns {
        &self.columns
    }
}

impl<R: Read> Iterator for Ledger<R> {
    /// A row, or what is wrong with it; an error if the ledger itself can't be read further.
    type Item = Result<Result<Entry, BadRow>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (row, cells) = match &mut self.rows {
                Rows::Csv { reader, places, record } => {
                    reader.get_ref().next_row();
                    match reader.read_byte_record(record) {
                        Ok(true) => {}
                        Ok(false) => return None,
                        Err(error) => return Some(Err(csv_unreadable(&error, reader.position().line()))),
                    }
                    // A spreadsheet's empty rows are rows of empty cells.
                    if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
                        continue;
                    }
                    // The reader stands behind the row's end; its own beginning would count the empty lines before it.
                    let within = record.as_slice().iter().filter(|&&byte| byte == b'\n').count() as u64;
                    let row = reader.position().line().saturating_sub(1 + within);
                    (row, csv_cells(record, places))
                }
                Rows::JsonLines { source, row, line } => {
                    source.get_ref().next_row();
                    line.clear();
                    *row += 1;
                    match source.read_until(b'\n', line) {
                        Ok(0) => return None,
                        Ok(_) if line.trim_ascii().is_empty() => continue,
                        Ok(_) => (*row, json_cells(line, &self.columns)),
                        Err(error) => return Some(Err(unreadable(&error, *row))),
                    }
                }
            };
            let entry = cells.and_then(|cells| entry(row, &cells, &self.columns));
            return Some(Ok(entry.map_err(|why| BadRow { row, why })));
        }
    }
}

/// Finds every column in the header.
fn places(header: &csv::ByteRecord, columns: &Columns) -> Result<Places, Error> {
    let header: Vec<_> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    let refuse = |why: String| Err(Error::new(ErrorKind::Config, format!("the ledger's header {why}")));
    let mut places = [None; Column::ALL.len()];
    for column in Column::ALL {
        let Some(name) = columns.name(column) else { continue };
        let mut found = (0..header.len()).filter(|&place| is_called(&header[place], name));
        places[column as usize] = found.next();
        if found.next().is_some() {
            return refuse(format!("has the column {name:?} twice"));
        }
        if places[column as usize].is_none() && columns.is_renamed(column) {
            return refuse(format!("has no column {name:?} for `{column}`: it has {}", header.join(", ")));
        }
    }
    let has = |column: Column| places[column as usize].is_some();
    let missing = if !has(Column::Account) && columns.account.is_none() {
        "`account`"
    } else if !has(Column::PaymentId) && !has(Column::OrderId) {
        "`payment_id` or `order_id`"
    } else if has(Column::Amount) && !has(Column::Currency) && columns.currency.is_none() {
        "`currency` beside `amount`, and one without the other can't be compared"
    } else {
        return Ok(places);
    };
    refuse(format!("lacks {missing}: add the column, say what it is called here, or give one for all rows"))
}

fn is_called(header: &str, name: &str) -> bool {
    header.trim().to_lowercase() == name.trim().to_lowercase()
}

fn csv_cells<'a>(record: &'a csv::ByteRecord, places: &Places) -> Result<Cells<'a>, String> {
    let mut cells = Cells::default();
    for column in Column::ALL {
        let Some(cell) = places[column as usize].and_then(|place| record.get(place)) else { continue };
        let text = std::str::from_utf8(cell).map_err(|_| not_utf8(column))?.trim();
        cells[column as usize] = Some(Cow::Borrowed(text)).filter(|text| !text.is_empty());
    }
    Ok(cells)
}

fn not_utf8(column: Column) -> String {
    format!("`{column}` is not UTF-8 text: save the ledger as UTF-8")
}

fn json_cells<'a>(line: &'a [u8], columns: &Columns) -> Result<Cells<'a>, String> {
    let line = std::str::from_utf8(line).map_err(|_| "is not UTF-8 text: save the ledger as UTF-8")?;
    let object: Object<'a> = serde_json::from_str(line).map_err(|error| {
        // serde's own words may repeat values.
        let place = error.column();
        format!("is not one JSON object with every key once (column {place}): write one object a line")
    })?;
    let mut cells = Cells::default();
    for column in Column::ALL {
        let Some(name) = columns.name(column) else { continue };
        let Some((_, value)) = object.0.iter().find(|(key, _)| is_called(key, name)) else { continue };
        cells[column as usize] =
            json_cell(value.get()).map_err(|()| format!("`{column}` is neither text nor a number"))?;
    }
    Ok(cells)
}

/// A text without the space around it, or a number to the letter.
fn json_cell(raw: &str) -> Result<Option<Cow<'_, str>>, ()> {
    let text = match raw.as_bytes().first() {
        Some(b'n') => return Ok(None),
        Some(b'-' | b'0'..=b'9') => Cow::Borrowed(raw),
        Some(b'"') => match raw[1..raw.len() - 1].contains('\\') {
            true => Cow::Owned(serde_json::from_str::<String>(raw).map_err(|_| ())?.trim().to_owned()),
            false => Cow::Borrowed(raw[1..raw.len() - 1].trim()),
        },
        _ => return Err(()),
    };
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// An object whose keys differ: serde would take the last of two.
struct Object<'a>(HashMap<String, &'a RawValue>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;

        impl<'de> de::Visitor<'de> for Keys {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: de::MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut object = HashMap::new();
                while let Some((key, value)) = map.next_entry()? {
                    if object.insert(key, value).is_some() {
                        return Err(de::Error::custom("a key twice"));
                    }
                }
                Ok(Object(object))
            }
        }

        deserializer.deserialize_map(Keys)
    }
}

fn entry(row: u64, cells: &Cells<'_>, columns: &Columns) -> Result<Entry, String> {
    let cell = |column: Column| cells[column as usize].as_deref();
    let account = cell(Column::Account).or(columns.account.as_deref()).ok_or("`account` is empty")?;
    let lookup = match (cell(Column::PaymentId), cell(Column::OrderId)) {
        (Some(id), _) => Lookup::payment(id),
        (None, Some(id)) => Lookup::order(id),
        (None, None) => return Err("`payment_id` and `order_id` are empty: one of them is needed".to_owned()),
    };
    let mut entry = Entry::new(row, account, lookup);
    if let Some(amount) = cell(Column::Amount) {
        entry = entry.with_amount(money(amount, cell(Column::Currency), columns)?);
    }
    if let Some(reference) = cell(Column::Reference) {
        entry = entry.with_reference(reference);
    }
    if let Some(word) = cell(Column::Status) {
        let standing = columns.standing(word).ok_or_else(|| {
            format!(
                "`status` is {}, which is none of paid, pending, authorized, failed, canceled, expired, \
                 refunded, voided, reversed and charged_back: say which one it means",
                shown(word)
            )
        })?;
        entry = entry.with_status(standing);
    }
    if let Some(as_of) = cell(Column::AsOf) {
        let read = instant(as_of).ok_or_else(|| {
            format!("`as_of` is {}: write a date or a time such as 2026-11-20T18:00:00Z", shown(as_of))
        })?;
        entry = entry.with_as_of(read);
    }
    Ok(entry)
}

fn money(amount: &str, currency: Option<&str>, columns: &Columns) -> Result<Money, String> {
    let read = Exact::parse(amount)
        .map(Exact::value)
        .ok_or_else(|| format!("`amount` is {}: write a plain decimal number such as 3.01", shown(amount)))?;
    if read.is_sign_negative() && !read.is_zero() {
        let why =
            "`amount` is negative: write what was charged, and `refunded` as the status if it was given back";
        return Err(why.to_owned());
    }
    let currency = match currency {
        Some(code) => code.parse().map_err(|_| {
            format!("`currency` is {}: write a code of 3 to 6 letters such as USD", shown(code))
        })?,
        None => columns.currency.ok_or("`currency` is empty, and an amount without one can't be compared")?,
    };
    if !columns.minor_units {
        return Ok(Money::new(read, currency));
    }
    let units = read.normalize();
    if units.scale() > 0 {
        return Err(format!("`amount` is {}: minor units are whole numbers", shown(amount)));
    }
    Money::from_minor(units.mantissa(), currency)
        .ok_or_else(|| format!("`currency` is {currency}, which has no minor units: write major units"))
}

/// A time, or a day, which is right until its end in UTC.
fn instant(text: &str) -> Option<Timestamp> {
    let day = || text.parse::<Date>().ok()?.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok();
    let is_day = text.len() == "2026-11-20".len();
    if is_day { day().map(|midnight| midnight.timestamp()) } else { text.parse().ok() }
}

/// A cell as a message shows it: not more than a glance of it.
fn shown(cell: &str) -> String {
    const GLANCE: usize = 40;
    match cell.char_indices().nth(GLANCE) {
        None => format!("{cell:?}"),
        Some((end, _)) => format!("{:?}…", &cell[..end]),
    }
}

fn csv_unreadable(error: &csv::Error, line: u64) -> Error {
    match error.kind() {
        csv::ErrorKind::Io(error) => unreadable(error, line),
        _ => Error::new(ErrorKind::Config, format!("the ledger can't be read in line {line}")),
    }
}

fn unreadable(error: &io::Error, line: u64) -> Error {
    Error::new(ErrorKind::Config, format!("the ledger can't be read in line {line}: {error}"))
}

impl<R> fmt::Debug for Ledger<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").field("columns", &self.columns).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Standing;

    fn rows(text: &[u8], format: Format, columns: &Columns) -> Vec<Result<Entry, BadRow>> {
        Ledger::read(text, format, columns).unwrap().map(Result::unwrap).collect()
    }

    fn csv(text: &str) -> Vec<Result<Entry, BadRow>> {
        rows(text.as_bytes(), Format::Csv, &Columns::default())
    }

    #[track_caller]
    fn refused(text: &str, message: &str) {
        let error = Ledger::read(text.as_bytes(), Format::Csv, &Columns::default()).unwrap_err();
        assert_eq!(error.message(), message);
    }

    #[track_caller]
    fn bad(cells: &str, message: &str) {
        let rows = csv(&format!("account,payment_id,amount,currency,status,as_of\n{cells}\n"));
        assert_eq!(rows[0].as_ref().unwrap_err().to_string(), message);
        let cells: Vec<_> = cells.split(',').collect();
        let names = ["account", "payment_id", "amount", "currency", "status", "as_of"];
        let object: serde_json::Map<_, _> =
            names.iter().zip(cells).map(|(&name, cell)| (name.to_owned(), cell.into())).collect();
        let line = serde_json::to_string(&object).unwrap();
        let rows = self::rows(line.as_bytes(), Format::JsonLines, &Columns::default());
        let message = message.replace("line 2", "line 1");
        assert_eq!(rows[0].as_ref().unwrap_err().to_string(), message, "{line}");
    }

    const HEADER: &str = "account,payment_id,order_id,amount,currency,reference,status,as_of";

    #[test]
    fn every_column_is_read() {
        let text = format!("{HEADER}\nshop,p-1,,50.10,usd,order-1,Refunded,2026-11-20\nshop,,o-2,,,,,\n");
        let rows = csv(&text);
        let first = Entry::new(2, "shop", Lookup::payment("p-1"))
            .with_amount(Money::parse("50.10", "USD").unwrap())
            .with_reference("order-1")
            .with_status(Standing::Refunded)
            .with_as_of("2026-11-21T00:00:00Z".parse().unwrap());
        assert_eq!(rows, [Ok(first), Ok(Entry::new(3, "shop", Lookup::order("o-2")))]);
    }

    #[test]
    fn json_lines_read_as_csv_does() {
        let lines = concat!(
            r#"{"Account":"shop","payment_id":"p-1","amount":50.10,"currency":"USD","note":{"a":[1]}}"#,
            "\r\n\n",
            r#"{"account":"shop","payment_id":17,"amount":"50.10","currency":"USD","reference":null}"#,
        );
        let usd = Money::parse("50.10", "USD").unwrap();
        let expected = [
            Ok(Entry::new(1, "shop", Lookup::payment("p-1")).with_amount(usd)),
            Ok(Entry::new(3, "shop", Lookup::payment("17")).with_amount(usd)),
        ];
        assert_eq!(rows(lines.as_bytes(), Format::JsonLines, &Columns::default()), expected);
    }

    #[test]
    fn spreadsheets_are_read_as_they_save() {
        let plain = csv("account,payment_id\nshop,p-1\n");
        assert_eq!(plain.len(), 1);
        for text in [
            "\u{feff}account,payment_id\r\nshop,p-1\r\n",
            "Account;Payment_ID\nshop;p-1\n;\n",
            "account\tpayment_id\n\"shop\"\t p-1 \n",
            "account,payment_id\rshop,p-1\r",
            "payment_id,account,other,other\np-1,shop,x,y",
        ] {
            assert_eq!(csv(text), plain, "{text:?}");
        }
    }

    #[test]
    fn a_row_is_called_by_its_line() {
        let rows = csv("account,payment_id,note\nshop,p-1,\"two\nlines\"\n\nshop,p-2,\nshop\n");
        let lines: Vec<_> =
            rows.iter().map(|row| row.as_ref().map_or_else(BadRow::row, Entry::row)).collect();
        assert_eq!(lines, [2, 5, 6]);
        assert!(rows[2].is_err());
    }

    #[test]
    fn a_header_that_lacks_what_is_needed_is_refused() {
        let remedy = "add the column, say what it is called here, or give one for all rows";
        refused("payment_id\np", &format!("the ledger's header lacks `account`: {remedy}"));
        refused(
            "account,id\ns,p",
            &format!("the ledger's header lacks `payment_id` or `order_id`: {remedy}"),
        );
        refused(
            "account,payment_id,amount\ns,p,1",
            &format!(
                "the ledger's header lacks `currency` beside `amount`, \
                 and one without the other can't be compared: {remedy}"
            ),
        );
        refused("account,account,payment_id\n", "the ledger's header has the column \"account\" twice");
        let columns = Columns::default().with_name("amount", "Total").unwrap();
        let error = Ledger::read("account,payment_id\n".as_bytes(), Format::Csv, &columns).unwrap_err();
        let message = "the ledger's header has no column \"Total\" for `amount`: it has account, payment_id";
        assert_eq!(error.message(), message);
        assert!(Ledger::read("".as_bytes(), Format::Csv, &Columns::default()).is_err());
    }

    #[test]
    fn a_bad_row_names_its_line_its_field_and_the_remedy() {
        bad(
            "shop,p,\u{661},USD,,",
            "line 2: `amount` is \"\u{661}\": write a plain decimal number such as 3.01",
        );
        bad("shop,p,1 000,USD,,", "line 2: `amount` is \"1 000\": write a plain decimal number such as 3.01");
        bad(
            "shop,p,-1,USD,,",
            "line 2: `amount` is negative: write what was charged, and `refunded` as the status if it was given back",
        );
        bad("shop,p,1,,,", "line 2: `currency` is empty, and an amount without one can't be compared");
        bad("shop,p,1,$,,", "line 2: `currency` is \"$\": write a code of 3 to 6 letters such as USD");
        bad(",p,1,USD,,", "line 2: `account` is empty");
        bad("shop,,1,USD,,", "line 2: `payment_id` and `order_id` are empty: one of them is needed");
        bad(
            "shop,p,,,,20/11/2026",
            "line 2: `as_of` is \"20/11/2026\": write a date or a time such as 2026-11-20T18:00:00Z",
        );
        bad(
            "shop,p,,,bezahlt,",
            "line 2: `status` is \"bezahlt\", which is none of paid, pending, authorized, failed, canceled, \
             expired, refunded, voided, reversed and charged_back: say which one it means",
        );
    }

    #[test]
    fn broken_lines_are_bad_rows_and_the_rest_goes_on() {
        let good = r#"{"account":"shop","payment_id":"p"}"#;
        for broken in [
            "[]",
            "{",
            "null",
            "{\"account\":\"shop\",\"account\":\"x\",\"payment_id\":\"p\"}",
            "{\"account\":[],\"payment_id\":\"p\"}",
            "{\"account\":true,\"payment_id\":\"p\"}",
        ] {
            let rows = rows(format!("{broken}\n{good}\n").as_bytes(), Format::JsonLines, &Columns::default());
            assert_eq!((rows[0].is_err(), rows[1].is_ok(), rows.len()), (true, true, 2), "{broken}");
        }
        let rows = rows(b"account,payment_id\nshop,\xff\nshop,p\n", Format::Csv, &Columns::default());
        assert_eq!((rows[0].is_err(), rows[1].is_ok()), (true, true));
    }

    #[test]
    fn minor_units_are_whole_and_follow_the_currency() {
        let columns = Columns::default().with_minor_units();
        let text = "account,payment_id,amount,currency\ns,a,5000,KWD\ns,b,50.5,USD\ns,c,50,BTC\n";
        let rows = rows(text.as_bytes(), Format::Csv, &columns);
        assert_eq!(rows[0].as_ref().unwrap().amount().unwrap().to_string(), "5.000 KWD");
        let why: Vec<_> = rows[1..].iter().map(|row| row.as_ref().unwrap_err().why()).collect();
        let expected = [
            "`amount` is \"50.5\": minor units are whole numbers",
            "`currency` is BTC, which has no minor units: write major units",
        ];
        assert_eq!(why, expected);
    }

    #[test]
    fn a_quote_that_is_never_closed_does_not_swallow_the_ledger() {
        let text = format!("account,payment_id\nshop,\"p-1\n{}", "shop,p-2\n".repeat(300_000));
        let mut ledger = Ledger::read(text.as_bytes(), Format::Csv, &Columns::default()).unwrap();
        let error = ledger.next().unwrap().unwrap_err();
        assert!(error.message().ends_with("a row is longer than 1 MiB: is a quote not closed?"), "{error}");
    }

    #[test]
    fn the_digest_tells_ledgers_and_ways_to_read_them_apart() {
        let digest = |text: &str, columns: &Columns| {
            let mut ledger = Ledger::read(text.as_bytes(), Format::Csv, columns).unwrap();
            assert!(ledger.by_ref().all(|row| row.is_ok()));
            ledger.digest()
        };
        let text = "account,payment_id\nshop,p\n";
        let same = digest(text, &Columns::default());
        assert_eq!(same, digest(text, &Columns::default()));
        assert_ne!(same, digest("account,payment_id\nshop,q\n", &Columns::default()));
        assert_ne!(same, digest(text, &Columns::default().with_minor_units()));
    }
}
