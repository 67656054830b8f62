//! HTTP statuses other than a success: never a payment, whatever the body says.

use std::{fmt::Debug, time::Duration};

use paystatus_core::{
    ErrorKind::{self, *},
    Provider,
};

use crate::case::{Case, Reply, Verdict, shown};

/// What stands in the body.
enum Content {
    Json,
    Html,
    Nothing,
    TheSuccess,
}
use Content::*;

macro_rules! answers {
    ($($name:ident: $http:literal, $content:ident => $kind:ident;)*) => {$(
        pub(crate) fn $name<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
            answers(case, $http, $content, $kind)
        }
    )*};
}

answers! {
    http_401_json: 401, Json => Unauthorized;
    http_401_html: 401, Html => Unauthorized;
    http_401_empty: 401, Nothing => Unauthorized;
    http_401_success: 401, TheSuccess => Unauthorized;
    http_403_json: 403, Json => Unauthorized;
    http_403_html: 403, Html => Unauthorized;
    http_403_empty: 403, Nothing => Unauthorized;
    http_403_success: 403, TheSuccess => Unauthorized;
    http_404_json: 404, Json => Rejected;
    http_404_html: 404, Html => Rejected;
    http_404_empty: 404, Nothing => Rejected;
    http_404_success: 404, TheSuccess => Rejected;
    http_408_json: 408, Json => Timeout;
    http_408_html: 408, Html => Timeout;
    http_408_empty: 408, Nothing => Timeout;
    http_408_success: 408, TheSuccess => Timeout;
    http_409_json: 409, Json => Rejected;
    http_409_html: 409, Html => Rejected;
    http_409_empty: 409, Nothing => Rejected;
    http_409_success: 409, TheSuccess => Rejected;
    http_429_json: 429, Json => RateLimited;
    http_429_html: 429, Html => RateLimited;
    http_429_empty: 429, Nothing => RateLimited;
    http_429_success: 429, TheSuccess => RateLimited;
    http_500_json: 500, Json => Unavailable;
    http_500_html: 500, Html => Unavailable;
    http_500_empty: 500, Nothing => Unavailable;
    http_500_success: 500, TheSuccess => Unavailable;
    http_502_json: 502, Json => Unavailable;
    http_502_html: 502, Html => Unavailable;
    http_502_empty: 502, Nothing => Unavailable;
    http_502_success: 502, TheSuccess => Unavailable;
    http_503_json: 503, Json => Unavailable;
    http_503_html: 503, Html => Unavailable;
    http_503_empty: 503, Nothing => Unavailable;
    http_503_success: 503, TheSuccess => Unavailable;
    http_301_success: 301, TheSuccess => Rejected;
    http_302_success: 302, TheSuccess => Rejected;
    http_304_empty: 304, Nothing => Rejected;
    http_307_html: 307, Html => Rejected;
    http_400_success: 400, TheSuccess => Rejected;
    http_410_success: 410, TheSuccess => Rejected;
    http_599_success: 599, TheSuccess => Unavailable;
}

fn answers<P: Provider + Debug>(case: &Case<'_, P>, http: u16, content: Content, kind: ErrorKind) -> Verdict {
    let body = match content {
        Json => r#"{"error":"paystatus-testkit","message":"paystatus-testkit"}"#.to_owned(),
        Html => "<!DOCTYPE html><html><body><h1>paystatus-testkit</h1></body></html>".to_owned(),
        Nothing => String::new(),
        TheSuccess => case.suite.success()?,
    };
    case.unlisted(&Reply::of(http, body)?, kind)
}

/// Whatever the number: only a success can be an answer.
pub(crate) fn http_any_other_success<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    for http in (100..=999).filter(|http| !(200..=299).contains(http)) {
        let answer = case.read(&Reply::of(http, case.suite.success()?)?)?;
        if answer.is_ok() {
            return Err(format!("HTTP {http} is read as {}", shown(&answer)));
        }
    }
    Ok(())
}

const NOW: (&str, &str) = ("date", "Fri, 20 Nov 2026 09:00:00 GMT");
const IN_TWO_MINUTES: (&str, &str) = ("retry-after", "Fri, 20 Nov 2026 09:02:00 GMT");

pub(crate) fn http_429_with_seconds<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    retries(case, 429, &[("retry-after", "59")], Some(59))
}

pub(crate) fn http_429_with_date<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    retries(case, 429, &[NOW, IN_TWO_MINUTES], Some(120))
}

/// A date means nothing without the server's own clock: this machine's may be wrong.
pub(crate) fn http_429_with_date_without_clock<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    retries(case, 429, &[IN_TWO_MINUTES], None)
}

pub(crate) fn http_429_with_nonsense<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    ["soon", "-5", "1.5", ""]
        .iter()
        .try_for_each(|value| retries(case, 429, &[NOW, ("retry-after", value)], None))
}

pub(crate) fn http_503_with_seconds<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    retries(case, 503, &[("retry-after", "0")], Some(0))
}

fn retries<P: Provider + Debug>(
    case: &Case<'_, P>,
    http: u16,
    headers: &[(&'static str, &'static str)],
    seconds: Option<u64>,
) -> Verdict {
    let reply = Reply::of(http, "<html>slow down</html>")?;
    let reply = headers.iter().fold(reply, |reply, (name, value)| reply.with(name, value));
    case.unlisted(&reply, if http == 429 { RateLimited } else { Unavailable })?;
    match case.read(&reply)? {
        Err(error) if error.retry_after() == seconds.map(Duration::from_secs) => Ok(()),
        answer => {
            Err(format!("{headers:?} means a delay of {seconds:?} seconds, and it is {}", shown(&answer)))
        }
    }
}
