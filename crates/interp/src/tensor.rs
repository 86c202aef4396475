//! The operations on tensors. A tensor is its elements in row-major order beside its shape.

use ir::{Binary, Elem, Forest, Literal, Reduce, Window};
use source::bug;

use crate::scalar::{binary, cast};

type Shaped<'a> = (&'a [Literal], &'a [u32]);

fn count(shape: &[u32]) -> usize {
    shape.iter().map(|dim| *dim as usize).product()
}

/// What a function makes of the position of each element, in row-major order.
fn at_each<T>(shape: &[u32], mut f: impl FnMut(&[usize]) -> T) -> Vec<T> {
    let mut at = vec![0; shape.len()];
    let mut next = |number: usize| {
        if number > 0 {
            for (at, dim) in at.iter_mut().zip(shape).rev() {
                *at += 1;
                if *at < *dim as usize {
                    break;
                }
                *at = 0;
            }
        }
        f(&at)
    };
    (0..count(shape)).map(&mut next).collect()
}

/// The row-major number of an element.
fn ravel(at: impl IntoIterator<Item = usize>, shape: &[u32]) -> usize {
    at.into_iter().zip(shape).fold(0, |number, (at, dim)| number * *dim as usize + at)
}

/// The element of a tensor that broadcasts to `shape` at a position of that shape.
fn spread<'a>((elements, own): Shaped<'a>, at: &[usize]) -> &'a Literal {
    let aligned = &at[at.len() - own.len()..];
    &elements[ravel(aligned.iter().zip(own).map(|(at, dim)| if *dim == 1 { 0 } else { *at }), own)]
}

