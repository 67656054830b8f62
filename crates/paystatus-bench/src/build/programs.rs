//! The programs as the bench writes them out; they are compiled here too, so that none of them rots.

#![expect(
    clippy::print_stdout,
    dead_code,
    reason = "they are programs of their own, and nobody calls them here"
)]

mod akurateco;
mod akurateco_by_hand;
mod bearer;
mod bearer_by_hand;
