//! Sugar for vectors and tensors.

use super::{IntoVal, Val};
use crate::{Op, Reduce, Window};

impl<'b> Val<'b> {
    /// The element at a constant position of a vector, as a scalar.
    pub fn at(self, index: u32) -> Val<'b> {
        let position = self.builder().i64(i64::from(index));
        self.gather(position, 0)
    }

    /// The elements at integer positions along an axis; a position outside is clamped.
    pub fn gather(self, at: impl IntoVal<'b>, axis: u8) -> Val<'b> {
        let at = at.into_val(self);
        self.builder().node(Op::Gather { x: self.value(), at: at.value(), axis })
    }

    pub fn reshape(self, shape: impl Into<Vec<u32>>) -> Val<'b> {
        let shape = shape.into();
        if self.ty().shape == shape { self } else { self.builder().node(Op::Reshape { x: self.value(), shape }) }
    }

    pub fn transpose(self, order: impl Into<Vec<u8>>) -> Val<'b> {
        self.builder().node(Op::Transpose { x: self.value(), order: order.into() })
    }

    /// The elements `start, start + step, ...`, `count` of them, along an axis.
    pub fn slice(self, axis: u8, start: u32, step: i32, count: u32) -> Val<'b> {
        self.builder().node(Op::Slice { x: self.value(), axis, start, step, count })
    }

    /// The axis seen through a window that slides along it, and becomes two axes: where it stands, and what it shows.
    pub fn window(self, axis: u8, window: Window) -> Val<'b> {
        self.builder().node(Op::Window { x: self.value(), axis, window })
    }

    /// Folds the axes away; they are counted from 0 and must rise.
    pub fn reduce(self, how: Reduce, axes: impl Into<Vec<u8>>) -> Val<'b> {
        self.builder().node(Op::Reduce { how, x: self.value(), axes: axes.into() })
    }

    /// The sum of products over pairs of axes.
    pub fn contract(self, b: Val<'b>, over: impl Into<Vec<(u8, u8)>>) -> Val<'b> {
        self.builder().node(Op::Contract { a: self.value(), b: b.value(), over: over.into() })
    }

    /// `softmax(x)` along the last axis: `exp(x - max) / sum`.
    pub fn softmax(self) -> Val<'b> {
        let shape = self.ty().shape;
        let last = shape.len().saturating_sub(1) as u8;
        let mut kept = shape.clone();
        if let Some(dim) = kept.last_mut() {
            *dim = 1;
        }
        let greatest = self.reduce(Reduce::Max, [last]).reshape(kept.clone());
        let weight = (self - greatest).exp();
        weight / weight.reduce(Reduce::Sum, [last]).reshape(kept)
    }
}
