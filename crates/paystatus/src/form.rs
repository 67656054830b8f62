//! What a provider's own `Deserialize` says about its configuration: which keys there are, and which must be set.

use std::fmt;

use serde::{
    Deserializer,
    de::{self, DeserializeOwned, IntoDeserializer, MapAccess, Visitor},
    forward_to_deserialize_any,
};

/// The keys of one provider's accounts, beside those that every account has.
///
/// ```
/// # #[cfg(feature = "bearer")] {
/// let keys = paystatus::keys("bearer")?;
/// assert_eq!(keys.required(), ["base_url", "access_token"]);
/// assert_eq!(keys.optional(), ["path"]);
/// # }
/// # Ok::<(), paystatus::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    required: Vec<&'static str>,
    optional: Vec<&'static str>,
}

impl Keys {
    pub(crate) fn of<T: DeserializeOwned>() -> Self {
        let needed = made_up::<T>().map(|(_, needed)| needed).unwrap_or_default();
        let (required, optional) = fields::<T>().iter().partition(|key| needed.contains(key));
        Self { required, optional }
    }

    /// The keys that an account can't do without.
    pub fn required(&self) -> &[&'static str] {
        &self.required
    }

    /// The keys that have a default.
    pub fn optional(&self) -> &[&'static str] {
        &self.optional
    }
}

/// The keys that a type reads.
pub(crate) fn fields<T: DeserializeOwned>() -> &'static [&'static str] {
    match T::deserialize(Fields) {
        Err(Told::Fields(fields)) => fields,
        _ => &[],
    }
}

/// A value that reads replies and asks nobody: placeholders stand for the keys that it can't do without, which are
/// told too. Nothing for a type that takes no placeholder.
pub(crate) fn made_up<T: DeserializeOwned>() -> Option<(T, Vec<&'static str>)> {
    let mut needed = Vec::new();
    loop {
        match T::deserialize(MadeUp(needed.iter(), "")) {
            Ok(made_up) => return Some((made_up, needed)),
            Err(Told::Missing(key)) if !needed.contains(&key) => needed.push(key),
            Err(_) => return None,
        }
    }
}

/// What a type tells when it is read out of nothing.
#[derive(Debug)]
enum Told {
    Fields(&'static [&'static str]),
    Missing(&'static str),
    Other,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value can't be made up")
    }
}

impl std::error::Error for Told {}

impl de::Error for Told {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Other
    }

    fn missing_field(key: &'static str) -> Self {
        Self::Missing(key)
    }
}

/// Reads nothing, and tells which keys were asked for.
struct Fields;

impl<'de> Deserializer<'de> for Fields {
    type Error = Told;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Told> {
        Err(Told::Other)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Told> {
        Err(Told::Fields(fields))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// A table with these keys.
struct MadeUp<'a>(std::slice::Iter<'a, &'static str>, &'static str);

impl<'de> Deserializer<'de> for MadeUp<'_> {
    type Error = Told;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Told> {
        visitor.visit_map(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for MadeUp<'_> {
    type Error = Told;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Told> {
        let Some(key) = self.0.next() else { return Ok(None) };
        self.1 = key;
        seed.deserialize((*key).into_deserializer()).map(Some)
    }

    fn next_value_seed<S: de::DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Told> {
        seed.deserialize(Placeholder(self.1))
    }
}

/// The value of a key: an empty text, which no reply contradicts, or nobody's address
/// (<https://www.rfc-editor.org/rfc/rfc6761#section-6.4>).
struct Placeholder(&'static str);

impl<'de> Deserializer<'de> for Placeholder {
    type Error = Told;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Told> {
        visitor.visit_borrowed_str(if self.0.ends_with("url") { "https://paystatus.invalid" } else { "" })
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Told> {
        visitor.visit_bool(false)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Told> {
        let first = variants.first().copied().unwrap_or_default();
        first.into_deserializer().deserialize_enum(name, variants, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Told> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Way {
        There,
        #[allow(dead_code, reason = "only the first is made up")]
        Back,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only what it says about its form is looked at")]
    struct Account {
        key: String,
        #[serde(rename = "url")]
        base_url: paystatus_core::BaseUrl,
        is_live: bool,
        way: Way,
        #[serde(default)]
        note: Option<u32>,
        #[serde(skip)]
        inside: u32,
    }

    #[test]
    fn a_type_tells_its_keys_and_which_it_needs() {
        let keys = Keys::of::<Account>();
        assert_eq!(keys.required(), ["key", "url", "is_live", "way"]);
        assert_eq!(keys.optional(), ["note"]);
        let (account, _) = made_up::<Account>().unwrap();
        assert!(!account.is_live && matches!(account.way, Way::There) && account.note.is_none());
        assert_eq!(account.base_url.to_string(), "https://paystatus.invalid");
    }

    #[test]
    fn a_type_that_takes_no_placeholder_is_none() {
        #[derive(Debug, Deserialize)]
        #[allow(dead_code, reason = "it is never made")]
        struct Numbered {
            number: u32,
        }
        assert!(made_up::<Numbered>().is_none());
        assert_eq!(Keys::of::<Numbered>().optional(), ["number"]);
        assert!(fields::<u32>().is_empty());
    }
}
