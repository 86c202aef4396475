//! Running error analysis: for one row, how far any other evaluation of the same formulas may be from ours, and which decisions it may take
//! differently.
//!
//! The module is evaluated as it was written, before mathematical functions become kernels. Beside each float stands an absolute error: the
//! bound of `|other - ours|` over all references that keep what [`Reference`] assumes of them. Inputs are exact. Bounds hold *as long as the
//! other evaluation decides alike*: a comparison, a rounding, the place of the greatest element, a split of a tree whose margin is within the
//! errors of its operands is a [`Decision`] that may fall differently, and [`Analyser::analyse_with`] says what follows if it does. Where both
//! arms of a selection meet (as in `max`), nothing is decided: the difference goes into the bound.
//!
//! [`Analyser::analyse`] is where to start. The rules for numbers are in `number`, those for decisions in `decide`.

mod decide;
mod element;
mod number;
mod route;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use check::{Checked, check};
use interp::{Datum, Interp, Outcome};
use ir::{Binary, Elem, Function, Handle, Link, Literal, Map, Module, Op, Table, Type, Unary, Value};
use source::bug;

use crate::reference::Reference;
pub(crate) use decide::describe_node;
use decide::{About, Decisions};
pub use decide::{Choice, Decision, Site};
use element::Item;
pub(crate) use route::Route;
use route::{canonical, route, tensor_of};

/// A module that is ready to be analysed, row by row.
pub struct Analyser<'a> {
    checked: &'a Checked,
    reference: Reference,
    functions: Vec<Prepared>,
    maps: HashMap<Handle<Table>, Index>,
    kernels: Kernels,
    /// Runs functions that are exact.
    exact: Interp,
}

/// What follows from a function alone.
struct Prepared {
    routes: Vec<Route>,
    /// For each node, the first that computes the same.
    canonical: Vec<Value>,
    /// The same, where every result of one call counts as the same.
    call_sites: Vec<Value>,
    /// Constants and tables.
    constants: Vec<Option<Items>>,
    is_exact: bool,
}

type Items = Arc<Vec<Item>>;

/// The rows of a map by their keys.
type Index = HashMap<Vec<Literal>, usize>;

/// What became of a row, and how sure that is.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// The interpreter's.
    pub outcome: Outcome,
    /// For each result, the bound of each of its elements; none for a row that is rejected. Zero for what is no float.
    pub bounds: Vec<Vec<f64>>,
    /// The decisions that another evaluation may take differently and that have an effect.
    pub unstable: Vec<Decision>,
}

/// A node's worth on a row.
#[derive(Debug, Clone)]
pub struct Worth {
    pub value: Value,
    pub datum: Datum,
    /// One an element.
    pub bounds: Vec<f64>,
}

impl<'a> Analyser<'a> {
    pub fn new(checked: &'a Checked, reference: Reference) -> Analyser<'a> {
        let module = checked.module();
        let functions = module.functions.iter().map(|(handle, function)| Prepared::new(checked, handle, function)).collect();
        let index = |(handle, table): (Handle<Table>, &Table)| match table {
            Table::Map(map) => Some((handle, index(map))),
            Table::Tensor(_) | Table::Forest(_) => None,
        };
        let maps = module.tables.iter().filter_map(index).collect();
        let mut analyser =
            Analyser { checked, reference, functions, maps, kernels: Kernels::new(module), exact: Interp::as_written(checked) };
        for (handle, function) in module.functions.iter() {
            analyser.functions[handle.index()].is_exact = analyser.is_exact(handle, function);
        }
        analyser
    }

    /// Whether a function gives the same for the same arguments in every evaluation: it has no floats, and calls none that has.
    fn is_exact(&self, handle: Handle<Function>, function: &Function) -> bool {
        function.nodes.iter().all(|(value, node)| {
            let called = node.op.clone().link().is_none_or(|link| match link {
                Link::Function(called) => self.functions[called.index()].is_exact,
                Link::Table(_) => true,
            });
            called && !self.checked.type_of(handle, value).elem.is_float()
        })
    }

    pub fn checked(&self) -> &'a Checked {
        self.checked
    }

    /// Analyses one row; `row` holds a datum of the right type for each parameter of the entry.
    pub fn analyse(&self, row: &[Datum]) -> Analysis {
        self.analyse_with(row, &[])
    }

