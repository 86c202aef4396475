"""Writes every ONNX case beside this file: a small fitted or hand-built model, rows, and what onnxruntime says of them.

    python tests/cases/onnx/make.py [case ...]

A case folder holds `model.onnx`, `rows.csv` (the inputs; a column an input, `name[i]` for the i-th column of a matrix input), `expected.csv`
(the outputs, in the same way; a ZipMap output `p` gives one column `p_<class>` a class) and `case.toml`. float32 is written with nine
significant digits, float64 with seventeen: both read back to the same bits. Under `refused/` are models that do not convert; the
diagnostics beside them (`expected.txt`) are written by `BLESS=1 cargo test -p scorewright-front-onnx`.

Needs: onnx, onnxruntime, skl2onnx, onnxmltools, scikit-learn, xgboost, lightgbm, pandas (versions in case.toml's head).
"""

import csv
import json
import pathlib
import sys
import warnings

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent
CASES = {}
NAN, INF = float("nan"), float("inf")


def case(function):
    CASES[function.__name__] = function
    return function


def cell(value):
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (str, np.str_)):
        return str(value)
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if np.isnan(value):
        return "NaN"
    if np.isinf(value):
        return "inf" if value > 0 else "-inf"
    return f"{value:.9g}" if isinstance(value, np.float32) else f"{value:.17g}"


def columns(name, values, shape=None):
    """Columns of one input or output, as (header, list of cells)."""
    if isinstance(values, list) and values and isinstance(values[0], dict):
        # onnxruntime hands a map's float32 values over as Python floats.
        return [(f"{name}_{key}", [cell(np.float32(row[key])) for row in values]) for key in values[0]]
    values = np.asarray(values)
    if values.ndim == 1:
        return [(name, [cell(v) for v in values])]
    values = values.reshape(len(values), -1)
    if values.shape[1] == 1:
        return [(name, [cell(v) for v in values[:, 0]])]
    return [(f"{name}[{i}]", [cell(v) for v in values[:, i]]) for i in range(values.shape[1])]


def write_csv(path, table):
    with open(path, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([header for header, _ in table])
        writer.writerows(zip(*[cells for _, cells in table]))


def write(name, model, feeds, tolerance, reason):
    description = " ".join(CASES[name].__doc__.split())
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    if not isinstance(model, (bytes, bytearray)):
        model = model.SerializeToString()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    outputs = session.run(None, feeds)
    (folder / "model.onnx").write_bytes(model)
    # The order of the graph's inputs, not of the feed.
    write_csv(folder / "rows.csv", [c for port in session.get_inputs() for c in columns(port.name, feeds[port.name])])
    write_csv(folder / "expected.csv", [c for port, value in zip(session.get_outputs(), outputs) for c in columns(port.name, value)])
    text = f"description = {json.dumps(description, ensure_ascii=False)}\n"
    text += f'reference = "onnxruntime {onnxruntime.__version__}"\n'
    ulps, scale = tolerance
    text += f"# {reason}\nulps = {ulps}\n"
    if scale:
        text += f"scale = {scale}\n"
    if name in BEYOND:
        text += f"# Not within the bound that is derived for it.\nbeyond = {json.dumps(BEYOND[name])}\n"
    (folder / "case.toml").write_text(text, encoding="utf-8")
    assert len(model) < 100_000, f"{name}: {len(model)} bytes"
    print(f"{name}: {len(model)} bytes, {len(next(iter(feeds.values())))} rows, outputs {[o.name for o in session.get_outputs()]}")


# Cases whose build is refused, for no bound can be derived of what onnxruntime makes of some rows.
BEYOND = {
    "attention_without_keys": "a number as large as float32 holds takes the other products out of the range in which onnxruntime and the standard agree",
}

# Tolerances: units in the last place of the greater of the expected magnitude and the scale, and why.
EXACT = ((0, 0), "Every step is exact or correctly rounded.")
SUMS = ((4, 1), "onnxruntime leaves the order of sums open; ours is the lane order.")
MATHS = ((4, 1), "onnxruntime's exp and logistic function are a few units off near 1, and so lose all digits near 0.")


# ---------------------------------------------------------------------------------------------- data


def numbers(seed, rows, width, missing=0.0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, width)).round(3).astype(np.float32)
    if missing:
        x[rng.random(x.shape) < missing] = np.nan
    return x


def three_classes(x):
    score = np.nan_to_num(x[:, 0]) + 0.5 * np.nan_to_num(x[:, 1])
    return np.digitize(score, [-0.5, 0.5])


def names(y):
    return np.array(["low", "middle", "high"])[y]


def thresholds(model):
    """Split points of every tree node of a graph, by feature, so that rows can stand on them."""
    found = []
    for node in model.graph.node:
        if node.op_type.startswith("TreeEnsemble"):
            attributes = {a.name: a for a in node.attribute}
            features = list(attributes["nodes_featureids"].ints)
            values = list(attributes["nodes_values"].floats)
            modes = [m.decode() for m in attributes["nodes_modes"].strings]
            found += [(f, np.float32(v)) for f, v, m in zip(features, values, modes) if m != "LEAF"]
    return found


def with_edges(model, x, limit=24):
    """Rows on split points and one ULP to both sides, a row of NaN, infinities, zeros of both signs, then plain rows."""
    base = np.nan_to_num(x[0].copy())
    rows = [np.full_like(base, NAN), np.full_like(base, INF), np.full_like(base, -INF), np.full_like(base, 0.0), np.full_like(base, -0.0)]
    for feature, value in thresholds(model)[:limit]:
        for v in (value, np.nextafter(value, np.float32(INF)), np.nextafter(value, np.float32(-INF))):
            row = base.copy()
            row[feature] = v
            rows.append(row)
    return np.vstack([np.array(rows, dtype=np.float32), x[:20]])


def skl(model, inputs, **options):
    from skl2onnx import convert_sklearn

    zipmap = options.pop("zipmap", None)
    kwargs = {}
    if zipmap is not None:
        kwargs["options"] = {id(model): {"zipmap": zipmap}}
    return convert_sklearn(model, initial_types=inputs, target_opset=options.pop("target_opset", {"": 21, "ai.onnx.ml": 3}), **kwargs)


def floats(width):
    from skl2onnx.common.data_types import FloatTensorType

    return [("features", FloatTensorType([None, width]))]


def fitted(estimator, x, y):
    return estimator.fit(x, y)


# ---------------------------------------------------------------------------------------------- linear models


@case
def linear_regression():
    """A linear regression is a dot product and an intercept, in float32."""
    from sklearn.linear_model import LinearRegression

    x = numbers(1, 60, 4)
    model = fitted(LinearRegression(), x, x @ [1.5, -2.0, 0.25, 3.0] + 0.7)
    return skl(model, floats(4)), {"features": np.vstack([x[:8], [[NAN, 0, 0, 0], [INF, 0, 0, 0]]]).astype(np.float32)}, *SUMS


@case
def linear_regression_two_targets():
    """Two targets give a matrix output, one column a target."""
    from sklearn.linear_model import LinearRegression

    x = numbers(2, 60, 3)
    model = fitted(LinearRegression(), x, np.stack([x[:, 0] * 2 + 1, x[:, 1] - x[:, 2]], 1))
    return skl(model, floats(3)), {"features": x[:8]}, *SUMS


@case
def ridge_scaled():
    """A standard scaler before a ridge regression: offset and scale are float32 constants."""
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x = numbers(3, 60, 5) * 10 + 3
    model = fitted(make_pipeline(StandardScaler(), Ridge(0.5)), x, x[:, 0] - 0.1 * x[:, 3])
    return skl(model, floats(5)), {"features": x[:8]}, *SUMS


@case
def min_max_scaled_clipped():
    """A min-max scaler that clips: values outside the training range stop at its ends."""
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler

    x = numbers(4, 60, 3)
    model = fitted(make_pipeline(MinMaxScaler(clip=True), LinearRegression()), x, x[:, 0])
    return skl(model, floats(3)), {"features": np.vstack([x[:6], [[9, -9, 0]]]).astype(np.float32)}, *SUMS


@case
def logistic_binary_zipmap():
    """A binary logistic regression with text labels; ZipMap makes one field a class."""
    from sklearn.linear_model import LogisticRegression

    x = numbers(5, 80, 4)
    y = np.where(x[:, 0] + x[:, 1] > 0, "good", "bad")
    return skl(fitted(LogisticRegression(), x, y), floats(4)), {"features": x[:12]}, *MATHS


@case
def logistic_binary_matrix():
    """The same without ZipMap: integer labels and a matrix of probabilities."""
    from sklearn.linear_model import LogisticRegression

    x = numbers(6, 80, 4)
    y = (x[:, 0] - x[:, 1] > 0).astype(int)
    return skl(fitted(LogisticRegression(), x, y), floats(4), zipmap=False), {"features": x[:12]}, *MATHS


@case
def logistic_zipmap_columns():
    """`zipmap='columns'` writes one output a class."""
    from sklearn.linear_model import LogisticRegression

    x = numbers(7, 80, 3)
    return skl(fitted(LogisticRegression(), x, names(three_classes(x))), floats(3), zipmap="columns"), {"features": x[:8]}, *MATHS


@case
def logistic_multinomial():
    """Three classes: softmax over three scores, the label is the first greatest."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x = numbers(8, 90, 4)
    model = fitted(make_pipeline(StandardScaler(), LogisticRegression()), x, names(three_classes(x)))
    return skl(model, floats(4)), {"features": x[:12]}, *MATHS


# ---------------------------------------------------------------------------------------------- trees


def tree_case(estimator, x, y, **options):
    estimator.fit(x, y)
    model = skl(estimator, floats(x.shape[1]), **options)
    return model, {"features": with_edges(model, x)}


@case
def decision_tree_classifier():
    """One tree, three text classes. Rows stand on every split point and one ULP beside it."""
    from sklearn.tree import DecisionTreeClassifier

    x = numbers(10, 120, 3)
    return *tree_case(DecisionTreeClassifier(max_depth=4, random_state=0), x, names(three_classes(x))), *EXACT


@case
def decision_tree_regressor():
    """One tree, one target: the leaf's value as it stands."""
    from sklearn.tree import DecisionTreeRegressor

    x = numbers(11, 120, 3)
    return *tree_case(DecisionTreeRegressor(max_depth=5, random_state=0), x, x[:, 0] * x[:, 1]), *EXACT


@case
def decision_tree_regressor_two_targets():
    """Several weights on a leaf, one a target."""
    from sklearn.tree import DecisionTreeRegressor

    x = numbers(12, 120, 3)
    return *tree_case(DecisionTreeRegressor(max_depth=4, random_state=0), x, np.stack([x[:, 0], x[:, 1] ** 2], 1)), *EXACT


@case
def decision_tree_binary_integers():
    """Two classes and both weights on each leaf, with integer labels."""
    from sklearn.tree import DecisionTreeClassifier

    x = numbers(13, 120, 3)
    return *tree_case(DecisionTreeClassifier(max_depth=3, random_state=0), x, (x[:, 0] > x[:, 1]).astype(int), zipmap=False), *EXACT


@case
def random_forest_classifier():
    """Ten trees vote with weights; the sum runs in tree order."""
    from sklearn.ensemble import RandomForestClassifier

    x = numbers(14, 120, 4)
    return *tree_case(RandomForestClassifier(10, max_depth=4, random_state=0), x, names(three_classes(x))), *SUMS


@case
def random_forest_regressor():
    """A forest's mean is written as a sum of weights that are already divided."""
    from sklearn.ensemble import RandomForestRegressor

    x = numbers(15, 120, 4)
    return *tree_case(RandomForestRegressor(10, max_depth=4, random_state=0), x, x[:, 0] + x[:, 1]), *SUMS


@case
def extra_trees_binary():
    """Extremely randomised trees, two classes with text labels."""
    from sklearn.ensemble import ExtraTreesClassifier

    x = numbers(16, 120, 4)
    return *tree_case(ExtraTreesClassifier(8, max_depth=4, random_state=0), x, np.where(x[:, 0] > 0, "yes", "no")), *SUMS


@case
def gradient_boosting_binary():
    """Boosted trees for two classes: one weight a leaf, a base value, the logistic function."""
    from sklearn.ensemble import GradientBoostingClassifier

    x = numbers(17, 150, 4)
    return *tree_case(GradientBoostingClassifier(n_estimators=12, max_depth=3, random_state=0), x, (x[:, 0] > 0.2).astype(int)), *MATHS


@case
def gradient_boosting_three_classes():
    """Boosted trees for three classes: softmax over three sums."""
    from sklearn.ensemble import GradientBoostingClassifier

    x = numbers(18, 150, 4)
    return *tree_case(GradientBoostingClassifier(n_estimators=6, max_depth=2, random_state=0), x, names(three_classes(x))), *MATHS


