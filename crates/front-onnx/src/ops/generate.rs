//! Tensors made of shapes and positions: ranges, triangles, one-hot rows, sums over letters.

use ir::{Elem, Reduce, Val};

use super::Row;
use super::shape::limited;
use crate::node::{OnnxNode, Translated};
use crate::tensor::{Data, ElementType, Tensor};
use crate::value::{PerRow, Value, elem, ir_shape};

pub(super) const OPS: &[Row] = &[
    Row::new("BitCast", bit_cast),
    Row::new("Det", det),
    Row::new("Einsum", einsum),
    Row::new("EyeLike", eye_like),
    Row::new("OneHot", one_hot),
    Row::new("Range", range).with_constants(),
    Row::new("ReverseSequence", reverse_sequence),
    Row::new("Trilu", trilu),
];

type Refusal = Box<source::Diagnostic>;

/// `start, start + delta, ...` before `limit`. All three must be known, for they decide the length.
fn range<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (start, limit, delta) = (node.constant(0)?, node.constant(1)?, node.constant(2)?);
    let count = |count: f64| {
        let count = count.ceil().max(0.0);
        limited(node, if count.is_finite() { count as usize } else { usize::MAX }).map(|()| count as i64)
    };
    let data = match (&start.data, &limit.data, &delta.data) {
        (Data::F32(a), Data::F32(b), Data::F32(c)) => match (a.as_slice(), b.as_slice(), c.as_slice()) {
            ([a], [b], [c]) => {
                let count = count(f64::from(b - a) / f64::from(*c))?;
                Data::f32((0..count).map(|at| a + at as f32 * c).collect())
            }
            _ => return node.malformed("its inputs are no scalars"),
        },
        (Data::F64(a), Data::F64(b), Data::F64(c)) => match (a.as_slice(), b.as_slice(), c.as_slice()) {
            ([a], [b], [c]) => Data::f64((0..count((b - a) / c)?).map(|at| a + at as f64 * c).collect()),
            _ => return node.malformed("its inputs are no scalars"),
        },
        _ => match (start.integers().as_deref(), limit.integers().as_deref(), delta.integers().as_deref()) {
            (Some([a]), Some([b]), Some([c])) if *c != 0 => {
                let count = count((*b as f64 - *a as f64) / *c as f64)?;
                let whole = (0..count).map(|at| a.wrapping_add(at.wrapping_mul(*c)));
                if elem(start.elements) == Elem::I32 { Data::i32(whole.map(|x| x as i32).collect()) } else { Data::i64(whole.collect()) }
            }
            _ => return node.malformed("its inputs are no three numbers of one type"),
        },
    };
    Ok(vec![Value::known(Tensor { dims: vec![data.len()], elements: start.elements, data })])
}

/// `0, 1, ...` along one of the last two axes of matrices.
fn places<'b>(node: &OnnxNode<'_, 'b>, count: usize, is_row: bool) -> Val<'b> {
    let shape = if is_row { [count as u32, 1] } else { [1, count as u32] };
    node.b.tensor(ir::Tensor::i64("positions", shape, 0..count as i64))
}

/// Ones on a diagonal, of the shape of a matrix.
fn eye_like<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let (None, [rows, columns]) = (x.batch, x.shape.as_slice()) else { return node.unsupported(format!("the dims {:?}", x.dims())) };
    let to = match node.is_given("dtype") {
        true => match ElementType::from_number(i32::try_from(node.int("dtype")).unwrap_or(0)) {
            Ok(to) => to,
            Err(name) => return node.unsupported(format!("elements of {name}")),
        },
        false => x.elements,
    };
    let on = (places(node, *columns, false) - places(node, *rows, true)).eq(node.int("k"));
    Ok(vec![Value::PerRow(PerRow::of(ElementType::Bool, None, on).cast(node.b, to))])
}

/// Matrices with zeros below a diagonal, or above it.
fn trilu<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let whole = x.whole_shape();
    let [.., rows, columns] = whole.as_slice() else { return node.malformed("its input is no matrix") };
    if x.batch.is_some_and(|batch| batch + 2 >= whole.len()) {
        return node.mixes_rows("its matrix has the rows of the batch");
    }
    let k = node.integers_input(1)?.and_then(|k| k.first().copied()).unwrap_or(0);
    let beyond = places(node, *columns, false) - places(node, *rows, true);
    let keeps = if node.int("upper") != 0 { beyond.ge(k) } else { beyond.le(k) };
    let value = x.whole(node.b);
    let zero = node.b.constant(ir::Literal::zero(value.elem()));
    if x.count() == 0 {
        return Ok(vec![Value::PerRow(x)]);
    }
    Ok(vec![Value::PerRow(PerRow::from_whole(x.elements, x.batch, keeps.select(value, zero)))])
}

