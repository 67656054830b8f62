//! Watches for what must not be shown, in every form in which it could be, and in everything that is logged.

use std::{
    collections::BTreeSet,
    fmt::Debug,
    io,
    sync::{LazyLock, Mutex, MutexGuard, Once, PoisonError, RwLock},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use tracing_subscriber::fmt::format::FmtSpan;

/// What must not be shown, and every text that shows it.
struct Secret {
    name: String,
    forms: Vec<String>,
}

/// What every canary begins with: a text without it, in any form, shows none.
pub(crate) const CANARY: &str = "canary";

static SECRETS: RwLock<Vec<Secret>> = RwLock::new(Vec::new());
static CANARIES: LazyLock<Vec<String>> = LazyLock::new(|| forms(CANARY));
static LOGGED: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());
static TARGETS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// From now on this must not be shown; what is logged or said in a panic is looked through too.
pub(crate) fn forbid(text: &str) {
    static START: Once = Once::new();
    START.call_once(|| {
        let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
        subscriber.with_span_events(FmtSpan::FULL).with_writer(|| Log).init();
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            keep(&panic.to_string());
            before(panic);
        }));
    });
    let mut secrets = SECRETS.write().unwrap_or_else(PoisonError::into_inner);
    if secrets.iter().all(|secret| secret.name != text) {
        let forms = if text.starts_with(CANARY) { forms(text) } else { vec![text.to_lowercase()] };
        secrets.push(Secret { name: text.to_owned(), forms });
    }
}

/// The text in any case, in hexadecimal, as a list of bytes, and in the middle of something in Base64.
fn forms(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let list = bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    let lines = bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(",\n");
    let quoted = format!("{text:?}").trim_matches('"').to_lowercase();
    let encoded = (0..3).map(|offset| {
        let whole = BASE64_STANDARD.encode([&vec![0; offset], bytes].concat());
        let inner = &whole[(offset * 8).div_ceil(6)..(offset + bytes.len()) * 8 / 6];
        inner.to_owned()
    });
    [text.to_lowercase(), quoted, hex, list, lines].into_iter().chain(encoded).collect()
}

/// What a text shows that is forbidden.
pub(crate) fn found_in(text: &str) -> Option<String> {
    // A list of bytes is printed with one in each line, and any indentation.
    let dense = text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let all = format!("{dense}\n{}", text.to_lowercase());
    let shows = |form: &String| all.contains(form);
    let has_canary = CANARIES.iter().any(shows);
    let secrets = SECRETS.read().unwrap_or_else(PoisonError::into_inner);
    let mut looked_for = secrets.iter().filter(|secret| has_canary || !secret.name.starts_with(CANARY));
    looked_for.find(|secret| secret.forms.iter().any(shows)).map(|secret| secret.name.clone())
}

#[track_caller]
pub(crate) fn hides(what: &str, text: &str) {
    if let Some(secret) = found_in(text) {
        panic!("{what} shows {}", blurred(&secret));
    }
}

#[track_caller]
pub(crate) fn hides_in_debug(what: &str, value: &impl Debug) {
    hides(what, &format!("{value:?}"));
    hides(what, &format!("{value:#?}"));
}

/// The lines that showed this secret so far.
pub(crate) fn logged(secret: &str) -> Vec<String> {
    lock(&LOGGED).iter().filter(|(name, _)| name == secret).map(|(_, line)| line.clone()).collect()
}

/// Nothing that was logged, by anybody, showed what is forbidden; and there was something to look at.
#[track_caller]
pub(crate) fn logs_hide_everything_but(control: &str) {
    let shown: Vec<_> =
        lock(&LOGGED).iter().filter(|(name, _)| name != control).map(|(name, _)| blurred(name)).collect();
    assert!(shown.is_empty(), "logs or panics show {shown:?}");
}

/// Who logged anything: the first part of the path.
pub(crate) fn who_logged() -> BTreeSet<String> {
    lock(&TARGETS).clone()
}

/// A secret's name, told in a way that is not itself a find: this message is looked through too.
fn blurred(secret: &str) -> String {
    secret.chars().map(|c| if c == '-' { ' ' } else { c }).collect()
}

fn keep(line: &str) {
    if let Some(secret) = found_in(line) {
        lock(&LOGGED).push((secret, line.to_owned()));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes what is logged, line by line.
struct Log;

impl io::Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        for target in ["hyper_util", "reqwest", "rustls"] {
            if text.contains(&format!(" {target}::")) {
                lock(&TARGETS).insert(target.to_owned());
            }
        }
        keep(&text);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
