use paystatus::{Lookup, Meaning, Pending, Returned, Snapshot, Status};

use super::*;
use crate::learned::{from_journal, to_journal};

fn money(amount: &str, currency: &str) -> Money {
    Money::parse(amount, currency).unwrap()
}

fn usd(amount: &str) -> Money {
    money(amount, "USD")
}

fn entry() -> Entry {
    Entry::new(2, "shop", Lookup::payment("p")).with_amount(usd("50.00")).with_reference("order-1")
}

fn bare(status: Status, finality: Finality) -> Snapshot {
    Snapshot::new("p", Meaning::new(status, finality, Funds::Unknown), "word")
}

fn said(status: Status, finality: Finality) -> Snapshot {
    bare(status, finality).with_amount(Some(usd("50.00"))).with_reference(Some("order-1".into()))
}

fn paid() -> Snapshot {
    said(Status::Paid, Finality::Final)
}

fn of(entry: Entry, payment: Payment<()>) -> Checked {
    Checked::of(entry, "acme", Ok(payment))
}

fn check(entry: Entry, said: Snapshot) -> Checked {
    let payment = Payment::new(entry.lookup(), said, ());
    of(entry, payment)
}

fn refused(kind: ErrorKind, message: &'static str) -> Checked {
    Checked::of(entry(), "acme", Err::<Payment<()>, _>(Error::new(kind, message)))
}

#[track_caller]
fn finds(entry: Entry, said: Snapshot, finding: Finding, further: &[Finding], at_risk: Option<&str>) {
    comes_to(&check(entry, said), finding, further, at_risk);
}

#[track_caller]
fn comes_to(checked: &Checked, finding: Finding, further: &[Finding], at_risk: Option<&str>) {
    assert_eq!((checked.finding(), checked.further_findings()), (finding, further));
    assert_eq!(checked.value_at_risk().map(|money| money.to_string()).as_deref(), at_risk);
    let changes_nothing = checked.action() == "nothing to do";
    assert_eq!(changes_nothing, finding == Finding::Match, "{}", checked.action());
}

#[test]
fn every_status_in_the_books_meets_every_status_at_the_provider() {
    use Finding::{
        ChargebackNotInLedger as Chargeback, RefundNotInLedger as Refund, StatusDiffers as Differs, *,
    };
    use Standing::*;

    let provider = [
        Status::Paid,
        Status::Failed,
        Status::Canceled,
        Status::Expired,
        Status::Returned(Returned::Refunded),
        Status::Returned(Returned::Voided),
        Status::Returned(Returned::Reversed),
        Status::Returned(Returned::ChargedBack),
        Status::PartlyPaid,
    ];
    let rows: [(Option<Standing>, [Finding; 9]); 12] = [
        (None, [Match, Differs, Differs, Differs, Refund, Refund, Refund, Chargeback, Differs]),
        (Some(Paid), [Match, Differs, Differs, Differs, Refund, Refund, Refund, Chargeback, Differs]),
        (Some(PartlyPaid), [Differs, Differs, Differs, Differs, Refund, Refund, Refund, Chargeback, Match]),
        (Some(Pending), [Differs, Differs, Differs, Differs, Refund, Differs, Differs, Chargeback, Differs]),
        (
            Some(Authorized),
            [Differs, Differs, Differs, Differs, Refund, Differs, Differs, Chargeback, Differs],
        ),
        (Some(Failed), [Differs, Match, Match, Match, Refund, Differs, Differs, Chargeback, Differs]),
        (Some(Canceled), [Differs, Match, Match, Match, Refund, Differs, Differs, Chargeback, Differs]),
        (Some(Expired), [Differs, Match, Match, Match, Refund, Differs, Differs, Chargeback, Differs]),
        (Some(Refunded), [Differs, Differs, Differs, Differs, Match, Match, Match, Chargeback, Differs]),
        (Some(Voided), [Differs, Differs, Differs, Differs, Match, Match, Match, Chargeback, Differs]),
        (Some(Reversed), [Differs, Differs, Differs, Differs, Match, Match, Match, Chargeback, Differs]),
        (Some(ChargedBack), [Differs, Differs, Differs, Differs, Refund, Differs, Differs, Match, Differs]),
    ];
    for (booked, findings) in rows {
        for (status, finding) in provider.into_iter().zip(findings) {
            let entry = booked.map_or_else(entry, |booked| entry().with_status(booked));
            let found = check(entry.clone(), said(status, Finality::Final)).finding();
            assert_eq!(found, finding, "{booked:?}, {status:?}");
            let counts_money =
                booked.is_none_or(Standing::counts_money) || Standing::from(status).counts_money();
            let at_risk = check(entry, said(status, Finality::Final)).value_at_risk().is_some();
            let expected = finding == Chargeback || (finding != Match && counts_money);
            assert_eq!(at_risk, expected, "{booked:?}, {status:?}");
        }
    }
}