/// A new axis of `depth` places, with the on-value at each index, negative ones counted from the end, and the off-value elsewhere.
fn one_hot<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let depth = node.constant(1)?;
    let depth = depth.integers().and_then(|depth| depth.first().copied()).or_else(|| depth.number().map(|depth| depth as i64)).unwrap_or(0);
    let Ok(count) = usize::try_from(depth) else { return node.malformed("its depth is negative") };
    limited(node, x.count().saturating_mul(count))?;
    let values = node.row(2)?;
    let Some(place) = crate::value::normal_axis(node.int("axis"), x.rank() + 1) else { return node.malformed("its axis is outside") };
    let batch = x.batch.map(|batch| if batch >= place { batch + 1 } else { batch });
    let inner = place - usize::from(x.batch.is_some_and(|batch| batch < place));
    let index = x.cast(node.b, ElementType::I64).value(node.b);
    let index = index.lt(0_i64).select(index + depth, index);
    let mut shape = ir_shape(&x.shape);
    shape.insert(inner, 1);
    let mut along = vec![1; shape.len()];
    along[inner] = count as u32;
    let on = index.reshape(shape).eq(node.b.tensor(ir::Tensor::i64("categories", along, 0..depth)));
    let pair = values.cells();
    let [off_value, on_value] = pair.as_slice() else { return node.malformed("it has no two values") };
    Ok(vec![Value::PerRow(PerRow::of(values.elements, batch, on.select(*on_value, *off_value)))])
}

/// Sequences with their first so many elements in reverse.
fn reverse_sequence<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (x, lengths) = (node.row(0)?, node.row(1)?);
    let (time, beside) = (node.int("time_axis"), node.int("batch_axis"));
    if x.rank() < 2 || !matches!((time, beside), (0, 1) | (1, 0)) {
        return node.malformed("its axes are not the first two");
    }
    let (time, beside) = (time as usize, beside as usize);
    if x.batch.is_some_and(|batch| batch != beside) || x.batch.is_some() != lengths.batch.is_some() {
        return node.mixes_rows("its sequences are not the rows of the batch");
    }
    let whole = x.whole_shape();
    let mut along = vec![1; whole.len()];
    along[beside] = whole[beside] as u32;
    let length = lengths.whole(node.b).reshape(along);
    let at = super::index::numbers(node, &whole, time, 1);
    let from = at.lt(length).select(length - 1_i64 - at, at);
    let strides = super::index::strides(&whole);
    let stride = |axis: usize| strides.get(axis).copied().unwrap_or(1);
    let place = (0..whole.len())
        .filter(|axis| *axis != time)
        .fold(from * stride(time) as i64, |place, axis| place + super::index::numbers(node, &whole, axis, stride(axis)));
    let count = whole.iter().product::<usize>() as u32;
    if count == 0 {
        return Ok(vec![Value::PerRow(x)]);
    }
    let value = x.vector(node.b).gather(place.reshape([count]), 0).reshape(ir_shape(&whole));
    Ok(vec![Value::PerRow(PerRow::from_whole(x.elements, x.batch, value))])
}