@case
def gradient_boosting_regressor():
    """Boosted trees for a number: sum and base value."""
    from sklearn.ensemble import GradientBoostingRegressor

    x = numbers(19, 150, 4)
    return *tree_case(GradientBoostingRegressor(n_estimators=12, max_depth=3, random_state=0), x, x[:, 0] - x[:, 2]), *SUMS


@case
def hist_gradient_boosting_binary():
    """Histogram boosting sends a missing value where training did (missing tracks)."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    x = numbers(20, 300, 3, missing=0.2)
    y = (np.nan_to_num(x[:, 0], nan=1.0) > 0.2).astype(int)
    return *tree_case(HistGradientBoostingClassifier(max_iter=6, max_leaf_nodes=7, random_state=0), x, y, zipmap=False), *MATHS


@case
def hist_gradient_boosting_regressor():
    """Histogram boosting for a number, with missing values on both tracks."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    x = numbers(21, 300, 3, missing=0.2)
    return *tree_case(HistGradientBoostingRegressor(max_iter=6, max_leaf_nodes=7, random_state=0), x, np.nan_to_num(x[:, 0], nan=-1.0)), *SUMS


@case
def hist_gradient_boosting_three_classes():
    """Histogram boosting for three classes."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    x = numbers(22, 300, 3, missing=0.1)
    return *tree_case(HistGradientBoostingClassifier(max_iter=4, max_leaf_nodes=6, random_state=0), x, names(three_classes(x))), *MATHS


def booster_case(convert, estimator, x, y):
    from onnxmltools.convert.common.data_types import FloatTensorType

    estimator.fit(x, y)
    model = convert(estimator, initial_types=[("features", FloatTensorType([None, x.shape[1]]))], target_opset=15)
    return model, {"features": with_edges(model, x)}


@case
def xgboost_binary():
    """XGBoost compares with `<` and sends NaN down the learnt track."""
    from onnxmltools import convert_xgboost
    from xgboost import XGBClassifier

    x = numbers(23, 200, 4, missing=0.1)
    y = (np.nan_to_num(x[:, 0]) > 0).astype(int)
    return *booster_case(convert_xgboost, XGBClassifier(n_estimators=8, max_depth=3, random_state=0, n_jobs=1), x, y), *MATHS


@case
def xgboost_three_classes():
    """XGBoost with three classes: eight trees a class, softmax."""
    from onnxmltools import convert_xgboost
    from xgboost import XGBClassifier

    x = numbers(24, 200, 4, missing=0.1)
    return *booster_case(convert_xgboost, XGBClassifier(n_estimators=4, max_depth=3, random_state=0, n_jobs=1), x, three_classes(x)), *MATHS


@case
def xgboost_regressor():
    """XGBoost for a number: base value and sum."""
    from onnxmltools import convert_xgboost
    from xgboost import XGBRegressor

    x = numbers(25, 200, 4, missing=0.1)
    return *booster_case(convert_xgboost, XGBRegressor(n_estimators=8, max_depth=3, random_state=0, n_jobs=1), x, np.nan_to_num(x[:, 0])), *SUMS


@case
def lightgbm_binary():
    """LightGBM for two classes with a ZipMap."""
    from lightgbm import LGBMClassifier
    from onnxmltools import convert_lightgbm

    x = numbers(26, 300, 4, missing=0.1)
    y = (np.nan_to_num(x[:, 0]) > 0).astype(int)
    return *booster_case(convert_lightgbm, LGBMClassifier(n_estimators=6, num_leaves=7, random_state=0, n_jobs=1, verbose=-1), x, y), *MATHS


@case
def lightgbm_three_classes():
    """LightGBM with three classes."""
    from lightgbm import LGBMClassifier
    from onnxmltools import convert_lightgbm

    x = numbers(27, 300, 4)
    y = three_classes(x)
    return *booster_case(convert_lightgbm, LGBMClassifier(n_estimators=4, num_leaves=7, random_state=0, n_jobs=1, verbose=-1), x, y), *MATHS


@case
def lightgbm_regressor():
    """LightGBM for a number."""
    from lightgbm import LGBMRegressor
    from onnxmltools import convert_lightgbm

    x = numbers(28, 300, 4)
    return *booster_case(convert_lightgbm, LGBMRegressor(n_estimators=8, num_leaves=7, random_state=0, n_jobs=1, verbose=-1), x, x[:, 0] ** 2), *SUMS


def boosters():
    """More of what the two converters write: each objective with a link or a form of its own. (name, what it is, estimator, answers)"""
    import lightgbm
    import xgboost

    number = lambda x: np.nan_to_num(x[:, 0]) * 2 + np.nan_to_num(x[:, 1])
    count = lambda x: np.floor(np.exp(np.clip(np.nan_to_num(x[:, 0]), -2, 2)))
    share = lambda x: 1 / (1 + np.exp(-number(x)))
    few = dict(n_estimators=6, max_depth=3, random_state=0, n_jobs=1)
    leaves = dict(n_estimators=6, num_leaves=7, random_state=0, n_jobs=1, verbose=-1)
    yield "xgboost_counts", "XGBoost's count:poisson.", xgboost.XGBRegressor(objective="count:poisson", **few), count
    yield "xgboost_gamma", "XGBoost's reg:gamma.", xgboost.XGBRegressor(objective="reg:gamma", **few), lambda x: count(x) + 0.5
    yield "xgboost_shares", "XGBoost's reg:logistic with a base score.", xgboost.XGBRegressor(objective="reg:logistic", base_score=0.25, **few), share
    yield "xgboost_absolute", "XGBoost's reg:absoluteerror.", xgboost.XGBRegressor(objective="reg:absoluteerror", **few), number
    yield "xgboost_random_forest", "XGBoost's random forest for a number.", xgboost.XGBRFRegressor(n_estimators=6, max_depth=3, random_state=0, n_jobs=1), number
    yield "xgboost_two_base", "XGBoost for two classes with a base score.", xgboost.XGBClassifier(base_score=0.2, **few), lambda x: (number(x) > 0).astype(int)
    yield "xgboost_linear_gain", "XGBoost without regularisation, deep.", xgboost.XGBRegressor(reg_lambda=0, min_child_weight=0, **{**few, "max_depth": 6}), number
    yield "lightgbm_counts", "LightGBM's poisson.", lightgbm.LGBMRegressor(objective="poisson", **leaves), count
    yield "lightgbm_tweedie", "LightGBM's tweedie.", lightgbm.LGBMRegressor(objective="tweedie", **leaves), count
    yield "lightgbm_absolute", "LightGBM's regression_l1.", lightgbm.LGBMRegressor(objective="regression_l1", **leaves), number
    yield "lightgbm_quantile", "LightGBM's quantile.", lightgbm.LGBMRegressor(objective="quantile", alpha=0.8, **leaves), number
    yield "lightgbm_one_against_all", "LightGBM's multiclassova.", lightgbm.LGBMClassifier(objective="multiclassova", **leaves), three_classes
    yield "lightgbm_random_forest", "LightGBM's random forest, which averages.", lightgbm.LGBMRegressor(boosting_type="rf", bagging_freq=1, bagging_fraction=0.6, **leaves), number
    yield "lightgbm_dart", "LightGBM with dropped trees.", lightgbm.LGBMClassifier(boosting_type="dart", **leaves), lambda x: (number(x) > 0).astype(int)
    yield "lightgbm_zeros_missing", "LightGBM that takes zeros for missing.", lightgbm.LGBMRegressor(zero_as_missing=True, **leaves), number


def booster_cases():
    """They are cases where the boosting libraries are there; their files are kept for where they are not."""
    try:
        made = list(boosters())
    except ImportError:
        return
    for at, (name, doc, estimator, answers) in enumerate(made):
        def one(at=at, name=name, estimator=estimator, answers=answers):
            from onnxmltools import convert_lightgbm, convert_xgboost

            x = numbers(60 + at, 250, 4, missing=0.1)
            if name == "lightgbm_zeros_missing":
                x[np.random.default_rng(at).random(x.shape) < 0.2] = 0.0
            convert = convert_xgboost if name.startswith("xgboost") else convert_lightgbm
            return *booster_case(convert, estimator, x, answers(x)), *MATHS

        one.__doc__ = doc
        CASES[name] = one


booster_cases()


# ---------------------------------------------------------------------------------------------- whole pipelines


def people(seed, rows):
    import pandas as pd

    rng = np.random.default_rng(seed)
    return pd.DataFrame({
        "age": rng.integers(18, 80, rows).astype(np.float32),
        "income": rng.lognormal(3, 1, rows).round(2).astype(np.float32),
        "city": rng.choice(["Berlin", "São Paulo", "日本", "a, \"b\""], rows),
        "job": rng.choice(["clerk", "nurse", "pilot"], rows),
    })


def frame_inputs(frame):
    from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType

    kinds = {"f": FloatTensorType, "i": Int64TensorType}
    return [(c, kinds.get(frame[c].dtype.kind, StringTensorType)([None, 1])) for c in frame.columns]


def frame_feed(frame):
    def column(c):
        kind = frame[c].dtype.kind
        return frame[c].to_numpy(np.float32 if kind == "f" else np.int64 if kind == "i" else object).reshape(-1, 1)

    return {c: column(c) for c in frame.columns}


def mixed_columns(numeric, text):
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    return ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numeric),
        ("texts", OneHotEncoder(handle_unknown="ignore"), text),
    ])


def edge_people(frame):
    """A missing age, unseen and empty categories first."""
    import pandas as pd

    edges = frame.iloc[:3].copy()
    edges["age"] = np.array([NAN, 18, 79], dtype=np.float32)
    edges["city"] = ["Paris", "", "berlin"]
    return pd.concat([edges, frame.iloc[:15]], ignore_index=True)


@case
def pipeline_logistic():
    """One input a column: numbers are imputed and scaled, text is one-hot encoded; unseen text is all zeros."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    frame = people(30, 150)
    y = np.where(frame.age + frame.income > 70, "yes", "no")
    model = make_pipeline(mixed_columns(["age", "income"], ["city", "job"]), LogisticRegression(max_iter=500)).fit(frame, y)
    return skl(model, frame_inputs(frame)), frame_feed(edge_people(frame)), *MATHS


@case
def pipeline_gradient_boosting():
    """The same preparation before boosted trees."""
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.pipeline import make_pipeline

    frame = people(31, 200)
    y = np.where(frame.age + frame.income > 70, 1, 0)
    model = make_pipeline(mixed_columns(["age", "income"], ["city", "job"]), GradientBoostingClassifier(n_estimators=10, max_depth=2, random_state=0))
    model.fit(frame, y)
    return skl(model, frame_inputs(frame)), frame_feed(edge_people(frame)), *MATHS


@case
def pipeline_passthrough_and_integers():
    """Integer columns pass through a column transformer beside scaled floats."""
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler

    frame = people(32, 100)[["age", "income"]]
    frame["children"] = np.random.default_rng(1).integers(0, 5, 100)
    model = make_pipeline(ColumnTransformer([("scaled", MinMaxScaler(), ["age", "income"])], remainder="passthrough"), Ridge())
    model.fit(frame, frame.age * 0.5 + frame.children)
    return skl(model, frame_inputs(frame)), frame_feed(frame.iloc[:10]), *SUMS


@case
def ordinal_encoder_forest():
    """An ordinal encoder with a value for the unknown, before a forest."""
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    frame = people(33, 150)[["city", "job"]]
    target = frame.city.str.len() + (frame.job == "nurse")
    model = make_pipeline(OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), RandomForestRegressor(5, max_depth=4, random_state=0))
    model.fit(frame, target)
    feed = frame_feed(frame.iloc[:12])
    feed["city"][0, 0] = "nowhere"
    return skl(model, frame_inputs(frame)), feed, *SUMS


@case
def one_hot_integers():
    """One-hot over integer columns, and over integers that come as floats."""
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder
    from skl2onnx.common.data_types import Int64TensorType

    x = np.random.default_rng(34).integers(-1, 4, (60, 2))
    model = make_pipeline(OneHotEncoder(handle_unknown="ignore", sparse_output=False), LinearRegression()).fit(x, x[:, 0] * 2 + x[:, 1])
    rows = np.vstack([[[77, 0], [0, -9]], x[:8]]).astype(np.int64)
    return skl(model, [("codes", Int64TensorType([None, 2]))]), {"codes": rows}, *SUMS


@case
def one_hot_drop_first():
    """`drop='first'` leaves one column out of each category."""
    from sklearn.preprocessing import OneHotEncoder

    frame = people(35, 60)[["city", "job"]]
    model = OneHotEncoder(drop="first", sparse_output=False).fit(frame)
    return skl(model, frame_inputs(frame)), frame_feed(frame.iloc[:8]), *EXACT


