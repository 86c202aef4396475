//! Modules that hold every scalar operation on every kind that it takes, once on values that are there and once on nullable ones.

use ir::typing::Scope;
use ir::{Arena, Binary, Elem, Field, Function, Module, Node, Op, Origin, Output, TextOp, Type, Unary, Value, type_of};

/// A module for each kind of element, and one for the operations on text.
pub fn modules() -> Vec<Module> {
    let of_elem = |elem: &Elem| {
        let kinds = [Type::scalar(*elem), Type::scalar(*elem), Type::nullable(*elem), Type::nullable(*elem)];
        let [a, b, maybe_a, maybe_b] = [0, 1, 2, 3].map(Value::new);
        let mut ops = Vec::new();
        for (x, y) in [(a, b), (maybe_a, maybe_b), (a, maybe_b)] {
            ops.extend(Unary::ALL.iter().map(|unary| Op::Unary(*unary, x)));
            ops.extend(Binary::ALL.iter().map(|binary| Op::Binary(*binary, x, y)));
            ops.extend(Elem::ALL.iter().map(|to| Op::Cast { x, to: *to }));
            ops.extend([Op::IsNull(x), Op::OrElse { x, default: y }, Op::OrElse { x: y, default: x }]);
        }
        module(&format!("every operation on {elem}"), kinds.to_vec(), ops)
    };
    Elem::ALL.iter().map(of_elem).chain([of_text(), choices()]).collect()
}

fn of_text() -> Module {
    let kinds = [Elem::Str, Elem::Str, Elem::Str, Elem::I64, Elem::I64];
    let params = kinds.iter().map(|elem| Type::scalar(*elem)).chain(kinds.iter().map(|elem| Type::nullable(*elem))).collect();
    let mut ops = Vec::new();
    for first in [0, kinds.len() as u32] {
        for text in TextOp::ALL {
            let (mut texts, mut numbers) = (first..first + 3, first + 3..first + 5);
            let args = text.signature().0.iter().filter_map(|elem| if *elem == Elem::Str { texts.next() } else { numbers.next() });
            ops.push(Op::Text(*text, args.map(Value::new).collect()));
        }
    }
    module("every operation on text", params, ops)
}

/// Selections on a condition that is there or not, between arms that are there or not.
fn choices() -> Module {
    let mut params = vec![Type::scalar(Elem::Bool), Type::nullable(Elem::Bool)];
    let mut ops = Vec::new();
    for elem in Elem::ALL {
        let first = params.len() as u32;
        params.extend([Type::scalar(*elem), Type::nullable(*elem)]);
        for (cond, yes, no) in [(0, 0, 1), (1, 0, 0), (1, 1, 0), (1, 1, 1)] {
            ops.push(Op::Select { cond: Value::new(cond), yes: Value::new(first + yes), no: Value::new(first + no) });
        }
    }
    module("every choice", params, ops)
}

/// The parameters are the first nodes. Operations that do not fit are left out; the others are the results.
fn module(name: &str, params: Vec<Type>, ops: Vec<Op>) -> Module {
    let mut module = Module { name: name.into(), ..Module::default() };
    let origin = module.origins.push(Origin::Made { by: "exhaustive".into(), from: vec![] });
    let fields: Vec<Field> = params.into_iter().enumerate().map(|(number, ty)| Field::new(format!("x{number}"), ty)).collect();
    let mut function = Function { name: name.into(), params: fields, ..Function::default() };
    let reads = (0..function.params.len() as u32).map(Op::Param);
    let mut types: Vec<Type> = Vec::new();
    for op in reads.chain(ops) {
        let scope = Scope { tables: &Arena::default(), functions: &Arena::default(), params: &function.params, types: &types };
        let Ok(ty) = type_of(&op, scope) else { continue };
        let value = function.nodes.push(Node { op, origin, label: None });
        function.results.push(Output { field: Field::new(format!("r{}", value.index()), ty.clone()), value });
        types.push(ty);
    }
    module.entry = Some(module.functions.push(function));
    module
}
