"""Writes down how a fitted model is used: the job `capture`.

The model is loaded in the user's own Python, asked what it takes and gives, and a project is written to the folder `out`: a copy of the
model and of its own modules, the sample, and `score.py`, which reads the sample, loads the model and calls it. From there on the model is
a script's. Start reading at `capture`.
"""
import contextlib
import itertools
import json
import os
import pickle
import shutil
import sys
import textwrap
import types

from scorewright_values import Failure

WIDEST = 100
PICKLES = (".pkl", ".pickle")
METHODS = ("predict", "predict_proba", "predict_log_proba", "decision_function", "transform")
# What the columns of a method with one column a class are called, before the class.
WORDS = {"predict_proba": "probability", "predict_log_proba": "log_probability", "decision_function": "decision"}


class Refusal(Failure):
    """Why a model cannot be captured, and what would work."""

    def __init__(self, message, help=None, kind="capture"):
        super().__init__(kind, message, help=help)


def capture(job):
    """Gives the class of the model and the methods that are called. What is learnt else lies in the folder."""
    try:
        import pandas
        import sklearn  # noqa: F401
    except ImportError as error:
        raise Refusal(f"this Python ({sys.executable}) cannot import {error.name}: {error}", kind="environment")
    sys.path[:0] = job["paths"]
    before = set(sys.modules)
    with as_main(job["definitions"]) as defined:
        model, loading = load(job["model"])
    check_model(model, os.path.basename(job["model"]), defined)
    modules = own_modules(before, job["paths"])
    sample, reading = sample_of(job, model, pandas)
    features, choosing = features_of(model, sample)
    methods = [job["method"]] if job["method"] else usual_methods(model)
    scoring = [line for place, method in enumerate(methods) for line in lines_of(model, method, features, place == 0)]

    out = job["out"]
    shutil.copyfile(job["model"], os.path.join(out, os.path.basename(job["model"])))
    for file, way in modules.values():
        target = os.path.join(out, way)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(file, target)
    imports = ["import pickle", "import pandas as pd"] if "pickle" in loading else ["import joblib", "import pandas as pd"]
    own = [f"import {name}  # the model's own" for name in sorted(modules)]
    lines = job["definitions"].splitlines()
    imported = list(itertools.takewhile(lambda line: line.startswith(("import ", "from ")), lines))
    definitions = ["", "\n".join(lines[len(imported) :]).strip("\n"), ""] if defined else []
    blocks = [imports + imported, own, definitions, [reading, *loading.splitlines()], [*choosing, *scoring]]
    # A name may hold anything, and is not to end the text that it stands in.
    name = os.path.basename(job["model"]).replace("\\", " ").replace('"', "'")
    text = f'"""Scores the rows of {SAMPLE} with the model of {name}."""\n'
    text += "\n".join("\n".join(block) + "\n" for block in blocks if block)
    with open(os.path.join(out, "score.py"), "w", encoding="utf-8") as file:
        file.write(text)
    return {"class": type(model).__name__, "methods": methods}


SAMPLE = "sample.csv"


# ---------------------------------------------------------------------------------------------------------------------
# The model


@contextlib.contextmanager
def as_main(definitions):
    """Defines what a script defined, where a pickle looks for it. Gives the names."""
    script = types.ModuleType("__main__")
    if not definitions:
        yield set()
        return
    own, sys.modules["__main__"] = sys.modules["__main__"], script
    try:
        exec(definitions, vars(script))
        yield set(vars(script))
    finally:
        sys.modules["__main__"] = own


def load(path):
    """The model, and the lines of a script that load it."""
    import joblib

    name = os.path.basename(path)
    with_joblib = f"model = joblib.load({quoted(name)})"
    if path.lower().endswith(PICKLES):
        try:
            with open(path, "rb") as file:
                return pickle.load(file), f"with open({quoted(name)}, \"rb\") as file:\n    model = pickle.load(file)"
        except Exception:
            pass  # joblib's files have such endings too
    try:
        return joblib.load(path), with_joblib
    except AttributeError as error:
        if "__main__" not in str(error):
            raise Refusal(f"`{name}` cannot be loaded: {error}")
        what = str(error).partition("attribute ")[2].partition(" on ")[0].strip("'")
        raise Refusal(
            f"`{name}` needs `{what}`, which the script or notebook that saved it defines",
            "put the function or class into a module beside the model, import it where the model is fitted, and save the model again",
        )
    except ModuleNotFoundError as error:
        raise Refusal(
            f"`{name}` needs the module `{error.name}`, which this Python ({sys.executable}) does not find",
            "put the module beside the model, start in the folder where it is, or choose another Python with --python",
        )
    except Exception as error:
        raise Refusal(f"`{name}` cannot be loaded: {type(error).__name__}: {error}", "give a file of joblib.dump or pickle.dump")


