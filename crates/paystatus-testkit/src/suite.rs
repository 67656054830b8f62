use std::fmt::Debug;

use http::StatusCode;
use paystatus_core::{ErrorKind, Lookup, Meaning, Money, Provider};
use serde_json::Value;

use crate::{
    case::{self, Outcome, Reply, Verdict},
    cases,
    template::{Edit, Place, Template},
};

/// A provider with what a conformance run needs to know about it: a success, its tables, its secrets,
/// and where it differs from the common rules.
///
/// ```
/// # mod acme { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/acme.rs")); }
/// # use acme::Acme;
/// use paystatus_core::{Finality, Funds, Lookup, Meaning, Status};
/// use paystatus_testkit::Suite;
///
/// let template = r#"{"id":{{id}},"status":{{status}},"amount":{{amount}},"currency":{{currency}},"payer":"canary-name"}"#;
/// let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
/// let suite = Suite::new(Acme::new("canary-key"), Lookup::payment("pay_001"), template, "settled")
///     .with_secrets(["canary-key"])
///     .with_personal(["canary-name"])
///     .with_state("settled", "settled", paid);
/// assert_eq!(suite.failures(), []);
/// ```
#[derive(Debug)]
pub struct Suite<P> {
    pub(crate) provider: P,
    pub(crate) lookup: Lookup,
    pub(crate) template: Template,
    pub(crate) paid_word: String,
    amount: String,
    currency: String,
    pub(crate) unit: Unit,
    pub(crate) rows: Vec<Row>,
    pub(crate) secrets: Vec<String>,
    pub(crate) personal: Vec<String>,
    exceptions: Vec<(&'static str, &'static str)>,
    expectations: Vec<(&'static str, Outcome, &'static str)>,
}

/// What the numbers of a success count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Major,
    Minor,
}

/// One row of a provider's tables: a reply, and what it stands for.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// The status word, if the reply is the success with this word in it.
    pub(crate) word: Option<String>,
    lookup: Lookup,
    reply: Reply,
    outcome: Outcome,
}

impl<P: Provider + Debug> Suite<P> {
    /// Names the provider, made with canary credentials, the lookup that its success answers,
    /// the success and the word with which that means paid.
    ///
    /// The success is a JSON object with marks in the place of values: `{{id}}` and `{{status}}`,
    /// and where the provider reports them `{{amount}}` and `{{currency}}`.
    /// Every case is made out of this success, so write a whole reply, with all the fields that the provider sends.
    ///
    /// # Panics
    /// If the success is not a JSON object, has another mark than the four, or lacks `{{id}}` or `{{status}}`.
    pub fn new(provider: P, lookup: Lookup, success: &str, paid_word: &str) -> Self {
        let template = match Template::read(success) {
            Ok(template) => template,
            Err(why) => panic!("{why}"),
        };
        for place in [Place::Id, Place::Status] {
            assert!(template.has(place), "the success lacks {}", place.mark());
        }
        Self {
            provider,
            lookup,
            template,
            paid_word: paid_word.to_owned(),
            amount: "1200".to_owned(),
            currency: "USD".to_owned(),
            unit: Unit::Major,
            rows: Vec::new(),
            secrets: Vec::new(),
            personal: Vec::new(),
            exceptions: Vec::new(),
            expectations: Vec::new(),
        }
    }

    /// Sets the currency of the successes, which is `USD` otherwise, or tells which currency the provider means
    /// if its replies name none.
    #[must_use]
    pub fn with_currency(self, code: &str) -> Self {
        Self { currency: code.to_owned(), ..self }
    }

    /// Says that amounts count minor units: 1200 is 12.00 dollars.
    #[must_use]
    pub fn in_minor_units(self) -> Self {
        Self { unit: Unit::Minor, ..self }
    }

    /// Names the canaries among the provider's credentials: no answer and no error may show one of them.
    ///
    /// A canary is a made-up value that stands in the place of a real one and is easy to find again.
    #[must_use]
    pub fn with_secrets<T: Into<String>>(mut self, canaries: impl IntoIterator<Item = T>) -> Self {
        self.secrets.extend(canaries.into_iter().map(Into::into));
        self
    }

    /// Names the canaries among the success's personal data: a program may read such a field by its name,
    /// and no answer may show one.
    #[must_use]
    pub fn with_personal<T: Into<String>>(mut self, canaries: impl IntoIterator<Item = T>) -> Self {
        self.personal.extend(canaries.into_iter().map(Into::into));
        self
    }

    /// Adds a row of the status table: the success with this word means this.
    #[must_use]
    pub fn with_state(self, name: &'static str, word: &str, means: Meaning) -> Self {
        let body = self.write(Edit::Put(Place::Status, &string(word))).unwrap_or_default();
        let lookup = self.lookup.clone();
        let word = Some(word.to_owned());
        self.row(Row { name, word, lookup, reply: Reply::new(StatusCode::OK, body), outcome: means.into() })
    }

