//! A crate registry on this machine: it keeps what is published to it, and sends everyone who asks for anything else
//! on to the registry that this machine uses otherwise.
//!
//! It speaks what cargo speaks to crates.io: a sparse index, downloads, and `PUT /api/v1/crates/new`.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Error, Read, Result, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::release::index;

/// The registry for all that is not ours.
#[derive(Clone, Debug)]
pub(crate) struct Upstream {
    /// Its index without `sparse+`.
    pub(crate) index: String,
    /// Where its crates are, as its `config.json` has it.
    pub(crate) downloads: String,
}

impl Upstream {
    fn download(&self, name: &str, version: &str) -> String {
        if !self.downloads.contains('{') {
            return format!("{}/{name}/{version}/download", self.downloads);
        }
        let (path, file) = (index::path(name), format!("/{name}"));
        let prefix = path.strip_suffix(&file.to_lowercase()).unwrap_or(&path);
        self.downloads
            .replace("{crate}", name)
            .replace("{version}", version)
            .replace("{prefix}", prefix)
            .replace("{lowerprefix}", prefix)
    }
}

/// What goes wrong with an upload.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// Too many requests; the next attempt is welcome after a pause.
    TooFast(SignedDuration),
    /// The upload is kept, but the connection breaks before the answer.
    HangUp,
}

#[derive(Debug)]
pub(crate) struct Registry {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    base: String,
    upstream: Upstream,
    /// Names that are never looked for upstream.
    ours: BTreeSet<String>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Each crate's file in the index, by its path.
    index: BTreeMap<String, String>,
    downloads: BTreeMap<String, Vec<u8>>,
    /// What was kept, in order, such as `acme 0.1.0`.
    uploads: Vec<String>,
    /// The faults to come, by the crate that they befall.
    faults: BTreeMap<String, Fault>,
}

impl Registry {
    /// Serves until the process ends.
    pub(crate) fn start(port: u16, upstream: Upstream, ours: BTreeSet<String>) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .or_else(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        let base = format!("http://{address}");
        let shared = Arc::new(Shared { base, upstream, ours, kept: Mutex::default() });
        let server = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = Arc::clone(&server);
                // Whoever hangs up on us has no use for an error.
                thread::spawn(move || server.answer(stream).ok());
            }
        });
        Ok(Self { address, shared })
    }

    /// The URL of the index, for cargo with `sparse+` before it.
    pub(crate) fn index(&self) -> String {
        format!("http://{}/", self.address)
    }

    pub(crate) fn uploads(&self) -> Vec<String> {
        self.shared.kept().uploads.clone()
    }

    /// Lets the next upload of a crate go wrong, once.
    pub(crate) fn fail(&self, name: &str, fault: Fault) {
        self.shared.kept().faults.insert(name.to_owned(), fault);
    }
}

