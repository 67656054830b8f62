use std::fmt::Write as _;

use serde_json::Value;

/// The places in a success that the cases write into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Id,
    Status,
    Amount,
    Currency,
}

impl Place {
    const ALL: [Self; 4] = [Self::Id, Self::Status, Self::Amount, Self::Currency];

    pub(crate) fn mark(self) -> &'static str {
        match self {
            Self::Id => "{{id}}",
            Self::Status => "{{status}}",
            Self::Amount => "{{amount}}",
            Self::Currency => "{{currency}}",
        }
    }
}

/// What a case does to a success before it is written.
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

/// A success with marks in it, kept as text all the way: a number is never read as one.
#[derive(Clone, Debug)]
pub(crate) struct Template(Node);

#[derive(Clone, Debug)]
enum Node {
    /// Names with their quotes, and values.
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
    Place(Place),
    Text(String),
}

impl Template {
    /// Reads a JSON object in which marks such as `{{id}}` stand where values would.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let quoted = Place::ALL.iter().fold(text.to_owned(), |text, place| {
            text.replace(place.mark(), &Value::from(place.mark()).to_string())
        });
        if !serde_json::from_str::<Value>(&quoted).is_ok_and(|value| value.is_object()) {
            return Err(why_not(text));
        }
        // It is JSON: from here on nothing can be missing.
        let root = Reader { text: &quoted, at: 0 }.value();
        Ok(Self(root))
    }

    /// Tells whether the success has a place.
    pub(crate) fn has(&self, place: Place) -> bool {
        self.0.has(place)
    }

    /// Writes the success with one edit; `usual` gives what stands in every other place.
    pub(crate) fn write(&self, edit: Edit<'_>, usual: impl Fn(Place) -> String) -> Result<String, String> {
        if let Edit::Put(place, _) | Edit::Drop(place) | Edit::Twice(place, _) | Edit::Positional(place) =
            edit
            && !self.has(place)
        {
            return Err(format!("the success has no {}", place.mark()));
        }
        let mut out = String::new();
        self.0.write(edit, &usual, &mut out);
        Ok(out)
    }
}

impl Node {
    fn has(&self, place: Place) -> bool {
        match self {
            Self::Object(members) => members.iter().any(|(_, value)| value.has(place)),
            Self::Array(values) => values.iter().any(|value| value.has(place)),
            Self::Place(own) => *own == place,
            Self::Text(_) => false,
        }
    }

    fn is(&self, place: Place) -> bool {
        matches!(self, Self::Place(own) if *own == place)
    }

    fn write(&self, edit: Edit<'_>, usual: &impl Fn(Place) -> String, out: &mut String) {
        match self {
            Self::Text(text) => out.push_str(text),
            Self::Place(own) => match edit {
                Edit::Put(place, json) if *own == place => out.push_str(json),
                _ => out.push_str(&usual(*own)),
            },
            Self::Array(values) => {
                list(out, '[', ']', values.iter(), |out, value| value.write(edit, usual, out))
            }
            Self::Object(members) => {
                let holds = |place| members.iter().any(|(_, value)| value.is(place));
                if matches!(edit, Edit::Positional(place) if holds(place)) {
                    list(out, '[', ']', members.iter(), |out, (_, value)| value.write(edit, usual, out));
                    return;
                }
                let kept =
                    members.iter().filter(|(_, value)| !matches!(edit, Edit::Drop(place) if value.is(place)));
                list(out, '{', '}', kept, |out, (name, value)| {
                    if let Edit::Twice(place, json) = edit
                        && value.is(place)
                    {
                        // Writing to a string can't fail.
                        let _ = write!(out, "{name}:{json},");
                    }
                    out.push_str(name);
                    out.push(':');
                    value.write(edit, usual, out);
                });
            }
        }
    }
}

/// Why a text is no success, with the mark that is wrong: `{{` begins nothing else in JSON.
fn why_not(text: &str) -> String {
    let marks = Place::ALL.map(Place::mark);
    if let Some(quoted) = marks.iter().find(|mark| text.contains(&format!("\"{mark}\""))) {
        return format!(
            "the success has {quoted} in quotes: a mark stands alone, where a whole value would stand"
        );
    }
    let mut used =
        text.split("{{").skip(1).filter_map(|rest| Some(format!("{{{{{}}}}}", rest.split_once("}}")?.0)));
    match used.find(|mark| !marks.contains(&mark.as_str())) {
        Some(unknown) => format!("the success has {unknown}, and the marks are {}", marks.join(", ")),
        None => format!("the success is not a JSON object whose values may be {}", marks.join(", ")),
    }
}

