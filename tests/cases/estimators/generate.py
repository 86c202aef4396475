"""Fits every class of scikit-learn that converts on real data that scikit-learn brings, and says what each gives for rows.

    python tests/cases/estimators/generate.py FOLDER fit           # a folder a case: score.py, sample.csv, model.joblib and the record of the run
    python tests/cases/estimators/generate.py FOLDER answer        # beside each rows.json answers.json: what scikit-learn gives for these rows

`CASES` is one table: class, parameters, the kinds of data that it is fitted on. Everything is seeded and runs in one thread, and the kernels of
numpy and OpenBLAS are those that every x86-64 of the last ten years has, so that two machines fit the same model. `tests/tests/estimators.rs`
starts this file, compares, and writes the table of results.
"""

import json
import os
import sys
import tempfile
import warnings

KERNELS = {
    "OPENBLAS_CORETYPE": "Haswell",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    "GLIBC_TUNABLES": "glibc.cpu.x86_level=3",
    "PYTHONHASHSEED": "0",
}
if any(os.environ.get(name) != value for name, value in KERNELS.items()):
    os.execve(sys.executable, [sys.executable, "-X", "utf8", *sys.argv], {**os.environ, **KERNELS})
warnings.simplefilter("ignore")

import joblib
import numpy as np
import pandas as pd
import sklearn.experimental.enable_halving_search_cv  # noqa: F401
import sklearn.experimental.enable_iterative_imputer  # noqa: F401
from sklearn import datasets
from sklearn.base import clone
from sklearn.utils.discovery import all_estimators

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../crates/reference/python"))
import runner
import scorewright_capture

CLASSES = dict(all_estimators())
TRAINING, HELD_OUT = 80, 30


# Data ------------------------------------------------------------------------------------------------------------------------


def table(columns, target, weights=None):
    """Training rows, their targets and weights, and the rows that are held out, in an order that is the same everywhere."""
    order = np.random.default_rng(4).permutation(len(columns))
    training, held = order[:TRAINING], order[TRAINING : TRAINING + HELD_OUT]
    pick = lambda values: None if values is None else values.iloc[training].reset_index(drop=True) if hasattr(values, "iloc") else values[training]
    return pick(columns), pick(target), pick(weights), columns.iloc[held].reset_index(drop=True)


def iris():
    """Numbers and three classes, which are texts."""
    data = datasets.load_iris(as_frame=True)
    return table(data.data, data.target_names[data.target])


def cancer():
    """Numbers and two classes."""
    data = datasets.load_breast_cancer(as_frame=True)
    return table(data.data[["mean texture", "mean area", "mean smoothness", "worst concavity"]], data.target.to_numpy())


def scaled():
    """The same, near zero, for what does not converge otherwise."""
    x, y, _, held = cancer()
    mean, deviation = x.mean(), x.std()
    return ((x - mean) / deviation).round(6), y, None, ((held - mean) / deviation).round(6)


def weighted():
    """Two classes, and rows that weigh differently."""
    x, y, _, held = scaled()
    return x, y, 0.5 + np.arange(len(y)) % 4, held


def holes(columns):
    """Without some of the numbers."""
    return columns.mask(np.random.default_rng(5).random(columns.shape) < 0.1)


def wine_missing():
    """Numbers of which some are missing, and three classes."""
    data = datasets.load_wine(as_frame=True)
    return table(holes(data.data[["alcohol", "malic_acid", "magnesium", "hue"]]), data.target.to_numpy())


def counts():
    """Whole numbers that are not negative, and three classes."""
    data = datasets.load_wine(as_frame=True)
    return table((data.data[["alcohol", "flavanoids", "proline", "color_intensity"]].astype("int64")), data.target.to_numpy())


def diabetes():
    """Numbers, and a number to predict."""
    data = datasets.load_diabetes(as_frame=True, scaled=False)
    return table(data.data[["age", "bmi", "bp", "s5"]], data.target.to_numpy())


def diabetes_missing():
    x, y, weights, held = diabetes()
    return holes(x), y, weights, holes(held)


