//! `paystatus reconcile`

mod atomic_file;
mod failure;
mod files;
mod progress;
mod shown;
mod watch_open;

use std::{
    env, fs,
    io::{self, Read},
    path::Path,
    pin::pin,
    time::Duration,
};

use paystatus::{
    Accounts, Configuration, Error, ErrorKind, Lookup, Pace, Payment, StatusClient, WaitPlan, async_trait,
};
use paystatus_reconcile::{BadRow, Checked, FindingsWriter, Ledger, Outcome, Reconciliation, Report, Totals};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use self::{
    atomic_file::AtomicFile,
    failure::Failure,
    files::{Files, unwritable},
    progress::Watch,
    shown::{MOST_BAD_ROWS_IN_JSON, Shown, count, rows},
    watch_open::WatchOpen,
};
use crate::{
    args::{Args, Reconcile},
    configuration,
    interrupt::interrupted,
    output::{Output, clean, complain},
};

/// How long what is on its way may still take once somebody wants the command to end.
const LAST_ANSWERS: Duration = Duration::from_secs(10);

/// How many unknown accounts are named.
const MOST_HINTS: usize = 5;

/// How many bad rows the page for people is given.
const BAD_ROWS_IN_REPORT: u32 = 100;

/// JSON lines go to standard output in pieces of about this size.
const PIECE: usize = 64 << 10;

pub(crate) async fn run(args: &Args, options: &Reconcile, output: &Output) -> Result<u8, Error> {
    match reconcile(args, options, output).await {
        Ok(code) => Ok(code),
        Err(Failure::Refused(error)) => Err(error),
        Err(failure) => {
            failure.tell(output);
            complain("no provider was asked");
            Ok(4)
        }
    }
}

async fn reconcile(args: &Args, options: &Reconcile, output: &Output) -> Result<u8, Failure> {
    let files = Files::of(args, options)?;
    let ledger = Ledger::read(files.open()?, files.format, &options.columns()?)?;
    let (configuration, _sandbox) = configuration::read(args).await?;
    let mut watch_open = match options.watch_open {
        true => Some(WatchOpen::in_store(args, options).await?),
        false => None,
    };
    let mut run = begin(options, &files, ledger)?;
    let accounts = match check(&run, options).and_then(|()| open(&run, &configuration, args.sandbox)) {
        Ok(accounts) => accounts,
        Err(failure) => {
            if run.finished() == 0 {
                // A journal without an answer is of no use to anybody.
                run.finish()?;
            }
            return Err(failure);
        }
    };
    match ask(&mut run, &accounts).await.map_err(Failure::from) {
        Ok(()) if run.finished() == run.rows() => {}
        Ok(()) => return Ok(pause(&run, &files, output)),
        // It is said before anything is asked.
        Err(Failure::Refused(error)) => return Err(Failure::Refused(error)),
        Err(failure) => return Ok(give_up(Some(failure), &files, output)),
    }
    end_when_interrupted();
    // The accounts of a sandbox are gone with it.
    let to_ask_again = if args.sandbox { Ok(0) } else { run.to_ask_again().map_err(Failure::from) };
    let told =
        to_ask_again.and_then(|again| Ok((tell(&run, &files, output, again, watch_open.as_mut())?, again)));
    let (totals, to_ask_again) = match told {
        Ok(told) if !output.is_lost() => told,
        told => return Ok(give_up(told.err(), &files, output)),
    };
    if to_ask_again > 0 {
        complain(&format!(
            "{} could not be asked about; what was learned is kept in {}: {} asks only about them{}",
            rows(to_ask_again),
            files.journal.display(),
            resuming(),
            with_input(&files),
        ));
    } else if let Err(error) = run.finish() {
        // Everything is where it belongs.
        complain(&format!("paystatus: {}", clean(&error.to_string())));
    }
    if let Some(open) = watch_open
        && !open.hand_over(accounts, output).await
    {
        return Ok(4);
    }
    Ok(code(&totals))
}

fn code(totals: &Totals) -> u8 {
    match totals.outcome() {
        Outcome::Match => 0,
        Outcome::Differences => 1,
        Outcome::Unreadable => 2,
        _ => 3,
    }
}

/// Takes the ledger into the journal, or goes on with what the journal has.
fn begin<R: Read>(options: &Reconcile, files: &Files, ledger: Ledger<R>) -> Result<Reconciliation, Failure> {
    let journal = &files.journal;
    let (was_there, name) = (fs::metadata(journal).is_ok_and(|found| found.len() > 0), journal.display());
    let run = if options.resume {
        Reconciliation::resume(journal, ledger)
    } else {
        Reconciliation::begin(journal, ledger)
    };
    let run = run.map_err(|error| Failure::from(error).with(files.journal_remedy()))?;
    match (options.resume, was_there) {
        (true, false) => complain(&format!("there is no journal {name} to go on with: this is a new run")),
        (false, true) => complain(&format!(
            "the journal {name} of an earlier run is started over; --resume would have continued it"
        )),
        _ => {}
    }
    Ok(run)
}

