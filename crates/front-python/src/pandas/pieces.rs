//! `split`: the pieces of a text. A list of them is never built; what is asked of it (one piece, their number, whether one is among them)
//! is found in the text.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use std::rc::Rc;

use crate::ops::{self, Trouble};
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Cell, Column, Eval, Guards, Kind, Unknown, Value};
use ir::{Elem, Reason, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Text, "split", split),
    Row::new(On::Cell, "split", split),
    Row::new(On::Text, "rsplit", split),
    Row::new(On::Cell, "rsplit", split),
    Row::new(On::Pieces, "get", get),
    Row::new(On::Pieces, "len", len_method),
    Row::new(On::Pieces, "join", join),
    Row::new(On::Pieces, "apply", apply),
    Row::new(On::Pieces, "map", apply),
    Row::new(On::Pieces, "astype", astype),
    Row::new(On::Pieces, "reindex", reindex),
];

/// The pieces of a text, or of each text of a column.
#[derive(Clone)]
pub(crate) struct Pieces<'b> {
    text: Cell<'b>,
    like: Option<Column<'b>>,
    /// None for white space.
    separator: Option<String>,
    /// The most cuts that are made.
    cuts: Option<i64>,
    /// The pieces are columns of a frame.
    expand: bool,
    /// There is one cut, and it is at the last separator.
    last: bool,
}

impl<'b> Pieces<'b> {
    /// The same pieces, of a column over other rows.
    pub(crate) fn over(&self, space: usize) -> Rc<Self> {
        let like = self.like.clone().map(|column| Column { space, ..column });
        Rc::new(Pieces { like, ..self.clone() })
    }

    /// The rows of a column of lists of pieces; none if they are of one text, or columns.
    pub(crate) fn rows(&self) -> Option<usize> {
        self.like.as_ref().filter(|_| !self.expand).map(|column| column.space)
    }

    /// The pieces of one row's text. None if it may have none.
    pub(crate) fn of_row(&self) -> Option<Rc<Self>> {
        match self.text.single() {
            Some((Kind::Str, text)) if !text.is_nullable() => Some(Rc::new(Pieces { like: None, ..self.clone() })),
            _ => None,
        }
    }
}

/// From the right end pieces are found cut by cut; a text with more cuts is refused by a guard.
const MOST_CUTS: usize = 32;

/// The white space of `str.split()`, without the space itself.
fn spaces() -> Vec<char> {
    let of = |(first, last): &(u32, u32)| (*first..=*last).filter_map(char::from_u32);
    crate::regex::WHITE.iter().flat_map(of).filter(|space| *space != ' ').collect()
}

fn split<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let is_pattern = |replay: &Replay<'_, 'b>, value: &Value<'b>| {
        replay.concrete(value).is_some_and(|value| matches!(value.as_tagged(), Some(record::Tagged::Pattern(_))))
    };
    if is_pattern(replay, &call.receiver) {
        if let Some(text) = call.take("sep") {
            call.give("0", text);
        }
        return super::pattern::split(replay, call);
    }
    let mut compiled = match call.take("pat") {
        Some(pattern) if is_pattern(replay, &pattern) => Some(pattern),
        Some(pattern) => {
            call.give("pat", pattern);
            None
        }
        None => None,
    };
    let separator = call.text(replay, "pat")?.or(call.text(replay, "sep")?);
    let cuts = call.int(replay, "n")?.or(call.int(replay, "maxsplit")?).filter(|cuts| *cuts > 0);
    let expand = call.flag(replay, "expand", false)?;
    let regex = call.take("regex").and_then(|regex| replay.concrete(&regex)).and_then(|regex| regex.as_bool());
    let (text, like) = match &call.receiver {
        Value::Texts(column, _) => (column.cell.clone(), Some(column.clone())),
        value => (ops::to_cell(replay, value, None, at)?, None),
    };
    if let (Some(pattern), true) = (&separator, like.is_some()) {
        // Without a word about it, a pattern of one character is plain and a longer one a regular expression.
        let as_regex = call.name == "split" && regex.unwrap_or(pattern.chars().count() != 1);
        if as_regex && pattern.contains(|c| super::text::SPECIAL.contains(c)) {
            compiled = Some(replay.known(record::Value::Str(pattern.clone())));
        }
    }
    if let (Some(pattern), Some(column)) = (compiled, &like) {
        let text = super::pattern::cut(replay, column, pattern, cuts, at)?;
        let separator = Some(super::pattern::CUT.to_owned());
        return Ok(Value::Pieces(Rc::new(Pieces { text, like, separator, cuts, expand, last: false })));
    }
    if separator.as_deref() == Some("") {
        return Err(replay.unsupported(at, "`split` by the empty text"));
    }
    let last = call.name == "rsplit" && cuts.is_some();
    if last && cuts != Some(1) {
        return Err(replay.unsupported(at, "`rsplit` at several separators from the right"));
    }
    Ok(Value::Pieces(Rc::new(Pieces { text, like, separator, cuts, expand, last })))
}

