"""The jobs `onnx` and `boost`: what a model's own library answers for given rows."""
import json
import sys

from scorewright_boosting import catboost_leaves
from scorewright_rows import Unaligned, pieces
from scorewright_script import versions
from scorewright_values import Failure, cells


def open_model(path):
    try:
        import onnxruntime
    except ImportError as error:
        raise Failure("environment", f"this Python ({sys.executable}) cannot import onnxruntime: {error}")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise Failure("model", first_line(error))


def first_line(error):
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def run_model(path, feeds):
    session = open_model(path)
    return run_session(session, feeds({one.name: one for one in session.get_inputs()}))


def run_session(session, feeds):
    import numpy as np

    try:
        results = session.run(None, feeds)
    except Exception as error:
        raise Failure("model", first_line(error))
    out = []
    for one, value in zip(session.get_outputs(), results):
        if isinstance(value, list):  # ZipMap: a map for each row
            keys = list(value[0]) if value and isinstance(value[0], dict) else []
            if keys:
                matrix = np.array([[row[key] for key in keys] for row in value], dtype=np.float32)
                out.append({"name": one.name, "dtype": "float32", "shape": list(matrix.shape), "keys": cells(keys), "values": exact_array(matrix)})
                continue
            for number, part in enumerate(value):  # a sequence of tensors
                out.append(exact_tensor(f"{one.name}_{number}", np.asarray(part)))
            continue
        out.append(exact_tensor(one.name, value))
    return out


# Types that a scorer holds in wider ones.
WIDER = {"float16": "float32", "int8": "int32", "uint8": "int32", "int16": "int32", "uint16": "int32", "uint32": "int64", "uint64": "int64"}


def exact_tensor(name, value):
    value = value.astype(WIDER.get(str(value.dtype), value.dtype))
    return {"name": name, "dtype": str(value.dtype), "shape": list(value.shape), "values": exact_array(value)}


def exact_array(array):
    if array.dtype.kind == "f":
        return {"floats": [repr(float(value)) for value in array.ravel()]}
    return cells(list(array.ravel()))


ONNX_TYPES = {"tensor(float)": "float32", "tensor(double)": "float64", "tensor(int64)": "int64", "tensor(int32)": "int32", "tensor(bool)": "bool", "tensor(string)": "object"}


def feed_frame(table, feed):
    """One matrix of the whole frame, or one input a column, as the model's own inputs are named."""
    import numpy as np

    def feeds(inputs):
        if feed == "matrix" or (feed is None and len(inputs) == 1 and next(iter(inputs)) not in [str(name) for name in table.columns]):
            name, one = next(iter(inputs.items()))
            return {name: table.to_numpy(dtype=ONNX_TYPES.get(one.type, "float32"))}
        out = {}
        for name, one in inputs.items():
            if name not in table.columns:
                raise Failure("model", f"the model's input `{name}` is not a column of the output")
            kind = ONNX_TYPES.get(one.type, "float32")
            column = table[name]
            values = column.astype(object).where(column.notna(), "").to_numpy(dtype=object) if kind == "object" else column.to_numpy(dtype=kind)
            out[name] = values.reshape(-1, 1) if len(one.shape or []) == 2 else values
        return out

    return feeds


MOST_MODEL_RUNS = 4000


def in_dims(rows, dims):
    """Rows of elements as a tensor of these dims, one of which may be open: the batch."""
    import numpy as np

    places = [place for place, dim in enumerate(dims) if not isinstance(dim, int)]
    if not places:
        return rows.reshape(dims)
    place = places[0]
    own = [len(rows), *dims[:place], *dims[place + 1 :]]
    return np.moveaxis(rows.reshape([dim if isinstance(dim, int) else -1 for dim in own]), 0, place)


