use std::{
    fmt::Debug,
    time::{Duration, SystemTime},
};

use http::Request;
use paystatus_core::{Ask, Body, Error, ErrorKind, Lookup, Meaning, Money, Provider, Token};
use serde_json::Value;

use crate::{
    case::{self, Outcome, Reply, Verdict},
    cases,
    exchange::read_token,
    template::{Edit, Place, Template},
};

/// When every case asks: 2026-11-20 09:00:00 UTC.
pub(crate) fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_165_200)
}

/// With what every case asks.
pub(crate) const NONCE: [u8; 16] = [7; 16];

/// The access token of every case whose provider fetches one.
pub(crate) const TOKEN: &str = "canary-paystatus-testkit-token";

/// A provider with what a conformance run needs to know about it: a success, its tables, its secrets,
/// and where it differs from the common rules.
///
/// ```
/// # mod acme { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/acme.rs")); }
/// # use acme::Acme;
/// use paystatus_core::{ErrorKind, Finality, Funds, Lookup, Meaning, Status};
/// use paystatus_testkit::Suite;
///
/// let template = r#"{"id":{{id}},"status":{{status}},"amount":{{amount}},"currency":{{currency}},"payer":"canary-name"}"#;
/// let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
/// let suite = Suite::new(Acme::new("canary-key"), Lookup::payment("pay_001"), template, "settled")
///     .with_secrets(["canary-key"])
///     .with_personal(["canary-name"])
///     .with_state("settled", "settled", paid)
///     .with_state("declined", "declined", Meaning::new(Status::Failed, Finality::Final, Funds::NotTaken))
///     .with_error("no_payment", 404, r#"{"error":"no_payment"}"#, ErrorKind::NotFound);
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
    plain_id: Option<String>,
    first_reply: Option<String>,
    token: Option<Token>,
    pub(crate) token_reply: Option<Template>,
    lifetime: String,
    pub(crate) rows: Vec<Example>,
    pub(crate) others: Vec<Self>,
    pub(crate) secrets: Vec<String>,
    pub(crate) personal: Vec<String>,
    lacking: Vec<(&'static str, &'static str)>,
    exceptions: Vec<(&'static str, &'static str)>,
    expectations: Vec<(&'static str, Outcome, &'static str)>,
}

/// What the numbers of a success count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Major,
    Minor,
}

/// A reply, and what a row of the provider's tables makes of it.
#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) name: &'static str,
    /// The status word, if the reply is the success with this word in it.
    word: Option<String>,
    /// What was asked; nothing if an access token was.
    pub(crate) lookup: Option<Lookup>,
    pub(crate) reply: Reply,
    outcome: Outcome,
}

