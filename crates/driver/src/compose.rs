//! A script's output becomes a model's input.

use ir::{Builder, Elem, Field, Literal, Module, Type, Val};
use reference::Feed;
use source::{Diagnostic, Place};

/// One module that computes the script's columns and the model's answer on them. Its results are the model's.
///
/// A model with one input that is not a column takes all columns in order as a matrix (`DataFrame.to_numpy`); another takes one input a
/// column, by name. Numbers become the model's type as numpy casts them; a missing number is NaN, a missing text is empty.
/// Errors: a model that wants another number of columns, a column that is not there, text where the model wants numbers.
pub(crate) fn compose(script: &Module, model: &Module, feed: Feed) -> Result<Module, Vec<Diagnostic>> {
    let builder = Builder::new(&script.name);
    let (Some(first), Some(second)) = (script.entry_function(), model.entry_function()) else {
        return Err(vec![Diagnostic::error("ir-unsound", "a module has no entry")]);
    };
    let params: Vec<Val<'_>> = first.params.iter().map(|param| builder.param_field(param.clone())).collect();
    let columns = builder.inline(script, &params);
    let names: Vec<&str> = first.results.iter().map(|output| output.field.name.as_str()).collect();
    let by_matrix = match (feed, second.params.as_slice()) {
        (Feed::Matrix, _) => true,
        (Feed::Columns, _) => false,
        (Feed::Infer, [only]) => !names.contains(&only.name.as_str()),
        (Feed::Infer, _) => false,
    };
    let args =
        if by_matrix { matrix(&builder, &second.params, &columns, &names) } else { by_name(&builder, &second.params, &columns, &names) };
    let args = args.map_err(|found| {
        let file = model.origins.iter().find_map(|(origin, _)| model.place(origin)).map(|place| place.file());
        found.into_iter().map(|one| if let Some(file) = file { one.at(Place::File(file), "") } else { one }).collect::<Vec<_>>()
    })?;
    let answers = builder.inline(model, &args);
    for (output, answer) in second.results.iter().zip(answers) {
        builder.result_field(output.field.clone(), answer);
    }
    second.predictions.iter().for_each(|prediction| builder.prediction(prediction.clone()));
    builder.finish()
}

fn matrix<'b>(b: &'b Builder, params: &[Field], columns: &[Val<'b>], names: &[&str]) -> Result<Vec<Val<'b>>, Vec<Diagnostic>> {
    let [param] = params else {
        let inputs: Vec<String> = params.iter().map(|param| format!("`{}`", param.name)).collect();
        let found = Diagnostic::error("model-input", format!("the model has {} inputs, so it takes no matrix", params.len()));
        return Err(vec![found.help(format!("its inputs are {}; give them as columns of the script's output", inputs.join(", ")))]);
    };
    if param.ty.count() != columns.len() {
        let text =
            format!("the model's input `{}` takes {} columns, the script's output has {}", param.name, param.ty.count(), columns.len());
        return Err(vec![Diagnostic::error("model-input", text).help(format!("the script gives {}", names.join(", ")))]);
    }
    let cells = columns.iter().zip(names).map(|(column, name)| given(b, *column, name, param.ty.elem));
    let (cells, found): (Vec<_>, Vec<_>) = cells.partition(Result::is_ok);
    if !found.is_empty() {
        return Err(found.into_iter().filter_map(Result::err).collect());
    }
    let cells: Vec<Val<'b>> = cells.into_iter().flatten().collect();
    Ok(vec![match cells.as_slice() {
        [only] if param.ty.is_scalar() => *only,
        _ => b.pack(&cells).reshape(param.ty.shape.clone()),
    }])
}

fn by_name<'b>(b: &'b Builder, params: &[Field], columns: &[Val<'b>], names: &[&str]) -> Result<Vec<Val<'b>>, Vec<Diagnostic>> {
    let mut args = Vec::new();
    let mut found = Vec::new();
    for param in params {
        let column = names.iter().position(|name| *name == param.name);
        match column {
            Some(at) => match given(b, columns[at], names[at], param.ty.elem) {
                Ok(cell) if param.ty.is_scalar() => args.push(cell),
                Ok(cell) if param.ty.count() == 1 => args.push(b.pack(&[cell]).reshape(param.ty.shape.clone())),
                Ok(_) => found.push(Diagnostic::error(
                    "model-input",
                    format!("the model's input `{}` is {}, and one column is given for it", param.name, param.ty),
                )),
                Err(wrong) => found.push(wrong),
            },
            None => found.push(
                Diagnostic::error("model-input", format!("the model's input `{}` is not a column of the script's output", param.name))
                    .help(format!("the script gives {}", names.join(", "))),
            ),
        }
    }
    if found.is_empty() { Ok(args) } else { Err(found) }
}

/// A column's cell as the model takes it.
fn given<'b>(b: &'b Builder, column: Val<'b>, name: &str, elem: Elem) -> Result<Val<'b>, Diagnostic> {
    let Type { elem: own, nullable, .. } = column.ty();
    let wrong = || Diagnostic::error("model-input", format!("the column `{name}` is {own}, and the model takes {elem}"));
    let present = |missing: Literal| if nullable { column.or_else(b.constant(missing)) } else { column };
    match (own, elem) {
        (Elem::Str, Elem::Str) => Ok(present(Literal::from(""))),
        (Elem::Str, _) | (_, Elem::Str) => Err(wrong()),
        (_, Elem::F32 | Elem::F64) if own.is_float() => Ok(present(nan(own)).cast(elem)),
        (_, Elem::F32 | Elem::F64) if own.is_int() || own == Elem::Bool => {
            let number = column.cast(elem);
            Ok(if nullable { number.or_else(b.constant(nan(elem))) } else { number })
        }
        // numpy refuses to make a whole number or a truth value of a missing cell.
        (_, Elem::I64 | Elem::I32 | Elem::Bool) if !nullable && (own.is_int() || own == Elem::Bool) => Ok(column.cast(elem)),
        _ => Err(wrong()),
    }
}

fn nan(elem: Elem) -> Literal {
    if elem == Elem::F32 { Literal::F32(f32::NAN) } else { Literal::F64(f64::NAN) }
}
