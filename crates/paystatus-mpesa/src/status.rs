use paystatus_core::{Finality::*, Funds, Judgement, Pending, Row, Source, Status};

const DARAJA: Source =
    Source::new("https://developer.safaricom.co.ke, M-Pesa Express Query, as copied in public", "2026-11");
const RECORDED: Source = Source::new("replies recorded in public test suites", "2026-11");
const CODES: Source = Source::new("result codes of paylod.dev and api-evangelist/mpesa", "2026-11");

/// The error code that says the same as 4999, in an HTTP 500.
pub(crate) const BEING_PROCESSED: &str = "500.001.1001";

/// The status table, by `ResultCode`, compared as text. New codes appear unannounced.
pub(crate) const STATUSES: &[Row] = &[
    Row::new(&["0"], Status::Paid, Final, Funds::Taken, DARAJA),
    Row::new(&["4999"], Status::Pending(Pending::Processing), Open, Funds::Unknown, RECORDED),
    Row::new(&[BEING_PROCESSED], Status::Pending(Pending::Processing), Open, Funds::Unknown, DARAJA),
    // Also seen when a prompt merely timed out or met another one.
    Row::new(&["1032"], Status::Canceled, Provisional, Funds::NotTaken, DARAJA),
    // The balance is too low; the PIN is wrong.
    Row::new(&["1|2001"], Status::Failed, Final, Funds::NotTaken, CODES),
    // No answer from the phone; expired.
    Row::new(&["1037|1019"], Status::Expired, Provisional, Funds::Unknown, CODES),
    // Another session is open; the prompt was not sent.
    Row::new(&["1001|1025|9999"], Status::Failed, Provisional, Funds::NotTaken, CODES),
    // The receiver or the system is busy.
    Row::new(&["17|26"], Status::Failed, Provisional, Funds::Unknown, CODES),
];

pub(crate) fn judge(code: &str) -> Judgement {
    Row::judge(STATUSES, &[Some(code)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_other_code_is_unknown_another_spelling_included() {
        for code in ["", "00", "0.0", "+0", " 0", "1036", "2028", "8006", "10320", "-1"] {
            assert_eq!(judge(code), Judgement::UNKNOWN, "{code}");
        }
    }
}
