//! The JSON that `save_model(format="json")` writes.
//!
//! It holds the numbers of the model to the last bit. CatBoost's own reader takes some of them one unit in the last place off; here they are
//! read as they were written.

use ir::Literal;

use super::{Ask, Categorical, Combination, Float, HashTable, Kind, Model, Next, Statistic, Tree, class_border};
use crate::Fault;
use crate::document::{self, At, Precision, Value, index};

pub(crate) fn read(root: &At<'_>) -> Result<Model, Fault> {
    let mut model = Model { scale: 1.0, ..Model::default() };
    let features = root.need("features_info")?;
    for (kind, name) in [("text_features", "text"), ("embedding_features", "embedding")] {
        if let Some(found) = features.get(kind) {
            return Err(Fault::unsupported(found.path, format!("{name} features are not supported"))
                .help("train without them, or compute numbers from them before the model"));
        }
    }
    let list = |name: &str| features.get(name).map_or(Ok(vec![]), |list| list.items());
    for feature in list("float_features")? {
        let has_nans = feature.need("has_nans")?.number()? != 0.0;
        model.floats.push(Float {
            index: feature.need("feature_index")?.count()?,
            flat: feature.need("flat_feature_index")?.count()?,
            name: name(&feature)?,
            borders: floats_of(&feature, "borders")?,
            nan_is_above: has_nans && feature.need("nan_value_treatment")?.text()? == "AsTrue",
        });
    }
    for feature in list("categorical_features")? {
        let values = match feature.get("values") {
            Some(values) => values.numbers()?.iter().map(|value| *value as i64 as i32).collect(),
            None => vec![],
        };
        model.categorical.push(Categorical {
            index: feature.need("feature_index")?.count()?,
            flat: feature.need("flat_feature_index")?.count()?,
            name: name(&feature)?,
            values,
        });
    }
    for text in list("cat_features_hash")? {
        model.texts.push((text.need("hash")?.number()? as i64 as i32, text.need("value")?.text()?.to_owned()));
    }
    let mut seen = std::collections::HashSet::new();
    model.texts.retain(|(_, text)| seen.insert(text.clone()));
    for one in list("ctrs")? {
        model.statistics.push(statistic(&one)?);
    }
    if let Some(tables) = root.get("ctr_data")
        && let Value::Map(entries) = tables.value
    {
        for (name, _) in entries {
            model.tables.insert(name.clone(), table(&tables.need(name)?)?);
        }
    }
    scale_and_bias(root, &mut model)?;
    info(root, &mut model)?;
    trees(root, &mut model)?;
    Ok(model)
}

fn name(feature: &At<'_>) -> Result<String, Fault> {
    for key in ["feature_name", "feature_id"] {
        if let Some(name) = feature.get(key).map(|name| name.text()).transpose()?.filter(|name| !name.is_empty()) {
            return Ok(name.to_owned());
        }
    }
    Ok(format!("f{}", feature.need("flat_feature_index")?.count()?))
}

fn floats_of(at: &At<'_>, name: &str) -> Result<Vec<f32>, Fault> {
    at.get(name).map_or(Ok(vec![]), |list| Ok(list.numbers()?.iter().map(|number| *number as f32).collect()))
}

fn statistic(one: &At<'_>) -> Result<Statistic, Fault> {
    let kind = one.need("ctr_type")?;
    let kind = Kind::of(kind.text()?).ok_or_else(|| kind.malformed("this type of statistic is unknown"))?;
    let mut of = Combination::default();
    for element in one.need("elements")?.items()? {
        let border = |element: &At<'_>| element.need("border")?.number();
        match element.need("combination_element")?.text()? {
            "cat_feature_value" => of.categorical.push(element.need("cat_feature_index")?.count()?),
            "float_feature" => of.numbers.push((element.need("float_feature_index")?.count()?, border(&element)? as f32)),
            "cat_feature_exact_value" => {
                of.values.push((element.need("cat_feature_index")?.count()?, element.need("value")?.number()? as i64 as i32));
            }
            other => return Err(element.malformed(format!("the element `{other}` is unknown"))),
        }
    }
    let float = |name: &str| one.need(name)?.number().map(|number| number as f32);
    Ok(Statistic {
        table: one.need("identifier")?.text()?.to_owned(),
        kind,
        of,
        target_border: one.need("target_border_idx")?.count()?,
        prior: (float("prior_numerator")?, float("prior_denomerator")?),
        shift: float("shift")?,
        scale: float("scale")?,
        borders: floats_of(one, "borders")?,
    })
}

