"""Runs a user's script in the user's own Python and reports what only a run can know.

Started by the crate `reference` as `python -X utf8 runner.py JOB.json RESULT.json`. The script runs in the current
directory, which is a copy of its folder. The jobs: `record` (instrument, run, report every value), `outputs` (run,
report the output frame exactly, and a model's outputs on it), `onnx` (a model alone), `boost` (a boosting library's model alone),
`capture` (write the script of a fitted model: `scorewright_capture.py`). Start reading at `main`.

Nothing of the script is changed in effect: expressions are wrapped in functions that return what they were given. Floats are
written with `repr`, the shortest text that reads back to the same bits.
"""
import ast
import builtins
import copy
import functools
import gc
import hashlib
import importlib.abc
import importlib.util
import json
import os
import platform
import sys
import traceback
import types

os.environ.setdefault("MPLBACKEND", "Agg")

MOST_ITEMS = 5000  # the longest list, dict or array whose items are written
MOST_CELLS = 200000  # the largest look-up table whose cells are written
MOST_DEPTH = 6
MOST_TURNS = 8  # of a map, whose calls have contexts of their own
MOST_NESTED = 16  # estimators inside estimators
MOST_NODES = 400000  # of all trees of one model


class Failure(Exception):
    """What is reported to the caller: a kind it knows, a message, and the user's own file and line when there is one."""

    def __init__(self, kind, message, line=None, file=None, help=None):
        super().__init__(message)
        self.report = {"error": {"kind": kind, "message": message, "line": line, "file": file, "help": help}}


# ---------------------------------------------------------------------------------------------------------------------
# Values


def number(value):
    return repr(float(value))


