use paystatus_core::{
    ErrorKind::{NotFound, Rejected, Unauthorized},
    ErrorRow, Said, Says, Source, json,
};

use crate::Details;

/// The codes of the status query. The refund service gives other meanings to the same numbers.
const DOCS: Source = Source::new("https://dev.paytr.com/hata-kodlari", "2026-11");

/// The error table, before the one that all providers share: every error comes in a success of HTTP.
#[rustfmt::skip]
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(200..=299, Says::Code("001"), Unauthorized, "the request is invalid or the shop is not active: check `merchant_id`", DOCS),
    ErrorRow::new(200..=299, Says::Code("002"), Rejected, "the order's number did not arrive", DOCS),
    ErrorRow::new(200..=299, Says::Code("003"), Unauthorized, "the token was refused: check `merchant_key` and `merchant_salt`", DOCS),
    // With the one message that is an answer it does not come here.
    ErrorRow::new(200..=299, Says::Code("004"), NotFound, "there is no such order: check its number, and that it is one of this shop", DOCS),
];

/// What `{"err_no", "err_msg"}` says.
pub(crate) fn said(text: &str) -> Said {
    json::object(text).map(|details: Details| details.said()).unwrap_or_default()
}
