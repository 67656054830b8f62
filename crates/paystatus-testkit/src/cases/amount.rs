//! What was charged: exact, or an error; never a guess.

use std::fmt::Debug;

use paystatus_core::{ErrorKind::InvalidReply, Provider};

use crate::{
    case::{Case, Outcome, Reply, Verdict},
    suite::Unit,
    template::{Edit, Place},
};

macro_rules! exact {
    ($($name:ident: $json:literal is $number:literal;)*) => {$(
        pub(crate) fn $name<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
            reads(case, Edit::Put(Place::Amount, $json), Outcome::Charged(Some(case.suite.money($number)?)))
        }
    )*};
}

macro_rules! refused {
    ($($name:ident: $place:ident, $($json:literal),+;)*) => {$(
        pub(crate) fn $name<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
            [$($json),+].iter().try_for_each(|json| {
                reads(case, Edit::Put(Place::$place, json), InvalidReply).map_err(|why| format!("{json}: {why}"))
            })
        }
    )*};
}

exact! {
    amount_number: "1234" is "1234";
    amount_string: r#""1234""# is "1234";
    amount_exponent: "12e2" is "1200";
    amount_25_digits: "1234567890123456789012345" is "1234567890123456789012345";
    amount_zero: "0" is "0";
    amount_negative_zero: "-0" is "0";
    // The first whole number that no double has.
    amount_beyond_float: "9007199254740993" is "9007199254740993";
}

refused! {
    amount_29_digits: Amount, "12345678901234567890123456789", r#""12345678901234567890123456789""#;
    amount_huge_exponent: Amount, "1e400", "1e999999999999", "1e-400", r#""1e400""#;
    amount_negative: Amount, "-1200", "-1";
    amount_negative_string: Amount, r#""-1200""#;
    amount_underscore: Amount, r#""1_000""#;
    amount_comma: Amount, r#""1,000""#, r#""12,00""#;
    amount_plus: Amount, r#""+1200""#;
    amount_no_leading_digit: Amount, r#"".5""#, r#""5.""#;
    amount_hexadecimal: Amount, r#""0x10""#;
    amount_padded: Amount, r#"" 1200""#, r#""1200 ""#, r#""1200\n""#;
    amount_nan: Amount, r#""NaN""#, r#""nan""#;
    amount_infinity: Amount, r#""Infinity""#, r#""inf""#, r#""-Infinity""#;
    amount_bare_nan: Amount, "NaN", "Infinity", "+1200", ".5", "1_000", "0x10", "01200";
    amount_empty: Amount, r#""""#;
    amount_word: Amount, r#""twelve""#, r#""USD 12""#, r#""12 USD""#;
    amount_bool: Amount, "true", "false";
    amount_array: Amount, "[]", "[1200]";
    amount_object: Amount, "{}", r#"{"value":1200}"#, r#"{"$serde_json::private::Number":"1200"}"#;
    currency_empty: Currency, r#""""#;
    currency_symbol: Currency, r#""US$""#, r#""€""#, r#""$""#;
    currency_too_long: Currency, r#""DOLLARS""#, r#""US""#;
    currency_number: Currency, "840";
    currency_object: Currency, r#"{"code":"USD"}"#, r#"["USD"]"#;
}

/// 18 digits, which a float would round; minor units have no fraction.
pub(crate) fn amount_fraction<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let number = "1234567890123456.78";
    let usual = match case.suite.unit {
        Unit::Major => Outcome::Charged(Some(case.suite.money(number)?)),
        Unit::Minor => InvalidReply.into(),
    };
    reads(case, Edit::Put(Place::Amount, number), usual)
}

/// What is not reported is absent, so that no expectation verifies it; the word stands.
pub(crate) fn amount_null<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    reads(case, Edit::Put(Place::Amount, "null"), Outcome::Charged(None))
}

pub(crate) fn amount_absent<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    reads(case, Edit::Drop(Place::Amount), Outcome::Charged(None))
}

pub(crate) fn currency_null<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    reads(case, Edit::Put(Place::Currency, "null"), Outcome::Charged(None))
}

pub(crate) fn currency_absent<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    reads(case, Edit::Drop(Place::Currency), Outcome::Charged(None))
}

fn reads<P: Provider + Debug>(case: &Case<'_, P>, edit: Edit<'_>, usual: impl Into<Outcome>) -> Verdict {
    case.listed(&Reply::ok(case.suite.write(edit)?), usual)
}
