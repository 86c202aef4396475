//! `Checked -> Plan`.
//!
//! [`lower`] numbers the tables and takes the functions in order. [`body::Body`] lowers one function: it goes through the nodes in order,
//! gives those a local that deserve one, and writes the others into the expressions of their only user. [`scalar`] says what a scalar
//! is and when it is missing, [`tensor`] turns tensors into loops, [`index`] is the arithmetic of row-major positions.

mod body;
mod index;
mod scalar;
mod tensor;

use std::collections::HashMap;

use check::Checked;
use ir::{Handle, Op, Table, Value};

use crate::names::Scope;
use crate::{Column, Forest, Ident, Map, Plan, Prediction, Reason, Rejection, Tensor};

/// Words that generated code uses itself, in one of the targets.
const RESERVED: &[&str] = &[
    "i",
    "i2",
    "i3",
    "i4",
    "i5",
    "i6",
    "i7",
    "i8",
    "k",
    "k2",
    "k3",
    "k4",
    "k5",
    "k6",
    "k7",
    "k8",
    "input",
    "row",
    "rows",
    "self",
    "super",
    "crate",
    "output",
    "result",
    "results",
    "this",
    "rejection",
    "status",
    "score",
    "scores",
    "batch",
    "out",
    "string",
    "object",
    "math",
    "get",
    "len",
    "length",
    "std",
    "core",
    "main",
    "test",
    "vec",
    "some",
    "none",
    "ok",
    "err",
    "option",
    "hash_code",
    "to_string",
    "equals",
    "class",
    "record",
    "wait",
    "notify",
    "clone",
    "finalize",
    "constructor",
    "prototype",
];

/// Decides everything that the targets must decide alike.
pub fn lower(checked: &Checked) -> Plan {
    let expanded = math::expand(checked);
    let module = expanded.module();
    let tables = Tables::new(&expanded);
    let mut top = Scope::without(RESERVED);
    let mut routines = Vec::new();
    let mut entry = None;
    for (handle, function) in module.functions.iter() {
        let ident = top.name(&function.name, "function");
        let routine = body::routine(&expanded, handle, ident, &tables);
        if handle == expanded.entry() {
            entry = Some(routine);
        } else {
            routines.push(routine);
        }
    }
    let function = expanded.entry_function();
    let mut inputs = Scope::default();
    let mut outputs = Scope::default();
    let mut reasons = Scope::default();
    let columns: Vec<Column> = function.results.iter().map(|output| Column::new(&output.field, &mut outputs)).collect();
    Plan {
        name: module.name.clone(),
        ident: Ident::new(&module.name, "scorer"),
        files: module.files.clone(),
        inputs: function.params.iter().map(|field| Column::new(field, &mut inputs)).collect(),
        predictions: predictions(function, &columns, &mut outputs),
        outputs: columns,
        rejections: function.rejections.iter().map(|rejection| Rejection::new(&rejection.reason, &mut reasons)).collect(),
        tensors: tables.tensors,
        maps: tables.maps,
        forests: tables.forests,
        routines,
        entry: entry.unwrap_or_else(|| source::bug!("a checked module has an entry")),
    }
}

/// Names that no output has, which a target may make accessors beside them.
fn predictions(function: &ir::Function, outputs: &[Column], scope: &mut Scope) -> Vec<Prediction> {
    let is_one = function.predictions.len() == 1;
    let made = |prediction: &ir::Prediction| {
        let label = prediction.label as usize;
        let before = |word: &str| if is_one { word.to_string() } else { format!("{} {word}", outputs[label].ident.snake()) };
        let mut variants = Scope::default();
        let variant = |class: ir::Literal| {
            let text = class
                .as_str()
                .map_or_else(|| format!("class {}", class.as_i64().unwrap_or_default()).replace('-', "minus "), str::to_owned);
            (variants.name(&text, "class"), class)
        };
        Prediction {
            ident: scope.name(&before("prediction"), "prediction"),
            class: scope.name(&before("predicted class"), "class"),
            label,
            classes: prediction.classes.iter().map(variant).collect(),
            scores: prediction.scores.iter().map(|score| *score as usize).collect(),
        }
    };
    function.predictions.iter().map(made).collect()
}

impl Rejection {
    fn new(reason: &Reason, scope: &mut Scope) -> Rejection {
        let text = match reason {
            Reason::Invalid(why) | Reason::Undetermined(why) => why.clone(),
            Reason::Filtered(place) => format!("filtered {place}"),
        };
        Rejection { ident: scope.name(&text, "rejection"), reason: reason.clone() }
    }
}

impl Column {
    fn new(field: &ir::Field, scope: &mut Scope) -> Column {
        Column { ident: scope.name(&field.name, "column"), name: field.name.clone(), ty: field.ty.clone(), doc: field.doc.clone() }
    }
}

