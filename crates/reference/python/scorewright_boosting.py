"""What the answer says of a model of XGBoost, LightGBM or CatBoost: its own text, and what its wrapper adds.

Also what only the calls tell: which tables were sparse, and which columns were given for categories. Start reading at `boosted`.
"""
import functools
import json
import os
import sys

from scorewright_values import MOST_ITEMS, summary

MOST_NODES = 400000  # of all trees of one model
NODES = []  # how many nodes of trees are described of the outermost one


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


def distinct(column):
    """The different values of a column, none of one whose cells are lists or dicts."""
    try:
        return column.unique()
    except TypeError:
        return []


def note_categories(table):
    """Notes the texts and whole numbers of each column of a table: some may be categories of CatBoost."""
    import numpy as np
    import pandas as pd

    for name, column in table.items() if isinstance(table, pd.DataFrame) else ():
        if column.dtype.kind not in "fcmM":
            noted = CATEGORIES.setdefault(str(name), {})
            for one in distinct(column)[:MOST_ITEMS]:
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