#[test]
fn what_to_do_about_an_amount_depends_on_whether_it_was_charged() {
    let check_with = |funds, booked, status, amount| {
        let reported = Snapshot::new("p", Meaning::new(status, Finality::Final, funds), "word")
            .with_amount(Some(usd(amount)))
            .with_reference(Some("order-1".into()));
        let checked = check(entry().with_status(booked), reported);
        (checked.action(), checked.value_at_risk().map(|money| money.to_string()))
    };
    let check = |booked, status, amount| check_with(Funds::NotTaken, booked, status, amount);
    let returned = Status::Returned(Returned::Refunded);
    let (failed, refunded) = (Standing::Failed, Standing::Refunded);
    for funds in [Funds::Taken, Funds::Unknown] {
        let (action, _) = check_with(funds, failed, Status::Failed, "40.00");
        assert_eq!(action, "find out whether anything was charged: correct the amount in the ledger");
    }
    let (action, at_risk) = check(failed, Status::Failed, "40.00");
    assert_eq!((&*action, at_risk), ("nothing was charged: correct the amount in the ledger", None));
    let (action, at_risk) = check(refunded, returned, "60.00");
    let expected = "find out what was given back: correct the amount in the ledger";
    assert_eq!((&*action, at_risk), (expected, None));
    let (_, at_risk) = check(refunded, Status::Returned(Returned::ChargedBack), "50.00");
    assert_eq!(at_risk.as_deref(), Some("50.00 USD"));
}

#[test]
fn what_is_open_is_neither_a_match_nor_a_difference() {
    for booked in [Standing::Paid, Standing::Pending, Standing::Authorized, Standing::Failed] {
        for status in [Status::Pending(Pending::Created), Status::Authorized, Status::PartlyPaid] {
            let found = check(entry().with_status(booked), said(status, Finality::Open)).finding();
            assert_eq!(found, Finding::StillOpen, "{booked:?}, {status:?}");
        }
        let unknown = check(entry().with_status(booked), said(Status::Unknown, Finality::Open));
        assert_eq!(unknown.finding(), Finding::Unverifiable(Why::UnknownStatus));
    }
}

#[test]
fn what_the_provider_may_still_change_is_no_match() {
    for status in [
        Status::Paid,
        Status::Failed,
        Status::Returned(Returned::Refunded),
        Status::Returned(Returned::ChargedBack),
    ] {
        let (entry, said) = (entry().with_status(status.into()), said(status, Finality::Provisional));
        finds(entry.clone(), said.clone(), Finding::StillOpen, &[], None);
        let action = check(entry.clone(), said.clone()).action();
        assert!(action.starts_with("reconcile it again later: the two sides agree so far"), "{action}");
        // What differs already is not hidden behind it.
        let found = check(entry, said.with_reference(Some("order-2".into())));
        assert_eq!(found.finding(), Finding::ReferenceDiffers);
        assert_eq!(found.further_findings(), [Finding::StillOpen]);
    }
    let failed = check(entry(), said(Status::Failed, Finality::Provisional));
    assert_eq!((failed.finding(), failed.further_findings()), (Finding::StatusDiffers, &[][..]));
    let chargeback = check(entry(), said(Status::Returned(Returned::ChargedBack), Finality::Provisional));
    assert_eq!(chargeback.finding(), Finding::ChargebackNotInLedger);
}

