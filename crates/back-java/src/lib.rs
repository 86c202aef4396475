//! `Plan -> a Maven project`: one public class, no dependencies, Java 17, Javadoc, JUnit golden tests.
//!
//! This back end spells what the plan decided. [`expr`] prints expressions, [`stmt`] statements, [`record`] the records and `wide` what is
//! too wide for one, [`table`] what training left behind, [`package`] the files around them, [`harness`](mod@harness) the program that runs
//! many scorers in one JVM.
//!
//! Java's limits shape the layout: kernels, tables and support are classes of their own, long tables are resources (a class holds 65,535
//! constants and a method 64 kB), and a tree is a method.

mod expr;
mod harness;
mod package;
mod prediction;
mod record;
mod stmt;
mod support;
mod table;
mod wide;

pub use harness::harness;
pub use package::print;

use plan::{Ident, Plan, Routine};

/// Java's keywords and literals (JLS 17, section 3.9), and the methods that every object and record has.
const KEYWORDS: &[&str] = &[
    "abstract",
    "assert",
    "boolean",
    "break",
    "byte",
    "case",
    "catch",
    "char",
    "class",
    "const",
    "continue",
    "default",
    "do",
    "double",
    "else",
    "enum",
    "extends",
    "final",
    "finally",
    "float",
    "for",
    "goto",
    "if",
    "implements",
    "import",
    "instanceof",
    "int",
    "interface",
    "long",
    "native",
    "new",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "short",
    "static",
    "strictfp",
    "super",
    "switch",
    "synchronized",
    "this",
    "throw",
    "throws",
    "transient",
    "try",
    "void",
    "volatile",
    "while",
    "true",
    "false",
    "null",
    "var",
    "yield",
    "record",
    "sealed",
    "permits",
    "non",
    "clone",
    "finalize",
    "getClass",
    "hashCode",
    "notify",
    "notifyAll",
    "toString",
    "wait",
    "equals",
];

/// A name as Java spells variables, methods and record components. A keyword gets a `_` behind it.
pub(crate) fn camel(ident: &Ident) -> String {
    let name = ident.camel();
    if KEYWORDS.contains(&name.as_str()) { name + "_" } else { name }
}

/// Arguments of a constructor, each on a line of its own.
pub(crate) fn arguments(values: &[String], indent: usize) -> String {
    let pad = "    ".repeat(indent);
    values.iter().map(|value| format!("\n{pad}{value}")).collect::<Vec<_>>().join(",")
}

/// The package of a scorer.
pub(crate) fn package_name(plan: &Plan) -> String {
    format!("scorer.{}", camel(&plan.ident).to_lowercase())
}

/// The public class of a scorer. Names that every Java file knows get a word behind them.
pub(crate) fn class_name(plan: &Plan) -> String {
    let name = plan.ident.pascal();
    let taken = [
        "Input",
        "Output",
        "Columns",
        "Scores",
        "Rejection",
        "RejectedRowException",
        "Prediction",
        "PredictedClass",
        "Steps",
        "Kernels",
        "Tables",
        "Support",
        "Override",
        "Record",
        "Math",
    ];
    let of_java = ["String", "Object", "Double", "Float", "Integer", "Long", "Boolean", "System", "Exception", "Enum", "Character"];
    if taken.contains(&name.as_str()) || of_java.contains(&name.as_str()) { name + "Scorer" } else { name }
}

/// A text as a Java string literal. `\u` escapes are read before the literal is, so quotes and line ends are never written as such.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            '\0'..='\u{1f}' => out.push_str(&format!("\\{:03o}", u32::from(c))),
            c if c.is_alphanumeric() => out.push(c),
            c => c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    out + "\""
}

/// A text that is safe in a comment: one line, nothing that ends the comment, no `\u` (which Java reads even there).
pub(crate) fn plain(text: &str) -> String {
    let hidden = |c: char| c.is_control() || ('\u{200b}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c);
    let line: String = text.chars().map(|c| if hidden(c) { ' ' } else { c }).collect();
    line.replace("\\u", "\\ u").replace("*/", "* /")
}

/// A text that is safe in Javadoc, which is HTML with tags of its own.
pub(crate) fn javadoc(text: &str) -> String {
    plain(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('@', "&#64;")
        .replace('{', "&#123;")
        .replace('}', "&#125;")
}

/// What printing a routine needs to know.
pub(crate) struct Printer<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) routine: &'a Routine,
    /// Where values live on the way.
    pub(crate) locals: Locals<'a>,
}

/// Where values live on the way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Locals<'a> {
    /// They are variables of the method.
    Variables,
    /// These, by number, are fields of an object that several methods share, because one would be longer than a method may be. The others
    /// live inside loops.
    Fields(&'a [bool]),
}
