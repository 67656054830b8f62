//! The report of a reconciliation, in a real browser: it works, it fits, it can be read, and runs nothing that it was told.

mod browser;

use std::{
    collections::HashMap,
    fs::{self, File},
    path::{Path, PathBuf},
};

use paystatus::{
    Accounts, Error, ErrorKind, Finality, Funds, Lookup, Meaning, Money, Payment, Pending, Returned,
    Snapshot, Status, StatusClient, async_trait,
};
use paystatus_reconcile::{Columns, Format, Ledger, Reconciliation, Report};
use serde_json::{Value, json};

use self::browser::Browser;

const HOSTILE: &str = "<script>window.canary = 1; document.title = 'canary'</script>";
/// No number of a script is as exact.
const VAST: &str = "9 999 999 999 999 999 999 999 999.99";
const HOSTILE_ATTRIBUTE: &str = "\"><img src=x onerror='window.canary = 2'> & \u{202e}'";

/// A provider that says what a test has told it.
struct Teller {
    provider: &'static str,
    answers: HashMap<String, Answer>,
}

#[derive(Clone)]
struct Answer {
    said: Result<(Status, &'static str), (ErrorKind, &'static str)>,
    amount: Option<Money>,
    reference: Option<String>,
    reason: Option<&'static str>,
}

#[async_trait]
impl StatusClient for Teller {
    fn provider(&self) -> &'static str {
        self.provider
    }

    async fn status(&self, lookup: &Lookup) -> Result<Payment<Value>, Error> {
        let answer = self.answers[lookup.id()].clone();
        let (status, word) = answer.said.map_err(|(kind, message)| Error::new(kind, message))?;
        let (finality, funds) = match status {
            Status::Pending(_) => (Finality::Open, Funds::NotTaken),
            Status::Paid => (Finality::Final, Funds::Taken),
            Status::Returned(_) => (Finality::Final, Funds::Returned),
            _ => (Finality::Final, Funds::NotTaken),
        };
        let said = Snapshot::new(lookup.id(), Meaning::new(status, finality, funds), word)
            .with_amount(answer.amount)
            .with_reference(answer.reference)
            .with_reason(answer.reason.map(str::to_owned));
        Ok(Payment::new(lookup, said, ()).erase())
    }
}

/// A ledger in the making, with what the providers say about its rows.
#[derive(Default)]
struct Books {
    lines: String,
    answers: HashMap<String, Answer>,
}

impl Books {
    /// Adds a payment that the provider reports as booked, and lets the test change its mind.
    fn row(&mut self, account: &str, id: &str, amount: &str, change: impl FnOnce(&mut Answer)) {
        let (number, currency) = amount.split_once(' ').unwrap();
        let reference = format!("order-{}", self.lines.lines().count() + 1);
        self.line(json!({
            "account": account, "payment_id": id, "amount": number, "currency": currency,
            "reference": reference, "status": "paid",
        }));
        let amount = Some(Money::parse(number, currency).unwrap());
        let mut answer =
            Answer { said: Ok((Status::Paid, "captured")), amount, reference: Some(reference), reason: None };
        change(&mut answer);
        self.answers.insert(id.to_owned(), answer);
    }

    fn line(&mut self, line: Value) {
        self.lines += &format!("{line}\n");
    }
}

fn says(status: Status, word: &'static str) -> impl FnOnce(&mut Answer) {
    move |answer| answer.said = Ok((status, word))
}

fn fails(kind: ErrorKind, message: &'static str) -> impl FnOnce(&mut Answer) {
    move |answer| answer.said = Err((kind, message))
}

fn charges(amount: &str) -> impl FnOnce(&mut Answer) {
    let (number, currency) = amount.split_once(' ').unwrap();
    let amount = Some(Money::parse(number, currency).unwrap());
    move |answer| answer.amount = amount
}

