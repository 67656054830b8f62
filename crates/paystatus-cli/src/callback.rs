use std::{
    fs::{self, File},
    io::Read,
    path::Path,
    time::SystemTime,
};

use http::{HeaderMap, HeaderName, HeaderValue};
use paystatus::{Callback, Covers, Error, ErrorKind, NotGenuine, Notification};
use serde_json::json;

use crate::{
    args::{self, Args},
    configuration,
    output::{Output, clean},
};

/// The most that is read of a callback's headers or body, in bytes.
const LARGEST: u64 = 1 << 20;

/// `paystatus callback`
pub(crate) async fn run(args: &Args, command: &args::Callback, output: &Output) -> Result<u8, Error> {
    match command {
        args::Callback::Verify { account, headers, body, received_at } => {
            let headers = read_headers(headers)?;
            let body = read(body)?;
            let callback = Callback::new(&headers, &body, received_at.unwrap_or_else(SystemTime::now));
            verify(args, account, &callback, output).await
        }
        args::Callback::Sign { account, body, at, headers_out, body_out } => {
            let (configuration, _sandbox) = configuration::read(args).await?;
            let callbacks =
                configuration.callbacks(account)?.ok_or_else(|| config(NotGenuine::Unsigned.to_string()))?;
            let signed = callbacks
                .sign_callback(&read(body)?, at.unwrap_or_else(SystemTime::now))
                .map_err(|error| config(format!("account `{account}`: {}", error.message())))?;
            let headers: String =
                signed.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
            match headers_out {
                Some(path) => write(path, headers.as_bytes())?,
                None => output.text(&headers),
            }
            match body_out {
                Some(path) => write(path, &signed.body)?,
                None => output.bytes(&signed.body),
            }
            Ok(0)
        }
    }
}

async fn verify(args: &Args, account: &str, callback: &Callback<'_>, output: &Output) -> Result<u8, Error> {
    let (configuration, _sandbox) = configuration::read(args).await?;
    let provider = configuration.provider(account)?;
    let (verdict, settings) = match configuration.callbacks(account)? {
        Some(callbacks) => (callbacks.verify_callback(callback), callbacks.signed_with()),
        None => (Err(NotGenuine::Unsigned), ""),
    };
    if matches!(verdict, Err(NotGenuine::NoSecret)) {
        let why =
            format!("account `{account}`: callbacks can't be verified: {settings} is missing or not usable");
        return Err(config(why));
    }
    let genuine = verdict.as_ref().ok();
    if output.json {
        output.line(&json!({
            "account": account,
            "provider": provider,
            "genuine": genuine.is_some(),
            "reason": verdict.as_ref().err().map(NotGenuine::as_str),
            "payment_id": genuine.map(|notification| notification.payment().id()),
            "covers": genuine.map_or(Covers::Nothing, Notification::covers).as_str(),
            "matched_secret": genuine.map(Notification::matched_secret),
        }));
    } else {
        output.text(&match &verdict {
            Ok(notification) => format!(
                "genuine: ask about {}\n  the signature covers {}\n  it was made with {}",
                clean(notification.payment().id()),
                notification.covers().as_str().replace('_', " "),
                which_secret(notification.matched_secret()),
            ),
            Err(why @ NotGenuine::BadSignature) => format!(
                "not genuine: {why}\n  check {settings} of account `{}`, and that the body is what arrived, byte for byte",
                clean(account),
            ),
            Err(why) => format!("not genuine: {why}"),
        });
    }
    Ok(if genuine.is_some() { 0 } else { 1 })
}

/// The secret that matched, in words; there are several while one takes the place of another.
fn which_secret(index: usize) -> String {
    match index {
        0 => "the account's newest secret".to_owned(),
        older => format!("an older secret of the account, number {} of its list", older + 1),
    }
}

/// Headers as `Name: value` lines; an empty line ends them.
fn read_headers(path: &Path) -> Result<HeaderMap, Error> {
    let text = read(path)?;
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
        let (name, value) = header.ok_or_else(|| {
            let place = format!("{}, line {}", path.display(), number + 1);
            config(format!("{place}: write headers as `Name: value`, one a line"))
        })?;
        headers.append(name, value);
    }
    Ok(headers)
}

/// What a file has, or a pipe: a callback is small, and a device has no end.
fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    match read {
        Ok(length) if length as u64 <= LARGEST => Ok(bytes),
        Ok(_) => Err(config(format!("{} is larger than 1 MiB, and no callback is", path.display()))),
        Err(error) => Err(config(format!("{} can't be read: {error}", path.display()))),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    fs::write(path, bytes).map_err(|error| config(format!("{} can't be written: {error}", path.display())))
}

fn config(message: String) -> Error {
    Error::new(ErrorKind::Config, message)
}
