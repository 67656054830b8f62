//! Reduces a reply to the words that the status table judges, and to the money that was taken.

use paystatus_core::{Error, Money};

use crate::{
    Order, Part,
    reply::money,
    status::{self, Evidence},
};

/// What was taken, and what of that was given back.
#[derive(Default)]
pub(crate) struct Taken {
    pub(crate) amount: Option<Money>,
    pub(crate) returned: Option<Money>,
}

/// Tells whether money was taken, whatever happened to it later.
fn is_taken(capture: &Part) -> bool {
    matches!(capture.status.as_str(), "COMPLETED" | "PARTIALLY_REFUNDED" | "REFUNDED")
}

/// Every word of an order that may decide.
pub(crate) fn of_order<'a>(order: &'a Order, taken: &Taken) -> Vec<Evidence<'a>> {
    let captures: Vec<_> = order.captures().collect();
    let authorizations: Vec<_> = order.authorizations().map(|one| one.status.as_str()).collect();
    let order_word = Some(order.status.as_str());
    let is_authorized = |words: &[&str]| authorizations.iter().any(|word| words.contains(word));
    let of_refused = if is_authorized(&["CREATED", "PENDING"]) {
        Some("authorized")
    } else {
        is_authorized(&["CAPTURED", "PARTIALLY_CAPTURED"]).then_some("captured")
    };
    let mut seen = Vec::new();
    for capture in captures.iter().filter(|capture| !is_taken(capture)) {
        let beside = if capture.status == "PENDING" { capture.reason() } else { of_refused };
        seen.push([Some(capture.status.as_str()), Some("capture"), beside, order_word]);
    }
    let taken_words = ["PARTIALLY_REFUNDED", "COMPLETED", "REFUNDED"];
    if let Some(word) = taken_words.into_iter().find(|word| captures.iter().any(|one| one.status == *word)) {
        let is_over = order.purchase_units.iter().all(|unit| unit.captures().any(is_taken))
            && !captures.iter().any(|capture| capture.status == "PENDING")
            && !is_authorized(&["CREATED", "PENDING", "PARTIALLY_CAPTURED"]);
        let beside = match (is_refunded(&captures, taken), is_over) {
            (true, true) => "wholly refunded",
            (true, false) => "refunded so far",
            (false, true) => "every unit",
            (false, false) => "in part",
        };
        seen.push([Some(word), Some("capture"), Some(beside), order_word]);
    }
    for word in authorizations {
        let evidence = [Some(word), Some("authorization"), None, order_word];
        // Beside a capture an authorization says nothing more, unless nobody knows what its word hides.
        if captures.is_empty() || status::judge(&[evidence]).1.row().is_none() {
            seen.push(evidence);
        }
    }
    if seen.is_empty() {
        seen.push([order_word, Some("order"), None, order_word]);
    }
    seen
}

/// The word of one capture that was asked about by its own id.
pub(crate) fn of_capture(capture: &Part) -> Evidence<'_> {
    let beside = match capture.status.as_str() {
        "PENDING" => capture.reason(),
        "DECLINED" => Some("alone"),
        "FAILED" => None,
        "REFUNDED" => Some("wholly refunded"),
        _ => Some("every unit"),
    };
    [Some(&capture.status), Some("capture"), beside, None]
}

/// All that was taken is given back: by the sum of refunds, or by the captures' words.
fn is_refunded(captures: &[&Part], taken: &Taken) -> bool {
    let by_sum = taken.amount.zip(taken.returned).is_some_and(|(amount, returned)| {
        returned.amount() >= amount.amount() && !returned.amount().is_zero()
    });
    let may_be_money = |capture: &&&Part| !matches!(capture.status.as_str(), "DECLINED" | "FAILED");
    let mut money = captures.iter().filter(may_be_money).peekable();
    by_sum || (money.peek().is_some() && money.all(|capture| capture.status == "REFUNDED"))
}

/// Adds up captures and refunds. Where refunds tell less than the captures' words, neither sum is known.
pub(crate) fn taken<'a>(
    captures: impl Iterator<Item = &'a Part>,
    refunds: impl Iterator<Item = &'a Part>,
) -> Result<Taken, Error> {
    let worth = |part: &'a Part| Ok((part.status.as_str(), money(part.amount.as_ref())?));
    let captured =
        captures.filter(|capture| is_taken(capture)).map(worth).collect::<Result<Vec<_>, Error>>()?;
    let refunds = refunds.filter(|refund| refund.status == "COMPLETED");
    let refunded = refunds.map(worth).collect::<Result<Vec<_>, Error>>()?;
    let zero = captured.first().and_then(|(_, first)| first.and_then(|first| first.saturating_sub(first)));
    let sum = |parts: &[(&str, Option<Money>)], counts: fn(&str) -> bool| {
        let parts = parts.iter().filter(|(word, _)| counts(word));
        parts.fold(zero, |sum, (_, part)| sum?.checked_add((*part)?))
    };
    let (amount, returned) = (sum(&captured, |_| true), sum(&refunded, |_| true));
    let by_words = sum(&captured, |word| word == "REFUNDED");
    let is_more = captured.iter().any(|(word, _)| *word == "PARTIALLY_REFUNDED");
    let is_told = returned
        .zip(by_words)
        .is_some_and(|(told, by_words)| told.amount() >= by_words.amount() && !(is_more && told == by_words));
    Ok(match (is_told, amount) {
        (true, Some(_)) => Taken { amount, returned },
        // Captures without a word of a refund, in one currency, beside refunds that do not add up to them: nothing is known.
        _ => Taken::default(),
    })
}
