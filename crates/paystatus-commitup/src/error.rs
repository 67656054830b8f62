use http::Response;
use paystatus_core::{
    Body, Error,
    ErrorKind::NotFound,
    Source, json,
    reply::{self, ErrorRow, Said, Says::Something},
};
use serde::{Deserialize, de::IgnoredAny};

const DOCS: Source = Source::new("https://github.com/commitup/api-doc-v2", "2026-11");

/// The error table, before the one that all providers share, which has the 401 of wrong credentials.
pub(crate) const ERRORS: &[ErrorRow] = &[
    // All that is documented of error bodies is that they carry a `message`; a proxy's page has none.
    ErrorRow::new(
        404..=404,
        Something,
        NotFound,
        "there is no such payment: check the id, and that it belongs to this account",
        DOCS,
    ),
];

/// The error that a reply other than a success stands for.
pub(crate) fn read(reply: &Response<Body>) -> Error {
    reply::error(reply, ERRORS, &said(reply).unwrap_or_default())
}

/// The error that a 2xx states in its body instead of a payment.
pub(crate) fn stated(reply: &Response<Body>) -> Option<Error> {
    let said = said(reply).filter(|said| said.message.is_some())?;
    Some(reply::error(reply, ERRORS, &said))
}

fn said(reply: &Response<Body>) -> Option<Said> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Reply {
        #[serde(default, deserialize_with = "json::lenient")]
        message: Option<String>,
        #[serde(default)]
        payment_id: Option<IgnoredAny>,
    }
    let said: Reply = reply::said(reply)?;
    said.payment_id.is_none().then(|| Said::new(None, said.message))
}
