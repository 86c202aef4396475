//! Models in the files of their own libraries: XGBoost, LightGBM, CatBoost. Start at [`read`].
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

use document::{At, Precision, Value};
use ir::{Builder, Module};
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
    let text = || std::str::from_utf8(bytes).map_err(|_| Fault::malformed("", "it is not UTF-8"));
    let json =
        |precision: Precision| -> Result<Value, Fault> { document::json(text()?, precision).map_err(|why| Fault::malformed("", why)) };
    match Format::of(bytes) {
        Some(Format::XgboostJson) => xgboost::model(b, &At::root(&json(Precision::Single)?), &at),
        Some(Format::XgboostUbj) => {
            let document = ubj::read(bytes).map_err(|why| Fault::malformed("", why))?;
            xgboost::model(b, &At::root(&document), &at)
        }
        Some(Format::XgboostBinary) => {
            Err(Fault::unsupported("", "this is XGBoost's old binary format, which says nothing of the features")
                .help("load it with the XGBoost that wrote it and save it as .ubj or .json"))
        }
        Some(Format::LightgbmText) => lightgbm::text(b, text()?, &at),
        Some(Format::LightgbmJson) => lightgbm::dump(b, &At::root(&json(Precision::Double)?), &at),
        Some(Format::CatboostJson) => {
            let model = catboost::json::read(&At::root(&json(Precision::Double)?))?;
            catboost::write(b, &model, &at)
        }
        Some(Format::CatboostCbm) => {
            let model = catboost::cbm::read(bytes)?;
            catboost::write(b, &model, &at)
        }
        None => Err(Fault::malformed("", "it is no model of XGBoost, LightGBM or CatBoost").help(
            "give a file that `save_model` of the library wrote: JSON or UBJSON of XGBoost, text of LightGBM, CBM or JSON of CatBoost",
        )),
    }
}

/// Why a file does not convert: which way in it, what is there, and what would work.
#[derive(Debug)]
pub(crate) struct Fault {
    name: &'static str,
    path: String,
    message: String,
    help: Option<String>,
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
