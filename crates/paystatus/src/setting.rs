//! Reads an account's settings: secrets are fetched where they are, and no message repeats a value.

use std::{fmt, path::Path};

use serde::{
    Deserializer,
    de::{self, IntoDeserializer, MapAccess, Visitor, value::SeqDeserializer},
    forward_to_deserialize_any,
};
use toml::{Table, Value};

use crate::file;

/// The longest secret file that is read, in bytes.
const MAX_SECRET: u64 = 64 << 10;

/// A table of settings, as serde reads it into a provider or the client's own settings.
#[derive(Clone, Copy)]
pub(crate) struct Section<'a> {
    pub(crate) table: &'a Table,
    /// Where relative secret files are.
    pub(crate) folder: &'a Path,
}

/// One setting.
struct Setting<'a> {
    value: &'a Value,
    section: Section<'a>,
}

/// What is wrong with a setting, in words that name keys and never values.
#[derive(Debug)]
pub(crate) struct Wrong(String);

impl<'de> Deserializer<'de> for Section<'de> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let mut settings = Settings { section: self, rest: self.table.iter(), value: None };
        visitor.visit_map(&mut settings)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Settings<'a> {
    section: Section<'a>,
    rest: toml::map::Iter<'a, String, Value>,
    value: Option<(&'a str, &'a Value)>,
}

impl<'de> MapAccess<'de> for &mut Settings<'de> {
    type Error = Wrong;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some((key, value));
        seed.deserialize(String::as_str(key).into_deserializer()).map(Some)
    }

    fn next_value_seed<S: de::DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Wrong> {
        let (key, value) = self.value.take().ok_or_else(|| Wrong("a value without a key".to_owned()))?;
        let setting = Setting { value, section: self.section };
        seed.deserialize(setting).map_err(|wrong| {
            let message = wrong.to_string();
            // What core refuses names the key already.
            let is_named = message.starts_with(&format!("`{key}` "));
            Wrong(if is_named { message } else { format!("`{key}` {message}") })
        })
    }
}

impl<'de> IntoDeserializer<'de, Wrong> for Setting<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Setting<'de> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.value {
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Integer(number) => visitor.visit_i64(*number),
            Value::Boolean(flag) => visitor.visit_bool(*flag),
            Value::Table(table) => match self.fetched(table)? {
                Some(secret) => visitor.visit_string(secret),
                None => Section { table, ..self.section }.deserialize_any(visitor),
            },
            Value::Array(list) => {
                let section = self.section;
                let settings = list.iter().map(|value| Setting { value, section });
                visitor.visit_seq(SeqDeserializer::new(settings))
            }
            Value::Float(_) | Value::Datetime(_) => {
                Err(Wrong("must be a text, a whole number, true, false or a table".to_owned()))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match self.value {
            Value::String(text) => {
                text.as_str().into_deserializer().deserialize_enum(name, variants, visitor)
            }
            _ => Err(Wrong(format!("must be one of {}", listed(variants)))),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl Setting<'_> {
    /// The secret that `{ env = "NAME" }` or `{ file = "path" }` points to; nothing for any other table.
    fn fetched(&self, table: &Table) -> Result<Option<String>, Wrong> {
        let mut entries = table.iter();
        match (entries.next(), entries.next()) {
            (Some((key, Value::String(name))), None) if key == "env" => match std::env::var(name) {
                Ok(secret) => Ok(Some(secret)),
                Err(std::env::VarError::NotPresent) => {
                    Err(Wrong(format!("is to come from the environment variable `{name}`, which is not set")))
                }
                Err(std::env::VarError::NotUnicode(_)) => Err(Wrong(format!(
                    "is to come from the environment variable `{name}`, which is not text"
                ))),
            },
            (Some((key, Value::String(path))), None) if key == "file" => {
                read_secret(&self.section.folder.join(path)).map(Some)
            }
            _ => Ok(None),
        }
    }
}

/// A secret's file without its last line break.
fn read_secret(path: &Path) -> Result<String, Wrong> {
    let text = file::read_text(path, MAX_SECRET)
        .map_err(|why| Wrong(format!("is to come from the file {}, which {why}", path.display())))?;
    let line = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    Ok(line.to_owned())
}

/// What to say of a key that nobody knows.
pub(crate) fn unknown(key: &str, known: &[&str]) -> String {
    match nearest(key, known) {
        Some(nearest) => format!("unknown key `{key}`: did you mean `{nearest}`?"),
        None => format!("unknown key `{key}`: there are {}", listed(known)),
    }
}

/// The known word that most likely was meant, if one is near.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let scored = known.iter().map(|known| (distance(word, known), *known));
    scored
        .filter(|(distance, known)| *distance <= known.len().max(word.len()) / 2)
        .min()
        .map(|(_, known)| known)
}

/// How many letters to change, add or leave out to get from one word to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, a) in from.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], line + 1);
        for (column, &b) in to.iter().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

pub(crate) fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }

    // serde's own words for these repeat the value, which may be a secret in the wrong place.
    fn invalid_type(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let expected = expected.to_string();
        Self(match expected.as_str() {
            "a string" => "must be a text, { env = \"NAME\" } or { file = \"path\" }".to_owned(),
            "a boolean" => "must be true or false".to_owned(),
            "u32" | "usize" => "must be a whole number, zero or more".to_owned(),
            _ => format!("must be {expected}"),
        })
    }

    fn invalid_value(unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::invalid_type(unexpected, expected)
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self(format!("must be one of {}", listed(expected)))
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        Self(unknown(key, known))
    }

    fn missing_field(key: &'static str) -> Self {
        Self(format!("the key `{key}` is missing"))
    }
}
