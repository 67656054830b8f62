use paystatus::{Error, ErrorKind, Finality, Funds, Lookup, Meaning, Money, Payment, Snapshot, Status};

use super::*;
use crate::{
    Entry, Standing,
    learned::{Learned, Unanswered, learned},
};

const HOSTILE: &str = "</script><script>canary()</script>\" onload='canary()' \u{202e}<!--";

fn money(amount: &str, currency: &str) -> Money {
    Money::parse(amount, currency).unwrap()
}

fn checked(entry: Entry, learned: Learned) -> Checked {
    Checked::new(entry, Some("acme".into()), Some(learned::now()), Some(learned), None)
}

/// A payment of 50.00 USD in the books of which less was charged.
fn short(row: u64, account: &str, id: &str, charged: &str) -> Checked {
    let asked = Lookup::payment(id);
    let meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    let payment = Payment::new(
        &asked,
        Snapshot::new(id, meaning, "settled").with_amount(Some(money(charged, "USD"))),
        (),
    );
    let entry = Entry::new(row, account, asked).with_amount(money("50.00", "USD"));
    checked(entry, learned(Ok(payment)))
}

fn refused(error: Error) -> Learned {
    Err(Unanswered::of(&error))
}

fn lost(row: u64, amount: Option<Money>) -> Checked {
    let entry = Entry::new(row, "shop", Lookup::payment(format!("pay_{row}")));
    let entry = amount.into_iter().fold(entry, Entry::with_amount);
    checked(entry, refused(Error::new(ErrorKind::NotFound, "there is no such payment")))
}

fn page(title: &str, checked: &[Checked], bad_rows: &[BadRow]) -> String {
    let mut report = Report::new(title);
    let mut totals = Totals::new(bad_rows.len() as u64);
    for checked in checked {
        report.add(checked);
        totals.add(checked);
    }
    written(&report, &totals, bad_rows)
}

fn written(report: &Report, totals: &Totals, bad_rows: &[BadRow]) -> String {
    let mut page = Vec::new();
    report.write(&mut page, totals, bad_rows).unwrap();
    String::from_utf8(page).unwrap()
}

#[track_caller]
fn contains(page: &str, text: &str) {
    assert!(page.contains(text), "{text:?} is not in:\n{page}");
}

/// A page in which every value that others wrote is hostile.
fn hostile_page() -> String {
    let asked = Lookup::order(HOSTILE);
    let meaning = Meaning::new(Status::Failed, Finality::Final, Funds::NotTaken);
    let payment = Payment::new(
        &asked,
        Snapshot::new(format!("{HOSTILE}2"), meaning, HOSTILE)
            .with_reference(Some(format!("{HOSTILE}3")))
            .with_reason(Some(HOSTILE.into())),
        (),
    );
    let entry = Entry::new(2, HOSTILE, asked)
        .with_amount(money("1", "USD"))
        .with_reference(HOSTILE)
        .with_status(Standing::Paid);
    let unknown = Entry::new(3, HOSTILE, Lookup::payment(HOSTILE));
    let rows = [
        checked(entry, learned(Ok(payment))),
        Checked::new(
            unknown.clone(),
            Some(HOSTILE.into()),
            None,
            Some(Err(Unanswered::no_account(HOSTILE))),
            None,
        ),
        checked(unknown, refused(Error::new(ErrorKind::Rejected, HOSTILE))),
    ];
    page(HOSTILE, &rows, &[BadRow { row: 4, why: HOSTILE.into() }])
}

#[test]
fn what_others_wrote_stays_text() {
    let page = hostile_page();
    assert_eq!(page.matches("<script").count(), 1, "{page}");
    assert_eq!(page.matches("</script").count(), 1);
    assert!(!page.contains("onload='") && !page.contains("\" onload"));
    assert!(!page.contains("<!--") && !page.contains('\u{202e}'));
    contains(&page, "&lt;/script&gt;&lt;script&gt;canary()&lt;/script&gt;&quot; onload=&#39;");
}

#[test]
fn the_page_needs_nothing_but_itself() {
    let rows = [short(2, "shop", "pay_1", "49.99"), lost(3, None)];
    for page in [page("november.csv", &rows, &[]), hostile_page()] {
        for outside in ["http:", "https:", "src=", "@import", "url(", "{{", "}}"] {
            assert!(!page.contains(outside), "{outside} is in:\n{page}");
        }
    }
}

