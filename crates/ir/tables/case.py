"""Writes ../src/unicode.rs: the case mappings of single code points as this Python has them (3.11: Unicode 14).

A run (first, count, step, delta) maps first, first + step, ... to themselves plus delta. Run: python3.11 case.py
"""
import pathlib
import sys
import unicodedata

assert unicodedata.unidata_version == "14.0.0", "run this with Python 3.11"


def runs(mapping):
    out, items = [], sorted(mapping.items())
    while items:
        first, delta = items[0][0], items[0][1] - items[0][0]
        best = []
        for step in (1, 2):
            run, at = [], first
            have = dict(items)
            while at in have and have[at] - at == delta:
                run.append(at)
                at += step
            if len(run) > len(best):
                best, best_step = run, step
        out.append((first, len(best), best_step, delta))
        gone = set(best)
        items = [item for item in items if item[0] not in gone]
    return out


def rust(name, doc, method):
    plain, special = {}, {}
    for code in range(sys.maxunicode + 1):
        if 0xD800 <= code < 0xE000:
            continue
        to = method(chr(code))
        if to == chr(code):
            continue
        if len(to) == 1:
            plain[code] = ord(to)
        else:
            special[code] = [ord(c) for c in to]
    rows = [f"({a:#x}, {n}, {s}, {d})" for a, n, s, d in runs(plain)]
    extra = [f"({c:#x}, &[{', '.join(hex(x) for x in to)}])" for c, to in sorted(special.items())]
    text = f"/// {doc}\n#[rustfmt::skip]\npub const {name}: CaseMap = CaseMap {{\n    runs: &[\n"
    for at in range(0, len(rows), 6):
        text += "        " + ", ".join(rows[at : at + 6]) + ",\n"
    text += "    ],\n    special: &[\n"
    for at in range(0, len(extra), 5):
        text += "        " + ", ".join(extra[at : at + 5]) + ",\n"
    return text + "    ],\n};\n"


HEAD = '''//! Case mappings of single code points, Unicode 14, as Python 3.11 has them. Written by `tables/case.py`; do not edit.
//!
//! Every target spells this one table, because Rust, Java and JavaScript each bring a Unicode version of their own.

/// How many runs may have started when a code point is reached; the script that writes this file has tried every code point.
pub const OVERLAP: usize = 4;

/// A mapping of code points. Whatever is in neither list maps to itself.
pub struct CaseMap {
    /// `(first, count, step, delta)`: `first`, `first + step`, ... map to themselves plus `delta`. Sorted by `first`.
    pub runs: &'static [(u32, u32, u32, i32)],
    /// Code points that become several. Sorted.
    pub special: &'static [(u32, &'static [u32])],
}

impl CaseMap {
    /// The text with every code point mapped.
    pub fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match self.special.binary_search_by_key(&(c as u32), |(code, _)| *code) {
                Ok(at) => out.extend(self.special[at].1.iter().filter_map(|code| char::from_u32(*code))),
                Err(_) => out.push(self.one(c)),
            }
        }
        out
    }

    /// Runs interleave, so the run of a code point is one of the last [`OVERLAP`] that start at or before it.
    fn one(&self, c: char) -> char {
        let code = c as u32;
        let after = self.runs.partition_point(|(first, ..)| *first <= code);
        let hit = self.runs[after.saturating_sub(OVERLAP)..after].iter().find(|(first, count, step, _)| {
            code >= *first && (code - first).is_multiple_of(*step) && (code - first) / step < *count
        });
        hit.and_then(|(.., delta)| char::from_u32(code.wrapping_add_signed(*delta))).unwrap_or(c)
    }
}

'''
path = pathlib.Path(__file__).parent / "../src/unicode.rs"
path.write_text(
    HEAD
    + rust("LOWER", "`str.lower` of one character; the rule for a final sigma needs the word and is not here.", str.lower)
    + "\n"
    + rust("UPPER", "`str.upper` of one character.", str.upper)
    + '''
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_map_as_in_python() {
        assert_eq!(LOWER.apply("ÄRGER İstanbul ΑΣ ǅ Ꙁ"), "ärger i\\u{307}stanbul ασ ǆ ꙁ");
        assert_eq!(UPPER.apply("straße ŉ ﬁ ǆ ꙁ"), "STRASSE ʼN FI Ǆ Ꙁ");
    }
}
'''
)
