//! A ledger on its way through providers that answer as they please, and the journal it leaves behind.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod provider;

use std::{cell::Cell, collections::BTreeMap, future::pending, path::PathBuf};

use paystatus::Accounts;
use paystatus_reconcile::{Columns, ErrorKind, FindingKind, Format, Ledger, Outcome, Reconciliation, Totals};
use provider::Shop;
use tempfile::TempDir;

struct Run {
    folder: TempDir,
    ledger: String,
    accounts: Accounts,
    columns: Columns,
}

impl Run {
    fn over(rows: &str) -> Self {
        let header = "account,payment_id,order_id,amount,currency,reference,status";
        Self {
            folder: tempfile::tempdir().unwrap(),
            ledger: format!("{header}\n{rows}"),
            accounts: Accounts::default(),
            columns: Columns::default(),
        }
    }

    fn with(mut self, account: &str, shop: &Shop) -> Self {
        self.accounts.insert(account, shop.clone());
        self
    }

    fn journal(&self) -> PathBuf {
        self.folder.path().join("journal")
    }

    fn ledger(&self) -> Ledger<&[u8]> {
        Ledger::read(self.ledger.as_bytes(), Format::Csv, &self.columns).unwrap()
    }

    fn begin(&self) -> Reconciliation {
        Reconciliation::begin(&self.journal(), self.ledger()).unwrap()
    }

    fn resume(&self) -> Reconciliation {
        Reconciliation::resume(&self.journal(), self.ledger()).unwrap()
    }

    /// Every row's finding, by its line.
    async fn findings(&self) -> BTreeMap<u64, String> {
        let mut run = self.begin();
        run.ask(&self.accounts, pending(), |_| {}).await.unwrap();
        compare(&run).0
    }
}

fn compare(run: &Reconciliation) -> (BTreeMap<u64, String>, Totals) {
    let mut findings = BTreeMap::new();
    let totals = run
        .compare(|checked| {
            let finding = serde_json::to_value(checked.finding()).unwrap();
            let said = |key: &str| finding.get(key).filter(|value| !value.is_null());
            let facts = ["difference", "other_row", "why"].iter();
            let facts = facts.filter_map(|key| Some(format!(",{key}:{}", said(key)?)));
            let finding = (finding["finding"].to_string() + &facts.collect::<String>()).replace('"', "");
            assert_eq!(findings.insert(checked.entry().row(), finding), None);
            Ok(())
        })
        .unwrap();
    (findings, totals)
}

fn rows<const N: usize>(findings: [(u64, &str); N]) -> BTreeMap<u64, String> {
    findings.map(|(row, finding)| (row, finding.to_owned())).into()
}

#[tokio::test]
async fn rows_that_speak_of_the_same_payment_are_told() {
    let shop = Shop::default().paid("p-1", "o-1").paid("p-2", "o-2").order("o-2", "p-2", "o-2");
    let run = Run::over("a,p-1,,,,,\na,p-2,,,,,\na,p-1,,,,,\na,,o-2,,,,\nb,p-1,,,,,\na,p-1,,,,,\n");
    let run = run.with("a", &shop).with("b", &Shop::default().paid("p-1", "other"));
    let found = run.findings().await;
    let expected = [
        (2, "match"),
        (3, "match"),
        (4, "duplicate_in_ledger,other_row:2"),
        (5, "duplicate_in_ledger,other_row:3"),
        (6, "match"),
        (7, "duplicate_in_ledger,other_row:2"),
    ];
    assert_eq!(found, rows(expected));
    assert_eq!(shop.asked("p-1"), 1);
}

#[tokio::test]
async fn test_money_counts_in_the_accounts_that_allow_it() {
    let shop = Shop::default().paid("p-1", "o-1").paid("p-2", "o-2").in_test_mode();
    let run = Run::over("live,p-1,,,,,\nstaging,p-2,,,,,\n");
    let run = run.with("live", &shop).with("staging", &shop.clone().allowing_test_money());
    assert_eq!(run.findings().await[&2], "test_mode");
    assert_eq!(run.findings().await[&3], "match");
}

