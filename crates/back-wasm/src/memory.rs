//! What lies in linear memory before the first row comes: constants, tables and room for arrays.

use std::collections::HashMap;

/// A piece of text as the generated code carries it: the address in the low half of an `i64`, the length in bytes in the high half.
pub(crate) type Text = i64;

/// Memory from address 0 on. The first bytes are left empty, so that no address is 0.
pub(crate) struct Memory {
    bytes: Vec<u8>,
    texts: HashMap<String, Text>,
}

/// Everything starts at a multiple of this, enough for each kind of element.
const ALIGNMENT: usize = 8;

/// A run of this many zeros is left out of the module: memory is zero from the start. A segment of its own costs less than 16 bytes.
const GAP: usize = 16;

impl Memory {
    pub(crate) fn new() -> Memory {
        Memory { bytes: vec![0; 16], texts: HashMap::new() }
    }

    /// Puts bytes down; gives their address.
    pub(crate) fn put(&mut self, bytes: &[u8]) -> u32 {
        let address = self.room(0);
        self.bytes.extend_from_slice(bytes);
        address
    }

    /// Zeros, for what is written while rows are scored.
    pub(crate) fn room(&mut self, length: usize) -> u32 {
        self.bytes.resize(self.bytes.len().next_multiple_of(ALIGNMENT), 0);
        let address = self.bytes.len() as u32;
        self.bytes.resize(self.bytes.len() + length, 0);
        address
    }

    /// A constant; the same text is put down once.
    pub(crate) fn text(&mut self, text: &str) -> Text {
        if let Some(there) = self.texts.get(text) {
            return *there;
        }
        let address = self.bytes.len() as u32;
        self.bytes.extend_from_slice(text.as_bytes());
        let packed = i64::from(address) | (text.len() as i64) << 32;
        self.texts.insert(text.into(), packed);
        packed
    }

    /// The first address that is free.
    pub(crate) fn end(&self) -> u32 {
        self.bytes.len().next_multiple_of(ALIGNMENT) as u32
    }

    /// What is not zero: `(address, bytes)`.
    pub(crate) fn segments(&self) -> Vec<(u32, &[u8])> {
        let mut segments = Vec::new();
        let mut at = 0;
        while let Some(start) = self.bytes[at..].iter().position(|byte| *byte != 0).map(|skip| at + skip) {
            let mut end = start;
            let mut zeros = 0;
            for (index, byte) in self.bytes.iter().enumerate().skip(start) {
                zeros = if *byte == 0 { zeros + 1 } else { 0 };
                if *byte != 0 {
                    end = index + 1;
                }
                if zeros == GAP {
                    break;
                }
            }
            segments.push((start as u32, &self.bytes[start..end]));
            at = end;
        }
        segments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_runs_of_zeros_are_left_out() {
        let mut memory = Memory::new();
        let first = memory.put(&[1, 0, 2]);
        let room = memory.room(100);
        let last = memory.put(&[3]);
        assert_eq!(memory.segments(), [(first, &[1, 0, 2][..]), (last, &[3][..])]);
        assert!(room > first && last >= room + 100);
    }
}
