//! `while` in a function on cells. Rows leave the loop one by one, and it is written out as far as a row may need; one that needs more turns
//! is refused.

use crate::ast::{Expr, Stmt};
use crate::replay::{Flow, Replay};
use crate::sequence;
use crate::udf::Names;
use crate::value::Unknown;
use ir::{Literal, Val};
use source::Span;

/// Turns that are written out at most: as many as there are pieces of a text, and some more.
const MOST_TURNS: usize = 40;

pub(crate) fn run<'b>(replay: &mut Replay<'_, 'b>, test: &Expr, body: &[Stmt], otherwise: &[Stmt], at: Span) -> Result<Flow<'b>, Unknown> {
    if !otherwise.is_empty() {
        return Err(replay.unsupported(at, "`else` of a while loop in a function on cells"));
    }
    let (containers, outer) = (replay.containers(), replay.reached());
    if let Some(frame) = replay.cells.last_mut() {
        frame.loops.push(crate::udf::Loop::default());
    }
    let turned = turns(replay, test, body);
    let ended = replay.cells.last_mut().and_then(|frame| frame.loops.pop()).unwrap_or_default();
    let (mut left, live) = turned?;
    left.extend(ended.breaks);
    let live = replay.rejoin(left, live, at);
    replay.unchanged_before_if(containers, outer, at)?;
    if live {
        return Ok(Flow::Next);
    }
    let last = replay.cells.last_mut().and_then(|frame| frame.returns.pop());
    Ok(last.map_or(Flow::Next, |(_, value)| Flow::Return(value)))
}

/// The rows whose test failed, with what was bound then.
type Left<'b> = Vec<(Val<'b>, Names<'b>)>;

/// Runs the turns. Gives the rows that left by the test, and whether there are rows that have not left.
fn turns<'b>(replay: &mut Replay<'_, 'b>, test: &Expr, body: &[Stmt]) -> Result<(Left<'b>, bool), Unknown> {
    let mut left = Left::new();
    for turn in 0..=MOST_TURNS {
        let condition = replay.eval(test)?;
        let holds = replay.truth_of(&condition, test.span)?;
        if holds.literal() == Some(Literal::Bool(false)) {
            return Ok((left, true));
        }
        if holds.literal() != Some(Literal::Bool(true)) {
            let ends = replay.and_reached(!holds);
            left.push((ends, replay.names()));
            let goes_on = replay.and_reached(holds);
            replay.set_reached(Some(goes_on));
        }
        if turn == MOST_TURNS {
            let always = replay.b.bool(true);
            sequence::refuse(replay, always, "a loop makes too many turns", test.span);
            return Ok((left, false));
        }
        let live = match replay.block_of(body)? {
            Flow::Next | Flow::Continue => true,
            leaving @ (Flow::Break | Flow::Return(_)) => {
                let (reached, names) = (replay.reached().unwrap_or_else(|| replay.b.bool(true)), replay.names());
                replay.leave(leaving, reached, names);
                false
            }
        };
        let continued = match replay.cells.last_mut().and_then(|frame| frame.loops.last_mut()) {
            Some(one) => std::mem::take(&mut one.continues),
            None => Vec::new(),
        };
        if !replay.rejoin(continued, live, test.span) {
            return Ok((left, false));
        }
    }
    Ok((left, true))
}
