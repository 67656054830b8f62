//! The provider's own tables: each row is shown by an example, and none opens more than it says.

use std::fmt::Debug;

use paystatus_core::{Because, ErrorRow, Provider, Refusal, Said, Says, Stands};

use crate::{
    Suite,
    case::{Case, Reply, Verdict, read, shown},
    exchange::whole_check,
    suite::{Example, now},
};

/// What a reply says beside a payment is what the suite has an example of: no row of a table goes untested.
pub(crate) fn every_row_is_shown<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let (suite, facts) = (case.suite, case.suite.provider.facts());
    let mut judged = Vec::new();
    let mut shown = Vec::new();
    for suite in std::iter::once(suite).chain(&suite.others) {
        for Example { lookup, reply, .. } in &suite.rows {
            if let Some(lookup) = lookup
                && let Ok(payment) = read(suite, lookup, reply)?
            {
                judged.extend(payment.because().cloned());
            }
        }
        shown.extend(suite.rows.iter().filter_map(|example| error_row(suite, example)));
    }
    for other in &suite.others {
        for Example { name, .. } in &other.rows {
            other.check_row(name).map_err(|why| format!("{name}, of another account: {why}"))?;
        }
    }
    let missing = facts
        .statuses
        .iter()
        .map(Because::from)
        .filter(|because| !judged.contains(because))
        .map(|because| format!("{because}: add an example with `with_state` or `with_reply`"));
    let missing_errors =
        facts.errors.iter().filter(|row| !shown.iter().any(|shown| std::ptr::eq(*shown, *row))).map(|row| {
            let ErrorRow { http, says, means, .. } = row;
            format!("HTTP {http:?}, {says:?}, which is {means:?}: add an example with `with_error` or `with_answer`")
        });
    let missing: Vec<_> = missing.chain(missing_errors).collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(format!("no example shows the row {}", missing.join("; nor ")))
    }
}

/// The row of the provider's error table that judges an example.
fn error_row<P: Provider + Debug>(suite: &Suite<P>, example: &Example) -> Option<&'static ErrorRow> {
    let (provider, reply) = (&suite.provider, &example.reply);
    let text = reply.text();
    let stated = |refusal| match refusal {
        Refusal::Stated(said) => Some(said),
        _ => None,
    };
    let said = match (&example.lookup, reply.0.status().is_success()) {
        (Some(lookup), true) => provider.read(&suite.ask(lookup), text).err().and_then(stated)?,
        (Some(_), false) => provider.said(text),
        (None, true) => provider.tokens()?.read(now(), text).err().and_then(stated)?,
        (None, false) => provider.tokens()?.said(text),
    };
    row_of(provider, reply, &said)
}

fn row_of<P: Provider>(provider: &P, reply: &Reply, said: &Said) -> Option<&'static ErrorRow> {
    let (facts, http) = (provider.facts(), said.http.unwrap_or(reply.http()));
    let request_id = facts.request_id_header.and_then(|name| reply.0.headers().get(name)?.to_str().ok());
    facts.errors.iter().find(|row| row.applies(http, said, request_id))
}

/// A row that lets an answer through which is not a success names its HTTP status and what the body says;
/// and whatever is an answer with one HTTP status is none with any other.
pub(crate) fn only_listed_answers_pass<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let provider = &case.suite.provider;
    let rows = || provider.facts().errors.iter().filter(|row| row.means == Stands::Answer);
    let doors = || rows().map(|row| *row.http.start());
    for row in rows() {
        if row.http.clone().any(|http| (200..=299).contains(&http)) || row.http.clone().count() > 1 {
            return Err(format!("the row for HTTP {:?} lets answers of several statuses through", row.http));
        }
        if matches!(row.says, Says::Anything | Says::Something | Says::WithRequestId) {
            return Err(format!(
                "the row for HTTP {:?} lets any answer through: name what it says",
                row.http
            ));
        }
        for body in [case.suite.success()?.as_str(), "", "<html></html>", r#"{"code":"paystatus-testkit"}"#] {
            let reply = Reply::of(*row.http.start(), body)?;
            let reading = case.read(&reply)?;
            if reading.is_ok() && row_of(provider, &reply, &provider.said(body)).is_none() {
                return Err(format!("HTTP {:?} with {body} passes as {}", row.http, shown(&reading)));
            }
        }
    }
    for Example { name, lookup, reply, .. } in &case.suite.rows {
        let Some(lookup) = lookup else { continue };
        if read(case.suite, lookup, reply)?.is_err() {
            continue;
        }
        for http in
            [100, 302, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 599].into_iter().chain(doors())
        {
            let (said, reply) = (provider.said(reply.text()), Reply::of(http, reply.text())?);
            let is_listed = row_of(provider, &reply, &said).is_some_and(|row| row.means == Stands::Answer);
            let reading = read(case.suite, lookup, &reply)?;
            if reading.is_ok() != is_listed {
                return Err(format!("the reply of `{name}` with HTTP {http} is read as {}", shown(&reading)));
            }
        }
    }
    Ok(())
}

/// What is asked one request after the other ends with the payment, and with no reply too few or too many.
pub(crate) fn check_ends_with_the_payment<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let requests = whole_check(case.suite)?;
    let provider = &case.suite.provider;
    let token = provider.tokens().map(|tokens| tokens.base_url());
    let base_urls = token.into_iter().chain(std::iter::repeat(provider.base_url()));
    match requests.iter().zip(base_urls).find(|(request, base_url)| !base_url.covers(request.uri())) {
        Some((request, base_url)) => Err(format!("{} is not below {base_url}", request.uri())),
        None => Ok(()),
    }
}
