use paystatus_core::{Finality::*, Funds, Pending, Returned, Row, Source, Status};

/// The page in Turkish and its samples; `/en/durum-sorgu` is its translation.
const DOCS: Source = Source::new("https://dev.paytr.com/durum-sorgu", "2026-11");
/// Nobody has seen it: read with care.
const ASSUMED: Source =
    Source::new("assumed, from the samples on https://dev.paytr.com/durum-sorgu", "2026-11");
const CODES: Source = Source::new("https://dev.paytr.com/hata-kodlari", "2026-11");

/// The order is there, and no attempt to pay it has succeeded: waiting, refused and abandoned are one answer.
pub(crate) const NO_SUCCESS: &str = "merchant_oid ile basarili odeme bulunamadi";

const REFUNDED: Status = Status::Returned(Returned::Refunded);

/// The status table. The words are case sensitive: `status`; whether `payment_total` is `zero`; `err_no`, where any
/// but `004` is `another`; its message; how much of the total the sum of `returns` is, or that it is `untold`;
/// and whether each of them is `completed`. PayTR never says that a payment failed.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    Row::new(&["success", "zero"], Status::Unknown, Open, Funds::Unknown, ASSUMED),
    Row::new(&["success", "*", "004|another"], Status::Unknown, Open, Funds::Unknown, ASSUMED),
    // How much came back is not told, so that neither amount is reported and nothing verifies.
    Row::new(&["success", "charged", "-", "*", "untold"], Status::Paid, Final, Funds::Taken, ASSUMED),
    Row::new(&["success", "charged", "-", "*", "all|more", "completed"], REFUNDED, Final, Funds::Returned, DOCS),
    Row::new(&["success", "charged", "-", "*", "all|more"], REFUNDED, Provisional, Funds::Unknown, DOCS),
    Row::new(&["success", "charged", "-", "*", "none|part"], Status::Paid, Final, Funds::Taken, DOCS),
    Row::new(&["error|failed", "*", "004", NO_SUCCESS], Status::Pending(Pending::Indeterminate), Open, Funds::Unknown, CODES),
];