/// A status, a header or none, and a body.
type Answer = (&'static str, Option<String>, Vec<u8>);

const NOT_FOUND: &str = "404 Not Found";

impl Shared {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, stream: TcpStream) -> Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut reader = BufReader::new(&stream);
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            match line.trim_end() {
                "" => break,
                line => head.push(line.to_owned()),
            }
        }
        let header = |name: &str| {
            let fields = head.iter().skip(1).filter_map(|line| line.split_once(':'));
            fields
                .into_iter()
                .find(|(field, _)| field.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.trim())
        };
        if header("expect").is_some() {
            (&stream).write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let length = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut body = Vec::new();
        reader.by_ref().take(length).read_to_end(&mut body)?;

        let line: Vec<&str> = head.first().map(|line| line.split(' ').collect()).unwrap_or_default();
        let (status, extra, body) = match line[..] {
            ["GET", path, _] => self.get(path.trim_start_matches('/')),
            ["PUT", "/api/v1/crates/new", _] if header("authorization").is_some() => match self.put(&body)? {
                Some(answer) => answer,
                None => return Ok(()),
            },
            ["PUT", "/api/v1/crates/new", _] => ("403 Forbidden", None, complaint("a token is needed")),
            _ => (NOT_FOUND, None, Vec::new()),
        };
        let extra = extra.map(|header| header + "\r\n").unwrap_or_default();
        let length = body.len();
        let head =
            format!("HTTP/1.1 {status}\r\n{extra}Content-Length: {length}\r\nConnection: close\r\n\r\n");
        (&stream).write_all(head.as_bytes())?;
        (&stream).write_all(&body)
    }

    fn get(&self, path: &str) -> Answer {
        const FOUND: &str = "200 OK";
        if path == "config.json" {
            let downloads = format!("{}/download/{{crate}}/{{version}}", self.base);
            return (FOUND, None, json!({ "dl": downloads, "api": self.base }).to_string().into());
        }
        let elsewhere = |url: String| ("302 Found", Some(format!("Location: {url}")), Vec::new());
        let kept = self.kept();
        if let Some(rest) = path.strip_prefix("download/") {
            let Some((name, version)) = rest.split_once('/') else { return (NOT_FOUND, None, Vec::new()) };
            return match kept.downloads.get(rest) {
                Some(file) => (FOUND, None, file.clone()),
                None if self.ours.contains(name) => (NOT_FOUND, None, Vec::new()),
                None => elsewhere(self.upstream.download(name, version)),
            };
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        match kept.index.get(path) {
            Some(file) => (FOUND, None, file.clone().into()),
            None if self.ours.contains(name) => (NOT_FOUND, None, Vec::new()),
            None => elsewhere(format!("{}/{path}", self.upstream.index)),
        }
    }

    /// Keeps an upload; no answer where the fault is that there is none.
    fn put(&self, body: &[u8]) -> Result<Option<Answer>> {
        let (metadata, file) =
            parts(body).ok_or_else(|| Error::other("an upload in two parts, each after its length"))?;
        let metadata: Value = serde_json::from_slice(metadata)?;
        let text = |key: &str| metadata[key].as_str().unwrap_or_default();
        let (name, version) = (text("name"), text("vers"));

        let mut kept = self.kept();
        let fault = kept.faults.remove(name);
        if let Some(Fault::TooFast(pause)) = fault {
            let until = (Timestamp::now() + pause).strftime("%a, %d %b %Y %H:%M:%S GMT");
            let words = format!(
                "You have published too many versions. Please try again after {until} and see the rules."
            );
            return Ok(Some(("429 Too Many Requests", None, complaint(&words))));
        }
        let key = format!("{name}/{version}");
        if kept.downloads.contains_key(&key) {
            let words = format!("crate version `{version}` is already uploaded");
            return Ok(Some(("400 Bad Request", None, complaint(&words))));
        }
        if let Some(words) = refusal(&metadata, file) {
            return Ok(Some(("400 Bad Request", None, complaint(words))));
        }
        let row = row(&metadata, file);
        *kept.index.entry(index::path(name)).or_default() += &format!("{row}\n");
        kept.downloads.insert(key, file.to_vec());
        kept.uploads.push(format!("{name} {version}"));
        if matches!(fault, Some(Fault::HangUp)) {
            return Ok(None);
        }
        let warnings = json!({ "warnings": { "invalid_categories": [], "invalid_badges": [], "other": [] } });
        Ok(Some(("200 OK", None, warnings.to_string().into())))
    }
}

fn complaint(words: &str) -> Vec<u8> {
    json!({ "errors": [{ "detail": words }] }).to_string().into()
}

/// The JSON and the crate in an upload: each has its length before it.
fn parts(body: &[u8]) -> Option<(&[u8], &[u8])> {
    fn part(body: &[u8]) -> Option<(&[u8], &[u8])> {
        let (length, rest) = body.split_first_chunk()?;
        rest.split_at_checked(u32::from_le_bytes(*length) as usize)
    }
    let (metadata, rest) = part(body)?;
    let (file, rest) = part(rest)?;
    rest.is_empty().then_some((metadata, file))
}

/// What crates.io would not take either.
fn refusal(metadata: &Value, file: &[u8]) -> Option<&'static str> {
    let is_empty = |key: &str| metadata[key].as_str().unwrap_or_default().is_empty();
    let mut dependencies = metadata["deps"].as_array().into_iter().flatten();
    if is_empty("description") {
        Some("a description is missing")
    } else if is_empty("license") && is_empty("license_file") {
        Some("a licence is missing")
    } else if metadata["keywords"].as_array().is_some_and(|keywords| keywords.len() > 5) {
        Some("at most five keywords")
    } else if dependencies.any(|dependency| dependency["version_req"] == "*") {
        Some("a dependency without a version")
    } else if file.len() > 10 << 20 {
        Some("more than 10 MiB")
    } else {
        None
    }
}

