use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    future::Future,
    io::{self, Read},
    path::Path,
    pin::pin,
    time::Duration,
};

use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
use paystatus::{Accounts, ErrorKind as NoAnswer, Payment, StatusClient};
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    BadRow, Checked, Columns, Entry, Error, ErrorKind, Finding, FindingKind, Ledger, Totals,
    compare::alone,
    journal::{Answered, Journal, Stored},
    learned::{Learned, Unanswered, learned, now},
};

/// How many rows of one account are on their way at once; the account's own places in flight and pace bound it further.
const AT_ONCE: usize = 32;

/// The same, before an account has shown that its credentials are good.
const AT_FIRST: usize = 4;

/// After so many refusals of its credentials an account is not asked any more: some providers lock accounts.
const REFUSALS: u32 = 8;

/// The same for credentials that were good before, since a provider may also refuse single payments.
const REFUSALS_LATER: u32 = 32;

/// An account that never answered is not asked any more after so many failures in a row.
const FAILURES: u32 = 64;

/// No ledger has as many rows.
const LAST_ROW: u64 = u64::MAX >> 1;

/// Whoever watches is told at least so often.
const TOLD_EVERY: Duration = Duration::from_secs(1);

/// What has come is saved at once, but not more often than this, unless it is so much.
const SAVED_EVERY: Duration = Duration::from_millis(5);
const SAVED_AT_ONCE: usize = 256;

/// How many rows are fetched from the journal at once.
const PAGE: u32 = 256;

/// A ledger on its way through the providers, with a journal on disk: what is finished stays finished.
///
/// ```
/// use paystatus::Accounts;
/// use paystatus_reconcile::{Columns, Format, Ledger, Outcome, Reconciliation};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// let ledger = "account,payment_id,amount,currency\nclosed-shop,pay_001,50.00,USD\n";
/// let ledger = Ledger::read(ledger.as_bytes(), Format::Csv, &Columns::default())?;
/// let accounts = Accounts::default();
///
/// let mut run = Reconciliation::begin(&folder.path().join("ledger.journal"), ledger)?;
/// run.ask(&accounts, std::future::pending(), |progress| assert!(progress.finished <= progress.rows)).await?;
/// let totals = run.compare(|row| {
///     assert_eq!(row.to_string(), "row 2, closed-shop pay_001: the account is not configured");
///     Ok(())
/// })?;
/// assert_eq!(totals.outcome(), Outcome::Undecided);
/// run.finish()?;
/// # Ok(())
/// # }
/// ```
pub struct Reconciliation {
    journal: Journal,
    columns: Columns,
    rows: u64,
    finished: u64,
    /// The accounts in which test money counts, once they were asked.
    test_accounts: BTreeSet<String>,
}

/// How far a reconciliation has come.
///
/// ```
/// use paystatus::Accounts;
/// use paystatus_reconcile::{Columns, Format, Ledger, Reconciliation};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// let text = "account,payment_id\nno-such-account,pay_001\n";
/// let ledger = Ledger::read(text.as_bytes(), Format::Csv, &Columns::default())?;
/// let mut run = Reconciliation::begin(&folder.path().join("ledger.journal"), ledger)?;
/// let mut told = String::new();
/// let watch = |progress: &paystatus_reconcile::Progress<'_>| {
///     told = format!("{} of {}, {:?}", progress.finished, progress.rows, progress.findings);
/// };
/// run.ask(&Accounts::default(), std::future::pending(), watch).await?;
/// assert_eq!(told, "1 of 1, {Unverifiable: 1}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Progress<'a> {
    /// How many rows there are to ask about.
    pub rows: u64,
    /// How many of them are finished, those of earlier runs included.
    pub finished: u64,
    /// The findings of this run so far; what only all rows together show is not among them.
    pub findings: &'a BTreeMap<FindingKind, u64>,
    /// How long it will take at the pace so far, by the account that will take longest; nothing before that is known.
    pub time_left: Option<Duration>,
}