def diabetes_weighted():
    """A number to predict, and rows that weigh differently."""
    x, y, _, held = diabetes()
    return x, y, 0.5 + np.arange(len(y)) % 4, held


def patients():
    data = datasets.load_diabetes(as_frame=True, scaled=False)
    frame, random = data.data, np.random.default_rng(6)
    build = pd.cut(frame["bmi"], [0, 22, 26, 31, 99], labels=["slim", "usual", "stout", "heavy"]).astype(object)
    return pd.DataFrame({"sex": np.where(frame["sex"] == 1, "F", "M"), "build": build.mask(random.random(len(build)) < 0.1), "age": frame["age"]}), data.target


def words():
    """Texts that are categories, some missing, and a number to predict."""
    columns, target = patients()
    return table(columns[["sex", "build"]], target.to_numpy() + 0.5)


def mixed():
    """Texts that are categories, some missing, beside numbers, and two classes."""
    columns, target = patients()
    return table(columns, (target > 140).to_numpy())


def linnerud():
    """Several numbers to predict."""
    data = datasets.load_linnerud(as_frame=True)
    columns, target = data.data, data.target.to_numpy(dtype=float)
    return columns.iloc[:14], target[:14], None, columns.iloc[14:].reset_index(drop=True)


def several():
    """Two targets, of two and of three classes."""
    data = datasets.load_iris(as_frame=True)
    return table(data.data, np.column_stack([data.target, data.data["petal width (cm)"] > 1.3]).astype("int64"))


def one():
    """One column of numbers, and a number to predict."""
    x, y, weights, held = diabetes()
    return x[["bmi"]], y, weights, held[["bmi"]]


def texts():
    """Lines of a text."""
    lines = [line.strip() for line in datasets.load_breast_cancer().DESCR.split("\n") if len(line.strip()) > 20]
    return pd.DataFrame({"line": lines[:40]}), np.arange(40) % 2, None, pd.DataFrame({"line": lines[40:60] + ["", "Mean MEAN mean, nothing-else"]})


def labels():
    """Texts of which each is one of a few."""
    classes = datasets.load_iris().target_names[datasets.load_iris().target]
    columns, _, _, held = table(pd.DataFrame({"line": classes}), classes)
    return columns, None, None, held


def codes():
    """Small whole numbers that stand for categories, and three classes."""
    data = datasets.load_iris(as_frame=True)
    return table(data.data[["sepal width (cm)", "petal length (cm)", "petal width (cm)"]].round().astype("int64"), data.target_names[data.target])


def kernel():
    """The products of a few rows with each other, and of others with these."""
    x, _, _, held = scaled()
    few, names = x[:6], [f"to {number}" for number in range(6)]
    return pd.DataFrame(few.to_numpy() @ few.to_numpy().T, columns=names), None, None, pd.DataFrame(held.to_numpy() @ few.to_numpy().T, columns=names)


# The table -------------------------------------------------------------------------------------------------------------------


def make(name, **parameters):
    return CLASSES[name](**parameters)


TREE = {"random_state": 0, "max_depth": 4}
FEW = {"random_state": 0, "n_estimators": 5}
logistic = lambda: make("LogisticRegression")
tree = lambda **parameters: make("DecisionTreeClassifier", random_state=0, max_depth=3, **parameters)
tree_regression = lambda: make("DecisionTreeRegressor", random_state=0, max_depth=3)
linear = lambda: make("LinearRegression")

