use std::{fs, path::Path, time::SystemTime};

use http::HeaderMap;
use paystatus::{Callback, Covers, Error, Lookup, NotGenuine, Notification};
use serde_json::{Value, json};

use crate::{
    args::{self, Args},
    configuration,
    files::{self, config},
    output::{Output, clean},
};

/// The most that is read of a callback's headers or body, in bytes.
const LARGEST: u64 = 1 << 20;

/// `paystatus callback`
pub(crate) async fn run(args: &Args, command: &args::Callback, output: &Output) -> Result<u8, Error> {
    match command {
        args::Callback::Verify { account, headers, body, received_at, url, certificate } => {
            let headers = read_headers(headers)?;
            let body = read(body)?;
            let certificate = certificate.as_deref().map(read).transpose()?;
            let mut callback = Callback::new(&headers, &body, received_at.unwrap_or_else(SystemTime::now));
            if let Some(url) = url {
                callback = callback.at_url(url);
            }
            if let Some(certificate) = &certificate {
                callback = callback.with_certificate(certificate);
            }
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
    let provider = configuration.facts(account)?.name;
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
            "payments": genuine.map(|notification| named(notification.payments())),
            "covers": genuine.map_or(Covers::Nothing, Notification::covers).as_str(),
            "matched_secret": genuine.map(Notification::matched_secret),
        }));
    } else {
        output.text(&match &verdict {
            Ok(notification) => format!(
                "genuine: {}\n  the signature covers {}\n  it was made with {}",
                to_ask(notification.payments()),
                notification.covers().as_str(),
                which_secret(notification.matched_secret()),
            ),
            Err(why @ NotGenuine::BadSignature) => format!(
                "not genuine: {why}\n  check {settings} of account `{}`, and that the body is what arrived, byte for byte",
                clean(account),
            ),
            Err(why @ NotGenuine::Stale { payments, .. }) => {
                format!("not genuine: {why}\n  what it says is only late: {}", to_ask(payments))
            }
            Err(why) => format!("not genuine: {why}"),
        });
    }
    Ok(if genuine.is_some() { 0 } else { 1 })
}

/// The payments that a callback names, as the command's arguments have them.
fn named(payments: &[Lookup]) -> Value {
    let named = payments.iter().map(|payment| json!({ "by": payment.by().as_str(), "id": payment.id() }));
    named.collect()
}

fn to_ask(payments: &[Lookup]) -> String {
    let named: Vec<_> =
        payments.iter().map(|payment| format!("{} {}", payment.by().as_str(), clean(payment.id()))).collect();
    match named.as_slice() {
        [] => "it is about no payment".to_owned(),
        named => format!("ask about {}", named.join(", ")),
    }
}

/// The secret that matched, in words; there are several while one takes the place of another.
fn which_secret(index: usize) -> String {
    match index {
        0 => "the account's newest secret".to_owned(),
        older => format!("an older secret of the account, number {} of its list", older + 1),
    }
}

fn read_headers(path: &Path) -> Result<HeaderMap, Error> {
    files::headers(&read(path)?).map_err(|line| {
        let place = format!("{}, line {}", path.display(), line + 1);
        config(format!("{place}: write headers as `Name: value`, one a line"))
    })
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    files::read(path, LARGEST, "callback")
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    fs::write(path, bytes).map_err(|error| config(format!("{} can't be written: {error}", path.display())))
}
