//! What training left behind, as Java: a class `Tables`, and resources for what is long.

use plan::{
    Asks, Elem, FEATURE_MASK, File, Forest, ForestForm, Literal, MISSING_IS_YES, Map, Plan, Storage, TEST_SHIFT, Tensor, Test, Tree,
    file_bytes,
};

use crate::expr::{boxed_type, java_type, literal_text};
use crate::{Printer, camel, javadoc, package_name};

/// The body of the class `Tables`, and its resources.
pub(crate) fn print(plan: &Plan) -> (String, Vec<File>) {
    let mut printer = Tables { plan, out: String::new(), files: Vec::new() };
    plan.tensors.iter().for_each(|tensor| printer.tensor(tensor));
    plan.maps.iter().for_each(|map| printer.map(map));
    plan.forests.iter().for_each(|forest| printer.forest(forest));
    if !printer.files.is_empty() {
        let text = include_str!("support_files/resources.java");
        printer.out.push_str(text);
    }
    (printer.out, printer.files)
}

/// The method that says whether a map has a key.
pub(crate) fn has_name(map: &Map) -> String {
    format!("has{}", map.ident.pascal())
}

/// The most rows of a map that are looked through one by one.
const LONGEST_CHAIN: usize = 200;
/// So many rows fill a hash table in far less bytecode than a method may have.
const ROWS_OF_A_METHOD: usize = 500;

struct Tables<'a> {
    plan: &'a Plan,
    out: String,
    files: Vec<File>,
}