/// The letters of an equation's operands and of its result. Three dots are the axes that no letter names, and come out as capitals of their own.
fn letters(equation: &str, ranks: &[usize]) -> Result<(Vec<Vec<char>>, Vec<char>), String> {
    let equation: String = equation.chars().filter(|c| !c.is_whitespace()).collect();
    let (inputs, output) = match equation.split_once("->") {
        Some((inputs, output)) => (inputs.to_owned(), Some(output.to_owned())),
        None => (equation, None),
    };
    let terms: Vec<&str> = inputs.split(',').collect();
    if terms.len() != ranks.len() {
        return Err(format!("{} terms for {} inputs", terms.len(), ranks.len()));
    }
    // The dots stand for as many axes as the widest operand has beside its letters; they are counted from the end.
    let dots =
        std::iter::zip(&terms, ranks).filter(|(term, _)| term.contains("...")).map(|(term, rank)| (rank + 3).saturating_sub(term.len()));
    let most = dots.max().unwrap_or(0);
    let dot = |from_end: usize| char::from_u32('\u{e000}' as u32 + from_end as u32).unwrap_or('.');
    let spelled = |term: &str, width: usize| -> Vec<char> {
        match term.split_once("...") {
            Some((before, after)) => before.chars().chain((0..width).rev().map(dot)).chain(after.chars()).collect(),
            None => term.chars().collect(),
        }
    };
    let operands: Vec<Vec<char>> =
        std::iter::zip(&terms, ranks).map(|(term, rank)| spelled(term, (rank + 3).saturating_sub(term.len()))).collect();
    if std::iter::zip(&operands, ranks).any(|(letters, rank)| letters.len() != *rank) {
        return Err("its terms do not fit the ranks of its inputs".to_owned());
    }
    let result = match output {
        Some(output) => spelled(&output, most),
        None => {
            let all: Vec<char> = operands.concat();
            let mut once: Vec<char> =
                all.iter().copied().filter(|c| c.is_ascii() && all.iter().filter(|other| *other == c).count() == 1).collect();
            once.sort_unstable();
            (0..most).rev().map(dot).chain(once).collect()
        }
    };
    Ok((operands, result))
}

/// Sums of products, written in letters: equal letters are one axis, and those that the result lacks are summed over.
fn einsum<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let rows = (0..node.inputs.len()).map(|index| node.row(index)).collect::<Result<Vec<_>, Refusal>>()?;
    let ranks: Vec<usize> = rows.iter().map(PerRow::rank).collect();
    let (operands, result) = match letters(node.string("equation"), &ranks) {
        Ok(read) => read,
        Err(why) => return node.malformed(why),
    };
    let mut all: Vec<char> = result.clone();
    for letter in operands.iter().flatten() {
        if !all.contains(letter) {
            all.push(*letter);
        }
    }
    if all.len() > crate::value::RANK_LIMIT {
        return node.unsupported(format!("{} letters", all.len()));
    }
    // The letter of the batch must be one and the same, and stay.
    let mut batch = None;
    for (row, letters) in std::iter::zip(&rows, &operands) {
        let own = row.batch.and_then(|batch| letters.get(batch).copied());
        if let (Some(own), Some(other)) = (own, batch)
            && own != other
        {
            return node.mixes_rows("the batch axes of its operands are different letters");
        }
        batch = batch.or(own);
    }
    if batch.is_some_and(|batch| !result.contains(&batch)) {
        return node.mixes_rows("it sums over the batch axis");
    }
    let meets = |(row, letters): (&PerRow<'b>, &Vec<char>)| {
        let place = letters.iter().position(|letter| Some(*letter) == batch);
        row.batch.is_some() || place.is_none_or(|place| row.shape.get(place) == Some(&1))
    };
    if batch.is_some() && !std::iter::zip(&rows, &operands).all(meets) {
        return node.mixes_rows("one operand has an element for each row of a batch");
    }
    let mut product: Option<Val<'b>> = None;
    for (row, letters) in std::iter::zip(&rows, &operands) {
        let value = aligned(node, row.whole(node.b), letters, &all)?;
        let count = product.map_or(1, |product| product.ty().count());
        limited(node, count.saturating_mul(value.ty().count()))?;
        product = Some(product.map_or(value, |product| product * value));
    }
    let Some(product) = product else { return node.malformed("it has no inputs") };
    let summed: Vec<u8> = (result.len() as u8..all.len() as u8).collect();
    let value = if summed.is_empty() { product } else { product.reduce(Reduce::Sum, summed) };
    let place = batch.and_then(|batch| result.iter().position(|letter| *letter == batch));
    let elements = rows.first().map_or(ElementType::F32, |row| row.elements);
    Ok(vec![Value::PerRow(PerRow::from_whole(elements, place, value).map(node.b, |x| x))])
}

