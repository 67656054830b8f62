use paystatus_core::{ErrorKind::NotFound, ErrorRow, Said, Says::Something, Source, json};
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

/// What an error says, if it is none about a payment.
pub(crate) fn said(text: &str) -> Said {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Reply {
        #[serde(default, deserialize_with = "json::lenient")]
        message: Option<String>,
        payment_id: Option<IgnoredAny>,
    }
    let reply = json::object(text).ok().filter(|reply: &Reply| reply.payment_id.is_none());
    Said::new(None, reply.and_then(|reply| reply.message))
}
