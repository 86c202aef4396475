//! Patterns as automata over classes of code points.
//!
//! [`Searcher`] finds where the leftmost match starts, reading from the right; [`Walker`] follows the match from there, with the priorities
//! of backtracking, where no two ways read the same code point. `scan` writes both as functions.

use crate::regex::{LAST, Node, Pattern, Set};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// States that an automaton has at most.
const MOST_STATES: usize = 2000;

/// Where the classes of code points begin that a pattern tells apart: the class of a code is the number of starts up to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Classes(pub Vec<u32>);

impl Classes {
    fn of(node: &Node) -> Classes {
        fn collect(node: &Node, starts: &mut BTreeSet<u32>) {
            match node {
                Node::Empty => {}
                Node::Chars(set) => set.iter().for_each(|(from, to)| starts.extend([*from, to + 1])),
                Node::Concat(parts) | Node::Either(parts) => parts.iter().for_each(|part| collect(part, starts)),
                Node::Group(_, inner) | Node::Repeat { inner, .. } => collect(inner, starts),
            }
        }
        let mut starts = BTreeSet::new();
        collect(node, &mut starts);
        Classes(starts.into_iter().filter(|start| *start > 0 && *start <= LAST).collect())
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
    /// A bound of a group: twice its number, and one more for its end.
    Save(usize, usize),
    Found,
}

struct Program<'c> {
    steps: Vec<Step>,
    classes: &'c Classes,
    backward: bool,
}

