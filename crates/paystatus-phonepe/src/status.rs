use paystatus_core::{Finality::*, Funds, Judgement, Pending, Row, Source, Status};

/// The page says that the root's state decides.
const DOCS: Source = Source::new("https://developer.phonepe.com/payment-gateway, order-status", "2026-11");
const SDK: Source = Source::new("https://github.com/PhonePe/phonepe-pg-sdk-node 2e3877e", "2026-11");

const ACTION: Status = Status::Pending(Pending::ActionRequired);
const PROCESSING: Status = Status::Pending(Pending::Processing);

/// The status table: the order's `state`; why a completed order may be no payment, `penny drop` for a mandate's set-up
/// and `zero` for an amount of 0; and its attempts in a word. The words are case sensitive.
///
/// The attempts can only weaken what the order says.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    // The set-up of a mandate takes two rupees and gives them back.
    Row::new(&["COMPLETED", "penny drop|zero"], Status::Unknown, Open, Funds::Unknown, SDK),
    Row::new(&["COMPLETED", "-", "completed|none|stateless"], Status::Paid, Final, Funds::Taken, DOCS),
    Row::new(&["COMPLETED"], Status::Unknown, Open, Funds::Unknown, DOCS),
    Row::new(&["PENDING", "*", "none"], Status::Pending(Pending::Created), Open, Funds::NotTaken, DOCS),
    // Another attempt may follow.
    Row::new(&["PENDING", "*", "failed"], ACTION, Open, Funds::NotTaken, DOCS),
    Row::new(&["PENDING"], PROCESSING, Open, Funds::Unknown, DOCS),
    // Refused or expired: to try again takes a new order.
    Row::new(&["FAILED", "*", "failed|none"], Status::Failed, Final, Funds::NotTaken, DOCS),
    Row::new(&["FAILED", "*", "pending"], Status::Failed, Provisional, Funds::Unknown, DOCS),
    Row::new(&["FAILED"], Status::Unknown, Open, Funds::Unknown, DOCS),
    // A mandate's debit that was not asked for yet.
    Row::new(&["NOTIFICATION_IN_PROGRESS|NOTIFIED"], PROCESSING, Open, Funds::Unknown, SDK),
];

/// Judges by the words that the table's rows have, in their order.
pub(crate) fn judge(words: [Option<&str>; 3]) -> Judgement {
    Row::judge(STATUSES, &words)
}

/// What the states of an order's attempts are together.
pub(crate) fn together(states: &[Option<&str>]) -> &'static str {
    let has = |wanted: &str| states.contains(&Some(wanted));
    match states {
        [] => "none",
        _ if has("COMPLETED") => "completed",
        _ if has("PENDING") => "pending",
        _ if states.iter().all(|state| *state == Some("FAILED")) => "failed",
        _ if states.iter().all(Option::is_none) => "stateless",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_summed_up_in_a_word() {
        let (completed, pending, failed) = (Some("COMPLETED"), Some("PENDING"), Some("FAILED"));
        for (states, word) in [
            (&[][..], "none"),
            (&[failed, pending, completed], "completed"),
            (&[failed, pending, None], "pending"),
            (&[failed, failed], "failed"),
            (&[failed, None], "other"),
            (&[None, None], "stateless"),
            (&[Some("REVERSED"), failed], "other"),
            (&[Some("completed")], "other"),
        ] {
            assert_eq!(together(states), word, "{states:?}");
        }
    }
}
