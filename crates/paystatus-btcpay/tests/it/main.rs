//! What only BTCPay Server does, over stored replies: no network, no clock.
#![expect(clippy::unwrap_used, reason = "a test's helper may fail the test")]

mod callback;
mod conformance;

use http::Response;
use paystatus_btcpay::{BtcPay, Details};
use paystatus_core::{
    Ask, BaseUrl, Body, Discrepancy, Error, ErrorKind, Expected, Finality, Funds, Lookup, Money, Payment,
    Provider, Status, interpret,
};

const ID: &str = "UKdYkTDWbsaJKfGPsXmUYy";
const STORE: &str = "9CiNzKoANXxmk5ayZngSXrHTiVvvgCrwrpFQd4m2K776";
const ORDER: &str = "order-1234";

fn account() -> BtcPay {
    let base_url = BaseUrl::parse("https://pay.example.com/btcpay").unwrap();
    BtcPay::new(base_url, STORE, "canary-key").with_callback_secrets(["canary-callback".into()])
}

/// An invoice of 10.50 EUR with these words and this `paidAmount`; `-` for none.
fn invoice(status: &str, additional: &str, paid: &str) -> String {
    let paid = if paid == "-" { String::new() } else { format!(r#""paidAmount":"{paid}","#) };
    format!(
        r#"{{"id":"{ID}","storeId":"{STORE}","amount":"10.50",{paid}"status":"{status}","additionalStatus":"{additional}",
        "createdTime":1767225600,"type":"Standard","currency":"EUR","metadata":{{"orderId":"{ORDER}"}}}}"#
    )
}

fn ask(lookup: &Lookup, body: &str) -> Result<Payment<Details>, Error> {
    interpret(&account(), lookup, &Response::new(Body::from(body.to_owned())))
}

/// What an order's invoices, each with an id and a time of its own, say together.
fn order(invoices: &[(&str, &str, &str, u64)]) -> Result<Payment<Details>, Error> {
    let written = |(id, status, paid, created): &(&str, &str, &str, u64)| {
        let (status, additional) = status.split_once('/').unwrap();
        let invoice = invoice(status, additional, paid).replace(ID, id);
        invoice.replace("1767225600", &created.to_string())
    };
    let list = invoices.iter().map(written).collect::<Vec<_>>().join(",");
    ask(&Lookup::order(ORDER), &format!("[{list}]"))
}

#[test]
fn an_invoice_is_asked_for_within_its_store() {
    let request = account().request(&Ask::about(&Lookup::payment("a/b"))).unwrap();
    assert_eq!(request.method(), "GET");
    assert_eq!(
        request.uri().to_string(),
        format!("https://pay.example.com/btcpay/api/v1/stores/{STORE}/invoices/a%2Fb")
    );
    assert_eq!(request.headers()["authorization"], "token canary-key");
    assert!(request.headers()["authorization"].is_sensitive());
    assert_eq!(request.headers()["accept"], "application/json");
    assert!(request.body().as_bytes().is_empty());
}

#[test]
fn an_orders_invoices_are_asked_for_with_the_archived_ones() {
    let request = account().request(&Ask::about(&Lookup::order("a&b=c"))).unwrap();
    assert_eq!(request.uri().path(), format!("/btcpay/api/v1/stores/{STORE}/invoices"));
    assert_eq!(request.uri().query(), Some("orderId=a%26b%3Dc&includeArchived=true"));
}

#[test]
fn a_store_is_one_segment_too() {
    let store = |store: &str| BtcPay::new(BaseUrl::of_service("pay.example.com"), store, "key");
    let request = store("a/b").request(&Ask::about(&Lookup::payment(ID))).unwrap();
    assert_eq!(request.uri().path(), format!("/api/v1/stores/a%2Fb/invoices/{ID}"));
    for none in ["", ".", ".."] {
        let error = store(none).request(&Ask::about(&Lookup::payment(ID))).unwrap_err();
        assert!(error.kind() == ErrorKind::Config && error.message().contains("`store_id`"), "{error}");
    }
}

