//! What training left behind, as Rust.

use plan::{
    Asks, Elem, Elements, FEATURE_MASK, File, Forest, ForestForm, Literal, MISSING_IS_YES, Map, Plan, Storage, TEST_SHIFT, Tensor, Test,
    Tree, file_bytes,
};

use crate::expr::{literal_text, rust_type};
use crate::{plain, quoted, snake};

/// A map with more rows than this is searched by halves instead of matched.
const MATCH_ROWS: usize = 64;

/// The module `tables`, and the files of bytes that it includes.
pub(crate) fn print(plan: &Plan) -> (String, Vec<File>) {
    let mut out = String::from("//! What training left behind.\n\n");
    let mut files = Vec::new();
    for table in &plan.tensors {
        tensor(table, &mut out, &mut files);
    }
    for table in &plan.maps {
        map(table, &mut out);
    }
    for table in &plan.forests {
        forest(table, &mut out, &mut files);
    }
    (out, files)
}

fn doc(name: &str, out: &mut String) {
    out.push_str(&format!("#[doc = {}]\n", quoted(&format!(" {}", plain(name)))));
}

fn list(values: &Elements) -> String {
    values.iter().map(|value| literal_text(&value)).collect::<Vec<_>>().join(", ")
}

fn tensor(tensor: &Tensor, out: &mut String, files: &mut Vec<File>) {
    doc(&tensor.name, out);
    let ty = rust_type(tensor.elem());
    match tensor.storage {
        Storage::Source => {
            let ty = if tensor.elem() == Elem::Str { "&str" } else { ty };
            out.push_str(&format!(
                "pub(super) static {}: [{ty}; {}] = [{}];\n\n",
                tensor.ident.shouting(),
                tensor.values.len(),
                list(&tensor.values)
            ));
        }
        Storage::File => reader(&snake(&tensor.ident), "pub(super) ", tensor.elem(), file_bytes(&tensor.values), out, files),
    }
}

/// A function that reads one element of a file of bytes.
fn reader(name: &str, visible: &str, elem: Elem, contents: Vec<u8>, out: &mut String, files: &mut Vec<File>) {
    let path = format!("{name}.bin");
    let number = |ty: &str, size: usize| {
        let parts: Vec<String> =
            (0..size).map(|byte| if byte == 0 { format!("DATA[at * {size}]") } else { format!("DATA[at * {size} + {byte}]") }).collect();
        format!("{ty}::from_le_bytes([{}])", parts.join(", "))
    };
    let (ty, read) = match elem {
        Elem::Bool => ("bool", "DATA[at] != 0".into()),
        Elem::F32 | Elem::I32 => (rust_type(elem), number(rust_type(elem), 4)),
        Elem::F64 | Elem::I64 | Elem::Date | Elem::DateTime | Elem::Duration => (rust_type(elem), number(rust_type(elem), 8)),
        Elem::Str => {
            let start = format!("let start = |at: usize| {} as usize;", number("u32", 4));
            ("&'static str", format!("{start}\nstd::str::from_utf8(&DATA[start(at)..start(at + 1)]).unwrap_or_default()"))
        }
    };
    out.push_str(&format!(
        "{visible}fn {name}(at: usize) -> {ty} {{\nstatic DATA: &[u8] = include_bytes!({});\n{read}\n}}\n\n",
        quoted(&path)
    ));
    files.push(File::binary(format!("src/{path}"), contents));
}

fn map(map: &Map, out: &mut String) {
    doc(&map.name, out);
    let value_type = if map.value == Elem::Str { "&'static str" } else { rust_type(map.value) };
    let names: Vec<String> = (1..=map.keys.len()).map(|at| if map.keys.len() == 1 { "key".into() } else { format!("key_{at}") }).collect();
    let params: Vec<String> = names.iter().zip(&map.keys).map(|(name, elem)| format!("{name}: {}", rust_type(*elem))).collect();
    out.push_str(&format!("pub(super) fn {}({}) -> Option<{value_type}> {{\n", snake(&map.ident), params.join(", ")));
    let floats = map.keys.contains(&Elem::F64);
    if !floats && map.keys.len() == 1 && map.rows.len() > MATCH_ROWS {
        let mut rows: Vec<_> = map.rows.iter().map(|(keys, value)| (&keys[0], value)).collect();
        rows.sort_by(|(a, _), (b, _)| a.as_str().cmp(&b.as_str()).then(a.as_i64().cmp(&b.as_i64())));
        let rows: Vec<String> = rows.iter().map(|(key, value)| format!("({}, {})", literal_text(key), literal_text(value))).collect();
        let key_type = if map.keys[0] == Elem::Str { "&str" } else { rust_type(map.keys[0]) };
        let value_type = if map.value == Elem::Str { "&str" } else { value_type };
        out.push_str(&format!("static ROWS: [({key_type}, {value_type}); {}] = [{}];\n", rows.len(), rows.join(", ")));
        out.push_str("let at = ROWS.binary_search_by(|(row, _)| row.cmp(&key)).ok()?;\nSome(ROWS[at].1)\n}\n\n");
    } else if floats {
        for (keys, value) in &map.rows {
            let conditions: Vec<String> = names.iter().zip(keys).map(|(name, key)| format!("{name} == {}", literal_text(key))).collect();
            out.push_str(&format!("if {} {{ return Some({}); }}\n", conditions.join(" && "), literal_text(value)));
        }
        out.push_str("None\n}\n\n");
    } else {
        let tuple = |parts: Vec<String>| if parts.len() == 1 { parts.join("") } else { format!("({})", parts.join(", ")) };
        out.push_str(&format!("Some(match {} {{\n", tuple(names)));
        for (keys, value) in &map.rows {
            out.push_str(&format!("{} => {},\n", tuple(keys.iter().map(literal_text).collect()), literal_text(value)));
        }
        out.push_str("_ => return None,\n})\n}\n\n");
    }
}

