//! Classes of the script: what a class statement makes, its objects, and how a method is found and called, `super()` too.

use super::call::display_value;
use super::{Object, Replay, Scope};
use crate::ast::{Expr, ExprKind, Stmt, StmtKind};
use crate::record;
use crate::value::{Body, Class, Eval, Function, Known, Method, ObjectId, ScopeId, Value};
use source::Span;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

impl Class {
    /// Whether that method is one of the class and not of its objects.
    pub(super) fn takes_itself(&self, name: &str) -> bool {
        let is_of_class = |decorator: &Expr| decorator.as_name() == Some("classmethod");
        self.method(name).is_some_and(|method| method.definition.decorators.iter().any(is_of_class))
    }
}

/// What `super()` is: the object, and behind this word the number of the method that it stands in.
const SUPER: &str = "super ";

pub(super) fn super_of(object: Value<'_>, place: usize) -> Value<'_> {
    Value::Part(Box::new(object), format!("{SUPER}{place}"))
}

pub(super) fn place_of_super(part: &str) -> Option<usize> {
    part.strip_prefix(SUPER)?.parse().ok()
}

fn function_of<'b>(method: &Method) -> Rc<Function<'b>> {
    let definition = &method.definition;
    let default = |expr: &Expr| display_value(expr).map(|value| Value::Known(Known::constant(value)));
    Rc::new(Function {
        name: definition.name.clone(),
        parameters: definition.parameters.clone(),
        defaults: definition.parameters.named.iter().map(|parameter| parameter.default.as_ref().and_then(default)).collect(),
        body: Body::Block(Rc::new(definition.body.clone())),
        scope: method.scope,
    })
}

/// Decorators that give a function which does the same.
const TRANSPARENT: &[&str] =
    &["functools.cache", "functools.lru_cache", "functools.wraps", "builtins.staticmethod", "typing.no_type_check", "typing.override"];

/// What a field of a data class is made of where it is not given: `field(default=...)` and `field(default_factory=lambda: ...)`. Anything else
/// is its own default.
fn field_default(value: &Expr) -> &Expr {
    let ExprKind::Call { callee, args, keywords } = &value.kind else { return value };
    let (ExprKind::Name(name) | ExprKind::Attribute { name, .. }) = &callee.kind else { return value };
    let default = keywords.iter().find_map(|(name, default)| match (name.as_deref(), &default.kind) {
        (Some("default"), _) => Some(default),
        (Some("default_factory"), ExprKind::Lambda(function)) => Some(&function.body),
        _ => None,
    });
    default.filter(|_| name == "field" && args.is_empty()).unwrap_or(value)
}

impl<'b> Replay<'_, 'b> {
    /// What a statement of a class's body assigns, if it is data.
    /// A class of the script, with what it has from the classes of the script that it extends.
    pub(super) fn class(&mut self, bases: &[Expr], body: &[Stmt]) -> Class {
        let scope = Some(self.scope);
        let method = |one: &Stmt| match &one.kind {
            StmtKind::Function(function) => Some(Method { name: function.name.clone(), definition: Rc::new(function.clone()), scope }),
            _ => None,
        };
        let mut set = BTreeSet::new();
        crate::names::attributes_set(body, &mut set);
        let constants = body.iter().filter_map(|one| self.class_constant(one)).filter(|(name, _)| !set.contains(name)).collect();
        let mut class = Class { methods: body.iter().filter_map(method).collect(), bases: Vec::new(), constants, scope };
        for base in bases {
            match self.value(base) {
                Value::Class(base) => {
                    class.methods.extend(base.methods.iter().cloned());
                    class.bases.extend(base.bases.iter().cloned());
                    let inherited = base.constants.iter().filter(|(name, _)| !set.contains(name)).cloned();
                    let inherited: Vec<_> = inherited.filter(|(name, _)| class.constants.iter().all(|(own, _)| own != name)).collect();
                    class.constants.extend(inherited);
                }
                Value::Path(path) if matches!(path.as_str(), "builtins.object" | "abc.ABC") => {}
                _ => class.bases.push(self.code(base.span).to_owned()),
            }
        }
        class
    }

    fn class_constant(&mut self, statement: &Stmt) -> Option<(String, record::Value)> {
        let StmtKind::Assign { targets, value } = &statement.kind else { return None };
        let [only] = targets.as_slice() else { return None };
        let (name, value) = (only.as_name()?.to_owned(), field_default(value));
        let constant = display_value(value).or_else(|| {
            let value = self.value(value);
            self.concrete(&value)
        });
        Some((name, constant?))
    }

    pub(crate) fn new_object(&mut self, class: Rc<Class>) -> ObjectId {
        self.objects.push(Object { class, attributes: Vec::new() });
        ObjectId(self.objects.len() - 1)
    }

    /// The value of a property: its body is recorded where it is read.
    pub(crate) fn property(&mut self, object: &Value<'b>, class: &Class, name: &str, span: Span) -> Option<Eval<'b>> {
        let function = self.method_of(class, name)?;
        let definition = class.method(name)?.definition.clone();
        if !matches!(definition.decorators.as_slice(), [only] if matches!(only.as_name(), Some("property" | "cached_property"))) {
            return None;
        }
        let own = function.parameters.named.first()?.name.clone();
        let scope =
            Scope { names: HashMap::from([(own, object.clone())]), parent: function.scope.or(Some(ScopeId(0))), globals: Vec::new() };
        Some(self.run_body(&function, scope, self.activation, span))
    }

    /// A method as it is called on an object: the function, and what stands before the arguments.
    pub(crate) fn bound(
        &mut self,
        class: &Rc<Class>,
        name: &str,
        object: &Value<'b>,
        span: Span,
    ) -> Option<(Value<'b>, Option<Value<'b>>)> {
        let method = class.method(name)?.clone();
        Some(self.bound_method(class, &method, object, span))
    }

    pub(super) fn bound_method(
        &mut self,
        class: &Rc<Class>,
        method: &Method,
        object: &Value<'b>,
        span: Span,
    ) -> (Value<'b>, Option<Value<'b>>) {
        let (function, definition) = (Value::Function(function_of(method)), &method.definition);
        let (ways, others): (Vec<Expr>, Vec<Expr>) = definition
            .decorators
            .iter()
            .cloned()
            .partition(|decorator| matches!(decorator.as_name(), Some("staticmethod" | "classmethod")));
        let first = match ways.first().and_then(Expr::as_name) {
            Some("staticmethod") => None,
            Some("classmethod") => Some(Value::Class(class.clone())),
            _ => Some(object.clone()),
        };
        (self.decorated(function, &others, span), first)
    }

    /// A function under its decorators, the innermost first. Those of the standard library that only keep or name it change nothing.
    pub(crate) fn decorated(&mut self, function: Value<'b>, decorators: &[Expr], at: Span) -> Value<'b> {
        decorators.iter().rev().fold(function, |function, decorator| {
            let named = match &decorator.kind {
                ExprKind::Call { callee, .. } => &**callee,
                _ => decorator,
            };
            match self.value(named) {
                Value::Path(path) if TRANSPARENT.contains(&path.as_str()) => return function,
                Value::Function(_) => {}
                _ => return Value::Unknown(self.unsupported(at, "a decorated function")),
            }
            let wrapper = self.value(decorator);
            // It is called where nothing is recorded.
            let outer = self.activation.take();
            let result = self.apply(wrapper, None, vec![function], Vec::new(), decorator.span);
            self.activation = outer;
            match result {
                Ok(result @ Value::Function(_)) => result,
                Ok(_) => Value::Unknown(self.unsupported(at, "a decorated function")),
                Err(unknown) => Value::Unknown(unknown),
            }
        })
    }

    pub(crate) fn method_of(&self, class: &Class, name: &str) -> Option<Rc<Function<'b>>> {
        class.method(name).map(function_of)
    }

    /// `super().name(...)` in a method: that of the next class that has one. What the classes of libraries make on construction is not seen.
    pub(super) fn call_of_super(
        &mut self,
        object: &Value<'b>,
        place: usize,
        name: &str,
        positional: Vec<Value<'b>>,
        named: Vec<(String, Value<'b>)>,
        span: Span,
    ) -> Eval<'b> {
        let Value::Object(id) = object else { return Err(self.unsupported(span, "`super()` of this")) };
        let class = self.objects[id.0].class.clone();
        let Some(method) = class.methods.iter().skip(place + 1).find(|method| method.name == name).cloned() else {
            return match name {
                "__init__" => Ok(self.none()),
                _ => self.inherited(object, &class, name, positional, named, span),
            };
        };
        let (function, first) = self.bound_method(&class, &method, object, span);
        let all: Vec<Value<'b>> = first.into_iter().chain(positional).collect();
        match function {
            Value::Function(function) => self.call_user(&function, all, named, span),
            other => self.apply(other, None, all, named, span),
        }
    }

    /// The object whose method a `super()` stands in, and the number of that method.
    pub(super) fn of_super(&mut self, at: Span) -> Option<(Value<'b>, usize)> {
        let object = self.name("self", at);
        let Value::Object(id) = object else { return None };
        let within = |method: &Method| {
            let body = &method.definition.body;
            body.first()
                .zip(body.last())
                .is_some_and(|(first, last)| first.span.file == at.file && first.span.start <= at.start && at.end <= last.span.end)
        };
        let place = self.objects[id.0].class.methods.iter().position(within)?;
        Some((object, place))
    }

    pub(super) fn instantiate(
        &mut self,
        class: &Rc<Class>,
        positional: Vec<Value<'b>>,
        named: Vec<(String, Value<'b>)>,
        span: Span,
    ) -> Eval<'b> {
        let made_by_hand = self.method_of(class, "__init__").is_some();
        // Which field of a data class stands where is not known here, so none has its default.
        let unsure = !made_by_hand && (!positional.is_empty() || self.method_of(class, "__post_init__").is_some());
        let class = &if unsure {
            Rc::new(Class { methods: class.methods.clone(), bases: class.bases.clone(), constants: Vec::new(), scope: class.scope })
        } else {
            class.clone()
        };
        let object = Value::Object(self.new_object(class.clone()));
        if let Some(init) = self.method_of(class, "__init__") {
            let mut all = vec![object.clone()];
            all.extend(positional);
            let outer = self.activation;
            let _ = self.call_user(&init, all, named, span);
            self.activation = outer;
        } else if let (Value::Object(id), true) = (&object, class.bases.is_empty() && !unsure) {
            // A class that takes arguments without a method for it is a data class.
            self.objects[id.0].attributes.extend(named);
        }
        Ok(object)
    }

    /// What scikit-learn's base classes add to a class of the script.
    pub(super) fn inherited(
        &mut self,
        object: &Value<'b>,
        class: &Rc<Class>,
        name: &str,
        positional: Vec<Value<'b>>,
        named: Vec<(String, Value<'b>)>,
        span: Span,
    ) -> Eval<'b> {
        if name == "fit_transform" && class.bases.iter().any(|base| base.ends_with("TransformerMixin")) {
            // Called by the library, inside of which nothing is recorded.
            let all: Vec<&Value<'b>> = positional.iter().collect();
            if !all.iter().any(|value| self.touches_rows(value)) {
                return Ok(Value::Known(self.untouched(span, &all)));
            }
        }
        let _ = (object, named);
        Err(self.unsupported(span, format!("`.{name}()` of a class of the script")))
    }
}