impl<P: Provider + Debug> Suite<P> {
    /// Names the provider, made with canary credentials, the lookup that its success answers,
    /// the success and the word with which that means paid.
    ///
    /// The success is a JSON object or list with marks in the place of values: `{{status}}`,
    /// and where the provider reports them `{{id}}`, `{{amount}}` and `{{currency}}`.
    /// A mark may stand several times, and as an object's key;
    /// `{{id:number}}` and `{{status:number}}` are written without quotes where they are whole numbers.
    /// Every case is made out of this success, so write a whole reply, with all the fields that the provider sends.
    ///
    /// # Panics
    /// If the success is neither a JSON object nor a list, has an unknown mark, or lacks `{{status}}`.
    pub fn new(provider: P, lookup: Lookup, success: &str, paid_word: &str) -> Self {
        let template = template(success);
        assert!(template.has(Place::Status), "the success lacks {}", Place::Status.mark());
        let token = provider.tokens().map(|_| Token::new(TOKEN));
        Self {
            provider,
            lookup,
            template,
            paid_word: paid_word.to_owned(),
            amount: "1200".to_owned(),
            currency: "USD".to_owned(),
            unit: Unit::Major,
            plain_id: None,
            first_reply: None,
            token,
            token_reply: None,
            lifetime: String::new(),
            rows: Vec::new(),
            others: Vec::new(),
            secrets: Vec::new(),
            personal: Vec::new(),
            lacking: Vec::new(),
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

    /// Names an id in the form that this provider's ids have, where it does not ask about any other:
    /// a number, or a text with a prefix.
    ///
    /// Ids of another form may then be refused with [`ErrorKind::InvalidLookup`]; none may change the request.
    #[must_use]
    pub fn with_plain_id(self, id: &str) -> Self {
        Self { plain_id: Some(id.to_owned()), ..self }
    }

    /// Gives the first of two replies, for a provider that asks a second time: all other replies are then the second.
    #[must_use]
    pub fn with_first_reply(self, body: &str) -> Self {
        Self { first_reply: Some(body.to_owned()), ..self }
    }

    /// Gives the reply to the request for an access token, for a provider that fetches one,
    /// and how that says how long the token lasts, as JSON.
    ///
    /// The reply has marks in the place of values: `{{token}}`, and `{{lifetime}}` if it says that.
    ///
    /// # Panics
    /// If the reply is no JSON object, or lacks `{{token}}`.
    ///
    /// ```
    /// # mod acme { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/acme.rs")); }
    /// # use acme::{Acme, suite_of};
    /// # use paystatus_core::ErrorKind;
    /// let suite = suite_of(Acme::fetching_tokens("canary-key"))
    ///     .with_token_reply(r#"{"access_token":{{token}},"expires_in":{{lifetime}}}"#, "3600")
    ///     .with_token_error("wrong_key", 400, r#"{"error":"invalid_client"}"#, ErrorKind::Unauthorized);
    /// assert_eq!(suite.failures(), []);
    /// ```
    #[must_use]
    pub fn with_token_reply(self, reply: &str, lifetime: &str) -> Self {
        let reply = template(reply);
        assert!(reply.has(Place::Token), "the reply lacks {}", Place::Token.mark());
        Self { token_reply: Some(reply), lifetime: lifetime.to_owned(), ..self }
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

    /// Adds an example of a row of the status table: the success with this word means this.
    #[must_use]
    pub fn with_state(self, name: &'static str, word: &str, means: Meaning) -> Self {
        let body = self.write(Edit::Put(Place::Status, &string(word))).unwrap_or_default();
        let lookup = Some(self.lookup.clone());
        self.row(Example {
            name,
            word: Some(word.to_owned()),
            lookup,
            reply: reply(200, &body),
            outcome: means.into(),
        })
    }

    /// Adds an example of a row of the status table that no word alone can show: this body, in a success, means this.
    #[must_use]
    pub fn with_reply(self, name: &'static str, body: &str, means: Meaning) -> Self {
        let lookup = self.lookup.clone();
        self.with_reply_to(name, lookup, body, means)
    }

    /// As [`with_reply`](Self::with_reply), for another lookup than the suite's own.
    #[must_use]
    pub fn with_reply_to(self, name: &'static str, lookup: Lookup, body: &str, means: Meaning) -> Self {
        self.row(Example {
            name,
            word: None,
            lookup: Some(lookup),
            reply: reply(200, body),
            outcome: means.into(),
        })
    }

    /// Adds an example of what a reply tells beside its status: this body, in a success, becomes a payment
    /// whose JSON has these members, and may have others.
    ///
    /// ```
    /// # mod acme { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/acme.rs")); }
    /// # use acme::{Acme, suite_of};
    /// # use paystatus_core::Lookup;
    /// let body = r#"{"id":"pay_001","status":"settled","amount":"9.90","currency":"EUR"}"#;
    /// let told = r#"{"status":"paid","amount":"9.90","currency":"EUR","returned":null,"attempts":null}"#;
    /// let suite = suite_of(Acme::new("canary-key")).with_snapshot("in_euros", Lookup::payment("pay_001"), body, told);
    /// assert_eq!(suite.failures(), []);
    /// ```
    ///
    /// # Panics
    /// If the members are no JSON object.
    #[must_use]
    pub fn with_snapshot(self, name: &'static str, lookup: Lookup, body: &str, told: &str) -> Self {
        let Ok(told @ Value::Object(_)) = serde_json::from_str(told) else {
            panic!("{told} is no JSON object")
        };
        let outcome = Outcome::Tells(told);
        self.row(Example { name, word: None, lookup: Some(lookup), reply: reply(200, body), outcome })
    }

    /// Adds an example of a row of the error table that stands for an answer: this HTTP status with this body means this.
    ///
    /// # Panics
    /// If the HTTP status is not from 100 to 999.
    #[must_use]
    pub fn with_answer(self, name: &'static str, http: u16, body: &str, means: Meaning) -> Self {
        let lookup = Some(self.lookup.clone());
        self.row(Example { name, word: None, lookup, reply: reply(http, body), outcome: means.into() })
    }

    /// Adds an example of a row of the error table: this HTTP status with this body is an error of this kind.
    ///
    /// # Panics
    /// If the HTTP status is not from 100 to 999.
    #[must_use]
    pub fn with_error(self, name: &'static str, http: u16, body: &str, kind: ErrorKind) -> Self {
        let lookup = Some(self.lookup.clone());
        self.row(Example { name, word: None, lookup, reply: reply(http, body), outcome: kind.into() })
    }

    /// Adds a header to the reply of the example that was added last, such as the provider's request id.
    ///
    /// ```
    /// # mod acme { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/acme.rs")); }
    /// # use acme::{Acme, suite_of};
    /// # use paystatus_core::ErrorKind;
    /// let suite = suite_of(Acme::new("canary-key"))
    ///     .with_error("numbered", 404, r#"{"error":"no_payment"}"#, ErrorKind::NotFound)
    ///     .and_header("x-request-id", "req_7");
    /// assert_eq!(suite.failures(), []);
    /// ```
    #[must_use]
    pub fn and_header(mut self, name: &'static str, value: &'static str) -> Self {
        if let Some(example) = self.rows.last_mut() {
            example.reply.0.headers_mut().insert(name, http::HeaderValue::from_static(value));
        }
        self
    }

    /// As [`with_error`](Self::with_error), for the request for an access token.
    ///
    /// # Panics
    /// If the HTTP status is not from 100 to 999.
    #[must_use]
    pub fn with_token_error(self, name: &'static str, http: u16, body: &str, kind: ErrorKind) -> Self {
        self.row(Example { name, word: None, lookup: None, reply: reply(http, body), outcome: kind.into() })
    }

    /// Adds the suite of an account that is set up otherwise, for rows that only such an account shows.
    ///
    /// Its rows are run with the case `every_row_is_shown`, and none of its cases:
    /// let a test see that it has no [`failures`](Self::failures).
    #[must_use]
    pub fn beside(mut self, other: Self) -> Self {
        self.others.push(other);
        self
    }

    fn row(mut self, example: Example) -> Self {
        self.rows.push(example);
        self
    }

    /// Says that the success has no such mark, and so none of the cases about it: `{{id}}`, `{{amount}}`
    /// or `{{currency}}`, because the provider's replies don't tell that.
    #[must_use]
    pub fn lacking(mut self, mark: &'static str, reason: &'static str) -> Self {
        self.lacking.push((mark, reason));
        self
    }

    /// Declares that the provider answers these cases in another way, as its documentation has it:
    /// the cases then assert this outcome instead of the common one.
    ///
    /// The law stays: whatever is expected, a reply that no row lists must give neither a final status nor a paid one.
    ///
    /// ```
    /// # mod acme { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/acme.rs")); }
    /// # use acme::{Acme, Fault, suite_of};
    /// # use paystatus_core::Money;
    /// # use paystatus_testkit::Outcome;
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
    /// # use acme::{Acme, Fault, suite_of};
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
        let lacking = || self.lacking.iter().filter_map(|(mark, _)| Place::of(mark));
        match (self.exceptions.iter().find(|(case, _)| *case == name), verdict) {
            (None, Err(why)) if lacking().any(|place| why.ends_with(&place.lacks())) => Ok(()),
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
        let Some(lookup) = &row.lookup else {
            return match (read_token(self, &row.reply)?, &row.outcome) {
                (Err(error), Outcome::Fails(kind)) if error.kind() == *kind => Ok(()),
                (read, outcome) => Err(format!("{outcome:?} was expected, and it is {read:?}")),
            };
        };
        let reading = case::read(self, lookup, &row.reply)?;
        case::compare(&row.outcome, &reading)?;
        match (&row.word, &reading) {
            (Some(word), Ok(payment)) if !payment.provider_status().contains(word) => Err(format!(
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
        for (mark, why) in &self.lacking {
            if why.trim().is_empty() || Place::of(mark).is_none_or(|place| self.template.has(place)) {
                return Err(format!(
                    "the success has {mark}, or that is no mark, or it lacks it without a reason"
                ));
            }
        }
        for (index, row) in self.rows.iter().enumerate() {
            if self.rows[..index].iter().any(|earlier| earlier.name == row.name) {
                return Err(format!("two rows have the name `{}`", row.name));
            }
        }
        let lacking = self.lacking.iter().map(|(mark, why)| format!("no case about {mark}: {why}"));
        Ok(lacking.chain(all.iter().map(|(case, what, why)| format!("{case}: {what}: {why}"))).collect())
    }

    /// What a provider is asked: always at the same time, with the same nonce, and with a token if it needs one.
    pub(crate) fn ask<'a>(&'a self, lookup: &'a Lookup) -> Ask<'a> {
        let ask = Ask::about(lookup).at(now()).with_nonce(NONCE).with_token(self.token.as_ref());
        ask.after(self.first_reply.as_deref())
    }

    pub(crate) fn request(&self, lookup: &Lookup) -> Result<Request<Body>, Error> {
        self.provider.request(&self.ask(lookup))
    }

    /// The success's text, edited.
    pub(crate) fn write(&self, edit: Edit<'_>) -> Result<String, String> {
        self.template.write(edit, |place| self.usual(place))
    }

    fn usual(&self, place: Place) -> String {
        match place {
            Place::Id => string(self.lookup.id()),
            Place::Status => string(&self.paid_word),
            Place::Amount => self.amount.clone(),
            Place::Currency => string(&self.currency),
            Place::Token => string(TOKEN),
            Place::Lifetime => self.lifetime.clone(),
        }
    }

    /// The reply to the request for a token, edited.
    pub(crate) fn write_token(&self, edit: Edit<'_>) -> Result<String, String> {
        let reply = self
            .token_reply
            .as_ref()
            .ok_or("give the reply to the request for a token, with `with_token_reply`")?;
        reply.write(edit, |place| self.usual(place))
    }

    /// The replies of a whole check, in their order: the last is the success.
    pub(crate) fn replies(&self) -> Result<Vec<Reply>, String> {
        let token = self.token.as_ref().map(|_| self.write_token(Edit::Keep)).transpose()?;
        let replies = token.into_iter().chain(self.first_reply.clone()).chain([self.success()?]);
        Ok(replies.map(Reply::ok).collect())
    }

    /// What no reading may show.
    pub(crate) fn canaries(&self) -> impl Iterator<Item = &str> {
        let token = self.token.as_ref().map(|_| TOKEN);
        self.secrets.iter().chain(&self.personal).map(String::as_str).chain(token)
    }

    /// An id that can be asked about and needs no encoding anywhere.
    pub(crate) fn plain_id(&self) -> &str {
        self.plain_id.as_deref().unwrap_or("paystatustestkit0")
    }

    /// Tells whether ids of another form may be refused.
    pub(crate) fn ids_have_a_form(&self) -> bool {
        self.plain_id.is_some()
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

fn template(text: &str) -> Template {
    match Template::read(text) {
        Ok(template) => template,
        Err(why) => panic!("{why}"),
    }
}

fn reply(http: u16, body: &str) -> Reply {
    match Reply::of(http, body) {
        Ok(reply) => reply,
        Err(why) => panic!("{why}"),
    }
}

/// A text as JSON.
pub(crate) fn string(text: &str) -> String {
    Value::from(text).to_string()
}
