//! The operations on text. Positions and lengths count code points.

use ir::{Literal, TextOp, unicode};
use source::bug;

/// The operation; null if an operand is null.
pub fn eval(op: TextOp, args: &[&Literal]) -> Literal {
    if args.iter().any(|arg| arg.is_null()) {
        return Literal::Null(op.signature().1);
    }
    match (op, args) {
        (TextOp::Len, [Literal::Str(x)]) => Literal::I64(x.chars().count() as i64),
        (TextOp::Lower, [Literal::Str(x)]) => Literal::Str(unicode::LOWER.apply(x)),
        (TextOp::Upper, [Literal::Str(x)]) => Literal::Str(unicode::UPPER.apply(x)),
        (TextOp::LowerEach, [Literal::Str(x)]) => Literal::Str(unicode::LOWER_EACH.apply(x)),
        (TextOp::UpperEach, [Literal::Str(x)]) => Literal::Str(unicode::UPPER_EACH.apply(x)),
        (TextOp::Strip, [Literal::Str(x)]) => Literal::Str(x.trim_matches(is_space).into()),
        (TextOp::LStrip, [Literal::Str(x)]) => Literal::Str(x.trim_start_matches(is_space).into()),
        (TextOp::RStrip, [Literal::Str(x)]) => Literal::Str(x.trim_end_matches(is_space).into()),
        (TextOp::Concat, [Literal::Str(a), Literal::Str(b)]) => Literal::Str([a.as_str(), b.as_str()].concat()),
        (TextOp::Contains, [Literal::Str(x), Literal::Str(part)]) => Literal::Bool(x.contains(part.as_str())),
        (TextOp::StartsWith, [Literal::Str(x), Literal::Str(part)]) => Literal::Bool(x.starts_with(part.as_str())),
        (TextOp::EndsWith, [Literal::Str(x), Literal::Str(part)]) => Literal::Bool(x.ends_with(part.as_str())),
        (TextOp::Find, [Literal::Str(x), Literal::Str(part)]) => {
            Literal::I64(x.find(part.as_str()).map_or(-1, |byte| x[..byte].chars().count() as i64))
        }
        (TextOp::CodeAt, [Literal::Str(x), Literal::I64(at)]) => {
            let code = usize::try_from(*at).ok().and_then(|at| x.chars().nth(at));
            Literal::I32(code.map_or(-1, |code| code as i32))
        }
        (TextOp::Slice, [Literal::Str(x), Literal::I64(start), Literal::I64(end)]) => {
            let length = x.chars().count() as i64;
            let (start, end) = ((*start).clamp(0, length) as usize, (*end).clamp(0, length) as usize);
            Literal::Str(x.chars().skip(start).take(end.saturating_sub(start)).collect())
        }
        (TextOp::Replace, [Literal::Str(x), Literal::Str(old), Literal::Str(new)]) => {
            Literal::Str(if old.is_empty() { x.clone() } else { x.replace(old.as_str(), new) })
        }
        (TextOp::Decimal, [Literal::I64(x)]) => Literal::Str(x.to_string()),
        _ => bug!("{} on elements outside its domain", op.name()),
    }
}

/// White space as Python's `str.isspace` has it: Unicode's, and the four ASCII separators U+001C to U+001F.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}
