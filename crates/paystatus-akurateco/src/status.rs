use paystatus_core::{Currency, Finality::*, Funds, Judgement, Pending, Returned, Row, Source, Status};

const SEED: Source = Source::new("Akurateco Checkout documentation, Check Status", "2026-11");
const DOCS: Source = Source::new("https://docs.akurateco.com", "2026-11");

/// The status table: the word without its case, `ISO 4217` for such a currency,
/// and `this payment` where the answer is about the very payment that was asked for.
pub(crate) const STATUSES: &[Row] = &[
    Row::new(&["prepare"], Status::Pending(Pending::Indeterminate), Open, Funds::Unknown, SEED),
    Row::new(&["3ds"], Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken, SEED),
    Row::new(&["redirect"], Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken, SEED),
    // Held on a card, awaiting capture.
    Row::new(&["pending", "ISO 4217"], Status::Authorized, Open, Funds::Held, DOCS),
    // Crypto has no holds: nothing was received yet.
    Row::new(&["pending"], Status::Pending(Pending::Processing), Open, Funds::Unknown, DOCS),
    // A partial refund leaves it so.
    Row::new(&["settled"], Status::Paid, Final, Funds::Taken, SEED),
    Row::new(&["decline", "*", "this payment"], Status::Failed, Final, Funds::NotTaken, SEED),
    // Another attempt of the same order can still settle.
    Row::new(&["decline"], Status::Failed, Provisional, Funds::Unknown, DOCS),
    Row::new(&["refund"], Status::Returned(Returned::Refunded), Final, Funds::Returned, SEED),
    Row::new(&["void"], Status::Returned(Returned::Voided), Final, Funds::Returned, SEED),
    Row::new(&["reversal"], Status::Returned(Returned::Reversed), Final, Funds::Returned, SEED),
    // Can be presented again.
    Row::new(&["chargeback"], Status::Returned(Returned::ChargedBack), Provisional, Funds::Returned, SEED),
];

pub(crate) fn judge(word: &str, currency: Option<Currency>, is_the_asked: bool) -> Judgement {
    let word = word.to_ascii_lowercase();
    let currency = currency.filter(|currency| currency.is_iso_4217()).map(|_| "ISO 4217");
    Row::judge(STATUSES, &[Some(&word), currency, is_the_asked.then_some("this payment")])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_needs_a_currency_that_cards_have() {
        let pending = |code: &str| judge("pending", code.parse().ok(), true).meaning().status;
        for code in ["QAR", "jpy", "KWD"] {
            assert_eq!(pending(code), Status::Authorized, "{code}");
        }
        for code in ["BTC", "USDT", ""] {
            assert_eq!(pending(code), Status::Pending(Pending::Processing), "{code}");
        }
    }

    #[test]
    fn any_other_word_is_unknown() {
        for word in
            ["", " settled", "settle", "declined", "refunded", "success", "3DS2", "\u{17f}ettled", "*"]
        {
            for is_the_asked in [true, false] {
                assert_eq!(judge(word, "USD".parse().ok(), is_the_asked), Judgement::UNKNOWN, "{word}");
            }
        }
    }
}
