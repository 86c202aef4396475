//! Documents of maps, lists and numbers, as models are written in JSON and in UBJSON, with the way to each value for messages.
//!
//! The JSON reader is our own for two reasons: the libraries write NaN and infinities, which are no JSON, and a number of a model in
//! float32 must be rounded once, from its decimals, and not through a double.

use crate::Fault;

/// A value of a document. A list that holds nothing but numbers is [`Value::Numbers`], and so is an empty one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    Numbers(Vec<f64>),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

/// The kind of number that the model's decimals stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precision {
    Single,
    Double,
}

/// Maps and lists within each other. Most models have six or so; the dump of LightGBM nests its trees.
pub(crate) const DEPTH: usize = 512;

impl Value {
    /// A list, in its compact form where it has one.
    pub(crate) fn list(items: Vec<Value>) -> Value {
        let numbers: Option<Vec<f64>> =
            items.iter().map(|item| if let Value::Number(number) = item { Some(*number) } else { None }).collect();
        numbers.map_or(Value::List(items), Value::Numbers)
    }

    pub(crate) fn entry(&self, name: &str) -> Option<&Value> {
        if let Value::Map(entries) = self { entries.iter().find(|(key, _)| key == name).map(|(_, value)| value) } else { None }
    }
}

/// A value and the way to it.
#[derive(Debug, Clone)]
pub(crate) struct At<'d> {
    pub(crate) value: &'d Value,
    pub(crate) path: String,
}

impl<'d> At<'d> {
    pub(crate) fn root(value: &'d Value) -> At<'d> {
        At { value, path: String::new() }
    }

    fn below(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}/{name}", self.path) }
    }

    pub(crate) fn get(&self, name: &str) -> Option<At<'d>> {
        self.value.entry(name).filter(|value| **value != Value::Null).map(|value| At { value, path: self.below(name) })
    }

    pub(crate) fn need(&self, name: &str) -> Result<At<'d>, Fault> {
        self.get(name).ok_or_else(|| self.malformed(format!("there is no `{name}`")))
    }

    pub(crate) fn malformed(&self, message: impl Into<String>) -> Fault {
        Fault::malformed(self.path.clone(), message)
    }

    pub(crate) fn text(&self) -> Result<&'d str, Fault> {
        if let Value::Text(text) = self.value { Ok(text) } else { Err(self.malformed("it must be a text")) }
    }

    pub(crate) fn number(&self) -> Result<f64, Fault> {
        match self.value {
            Value::Number(number) => Ok(*number),
            Value::Bool(truth) => Ok(f64::from(u8::from(*truth))),
            // XGBoost writes its parameters as texts.
            Value::Text(text) => text.trim().parse().map_err(|_| self.malformed(format!("`{text}` is no number"))),
            Value::Null | Value::Numbers(_) | Value::List(_) | Value::Map(_) => Err(self.malformed("it must be a number")),
        }
    }

    /// A number that counts or numbers things.
    pub(crate) fn count(&self) -> Result<usize, Fault> {
        index(self.number()?).ok_or_else(|| self.malformed("it must be a whole number that is not negative"))
    }

    pub(crate) fn numbers(&self) -> Result<&'d [f64], Fault> {
        if let Value::Numbers(numbers) = self.value { Ok(numbers) } else { Err(self.malformed("it must be a list of numbers")) }
    }

    pub(crate) fn items(&self) -> Result<Vec<At<'d>>, Fault> {
        match self.value {
            Value::List(items) => {
                let at = |(number, value): (usize, &'d Value)| At { value, path: self.below(&number.to_string()) };
                Ok(items.iter().enumerate().map(at).collect())
            }
            Value::Numbers(numbers) if numbers.is_empty() => Ok(vec![]),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Numbers(_) | Value::Map(_) => {
                Err(self.malformed("it must be a list"))
            }
        }
    }

    pub(crate) fn texts(&self) -> Result<Vec<&'d str>, Fault> {
        self.items()?.iter().map(At::text).collect()
    }
}

/// A number as a place in a list.
pub(crate) fn index(number: f64) -> Option<usize> {
    (number >= 0.0 && number < f64::from(u32::MAX) && number.fract() == 0.0).then_some(number as usize)
}

/// Reads a JSON document.
pub(crate) fn json(text: &str, precision: Precision) -> Result<Value, String> {
    let mut reader = Reader { text, at: 0, precision };
    let value = reader.value(0)?;
    reader.space();
    if reader.at == text.len() { Ok(value) } else { Err(reader.wrong("there is more behind the document")) }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    precision: Precision,
}

