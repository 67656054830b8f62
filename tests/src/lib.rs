//! The workspace's README, so that its examples compile.

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
