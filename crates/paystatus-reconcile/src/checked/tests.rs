use paystatus::{Error, Lookup};

use super::*;

fn money(amount: &str, currency: &str) -> Money {
    Money::parse(amount, currency).unwrap()
}

fn entry() -> Entry {
    Entry::new(2, "shop", Lookup::payment("p")).with_amount(money("50.00", "USD")).with_reference("order-1")
}

fn said(status: Standing, finality: Finality) -> Reported {
    Reported {
        payment_id: "p".into(),
        is_about_another: false,
        status,
        finality,
        funds: Funds::Unknown,
        provider_status: "word".into(),
        amount: Some(money("50.00", "USD")),
        reference: Some("order-1".into()),
        reason: None,
        updated_at: None,
    }
}

fn paid() -> Reported {
    said(Standing::Paid, Finality::Final)
}

fn check(entry: Entry, said: Reported) -> Checked {
    Checked::new(entry, Some("acme".into()), None, Some(Answer::Payment(Box::new(said))), None)
}

#[track_caller]
fn finds(entry: Entry, said: Reported, finding: Finding, further: &[Finding], at_risk: Option<&str>) {
    let checked = check(entry, said);
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

    let provider = [Paid, Failed, Canceled, Expired, Refunded, Voided, Reversed, ChargedBack];
    let rows: [(Option<Standing>, [Finding; 8]); 11] = [
        (None, [Match, Differs, Differs, Differs, Refund, Refund, Refund, Chargeback]),
        (Some(Paid), [Match, Differs, Differs, Differs, Refund, Refund, Refund, Chargeback]),
        (Some(Pending), [Differs, Differs, Differs, Differs, Refund, Differs, Differs, Chargeback]),
        (Some(Authorized), [Differs, Differs, Differs, Differs, Refund, Differs, Differs, Chargeback]),
        (Some(Failed), [Differs, Match, Match, Match, Refund, Differs, Differs, Chargeback]),
        (Some(Canceled), [Differs, Match, Match, Match, Refund, Differs, Differs, Chargeback]),
        (Some(Expired), [Differs, Match, Match, Match, Refund, Differs, Differs, Chargeback]),
        (Some(Refunded), [Differs, Differs, Differs, Differs, Match, Match, Match, Chargeback]),
        (Some(Voided), [Differs, Differs, Differs, Differs, Match, Match, Match, Chargeback]),
        (Some(Reversed), [Differs, Differs, Differs, Differs, Match, Match, Match, Chargeback]),
        (Some(ChargedBack), [Differs, Differs, Differs, Differs, Refund, Differs, Differs, Match]),
    ];
    for (booked, findings) in rows {
        for (status, finding) in provider.into_iter().zip(findings) {
            let entry = booked.map_or_else(entry, |booked| entry().with_status(booked));
            let found = check(entry.clone(), said(status, Finality::Final)).finding();
            assert_eq!(found, finding, "{booked:?}, {status:?}");
            let counts_money = booked.is_none_or(|booked| booked == Paid) || status == Paid;
            let at_risk = check(entry, said(status, Finality::Final)).value_at_risk().is_some();
            let expected = finding == Chargeback || (finding != Match && counts_money);
            assert_eq!(at_risk, expected, "{booked:?}, {status:?}");
        }
    }
}

