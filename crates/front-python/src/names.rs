//! Names in statements, expressions and texts: what is used, what is assigned, and places back to spans.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::ast::{Expr, ExprKind, FStringPart, Function, Stmt, StmtKind};
use source::{FileId, Span};
use std::collections::BTreeSet;

/// All names that an expression mentions.
pub(crate) fn of_expr(expr: &Expr, out: &mut BTreeSet<String>) {
    if let ExprKind::Name(name) = &expr.kind {
        out.insert(name.clone());
    }
    parts(expr, &mut |part| of_expr(part, out));
}

/// All names that a statement mentions.
pub(crate) fn of_statement(statement: &Stmt, out: &mut BTreeSet<String>) {
    statement_parts(statement, &mut |expr| of_expr(expr, &mut *out));
    let mut blocks = Vec::new();
    statement_blocks(statement, &mut blocks);
    for block in blocks {
        block.iter().for_each(|inner| of_statement(inner, out));
    }
}

/// The names that an assignment to an expression binds or changes.
pub(crate) fn target(expr: &Expr, out: &mut BTreeSet<String>) {
    let mut root = expr;
    while let ExprKind::Subscript { value, .. } | ExprKind::Attribute { value, .. } = &root.kind {
        root = value;
    }
    match &root.kind {
        ExprKind::Tuple(_) | ExprKind::List(_) => of_expr(root, out),
        ExprKind::Name(name) => {
            out.insert(name.clone());
        }
        _ => {}
    }
}

/// The name at the start of `name.attribute[index].method()`.
pub(crate) fn root(expr: &Expr) -> Option<&str> {
    let mut root = expr;
    loop {
        root = match &root.kind {
            ExprKind::Subscript { value, .. } | ExprKind::Attribute { value, .. } => value,
            ExprKind::Call { callee, .. } => callee,
            _ => return root.as_name(),
        };
    }
}

/// Names that a statement binds, or whose object it may change: targets, receivers of method calls, arguments of calls.
pub(crate) fn assigned(statement: &Stmt, out: &mut BTreeSet<String>) {
    match &statement.kind {
        StmtKind::Assign { targets, .. } => targets.iter().for_each(|one| target(one, out)),
        StmtKind::AugAssign { target: one, .. } => target(one, out),
        StmtKind::For { target: one, .. } => target(one, out),
        StmtKind::Expr(Expr { kind: ExprKind::Call { callee, args, .. }, .. }) => {
            if let ExprKind::Attribute { value, .. } = &callee.kind {
                target(value, out);
                // `table.setdefault(key, []).append(item)` changes the table.
                if let ExprKind::Call { callee: of, .. } = &value.kind
                    && let ExprKind::Attribute { value: table, name } = &of.kind
                    && name == "setdefault"
                {
                    target(table, out);
                }
            }
            args.iter().for_each(|arg| target(arg, out));
        }
        _ => {}
    }
    let mut blocks = Vec::new();
    statement_blocks(statement, &mut blocks);
    for block in blocks {
        block.iter().for_each(|inner| assigned(inner, out));
    }
}

/// The names that calls of `fit` in an expression change.
fn fitted(expr: &Expr, out: &mut BTreeSet<String>) {
    if let ExprKind::Call { callee, .. } = &expr.kind
        && let ExprKind::Attribute { name, .. } = &callee.kind
        && name.starts_with("fit")
    {
        target(callee, out);
    }
    parts(expr, &mut |part| fitted(part, out));
}

/// Names that a statement says it binds or changes: targets, imports, definitions, receivers of calls in place and of `fit`.
pub(crate) fn bound(statement: &Stmt, out: &mut BTreeSet<String>) {
    statement_parts(statement, &mut |expr| fitted(expr, out));
    match &statement.kind {
        StmtKind::Assign { targets, .. } => targets.iter().for_each(|one| target(one, out)),
        StmtKind::AugAssign { target: one, .. } | StmtKind::For { target: one, .. } => target(one, out),
        StmtKind::With { items, .. } => items.iter().filter_map(|(_, name)| name.as_ref()).for_each(|one| target(one, out)),
        StmtKind::Expr(Expr { kind: ExprKind::Call { callee, keywords, .. }, .. })
            if keywords.iter().any(|(name, _)| name.as_deref() == Some("inplace")) =>
        {
            target(callee, out);
        }
        StmtKind::Import(names) => out.extend(names.iter().map(|(module, alias)| match alias {
            Some(alias) => alias.clone(),
            None => module.split('.').next().unwrap_or(module).to_owned(),
        })),
        StmtKind::ImportFrom { names, .. } => out.extend(names.iter().map(|(name, alias)| alias.as_ref().unwrap_or(name).clone())),
        // What stands inside binds names of its own scope.
        StmtKind::Function(Function { name, .. }) | StmtKind::Class { name, .. } => {
            out.insert(name.clone());
            return;
        }
        _ => {}
    }
    let mut blocks = Vec::new();
    statement_blocks(statement, &mut blocks);
    blocks.into_iter().flatten().for_each(|inner| bound(inner, out));
}

