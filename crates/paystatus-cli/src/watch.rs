//! `paystatus watch`

mod rows;
mod shown;
mod status_line;

use std::{
    env,
    io::{self, BufReader},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use futures_util::StreamExt;
use paystatus::{Accounts, Error, ErrorKind};
use paystatus_sandbox::Sandbox;
use paystatus_watch::{Filter, Progress, Store, Watcher, open, open_existing};
use serde_json::json;
use tokio::sync::oneshot;

use self::status_line::StatusLine;
use crate::{
    args::{Add, Args, Watch, WatchCommand},
    configuration,
    files::config,
    interrupt::interrupted,
    output::{Output, complain},
};

/// So many rows of a file are added in one transaction.
const ADDED_AT_ONCE: usize = 1000;
/// So many events are fetched at once, and so often is looked for further ones.
const PAGE: u32 = 500;
const LOOK: Duration = Duration::from_millis(500);

/// What ended a command: an error of ours, or one of the store.
enum Failure {
    Config(Error),
    Watch(paystatus_watch::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Config(error)
    }
}

impl From<paystatus_watch::Error> for Failure {
    fn from(error: paystatus_watch::Error) -> Self {
        Self::Watch(error)
    }
}

type Done = Result<u8, Failure>;

pub(crate) async fn run(args: &Args, options: &Watch, output: &Output) -> Result<u8, Error> {
    let done = match &options.command {
        WatchCommand::Add(add) if add.is_many() => add_many(args, options, add, output).await,
        WatchCommand::Add(add) => add_one(args, options, add, output).await,
        WatchCommand::Run { until_idle, lease } => work(args, options, *until_idle, *lease, output).await,
        WatchCommand::Events { after, follow, limit } => {
            let store = open_existing(&url(args, options.store.as_ref())?).await;
            match store {
                Ok(store) => events(store, after, *follow, limit.unwrap_or(u64::MAX), output).await,
                Err(error) => Err(error.into()),
            }
        }
        other => look(args, options, other, output).await,
    };
    match done {
        Ok(code) => Ok(code),
        Err(Failure::Config(error)) => Err(error),
        Err(Failure::Watch(error)) => Ok(output.watch_error(&error)),
    }
}

/// Where watches are kept.
pub(crate) fn url(args: &Args, named: Option<&String>) -> Result<String, Error> {
    if let Some(store) = named {
        return Ok(store.clone());
    }
    match env::var("PAYSTATUS_STORE") {
        Ok(store) if !store.is_empty() => Ok(store),
        Err(env::VarError::NotUnicode(_)) => Err(config("$PAYSTATUS_STORE is no text".to_owned())),
        // The sandbox's payments are nobody's.
        _ if args.sandbox => Ok("sqlite:paystatus-sandbox.db".to_owned()),
        _ => Ok("sqlite:paystatus.db".to_owned()),
    }
}

/// A watcher with every account of the configuration, and the sandbox that they may be about.
async fn watcher(args: &Args, options: &Watch) -> Result<(Watcher, Option<Sandbox>), Failure> {
    let (configuration, sandbox) = configuration::read(args).await?;
    let accounts = configuration.open_all()?;
    Ok((Watcher::new(open(&url(args, options.store.as_ref())?).await?, accounts).await?, sandbox))
}

async fn add_one(args: &Args, options: &Watch, add: &Add, output: &Output) -> Done {
    let lookup = add.lookup()?;
    let watch = rows::defaults(add, paystatus_watch::Watch::new(&add.account, lookup));
    let watch = match &add.key {
        Some(key) => watch.with_key(key),
        None => watch,
    };
    let watch = match add.expectation.expected() {
        Some(expected) if add.expectation.allow_test => watch.expecting(expected.allowing_test_money()),
        Some(expected) => watch.expecting(expected),
        None if add.expectation.allow_test => {
            watch.expecting(paystatus::Expected::paid().allowing_test_money())
        }
        None => watch,
    };
    let watch = watch.with_metadata(add.metadata.clone().unwrap_or_default());
    let (configuration, _sandbox) = configuration::read(args).await?;
    // No other account's secrets are touched.
    let mut accounts = Accounts::default();
    accounts.insert(&*add.account, configuration.open(&add.account)?);
    let watcher = Watcher::new(open(&url(args, options.store.as_ref())?).await?, accounts).await?;
    let added = watcher.add(watch).await?;
    shown::added(&added, output);
    Ok(0)
}

/// Adds what standard input names; what can't be added is told, and the rest is added all the same.
async fn add_many(args: &Args, options: &Watch, add: &Add, output: &Output) -> Done {
    if let Some(name) = add.of_one_only() {
        let why = format!("{name} is about one payment: beside `-` it is a column of the input");
        return Err(config(why).into());
    }
    let mut rows = rows::read(BufReader::new(io::stdin().lock()), add)?;
    let (watcher, _sandbox) = watcher(args, options).await?;
    let (mut new, mut known, mut refused) = (0_u64, 0_u64, 0_u64);
    loop {
        let (mut watches, mut places) = (Vec::new(), Vec::new());
        for row in rows.by_ref().take(ADDED_AT_ONCE) {
            match row {
                Ok((line, watch)) => {
                    watches.push(watch);
                    places.push(line);
                }
                Err(why) => {
                    refused += 1;
                    shown::refused(&why, output);
                }
            }
        }
        let is_end = watches.is_empty() && rows.is_over();
        for (line, added) in places.into_iter().zip(watcher.add_all(watches).await?) {
            match added {
                Ok(added) => {
                    (new, known) = (new + u64::from(added.is_new), known + u64::from(!added.is_new));
                    if output.json {
                        shown::added(&added, output);
                    }
                }
                Err(error) => {
                    refused += 1;
                    shown::refused(&format!("line {line}: {error}"), output);
                }
            }
        }
        if is_end {
            break;
        }
    }
    if !output.json {
        output.text(&format!("{new} added, {known} known already, {refused} refused"));
    }
    Ok(if refused > 0 { 2 } else { 0 })
}

/// Works until nothing is open or somebody wants it to end; then what is on its way is finished.
async fn work(args: &Args, options: &Watch, until_idle: bool, lease: Duration, output: &Output) -> Done {
    let (watcher, _sandbox) = watcher(args, options).await?;
    let worker = watcher.worker().with_lease(lease);
    let worker = if until_idle { worker.until_idle() } else { worker };
    let line = StatusLine::new();
    let aside = line.aside();
    let (stop, stopped) = oneshot::channel();
    let stopped = async { stopped.await.unwrap_or(()) };
    let mut working = pin!(worker.run(stopped, |progress| line.see(progress)));
    let ended: Result<Option<Progress>, _> = tokio::select! {
        ended = &mut working => ended.map(Some),
        () = interrupted() => {
            aside("stopping: what is on its way is waited for; interrupt once more to stop at once");
            let _ = stop.send(());
            tokio::select! {
                ended = &mut working => ended.map(Some),
                () = interrupted() => Ok(None),
            }
        }
    };
    line.clear();
    let Some(done) = ended? else {
        complain("stopped: what was on its way is asked about again when its lease runs out");
        return Ok(0);
    };
    shown::done(&done, output);
    Ok(0)
}

async fn events(store: Arc<dyn Store>, after: &str, follow: bool, mut limit: u64, output: &Output) -> Done {
    let watcher = Watcher::new(store, Accounts::default()).await?;
    let mut cursor = after.to_owned();
    let mut interrupted = pin!(interrupted());
    while limit > 0 && !output.is_closed() && !output.is_lost() {
        let most = u32::try_from(limit).unwrap_or(u32::MAX).min(PAGE);
        let page = match watcher.events_after(&cursor, most).await {
            // It is there again sooner or later, and whoever follows has time.
            Err(error) if follow && error.kind() == paystatus_watch::ErrorKind::Unavailable => {
                complain(&format!("paystatus: {error}"));
                Vec::new()
            }
            page => page?,
        };
        for event in &page {
            shown::event(event, output);
        }
        limit -= page.len() as u64;
        match page.last() {
            Some(last) => last.cursor().clone_into(&mut cursor),
            None if !follow => break,
            None => tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = &mut interrupted => break,
            },
        }
    }
    Ok(0)
}

