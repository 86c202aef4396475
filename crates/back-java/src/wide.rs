//! Records of more components than Java allows.
//!
//! The constructor of a record takes at most 255 slots (JVMS 4.3.3), `this` among them, and a long or a double takes two. Columns that need
//! more are a class with the accessors of a record, which a builder fills by name: it says which column was forgotten, as the
//! constructor of a record would have when it was compiled.

use plan::Column;

use crate::record::about;
use crate::{camel, quoted};

const SLOTS: usize = 254;

/// Assignments of one method; HotSpot compiles none of more than 8,000 bytes, and an assignment has about twelve.
const ASSIGNMENTS: usize = 500;

/// Whether columns of these types are too many for a record.
pub(crate) fn is_wide(columns: &[Column], ty: fn(&Column) -> String) -> bool {
    columns.iter().map(|column| if matches!(ty(column).as_str(), "long" | "double") { 2 } else { 1 }).sum::<usize>() > SLOTS
}

/// The class. `more` are other methods of it.
pub(crate) fn class(name: &str, what: &str, columns: &[Column], ty: fn(&Column) -> String, more: &str, out: &mut String) {
    out.push_str(&format!(
        "    /** {what} A class, for it has more columns than a record may have. */\n    public static final class {name} {{\n"
    ));
    for column in columns {
        out.push_str(&format!("        private {} {};\n", ty(column), camel(&column.ident)));
    }
    out.push_str(&format!("\n        private {name}() {{}}\n"));
    for column in columns {
        let (ty, field, about) = (ty(column), camel(&column.ident), about(column));
        out.push_str(&format!("\n        /** {about}. */\n        public {ty} {field}() {{\n            return {field};\n        }}\n"));
    }
    if !more.is_empty() {
        out.push_str(&format!("\n{more}"));
    }
    // What the scorer gives is filled by the scorer.
    if name != "Output" {
        builder(name, columns, ty, out);
    }
    out.push_str("    }\n\n");
}

fn builder(name: &str, columns: &[Column], ty: fn(&Column) -> String, out: &mut String) {
    let names: Vec<String> = columns.iter().map(|column| format!("\n                {}", quoted(&column.name))).collect();
    out.push_str(&format!(
        "
        /** Takes all columns, by name and in any order. */
        public static final class Builder {{
            private static final String[] NAMES = {{{}
            }};
            private final java.util.BitSet given = new java.util.BitSet(NAMES.length);
            private {name} made = new {name}();

            /**
             * What was given. The builder is as new after it.
             *
             * @throws IllegalStateException if a column was not given
             */
            public {name} build() {{
                int next = given.nextClearBit(0);
                if (next < NAMES.length) {{
                    throw new IllegalStateException(\"the column \" + NAMES[next] + \" was not given\");
                }}
                {name} all = made;
                made = new {name}();
                given.clear();
                return all;
            }}
",
        names.join(",")
    ));
    for (number, column) in columns.iter().enumerate() {
        let (ty, field, about) = (ty(column), camel(&column.ident), about(column));
        out.push_str(&format!(
            "\n            /** {about}. */\n            public Builder {field}({ty} value) {{\n                made.{field} = value;\n                given.set({number});\n                return this;\n            }}\n"
        ));
    }
    out.push_str("        }\n");
}

/// Statements that hand values to a builder of this class, which is called `name`.
pub(crate) fn given(class: &str, name: &str, columns: &[Column], values: &[String], pad: &str) -> String {
    let each = columns.iter().zip(values).map(|(column, value)| format!("{pad}{name}.{}({value});\n", camel(&column.ident)));
    format!("{pad}{class}.Builder {name} = new {class}.Builder();\n{}", each.collect::<String>())
}

/// Methods that assign values to the fields of `name`, and the statements that call them. `params` and `arguments` are what the methods take
/// beside it.
pub(crate) struct Assigned {
    pub(crate) calls: String,
    pub(crate) methods: String,
}

pub(crate) fn assigned(class: &str, name: &str, columns: &[Column], values: &[String], (params, arguments): (&str, &str)) -> Assigned {
    let mut all = Assigned { calls: format!("        {class} {name} = new {class}();\n"), methods: String::new() };
    let pairs: Vec<(&Column, &String)> = columns.iter().zip(values).collect();
    for (number, part) in pairs.chunks(ASSIGNMENTS).enumerate() {
        let method = format!("fill{class}{}", number + 1);
        all.calls.push_str(&format!("        {method}({arguments}, {name});\n"));
        all.methods.push_str(&format!("    private static void {method}({params}, {class} {name}) {{\n"));
        for (column, value) in part {
            all.methods.push_str(&format!("        {name}.{} = {value};\n", camel(&column.ident)));
        }
        all.methods.push_str("    }\n\n");
    }
    all
}
