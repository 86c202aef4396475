"""Writes ../src/unicode.rs: the case mappings of single code points as this Python (3.11: Unicode 14) and this pyarrow (26: utf8proc,
Unicode 17) have them.

A run (first, count, step, delta) maps first, first + step, ... to themselves plus delta. Run: python3.11 case.py
"""
import bisect
import pathlib
import sys
import unicodedata

import pyarrow
import pyarrow.compute

assert unicodedata.unidata_version == "14.0.0", "run this with Python 3.11"
assert pyarrow.__version__.startswith("26."), "run this with pyarrow 26"
OVERLAP = 4


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


def by_arrow(kernel):
    return lambda texts: kernel(pyarrow.array(texts, pyarrow.string())).to_pylist()


def each(method):
    return lambda texts: [method(text) for text in texts]


def mapped(code, table):
    """What readers of the table do."""
    after = bisect.bisect_right(table, code, key=lambda run: run[0])
    for first, count, step, delta in table[max(after - OVERLAP, 0) : after]:
        if (code - first) % step == 0 and (code - first) // step < count:
            return code + delta
    return code


def rust(name, doc, rule, mapping):
    plain, special = {}, {}
    points = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    for point, to in zip(points, mapping(points)):
        code = ord(point)
        if to == point:
            continue
        if len(to) == 1:
            plain[code] = ord(to)
        else:
            special[code] = [ord(c) for c in to]
    table = runs(plain)
    assert all(mapped(ord(point), table) == plain.get(ord(point), ord(point)) for point in points if ord(point) not in special)
    rows = [f"({a:#x}, {n}, {s}, {d})" for a, n, s, d in table]
    extra = [f"({c:#x}, &[{', '.join(hex(x) for x in to)}])" for c, to in sorted(special.items())]
    text = f"/// {doc}\n#[rustfmt::skip]\npub const {name}: CaseMap = CaseMap {{\n    rule: \"{rule}\",\n    runs: &[\n"
    for at in range(0, len(rows), 6):
        text += "        " + ", ".join(rows[at : at + 6]) + ",\n"
    if not extra:
        return text + "    ],\n    special: &[],\n};\n"
    text += "    ],\n    special: &[\n"
    for at in range(0, len(extra), 5):
        text += "        " + ", ".join(extra[at : at + 5]) + ",\n"
    return text + "    ],\n};\n"


HEAD = '''//! Case mappings of single code points: of Python 3.11 (Unicode 14, one to several), and of pyarrow 26 (utf8proc, Unicode 17, one to
//! one). Written by `tables/case.py`; do not edit.
//!
//! Every target spells these tables, because Rust, Java and JavaScript each bring a Unicode version of their own.

/// How many runs may have started when a code point is reached; the script that writes this file has tried every code point.
pub const OVERLAP: usize = {OVERLAP};

/// A mapping of code points. Whatever is in neither list maps to itself.
pub struct CaseMap {
    /// Whose mapping it is, as a comment in generated code says it.
    pub rule: &'static str,
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
        let hit = self.runs[after.saturating_sub(OVERLAP)..after]
            .iter()
            .find(|(first, count, step, _)| code >= *first && (code - first).is_multiple_of(*step) && (code - first) / step < *count);
        hit.and_then(|(.., delta)| char::from_u32(code.wrapping_add_signed(*delta))).unwrap_or(c)
    }
}

'''
FULL = "the full mappings of Unicode 14, as Python 3.11 has them"
EACH = "one code point to one, as utf8proc and so pyarrow map them (Unicode 17)"
path = pathlib.Path(__file__).parent / "../src/unicode.rs"
path.write_text(
    HEAD.replace("{OVERLAP}", str(OVERLAP))
    + rust("LOWER", "`str.lower` of one character; the rule for a final sigma needs the word and is not here.", FULL, each(str.lower))
    + "\n"
    + rust("UPPER", "`str.upper` of one character.", FULL, each(str.upper))
    + "\n"
    + rust("LOWER_EACH", "`utf8_lower` of pyarrow. No final sigma, and `İ` gives `i`.", EACH, by_arrow(pyarrow.compute.utf8_lower))
    + "\n"
    + rust("UPPER_EACH", "`utf8_upper` of pyarrow. `ß` gives `ẞ`; `ŉ` stays.", EACH, by_arrow(pyarrow.compute.utf8_upper))
    + '''
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_map_as_in_python() {
        assert_eq!(LOWER.apply("ÄRGER İstanbul ΑΣ ǅ Ꙁ"), "ärger i\\u{307}stanbul ασ ǆ ꙁ");
        assert_eq!(UPPER.apply("straße ŉ ﬁ ǆ ꙁ"), "STRASSE ʼN FI Ǆ Ꙁ");
    }

    #[test]
    fn code_points_map_as_in_pyarrow() {
        assert_eq!(LOWER_EACH.apply("ÄRGER İstanbul ΑΣ ẞ ᾈ \\u{10d50}"), "ärger istanbul ασ ß ᾀ \\u{10d70}");
        assert_eq!(UPPER_EACH.apply("straße ŉ ﬁ ǆ ᾀ \\u{10d70}"), "STRAẞE ŉ ﬁ Ǆ ᾈ \\u{10d50}");
    }
}
'''
)
