//! What each pass does to a small module, in the text form of the IR.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use check::{Checked, check};
use ir::Module;
use ir::text::{parse, print};
use passes::{dead, fold, optimise, share};

/// A module of one function `f` with these lines.
fn checked(lines: &str) -> Checked {
    whole(&format!("origin !0 made \"test\"\nfn @0 \"f\" {{\n{lines}\n}}\nentry @0\n"))
}

fn whole(items: &str) -> Checked {
    let module = parse(&format!("scorewright-ir 1\nmodule \"m\"\n{items}")).expect("a module in the text form");
    check(module).expect("a sound module")
}

/// The lines inside the functions, and those of tables.
fn shown(module: &Module) -> String {
    let text = print(module);
    let lines = text.lines().filter(|line| line.starts_with("  ") || line.starts_with("tensor"));
    lines.map(|line| format!("{}\n", line.trim())).collect()
}

#[test]
fn operations_on_constants_are_computed() {
    let module = fold(&checked(
        r#"%0 = const f64 2.0 !0
        %1 = log %0 !0 "log of two"
        %2 = const str "Über" !0
        %3 = upper %2 !0
        %4 = const i64 -7 !0
        %5 = cast %4 i32 !0
        %6 = pack %0 %1 !0
        %7 = sum %6 [0] !0
        result %3 "text" str
        result %5 "int" i32
        result %6 "vector" f64[2]
        result %7 "sum" f64"#,
    ));
    insta::assert_snapshot!(shown(&module), @r#"
    tensor #0 "folded" f64[2] {
    2.0 0.6931471805599453
    %0 = const f64 2.0 !0
    %1 = const f64 0.6931471805599453 !0 "log of two"
    %2 = const str "Über" !0
    %3 = const str "ÜBER" !0
    %4 = const i64 -7 !0
    %5 = const i32 -7 !0
    %6 = table #0 !0
    %7 = const f64 2.6931471805599454 !0
    result %3 "text" str
    result %5 "int" i32
    result %6 "vector" f64[2]
    result %7 "sum" f64
    "#);
}

#[test]
fn identities_give_their_operand() {
    let module = optimise(&checked(
        r#"param 0 "b" bool
        param 1 "x" f64
        %0 = param 0 !0
        %1 = param 1 !0
        %2 = not %0 !0
        %3 = not %2 !0 "twice not"
        %4 = const bool true !0
        %5 = and %4 %0 !0
        %6 = or %0 %4 !0
        %7 = select %6 %1 %1 !0
        %8 = is_null %1 !0
        %9 = or_else %1 %7 !0
        %10 = cast %9 f64 !0
        result %3 "same" bool
        result %5 "and" bool
        result %6 "or" bool
        result %8 "null" bool
        result %10 "x" f64"#,
    ));
    insta::assert_snapshot!(shown(module.module()), @r#"
    param 0 "b" bool
    param 1 "x" f64
    %0 = param 0 !0 "twice not"
    %1 = param 1 !0
    %2 = const bool true !0
    %3 = const bool false !0
    result %0 "same" bool
    result %0 "and" bool
    result %2 "or" bool
    result %3 "null" bool
    result %1 "x" f64
    "#);
}

#[test]
fn no_bit_of_a_float_changes() {
    let lines = r#"param 0 "x" f64
        %0 = param 0 !0
        %1 = const f64 0.0 !0
        %2 = const f64 1.0 !0
        %3 = add %0 %1 !0
        %4 = mul %3 %2 !0
        %5 = sub %4 %4 !0
        result %5 "x" f64"#;
    let before = checked(lines);
    assert_eq!(optimise(&before).module(), before.module());
}

#[test]
fn a_result_that_may_be_null_keeps_its_type() {
    let module = optimise(&checked(
        r#"param 0 "x" f64?
        %0 = param 0 !0
        %1 = const bool true !0
        %2 = const f64 1.0 !0
        %3 = select %1 %2 %0 !0 "kept"
        %4 = is_null %3 !0
        %5 = neg %3 !0
        %6 = or_else %5 %2 !0
        result %3 "nullable" f64?
        result %4 "is_null" bool
        result %6 "never null" f64"#,
    ));
    insta::assert_snapshot!(shown(module.module()), @r#"
    param 0 "x" f64?
    %0 = param 0 !0
    %1 = const bool true !0
    %2 = const f64 1.0 !0
    %3 = select %1 %2 %0 !0 "kept"
    %4 = is_null %3 !0
    %5 = neg %3 !0
    %6 = or_else %5 %2 !0
    result %3 "nullable" f64?
    result %4 "is_null" bool
    result %6 "never null" f64
    "#);
}

#[test]
fn what_may_not_be_null_afterwards_is_folded_through() {
    let module = optimise(&checked(
        r#"param 0 "x" f64?
        %0 = param 0 !0
        %1 = const bool true !0
        %2 = const f64 1.0 !0
        %3 = select %1 %2 %0 !0
        %4 = neg %3 !0
        %5 = or_else %4 %2 !0
        result %5 "never null" f64"#,
    ));
    insta::assert_snapshot!(shown(module.module()), @r#"
    param 0 "x" f64?
    %0 = const f64 -1.0 !0
    result %0 "never null" f64
    "#);
}

#[test]
fn long_texts_and_tensors_are_not_multiplied() {
    let texts: String = (1..40).map(|n| format!("%{n} = concat_text %{} %{} !0\n", n - 1, n - 1)).collect();
    let module = fold(&checked(&format!("%0 = const str \"0123456789\" !0\n{texts}result %39 \"long\" str")));
    assert!(print(&module).len() < 10_000);
    let module = fold(&whole(
        "origin !0 made \"test\"\ntensor #0 \"ones\" f64[17, 1] { 1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.0 1.0 }\n\
         fn @0 \"f\" { %0 = table #0 !0 %1 = transpose %0 [1, 0] !0 %2 = add %0 %1 !0 result %2 \"many\" f64[17, 17] }\nentry @0",
    ));
    assert_eq!(module.tables.len(), 1);
}

#[test]
fn equal_nodes_are_one() {
    let module = share(&checked(
        r#"param 0 "x" f64
        %0 = param 0 !0
        %1 = const f64 0.0 !0
        %2 = const f64 -0.0 !0
        %3 = const f64 0.0 !0 "zero"
        %4 = add %0 %1 !0 "first"
        %5 = add %0 %3 !0 "second"
        %6 = add %0 %2 !0
        %7 = mul %4 %5 !0
        result %7 "square" f64
        result %6 "other" f64"#,
    ));
    insta::assert_snapshot!(shown(&module), @r#"
    param 0 "x" f64
    %0 = param 0 !0
    %1 = const f64 0.0 !0 "zero"
    %2 = const f64 -0.0 !0
    %3 = const f64 0.0 !0 "zero"
    %4 = add %0 %1 !0 "first"
    %5 = add %0 %1 !0 "second"
    %6 = add %0 %2 !0
    %7 = mul %4 %4 !0
    result %7 "square" f64
    result %6 "other" f64
    "#);
}

#[test]
fn what_nothing_needs_goes() {
    let module = dead(&whole(
        r#"file 0 "prepare.py"
        origin !0 graph file 0 "unused"
        origin !1 graph file 0 "source"
        origin !2 made "fold" !1
        tensor #0 "unused" f64[1] { 1.0 }
        tensor #1 "used" f64[1] { 2.0 }
        fn @0 "unused" { param 0 "x" f64 %0 = param 0 !0 result %0 "x" f64 }
        fn @1 "used" { param 0 "x" f64 %0 = param 0 !2 result %0 "x" f64 }
        fn @2 "entry" {
            param 0 "x" f64
            param 1 "never looked at" str?
            %0 = param 0 !2
            %1 = param 1 !0
            %2 = table #0 !0
            %3 = table #1 !2
            %4 = call @0 %0 result 0 !0
            %5 = call @1 %0 result 0 !2
            result %3 "table" f64[1]
            result %5 "y" f64
        }
        entry @2"#,
    ));
    insta::assert_snapshot!(print(&module), @r#"
    scorewright-ir 1
    module "m"
    file 0 "prepare.py"
    origin !0 graph file 0 "source"
    origin !1 made "fold" !0
    tensor #0 "used" f64[1] {
      2.0
    }
    fn @0 "used" {
      param 0 "x" f64
      %0 = param 0 !1
      result %0 "x" f64
    }
    fn @1 "entry" {
      param 0 "x" f64
      param 1 "never looked at" str?
      %0 = param 0 !1
      %1 = table #0 !1
      %2 = call @0 %0 result 0 !1
      result %1 "table" f64[1]
      result %2 "y" f64
    }
    entry @1
    "#);
}

#[test]
fn rejections_that_never_apply_go_and_the_others_keep_their_order() {
    let module = dead(&checked(
        r#"param 0 "a" bool
        param 1 "b" bool?
        %0 = param 0 !0
        %1 = param 1 !0
        %2 = const bool false !0
        %3 = const bool null !0
        %4 = const bool true !0
        reject %1 invalid "first" !0
        reject %2 invalid "false" !0
        reject %3 invalid "null" !0
        reject %0 filtered "second" !0
        reject %4 filtered "every row that is left" !0
        reject %0 invalid "behind the wall" !0"#,
    ));
    insta::assert_snapshot!(shown(&module), @r#"
    param 0 "a" bool
    param 1 "b" bool?
    %0 = param 0 !0
    %1 = param 1 !0
    %2 = const bool true !0
    reject %1 invalid "first" !0
    reject %0 filtered "second" !0
    reject %2 filtered "every row that is left" !0
    "#);
}

#[test]
fn optimising_twice_changes_nothing_more() {
    let once = optimise(&checked(
        r#"param 0 "x" f64?
        %0 = param 0 !0
        %1 = const f64 3.0 !0
        %2 = sqrt %1 !0
        %3 = const f64 3.0 !0
        %4 = sqrt %3 !0
        %5 = eq %2 %4 !0
        %6 = or_else %0 %2 !0
        %7 = or_else %0 %4 !0
        %8 = select %5 %6 %7 !0
        result %8 "x" f64"#,
    ));
    insta::assert_snapshot!(shown(once.module()), @r#"
    param 0 "x" f64?
    %0 = param 0 !0
    %1 = const f64 1.7320508075688772 !0
    %2 = or_else %0 %1 !0
    result %2 "x" f64
    "#);
    assert_eq!(optimise(&once).module(), once.module());
}
