//! Models in the files of their own libraries: XGBoost, LightGBM, CatBoost. Start at [`read`]; a script's models are asked as [`Model`].
//!
//! `bytes -> document -> Module`: each library has a file that reads its model; [`grow`] makes one forest of the trees, [`inputs`] the record's
//! fields of the features, [`link`] the results of the margins. No file is executed and none of the libraries is needed.
//!
//! Each library keeps its own numbers: XGBoost casts features to float32 and adds leaves in float32, LightGBM is in double, CatBoost compares
//! in float32 and adds in double. Sums run in the order of the trees. A missing number is NaN; a missing category is null.

mod catboost;
mod document;
mod grow;
mod inputs;
mod lightgbm;
mod link;
mod logf;
mod ubj;
mod xgboost;

pub use inputs::{Feature, Takes, Unseen};
pub use link::Scores;

use std::ops::Range;

use document::{At, Precision, Value};
use ir::{Builder, Module, Val};
use source::{Diagnostic, FileId, Place, Sources};

/// The library that wrote a file, and the form of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    XgboostJson,
    XgboostUbj,
    /// The binary form of XGBoost before 3.1, which has no description.
    XgboostBinary,
    LightgbmText,
    /// What `dump_model` gives.
    LightgbmJson,
    CatboostJson,
    /// The binary form, a FlatBuffer.
    CatboostCbm,
}

impl Format {
    /// The Python package that scores such a file. None for a form that no package reads again.
    pub fn package(self) -> Option<&'static str> {
        match self {
            Format::XgboostJson | Format::XgboostUbj | Format::XgboostBinary => Some("xgboost"),
            Format::LightgbmText => Some("lightgbm"),
            Format::LightgbmJson => None,
            Format::CatboostJson | Format::CatboostCbm => Some("catboost"),
        }
    }

    /// Looks at the first bytes, and at the names in a JSON document. None for what is no model of these libraries.
    pub fn of(bytes: &[u8]) -> Option<Format> {
        let head = &bytes[..bytes.len().min(HEAD)];
        let has = |word: &str| head.windows(word.len()).any(|window| window == word.as_bytes());
        match head {
            [b'{', b'L' | b'l' | b'I' | b'U' | b'i' | b'#', ..] if has("learner") => Some(Format::XgboostUbj),
            [b'C', b'B', b'M', b'1', ..] => Some(Format::CatboostCbm),
            [b'b', b'i', b'n', b'f', ..] => Some(Format::XgboostBinary),
            _ if head.starts_with(b"tree\n") || head.starts_with(b"tree\r\n") => Some(Format::LightgbmText),
            _ if head.trim_ascii_start().starts_with(b"{") => {
                let has = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
                if has("\"learner\"") {
                    Some(Format::XgboostJson)
                } else if has("\"tree_info\"") {
                    Some(Format::LightgbmJson)
                } else if has("\"features_info\"") {
                    Some(Format::CatboostJson)
                } else {
                    None
                }
            }
            _ => None,
        }
    }
}

/// How far into a file its kind is looked for.
const HEAD: usize = 4096;

/// The scorer of a model.
///
/// Shape: every feature is a scalar parameter, called as the file calls it; a result of several classes or targets is a vector. Null: a
/// missing category that has a name; a missing number is NaN. Errors: what stands in the way, with its way in the file; never empty. Rows
/// that the library raises on are rejections. The size of the file bounds memory.
pub fn read(bytes: &[u8], file: FileId, sources: &Sources) -> Result<Module, Vec<Diagnostic>> {
    let name = sources.name(file);
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let b = Builder::new(name.rsplit_once('.').map_or(name, |(stem, _)| stem));
    b.at(&Place::File(file), sources);
    write(&b, bytes, file, sources).map_err(|fault| vec![fault.diagnostic(file)])?;
    b.finish()
}

fn write(b: &Builder, bytes: &[u8], file: FileId, sources: &Sources) -> Result<(), Fault> {
    let at = |path: &str| b.at(&Place::Path { file, path: path.to_owned() }, sources);
    let model = Model::read(bytes)?;
    let columns = inputs::fields(b, &model.features(None)?);
    let scores = model.scores_at(b, &columns, &model.usual()?, &at)?;
    scores.results(b);
    if let Kind::Catboost(model) = &model.0 {
        catboost::label(b, model, &scores.margins);
    }
    Ok(())
}

/// A model that was read.
pub struct Model(Kind);

enum Kind {
    Xgboost(Value),
    Lightgbm(lightgbm::Model),
    Catboost(Box<catboost::Model>),
}