/// A hash as a text, then its counts, one after another.
fn table(at: &At<'_>) -> Result<HashTable, Fault> {
    /// A place of the hash table that is free.
    const FREE: u64 = u64::MAX;
    let stride = at.need("hash_stride")?.count()?;
    let map = at.need("hash_map")?;
    let items: &[Value] = match map.value {
        Value::List(items) => items,
        Value::Numbers(numbers) if numbers.is_empty() => &[],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Numbers(_) | Value::Map(_) => {
            return Err(map.malformed("it must be a list of hashes and counts"));
        }
    };
    if stride < 2 || !items.len().is_multiple_of(stride) {
        return Err(map.malformed("its length does not fit its stride"));
    }
    let row = |row: &[Value]| -> Option<(u64, Vec<f64>)> {
        let (hash, counts) = row.split_first()?;
        let Value::Text(hash) = hash else { return None };
        let number = |count: &Value| if let Value::Number(number) = count { Some(*number) } else { None };
        Some((hash.parse().ok()?, counts.iter().map(number).collect::<Option<_>>()?))
    };
    let rows: Option<Vec<(u64, Vec<f64>)>> = items.chunks(stride).map(row).collect();
    let mut rows = rows.ok_or_else(|| map.malformed("a row is not a hash and counts"))?;
    rows.retain(|(hash, _)| *hash != FREE);
    Ok(HashTable { rows, denominator: at.need("counter_denominator")?.number()? })
}

fn scale_and_bias(root: &At<'_>, model: &mut Model) -> Result<(), Fault> {
    let Some(both) = root.get("scale_and_bias") else { return Ok(()) };
    match both.value {
        Value::List(items) => {
            let (Some(Value::Number(scale)), Some(Value::Numbers(bias))) = (items.first(), items.get(1)) else {
                return Err(both.malformed("it must hold a number and a list"));
            };
            (model.scale, model.bias) = (*scale, bias.clone());
        }
        Value::Numbers(numbers) if numbers.len() == 2 => (model.scale, model.bias) = (numbers[0], vec![numbers[1]]),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Numbers(_) | Value::Map(_) => {
            return Err(both.malformed("it must hold a number and a list"));
        }
    }
    Ok(())
}

/// Loss and classes. Both may stand as JSON in a text.
fn info(root: &At<'_>, model: &mut Model) -> Result<(), Fault> {
    let Some(info) = root.get("model_info") else { return Ok(()) };
    let part = |name: &str| -> Result<Option<Value>, Fault> {
        let Some(part) = info.get(name) else { return Ok(None) };
        match part.value {
            Value::Text(text) => document::json(text, Precision::Double).map(Some).map_err(|why| part.malformed(why)),
            other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Numbers(_) | Value::List(_) | Value::Map(_)) => {
                Ok(Some(other.clone()))
            }
        }
    };
    if let Some(parameters) = part("params")? {
        model.loss = loss(&At { value: &parameters, path: "model_info/params".into() })?;
    }
    if let Some(threshold) = info.get(THRESHOLD) {
        model.class_border = class_border(threshold.number()?);
    }
    if let Some(classes) = part("class_params")? {
        model.classes = class_names(&At { value: &classes, path: "model_info/class_params".into() })?;
    }
    Ok(())
}

/// The note of the probability above which a row is of the second class; one half where it is not there.
pub(super) const THRESHOLD: &str = "binclass_probability_threshold";

pub(super) fn loss(parameters: &At<'_>) -> Result<String, Fault> {
    let loss = parameters.get("loss_function").and_then(|loss| loss.get("type"));
    loss.map_or(Ok(String::new()), |loss| loss.text().map(String::from))
}

