"""Writes every case of native boosting models beside this file: a small model, rows, and what its own library says of them.

    python tests/cases/boost/generate.py [case ...]

A case folder holds the model (`model.json`, `.ubj`, `.txt`, `.cbm`), `rows.csv` (a column a feature), `expected.csv` (the results; `name[i]` for
the i-th class or target; `#status` where rows are refused) and `case.toml`. float32 is written with nine significant digits, float64 with
seventeen: both read back to the same bits. Results named in `exact` must be equal to the bit; the others within `ulps`.

Rows are random ones, special values in each column, and rows on each side of each threshold, one unit of float32 and of float64 apart.
A case is made only by the version of the library that it names; run the script once with each. Under `refused/` are models that do not convert;
the diagnostics beside them are written by `BLESS=1 cargo test -p scorewright-front-boost`.

Made with: xgboost 3.2.0, 1.7.6, 2.1.4, 3.0.5; lightgbm 4.7.0; catboost 1.2.10; pandas 3.1, numpy 2.4, scikit-learn 1.9.
"""

import csv
import importlib
import json
import pathlib
import shutil
import sys

import numpy as np

HERE = pathlib.Path(__file__).parent
CASES = {}
NAN, INF = float("nan"), float("inf")
ROWS, PROBES = 30, 60


def case(library, version, exact, ulps=0):
    def register(function):
        CASES[function.__name__] = (function, library, version, exact, ulps)
        return function

    return register


def cell(value):
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if np.isnan(value):
        return "NaN"
    if np.isinf(value):
        return "inf" if value > 0 else "-inf"
    return f"{value:.9g}" if isinstance(value, np.float32) else f"{value:.17g}"


def columns(name, values):
    values = np.asarray(values)
    if values.ndim == 1:
        return {name: values}
    return {f"{name}[{i}]": values[:, i] for i in range(values.shape[1])}