#[test]
fn what_to_do_about_an_amount_depends_on_whether_it_was_charged() {
    let check_with = |funds, booked, status, amount| {
        let reported =
            Reported { amount: Some(money(amount, "USD")), funds, ..said(status, Finality::Final) };
        let checked = check(entry().with_status(booked), reported);
        (checked.action(), checked.value_at_risk().map(|money| money.to_string()))
    };
    let check = |booked, status, amount| check_with(Funds::NotTaken, booked, status, amount);
    let (failed, refunded) = (Standing::Failed, Standing::Refunded);
    for funds in [Funds::Taken, Funds::Unknown] {
        let (action, _) = check_with(funds, failed, failed, "40.00");
        assert_eq!(action, "find out whether anything was charged: correct the amount in the ledger");
    }
    let (action, at_risk) = check(failed, failed, "40.00");
    assert_eq!((&*action, at_risk), ("nothing was charged: correct the amount in the ledger", None));
    let (action, at_risk) = check(refunded, refunded, "60.00");
    let expected = "find out what was given back: correct the amount in the ledger";
    assert_eq!((&*action, at_risk), (expected, None));
    let (_, at_risk) = check(refunded, Standing::ChargedBack, "50.00");
    assert_eq!(at_risk.as_deref(), Some("50.00 USD"));
}

#[test]
fn what_is_open_is_neither_a_match_nor_a_difference() {
    for booked in [Standing::Paid, Standing::Pending, Standing::Authorized, Standing::Failed] {
        for status in [Standing::Pending, Standing::Authorized] {
            let found = check(entry().with_status(booked), said(status, Finality::Open)).finding();
            assert_eq!(found, Finding::StillOpen, "{booked:?}, {status:?}");
        }
        let unknown = check(entry().with_status(booked), said(Standing::Unknown, Finality::Open));
        assert_eq!(unknown.finding(), Finding::Unverifiable(Why::UnknownStatus));
    }
}

#[test]
fn what_the_provider_may_still_change_is_no_match() {
    for status in [Standing::Paid, Standing::Failed, Standing::Refunded, Standing::ChargedBack] {
        let (entry, said) = (entry().with_status(status), said(status, Finality::Provisional));
        finds(entry.clone(), said.clone(), Finding::StillOpen, &[], None);
        let action = check(entry.clone(), said.clone()).action();
        assert!(action.starts_with("reconcile it again later: the two sides agree so far"), "{action}");
        // What differs already is not hidden behind it.
        let other = Reported { reference: Some("order-2".into()), ..said };
        let found = check(entry, other);
        assert_eq!(found.finding(), Finding::ReferenceDiffers);
        assert_eq!(found.further_findings(), [Finding::StillOpen]);
    }
    let failed = check(entry(), said(Standing::Failed, Finality::Provisional));
    assert_eq!((failed.finding(), failed.further_findings()), (Finding::StatusDiffers, &[][..]));
    let chargeback = check(entry(), said(Standing::ChargedBack, Finality::Provisional));
    assert_eq!(chargeback.finding(), Finding::ChargebackNotInLedger);
}

#[test]
fn money_is_compared_to_the_last_digit_and_with_its_currency() {
    let amount = |amount, currency| Reported { amount: Some(money(amount, currency)), ..paid() };
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
    let silent = || Reported { amount: None, reference: None, ..paid() };
    let (amount, reference) = (
        Finding::Unverifiable(Why::NotReported(Field::Amount)),
        Finding::Unverifiable(Why::NotReported(Field::Reference)),
    );
    finds(entry(), silent(), amount, &[reference], Some("50.00 USD"));
    let bare = Entry::new(2, "shop", Lookup::payment("p"));
    finds(bare, silent(), Finding::Match, &[], None);
    // Nothing hangs on the amount of a payment that took no money.
    let failed = Reported { status: Standing::Failed, ..silent() };
    finds(entry().with_status(Standing::Failed), failed, Finding::Match, &[], None);
}

#[test]
fn the_gravest_finding_comes_first_and_none_is_lost() {
    let reported = Reported {
        status: Standing::Failed,
        reference: Some("order-2".into()),
        amount: Some(money("40", "USD")),
        ..paid()
    };
    let further = [Finding::AmountDiffers { by: Some(money("-10.00", "USD")) }, Finding::ReferenceDiffers];
    finds(entry(), reported, Finding::StatusDiffers, &further, Some("50.00 USD"));
}

