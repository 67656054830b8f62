//! Access tokens, for a provider that fetches them: a reply that is no token is an error, and a refused token is renewed once.

use std::{fmt::Debug, time::Duration};

use http::Response;
use paystatus_core::{
    Body, Check,
    ErrorKind::{self, *},
    Provider, Token,
};

use crate::{
    case::{Case, Reply, Verdict, error_everywhere, hide},
    exchange::read_token,
    suite::{NONCE, TOKEN, now, string},
    template::{Edit, Place},
};

/// The value that no message may repeat.
const CANARY: &str = "canary-paystatus-testkit";

/// Longer than any token lasts.
const YEARS: Duration = Duration::from_secs(10 * 366 * 24 * 3600);

macro_rules! refused {
    ($($name:ident: $($edit:expr),+;)*) => {$(
        pub(crate) fn $name<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
            if case.suite.provider.tokens().is_none() {
                return Ok(());
            }
            [$($edit),+].into_iter().try_for_each(|edit| refused(case, case.suite.write_token(edit)?))
        }
    )*};
}

use Edit::*;
use Place::{Lifetime, Token as Text};

refused! {
    token_absent: Drop(Text);
    token_null: Put(Text, "null");
    token_empty: Put(Text, r#""""#), Put(Text, r#""  ""#);
    token_not_text: Put(Text, "true"), Put(Text, "[]"), Put(Text, r#"["x"]"#), Put(Text, "{}");
    token_not_a_header: Put(Text, r#""a\r\nx-injected: 1""#), Put(Text, r#""a\u0000b""#);
    token_duplicate: Twice(Text, r#""another""#);
    token_positional_array: Positional(Text);
}

pub(crate) fn token_is_read<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let suite = case.suite;
    if suite.provider.tokens().is_none() {
        return if suite.token_reply.is_some() {
            Err("the provider fetches no tokens".into())
        } else {
            Ok(())
        };
    }
    let token =
        read_token(suite, &Reply::ok(suite.write_token(Keep)?))?.map_err(|error| format!("{error:?}"))?;
    let says_when = suite.token_reply.as_ref().is_some_and(|reply| reply.has(Lifetime));
    match (token.is(&Token::new(TOKEN)), token.is_fresh(now()), token.is_fresh(now() + YEARS)) {
        (false, ..) => Err("the token is not the one in the reply".into()),
        (_, false, _) => Err("a new token is of no use".into()),
        (.., true) if says_when => Err("the token does not end when the reply says".into()),
        _ => Ok(()),
    }
}

/// A lifetime that is none must not become a token that is kept for ever, nor a panic.
pub(crate) fn token_lifetime<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    if !case.suite.token_reply.as_ref().is_some_and(|reply| reply.has(Lifetime)) {
        return Ok(());
    }
    let values = [
        "-1",
        r#""-1""#,
        "1e400",
        "1e30",
        "18446744073709551615",
        r#""18446744073709551615""#,
        r#""soon""#,
        "[]",
        "{}",
        "true",
    ];
    for json in values {
        refused(case, case.suite.write_token(Put(Lifetime, json))?)
            .map_err(|why| format!("{json}: {why}"))?;
    }
    refused(case, case.suite.write_token(Twice(Lifetime, "1"))?)
}

pub(crate) fn token_reply_is_none<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    if case.suite.provider.tokens().is_none() {
        return Ok(());
    }
    let reply = case.suite.write_token(Keep)?;
    for body in ["", " ", "{}", "[]", "null", "<!DOCTYPE html><html></html>", TOKEN, &string(&reply)] {
        refused(case, body)?;
    }
    refused(case, format!("\u{feff}{reply}"))?;
    refused(case, format!("{reply}x"))?;
    (0..reply.len())
        .filter(|end| reply.is_char_boundary(*end))
        .try_for_each(|end| refused(case, &reply[..end]))
}

/// The token's place may be down, slow, or not take the account's keys.
pub(crate) fn token_http<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    if case.suite.provider.tokens().is_none() {
        return Ok(());
    }
    let success = case.suite.write_token(Keep)?;
    for (http, kind) in [
        (302, Rejected),
        (401, Unauthorized),
        (403, Unauthorized),
        (408, Timeout),
        (429, RateLimited),
        (500, Unavailable),
        (503, Unavailable),
    ] {
        for body in ["", "<html></html>", success.as_str()] {
            fails(case, &Reply::of(http, body)?, &[kind])?;
        }
    }
    Ok(())
}

/// A server may echo what it was sent.
pub(crate) fn token_error_body<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    if case.suite.provider.tokens().is_none() {
        return Ok(());
    }
    let names = ["error", "error_description", "errorCode", "errorMessage", "message", "access_token"];
    let members: Vec<String> = names.iter().map(|name| format!("{name:?}:[{CANARY:?}]")).collect();
    let texts: Vec<String> = names.iter().map(|name| format!("{name:?}:{CANARY:?}")).collect();
    for http in [200, 400, 401, 403, 404, 429, 500] {
        let bodies = [
            format!("{{{}}}", members.join(",")),
            format!("{{{}}}", texts[..5].join(",")),
            CANARY.to_owned(),
        ];
        for body in bodies {
            match read_token(case.suite, &Reply::of(http, body.as_str())?)? {
                Ok(_) => return Err(format!("HTTP {http} with {body} is read as a token")),
                Err(error) => hide([CANARY], &error_everywhere(&error))?,
            }
        }
    }
    Ok(())
}

/// A token from an earlier check that is not taken any more is renewed, once: the new one is not.
pub(crate) fn token_refused_twice<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let suite = case.suite;
    if suite.provider.tokens().is_none() {
        return Ok(());
    }
    let told = |error| format!("{error:?}");
    let reply = Reply::ok(suite.write_token(Keep)?);
    let bare = Reply::of(401, "")?;
    let examples = suite.rows.iter().filter(|example| example.lookup.is_some()).map(|example| &example.reply);
    let mut renewed = 0;
    for refusal in examples.chain([&bare]) {
        let mut check = Check::new(&suite.provider, &suite.lookup);
        check.offer(Some(Token::new("canary-kept-token")));
        let mut send = |reply: &Response<Body>| {
            check.next(now(), NONCE).map_err(told)?;
            Ok::<_, String>((check.read(reply), check.needs_token(now())))
        };
        if !matches!(send(&refusal.0)?, (Ok(None), true)) {
            continue;
        }
        renewed += 1;
        match (send(&reply.0)?, send(&refusal.0)?) {
            ((Ok(None), false), (Err(error), _)) if error.kind() == Unauthorized => {}
            (_, (read, _)) => return Err(format!("a new token is refused, and that is {read:?}")),
        }
    }
    if renewed > 0 { Ok(()) } else { Err("no reply makes a kept token be renewed, HTTP 401 neither".into()) }
}

fn refused<P: Provider + Debug>(case: &Case<'_, P>, body: impl Into<Vec<u8>>) -> Verdict {
    fails(case, &Reply::ok(body), &[InvalidReply, Unauthorized])
}

fn fails<P: Provider + Debug>(case: &Case<'_, P>, reply: &Reply, kinds: &[ErrorKind]) -> Verdict {
    match read_token(case.suite, reply)? {
        Err(error) if kinds.contains(&error.kind()) => Ok(()),
        read => Err(format!(
            "{kinds:?} was expected of HTTP {} with {:?}, and it is {read:?}",
            reply.http(),
            reply.text()
        )),
    }
}
