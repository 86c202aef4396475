//! Probabilities of classes from sums that speak for one class against another, as libsvm and onnxruntime compute them.

use super::{IntoVal, Val};
use crate::Reduce;

/// A probability of a pair is kept so far from 0 and 1.
const LEAST_SHARE: f64 = 1e-7;

/// Platt's `1 / (1 + exp(slope sum + offset))` for the first class of each pair, brought to one probability a class in at most so many steps;
/// and whether more would be needed.
///
/// `sums` of floats: for the pairs (0, 1), (0, 2), ..., (1, 2), ..., one at least; as many slopes and offsets.
pub fn platt<'b>(sums: &[Val<'b>], slopes: &[f64], offsets: &[f64], count: usize, steps: usize) -> (Vec<Val<'b>>, Val<'b>) {
    let like = sums[0];
    let mut pairs = vec![vec![0.0.into_val(like); count]; count];
    let places = (0..count).flat_map(|first| (first + 1..count).map(move |second| (first, second)));
    for ((first, second), ((sum, slope), offset)) in places.zip(sums.iter().zip(slopes).zip(offsets)) {
        let share = (-(*sum * *slope + *offset)).sigmoid().max(LEAST_SHARE).min(1.0 - LEAST_SHARE);
        pairs[first][second] = share;
        pairs[second][first] = 1.0.into_val(share) - share;
    }
    coupled(&pairs, steps)
}

/// The shares `p` for which `p Q p` is least, class after class, until all are as near as `0.005 / classes`; and whether they are not after so
/// many steps. `pairs`: what speaks for the class of the row against that of the column. Wu, Lin and Weng 2004, algorithm 2.
fn coupled<'b>(pairs: &[Vec<Val<'b>>], steps: usize) -> (Vec<Val<'b>>, Val<'b>) {
    let like = pairs[0][0];
    let b = like.builder();
    let count = pairs.len();
    let total = |terms: Vec<Val<'b>>| b.pack(&terms).reduce(Reduce::SumInOrder, [0]);
    let entry = |row: usize, column: usize| match row == column {
        true => total((0..count).filter(|other| *other != row).map(|other| pairs[other][row] * pairs[other][row]).collect()),
        false => -pairs[column][row] * pairs[row][column],
    };
    let matrix: Vec<Vec<Val<'b>>> = (0..count).map(|row| (0..count).map(|column| entry(row, column)).collect()).collect();
    let mut shares = vec![(1.0 / count as f64).into_val(like); count];
    let mut done = b.bool(false);
    for step in 0..=steps {
        let product = |row: &Vec<Val<'b>>| total(row.iter().zip(&shares).map(|(entry, share)| *entry * *share).collect());
        let mut products: Vec<Val<'b>> = matrix.iter().map(product).collect();
        let mut whole = total(shares.iter().zip(&products).map(|(share, product)| *share * *product).collect());
        let error = products.iter().map(|product| (*product - whole).abs()).reduce(Val::max).unwrap_or(whole);
        done = done | error.lt(0.005 / count as f64);
        if step == steps {
            break;
        }
        let mut next = shares.clone();
        for class in 0..count {
            let own = matrix[class][class];
            let change = (whole - products[class]) / own;
            let size = change + 1.0;
            next[class] = next[class] + change;
            whole = (whole + change * (change * own + products[class] * 2.0)) / size / size;
            for other in 0..count {
                products[other] = (products[other] + change * matrix[class][other]) / size;
                next[other] = next[other] / size;
            }
        }
        shares = shares.into_iter().zip(next).map(|(share, next)| done.select(share, next)).collect();
    }
    (shares, !done)
}
