use std::{cell::Cell, error::Error as _, fmt::Debug};

use http::{HeaderValue, Response, StatusCode};
use paystatus_core::{
    Body, Error, ErrorKind, Expected, Lookup, Meaning, Money, Payment, Provider, interpret,
};
use serde_json::Value;

use crate::Suite;

/// The verdict on a case: nothing, or what was wrong.
pub(crate) type Verdict = Result<(), String>;

/// What a reply must be read as.
///
/// ```
/// use paystatus_core::{ErrorKind, Meaning};
/// use paystatus_testkit::Outcome;
///
/// assert_eq!(Outcome::from(ErrorKind::NotFound), Outcome::Fails(ErrorKind::NotFound));
/// assert_eq!(Outcome::from(Meaning::UNKNOWN), Outcome::Means(Meaning::UNKNOWN));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// An error of this kind.
    Fails(ErrorKind),
    /// A payment with this status, finality and funds.
    Means(Meaning),
    /// A payment that is paid, with this amount, or with none reported.
    Charged(Option<Money>),
    /// A payment that says it is not the one that was asked for, so that an amount alone does not verify it.
    AnotherPayment,
    /// A payment whose JSON, the form of the command's `--json`, has these members, and may have others.
    Tells(Value),
    /// No reply is read here: the id of the case is asked about as a whole, and nothing else in the request changes.
    Asked,
}

impl From<ErrorKind> for Outcome {
    fn from(kind: ErrorKind) -> Self {
        Self::Fails(kind)
    }
}

impl From<Meaning> for Outcome {
    fn from(meaning: Meaning) -> Self {
        Self::Means(meaning)
    }
}

/// A stored reply.
#[derive(Debug)]
pub(crate) struct Reply(pub(crate) Response<Body>);

impl Reply {
    pub(crate) fn new(status: StatusCode, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let kind = if body.trim_ascii_start().starts_with(b"<") { "text/html" } else { "application/json" };
        let mut reply = Response::new(Body::from(body));
        *reply.status_mut() = status;
        Self(reply).with("content-type", kind)
    }

    /// A reply of HTTP 200.
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::new(StatusCode::OK, body)
    }

    /// A reply of an HTTP status from 100 to 999.
    pub(crate) fn of(http: u16, body: impl Into<Vec<u8>>) -> Result<Self, String> {
        let status = StatusCode::from_u16(http).map_err(|_| format!("{http} is no HTTP status"))?;
        Ok(Self::new(status, body))
    }

    pub(crate) fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.0.headers_mut().insert(name, HeaderValue::from_static(value));
        self
    }

    pub(crate) fn http(&self) -> u16 {
        self.0.status().as_u16()
    }

    /// The body as text; nothing where it is none.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(self.0.body().as_bytes()).unwrap_or_default()
    }
}

/// A case at work: the suite, and what was declared about the case.
pub(crate) struct Case<'a, P> {
    pub(crate) suite: &'a Suite<P>,
    declared: Option<&'a Outcome>,
    use_of_declared: Cell<Use>,
}

#[derive(Clone, Copy)]
enum Use {
    None,
    Redundant,
    Needed,
}

/// A case's body.
pub(crate) type Run<P> = fn(&Case<'_, P>) -> Verdict;

/// Runs a case; an expectation that changes nothing about the case is a fault in the suite.
pub(crate) fn run<P>(suite: &Suite<P>, declared: Option<&Outcome>, body: Run<P>) -> Verdict {
    let case = Case { suite, declared, use_of_declared: Cell::new(Use::None) };
    body(&case)?;
    match (declared, case.use_of_declared.get()) {
        (None, _) | (_, Use::Needed) => Ok(()),
        (_, Use::None) => Err("this case takes no expectation: pass it, or except it".into()),
        (_, Use::Redundant) => Err("this is expected anyway: take the expectation out".into()),
    }
}

impl<P: Provider + Debug> Case<'_, P> {
    /// What must come out: what was declared, else this.
    pub(crate) fn expected(&self, usual: impl Into<Outcome>) -> Outcome {
        let usual = usual.into();
        let Some(declared) = self.declared else { return usual };
        self.use_of_declared.set(if *declared == usual { Use::Redundant } else { Use::Needed });
        declared.clone()
    }

    /// Reads a reply that no table lists: **the law** is that it gives neither a final status nor a paid one.
    pub(crate) fn unlisted(&self, reply: &Reply, usual: impl Into<Outcome>) -> Verdict {
        let expected = self.expected(usual);
        let reading = self.read(reply)?;
        if let Ok(payment) = &reading
            && (payment.is_paid() || payment.is_final())
        {
            return Err(format!("what no row lists became {}", shown(&reading)));
        }
        compare(&expected, &reading)
    }

    /// Reads a reply that is a listed success in all but what the case is about.
    pub(crate) fn listed(&self, reply: &Reply, usual: impl Into<Outcome>) -> Verdict {
        let reading = self.read(reply)?;
        compare(&self.expected(usual), &reading)
    }

    /// Has the provider read a reply to the suite's own question.
    pub(crate) fn read(&self, reply: &Reply) -> Result<Reading<P>, String> {
        read(self.suite, &self.suite.lookup, reply)
    }
}