/// White space as single blanks between words, and whether some was too long to be brought to one.
fn words(text: Val<'_>) -> (Val<'_>, Val<'_>) {
    let mut text = spaces().iter().fold(text, |text, space| text.replace(String::from(*space).as_str(), " ")).strip();
    // Each round halves a run, so this does for 64 blanks.
    for _ in 0..6 {
        text = text.replace("  ", " ");
    }
    (text, text.contains("  "))
}

/// A piece, and whether it is there.
fn piece<'b>(pieces: &Pieces<'b>, text: Val<'b>, number: i64, refused: &mut Vec<Val<'b>>) -> (Val<'b>, Val<'b>) {
    let b = text.builder();
    let (text, separator, mut there) = match &pieces.separator {
        Some(separator) => (text, separator.as_str(), b.bool(true)),
        None => {
            let (between, long) = words(text);
            refused.push(long);
            // What is left behind the last cut keeps its white space.
            if pieces.cuts.is_some_and(|most| pieces.last || number < 0 || number >= most) {
                refused.push(between.ne(text));
            }
            (between, " ", between.ne(""))
        }
    };
    let width = separator.chars().count() as i64;
    if pieces.last {
        let all = Pieces { cuts: None, last: false, ..pieces.clone() };
        let (tail, _) = piece(&all, text, -1, refused);
        let cut = text.contains(separator);
        let head = cut.select(text.slice_text(0_i64, text.len() - tail.len() - width), text);
        return match number {
            0 => (head, there),
            1 => (tail, cut),
            -1 => (tail, there),
            -2 => (head, cut),
            _ => (text, b.bool(false)),
        };
    }
    let most = pieces.cuts.unwrap_or(i64::MAX);
    if number >= 0 {
        let mut rest = text;
        for cut in 0..number {
            let at = rest.find(separator);
            there = if cut < most { there & at.ge(0_i64) } else { b.bool(false) };
            rest = at.ge(0_i64).select(rest.slice_text(at + width, rest.len()), rest);
        }
        let at = rest.find(separator);
        let one = if number < most { at.ge(0_i64).select(rest.slice_text(0_i64, at), rest) } else { rest };
        return (one, there);
    }
    // The last pieces so far, the youngest first.
    let mut last: Vec<(Val<'b>, Val<'b>)> = vec![(b.str(""), b.bool(false)); number.unsigned_abs() as usize];
    let (mut rest, mut more) = (text, there);
    for cut in 0..=MOST_CUTS as i64 {
        let at = rest.find(separator);
        let cuts = if cut < most { at.ge(0_i64) } else { b.bool(false) };
        let one = cuts.select(rest.slice_text(0_i64, at), rest);
        let mut next = (one, b.bool(true));
        for slot in &mut last {
            let old = *slot;
            *slot = (more.select(next.0, old.0), more.select(next.1, old.1));
            next = old;
        }
        rest = cuts.select(rest.slice_text(at + width, rest.len()), rest);
        more = more & cuts;
    }
    refused.push(more);
    last.last().copied().unwrap_or((text, there))
}

