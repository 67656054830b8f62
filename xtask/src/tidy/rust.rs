//! Enough of Rust to look past comments and texts.

/// The source with a space for every byte of a comment or of a text, so that places and lines stay.
///
/// Quotation marks stay, so that a text can be found and read in the original.
pub(crate) fn code(source: &str) -> String {
    let bytes = source.as_bytes();
    let mut code = bytes.to_vec();
    let mut blank = |from: usize, to: usize| {
        for byte in &mut code[from..to.min(bytes.len())] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    };
    let find = |from: usize, needle: &[u8]| {
        let tail = bytes.get(from..).unwrap_or_default();
        tail.windows(needle.len()).position(|window| window == needle).map_or(bytes.len(), |at| from + at)
    };
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let in_word = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
        at = if rest.starts_with(b"//") {
            let end = find(at, b"\n");
            blank(at, end);
            end
        } else if rest.starts_with(b"/*") {
            let end = find(at + 2, b"*/") + 2;
            blank(at, end);
            end
        } else if let Some(hashes) = raw(rest).filter(|_| !in_word) {
            let open = at + find(at, b"\"") - at;
            let end = find(open + 1, format!("\"{}", "#".repeat(hashes)).as_bytes());
            blank(open + 1, end);
            end + 1 + hashes
        } else if rest[0] == b'"' {
            let mut end = at + 1;
            while end < bytes.len() && bytes[end] != b'"' {
                end += if bytes[end] == b'\\' { 2 } else { 1 };
            }
            blank(at + 1, end);
            end + 1
        } else if rest[0] == b'\'' && (rest.get(1) == Some(&b'\\') || rest.get(2) == Some(&b'\'')) {
            let end = find(at + 2 + usize::from(rest[1] == b'\\'), b"'");
            blank(at + 1, end);
            end + 1
        } else {
            at + 1
        };
    }
    String::from_utf8(code).unwrap_or_default()
}

/// The number of `#` of a raw text that begins here.
fn raw(rest: &[u8]) -> Option<usize> {
    let rest = rest.strip_prefix(b"b").unwrap_or(rest).strip_prefix(b"r")?;
    let hashes = rest.iter().take_while(|byte| **byte == b'#').count();
    (rest.get(hashes) == Some(&b'"')).then_some(hashes)
}

/// Where the unit tests at the end begin, if there are any.
pub(crate) fn tests_at(source: &str) -> Option<usize> {
    source.find("\n#[cfg(test)]\nmod ").map(|at| at + 1)
}

/// A call: where its name stands, and the ranges of its arguments.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) at: usize,
    pub(crate) arguments: Vec<std::ops::Range<usize>>,
}

/// The calls of a function in blanked code; `name` ends with `(`.
pub(crate) fn calls(code: &str, name: &str) -> Vec<Call> {
    code.match_indices(name).map(|(at, _)| Call { at, arguments: arguments(code, at + name.len()) }).collect()
}

fn arguments(code: &str, open: usize) -> Vec<std::ops::Range<usize>> {
    let (mut depth, mut from, mut found) = (0_usize, open, Vec::new());
    for (index, byte) in code.bytes().enumerate().skip(open) {
        let ends = match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                false
            }
            b')' | b']' | b'}' if depth > 0 => {
                depth -= 1;
                false
            }
            b',' | b')' => depth == 0,
            _ => false,
        };
        if ends {
            let text = &code[from..index];
            let (start, end) = (text.len() - text.trim_start().len(), text.trim_end().len());
            if start < end {
                found.push(from + start..from + end);
            }
            from = index + 1;
            if byte == b')' {
                break;
            }
        }
    }
    found
}

/// The texts in a piece of the source, as they are written.
pub(crate) fn texts<'a>(source: &'a str, code: &str, range: std::ops::Range<usize>) -> Vec<&'a str> {
    let quotes: Vec<usize> = range.clone().filter(|at| code.as_bytes().get(*at) == Some(&b'"')).collect();
    quotes.chunks_exact(2).filter_map(|pair| source.get(pair[0] + 1..pair[1])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_texts_are_blanked_and_nothing_moves() {
        let source = r##"a("x, (", 'c', '"', '\'', r#"q"("#, b"y\"(") // b(
/* c( */ d<'a>(1)"##;
        let code = code(source);
        assert_eq!(code.len(), source.len());
        assert_eq!(code.matches('(').count(), 2, "{code}");
        let call = &calls(&code, "a(")[0];
        assert_eq!(call.arguments.len(), 6, "{call:?} {code}");
        assert_eq!(texts(source, &code, call.arguments[0].clone()), ["x, ("]);
    }
}
