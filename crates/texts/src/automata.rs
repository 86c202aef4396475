//! Patterns as automata over classes of code points.
//!
//! [`Marks`] reads a text from the right and says of each place which steps of the pattern can still come to a match from there. With that
//! known, [`Walk`] follows a match from its start one way only, by the priorities of backtracking: the first way that comes to a match.
//! `scan` writes both as functions.

use crate::regex::{Assert, LAST, Node, Pattern, Set};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// States and steps that an automaton has at most.
const MOST_STATES: usize = 1500;
const MOST_ROWS: usize = 60_000;

/// Where the classes of code points begin that a pattern tells apart: the class of a code is the number of starts up to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Classes(pub Vec<u32>);

impl Classes {
    /// `word`: what a boundary in the pattern takes for a letter.
    fn of(node: &Node, word: &[(u32, u32)]) -> Classes {
        fn collect(node: &Node, starts: &mut BTreeSet<u32>) {
            match node {
                Node::Empty | Node::Assert(_) => {}
                Node::Chars(set) => set.iter().for_each(|(from, to)| starts.extend([*from, to + 1])),
                Node::Concat(parts) | Node::Either(parts) => parts.iter().for_each(|part| collect(part, starts)),
                Node::Group(_, inner) | Node::Repeat { inner, .. } => collect(inner, starts),
            }
        }
        let mut starts = BTreeSet::new();
        collect(node, &mut starts);
        if asserts(node) {
            collect(&Node::Chars(word.to_vec()), &mut starts);
            collect(&Node::Chars(vec![(LINE_END, LINE_END)]), &mut starts);
        }
        Classes(starts.into_iter().filter(|start| *start > 0 && *start <= LAST).collect())
    }

    /// The classes that tell several sets apart.
    pub fn of_sets(sets: &[Set]) -> Classes {
        Classes::of(&Node::Either(sets.iter().cloned().map(Node::Chars).collect()), &[])
    }

    /// The classes that tell a set from the rest, and those of them that it is made of.
    pub fn and_within(set: &Set) -> (Classes, Vec<usize>) {
        let classes = Classes::of(&Node::Chars(set.clone()), &[]);
        let within = classes.within(set);
        (classes, within)
    }

    /// The classes that a set is made of.
    fn within(&self, set: &Set) -> Vec<usize> {
        let starts: Vec<u32> = std::iter::once(0).chain(self.0.iter().copied()).collect();
        let inside = |code: u32| set.iter().any(|(from, to)| (*from..=*to).contains(&code));
        starts.iter().enumerate().filter(|(_, start)| inside(**start)).map(|(class, _)| class).collect()
    }
}

#[derive(Clone, Debug)]
enum Step {
    Chars(Vec<usize>, usize),
    /// The first way is preferred.
    Split(usize, usize),
    Assert(Assert, usize),
    /// A bound of a group: twice its number, and one more for its end.
    Save(usize, usize),
    Found,
}

struct Program<'c> {
    steps: Vec<Step>,
    classes: &'c Classes,
}

impl Program<'_> {
    fn push(&mut self, step: Step) -> usize {
        self.steps.push(step);
        self.steps.len() - 1
    }

    /// The steps for a node that go on at `next`; gives where they begin.
    fn add(&mut self, node: &Node, next: usize) -> usize {
        // It is too large already, and counted repeats in repeats would go on for long.
        if self.steps.len() > MOST_STATES {
            return next;
        }
        match node {
            Node::Empty => next,
            Node::Chars(set) => {
                let within = self.classes.within(set);
                self.push(Step::Chars(within, next))
            }
            Node::Assert(assert) => self.push(Step::Assert(*assert, next)),
            Node::Concat(parts) => parts.iter().rev().fold(next, |next, part| self.add(part, next)),
            Node::Either(parts) => {
                let mut starts: Vec<usize> = parts.iter().map(|part| self.add(part, next)).collect();
                let last = starts.pop().unwrap_or(next);
                starts.into_iter().rev().fold(last, |rest, start| self.push(Step::Split(start, rest)))
            }
            Node::Group(Some(number), inner) => {
                let end = self.push(Step::Save(number * 2 + 1, next));
                let start = self.add(inner, end);
                self.push(Step::Save(number * 2, start))
            }
            Node::Group(None, inner) => self.add(inner, next),
            Node::Repeat { inner, least, most, greedy } => {
                let split = |inner: usize, over: usize| if *greedy { Step::Split(inner, over) } else { Step::Split(over, inner) };
                let mut start = next;
                match most {
                    Some(most) => {
                        for _ in *least..*most {
                            let once = self.add(inner, start);
                            start = self.push(split(once, next));
                        }
                    }
                    None => {
                        let again = self.push(Step::Found);
                        let once = self.add(inner, again);
                        self.steps[again] = split(once, next);
                        start = again;
                    }
                }
                (0..*least).fold(start, |start, _| self.add(inner, start))
            }
        }
    }
}