/// The text before and behind the last separator, and whether it is there; without one all is behind.
pub(super) fn last_cut<'b>(text: Val<'b>, separator: &str, refused: &mut Vec<Val<'b>>) -> (Val<'b>, Val<'b>, Val<'b>) {
    let like = Cell::new(Kind::Str, text);
    let all = Pieces { text: like, like: None, separator: Some(separator.to_owned()), cuts: None, expand: false, last: false };
    let (tail, _) = piece(&all, text, -1, refused);
    let width = separator.chars().count() as i64;
    (text.slice_text(0_i64, text.len() - tail.len() - width), tail, text.contains(separator))
}

/// The place of the last `letter` of a text, -1 if there is none; and whether there are more of them than are looked at.
pub(super) fn last_place<'b>(text: Val<'b>, letter: &str) -> (Val<'b>, Val<'b>) {
    let mut refused = Vec::new();
    let (before, _, there) = last_cut(text, letter, &mut refused);
    (there.select(before.len(), -1_i64), refused.into_iter().reduce(|a, b| a | b).unwrap_or_else(|| text.builder().bool(false)))
}

fn count<'b>(pieces: &Pieces<'b>, text: Val<'b>, refused: &mut Vec<Val<'b>>) -> Val<'b> {
    let b = text.builder();
    let number =
        |text: Val<'b>, separator: &str| (text.len() - text.replace(separator, "").len()) / separator.chars().count() as i64 + 1_i64;
    let all = match &pieces.separator {
        Some(separator) => number(text, separator),
        None => {
            let (text, long) = words(text);
            refused.push(long);
            text.eq("").select(b.i64(0), number(text, " "))
        }
    };
    match pieces.cuts {
        Some(most) => all.gt(most + 1).select(b.i64(most + 1), all),
        None => all,
    }
}

/// Applies a function to the text whose pieces they are. What it puts on the list are rows that are refused.
fn on_pieces<'b>(
    replay: &mut Replay<'_, 'b>,
    pieces: &Pieces<'b>,
    at: Span,
    mut apply: impl FnMut(&mut Replay<'_, 'b>, Val<'b>, &mut Vec<Val<'b>>) -> (Kind, Val<'b>),
) -> Eval<'b> {
    let on_column = pieces.like.is_some();
    let mut own = Guards::new();
    let cell = ops::lift(replay, &[&pieces.text], at, |replay, operands| match &operands[0] {
        (Kind::Str, val) => {
            let mut refused = Vec::new();
            let result = apply(replay, *val, &mut refused);
            for when in refused {
                let reason = Reason::Invalid(format!("too many pieces of a text at {}", replay.place_name(at)));
                own.insert(replay.guard(when.or_else(false), reason, at));
            }
            Ok(result)
        }
        _ if on_column => Err(Trouble::Unsupported("`.str` on a column that is not of texts".to_owned())),
        _ => Err(Trouble::Raises("AttributeError")),
    })?
    .guarded(&own);
    match &pieces.like {
        Some(column) => Ok(Value::Column(column.with(cell))),
        None => {
            if let Some(frame) = replay.cells.last_mut() {
                frame.guards.extend(&own);
            }
            Ok(Value::Cell(cell))
        }
    }
}