def scalar(value):
    """The JSON form of a scalar, or `NotImplemented`. Integers outside i64 and floats are tagged text."""
    if value is None or value is True or value is False:
        return value
    kind = type(value)
    if kind is str:
        return clean(value)
    if kind is int:
        return value if -(2**63) <= value < 2**63 else {"big": str(value)}
    if kind is float:
        return {"float": number(value)}
    np = sys.modules.get("numpy")
    if np is not None and isinstance(value, np.generic):
        if isinstance(value, np.bool_):
            return bool(value)
        if isinstance(value, np.float32):
            return {"float32": number(value)}
        if isinstance(value, np.floating):
            return {"float": number(value)}
        # A duration of numpy's is one of its integers.
        if isinstance(value, np.datetime64) or isinstance(value, np.timedelta64):
            pd = sys.modules.get("pandas")
            if pd is not None:
                return scalar(pd.Timestamp(value) if isinstance(value, np.datetime64) else pd.Timedelta(value))
        if isinstance(value, np.integer):
            return scalar(int(value))
        if isinstance(value, np.str_):
            return clean(str(value))
    pd = sys.modules.get("pandas")
    if pd is not None:
        if value is pd.NaT:
            return {"missing": "NaT"}
        if value is pd.NA:
            return {"missing": "NA"}
        if isinstance(value, pd.Timestamp):
            if value.tz is not None:
                return {"zoned": int(value.as_unit("us")._value)}
            return {"timestamp": int(value.as_unit("us")._value)}
        if isinstance(value, pd.Timedelta):
            return {"timedelta": int(value.as_unit("us")._value)}
        if isinstance(value, pd.Interval):
            return {"interval": {"left": scalar(value.left), "right": scalar(value.right), "closed": value.closed}}
    import datetime

    if kind is datetime.datetime and value.tzinfo is None:
        return {"timestamp": (value - datetime.datetime(1970, 1, 1)) // datetime.timedelta(microseconds=1)}
    if kind is datetime.date:
        return {"date": (value - datetime.date(1970, 1, 1)).days}
    if kind is datetime.timedelta:
        return {"timedelta": value // datetime.timedelta(microseconds=1)}
    return NotImplemented


def clean(text):
    """Lone surrogates cannot be written as UTF-8; they become U+FFFD and the reader sees a text that never matches."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def cells(values):
    """A run of cells of one column. Homogeneous floats, integers, texts and booleans have a compact form."""
    out = [summary(value, MOST_DEPTH - 1) for value in values]
    if out and all(type(item) is dict and len(item) == 1 and "float" in item for item in out):
        return {"floats": [item["float"] for item in out]}
    return {"items": out}


def array_cells(array):
    if array.dtype.kind == "f" and array.dtype.itemsize == 8:
        return {"floats": [repr(value) for value in array.ravel().tolist()]}
    if array.dtype.kind in "bi":
        return {"items": array.ravel().tolist()}
    return cells(list(array.ravel()))


@functools.lru_cache(maxsize=None)
def dtype_name(dtype):
    return str(dtype)


def dtype_of(dtype):
    """`{"name": ...}` and, for a categorical, its categories."""
    pd = sys.modules["pandas"]
    if not isinstance(dtype, pd.CategoricalDtype):
        return {"name": dtype_name(dtype)}
    out = {"name": "category", "ordered": bool(dtype.ordered)}
    if dtype.categories is not None and len(dtype.categories) <= MOST_ITEMS:
        out["categories"] = cells(list(dtype.categories))
        out["of"] = str(dtype.categories.dtype)
    return out


def in_pyarrow(dtype):
    """Whether texts of that dtype lie in pyarrow, which then computes the methods of `.str`. Methods of categories are Python's."""
    pd = sys.modules["pandas"]
    return getattr(dtype, "storage", None) == "pyarrow" or isinstance(dtype, pd.ArrowDtype)


def index_kind(index):
    pd = sys.modules["pandas"]
    if isinstance(index, pd.RangeIndex):
        return "range"
    return "labels"


def series(value, content):
    pd = sys.modules["pandas"]
    out = {"name": summary(value.name, MOST_DEPTH - 1), "dtype": dtype_of(value.dtype), "rows": len(value), "index": index_kind(value.index)}
    labelled = not isinstance(value.index, pd.RangeIndex)
    if len(value) <= MOST_ITEMS and (content or len(value) <= 8 or (labelled and len(value) <= 1000)):
        out["labels"] = cells(list(value.index))
        out["values"] = cells(list(value))
    return {"series": out}


def frame(value, content):
    small = value.shape[0] * value.shape[1] <= MOST_CELLS
    columns = [{"name": summary(name, MOST_DEPTH - 1), "dtype": dtype_of(dtype)} for name, dtype in zip(value.columns, value.dtypes)]
    if content and small:
        for position, one in enumerate(columns):
            one["values"] = cells(list(value.iloc[:, position]))
    out = {"columns": columns, "rows": len(value), "index": index_kind(value.index)}
    blocks = [block.mgr_locs.as_array.tolist() for block in value._mgr.blocks]
    if [place for block in blocks for place in block] != list(range(len(columns))):
        out["blocks"] = blocks  # pandas adds up a row block by block
    if content and small and out["index"] != "range":
        out["labels"] = cells(list(value.index))
        out["keys"] = [summary(name, MOST_DEPTH - 1) for name in value.index.names]
    return {"frame": out}


def class_path(kind):
    return f"{kind.__module__}.{kind.__qualname__}"


# What scikit-learn keeps under private names and a `transform` or `predict` stands on.
PRIVATE = {
    "_baseline_prediction",
    "_centerer",
    "_default_to_infrequent_mappings",
    "_drop_idx_after_grouping",
    "_fit_X",
    "_fit_method",
    "_gamma",
    "_infrequent_indices",
    "_lrd",
    "_max_components",
    "_max_value",
    "_min_value",
    "_missing_indices",
    "_n_features_outs",
    "_n_support",
    "_predict_1d",
    "_probA",
    "_probB",
    "_scaler",
    "_transformer_to_input_indices",
    "_x_mean",
    "_x_std",
    "_y_train_mean",
    "_y_train_std",
    "_y",
}
# Reports of the fitting, which no prediction looks at.
REPORTS = {
    "best_loss_", "cv_results_", "estimator_errors_", "loss_curve_", "named_estimators_", "oob_decision_function_", "oob_prediction_",
    "train_score_", "validation_score_", "validation_scores_",
}
NESTED = []  # the estimators that are being described, outermost first
NODES = []  # how many nodes of trees are described of the outermost one


def estimator(value):
    """A scikit-learn object: its class, its parameters, and every fitted attribute (public, ending in one underscore).

    Parts that are estimators themselves are described in full, however deep they lie. Of a class of the script every attribute is noted.
    """
    if len(NESTED) >= MOST_NESTED:
        return {"other": class_path(type(value))}
    if not NESTED:
        NODES.clear()
    NESTED.append(value)
    try:
        own = boosted(value) if boosting(value) else fitted(value)
        return {"estimator": {"class": class_path(type(value)), "params": parameters(value), "fitted": own}}
    finally:
        NESTED.pop()


def parameters(value):
    try:
        items = value.get_params(deep=False).items()
    except Exception:
        items = []
    return [[name, summary(item, 1)] for name, item in items]


def fitted(value):
    own = vars(value)
    users = type(value).__module__ == "__main__"
    out = []
    for name, item in own.items():
        public = name.endswith("_") and not name.startswith("_") and name not in REPORTS
        if name == "drop_idx_" and item is None:
            continue
        if name == "tree_":
            out.append([name, tree(item)])
        elif public or name in PRIVATE or users:
            out.append([name, summary(item, 1, content=users)])
    for name, ask in COMPUTED.items():
        if name not in own:
            try:
                answer = ask(value)
            except Exception:
                continue
            if answer is not None:
                out.append([name, summary(answer, 1)])
    return out


def boosting(value):
    """The boosting library whose model or estimator it is."""
    package = type(value).__module__.partition(".")[0]
    own = type(value).__name__ == "Booster" or hasattr(value, "get_params")
    return package if package in ("xgboost", "lightgbm", "catboost") and own else None


def boosted(value):
    """A model of a boosting library: its own text, and what its wrapper adds. Empty before it is fitted."""
    ask = {"xgboost": of_xgboost, "lightgbm": of_lightgbm, "catboost": of_catboost}[boosting(value)]
    try:
        out = ask(value)
    except Exception:
        return []
    # A node takes about so many letters.
    NODES.append(len(out["model"]) // 50)
    if sum(NODES) > MOST_NODES:
        del out["model"]
    return [[name, summary(item, 1)] for name, item in out.items()]


def of_xgboost(value):
    import re

    booster = value if type(value).__name__ == "Booster" else value.get_booster()
    text = bytes(booster.save_raw("json")).decode()
    # What training noted of each node; leaves of several targets may have their numbers there. Such a list cannot stand in a text, where
    # its quotes would be escaped.
    one = "" if re.search(r'"size_leaf_vector":"(?![01]")', text) else "base_weights|"
    out = {"model": re.sub(rf'"(?:{one}loss_changes|parents|sum_hessian)":\[[^\]]*\],?', "", text)}
    if is_sparse(booster):
        out["sparse"] = True
    if value is not booster:
        out["in_place"] = value._can_use_inplace_predict()
        out["best_iteration"] = booster.best_iteration if booster.attr("best_iteration") is not None else None
        if hasattr(value, "n_classes_"):
            out["classes_"] = value.classes_
    return out


def of_lightgbm(value):
    booster = value if type(value).__name__ == "Booster" else value.booster_
    training = ("split_gain=", "leaf_weight=", "leaf_count=", "internal_value=", "internal_weight=", "internal_count=")
    lines = booster.model_to_string(num_iteration=-1).split("\n")
    out = {"model": "\n".join(line for line in lines if not line.startswith(training))}
    out["best_iteration"] = booster.best_iteration if booster.best_iteration > 0 else None
    if value is not booster:
        out["own_objective"] = callable(value._objective)
        if hasattr(value, "_le"):
            out["classes_"] = value.classes_
    return out


def of_catboost(value):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.json")
        value.save_model(path, format="json", pool=catboost_pool(value))
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    # The numbers of the file are rounded, and leaves of trees that are not symmetric stand in another order.
    import numpy as np

    leaves = catboost_leaves(document)
    read, own = np.concatenate([np.ravel(holder[key]) for holder, key in leaves]), np.sort(value.get_leaf_values().ravel())
    above = np.clip(np.searchsorted(own, read), 1, len(own) - 1)
    nearest = iter(np.where(read - own[above - 1] < own[above] - read, own[above - 1], own[above]).tolist())
    for holder, key in leaves:
        holder[key] = [next(nearest) for _ in holder[key]] if isinstance(holder[key], list) else next(nearest)
    scale, bias = value.get_scale_and_bias()
    document["scale_and_bias"] = [scale, bias if isinstance(bias, list) else [bias]]
    for tree in document.get("oblivious_trees", ()):
        tree.pop("leaf_weights", None)
    for name in ("train_finish_time", "model_guid", "catboost_version_info"):
        document["model_info"].pop(name, None)
    out = {"model": json.dumps(document, separators=(",", ":"))}
    classes = value.classes_
    if len(classes):
        out["classes_"] = classes
    return out


def catboost_leaves(document):
    """Where the leaf values of a model's JSON stand, in the order in which CatBoost gives them: an object and its key."""
    if "oblivious_trees" in document:
        return [(tree, "leaf_values") for tree in document["oblivious_trees"]]
    leaves, todo = [], list(reversed(document["trees"]))
    while todo:
        node = todo.pop()
        if "split" in node:
            todo += [node["right"], node["left"]]
        else:
            leaves.append((node, "value"))
    return leaves


CATEGORIES = {}  # the texts and whole numbers that CatBoost was given for categories, by column, and those of columns of tables that were read


def catboost_pool(value):
    """Rows with all categories that are known, with which CatBoost says what its hashes stand for."""
    places, names = value._get_cat_feature_indices(), value.feature_names_
    if not places:
        return None
    from catboost import Pool

    known = {place: list(CATEGORIES.get(names[place], ())) or ["0"] for place in places}
    count = max(map(len, known.values()))
    columns = [[known[place][row % len(known[place])] for row in range(count)] if place in known else [0.0] * count for place in range(len(names))]
    return Pool([list(row) for row in zip(*columns)], cat_features=places, feature_names=list(names))


def note_categories(table):
    """Notes the texts and whole numbers of each column of a table: some may be categories of CatBoost."""
    import numpy as np
    import pandas as pd

    for name, column in table.items() if isinstance(table, pd.DataFrame) else ():
        if column.dtype.kind not in "fcmM":
            noted = CATEGORIES.setdefault(str(name), {})
            for one in column.unique()[:MOST_ITEMS]:
                if isinstance(one, (str, int, np.integer)) and len(noted) < MOST_ITEMS:
                    noted[str(one)] = None


SPARSE = []  # weak sets of the models and tables of XGBoost that were of sparse arrays, in which it takes what is not stored for missing


def watch_boosting():
    """From here on it is noted what CatBoost is given, and which models of XGBoost are given sparse arrays."""
    pool = getattr(sys.modules.get("catboost.core"), "Pool", None)
    if pool is not None and not hasattr(pool.__init__, "__wrapped__"):
        before(pool, "__init__", lambda self, data, *args, **kwargs: note_categories(data))
    core = sys.modules.get("xgboost.core")
    if hasattr(core, "Booster") and hasattr(core, "DMatrix") and not SPARSE:
        import weakref

        SPARSE.append(weakref.WeakSet())
        note = lambda self, data, *args, **kwargs: SPARSE[0].add(self) if hasattr(data, "nnz") or is_sparse(data) else None
        before(core.DMatrix, "__init__", note)
        before(core.Booster, "predict", note)
        before(core.Booster, "inplace_predict", note)


def is_sparse(value):
    """Whether XGBoost was given a sparse array for it."""
    return any(value is one for known in SPARSE for one in known)


def before(owner, name, note):
    """Notes each call of a method before it is made."""
    made = getattr(owner, name)

    @functools.wraps(made)
    def noting(self, *args, **kwargs):
        try:
            note(self, *args, **kwargs)
        except Exception:
            pass  # what is not given as it should be is for the method to say
        return made(self, *args, **kwargs)

    setattr(owner, name, noting)


def set_output(value):
    """The container that `set_output` or the global configuration asks for, unless it is the default."""
    from sklearn.utils._set_output import _get_output_config

    if not hasattr(value, "set_output"):
        return None
    container = _get_output_config("transform", value)["dense"]
    return None if container == "default" else container


def names_out(value):
    return list(value.get_feature_names_out()) if set_output(value) else None


def allows_missing(value):
    from sklearn.utils import get_tags

    if hasattr(value, "_support_missing_values"):
        return value._support_missing_values([[0.0]])
    return get_tags(value).input_tags.allow_nan if hasattr(value, "get_support") else None


def weights(value):
    """The matrix that naive Bayes multiplies with, where it is not an attribute."""
    import numpy as np

    return value.feature_log_prob_ - np.log(1 - np.exp(value.feature_log_prob_)) if type(value).__name__ == "BernoulliNB" else None


def offset(value):
    """What is added to products with the row, as numpy computes it."""
    import numpy as np

    kind = type(value).__name__
    if kind in ("IncrementalPCA", "PCA"):
        return (value.mean_.reshape(1, -1) @ value.components_.T).ravel()
    if kind == "BernoulliNB":
        return value.class_log_prior_ + np.log(1 - np.exp(value.feature_log_prob_)).sum(axis=1)
    if kind == "GaussianNB":
        return np.array([-0.5 * np.sum(np.log(2.0 * np.pi * variance)) for variance in value.var_])
    return None


def center_squares(value):
    """The squares of the centres, as the distances from clusters take them."""
    from sklearn.utils.extmath import row_norms

    centers = getattr(value, "subcluster_centers_", getattr(value, "cluster_centers_", None))
    return None if centers is None else row_norms(centers, squared=True)


def bisections(value):
    """The tree of a bisecting k-means as lists: of each node its two children or -1, its label, its centre and the square of that."""
    import numpy as np
    from sklearn.utils.extmath import row_norms

    nodes = []

    def visit(node):
        place = len(nodes)
        center = node.center + value._X_mean if hasattr(value, "_X_mean") else node.center
        nodes.append([-1, -1, -1 if node.left else node.label, center])
        if node.left:
            nodes[place][:2] = [visit(node.left), visit(node.right)]
        return place

    visit(value._bisecting_tree)
    centers = np.array([node[3] for node in nodes])
    return [*(np.array([node[at] for node in nodes]) for at in range(3)), centers, row_norms(centers, squared=True)]


def ridge_factor(value):
    """The Cholesky factor of the system that a sparse PCA solves for each row."""
    import numpy as np

    if type(value).__name__ not in ("MiniBatchSparsePCA", "SparsePCA") or len(value.components_) > value.components_.shape[1]:
        return None
    system = value.components_ @ value.components_.T
    system.flat[:: len(system) + 1] += value.ridge_alpha
    return np.linalg.cholesky(system)


def log_prior(value):
    import numpy as np

    prior = {"GaussianNB": "class_prior_", "QuadraticDiscriminantAnalysis": "priors_"}.get(type(value).__name__)
    return np.log(getattr(value, prior)) if prior else None


def raw_start(value):
    """What a gradient boosting model starts from, where that is one constant a class."""
    import numpy as np

    if type(value.init_).__name__ in ("DummyClassifier", "DummyRegressor") or value.init_ == "zero":
        return value._raw_predict_init(np.zeros((1, value.n_features_in_), dtype=np.float32)).ravel()
    return None


def log_volumes(value):
    import numpy as np

    return [np.sum(np.log(one)) for one in value.scalings_] if type(value).__name__ == "QuadraticDiscriminantAnalysis" else None


def scaled_rotations(value):
    return [rotation * scaling ** (-0.5) for rotation, scaling in zip(value.rotations_, value.scalings_)]


def imputations(value):
    """Of each step of an iterative imputer the column, the columns that it is made from, and the model."""
    return [[int(one.feat_idx), one.neighbor_feat_idx, one.estimator] for one in value.imputation_sequence_]


def path_lengths(value):
    """How many steps isolate a row in each node of each tree, what is left to split in it included."""
    return [path + left - 1.0 for path, left in zip(value._decision_path_lengths, value._average_path_length_per_tree)]


def usual_path_length(value):
    trees, rows = len(value.estimators_), value._max_samples
    from sklearn.ensemble._iforest import _average_path_length

    return float(trees * _average_path_length([rows])[0])


def donor_means(value):
    """What a KNN imputer gives to rows that share no number with any training row."""
    import numpy as np

    return [np.ma.array(value._fit_X[:, at], mask=value._mask_fit_X[:, at]).mean() if value._valid_mask[at] else 0.0 for at in range(value._fit_X.shape[1])]


def calibrated(value):
    """Of each calibrated model the model, its calibrators, the numbers of the classes that they are for, and whether it decides."""
    import numpy as np

    decides = lambda model: hasattr(model, "decision_function")
    return [[one.estimator, one.calibrators, np.searchsorted(one.classes, one.estimator.classes_), decides(one.estimator)] for one in value.calibrated_classifiers_ if one.method != "temperature"]


def members_decide(value):
    kinds = ("OneVsOneClassifier", "OneVsRestClassifier", "OutputCodeClassifier")
    return hasattr(value.estimators_[0], "decision_function") if type(value).__name__ in kinds else None


def members_log(value):
    return hasattr(value.estimator_, "predict_log_proba") if type(value).__name__ == "BaggingClassifier" else None


def cut(value):
    """Of a model with a threshold the method that it asks, the threshold, the number of the class above it, and the classes."""
    import numpy as np

    kind = type(value).__name__
    if kind not in ("FixedThresholdClassifier", "TunedThresholdClassifierCV"):
        return None
    methods = value._get_response_method()
    method = next(one for one in ([methods] if isinstance(methods, str) else methods) if hasattr(value.estimator_, one))
    fixed = kind == "FixedThresholdClassifier"
    wanted = value.pos_label if fixed else value._curve_scorer._get_pos_label()
    threshold = value.threshold if fixed else value.best_threshold_
    usual = 0.5 if method == "predict_proba" else 0.0
    place = 1 if wanted is None else int(np.flatnonzero(value.classes_ == wanted)[0])
    return [method, usual if isinstance(threshold, str) else float(threshold), place, value.classes_]


def boosted_trees(value):
    return [[histogram_tree(one) for one in stage] for stage in value._predictors]


def reaches(value):
    """How far the last neighbour of each training row is."""
    return value._distances_fit_X_[:, value.n_neighbors_ - 1]


def spline_knots(value):
    return [one.t for one in value.bsplines_]


def spline_ends(value):
    """Of each column what the splines are at the outer knots."""
    return [[one(one.t[value.degree]), one(one.t[-value.degree - 1])] for one in value.bsplines_]


def kernel_steps(value):
    """The kernel of a Gaussian process as steps on a stack."""
    return list(steps_of(value.kernel_)) if hasattr(value, "X_train_") else None


def steps_of(kernel):
    import numpy as np

    kind, numbers = type(kernel).__name__, lambda *values: [float(value) for one in values for value in np.ravel(one)]
    if kind in ("Sum", "Product"):
        yield from steps_of(kernel.k1)
        yield from steps_of(kernel.k2)
        yield [kind.lower()]
    elif kind == "Exponentiation":
        yield from steps_of(kernel.kernel)
        yield ["power", float(kernel.exponent)]
    elif kind == "Matern" and kernel.nu == np.inf:
        yield ["rbf", numbers(kernel.length_scale)]
    elif kind == "Matern":
        yield [f"matern {float(kernel.nu)}", numbers(kernel.length_scale)]
    elif kind == "RBF":
        yield ["rbf", numbers(kernel.length_scale)]
    elif kind == "ConstantKernel":
        yield ["constant", numbers(kernel.constant_value)]
    elif kind == "WhiteKernel":
        yield ["white", []]
    elif kind == "RationalQuadratic":
        yield ["rational quadratic", numbers(kernel.length_scale, kernel.alpha)]
    elif kind == "DotProduct":
        yield ["dot product", numbers(kernel.sigma_0)]
    else:
        yield [kind, []]


def latent_solver(value):
    """What turns the kernels of a row into `v` of GPML, algorithm 3.2, line 5."""
    import numpy as np

    return np.linalg.solve(value.L_, np.diag(value.W_sr_)) if hasattr(value, "W_sr_") else None


def kernel_own(value):
    """The kernel of any row with itself, where it is the same for all."""
    import numpy as np

    stationary = hasattr(value, "W_sr_") and value.kernel_.is_stationary()
    return float(value.kernel_.diag(np.zeros((1, value.X_train_.shape[1])))[0]) if stationary else None


def mixture(name):
    """Parts of the densities of a mixture, as `_estimate_log_gaussian_prob` has them."""

    def ask(value):
        import numpy as np
        from scipy.special import digamma
        from sklearn.mixture._gaussian_mixture import _compute_log_det_cholesky

        cholesky, means, kind = value.precisions_cholesky_, value.means_, value.covariance_type
        count, width = means.shape
        if name == "mixture_constants":
            constants = _compute_log_det_cholesky(cholesky, kind, width) + np.zeros(count)
            if type(value).__name__ == "BayesianGaussianMixture":
                freedom = value.degrees_of_freedom_
                volume = width * np.log(2.0) + np.sum(digamma(0.5 * (freedom - np.arange(0, width)[:, np.newaxis])), 0)
                constants = constants - 0.5 * width * np.log(freedom) + 0.5 * (volume - width / value.mean_precision_)
            return constants
        if kind in ("full", "tied"):
            rotations = cholesky if kind == "full" else np.repeat(cholesky[np.newaxis], count, axis=0)
            offsets = np.ravel([mean @ rotation for mean, rotation in zip(means, rotations)])
            return {"mixture_rotations": np.ravel(rotations), "mixture_offsets": offsets}.get(name)
        if kind == "spherical":
            # One precision a component, by which sums are multiplied.
            shared, ones = cholesky**2, np.ones(count * width)
            offsets = np.sum(means**2, axis=1) * shared
            return {"mixture_means": np.ravel(means), "mixture_precisions": ones, "mixture_offsets": offsets, "mixture_shared": shared}.get(name)
        precisions = cholesky**2
        offsets = np.sum(means**2 * precisions, axis=1)
        return {"mixture_means": np.ravel(means * precisions), "mixture_precisions": np.ravel(precisions), "mixture_offsets": offsets}.get(name)

    return ask


def factors(name):
    """Parts of the model of a factor analysis or a principal component analysis, as `transform` and `score_samples` compute them."""

    def ask(value):
        import numpy as np
        from sklearn.utils.extmath import fast_logdet

        kind = type(value).__name__
        if kind not in ("FactorAnalysis", "PCA"):
            return None
        if name in ("factor_precision", "factor_constant"):
            precision = value.get_precision()
            constant = 0.5 * (len(precision) * np.log(2.0 * np.pi) - fast_logdet(precision))
            return precision if name == "factor_precision" else float(constant)
        if kind == "PCA":
            return None
        weights = value.components_ / value.noise_variance_
        return weights if name == "factor_weights" else np.linalg.inv(np.eye(len(weights)) + weights @ value.components_.T)

    return ask


def scaled_alphas(value):
    import numpy as np

    used = np.flatnonzero(value.eigenvalues_)
    out = np.zeros_like(value.eigenvectors_)
    out[:, used] = value.eigenvectors_[:, used] / np.sqrt(value.eigenvalues_[used])
    return out


def category_encoder(value):
    """What a histogram model makes of columns of categories, which then stand first."""
    return value._preprocessor.named_transformers_["encoder"] if value.is_categorical_ is not None else None


def looked_up(value):
    """What an encoder of another library gives, if it looks each cell up by itself: the columns that it takes; of each that it encodes the place,
    the categories, and whether it raises on a missing and an unseen one; of each column that it gives the name, the place of the one that it is
    made from, and the answers for all categories, for a missing and for an unseen one. One that stays has no answers.
    """
    import numpy as np
    import pandas as pd

    if type(value).__module__.partition(".")[0] not in ("category_encoders", "feature_engine"):
        return None
    known, names = categories_of(value), list(value.feature_names_in_)
    if not known or not set(known) <= set(names):
        return None
    strange = {name: "\x01unseen" if isinstance(some[0], str) else -987654321 for name, some in known.items()}
    choices = {name: [*some, None if isinstance(some[0], str) else np.nan, strange[name]] for name, some in known.items()}

    def ask(name, choice):
        row = {other: known[other][0] if other in known else 0.5 for other in names}
        row[name] = choice
        try:
            out = value.transform(pd.DataFrame({other: pd.Series([cell], dtype=type_of(cell)) for other, cell in row.items()}))
        except Exception:
            return None
        return {str(column): out[column].iloc[0] for column in out}

    type_of = lambda cell: "str" if cell is None or isinstance(cell, str) else None
    answers = {name: [ask(name, choice) for choice in choices[name]] for name in known}
    usual = answers[next(iter(known))][0]
    given = []
    for column in usual or ():
        moved = [name for name in known if any(one is not None and repr(one[column]) != repr(usual[column]) for one in answers[name])]
        if column in names and column not in known:
            given.append([column, names.index(column), None])
        elif len(moved) > 1:
            return None
        else:
            name = moved[0] if moved else next(iter(known))
            given.append([column, names.index(name), [None if one is None else one[column] for one in answers[name]]])
    encoded = [[names.index(name), known[name], [one is None for one in answers[name][-2:]]] for name in known]
    return [names, encoded, given] if given and all(one is not None for some in answers.values() for one in some[:-2]) else None


def categories_of(value):
    """The categories that such an encoder saw, by column."""
    import pandas as pd

    tables = getattr(getattr(value, "ordinal_encoder", None), "mapping", None) or getattr(value, "mapping", None) or getattr(value, "encoder_dict_", None)
    if isinstance(tables, list):
        tables = {one["col"]: one["mapping"] for one in tables}
    some = {name: list(table.index if hasattr(table, "index") and not isinstance(table, list) else table) for name, table in (tables or {}).items()}
    some = {name: [one for one in categories if not pd.isna(one)] for name, categories in some.items()}
    return {name: categories for name, categories in some.items() if categories}


def left_out(value):
    """The words that a vectorizer leaves out of each text."""
    return sorted(value.get_stop_words() or ())


# Answers of methods and properties, under the name that the record gives them.
COMPUTED = {
    "idf_": lambda value: value.idf_,
    "left_out": left_out,
    "looked_up": looked_up,
    "infrequent_categories_": lambda value: value.infrequent_categories_,
    "set_output": set_output,
    "feature_names_out": names_out,
    "support": lambda value: value.get_support(),
    "allow_nan": allows_missing,
    "raw_start": raw_start,
    "pools_by_mean": lambda value: value.pooling_func is sys.modules["numpy"].mean,
    "predictors": boosted_trees,
    "bisections": bisections,
    "calibrated": calibrated,
    "donor_means": donor_means,
    "category_encoder": category_encoder,
    "imputations": imputations,
    "dense_components": lambda value: value.components_.toarray(),
    **{name: factors(name) for name in ("factor_constant", "factor_covariance", "factor_precision", "factor_weights")},
    "kernel_mean": lambda value: float(value._centerer.K_fit_all_),
    "kernel_means": lambda value: value._centerer.K_fit_rows_,
    "kernel_own": kernel_own,
    "kernel_steps": kernel_steps,
    "latent_solver": latent_solver,
    "log_volumes": log_volumes,
    "log_weights": lambda value: value._estimate_log_weights(),
    **{name: mixture(name) for name in ("mixture_constants", "mixture_means", "mixture_offsets", "mixture_precisions", "mixture_rotations", "mixture_shared")},
    "cut": cut,
    "members_decide": members_decide,
    "members_log": members_log,
    "path_lengths": path_lengths,
    "reaches": reaches,
    "ridge_factor": ridge_factor,
    "scaled_alphas": scaled_alphas,
    "scaled_rotations": scaled_rotations,
    "spline_ends": spline_ends,
    "spline_knots": spline_knots,
    "usual_path_length": usual_path_length,
    "weights": weights,
    "offset": offset,
    "log_prior": log_prior,
    "center_squares": center_squares,
}


def tree(value):
    """The nodes of a decision tree as parallel lists; `value` has a row of numbers a node."""
    NODES.append(value.node_count)
    if sum(NODES) > MOST_NODES:
        return {"other": class_path(type(value))}
    lists = ["children_left", "children_right", "feature", "threshold", "missing_go_to_left", "value"]
    return {"dict": [[name, tree_list(getattr(value, name))] for name in lists]}


def histogram_tree(value):
    nodes = value.nodes
    NODES.append(len(nodes))
    if sum(NODES) > MOST_NODES:
        return None
    lists = {"children_left": "left", "children_right": "right", "feature": "feature_idx", "threshold": "num_threshold", "missing_go_to_left": "missing_go_to_left", "value": "value", "is_leaf": "is_leaf"}
    out = [[name, tree_list(nodes[key])] for name, key in lists.items()]
    if nodes["is_categorical"].any():
        out.append(["left_categories", {"list": [categories(value, node) for node in nodes]}])
    return Plain({"dict": out})


def categories(value, node):
    """The categories that a split by categories sends left."""
    if not node["is_categorical"] or node["is_leaf"]:
        return None
    words = value.raw_left_cat_bitsets[node["bitset_idx"]]
    return {"list": [number for number in range(32 * len(words)) if int(words[number // 32]) >> number % 32 & 1]}


class Plain:
    """A summary that is made already."""

    def __init__(self, summary):
        self.summary = summary


def tree_list(array):
    array = array.astype("int64") if array.dtype.kind == "u" else array
    return {"array": {"dtype": str(array.dtype), "shape": list(array.shape), "values": array_cells(array)}}


def is_estimator(value):
    if isinstance(value, type):
        return False
    if boosting(value):
        return True
    if not (hasattr(value, "fit") or hasattr(value, "transform")):
        return False
    return hasattr(value, "get_params") or type(value).__module__ == "__main__" and hasattr(value, "__dict__")


def default_of(value):
    """What a dict with a `__missing__` has for keys that are not in it, if nothing of the user's has to run for it but an expression."""
    import collections
    import dis

    if type(value) is collections.Counter:
        return 0
    factory = value.default_factory if type(value) is collections.defaultdict else None
    if factory in (int, float, str, bool, list, dict, set):
        return factory()
    plain = isinstance(factory, types.FunctionType) and factory.__name__ == "<lambda>"
    if plain and not any(step.opname.startswith("CALL") for step in dis.get_instructions(factory)):
        return factory()
    return NotImplemented


def summary(value, depth=0, content=False):
    """What is recorded of a value. `content` asks for all cells of a table that may be a look-up table."""
    out = scalar(value)
    if out is not NotImplemented:
        return out
    if depth >= MOST_DEPTH:
        return {"other": class_path(type(value))}
    kind = type(value)
    if kind in (list, tuple, set, frozenset):
        if len(value) > MOST_ITEMS:
            return {"other": class_path(kind)}
        word = "list" if kind is list else "tuple" if kind is tuple else "set"
        return {word: [summary(item, depth + 1) for item in value]}
    if isinstance(value, dict):
        if len(value) > MOST_ITEMS:
            return {"other": class_path(kind)}
        pairs = [[summary(key, depth + 1), summary(item, depth + 1)] for key, item in value.items()]
        if not hasattr(value, "__missing__") or getattr(value, "default_factory", 0) is None:
            return {"dict": pairs}
        default = default_of(value)
        return {"other": class_path(kind)} if default is NotImplemented else {"defaults": {"pairs": pairs, "default": summary(default, depth + 1)}}
    if kind in (range, type({}.keys()), type({}.values()), type({}.items())):
        return {"list": [summary(item, depth + 1) for item in value]} if len(value) <= MOST_ITEMS else {"other": class_path(kind)}
    pd = sys.modules.get("pandas")
    np = sys.modules.get("numpy")
    if pd is not None:
        if isinstance(value, pd.DataFrame):
            return frame(value, content)
        if isinstance(value, pd.Series):
            return series(value, content)
        if isinstance(value, pd.Index):
            if len(value) > MOST_ITEMS:
                return {"other": class_path(kind)}
            return {"index": {"dtype": str(value.dtype), "labels": cells(list(value))}}
        if isinstance(value, pd.Categorical) or isinstance(value, pd.api.extensions.ExtensionArray):
            return {"array": {"dtype": str(value.dtype), "shape": [len(value)], "values": cells(list(value)) if len(value) <= MOST_ITEMS else None}}
        if isinstance(value, pd.Series.str):
            dtype = value._data.dtype
            return {"texts": "pyarrow" if in_pyarrow(dtype) else "object" if dtype == object else "python"}
        from pandas.core.groupby import GroupBy

        if isinstance(value, GroupBy):
            keys = [value.keys] if not isinstance(value.keys, list) else value.keys
            return {"group": {"keys": [summary(key, depth + 1) for key in keys]}}
        if isinstance(value, pd.CategoricalDtype) and value.categories is None:
            # Its categories will be those of the rows that it is given to.
            return {"other": "pandas.CategoricalDtype"}
        if isinstance(value, np.dtype) or isinstance(value, pd.api.extensions.ExtensionDtype):
            return {"dtype": str(value)}
    if np is not None and isinstance(value, np.ndarray):
        out = {"dtype": str(value.dtype), "shape": list(value.shape)}
        if value.size <= MOST_ITEMS * 4:
            out["values"] = array_cells(value)
        return {"array": out}
    if hasattr(value, "toarray") and hasattr(value, "nnz"):
        return {"array": {"dtype": str(value.dtype), "shape": list(value.shape)}}
    if isinstance(value, types.ModuleType):
        return {"module": value.__name__}
    if isinstance(value, types.FunctionType) and value.__module__ == "__main__":
        return {"function": f"__main__.{value.__name__}:{value.__code__.co_firstlineno}"}
    if isinstance(value, (types.FunctionType, types.BuiltinFunctionType, types.MethodType)) or isinstance(value, type):
        return {"function": f"{getattr(value, '__module__', None)}.{getattr(value, '__qualname__', '?')}"}
    if np is not None and isinstance(value, np.ufunc):
        return {"function": f"numpy.{value.__name__}"}
    if is_estimator(value):
        return estimator(value)
    if kind is Plain:
        return value.summary
    import re

    if isinstance(value, re.Pattern):
        return {"pattern": {"pattern": value.pattern, "flags": value.flags}} if isinstance(value.pattern, str) else {"other": "re.Pattern"}
    return {"other": class_path(kind)}


# ---------------------------------------------------------------------------------------------------------------------
# Recording


class Key:
    """`key[1:]` is what stands between the brackets."""

    def __getitem__(self, key):
        return key


class Recorder:
    """Events of one run. A context is one activation: a call from a call site, or one turn of a loop, inside a context."""

    between = Key()
    tests = frozenset()  # places where rows are taken for a test

    def __init__(self, job):
        self.files = {job["name"], *job["modules"].values()}
        self.modules = {"__main__", *job["modules"]}
        self.imported = []
        self.values = {}
        self.branches = {}
        self.loops = {}
        self.handlers = {}
        self.contexts = [None]
        self.context_ids = {}
        self.current = 0
        self.suspended = 0
        self.reads = []
        self.read_place = None
        self.group = None  # the group that a function of the user's is being called on, inside `groupby().transform`
        self.groups = {}

    def enter(self, parent, place, turn):
        key = (parent, place, turn)
        number = self.context_ids.get(key)
        if number is None:
            number = len(self.contexts)
            self.contexts.append(key)
            self.context_ids[key] = number
        return number

    def prepare(self, tree, prefix=""):
        """What is run in the place of a module."""
        return instrument(tree, prefix, self.tests)

    # Each hook below is called from instrumented code; the names are short because they appear in user tracebacks.
    def r(self, place, value):
        if self.group is not None:
            self.of_group(place, value)
        elif not self.suspended:
            self.values[(place, self.current)] = self.guard(value)
        elif type(value).__name__ == "StringMethods":
            self.texts(place, value)
        return value

    def texts(self, place, value):
        """`.str` in a function that a library calls back, noted as if the script itself came by, unless two calls differ."""
        key, seen = (place, 0), self.guard(value)
        self.values[key] = seen if self.values.get(key, seen) == seen else {"other": class_path(type(value))}

    def n(self, place, value):
        """A name: what may have been changed in place since it was bound is recorded afresh at each use."""
        if not self.suspended:
            kind = type(value)
            if kind in (int, float, str, bool, list, dict, set, tuple, type(None)) or is_estimator(value) or isinstance(value, dict):
                self.values[(place, self.current)] = self.guard(value)
            else:
                np, pd = sys.modules.get("numpy"), sys.modules.get("pandas")
                if np is not None and isinstance(value, (np.generic, np.ndarray)) or pd is not None and isinstance(value, pd.Index):
                    self.values[(place, self.current)] = self.guard(value)
        return value

    def after(self, place, compute):
        """A name of the script that a loop or call has changed, as it is behind that. One that no turn bound has no value."""
        if self.current == 0 and not self.suspended and self.group is None:
            try:
                value = compute()
            except NameError:
                return
            self.n(place, value)

    def of_group(self, place, value):
        """What is one value for a whole group makes, over all groups, a table."""
        key, one = self.guard(self.group), scalar(value)
        if one is not NotImplemented:
            pairs = self.groups.setdefault((place + LEARNT, self.current), [])
            if [key, one] not in pairs[-1:]:
                pairs.append([key, one])

    def table(self, place, value):
        """A name that is an argument of a call which may use it as a look-up table."""
        if not self.suspended:
            self.values[(place, self.current)] = self.guard(value, content=True)
        return value

    def guard(self, value, content=False):
        self.suspended += 1
        try:
            return summary(value, 0, content)
        except Exception as error:  # a class whose own methods raise
            return {"other": f"{class_path(type(value))} ({type(error).__name__})"}
        finally:
            self.suspended -= 1

    def is_users(self, function):
        if isinstance(function, types.MethodType):
            function = function.__func__
        # scikit-learn wraps the `transform` of its subclasses.
        function = getattr(function, "__wrapped__", function)
        if isinstance(function, types.FunctionType):
            return function.__code__.co_filename in self.files
        return isinstance(function, type) and function.__module__ in self.modules

    def c(self, place, receiver, function, /, *args, **kwargs):
        """A call. `receiver` is the place of the object of a method, which a `fit` changes, and of which a `predict` may tell more."""
        if self.suspended:
            return function(*args, **kwargs)
        if self.group is not None:
            value = function(*args, **kwargs)
            self.of_group(place, value)
            return value
        known = sum(map(len, SPARSE))
        value = self.call(place, function, args, kwargs)
        self.values[(place, self.current)] = self.guard(value)
        learnt = learnt_from_rows(function, args, kwargs, value)
        if learnt is not None:
            self.values[(place + LEARNT, self.current)] = self.guard(learnt, content=True)
        says_more = receiver is not None and (function.__name__.startswith("fit") or sum(map(len, SPARSE)) != known)
        if says_more and is_estimator(getattr(function, "__self__", None)):
            self.values[(receiver, self.current)] = self.guard(function.__self__)
        return value

    def call(self, place, function, args, kwargs):
        """A function of the user has a context of its own; inside a library's nothing is recorded, but for the groups of a `transform`."""
        saved = self.current
        how = transform_of_user(self, function, args, kwargs)
        if how is not None:
            return self.by_group(place, function, how, args, kwargs)
        if calls_at_once(function):
            entered = lambda value: self.entered(place, value) if self.is_users(value) else value
            args, kwargs = [entered(arg) for arg in args], {name: entered(arg) for name, arg in kwargs.items()}
        if function is map and args and self.is_users(args[0]):
            return map(self.turns(place, args[0]), *args[1:], **kwargs)
        if self.is_users(function):
            self.current = self.enter(saved, place, 0)
            try:
                return function(*args, **kwargs)
            finally:
                self.current = saved
        outer, self.read_place = self.read_place, (place, saved)
        self.suspended += 1
        watch_boosting()
        try:
            return function(*args, **kwargs)
        finally:
            self.suspended -= 1
            self.read_place = outer

    def turns(self, place, function):
        """A function of the user's that `map` calls, with a context for each of the first calls: those of a map over frames."""
        numbers = iter(range(MOST_TURNS))
        entered = [self.entered(place, function, self.enter(self.current, place, turn)) for turn in range(MOST_TURNS)]

        def called(*args, **kwargs):
            turn = next(numbers, None)
            return function(*args, **kwargs) if turn is None else entered[turn](*args, **kwargs)

        return called

    def entered(self, place, function, within=None):
        """A function of the user's that a library calls once, with a context as if the script did."""
        saved = self.current if within is None else within

        def called(*args, **kwargs):
            outer = self.save()
            self.current, self.suspended = self.enter(saved, place, 0), 0
            try:
                return function(*args, **kwargs)
            finally:
                self.back(outer)

        return called

    def by_group(self, place, function, how, args, kwargs):
        saved = self.current, self.suspended

        def one(part, *more, **options):
            outer, self.group = self.group, part.name
            self.current = self.enter(saved[0], place, 0)
            self.suspended = 0
            try:
                return how(part, *more, **options)
            finally:
                self.group = outer
                self.back(saved)

        value = function(*[one if arg is how else arg for arg in args], **{name: one if arg is how else arg for name, arg in kwargs.items()})
        self.note_groups()
        return value

    def rest(self, place, of, key):
        """`of[n:]`, with what stands between the brackets as a key."""
        return self.r(place, of[key])

    def note_groups(self):
        for key, pairs in self.groups.items():
            self.values[key] = {"dict": pairs} if len(pairs) <= MOST_CELLS else {"other": "dict"}

    def within_call(self, place):
        if self.read_place is None:
            return None
        called, saved = self.read_place
        return place, self.enter(saved, called, 0)

    def offer(self, place, compute):
        """Such a statistic before any row asks for it: rows that come later may be the first to."""
        key = self.within_call(place)
        if key is None or key in self.values:
            return
        try:
            self.values[key] = self.guard(compute())
        except Exception:
            pass

    def closed(self, place, value):
        """A statistic in a function that a library calls back, of nothing that the function is given: one value of the call, if it always is."""
        key = self.within_call(place)
        if key is None:
            return value
        one = self.guard(value)
        self.values[key] = one if self.values.get(key, one) == one else {"other": "several"}
        return value

    def t(self, place, value):
        if not self.suspended and self.group is None:
            self.branches[(place, self.current)] = bool(value)
        return value

    def forever(self):
        return forever()

    def save(self):
        return (self.current, self.suspended)

    def back(self, saved):
        self.current, self.suspended = saved

    def handled(self, place, saved, which):
        self.back(saved)
        if not self.suspended:
            self.handlers[(place, self.current)] = which

    def i(self, place, iterable):
        """Items of a loop or comprehension; each turn has its own context."""
        if self.suspended:
            yield from iterable
            return
        base = self.current
        items = self.loops.setdefault((place, base), [])
        turn = 0
        for item in iterable:
            if not self.suspended:
                if turn < MOST_ITEMS:
                    items.append(self.guard(item))
                self.current = self.enter(base, place, turn)
            turn += 1
            yield item
        if not self.suspended:
            self.current = base


# What a call learns from the rows that it is given, beside what it makes of them, is noted at its place with this behind it.
LEARNT = "#learnt"


def learnt_from_rows(function, args, kwargs, made):
    """The edges of `pd.qcut` and `pd.cut`; the format that `to_datetime` infers; the values of `factorize` in their order; the values of the
    groups of `groupby().transform`; when the clocks of a time zone were set."""
    pd = sys.modules.get("pandas")
    if pd is None:
        return None
    try:
        if function is pd.qcut or function is pd.cut:
            return function(*args, **{**kwargs, "retbins": True})[1]
        if function is pd.to_datetime and not kwargs.get("format") and isinstance(args[0] if args else None, pd.Series):
            first = next((text for text in args[0] if isinstance(text, str)), None)
            return None if first is None else pd.tseries.api.guess_datetime_format(first, dayfirst=kwargs.get("dayfirst", False))
        if getattr(function, "__name__", "") == "factorize" and isinstance(made, tuple):
            return list(made[1])
        if getattr(function, "__name__", "") in ("tz_convert", "tz_localize") and isinstance(getattr(made, "dtype", None), pd.DatetimeTZDtype):
            return clocks(made.dtype.tz)
        if is_transform(function):
            how = args[0] if args else kwargs.get("func")
            if isinstance(how, str) or getattr(how, "__module__", "").startswith("numpy"):
                table = function.__self__.agg(how, *args[1:])
                return {key: table[key] for key in table.index} if isinstance(table, pd.Series) and len(table) <= MOST_CELLS else None
    except Exception:
        pass
    return None


def clocks(zone):
    """When the clocks of a zone were set from 1970 to 2099, and how far they are ahead of UTC since then, in microseconds."""
    import datetime

    def offset(second):
        moment = datetime.datetime.fromtimestamp(second, datetime.timezone.utc)
        return moment.astimezone(zone).utcoffset() // datetime.timedelta(microseconds=1)

    days = 5 * 86400  # nowhere were clocks set twice in so short a time since 1970
    starts, offsets = [0], [offset(0)]
    for after in range(days, 4102444800, days):
        found = offset(after)
        if found != offsets[-1]:
            before = after - days
            while after - before > 1:
                middle = (before + after) // 2
                before, after = (middle, after) if offset(middle) == offsets[-1] else (before, middle)
            starts.append(after * 1000000)
            offsets.append(found)
    return {"name": str(zone), "starts": starts, "offsets": offsets}


def is_transform(function):
    pd = sys.modules.get("pandas")
    return pd is not None and getattr(function, "__name__", "") == "transform" and isinstance(getattr(function, "__self__", None), pd.core.groupby.SeriesGroupBy)


def calls_at_once(function):
    """`frame.pipe(f)` and `frame.assign(c=f)` call a function once, on the whole frame."""
    pd = sys.modules.get("pandas")
    name = getattr(function, "__name__", "")
    return pd is not None and name in ("pipe", "assign") and isinstance(getattr(function, "__self__", None), (pd.DataFrame, pd.Series))


def transform_of_user(recorder, function, args, kwargs):
    """The function of the user's that `groupby().transform` is called with."""
    if not is_transform(function):
        return None
    how = args[0] if args else kwargs.get("func")
    return how if recorder.is_users(how) else None


class Holder(Recorder):
    """Runs the script on its own rows, keeping what it learns from them, and after `hold()` on other rows with that held.

    What it learns are the values at the job's `held` places, and what each `fit` leaves behind. `scorewright_hold.py` has what holding means for a call.
    """

    def __init__(self, job):
        super().__init__(job)
        self.held = {self.key(one["site"]): self.key(one.get("twin") or one["site"]) for one in job["hold"]["held"]}
        self.wanted = set(self.held.values())
        self.trainings = set(job["hold"]["trainings"])
        self.tests = self.trainings.union(job["hold"]["tests"])
        self.ignored = set(job["ignored"])
        self.kept = {}
        self.calls = set()  # the held places that are calls: what stands around a call there does not hold it again
        self.holding = False

    def key(self, site):
        context = 0
        for place, turn in site["within"]:
            context = self.enter(context, place, turn)
        return site["at"], context

    def hold(self):
        self.holding = True

    def prepare(self, tree, prefix=""):
        if not prefix:
            self.back((0, 0))
        return super().prepare(Lenient(self.ignored, prefix).visit(tree) if self.holding else tree, prefix)

    def note_groups(self):
        pass

    def of_group(self, place, value):
        """The value of the group as it was; a group that was not there has none."""
        pairs = self.groups.setdefault((place, self.current), {})
        if self.holding:
            return copy.copy(pairs.get(self.group, float("nan"))) if pairs else value
        if scalar(value) is not NotImplemented:
            pairs[self.group] = value
        return value

    def r(self, place, value):
        key = (place, self.current)
        if self.suspended:
            return value
        if self.group is not None:
            return self.of_group(place, value)
        if key in self.calls:
            return value
        if self.holding:
            learnt = self.kept.get(self.held.get(key))
            return value if learnt is None else learnt.again(None, (), {})
        if key in self.wanted:
            import scorewright_hold

            self.kept[key] = scorewright_hold.Learnt(value)
        return value

    def rest(self, place, of, key):
        """All rows are the test part, as for a split; training rows stay as they were."""
        if self.holding and not self.suspended and self.group is None and (place, self.current) in self.kept:
            if place in self.trainings:
                return self.r(place, None)
            return of[(slice(None), *key[1:]) if isinstance(key, tuple) else slice(None)]
        return self.r(place, of[key])

    n = table = t = r

    def c(self, place, receiver, function, /, *args, **kwargs):
        if self.suspended:
            return function(*args, **kwargs)
        import scorewright_hold

        if self.group is not None:
            return self.of_group(place, function(*args, **kwargs))
        key = (place, self.current)
        fits = scorewright_hold.is_fit(function) and not self.is_users(function)
        if transform_of_user(self, function, args, kwargs) is not None:
            return self.call(place, function, args, kwargs)
        if self.holding:
            if fits and key in self.kept:
                return scorewright_hold.fitted(function, args, kwargs, self.kept[key])
            learnt = self.kept.get(self.held.get(key))
            return self.call(place, function, args, kwargs) if learnt is None or fits else learnt.again(function, args, kwargs)
        value = self.call(place, function, args, kwargs)
        if fits:
            self.kept[key] = scorewright_hold.copied(vars(function.__self__))
        elif key in self.wanted:
            self.kept[key] = scorewright_hold.learn(function, args, kwargs, value)
            self.calls.add(key)
        return value


HOOK = "_sw"
# Calls that look at the frame of their caller must stay where they are.
FRAME_SENSITIVE = {"super", "locals", "globals", "vars", "dir", "eval", "exec"}
FRAME_SENSITIVE_METHODS = {"query", "eval"}
TABLE_METHODS = {"merge", "merge_asof", "join", "map", "replace", "isin", "reindex", "align", "concat", "transform", "fillna"}


def is_recorded_in_callbacks(body):
    """What a library calls back is recorded all the same where it makes functions, or asks a column for its `.str`; and a name that is bound
    elsewhere is declared once."""
    told = (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Global, ast.Nonlocal)
    return any(isinstance(node, told) or isinstance(node, ast.Attribute) and node.attr == "str" for node in ast.walk(body))


class Instrument(ast.NodeTransformer):
    def __init__(self, prefix="", tables=frozenset(), tests=frozenset()):
        self.saves = 0
        self.tests = tests
        self.prefix = prefix
        self.tables = tables

    def place(self, node):
        """Where a node stands; in a module its file stands before that."""
        return f"{self.prefix}{node.lineno}:{node.col_offset}-{node.end_lineno}:{node.end_col_offset}"

    def hook(self, name, node, *args):
        call = ast.Call(func=ast.Attribute(value=ast.Name(id=HOOK, ctx=ast.Load()), attr=name, ctx=ast.Load()), args=list(args), keywords=[])
        return ast.copy_location(call, node)

    def wrap(self, node, name="r"):
        return self.hook(name, node, ast.copy_location(ast.Constant(self.place(node)), node), node)

    def text(self, node, value):
        return ast.copy_location(ast.Constant(value), node)

    def visit_plain(self, node):
        self.generic_visit(node)
        return self.wrap(node)

    visit_BinOp = visit_Compare = visit_BoolOp = visit_NamedExpr = visit_plain

    def visit_UnaryOp(self, node):
        self.generic_visit(node)
        return node if isinstance(node.operand, ast.Constant) else self.wrap(node)

    def visit_Attribute(self, node):
        self.generic_visit(node)
        return self.wrap(node) if isinstance(node.ctx, ast.Load) else node

    def visit_Subscript(self, node):
        rows = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
        rest = isinstance(rows, ast.Slice) and rows.lower is not None and rows.upper is None and rows.step is None or self.place(node) in self.tests
        node = self.visit_Attribute(node)
        if rest and isinstance(node, ast.Call):
            # `rows[n:]` may be the part of a frame that is kept for a test, and `rows[places]` is where the job says so.
            place, item = node.args
            key = ast.copy_location(ast.Subscript(value=self.hook_of(node, "between"), slice=item.slice, ctx=ast.Load()), item)
            return self.hook("rest", node, place, item.value, key)
        return node

    def hook_of(self, node, name):
        return ast.copy_location(ast.Attribute(value=ast.copy_location(ast.Name(id=HOOK, ctx=ast.Load()), node), attr=name, ctx=ast.Load()), node)

    def visit_Name(self, node):
        return self.wrap(node, "n") if isinstance(node.ctx, ast.Load) else node

    def visit_JoinedStr(self, node):
        # Positions inside an f-string are not trustworthy before Python 3.12: only the whole text is recorded.
        return self.wrap(node)

    def visit_TemplateStr(self, node):
        return node

    def visit_IfExp(self, node):
        place = self.place(node)
        test_place = self.place(node.test)
        self.generic_visit(node)
        node.test = self.hook("t", node.test, self.text(node.test, test_place), node.test)
        return self.hook("r", node, self.text(node, place), node)

    def visit_Call(self, node):
        place = self.place(node)
        func = node.func
        name = func.id if isinstance(func, ast.Name) else None
        method = func.attr if isinstance(func, ast.Attribute) else None
        tables = method in TABLE_METHODS or name in TABLE_METHODS
        receiver = None
        if isinstance(func, ast.Attribute):
            if func.attr.startswith(("fit", "predict", "inplace_predict", "transform")):
                receiver = self.place(func.value)
            func.value = self.visit(func.value)
        elif not isinstance(func, ast.Name):
            node.func = self.visit(func)
        node.args = [self.argument(arg, tables) for arg in node.args]
        for keyword in node.keywords:
            keyword.value = self.argument(keyword.value, tables)
        if name in FRAME_SENSITIVE:
            return node
        if method in FRAME_SENSITIVE_METHODS:
            return self.hook("r", node, self.text(node, place), node)
        node.args = [self.text(node, place), self.text(node, receiver), node.func, *node.args]
        node.func = ast.copy_location(ast.Attribute(value=ast.copy_location(ast.Name(id=HOOK, ctx=ast.Load()), node), attr="c", ctx=ast.Load()), node)
        return node

    def argument(self, arg, tables):
        if tables and isinstance(arg, ast.Name):
            return self.wrap(arg, "table")
        place = self.place(arg)
        out = self.visit(arg)
        if tables and not isinstance(arg, (ast.Constant, ast.Lambda, ast.Starred, ast.List, ast.Dict, ast.Tuple)):
            return self.hook("table", arg, self.text(arg, place), out)
        return out

    def comprehension(self, node):
        place = self.place(node)
        for generator in node.generators:
            at = self.place(generator.iter)
            generator.iter = self.visit(generator.iter)
            generator.iter = self.hook("i", generator.iter, self.text(generator.iter, at), generator.iter)
            tests = []
            for test in generator.ifs:
                test_place = self.place(test)
                test = self.visit(test)
                tests.append(self.hook("t", test, self.text(test, test_place), test))
            generator.ifs = tests
        if isinstance(node, ast.DictComp):
            node.key, node.value = self.visit(node.key), self.visit(node.value)
        else:
            node.elt = self.visit(node.elt)
        return self.hook("r", node, self.text(node, place), node)

    visit_ListComp = visit_SetComp = visit_DictComp = comprehension

    def visit_GeneratorExp(self, node):
        # Lazy: it runs inside the call that takes it, where nothing is recorded.
        return node

    def save_name(self):
        self.saves += 1
        return f"{HOOK}_{self.saves}"

    def assign(self, node, name):
        value = self.hook("save", node)
        return ast.copy_location(ast.Assign(targets=[ast.copy_location(ast.Name(id=name, ctx=ast.Store()), node)], value=value), node)

    def statement(self, node, call):
        return ast.copy_location(ast.Expr(call), node)

    def load(self, node, name):
        return ast.copy_location(ast.Name(id=name, ctx=ast.Load()), node)

    def visit_For(self, node):
        name = self.save_name()
        place = self.place(node.iter)
        changed = self.changed_by(node)
        node.iter = self.visit(node.iter)
        node.iter = self.hook("i", node.iter, self.text(node.iter, place), node.iter)
        node.body = self.block(node.body)
        node.orelse = self.block(node.orelse)
        node.target = self.visit(node.target)
        back = self.statement(node, self.hook("back", node, self.load(node, name)))
        return [self.assign(node, name), node, back, *[self.statement(node, self.after(node, f"{place}#{one}", one)) for one in changed]]

    def visit_Expr(self, node):
        func = node.value.func if isinstance(node.value, ast.Call) else None
        root = func
        while isinstance(root, (ast.Subscript, ast.Attribute, ast.Call)):
            root = root.func if isinstance(root, ast.Call) else root.value
        changed = isinstance(func, ast.Attribute) and func.attr in CHANGES and isinstance(root, ast.Name)
        place = self.place(node.value)
        self.generic_visit(node)
        return [node, self.statement(node, self.after(node, f"{place}#{root.id}", root.id))] if changed else node

    def changed_by(self, loop):
        """Names whose objects the turns of a loop write into, or call methods of."""
        own = {one.id for one in ast.walk(loop.target) if isinstance(one, ast.Name)}
        out = []
        for node in (one for statement in loop.body for one in ast.walk(statement)):
            root = node
            while isinstance(root, (ast.Subscript, ast.Attribute)):
                root = root.value
            written = isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store)
            method = isinstance(node, ast.Attribute) and node.attr in CHANGES
            if (written or method) and isinstance(root, ast.Name) and root.id not in own and root.id not in out:
                out.append(root.id)
        return out

    def after(self, node, place, name):
        nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
        thunk = ast.copy_location(ast.Lambda(args=nothing, body=self.load(node, name)), node)
        return self.hook("after", node, self.text(node, place), thunk)

    def test(self, test):
        place = self.place(test)
        test = self.visit(test)
        return self.hook("t", test, self.text(test, place), test)

    def visit_If(self, node):
        node.test = self.test(node.test)
        node.body = self.block(node.body)
        node.orelse = self.block(node.orelse)
        return node

    def visit_While(self, node):
        # `while test: body` becomes a loop over turns, so that each turn has its own context.
        name = self.save_name()
        place = self.place(node)
        if node.orelse:
            return node
        test = self.test(node.test)
        leave = ast.copy_location(ast.If(test=ast.copy_location(ast.UnaryOp(op=ast.Not(), operand=test), node), body=[ast.copy_location(ast.Break(), node)], orelse=[]), node)
        forever = self.hook("forever", node)
        turns = self.hook("i", node, self.text(node, place), forever)
        target = ast.copy_location(ast.Name(id=name + "_turn", ctx=ast.Store()), node)
        loop = ast.copy_location(ast.For(target=target, iter=turns, body=[leave, *self.block(node.body)], orelse=[], type_comment=None), node)
        return [self.assign(node, name), loop, self.statement(node, self.hook("back", node, self.load(node, name)))]

    def visit_Try(self, node):
        name = self.save_name()
        place = self.place(node)
        node.body = self.block(node.body)
        node.orelse = self.block(node.orelse)
        node.finalbody = self.block(node.finalbody)
        for which, handler in enumerate(node.handlers):
            call = self.hook("handled", handler, self.text(handler, place), self.load(handler, name), self.text(handler, which))
            handler.body = [self.statement(handler, call), *self.block(handler.body)]
        return [self.assign(node, name), node]

    def block(self, body):
        out = []
        for statement in body:
            new = self.visit(statement)
            out.extend(new if isinstance(new, list) else [new])
        return out

    def visit_Assign(self, node):
        place = self.place(node.value)
        self.generic_visit(node)
        target = node.targets[0]
        if len(node.targets) == 1 and isinstance(target, ast.Name) and target.id in self.tables:
            node.value = self.hook("table", node.value, self.text(node.value, place), node.value)
        return node

    def visit_AugAssign(self, node):
        place = self.place(node)
        target = node.target
        node.value = self.visit(node.value)
        if isinstance(target, ast.Name):
            after = self.statement(node, self.hook("r", node, self.text(node, place), self.load(node, target.id)))
            return [node, after]
        if isinstance(target, (ast.Attribute, ast.Subscript)):
            target.value = self.visit(target.value)
            if isinstance(target, ast.Subscript):
                target.slice = self.visit(target.slice)
        return node

    def visit_AnnAssign(self, node):
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def called_back(self, node):
        """Whether a library calls, so that nothing is recorded."""
        suspended, group = (ast.Attribute(value=ast.Name(id=HOOK, ctx=ast.Load()), attr=name, ctx=ast.Load()) for name in ("suspended", "group"))
        alone = ast.Compare(left=group, ops=[ast.Is()], comparators=[ast.Constant(None)])
        return ast.copy_location(ast.BoolOp(op=ast.And(), values=[suspended, alone]), node)

    def visit_defaults(self, node):
        node.args.defaults = [self.visit(one) for one in node.args.defaults]
        node.args.kw_defaults = [one if one is None else self.visit(one) for one in node.args.kw_defaults]

    def visit_FunctionDef(self, node):
        """A function has its own body twice, so that a library that calls it for every cell does not pay for hooks."""
        self.visit_defaults(node)
        head = 1 if isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant) else 0
        body = node.body[head:]
        own = copy.deepcopy(body) if body and not any(map(is_recorded_in_callbacks, body)) else None
        if own is not None:
            closed = Closed(self, node)
            own = [closed.visit(statement) for statement in own]
            own = [*[self.statement(own[0], offer) for offer in closed.offers(own[0])], *own]
        body = self.block(body)
        if own is not None:
            body = [ast.copy_location(ast.If(test=self.called_back(node), body=own, orelse=body), own[0])]
        node.body = node.body[:head] + body
        return node

    def visit_Lambda(self, node):
        self.visit_defaults(node)
        own, closed = None, Closed(self, node)
        if not is_recorded_in_callbacks(node.body):
            own = closed.visit(copy.deepcopy(node.body))
            if closed.found:
                all_of_it = ast.Tuple(elts=[*closed.offers(own), own], ctx=ast.Load())
                own = ast.copy_location(ast.Subscript(value=ast.copy_location(all_of_it, own), slice=ast.copy_location(ast.Constant(-1), own), ctx=ast.Load()), own)
        node.body = self.visit(node.body)
        if own is not None:
            node.body = ast.copy_location(ast.IfExp(test=self.called_back(node), body=own, orelse=node.body), own)
        return node

    def visit_AsyncFunctionDef(self, node):
        return node

    def visit_ClassDef(self, node):
        node.body = self.block(node.body)
        return node

    def visit_Global(self, node):
        return node

    visit_Nonlocal = visit_Import = visit_ImportFrom = visit_Global

    def visit_Match(self, node):
        node.subject = self.visit(node.subject)
        for case in node.cases:
            case.body = self.block(case.body)
        return node


# Methods of lists, sets and dicts that change them.
CHANGES = {"add", "append", "clear", "difference_update", "discard", "extend", "insert", "intersection_update", "pop", "popitem", "remove", "reverse", "setdefault", "sort", "subtract", "update"}
STATISTICS = {"mean", "median", "min", "max", "std", "var", "sum", "mode", "quantile", "nunique", "count", "skew"}


class Closed(ast.NodeTransformer):
    """Statistics in a function that depend on none of its own names: `train["x"].median()` and `train["x"].mode()[0]`."""

    def __init__(self, instrument, function):
        self.instrument = instrument
        self.found = []
        arguments = function.args
        given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *filter(None, (arguments.vararg, arguments.kwarg))]
        stored = [one.id for one in ast.walk(function) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)]
        self.own = {one.arg for one in given} | set(stored)

    def is_closed(self, node):
        names = [one.id for one in ast.walk(node) if isinstance(one, ast.Name)]
        return bool(names) and self.own.isdisjoint(names) and not any(isinstance(one, (ast.Lambda, ast.NamedExpr)) for one in ast.walk(node))

    def is_statistic(self, node):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            inner = node.value.value if isinstance(node.value, ast.Attribute) and node.value.attr == "iloc" else node.value
            return self.is_statistic(inner)
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in STATISTICS and self.is_closed(node)

    def visit(self, node):
        if isinstance(node, ast.expr) and self.is_statistic(node):
            self.found.append((self.instrument.place(node), copy.deepcopy(node)))
            return self.instrument.hook("closed", node, self.instrument.text(node, self.instrument.place(node)), node)
        return self.generic_visit(node)

    def offers(self, at):
        nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
        thunk = lambda node: ast.copy_location(ast.Lambda(args=nothing, body=node), at)
        return [self.instrument.hook("offer", at, self.instrument.text(at, place), thunk(node)) for place, node in self.found]


class Lenient(ast.NodeTransformer):
    """Statements that the output does not need may raise on rows that the script was not written for."""

    def __init__(self, places, prefix):
        self.places = places
        self.instrument = Instrument(prefix)

    def visit(self, node):
        node = self.generic_visit(node)
        plain = isinstance(node, (ast.Expr, ast.Assert, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete)) and not isinstance(node.value if hasattr(node, "value") else None, ast.Constant)
        if not plain or self.instrument.place(node) not in self.places:
            return node
        passes = ast.copy_location(ast.ExceptHandler(type=None, name=None, body=[ast.copy_location(ast.Pass(), node)]), node)
        return ast.copy_location(ast.Try(body=[node], handlers=[passes], orelse=[], finalbody=[]), node)


def look_up_names(tree):
    """Names of tables that functions look cells up in by label, if they are bound once and nothing is written into them."""
    looked, bound, written = set(), {}, set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            inner = [one for one in ast.walk(node) if isinstance(one, ast.Attribute) and one.attr in ("loc", "at", "index")]
            looked.update(one.value.id for one in inner if isinstance(one.value, ast.Name))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound[node.id] = bound.get(node.id, 0) + 1
        elif isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
            written.update(one.id for one in ast.walk(node.value) if isinstance(one, ast.Name))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and any(keyword.arg == "inplace" for keyword in node.keywords):
            written.update(one.id for one in ast.walk(node.func) if isinstance(one, ast.Name))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("insert", "pop", "update"):
            written.update(one.id for one in ast.walk(node.func) if isinstance(one, ast.Name))
    return {name for name in looked - written if bound.get(name) == 1}


def instrument(tree, prefix="", tests=frozenset()):
    """Instruments a module in place. A docstring and `from __future__` stay first."""
    head, body = [], list(tree.body)
    while body and (isinstance(body[0], ast.ImportFrom) and body[0].module == "__future__" or not head and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)):
        head.append(body.pop(0))
    tree.body = head + Instrument(prefix, look_up_names(tree), tests).block(body)
    return ast.fix_missing_locations(tree)


# ---------------------------------------------------------------------------------------------------------------------
# Running


def forever():
    turn = 0
    while True:
        yield turn
        turn += 1


def versions():
    out = {"python": platform.python_version()}
    for name in ("pandas", "numpy", "sklearn", "scipy", "onnxruntime", "pyarrow", "xgboost", "lightgbm", "catboost"):
        module = sys.modules.get(name)
        if module is not None:
            out[name] = module.__version__
    return out


def same_file(one, other):
    try:
        return os.path.realpath(one) == os.path.realpath(other)
    except (OSError, TypeError, ValueError):
        return False


def local(path, job):
    """A path in the script's folder, or in the copy of it that is run, as the way from there; any other as it is."""
    path = os.fspath(path)
    if "://" in path or not os.path.isabs(path):
        return path
    real = os.path.realpath(path)
    for folder in (os.getcwd(), job.get("protect")):
        inside = folder and os.path.realpath(folder) + os.sep
        if inside and real.startswith(inside):
            return real[len(inside) :].replace(os.sep, "/")
    return path


def as_read(pd, frame):
    """A copy whose columns lie apart in memory, as `read_csv` leaves them: pandas adds up a row block by block."""
    if not frame.columns.is_unique:
        return frame.copy()
    return pd.DataFrame({name: frame[name].copy() for name in frame}, columns=frame.columns, index=frame.index, copy=False)


def hook_reads(pd, job, note, instead=None):
    """Notes each `read_csv`, and gives the scoring file the dtypes of the recorded run instead of inferring them anew.

    A table `instead["frame"]` takes the place of the scoring file.
    """
    original = pd.read_csv
    declared = dict(job.get("dtypes") or [])

    def read_csv(path, *args, **kwargs):
        is_path = isinstance(path, (str, os.PathLike))
        path = local(path, job) if is_path else path
        scoring = is_path and job.get("score") is not None and same_file(path, job["score"])
        if scoring and declared and not isinstance(kwargs.get("dtype"), str):
            given = kwargs.get("dtype") or {}
            texts = {name: "str" for name, dtype in declared.items() if dtype == "str" and name not in given}
            kwargs["dtype"] = {**texts, **dict(given)}
        out = original(path, *args, **kwargs)
        if scoring and isinstance(out, pd.DataFrame):
            for name, dtype in declared.items():
                if name in out.columns and str(out[name].dtype) != dtype and dtype in ("float64", "int64", "bool"):
                    try:
                        out[name] = out[name].astype(dtype)
                    except (ValueError, TypeError):
                        pass
        note(os.fspath(path) if is_path else None, out)
        return as_read(pd, instead["frame"]) if scoring and instead else out

    read_csv.__wrapped__ = original
    pd.read_csv = read_csv


def hook_writes(pd, written):
    """Keeps each frame that the script writes, by the name of the file, exactly (a CSV would lose types)."""

    def keep(original):
        def write(self, path_or_buf=None, *args, **kwargs):
            if isinstance(path_or_buf, (str, os.PathLike)):
                written[os.path.basename(os.fspath(path_or_buf))] = self.copy()
            return original(self, path_or_buf, *args, **kwargs)

        return write

    pd.DataFrame.to_csv = keep(pd.DataFrame.to_csv)
    pd.Series.to_csv = keep(pd.Series.to_csv)


def protect(folder):
    """A script that names its own folder by an absolute path cannot write there: the run works on a copy."""
    if not folder:
        return
    folder = os.path.realpath(folder) + os.sep
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

    def audit(event, args):
        if event == "open" and isinstance(args[0], str):
            mode, flags = args[1], args[2]
            writes = any(letter in mode for letter in "wax+") if isinstance(mode, str) else bool(isinstance(flags, int) and flags & writing)
            if writes and os.path.realpath(args[0]).startswith(folder):
                raise PermissionError(f"the recorded run may not write to {args[0]}")
        elif event in ("os.remove", "os.rename", "os.rmdir", "os.truncate") and isinstance(args[0], str):
            if os.path.realpath(args[0]).startswith(folder):
                raise PermissionError(f"the recorded run may not change {args[0]}")

    sys.addaudithook(audit)


def read_source(job):
    with open(job["script"], "rb") as file:
        text = file.read().decode("utf-8-sig")
    return text


def load_pandas():
    try:
        import numpy
        import pandas
    except ImportError as error:
        raise Failure("environment", f"this Python ({sys.executable}) cannot import {error.name}: {error}")
    return pandas, numpy


def execute(text, job, recorder, until=None, lenient=False):
    """Runs the script and gives its names. What it raises behind the line `until` ends it as if nothing had happened: the output stands.
    `lenient` lets the statements that the job ignores raise.

    With `cells`, the lines at which a notebook's cells start, a cell that raises ends and the next one runs.
    """
    name = job["name"]
    output = job.get("output")
    try:
        tree = ast.parse(text, name)
    except SyntaxError as error:
        raise Failure("syntax", f"{type(error).__name__}: {error.msg}", error.lineno)
    recording = job["job"] == "record"
    if output and recording and not output.endswith(".csv"):
        try:
            tree = ast.parse(text.rstrip("\n") + "\n" + output + "\n", name)
        except SyntaxError as error:
            raise Failure("output", f"the output expression `{output}` is not Python: {error.msg}")
    if recorder is not None:
        tree = recorder.prepare(tree)
    elif lenient:
        tree = Lenient(set(job["ignored"]), "").visit(tree)
    module = types.ModuleType("__main__")
    module.__file__ = os.path.join(os.getcwd(), name)
    module.__dict__[HOOK] = recorder
    sys.modules["__main__"] = module
    sys.argv = [name]
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    # Each run imports the user's modules anew: they may read files, and keep what they read.
    for own in job["modules"]:
        sys.modules.pop(own, None)
    sys.meta_path[:] = [OwnModules(job["modules"], recorder), *(finder for finder in sys.meta_path if not isinstance(finder, OwnModules))]
    Drawings.stand_in()
    files = {name, *job["modules"].values()}
    import linecache

    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    cells = job.get("cells")
    raised = []
    if cells:
        # What IPython gives to a notebook, without effect. A notebook has no file.
        module.__dict__.update(get_ipython=Shell, display=lambda *values, **options: None)
        del module.__dict__["__file__"]
        known = job.get("raised") or []
        behind = text.rstrip("\n").count("\n") + 2  # the line of the output expression
        for body in by_cell(tree.body, sorted([*cells, behind])):
            failure = run(ast.Module(body=body, type_ignores=[]), name, module.__dict__, files, body[0].lineno)
            if failure is None:
                continue
            if recording:
                # The next cell runs all the same, as in Jupyter. The output expression behind the last cell has no next one.
                if body[0].lineno == behind and not raised:
                    raise Failure("output", f"the output `{output}` cannot be computed: {failure.message}")
                raised.append({"line": failure.statement, "message": failure.message})
                recorder.back((0, 0))
            elif failure.statement in known:
                continue
            elif until is None or failure.statement <= until:
                raise failure.error
            else:
                break
    else:
        failure = run(tree, name, module.__dict__, files)
        if failure is not None and recording and output and (failure.statement or 0) > text.rstrip("\n").count("\n") + 1:
            raise Failure("output", f"the output `{output}` cannot be computed: {failure.message}")
        if failure is not None and (until is None or failure.statement is None or failure.statement <= until):
            raise failure.error
    module.__dict__[RAISED] = raised
    return module.__dict__


RAISED = "_sw_raised"


class OwnModules:
    """Finds the modules of the user's project and compiles them as the script is: instrumented in a recorded run."""

    def __init__(self, files, recorder):
        self.files = files
        self.recorder = recorder

    def find_spec(self, name, path=None, target=None):
        file = self.files.get(name)
        if file is None:
            return None
        package = [os.path.dirname(os.path.abspath(file))] if file.endswith("__init__.py") else None
        return importlib.util.spec_from_file_location(name, os.path.abspath(file), loader=OwnModule(file, self.recorder), submodule_search_locations=package)


class OwnModule(importlib.abc.Loader):
    def __init__(self, file, recorder):
        self.file = file
        self.recorder = recorder

    def exec_module(self, module):
        with open(module.__spec__.origin, "rb") as file:
            text = file.read().decode("utf-8-sig")
        tree = ast.parse(text, self.file)
        if self.recorder is not None:
            self.recorder.imported.append({"name": self.file, "sha256": hashlib.sha256(text.encode()).hexdigest()})
            tree = self.recorder.prepare(tree, self.file + "@")
            module.__dict__[HOOK] = self.recorder
        exec(compile(tree, self.file, "exec"), module.__dict__)


DRAWING = {"altair", "bokeh", "cufflinks", "dython", "folium", "matplotlib", "missingno", "plotly", "pydotplus", "seaborn", "wordcloud"}


class Drawing:
    """Stands in for a library that only draws and that this Python does not have: whatever is asked of it is done without effect."""

    def __init__(self, name):
        self.__name__ = name

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name in ("load_dataset", "sample_data"):
            raise ModuleNotFoundError(f"No module named '{self.__name__}', whose `{name}` gives data")
        return Drawing(name)

    def __call__(self, *values, **options):
        if self.__name__ == "subplots":
            return Drawing("figure"), axes(*values, **options)
        return tuple(map(Drawing, ("n", "bins", "patches"))) if self.__name__ == "hist" else Drawing(self.__name__)

    def __getitem__(self, key):
        return Drawing(self.__name__)

    def __setitem__(self, key, value):
        pass

    def __iter__(self):
        return iter(())

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        return False


def axes(nrows=1, ncols=1, *, squeeze=True, **options):
    """What `plt.subplots` gives besides the figure: an array of that shape, or what stands alone in it."""
    import numpy as np

    grid = np.empty((nrows, ncols), dtype=object)
    for place in np.ndindex(grid.shape):
        grid[place] = Drawing("axes")
    if not squeeze:
        return grid
    return grid.item() if grid.size == 1 else grid.squeeze()


class Drawings(importlib.abc.Loader):
    """Finds what only draws, where nothing else does. Stands last on the path."""

    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_loader(name, self, is_package=True) if name.split(".")[0] in DRAWING else None

    def create_module(self, spec):
        module = types.ModuleType(spec.name)
        module.__getattr__ = lambda name: getattr(Drawing(spec.name), name)
        return module

    def exec_module(self, module):
        pass

    @staticmethod
    def stand_in():
        """Lets drawing go without effect, that of pandas' own `plot` and `hist` too, if this Python does not have matplotlib."""
        if not any(isinstance(finder, Drawings) for finder in sys.meta_path):
            if importlib.util.find_spec("matplotlib") is None:
                import pandas.plotting._core

                pandas.plotting._core._backends["matplotlib"] = Drawing("backend")
            sys.meta_path.append(Drawings())


class Shell:
    """What `get_ipython()` gives: magics and commands do nothing."""

    @staticmethod
    def nothing(*values, **options):
        return None

    run_line_magic = run_cell_magic = magic = system = getoutput = nothing


class Stopped:
    """Why a script or cell did not come to its end: the line of its statement, Python's message, and both as a failure."""

    def __init__(self, statement, message, file, line):
        self.statement = statement
        self.message = message
        self.error = Failure("script", message, line, file)


def by_cell(body, starts):
    """The statements of each cell. A cell starts at a line; what stands behind the script is one of its own."""
    import bisect
    import itertools

    return [list(group) for _, group in itertools.groupby(body, lambda statement: bisect.bisect_right(starts, statement.lineno))]


def run(tree, name, names, files, first=None):
    """Runs statements. What they raise is given back; `first` is the line of what cannot be compiled."""
    try:
        code = compile(tree, name, "exec")
    except SyntaxError as error:
        return Stopped(first, f"SyntaxError: {error.msg}", name, error.lineno)
    try:
        exec(code, names)
    except Failure:
        raise
    except BaseException as error:
        stops = isinstance(error, SystemExit)
        if stops and first is None and error.code in (None, 0):
            return None
        message = f"SystemExit: {error.code}" if stops else traceback.format_exception_only(type(error), error)[-1].strip()
        lines = [(file, line) for file, line in trace_lines(error.__traceback__) if file in files]
        statement = next((line for file, line in lines if file == name), first)
        return Stopped(statement, message, *(lines[-1] if lines else (None, None)))
    return None


def trace_lines(trace):
    """Files and lines of a traceback, the innermost last."""
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next


def read_column(column, name):
    """A column as it was read; of texts the first one, from which pandas infers the format of dates."""
    out = {"name": str(name), "dtype": dtype_of(column.dtype)}
    # Before pandas 3 a column of texts is one of objects.
    if out["dtype"]["name"] == "object" and sys.modules["pandas"].api.types.infer_dtype(column, skipna=True) in ("string", "empty"):
        out["dtype"]["name"] = "str"
    if out["dtype"]["name"] in ("str", "object", "string"):
        first = next((value for value in column if isinstance(value, str)), None)
        if first is not None:
            out["values"] = {"items": [clean(first)]}
    return out


def record(job):
    pd, _ = load_pandas()
    text = read_source(job)
    recorder = Recorder(job)
    written = {}

    def note(path, out):
        if isinstance(out, pd.DataFrame):
            note_categories(out)
            # Inside a user's function called back by a library nothing is replayed, so the read has no place.
            place = recorder.read_place
            recorder.reads.append({
                "at": place[0] if place else None,
                "in": place[1] if place else 0,
                "path": path,
                "rows": len(out),
                "columns": [read_column(out.iloc[:, position], name) for position, name in enumerate(out.columns)],
                **({"index": read_column(pd.Series(out.index), out.index.name)} if isinstance(out.index.name, str) else {}),
            })

    hook_reads(pd, job, note)
    hook_writes(pd, written)
    names = execute(text, job, recorder)
    gc.disable()  # what follows only makes the answer, and makes no cycles

    def order(pair):
        (place, within), _ = pair
        place, _, beside = place.partition("#")
        *file, place = place.rsplit("@", 1)
        return within, file, [int(part) for part in place.replace("-", ":").split(":")], beside

    events = lambda name, table: [{"at": at, "in": within, name: value} for (at, within), value in sorted(table.items(), key=order)]
    return {
        "format": 1,
        "script": {"name": job["name"], "sha256": hashlib.sha256(text.encode()).hexdigest(), "output": job.get("output")},
        "modules": recorder.imported,
        "versions": versions(),
        "reads": recorder.reads,
        "contexts": [{"in": parent, "at": place, "turn": turn} for parent, place, turn in recorder.contexts[1:]],
        "branches": events("taken", recorder.branches),
        "loops": events("items", recorder.loops),
        "handlers": events("which", recorder.handlers),
        "values": events("is", recorder.values),
        "raised": names[RAISED],
    }


def exact_column(column):
    for value in column if column.dtype.kind in "Oc" else ():
        if isinstance(value, complex):
            raise Failure("output", f"the output column {column.name} holds a complex number")
    return {"dtype": str(column.dtype), "values": cells(list(column))}


def exact_table(value):
    """The output as columns. A Series or a one-dimensional array is one column; a matrix has a column for each index."""
    import numpy as np
    import pandas as pd

    if hasattr(value, "toarray"):
        value = value.toarray()
    if isinstance(value, np.ndarray):
        value = pd.DataFrame(value if value.ndim > 1 else value.reshape(-1, 1))
    elif isinstance(value, pd.Series):
        value = value.to_frame(name="output" if value.name is None else value.name)
    elif isinstance(value, list):
        value = pd.DataFrame({"output": value})
    if not isinstance(value, pd.DataFrame):
        raise Failure("output", f"the output is a {class_path(type(value))}, not a table")
    whole = pd.api.types.is_integer_dtype(value.index.dtype)
    return value, {
        "rows": len(value),
        "index": [int(label) for label in value.index] if whole else None,
        "columns": [{"name": str(value.columns[position]), **exact_column(value.iloc[:, position])} for position in range(value.shape[1])],
    }


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


def outputs(job):
    """The output of the script as it is run, and on each of the tables of `frames` in the place of its scoring file; with `reversed` on
    its own rows in reverse order too, as the last of the frames.

    With `hold`, what it learns from its own rows is held in all runs but the first, and `held` is its output on its own rows so.
    """
    pd, np = load_pandas()
    text = read_source(job)
    written, instead = {}, {}
    seen = []
    holder = Holder(job) if job.get("hold") else None

    def note(path, out):
        if path is not None and job.get("score") is not None and same_file(path, job["score"]) and isinstance(out, pd.DataFrame):
            seen.append(out.copy())

    hook_reads(pd, job, note, instead)
    hook_writes(pd, written)

    def once():
        written.clear()
        names = execute(text, job, holder, job.get("until"), lenient="frame" in instead)
        return *exact_table(output_value(job["output"], names, written)), names

    def run(dropped=None):
        value, out, _ = once()
        given = instead.get("frame", seen[-1] if seen else None)
        counted = list(range(out["rows"]))
        if given is not None and out["rows"] < len(given) and out["index"] == counted:
            # Rows were dropped: the labels say which, unless the others were counted anew.
            kept = holder and dict(holder.kept)
            out["index"] = labels_of(out, once)
            if holder:
                holder.kept = kept
            if out["index"] in (None, counted) and dropped is not None and len(given) - len(dropped) == out["rows"]:
                out["index"] = [row for row in range(len(given)) if row not in dropped]
        answer = {"table": out}
        if job.get("model"):
            answer["model"] = run_model(job["model"], feed_frame(value, job.get("feed")))
        return answer

    own_dropped = None if job.get("dropped") is None else set(job["dropped"])
    result = run(own_dropped)
    if holder is not None:
        holder.hold()
        result["held"] = run(own_dropped)
    result["versions"] = versions()
    if seen:
        table = with_index(seen[0])
        result["input"] = {"rows": len(table), "index": None, "columns": [{"name": str(name), **exact_column(table.iloc[:, at])} for at, name in enumerate(table.columns)]}
    count = len(seen[0]) if seen else 0
    own = {"reversed": True, "rows": count, "apart": False, "beside": 0, "dropped": None if own_dropped is None else [count - 1 - row for row in own_dropped]}
    frames = [*(job.get("frames") or []), *([own] if job.get("reversed") else [])]
    result["frames"] = []
    # What a row is filled up from is to be one that the script keeps.
    kept = result["table"]["index"]
    like = kept[0] if seen and kept and result["table"]["rows"] < len(seen[0]) and 0 <= kept[0] < len(seen[0]) else 0
    for frame in frames:
        if not seen:
            raise Failure("output", f"the script does not read `{job.get('score')}` as a table")

        beside = list(range(frame["beside"]))

        def part(rows):
            rows = beside + rows
            try:
                instead["frame"] = reversed_frame(seen[0], rows) if frame is own else changed_frame(seen[0], frame, rows, like)
            except Exception as error:  # a cell that no column of that type holds
                raise Failure("input", str(error))
            dropped = None if frame["dropped"] is None else {at for at, row in enumerate(rows) if row in frame["dropped"]}
            out = run(dropped)
            kept = out["table"]["index"]
            if out["table"]["rows"] == len(rows):
                places = list(range(len(rows)))
            elif kept is not None and len(set(kept)) == len(kept) and isinstance(seen[0].index, pd.RangeIndex) and len(rows) > 1:
                places = kept
            elif len(rows) == 1 and out["table"]["rows"] == 0:
                places = []
            else:
                raise Unaligned(f"{len(rows)} rows go in and {out['table']['rows']} come out")
            return {"rows": rows, "kept": [rows[place] for place in places], **out}

        result["frames"].append(pieces(range(len(beside), frame["rows"]), part, MOST_RUNS, frame["apart"]))
    return result


def with_index(frame):
    """The frame with its index as its first column, if that has a name."""
    return frame.reset_index() if isinstance(frame.index.name, str) and frame.index.name not in frame.columns else frame


def labels_of(table, run):
    """The labels that the rows of an output have if no `reset_index` gives them others. None where the output would be another."""
    import pandas as pd

    reset = pd.DataFrame.reset_index

    def keeping(self, *args, **kwargs):
        labels = self.index
        out = reset(self, *args, **kwargs)
        if sys._getframe(1).f_globals.get("__name__", "").startswith("pandas."):
            return out  # pandas counts rows anew for itself, as `nlargest` does
        frame = self if kwargs.get("inplace") else out
        if pd.api.types.is_integer_dtype(labels.dtype) and labels.name is None:
            frame.index = labels
        return out

    pd.DataFrame.reset_index = keeping
    try:
        _, out, names = run()
    except Failure:
        return None
    finally:
        pd.DataFrame.reset_index = reset
    if out["columns"] != table["columns"]:
        return None
    counted = list(range(out["rows"]))
    if out["index"] != counted:
        return out["index"]
    # Made of arrays, which have no labels: those of the frame that they are of, if there is one.
    frames = [value for value in names.values() if isinstance(value, pd.DataFrame) and len(value) == out["rows"]]
    labels = {tuple(frame.index) for frame in frames if pd.api.types.is_integer_dtype(frame.index.dtype)} - {tuple(counted)}
    return list(map(int, labels.pop())) if len(labels) == 1 else counted


MOST_RUNS = 60  # of a script, to find the rows that it raises on


class Unaligned(Exception):
    """It cannot be told which rows came out."""


def pieces(numbers, part, budget, apart=False):
    """Runs all rows at once; if that raises, halves, down to single rows. What `budget` runs did not reach is given as untested.

    `apart` runs each row alone from the start: right for rows that are expected to raise.
    """
    todo, out = [[row] for row in reversed(numbers)] if apart else [list(numbers)] if len(numbers) else [], []
    while todo:
        rows = todo.pop()
        if budget == 0:
            out.append({"rows": rows, "untested": True})
            continue
        budget -= 1
        try:
            out.append({"rows": rows, **part(rows)})
        except (Failure, Unaligned) as error:
            if len(rows) == 1:
                out.append({"rows": rows, "raised": str(error)})
            else:
                half = len(rows) // 2
                todo += [rows[half:], rows[:half]]
    return out


def reversed_frame(frame, rows):
    """The scoring table's own rows, the last one first."""
    import pandas as pd

    out = frame.iloc[::-1].iloc[rows].copy()
    if isinstance(frame.index, pd.RangeIndex) and frame.index.name is None:
        out.index = pd.RangeIndex(len(rows))
    return out


def changed_frame(frame, changes, rows, like=0):
    """The scoring table with other rows: the columns of `changes`, and one row's cells in all others."""
    import pandas as pd

    at = [like] * len(rows)
    out = frame.iloc[at].copy() if len(frame) else frame.reindex(range(len(rows)))
    if isinstance(frame.index, pd.RangeIndex) and frame.index.name is None:
        out.index = pd.RangeIndex(len(rows))
    for column in changes["columns"]:
        is_index = column["name"] == frame.index.name and column["name"] not in frame.columns
        dtype = frame.index.dtype if is_index else frame[column["name"]].dtype
        if column["dtype"] == "str" and dtype.kind in "fiub":
            dtype = pd.Series(["a"]).dtype
        elif column["dtype"].startswith("float") and dtype.kind in "iu":
            # Whole numbers in this file, and others in that of training.
            dtype = pd.Series([0.5]).dtype
        values = [from_json(column["values"][row], dtype) for row in rows]
        if is_index:
            out.index = pd.Index(values, name=column["name"], dtype=dtype)
        else:
            out[column["name"]] = pd.Series(values, index=out.index, dtype=dtype)
    return out


def from_json(value, dtype):
    """A cell as the table holds it. Floats travel as text; times as microseconds."""
    import numpy as np
    import pandas as pd

    if dtype.kind == "f":
        return float("nan") if value is None else float(value)
    if dtype.kind in "Mm":
        made = np.datetime64 if dtype.kind == "M" else np.timedelta64
        return pd.NaT if value is None else made(value, "us")
    if value is None:
        return None if dtype.kind != "O" else float("nan")
    return value


def output_value(output, names, written):
    if os.path.basename(output) in written:
        return written[os.path.basename(output)]
    if output.endswith(".csv"):
        raise Failure("output", f"the script does not write `{output}`")
    try:
        return eval(compile(output, "<output>", "eval"), names)
    except Exception as error:
        raise Failure("output", f"the output `{output}` cannot be computed: {type(error).__name__}: {error}")


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


def capture(job):
    import scorewright_capture

    try:
        return scorewright_capture.capture(job)
    except scorewright_capture.Refusal as refusal:
        raise Failure(refusal.kind, str(refusal), help=refusal.help)


def main():
    job_path, result_path = sys.argv[1:3]  # the script gets its own `sys.argv`
    with open(job_path, encoding="utf-8") as file:
        job = json.load(file)
    if job.get("memory"):
        try:
            import resource

            resource.setrlimit(resource.RLIMIT_AS, (job["memory"], job["memory"]))
        except (ImportError, ValueError, OSError):
            pass
    # The script's own talk is not ours.
    import warnings

    warnings.simplefilter("ignore")
    protect(job.get("protect"))
    try:
        result = {"record": record, "outputs": outputs, "onnx": onnx, "boost": boost, "capture": capture}[job["job"]](job)
    except Failure as failure:
        result = failure.report
    except MemoryError:
        result = {"error": {"kind": "memory", "message": "the run needs more memory than it may use", "line": None}}
    temporary = result_path + ".part"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(json.dumps(result, ensure_ascii=False, allow_nan=False))
    os.replace(temporary, result_path)
    # A script may leave threads behind; nothing is left to do.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
