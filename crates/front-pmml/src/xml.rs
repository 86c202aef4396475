//! Bytes to a tree of elements with places, within limits: the one file that knows the XML library.
//!
//! Refused: document types (and with them every entity but XML's five), foreign namespaces, text that is not UTF-8, deep nesting.
//! Elements that carry no meaning for a score (`Extension`, `Header`, statistics) are left out here. Each attribute and element remembers
//! whether it was looked at, so that what nobody read is reported and not silently ignored.

use std::cell::Cell;

use grammars::pmml::{Grammar, Kind};
use quick_xml::NsReader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use source::{Diagnostic, FileId, Place, Span};

/// Trees nest one element a level; this is far beyond what is grown, and far below what a stack holds.
const DEPTH_LIMIT: usize = 300;
/// Positions are 32-bit.
const SIZE_LIMIT: usize = u32::MAX as usize;

#[derive(Debug)]
pub struct Element {
    /// The local name.
    pub name: String,
    pub children: Vec<Element>,
    /// All text directly inside, put together.
    pub text: String,
    /// The start tag.
    pub span: Span,
    attributes: Vec<Attribute>,
    seen: Cell<bool>,
}

#[derive(Debug)]
struct Attribute {
    name: String,
    value: String,
    used: Cell<bool>,
}

type Refusal = Box<Diagnostic>;

impl Element {
    pub fn place(&self) -> Place {
        Place::Text(self.span)
    }

    pub fn error(&self, name: &'static str, message: impl Into<String>) -> Refusal {
        Box::new(Diagnostic::error(name, message).at(self.span, ""))
    }

    /// An attribute, marked as used.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let attribute = self.attributes.iter().find(|attribute| attribute.name == name)?;
        attribute.used.set(true);
        Some(&attribute.value)
    }

    /// A required attribute.
    pub fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.attribute(name)
            .ok_or_else(|| self.error("pmml-missing-attribute", format!("`{}` lacks its required attribute `{name}`", self.name)))
    }

    /// A number attribute; the words of XML Schema for infinities and NaN count.
    pub fn number(&self, name: &str) -> Result<Option<f64>, Refusal> {
        match self.attribute(name) {
            None => Ok(None),
            Some(text) => match parse_number(text) {
                Some(number) => Ok(Some(number)),
                None => Err(self.error("pmml-malformed-number", format!("`{name}` of `{}` is `{text}`, which is no number", self.name))),
            },
        }
    }

    pub fn required_number(&self, name: &str) -> Result<f64, Refusal> {
        self.required(name)?;
        match self.number(name)? {
            Some(number) => Ok(number),
            None => Err(self.error("pmml-missing-attribute", format!("`{}` lacks `{name}`", self.name))),
        }
    }

    /// The first child of that name, marked as seen.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name).inspect(|child| child.seen.set(true))
    }

    pub fn children_named<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |child| child.name == name).inspect(|child| child.seen.set(true))
    }

    /// All children, marked as seen.
    pub fn all_children(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().inspect(|child| child.seen.set(true))
    }

    pub fn mark_seen(&self) {
        self.seen.set(true);
    }

    /// Everything inside was dealt with, or does not matter because nothing needs it.
    pub fn mark_all(&self) {
        let mut open = vec![self];
        while let Some(element) = open.pop() {
            element.seen.set(true);
            element.attributes.iter().for_each(|attribute| attribute.used.set(true));
            open.extend(&element.children);
        }
    }

    /// What nobody looked at: elements, and attributes that say something else than their default.
    pub fn unread(&self, grammar: &Grammar, found: &mut Vec<Diagnostic>) {
        let mut open = vec![self];
        while let Some(element) = open.pop() {
            if !element.seen.get() {
                found.push(
                    Diagnostic::error("pmml-unsupported-element", format!("the element `{}` is not supported here", element.name))
                        .at(element.span, "it may change a score, so it is not passed over")
                        .help("remove it if it does not matter, or export the model without it"),
                );
                continue;
            }
            for attribute in element.attributes.iter().filter(|attribute| !attribute.used.get()) {
                let rule = grammar.attributes(&element.name).and_then(|rules| rules.get(&attribute.name));
                if rule.is_some_and(|rule| rule.inert || rule.default.as_ref() == Some(&attribute.value)) {
                    continue;
                }
                found.push(
                    Diagnostic::error(
                        "pmml-unsupported-attribute",
                        format!("the attribute `{}=\"{}\"` of `{}` is not supported", attribute.name, attribute.value, element.name),
                    )
                    .at(element.span, "it may change a score, so it is not passed over"),
                );
            }
            open.extend(element.children.iter().rev());
        }
    }
}

