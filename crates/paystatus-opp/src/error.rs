use paystatus_core::{
    ErrorKind::{NotFound, RateLimited, Rejected, Unauthorized, Unavailable},
    ErrorRow, Said,
    Says::{Code, Message},
    Source, json,
};
use serde::Deserialize;

use crate::{Outcome, status};

const CODES: Source = Source::new("https://hyperpay.docs.oppwa.com/reference/resultCodes", "2026-11");
const REPORTING: Source =
    Source::new("https://hyperpay.docs.oppwa.com/tutorials/reporting/transaction", "2026-11");
const PEACH: Source = Source::new("https://support.peachpayments.com, article 47001220495", "2026-11");
const SESSION: Source = Source::new("https://support.peachpayments.com, article 47001098831", "2026-11");

/// What stands in the place of a description where an error is a whole record of a payment that failed.
const FAILED_RECORD: &str = "a record of a payment that failed";

const CREDENTIALS: &str = "the credentials were refused: check `access_token` and `entity_id`";
const PACE: &str = "too many questions, about this payment perhaps: ask again in a minute";
const NO_PAYMENT: &str = "there is no such payment in this channel: check the id, `entity_id`, and that the host is that of its mode";
const NO_SESSION: &str = "there is none, or the checkout's session is over: ask by reference or payment id; this is not \"unpaid\"";
const REFUSED: &str = "the provider refused this request";
const DOWN: &str = "the provider answered that it cannot answer now";

/// The error table, before the one that all providers share: the codes rule whatever the HTTP status is.
#[rustfmt::skip]
pub(crate) const ERRORS: &[ErrorRow] = &[
    // "HTTP 400 is also returned if the payment failed."
    ErrorRow::answer(400..=400, Message(FAILED_RECORD), REPORTING),
    ErrorRow::new(200..=599, Code("800.900.*"), Unauthorized, CREDENTIALS, CODES),
    ErrorRow::new(200..=599, Code("800.120.*"), RateLimited, PACE, PEACH),
    ErrorRow::new(200..=599, Code("700.400.580"), NotFound, NO_PAYMENT, CODES),
    ErrorRow::new(200..=599, Code("200.300.404"), NotFound, NO_SESSION, SESSION),
    ErrorRow::new(200..=599, Code("200.*|100.*|500.*|600.2*|600.3*"), Rejected, REFUSED, CODES),
    ErrorRow::new(200..=599, Code("800.800.4*|800.800.8*|900.*|999.*|600.1*"), Unavailable, DOWN, CODES),
];

/// What `{"result": {"code", "description"}}` says.
pub(crate) fn said(text: &str) -> Said {
    #[derive(Deserialize)]
    struct Reply {
        #[serde(default, deserialize_with = "json::text")]
        id: Option<String>,
        #[serde(default, rename = "paymentType", deserialize_with = "json::text")]
        payment_type: Option<String>,
        #[serde(deserialize_with = "json::nested")]
        result: Outcome,
    }
    let Ok(Reply { id, payment_type, result }) = json::object(text) else { return Said::nothing() };
    let message = match id.and(payment_type) {
        Some(payment_type) if status::is_failure(&result.code, &payment_type) => {
            Some(FAILED_RECORD.to_owned())
        }
        _ => result.description.filter(|text| !text.trim().eq_ignore_ascii_case(FAILED_RECORD)),
    };
    Said::new(Some(result.code), message)
}