impl Tables<'_> {
    fn doc(&mut self, text: &str) {
        self.out.push_str(&format!("    /** {}. */\n", javadoc(text)));
    }

    /// Writes a resource and gives the expression that reads it.
    fn resource(&mut self, name: &str, elem: Elem, contents: Vec<u8>) -> String {
        let path = package_name(self.plan).replace('.', "/");
        self.files.push(File::binary(format!("src/main/resources/{path}/{name}.bin"), contents));
        format!("{}s(\"{name}.bin\")", java_type(elem).to_lowercase())
    }

    fn tensor(&mut self, tensor: &Tensor) {
        self.doc(&tensor.name);
        let ty = java_type(tensor.elem());
        let name = tensor.ident.shouting();
        let value = match tensor.storage {
            Storage::Source => format!("{{{}}}", tensor.values.iter().map(|value| literal_text(&value)).collect::<Vec<_>>().join(", ")),
            Storage::File => self.resource(&tensor.ident.snake(), tensor.elem(), file_bytes(&tensor.values)),
        };
        self.out.push_str(&format!("    static final {ty}[] {name} = {value};\n\n"));
    }

    /// A map is a switch over its one key where Java has one, else a chain of conditions; one with many rows is a hash table.
    fn map(&mut self, map: &Map) {
        let names: Vec<String> =
            (1..=map.keys.len()).map(|at| if map.keys.len() == 1 { "key".into() } else { format!("key{at}") }).collect();
        let params: Vec<String> = names.iter().zip(&map.keys).map(|(name, elem)| format!("{} {name}", java_type(*elem))).collect();
        let value = java_type(map.value);
        if map.rows.len() > LONGEST_CHAIN {
            return self.hashed(map, &names, &params);
        }
        self.doc(&format!("{}: the value beside the key, or the other one", map.name));
        self.out.push_str(&format!("    static {value} {}({}, {value} otherwise) {{\n", camel(&map.ident), params.join(", ")));
        self.rows(map, &names, literal_text, "otherwise");
        self.doc(&format!("{}: whether the key is there", map.name));
        self.out.push_str(&format!("    static boolean {}({}) {{\n", has_name(map), params.join(", ")));
        self.rows(map, &names, |_| "true".into(), "false");
    }

    /// A hash table, filled by methods that each are short enough for Java. Zero has one sign in it, and nothing stands beside NaN.
    fn hashed(&mut self, map: &Map, names: &[String], params: &[String]) {
        let (name, value) = (camel(&map.ident), java_type(map.value));
        let boxed = boxed_type(map.value);
        let one_zero = |text: String, elem: Elem| match elem {
            Elem::F64 => format!("{text} + 0.0"),
            Elem::F32 => format!("{text} + 0.0f"),
            Elem::Bool | Elem::I32 | Elem::I64 | Elem::Str | Elem::Date | Elem::DateTime | Elem::Duration => text,
        };
        let key = |parts: Vec<String>| {
            let parts: Vec<String> = parts.into_iter().zip(&map.keys).map(|(part, elem)| one_zero(part, *elem)).collect();
            format!("java.util.List.of({})", parts.join(", "))
        };
        self.doc(&format!("{}: the values by their keys", map.name));
        self.out.push_str(&format!(
            "    private static final java.util.Map<java.util.List<Object>, {boxed}> {name}_rows = new java.util.HashMap<>();\n\n"
        ));
        let parts: Vec<_> = map.rows.chunks(ROWS_OF_A_METHOD).collect();
        let calls: String = (1..=parts.len()).map(|number| format!("        {name}_rows{number}();\n")).collect();
        self.out.push_str(&format!("    static {{\n{calls}    }}\n\n"));
        for (number, rows) in parts.iter().enumerate() {
            self.out.push_str(&format!("    private static void {name}_rows{}() {{\n", number + 1));
            for (keys, row) in *rows {
                let key = key(keys.iter().map(literal_text).collect());
                self.out.push_str(&format!("        {name}_rows.put({key}, {});\n", literal_text(row)));
            }
            self.out.push_str("    }\n\n");
        }
        let (params, key) = (params.join(", "), key(names.to_vec()));
        self.doc(&format!("{}: the value beside the key, or the other one", map.name));
        self.out.push_str(&format!(
            "    static {value} {name}({params}, {value} otherwise) {{\n        {boxed} found = {name}_rows.get({key});\n        return found == null ? otherwise : found;\n    }}\n\n"
        ));
        self.doc(&format!("{}: whether the key is there", map.name));
        self.out.push_str(&format!(
            "    static boolean {}({params}) {{\n        return {name}_rows.containsKey({key});\n    }}\n\n",
            has_name(map)
        ));
    }

    fn rows(&mut self, map: &Map, names: &[String], value: impl Fn(&Literal) -> String, otherwise: &str) {
        if map.keys == [Elem::Str] {
            self.out.push_str("        switch (key) {\n");
            for (keys, row) in &map.rows {
                self.out.push_str(&format!("            case {}:\n                return {};\n", literal_text(&keys[0]), value(row)));
            }
            self.out.push_str(&format!("            default:\n                return {otherwise};\n        }}\n    }}\n\n"));
            return;
        }
        for (keys, row) in &map.rows {
            let same = |(name, key): (&String, &Literal)| {
                let key_text = literal_text(key);
                if key.as_str().is_some() { format!("{name}.equals({key_text})") } else { format!("{name} == {key_text}") }
            };
            let conditions: Vec<String> = names.iter().zip(keys).map(same).collect();
            self.out.push_str(&format!("        if ({}) {{\n            return {};\n        }}\n", conditions.join(" && "), value(row)));
        }
        self.out.push_str(&format!("        return {otherwise};\n    }}\n\n"));
    }

    fn forest(&mut self, forest: &Forest) {
        let name = camel(&forest.ident);
        let (gives, row) = (java_type(forest.gives()), java_type(forest.elem));
        let what = if forest.values.is_some() { "the value of the leaf" } else { "the number of the leaf" };
        let doc = format!("{}: {what} that a row reaches in a tree", forest.name);
        match forest.form {
            ForestForm::Code => {
                self.doc(&doc);
                self.out.push_str(&format!("    static {gives} {name}(int tree, {row}[] row) {{\n        switch (tree) {{\n"));
                for number in 0..forest.trees.len() {
                    self.out.push_str(&format!("            case {number}:\n                return {name}_{number}(row);\n"));
                }
                self.out.push_str("            default:\n                throw new IllegalArgumentException(\"there is no such tree\");\n        }\n    }\n\n");
                for (number, tree) in forest.trees.iter().enumerate() {
                    self.out.push_str(&format!("    private static {gives} {name}_{number}({row}[] row) {{\n"));
                    self.nested(forest, tree, 2);
                    self.out.push_str("    }\n\n");
                }
            }
            ForestForm::Table => self.table_walk(forest, &doc),
        }
    }

    fn nested(&mut self, forest: &Forest, tree: &Tree, indent: usize) {
        let pad = "    ".repeat(indent);
        match tree {
            Tree::Leaf(leaf) => {
                let value = forest
                    .values
                    .as_ref()
                    .and_then(|values| values.get(*leaf as usize))
                    .map_or(leaf.to_string(), |value| literal_text(&value));
                self.out.push_str(&format!("{pad}return {value};\n"));
            }
            Tree::Split { feature, test, yes, no, missing_is_yes } => {
                let x = format!("row[{feature}]");
                let (sign, threshold) = match test {
                    Test::Less(t) => ("<", t),
                    Test::LessEq(t) => ("<=", t),
                    Test::Equal(t) => ("==", t),
                };
                let wide = forest.elem == Elem::F64;
                let threshold = if wide { Literal::F64(*threshold) } else { Literal::F32(*threshold as f32) };
                let class = if wide { "Double" } else { "Float" };
                let missing = if *missing_is_yes { format!(" || {class}.isNaN({x})") } else { String::new() };
                self.out.push_str(&format!("{pad}if ({x} {sign} {}{missing}) {{\n", literal_text(&threshold)));
                self.nested(forest, yes, indent + 1);
                self.out.push_str(&format!("{pad}}} else {{\n"));
                self.nested(forest, no, indent + 1);
                self.out.push_str(&format!("{pad}}}\n"));
            }
        }
    }

    /// The splits are read into arrays once, one array for each part of a split.
    fn table_walk(&mut self, forest: &Forest, doc: &str) {
        let (name, file) = (camel(&forest.ident), forest.ident.snake());
        let shout = forest.ident.shouting();
        let ty = java_type(forest.elem);
        let wide = forest.split_size() - 12;
        let splits = forest.split_bytes();
        let part =
            |from: usize, to: usize| splits.chunks(forest.split_size()).flat_map(|split| split[from..to].to_vec()).collect::<Vec<u8>>();
        let parts = [
            ("THRESHOLD", forest.elem, part(0, wide)),
            ("WORD", Elem::I32, part(wide, wide + 4)),
            ("YES", Elem::I32, part(wide + 4, wide + 8)),
            ("NO", Elem::I32, part(wide + 8, wide + 12)),
            ("ROOT", Elem::I32, forest.root_bytes()),
        ];
        for (what, elem, contents) in parts {
            let read = self.resource(&format!("{file}_{}", what.to_lowercase()), elem, contents);
            self.out.push_str(&format!("    private static final {}[] {shout}_{what} = {read};\n", java_type(elem)));
        }
        if let Some(values) = &forest.values {
            let read = self.resource(&format!("{file}_value"), values.elem(), file_bytes(values));
            self.out.push_str(&format!("    private static final {}[] {shout}_VALUE = {read};\n", java_type(values.elem())));
        }
        self.out.push('\n');
        self.doc(doc);
        let class = if forest.elem == Elem::F64 { "Double" } else { "Float" };
        let test = match forest.asks() {
            Asks::Less => "x < threshold".to_string(),
            Asks::LessEq => "x <= threshold".to_string(),
            Asks::Mixed => {
                format!("word >>> {TEST_SHIFT} == 0 ? x < threshold : word >>> {TEST_SHIFT} == 1 ? x <= threshold : x == threshold")
            }
        };
        let missing =
            if forest.minds_missing() { format!(" || (word & {MISSING_IS_YES:#x}) != 0 && {class}.isNaN(x)") } else { String::new() };
        let result = if forest.values.is_some() { format!("{shout}_VALUE[~at]") } else { "~at".into() };
        self.out.push_str(&format!(
            "    static {gives} {name}(int tree, {ty}[] row) {{
        int at = {shout}_ROOT[tree];
        while (at >= 0) {{
            {ty} threshold = {shout}_THRESHOLD[at];
            int word = {shout}_WORD[at];
            {ty} x = row[word & {FEATURE_MASK:#x}];
            boolean yes = ({test}){missing};
            at = yes ? {shout}_YES[at] : {shout}_NO[at];
        }}
        return {result};
    }}

",
            gives = java_type(forest.gives()),
        ));
    }
}

impl Printer<'_> {
    /// Whether any table is used at all.
    pub(crate) fn has_tables(&self) -> bool {
        !self.plan.tensors.is_empty() || !self.plan.maps.is_empty() || !self.plan.forests.is_empty()
    }
}
