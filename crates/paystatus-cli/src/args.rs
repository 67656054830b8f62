mod reconcile;
mod watch;

use std::{
    path::PathBuf,
    time::{Duration, SystemTime},
};

use clap::{Args as ClapArgs, Parser, Subcommand};
use paystatus::{Currency, Error, Expected, Lookup, Money, Number};

pub(crate) use reconcile::Reconcile;
pub(crate) use watch::{Add, Deadline, Watch, WatchCommand, deadline};

/// Has this payment been paid: yes, no, not yet, or can't tell?
///
/// Exit codes of `check`, `wait` and `judge`: 0 paid, and as expected where something was expected; 1 decided for good,
/// and not paid; 2 usage or configuration, nothing was sent; 3 may still change: open, failed or charged back
/// provisionally, authorized, partly paid, unknown, or a wait that ran out; 4 the status could not be learned; 5 paid,
/// but not as expected, or in test money that nobody allowed.
///
/// `reconcile`, `watch` and `callback verify` have exit codes of their own: see their --help.
#[derive(Debug, Parser)]
#[command(name = "paystatus", version)]
pub(crate) struct Args {
    /// The file with the accounts; else $PAYSTATUS_CONFIG, ./paystatus.toml, or the one in the user's own folder
    #[arg(long, value_name = "FILE", global = true, conflicts_with = "sandbox")]
    pub(crate) config: Option<PathBuf>,

    /// Start a sandbox inside this process and use its accounts, named after their providers
    #[arg(long, global = true)]
    pub(crate) sandbox: bool,

    /// Print one JSON object a line
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Ask once about a payment
    ///
    /// Only exit code 1 says that the payment is decided for good and not paid; 3 may still become 0.
    /// With `-` for ID the exit code is that of the answer that most needs a look: 4, else 5, else 3, else 1, else 0;
    /// and 2 if no id came.
    Check(Check),
    /// Ask about a payment until it is decided
    ///
    /// Exit code 3 is also that of a wait that ran out or was interrupted, and of a failure that may still turn into a
    /// success; it is 4 if nothing was learned by then.
    Wait(Wait),
    /// Say what a stored reply means, and why: nobody is asked, and no account is needed
    ///
    /// The exit codes are those of `check`.
    Judge(Judge),
    /// Compare a ledger with what the providers say, row by row
    ///
    /// A ledger is CSV with a header, or JSON lines.
    /// Its columns are `account`, and `payment_id` or `order_id`; optional `amount` with `currency`, `reference`,
    /// `status` and `as_of`.
    ///
    /// Exit codes: 0 every row matches; 1 there are differences; 2 usage, configuration, or a ledger with no rows or with rows that
    /// can't be read (what can be is compared all the same); 3 no difference is known, and some rows are still open or
    /// could not be verified; 4 interrupted, an error while asking, or findings that could not be written: --resume
    /// continues.
    Reconcile(Reconcile),
    /// Watch payments until they are decided, across crashes, restarts and machines
    ///
    /// What is added is kept in a store; any number of `watch run` ask about it, and `watch events` tells what came of
    /// it.
    ///
    /// Exit codes: 0 done; 2 usage, or something was refused; 4 the store could not be reached.
    Watch(Watch),
    /// Ask the providers, in a sandbox inside this process, and show the answers that differ: no account is needed
    Demo {
        /// Show every answer of every provider
        #[arg(long)]
        all: bool,
    },
    /// Verify a callback that arrived, or sign one for a test
    #[command(subcommand)]
    Callback(Callback),
    /// List the providers: the keys that an account needs, and what each provider can and cannot tell
    Providers,
    /// Serve the providers' protocols on this machine, with payments in every state, until interrupted
    Sandbox {
        /// The port; a free one if left out
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// Also write the ready accounts to this file, which must be new, empty, or written by an earlier sandbox
        #[arg(long, value_name = "FILE")]
        config_out: Option<PathBuf>,
    },
}