/// `pieces[number]`: of a column missing where there is none, of one text an exception.
pub(crate) fn item<'b>(replay: &mut Replay<'_, 'b>, pieces: &Pieces<'b>, index: &Value<'b>, at: Span) -> Eval<'b> {
    if let Value::Slice(lower, upper, None) = index {
        return match &pieces.like {
            None => some(replay, pieces, lower.as_deref(), upper.as_deref(), at),
            Some(column) => some_of_each(replay, pieces, column, (lower.as_deref(), upper.as_deref()), at),
        };
    }
    let number = replay.concrete(index).and_then(|index| index.as_int()).filter(|number| (-8..=32).contains(number));
    let Some(number) = number else { return Err(replay.unsupported(at, "pieces of a text at computed or far places")) };
    if pieces.expand && number < 0 {
        return Err(replay.unsupported(at, "a column counted from the right of `split(expand=True)`"));
    }
    let on_column = pieces.like.is_some();
    let value = on_pieces(replay, pieces, at, |replay, text, refused| {
        let (one, there) = piece(pieces, text, number, refused);
        if on_column {
            return (Kind::Str, there.or_else(false).select(one, replay.b.null(Elem::Str)));
        }
        replay.raise_here(!there, "IndexError", at);
        (Kind::Str, one)
    })?;
    Ok(match value {
        Value::Column(column) if pieces.expand => Value::Column(Column { name: Some(number.to_string()), ..column }),
        value => value,
    })
}

/// `pieces[lower:upper]` of one text, counted from the left.
fn some<'b>(replay: &mut Replay<'_, 'b>, pieces: &Pieces<'b>, lower: Option<&Value<'b>>, upper: Option<&Value<'b>>, at: Span) -> Eval<'b> {
    let mut bound = |part: Option<&Value<'b>>, absent: usize| match part {
        None => Ok(absent),
        Some(part) => {
            let number = replay.concrete(part).and_then(|part| part.as_int()).and_then(|number| usize::try_from(number).ok());
            number.ok_or_else(|| replay.unsupported(at, "pieces of a text that are counted from the right or computed"))
        }
    };
    let (lower, upper) = (bound(lower, 0)?, bound(upper, usize::MAX)?);
    let items = items(replay, pieces, at)?;
    Ok(Value::Sequence(std::rc::Rc::new(items.into_iter().take(upper).skip(lower).collect())))
}

/// `pieces[lower:upper]` of each text of a column: a series of lists, missing where the text is.
fn some_of_each<'b>(
    replay: &mut Replay<'_, 'b>,
    pieces: &Pieces<'b>,
    column: &Column<'b>,
    (lower, upper): (Option<&Value<'b>>, Option<&Value<'b>>),
    at: Span,
) -> Eval<'b> {
    let Some((Kind::Str, text)) = pieces.text.single().filter(|_| !pieces.expand) else {
        return Err(replay.unsupported(at, "some of the pieces of this"));
    };
    let missing = text.is_nullable().then(|| text.is_null());
    let there = Cell { guards: pieces.text.guards.clone(), ..Cell::new(Kind::Str, text.or_else("")) };
    let of_one = Pieces { like: None, text: there, ..pieces.clone() };
    let (value, guards) = crate::udf::on_cells(replay, |replay| some(replay, &of_one, lower, upper, at))?;
    let nothing = Cell::new(Kind::Missing, replay.b.bool(false)).guarded(&guards).guarded(&column.cell.guards);
    Ok(Value::Objects(Box::new(crate::value::Objects { value, missing, like: column.with(nothing) })))
}

/// `.str.split().str.join(sep)`: the text with another separator.
fn join<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let pieces = pieces_of(replay, call)?;
    let Some(by) = call.text(replay, "sep")?.filter(|_| pieces.cuts.is_none() && !pieces.last) else {
        return Err(replay.unsupported(call.span, "`join` of these pieces"));
    };
    on_pieces(replay, &pieces, call.span, |_, text, refused| {
        let joined = match &pieces.separator {
            Some(separator) => text.replace(separator.as_str(), by.as_str()),
            None => {
                let (words, long) = words(text);
                refused.push(long);
                words.replace(" ", by.as_str())
            }
        };
        (Kind::Str, joined)
    })
}

/// `len(pieces)`; of a missing text missing.
pub(crate) fn len<'b>(replay: &mut Replay<'_, 'b>, pieces: &Pieces<'b>, at: Span) -> Eval<'b> {
    on_pieces(replay, pieces, at, |_, text, refused| {
        let number = count(pieces, text, refused);
        super::text::count_of(text, number)
    })
}

