use paystatus_core::{Finality::*, Funds, Pending, Returned, Row, Source, Status};

const DOCS: Source = Source::new("https://docs.myfatoorah.com/docs/get-payment-status", "2026-11");
const GUIDE: Source =
    Source::new("https://docs.myfatoorah.com/docs/update-payment-status-guidelines", "2026-11");
/// A contradiction, or a word that nobody has documented here: read with care.
const ASSUMED: Source =
    Source::new("assumed, beside https://docs.myfatoorah.com/docs/get-payment-status", "2026-11");

const VOIDED: Status = Status::Returned(Returned::Voided);
const TO_PAY: Status = Status::Pending(Pending::ActionRequired);

/// The status table. The words are case sensitive: `InvoiceStatus`; what its transactions come to, of which one
/// that is `unlisted` goes before all and a success before all others; and how it was asked for.
///
/// Transactions come to `paid` or `zero` by those that succeeded, else they are `held`, `released`, `in progress`,
/// `failed` or `none`.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    // A refund's word, perhaps.
    Row::new(&["Paid|DuplicatePayment|Pending|Canceled", "unlisted"], Status::Unknown, Open, Funds::Unknown, ASSUMED),
    Row::new(&["Paid|DuplicatePayment", "zero"], Status::Unknown, Open, Funds::Unknown, ASSUMED),
    Row::new(&["Paid|DuplicatePayment", "paid"], Status::Paid, Final, Funds::Taken, GUIDE),
    Row::new(&["Paid|DuplicatePayment"], Status::Unknown, Open, Funds::Unknown, ASSUMED),
    Row::new(&["Pending", "paid|zero"], Status::Unknown, Open, Funds::Unknown, ASSUMED),
    // Captured or released by one later act.
    Row::new(&["Pending", "held"], Status::Authorized, Open, Funds::Held, DOCS),
    // The invoice can still be paid.
    Row::new(&["Pending", "released"], VOIDED, Provisional, Funds::Returned, DOCS),
    // This attempt; another one can pay the invoice.
    Row::new(&["Pending", "*", "by a payment that failed"], Status::Failed, Provisional, Funds::NotTaken, GUIDE),
    Row::new(&["Pending", "in progress"], TO_PAY, Open, Funds::Unknown, DOCS),
    // Even if all attempts failed: the payer may make another one.
    Row::new(&["Pending", "failed|none"], TO_PAY, Open, Funds::NotTaken, GUIDE),
    // An earlier invoice of that reference may be paid.
    Row::new(&["Canceled", "failed|none", "by order"], Status::Canceled, Provisional, Funds::Unknown, DOCS),
    Row::new(&["Canceled", "failed|none"], Status::Canceled, Final, Funds::NotTaken, DOCS),
    Row::new(&["Canceled"], Status::Unknown, Open, Funds::Unknown, ASSUMED),
];