/// The names that a function's body binds for itself: targets that are names, imports and definitions.
pub(crate) fn local(body: &[Stmt], out: &mut BTreeSet<String>) {
    for statement in body {
        match &statement.kind {
            StmtKind::Assign { targets, .. } => targets.iter().for_each(|target| name_targets(target, out)),
            StmtKind::AugAssign { target, .. } | StmtKind::For { target, .. } => name_targets(target, out),
            StmtKind::With { items, .. } => items.iter().filter_map(|(_, name)| name.as_ref()).for_each(|name| name_targets(name, out)),
            StmtKind::Import(_) | StmtKind::ImportFrom { .. } | StmtKind::Function(_) | StmtKind::Class { .. } => {
                bound(statement, out);
                continue;
            }
            _ => {}
        }
        let mut blocks = Vec::new();
        statement_blocks(statement, &mut blocks);
        blocks.into_iter().for_each(|inner| local(inner, out));
    }
}

fn name_targets(target: &Expr, out: &mut BTreeSet<String>) {
    match &target.kind {
        ExprKind::Name(name) => {
            out.insert(name.clone());
        }
        ExprKind::Tuple(items) | ExprKind::List(items) => items.iter().for_each(|item| name_targets(item, out)),
        ExprKind::Starred(inner) => name_targets(inner, out),
        _ => {}
    }
}

/// The attributes, of whatever object, that statements and what stands inside them assign.
pub(crate) fn attributes_set(body: &[Stmt], out: &mut BTreeSet<String>) {
    let mut one = |target: &Expr| {
        let parts: Vec<&Expr> = if let ExprKind::Tuple(items) = &target.kind { items.iter().collect() } else { vec![target] };
        for part in parts {
            if let ExprKind::Attribute { name, .. } = &part.kind {
                out.insert(name.clone());
            }
        }
    };
    for statement in body {
        match &statement.kind {
            StmtKind::Assign { targets, .. } => targets.iter().for_each(&mut one),
            StmtKind::AugAssign { target, .. } | StmtKind::For { target, .. } => one(target),
            _ => {}
        }
    }
    for statement in body {
        if let StmtKind::Function(function) = &statement.kind {
            attributes_set(&function.body, out);
        }
        let mut blocks = Vec::new();
        statement_blocks(statement, &mut blocks);
        blocks.into_iter().for_each(|block| attributes_set(block, out));
    }
}

/// The blocks of a statement that holds others.
pub(crate) fn statement_blocks<'s>(statement: &'s Stmt, out: &mut Vec<&'s [Stmt]>) {
    match &statement.kind {
        StmtKind::For { body, otherwise, .. } | StmtKind::While { body, otherwise, .. } | StmtKind::If { body, otherwise, .. } => {
            out.extend([body.as_slice(), otherwise.as_slice()]);
        }
        StmtKind::With { body, .. } | StmtKind::Class { body, .. } => out.push(body),
        StmtKind::Function(function) => out.push(&function.body),
        StmtKind::Try { body, handlers, otherwise, finally } => {
            out.extend([body.as_slice(), otherwise.as_slice(), finally.as_slice()]);
            out.extend(handlers.iter().map(|handler| handler.body.as_slice()));
        }
        StmtKind::Expr(_)
        | StmtKind::Assign { .. }
        | StmtKind::AugAssign { .. }
        | StmtKind::Return(_)
        | StmtKind::Delete(_)
        | StmtKind::Import(_)
        | StmtKind::ImportFrom { .. }
        | StmtKind::Raise
        | StmtKind::Assert(_)
        | StmtKind::Global(_)
        | StmtKind::Pass
        | StmtKind::Break
        | StmtKind::Continue
        | StmtKind::Unsupported(_) => {}
    }
}