@case
def simple_imputer_strategies():
    """Median and a constant: only NaN is replaced, infinities stay."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer

    x = numbers(36, 50, 3, missing=0.2)
    model = ColumnTransformer([("a", SimpleImputer(strategy="median"), [0, 1]), ("b", SimpleImputer(strategy="constant", fill_value=-7), [2])])
    model.fit(x)
    return skl(model, floats(3)), {"features": np.vstack([np.full(3, NAN), np.full(3, INF), x[:8]]).astype(np.float32)}, *EXACT


@case
def normalizers():
    """L1 and L2 norms; a row of zeros stays as it is."""
    from sklearn.pipeline import FeatureUnion
    from sklearn.preprocessing import Normalizer

    x = numbers(37, 20, 3)
    model = FeatureUnion([("l1", Normalizer("l1")), ("l2", Normalizer("l2"))]).fit(x)
    return skl(model, floats(3)), {"features": np.vstack([np.zeros(3), x[:8]]).astype(np.float32)}, *SUMS


@case
def binarizer():
    """Above the threshold is one; the threshold itself is zero. onnxruntime refuses NaN here, and so does the scorer."""
    from sklearn.preprocessing import Binarizer

    model = Binarizer(threshold=0.5).fit(np.zeros((1, 2)))
    rows = np.array([[0.5, 3.0], [np.nextafter(np.float32(0.5), np.float32(1)), -0.0], [INF, -INF]], dtype=np.float32)
    return skl(model, floats(2)), {"features": rows}, *EXACT


@case
def label_encoder():
    """scikit-learn's label encoder turns text into its index."""
    from sklearn.preprocessing import LabelEncoder
    from skl2onnx.common.data_types import StringTensorType

    model = LabelEncoder().fit(["red", "green", "blue"])
    return skl(model, [("colour", StringTensorType([None]))]), {"colour": np.array(["blue", "green", "red", "", "pink"], dtype=object)}, *EXACT


@case
def hostile_names():
    """Input names that are keywords, code and not ASCII, and text labels with quotes."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    frame = people(38, 80)
    y = np.where(frame.age > 40, "it's \"old\"", "${young}\\n")
    model = make_pipeline(mixed_columns(["age", "income"], ["city", "job"]), LogisticRegression(max_iter=500)).fit(frame, y)
    model = skl(model, frame_inputs(frame))
    # skl2onnx cleans such names up; other exporters do not.
    fresh = dict(zip(frame.columns, ["class", "\"; System.exit(0); //", "日本", "a b"]))
    for port in model.graph.input:
        port.name = fresh[port.name]
    for node in model.graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = fresh.get(name, name)
    feed = {fresh[name]: values for name, values in frame_feed(frame.iloc[:8]).items()}
    return model, feed, *MATHS


# ---------------------------------------------------------------------------------------------- built by hand


def graph(nodes, inputs, outputs, initializers=(), opset=21, ml=3):
    def info(name, kind, shape):
        return helper.make_tensor_value_info(name, kind, shape)

    model = helper.make_model(
        helper.make_graph(nodes, "case", [info(*i) for i in inputs], [info(*o) for o in outputs], [numpy_helper.from_array(v, n) for n, v in initializers]),
        opset_imports=[helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", ml)], ir_version=10,
    )
    if any(node.domain == "com.microsoft" for node in nodes):
        model.opset_import.extend([helper.make_opsetid("com.microsoft", 1)])
    return model


def ml(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs, outputs, domain="ai.onnx.ml", **attributes)


F, D, I64, I32, S, B = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.INT32, TensorProto.STRING, TensorProto.BOOL


def stump(mode="BRANCH_LEQ", value=0.5, missing=0):
    """One split over feature 0: node 1 when it holds, node 2 when not."""
    return dict(
        nodes_treeids=[0, 0, 0], nodes_nodeids=[0, 1, 2], nodes_featureids=[0, 0, 0], nodes_modes=[mode, "LEAF", "LEAF"], nodes_values=[value, 0.0, 0.0],
        nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 0, 0], nodes_missing_value_tracks_true=[missing, 0, 0],
    )


@case
def tree_modes():
    """The six comparisons, each with both tracks for NaN."""
    modes = ["LEQ", "LT", "GTE", "GT", "EQ", "NEQ"]
    nodes, outputs = [], []
    for mode in modes:
        for missing in (0, 1):
            name = f"{mode.lower()}_{missing}"
            nodes.append(ml("TreeEnsembleRegressor", ["x"], [name], **stump("BRANCH_" + mode, 0.5, missing), target_treeids=[0, 0], target_nodeids=[1, 2],
                            target_ids=[0, 0], target_weights=[1.0, 2.0], n_targets=1))
            outputs.append((name, F, [None, 1]))
    half = np.float32(0.5)
    rows = np.array([[NAN], [0.5], [np.nextafter(half, np.float32(1))], [np.nextafter(half, np.float32(0))], [INF], [-INF], [-0.0]], dtype=np.float32)
    return graph(nodes, [("x", F, [None, 1])], outputs), {"x": rows}, *EXACT


@case
def tree_mixed_modes():
    """Comparisons of different kinds in one tree, node ids out of order."""
    attributes = dict(
        nodes_treeids=[0] * 7, nodes_nodeids=[4, 0, 1, 2, 3, 5, 6], nodes_featureids=[1, 0, 0, 0, 0, 0, 0],
        nodes_modes=["BRANCH_LT", "BRANCH_GTE", "BRANCH_EQ", "LEAF", "LEAF", "LEAF", "LEAF"], nodes_values=[1.5, -1.0, 2.0, 0, 0, 0, 0],
        nodes_truenodeids=[0, 2, 3, 0, 0, 0, 0], nodes_falsenodeids=[0, 3, 5, 0, 0, 0, 0],
    )
    # The first node of a tree in the file is its root: node 4, then nodes 0 and 1.
    attributes["nodes_truenodeids"] = [0, 2, 5, 0, 0, 0, 0]
    attributes["nodes_falsenodeids"] = [1, 3, 6, 0, 0, 0, 0]
    node = ml("TreeEnsembleRegressor", ["x"], ["y"], **attributes, target_treeids=[0] * 4, target_nodeids=[2, 3, 5, 6], target_ids=[0] * 4,
              target_weights=[10.0, 20.0, 30.0, 40.0], n_targets=1)
    rows = np.array([[a, b] for a in (NAN, -2.0, -1.0, 2.0, 3.0) for b in (NAN, 1.5, 1.0)], dtype=np.float32)
    return graph([node], [("x", F, [None, 2])], [("y", F, [None, 1])]), {"x": rows}, *EXACT


def two_trees(scale=1.0):
    first, second = stump(), stump("BRANCH_LT", -0.25)
    both = {k: first[k] + second[k] for k in first}
    both["nodes_treeids"] = [0, 0, 0, 1, 1, 1]
    return both


@case
def tree_aggregates():
    """SUM, AVERAGE, MIN and MAX over two trees with base values, one and two targets."""
    nodes, outputs = [], []
    for how in ("SUM", "AVERAGE", "MIN", "MAX"):
        nodes.append(ml("TreeEnsembleRegressor", ["x"], [how.lower()], **two_trees(), target_treeids=[0, 0, 1, 1], target_nodeids=[1, 2, 1, 2],
                        target_ids=[0] * 4, target_weights=[1.25, -2.5, 0.75, 3.0], n_targets=1, aggregate_function=how, base_values=[0.125]))
        # Target 1 has no weight in the second tree.
        nodes.append(ml("TreeEnsembleRegressor", ["x"], [how.lower() + "_two"], **two_trees(), target_treeids=[0, 0, 0, 0, 1, 1], target_nodeids=[1, 2, 1, 2, 1, 2],
                        target_ids=[0, 0, 1, 1, 0, 0], target_weights=[1.25, -2.5, 0.5, 4.0, 0.75, 3.0], n_targets=2, aggregate_function=how, base_values=[0.125, -8.0]))
        outputs += [(how.lower(), F, [None, 1]), (how.lower() + "_two", F, [None, 2])]
    rows = np.array([[-1.0], [-0.25], [0.0], [0.5], [0.75], [NAN]], dtype=np.float32)
    return graph(nodes, [("x", F, [None, 1])], outputs), {"x": rows}, *EXACT


@case
def tree_regressor_transforms():
    """A regressor's post transforms with two targets, and with one."""
    nodes, outputs = [], []
    for how in ("NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"):
        for targets, ids, weights in ((1, [0, 0, 0, 0], [1.25, -2.5, 0.75, 0.0]), (2, [0, 1, 0, 1], [1.25, -2.5, 0.75, 0.0])):
            name = f"{how.lower()}_{targets}"
            nodes.append(ml("TreeEnsembleRegressor", ["x"], [name], **two_trees(), target_treeids=[0, 0, 1, 1], target_nodeids=[1, 2, 1, 2],
                            target_ids=ids, target_weights=weights, n_targets=targets, post_transform=how))
            outputs.append((name, F, [None, targets]))
    rows = np.array([[-1.0], [0.0], [0.75], [NAN]], dtype=np.float32)
    return graph(nodes, [("x", F, [None, 1])], outputs), {"x": rows}, *MATHS


def classifier(name, weights, ids, labels, transform="NONE", base=None, trees=two_trees, treeids=(0, 0, 1, 1), nodeids=(1, 2, 1, 2)):
    attributes = dict(trees(), class_treeids=list(treeids), class_nodeids=list(nodeids), class_ids=ids, class_weights=weights, post_transform=transform)
    if isinstance(labels[0], str):
        attributes["classlabels_strings"] = labels
    else:
        attributes["classlabels_int64s"] = labels
    if base:
        attributes["base_values"] = base
    return ml("TreeEnsembleClassifier", ["x"], [name + "_label", name], **attributes)


@case
def tree_classifier_binary():
    """Two labels and weights for one class only: the other score follows from the transform and from the weights' signs."""
    nodes, outputs = [], []
    forms = {
        "positive": ([0.25, 0.4, 0.25, 0.1], [1, 1, 1, 1]), "mixed": ([0.25, -1.4, 0.5, 0.1], [1, 1, 1, 1]), "zeroth": ([0.25, -1.4, 0.5, 0.1], [0, 0, 0, 0]),
        "zeroth_positive": ([0.25, 0.4, 0.25, 0.1], [0, 0, 0, 0]),
    }
    for form, (weights, ids) in forms.items():
        for how in ("NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"):
            for base in ([], [0.3], [0.1, 0.2]):
                name = f"{form}_{how.lower()}_{len(base)}"
                nodes.append(classifier(name, weights, ids, ["no", "yes"] if how == "NONE" else [7, 9], how, base))
                outputs += [(name + "_label", S if how == "NONE" else I64, [None]), (name, F, [None, 2])]
    rows = np.array([[-1.0], [0.0], [0.75], [NAN]], dtype=np.float32)
    return graph(nodes, [("x", F, [None, 1])], outputs), {"x": rows}, *MATHS


@case
def tree_classifier_three():
    """Three labels, a class without any weight, base values, every transform."""
    nodes, outputs = [], []
    for how in ("NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"):
        for base in ([], [0.1, 0.2, -0.3]):
            for form, ids in (("all", [0, 1, 2, 0, 1, 2]), ("some", [1, 2, 1, 1, 2, 1])):
                name = f"{form}_{how.lower()}_{len(base)}"
                nodes.append(classifier(name, [0.25, -1.4, 0.5, 0.1, -0.7, -0.2], ids, ["a", "b", "c"], how, base, treeids=[0] * 6, nodeids=[1, 1, 1, 2, 2, 2], trees=stump))
                outputs += [(name + "_label", S, [None]), (name, F, [None, 3])]
    rows = np.array([[-1.0], [0.0], [0.75], [NAN]], dtype=np.float32)
    return graph(nodes, [("x", F, [None, 1])], outputs), {"x": rows}, *MATHS


@case
def tree_double():
    """Double thresholds and weights as tensors (ai.onnx.ml 3): the comparison is in double, and so is the sum."""
    def tensor(values):
        return helper.make_tensor("t", D, [len(values)], values)

    attributes = {k: v for k, v in two_trees().items() if k != "nodes_values"}
    node = ml("TreeEnsembleRegressor", ["x"], ["y"], **attributes, nodes_values_as_tensor=tensor([0.1, 0, 0, 0.3, 0, 0]), target_treeids=[0, 0, 1, 1],
              target_nodeids=[1, 2, 1, 2], target_ids=[0] * 4, target_weights_as_tensor=tensor([0.1, 0.2, 0.7, 1e-9]), n_targets=1,
              base_values_as_tensor=tensor([1e-12]))
    rows = np.array([[0.1], [np.nextafter(0.1, 1)], [np.float64(np.float32(0.1))], [NAN], [0.3]])
    return graph([node], [("x", D, [None, 1])], [("y", F, [None, 1])]), {"x": rows}, *EXACT


