"""Fits every estimator that skl2onnx converts on data that scikit-learn ships, exports it, and writes what onnxruntime says of held-out rows.

    python estimators.py FOLDER

A case is a folder with `model.onnx`, `rows.csv` and `expected.csv`, as tests/cases/onnx/make.py writes them. `index.json` lists the cases, and
what the converter or onnxruntime refuses.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import onnxruntime
import sklearn
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn import (
    calibration,
    cluster,
    compose,
    cross_decomposition,
    datasets,
    decomposition,
    discriminant_analysis,
    ensemble,
    feature_selection,
    gaussian_process,
    impute,
    kernel_approximation,
    linear_model,
    mixture,
    model_selection,
    multiclass,
    multioutput,
    naive_bayes,
    neighbors,
    neural_network,
    pipeline,
    preprocessing,
    random_projection,
    svm,
    tree,
)

sys.path.insert(0, str(Path(__file__).parents[1] / "cases/onnx"))
from make import columns, write_csv  # noqa: E402

warnings.filterwarnings("ignore")
HELD_OUT = 40


def split(bunch, width=None):
    x = bunch.data[:, :width].astype(np.float32)
    order = np.random.default_rng(0).permutation(len(x))
    return x[order], bunch.target[order]


IRIS = split(datasets.load_iris())
CANCER = split(datasets.load_breast_cancer(), 6)
# Sums of large terms that cancel have no digits in float32, in any order.
CANCER = ((CANCER[0] - CANCER[0].mean(0)) / CANCER[0].std(0) + 3, CANCER[1])
DIABETES = split(datasets.load_diabetes())
WINE = split(datasets.load_wine(), 5)
LINNERUD = (datasets.load_linnerud().data.astype(np.float32), datasets.load_linnerud().target)
COUNTS = (np.floor(IRIS[0] * 2).astype(np.float32), IRIS[1])
GAPS = IRIS[0].copy()
GAPS[np.random.default_rng(1).random(GAPS.shape) < 0.1] = np.nan
GAPS = (GAPS, IRIS[1])
POSITIVE = (np.abs(DIABETES[0]) * 10, DIABETES[1])
CITIES = np.random.default_rng(2).choice(["Bern", "Genf", "Basel", "Chur"], (150, 2)).astype(object)
CITIES = (CITIES, IRIS[1])
CODES = (np.random.default_rng(3).integers(0, 5, (150, 2)), IRIS[1])

TREE = {"max_depth": 4, "random_state": 0}
FOREST = {"n_estimators": 8, "max_depth": 4, "random_state": 0}
LOGISTIC = linear_model.LogisticRegression(max_iter=500)


def named(*lists):
    return [case for cases in lists for case in cases]


def classifiers(data, suffix, *estimators):
    return [(f"{type(estimator).__name__}{suffix}", estimator, data) for estimator in estimators]


CASES = named(
    *[
        classifiers(
            data,
            suffix,
            linear_model.LogisticRegression(max_iter=500),
            linear_model.SGDClassifier(random_state=0),
            linear_model.SGDClassifier(loss="log_loss", random_state=0),
            linear_model.Perceptron(random_state=0),
            linear_model.PassiveAggressiveClassifier(random_state=0),
            linear_model.RidgeClassifier(),
            linear_model.RidgeClassifierCV(),
            linear_model.LogisticRegressionCV(max_iter=500, cv=3),
            svm.LinearSVC(random_state=0),
            svm.SVC(probability=False),
            svm.SVC(kernel="linear", probability=True, random_state=0),
            svm.NuSVC(probability=True, random_state=0),
            tree.DecisionTreeClassifier(**TREE),
            tree.ExtraTreeClassifier(**TREE),
            ensemble.RandomForestClassifier(**FOREST),
            ensemble.ExtraTreesClassifier(**FOREST),
            ensemble.GradientBoostingClassifier(n_estimators=8, max_depth=3, random_state=0),
            ensemble.HistGradientBoostingClassifier(max_iter=8, random_state=0),
            ensemble.AdaBoostClassifier(n_estimators=6, random_state=0),
            ensemble.BaggingClassifier(tree.DecisionTreeClassifier(**TREE), n_estimators=5, random_state=0),
            ensemble.VotingClassifier([("a", LOGISTIC), ("b", tree.DecisionTreeClassifier(**TREE))], voting="soft", flatten_transform=False),
            ensemble.VotingClassifier([("a", LOGISTIC), ("b", tree.DecisionTreeClassifier(**TREE))], voting="hard", flatten_transform=False),
            ensemble.StackingClassifier([("a", LOGISTIC), ("b", tree.DecisionTreeClassifier(**TREE))]),
            calibration.CalibratedClassifierCV(LOGISTIC, cv=2),
            calibration.CalibratedClassifierCV(LOGISTIC, cv=2, method="isotonic"),
            multiclass.OneVsRestClassifier(LOGISTIC),
            multiclass.OneVsOneClassifier(LOGISTIC),
            multioutput.MultiOutputClassifier(LOGISTIC),
            naive_bayes.GaussianNB(),
            naive_bayes.MultinomialNB(),
            naive_bayes.ComplementNB(),
            naive_bayes.BernoulliNB(binarize=2.0),
            neighbors.KNeighborsClassifier(5),
            neighbors.RadiusNeighborsClassifier(50.0),
            neighbors.NearestCentroid(),
            neural_network.MLPClassifier((8, 6), max_iter=80, random_state=0),
            discriminant_analysis.LinearDiscriminantAnalysis(),
            discriminant_analysis.QuadraticDiscriminantAnalysis(),
            gaussian_process.GaussianProcessClassifier(),
            model_selection.GridSearchCV(LOGISTIC, {"C": [0.5, 1.0]}, cv=2),
            model_selection.TunedThresholdClassifierCV(LOGISTIC, cv=2, random_state=0),
            pipeline.make_pipeline(preprocessing.StandardScaler(), LOGISTIC),
            feature_selection.RFE(LOGISTIC, n_features_to_select=2),
            feature_selection.RFECV(LOGISTIC, cv=2),
        )
        for data, suffix in ((IRIS, "_three"), (CANCER, "_two"))
    ],
    classifiers(
        DIABETES,
        "",
        linear_model.LinearRegression(),
        linear_model.Ridge(),
        linear_model.RidgeCV(),
        linear_model.Lasso(0.1),
        linear_model.LassoCV(cv=3),
        linear_model.LassoLars(0.1),
        linear_model.LassoLarsCV(cv=3),
        linear_model.LassoLarsIC(),
        linear_model.ElasticNet(0.1),
        linear_model.ElasticNetCV(cv=3),
        linear_model.Lars(),
        linear_model.LarsCV(cv=3),
        linear_model.OrthogonalMatchingPursuit(),
        linear_model.OrthogonalMatchingPursuitCV(),
        linear_model.ARDRegression(),
        linear_model.BayesianRidge(),
        linear_model.HuberRegressor(max_iter=500),
        linear_model.TheilSenRegressor(random_state=0),
        linear_model.RANSACRegressor(random_state=0),
        linear_model.SGDRegressor(random_state=0),
        linear_model.PassiveAggressiveRegressor(random_state=0),
        linear_model.PoissonRegressor(),
        linear_model.GammaRegressor(),
        linear_model.TweedieRegressor(),
        linear_model.TweedieRegressor(power=1.5),
        linear_model.QuantileRegressor(alpha=0.1),
        svm.LinearSVR(random_state=0),
        svm.SVR(),
        svm.SVR(kernel="poly"),
        svm.SVR(kernel="sigmoid"),
        svm.NuSVR(),
        tree.DecisionTreeRegressor(**TREE),
        tree.ExtraTreeRegressor(**TREE),
        ensemble.RandomForestRegressor(**FOREST),
        ensemble.ExtraTreesRegressor(**FOREST),
        ensemble.GradientBoostingRegressor(n_estimators=8, max_depth=3, random_state=0),
        ensemble.HistGradientBoostingRegressor(max_iter=8, random_state=0),
        ensemble.AdaBoostRegressor(n_estimators=5, random_state=0),
        ensemble.BaggingRegressor(tree.DecisionTreeRegressor(**TREE), n_estimators=5, random_state=0),
        ensemble.VotingRegressor([("a", linear_model.Ridge()), ("b", tree.DecisionTreeRegressor(**TREE))]),
        ensemble.StackingRegressor([("a", linear_model.Ridge()), ("b", tree.DecisionTreeRegressor(**TREE))]),
        neighbors.KNeighborsRegressor(4),
        neighbors.RadiusNeighborsRegressor(0.2),
        neural_network.MLPRegressor(hidden_layer_sizes=(8,), max_iter=80, random_state=0),
        gaussian_process.GaussianProcessRegressor(gaussian_process.kernels.RBF(0.1), alpha=1.0),
        cross_decomposition.PLSRegression(2),
        model_selection.GridSearchCV(linear_model.Ridge(), {"alpha": [0.5, 1.0]}, cv=2),
    ),
    classifiers(
        LINNERUD,
        "_several",
        linear_model.LinearRegression(),
        tree.DecisionTreeRegressor(**TREE),
        ensemble.RandomForestRegressor(**FOREST),
        multioutput.MultiOutputRegressor(linear_model.Ridge()),
        neighbors.KNeighborsRegressor(3),
        linear_model.MultiTaskLasso(0.1),
        linear_model.MultiTaskElasticNet(0.1),
        cross_decomposition.PLSRegression(2),
    ),
    classifiers(
        IRIS,
        "",
        preprocessing.StandardScaler(),
        preprocessing.MinMaxScaler(),
        preprocessing.MinMaxScaler(clip=True),
        preprocessing.MaxAbsScaler(),
        preprocessing.RobustScaler(),
        preprocessing.Binarizer(threshold=2.0),
        preprocessing.Normalizer(),
        preprocessing.Normalizer("l1"),
        preprocessing.PolynomialFeatures(2),
        preprocessing.PolynomialFeatures(3, interaction_only=True),
        preprocessing.PowerTransformer(),
        preprocessing.PowerTransformer("box-cox"),
        preprocessing.QuantileTransformer(n_quantiles=20),
        preprocessing.KBinsDiscretizer(4, encode="ordinal"),
        preprocessing.KBinsDiscretizer(4, encode="onehot-dense"),
        preprocessing.FunctionTransformer(),
        preprocessing.TargetEncoder(random_state=0),
        decomposition.PCA(2),
        decomposition.PCA(2, whiten=True),
        decomposition.IncrementalPCA(2),
        decomposition.TruncatedSVD(2),
        decomposition.KernelPCA(2, kernel="rbf"),
        random_projection.GaussianRandomProjection(3, random_state=0),
        feature_selection.SelectKBest(k=2),
        feature_selection.SelectPercentile(percentile=50),
        feature_selection.SelectFpr(),
        feature_selection.SelectFdr(),
        feature_selection.SelectFwe(),
        feature_selection.GenericUnivariateSelect(mode="k_best", param=2),
        feature_selection.SelectFromModel(tree.DecisionTreeClassifier(**TREE)),
        feature_selection.VarianceThreshold(0.5),
        cluster.KMeans(3, n_init=2, random_state=0),
        cluster.MiniBatchKMeans(3, n_init=2, random_state=0),
        mixture.GaussianMixture(2, random_state=0),
        mixture.BayesianGaussianMixture(n_components=2, random_state=0),
        ensemble.IsolationForest(n_estimators=6, random_state=0),
        ensemble.RandomTreesEmbedding(n_estimators=3, max_depth=3, random_state=0, sparse_output=False),
        neighbors.LocalOutlierFactor(novelty=True),
                neighbors.KNeighborsTransformer(n_neighbors=3),
        neighbors.NeighborhoodComponentsAnalysis(2, random_state=0, max_iter=20),
        svm.OneClassSVM(),
        linear_model.SGDOneClassSVM(random_state=0),
        pipeline.make_union(preprocessing.StandardScaler(), decomposition.PCA(2)),
        compose.ColumnTransformer([("a", preprocessing.StandardScaler(), [0, 1]), ("b", "passthrough", [3])]),
        pipeline.make_pipeline(preprocessing.MinMaxScaler(), ensemble.RandomForestClassifier(**FOREST)),
    ),
    classifiers(COUNTS, "", naive_bayes.CategoricalNB(min_categories=20)),
    classifiers(GAPS, "_gaps", impute.SimpleImputer(), impute.SimpleImputer(strategy="most_frequent"), impute.KNNImputer(n_neighbors=3), ensemble.HistGradientBoostingClassifier(max_iter=6, random_state=0)),
    classifiers(CITIES, "_text", preprocessing.OneHotEncoder(handle_unknown="ignore", sparse_output=False), preprocessing.OrdinalEncoder(), preprocessing.OneHotEncoder(drop="first", sparse_output=False)),
    classifiers(CODES, "_codes", preprocessing.OneHotEncoder(handle_unknown="ignore", sparse_output=False), preprocessing.OrdinalEncoder()),
)


def input_type(x):
    if x.dtype == object:
        return StringTensorType([None, x.shape[1]])
    return (Int64TensorType if x.dtype.kind == "i" else FloatTensorType)([None, x.shape[1]])


def session(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def exported(fitted, inputs):
    """With scores as a matrix, where the converter knows that option."""
    opset = {"": 21, "ai.onnx.ml": 3}
    try:
        return to_onnx(fitted, initial_types=inputs, options={id(fitted): {"zipmap": False}}, target_opset=opset)
    except NameError:
        return to_onnx(fitted, initial_types=inputs, target_opset=opset)


def main():
    out = Path(sys.argv[1])
    index, seen = [], {}
    for name, estimator, (x, y) in CASES:
        seen[name] = seen.get(name, 0) + 1
        name = name if seen[name] == 1 else f"{name}_{seen[name]}"
        held = min(HELD_OUT, len(x) // 4)
        entry = {"name": name, "class": type(estimator).__name__}
        index.append(entry)
        try:
            if name.startswith("MultiOutputClassifier"):
                y = np.column_stack([y, y[::-1]])
            fitted = estimator.fit(x[held:], y[held:])
            model = exported(fitted, [("x", input_type(x))])
            runner = session(model)
            outputs = runner.run(None, {"x": x[:held]})
        except Exception as error:  # noqa: BLE001
            entry["refused"] = f"{type(error).__name__}: {str(error).splitlines()[0][:160] if str(error) else ''}"
            continue
        folder = out / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.onnx").write_bytes(model.SerializeToString())
        write_csv(folder / "rows.csv", columns("x", x[:held]))
        table = []
        for port, value in zip(runner.get_outputs(), outputs):
            if isinstance(value, list) and isinstance(value[0], dict):
                table += columns(port.name, value)
                continue
            for number, item in enumerate(value if isinstance(value, list) else [value]):
                own = port.name if not isinstance(value, list) else f"{port.name}_{number}"
                item = np.asarray(item)
                # What has no row is the same for all of them.
                item = np.broadcast_to(item, (held,)) if item.ndim == 0 else item
                # Labels that come as one row of all of them.
                item = item[0] if item.shape == (1, held) else item
                table += columns(own, item.reshape(len(item), -1) if item.ndim > 2 else item)
        write_csv(folder / "expected.csv", table)
    versions = {"scikit-learn": sklearn.__version__, "onnxruntime": onnxruntime.__version__}
    (out / "index.json").write_text(json.dumps({"versions": versions, "cases": index}, indent=1))
    print(len(index), "estimators,", sum("refused" in entry for entry in index), "not exported")


main()