    /// Adds a row of the status table that no word alone can show: this body, in a success, means this.
    #[must_use]
    pub fn with_reply(self, name: &'static str, body: &str, means: Meaning) -> Self {
        let lookup = self.lookup.clone();
        self.with_reply_to(name, lookup, body, means)
    }

    /// As [`with_reply`](Self::with_reply), for another lookup than the suite's own.
    #[must_use]
    pub fn with_reply_to(self, name: &'static str, lookup: Lookup, body: &str, means: Meaning) -> Self {
        self.row(Row {
            name,
            word: None,
            lookup,
            reply: Reply::new(StatusCode::OK, body),
            outcome: means.into(),
        })
    }

    /// Adds a row of the error table: this HTTP status with this body is an error of this kind.
    ///
    /// # Panics
    /// If the HTTP status is not from 100 to 999.
    #[must_use]
    pub fn with_error(self, name: &'static str, http: u16, body: &str, kind: ErrorKind) -> Self {
        let Ok(status) = StatusCode::from_u16(http) else { panic!("{http} is no HTTP status") };
        let lookup = self.lookup.clone();
        self.row(Row { name, word: None, lookup, reply: Reply::new(status, body), outcome: kind.into() })
    }

    fn row(mut self, row: Row) -> Self {
        self.rows.push(row);
        self
    }

    /// Declares that the provider answers these cases in another way, as its documentation has it:
    /// the cases then assert this outcome instead of the common one.
    ///
    /// The law stays: whatever is expected, a reply that no row lists must give neither a final status nor a paid one.
    ///
    /// ```
    /// # mod acme { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/acme.rs")); }
    /// # use acme::{Acme, Fault};
    /// # use paystatus_core::{Finality, Funds, Lookup, Meaning, Money, Status};
    /// # use paystatus_testkit::{Outcome, Suite};
    /// # let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let template = r#"{"id":{{id}},"status":{{status}},"amount":{{amount}},"currency":{{currency}},"payer":"canary-name"}"#;
    /// # let suite_of = |acme| Suite::new(acme, Lookup::payment("pay_001"), template, "settled")
    /// #     .with_secrets(["canary-key"]).with_personal(["canary-name"]).with_state("settled", "settled", paid);
    /// let free_is_absent = Acme::new("canary-key").with(Fault::AbsentIsZero);
    /// let zero = Outcome::Charged(Some(Money::parse("0", "USD")?));
    /// let suite = suite_of(free_is_absent)
    ///     .expecting(["amount_absent", "amount_null"], zero, "a free order has no amount");
    /// assert_eq!(suite.failures(), []);
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    #[must_use]
    pub fn expecting(
        mut self,
        cases: impl IntoIterator<Item = &'static str>,
        outcome: impl Into<Outcome>,
        reason: &'static str,
    ) -> Self {
        let outcome = outcome.into();
        self.expectations.extend(cases.into_iter().map(|case| (case, outcome.clone(), reason)));
        self
    }

    /// Excepts cases that do not apply to the provider.
    ///
    /// An excepted case must fail: an exception for a case that passes is reported as needless.
    ///
    /// ```
    /// # mod acme { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/acme.rs")); }
    /// # use acme::{Acme, Fault};
    /// # use paystatus_core::{Finality, Funds, Lookup, Meaning, Money, Status};
    /// # use paystatus_testkit::{Outcome, Suite};
    /// # let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// # let template = r#"{"id":{{id}},"status":{{status}},"amount":{{amount}},"currency":{{currency}},"payer":"canary-name"}"#;
    /// # let suite_of = |acme| Suite::new(acme, Lookup::payment("pay_001"), template, "settled")
    /// #     .with_secrets(["canary-key"]).with_personal(["canary-name"]).with_state("settled", "settled", paid);
    /// let ignores_case = || suite_of(Acme::new("canary-key").with(Fault::CaseMeansNothing));
    /// assert_eq!(ignores_case().failures()[0].0, "status_wrong_case");
    ///
    /// let suite = ignores_case().except(["status_wrong_case"], "the documents say that case means nothing");
    /// assert_eq!(suite.failures(), []);
    /// assert_eq!(suite.except(["http_500_html"], "just in case").failures()[0].0, "http_500_html");
    /// ```
    #[must_use]
    pub fn except(mut self, cases: impl IntoIterator<Item = &'static str>, reason: &'static str) -> Self {
        self.exceptions.extend(cases.into_iter().map(|case| (case, reason)));
        self
    }

    /// Runs all cases and rows at once, and gives the name of each that failed with the reason.
    ///
    /// It is for a suite whose cases need no test of their own, such as the same provider with another setting.
    pub fn failures(&self) -> Vec<(String, String)> {
        let cases = cases::CASES.iter().map(|case| ((*case).to_owned(), self.check(case)));
        let rows = self.rows.iter().map(|row| (format!("rows::{}", row.name), self.check_row(row.name)));
        let declared = ("declared_exceptions".to_owned(), self.declarations().map(drop));
        let all = cases.chain(rows).chain([declared]);
        all.filter_map(|(name, verdict)| Some((name, verdict.err()?))).collect()
    }