/// One text whose pieces are all that a separator of one letter, or white space, makes: none of another shape.
fn whole_text<'b>(pieces: &Pieces<'b>) -> bool {
    let short = pieces.separator.as_ref().is_none_or(|separator| separator.chars().count() == 1);
    short && pieces.cuts.is_none() && pieces.like.is_none()
}

/// `len(set(pieces))`, by a walk over the text that keeps the pieces that it has seen.
pub(crate) fn distinct<'b>(replay: &mut Replay<'_, 'b>, pieces: &Pieces<'b>, at: Span) -> Eval<'b> {
    if !whole_text(pieces) {
        return Err(replay.unsupported(at, "a set of the pieces of this `split`"));
    }
    let separator = pieces.separator.clone().unwrap_or_else(|| " ".to_owned());
    let made = super::pattern::function(replay, format!("distinct {separator:?}"), || crate::scan::distinct(&separator));
    let Some(made) = made else { return Err(replay.unsupported(at, "the pieces of this")) };
    let ignores_nothing = pieces.separator.is_some();
    on_pieces(replay, pieces, at, |replay, text, refused| {
        let text = if ignores_nothing {
            text
        } else {
            let (text, long) = words(text);
            refused.push(long);
            text
        };
        refused.push(text.len().gt(crate::scan::LONGEST));
        let seen = replay.b.call(made, &[text], 0);
        // Each piece was kept behind a separator.
        let count = seen.len() - seen.replace(separator.as_str(), "").len();
        (Kind::INT, if ignores_nothing { count } else { text.eq("").select(replay.b.i64(0), count) })
    })
}

/// Whether [`how_often`] finds that piece.
pub(crate) fn can_count<'b>(replay: &Replay<'_, 'b>, pieces: &Pieces<'b>, wanted: &Value<'b>) -> bool {
    let text = replay.concrete(wanted).and_then(|wanted| wanted.as_str().map(str::to_owned));
    whole_text(pieces) && text.is_some_and(|text| !text.is_empty())
}

/// `pieces.count(wanted)` of a constant text.
pub(crate) fn how_often<'b>(replay: &mut Replay<'_, 'b>, pieces: &Pieces<'b>, wanted: &Value<'b>, at: Span) -> Eval<'b> {
    let wanted = replay.concrete(wanted).and_then(|wanted| wanted.as_str().map(str::to_owned)).unwrap_or_default();
    let by_space = pieces.separator.is_none();
    let separator = pieces.separator.clone().unwrap_or_else(|| " ".to_owned());
    let split = wanted.contains(separator.as_str()) || by_space && wanted.contains(spaces().as_slice());
    if let Value::Known(known) = &replay.known(record::Value::Str(wanted.clone())) {
        replay.freeze(known);
    }
    on_pieces(replay, pieces, at, |replay, text, refused| {
        if split {
            return (Kind::INT, replay.b.i64(0));
        }
        let text = if by_space {
            let (text, long) = words(text);
            refused.push(long);
            text
        } else {
            text
        };
        // Every piece gets separators of its own, so that no two finds overlap.
        let twice = separator.repeat(2);
        let spread = replay.b.str(&separator).append(text.replace(separator.as_str(), twice.as_str())).append(separator.as_str());
        let one = format!("{separator}{wanted}{separator}");
        let removed = spread.len() - spread.replace(one.as_str(), "").len();
        (Kind::INT, removed / one.chars().count() as i64)
    })
}

/// How many letters the pieces have together. None where that is not asked of all of one text.
pub(crate) fn letters<'b>(replay: &mut Replay<'_, 'b>, pieces: &Pieces<'b>, at: Span) -> Option<Eval<'b>> {
    if !whole_text(pieces) {
        return None;
    }
    let separators: Vec<String> = match &pieces.separator {
        Some(separator) => vec![separator.clone()],
        None => spaces().iter().chain(&[' ']).map(|space| String::from(*space)).collect(),
    };
    Some(on_pieces(replay, pieces, at, |_, text, _| {
        let all = separators.iter().fold(text, |text, separator| text.replace(separator.as_str(), ""));
        (Kind::INT, all.len())
    }))
}

