use std::{
    fmt::Write as _,
    io::{self, BufRead, BufReader, Read},
    mem,
};

use sha2::{Digest, Sha256};

use crate::Error;

/// What is longer is no row: a quote that is never closed would swallow the rest of the ledger.
const LONGEST_ROW: usize = 1 << 20;

/// A ledger's bytes as rows of one line or more, remembered by their hash.
///
/// Whatever ends a line comes out as one line feed, and the last line has one too, so that lines can be counted.
pub(crate) struct Source<R> {
    inner: BufReader<R>,
    hash: Sha256,
    /// Whole lines: the row, and behind it those that were read and given back.
    held: Vec<u8>,
    /// Where in `held` the row begins, its newest line, and what is behind it.
    row: usize,
    newest: usize,
    behind: usize,
    /// How many lines are before the row, and in it.
    lines_before: u64,
    lines: u64,
    /// The line feed that belongs to a carriage return may still come.
    after_return: bool,
}

impl<R: Read> Source<R> {
    /// Looks at the first line.
    ///
    /// # Errors
    /// [`ErrorKind::Ledger`](crate::ErrorKind::Ledger) if it can't be read, or is not that of a text in UTF-8.
    pub(crate) fn new(inner: R) -> Result<Self, Error> {
        let mut source = Self {
            inner: BufReader::new(inner),
            hash: Sha256::new(),
            held: Vec::new(),
            row: 0,
            newest: 0,
            behind: 0,
            lines_before: 0,
            lines: 0,
            after_return: false,
        };
        source.read_line()?;
        let first = source.held.as_slice();
        let refuse = |what| Err(Error::ledger(format!("the ledger is {what}")));
        if first.starts_with(b"PK\x03\x04") {
            return refuse("a workbook or an archive: save the ledger as CSV");
        }
        if first.starts_with(b"\xff\xfe") || first.starts_with(b"\xfe\xff") || first.contains(&0) {
            return refuse("UTF-16: save the ledger as UTF-8");
        }
        // Spreadsheets put a byte-order mark before what they save as UTF-8.
        source.behind = if first.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Ok(source)
    }

    /// Begins a row with the next line, unless there is none.
    pub(crate) fn next_row(&mut self) -> Result<bool, Error> {
        self.lines_before += mem::take(&mut self.lines);
        // Moving what is behind the row only when it is the smaller part keeps this linear.
        if self.behind > self.held.len() / 2 {
            self.held.drain(..self.behind);
            self.behind = 0;
        }
        self.row = self.behind;
        self.next_line()
    }

    /// Adds the next line to the row, unless there is none or the row is too long.
    pub(crate) fn lengthen(&mut self) -> Result<bool, Error> {
        if self.behind - self.row > LONGEST_ROW { Ok(false) } else { self.next_line() }
    }

    /// Gives back all of the row's lines but the first, so that they are read as rows of their own.
    pub(crate) fn shorten(&mut self) {
        let first = self.held[self.row..self.behind].iter().position(|&byte| byte == b'\n');
        self.behind = first.map_or(self.behind, |end| self.row + end + 1);
        self.newest = self.row;
        self.lines = self.lines.min(1);
    }

    /// The row's newest line, with the line feed at its end.
    pub(crate) fn newest_line(&self) -> &[u8] {
        &self.held[self.newest..self.behind]
    }

    /// The number of the row's first line.
    pub(crate) fn first(&self) -> u64 {
        self.lines_before + 1
    }

    /// The number of the row's last line.
    pub(crate) fn last(&self) -> u64 {
        self.lines_before + self.lines
    }

