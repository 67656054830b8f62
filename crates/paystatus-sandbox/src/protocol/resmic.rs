//! Resmic Pro. Sources: Resmic documentation, Order Status page; the middleware of its public self-hosted
//! backend for the errors, which the page does not list, and for the webhook. Read 2026-11.

use axum::http::Method;

use super::{Answer, Asked, Callback, Currency, Event, Protocol, sign, web};
use crate::{NewPayment, Payment, Provider, Reply, json::Object, request::Request};

const JSON: &str = "application/json; charset=utf-8";
const PATH: &str = "/api/v1/makepayment/payment-status";

const API_KEY: &str = "11111111-2222-4333-8444-555555555555";
const INACTIVE_API_KEY: &str = "99999999-2222-4333-8444-555555555555";
const USER_ID: &str = "ZAJ5_Bg";
const CALLBACK_SECRET: &str = "your_webhook_secret";

impl Provider {
    /// Resmic Pro, a crypto checkout.
    pub const RESMIC: Self = Self(&PROTOCOL);
}

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "resmic",
    states: &["Completed", "Failed", "initiated"],
    paid: "Completed",
    open: "initiated",
    samples,
    default_amount: "100",
    currency: Currency::Fixed("USD"),
    has_reference: false,
    settings: &[("api_key", API_KEY), ("user_id", USER_ID), ("callback_secret", CALLBACK_SECRET)],
    content_type: JSON,
    read,
    answer,
    not_found,
    error,
    callback: Some(callback),
    ..Protocol::PLAIN
};

/// The documented example, value by value, and a session with a coupon.
fn samples() -> Vec<NewPayment> {
    let completed = |id: &str, data: Object| {
        NewPayment::new(Provider::RESMIC, id, "Completed").with_overrides(Object::new().object("data", &data))
    };
    vec![
        completed(
            "899e9dde-fda9-4386-9620-065756016805",
            Object::new()
                .text("created_at_utc", "2025-02-21T23:00:13.633Z")
                .text("updated_at", "2025-02-22T04:31:08.132Z")
                .text("wallet_address", "0x056397760b973BfB921Bc10Be9DA5034B1e921d7"),
        ),
        completed(
            "sandbox-completed-coupon",
            Object::new()
                .flag("is_coupon_applied", true)
                .text("coupon_code", "SANDBOX20")
                .text("amount_after_coupon", "80"),
        ),
    ]
}

fn read(request: &Request<'_>) -> Result<Asked, Reply> {
    if request.path != PATH || request.method != Method::GET {
        return Err(web::express_cannot(request));
    }
    let Some(key) = request.header("x-api-key").filter(|key| !key.is_empty()) else {
        return Err(refusal(401, "API key is missing"));
    };
    if key == INACTIVE_API_KEY {
        return Err(refusal(403, "API is not active"));
    }
    if key != API_KEY {
        return Err(refusal(403, "API KEY is wrong"));
    }
    if request.header("x-user-id").as_deref() != Some(USER_ID) {
        return Err(refusal(403, "Invalid User ID"));
    }
    // Without the parameter no session is found either.
    Ok(Asked::Payment(request.parameter("session_id").unwrap_or_default()))
}

fn answer(_: &Asked, payment: &Payment) -> Answer {
    // Nothing has touched a session yet that was only initiated; nulls like this one do occur.
    // Otherwise the time is local, 5 h 30 m ahead of UTC, and still ends in `Z`, as in the documented sample.
    let updated_at = (payment.state() != "initiated").then_some("2026-01-15T15:31:00.000Z");
    let data = Object::new()
        .text("session_id", payment.id())
        .text("created_at_utc", "2026-01-15T10:00:00.000Z")
        .text_or_null("updated_at", updated_at)
        .text("amount", payment.amount())
        .text("payment_status", payment.state())
        .text("wallet_address", "0x000000000000000000000000000000000000dEaD")
        .flag("is_coupon_applied", false);
    Answer::ok(envelope(200, true, "Session reterived").object("data", &data))
}

fn not_found(_: &Asked) -> Reply {
    session_not_found()
}

/// HTTP says 404 and the body 400: so does the provider.
fn session_not_found() -> Reply {
    Reply::of_content(404, JSON, envelope(400, false, "Session not found").to_string())
}