    /// The same, with decisions taken as said. What is forced is not unstable.
    pub fn analyse_with(&self, row: &[Datum], forced: &[(Site, Choice)]) -> Analysis {
        let entry = self.checked.entry_function();
        let mut run = Run { analyser: self, decisions: Decisions::new(forced) };
        let nodes = run.nodes(self.checked.entry(), &arguments(row), &[]);
        let mut rejected = None;
        for (number, rejection) in entry.rejections.iter().enumerate() {
            let when = &nodes[rejection.when.index()][0];
            run.decisions.matter(&when.open);
            if when.value == Literal::Bool(true) {
                rejected = Some(number);
                break;
            }
        }
        let (outcome, bounds) = match rejected {
            Some(number) => (Outcome::Rejected(number), Vec::new()),
            None => {
                let results: Vec<&Items> = entry.results.iter().map(|output| &nodes[output.value.index()]).collect();
                results.iter().flat_map(|items| items.iter()).for_each(|item| run.decisions.matter(&item.open));
                let data = entry.results.iter().zip(&results).map(|(output, items)| datum(items, &output.field.ty)).collect();
                (Outcome::Scored(data), results.iter().map(|items| errors(items)).collect())
            }
        };
        Analysis { outcome, bounds, unstable: run.decisions.unstable() }
    }

    /// The elements of every node of the entry that is needed, in order; nothing of the others.
    pub(crate) fn values(&self, row: &[Datum], needed: &[bool]) -> Vec<Vec<Literal>> {
        let mut run = Run { analyser: self, decisions: Decisions::new(&[]) };
        let nodes = run.nodes_where(self.checked.entry(), &arguments(row), &[], |value| needed[value.index()]);
        nodes.iter().map(|items| items.iter().map(|item| item.value.clone()).collect()).collect()
    }

    /// The number of the row of a map with these keys.
    pub(crate) fn map_row(&self, map: Handle<Table>, keys: &[Literal]) -> Option<usize> {
        if keys.iter().any(|key| key.is_null() || key.as_f64().is_some_and(f64::is_nan)) {
            return None;
        }
        self.maps.get(&map)?.get(&keys.iter().map(one_zero).collect::<Vec<_>>()).copied()
    }

    /// A mathematical function on one number, or two.
    pub(crate) fn unary_kernel(&self, op: Unary, elem: Elem, x: f64) -> Literal {
        run_kernel(self.kernels.unary.get(&op), elem, &[x])
    }

    pub(crate) fn binary_kernel(&self, op: Binary, elem: Elem, x: f64, y: f64) -> Literal {
        run_kernel(self.kernels.binary.get(&op), elem, &[x, y])
    }

    pub(crate) fn route(&self, value: Value) -> &Route {
        &self.functions[self.checked.entry().index()].routes[value.index()]
    }

    /// What every node of the entry is worth, in order.
    pub fn trace(&self, row: &[Datum]) -> Vec<Worth> {
        let entry = self.checked.entry();
        let mut run = Run { analyser: self, decisions: Decisions::new(&[]) };
        let nodes = run.nodes(entry, &arguments(row), &[]);
        let worth = |(value, items): (Value, &Items)| {
            let ty = self.checked.type_of(entry, value);
            Worth { value, datum: datum(items, ty), bounds: errors(items) }
        };
        self.checked.entry_function().nodes.iter().map(|(value, _)| value).zip(&nodes).map(worth).collect()
    }
}

fn arguments(row: &[Datum]) -> Vec<Items> {
    row.iter().map(|datum| Arc::new(datum.elements().iter().cloned().map(Item::exact).collect())).collect()
}

fn datum(items: &[Item], ty: &Type) -> Datum {
    match items {
        [only] if ty.is_scalar() => Datum::Scalar(only.value.clone()),
        [..] => Datum::Tensor(items.iter().map(|item| item.value.clone()).collect()),
    }
}

fn errors(items: &[Item]) -> Vec<f64> {
    items.iter().map(|item| item.error).collect()
}

fn index(map: &Map) -> Index {
    let rows = map.rows.iter().enumerate();
    rows.map(|(number, (keys, _))| (keys.iter().map(one_zero).collect(), number)).collect()
}

