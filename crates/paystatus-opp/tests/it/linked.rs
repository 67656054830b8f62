//! What linked records make of a payment: captures, voids, refunds, reversals and chargebacks.

use paystatus_core::{Finality, Funds, Lookup, Returned, Status};

use crate::{ID, ORDER, REFUNDED, ask, linked, list, money, record};

const SUCCESS: &str = "000.000.000";

/// The payment by its id, with what is linked to it: status, finality, amount, and what was returned.
#[track_caller]
fn check(
    own: &str,
    linked: &[String],
    status: Status,
    finality: Finality,
    money: (Option<&str>, Option<&str>),
) {
    let mut records = linked.to_vec();
    records.insert(0, own.to_owned());
    // The order of a list says nothing.
    for records in [records.clone(), records.into_iter().rev().collect()] {
        let payment = ask(Lookup::payment(ID), &list(&records)).unwrap();
        assert_eq!((payment.status(), payment.finality()), (status, finality), "{}", list(&records));
        let amount = payment.amount().map(|money| money.amount().to_string());
        let returned = payment.returned().map(|money| money.amount().to_string());
        assert_eq!((amount.as_deref(), returned.as_deref()), money, "{}", list(&records));
        assert_eq!(payment.details().as_ref().unwrap().id, ID);
    }
}

fn debit() -> String {
    money(ID, "DB", SUCCESS, "92.00")
}

fn hold() -> String {
    money(ID, "PA", SUCCESS, "92.00")
}

fn failed(linked: String) -> String {
    linked.replace(SUCCESS, "800.100.152")
}

use Finality::{Final, Open, Provisional};

const PAID: Status = Status::Paid;
const REVERSED: Status = Status::Returned(Returned::Reversed);