/// Pieces that a loop sees at most; a text with more is refused by a guard.
const MOST_ITEMS: usize = 20;

/// The text that pieces are of, with single letters between them if they are words. What has no `split` raises.
fn text_of<'b>(replay: &mut Replay<'_, 'b>, pieces: &Pieces<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    let text = ops::lift(replay, &[&pieces.text], at, |_, operands| match &operands[0] {
        (Kind::Str, val) => Ok((Kind::Str, val.or_else(""))),
        _ => Err(Trouble::Raises("AttributeError")),
    })?;
    replay.looked_at(&text);
    let Some((Kind::Str, text)) = text.single() else { return Err(replay.unsupported(at, "the pieces of this")) };
    if pieces.separator.is_some() {
        return Ok(text);
    }
    let (words, long) = words(text);
    let uneven = pieces.cuts.is_some().then(|| words.ne(text));
    crate::sequence::refuse(replay, uneven.map_or(long, |uneven| long | uneven), "too much white space in a text", at);
    Ok(words)
}

/// The pieces of one text, for a loop.
pub(crate) fn items<'b>(replay: &mut Replay<'_, 'b>, pieces: &Pieces<'b>, at: Span) -> Result<Vec<crate::sequence::Item<'b>>, Unknown> {
    if pieces.like.is_some() || pieces.last {
        return Err(replay.unsupported(at, "a loop over these pieces"));
    }
    let mut rest = text_of(replay, pieces, at)?;
    let mut there = if pieces.separator.is_some() { replay.b.bool(true) } else { rest.ne("") };
    let separator = pieces.separator.clone().unwrap_or_else(|| " ".to_owned());
    let width = separator.chars().count() as i64;
    let mut out = Vec::new();
    for cut in 0..MOST_ITEMS {
        let found = rest.find(separator.as_str());
        let last = pieces.cuts == Some(cut as i64);
        let more = if last { replay.b.bool(false) } else { found.ge(0_i64) };
        let one = more.select(rest.slice_text(0_i64, found), rest);
        out.push(crate::sequence::Item { there, value: Value::Cell(Cell::new(Kind::Str, one)) });
        if last {
            return Ok(out);
        }
        rest = rest.slice_text(found + width, rest.len());
        there = there & more;
    }
    crate::sequence::refuse(replay, there, "too many pieces of a text", at);
    Ok(out)
}

/// `part in pieces`
pub(crate) fn has<'b>(replay: &mut Replay<'_, 'b>, pieces: &Pieces<'b>, part: &Value<'b>, negated: bool, at: Span) -> Eval<'b> {
    let separator = pieces.separator.as_deref().unwrap_or(" ");
    if separator.chars().count() != 1 || pieces.cuts.is_some() || pieces.like.is_some() {
        return Err(replay.unsupported(at, "`in` with the pieces of this `split`"));
    }
    let text = text_of(replay, pieces, at)?;
    let part = ops::to_cell(replay, part, None, at)?;
    let cell = ops::lift(replay, &[&part], at, |replay, operands| match &operands[0] {
        (Kind::Str, part) => {
            let mark = replay.b.str(separator);
            let whole = mark.append(text).append(separator);
            let held = whole.contains(mark.append(*part).append(separator)) & !part.contains(separator);
            // No word is empty.
            let held = if pieces.separator.is_none() { held & part.ne("") } else { held }.or_else(false);
            Ok((Kind::Bool, if negated { !held } else { held }))
        }
        _ => Ok((Kind::Bool, replay.b.bool(negated))),
    })?;
    Ok(Value::Cell(cell))
}

