//! The one strict JSON reader for everything that a provider sends.
//!
//! It refuses what serde would let pass (a positional array for an object),
//! and its errors tell the place and never a value.
//!
//! ```
//! use paystatus_core::json;
//!
//! #[derive(serde::Deserialize)]
//! struct Reply<'a> { status: &'a str }
//!
//! assert_eq!(json::object::<Reply>(r#"{"status":"paid","more":1}"#)?.status, "paid");
//! assert!(json::object::<Reply>(r#"["paid"]"#).is_err());
//! assert!(json::object::<Reply>(r#"{"status":"paid","status":"failed"}"#).is_err());
//! # Ok::<(), paystatus_core::Error>(())
//! ```

use std::{collections::HashSet, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeOwned, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer,
    },
};
use serde_json::value::RawValue;

use crate::{Error, ErrorKind};

/// How deep a reply may be nested.
const MAX_DEPTH: usize = 64;

/// Reads a whole text that must be one JSON object.
///
/// # Errors
/// [`ErrorKind::InvalidReply`], with the line and the column, and the field's name where it is missing or repeated.
pub fn object<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Error> {
    if !text.trim_ascii_start().starts_with('{') {
        return Err(invalid("the reply is not a JSON object"));
    }
    from_str(text)
}

/// Reads a whole text that must be one JSON value.
///
/// # Errors
/// As [`object`].
pub fn from_str<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Error> {
    if too_deep(text) {
        return Err(invalid("the reply is nested too deeply"));
    }
    serde_json::from_str(text).map_err(|error| {
        let why = reason(&error);
        invalid(format!("the reply {why} (line {}, column {})", error.line(), error.column()))
    })
}

/// For `#[serde(deserialize_with = "…")]`: a field that must be a JSON object.
///
/// # Errors
/// The deserializer's, without any value in it.
pub fn nested<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(Inside(PhantomData))?.ok_or_else(|| D::Error::custom(NO_OBJECT))
}

/// For `#[serde(default, deserialize_with = "…")]`: a field that is a JSON object, null or absent;
/// an empty array counts as absent, because PHP writes an empty object so.
///
/// # Errors
/// The deserializer's, without any value in it.
pub fn optional<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(Inside(PhantomData))
}

/// For `#[serde(default, deserialize_with = "…")]`: a list whose members must be JSON objects; null is an empty one.
///
/// # Errors
/// The deserializer's, without any value in it.
pub fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(transparent, bound = "T: Deserialize<'de>")]
    struct Member<T>(#[serde(deserialize_with = "nested")] T);

    let members = Option::<Vec<Member<T>>>::deserialize(deserializer)?.unwrap_or_default();
    Ok(members.into_iter().map(|Member(member)| member).collect())
}

/// For `#[serde(default, deserialize_with = "…")]`: as [`list`], where an empty list says something
/// that an absent one or null does not.
///
/// # Errors
/// The deserializer's, without any value in it.
pub fn optional_list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(transparent, bound = "T: Deserialize<'de>")]
    struct Listed<T>(#[serde(deserialize_with = "list")] Vec<T>);

    Ok(Option::<Listed<T>>::deserialize(deserializer)?.map(|Listed(members)| members))
}

/// Reads a whole text that must be one JSON object whose names are nobody's to know, such as entries by their number:
/// each member's name and the text of its value, in their order. A name that is there twice is refused.
///
/// # Errors
/// As [`object`].
///
/// ```
/// use paystatus_core::json;
/// assert_eq!(json::members(r#"{"b":[1, 2],"a":"x"}"#)?, [("b".to_owned(), "[1, 2]"), ("a".to_owned(), "\"x\"")]);
/// assert!(json::members(r#"{"a":1,"\u0061":2}"#).is_err());
/// # Ok::<(), paystatus_core::Error>(())
/// ```
pub fn members(text: &str) -> Result<Vec<(String, &str)>, Error> {
    object::<Members<'_>>(text).map(|Members(members)| members)
}

struct Members<'a>(Vec<(String, &'a str)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let (mut members, mut names) = (Vec::new(), HashSet::new());
                while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                    if !names.insert(name.clone()) {
                        return Err(A::Error::custom("paystatus: has a field twice"));
                    }
                    members.push((name, value.get()));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

const NO_OBJECT: &str = "paystatus: has another type where an object belongs";

/// An object, or nothing for null and for an empty array; a positional array is refused.
struct Inside<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Inside<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Some)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<T>, A::Error> {
        match list.next_element::<IgnoredAny>()? {
            None => Ok(None),
            Some(_) => Err(A::Error::custom(NO_OBJECT)),
        }
    }

    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }
}

/// For `#[serde(default, deserialize_with = "…")]`: a field that only informs,
/// so that a value of an unexpected type is left out instead of voiding the reply.
///
/// # Errors
/// The deserializer's, if the text is not JSON.
pub fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let raw = Option::<&RawValue>::deserialize(deserializer)?;
    Ok(raw.and_then(|raw| serde_json::from_str(raw.get()).ok()))
}

