use std::{fmt::Write, net::SocketAddr};

use crate::{Provider, json::quote};

/// Where a provider's protocol is served.
pub(crate) fn base_url(address: SocketAddr, provider: Provider) -> String {
    format!("http://{address}/{provider}")
}

/// One ready account per provider, as `paystatus` reads them from a configuration file.
pub(crate) fn toml(address: SocketAddr) -> String {
    let mut text = String::new();
    for &provider in Provider::ALL {
        let url = base_url(address, provider);
        // Writing to a string cannot fail.
        let _ = write!(text, "[accounts.{provider}]\nprovider = \"{provider}\"\nbase_url = \"{url}\"\n");
        for (key, value) in provider.settings() {
            // A JSON string is a TOML string too.
            let _ = writeln!(text, "{key} = {}", quote(value));
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}
