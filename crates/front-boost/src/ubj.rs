//! UBJSON as XGBoost writes it (its own draft 12 subset, big-endian), read into a [`Value`].

use crate::document::{DEPTH, Value};

/// Reads a document. No list is made longer than the bytes that are left can fill.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, String> {
    let mut reader = Reader { bytes, at: 0 };
    let marker = reader.byte()?;
    reader.value(marker, 0)
}

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl<'t> Reader<'t> {
    fn wrong(&self, what: &str) -> String {
        format!("it is no UBJSON: {what}, at byte {}", self.at)
    }

    fn take(&mut self, count: usize) -> Result<&'t [u8], String> {
        let taken = self.at.checked_add(count).and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or_else(|| self.wrong("it ends too early"))?;
        self.at += count;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, String> {
        Ok(self.take(1)?[0])
    }

    fn eat(&mut self, wanted: u8) -> bool {
        let there = self.bytes.get(self.at) == Some(&wanted);
        self.at += usize::from(there);
        there
    }

    fn big_endian<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    /// A number by its marker; none for a marker of another kind.
    fn number(&mut self, marker: u8) -> Result<Option<f64>, String> {
        Ok(Some(match marker {
            b'i' => f64::from(i8::from_be_bytes(self.big_endian()?)),
            b'U' => f64::from(self.byte()?),
            b'I' => f64::from(i16::from_be_bytes(self.big_endian()?)),
            b'l' => f64::from(i32::from_be_bytes(self.big_endian()?)),
            b'L' => i64::from_be_bytes(self.big_endian()?) as f64,
            b'd' => f64::from(f32::from_be_bytes(self.big_endian()?)),
            b'D' => f64::from_be_bytes(self.big_endian()?),
            _ => return Ok(None),
        }))
    }

    fn length(&mut self) -> Result<usize, String> {
        let marker = self.byte()?;
        let number = if matches!(marker, b'd' | b'D') { None } else { self.number(marker)? };
        let length = number.and_then(crate::document::index);
        length.filter(|length| *length <= self.bytes.len() - self.at).ok_or_else(|| self.wrong("this length cannot be"))
    }

    fn text(&mut self) -> Result<String, String> {
        let length = self.length()?;
        let bytes = self.take(length)?;
        String::from_utf8(bytes.to_vec()).map_err(|_| self.wrong("a text is not UTF-8"))
    }

    fn value(&mut self, marker: u8, depth: usize) -> Result<Value, String> {
        if depth > DEPTH {
            return Err(self.wrong("it is too deep"));
        }
        Ok(match marker {
            b'Z' => Value::Null,
            b'T' => Value::Bool(true),
            b'F' => Value::Bool(false),
            b'S' => Value::Text(self.text()?),
            b'C' => Value::Text(char::from(self.byte()?).to_string()),
            b'[' => self.list(depth)?,
            b'{' => self.map(depth)?,
            _ => Value::Number(self.number(marker)?.ok_or_else(|| self.wrong("this marker is unknown"))?),
        })
    }

    fn list(&mut self, depth: usize) -> Result<Value, String> {
        let of_kind = if self.eat(b'$') { Some(self.byte()?) } else { None };
        let length = if self.eat(b'#') { Some(self.length()?) } else { None };
        match (of_kind, length) {
            // Elements of other kinds have no bytes of their own, or are no numbers.
            (Some(kind @ (b'i' | b'U' | b'I' | b'l' | b'L' | b'd' | b'D')), Some(length)) => {
                let mut numbers = Vec::with_capacity(length);
                for _ in 0..length {
                    numbers.extend(self.number(kind)?);
                }
                Ok(Value::Numbers(numbers))
            }
            (Some(_), _) => Err(self.wrong("lists of this kind are unknown")),
            (None, _) => {
                let mut items = Vec::new();
                loop {
                    if length == Some(items.len()) || length.is_none() && self.eat(b']') {
                        return Ok(Value::list(items));
                    }
                    let marker = self.byte()?;
                    items.push(self.value(marker, depth + 1)?);
                }
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Value, String> {
        let length = if self.eat(b'#') { Some(self.length()?) } else { None };
        let mut entries = Vec::new();
        loop {
            if length == Some(entries.len()) || length.is_none() && self.eat(b'}') {
                return Ok(Value::Map(entries));
            }
            let name = self.text()?;
            let marker = self.byte()?;
            entries.push((name, self.value(marker, depth + 1)?));
        }
    }
}
