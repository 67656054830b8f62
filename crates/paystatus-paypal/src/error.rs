use paystatus_core::{
    ErrorKind::{NotFound, RateLimited, Rejected, Unauthorized, Unavailable},
    ErrorRow, Said,
    Says::{Code, Something},
    Source, json,
};
use serde_json::Value;

const ORDERS: Source = Source::new(
    "https://github.com/paypal/paypal-rest-api-specifications ec4d8f3, checkout_orders_v2.json",
    "2026-11",
);
const SDK: Source = Source::new("npm @paypal/paypal-server-sdk 2.5.0, OAuth controller", "2026-11");

const TOKEN: &str = "the access token was refused: is it from another app or host?";
const CREDENTIALS: &str =
    "`client_id` or `client_secret` is wrong, or of another host: live and test have their own";
const RIGHTS: &str = "this app may not see it: it is another merchant's, or the app lacks the permission";
const NO_PAYMENT: &str = "there is no such order or capture: check the id, the host and `resource`; \
                          an order that nobody paid vanishes after some hours";
const MALFORMED: &str = "the request is malformed: check the id";
const REFUSED: &str = "the provider refused this request";
const TOO_MANY: &str = "too many requests: ask again later, and less often";
const DOWN: &str = "PayPal cannot answer now: ask again later";

/// The error table, before the one that all providers share. The code is `name`, or OAuth's `error`.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::refused_token(401..=401, Code("invalid_token|AUTHENTICATION_FAILURE"), TOKEN, ORDERS),
    ErrorRow::new(401..=401, Code("invalid_client"), Unauthorized, CREDENTIALS, SDK),
    ErrorRow::new(403..=403, Code("NOT_AUTHORIZED|PERMISSION_DENIED"), Unauthorized, RIGHTS, ORDERS),
    ErrorRow::new(404..=404, Code("RESOURCE_NOT_FOUND"), NotFound, NO_PAYMENT, ORDERS),
    ErrorRow::new(400..=400, Code("INVALID_REQUEST"), Rejected, MALFORMED, ORDERS),
    ErrorRow::new(422..=422, Something, Rejected, REFUSED, ORDERS),
    ErrorRow::new(429..=429, Code("RATE_LIMIT_REACHED"), RateLimited, TOO_MANY, ORDERS),
    ErrorRow::new(500..=599, Something, Unavailable, DOWN, ORDERS),
];

/// What an error says; `debug_id` is what PayPal's support asks for.
pub(crate) fn said(text: &str) -> Said {
    let names = ["name", "error", "message", "error_description", "debug_id"];
    let Ok([name, error, message, description, id]) = json::texts(text, names) else {
        return Said::nothing();
    };
    let reply: Value = json::object(text).unwrap_or_default();
    let issue = reply["details"][0]["issue"].as_str().map(str::to_owned);
    let debug_id = id.map(|id| format!("(debug_id {id})"));
    let words = [message.or(description), issue, debug_id];
    let message = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Said::new(name.or(error), Some(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn support_gets_its_id() {
        let said = said(
            r#"{"name":"RESOURCE_NOT_FOUND","details":[{"issue":"INVALID_RESOURCE_ID","description":"…"}],
            "message":"The specified resource does not exist.","debug_id":"90957fca61718","links":[]}"#,
        );
        assert_eq!(said.code.as_deref(), Some("RESOURCE_NOT_FOUND"));
        assert_eq!(
            said.message.as_deref(),
            Some("The specified resource does not exist. INVALID_RESOURCE_ID (debug_id 90957fca61718)")
        );
    }

    #[test]
    fn a_page_and_an_order_say_nothing() {
        for text in ["<html>", "", r#"{"id":"5O190127TN364715T","status":"COMPLETED"}"#] {
            assert_eq!(said(text), Said::nothing(), "{text}");
        }
    }
}