# Class, parameters, kinds of data.
CASES = [
    # Linear models
    *((name, {}, [diabetes]) for name in (
        "ARDRegression", "BayesianRidge", "ElasticNetCV", "GammaRegressor", "HuberRegressor", "Lars", "LarsCV", "LassoCV", "LassoLars",
        "LassoLarsCV", "LassoLarsIC", "OrthogonalMatchingPursuit", "OrthogonalMatchingPursuitCV", "PoissonRegressor", "QuantileRegressor",
        "RidgeCV", "TweedieRegressor",
    )),
    *((name, {}, [diabetes, diabetes_weighted]) for name in ("ElasticNet", "Lasso")),
    *((name, {}, [diabetes, diabetes_weighted, linnerud]) for name in ("LinearRegression", "Ridge")),
    *((name, {}, [linnerud]) for name in ("MultiTaskElasticNet", "MultiTaskElasticNetCV", "MultiTaskLasso", "MultiTaskLassoCV")),
    *((name, {"random_state": 0}, [diabetes]) for name in ("LinearSVR", "PassiveAggressiveRegressor", "RANSACRegressor", "SGDRegressor", "TheilSenRegressor")),
    ("LogisticRegression", {}, [iris, scaled, weighted]),
    ("LogisticRegressionCV", {"use_legacy_attributes": False}, [scaled]),
    ("LinearSVC", {"random_state": 0}, [iris, scaled]),
    ("PassiveAggressiveClassifier", {"random_state": 0}, [iris, scaled]),
    ("Perceptron", {"random_state": 0}, [iris, scaled]),
    *((name, {}, [iris, scaled]) for name in ("RidgeClassifier", "RidgeClassifierCV")),
    ("SGDClassifier", {"random_state": 0, "loss": "log_loss"}, [iris, weighted]),
    ("SGDOneClassSVM", {"random_state": 0}, [scaled]),
    # Trees
    ("DecisionTreeClassifier", TREE, [iris, cancer, wine_missing]),
    ("DecisionTreeRegressor", TREE, [diabetes, diabetes_missing, linnerud]),
    ("ExtraTreeClassifier", TREE, [iris, cancer]),
    ("ExtraTreeRegressor", TREE, [diabetes]),
    ("RandomForestClassifier", FEW, [iris, counts, cancer, wine_missing]),
    ("RandomForestRegressor", FEW, [diabetes, diabetes_missing, linnerud]),
    ("ExtraTreesClassifier", FEW, [iris, wine_missing]),
    ("ExtraTreesRegressor", FEW, [diabetes]),
    ("GradientBoostingClassifier", FEW, [iris, cancer, weighted]),
    ("GradientBoostingRegressor", FEW, [diabetes, diabetes_weighted]),
    ("HistGradientBoostingClassifier", {"random_state": 0, "max_iter": 4, "min_samples_leaf": 5}, [iris, cancer, wine_missing]),
    ("HistGradientBoostingRegressor", {"random_state": 0, "max_iter": 4, "min_samples_leaf": 5}, [diabetes, diabetes_missing]),
    ("IsolationForest", FEW, [cancer]),
    ("RandomTreesEmbedding", {**FEW, "max_depth": 3}, [iris]),
    ("AdaBoostClassifier", FEW, [iris, cancer, weighted]),
    ("AdaBoostRegressor", FEW, [diabetes]),
    ("BaggingClassifier", FEW, [iris, wine_missing]),
    ("BaggingRegressor", FEW, [diabetes]),
    # Models of models
    ("VotingClassifier", {"estimators": [("l", logistic()), ("t", tree())], "voting": "soft"}, [iris]),
    ("VotingRegressor", {"estimators": [("l", linear()), ("t", tree_regression())]}, [diabetes]),
    ("StackingClassifier", {"estimators": [("l", logistic()), ("t", tree())]}, [scaled]),
    ("StackingRegressor", {"estimators": [("l", linear()), ("t", tree_regression())]}, [diabetes]),
    ("CalibratedClassifierCV", {"estimator": tree()}, [iris, cancer]),
    ("CalibratedClassifierCV", {"estimator": make("LinearSVC"), "method": "isotonic"}, [scaled]),
    ("ClassifierChain", {"estimator": tree()}, [several]),
    ("RegressorChain", {"base_estimator" if "base_estimator" in make("RegressorChain", estimator=None).get_params() else "estimator": linear()}, [linnerud]),
    ("MultiOutputClassifier", {"estimator": logistic()}, [several]),
    ("MultiOutputRegressor", {"estimator": tree_regression()}, [linnerud]),
    ("OneVsOneClassifier", {"estimator": logistic()}, [iris]),
    ("OneVsRestClassifier", {"estimator": logistic()}, [iris, scaled]),
    ("OutputCodeClassifier", {"estimator": logistic(), "random_state": 0}, [iris]),
    ("SelfTrainingClassifier", {"estimator": logistic()}, [scaled]),
    ("FixedThresholdClassifier", {"estimator": logistic(), "threshold": 0.3}, [scaled]),
    ("TunedThresholdClassifierCV", {"estimator": logistic()}, [scaled]),
    ("FrozenEstimator", lambda x, y: {"estimator": logistic().fit(x, y)}, [iris]),
    ("TransformedTargetRegressor", {"regressor": linear(), "func": np.log1p, "inverse_func": np.expm1}, [diabetes]),
    *((name, {"estimator": tree(), "param_grid": {"max_depth": [1, 2]}}, [iris]) for name in ("GridSearchCV", "HalvingGridSearchCV")),
    *((name, {"estimator": tree(), "param_distributions": {"max_depth": [1, 2]}, "n_iter" if name[0] == "R" else "n_candidates": 2, "random_state": 0}, [iris]) for name in ("RandomizedSearchCV", "HalvingRandomSearchCV")),
    ("DummyClassifier", {}, [iris]),
    ("DummyRegressor", {}, [diabetes]),
    # Kernels, neighbours, neurons, processes
    ("SVC", {"probability": True, "random_state": 0}, [scaled]),
    ("SVC", {}, [iris, counts]),
    ("NuSVC", {"nu": 0.3}, [iris, scaled]),
    *((name, {}, [diabetes]) for name in ("NuSVR", "SVR", "KernelRidge")),
    ("OneClassSVM", {"nu": 0.1}, [scaled]),
    *((name, {"n_neighbors": 3}, [iris, cancer]) for name in ("KNeighborsClassifier",)),
    ("KNeighborsRegressor", {"n_neighbors": 3, "weights": "distance"}, [diabetes]),
    ("RadiusNeighborsClassifier", {"radius": 1.0, "outlier_label": "most_frequent"}, [scaled]),
    ("RadiusNeighborsRegressor", {"radius": 30.0}, [diabetes]),
    ("LocalOutlierFactor", {"n_neighbors": 5, "novelty": True}, [scaled]),
    ("NearestCentroid", {}, [iris, cancer]),
    ("LabelPropagation", {}, [scaled]),
    ("LabelSpreading", {}, [scaled]),
    ("MLPClassifier", {"hidden_layer_sizes": (5,), "max_iter": 60, "random_state": 0}, [iris, scaled]),
    ("MLPRegressor", {"hidden_layer_sizes": (5, 3), "max_iter": 60, "random_state": 0}, [diabetes, linnerud]),
    ("GaussianProcessClassifier", {"random_state": 0}, [scaled]),
    ("GaussianProcessRegressor", {"random_state": 0, "normalize_y": True}, [linnerud]),
    # Bayes and discriminants
    *((name, {}, [iris, weighted]) for name in ("GaussianNB", "BernoulliNB")),
    *((name, {}, [counts]) for name in ("MultinomialNB", "ComplementNB")),
    ("CategoricalNB", {"min_categories": 10}, [codes]),
    ("LinearDiscriminantAnalysis", {}, [iris, scaled]),
    ("QuadraticDiscriminantAnalysis", {}, [iris, scaled]),
    ("EllipticEnvelope", {"random_state": 0}, [scaled]),
    # Clusters and mixtures
    ("AffinityPropagation", {"random_state": 0}, [iris]),
    ("Birch", {"n_clusters": 3}, [iris]),
    *((name, {"n_clusters": 3, "random_state": 0}, [iris]) for name in ("BisectingKMeans", "KMeans", "MiniBatchKMeans")),
    ("MeanShift", {}, [iris]),
    *((name, {"n_components": 2, "random_state": 0}, [scaled]) for name in ("BayesianGaussianMixture", "GaussianMixture")),
    # Projections
    *((name, {"n_components": 2}, [iris]) for name in ("IncrementalPCA", "KernelPCA")),
    ("PCA", {"n_components": 2}, [iris, counts]),
    *((name, {"n_components": 2, "random_state": 0}, [iris]) for name in (
        "FactorAnalysis", "FastICA", "GaussianRandomProjection", "NeighborhoodComponentsAnalysis", "SparseRandomProjection", "TruncatedSVD",
    )),
    *((name, {"n_components": 2}, [linnerud]) for name in ("CCA", "PLSCanonical", "PLSRegression", "PLSSVD")),
    *((name, {"n_components": 2, "random_state": 0}, [iris]) for name in ("SparsePCA", "MiniBatchSparsePCA")),
    ("FeatureAgglomeration", {"n_clusters": 2}, [iris]),
    ("KernelCenterer", {}, [kernel]),
    ("KernelPCA", {"n_components": 2, "kernel": "cosine"}, [iris]),
    ("PolynomialCountSketch", {"n_components": 8, "random_state": 0}, [scaled]),
    ("BernoulliRBM", {"n_components": 3, "n_iter": 3, "random_state": 0}, [scaled]),
    ("Nystroem", {"n_components": 6, "random_state": 0}, [scaled]),
    ("RBFSampler", {"n_components": 6, "random_state": 0}, [scaled]),
    ("SkewedChi2Sampler", {"n_components": 6, "random_state": 0, "skewedness": 10.0}, [diabetes]),
    ("AdditiveChi2Sampler", {"sample_interval": 0.4}, [counts, diabetes]),
    # Columns
    *((name, {}, [diabetes, diabetes_missing, counts]) for name in ("MaxAbsScaler", "MinMaxScaler", "RobustScaler", "StandardScaler", "PowerTransformer")),
    ("QuantileTransformer", {"n_quantiles": 20, "random_state": 0}, [diabetes, counts, diabetes_missing]),
    ("Binarizer", {"threshold": 30.5}, [diabetes, counts]),
    ("Normalizer", {}, [diabetes, counts]),
    ("KBinsDiscretizer", {"quantile_method": "averaged_inverted_cdf"}, [diabetes, counts]),
    ("KBinsDiscretizer", {"quantile_method": "averaged_inverted_cdf", "encode": "ordinal"}, [diabetes]),
    ("PolynomialFeatures", {}, [diabetes, counts]),
    ("SplineTransformer", {}, [diabetes, counts]),
    *(("IsotonicRegression", {"out_of_bounds": way}, [one]) for way in ("nan", "clip")),
    ("FunctionTransformer", {"func": np.log1p, "inverse_func": np.expm1}, [diabetes, counts]),
    ("SimpleImputer", {}, [diabetes_missing]),
    ("SimpleImputer", {"strategy": "most_frequent"}, [words]),
    ("IterativeImputer", {"random_state": 0, "max_iter": 3}, [diabetes_missing]),
    ("KNNImputer", {"n_neighbors": 2}, [diabetes_missing]),
    ("MissingIndicator", {"error_on_new": False}, [diabetes_missing]),
    ("OneHotEncoder", {"handle_unknown": "ignore", "sparse_output": False}, [words]),
    ("OrdinalEncoder", {"handle_unknown": "use_encoded_value", "unknown_value": -1}, [words]),
    ("TargetEncoder", {"random_state": 0}, [words]),
    ("ColumnTransformer", {"transformers": [("n", make("StandardScaler"), ["age"]), ("w", make("OneHotEncoder", handle_unknown="ignore", sparse_output=False), ["sex", "build"])]}, [mixed]),
    ("FeatureUnion", {"transformer_list": [("p", make("PCA", n_components=1)), ("s", make("StandardScaler"))]}, [iris]),
    ("Pipeline", {"steps": [("s", make("StandardScaler")), ("l", logistic())]}, [iris, cancer]),
    ("Pipeline", {"steps": [("c", make("ColumnTransformer", transformers=[("n", make("StandardScaler"), ["age"]), ("w", make("OneHotEncoder", handle_unknown="ignore"), ["sex", "build"])])), ("f", make("RandomForestClassifier", **FEW))]}, [mixed]),
    # Selections
    ("GenericUnivariateSelect", {"mode": "k_best", "param": 2}, [iris]),
    *((name, {"k" if name == "SelectKBest" else "percentile": 2 if name == "SelectKBest" else 50}, [iris]) for name in ("SelectKBest", "SelectPercentile")),
    *((name, {}, [iris]) for name in ("SelectFdr", "SelectFpr", "SelectFwe")),
    ("SelectFromModel", {"estimator": logistic()}, [iris]),
    ("SequentialFeatureSelector", {"estimator": tree(), "n_features_to_select": 2}, [iris]),
    ("VarianceThreshold", {"threshold": 0.3}, [iris, counts]),
    *((name, {"estimator": logistic()}, [iris]) for name in ("RFE", "RFECV")),
    # Words
    *((name, {}, [texts]) for name in ("CountVectorizer", "TfidfVectorizer")),
    ("HashingVectorizer", {"n_features": 32}, [texts]),
    ("TfidfTransformer", {}, [counts]),
    ("LabelBinarizer", {}, [labels]),
]
# Kinds of data that are one series of texts.
SERIES = (labels, texts)

