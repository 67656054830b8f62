//! Faults as JSON: every field is one fault of the library, and an object is all of its fields in one.

use std::time::Duration;

use serde::de::DeserializeOwned;

use super::{REPLY_FIELDS, canned_reply, check_fields};
use crate::{Error, Fault, json::Object, request::Request};

const FIELDS: [&str; 14] = [
    "status",
    "retry_after",
    "retry_after_date",
    "reply",
    "not_found",
    "delay_ms",
    "malformed",
    "cut_after",
    "reset",
    "reset_after",
    "hang",
    "state",
    "times",
    "for_ms",
];

/// Fields that contradict each other.
const CHOICES: [&[&str]; 3] = [
    &["status", "reply", "not_found"],
    &["retry_after", "retry_after_date"],
    &["malformed", "cut_after", "reset", "reset_after", "hang"],
];

/// One fault, or a list of them.
pub(super) fn read(request: &Request<'_>) -> Result<Vec<Fault>, Error> {
    let is_list = request.body.trim_ascii_start().starts_with(b"[");
    let faults: Result<Vec<Object>, _> = if is_list {
        serde_json::from_slice(request.body)
    } else {
        Object::parse(request.body).map(|fault| vec![fault])
    };
    let faults = faults.map_err(|error| {
        Error::invalid("body", format!("expected a JSON object or a list of them: {error}"))
    })?;
    faults.iter().map(fault).collect()
}

fn fault(body: &Object) -> Result<Fault, Error> {
    check_fields(body, &FIELDS)?;
    for choices in CHOICES {
        if let Some(second) = choices.iter().filter(|field| body.get(field).is_some()).nth(1) {
            let error = Error::invalid(second, "contradicts another field: give one of them");
            return Err(error.allowing(choices));
        }
    }
    if body.fields().next().is_none() {
        return Err(Error::invalid("body", "a fault names at least one field").allowing(FIELDS));
    }
    body.fields().try_fold(Fault::none(), |fault, (name, json)| {
        Ok(match name {
            "status" => fault.and(Fault::status(value(name, json, "a number from 200 to 599")?)),
            "retry_after" => fault.with_retry_after(number(name, json)?),
            "retry_after_date" => fault.with_retry_after_date(number(name, json)?),
            "reply" => {
                let reply = value(name, json, "an object such as {\"status\":200,\"body\":\"\"}")?;
                check_fields(&reply, &REPLY_FIELDS)?;
                fault.and(Fault::reply(canned_reply(&reply)?))
            }
            "not_found" => fault.and(flag(name, json, Fault::not_found())?),
            "delay_ms" => fault.and(Fault::delay(milliseconds(name, json)?)),
            "malformed" => fault.and(flag(name, json, Fault::malformed())?),
            "cut_after" => fault.and(Fault::cut(number(name, json)?)),
            "reset" => fault.and(flag(name, json, Fault::reset())?),
            "reset_after" => fault.and(Fault::reset_after(number(name, json)?)),
            "hang" => fault.and(flag(name, json, Fault::hang())?),
            "state" => fault.and(Fault::state(value::<String>(name, json, "a string")?)),
            "times" => fault.times(number(name, json)?),
            _ => fault.lasting(milliseconds(name, json)?),
        })
    })
}

fn value<T: DeserializeOwned>(name: &str, json: &str, expected: &str) -> Result<T, Error> {
    serde_json::from_str(json).map_err(|_| Error::invalid(name, format!("must be {expected}")))
}

fn number(name: &str, json: &str) -> Result<u32, Error> {
    value(name, json, "a whole number from 0 to 4294967295")
}

fn milliseconds(name: &str, json: &str) -> Result<Duration, Error> {
    number(name, json).map(|number| Duration::from_millis(number.into()))
}

/// A field that is either true or not there.
fn flag(name: &str, json: &str, fault: Fault) -> Result<Fault, Error> {
    match json {
        "true" => Ok(fault),
        _ => Err(Error::invalid(name, "must be true, or not be there").allowing(["true"])),
    }
}