/// With `--strict` every row must be readable.
fn check(run: &Reconciliation, options: &Reconcile) -> Result<(), Failure> {
    let bad = run.bad_row_count()?;
    if !options.strict || bad == 0 {
        return Ok(());
    }
    let first: Vec<_> = run.bad_rows(3)?.iter().map(BadRow::to_string).collect();
    let more = if bad > first.len() as u64 { "; …" } else { "" };
    let why = format!(
        "{} of the ledger can't be read, and nothing was asked: {}{more}",
        rows(bad),
        first.join("; ")
    );
    Err(Error::new(ErrorKind::Config, why).into())
}

/// Opens the accounts that the ledger names and the configuration has; no other account's secrets are touched.
fn open(run: &Reconciliation, configuration: &Configuration, in_sandbox: bool) -> Result<Accounts, Failure> {
    let mut accounts = Accounts::default();
    let mut unknown = Vec::new();
    for name in run.accounts()? {
        match configuration.open(&name) {
            Ok(client) if in_sandbox => accounts.insert(name, Sandboxed(client)),
            Ok(client) => accounts.insert(name, client),
            Err(error) if configuration.names().any(|known| known == name) => return Err(error.into()),
            Err(error) => unknown.push(error),
        }
    }
    for error in unknown.iter().take(MOST_HINTS) {
        complain(&format!("paystatus: {}; its rows can't be verified", clean(error.message())));
    }
    let more = unknown.len().saturating_sub(MOST_HINTS);
    if more > 0 {
        complain(&format!("paystatus: {} more accounts are not in the configuration", count(more as u64)));
    }
    Ok(accounts)
}

/// An account of the embedded sandbox, which is another server each time and has the same payments.
struct Sandboxed(Box<dyn StatusClient>);

#[async_trait]
impl StatusClient for Sandboxed {
    fn provider(&self) -> &'static str {
        self.0.provider()
    }

    fn server(&self) -> Option<String> {
        Some("the sandbox of --sandbox".to_owned())
    }

    fn allows_test_money(&self) -> bool {
        self.0.allows_test_money()
    }

    async fn status(&self, lookup: &Lookup) -> Result<Payment<Value>, Error> {
        self.0.status(lookup).await
    }

    async fn status_in_turn(&self, lookup: &Lookup) -> Result<Payment<Value>, Error> {
        self.0.status_in_turn(lookup).await
    }

    fn can_ask(&self, lookup: &Lookup) -> Result<(), Error> {
        self.0.can_ask(lookup)
    }

    fn pace(&self) -> Option<Pace> {
        self.0.pace()
    }

    fn wait_plan(&self) -> WaitPlan {
        self.0.wait_plan()
    }
}

/// Asks about every row that is not finished, unless that is interrupted.
async fn ask(run: &mut Reconciliation, accounts: &Accounts) -> Result<(), paystatus_reconcile::Error> {
    let mut watch = Watch::new(run.rows(), run.finished());
    let aside = watch.aside();
    let (stop, stopped) = oneshot::channel();
    let stopped = async { stopped.await.unwrap_or(()) };
    let asked = {
        let mut asking = pin!(run.ask(accounts, stopped, |progress| watch.see(progress)));
        tokio::select! {
            asked = &mut asking => asked,
            () = interrupted() => {
                aside("stopping: what is on its way is waited for; interrupt once more to stop at once");
                let _ = stop.send(());
                tokio::select! {
                    asked = &mut asking => asked,
                    () = interrupted() => Ok(()),
                    () = tokio::time::sleep(LAST_ANSWERS) => Ok(()),
                }
            }
        }
    };
    watch.clear();
    asked
}

/// Says how to go on after an error, or an output that could not be written, once requests were sent.
fn give_up(failure: Option<Failure>, files: &Files, output: &Output) -> u8 {
    if let Some(failure) = failure {
        failure.tell(output);
    }
    complain(&format!("what was learned is kept in {}\n{}", files.journal.display(), again(files)));
    4
}

/// Says how to go on after an interruption.
fn pause(run: &Reconciliation, files: &Files, output: &Output) -> u8 {
    let (finished, rows) = (run.finished(), run.rows());
    if output.json {
        output.line(&json!({ "summary": { "outcome": "interrupted", "rows": rows, "finished": finished } }));
    }
    complain(&format!(
        "interrupted: {} of {} rows are finished, and kept in {}; nothing else was written\n{}",
        count(finished),
        count(rows),
        files.journal.display(),
        again(files),
    ));
    4
}

fn again(files: &Files) -> String {
    format!("to continue: {}{}", resuming(), with_input(files))
}

/// What is left is comparing and writing, which nothing waits for: whoever wants it to end ends the process, and the
/// journal has all answers.
fn end_when_interrupted() {
    std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        if let Ok(runtime) = runtime {
            runtime.block_on(interrupted());
            complain(&format!("interrupted: every answer is kept\nto continue: {}", resuming()));
            std::process::exit(4);
        }
    });
}