fn forest(forest: &Forest, out: &mut String, files: &mut Vec<File>) {
    let gives = rust_type(forest.gives());
    let what = if forest.values.is_some() { "the value of the leaf" } else { "the number of the leaf" };
    doc(&format!("{}: {what} that a row reaches in a tree.", forest.name), out);
    let head = format!("pub(super) fn {}(tree: usize, row: &[{}]) -> {gives} {{\n", snake(&forest.ident), rust_type(forest.elem));
    out.push_str(&head);
    match forest.form {
        ForestForm::Code => {
            out.push_str("match tree {\n");
            let last = forest.trees.len().saturating_sub(1);
            for (number, tree) in forest.trees.iter().enumerate() {
                let pattern = if number == last { "_".to_string() } else { number.to_string() };
                let mut code = String::new();
                nested(forest, tree, &mut code);
                out.push_str(&format!("{pattern} => {{ {code} }}\n"));
            }
            if forest.trees.is_empty() {
                out.push_str("_ => Default::default(),\n");
            }
            out.push_str("}\n}\n\n");
        }
        ForestForm::Table => table_walk(forest, out, files),
    }
}

fn leaf(forest: &Forest, leaf: u32) -> String {
    forest.values.as_ref().and_then(|values| values.get(leaf as usize)).map_or(leaf.to_string(), |value| literal_text(&value))
}

fn nested(forest: &Forest, tree: &Tree, out: &mut String) {
    match tree {
        Tree::Leaf(number) => out.push_str(&leaf(forest, *number)),
        Tree::Split { feature, test, yes, no, missing_is_yes } => {
            let x = format!("row[{feature}]");
            let (sign, threshold) = match test {
                Test::Less(t) => ("<", t),
                Test::LessEq(t) => ("<=", t),
                Test::Equal(t) => ("==", t),
            };
            let threshold = if forest.elem == Elem::F32 { Literal::F32(*threshold as f32) } else { Literal::F64(*threshold) };
            let missing = if *missing_is_yes { format!(" || {x}.is_nan()") } else { String::new() };
            out.push_str(&format!("if {x} {sign} {}{missing} {{ ", literal_text(&threshold)));
            nested(forest, yes, out);
            out.push_str(" } else { ");
            nested(forest, no, out);
            out.push_str(" }");
        }
    }
}

fn table_walk(forest: &Forest, out: &mut String, files: &mut Vec<File>) {
    let name = snake(&forest.ident);
    let (ty, size) = (rust_type(forest.elem), forest.split_size());
    let wide = size - 12;
    let bytes_at = |from: usize, to: usize| (from..to).map(|byte| format!("split[{byte}]")).collect::<Vec<_>>().join(", ");
    let ask = match forest.asks() {
        Asks::Less => "x < threshold".to_string(),
        Asks::LessEq => "x <= threshold".to_string(),
        Asks::Mixed => format!("match word >> {TEST_SHIFT} {{ 0 => x < threshold, 1 => x <= threshold, _ => x == threshold }}"),
    };
    let missing = if forest.minds_missing() { format!(" || word & {MISSING_IS_YES:#x} != 0 && x.is_nan()") } else { String::new() };
    let result = match &forest.values {
        Some(_) => format!("{name}_value(!at as usize)"),
        None => "!at".into(),
    };
    out.push_str(&format!(
        "static SPLITS: &[u8] = include_bytes!({splits});
        let mut at = {name}_root(tree);
        while at >= 0 {{
            let split = &SPLITS[at as usize * {size}..][..{size}];
            let threshold = {ty}::from_le_bytes([{threshold}]);
            let word = u32::from_le_bytes([{word}]);
            let x = row[(word & {FEATURE_MASK:#x}) as usize];
            let yes = {ask};
            at = if yes {{ i32::from_le_bytes([{yes}]) }} else {{ i32::from_le_bytes([{no}]) }};
        }}
        {result}
        }}\n\n",
        ask = if missing.is_empty() { ask.to_string() } else { format!("({ask}){missing}") },
        splits = quoted(&format!("{name}_splits.bin")),
        threshold = bytes_at(0, wide),
        word = bytes_at(wide, wide + 4),
        yes = bytes_at(wide + 4, wide + 8),
        no = bytes_at(wide + 8, wide + 12),
    ));
    files.push(File::binary(format!("src/{name}_splits.bin"), forest.split_bytes()));
    reader(&format!("{name}_root"), "", Elem::I32, forest.root_bytes(), out, files);
    if let Some(values) = &forest.values {
        reader(&format!("{name}_value"), "", values.elem(), file_bytes(values), out, files);
    }
}
