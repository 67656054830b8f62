//! The list of all cases, once, and the macro that makes tests of them.

use std::fmt::Debug;

use paystatus_core::Provider;

use crate::{Suite, case::Run};

mod amount;
mod body;
mod http;
mod id;
mod leaks;
mod status;
mod tables;
mod tokens;

/// The list: module, and the names of its functions.
#[doc(hidden)]
#[macro_export]
macro_rules! __cases {
    ([$($then:tt)*] $($arguments:tt)*) => {
        $($then)*! {
            [$($arguments)*]
            status:
                success_is_read success_is_read_the_same_twice
                status_unlisted_word status_empty_word status_padded_word status_wrong_case status_long_word
                status_absent status_null status_number status_fraction status_bool status_array status_object status_not_text;
            http:
                http_401_json http_401_html http_401_empty http_401_success
                http_403_json http_403_html http_403_empty http_403_success
                http_404_json http_404_html http_404_empty http_404_success
                http_408_json http_408_html http_408_empty http_408_success
                http_409_json http_409_html http_409_empty http_409_success
                http_429_json http_429_html http_429_empty http_429_success
                http_500_json http_500_html http_500_empty http_500_success
                http_502_json http_502_html http_502_empty http_502_success
                http_503_json http_503_html http_503_empty http_503_success
                http_301_success http_302_success http_304_empty http_307_html
                http_400_success http_410_success http_599_success http_any_other_success
                http_429_with_seconds http_429_with_date http_429_with_date_without_clock
                http_429_with_nonsense http_503_with_seconds;
            body:
                body_unknown_field_is_ignored body_white_space_is_ignored
                body_empty body_blank body_204 body_html body_text body_null body_string body_empty_object
                body_empty_array body_error_in_success body_byte_order_mark body_invalid_utf8 body_utf16
                body_duplicate_id body_duplicate_status body_duplicate_amount body_duplicate_currency
                body_positional_array body_positional_array_of_status
                body_deep body_deep_unknown_field body_truncated_anywhere body_changed_anywhere body_trailing_garbage body_two_replies
                body_compressed;
            amount:
                amount_number amount_string amount_exponent amount_fraction amount_25_digits
                amount_beyond_float amount_zero amount_negative_zero amount_29_digits amount_huge_exponent amount_negative amount_negative_string
                amount_underscore amount_comma amount_plus amount_no_leading_digit amount_hexadecimal
                amount_padded amount_nan amount_infinity amount_bare_nan amount_empty amount_word
                amount_null amount_absent amount_bool amount_array amount_object
                currency_absent currency_null currency_empty currency_symbol currency_too_long currency_number
                currency_object;
            id:
                id_relative_path id_slash id_double_slash id_question_mark id_hash id_ampersand id_equals
                id_encoded_dots id_percent id_plus id_semicolon id_at id_url id_quote id_backslash id_json id_crlf
                id_nul id_space id_unicode id_255_bytes id_256_bytes id_256_bytes_of_unicode id_empty id_dot
                id_dot_dot
                request_is_the_same_twice request_is_below_the_base_url
                echo_other_id echo_longer_id echo_shorter_id echo_padded_id echo_other_case echo_empty
                echo_absent echo_null echo_number echo_bool echo_array echo_object;
            leaks:
                leak_provider_debug leak_request_debug leak_request_line leak_request_headers
                leak_secrets_in_answer leak_personal_data leak_unreadable_value leak_error_body leak_refused_lookup;
            tables:
                every_row_is_shown only_listed_answers_pass check_ends_with_the_payment;
            tokens:
                token_is_read token_absent token_null token_empty token_not_text token_not_a_header token_duplicate
                token_positional_array token_lifetime token_reply_is_none token_http token_error_body
                token_refused_twice;
        }
    };
}

