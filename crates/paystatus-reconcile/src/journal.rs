use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read},
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;
use paystatus::Lookup;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Row, config::DbConfig, params};

use crate::{
    BadRow, Entry, Error, ErrorKind, Ledger,
    entry::Said,
    learned::{Learned, another_try, from_journal, now, paid_reference, to_journal},
};

/// Says whose file it is: "pays" in ASCII.
const APPLICATION: i32 = 0x7061_7973;

/// More accounts than this are ids in the wrong column.
const MOST_ACCOUNTS: u64 = 10_000;

/// Another version's journals can't be continued.
const VERSION: i32 = 3;

const TABLES: &str = "
    DROP TABLE IF EXISTS run;
    DROP TABLE IF EXISTS rows;
    DROP TABLE IF EXISTS answers;
    DROP TABLE IF EXISTS bad;
    DROP TABLE IF EXISTS servers;
    -- The ledger that was read to its end; empty before.
    CREATE TABLE run (digest TEXT NOT NULL);
    -- What the books say; `first` is an earlier row about the same payment.
    CREATE TABLE rows (
        row INTEGER PRIMARY KEY, account TEXT NOT NULL, by_order INTEGER NOT NULL, id TEXT NOT NULL,
        said TEXT NOT NULL, first INTEGER
    );
    -- What came of asking; a row that is here is finished.
    CREATE TABLE answers (
        row INTEGER PRIMARY KEY, provider TEXT, asked_at INTEGER NOT NULL, answer TEXT NOT NULL,
        -- Nothing was learned, and another try may do better: by itself (1), or once the configuration is mended (2).
        try_again INTEGER NOT NULL,
        payment_id TEXT,
        -- The payment has another id than the one that was asked about: the row named an order, or an earlier attempt.
        is_elsewhere INTEGER,
        paid_reference TEXT
    );
    CREATE INDEX to_try_again ON answers (row) WHERE try_again;
    CREATE INDEX elsewhere ON answers (payment_id) WHERE is_elsewhere;
    CREATE TABLE bad (row INTEGER NOT NULL, why TEXT NOT NULL);
    -- Who gave an account's answers: its provider and where that was asked, and no credential.
    CREATE TABLE servers (account TEXT PRIMARY KEY, server TEXT NOT NULL);
";

/// For looking rows up by whom they ask about; made once all rows are there, which is a sort instead of a search each.
const SAME_PAYMENT: &str = "
    CREATE INDEX same_payment ON rows (account, id, by_order);
    UPDATE rows SET first = earlier.first
    FROM (
        SELECT account, id, by_order, min(row) AS first FROM rows
        GROUP BY account, id, by_order HAVING count(*) > 1
    ) AS earlier
    WHERE rows.account = earlier.account AND rows.id = earlier.id AND rows.by_order = earlier.by_order
        AND rows.row > earlier.first;
    -- Its keys are account and row: the order in which an account's rows are asked about.
    CREATE INDEX to_ask ON rows (account) WHERE first IS NULL;
";

/// The rows whose reference other payments are paid for, too: few, so that only those have to be looked up.
const SAME_REFERENCE: &str = "
    CREATE INDEX IF NOT EXISTS paid ON answers (paid_reference) WHERE paid_reference IS NOT NULL;
    DROP TABLE IF EXISTS temp.same_reference;
    CREATE TEMP TABLE same_reference (
        row INTEGER PRIMARY KEY, paid_reference TEXT, provider TEXT, payment_id TEXT
    );
    INSERT INTO same_reference SELECT row, paid_reference, provider, payment_id
    FROM answers WHERE paid_reference IN (
        SELECT paid_reference FROM answers WHERE paid_reference IS NOT NULL
        GROUP BY paid_reference HAVING count(*) > 1
    );
    CREATE INDEX temp.same_account ON same_reference (payment_id, provider);
";

