//! What the attempts to pay an invoice come to, which no single one of them says.

use paystatus_core::{Currency, Error, Money};

use crate::Transaction;

/// MyFatoorah's own words for currencies: the first two were seen, the others are assumed after them.
#[rustfmt::skip]
const LABELS: [(&str, &str); 7] = [
    ("KD", "KWD"), ("SR", "SAR"), ("BD", "BHD"), ("QR", "QAR"), ("OR", "OMR"), ("JD", "JOD"), ("LE", "EGP"),
];

/// One word for all of them, for the status table.
pub(crate) fn come_to(all: &[Transaction]) -> &'static str {
    let known = ["Succss", "Success", "Failed", "InProgress", "Canceled", "Authorize"];
    let is_zero = |one: &Transaction| one.transaction_value.is_some_and(|value| value.value().is_zero());
    let (authorized, held) = holds(all);
    let is_unlisted = |one: &Transaction| !known.contains(&&*one.transaction_status);
    match paid(all).next() {
        _ if all.iter().any(is_unlisted) => "unlisted",
        Some(_) if paid(all).all(is_zero) => "zero",
        Some(_) => "paid",
        None if held > 0 => "held",
        None if authorized > 0 => "released",
        None if all.iter().any(|one| one.transaction_status == "InProgress") => "in progress",
        None if all.is_empty() => "none",
        None => "failed",
    }
}

/// What all that succeeded charged, if each of them tells it and in one currency.
pub(crate) fn amount(all: &[Transaction]) -> Result<Option<Money>, Error> {
    let add = |sum: Option<Money>, next: Option<Money>| sum?.checked_add(next?);
    let parts = paid(all).map(Transaction::money).collect::<Result<Vec<_>, _>>()?;
    Ok(parts.into_iter().reduce(add).flatten())
}

fn paid(all: &[Transaction]) -> impl Iterator<Item = &Transaction> {
    // The one is a misspelling, and the other how a later version spells it.
    all.iter().filter(|one| matches!(&*one.transaction_status, "Succss" | "Success"))
}

/// How many holds there were, and how many of them no later cancellation released.
fn holds(all: &[Transaction]) -> (usize, usize) {
    let dates = |word| all.iter().filter(move |one| one.transaction_status == word).map(Transaction::date);
    let mut held: Vec<_> = dates("Authorize").collect();
    let authorized = held.len();
    // Without a date nobody knows which came first.
    for cancellation in dates("Canceled").flatten() {
        let before = |(_, hold): &(usize, &Option<&str>)| hold.is_some_and(|hold| hold < cancellation);
        if let Some((released, _)) = held.iter().enumerate().filter(before).max_by_key(|(_, hold)| **hold) {
            held.remove(released);
        }
    }
    (authorized, held.len())
}

impl Transaction {
    /// Its amount, if that and the currency are told in words that are known.
    fn money(&self) -> Result<Option<Money>, Error> {
        let word = self.currency.as_deref().unwrap_or_default();
        let code = LABELS.iter().find(|(label, _)| *label == word).map_or(word, |(_, code)| code);
        let is_upper = code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase());
        let is_known = is_upper && code.parse().is_ok_and(|currency: Currency| currency.is_iso_4217());
        Money::charged(self.transaction_value.filter(|_| is_known), Some(code).filter(|_| is_known))
    }

    /// A date that can be compared as it is written.
    fn date(&self) -> Option<&str> {
        let date = self.transaction_date.as_deref()?;
        let form = date.get(..19)?.replace(|letter: char| letter.is_ascii_digit(), "0");
        (form == "0000-00-00T00:00:00").then_some(date)
    }
}