fn statement_parts(statement: &Stmt, visit: &mut dyn FnMut(&Expr)) {
    match &statement.kind {
        StmtKind::Expr(expr) | StmtKind::Assert(expr) | StmtKind::Return(Some(expr)) => visit(expr),
        StmtKind::Assign { targets, value } => {
            targets.iter().for_each(&mut *visit);
            visit(value);
        }
        StmtKind::AugAssign { target, value, .. } => {
            visit(target);
            visit(value);
        }
        StmtKind::For { target, iter, .. } => {
            visit(target);
            visit(iter);
        }
        StmtKind::While { test, .. } | StmtKind::If { test, .. } => visit(test),
        StmtKind::With { items, .. } => items.iter().for_each(|(context, _)| visit(context)),
        StmtKind::Delete(targets) => targets.iter().for_each(visit),
        StmtKind::Class { bases, .. } => bases.iter().for_each(visit),
        StmtKind::Try { .. }
        | StmtKind::Function(_)
        | StmtKind::Return(None)
        | StmtKind::Import(_)
        | StmtKind::ImportFrom { .. }
        | StmtKind::Raise
        | StmtKind::Global(_)
        | StmtKind::Pass
        | StmtKind::Break
        | StmtKind::Continue
        | StmtKind::Unsupported(_) => {}
    }
}

/// The direct parts of an expression.
pub(crate) fn parts(expr: &Expr, visit: &mut dyn FnMut(&Expr)) {
    match &expr.kind {
        ExprKind::Name(_) | ExprKind::Literal(_) | ExprKind::Unsupported(_) => {}
        ExprKind::FString(items) => {
            for item in items {
                if let FStringPart::Value { value, .. } = item {
                    visit(value);
                }
            }
        }
        ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items) | ExprKind::Bool { operands: items, .. } => {
            items.iter().for_each(visit)
        }
        ExprKind::Dict(items) => {
            for (key, value) in items {
                key.iter().for_each(&mut *visit);
                visit(value);
            }
        }
        ExprKind::Binary { left, right, .. } => {
            visit(left);
            visit(right);
        }
        ExprKind::Unary { operand, .. } => visit(operand),
        ExprKind::Compare { left, rest } => {
            visit(left);
            rest.iter().for_each(|(_, right)| visit(right));
        }
        ExprKind::Call { callee, args, keywords } => {
            visit(callee);
            args.iter().for_each(&mut *visit);
            keywords.iter().for_each(|(_, value)| visit(value));
        }
        ExprKind::Attribute { value, .. } | ExprKind::Starred(value) => visit(value),
        ExprKind::Subscript { value, index } => {
            visit(value);
            visit(index);
        }
        ExprKind::Slice { lower, upper, step } => [lower, upper, step].into_iter().flatten().for_each(|part| visit(part)),
        ExprKind::Lambda(lambda) => visit(&lambda.body),
        ExprKind::IfElse { test, then, otherwise } => {
            visit(test);
            visit(then);
            visit(otherwise);
        }
        ExprKind::Comprehension { element, value, clauses, .. } => {
            visit(element);
            value.iter().for_each(|value| visit(value));
            for clause in clauses {
                visit(&clause.iter);
                clause.tests.iter().for_each(&mut *visit);
            }
        }
        ExprKind::Walrus { target, value } => {
            visit(target);
            visit(value);
        }
    }
}

fn is_word(text: &str, at: usize, len: usize) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    !letter(text[..at].chars().next_back()) && !letter(text[at + len..].chars().next())
}

/// The words of a piece of code that may be names.
pub(crate) fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| word.starts_with(|letter: char| !letter.is_numeric()))
}

/// Whether a piece of code mentions a name as a whole word.
pub(crate) fn uses(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| is_word(code, at, name.len()))
}

/// The code with a name replaced by another.
pub(crate) fn replace(code: &str, name: &str, by: &str) -> String {
    let mut out = String::new();
    let mut from = 0;
    for (at, _) in code.match_indices(name) {
        if at >= from && is_word(code, at, name.len()) {
            out.push_str(&code[from..at]);
            out.push_str(by);
            from = at + name.len();
        }
    }
    out.push_str(&code[from..]);
    out
}

/// The span of a place `line:column-line:column` of the record.
pub(crate) fn span_of(place: &str, text: &str, file: FileId) -> Option<Span> {
    let (from, to) = place.split_once('-')?;
    let byte = |point: &str| -> Option<u32> {
        let (line, column) = point.split_once(':')?;
        let line: usize = line.parse().ok()?;
        let start: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
        Some((start + column.parse::<usize>().ok()?) as u32)
    };
    Some(Span { file, start: byte(from)?, end: byte(to)? })
}