/// Makes one `#[test]` of each case, and one of each row of the provider's tables.
///
/// It stands alone in a module of the provider's tests, beside the function that gives the [`Suite`]:
///
/// ```
/// mod conformance {
///     # mod acme { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/acme.rs")); }
///     # use acme::Acme;
///     use paystatus_core::{ErrorKind, Finality, Funds, Lookup, Meaning, Status};
///     use paystatus_testkit::Suite;
///
///     pub fn suite() -> Suite<Acme> {
///         let template = r#"{"id":{{id}},"status":{{status}},"amount":{{amount}},"currency":{{currency}},"payer":"canary-name"}"#;
///         let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
///         Suite::new(Acme::new("canary-key"), Lookup::payment("pay_001"), template, "settled")
///             .with_secrets(["canary-key"])
///             .with_personal(["canary-name"])
///             .with_state("settled", "settled", paid)
///             .with_state("declined", "declined", Meaning::new(Status::Failed, Finality::Final, Funds::NotTaken))
///             .with_error("no_payment", 404, r#"{"error":"no_payment"}"#, ErrorKind::NotFound)
///     }
///
///     // cargo test: conformance::http_429_with_seconds ... ok, conformance::rows::settled ... ok, …
///     paystatus_testkit::conformance!(suite, rows: [settled, declined, no_payment]);
/// }
/// # assert_eq!(conformance::suite().failures(), []);
/// ```
///
/// One more test, `declared_exceptions`, fails if the suite declares something about a case that does not exist
/// or if a row is missing in `rows`, and prints what is declared (`cargo test declared_exceptions -- --nocapture`).
#[macro_export]
macro_rules! conformance {
    ($suite:ident, rows: [$($row:ident),* $(,)?] $(,)?) => {
        $crate::__cases! { [$crate::__tests] $suite }

        mod rows {
            $(
                #[test]
                fn $row() {
                    $crate::__check_row(&super::$suite(), stringify!($row));
                }
            )*
        }

        #[test]
        fn declared_exceptions() {
            $crate::__check_declarations(&$suite(), &[$(stringify!($row)),*]);
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __tests {
    ([$suite:ident] $($module:ident: $($case:ident)*;)*) => {$($(
        #[test]
        fn $case() {
            $crate::__check(&$suite(), stringify!($case));
        }
    )*)*};
}

/// The same list for use here; a name without a function does not compile, a function without a name is dead code.
macro_rules! table {
    ([] $($module:ident: $($case:ident)*;)*) => {
        /// The names of all cases.
        ///
        /// ```
        /// assert!(paystatus_testkit::CASES.contains(&"http_429_with_seconds"));
        /// ```
        pub const CASES: &[&str] = &[$($(stringify!($case)),*),*];

        pub(crate) fn find<P: Provider + Debug>(name: &str) -> Option<Run<P>> {
            match name {
                $($(stringify!($case) => Some($module::$case::<P>),)*)*
                _ => None,
            }
        }
    };
}

__cases! { [table] }

/// For the tests that [`conformance!`](crate::conformance) makes.
#[doc(hidden)]
#[track_caller]
pub fn __check<P: Provider + Debug>(suite: &Suite<P>, case: &str) {
    if let Err(why) = suite.check(case) {
        panic!("{case}: {why}");
    }
}

/// For the tests that [`conformance!`](crate::conformance) makes.
#[doc(hidden)]
#[track_caller]
pub fn __check_row<P: Provider + Debug>(suite: &Suite<P>, row: &str) {
    if let Err(why) = suite.check_row(row) {
        panic!("{row}: {why}");
    }
}

/// For the tests that [`conformance!`](crate::conformance) makes.
#[doc(hidden)]
#[track_caller]
#[expect(clippy::print_stdout, reason = "a test's output is where exceptions are looked up")]
pub fn __check_declarations<P: Provider + Debug>(suite: &Suite<P>, rows: &[&str]) {
    match suite.check_names(rows).and_then(|()| suite.declarations()) {
        Ok(lines) => {
            println!("{}: {} cases, {} rows", suite.provider.facts().name, CASES.len(), suite.rows.len());
            lines.iter().for_each(|line| println!("  {line}"));
        }
        Err(why) => panic!("{why}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_list_is_long_and_has_no_name_twice() {
        assert!(CASES.len() >= 60, "{}", CASES.len());
        assert_eq!(CASES.iter().collect::<BTreeSet<_>>().len(), CASES.len());
    }
}
