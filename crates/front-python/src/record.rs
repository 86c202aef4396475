//! What one run of the script told: the content of `state.json`.
//!
//! Made by the crate `reference` (its `scorewright_record.py` writes this form), read by replay, pruned to what replay looked at and stored,
//! so that script and state convert again to the same bytes without any Python. Plain data; floats are the shortest text that reads back to the
//! same bits. Places are `line:column-line:column` as CPython counts them: lines from 1, columns in UTF-8 bytes from 0. Places in a
//! module of the user's project have its file before them: `features.py@3:4-3:10`.

use serde::{Deserialize, Serialize};

/// The version of the form. Another version is refused, never guessed.
pub const FORMAT: u32 = 1;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub format: u32,
    pub script: ScriptId,
    /// The user's own modules that were imported, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modules: Vec<ModuleId>,
    pub versions: Versions,
    /// Every `read_csv`, and its like, that ran, in order.
    pub reads: Vec<Read>,
    /// Activations: context 0 is the script itself, context `n` is entry `n - 1`.
    pub contexts: Vec<Context>,
    pub branches: Vec<Branch>,
    pub loops: Vec<Loop>,
    pub handlers: Vec<Handled>,
    pub values: Vec<Observed>,
    /// Cells of a notebook that raised, in order. A script that raises has no record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub raised: Vec<Raised>,
}

/// A module of the user's project that the script imported, by the way to its file from the script's folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModuleId {
    pub name: String,
    pub sha256: String,
}

/// A statement of a notebook that raised; what follows it in its cell was not run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Raised {
    /// A line of the statement, counted in the text of all cells.
    pub line: u32,
    pub message: String,
}

/// Which text was run. A record of another text is refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScriptId {
    pub name: String,
    pub sha256: String,
    /// The output expression that was run after the script, if one was asked for.
    pub output: Option<String>,
}

/// Versions are part of the meaning of a script.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Versions {
    pub python: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pandas: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numpy: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sklearn: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scipy: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onnxruntime: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub xgboost: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lightgbm: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catboost: Option<String>,
    /// Holds the texts of pandas 3 where it is installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pyarrow: Option<String>,
}

/// One file that was read as a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Read {
    /// Place of the call; none where a library called back.
    pub at: Option<String>,
    #[serde(rename = "in")]
    pub context: u32,
    /// As the script gave it; none for something that is not a path.
    pub path: Option<String>,
    pub rows: u64,
    pub columns: Vec<TableColumn>,
    /// Its index, if that has a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<TableColumn>,
}

/// A call, or one turn of a loop, inside another activation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Context {
    #[serde(rename = "in")]
    pub parent: u32,
    pub at: String,
    pub turn: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Branch {
    pub at: String,
    #[serde(rename = "in")]
    pub context: u32,
    pub taken: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Loop {
    pub at: String,
    #[serde(rename = "in")]
    pub context: u32,
    pub items: Vec<Value>,
}

/// Where a run is: at an expression, inside calls and turns of loops, the outermost first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Site {
    pub at: String,
    pub within: Vec<(String, u32)>,
}

/// A `try` statement in which an exception was handled, by handler number `which`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Handled {
    pub at: String,
    #[serde(rename = "in")]
    pub context: u32,
    pub which: u32,
}

/// The value of one expression in one activation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub at: String,
    #[serde(rename = "in")]
    pub context: u32,
    #[serde(rename = "is")]
    pub value: Value,
}

