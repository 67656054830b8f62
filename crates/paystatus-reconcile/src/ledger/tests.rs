use std::{fmt::Write as _, io};

use paystatus::{Lookup, Money};
use proptest::prelude::*;

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
    assert_eq!(error.to_string(), message);
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
        "account,payment_id\n\"shop\" , \"p-1\"\n",
        "account,payment_id\n\"shop\",p-1,,\n",
        "\u{a0}account ,\" Payment_id\u{a0}\"\nshop,p-1\n",
        "account,payment_id,,\nshop,p-1\n",
        "account,payment_id,\nshop,p-1,beside\n",
        "account,payment_id\rshop,p-1\r",
        "payment_id,account,other,other\np-1,shop,x,y",
    ] {
        assert_eq!(csv(text), plain, "{text:?}");
    }
}

#[test]
fn a_row_is_called_by_its_line() {
    let rows = csv("account,payment_id,note\nshop,p-1,\"two\nlines\"\n\nshop,p-2,\n,p-3,\n");
    let lines: Vec<_> = rows.iter().map(|row| row.as_ref().map_or_else(BadRow::row, Entry::row)).collect();
    assert_eq!(lines, [2, 5, 6]);
    assert!(rows[2].is_err());
}

#[test]
fn a_header_that_lacks_what_is_needed_is_refused() {
    refused(
        "Payment_ID;Konto\np;k",
        "the ledger's header lacks `account`: it has Payment_ID, Konto; add the column, \
         say what it is called here (such as account=NAME), or give one for all rows",
    );
    refused(
        "Account,Payment ID,\ns,p,",
        "the ledger's header lacks `payment_id` or `order_id`: it has Account, Payment ID; \
         add one of them, or say what it is called here (such as payment_id=NAME)",
    );
    refused(
        "account,payment_id,amount\ns,p,1",
        "the ledger's header lacks `currency`, and an amount without one can't be compared: \
         it has account, payment_id, amount; add the column, say what it is called here \
         (such as currency=NAME), or give one for all rows",
    );
    refused("account,Account ,payment_id\n", "the ledger's header has the column \"account\" twice");
    let columns = Columns::default().with_name("amount", "Total").unwrap();
    let error = Ledger::read("account,payment_id\n".as_bytes(), Format::Csv, &columns).unwrap_err();
    let message = "the ledger's header has no column \"Total\" for `amount`: it has account, payment_id";
    assert_eq!(error.to_string(), message);
    refused("", "the ledger is empty: it needs a header");
    refused("\n \n", "the ledger is empty: it needs a header");
    refused(
        "account,\"payment_id\nshop,p\n",
        "the ledger's header: a quote is not closed (its quotes make lines 1 to 2 one row)",
    );
}

#[test]
fn a_long_header_is_shortened() {
    let names: Vec<_> = (0..500).map(|number| format!("a{number}{}", "\u{1b}".repeat(99))).collect();
    let error = Ledger::read(names.join(",").as_bytes(), Format::Csv, &Columns::default()).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("it has a0") && message.contains(" and 488 more; add the column"), "{message}");
    assert!(message.len() < 1000 && !message.contains('\u{1b}'), "{message}");
}

#[test]
fn what_is_no_utf_8_is_named() {
    let text = "account,payment_id\nshop,p\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = [b"\xff\xfe".as_slice(), &little].concat();
    for format in [Format::Csv, Format::JsonLines] {
        for (bytes, message) in [
            (little.as_slice(), "the ledger is UTF-16: save the ledger as UTF-8"),
            (&big, "the ledger is UTF-16: save the ledger as UTF-8"),
            (&marked, "the ledger is UTF-16: save the ledger as UTF-8"),
            (b"\xfe\xff", "the ledger is UTF-16: save the ledger as UTF-8"),
            (b"PK\x03\x04\x14\x00", "the ledger is a workbook or an archive: save the ledger as CSV"),
        ] {
            let error = Ledger::read(bytes, format, &Columns::default()).unwrap_err();
            assert_eq!(error.to_string(), message, "{bytes:?}");
        }
    }
}

#[test]
fn a_spreadsheet_may_name_its_separator() {
    for first in ["sep=;", "SEP=;", "\"sep=;\"", "\u{feff}sep=;"] {
        let rows = csv(&format!("{first}\r\naccount;payment_id;a,b,c\r\nshop;p-1;\r\n"));
        assert_eq!(rows, [Ok(Entry::new(3, "shop", Lookup::payment("p-1")))], "{first}");
    }
    assert_eq!(csv("sep=\t\naccount\tpayment_id\nshop\tp\n").len(), 1);
    assert_eq!(csv("sep=|\naccount|payment_id\nshop|p\n").len(), 1);
    refused("sep=;\n", "the ledger is empty: it needs a header");
}