#[test]
fn an_answer_about_another_payment_counts_only_with_the_reference() {
    let another = || Reported { payment_id: "q".into(), is_about_another: true, ..paid() };
    finds(entry(), another(), Finding::Match, &[], None);
    let unverifiable = Finding::Unverifiable(Why::AnotherPayment);
    let unreferenced = Entry::new(2, "shop", Lookup::payment("p")).with_amount(money("50.00", "USD"));
    finds(unreferenced, another(), unverifiable, &[], Some("50.00 USD"));
    let silent = Reported { reference: None, ..another() };
    finds(entry(), silent, unverifiable, &[], Some("50.00 USD"));
    let other = Reported { reference: Some("order-2".into()), ..another() };
    finds(entry(), other, Finding::ReferenceDiffers, &[], Some("50.00 USD"));
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
        let checked = Checked::of(entry(), "acme", Err(Error::new(kind, "canary")));
        assert_eq!(checked.finding(), Finding::Unverifiable(Why::CouldNotAsk(kind)));
        assert_eq!(checked.value_at_risk(), Some(money("50.00", "USD")));
    }
    let missing = Checked::of(entry(), "acme", Err(Error::new(ErrorKind::NotFound, "no such payment")));
    assert_eq!(missing.finding(), Finding::MissingAtProvider);
    let action = missing.action();
    assert!(
        action.ends_with(
            "proves nothing, since some say so while it is on its way; cancel nothing because of it"
        )
    );
    let unasked = Checked::new(entry(), None, None, Some(Answer::no_account("shop")), None);
    assert_eq!(unasked.finding(), Finding::Unverifiable(Why::UnknownAccount));
    let not_yet = Checked::new(entry(), None, None, None, None);
    assert_eq!(not_yet.finding(), Finding::Unverifiable(Why::NotAsked));
}

#[test]
fn what_to_do_depends_on_when_and_how_sure() {
    let refunded = Reported {
        updated_at: Some("2026-11-20T10:00:00Z".into()),
        ..said(Standing::Refunded, Finality::Final)
    };
    let as_of = |time: &str| entry().with_as_of(time.parse().unwrap());
    let later = check(as_of("2026-11-20T09:00:00Z"), refunded.clone()).action();
    assert_eq!(later, "book the refund, and do not deliver; it changed after the ledger's date");
    let before = check(as_of("2026-11-20T11:00:00Z"), refunded).action();
    assert_eq!(before, "book the refund, and do not deliver");
    let perhaps = check(entry(), said(Standing::Failed, Finality::Provisional)).action();
    assert!(perhaps.ends_with("ask again tomorrow first: this provider can change its mind"), "{perhaps}");
}

#[test]
fn the_json_object_has_every_key_whatever_the_finding() {
    let keys = |checked: &Checked| {
        let object = serde_json::to_value(checked).unwrap();
        object.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    let paid = check(entry(), paid());
    let failed = Checked::of(entry(), "acme", Err(Error::new(ErrorKind::Timeout, "no answer")));
    assert_eq!(keys(&paid), keys(&failed));
    let object = serde_json::to_value(&failed).unwrap();
    assert_eq!((&object["finding"], &object["why"]), (&"unverifiable".into(), &"could_not_ask".into()));
    assert_eq!(object["error"]["kind"], "timeout");
    assert_eq!(object["ledger"]["amount"], "50.00");
}

#[test]
fn an_answer_survives_the_journal() {
    let refused = Answer::refused(&Error::new(ErrorKind::RateLimited, "later"));
    let full = Reported { is_about_another: true, reason: Some("\"why\"".into()), ..paid() };
    let bare = Reported { amount: None, reference: None, ..paid() };
    for answer in
        [Answer::Payment(Box::new(full)), Answer::Payment(Box::new(bare)), refused, Answer::no_account("x")]
    {
        let text = serde_json::to_string(&answer).unwrap();
        assert_eq!(serde_json::from_str::<Answer>(&text).unwrap(), answer, "{text}");
    }
}