/// The ones that the public backend has.
fn error(status: u16) -> Option<Reply> {
    match status {
        401 => Some(refusal(401, "API key is missing")),
        403 => Some(refusal(403, "API KEY is wrong")),
        404 => Some(session_not_found()),
        429 => Some(rate_limited(59)),
        500 => {
            let body = envelope(500, false, "Something went wrong").to_string();
            Some(Reply::of_content(500, JSON, body))
        }
        _ => None,
    }
}

/// HTML text, `Retry-After` in seconds and the `RateLimit` headers.
fn rate_limited(retry_after: u32) -> Reply {
    let seconds = retry_after.to_string();
    Reply::of_content(429, "text/html; charset=utf-8", "Too many requests, please try again later.")
        .with_header("ratelimit-policy", "15;w=60")
        .with_header("ratelimit-limit", "15")
        .with_header("ratelimit-remaining", "0")
        .with_header("ratelimit-reset", seconds.as_str())
        .with_header("retry-after", seconds)
}

/// Only an end is told, and a failure without an amount.
fn callback(event: &Event<'_>) -> Option<Callback> {
    let session = Object::new().text("session_id", event.payment.id());
    // The time is opaque text: the provider's own can read `24:36`.
    let body = match event.payment.state() {
        "Completed" => {
            let data = event.reply.inner("data").unwrap_or_default();
            let amount = data.get("amount").unwrap_or("null");
            session
                .raw("amount", amount.to_owned())
                .text("blockchain", "Sepolia")
                .text("token", "DAI")
                .text("from_wallet_address", "0x000000000000000000000000000000000000dEaD")
                .text("transaction_hash", &format!("0x{}", "0".repeat(64)))
                .text("txTime", "Jan 15, 2026, 10:01")
                .flag("status", true)
        }
        "Failed" => session.text("txTime", "Jan 15, 2026, 10:01").flag("status", false),
        _ => return None,
    };
    let body = body.to_string();
    let signature = sign::hmac_sha256(CALLBACK_SECRET, &body);
    Some(Callback::json(body).with_header("x-signature", signature))
}

fn envelope(status: u16, success: bool, message: &str) -> Object {
    Object::new().number("status", &status.to_string()).flag("success", success).text("message", message)
}