/// What needs no account.
async fn look(args: &Args, options: &Watch, command: &WatchCommand, output: &Output) -> Done {
    let store = open_existing(&url(args, options.store.as_ref())?).await?;
    let watcher = Watcher::new(store, Accounts::default()).await?;
    let unknown = |key: &str| {
        let why = format!("there is no watch {key:?} in this store");
        Failure::Config(Error::new(ErrorKind::Config, why))
    };
    match command {
        WatchCommand::List { state, account } => {
            let filter = Filter::default();
            let filter = state.map_or(filter.clone(), |state| filter.in_state(state));
            let filter = match account {
                Some(account) => filter.of_account(account),
                None => filter,
            };
            let mut list = pin!(watcher.list(filter));
            while let (Some(watched), false) = (list.next().await, output.is_closed()) {
                shown::listed(&watched?, output);
            }
        }
        WatchCommand::Show { key } => {
            let watched = watcher.show(key).await?.ok_or_else(|| unknown(key))?;
            shown::whole(&watched, &watcher.history(key).await?, output);
        }
        WatchCommand::Cancel { key } => {
            let state = watcher.cancel(key).await?.ok_or_else(|| unknown(key))?;
            if output.json {
                output.line(&json!({ "key": key, "state": state }));
            } else {
                output.text(&format!("{}  {state}", crate::output::clean(key)));
            }
        }
        WatchCommand::Prune { older } => {
            let removed = watcher.prune(*older).await?;
            if output.json {
                output.line(&json!({ "removed": removed }));
            } else {
                output.text(&format!("{removed} removed"));
            }
        }
        WatchCommand::Add(_) | WatchCommand::Run { .. } | WatchCommand::Events { .. } => {}
    }
    Ok(0)
}
