//! The sandbox's credentials: fixed, readable and obviously fake.
//!
//! They are the placeholders of the providers' own samples wherever those have one, so that little more than
//! the host is to be replaced in a sample; the crate's README tells which samples need more.
//!
//! ```
//! use paystatus_sandbox::{Sandbox, credentials};
//!
//! let sandbox = Sandbox::start_blocking(0)?;
//! let accounts = sandbox.accounts_toml();
//! assert!(accounts.contains(credentials::RESMIC_API_KEY));
//! assert!(!accounts.contains(credentials::RESMIC_INACTIVE_API_KEY));
//! # Ok::<(), std::io::Error>(())
//! ```

/// Resmic's `x-api-key`.
pub const RESMIC_API_KEY: &str = "11111111-2222-4333-8444-555555555555";
/// A Resmic `x-api-key` that answers `API is not active`.
pub const RESMIC_INACTIVE_API_KEY: &str = "99999999-2222-4333-8444-555555555555";
/// Resmic's `x-user-id`.
pub const RESMIC_USER_ID: &str = "ZAJ5_Bg";
/// What Resmic's callbacks are signed with.
pub const RESMIC_CALLBACK_SECRET: &str = "your_webhook_secret";

/// UPITranzact's `mid`.
pub const UPITRANZACT_MERCHANT_ID: &str = "ABC";
/// The user name of UPITranzact's Basic credentials.
pub const UPITRANZACT_PUBLIC_KEY: &str = "your_public_key";
/// The password of UPITranzact's Basic credentials.
pub const UPITRANZACT_SECRET_KEY: &str = "your_secret_key";

/// Akurateco's `merchant_key`.
pub const AKURATECO_MERCHANT_KEY: &str = "xxxxx-xxxxx-xxxxx";
/// The password that goes into Akurateco's hashes, those of its callbacks included.
pub const AKURATECO_PASSWORD: &str = "test-password";

/// CommitUp's `X-API-KEY`.
pub const COMMITUP_API_KEY: &str = "your_api_key_here";
/// CommitUp's `X-API-SECRET`.
pub const COMMITUP_API_SECRET: &str = "your_api_secret_here";
/// What CommitUp's callbacks are signed with.
pub const COMMITUP_CALLBACK_SECRET: &str = "whsec_test_123";

/// The generic provider's bearer token.
pub const BEARER_ACCESS_TOKEN: &str = "your_access_token";
