use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};

use crate::{Error, Provider, Reply, payment::check_state};

/// One thing that goes wrong, or that happens by itself, and how often or how long.
///
/// The faults that [`Sandbox::inject`](crate::Sandbox::inject) is given have turns, in their order:
/// the turn of a fault begins when the fault before it is over.
/// Without [`times`](Self::times) and [`lasting`](Self::lasting) a fault stays until it is cleared.
///
/// ```
/// use paystatus_sandbox::{Fault, Provider, Sandbox};
/// use std::time::Duration;
///
/// let sandbox = Sandbox::start_blocking(0)?;
/// let slow_and_down = Fault::status(503).and(Fault::delay(Duration::from_millis(40)));
/// sandbox.inject(Provider::BEARER, None, slow_and_down.times(2))?;
/// sandbox.inject(Provider::BEARER, Some("sandbox-pending"), Fault::none().times(3))?;
/// sandbox.inject(Provider::BEARER, Some("sandbox-pending"), Fault::state("succeeded"))?;
/// assert_eq!(sandbox.payment(Provider::BEARER, "sandbox-pending").unwrap().state(), "pending");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a fault does nothing until it is injected"]
pub struct Fault {
    pub(crate) effect: Effect,
    pub(crate) state: Option<String>,
    pub(crate) times: Option<u32>,
    pub(crate) lasting: Option<Duration>,
}

/// What a fault does to one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) delay: Duration,
    pub(crate) answer: Option<Answer>,
    pub(crate) retry_after: Option<RetryAfter>,
    pub(crate) end: Option<End>,
}

/// What is answered in place of the payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Status(u16),
    Reply(Reply),
    NotFound,
}

/// In seconds from the reply on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryAfter {
    Seconds(u32),
    Date(u32),
}

/// How a reply ends, other than whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Malformed,
    Cut(u32),
    Reset,
    ResetAfter(u32),
    Hang,
}

impl Fault {
    /// Does nothing wrong: with a count or a duration, this lets the next fault begin later.
    ///
    /// ```
    /// use paystatus_sandbox::Fault;
    ///
    /// assert_eq!(Fault::none(), Fault::default());
    /// ```
    pub fn none() -> Self {
        Self::default()
    }

