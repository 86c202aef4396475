//! A checked part of Python's `re`, as automata over classes of code points.
//!
//! Literals, classes, `.`, groups, alternatives, greedy and lazy quantifiers, `^` at the start and `$` at the end. Everything else
//! (look-around, references back, word boundaries, flags) is none. [`Searcher`] finds where the leftmost match starts, reading from the
//! right; [`Walker`] follows the match from there, with the priorities of backtracking, where no two ways read the same code point.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Code points, as sorted ranges that do not touch.
type Set = Vec<(u32, u32)>;

const LAST: u32 = 0x10_ffff;
/// Copies that a counted repetition makes at most.
const MOST_REPEATED: u32 = 64;
/// States that an automaton has at most.
const MOST_STATES: usize = 2000;

#[derive(Clone, Debug)]
enum Node {
    Empty,
    Chars(Set),
    Concat(Vec<Node>),
    Either(Vec<Node>),
    /// Group number, inner.
    Group(Option<usize>, Box<Node>),
    Repeat { inner: Box<Node>, least: u32, most: Option<u32>, greedy: bool },
}

/// A pattern.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    node: Node,
    pub groups: usize,
    pub group_names: Vec<(String, usize)>,
    pub from_start: bool,
    pub to_end: bool,
    /// It has a class (`\d`, `\w`, `\s`) about whose members beyond ASCII libraries differ.
    pub of_letters: bool,
}

struct Parser<'p> {
    letters: std::iter::Peekable<std::str::Chars<'p>>,
    groups: usize,
    names: Vec<(String, usize)>,
    of_letters: bool,
}

/// None for what is not taken, an empty match included.
pub(crate) fn parse(text: &str) -> Option<Pattern> {
    let (from_start, text) = text.strip_prefix('^').map_or((false, text), |rest| (true, rest));
    let escaped_end = text.ends_with("\\$");
    let (to_end, text) = if escaped_end { (false, text) } else { text.strip_suffix('$').map_or((false, text), |rest| (true, rest)) };
    let mut parser = Parser { letters: text.chars().peekable(), groups: 0, names: Vec::new(), of_letters: false };
    let node = parser.either()?;
    // An anchor holds for one alternative only.
    let split = matches!(node, Node::Either(_)) && (from_start || to_end);
    if parser.letters.peek().is_some() || split || can_be_empty(&node) {
        return None;
    }
    Some(Pattern { node, groups: parser.groups, group_names: parser.names, from_start, to_end, of_letters: parser.of_letters })
}

fn can_be_empty(node: &Node) -> bool {
    match node {
        Node::Empty => true,
        Node::Chars(_) => false,
        Node::Concat(parts) => parts.iter().all(can_be_empty),
        Node::Either(parts) => parts.iter().any(can_be_empty),
        Node::Group(_, inner) => can_be_empty(inner),
        Node::Repeat { inner, least, .. } => *least == 0 || can_be_empty(inner),
    }
}

fn negated(set: &Set) -> Set {
    let mut out = Vec::new();
    let mut next = 0;
    for (from, to) in set {
        if *from > next {
            out.push((next, from - 1));
        }
        next = to + 1;
    }
    if next <= LAST {
        out.push((next, LAST));
    }
    out
}

fn union(mut ranges: Set) -> Set {
    ranges.sort_unstable();
    let mut out: Set = Vec::new();
    for (from, to) in ranges {
        match out.last_mut() {
            Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
            _ => out.push((from, to)),
        }
    }
    out
}

fn one(letter: char) -> Set {
    vec![(u32::from(letter), u32::from(letter))]
}

