//! Laws over all values: money is exact, and an identifier stays what it is.

use std::str::FromStr;

use bigdecimal::{BigDecimal, num_bigint::BigInt};
use paystatus::{
    BaseUrl, Currency, Discrepancy, Expected, Finality, Funds, Lookup, Meaning, Money, Number, Payment,
    Snapshot, Status,
};
use paystatus_core::Endpoint;
use proptest::prelude::*;
use url::Url;

/// Numbers as JSON writes them, short and long, and now and then something close to one.
const NUMBERS: &str =
    "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?|[-+0-9._eE]{0,12}|\\PC{0,6}";

/// JSON's number grammar, by the reader that everybody uses.
fn is_json_number(text: &str) -> bool {
    let is_number_like = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    is_number_like
        && !text.ends_with(char::is_whitespace)
        && serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok()
}

/// How many digits a number has when it is written without an exponent, a zero before the point aside.
fn digits(number: &BigDecimal) -> u64 {
    let (_, decimals) = number.as_bigint_and_exponent();
    number.digits().saturating_add_signed(-decimals) + u64::try_from(decimals).unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_number_is_read_to_the_last_digit_or_not_at_all(text in NUMBERS) {
        let number = is_json_number(&text).then(|| BigDecimal::from_str(&text).unwrap());
        match (Number::parse(&text), number) {
            (Some(read), Some(number)) => {
                prop_assert_eq!(BigDecimal::from_str(&read.to_string()).unwrap(), number);
            }
            (None, Some(number)) => prop_assert!(digits(&number) > 28, "{} was refused", text),
            (read, None) => prop_assert_eq!(read, None),
        }
    }

    #[test]
    fn a_number_and_a_text_with_it_are_the_same_amount(text in NUMBERS) {
        let read = |json: String| serde_json::from_str::<Number>(&json).ok();
        let quoted = read(serde_json::to_string(&text).unwrap());
        prop_assert_eq!(quoted, Number::parse(&text));
        if is_json_number(&text) {
            prop_assert_eq!(quoted, read(text));
        }
    }

    #[test]
    fn minor_units_come_back(units in -(10_i128.pow(27))..10_i128.pow(27), code in "[A-Z]{3}|USD|JPY|KWD|CLF|BTC") {
        let currency: Currency = code.parse().unwrap();
        let money = Money::from_minor(units, currency);
        prop_assert_eq!(money.is_some(), currency.minor_digits().is_some());
        if let (Some(money), Some(digits)) = (money, currency.minor_digits()) {
            prop_assert_eq!(money.to_minor(), Some(units));
            let expected = BigDecimal::new(BigInt::from(units), i64::from(digits));
            prop_assert_eq!(BigDecimal::from_str(&money.amount().to_string()).unwrap(), expected);
            prop_assert_eq!(Money::parse(&money.amount().to_string(), &code).unwrap(), money);
        }
    }

    #[test]
    fn amounts_compare_as_numbers_do(due in "[0-9]{1,14}(\\.[0-9]{1,14})?", got in "[0-9]{1,14}(\\.[0-9]{1,14})?", is_same in any::<bool>()) {
        let due = due.trim_start_matches('0');
        let due = if due.is_empty() || due.starts_with('.') { format!("0{due}") } else { due.to_owned() };
        // The same amount is met by chance too seldom, so it is made: with zeros at its end.
        let got = if is_same && due.contains('.') && due.len() < 28 { format!("{due}0") } else { format!("1{got}") };
        let (Ok(expected), Ok(charged)) = (Money::parse(&due, "USD"), Money::parse(&got, "USD")) else {
            return Ok(());
        };
        let difference = BigDecimal::from_str(&got).unwrap() - BigDecimal::from_str(&due).unwrap();
        prop_assert_eq!(expected == charged, difference == 0);
        let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
        let payment = Payment::new(&Lookup::payment("p"), Snapshot::new("p", paid, "settled").with_amount(Some(charged)), ());
        prop_assert_eq!(payment.clone().verify(&Expected::at_least(expected)).is_ok(), difference >= 0);
        match payment.verify(&Expected::new(expected)) {
            Ok(_) => prop_assert!(difference == 0),
            Err(no) => match no.discrepancies() {
                [Discrepancy::Underpaid { by }] => prop_assert_eq!(big(*by), -difference),
                [Discrepancy::Overpaid { by }] => prop_assert_eq!(big(*by), difference),
                other => prop_assert!(false, "{:?}", other),
            },
        }
    }

    #[test]
    fn an_identifier_never_changes_the_request(id in IDS) {
        let base = BaseUrl::parse("https://pay.example.com:8443/prefix").unwrap();
        let refused = Lookup::payment(&id).any_id().is_err();
        prop_assert_eq!(refused, id.is_empty() || id == "." || id == ".." || id.len() > 255);
        if refused {
            return Ok(());
        }
        let of = |endpoint: Endpoint| {
            let request = endpoint.get().unwrap();
            assert!(base.covers(request.uri()));
            let url = Url::parse(&request.uri().to_string()).unwrap();
            // A URL that another library would fold or encode differently is not the one that was meant.
            assert_eq!(url.as_str(), request.uri().to_string());
            assert_eq!((url.host_str(), url.port(), url.fragment()), (Some("pay.example.com"), Some(8443), None));
            url
        };
        let url = of(base.join("/payments").segment(&id).unwrap().path("/status"));
        let segment = url.path().strip_prefix("/prefix/payments/").and_then(|rest| rest.strip_suffix("/status"));
        let encoded = segment.unwrap_or_else(|| panic!("{url} is another address"));
        prop_assert!(!encoded.contains('/') && url.query().is_none());
        // A form decodes as a path does, but for the plus sign, which is always encoded.
        let decoded = form_urlencoded::parse(encoded.as_bytes()).into_owned().collect::<Vec<_>>();
        prop_assert_eq!(decoded, [(id.clone(), String::new())]);

        let url = of(base.join("/status").query("id", &id));
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        prop_assert_eq!(pairs, [("id".to_owned(), id)]);
        prop_assert_eq!(url.path(), "/prefix/status");
    }
}

/// Any text, and texts made of what means something in a URL.
const IDS: &str =
    "\\PC{0,40}|[./%2eE?#&=+:@\\\\ \\n\\r\\t\u{0}a;\"'{}-]{0,12}|(\\.|%2[eE]|/){1,6}|[a-z]{250,260}";

fn big(money: Money) -> BigDecimal {
    BigDecimal::from_str(&money.amount().to_string()).unwrap()
}
