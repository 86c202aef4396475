//! The words of the text form.

/// What a token is. Whether a word is a number is for the parser to say, which knows what it wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters, digits and `_ . + -`: `or_else`, `f64`, `-1.5e-7`, `NaN`.
    Word,
    /// A text with its quotes.
    Quoted,
    /// A text that the end of the file cuts off.
    Unclosed,
    /// One sign, or a run of `<` and `=`.
    Sign,
    End,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'t> {
    pub kind: Kind,
    pub text: &'t str,
    /// The byte where it starts.
    pub start: usize,
}

impl<'t> Token<'t> {
    /// The first token at or after a byte. White space only separates.
    pub fn at(text: &'t str, from: usize) -> Token<'t> {
        let rest = &text[from..];
        let rest = rest.trim_start();
        let start = text.len() - rest.len();
        let (kind, length) = match rest.chars().next() {
            None => (Kind::End, 0),
            Some('"') => match quoted_length(rest) {
                Some(length) => (Kind::Quoted, length),
                None => (Kind::Unclosed, rest.len()),
            },
            Some(c) if in_word(c) => (Kind::Word, run(rest, in_word)),
            Some(c) if in_comparison(c) => (Kind::Sign, run(rest, in_comparison)),
            Some(c) => (Kind::Sign, c.len_utf8()),
        };
        Token { kind, text: &rest[..length], start }
    }

    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

fn in_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '+' | '-')
}

fn in_comparison(c: char) -> bool {
    matches!(c, '<' | '=')
}

fn run(text: &str, inside: fn(char) -> bool) -> usize {
    text.find(|c| !inside(c)).unwrap_or(text.len())
}

/// The bytes of a text up to and with its closing quote.
fn quoted_length(text: &str) -> Option<usize> {
    let mut escaped = false;
    let closing = text.bytes().skip(1).position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    });
    closing.map(|at| at + 2)
}

/// What a quoted text says; nothing if an escape is none. The escapes are those that Rust's `{:?}` writes.
pub(super) fn unquote(quoted: &str) -> Option<String> {
    let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let mut after = rest[at + 1..].chars();
        let c = match after.next()? {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '0' => '\0',
            c @ ('"' | '\'' | '\\') => c,
            'u' => {
                let (code, tail) = after.as_str().strip_prefix('{')?.split_once('}')?;
                after = tail.chars();
                char::from_u32(u32::from_str_radix(code, 16).ok()?)?
            }
            _ => return None,
        };
        out.push(c);
        rest = after.as_str();
    }
    out.push_str(rest);
    Some(out)
}