    /// Answers after this delay.
    ///
    /// ```
    /// use paystatus_sandbox::{Fault, Provider, Sandbox};
    /// use std::time::Duration;
    ///
    /// let sandbox = Sandbox::start_blocking(0)?;
    /// assert!(sandbox.inject(Provider::BEARER, None, Fault::delay(Duration::from_millis(40))).is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn delay(delay: Duration) -> Self {
        Self::of(Effect { delay, ..Effect::default() })
    }

    /// Answers an HTTP status from 200 to 599, with the provider's own body for it if one is known, else with a page.
    ///
    /// ```
    /// use paystatus_sandbox::{Fault, Provider, Sandbox};
    ///
    /// let sandbox = Sandbox::start_blocking(0)?;
    /// assert!(sandbox.inject(Provider::BEARER, None, Fault::status(500).times(2)).is_ok());
    /// assert_eq!(sandbox.inject(Provider::BEARER, None, Fault::status(600)).unwrap_err().field(), "status");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn status(status: u16) -> Self {
        Self::answering(Answer::Status(status))
    }

    /// Answers this reply, as it is.
    ///
    /// ```
    /// use paystatus_sandbox::{Fault, Provider, Reply, Sandbox};
    ///
    /// let sandbox = Sandbox::start_blocking(0)?;
    /// let page = Reply::new(200).with_header("content-type", "text/html").with_body("<h1>Welcome</h1>");
    /// assert!(sandbox.inject(Provider::BEARER, None, Fault::reply(page).times(1)).is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn reply(reply: Reply) -> Self {
        Self::answering(Answer::Reply(reply))
    }

    /// Answers as if there were no such payment, in the provider's own words.
    ///
    /// ```
    /// use paystatus_sandbox::{Fault, Provider, Sandbox};
    ///
    /// let sandbox = Sandbox::start_blocking(0)?;
    /// assert!(sandbox.inject(Provider::BEARER, Some("pay_001"), Fault::not_found().times(2)).is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn not_found() -> Self {
        Self::answering(Answer::NotFound)
    }

    /// Answers the first half of the body, and says that it is all of it.
    ///
    /// ```
    /// use paystatus_sandbox::{Fault, Provider, Sandbox};
    ///
    /// let sandbox = Sandbox::start_blocking(0)?;
    /// assert!(sandbox.inject(Provider::BEARER, None, Fault::malformed().times(1)).is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn malformed() -> Self {
        Self::ending(End::Malformed)
    }

    /// Announces the whole body, sends its first bytes, and closes the connection.
    ///
    /// A body that has no more bytes than these is announced as longer than it is.
    ///
    /// ```
    /// use paystatus_sandbox::{Fault, Provider, Sandbox};
    ///
    /// let sandbox = Sandbox::start_blocking(0)?;
    /// assert!(sandbox.inject(Provider::BEARER, None, Fault::cut(10).times(1)).is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn cut(after: u32) -> Self {
        Self::ending(End::Cut(after))
    }

    /// Resets the connection and answers nothing.
    ///
    /// ```
    /// use paystatus_sandbox::{Fault, Provider, Sandbox};
    ///
    /// let sandbox = Sandbox::start_blocking(0)?;
    /// assert!(sandbox.inject(Provider::BEARER, Some("pay_001"), Fault::reset().times(1)).is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn reset() -> Self {
        Self::ending(End::Reset)
    }

    /// As [`cut`](Self::cut), and resets the connection.
    ///
    /// ```
    /// use paystatus_sandbox::{Fault, Provider, Sandbox};
    ///
    /// let sandbox = Sandbox::start_blocking(0)?;
    /// assert!(sandbox.inject(Provider::BEARER, Some("pay_001"), Fault::reset_after(10)).is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn reset_after(after: u32) -> Self {
        Self::ending(End::ResetAfter(after))
    }

    /// Never answers, and keeps the connection until the other side gives it up or the sandbox stops.
    ///
    /// ```
    /// use paystatus_sandbox::{Fault, Provider, Sandbox};
    ///
    /// let sandbox = Sandbox::start_blocking(0)?;
    /// assert!(sandbox.inject(Provider::BEARER, None, Fault::hang()).is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn hang() -> Self {
        Self::ending(End::Hang)
    }

    /// Moves the payment to a state, once, when this fault's turn comes.
    ///
    /// Alone this fault is over at once; [`times`](Self::times) or [`lasting`](Self::lasting) lets the next fault begin later.
    ///
    /// ```
    /// use paystatus_sandbox::{Fault, Provider, Sandbox};
    ///
    /// let sandbox = Sandbox::start_blocking(0)?;
    /// sandbox.inject(Provider::BEARER, Some("sandbox-pending"), Fault::state("failed").times(2))?;
    /// sandbox.inject(Provider::BEARER, Some("sandbox-pending"), Fault::state("succeeded"))?;
    /// assert_eq!(sandbox.payment(Provider::BEARER, "sandbox-pending").unwrap().state(), "failed");
    /// // A provider as a whole has no state.
    /// assert!(sandbox.inject(Provider::BEARER, None, Fault::state("failed")).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn state(state: impl Into<String>) -> Self {
        Self { state: Some(state.into()), ..Self::default() }
    }

    /// Adds `Retry-After` in seconds to what is answered.
    ///
    /// ```
    /// use paystatus_sandbox::{Fault, Provider, Sandbox};
    ///
    /// let sandbox = Sandbox::start_blocking(0)?;
    /// let limited = Fault::status(429).with_retry_after(59);
    /// assert!(sandbox.inject(Provider::BEARER, None, limited).is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn with_retry_after(mut self, seconds: u32) -> Self {
        self.effect.retry_after = Some(RetryAfter::Seconds(seconds));
        self
    }

    /// Adds `Retry-After` as an HTTP date, so many seconds after the reply's own `Date`.
    ///
    /// ```
    /// use paystatus_sandbox::Fault;
    ///
    /// let fault = Fault::status(429).with_retry_after_date(59);
    /// assert_ne!(fault, Fault::status(429).with_retry_after(59));
    /// ```
    pub fn with_retry_after_date(mut self, seconds: u32) -> Self {
        self.effect.retry_after = Some(RetryAfter::Date(seconds));
        self
    }

    /// Puts two faults into one: delays add up, and where both say something else the first counts.
    ///
    /// ```
    /// use paystatus_sandbox::{Fault, Reply};
    ///
    /// let both = Fault::reply(Reply::new(200).with_body("{}")).and(Fault::cut(1));
    /// assert_eq!(both.clone().and(Fault::hang()), both);
    /// ```
    pub fn and(self, other: Self) -> Self {
        Self {
            effect: self.effect.and(other.effect),
            state: self.state.or(other.state),
            times: self.times.or(other.times),
            lasting: self.lasting.or(other.lasting),
        }
    }

    /// Ends the fault after this many requests, at least one.
    ///
    /// ```
    /// use paystatus_sandbox::{Fault, Provider, Sandbox};
    ///
    /// let sandbox = Sandbox::start_blocking(0)?;
    /// let error = sandbox.inject(Provider::BEARER, None, Fault::hang().times(0)).unwrap_err();
    /// assert_eq!(error.field(), "times");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }

    /// Ends the fault after this time, at least a millisecond; together with [`times`](Self::times), after whichever
    /// comes first.
    ///
    /// The time is that of the sandbox's own runtime: a test that stops its clock does not stop this one.
    ///
    /// ```
    /// use paystatus_sandbox::{Fault, Provider, Sandbox};
    /// use std::time::Duration;
    ///
    /// let sandbox = Sandbox::start_blocking(0)?;
    /// let outage = Fault::status(503).lasting(Duration::from_secs(2));
    /// assert!(sandbox.inject(Provider::BEARER, None, outage).is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn lasting(self, lasting: Duration) -> Self {
        Self { lasting: Some(lasting), ..self }
    }

    fn of(effect: Effect) -> Self {
        Self { effect, ..Self::default() }
    }

    fn answering(answer: Answer) -> Self {
        Self::of(Effect { answer: Some(answer), ..Effect::default() })
    }

    fn ending(end: End) -> Self {
        Self::of(Effect { end: Some(end), ..Effect::default() })
    }

    /// A state alone: it is over as soon as the payment has moved.
    pub(crate) fn is_momentary(&self) -> bool {
        self.state.is_some()
            && self.effect == Effect::default()
            && self.times.is_none()
            && self.lasting.is_none()
    }

    /// Tells whether the fault stays for ever, so that no fault behind it would ever begin.
    pub(crate) fn is_endless(&self) -> bool {
        self.times.is_none() && self.lasting.is_none() && !self.is_momentary()
    }

    /// Refuses what could not be done to a payment, or to a provider as a whole.
    pub(crate) fn check(&self, provider: Provider, is_payment: bool) -> Result<(), Error> {
        match &self.state {
            Some(_) if !is_payment => {
                return Err(Error::invalid("state", "belongs to a payment, not to a provider as a whole"));
            }
            Some(state) => check_state(provider, state)?,
            None => {}
        }
        let status = match &self.effect.answer {
            Some(Answer::Status(status)) => {
                Reply::new(*status).check()?;
                *status
            }
            Some(Answer::Reply(reply)) => {
                reply.check()?;
                reply.status()
            }
            Some(Answer::NotFound) | None => 200,
        };
        let needs_body = match self.effect.end {
            Some(End::Malformed) => Some("malformed"),
            Some(End::Cut(_)) => Some("cut_after"),
            Some(End::ResetAfter(_)) => Some("reset_after"),
            Some(End::Reset | End::Hang) | None => None,
        };
        if let (204 | 304, Some(field)) = (status, needs_body) {
            return Err(Error::invalid(field, format!("an answer with status {status} has no body")));
        }
        if self.times == Some(0) {
            return Err(Error::invalid("times", "must be at least 1"));
        }
        if self.lasting.is_some_and(|lasting| lasting < Duration::from_millis(1)) {
            return Err(Error::invalid("for_ms", "must be at least 1"));
        }
        Ok(())
    }
}

impl Effect {
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            delay: self.delay.saturating_add(other.delay),
            answer: self.answer.or(other.answer),
            retry_after: self.retry_after.or(other.retry_after),
            end: self.end.or(other.end),
        }
    }
}

impl RetryAfter {
    pub(crate) fn put_on(self, reply: Reply) -> Reply {
        let seconds = match self {
            Self::Seconds(seconds) => {
                let seconds = seconds.to_string();
                return reply.replacing_header("retry-after", &seconds).replacing_limit(&seconds);
            }
            Self::Date(seconds) => seconds,
        };
        let now = Timestamp::now().as_second();
        let date = |second| {
            let instant = Timestamp::from_second(second).ok()?;
            DateTimePrinter::new().timestamp_to_rfc9110_string(&instant).ok()
        };
        // The server's own date could be a second older.
        match (date(now), date(now + i64::from(seconds))) {
            (Some(now), Some(then)) => reply
                .replacing_header("date", &now)
                .replacing_header("retry-after", &then)
                .replacing_limit(&seconds.to_string()),
            _ => reply,
        }
    }
}
