//! What must not compile: a `Paid` that nobody verified.

#[test]
fn there_is_no_way_to_a_paid_but_verify() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