impl Reconciliation {
    /// Reads a ledger into a journal, and forgets what the journal held.
    ///
    /// # Errors
    /// [`ErrorKind::Ledger`] if the ledger can't be read to its end, [`ErrorKind::Journal`] if the journal is in use or is
    /// a file of something else, and [`ErrorKind::Storage`] if it can't be written.
    pub fn begin<R: Read>(journal: &Path, ledger: Ledger<R>) -> Result<Self, Error> {
        Self::load(Journal::open(journal)?, ledger)
    }

    /// Continues the run that a journal holds, or begins one if it holds none.
    ///
    /// # Errors
    /// As [`begin`](Self::begin), and [`ErrorKind::Journal`] if the ledger or the way to read it is not that of the run.
    ///
    /// ```
    /// use paystatus_reconcile::{Columns, Format, Ledger, Reconciliation};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// let journal = folder.path().join("ledger.journal");
    /// let ledger = |text: &'static str| Ledger::read(text.as_bytes(), Format::Csv, &Columns::default());
    /// drop(Reconciliation::begin(&journal, ledger("account,payment_id\nshop,pay_001\n")?)?);
    ///
    /// let run = Reconciliation::resume(&journal, ledger("account,payment_id\nshop,pay_001\n")?)?;
    /// assert_eq!((run.rows(), run.finished()), (1, 0));
    /// drop(run);
    /// let other = Reconciliation::resume(&journal, ledger("account,payment_id\nshop,pay_002\n")?);
    /// assert!(other.unwrap_err().to_string().starts_with("the ledger is not the one"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume<R: Read>(journal: &Path, mut ledger: Ledger<R>) -> Result<Self, Error> {
        let journal = Journal::open(journal)?;
        let Some(digest) = journal.digest()? else { return Self::load(journal, ledger) };
        ledger.by_ref().try_for_each(|row| row.map(drop))?;
        if ledger.digest() != digest {
            let why = "the ledger is not the one of the run that is to be continued, or is read in another way: \
                       start over, or give the same ledger and options";
            return Err(Error::new(ErrorKind::Journal, why));
        }
        journal.ask_again()?;
        Self::of(journal, ledger.columns().clone())
    }

    fn load<R: Read>(mut journal: Journal, mut ledger: Ledger<R>) -> Result<Self, Error> {
        if let Err(error) = journal.load(&mut ledger) {
            // A journal that was made for nothing goes; one with an earlier run stays as it was.
            return if journal.digest()?.is_none() { journal.remove().and(Err(error)) } else { Err(error) };
        }
        Self::of(journal, ledger.columns().clone())
    }

    fn of(journal: Journal, columns: Columns) -> Result<Self, Error> {
        let (rows, finished) = journal.progress()?;
        Ok(Self { journal, columns, rows, finished, test_accounts: BTreeSet::new() })
    }

    /// The row, with what holds for its account.
    fn of_account(&self, entry: Entry) -> Entry {
        if self.test_accounts.contains(entry.account()) { entry.allowing_test_money() } else { entry }
    }

    /// How many rows there are to ask about: neither bad rows nor duplicates.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// How many of them are finished.
    pub fn finished(&self) -> u64 {
        self.finished
    }

    /// The accounts that the ledger names, in order.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] if the journal can't be read.
    pub fn accounts(&self) -> Result<Vec<String>, Error> {
        self.journal.accounts()
    }

    /// How many rows of the ledger can't be used.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] if the journal can't be read.
    pub fn bad_row_count(&self) -> Result<u64, Error> {
        self.journal.bad_row_count()
    }

    /// The first of the rows that can't be used.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] if the journal can't be read.
    pub fn bad_rows(&self, at_most: u32) -> Result<Vec<BadRow>, Error> {
        self.journal.bad_rows(at_most)
    }

    /// How many finished rows taught nothing, and may be worth another try: their account was not configured or refused
    /// its credentials, or the cause may go away by itself. [`resume`](Self::resume) asks about them again.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] if the journal can't be read.
    pub fn to_ask_again(&self) -> Result<u64, Error> {
        self.journal.to_ask_again()
    }

    /// Asks about every row that is not finished, all accounts side by side, each within its pace.
    ///
    /// Where an account has answered, rows whose failure may have gone away are asked about once more at the end.
    /// An account that refuses its credentials again and again, or never answers, is not asked any more.
    /// Rows of accounts that are not among `accounts` are finished without asking.
    ///
    /// Once `stop` is ready no row is begun any more, and what is on its way is waited for.
    /// Dropping the future gives that up as well; the journal has what had come, but for the last moment.
    /// `watch` is told how far it is, at least once a second.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`], before anything is asked, if the journal has answers about an account that
    /// [another server](StatusClient::server) gave; [`ErrorKind::Account`] if an account turns out not to be usable, and
    /// [`ErrorKind::Storage`] if the journal can't be written.
    /// That a provider could not be asked is no error: it is the row's finding.
    pub async fn ask(
        &mut self,
        accounts: &Accounts,
        stop: impl Future<Output = ()>,
        mut watch: impl FnMut(&Progress<'_>),
    ) -> Result<(), Error> {
        self.answered_by(accounts)?;
        let mut findings = BTreeMap::new();
        let mut lanes = Vec::new();
        for name in self.journal.accounts()? {
            if accounts.get(&name).is_ok_and(StatusClient::allows_test_money) {
                self.test_accounts.insert(name.clone());
            }
            match accounts.get(&name) {
                Ok(client) => lanes.push(Lane::new(client, self.journal.left(&name)?, name)),
                Err(_) => self.finish_all(&name, &Err(Unanswered::no_account(&name)), &mut findings)?,
            }
        }
        let mut stop = pin!(stop.fuse());
        let (mut stopped, mut is_second_try) = (false, false);
        let mut on_their_way = FuturesUnordered::new();
        let mut unsaved = Unsaved::default();
        let began = Instant::now();
        let mut tell_at = began;
        loop {
            for (index, lane) in lanes.iter_mut().enumerate().filter(|_| !stopped) {
                while lane.on_their_way < lane.room()
                    && let Some(entry) = lane.next(&self.journal)?
                {
                    lane.on_their_way += 1;
                    let client = lane.client;
                    on_their_way.push(async move {
                        let result = client.status_in_turn(entry.lookup()).await;
                        (index, entry, result)
                    });
                }
            }
            let event = tokio::select! {
                biased;
                () = &mut stop, if !stopped => Event::Stop,
                answer = on_their_way.next(), if !unsaved.is_full() => answer.map_or(Event::End, Event::Answer),
                () = unsaved.due() => Event::Save,
                () = tokio::time::sleep_until(tell_at) => Event::Tell,
            };
            match event {
                Event::Stop => stopped = true,
                Event::Answer((index, entry, result)) => {
                    let lane: &mut Lane<'_> = &mut lanes[index];
                    lane.on_their_way -= 1;
                    lane.answered += 1;
                    if let Err(error) = &result
                        && error.kind() == NoAnswer::Config
                    {
                        self.save(&mut unsaved)?;
                        let why = format!("account `{}`: {}", lane.name, error.message());
                        return Err(Error::new(ErrorKind::Account, why));
                    }
                    lane.learn(result.as_ref().err().map(paystatus::Error::kind));
                    let per_account = self.columns.references_per_account;
                    let answered =
                        Answered::new(&entry, lane.client.provider(), learned(result), per_account);
                    let finding = alone(&self.of_account(entry), &answered.learned);
                    *findings.entry(finding.kind()).or_default() += 1;
                    unsaved.answers.push(answered);
                    if lane.is_hopeless() && lane.on_their_way == 0 {
                        let why = Err(lane.give_up());
                        self.save(&mut unsaved)?;
                        self.finish_all(&lanes[index].name, &why, &mut findings)?;
                    }
                }
                Event::Save | Event::Tell | Event::End => {
                    self.save(&mut unsaved)?;
                    tell_at = Instant::now() + TOLD_EVERY;
                    watch(&Progress {
                        rows: self.rows,
                        finished: self.finished,
                        findings: &findings,
                        time_left: lanes
                            .iter()
                            .map(|lane| lane.time_left(began))
                            .try_fold(Duration::ZERO, |longest, left| Some(longest.max(left?))),
                    });
                    if matches!(event, Event::End) {
                        let again = if stopped || is_second_try { 0 } else { self.second_try(&mut lanes)? };
                        if again == 0 {
                            return Ok(());
                        }
                        is_second_try = true;
                        if let Some(undecided) = findings.get_mut(&FindingKind::Unverifiable) {
                            *undecided = undecided.saturating_sub(again);
                        }
                    }
                }
            }
        }
    }

    /// Refuses to mix the answers of two servers in one run.
    fn answered_by(&self, accounts: &Accounts) -> Result<(), Error> {
        for name in self.journal.accounts()? {
            let Ok(client) = accounts.get(&name) else { continue };
            let server = match client.server() {
                Some(server) => format!("{} at {server}", client.provider()),
                None => client.provider().to_owned(),
            };
            if let Some(earlier) = self.journal.ask_at(&name, &server)? {
                let why = format!(
                    "the run that is to be continued asked {earlier} about account `{name}`, which is {server} now: \
                     go on with the configuration of that run, or start over"
                );
                return Err(Error::new(ErrorKind::Journal, why));
            }
        }
        Ok(())
    }

    /// Puts the rows back that may do better now, of accounts that have answered; tells how many there are.
    fn second_try(&mut self, lanes: &mut [Lane<'_>]) -> Result<u64, Error> {
        let mut again = 0;
        for lane in lanes.iter_mut().filter(|lane| lane.is_good()) {
            let rows = self.journal.ask_account_again(&lane.name)?;
            (lane.after, lane.rows) = (0, lane.rows + rows);
            again += rows;
        }
        self.finished -= again;
        Ok(again)
    }

    fn save(&mut self, unsaved: &mut Unsaved) -> Result<(), Error> {
        if unsaved.answers.is_empty() {
            return Ok(());
        }
        self.journal.keep(&unsaved.answers)?;
        self.finished += unsaved.answers.len() as u64;
        unsaved.answers.clear();
        unsaved.saved_at = Some(Instant::now());
        Ok(())
    }

    /// Finishes what is left of an account without asking.
    fn finish_all(
        &mut self,
        account: &str,
        learned: &Learned,
        findings: &mut BTreeMap<FindingKind, u64>,
    ) -> Result<(), Error> {
        let rows = self.journal.keep_for_all(account, learned, now())?;
        self.finished += rows;
        if rows > 0 {
            let finding = alone(&Entry::new(0, account, "".into()), learned);
            *findings.entry(finding.kind()).or_default() += rows;
        }
        Ok(())
    }

    /// Compares every row with its answer, in the ledger's order, and adds up.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] if the journal can't be read, or `each` can't write what it is given.
    pub fn compare(&self, mut each: impl FnMut(&Checked) -> io::Result<()>) -> Result<Totals, Error> {
        let mut totals = Totals::new(self.journal.bad_row_count()?);
        self.journal.each(|stored| {
            let Stored { entry, provider, asked_at, learned, same_payment, paid_before } = stored;
            let others = match (same_payment, paid_before) {
                (Some(row), _) => Some(Finding::DuplicateInLedger { row }),
                (None, Some(row)) => Some(Finding::PaidTwice { row: Some(row) }),
                (None, None) => None,
            };
            let checked = Checked::new(self.of_account(entry), provider, asked_at, learned, others);
            totals.add(&checked);
            each(&checked).map_err(|error| {
                Error::new(ErrorKind::Storage, format!("the findings can't be written: {error}"))
            })
        })?;
        Ok(totals)
    }

    /// Removes the journal, once the findings are where they belong.
    ///
    /// # Errors
    /// [`ErrorKind::Storage`] if it can't be removed.
    pub fn finish(self) -> Result<(), Error> {
        self.journal.remove()
    }
}

/// What a run does next.
#[expect(clippy::large_enum_variant, reason = "there is one of it at a time, on the stack")]
enum Event {
    Answer((usize, Entry, Result<Payment<Value>, paystatus::Error>)),
    Save,
    Tell,
    Stop,
    End,
}

/// Answers that are not in the journal yet: where they come fast, a transaction for each would cost more than asking.
#[derive(Default)]
struct Unsaved {
    answers: Vec<Answered>,
    saved_at: Option<Instant>,
}

impl Unsaved {
    fn is_full(&self) -> bool {
        self.answers.len() >= SAVED_AT_ONCE
    }

    /// Waits until it is time to save: at once, unless that was just done.
    async fn due(&self) {
        match self.saved_at {
            _ if self.answers.is_empty() => std::future::pending().await,
            Some(saved_at) if !self.is_full() => tokio::time::sleep_until(saved_at + SAVED_EVERY).await,
            _ => {}
        }
    }
}

/// One account's rows on their way to its provider.
struct Lane<'a> {
    name: String,
    client: &'a dyn StatusClient,
    /// How many rows there are to ask about, and how many answers have come.
    rows: u64,
    answered: u64,
    page: VecDeque<Entry>,
    /// The last row that was fetched.
    after: u64,
    on_their_way: usize,
    /// The account has shown that its credentials are good.
    was_good: bool,
    /// How often its credentials were refused since.
    refused: u32,
    /// How often it could not be reached, or could not answer, before it ever did.
    failed: u32,
    /// The last of those errors.
    kind: NoAnswer,
    gave_up: bool,
}

