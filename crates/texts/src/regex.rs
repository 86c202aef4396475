//! A checked part of Python's `re` and of RE2, read.
//!
//! Literals, classes, `.`, groups, alternatives, greedy and lazy quantifiers, `^`, `$`, `\A`, `\Z` (RE2: `\z`), `\b` and `\B` (Python only),
//! and the flags `i`, `m` and `s`. Everything else (look-around, references back) is none. What a pattern finds is in `automata`.

/// Code points, as sorted ranges that do not touch.
pub type Set = Vec<(u32, u32)>;

pub const LAST: u32 = 0x10_ffff;
/// Copies that a counted repetition makes at most.
const MOST_REPEATED: u32 = 64;
/// Groups in groups; whoever reads a pattern calls itself for each.
const MOST_NESTED: usize = 100;

#[derive(Clone, Debug)]
pub enum Node {
    Empty,
    Chars(Set),
    Assert(Assert),
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

/// What holds at a place between two code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assert {
    /// `^` and `\A`
    Start,
    /// `^` of many lines.
    LineStart,
    /// `$`: the end, or before a line end that is the last code point.
    End,
    /// `$` of many lines.
    LineEnd,
    /// `\Z`
    TextEnd,
    /// `\b`
    Boundary,
    /// `\B`
    NoBoundary,
}

/// The flags of a pattern that change what it finds, as Python numbers them.
pub const IGNORE_CASE: i64 = 2;
pub const MANY_LINES: i64 = 8;
pub const DOT_ALL: i64 = 16;
/// Every pattern of text has this one.
const UNICODE: i64 = 32;

/// Whose patterns they are. To RE2 classes are of ASCII, `$` is the end of the text only, and the flag `i` knows two letters beyond ASCII.
///
/// Source: <https://github.com/google/re2/wiki/Syntax>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Python,
    Re2,
}

/// A pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub node: Node,
    pub groups: usize,
    pub group_names: Vec<(String, usize)>,
    /// It has a class (`\d`, `\w`, `\s`) or a boundary of words, about whose members beyond ASCII libraries differ.
    pub of_letters: bool,
    /// It has a `$` whose end libraries see differently.
    pub of_end: bool,
    pub ignores_case: bool,
    /// What a boundary of words takes for a letter.
    pub word: Set,
}

impl Pattern {
    pub fn can_be_empty(&self) -> bool {
        can_be_empty(&self.node)
    }

    /// The pattern of a whole text.
    pub fn whole(self) -> Pattern {
        Pattern { node: Node::Concat(vec![self.node, Node::Assert(Assert::TextEnd)]), ..self }
    }
}

struct Parser<'p> {
    letters: std::iter::Peekable<std::str::Chars<'p>>,
    groups: usize,
    names: Vec<(String, usize)>,
    flags: i64,
    dialect: Dialect,
    /// The groups around the place that is read.
    depth: usize,
    of_letters: bool,
    of_end: bool,
}

/// A pattern of Python; none for what is not taken.
pub fn parse(text: &str, flags: i64) -> Option<Pattern> {
    parse_as(Dialect::Python, text, flags)
}

/// None for what is not taken.
pub fn parse_as(dialect: Dialect, text: &str, flags: i64) -> Option<Pattern> {
    let (mut text, mut flags) = (text, flags & !UNICODE);
    if let Some((inline, rest)) = text.strip_prefix("(?").and_then(|rest| rest.split_once(')'))
        && !inline.is_empty()
        && inline.chars().all(|letter| "ims".contains(letter))
    {
        text = rest;
        flags |= inline.chars().fold(0, |all, letter| {
            all | match letter {
                'i' => IGNORE_CASE,
                'm' => MANY_LINES,
                _ => DOT_ALL,
            }
        });
    }
    if flags & !(IGNORE_CASE | MANY_LINES | DOT_ALL) != 0 {
        return None;
    }
    let ignores_case = flags & IGNORE_CASE != 0;
    // The case of other letters is not looked at.
    let has_case = |letter: char| !letter.is_ascii() && (letter.is_alphabetic() || letter.to_lowercase().ne([letter]));
    if ignores_case && text.chars().any(has_case) {
        return None;
    }
    let letters = text.chars().peekable();
    let mut parser = Parser { letters, groups: 0, names: Vec::new(), flags, dialect, depth: 0, of_letters: false, of_end: false };
    let node = parser.either()?;
    if parser.letters.peek().is_some() {
        return None;
    }
    let Parser { groups, names, of_letters, of_end, .. } = parser;
    Some(Pattern { node, groups, group_names: names, of_letters, of_end, ignores_case, word: word_of(dialect) })
}

