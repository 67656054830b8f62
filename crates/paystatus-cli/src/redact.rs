//! Takes out of a reply what does not bear on its meaning.

use std::{fmt, ops::Range};

use http::Response;
use paystatus::{Body, Error, ErrorKind, Lookup, Payment};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

/// How many bytes may be read again to find out what matters: minutes are not worth it.
const WORK: usize = 256 << 20;

/// Stands for every text that is taken out.
const REDACTED: &str = "[redacted]";

/// The reply, with every value replaced that does not change what it says: what is left is what `--json` shows,
/// where personal data is left out by the provider's own types, and what the judgement needs.
///
/// A body that is no JSON, or too large to be looked at, is taken out as a whole.
pub(crate) fn redacted(provider: &str, asked: &Lookup, reply: Response<Body>) -> Response<Body> {
    let (head, body) = reply.into_parts();
    let judged = |text: &str| {
        let mut reply = Response::new(Body::from(text.to_owned()));
        (*reply.status_mut(), *reply.headers_mut()) = (head.status, head.headers.clone());
        shown(paystatus::judge(provider, Some(asked), &reply))
    };
    let text = std::str::from_utf8(body.as_bytes()).unwrap_or(REDACTED);
    let text = without_what_does_not_matter(text, &judged).unwrap_or_else(|| REDACTED.to_owned());
    Response::from_parts(head, Body::from(if body.as_bytes().is_empty() { String::new() } else { text }))
}

/// What a reply says, as far as anybody is shown it.
fn shown(judged: Result<Payment<Value>, Error>) -> String {
    match judged {
        Ok(payment) => {
            let object = serde_json::to_string(&payment).unwrap_or_default();
            format!("{object} {}", payment.is_about_another())
        }
        Err(error) => {
            // The place of an error in a text moves with what stands before it.
            let place = if error.kind() == ErrorKind::InvalidReply { " (line " } else { "\0" };
            let message = error.message().split(place).next().unwrap_or_default();
            let said = (error.provider_code(), error.provider_message(), error.retry_after());
            format!("{:?} {message} {said:?}", error.kind())
        }
    }
}

fn without_what_does_not_matter(text: &str, judged: &dyn Fn(&str) -> String) -> Option<String> {
    let whole: &RawValue = serde_json::from_str(text).ok()?;
    let start = offset(text, whole.get());
    let at = start..start + whole.get().len();
    let mut search = Search { text: text.to_owned(), judged, before: judged(text), work: WORK };
    search.walk(at).then_some(search.text)
}

struct Search<'a> {
    text: String,
    judged: &'a dyn Fn(&str) -> String,
    before: String,
    work: usize,
}

impl Search<'_> {
    /// Takes out a value, or else what can be taken out of it; tells whether there was work enough left.
    fn walk(&mut self, at: Range<usize>) -> bool {
        let value = &self.text[at.clone()];
        let stand_in = match value.as_bytes().first() {
            Some(b'{') => "{}",
            Some(b'[') => "[]",
            Some(b'"') => "\"[redacted]\"",
            Some(b'-' | b'0'..=b'9') => "0",
            _ => return true,
        };
        let Some(work) = self.work.checked_sub(self.text.len()) else { return false };
        self.work = work;
        let mut without = self.text.clone();
        without.replace_range(at.clone(), stand_in);
        if (self.judged)(&without) == self.before {
            self.text = without;
            return true;
        }
        let inside: Vec<_> =
            parts(value).into_iter().map(|part| at.start + part.start..at.start + part.end).collect();
        // From the end, so that what is before stays where it is.
        inside.into_iter().rev().all(|part| self.walk(part))
    }
}

/// Where the values inside of an object or a list are.
fn parts(value: &str) -> Vec<Range<usize>> {
    let Ok(Parts(parts)) = serde_json::from_str(value) else { return Vec::new() };
    let place = |part: &RawValue| {
        let start = offset(value, part.get());
        start..start + part.get().len()
    };
    parts.into_iter().map(place).collect()
}

/// Where a part of a text begins in it.
fn offset(whole: &str, part: &str) -> usize {
    part.as_ptr() as usize - whole.as_ptr() as usize
}

/// The values of an object, one name's several times too, or of a list.
struct Parts<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for Parts<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Inside;

        impl<'de> Visitor<'de> for Inside {
            type Value = Parts<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object or a list")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Parts<'de>, A::Error> {
                let mut parts = Vec::new();
                while let Some((IgnoredAny, part)) = map.next_entry()? {
                    parts.push(part);
                }
                Ok(Parts(parts))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Parts<'de>, A::Error> {
                let mut parts = Vec::new();
                while let Some(part) = list.next_element()? {
                    parts.push(part);
                }
                Ok(Parts(parts))
            }
        }

        deserializer.deserialize_any(Inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only `status`, `amount` and the id of each attempt matter.
    fn told(text: &str) -> String {
        let Ok(value) = serde_json::from_str::<Value>(text) else { return String::new() };
        let attempts = value["attempts"].as_array().into_iter().flatten().map(|one| one["id"].to_string());
        format!("{} {} {}", value["status"], value["amount"], attempts.collect::<Vec<_>>().join(","))
    }

    #[test]
    fn only_what_matters_is_left_and_as_it_was_written() {
        let text = "\r\n{ \"status\" : \"paid\",\"amount\":3.10, \"payer\": {\"name\":\"canary\",\"iban\":[\"canary\"]},\n \
            \"card\":4111111111111112, \"is_live\": true, \"name\":null, \"attempts\":[{\"id\":1,\"ip\":\"canary\"}]}";
        let left = without_what_does_not_matter(text, &told).unwrap();
        let expected = "\r\n{ \"status\" : \"paid\",\"amount\":3.10, \"payer\": {},\n \
            \"card\":0, \"is_live\": true, \"name\":null, \"attempts\":[{\"id\":1,\"ip\":\"[redacted]\"}]}";
        assert_eq!(left, expected);
    }

    #[test]
    fn what_can_not_be_looked_into_is_taken_out() {
        for text in ["<html>canary</html>", "{\"canary\"", "", &"[".repeat(200)] {
            assert_eq!(without_what_does_not_matter(text, &told), None, "{text}");
        }
        // A judgement that everything changes leaves nothing out, and ends.
        let list = format!("[{}1]", "1,".repeat(20_000));
        assert_eq!(without_what_does_not_matter(&list, &str::to_owned), None);
    }
}
