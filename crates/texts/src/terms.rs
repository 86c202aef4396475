//! Terms of a vocabulary, read out of a text: it becomes a text of one code point for each term that stands in it.

use std::collections::{BTreeMap, BTreeSet};

use crate::automata::Classes;
use crate::regex::{Assert, Node, Pattern, Set, union};
use crate::scan::{self, Runs};
use ir::Module;

/// More terms than this would make the scorer long.
pub const MOST_TERMS: usize = 5000;

/// The runs that a pattern of tokens finds; each is a token. None for a pattern that finds something else.
pub fn runs(pattern: &Pattern) -> Option<Runs> {
    let mut parts = match &pattern.node {
        Node::Concat(parts) => parts.as_slice(),
        one @ (Node::Chars(_) | Node::Repeat { .. }) => std::slice::from_ref(one),
        Node::Empty | Node::Assert(_) | Node::Either(_) | Node::Group(..) => return None,
    };
    let bound = |part: Option<&Node>| matches!(part, Some(Node::Assert(Assert::Boundary)));
    let bounds = (bound(parts.first()), bound(parts.last()));
    let whole = match bounds {
        (true, true) => true,
        (false, false) => false,
        (true, false) | (false, true) => return None,
    };
    if whole {
        parts = parts.get(1..parts.len() - 1)?;
    }
    let (mut set, mut least, mut open) = (None, 0, false);
    for part in parts {
        let (inner, times, most) = match part {
            Node::Chars(_) => (part, 1, Some(1)),
            Node::Repeat { inner, least, most, greedy: true } => (&**inner, *least, *most),
            Node::Empty | Node::Assert(_) | Node::Concat(_) | Node::Either(_) | Node::Group(..) | Node::Repeat { .. } => return None,
        };
        let Node::Chars(chars) = inner else { return None };
        if set.get_or_insert(chars) != &chars || most.is_some_and(|most| most != times) {
            return None;
        }
        least += i64::from(times);
        open |= most.is_none();
    }
    let inner = set.filter(|_| open && least > 0)?.clone();
    // Between two boundaries a token of letters is a whole word; one of other signs may be part of a longer run.
    let is_part = union([inner.as_slice(), &pattern.word].concat()) == pattern.word;
    let run = if whole { Some(pattern.word.clone()).filter(|_| is_part)? } else { inner.clone() };
    Some(Runs { run, inner, least })
}

/// The code point that stands for a term or token: one of those for private use.
pub fn code(number: usize) -> Option<String> {
    let number = u32::try_from(number).ok()?;
    let code = if number < 0x1800 { 0xe000 + number } else { 0xf_0000 + (number - 0x1800) };
    char::from_u32(code).map(String::from)
}

/// What stands for a token that is in no term; the codes of tokens end before.
const OTHER: &str = "\u{f8ff}";

/// A term and the number whose code stands for it; no term is given twice.
pub struct Term {
    pub tokens: Vec<String>,
    pub number: usize,
}

/// Functions of a text: done one after the other they leave the codes of the terms in it. `left_out`: tokens that are passed over.
pub fn of_tokens(runs: &Runs, terms: &[Term], left_out: &BTreeSet<String>) -> Option<Vec<Module>> {
    let coded = |token: &String, number: usize| Some((token.clone(), if left_out.contains(token) { String::new() } else { code(number)? }));
    if terms.iter().all(|term| term.tokens.len() == 1) {
        let codes = terms.iter().map(|term| coded(term.tokens.first()?, term.number)).collect::<Option<Vec<_>>>()?;
        return Some(vec![scan::tokens(runs, &codes, "")?]);
    }
    let tokens: BTreeSet<&String> = terms.iter().flat_map(|term| &term.tokens).collect();
    let listed = tokens.into_iter().enumerate().map(|(number, token)| coded(token, number)).collect::<Option<BTreeMap<_, _>>>()?;
    let mut codes = listed.clone();
    codes.extend(left_out.iter().map(|token| (token.clone(), String::new())));
    let codes: Vec<(String, String)> = codes.into_iter().collect();
    let part = |term: &Term| -> Option<(String, usize)> {
        let codes: Vec<&str> = term.tokens.iter().filter_map(|token| listed.get(token)).map(String::as_str).collect();
        (!codes.contains(&"")).then(|| (codes.concat(), term.number))
    };
    Some(vec![scan::tokens(runs, &codes, OTHER)?, of_parts(terms.iter().filter_map(part))?])
}

/// A function of a text to the codes of those parts of it that are given, each with its number.
pub fn of_parts(parts: impl IntoIterator<Item = (String, usize)>) -> Option<Module> {
    let mut tables: BTreeMap<i64, Vec<(String, String)>> = BTreeMap::new();
    for (part, number) in parts {
        tables.entry(part.chars().count() as i64).or_default().push((part, code(number)?));
    }
    scan::parts(&tables.into_iter().collect::<Vec<_>>())
}

/// A function of a text to its code points that are in a set.
pub fn letters(set: &Set) -> Option<Module> {
    let (classes, within) = Classes::and_within(set);
    scan::kept(&classes, &within)
}