/// Whether each of some texts is among the pieces of each text of a column. A missing text has none, and what iterates over it raises.
pub(crate) fn among<'b>(replay: &mut Replay<'_, 'b>, pieces: &Pieces<'b>, texts: &[&str], at: Span) -> Result<Vec<Column<'b>>, Unknown> {
    let (Some(separator), Some(like), Some((Kind::Str, text)), None, false) =
        (&pieces.separator, &pieces.like, pieces.text.single(), pieces.cuts, pieces.expand)
    else {
        return Err(replay.unsupported(at, "labels of these pieces"));
    };
    if separator.chars().count() != 1 {
        return Err(replay.unsupported(at, "labels between separators of several letters"));
    }
    let missing = replay.guard(text.is_null(), ir::Reason::Invalid("a missing list of labels".to_owned()), at);
    let whole = replay.b.str(separator).append(text.or_else("")).append(separator.as_str());
    let column = |text: &&str| {
        let held = if text.contains(separator.as_str()) {
            replay.b.bool(false)
        } else {
            whole.contains(format!("{separator}{text}{separator}").as_str())
        };
        let mut cell = Cell::new(Kind::Bool, held).guarded(&pieces.text.guards).guarded(&like.cell.guards);
        cell.guards.insert(missing);
        like.with(cell)
    };
    Ok(texts.iter().map(column).collect())
}

/// `a, b = text.split(...)`: another number of pieces raises.
pub(crate) fn unpacked<'b>(replay: &mut Replay<'_, 'b>, pieces: &Pieces<'b>, count: usize, at: Span) -> Result<Vec<Value<'b>>, Unknown> {
    if pieces.like.is_some() {
        return Err(replay.unsupported(at, "unpacking a column of pieces"));
    }
    let Value::Cell(number) = len(replay, pieces, at)? else { return Err(replay.unsupported(at, "unpacking this")) };
    let expected = Cell::new(Kind::INT, replay.b.i64(count as i64));
    let wrong = ops::lift(replay, &[&number, &expected], at, |replay, operands| {
        ops::comparison(replay, ops::Rules::Python, crate::ast::CompareOp::NotEq, &operands[0], &operands[1])
    })?;
    if let Some(wrong) = replay.row_condition(&Value::Cell(wrong)) {
        replay.raise_here(wrong, "ValueError", at);
    }
    (0..count as i64)
        .map(|number| {
            let index = replay.known(record::Value::Int(number));
            item(replay, pieces, &index, at)
        })
        .collect()
}

/// `split(expand=True)` assigned to that many columns: fewer pieces leave the last ones missing, more raise.
pub(crate) fn columns<'b>(replay: &mut Replay<'_, 'b>, pieces: &Pieces<'b>, count: usize, at: Span) -> Result<Vec<Value<'b>>, Unknown> {
    if !pieces.expand {
        return Err(replay.unsupported(at, "a column of lists of pieces, as several columns"));
    }
    if pieces.last && count != 2 {
        return Err(replay.unsupported(at, "`rsplit` into another number of columns"));
    }
    if pieces.cuts != Some(count as i64 - 1) {
        // Of the rows together one has as many pieces as there are columns; one with more makes the assignment raise.
        let Value::Column(number) = len(replay, &Pieces { expand: false, ..pieces.clone() }, at)? else {
            return Err(replay.unsupported(at, "the pieces of this"));
        };
        let mut own = Guards::new();
        for alternative in &number.cell.alternatives {
            let many = alternative.val.cast(Elem::F64).gt(count as f64).or_else(false);
            let many = alternative.when.map_or(many, |when| when & many);
            own.insert(replay.guard(many, Reason::Invalid(format!("ValueError at {}", replay.place_name(at))), at));
        }
        let text = pieces.text.clone().guarded(&own).guarded(&number.cell.guards);
        let like = pieces.like.clone();
        let pieces = Pieces { text, like, cuts: Some(count as i64 - 1), ..pieces.clone() };
        return columns(replay, &pieces, count, at);
    }
    (0..count as i64)
        .map(|number| {
            let index = replay.known(record::Value::Int(number));
            item(replay, pieces, &index, at)
        })
        .collect()
}

fn pieces_of<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>) -> Result<Pieces<'b>, Unknown> {
    match &call.receiver {
        Value::Pieces(pieces) if !pieces.expand => Ok((**pieces).clone()),
        _ => Err(replay.unsupported(call.span, format!("`{}` of this", call.name))),
    }
}

