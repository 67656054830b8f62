//! A provider's reply in a file: as `curl -i` prints it, or as `check --record` writes it.

use std::{
    fmt::Write,
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use http::{
    HeaderName, Response, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_TYPE, DATE, RETRY_AFTER},
};
use paystatus::{Body, By, Error, Facts, Lookup};

use crate::{
    files::{self, config},
    redact::redacted,
};

/// The first line of a file that is written here.
const MARK: &str = "# A reply that `paystatus check --record` wrote; `paystatus judge` reads it.\n";

/// The largest reply that is read, in bytes: more than any account may allow.
const LARGEST: u64 = 65 << 20;

/// The headers that may bear on what a reply means; others may hold a session's secret.
const TELLING: [HeaderName; 4] = [CONTENT_ENCODING, CONTENT_TYPE, DATE, RETRY_AFTER];

/// A reply that was kept.
#[derive(Debug)]
pub(crate) struct Recording {
    /// Whose it is, and what was asked, if the file says so.
    pub(crate) provider: Option<String>,
    pub(crate) asked: Option<Lookup>,
    pub(crate) reply: Response<Body>,
}

impl Recording {
    /// Reads a file.
    pub(crate) fn from_file(path: &Path) -> Result<Self, Error> {
        let bytes = files::read(path, LARGEST, "reply")?;
        Self::parse(&bytes).map_err(|why| config(format!("{}: {why}", path.display())))
    }

    fn parse(mut rest: &[u8]) -> Result<Self, String> {
        let (mut provider, mut asked) = (None, None);
        while rest.starts_with(b"#") {
            let line = String::from_utf8_lossy(next_line(&mut rest));
            if let Some(name) = line.strip_prefix("# provider: ") {
                provider = Some(name.trim().to_owned());
            } else if let Some(lookup) = line.strip_prefix("# asked by ") {
                let read = read_lookup(lookup);
                asked = Some(read.ok_or("the line `# asked by` is not as it was written")?);
            }
        }
        let mut reply = one_reply(&mut rest)?;
        // In front of the reply curl prints those of a proxy, and of a server that says that it goes on.
        while rest.starts_with(b"HTTP/") {
            reply = one_reply(&mut rest)?;
        }
        // curl leaves the header of what it has unpacked, and nothing that is packed is text.
        if std::str::from_utf8(rest).is_ok() {
            reply.headers_mut().remove(CONTENT_ENCODING);
        }
        Ok(Self { provider, asked, reply: reply.map(|()| Body::from(rest.to_vec())) })
    }

    fn text(provider: &str, asked: &Lookup, reply: &Response<Body>) -> String {
        let mut text = format!("# provider: {provider}\n# asked by {}\n", written(asked));
        let status = reply.status();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "HTTP/1.1 {}", status.as_u16());
        for (name, value) in reply.headers() {
            if let Ok(value) = value.to_str() {
                let _ = writeln!(text, "{name}: {value}");
            }
        }
        text + "\n" + &String::from_utf8_lossy(reply.body().as_bytes())
    }
}

/// The id is a JSON string, because it may have any letter, a line break too.
fn written(asked: &Lookup) -> String {
    format!("{}: {}", asked.by().as_str(), serde_json::json!(asked.id()))
}

fn read_lookup(text: &str) -> Option<Lookup> {
    let (by, id) = text.split_once(": ")?;
    let id: String = serde_json::from_str(id).ok()?;
    [(By::Payment, Lookup::payment(&*id)), (By::Order, Lookup::order(&*id))]
        .into_iter()
        .find_map(|(kind, lookup)| (kind.as_str() == by).then_some(lookup))
}

/// Status line and headers, up to the empty line.
fn one_reply(rest: &mut &[u8]) -> Result<Response<()>, String> {
    let line = String::from_utf8_lossy(next_line(rest)).into_owned();
    let status =
        line.strip_prefix("HTTP/").and_then(|line| line.split_whitespace().nth(1)?.parse::<u16>().ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok()).ok_or(
        "it begins with no status line, such as `HTTP/1.1 200 OK`: write the reply as `curl -i` prints it",
    )?;
    let start = *rest;
    while !next_line(rest).trim_ascii().is_empty() {}
    let head = &start[..start.len() - rest.len()];
    let mut reply = Response::new(());
    *reply.status_mut() = status;
    *reply.headers_mut() =
        files::headers(head).map_err(|line| format!("header {} is not `Name: value`", line + 1))?;
    Ok(reply)
}