#[tokio::test]
async fn a_reference_that_is_paid_twice_is_told_at_the_later_row() {
    let shop = Shop::default().paid("p-1", "o-1").paid("p-2", "o-1").paid("p-3", "o-1").failed("p-4", "o-1");
    let silent = Shop::default().paid("q-1", "none");
    let ledger = "a,p-1,,,,,\na,p-2,,,,,\na,p-4,,,,,failed\nb,q-1,,,,o-1,\na,p-3,,,,,\n";
    let mut run = Run::over(ledger).with("a", &shop).with("b", &silent);
    let expected = [
        (2, "match"),
        (3, "paid_twice,other_row:2"),
        (4, "match"),
        // Its provider reports no reference: that of the books counts.
        (5, "paid_twice,other_row:2"),
        (6, "paid_twice,other_row:2"),
    ];
    assert_eq!(run.findings().await, rows(expected));

    run.columns = Columns::default().with_references_per_account();
    let found = run.findings().await;
    assert_eq!(found[&5], "unverifiable,why:reference_not_reported");
    assert_eq!(found[&6], "paid_twice,other_row:2");
}

#[tokio::test]
async fn an_answer_about_another_rows_payment_is_a_duplicate() {
    let shop = Shop::default().paid("p-2", "o").cascading("p-1", "p-2", "o").cascading("p-3", "p-9", "o-9");
    let shop = shop.cascading("p-4", "p-9", "o-9");
    let run = Run::over("a,p-1,,,,o,\na,p-2,,,,o,\na,p-3,,,,o-9,\na,p-4,,,,o-9,\n").with("a", &shop);
    let expected = [
        (2, "duplicate_in_ledger,other_row:3"),
        (3, "match"),
        (4, "match"),
        (5, "duplicate_in_ledger,other_row:4"),
    ];
    assert_eq!(run.findings().await, rows(expected));
}

#[tokio::test]
async fn one_account_under_two_names_is_not_paid_twice() {
    let shop = Shop::default().paid("p-1", "o-1");
    let run = Run::over("a,p-1,,,,,\nb,p-1,,,,,\n").with("a", &shop).with("b", &shop);
    let expected = rows([(2, "match"), (3, "duplicate_in_ledger,other_row:2")]);
    assert_eq!(run.findings().await, expected);
}

#[tokio::test]
async fn an_empty_reference_joins_no_payments() {
    let shop = Shop::default().paid("p-1", "").paid("p-2", " ").paid("p-3", "");
    let run = Run::over("a,p-1,,,,,\na,p-2,,,,,\na,p-3,,,,o-3,\n").with("a", &shop);
    let expected = [(2, "match"), (3, "match"), (4, "unverifiable,why:reference_not_reported")];
    assert_eq!(run.findings().await, rows(expected));
}

#[tokio::test]
async fn an_account_that_is_not_configured_is_not_a_difference() {
    let run = Run::over("a,p-1,,,,,\nelsewhere,p-1,,,,,\n").with("a", &Shop::default().paid("p-1", "o"));
    let mut asking = run.begin();
    asking.ask(&run.accounts, pending(), |_| {}).await.unwrap();
    let (found, totals) = compare(&asking);
    assert_eq!(found, rows([(2, "match"), (3, "unverifiable,why:unknown_account")]));
    assert_eq!(totals.outcome(), Outcome::Undecided);
    assert_eq!(totals.by_finding(), [(FindingKind::Unverifiable, 1), (FindingKind::Match, 1)]);
}

#[tokio::test]
async fn totals_are_exact_and_kept_apart() {
    let shop = Shop::default().paid("p-1", "o-1").failed("p-2", "o-2").failed("p-3", "o-3");
    let ledger = "a,p-1,,10.00,USD,,\na,p-2,,0.10,USD,,\na,p-3,,0.20,USD,,\na,p-4,,5,JPY,,\n";
    let run = Run::over(ledger).with("a", &shop);
    let mut asking = run.begin();
    asking.ask(&run.accounts, pending(), |_| {}).await.unwrap();
    let (_, totals) = compare(&asking);
    let lines: Vec<_> = totals
        .by_finding_account_and_currency()
        .map(|total| serde_json::to_string(&total).unwrap())
        .collect();
    let line = |finding: &str, currency: &str, rows: u64, amount: &str, at_risk: &str| {
        format!(
            r#"{{"finding":"{finding}","account":"a","currency":"{currency}","rows":{rows},"amount":"{amount}","value_at_risk":"{at_risk}"}}"#
        )
    };
    let expected = [
        line("missing_at_provider", "JPY", 1, "5", "5"),
        line("status_differs", "USD", 2, "0.30", "0.30"),
        line("match", "USD", 1, "10.00", "0"),
    ];
    assert_eq!(lines, expected);
    let at_risk: Vec<_> =
        totals.value_at_risk().into_iter().map(|(currency, sum)| format!("{sum} {currency}")).collect();
    assert_eq!(at_risk, ["5 JPY", "0.30 USD"]);
    assert_eq!(totals.outcome(), Outcome::Differences);
}