fn list<T>(
    out: &mut String,
    open: char,
    close: char,
    items: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut String, T),
) {
    out.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(close);
}

/// Splits what is known to be JSON.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn value(&mut self) -> Node {
        match self.peek() {
            b'{' => Node::Object(self.items(b'}', |reader| {
                let name = reader.scalar();
                reader.peek();
                reader.at += 1; // the colon
                (name, reader.value())
            })),
            b'[' => Node::Array(self.items(b']', Self::value)),
            _ => {
                let text = self.scalar();
                let place = Place::ALL.into_iter().find(|place| text.trim_matches('"') == place.mark());
                place.map_or(Node::Text(text), Node::Place)
            }
        }
    }

    fn items<T>(&mut self, close: u8, item: impl Fn(&mut Self) -> T) -> Vec<T> {
        let mut items = Vec::new();
        self.at += 1; // the opening bracket
        while self.peek() != close {
            if self.peek() == b',' {
                self.at += 1;
            }
            items.push(item(self));
        }
        self.at += 1;
        items
    }

    /// A string with its quotes, or everything up to the next mark of punctuation.
    fn scalar(&mut self) -> String {
        let is_string = self.peek() == b'"';
        let (bytes, start) = (self.text.as_bytes(), self.at);
        if is_string {
            self.at += 1;
            while let Some(&byte) = bytes.get(self.at).filter(|byte| **byte != b'"') {
                self.at += if byte == b'\\' { 2 } else { 1 };
            }
            self.at += 1;
        } else {
            let ends = |byte: &u8| byte.is_ascii_whitespace() || b",:]}".contains(byte);
            self.at += bytes[self.at..].iter().position(ends).unwrap_or(bytes.len() - self.at);
        }
        self.text[start..self.at].to_owned()
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> u8 {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.text.as_bytes().get(self.at).copied().unwrap_or(b'}')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#" { "id" : {{id}}, "d":{"s":{{status}},"x":[1.10, "a\\",{}] },"n":null } "#;

    #[track_caller]
    fn writes(edit: Edit<'_>, expected: &str) {
        let usual = |place: Place| format!("\"{place:?}\"");
        assert_eq!(Template::read(TEXT).unwrap().write(edit, usual).unwrap(), expected);
    }

    #[test]
    fn a_success_is_kept_as_text_and_edited_as_a_tree() {
        writes(Edit::Keep, r#"{"id":"Id","d":{"s":"Status","x":[1.10,"a\\",{}]},"n":null}"#);
        writes(Edit::Put(Place::Id, "1e5"), r#"{"id":1e5,"d":{"s":"Status","x":[1.10,"a\\",{}]},"n":null}"#);
        writes(Edit::Drop(Place::Status), r#"{"id":"Id","d":{"x":[1.10,"a\\",{}]},"n":null}"#);
        writes(
            Edit::Twice(Place::Id, "0"),
            r#"{"id":0,"id":"Id","d":{"s":"Status","x":[1.10,"a\\",{}]},"n":null}"#,
        );
        writes(Edit::Positional(Place::Status), r#"{"id":"Id","d":["Status",[1.10,"a\\",{}]],"n":null}"#);
    }

    #[test]
    fn what_is_not_a_success_is_refused() {
        for text in ["", "[]", "{{id}}", r#"{"id":"{{id}}"}"#, r#"{"id":{{it}}}"#] {
            assert!(Template::read(text).is_err(), "{text}");
        }
        for (mark, text) in [("{{it}}", r#"{"id":{{it}}}"#), ("{{ID}}", r#"{"a":{{status}},"id":{{ID}}}"#)] {
            assert_eq!(
                Template::read(text).unwrap_err(),
                format!(
                    "the success has {mark}, and the marks are {{{{id}}}}, {{{{status}}}}, {{{{amount}}}}, {{{{currency}}}}"
                )
            );
        }
        assert_eq!(
            Template::read(r#"{"id":"{{id}}"}"#).unwrap_err(),
            "the success has {{id}} in quotes: a mark stands alone, where a whole value would stand"
        );
        let template = Template::read(TEXT).unwrap();
        let no_amount = template.write(Edit::Drop(Place::Amount), |_| String::new());
        assert_eq!(no_amount.unwrap_err(), "the success has no {{amount}}");
    }
}