/// A month of a small merchant: most of it right, and some of everything that can be wrong.
fn books() -> Books {
    let mut books = Books::default();
    for n in 0..260 {
        let (account, currency) = if n % 3 == 0 { ("doha", "QAR") } else { ("mumbai", "INR") };
        books.row(
            account,
            &format!("pay_ok{n:04}"),
            &format!("{}.{:02} {currency}", 40 + n * 7, n % 100),
            |_| {},
        );
    }
    books.row("doha", "pay_7Qm2ZtB1", "1250.00 QAR", says(Status::Failed, "declined"));
    books.row("doha", "pay_7Qm2ZtB2", "99.90 QAR", charges("99.89 QAR"));
    books.row("doha", "pay_7Qm2ZtB3", "480.00 QAR", says(Status::Returned(Returned::Refunded), "refunded"));
    books.row(
        "doha",
        "pay_7Qm2ZtB4",
        "2300.00 QAR",
        says(Status::Returned(Returned::ChargedBack), "chargeback"),
    );
    books.row("doha", "pay_7Qm2ZtB5", "75.00 QAR", says(Status::Pending(Pending::Processing), "in_process"));
    books.row("doha", "pay_7Qm2ZtB6", "75.00 QAR", charges("75.00 USD"));
    books.row(
        "mumbai",
        "T2611200001",
        "123456.78 INR",
        fails(ErrorKind::NotFound, "there is no such payment"),
    );
    books.row("mumbai", "T2611200002", "9.00 INR", |answer| answer.reference = Some("order-9001".into()));
    books.row("mumbai", "T2611200003", "10000.00 INR", charges("1000.00 INR"));
    books.row("mumbai", "T2611200004", "649.00 INR", fails(ErrorKind::Timeout, "no answer within 30 s"));
    books.row("mumbai", "T2611200005", "649.00 INR", |answer| {
        answer.amount = None;
        answer.reference = None;
    });
    books.row("mumbai", "T2611200006", "1499.00 INR", |answer| {
        answer.said = Ok((Status::Failed, "FAILURE"));
        answer.reason = Some("insufficient funds in the payer's account");
    });
    books.row("mumbai", "T2611200007", "20.50 INR", says(Status::Unknown, "UNDER_REVIEW_L2"));
    books.row("mumbai", "T2611200008", "700.00 INR", charges("707.00 INR"));
    // The same payment once more, and another for the same order.
    let again = books.lines.lines().last().unwrap().to_owned();
    books.lines += &format!("{again}\n");
    books.row("closed-shop", "pay_001", "15.00 EUR", |_| {});
    books.line(
        json!({ "account": "doha", "payment_id": "pay_7Qm2ZtB7", "amount": "12,50", "currency": "QAR" }),
    );
    books
}

/// The same, and everything that others may write into it is an attack.
fn hostile_books() -> Books {
    let mut books = books();
    books.row(HOSTILE_ATTRIBUTE, HOSTILE, "1.00 EUR", says(Status::Failed, HOSTILE));
    books.row("doha", HOSTILE_ATTRIBUTE, "3.00 QAR", |answer| {
        answer.reference = Some(HOSTILE.into());
        answer.reason = Some(HOSTILE_ATTRIBUTE);
    });
    books.row("doha", &"w".repeat(300), "9999999999999999999999999.99 QAR", |answer| {
        answer.reference = Some("i".repeat(300));
    });
    books.line(json!({ "account": "doha", "payment_id": "pay_bad", "amount": HOSTILE, "currency": "QAR" }));
    books
}

/// Reconciles a ledger and writes the report to a file.
async fn reported(title: &str, books: Books, folder: &Path) -> PathBuf {
    let mut accounts = Accounts::default();
    for (name, provider) in [("doha", "resmic"), ("mumbai", "upitranzact"), (HOSTILE_ATTRIBUTE, "bearer")] {
        accounts.insert(name, Teller { provider, answers: books.answers.clone() });
    }
    let ledger = Ledger::read(books.lines.as_bytes(), Format::JsonLines, &Columns::default()).unwrap();
    let mut run = Reconciliation::begin(&folder.join("journal"), ledger).unwrap();
    run.ask(&accounts, std::future::pending(), |_| {}).await.unwrap();
    let mut report = Report::new(title);
    let totals = run.compare(|row| {
        report.add(row);
        Ok(())
    });
    let page = folder.join("report.html");
    report.write(&mut File::create(&page).unwrap(), &totals.unwrap(), &run.bad_rows(100).unwrap()).unwrap();
    page
}

#[tokio::test]
async fn the_report_works_in_a_browser() {
    let browser = match Browser::start() {
        Ok(browser) => browser,
        Err(why) => {
            assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "no browser in CI: {why}");
            #[expect(clippy::print_stderr, reason = "a test that did not run must not look as if it had")]
            {
                eprintln!("SKIPPED: the report was not looked at in a browser: {why}");
            }
            return;
        }
    };
    let folder = tempfile::tempdir().unwrap();
    pictures(&browser, &reported("november-2026.jsonl", books(), folder.path()).await);
    let page = reported(&format!("november-2026.jsonl {HOSTILE}"), hostile_books(), folder.path()).await;
    browser.resize(1440, 900, false);
    browser.prefer("screen", "light");
    let checks = [
        runs_nothing_that_it_was_told,
        sorts,
        filters,
        can_be_read,
        fits_every_width,
        is_whole_without_its_script,
    ];
    for check in checks {
        browser.open(&page);
        check(&browser);
        assert_eq!(browser.complaints(), [] as [Value; 0]);
    }
}