/// What a provider makes of a reply.
pub(crate) type Reading<P> = Result<Payment<<P as Provider>::Details>, Error>;

/// Has a provider read a reply. No reading ever shows a secret or a personal datum,
/// and what is paid or final rests on a row of the status table.
pub(crate) fn read<P: Provider + Debug>(
    suite: &Suite<P>,
    lookup: &Lookup,
    reply: &Reply,
) -> Result<Reading<P>, String> {
    let reading = interpret(&suite.provider, suite.ask(lookup), &reply.0);
    hide(suite.canaries(), &shown_everywhere::<P>(&reading))?;
    match &reading {
        Ok(payment) if (payment.is_paid() || payment.is_final()) && payment.because().is_none() => {
            Err(format!("no row of the status table says that it is {}", shown(&reading)))
        }
        _ => Ok(reading),
    }
}

/// Everything that programs print or store of a reading.
pub(crate) fn shown_everywhere<P: Provider>(reading: &Reading<P>) -> String {
    match reading {
        Ok(payment) => {
            let erased = payment.clone().erase();
            let json = [serde_json::to_string(payment), serde_json::to_string(&erased)];
            format!("{payment:?} {payment:#?} {json:?} {erased:?}")
        }
        Err(error) => error_everywhere(error),
    }
}

/// Everything that programs print of an error.
pub(crate) fn error_everywhere(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!("{cause} {cause:?}"));
        source = cause.source();
    }
    text
}

/// Fails if any of these is in a text.
pub(crate) fn hide<'a>(hidden: impl IntoIterator<Item = &'a str>, text: &str) -> Verdict {
    match hidden.into_iter().find(|hidden| text.contains(hidden)) {
        Some(canary) => Err(format!("{canary:?} is shown in: {}", short(text))),
        None => Ok(()),
    }
}

/// Compares a reading with what it must be.
pub(crate) fn compare<D>(expected: &Outcome, reading: &Result<Payment<D>, Error>) -> Verdict
where
    D: Clone + Debug + serde::Serialize,
{
    let as_expected = match (expected, reading) {
        (Outcome::Fails(kind), Err(error)) => error.kind() == *kind,
        (Outcome::Means(meaning), Ok(payment)) => payment.meaning() == *meaning,
        (Outcome::Charged(amount), Ok(payment)) => payment.is_paid() && payment.amount() == *amount,
        (Outcome::AnotherPayment, Ok(payment)) => {
            let amount = payment.amount().map(Expected::new);
            let verifies = amount.is_some_and(|amount| payment.clone().verify(&amount).is_ok());
            payment.is_about_another() && !verifies
        }
        (Outcome::Tells(told), Ok(payment)) => return tells(told, payment),
        _ => false,
    };
    if as_expected { Ok(()) } else { Err(format!("{expected:?} was expected, and it is {}", shown(reading))) }
}

/// Every member that is named must be told so; members that are not named may be anything.
fn tells<D: serde::Serialize>(named: &Value, payment: &Payment<D>) -> Verdict {
    let told = serde_json::to_value(payment).map_err(|error| error.to_string())?;
    match differs(named, &told) {
        Some(why) => Err(why),
        None => Ok(()),
    }
}

fn differs(named: &Value, told: &Value) -> Option<String> {
    match (named, told) {
        (Value::Object(named), Value::Object(told)) => named.iter().find_map(|(name, value)| {
            let told = told.get(name).unwrap_or(&Value::Null);
            differs(value, told).map(|why| format!("{name}: {why}"))
        }),
        (Value::Array(named), Value::Array(told)) if named.len() == told.len() => {
            named.iter().zip(told).find_map(|(named, told)| differs(named, told))
        }
        _ => (named != told).then(|| format!("{named} was expected, and it is {told}")),
    }
}

/// A reading in a line.
pub(crate) fn shown<D: Debug>(reading: &Result<Payment<D>, Error>) -> String {
    short(&match reading {
        Ok(payment) => format!(
            "{:?}, {:?}, funds {:?}, amount {:?}: {payment:?}",
            payment.status(),
            payment.finality(),
            payment.funds(),
            payment.amount()
        ),
        Err(error) => format!("{error:?}"),
    })
}

fn short(text: &str) -> String {
    text.chars().take(600).collect()
}
