//! scikit-learn objects that the recorded run fitted, applied to one row.

pub(crate) mod encode;
pub(crate) mod linear;
pub(crate) mod scale;