/// An operand with an axis for each of all letters, of length 1 where it lacks one. A letter that it has twice is its diagonal.
fn aligned<'b>(node: &OnnxNode<'_, 'b>, value: Val<'b>, letters: &[char], all: &[char]) -> Result<Val<'b>, Refusal> {
    let (mut value, mut letters) = (value, letters.to_vec());
    while let Some((first, second)) = (0..letters.len())
        .flat_map(|first| (first + 1..letters.len()).map(move |second| (first, second)))
        .find(|(first, second)| letters[*first] == letters[*second])
    {
        // The two axes side by side in front, of which every element after a whole row and one more is on the diagonal.
        let shape = value.ty().shape;
        if shape[first] != shape[second] {
            return node.malformed("a letter stands for two lengths");
        }
        let length = shape[first];
        let order: Vec<u8> = [first, second]
            .into_iter()
            .chain((0..shape.len()).filter(|axis| *axis != first && *axis != second))
            .map(|axis| axis as u8)
            .collect();
        let rest: Vec<u32> = order.iter().skip(2).map(|axis| shape[usize::from(*axis)]).collect();
        let flat = value.transpose(order.clone()).reshape([vec![length * length], rest].concat());
        value = flat.slice(0, 0, length as i32 + 1, length);
        letters = std::iter::once(letters[first]).chain(order.iter().skip(2).map(|axis| letters[usize::from(*axis)])).collect();
    }
    let own = value.ty().shape;
    let mut order = Vec::new();
    let mut shape = Vec::new();
    for letter in all {
        match letters.iter().position(|other| other == letter) {
            Some(place) => {
                order.push(place as u8);
                shape.push(own[place]);
            }
            None => shape.push(1),
        }
    }
    let value = if order.is_sorted() { value } else { value.transpose(order) };
    Ok(value.reshape(shape))
}

/// Of square matrices along the last two axes, by expansion along rows.
fn det<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    const LARGEST: usize = 6;
    let x = node.row(0)?;
    let whole = x.whole_shape();
    let [outer @ .., rows, columns] = whole.as_slice() else { return node.malformed("its input is no matrix") };
    if rows != columns || x.batch.is_some_and(|batch| batch >= outer.len()) {
        return node.malformed(format!("its input has the dims {:?}", x.dims()));
    }
    if *rows > LARGEST {
        return node.unsupported(format!("a determinant of {rows} rows"));
    }
    let value = x.whole(node.b);
    let axis = outer.len() as u8;
    let cell =
        |row: usize, column: usize| value.slice(axis, row as u32, 1, 1).slice(axis + 1, column as u32, 1, 1).reshape(ir_shape(outer));
    let all: Vec<usize> = (0..*columns).collect();
    let one = node.b.f64(1.0).cast(value.elem());
    let result = minor(&cell, 0, &all, one);
    let place = x.batch;
    Ok(vec![Value::PerRow(PerRow::from_whole(x.elements, place, super::shape::stretched(node.b, result, outer)))])
}

/// The determinant of the rows from one on, in these columns.
fn minor<'b>(cell: &impl Fn(usize, usize) -> Val<'b>, row: usize, columns: &[usize], one: Val<'b>) -> Val<'b> {
    let mut sum: Option<Val<'b>> = None;
    for (number, column) in columns.iter().enumerate() {
        let others: Vec<usize> = columns.iter().copied().filter(|other| other != column).collect();
        let term = if others.is_empty() { cell(row, *column) } else { cell(row, *column) * minor(cell, row + 1, &others, one) };
        sum = Some(match sum {
            None => term,
            Some(sum) if number % 2 == 0 => sum + term,
            Some(sum) => sum - term,
        });
    }
    sum.unwrap_or(one)
}

/// The same bits as elements of another type of the same width.
fn bit_cast<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let to = match ElementType::from_number(i32::try_from(node.int("to")).unwrap_or(0)) {
        Ok(to) => to,
        Err(name) => return node.unsupported(format!("elements of {name}")),
    };
    let width = |kind: ElementType| {
        if kind == ElementType::F32 {
            32
        } else if kind == ElementType::F64 {
            64
        } else {
            kind.bits()
        }
    };
    if x.elements == ElementType::Bool && width(to) == 8 {
        return Ok(vec![Value::PerRow(x.cast(node.b, to))]);
    }
    if width(x.elements) != width(to) || width(to) == 0 {
        return node.unsupported(format!("{} as {}", x.elements.name(), to.name()));
    }
    let bits = match x.elements.is_float() {
        true => x.map(node.b, Val::bits),
        false => x.clone().with_elements(x.elements.held()),
    };
    let bits = bits.map(node.b, |bits| match (to.held(), bits.elem()) {
        (ElementType::F32, _) => bits.cast(Elem::I32).from_bits(),
        (ElementType::F64, _) => bits.from_bits(),
        (held, _) => crate::value::narrow(to, bits.cast(elem(held))),
    });
    Ok(vec![Value::PerRow(bits.with_elements(to))])
}
