"""Writes calls.toml: the parameters of pandas, numpy, scikit-learn and Python calls, in order, as the installed versions have them.

    python grammars/signatures.py > grammars/calls.toml

`*` stands before the parameters that can only be given by name; `*name` takes any number of positional arguments.
"""
import builtins
import inspect

import numpy as np
import pandas as pd
import sklearn
import sklearn.compose
import sklearn.impute
import sklearn.linear_model
import sklearn.model_selection
import sklearn.pipeline
import sklearn.preprocessing


def parameters(function):
    out, starred = [], False
    for one in inspect.signature(function).parameters.values():
        if one.name == "self":
            continue
        if one.kind is one.VAR_KEYWORD:
            continue
        if one.kind is one.VAR_POSITIONAL:
            out.append("*" + one.name)
            starred = True
            continue
        if one.kind is one.KEYWORD_ONLY and not starred:
            out.append("*")
            starred = True
        out.append(one.name)
    return out


def show(section, items):
    print(f"\n[{section}]")
    for name in sorted(items):
        if name.startswith("_"):
            continue
        try:
            listed = parameters(items[name])
        except (ValueError, TypeError):
            continue
        print(f"{name} = [{', '.join(chr(34) + one + chr(34) for one in listed)}]")


def methods(kind):
    return {name: getattr(kind, name) for name in dir(kind) if callable(getattr(kind, name, None))}


print("# Parameters of calls, written by signatures.py. What is listed here is not thereby supported.")
print(f"# pandas {pd.__version__}, numpy {np.__version__}, scikit-learn {sklearn.__version__}")
show("Series", methods(pd.Series))
show("DataFrame", methods(pd.DataFrame))
show("SeriesGroupBy", methods(pd.core.groupby.SeriesGroupBy))
show("DataFrameGroupBy", methods(pd.core.groupby.DataFrameGroupBy))
show("str", methods(pd.core.strings.accessor.StringMethods))
show("dt", methods(pd.core.indexes.accessors.CombinedDatetimelikeProperties) | methods(pd.core.indexes.accessors.DatetimeProperties))
show("cat", {"set_categories": pd.Categorical.set_categories})
show("pandas", {name: getattr(pd, name) for name in dir(pd) if callable(getattr(pd, name)) and not isinstance(getattr(pd, name), type)} | {"DataFrame": pd.DataFrame, "Series": pd.Series})
# ufuncs have no signature in their text form: one or two arrays, the rest by name.
numpy_calls = {name: getattr(np, name) for name in dir(np) if callable(getattr(np, name)) and not isinstance(getattr(np, name), (type, np.ufunc)) and name not in ("where", "array", "concatenate")}
show("numpy", numpy_calls)
for name in sorted(dir(np)):
    one = getattr(np, name)
    if isinstance(one, np.ufunc) and name.isidentifier():
        names = ["x"] if one.nin == 1 else [f"x{at + 1}" for at in range(one.nin)]
        print(f"{name} = [{', '.join(chr(34) + each + chr(34) for each in names)}]")
print('where = ["condition", "x", "y"]\narray = ["object", "dtype"]\nconcatenate = ["arrays", "axis"]')
for module in ("preprocessing", "impute", "compose", "pipeline", "linear_model"):
    found = getattr(sklearn, module)
    kinds = {name: getattr(found, name) for name in found.__all__}
    show(f"sklearn.{module}", kinds)
show("sklearn.model_selection", {"train_test_split": sklearn.model_selection.train_test_split})
show("estimator", {"fit": sklearn.preprocessing.StandardScaler.fit, "transform": lambda self, X: 0, "fit_transform": lambda self, X, y=None: 0, "predict": lambda self, X: 0, "predict_log_proba": lambda self, X: 0, "predict_proba": lambda self, X: 0, "score_samples": lambda self, X: 0, "decision_function": lambda self, X: 0, "inverse_transform": lambda self, X: 0})
print('\n[text]')
for name, listed in {"split": ["sep", "maxsplit"], "rsplit": ["sep", "maxsplit"], "strip": ["chars"], "lstrip": ["chars"], "rstrip": ["chars"], "replace": ["old", "new", "count"], "startswith": ["prefix", "start", "end"], "endswith": ["suffix", "start", "end"], "lower": [], "upper": [], "find": ["sub", "start", "end"], "count": ["sub", "start", "end"], "join": ["iterable"], "zfill": ["width"]}.items():
    print(f"{name} = [{', '.join(chr(34) + one + chr(34) for one in listed)}]")
print('\n[builtins]')
for name, listed in {"len": ["obj"], "int": ["x", "base"], "float": ["x"], "str": ["object"], "bool": ["x"], "abs": ["x"], "round": ["number", "ndigits"], "min": ["*args"], "max": ["*args"], "sum": ["iterable", "start"], "isinstance": ["obj", "class_or_tuple"], "range": ["*args"], "enumerate": ["iterable", "start"], "zip": ["*iterables"], "list": ["iterable"], "tuple": ["iterable"], "set": ["iterable"], "dict": ["mapping"], "sorted": ["iterable"], "reversed": ["sequence"], "any": ["iterable"], "all": ["iterable"], "print": ["*args"], "map": ["func", "*iterables"]}.items():
    assert hasattr(builtins, name)
    print(f"{name} = [{', '.join(chr(34) + one + chr(34) for one in listed)}]")