#[test]
fn a_bad_row_names_its_line_its_field_and_the_remedy() {
    bad("shop,p,\u{661},USD,,", "line 2: `amount` is \"\u{661}\": write a plain decimal number such as 3.01");
    for (amount, shown) in
        [("1 000", "1 000"), ("1 234.50", "1 234.50"), ("1'234.50", "1'234.50"), ("1.234.50", "1.234.50")]
    {
        let why = "write it without separators and with a decimal point, such as 1234.50";
        bad(&format!("shop,p,{amount},USD,,"), &format!("line 2: `amount` is {shown:?}: {why}"));
    }
    for amount in ["1.0000000000000000000000000001", "10000000000000000000000000000000", "-1e31", "1e-29"] {
        bad(
            &format!("shop,p,{amount},USD,,"),
            &format!("line 2: `amount` is {amount:?}: it has more than 28 digits"),
        );
    }
    for amount in ["01", "+5", ".5", "5.", "$5", "1e", "50.00 USD", "."] {
        let why = "write a plain decimal number such as 3.01";
        bad(&format!("shop,p,{amount},USD,,"), &format!("line 2: `amount` is {amount:?}: {why}"));
    }
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
    for as_of in ["2026-11-20 18:00:00", "2026-11-20T18:00:00", "2026-11-20T18:00", "2026-11-20T18:00:00.5"] {
        let why = "the zone is missing: write Z for UTC or an offset, such as 2026-11-20T18:00:00+01:00";
        bad(&format!("shop,p,,,,{as_of}"), &format!("line 2: `as_of` is {as_of:?}: {why}"));
    }
    bad("shop,p,,$,,", "line 2: `currency` is \"$\": write a code of 3 to 6 letters such as USD");
    bad(
        "shop,p,,,Partially-Refunded,",
        "line 2: `status` is \"Partially-Refunded\", which is none of paid, partly_paid, pending, authorized, failed, canceled, \
         expired, refunded, voided, reversed and charged_back: say which one it means",
    );
    bad(
        "shop,p,,,bezahlt,",
        "line 2: `status` is \"bezahlt\", which is none of paid, partly_paid, pending, authorized, failed, canceled, \
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

#[track_caller]
fn lines(text: &str, expected: &[&str]) {
    let said: Vec<_> = csv(text)
        .iter()
        .map(|row| match row {
            Ok(entry) => format!("line {}: {}", entry.row(), entry.lookup().id()),
            Err(bad) => bad.to_string(),
        })
        .collect();
    assert_eq!(said, expected, "{text}");
}

#[test]
fn a_quote_that_its_line_does_not_close_is_a_bad_row_and_nothing_is_lost() {
    lines(
        &format!(
            "{HEADER}\nbearer,pay_001,,50.00,USD,\"order_12345,paid,2026-11-20\n\
             bearer,p-2,,50.00,USD,x,paid,\nakurateco,p-3,,100.00,USD,,paid,\n"
        ),
        &[
            "line 2: `reference` has a quote that its line does not close: \
             close it, or take the line break out of it",
            "line 3: p-2",
            "line 4: p-3",
        ],
    );
    lines(
        "account,payment_id\nshop,p-1\nshop,\"p-2",
        &[
            "line 2: p-1",
            "line 3: `payment_id` has a quote that its line does not close: \
             close it, or take the line break out of it",
        ],
    );
    lines(
        "account,payment_id,note\nshop,p-1,\"a\nshop,p-2,b\n\nshop,p-3,c",
        &[
            "line 2: a quote is not closed (its quotes make lines 2 to 5 one row)",
            "line 3: p-2",
            "line 5: p-3",
        ],
    );
    lines(
        "account,payment_id,note\nshop,p-1,\"5 inch\nshop,p-2,b\nshop,p-3,\"c\"\nshop,p-4,\"d",
        &[
            "line 2: has text behind a closing quote: write a quote inside a cell twice \
             (its quotes make lines 2 to 4 one row)",
            "line 3: p-2",
            "line 4: p-3",
            "line 5: a quote is not closed",
        ],
    );
    lines(
        "account,note,payment_id\nshop,\"a,p-1\nshop,b,p-2\nshop,\",c\",p-3\n",
        &[
            "line 2: has 4 cells where the header has 3: is a comma inside a cell not quoted? \
             (its quotes make lines 2 to 4 one row)",
            "line 3: p-2",
            "line 4: p-3",
        ],
    );
}

#[test]
fn a_quote_in_a_column_of_no_use_swallows_nothing_either() {
    let others = "shop,p-2,\n".repeat(300_000);
    let rows = csv(&format!("account,payment_id,note\nshop,p-1,\"x\n{others}"));
    assert_eq!(rows.len(), 300_001);
    assert!(
        rows[0].as_ref().unwrap_err().why().starts_with("a quote is not closed (its quotes make lines 2 to ")
    );
    let numbers = rows[1..].iter().map(|row| row.as_ref().unwrap().row());
    assert!(numbers.eq(3..300_003));
}

#[test]
fn a_line_longer_than_any_row_ends_the_ledger() {
    for format in [Format::Csv, Format::JsonLines] {
        let text = format!("account,payment_id\nshop,{}\nshop,p\n", "p".repeat(3 << 20));
        let mut ledger = Ledger::read(text.as_bytes(), format, &Columns::default()).unwrap();
        let error = ledger.find_map(Result::err).unwrap();
        assert_eq!(error.to_string(), "the ledger can't be read in line 2: it is longer than 1 MiB");
        assert!(ledger.next().is_none());
    }
}

#[test]
fn an_unused_column_may_have_line_breaks() {
    lines(
        "note,account,payment_id\n\"a\n\nb\"\"\r\nc\",shop,p-1\n\"\n\",shop,p-2\nd,,p-3\n",
        &["line 2: p-1", "line 6: p-2", "line 8: `account` is empty"],
    );
}

#[test]
fn a_row_has_as_many_cells_as_the_header() {
    lines(
        "account,payment_id,currency,amount\nbearer,p-1,USD,1,234.50\nbearer,p-2,USD,50,00\nbearer,p-3\n\
         bearer,p-4,USD,1,,\n,,,\n\n,\n \n,,,,,,,\nbearer,p-5,,\n",
        &[
            "line 2: has 5 cells where the header has 4: is a comma inside a cell not quoted?",
            "line 3: has 5 cells where the header has 4: is a comma inside a cell not quoted?",
            "line 4: has 2 cells where the header has 4: is one missing?",
            "line 5: p-4",
            "line 11: p-5",
        ],
    );
    lines(
        "account;payment_id\nbearer;p;1\n",
        &["line 2: has 3 cells where the header has 2: is a semicolon inside a cell not quoted?"],
    );
    lines(
        "account,payment_id\nbearer,\"p\"1\n",
        &["line 2: has text behind a closing quote: write a quote inside a cell twice"],
    );
}

#[test]
fn a_quote_inside_a_cell_is_text() {
    lines(
        "account,payment_id,note\nshop,p\"1\",5\" nail\nshop,\"p\"\"2\",\"\"\n",
        &["line 2: p\"1\"", "line 3: p\"2"],
    );
}

#[test]
fn a_currency_without_an_amount_is_read() {
    let columns = Columns::default().with_currency("JPY".parse().unwrap());
    for text in ["account,payment_id,amount,currency\ns,p,,eur\n", "account,payment_id,currency\ns,p,eur\n"] {
        let rows = rows(text.as_bytes(), Format::Csv, &columns);
        let expected = Entry::new(2, "s", Lookup::payment("p")).with_currency("EUR".parse().unwrap());
        assert_eq!(rows, [Ok(expected)], "{text}");
    }
    let rows = rows(b"account,payment_id,amount,currency\ns,p,,\n", Format::Csv, &columns);
    assert_eq!(
        rows,
        [Ok(Entry::new(2, "s", Lookup::payment("p")))],
        "the currency for all rows is none that a row names"
    );
}

fn json(line: &str) -> Result<Entry, BadRow> {
    rows(line.as_bytes(), Format::JsonLines, &Columns::default()).remove(0)
}

#[test]
fn what_is_wrong_with_a_json_line_is_told_apart() {
    for (line, why) in [
        ("[1,2]", "is not a JSON object: write one object a line"),
        ("null", "is not a JSON object: write one object a line"),
        ("account,payment_id", "is not a JSON object: write one object a line"),
        ("{", "is not a whole JSON object (column 1): write one object a line"),
        (r#"{"account":"shop",}"#, "is not a whole JSON object (column 19): write one object a line"),
        (r#"{"account":"s","payment_id":"p"} {}"#, "has text behind the object: write one object a line"),
        (r#"{"account":"s","payment_id":"p"},"#, "has text behind the object: write one object a line"),
        (r#"{"account":"s","payment_id":"p","Amount":1,"amount":2,"currency":"USD"}"#, "has `amount` twice"),
        (r#"{"account":"s","payment_id":"p","payment_id ":null}"#, "has `payment_id` twice"),
        (r#"{"account":[],"payment_id":"p"}"#, "`account` is neither text nor a number"),
        (r#"{"account":true,"payment_id":"p"}"#, "`account` is neither text nor a number"),
    ] {
        assert_eq!(json(line).unwrap_err().why(), why, "{line}");
    }
}

#[test]
fn json_keys_are_trimmed_and_numbers_are_exact() {
    let line =
        "{\"\u{a0}ACCOUNT \":\"s\",\"payment_id\":1e400,\"amount\":5e1,\"currency\":\"USD\",\"x\":1,\"x\":2}";
    let entry = json(line).unwrap();
    assert_eq!((entry.account(), entry.lookup().id()), ("s", "1e400"));
    assert_eq!(entry.amount().unwrap(), Money::parse("50", "USD").unwrap());
    let line = r#"{"account":"s","payment_id":"p","amount":0.1000000000000000055,"currency":"USD"}"#;
    assert_eq!(json(line).unwrap().amount().unwrap().to_string(), "0.1000000000000000055 USD");
}

/// Bytes as ledgers have them where they are broken.
fn broken_text() -> impl Strategy<Value = Vec<u8>> {
    let telling = prop::sample::select(&b"\"\",;\n\n\r\t a1{}[]:\\"[..]);
    prop::collection::vec(prop_oneof![9 => telling, 1 => any::<u8>()], 0..200)
}

/// How many lines an editor shows before what comes behind this text.
fn line_breaks(text: &[u8]) -> u64 {
    let returns = text.windows(2).filter(|pair| pair == b"\r\n").count();
    (text.iter().filter(|byte| b"\r\n".contains(byte)).count() - returns) as u64
}

/// Gives out a few bytes at a time.
struct Drops<'a>(&'a [u8], usize);

impl io::Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.0.len().min(buffer.len()).min(self.1);
        buffer[..size].copy_from_slice(&self.0[..size]);
        self.0 = &self.0[size..];
        Ok(size)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn what_the_csv_crate_writes_is_read_back(
        books in prop::collection::vec(("[!-~é]([ -~é]{0,8}[!-~é])?", broken_text(), 0u32..100_000), 1..8),
        delimiter in prop::sample::select(&b",;\t"[..]),
        windows in any::<bool>(),
        at_once in 1usize..64,
    ) {
        let terminator = if windows { ::csv::Terminator::CRLF } else { ::csv::Terminator::Any(b'\n') };
        let mut writer =
            ::csv::WriterBuilder::new().delimiter(delimiter).terminator(terminator).from_writer(Vec::new());
        writer.write_record(["account", "note", "payment_id", "amount", "currency"]).unwrap();
        let (mut row, mut expected) = (2, Vec::new());
        for (id, note, cents) in &books {
            let amount = format!("{}.{:02}", cents / 100, cents % 100);
            let cells = [b"shop".as_slice(), note, id.as_bytes(), amount.as_bytes(), b"USD"];
            writer.write_record(cells).unwrap();
            let amount = Money::parse(&amount, "USD").unwrap();
            expected.push(Ok(Entry::new(row, "shop", Lookup::payment(id.as_str())).with_amount(amount)));
            row += 1 + line_breaks(note);
        }
        let text = writer.into_inner().unwrap();
        let ledger = Ledger::read(Drops(&text, at_once), Format::Csv, &Columns::default()).unwrap();
        prop_assert_eq!(ledger.map(Result::unwrap).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn any_bytes_come_to_an_end(text in broken_text(), has_header in any::<bool>(), at_once in 1usize..64) {
        let header: &[u8] = if has_header { b"account,payment_id,note\n" } else { b"" };
        let text = [header, &text].concat();
        for format in [Format::Csv, Format::JsonLines] {
            let Ok(ledger) = Ledger::read(Drops(&text, at_once), format, &Columns::default()) else { continue };
            let rows = ledger.map(|row| row.unwrap().map_or_else(|bad| bad.row(), |entry| entry.row()));
            let rows: Vec<u64> = rows.collect();
            prop_assert!(rows.is_sorted_by(|before, after| before < after), "{:?}", rows);
            prop_assert!(rows.last().is_none_or(|&last| last <= line_breaks(&text) + 1));
        }
    }

    #[test]
    fn no_row_is_lost_beside_quotes_that_are_not_closed(
        kinds in prop::collection::vec(prop::sample::select(&["x,", "\"x,", "x,\"x", "x,\"\"\"x", "x,\"a\"b", ",", "x,,x"][..]), 1..40),
    ) {
        let mut text = "account,payment_id,note\n".to_owned();
        for kind in &kinds {
            let _ = writeln!(text, "shop,{kind}");
        }
        let expected: Vec<_> = kinds.iter().map(|&kind| kind == "x,").collect();
        let read: Vec<_> = csv(&text).iter().map(Result::is_ok).collect();
        prop_assert_eq!(read, expected);
    }
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
