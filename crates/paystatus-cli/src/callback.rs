use std::{fs, path::Path, time::SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue};
use paystatus::{Callback, Covers, Error, ErrorKind, NotGenuine, Notification};
use serde_json::json;

use crate::{
    args::{self, Args},
    configuration,
    output::{Output, clean},
};

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
        return Err(config(format!("account `{account}`: {}; set {settings}", NotGenuine::NoSecret)));
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
                "genuine: ask about {}\n  the signature covers {}\n  it matches secret {}, counted from 0",
                clean(notification.payment().id()),
                notification.covers().as_str().replace('_', " "),
                notification.matched_secret(),
            ),
            Err(why @ NotGenuine::BadSignature) => format!("not genuine: {why}; check {settings}"),
            Err(why) => format!("not genuine: {why}"),
        });
    }
    Ok(if genuine.is_some() { 0 } else { 1 })
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

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|error| config(format!("{} can't be read: {error}", path.display())))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    fs::write(path, bytes).map_err(|error| config(format!("{} can't be written: {error}", path.display())))
}

fn config(message: String) -> Error {
    Error::new(ErrorKind::Config, message)
}
