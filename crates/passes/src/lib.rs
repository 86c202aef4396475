//! Rewrites that make a module smaller and leave every outcome as it is, bit for bit.
//!
//! A pass is a file: [`fold`], [`share`], [`dead`]. Each takes a [`Checked`] and gives a [`Module`], which is checked again before anything
//! else sees it. [`optimise`] runs them until nothing changes. Passes know nothing of sources and targets.
//!
//! What a pass must keep: the parameters, the results and their types, and for every row the reason of its rejection or its scores. The
//! *number* of a rejection is not kept, because those that never apply go.

mod dead;
mod fold;
mod share;

use check::{Checked, check};
use ir::{Function, Module, Value};
use source::bug;

pub use dead::dead;
pub use fold::fold;
pub use share::share;

/// A rewrite of a sound module into a sound module.
pub type Pass = fn(&Checked) -> Module;

/// All passes, in the order in which they run.
pub const PASSES: &[(&str, Pass)] = &[("fold", fold), ("share", share), ("dead", dead)];

/// Rounds end when nothing changes. Three are the most that any case needs; a module that is not done after eight is left as it is then.
const ROUNDS: usize = 8;

/// The module with constants folded, common nodes shared and everything gone that no result and no rejection needs.
pub fn optimise(checked: &Checked) -> Checked {
    let mut current = checked.clone();
    for _ in 0..ROUNDS {
        let before = current.clone();
        for (name, pass) in PASSES {
            current = match check(pass(&current)) {
                Ok(checked) => checked,
                Err(breaches) => bug!("the pass {name} made an unsound module: {breaches:?}"),
            };
        }
        if current.module() == before.module() {
            break;
        }
    }
    current
}

/// Stands one value in for another. The label goes along if the stand-in has none, so that a user's name is not lost.
fn stand_in(function: &mut Function, old: Value, stand_in: Value) {
    let label = function.nodes[old].label.clone();
    if let Some(node) = function.nodes.get_mut(stand_in)
        && node.label.is_none()
    {
        node.label = label;
    }
}

/// Rejections and results with the values that stand for theirs now.
fn redirect(function: &mut Function, values: &[Value]) {
    function.rejections.iter_mut().for_each(|rejection| rejection.when = values[rejection.when.index()]);
    function.results.iter_mut().for_each(|output| output.value = values[output.value.index()]);
}
