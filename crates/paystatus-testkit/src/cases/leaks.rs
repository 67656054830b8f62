//! Credentials and personal data: in the request and in the fields that are asked for by name, and nowhere else.
//!
//! Beside these cases, no answer in any case may show a canary.

use std::fmt::Debug;

use http::{Request, StatusCode};
use paystatus_core::{Body, Lookup, Provider};

use crate::{
    case::{Case, Reply, Verdict, hide, read, shown, shown_everywhere},
    template::{Edit, Place},
};

/// The value that the cases put where no message may repeat what it was given.
const CANARY: &str = "canary-paystatus-testkit";

pub(crate) fn leak_provider_debug<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let provider = &case.suite.provider;
    hide(secrets(case)?, &format!("{provider:?} {provider:#?}"))
}

pub(crate) fn leak_request_debug<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let request = request(case)?;
    let shown = format!("{request:?} {request:#?}");
    hide(secrets(case)?, &shown)?;
    match std::str::from_utf8(request.body().as_bytes()) {
        Ok("") | Err(_) => Ok(()),
        Ok(body) => hide([body], &shown),
    }
}

/// An address is logged by everyone on the way.
pub(crate) fn leak_request_line<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    hide(secrets(case)?, &request(case)?.uri().to_string())
}

/// HTTP libraries print every header that is not marked sensitive.
pub(crate) fn leak_request_headers<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    const ALWAYS: [&str; 3] = ["authorization", "proxy-authorization", "cookie"];
    let request = request(case)?;
    for (name, value) in request.headers().iter().filter(|(_, value)| !value.is_sensitive()) {
        if ALWAYS.contains(&name.as_str()) {
            return Err(format!("the header {name} is not marked sensitive"));
        }
        hide(secrets(case)?, &String::from_utf8_lossy(value.as_bytes()))?;
    }
    Ok(())
}

/// Reading looks for every canary in all that an answer shows, as JSON too: these two see that there is one.
pub(crate) fn leak_secrets_in_answer<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let secrets = secrets(case)?;
    let answer = read(case.suite, &case.suite.lookup, &Reply::ok(case.suite.success()?))?;
    hide(secrets, &shown_everywhere::<P>(&answer))
}

pub(crate) fn leak_personal_data<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let (suite, success) = (case.suite, case.suite.success()?);
    if suite.personal.is_empty() {
        return Err("the success has no personal data, or `with_personal` does not name it".into());
    }
    if let Some(datum) = suite.personal.iter().find(|datum| !success.contains(datum.as_str())) {
        return Err(format!("{datum:?} is not in the success"));
    }
    let answer = read(suite, &suite.lookup, &Reply::ok(success))?;
    answer.as_ref().map(drop).map_err(|_| shown(&answer))
}

/// serde's own messages quote what they could not read.
pub(crate) fn leak_unreadable_value<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let list = format!("[{CANARY:?}]");
    let object = format!("{{{CANARY:?}:{CANARY:?}}}");
    let text = format!("{CANARY:?}");
    let mut values =
        vec![(Place::Id, &list), (Place::Id, &object), (Place::Status, &list), (Place::Status, &object)];
    if case.suite.template.has(Place::Amount) {
        values.extend([(Place::Amount, &text), (Place::Amount, &list)]);
    }
    if case.suite.template.has(Place::Currency) {
        values.push((Place::Currency, &text));
    }
    values.into_iter().try_for_each(|(place, json)| {
        let reply = Reply::ok(case.suite.write(Edit::Put(place, json))?);
        match read(case.suite, &case.suite.lookup, &reply)? {
            Ok(payment) => Err(format!("{json} is read for {}: {payment:?}", place.mark())),
            answer => hide([CANARY], &shown_everywhere::<P>(&answer)),
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
        let status = StatusCode::from_u16(http).map_err(|error| error.to_string())?;
        for body in [json.as_str(), CANARY, "<html>canary-paystatus-testkit</html>"] {
            match read(case.suite, &case.suite.lookup, &Reply::new(status, body))? {
                Ok(payment) => return Err(format!("HTTP {http} with {body} is read as {payment:?}")),
                answer => hide([CANARY], &shown_everywhere::<P>(&answer))?,
            }
        }
    }
    Ok(())
}

/// What was refused as an id may be anything that somebody pasted.
pub(crate) fn leak_refused_lookup<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let long = format!("{CANARY}{}", "x".repeat(256));
    for lookup in [Lookup::payment(long.as_str()), Lookup::order(long.as_str())] {
        match case.suite.provider.request(&lookup) {
            Ok(_) => return Err("an id of more than 255 bytes is asked about".into()),
            Err(error) => hide([CANARY], &format!("{error} {error:?}"))?,
        }
    }
    Ok(())
}

fn request<P: Provider + Debug>(case: &Case<'_, P>) -> Result<Request<Body>, String> {
    case.suite.provider.request(&case.suite.lookup).map_err(|error| format!("{error:?}"))
}

fn secrets<'a, P>(case: &Case<'a, P>) -> Result<impl Iterator<Item = &'a str> + use<'a, P>, String> {
    let secrets = &case.suite.secrets;
    if secrets.is_empty() {
        return Err("name the provider's canary credentials, with `with_secrets`".into());
    }
    Ok(secrets.iter().map(String::as_str))
}