const LINE_END: u32 = 10;

fn asserts(node: &Node) -> bool {
    match node {
        Node::Assert(_) => true,
        Node::Empty | Node::Chars(_) => false,
        Node::Concat(parts) | Node::Either(parts) => parts.iter().any(asserts),
        Node::Group(_, inner) | Node::Repeat { inner, .. } => asserts(inner),
    }
}

/// What stands on a side of a place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The text begins, or ends, here.
    Nothing,
    Other,
    Word,
    LineEnd,
    /// A line end that is the last code point of the text.
    LastLineEnd,
}

/// What can stand before a place. A pattern without places to hold needs one only.
pub const BEFORE: [Side; 4] = [Side::Nothing, Side::Other, Side::Word, Side::LineEnd];

fn holds(assert: Assert, before: Side, behind: Side) -> bool {
    match assert {
        Assert::Start => before == Side::Nothing,
        Assert::LineStart => matches!(before, Side::Nothing | Side::LineEnd),
        Assert::End => matches!(behind, Side::Nothing | Side::LastLineEnd),
        Assert::LineEnd => matches!(behind, Side::Nothing | Side::LineEnd | Side::LastLineEnd),
        Assert::TextEnd => behind == Side::Nothing,
        Assert::Boundary => (before == Side::Word) != (behind == Side::Word),
        // Of the empty text Python says neither, up to 3.13.
        Assert::NoBoundary => (before == Side::Word) == (behind == Side::Word) && !(before == Side::Nothing && behind == Side::Nothing),
    }
}

/// A pattern as two automata.
pub struct Automaton {
    pub classes: Classes,
    /// What a class is to a place that it stands before. None where the pattern has no such places.
    pub sides: Option<Vec<Side>>,
    /// Mark of the next place, class of the code point here, and what stands before it, as in [`BEFORE`], to the mark here. The class
    /// after the last is that of a line end at the end of the text, the one after that the end itself. Mark 0 is beyond the end.
    pub marks: BTreeMap<(usize, usize, usize), usize>,
    /// The marks of places where a match begins.
    pub begins: BTreeSet<usize>,
    pub start: usize,
    steps: Vec<Step>,
    alive: Vec<BTreeSet<usize>>,
}

/// What a match passes at a place: whether a group begins, whether it ends, whether the match ends.
#[derive(Clone, Copy, Default)]
pub struct Passed {
    pub begins: bool,
    pub ends: bool,
    pub done: bool,
}