/// How a model is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct How {
    /// The rounds of boosting whose trees score; none for all.
    pub rounds: Option<Range<usize>>,
    /// As XGBoost's `inplace_predict`, which scikit-learn's interface calls. The libraries know no difference otherwise.
    pub in_place: bool,
}

impl Model {
    pub fn read(bytes: &[u8]) -> Result<Model, Fault> {
        let text = || std::str::from_utf8(bytes).map_err(|_| Fault::malformed("", "it is not UTF-8"));
        let json =
            |precision: Precision| -> Result<Value, Fault> { document::json(text()?, precision).map_err(|why| Fault::malformed("", why)) };
        Ok(Model(match Format::of(bytes) {
            Some(Format::XgboostJson) => Kind::Xgboost(json(Precision::Single)?),
            Some(Format::XgboostUbj) => Kind::Xgboost(ubj::read(bytes).map_err(|why| Fault::malformed("", why))?),
            Some(Format::XgboostBinary) => {
                return Err(Fault::unsupported("", "this is XGBoost's old binary format, which says nothing of the features")
                    .help("load it with the XGBoost that wrote it and save it as .ubj or .json"));
            }
            Some(Format::LightgbmText) => Kind::Lightgbm(lightgbm::of_text(text()?)?),
            Some(Format::LightgbmJson) => Kind::Lightgbm(lightgbm::of_dump(&At::root(&json(Precision::Double)?))?),
            Some(Format::CatboostJson) => Kind::Catboost(Box::new(catboost::json::read(&At::root(&json(Precision::Double)?))?)),
            Some(Format::CatboostCbm) => Kind::Catboost(Box::new(catboost::cbm::read(bytes)?)),
            None => {
                return Err(Fault::malformed("", "it is no model of XGBoost, LightGBM or CatBoost").help(
                    "give a file that `save_model` of the library wrote: JSON or UBJSON of XGBoost, text of LightGBM, CBM or JSON of CatBoost",
                ));
            }
        }))
    }

    /// What the model takes, in order. `categorical` says which columns of a frame hold categories, where there is a frame.
    pub fn features(&self, categorical: Option<&[bool]>) -> Result<Vec<Feature>, Fault> {
        match &self.0 {
            Kind::Xgboost(document) => xgboost::features(&At::root(document)),
            Kind::Lightgbm(model) => lightgbm::features(model, categorical),
            Kind::Catboost(model) => catboost::features(model),
        }
    }

    /// What the model says of a row, whose columns are as its features are taken.
    pub fn scores<'b>(&self, b: &'b Builder, columns: &[Val<'b>], how: &How) -> Result<Scores<'b>, Fault> {
        self.scores_at(b, columns, how, &|_| {})
    }

    /// How the file alone is asked.
    fn usual(&self) -> Result<How, Fault> {
        match &self.0 {
            Kind::Xgboost(document) => xgboost::usual(&At::root(document)),
            Kind::Lightgbm(_) | Kind::Catboost(_) => Ok(How { rounds: None, in_place: false }),
        }
    }

    fn scores_at<'b>(&self, b: &'b Builder, columns: &[Val<'b>], how: &How, at: &dyn Fn(&str)) -> Result<Scores<'b>, Fault> {
        match &self.0 {
            Kind::Xgboost(document) => xgboost::scores(b, &At::root(document), columns, how, at),
            Kind::Lightgbm(model) => lightgbm::scores(b, model, columns, how, at),
            Kind::Catboost(model) => catboost::scores(b, model, columns, how, at),
        }
    }
}

/// Why a file does not convert: which way in it, what is there, and what would work.
#[derive(Debug)]
pub struct Fault {
    name: &'static str,
    path: String,
    pub message: String,
    pub help: Option<String>,
}

impl Fault {
    /// The file is not what its format says.
    pub(crate) fn malformed(path: impl Into<String>, message: impl Into<String>) -> Fault {
        Fault { name: "boost-malformed", path: path.into(), message: message.into(), help: None }
    }

    /// The file is sound, and this in it does not convert.
    pub(crate) fn unsupported(path: impl Into<String>, message: impl Into<String>) -> Fault {
        Fault { name: "boost-unsupported", path: path.into(), message: message.into(), help: None }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Fault {
        Fault { help: Some(help.into()), ..self }
    }

    fn diagnostic(self, file: FileId) -> Diagnostic {
        let place = if self.path.is_empty() { Place::File(file) } else { Place::Path { file, path: self.path } };
        let found = Diagnostic::error(self.name, self.message).at(place, "");
        if let Some(help) = self.help { found.help(help) } else { found }
    }
}
