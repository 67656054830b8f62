//! Credentials and personal data: in the request and in the fields that are asked for by name, and nowhere else.
//!
//! Beside these cases, no answer in any case may show a canary.

use std::fmt::Debug;

use http::Request;
use paystatus_core::{Body, Lookup, Provider};

use crate::{
    case::{Case, Reply, Verdict, hide, shown, shown_everywhere},
    exchange::whole_check,
    template::{Edit, Place},
};

/// The value that the cases put where no message may repeat what it was given.
const CANARY: &str = "canary-paystatus-testkit";

pub(crate) fn leak_provider_debug<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let provider = &case.suite.provider;
    hide(secrets(case)?, &format!("{provider:?} {provider:#?}"))
}

pub(crate) fn leak_request_debug<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    for request in requests(case)? {
        let shown = format!("{request:?} {request:#?}");
        hide(secrets(case)?, &shown)?;
        match std::str::from_utf8(request.body().as_bytes()) {
            Ok("") | Err(_) => {}
            Ok(body) => hide([body], &shown)?,
        }
    }
    Ok(())
}

/// An address is logged by everyone on the way.
pub(crate) fn leak_request_line<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    requests(case)?.iter().try_for_each(|request| hide(secrets(case)?, &request.uri().to_string()))
}

/// HTTP libraries print every header that is not marked sensitive.
pub(crate) fn leak_request_headers<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    const ALWAYS: [&str; 3] = ["authorization", "proxy-authorization", "cookie"];
    for request in requests(case)? {
        for (name, value) in request.headers().iter().filter(|(_, value)| !value.is_sensitive()) {
            if ALWAYS.contains(&name.as_str()) {
                return Err(format!("the header {name} is not marked sensitive"));
            }
            hide(secrets(case)?, &String::from_utf8_lossy(value.as_bytes()))?;
        }
    }
    Ok(())
}

/// Reading looks for every canary in all that an answer shows, as JSON too: these two see that there is one.
pub(crate) fn leak_secrets_in_answer<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let secrets = secrets(case)?;
    let reading = case.read(&Reply::ok(case.suite.success()?))?;
    hide(secrets, &shown_everywhere::<P>(&reading))
}

pub(crate) fn leak_personal_data<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let (suite, success) = (case.suite, case.suite.success()?);
    if suite.personal.is_empty() {
        return Err("the success has no personal data, or `with_personal` does not name it".into());
    }
    if let Some(datum) = suite.personal.iter().find(|datum| !success.contains(datum.as_str())) {
        return Err(format!("{datum:?} is not in the success"));
    }
    let reading = case.read(&Reply::ok(success))?;
    reading.as_ref().map(drop).map_err(|_| shown(&reading))
}

/// serde's own messages quote what they could not read.
pub(crate) fn leak_unreadable_value<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let list = format!("[{CANARY:?}]");
    let object = format!("{{{CANARY:?}:{CANARY:?}}}");
    let text = format!("{CANARY:?}");
    let values = [
        (Place::Id, &list),
        (Place::Id, &object),
        (Place::Status, &list),
        (Place::Status, &object),
        (Place::Amount, &text),
        (Place::Amount, &list),
        (Place::Currency, &text),
    ];
    values.into_iter().filter(|(place, _)| case.suite.template.has(*place)).try_for_each(|(place, json)| {
        let reply = Reply::ok(case.suite.write(Edit::Put(place, json))?);
        match case.read(&reply)? {
            Ok(payment) => Err(format!("{json} is read for {}: {payment:?}", place.mark())),
            reading => hide([CANARY], &shown_everywhere::<P>(&reading)),
        }
    })
}

/// A server may echo what it was sent; its words are for `Error::provider_message`, not for logs.
pub(crate) fn leak_error_body<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let names =
        ["error", "errors", "error_code", "error_message", "message", "msg", "code", "detail", "reason"];
    let members: Vec<String> = names.iter().map(|name| format!("{name:?}:{CANARY:?}")).collect();
    let json = format!("{{{}}}", members.join(","));
    for http in [200, 204, 302, 400, 401, 403, 404, 408, 409, 418, 429, 500, 503] {
        for body in [json.as_str(), CANARY, "<html>canary-paystatus-testkit</html>"] {
            match case.read(&Reply::of(http, body)?)? {
                Ok(payment) => return Err(format!("HTTP {http} with {body} is read as {payment:?}")),
                reading => hide([CANARY], &shown_everywhere::<P>(&reading))?,
            }
        }
    }
    Ok(())
}

/// What was refused as an id may be anything that somebody pasted.
pub(crate) fn leak_refused_lookup<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let long = format!("{CANARY}{}", "x".repeat(256));
    for lookup in [Lookup::payment(long.as_str()), Lookup::order(long.as_str())] {
        match case.suite.request(&lookup) {
            Ok(_) => return Err("an id of more than 255 bytes is asked about".into()),
            Err(error) => hide([CANARY], &format!("{error} {error:?}"))?,
        }
    }
    Ok(())
}

/// Every request of a whole check: for a token, for the payment, perhaps a second one.
fn requests<P: Provider + Debug>(case: &Case<'_, P>) -> Result<Vec<Request<Body>>, String> {
    whole_check(case.suite)
}

fn secrets<'a, P: Provider + Debug>(
    case: &Case<'a, P>,
) -> Result<impl Iterator<Item = &'a str> + use<'a, P>, String> {
    if case.suite.secrets.is_empty() {
        return Err("name the provider's canary credentials, with `with_secrets`".into());
    }
    Ok(case.suite.canaries())
}