def onnx(job):
    """A model on rows. Rows that it refuses are found by halving."""
    try:
        import numpy as np
    except ImportError as error:
        raise Failure("environment", f"this Python ({sys.executable}) cannot import {error.name}: {error}")
    columns = {}
    for name, one in job["inputs"].items():
        kind = one["dtype"]
        values = [float(value) for value in one["values"]] if kind in ("float32", "float64") else one["values"]
        columns[name] = np.array(values, dtype=object if kind == "str" else kind).reshape(one["shape"])
    count = max((len(array) for array in columns.values()), default=0)
    session = open_model(job["model"])
    inputs = session.get_inputs()
    lengths = job.get("dims", {})
    for one in inputs:
        if one.type.startswith("map("):
            raise Failure("model", f"the model's input `{one.name}` is a map, which is not fed to it here; `--no-original` converts without it")
    if len(inputs) == 1 and len(columns) > 1:  # a matrix whose columns have names
        columns = {inputs[0].name: np.column_stack(list(columns.values()))}
    dims = {one.name: [lengths.get(dim, dim) for dim in one.shape or []] for one in inputs}
    is_fixed = all(isinstance(dim, int) for own in dims.values() for dim in own)

    def part(rows):
        if is_fixed and len(rows) > 1:  # the model takes one row a run
            raise Unaligned("one row a run")
        feeds = {}
        for one in inputs:
            if one.name not in columns:
                raise Failure("model", f"the model's input `{one.name}` is not given")
            kind = ONNX_TYPES.get(one.type, one.type[len("tensor(") : -1])
            feeds[one.name] = in_dims(columns[one.name][rows].astype(kind), dims[one.name])
        return {"kept": rows, "model": run_session(session, feeds)}

    if is_fixed and dims:
        return {"pieces": pieces(range(count), part, MOST_MODEL_RUNS, apart=True), "versions": versions()}

    return {"pieces": pieces(range(count), part, MOST_MODEL_RUNS), "versions": versions()}


def boost(job):
    """A model in its library's own file on rows. Rows that it refuses are found by halving."""
    try:
        import importlib

        library = importlib.import_module(job["library"])
        import numpy as np
        import pandas as pd
    except ImportError as error:
        raise Failure("environment", f"this Python ({sys.executable}) cannot import {error.name}: {error}")
    table, wanted, count = {}, job["outputs"], job["table"]["rows"]
    for column in job["table"]["columns"]:
        # A float travels as text. A number is a column of floats, a category one of objects, with None where it is missing.
        values = [float(value) if column["dtype"] in ("float64", "float") and value is not None else value for value in column["values"]]
        table[column["name"]] = pd.Series(values, dtype="float64" if column["dtype"] == "float64" else object)
    frame = pd.DataFrame(table)
    try:
        predict, takes_infinities = {"xgboost": boost_xgboost, "lightgbm": boost_lightgbm, "catboost": boost_catboost}[job["library"]](library, job["model"], np, pd)
    except Exception as error:
        raise Failure("model", first_line(error))

    def part(rows):
        try:
            results = predict(frame.iloc[rows].reset_index(drop=True), wanted)
        except Exception as error:
            raise Failure("model", first_line(error))
        arrays = [(name, np.asarray(value)) for name, value in results.items()]
        arrays = [(name, array.astype(object) if array.dtype.kind == "U" else array) for name, array in arrays]
        model = [{"name": name, "dtype": str(array.dtype), "shape": list(array.shape), "values": exact_array(array)} for name, array in arrays]
        return {"kept": rows, "model": model}

    numbers = frame.select_dtypes("float64").to_numpy()
    is_infinite = (np.abs(numbers) > LARGEST_FLOAT32).any(axis=1) & (not takes_infinities)
    rest = [row for row in range(count) if not is_infinite[row]]
    done = pieces(range(len(rest)), lambda rows: part([rest[row] for row in rows]), MOST_MODEL_RUNS)
    for piece in done:
        piece["rows"] = [rest[row] for row in piece["rows"]]
    left_out = [row for row in range(count) if is_infinite[row]]
    return {"pieces": done + ([{"rows": left_out, "untested": True}] if left_out else []), "versions": versions()}


# What is above rounds to an infinity.
LARGEST_FLOAT32 = 3.4028235677973362e38