# What is asked, in this order, of what each class has.
METHODS = ("transform", "inverse_transform", "predict", "predict_proba", "predict_log_proba", "decision_function", "score_samples")
# What does not convert.
NOT_ASKED = {
    ("BernoulliRBM", "score_samples"), ("GaussianRandomProjection", "inverse_transform"), ("SparseRandomProjection", "inverse_transform"),
    ("IsotonicRegression", "transform"), ("LabelBinarizer", "inverse_transform"),
    ("OneHotEncoder", "inverse_transform"), ("OrdinalEncoder", "inverse_transform"), ("VotingClassifier", "transform"),
    # Of a probability beside nothing: whether its logarithm is -36.7 or minus infinity is a matter of rounding.
    ("SGDClassifier", "predict_log_proba"),
}


def cases():
    only = os.environ.get("CASE", "")
    for name, parameters, kinds in CASES:
        for kind in kinds:
            again = sum(one[0] == name and kind in one[2] for one in CASES[: CASES.index((name, parameters, kinds))])
            if only not in f"{name} {kind.__name__}":
                continue
            yield f"{name} {kind.__name__.replace('_', ' ')}" + (f" {again + 1}" if again else ""), name, parameters, kind


def fitted(name, parameters, kind):
    x, y, weights, held = kind()
    parameters = parameters(x, y) if callable(parameters) else parameters
    model = CLASSES[name](**{key: clone(value) if hasattr(value, "get_params") and name != "FrozenEstimator" else value for key, value in parameters.items()})
    given = (x["line"],) if kind in SERIES else (x, y)
    return model.fit(*given, **({} if weights is None else {"sample_weight": weights})), held


