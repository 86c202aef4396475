//! Every rule of a sound module, and the only maker of [`Checked`].
//!
//! Passes, interpreter and planner take only a `Checked`, so none of them repeats a rule or meets a module that breaks one. All
//! breaches of a module are reported at once. A breach is a defect of a front end or a pass, or a damaged IR file: never of a user's
//! script.
//!
//! The rules: operands and callees stand before their users; every operation fits its operands ([`ir::type_of`]); names of fields are
//! distinct and results have the types that they say; predictions are of classes that differ, each with a score; a called function has no
//! rejections and takes and gives scalars; tables hold what their shapes say, maps have distinct keys, trees are trees; the entry is there.

mod tables;

use std::collections::HashSet;

use ir::typing::Scope;
use ir::{Arena, Elem, Field, Function, Handle, Literal, Module, Op, Origin, Output, Prediction, Type, Value, type_of};
use source::Diagnostic;

/// A module that broke no rule, with the type of every node.
#[derive(Debug, Clone)]
pub struct Checked {
    module: Module,
    entry: Handle<Function>,
    types: Vec<Vec<Type>>,
}

impl Checked {
    pub fn module(&self) -> &Module {
        &self.module
    }

    pub fn into_module(self) -> Module {
        self.module
    }

    pub fn entry(&self) -> Handle<Function> {
        self.entry
    }

    pub fn entry_function(&self) -> &Function {
        &self.module.functions[self.entry]
    }

    /// The type of a node of a function.
    pub fn type_of(&self, function: Handle<Function>, value: Value) -> &Type {
        &self.types[function.index()][value.index()]
    }
}

/// Takes a module that breaks no rule. Errors: every breach, named `ir-unsound`, with the origin of the node.
pub fn check(module: Module) -> Result<Checked, Vec<Diagnostic>> {
    let mut breaches = Breaches { module: &module, found: Vec::new() };
    tables::check(&mut breaches);
    for (_, origin) in module.origins.iter() {
        breaches.origin(origin);
    }
    // Calls may look only at functions before their own.
    let mut before = Arena::default();
    let mut types = Vec::with_capacity(module.functions.len());
    for (handle, function) in module.functions.iter() {
        types.push(breaches.function(handle, function, &before));
        before.push(function.clone());
    }
    let found = breaches.found;
    match module.entry {
        Some(entry) if found.is_empty() && module.functions.get(entry).is_some() => Ok(Checked { module, entry, types }),
        Some(_) if !found.is_empty() => Err(found),
        Some(_) | None => Err([found, vec![Diagnostic::error("ir-unsound", "the module has no entry")]].concat()),
    }
}

struct Breaches<'a> {
    module: &'a Module,
    found: Vec<Diagnostic>,
}

impl Breaches<'_> {
    fn say(&mut self, text: String, origin: Option<Handle<Origin>>) {
        let diagnostic = Diagnostic::error("ir-unsound", text);
        self.found.push(match origin.and_then(|origin| self.module.place(origin)) {
            Some(place) => diagnostic.at(place, ""),
            None => diagnostic,
        });
    }

    fn origin(&mut self, origin: &Origin) {
        let count = self.module.origins.len();
        if let Origin::Made { from, .. } = origin
            && from.iter().any(|earlier| earlier.index() >= count)
        {
            self.say("an origin speaks of one that is not there".into(), None);
        }
    }

    /// The types of the function's nodes; a node that breaks a rule counts as an `f64`.
    fn function(&mut self, handle: Handle<Function>, function: &Function, before: &Arena<Function>) -> Vec<Type> {
        let name = &function.name;
        let mut types: Vec<Type> = Vec::with_capacity(function.nodes.len());
        for (value, node) in function.nodes.iter() {
            let scope = Scope { tables: &self.module.tables, functions: before, params: &function.params, types: &types };
            let ty = type_of(&node.op, scope).unwrap_or_else(|error| {
                self.say(format!("{name}, node {value:?}: {error}"), Some(node.origin));
                Type::scalar(Elem::F64)
            });
            if let Op::Const(Literal::Null(_)) = node.op
                && !ty.nullable
            {
                self.say(format!("{name}, node {value:?}: a null of a type that is never null"), Some(node.origin));
            }
            if node.origin.index() >= self.module.origins.len() {
                self.say(format!("{name}, node {value:?} has no origin"), None);
            }
            types.push(ty);
        }
        self.distinct(name, "parameters", function.params.iter());
        self.distinct(name, "results", function.results.iter().map(|output| &output.field));
        for param in &function.params {
            self.nullable_is_scalar(name, param);
        }
        for output in &function.results {
            match types.get(output.value.index()) {
                Some(ty) if *ty == output.field.ty => {}
                Some(ty) => self.say(format!("{name}: the result {:?} is {ty}, not {}", output.field.name, output.field.ty), None),
                None => self.say(format!("{name}: the result {:?} is no node", output.field.name), None),
            }
        }
        for prediction in &function.predictions {
            if let Some(breach) = prediction_breach(prediction, &function.results) {
                self.say(format!("{name}: a prediction {breach}"), None);
            }
        }
        for rejection in &function.rejections {
            match types.get(rejection.when.index()) {
                Some(ty) if ty.elem == Elem::Bool && ty.is_scalar() => {}
                Some(_) | None => self.say(format!("{name}: the condition of a rejection is no truth value"), Some(rejection.origin)),
            }
        }
        if Some(handle) != self.module.entry {
            let scalars =
                function.params.iter().chain(function.results.iter().map(|output| &output.field)).all(|field| field.ty.is_scalar());
            if !function.rejections.is_empty() || !function.predictions.is_empty() || !scalars {
                self.say(format!("{name} is called, so it takes and gives scalars and rejects nothing"), None);
            }
        }
        types
    }

    fn distinct<'f>(&mut self, function: &str, what: &str, fields: impl Iterator<Item = &'f Field>) {
        let mut seen = HashSet::new();
        for field in fields {
            if !seen.insert(&field.name) {
                self.say(format!("{function}: two {what} are called {:?}", field.name), None);
            }
        }
    }

    fn nullable_is_scalar(&mut self, function: &str, field: &Field) {
        if field.ty.nullable && !field.ty.is_scalar() {
            self.say(format!("{function}: {:?} is {}, but only scalars may be null", field.name, field.ty), None);
        }
    }
}

