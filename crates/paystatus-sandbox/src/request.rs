use std::borrow::Cow;

use axum::{
    body::Bytes,
    http::{HeaderMap, Method},
};
use percent_encoding::percent_decode_str;

/// A whole request as one part of the sandbox sees it: the path is what follows that part's prefix.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a Method,
    /// Still percent-encoded; empty, or from a slash on.
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
}

impl Request<'_> {
    /// The path's segments, each decoded by itself, so that an encoded slash stays within its segment.
    pub(crate) fn segments(&self) -> Vec<String> {
        let path = self.path.strip_prefix('/').unwrap_or(self.path);
        path.split('/').map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned()).collect()
    }

    /// The first value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        form_field(self.query?.as_bytes(), name)
    }

    pub(crate) fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        self.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()))
    }

    /// The media type of the body, lower-case and without parameters.
    pub(crate) fn content_type(&self) -> Option<String> {
        let header = self.header("content-type")?;
        Some(header.split(';').next()?.trim().to_ascii_lowercase())
    }

    /// The credentials of an `Authorization` header of this scheme.
    pub(crate) fn authorization(&self, scheme: &str) -> Option<String> {
        let header = self.header("authorization")?;
        let (given, credentials) = header.split_once(' ')?;
        given.eq_ignore_ascii_case(scheme).then(|| credentials.trim().to_owned())
    }
}

/// The first value of a field in form-encoded text.
pub(crate) fn form_field(form: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(form).find(|(field, _)| field == name).map(|(_, value)| value.into_owned())
}