/// A function of as many elements as there are operands, element by element.
pub fn each(shape: &[u32], operands: &[Shaped<'_>], f: impl Fn(Vec<Literal>) -> Literal) -> Vec<Literal> {
    at_each(shape, |at| f(operands.iter().map(|operand| spread(*operand, at).clone()).collect()))
}

/// Two tensors element by element, broadcast to `shape`.
pub fn zip(shape: &[u32], a: Shaped<'_>, b: Shaped<'_>, f: impl Fn(&Literal, &Literal) -> Literal) -> Vec<Literal> {
    if a.1 == shape && b.1 == shape {
        return a.0.iter().zip(b.0).map(|(a, b)| f(a, b)).collect();
    }
    at_each(shape, |at| f(spread(a, at), spread(b, at)))
}

/// `[cond, yes, no]`, broadcast to `shape`.
pub fn select(shape: &[u32], [cond, yes, no]: [Shaped<'_>; 3]) -> Vec<Literal> {
    at_each(shape, |at| match spread(cond, at).as_bool() {
        Some(true) => spread(yes, at).clone(),
        Some(false) => spread(no, at).clone(),
        None => Literal::Null(spread(yes, at).elem()),
    })
}

pub fn transpose(x: &[Literal], shape: &[u32], order: &[u8]) -> Vec<Literal> {
    let new: Vec<u32> = order.iter().map(|axis| shape[usize::from(*axis)]).collect();
    let mut old = vec![0; shape.len()];
    at_each(&new, |at| {
        order.iter().zip(at).for_each(|(axis, at)| old[usize::from(*axis)] = *at);
        x[ravel(old.iter().copied(), shape)].clone()
    })
}

/// The slices at `positions` along an axis, in that order.
pub fn take(x: &[Literal], shape: &[u32], axis: usize, positions: &[usize]) -> Vec<Literal> {
    let inner = count(&shape[axis + 1..]);
    let dim = shape[axis] as usize;
    let mut out = Vec::new();
    for outer in 0..count(&shape[..axis]) {
        for position in positions {
            let start = (outer * dim + position) * inner;
            out.extend_from_slice(&x[start..start + inner]);
        }
    }
    out
}

/// Every place of every stand of a window along an axis.
pub fn window(x: &[Literal], shape: &[u32], axis: usize, window: &Window) -> Vec<Literal> {
    let (inner, length) = (count(&shape[axis + 1..]), shape[axis]);
    let mut out = Vec::new();
    for outer in 0..count(&shape[..axis]) {
        for (stand, place) in (0..window.count).flat_map(|stand| (0..window.size).map(move |place| (stand, place))) {
            match window.element(stand, place, length) {
                Some(at) => {
                    let start = (outer * length as usize + at as usize) * inner;
                    out.extend_from_slice(&x[start..start + inner]);
                }
                None => out.extend(std::iter::repeat_n(window.fill.clone(), inner)),
            }
        }
    }
    out
}

pub fn concat(parts: &[Shaped<'_>], axis: usize) -> Vec<Literal> {
    let outer = parts.first().map_or(0, |(_, shape)| count(&shape[..axis]));
    let mut out = Vec::new();
    for at in 0..outer {
        for (elements, shape) in parts {
            let length = count(&shape[axis..]);
            out.extend_from_slice(&elements[at * length..(at + 1) * length]);
        }
    }
    out
}

/// The leaf of each tree.
pub fn walk(forest: &Forest, row: &[Literal]) -> Vec<Literal> {
    let feature = |index: u32| row[index as usize].as_f64().unwrap_or_else(|| bug!("a forest walks floats"));
    forest.roots.iter().map(|root| Literal::I32(forest.leaf(*root, feature) as i32)).collect()
}

pub fn reduce(how: Reduce, elem: Elem, x: &[Literal], shape: &[u32], axes: &[u8]) -> Vec<Literal> {
    let folded = |axis: usize| axes.contains(&(axis as u8));
    let kept: Vec<u32> = shape.iter().enumerate().filter(|(axis, _)| !folded(*axis)).map(|(_, dim)| *dim).collect();
    let mut groups: Vec<Vec<Literal>> = vec![Vec::new(); count(&kept)];
    let places = at_each(shape, |at| ravel(at.iter().enumerate().filter(|(axis, _)| !folded(*axis)).map(|(_, at)| *at), &kept));
    for (place, element) in places.into_iter().zip(x) {
        groups[place].push(element.clone());
    }
    groups.iter().map(|group| fold(how, elem, group)).collect()
}

/// The elements of one group, folded; there is an element wherever `how` needs one.
pub fn fold(how: Reduce, elem: Elem, group: &[Literal]) -> Literal {
    let in_order = |op: Binary, start: i64| group.iter().fold(cast(&Literal::I64(start), elem), |so_far, x| binary(op, &so_far, x));
    match how {
        Reduce::Sum => lane_sum(elem, group),
        Reduce::SumInOrder => in_order(Binary::Add, 0),
        Reduce::Prod => in_order(Binary::Mul, 1),
        Reduce::Max => group[extreme(Binary::Gt, NanWins::Yes, group)].clone(),
        Reduce::Min => group[extreme(Binary::Lt, NanWins::Yes, group)].clone(),
        Reduce::ArgMax => Literal::I64(extreme(Binary::Gt, NanWins::No, group) as i64),
    }
}

/// [`Reduce::Sum`]: eight lanes that start at 0, then a tree.
pub fn lane_sum(elem: Elem, terms: &[Literal]) -> Literal {
    let add = |a: &Literal, b: &Literal| binary(Binary::Add, a, b);
    let mut lanes = vec![cast(&Literal::I64(0), elem); 8];
    for (index, term) in terms.iter().enumerate() {
        let lane = &mut lanes[index % 8];
        *lane = add(lane, term);
    }
    let pair = |low: usize| add(&lanes[low], &lanes[low + 1]);
    add(&add(&pair(0), &pair(2)), &add(&pair(4), &pair(6)))
}

#[derive(Clone, Copy, PartialEq)]
enum NanWins {
    Yes,
    No,
}

/// The place of the first element that no other beats.
fn extreme(beats: Binary, nan_wins: NanWins, group: &[Literal]) -> usize {
    let nan = |x: &Literal| x.as_f64().is_some_and(f64::is_nan);
    if nan_wins == NanWins::Yes
        && let Some(first) = group.iter().position(nan)
    {
        return first;
    }
    (1..group.len()).fold(0, |best, at| if binary(beats, &group[at], &group[best]) == Literal::Bool(true) { at } else { best })
}

/// The sum of products over pairs of axes; left are the other axes of `a`, then those of `b`.
pub fn contract(elem: Elem, a: Shaped<'_>, b: Shaped<'_>, over: &[(u8, u8)]) -> Vec<Literal> {
    let kept = |shape: &[u32], gone: &dyn Fn(u8) -> bool| (0..shape.len()).filter(|axis| !gone(*axis as u8)).collect::<Vec<_>>();
    let left = kept(a.1, &|axis| over.iter().any(|(x, _)| *x == axis));
    let right = kept(b.1, &|axis| over.iter().any(|(_, y)| *y == axis));
    let dims = |shape: &[u32], axes: &[usize]| axes.iter().map(|axis| shape[*axis]).collect::<Vec<_>>();
    let out = [dims(a.1, &left), dims(b.1, &right)].concat();
    let inner: Vec<u32> = over.iter().map(|(axis, _)| a.1[usize::from(*axis)]).collect();
    let element = |at: &[usize]| {
        let (mut x, mut y) = (vec![0; a.1.len()], vec![0; b.1.len()]);
        left.iter().zip(at).for_each(|(axis, at)| x[*axis] = *at);
        right.iter().zip(&at[left.len()..]).for_each(|(axis, at)| y[*axis] = *at);
        let terms = at_each(&inner, |k| {
            over.iter().zip(k).for_each(|((p, q), k)| (x[usize::from(*p)], y[usize::from(*q)]) = (*k, *k));
            binary(Binary::Mul, &a.0[ravel(x.iter().copied(), a.1)], &b.0[ravel(y.iter().copied(), b.1)])
        });
        lane_sum(elem, &terms)
    };
    at_each(&out, element)
}
