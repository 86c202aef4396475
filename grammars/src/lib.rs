//! Empty room.

pub mod python;