/// The module's tables by kind. Unused ones and those that became leaf values are left out.
struct Tables {
    tensors: Vec<Tensor>,
    maps: Vec<Map>,
    forests: Vec<Forest>,
    /// The number of a table in the list of its kind.
    number: HashMap<Handle<Table>, usize>,
    /// The gathers that became part of a forest, by function and node: the forest's number.
    fused: HashMap<(usize, Value), usize>,
}

impl Tables {
    fn new(checked: &Checked) -> Tables {
        let module = checked.module();
        let mut tables = Tables { tensors: vec![], maps: vec![], forests: vec![], number: HashMap::new(), fused: HashMap::new() };
        let fusions = fusions(checked);
        let used = used_tables(checked, &fusions);
        let mut scope = Scope::without(RESERVED);
        for (handle, table) in module.tables.iter().filter(|(handle, _)| used.contains(handle)) {
            let ident = scope.name(table.name(), "table");
            let number = match table {
                Table::Tensor(tensor) => push(&mut tables.tensors, Tensor::new(ident, tensor)),
                Table::Map(map) => push(&mut tables.maps, Map::new(ident, map)),
                Table::Forest(forest) => {
                    let fusion = fusions.iter().find(|fusion| fusion.forest == handle);
                    let values = fusion.and_then(|fusion| match &module.tables[fusion.values] {
                        Table::Tensor(values) => Some(values.values.clone()),
                        Table::Map(_) | Table::Forest(_) => None,
                    });
                    let number = push(&mut tables.forests, Forest::new(ident, forest, values));
                    for gather in fusion.iter().flat_map(|fusion| &fusion.gathers) {
                        tables.fused.insert(*gather, number);
                    }
                    number
                }
            };
            tables.number.insert(handle, number);
        }
        tables
    }
}

fn push<T>(list: &mut Vec<T>, item: T) -> usize {
    list.push(item);
    list.len() - 1
}

/// A forest all of whose leaves are asked for one table of values.
struct Fusion {
    forest: Handle<Table>,
    values: Handle<Table>,
    gathers: Vec<(usize, Value)>,
}

fn fusions(checked: &Checked) -> Vec<Fusion> {
    let module = checked.module();
    let mut fusions: Vec<Option<Fusion>> = Vec::new();
    let mut seen: HashMap<Handle<Table>, usize> = HashMap::new();
    for (number, (_, function)) in module.functions.iter().enumerate() {
        for (walk, node) in function.nodes.iter() {
            let Op::Walk { forest, .. } = &node.op else { continue };
            let found = match seen.contains_key(forest) {
                true => None,
                false => fusion(checked, number, walk, *forest),
            };
            let at = *seen.entry(*forest).or_insert_with(|| push(&mut fusions, None));
            fusions[at] = found;
        }
    }
    fusions.into_iter().flatten().collect()
}

/// The fusion of a forest with its values, if each user of the walk takes one value a leaf from the same table.
fn fusion(checked: &Checked, number: usize, walk: Value, forest: Handle<Table>) -> Option<Fusion> {
    let module = checked.module();
    let (_, function) = module.functions.iter().nth(number)?;
    let Table::Forest(leaves) = &module.tables[forest] else { return None };
    let users: Vec<_> = function.nodes.iter().filter(|(_, node)| node.op.operands().contains(&walk)).collect();
    let mut values = None;
    for (_, user) in &users {
        let Op::Gather { x, at, axis: 0 } = user.op else { return None };
        let Op::Table(table) = function.nodes[x].op else { return None };
        let Table::Tensor(tensor) = &module.tables[table] else { return None };
        if at != walk || tensor.shape != [leaves.leaves] || *values.get_or_insert(table) != table {
            return None;
        }
    }
    let in_results = function.results.iter().any(|output| output.value == walk);
    let gathers = users.iter().map(|(value, _)| (number, *value)).collect();
    if in_results { None } else { values.map(|values| Fusion { forest, values, gathers }) }
}

fn used_tables(checked: &Checked, fusions: &[Fusion]) -> Vec<Handle<Table>> {
    let mut used = Vec::new();
    for (number, (_, function)) in checked.module().functions.iter().enumerate() {
        let live = body::live(function);
        let fused = |value: Value| fusions.iter().any(|fusion| fusion.gathers.contains(&(number, value)));
        // A table node is read only if some live user is not part of a fusion.
        let mut read = vec![false; function.nodes.len()];
        for (value, node) in function.nodes.iter().filter(|(value, _)| live[value.index()]) {
            if !fused(value) {
                node.op.operands().iter().for_each(|operand| read[operand.index()] = true);
            }
        }
        function.results.iter().for_each(|output| read[output.value.index()] = true);
        for (value, node) in function.nodes.iter().filter(|(value, _)| live[value.index()]) {
            if let Op::Lookup { map: table, .. } | Op::Walk { forest: table, .. } = &node.op {
                used.push(*table);
            } else if let Op::Table(table) = &node.op
                && read[value.index()]
            {
                used.push(*table);
            }
        }
    }
    used
}
