use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// A JSON object as text: it keeps the order of its fields and every number's own spelling.
///
/// Replies are built and overridden with it, so that no amount ever passes through a float.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Object {
    // A field's value is valid JSON text.
    fields: Vec<(String, String)>,
}

impl Object {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Reads one object; repeated fields are refused.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// Adds a string.
    pub(crate) fn text(self, name: &str, value: &str) -> Self {
        self.raw(name, quote(value))
    }

    /// Adds a string, or null.
    pub(crate) fn text_or_null(self, name: &str, value: Option<&str>) -> Self {
        self.raw(name, value.map_or_else(|| "null".to_owned(), quote))
    }

    /// Adds a number in its own spelling, or as a string if that is no JSON number.
    pub(crate) fn number(self, name: &str, value: &str) -> Self {
        if is_number(value) { self.raw(name, value.to_owned()) } else { self.text(name, value) }
    }

    pub(crate) fn flag(self, name: &str, value: bool) -> Self {
        self.raw(name, value.to_string())
    }

    pub(crate) fn object(self, name: &str, value: &Self) -> Self {
        self.raw(name, value.to_string())
    }

    pub(crate) fn raw(mut self, name: &str, json: String) -> Self {
        self.set(name, json);
        self
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A field's JSON text.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.fields().find(|(field, _)| *field == name).map(|(_, value)| value)
    }

    /// A field's value, if it is a string.
    pub(crate) fn get_text(&self, name: &str) -> Option<String> {
        self.get(name).and_then(unquote)
    }

    /// Puts the other's fields over this one's; objects on both sides are merged, field by field.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (name, value) in other.fields() {
            let merged = match (self.inner(name), Self::parse(value.as_bytes())) {
                (Some(mut mine), Ok(theirs)) => {
                    mine.merge(&theirs);
                    mine.to_string()
                }
                _ => value.to_owned(),
            };
            self.set(name, merged);
        }
    }

    /// Takes the field away that a dotted path such as `data.amount` leads to, if it is there.
    pub(crate) fn remove(&mut self, path: &str) {
        if let Some(position) = self.fields.iter().position(|(name, _)| name == path) {
            self.fields.remove(position);
        } else if let Some((name, rest)) = path.split_once('.')
            && let Some(mut inner) = self.inner(name)
        {
            inner.remove(rest);
            self.set(name, inner.to_string());
        }
    }

    /// A field's value, if it is an object.
    pub(crate) fn inner(&self, name: &str) -> Option<Self> {
        Self::parse(self.get(name)?.as_bytes()).ok()
    }

    fn set(&mut self, name: &str, json: String) {
        match self.fields.iter_mut().find(|(field, _)| field == name) {
            Some((_, value)) => *value = json,
            None => self.fields.push((name.to_owned(), json)),
        }
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (index, (name, value)) in self.fields.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{}:{value}", quote(name))?;
        }
        f.write_str("}")
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut object = Object::new();
                while let Some((name, value)) = map.next_entry::<String, Box<RawValue>>()? {
                    if object.get(&name).is_some() {
                        return Err(A::Error::custom(format_args!("the field {name:?} is repeated")));
                    }
                    object.fields.push((name, value.get().to_owned()));
                }
                Ok(object)
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

/// The JSON text of a list of objects.
pub(crate) fn array<'a>(objects: impl IntoIterator<Item = &'a Object>) -> String {
    let objects: Vec<_> = objects.into_iter().map(Object::to_string).collect();
    format!("[{}]", objects.join(","))
}

/// The JSON text of a string.
pub(crate) fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The string that a JSON text stands for, if it is one.
pub(crate) fn unquote(json: &str) -> Option<String> {
    serde_json::from_str(json).ok()
}

/// Tells whether the text is one JSON number and nothing else.
pub(crate) fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        && text.ends_with(|last: char| last.is_ascii_digit())
        && serde_json::from_str::<&RawValue>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_merge(base: &str, over: &str, expected: &str) {
        let mut object = Object::parse(base.as_bytes()).unwrap();
        object.merge(&Object::parse(over.as_bytes()).unwrap());
        assert_eq!(object.to_string(), expected);
    }

    #[test]
    fn merging_keeps_order_and_spelling() {
        check_merge(r#"{"b":1.50,"a":"x"}"#, r#"{"a":1e400}"#, r#"{"b":1.50,"a":1e400}"#);
        check_merge(
            r#"{"d":{"x":1,"y":2}}"#,
            r#"{"d":{"y":null,"z":[]}}"#,
            r#"{"d":{"x":1,"y":null,"z":[]}}"#,
        );
        check_merge(r#"{"d":{"x":1}}"#, r#"{"d":3.10}"#, r#"{"d":3.10}"#);
        check_merge(r#"{"d":3}"#, r#"{"d":{"x":1}}"#, r#"{"d":{"x":1}}"#);
    }

    #[test]
    fn removing_follows_dots() {
        let mut object = Object::parse(br#"{"a":1,"d":{"x":1,"y":2},"p.q":3}"#).unwrap();
        for path in ["d.x", "p.q", "a", "nothing", "d.y.z"] {
            object.remove(path);
        }
        assert_eq!(object.to_string(), r#"{"d":{"y":2}}"#);
    }

    #[test]
    fn repeated_fields_and_other_values_are_refused() {
        for bad in [r#"{"a":1,"a":2}"#, "[]", "3", "", "{", r#"{"a":1}x"#] {
            assert!(Object::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_are_json_numbers() {
        for good in ["0", "-1.08", "100.50", "1e3", "99999999999999999999999999999999.1"] {
            assert!(is_number(good), "{good}");
        }
        for bad in ["", " 1", "1 ", "+1", "01", "1.", ".5", "NaN", "1,0", "\"1\"", "1]"] {
            assert!(!is_number(bad), "{bad}");
        }
    }
}
