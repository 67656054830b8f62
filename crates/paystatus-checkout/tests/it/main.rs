//! What only this provider does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;

use std::time::SystemTime;

use http::Response;
use paystatus_checkout::{Ask, Checkout, Details, interpret};
use paystatus_core::{
    BaseUrl, Body, Check, Discrepancy, Error, ErrorKind, Expected, Finality, Funds, Lookup, Money, Payment,
    Provider, Status,
};

const ID: &str = "pay_mbabizu24mvu3mela5njyhpit4";
const ORDER: &str = "ORD-5023-4E89";

fn account() -> Checkout {
    let base_url = BaseUrl::parse("https://vkuhvk4v.api.checkout.com").unwrap();
    Checkout::new(base_url, "canary-secret-key")
}

/// A payment of the order in its fewest words, with these fields beside.
fn payment(id: &str, status: &str, more: &str) -> String {
    format!(
        r#"{{"id":"{id}","source":{{"type":"card"}},"amount":6540,"currency":"USD","reference":"{ORDER}",
            "status":"{status}"{more}}}"#
    )
}

/// The balances of a payment: captured, still to be captured, refunded.
fn balances(captured: u32, capturable: u32, refunded: u32) -> String {
    format!(
        r#","approved":true,"balances":{{"total_authorized":6540,"total_voided":0,"total_captured":{captured},
            "available_to_capture":{capturable},"total_refunded":{refunded}}}"#
    )
}