#[test]
fn money_is_compared_to_the_last_digit_and_with_its_currency() {
    let amount = |amount, currency| paid().with_amount(Some(money(amount, currency)));
    finds(entry(), amount("50.0", "USD"), Finding::Match, &[], None);
    let short = Finding::AmountDiffers { by: Some(money("-0.01", "USD")) };
    finds(entry(), amount("49.99", "USD"), short, &[], Some("0.01 USD"));
    let over = Finding::AmountDiffers { by: Some(money("0.001", "USD")) };
    finds(entry(), amount("50.001", "USD"), over, &[], Some("0.001 USD"));
    finds(entry(), amount("50.00", "EUR"), Finding::CurrencyDiffers, &[], Some("50.00 USD"));
    let long = Finding::AmountDiffers { by: None };
    let most = "9999999999999999999999999999";
    finds(entry(), amount(most, "USD"), long, &[], Some("50.00 USD"));
    let bare = Entry::new(2, "shop", Lookup::payment("p")).with_currency("EUR".parse().unwrap());
    finds(bare.clone(), amount("1", "EUR"), Finding::Match, &[], None);
    finds(bare, amount("1", "USD"), Finding::CurrencyDiffers, &[], Some("1 USD"));
}

#[test]
fn what_the_ledger_names_must_have_been_reported() {
    let silent = || bare(Status::Paid, Finality::Final);
    let (amount, reference) = (
        Finding::Unverifiable(Why::NotReported(Field::Amount)),
        Finding::Unverifiable(Why::NotReported(Field::Reference)),
    );
    finds(entry(), silent(), amount, &[reference], Some("50.00 USD"));
    finds(Entry::new(2, "shop", Lookup::payment("p")), silent(), Finding::Match, &[], None);
    // Nothing hangs on the amount of a payment that took no money.
    finds(
        entry().with_status(Standing::Failed),
        bare(Status::Failed, Finality::Final),
        Finding::Match,
        &[],
        None,
    );
}

#[test]
fn the_gravest_finding_comes_first_and_none_is_lost() {
    let reported = said(Status::Failed, Finality::Final)
        .with_reference(Some("order-2".into()))
        .with_amount(Some(usd("40")));
    let further = [Finding::AmountDiffers { by: Some(money("-10.00", "USD")) }, Finding::ReferenceDiffers];
    finds(entry(), reported, Finding::StatusDiffers, &further, Some("50.00 USD"));
}

#[test]
fn an_answer_about_another_payment_counts_only_with_the_reference() {
    let finds = |entry: Entry, said: Snapshot, finding, at_risk| {
        let payment = Payment::new(entry.lookup(), said, ()).about_another();
        comes_to(&of(entry, payment), finding, &[], at_risk);
    };
    finds(entry(), paid(), Finding::Match, None);
    let unverifiable = Finding::Unverifiable(Why::AnotherPayment);
    let unreferenced = Entry::new(2, "shop", Lookup::payment("p")).with_amount(usd("50.00"));
    finds(unreferenced, paid(), unverifiable, Some("50.00 USD"));
    finds(entry(), paid().with_reference(None), unverifiable, Some("50.00 USD"));
    let other = paid().with_reference(Some("order-2".into()));
    finds(entry(), other, Finding::ReferenceDiffers, Some("50.00 USD"));
}

