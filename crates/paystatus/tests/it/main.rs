//! Configured accounts: what is wrong is named, and no value is ever shown.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod every_provider;

#[cfg(feature = "resmic")]
mod resmic_accounts {
    use paystatus::{Accounts, Configuration, ErrorKind};

    const GOOD: &str =
        "[accounts.shop]\nprovider = 'resmic'\napi_key = 'canary-key'\nuser_id = 'canary-user'\n";

    #[track_caller]
    fn refused(text: &str, message: &str) {
        let error = Accounts::from_toml(text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.to_string(), message);
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }

    #[test]
    fn a_whole_account_opens() {
        let text = format!(
            "{GOOD}base_url = 'http://127.0.0.1:1/resmic'\ntimeout = '1m 30s'\nconnect_timeout = '500ms'\n\
             max_attempts = 1\nmax_body = 1024\npace = '5/s'\n[accounts.other]\nprovider = 'resmic'\n\
             api_key = 'k'\nuser_id = 'u'\npace = 'unlimited'\n"
        );
        let accounts = Accounts::from_toml(&text).unwrap();
        assert_eq!(accounts.names().collect::<Vec<_>>(), ["other", "shop"]);
        assert_eq!(accounts.get("shop").unwrap().provider(), "resmic");
        assert!(!format!("{accounts:?}").contains("canary"));
    }

    #[test]
    fn unknown_keys_are_named_with_the_nearest_known_one() {
        refused(
            &format!("{GOOD}api_kee = 'canary'"),
            "account `shop`: unknown key `api_kee`: did you mean `api_key`?",
        );
        refused(
            &format!("{GOOD}timeuot = 'canary'"),
            "account `shop`: unknown key `timeuot`: did you mean `timeout`?",
        );
        refused(
            &format!("{GOOD}zzzzzzzzzzzz = 'canary'"),
            "account `shop`: unknown key `zzzzzzzzzzzz`: there are `api_key`, `user_id`, `callback_secret`, `base_url`, `timeout`, \
             `connect_timeout`, `max_attempts`, `max_body`, `pace`, `allow_test`",
        );
        refused("accounts = 1", "every account is a table of its own, such as [accounts.shop]");
        refused(
            "[account.shop]\n",
            "unknown key `account`: did you mean `accounts`? every account is a table below it",
        );
        refused("[accounts]\nshop = 1", "account `shop` is not a table: write it as [accounts.shop]");
        refused(
            "x = 1\n[accounts.shop]\n",
            "unknown key `x`: did you mean `accounts`? every account is a table below it",
        );
    }

    #[test]
    fn providers_are_known_by_name() {
        let all: Vec<_> = paystatus::providers().iter().map(|facts| format!("`{}`", facts.name)).collect();
        refused(
            "[accounts.shop]\napi_key = 'canary'",
            &format!("account `shop`: the key `provider` is missing: one of {}", all.join(", ")),
        );
        refused(
            "[accounts.shop]\nprovider = 'resmik'",
            "account `shop`: `provider`: unknown provider \"resmik\": did you mean `resmic`?",
        );
    }

    #[test]
    fn values_of_another_kind_are_refused_without_being_shown() {
        let base = "[accounts.shop]\nprovider = 'resmic'\nuser_id = 'canary-user'\n";
        refused(base, "account `shop`: the key `api_key` is missing");
        refused(
            &format!("{base}api_key = ['canary']"),
            "account `shop`: `api_key` must be a text, { env = \"NAME\" } or { file = \"path\" }",
        );
        refused(
            &format!("{base}api_key = {{ environment = 'canary' }}"),
            "account `shop`: `api_key` must be a text, { env = \"NAME\" } or { file = \"path\" }",
        );
        refused(
            &format!("{GOOD}timeout = '10'"),
            "account `shop`: `timeout` must be a length of time, such as `10s`, `500ms` or `5m`",
        );
        refused(
            &format!("{GOOD}timeout = '0s'"),
            "account `shop`: `timeout` must be a length of time, such as `10s`, `500ms` or `5m`",
        );
        refused(&format!("{GOOD}timeout = '2h'"), "account `shop`: `timeout` must be from 1 ms to 1 h");
        refused(
            &format!("{GOOD}max_attempts = 0"),
            "account `shop`: `max_attempts` must be from 1 (no retry) to 20",
        );
        refused(
            &format!("{GOOD}max_attempts = -1"),
            "account `shop`: `max_attempts` must be a whole number, zero or more",
        );
        refused(
            &format!("{GOOD}allow_test = 'canary'"),
            "account `shop`: `allow_test` must be true or false",
        );
        refused(
            &format!("{GOOD}pace = 'canary'"),
            "account `shop`: `pace`: a pace is written as `15/min`, `5/s` or `1000/h`, from 1 to 100000 requests or `unlimited`",
        );
        refused(
            &format!("{GOOD}base_url = 'http://canary.example'"),
            "account `shop`: `base_url` sends credentials in the clear: http is allowed to this machine only, use https",
        );
    }