/// A summary of a Python value. Scalars are exact; tables carry their cells only where they may be look-up tables.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    Bool(bool),
    Int(i64),
    Str(String),
    Tagged(Box<Tagged>),
    None(()),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tagged {
    Float(Float),
    Float32(Float),
    /// An integer outside i64.
    Big(String),
    /// `NaT` or `NA`.
    Missing(String),
    /// Microseconds since 1970, without a time zone.
    Timestamp(i64),
    /// A moment with a time zone, in microseconds of UTC since 1970.
    Zoned(i64),
    /// Microseconds.
    Timedelta(i64),
    /// Days since 1970.
    Date(i64),
    Interval(Interval),
    List(Vec<Value>),
    Tuple(Vec<Value>),
    Set(Vec<Value>),
    Dict(Vec<(Value, Value)>),
    /// A dict that has a value for every other key too: `collections.Counter`, `defaultdict`.
    Defaults(Defaults),
    Index(Labels),
    Array(Array),
    Series(Series),
    Frame(Frame),
    Group(Group),
    Estimator(Estimator),
    Dtype(String),
    Pattern(Pattern),
    /// `.str` of a series, by what computes its methods.
    Texts(Texts),
    Function(String),
    Module(String),
    /// The class of something that is not described further.
    Other(String),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Defaults {
    pub pairs: Vec<(Value, Value)>,
    pub default: Value,
}

impl Tagged {
    /// The pairs of a dict, whatever it says of other keys.
    pub fn pairs(&self) -> Option<&Vec<(Value, Value)>> {
        if let Tagged::Dict(pairs) | Tagged::Defaults(Defaults { pairs, .. }) = self { Some(pairs) } else { None }
    }
}

/// A float as the shortest text that reads back to the same bits; `nan`, `inf` and `-inf` are spelled so.
#[derive(Clone, Copy, Debug)]
pub struct Float(pub f64);

impl PartialEq for Float {
    /// By bits: NaN equals itself, `-0.0` is not `0.0`.
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Serialize for Float {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&float_text(self.0))
    }
}

impl<'de> Deserialize<'de> for Float {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map(Float).map_err(|_| serde::de::Error::custom(format!("`{text}` is not a float")))
    }
}

/// The text of a float in `state.json`.
pub fn float_text(value: f64) -> String {
    if value.is_nan() {
        "nan".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "inf".to_owned() } else { "-inf".to_owned() }
    } else {
        format!("{value:?}")
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    pub left: Value,
    pub right: Value,
    pub closed: String,
}

/// A run of cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cells {
    Floats(Vec<Float>),
    Items(Vec<Value>),
}