impl<'a> Lane<'a> {
    fn new(client: &'a dyn StatusClient, rows: u64, name: String) -> Self {
        Self {
            name,
            client,
            rows,
            answered: 0,
            page: VecDeque::new(),
            after: 0,
            on_their_way: 0,
            was_good: false,
            refused: 0,
            failed: 0,
            kind: NoAnswer::Unauthorized,
            gave_up: false,
        }
    }

    fn room(&self) -> usize {
        match (self.is_hopeless(), self.was_good) {
            (true, _) => 0,
            (false, true) => AT_ONCE,
            (false, false) => AT_FIRST,
        }
    }

    fn next(&mut self, journal: &Journal) -> Result<Option<Entry>, Error> {
        if self.page.is_empty() && self.after < LAST_ROW {
            self.page = journal.unfinished(&self.name, self.after, PAGE)?.into();
            self.after = self.page.back().map_or(LAST_ROW, Entry::row);
        }
        Ok(self.page.pop_front())
    }

    fn learn(&mut self, error: Option<NoAnswer>) {
        match error {
            None | Some(NoAnswer::NotFound | NoAnswer::Mismatch) => {
                (self.was_good, self.refused, self.failed) = (true, 0, 0);
            }
            Some(NoAnswer::Unauthorized) => {
                (self.refused, self.kind) = (self.refused + 1, NoAnswer::Unauthorized)
            }
            Some(kind) if kind.is_retryable() => (self.failed, self.kind) = (self.failed + 1, kind),
            // It says nothing about the account, or was never sent.
            Some(_) => self.failed = 0,
        }
    }