def check_model(model, name, defined):
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    for part, way in parts(model):
        if isinstance(part, types.FunctionType) and part.__name__ not in defined and (part.__name__ == "<lambda>" or part.__module__ == "__main__"):
            what = "a lambda" if part.__name__ == "<lambda>" else f"the function `{part.__name__}` of a script or notebook"
            raise Refusal(
                f"`{name}` holds {what}{inside(way)}, whose source is not at hand",
                "write it as a function of a module beside the model, import it where the model is fitted, and save the model again",
            )
    if type(model).__name__ == "Booster":
        package = type(model).__module__.partition(".")[0]
        raise Refusal(f"`{name}` holds a Booster of {package}, not an estimator", 'save it in its library\'s own file (save_model) and build that: scorewright build m.ubj or m.txt')
    if isinstance(model, type) or not hasattr(model, "get_params") or not any(hasattr(model, method) for method in ("fit", *METHODS)):
        holds = f" with {', '.join(map(repr, model))}" if isinstance(model, dict) and len(model) < 20 else ""
        raise Refusal(f"`{name}` holds no estimator of scikit-learn but a {type(model).__name__}{holds}", "save the fitted estimator alone, or write the script that uses the file and build that")
    try:
        check_is_fitted(model)
    except NotFittedError:
        raise Refusal(f"the {type(model).__name__} in `{name}` is not fitted", "save it after `fit`")


def inside(way):
    return f" (in {way})" if way else ""


def parts(value, way="", seen=None):
    """A model, the estimators and functions in it however deep, and the way to each."""
    seen = set() if seen is None else seen
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, (list, tuple)) and len(value) < 10000:
        for item in value:
            yield from parts(item, way, seen)
    elif isinstance(value, dict) and len(value) < 10000:
        for item in value.values():
            yield from parts(item, way, seen)
    elif isinstance(value, types.FunctionType):
        yield value, way
    elif hasattr(value, "get_params") and not isinstance(value, type):
        yield value, way
        for item in vars(value).values() if hasattr(value, "__dict__") else ():
            yield from parts(item, f"{way}.{type(value).__name__}".lstrip("."), seen)


def own_modules(before, folders):
    """The modules that loading the model imported from the user's own folders: name, file, and the way to it from the folder."""
    import site

    foreign = [os.path.realpath(folder) for folder in (*site.getsitepackages(), site.getusersitepackages(), os.path.dirname(os.__file__))]
    found = {}
    for name in sorted(set(sys.modules) - before):
        file = getattr(sys.modules[name], "__file__", None)
        if file is None or not file.endswith(".py") or any(os.path.realpath(file).startswith(folder + os.sep) for folder in foreign):
            continue
        way = name.replace(".", os.sep) + (os.sep + "__init__.py" if os.path.basename(file) == "__init__.py" else ".py")
        if any(os.path.realpath(os.path.join(folder, way)) == os.path.realpath(file) for folder in folders):
            found[name] = (file, way)
    return found


# ---------------------------------------------------------------------------------------------------------------------
# The sample


def sample_of(job, model, pd):
    """The sample as a script reads it, which is written to the folder, and the line that reads it."""
    data, file = job["data"], os.path.join(job["out"], SAMPLE)
    if data.lower().endswith(".csv"):
        shutil.copyfile(data, file)
        return read(pd.read_csv, file, data), f"sample = pd.read_csv({quoted(SAMPLE)})"
    readers = {".parquet": pd.read_parquet, ".jsonl": lambda path: pd.read_json(path, lines=True), ".pkl": pd.read_pickle, ".npy": read_array}
    reader = readers.get(os.path.splitext(data)[1].lower())
    if reader is None:
        raise Refusal(f"`{os.path.basename(data)}` is no kind of file that a sample is read from", "give the sample as .csv, .parquet, .jsonl or .npy")
    table = as_frame(read(reader, data, data), model, pd)
    table.to_csv(file, index=False)
    options = reading_options(table, pd.read_csv(file), pd)
    said = "".join(f", {name}={quoted(value)}" for name, value in options.items())
    return pd.read_csv(file, **options), f"sample = pd.read_csv({quoted(SAMPLE)}{said})"