fn runs_nothing_that_it_was_told(browser: &Browser) {
    assert_eq!(
        browser.script("return [typeof window.canary, document.images.length]"),
        json!(["undefined", 0])
    );
    let title = format!("november-2026.jsonl {HOSTILE} – reconciliation");
    assert_eq!(browser.script("return document.title"), title);
    assert!(browser.texts("#rows .payment .code").contains(&HOSTILE.to_owned()));
    let shown = HOSTILE_ATTRIBUTE.replace('\u{202e}', "\u{fffd}");
    assert!(browser.texts("#rows .provider").join("\n").contains(&format!("reason: {shown}")));
    let accounts =
        browser.script("return [...document.getElementById('account').options].map((o) => o.text)");
    assert!(accounts.as_array().unwrap().contains(&json!(shown)), "{accounts}");
    // The policy is in force: what is neither the page's own style nor script does not run.
    let refused = "const own = document.createElement('script'); own.text = 'window.canary = 3'; document.body.append(own); \
                   return typeof window.canary";
    assert_eq!(browser.script(refused), "undefined");
    let complaints = browser.complaints();
    assert!(
        complaints.len() == 1 && complaints[0].to_string().contains("Content Security Policy"),
        "{complaints:?}"
    );
}

fn sorts(browser: &Browser) {
    let risk = "#rows thead .risk";
    let order = || browser.texts("#rows tbody .risk .money:not(.quiet *)");
    let direction =
        || browser.script(&format!("return document.querySelector('{risk}').getAttribute('aria-sort')"));
    assert_eq!(direction(), Value::Null);
    let ascending: [(&str, &[&str]); 3] = [
        ("EUR", &["1.00", "15.00"]),
        (
            "INR",
            &["7.00", "9.00", "20.50", "649.00", "649.00", "700.00", "1 499.00", "9 000.00", "123 456.78"],
        ),
        ("QAR", &["0.01", "3.00", "75.00", "75.00", "480.00", "1 250.00", "2 300.00", VAST]),
    ];
    let expected = |is_descending: bool| -> Vec<String> {
        let in_order = |amounts: &[&str]| {
            let mut amounts: Vec<String> =
                amounts.iter().map(|amount| amount.replace(' ', "\u{202f}")).collect();
            if is_descending {
                amounts.reverse();
            }
            amounts
        };
        let of = |(currency, amounts): &(&str, &[&str])| -> Vec<String> {
            in_order(amounts).iter().map(|amount| format!("{amount} {currency}")).collect()
        };
        ascending.iter().flat_map(of).collect()
    };
    browser.click(&format!("{risk} button"));
    assert_eq!((direction(), order()), (json!("ascending"), expected(false)));
    browser.click(&format!("{risk} button"));
    assert_eq!((direction(), order()), (json!("descending"), expected(true)));

    // By the keyboard, and only one column is said to be sorted.
    let lines = || -> Vec<u64> {
        browser.texts("#rows tbody .line").iter().map(|line| line.parse().unwrap()).collect()
    };
    browser.keys("#rows thead .line button", "\u{e007}");
    assert!(lines().is_sorted() && lines()[0] == 261, "{:?}", lines());
    browser.keys("#rows thead .line button", " ");
    assert!(lines().is_sorted_by(|a, b| a > b), "{:?}", lines());
    assert_eq!(browser.script("return document.querySelectorAll('[aria-sort]').length"), 1);
}

