//! The modules of the user's own project that a script imports: files beside it, converted from their source as the script is.
//!
//! Which file a name means is Python's rule with the script's folder first on the path: `a/b.py`, or `a/b/__init__.py`. Folders below it
//! that the script adds with `sys.path.insert` or `append` come next.

use crate::ast::{Expr, ExprKind, Literal, Stmt, StmtKind};
use crate::{names, parse};
use source::{FileId, Sources};
use std::collections::BTreeSet;

/// A module of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// As Python names it: `features`, `cleaning.text`.
    pub name: String,
    /// Its name among the sources is its way from the script's folder.
    pub file: FileId,
    pub is_package: bool,
}

/// More modules than this are a library, not a script's helpers.
const MOST: usize = 200;

/// The modules that a script imports, and those that they import, in the order in which they are met.
///
/// `read` gives the text of a file by its way from the script's folder, if it is there. The files are added to the sources.
pub fn find(file: FileId, sources: &mut Sources, read: &mut dyn FnMut(&str) -> Option<String>) -> Vec<Module> {
    let mut found: Vec<Module> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut todo = vec![(file, String::new())];
    let mut roots = vec![String::new()];
    while let Some((file, package)) = todo.pop() {
        let Some(statements) = sources.get(file).and_then(|source| parse::parse(file, &source.text).ok()) else { continue };
        let mut wanted = Vec::new();
        statements.iter().for_each(|statement| imported(statement, &package, &mut wanted));
        statements.iter().for_each(|statement| added_to_path(statement, &mut roots));
        for name in wanted.iter().flat_map(|name| prefixes(name)).filter(|name| !name.is_empty()) {
            if found.len() >= MOST || !seen.insert(name.to_owned()) {
                continue;
            }
            let way = name.replace('.', "/");
            let files = |root: &String| [(format!("{root}{way}/__init__.py"), true), (format!("{root}{way}.py"), false)];
            let Some((way, is_package, text)) =
                roots.iter().flat_map(files).find_map(|(way, is_package)| Some((way.clone(), is_package, read(&way)?)))
            else {
                continue;
            };
            let file = sources.add(way, text);
            todo.push((file, package_of(name, is_package).to_owned()));
            found.push(Module { name: name.to_owned(), file, is_package });
        }
    }
    found
}

/// The package in which a module's relative imports start.
fn package_of(name: &str, is_package: bool) -> &str {
    if is_package { name } else { name.rsplit_once('.').map_or("", |(package, _)| package) }
}

/// The module that an import of `level` dots means, as seen from `package`.
pub(crate) fn absolute(package: &str, level: u32, module: &str) -> String {
    if level == 0 {
        return module.to_owned();
    }
    let mut base = package;
    for _ in 1..level {
        base = base.rsplit_once('.').map_or("", |(outer, _)| outer);
    }
    [base, module].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".")
}

impl Module {
    pub(crate) fn package(&self) -> &str {
        package_of(&self.name, self.is_package)
    }
}

/// The names of modules that a statement may import. `from a import b` may mean a module `a.b`.
#[expect(clippy::wildcard_enum_match_arm, reason = "other statements import nothing")]
fn imported(statement: &Stmt, package: &str, out: &mut Vec<String>) {
    match &statement.kind {
        StmtKind::Import(modules) => out.extend(modules.iter().map(|(module, _)| module.clone())),
        StmtKind::ImportFrom { module, names, level } => {
            let module = absolute(package, *level, module);
            out.extend(names.iter().map(|(name, _)| absolute(&module, 1, name)));
        }
        _ => {}
    }
    let mut blocks = Vec::new();
    names::statement_blocks(statement, &mut blocks);
    blocks.into_iter().flatten().for_each(|inner| imported(inner, package, out));
}

/// The folder that `sys.path.insert(0, ...)` or `append(...)` names, whatever it is joined to: the texts in the argument, as a way from the
/// script's folder. Folders above it are not of the project.
fn added_to_path(statement: &Stmt, out: &mut Vec<String>) {
    if let StmtKind::Expr(Expr { kind: ExprKind::Call { callee, args, .. }, .. }) = &statement.kind
        && let ExprKind::Attribute { value, name } = &callee.kind
        && matches!(name.as_str(), "insert" | "append")
        && matches!(&value.kind, ExprKind::Attribute { value, name } if name == "path" && value.as_name() == Some("sys"))
        && let Some(folder) = args.last()
    {
        let mut texts = Vec::new();
        texts_of(folder, &mut texts);
        let parts: Vec<&str> = texts.iter().flat_map(|text| text.split('/')).filter(|part| !part.is_empty() && *part != ".").collect();
        if !parts.is_empty() && !parts.contains(&"..") {
            out.push(format!("{}/", parts.join("/")));
        }
    }
    let mut blocks = Vec::new();
    names::statement_blocks(statement, &mut blocks);
    blocks.into_iter().flatten().for_each(|inner| added_to_path(inner, out));
}

#[expect(clippy::wildcard_enum_match_arm, reason = "other expressions name no folder")]
fn texts_of<'a>(expr: &'a Expr, out: &mut Vec<&'a str>) {
    match &expr.kind {
        ExprKind::Literal(Literal::Str(text)) => out.push(text),
        ExprKind::Call { callee, args, .. } => [&**callee].into_iter().chain(args).for_each(|part| texts_of(part, out)),
        ExprKind::Attribute { value, .. } => texts_of(value, out),
        ExprKind::Binary { left, right, .. } => [left, right].into_iter().for_each(|part| texts_of(part, out)),
        _ => {}
    }
}

/// `a`, `a.b` and `a.b.c` of `a.b.c`: Python imports them in this order.
fn prefixes(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('.').map(|(at, _)| &name[..at]).chain([name])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_found_through_each_other() {
        let files = [
            ("features.py", "import numpy as np\nfrom cleaning import text"),
            ("cleaning/__init__.py", "from .text import strip"),
            ("cleaning/text.py", "from . import letters\nfrom ..features import ratio"),
            ("cleaning/letters.py", ""),
        ];
        let mut sources = Sources::new();
        let script = sources.add("prepare.py", "def main():\n    from features import ratio\n");
        let found = find(script, &mut sources, &mut |way| files.iter().find(|(name, _)| *name == way).map(|(_, text)| (*text).to_owned()));
        let names: Vec<&str> = found.iter().map(|module| module.name.as_str()).collect();
        assert_eq!(names, ["features", "cleaning", "cleaning.text", "cleaning.letters"]);
        assert_eq!(sources.name(found[2].file), "cleaning/text.py");
    }

    #[test]
    fn folders_on_the_path_hold_modules() {
        let mut sources = Sources::new();
        let text = "sys.path.insert(0, os.path.join(os.path.dirname(__file__), 'src'))\nsys.path.append('..')\nimport features\n";
        let script = sources.add("prepare.py", text);
        let found = find(script, &mut sources, &mut |way| (way == "src/features.py").then(String::new));
        assert_eq!(sources.name(found[0].file), "src/features.py");
    }

    #[test]
    fn dots_go_up() {
        assert_eq!(absolute("a.b", 1, "c"), "a.b.c");
        assert_eq!(absolute("a.b", 2, "c"), "a.c");
        assert_eq!(absolute("a", 1, ""), "a");
        assert_eq!(absolute("", 0, "c"), "c");
    }
}
