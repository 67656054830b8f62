//! What only MyFatoorah does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;

use http::Response;
use paystatus_core::{
    Ask, BaseUrl, Body, Discrepancy, Error, ErrorKind, Expected, Lookup, Money, Payment, Provider, Returned,
    Status,
};
use paystatus_myfatoorah::{Details, MyFatoorah, interpret};

const INVOICE: &str = "915102";
const PAYMENT: &str = "100202120965964751";

/// An invoice of the order `order_1`, in its fewest words.
fn invoice(status: &str, transactions: &[String]) -> String {
    format!(
        r#"{{"IsSuccess":true,"Message":"","ValidationErrors":null,"Data":{{"InvoiceId":{INVOICE},
            "InvoiceStatus":"{status}","CustomerReference":"order_1","InvoiceTransactions":[{}]}}}}"#,
        transactions.join(",")
    )
}

/// An attempt to pay 12,345 Kuwaiti dinars, so many minutes after 13 o'clock.
fn transaction(status: &str, id: &str, minute: usize) -> String {
    format!(
        r#"{{"TransactionDate":"2021-07-28T13:{minute}:33.367","PaymentId":"{id}","TransactionStatus":"{status}",
            "TransationValue":"12,345.000","DueValue":"12,400.000","Currency":"KD"}}"#
    )
}

fn ask(lookup: Lookup, body: &str) -> Result<Payment<Details>, Error> {
    interpret(&MyFatoorah::new("canary"), &lookup, &Response::new(Body::from(body.to_owned())))
}

