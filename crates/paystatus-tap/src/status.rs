use paystatus_core::{Finality::*, Funds, Judgement, Pending, Returned, Row, Source, Status};

use crate::{
    Details,
    request::{AUTHORIZE, CHARGE},
};

/// The official SDK's list of words; what the vendor's documentation says of their codes and of a charge.
const SDK: Source = Source::new("https://github.com/Tap-Payments/goSellSDK-Android, ChargeStatus", "2026-11");
const CODES: Source =
    Source::new("https://developers.tap.company/reference/charge-response-codes", "2026-11");
const CHARGE_DOCS: Source =
    Source::new("https://developers.tap.company/reference/retrieve-a-charges", "2026-11");
const ASSUMED: Source = Source::new("assumed: Tap undid the charge by itself", "2026-11");

/// The status table. The words are in upper case, exactly: `status`; `charge` or `authorize` where the object is of
/// the kind of the id that was asked about; `zero` for an amount of 0; `another code` where the response has another
/// than `000`; and the flag `auto_reversed`.
///
/// `VALID` and `INVALID` (card checks), `REFUNDED`, `PENDING`, `ACCEPTED` (words of refunds), `EXPIRED` and `DEFERRED`
/// (texts of responses) are left out deliberately.
#[rustfmt::skip]
pub(crate) const STATUSES: &[Row] = &[
    Row::new(&["CAPTURED", "*", "*", "*", "true"], Status::Returned(Returned::Reversed), Provisional, Funds::Unknown, ASSUMED),
    Row::new(&["CAPTURED", "-"], Status::Unknown, Open, Funds::Unknown, CHARGE_DOCS),
    Row::new(&["CAPTURED", "*", "zero"], Status::Unknown, Open, Funds::Unknown, CHARGE_DOCS),
    Row::new(&["CAPTURED", "*", "*", "another code"], Status::Unknown, Open, Funds::Unknown, CODES),
    Row::new(&["CAPTURED", "charge"], Status::Paid, Final, Funds::Taken, CHARGE_DOCS),
    // The money is in a charge of its own, perhaps a smaller sum.
    Row::new(&["CAPTURED", "authorize"], Status::Paid, Final, Funds::Taken, SDK),
    // It may be voided or captured by itself later.
    Row::new(&["AUTHORIZED"], Status::Authorized, Open, Funds::Held, SDK),
    Row::new(&["VOID"], Status::Returned(Returned::Voided), Final, Funds::Returned, SDK),
    Row::new(&["INITIATED"], Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken, CHARGE_DOCS),
    // To be paid in a shop, for days.
    Row::new(&["IN_PROGRESS"], Status::Pending(Pending::Processing), Open, Funds::Unknown, CODES),
    // The payer left, or time ran out.
    Row::new(&["ABANDONED"], Status::Expired, Provisional, Funds::Unknown, CODES),
    Row::new(&["CANCELLED"], Status::Canceled, Final, Funds::NotTaken, CODES),
    Row::new(&["FAILED|DECLINED|RESTRICTED"], Status::Failed, Final, Funds::NotTaken, CODES),
    // The bank did not answer: the money may have moved.
    Row::new(&["TIMEDOUT"], Status::Failed, Provisional, Funds::Unknown, CODES),
    // Tap itself does not know.
    Row::new(&["UNKNOWN"], Status::Unknown, Open, Funds::Unknown, SDK),
];

/// Judges the answer about an id of this kind.
pub(crate) fn judge(details: &Details, asked: &'static str) -> Judgement {
    let object =
        details.object.as_deref().filter(|object| *object == asked && [CHARGE, AUTHORIZE].contains(object));
    let zero = details.amount.filter(|amount| amount.value().is_zero()).map(|_| "zero");
    let code = details.response.as_ref().and_then(|response| response.code.as_ref());
    let code = code.filter(|code| code.as_str() != Some("000")).map(|_| "another code");
    let reversed = details.auto_reversed.map(|flag| if flag { "true" } else { "false" });
    Row::judge(STATUSES, &[Some(&details.status), object, zero, code, reversed])
}