def read(reader, path, named):
    try:
        return reader(path)
    except Exception as error:
        raise Refusal(f"the sample `{os.path.basename(named)}` cannot be read: {error}")


def read_array(path):
    import numpy as np

    return np.load(path, allow_pickle=False)


def as_frame(table, model, pd):
    """A table with names for its columns: its own, else the model's, else x0, x1, …"""
    if isinstance(table, pd.Series):
        table = table.to_frame()
    if not isinstance(table, pd.DataFrame):
        table = pd.DataFrame(table)
        names = list(getattr(model, "feature_names_in_", []))
        table.columns = names if len(names) == table.shape[1] else [f"x{place}" for place in range(table.shape[1])]
    return table.set_axis([str(name) for name in table.columns], axis=1).reset_index(drop=True)


def reading_options(table, again, pd):
    """What `read_csv` must be told so that columns have the types that they had."""
    dtypes, dates = {}, []
    for name in table.columns:
        is_text = not any(check(table[name].dtype) for check in (pd.api.types.is_numeric_dtype, pd.api.types.is_datetime64_any_dtype))
        if pd.api.types.is_datetime64_any_dtype(table[name].dtype):
            dates.append(name)
        elif is_text and pd.api.types.is_numeric_dtype(again[name].dtype):
            if table[name].dtype != "category" or not pd.api.types.is_numeric_dtype(table[name].dtype.categories.dtype):
                dtypes[name] = "str"
        elif table[name].dtype == "float32":
            dtypes[name] = "float32"
    return {**({"dtype": dtypes} if dtypes else {}), **({"parse_dates": dates} if dates else {})}


def features_of(model, sample):
    """What the model is given of the sample, and the lines of a script that take it."""
    names = names_of(model)
    if names:
        missing = [name for name in names if name not in sample.columns]
        if missing:
            raise Refusal(
                f"the sample has no {'column' if len(missing) == 1 else 'columns'} {', '.join(f'`{name}`' for name in missing)}, which the model was fitted with",
                "give rows as the model takes them: its columns by their names, in any order, with or without others",
            )
        rows, lines = sample[names], [listed("rows = sample[[", names, "]]")]
        categories = {name: some for name, some in categories_of(model).items() if name in names}
        return (in_categories(rows, categories), lines + lines_of_categories(categories)) if categories else (rows, lines)
    count = getattr(model, "n_features_in_", None)
    if count is None:
        return sample, ["rows = sample"]
    if count != sample.shape[1]:
        raise Refusal(
            f"the model was fitted with {count} columns without names, and the sample has {sample.shape[1]}",
            "give a sample of just those columns, in their order",
        )
    names = list(sample.columns)
    return sample[names].to_numpy(), [listed("rows = sample[[", names, "]].to_numpy()")]


def names_of(model):
    """The columns that a model was fitted with, if they have names. CatBoost has them under another name, and numbers where there are none."""
    names = [str(name) for name in getattr(model, "feature_names_in_", getattr(model, "feature_names_", []))]
    return [] if names == [str(place) for place in range(len(names))] else names


def categories_of(model):
    """The columns that boosting libraries take as categories of pandas, with the categories of training."""
    found = {}
    for part, _ in parts(model):
        package = type(part).__module__.partition(".")[0]
        try:
            if package == "lightgbm":
                found.update(categories_of_lightgbm(part.booster_))
            elif package == "xgboost":
                found.update(categories_of_xgboost(part.get_booster()))
        except Exception:
            continue  # it is not fitted, or has none
    return found


def categories_of_lightgbm(booster):
    named = booster.pandas_categorical or []
    line = next(line for line in booster.model_to_string().splitlines() if line.startswith("[categorical_feature: "))
    places = [int(place) for place in line.removeprefix("[categorical_feature: ").removesuffix("]").split(",") if place]
    return dict(zip((booster.feature_name()[place] for place in places), named)) if len(places) == len(named) else {}


def categories_of_xgboost(booster):
    return named_categories(json.loads(booster.save_raw("json"))["learner"])