impl Cells {
    pub fn len(&self) -> usize {
        match self {
            Cells::Floats(values) => values.len(),
            Cells::Items(values) => values.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cells as values, whatever their form.
    pub fn values(&self) -> Vec<Value> {
        match self {
            Cells::Floats(values) => values.iter().map(|value| Value::float(value.0)).collect(),
            Cells::Items(values) => values.clone(),
        }
    }
}

/// A dtype by pandas' own name; a categorical with its categories.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dtype {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub categories: Option<Cells>,
    /// The dtype of the categories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableColumn {
    pub name: Value,
    pub dtype: Dtype,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Cells>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    pub columns: Vec<TableColumn>,
    pub rows: u64,
    /// `range`, or `labels` for any other index.
    pub index: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Cells>,
    /// The names of the index levels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<Value>>,
    /// The columns that lie together in memory, where that is not their order from the left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocks: Option<Vec<Vec<usize>>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    pub name: Value,
    pub dtype: Dtype,
    pub rows: u64,
    pub index: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Cells>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Cells>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Labels {
    pub dtype: String,
    pub labels: Cells,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Array {
    pub dtype: String,
    pub shape: Vec<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Cells>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    pub keys: Vec<Value>,
}

/// A scikit-learn object: parameters, and every public attribute that ends in an underscore. A model of a boosting library has its own text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimator {
    pub class: String,
    pub params: Vec<(String, Value)>,
    pub fitted: Vec<(String, Value)>,
}

impl Estimator {
    pub fn param(&self, name: &str) -> Option<&Value> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    pub fn fitted(&self, name: &str) -> Option<&Value> {
        self.fitted.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// `StandardScaler` of `sklearn.preprocessing._data.StandardScaler`.
    pub fn class_name(&self) -> &str {
        self.class.rsplit('.').next().unwrap_or(&self.class)
    }

    /// The name that a table of calls has for the class: of another library than scikit-learn with that library before it, none for a class
    /// of the user.
    pub fn known_name(&self) -> Option<String> {
        match self.class.split('.').next() {
            Some("sklearn") => Some(self.class_name().to_owned()),
            Some(library @ ("catboost" | "category_encoders" | "feature_engine" | "imblearn" | "lightgbm" | "xgboost")) => {
                Some(format!("{library}.{}", self.class_name()))
            }
            _ => None,
        }
    }
}

/// What computes the methods of `.str`: the two have other tables of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Texts {
    /// pyarrow, in which pandas 3 keeps columns of the dtype `str` where it is installed.
    Pyarrow,
    /// Python's `str`: categories, and the dtype `str` without pyarrow.
    Python,
    /// Python's `str`, on a column of objects, in which a question about a missing text has no answer.
    Object,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pattern {
    pub pattern: String,
    pub flags: i64,
}

#[expect(clippy::wildcard_enum_match_arm, reason = "each question asks for one kind of value")]
impl Value {
    pub const NONE: Value = Value::None(());

    pub fn float(value: f64) -> Value {
        Value::Tagged(Box::new(Tagged::Float(Float(value))))
    }

    pub fn tagged(value: Tagged) -> Value {
        Value::Tagged(Box::new(value))
    }

    pub fn as_tagged(&self) -> Option<&Tagged> {
        if let Value::Tagged(tagged) = self { Some(tagged) } else { None }
    }

    pub fn as_str(&self) -> Option<&str> {
        if let Value::Str(text) = self { Some(text) } else { None }
    }

    pub fn as_int(&self) -> Option<i64> {
        if let Value::Int(value) = self { Some(*value) } else { None }
    }

    pub fn as_bool(&self) -> Option<bool> {
        if let Value::Bool(value) = self { Some(*value) } else { None }
    }

    /// A number as a float: bool, int or float. Integers beyond 2^53 round to even, as in Python's `float(i)`.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Bool(value) => Some(f64::from(u8::from(*value))),
            Value::Int(value) => Some(*value as f64),
            Value::Str(_) | Value::None(()) => None,
            Value::Tagged(tagged) => match &**tagged {
                Tagged::Float(value) | Tagged::Float32(value) => Some(value.0),
                _ => None,
            },
        }
    }

    /// Missing as `isna` sees it: None, NaN, NaT, NA.
    pub fn is_missing(&self) -> bool {
        match self {
            Value::None(()) => true,
            Value::Bool(_) | Value::Int(_) | Value::Str(_) => false,
            Value::Tagged(tagged) => match &**tagged {
                Tagged::Float(value) | Tagged::Float32(value) => value.0.is_nan(),
                Tagged::Missing(_) => true,
                _ => false,
            },
        }
    }

    /// The items of a list, tuple, set, index, one-dimensional array, or of a dict's keys: what a loop over it sees.
    pub fn items(&self) -> Option<Vec<Value>> {
        match self.as_tagged()? {
            Tagged::List(items) | Tagged::Tuple(items) | Tagged::Set(items) => Some(items.clone()),
            Tagged::Dict(pairs) | Tagged::Defaults(Defaults { pairs, .. }) => Some(pairs.iter().map(|(key, _)| key.clone()).collect()),
            Tagged::Index(index) => Some(index.labels.values()),
            Tagged::Array(array) if array.shape.len() == 1 => array.values.as_ref().map(Cells::values),
            Tagged::Series(series) => series.values.as_ref().map(Cells::values),
            Tagged::Frame(frame) => Some(frame.columns.iter().map(|column| column.name.clone()).collect()),
            _ => None,
        }
    }

    /// The floats of an array or list of numbers.
    pub fn floats(&self) -> Option<Vec<f64>> {
        if let Some(Tagged::Array(array)) = self.as_tagged() {
            return array.values.as_ref()?.values().iter().map(Value::as_f64).collect();
        }
        self.items()?.iter().map(Value::as_f64).collect()
    }

    /// Python's truth of the value, where it is certain.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            Value::Int(value) => Some(*value != 0),
            Value::Str(text) => Some(!text.is_empty()),
            Value::None(()) => Some(false),
            Value::Tagged(tagged) => match &**tagged {
                Tagged::Float(value) | Tagged::Float32(value) => Some(value.0 != 0.0),
                Tagged::List(items) | Tagged::Tuple(items) | Tagged::Set(items) => Some(!items.is_empty()),
                Tagged::Dict(pairs) | Tagged::Defaults(Defaults { pairs, .. }) => Some(!pairs.is_empty()),
                _ => None,
            },
        }
    }
}

