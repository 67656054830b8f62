//! A crate registry on this machine: it keeps what is published to it, and sends whoever asks for anything else on to
//! crates.io. It speaks what cargo speaks: a sparse index, downloads, and `PUT /api/v1/crates/new`.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const CRATES_IO: &str = "https://index.crates.io";

/// What goes wrong with the next upload.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    TooFast,
    /// The upload is kept, but the connection breaks before the answer.
    HangUp,
}

#[derive(Clone, Debug)]
pub(crate) struct Registry {
    pub(crate) address: String,
    /// Where crates.io has its crates, as its `config.json` says.
    downloads: String,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// Each crate's file in the index, by its path, and each crate, by name and version.
    files: BTreeMap<String, Vec<u8>>,
    /// What was kept, in order, such as `acme-v0.1.0`.
    pub(crate) uploads: Vec<String>,
    /// The faults to come, each before so many uploads are kept.
    pub(crate) faults: BTreeMap<usize, Fault>,
}

impl Registry {
    /// Serves until the process ends.
    pub(crate) fn start(crates_io: &str) -> Result<Self> {
        let config: Value = serde_json::from_str(crates_io)?;
        let downloads = config["dl"].as_str().context("the registry's config.json has no `dl`")?.to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = format!("http://{}", listener.local_addr()?);
        let registry = Self { address, downloads, kept: Arc::default() };
        let server = registry.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = server.clone();
                // Whoever hangs up on us has no use for an error.
                thread::spawn(move || server.answer(&stream).ok());
            }
        });
        Ok(registry)
    }

    /// The URL of crates.io's `config.json`.
    pub(crate) fn upstream() -> String {
        format!("{CRATES_IO}/config.json")
    }

    pub(crate) fn kept<T>(&self, look: impl FnOnce(&mut Kept) -> T) -> T {
        look(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn answer(&self, mut stream: &TcpStream) -> Result<()> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let (mut length, mut header) = (0, String::new());
        while reader.read_line(&mut header)? > 2 {
            let (name, value) = header.split_once(':').unwrap_or_default();
            match name.to_lowercase().as_str() {
                "content-length" => length = value.trim().parse()?,
                "expect" => stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?,
                _ => {}
            }
            header.clear();
        }
        let mut body = Vec::new();
        reader.take(length).read_to_end(&mut body)?;
        let path = line.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
        let reply = if line.starts_with("PUT") { self.put(&body)? } else { Some(self.get(path)) };
        let Some((head, body)) = reply else { return Ok(()) };
        let length = body.len();
        write!(stream, "HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")?;
        Ok(stream.write_all(&body)?)
    }

    fn get(&self, path: &str) -> (String, Vec<u8>) {
        if path == "config.json" {
            let downloads = format!("{}/download/{{crate}}/{{version}}", self.address);
            let config = json!({ "dl": downloads, "api": self.address });
            return ("200 OK".to_owned(), config.to_string().into());
        }
        if let Some(file) = self.kept(|kept| kept.files.get(path).cloned()) {
            return ("200 OK".to_owned(), file);
        }
        let elsewhere = match path.strip_prefix("download/").and_then(|path| path.split_once('/')) {
            None => format!("{CRATES_IO}/{path}"),
            Some((name, version)) if self.downloads.contains('{') => {
                self.downloads.replace("{crate}", name).replace("{version}", version)
            }
            Some((name, version)) => format!("{}/{name}/{version}/download", self.downloads),
        };
        (format!("302 Found\r\nLocation: {elsewhere}"), Vec::new())
    }

    /// Keeps an upload: two parts, each after its length, the metadata and the crate. No answer where that is the fault.
    fn put(&self, body: &[u8]) -> Result<Option<(String, Vec<u8>)>> {
        let mut rest = body;
        let mut part = || {
            let (length, after) = rest.split_first_chunk().context("the upload has no length")?;
            let (part, after) =
                after.split_at_checked(u32::from_le_bytes(*length) as usize).context("the upload is cut")?;
            rest = after;
            anyhow::Ok(part)
        };
        let (metadata, file): (Value, _) = (serde_json::from_slice(part()?)?, part()?);
        let text = |key: &str| metadata[key].as_str().unwrap_or_default();
        let (name, version) = (text("name"), text("vers"));
        let complaint = |status: &str, words: &str| {
            Some((status.to_owned(), json!({ "errors": [{ "detail": words }] }).to_string().into()))
        };
        Ok(self.kept(|kept| {
            let fault = kept.faults.remove(&kept.uploads.len());
            if let Some(Fault::TooFast) = fault {
                return complaint("429 Too Many Requests", "You have published too many new crates.");
            }
            if kept.files.insert(format!("download/{name}/{version}"), file.to_vec()).is_some() {
                return complaint("400 Bad Request", "this version is already uploaded");
            }
            let index = kept.files.entry(index_path(name)).or_default();
            index.extend(format!("{}\n", row(&metadata, file)).bytes());
            kept.uploads.push(format!("{name}-v{version}"));
            let warnings = json!({ "invalid_categories": [], "invalid_badges": [], "other": [] });
            let taken = ("200 OK".to_owned(), json!({ "warnings": warnings }).to_string().into());
            fault.is_none().then_some(taken)
        }))
    }
}