#[test]
fn refunds_of_a_debit() {
    let part = || linked("r", "RF", "20.00", ID);
    let rest = || linked("s", "RF", "72.00", ID);
    check(&debit(), &[], PAID, Final, (Some("92.00"), Some("0.00")));
    check(&debit(), &[failed(part())], PAID, Final, (Some("92.00"), Some("0.00")));
    check(&debit(), &[part()], PAID, Final, (Some("92.00"), Some("20.00")));
    check(&debit(), &[part(), rest()], REFUNDED, Final, (Some("92.00"), Some("92.00")));
    check(&debit(), &[linked("r", "RF", "93.00", ID)], REFUNDED, Final, (Some("92.00"), Some("93.00")));
    // Nobody can tell what is left.
    check(&debit(), &[part().replace("SAR", "USD")], PAID, Final, (None, None));
    check(
        &debit(),
        &[record("r", "RF", SUCCESS, &format!(r#""referencedId":"{ID}","#))],
        PAID,
        Final,
        (None, None),
    );
    // Another payment's.
    check(
        &debit(),
        &[money("x", "DB", SUCCESS, "9.00"), linked("r", "RF", "9.00", "x")],
        PAID,
        Final,
        (Some("92.00"), Some("0.00")),
    );
    let alone = ask(Lookup::payment(ID), &debit()).unwrap();
    assert_eq!((alone.is_paid(), alone.returned()), (true, None));
}

#[test]
fn reversals_of_a_debit() {
    check(&debit(), &[linked("v", "RV", "92.00", ID)], REVERSED, Final, (Some("92.00"), Some("92.00")));
    check(&debit(), &[failed(linked("v", "RV", "92.00", ID))], PAID, Final, (Some("92.00"), Some("0.00")));
    let whole = record("v", "RV", SUCCESS, &format!(r#""referencedId":"{ID}","#));
    check(&debit(), &[whole], REVERSED, Final, (Some("92.00"), Some("92.00")));
    check(&debit(), &[linked("v", "RV", "20.00", ID)], PAID, Final, (Some("92.00"), Some("20.00")));
    check(
        &debit(),
        &[linked("v", "RV", "20.00", ID), linked("r", "RF", "72.00", ID)],
        REFUNDED,
        Final,
        (Some("92.00"), Some("92.00")),
    );
    check(
        &debit(),
        &[linked("v", "RV", "20.00", ID).replace("SAR", "USD")],
        REVERSED,
        Provisional,
        (None, None),
    );
}

#[test]
fn chargebacks() {
    let charged_back = Status::Returned(Returned::ChargedBack);
    let back = || linked("b", "CB", "92.00", ID);
    check(&debit(), &[back()], charged_back, Provisional, (Some("92.00"), Some("0.00")));
    check(
        &debit(),
        &[back().replace(SUCCESS, "000.100.203")],
        charged_back,
        Provisional,
        (Some("92.00"), Some("0.00")),
    );
    check(&debit(), &[failed(back())], PAID, Final, (Some("92.00"), Some("0.00")));
    let again = || linked("c", "CR", "92.00", ID).replace(SUCCESS, "000.100.105");
    check(&debit(), &[back(), again()], Status::Unknown, Open, (Some("92.00"), Some("0.00")));
    check(&debit(), &[again()], PAID, Final, (Some("92.00"), Some("0.00")));
    check(
        &hold(),
        &[linked("p", "CP", "92.00", ID), linked("b", "CB", "92.00", "p")],
        charged_back,
        Provisional,
        (Some("92.00"), Some("0.00")),
    );
}

#[test]
fn captures_of_a_hold() {
    let capture = |id: &str, amount: &str| linked(id, "CP", amount, ID);
    let held = Status::Authorized;
    check(&hold(), &[], held, Open, (None, None));
    check(&hold(), &[failed(capture("p", "92.00"))], held, Open, (None, None));
    check(&hold(), &[capture("p", "0.00")], held, Open, (None, None));
    check(&hold(), &[capture("p", "60.00")], PAID, Final, (Some("60.00"), Some("0.00")));
    check(
        &hold(),
        &[capture("p", "60.00"), capture("q", "32.00")],
        PAID,
        Final,
        (Some("92.00"), Some("0.00")),
    );
    check(&hold(), &[capture("p", "60.00").replace("SAR", "USD")], PAID, Final, (None, None));
    let bare = record("p", "CP", SUCCESS, &format!(r#""referencedId":"{ID}","#));
    check(&hold(), &[capture("q", "60.00"), bare], PAID, Final, (None, None));
    // What wants a review is not final, wherever it stands.
    let review = "000.400.020";
    check(
        &hold().replace(SUCCESS, review),
        &[capture("p", "60.00")],
        PAID,
        Provisional,
        (Some("60.00"), Some("0.00")),
    );
    check(
        &hold(),
        &[capture("p", "60.00").replace(SUCCESS, review)],
        PAID,
        Provisional,
        (Some("60.00"), Some("0.00")),
    );
    check(&hold().replace(SUCCESS, review), &[], held, Open, (None, None));
}

#[test]
fn voids_and_refunds_of_a_hold() {
    let voided = Status::Returned(Returned::Voided);
    let capture = |id: &str, amount: &str| linked(id, "CP", amount, ID);
    let void = |amount: &str| linked("v", "RV", amount, ID);
    check(&hold(), &[void("92.00")], voided, Final, (None, None));
    check(&hold(), &[void("20.00")], Status::Authorized, Open, (None, None));
    check(&hold(), &[void("60.00"), linked("w", "RV", "32.00", ID)], voided, Final, (None, None));
    check(&hold(), &[failed(void("92.00"))], Status::Authorized, Open, (None, None));
    // What is left of the hold was released.
    check(&hold(), &[capture("p", "60.00"), void("32.00")], PAID, Final, (Some("60.00"), Some("0.00")));
    let of_capture = || linked("v", "RV", "60.00", "p");
    check(&hold(), &[capture("p", "60.00"), of_capture()], REVERSED, Provisional, (None, None));
    check(
        &hold(),
        &[capture("p", "60.00"), capture("q", "32.00"), of_capture()],
        PAID,
        Final,
        (Some("32.00"), Some("0.00")),
    );
    // A refund may name the hold or the capture.
    for named in [ID, "p"] {
        check(
            &hold(),
            &[capture("p", "60.00"), linked("r", "RF", "20.00", named)],
            PAID,
            Final,
            (Some("60.00"), Some("20.00")),
        );
        check(
            &hold(),
            &[capture("p", "60.00"), linked("r", "RF", "60.00", named)],
            REFUNDED,
            Final,
            (Some("60.00"), Some("60.00")),
        );
    }
    check(&hold(), &[linked("r", "RF", "20.00", ID)], Status::Unknown, Open, (None, None));
}

#[test]
fn a_capture_by_its_own_id() {
    let hold = money("h", "PA", SUCCESS, "92.00");
    let own = linked(ID, "CP", "60.00", "h");
    check(&own, &[hold.clone(), linked("q", "CP", "32.00", "h")], PAID, Final, (Some("60.00"), Some("0.00")));
    for named in [ID, "h"] {
        check(
            &own,
            &[hold.clone(), linked("r", "RF", "20.00", named)],
            PAID,
            Final,
            (Some("60.00"), Some("20.00")),
        );
    }
    let of_other = [hold.clone(), linked("q", "CP", "32.00", "h"), linked("r", "RF", "32.00", "q")];
    check(&own, &of_other, PAID, Final, (Some("60.00"), Some("0.00")));
    let refused = ask(Lookup::payment(ID), &failed(own)).unwrap();
    assert_eq!(
        (refused.status(), refused.finality(), refused.funds()),
        (Status::Failed, Provisional, Funds::Unknown)
    );
}

#[test]
fn a_circle_of_references_belongs_to_nobody() {
    let circle =
        [linked("a", "RF", "92.00", "b"), linked("b", "RF", "92.00", "a"), linked("c", "RF", "92.00", "c")];
    check(&debit(), &circle, PAID, Final, (Some("92.00"), Some("0.00")));
}

#[test]
fn money_that_moved_after_a_failure_is_unknown() {
    let refused = money(ID, "PA", "800.100.152", "92.00");
    check(&refused, &[linked("p", "CP", "92.00", ID)], Status::Unknown, Open, (Some("92.00"), None));
    check(&refused, &[linked("v", "RV", "92.00", ID)], Status::Failed, Final, (None, None));
}

#[test]
fn by_reference_refunds_are_told_only_if_one_is_listed() {
    let returned = |records: &[String]| {
        let payment = ask(Lookup::order(ORDER), &list(records)).unwrap();
        assert!(payment.is_paid());
        payment.returned().map(|money| money.to_string())
    };
    assert_eq!(returned(&[debit()]), None);
    assert_eq!(returned(&[debit(), linked("r", "RF", "20.00", ID)]).as_deref(), Some("20.00 SAR"));
    assert_eq!(returned(&[debit(), linked("r", "RF", "20.00", "elsewhere")]), None);
    // What was reversed in part counts as refunded.
    assert_eq!(returned(&[debit(), linked("v", "RV", "20.00", ID)]).as_deref(), Some("20.00 SAR"));
    assert_eq!(returned(&[debit(), failed(linked("v", "RV", "20.00", ID))]), None);
}
