//! Files that somebody names: what is read is bounded, and what is written over is our own.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::Path,
};

use http::{HeaderMap, HeaderName, HeaderValue};
use paystatus::{Error, ErrorKind};

/// What a file has, or a pipe, or with `-` standard input: nothing that is read here is large, and a device has no end.
pub(crate) fn read(path: &Path, most_bytes: u64, what: &str) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = if path.as_os_str() == "-" {
        io::stdin().lock().take(most_bytes + 1).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(most_bytes + 1).read_to_end(&mut bytes))
    };
    match read {
        Ok(length) if length as u64 <= most_bytes => Ok(bytes),
        Ok(_) => Err(config(format!(
            "{} is larger than {} MiB, and no {what} is",
            path.display(),
            most_bytes >> 20
        ))),
        Err(error) => Err(config(format!("{} can't be read: {error}", path.display()))),
    }
}

/// Headers as `Name: value` lines; the number of the first line that is none, counted from 0, if there is one.
pub(crate) fn headers(text: &[u8]) -> Result<HeaderMap, usize> {
    let mut headers = HeaderMap::new();
    for (number, line) in text.split(|&byte| byte == b'\n').enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        let header = line.iter().position(|&byte| byte == b':').and_then(|colon| {
            let name = HeaderName::from_bytes(line[..colon].trim_ascii()).ok()?;
            Some((name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?))
        });
        let (name, value) = header.ok_or(number)?;
        headers.append(name, value);
    }
    Ok(headers)
}

/// Refuses a file that is there, has something in it, and was not written by us: ours begin with a mark.
pub(crate) fn refuse_foreign(path: &Path, mark: &str) -> io::Result<()> {
    let refuse = || {
        let why = "it is there already, and is not what is written here: name a new file, or remove this one";
        Err(io::Error::other(why))
    };
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        // Opening what is no ordinary file may wait without end, or do something.
        Ok(found) if !found.is_file() => return refuse(),
        found => found?,
    };
    let mut start = Vec::new();
    File::open(path)?.take(mark.len() as u64).read_to_end(&mut start)?;
    if start.is_empty() || start == mark.as_bytes() { Ok(()) } else { refuse() }
}

/// Writes a new file for its owner alone, or in the place of an earlier one of ours; any other file stays as it is.
pub(crate) fn write_own(path: &Path, mark: &str, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = match options.clone().create_new(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            refuse_foreign(path, mark)?;
            options.truncate(true).open(path)?
        }
        created => created?,
    };
    file.write_all(format!("{mark}{text}").as_bytes())
}

pub(crate) fn config(message: String) -> Error {
    Error::new(ErrorKind::Config, message)
}