/// Where a crate's file is in an index; our names are long enough for the common case.
fn index_path(name: &str) -> String {
    format!("{}/{}/{name}", &name[..2], &name[2..4])
}

/// The row for the index that an upload's metadata becomes.
fn row(metadata: &Value, file: &[u8]) -> Value {
    let mut dependencies = metadata["deps"].clone();
    for dependency in dependencies.as_array_mut().into_iter().flatten() {
        dependency["req"] = dependency["version_req"].take();
        let alias = dependency["explicit_name_in_toml"].take();
        if !alias.is_null() {
            dependency["package"] = dependency["name"].take();
            dependency["name"] = alias;
        }
    }
    let checksum = Sha256::digest(file).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    json!({
        "name": metadata["name"], "vers": metadata["vers"], "deps": dependencies, "cksum": checksum,
        // The newer of the two tables takes every form of a feature.
        "features": {}, "features2": metadata["features"], "v": 2,
        "yanked": false, "links": metadata["links"], "rust_version": metadata["rust_version"],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_uploaded_is_served_once_and_everything_else_is_elsewhere() {
        let registry = Registry::start(r#"{"dl":"https://example.com/{crate}-{version}"}"#).unwrap();
        let deps = json!([{ "name": "http", "explicit_name_in_toml": "http2", "version_req": "^1" }]);
        let metadata = json!({ "name": "acme-core", "vers": "0.1.0", "deps": deps }).to_string();
        let length = u8::try_from(metadata.len()).unwrap();
        let body = [&[length, 0, 0, 0], metadata.as_bytes(), &[1, 0, 0, 0, b'a']].concat();
        assert!(registry.put(&body[..9]).is_err());

        registry.kept(|kept| kept.faults = [(0, Fault::HangUp), (1, Fault::TooFast)].into());
        assert_eq!(registry.put(&body).unwrap(), None);
        assert!(registry.put(&body).unwrap().unwrap().0.starts_with("429 "));
        assert!(registry.put(&body).unwrap().unwrap().0.starts_with("400 "));
        assert_eq!(registry.kept(|kept| kept.uploads.clone()), ["acme-core-v0.1.0"]);

        assert_eq!(registry.get("download/acme-core/0.1.0").1, b"a");
        let row: Value = serde_json::from_slice(&registry.get("ac/me/acme-core").1).unwrap();
        assert_eq!(row["cksum"], "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
        assert_eq!((&row["deps"][0]["name"], &row["deps"][0]["package"]), (&json!("http2"), &json!("http")));
        assert!(registry.get("se/rd/serde").0.ends_with("Location: https://index.crates.io/se/rd/serde"));
        assert!(registry.get("download/serde/1.0.0").0.ends_with("https://example.com/serde-1.0.0"));
    }
}
