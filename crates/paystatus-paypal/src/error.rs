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

/// The error table, before the one that all providers share. The code is `name`, or OAuth's `error`.
pub(crate) const ERRORS: &[ErrorRow] = &[
    ErrorRow::refused_token(
        401..=401,
        Code("invalid_token|AUTHENTICATION_FAILURE"),
        "the access token was refused: is it from another app or host?",
        ORDERS,
    ),
    ErrorRow::new(
        401..=401,
        Code("invalid_client"),
        Unauthorized,
        "`client_id` or `client_secret` is wrong, or of another host: live and test have their own",
        SDK,
    ),
    ErrorRow::new(
        403..=403,
        Code("NOT_AUTHORIZED|PERMISSION_DENIED"),
        Unauthorized,
        "this app may not see it: it is another merchant's, or the app lacks the permission",
        ORDERS,
    ),
    ErrorRow::new(
        404..=404,
        Code("RESOURCE_NOT_FOUND"),
        NotFound,
        "there is no such order or capture: check the id, the host and `resource`; \
         an order that nobody paid vanishes after some hours",
        ORDERS,
    ),
    ErrorRow::new(
        400..=400,
        Code("INVALID_REQUEST"),
        Rejected,
        "the request is malformed: check the id",
        ORDERS,
    ),
    ErrorRow::new(422..=422, Something, Rejected, "the provider refused this request", ORDERS),
    ErrorRow::new(
        429..=429,
        Code("RATE_LIMIT_REACHED"),
        RateLimited,
        "too many requests: ask again later, and less often",
        ORDERS,
    ),
    ErrorRow::new(500..=599, Something, Unavailable, "PayPal cannot answer now: ask again later", ORDERS),
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
