//! Random formulas against references that are as inexact as they may be: no bound is ever exceeded.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "what cannot be built fails the test")]

use check::{Checked, check};
use equiv::{Analyser, Arithmetic, Reference, Verdict, report};
use interp::{Datum, Interp, Outcome};
use ir::{Builder, Elem, Reduce, Type, Val};

/// Numbers of Knuth's generator; the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % count
    }

    fn unit(&mut self) -> f64 {
        (self.below(1 << 20) as f64 + 0.5) / f64::from(1 << 19) - 1.0
    }
}

const PARAMS: usize = 4;

/// How inexact a formula is written: not at all, or as a reference may be.
struct Writer<'b> {
    b: &'b Builder,
    elem: Elem,
    shape: Random,
    noise: Option<Random>,
    reference: Reference,
}

impl<'b> Writer<'b> {
    /// A library function's result, a few units in the last place away.
    fn library(&mut self, x: Val<'b>) -> Val<'b> {
        let Some(noise) = &mut self.noise else { return x };
        let unit = if self.elem == Elem::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
        x * (1.0 + (noise.below(5) as f64 - 2.0) * unit)
    }

    /// The sum in index order or in another.
    fn sum(&mut self, terms: &[Val<'b>]) -> Val<'b> {
        let packed = self.b.pack(terms);
        if self.noise.is_some() {
            packed.slice(0, terms.len() as u32 - 1, -1, terms.len() as u32).reduce(Reduce::SumInOrder, [0])
        } else {
            packed.reduce(Reduce::Sum, [0])
        }
    }

    /// `a + b + c`, from the left or, where that is allowed, from the right.
    fn chain(&mut self, a: Val<'b>, b: Val<'b>, c: Val<'b>) -> Val<'b> {
        if self.noise.is_some() && self.reference.arithmetic == Arithmetic::Free { a + (b + c) } else { (a + b) + c }
    }

    fn node(&mut self, there: &[Val<'b>]) -> Val<'b> {
        let mut pick = || there[self.shape.below(there.len())];
        let (a, b, c) = (pick(), pick(), pick());
        match self.shape.below(55) {
            0 => a + b,
            1 => a - b,
            2 => a * b,
            3 => a / (b.abs() + 0.5),
            4 => self.library((a.min(3.0)).exp()),
            5 => self.library((a.abs() + 0.01).log()),
            6 => self.library(a.tanh()),
            7 => self.library(a.sigmoid()),
            8 => a.max(b),
            9 => (a.abs() + b.abs()).sqrt(),
            10 => self.sum(&[a, b, c, a, c]),
            11 => self.sum(there),
            12 => self.chain(a, b, c),
            13 => a.gt(b).select(c, -c),
            14 => (a * 4.0).floor() / 4.0,
            15 if self.elem == Elem::F64 => a.cast(Elem::F32).cast(Elem::F64),
            16 => self.library((a.abs() + 0.3).pow(1.7)),
            17 => a.sqrt().is_nan().select(b, a.abs().sqrt()),
            18 => (a * 3.0) % (b.abs() + 0.25),
            19 => (a * 2.0).cast(Elem::I64).cast(self.elem),
            20 => {
                let places = self.b.pack(&[a, b, c]);
                let greatest = places.reduce(Reduce::ArgMax, [0]);
                self.b.pack(&[c, a, b]).gather(greatest, 0)
            }
            21 => {
                let (left, right) = (self.b.pack(&[a, b, c, a]), self.b.pack(&[b, c, a, c]));
                if self.noise.is_some() {
                    let terms = (left * right).slice(0, 3, -1, 4);
                    terms.reduce(Reduce::SumInOrder, [0])
                } else {
                    left.contract(right, [(0, 0)])
                }
            }
            22 => {
                let share = self.library(c.sigmoid());
                self.b.pack(&[a.max(-2.0).min(2.0), b.max(-2.0).min(2.0), share]).reduce(Reduce::Prod, [0])
            }
            23 => self.b.pack(&[a, b, c]).reduce(Reduce::Max, [0]) - self.b.pack(&[a, b, c]).reduce(Reduce::Min, [0]),
            24 => a.cast(Elem::F64).ceil().cast(self.elem) + b.trunc() * 0.5,
            // Nearly what it was: on a step or not, by rounding alone.
            25..=29 | 41..=52 => {
                let power = self.library(a.min(3.0).exp());
                self.library(power.log())
            }
            30 => self.library(a.atan2(b.abs() + 0.1)),
            31 => self.library((a / (a.abs().max(1.0))).asin()),
            32 => self.library((a / a.abs()).acos()) + self.library((a / 8.0).acos()),
            33 => self.library(a.atan()) + self.library(b.asinh()),
            34 => self.library((a.abs() + 1.0).acosh()),
            35 => self.library((a / (a.abs() + 0.5)).atanh()),
            36 => self.library(a.erf()),
            37 => self.library(a.max(-3.0).min(3.0).sinh()) + self.library(b.max(-3.0).min(3.0).cosh()),
            38 => self.library(a.max(-1.5).min(1.5).tan()),
            // Promised nearer than that noise.
            39 => a.hypot(b),
            _ => self.library(a.expm1()).min(9.0),
        }
    }

    fn formula(&mut self) {
        let ty = Type::scalar(self.elem);
        let mut values: Vec<Val<'b>> = (0..PARAMS).map(|at| self.b.param(format!("x{at}"), ty.clone())).collect();
        for _ in 0..14 {
            let next = self.node(&values);
            values.push(next);
        }
        let result = self.sum(&values[PARAMS..]);
        self.b.result("y", result);
        self.b.result("positive", result.gt(0.25));
    }
}

fn formula(seed: u64, elem: Elem, noise: Option<Random>, reference: Reference) -> Checked {
    let b = Builder::new("formula");
    Writer { b: &b, elem, shape: Random(seed), noise, reference }.formula();
    check(b.finish().unwrap()).unwrap()
}

#[test]
fn no_inexact_reference_exceeds_a_bound() {
    let (mut within, mut explained, mut greatest) = (0, 0, 0.0_f64);
    for seed in 0..1500_u64 {
        let elem = if seed % 2 == 0 { Elem::F64 } else { Elem::F32 };
        let arithmetic = if seed % 4 < 2 { Arithmetic::AsWritten } else { Arithmetic::Free };
        let reference = Reference { arithmetic };
        let ours = formula(seed, elem, None, reference);
        let theirs = Interp::new(&formula(seed, elem, Some(Random(seed + 1000)), reference));
        let mut inputs = Random(seed);
        let mut input = || {
            let x = inputs.unit() * 2.0;
            // Quarters lie on steps and thresholds, and meet each other.
            let x = if seed % 3 == 0 { (x * 4.0).round() / 4.0 } else { x };
            if elem == Elem::F32 { Datum::from(x as f32) } else { Datum::from(x) }
        };
        let rows: Vec<Vec<Datum>> = (0..8).map(|_| (0..PARAMS).map(|_| input()).collect()).collect();
        let references: Vec<Outcome> = rows.iter().map(|row| theirs.run(row)).collect();
        let analyser = Analyser::new(&ours, reference);
        let found = report(&analyser, &rows, &references, None);
        // Where something overflows nothing is promised.
        let failures: Vec<_> = found.failures.iter().filter(|failure| failure.judged.bound.is_finite()).collect();
        assert!(failures.is_empty(), "seed {seed}, {elem}, {arithmetic:?}:\n{}", failures[0]);
        for output in &found.outputs {
            let count = |verdict: Verdict| output.verdicts.get(&verdict).copied().unwrap_or(0);
            within += count(Verdict::WithinBound);
            explained += count(Verdict::BranchExplained);
            greatest = greatest.max(output.greatest_ratio);
        }
    }
    println!("{within} within bounds, {explained} explained, greatest ratio {greatest}");
    assert!(within > 8000 && explained > 300 && greatest > 0.5, "{within} within bounds, {explained} explained, greatest ratio {greatest}");
}
