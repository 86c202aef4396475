//! Tests that span crates; their cases are data under `cases/`. Dropping a folder in adds a test.