fn can_be_empty(node: &Node) -> bool {
    match node {
        Node::Empty | Node::Assert(_) => true,
        Node::Chars(_) => false,
        Node::Concat(parts) => parts.iter().all(can_be_empty),
        Node::Either(parts) => parts.iter().any(can_be_empty),
        Node::Group(_, inner) => can_be_empty(inner),
        Node::Repeat { inner, least, .. } => *least == 0 || can_be_empty(inner),
    }
}

/// The code points that are letters, digits or the underscore to Python, as far as that is known here.
pub fn word() -> Set {
    let codes = (0..PYTHON_LETTERS).filter(|code| char::from_u32(*code).is_some_and(|letter| letter.is_alphanumeric() || letter == '_'));
    union(codes.map(|code| (code, code)).chain(KNOWN_WORD.iter().copied()).collect())
}

fn word_of(dialect: Dialect) -> Set {
    match dialect {
        Dialect::Python => word(),
        Dialect::Re2 => vec![(48, 57), (65, 90), (95, 95), (97, 122)],
    }
}

/// Letters beyond [`PYTHON_LETTERS`] that every Python of this time has in `\w`: Greek, Cyrillic, Armenian, Hebrew, Arabic, Latin for
/// Vietnamese, kana, Chinese characters and Korean syllables. None is a digit.
const KNOWN_WORD: &[(u32, u32)] = &[
    (0x250, 0x2ad),
    (0x386, 0x386),
    (0x388, 0x38a),
    (0x38e, 0x3a1),
    (0x3a3, 0x3ce),
    (0x400, 0x481),
    (0x48a, 0x52f),
    (0x531, 0x556),
    (0x5d0, 0x5ea),
    (0x621, 0x63a),
    (0x641, 0x64a),
    (0x1e00, 0x1e9b),
    (0x1ea0, 0x1ef9),
    (0x3041, 0x3096),
    (0x30a1, 0x30fa),
    (0x4e00, 0x9fa5),
    (0xac00, 0xd7a3),
];
/// Code points there that are not, in blocks that letters will not be added to: accents by themselves, quotes and dashes, currencies, arrows
/// and signs, emoji.
const KNOWN_OTHER: &[(u32, u32)] = &[
    (0x300, 0x36f),
    (0x482, 0x489),
    (0x2000, 0x206f),
    (0x20a0, 0x20cf),
    (0x2190, 0x23ff),
    (0x2500, 0x2775),
    (0x2794, 0x2bff),
    (0x3000, 0x3004),
    (0x3008, 0x3020),
    (0xfe00, 0xfe0f),
    (0xff01, 0xff0f),
    (0x1f300, 0x1faff),
];
/// `\s`, and what `str.isspace` and `str.split` take as white space.
pub const WHITE: &[(u32, u32)] = &[
    (9, 13),
    (28, 32),
    (0x85, 0x85),
    (0xa0, 0xa0),
    (0x1680, 0x1680),
    (0x2000, 0x200a),
    (0x2028, 0x2029),
    (0x202f, 0x202f),
    (0x205f, 0x205f),
    (0x3000, 0x3000),
];

/// `\s` of RE2.
const RE2_WHITE: &[(u32, u32)] = &[(9, 10), (12, 13), (32, 32)];

/// Classes by name, as in `[[:alpha:]]`.
const POSIX: &[(&str, &[(u32, u32)])] = &[
    ("alnum", &[(48, 57), (65, 90), (97, 122)]),
    ("alpha", &[(65, 90), (97, 122)]),
    ("blank", &[(9, 9), (32, 32)]),
    ("digit", &[(48, 57)]),
    ("lower", &[(97, 122)]),
    ("punct", &[(33, 47), (58, 64), (91, 96), (123, 126)]),
    ("space", &[(9, 13), (32, 32)]),
    ("upper", &[(65, 90)]),
    ("word", &[(48, 57), (65, 90), (95, 95), (97, 122)]),
    ("xdigit", &[(48, 57), (65, 70), (97, 102)]),
];

/// The code points whose class is not known here.
pub fn unclear() -> Set {
    negated(&union([&[(0, PYTHON_LETTERS - 1), (0x1680, 0x1680)], KNOWN_WORD, KNOWN_OTHER].concat()))
}

/// The code points beyond [`PYTHON_LETTERS`] that may be letters, digits or white space, as far as is known here.
pub fn may_be_letters() -> Set {
    let signs = negated(&union([negated(&union(KNOWN_OTHER.to_vec())).as_slice(), WHITE].concat()));
    negated(&union([&[(0, PYTHON_LETTERS - 1)], signs.as_slice()].concat()))
}

/// Up to here Python's classes of letters are those of Rust, and have been since Unicode 5.
pub const PYTHON_LETTERS: u32 = 0x250;