/// The list of an order, which says that there are so many payments.
fn list(total_count: usize, payments: &[String]) -> String {
    format!(r#"{{"limit":100,"skip":0,"total_count":{total_count},"data":[{}]}}"#, payments.join(","))
}

fn reply(body: &str) -> Response<Body> {
    Response::new(Body::from(body.to_owned()))
}

fn ask(body: &str) -> Result<Payment<Option<Details>>, Error> {
    interpret(&account(), &Lookup::payment(ID), &reply(body))
}

/// Asks by order: what is asked for the second time, and what comes of both replies.
fn ask_order(first: &str, second: &str) -> (Option<String>, Result<Payment<Option<Details>>, Error>) {
    let (account, lookup) = (account(), Lookup::order(ORDER));
    let mut check = Check::new(&account, &lookup);
    check.next(SystemTime::UNIX_EPOCH, [0; 16]).unwrap();
    match check.read(&reply(first)) {
        Err(error) => (None, Err(error)),
        Ok(Some(payment)) => (None, Ok(payment)),
        Ok(None) => {
            let request = check.next(SystemTime::UNIX_EPOCH, [0; 16]).unwrap();
            assert_eq!(request.headers()["authorization"], "Bearer canary-secret-key");
            (Some(request.uri().to_string()), check.read(&reply(second)).map(|payment| payment.unwrap()))
        }
    }
}

#[test]
fn the_requests_are_the_documented_ones() {
    let request = account().request(&Ask::about(&Lookup::from(ID))).unwrap();
    assert_eq!((request.method().as_str(), request.body().as_bytes()), ("GET", &b""[..]));
    assert_eq!(request.uri().to_string(), format!("https://vkuhvk4v.api.checkout.com/payments/{ID}"));
    assert_eq!(request.headers()["authorization"], "Bearer canary-secret-key");
    assert!(request.headers().values().all(|value| value.is_sensitive()));
    let request = account().request(&Ask::about(&Lookup::order("a&limit=1#/é"))).unwrap();
    assert_eq!(request.uri().path(), "/payments");
    assert_eq!(request.uri().query(), Some("reference=a%26limit%3D1%23%2F%C3%A9&limit=100"));
}

#[test]
fn only_ids_of_payments_are_asked_about() {
    for id in ["sid_ubfj2q76miwundwlk72vxt2i7q", "src_x", "PAY_x", "pay", "ORD-5023-4E89"] {
        let error = account().request(&Ask::about(&Lookup::from(id))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidLookup, "{id}");
    }
}

#[test]
fn what_was_asked_for_is_never_what_was_captured() {
    for balances in ["", r#","balances":null"#, r#","balances":{}"#, r#","balances":{"total_captured":null}"#]
    {
        let payment = ask(&payment(ID, "Captured", balances)).unwrap();
        assert!(payment.is_paid());
        assert_eq!((payment.amount(), payment.returned()), (None, None), "{balances}");
    }
    // The word says that something was given back, and nothing says how much.
    let back = ask(&payment(ID, "Partially Refunded", r#","balances":{"total_captured":6540}"#)).unwrap();
    assert_eq!((back.is_paid(), back.amount(), back.returned()), (true, None, None));
    let part = payment(ID, "Partially Captured", &balances(4000, 0, 1000));
    let part = ask(&part).unwrap();
    assert_eq!(part.amount().unwrap().to_string(), "40.00 USD");
    assert_eq!(part.returned().unwrap().to_string(), "10.00 USD");
    let held = ask(&payment(ID, "Authorized", &balances(0, 6540, 0))).unwrap();
    assert_eq!((held.amount(), held.status()), (None, Status::Authorized));
}

#[test]
fn minor_units_are_checkouts_own() {
    let captured = payment(ID, "Captured", &balances(654_000, 0, 0));
    for (currency, money) in [
        ("USD", Some("6540.00 USD")),
        ("usd", Some("6540.00 USD")),
        ("CLP", Some("6540.00 CLP")),
        ("ISK", Some("654000 ISK")),
        ("UGX", Some("654000 UGX")),
        ("KWD", Some("654.000 KWD")),
        ("TND", Some("654.000 TND")),
        ("MGA", Some("6540.00 MGA")),
        ("CLF", None),
    ] {
        let payment = ask(&captured.replace("USD", currency)).unwrap();
        assert_eq!(payment.amount().map(|money| money.to_string()).as_deref(), money, "{currency}");
        assert!(payment.is_paid());
    }
}

#[test]
fn what_decides_is_read_strictly() {
    let whole = payment(ID, "Captured", &balances(6540, 0, 0));
    assert!(ask(&whole).unwrap().is_paid());
    for (from, to) in [
        (r#""approved":true"#, r#""approved":"false""#),
        (r#""approved":true"#, r#""approved":0"#),
        (r#""total_captured":6540"#, r#""total_captured":-1"#),
        (r#""total_captured":6540"#, r#""total_captured":65.4"#),
        (r#""total_refunded":0"#, r#""total_refunded":"6540""#),
        (r#""source":{"type":"card"}"#, r#""source":"card""#),
        (r#""currency":"USD""#, r#""currency":"US$""#),
        (r#""status":"Captured""#, r#""status":null"#),
    ] {
        let changed = whole.replace(from, to);
        assert_ne!(changed, whole);
        assert_eq!(ask(&changed).unwrap_err().kind(), ErrorKind::InvalidReply, "{to}");
    }
}

#[test]
fn an_orders_captured_attempt_is_asked_about_by_itself() {
    let first = list(2, &[payment("pay_new", "Declined", ""), payment("pay_old", "Captured", "")]);
    let (second, paid) = ask_order(&first, &payment("pay_old", "Captured", &balances(6540, 0, 0)));
    assert_eq!(second.unwrap(), "https://vkuhvk4v.api.checkout.com/payments/pay_old");
    let paid = paid.unwrap();
    assert_eq!((paid.id(), paid.attempts()[0].id()), ("pay_old", "pay_new"));
    assert_eq!((paid.amount().unwrap().to_string(), paid.is_final()), ("65.40 USD".to_owned(), true));
    let expected = Expected::new(Money::parse("65.40", "USD").unwrap()).with_reference(ORDER);
    assert!(paid.verify(&expected).is_ok());
    // What the second reply says counts: all of it came back, or the word has changed since.
    for (word, balances, status) in [
        ("Captured", balances(6540, 0, 6540), "returned"),
        ("Partially Captured", balances(4000, 2540, 0), "partly_paid"),
        ("Voided", balances(0, 0, 0), "returned"),
        ("on hold", String::new(), "unknown"),
    ] {
        let (_, now) = ask_order(&first, &payment("pay_old", word, &balances));
        assert_eq!(now.unwrap().status().as_str(), status, "{word}");
    }
    let (_, other) = ask_order(&first, &payment("pay_new", "Captured", &balances(6540, 0, 0)));
    assert_eq!(other.unwrap_err().kind(), ErrorKind::Mismatch);
    let (_, of_another) =
        ask_order(&first, &payment("pay_old", "Captured", &balances(6540, 0, 0)).replace(ORDER, "other"));
    assert_eq!(of_another.unwrap_err().kind(), ErrorKind::Mismatch);
}

#[test]
fn whatever_is_not_captured_is_not_asked_about_again() {
    for (word, status) in [("Declined", Status::Failed), ("Authorized", Status::Authorized)] {
        let (second, answer) = ask_order(&list(1, &[payment("pay_1", word, "")]), "");
        assert_eq!((second, answer.unwrap().status()), (None, status));
    }
    // A list that does have balances needs no second request.
    let (second, answer) = ask_order(&list(1, &[payment("pay_1", "Captured", &balances(6540, 0, 0))]), "");
    assert_eq!((second, answer.unwrap().amount().unwrap().to_string()), (None, "65.40 USD".to_owned()));
}

#[test]
fn an_order_that_was_paid_twice_does_not_verify() {
    let captured = |id: &str| payment(id, "Captured", "");
    let (_, twice) = ask_order(
        &list(2, &[captured("pay_new"), captured("pay_old")]),
        &payment("pay_new", "Captured", &balances(6540, 0, 0)),
    );
    let twice = twice.unwrap();
    assert_eq!((twice.is_paid(), twice.amount()), (true, None));
    let refused = twice.verify(&Expected::new(Money::parse("65.40", "USD").unwrap())).unwrap_err();
    assert!(refused.discrepancies().iter().any(|one| matches!(one, Discrepancy::PaidTwice)));
    let told = |id: &str| payment(id, "Captured", &balances(6540, 0, 0));
    let (_, twice) = ask_order(&list(2, &[told("pay_new"), told("pay_old")]), "");
    assert_eq!(twice.unwrap().amount().unwrap().to_string(), "130.80 USD");
}

#[test]
fn a_refund_goes_before_a_newer_failure() {
    let first = list(2, &[payment("pay_new", "Declined", ""), payment("pay_old", "Refunded", "")]);
    let (_, answer) = ask_order(&first, &payment("pay_old", "Refunded", &balances(6540, 0, 6540)));
    let answer = answer.unwrap();
    assert_eq!((answer.id(), answer.status().as_str()), ("pay_old", "returned"));
    assert_eq!((answer.finality(), answer.funds()), (Finality::Provisional, Funds::Returned));
}

#[test]
fn a_list_that_is_not_whole_tells_no_end_and_no_amount() {
    let (_, answer) = ask_order(&list(3, &[payment("pay_1", "Declined", "")]), "");
    let answer = answer.unwrap();
    assert_eq!(
        (answer.status(), answer.finality(), answer.funds()),
        (Status::Unknown, Finality::Open, Funds::Unknown)
    );
    let told = payment("pay_1", "Captured", &balances(6540, 0, 0));
    let (_, paid) = ask_order(&list(2, &[payment("pay_1", "Captured", "")]), &told);
    let paid = paid.unwrap();
    assert_eq!((paid.is_paid(), paid.amount(), paid.returned()), (true, None, None));
    let (_, none_shown) = ask_order(&list(1, &[]), "");
    let none_shown = none_shown.unwrap();
    assert_eq!((none_shown.status(), none_shown.finality()), (Status::Unknown, Finality::Open));
    assert!(none_shown.details().is_none());
}

#[test]
fn a_list_is_of_this_order_and_of_payments() {
    let (_, of_another) =
        ask_order(&list(1, &[payment("pay_1", "Declined", "").replace(ORDER, "other")]), "");
    assert_eq!(of_another.unwrap_err().kind(), ErrorKind::Mismatch);
    for id in ["", "..", "sid_1"] {
        let (_, odd) = ask_order(&list(1, &[payment(id, "Captured", "")]), "");
        assert_eq!(odd.unwrap_err().kind(), ErrorKind::InvalidReply, "{id}");
    }
    // Its amounts would add up.
    let half = payment("pay_1", "Captured", &balances(3270, 0, 0));
    let (_, twice) = ask_order(&list(2, &[half.clone(), half]), "");
    assert_eq!(twice.unwrap_err().kind(), ErrorKind::InvalidReply);
    let (_, one) = ask_order(&payment(ID, "Captured", &balances(6540, 0, 0)), "");
    assert_eq!(one.unwrap_err().kind(), ErrorKind::InvalidReply);
}

#[test]
fn nobody_knows_an_order_without_payments() {
    let (_, nothing) = ask_order(&list(0, &[]), "");
    assert_eq!(nothing.unwrap_err().kind(), ErrorKind::NotFound);
    for odd in [r#"{"data":[]}"#, r#"{"total_count":"0","data":[]}"#, r#"{"total_count":0}"#, "[]"] {
        let (_, odd) = ask_order(odd, "");
        assert_eq!(odd.unwrap_err().kind(), ErrorKind::InvalidReply);
    }
}

#[test]
fn the_request_id_is_kept_for_support() {
    let mut refused = reply("");
    *refused.status_mut() = http::StatusCode::NOT_FOUND;
    refused.headers_mut().insert("cko-request-id", "0HL80RJLS76I7".parse().unwrap());
    let error = interpret(&account(), &Lookup::payment(ID), &refused).unwrap_err();
    assert_eq!((error.kind(), error.request_id()), (ErrorKind::NotFound, Some("0HL80RJLS76I7")));
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<Checkout>(json);
    for name in ["signature_key", "callback_secret"] {
        let account = read(&format!(
            r#"{{"base_url":"https://pay.example.com","secret_key":"canary","{name}":["canary"],
                "callback_authorization":"canary"}}"#
        ));
        assert!(!format!("{:?}", account.unwrap()).contains("canary"));
    }
    assert!(read(r#"{"base_url":"https://pay.example.com","secret_key":"canary"}"#).is_ok());
    assert!(read(r#"{"secret_key":"canary"}"#).is_err());
    assert!(read(r#"{"base_url":"https://pay.example.com","secret_key":"canary","key":"canary"}"#).is_err());
}