#[test]
fn the_policy_lets_only_this_style_and_script_run() {
    let page = page("november.csv", &[lost(2, None)], &[]);
    let between = |begin: &str, end: &str| {
        let (_, rest) = page.split_once(begin).unwrap();
        rest.split_once(end).unwrap().0.to_owned()
    };
    let policy = between("Content-Security-Policy\" content=\"", "\"");
    for (directive, text) in
        [("script", between("<script>", "</script>")), ("style", between("<style>", "</style>"))]
    {
        let hash = BASE64_STANDARD.encode(Sha256::digest(text));
        contains(&policy, &format!("{directive}-src 'sha256-{hash}'"));
    }
    assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{policy}");
    // The policy would refuse both.
    assert!(!page.contains(" style=") && !page.contains(" onclick="));
}

#[test]
fn five_thousand_rows_are_kept_and_all_are_counted() {
    let mut report = Report::new("large.csv");
    let mut totals = Totals::default();
    for row in 2..=MOST_ROWS as u64 + 8 {
        let checked = lost(row, Some(money("1000.10", "USD")));
        report.add(&checked);
        totals.add(&checked);
    }
    assert_eq!((report.rows.len(), report.left_out()), (MOST_ROWS, 7));
    let page = written(&report, &totals, &[]);
    assert_eq!(page.matches("<tr role=\"row\" data-line=").count(), MOST_ROWS);
    contains(&page, "the first 5\u{202f}000 of 5\u{202f}007; <code>--out FILE</code> writes every row.");
    contains(&page, "5\u{202f}007 rows differ from what the providers say");
    contains(&page, r#"<data value="5007500.70">5 007 500.70</data>"#.replace(' ', "\u{202f}").replace("data\u{202f}", "data ").as_str());
}

#[test]
fn a_match_is_counted_and_not_shown() {
    let page = page("november.csv", &[short(2, "shop", "pay_same", "50.00")], &[]);
    contains(&page, "The only row agrees with the provider");
    contains(&page, "There is none.");
    contains(&page, "<td class=\"number\"><data value=\"50.00\">50.00</data></td>");
    assert!(!page.contains("pay_same"));
}

#[test]
fn totals_and_values_at_risk_are_shown() {
    let rows = [
        short(2, "shop", "pay_1", "49.90"),
        short(3, "shop", "pay_2", "50.20"),
        lost(4, Some(money("7.001", "KWD"))),
    ];
    let page = page("november.csv", &rows, &[]);
    contains(&page, "3 rows differ from what the providers say");
    contains(&page, "Of 3 rows, 0 rows agree, 3 differ and 0 are undecided.");
    contains(&page, "<data value=\"0.30\">0.30</data> <span class=\"currency\">USD</span>");
    contains(&page, "<data value=\"7.001\">7.001</data> <span class=\"currency\">KWD</span>");
    contains(&page, "0.10 USD less was charged than the ledger says");
    contains(&page, "difference +<span class=\"money\"><data value=\"0.20\">");
    contains(&page, "<td class=\"number\"><data value=\"100.00\">100.00</data></td>");
}

#[test]
fn unreadable_rows_are_in_the_verdict_and_a_hundred_are_shown() {
    let bad: Vec<BadRow> =
        (2..123).map(|row| BadRow { row, why: format!("`amount` of {row} is no number") }).collect();
    let page = page("november.csv", &[lost(200, None)], &bad);
    contains(&page, "1 row differs from what the providers say, and 121 could not be read");
    contains(&page, "Of those that could be read, 0 rows agree, 1 differs and 0 are undecided.");
    contains(&page, "These are the first 100 of 121.");
    contains(&page, "`amount` of 101 is no number");
    assert!(!page.contains("`amount` of 102 is no number"));
    contains(&self::page("x", &[], &bad), "121 rows of the ledger could not be read");
}

#[test]
fn a_verdict_is_in_plain_words() {
    let open = Checked::new(
        Entry::new(2, "gone", Lookup::payment("pay_1")),
        None,
        None,
        Some(Err(Unanswered::no_account("gone"))),
        None,
    );
    contains(&page("x", &[open], &[]), "No difference is known, but 1 row is undecided");
    contains(&page("x", &[], &[]), "There was nothing to compare");
    let same = |row| short(row, "shop", "pay_1", "50");
    contains(&page("x", &[same(2), same(3)], &[]), "All 2 rows agree with the providers");
}

#[test]
fn values_at_risk_rank_exactly_within_their_currency() {
    let amounts = ["0.1", "9999999999999999999999999.1", "9999999999999999999999999.2", "0.10", "3"];
    let mut rows: Vec<Row> =
        amounts.iter().map(|amount| Row::new(&lost(2, Some(money(amount, "USD"))), 0)).collect();
    rows.push(Row::new(&lost(3, None), 0));
    assert_eq!(ranks(&rows), [1, 3, 4, 1, 2, 0]);
}

#[test]
fn many_accounts_become_one_line_of_the_chart() {
    let rows: Vec<Checked> = (2..20).map(|row| short(row, &format!("shop {row}"), "pay_1", "49")).collect();
    contains(&page("x", &rows, &[]), "6 more accounts");
}