def boost_xgboost(library, path, np, pd):
    import scorewright_capture

    booster = library.Booster(model_file=path)
    booster.set_param({"nthread": 1})
    document = json.loads(booster.save_raw("json"))["learner"]
    kind = document["gradient_booster"]["name"]
    # scikit-learn's interface scores up to the best iteration, and in place; `Booster.predict` with all trees, on a DMatrix.
    own = document.get("attributes", {})
    is_sklearn = "scikit_learn" in own
    rounds = (0, int(own["best_iteration"]) + 1) if is_sklearn and "best_iteration" in own else (0, 0)
    in_place = kind == "gbtree" or kind == "dart" and is_sklearn
    known = scorewright_capture.named_categories(document)

    def predict(frame, wanted):
        for name, categories in known.items():
            # XGBoost takes some unseen categories for others.
            unseen = set(frame[name].dropna()) - set(categories)
            if unseen:
                raise ValueError(f"a category in {name} that XGBoost has not seen: {sorted(unseen, key=str)[0]!r}")
            frame[name] = pd.Categorical(frame[name], categories=categories)
        data = frame if known else frame.to_numpy(dtype="float64")
        out = {}
        for name in wanted:
            margin = name == "margin"
            if in_place:
                out[name] = booster.inplace_predict(data, iteration_range=rounds, predict_type="margin" if margin else "value", validate_features=False)
            else:
                types = document.get("feature_types") or None
                matrix = library.DMatrix(data, enable_categorical=True, **({} if known else {"feature_types": types}))
                out[name] = booster.predict(matrix, output_margin=margin, iteration_range=rounds, validate_features=False)
        return out

    # A DMatrix takes none, which says nothing of the model.
    return predict, in_place


def boost_lightgbm(library, path, np, pd):
    booster = library.Booster(model_file=path)
    with open(path, encoding="utf-8") as file:
        names = [line for line in file if line.startswith("pandas_categorical:[[")]
    categories = json.loads(names[0].split(":", 1)[1]) if names else []

    def predict(frame, wanted):
        # A column of categories is one of objects; a number is a float.
        named = [name for name in frame if frame[name].dtype == object] if categories else []
        for name in named:
            frame[name] = pd.Categorical(frame[name])
        data = frame if named else frame.to_numpy(dtype="float64")
        return {name: booster.predict(data, raw_score=name == "margin", num_threads=1) for name in wanted}

    return predict, True


def exact_catboost(model, path, np):
    """CatBoost reads some decimals one unit in the last place off: the numbers of the model that was saved are put in their place."""
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    leaves = [value for holder, key in catboost_leaves(document) for value in np.ravel(holder[key]).tolist()]
    read = np.ravel(model.get_leaf_values())
    if len(read) == len(leaves) and np.allclose(read, leaves, rtol=1e-14, atol=0):
        model.set_leaf_values(np.array(leaves, dtype="float64"))
    scale, bias = document.get("scale_and_bias", [1, 0])
    model.set_scale_and_bias(float(scale), [float(one) for one in (bias if isinstance(bias, list) else [bias])])


def boost_catboost(library, path, np, pd):
    with open(path, "rb") as file:
        form = "cbm" if file.read(4) == b"CBM1" else "json"
    model = library.CatBoost()
    model.load_model(path, format=form)
    if form == "json":
        exact_catboost(model, path, np)

    def predict(frame, wanted):
        kinds = {"margin": "RawFormulaVal", "probability": "Probability", "probabilities": "Probability", "label": "Class"}
        kinds["prediction"] = "Exponent" if "margin" in wanted else "RawFormulaVal"
        of = lambda kind: np.asarray(model.predict(frame, prediction_type=kind, thread_count=1))
        out = {}
        for name in wanted:
            values = of(kinds[name])
            # Of two classes both probabilities come back, of one margin.
            if name == "probability" and of("RawFormulaVal").ndim == 1:
                values = values[:, 1]
            out[name] = values.ravel() if name == "label" else values
        return out

    return predict, True
