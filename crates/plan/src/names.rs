//! Names that any text becomes: plain words, distinct within a scope, spelled by each target in its own way.

use std::collections::HashSet;

/// A name as words of `a-z` and `0-9`; the first starts with a letter.
///
/// Nothing of the original text gets through but letters and digits, so a name can never carry code. A target joins the words in its
/// own style and marks its keywords itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ident {
    words: Vec<String>,
}

/// The longest name, in characters: long enough to be read, short enough for every compiler and file system.
const LENGTH: usize = 48;

impl Ident {
    /// The words of any text. Other characters than letters and digits part words, so does a change to upper case; a letter outside ASCII
    /// becomes its code point (`u65e5`). A text without words becomes `fallback`.
    pub fn new(text: &str, fallback: &str) -> Ident {
        let mut words: Vec<String> = Vec::new();
        let mut open = false;
        let mut after_lower = false;
        for c in text.chars() {
            if c.is_alphanumeric() {
                if !open || (c.is_ascii_uppercase() && after_lower) {
                    words.push(String::new());
                }
                let Some(word) = words.last_mut() else { continue };
                if c.is_ascii() {
                    word.push(c.to_ascii_lowercase());
                } else {
                    word.push_str(&format!("u{:x}", u32::from(c)));
                }
                open = true;
                after_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
            } else {
                open = false;
                after_lower = false;
            }
        }
        let mut length = 0;
        words.retain(|word| {
            length += word.len();
            length <= LENGTH
        });
        if words.is_empty() {
            words.push(fallback.into());
        }
        if words[0].starts_with(|c: char| c.is_ascii_digit()) {
            words.insert(0, "n".into());
        }
        Ident { words }
    }

    /// `debt_ratio`
    pub fn snake(&self) -> String {
        self.words.join("_")
    }

    /// `debtRatio`
    pub fn camel(&self) -> String {
        let pascal = self.pascal();
        pascal[..1].to_lowercase() + &pascal[1..]
    }

    /// `DebtRatio`
    pub fn pascal(&self) -> String {
        self.words.iter().map(|word| word[..1].to_uppercase() + &word[1..]).collect()
    }

    /// `debt-ratio`
    pub fn kebab(&self) -> String {
        self.words.join("-")
    }

    /// `DEBT_RATIO`
    pub fn shouting(&self) -> String {
        self.snake().to_uppercase()
    }

    /// What must differ between two names: all styles do where the letters alone do.
    fn letters(&self) -> String {
        self.words.concat()
    }
}

/// The names of one scope.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    taken: HashSet<String>,
}

impl Scope {
    /// A scope in which these names are taken.
    pub fn without(reserved: &[&str]) -> Scope {
        Scope { taken: reserved.iter().map(|name| name.replace('_', "")).collect() }
    }

    /// A name for a text that no other has in this scope: the text's words, with a number if they are taken.
    pub fn name(&mut self, text: &str, fallback: &str) -> Ident {
        let plain = Ident::new(text, fallback);
        let mut name = plain.clone();
        let mut number = 1;
        while !self.taken.insert(name.letters()) {
            number += 1;
            name = plain.clone();
            name.words.push(number.to_string());
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_become_words() {
        let mut scope = Scope::default();
        let mut snake = |text: &str| scope.name(text, "column").snake();
        assert_eq!(snake("debtRatio"), "debt_ratio");
        assert_eq!(snake("debt_ratio"), "debt_ratio_2");
        assert_eq!(snake("\"; System.exit(0); //"), "system_exit_0");
        assert_eq!(snake("日本"), "u65e5u672c");
        assert_eq!(snake(""), "column");
        assert_eq!(snake("\u{202e}"), "column_2");
        assert_eq!(snake("2nd"), "n_2nd");
        assert_eq!(snake("a_1"), "a_1");
        assert_eq!(snake("a1"), "a1_2");
    }
}