/// Every row with its answer, the row that is about the same payment, and the first earlier row whose payment is
/// another one and paid for the same reference. (A cross join is one whose order SQLite keeps.)
const EVERY_ROW: &str = "
    SELECT rows.row, rows.account, by_order, id, said, answers.provider, asked_at, answer,
        coalesce(
            first,
            CASE WHEN answers.is_elsewhere THEN coalesce(
                (
                    SELECT min(own.row) FROM rows AS own
                    WHERE own.account = rows.account AND own.id = answers.payment_id AND own.by_order = 0
                ),
                (
                    SELECT min(same.row) FROM answers AS same CROSS JOIN rows AS booked ON booked.row = same.row
                    WHERE same.is_elsewhere AND same.payment_id = answers.payment_id
                        AND same.row < rows.row AND booked.account = rows.account
                )
            ) END,
            -- One account under two names.
            CASE WHEN shares.row IS NOT NULL THEN (
                SELECT min(same.row) FROM same_reference AS same CROSS JOIN rows AS booked ON booked.row = same.row
                WHERE same.payment_id = answers.payment_id AND same.provider = answers.provider
                    AND same.paid_reference = answers.paid_reference
                    AND same.row < rows.row AND booked.account <> rows.account
            ) END
        ),
        CASE WHEN shares.row IS NOT NULL THEN (
            SELECT paid.row FROM answers AS paid
            WHERE paid.paid_reference = answers.paid_reference AND paid.row < rows.row
                AND NOT (paid.provider = answers.provider AND paid.payment_id = answers.payment_id)
            ORDER BY paid.row LIMIT 1
        ) END
    FROM rows LEFT JOIN answers ON answers.row = rows.row
        LEFT JOIN same_reference AS shares ON shares.row = rows.row
    ORDER BY rows.row
";

const NOT_FINISHED: &str =
    "first IS NULL AND NOT EXISTS (SELECT 1 FROM answers WHERE answers.row = rows.row)";

/// A run of a reconciliation on disk: the ledger's rows, and what came of asking about them.
///
/// What is in it survives the end of the process at any moment; a crash of the machine may take the last answers,
/// which are then asked for again.
pub(crate) struct Journal {
    path: PathBuf,
    database: Connection,
}

/// An answer on its way into the journal.
pub(crate) struct Answered {
    pub(crate) row: u64,
    pub(crate) provider: &'static str,
    pub(crate) at: Timestamp,
    pub(crate) learned: Learned,
    /// The reference of a payment that is paid, and of which account, if each has its own.
    pub(crate) paid_reference: Option<String>,
    pub(crate) is_elsewhere: bool,
}

impl Answered {
    pub(crate) fn new(
        entry: &Entry,
        provider: &'static str,
        learned: Learned,
        references_per_account: bool,
    ) -> Self {
        let paid_reference = paid_reference(entry, &learned).map(|reference| {
            if references_per_account {
                format!("{}\n{reference}", entry.account())
            } else {
                reference.to_owned()
            }
        });
        let is_elsewhere =
            learned.as_ref().is_ok_and(|said| entry.is_by_order() || said.id() != entry.lookup().id());
        Self { row: entry.row(), provider, at: now(), learned, paid_reference, is_elsewhere }
    }
}

/// A row as it stands in the journal.
pub(crate) struct Stored {
    pub(crate) entry: Entry,
    pub(crate) provider: Option<String>,
    pub(crate) asked_at: Option<Timestamp>,
    pub(crate) learned: Option<Learned>,
    /// The row that is about the same payment.
    pub(crate) same_payment: Option<u64>,
    /// An earlier row whose payment is another one, and paid for the same reference.
    pub(crate) paid_before: Option<u64>,
}

