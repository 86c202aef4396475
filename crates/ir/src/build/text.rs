//! Sugar for text.

use super::{IntoVal, Val};
use crate::{Op, TextOp};

impl<'b> Val<'b> {
    fn text(self, op: TextOp, rest: &[Val<'b>]) -> Val<'b> {
        let args = std::iter::once(self.value()).chain(rest.iter().map(|arg| arg.value())).collect();
        self.builder().node(Op::Text(op, args))
    }

    /// This text followed by another.
    pub fn append(self, other: impl IntoVal<'b>) -> Val<'b> {
        let other = other.into_val(self);
        self.text(TextOp::Concat, &[other])
    }

    /// The number of code points.
    pub fn len(self) -> Val<'b> {
        self.text(TextOp::Len, &[])
    }

    /// The code point at a position as `i32`, -1 outside.
    pub fn code_at(self, at: impl IntoVal<'b>) -> Val<'b> {
        let at = at.into_val(self);
        self.text(TextOp::CodeAt, &[at])
    }

    /// The code points `start..end`, each bound clamped into the text.
    pub fn slice_text(self, start: impl IntoVal<'b>, end: impl IntoVal<'b>) -> Val<'b> {
        let (start, end) = (start.into_val(self), end.into_val(self));
        self.text(TextOp::Slice, &[start, end])
    }

    pub fn lower(self) -> Val<'b> {
        self.text(TextOp::Lower, &[])
    }

    pub fn upper(self) -> Val<'b> {
        self.text(TextOp::Upper, &[])
    }

    /// Lower case, one code point to one.
    pub fn lower_each(self) -> Val<'b> {
        self.text(TextOp::LowerEach, &[])
    }

    /// Upper case, one code point to one.
    pub fn upper_each(self) -> Val<'b> {
        self.text(TextOp::UpperEach, &[])
    }

    /// Without white space at both ends.
    pub fn strip(self) -> Val<'b> {
        self.text(TextOp::Strip, &[])
    }

    pub fn lstrip(self) -> Val<'b> {
        self.text(TextOp::LStrip, &[])
    }

    pub fn rstrip(self) -> Val<'b> {
        self.text(TextOp::RStrip, &[])
    }

    /// Every `old` replaced by `new`.
    pub fn replace(self, old: impl IntoVal<'b>, new: impl IntoVal<'b>) -> Val<'b> {
        let (old, new) = (old.into_val(self), new.into_val(self));
        self.text(TextOp::Replace, &[old, new])
    }

    pub fn contains(self, part: impl IntoVal<'b>) -> Val<'b> {
        let part = part.into_val(self);
        self.text(TextOp::Contains, &[part])
    }

    pub fn starts_with(self, part: impl IntoVal<'b>) -> Val<'b> {
        let part = part.into_val(self);
        self.text(TextOp::StartsWith, &[part])
    }

    pub fn ends_with(self, part: impl IntoVal<'b>) -> Val<'b> {
        let part = part.into_val(self);
        self.text(TextOp::EndsWith, &[part])
    }

    /// The position of the first `part`, -1 if there is none.
    pub fn find(self, part: impl IntoVal<'b>) -> Val<'b> {
        let part = part.into_val(self);
        self.text(TextOp::Find, &[part])
    }

    /// The decimal digits of an `i64`.
    pub fn decimal(self) -> Val<'b> {
        self.text(TextOp::Decimal, &[])
    }
}