fn next_line<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let end = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
    let line = &rest[..end];
    *rest = rest.get(end + 1..).unwrap_or_default();
    line
}

/// Keeps the last reply of a check, to be written to a file of our own.
pub(crate) struct Recorder<'a> {
    path: &'a Path,
    last: Arc<Mutex<Option<Response<Body>>>>,
}

impl<'a> Recorder<'a> {
    /// Refuses a file that is somebody else's before anything is asked.
    pub(crate) fn new(path: &'a Path) -> Result<Self, Error> {
        files::refuse_foreign(path, MARK).map_err(|why| unwritten(path, &why))?;
        Ok(Self { path, last: Arc::default() })
    }

    /// What is to be given every reply.
    pub(crate) fn observer(&self) -> impl Fn(&Response<Body>) + Send + Sync + 'static {
        let last = Arc::clone(&self.last);
        move |reply| *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(reply.clone())
    }

    /// Writes what came; tells whether anything did.
    pub(crate) fn write(self, facts: &Facts, asked: &Lookup) -> Result<bool, Error> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut reply) = last else { return Ok(false) };
        let headers = std::mem::take(reply.headers_mut());
        let own = [facts.retry_header, facts.request_id_header, facts.no_retry_header.map(|(name, _)| name)];
        let own = own.into_iter().flatten().filter_map(|name| HeaderName::from_bytes(name.as_bytes()).ok());
        for name in TELLING.into_iter().chain(own) {
            headers.get_all(&name).iter().for_each(|value| {
                reply.headers_mut().append(name.clone(), value.clone());
            });
        }
        let text = Recording::text(facts.name, asked, &redacted(facts.name, asked, reply));
        files::write_own(self.path, MARK, &text).map_err(|why| unwritten(self.path, &why))?;
        Ok(true)
    }
}

fn unwritten(path: &Path, why: &io::Error) -> Error {
    config(format!("{} can't be written: {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_back() {
        for asked in [Lookup::payment("p\n\"1\""), Lookup::order("# ü")] {
            let mut reply = Response::new(Body::from("{\"a\":\n1}"));
            *reply.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            reply.headers_mut().insert(RETRY_AFTER, "59".parse().unwrap());
            let text = MARK.to_owned() + &Recording::text("acme", &asked, &reply);
            let read = Recording::parse(text.as_bytes()).unwrap();
            assert_eq!((read.provider.as_deref(), read.asked), (Some("acme"), Some(asked)));
            assert_eq!(read.reply.status(), reply.status());
            assert_eq!((read.reply.headers(), read.reply.body()), (reply.headers(), reply.body()));
        }
    }

    #[test]
    fn what_curl_prints_is_read() {
        let read = |text: &str| Recording::parse(text.as_bytes()).unwrap().reply;
        let plain = read("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX: 1\r\n\r\n{\"a\": 1}\r\n");
        assert_eq!(
            (plain.status().as_u16(), plain.headers()["content-type"].as_bytes()),
            (200, &b"text/html"[..])
        );
        assert_eq!(plain.body().as_bytes(), b"{\"a\": 1}\r\n");
        let proxied = read(
            "HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 100 Continue\n\nHTTP/2 404 \ncontent-encoding: gzip\n\n{}",
        );
        assert_eq!((proxied.status().as_u16(), proxied.body().as_bytes()), (404, &b"{}"[..]));
        assert!(proxied.headers().is_empty(), "curl has unpacked it");
        assert!(read("HTTP/1.1 204\n").body().as_bytes().is_empty());
        let packed = Recording::parse(b"HTTP/1.1 200\ncontent-encoding: gzip\n\n\x1f\x8b").unwrap().reply;
        assert_eq!(packed.headers().len(), 1);
    }

    #[test]
    fn what_is_no_reply_is_refused_with_a_remedy() {
        for (text, why) in [
            ("", "status line"),
            ("{\"status\":\"paid\"}", "`curl -i`"),
            ("HTTP/1.1\n\n", "status line"),
            ("HTTP/1.1 20 OK\n\n", "status line"),
            ("HTTP/1.1 200 OK\nno header\n\n", "header 1"),
            ("# asked by somebody\nHTTP/1.1 200 OK\n\n", "# asked by"),
        ] {
            let refused = Recording::parse(text.as_bytes()).unwrap_err();
            assert!(refused.contains(why), "{text:?}: {refused}");
        }
    }
}