impl Reader<'_> {
    fn wrong(&self, what: &str) -> String {
        format!("it is no JSON: {what}, at byte {}", self.at)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Passes over a character if it is next.
    fn eat(&mut self, wanted: u8) -> bool {
        self.space();
        let there = self.peek() == Some(wanted);
        self.at += usize::from(there);
        there
    }

    fn value(&mut self, depth: usize) -> Result<Value, String> {
        if depth > DEPTH {
            return Err(self.wrong("it is too deep"));
        }
        self.space();
        match self.peek() {
            Some(b'{') => self.map(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.quoted().map(Value::Text),
            Some(_) => self.word(),
            None => Err(self.wrong("it ends too early")),
        }
    }

    fn map(&mut self, depth: usize) -> Result<Value, String> {
        self.at += 1;
        let mut entries = Vec::new();
        if self.eat(b'}') {
            return Ok(Value::Map(entries));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.wrong("a name must stand here"));
            }
            let name = self.quoted()?;
            if !self.eat(b':') {
                return Err(self.wrong("`:` must stand here"));
            }
            entries.push((name, self.value(depth + 1)?));
            if self.eat(b'}') {
                return Ok(Value::Map(entries));
            }
            if !self.eat(b',') {
                return Err(self.wrong("`,` or `}` must stand here"));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, String> {
        self.at += 1;
        // Long lists of numbers are kept as such from the start.
        let mut numbers = Vec::new();
        let mut items: Option<Vec<Value>> = None;
        if self.eat(b']') {
            return Ok(Value::Numbers(numbers));
        }
        loop {
            match (self.value(depth + 1)?, &mut items) {
                (Value::Number(number), None) => numbers.push(number),
                (value, None) => {
                    let before = std::mem::take(&mut numbers).into_iter().map(Value::Number);
                    items = Some(before.chain([value]).collect());
                }
                (value, Some(items)) => items.push(value),
            }
            if self.eat(b']') {
                return Ok(items.map_or(Value::Numbers(numbers), Value::List));
            }
            if !self.eat(b',') {
                return Err(self.wrong("`,` or `]` must stand here"));
            }
        }
    }

    fn word(&mut self) -> Result<Value, String> {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')).count();
        let word = &self.text[self.at..self.at + length];
        let value = match word {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "NaN" | "nan" | "-nan" => Value::Number(f64::NAN),
            "Infinity" | "inf" => Value::Number(f64::INFINITY),
            "-Infinity" | "-inf" => Value::Number(f64::NEG_INFINITY),
            _ if !word.bytes().any(|byte| byte.is_ascii_digit()) => return Err(self.wrong("a value must stand here")),
            _ => match self.precision {
                // Whole numbers are places in lists and counts, and some are greater than float32 can tell apart.
                Precision::Single if !word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => {
                    Value::Number(f64::from(word.parse::<f32>().map_err(|_| self.wrong("this is no number"))?))
                }
                Precision::Single | Precision::Double => Value::Number(word.parse().map_err(|_| self.wrong("this is no number"))?),
            },
        };
        self.at += length;
        Ok(value)
    }

    fn quoted(&mut self) -> Result<String, String> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = &self.text[self.at..];
            let Some(end) = rest.find(['"', '\\']) else { return Err(self.wrong("a text does not end")) };
            text.push_str(&rest[..end]);
            self.at += end + 1;
            if rest.as_bytes()[end] == b'"' {
                return Ok(text);
            }
            let escaped = self.peek();
            self.at += 1;
            text.push(match escaped {
                Some(b'n') => '\n',
                Some(b't') => '\t',
                Some(b'r') => '\r',
                Some(b'b') => '\u{8}',
                Some(b'f') => '\u{c}',
                Some(plain @ (b'"' | b'\\' | b'/')) => char::from(plain),
                Some(b'u') => self.code_point()?,
                Some(_) | None => return Err(self.wrong("this escape is unknown")),
            });
        }
    }

    fn code_point(&mut self) -> Result<char, String> {
        let first = self.four_digits()?;
        // Two surrogates are one character.
        if (0xd800..0xdc00).contains(&first) && self.text[self.at..].starts_with("\\u") {
            self.at += 2;
            let second = self.four_digits()?;
            let joined = 0x10000 + ((first - 0xd800) << 10) + (second.wrapping_sub(0xdc00) & 0x3ff);
            return char::from_u32(joined).ok_or_else(|| self.wrong("this is no character"));
        }
        char::from_u32(first).ok_or_else(|| self.wrong("this is no character"))
    }

    fn four_digits(&mut self) -> Result<u32, String> {
        let digits = self.text.get(self.at..self.at + 4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        self.at += 4;
        number.ok_or_else(|| self.wrong("four hexadecimal digits must stand here"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_comes_back_as_it_was_written() {
        let text = r#"{"a": [1, 2.5, NaN], "b": [1, "x", -Infinity], "c": [], "d": "\u00e9\ud83d\ude00\n", "e": null}"#;
        let Ok(Value::Map(entries)) = json(text, Precision::Double) else { unreachable!("it is sound") };
        assert!(matches!(&entries[0].1, Value::Numbers(numbers) if numbers[..2] == [1.0, 2.5] && numbers[2].is_nan()));
        assert!(matches!(&entries[1].1, Value::List(items) if items[1] == Value::Text("x".into())));
        assert_eq!(entries[2].1, Value::Numbers(vec![]));
        assert_eq!(entries[3].1, Value::Text("é😀\n".into()));
    }

    #[test]
    fn a_number_in_single_precision_is_rounded_once() {
        // Just above the middle of two floats, and nearer to it than a double can tell.
        let text = "1.00000005960464477539062500000000001";
        assert_eq!(json(text, Precision::Single), Ok(Value::Number(f64::from(1.0_f32.next_up()))));
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for text in ["", "{", "[1,", "{\"a\"}", "[1 2]", "\"a", "\"\\x\"", "tru", "1 2", "\"\\u12\"", "{1: 2}", "--"] {
            assert!(json(text, Precision::Double).is_err(), "{text}");
        }
        assert!(json(&"[".repeat(100_000), Precision::Double).is_err());
    }
}
