//! A program that has its accounts from a configuration, with two providers.

use paystatus::{Accounts, ErrorKind};

const CONFIGURATION: &str = r#"
    [accounts.crypto]
    provider = "resmic"
    api_key = "an-api-key"
    user_id = "a-user-id"

    [accounts.europe]
    provider = "akurateco"
    base_url = "https://checkout.example.com"
    merchant_key = "a-key"
    password = "a-password"
"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let accounts = Accounts::from_toml(CONFIGURATION)?;
    assert_eq!(accounts.names().collect::<Vec<_>>(), ["crypto", "europe"]);
    assert_eq!(accounts.get("europe")?.provider(), "akurateco");
    let absent = Accounts::from_toml("[accounts.other]\nprovider = 'bearer'").err();
    assert_eq!(absent.map(|error| error.kind()), Some(ErrorKind::Config));
    Ok(())
}