fn prediction_breach(prediction: &Prediction, results: &[Output]) -> Option<&'static str> {
    let ty = |number: &u32| results.get(*number as usize).map(|output| &output.field.ty);
    let classes: HashSet<Literal> = prediction.classes.iter().collect();
    let is_label = |ty: &Type| ty.is_scalar() && !ty.nullable && ty.elem == prediction.classes.elem();
    let is_score = |ty: &Type, count: usize| ty.elem.is_float() && !ty.nullable && ty.count() == count;
    let scores: Option<Vec<&Type>> = prediction.scores.iter().map(ty).collect();
    if !matches!(prediction.classes.elem(), Elem::I64 | Elem::Str) || classes.len() < 2 || classes.len() != prediction.classes.len() {
        return Some("has no two classes, or one twice");
    }
    if !ty(&prediction.label).is_some_and(is_label) {
        return Some("has no label of its classes' kind");
    }
    let fits = match scores.as_deref() {
        Some([vector]) => vector.shape.len() == 1 && is_score(vector, classes.len()),
        Some(scalars @ [first, ..]) => {
            scalars.len() == classes.len() && scalars.iter().all(|ty| ty.is_scalar() && is_score(ty, 1) && ty.elem == first.elem)
        }
        Some([]) | None => false,
    };
    (!fits).then_some("has no score for each class")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_sound(prediction: &str) -> bool {
        let text = format!(
            "scorewright-ir 1 module \"m\" file 0 \"m\" origin !0 graph file 0 \"n\" fn @0 \"f\" {{
                %0 = const i64 1 !0 %1 = const f32 0.5 !0 %2 = pack %1 %1 !0
                result %0 \"label\" i64 result %1 \"no\" f32 result %1 \"yes\" f32 result %2 \"both\" f32[2]
                prediction {prediction} }} entry @0"
        );
        check(ir::text::parse(&text).unwrap()).is_ok()
    }

    #[test]
    fn a_prediction_has_a_score_for_each_of_its_classes() {
        assert!(is_sound("0 i64 { 0 1 } scores [1, 2]") && is_sound("0 i64 { 0 1 } scores [3]"));
        for unsound in [
            "0 i64 { 0 1 2 } scores [1, 2]",
            "0 i64 { 0 1 2 } scores [3]",
            "0 i64 { 0 0 } scores [1, 2]",
            "0 i64 { 0 } scores [1]",
            "0 i64 { 0 1 } scores []",
            "0 i64 { 0 1 } scores [0, 1]",
            "0 i64 { 0 1 } scores [1, 9]",
            "0 str { \"a\" \"b\" } scores [1, 2]",
            "1 i64 { 0 1 } scores [1, 2]",
            "9 i64 { 0 1 } scores [1, 2]",
        ] {
            assert!(!is_sound(unsound), "{unsound}");
        }
    }
}
