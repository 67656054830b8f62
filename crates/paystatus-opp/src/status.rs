use paystatus_core::{Finality::*, Funds, Judgement, Pending, Returned, Row, Source, Status};

const CODES: Source = Source::new("https://hyperpay.docs.oppwa.com/reference/resultCodes", "2026-11");
const LATAM: Source = Source::new("https://docs.latam.ppro.com, transactions-status", "2026-11");
const LINKED: Source = Source::new("https://docs.cardcorp.com/reference, captures and reversals", "2026-11");
const SCHEMES: Source = Source::new("https://developers.primeiropay.com/result-codes", "2026-11");

/// Money that came, or that is held, and that the merchant is asked to review by hand.
pub(crate) const REVIEWED: &str = "000.400.0[01246]0|000.400.08[0-2]|000.400.09[01]";
/// Money that came, or that is held.
pub(crate) const SUCCEEDED: &str =
    "000.000.000|000.100.11[0-2]|000.300.000|000.600.000|000.400.0[01246]0|000.400.08[0-2]|000.400.09[01]";
/// Refused for good.
const REFUSED: &str = "000.400.1[0-9][1-9]|000.400.2|800.[17]00|800.800.[123]|300.100.100|100.400|100.36|100.37|100.38|800.400.[12]|100.390|800.[32]|800.1[1-6]0|800.121|600.[23]|500.[12]|100.[13]50|700.[1345][05]0|200.[123]|100.[53][07]|800.900|100.[6789]00|100.1|100.2|100.55";
const CANCELED: &str = "100.396.101|100.396.201|100.397.101";
/// Declined, but the sum stays reserved for days.
const RESERVED: &str = "800.100.192";

/// The status table: the pattern of `result.code` that stands in it first, `paymentType` (`-` for a checkout without
/// a payment), what linked records say came after it, `zero` for an amount of 0, and `this payment` where that was
/// asked for by its own id.
///
/// A pattern has digits and choices of digits, and a short one is how a code begins. There are success codes that are
/// no money and stand in no row: an envelope's `000.000.100`, representments (`000.100.105`), risk checks
/// (`000.300.100`), account updates (`000.310.`), a 3-D Secure check that was passed (`000.400.110`).
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    // A check of the card.
    Row::new(&[SUCCEEDED, "*", "*", "zero"], Status::Unknown, Open, Funds::Unknown, CODES),
    Row::new(&[SUCCEEDED, "DB|PA|CP", "charged back"], Status::Returned(Returned::ChargedBack), Provisional, Funds::Returned, LINKED),
    Row::new(&[SUCCEEDED, "DB|PA|CP", "charged back and represented"], Status::Unknown, Open, Funds::Unknown, LINKED),
    Row::new(&[SUCCEEDED, "DB", "reversed"], Status::Returned(Returned::Reversed), Final, Funds::Returned, LINKED),
    Row::new(&[SUCCEEDED, "PA", "voided"], Status::Returned(Returned::Voided), Final, Funds::Returned, LINKED),
    // Not comparable with what was charged; or a capture, and the hold may be captured once more.
    Row::new(&[SUCCEEDED, "DB|PA|CP", "reversed, and nobody says how far"], Status::Returned(Returned::Reversed), Provisional, Funds::Unknown, LINKED),
    Row::new(&[SUCCEEDED, "DB|PA|CP", "refunded"], Status::Returned(Returned::Refunded), Final, Funds::Returned, LINKED),
    Row::new(&[REVIEWED, "DB|CP", "-"], Status::Paid, Provisional, Funds::Taken, CODES),
    Row::new(&[REVIEWED, "PA", "captured"], Status::Paid, Provisional, Funds::Taken, LINKED),
    Row::new(&[SUCCEEDED, "DB|CP", "-"], Status::Paid, Final, Funds::Taken, CODES),
    Row::new(&[SUCCEEDED, "PA", "captured"], Status::Paid, Final, Funds::Taken, LINKED),
    Row::new(&[SUCCEEDED, "PA", "-"], Status::Authorized, Open, Funds::Held, CODES),
    // A review that is pending, an external check of the risk that is awaited.
    Row::new(&["000.400.050|000.400.070", "DB|PA|CP", "-"], Status::Pending(Pending::Processing), Open, Funds::Unknown, CODES),
    // The money came, and the check of the risk afterwards refused: it is usually reversed.
    Row::new(&["000.400.100", "DB|PA|CP", "-"], Status::Unknown, Open, Funds::Taken, CODES),
    // Failed in part, and the automatic reversal failed too.
    Row::new(&["000.400.030", "DB|PA|CP", "-"], Status::Unknown, Open, Funds::Unknown, CODES),
    Row::new(&["000.100.2", "DB|PA|CP", "-"], Status::Returned(Returned::ChargedBack), Provisional, Funds::Returned, SCHEMES),
    Row::new(&["000.200.100|000.200.101|000.200.200", "DB|PA|CP|-", "-"], Status::Pending(Pending::Created), Open, Funds::NotTaken, CODES),
    // The checkout was deleted.
    Row::new(&["000.200.102", "DB|PA|CP|-", "-"], Status::Canceled, Final, Funds::NotTaken, CODES),
    // An open session, which ends within 30 minutes.
    Row::new(&["000.200", "DB|PA|CP|-", "-"], Status::Pending(Pending::Processing), Open, Funds::Unknown, CODES),
    // It may take days; or it is being processed already.
    Row::new(&["800.400.5|100.400.500|800.600.100|800.700.100", "DB|PA|CP", "-"], Status::Pending(Pending::Processing), Open, Funds::Unknown, CODES),
    Row::new(&[CANCELED, "DB|PA", "-", "*", "this payment"], Status::Canceled, Final, Funds::NotTaken, CODES),
    // Another attempt may follow.
    Row::new(&[CANCELED, "DB|PA|CP", "-"], Status::Canceled, Provisional, Funds::Unknown, CODES),
    // "Uncertain, probably cancelled".
    Row::new(&["100.396.104", "DB|PA|CP", "-"], Status::Canceled, Provisional, Funds::Unknown, CODES),
    // Timed out.
    Row::new(&["100.395.501|100.395.502|100.396.103|900.300.600", "DB|PA|CP", "-"], Status::Expired, Provisional, Funds::Unknown, CODES),
    Row::new(&[RESERVED, "DB|PA", "-", "*", "this payment"], Status::Failed, Provisional, Funds::Held, LATAM),
    Row::new(&[RESERVED, "DB|PA|CP", "-"], Status::Failed, Provisional, Funds::Unknown, LATAM),
    // The outcome at the bank is not known; or another one like it may be paid (800.110.100, a duplicate).
    Row::new(&["100.395|100.396|100.397|900.[1234]00|800.[56]|999.|600.1|800.800.[48]|100.380.501|800.110.100", "DB|PA|CP", "-"], Status::Failed, Provisional, Funds::Unknown, CODES),
    Row::new(&[REFUSED, "DB|PA", "-", "*", "this payment"], Status::Failed, Final, Funds::NotTaken, CODES),
    // Another attempt may follow; and a capture that failed says nothing about its hold.
    Row::new(&[REFUSED, "DB|PA|CP", "-"], Status::Failed, Provisional, Funds::Unknown, CODES),
];