impl Journal {
    /// Opens a journal for this process alone, and makes it if there is none.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let refuse =
            |why: String| Error::new(ErrorKind::Journal, format!("the journal {}: {why}", path.display()));
        if look(path).map_err(refuse)? {
            let journal = Self::claim(path)?;
            journal.keep_log()?;
            return Ok(journal);
        }
        make(path).map_err(|error| refuse(unusable(error)))?;
        let made = Self::claim(path).and_then(|journal| {
            journal.lay_out()?;
            journal.keep_log()?;
            Ok(journal)
        });
        if made.is_err() {
            // What was made for nothing goes.
            for file in [path.to_owned(), beside(path, "-journal"), beside(path, "-wal")] {
                let _ = fs::remove_file(file);
            }
        }
        made
    }

    /// Opens the file so that nobody else may touch it until this process ends.
    fn claim(path: &Path) -> Result<Self, Error> {
        let mut flags = OpenFlags::default();
        flags.remove(OpenFlags::SQLITE_OPEN_CREATE);
        let database = failed(path, Connection::open_with_flags(path, flags))?;
        let journal = Self { path: path.to_owned(), database };
        journal.try_to(|| {
            journal.database.busy_timeout(Duration::ZERO)?;
            journal.database.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT;")
        })?;
        Ok(journal)
    }

    /// Says in the file itself whose it is; later changes stand in the log beside it for a while.
    fn lay_out(&self) -> Result<(), Error> {
        let sql = format!(
            "BEGIN; PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION}; {TABLES} COMMIT;"
        );
        self.try_to(|| self.database.execute_batch(&sql))
    }

    fn keep_log(&self) -> Result<(), Error> {
        let sql = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
                   PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 8000;";
        self.try_to(|| self.database.execute_batch(sql))
    }

    /// Puts a ledger in the place of whatever the journal held, all of it or nothing.
    pub(crate) fn load<R: Read>(&mut self, ledger: &mut Ledger<R>) -> Result<(), Error> {
        let path = &self.path;
        let transaction = failed(path, self.database.transaction())?;
        failed(path, transaction.execute_batch(TABLES))?;
        {
            let insert = "INSERT INTO rows (row, account, by_order, id, said) VALUES (?1, ?2, ?3, ?4, ?5)";
            let mut insert = failed(path, transaction.prepare(insert))?;
            let mut bad = failed(path, transaction.prepare("INSERT INTO bad (row, why) VALUES (?1, ?2)"))?;
            for row in ledger.by_ref() {
                let inserted = match row? {
                    Ok(entry) => {
                        let said = serde_json::to_string(entry.said()).unwrap_or_default();
                        let (by_order, id) = (entry.is_by_order(), entry.lookup().id());
                        insert.execute(params![signed(entry.row()), entry.account(), by_order, id, said])
                    }
                    Err(BadRow { row, why }) => bad.execute(params![signed(row), why]),
                };
                failed(path, inserted)?;
            }
        }
        failed(path, transaction.execute_batch(SAME_PAYMENT))?;
        let accounts = "SELECT count(DISTINCT account) FROM rows";
        let accounts = failed(path, transaction.query_row(accounts, [], |row| unsigned(row, 0)))?;
        if accounts > MOST_ACCOUNTS {
            let why = format!("the ledger names {accounts} accounts: is `account` the right column?");
            return Err(Error::ledger(why));
        }
        failed(path, transaction.execute("INSERT INTO run (digest) VALUES (?1)", [ledger.digest()]))?;
        failed(path, transaction.commit())
    }

    /// The ledger that is in the journal as a whole, if one is.
    pub(crate) fn digest(&self) -> Result<Option<String>, Error> {
        self.try_to(|| self.database.query_row("SELECT digest FROM run", [], |row| row.get(0)).optional())
    }

    pub(crate) fn accounts(&self) -> Result<Vec<String>, Error> {
        self.try_to(|| {
            let mut accounts = self.database.prepare("SELECT DISTINCT account FROM rows ORDER BY account")?;
            accounts.query_map([], |row| row.get(0))?.collect()
        })
    }

    /// Keeps who is to be asked about an account; tells who gave the answers that are there, if that is another one.
    pub(crate) fn ask_at(&self, account: &str, server: &str) -> Result<Option<String>, Error> {
        let earlier = "SELECT server FROM servers WHERE account = ?1 AND server <> ?2 AND EXISTS (
            SELECT 1 FROM answers JOIN rows USING (row) WHERE account = ?1
        )";
        self.try_to(|| {
            let answered =
                self.database.query_row(earlier, [account, server], |row| row.get(0)).optional()?;
            if answered.is_none() {
                let keep = "INSERT OR REPLACE INTO servers (account, server) VALUES (?1, ?2)";
                self.database.execute(keep, [account, server])?;
            }
            Ok(answered)
        })
    }

    /// How many rows there are to ask about, and how many of them are finished.
    pub(crate) fn progress(&self) -> Result<(u64, u64), Error> {
        let to_ask = self.count("SELECT count(*) FROM rows WHERE first IS NULL")?;
        Ok((to_ask, self.count("SELECT count(*) FROM answers")?))
    }

    pub(crate) fn bad_row_count(&self) -> Result<u64, Error> {
        self.count("SELECT count(*) FROM bad")
    }

    pub(crate) fn bad_rows(&self, at_most: u32) -> Result<Vec<BadRow>, Error> {
        self.try_to(|| {
            let mut bad = self.database.prepare("SELECT row, why FROM bad ORDER BY row LIMIT ?1")?;
            bad.query_map([at_most], |row| Ok(BadRow { row: unsigned(row, 0)?, why: row.get(1)? }))?.collect()
        })
    }

    /// The next rows of an account after this one that are not finished, in the ledger's order.
    pub(crate) fn unfinished(&self, account: &str, after: u64, at_most: u32) -> Result<Vec<Entry>, Error> {
        self.try_to(|| {
            let sql = format!(
                "SELECT row, account, by_order, id, said FROM rows INDEXED BY to_ask
                 WHERE account = ?1 AND row > ?2 AND {NOT_FINISHED} ORDER BY row LIMIT ?3"
            );
            let mut rows = self.database.prepare(&sql)?;
            rows.query_map(params![account, signed(after), at_most], entry)?.collect()
        })
    }

    /// Keeps answers, all or none of them.
    pub(crate) fn keep(&mut self, answers: &[Answered]) -> Result<(), Error> {
        let path = &self.path;
        let transaction = failed(path, self.database.transaction())?;
        {
            let insert = "INSERT OR IGNORE INTO answers (
                row, provider, asked_at, answer, try_again, payment_id, is_elsewhere, paid_reference
            ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
            let mut insert = failed(path, transaction.prepare(insert))?;
            for answered in answers {
                let payment_id = answered.learned.as_ref().ok().map(|said| said.id());
                let kept = insert.execute(params![
                    signed(answered.row),
                    answered.provider,
                    answered.at.as_millisecond(),
                    to_journal(&answered.learned),
                    another_try(&answered.learned) as i64,
                    payment_id,
                    answered.is_elsewhere,
                    answered.paid_reference,
                ]);
                failed(path, kept)?;
            }
        }
        failed(path, transaction.commit())
    }

    /// Gives every row of an account that is not finished the same answer.
    pub(crate) fn keep_for_all(&self, account: &str, learned: &Learned, at: Timestamp) -> Result<u64, Error> {
        let sql = format!(
            "INSERT INTO answers (row, asked_at, answer, try_again)
             SELECT row, ?2, ?3, ?4 FROM rows WHERE account = ?1 AND {NOT_FINISHED}"
        );
        let (text, again) = (to_journal(learned), another_try(learned) as i64);
        let values = params![account, at.as_millisecond(), text, again];
        Ok(self.try_to(|| self.database.execute(&sql, values))? as u64)
    }

    /// How many answers taught nothing, and may be worth another try.
    pub(crate) fn to_ask_again(&self) -> Result<u64, Error> {
        self.count("SELECT count(*) FROM answers WHERE try_again")
    }

    /// Forgets those answers.
    pub(crate) fn ask_again(&self) -> Result<(), Error> {
        self.try_to(|| self.database.execute("DELETE FROM answers WHERE try_again", [])).map(drop)
    }

    /// Forgets those of one account whose cause may have gone away by itself; tells how many.
    pub(crate) fn ask_account_again(&self, account: &str) -> Result<u64, Error> {
        let sql = "DELETE FROM answers WHERE try_again AND try_again = 1
                   AND EXISTS (SELECT 1 FROM rows WHERE rows.row = answers.row AND account = ?1)";
        Ok(self.try_to(|| self.database.execute(sql, [account]))? as u64)
    }

    /// How many rows of an account are not finished.
    pub(crate) fn left(&self, account: &str) -> Result<u64, Error> {
        let sql = format!("SELECT count(*) FROM rows WHERE account = ?1 AND {NOT_FINISHED}");
        self.try_to(|| self.database.query_row(&sql, [account], |row| unsigned(row, 0)))
    }

    /// Gives out every row, in the ledger's order.
    pub(crate) fn each(&self, mut row: impl FnMut(Stored) -> Result<(), Error>) -> Result<(), Error> {
        self.try_to(|| self.database.execute_batch(SAME_REFERENCE))?;
        let mut statement = failed(&self.path, self.database.prepare(EVERY_ROW))?;
        let mut rows = failed(&self.path, statement.query([]))?;
        while let Some(next) = failed(&self.path, rows.next())? {
            row(failed(&self.path, stored(next))?)?;
        }
        Ok(())
    }

    /// Removes the journal: its run is over.
    pub(crate) fn remove(self) -> Result<(), Error> {
        let Self { path, database } = self;
        // What is thrown away needs not be written to its end first.
        failed(&path, database.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true))?;
        failed(&path, database.close().map_err(|(_, error)| error))?;
        let removed = fs::remove_file(&path).and_then(|()| match fs::remove_file(beside(&path, "-wal")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        });
        removed.map_err(|error| {
            Error::new(
                ErrorKind::Storage,
                format!("the journal {} can't be removed: {error}", path.display()),
            )
        })
    }

    fn count(&self, sql: &str) -> Result<u64, Error> {
        self.try_to(|| self.database.query_row(sql, [], |row| unsigned(row, 0)))
    }

    fn try_to<T>(&self, what: impl FnOnce() -> rusqlite::Result<T>) -> Result<T, Error> {
        failed(&self.path, what())
    }
}

