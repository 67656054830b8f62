use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

/// The places in a reply that the cases write into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Id,
    Status,
    Amount,
    Currency,
    /// An access token, in the reply to the request for one.
    Token,
    /// How long it lasts, or when it ends.
    Lifetime,
}

impl Place {
    /// Every mark, with its place.
    const MARKS: [(&str, Self); 8] = [
        ("{{id}}", Self::Id),
        ("{{id:number}}", Self::Id),
        ("{{status}}", Self::Status),
        ("{{status:number}}", Self::Status),
        ("{{amount}}", Self::Amount),
        ("{{currency}}", Self::Currency),
        ("{{token}}", Self::Token),
        ("{{lifetime}}", Self::Lifetime),
    ];

    /// The place that a mark stands for.
    pub(crate) fn of(mark: &str) -> Option<Self> {
        Self::MARKS.into_iter().find(|(known, _)| *known == mark).map(|(_, place)| place)
    }

    pub(crate) fn mark(self) -> &'static str {
        Self::MARKS.into_iter().find(|(_, place)| *place == self).map_or("", |(mark, _)| mark)
    }

    /// What a case ends with that is about a place which the reply has not.
    pub(crate) fn lacks(self) -> String {
        format!("the success has no {}", self.mark())
    }
}

/// What a case does to a reply before it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Edit<'a> {
    /// Nothing.
    Keep,
    /// Puts this JSON, as it stands, in a place.
    Put(Place, &'a str),
    /// Leaves a place out, its name too.
    Drop(Place),
    /// Writes a place twice, with this JSON first.
    Twice(Place, &'a str),
    /// Writes the object that holds a place as a list of its values, without names.
    Positional(Place),
}

/// A reply with marks in it, kept as text all the way: a number is never read as one.
#[derive(Clone, Debug)]
pub(crate) struct Template(Node);

/// A part of a reply, its members in their order.
#[derive(Clone, Debug)]
enum Node {
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
    Place {
        place: Place,
        /// Written without quotes where it is a whole number.
        is_number: bool,
    },
    Text(String),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let read = match raw.as_bytes().first() {
            Some(b'{') => serde_json::from_str(raw).map(|Members(members)| Self::Object(members)),
            Some(b'[') => serde_json::from_str(raw).map(Self::Array),
            _ => Ok(match Place::of(raw.trim_matches('"')) {
                Some(place) => Self::Place { place, is_number: raw.contains(":number") },
                None => Self::Text(raw.to_owned()),
            }),
        };
        read.map_err(D::Error::custom)
    }
}

/// An object's members in the order in which they were written.
struct Members(Vec<(String, Node)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

impl Template {
    /// Reads a JSON object or list in which marks such as `{{id}}` stand where values would, or an object's keys.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let quoted = Place::MARKS
            .iter()
            .fold(text.to_owned(), |text, (mark, _)| text.replace(mark, &Value::from(*mark).to_string()));
        match serde_json::from_str(&quoted) {
            Ok(node @ (Node::Object(_) | Node::Array(_))) => Ok(Self(node)),
            _ => Err(why_not(text)),
        }
    }

    /// Tells whether the reply has a place.
    pub(crate) fn has(&self, place: Place) -> bool {
        self.0.has(place)
    }

    /// Writes the reply with one edit; `usual` gives what stands in every other place.
    pub(crate) fn write(&self, edit: Edit<'_>, usual: impl Fn(Place) -> String) -> Result<String, String> {
        match edit {
            Edit::Put(place, _) | Edit::Drop(place) | Edit::Twice(place, _) | Edit::Positional(place)
                if !self.has(place) =>
            {
                Err(place.lacks())
            }
            _ => Ok(self.0.written(edit, &usual)),
        }
    }
}

/// Why a text is no reply with marks, with the mark that is wrong: `{{` begins nothing else in JSON.
fn why_not(text: &str) -> String {
    let marks = Place::MARKS.map(|(mark, _)| mark);
    if let Some(quoted) = marks.iter().find(|mark| text.contains(&format!("\"{mark}\""))) {
        return format!(
            "the reply has {quoted} in quotes: a mark stands alone, where a whole value would stand"
        );
    }
    let mark = |rest: &str| Some(format!("{{{{{}}}}}", rest.trim_start_matches('{').split_once("}}")?.0));
    match text.split("{{").skip(1).filter_map(mark).find(|mark| !marks.contains(&mark.as_str())) {
        Some(unknown) => format!("the reply has {unknown}, and the marks are {}", marks.join(", ")),
        None => format!("the reply is not a JSON object or list whose values may be {}", marks.join(", ")),
    }
}

impl Node {
    fn has(&self, wanted: Place) -> bool {
        match self {
            Self::Object(members) => members.iter().any(|(_, value)| value.has(wanted)),
            Self::Array(values) => values.iter().any(|value| value.has(wanted)),
            Self::Place { place, .. } => *place == wanted,
            Self::Text(_) => false,
        }
    }

    fn is(&self, wanted: Place) -> bool {
        matches!(self, Self::Place { place, .. } if *place == wanted)
    }