/// As [`lenient`], for a field that is an object: anything else is left out, a list of its values too.
///
/// # Errors
/// The deserializer's, if the text is not JSON.
pub fn lenient_object<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let raw = Option::<&RawValue>::deserialize(deserializer)?;
    Ok(raw.and_then(|raw| object(raw.get()).ok()))
}

/// For `#[serde(default, deserialize_with = "…")]`: a text that some installations write as a number;
/// anything but a string or a number is left out.
///
/// # Errors
/// The deserializer's, if the text is not JSON.
pub fn text<'de, D: Deserializer<'de>, T: From<String>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let Some(raw) = Option::<&RawValue>::deserialize(deserializer)? else { return Ok(None) };
    let read = match raw.get().as_bytes().first() {
        Some(b'"') if !raw.get().contains('\\') => raw.get()[1..raw.get().len() - 1].to_owned(),
        Some(b'"') => serde_json::from_str::<String>(raw.get()).map_err(|_| D::Error::custom(NOT_TEXT))?,
        Some(b'-' | b'0'..=b'9') => raw.get().to_owned(),
        _ => return Ok(None),
    };
    Ok(Some(T::from(read)))
}

/// Reads a whole text that must be one JSON object, and of it these fields, each as [`text`] does:
/// for what an error says.
///
/// # Errors
/// As [`members`].
///
/// ```
/// use paystatus_core::json;
/// let reply = r#"{"message":"no such payment","code":404,"details":[]}"#;
/// let [code, message, details] = json::texts(reply, ["code", "message", "details"])?;
/// assert_eq!((code.as_deref(), message.as_deref(), details), (Some("404"), Some("no such payment"), None));
/// assert!(json::texts("[]", ["code"]).is_err());
/// # Ok::<(), paystatus_core::Error>(())
/// ```
pub fn texts<const N: usize>(object: &str, names: [&str; N]) -> Result<[Option<String>; N], Error> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Text(#[serde(deserialize_with = "text")] Option<String>);

    let members = members(object)?;
    let mut texts = [const { None }; N];
    for (text, name) in texts.iter_mut().zip(names) {
        if let Some((_, raw)) = members.iter().find(|(known, _)| known == name) {
            *text = from_str::<Text>(raw)?.0;
        }
    }
    Ok(texts)
}

const NOT_TEXT: &str = "paystatus: has a string that is not text";

/// serde's words without its values: only what names our own fields passes.
fn reason(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    if let Some(ours) = words.strip_prefix("paystatus: ") {
        return ours.to_owned();
    }
    if let Some(field) = words.strip_prefix("missing field ") {
        return format!("lacks the field {field}");
    }
    if let Some(field) = words.strip_prefix("duplicate field ") {
        return format!("has the field {field} twice");
    }
    match error.classify() {
        Category::Data => "has a field of another type than documented",
        Category::Eof => "is cut short",
        Category::Syntax | Category::Io => "is not JSON",
    }
    .to_owned()
}

fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::InvalidReply, message)
}