/// Tells whether there is a journal of ours, or nothing yet; whatever else there is stays as it is, and the error says
/// why it is not taken.
///
/// SQLite itself would follow a link, wait for whoever writes to a named pipe, and take a file of a few bytes for an
/// empty database.
fn look(path: &Path) -> Result<bool, String> {
    let is_there = is_ordinary(path)?;
    for log in ["-wal", "-journal"].map(|end| beside(path, end)) {
        let name = log.display();
        if is_ordinary(&log).map_err(|why| format!("the file {name}, which would belong to it, {why}"))?
            && !is_there
        {
            return Err(format!(
                "is not there, and its log {name} is: move the two together, or remove the log to start over"
            ));
        }
    }
    if !is_there {
        return Ok(false);
    }
    let mut header = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEADER as u64).read_to_end(&mut header));
    read.map_err(|error| format!("can't be read: {error}"))?;
    if header.len() < HEADER || !header.starts_with(b"SQLite format 3\0") {
        return Err("is not a journal: name another file, or remove it if it is broken".to_owned());
    }
    let has = |at: usize, number: i32| header[at..].starts_with(&number.to_be_bytes());
    if !has(APPLICATION_AT, APPLICATION) {
        return Err("is the database of something else: name another file".to_owned());
    }
    if !has(VERSION_AT, VERSION) {
        return Err("is of another version of paystatus: remove it to start over".to_owned());
    }
    keep_private(path)?;
    Ok(true)
}