    /// The hash of all that was read, and of how it is to be understood.
    pub(crate) fn digest(&self, how: &str) -> String {
        let hash = self.hash.clone().chain_update(how).finalize();
        hash.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    fn next_line(&mut self) -> Result<bool, Error> {
        let end = match self.held[self.behind..].iter().position(|&byte| byte == b'\n') {
            Some(end) => self.behind + end + 1,
            None if self.read_line()? => self.held.len(),
            None => return Ok(false),
        };
        self.newest = mem::replace(&mut self.behind, end);
        self.lines += 1;
        Ok(true)
    }

    /// Reads one line to the end of what is held.
    fn read_line(&mut self) -> Result<bool, Error> {
        let number = self.last() + 1;
        let unreadable = |why: &dyn std::fmt::Display| {
            Error::ledger(format!("the ledger can't be read in line {number}: {why}"))
        };
        let begin = self.held.len();
        loop {
            if self.held.len() - begin > LONGEST_ROW {
                return Err(unreadable(&"it is longer than 1 MiB"));
            }
            let bytes = match self.inner.fill_buf() {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(unreadable(&error)),
            };
            let Some(&next) = bytes.first() else {
                if self.held.len() > begin {
                    self.held.push(b'\n');
                }
                return Ok(self.held.len() > begin);
            };
            let skipped = usize::from(mem::take(&mut self.after_return) && next == b'\n');
            let rest = &bytes[skipped..];
            let end = rest.iter().position(|byte| b"\r\n".contains(byte));
            let text = end.unwrap_or(rest.len());
            self.held.extend_from_slice(&rest[..text]);
            if let Some(end) = end {
                self.held.push(b'\n');
                self.after_return = rest[end] == b'\r';
            }
            let size = skipped + text + usize::from(end.is_some());
            self.hash.update(&bytes[..size]);
            self.inner.consume(size);
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives out one byte at a time.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let size = self.0.len().min(buffer.len()).min(1);
            buffer[..size].copy_from_slice(&self.0[..size]);
            self.0 = &self.0[size..];
            Ok(size)
        }
    }

    fn rows<R: Read>(mut source: Source<R>) -> (Vec<String>, String) {
        let mut rows = Vec::new();
        while source.next_row().unwrap() {
            rows.push(String::from_utf8(source.newest_line().to_vec()).unwrap());
            assert_eq!((source.first(), source.last()), (rows.len() as u64, rows.len() as u64), "{rows:?}");
        }
        (rows, source.digest(""))
    }

    #[track_caller]
    fn reads(text: &str, expected: &[&str]) {
        let (read, digest) = rows(Source::new(text.as_bytes()).unwrap());
        assert_eq!(read, expected);
        assert_eq!(rows(Source::new(Drops(text.as_bytes())).unwrap()), (read, digest.clone()));
        let all = Sha256::digest(text);
        assert_eq!(digest, all.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    }

    #[test]
    fn every_line_ends_with_one_line_feed() {
        reads("", &[]);
        reads("\u{feff}a\nb", &["a\n", "b\n"]);
        reads("a\r\nb\r\n", &["a\n", "b\n"]);
        reads("a\rb\r", &["a\n", "b\n"]);
        reads("\r\n\n\r\r\na", &["\n", "\n", "\n", "\n", "a\n"]);
    }

    #[test]
    fn lines_that_are_given_back_come_again() {
        let mut source = Source::new("a\nb\nc\nd".as_bytes()).unwrap();
        assert!(source.next_row().unwrap() && source.lengthen().unwrap() && source.lengthen().unwrap());
        assert_eq!((source.newest_line(), source.first(), source.last()), (b"c\n".as_slice(), 1, 3));
        source.shorten();
        assert_eq!((source.newest_line(), source.first(), source.last()), (b"a\n".as_slice(), 1, 1));
        assert!(source.next_row().unwrap() && source.lengthen().unwrap());
        assert_eq!((source.newest_line(), source.first(), source.last()), (b"c\n".as_slice(), 2, 3));
        assert!(source.next_row().unwrap());
        assert_eq!((source.newest_line(), source.first()), (b"d\n".as_slice(), 4));
        assert!(!source.lengthen().unwrap() && !source.next_row().unwrap());
    }
}