/// A number as XML Schema writes it.
pub fn parse_number(text: &str) -> Option<f64> {
    match text.trim() {
        "INF" => Some(f64::INFINITY),
        "-INF" => Some(f64::NEG_INFINITY),
        "NaN" => Some(f64::NAN),
        text if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) => text.parse().ok(),
        _ => None,
    }
}

/// The root element, with attributes that the standard does not allow. On failure: why there is no whole tree, never empty.
pub fn parse(bytes: &[u8], file: FileId, grammar: &Grammar) -> Result<(Element, Vec<Diagnostic>), Vec<Diagnostic>> {
    let whole = |name, message: &str| Diagnostic::error(name, message).at(Place::File(file), "");
    if bytes.len() > SIZE_LIMIT {
        return Err(vec![whole("pmml-too-large", "the file is larger than 4 GiB")]);
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(vec![
            whole("pmml-encoding", "the file is not UTF-8")
                .help("convert it: `iconv -f LATIN1 -t UTF-8 model.pmml > utf8.pmml`, and correct the encoding in its first line"),
        ]);
    };
    let mut parser = Parser { grammar, stack: Vec::new(), root: None, found: Vec::new(), attributes: Vec::new(), skip: 0 };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let offset = bytes.len() - text.len();
    let mut reader = NsReader::from_str(text);
    loop {
        let start = reader.buffer_position() as usize + offset;
        let event = reader.read_resolved_event();
        let (foreign, event) = match event {
            Ok((namespace, event)) => (parser.is_foreign(&namespace), Ok(event)),
            Err(error) => (false, Err(error)),
        };
        let end = reader.buffer_position() as usize + offset;
        let span = Span { file, start: start as u32, end: end as u32 };
        match event {
            Err(error) => {
                let message = format!("the file is not well-formed XML: {error}");
                parser.found.push(
                    Diagnostic::error("pmml-unreadable", message)
                        .at(span, "here")
                        .help("check that it was copied whole: `xmllint --noout model.pmml`"),
                );
                break;
            }
            Ok(Event::Eof) => break,
            Ok(Event::DocType(_)) => {
                parser.found.push(
                    Diagnostic::error("pmml-doctype", "the file has a document type declaration")
                        .at(span, "it could define entities, which are never expanded")
                        .help("remove the `<!DOCTYPE ...>`; PMML does not need one"),
                );
                break;
            }
            Ok(event) => {
                if !parser.event(event, foreign, span) {
                    break;
                }
            }
        }
    }
    if parser.found.is_empty() && !parser.stack.is_empty() {
        parser.found.push(whole("pmml-unreadable", "the file ends in the middle of an element").help("check that it was copied whole"));
    }
    match (parser.root, parser.found.is_empty()) {
        (Some(root), true) => Ok((root, parser.attributes)),
        (None, true) => Err(vec![whole("pmml-unreadable", "the file holds no element")]),
        (_, false) => Err(parser.found),
    }
}

struct Parser<'g> {
    grammar: &'g Grammar,
    stack: Vec<Element>,
    root: Option<Element>,
    found: Vec<Diagnostic>,
    /// Findings that do not keep the file from being read on.
    attributes: Vec<Diagnostic>,
    /// Depth inside an element that is left out.
    skip: usize,
}