#[test]
fn what_was_given_back_is_taken_off() {
    let (part, differs) = (
        |by| Finding::PartlyReturned { by: Some(usd(by)) },
        |by| Finding::AmountDiffers { by: Some(usd(by)) },
    );
    let returned =
        |amount, returned| paid().with_amount(Some(usd(amount))).with_returned(Some(usd(returned)));
    finds(entry(), returned("50.00", "0.00"), Finding::Match, &[], None);
    finds(entry(), returned("50.00", "20.00"), part("20.00"), &[], Some("20.00 USD"));
    // The books have what is left.
    finds(entry(), returned("70.00", "20.00"), Finding::Match, &[], None);
    finds(entry(), returned("60.00", "20.00"), part("10.00"), &[], Some("10.00 USD"));
    finds(entry(), returned("40.00", "5.00"), part("5.00"), &[differs("-10.00")], Some("15.00 USD"));
    finds(entry(), returned("90.00", "20.00"), differs("20.00"), &[], Some("20.00 USD"));
    let action = check(entry(), returned("50.00", "20.00")).action();
    assert_eq!(action, "book what was given back, or find out why it was");
    // A refund that is booked is one of all that was charged.
    let whole = said(Status::Returned(Returned::Refunded), Finality::Final).with_returned(Some(usd("50.00")));
    finds(entry().with_status(Standing::Refunded), whole.clone(), Finding::Match, &[], None);
    finds(entry(), whole, Finding::RefundNotInLedger, &[], Some("50.00 USD"));
    let unnamed = Entry::new(2, "shop", Lookup::payment("p"));
    finds(unnamed, returned("50.00", "20.00"), Finding::Match, &[], None);
}

#[test]
fn a_part_of_the_money_is_not_all_of_it() {
    let part = |finality| said(Status::PartlyPaid, finality).with_amount(Some(usd("30.00")));
    let short = Finding::AmountDiffers { by: Some(usd("-20.00")) };
    finds(entry(), part(Finality::Open), Finding::StillOpen, &[short], Some("50.00 USD"));
    finds(entry(), part(Finality::Final), Finding::StatusDiffers, &[short], Some("50.00 USD"));
    let action = check(entry(), part(Finality::Final)).action();
    assert_eq!(action, "do not count it as paid: the provider says partly paid; correct the ledger");
    let booked = entry().with_amount(usd("30.00")).with_status(Standing::PartlyPaid);
    finds(booked, part(Finality::Final), Finding::Match, &[], None);
}

#[test]
fn test_money_counts_only_where_it_is_allowed() {
    let test = |status| said(status, Finality::Final).with_test_mode(Some(true));
    finds(entry(), test(Status::Paid), Finding::TestMode, &[], Some("50.00 USD"));
    finds(entry(), paid().with_test_mode(Some(false)), Finding::Match, &[], None);
    finds(entry().allowing_test_money(), test(Status::Paid), Finding::Match, &[], None);
    finds(entry().with_status(Standing::Failed), test(Status::Failed), Finding::Match, &[], None);
    let (further, at_risk) = ([Finding::StatusDiffers], Some("50.00 USD"));
    finds(entry().with_status(Standing::Failed), test(Status::Paid), Finding::TestMode, &further, at_risk);
    finds(entry(), test(Status::Failed), Finding::TestMode, &further, at_risk);
}

#[test]
fn an_order_that_is_paid_twice_is_told_in_one_row() {
    let paid_each = |amounts: &[&str]| {
        let attempt = |amount: &&str| bare(Status::Paid, Finality::Final).with_amount(Some(usd(amount)));
        // As core chooses: the telling attempt has the sum.
        let sum = amounts.iter().try_fold(usd("0.00"), |sum, amount| sum.checked_add(usd(amount))).unwrap();
        let others = amounts[1..].iter().map(attempt).collect();
        let telling = paid().with_amount(Some(sum));
        Payment::new(&Lookup::order("order-1"), telling, ()).with_attempts(others)
    };
    let of = |amounts: &[&str]| of(entry(), paid_each(amounts));
    let twice = Finding::PaidTwice { row: None };
    let over = Finding::AmountDiffers { by: Some(usd("50.00")) };
    comes_to(&of(&["50.00", "50.00"]), twice, &[over], Some("50.00 USD"));
    comes_to(&of(&["30.00", "20.00"]), Finding::Match, &[], None);
    let unnamed = Entry::new(2, "shop", Lookup::order("order-1"));
    let checked = Checked::of(unnamed, "acme", Ok(paid_each(&["50.00", "50.00"])));
    comes_to(&checked, twice, &[], Some("100.00 USD"));
}

