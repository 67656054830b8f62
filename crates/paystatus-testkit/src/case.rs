use std::{cell::Cell, error::Error as _, fmt::Debug};

use http::{HeaderValue, Response, StatusCode};
use paystatus_core::{Body, Error, ErrorKind, Expected, Lookup, Meaning, Money, Payment, Provider};

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
    /// An error of this kind, naming the provider and the HTTP status, retryable as its kind is.
    Fails(ErrorKind),
    /// A payment with this status, finality and funds.
    Means(Meaning),
    /// A payment that is paid, with this amount, or with none reported.
    Charged(Option<Money>),
    /// A payment that says it is not the one that was asked for, so that an amount alone does not verify it.
    AnotherPayment,
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
pub(crate) struct Reply(Response<Body>);

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

    pub(crate) fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.0.headers_mut().insert(name, HeaderValue::from_static(value));
        self
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
        let answer = read(self.suite, &self.suite.lookup, reply)?;
        if let Ok(payment) = &answer
            && (payment.is_paid() || payment.is_final())
        {
            return Err(format!("what no row lists became {}", shown(&answer)));
        }
        compare(self.suite, &expected, reply, &answer)
    }

    /// Reads a reply that is a listed success in all but what the case is about.
    pub(crate) fn listed(&self, reply: &Reply, usual: impl Into<Outcome>) -> Verdict {
        let answer = read(self.suite, &self.suite.lookup, reply)?;
        compare(self.suite, &self.expected(usual), reply, &answer)
    }
}

/// What a provider makes of a reply.
pub(crate) type Answer<P> = Result<Payment<<P as Provider>::Details>, Error>;

/// Has a provider read a reply; no answer ever shows a secret or a personal datum.
pub(crate) fn read<P: Provider + Debug>(
    suite: &Suite<P>,
    lookup: &Lookup,
    reply: &Reply,
) -> Result<Answer<P>, String> {
    let answer = suite.provider.interpret(lookup, &reply.0);
    let hidden = suite.secrets.iter().chain(&suite.personal).map(String::as_str);
    hide(hidden, &shown_everywhere::<P>(&answer))?;
    Ok(answer)
}

/// Everything that programs print or store of an answer.
pub(crate) fn shown_everywhere<P: Provider>(answer: &Answer<P>) -> String {
    let mut text = format!("{answer:?} {answer:#?}");
    match answer {
        Ok(payment) => {
            let erased = payment.clone().erase();
            let json = [serde_json::to_string(payment), serde_json::to_string(&erased)];
            text.push_str(&format!("{json:?} {erased:?}"));
        }
        Err(error) => {
            text.push_str(&error.to_string());
            let mut source = error.source();
            while let Some(cause) = source {
                text.push_str(&format!("{cause} {cause:?}"));
                source = cause.source();
            }
        }
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

/// Compares an answer with what it must be.
pub(crate) fn compare<P: Provider + Debug>(
    suite: &Suite<P>,
    expected: &Outcome,
    reply: &Reply,
    answer: &Answer<P>,
) -> Verdict {
    let as_expected = match (expected, answer) {
        (Outcome::Fails(kind), Err(error)) => {
            if error.kind() == *kind {
                return complete(suite, reply, error);
            }
            false
        }
        (Outcome::Means(meaning), Ok(payment)) => {
            (payment.status(), payment.finality(), payment.funds())
                == (meaning.status, meaning.finality, meaning.funds)
        }
        (Outcome::Charged(amount), Ok(payment)) => payment.is_paid() && payment.amount() == *amount,
        (Outcome::AnotherPayment, Ok(payment)) => {
            let amount = payment.amount().map(Expected::new);
            let verifies = amount.is_some_and(|amount| payment.clone().verify(&amount).is_ok());
            payment.is_about_another() && !verifies
        }
        _ => false,
    };
    if as_expected { Ok(()) } else { Err(format!("{expected:?} was expected, and it is {}", shown(answer))) }
}

/// An error out of a reply says whose reply it was, and its HTTP status.
fn complete<P: Provider>(suite: &Suite<P>, reply: &Reply, error: &Error) -> Verdict {
    let (name, http) = (suite.provider.name(), reply.0.status().as_u16());
    if (error.provider(), error.http_status()) != (Some(name), Some(http)) {
        return Err(format!("the error does not say provider {name:?} and HTTP {http}: {error:?}"));
    }
    if error.is_retryable() != error.kind().is_retryable() {
        return Err(format!("the error is retryable, or not, against its kind: {error:?}"));
    }
    Ok(())
}

/// An answer in a line.
pub(crate) fn shown<D: Debug>(answer: &Result<Payment<D>, Error>) -> String {
    short(&match answer {
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
