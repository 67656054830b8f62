#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod case;
mod cases;
mod exchange;
mod fake;
mod suite;
mod template;

pub use case::Outcome;
pub use cases::{__check, __check_declarations, __check_row, CASES};
pub use fake::FakeClient;
pub use suite::Suite;
