use paystatus_core::{
    ErrorKind::{NotFound, Rejected, Unauthorized},
    ErrorRow, Said,
    Says::{Anything, Both, Code},
    Source, json,
};
use serde::Deserialize;

const SDK: Source = Source::new("https://www.npmjs.com/package/square/v/46.0.0", "2026-11");
const SEEN: Source = Source::new("https://github.com/StevenMMortimer/squareupr", "2026-11");

const TOKEN: &str = "the access token was refused: check `access_token`, that it has not expired, and whether one of \
                     token and host is a sandbox one";
const RIGHTS: &str = "the access token may not read payments: it needs the permission PAYMENTS_READ";
const NO_PAYMENT: &str = "there is no such payment of this seller: check the id, whose case matters";
const ADDRESS: &str = "there is no such address: check the base URL";

/// The error table, before the one that all providers share.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(401..=401, Anything, Unauthorized, TOKEN, SDK),
    ErrorRow::new(403..=403, Anything, Unauthorized, RIGHTS, SDK),
    // The same code for an address that is none.
    ErrorRow::new(404..=404, Both("NOT_FOUND", "API endpoint for URL path*"), Rejected, ADDRESS, SEEN),
    ErrorRow::new(404..=404, Code("NOT_FOUND"), NotFound, NO_PAYMENT, SDK),
];

/// What the first of `{"errors": [{"category", "code", "detail"}]}` says; without a code, its category.
pub(crate) fn said(text: &str) -> Said {
    #[derive(Deserialize)]
    struct Reply {
        #[serde(deserialize_with = "json::list")]
        errors: Vec<Stated>,
    }
    #[derive(Deserialize)]
    struct Stated {
        #[serde(default, deserialize_with = "json::text")]
        category: Option<String>,
        #[serde(default, deserialize_with = "json::text")]
        code: Option<String>,
        #[serde(default, deserialize_with = "json::text")]
        detail: Option<String>,
    }
    let first = json::object(text).map(|Reply { errors }| errors.into_iter().next()).unwrap_or_default();
    first.map(|Stated { category, code, detail }| Said::new(code.or(category), detail)).unwrap_or_default()
}