fn refusal(status: u16, error: &str) -> Reply {
    Reply::of_content(status, JSON, Object::new().text("error", error).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fault, Overrides};

    use super::super::lab::{Got, HTML, Headers, Lab};

    const KEY: (&str, &str) = ("x-api-key", "11111111-2222-4333-8444-555555555555");
    const USER: (&str, &str) = ("x-user-id", "ZAJ5_Bg");
    const ASK: &str = "/api/v1/makepayment/payment-status?session_id=";

    #[track_caller]
    fn ask(lab: &Lab, id: &str) -> Got {
        lab.get(&format!("{ASK}{id}"), &[KEY, USER])
    }

    /// The reply about a seeded payment, with the data fields from the update time on.
    #[track_caller]
    fn check(lab: &Lab, id: &str, rest: &str) {
        let expected = format!(
            r#"{{"status":200,"success":true,"message":"Session reterived","data":{{"session_id":"{id}","created_at_utc":"2026-01-15T10:00:00.000Z","updated_at":{rest}}}}}"#
        );
        ask(lab, id).is(200, JSON, &expected);
    }

    #[track_caller]
    fn refuses(lab: &Lab, headers: Headers<'_>, status: u16, error: &str) {
        let got = lab.get(&format!("{ASK}sandbox-completed"), headers);
        got.is(status, JSON, &format!(r#"{{"error":"{error}"}}"#));
    }

    #[track_caller]
    fn cannot(lab: &Lab, method: &str, path: &str, line: &str) {
        let got = lab.send(method, path, &[KEY, USER], "");
        let page = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>{line}</pre>\n</body>\n</html>\n"
        );
        got.is(404, HTML, &page);
        assert_eq!(got.header("x-content-type-options"), "nosniff");
    }

    #[test]
    fn the_documented_sample() {
        ask(&Lab::of(Provider::RESMIC), "899e9dde-fda9-4386-9620-065756016805").is(
            200,
            JSON,
            r#"{"status":200,"success":true,"message":"Session reterived","data":{"session_id":"899e9dde-fda9-4386-9620-065756016805","created_at_utc":"2025-02-21T23:00:13.633Z","updated_at":"2025-02-22T04:31:08.132Z","amount":"100","payment_status":"Completed","wallet_address":"0x056397760b973BfB921Bc10Be9DA5034B1e921d7","is_coupon_applied":false}}"#,
        );
    }

    #[test]
    fn every_state() {
        let lab = Lab::of(Provider::RESMIC);
        let touched = |word: &str| {
            format!(
                r#""2026-01-15T15:31:00.000Z","amount":"100","payment_status":"{word}","wallet_address":"0x000000000000000000000000000000000000dEaD","is_coupon_applied":false"#
            )
        };
        check(&lab, "sandbox-completed", &touched("Completed"));
        check(&lab, "sandbox-failed", &touched("Failed"));
        check(
            &lab,
            "sandbox-initiated",
            r#"null,"amount":"100","payment_status":"initiated","wallet_address":"0x000000000000000000000000000000000000dEaD","is_coupon_applied":false"#,
        );
        check(
            &lab,
            "sandbox-completed-coupon",
            r#""2026-01-15T15:31:00.000Z","amount":"100","payment_status":"Completed","wallet_address":"0x000000000000000000000000000000000000dEaD","is_coupon_applied":true,"coupon_code":"SANDBOX20","amount_after_coupon":"80""#,
        );
        assert_eq!(lab.ids().len(), 5);

        lab.set_state("sandbox-failed", "completed");
        check(&lab, "sandbox-failed", &touched("completed"));
    }

    #[test]
    fn credentials() {
        let lab = Lab::of(Provider::RESMIC);
        let inactive = ("x-api-key", "99999999-2222-4333-8444-555555555555");
        refuses(&lab, &[], 401, "API key is missing");
        refuses(&lab, &[USER], 401, "API key is missing");
        refuses(&lab, &[("x-api-key", ""), USER], 401, "API key is missing");
        refuses(&lab, &[("x-api-key", "11111111"), USER], 403, "API KEY is wrong");
        refuses(&lab, &[inactive, USER], 403, "API is not active");
        refuses(&lab, &[KEY, ("x-user-id", "zaj5_bg")], 403, "Invalid User ID");
        refuses(&lab, &[KEY], 403, "Invalid User ID");
        assert_eq!(lab.sandbox.requests(Provider::RESMIC), 7);
        assert_eq!(lab.sandbox.requests(Provider::BEARER), 0);
    }

    #[test]
    fn an_unknown_session_is_404_around_400() {
        let lab = Lab::of(Provider::RESMIC);
        let body = r#"{"status":400,"success":false,"message":"Session not found"}"#;
        ask(&lab, "00000000-0000-4000-8000-000000000000").is(404, JSON, body);
        ask(&lab, "").is(404, JSON, body);
        lab.get("/api/v1/makepayment/payment-status", &[KEY, USER]).is(404, JSON, body);
    }

    #[test]
    fn a_wrong_path_or_method_is_express_html() {
        let lab = Lab::of(Provider::RESMIC);
        cannot(&lab, "GET", "/api/v2/status?session_id=1", "Cannot GET /api/v2/status");
        cannot(&lab, "POST", &format!("{ASK}1"), "Cannot POST /api/v1/makepayment/payment-status");
        cannot(&lab, "GET", "", "Cannot GET /");
        cannot(&lab, "GET", "/a&b", "Cannot GET /a&amp;b");
    }

    #[test]
    fn an_id_is_one_query_value() {
        let lab = Lab::of(Provider::RESMIC);
        lab.create(NewPayment::new(Provider::RESMIC, "a b&c=%ü", "Completed"));
        for id in ["a%20b%26c%3D%25%C3%BC", "a+b%26c%3d%25%c3%bc"] {
            let got = ask(&lab, id);
            assert_eq!(got.status, 200, "{id}");
            assert!(got.body.contains(r#""session_id":"a b&c=%ü""#), "{}", got.body);
        }
    }

    #[test]
    fn too_many_requests_and_a_server_error() {
        let lab = Lab::of(Provider::RESMIC);
        lab.sandbox.inject(Provider::RESMIC, None, Fault::status(429)).unwrap();
        let got = ask(&lab, "sandbox-completed");
        got.is(429, HTML, "Too many requests, please try again later.");
        let limits = ["retry-after", "ratelimit-limit", "ratelimit-remaining"].map(|name| got.header(name));
        assert_eq!(limits, ["59", "15", "0"]);

        let body = r#"{"status":500,"success":false,"message":"Something went wrong"}"#;
        let broken = Reply::new(500).with_header("content-type", JSON).with_body(body);
        lab.sandbox.clear_provider_reply(Provider::RESMIC).unwrap();
        lab.sandbox.set_reply(Provider::RESMIC, "sandbox-completed", broken).unwrap();
        ask(&lab, "sandbox-completed").is(500, JSON, body);
        assert_eq!(ask(&lab, "sandbox-failed").status, 200);

        // A payment's canned reply is for those who may ask.
        let got = lab.get(&format!("{ASK}sandbox-completed"), &[]);
        got.is(401, JSON, r#"{"error":"API key is missing"}"#);
        lab.sandbox.clear_reply(Provider::RESMIC, "sandbox-completed").unwrap();
        assert_eq!(ask(&lab, "sandbox-completed").status, 200);
    }

    #[test]
    fn overrides_reach_into_the_data() {
        let lab = Lab::of(Provider::RESMIC);
        let odd = Overrides::from_json(r#"{"success": "yes", "data": {"amount": 1.50}}"#).unwrap();
        let odd = odd.without("message").without("data.wallet_address");
        lab.sandbox.set_overrides(Provider::RESMIC, "sandbox-initiated", odd).unwrap();
        ask(&lab, "sandbox-initiated").is(
            200,
            JSON,
            r#"{"status":200,"success":"yes","data":{"session_id":"sandbox-initiated","created_at_utc":"2026-01-15T10:00:00.000Z","updated_at":null,"amount":1.50,"payment_status":"initiated","is_coupon_applied":false}}"#,
        );
    }

    #[test]
    fn the_signature_is_the_documented_one() {
        let body = r#"{"session_id":"591abe63-aa61-411d-a419-0b546729bbd0","amount":"20","blockchain":"Sepolia","token":"DAI","from_wallet_address":"0x056397760b973BfB921Bc10Be9DA5034B1e921d7","transaction_hash":"0xa43df332c8d376fc14ffc992c4b87e04a5707a3bc7a92ec4eef7b90c66388db2","txTime":"Mar 5, 2025, 03:36","status":true}"#;
        assert_eq!(
            sign::hmac_sha256("11111111-2222-4333-8444-555555555555", body),
            "cc01241c8e50087b638196b3ab87f72b8c4fa2e9ac21c2e436201f853d58f8ec"
        );
    }

    #[test]
    fn callbacks_tell_of_an_end_only() {
        let lab = Lab::of(Provider::RESMIC);
        let callback =
            |state| lab.callback(NewPayment::new(Provider::RESMIC, "s-1", state).with_amount("35.10"));
        assert!(callback("initiated").is_none());
        assert!(callback("SomethingNew").is_none());
        let (completed, failed) = (callback("Completed").unwrap(), callback("Failed").unwrap());
        for callback in [&completed, &failed] {
            assert_eq!(callback.header("content-type"), "application/json");
            let signature = sign::hmac_sha256("your_webhook_secret", &callback.body);
            assert_eq!(callback.header("x-signature"), signature);
        }
        let body = Object::parse(completed.body.as_bytes()).unwrap();
        assert_eq!(body.get_text("session_id").as_deref(), Some("s-1"));
        assert_eq!(body.get_text("amount").as_deref(), Some("35.10"));
        assert_eq!(body.get("status"), Some("true"));
        for field in ["blockchain", "token", "from_wallet_address", "transaction_hash", "txTime"] {
            assert!(body.get_text(field).is_some(), "{field}");
        }
        assert_eq!(failed.body, r#"{"session_id":"s-1","txTime":"Jan 15, 2026, 10:01","status":false}"#);
    }
}
