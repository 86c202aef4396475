//! A checked part of Python's `re`, read.
//!
//! Literals, classes, `.`, groups, alternatives, greedy and lazy quantifiers, `^` at the start and `$` at the end. Everything else
//! (look-around, references back, word boundaries, flags) is none. What a pattern finds is in `automata`.

/// Code points, as sorted ranges that do not touch.
pub(crate) type Set = Vec<(u32, u32)>;

pub(crate) const LAST: u32 = 0x10_ffff;
/// Copies that a counted repetition makes at most.
const MOST_REPEATED: u32 = 64;

#[derive(Clone, Debug)]
pub(crate) enum Node {
    Empty,
    Chars(Set),
    Concat(Vec<Node>),
    Either(Vec<Node>),
    /// Group number, inner.
    Group(Option<usize>, Box<Node>),
    Repeat {
        inner: Box<Node>,
        least: u32,
        most: Option<u32>,
        greedy: bool,
    },
}

/// A pattern.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pub node: Node,
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
