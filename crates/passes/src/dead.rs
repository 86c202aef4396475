//! What no outcome needs goes.

use std::collections::HashSet;

use check::Checked;
use ir::op::Link;
use ir::{Arena, Function, Handle, Literal, Module, Op, Origin, Value};

use crate::redirect;

/// The module without rejections that never apply, and without the nodes, functions, tables and origins that nothing needs then.
///
/// Parameters stay, used or not: they are the scorer's face. Rejections keep their order.
pub fn dead(checked: &Checked) -> Module {
    let old = checked.module();
    let mut used = Used {
        tables: vec![false; old.tables.len()],
        functions: vec![false; old.functions.len()],
        origins: vec![false; old.origins.len()],
    };
    used.functions[checked.entry().index()] = true;
    // Callers stand after callees, so going backwards meets every caller first.
    let mut kept: Vec<Function> = Vec::new();
    for (handle, function) in old.functions.iter().rev() {
        if used.functions[handle.index()] {
            let mut function = pruned(function);
            used.mark(&mut function, old);
            kept.push(function);
        }
    }
    let mut module = Module { name: old.name.clone(), files: old.files.clone(), ..Module::default() };
    let tables = take(&old.tables, &used.tables, &mut module.tables);
    let origins = take(&old.origins, &used.origins, &mut module.origins);
    let functions = numbers(&used.functions);
    for (_, origin) in module.origins.iter_mut() {
        if let Origin::Made { from, .. } = origin {
            from.iter_mut().for_each(|earlier| *earlier = origins[earlier.index()]);
        }
    }
    for mut function in kept.into_iter().rev() {
        for (_, node) in function.nodes.iter_mut() {
            node.origin = origins[node.origin.index()];
            match node.op.link() {
                Some(Link::Table(table)) => *table = tables[table.index()],
                Some(Link::Function(callee)) => *callee = functions[callee.index()],
                None => {}
            }
        }
        function.rejections.iter_mut().for_each(|rejection| rejection.origin = origins[rejection.origin.index()]);
        module.functions.push(function);
    }
    module.entry = Some(functions[checked.entry().index()]);
    module
}

/// The function without rejections that never apply, and then without the nodes that nothing needs.
fn pruned(function: &Function) -> Function {
    let mut function = function.clone();
    let nodes = std::mem::take(&mut function.nodes);
    // A null condition does not hold.
    let never = |when: Value| matches!(&nodes[when].op, Op::Const(Literal::Bool(false) | Literal::Null(_)));
    let always = |when: Value| nodes[when].op == Op::Const(Literal::Bool(true));
    // Nor does one for which a row was rejected before.
    let mut before = HashSet::new();
    function.rejections.retain(|rejection| !never(rejection.when) && before.insert(rejection.when));
    // Behind one that always applies no other is reached.
    if let Some(last) = function.rejections.iter().position(|rejection| always(rejection.when)) {
        function.rejections.truncate(last + 1);
    }
    let mut live = vec![false; nodes.len()];
    let of_results = function.results.iter().map(|output| output.value);
    of_results.chain(function.rejections.iter().map(|rejection| rejection.when)).for_each(|value| live[value.index()] = true);
    for (value, node) in nodes.iter().rev() {
        if live[value.index()] {
            node.op.operands().iter().for_each(|operand| live[operand.index()] = true);
        }
    }
    let values = take(&nodes, &live, &mut function.nodes);
    for (_, node) in function.nodes.iter_mut() {
        node.op = node.op.map_operands(|operand| values[operand.index()]);
    }
    redirect(&mut function, &values);
    function
}

/// Which parts of a module are needed.
struct Used {
    tables: Vec<bool>,
    functions: Vec<bool>,
    origins: Vec<bool>,
}

impl Used {
    /// Marks what a function needs.
    fn mark(&mut self, function: &mut Function, module: &Module) {
        for (_, node) in function.nodes.iter_mut() {
            match node.op.link() {
                Some(Link::Table(table)) => self.tables[table.index()] = true,
                Some(Link::Function(callee)) => self.functions[callee.index()] = true,
                None => {}
            }
            self.mark_origin(node.origin, module);
        }
        function.rejections.iter().for_each(|rejection| self.mark_origin(rejection.origin, module));
    }

    fn mark_origin(&mut self, origin: Handle<Origin>, module: &Module) {
        let mut waiting = vec![origin];
        while let Some(origin) = waiting.pop() {
            if !std::mem::replace(&mut self.origins[origin.index()], true)
                && let Origin::Made { from, .. } = &module.origins[origin]
            {
                waiting.extend(from);
            }
        }
    }
}

/// Takes what is used into a new arena, and gives the new numbers.
fn take<T: Clone>(from: &Arena<T>, used: &[bool], into: &mut Arena<T>) -> Vec<Handle<T>> {
    from.iter().filter(|(handle, _)| used[handle.index()]).for_each(|(_, item)| _ = into.push(item.clone()));
    numbers(used)
}

/// The new number of each element when only the used ones stay. That of an unused one is never asked for.
fn numbers<T>(used: &[bool]) -> Vec<Handle<T>> {
    let mut next = 0;
    used.iter()
        .map(|used| {
            let number = Handle::new(next);
            next += u32::from(*used);
            number
        })
        .collect()
}
