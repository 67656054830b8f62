#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod deliveries;
mod error;
mod event;
mod health;
mod known;
mod life;
mod moment;
mod store;
mod watch;
mod watched;
mod watcher;
mod worker;

pub use deliveries::{Deliveries, Delivery};
pub use error::{Error, ErrorKind};
pub use event::{Event, EventKind};
pub use life::State;
#[cfg(feature = "postgres")]
#[cfg_attr(docsrs, doc(cfg(feature = "postgres")))]
pub use store::Postgres;
pub use store::{Sqlite, Store, open, open_existing};
pub use watch::{Until, Watch};
pub use watched::{Added, Filter, Watched};
pub use watcher::Watcher;
pub use worker::{Progress, Worker};
