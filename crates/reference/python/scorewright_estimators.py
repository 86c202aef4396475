"""What the answer says of a fitted estimator: its class, its parameters, and all that a `transform` or `predict` stands on.

Public attributes are found by scikit-learn's rule, a name that ends in one underscore. `PRIVATE` has those that it keeps under other
names, `COMPUTED` what is asked of methods, or computed as scikit-learn does at each call. Start reading at `estimator`.
"""
import sys

from scorewright_boosting import MOST_NODES, NODES, boosted, boosting
from scorewright_values import DESCRIBED, Plain, class_path, summary, tree_list

MOST_NESTED = 16  # estimators inside estimators
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


def spline_slopes(value):
    """Of each column how steep the splines are at the outer knots."""
    return [[one(one.t[value.degree], nu=1), one(one.t[-value.degree - 1], nu=1)] for one in value.bsplines_]


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
    "spline_slopes": spline_slopes,
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


def is_estimator(value):
    if isinstance(value, type):
        return False
    if boosting(value):
        return True
    if not (hasattr(value, "fit") or hasattr(value, "transform")):
        return False
    return hasattr(value, "get_params") or type(value).__module__ == "__main__" and hasattr(value, "__dict__")


DESCRIBED.append((is_estimator, estimator))
