//! What is read out of texts, written once as IR: patterns, tokens, hashes.
//!
//! [`regex`] reads a pattern, [`automata`] makes it automata, [`scan`] writes those and other ways over a text as functions that front ends
//! import, [`terms`] puts some of those together for vocabularies, and [`hash`] is one more. Nothing here knows a source language beyond its
//! dialect of patterns.

pub mod automata;
pub mod hash;
pub mod regex;
pub mod scan;
pub mod terms;