#[test]
fn no_answer_is_never_a_match_and_only_not_found_is_a_difference() {
    for kind in [
        ErrorKind::InvalidLookup,
        ErrorKind::Unauthorized,
        ErrorKind::RateLimited,
        ErrorKind::Unavailable,
        ErrorKind::Timeout,
        ErrorKind::Transport,
        ErrorKind::InvalidReply,
        ErrorKind::Mismatch,
        ErrorKind::Rejected,
        ErrorKind::Unsupported,
    ] {
        let checked = refused(kind, "canary");
        assert_eq!(checked.finding(), Finding::Unverifiable(Why::CouldNotAsk(kind)));
        assert_eq!(checked.value_at_risk(), Some(money("50.00", "USD")));
    }
    let missing = refused(ErrorKind::NotFound, "no such payment");
    assert_eq!(missing.finding(), Finding::MissingAtProvider);
    let action = missing.action();
    assert!(
        action.ends_with(
            "proves nothing, since some say so while it is on its way; cancel nothing because of it"
        )
    );
    let unasked = Checked::new(entry(), None, None, Some(Err(Unanswered::no_account("shop"))), None);
    assert_eq!(unasked.finding(), Finding::Unverifiable(Why::UnknownAccount));
    let not_yet = Checked::new(entry(), None, None, None, None);
    assert_eq!(not_yet.finding(), Finding::Unverifiable(Why::NotAsked));
}

#[test]
fn what_to_do_depends_on_when_and_how_sure() {
    let changed = paystatus::Timestamp::stated("2026-11-20T10:00:00Z");
    let refunded = said(Status::Returned(Returned::Refunded), Finality::Final).with_updated_at(Some(changed));
    let as_of = |time: &str| entry().with_as_of(time.parse().unwrap());
    let later = check(as_of("2026-11-20T09:00:00Z"), refunded.clone()).action();
    assert_eq!(later, "book the refund, and do not deliver; it changed after the ledger's date");
    let before = check(as_of("2026-11-20T11:00:00Z"), refunded).action();
    assert_eq!(before, "book the refund, and do not deliver");
    let perhaps = check(entry(), said(Status::Failed, Finality::Provisional)).action();
    assert!(perhaps.ends_with("ask again tomorrow first: this provider can change its mind"), "{perhaps}");
}

#[test]
fn the_json_object_has_every_key_whatever_the_finding() {
    let keys = |checked: &Checked| {
        let object = serde_json::to_value(checked).unwrap();
        object.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    let paid = check(entry(), paid());
    let failed = refused(ErrorKind::Timeout, "no answer");
    assert_eq!(keys(&paid), keys(&failed));
    let object = serde_json::to_value(&failed).unwrap();
    assert_eq!((&object["finding"], &object["why"]), (&"unverifiable".into(), &"could_not_ask".into()));
    assert_eq!(object["error"]["kind"], "timeout");
    assert_eq!(object["ledger"]["amount"], "50.00");
}

#[test]
fn an_answer_survives_the_journal() {
    let asked = entry().lookup().clone();
    let order = || Payment::new(&asked, paid().with_returned(Some(usd("1.00"))), ());
    let attempts = vec![bare(Status::Failed, Finality::Final).with_reason(Some("\"why\"".into()))];
    let limited = Unanswered::of(&Error::new(ErrorKind::RateLimited, "later"));
    for learned in [
        Ok(order()),
        Ok(order().with_attempts(attempts).about_another()),
        Ok(Payment::new(&asked, bare(Status::Unknown, Finality::Open), ())),
        Err(limited),
        Err(Unanswered::no_account("x")),
    ] {
        let text = to_journal(&learned);
        let read = from_journal(&asked, &text).unwrap();
        assert_eq!(read.as_ref().err(), learned.as_ref().err());
        if let (Ok(read), Ok(payment)) = (read, learned) {
            assert_eq!(
                (read.snapshot(), read.attempts()),
                (payment.snapshot(), payment.attempts()),
                "{text}"
            );
            assert_eq!((read.asked(), read.is_about_another()), (&asked, payment.is_about_another()));
        }
    }
}
