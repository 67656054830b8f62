use paystatus_core::{Error, ErrorKind};
use serde::Deserialize;

const PLACEHOLDER: &str = "{payment_id}";

/// A path with a place for the payment id, as one whole segment.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Path {
    /// What stands before the slash that begins the id's segment.
    pub(crate) before: String,
    /// What stands after the id, with its slash.
    pub(crate) after: String,
}

impl Path {
    pub(crate) fn parse(path: &str) -> Result<Self, Error> {
        let refuse = |why: &str| Err(Error::new(ErrorKind::Config, format!("`path` {why}")));
        let Some(segments) = path.strip_prefix('/') else { return refuse("does not begin with `/`") };
        if segments.split('/').filter(|&segment| segment == PLACEHOLDER).count() != 1 {
            return refuse(
                "does not have `{payment_id}` once as a whole segment, as in `/payments/{payment_id}`",
            );
        }
        let fixed = || segments.split('/').filter(|&segment| segment != PLACEHOLDER);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte);
        if !fixed().all(|segment| segment.bytes().all(plain)) {
            return refuse(
                "has characters that a path can't have as they are, such as `?`, `%`, `{` or a space",
            );
        }
        // A path may end with a slash, which is an empty last segment.
        let inner = path.trim_end_matches('/');
        if path.len() - inner.len() > 1 || inner.contains("//") || fixed().any(|s| matches!(s, "." | "..")) {
            return refuse("has an empty segment, `.` or `..`, which proxies fold away");
        }
        match path.split_once("/{payment_id}") {
            Some((before, after)) => Ok(Self { before: before.to_owned(), after: after.to_owned() }),
            None => refuse("lacks `{payment_id}`"),
        }
    }
}

impl Default for Path {
    fn default() -> Self {
        Self { before: "/v1/payments".to_owned(), after: "/status".to_owned() }
    }
}

impl TryFrom<String> for Path {
    type Error = Error;

    fn try_from(path: String) -> Result<Self, Error> {
        Self::parse(&path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(path: &str, before: &str, after: &str) {
        let read = Path::parse(path).unwrap();
        assert_eq!((read.before.as_str(), read.after.as_str()), (before, after));
    }

    #[test]
    fn a_path_is_split_at_its_placeholder() {
        assert_eq!(Path::parse("/v1/payments/{payment_id}/status").unwrap(), Path::default());
        reads("/{payment_id}", "", "");
        reads("/{payment_id}/", "", "/");
        reads("/a/{payment_id}", "/a", "");
        reads("/a;v=1/b@c:d/{payment_id}/e~f/", "/a;v=1/b@c:d", "/e~f/");
    }

    #[test]
    fn a_path_that_is_not_one_is_refused_by_name() {
        for path in [
            "",
            "/",
            "{payment_id}",
            "v1/{payment_id}",
            "https://pay.example.com/{payment_id}",
            "/v1/payments",
            "/v1/{payment_id}/{payment_id}",
            "/v1/pay-{payment_id}",
            "/v1/{payment_id}.json",
            "/v1/{payment_id}-{payment_id}/{payment_id}",
            "/v1/{PAYMENT_ID}",
            "/v1/{ payment_id }",
            "/v1/{id}/{payment_id}",
            "/v1/payments?id={payment_id}",
            "/v1/{payment_id}?full=1",
            "/v1/{payment_id}#x",
            "/v1/%2e%2e/{payment_id}",
            "/v1/../{payment_id}",
            "/v1/./{payment_id}",
            "/v1/{payment_id}/..",
            "//{payment_id}",
            "//evil.example/{payment_id}",
            "/v1//{payment_id}",
            "/v1/{payment_id}//status",
            "/v1/{payment_id}//",
            "/v 1/{payment_id}",
            "/v1\\{payment_id}",
            "/v1\n/{payment_id}",
            "/é/{payment_id}",
        ] {
            let error = Path::parse(path).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{path}");
            assert!(error.message().starts_with("`path` "), "{error}");
        }
    }
}