/// The first row with a pattern that the code fits, and with the other words.
pub(crate) fn judge(
    code: &str,
    payment_type: Option<&str>,
    after: Option<&str>,
    is_zero: bool,
    is_the_asked: bool,
) -> Judgement {
    let (zero, asked) = (is_zero.then_some("zero"), is_the_asked.then_some("this payment"));
    let mut judged = STATUSES.iter().map(|row| {
        let pattern = pattern(code, row.when[0]);
        Row::judge(std::slice::from_ref(row), &[pattern, payment_type, after, zero, asked])
    });
    judged.find(|judgement| judgement.row().is_some()).unwrap_or(Judgement::UNKNOWN)
}

/// Tells whether a record of a payment with this code says that it failed, was canceled, or ran out of time.
pub(crate) fn is_failure(code: &str, payment_type: &str) -> bool {
    let status = judge(code, Some(payment_type), None, false, true).meaning().status;
    matches!(status, Status::Failed | Status::Canceled | Status::Expired)
}

/// Tells whether a code fits one of these patterns; every code fits an empty one.
pub(crate) fn is_one_of(code: &str, patterns: &str) -> bool {
    pattern(code, patterns).is_some()
}

/// The first of these patterns that a code fits, which has three times three digits.
fn pattern<'a>(code: &str, patterns: &'a str) -> Option<&'a str> {
    let is_code = code.len() == 11 && fits(code, "[0-9][0-9][0-9].[0-9][0-9][0-9].[0-9][0-9][0-9]");
    patterns.split('|').find(|pattern| is_code && fits(code, pattern))
}

/// Compares digit by digit, from the beginning; `[1-6]` and `[17]` are choices of one digit.
fn fits(code: &str, pattern: &str) -> bool {
    let (mut code, mut rest) = (code.chars(), pattern);
    while let Some(wanted) = rest.chars().next() {
        let choice = rest.strip_prefix('[').and_then(|choice| choice.split_once(']'));
        let (choice, behind) = choice.unwrap_or_else(|| rest.split_at(wanted.len_utf8()));
        let is_chosen = |digit: char| match choice.split_once('-') {
            Some((first, last)) => {
                first.chars().all(|one| one <= digit) && last.chars().all(|one| digit <= one)
            }
            None => choice.contains(digit),
        };
        if !code.next().is_some_and(is_chosen) {
            return false;
        }
        rest = behind;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_row_with_a_family_of_the_code_counts() {
        for (code, wanted) in [
            ("000.000.000", Some("000.000.000")),
            ("000.100.112", Some("000.100.11[0-2]")),
            ("000.100.113", None),
            ("000.400.060", Some("000.400.0[01246]0")),
            ("000.400.061", None),
            ("000.400.101", Some("000.400.1[0-9][1-9]")),
            ("000.400.203", Some("000.400.2")),
            ("100.396.101", Some("100.396.101")),
            ("100.396.999", Some("100.396")),
            ("800.700.100", Some("800.700.100")),
            ("800.700.101", Some("800.[17]00")),
            ("800.600.100", Some("800.600.100")),
            ("800.600.101", Some("800.[56]")),
            ("800.160.100", Some("800.1[1-6]0")),
            ("800.170.100", None),
            ("700.450.001", Some("700.[1345][05]0")),
            ("700.250.000", None),
            ("100.577.001", Some("100.[53][07]")),
            ("100.470.001", None),
            ("000.100.105", None),
            ("000.400.120", None),
            ("000.310.100", None),
        ] {
            let row = judge(code, Some("DB"), None, false, true).row();
            assert_eq!(row.and_then(|row| pattern(code, row.when[0])), wanted, "{code}");
        }
    }

    #[test]
    fn what_is_no_code_is_unknown_even_if_it_is_a_pattern() {
        for code in [
            "",
            "*",
            "-",
            "100.1",
            "800.[17]00",
            "000.000.0000",
            "000.000.00a",
            "000.000.000 ",
            "٠٠٠.000.000",
        ] {
            assert_eq!(judge(code, Some("DB"), None, false, true), Judgement::UNKNOWN, "{code}");
        }
    }
}