impl Program<'_> {
    fn push(&mut self, step: Step) -> usize {
        self.steps.push(step);
        self.steps.len() - 1
    }

    /// The steps for a node that go on at `next`; gives where they begin.
    fn add(&mut self, node: &Node, next: usize) -> usize {
        match node {
            Node::Empty => next,
            Node::Chars(set) => {
                let within = self.classes.within(set);
                self.push(Step::Chars(within, next))
            }
            Node::Concat(parts) if self.backward => parts.iter().fold(next, |next, part| self.add(part, next)),
            Node::Concat(parts) => parts.iter().rev().fold(next, |next, part| self.add(part, next)),
            Node::Either(parts) => {
                let mut starts: Vec<usize> = parts.iter().map(|part| self.add(part, next)).collect();
                let last = starts.pop().unwrap_or(next);
                starts.into_iter().rev().fold(last, |rest, start| self.push(Step::Split(start, rest)))
            }
            Node::Group(Some(number), inner) if !self.backward => {
                let end = self.push(Step::Save(number * 2 + 1, next));
                let start = self.add(inner, end);
                self.push(Step::Save(number * 2, start))
            }
            Node::Group(_, inner) => self.add(inner, next),
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

/// Reads a text from the right. After each code point it is in a state, in which a match may begin at that code point.
pub(crate) struct Searcher {
    pub classes: Classes,
    /// State and class to the next state; none is state 0, where nothing has begun.
    pub next: BTreeMap<(usize, usize), usize>,
    /// The states in which a match begins.
    pub found: BTreeSet<usize>,
}

impl Searcher {
    pub(crate) fn new(pattern: &Pattern) -> Option<Searcher> {
        let classes = Classes::of(&pattern.node);
        let mut program = Program { steps: vec![Step::Found], classes: &classes, backward: true };
        let start = program.add(&pattern.node, 0);
        let steps = program.steps;
        let closed = |from: &[usize]| {
            let (mut todo, mut out) = (from.to_vec(), BTreeSet::new());
            while let Some(at) = todo.pop() {
                if out.insert(at) {
                    match &steps[at] {
                        Step::Split(a, b) => todo.extend([*a, *b]),
                        Step::Save(_, next) => todo.push(*next),
                        Step::Chars(..) | Step::Found => {}
                    }
                }
            }
            out
        };
        // With `$` a match ends at the end of the text, else anywhere.
        let first = closed(&[start]);
        let mut numbers: HashMap<BTreeSet<usize>, usize> = HashMap::from([(first.clone(), 0)]);
        let (mut next, mut found, mut todo) = (BTreeMap::new(), BTreeSet::new(), vec![first]);
        while let Some(state) = todo.pop() {
            let number = numbers.get(&state).copied()?;
            if state.contains(&0) {
                found.insert(number);
            }
            for class in 0..=classes.0.len() {
                let mut reached: Vec<usize> = state
                    .iter()
                    .filter_map(|at| match &steps[*at] {
                        Step::Chars(within, next) if within.contains(&class) => Some(*next),
                        Step::Chars(..) | Step::Split(..) | Step::Save(..) | Step::Found => None,
                    })
                    .collect();
                if !pattern.to_end {
                    reached.push(start);
                }
                let target = closed(&reached);
                let count = numbers.len();
                let to = *numbers.entry(target.clone()).or_insert_with(|| {
                    todo.push(target);
                    count
                });
                next.insert((number, class), to);
            }
            if numbers.len() > MOST_STATES {
                return None;
            }
        }
        Some(Searcher { classes, next, found })
    }
}

/// Follows a match from its start, one way only. State 0 is the end of the walk.
pub(crate) struct Walker {
    pub classes: Classes,
    pub start: usize,
    /// State and class to the next state, and which bounds of the group are here.
    pub next: BTreeMap<(usize, usize), (usize, Bounds)>,
    /// The states in which the match may end here.
    pub ends: BTreeMap<usize, Bounds>,
}

/// Whether a group begins, and whether it ends, before the code point that is read.
pub(crate) type Bounds = (bool, bool);

impl Walker {
    /// For the bounds of one group. None if two ways read the same code point, so that only trying tells.
    pub(crate) fn new(pattern: &Pattern, group: usize) -> Option<Walker> {
        let classes = Classes::of(&pattern.node);
        let mut program = Program { steps: vec![Step::Found, Step::Found], classes: &classes, backward: false };
        let start = program.add(&pattern.node, 1);
        let steps = program.steps;
        let (mut next, mut ends, mut todo, mut seen) = (BTreeMap::new(), BTreeMap::new(), vec![start], BTreeSet::from([start]));
        while let Some(state) = todo.pop() {
            let mut ways: Vec<(usize, Bounds)> = vec![(state, (false, false))];
            let mut closed = BTreeSet::new();
            while let Some((at, bounds)) = ways.pop() {
                if !closed.insert(at) {
                    continue;
                }
                match &steps[at] {
                    Step::Split(first, second) => ways.extend([(*second, bounds), (*first, bounds)]),
                    Step::Save(slot, then) => {
                        let begins = *slot == group * 2;
                        // One turn of a loop ends where the next begins: one place of each is kept, and here they would be two.
                        if begins && bounds.1 {
                            return None;
                        }
                        let bounds = (bounds.0 || begins, bounds.1 || *slot == group * 2 + 1);
                        ways.push((*then, bounds));
                    }
                    Step::Found => {
                        ends.insert(state, bounds);
                        // Every other way is less preferred than to end here.
                        break;
                    }
                    Step::Chars(within, then) => {
                        for class in within {
                            if next.insert((state, *class), (*then, bounds)).is_some() {
                                return None;
                            }
                        }
                        if seen.insert(*then) {
                            todo.push(*then);
                        }
                    }
                }
            }
            if seen.len() > MOST_STATES {
                return None;
            }
        }
        Some(Walker { classes, start, next, ends })
    }
}

/// A pattern of one class: its code points, and whether a run of them is one match.
pub(crate) fn run_of(pattern: &Pattern) -> Option<(Classes, Vec<usize>, bool)> {
    let classes = Classes::of(&pattern.node);
    let (set, run) = match &pattern.node {
        Node::Chars(set) => (set, false),
        Node::Repeat { inner, least: 1, most: None, greedy: true } => match &**inner {
            Node::Chars(set) => (set, true),
            Node::Empty | Node::Concat(_) | Node::Either(_) | Node::Group(..) | Node::Repeat { .. } => return None,
        },
        Node::Empty | Node::Concat(_) | Node::Either(_) | Node::Group(..) | Node::Repeat { .. } => return None,
    };
    if pattern.from_start || pattern.to_end {
        return None;
    }
    let within = classes.within(set);
    Some((classes, within, run))
}
