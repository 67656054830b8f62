use paystatus_core::{Currency, Finality::*, Funds, Meaning, Pending, Returned, Row, Source, Status};

const SEED: Source = Source::new("Akurateco Checkout documentation, Check Status", "2026-11");
const DOCS: Source = Source::new("https://docs.akurateco.com", "2026-11");

/// What a row asks of the reply beside the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum If {
    /// Nothing.
    Always,
    /// That the currency is one of ISO 4217: not crypto, and not absent.
    IsoCurrency,
    /// That no other attempt is known that can settle: the provider was asked by payment and answered about that
    /// payment, and every other attempt in the reply is declined.
    NoOtherAttempt,
}
use If::{Always, IsoCurrency, NoOtherAttempt};

/// The status table: the first row that applies counts. ASCII case means nothing.
pub(crate) const STATUSES: &[Row<(&str, If)>] = &[
    Row::new(("prepare", Always), Status::Pending(Pending::Indeterminate), Open, Funds::Unknown, SEED),
    Row::new(("3ds", Always), Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken, SEED),
    Row::new(("redirect", Always), Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken, SEED),
    // Held on a card, awaiting capture.
    Row::new(("pending", IsoCurrency), Status::Authorized, Open, Funds::Held, DOCS),
    // Crypto has no holds: nothing was received yet.
    Row::new(("pending", Always), Status::Pending(Pending::Processing), Open, Funds::Unknown, DOCS),
    // A partial refund leaves it so.
    Row::new(("settled", Always), Status::Paid, Final, Funds::Taken, SEED),
    Row::new(("decline", NoOtherAttempt), Status::Failed, Final, Funds::NotTaken, SEED),
    // Another attempt of the same order can still settle.
    Row::new(("decline", Always), Status::Failed, Provisional, Funds::Unknown, DOCS),
    Row::new(("refund", Always), Status::Returned(Returned::Refunded), Final, Funds::Returned, SEED),
    Row::new(("void", Always), Status::Returned(Returned::Voided), Final, Funds::Returned, SEED),
    Row::new(("reversal", Always), Status::Returned(Returned::Reversed), Final, Funds::Returned, SEED),
    // Can be presented again.
    Row::new(
        ("chargeback", Always),
        Status::Returned(Returned::ChargedBack),
        Provisional,
        Funds::Returned,
        SEED,
    ),
];

pub(crate) fn meaning(word: &str, currency: Option<Currency>, no_other_attempt: bool) -> Meaning {
    Row::find(STATUSES, |(listed, condition)| {
        listed.eq_ignore_ascii_case(word)
            && match condition {
                Always => true,
                IsoCurrency => currency.is_some_and(|currency| currency.is_iso_4217()),
                NoOtherAttempt => no_other_attempt,
            }
    })
}

/// Which of an order's attempts, newest first, speaks for it: a settled one, else a pending one, else the first.
pub(crate) fn telling<'a>(words: impl Iterator<Item = &'a str> + Clone) -> usize {
    let first = |wanted: &str| words.clone().position(|word| word.eq_ignore_ascii_case(wanted));
    first("settled").or_else(|| first("pending")).unwrap_or(0)
}

/// Tells whether an attempt is over without success.
pub(crate) fn is_declined(word: &str) -> bool {
    word.eq_ignore_ascii_case("decline")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_row_by_row() {
        let expected = [
            ("prepare", Always, Status::Pending(Pending::Indeterminate), Open, Funds::Unknown),
            ("3ds", Always, Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken),
            ("redirect", Always, Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken),
            ("pending", IsoCurrency, Status::Authorized, Open, Funds::Held),
            ("pending", Always, Status::Pending(Pending::Processing), Open, Funds::Unknown),
            ("settled", Always, Status::Paid, Final, Funds::Taken),
            ("decline", NoOtherAttempt, Status::Failed, Final, Funds::NotTaken),
            ("decline", Always, Status::Failed, Provisional, Funds::Unknown),
            ("refund", Always, Status::Returned(Returned::Refunded), Final, Funds::Returned),
            ("void", Always, Status::Returned(Returned::Voided), Final, Funds::Returned),
            ("reversal", Always, Status::Returned(Returned::Reversed), Final, Funds::Returned),
            ("chargeback", Always, Status::Returned(Returned::ChargedBack), Provisional, Funds::Returned),
        ];
        assert_eq!(STATUSES.len(), expected.len());
        for (word, condition, status, finality, funds) in expected {
            let currency = (condition == IsoCurrency).then_some("USD".parse::<Currency>().unwrap());
            let no_other = condition == NoOtherAttempt;
            for word in [word.to_owned(), word.to_uppercase()] {
                let means = Meaning::new(status, finality, funds);
                assert_eq!(meaning(&word, currency, no_other), means, "{word} {condition:?}");
            }
        }
    }

    #[test]
    fn a_hold_needs_a_currency_that_cards_have() {
        let pending = |code: &str| meaning("pending", code.parse().ok(), true).status;
        for code in ["QAR", "jpy", "KWD"] {
            assert_eq!(pending(code), Status::Authorized, "{code}");
        }
        for code in ["BTC", "USDT", ""] {
            assert_eq!(pending(code), Status::Pending(Pending::Processing), "{code}");
        }
    }

    #[test]
    fn any_other_word_is_unknown() {
        for word in ["", " settled", "settle", "declined", "refunded", "success", "3DS2", "\u{17f}ettled"] {
            for no_other in [true, false] {
                assert_eq!(
                    meaning(word, Some("USD".parse::<Currency>().unwrap()), no_other),
                    Meaning::UNKNOWN,
                    "{word}"
                );
            }
        }
    }

    #[test]
    fn a_settled_attempt_speaks_for_its_order() {
        for (words, chosen) in [
            (&["decline", "Settled", "settled"][..], 1),
            (&["decline", "pending", "settled"], 2),
            (&["3ds", "decline", "PENDING"], 2),
            (&["decline", "3ds", "refund"], 0),
            (&["new-word", "decline"], 0),
        ] {
            assert_eq!(telling(words.iter().copied()), chosen, "{words:?}");
        }
    }
}
