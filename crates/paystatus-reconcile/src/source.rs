use std::{
    cell::Cell,
    fmt::Write as _,
    io::{self, Read},
};

use sha2::{Digest, Sha256};

/// What is longer is no row: a quote that is never closed would swallow the rest of the ledger.
pub(crate) const LONGEST_ROW: usize = 1 << 20;

/// How much is looked at for the header.
const LONGEST_HEADER: usize = 64 << 10;

/// A ledger's bytes: counted since the last row, and remembered by their hash.
///
/// Whatever ends a line comes out as one line feed, and the last line has one too, so that lines can be counted.
pub(crate) struct Source<R> {
    inner: R,
    /// What was read to look at it, and is still to be given out.
    ahead: Vec<u8>,
    hash: Sha256,
    since_last_row: Cell<usize>,
    /// The last byte that came in.
    last: u8,
}

impl<R: Read> Source<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self { inner, ahead: Vec::new(), hash: Sha256::new(), since_last_row: Cell::new(0), last: b'\n' }
    }

    /// Spreadsheets put one before what they save as UTF-8.
    pub(crate) fn skip_byte_order_mark(&mut self) -> io::Result<()> {
        self.look_ahead()?;
        if self.ahead.starts_with(b"\xef\xbb\xbf") {
            self.ahead.drain(..3);
        }
        Ok(())
    }

    /// What separates the cells: of comma, semicolon and tab the one that the header has most of.
    pub(crate) fn delimiter(&mut self) -> io::Result<u8> {
        self.look_ahead()?;
        let header = self.ahead.split(|byte| b"\r\n".contains(byte)).next().unwrap_or_default();
        let count = |delimiter: u8| header.iter().filter(|&&byte| byte == delimiter).count();
        // The last of equals is the greatest.
        Ok([b'\t', b';', b','].into_iter().max_by_key(|&delimiter| count(delimiter)).unwrap_or(b','))
    }

    /// Says that a row begins.
    pub(crate) fn next_row(&self) {
        self.since_last_row.set(0);
    }

    /// The hash of all that was read, and of how it is to be understood.
    pub(crate) fn digest(&self, how: &str) -> String {
        let hash = self.hash.clone().chain_update(how).finalize();
        hash.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    fn look_ahead(&mut self) -> io::Result<()> {
        while self.ahead.len() < LONGEST_HEADER && !self.ahead.contains(&b'\n') {
            let mut more = [0; 4096];
            match self.inner.read(&mut more) {
                Ok(0) => break,
                Ok(size) => {
                    self.hash.update(&more[..size]);
                    self.ahead.extend_from_slice(&more[..size]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since_last_row.get() > LONGEST_ROW {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a row is longer than 1 MiB: is a quote not closed?",
            ));
        }
        let size = loop {
            let size = self.read_as_it_is(buffer)?;
            if size == 0 {
                let unfinished = !b"\r\n".contains(&self.last) && !buffer.is_empty();
                if unfinished {
                    (buffer[0], self.last) = (b'\n', b'\n');
                }
                break usize::from(unfinished);
            }
            match self.with_plain_line_ends(&mut buffer[..size]) {
                0 => {}
                kept => break kept,
            }
        };
        self.since_last_row.set(self.since_last_row.get() + size);
        Ok(size)
    }
}

impl<R: Read> Source<R> {
    fn read_as_it_is(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ahead.is_empty() {
            let size = self.inner.read(buffer)?;
            self.hash.update(&buffer[..size]);
            return Ok(size);
        }
        let size = self.ahead.len().min(buffer.len());
        buffer[..size].copy_from_slice(&self.ahead[..size]);
        self.ahead.drain(..size);
        Ok(size)
    }

    /// Makes line feeds of carriage returns, and one of the two of them; tells how many bytes are left.
    fn with_plain_line_ends(&mut self, bytes: &mut [u8]) -> usize {
        let mut kept = 0;
        for index in 0..bytes.len() {
            let byte = bytes[index];
            if (self.last, byte) != (b'\r', b'\n') {
                bytes[kept] = if byte == b'\r' { b'\n' } else { byte };
                kept += 1;
            }
            self.last = byte;
        }
        kept
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

    #[track_caller]
    fn reads(text: &str, expected: &str) {
        let mut read = String::new();
        Source::new(text.as_bytes()).read_to_string(&mut read).unwrap();
        assert_eq!(read, expected);
        let mut source = Source::new(Drops(text.as_bytes()));
        source.delimiter().unwrap();
        read.clear();
        source.read_to_string(&mut read).unwrap();
        assert_eq!(read, expected);
    }

    #[test]
    fn every_line_ends_with_one_line_feed() {
        reads("", "");
        reads("a\nb", "a\nb\n");
        reads("a\r\nb\r\n", "a\nb\n");
        reads("a\rb\r", "a\nb\n");
        reads("\r\n\n\r\r\na", "\n\n\n\na\n");
    }

    #[test]
    fn the_header_tells_the_delimiter() {
        for (header, delimiter) in [
            ("account,payment_id\na;b;c;d", b','),
            ("account;payment_id", b';'),
            ("account\tpayment_id\tx,y", b'\t'),
            ("account", b','),
            ("", b','),
        ] {
            assert_eq!(Source::new(header.as_bytes()).delimiter().unwrap(), delimiter, "{header}");
        }
    }
}
