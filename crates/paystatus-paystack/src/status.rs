use paystatus_core::{Finality::*, Funds, Judgement, Pending, Returned, Row, Source, Status};

/// A mirror of the vendor's page.
const PAGE: Source = Source::new(
    "https://pilot-direct-debit.d111ulzzlm5kvf.amplifyapp.com/docs/payments/verify-payments",
    "2026-11",
);
const SPEC: Source = Source::new("https://github.com/PaystackOSS/openapi", "2026-11");
const SUPPORT: Source = Source::new("https://support.paystack.com/en/articles/2130434", "2026-11");

const PROCESSING: Status = Status::Pending(Pending::Processing);

/// The status table. The words are case sensitive: `status`, and the amount compared with what was asked for.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    // Not documented, and not money.
    Row::new(&["success", "zero"], Status::Unknown, Open, Funds::Unknown, SPEC),
    // A partial debit; a transaction is charged once.
    Row::new(&["success", "less"], Status::PartlyPaid, Provisional, Funds::Taken, SPEC),
    Row::new(&["success", "whole"], Status::Paid, Final, Funds::Taken, PAGE),
    // Every transaction that nobody has finished is this from its first second on, and the payer can come back.
    Row::new(&["abandoned"], Status::Pending(Pending::Created), Open, Funds::NotTaken, PAGE),
    // A one-time password or a transfer is awaited.
    Row::new(&["ongoing"], Status::Pending(Pending::ActionRequired), Open, Funds::Unknown, PAGE),
    // Direct debits, and charges in bulk.
    Row::new(&["pending|processing|queued"], PROCESSING, Open, Funds::Unknown, PAGE),
    // The payer may try again within the same transaction, and banks succeed late.
    Row::new(&["failed"], Status::Failed, Provisional, Funds::Unknown, PAGE),
    // Refunded or charged back: the word says neither which nor how much.
    Row::new(&["reversed"], Status::Returned(Returned::Reversed), Provisional, Funds::Unknown, SUPPORT),
];

/// Judges a word, with what was charged and what was asked for.
pub(crate) fn judge(word: &str, amount: u64, requested: Option<u64>) -> Judgement {
    let charged = match amount {
        0 => "zero",
        amount if requested.is_some_and(|requested| amount < requested) => "less",
        _ => "whole",
    };
    Row::judge(STATUSES, &[Some(word), Some(charged)])
}
