#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
mod event;
mod health;
mod known;
mod life;
mod moment;
mod store;
mod watch;
mod watched;

pub use error::{Error, ErrorKind};
pub use event::{Event, EventKind};
pub use life::State;
pub use store::{Sqlite, Store};
pub use watch::{Until, Watch};
pub use watched::{Added, Filter, Watched};