def named_categories(learner):
    """The names of the categories of each feature that has some, in a model's JSON."""
    model = learner["gradient_booster"].get("model") or learner["gradient_booster"]["gbtree"]["model"]
    known = {}
    for name, feature in zip(learner.get("feature_names") or [], (model.get("cats") or {}).get("enc", [])):
        if "offsets" in feature:
            whole, ends = bytes(value & 255 for value in feature["values"]), feature["offsets"]
            categories = [whole[start:end].decode() for start, end in zip(ends, ends[1:])]
        else:
            categories = feature["values"]
        if categories:
            known[name] = categories
    return known


def in_categories(rows, categories):
    import pandas as pd

    return rows.assign(**{name: rows[name].astype(pd.CategoricalDtype(some)) for name, some in categories.items()})


def lines_of_categories(categories):
    return [listed(f"rows[{quoted(name)}] = pd.Categorical(rows[{quoted(name)}], categories=[", some, "])") for name, some in categories.items()]


# ---------------------------------------------------------------------------------------------------------------------
# The script


def usual_methods(model):
    if hasattr(model, "predict"):
        return ["predict", "predict_proba"] if hasattr(model, "classes_") and hasattr(model, "predict_proba") else ["predict"]
    if hasattr(model, "transform"):
        return ["transform"]
    raise Refusal(f"a {type(model).__name__} has neither `predict` nor `transform`", "choose what it is asked for with --method")


def lines_of(model, method, features, is_first):
    """The lines that call a method and put what it gives into `scores`."""
    import pandas as pd

    if not hasattr(model, method):
        there = [name for name in METHODS if hasattr(model, name)]
        raise Refusal(f"this {type(model).__name__} has no `{method}`", f"it has {', '.join(there)}" if there else None)
    try:
        answer = getattr(model, method)(features)
    except Exception as error:
        raise Refusal(f"`{method}` of the model raises on the sample: {type(error).__name__}: {error}", "give a sample of rows that the model can score")
    if isinstance(answer, list):
        raise Refusal(f"`{method}` of a model with several targets gives a list of arrays", "choose another method with --method, or write the script and build that")
    call = f"model.{method}(rows)"
    if len(answer) != len(features) if not hasattr(answer, "shape") else answer.shape[0] != len(features):
        raise Refusal(f"`{method}` of the model gives {len(answer)} values for {len(features)} rows", "write the script that uses the model and build that")
    if isinstance(answer, pd.DataFrame):
        return [f"scores = {call}"]
    call += ".toarray()" if hasattr(answer, "toarray") else ""
    names = column_names(model, method, answer)
    if answer.ndim == 1:
        return [f"scores = pd.DataFrame({{{quoted(names[0])}: {call}}})" if is_first else f"scores[{quoted(names[0])}] = {call}"]
    return [listed(f"scores = pd.DataFrame({call}, columns=[", names, "])") if is_first else listed("scores[[", names, f"]] = {call}")]


def column_names(model, method, answer):
    width = 1 if answer.ndim == 1 else answer.shape[1]
    if method in WORDS:
        classes = getattr(model, "classes_", None)
        if width == 1 or classes is None or len(classes) != width:
            return [WORDS[method]] if width == 1 else [f"{WORDS[method]}_{place}" for place in range(width)]
        return [f"{WORDS[method]}_{label}" for label in classes]
    if method == "transform":
        try:
            names = [str(name) for name in model.get_feature_names_out()]
            if len(names) == width:
                return names
        except Exception:
            pass  # not every part of it can name what it gives
        return [f"x{place}" for place in range(width)]
    return ["prediction"] if width == 1 else [f"prediction_{place}" for place in range(width)]


def listed(before, names, after):
    """A list of names in one line, or in several where it is long."""
    line = before + ", ".join(map(quoted, names)) + after
    if len(line) <= WIDEST:
        return line
    rows = textwrap.wrap(", ".join(map(quoted, names)) + ",", WIDEST - 4, break_long_words=False, break_on_hyphens=False)
    # A name with spaces in it may be broken; then each has a line of its own.
    whole = " ".join(rows) == ", ".join(map(quoted, names)) + "," and not any(" " in name for name in names)
    rows = rows if whole else [quoted(name) + "," for name in names]
    return "\n".join([before, *(f"    {row}" for row in rows), after])


def quoted(value):
    """A text, or a list or dict of texts, as Python spells it."""
    return json.dumps(value, ensure_ascii=False)
