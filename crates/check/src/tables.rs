//! The rules of tables.

use std::collections::HashSet;

use ir::{Elem, Forest, Literal, Map, Next, Table, Tensor};

use crate::Breaches;

pub(super) fn check(breaches: &mut Breaches<'_>) {
    for (_, table) in breaches.module.tables.iter() {
        let breach = match table {
            Table::Tensor(tensor) => tensor_breach(tensor),
            Table::Map(map) => map_breach(map),
            Table::Forest(forest) => forest_breach(forest),
        };
        if let Some(breach) = breach {
            breaches.say(format!("table {:?}: {breach}", table.name()), None);
        }
    }
}

fn tensor_breach(tensor: &Tensor) -> Option<String> {
    let count = tensor.shape.iter().try_fold(1_usize, |count, dim| count.checked_mul(*dim as usize));
    (count != Some(tensor.values.len())).then(|| format!("{} values do not fill the shape {:?}", tensor.values.len(), tensor.shape))
}

fn map_breach(map: &Map) -> Option<String> {
    if map.keys.is_empty() || map.keys.iter().any(|key| matches!(key, Elem::I32 | Elem::F32)) {
        return Some("keys are bool, i64, f64, str or times".into());
    }
    let mut seen = HashSet::new();
    for (keys, value) in &map.rows {
        let fits = keys.len() == map.keys.len() && keys.iter().zip(&map.keys).all(|(key, elem)| key.elem() == *elem && !key.is_null());
        if !fits || value.elem() != map.value || value.is_null() {
            return Some("a row is of other kinds".into());
        }
        let canonical: Vec<Literal> = keys.iter().map(canonical).collect();
        if canonical.iter().any(|key| matches!(key, Literal::F64(x) if x.is_nan())) {
            return Some("NaN is no key".into());
        }
        if !seen.insert(canonical) {
            return Some(format!("the key {keys:?} is there twice"));
        }
    }
    None
}

/// Both zeros are one key.
fn canonical(key: &Literal) -> Literal {
    if matches!(key, Literal::F64(0.0)) { Literal::F64(0.0) } else { key.clone() }
}

fn forest_breach(forest: &Forest) -> Option<String> {
    if !forest.elem.is_float() {
        return Some("a forest walks f32 or f64".into());
    }
    let mut reached = vec![false; forest.splits.len()];
    let mut breach = None;
    let mut visit = |next: Next, parent: Option<usize>| match next {
        Next::Leaf(leaf) if leaf >= forest.leaves => breach = Some(format!("there is no leaf {leaf}")),
        Next::Leaf(_) => {}
        Next::Split(index) => match reached.get_mut(index as usize) {
            Some(seen) if !*seen && parent.is_none_or(|parent| parent < index as usize) => *seen = true,
            Some(_) => breach = Some(format!("split {index} does not stand after its one parent")),
            None => breach = Some(format!("there is no split {index}")),
        },
    };
    forest.roots.iter().for_each(|root| visit(*root, None));
    for (index, split) in forest.splits.iter().enumerate() {
        visit(split.yes, Some(index));
        visit(split.no, Some(index));
        // NaN goes with one of the two, or to a leaf of its own.
        if split.missing != split.yes && split.missing != split.no {
            visit(split.missing, Some(index));
        }
    }
    let splits = forest.splits.iter();
    breach
        .or_else(|| {
            splits.clone().any(|split| split.feature >= forest.features).then(|| "a split asks for a feature that is not there".into())
        })
        .or_else(|| {
            let inexact = |threshold: f64| forest.elem == Elem::F32 && f64::from(threshold as f32) != threshold;
            splits
                .clone()
                .any(|split| split.test.threshold().is_nan() || inexact(split.test.threshold()))
                .then(|| "a threshold is not exact in the row's kind".into())
        })
}