def ensemble5(kind, dtype, name="y", x="x", **changes):
    """ai.onnx.ml 5: two trees, the second a single leaf (both branches of its root are that leaf)."""
    attributes = dict(
        n_targets=2, aggregate_function=1, post_transform=0, tree_roots=[0, 2], nodes_featureids=[0, 1, 0], nodes_modes=helper.make_tensor("m", TensorProto.UINT8, [3], [0, 4, 0]),
        nodes_splits=helper.make_tensor("s", kind, [3], np.array([0.1, 2.0, 0.0], dtype)), nodes_truenodeids=[1, 1, 2], nodes_trueleafs=[0, 1, 1],
        nodes_falsenodeids=[0, 3, 2], nodes_falseleafs=[1, 1, 1], nodes_missing_value_tracks_true=[1, 0, 0],
        leaf_targetids=[0, 1, 0, 1], leaf_weights=helper.make_tensor("w", kind, [4], np.array([0.1, 0.2, 0.3, -4.0], dtype)),
    )
    attributes.update(changes)
    return ml("TreeEnsemble", [x], [name], **attributes)


@case
def tree_ensemble_5():
    """The single operator of ai.onnx.ml 5, float and double, with a tree that is one leaf."""
    nodes = [ensemble5(F, np.float32), ensemble5(D, np.float64, "z", "d", aggregate_function=0)]
    rows = np.array([[a, b] for a in (NAN, 0.0, 0.1, 0.2) for b in (NAN, 2.0, 1.0)])
    return (graph(nodes, [("x", F, [None, 2]), ("d", D, [None, 2])], [("y", F, [None, 2]), ("z", D, [None, 2])], ml=5),
            {"x": rows.astype(np.float32), "d": rows}, *EXACT)


@case
def tree_ensemble_5_members():
    """Set membership in ai.onnx.ml 5: a feature is compared with a list of values."""
    modes = helper.make_tensor("m", TensorProto.UINT8, [2], [6, 0])
    node = ml("TreeEnsemble", ["x"], ["y"], n_targets=1, aggregate_function=1, post_transform=0, tree_roots=[0], nodes_featureids=[0, 0], nodes_modes=modes,
              nodes_splits=helper.make_tensor("s", F, [2], [NAN, 3.5]), nodes_truenodeids=[0, 1], nodes_trueleafs=[1, 1], nodes_falsenodeids=[1, 2], nodes_falseleafs=[0, 1],
              membership_values=helper.make_tensor("v", F, [4], [1.0, 2.5, 7.0, NAN]), leaf_targetids=[0, 0, 0], leaf_weights=helper.make_tensor("w", F, [3], [10.0, 20.0, 30.0]))
    rows = np.array([[1.0], [2.5], [7.0], [3.0], [3.5], [4.0], [NAN]], dtype=np.float32)
    return graph([node], [("x", F, [None, 1])], [("y", F, [None, 1])], ml=5), {"x": rows}, *EXACT


@case
def linear_classifier_forms():
    """LinearClassifier by hand: one and several score rows, every transform, text and integer labels."""
    nodes, outputs = [], []
    forms = {
        "one": dict(coefficients=[0.5, -1.0], intercepts=[0.25], classlabels_strings=["no", "yes"]),
        "two": dict(coefficients=[0.5, -1.0, -0.5, 1.0], intercepts=[0.25, -0.25], classlabels_ints=[0, 1]),
        "three": dict(coefficients=[0.5, -1.0, -0.5, 1.0, 0.0, 0.0], intercepts=[0.25, -0.25, 0.0], classlabels_strings=["a", "b", "c"]),
    }
    for form, attributes in forms.items():
        for how in ("NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"):
            name = f"{form}_{how.lower()}"
            nodes.append(ml("LinearClassifier", ["x"], [name + "_label", name], **attributes, post_transform=how))
            outputs += [(name + "_label", I64 if form == "two" else S, [None]), (name, F, [None, None])]
    rows = np.array([[0, 0], [0, 0.25], [0.5, 0.5], [3, 0], [-3, 2], [NAN, 0]], dtype=np.float32)
    return graph(nodes, [("x", F, [None, 2])], outputs), {"x": rows}, *MATHS


@case
def linear_regressor_forms():
    """LinearRegressor by hand: transforms with one and two targets, no intercepts, an integer input."""
    nodes, outputs = [], []
    for how in ("NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"):
        nodes.append(ml("LinearRegressor", ["x"], [how.lower() + "_1"], coefficients=[0.5, -1.0], intercepts=[0.25], post_transform=how))
        nodes.append(ml("LinearRegressor", ["x"], [how.lower() + "_2"], coefficients=[0.5, -1.0, 1.0, 1.0], targets=2, post_transform=how))
        outputs += [(how.lower() + "_1", F, [None, 1]), (how.lower() + "_2", F, [None, 2])]
    rows = np.array([[0, 0], [0.5, 0.5], [3, 0], [-3, 2]], dtype=np.float32)
    return graph(nodes, [("x", F, [None, 2])], outputs), {"x": rows}, *MATHS


@case
def probit():
    """PROBIT of one and of several scores, by onnxruntime's approximation. Outside of 0 to 1 it has no value."""
    nodes = [
        ml("LinearRegressor", ["x"], ["one"], coefficients=[0.2, 0.3], intercepts=[0.1], post_transform="PROBIT"),
        ml("LinearRegressor", ["x"], ["two"], coefficients=[0.2, 0.3, 0.1, 0.5], targets=2, post_transform="PROBIT"),
    ]
    rows = np.random.default_rng(60).uniform(size=(30, 2)).astype(np.float32)
    return graph(nodes, [("x", F, [None, 2])], [("one", F, [None, 1]), ("two", F, [None, 2])]), {"x": rows}, (64, 1), "Logarithms of small differences."


def machine(seed, classes, **attributes):
    """Attributes of a support vector machine over three features."""
    rng = np.random.default_rng(seed)
    counts = [3, 2, 4, 2][:classes]
    pairs = classes * (classes - 1) // 2
    return dict(
        kernel_params=[0.5, 0.1, 2.0], vectors_per_class=counts, support_vectors=rng.normal(size=sum(counts) * 3).tolist(),
        coefficients=rng.normal(size=sum(counts) * (classes - 1)).tolist(), rho=rng.normal(size=pairs).tolist(), **attributes,
    )


