use paystatus_core::{Error, ErrorKind};
use reqwest::ClientBuilder;

/// Whether this build can speak TLS at all.
pub(crate) const IS_THERE: bool =
    cfg!(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"));

/// A transport's certificates, in PEM: the roots that it trusts beside the platform's, and the one that it shows to servers.
#[derive(Clone, Default)]
pub(crate) struct Tls {
    #[cfg(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"))]
    pub(crate) root_certificates: Vec<Vec<u8>>,
    #[cfg(any(feature = "rustls", feature = "rustls-ring"))]
    pub(crate) client_certificate: Option<Vec<u8>>,
}

impl Tls {
    /// Sets up the TLS library. Cargo unifies features, so several libraries may be there: the first of these is used.
    #[allow(unreachable_code, reason = "with one feature on, what follows it is never reached")]
    pub(crate) fn configure(&self, builder: ClientBuilder) -> Result<ClientBuilder, Error> {
        #[cfg(feature = "rustls")]
        return self.rustls(builder);
        #[cfg(feature = "rustls-ring")]
        return self.rustls_ring(builder);
        #[cfg(feature = "native-tls")]
        return self.native_tls(builder);
        Ok(builder)
    }

    #[cfg(feature = "rustls")]
    fn rustls(&self, builder: ClientBuilder) -> Result<ClientBuilder, Error> {
        let builder = self.trusting(builder.tls_backend_rustls())?;
        let Some(pem) = &self.client_certificate else { return Ok(builder) };
        let identity = reqwest::Identity::from_pem(pem).map_err(|_| not_a_client_certificate())?;
        Ok(builder.identity(identity))
    }

    /// Names ring as the library for cryptography:
    /// without a name, reqwest panics unless the program has installed one for the whole process.
    #[cfg(feature = "rustls-ring")]
    fn rustls_ring(&self, builder: ClientBuilder) -> Result<ClientBuilder, Error> {
        use std::sync::Arc;

        use rustls::{
            ClientConfig,
            pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
        };
        use rustls_platform_verifier::Verifier;

        let ring = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = Vec::new();
        for pem in &self.root_certificates {
            let before = roots.len();
            for root in CertificateDer::pem_slice_iter(pem) {
                roots.push(root.map_err(|_| not_a_root_certificate())?);
            }
            if roots.len() == before {
                return Err(not_a_root_certificate());
            }
        }
        let verifier = if roots.is_empty() {
            Verifier::new(Arc::clone(&ring))
        } else {
            Verifier::new_with_extra_roots(roots, Arc::clone(&ring))
        };
        let verifier = verifier.map_err(not_set_up)?;
        let config = ClientConfig::builder_with_provider(ring)
            .with_safe_default_protocol_versions()
            .map_err(not_set_up)?
            .dangerous() // This is how rustls calls every verifier that is not its own.
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = match &self.client_certificate {
            None => config.with_no_client_auth(),
            Some(pem) => {
                let chain = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>();
                let (chain, key) = chain
                    .and_then(|chain| Ok((chain, PrivateKeyDer::from_pem_slice(pem)?)))
                    .map_err(|_| not_a_client_certificate())?;
                config.with_client_auth_cert(chain, key).map_err(|_| not_a_client_certificate())?
            }
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(builder.tls_backend_preconfigured(config))
    }

    #[cfg(feature = "native-tls")]
    fn native_tls(&self, builder: ClientBuilder) -> Result<ClientBuilder, Error> {
        self.trusting(builder.tls_backend_native())
    }

    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    fn trusting(&self, builder: ClientBuilder) -> Result<ClientBuilder, Error> {
        let mut roots = Vec::new();
        for pem in &self.root_certificates {
            let bundle = reqwest::Certificate::from_pem_bundle(pem).ok().filter(|bundle| !bundle.is_empty());
            roots.extend(bundle.ok_or_else(not_a_root_certificate)?);
        }
        Ok(if roots.is_empty() { builder } else { builder.tls_certs_merge(roots) })
    }
}

pub(crate) fn not_set_up(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    let why = "the HTTP client could not be set up: check that the user agent has printable characters only, \
               and that this machine has root certificates (on Debian, the package `ca-certificates`)";
    Error::new(ErrorKind::Config, why).with_source(cause)
}

#[cfg(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"))]
fn not_a_root_certificate() -> Error {
    Error::new(ErrorKind::Config, "a root certificate is not readable as PEM")
}

#[cfg(any(feature = "rustls", feature = "rustls-ring"))]
fn not_a_client_certificate() -> Error {
    Error::new(ErrorKind::Config, "the client certificate is not readable as PEM with its private key")
}