/// Tells whether brackets nest deeper than any documented reply; serde skips unknown fields without a limit.
fn too_deep(text: &str) -> bool {
    let opens = |byte: &u8| matches!(byte, b'{' | b'[');
    // In chunks that a byte can count, which the compiler turns into few instructions.
    let count = |chunk: &[u8]| usize::from(chunk.iter().map(|byte| u8::from(opens(byte))).sum::<u8>());
    if text.as_bytes().chunks(255).map(count).sum::<usize>() <= MAX_DEPTH {
        return false;
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::{Number, Personal};

    #[derive(Debug, Deserialize)]
    struct Reply {
        status: String,
        #[serde(default)]
        amount: Option<Number>,
        #[serde(default, deserialize_with = "optional")]
        data: Option<Data>,
        #[serde(default, deserialize_with = "list")]
        parts: Vec<Data>,
        #[serde(default, deserialize_with = "text")]
        note: Option<String>,
        #[serde(default, deserialize_with = "lenient")]
        count: Option<u32>,
        #[serde(default, deserialize_with = "lenient_object")]
        reason: Option<Data>,
    }

    #[derive(Debug, Deserialize)]
    struct Data {
        id: String,
    }

    #[track_caller]
    fn refused(text: &str, message: &str) {
        let error = object::<Reply>(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidReply);
        assert!(error.message().contains(message), "{error}");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        assert!(std::error::Error::source(&error).is_none());
    }

    #[test]
    fn texts_are_read_by_name_or_not_at_all() {
        let read = |object| texts(object, ["code", "message"]);
        let told = read(r#"{"more":[{}],"message":"\u0041 \"b\"","code":null}"#).unwrap();
        assert_eq!(told, [None, Some("A \"b\"".to_owned())]);
        for refused in ["", "null", "[]", r#"{"code":"canary","code":1}"#, r#"{"code":"\ud800 canary"}"#] {
            let error = read(refused).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidReply, "{refused}");
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
    }

    #[test]
    fn what_is_documented_is_read() {
        let reply: Reply = object(
            r#" {"status":"s","amount":"1.10","data":{"id":"d","x":[]},"note":7,"count":"many","new":{},"parts":[{"id":"e"}]} "#,
        )
        .unwrap();
        assert_eq!(reply.parts[0].id, "e");
        assert_eq!((reply.status.as_str(), reply.data.unwrap().id.as_str()), ("s", "d"));
        assert_eq!(reply.amount.unwrap().to_string(), "1.10");
        assert_eq!((reply.note.as_deref(), reply.count), (Some("7"), None));
        let nulls: Reply =
            object(r#"{"status":"s","amount":null,"data":null,"parts":null,"note":null,"count":null}"#)
                .unwrap();
        let empty: Reply = object(r#"{"status":"s","data":[ ]}"#).unwrap();
        assert!(empty.data.is_none());
        assert!(nulls.parts.is_empty() && empty.parts.is_empty());
        assert!(nulls.amount.is_none() && nulls.data.is_none() && nulls.note.is_none());
    }

    #[test]
    fn what_only_informs_is_left_out_where_it_is_no_object() {
        let reason = |value: &str| {
            let text = format!(r#"{{"status":"s","reason":{value}}}"#);
            object::<Reply>(&text).unwrap().reason.map(|reason| reason.id)
        };
        assert_eq!(reason(r#" {"id":"d"}"#).as_deref(), Some("d"));
        for left_out in ["null", "7", r#""d""#, r#"["d"]"#, "[]", "{}", r#"{"id":7}"#] {
            assert_eq!(reason(left_out), None, "{left_out}");
        }
    }

    #[test]
    fn everything_else_is_refused_without_its_values() {
        refused("", "not a JSON object");
        refused("canary", "not a JSON object");
        refused(r#"["canary"]"#, "not a JSON object");
        refused("{", "is cut short");
        refused(r#"{"status":"canary"} {}"#, "is not JSON");
        refused(r#"{"status":"canary","status":"canary"}"#, "has the field `status` twice");
        refused(r#"{"stat":"canary"}"#, "lacks the field `status`");
        refused(r#"{"status":["canary"]}"#, "another type than documented");
        refused(r#"{"status":null}"#, "another type than documented");
        refused(r#"{"status":"s","amount":"canary"}"#, "has an amount that is not an exact decimal number");
        refused(r#"{"status":"s","data":["canary"]}"#, "where an object belongs");
        refused(r#"{"status":"s","parts":[{"id":"e"},["canary"]]}"#, "where an object belongs");
        refused(r#"{"status":"s","parts":[null]}"#, "where an object belongs");
        refused(r#"{"status":"s","parts":{"id":"canary"}}"#, "another type than documented");
        refused(r#"{"status":"s","data":{"id":"canary","id":"canary"}}"#, "has the field `id` twice");
        refused(r#"{"status":"s","data":{}}"#, "lacks the field `id`");
    }

    #[test]
    fn depth_is_bounded_wherever_it_is() {
        let deep = "[".repeat(200_000);
        refused(&format!(r#"{{"status":"s","unknown":{deep}"#), "nested too deeply");
        refused(&format!(r#"{{"status":"s","unknown":{deep}{}}}"#, "]".repeat(200_000)), "nested too deeply");
        let text = format!(r#"{{"status":"{}"}}"#, "[{".repeat(5_000));
        assert_eq!(object::<Reply>(&text).unwrap().status.len(), 10_000);
        let wide = format!(r#"{{"status":"s","unknown":[{}]}}"#, vec!["[]"; 500].join(","));
        assert!(object::<Reply>(&wide).is_ok());
    }

    #[test]
    fn an_empty_list_is_not_an_absent_one() {
        #[derive(Deserialize)]
        struct Reply {
            #[serde(default, deserialize_with = "optional_list")]
            parts: Option<Vec<Data>>,
        }
        let count = |text| object::<Reply>(text).map(|reply| reply.parts.map(|parts| parts.len()));
        assert_eq!(count("{}").unwrap(), None);
        assert_eq!(count(r#"{"parts":null}"#).unwrap(), None);
        assert_eq!(count(r#"{"parts":[]}"#).unwrap(), Some(0));
        assert_eq!(count(r#"{"parts":[{"id":"e"}]}"#).unwrap(), Some(1));
        for text in [r#"{"parts":[null]}"#, r#"{"parts":[["e"]]}"#, r#"{"parts":{"id":"e"}}"#] {
            assert_eq!(count(text).unwrap_err().kind(), ErrorKind::InvalidReply, "{text}");
        }
    }

    #[test]
    fn a_text_may_be_personal() {
        #[derive(Deserialize)]
        struct Who {
            #[serde(default, deserialize_with = "text")]
            name: Option<Personal<String>>,
        }
        let who: Who = object(r#"{"name":"canary"}"#).unwrap();
        assert_eq!(who.name.unwrap().expose(), "canary");
    }
}