def script(model, held, kind):
    """A script as somebody would write it who has the model in a file: one column for each number that it gives."""
    names = ", ".join(json.dumps(name) for name in held.columns)
    rows = held["line"] if kind in SERIES else held
    lines = ["import joblib", "import pandas as pd", "", 'sample = pd.read_csv("sample.csv", keep_default_na=False)' if kind is texts else 'sample = pd.read_csv("sample.csv")', 'model = joblib.load("model.joblib")']
    lines += ['rows = sample["line"]' if kind in SERIES else f"rows = sample[[{names}]]", "scores = pd.DataFrame(index=sample.index)"]
    taken = 0
    for method in METHODS:
        if not hasattr(model, method) or (type(model).__name__, method) in NOT_ASKED:
            continue
        argument = "model.transform(rows)" if method == "inverse_transform" else "rows"
        try:
            answer = getattr(model, method)(model.transform(rows) if method == "inverse_transform" else rows)
        except (NotImplementedError, AttributeError, ValueError):
            continue
        if isinstance(answer, list):
            continue
        call = f"model.{method}({argument})" + (".toarray()" if hasattr(answer, "toarray") else "")
        if answer.ndim == 1:
            lines.append(f'scores["{method}"] = {call}')
        else:
            columns = ", ".join(f'"{method}_{place}"' for place in range(answer.shape[1]))
            lines.append(f"scores[[{columns}]] = {call}")
        taken += 1
    return "\n".join(lines) + "\n" if taken else None


