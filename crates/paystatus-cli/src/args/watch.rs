use std::time::{Duration, SystemTime};

use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use paystatus::{Error, ErrorKind, Lookup};
use paystatus_watch::{State, Until};
use serde_json::Value;

use super::{Expectation, days, filled, instant, lookup};

#[derive(Debug, ClapArgs)]
pub(crate) struct Watch {
    /// Where watches are kept: sqlite:FILE or postgres:URL; else $PAYSTATUS_STORE, or sqlite:paystatus.db (with
    /// --sandbox sqlite:paystatus-sandbox.db)
    #[arg(long, value_name = "STORE", global = true, value_parser = filled)]
    pub(crate) store: Option<String>,

    #[command(subcommand)]
    pub(crate) command: WatchCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum WatchCommand {
    /// Add a payment, or many: adding one again is harmless, and changes nothing
    Add(Box<Add>),
    /// Ask about what is due until interrupted; several at once are normal, on several machines too
    Run {
        /// End when nothing is open any more
        #[arg(long)]
        until_idle: bool,
        /// How long a payment is one worker's alone, and waits if that one crashes
        #[arg(long, value_name = "TIME", default_value = "60s", value_parser = lease)]
        lease: Duration,
    },
    /// Print what became of payments and accounts, in order
    Events {
        /// Only those after this one's `cursor`
        #[arg(long, value_name = "CURSOR", default_value = "", hide_default_value = true)]
        after: String,
        /// Print further ones as they come, until interrupted
        #[arg(long)]
        follow: bool,
        /// Print so many at most
        #[arg(long, value_name = "N")]
        limit: Option<u64>,
    },
    /// List watches, the oldest first
    List {
        /// Only those that stand so
        #[arg(long, value_parser = state)]
        state: Option<State>,
        /// Only those of an account
        #[arg(long, value_parser = filled)]
        account: Option<String>,
    },
    /// Show a watch with its history
    Show {
        #[arg(value_parser = filled)]
        key: String,
    },
    /// Call a watch off; a decision is not called off, but is looked at no further
    Cancel {
        #[arg(value_parser = filled)]
        key: String,
    },
    /// Remove what ended long ago, with its events; what is open stays
    Prune {
        /// So long ago, such as 90d
        #[arg(long, value_name = "TIME", value_parser = days)]
        older: Duration,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Add {
    /// The account's name in the configuration; or `-` for CSV with a header, or JSON lines, from standard input, with
    /// the columns key, account, id, by, amount, currency, reference, deadline and metadata
    #[arg(value_parser = filled)]
    pub(crate) account: String,

    /// The payment's id at the provider
    #[arg(value_parser = filled)]
    id: Option<String>,

    /// ID is the merchant's order, not the provider's payment
    #[arg(long)]
    pub(crate) order: bool,

    /// Your name for it, such as the order's number; ACCOUNT/ID if left out
    #[arg(long, value_parser = filled)]
    pub(crate) key: Option<String>,

    #[command(flatten)]
    pub(crate) expectation: Expectation,

    /// How long to look for a decision, such as 3d, or until when, in RFC 3339; three days if left out
    #[arg(long, value_name = "TIME", value_parser = deadline)]
    pub(crate) deadline: Option<Deadline>,

    /// What ends that: that the payment is decided, though the provider may change its mind, or that it is final
    #[arg(long, value_name = "WHAT", default_value = "decided")]
    until: Wanted,

    /// How long to look on after the decision for a late success, a refund or a chargeback, such as 30d
    #[arg(long, value_name = "TIME", value_parser = days)]
    pub(crate) follow: Option<Duration>,

    /// JSON of up to 4 KiB that comes back with each event
    #[arg(long, value_name = "JSON", value_parser = json)]
    pub(crate) metadata: Option<Value>,
}

/// When a watch expires.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deadline {
    After(Duration),
    At(SystemTime),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Wanted {
    Decided,
    Final,
}

impl Add {
    pub(crate) fn is_many(&self) -> bool {
        self.account == "-"
    }

    /// What is asked about; an error if that is not one payment.
    pub(crate) fn lookup(&self) -> Result<Lookup, Error> {
        let id = self.id.as_deref().ok_or_else(|| {
            let why = "give ACCOUNT and ID, or `-` to read many from standard input";
            Error::new(ErrorKind::Config, why)
        })?;
        Ok(lookup(id, self.order))
    }

    /// An option that is about one payment, beside `-`.
    pub(crate) fn of_one_only(&self) -> Option<&'static str> {
        let given = [
            ("ID", self.id.is_some()),
            ("--key", self.key.is_some()),
            ("--order", self.order),
            ("--metadata", self.metadata.is_some()),
            ("an expectation", self.expectation.expected().is_some()),
        ];
        given.iter().find_map(|(name, is_given)| is_given.then_some(*name))
    }

    pub(crate) fn until(&self) -> Until {
        match self.until {
            Wanted::Decided => Until::Decided,
            Wanted::Final => Until::Final,
        }
    }
}

/// A time, or a length of time.
pub(crate) fn deadline(text: &str) -> Result<Deadline, String> {
    let read = days(text).map(Deadline::After).or_else(|_| instant(text).map(Deadline::At));
    read.map_err(|_| "write a length of time such as 3d, or a time such as 2026-11-20T09:00:00Z".to_owned())
}

fn lease(text: &str) -> Result<Duration, String> {
    let sound = |lease: &Duration| (1..=3600).contains(&lease.as_secs());
    days(text).ok().filter(sound).ok_or_else(|| "write a length of time from 1s to 1h".to_owned())
}

fn state(word: &str) -> Result<State, String> {
    word.parse().map_err(|()| {
        let words: Vec<_> = State::ALL.iter().map(|state| state.as_str()).collect();
        format!("one of {}", words.join(", "))
    })
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|_| "write JSON, such as '{\"order\":1234}'".to_owned())
}
