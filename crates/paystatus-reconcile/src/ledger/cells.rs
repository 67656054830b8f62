//! What a row's cells say, whatever the ledger's format.

use std::borrow::Cow;

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use paystatus::{Currency, Lookup, Money, Number};
use serde_json::value::RawValue;

use crate::{Columns, Entry, columns::Column};

/// One row's cells by column: `None` for a column that is not there or empty.
pub(super) type Cells<'a> = [Option<Cow<'a, str>>; Column::ALL.len()];

/// What is wrong with a row, and what to write instead.
pub(super) type Why = String;

pub(super) fn entry(row: u64, cells: &Cells<'_>, columns: &Columns) -> Result<Entry, Why> {
    let cell = |column: Column| cells[column as usize].as_deref();
    let account = cell(Column::Account).or(columns.account.as_deref()).ok_or("`account` is empty")?;
    let lookup = match (cell(Column::PaymentId), cell(Column::OrderId)) {
        (Some(id), _) => Lookup::payment(id),
        (None, Some(id)) => Lookup::order(id),
        (None, None) => return Err("`payment_id` and `order_id` are empty: one of them is needed".to_owned()),
    };
    let mut entry = Entry::new(row, account, lookup);
    match (cell(Column::Amount), cell(Column::Currency)) {
        (Some(amount), code) => entry = entry.with_amount(money(amount, code, columns)?),
        (None, Some(code)) => entry = entry.with_currency(currency(code)?),
        (None, None) => {}
    }
    if let Some(reference) = cell(Column::Reference) {
        entry = entry.with_reference(reference);
    }
    if let Some(word) = cell(Column::Status) {
        let standing = columns.standing(word).ok_or_else(|| {
            format!(
                "`status` is {}, which is none of paid, partly_paid, pending, authorized, failed, canceled, expired, \
                 refunded, voided, reversed and charged_back: say which one it means",
                shown(word)
            )
        })?;
        entry = entry.with_status(standing);
    }
    if let Some(as_of) = cell(Column::AsOf) {
        entry = entry.with_as_of(instant(as_of)?);
    }
    Ok(entry)
}

fn money(amount: &str, code: Option<&str>, columns: &Columns) -> Result<Money, Why> {
    let read = Number::parse(amount)
        .map(Number::value)
        .ok_or_else(|| format!("`amount` is {}: {}", shown(amount), remedy(amount)))?;
    if read.is_sign_negative() && !read.is_zero() {
        let why =
            "`amount` is negative: write what was charged, and `refunded` as the status if it was given back";
        return Err(why.to_owned());
    }
    let currency = match code {
        Some(code) => currency(code)?,
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

/// What to do about an amount that is none.
fn remedy(amount: &str) -> &'static str {
    let is_number = || serde_json::from_str::<&RawValue>(amount).is_ok();
    let unsigned = amount.strip_prefix('-').unwrap_or(amount);
    let separates = |c: char| c.is_whitespace() || [',', '.', '\'', '’', '_'].contains(&c);
    if unsigned.starts_with(|c: char| c.is_ascii_digit()) {
        if is_number() {
            return "it has more than 28 digits";
        }
        let has_only = unsigned.chars().all(|c| c.is_ascii_digit() || separates(c));
        let groups = unsigned.split(separates).filter(|group| !group.is_empty()).count();
        if has_only && groups > 1 && !is_plain(unsigned) {
            return "write it without separators and with a decimal point, such as 1234.50";
        }
    }
    "write a plain decimal number such as 3.01"
}

/// Tells whether there are only digits and one point, though they are no number: 01.50 and such.
fn is_plain(unsigned: &str) -> bool {
    unsigned.matches(|c: char| !c.is_ascii_digit()).eq(["."])
}

fn currency(code: &str) -> Result<Currency, Why> {
    code.parse()
        .map_err(|_| format!("`currency` is {}: write a code of 3 to 6 letters such as USD", shown(code)))
}

/// A time, or a day, which is right until its end in UTC.
fn instant(text: &str) -> Result<Timestamp, Why> {
    let day = || text.parse::<Date>().ok()?.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok();
    let is_day = text.len() == "2026-11-20".len();
    let read = if is_day { day().map(|midnight| midnight.timestamp()) } else { text.parse().ok() };
    read.ok_or_else(|| {
        let remedy = match text.parse::<DateTime>() {
            Ok(_) if !is_day => {
                "the zone is missing: write Z for UTC or an offset, such as 2026-11-20T18:00:00+01:00"
            }
            _ => "write a date or a time such as 2026-11-20T18:00:00Z",
        };
        format!("`as_of` is {}: {remedy}", shown(text))
    })
}

/// A cell as a message shows it.
fn shown(cell: &str) -> String {
    let glance = glance(cell);
    format!("{glance:?}{}", if glance.len() < cell.len() { "…" } else { "" })
}

/// Not more of a text than a glance.
pub(super) fn glance(text: &str) -> &str {
    const GLANCE: usize = 40;
    text.char_indices().nth(GLANCE).map_or(text, |(end, _)| &text[..end])
}