fn get<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let pieces = pieces_of(replay, call)?;
    let index = call.need(replay, "i")?;
    item(replay, &pieces, &index, call.span)
}

fn len_method<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let pieces = pieces_of(replay, call)?;
    len(replay, &pieces, call.span)
}

/// A function of the list of pieces, for each text.
fn apply<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let pieces = pieces_of(replay, call)?;
    let function = match ["func", "arg", "0"].iter().find_map(|name| call.take(name)) {
        Some(function) => function,
        None => return Err(replay.unsupported(call.span, "`apply` of nothing")),
    };
    let Some(column) = pieces.like.clone() else { return Err(replay.unsupported(call.span, "`apply` of this")) };
    let Some((Kind::Str, text)) = pieces.text.single() else {
        return Err(replay.refuse(
            "python-unsupported",
            call.span,
            "a function of the pieces of texts beside other values cannot be converted",
            "of what is no text it gets NaN",
            "make them texts before the split: .fillna(\"\").astype(str)",
        ));
    };
    let missing = text.is_nullable().then(|| text.is_null());
    let there = Cell { guards: pieces.text.guards.clone(), ..Cell::new(Kind::Str, text.or_else("")) };
    let value = Value::Pieces(Rc::new(Pieces { like: None, text: if missing.is_some() { there } else { pieces.text.clone() }, ..pieces }));
    crate::udf::over_value_or_missing(replay, &column, &function, (missing, value), call.span)
}

/// `split(expand=True).reindex(columns=numbers)`: a piece that there is not is missing.
fn reindex<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let Value::Pieces(pieces) = call.receiver.clone() else { return Err(replay.unsupported(call.span, "`reindex` of this")) };
    let numbers = call.take("columns").and_then(|numbers| replay.items(&numbers, call.span));
    let (true, Some(numbers), Some(like)) = (pieces.expand, numbers, &pieces.like) else {
        return Err(replay.unsupported(call.span, "`reindex` of pieces of texts but by `columns`"));
    };
    let mut frame = crate::value::Frame { space: like.space, ..Default::default() };
    for number in numbers {
        let piece = item(replay, &pieces, &number, call.span)?;
        let name = replay.concrete(&number).map(|number| super::column_name(&number)).unwrap_or_default();
        frame.columns.insert(name, piece);
    }
    Ok(replay.frame(frame))
}

/// `split(expand=True).astype(dtype)`: every piece of every row is cast, used or not. A row with more pieces than the recorded rows is refused.
fn astype<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let Value::Pieces(pieces) = call.receiver.clone() else { return Err(replay.unsupported(call.span, "`astype` of this")) };
    let recorded = replay.recorded(call.span);
    let names: Vec<String> = match recorded.tagged() {
        Some(record::Tagged::Frame(frame)) => frame.columns.iter().map(|column| super::column_name(&column.name)).collect(),
        _ => return Err(replay.not_recorded(call.span)),
    };
    let dtype = call.need(replay, "dtype").or_else(|why| call.take("0").ok_or(why))?;
    let columns = columns(replay, &pieces, names.len(), call.span)?;
    let mut frame = crate::value::Frame { space: pieces.like.as_ref().map_or(0, |column| column.space), ..Default::default() };
    frame.columns = names.into_iter().zip(columns).collect();
    let Value::Frame(id) = replay.frame(frame) else { return Ok(replay.none()) };
    let cast = replay.apply(Value::Method(Box::new(Value::Frame(id)), "astype".to_owned()), None, vec![dtype], Vec::new(), call.span)?;
    let Value::Frame(cast) = cast else { return Ok(cast) };
    let all: Guards = super::matrix(replay, &Value::Frame(cast), call.span)?.iter().flat_map(|column| column.cell.guards.clone()).collect();
    for slot in replay.frames[cast.0].columns.values_mut() {
        if let Value::Column(column) = slot {
            column.cell.guards.extend(&all);
        }
    }
    Ok(Value::Frame(cast))
}