    fn written(&self, edit: Edit<'_>, usual: &impl Fn(Place) -> String) -> String {
        let list = |values: &mut dyn Iterator<Item = &Self>| {
            format!("[{}]", values.map(|value| value.written(edit, usual)).collect::<Vec<_>>().join(","))
        };
        match self {
            Self::Text(text) => text.clone(),
            Self::Array(values) => list(&mut values.iter()),
            Self::Place { place, is_number } => {
                let json = match edit {
                    Edit::Put(edited, json) if edited == *place => json.to_owned(),
                    _ => usual(*place),
                };
                let bare = json.trim_matches('"');
                let is_whole = !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit());
                if *is_number && is_whole { bare.to_owned() } else { json }
            }
            Self::Object(members) => {
                let holds = |place| members.iter().any(|(_, value)| value.is(place));
                if matches!(edit, Edit::Positional(place) if holds(place)) {
                    return list(&mut members.iter().map(|(_, value)| value));
                }
                let member = |(name, value): &(String, Self)| {
                    let name = Place::of(name).map_or_else(|| Value::from(name.as_str()).to_string(), usual);
                    match edit {
                        Edit::Drop(place) if value.is(place) => None,
                        Edit::Twice(place, json) if value.is(place) => {
                            Some(format!("{name}:{json},{name}:{}", value.written(edit, usual)))
                        }
                        _ => Some(format!("{name}:{}", value.written(edit, usual))),
                    }
                };
                format!("{{{}}}", members.iter().filter_map(member).collect::<Vec<_>>().join(","))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#" { "id" : {{id}}, "d":{"s":{{status}},"x":[1.10, "a\\",{}] },"n":null } "#;

    #[track_caller]
    fn writes(template: &str, edit: Edit<'_>, expected: &str) {
        let usual = |place: Place| format!("\"{}\"", if place == Place::Id { "7" } else { "paid" });
        assert_eq!(Template::read(template).unwrap().write(edit, usual).unwrap(), expected);
    }

    #[test]
    fn a_reply_is_kept_as_text_and_edited_as_a_tree() {
        writes(TEXT, Edit::Keep, r#"{"id":"7","d":{"s":"paid","x":[1.10,"a\\",{}]},"n":null}"#);
        writes(
            TEXT,
            Edit::Put(Place::Id, "1e5"),
            r#"{"id":1e5,"d":{"s":"paid","x":[1.10,"a\\",{}]},"n":null}"#,
        );
        writes(TEXT, Edit::Drop(Place::Status), r#"{"id":"7","d":{"x":[1.10,"a\\",{}]},"n":null}"#);
        writes(
            TEXT,
            Edit::Twice(Place::Id, "0"),
            r#"{"id":0,"id":"7","d":{"s":"paid","x":[1.10,"a\\",{}]},"n":null}"#,
        );
        writes(TEXT, Edit::Positional(Place::Status), r#"{"id":"7","d":["paid",[1.10,"a\\",{}]],"n":null}"#);
    }

    #[test]
    fn a_place_may_stand_twice_as_a_key_in_a_list_or_as_a_number() {
        let keyed = r#"[{"of":{{{id}}:{"id":{{id:number}},"s":{{status:number}}}}}]"#;
        writes(keyed, Edit::Keep, r#"[{"of":{"7":{"id":7,"s":"paid"}}}]"#);
        writes(keyed, Edit::Put(Place::Id, r#""8""#), r#"[{"of":{"7":{"id":8,"s":"paid"}}}]"#);
        writes(keyed, Edit::Put(Place::Id, "null"), r#"[{"of":{"7":{"id":null,"s":"paid"}}}]"#);
        writes(keyed, Edit::Put(Place::Status, r#""0""#), r#"[{"of":{"7":{"id":7,"s":0}}}]"#);
        let twice = r#"{"a":{{id}},"b":{{id}}}"#;
        writes(twice, Edit::Put(Place::Id, "1"), r#"{"a":1,"b":1}"#);
        writes(twice, Edit::Drop(Place::Id), "{}");
    }

    #[test]
    fn what_is_not_a_success_is_refused() {
        for text in ["", "7", "{{id}}", r#"{"id":"{{id}}"}"#, r#"{"id":{{it}}}"#, "{{{id}}:1"] {
            assert!(Template::read(text).is_err(), "{text}");
        }
        for (text, why) in [
            (r#"{"id":{{it}}}"#, "the reply has {{it}}, and the marks are {{id}}, "),
            (r#"{"a":{{status}},"id":{{ID}}}"#, "the reply has {{ID}}, and the marks are {{id}}, "),
            (r#"{"id":"{{id}}"}"#, "the reply has {{id}} in quotes: a mark stands alone"),
            (r#"{"id":{{id}}"#, "the reply is not a JSON object or list"),
        ] {
            assert!(Template::read(text).unwrap_err().starts_with(why), "{text}");
        }
        let template = Template::read(TEXT).unwrap();
        let no_amount = template.write(Edit::Drop(Place::Amount), |_| String::new());
        assert_eq!(no_amount.unwrap_err(), "the success has no {{amount}}");
    }
}
