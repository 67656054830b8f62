use paystatus_core::{Finality::*, Funds, Judgement, Pending, Returned, Row, Source, Status};

use crate::{CommitUp, Details};

const SEED: Source = Source::new("CommitUp API documentation, Get Payment Status", "2026-11");
const DOCS: Source = Source::new("https://github.com/commitup/api-doc-v2", "2026-11");

/// The status table. The words are case sensitive: `status`, `transactionType`,
/// `child` for a record that has a parent, and `type required` for an account that insists on a type.
pub(crate) const STATUSES: &[Row] = &[
    // A refund or a cancellation, and nobody knows which.
    Row::new(&["*", "-", "child"], Status::Unknown, Open, Funds::Unknown, DOCS),
    Row::new(&["SUCCESS", "SALE"], Status::Paid, Final, Funds::Taken, DOCS),
    // A pre-authorization shows the same: see `require_transaction_type`.
    Row::new(&["SUCCESS", "-", "-", "-"], Status::Paid, Final, Funds::Taken, SEED),
    // It can be a partial one, and the parent may stay paid.
    Row::new(&["SUCCESS", "REFUND"], Status::Returned(Returned::Refunded), Final, Funds::Unknown, DOCS),
    // The whole amount, on the same day.
    Row::new(&["SUCCESS", "CANCEL"], Status::Returned(Returned::Voided), Final, Funds::Returned, DOCS),
    // What a pre-authorization's type is called is not documented.
    Row::new(&["SUCCESS"], Status::Unknown, Open, Funds::Unknown, DOCS),
    Row::new(&["CAPTURED", "REFUND|CANCEL"], Status::Unknown, Open, Funds::Unknown, DOCS),
    Row::new(&["CAPTURED"], Status::Paid, Final, Funds::Taken, DOCS),
    // Stays for ever if the payer leaves 3-D Secure.
    Row::new(&["ENROLLED"], Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken, SEED),
    // Not given back yet.
    Row::new(&["PENDING_APPROVAL", "REFUND"], Status::Pending(Pending::Processing), Open, Funds::Taken, DOCS),
    // The refund was refused: the parent stays paid.
    Row::new(&["REJECTED", "REFUND"], Status::Failed, Final, Funds::Taken, DOCS),
    Row::new(&["FAILED", "SALE|-"], Status::Failed, Final, Funds::NotTaken, SEED),
    // The parent stays as it was.
    Row::new(&["FAILED", "REFUND|CANCEL"], Status::Failed, Final, Funds::Taken, DOCS),
    Row::new(&["CANCELLED", "SALE|-"], Status::Canceled, Final, Funds::Unknown, SEED),
];

pub(crate) fn judge(account: &CommitUp, said: &Details) -> Judgement {
    Row::judge(
        STATUSES,
        &[
            Some(&said.status),
            said.transaction_type.as_deref(),
            said.parent_payment_id.as_ref().map(|_| "child"),
            account.require_transaction_type.then_some("type required"),
        ],
    )
}

/// Tells whether the reply's amount is what was taken: a capture may show what was authorized.
pub(crate) fn tells_what_was_charged(word: &str) -> bool {
    word != "CAPTURED"
}

#[cfg(test)]
mod tests {
    use paystatus_core::{BaseUrl, json};

    use super::*;

    /// What a record means to an account, and to one that insists on a type.
    fn both(word: &str, more: &str) -> [Judgement; 2] {
        let lenient = CommitUp::new(BaseUrl::of_service("pos.example.com"), "k", "s");
        let strict = lenient.clone().requiring_transaction_type();
        let record = format!(r#"{{"paymentId":"p","status":"{word}"{more}}}"#);
        [lenient, strict].map(|account| judge(&account, &json::object(&record).unwrap()))
    }

    fn typed(kind: &str) -> String {
        format!(r#","transactionType":"{kind}""#)
    }

    #[test]
    fn insisting_on_a_type_changes_an_untyped_success_and_nothing_else() {
        for word in ["SUCCESS", "CAPTURED", "ENROLLED", "PENDING_APPROVAL", "REJECTED", "FAILED", "CANCELLED"]
        {
            for kind in ["SALE", "REFUND", "CANCEL", "PREAUTH"] {
                let [lenient, strict] = both(word, &typed(kind));
                assert_eq!(lenient, strict, "{word} {kind}");
                // A parent changes nothing where the type is told.
                let child = both(word, &format!(r#"{},"parentPaymentId":"q""#, typed(kind)));
                assert_eq!(child, [lenient, strict], "{word} {kind}");
            }
            let [lenient, strict] = both(word, "");
            assert_eq!(lenient == strict, word != "SUCCESS", "{word}");
            assert_eq!(both(word, r#","parentPaymentId":"q""#)[0].row(), Some(&STATUSES[0]), "{word}");
        }
    }

    #[test]
    fn any_other_word_is_unknown_another_case_included() {
        for word in
            ["", "*", "success", "Success", " SUCCESS", "CANCELED", "PENDING", "REFUNDED", "AUTHORIZED"]
        {
            for more in [String::new(), typed("SALE"), typed("REFUND"), typed("PREAUTH")] {
                assert_eq!(both(word, &more), [Judgement::UNKNOWN; 2], "{word} {more}");
            }
        }
        for kind in ["", "sale", "Sale", "SALE ", "VOID", "-", "*"] {
            for word in ["SUCCESS", "FAILED", "CANCELLED", "REJECTED"] {
                assert_eq!(both(word, &typed(kind))[0].meaning().status, Status::Unknown, "{word} {kind}");
            }
        }
    }

    #[test]
    fn only_a_captures_amount_is_doubtful() {
        assert!(!tells_what_was_charged("CAPTURED"));
        assert!(tells_what_was_charged("SUCCESS") && tells_what_was_charged("captured"));
    }
}