impl Parser<'_> {
    fn is_foreign(&self, namespace: &ResolveResult<'_>) -> bool {
        if let ResolveResult::Bound(namespace) = namespace {
            let name = namespace.into_inner();
            !self.grammar.namespaces.iter().chain(&self.grammar.older_namespaces).any(|known| known == name)
        } else {
            false
        }
    }

    /// False where it makes no sense to read on.
    #[expect(clippy::wildcard_enum_match_arm, reason = "comments, declarations and instructions carry nothing")]
    fn event(&mut self, event: Event<'_>, foreign: bool, span: Span) -> bool {
        match event {
            Event::Start(tag) => return self.open(&tag, foreign, span, false),
            Event::Empty(tag) => return self.open(&tag, foreign, span, true),
            Event::End(_) => self.close(),
            Event::Text(text) if self.skip == 0 => self.text(&text.xml_content(XmlVersion::Implicit1_0)),
            Event::CData(text) if self.skip == 0 => self.text(&text.xml_content(XmlVersion::Implicit1_0)),
            Event::GeneralRef(reference) if self.skip == 0 => {
                let name = reference.xml10_content();
                let numeric = reference.resolve_char_ref().ok().flatten().map(String::from);
                match numeric.or_else(|| quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned)) {
                    Some(text) => self.text(&text),
                    None => {
                        self.found.push(
                            Diagnostic::error("pmml-entity", format!("the entity `&{name};` is not defined"))
                                .at(span, "only XML's own five are"),
                        );
                        return false;
                    }
                }
            }
            _ => {}
        }
        true
    }

    fn text(&mut self, text: &str) {
        if let Some(element) = self.stack.last_mut() {
            element.text.push_str(text);
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>, foreign: bool, span: Span, is_empty: bool) -> bool {
        if self.skip > 0 {
            self.skip += usize::from(!is_empty);
            return self.check_depth(span);
        }
        let name = tag.local_name().into_inner().to_owned();
        // The cells of an inline table have names of the user's own, which may have a namespace of their own.
        let is_cell = self.stack.iter().any(|element| element.name == "InlineTable");
        if self.root.is_some() && self.stack.is_empty() {
            self.found.push(Diagnostic::error("pmml-unreadable", "there is a second root element").at(span, ""));
            return false;
        }
        if self.grammar.is_inert(&name) || foreign && !is_cell && !self.stack.is_empty() {
            self.skip = usize::from(!is_empty);
            return true;
        }
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            let attribute = match attribute {
                Ok(attribute) => attribute,
                Err(error) => {
                    self.found
                        .push(Diagnostic::error("pmml-unreadable", format!("`{name}` has a malformed attribute: {error}")).at(span, ""));
                    return false;
                }
            };
            if attribute.key.as_namespace_binding().is_some() || attribute.key.prefix().is_some() {
                continue;
            }
            let key = attribute.key.local_name().into_inner().to_owned();
            match attribute.normalized_value(XmlVersion::Implicit1_0) {
                Ok(value) => attributes.push(Attribute { name: key, value: value.into_owned(), used: Cell::new(false) }),
                Err(error) => {
                    let message = format!("the attribute `{key}` of `{name}` cannot be read: {error}");
                    self.found.push(Diagnostic::error("pmml-entity", message).at(span, "only XML's own five entities are defined"));
                    return false;
                }
            }
        }
        let element = Element { name, children: Vec::new(), text: String::new(), span, attributes, seen: Cell::new(false) };
        if !is_cell {
            self.check_attributes(&element);
        }
        self.stack.push(element);
        if !self.check_depth(span) {
            return false;
        }
        if is_empty {
            self.close();
        }
        true
    }

    fn check_depth(&mut self, span: Span) -> bool {
        let fits = self.stack.len() + self.skip <= DEPTH_LIMIT;
        if !fits {
            let message = format!("elements are nested more than {DEPTH_LIMIT} deep");
            self.found.push(
                Diagnostic::error("pmml-too-deep", message).at(span, "here").help("grow shallower trees, or export the model as ONNX"),
            );
        }
        fits
    }

    /// Attributes that the standard does not have, or whose values it does not allow.
    fn check_attributes(&mut self, element: &Element) {
        let Some(rules) = self.grammar.attributes(&element.name) else { return };
        for attribute in &element.attributes {
            let Some(rule) = rules.get(&attribute.name) else {
                let message = format!("`{}` has no attribute `{}` in PMML", element.name, attribute.name);
                self.attributes.push(Diagnostic::error("pmml-unknown-attribute", message).at(element.span, "").help("remove it"));
                continue;
            };
            let fits = match &rule.kind {
                Kind::String => true,
                Kind::Number => parse_number(&attribute.value).is_some(),
                Kind::Integer => attribute.value.trim().parse::<i64>().is_ok(),
                Kind::Boolean => matches!(attribute.value.as_str(), "true" | "false" | "0" | "1"),
                Kind::Words(words) => words.contains(&attribute.value),
            };
            if !fits {
                let allowed = match &rule.kind {
                    Kind::Words(words) => format!("one of {}", words.join(", ")),
                    Kind::Number => "a number".to_owned(),
                    Kind::Integer => "a whole number".to_owned(),
                    Kind::Boolean => "true or false".to_owned(),
                    Kind::String => String::new(),
                };
                let message = format!("`{}` of `{}` is `{}`", attribute.name, element.name, attribute.value);
                self.attributes
                    .push(Diagnostic::error("pmml-malformed-attribute", message).at(element.span, format!("it must be {allowed}")));
            }
        }
        for (name, _) in rules.iter().filter(|(name, rule)| rule.required && !element.attributes.iter().any(|given| given.name == **name)) {
            let message = format!("`{}` lacks its required attribute `{name}`", element.name);
            self.attributes.push(Diagnostic::error("pmml-missing-attribute", message).at(element.span, ""));
        }
    }

    fn close(&mut self) {
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        let Some(element) = self.stack.pop() else { return };
        match self.stack.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }
}