    fn is_good(&self) -> bool {
        self.was_good && !self.is_hopeless()
    }

    fn is_hopeless(&self) -> bool {
        self.gave_up
            || match self.was_good {
                true => self.refused >= REFUSALS_LATER,
                false => self.refused >= REFUSALS || self.failed >= FAILURES,
            }
    }

    /// What becomes of the rows that are not asked about.
    fn give_up(&mut self) -> Unanswered {
        self.gave_up = true;
        self.page.clear();
        self.rows = self.answered;
        let why = match self.kind {
            NoAnswer::Unauthorized => {
                format!("not asked: the provider refused this account's credentials {} times", self.refused)
            }
            _ => format!("not asked: the provider failed {} times and never answered", self.failed),
        };
        Unanswered::of(&paystatus::Error::new(self.kind, why))
    }

    /// How long the rest will take at the pace so far, if there is one.
    fn time_left(&self, since: Instant) -> Option<Duration> {
        let left = self.rows.saturating_sub(self.answered);
        if left == 0 {
            return Some(Duration::ZERO);
        }
        let answered = u32::try_from(self.answered).ok().filter(|&answered| answered > 0)?;
        (since.elapsed() / answered).checked_mul(u32::try_from(left).ok()?)
    }
}

impl fmt::Debug for Reconciliation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reconciliation")
            .field("rows", &self.rows)
            .field("finished", &self.finished)
            .finish_non_exhaustive()
    }
}