def in_child(work):
    """Runs in a copy of this process, which has all modules already. Gives whether it ended well."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as problem:  # noqa: BLE001
            print(f"{type(problem).__name__}: {problem}")
            sys.stdout.flush()
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def fit(name, parameters, kind):
    """Writes a case and its record into this folder."""
    model, held = fitted(name, parameters, kind)
    joblib.dump(model, "model.joblib")
    held.to_csv("sample.csv", index=False)
    text = script(model, pd.read_csv("sample.csv", keep_default_na=kind is not texts), kind)
    if text is None:
        raise ValueError("nothing can be asked")
    write = lambda file, content: open(file, "w", encoding="utf-8").write(content)
    write("score.py", text)
    job = {"job": "record", "script": "score.py", "name": "score.py", "output": "scores", "modules": {}, "frames": []}
    write("job.json", json.dumps(job))
    sys.argv = ["runner.py", "job.json", "state.json"]
    runner.main()


def cell(value):
    if value is None or value is pd.NA:
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return {"float": repr(float(value))}
    return str(value)


def answer():
    """Writes what the script of this folder gives for the rows of `rows.json`: those that have a score there together, others each alone. Of a row
    that raises it is nothing."""
    with open("rows.json", encoding="utf-8") as file:
        given = json.load(file)
    with open("score.py", encoding="utf-8") as file:
        code = compile(file.read(), "score.py", "exec")
    of_file = pd.read_csv("sample.csv")
    numbers = lambda cells: [np.nan if one is None else float(one["float"]) if isinstance(one, dict) else one for one in cells]
    columns = {name: given["columns"].get(name, [of_file[name][0]] * given["count"]) for name in of_file}
    frame = pd.DataFrame({name: pd.Series(numbers(cells) if of_file[name].dtype.kind in "fiub" else cells, dtype=of_file[name].dtype) for name, cells in columns.items()})
    model = joblib.load("model.joblib")
    joblib.load = lambda path: model

    def scores(rows):
        pd.read_csv = lambda *args, **kwargs: rows
        names = {}
        exec(code, names)
        return names["scores"]

    def lines(rows):
        made = scores(rows)
        columns = [[cell(value) for value in made[name].tolist()] for name in made]
        return [list(line) for line in zip(*columns)]

    out = [None] * len(frame)
    together, alone = given["together"], given["alone"]
    try:
        for place, line in zip(together, lines(frame.iloc[together].reset_index(drop=True))):
            out[place] = line
    except Exception:
        alone = together + alone
    for place in alone:
        try:
            out[place] = lines(frame.iloc[[place]].reset_index(drop=True))[0]
        except Exception:
            pass
    with open("answers.json", "w", encoding="utf-8") as file:
        json.dump(out, file)


def main():
    folder, what = sys.argv[1:3]
    failed = []
    # What is imported only when it is first needed is so once, before this process is copied.
    with tempfile.TemporaryDirectory() as warm:
        mixed()[0].to_csv(os.path.join(warm, "x.csv"))
        fitted("Pipeline", {"steps": [("s", make("StandardScaler")), ("l", logistic())]}, iris)[0].predict(iris()[3])
        pd.read_csv(os.path.join(warm, "x.csv"))
    for name, *case in cases():
        own = os.path.join(folder, name.replace(" ", "_"))
        os.makedirs(own, exist_ok=True)

        def work():
            os.chdir(own)
            np.random.seed(0)
            fit(*case) if what == "fit" else answer()

        if what == "answer" and not os.path.exists(os.path.join(own, "rows.json")):
            continue
        if not in_child(work):
            failed.append(name)
    if what == "fit":
        with open(os.path.join(folder, "cases.txt"), "w", encoding="utf-8") as file:
            file.write("".join(f"{name}\n" for name, *_ in cases()))
    if failed:
        sys.exit("failed: " + ", ".join(failed))


if __name__ == "__main__":
    # The runner takes what is in `__main__` for the script's own.
    import generate

    generate.main()
