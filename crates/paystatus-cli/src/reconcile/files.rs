use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read},
    path::{Path, PathBuf},
};

use paystatus::{Error, ErrorKind};
use paystatus_reconcile::Format;

use super::atomic_file::AtomicFile;
use crate::args::{Args, Reconcile};

/// The files of a reconciliation: no two are one.
pub(super) struct Files {
    /// Nothing for standard input.
    ledger: Option<PathBuf>,
    pub(super) format: Format,
    pub(super) journal: PathBuf,
    pub(super) out: Option<(PathBuf, Format)>,
    pub(super) report: Option<PathBuf>,
}

impl Files {
    /// # Errors
    /// If a format can't be told, two files are one, or what is to be written can't be.
    pub(super) fn of(args: &Args, options: &Reconcile) -> Result<Self, Error> {
        let ledger = (!options.is_standard_input()).then(|| options.ledger.clone());
        let format = match (options.format, &ledger) {
            (Some(format), _) => format.into(),
            (None, Some(path)) => Format::of(path).ok_or_else(|| {
                let path = path.display();
                config(format!("{path}: this extension says no format: add --format csv or --format jsonl"))
            })?,
            (None, None) => {
                return Err(config(
                    "standard input has no extension: add --format csv or --format jsonl".to_owned(),
                ));
            }
        };
        // What a sandbox said must not be taken for what real accounts say, nor the other way round.
        let suffix = if args.sandbox { ".sandbox.journal" } else { ".journal" };
        let journal = options.journal.clone().unwrap_or_else(|| {
            with_suffix(ledger.as_deref().unwrap_or(Path::new("paystatus-reconcile")), suffix)
        });
        let out = match &options.out {
            Some(path) => Some((path.clone(), out_format(path)?)),
            None => None,
        };
        let files = Self { ledger, format, journal, out, report: options.report.clone() };
        files.differ()?;
        // Better now than after an hour of asking.
        for path in files.out.iter().map(|(path, _)| path).chain(&files.report) {
            AtomicFile::create(path).map_err(|error| config(unwritable(path, &error)))?;
        }
        Ok(files)
    }

    fn differ(&self) -> Result<(), Error> {
        let ledger = self.ledger.clone().or_else(redirected);
        let named = [
            ("the ledger", ledger.as_deref()),
            ("the journal", Some(self.journal.as_path())),
            ("--out", self.out.as_ref().map(|(path, _)| path.as_path())),
            ("--report", self.report.as_deref()),
        ];
        let named: Vec<_> = named.into_iter().filter_map(|(what, path)| Some((what, path?))).collect();
        for (index, (what, path)) in named.iter().enumerate() {
            let same = named[..index].iter().find(|(_, other)| identity(other) == identity(path));
            if let Some((other, _)) = same {
                let path = path.display();
                return Err(config(format!("{what} and {other} are one file, {path}: name another")));
            }
        }
        Ok(())
    }

    /// What to do about a journal that can't be where it would be; nothing where that is not what is wrong.
    pub(super) fn journal_remedy(&self) -> &'static str {
        let opens = match fs::symlink_metadata(&self.journal) {
            // Anything else might make whoever opens it wait.
            Ok(found) => found.is_file() && OpenOptions::new().append(true).open(&self.journal).is_ok(),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        };
        // The journal's folder takes more files than the journal.
        if opens && AtomicFile::create(&self.journal).is_ok() { "" } else { "; name another with --journal" }
    }

    pub(super) fn is_standard_input(&self) -> bool {
        self.ledger.is_none()
    }

    /// What a person calls the ledger.
    pub(super) fn title(&self) -> String {
        let name = self.ledger.as_deref().map(|path| path.file_name().unwrap_or(path.as_os_str()));
        name.map_or_else(|| "standard input".to_owned(), |name| name.to_string_lossy().into_owned())
    }

    pub(super) fn open(&self) -> Result<Box<dyn Read>, Error> {
        let Some(path) = &self.ledger else { return Ok(Box::new(io::stdin())) };
        let file = File::open(path);
        let file =
            file.map_err(|error| config(format!("the ledger {} can't be read: {error}", path.display())))?;
        Ok(Box::new(file))
    }
}

fn out_format(path: &Path) -> Result<Format, Error> {
    let is_tsv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tsv"));
    Format::of(path).filter(|_| !is_tsv).ok_or_else(|| {
        let path = path.display();
        config(format!("--out {path}: this extension says no format: name it .csv, or .jsonl for JSON lines"))
    })
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// What tells a file from any other, whether it is there already or not.
fn identity(path: &Path) -> PathBuf {
    let in_its_folder = || {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?;
        Some(folder.join(path.file_name()?))
    };
    fs::canonicalize(path).ok().or_else(in_its_folder).unwrap_or_else(|| path.to_owned())
}

/// The file that standard input comes from, where that can be told.
fn redirected() -> Option<PathBuf> {
    let path = fs::canonicalize("/dev/stdin").ok()?;
    fs::metadata(&path).is_ok_and(|found| found.is_file()).then_some(path)
}

/// Says that a file can't be written.
pub(super) fn unwritable(path: &Path, error: &io::Error) -> String {
    format!("{} can't be written: {error}", path.display())
}

fn config(message: String) -> Error {
    Error::new(ErrorKind::Config, message)
}
