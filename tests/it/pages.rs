//! The providers' pages against what the crates do.

use std::fs;

use paystatus::Accounts;
use paystatus_sandbox::Provider;

fn page(name: &str) -> String {
    let path = format!("{}/../docs/providers/{name}.md", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_key_of_an_account_stands_in_a_table() {
    let of_every_account = page("README");
    for provider in Provider::ALL {
        let text = format!("[accounts.shop]\nprovider = '{provider}'\nzzzzzzzzzzzz = 1\n");
        let refusal = Accounts::from_toml(&text).unwrap_err().to_string();
        let (_, known) = refusal.split_once("there are ").unwrap_or_else(|| panic!("{refusal}"));
        let keys: Vec<_> = known.split('`').skip(1).step_by(2).collect();
        assert!(keys.len() > 5, "{refusal}");
        let page = page(provider.name());
        for key in keys {
            let key = format!("`{key}`");
            let is_row = |line: &str| line.starts_with('|') && line.contains(&key);
            let has_row = |page: &str| page.lines().any(is_row);
            assert!(has_row(&page) || has_row(&of_every_account), "{provider}.md has no row for {key}");
        }
    }
}