/// The command that goes on.
fn resuming() -> String {
    let mut words: Vec<_> = env::args_os().map(|word| quoted(&word.to_string_lossy())).collect();
    let options = words.iter().position(|word| word == "--").unwrap_or(words.len());
    if !words[..options].iter().any(|word| word == "--resume") {
        words.insert(options, "--resume".to_owned());
    }
    clean(&words.join(" "))
}

fn with_input(files: &Files) -> &'static str {
    if files.is_standard_input() { ", with the same ledger on standard input" } else { "" }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+\\".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Compares, and writes what there is to write: the files as a whole or not at all.
fn tell(
    run: &Reconciliation,
    files: &Files,
    output: &Output,
    to_ask_again: u64,
    mut watch_open: Option<&mut WatchOpen>,
) -> Result<Totals, Failure> {
    let mut out = match &files.out {
        Some((path, format)) => {
            let begun = AtomicFile::create(path).and_then(|file| FindingsWriter::new(file, *format));
            Some(begun.map_err(unwritten(path))?)
        }
        None => None,
    };
    let mut report = files.report.as_ref().map(|_| Report::new(files.title()));
    let mut shown = Shown::default();
    let mut lines = Lines::new(output, output.json && out.is_none());
    let totals = run.compare(|checked| {
        if let Some(out) = &mut out {
            out.write(checked)?;
        }
        if let Some(report) = &mut report {
            report.add(checked);
        }
        shown.add(checked);
        if let Some(open) = &mut watch_open {
            open.add(checked);
        }
        lines.add(checked)
    })?;
    lines.flush();
    let mut whole = Vec::new();
    if let (Some((path, _)), Some(out)) = (&files.out, out) {
        whole.push((path, out.finish().map_err(unwritten(path))?));
    }
    if let (Some(path), Some(report)) = (&files.report, &report) {
        let page = write_page(path, report, &totals, &run.bad_rows(BAD_ROWS_IN_REPORT)?);
        whole.push((path, page.map_err(unwritten(path))?));
    }
    // None takes its place before all are written.
    for (path, file) in whole {
        file.replace().map_err(unwritten(path))?;
    }
    let left_out = report.as_ref().map_or(0, Report::left_out);
    let bad_rows = run.bad_rows(MOST_BAD_ROWS_IN_JSON)?;
    if output.json {
        output.line(&summary(&totals, &bad_rows, to_ask_again));
        if totals.rows() == 0 && totals.bad_rows() == 0 {
            complain("the ledger has no rows: there was nothing to compare");
        }
    } else {
        output.text(&shown.text(&totals, &bad_rows, files.out.is_some()));
    }
    if let (Some(path), None, 1..) = (&files.report, &files.out, left_out) {
        let all = shown.count();
        complain(&format!(
            "{} shows the first {} of {} rows that do not match; --out FILE writes every row",
            path.display(),
            count(all.saturating_sub(left_out)),
            count(all),
        ));
    }
    Ok(totals)
}

fn unwritten(path: &Path) -> impl Fn(io::Error) -> Failure {
    move |error| Failure::Unwritten(unwritable(path, &error))
}

fn write_page(path: &Path, report: &Report, totals: &Totals, bad_rows: &[BadRow]) -> io::Result<AtomicFile> {
    let mut page = io::BufWriter::new(AtomicFile::create(path)?);
    report.write(&mut page, totals, bad_rows)?;
    page.into_inner().map_err(|error| error.into_error())
}

/// The last JSON line.
fn summary(totals: &Totals, bad_rows: &[BadRow], to_ask_again: u64) -> Value {
    let at_risk: Vec<_> = totals
        .value_at_risk()
        .iter()
        .map(|(currency, sum)| json!({ "currency": currency, "amount": sum }))
        .collect();
    json!({ "summary": {
        "outcome": totals.outcome().as_str(),
        "rows": totals.rows(),
        "bad_rows": totals.bad_rows(),
        "first_bad_rows": bad_rows,
        "to_ask_again": to_ask_again,
        "totals": totals.by_finding_account_and_currency().collect::<Vec<_>>(),
        "value_at_risk": at_risk,
    } })
}

/// Rows as JSON lines on standard output, if they are wanted there.
struct Lines<'a> {
    output: &'a Output,
    piece: Option<Vec<u8>>,
}

impl<'a> Lines<'a> {
    fn new(output: &'a Output, are_wanted: bool) -> Self {
        Self { output, piece: are_wanted.then(Vec::new) }
    }

    fn add(&mut self, checked: &Checked) -> io::Result<()> {
        let Some(piece) = &mut self.piece else { return Ok(()) };
        serde_json::to_writer(&mut *piece, checked)?;
        piece.push(b'\n');
        if piece.len() >= PIECE {
            self.flush();
        }
        Ok(())
    }

    fn flush(&mut self) {
        if let Some(piece) = &mut self.piece {
            self.output.bytes(piece);
            piece.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_quoted_for_a_shell() {
        for (word, shown) in [
            ("ledger-1.csv", "ledger-1.csv"),
            ("my ledger.csv", "'my ledger.csv'"),
            ("it's", r"'it'\''s'"),
            ("amount=Total", "amount=Total"),
            ("$(x)", "'$(x)'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), shown);
        }
    }
}