    /// Runs one case, in the light of what is declared about it.
    pub(crate) fn check(&self, name: &str) -> Verdict {
        let declared =
            self.expectations.iter().find(|(case, ..)| *case == name).map(|(_, outcome, _)| outcome);
        let verdict = case::run(self, declared, cases::find(name).ok_or("there is no such case")?);
        match (self.exceptions.iter().find(|(case, _)| *case == name), verdict) {
            (None, verdict) => verdict,
            (Some(_), Err(_)) => Ok(()),
            (Some((_, reason)), Ok(())) => {
                Err(format!("it passes, so take out its exception, which says: {reason}"))
            }
        }
    }

    /// Runs one row.
    pub(crate) fn check_row(&self, name: &str) -> Verdict {
        let row = self.rows.iter().find(|row| row.name == name).ok_or("the suite has no row of this name")?;
        let answer = case::read(self, &row.lookup, &row.reply)?;
        case::compare(self, &row.outcome, &row.reply, &answer)?;
        match (&row.word, &answer) {
            (Some(word), Ok(payment)) if payment.provider_status() != word => Err(format!(
                "the provider's word is told as {:?} instead of {word:?}",
                payment.provider_status()
            )),
            _ => Ok(()),
        }
    }

    /// The rows' names as the tests have them must be those of the suite.
    pub(crate) fn check_names(&self, tested: &[&str]) -> Verdict {
        match self.rows.iter().find(|row| !tested.contains(&row.name)) {
            Some(row) => Err(format!("name the row `{}` in `rows: […]`: it is not tested", row.name)),
            None => Ok(()),
        }
    }

    /// One line for each exception and expectation, if each of them names a case that exists, once, with a reason.
    pub(crate) fn declarations(&self) -> Result<Vec<String>, String> {
        let excepted = self.exceptions.iter().map(|(case, why)| (*case, "excepted".to_owned(), *why));
        let expected =
            self.expectations.iter().map(|(case, what, why)| (*case, format!("expects {what:?}"), *why));
        let all: Vec<_> = excepted.chain(expected).collect();
        for (index, (case, _, why)) in all.iter().enumerate() {
            if !cases::CASES.contains(case) {
                return Err(format!("there is no case `{case}`"));
            }
            if why.trim().is_empty() || all[..index].iter().any(|(earlier, ..)| earlier == case) {
                return Err(format!("`{case}` is declared twice, or without a reason"));
            }
        }
        for (index, row) in self.rows.iter().enumerate() {
            if self.rows[..index].iter().any(|earlier| earlier.name == row.name) {
                return Err(format!("two rows have the name `{}`", row.name));
            }
        }
        Ok(all.into_iter().map(|(case, what, why)| format!("{case}: {what}: {why}")).collect())
    }

    /// The success's text, edited.
    pub(crate) fn write(&self, edit: Edit<'_>) -> Result<String, String> {
        self.template.write(edit, |place| match place {
            Place::Id => string(self.lookup.id()),
            Place::Status => string(&self.paid_word),
            Place::Amount => self.amount.clone(),
            Place::Currency => string(&self.currency),
        })
    }

    /// The success as it is.
    pub(crate) fn success(&self) -> Result<String, String> {
        self.write(Edit::Keep)
    }

    /// What the success means: the row of its word.
    pub(crate) fn paid(&self) -> Result<Meaning, String> {
        let row = self.rows.iter().find(|row| row.word.as_deref() == Some(&self.paid_word));
        match row.map(|row| &row.outcome) {
            Some(Outcome::Means(meaning)) => Ok(*meaning),
            _ => {
                Err(format!("add the row of the success's own word, {:?}, with `with_state`", self.paid_word))
            }
        }
    }

    /// What the success says was charged, if it says that at all.
    pub(crate) fn charged(&self) -> Result<Option<Money>, String> {
        if self.template.has(Place::Amount) { self.money(&self.amount).map(Some) } else { Ok(None) }
    }

    /// What a number in the success stands for.
    pub(crate) fn money(&self, number: &str) -> Result<Money, String> {
        let money = match self.unit {
            Unit::Major => Money::parse(number, &self.currency).ok(),
            Unit::Minor => number
                .parse()
                .ok()
                .zip(self.currency.parse().ok())
                .and_then(|(units, currency)| Money::from_minor(units, currency)),
        };
        money.ok_or_else(|| format!("{} has no minor unit, or is no currency", self.currency))
    }

    /// Tells whether a word is in a row, in whatever case.
    pub(crate) fn lists(&self, word: &str) -> bool {
        self.words().any(|listed| listed.eq_ignore_ascii_case(word))
    }

    /// The words of all rows.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().filter_map(|row| row.word.as_deref())
    }
}

/// A text as JSON.
pub(crate) fn string(text: &str) -> String {
    Value::from(text).to_string()
}
