use paystatus_core::{
    ErrorKind::{NotFound, Rejected, Unauthorized},
    ErrorRow, Said,
    Says::{Code, Something},
    Source, json,
};
use serde_json::value::RawValue;

const SWAGGER: Source = Source::new(
    "https://github.com/btcpayserver/btcpayserver 2.4.1 03345c28, swagger.template.invoices.json",
    "2026-11",
);
const CONTROLLER: Source = Source::new(
    "https://github.com/btcpayserver/btcpayserver 2.4.1 03345c28, GreenfieldInvoiceController.cs",
    "2026-11",
);

/// An order without an invoice: an empty list.
pub(crate) const NO_INVOICES: &str = "[]";

/// The error table, before the one that all providers share.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::new(
        401..=401,
        Code("unauthenticated"),
        Unauthorized,
        "the server does not know this `api_key`: check it, and that it is this server's",
        SWAGGER,
    ),
    ErrorRow::new(
        403..=403,
        Code("missing-permission"),
        Unauthorized,
        "`api_key` lacks `btcpay.store.canviewinvoices` for this store, or there is no such store: check `store_id`",
        SWAGGER,
    ),
    ErrorRow::new(
        404..=404,
        Code("invoice-not-found"),
        NotFound,
        "there is no such invoice: check the id, and that it belongs to this store",
        SWAGGER,
    ),
    ErrorRow::new(
        200..=200,
        Code(NO_INVOICES),
        NotFound,
        "no invoice of this store has this order id in its metadata",
        CONTROLLER,
    ),
    ErrorRow::new(400..=400, Something, Rejected, "the server refused this request: check the id", SWAGGER),
    ErrorRow::new(422..=422, Something, Rejected, "the server refused this request: check the id", SWAGGER),
];

/// What an error says: a code and a message, or a list of fields with messages.
pub(crate) fn said(text: &str) -> Said {
    let read = |text| json::texts(text, ["code", "message", "path"]).ok();
    let first = |text| read(json::from_str::<Vec<&RawValue>>(text).ok()?.first()?.get());
    let [code, message, path] = read(text).or_else(|| first(text)).unwrap_or_default();
    Said::new(code.or(path), message)
}