#[tokio::test]
async fn bad_rows_are_counted_and_the_rest_goes_on() {
    let run = Run::over("a,p-1,,one,USD,,\na,p-2,,,,,\n").with("a", &Shop::default().paid("p-2", "o"));
    let mut asking = run.begin();
    asking.ask(&run.accounts, pending(), |_| {}).await.unwrap();
    assert_eq!(asking.bad_row_count().unwrap(), 1);
    assert_eq!(asking.bad_rows(10).unwrap()[0].row(), 2);
    let (found, totals) = compare(&asking);
    assert_eq!(found, rows([(3, "match")]));
    assert_eq!((totals.outcome(), totals.bad_rows()), (Outcome::Unreadable, 1));
}

#[tokio::test(start_paused = true)]
async fn accounts_go_side_by_side() {
    let slow = (0..300).map(|number| format!("slow,s-{number},,,,,\n")).collect::<String>();
    let run = Run::over(&format!("{slow}quick,p-1,,,,,\n"))
        .with("slow", &Shop::default().never())
        .with("quick", &Shop::default().paid("p-1", "o"));
    let mut asking = run.begin();
    let finished = Cell::new(0);
    let stop = async {
        while finished.get() == 0 {
            tokio::task::yield_now().await;
        }
    };
    // The slow account never answers: the other one must not stand behind it.
    let asked = asking.ask(&run.accounts, stop, |progress| finished.set(progress.finished));
    let ended = tokio::time::timeout(std::time::Duration::from_millis(500), asked).await;
    assert!(ended.is_err(), "what is on its way is waited for");
    assert_eq!(asking.finished(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_cut_off_loses_only_what_was_on_its_way() {
    const ANSWERED: u64 = 40;
    let slow = (0..300).map(|number| format!("slow,s-{number},,,,,\n"));
    let quick = (0..ANSWERED).map(|number| format!("quick,p-{number},,,,,\n"));
    let shop = (0..ANSWERED).fold(Shop::default(), |shop, number| shop.paid(&format!("p-{number}"), "o"));
    let run = Run::over(&slow.chain(quick).collect::<String>())
        .with("slow", &Shop::default().never())
        .with("quick", &shop);
    let mut asking = run.begin();
    let soon = std::time::Duration::from_millis(100);
    // What is dropped in the middle has no chance to keep anything at its end, as if it had been killed.
    let cut = tokio::time::timeout(soon, asking.ask(&run.accounts, pending(), |_| {})).await;
    assert!(cut.is_err(), "it waits for what never comes");
    drop(asking);
    assert_eq!(run.resume().finished(), ANSWERED, "every answer that came is in the journal");
}

#[tokio::test]
async fn a_run_that_is_stopped_at_any_moment_is_continued_without_asking_again() {
    const ROWS: u64 = 1500;
    let reference = |number| format!("o-{}", number / 2);
    let row = |number| format!("a,p-{number},,10.00,USD,{},\n", reference(number));
    let ledger: String = (0..ROWS).map(row).collect();
    let shop = || {
        (0..ROWS).fold(Shop::default(), |shop, number| shop.paid(&format!("p-{number}"), &reference(number)))
    };
    let expected = Run::over(&ledger).with("a", &shop()).findings().await;
    assert_eq!(expected.values().filter(|finding| finding.starts_with("paid_twice")).count(), 750);

    for stop_at in [1, 400, 1200] {
        let shop = shop();
        let run = Run::over(&ledger).with("a", &shop);
        let mut asking = run.begin();
        let finished = Cell::new(0);
        let enough = async {
            while finished.get() < stop_at {
                tokio::task::yield_now().await;
            }
        };
        asking.ask(&run.accounts, enough, |progress| finished.set(progress.finished)).await.unwrap();
        let before = asking.finished();
        assert!((stop_at..ROWS).contains(&before), "{before}");
        drop(asking);

        let mut asking = run.resume();
        assert_eq!((asking.rows(), asking.finished()), (ROWS, before));
        asking.ask(&run.accounts, pending(), |_| {}).await.unwrap();
        assert_eq!(compare(&asking).0, expected);
        assert!((0..ROWS).all(|number| shop.asked(&format!("p-{number}")) == 1), "stopped at {stop_at}");
    }
}

#[tokio::test]
async fn credentials_that_are_refused_from_the_start_are_not_tried_for_every_row() {
    let ledger: String = (0..1000).map(|number| format!("a,p-{number},,,,,\n")).collect();
    let shop = Shop::default().refusing();
    let run = Run::over(&ledger).with("a", &shop);
    let mut asking = run.begin();
    asking.ask(&run.accounts, pending(), |_| {}).await.unwrap();
    let (found, totals) = compare(&asking);
    assert_eq!((found.len(), asking.finished()), (1000, 1000));
    assert!(found.values().all(|finding| finding == "unverifiable,why:could_not_ask"));
    assert_eq!(totals.outcome(), Outcome::Undecided);
    assert!(shop.asked_in_all() <= 12, "{}", shop.asked_in_all());
}

#[tokio::test]
async fn one_good_answer_says_that_the_credentials_are_good() {
    // Far more refusals than an account that never answered would get.
    let ledger: String = (0..30).map(|number| format!("a,p-{number},,,,,\n")).collect();
    let shop = Shop::default().refusing().paid("p-3", "o");
    let run = Run::over(&ledger).with("a", &shop);
    assert_eq!(run.findings().await[&5], "match");
    assert_eq!(shop.asked_in_all(), 30);
}

#[tokio::test]
async fn credentials_that_expire_are_not_tried_for_every_row_and_the_rest_is_asked_later() {
    const ROWS: u64 = 600;
    let ledger: String = (0..ROWS).map(|number| format!("a,p-{number},,,,,\n")).collect();
    let known = || (0..ROWS).fold(Shop::default(), |shop, number| shop.paid(&format!("p-{number}"), "none"));
    let expiring = known().good_for(100);
    let mut run = Run::over(&ledger).with("a", &expiring);
    let mut asking = run.begin();
    asking.ask(&run.accounts, pending(), |_| {}).await.unwrap();
    assert!(expiring.asked_in_all() < 200, "{}", expiring.asked_in_all());
    assert_eq!(asking.to_ask_again().unwrap(), ROWS - 100);
    assert_eq!(compare(&asking).1.outcome(), Outcome::Undecided);
    drop(asking);

    let good = known();
    run = run.with("a", &good);
    let mut asking = run.resume();
    assert_eq!(asking.finished(), 100);
    asking.ask(&run.accounts, pending(), |_| {}).await.unwrap();
    assert_eq!(u64::from(good.asked_in_all()), ROWS - 100);
    assert_eq!((compare(&asking).1.outcome(), asking.to_ask_again().unwrap()), (Outcome::Match, 0));
}

#[tokio::test]
async fn an_account_that_is_configured_later_is_asked_then() {
    let run = Run::over("a,p-1,,,,,\nb,p-2,,,,,\n").with("a", &Shop::default().paid("p-1", "o"));
    let mut asking = run.begin();
    asking.ask(&run.accounts, pending(), |_| {}).await.unwrap();
    assert_eq!((asking.finished(), asking.to_ask_again().unwrap()), (2, 1));
    drop(asking);
    let run = run.with("b", &Shop::default().paid("p-2", "o-2"));
    let mut asking = run.resume();
    asking.ask(&run.accounts, pending(), |_| {}).await.unwrap();
    assert_eq!(compare(&asking).0, rows([(2, "match"), (3, "match")]));
}

#[tokio::test]
async fn what_may_have_gone_away_is_asked_once_more() {
    let known = (0..50).fold(Shop::default(), |shop, number| shop.paid(&format!("p-{number}"), "none"));
    let shop = known.failing_once_after(10);
    let ledger: String = (0..50).map(|number| format!("a,p-{number},,,,,\n")).collect();
    let run = Run::over(&ledger).with("a", &shop);
    let mut asking = run.begin();
    let last = std::cell::RefCell::new(String::new());
    asking
        .ask(&run.accounts, pending(), |progress| *last.borrow_mut() = format!("{progress:?}"))
        .await
        .unwrap();
    assert!(compare(&asking).0.values().all(|finding| finding == "match"));
    assert_eq!((shop.asked_in_all(), asking.finished()), (90, 50));
    let last = last.into_inner();
    assert!(last.contains(r#"finished: 50, findings: {Unverifiable: 0, Match: 50}"#), "{last}");

    // An account that never answered is left alone.
    let dead = Shop::default().unreachable();
    let run = Run::over(&ledger).with("a", &dead);
    let mut asking = run.begin();
    asking.ask(&run.accounts, pending(), |_| {}).await.unwrap();
    assert_eq!((dead.asked_in_all(), asking.to_ask_again().unwrap()), (50, 50));
}

#[tokio::test]
async fn an_account_that_never_answers_is_not_asked_about_every_row() {
    let ledger: String = (0..1000).map(|number| format!("a,p-{number},,,,,\n")).collect();
    let dead = Shop::default().unreachable();
    let run = Run::over(&ledger).with("a", &dead);
    let mut asking = run.begin();
    asking.ask(&run.accounts, pending(), |_| {}).await.unwrap();
    assert!(dead.asked_in_all() <= 68, "{}", dead.asked_in_all());
    let (found, totals) = compare(&asking);
    assert!(found.values().all(|finding| finding == "unverifiable,why:could_not_ask"));
    assert_eq!((totals.outcome(), asking.to_ask_again().unwrap()), (Outcome::Undecided, 1000));
}

#[tokio::test]
async fn many_payments_for_one_reference_are_compared_in_time() {
    const ROWS: u64 = 20_000;
    let known = |account: &str| {
        (0..ROWS / 2).fold(Shop::default(), |shop, number| shop.paid(&format!("{account}-{number}"), "N/A"))
    };
    let ledger: String =
        (0..ROWS / 2).map(|number| format!("a,a-{number},,,,,\nb,b-{number},,,,,\n")).collect();
    for columns in [Columns::default(), Columns::default().with_references_per_account()] {
        let mut run = Run::over(&ledger).with("a", &known("a")).with("b", &known("b"));
        run.columns = columns;
        let mut asking = run.begin();
        asking.ask(&run.accounts, pending(), |_| {}).await.unwrap();
        let begun = std::time::Instant::now();
        let (found, _) = compare(&asking);
        let twice = found.values().filter(|finding| finding.starts_with("paid_twice")).count() as u64;
        assert!(twice >= ROWS - 2, "{twice}");
        // Row by row through all others it would take minutes.
        assert!(begun.elapsed() < std::time::Duration::from_secs(60), "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn a_ledger_that_cannot_be_read_leaves_an_earlier_run_as_it_was() {
    let shop = Shop::default().paid("p-1", "o");
    let mut run = Run::over("a,p-1,,,,,\n").with("a", &shop);
    let mut asking = run.begin();
    asking.ask(&run.accounts, pending(), |_| {}).await.unwrap();
    drop(asking);
    let whole = std::mem::replace(&mut run.ledger, format!("account,payment_id\n{}", "x".repeat(2 << 20)));
    assert!(Reconciliation::begin(&run.journal(), run.ledger()).is_err());
    run.ledger = whole;
    assert_eq!(run.resume().finished(), 1);
}

#[tokio::test(start_paused = true)]
async fn whoever_watches_is_told_though_nothing_comes() {
    let run = Run::over("a,p-1,,,,,\n").with("a", &Shop::default().never());
    let mut asking = run.begin();
    let told = Cell::new(0);
    let asked = asking.ask(&run.accounts, pending(), |progress| {
        assert_eq!((progress.finished, progress.time_left), (0, None));
        told.set(told.get() + 1);
    });
    assert!(tokio::time::timeout(std::time::Duration::from_millis(9_500), asked).await.is_err());
    assert_eq!(told.get(), 10);
}

#[tokio::test]
async fn ids_in_the_column_of_accounts_are_noticed() {
    let ledger: String = (0..10_001).map(|number| format!("p-{number},shop,,,,,\n")).collect();
    let run = Run::over(&ledger);
    let error = Reconciliation::begin(&run.journal(), run.ledger()).unwrap_err();
    assert_eq!(error.to_string(), "the ledger names 10001 accounts: is `account` the right column?");
    assert!(!run.journal().exists());
}

#[tokio::test]
async fn an_account_that_turns_out_unusable_ends_the_run_and_keeps_what_came() {
    let run = Run::over("a,p-1,,,,,\n").with("a", &Shop::default().unusable());
    let mut asking = run.begin();
    let error = asking.ask(&run.accounts, pending(), |_| {}).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::Account, "account `a`: no credentials")
    );
}

#[tokio::test]
async fn a_journal_is_for_one_run_at_a_time_and_for_nothing_else() {
    let run = Run::over("a,p-1,,,,,\n");
    let asking = run.begin();
    let error = Reconciliation::resume(&run.journal(), run.ledger()).unwrap_err();
    assert!(error.to_string().ends_with("another reconciliation of this ledger is running"), "{error}");
    asking.finish().unwrap();
    assert!(!run.journal().exists());
    let left: Vec<_> = std::fs::read_dir(run.folder.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");

    let text = "account,payment_id\n".repeat(100);
    std::fs::write(run.journal(), &text).unwrap();
    let error = Reconciliation::begin(&run.journal(), run.ledger()).unwrap_err();
    assert!(error.to_string().contains("is not a journal"), "{error}");
    assert_eq!(std::fs::read_to_string(run.journal()).unwrap(), text);
    let nowhere = run.folder.path().join("no/such/folder/journal");
    let error = Reconciliation::begin(&nowhere, run.ledger()).unwrap_err();
    assert!(error.to_string().contains("can't be written"), "{error}");
}

#[tokio::test]
async fn the_database_of_something_else_stays_as_it_was() {
    let run = Run::over("a,p-1,,,,,\n");
    rusqlite::Connection::open(run.journal()).unwrap().execute_batch("CREATE TABLE theirs (id)").unwrap();
    let before = std::fs::read(run.journal()).unwrap();
    let error = Reconciliation::begin(&run.journal(), run.ledger()).unwrap_err();
    assert!(error.to_string().ends_with("is the database of something else: name another file"), "{error}");
    assert_eq!(std::fs::read(run.journal()).unwrap(), before);
}

#[tokio::test]
async fn another_ledger_is_not_continued() {
    let mut run = Run::over("a,p-1,,,,,\n");
    drop(run.begin());
    let lines = r#"{"account":"a","payment_id":"p-1"}"#;
    let as_lines = Ledger::read(lines.as_bytes(), Format::JsonLines, &run.columns).unwrap();
    assert!(Reconciliation::resume(&run.journal(), as_lines).is_err());
    run.ledger += "a,p-2,,,,,\n";
    let error = Reconciliation::resume(&run.journal(), run.ledger()).unwrap_err();
    assert!(error.to_string().starts_with("the ledger is not the one of the run"), "{error}");
    // Starting over is always possible.
    assert_eq!(run.begin().rows(), 2);
}

#[tokio::test]
async fn answers_that_another_server_gave_are_not_taken_over() {
    let (staging, live) = ("https://staging.example.com", "https://api.example.com");
    let shop = Shop::default().paid("p-1", "o-1").paid("p-2", "o-2");
    let mut run = Run::over("a,p-1,,,,,\nb,p-2,,,,,\n").with("a", &shop.clone().at(staging));
    let mut asking = run.begin();
    asking.ask(&run.accounts, pending(), |_| {}).await.unwrap();
    drop(asking);

    let asked = shop.asked_in_all();
    for other in [shop.clone().at(live), shop.clone()] {
        run = run.with("a", &other);
        let mut asking = run.resume();
        let error = asking.ask(&run.accounts, pending(), |_| {}).await.unwrap_err();
        let told = "the run that is to be continued asked acme at https://staging.example.com about account `a`, which \
                    is acme";
        assert!(error.to_string().starts_with(told), "{error}");
        assert_eq!(
            (asking.finished(), shop.asked_in_all()),
            (1, asked),
            "nothing was asked and nothing is lost"
        );
    }
    // An account without answers may be anywhere.
    run = run.with("a", &shop.clone().at(staging)).with("b", &shop.clone().at(live));
    let mut asking = run.resume();
    asking.ask(&run.accounts, pending(), |_| {}).await.unwrap();
    assert_eq!((asking.finished(), shop.asked("p-1")), (2, 1));
    drop(asking);
    run = run.with("a", &shop.at(live));
    run.begin().ask(&run.accounts, pending(), |_| {}).await.unwrap();
}

#[tokio::test]
async fn an_address_that_never_answered_may_be_mended() {
    let run =
        Run::over("a,p-1,,,,,\n").with("a", &Shop::default().unreachable().at("https://typo.example.com"));
    run.begin().ask(&run.accounts, pending(), |_| {}).await.unwrap();
    let run = run.with("a", &Shop::default().paid("p-1", "o-1").at("https://api.example.com"));
    let mut asking = run.resume();
    asking.ask(&run.accounts, pending(), |_| {}).await.unwrap();
    assert_eq!(compare(&asking).0, rows([(2, "match")]));
}

#[cfg(unix)]
#[tokio::test]
async fn the_journal_is_its_owners_alone() {
    use std::os::unix::fs::{PermissionsExt, chown};

    let run = Run::over("a,p-1,,,,,\n");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    drop(run.begin());
    assert_eq!(mode(&run.journal()), 0o600);
    // Somebody may have copied it, for everybody to read.
    std::fs::set_permissions(run.journal(), std::fs::Permissions::from_mode(0o644)).unwrap();
    let asking = run.resume();
    for file in std::fs::read_dir(run.folder.path()).unwrap() {
        assert_eq!(mode(&file.unwrap().path()), 0o600);
    }
    drop(asking);
    // Only root can make it another user's, and only root would get past its permissions.
    if chown(run.journal(), Some(4_242), None).is_ok() {
        std::fs::set_permissions(run.journal(), std::fs::Permissions::from_mode(0o666)).unwrap();
        let error = Reconciliation::resume(&run.journal(), run.ledger()).unwrap_err();
        assert!(error.to_string().ends_with("belongs to another user: name another file"), "{error}");
        assert_eq!(mode(&run.journal()), 0o666);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_no_journal_is_refused_and_stays_as_it_was() {
    use std::{fs, os::unix};

    type Make = fn(&std::path::Path);
    let cases: [(&str, Make); 8] = [
        ("is not a journal: name another file, or remove it if it is broken", |path| {
            fs::write(path, "account,payment_id\n".repeat(100)).unwrap();
        }),
        ("is not a journal: name another file, or remove it if it is broken", |path| {
            fs::write(path, "").unwrap();
        }),
        ("is the database of something else: name another file", |path| {
            rusqlite::Connection::open(path).unwrap().execute_batch("CREATE TABLE theirs (id)").unwrap();
        }),
        ("is of another version of paystatus: remove it to start over", |path| {
            let newer =
                "PRAGMA application_id = 0x70617973; PRAGMA user_version = 99; CREATE TABLE rows (id)";
            rusqlite::Connection::open(path).unwrap().execute_batch(newer).unwrap();
        }),
        ("is a link: name the file itself", |path| {
            let target = path.with_extension("target");
            fs::write(&target, "").unwrap();
            unix::fs::symlink(target, path).unwrap();
        }),
        ("is a link: name the file itself", |path| unix::fs::symlink("nowhere", path).unwrap()),
        ("can't be written: it is no ordinary file", |path| {
            drop(unix::net::UnixListener::bind(path).unwrap());
        }),
        // Whoever opens it waits for somebody at the other end.
        ("can't be written: it is no ordinary file", |path| {
            assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
        }),
    ];
    for (why, make) in cases {
        let run = Run::over("a,p-1,,,,,\n");
        make(&run.journal());
        let before = everything_in(run.folder.path());
        for opened in [Reconciliation::begin, Reconciliation::resume] {
            let error = opened(&run.journal(), run.ledger()).unwrap_err();
            let told = format!("the journal {}: {why}", run.journal().display());
            assert_eq!(error.to_string(), told);
            assert_eq!(everything_in(run.folder.path()), before, "{why}");
        }
    }
}

/// Every file with its kind, its permissions and what is in it.
#[cfg(unix)]
fn everything_in(folder: &std::path::Path) -> BTreeMap<PathBuf, (String, Option<Vec<u8>>)> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files
        .map(|path| {
            let found = std::fs::symlink_metadata(&path).unwrap();
            let text = found.is_file().then(|| std::fs::read(&path).unwrap());
            (path, (format!("{:?} {:?}", found.file_type(), found.permissions()), text))
        })
        .collect()
}

#[tokio::test]
async fn a_log_without_its_journal_is_not_thrown_away() {
    let run = Run::over("a,p-1,,,,,\n");
    let log = run.folder.path().join("journal-wal");
    std::fs::write(&log, "answers").unwrap();
    let error = Reconciliation::begin(&run.journal(), run.ledger()).unwrap_err();
    assert!(error.to_string().contains("move the two together, or remove the log"), "{error}");
    assert_eq!(std::fs::read_to_string(&log).unwrap(), "answers");
    assert!(!run.journal().exists());
}
