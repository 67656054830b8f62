//! Bodies of a success that are not, or not plainly, a provider's reply.

use std::fmt::Debug;

use http::StatusCode;
use paystatus_core::{ErrorKind::InvalidReply, Provider};

use crate::{
    case::{Case, Reply, Verdict, shown},
    suite::string,
    template::{Edit, Place},
};

/// How deep a hostile reply nests.
const DEPTH: usize = 200_000;

pub(crate) fn body_unknown_field_is_ignored<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let reply = Reply::ok(with_member(&case.suite.success()?, br#"{"a":[1,null,"b"]}"#));
    case.listed(&reply, case.suite.paid()?)
}

pub(crate) fn body_white_space_is_ignored<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    case.listed(&Reply::ok(format!(" \r\n\t{}\n", case.suite.success()?)), case.suite.paid()?)
}

pub(crate) fn body_empty<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    refused(case, "")
}

pub(crate) fn body_blank<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    refused(case, " \r\n ")
}

pub(crate) fn body_204<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    case.unlisted(&Reply::new(StatusCode::NO_CONTENT, ""), InvalidReply)
}

pub(crate) fn body_html<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    refused(case, "<!DOCTYPE html><html><body>Payment successful</body></html>")
}

pub(crate) fn body_text<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    refused(case, case.suite.paid_word.as_str())
}

pub(crate) fn body_null<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    ["null", "true", "200"].iter().try_for_each(|json| refused(case, *json))
}

pub(crate) fn body_string<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    refused(case, string(&case.suite.success()?))
}

pub(crate) fn body_empty_object<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    refused(case, "{}")
}

pub(crate) fn body_empty_array<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    refused(case, "[]")
}

pub(crate) fn body_error_in_success<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    refused(case, r#"{"error":"paystatus-testkit","message":"paystatus-testkit"}"#)
}

pub(crate) fn body_byte_order_mark<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    refused(case, format!("\u{feff}{}", case.suite.success()?))
}

/// In a field that nobody reads, so that reading leniently would go unnoticed.
pub(crate) fn body_invalid_utf8<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    refused(case, with_member(&case.suite.success()?, b"\"\xff\""))
}

pub(crate) fn body_utf16<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    refused(case, case.suite.success()?.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>())
}

pub(crate) fn body_duplicate_id<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    edited(case, Edit::Twice(Place::Id, r#""another""#))
}

pub(crate) fn body_duplicate_status<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    edited(case, Edit::Twice(Place::Status, r#""another""#))
}

pub(crate) fn body_duplicate_amount<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    edited(case, Edit::Twice(Place::Amount, "1"))
}

pub(crate) fn body_duplicate_currency<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    edited(case, Edit::Twice(Place::Currency, r#""XXX""#))
}

/// serde reads a list of values for an object's fields, in their order.
pub(crate) fn body_positional_array<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    edited(case, Edit::Positional(Place::Id))
}

pub(crate) fn body_positional_array_of_status<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    edited(case, Edit::Positional(Place::Status))
}

pub(crate) fn body_deep<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    refused(case, "[".repeat(DEPTH))?;
    refused(case, r#"{"a":"#.repeat(DEPTH))?;
    refused(case, format!("{}{}", "[".repeat(DEPTH), "]".repeat(DEPTH)))
}

pub(crate) fn body_deep_unknown_field<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let deep = format!("{}{}", "[".repeat(DEPTH), "]".repeat(DEPTH));
    refused(case, with_member(&case.suite.success()?, deep.as_bytes()))
}

pub(crate) fn body_truncated_anywhere<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let success = case.suite.success()?;
    (0..success.len()).try_for_each(|end| {
        refused(case, &success.as_bytes()[..end]).map_err(|why| format!("cut at byte {end}: {why}"))
    })
}

/// One wrong byte, at every place: what is then final or paid still rests on a listed word.
pub(crate) fn body_changed_anywhere<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let success = case.suite.success()?.into_bytes();
    for at in 0..success.len() {
        for wrong in [b'"', b'0', b'x', b'}', success[at] ^ 0x20, success[at] ^ 0x80] {
            let mut body = success.clone();
            body[at] = wrong;
            let answer = case.read(&Reply::ok(body))?;
            if let Ok(payment) = &answer
                && (payment.is_paid() || payment.is_final())
                && !case.suite.words().any(|word| holds(payment.provider_status(), word))
            {
                return Err(format!(
                    "with {:?} at byte {at} it became {}",
                    char::from(wrong),
                    shown(&answer)
                ));
            }
        }
    }
    Ok(())
}

pub(crate) fn body_trailing_garbage<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let success = case.suite.success()?;
    ["x", "}", ",", "\u{0}", "<html>", "//"]
        .iter()
        .try_for_each(|more| refused(case, format!("{success}{more}")))
}

pub(crate) fn body_two_replies<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let success = case.suite.success()?;
    refused(case, format!("{success}\n{success}"))
}

/// Nobody asked for compression, so what claims it is not from the provider.
pub(crate) fn body_compressed<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    ["gzip", "br", "deflate", "zstd", "identity, gzip"].iter().try_for_each(|encoding| {
        case.unlisted(&Reply::ok(case.suite.success()?).with("content-encoding", encoding), InvalidReply)
    })
}

/// Tells whether a listed word is in what is told, in whatever case.
fn holds(told: &str, word: &str) -> bool {
    told.to_ascii_lowercase().contains(&word.to_ascii_lowercase())
}

fn refused<P: Provider + Debug>(case: &Case<'_, P>, body: impl Into<Vec<u8>>) -> Verdict {
    case.unlisted(&Reply::ok(body), InvalidReply)
}

fn edited<P: Provider + Debug>(case: &Case<'_, P>, edit: Edit<'_>) -> Verdict {
    refused(case, case.suite.write(edit)?)
}

/// The success with one member more in its first object, which no provider knows.
fn with_member(success: &str, value: &[u8]) -> Vec<u8> {
    let (open, rest) = success.split_at(success.find('{').map_or(0, |open| open + 1));
    [open.as_bytes(), br#""paystatus_testkit":"#, value, b",", rest.as_bytes()].concat()
}
