use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

/// The names of streams that this process was given, such as those that a shell makes of `<(…)`.
const GIVEN: [&str; 3] = ["/dev/stdin", "/dev/fd", "/proc/self/fd"];

/// Reads the text of a file that somebody named: an ordinary one, or a stream that this process was given.
///
/// Anything else is refused before it is opened, because a pipe that nobody writes to would be waited for without end.
pub(crate) fn read_text(path: &Path, most_bytes: u64) -> Result<String, String> {
    let unreadable = |error: io::Error| format!("can't be read: {error}");
    let is_given = GIVEN.iter().any(|name| path.starts_with(name));
    if !is_given && !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err("is no ordinary file: name one, or pass a stream as /dev/stdin".to_owned());
    }
    let mut bytes = Vec::new();
    // A device has no end, and a file may have grown since anybody looked at its size.
    let read = File::open(path).and_then(|file| file.take(most_bytes + 1).read_to_end(&mut bytes));
    if read.map_err(unreadable)? as u64 > most_bytes {
        return Err(format!("is larger than {} KiB: is it the right file?", most_bytes >> 10));
    }
    String::from_utf8(bytes).map_err(|_| "is not UTF-8 text".to_owned())
}