/// The size of a SQLite database's header, and where in it are the two numbers that say whose it is.
const HEADER: usize = 100;
const VERSION_AT: usize = 60;
const APPLICATION_AT: usize = 68;

/// Tells whether there is an ordinary file, or nothing.
fn is_ordinary(path: &Path) -> Result<bool, String> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => Ok(true),
        Ok(found) if found.is_symlink() => Err("is a link: name the file itself".to_owned()),
        Ok(_) => Err("can't be written: it is no ordinary file".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(unusable(error)),
    }
}

fn unusable(error: io::Error) -> String {
    format!("can't be written: {error}")
}

/// Makes an empty file, for its owner alone since it will hold what the ledger holds.
fn make(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Refuses another user's journal, since that user could read what is written to it, and closes ours to all others.
#[cfg(unix)]
fn keep_private(path: &Path) -> Result<(), String> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    let owner = fs::symlink_metadata(path).map_err(unusable)?.uid();
    // A file that is made here is ours.
    let ours =
        tempfile::tempfile_in(folder_of(path)).and_then(|file| file.metadata()).map_err(unusable)?.uid();
    if owner != ours {
        return Err("belongs to another user: name another file".to_owned());
    }
    fs::set_permissions(path, PermissionsExt::from_mode(0o600)).map_err(unusable)
}

#[cfg(not(unix))]
fn keep_private(_: &Path) -> Result<(), String> {
    Ok(())
}

#[cfg(unix)]
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file that SQLite has beside the journal.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let id: String = row.get(3)?;
    let lookup = if row.get(2)? { Lookup::order(id) } else { Lookup::payment(id) };
    let said: Said = json(row, 4, |text| serde_json::from_str(text))?;
    Ok(Entry::restored(unsigned(row, 0)?, row.get(1)?, lookup, said))
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let other_row = |column| row.get::<_, Option<i64>>(column).map(|row| row.map(i64::cast_unsigned));
    let asked_at: Option<i64> = row.get(6)?;
    let entry = entry(row)?;
    let learned = asked_at.map(|_| json(row, 7, |text| from_journal(entry.lookup(), text))).transpose()?;
    Ok(Stored {
        entry,
        provider: row.get(5)?,
        asked_at: asked_at.and_then(|at| Timestamp::from_millisecond(at).ok()),
        learned,
        same_payment: other_row(8)?,
        paid_before: other_row(9)?,
    })
}

fn json<T>(
    row: &Row<'_>,
    column: usize,
    read: impl FnOnce(&str) -> serde_json::Result<T>,
) -> rusqlite::Result<T> {
    read(row.get_ref(column)?.as_str()?).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
    })
}

/// SQLite's integers are signed; no ledger has that many lines.
fn signed(row: u64) -> i64 {
    row.cast_signed()
}

fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::cast_unsigned)
}

fn failed<T>(path: &Path, result: rusqlite::Result<T>) -> Result<T, Error> {
    result.map_err(|error| {
        let (kind, why) = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                (ErrorKind::Journal, "is in use: another reconciliation of this ledger is running".to_owned())
            }
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
                (ErrorKind::Storage, "is broken: remove it to start over".to_owned())
            }
            Some(ErrorCode::DiskFull) => {
                (ErrorKind::Storage, "can't be written: the disk is full".to_owned())
            }
            _ => (ErrorKind::Storage, format!("can't be used: {error}")),
        };
        Error::new(kind, format!("the journal {}: {why}", path.display()))
    })
}
