//! The workspace's README and the pages of `docs`, so that their examples compile and run.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../../docs/check-one.md")]
struct CheckOne;

#[cfg(doctest)]
#[doc = include_str!("../../docs/several-accounts.md")]
struct SeveralAccounts;

#[cfg(doctest)]
#[doc = include_str!("../../docs/wait.md")]
struct Wait;

#[cfg(doctest)]
#[doc = include_str!("../../docs/verify.md")]
struct Verify;

#[cfg(doctest)]
#[doc = include_str!("../../docs/callbacks.md")]
struct Callbacks;

#[cfg(doctest)]
#[doc = include_str!("../../docs/many-payments.md")]
struct ManyPayments;

#[cfg(doctest)]
#[doc = include_str!("../../docs/test.md")]
struct Test;

#[cfg(doctest)]
#[doc = include_str!("../../docs/operate.md")]
struct Operate;

#[cfg(doctest)]
#[doc = include_str!("../../docs/migrate.md")]
struct Migrate;

#[cfg(doctest)]
#[doc = include_str!("../../docs/own-http.md")]
struct OwnHttp;

#[cfg(doctest)]
#[doc = include_str!("../../docs/blocking.md")]
struct Blocking;

#[cfg(doctest)]
#[doc = include_str!("../../docs/add-a-provider.md")]
struct AddAProvider;