/// Both zeros are one key.
fn one_zero(key: &Literal) -> Literal {
    if matches!(key, Literal::F64(0.0)) { Literal::F64(0.0) } else { key.clone() }
}

impl Prepared {
    fn new(checked: &Checked, handle: Handle<Function>, function: &Function) -> Prepared {
        let of = |value: Value| checked.type_of(handle, value);
        let routes = function.nodes.iter().map(|(value, node)| route(&node.op, of(value), |operand| of(operand).clone())).collect();
        let literals = |op: &Op| {
            if let Op::Const(literal) = op {
                Some(vec![literal.clone()])
            } else if let Op::Table(table) = op {
                Some(tensor_of(&checked.module().tables[*table]))
            } else {
                None
            }
        };
        let constant = |op: &Op| literals(op).map(|literals| Arc::new(literals.into_iter().map(Item::exact).collect()));
        let constants = function.nodes.iter().map(|(_, node)| constant(&node.op)).collect();
        let (canonical, call_sites) = canonical(function);
        Prepared { routes, canonical, call_sites, constants, is_exact: false }
    }
}

/// The kernels that a module needs, ready to run.
struct Kernels {
    unary: BTreeMap<Unary, Interp>,
    binary: BTreeMap<Binary, Interp>,
}

impl Kernels {
    fn new(module: &Module) -> Kernels {
        let mut kernels = Kernels { unary: BTreeMap::new(), binary: BTreeMap::new() };
        for (_, node) in module.functions.iter().flat_map(|(_, function)| function.nodes.iter()) {
            if let Op::Unary(op, _) = &node.op
                && let Some(kernel) = math::Kernel::of_unary(*op)
            {
                kernels.unary.entry(*op).or_insert_with(|| runnable(kernel));
            } else if let Op::Binary(op, ..) = &node.op
                && let Some(kernel) = math::Kernel::of_binary(*op)
            {
                kernels.binary.entry(*op).or_insert_with(|| runnable(kernel));
            }
        }
        kernels
    }
}

fn runnable(kernel: math::Kernel) -> Interp {
    match check(kernel.module()) {
        Ok(checked) => Interp::new(&checked),
        Err(breaches) => bug!("the kernel {} is unsound: {breaches:?}", kernel.name()),
    }
}

/// A kernel on numbers of a float kind: computed in `f64` and narrowed, as in an expanded module.
fn run_kernel(kernel: Option<&Interp>, elem: Elem, args: &[f64]) -> Literal {
    let Some(kernel) = kernel else { bug!("a mathematical function without its kernel") };
    let args: Vec<Datum> = args.iter().map(|arg| Datum::from(*arg)).collect();
    match kernel.run(&args) {
        Outcome::Scored(data) => match data.first().map(Datum::elements) {
            Some([wide]) => interp::scalar::cast(wide, elem),
            Some([..]) | None => bug!("a kernel gives one number"),
        },
        Outcome::Rejected(_) => bug!("a kernel rejects nothing"),
    }
}

/// One evaluation.
struct Run<'r> {
    analyser: &'r Analyser<'r>,
    decisions: Decisions<'r>,
}

/// Where an element is computed, as far as decisions are concerned.
#[derive(Clone, Copy)]
struct Place<'p> {
    /// The calls that lead here.
    calls: &'p [Value],
    function: Handle<Function>,
    node: Value,
    /// The number of the element.
    element: u32,
}

impl<'p> Place<'p> {
    fn element(self, element: usize) -> Place<'p> {
        Place { element: element as u32, ..self }
    }

    fn site(self, about: About) -> Site {
        Site { calls: self.calls.to_vec(), function: self.function, about, element: self.element }
    }
}