#[test]
fn another_store_or_invoice_is_a_mismatch() {
    let settled = invoice("Settled", "None", "10.50");
    let by_id = Lookup::payment(ID);
    assert!(ask(&by_id, &settled).unwrap().is_paid());
    assert!(ask(&by_id, &settled.replace(&format!(r#""storeId":"{STORE}","#), "")).unwrap().is_paid());
    for other in [settled.replace(STORE, "another"), settled.replace(ID, &ID.to_lowercase())] {
        assert_eq!(ask(&by_id, &other).unwrap_err().kind(), ErrorKind::Mismatch);
    }
    for other in [settled.replace(ORDER, "ORDER-1234"), settled.replace(r#""orderId":"order-1234""#, "")] {
        let list = format!("[{settled},{other}]");
        assert_eq!(ask(&Lookup::order(ORDER), &list).unwrap_err().kind(), ErrorKind::Mismatch);
    }
}

#[test]
fn without_the_second_word_there_is_no_answer() {
    let settled = invoice("Settled", "None", "10.50");
    for other in ["", r#""additionalStatus":null,"#, r#""additionalStatus":1,"#] {
        let body = settled.replace(r#""additionalStatus":"None","#, other);
        assert_eq!(ask(&Lookup::payment(ID), &body).unwrap_err().kind(), ErrorKind::InvalidReply, "{other}");
    }
}

#[test]
fn an_order_is_paid_if_one_of_its_invoices_is() {
    let payment = order(&[
        ("i-3", "New/None", "0", 30),
        ("i-2", "Settled/None", "10.50", 20),
        ("i-1", "Expired/None", "0", 10),
    ])
    .unwrap();
    assert_eq!((payment.id(), payment.is_paid(), payment.is_final()), ("i-2", true, true));
    assert_eq!(payment.attempts().len(), 2);
    let expected = Expected::new(Money::parse("10.50", "EUR").unwrap()).with_reference(ORDER);
    assert!(payment.verify(&expected).is_ok());
}

#[test]
fn an_order_that_is_paid_twice_does_not_verify() {
    let payment =
        order(&[("i-2", "Settled/None", "10.50", 20), ("i-1", "Settled/None", "10.50", 10)]).unwrap();
    assert_eq!(payment.amount().unwrap().to_string(), "21.00 EUR");
    let expected = Expected::new(Money::parse("10.50", "EUR").unwrap());
    let unverified = payment.verify(&expected).unwrap_err();
    assert!(unverified.discrepancies().contains(&Discrepancy::PaidTwice), "{unverified}");
}

#[test]
fn late_money_of_an_order_goes_before_an_invoice_that_waits() {
    let payment = order(&[("i-2", "New/None", "0", 20), ("i-1", "Expired/PaidLate", "10.50", 10)]).unwrap();
    assert_eq!((payment.id(), payment.status(), payment.funds()), ("i-1", Status::Expired, Funds::Taken));
    assert_eq!(payment.finality(), Finality::Open);
    let payment =
        order(&[("i-2", "Expired/PaidLate", "9", 20), ("i-1", "New/PaidPartial", "1", 10)]).unwrap();
    assert_eq!(payment.id(), "i-1");
}

#[test]
fn of_equals_the_newest_speaks_whatever_the_order_in_the_list() {
    for invoices in [
        [("i-1", "Expired/None", "0", 10), ("i-2", "Expired/None", "0", 20)],
        [("i-2", "Expired/None", "0", 20), ("i-1", "Expired/None", "0", 10)],
    ] {
        assert_eq!(order(&invoices).unwrap().id(), "i-2");
    }
}

#[test]
fn an_order_without_an_invoice_is_not_found() {
    let error = ask(&Lookup::order(ORDER), " [ ] ").unwrap_err();
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::NotFound, Some(200)));
    for other in
        [invoice("Settled", "None", "10.50"), "{}".to_owned(), "[[]]".to_owned(), "[null]".to_owned()]
    {
        let error = ask(&Lookup::order(ORDER), &other).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidReply, "{other}");
    }
    let listed = format!("[{}]", invoice("Settled", "None", "10.50"));
    assert_eq!(ask(&Lookup::payment(ID), &listed).unwrap_err().kind(), ErrorKind::InvalidReply);
}

#[test]
fn amounts_are_texts_or_numbers_in_coins_too() {
    let paid = |amount: &str, currency: &str| {
        let body =
            invoice("Settled", "None", "AMOUNT").replace(r#""AMOUNT""#, amount).replace("EUR", currency);
        ask(&Lookup::payment(ID), &body).map(|payment| payment.amount().map(|money| money.to_string()))
    };
    assert_eq!(paid(r#""0.00012345""#, "BTC").unwrap().as_deref(), Some("0.00012345 BTC"));
    assert_eq!(paid("12345", "SATS").unwrap().as_deref(), Some("12345 SATS"));
    assert_eq!(paid(r#""10.50""#, "USDT").unwrap().as_deref(), Some("10.50 USDT"));
    for (amount, currency) in [(r#""-1""#, "EUR"), (r#""1,5""#, "EUR"), ("true", "EUR"), (r#""1""#, "€")] {
        assert_eq!(
            paid(amount, currency).unwrap_err().kind(),
            ErrorKind::InvalidReply,
            "{amount} {currency}"
        );
    }
}

#[test]
fn a_top_up_asks_for_nothing_and_may_be_paid() {
    let top_up = |paid: &str| {
        let body = invoice("Settled", "None", paid).replace(r#""amount":"10.50""#, r#""amount":"0""#);
        ask(&Lookup::payment(ID), &body).unwrap()
    };
    assert_eq!(top_up("3").amount().unwrap().to_string(), "3 EUR");
    for paid in ["0", "-"] {
        assert_eq!((top_up(paid).status(), top_up(paid).amount()), (Status::Unknown, None));
    }
}

#[test]
fn an_order_may_be_a_number() {
    let body = invoice("Settled", "None", "10.50").replace(r#""order-1234""#, "1234");
    assert_eq!(ask(&Lookup::payment(ID), &body).unwrap().reference(), Some("1234"));
    assert!(ask(&Lookup::order("1234"), &format!("[{body}]")).unwrap().is_paid());
}

#[test]
fn the_configuration_form_has_the_same_settings() {
    let read = |text: &str| serde_json::from_str::<BtcPay>(text);
    let required = r#""base_url":"https://pay.example.com","store_id":"s","api_key":"canary""#;
    assert!(read(&format!(r#"{{{required},"callback_secret":["new","old"]}}"#)).is_ok());
    for (text, named) in [
        (format!(r#"{{{required},"store":"x"}}"#), "`store`"),
        (r#"{"store_id":"s","api_key":"canary"}"#.to_owned(), "`base_url`"),
    ] {
        let error = read(&text).unwrap_err().to_string();
        assert!(error.contains(named) && !error.contains("canary"), "{error}");
    }
}