/// The ASCII letters of a set in both cases.
fn in_both_cases(set: Set) -> Set {
    let mut out = set.clone();
    for (from, to) in set {
        for (first, other) in [(65, 97), (97, 65)] {
            let (low, high) = (from.max(first), to.min(first + 25));
            if low <= high {
                out.push((low - first + other, high - first + other));
            }
        }
    }
    union(out)
}

pub fn negated(set: &Set) -> Set {
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

pub fn union(mut ranges: Set) -> Set {
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
            // To RE2 this is no repetition.
            Some(("", _)) if self.dialect == Dialect::Re2 => return None,
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
        let many_lines = self.flags & MANY_LINES != 0;
        Some(match self.letters.next()? {
            '.' if self.flags & DOT_ALL != 0 => Node::Chars(vec![(0, LAST)]),
            '.' => Node::Chars(negated(&one('\n'))),
            '[' => Node::Chars(self.class()?),
            '(' => self.group()?,
            '^' => Node::Assert(if many_lines { Assert::LineStart } else { Assert::Start }),
            '$' => {
                self.of_end = true;
                Node::Assert(match self.dialect {
                    _ if many_lines => Assert::LineEnd,
                    Dialect::Python => Assert::End,
                    Dialect::Re2 => Assert::TextEnd,
                })
            }
            '\\' => match self.letters.peek() {
                Some('A' | 'Z' | 'z' | 'b' | 'B') => self.place()?,
                _ => {
                    let set = self.escape()?;
                    Node::Chars(self.cased(set))
                }
            },
            '*' | '+' | '?' | '{' | '}' | ']' => return None,
            letter => Node::Chars(self.cased(one(letter))),
        })
    }

    fn place(&mut self) -> Option<Node> {
        Some(Node::Assert(match (self.letters.next()?, self.dialect) {
            ('A', _) => Assert::Start,
            ('Z', Dialect::Python) | ('z', Dialect::Re2) => Assert::TextEnd,
            ('b', Dialect::Re2) => Assert::Boundary,
            // Of the empty text the two say different things.
            ('z', Dialect::Python) | ('Z' | 'B', Dialect::Re2) => return None,
            (letter, _) => {
                self.of_letters = true;
                if letter == 'b' { Assert::Boundary } else { Assert::NoBoundary }
            }
        }))
    }

    fn cased(&self, set: Set) -> Set {
        if self.flags & IGNORE_CASE == 0 {
            return set;
        }
        let mut set = in_both_cases(set);
        if self.dialect == Dialect::Re2 {
            let has = |letter: u32| set.iter().any(|(from, to)| (*from..=*to).contains(&letter));
            // The sign of Kelvin, and the long s.
            let far: Set = [(75, 0x212a), (83, 0x17f)].iter().filter(|(near, _)| has(*near)).map(|(_, far)| (*far, *far)).collect();
            set = union([set, far].concat());
        }
        set
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
        self.depth += 1;
        if self.depth > MOST_NESTED {
            return None;
        }
        let inner = self.either()?;
        self.depth -= 1;
        self.letters.next_if_eq(&')')?;
        Some(Node::Group(number, Box::new(inner)))
    }

    fn escape(&mut self) -> Option<Set> {
        let letter = self.letters.next()?;
        let (set, negative) = match letter {
            'd' | 'D' => (vec![(48, 57)], letter == 'D'),
            'w' | 'W' => (word_of(self.dialect), letter == 'W'),
            's' | 'S' => (if self.dialect == Dialect::Re2 { RE2_WHITE.to_vec() } else { WHITE.to_vec() }, letter == 'S'),
            'n' => return Some(one('\n')),
            't' => return Some(one('\t')),
            'r' => return Some(one('\r')),
            letter if letter.is_ascii_alphanumeric() => return None,
            letter => return Some(one(letter)),
        };
        self.of_letters |= self.dialect == Dialect::Python;
        Some(if negative { negated(&set) } else { set })
    }

    /// A class by its name, behind its `[`.
    fn posix(&mut self) -> Option<Set> {
        self.letters.next_if_eq(&':')?;
        let mut name = String::new();
        while let Some(letter) = self.letters.next_if(|letter| *letter != ':') {
            name.push(letter);
        }
        self.letters.next()?;
        self.letters.next_if_eq(&']')?;
        POSIX.iter().find(|(own, _)| *own == name).map(|(_, set)| set.to_vec())
    }

    fn class(&mut self) -> Option<Set> {
        let negative = self.letters.next_if_eq(&'^').is_some();
        let mut ranges = Set::new();
        let mut first = true;
        loop {
            let letter = self.letters.next()?;
            match letter {
                ']' if !first => break,
                '[' if self.dialect == Dialect::Re2 => {
                    ranges.extend(self.posix()?);
                    first = false;
                    continue;
                }
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
        let set = self.cased(union(ranges));
        Some(if negative { negated(&set) } else { set })
    }
}