impl Run<'_> {
    /// What every node of a function is worth, in order.
    fn nodes(&mut self, function: Handle<Function>, args: &[Items], calls: &[Value]) -> Vec<Items> {
        self.nodes_where(function, args, calls, |_| true)
    }

    fn nodes_where(&mut self, function: Handle<Function>, args: &[Items], calls: &[Value], needed: impl Fn(Value) -> bool) -> Vec<Items> {
        let analyser = self.analyser;
        let nodes = &analyser.checked.module().functions[function].nodes;
        let mut items: Vec<Items> = Vec::with_capacity(nodes.len());
        for (value, node) in nodes.iter() {
            let place = Place { calls, function, node: value, element: 0 };
            let result = match &analyser.functions[function.index()].constants[value.index()] {
                _ if !needed(value) => Items::default(),
                Some(constant) => Arc::clone(constant),
                None => self.node(&node.op, place, &items, args),
            };
            items.push(result);
        }
        items
    }

    fn node(&mut self, op: &Op, place: Place<'_>, items: &[Items], args: &[Items]) -> Items {
        let of = |value: &Value| &items[value.index()];
        let checked = self.analyser.checked;
        let prepared = &self.analyser.functions[place.function.index()];
        let route = &prepared.routes[place.node.index()];
        let table = |handle: &Handle<Table>| &checked.module().tables[*handle];
        match op {
            Op::Param(index) => Arc::clone(&args[*index as usize]),
            Op::Const(literal) => Arc::new(vec![Item::exact(literal.clone())]),
            Op::Table(handle) => Arc::new(tensor_of(table(handle)).into_iter().map(Item::exact).collect()),
            Op::Unary(unary, x) => self.each(place, of(x), |run, place, x| run.unary(place, *unary, x)),
            Op::Binary(binary, a, b) => {
                let about = About::order(prepared.canonical[a.index()], prepared.canonical[b.index()]);
                let (a, b) = (of(a), of(b));
                let mut pair = |number: usize, (x, y): (usize, usize)| self.binary(place.element(number), *binary, about, &a[x], &b[y]);
                let Route::Two(pairs) = route else { return Arc::new(vec![pair(0, (0, 0))]) };
                Arc::new(pairs.iter().enumerate().map(|(number, places)| pair(number, *places)).collect())
            }
            Op::Cast { x, to } => self.each(place, of(x), |run, place, x| run.cast(place, x, *to)),
            Op::Text(text, operands) => {
                let operands: Vec<&Item> = operands.iter().map(|operand| &of(operand)[0]).collect();
                Arc::new(vec![Item::exact(interp::text::eval(*text, &operands.iter().map(|item| &item.value).collect::<Vec<_>>()))])
            }
            Op::Select { cond, yes, no } => {
                let (cond, yes, no) = (of(cond), of(yes), of(no));
                let mut pick = |[c, y, n]: [usize; 3]| self.select(&cond[c], &yes[y], &no[n]);
                let Route::Three(places) = route else { return Arc::new(vec![pick([0, 0, 0])]) };
                Arc::new(places.iter().map(|places| pick(*places)).collect())
            }
            Op::IsNull(x) => Arc::new(vec![Item::exact(Literal::Bool(of(x)[0].value.is_null()))]),
            Op::OrElse { x, default } => Arc::clone(of(if of(x)[0].value.is_null() { default } else { x })),
            Op::Lookup { keys, map } => {
                let keys: Vec<&Item> = keys.iter().map(|key| &of(key)[0]).collect();
                match table(map) {
                    Table::Map(rows) => Arc::new(vec![self.lookup(place, rows, &self.analyser.maps[map], &keys)]),
                    Table::Tensor(_) | Table::Forest(_) => bug!("lookup needs a map"),
                }
            }
            Op::Walk { row, forest } => match table(forest) {
                Table::Forest(forest) => Arc::new(self.walk(place, prepared.canonical[row.index()], forest, of(row))),
                Table::Tensor(_) | Table::Map(_) => bug!("walk needs a forest"),
            },
            Op::Pack(parts) => Arc::new(parts.iter().map(|part| of(part)[0].clone()).collect()),
            Op::Reshape { x, .. } => Arc::clone(of(x)),
            Op::Transpose { x, .. } | Op::Slice { x, .. } => {
                let Route::One(places) = route else { bug!("elements that move have a route") };
                Arc::new(places.iter().map(|at| of(x)[*at].clone()).collect())
            }
            Op::Concat { parts, .. } => {
                let Route::Parts(places) = route else { bug!("elements that move have a route") };
                Arc::new(places.iter().map(|(part, at)| of(&parts[*part])[*at].clone()).collect())
            }
            Op::Window { x, window, .. } => {
                let Route::Maybe(places) = route else { bug!("elements that move have a route") };
                let fill = Item::exact(window.fill.clone());
                Arc::new(places.iter().map(|at| at.map_or_else(|| fill.clone(), |at| of(x)[at].clone())).collect())
            }
            Op::Gather { x, at, axis } => {
                let shape = &checked.type_of(place.function, *x).shape;
                Arc::new(gather(of(x), shape, usize::from(*axis), of(at)))
            }
            Op::Reduce { how, x, .. } => {
                let Route::Groups(groups) = route else { bug!("a fold has groups") };
                let elem = checked.type_of(place.function, *x).elem;
                let fold = |(number, group): (usize, &Vec<usize>)| {
                    let group: Vec<&Item> = group.iter().map(|at| &of(x)[*at]).collect();
                    self.reduce(place.element(number), *how, elem, &group)
                };
                Arc::new(groups.iter().enumerate().map(fold).collect())
            }
            Op::Contract { a, b, .. } => {
                let Route::Pairs(all) = route else { bug!("a product has pairs") };
                let elem = checked.type_of(place.function, place.node).elem;
                let element = |pairs: &Vec<(usize, usize)>| {
                    let pairs: Vec<(&Item, &Item)> = pairs.iter().map(|(x, y)| (&of(a)[*x], &of(b)[*y])).collect();
                    self.contract(elem, &pairs)
                };
                Arc::new(all.iter().map(element).collect())
            }
            Op::Call { function, args, result } => {
                let args: Vec<Items> = args.iter().map(|arg| Arc::clone(of(arg))).collect();
                self.call(place, *function, &args, *result as usize)
            }
            Op::Iterate { function, args, times } => {
                let mut args: Vec<Items> = args.iter().chain([times]).map(|operand| Arc::clone(of(operand))).collect();
                let state = &args[0][0].value;
                if args.iter().any(|arg| arg[0].value.is_null()) {
                    return Arc::new(vec![Item::exact(Literal::Null(state.elem()))]);
                }
                for turn in 0..interp::turns(&of(times)[0].value) {
                    let last = args.len() - 1;
                    args[last] = Arc::new(vec![Item::exact(Literal::I64(turn))]);
                    args[0] = self.call(place, *function, &args, 0);
                }
                args.swap_remove(0)
            }
        }
    }

    /// One result of another function; null if an argument is null.
    fn call(&mut self, place: Place<'_>, function: Handle<Function>, args: &[Items], result: usize) -> Items {
        let checked = self.analyser.checked;
        if args.iter().any(|arg| arg[0].value.is_null()) {
            return Arc::new(vec![Item::exact(Literal::Null(checked.type_of(place.function, place.node).elem))]);
        }
        if self.analyser.functions[function.index()].is_exact && args.iter().flat_map(|arg| arg.iter()).all(Item::is_exact) {
            let args: Vec<Datum> = args.iter().map(|arg| Datum::Scalar(arg[0].value.clone())).collect();
            let all = self.analyser.exact.call(function, &args);
            return Arc::new(all[result].elements().iter().cloned().map(Item::exact).collect());
        }
        let prepared = &self.analyser.functions[place.function.index()];
        let calls = [place.calls, &[prepared.call_sites[place.node.index()]]].concat();
        let called = self.nodes(function, args, &calls);
        Arc::clone(&called[checked.module().functions[function].results[result].value.index()])
    }

    fn each(&mut self, place: Place<'_>, x: &[Item], mut f: impl FnMut(&mut Self, Place<'_>, &Item) -> Item) -> Items {
        Arc::new(x.iter().enumerate().map(|(number, x)| f(self, place.element(number), x)).collect())
    }
}

fn gather(x: &[Item], shape: &[u32], axis: usize, at: &[Item]) -> Vec<Item> {
    let dim = shape[axis] as usize;
    let inner: usize = shape[axis + 1..].iter().map(|dim| *dim as usize).product();
    let outer: usize = shape[..axis].iter().map(|dim| *dim as usize).product();
    let position = |item: &Item| interp::scalar::int(&item.value).clamp(0, dim as i64 - 1) as usize;
    let mut out = Vec::with_capacity(outer * at.len() * inner);
    for block in 0..outer {
        for item in at {
            let start = (block * dim + position(item)) * inner;
            out.extend_from_slice(&x[start..start + inner]);
        }
    }
    out
}