#[test]
fn the_request_is_the_documented_one() {
    let account =
        MyFatoorah::new("canary").with_base_url(BaseUrl::parse("https://pay.example.com/sa").unwrap());
    for (lookup, body) in [
        (Lookup::payment(INVOICE), r#"{"Key":"915102","KeyType":"InvoiceId"}"#),
        (Lookup::payment(PAYMENT), r#"{"Key":"100202120965964751","KeyType":"PaymentId"}"#),
        (Lookup::payment("12345678901234"), r#"{"Key":"12345678901234","KeyType":"InvoiceId"}"#),
        (Lookup::payment("123456789012345"), r#"{"Key":"123456789012345","KeyType":"PaymentId"}"#),
        (Lookup::order(INVOICE), r#"{"Key":"915102","KeyType":"CustomerReference"}"#),
    ] {
        let request = account.request(&Ask::about(&lookup)).unwrap();
        assert_eq!(request.method(), "POST");
        assert_eq!(request.uri(), "https://pay.example.com/sa/v2/GetPaymentStatus");
        assert_eq!(request.headers()["authorization"], "Bearer canary");
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(std::str::from_utf8(request.body().as_bytes()).unwrap(), body);
    }
    for id in ["915102a", "order_1", "-1", "١٢"] {
        let error = account.request(&Ask::about(&Lookup::payment(id))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidLookup, "{id}");
    }
}

#[test]
fn a_reply_is_about_what_was_asked() {
    let body = invoice(
        "Paid",
        &[transaction("Failed", "100202120965960000", 27), transaction("Succss", PAYMENT, 28)],
    );
    for (lookup, id) in [
        (Lookup::payment(INVOICE), INVOICE),
        (Lookup::payment(PAYMENT), PAYMENT),
        (Lookup::payment("100202120965960000"), "100202120965960000"),
        (Lookup::order("order_1"), INVOICE),
    ] {
        let payment = ask(lookup, &body).unwrap();
        assert_eq!((payment.id(), payment.reference()), (id, Some("order_1")));
    }
    for lookup in [
        Lookup::payment("915103"),
        Lookup::payment("100202120965964752"),
        Lookup::order("order_2"),
        // An order whose reference happens to be another invoice's number.
        Lookup::order(INVOICE),
    ] {
        assert_eq!(ask(lookup.clone(), &body).unwrap_err().kind(), ErrorKind::Mismatch, "{lookup:?}");
    }
    let unnamed = body.replace(r#""order_1""#, "null");
    assert_eq!(ask(Lookup::order("order_1"), &unnamed).unwrap_err().kind(), ErrorKind::Mismatch);
}

#[test]
fn what_was_charged_is_the_sum_of_what_succeeded() {
    let succeeded = |value: &str, currency: &str| {
        let one = transaction("Succss", PAYMENT, 27).replace(r#""12,345.000""#, value);
        one.replace(r#""KD""#, currency)
    };
    let charged = |transactions: &[String]| {
        let payment = ask(Lookup::payment(INVOICE), &invoice("Paid", transactions))?;
        Ok::<_, Error>(payment.amount().map(|money| money.to_string()).unwrap_or_default())
    };
    for (value, currency, money) in [
        (r#""12,345.000""#, r#""KD""#, "12345.000 KWD"),
        (r#""1,234,567.89""#, r#""SR""#, "1234567.89 SAR"),
        (r#""2.000""#, r#""BD""#, "2.000 BHD"),
        (r#""12345""#, r#""QR""#, "12345 QAR"),
        ("12345.5", r#""OR""#, "12345.5 OMR"),
        (r#""2""#, r#""JD""#, "2 JOD"),
        (r#""2""#, r#""LE""#, "2 EGP"),
        (r#""2""#, r#""AED""#, "2 AED"),
        (r#""2""#, r#""kwd""#, ""),
        (r#""2""#, r#""kd""#, ""),
        (r#""2""#, r#""XQZ""#, ""),
        (r#""2""#, "null", ""),
        ("null", r#""KD""#, ""),
    ] {
        assert_eq!(charged(&[succeeded(value, currency)]).unwrap(), money, "{value} {currency}");
    }
    for value in [
        r#""12,34""#,
        r#""1234,567""#,
        r#""1,2345""#,
        r#"",123""#,
        r#""1.234,56""#,
        r#""12 345""#,
        r#""12.""#,
        r#""-2.000""#,
        r#""""#,
        r#""1e3""#,
        "-2",
        "true",
    ] {
        assert_eq!(
            charged(&[succeeded(value, r#""KD""#)]).unwrap_err().kind(),
            ErrorKind::InvalidReply,
            "{value}"
        );
    }
    let [dinars, riyals] = [r#""KD""#, r#""SR""#].map(|currency| succeeded(r#""2.000""#, currency));
    let hold = transaction("Authorize", "100202120965960000", 26);
    assert_eq!(charged(&[dinars.clone(), hold]).unwrap(), "2.000 KWD");
    assert_eq!(charged(&[dinars.clone(), dinars.clone()]).unwrap(), "4.000 KWD");
    assert_eq!(charged(&[dinars, riyals]).unwrap(), "");
}

#[test]
fn an_invoice_that_was_paid_twice_does_not_verify() {
    let expected = Expected::new(Money::parse("12345", "KWD").unwrap()).with_reference("order_1");
    let once = transaction("Succss", PAYMENT, 27);
    let verdict = |status, transactions: &[String]| {
        ask(Lookup::payment(INVOICE), &invoice(status, transactions)).unwrap().verify(&expected)
    };
    assert!(verdict("Paid", std::slice::from_ref(&once)).is_ok());
    let twice = verdict("DuplicatePayment", &[once.clone(), once]).unwrap_err();
    assert!(matches!(twice.discrepancies(), [Discrepancy::Overpaid { .. }]), "{twice}");
}

#[test]
fn without_dates_nobody_knows_that_a_hold_was_released() {
    let of = |dates: [&str; 2]| {
        let words = ["Authorize", "Canceled"];
        let list = words
            .iter()
            .zip(dates)
            .map(|(word, date)| transaction(word, PAYMENT, 27).replace(r#""2021-07-28T13:27:33.367""#, date));
        ask(Lookup::payment(INVOICE), &invoice("Pending", &list.collect::<Vec<_>>())).unwrap().status()
    };
    let [early, late] = [r#""2021-07-28T13:27:33""#, r#""2021-07-28T13:27:33.367""#];
    let released = of([early, late]);
    assert_eq!(released, Status::Returned(Returned::Voided));
    for dates in [[late, early], [early, early], ["null", late], [early, "null"], [early, r#""later""#]] {
        assert_ne!(of(dates), released, "{dates:?}");
    }
}

#[test]
fn an_error_is_told_in_the_providers_words() {
    let body = r#"{"IsSuccess":false,"Message":"Invalid data","ValidationErrors":[{"Name":"Key","Error":"The Key field is required."}]}"#;
    let error = ask(Lookup::payment(INVOICE), body).unwrap_err();
    assert_eq!(error.provider_message(), Some("Invalid data: The Key field is required."));
    for body in [r#"{"IsSuccess":"true","Data":{}}"#, r#"{"Data":{}}"#, r#"{"IsSuccess":null}"#] {
        assert_eq!(
            ask(Lookup::payment(INVOICE), body).unwrap_err().kind(),
            ErrorKind::InvalidReply,
            "{body}"
        );
    }
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<MyFatoorah>(json);
    for name in ["callback_secret", "webhook_secret"] {
        let json =
            format!(r#"{{"api_token":"canary","{name}":["canary"],"base_url":"https://pay.example.com"}}"#);
        assert!(!format!("{:?}", read(&json).unwrap()).contains("canary"));
    }
    assert!(read(r#"{"base_url":"https://pay.example.com"}"#).is_err());
    assert!(read(r#"{"api_token":"canary","token":"canary"}"#).is_err());
}
