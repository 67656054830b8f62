//! Configurations that are wrong, with secrets in every place: what is said of them repeats no value.

use paystatus::{Configuration, ErrorKind};

use paystatus_sandbox::{Provider, Sandbox};

use super::{CONTROL, credentials, error_hides, watched};
use crate::{
    paid,
    watch::{forbid, hides_in_debug, logs_hide_everything_but},
};

/// One account in TOML: its provider's credentials, some of them replaced, and more lines.
fn settings(provider: Provider, replaced: Option<(&str, &str)>, more: &str) -> String {
    let mut toml = format!("[accounts.shop]\nprovider = '{provider}'\n");
    for key in credentials(provider) {
        match replaced {
            Some((wrong, value)) if wrong == key => toml += &format!("{key} = {value}\n"),
            _ => toml += &format!("{key} = '{}'\n", watched(provider, key)),
        }
    }
    if !more.contains("base_url") {
        toml += "base_url = 'https://pay.example.com'\n";
    }
    toml + more
}

/// The configuration can't be used, and the reason shows nothing of it.
#[track_caller]
fn refused(toml: &str) {
    let error = match Configuration::from_toml(toml) {
        Err(error) => error,
        Ok(configuration) => {
            hides_in_debug("the configuration", &configuration);
            let _ = configuration.callbacks("shop").map_err(|error| error_hides("its callbacks", &error));
            let opened = configuration.open("shop");
            opened
                .err()
                .unwrap_or_else(|| panic!("this configuration is usable:\n{}", toml.replace('-', " ")))
        }
    };
    assert_eq!(error.kind(), ErrorKind::Config);
    error_hides("a configuration's error", &error);
}

#[test]
fn configurations_that_are_wrong_are_refused_without_their_values() {
    let value = "canary-of-a-wrong-value";
    forbid(value);
    for &provider in Provider::ALL {
        for key in credentials(provider) {
            for wrong in [
                format!("{{ value = '{value}' }}"),
                format!("{{ env = 'NOT_SET', more = '{value}' }}"),
                format!("{{ inner = {{ env = '{value}' }} }}"),
                format!("[['{value}']]"),
                format!("[{{ value = '{value}' }}, '{value}']"),
                format!("{{ env = ['{value}'] }}"),
            ] {
                refused(&settings(provider, Some((key, &wrong)), ""));
            }
            for broken in [
                format!("'{value}"),
                value.to_owned(),
                format!("'{value}' '{value}'"),
                format!("'{value}'\n{key} = '{value}'"),
            ] {
                refused(&settings(provider, Some((key, &broken)), ""));
            }
        }
        for more in [
            "unknown_key = '{}'",
            "api_kee = '{}'",
            "api_key = ['{}']\napi_key = '{}'",
            "base_url = '{}'",
            "base_url = 'https://shop:{}@pay.example.com'",
            "base_url = 'https://pay.example.com/?key={}'",
            "base_url = 'https://pay.example.com/ {}'",
            "base_url = 'ftp://{}.example.com'",
            "base_url = 'http://{}.example.com'",
            "base_url = ['{}']",
            "timeout = '{}'",
            "timeout = ['{}']",
            "connect_timeout = '{}'",
            "max_attempts = '{}'",
            "max_body = '{}'",
            "pace = '{}'",
            "pace = { value = '{}' }",
            "digest = '{}'",
            "encoding = '{}'",
            "path = '{}'",
            "path = ['{}']",
            "require_txn_status = '{}'",
            "require_transaction_type = '{}'",
            "[accounts.shop.nested]\nkey = '{}'",
            "[accounts]\nother = '{}'",
            "[[accounts]]\nkey = '{}'",
            "key = \"\"\"{}\n",
            "'{}' {}",
            "= '{}'",
        ] {
            refused(&settings(provider, None, &more.replace("{}", value)));
        }
    }
    for whole in [
        "accounts = '{}'",
        "[accounts]\nshop = '{}'",
        "{}",
        "'{}'",
        "[accounts.shop\nkey = '{}'",
        "[accounts.shop]\nkey = '{}'",
    ] {
        refused(&whole.replace("{}", value));
    }
    logs_hide_everything_but(CONTROL);
}

#[tokio::test]
async fn credentials_that_cannot_be_sent_are_named_and_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    let sandbox = Sandbox::start().await.unwrap();
    let nowhere = "base_url = 'http://127.0.0.1:1'\nmax_attempts = 1\n";
    for &provider in Provider::ALL {
        let (id, mut never_sent) = (paid(&sandbox, provider), 0);
        for key in credentials(provider) {
            let secret = watched(provider, key);
            for broken in [format!("{secret}\u{1}"), format!("{secret}\nx: y"), format!("\0{secret}")] {
                std::fs::write(&path, broken).unwrap();
                let from_file = format!("{{ file = '{}' }}", path.display());
                let toml = settings(provider, Some((key, &from_file)), nowhere);
                let error = match Configuration::from_toml(&toml).unwrap().open("shop") {
                    Ok(client) => client.status(&id.as_str().into()).await.unwrap_err(),
                    Err(error) => error,
                };
                // What goes out in a form or a hash, or not at all, can be anything.
                assert!([ErrorKind::Config, ErrorKind::Transport].contains(&error.kind()), "{error}");
                error_hides(key, &error);
                never_sent += usize::from((error.kind(), error.attempts()) == (ErrorKind::Config, 0));
            }
            std::fs::write(&path, [secret.repeat(9000).as_bytes(), b"\xff"].concat()).unwrap();
            refused(&settings(provider, Some((key, &format!("{{ file = '{}' }}", path.display()))), ""));
        }
        assert!(never_sent > 0, "{provider} sends any credentials");
    }
    logs_hide_everything_but(CONTROL);
}