def write_csv(path, table):
    with open(path, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(table)
        writer.writerows([cell(value) for value in row] for row in zip(*table.values()))


def write(name, suffix, model, rows, results):
    function, library, version, exact, ulps = CASES[name]
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if isinstance(model, bytes):
        (folder / f"model.{suffix}").write_bytes(model)
    else:
        model(str(folder / f"model.{suffix}"))
    write_csv(folder / "rows.csv", rows)
    table = {}
    for result, values in results.items():
        table.update(columns(result, values))
    write_csv(folder / "expected.csv", table)
    words = [f"description = {json.dumps(' '.join(function.__doc__.split()))}", f'reference = "{library} {version}"']
    words += [f"exact = {json.dumps(exact)}", f"ulps = {ulps}"]
    (folder / "case.toml").write_text("\n".join(words) + "\n", encoding="utf-8")
    print(f"{name}: {len(next(iter(rows.values())))} rows")


def probes(random, names, thresholds, special, categories={}):
    """Rows as columns: random ones, special values in each column, and both sides of thresholds."""
    drawn = {name: list(random.normal(size=ROWS)) for name in names}
    for name, values in categories.items():
        drawn[name] = [values[i] for i in random.integers(0, len(values), ROWS)]
    rows = [list(row) for row in zip(*drawn.values())]
    base = [list(row) for row in rows]
    for at, name in enumerate(names):
        if name in categories:
            continue
        sides = set()
        for t in thresholds.get(name, []):
            with np.errstate(over="ignore"):
                single = np.float32(t)
            sides |= {float(t), float(single), float(np.nextafter(single, np.float32(INF))), float(np.nextafter(single, np.float32(-INF)))}
            sides |= {float(np.nextafter(t, INF)), float(np.nextafter(t, -INF))}
        sides = sorted(sides)
        if len(sides) > PROBES:
            sides = [sides[i] for i in sorted(random.choice(len(sides), PROBES, replace=False))]
        for value in special + sides:
            row = list(base[random.integers(0, ROWS)])
            row[at] = value
            rows.append(row)
    rows.append([None if name in categories and isinstance(categories[name][0], str) else NAN for name in names])
    return {name: list(column) for name, column in zip(names, zip(*rows))}


SPECIAL = [NAN, INF, -INF, 0.0, -0.0, 1e-36, -1e-36, 1e-40, 1e300, -1e300, 5e-324, 3.4028235677973366e38]


def data(seed, features=4, count=300):
    random = np.random.default_rng(seed)
    x = random.normal(size=(count, features))
    # Half of a column is on a grid, so that thresholds fall between values that are near.
    x[:, 0] = np.where(random.random(count) < 0.5, np.round(x[:, 0], 1), x[:, 0])
    score = x[:, 0] + np.sin(2 * x[:, 1]) + 0.3 * random.normal(size=count)
    x[random.random(x.shape) < 0.1] = NAN
    return random, x, score


def refused(name, model):
    """A model that does not convert, as bytes or by a function that saves it."""
    folder = HERE / "refused" / name
    folder.mkdir(parents=True, exist_ok=True)
    if callable(model):
        model(str(folder / "model.json"))
        (folder / "model.json").rename(folder / "model.file")
    else:
        (folder / "model.file").write_bytes(model)


# --- XGBoost ---------------------------------------------------------------------------------------------------------------------------


def xgb_thresholds(booster, names):
    found = {}
    document = json.loads(booster.save_raw("json"))["learner"]["gradient_booster"]
    model = document.get("model") or document["gbtree"]["model"]
    for tree in model.get("trees", []):
        for feature, threshold, left in zip(tree["split_indices"], tree["split_conditions"], tree["left_children"]):
            if left != -1:
                found.setdefault(names[feature], []).append(np.float32(threshold))
    return found


def xgb_write(name, suffix, booster, rows, prediction, booster_to_save=None, matrix=False):
    """`prediction` is the name of what `predict` gives; `margin` stands beside it if that is something else."""
    import xgboost

    x = np.array(list(rows.values()), dtype="f8").T
    names = list(rows)

    def predict(margin):
        if matrix:
            return booster.predict(xgboost.DMatrix(x, feature_names=names), output_margin=margin)
        return booster.inplace_predict(x, predict_type="margin" if margin else "value", validate_features=False)

    results = {} if prediction == "prediction" and np.array_equal(predict(True), predict(False), equal_nan=True) else {"margin": predict(True)}
    results = {prediction: predict(False)} | results
    write(name, suffix, (booster_to_save or booster).save_model, rows, results)


def xgb_case(name, suffix, parameters, label, prediction, rounds=8, features=4, seed=1):
    import xgboost

    names = [f"x{i}" for i in range(features)]
    random, x, score = data(seed, features)
    matrix = xgboost.DMatrix(x, label=label(random, score), feature_names=names)
    booster = xgboost.train({"max_depth": 4, "eta": 0.3, "seed": 1, "nthread": 1} | parameters, matrix, rounds)
    # DMatrix takes no infinities; with `dart` it gives other numbers than `inplace_predict`.
    dart = parameters.get("booster") == "dart"
    special = [value for value in SPECIAL if not dart or not np.isinf(value) and abs(value) < 1e38]
    xgb_write(name, suffix, booster, probes(random, names, xgb_thresholds(booster, names), special), prediction, matrix=dart)


def positive(random, score):
    return np.exp(0.5 * score)


def classes(random, score):
    return np.digitize(score, [-0.7, 0.7])


def xgb_objectives():
    two = lambda random, score: (score > 0).astype(float)
    several = lambda random, score: np.column_stack([score, -score, 2 * score + 1])
    forms = [
        ("squared_error", "json", {}, lambda random, score: score + 3, "prediction"),
        ("logistic", "ubj", {"objective": "binary:logistic"}, two, "probability"),
        ("logistic_regression", "json", {"objective": "reg:logistic", "base_score": 0.3}, two, "probability"),
        ("logit_raw", "json", {"objective": "binary:logitraw"}, two, "prediction"),
        ("hinge", "json", {"objective": "binary:hinge"}, two, "label"),
        ("softprob", "ubj", {"objective": "multi:softprob", "num_class": 3}, classes, "probabilities"),
        ("softmax", "json", {"objective": "multi:softmax", "num_class": 3}, classes, "label"),
        ("poisson", "ubj", {"objective": "count:poisson"}, lambda random, score: random.poisson(positive(random, score)), "prediction"),
        ("gamma", "json", {"objective": "reg:gamma"}, positive, "prediction"),
        ("tweedie", "ubj", {"objective": "reg:tweedie"}, positive, "prediction"),
        ("cox", "json", {"objective": "survival:cox"}, positive, "prediction"),
        ("absolute_error", "json", {"objective": "reg:absoluteerror"}, lambda random, score: score, "prediction"),
        ("quantile", "ubj", {"objective": "reg:quantileerror", "quantile_alpha": [0.1, 0.5, 0.9]}, lambda random, score: score, "prediction"),
        ("pseudo_huber", "json", {"objective": "reg:pseudohubererror"}, lambda random, score: score, "prediction"),
        ("squared_log_error", "json", {"objective": "reg:squaredlogerror"}, positive, "prediction"),
        ("dart", "json", {"booster": "dart", "rate_drop": 0.4, "objective": "binary:logistic"}, two, "probability"),
        ("dart_classes", "ubj", {"booster": "dart", "rate_drop": 0.4, "objective": "multi:softprob", "num_class": 3}, classes, "probabilities"),
        ("random_forest", "json", {"num_parallel_tree": 5, "subsample": 0.6, "colsample_bynode": 0.6}, lambda random, score: score, "prediction"),
        ("forest_of_classes", "json", {"num_parallel_tree": 3, "subsample": 0.6, "objective": "multi:softprob", "num_class": 3}, classes, "probabilities"),
        ("several_targets", "json", {}, several, "prediction"),
        ("vector_leaves", "ubj", {"multi_strategy": "multi_output_tree"}, several, "prediction"),
        ("many_trees", "ubj", {"max_depth": 6, "objective": "binary:logistic", "rounds": 50}, two, "probability"),
    ]
    for short, suffix, parameters, label, prediction in forms:

        def make(name, suffix=suffix, parameters=dict(parameters), label=label, prediction=prediction):
            xgb_case(name, suffix, parameters, label, prediction, rounds=parameters.pop("rounds", 8))

        make.__name__ = f"xgboost_{short}"
        make.__doc__ = f"XGBoost with {parameters or 'squared error'}, as {suffix}."
        exact = ["margin", "label"] + (["prediction"] if short not in ("poisson", "gamma", "tweedie", "cox") else [])
        # float32 exp differs from the C library's by a unit here and there, and the sum and quotient round again.
        case("xgboost", "3.2.0", exact, 4)(make)


xgb_objectives()


@case("xgboost", "3.2.0", ["prediction"])
def xgboost_linear(name):
    """gblinear: weights on float32 features; a missing one adds nothing. DMatrix takes no infinities, so there are none."""
    import xgboost

    names = ["a", "b", "c", "d"]
    random, x, score = data(3)
    booster = xgboost.train({"booster": "gblinear", "nthread": 1, "seed": 1}, xgboost.DMatrix(x, score, feature_names=names), 10)
    special = [value for value in SPECIAL if not np.isinf(value) and abs(value) < 1e38]
    xgb_write(name, "json", booster, probes(random, names, {}, special), "prediction", matrix=True)


@case("xgboost", "3.2.0", ["prediction"])
def xgboost_linear_targets(name):
    """gblinear with several targets."""
    import xgboost

    names = ["a", "b", "c", "d"]
    random, x, score = data(3)
    matrix = xgboost.DMatrix(x, classes(random, score), feature_names=names)
    booster = xgboost.train({"booster": "gblinear", "objective": "multi:softmax", "num_class": 3, "nthread": 1}, matrix, 10)
    special = [value for value in SPECIAL if not np.isinf(value) and abs(value) < 1e38]
    xgb_write(name, "ubj", booster, probes(random, names, {}, special), "label", matrix=True)


@case("xgboost", "3.2.0", ["margin"], 4)
def xgboost_best_iteration(name):
    """scikit-learn's interface scores up to the best iteration, which its file names; the base score is that of the classes' share."""
    import xgboost

    random, x, score = data(5)
    y = (score > 0.4).astype(int)
    model = xgboost.XGBClassifier(n_estimators=60, max_depth=5, learning_rate=0.8, early_stopping_rounds=8, n_jobs=1, random_state=1)
    model.fit(x[:200], y[:200], eval_set=[(x[200:], y[200:])], verbose=False)
    assert model.best_iteration < 50
    names = [f"f{i}" for i in range(4)]
    rows = probes(random, names, xgb_thresholds(model.get_booster(), names), SPECIAL)
    table = np.array(list(rows.values()), dtype="f8").T
    results = {"probability": model.predict_proba(table)[:, 1], "margin": model.predict(table, output_margin=True)}
    write(name, "json", model.save_model, rows, results)


@case("xgboost", "3.2.0", ["margin"], 4)
def xgboost_dart_sklearn(name):
    """scikit-learn's interface calls `inplace_predict`, which rounds the leaves of `dart` in its own way."""
    import xgboost

    random, x, score = data(9)
    model = xgboost.XGBClassifier(booster="dart", rate_drop=0.4, n_estimators=15, max_depth=4, n_jobs=1, random_state=1)
    model.fit(x, (score > 0.4).astype(int))
    names = [f"f{i}" for i in range(4)]
    rows = probes(random, names, xgb_thresholds(model.get_booster(), names), SPECIAL)
    table = np.array(list(rows.values()), dtype="f8").T
    results = {"probability": model.predict_proba(table)[:, 1], "margin": model.predict(table, output_margin=True)}
    write(name, "ubj", model.save_model, rows, results)


@case("xgboost", "3.2.0", ["prediction"])
def xgboost_all_iterations(name):
    """A file of `Booster.save_model` after early stopping: the Booster scores with all trees."""
    import xgboost

    names = ["a", "b", "c", "d"]
    random, x, score = data(6)
    train, test = xgboost.DMatrix(x[:200], score[:200], feature_names=names), xgboost.DMatrix(x[200:], score[200:], feature_names=names)
    booster = xgboost.train({"eta": 0.9, "nthread": 1}, train, 40, evals=[(test, "test")], early_stopping_rounds=6, verbose_eval=False)
    assert booster.best_iteration < booster.num_boosted_rounds() - 1
    xgb_write(name, "ubj", booster, probes(random, names, xgb_thresholds(booster, names), SPECIAL), "prediction")


@case("xgboost", "3.2.0", ["prediction"])
def xgboost_category_codes(name):
    """Categories as numbers: sets go right; negative, fractional, huge and unseen codes as XGBoost decides."""
    import xgboost

    names = ["number", "code", "few"]
    random, x, score = data(7, 3)
    x[:, 1], x[:, 2] = random.integers(0, 40, len(x)), random.integers(0, 3, len(x))
    score = score + np.sin(x[:, 1] * 1.7) * 2 + x[:, 2]
    x[random.random(len(x)) < 0.05, 1] = NAN
    matrix = xgboost.DMatrix(x, score, feature_names=names, feature_types=["q", "c", "c"], enable_categorical=True)
    booster = xgboost.train({"max_cat_to_onehot": 4, "max_depth": 5, "nthread": 1, "tree_method": "hist"}, matrix, 10)
    rows = probes(random, names, xgb_thresholds(booster, ["number", "number", "number"]), SPECIAL)
    for code in [*range(45), 0.5, 1.999, -0.5, -1, 39.5, 63, 64, 1e6, 16777215.0, 16777216.0, 2.0**31, 2.0**33, 1e20, INF, -INF, NAN]:
        for column in ("code", "few"):
            for other in names:
                rows[other].append(rows[other][random.integers(0, ROWS)] if other != column else float(code))
    for column in ("code", "few"):
        rows[column][:ROWS] = [float(random.integers(0, 40)) for _ in range(ROWS)]
    xgb_write(name, "json", booster, rows, "prediction")


@case("xgboost", "3.2.0", ["margin"], 4)
def xgboost_category_names(name):
    """Categories by name, texts and whole numbers. One that training has not seen is an error for XGBoost, as documented; 3.2 misses some
    of them and takes the next one in order."""
    import pandas as pd
    import xgboost

    random, x, score = data(8, 2)
    towns = ["Bern", "Zurich", "Geneve", "Basel", "a \"quoted\" one"]
    town, size = random.integers(0, 5, len(x)), random.integers(0, 3, len(x))
    sizes = [38, 40, 42]
    score = score + np.cos(town * 2.0) + size
    frame = lambda numbers, town, size: pd.DataFrame(
        {"income": numbers, "town": pd.Categorical(town, categories=towns), "size": pd.Categorical(size, categories=sizes)}
    )
    train = frame(x[:, 0], [towns[i] if random.random() > 0.05 else None for i in town], [sizes[i] for i in size])
    label = (score > 0.5).astype(int)
    parameters = {"objective": "binary:logistic", "max_cat_to_onehot": 2, "max_depth": 4, "nthread": 1}
    booster = xgboost.train(parameters, xgboost.DMatrix(train, label, enable_categorical=True), 10)
    rows = probes(random, ["income", "town", "size"], {"income": xgb_thresholds(booster, ["income"] * 3)["income"][::3]}, SPECIAL, {"town": towns + [None], "size": sizes})
    rows["size"] = [None if value != value else int(value) for value in rows["size"]]
    status = ["scored"] * len(rows["town"])
    table = frame(rows["income"], rows["town"], rows["size"])
    results = {"probability": booster.inplace_predict(table), "margin": booster.inplace_predict(table, predict_type="margin")}
    for town, size in [("Chur", 38), ("bern", 40), ("", 40), ("Bern", 39), ("Bern", -1)]:
        if town == "":
            continue
        rows["income"].append(0.5), rows["town"].append(town), rows["size"].append(size), status.append("invalid")
        results = {key: np.append(values, np.float32(NAN)) for key, values in results.items()}
    write(name, "ubj", booster.save_model, rows, results | {"#status": status})


def small_xgboost():
    """A document of XGBoost that converts, to be spoiled."""
    import xgboost

    random, x, score = data(10, 2)
    booster = xgboost.train({"max_depth": 2, "nthread": 1}, xgboost.DMatrix(x, score, feature_names=["a", "b"]), 2)
    return json.loads(booster.save_raw("json"))


@case("xgboost", "3.2.0", [])
def xgboost_refused(_):
    """Files of XGBoost that are damaged, or say what cannot be converted."""
    import pandas as pd
    import xgboost

    random, x, score = data(11, 2)
    town = pd.Categorical.from_codes(random.integers(0, 2, len(x)), categories=["Bern", "Zürich"])
    frame = pd.DataFrame({"x": x[:, 0], "town": town})
    refused("xgboost_names_not_ascii", xgboost.train({}, xgboost.DMatrix(frame, score, enable_categorical=True), 1).save_model)
    whole = small_xgboost()

    def spoiled(name, spoil):
        document = json.loads(json.dumps(whole))
        learner = document["learner"]
        spoil(learner, learner["gradient_booster"]["model"]["trees"][0])
        refused(f"xgboost_{name}", json.dumps(document).encode())

    def put(path, value):
        def spoil(learner, tree):
            at = tree if path[0] == "tree" else learner
            for key in path[1:-1] if path[0] == "tree" else path[:-1]:
                at = at[key]
            at[path[-1]] = value

        return spoil

    spoiled("unknown_objective", put(["objective", "name"], "my:objective"))
    spoiled("several_expectiles", lambda learner, tree: (learner["objective"].update(name="reg:expectileerror"), learner["learner_model_param"].update(num_target="2")))
    spoiled("unknown_booster", put(["gradient_booster", "name"], "gbforest"))
    spoiled("cycle", put(["tree", "left_children", 1], 0))
    spoiled("child_outside", put(["tree", "left_children", 0], 99))
    spoiled("feature_outside", put(["tree", "split_indices", 0], 2))
    spoiled("lists_differ", put(["tree", "split_conditions"], [1.0]))
    spoiled("threshold_nan", put(["tree", "split_conditions", 0], NAN))
    spoiled("no_trees_list", put(["gradient_booster", "model", "trees"], None))
    spoiled("group_outside", put(["gradient_booster", "model", "tree_info", 0], 7))
    spoiled("many_features", put(["learner_model_param", "num_feature"], "4000000000"))
    spoiled("name_twice", put(["feature_names"], ["a", "a"]))
    spoiled("base_score_text", put(["learner_model_param", "base_score"], "half"))
    newer = json.loads(json.dumps(whole))
    newer["version"] = [3, 3, 0]
    refused("xgboost_newer", json.dumps(newer).encode())
    text = json.dumps(whole).encode()
    refused("xgboost_cut", text[: len(text) // 2])
    refused("xgboost_old_binary", b"binf" + bytes(64))
    refused("xgboost_giant_ubj", b"{L" + bytes(7) + b"\x07learner[$d#L\x00\x00\x7f\xff\xff\xff\xff\xff")
    refused("no_model", b"{\"a\": 1}")


def xgb_versions():
    two = lambda random, score: (score > 0.3).astype(float)
    forms = [
        ("logistic", {"objective": "binary:logistic"}, two, "probability"),
        ("poisson", {"objective": "count:poisson"}, lambda random, score: random.poisson(positive(random, score)), "prediction"),
        ("softprob", {"objective": "multi:softprob", "num_class": 3}, classes, "probabilities"),
        ("squared_error", {}, lambda random, score: score + 2, "prediction"),
        ("dart", {"booster": "dart", "rate_drop": 0.4}, lambda random, score: score + 2, "prediction"),
    ]
    for version in ("1.7.6", "2.1.4", "3.0.5"):
        for number, (short, parameters, label, prediction) in enumerate(forms):

            def make(name, parameters=parameters, label=label, prediction=prediction, suffix=["json", "ubj"][number % 2]):
                xgb_case(name, suffix, parameters, label, prediction)

            make.__name__ = f"xgboost_{version.replace('.', '_')}_{short}"
            make.__doc__ = f"A file of XGBoost {version} with {parameters or 'squared error'}."
            case("xgboost", version, ["margin"] + (["prediction"] if short != "poisson" else []), 4)(make)


xgb_versions()


# --- LightGBM --------------------------------------------------------------------------------------------------------------------------

# The zero band is `±1e-35` as a float32.
BAND = [s * z for z in (1e-35, float(np.float32(1e-35)), float(np.nextafter(np.float32(1e-35), np.float32(1))), 5e-36, 1e-34) for s in (1, -1)]


def lgb_thresholds(booster):
    names, found = booster.feature_name(), {}

    def walk(node):
        if "split_feature" in node:
            if node["decision_type"] == "<=":
                found.setdefault(names[node["split_feature"]], []).append(node["threshold"])
            walk(node["left_child"]), walk(node["right_child"])

    for tree in booster.dump_model()["tree_info"]:
        walk(tree["tree_structure"])
    return found


def lgb_write(name, form, booster, rows, prediction, table=None):
    table = np.array(list(rows.values()), dtype="f8").T if table is None else table
    scores, margins = booster.predict(table, num_threads=1), booster.predict(table, raw_score=True, num_threads=1)
    results = {prediction: scores}
    if prediction != "prediction" or not np.array_equal(scores, margins, equal_nan=True):
        results["margin"] = margins
    model = json.dumps(booster.dump_model()).encode() if form == "json" else booster.model_to_string().encode()
    write(name, form, model, rows, results)


def lgb_case(name, form, parameters, label, prediction, rounds=8, x_of=None):
    import lightgbm

    names = ["a", "b", "c", "d"]
    random, x, score = data(21)
    x = x if x_of is None else x_of(random, x)
    parameters = {"verbose": -1, "num_leaves": 12, "min_data_in_leaf": 5, "seed": 1, "num_threads": 1, "deterministic": True} | parameters
    group = [len(x)] if parameters.get("objective", "").startswith(("rank", "lambdarank")) else None
    booster = lightgbm.train(parameters, lightgbm.Dataset(x, label(random, score), feature_name=names, group=group), rounds)
    lgb_write(name, form, booster, probes(random, names, lgb_thresholds(booster), SPECIAL + BAND), prediction)


def with_zeros(random, x):
    x = np.where(random.random(x.shape) < 0.4, 0.0, x)
    return np.where(random.random(x.shape) < 0.05, 3e-36, x)


def lgb_forms():
    plain = lambda random, score: score
    two = lambda random, score: (score > 0).astype(float)
    forms = [
        ("regression", "txt", {}, lambda random, score: score + 3, "prediction", None),
        ("regression_dump", "json", {}, lambda random, score: score + 3, "prediction", None),
        ("square_root", "txt", {"reg_sqrt": True}, lambda random, score: 4 * score, "prediction", None),
        ("binary", "txt", {"objective": "binary"}, two, "probability", None),
        ("binary_scale", "json", {"objective": "binary", "sigmoid": 0.7}, two, "probability", None),
        ("multiclass", "txt", {"objective": "multiclass", "num_class": 3}, classes, "probabilities", None),
        ("multiclass_ova", "txt", {"objective": "multiclassova", "num_class": 3, "sigmoid": 1.3}, classes, "probability", None),
        ("cross_entropy", "txt", {"objective": "cross_entropy"}, two, "probability", None),
        ("cross_entropy_lambda", "json", {"objective": "cross_entropy_lambda"}, two, "prediction", None),
        ("poisson", "txt", {"objective": "poisson"}, positive, "prediction", None),
        ("gamma", "txt", {"objective": "gamma"}, positive, "prediction", None),
        ("tweedie", "json", {"objective": "tweedie"}, positive, "prediction", None),
        ("quantile", "txt", {"objective": "quantile", "alpha": 0.8}, plain, "prediction", None),
        ("absolute", "txt", {"objective": "regression_l1"}, plain, "prediction", None),
        ("huber", "txt", {"objective": "huber"}, plain, "prediction", None),
        ("fair", "json", {"objective": "fair"}, plain, "prediction", None),
        ("lambdarank", "txt", {"objective": "lambdarank"}, lambda random, score: np.clip(score + 2, 0, 4).astype(int), "prediction", None),
        ("dart", "txt", {"boosting": "dart", "drop_rate": 0.5}, plain, "prediction", None),
        ("random_forest", "txt", {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6}, plain, "prediction", None),
        ("random_forest_binary", "json", {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6, "objective": "binary"}, two, "probability", None),
        ("zero_as_missing", "txt", {"zero_as_missing": True}, plain, "prediction", with_zeros),
        ("zeros", "txt", {}, plain, "prediction", with_zeros),
        ("missing_not_used", "json", {"use_missing": False}, plain, "prediction", with_zeros),
        ("linear_trees", "txt", {"linear_tree": True}, plain, "prediction", None),
        ("linear_trees_dump", "json", {"linear_tree": True, "objective": "binary"}, two, "probability", None),
        ("linear_trees_classes", "txt", {"linear_tree": True, "objective": "multiclass", "num_class": 3}, classes, "probabilities", with_zeros),
        ("one_leaf", "txt", {"min_data_in_leaf": 1000}, plain, "prediction", None),
        ("many_trees", "txt", {"num_leaves": 24, "objective": "binary", "rounds": 50}, two, "probability", None),
    ]
    for short, form, parameters, label, prediction, x_of in forms:

        def make(name, form=form, parameters=dict(parameters), label=label, prediction=prediction, x_of=x_of):
            lgb_case(name, form, parameters, label, prediction, rounds=parameters.pop("rounds", 8), x_of=x_of)

        make.__name__ = f"lightgbm_{short}"
        make.__doc__ = f"LightGBM with {parameters or 'regression'}, as {form}."
        is_exact = short not in ("poisson", "gamma", "tweedie", "cross_entropy_lambda")
        case("lightgbm", "4.7.0", ["margin"] + (["prediction"] if is_exact else []), 4)(make)


lgb_forms()


@case("lightgbm", "4.7.0", ["prediction"])
def lightgbm_category_codes(name):
    """Categories as numbers: sets go left; negative, fractional, huge and unseen codes as LightGBM decides."""
    import lightgbm

    names = ["number", "code", "few"]
    random, x, score = data(22, 3)
    x[:, 1], x[:, 2] = random.integers(0, 70, len(x)), random.integers(0, 3, len(x))
    score = score + np.sin(x[:, 1] * 1.7) * 2 + x[:, 2]
    x[random.random(len(x)) < 0.05, 1] = NAN
    parameters = {"verbose": -1, "min_data_per_group": 2, "cat_smooth": 1, "min_data_in_leaf": 5, "num_threads": 1, "seed": 1}
    booster = lightgbm.train(parameters, lightgbm.Dataset(x, score, feature_name=names, categorical_feature=[1, 2]), 10)
    rows = probes(random, names, {"number": lgb_thresholds(booster).get("number", [])}, SPECIAL + BAND)
    for code in [*range(75), 0.5, 1.999, -0.5, -1, 69.5, 96, 2.0**31 - 1, 2.0**31, 2.0**33, 1e20, INF, -INF, NAN]:
        for column in ("code", "few"):
            for other in names:
                rows[other].append(rows[other][random.integers(0, ROWS)] if other != column else float(code))
    for column in ("code", "few"):
        rows[column][:ROWS] = [float(random.integers(0, 70)) for _ in range(ROWS)]
    lgb_write(name, "txt", booster, rows, "prediction")


def lgb_pandas(name, form):
    import lightgbm
    import pandas as pd

    random, x, score = data(23, 2)
    towns, sizes, parts = ["Bern", "Zürich", "Genève", "a \"quoted\" one"], [38, 40, 42], [0.5, 1.0, 2.25]
    town, size, part = random.integers(0, 4, len(x)), random.integers(0, 3, len(x)), random.integers(0, 3, len(x))
    score = score + np.cos(town * 2.0) + size - part
    frame = lambda numbers, town, size, part: pd.DataFrame(
        {"income": numbers, "town": pd.Categorical(town), "age": 1.0, "size": pd.Categorical(size), "part": pd.Categorical(part)}
    )
    train = frame(x[:, 0], [towns[i] if random.random() > 0.05 else None for i in town], [sizes[i] for i in size], [parts[i] for i in part])
    train["age"] = x[:, 1]
    parameters = {"verbose": -1, "min_data_per_group": 2, "cat_smooth": 1, "min_data_in_leaf": 5, "num_threads": 1, "seed": 1}
    booster = lightgbm.train(parameters, lightgbm.Dataset(train, score), 10)
    # No row of categories that pandas does not know: they are missing to LightGBM, as is a null.
    of = {"town": towns + ["Chur", "bern", None], "size": sizes + [39, -1], "part": parts + [0.75]}
    rows = probes(random, ["income", "town", "age", "size", "part"], {key: value[::2] for key, value in lgb_thresholds(booster).items()}, SPECIAL + BAND, of)
    rows["size"] = [None if value != value else int(value) for value in rows["size"]]
    rows["part"] = [None if value != value else float(value) for value in rows["part"]]
    table = frame(rows["income"], rows["town"], rows["size"], rows["part"])
    table["age"] = rows["age"]
    lgb_write(name, form, booster, rows, "prediction", table)


@case("lightgbm", "4.7.0", ["prediction"])
def lightgbm_category_names(name):
    """The categories of a pandas frame by name: texts, whole numbers and fractions. One that training has not seen is missing."""
    lgb_pandas(name, "txt")


@case("lightgbm", "4.7.0", ["prediction"])
def lightgbm_category_names_dump(name):
    """The same from `dump_model`."""
    lgb_pandas(name, "json")


@case("lightgbm", "4.7.0", [])
def lightgbm_refused(_):
    """Files of LightGBM that are damaged, or say what cannot be converted."""
    import lightgbm

    random, x, score = data(24, 2)
    booster = lightgbm.train({"verbose": -1, "num_leaves": 4, "num_threads": 1}, lightgbm.Dataset(x, score), 2)
    text = booster.model_to_string()
    spoil = lambda old, new: text.replace(old, new, 1).encode()
    line = lambda name: next(line for line in text.splitlines() if line.startswith(name + "="))
    refused("lightgbm_unknown_objective", spoil("objective=regression", "objective=mine"))
    refused("lightgbm_newer", spoil("version=v4", "version=v9"))
    refused("lightgbm_cut", text[: text.index("end of trees") - 40].encode())
    refused("lightgbm_cycle", spoil(line("left_child"), "left_child=0 0 0"))
    refused("lightgbm_child_outside", spoil(line("left_child"), "left_child=9 9 9"))
    refused("lightgbm_feature_outside", spoil(line("split_feature"), "split_feature=7 7 7"))
    refused("lightgbm_lists_differ", spoil(line("threshold"), "threshold=1"))
    refused("lightgbm_no_number", spoil(line("leaf_value"), "leaf_value=1 2 three 4"))
    refused("lightgbm_categories_of_whom", spoil("pandas_categorical:null", 'pandas_categorical:[["x"], ["y"]]'))
    refused("lightgbm_iterations", spoil("num_tree_per_iteration=1", "num_tree_per_iteration=3"))


# --- CatBoost --------------------------------------------------------------------------------------------------------------------------


def cb_write(name, form, model, rows, frame, prediction, pool=None):
    """`prediction`: what the result is called, and the type of prediction it is; the label stands beside it for classes."""
    result, kind = prediction
    predict = lambda kind: np.asarray(model.predict(frame, prediction_type=kind, thread_count=1))
    raw = predict("RawFormulaVal")
    values = predict(kind)
    if kind == "Probability" and raw.ndim == 1:
        values = values[:, 1]
    results = {result: values}
    if kind != "RawFormulaVal":
        results["margin"] = raw
    if kind == "Probability":
        results["label"] = [str(label) if isinstance(label, str) else label for label in np.ravel(predict("Class"))]
    save = lambda path: model.save_model(path, format=form, pool=pool)
    write(name, form, save, rows, results)


def cb_case(name, form, parameters, label, prediction, nan=True):
    import catboost
    import pandas as pd

    names = ["a", "b", "c", "d"]
    random, x, score = data(31)
    x = x if nan else np.nan_to_num(x)
    regressor = prediction[1] in ("RawFormulaVal", "Exponent")
    kind = catboost.CatBoostRegressor if regressor else catboost.CatBoostClassifier
    base = {"iterations": 8, "depth": 4, "verbose": 0, "allow_writing_files": False, "thread_count": 1, "random_seed": 1}
    model = kind(**(base | parameters))
    model.fit(pd.DataFrame(x, columns=names), label(random, score))
    borders = {name: border for name, border in zip(names, model.get_borders().values())}
    rows = probes(random, names, borders, SPECIAL)
    cb_write(name, form, model, rows, pd.DataFrame(rows), prediction)


def cb_forms():
    plain = lambda random, score: score
    two = lambda random, score: (score > 0).astype(int)
    words = lambda random, score: np.array(["low", "middle", "high"])[classes(random, score)]
    raw, probability, probabilities = ("prediction", "RawFormulaVal"), ("probability", "Probability"), ("probabilities", "Probability")
    forms = [
        ("rmse", "json", {}, plain, raw),
        ("rmse_cbm", "cbm", {}, lambda random, score: score + 100, raw),
        ("nan_max", "json", {"nan_mode": "Max"}, plain, raw),
        ("nan_max_cbm", "cbm", {"nan_mode": "Max"}, plain, raw),
        ("no_nan", "json", {"nan_mode": "Forbidden"}, plain, raw),
        ("logloss", "json", {}, two, probability),
        ("logloss_cbm", "cbm", {"scale_pos_weight": 2.0}, two, probability),
        ("text_labels", "json", {}, lambda random, score: np.where(score > 0, "yes", "no"), probability),
        ("multiclass", "json", {}, words, probabilities),
        ("multiclass_cbm", "cbm", {}, classes, probabilities),
        ("one_versus_all", "json", {"loss_function": "MultiClassOneVsAll"}, classes, ("probability", "Probability")),
        ("poisson", "json", {"loss_function": "Poisson"}, lambda random, score: random.poisson(positive(random, score)), ("prediction", "Exponent")),
        ("tweedie", "cbm", {"loss_function": "Tweedie:variance_power=1.5"}, positive, ("prediction", "Exponent")),
        ("quantile", "json", {"loss_function": "Quantile:alpha=0.8"}, plain, raw),
        ("several_targets", "json", {"loss_function": "MultiRMSE"}, lambda random, score: np.column_stack([score, 5 - score]), raw),
        ("several_targets_cbm", "cbm", {"loss_function": "MultiRMSE"}, lambda random, score: np.column_stack([score, 5 - score]), raw),
        ("depthwise", "json", {"grow_policy": "Depthwise"}, plain, raw),
        ("lossguide", "json", {"grow_policy": "Lossguide"}, two, probability),
        ("lossguide_cbm", "cbm", {"grow_policy": "Lossguide", "max_leaves": 12}, plain, raw),
        ("lossguide_classes", "json", {"grow_policy": "Lossguide"}, classes, probabilities),
        ("lossguide_classes_cbm", "cbm", {"grow_policy": "Lossguide"}, classes, probabilities),
        ("many_borders", "cbm", {"border_count": 1024, "iterations": 60, "depth": 6}, plain, raw),
        ("deep", "json", {"depth": 9, "iterations": 3}, plain, raw),
    ]
    for short, form, parameters, label, prediction in forms:

        def make(name, form=form, parameters=parameters, label=label, prediction=prediction):
            cb_case(name, form, parameters, label, prediction, nan=parameters.get("nan_mode") != "Forbidden")

        make.__name__ = f"catboost_{short}"
        make.__doc__ = f"CatBoost with {parameters or 'its defaults'}, as {form}."
        exact = ["margin", "label"] + (["prediction"] if prediction == raw else [])
        # CatBoost has an exponential of its own, which is a few units off.
        case("catboost", "1.2.10", exact, CB_ULPS)(make)


CB_ULPS = 4


@case("catboost", "1.2.10", ["margin", "label"], CB_ULPS)
def catboost_threshold(name):
    """The label is of another probability than one half where the user has set one."""
    import catboost
    import pandas as pd

    names = ["a", "b"]
    random, x, score = data(32, 2)
    model = catboost.CatBoostClassifier(iterations=8, depth=3, verbose=0, allow_writing_files=False, thread_count=1, random_seed=1)
    model.fit(pd.DataFrame(x, columns=names), (score > 0).astype(int))
    model.set_probability_threshold(0.7)
    rows = probes(random, names, dict(zip(names, model.get_borders().values())), SPECIAL)
    cb_write(name, "cbm", model, rows, pd.DataFrame(rows), ("probability", "Probability"))


cb_forms()


def cb_categories(name, form, parameters, classifier=False):
    import catboost
    import pandas as pd

    random, x, score = data(33, 2, 500)
    towns, kinds = ["Bern", "Zürich", "Genève", "a \"quoted\" one", ""], [f"k{i}" for i in range(12)]
    frame = pd.DataFrame({"income": x[:, 0], "town": random.choice(towns, 500), "age": x[:, 1], "size": random.choice([38, 40, 42], 500)})
    frame["kind"] = random.choice(kinds, 500)
    score = score + (frame.town == "Bern") * 2 + (frame["size"] == 40) - frame.kind.str[1:].astype(int) % 5 * (frame.town == "Zürich")
    categorical = ["town", "size", "kind"]
    base = {"iterations": 25, "depth": 4, "verbose": 0, "allow_writing_files": False, "thread_count": 1, "random_seed": 1}
    kind = catboost.CatBoostClassifier if classifier else catboost.CatBoostRegressor
    model = kind(cat_features=categorical, **(base | parameters))
    label = classes(random, score) if classifier else score
    model.fit(frame, label)
    of = {"town": towns + ["Chur", "bern"], "size": ["38", "40", "42", "39", "-1", "38.0"], "kind": kinds + ["k99"]}
    borders = dict(zip(["income", "age"], list(model.get_borders().values())))
    rows = probes(random, list(frame.columns), borders, SPECIAL, of)
    for column in categorical:
        rows[column] = [value if isinstance(value, str) else "" for value in rows[column]]
    table = pd.DataFrame(rows)
    prediction = ("probabilities", "Probability") if classifier else ("prediction", "RawFormulaVal")
    cb_write(name, form, model, rows, table, prediction, pool=catboost.Pool(frame, label, cat_features=categorical))


def cb_category_forms():
    forms = [
        ("one_hot", {"one_hot_max_size": 20}, False),
        ("statistics", {"max_ctr_complexity": 1}, False),
        ("combinations", {"max_ctr_complexity": 3, "one_hot_max_size": 3}, False),
        ("combinations_of_classes", {"max_ctr_complexity": 2, "loss_function": "MultiClass"}, True),
        ("all_statistics", {"simple_ctr": ["Borders", "Counter", "BinarizedTargetMeanValue", "Buckets"], "combinations_ctr": ["Borders", "Counter"], "max_ctr_complexity": 2}, False),
    ]
    for short, parameters, classifier in forms:

        def make(name, parameters=parameters, classifier=classifier):
            cb_categories(name, "json", parameters, classifier)

        make.__name__ = f"catboost_category_{short}"
        make.__doc__ = f"Categories of CatBoost with {parameters}; unseen ones, empty ones and whole numbers as texts among them."
        case("catboost", "1.2.10", ["margin", "label"] + ([] if classifier else ["prediction"]), CB_ULPS)(make)


cb_category_forms()


@case("catboost", "1.2.10", [])
def catboost_refused(_):
    """Files of CatBoost that are damaged, or say what cannot be converted."""
    import catboost
    import pandas as pd

    random, x, score = data(34, 2)
    base = {"iterations": 2, "depth": 2, "verbose": 0, "allow_writing_files": False, "thread_count": 1, "random_seed": 1}
    frame = pd.DataFrame({"a": x[:, 0], "town": random.choice(["x", "y", "z"], len(x))})
    with_pool = catboost.CatBoostRegressor(cat_features=["town"], one_hot_max_size=4, **base).fit(frame, score)
    as_json = lambda model: lambda path: model.save_model(path, format="json")
    refused("catboost_one_hot_without_texts", as_json(with_pool))
    refused("catboost_one_hot_cbm", lambda path: with_pool.save_model(path, format="cbm"))
    statistics = catboost.CatBoostRegressor(cat_features=["town"], one_hot_max_size=2, **base).fit(frame, score + (frame.town == "x") * 5)
    refused("catboost_statistics_without_texts", as_json(statistics))
    few = catboost.Pool(frame[frame.town != "x"], score[frame.town != "x"], cat_features=["town"])
    refused("catboost_statistics_with_few_texts", lambda path: statistics.save_model(path, format="json", pool=few))
    text = frame.assign(words=random.choice(["a good day", "a bad day", "no day"], len(x)))[["a", "words"]]
    refused("catboost_text_features", lambda path: catboost.CatBoostClassifier(text_features=["words"], **base).fit(text, score > 0).save_model(path, format="cbm"))
    model = catboost.CatBoostRegressor(**base).fit(x, score)
    refused("catboost_uncertainty", as_json(catboost.CatBoostRegressor(loss_function="RMSEWithUncertainty", **base).fit(x, score)))
    path = HERE / "refused" / "whole.json"
    model.save_model(str(path), format="json")
    whole = json.loads(path.read_text())
    path.unlink()

    def spoiled(name, spoil):
        document = json.loads(json.dumps(whole))
        spoil(document)
        refused(f"catboost_{name}", json.dumps(document).encode())

    spoiled("split_outside", lambda document: document["oblivious_trees"][0]["splits"][0].update(split_index=99))
    spoiled("leaves_missing", lambda document: document["oblivious_trees"][0]["leaf_values"].pop())
    spoiled("no_features", lambda document: document["features_info"].pop("float_features"))
    spoiled("no_trees", lambda document: document.pop("oblivious_trees"))
    model.save_model(str(path), format="cbm")
    raw = path.read_bytes()
    path.unlink()
    refused("catboost_cbm_cut", raw[: len(raw) // 2])
    refused("catboost_cbm_offsets", raw[:12] + bytes([255] * 8) + raw[20:])


if __name__ == "__main__":
    wanted = sys.argv[1:]
    for name, (function, library, version, _, _) in list(CASES.items()):
        try:
            there = importlib.import_module(library).__version__
        except ImportError:
            there = None
        if there == version and (not wanted or name in wanted):
            function(name)
