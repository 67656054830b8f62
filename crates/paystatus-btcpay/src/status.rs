use paystatus_core::{Finality::*, Funds, Judgement, Number, Pending, Row, Source, Status};

use crate::Details;

const SWAGGER: Source = Source::new(
    "https://github.com/btcpayserver/btcpayserver 2.4.1 03345c28, swagger.template.invoices.json",
    "2026-11",
);
const WATCHER: Source =
    Source::new("https://github.com/btcpayserver/btcpayserver 2.4.1 03345c28, InvoiceWatcher.cs", "2026-11");
const ENTITY: Source =
    Source::new("https://github.com/btcpayserver/btcpayserver 2.4.1 03345c28, InvoiceEntity.cs", "2026-11");
const LATE: Source = Source::new("https://github.com/btcpayserver/btcpayserver/issues/1976", "2026-11");

/// The status table: both words, case sensitive, and what `paidAmount` says beside them.
pub(crate) const STATUSES: &[Row] = &[
    Row::new(&["Settled", "None|PaidOver", "all|some|untold"], Status::Paid, Final, Funds::Taken, SWAGGER),
    // Money came and a person settled it, as is usual after `PaidLate`; a person can mark it again.
    Row::new(&["Settled", "Marked", "all"], Status::Paid, Provisional, Funds::Taken, ENTITY),
    // A person's word, without such money; or a free invoice, which settles at once.
    Row::new(&["Settled", "None|PaidOver|Marked"], Status::Unknown, Open, Funds::Unknown, ENTITY),
    // Seen and not confirmed: a replaced transaction takes it back to `New`.
    Row::new(
        &["Processing", "None|PaidOver"],
        Status::Pending(Pending::Processing),
        Open,
        Funds::Unknown,
        WATCHER,
    ),
    Row::new(&["New", "None"], Status::Pending(Pending::Created), Open, Funds::NotTaken, SWAGGER),
    // A replaced transaction took the money back, and the word stays.
    Row::new(
        &["New", "PaidPartial", "none"],
        Status::Pending(Pending::Created),
        Open,
        Funds::Unknown,
        WATCHER,
    ),
    Row::new(&["New", "PaidPartial"], Status::PartlyPaid, Open, Funds::Taken, SWAGGER),
    // Late money is still watched for, for a day unless the store has it otherwise, and can come after that.
    Row::new(&["Expired", "None"], Status::Expired, Provisional, Funds::NotTaken, SWAGGER),
    Row::new(
        &["Expired", "PaidPartial|PaidLate|PaidOver", "none"],
        Status::Expired,
        Provisional,
        Funds::Unknown,
        WATCHER,
    ),
    Row::new(&["Expired", "PaidPartial"], Status::PartlyPaid, Provisional, Funds::Taken, SWAGGER),
    // The money came too late. Nobody vouches for it until a person marks the invoice.
    Row::new(&["Expired", "PaidLate|PaidOver"], Status::Expired, Provisional, Funds::Taken, LATE),
    // Not confirmed in time, and may be yet; or a person said so, even of a settled one.
    Row::new(
        &["Invalid", "None|PaidOver|PaidLate|PaidPartial|Invalid|Marked"],
        Status::Failed,
        Provisional,
        Funds::Unknown,
        SWAGGER,
    ),
];

pub(crate) fn judge(said: &Details) -> Judgement {
    let is_something = |amount: Number| !amount.value().is_zero();
    let paid = match (said.paid_amount, said.amount) {
        (Some(paid), _) if !is_something(paid) => "none",
        (Some(paid), Some(asked)) if paid.value() >= asked.value() => "all",
        (Some(_), _) => "some",
        // An older server does not tell; only what asks for nothing settles without money.
        (None, Some(asked)) if is_something(asked) => "untold",
        (None, _) => "untold, of nothing",
    };
    Row::judge(STATUSES, &[Some(&said.status), Some(&said.additional_status), Some(paid)])
}