fn filters(browser: &Browser) {
    let shown = || browser.texts("#rows tbody tr").len();
    #[track_caller]
    fn counts(browser: &Browser, count: usize, all: usize) {
        assert_eq!(browser.texts("#count"), [format!("{count} of {all} shown")]);
        assert_eq!(browser.texts("#rows tbody tr").len(), count);
    }
    let all = shown();
    counts(browser, all, all);
    browser.keys("#text", "t2611200001 123456.78");
    counts(browser, 1, all);
    assert!(browser.texts("#rows tbody tr")[0].contains("the provider does not know the payment"));
    browser.click("#clear");
    counts(browser, all, all);

    let choose = |select: &str, option: &str| {
        browser.script(&format!(
            "const select = document.querySelector('{select}'); \
             select.value = [...select.options].find((o) => o.text === {}).value; \
             select.dispatchEvent(new Event('change'))",
            json!(option)
        ));
    };
    choose("#finding", "Amount differs");
    counts(browser, 3, all);
    choose("#account", "doha");
    counts(browser, 1, all);
    assert!(browser.texts("#rows tbody tr")[0].contains("0.01 QAR less was charged"));
    choose("#finding", "All undecided");
    counts(browser, 1, all);
    choose("#finding", "All findings");
    counts(browser, 8, all);
    browser.keys("#text", "no such row");
    counts(browser, 0, all);
}

/// Every text stands out from what is behind it as WCAG 2 AA asks, in both colour schemes.
fn can_be_read(browser: &Browser) {
    const CONTRASTS: &str = r"
        const light = (colour) => {
          const [r, g, b] = colour.match(/[\d.]+/g).slice(0, 3).map((c) => c / 255)
            .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const behind = (element) => {
          const colour = getComputedStyle(element).backgroundColor;
          return colour === 'rgba(0, 0, 0, 0)' ? behind(element.parentElement) : colour;
        };
        const low = new Set();
        for (const element of document.body.querySelectorAll('*')) {
          const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
          if (!own || !element.checkVisibility() || ['SCRIPT', 'OPTION'].includes(element.tagName)) continue;
          const [a, b] = [getComputedStyle(element).color, behind(element)].map(light).sort((a, b) => b - a);
          const contrast = (a + 0.05) / (b + 0.05);
          if (!(contrast >= 4.5)) low.add(`${element.tagName} ${element.className}: ${contrast.toFixed(2)}`);
        }
        return [...low];";
    for scheme in ["light", "dark"] {
        browser.prefer("screen", scheme);
        let is_dark = browser.script("return getComputedStyle(document.body).color") == "rgb(233, 238, 235)";
        assert_eq!(is_dark, scheme == "dark");
        assert_eq!(browser.script(CONTRASTS), json!([]), "{scheme}");
    }
    browser.prefer("screen", "light");
}

/// Nothing is wider than what it is in, neither the page nor anything in a row, which would be cut off.
fn fits_every_width(browser: &Browser) {
    const TOO_WIDE: &str = r"
        const inside = document.querySelectorAll('#rows tr, #rows th, #rows td, #rows td > div');
        return [document.documentElement, ...inside]
          .filter((element) => element.scrollWidth > element.clientWidth + 1)
          .map((element) => `${element.tagName} ${element.className} ${element.textContent}`.slice(0, 200));";
    for width in [320, 390, 768, 1280, 1440] {
        // High enough for every row to be in sight: what is not is not laid out.
        browser.resize(width, 40_000, width < 1000);
        browser.draw();
        assert_eq!(browser.script("return innerWidth"), width);
        assert_eq!(browser.script(TOO_WIDE), json!([]), "{width}");
    }
    browser.resize(390, 844, true);
    // Cards can be sorted as well.
    browser.click("#rows thead .risk button");
    browser.resize(1440, 900, false);
}

fn is_whole_without_its_script(browser: &Browser) {
    let rows = browser.texts("#rows tbody tr").len();
    browser.without_scripts(true);
    assert_eq!(browser.texts("#rows tbody tr").len(), rows);
    assert_eq!(browser.texts("#rows button, #controls label"), [""; 0]);
    assert_eq!(browser.texts("noscript p").len(), 1);
    browser.without_scripts(false);
}

/// Pictures for people who change how it looks.
fn pictures(browser: &Browser, page: &Path) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report");
    fs::create_dir_all(&folder).unwrap();
    let pictures = [
        ("desktop-light", "screen", "light", 1440, false),
        ("desktop-dark", "screen", "dark", 1440, false),
        ("phone", "screen", "light", 390, true),
        ("tablet-dark", "screen", "dark", 820, true),
        // As wide as a sheet without its margins.
        ("print", "print", "dark", 1032, false),
    ];
    for (name, media, scheme, width, is_phone) in pictures {
        browser.prefer(media, scheme);
        browser.open(page);
        let path = folder.join(format!("{name}.png"));
        browser.picture(&path, width, is_phone);
        assert!(fs::read(&path).unwrap().starts_with(b"\x89PNG"));
    }
    fs::copy(page, folder.join("report.html")).unwrap();
}
