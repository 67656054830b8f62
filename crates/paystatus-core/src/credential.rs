//! Checks credentials once, for all providers, before they are sent.

use base64::{Engine, prelude::BASE64_STANDARD};
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::{Error, ErrorKind};

/// The text of a credential, checked: neither blank nor with control characters.
///
/// # Errors
/// [`ErrorKind::Config`], naming the field and never its value.
///
/// ```
/// use paystatus_core::credential;
/// assert_eq!(credential::text("password", &"canary".into())?, "canary");
/// let error = credential::text("password", &"canary\n".into()).unwrap_err();
/// assert!(error.message().contains("`password`") && !error.message().contains("canary"));
/// # Ok::<(), paystatus_core::Error>(())
/// ```
pub fn text<'a>(field: &str, secret: &'a SecretString) -> Result<&'a str, Error> {
    let refuse = |why: &str| Err(Error::new(ErrorKind::Config, format!("`{field}` {why}")));
    match secret.expose_secret() {
        text if text.trim().is_empty() => refuse("is empty or only spaces"),
        text if text.chars().any(char::is_control) => {
            refuse("contains a control character, such as a line break: copy it again without one")
        }
        text => Ok(text),
    }
}

/// A header's value, marked sensitive so that no HTTP library prints it.
///
/// # Errors
/// [`ErrorKind::Config`], naming the field, if the credential is blank or has characters that no header can carry.
///
/// ```
/// use paystatus_core::credential;
/// let value = credential::header("access_token", "Bearer ", &"canary".into())?;
/// assert!(value.is_sensitive());
/// assert_eq!(value, "Bearer canary");
/// # Ok::<(), paystatus_core::Error>(())
/// ```
pub fn header(field: &str, prefix: &str, secret: &SecretString) -> Result<HeaderValue, Error> {
    let text = text(field, secret)?;
    let value = text.is_ascii().then(|| HeaderValue::from_str(&format!("{prefix}{text}")).ok()).flatten();
    let mut value = value.ok_or_else(|| {
        Error::new(
            ErrorKind::Config,
            format!("`{field}` contains characters that an HTTP header can't carry"),
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Basic credentials for the header `Authorization`, marked sensitive: a user's field and value,
/// and a password's, or an empty password where the provider has none.
///
/// # Errors
/// [`ErrorKind::Config`], naming the field, if one is blank or has control characters, or if the user has a colon.
///
/// ```
/// use paystatus_core::credential;
/// let (user, password) = ("canary".into(), "word".into());
/// assert_eq!(credential::basic(("key", &user), Some(("secret", &password)))?, "Basic Y2FuYXJ5OndvcmQ=");
/// assert_eq!(credential::basic(("key", &user), None)?, "Basic Y2FuYXJ5Og==");
/// let error = credential::basic(("key", &"canary:word".into()), None).unwrap_err();
/// assert!(error.message().contains("`key` contains a colon"));
/// # Ok::<(), paystatus_core::Error>(())
/// ```
pub fn basic(
    user: (&str, &SecretString),
    password: Option<(&str, &SecretString)>,
) -> Result<HeaderValue, Error> {
    let (field, user) = (user.0, text(user.0, user.1)?);
    if user.contains(':') {
        let why = format!("`{field}` contains a colon, which would end it: give it without the password");
        return Err(Error::new(ErrorKind::Config, why));
    }
    let password = password.map_or(Ok(""), |(field, secret)| text(field, secret))?;
    let encoded = BASE64_STANDARD.encode(format!("{user}:{password}"));
    header(field, "Basic ", &encoded.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    // A canary stands for a secret here and in every other test: where it is seen, a secret would have leaked.
    #[test]
    fn unusable_credentials_are_named_and_not_shown() {
        for bad in ["", " ", "\u{a0}\u{2003} ", "canary\r\nx: y", "canary\t", "\0canary", "canary-\u{e9}"] {
            let error = header("api_key", "", &bad.into()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.message().starts_with("`api_key` "));
            assert!(!format!("{error:?}").contains("canary"));
        }
    }
}
