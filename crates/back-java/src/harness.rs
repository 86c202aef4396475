//! A program that runs scorers on rows in bytes: the way in which emitted Java is compared and `run --on java` works.
//!
//! The wire is the one that `back_rust::harness` documents. One JVM runs all scorers.

use plan::{Column, Elem, File, Plan};

use crate::expr::{boxed_type, java_type};
use crate::{camel, class_name, package_name};

/// The program for scorers: `(folder, plan)`. The packages of the plans must differ.
///
/// It runs the column form and the single-row form and fails if they differ.
pub fn harness(cases: &[(String, &Plan)]) -> File {
    let mut out = String::from(include_str!("support_files/Harness.java"));
    for (number, (_, plan)) in cases.iter().enumerate() {
        case(number, plan, &mut out);
    }
    out.push_str("    static void run(int number, int rows) {\n        switch (number) {\n");
    for number in 0..cases.len() {
        out.push_str(&format!("            case {number}:\n                case{number}(rows);\n                break;\n"));
    }
    out.push_str(
        "            default:\n                throw new IllegalArgumentException(\"there is no such case\");\n        }\n    }\n}\n",
    );
    File::text("Harness.java", out)
}

fn wire_name(elem: Elem) -> &'static str {
    match java_type(elem) {
        "String" => "Text",
        "boolean" => "Bool",
        "int" => "Int",
        "long" => "Long",
        "float" => "Float",
        _ => "Double",
    }
}

fn array_type(column: &Column) -> (String, String) {
    let ty = java_type(column.ty.elem);
    if !column.ty.is_scalar() {
        (format!("{ty}[][]"), format!("new {ty}[rows][{}]", column.ty.count()))
    } else if column.ty.nullable {
        let boxed = boxed_type(column.ty.elem);
        (format!("{boxed}[]"), format!("new {boxed}[rows]"))
    } else {
        (format!("{ty}[]"), format!("new {ty}[rows]"))
    }
}

fn case(number: usize, plan: &Plan, out: &mut String) {
    let class = format!("{}.{}", package_name(plan), class_name(plan));
    out.push_str(&format!("    static void case{number}(int rows) {{\n"));
    for (at, column) in plan.inputs.iter().enumerate() {
        let (ty, new) = array_type(column);
        out.push_str(&format!("        {ty} column{at} = {new};\n"));
    }
    out.push_str("        for (int i = 0; i < rows; i++) {\n");
    for (at, column) in plan.inputs.iter().enumerate() {
        let read = format!("get{}()", wire_name(column.ty.elem));
        out.push_str(&if !column.ty.is_scalar() {
            format!("            for (int j = 0; j < {}; j++) {{ column{at}[i][j] = {read}; }}\n", column.ty.count())
        } else if column.ty.nullable {
            format!("            if (getBool()) {{ column{at}[i] = {read}; }}\n")
        } else {
            format!("            column{at}[i] = {read};\n")
        });
    }
    out.push_str("        }\n");
    let columns: Vec<String> = (0..plan.inputs.len()).map(|at| format!("column{at}")).collect();
    let fields: Vec<String> = (0..plan.inputs.len()).map(|at| format!("column{at}[i]")).collect();
    out.push_str(&format!("        {class}.Scores scores = {class}.scoreColumns(new {class}.Columns({}));\n", columns.join(", ")));
    out.push_str(&format!(
        "        for (int i = 0; i < rows; i++) {{
            {class}.Output output = {of_columns};
            {class}.Rejection rejection = {why};
            int start = out.size();
            put{number}(output, rejection);
            byte[] first = java.util.Arrays.copyOfRange(out.toByteArray(), start, out.size());
            try {{
                output = {class}.score(new {class}.Input({}));
                rejection = null;
            }} catch ({class}.RejectedRowException rejected) {{
                output = null;
                rejection = rejected.rejection();
            }}
            int second = out.size();
            put{number}(output, rejection);
            byte[] single = java.util.Arrays.copyOfRange(out.toByteArray(), second, out.size());
            out.truncate(second);
            if (!java.util.Arrays.equals(first, single)) {{
                throw new AssertionError(\"the column form and the row form differ\");
            }}
        }}\n    }}\n\n",
        fields.join(", "),
        // A scorer without inputs has no columns to count rows by.
        of_columns = if plan.inputs.is_empty() { format!("{class}.score(new {class}.Input())") } else { "scores.outputs()[i]".into() },
        why = if plan.inputs.is_empty() { "null" } else { "scores.rejections()[i]" },
    ));
    out.push_str(&format!("    static void put{number}({class}.Output output, {class}.Rejection rejection) {{\n        if (output == null) {{\n            putBool(true);\n            putInt(rejection.ordinal());\n            return;\n        }}\n        putBool(false);\n"));
    for column in &plan.outputs {
        let name = format!("output.{}()", camel(&column.ident));
        let put = format!("put{}", wire_name(column.ty.elem));
        out.push_str(&if !column.ty.is_scalar() {
            format!("        for ({} value : {name}) {{ {put}(value); }}\n", java_type(column.ty.elem))
        } else if column.ty.nullable {
            format!("        putBool({name} != null);\n        if ({name} != null) {{ {put}({name}); }}\n")
        } else {
            format!("        {put}({name});\n")
        });
    }
    out.push_str("    }\n\n");
}