/// The row for the index that an upload's metadata becomes.
fn row(metadata: &Value, file: &[u8]) -> Value {
    let dependency = |dependency: &Value| {
        let (name, alias) = (&dependency["name"], &dependency["explicit_name_in_toml"]);
        let (name, package) = if alias.is_null() { (name, &Value::Null) } else { (alias, name) };
        json!({
            "name": name,
            "package": package,
            "req": dependency["version_req"],
            "features": dependency["features"],
            "optional": dependency["optional"],
            "default_features": dependency["default_features"],
            "target": dependency["target"],
            "kind": dependency["kind"],
            "registry": dependency["registry"],
        })
    };
    let dependencies: Vec<_> = metadata["deps"].as_array().into_iter().flatten().map(dependency).collect();
    let checksum: String = Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "name": metadata["name"],
        "vers": metadata["vers"],
        "deps": dependencies,
        "cksum": checksum,
        "features": {},
        // The newer of the two tables takes every form of a feature.
        "features2": metadata["features"],
        "yanked": false,
        "links": metadata["links"],
        "rust_version": metadata["rust_version"],
        "v": 2,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_comes_in_two_parts() {
        for (body, expected) in [
            (&b"\x02\0\0\0{}\x03\0\0\0abc"[..], Some((&b"{}"[..], &b"abc"[..]))),
            (b"\x02\0\0\0{}\x04\0\0\0abc", None),
            (b"\x02\0\0\0{}\x02\0\0\0abc", None),
            (b"\xff\xff\xff\xff{}", None),
            (b"", None),
        ] {
            assert_eq!(parts(body), expected);
        }
    }

    #[test]
    fn a_renamed_dependency_keeps_both_names() {
        let metadata = json!({ "name": "acme", "vers": "0.1.0", "features": { "client": ["dep:http2"] }, "deps": [
            { "name": "http", "explicit_name_in_toml": "http2", "version_req": "^1", "kind": "normal" },
            { "name": "serde", "version_req": "^1", "kind": "dev" },
        ] });
        let row = row(&metadata, b"abc");
        assert_eq!(row["deps"][0]["name"], "http2");
        assert_eq!(row["deps"][0]["package"], "http");
        assert_eq!(row["deps"][1]["name"], "serde");
        assert_eq!(row["deps"][1]["package"], Value::Null);
        assert_eq!(row["features2"]["client"][0], "dep:http2");
        assert_eq!(row["cksum"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn what_the_real_registry_refuses_is_refused() {
        let good = json!({ "description": "Asks.", "license": "MIT", "deps": [{ "version_req": "^1" }] });
        assert_eq!(refusal(&good, b""), None);
        for (key, value) in [
            ("description", json!("")),
            ("license", Value::Null),
            ("keywords", json!(["a", "b", "c", "d", "e", "f"])),
            ("deps", json!([{ "version_req": "*" }])),
        ] {
            let mut bad = good.clone();
            bad[key] = value;
            assert!(refusal(&bad, b"").is_some(), "{key}");
        }
    }

    #[test]
    fn downloads_follow_the_upstreams_own_pattern() {
        for (pattern, expected) in [
            ("https://example.com/crates", "https://example.com/crates/Acme/0.1.0/download"),
            ("https://example.com/{crate}-{version}.crate", "https://example.com/Acme-0.1.0.crate"),
            ("https://example.com/{lowerprefix}/{crate}", "https://example.com/ac/me/Acme"),
        ] {
            let upstream = Upstream { index: String::new(), downloads: pattern.to_owned() };
            assert_eq!(upstream.download("Acme", "0.1.0"), expected);
        }
    }

    #[test]
    fn an_index_file_that_is_not_ours_is_elsewhere() {
        let upstream = Upstream { index: "https://example.com".to_owned(), downloads: String::new() };
        let ours = BTreeSet::from(["acme-core".to_owned()]);
        let shared = Shared { base: String::new(), upstream, ours, kept: Mutex::default() };
        let (status, header, _) = shared.get("se/rd/serde");
        assert_eq!(
            (status, header.as_deref()),
            ("302 Found", Some("Location: https://example.com/se/rd/serde"))
        );
        assert_eq!(shared.get("ac/me/acme-core").0, NOT_FOUND);
        assert_eq!(shared.get("download/acme-core/0.1.0").0, NOT_FOUND);
        let metadata = json!({
            "name": "acme-core", "vers": "0.1.0", "description": "Asks.", "license": "MIT", "deps": [],
        });
        let metadata = metadata.to_string();
        let length = u8::try_from(metadata.len()).unwrap();
        let body = [&[length, 0, 0, 0], metadata.as_bytes(), &[1, 0, 0, 0, b'a']].concat();
        assert_eq!(shared.put(&body).unwrap().unwrap().0, "200 OK");
        assert_eq!(shared.put(&body).unwrap().unwrap().0, "400 Bad Request");
        assert_eq!(shared.get("ac/me/acme-core").0, "200 OK");
        assert_eq!(shared.get("download/acme-core/0.1.0").2, b"a");
        assert_eq!(shared.kept().uploads, ["acme-core 0.1.0"]);
    }
}