impl Command {
    /// Tells whether the command answers many questions, which it does in JSON lines.
    pub(crate) fn is_bulk(&self) -> bool {
        matches!(self, Self::Check(check) if check.question.is_many())
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Callback {
    /// Tell whether a callback is genuine, which says nothing about whether the payment is paid
    ///
    /// Exit codes: 0 genuine; 1 not genuine, or stale; 2 usage or configuration.
    Verify {
        /// The account's name in the configuration
        #[arg(value_parser = filled)]
        account: String,
        /// The headers as they arrived, one `Name: value` a line
        #[arg(long, value_name = "FILE")]
        headers: PathBuf,
        /// The body as it arrived, byte for byte
        #[arg(long, value_name = "FILE")]
        body: PathBuf,
        /// When it arrived, in RFC 3339; now if left out
        #[arg(long, value_name = "TIME", value_parser = instant)]
        received_at: Option<SystemTime>,
        /// The whole URL that was called, for providers that sign it or its query
        #[arg(long, value_name = "URL", value_parser = filled)]
        url: Option<String>,
        /// The provider's certificate, for providers that sign with one: fetched and checked by you
        #[arg(long, value_name = "FILE")]
        certificate: Option<PathBuf>,
    },
    /// Sign a body as the provider would, for tests: prints the headers, an empty line and the body
    Sign {
        /// The account's name in the configuration
        #[arg(value_parser = filled)]
        account: String,
        /// The body to sign
        #[arg(long, value_name = "FILE")]
        body: PathBuf,
        /// The time of the callback, in RFC 3339; now if left out
        #[arg(long, value_name = "TIME", value_parser = instant)]
        at: Option<SystemTime>,
        /// Write the headers to this file instead
        #[arg(long, value_name = "FILE")]
        headers_out: Option<PathBuf>,
        /// Write the body to this file instead
        #[arg(long, value_name = "FILE")]
        body_out: Option<PathBuf>,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Question {
    /// The account's name in the configuration
    #[arg(value_parser = filled)]
    pub(crate) account: String,

    /// The payment's id at the provider; `check` takes `-` for ids from standard input, one a line
    #[arg(value_parser = filled)]
    id: String,

    /// ID is the merchant's order, not the provider's payment
    #[arg(long)]
    order: bool,

    #[command(flatten)]
    pub(crate) terms: Terms,
}

/// What an answer is judged by, and whether the judgement is explained.
#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct Terms {
    #[command(flatten)]
    pub(crate) expectation: Expectation,

    /// Say which row of the provider's status table judged the payment, and where it was read
    #[arg(long)]
    pub(crate) explain: bool,
}

/// What an answer is judged by.
#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct Expectation {
    /// What should have been charged, in major units: 3.01
    #[arg(long, value_name = "AMOUNT", group = "expected", requires = "expect_currency", value_parser = amount)]
    expect_amount: Option<Number>,

    /// What should have been charged at least, where a fee may come on top
    #[arg(long, value_name = "AMOUNT", group = "expected", requires = "expect_currency", value_parser = amount)]
    expect_at_least: Option<Number>,

    /// The currency of that amount: QAR
    #[arg(long, value_name = "CODE", requires = "expected", value_parser = currency)]
    expect_currency: Option<Currency>,

    /// The merchant's own reference
    #[arg(long, value_name = "REFERENCE", value_parser = filled)]
    expect_reference: Option<String>,

    /// That the provider is not known to change its mind about it any more
    #[arg(long)]
    expect_final: bool,

    /// Take test money for money
    #[arg(long)]
    pub(crate) allow_test: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) question: Question,

    /// Also write the reply to this file, for `paystatus judge`: without what does not bear on the answer, and so
    /// without personal data; the file must be new, empty, or an earlier recording
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Wait {
    #[command(flatten)]
    pub(crate) question: Question,

    /// How long to wait, such as 30s or 5m; the provider's own plan if left out
    #[arg(long, value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Judge {
    /// The provider that sent the reply
    #[arg(value_parser = filled)]
    pub(crate) provider: String,

    /// The reply as `curl -i` prints it, or a recording of `check --record`; `-` for standard input
    pub(crate) file: PathBuf,

    /// What was asked about; if left out what the recording says, or whatever payment the reply names
    #[arg(value_parser = filled)]
    id: Option<String>,

    /// ID is the merchant's order, not the provider's payment
    #[arg(long, requires = "id")]
    order: bool,

    #[command(flatten)]
    pub(crate) terms: Terms,
}

fn lookup(id: &str, is_order: bool) -> Lookup {
    if is_order { Lookup::order(id) } else { Lookup::payment(id) }
}

impl Question {
    pub(crate) fn is_many(&self) -> bool {
        self.id == "-"
    }

    pub(crate) fn lookup(&self) -> Lookup {
        self.lookup_of(&self.id)
    }

    pub(crate) fn lookup_of(&self, id: &str) -> Lookup {
        lookup(id, self.order)
    }
}

impl Judge {
    pub(crate) fn lookup(&self) -> Option<Lookup> {
        self.id.as_deref().map(|id| lookup(id, self.order))
    }
}

impl Expectation {
    /// What is expected, if anything is.
    pub(crate) fn expected(&self) -> Option<Expected> {
        let money = |amount: Number| Some(Money::new(amount.value(), self.expect_currency?));
        let exactly = self.expect_amount.and_then(money).map(Expected::new);
        let amount = exactly.or_else(|| self.expect_at_least.and_then(money).map(Expected::at_least));
        if amount.is_none() && self.expect_reference.is_none() && !self.expect_final {
            return None;
        }
        let mut expected = amount.unwrap_or_else(Expected::paid);
        if let Some(reference) = &self.expect_reference {
            expected = expected.with_reference(reference);
        }
        Some(if self.expect_final { expected.and_final() } else { expected })
    }
}

/// A text that says something: an empty one comes from a mistake in a script, and must not count as a name or an id.
fn filled(text: &str) -> Result<String, String> {
    let read = Some(text).filter(|text| !text.trim().is_empty()).map(str::to_owned);
    read.ok_or_else(|| "it is blank: is a variable of the shell not set?".to_owned())
}

fn amount(text: &str) -> Result<Number, String> {
    let read = Number::parse(text).filter(|amount| !amount.value().is_sign_negative());
    read.ok_or_else(|| "write a plain decimal number of at most 28 digits, such as 3.01".to_owned())
}

fn currency(text: &str) -> Result<Currency, String> {
    text.parse().map_err(|error: Error| error.message().to_owned())
}

fn instant(text: &str) -> Result<SystemTime, String> {
    let read = text.parse::<jiff::Timestamp>().map(SystemTime::from);
    read.map_err(|_| "write a time in RFC 3339, such as 2026-11-20T09:00:00Z".to_owned())
}

/// A length of time that may be given in days.
fn days(text: &str) -> Result<Duration, String> {
    let of = |unit: char, seconds: u64| {
        let number: u64 = text.trim().strip_suffix(unit)?.trim().parse().ok()?;
        number.checked_mul(seconds).map(Duration::from_secs)
    };
    let exact = || Duration::try_from(text.parse::<jiff::SignedDuration>().ok()?).ok();
    let read = of('d', 24 * 3600).or_else(|| of('w', 7 * 24 * 3600)).or_else(exact);
    read.filter(|duration| !duration.is_zero())
        .ok_or_else(|| "write a length of time such as 3d, 12h or 90m".to_owned())
}

fn duration(text: &str) -> Result<Duration, String> {
    let read = text.parse::<jiff::SignedDuration>().ok().and_then(|signed| Duration::try_from(signed).ok());
    read.filter(|duration| !duration.is_zero() && *duration <= Duration::from_secs(30 * 24 * 3600))
        .ok_or_else(|| "write a length of time such as 30s, 5m or 2h, at most 30 days".to_owned())
}
