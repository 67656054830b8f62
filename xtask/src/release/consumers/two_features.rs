//! A program that has its accounts from a configuration, with two providers.

use std::error::Error;

use paystatus::{Accounts, ErrorKind};

const CONFIGURATION: &str = r#"
    [accounts.india]
    provider = "upitranzact"
    merchant_id = "a-merchant"
    public_key = "a-public-key"
    secret_key = "a-secret-key"

    [accounts.turkey]
    provider = "commitup"
    base_url = "https://pos.example.com/v2"
    api_key = "an-api-key"
    api_secret = "an-api-secret"
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let accounts = Accounts::from_toml(CONFIGURATION)?;
    for name in accounts.names() {
        println!("{name}: {}", accounts.get(name)?.provider());
    }
    let absent = Accounts::from_toml("[accounts.other]\nprovider = 'resmic'").err();
    println!("a provider without its feature: {:?}", absent.map(|error| error.kind() == ErrorKind::Config));
    Ok(())
}
