use std::{fmt::Write, net::SocketAddr};

use crate::{Provider, credentials};

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
        for (key, value) in settings(provider) {
            let _ = writeln!(text, "{key} = \"{value}\"");
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn settings(provider: Provider) -> &'static [(&'static str, &'static str)] {
    match provider {
        Provider::Resmic => &[
            ("api_key", credentials::RESMIC_API_KEY),
            ("user_id", credentials::RESMIC_USER_ID),
            ("callback_secret", credentials::RESMIC_CALLBACK_SECRET),
        ],
        Provider::Upitranzact => &[
            ("merchant_id", credentials::UPITRANZACT_MERCHANT_ID),
            ("public_key", credentials::UPITRANZACT_PUBLIC_KEY),
            ("secret_key", credentials::UPITRANZACT_SECRET_KEY),
        ],
        Provider::Akurateco => &[
            ("merchant_key", credentials::AKURATECO_MERCHANT_KEY),
            ("password", credentials::AKURATECO_PASSWORD),
        ],
        Provider::Commitup => &[
            ("api_key", credentials::COMMITUP_API_KEY),
            ("api_secret", credentials::COMMITUP_API_SECRET),
            ("callback_secret", credentials::COMMITUP_CALLBACK_SECRET),
        ],
        Provider::Bearer => &[("access_token", credentials::BEARER_ACCESS_TOKEN)],
    }
}
