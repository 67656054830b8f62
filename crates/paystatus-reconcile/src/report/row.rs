//! One row of the table of everything that is not a match.

use paystatus::{Field, Money, Payment};

use super::{
    kind::Kind,
    text::{Text, number, title, words},
};
use crate::{Checked, Finding, FindingKind, Standing, Why};

/// A row as it stands in the page, with what it is sorted and filtered by.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) line: u64,
    pub(super) finding: FindingKind,
    pub(super) kind: Kind,
    /// The account's place among those that have a row.
    pub(super) account: usize,
    pub(super) risk: Option<Money>,
    cells: String,
}

/// The table's header: the class of a column, its name, and by what the script sorts it.
pub(super) const COLUMNS: [(&str, &str, Option<&str>); 9] = [
    ("line", "Row", Some("line")),
    ("account", "Account", Some("text")),
    ("payment", "Payment", Some("text")),
    ("finding", "Finding", Some("text")),
    ("ledger", "Ledger says", None),
    ("provider", "Provider says", None),
    ("risk", "Value at risk", Some("risk")),
    ("action", "What to do", None),
    ("asked", "Asked at", Some("text")),
];

impl Row {
    pub(super) fn new(checked: &Checked, account: usize) -> Self {
        let finding = checked.finding();
        let kind = Kind::of(finding.kind());
        let cells = [
            checked.entry().row().to_string(),
            account_cell(checked),
            payment(checked),
            findings(checked, kind),
            ledger(checked),
            provider(checked),
            at_risk(checked),
            Text(&checked.action()).to_string(),
            asked(checked),
        ];
        let cells = COLUMNS.iter().zip(cells).map(|((class, name, _), cell)| match *class {
            "line" => {
                format!(r#"<th scope="row" role="rowheader" class="line" data-name="{name}">{cell}</th>"#)
            }
            class => format!(r#"<td role="cell" class="{class}" data-name="{name}"><div>{cell}</div></td>"#),
        });
        Self {
            line: checked.entry().row(),
            finding: finding.kind(),
            kind,
            account,
            risk: checked.value_at_risk(),
            cells: cells.collect(),
        }
    }

    /// The row; its rank is its place by value at risk within its currency, so that the script sorts exactly.
    pub(super) fn html(&self, rank: usize) -> String {
        let Self { line, finding, kind, account, risk, cells } = self;
        let currency = risk.map_or_else(String::new, |risk| risk.currency().to_string());
        let data = format!(
            r#"data-line="{line}" data-finding="{finding}" data-kind="{kind}" data-account="{account}""#,
            finding = finding.as_str(),
            kind = kind.as_str(),
        );
        let risk = format!(r#"data-currency="{}" data-rank="{rank}""#, Text(&currency));
        format!("<tr role=\"row\" {data} {risk}>{cells}</tr>\n")
    }
}

fn account_cell(checked: &Checked) -> String {
    let mut cell = format!("<bdi>{}</bdi>", Text(checked.entry().account()));
    if let Some(provider) = checked.provider() {
        cell += &format!("<p class=\"quiet\">{}</p>", Text(provider));
    }
    cell
}

fn payment(checked: &Checked) -> String {
    let entry = checked.entry();
    let asked = entry.lookup().id();
    let mut cell =
        if entry.is_by_order() { "<p class=\"quiet\">order</p>".to_owned() } else { String::new() };
    cell += &code(asked);
    if let Some(answered) = checked.reported().map(|said| said.id())
        && answered != asked
    {
        cell += &format!("<p class=\"quiet\">answered:</p>{}", code(answered));
    }
    cell
}

fn findings(checked: &Checked, kind: Kind) -> String {
    let finding = checked.finding();
    let mut cell = format!(
        r#"<p class="name {}"><span class="mark" aria-hidden="true">{}</span> {}</p><p>{}</p>"#,
        kind.as_str(),
        kind.mark(),
        title(finding.as_str()),
        Text(&finding.to_string()),
    );
    for further in checked.further_findings() {
        cell += &format!("<p class=\"also\">also: {}</p>", Text(&further.to_string()));
    }
    cell
}

fn ledger(checked: &Checked) -> String {
    let entry = checked.entry();
    let mut cell = value(checked, Side::Status, &words(entry.standing().as_str()));
    if entry.status().is_none() {
        cell += "<p class=\"quiet\">assumed: the row has no status</p>";
    }
    if let Some(amount) = entry.amount() {
        cell += &value(checked, Side::Amount, &money(amount));
    }
    if let Some(reference) = entry.reference() {
        cell += &value(checked, Side::Reference, &code(reference));
    }
    if let Some(as_of) = entry.as_of() {
        cell += &format!("<p class=\"quiet\">as of {}</p>", instant(&as_of));
    }
    cell
}

fn provider(checked: &Checked) -> String {
    match (checked.reported(), checked.unanswered()) {
        (Some(said), _) => reported(checked, said),
        (None, Some(why)) => {
            format!("<p>nothing</p><p class=\"quiet\"><bdi>{}</bdi></p>", Text(&why.message))
        }
        (None, None) => "<p class=\"quiet\">was not asked</p>".to_owned(),
    }
}

fn reported(checked: &Checked, said: &Payment<()>) -> String {
    let quiet = |html: String| format!("<p class=\"quiet\">{html}</p>");
    let standing = |said: &paystatus::Snapshot| words(Standing::from(said.status()).as_str());
    let mut cell = value(checked, Side::Status, &standing(said));
    if standing(said) != said.provider_status() {
        cell += &quiet(format!("“<bdi>{}</bdi>”", Text(said.provider_status())));
    }
    let amount = said.amount().map_or_else(|| "<span class=\"quiet\">no amount</span>".to_owned(), money);
    cell += &value(checked, Side::Amount, &amount);
    if let Some(returned) = said.returned().filter(|returned| !returned.amount().is_zero()) {
        cell += &quiet(format!("{} given back", money(returned)));
    }
    if said.test_mode() == Some(true) {
        cell += &quiet("test money".to_owned());
    }
    if let Some(reference) = said.reference() {
        cell += &value(checked, Side::Reference, &code(reference));
    }
    if let Some(reason) = said.reason() {
        cell += &quiet(format!("reason: <bdi>{}</bdi>", Text(reason)));
    }
    for other in said.attempts() {
        cell += &quiet(format!("another attempt, {}: {}", standing(other), code(other.id())));
    }
    if let Some(updated) = said.updated_at().and_then(|time| time.to_utc()) {
        cell += &quiet(format!("changed {}", instant(&updated)));
    }
    cell
}

fn at_risk(checked: &Checked) -> String {
    let mut cell = checked.value_at_risk().map_or_else(
        || "<span class=\"quiet\">none</span>".to_owned(),
        |risk| format!("<p>{}</p>", money(risk)),
    );
    let by =
        [checked.finding()].iter().chain(checked.further_findings()).find_map(|finding| finding.difference());
    if let Some(by) = by {
        let sign = if by.amount().is_sign_negative() { "" } else { "+" };
        cell += &format!("<p class=\"quiet\">difference {sign}{}</p>", money(by));
    }
    cell
}

fn asked(checked: &Checked) -> String {
    checked.asked_at().map_or_else(|| "<span class=\"quiet\">not asked</span>".to_owned(), |at| instant(&at))
}

/// What the two sides may disagree about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Status,
    Amount,
    Reference,
}

impl Side {
    fn of(finding: Finding) -> Option<Self> {
        match finding {
            Finding::StatusDiffers
            | Finding::RefundNotInLedger
            | Finding::ChargebackNotInLedger
            | Finding::StillOpen
            | Finding::Unverifiable(Why::UnknownStatus) => Some(Self::Status),
            Finding::AmountDiffers { .. }
            | Finding::PartlyReturned { .. }
            | Finding::CurrencyDiffers
            | Finding::Unverifiable(Why::NotReported(Field::Amount)) => Some(Self::Amount),
            Finding::ReferenceDiffers | Finding::Unverifiable(Why::NotReported(_)) => Some(Self::Reference),
            _ => None,
        }
    }
}

/// One thing that a side says, marked if it is what the finding is about.
fn value(checked: &Checked, side: Side, html: &str) -> String {
    let about = [checked.finding()]
        .iter()
        .chain(checked.further_findings())
        .any(|finding| Side::of(*finding) == Some(side));
    if about { format!("<p><strong>{html}</strong></p>") } else { format!("<p>{html}</p>") }
}

fn code(text: &str) -> String {
    format!("<bdi class=\"code\">{}</bdi>", Text(text))
}

fn money(money: Money) -> String {
    let (amount, currency) = (money.amount().to_string(), money.currency().to_string());
    format!("<span class=\"money\">{} {}</span>", number(&amount), Text(&currency))
}

/// An instant in RFC 3339, to the second for people.
fn instant(rfc3339: &str) -> String {
    let (date, time) = rfc3339.split_once('T').unwrap_or((rfc3339, ""));
    let time = time.split(['.', 'Z']).next().unwrap_or_default();
    format!(
        r#"<time datetime="{}">{} <span class="clock">{}Z</span></time>"#,
        Text(rfc3339),
        Text(date),
        Text(time)
    )
}
