"""What a script learns from its scoring rows, so that it can be run on other rows with that held.

A script of one frame, or one that glues training and scoring rows, computes its statistics anew for whatever rows it reads. A scorer has
those of the recorded run. To compare the two on other rows, the script is first run as it is, and each call that learns is kept
(`learn`); in later runs the call gives what it learnt (`Learnt.again`, `fitted`). Knows pandas and scikit-learn; `Holder` in
`scorewright_recorder.py` knows when.
"""
import copy
import sys


def copied(value):
    """A copy, so that what the script later changes in place is not changed here. What cannot be copied is given as it is."""
    try:
        return copy.deepcopy(value)
    except Exception:
        return value


class Learnt:
    """What a call gives again for other arguments: by default the same value."""

    def __init__(self, value):
        self.value = copied(value)

    def again(self, function, args, kwargs):
        return copied(self.value)


class Dummies(Learnt):
    """`get_dummies` with the categories that occurred."""

    def __init__(self, args, kwargs):
        import pandas as pd

        data = first(args, kwargs, "data")
        self.one = not isinstance(data, pd.DataFrame)
        frame = pd.DataFrame({0: data}) if self.one else data
        texts = [name for name, dtype in frame.dtypes.items() if str(dtype) in ("object", "str", "string", "category")]
        names = list(frame.columns) if self.one else kwargs.get("columns") or texts
        # Categories stand in the order in which get_dummies itself finds them.
        self.categories = {name: pd.Categorical(frame[name]).categories for name in names}

    def again(self, function, args, kwargs):
        import pandas as pd

        data = first(args, kwargs, "data")
        if self.one:
            frame = pd.Series(pd.Categorical(data, categories=self.categories[0]), index=getattr(data, "index", None), name=getattr(data, "name", None))
        else:
            frame = data.copy()
            for name, categories in self.categories.items():
                frame[name] = pd.Categorical(frame[name], categories=categories)
        return function(frame, *args[1:], **{key: value for key, value in kwargs.items() if key != "data"})


class DummiesOfTexts(Learnt):
    """`.str.get_dummies` with the words that occurred."""

    def again(self, function, args, kwargs):
        return function(*args, **kwargs).reindex(columns=self.value.columns, fill_value=0)


class Categories(Learnt):
    """`astype("category")` with the categories that occurred."""

    def again(self, function, args, kwargs):
        return function.__self__.astype(self.value)


class GroupTable(Learnt):
    """`groupby(keys)[column].transform(f)` by the table of the groups that occurred."""

    def __init__(self, function, args, kwargs):
        super().__init__(function.__self__.agg(*args, **kwargs))

    def again(self, function, args, kwargs):
        import pandas as pd

        group = function.__self__
        by = getattr(group, "_grouper", None) or group.grouper  # the name of pandas 2
        columns = [grouping.grouping_vector for grouping in by.groupings]
        wanted = columns[0] if len(columns) == 1 else pd.MultiIndex.from_arrays(columns)
        out = self.value.reindex(wanted)
        out.index = group.obj.index
        return out


class Codes(Learnt):
    """`factorize` by the values that occurred, in their order."""

    def again(self, function, args, kwargs):
        import pandas as pd

        codes, uniques = self.value
        values = function.__self__ if hasattr(function, "__self__") else first(args, kwargs, "values")
        return pd.Index(uniques).get_indexer(pd.Index(values)), uniques


class Edges(Learnt):
    """`qcut` and `cut` at the edges that came of the rows."""

    def __init__(self, function, args, kwargs):
        super().__init__(function(*args, **{**kwargs, "retbins": True})[1])
        self.lowest = function.__name__ == "qcut"

    def again(self, function, args, kwargs):
        import pandas as pd

        x = args[0] if args else kwargs["x"]
        names = ("x", "q", "labels", "retbins", "precision", "duplicates") if self.lowest else ("x", "bins", "right", "labels", "retbins", "precision", "include_lowest", "duplicates", "ordered")
        given = {**dict(zip(names, args)), **kwargs}
        kept = {name: given[name] for name in ("labels", "precision", "right", "include_lowest", "ordered") if name in given}
        out = pd.cut(x, self.value, **{**kept, "duplicates": "drop", **({"include_lowest": True} if self.lowest else {})})
        return (out, copied(self.value)) if given.get("retbins") else out


class AllRows(Learnt):
    """What takes some of its own rows, or puts them in order: all rows, as they come."""

    def __init__(self):
        pass

    def again(self, function, args, kwargs):
        return None if kwargs.get("inplace") else copied(function.__self__)


class InOrder(Learnt):
    """`merge_asof`, whose rows must be in order: they are put in order for it and back."""

    def __init__(self):
        pass

    def again(self, function, args, kwargs):
        import numpy as np

        names = ("left", "right", "on", "left_on")
        given = {**dict(zip(names, args)), **kwargs}
        left = given["left"]
        order = np.argsort(left[given.get("left_on") or given["on"]].to_numpy(), kind="stable")
        rest = {name: value for name, value in kwargs.items() if name != "left"}
        out = function(left.iloc[order], *args[1:], **rest)
        return out.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


class Split(Learnt):
    """`train_test_split`: the training part stays, and all rows are scored."""

    def again(self, function, args, kwargs):
        return [copied(part) for pair in zip(self.value[::2], args) for part in pair]


def first(args, kwargs, name):
    return args[0] if args else kwargs[name]


def learn(function, args, kwargs, value):
    """What is kept of a call that learns from its rows."""
    pd = sys.modules["pandas"]
    name = getattr(function, "__name__", "")
    owner = getattr(function, "__self__", None)
    if name == "train_test_split":
        return Split(value)
    if name == "get_dummies":
        return Dummies(args, kwargs) if owner is None else DummiesOfTexts(value)
    if name == "astype" and isinstance(getattr(value, "dtype", None), pd.CategoricalDtype):
        return Categories(value.dtype)
    if name == "transform" and isinstance(owner, pd.core.groupby.GroupBy):
        return GroupTable(function, args, kwargs)
    if name in ("cut", "qcut"):
        return Edges(function, args, kwargs)
    if name in ("drop", "drop_duplicates", "sort_values", "sort_index") and isinstance(owner, (pd.DataFrame, pd.Series)):
        return AllRows()
    if name == "factorize":
        return Codes(value)
    if name == "merge_asof":
        return InOrder()
    return Learnt(value)


def is_fit(function):
    """A `fit`, `fit_transform` or `fit_predict` of a library's object."""
    return getattr(function, "__name__", "") in ("fit", "fit_transform", "fit_predict") and hasattr(function, "__self__") and hasattr(function.__self__, "__dict__")


def fitted(function, args, kwargs, state):
    """The object as it was fitted, and what it makes of these rows."""
    owner = function.__self__
    vars(owner).update(copied(state))
    follows = {"fit_transform": "transform", "fit_predict": "predict"}.get(function.__name__)
    if follows is None:
        return owner
    if not hasattr(owner, follows):
        return function(*args, **kwargs)
    return getattr(owner, follows)(args[0] if args else next(iter(kwargs.values())))