/// As Python would print it, for diagnostics and the list of frozen values. Long values are cut.
impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let list = |f: &mut std::fmt::Formatter<'_>, open: &str, items: &[Value], close: &str| {
            f.write_str(open)?;
            for (at, item) in items.iter().take(8).enumerate() {
                if at > 0 {
                    f.write_str(", ")?;
                }
                write!(f, "{item}")?;
            }
            if items.len() > 8 {
                write!(f, ", ... {} in all", items.len())?;
            }
            f.write_str(close)
        };
        match self {
            Value::Bool(true) => f.write_str("True"),
            Value::Bool(false) => f.write_str("False"),
            Value::Int(value) => write!(f, "{value}"),
            Value::Str(text) => write!(f, "{text:?}"),
            Value::None(()) => f.write_str("None"),
            Value::Tagged(tagged) => match &**tagged {
                Tagged::Float(value) | Tagged::Float32(value) => f.write_str(&float_text(value.0)),
                Tagged::Big(text) | Tagged::Missing(text) | Tagged::Dtype(text) | Tagged::Function(text) | Tagged::Module(text) => {
                    f.write_str(text)
                }
                Tagged::Timestamp(value) => write!(f, "Timestamp({value} us)"),
                Tagged::Zoned(value) => write!(f, "Timestamp({value} us UTC)"),
                Tagged::Timedelta(value) => write!(f, "Timedelta({value} us)"),
                Tagged::Date(value) => write!(f, "date({value} days)"),
                Tagged::Interval(value) => write!(f, "({}, {}]", value.left, value.right),
                Tagged::List(items) => list(f, "[", items, "]"),
                Tagged::Tuple(items) => list(f, "(", items, ")"),
                Tagged::Set(items) => list(f, "{", items, "}"),
                Tagged::Dict(pairs) | Tagged::Defaults(Defaults { pairs, .. }) => {
                    f.write_str("{")?;
                    for (at, (key, value)) in pairs.iter().take(8).enumerate() {
                        write!(f, "{}{key}: {value}", if at > 0 { ", " } else { "" })?;
                    }
                    if pairs.len() > 8 {
                        write!(f, ", ... {} in all", pairs.len())?;
                    }
                    f.write_str("}")
                }
                Tagged::Index(index) => list(f, "Index([", &index.labels.values(), "])"),
                Tagged::Array(array) => match &array.values {
                    Some(values) => list(f, "array([", &values.values(), "])"),
                    None => write!(f, "an array of shape {:?}", array.shape),
                },
                Tagged::Series(series) => write!(f, "a series of {} values", series.rows),
                Tagged::Frame(frame) => write!(f, "a frame of {} rows and {} columns", frame.rows, frame.columns.len()),
                Tagged::Group(_) => f.write_str("a group-by"),
                Tagged::Estimator(estimator) => f.write_str(estimator.class_name()),
                Tagged::Pattern(pattern) => write!(f, "re.compile({:?})", pattern.pattern),
                Tagged::Texts(_) => f.write_str("a `.str`"),
                Tagged::Other(class) => write!(f, "a {class}"),
            },
        }
    }
}