@case
def svm_classifier_forms():
    """SVMClassifier: all kernels, two to four classes, post transforms, text and integer labels. Labels follow votes, not scores."""
    nodes, outputs = [], []
    for kernel, classes, how in [("LINEAR", 2, "NONE"), ("RBF", 2, "LOGISTIC"), ("POLY", 2, "SOFTMAX"), ("SIGMOID", 3, "NONE"), ("RBF", 4, "SOFTMAX"), ("LINEAR", 3, "LOGISTIC")]:
        name = f"{kernel.lower()}_{classes}"
        labels = dict(classlabels_strings=list("abcd")[:classes]) if classes % 2 else dict(classlabels_ints=list(range(3, 3 + classes)))
        nodes.append(ml("SVMClassifier", ["x"], [f"label_{name}", f"score_{name}"], kernel_type=kernel, post_transform=how, **machine(61, classes), **labels))
        outputs += [(f"label_{name}", S if classes % 2 else I64, [None]), (f"score_{name}", F, [None, max(2, classes * (classes - 1) // 2)])]
    rows = np.random.default_rng(62).normal(size=(30, 3)).astype(np.float32)
    return graph(nodes, [("x", F, [None, 3])], outputs), {"x": rows}, (64, 1), "Sums of kernels in another order."


@case
def svm_probabilities():
    """SVMClassifier with Platt's probabilities, which are coupled by pairs."""
    nodes, outputs = [], []
    for classes in (2, 3, 4):
        pairs = classes * (classes - 1) // 2
        platt = dict(prob_a=[-0.5 - 0.1 * pair for pair in range(pairs)], prob_b=[0.1 * pair for pair in range(pairs)])
        nodes.append(ml("SVMClassifier", ["x"], [f"label_{classes}", f"score_{classes}"], kernel_type="RBF", classlabels_ints=list(range(classes)), **machine(63, classes), **platt))
        outputs += [(f"label_{classes}", I64, [None]), (f"score_{classes}", F, [None, classes])]
    rows = np.random.default_rng(64).normal(size=(30, 3)).astype(np.float32)
    return graph(nodes, [("x", F, [None, 3])], outputs), {"x": rows}, (256, 1), "An iteration that stops at a limit, in float32."


@case
def svm_regressor_forms():
    """SVMRegressor: all kernels, one class, and without support vectors."""
    nodes, outputs = [], []
    for kernel in ("LINEAR", "POLY", "RBF", "SIGMOID"):
        for one_class in (0, 1):
            rng = np.random.default_rng(65)
            nodes.append(ml("SVMRegressor", ["x"], [f"{kernel.lower()}_{one_class}"], kernel_type=kernel, kernel_params=[0.5, 0.1, 3.0], n_supports=4, support_vectors=rng.normal(size=12).tolist(), coefficients=rng.normal(size=4).tolist(), rho=[0.2], one_class=one_class))
            outputs.append((f"{kernel.lower()}_{one_class}", F, [None, 1]))
    nodes.append(ml("SVMRegressor", ["x"], ["plain"], kernel_type="LINEAR", kernel_params=[0.0, 0.0, 0.0], coefficients=[0.5, -1.0, 2.0], rho=[0.25]))
    outputs.append(("plain", F, [None, 1]))
    rows = np.random.default_rng(66).normal(size=(30, 3)).astype(np.float32)
    return graph(nodes, [("x", F, [None, 3])], outputs), {"x": rows}, (64, 1), "Sums of kernels in another order."


@case
def category_mapper():
    """CategoryMapper both ways, with defaults."""
    both = dict(cats_int64s=[3, 1, 2], cats_strings=["c", "a", "b"])
    nodes = [ml("CategoryMapper", ["t"], ["number"], default_int64=-7, **both), ml("CategoryMapper", ["i"], ["text"], default_string="?", **both)]
    feeds = {"t": np.array(["a", "b", "", "z"], dtype=object), "i": np.array([1, 2, 3, 4], dtype=np.int64)}
    return graph(nodes, [("t", S, [None]), ("i", I64, [None])], [("number", I64, [None]), ("text", S, [None])]), feeds, *EXACT


@case
def layer_norm_of_great_numbers():
    """LayerNormalization of numbers whose sum float32 does not hold, and whose squares it does not."""
    node = helper.make_node("LayerNormalization", ["x", "scale", "bias"], ["y", "mean", "inverse"])
    rows = np.vstack([numbers(42, 5, 9), np.full((1, 9), 3e38), np.full((1, 9), -3e38), [[3e38, 0, 0, 3e38, 1, -1, 3e38, 0, 0]], [[1e18] + [0] * 8]]).astype(np.float32)
    constants = [("scale", weights(43, 9)), ("bias", weights(44, 9))]
    return graph([node], [("x", F, [None, 9])], [("y", F, [None, 9]), ("mean", F, [None, 1]), ("inverse", F, [None, 1])], constants), {"x": rows}, *SUMS


@case
def patterns_of_whole_texts():
    """RegexFullMatch: classes of ASCII and by name, boundaries, ends, alternatives, lazy and counted repeats, and letters in either case."""
    patterns = [
        r"www\.[\w.-]+\.\bcom\b", r"a|ab", r"(?i)[ks]+", r"\d{2,3}-\w*?", r"[[:alpha:]_]+[^[:space:]]?", r"^\Aa.c$\z", r"(?s)a.c", r"(?m)a$\n^b", r"\s\S\D\W", "", "é+",
    ]
    rows = ["www.a-b.com", "www..com", "ab", "a", "abc", "a\nc", "a\nb", "K\u212a\u017fs", "12-x_9", "1234-", "12-é", "é", "éé", "", "\ta..", " \u00a0x!", "x_y\u0663", "abc\n"]
    nodes = [helper.make_node("RegexFullMatch", ["x"], [f"y{number}"], pattern=pattern) for number, pattern in enumerate(patterns)]
    return graph(nodes, [("x", S, [None])], [(f"y{number}", B, [None]) for number in range(len(patterns))]), {"x": np.array(rows, dtype=object)}, *EXACT


@case
def letters_in_either_case():
    """StringNormalizer changes the case of each code point by itself."""
    nodes = [helper.make_node("StringNormalizer", ["x"], [case.lower()], case_change_action=case, locale="C.UTF-8") for case in ("LOWER", "UPPER", "NONE")]
    rows = ["Straße", "İstanbul", "ΟΔΟΣ ὈΔΥΣΣΕΎΣ", "ŉ", "ᾀ", "Ǆ", "ÿ", "", "\u1e9e"]
    return graph(nodes, [("x", S, [None])], [(case, S, [None]) for case in ("lower", "upper", "none")]), {"x": np.array(rows, dtype=object)}, *EXACT


TEXTS = [
    "The cat sat on the mat.", "the CAT; the dog-house, the end_1", "", " ... ", "dog cat dog cat dog", "caté cat\u00a0dog\ndog", "a b c", "aa.bb,cc dd", "été 12 x", "cat",
    "dog " * 1000, "\U0001f408 cat\U0001f408dog",
]


def tokens(tokenizer, pool, **attributes):
    """A Tokenizer of a column of texts, and counts of n-grams of its tokens."""
    counts = dict(mode="TF", min_gram_length=1, max_gram_length=1, max_skip_count=0, ngram_counts=[0], ngram_indexes=list(range(len(pool))), pool_strings=pool)
    nodes = [
        helper.make_node("Tokenizer", ["x"], ["cut"], domain="com.microsoft", **{**dict(mark=0, mincharnum=1, pad_value="#"), **tokenizer}),
        helper.make_node("Flatten", ["cut"], ["flat"]), helper.make_node("TfIdfVectorizer", ["flat"], ["y"], **{**counts, **attributes}),
    ]
    return graph(nodes, [("x", S, [None, 1])], [("y", F, [None, max(attributes.get("ngram_indexes", counts["ngram_indexes"])) + 1])]), {"x": np.array(TEXTS, dtype=object).reshape(-1, 1)}, *EXACT


@case
def tokens_of_letters():
    """Runs of letters, and pairs of them; a pair may stand for the same column as a single one."""
    pairs = dict(max_gram_length=2, ngram_counts=[0, 3], ngram_indexes=[2, 0, 3, 1, 0], mode="TFIDF", weights=[0.5, 2.0, 3.0, 1.5, 0.5])
    return tokens(dict(tokenexp="[a-zA-Z0-9_]+"), ["cat", "dog", "the", "cat", "dog", "dog", "cat"], **pairs)


@case
def tokens_of_whole_words():
    """Words between boundaries, where every letter beyond ASCII is one, in texts of at least two letters."""
    return tokens(dict(tokenexp=r"\b\w\w+\b", mincharnum=3), ["cat", "dog", "the", "caté", "end_1", "on"], mode="IDF")


@case
def tokens_between_separators():
    """Tokens between any of several separators."""
    return tokens(dict(separators=[" ", "[.]", ",", r"\s+"]), ["cat", "mat", "aa", "bb", "cc", "dog", "the", "dog-house", "é"])


@case
def tokens_of_single_letters():
    """Code points and pairs of them, as of a vectorizer of characters."""
    pairs = dict(max_gram_length=2, ngram_counts=[0, 4], ngram_indexes=[0, 1, 2, 3, 4, 5, 6])
    return tokens(dict(tokenexp="."), ["a", " ", "é", "\n", "c", "a", "a", "t", "\n", "d"], **pairs)


@case
def tokens_of_chosen_letters():
    """Only some code points are tokens; those between are passed over."""
    return tokens(dict(tokenexp="[a-c]"), ["a", "b", "a", "b", "b", "c"], max_gram_length=2, ngram_counts=[0, 2], ngram_indexes=[0, 1, 2, 3])


@case
def text_classifier():
    """Texts in lower case as weights of words and pairs of words, less the stop words, and a linear model of them."""
    from skl2onnx.common.data_types import StringTensorType
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from skl2onnx import to_onnx

    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern="[a-zA-Z0-9_]+", sublinear_tf=True)
    texts = [text for text in TEXTS if len(text) < 1000]
    model = make_pipeline(words, LogisticRegression()).fit(texts, [len(text) % 3 for text in texts])
    # The locale that every system has.
    options = {id(words): {"locale": "C.UTF-8"}, id(model): {"zipmap": False}}
    onx = to_onnx(model, initial_types=[("text", StringTensorType([None, 1]))], options=options, target_opset={"": 21, "ai.onnx.ml": 3})
    return onx, {"text": np.array(TEXTS, dtype=object).reshape(-1, 1)}, *MATHS


@case
def distances():
    """CDist with both metrics, in float32 and double: the square of a distance is a difference of greater squares."""
    centres = np.array([[0, 0, 0], [1, 2, 3], [1000, -2000, 500], [0.5, 0.25, 0.125]])
    nodes, outputs = [helper.make_node("Cast", ["x"], ["d"], to=D)], []
    for metric in ("euclidean", "sqeuclidean"):
        nodes.append(helper.make_node("CDist", ["x", "centres"], [metric], domain="com.microsoft", metric=metric))
        nodes.append(helper.make_node("CDist", ["d", "exact"], [metric + "_d"], domain="com.microsoft", metric=metric))
        outputs += [(metric, F, [None, 4]), (metric + "_d", D, [None, 4])]
    rows = np.vstack([centres, numbers(41, 6, 3), [[NAN, 0, 0], [1000.01, -2000, 500]]]).astype(np.float32)
    constants = [("centres", centres.astype(np.float32)), ("exact", centres.astype(np.float32).astype(np.float64))]
    why = "The order of sums is open, and what is left of the difference of two great squares is small."
    return graph(nodes, [("x", F, [None, 3])], outputs, constants), {"x": rows}, (2, 1), why


@case
def short_integers():
    """int8 and uint8 wrap, shifts and bits keep to their width."""
    nodes = [
        helper.make_node("Cast", ["x"], ["s"], to=TensorProto.INT8), helper.make_node("Cast", ["x"], ["u"], to=TensorProto.UINT8),
        helper.make_node("Add", ["s", "s"], ["ss"]), helper.make_node("Cast", ["ss"], ["a"], to=I64), helper.make_node("BitwiseNot", ["u"], ["uu"]), helper.make_node("Cast", ["uu"], ["b"], to=I64),
        helper.make_node("BitShift", ["u", "one"], ["left"], direction="LEFT"), helper.make_node("Cast", ["left"], ["c"], to=I64),
    ]
    rows = np.array([0, 1, -1, 127, 128, 255, 256, -129, 100000], dtype=np.int64)
    return graph(nodes, [("x", I64, [None])], [("a", I64, [None]), ("b", I64, [None]), ("c", I64, [None])], [("one", np.array([1], np.uint8))]), {"x": rows}, *EXACT


@case
def branch_by_row():
    """A Loop of three turns over a matrix, and TopK with ties in each row."""
    body = helper.make_graph(
        [helper.make_node("Mul", ["state", "two"], ["next"]), helper.make_node("Identity", ["go"], ["on"])],
        "body",
        [helper.make_tensor_value_info("turn", I64, []), helper.make_tensor_value_info("go", TensorProto.BOOL, []), helper.make_tensor_value_info("state", F, [None, 4])],
        [helper.make_tensor_value_info("on", TensorProto.BOOL, []), helper.make_tensor_value_info("next", F, [None, 4])],
    )
    nodes = [helper.make_node("Loop", ["three", "", "x"], ["y"], body=body), helper.make_node("TopK", ["y", "k"], ["best", "where"], axis=1)]
    constants = [("three", np.array(3, np.int64)), ("two", np.array([2.0], np.float32)), ("k", np.array([2], np.int64))]
    rows = np.array([[1, 1, 0, -1], [3, 5, 5, 5], [-0.0, 0.0, -1, -2], [INF, 1, -INF, INF], [-INF, -INF, -INF, -INF]], dtype=np.float32)
    return graph(nodes, [("x", F, [None, 4])], [("y", F, [None, 4]), ("best", F, [None, 2]), ("where", I64, [None, 2])], constants), {"x": rows}, *EXACT


@case
def label_encoder_forms():
    """LabelEncoder between text, integers and floats, with defaults given and left out. A NaN key finds nothing before ai.onnx.ml 4."""
    forms = {
        "si": (S, dict(keys_strings=["a", "b"], values_int64s=[5, 6])), "is": (I64, dict(keys_int64s=[1, 2], values_strings=["one", "two"], default_string="other")),
        "ss": (S, dict(keys_strings=["a", "b"], values_strings=["x", "y"])), "sf": (S, dict(keys_strings=["a", "b"], values_floats=[0.5, 1.5])),
        "fs": (F, dict(keys_floats=[0.5, NAN], values_strings=["half", "missing"], default_string="none")), "ff": (F, dict(keys_floats=[0.5, NAN], values_floats=[2.0, 3.0], default_float=-9.0)),
        "if": (I64, dict(keys_int64s=[1, 2], values_floats=[0.5, 0.25])), "fi": (F, dict(keys_floats=[0.5, 1.0], values_int64s=[4, 5], default_int64=77)),
        "ii": (I64, dict(keys_int64s=[1, 2], values_int64s=[10, 20])),
    }
    kinds = {"i": I64, "s": S, "f": F}
    nodes = [ml("LabelEncoder", [form[0]], [form], **attributes) for form, (_, attributes) in forms.items()]
    outputs = [(form, kinds[form[1]], [None]) for form in forms]
    feeds = {"s": np.array(["a", "b", "", "c"], dtype=object), "i": np.array([1, 2, 3, -1]), "f": np.array([0.5, NAN, 1.0, 2.0], dtype=np.float32)}
    return graph(nodes, [("s", S, [None]), ("i", I64, [None]), ("f", F, [None])], outputs, ml=2), feeds, *EXACT


@case
def label_encoder_tensors():
    """Keys and values as tensors, and a NaN key that finds NaN (ai.onnx.ml 4)."""
    node = ml("LabelEncoder", ["s"], ["y"], keys_tensor=numpy_helper.from_array(np.array(["a", "b"], dtype=object)),
              values_tensor=numpy_helper.from_array(np.array([0.5, 1.5], dtype=np.float32)), default_tensor=numpy_helper.from_array(np.array([-1.0], dtype=np.float32)))
    missing = ml("LabelEncoder", ["x"], ["z"], keys_floats=[0.5, NAN], values_int64s=[1, 2], default_int64=-7)
    model = graph([node, missing], [("s", S, [None, 2]), ("x", F, [None])], [("y", F, [None, 2]), ("z", I64, [None])], ml=4)
    return model, {"s": np.array([["a", "b"], ["c", ""]], dtype=object), "x": np.array([NAN, 0.5], np.float32)}, *EXACT


@case
def imputer_forms():
    """Imputer by hand: one value for all columns, a replaced value that is not NaN, integers."""
    nodes = [
        ml("Imputer", ["x"], ["one"], imputed_value_floats=[9.0], replaced_value_float=NAN), ml("Imputer", ["x"], ["zero"], imputed_value_floats=[1.0, 2.0], replaced_value_float=0.0),
        ml("Imputer", ["i"], ["whole"], imputed_value_int64s=[5, 6], replaced_value_int64=-1),
    ]
    feeds = {"x": np.array([[NAN, 1], [0, -0.0], [3, NAN]], dtype=np.float32), "i": np.array([[-1, -1], [0, 4], [5, -1]])}
    return graph(nodes, [("x", F, [None, 2]), ("i", I64, [None, 2])], [("one", F, [None, 2]), ("zero", F, [None, 2]), ("whole", I64, [None, 2])]), feeds, *EXACT


@case
def one_hot_forms():
    """OneHotEncoder by hand over text, integers, and floats that are cut to integers."""
    nodes = [
        ml("OneHotEncoder", ["s"], ["text"], cats_strings=["a", "b"], zeros=1), ml("OneHotEncoder", ["i"], ["whole"], cats_int64s=[3, 1, -2], zeros=1),
        ml("OneHotEncoder", ["f"], ["cut"], cats_int64s=[0, 1], zeros=1),
    ]
    nodes += [helper.make_node("Flatten", [n], [n + "_flat"]) for n in ("text", "whole", "cut")]
    feeds = {"s": np.array([["a"], ["b"], ["c"], [""]], dtype=object), "i": np.array([[3, 1], [-2, 0], [1, 1], [3, 3]]), "f": np.array([[0.9], [1.0], [-0.5], [2.0]], dtype=np.float32)}
    return (graph(nodes, [("s", S, [None, 1]), ("i", I64, [None, 2]), ("f", F, [None, 1])], [("text_flat", F, [None, 2]), ("whole_flat", F, [None, 6]), ("cut_flat", F, [None, 2])]),
            feeds, *EXACT)


@case
def arithmetic():
    """Add, Sub, Mul, Div with broadcasting both ways, whole-number division, Pow, Sqrt, Neg, Abs, Sign, Min, Max, Clip, Where."""
    node = helper.make_node
    nodes = [
        node("Add", ["x", "row"], ["add"]), node("Sub", ["one", "x"], ["sub"]), node("Mul", ["x", "k"], ["mul"]), node("Div", ["x", "k"], ["div"]),
        node("Div", ["i", "three"], ["whole"]), node("Neg", ["x"], ["neg"]), node("Abs", ["x"], ["abs"]), node("Sqrt", ["x"], ["sqrt"]), node("Sign", ["x"], ["sign"]),
        node("Max", ["x", "row"], ["max"]), node("Min", ["x", "one"], ["min"]), node("Clip", ["x", "low", "high"], ["clip"]), node("Greater", ["x", "one"], ["greater"]),
        node("Where", ["greater", "row", "x"], ["where"]), node("Sum", ["x", "row", "k"], ["sum"]), node("Reciprocal", ["x"], ["reciprocal"]),
        node("Not", ["greater"], ["not"]), node("Cast", ["not"], ["flag"], to=F), node("IsNaN", ["x"], ["nan"]), node("Cast", ["nan"], ["nan_flag"], to=I64),
        node("Relu", ["x"], ["relu"]), node("Floor", ["x"], ["floor"]), node("Identity", ["x"], ["same"]),
    ]
    constants = [("row", np.array([[1, 2]], np.float32)), ("one", np.array(1, np.float32)), ("three", np.array([3], np.int64)), ("low", np.array(-0.5, np.float32)),
                 ("high", np.array(2, np.float32))]
    wide = ["add", "sub", "mul", "div", "neg", "abs", "sqrt", "sign", "max", "min", "clip", "where", "sum", "reciprocal", "flag", "relu", "floor", "same"]
    feeds = {"x": np.array([[1, -1], [0.1, 4], [-0.0, NAN], [INF, -INF]], np.float32), "k": np.array([[3], [0], [7], [-2]], np.float32), "i": np.array([[7, -7], [9, 0], [-1, 1], [2, -3]])}
    outputs = [(n, F, [None, 2]) for n in wide] + [("whole", I64, [None, 2]), ("nan_flag", I64, [None, 2])]
    return graph(nodes, [("x", F, [None, 2]), ("k", F, [None, 1]), ("i", I64, [None, 2])], outputs, constants), feeds, *EXACT


@case
def activations():
    """Exp, Log, Sigmoid, Tanh, Softmax and its older form, in float32 and double."""
    node = helper.make_node
    nodes, outputs = [], []
    for kind, x in ((F, "x"), (D, "d")):
        for op in ("Exp", "Log", "Sigmoid", "Tanh", "Softmax"):
            name = f"{op.lower()}_{x}"
            nodes.append(node(op, [x], [name]))
            outputs.append((name, kind, [None, 3]))
    rows = np.array([[0, 1, -1], [0.5, 20, -20], [90, -90, 3], [1e-3, 700, -700]], np.float64)
    return graph(nodes, [("x", F, [None, 3]), ("d", D, [None, 3])], outputs), {"x": rows.astype(np.float32), "d": rows}, *MATHS


@case
def angles():
    """Acos, Acosh, Asin, Asinh, Atan, Atanh, Cos, Cosh, Sin, Sinh, Tan, inside of their domains and outside."""
    ops = ("Acos", "Acosh", "Asin", "Asinh", "Atan", "Atanh", "Cos", "Cosh", "Sin", "Sinh", "Tan")
    nodes = [helper.make_node(op, ["x"], [op.lower()]) for op in ops]
    rows = np.array([[0, 1, -1], [0.5, 20, -20], [90, -90, 3], [1e-3, 1.5, -0.999], [1e-30, NAN, 1e10], [INF, -INF, -0.0]], np.float32)
    return graph(nodes, [("x", F, [None, 3])], [(op.lower(), F, [None, 3]) for op in ops]), {"x": rows}, *MATHS


@case
def error_function():
    """Erf, and Gelu in both forms."""
    node = helper.make_node
    nodes = [node("Erf", ["x"], ["erf"]), node("Gelu", ["x"], ["gelu"]), node("Gelu", ["x"], ["rough"], approximate="tanh")]
    rows = np.array([[0, 1, -1], [0.5, 20, -2], [3.9, -3.9, 3], [1e-3, 1.5, -0.999], [1e-30, NAN, 1e10], [0.1, -0.25, -0.0]], np.float32)
    return graph(nodes, [("x", F, [None, 3])], [(name, F, [None, 3]) for name in ("erf", "gelu", "rough")], opset=20), {"x": rows}, *MATHS


@case
def glue():
    """What exporters put around models: ArgMax, ArrayFeatureExtractor, Reshape, Concat, Cast, Slice, Gather, Transpose, Shape arithmetic."""
    node = helper.make_node
    nodes = [
        node("ArgMax", ["x"], ["top"], axis=1), ml("ArrayFeatureExtractor", ["classes", "top"], ["picked"]), node("Reshape", ["picked", "flat"], ["label"]),
        node("ArgMin", ["x"], ["bottom"], axis=1, keepdims=0), ml("ArrayFeatureExtractor", ["x", "columns"], ["some"]), node("Concat", ["some", "x"], ["both"], axis=1),
        node("Slice", ["both", "from", "to", "axes"], ["sliced"]), node("Gather", ["x", "last"], ["gathered"], axis=1), node("Cast", ["x"], ["whole"], to=I64),
        node("Shape", ["x"], ["shape"]), node("Gather", ["shape", "zero"], ["rows"], axis=0), node("Concat", ["rows", "minus"], ["target"], axis=0),
        node("Reshape", ["both", "target"], ["same"]), node("ReduceSum", ["x", "axes"], ["total"], keepdims=1), node("ReduceMean", ["x", "axes"], ["mean"], keepdims=0),
        node("MatMul", ["x", "weights"], ["product"]), node("Gemm", ["x", "weights", "bias"], ["gemm"], alpha=0.5, beta=2.0), node("ReduceMax", ["x", "axes"], ["greatest"], keepdims=0),
    ]
    constants = [("classes", np.array(["a", "b", "c"], dtype=object)), ("flat", np.array([-1], np.int64)), ("columns", np.array([2, 0], np.int64)), ("from", np.array([1], np.int64)),
                 ("to", np.array([4], np.int64)), ("axes", np.array([1], np.int64)), ("last", np.array([-1, 0], np.int64)), ("zero", np.array([0], np.int64)), ("minus", np.array([-1], np.int64)),
                 ("weights", np.array([[1, 2], [0.5, -1], [0.25, 0]], np.float32)), ("bias", np.array([1, -1], np.float32))]
    outputs = [("label", S, [None]), ("bottom", I64, [None]), ("some", F, [None, 2]), ("sliced", F, [None, 3]), ("gathered", F, [None, 2]), ("whole", I64, [None, 3]), ("same", F, [None, 5]),
               ("total", F, [None, 1]), ("mean", F, [None]), ("product", F, [None, 2]), ("gemm", F, [None, 2]), ("greatest", F, [None])]
    rows = np.array([[1, 1, 0], [0, 2.5, 2.5], [-1.5, -2.5, 7], [0.1, 0.2, 0.3]], np.float32)
    return graph(nodes, [("x", F, [None, 3])], outputs, constants), {"x": rows}, *SUMS


@case
def casts():
    """Casts among bool, int32, int64, float, double, and from whole numbers to text."""
    node = helper.make_node
    nodes, outputs = [], []
    for source, kinds in (("f", (I64, I32, D, B)), ("i", (F, D, I32, B, S)), ("d", (F, B)), ("b", (F, I64))):
        for kind in kinds:
            name = f"{source}_{TensorProto.DataType.Name(kind).lower()}"
            nodes.append(node("Cast", [source], [name], to=kind))
            outputs.append((name, kind, [None]))
    feeds = {"f": np.array([0.0, 1.9, -1.9, 0.1], np.float32), "i": np.array([0, -5, 2**40 + 1, 16777217]), "d": np.array([0.1, 1e-50, 1e40, -2.5]),
             "b": np.array([True, False, True, True])}
    inputs = [("f", F, [None]), ("i", I64, [None]), ("d", D, [None]), ("b", B, [None])]
    return graph(nodes, inputs, outputs), feeds, *EXACT


@case
def numbers_as_text():
    """Casts of floats to text with eight digits, and of truth values; NaN, infinities and both zeros."""
    node = helper.make_node
    nodes = [node("Cast", ["f"], ["of_f"], to=S), node("Cast", ["d"], ["of_d"], to=S), node("Cast", ["b"], ["of_b"], to=S)]
    rng = np.random.default_rng(5)
    edges = [0.0, -0.0, NAN, INF, -INF, 1.0, -1.5, 0.1, 1 / 3, 1e-5, 1e-4, 9.9999995e-5, 0.00012345679, 99999992.0, 99999995.0, 99999999.5, 1e8, 123456785.0, 123456795.0, 1e15, 1.5e17,
             1e7, 9999999.95, 0.99999999, 0.999999995, 0.9999999949999, 12345678.5, 12345679.5, 2.5e-14, 1e-14, 16777217.0, 2.0**53, 1234567.85, 0.5, 100.0, 1200000.0]
    many = np.concatenate([edges, rng.normal(size=60) * 10.0 ** rng.integers(-13, 17, 60), np.round(rng.normal(size=40), 3), rng.integers(-10**9, 10**9, 40) / 2.0])
    feeds = {"f": many.astype(np.float32), "d": many, "b": rng.random(len(many)) < 0.5}
    return graph(nodes, [("f", F, [None]), ("d", D, [None]), ("b", B, [None])], [("of_f", S, [None]), ("of_d", S, [None]), ("of_b", S, [None])]), feeds, *EXACT


@case
def text_as_numbers():
    """Casts of text to floats and whole numbers: signs, points, exponents, infinities and NaN."""
    node = helper.make_node
    nodes = [node("Cast", ["t"], ["as_f"], to=F), node("Cast", ["t"], ["as_d"], to=D), node("Cast", ["i"], ["as_i"], to=I64), node("Cast", ["i"], ["as_i32"], to=I32)]
    texts = ["1", "1.5", "-0", "+3", "1e3", "1E-3", "0.1", ".5", "5.", "inf", "-INF", "Infinity", "nan", "NaN", "9007199254740992", "123456789.123456", "1e22", "1e-22", "-2.5e+10", "0.30000000000000004",
             "3.4028236e38", "00012.50", "16777217", "0e5", "4.35", "2.675", "1e-7", "299792458"]
    texts[19], texts[20] = "0.3", "340282360e13"
    wholes = ["0", "-3", "+3", "007", "9223372036854775799", "-9223372036854775799", "2147483648", "4294967296", "-1", "12"]
    feeds = {"t": np.array(texts, dtype=object), "i": np.array([wholes[at % len(wholes)] for at in range(len(texts))], dtype=object)}
    return graph(nodes, [("t", S, [None]), ("i", S, [None])], [("as_f", F, [None]), ("as_d", D, [None]), ("as_i", I64, [None]), ("as_i32", I32, [None])]), feeds, *EXACT


@case
def scan_by_row():
    """A Scan along the batch whose results have it as their second axis, beside one along the columns of each row."""
    node, info = helper.make_node, helper.make_tensor_value_info
    by_row = helper.make_graph(
        [node("ReduceSum", ["row"], ["sum"], keepdims=0), node("Div", ["row", "sum"], ["share"]), node("Identity", ["state"], ["kept"])], "row",
        [info("state", F, []), info("row", F, [3])], [info("kept", F, []), info("share", F, [3]), info("sum", F, [])],
    )
    by_column = helper.make_graph(
        [node("Add", ["total", "cell"], ["next"]), node("Identity", ["next"], ["said"])], "column",
        [info("total", F, [None]), info("cell", F, [None])], [info("next", F, [None]), info("said", F, [None])],
    )
    nodes = [
        node("Scan", ["zero", "x"], ["carried", "shares", "sums"], body=by_row, num_scan_inputs=1, scan_output_axes=[1, 0]), node("Transpose", ["shares"], ["share"], perm=[1, 0]),
        node("Mul", ["sums", "nothing"], ["zeros"]), node("Scan", ["zeros", "x"], ["total", "running"], body=by_column, num_scan_inputs=1, scan_input_axes=[1], scan_output_axes=[1]),
    ]
    rows = np.array([[1, 1, 2], [0.5, -0.25, 0.25], [0, 0, 0], [NAN, 1, 2], [8, 0, -4]], np.float32)
    outputs = [("share", F, [None, 3]), ("sums", F, [None]), ("total", F, [None]), ("running", F, [None, 3])]
    return graph(nodes, [("x", F, [None, 3])], outputs, [("zero", np.array(0, np.float32)), ("nothing", np.array(0, np.float32))]), {"x": rows}, *EXACT


@case
def top_of_least_integers():
    """TopK where the least and the greatest of the integers are among the elements, each once or several times."""
    nodes, outputs = [], []
    for source, kind in (("x", I64), ("i", I32)):
        for way in (0, 1):
            names = [f"{source}_{'most' if way else 'least'}", f"{source}_{'most' if way else 'least'}_at"]
            nodes.append(helper.make_node("TopK", [source, "k"], names, largest=way))
            outputs += [(names[0], kind, [None, 3]), (names[1], I64, [None, 3])]
    low, high = np.iinfo(np.int64).min, np.iinfo(np.int64).max
    rows = np.array([[low] * 4, [high] * 4, [low, high, low, high], [low, low + 1, high, 0], [0, low, 0, low], [high - 1, high, -1, 1]])
    ends = np.clip(rows, np.iinfo(np.int32).min, np.iinfo(np.int32).max).astype(np.int32)
    return graph(nodes, [("x", I64, [None, 4]), ("i", I32, [None, 4])], outputs, [("k", np.array([3], np.int64))]), {"x": rows, "i": ends}, *EXACT


@case
def attention_without_keys():
    """Attention in which a mask leaves some rows no key: the shares of such a row are zero."""
    node = helper.make_node
    nodes = [
        node("Reshape", ["x", "whole"], ["q"]), node("Reshape", ["m", "mask"], ["seen"]), node("Greater", ["seen", "half"], ["allowed"]),
        node("Attention", ["q", "q", "q", "allowed"], ["y"], q_num_heads=1, kv_num_heads=1),
    ]
    constants = [("whole", np.array([-1, 2, 3], np.int64)), ("mask", np.array([-1, 1, 2, 2], np.int64)), ("half", np.array(0.5, np.float32))]
    rows = {"x": numbers(31, 5, 6), "m": np.array([[1, 1, 1, 1], [0, 0, 1, 1], [1, 0, 0, 0], [0, 0, 0, 0], [0, 1, 1, 0]], np.float32)}
    return graph(nodes, [("x", F, [None, 6]), ("m", F, [None, 4])], [("y", F, [None, 2, 3])], constants, opset=23), rows, *MATHS


# ---------------------------------------------------------------------------------------------- networks


def weights(seed, *shape):
    return (np.random.default_rng(seed).standard_normal(shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32)


def images(seed, rows, *shape):
    """Random images, and in front one of zeros, one of ones and one with a single bright element."""
    values = np.random.default_rng(seed).standard_normal((rows, *shape)).astype(np.float32)
    values[0], values[1], values[2] = 0.0, 1.0, 0.0
    values[2].flat[values[2].size // 2] = 8.0
    return values


@case
def convolutional_network():
    """Two convolutions with pools between, and a dense layer: the batch is the first axis from the first node to the last."""
    nodes = [
        helper.make_node("Conv", ["x", "w1", "b1"], ["c1"], pads=[1, 1, 1, 1]), helper.make_node("Relu", ["c1"], ["r1"]),
        helper.make_node("MaxPool", ["r1"], ["p1"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Conv", ["p1", "w2", "b2"], ["c2"], group=2, auto_pad="SAME_LOWER"), helper.make_node("Relu", ["c2"], ["r2"]),
        helper.make_node("Flatten", ["r2"], ["flat"]), helper.make_node("Gemm", ["flat", "w3", "b3"], ["scores"], transB=1), helper.make_node("Softmax", ["scores"], ["p"], axis=1),
    ]
    constants = [("w1", weights(1, 4, 2, 3, 3)), ("b1", weights(2, 4)), ("w2", weights(3, 6, 2, 2, 2)), ("b2", weights(4, 6)), ("w3", weights(5, 3, 54)), ("b3", weights(6, 3))]
    return graph(nodes, [("x", F, ["N", 2, 6, 6])], [("p", F, ["N", 3])], constants), {"x": images(1, 8, 2, 6, 6)}, *MATHS


@case
def max_pools():
    """Kernels that reach into padding, dilated, and in ceil mode, over one, two and three axes."""
    flat = lambda name: helper.make_node("Flatten", [name], [name + "_flat"])
    nodes = [
        helper.make_node("MaxPool", ["x"], ["wide"], kernel_shape=[3, 2], strides=[2, 1], pads=[1, 0, 1, 1]), helper.make_node("MaxPool", ["x"], ["ceiled"], kernel_shape=[2, 2], strides=[2, 3], ceil_mode=1),
        helper.make_node("MaxPool", ["x"], ["dilated"], kernel_shape=[2, 2], dilations=[2, 3]), helper.make_node("MaxPool", ["x"], ["same"], kernel_shape=[2, 2], auto_pad="SAME_UPPER"),
        helper.make_node("Reshape", ["x", "line"], ["x1"]), helper.make_node("MaxPool", ["x1"], ["line_pool"], kernel_shape=[4], strides=[3]),
        helper.make_node("Reshape", ["x", "cube"], ["x3"]), helper.make_node("MaxPool", ["x3"], ["cube_pool"], kernel_shape=[1, 2, 2], strides=[1, 2, 1]),
    ]
    names = ["wide", "ceiled", "dilated", "same", "line_pool", "cube_pool"]
    model = graph(nodes + [flat(n) for n in names], [("x", F, ["N", 2, 5, 6])], [(n + "_flat", F, ["N", None]) for n in names],
                  [("line", np.array([0, 2, 30], np.int64)), ("cube", np.array([0, 1, 2, 5, 6], np.int64))])
    rows = images(2, 6, 2, 5, 6)
    rows[3, 0, 2, 2] = INF
    rows[4, 1, :, :] = -1e38
    return model, {"x": rows}, *EXACT


@case
def average_pools():
    """Means over kernels that stand half in padding, the nearest of them repeated, and what is said of whole images."""
    nodes = [
        helper.make_node("AveragePool", ["x"], ["a"], kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1], ceil_mode=1),
        helper.make_node("AveragePool", ["x"], ["counted"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2], count_include_pad=1),
        helper.make_node("Resize", ["a", "", "doubled"], ["near"], mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
        helper.make_node("GlobalAveragePool", ["x"], ["mean"]), helper.make_node("GlobalMaxPool", ["x"], ["most"]),
    ]
    names = ["near", "counted", "mean", "most"]
    nodes += [helper.make_node("Flatten", [name], [name + "_flat"]) for name in names]
    constants = [("doubled", np.array([1, 1, 2, 2], np.float32))]
    return graph(nodes, [("x", F, ["N", 2, 5, 6])], [(n + "_flat", F, ["N", None]) for n in names], constants), {"x": images(3, 6, 2, 5, 6)}, *SUMS


@case
def stretched_images():
    """Images between whose elements others are put, or taken out: linear and cubic, by several rules for where they lie."""
    node = helper.make_node
    nodes, names = [], []
    for mode in ("linear", "cubic"):
        for rule in ("half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel"):
            for sizes in ("greater", "smaller"):
                names.append(f"{mode}_{rule}_{sizes}")
                nodes.append(node("Resize", ["x", "", "", sizes], [names[-1] + "_image"], mode=mode, coordinate_transformation_mode=rule, axes=[2, 3]))
    names.append("cubic_by_scale")
    nodes.append(node("Resize", ["x", "", "scales"], ["cubic_by_scale_image"], mode="cubic", cubic_coeff_a=-0.5))
    nodes += [node("Flatten", [name + "_image"], [name]) for name in names]
    constants = [("greater", np.array([7, 5], np.int64)), ("smaller", np.array([2, 3], np.int64)), ("scales", np.array([1, 1, 1.5, 2.25], np.float32))]
    return graph(nodes, [("x", F, ["N", 2, 3, 4])], [(name, F, ["N", None]) for name in names], constants), {"x": images(12, 5, 2, 3, 4)}, *SUMS


@case
def transposed_convolution():
    """An image made four times as large by two transposed convolutions: overlapping kernels with padding, and in groups."""
    nodes = [
        helper.make_node("ConvTranspose", ["x", "w1", "b1"], ["a"], strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1]), helper.make_node("LeakyRelu", ["a"], ["r"], alpha=0.125),
        helper.make_node("ConvTranspose", ["r", "w2"], ["b"], strides=[2, 1], dilations=[1, 2], group=2, output_shape=[8, 8]), helper.make_node("Flatten", ["b"], ["y"]),
    ]
    constants = [("w1", weights(1, 3, 4, 3, 3)), ("b1", weights(2, 4)), ("w2", weights(3, 4, 1, 3, 2))]
    return graph(nodes, [("x", F, ["N", 3, 2, 3])], [("y", F, ["N", 128])], constants), {"x": images(4, 6, 3, 2, 3)}, *SUMS


@case
def lstm_classifier():
    """A layer of two directions over a sequence, with the states at its end to a dense layer. The batch is the second axis of a sequence."""
    nodes = [
        helper.make_node("Transpose", ["x"], ["t"], perm=[1, 0, 2]), helper.make_node("LSTM", ["t", "w", "r", "b"], ["all", "last", "cells"], hidden_size=4, direction="bidirectional"),
        helper.make_node("Transpose", ["last"], ["turned"], perm=[1, 0, 2]), helper.make_node("Flatten", ["turned"], ["flat"]),
        helper.make_node("Gemm", ["flat", "w2", "b2"], ["scores"]), helper.make_node("Softmax", ["scores"], ["p"], axis=1),
        helper.make_node("ReduceMean", ["all", "axes"], ["mean"], keepdims=0), helper.make_node("Transpose", ["mean"], ["turned_mean"], perm=[1, 0, 2]), helper.make_node("Flatten", ["turned_mean"], ["m"]),
    ]
    constants = [("w", weights(1, 2, 16, 3)), ("r", weights(2, 2, 16, 4)), ("b", weights(3, 2, 32)), ("w2", weights(4, 8, 3)), ("b2", weights(5, 3)), ("axes", np.array([0], np.int64))]
    return graph(nodes, [("x", F, ["N", 5, 3])], [("p", F, ["N", 3]), ("m", F, ["N", 8])], constants), {"x": images(5, 8, 5, 3)}, *MATHS


@case
def gru_lengths():
    """Sequences of a length of their own: a step past the end leaves the state as it is, in both directions."""
    nodes = [helper.make_node("Transpose", ["x"], ["t"], perm=[1, 0, 2])]
    for name, direction, linear in (("forward", "forward", 1), ("backward", "reverse", 0)):
        nodes += [
            helper.make_node("GRU", ["t", "w", "r", "b", "length"], [name + "_all", name], hidden_size=3, direction=direction, linear_before_reset=linear),
            helper.make_node("Squeeze", [name, "zero"], [name + "_last"]), helper.make_node("Squeeze", [name + "_all", "one"], [name + "_steps"]),
            helper.make_node("Transpose", [name + "_steps"], [name + "_turned"], perm=[1, 0, 2]), helper.make_node("Flatten", [name + "_turned"], [name + "_states"]),
        ]
    constants = [("w", weights(1, 1, 9, 2)), ("r", weights(2, 1, 9, 3)), ("b", weights(3, 1, 18)), ("zero", np.array([0], np.int64)), ("one", np.array([1], np.int64))]
    outputs = [(name + end, F, ["N", width]) for name in ("forward", "backward") for end, width in (("_last", 3), ("_states", 12))]
    feeds = {"x": images(6, 8, 4, 2), "length": np.array([4, 1, 2, 3, 4, 1, 0, 2], np.int32)}
    return graph(nodes, [("x", F, ["N", 4, 2]), ("length", I32, ["N"])], outputs, constants), feeds, *MATHS


@case
def quantised_convolution():
    """Bytes in and bytes out: sums in int32, scaled in float32, rounded with ties to even."""
    nodes = [
        helper.make_node("Cast", ["x"], ["q"], to=TensorProto.UINT8),
        helper.make_node("QLinearConv", ["q", "x_scale", "x_zero", "w", "w_scale", "w_zero", "y_scale", "y_zero", "b"], ["y"], pads=[1, 1, 0, 0], strides=[2, 1]),
        helper.make_node("Cast", ["y"], ["bytes"], to=TensorProto.INT32), helper.make_node("Flatten", ["bytes"], ["y_flat"]),
        helper.make_node("ConvInteger", ["q", "w", "x_zero"], ["sums"]), helper.make_node("Flatten", ["sums"], ["sums_flat"]),
    ]
    data = np.random.default_rng(7)
    constants = [
        ("x_scale", np.float32(0.03)), ("x_zero", np.uint8(121)), ("w", data.integers(-127, 128, (3, 2, 2, 2)).astype(np.int8)), ("w_scale", np.array([0.01, 0.02, 0.005], np.float32)),
        ("w_zero", np.zeros(3, np.int8)), ("y_scale", np.float32(0.11)), ("y_zero", np.uint8(117)), ("b", np.array([-300, 0, 500], np.int32)),
    ]
    rows = data.integers(0, 256, (8, 2, 4, 3)).astype(np.int32)
    rows[0], rows[1], rows[2] = 0, 255, 121
    outputs = [("y_flat", I32, ["N", 24]), ("sums_flat", I32, ["N", 18])]
    return graph(nodes, [("x", I32, ["N", 2, 4, 3])], outputs, [(n, np.asarray(v)) for n, v in constants]), {"x": rows}, *EXACT


@case
def sampled_images():
    """An image read between its elements, at places that come with the row; beyond its ends are zeros, its border, or the image turned back."""
    nodes, names = [], []
    for mode in ("linear", "nearest", "cubic"):
        for padding in ("zeros", "border", "reflection"):
            names.append(f"{mode}_{padding}")
            nodes += [helper.make_node("GridSample", ["x", "at"], [names[-1] + "_image"], mode=mode, padding_mode=padding, align_corners=int(padding == "border")),
                      helper.make_node("Flatten", [names[-1] + "_image"], [names[-1]])]
    feeds = {"x": images(8, 6, 2, 3, 4), "at": np.random.default_rng(8).uniform(-2.25, 2.25, (6, 2, 3, 2)).astype(np.float32)}
    feeds["at"][:2, 0, 0] = [[-1, -1], [1, 1]]
    return graph(nodes, [("x", F, ["N", 2, 3, 4]), ("at", F, ["N", 2, 3, 2])], [(n, F, ["N", 12]) for n in names], opset=20), feeds, *SUMS


@case
def doubles_before_trees():
    """Doubles are cast to float32 before they meet float32 thresholds, and the import says so: a row on a threshold may differ from the estimator."""
    tree = ml("TreeEnsembleRegressor", ["narrow"], ["y"], **stump(value=0.1), target_treeids=[0, 0], target_nodeids=[1, 2], target_ids=[0, 0], target_weights=[1.0, 2.0], n_targets=1)
    model = graph([helper.make_node("Cast", ["x"], ["narrow"], to=F), tree], [("x", D, [None, 1])], [("y", F, [None, 1])])
    return model, {"x": np.array([[0.1], [0.1 + 1e-12], [0.2], [NAN]])}, *EXACT


@case
def trees_of_catboost():
    """A regressor that CatBoost exported is converted as it is, and the import says what the export leaves out."""
    tree = ml("TreeEnsembleRegressor", ["x"], ["y"], **stump(mode="BRANCH_GT"), target_treeids=[0, 0], target_nodeids=[1, 2], target_ids=[0, 0], target_weights=[1.0, 2.0], n_targets=1)
    model = graph([tree], [("x", F, [None, 1])], [("y", F, [None, 1])])
    model.producer_name = "CatBoost"
    return model, {"x": np.array([[0.25], [0.5], [0.75]], np.float32)}, *EXACT


# ---------------------------------------------------------------------------------------------- refused

REFUSED = {}


def refused(function):
    REFUSED[function.__name__] = function
    return function


def small(nodes, outputs, **options):
    return graph(nodes, [("x", F, [None, 3])], [(name, F, [None, 3]) for name in outputs], **options)


def whole():
    return small([helper.make_node("Neg", ["x"], ["y"], name="flip")], ["y"])


@refused
def cut_in_half():
    data = (HERE / "random_forest_regressor" / "model.onnx").read_bytes()
    return data[: len(data) // 2]


@refused
def not_a_model():
    return b"PK\x03\x04 this is a zip file, not a model" * 4


@refused
def empty_file():
    return b""


@refused
def contradictory_opsets():
    model = whole()
    model.opset_import.extend([helper.make_opsetid("ai.onnx", 13)])
    return model


@refused
def form_before_opset_6():
    """Not is what it was; Neg had another form."""
    nodes = [helper.make_node("Neg", ["x"], ["y"], name="flip"), helper.make_node("Not", ["b"], ["c"], name="same")]
    return graph(nodes, [("x", F, [None]), ("b", B, [None])], [("y", F, [None]), ("c", B, [None])], opset=5)


@refused
def opset_too_new():
    return small([helper.make_node("Neg", ["x"], ["y"])], ["y"], opset=99)


@refused
def several_unsupported():
    """Everything at once, each with its place."""
    nodes = [
        helper.make_node("Mish", ["x"], ["a"], name="first"), helper.make_node("Mish", ["a"], ["b"], name="second"), helper.make_node("Bernoulli", ["b"], ["c"], name="draw"),
        helper.make_node("Mystery", ["c"], ["y"], name="strange", domain="com.example"), helper.make_node("Neg", ["x"], ["unused"], name="dead"),
        helper.make_node("Dreamt", ["unused"], ["nothing"], name="also_dead"),
    ]
    model = small(nodes, ["y"])
    model.opset_import.extend([helper.make_opsetid("com.example", 1)])
    return model


@refused
def cycle():
    return small([helper.make_node("Add", ["x", "b"], ["a"], name="one"), helper.make_node("Neg", ["a"], ["b"], name="two")], ["b"])


@refused
def missing_value():
    return small([helper.make_node("Add", ["x", "nowhere"], ["y"], name="sum")], ["y"])


@refused
def made_twice():
    return small([helper.make_node("Neg", ["x"], ["y"], name="one"), helper.make_node("Abs", ["x"], ["y"], name="two")], ["y"])


@refused
def huge_dims():
    model = whole()
    model.graph.initializer.append(TensorProto(name="huge", dims=[2**62, 2**62], data_type=F))
    return model


@refused
def external_data():
    model = whole()
    tensor = TensorProto(name="weights", dims=[2], data_type=F, data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="../../etc/passwd")
    model.graph.initializer.append(tensor)
    return model


@refused
def mixes_rows():
    axes = [("axes", np.array([0], np.int64))]
    return graph([helper.make_node("ReduceMean", ["x", "axes"], ["m"], name="centre", keepdims=1), helper.make_node("Sub", ["x", "m"], ["y"])], [("x", F, [None, 3])], [("y", F, [None, 3])], axes)


@refused
def open_width():
    return graph([helper.make_node("Neg", ["x"], ["y"])], [("x", F, [None, None])], [("y", F, [None, None])])


@refused
def probit_of_one_score():
    return small([ml("LinearClassifier", ["x"], ["label", "y"], name="score", coefficients=[1.0, 2.0, 3.0], intercepts=[0.5], classlabels_ints=[0, 1], post_transform="PROBIT")], ["y"])


@refused
def unknown_attribute():
    return small([helper.make_node("Neg", ["x"], ["y"], name="flip", strength=3)], ["y"])


@refused
def wrong_arity():
    return small([helper.make_node("Add", ["x"], ["y"], name="sum")], ["y"])


@refused
def tree_leads_back():
    node = ml("TreeEnsembleRegressor", ["x"], ["y"], name="forest", nodes_treeids=[0, 0], nodes_nodeids=[0, 1], nodes_featureids=[0, 0], nodes_modes=["BRANCH_LEQ"] * 2, nodes_values=[0.5, 0.25],
              nodes_truenodeids=[1, 0], nodes_falsenodeids=[1, 0], n_targets=1)
    return small([node], ["y"])


@refused
def ambiguous_label():
    """Two classes with weights for both: onnxruntime labels by the sign of the second score."""
    node = classifier("p", [0.25, 0.75, 0.9, 0.1], [0, 1, 0, 1], ["no", "yes"], trees=stump, treeids=[0] * 4, nodeids=[1, 1, 2, 2])
    return graph([node], [("x", F, [None, 1])], [("p_label", S, [None]), ("p", F, [None, 2])])


@refused
def patterns_that_are_not_read():
    """Of a whole text, of tokens, and of what stands between them."""
    nodes = [helper.make_node("RegexFullMatch", ["x"], ["a"], name="class", pattern=r"\pL+")]
    cuts = {"alternatives": dict(tokenexp="[a-z]+|[0-9]"), "words": dict(separators=[" ", "and"])}
    for name, how in cuts.items():
        nodes.append(helper.make_node("Tokenizer", ["x"], [name], name=name, domain="com.microsoft", mark=0, mincharnum=1, pad_value="#", **how))
    return graph(nodes, [("x", S, [None])], [("a", B, [None])] + [(name, S, [None, None]) for name in cuts])


@refused
def tokens_themselves():
    nodes = [helper.make_node("Tokenizer", ["x"], ["y"], name="cut", domain="com.microsoft", mark=0, mincharnum=1, pad_value="#", separators=[" "])]
    return graph(nodes, [("x", S, [None])], [("y", S, [None, None])])


@refused
def padding_is_a_term():
    return tokens(dict(tokenexp="."), ["a", "#"])[0]


@refused
def text_to_number():
    return graph([helper.make_node("Cast", ["s"], ["y"], name="parse", to=B)], [("s", S, [None, 1])], [("y", B, [None, 1])])


@refused
def shape_from_data():
    nodes = [helper.make_node("Reshape", ["x", "i"], ["y"], name="fold")]
    return graph(nodes, [("x", F, [None, 3]), ("i", I64, [None, 2])], [("y", F, [None, 3])])


@refused
def growing():
    """Forty doublings of three columns."""
    nodes = [helper.make_node("Concat", [f"v{i}" if i else "x"] * 2, [f"v{i + 1}"], axis=1) for i in range(40)]
    return small(nodes, ["v40"])


@refused
def pooled_places():
    """The second output of MaxPool counts the elements of the batch."""
    return graph([helper.make_node("MaxPool", ["x"], ["y", "at"], name="pool", kernel_shape=[2])], [("x", F, ["N", 1, 4])], [("y", F, ["N", 1, 3]), ("at", I64, ["N", 1, 3])])


@refused
def sequence_of_rows():
    """The batch is where a sequence has its steps."""
    constants = [("w", weights(1, 1, 2, 3)), ("r", weights(2, 1, 2, 2))]
    return graph([helper.make_node("RNN", ["x", "w", "r"], ["", "h"], name="layer", hidden_size=2)], [("x", F, ["N", 1, 3])], [("h", F, [1, 1, 2])], constants)


@refused
def row_reads_batch():
    """The body of a Scan along the batch takes the shape of the whole batch."""
    info = helper.make_tensor_value_info
    body = helper.make_graph([helper.make_node("ConstantOfShape", ["shape"], ["all"]), helper.make_node("Add", ["all", "row"], ["sum"])], "row", [info("row", F, [3])], [info("sum", F, [None, 3])])
    nodes = [helper.make_node("Shape", ["x"], ["shape"]), helper.make_node("Scan", ["x"], ["y"], name="each", body=body, num_scan_inputs=1)]
    return graph(nodes, [("x", F, ["N", 3])], [("y", F, ["N", "N", 3])])


@refused
def old_dropout_trains():
    return small([helper.make_node("Dropout", ["x"], ["y"], name="drop", ratio=0.5)], ["y"], opset=6)


@refused
def old_batch_normalization_trains():
    ones = [(name, np.ones(3, np.float32)) for name in ("scale", "bias", "mean", "variance")]
    node = helper.make_node("BatchNormalization", ["x", "scale", "bias", "mean", "variance"], ["y"], name="normal", is_test=0)
    return small([node], ["y"], initializers=ones, opset=6)


@refused
def scatter_greatest_uint64():
    kind = TensorProto.UINT64
    nodes = [helper.make_node("ScatterElements", ["x", "at", "new"], ["y"], name="put", axis=1, reduction="max")]
    return graph(nodes, [("x", kind, [None, 3]), ("new", kind, [None, 1]), ("at", I64, [None, 1])], [("y", kind, [None, 3])])


@refused
def pad_of_another_type():
    constants = [("pads", np.array([0, 1, 0, 1], np.int64)), ("fill", np.array(7, np.int64))]
    return graph([helper.make_node("Pad", ["x", "pads", "fill"], ["y"], name="frame")], [("x", F, [None, 3])], [("y", F, [None, 5])], constants)


def main():
    chosen = sys.argv[1:] or [*CASES, *REFUSED]
    for name in chosen:
        if name in CASES:
            write(name, *CASES[name]())
        else:
            folder = HERE / "refused" / name
            folder.mkdir(parents=True, exist_ok=True)
            model = REFUSED[name]()
            (folder / "model.onnx").write_bytes(model if isinstance(model, bytes) else model.SerializeToString())


if __name__ == "__main__":
    main()
