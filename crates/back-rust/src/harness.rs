//! A program that runs scorers on rows in bytes: the way in which emitted Rust is compared and `run --on rust` works.
//!
//! The wire, little-endian throughout. In: a `u32` case number, a `u32` row count, then each row's columns. A nullable column starts with a byte
//! that is 1 where there is a value; text is a `u32` byte count and UTF-8; an array is its elements. Out: for each row a byte that is 0 for a
//! score, followed by the output columns, or 1 for a rejection, followed by its `u32` number.

use plan::{Column, Elem, File, Plan};

use crate::expr::rust_type;
use crate::prediction::scores;
use crate::record::rejection_name;
use crate::snake;

/// The program for scorers whose crates lie in folders beside it: `(folder, plan)`. One binary holds them all.
///
/// It runs the column form and the single-row form and fails if they differ.
pub fn harness(cases: &[(String, &Plan)]) -> File {
    let mut out = String::from(include_str!("support_files/harness.rs"));
    for (number, (folder, plan)) in cases.iter().enumerate() {
        out.push_str(&format!("#[allow(dead_code)]\n#[path = \"{folder}/src/lib.rs\"]\nmod case_{number};\n"));
        case(number, plan, &mut out);
    }
    out.push_str("fn run(case: u32, rows: u32, input: &mut Reader<'_>, output: &mut Vec<u8>) {\n    match case {\n");
    for number in 0..cases.len() {
        out.push_str(&format!("        {number} => run_case_{number}(rows, input, output),\n"));
    }
    out.push_str("        _ => panic!(\"there is no such case\"),\n    }\n}\n");
    File::text("main.rs", out)
}

fn wire_type(elem: Elem) -> &'static str {
    if elem == Elem::Str { "str" } else { rust_type(elem) }
}

fn read(column: &Column) -> String {
    let ty = wire_type(column.ty.elem);
    if !column.ty.is_scalar() {
        format!("std::array::from_fn::<_, {}, _>(|_| input.{ty}())", column.ty.count())
    } else if column.ty.nullable {
        format!("if input.bool() {{ Some(input.{ty}()) }} else {{ None }}")
    } else {
        format!("input.{ty}()")
    }
}

fn write(column: &Column) -> String {
    let name = snake(&column.ident);
    let put = |value: &str| format!("put_{}(output, {value});", wire_type(column.ty.elem));
    let by = if column.ty.elem == Elem::Str { "value" } else { "*value" };
    if !column.ty.is_scalar() {
        format!("for value in &row.{name} {{ {} }}", put(by))
    } else if column.ty.nullable {
        format!("put_bool(output, row.{name}.is_some()); if let Some(value) = &row.{name} {{ {} }}", put(by))
    } else if column.ty.elem == Elem::Str {
        put(&format!("&row.{name}"))
    } else {
        put(&format!("row.{name}"))
    }
}

fn case(number: usize, plan: &Plan, out: &mut String) {
    let module = format!("case_{number}");
    let names: Vec<String> = plan.inputs.iter().map(|column| snake(&column.ident)).collect();
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    line(format!(
        "#[allow(unreachable_code)]\nfn put_{module}(row: Result<{module}::Output, {module}::Rejection>, output: &mut Vec<u8>) {{"
    ));
    line("    match row {".into());
    line("        Ok(row) => {\n            output.push(0);".into());
    line("            let _ = &row;".into());
    plan.outputs.iter().for_each(|column| line(format!("            {}", write(column))));
    for one in &plan.predictions {
        let (name, label) = (snake(&one.ident), snake(&plan.outputs[one.label].ident));
        line(format!("            let prediction = row.{name}();\n            assert!(prediction.class.label() == row.{label});"));
        line(format!("            let scores = {};", scores(plan, one, "row")));
        line(format!(
            "            assert!({module}::{}::ALL.iter().zip(scores).all(|(class, score)| prediction.score(*class).to_bits() == score.to_bits()));",
            one.class.pascal()
        ));
    }
    line("        }\n        Err(rejection) => {\n            output.push(1);".into());
    line("            let number: u32 = match rejection {".into());
    for number in 0..plan.rejections.len() as u32 {
        line(format!("                {module}::Rejection::{} => {number},", rejection_name(plan, number)));
    }
    line("                #[allow(unreachable_patterns)]\n                _ => unreachable!(),\n            };\n            output.extend(number.to_le_bytes());\n        }\n    }\n}".into());
    line(format!("fn run_case_{number}(rows: u32, input: &mut Reader<'_>, output: &mut Vec<u8>) {{"));
    names.iter().enumerate().for_each(|(at, _)| line(format!("    let mut column_{at} = Vec::new();")));
    line("    for _ in 0..rows {".into());
    for (at, column) in plan.inputs.iter().enumerate() {
        line(format!("        column_{at}.push({});", read(column)));
    }
    line("    }".into());
    let mut fields: Vec<String> = names.iter().enumerate().map(|(at, name)| format!("{name}: &column_{at}")).collect();
    if fields.is_empty() {
        line("    let none = vec![(); rows as usize];".into());
        fields.push("rows: &none".into());
    }
    line(format!("    let columns = {module}::Columns {{ {} }};", fields.join(", ")));
    line(format!("    let inputs: Vec<{module}::Input> = (0..columns.rows()).map(|at| columns.row(at)).collect();"));
    line(format!("    let scores = {module}::score_columns(&columns);"));
    line("    for (input, score) in inputs.iter().zip(scores) {".into());
    line("        let start = output.len();".into());
    line(format!(
        "        put_{module}(score, output);\n        let mut single = Vec::new();\n        put_{module}({module}::score(input), &mut single);"
    ));
    line("        assert!(output[start..] == single[..], \"the column form and the row form differ\");\n    }\n}".into());
}