impl Automaton {
    /// None for too large a pattern.
    pub fn new(pattern: &Pattern) -> Option<Automaton> {
        let classes = Classes::of(&pattern.node, &pattern.word);
        let mut program = Program { steps: vec![Step::Found], classes: &classes };
        let start = program.add(&pattern.node, 0);
        let steps = program.steps;
        if steps.len() > MOST_STATES {
            return None;
        }
        let side = |class: usize| {
            let code = if class == 0 { 0 } else { classes.0.get(class - 1).copied().unwrap_or(0) };
            match code {
                LINE_END => Side::LineEnd,
                code if pattern.word.iter().any(|(from, to)| (*from..=*to).contains(&code)) => Side::Word,
                _ => Side::Other,
            }
        };
        let count = classes.0.len() + 1;
        let sides = asserts(&pattern.node).then(|| (0..count).map(side).collect::<Vec<_>>());
        let line_end = classes.0.iter().filter(|start| **start <= LINE_END).count();
        let befores = if sides.is_some() { BEFORE.len() } else { 1 };
        let mut numbers: HashMap<BTreeSet<usize>, usize> = HashMap::from([(BTreeSet::new(), 0)]);
        let mut states = vec![BTreeSet::new()];
        let (mut marks, mut at) = (BTreeMap::new(), 0);
        while at < states.len() {
            let next = states[at].clone();
            for class in 0..count + 2 {
                // Only the end stands before what is beyond it.
                if (at == 0) != (class == count + 1) {
                    continue;
                }
                let behind = match (&sides, class) {
                    (_, class) if class == count + 1 => Side::Nothing,
                    (_, class) if class == count => Side::LastLineEnd,
                    (Some(sides), class) => sides[class],
                    (None, _) => Side::Other,
                };
                let read = if class == count { line_end } else { class };
                for (before, side) in BEFORE.iter().enumerate().take(befores) {
                    let state = alive(&steps, &next, read, (*side, behind));
                    let number = *numbers.entry(state.clone()).or_insert_with(|| {
                        states.push(state);
                        states.len() - 1
                    });
                    marks.insert((at, class, before), number);
                }
            }
            if states.len() > MOST_STATES || marks.len() > MOST_ROWS {
                return None;
            }
            at += 1;
        }
        let begins = (0..states.len()).filter(|mark| states[*mark].contains(&start)).collect();
        Some(Automaton { classes, sides, marks, begins, start, steps, alive: states })
    }

    /// Step and mark to the step that reads the next code point, and what the match passes on its way there.
    pub fn walk(&self, group: usize) -> Option<BTreeMap<(usize, usize), (usize, Passed)>> {
        let (mut rows, mut todo, mut seen) = (BTreeMap::new(), vec![self.start], BTreeSet::from([self.start]));
        while let Some(from) = todo.pop() {
            for (mark, alive) in self.alive.iter().enumerate() {
                if !alive.contains(&from) {
                    continue;
                }
                let (mut at, mut passed) = (from, Passed::default());
                let then = loop {
                    match &self.steps[at] {
                        Step::Split(first, second) => at = if alive.contains(first) { *first } else { *second },
                        Step::Assert(_, next) => at = *next,
                        Step::Save(slot, next) => {
                            passed.begins |= *slot == group * 2;
                            passed.ends |= *slot == group * 2 + 1;
                            at = *next;
                        }
                        Step::Chars(_, next) => break *next,
                        Step::Found => {
                            passed.done = true;
                            break 0;
                        }
                    }
                };
                rows.insert((from, mark), (then, passed));
                if !passed.done && seen.insert(then) {
                    todo.push(then);
                }
            }
            if rows.len() > MOST_ROWS {
                return None;
            }
        }
        Some(rows)
    }
}

/// The steps from which a match can be reached at a place where a code point of a class stands, if those of the next place are known.
fn alive(steps: &[Step], next: &BTreeSet<usize>, class: usize, (before, behind): (Side, Side)) -> BTreeSet<usize> {
    let mut out: BTreeSet<usize> = BTreeSet::from([0]);
    loop {
        let count = out.len();
        for (number, step) in steps.iter().enumerate() {
            let lives = match step {
                Step::Chars(within, then) => within.contains(&class) && next.contains(then),
                Step::Split(first, second) => out.contains(first) || out.contains(second),
                Step::Assert(assert, then) => holds(*assert, before, behind) && out.contains(then),
                Step::Save(_, then) => out.contains(then),
                Step::Found => number == 0,
            };
            if lives {
                out.insert(number);
            }
        }
        if out.len() == count {
            return out;
        }
    }
}

/// A pattern of one class: its code points, and whether a run of them is one match.
pub fn run_of(pattern: &Pattern) -> Option<(Classes, Vec<usize>, bool)> {
    let classes = Classes::of(&pattern.node, &[]);
    let (set, run) = match &pattern.node {
        Node::Chars(set) => (set, false),
        Node::Repeat { inner, least: 1, most: None, greedy: true } => match &**inner {
            Node::Chars(set) => (set, true),
            Node::Empty | Node::Assert(_) | Node::Concat(_) | Node::Either(_) | Node::Group(..) | Node::Repeat { .. } => return None,
        },
        Node::Empty | Node::Assert(_) | Node::Concat(_) | Node::Either(_) | Node::Group(..) | Node::Repeat { .. } => return None,
    };
    let within = classes.within(set);
    Some((classes, within, run))
}
