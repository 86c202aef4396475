//! A program that runs scorers on rows in bytes: the way in which emitted Java is compared and `run --on java` works.
//!
//! The wire is the one that `back_rust::harness` documents. One JVM runs all scorers.

use plan::{Column, Elem, File, Plan};

use crate::expr::{boxed_type, java_type};
use crate::record::{column_type, field_type};
use crate::{camel, class_name, package_name, prediction, wide};

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
        out.push_str(&format!("            case {number}:\n                new Case{number}().run(rows);\n                break;\n"));
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

/// Lines of one method, which may have only so many bytes.
const LINES: usize = 100;

/// Methods that have these lines, and the statements that call them.
fn in_methods(name: &str, params: &str, arguments: &str, lines: &[String], methods: &mut String) -> String {
    let mut calls = String::new();
    for (number, part) in lines.chunks(LINES).enumerate() {
        methods.push_str(&format!("        void {name}{number}({params}) {{\n{}        }}\n\n", part.concat()));
        calls.push_str(&format!("            {name}{number}({arguments});\n"));
    }
    calls
}

fn new_column(column: &Column) -> String {
    let ty = java_type(column.ty.elem);
    match (column.ty.is_scalar(), column.ty.nullable) {
        (false, _) => format!("new {ty}[rows][{}]", column.ty.count()),
        (true, true) => format!("new {}[rows]", boxed_type(column.ty.elem)),
        (true, false) => format!("new {ty}[rows]"),
    }
}

fn read(at: usize, column: &Column) -> String {
    let read = format!("get{}()", wire_name(column.ty.elem));
    if !column.ty.is_scalar() {
        format!("            for (int j = 0; j < {}; j++) {{ column{at}[i][j] = {read}; }}\n", column.ty.count())
    } else if column.ty.nullable {
        format!("            if (getBool()) {{ column{at}[i] = {read}; }}\n")
    } else {
        format!("            column{at}[i] = {read};\n")
    }
}

fn put(column: &Column) -> String {
    let name = format!("output.{}()", camel(&column.ident));
    let put = format!("put{}", wire_name(column.ty.elem));
    if !column.ty.is_scalar() {
        format!("            for ({} value : {name}) {{ {put}(value); }}\n", java_type(column.ty.elem))
    } else if column.ty.nullable {
        format!("            putBool({name} != null);\n            if ({name} != null) {{ {put}({name}); }}\n")
    } else {
        format!("            {put}({name});\n")
    }
}

fn case(number: usize, plan: &Plan, out: &mut String) {
    let class = format!("{}.{}", package_name(plan), class_name(plan));
    let lines = |line: &dyn Fn(usize, &Column) -> String| -> Vec<String> {
        plan.inputs.iter().enumerate().map(|(at, column)| line(at, column)).collect()
    };
    let mut methods = String::new();
    let fields = lines(&|at, column| format!("        {} column{at};\n", column_type(column))).concat();
    let new = lines(&|at, column| format!("            column{at} = {};\n", new_column(column)));
    let make = in_methods("make", "int rows", "rows", &new, &mut methods);
    let read = in_methods("read", "int i", "i", &lines(&read), &mut methods);
    let checks = plan.predictions.iter().map(|one| {
        let (made, label) = (format!("output.{}()", camel(&one.ident)), camel(&plan.outputs[one.label].ident));
        let scores = prediction::scores(plan, one, |field| format!("output.{field}()"));
        format!(
            "            if (!java.util.Objects.equals({made}.{}().label(), output.{label}()) || !java.util.Arrays.equals({made}.scores(), {scores})) {{ throw new AssertionError(\"a prediction says something else\"); }}\n",
            camel(&one.class)
        )
    });
    let puts: Vec<String> = plan.outputs.iter().map(put).chain(checks).collect();
    let put = in_methods("put", &format!("{class}.Output output"), "output", &puts, &mut methods);
    let mut made = |name: &str, var: &str, (at, param, argument): (&str, &str, &str), ty| {
        let value = |number: usize| format!("column{number}{at}");
        if !wide::is_wide(&plan.inputs, ty) {
            let values: Vec<String> = (0..plan.inputs.len()).map(value).collect();
            return (String::new(), format!("new {class}.{name}({})", values.join(", ")));
        }
        let given = lines(&|number, column| format!("            {var}.{}({});\n", camel(&column.ident), value(number)));
        let builder = format!("{class}.{name}.Builder");
        let calls = in_methods(var, &format!("{builder} {var}{param}"), &format!("{var}{argument}"), &given, &mut methods);
        (format!("            {builder} {var} = new {builder}();\n{calls}"), format!("{var}.build()"))
    };
    let (columns, all) = made("Columns", "columns", ("", "", ""), column_type);
    let (row, one) = made("Input", "row", ("[i]", ", int i", ", i"), field_type);
    out.push_str(&format!(
        "    static final class Case{number} {{
{fields}
{methods}        void put({class}.Output output, {class}.Rejection rejection) {{
            putBool(output == null);
            if (output == null) {{
                putInt(rejection.ordinal());
                return;
            }}
{put}        }}

        {class}.Scores columns(int rows) {{
{make}            for (int i = 0; i < rows; i++) {{
{read}            }}
{columns}            return {class}.scoreColumns({all});
        }}

        {class}.Output row(int i) {{
{row}            return {class}.score({one});
        }}

        void run(int rows) {{
            {class}.Scores scores = columns(rows);
            for (int i = 0; i < rows; i++) {{
                {class}.Output output = {of_columns};
                {class}.Rejection rejection = {why};
                int start = out.size();
                put(output, rejection);
                byte[] first = java.util.Arrays.copyOfRange(out.toByteArray(), start, out.size());
                try {{
                    output = row(i);
                    rejection = null;
                }} catch ({class}.RejectedRowException rejected) {{
                    output = null;
                    rejection = rejected.rejection();
                }}
                int second = out.size();
                put(output, rejection);
                byte[] single = java.util.Arrays.copyOfRange(out.toByteArray(), second, out.size());
                out.truncate(second);
                if (!java.util.Arrays.equals(first, single)) {{
                    throw new AssertionError(\"the column form and the row form differ\");
                }}
            }}
        }}
    }}

",
        // A scorer without inputs has no columns to count rows by.
        of_columns = if plan.inputs.is_empty() { "row(i)" } else { "scores.outputs()[i]" },
        why = if plan.inputs.is_empty() { "null" } else { "scores.rejections()[i]" },
    ));
}
