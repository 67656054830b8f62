//! The programs that are built: each asks its provider once and prints the answer, with paystatus and by hand.

use crate::{build::Tls, case::Provider};

/// A program as text.
pub(crate) struct Program {
    /// The lines of `[dependencies]`; which version it is exactly, the lock file says.
    pub(crate) dependencies: Vec<String>,
    pub(crate) main: String,
}

const TOKIO: &str = "tokio = { version = '1', default-features = false, features = ['macros', 'rt'] }";

pub(crate) fn with_paystatus(provider: Provider, tls: Tls) -> Program {
    let name = provider.name();
    let features = match tls {
        Tls::Rustls => String::new(),
        _ => format!(", default-features = false, features = ['client', '{}']", tls.name()),
    };
    let account = format!(
        "paystatus-{name} = {{ path = '{}/../paystatus-{name}'{features} }}",
        env!("CARGO_MANIFEST_DIR")
    );
    let main = match provider {
        Provider::Akurateco => include_str!("programs/akurateco.rs"),
        Provider::Bearer => include_str!("programs/bearer.rs"),
    };
    Program { dependencies: vec![account, TOKIO.to_owned()], main: main.to_owned() }
}

pub(crate) fn by_hand(provider: Provider, tls: Tls) -> Program {
    let (own, main) = match provider {
        Provider::Akurateco => (AKURATECO, include_str!("programs/akurateco_by_hand.rs")),
        Provider::Bearer => (SERDE_JSON, include_str!("programs/bearer_by_hand.rs")),
    };
    let (feature, first, and) = match tls {
        Tls::Rustls => ("rustls", "", ""),
        Tls::NativeTls => ("native-tls", "", ""),
        Tls::RustlsRing => ("rustls-no-provider", INSTALL_RING, RUSTLS),
    };
    let reqwest =
        format!("reqwest = {{ version = '0.13', default-features = false, features = ['{feature}'] }}");
    let serde = "serde = { version = '1', features = ['derive'] }".to_owned();
    Program {
        dependencies: vec![reqwest, serde, own.to_owned(), TOKIO.to_owned(), and.to_owned()],
        main: main.replacen(HEAD, &format!("{HEAD}{first}"), 1),
    }
}

const SERDE_JSON: &str = "serde_json = '1'";
/// Its question holds a hash.
const AKURATECO: &str = "serde_json = '1'
md-5 = { version = '0.11', default-features = false }
sha1 = { version = '0.11', default-features = false }";

const HEAD: &str = "async fn main() -> Result<(), Box<dyn std::error::Error>> {\n";
const INSTALL_RING: &str = "    drop(rustls::crypto::ring::default_provider().install_default());\n";
const RUSTLS: &str =
    "rustls = { version = '0.23', default-features = false, features = ['ring', 'std', 'tls12'] }";

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn ring_is_installed_first_by_hand() {
        for &provider in Provider::value_variants() {
            assert!(by_hand(provider, Tls::RustlsRing).main.contains(INSTALL_RING), "{provider:?}");
            assert!(!by_hand(provider, Tls::Rustls).main.contains(INSTALL_RING), "{provider:?}");
        }
    }
}
