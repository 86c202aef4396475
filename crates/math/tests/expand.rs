//! What [`math::expand`] does to a module around the kernels.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use interp::{Datum, Interp, Outcome};
use ir::{Builder, Elem, Literal, Module, Op, Table, Type};

fn expanded(b: Builder) -> check::Checked {
    math::expand(&check::check(b.finish().unwrap()).unwrap())
}

fn names(module: &Module) -> Vec<&str> {
    module.functions.iter().map(|(_, function)| function.name.as_str()).collect()
}

fn only_result(checked: &check::Checked, row: &[Datum]) -> Datum {
    match Interp::new(checked).run(row) {
        Outcome::Scored(mut results) => results.remove(0),
        Outcome::Rejected(_) => panic!("nothing is rejected here"),
    }
}

#[test]
fn a_module_without_functions_stays_as_it_is() {
    let b = Builder::new("m");
    let x = b.param("x", Type::scalar(Elem::F64));
    b.result("y", x.sqrt() + 1.0);
    let checked = check::check(b.finish().unwrap()).unwrap();
    assert_eq!(math::expand(&checked).module(), checked.module());
}

#[test]
fn kernels_and_their_tables_are_added_once() {
    let b = Builder::new("m");
    let x = b.param("x", Type::scalar(Elem::F64));
    b.result("y", x.exp() + x.sigmoid() + (x + 1.0).exp());
    let checked = expanded(b);
    assert_eq!(names(checked.module()), ["exp", "sigmoid", "m"]);
    assert_eq!(checked.module().tables.len(), 2);
    assert!(checked.module().tables.iter().all(|(_, table)| matches!(table, Table::Tensor(_))));
}

#[test]
fn expanding_twice_changes_nothing() {
    let b = Builder::new("m");
    let x = b.param("x", Type::scalar(Elem::F64));
    b.result("y", x.exp());
    let once = expanded(b);
    assert_eq!(math::expand(&once).module(), once.module());
}

#[test]
fn origins_and_labels_are_kept() {
    let b = Builder::new("m");
    let x = b.param("x", Type::scalar(Elem::F32));
    b.result("y", x.tanh().named("squashed"));
    let before = check::check(b.finish().unwrap()).unwrap();
    let after = math::expand(&before);
    let result = after.entry_function().results[0].value;
    let node = &after.entry_function().nodes[result];
    assert!(matches!(node.op, Op::Cast { to: Elem::F32, .. }));
    assert_eq!(node.label.as_deref(), Some("squashed"));
    let origin = before.entry_function().nodes[before.entry_function().results[0].value].origin;
    assert!(after.entry_function().nodes.iter().all(|(_, node)| node.origin == origin));
}

#[test]
fn null_gives_null() {
    let b = Builder::new("m");
    let x = b.param("x", Type::nullable(Elem::F64));
    b.result("y", x.log());
    let checked = expanded(b);
    assert_eq!(only_result(&checked, &[Datum::Scalar(Literal::Null(Elem::F64))]), Datum::Scalar(Literal::Null(Elem::F64)));
    assert_eq!(only_result(&checked, &[1.0.into()]), 0.0.into());
}

#[test]
fn calls_between_functions_still_find_each_other() {
    let inner = Builder::new("inner");
    let x = inner.param("x", Type::scalar(Elem::F64));
    inner.result("y", x.exp());
    let inner = inner.finish().unwrap();
    let b = Builder::new("outer");
    let x = b.param("x", Type::scalar(Elem::F64));
    let function = b.import(&inner).unwrap();
    b.result("y", b.call(function, &[x], 0).log());
    let checked = expanded(b);
    assert_eq!(names(checked.module()), ["exp", "log", "inner", "outer"]);
    assert_eq!(only_result(&checked, &[2.0.into()]), 2.0.into());
}

/// Calls written out and calls on whole tensors give what a call on a scalar gives; operands of different shapes spread.
#[test]
fn tensors_of_any_size_give_the_elements_of_scalars() {
    for (rows, columns) in [(2, 3), (5, 8), (1, 1)] {
        let b = Builder::new("m");
        let x = b.param("x", Type::tensor(Elem::F64, [rows, columns]));
        let y = b.param("y", Type::tensor(Elem::F64, [columns]));
        b.result("z", x.exp().pow(y));
        let scalar = Builder::new("m");
        let (p, q) = (scalar.param("p", Type::scalar(Elem::F64)), scalar.param("q", Type::scalar(Elem::F64)));
        scalar.result("z", p.exp().pow(q));
        let (tensor, scalar) = (expanded(b), expanded(scalar));
        let x: Vec<Literal> = (0..rows * columns).map(|i| Literal::F64(f64::from(i) * 0.37 - 2.0)).collect();
        let y: Vec<Literal> = (0..columns).map(|i| Literal::F64(f64::from(i) - 1.5)).collect();
        let wanted: Vec<Literal> = (0..x.len())
            .map(|i| only_result(&scalar, &[Datum::Scalar(x[i].clone()), Datum::Scalar(y[i % y.len()].clone())]).elements()[0].clone())
            .collect();
        assert_eq!(only_result(&tensor, &[Datum::Tensor(x), Datum::Tensor(y)]).elements(), wanted);
    }
}