impl Parser<'_> {
    fn either(&mut self) -> Option<Node> {
        let mut parts = vec![self.concat()?];
        while self.letters.next_if_eq(&'|').is_some() {
            parts.push(self.concat()?);
        }
        if parts.len() == 1 { parts.pop() } else { Some(Node::Either(parts)) }
    }

    fn concat(&mut self) -> Option<Node> {
        let mut parts = Vec::new();
        while let Some(letter) = self.letters.peek() {
            if matches!(letter, '|' | ')') {
                break;
            }
            let atom = self.atom()?;
            parts.push(self.repeated(atom)?);
        }
        match parts.len() {
            0 => Some(Node::Empty),
            1 => parts.pop(),
            _ => Some(Node::Concat(parts)),
        }
    }

    fn repeated(&mut self, atom: Node) -> Option<Node> {
        let (least, most) = match self.letters.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                self.letters.next();
                return self.counted(atom);
            }
            _ => return Some(atom),
        };
        self.letters.next();
        self.quantified(atom, least, most)
    }

    fn counted(&mut self, atom: Node) -> Option<Node> {
        let mut text = String::new();
        loop {
            match self.letters.next()? {
                '}' => break,
                letter => text.push(letter),
            }
        }
        let number = |text: &str| text.parse::<u32>().ok().filter(|number| *number <= MOST_REPEATED);
        let (least, most) = match text.split_once(',') {
            None => (number(&text)?, Some(number(&text)?)),
            Some((least, "")) => (number(least)?, None),
            Some((least, most)) => (if least.is_empty() { 0 } else { number(least)? }, Some(number(most)?)),
        };
        if most.is_some_and(|most| most < least) {
            return None;
        }
        self.quantified(atom, least, most)
    }

    fn quantified(&mut self, inner: Node, least: u32, most: Option<u32>) -> Option<Node> {
        let greedy = self.letters.next_if_eq(&'?').is_none();
        // Possessive quantifiers, quantifiers of quantifiers, and loops over nothing.
        if matches!(self.letters.peek(), Some('+' | '*' | '{' | '?')) || can_be_empty(&inner) {
            return None;
        }
        Some(Node::Repeat { inner: Box::new(inner), least, most, greedy })
    }

    fn atom(&mut self) -> Option<Node> {
        Some(match self.letters.next()? {
            '.' => Node::Chars(negated(&one('\n'))),
            '[' => Node::Chars(self.class()?),
            '(' => self.group()?,
            '\\' => Node::Chars(self.escape()?),
            '*' | '+' | '?' | '{' | '}' | '^' | '$' | ']' => return None,
            letter => Node::Chars(one(letter)),
        })
    }

    fn group(&mut self) -> Option<Node> {
        let mut number = None;
        if self.letters.next_if_eq(&'?').is_some() {
            match self.letters.next()? {
                ':' => {}
                'P' => {
                    self.letters.next_if_eq(&'<')?;
                    let mut name = String::new();
                    loop {
                        match self.letters.next()? {
                            '>' => break,
                            letter if letter.is_ascii_alphanumeric() || letter == '_' => name.push(letter),
                            _ => return None,
                        }
                    }
                    self.groups += 1;
                    number = Some(self.groups);
                    self.names.push((name, self.groups));
                }
                _ => return None,
            }
        } else {
            self.groups += 1;
            number = Some(self.groups);
        }
        let inner = self.either()?;
        self.letters.next_if_eq(&')')?;
        Some(Node::Group(number, Box::new(inner)))
    }

    fn escape(&mut self) -> Option<Set> {
        let letter = self.letters.next()?;
        let (set, negative) = match letter {
            'd' | 'D' => (vec![(48, 57)], letter == 'D'),
            'w' | 'W' => (vec![(48, 57), (65, 90), (95, 95), (97, 122)], letter == 'W'),
            's' | 'S' => (vec![(9, 10), (12, 13), (32, 32)], letter == 'S'),
            'n' => return Some(one('\n')),
            't' => return Some(one('\t')),
            'r' => return Some(one('\r')),
            letter if letter.is_ascii_alphanumeric() => return None,
            letter => return Some(one(letter)),
        };
        self.of_letters = true;
        Some(if negative { negated(&set) } else { set })
    }

    fn class(&mut self) -> Option<Set> {
        let negative = self.letters.next_if_eq(&'^').is_some();
        let mut ranges = Set::new();
        let mut first = true;
        loop {
            let letter = self.letters.next()?;
            match letter {
                ']' if !first => break,
                // Nested sets and POSIX classes mean something else elsewhere.
                '[' => return None,
                _ => {}
            }
            first = false;
            let set = if letter == '\\' { self.escape()? } else { one(letter) };
            let [(from, to)] = set.as_slice() else {
                ranges.extend(set);
                continue;
            };
            let single = from == to;
            let mut ahead = self.letters.clone();
            if single && ahead.next() == Some('-') && ahead.peek().is_some_and(|next| *next != ']') {
                self.letters.next();
                let end = match self.letters.next()? {
                    '\\' => match self.escape()?.as_slice() {
                        [(from, to)] if from == to => *to,
                        _ => return None,
                    },
                    letter => u32::from(letter),
                };
                if end < *from {
                    return None;
                }
                ranges.push((*from, end));
            } else {
                ranges.push((*from, *to));
            }
        }
        let set = union(ranges);
        Some(if negative { negated(&set) } else { set })
    }
}

// Automata ---------------------------------------------------------------------------------------------------------------------

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
                        _ => None,
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
            _ => return None,
        },
        _ => return None,
    };
    if pattern.from_start || pattern.to_end {
        return None;
    }
    let within = classes.within(set);
    Some((classes, within, run))
}