    #[test]
    fn toml_that_is_none_is_named_by_its_line() {
        refused("[accounts.shop]\napi_key = canary\n", "is not valid TOML in line 2");
        refused("[accounts.shop]\napi_key = 'canary'\napi_key = 'canary'\n", "is not valid TOML in line 3");
    }

    #[test]
    fn secrets_come_from_the_environment_and_from_files() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("key"), "canary-key\r\n").unwrap();
        let path = folder.path().join("paystatus.toml");
        let text = "[accounts.shop]\nprovider = 'resmic'\napi_key = { file = 'key' }\nuser_id = { env = 'PATH' }\n\
            [accounts.lost]\nprovider = 'resmic'\napi_key = { file = 'nowhere' }\nuser_id = { env = 'PAYSTATUS_UNSET' }\n";
        std::fs::write(&path, text).unwrap();
        let configuration = Configuration::from_file(&path).unwrap();
        assert_eq!(configuration.open("shop").unwrap().provider(), "resmic");
        let error = configuration.open("lost").err().unwrap().to_string();
        assert!(
            error.starts_with("account `lost`: `api_key` is to come from the file ")
                && error.contains("nowhere"),
            "{error}"
        );
        let error = configuration.open("shpo").err().unwrap().to_string();
        assert_eq!(error, "there is no account \"shpo\": did you mean `shop`?");
        let error = Configuration::from_file(folder.path().join("no.toml")).unwrap_err();
        assert!(error.message().contains("no.toml: can't be read"), "{error}");
    }

    /// A configuration whose account has its key in a file of this name.
    fn with_key_in(path: &str) -> String {
        format!("[accounts.shop]\nprovider = 'resmic'\napi_key = {{ file = '{path}' }}\nuser_id = 'u'\n")
    }

    #[test]
    fn a_file_that_is_too_large_is_no_configuration_and_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let large = folder.path().join("large");
        std::fs::write(&large, vec![b'#'; (8 << 20) + 1]).unwrap();
        let error = Configuration::from_file(&large).unwrap_err();
        assert!(error.message().ends_with("is larger than 8192 KiB: is it the right file?"), "{error}");
        let error = Accounts::from_toml(&with_key_in(large.to_str().unwrap())).unwrap_err();
        assert!(error.message().ends_with("is larger than 64 KiB: is it the right file?"), "{error}");
        std::fs::write(&large, b"\xff").unwrap();
        let error = Configuration::from_file(&large).unwrap_err();
        assert!(error.message().ends_with("is not UTF-8 text"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn neither_a_device_nor_a_named_pipe_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let secret = with_key_in(pipe.to_str().unwrap());
        // Whoever opens the pipe gets something to read, so that a reader fails here instead of waiting.
        let writer = std::thread::spawn({
            let (pipe, text) = (pipe.clone(), secret.clone());
            move || std::fs::write(pipe, text)
        });
        let refusals = [
            Configuration::from_file(&pipe).unwrap_err(),
            Accounts::from_toml(&secret).unwrap_err(),
            Configuration::from_file("/dev/zero").unwrap_err(),
            Accounts::from_toml(&with_key_in("/dev/zero")).unwrap_err(),
            Configuration::from_file(folder.path()).unwrap_err(),
        ];
        for error in refusals {
            let remedy = "is no ordinary file: name one, or pass a stream as /dev/stdin";
            assert!(error.message().ends_with(remedy), "{error}");
        }
        drop(std::fs::File::open(&pipe).unwrap());
        let _ = writer.join().unwrap();
    }

    #[test]
    fn a_named_host_may_be_plain_http() {
        let url =
            |host| format!("{GOOD}base_url = {{ url = 'http://sandbox:8080', allow_http_host = '{host}' }}");
        assert!(Accounts::from_toml(&url("sandbox")).is_ok());
        refused(
            &url("other"),
            "account `shop`: `base_url` is plain http to another host than the one that is allowed it",
        );
    }
}

#[cfg(not(feature = "bearer"))]
#[test]
fn a_provider_that_was_left_out_is_named() {
    let error = paystatus::Accounts::from_toml("[accounts.shop]\nprovider = 'bearer'").unwrap_err();
    assert_eq!(error.to_string(), "account `shop`: `provider`: this build lacks the feature `bearer`");
}
