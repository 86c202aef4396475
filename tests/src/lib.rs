//! Tests that span crates; their cases are data under `cases/`. Dropping a file in adds a test. This library reads cases.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::wildcard_enum_match_arm,
    reason = "a case that cannot be read fails the test"
)]

pub mod exhaustive;
pub mod python;
pub mod random;
pub mod scorers;
pub mod targets;