/// The names of the classes in the order of the targets.
pub(super) fn class_names(classes: &At<'_>) -> Result<Vec<Literal>, Fault> {
    let Some(names) = classes.get("class_names") else { return Ok(vec![]) };
    let is_whole = classes.get("class_label_type").is_some_and(|kind| kind.text().is_ok_and(|kind| kind == "Integer"));
    let number = |number: f64| if is_whole { Literal::I64(number as i64) } else { Literal::F64(number) };
    let literals: Vec<Literal> = match names.value {
        Value::Numbers(numbers) => numbers.iter().map(|one| number(*one)).collect(),
        Value::List(items) => items
            .iter()
            .map(|item| match item {
                Value::Text(text) => Some(Literal::from(text.as_str())),
                Value::Bool(truth) => Some(Literal::Bool(*truth)),
                Value::Number(one) => Some(number(*one)),
                Value::Null | Value::Numbers(_) | Value::List(_) | Value::Map(_) => None,
            })
            .collect::<Option<_>>()
            .unwrap_or_default(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) => vec![],
    };
    let order = classes.get("class_to_label").map_or(Ok(vec![]), |order| order.numbers().map(<[f64]>::to_vec))?;
    if order.is_empty() {
        return Ok(literals);
    }
    let at = |place: &f64| index(*place).and_then(|place| literals.get(place).cloned());
    Ok(order.iter().map(at).collect::<Option<_>>().unwrap_or_default())
}

fn trees(root: &At<'_>, model: &mut Model) -> Result<(), Fault> {
    let asks = model.asks();
    if let Some(trees) = root.get("oblivious_trees") {
        for tree in trees.items()? {
            let values = tree.need("leaf_values")?.numbers()?;
            let splits = match tree.get("splits") {
                Some(splits) => splits.items()?.iter().map(|split| split_number(split, model, &asks)).collect::<Result<Vec<_>, _>>()?,
                None => vec![],
            };
            let count = 1_usize.checked_shl(splits.len() as u32).unwrap_or(0);
            let targets = values.len().checked_div(count).unwrap_or(0);
            if targets == 0 || targets * count != values.len() || model.targets > 0 && model.targets != targets {
                return Err(tree.malformed(format!("{} leaf values do not fit {} splits", values.len(), splits.len())));
            }
            model.targets = targets;
            model.trees.push(Tree::Symmetric { splits, leaves: model.leaf_values.len() });
            model.leaf_values.extend_from_slice(values);
        }
        return Ok(());
    }
    for tree in root.need("trees")?.items()? {
        let mut nodes: Vec<(usize, Next, Next)> = Vec::new();
        let mut first = Next::Leaf(0);
        let mut open = vec![(tree.clone(), None)];
        while let Some((node, slot)) = open.pop() {
            // The way to a deep node is long; the tree says enough.
            let node = At { value: node.value, path: tree.path.clone() };
            let next = match node.get("split") {
                Some(split) => {
                    nodes.push((split_number(&split, model, &asks)?, Next::Leaf(0), Next::Leaf(0)));
                    let number = nodes.len() - 1;
                    open.push((node.need("right")?, Some((number, true))));
                    open.push((node.need("left")?, Some((number, false))));
                    Next::Node(number)
                }
                None => {
                    let value = node.need("value")?;
                    let own = if let Value::Number(only) = value.value { vec![*only] } else { value.numbers()?.to_vec() };
                    if own.is_empty() || model.targets > 0 && model.targets != own.len() {
                        return Err(node.malformed("its leaves differ in length"));
                    }
                    model.targets = own.len();
                    let start = model.leaf_values.len();
                    model.leaf_values.extend(own);
                    Next::Leaf(start)
                }
            };
            match slot {
                Some((number, true)) => nodes[number].2 = next,
                Some((number, false)) => nodes[number].1 = next,
                None => first = next,
            }
        }
        model.trees.push(Tree::Steps { root: first, nodes });
    }
    Ok(())
}

/// The number of a split, which says itself what it asks too.
fn split_number(split: &At<'_>, model: &Model, asks: &[Ask]) -> Result<usize, Fault> {
    let number = split.need("split_index")?.count()?;
    let float = |name: &str| split.need(name)?.number().map(|border| border as f32);
    let fits = match (split.need("split_type")?.text()?, asks.get(number)) {
        ("FloatFeature", Some(Ask::Number(at, border))) => {
            model.floats[*at].index == split.need("float_feature_index")?.count()? && *border == float("border")?
        }
        ("OneHotFeature", Some(Ask::Value(at, value))) => {
            model.categorical[*at].index == split.need("cat_feature_index")?.count()?
                && f64::from(*value) == split.need("value")?.number()?
        }
        ("OnlineCtr", Some(Ask::Statistic(_, border))) => *border == float("border")?,
        (other, Some(_)) if !matches!(other, "FloatFeature" | "OneHotFeature" | "OnlineCtr") => {
            return Err(Fault::unsupported(split.path.clone(), format!("splits of the type `{other}` are not supported")));
        }
        (_, _) => false,
    };
    if fits { Ok(number) } else { Err(split.malformed(format!("split {number} of the features is another one"))) }
}
