//! JSON lines, with numbers to the letter.

use std::{borrow::Cow, fmt};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::cells::{Cells, Why};
use crate::columns::{Column, Names};

/// A line's cells: nothing if it is empty.
pub(super) fn cells<'a>(line: &'a [u8], names: &Names) -> Result<Option<Cells<'a>>, Why> {
    let line = line.trim_ascii();
    if line.is_empty() {
        return Ok(None);
    }
    let line = std::str::from_utf8(line).map_err(|_| "is not UTF-8 text: save the ledger as UTF-8")?;
    if !line.starts_with('{') {
        return Err("is not a JSON object: write one object a line".to_owned());
    }
    let mut reader = serde_json::Deserializer::from_str(line);
    let values = Values(names).deserialize(&mut reader).map_err(|error| {
        // serde's own words may repeat values.
        let place = error.column();
        format!("is not a whole JSON object (column {place}): write one object a line")
    })?;
    reader.end().map_err(|_| "has text behind the object: write one object a line")?;
    let mut cells = Cells::default();
    for column in Column::ALL {
        cells[column as usize] = match values[column as usize] {
            Value::None => continue,
            Value::One(value) => {
                cell(value.get()).map_err(|()| format!("`{column}` is neither text nor a number"))?
            }
            // Which of them holds nobody can tell.
            Value::More => return Err(format!("has `{column}` twice")),
        };
    }
    Ok(Some(cells))
}

/// A text without the space around it, or a number to the letter.
fn cell(raw: &str) -> Result<Option<Cow<'_, str>>, ()> {
    let text = match raw.as_bytes().first() {
        Some(b'n') => return Ok(None),
        Some(b'-' | b'0'..=b'9') => Cow::Borrowed(raw),
        Some(b'"') => match raw[1..raw.len() - 1].contains('\\') {
            true => Cow::Owned(serde_json::from_str::<String>(raw).map_err(|_| ())?.trim().to_owned()),
            false => Cow::Borrowed(raw[1..raw.len() - 1].trim()),
        },
        _ => return Err(()),
    };
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// What an object has for a column.
#[derive(Clone, Copy, Default)]
enum Value<'a> {
    #[default]
    None,
    One(&'a RawValue),
    More,
}

/// Reads the values of our columns.
struct Values<'n>(&'n Names);

impl<'de> DeserializeSeed<'de> for Values<'_> {
    type Value = [Value<'de>; Column::ALL.len()];

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Values<'_> {
    type Value = [Value<'de>; Column::ALL.len()];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut values = Self::Value::default();
        while let Some(key) = map.next_key::<String>()? {
            let key = Names::key(&key);
            let value = map.next_value()?;
            for column in Column::ALL.into_iter().filter(|&column| self.0.has(column, &key)) {
                values[column as usize] = match values[column as usize] {
                    Value::None => Value::One(value),
                    Value::One(_) | Value::More => Value::More,
                };
            }
        }
        Ok(values)
    }
}
