//! Opens the file: only ours, never newer than this program, and never a new one in the place of one that is gone.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use crate::{Error, ErrorKind};

/// Says whose file it is: "payw" in ASCII.
const APPLICATION: i32 = 0x7061_7977;
/// Each file is one version's change; what is published is never edited.
const MIGRATIONS: &[&str] = &[include_str!("0001.sql")];

/// How long a transaction waits for those of other processes.
const PATIENCE: Duration = Duration::from_secs(10);

/// The size of a SQLite database's header, and where in it is the number that says whose it is.
const HEADER: usize = 100;
const APPLICATION_AT: usize = 68;

/// Which file it is, whatever its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity(u64, u64);

/// Whether a file that is not there may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum If {
    NotThereMakeIt,
    NotThereFail,
}

/// Opens a store, and brings it to this program's version.
pub(super) fn open(path: &Path, missing: If) -> Result<(Connection, Identity), Error> {
    look(path, missing)?;
    if missing == If::NotThereMakeIt {
        make(path).map_err(|error| unavailable(path, &format!("can't be made: {error}")))?;
    }
    let mut flags = OpenFlags::default();
    flags.remove(OpenFlags::SQLITE_OPEN_CREATE);
    let connection = Connection::open_with_flags(path, flags).map_err(|error| failed(path, &error))?;
    prepare(path, connection)
}

fn prepare(path: &Path, mut connection: Connection) -> Result<(Connection, Identity), Error> {
    let set_up = |connection: &mut Connection| {
        connection.busy_timeout(PATIENCE)?;
        // Others may be at it at the same moment; whoever comes second finds it done.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version: i32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let at = usize::try_from(version).unwrap_or(usize::MAX);
        for migration in MIGRATIONS.iter().skip(at) {
            transaction.execute_batch(migration)?;
        }
        if at < MIGRATIONS.len() {
            transaction.execute_batch(&format!(
                "PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {}",
                MIGRATIONS.len()
            ))?;
        }
        transaction.commit()?;
        if at <= MIGRATIONS.len() {
            keep_log(connection)?;
        }
        Ok(version)
    };
    let version = set_up(&mut connection).map_err(|error| failed(path, &error))?;
    if usize::try_from(version).unwrap_or(usize::MAX) > MIGRATIONS.len() {
        let why = format!(
            "is of version {version}, and this program knows versions up to {}: update paystatus",
            MIGRATIONS.len()
        );
        return Err(unusable(path, &why));
    }
    let identity = identity(path).ok_or_else(|| unavailable(path, "is gone"))?;
    Ok((connection, identity))
}

/// A commit is on the disk when it returns: a decision that was told is never taken back by a power cut.
fn keep_log(connection: &Connection) -> rusqlite::Result<()> {
    let began = Instant::now();
    loop {
        // SQLite does not wait for others here, who may be doing the same.
        match connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 4000;",
        ) {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && began.elapsed() < PATIENCE =>
            {
                thread::sleep(Duration::from_millis(20));
            }
            done => return done,
        }
    }
}

/// Refuses what is not ours, without touching it.
fn look(path: &Path, missing: If) -> Result<(), Error> {
    for _ in 0..50 {
        match fs::metadata(path) {
            Ok(found) if !found.is_file() => return Err(unusable(path, "is no ordinary file")),
            Ok(found) if found.len() > 0 => {}
            // A new store is an empty file for a moment.
            Ok(_) => return not_without_its_log(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return match missing {
                    If::NotThereMakeIt => not_without_its_log(path),
                    If::NotThereFail => {
                        Err(unavailable(path, "is not there: name the right one, or put it back"))
                    }
                };
            }
            Err(error) => return Err(unavailable(path, &format!("can't be reached: {error}"))),
        }
        let mut header = Vec::new();
        let read = File::open(path).and_then(|file| file.take(HEADER as u64).read_to_end(&mut header));
        read.map_err(|error| unavailable(path, &format!("can't be read: {error}")))?;
        let is_ours = header.len() == HEADER
            && header.starts_with(b"SQLite format 3\0")
            && header[APPLICATION_AT..].starts_with(&APPLICATION.to_be_bytes());
        if is_ours {
            return Ok(());
        }
        if !fs::metadata(beside(path, "-journal")).is_ok_and(|journal| journal.len() > 0) {
            return Err(unusable(path, "is not a store of paystatus and stays as it is: name another file"));
        }
        // Another process may be making it right now.
        thread::sleep(Duration::from_millis(20));
    }
    Err(unusable(path, "is not a store of paystatus and stays as it is: name another file"))
}

fn not_without_its_log(path: &Path) -> Result<(), Error> {
    let log = beside(path, "-wal");
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        let why = format!("is not there, and its log {} is: move the two together", log.display());
        return Err(unusable(path, &why));
    }
    Ok(())
}

/// Makes an empty file, for its owner alone, unless there is one.
fn make(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Which file a name leads to now; nothing if it leads nowhere.
#[cfg(unix)]
pub(super) fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).ok().map(|found| Identity(found.dev(), found.ino()))
}

/// Which file a name leads to now; nothing if it leads nowhere.
#[cfg(not(unix))]
pub(super) fn identity(path: &Path) -> Option<Identity> {
    fs::metadata(path).ok().map(|_| Identity(0, 0))
}

/// A file that SQLite has beside the store.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

pub(super) fn unavailable(path: &Path, why: &str) -> Error {
    Error::new(ErrorKind::Unavailable, format!("the store {} {why}", path.display()))
}

pub(super) fn unusable(path: &Path, why: &str) -> Error {
    Error::new(ErrorKind::Unusable, format!("the store {} {why}", path.display()))
}

pub(super) fn failed(path: &Path, error: &rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => unavailable(
            path,
            "is kept busy by another process: is somebody working in it with a transaction open?",
        ),
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            unusable(path, "is damaged: put a copy in its place")
        }
        Some(ErrorCode::DiskFull) => unavailable(path, "can't be written: the disk is full"),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            unavailable(path, "can't be written: it is read-only")
        }
        _ => unavailable(path, &format!("can't be used: {error}")),
    }
}
